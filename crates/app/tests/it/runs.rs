//! Runs of the built-in processes, decided command by command without any store.

use jiff::{SignedDuration, Timestamp};
use roadbook_core::ids::{DocumentId, IdSeed, PersonId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::Template;
use roadbook_core::run::{
    Actor, Answer, Assurance, CloseCode, Command, Context, Decision, Refusal, Run, RunState,
    SiteCounts, Slot, StepState, Verdict, WaitingOn, decide, waiting_for_step, who_holds,
};
use std::collections::BTreeMap;

pub struct Stage {
    pub template: Template,
    pub run: Run,
    pub now: Timestamp,
    pub sites: SiteCounts,
    pub holders: BTreeMap<String, Vec<PersonId>>,
    pub content: u32,
    pub slot_blocks: Vec<WaitingOn>,
    pub may_pass: bool,
    pub facts: BTreeMap<String, Value>,
    pub related_open: Vec<String>,
    pub deputies: Vec<roadbook_core::run::Deputy>,
}

/// A person by the name of the role, so that stories read as sentences.
pub fn person(name: &str) -> PersonId {
    let random =
        name.bytes().fold(7u128, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    PersonId::new(IdSeed { millis: 1, random })
}

impl Stage {
    pub fn new(process: &str) -> Stage {
        let (_, text) = roadbook_wire::process::builtin()
            .iter()
            .find(|(id, _)| *id == process)
            .expect("a built-in process");
        let template = roadbook_wire::process::parse(process, text).expect("it reads").template;
        let holders =
            template.roles.iter().map(|it| (it.id.clone(), vec![person(&it.id)])).collect();
        let now: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        Stage {
            run: Run::draft(process, 1),
            template,
            now,
            sites: SiteCounts { total: 3, ..SiteCounts::default() },
            holders,
            content: 1,
            slot_blocks: Vec::new(),
            may_pass: false,
            facts: BTreeMap::from([
                ("release.kind".to_owned(), Value::Text("upgrade".to_owned())),
                ("release.mode".to_owned(), Value::Text("planned".to_owned())),
            ]),
            related_open: Vec::new(),
            deputies: Vec::new(),
        }
    }

    pub fn context(&self, actor: Actor) -> Context {
        let digests = self
            .template
            .steps()
            .map(|(_, step)| (step.id.clone(), format!("content-{}", self.content)))
            .collect();
        Context {
            now: self.now,
            actor,
            holders: self.holders.clone(),
            applicant: person("applicant"),
            applicant_unit: None,
            applicant_head: Some(person("head")),
            heads_of: BTreeMap::new(),
            leads: BTreeMap::new(),
            authorizers: Vec::new(),
            field_persons: BTreeMap::new(),
            lead: person("release_lead"),
            editors: vec![person("applicant")],
            deputies: self.deputies.clone(),
            may_pass_blocks: self.may_pass,
            slot_blocks: self.slot_blocks.clone(),
            now_blocks: Vec::new(),
            sites: self.sites,
            related_open: self.related_open.clone(),
            calls: BTreeMap::new(),
            blocking_issues: 0,
            lists: BTreeMap::new(),
            facts: self.facts.clone(),
            digests,
            yes_to: BTreeMap::new(),
            sheets: BTreeMap::new(),
            opens_at: BTreeMap::new(),
            due_at: BTreeMap::new(),
            expires_at: BTreeMap::new(),
        }
    }

    pub fn try_as(&mut self, who: &str, command: Command) -> Result<Decision, Refusal> {
        let ctx = self.context(Actor::Person(person(who)));
        let decision = decide(&self.template, &self.run, &command, &ctx)?;
        self.run = decision.run.clone();
        Ok(decision)
    }

    pub fn act(&mut self, who: &str, command: Command) -> Decision {
        let told = format!("{who}: {command:?}");
        self.try_as(who, command).unwrap_or_else(|refusal| panic!("{told}: {refusal} {refusal:?}"))
    }

    pub fn tick(&mut self) {
        let ctx = self.context(Actor::System);
        self.run = decide(&self.template, &self.run, &Command::Tick, &ctx).unwrap().run;
    }

    pub fn state(&self, step: &str) -> &StepState {
        self.run.step_state(step)
    }

    pub fn done(&mut self, who: &str, step: &str) {
        self.act(who, Command::Done { step: step.to_owned(), remark: String::new() });
    }

    pub fn write(&mut self, who: &str, document: &str) {
        let id = DocumentId::new(IdSeed { millis: 1, random: document.len() as u128 });
        let digest = format!("{document}-{}", self.run.documents.len());
        let command = Command::DocumentWritten {
            document: document.to_owned(),
            id,
            digest,
            missing_sections: vec![],
        };
        self.act(who, command);
    }

    pub fn vote(&self, step: &str, verdict: Verdict) -> Command {
        Command::Vote {
            step: step.to_owned(),
            verdict,
            comment: "seen".to_owned(),
            digest: format!("content-{}", self.content),
            assurance: Assurance::Password,
        }
    }

    pub fn slot(&mut self, start: &str) {
        let start: Timestamp = start.parse().unwrap();
        let slot = Slot { start, end: start + SignedDuration::from_hours(2) };
        let command = Command::SetSlot { slot, reason: String::new(), pass_blocks: false };
        self.act("release_lead", command);
    }

    fn yes(&mut self, who: &str, step: &str, check: &str) {
        let command = Command::Answer {
            step: step.to_owned(),
            check: check.to_owned(),
            answer: Answer::YesNo(true),
            remark: String::new(),
        };
        self.act(who, command);
    }
}

fn up_to_approval() -> Stage {
    let mut stage = Stage::new("starter/release");
    stage.act("release_lead", Command::Start);
    stage.write("release_lead", "release_plan");
    stage.done("release_lead", "plan");
    stage.yes("tester", "test", "works");
    stage.done("tester", "test");
    stage
}

// proves: S2-17/U S2-04/U
#[test]
fn a_small_release_goes_from_plan_to_close() {
    let mut stage = up_to_approval();
    assert_eq!(stage.state("approve"), &StepState::Active);
    let vote = stage.vote("approve", Verdict::Approve);
    stage.act("approver", vote);
    assert_eq!(stage.state("approve"), &StepState::Done);
    assert_eq!(stage.state("tell"), &StepState::Active);
    stage.slot("2026-11-05T12:00:00Z");
    stage.act("release_lead", Command::NoticeSent { step: "tell".to_owned() });
    // The version waits for its hour.
    assert_eq!(stage.state("go_live"), &StepState::Foreseen);
    stage.now = "2026-11-05T12:00:00Z".parse().unwrap();
    stage.tick();
    assert_eq!(stage.state("go_live"), &StepState::Active);
    stage.sites.succeeded = 2;
    stage.tick();
    assert_eq!(stage.state("go_live"), &StepState::Active);
    stage.sites.succeeded = 3;
    stage.tick();
    assert_eq!(stage.state("go_live"), &StepState::Done);
    stage.done("release_lead", "close");
    stage.act("release_lead", Command::Close { code: CloseCode::Success, remark: String::new() });
    assert!(matches!(&stage.run.state, RunState::Ended(it) if it.code == CloseCode::Success));
    let again = stage.try_as("release_lead", Command::Hold { reason: "late".to_owned() });
    assert_eq!(again.unwrap_err(), Refusal::Closed);
}

// proves: S4i-05/U S4i-02/U
#[test]
fn who_holds_it_ends_at_one_name() {
    let stage = up_to_approval();
    let ctx = stage.context(Actor::Person(person("release_lead")));
    let chain = who_holds(&stage.template, &stage.run, &ctx, None);
    let steps: Vec<&str> = chain.iter().map(|it| it.step.as_str()).collect();
    assert_eq!(steps.first(), Some(&"go_live"));
    assert_eq!(steps.last(), Some(&"approve"));
    let last = &chain.last().unwrap().waiting;
    assert!(
        last.iter().any(
            |it| matches!(it, WaitingOn::Approval { people, .. } if people == &[person("approver")])
        ),
        "{last:?}"
    );
}

#[test]
fn a_rejection_returns_the_work_and_counts_a_round() {
    let mut stage = up_to_approval();
    let vote = stage.vote("approve", Verdict::Reject);
    stage.act("approver", vote);
    assert_eq!(stage.state("plan"), &StepState::Returned);
    assert_eq!(stage.state("test"), &StepState::Foreseen);
    assert_eq!(stage.state("approve"), &StepState::Foreseen);
    assert_eq!(stage.run.steps["plan"].round, 2);
    assert_eq!(stage.run.steps["approve"].votes.len(), 1, "every round is kept");
}

/// Whoever decides chooses one of two ways; what is written after that can be sent back.
const TWO_WAYS: &str = r#"
format = 1
id = "two-ways"
subject = "release"
title = "Two ways"
[[role]]
id = "release_lead"
title = "Lead"
[[phase]]
id = "choose"
title = "Choose"
  [[phase.step]]
  id = "decide"
  kind = "decision"
  title = "Which way?"
  role = "release_lead"
  outcome.short = { go = ["short"] }
  outcome.long = { go = ["long"] }
[[phase]]
id = "write"
title = "Write"
  [[phase.step]]
  id = "plan"
  kind = "task"
  title = "Plan"
  role = "release_lead"
  [[phase.step]]
  id = "approve"
  kind = "approval"
  title = "Approve"
  role = "release_lead"
  after = ["plan"]
  rejected = "plan"
[[phase]]
id = "work"
title = "Work"
  [[phase.step]]
  id = "short"
  kind = "task"
  title = "Short"
  role = "release_lead"
  [[phase.step]]
  id = "long"
  kind = "task"
  title = "Long"
  role = "release_lead"
"#;

#[test]
fn a_rejection_does_not_bring_back_the_way_that_was_decided_against() {
    let mut stage = Stage::new("starter/release");
    stage.template =
        roadbook_wire::process::parse("two-ways.toml", TWO_WAYS).expect("it reads").template;
    stage.act("release_lead", Command::Start);
    let decide = Command::Decide {
        step: "decide".to_owned(),
        outcome: "short".to_owned(),
        reason: String::new(),
        slot: None,
    };
    stage.act("release_lead", decide);
    stage.done("release_lead", "plan");
    let no = stage.vote("approve", Verdict::Reject);
    stage.act("release_lead", no);
    assert_eq!(stage.state("plan"), &StepState::Returned);
    stage.done("release_lead", "plan");
    let yes = stage.vote("approve", Verdict::Approve);
    stage.act("release_lead", yes);
    assert_eq!(stage.state("short"), &StepState::Ready);
    assert_eq!(stage.state("long"), &StepState::NotTaken("decide: short".to_owned()));
}

// proves: S2-22/U
#[test]
fn nothing_is_done_while_something_is_missing_and_all_of_it_is_named() {
    let mut stage = Stage::new("starter/release");
    stage.act("release_lead", Command::Start);
    let done = Command::Done { step: "plan".to_owned(), remark: String::new() };
    match stage.try_as("release_lead", done).unwrap_err() {
        Refusal::NotYet { waiting, .. } => assert!(
            matches!(&waiting[..], [WaitingOn::Deliverable { document, .. }] if document == "release_plan")
        ),
        other => panic!("{other:?}"),
    }
    let done = Command::Done { step: "test".to_owned(), remark: String::new() };
    assert!(matches!(stage.try_as("tester", done).unwrap_err(), Refusal::NotYet { .. }));
}

#[test]
fn a_signature_needs_the_right_person_a_fresh_proof_and_the_content_that_stands() {
    let mut stage = up_to_approval();
    let vote = stage.vote("approve", Verdict::Approve);
    assert!(matches!(stage.try_as("tester", vote.clone()), Err(Refusal::NotYours { .. })));
    let Command::Vote { step, verdict, comment, digest, .. } = vote else { unreachable!() };
    let weak = Command::Vote {
        step: step.clone(),
        verdict,
        comment: comment.clone(),
        digest,
        assurance: Assurance::Session,
    };
    assert_eq!(stage.try_as("approver", weak).unwrap_err(), Refusal::StepUpRequired);
    let old = Command::Vote {
        step,
        verdict,
        comment,
        digest: "content-0".to_owned(),
        assurance: Assurance::Password,
    };
    assert!(matches!(stage.try_as("approver", old), Err(Refusal::ContentChanged { .. })));
}

#[test]
fn an_edit_after_the_approval_voids_it_and_the_step_opens_again() {
    let mut stage = up_to_approval();
    let vote = stage.vote("approve", Verdict::Approve);
    stage.act("approver", vote);
    stage.content = 2;
    let decision = stage.act("release_lead", Command::ContentChanged);
    assert_eq!(decision.voided, ["approve"]);
    assert_eq!(stage.state("approve"), &StepState::Active);
    assert!(stage.run.steps["approve"].votes[0].voided_at.is_some());
    assert_eq!(stage.state("tell"), &StepState::Foreseen, "what came after waits again");
}

#[test]
fn a_deputy_acts_for_the_approver_between_the_dates_only() {
    let mut stage = up_to_approval();
    let hour = SignedDuration::from_hours(1);
    stage.deputies.push(roadbook_core::run::Deputy {
        of: person("approver"),
        deputy: person("deputy"),
        from: stage.now - hour,
        until: stage.now + hour,
    });
    let vote = stage.vote("approve", Verdict::Approve);
    let later = stage.now + hour;
    let now = std::mem::replace(&mut stage.now, later);
    assert!(matches!(stage.try_as("deputy", vote.clone()), Err(Refusal::NotYours { .. })));
    stage.now = now;
    stage.act("deputy", vote);
    let vote = &stage.run.steps["approve"].votes[0];
    assert_eq!(vote.on_behalf_of, Some(person("approver")));
}

#[test]
fn a_blocked_slot_is_refused_unless_somebody_who_may_passes_it_with_a_reason() {
    let mut stage = up_to_approval();
    let start: Timestamp = "2026-11-05T12:00:00Z".parse().unwrap();
    stage.slot_blocks =
        vec![WaitingOn::Window { policy: "evening".to_owned(), opens: Some(start) }];
    let slot = Slot { start, end: start + SignedDuration::from_hours(1) };
    let ask = |reason: &str, pass_blocks| Command::SetSlot {
        slot,
        reason: reason.to_owned(),
        pass_blocks,
    };
    let refused = stage.try_as("release_lead", ask("", false)).unwrap_err();
    assert!(matches!(refused, Refusal::SlotBlocked { may_pass: false, .. }));
    stage.may_pass = true;
    assert_eq!(stage.try_as("release_lead", ask("", true)).unwrap_err(), Refusal::ReasonRequired);
    stage.act("release_lead", ask("the site asked for it", true));
    assert_eq!(stage.run.slot, Some(slot));
}

#[test]
fn a_hold_stops_new_work_and_names_who_ordered_it() {
    let mut stage = Stage::new("starter/release");
    stage.act("release_lead", Command::Start);
    stage.act("release_lead", Command::Hold { reason: "audit".to_owned() });
    let begin = Command::Begin { step: "plan".to_owned() };
    assert!(matches!(stage.try_as("release_lead", begin.clone()), Err(Refusal::Held { .. })));
    let ctx = stage.context(Actor::System);
    let step = stage.template.step("plan").unwrap().clone();
    let waiting = waiting_for_step(&stage.template, &stage.run, &step, &ctx);
    assert!(matches!(&waiting[0], WaitingOn::Hold { reason, .. } if reason == "audit"));
    stage.act("release_lead", Command::Resume { reason: "audit over".to_owned() });
    stage.act("release_lead", begin);
}

#[test]
fn a_cancelled_release_is_over_with_its_reason() {
    let mut stage = up_to_approval();
    let empty = Command::Cancel { reason: " ".to_owned() };
    assert_eq!(stage.try_as("release_lead", empty).unwrap_err(), Refusal::ReasonRequired);
    let decision =
        stage.act("release_lead", Command::Cancel { reason: "replaced by 1.3".to_owned() });
    assert_eq!(decision.ended, Some(CloseCode::Cancelled));
    assert_eq!(stage.state("close"), &StepState::Cancelled);
}
