//! Every page, looked at by the accessibility checker: on a phone and at a desk, light and dark, full, empty and in
//! error. The pages are found by following links until every route of the one list was seen.

use crate::demo::Demo;
use crate::screen::{Home, Screen};
use roadbook_testkit::browser::{View, axe};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const VIEWS: [View; 4] = [View::PHONE, View::PHONE.dark(), View::DESK, View::DESK.dark()];

/// Routes that are no page to look at, and those that only a mail leads to.
const ELSEWHERE: [(&str, &str); 14] = [
    ("/assets/{*file}", "a file"),
    ("/favicon.ico", "a file"),
    ("/releases/{release}/bundle", "a file"),
    ("/releases/{release}/migration", "no process was revised here: looked at where one is"),
    ("/actions/{action}", "a site's orders come long after this walk: drawn in the gallery"),
    ("/p/{token}/change.ics", "a file"),
    ("/p/{token}/papers/{digest}", "a file"),
    ("/public/feed.atom", "a feed"),
    ("/settings", "only for an administrator: looked at in the empty state"),
    ("/import", "only for an administrator: looked at in the empty state"),
    ("/setup", "only before set-up: looked at in the empty state"),
    ("/l/{token}", "works once: looked at in the error state"),
    ("/public/confirm/{token}", "looked at in the error state"),
    ("/public/unsubscribe/{token}", "looked at in the error state"),
];

/// So many pages of one route are looked at: one is not like the other.
fn enough(route: &str) -> usize {
    match route {
        "/releases/{release}/steps/{step}" => 8,
        "/releases/{release}" | "/notices/{id}" => 2,
        _ if route.contains('{') => 1,
        _ => 2,
    }
}

/// The route of an address, if it is one of a page.
fn route_of<'a>(routes: &'a BTreeSet<String>, address: &str) -> Option<&'a String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    if routes.contains(path) {
        return routes.get(path);
    }
    let parts: Vec<&str> = path.split('/').collect();
    routes.iter().filter(|it| it.contains('{')).find(|route| {
        let names: Vec<&str> = route.split('/').collect();
        names.len() == parts.len()
            && names.iter().zip(&parts).all(|(name, part)| name.starts_with('{') || name == part)
    })
}

fn routes() -> BTreeSet<String> {
    let pages = roadbook_web::routes::all().into_iter();
    pages.filter(|it| it.page && it.method == "GET").map(|it| it.path.to_owned()).collect()
}

/// What was looked at, and what is wrong.
pub struct Inspection {
    checker: String,
    wrong: BTreeMap<String, BTreeSet<String>>,
    pages: usize,
    looks: usize,
}

impl Inspection {
    pub fn new() -> Inspection {
        Inspection { checker: axe(), wrong: BTreeMap::new(), pages: 0, looks: 0 }
    }

    /// Looks at the page that is open, in all views.
    pub fn look(&mut self, screen: &mut Screen, name: &str) {
        self.pages += 1;
        screen.session.run(&self.checker, json!([]));
        for view in VIEWS {
            self.looks += 1;
            screen.session.look(view);
            let found = screen.session.run_async(LOOK, json!([]));
            for it in found.as_array().unwrap_or(&vec![found.clone()]) {
                let what = it.as_str().map_or_else(|| it.to_string(), str::to_owned);
                let dark = if view.dark { "dark" } else { "light" };
                let place = format!("{name} at {} {dark}", view.width);
                self.wrong.entry(what).or_default().insert(place);
            }
        }
        screen.session.look(View::DESK);
    }

    /// Opens an address, says with which status it answered, and looks at it.
    pub fn open(&mut self, screen: &mut Screen, address: &str, status: u64) {
        screen.open(address);
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        let answered = screen.session.run(script, json!([]));
        if answered.as_u64() != Some(status) {
            let what = format!("answers {answered}, not {status}");
            self.wrong.entry(what).or_default().insert(address.to_owned());
        }
        self.look(screen, address);
    }

    pub fn done(self, name: &str) {
        println!(
            "inputs: {} looks of the accessibility checker at {} {name}",
            self.looks, self.pages
        );
        let mut text = String::new();
        for (what, places) in &self.wrong {
            let list: Vec<&str> = places.iter().take(4).map(String::as_str).collect();
            text += &format!("\n* {what}\n    {} times: {}\n", places.len(), list.join(", "));
        }
        assert!(self.wrong.is_empty(), "{} defects{text}", self.wrong.len());
    }
}

/// Everything serious that the checker finds, and what it does not look for: ids that stand twice, words without a
/// translation, a page wider than its window.
const LOOK: &str = r#"
const done = arguments[arguments.length - 1];
document.getAnimations().forEach(it => { try { it.finish(); } catch (_) { it.cancel(); } });
const own = [];
const ids = [...document.querySelectorAll('[id]')].map(it => it.id);
const twice = [...new Set(ids.filter((it, at) => ids.indexOf(it) !== at))];
if (twice.length) own.push('ids that stand twice: ' + twice.join(' '));
for (const it of document.querySelectorAll('label[for]'))
    if (!document.getElementById(it.htmlFor)) own.push('a label of nothing: ' + it.htmlFor);
