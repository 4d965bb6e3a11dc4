//! The page of open questions names every one of them, and says of each setting what it really is.

use roadbook_core::process::settings;
use roadbook_core::process::template::Template;
use roadbook_wire::process::{builtin, parse};

const PAGE: &str = include_str!("../../../docs/open-questions.md");

fn template(id: &str) -> Option<Template> {
    let (_, text) = builtin().iter().find(|it| it.0 == id)?;
    Some(parse(id, text).expect("a built-in process reads").template)
}

/// Texts between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_question_has_its_answer_and_settings_are_what_they_are_said_to_be() {
    let rows: Vec<Vec<&str>> = PAGE
        .lines()
        .filter(|it| it.starts_with("| D-"))
        .map(|it| it.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let mut told = 0;
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row[0], format!("D-{:02}", n + 1));
        assert!(row.len() == 4 && row.iter().all(|it| !it.is_empty()), "{row:?}");
        let names = quoted(row[3]);
        let processes: Vec<Template> = names.iter().filter_map(|it| template(it)).collect();
        let path = |it: &&&str| it.contains('/');
        assert_eq!(names.iter().filter(path).count(), processes.len(), "{row:?}");
        for (name, value) in names.iter().filter_map(|it| it.split_once(" = ")) {
            let all = processes.iter().flat_map(|it| &it.settings);
            let setting = all.clone().find(|it| it.id == name);
            let setting = setting.unwrap_or_else(|| panic!("no setting `{name}`: {row:?}"));
            let default = settings::write(&setting.default);
            assert_eq!(default.as_deref(), Some(value), "{row:?}");
            told += 1;
        }
        // A step that is named is there.
        let ids = || processes.iter().flat_map(Template::steps).map(|(_, it)| it.id.as_str());
        let step = names.first().filter(|it| !processes.is_empty() && !it.contains(['/', ' ']));
        if let Some(step) = step.filter(|_| row[3].starts_with('`')) {
            let words = ["after", "not_by", "override"];
            let named = if words.contains(step) { names.get(1).unwrap_or(step) } else { step };
            assert!(ids().any(|it| it == *named), "{named} is no step: {row:?}");
        }
    }
    assert_eq!(rows.len(), 35);
    assert!(told >= 5, "{told} settings");
}
