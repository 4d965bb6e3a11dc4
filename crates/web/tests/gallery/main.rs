//! Every component in every language, empty, normal and with errors: well-formed, named, without inline style or script.
//! The same pages are written to the test's temporary directory, to be looked at.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod compare;
mod editor;
mod fleet;
mod inputs;
mod moves;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use roadbook_web::i18n::Lang;
use roadbook_web::ui::{Theme, assets};

const VOID: [&str; 5] = ["meta", "link", "input", "br", "img"];

/// Reads the markup tag by tag; panics where it is not balanced.
fn check(name: &str, page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids: BTreeMap<String, u32> = BTreeMap::new();
    let mut refs: BTreeSet<String> = BTreeSet::new();
    let mut rest =
        page.strip_prefix("<!DOCTYPE html>").unwrap_or_else(|| panic!("{name}: no doctype"));
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').unwrap_or_else(|| panic!("{name}: open tag"));
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{name}: before {}", &rest[..rest.len().min(80)]);
            continue;
        }
        let word = tag.split([' ', '/']).next().unwrap();
        if !VOID.contains(&word) && !tag.ends_with('/') {
            open.push(word);
        }
        attributes(name, tag, &mut ids, &mut refs);
    }
    assert!(open.is_empty(), "{name}: open at the end: {open:?}");
    for (id, n) in &ids {
        assert_eq!(*n, 1, "{name}: id {id} occurs {n} times");
    }
    for r in refs {
        assert!(ids.contains_key(&r), "{name}: nothing has the id {r}");
    }
    assert_eq!(page.matches("<h1").count(), 1, "{name}: one h1");
    for label in page.split("<label").skip(1) {
        assert!(!label.starts_with(" for=\"\""), "{name}: label for nothing");
    }
}

fn attributes(name: &str, tag: &str, ids: &mut BTreeMap<String, u32>, refs: &mut BTreeSet<String>) {
    let value = |key: &str| {
        let at = tag.find(&format!(" {key}=\""))? + key.len() + 3;
        Some(&tag[at..at + tag[at..].find('"')?])
    };
    assert!(value("style").is_none(), "{name}: inline style in <{tag}>");
    assert!(
        !tag.contains(" onclick") && !tag.contains(" onload"),
        "{name}: inline script in <{tag}>"
    );
    if tag.starts_with("script") {
        assert!(value("src").is_some(), "{name}: inline script");
    }
    if let Some(id) = value("id") {
        *ids.entry(id.to_owned()).or_default() += 1;
    }
    for key in ["aria-labelledby", "aria-describedby", "for"] {
        refs.extend(value(key).unwrap_or_default().split_whitespace().map(str::to_owned));
    }
    if let Some(target) = value("href").and_then(|h| h.strip_prefix('#')) {
        refs.insert(target.to_owned());
    }
}

/// The page with the style sheet inside, so that a browser shows it from a file.
fn standalone(page: &str) -> String {
    let css = std::str::from_utf8(assets::get(assets::css()).unwrap().1).unwrap();
    let link = format!("<link rel=\"stylesheet\" href=\"{}\">", assets::css());
    assert!(page.contains(&link));
    page.replace(&link, &format!("<style>{css}</style>"))
}

#[test]
fn every_component_is_well_formed_in_every_language() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gallery");
    std::fs::create_dir_all(&dir).unwrap();
    let mut pages = 0;
    for lang in Lang::ALL {
        for (name, page) in samples::all(&samples::ctx(lang)) {
            let name = format!("{name}.{}", lang.code());
            check(&name, &page);
            assert!(page.contains("<main id=\"main\""), "{name}");
            std::fs::write(dir.join(format!("{name}.html")), standalone(&page)).unwrap();
            pages += 1;
        }
    }
    assert!(pages >= 4 * 12, "{pages}");
}

#[test]
fn a_chosen_look_is_written_into_the_page() {
    let mut ctx = samples::ctx(Lang::En);
    ctx.theme = Theme::Dark;
    let page = samples::all(&ctx).swap_remove(0).1;
    assert!(page.contains("data-theme=\"dark\""));
}

/// Charts are pure: the same input gives the same drawing, and what they draw they also say in a table.
#[test]
fn charts_have_a_table_with_the_same_words() {
    let ctx = samples::ctx(Lang::Ko);
    for (name, markup, words) in inputs::charts(&ctx) {
        let (drawing, table) = markup
            .split_once("<details class=\"twin\"><summary>표로 보기")
            .unwrap_or_else(|| panic!("{name}"));
        for word in words {
            assert!(drawing.contains(&word), "{name}: the drawing lacks {word}");
            assert!(table.contains(&word), "{name}: the table lacks {word}");
        }
    }
}

/// The drawings themselves, tag by tag; a change of geometry shows in review.
#[test]
fn charts_are_drawn_as_before() {
    let ctx = samples::ctx(Lang::En);
    for (name, markup, _) in inputs::charts(&ctx) {
        let drawing = markup
            .split_once("<details class=\"twin\"><summary>Show as table")
            .unwrap()
            .0
            .replace("><", ">\n<");
        insta::assert_snapshot!(name, drawing);
    }
}
