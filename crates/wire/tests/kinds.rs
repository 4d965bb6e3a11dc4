//! What a kind of step must have besides its code: what no compiler asks for is asked for here.
//! docs/adding-a-step-kind.md leads through it.

use roadbook_core::process::template::StepKind;
use roadbook_wire::process::{builtin, check, parse, schema};
use std::collections::{BTreeMap, BTreeSet};
use toml::Value;

const EVERY_FORM: &str = include_str!("every-form.toml");
const AUTHORS: &str = include_str!("../../../docs/process-file.md");

/// Rows of the table of kinds: the name, and the keys of its own.
fn told() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let table = AUTHORS.split("## Kinds of steps\n").nth(1).expect("the table of kinds");
    let table = table.split("\n## ").next().expect("its end");
    let rows = table.lines().filter(|it| it.starts_with("| `")).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        // In backquotes, so every second piece is a key.
        (cells[1].trim_matches('`'), cells[3].split('`').skip(1).step_by(2).collect())
    })
    .collect()
}

/// Keys that steps of each kind have in the built-in processes and in `every-form.toml`.
fn used() -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut used: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for text in builtin().iter().map(|it| it.1).chain([EVERY_FORM]) {
        let file: Value = toml::from_str(text).expect("a file");
        let phases = file["phase"].as_array().expect("phases").clone();
        let steps = phases.iter().filter_map(|it| it.get("step")?.as_array()).flatten();
        for step in steps.filter_map(Value::as_table) {
            let kind = step["kind"].as_str().expect("kind").to_owned();
            used.entry(kind).or_default().extend(step.clone());
        }
    }
    used
}

/// A task of `every-form.toml` is given the key: does the reader know it there?
fn a_task_takes(key: &str, value: &Value) -> bool {
    let mut file: Value = toml::from_str(EVERY_FORM).expect("a file");
    let steps = file["phase"][0]["step"].as_array_mut().expect("steps");
    let task = steps.iter_mut().find(|it| it["kind"].as_str() == Some("task")).expect("a task");
    task.as_table_mut().expect("a table").insert(key.to_owned(), value.clone());
    let text = toml::to_string(&file).expect("a file");
    let unknown = format!("`{key}`");
    parse("task.toml", &text).err().is_none_or(|list| {
        !list.iter().any(|it| it.code == "unknown_key" && it.message.contains(&unknown))
    })
}

#[test]
fn every_kind_is_read_as_what_it_is_called() {
    let template = parse("every-form.toml", EVERY_FORM).expect("it passes").template;
    let shown: BTreeSet<&str> = template.steps().map(|(_, it)| it.kind.name()).collect();
    for name in StepKind::NAMES {
        assert!(shown.contains(name), "every-form.toml has no step that is read as `{name}`");
    }
    let schema = schema();
    let listed = schema.pointer("/$defs/step/properties/kind/enum").expect("the list of kinds");
    assert_eq!(*listed, serde_json::json!(StepKind::NAMES));
}

#[test]
fn a_wrong_kind_is_answered_with_every_name() {
    let text = EVERY_FORM.replacen("kind = \"checklist\"", "kind = \"qqqqqqqq\"", 1);
    let found = check("every-form.toml", &text).findings;
    let found = found.iter().find(|it| it.code == "unknown_value").expect("the finding");
    assert!(found.fix.contains(&StepKind::NAMES.join(", ")), "{found}");
}

#[test]
fn the_page_for_authors_tells_every_kind_with_the_keys_of_its_own() {
    let (told, used) = (told(), used());
    let names: BTreeSet<&str> = StepKind::NAMES.iter().copied().collect();
    assert_eq!(told.keys().copied().collect::<BTreeSet<_>>(), names, "docs/process-file.md");
    let all: BTreeMap<&str, &Value> = used.values().flatten().map(|it| (&**it.0, it.1)).collect();
    let own_keys: BTreeSet<&str> =
        all.iter().filter(|it| !a_task_takes(it.0, it.1)).map(|it| *it.0).collect();
    for (kind, own) in &told {
        let keys = used.get(*kind).unwrap_or_else(|| panic!("no file has a step of `{kind}`"));
        let only: BTreeSet<&str> =
            keys.keys().map(String::as_str).filter(|it| own_keys.contains(it)).collect();
        assert_eq!(*own, only, "keys of `{kind}`: told in docs/process-file.md, and read");
    }
}
