//! `package changes`: what changed between two tags, as a list, as notes, or as the changes of a
//! release.

use crate::args::{ChangesArgs, Format};
use crate::exit::{Code, Failure, Outcome};
use crate::output::{Output, print};
use roadbook_adapter_git::{Change, Changes, GitError, Kind, Program, changes};
use serde_json::{Value, json};

/// Lists the changes.
pub fn run(args: &ChangesArgs, output: &Output) -> Outcome {
    let program = Program::at(&args.repo);
    let list = changes(&program, args.from.as_deref(), &args.to).map_err(failure)?;
    let value = if args.items { json!({ "items": items(&list) }) } else { described(&list) };
    if args.items {
        let text = serde_json::to_string_pretty(&value)
            .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
        return print(&(text + "\n"));
    }
    if output.format == Format::Table && !output.quiet {
        return print(&as_text(&list));
    }
    if output.format == Format::Json {
        return output.object(&[], &value);
    }
    let rows = value["changes"].as_array().cloned().unwrap_or_default();
    let columns = [
        ("commit", "commit"),
        ("time", "at"),
        ("kind", "kind"),
        ("scope", "scope"),
        ("breaking", "breaking"),
        ("title", "title"),
    ];
    output.rows(&columns, &rows)
}

fn failure(error: GitError) -> Failure {
    let code = match &error {
        GitError::NoSuch(_) => Code::NotFound,
        GitError::Name(_) => Code::Usage,
        _ => Code::Failed,
    };
    let failure = Failure::new(code, error.to_string());
    match error {
        GitError::Refused { .. } => {
            failure.hint("give the folder of a git repository with `--repo`")
        }
        _ => failure,
    }
}

fn described(list: &Changes) -> Value {
    let mut value = serde_json::to_value(list).unwrap_or(Value::Null);
    value["items"] = json!(items(list));
    for change in value["changes"].as_array_mut().into_iter().flatten() {
        change["id"] = change["commit"].clone();
    }
    value
}

/// What a release takes in: only what people can notice.
fn items(list: &Changes) -> Vec<Value> {
    let noticed = list.changes.iter().filter(|it| it.breaking || it.kind.is_noticeable());
    noticed
        .map(|it| {
            let (kind, purpose) = sort(it);
            json!({ "title": { "en": it.title }, "kind": kind, "purpose": purpose })
        })
        .collect()
}

fn sort(change: &Change) -> (&'static str, &'static str) {
    let (kind, purpose) = match change.kind {
        Kind::Feature => ("feature", "feature"),
        Kind::Fix | Kind::Revert => ("code", "fix"),
        Kind::Security => ("code", "security"),
        Kind::Performance => ("code", "performance"),
        Kind::Data => ("data", ""),
        Kind::Config => ("config", ""),
        Kind::Build => ("infrastructure", ""),
        Kind::Refactor | Kind::Docs | Kind::Test | Kind::Other => ("code", ""),
    };
    // What others must follow is a change of what was promised.
    if change.breaking && kind == "code" { ("spec", purpose) } else { (kind, purpose) }
}

/// For people, and to be pasted into a page.
fn as_text(list: &Changes) -> String {
    let from = list.from.as_deref().unwrap_or("the beginning");
    let mut text = format!("Changes from {from} to {}\n", list.to);
    let part = |title: &str, chosen: &dyn Fn(&Change) -> bool| {
        let mut part = String::new();
        for it in list.changes.iter().filter(|it| chosen(it)) {
            let scope = it.scope.as_ref().map(|it| format!("{it}: ")).unwrap_or_default();
            part += &format!("- {scope}{} ({})\n", it.title, &it.commit[..8]);
            if it.breaking && !it.notes.is_empty() {
                part += &format!("  {}\n", it.notes.replace('\n', "\n  "));
            }
        }
        if part.is_empty() { part } else { format!("\n{title}\n{part}") }
    };
    text += &part("You must act", &|it| it.breaking);
    for (title, kinds) in [
        ("Security", &[Kind::Security][..]),
        ("New", &[Kind::Feature]),
        ("Repaired", &[Kind::Fix, Kind::Revert]),
        ("Faster", &[Kind::Performance]),
        ("Data, configuration, operation", &[Kind::Data, Kind::Config, Kind::Build]),
        ("Other", &[Kind::Other]),
        ("Inside", &[Kind::Refactor, Kind::Docs, Kind::Test]),
    ] {
        text += &part(title, &|it| !it.breaking && kinds.contains(&it.kind));
    }
    if list.changes.is_empty() {
        text += "\nnothing changed\n";
    }
    for section in &list.notes {
        text += &format!("\nFrom the changelog: {} {}\n", section.version, section.date);
        for group in &section.groups {
            text += &format!("{}\n", group.title);
            group.points.iter().for_each(|point| text += &format!("- {point}\n"));
        }
    }
    text
}
