//! Moving a run onto another revision of its process: for each change of the process and each
//! point of the run, what becomes of every step, and what is refused.

#[path = "stage/lead.rs"]
mod lead;
mod stage;

use crate::stage::{Stage, person, read};
use jiff::SignedDuration;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::Template;
use roadbook_core::run::{
    Answer, Assurance, Command, Debt, Migration, MigrationRefusal, RunState, Verdict, decide,
    migration,
};

const TEXT: &str = r#"
format = 1
id = "test/move"
subject = "release"
title = { en = "Move" }
[[role]]
id = "lead"
title = { en = "Lead" }
[[role]]
id = "approver"
title = { en = "Approver" }
[[role]]
id = "second"
title = { en = "Second approver" }
[[field]]
id = "risk"
type = "enum"
values = ["low", "high"]
ask = { en = "Which risk?" }
required_by = "plan"
[[phase]]
id = "prepare"
title = { en = "Preparation" }
  [[phase.step]]
  id = "plan"
  kind = "task"
  title = { en = "Plan" }
  role = "lead"
  [[phase.step]]
  id = "test"
  kind = "test"
  title = { en = "Test" }
  role = "lead"
  after = ["plan"]
    [[phase.step.check]]
    id = "works"
    ask = { en = "Does it work?" }
  [[phase.step]]
  id = "approve"
  kind = "approval"
  title = { en = "Approve" }
  role = "approver"
  after = ["test"]
  # approve ends
  [[phase.step]]
  id = "extra"
  kind = "task"
  title = { en = "Extra" }
  role = "lead"
  after = ["approve"]
  when = "field.risk == 'high'"
[[phase]]
id = "live"
title = { en = "Live" }
  [[phase.step]]
  id = "choose"
  kind = "decision"
  title = { en = "Choose" }
  role = "lead"
  outcome.go = { go = ["ship"] }
  outcome.stop = { go = ["undo"] }
  [[phase.step]]
  id = "ship"
  kind = "task"
  title = { en = "Ship" }
  role = "lead"
  [[phase.step]]
  id = "undo"
  kind = "task"
  title = { en = "Undo" }
  role = "lead"
"#;

const REVIEW: &str = r#"
  [[phase.step]]
  id = "review"
  kind = "approval"
  title = { en = "Review" }
  role = "second"
  after = ["plan"]
"#;

fn edited(edits: &[(&str, &str)]) -> Template {
    let mut text = TEXT.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    read(&text)
}

/// A step taken out, with everything that names it.
fn without(step: &str, then: &[(&str, &str)]) -> Template {
    let start = TEXT.find(&format!("  [[phase.step]]\n  id = \"{step}\"")).expect("step");
    let rest = &TEXT[start + 4..];
    let end = ["  [[phase.step]]\n", "[[phase]]\n"].iter().filter_map(|it| rest.find(it)).min();
    let end = end.map_or(TEXT.len(), |it| start + 4 + it);
    let mut text = format!("{}{}", &TEXT[..start], &TEXT[end..]);
    for (from, to) in then {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    read(&text)
}

/// A run on the first revision, so far along: `plan`, `test`, `approve`, `choose`, `ship`, or
/// `works` for the answer alone.
fn at(acts: &[&str]) -> Stage {
    at_of(read(TEXT), acts)
}

fn at_of(template: Template, acts: &[&str]) -> Stage {
    let mut stage = Stage::set(template);
    (stage.ctx.sites.contacts, stage.ctx.sites.contacts_open) = (1, 1);
    stage.act_as("lead", Command::Start);
    let field = Command::SetField { field: "risk".to_owned(), value: Value::Text("low".into()) };
    stage.act_as("lead", field);
    for act in acts {
        match *act {
            "works" => {
                let answer = Answer::YesNo(true);
                let (step, check) = ("test".to_owned(), "works".to_owned());
                let remark = String::new();
                stage.act_as("lead", Command::Answer { step, check, answer, remark });
            }
            "approve" => approve(&mut stage, "approver", "approve"),
            "choose" => {
                let (step, outcome) = ("choose".to_owned(), "go".to_owned());
                let reason = "fit".to_owned();
                stage.act_as("lead", Command::Decide { step, outcome, reason, slot: None });
            }
            "begin" => {
                stage.act_as("lead", Command::Begin { step: "test".to_owned() });
            }
            step => stage.done(step),
        }
    }
    stage
}

fn approve(stage: &mut Stage, who: &str, step: &str) {
    let vote = Command::Vote {
        step: step.to_owned(),
        verdict: Verdict::Approve,
        comment: String::new(),
        digest: String::new(),
        assurance: Assurance::Password,
    };
    stage.act_as(who, vote);
}

fn moved(stage: &Stage, after: &Template) -> Result<Migration, Vec<MigrationRefusal>> {
    migration(&stage.template, after, &stage.run, 2, stage.ctx.now)
}

/// What the preview says: `step:fate` with the other steps behind it.
fn fates(found: &Migration) -> Vec<String> {
    let said = |it: &roadbook_core::run::StepChange| {
        let others = it.others.join(",");
        let others = if others.is_empty() { others } else { format!("({others})") };
        format!("{}:{}{others}", it.step, it.fate.name())
    };
    let parts = found.parts.iter().map(|it| format!("{}.{}:{}", it.part, it.id, it.fate.name()));
    found.steps.iter().map(said).chain(parts).collect()
}

/// The stage after the move, come to rest.
fn rest(stage: &mut Stage, after: Template, found: Migration) {
    let decision = decide(&after, &found.run, &Command::ContentChanged, &stage.ctx).expect("rest");
    stage.run = decision.run;
    stage.template = after;
}

const TEST: [&str; 3] = ["plan", "works", "test"];
const APPROVED: [&str; 4] = ["plan", "works", "test", "approve"];
const CHOSEN: [&str; 5] = ["plan", "works", "test", "approve", "choose"];

type Case<'a> = (&'a str, &'a [&'a str], Template, &'a [&'a str], &'a [(&'a str, &'a str)]);

