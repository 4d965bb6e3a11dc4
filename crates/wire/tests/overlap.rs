//! Phases that overlap: who begins early, what still waits, and what work sent back opens again.

#[path = "stage/lead.rs"]
mod lead;
mod stage;

use crate::stage::{Stage, person, read};
use jiff::SignedDuration;
use roadbook_core::ids::{DocumentId, IdSeed};
use roadbook_core::process::template::Template;
use roadbook_core::run::{
    Assurance, Command, Member, StepState, Verdict, WaitingOn, waiting_for_step,
};
use roadbook_wire::process::{builtin, check};

/// Design with a review that can send it back, code beside it, and a test after both.
const FILE: &str = r#"
format = 1
id = "test/overlap"
subject = "release"
title = { en = "Overlap" }
[[role]]
id = "lead"
title = { en = "Lead" }
[[role]]
id = "boss"
title = { en = "Boss" }
[[document]]
id = "draft"
title = { en = "Draft" }
role = "lead"
[[phase]]
id = "wish"
title = { en = "Wish" }
  [[phase.step]]
  id = "wish"
  kind = "task"
  role = "lead"
[[phase]]
id = "design"
title = { en = "Design" }
  [[phase.step]]
  id = "draw"
  kind = "document"
  role = "lead"
  produces = ["draft"]
  [[phase.step]]
  id = "tools"
  kind = "task"
  role = "lead"
  [[phase.step]]
  id = "review"
  kind = "approval"
  role = "boss"
  after = ["draw"]
  rejected = "draw"
[[phase]]
id = "code"
title = { en = "Code" }
  [[phase.step]]
  id = "parts"
  kind = "task"
  role = "lead"
  overlap = true
  after = ["draw"]
  [[phase.step]]
  id = "sketch"
  kind = "task"
  role = "lead"
  overlap = true
  needs = ["draft"]
  [[phase.step]]
  id = "machine"
  kind = "task"
  role = "lead"
  overlap = true
  after = ["tools"]
  [[phase.step]]
  id = "rest"
  kind = "task"
  role = "lead"
[[phase]]
id = "test"
title = { en = "Test" }
  [[phase.step]]
  id = "try"
  kind = "test"
  role = "lead"
"#;

impl Stage {
    fn of(template: Template) -> Stage {
        let mut stage = Stage::set(template);
        for (role, people) in &mut stage.ctx.holders {
            *people = vec![person(if role == "boss" { "boss" } else { "lead" })];
        }
        stage.act_as("lead", Command::Start);
        stage
    }

    fn small() -> Stage {
        Stage::of(read(FILE))
    }

    fn draft(&mut self) {
        let id = DocumentId::new(IdSeed { millis: 1, random: 5 });
        let (document, digest) = ("draft".to_owned(), "draft-1".to_owned());
        let missing_sections = Vec::new();
        self.act_as("lead", Command::DocumentWritten { document, id, digest, missing_sections });
    }

    fn review(&mut self, verdict: Verdict) {
        let vote = Command::Vote {
            step: "review".to_owned(),
            verdict,
            comment: "as seen".to_owned(),
            digest: String::new(),
            assurance: Assurance::Password,
        };
        self.act_as("boss", vote);
    }

    /// Steps that this one waits for, as its page says them.
    fn waits(&self, step: &str) -> Vec<String> {
        let declared = self.template.step(step).expect("step");
        let list = waiting_for_step(&self.template, &self.run, declared, &self.ctx);
        let steps = list.into_iter().filter_map(|it| match it {
            WaitingOn::Step { step } => Some(step),
            _ => None,
        });
        steps.collect()
    }

    fn states(&self, steps: [&str; 4]) -> [&'static str; 4] {
        steps.map(|it| self.state(it))
    }
}

const CODE: [&str; 4] = ["parts", "sketch", "machine", "rest"];

