//! Process files: what reads, what is found, and where.

use super::{builtin, parse, parse_bytes};
use proptest::prelude::*;
use roadbook_core::process::template::{Action, StepKind};

#[test]
fn every_built_in_process_reads_and_has_no_finding() {
    for (id, text) in builtin() {
        let parsed = parse(&format!("{id}.toml"), text).unwrap_or_else(|findings| {
            let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
            panic!("{}", list.join("\n"))
        });
        assert_eq!(parsed.template.id, *id);
        let checked = super::check(&format!("{id}.toml"), text);
        let list: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert!(list.is_empty() && checked.states > 0, "{}", list.join("\n"));
    }
}

const GOOD: &str = r#"format = 1
id = "t/one"
subject = "release"
title = "One"
[[role]]
id = "lead"
title = "Lead"
[[phase]]
id = "p"
title = "P"
  [[phase.step]]
  id = "decide"
  title = "Decide"
  kind = "decision"
  role = "lead"
  due = "T-20d..T-10d"
  outcome.go = { go = ["work"] }
  outcome.later = { move = "T", title = "Later" }
  [[phase.step]]
  id = "work"
  title = "Work"
  kind = "task"
  role = ["lead", "head_of(applicant.unit)", "site.contact(admin)"]
  after = ["decide", ["a", "b"]]
  produces = ["report", "manual?", { document = "list", when = "field.x" }]
"#;

#[test]
fn the_forms_of_the_language_are_read() {
    let parsed = parse("one.toml", GOOD).expect("good");
    let template = &parsed.template;
    let StepKind::Decision(spec) = &template.step("decide").expect("step").kind else {
        panic!("kind")
    };
    assert_eq!(spec.outcomes[0].action, Action::Go(vec!["work".into()]));
    assert_eq!(spec.outcomes[1].action, Action::Move);
    let work = template.step("work").expect("step");
    assert_eq!(work.after, [vec!["decide".to_owned()], vec!["a".into(), "b".into()]]);
    assert_eq!(
        work.produces.iter().map(|it| it.optional).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(work.roles.len(), 3);
    assert_eq!(parsed.positions.find("step.work.after").line, 24);
}

#[test]
fn all_findings_come_at_once_with_line_and_fix() {
    let bad = GOOD
        .replace("due = \"T-20d..T-10d\"", "due = \"T-10d..T-20d\"\n  quorun = 3")
        .replace("kind = \"task\"", "kind = \"tsk\"\n  when = \"a ? b : c\"")
        .replace("role = \"lead\"", "role = 7")
        .replace("title = \"P\"", "titel = \"P\"");
    let findings = parse("bad.toml", &bad).expect_err("findings");
    let short: Vec<(u32, &str)> = findings.iter().map(|it| (it.line, it.code.as_str())).collect();
    assert_eq!(
        short,
        [
            (8, "missing_key"),
            (10, "unknown_key"),
            (15, "wrong_type"),
            (16, "due_backwards"),
            (17, "unknown_key"),
            (23, "unknown_value"),
            (24, "condition_subset"),
        ]
    );
    assert!(findings[1].fix.contains("`title`") && findings[5].fix.contains("`task`"));
}

#[test]
fn a_file_that_is_not_toml_or_too_large_or_not_text_is_one_finding() {
    for (bytes, code, line) in [
        (b"format = 1\nid = ".to_vec(), "toml_syntax", 2),
        (vec![b'#'; 600_000], "file_too_large", 1),
        (b"format = 1\n# \xff".to_vec(), "not_utf8", 2),
        ([b"a = ".to_vec(), vec![b'['; 100_000]].concat(), "toml_syntax", 1),
    ] {
        let findings = parse_bytes("x.toml", &bytes).expect_err(code);
        assert_eq!((findings.len(), findings[0].code.as_str(), findings[0].line), (1, code, line));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(parse_bytes("x.toml", &bytes));
    }

    #[test]
    fn a_damaged_file_never_makes_the_reader_panic(at in 0..GOOD.len(), with in any::<[u8; 3]>(), cut in 0..20_usize) {
        let mut bytes = GOOD.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, with);
        drop(parse_bytes("x.toml", &bytes));
    }

    #[test]
    fn no_condition_makes_the_reader_panic(text in "[a-z.!&|()=<>\"' 0-9\\[\\]{}?:,+*/%\\\\-]{0,60}|.{0,60}") {
        drop(super::parse_condition(&text));
    }
}