// proves: S2-02/U
#[test]
fn every_change_of_a_process_has_its_place_in_a_run_under_way() {
    let add = |text: &str| edited(&[("  # approve ends\n", text)]);
    let to_two = "role = \"approver\"\n  after = [\"test\"]";
    let two = "quorum = \"all\"\n  after = [\"test\"]\n    [[phase.step.approver]]\n    role = \"approver\"\n    [[phase.step.approver]]\n    role = \"second\"\n";
    let no_approval = || without("approve", &[("after = [\"approve\"]", "after = [\"test\"]")]);
    let cases: Vec<Case> = vec![
        (
            "nothing",
            &TEST,
            edited(&[("en = \"Plan\"", "en = \"Plan it\"")]),
            &["plan:changed"],
            &[("approve", "active")],
        ),
        (
            "an approval goes before its turn",
            &["plan"],
            no_approval(),
            &["extra:changed", "approve:removed"],
            &[("test", "ready"), ("approve", "foreseen")],
        ),
        (
            "an approval goes while it is asked",
            &TEST,
            no_approval(),
            &["extra:changed", "approve:removed"],
            &[("extra", "skipped"), ("choose", "ready")],
        ),
        (
            "an approval goes after it was given",
            &APPROVED,
            no_approval(),
            &["extra:changed", "approve:ended"],
            &[("choose", "ready")],
        ),
        (
            "work begun goes",
            &["plan", "begin"],
            without("test", &[("after = [\"test\"]", "after = [\"plan\"]")]),
            &["approve:changed", "test:dropped"],
            &[("approve", "active")],
        ),
        (
            "a review comes before what is ready",
            &TEST,
            add(REVIEW),
            &["review:added"],
            &[("review", "active"), ("approve", "active")],
        ),
        (
            "a review comes before a later phase",
            &APPROVED,
            add(REVIEW),
            &["review:added", "choose:waits(review)"],
            &[("review", "active"), ("choose", "foreseen")],
        ),
        (
            "a review comes before what is done",
            &CHOSEN,
            add(REVIEW),
            &["review:added_behind(choose)", "ship:waits(review)"],
            &[("review", "active"), ("choose", "done"), ("ship", "foreseen")],
        ),
        (
            "a second approver comes before the vote",
            &TEST,
            edited(&[(to_two, two)]),
            &["approve:changed"],
            &[("approve", "active")],
        ),
        (
            "a second approver comes after the vote",
            &APPROVED,
            edited(&[(to_two, two)]),
            &["approve:voided", "choose:waits(approve)"],
            &[("approve", "active"), ("choose", "foreseen")],
        ),
        (
            "another wording voids nothing",
            &APPROVED,
            edited(&[("en = \"Approve\"", "en = \"Approve it\"")]),
            &["approve:changed"],
            &[("approve", "done"), ("choose", "ready")],
        ),
        (
            "a rule that skipped goes",
            &APPROVED,
            edited(&[("  when = \"field.risk == 'high'\"\n", "")]),
            &["extra:anew", "choose:waits(extra)"],
            &[("extra", "ready"), ("choose", "foreseen")],
        ),
        (
            "an open step is of another kind",
            &TEST[..1],
            edited(&[("kind = \"test\"", "kind = \"checklist\"")]),
            &["test:anew"],
            &[("test", "ready")],
        ),
        (
            "the way not taken grows",
            &CHOSEN,
            edited(&[
                (
                    "outcome.stop = { go = [\"undo\"] }",
                    "outcome.stop = { go = [\"undo\", \"tell\"] }",
                ),
                (
                    "  [[phase.step]]\n  id = \"undo\"",
                    "  [[phase.step]]\n  id = \"tell\"\n  kind = \"task\"\n  title = { en = \"Tell\" }\n  role = \"lead\"\n  [[phase.step]]\n  id = \"undo\"",
                ),
            ]),
            &["choose:changed", "tell:added"],
            &[("tell", "not_taken"), ("ship", "ready")],
        ),
    ];
    for (name, acts, after, told, states) in cases {
        let mut stage = at(acts);
        let found = moved(&stage, &after).unwrap_or_else(|it| panic!("{name}: {it:?}"));
        assert_eq!(fates(&found), told, "{name}");
        rest(&mut stage, after, found);
        assert_eq!(stage.run.revision, 2, "{name}");
        for (step, state) in states {
            assert_eq!(stage.state(step), *state, "{name}: {step}");
        }
    }
}

