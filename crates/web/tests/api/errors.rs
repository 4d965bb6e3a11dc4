//! `docs/errors.md` lists every code with which the API may refuse, and no other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, list: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, list);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            // What tests say is no promise.
            list.push(text.split("#[cfg(test)]").next().unwrap().to_owned());
        }
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_')
}

/// The first text in quotes after each mark, when nothing but `skip` stands between.
fn after(text: &str, mark: &str, skip: fn(char) -> bool) -> BTreeSet<String> {
    let parts = text.split(mark).skip(1);
    parts
        .filter_map(|rest| {
            let rest = rest.trim_start_matches(skip).strip_prefix('"')?;
            rest.split('"').next().filter(|it| is_code(it)).map(str::to_owned)
        })
        .collect()
}

/// Codes of a function `code`: one a line, after an arrow.
fn arms(path: &str, of: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    after(&text, "=> ", char::is_whitespace)
        .into_iter()
        .filter(|code| {
            let arm = text.lines().find(|it| it.contains(&format!("=> \"{code}\"")));
            arm.is_some_and(|it| it.contains(&format!("{of}::")))
        })
        .collect()
}

fn promised() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    codes.extend(arms("crates/app/src/error.rs", "Error"));
    codes.extend(arms("crates/core/src/run/refusal.rs", "Refusal"));
    codes.extend(arms("crates/core/src/run/migration.rs", "MigrationRefusal"));
    codes.extend(arms("crates/core/src/rollout/types.rs", "Refusal"));
    codes.extend(arms("crates/core/src/release.rs", "ReleaseRefusal"));
    codes.extend(arms("crates/core/src/version/scheme.rs", "VersionRefusal"));
    codes.extend(arms("crates/app/src/mail.rs", "MailError"));
    let list = std::fs::read_to_string(root().join("crates/app/src/error.rs")).unwrap();
    codes.extend(after(&list, "map_or(", char::is_whitespace));
    let mut texts = Vec::new();
    for folder in ["crates/app/src", "crates/web/src"] {
        sources(&root().join(folder), &mut texts);
    }
    let status =
        |it: char| it.is_whitespace() || "StatusCode:,_ABCDEFGHIJKLMNOPQRSTUVWXYZ".contains(it);
    for text in &texts {
        codes.extend(after(text, "Rule {", |it| it.is_whitespace() || "code:".contains(it)));
        codes.extend(after(text, "rule(", char::is_whitespace));
        codes.extend(after(text, "bad(", char::is_whitespace));
        codes.extend(after(text, "Problem::new(", status));
        codes.extend(after(text, "Refusal::new(", status));
        codes.extend(after(text, "const NOT_OPEN: &str = ", char::is_whitespace));
    }
    // A stored answer is no refusal.
    codes.remove("replay");
    codes
}

#[test]
fn the_page_of_errors_lists_every_code() {
    let page = std::fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let listed: Vec<String> = page
        .lines()
        .filter_map(|it| it.strip_prefix("| `")?.split('`').next().map(str::to_owned))
        .collect();
    let mut sorted = listed.clone();
    sorted.sort();
    assert_eq!(listed, sorted, "in the order of the alphabet");
    let listed: BTreeSet<String> = listed.into_iter().collect();
    let promised = promised();
    assert!(promised.len() > 60, "only {}", promised.len());
    let unlisted: Vec<_> = promised.difference(&listed).collect();
    assert!(unlisted.is_empty(), "docs/errors.md does not list {unlisted:?}");
    let gone: Vec<_> = listed.difference(&promised).collect();
    assert!(gone.is_empty(), "nothing answers with {gone:?}");
}
