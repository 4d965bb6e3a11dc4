//! A file of `format = 1` is readable for ever and means what it meant. The files in `kept` were
//! written by the people of an earlier version and are never edited; new forms get a file more.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

use roadbook_core::process::template::Template;
use roadbook_wire::process::check;
use std::fmt::Write as _;

const EVERY_FORM: &str = include_str!("kept/every-form.toml");

const KEPT: [(&str, &str); 4] = [
    ("every-form", EVERY_FORM),
    ("product-main", include_str!("kept/product-main.toml")),
    ("saas-update", include_str!("kept/saas-update.toml")),
    ("window-plan", include_str!("kept/window-plan.toml")),
];

/// What a process makes people do, without its words: a line for each part.
fn meaning(template: &Template) -> String {
    let mut told = String::new();
    let _ = writeln!(told, "{} {:?}", template.id, template.subject);
    let _ = writeln!(told, "go-live {:?}, accepts {:?}", template.go_live, template.accepts);
    for it in &template.fields {
        let _ = writeln!(
            told,
            "field {} {:?} by {:?}, usually {:?}, like {:?}",
            it.id, it.kind, it.required_by, it.default, it.pattern
        );
    }
    for it in &template.settings {
        let _ = writeln!(told, "setting {} {:?} = {:?}", it.id, it.kind, it.default);
    }
    for it in &template.documents {
        let sections: Vec<&str> = it.sections.iter().map(|it| it.id.as_str()).collect();
        let _ = writeln!(told, "document {} of {:?}: {sections:?}", it.id, it.role);
    }
    for (phase, it) in template.steps() {
        let kind = format!("{:?}", it.kind);
        // The words of letters and questions may get better; who does what, when and after what
        // may not change.
        let kind = kind.split([' ', '(', '{']).next().unwrap_or_default().to_lowercase();
        let checks: Vec<&str> = it.checks.iter().map(|it| it.id.as_str()).collect();
        let when = it.when.as_ref().map(|it| it.source.as_str());
        let _ = writeln!(
            told,
            "{} {} {kind} by {:?} after {:?} when {when:?} each {:?} joins {:?} on {:?} due {:?} \
             effort {:?} needs {:?} produces {:?} checks {checks:?} asks {:?} failed {:?}",
            phase.id,
            it.id,
            it.roles,
            it.after,
            it.each,
            it.joins,
            it.on,
            it.due,
            it.effort,
            it.needs,
            it.produces.iter().map(|it| &it.document).collect::<Vec<_>>(),
            it.asks,
            it.failed,
        );
    }
    told
}

#[test]
fn a_file_that_was_kept_is_read_and_means_what_it_meant() {
    for (name, text) in KEPT {
        let checked = check(name, text);
        let blocking: Vec<_> = checked.findings.iter().filter(|it| it.blocks()).collect();
        assert!(blocking.is_empty(), "{name}: {blocking:?}");
        insta::assert_snapshot!(name, meaning(&checked.parsed.unwrap().template));
    }
}