#[test]
fn what_falls_away_stays_in_the_record_of_the_run() {
    let mut stage = at(&APPROVED);
    let after = without("approve", &[("after = [\"approve\"]", "after = [\"test\"]")]);
    let found = moved(&stage, &after).expect("moved");
    rest(&mut stage, after, found);
    let kept = &stage.run.moves[0];
    assert_eq!((kept.from, kept.to), (1, 2));
    assert_eq!(kept.steps["approve"].votes[0].person, person("approver"));
    assert!(!stage.run.steps.contains_key("approve"));
}

#[test]
fn a_voided_approval_names_its_signers_and_needs_all_of_the_new_ones() {
    let mut stage = at(&APPROVED);
    let two = "quorum = \"all\"\n  after = [\"test\"]\n    [[phase.step.approver]]\n    role = \"approver\"\n    [[phase.step.approver]]\n    role = \"second\"\n";
    let after = edited(&[("role = \"approver\"\n  after = [\"test\"]", two)]);
    let found = moved(&stage, &after).expect("moved");
    let voided = found.steps.iter().find(|it| it.step == "approve").expect("told");
    assert_eq!(voided.signers, [person("approver")]);
    rest(&mut stage, after, found);
    approve(&mut stage, "approver", "approve");
    assert_eq!(stage.state("approve"), "active", "the second has not signed");
    approve(&mut stage, "second", "approve");
    assert_eq!(stage.state("approve"), "done");
    assert!(stage.run.steps["approve"].votes[0].voided_at.is_some(), "the old one stays, void");
    stage.tick(SignedDuration::from_hours(1));
    assert_eq!(stage.state("approve"), "done", "time asks nobody again");
}

#[test]
fn an_approval_under_the_same_conditions_stands_on_the_bytes_it_was_given_for() {
    let stage = at(&APPROVED);
    let found = moved(&stage, &edited(&[("en = \"Plan\"", "en = \"Plan it\"")])).expect("moved");
    assert_eq!(found.run.revision_signed("approve"), 1);
    assert_eq!(found.run.revision_signed("other"), 2);
}

#[test]
fn questions_come_go_and_are_asked_where_there_is_still_somebody_to_answer() {
    let urgent = "[[field]]\nid = \"urgent\"\ntype = \"bool\"\nask = { en = \"Urgent?\" }\nrequired_by = \"plan\"\n[[phase]]\nid = \"prepare\"";
    let mut stage = at(&["plan"]);
    let found = moved(&stage, &edited(&[("[[phase]]\nid = \"prepare\"", urgent)])).expect("moved");
    assert_eq!(fates(&found), ["field.urgent:asked"]);
    assert_eq!(found.run.asked_in["urgent"], "test");
    rest(&mut stage, edited(&[("[[phase]]\nid = \"prepare\"", urgent)]), found);
    let refused =
        stage.try_as("lead", Command::Done { step: "test".into(), remark: String::new() });
    let refused = format!("{:?}", refused.expect_err("asked"));
    assert!(refused.contains("urgent"), "{refused}");
    // Before the step that asks it, a new question is asked where the process says.
    let early =
        moved(&at(&[]), &edited(&[("[[phase]]\nid = \"prepare\"", urgent)])).expect("moved");
    assert_eq!(fates(&early), ["field.urgent:added"]);
    // An answer that is no longer one is taken out and asked again.
    let other = moved(
        &at(&["plan"]),
        &edited(&[("values = [\"low\", \"high\"]", "values = [\"small\", \"high\"]")]),
    );
    let other = other.expect("moved");
    assert_eq!(fates(&other), ["field.risk:asked"]);
    assert_eq!(other.run.moves[0].fields["risk"], Value::Text("low".into()));
}