if (!document.title || !document.documentElement.lang) own.push('no title or no language');
if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('main *')].filter(it => it.getBoundingClientRect().right > innerWidth + 1
        && !it.closest('svg, .scroll, [tabindex="0"]')).slice(0, 3);
    own.push('wider than its window of ' + innerWidth + ': ' + document.documentElement.scrollWidth + ' '
        + wide.map(it => it.tagName.toLowerCase() + '.' + it.className).join(' '));
}
axe.run(document, { resultTypes: ['violations'] }).then(result => done(own.concat(result.violations
    .filter(it => it.impact === 'serious' || it.impact === 'critical')
    .map(it => it.id + ' (' + it.impact + '): ' + it.nodes.slice(0, 2).map(node => node.html.slice(0, 160) + ' '
        + node.any.concat(node.all, node.none).map(check => check.message).join('; ').slice(0, 200)).join(' | ')))),
    error => done(['the checker failed: ' + error]));
"#;

/// Links, and forms that only ask.
const LINKS: &str = "const at = (what, name) => [...document.querySelectorAll(what)].map(it => it.getAttribute(name)); \
    return [...new Set(at('a[href]', 'href').concat(at('form[method=get][action]', 'action')))]";

/// Follows links from page to page until none is new; gives how often each route was seen.
fn follow(
    screen: &mut Screen,
    inspection: &mut Inspection,
    start: &[&str],
) -> BTreeMap<String, usize> {
    let routes = routes();
    let mut seen = BTreeMap::new();
    let mut queue: VecDeque<String> = start.iter().map(|it| (*it).to_owned()).collect();
    let mut known: BTreeSet<String> = queue.iter().cloned().collect();
    while let Some(address) = queue.pop_front() {
        let Some(route) = route_of(&routes, &address) else {
            inspection.wrong.entry("leads nowhere".to_owned()).or_default().insert(address);
            continue;
        };
        let count: &mut usize = seen.entry(route.clone()).or_default();
        if ELSEWHERE.iter().any(|it| it.0 == route) || *count >= enough(route) {
            continue;
        }
        *count += 1;
        inspection.open(screen, &address, 200);
        let links = screen.session.run(LINKS, json!([]));
        for link in links.as_array().into_iter().flatten().filter_map(|it| it.as_str()) {
            let link = link.split('#').next().unwrap_or_default();
            let here =
                link.starts_with('/') && !link.starts_with("//") && !link.starts_with("/api/");
            if here && known.insert(link.to_owned()) {
                queue.push_back(link.to_owned());
            }
        }
    }
    seen
}

#[test]
fn no_page_of_the_demo_shuts_anybody_out() {
    let mut demo = Demo::start();
    demo.moves();
    let mut screen = Screen::new(&demo.url, View::DESK);
    let mut inspection = Inspection::new();
    inspection.open(&mut screen, "/sign-in", 200);
    inspection.open(&mut screen, &demo.site, 200);
    inspection.open(&mut screen, &demo.manager, 200);
    screen.session.click("//main//form//button");
    let mut seen =
        follow(&mut screen, &mut inspection, &["/", "/start", "/public", "/outbox", "/search?q=a"]);
    seen.insert("/sign-in".to_owned(), 1);
    seen.insert("/p/{token}".to_owned(), 1);
    for route in routes() {
        if seen.get(&route).is_none_or(|it| *it == 0) && ELSEWHERE.iter().all(|it| it.0 != route) {
            inspection.wrong.entry("no page leads here".to_owned()).or_default().insert(route);
        }
    }
    if demo.log().contains("text is missing") {
        inspection.wrong.entry(demo.log()).or_default().insert("log".to_owned());
    }
    inspection.done("pages of the demo");
}

#[test]
fn no_empty_page_and_no_error_shuts_anybody_out() {
    let mut home = Home::empty();
    let link = home.link();
    home.serve();
    let mut screen = Screen::new(&home.url, View::DESK);
    let mut inspection = Inspection::new();
    inspection.open(&mut screen, &link, 200);
    screen.set_up(&link);
    follow(&mut screen, &mut inspection, &["/", "/public"]);
    for (address, status) in [
        ("/nowhere", 404),
        ("/releases/rel_none", 404),
        ("/l/none", 404),
        ("/p/none", 404),
        ("/n/none", 404),
        ("/public/none", 404),
        ("/public/confirm/none", 200),
        ("/public/unsubscribe/none", 200),
        ("/outbox", 404),
        ("/import?kind=units", 200),
        ("/search?q=nothing", 200),
    ] {
        inspection.open(&mut screen, address, status);
    }
    screen.open("/sites/import");
    screen.paste("Check the rows", "Rows", "key\tname\tzone\nx\t\tMoon/Base");
    screen.send("Check the rows");
    inspection.look(&mut screen, "a list with wrong rows");
    assert!(!home.log().contains("text is missing"), "{}", home.log());
    inspection.done("empty pages and pages of errors");
}
