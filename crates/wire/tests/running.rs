//! Runs of small processes: members and late members, joins, events, rhythms, failures, growing
//! lists. Each process stands here as its author would write it.

#[path = "stage/lead.rs"]
mod lead;
#[path = "stage/release.rs"]
mod release;
mod stage;

use crate::stage::{Stage, person, read};
use jiff::SignedDuration;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Check, CheckKind};
use roadbook_core::release::{ChangeItem, Release, admit, forced_kind};
use roadbook_core::run::{
    Answer, Assurance, CloseCode, Command, Decision, Member, MemberAct, Refusal, Run, Slot,
    StepState, Verdict, WaitingOn, next_moment, waiting_for_step,
};
use roadbook_core::text::{Lang, Text};

const TOP: &str = r#"
format = 1
id = "test/members"
subject = "release"
title = { en = "Members" }
[[role]]
id = "lead"
title = { en = "Lead" }
[[role]]
id = "tester"
title = { en = "Tester" }
[[field]]
id = "rooms"
type = "rows"
columns = ["room", "owner"]
ask = { en = "Which rooms?" }
"#;

impl Stage {
    /// A started run of a process with these phases.
    fn of(phases: &str) -> Stage {
        let mut stage = Stage::set(read(&format!("{TOP}{phases}")));
        let testers = vec![person("tester"), person("second tester")];
        stage.ctx.holders.insert("tester".to_owned(), testers);
        stage.items(&["a", "b", "c"]);
        stage.act(Command::Start);
        stage
    }

    fn items(&mut self, list: &[&str]) {
        let member = |id: &&str| Member { id: (*id).to_owned(), label: id.to_uppercase() };
        self.ctx.lists.insert("change_item".to_owned(), list.iter().map(member).collect());
    }

    fn act(&mut self, command: Command) -> Decision {
        self.act_as("lead", command)
    }

    fn member(&mut self, step: &str, member: &str, act: MemberAct) -> Result<Decision, Refusal> {
        let (step, member) = (step.to_owned(), member.to_owned());
        self.try_as("lead", Command::Member { step, member, act })
    }

    fn member_done(&mut self, step: &str, member: &str) {
        let told = format!("{step}/{member}");
        self.member(step, member, MemberAct::Done { remark: String::new() })
            .unwrap_or_else(|refusal| panic!("{told}: {refusal:?}"));
    }

    fn decided(&mut self, step: &str, member: &str, outcome: &str) {
        let outcome = outcome.to_owned();
        let act = MemberAct::Decide { outcome, reason: "because".to_owned(), again: None };
        let told = format!("{step}/{member}");
        self.member(step, member, act).unwrap_or_else(|refusal| panic!("{told}: {refusal:?}"));
    }

    /// Members of a step with their states, `a:ready b:done`.
    fn members(&self, step: &str) -> String {
        let all = self.run.steps.get(step).map(|it| &it.members);
        let one = |(id, it): (&String, &roadbook_core::run::MemberRun)| {
            format!("{id}:{}", it.state.name())
        };
        all.iter().flat_map(|it| it.iter()).map(one).collect::<Vec<_>>().join(" ")
    }