#[test]
fn what_cannot_be_moved_says_every_reason() {
    let kind = edited(&[("kind = \"test\"", "kind = \"checklist\"")]);
    let gone = edited(&[("outcome.go =", "outcome.yes =")]);
    let other = edited(&[("id = \"test/move\"", "id = \"test/other\"")]);
    let mut over = at(&APPROVED);
    over.run.state = RunState::Ending("cancelled".to_owned());
    let cases: Vec<(&str, Stage, Template, u32, &[&str])> = vec![
        ("the same", at(&[]), edited(&[]), 1, &["migration_same_revision"]),
        ("over", over, edited(&[]), 2, &["migration_over"]),
        ("another process", at(&[]), other, 2, &["migration_other_subject"]),
        ("done as another kind", at(&TEST), kind, 2, &["migration_kind_changed"]),
        ("chosen and gone", at(&CHOSEN), gone, 2, &["migration_outcome_gone"]),
    ];
    for (name, stage, after, to, codes) in cases {
        let refused = migration(&stage.template, &after, &stage.run, to, stage.ctx.now);
        let refused = refused.expect_err(name);
        let found: Vec<&str> = refused.iter().map(MigrationRefusal::code).collect();
        assert_eq!(found, codes, "{name}");
    }
}

/// People are talked to while the test is prepared.
fn talking() -> Template {
    let audience = "[[audience]]\nid = \"all\"\ntitle = { en = \"All\" }\neveryone = true\n";
    let first = "[[phase]]\nid = \"prepare\"";
    let talk = "  [[phase.step]]\n  id = \"talk\"\n  kind = \"contact\"\n  title = { en = \"Talk\" }\n  role = \"lead\"\n  audience = \"all\"\n  after = [\"plan\"]\n";
    edited(&[(first, &format!("{audience}{first}")), ("  # approve ends\n", talk)])
}

// proves: S2-02/U
#[test]
fn what_reaches_outside_ends_before_its_step_falls_away() {
    let silent = read(TEXT);
    for (acts, told) in
        [(&[][..], Ok("talk:removed")), (&["plan"], Err(&["migration_under_way"][..]))]
    {
        let found = moved(&at_of(talking(), acts), &silent);
        match told {
            Ok(fate) => assert!(fates(&found.expect("moved")).contains(&fate.to_owned())),
            Err(codes) => {
                let refused = found.expect_err("under way");
                let found: Vec<_> = refused.iter().map(MigrationRefusal::code).collect();
                assert_eq!(found, codes);
                assert!(refused[0].to_string().contains("`talk`"), "{}", refused[0]);
            }
        }
    }
}

// proves: S2-02/U
#[test]
fn what_is_owed_is_settled_before_its_step_falls_away() {
    let check =
        "    [[phase.step.check]]\n    id = \"works\"\n    ask = { en = \"Does it work?\" }\n";
    let unasked = edited(&[(check, "")]);
    let gone = without("test", &[("after = [\"test\"]", "after = [\"plan\"]")]);
    for (what, after, owed) in [
        ("test.works", &unasked, true),
        ("test.works", &gone, true),
        ("test", &gone, true),
        // The step is still there to be done, or the debt never was one of a step.
        ("test", &unasked, false),
        ("elsewhere.works", &gone, false),
    ] {
        let mut stage = at(&TEST);
        let debt = Debt {
            what: what.to_owned(),
            by_step: "approve".to_owned(),
            owner: "lead".to_owned(),
            since: stage.ctx.now,
            paid_at: None,
        };
        stage.run.debts.push(debt);
        let found = moved(&stage, after);
        match owed {
            true => {
                let refused = found.expect_err(what);
                let found: Vec<_> = refused.iter().map(MigrationRefusal::code).collect();
                assert_eq!(found, ["migration_owed"], "{what}");
                assert!(refused[0].to_string().contains(what), "{}", refused[0]);
                stage.run.debts[0].paid_at = Some(stage.ctx.now);
                assert!(moved(&stage, after).is_ok(), "paid");
            }
            false => assert!(found.is_ok(), "{what}: {found:?}"),
        }
    }
}
