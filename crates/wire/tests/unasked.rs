//! What a run does without being told: answers that are there from the start, conditions over the
//! changes, papers that belong to a role, work that outlasts its slot.

#[path = "stage/lead.rs"]
mod lead;
mod stage;

use crate::stage::{Stage, read};
use jiff::SignedDuration;
use roadbook_core::ids::{DocumentId, IdSeed};
use roadbook_core::process::expr::Value;
use roadbook_core::run::{Command, Refusal, Slot};

impl Stage {
    fn draft() -> Stage {
        Stage::set(read(SERVICE))
    }

    fn begun() -> Stage {
        let mut stage = Stage::draft();
        stage.act(Command::Start);
        stage
    }

    fn act(&mut self, command: Command) {
        self.act_as("lead", command);
    }
}

const SERVICE: &str = r#"
format = 1
id = "test/service"
subject = "release"
title = { en = "Service" }
go_live = "production"
[[role]]
id = "lead"
title = { en = "Lead" }
[[role]]
id = "tester"
title = { en = "Tester" }
[[field]]
id = "impact"
type = "enum"
values = ["none", "pause"]
default = "none"
ask = { en = "What do users notice?" }
[[item_field]]
id = "important"
type = "bool"
ask = { en = "Is it important?" }
[[document]]
id = "scheme"
title = { en = "Scheme" }
role = "tester"
reserved = true
[[document]]
id = "notes"
title = { en = "Notes" }
role = "tester"
[[audience]]
id = "all"
title = { en = "All" }
everyone = true
[[phase]]
id = "main"
title = { en = "Main" }
  [[phase.step]]
  id = "tell"
  kind = "task"
  role = "lead"
  when = 'item.important && field.impact == "none"'
  [[phase.step]]
  id = "production"
  kind = "task"
  role = "lead"
  [[phase.step]]
  id = "late"
  kind = "notice"
  role = "lead"
  on = "go_live.overrun"
  audience = "all"
"#;

// proves: S1-12/U
#[test]
fn a_field_has_its_default_from_the_start_and_until_somebody_answers() {
    let mut stage = Stage::begun();
    assert_eq!(stage.run.fields["impact"], Value::Text("none".to_owned()));
    let pause = Value::Text("pause".to_owned());
    stage.act(Command::SetField { field: "impact".to_owned(), value: pause.clone() });
    stage.tick(SignedDuration::from_hours(1));
    assert_eq!(stage.run.fields["impact"], pause);
}

#[test]
fn a_condition_sees_what_is_so_for_some_change() {
    for (important, state) in [(None, "skipped"), (Some(false), "skipped"), (Some(true), "ready")] {
        let mut stage = Stage::draft();
        stage.ctx.facts.extend(important.map(|it| ("item.important".to_owned(), Value::Bool(it))));
        stage.act(Command::Start);
        assert_eq!(stage.state("tell"), state, "{important:?}");
    }
}

#[test]
fn a_reserved_document_is_written_by_its_role_only() {
    let mut stage = Stage::begun();
    let write = |document: &str| Command::DocumentWritten {
        document: document.to_owned(),
        id: DocumentId::new(IdSeed { millis: 1, random: 9 }),
        digest: "d".to_owned(),
        missing_sections: vec![],
    };
    let refused = stage.try_as("lead", write("scheme")).expect_err("not the tester");
    assert!(matches!(refused, Refusal::NotYours { .. }), "{refused:?}");
    stage.try_as("lead", write("notes")).expect("anybody");
    stage.try_as("tester", write("scheme")).expect("the tester");
}

// proves: S1-18/U
#[test]
fn work_that_outlasts_its_slot_says_so_by_itself_and_once() {
    let mut stage = Stage::begun();
    let start = stage.ctx.now + SignedDuration::from_hours(1);
    let slot = Slot { start, end: start + SignedDuration::from_mins(40) };
    stage.act(Command::SetSlot { slot, reason: String::new(), pass_blocks: false });
    stage.tick(SignedDuration::from_hours(1));
    stage.act(Command::Begin { step: "production".to_owned() });
    stage.tick(SignedDuration::from_mins(39));
    assert_eq!(stage.state("late"), "foreseen");
    stage.tick(SignedDuration::from_mins(1));
    assert_eq!(stage.state("late"), "active");
    let told = stage.run.events["go_live.overrun"];
    stage.tick(SignedDuration::from_mins(30));
    assert_eq!(stage.run.events["go_live.overrun"], told, "once");
    // Work that ended in time says nothing.
    let mut stage = Stage::begun();
    stage.act(Command::SetSlot { slot, reason: String::new(), pass_blocks: false });
    stage.tick(SignedDuration::from_hours(1));
    stage.done("production");
    stage.tick(SignedDuration::from_hours(2));
    assert_eq!(stage.state("late"), "foreseen");
}
