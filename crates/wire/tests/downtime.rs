//! How long the service is stopped, and when that is longer than was announced (S1-18).

mod stage;

use crate::stage::{Stage, read};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::process::expr::Value;
use roadbook_core::run::{Command, SheetAct, Slot, downtime, overrun_at};

impl Stage {
    fn act(&mut self, command: Command) {
        self.act_as("lead", command);
    }
}

const HEAD: &str = r#"
format = 1
id = "test/stop"
subject = "release"
title = { en = "Stop" }
go_live = "production"
[[role]]
id = "lead"
title = { en = "Lead" }
[[audience]]
id = "all"
title = { en = "All" }
everyone = true
"#;

const ASKED: &str = r#"
[[field]]
id = "downtime"
type = "duration"
default = "40min"
ask = { en = "How long is it stopped?" }
required_by = "scope"
"#;

const STEPS: &str = r#"
[[phase]]
id = "main"
title = { en = "Main" }
  [[phase.step]]
  id = "scope"
  kind = "task"
  role = "lead"
  when = "SCOPE"
  [[phase.step]]
  id = "production"
  kind = "operate"
  role = "lead"
SHEET
  [[phase.step]]
  id = "late"
  kind = "notice"
  role = "lead"
  on = "go_live.overrun"
  audience = "all"
"#;

const LINES: [(&str, &str); 3] = [("stop", "stops"), ("work", ""), ("start", "returns")];

/// A process whose sheet has these lines.
fn process(asked: bool, scope: &str, lines: &[&str]) -> String {
    let mut sheet = String::new();
    for (id, turn) in LINES.iter().filter(|it| lines.contains(&it.0)) {
        sheet += &format!(
            "    [[phase.step.sheet]]\n    id = \"{id}\"\n    title = {{ en = \"{id}\" }}\n"
        );
        if !turn.is_empty() {
            sheet += &format!("    service = \"{turn}\"\n");
        }
    }
    let steps = STEPS.replace("SCOPE", scope).replace("SHEET", &sheet);
    [HEAD, if asked { ASKED } else { "" }, &steps].concat()
}

fn minute(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// Work from minute 0 of a slot of 60 minutes; each line is done at its minute.
fn at_work(text: &str, done: &[(&str, i64)]) -> (Stage, Timestamp) {
    let mut stage = Stage::set(read(text));
    stage.act(Command::Start);
    let start = stage.ctx.now + minute(60);
    let slot = Slot { start, end: start + minute(60) };
    stage.act(Command::SetSlot { slot, reason: String::new(), pass_blocks: false });
    stage.ctx.now = start;
    stage.act(Command::Begin { step: "production".to_owned() });
    for (line, at) in done {
        stage.ctx.now = start + minute(*at);
        let line = (*line).to_owned();
        let step = "production".to_owned();
        stage.act(Command::Sheet { step, line, act: SheetAct::Done, found: String::new() });
    }
    (stage, start)
}

// proves: S1-18/U
#[test]
fn the_alarm_goes_by_the_announced_stop() {
    const ALL: &[&str] = &["stop", "work", "start"];
    /// Is it asked, when does the asking step apply, lines, what was done when, the alarm.
    type Case =
        (bool, &'static str, &'static [&'static str], &'static [(&'static str, i64)], Option<i64>);
    let cases: [Case; 9] = [
        // Counted from the report of the stop, whether that ends before or after the slot.
        (true, "true", ALL, &[("stop", 5)], Some(45)),
        (true, "true", ALL, &[("stop", 30)], Some(70)),
        // Not stopped yet: the end of the slot.
        (true, "true", ALL, &[], Some(60)),
        // Available again: nobody waits.
        (true, "true", ALL, &[("stop", 5), ("work", 20), ("start", 30)], None),
        // No line stops the service: from the start of the slot, until a line says it is back.
        (true, "true", &["work", "start"], &[], Some(40)),
        (true, "true", &["work", "start"], &[("work", 10), ("start", 30)], None),
        (true, "true", &["work"], &[("work", 10)], Some(40)),
        // Nothing announced, or not for this release: the end of the slot.
        (false, "true", ALL, &[("stop", 5)], Some(60)),
        (true, "false", ALL, &[("stop", 5)], Some(60)),
    ];
    for case in cases {
        let (asked, scope, lines, done, alarm) = case;
        let (mut stage, start) = at_work(&process(asked, scope, lines), done);
        let found = overrun_at(&stage.template, &stage.run);
        assert_eq!(found, alarm.map(|it| start + minute(it)), "{case:?}");
        let Some(found) = found else { continue };
        for (now, state) in [(found - minute(1), "foreseen"), (found, "active")] {
            stage.ctx.now = now;
            stage.act(Command::Tick);
            assert_eq!(stage.run.step_state("late").name(), state, "{case:?} at {now}");
        }
        let told = stage.run.events["go_live.overrun"];
        stage.ctx.now = found + minute(90);
        stage.act(Command::Tick);
        assert_eq!(stage.run.events["go_live.overrun"], told, "once");
    }
}

// proves: S1-18/U
#[test]
fn a_longer_stop_that_is_announced_in_time_moves_the_alarm() {
    let text = process(true, "true", &["stop", "work", "start"]);
    let (mut stage, start) = at_work(&text, &[("stop", 5)]);
    let value = Value::Text("1h".to_owned());
    stage.act(Command::SetField { field: "downtime".to_owned(), value });
    assert_eq!(overrun_at(&stage.template, &stage.run), Some(start + minute(65)));
}

// proves: S1-18/U
#[test]
fn the_real_stop_stands_beside_the_announced_one() {
    let text = process(true, "true", &["stop", "work", "start"]);
    for (back, longer) in [(45, false), (52, true)] {
        let (mut stage, start) = at_work(&text, &[("stop", 5), ("work", 20)]);
        let seen = downtime(&stage.template, &stage.run);
        assert_eq!((seen.stopped, seen.actual()), (Some(start + minute(5)), None));
        assert_eq!(seen.stopped_since(), seen.stopped);
        stage.ctx.now = start + minute(back);
        let (step, line) = ("production".to_owned(), "start".to_owned());
        stage.act(Command::Sheet { step, line, act: SheetAct::Done, found: String::new() });
        let seen = downtime(&stage.template, &stage.run);
        assert_eq!((seen.announced, seen.actual()), (Some(40), Some(back - 5)));
        assert_eq!((seen.longer(), seen.stopped_since()), (longer, None));
    }
}
