//! Sites confirm a document: a yes counts for the content that was shown, and no longer.

mod stage;

use crate::stage::{Stage, person, read};
use jiff::SignedDuration;
use roadbook_core::ids::{DocumentId, IdSeed};
use roadbook_core::run::{Command, Refusal, WaitingOn, asked_now, asks_about, waiting_for_step};

const FILE: &str = r#"
format = 1
id = "test/answered"
subject = "release"
title = { en = "Answered" }
[[role]]
id = "lead"
title = { en = "Lead" }
[[document]]
id = "plan"
title = { en = "Plan" }
role = "lead"
[[phase]]
id = "all"
title = { en = "All" }
  [[phase.step]]
  id = "write"
  kind = "document"
  role = "lead"
  produces = ["plan"]
  [[phase.step]]
  id = "confirm"
  kind = "decision"
  role = "site.contact(admin)"
  each = "site"
  joins = "all_or_reason"
  after = ["write"]
  ask = { en = "Do you confirm the plan?" }
  outcome.accept = { go = ["work"] }
  outcome.decline = { skip = ["work"], reason = true }
  [[phase.step]]
  id = "work"
  kind = "task"
  role = "lead"
  after = ["confirm"]
"#;

impl Stage {
    /// Writes the plan; its bytes are what the answers name.
    fn write(&mut self, digest: &str) -> Result<(), Refusal> {
        self.ctx.now += SignedDuration::from_mins(1);
        let written = Command::DocumentWritten {
            document: "plan".to_owned(),
            id: DocumentId::new(IdSeed { millis: 1, random: 5 }),
            digest: digest.to_owned(),
            missing_sections: Vec::new(),
        };
        self.try_as("lead", written)?;
        self.ctx.digests.insert("confirm".to_owned(), digest.to_owned());
        self.try_as("lead", Command::ContentChanged).map(|_| ())
    }

    /// Two sites, so many of which said yes to which bytes.
    fn yes(&mut self, to: &[(&str, u32)]) {
        self.ctx.now += SignedDuration::from_mins(1);
        self.ctx.sites.total = 2;
        self.ctx.sites.accepted = to.iter().map(|it| it.1).sum();
        self.ctx.yes_to = to.iter().map(|it| (it.0.to_owned(), it.1)).collect();
        self.act_as("lead", Command::Tick);
    }

    fn state_of(&self, step: &str) -> &'static str {
        self.run.step_state(step).name()
    }

    fn why(&self) -> Vec<WaitingOn> {
        let step = self.template.step("confirm").expect("step");
        let list = waiting_for_step(&self.template, &self.run, step, &self.ctx);
        list.into_iter()
            .filter(|it| matches!(it, WaitingOn::Sites { .. } | WaitingOn::Changed { .. }))
            .collect()
    }
}

fn asking() -> Stage {
    let mut stage = Stage::set(read(FILE));
    stage.ctx.holders.insert("lead".to_owned(), vec![person("lead")]);
    stage.ctx.sites.total = 2;
    stage.act_as("lead", Command::Start);
    stage.write("first").expect("plan");
    stage.act_as("lead", Command::Done { step: "write".to_owned(), remark: String::new() });
    stage
}

fn changed(sites: u32) -> WaitingOn {
    WaitingOn::Changed { document: "plan".to_owned(), revision: "A1".to_owned(), sites }
}

// proves: S3-69/U
#[test]
fn a_step_asks_about_the_document_of_the_step_before_it() {
    let stage = asking();
    let of = |step: &str| asks_about(&stage.template, stage.template.step(step).expect("step"));
    assert_eq!(of("confirm"), ["plan"]);
    assert!(of("work").is_empty() && of("write").is_empty());
    let asked = asked_now(&stage.template, &stage.run).map(|it| it.id.as_str());
    assert_eq!(asked, Some("confirm"));
}

// proves: S3-69/U
#[test]
fn a_yes_to_an_earlier_revision_does_not_count() {
    for (yes, have, outdated) in [
        (&[("second", 2)][..], None, 0),
        (&[("first", 1), ("second", 1)], Some(1), 1),
        (&[("first", 2)], Some(0), 2),
        (&[("", 1)], Some(0), 1),
        (&[], Some(0), 0),
    ] {
        let mut stage = asking();
        stage.write("second").expect("plan");
        stage.yes(yes);
        assert_eq!(stage.state_of("confirm") == "done", have.is_none(), "{yes:?}");
        let mut why: Vec<_> =
            have.map(|have| WaitingOn::Sites { have, need: 2 }).into_iter().collect();
        why.extend((outdated > 0).then(|| changed(outdated)));
        assert_eq!(stage.why(), why, "{yes:?}");
    }
}

// proves: S3-69/U
#[test]
fn a_plan_that_changes_after_every_yes_is_confirmed_again() {
    let mut stage = asking();
    stage.yes(&[("first", 2)]);
    assert_eq!((stage.state_of("confirm"), stage.state_of("work")), ("done", "ready"));
    stage.write("second").expect("plan");
    assert_eq!((stage.state_of("confirm"), stage.state_of("work")), ("active", "foreseen"));
    assert_eq!(stage.why(), [WaitingOn::Sites { have: 0, need: 2 }, changed(2)]);
    stage.yes(&[("first", 1), ("second", 1)]);
    assert_eq!(stage.why(), [WaitingOn::Sites { have: 1, need: 2 }, changed(1)]);
    stage.yes(&[("second", 2)]);
    assert_eq!((stage.state_of("confirm"), stage.state_of("work")), ("done", "ready"));
    stage.yes(&[("second", 2)]);
    assert_eq!(stage.state_of("confirm"), "done", "nothing opens it by itself");
}