    fn waits(&self, step: &str) -> Vec<WaitingOn> {
        let declared = self.template.step(step).expect("step");
        waiting_for_step(&self.template, &self.run, declared, &self.ctx)
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn test_each(joins: &str) -> Stage {
    Stage::of(&format!(
        r#"
[[phase]]
id = "work"
title = {{ en = "Work" }}
  [[phase.step]]
  id = "try"
  kind = "test"
  role = "lead"
  each = "change_item"
  joins = "{joins}"
    [[phase.step.check]]
    id = "seen"
    ask = {{ en = "Was it seen?" }}
  [[phase.step]]
  id = "tell"
  kind = "task"
  role = "lead"
  after = ["try"]
"#
    ))
}

fn seen(stage: &mut Stage, member: &str) {
    let act = MemberAct::Answer {
        check: "seen".to_owned(),
        answer: Answer::YesNo(true),
        remark: String::new(),
    };
    stage.member("try", member, act).expect("answered");
    stage.member_done("try", member);
}

#[test]
fn each_member_has_its_own_answers_and_the_step_joins_them() {
    for (joins, enough) in [("all", 3), ("all_or_reason", 3), ("any", 1), ("60%", 2)] {
        let mut stage = test_each(joins);
        assert_eq!(stage.members("try"), "a:ready b:ready c:ready", "{joins}");
        let early = stage.member("try", "a", MemberAct::Done { remark: String::new() });
        assert!(matches!(early, Err(Refusal::NotYet { .. })), "the check of this member is open");
        for (n, member) in ["a", "b", "c"].into_iter().enumerate() {
            assert_eq!(stage.state("try"), if n >= enough { "done" } else { "active" }, "{joins}");
            if n < enough {
                seen(&mut stage, member);
            }
        }
        assert_eq!((stage.state("try"), stage.state("tell")), ("done", "ready"), "{joins}");
    }
}

#[test]
fn late_members_join_gone_ones_leave_and_some_are_left_out_with_a_reason() {
    let mut stage = test_each("all_or_reason");
    seen(&mut stage, "a");
    stage.items(&["a", "c", "d"]);
    stage.tick(DAY);
    assert_eq!(stage.members("try"), "a:done b:skipped c:ready d:ready");
    let waits = stage.waits("try");
    let open = vec!["c".to_owned(), "d".to_owned()];
    assert!(waits.contains(&WaitingOn::Members { have: 1, need: 3, open }), "{waits:?}");
    let none = MemberAct::LeaveOut { reason: " ".to_owned() };
    assert_eq!(stage.member("try", "c", none).err(), Some(Refusal::ReasonRequired));
    let why = || MemberAct::LeaveOut { reason: "comes with the next version".to_owned() };
    stage.member("try", "c", why()).expect("left out");
    seen(&mut stage, "d");
    assert_eq!(stage.state("try"), "done");

    let mut strict = test_each("all");
    assert!(matches!(strict.member("try", "c", why()), Err(Refusal::WrongState { .. })));
    let unknown = strict.member("try", "z", why()).err();
    assert_eq!(unknown, Some(Refusal::Unknown { what: "z".to_owned() }));
    let whole =
        strict.try_as("lead", Command::Done { step: "try".to_owned(), remark: String::new() });
    assert!(matches!(whole, Err(Refusal::NotYet { .. })), "not as a whole");
    strict.items(&[]);
    strict.tick(DAY);
    assert_eq!(strict.members("try"), "a:skipped b:skipped c:skipped");
    assert_eq!(strict.state("try"), "done", "nothing is left to test");
}

#[test]
fn what_is_decided_for_a_member_leads_that_member_and_no_other() {
    let mut stage = Stage::of(
        r#"
[[phase]]
id = "work"
title = { en = "Work" }
  [[phase.step]]
  id = "judge"
  kind = "decision"
  role = "lead"
  each = "change_item"
  outcome.take = { go = ["fix"] }
  outcome.leave = { skip = ["fix", "check"], reason = true }
  outcome.later = { ask_again = "answer.date" }
  [[phase.step]]
  id = "fix"
  kind = "task"
  role = "lead"
  each = "change_item"
  [[phase.step]]
  id = "check"
  kind = "verify"
  role = "lead"
  after = ["fix"]
  each = "change_item"
"#,
    );
    assert_eq!(stage.members("judge"), "a:ready b:ready c:ready");
    assert_eq!(stage.members("fix"), "a:foreseen b:foreseen c:foreseen");
    stage.decided("judge", "a", "take");
    assert_eq!(stage.members("fix"), "a:ready b:foreseen c:foreseen", "one goes ahead of others");
    stage.member_done("fix", "a");
    assert_eq!(stage.members("check"), "a:ready b:foreseen c:foreseen");
    let again = MemberAct::Decide {
        outcome: "later".to_owned(),
        reason: String::new(),
        again: Some(stage.ctx.now + DAY),
    };
    stage.member("judge", "b", again).expect("asked again");
    stage.decided("judge", "c", "leave");
    assert_eq!(stage.members("fix"), "a:done b:foreseen c:skipped");
    assert_eq!(stage.members("judge"), "a:done b:foreseen c:done");
    let judge = stage.template.step("judge").expect("step");
    assert_eq!(next_moment(&stage.run, judge, stage.ctx.now), Some(stage.ctx.now + DAY));
    stage.tick(DAY);
    assert_eq!(stage.members("judge"), "a:done b:ready c:done");
    stage.decided("judge", "b", "take");
    for step in ["fix", "check"] {
        stage.member_done(step, "b");
    }
    stage.member_done("check", "a");
    for step in ["judge", "fix", "check"] {
        assert_eq!(stage.state(step), "done", "{step}");
    }
}

#[test]
fn lists_are_rows_of_a_field_holders_of_a_role_and_nothing_at_all() {
    let mut stage = Stage::of(
        r#"
[[phase]]
id = "ask"
title = { en = "Ask" }
  [[phase.step]]
  id = "name_rooms"
  kind = "task"
  role = "lead"
  asks = ["rooms"]
[[phase]]
id = "work"
title = { en = "Work" }
  [[phase.step]]
  id = "room"
  kind = "checklist"
  role = "lead"
  each = "field.rooms"
  [[phase.step]]
  id = "trained"
  kind = "training"
  role = "tester"
  each = "role_holder"
  [[phase.step]]
  id = "customers"
  kind = "task"
  role = "lead"
  each = "customer"
"#,
    );
    let text = |it: &str| Value::Text(it.to_owned());
    let rows = vec![
        Value::List(vec![text("East"), text("Kim")]),
        Value::List(vec![text("West"), text("Le")]),
        text("North"),
    ];
    stage.act(Command::SetField { field: "rooms".to_owned(), value: Value::List(rows) });
    stage.done("name_rooms");
    assert_eq!(stage.members("room"), "East:ready North:ready West:ready");
    assert_eq!(stage.state("customers"), "skipped", "no site of a customer is in scope");
    let holder = person("tester").to_string();
    let done = || MemberAct::Done { remark: String::new() };
    let other = Command::Member { step: "trained".into(), member: holder.clone(), act: done() };
    assert!(matches!(stage.try_as("second tester", other.clone()), Err(Refusal::NotYours { .. })));
    stage.try_as("tester", other).expect("for oneself");
    assert_eq!(stage.state("trained"), "active", "the second tester is not trained yet");
}

#[test]
fn an_event_starts_its_step_as_often_as_it_happens() {
    let phases = |blocking: bool| {
        format!(
            r#"
[[phase]]
id = "work"
title = {{ en = "Work" }}
  [[phase.step]]
  id = "live"
  kind = "task"
  role = "lead"
  [[phase.step]]
  id = "trouble"
  kind = "checklist"
  role = "lead"
  on = "issue.raised"
  blocking = {blocking}
  due = "on:issue.raised+4h"
[[phase]]
id = "end"
title = {{ en = "End" }}
  [[phase.step]]
  id = "archive"
  kind = "archive"
  role = "lead"
"#
        )
        .replace("+4h", "")
    };
    let raised =
        |what: &str| Command::Happened { event: "issue.raised".to_owned(), what: what.to_owned() };
    let mut stage = Stage::of(&phases(true));
    assert_eq!(stage.state("trouble"), "foreseen");
    stage.act(raised("Login fails"));
    stage.act(raised("Slow list"));
    assert_eq!(stage.members("trouble"), "0001:ready 0002:ready");
    assert_eq!(stage.run.events["issue.raised"], stage.ctx.now);
    stage.done("live");
    assert_eq!(stage.state("archive"), "foreseen", "open trouble holds up the phase");
    stage.member_done("trouble", "0001");
    stage.member_done("trouble", "0002");
    assert_eq!((stage.state("trouble"), stage.state("archive")), ("done", "ready"));
    stage.act(raised("Once more"));
    assert_eq!(stage.run.steps["trouble"].round, 2);
    stage.done("archive");
    let close = || Command::Close { code: CloseCode::Success, remark: String::new() };
    assert!(matches!(stage.try_as("lead", close()), Err(Refusal::NotClosable { .. })));
    stage.member_done("trouble", "0003");
    stage.act(close());
    assert_eq!(stage.try_as("lead", raised("too late")).err(), Some(Refusal::Closed));

    let mut loose = Stage::of(&phases(false));
    loose.act(raised("Login fails"));
    loose.done("live");
    loose.done("archive");
    loose.act(close());
    let mut quiet = Stage::of(&phases(true));
    quiet.done("live");
    assert_eq!(quiet.state("archive"), "ready", "what never happened holds up nothing");
    let unknown = Command::Happened { event: "rain".to_owned(), what: String::new() };
    let refused = quiet.try_as("lead", unknown).err();
    assert_eq!(refused, Some(Refusal::Unknown { what: "rain".to_owned() }));
}

#[test]
fn a_rhythm_brings_an_occurrence_each_time_until_the_others_of_its_phase_are_over() {
    let mut stage = Stage::of(
        r#"
[[phase]]
id = "build"
title = { en = "Build" }
  [[phase.step]]
  id = "make"
  kind = "build"
  role = "lead"
  [[phase.step]]
  id = "report"
  kind = "report"
  role = "lead"
  repeat = "every week"
"#,
    );
    assert_eq!(stage.members("report"), "2026-11-02:ready");
    stage.member_done("report", "2026-11-02");
    assert_eq!(stage.state("report"), "active", "the work goes on");
    stage.tick(DAY * 15);
    assert_eq!(stage.members("report"), "2026-11-02:done 2026-11-09:ready 2026-11-16:ready");
    stage.done("make");
    assert_eq!(stage.state("report"), "active", "two reports are owed");
    stage.member_done("report", "2026-11-09");
    stage.member_done("report", "2026-11-16");
    assert_eq!(stage.state("report"), "done");
}

const WAYS: &str = r#"
[[phase]]
id = "work"
title = { en = "Work" }
  [[phase.step]]
  id = "make"
  kind = "build"
  role = "lead"
  [[phase.step]]
  id = "test"
  kind = "test"
  role = "lead"
  after = ["make"]
  failed = "make"
[[phase]]
id = "live"
title = { en = "Live" }
  [[phase.step]]
  id = "watch"
  kind = "verify"
  role = "lead"
  failed = "roll_back"
  [[phase.step]]
  id = "roll_back"
  kind = "task"
  role = "lead"
  [[phase.step]]
  id = "review_failure"
  kind = "review"
  role = "lead"
  after = ["roll_back"]
  when = 'step.watch.state == "cancelled"'
  [[phase.step]]
  id = "thank"
  kind = "task"
  role = "lead"
  after = ["watch"]
[[phase]]
id = "end"
title = { en = "End" }
  [[phase.step]]
  id = "archive"
  kind = "archive"
  role = "lead"
  always = true
"#;

fn fail(stage: &mut Stage, step: &str, reason: &str) -> Result<Decision, Refusal> {
    stage.try_as("lead", Command::Fail { step: step.to_owned(), reason: reason.to_owned() })
}

#[test]
fn a_failure_goes_back_to_an_earlier_step_or_takes_the_way_after_it() {
    let mut stage = Stage::of(WAYS);
    stage.done("make");
    assert_eq!(fail(&mut stage, "test", "").err(), Some(Refusal::ReasonRequired));
    fail(&mut stage, "test", "two cases are red").expect("failed");
    assert_eq!((stage.state("make"), stage.state("test")), ("returned", "foreseen"));
    assert_eq!(stage.run.steps["make"].round, 2, "rework is counted");
    stage.done("make");
    stage.done("test");
    assert_eq!(stage.state("roll_back"), "foreseen", "only a failure leads there");
    fail(&mut stage, "watch", "the list is empty").expect("failed");
    assert_eq!((stage.state("watch"), stage.state("roll_back")), ("cancelled", "ready"));
    assert_eq!(stage.state("thank"), "cancelled");
    stage.done("roll_back");
    assert_eq!(stage.state("review_failure"), "ready");
    stage.done("review_failure");
    stage.done("archive");
    let wrong = Command::Close { code: CloseCode::Success, remark: String::new() };
    assert!(matches!(stage.try_as("lead", wrong), Err(Refusal::WrongCloseCode { .. })));
    stage.act(Command::Close { code: CloseCode::RolledBack, remark: "as agreed".to_owned() });

    let mut fine = Stage::of(WAYS);
    for step in ["make", "test", "watch"] {
        fine.done(step);
    }
    assert!(matches!(fine.run.step_state("roll_back"), StepState::NotTaken(_)));
    assert_eq!(fine.state("review_failure"), "skipped");
    fine.done("thank");
    fine.done("archive");
    fine.act(Command::Close { code: CloseCode::Success, remark: String::new() });
}

// proves: S4a-22/U
#[test]
fn a_list_grows_only_where_the_process_allows_it_and_the_new_item_counts() {
    let mut stage = Stage::of(
        r#"
[[phase]]
id = "work"
title = { en = "Work" }
  [[phase.step]]
  id = "environment"
  kind = "checklist"
  role = "lead"
  extensible = true
    [[phase.step.check]]
    id = "power"
    ask = { en = "Power supply?" }
  [[phase.step]]
  id = "fixed"
  kind = "checklist"
  role = "lead"
    [[phase.step.check]]
    id = "power"
    ask = { en = "Power supply?" }
"#,
    );
    let item = |step: &str, id: &str, kind: CheckKind| Command::Extend {
        step: step.to_owned(),
        check: Box::new(Check {
            id: id.to_owned(),
            ask: Text::of(Lang::En, "Client environment?"),
            kind,
            role: None,
            when: None,
            due: None,
            pass: Some(true),
            reported: None,
        }),
    };
    let memory = || CheckKind::Value { required: "16 GB".to_owned(), compare: "ge".to_owned() };
    let refused = stage.try_as("lead", item("fixed", "client", CheckKind::YesNo)).err();
    assert_eq!(refused, Some(Refusal::NotExtensible { step: "fixed".to_owned() }));
    stage.act(item("environment", "client", memory()));
    let twice = stage.try_as("lead", item("environment", "client", memory()));
    assert!(matches!(twice, Err(Refusal::WrongState { .. })));
    let answer = |check: &str, answer: Answer| Command::Answer {
        step: "environment".to_owned(),
        check: check.to_owned(),
        answer,
        remark: String::new(),
    };
    stage.act(answer("power", Answer::YesNo(true)));
    let early = Command::Done { step: "environment".to_owned(), remark: String::new() };
    assert!(matches!(stage.try_as("lead", early), Err(Refusal::NotYet { .. })));
    stage.act(answer("client", Answer::Found("8 GB".to_owned())));
    let short = stage.waits("environment");
    assert!(short.contains(&WaitingOn::Check { check: "client".to_owned(), failed: true }));
    stage.act(answer("client", Answer::Found("32 GB".to_owned())));
    stage.done("environment");
    assert_eq!(stage.state("environment"), "done");
}

#[test]
fn each_head_of_the_named_departments_approves_for_their_own() {
    let mut stage = Stage::of(
        r#"
[[phase]]
id = "review"
title = { en = "Review" }
  [[phase.step]]
  id = "heads"
  kind = "approval"
  role = "heads_of(field.rooms)"
"#,
    );
    let heads = vec![person("east"), person("west"), person("east")];
    stage.ctx.heads_of.insert("rooms".to_owned(), heads);
    let vote = |verdict| Command::Vote {
        step: "heads".to_owned(),
        verdict,
        comment: "the plan is thin".to_owned(),
        digest: String::new(),
        assurance: Assurance::Password,
    };
    stage.try_as("east", vote(Verdict::Approve)).expect("voted");
    assert_eq!(stage.state("heads"), "active", "one department does not speak for the other");
    let waits = stage.waits("heads");
    let missing = |it: &WaitingOn| matches!(it, WaitingOn::Approval { people, .. } if *people == [person("west")]);
    assert!(waits.iter().any(missing), "{waits:?}");
    assert_eq!(stage.try_as("east", vote(Verdict::Approve)).err(), Some(Refusal::AlreadyVoted));
    assert!(matches!(stage.try_as("lead", vote(Verdict::Approve)), Err(Refusal::NotYours { .. })));
    stage.try_as("west", vote(Verdict::Reject)).expect("rejected");
    assert_eq!(stage.state("heads"), "returned");
    stage.try_as("west", vote(Verdict::Approve)).expect("voted again");
    assert_eq!(
        stage.state("heads"),
        "done",
        "the first head's bytes are unchanged and still count"
    );
}

#[test]
fn a_question_is_asked_again_at_the_date_of_the_answer() {
    let mut stage = Stage::of(
        r#"
[[phase]]
id = "ask"
title = { en = "Ask" }
  [[phase.step]]
  id = "go"
  kind = "decision"
  role = "lead"
  outcome.go = { go = ["work"] }
  outcome.later = { ask_again = "answer.date" }
  [[phase.step]]
  id = "work"
  kind = "task"
  role = "lead"
"#,
    );
    let start = stage.ctx.now + DAY * 2;
    stage.act(Command::Decide {
        step: "go".to_owned(),
        outcome: "later".to_owned(),
        reason: String::new(),
        slot: Some(Slot { start, end: start + DAY }),
    });
    assert_eq!(stage.state("go"), "foreseen");
    assert_eq!(stage.waits("go"), [WaitingOn::NotBefore { at: start }]);
    stage.tick(DAY * 2);
    assert_eq!((stage.state("go"), stage.state("work")), ("ready", "foreseen"));
}

#[test]
fn a_run_that_was_stored_before_reads_as_it_was() {
    let stage = test_each("all");
    let text = serde_json::to_string(&stage.run).expect("json");
    let back: Run = serde_json::from_str(&text).expect("reads");
    assert_eq!(back, stage.run);
    let mut old: serde_json::Value = serde_json::from_str(&text).expect("json");
    old["steps"]["try"].as_object_mut().expect("step").remove("members");
    assert!(old.get("events").is_none() && old.get("period").is_none(), "left out while unused");
    serde_json::from_value::<Run>(old).expect("a run of before has no members");
}

const CLASSES: &str = r#"
[[item_field]]
id = "entirely_new"
type = "bool"
ask = { en = "Is it an entirely new function?" }
[[item_field]]
id = "large_logic_change"
type = "bool"
ask = { en = "Is the logic of an old function changed largely?" }
[[item_field]]
id = "changes_behavior"
type = "bool"
ask = { en = "Does it change how it is used?" }
[[item_field]]
id = "changes_scope"
type = "bool"
ask = { en = "Does it change whom it is for?" }
[[classify]]
into = "release.kind"
class = "feature"
when = 'item.entirely_new || (item.large_logic_change && (item.changes_behavior || item.changes_scope))'
[[classify]]
into = "release.kind"
class = "server"
when = 'item.kind == "infrastructure"'
[[classify]]
into = "release.kind"
class = "minor"
when = 'item.kind in ["code", "spec"]'
[[phase]]
id = "work"
title = { en = "Work" }
  [[phase.step]]
  id = "make"
  kind = "task"
  role = "lead"
"#;

/// A release with one change of this kind, and yes to these questions about it.
fn release_of(kind: &str, change: &str, yes: &[&str]) -> Release {
    let facts = yes.iter().map(|it| ((*it).to_owned(), Value::Bool(true))).collect();
    let item = ChangeItem {
        id: "c1".to_owned(),
        title: Text::of(Lang::En, "Export"),
        kind: change.to_owned(),
        purpose: String::new(),
        facts,
    };
    release::of("test/members", kind, item)
}

// proves: S1-02/U S1-03/U S1-11/U
#[test]
fn the_answers_about_each_change_force_the_class_of_the_release() {
    let template = read(&format!("{TOP}{CLASSES}"));
    for (change, yes, class) in [
        ("code", &["entirely_new"][..], Some("feature")),
        ("code", &["large_logic_change", "changes_behavior"], Some("feature")),
        ("code", &["large_logic_change", "changes_scope"], Some("feature")),
        ("code", &["large_logic_change"], Some("minor")),
        ("spec", &["changes_behavior"], Some("minor")),
        ("infrastructure", &[], Some("server")),
        ("infrastructure", &["entirely_new"], Some("feature")),
        ("data", &[], None),
    ] {
        let release = release_of("minor", change, yes);
        let forced = forced_kind(&template, &release).map(|it| it.class);
        assert_eq!(forced.as_deref(), class, "{change} {yes:?}");
        let refused = class.is_some_and(|it| it != "minor");
        assert_eq!(!admit(&template, &release).is_empty(), refused, "{change} {yes:?}");
    }
    let list = admit(&template, &release_of("minor", "code", &["entirely_new"]));
    assert_eq!((list.len(), list[0].code()), (1, "class_forced"));
    let told = list[0].to_string();
    assert!(told.contains("Export") && told.contains("`feature`, not `minor`"), "{told}");
}