// proves: S4f-30/U
#[test]
fn a_step_that_overlaps_waits_for_what_it_names_and_the_others_for_the_phase() {
    let mut stage = Stage::small();
    // The phase before the one before is over in any case.
    assert_eq!(stage.waits("parts"), ["wish", "draw"]);
    assert_eq!(stage.waits("sketch"), ["wish", "draw"]);
    assert_eq!(stage.waits("rest"), ["wish", "draw", "tools", "review"]);
    stage.done("wish");
    stage.draft();
    assert_eq!(stage.states(CODE), ["foreseen"; 4], "the draft is there, its step is not over");
    stage.done("draw");
    assert_eq!(stage.states(CODE), ["ready", "ready", "foreseen", "foreseen"]);
    stage.done("tools");
    stage.done("parts");
    assert_eq!(stage.states(CODE), ["done", "ready", "ready", "foreseen"]);
    assert_eq!(stage.waits("rest"), ["review"]);
    // What follows waits for both phases.
    stage.done("sketch");
    stage.done("machine");
    assert_eq!(stage.waits("try"), ["review", "rest"]);
    stage.review(Verdict::Approve);
    assert_eq!(stage.state("rest"), "ready");
    stage.done("rest");
    assert_eq!(stage.state("try"), "ready");
}

// proves: S4f-30/U
#[test]
fn work_sent_back_opens_what_comes_after_it_and_leaves_the_rest_of_the_next_phase() {
    let mut stage = Stage::small();
    stage.done("wish");
    stage.draft();
    for step in ["draw", "tools", "parts", "sketch", "machine"] {
        stage.done(step);
    }
    stage.review(Verdict::Reject);
    assert_eq!(stage.state("draw"), "returned");
    // The draft of the first round is still there: whoever needs it waits for the next one.
    assert_eq!(stage.states(CODE), ["foreseen", "foreseen", "done", "foreseen"]);
    assert_eq!(stage.waits("sketch"), ["draw"]);
    stage.done("draw");
    assert_eq!(stage.states(CODE), ["ready", "ready", "done", "foreseen"]);
    assert_eq!(stage.run.steps["parts"].round, 2, "rework is counted");
}

fn project() -> Stage {
    let found = builtin().iter().find(|it| it.0 == "development/project").expect("built in");
    let mut stage = Stage::of(read(found.1));
    let change = Member { id: "a".to_owned(), label: "A".to_owned() };
    stage.ctx.lists.insert("change_item".to_owned(), vec![change]);
    stage
}

// proves: S4f-30/U
#[test]
fn a_project_codes_while_the_design_is_reviewed_and_prepares_while_users_test() {
    for (until, early, late) in [
        ("designing", "coding", "descriptions"),
        ("test_rounds", "preparation", "go_live_approval"),
    ] {
        let mut stage = project();
        let ids: Vec<String> = stage.template.steps().map(|it| it.1.id.clone()).collect();
        let end = ids.iter().position(|it| it == until).expect("step");
        let over = |stage: &mut Stage, ids: &[String]| {
            for id in ids {
                let step = stage.run.steps.get_mut(id).expect("step");
                step.state = StepState::Done;
            }
            stage.tick(SignedDuration::from_hours(1));
        };
        over(&mut stage, &ids[..end]);
        assert!(stage.waits(early).contains(&until.to_owned()), "{early} waits for {until}");
        over(&mut stage, &ids[end..=end]);
        let (phase, _) = stage.template.steps().find(|it| it.1.id == until).expect("step");
        let open = phase.steps.iter().filter(|it| !stage.run.step_state(&it.id).is_terminal());
        assert!(open.count() > 0, "the phase of {until} goes on");
        assert_eq!(stage.waits(early), [""; 0], "{early} has begun");
        assert!(stage.run.step_state(early).is_open(), "{early}: {}", stage.state(early));
        assert!(!stage.run.step_state(late).is_open(), "{late} waits for both");
    }
}

// proves: S4f-30/U
#[test]
fn no_order_of_decisions_lets_an_overlapping_go_live_past_a_gate() {
    // The same go-live with every order that its author could write; only the last keeps the gates.
    let sound = include_str!("sound.toml");
    let codes = |after: &str| -> Vec<String> {
        let order = "  after = [\"tell\"]\n  due = \"T\"\n";
        assert!(sound.contains(order));
        let written = format!("  overlap = true\n  after = [{after}]\n  due = \"T\"\n");
        let checked = check("sound.toml", &sound.replace(order, &written));
        let found = checked.findings.iter().filter(|it| it.code == "gate_bypassed");
        found.map(|it| it.message.clone()).collect()
    };
    let approval = codes("\"write\"").join("; ");
    assert!(approval.contains("approval `approve`"), "{approval}");
    let decision = codes("\"approve\"");
    assert!(decision[0].contains("decision `decide`"), "{decision:?}");
    assert_eq!(codes("\"decide\""), [""; 0]);
    assert_eq!(codes("\"tell\""), [""; 0], "the notice waits for its phase");
}
