//! Example organizations at work in their own language: a whole release of the enterprise, a month of
//! the online service. Their people answer, sign, decide and operate on their pages, each with a
//! session of their own.

use crate::founded::{ENTERPRISE, SAAS, town};
use crate::own;
use crate::screen::Screen;
use crate::walk::acts::{Act, Acts, Direct, No, Who};
use crate::walk::town::Town;
use crate::walk::{Script, Walk};
use crate::world::PASSWORD;
use jiff::SignedDuration;
use roadbook_app::auth::SignInContext;
use roadbook_app::releases::NewRelease;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Answered;
use roadbook_core::run::{Answer, Command, SheetAct, Verdict};
use roadbook_testkit::browser::View;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Mutex;

/// A form by what it holds, and what is filled in.
struct Form {
    page: String,
    holds: Vec<(&'static str, String)>,
    fill: Vec<(&'static str, Value)>,
}

/// What people do with the mouse, they do with the mouse; papers come over the use cases.
struct Clicks {
    inner: Direct,
    screen: Mutex<Screen>,
    url: String,
    sessions: Mutex<BTreeMap<String, String>>,
    /// Who has a password.
    known: Mutex<BTreeSet<String>>,
    /// Forms that were sent.
    sent: Mutex<usize>,
    /// Facts that were asked for on a page.
    asked: Mutex<usize>,
}

/// Fills a form and marks the page, which is left when the answer comes.
const FILL: &str = r#"
const form = document.evaluate(arguments[0], document, null, 9, null).singleNodeValue;
if (!form) return false;
for (let at = form.parentElement; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
for (const [name, value] of arguments[1]) {
    const it = form.elements[name];
    if (Array.isArray(value)) {
        const cells = form.querySelectorAll('[name=cell]');
        if (cells.length) value.flat().forEach((one, at) => { cells[at].value = one; });
        else it.value = value.join('\n');
    } else if (it instanceof RadioNodeList || it.type === 'radio') {
        const all = it instanceof RadioNodeList ? [...it] : [it];
        all.find(one => one.value === value).checked = true;
    } else it.value = value;
}
window.beingLeft = true;
return true;"#;

impl Clicks {
    async fn over(town: Town) -> Clicks {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let options = roadbook_web::WebOptions { demo: true, ..Default::default() };
        let router = roadbook_web::router(town.world.app.clone(), options);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let screen = Mutex::new(Screen::new(&url, View::DESK));
        // Who founded the organization chose a password then.
        let known = town.world.admin.person.login.iter().cloned().collect();
        Clicks {
            inner: Direct { town },
            screen,
            url,
            sessions: Mutex::default(),
            known: Mutex::new(known),
            sent: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// The session of somebody, begun with a password.
    async fn session(&self, login: &str) -> String {
        let found = self.sessions.lock().unwrap().get(login).cloned();
        if let Some(found) = found {
            return found;
        }
        let town = &self.inner.town;
        let app = &town.world.app;
        if self.known.lock().unwrap().insert(login.to_owned()) {
            let admin = town.world.admin().await;
            let secret = app.invite(&admin, &town.people[login]).await.unwrap().secret.unwrap();
            app.password_set(&secret, PASSWORD).await.unwrap();
        }
        let (token, _) = app.sign_in(login, PASSWORD, SignInContext::default()).await.unwrap();
        self.sessions.lock().unwrap().insert(login.to_owned(), token.clone());
        token
    }

    /// Sends a form as somebody. False: their page has no such form, or it is refused.
    async fn send(&self, login: &str, form: &Form) -> bool {
        let mut token = self.session(login).await;
        if self.inner.town.world.app.authenticate(&token).await.unwrap().is_none() {
            // Whoever did nothing for a while signs in again.
            self.sessions.lock().unwrap().remove(login);
            token = self.session(login).await;
        }
        let mut screen = self.screen.lock().unwrap();
        let session = &mut screen.session;
        let cookie = json!({ "name": "roadbook", "value": token, "url": self.url });
        tokio::task::block_in_place(|| {
            session.command("Network.setCookie", cookie);
            session.goto(&format!("{}{}", self.url, form.page));
            let held: Vec<String> = form
                .holds
                .iter()
                .map(|(name, value)| format!(".//input[@name='{name}'][@value='{value}']"))
                .collect();
            let path = format!("//form[{}]", held.join(" and "));
            if session.run(FILL, json!([path, form.fill])) != true {
                return false;
            }
            session.click(&format!("{path}//button"));
            let limit = jiff::Timestamp::now() + SignedDuration::from_secs(20);
            while session.run("return window.beingLeft === true", json!([])) == true {
                assert!(jiff::Timestamp::now() < limit, "{path} leads nowhere");
            }
            *self.sent.lock().unwrap() += 1;
            // A refusal is answered by the address of the form.
            !session.url().ends_with("/act")
        })
    }
}

fn step(step: &str, command: &str) -> Vec<(&'static str, String)> {
    vec![("command", command.to_owned()), ("step", step.to_owned())]
}

/// An answer as it is typed or chosen.
fn typed(value: &Answered) -> Value {
    match value {
        Answered::Bool(yes) => json!(if *yes { "yes" } else { "no" }),
        Answered::Int(number) => json!(number.to_string()),
        Answered::Text(text) => json!(text),
        Answered::List(rows) => rows.iter().map(typed).collect(),
        Answered::Null => json!(""),
    }
}

/// The form of an act; none for what is done elsewhere.
fn form(release: &ReleaseId, act: &Act) -> Option<Form> {
    let page = |at: &str| format!("/releases/{release}/steps/{at}");
    let live = format!("/releases/{release}/live");
    let text = |it: &str| it.to_owned();
    let said = |it: &str| json!(it);
    Some(match act {
        Act::Run(Command::SetField { field, value }) => Form {
            page: format!("/releases/{release}/readiness"),
            holds: vec![("command", text("field")), ("field", text(field))],
            fill: vec![("value", typed(value))],
        },
        Act::Run(Command::Done { step: id, .. }) if id == "operate" => {
            Form { page: live, holds: step(id, "done"), fill: Vec::new() }
        }
        Act::Run(Command::Done { step: id, .. }) => {
            Form { page: page(id), holds: step(id, "done"), fill: Vec::new() }
        }
        Act::Run(Command::Decide { step: id, outcome, reason, .. }) => Form {
            page: page(id),
            holds: step(id, "decide"),
            fill: vec![("outcome", said(outcome)), ("reason", said(reason))],
        },
        Act::Run(Command::Answer { step: id, check, answer: Answer::YesNo(yes), .. }) => {
            let mut holds = step(id, "answer");
            holds.push(("check", text(check)));
            let fill = vec![("yes", said(if *yes { "yes" } else { "no" }))];
            Form { page: page(id), holds, fill }
        }
        Act::Run(Command::Sheet { step: id, line, act, found }) => {
            let begins = *act == SheetAct::Begin;
            let mut holds = step(id, "sheet");
            holds.push(("line", text(line)));
            holds.push(("act", text(if begins { "begin" } else { "done" })));
            let fill = if begins { Vec::new() } else { vec![("found", said(found))] };
            Form { page: live, holds, fill }
        }
        Act::Vote { step: id, verdict: Verdict::Approve, comment } => Form {
            page: page(id),
            holds: step(id, "vote"),
            fill: vec![
                ("verdict", said("approve")),
                ("comment", said(comment)),
                ("password", said(PASSWORD)),
            ],
        },
        _ => return None,
    })
}

impl Acts for Clicks {
    fn town(&self) -> &Town {
        &self.inner.town
    }

    async fn open(&self, who: &str, new: NewRelease) -> Result<ReleaseId, No> {
        self.inner.open(who, new).await
    }

    async fn act(&self, release: &ReleaseId, who: &Who, act: &Act) -> Result<(), No> {
        let town = &self.inner.town;
        // What has a usual answer is changed by the lead before anybody is asked.
        let usual = match act {
            Act::Run(Command::SetField { field, .. }) => {
                let view = town.world.app.release(&town.world.admin().await.actor, release).await;
                let template = view.unwrap().template;
                template.fields.iter().any(|it| it.id == *field && it.default.is_some())
            }
            _ => false,
        };
        if let (false, Who::Person(who), Some(form)) = (usual, who, form(release, act)) {
            if matches!(act, Act::Run(Command::SetField { .. })) {
                *self.asked.lock().unwrap() += 1;
            }
            let login = town.login(who).to_owned();
            let outside = login == town.login("outsider");
            let here = self.send(&login, &form).await;
            // What is operated is done on the console.
            let console = Form { page: format!("/releases/{release}/live"), ..form };
            if here || self.send(&login, &console).await {
                assert!(!outside, "{act:?}: anybody may do it");
                return Ok(());
            }
            // Who is refused on the page is refused everywhere; the reason is told by code.
            let answer = self.inner.act(release, &Who::Person(login.clone()), act).await;
            assert!(answer.is_err(), "{login} could not do it on the page: {act:?}");
            return answer;
        }
        self.inner.act(release, who, act).await
    }

    async fn moved(&mut self) {
        // Sessions end when nobody uses them for so long.
        self.sessions.lock().unwrap().clear();
    }
}

/// Walks a process to its end by hand; gives what it told, and the hands.
async fn by_hand(clicks: Clicks, script: Script) -> (String, ReleaseId, Clicks) {
    let mut walk = Walk::begin(clicks, script).await;
    walk.to_the_end().await;
    (walk.tale.text().to_owned(), walk.release, walk.acts)
}

/// What happened, without the words of refusals: what a page does not show, the API refuses.
fn happened(told: &str) -> Vec<&str> {
    told.trim_end().lines().map(|it| it.split(" — ").next().unwrap_or(it)).collect()
}

/// What stands in a golden file of the stories over the API.
fn golden(file: &str) -> &str {
    file.splitn(3, "---\n").nth(2).unwrap()
}

/// What a person reads on a page.
fn read(clicks: &Clicks, page: &str) -> String {
    let mut screen = clicks.screen.lock().unwrap();
    let shown: Value = tokio::task::block_in_place(|| {
        screen.open(page);
        screen.session.run("return document.body.innerText", json!([]))
    });
    shown.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enterprise_releases_by_the_hands_of_its_people() {
    let clicks = Clicks::over(town(&ENTERPRISE, None).await).await;
    let (told, release, clicks) = by_hand(clicks, own::enterprise_upgrade()).await;
    // The story is the one that is told over the API.
    let over_api = include_str!(
        "../story/organizations/snapshots/story__organizations__enterprise_upgrade.snap"
    );
    assert_eq!(happened(&told), happened(golden(over_api)));
    let sent = *clicks.sent.lock().unwrap();
    assert!(sent > 40, "{sent} forms were sent");
    let asked = *clicks.asked.lock().unwrap();
    assert!(asked > 1, "{asked} facts were asked for");
    println!("inputs: {sent} forms of one enterprise release, {asked} of them facts");
    let shown = read(&clicks, &format!("/releases/{release}"));
    assert!(shown.contains("MES 2.4"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_online_service_works_through_a_month_by_the_hands_of_its_people() {
    let mut clicks = Clicks::over(town(&SAAS, None).await).await;
    let mut month = Vec::new();
    let month_of = [
        own::saas_server(),
        Script { version: "V4.7.0.0002", ..own::saas_fixes() },
        own::month_plan(),
        Script { version: "V4.7.0.0003", ..own::saas_features() },
    ];
    for script in month_of {
        let (told, release, hands) = by_hand(clicks, script).await;
        clicks = hands;
        let shown = read(&clicks, &format!("/releases/{release}"));
        month.push((told, shown));
    }
    for (told, shown) in &month {
        assert!(told.lines().count() > 20, "{told}");
        assert!(!shown.is_empty());
    }
    let sent = *clicks.sent.lock().unwrap();
    assert!(sent > 40, "{sent} forms were sent");
    let asked = *clicks.asked.lock().unwrap();
    assert!(asked > 5, "{asked} facts were asked for");
    println!("inputs: {sent} forms of one month, {asked} of them facts");
}
