//! What a run remembers.

use super::command::{Answer, Assurance, CloseCode, OpinionStance, Verdict};
use crate::ids::{DocumentId, PersonId};
use crate::process::expr::Value;
use crate::process::template::{Check, ServiceTurn};
use crate::schedule::Period;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A planned or real span of the go-live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// `T`.
    pub start: Timestamp,
    /// `Tend`.
    pub end: Timestamp,
}

/// A run of a process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Process id; with `revision` the pinned file.
    pub process: String,
    /// Pinned revision.
    pub revision: u32,
    /// Where the run as a whole stands.
    pub state: RunState,
    /// When it started.
    pub started: Option<Timestamp>,
    /// Planned go-live.
    pub slot: Option<Slot>,
    /// Rules of the calendar that somebody passed with a reason when the slot was set.
    #[serde(default)]
    pub passed: Vec<String>,
    /// The slot at approval; what on-time is measured against (D-18).
    pub baseline: Option<Slot>,
    /// Planned finish of each step when the baseline was taken.
    pub baseline_steps: BTreeMap<String, Timestamp>,
    /// Answers to the fields of the process.
    pub fields: BTreeMap<String, Value>,
    /// Settings that differ from the template's defaults.
    pub settings: BTreeMap<String, Value>,
    /// Steps by id.
    pub steps: BTreeMap<String, StepRun>,
    /// Documents by type.
    pub documents: BTreeMap<String, DocumentRun>,
    /// What an emergency left owing.
    pub debts: Vec<Debt>,
    /// Set while the release is held.
    pub hold: Option<Hold>,
    /// When each named event last happened; time forms `on:event` count from it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, Timestamp>,
    /// The month that `M` and `year:` count from; without one it is the month of the go-live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Moves onto other revisions of the process, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
    /// Approvals given under an earlier revision whose conditions are still the same: the revision
    /// that stands in the signed bytes, by step.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_under: BTreeMap<String, u32>,
    /// Fields that came with a revision after the step that asks them was over: the step that asks
    /// them in this run.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asked_in: BTreeMap<String, String>,
}

/// A run went over to another revision of its process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Revision before.
    pub from: u32,
    /// Revision after.
    pub to: u32,
    /// When.
    pub at: Timestamp,
    /// Who decided it; filled in by whoever carries the move out.
    pub by: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// Steps that the later revision no longer has, as they stood.
    pub steps: BTreeMap<String, StepRun>,
    /// Answers to fields that it no longer has.
    pub fields: BTreeMap<String, Value>,
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Not started yet.
    Draft,
    /// Under way.
    Running,
    /// A decision or a roll-back ended the work; closing remains.
    Ending(String),
    /// Over; nothing changes any more.
    Ended(Ended),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Close code.
    pub code: CloseCode,
    /// When.
    pub at: Timestamp,
    /// Who closed it.
    pub by: PersonId,
    /// Remark.
    pub remark: String,
}

/// A hold order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Since when.
    pub since: Timestamp,
    /// Who ordered it.
    pub by: PersonId,
    /// Why.
    pub reason: String,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRun {
    /// State.
    pub state: StepState,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// When it became ready for the first time in this round.
    pub ready_at: Option<Timestamp>,
    /// When it was done in this round.
    pub done_at: Option<Timestamp>,
    /// 1, and one more for every return.
    pub round: u32,
    /// Who confirmed that it is done.
    pub confirmed: Vec<Confirmation>,
    /// Answers to check items.
    pub answers: BTreeMap<String, AnswerGiven>,
    /// Votes of all rounds.
    pub votes: Vec<Vote>,
    /// Opinions of all rounds.
    pub opinions: Vec<OpinionGiven>,
    /// The outcome of a decision.
    pub outcome: Option<OutcomeGiven>,
    /// Run sheet, once begun.
    pub sheet: Vec<SheetLine>,
    /// True while the sheet is the way back.
    pub rolling_back: bool,
    /// Passed although something was missing.
    pub overridden: Option<Overridden>,
    /// When an unanswered approval was escalated.
    pub escalated_at: Option<Timestamp>,
    /// Person to whom the work was handed, instead of the role's holders.
    pub delegated: Option<PersonId>,
    /// Its instances: members of a fan-out, occurrences of an event or of a rhythm. Instances over
    /// sites are rows of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<String, MemberRun>,
    /// Check items that were added in this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Check>,
    /// Asked again at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// It did not succeed; the way after that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
}

/// That a step did not succeed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failed {
    /// Who says so.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// One instance of a step, with its own state and outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRun {
    /// As people call it.
    pub label: String,
    /// State.
    pub state: StepState,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// When it joined.
    pub joined: Timestamp,
    /// Who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What was said at its end.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// Answers to the check items of the step, for this member.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, AnswerGiven>,
    /// The outcome of a decision, for this member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeGiven>,
    /// Asked again at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Timestamp>,
}

impl StepRun {
    /// A step that has not begun.
    pub fn foreseen(now: Timestamp) -> StepRun {
        StepRun {
            state: StepState::Foreseen,
            since: now,
            ready_at: None,
            done_at: None,
            round: 1,
            confirmed: Vec::new(),
            answers: BTreeMap::new(),
            votes: Vec::new(),
            opinions: Vec::new(),
            outcome: None,
            sheet: Vec::new(),
            rolling_back: false,
            overridden: None,
            escalated_at: None,
            delegated: None,
            members: BTreeMap::new(),
            extra: Vec::new(),
            not_before: None,
            failed: None,
        }
    }
}

/// State of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Will come.
    Foreseen,
    /// May be started.
    Ready,
    /// Somebody works on it, or it waits for an answer.
    Active,
    /// One of several confirmations is there.
    Submitted,
    /// Sent back; to be done again.
    Returned,
    /// Failed; a choice is needed.
    Blocked(String),
    /// Done.
    Done,
    /// Not needed, with the reason.
    Skipped(String),
    /// Another outcome was chosen.
    NotTaken(String),
    /// The run ended before.
    Cancelled,
}

impl StepState {
    /// Nothing more will happen to it in this round.
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            StepState::Done | StepState::Skipped(_) | StepState::NotTaken(_) | StepState::Cancelled
        )
    }

    /// It can be worked on now.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            StepState::Ready
                | StepState::Active
                | StepState::Submitted
                | StepState::Returned
                | StepState::Blocked(_)
        )
    }

    /// The state's short name: the same in store, API, CLI and catalogues.
    pub const fn name(&self) -> &'static str {
        match self {
            StepState::Foreseen => "foreseen",
            StepState::Ready => "ready",
            StepState::Active => "active",
            StepState::Submitted => "submitted",
            StepState::Returned => "returned",
            StepState::Blocked(_) => "blocked",
            StepState::Done => "done",
            StepState::Skipped(_) => "skipped",
            StepState::NotTaken(_) => "not_taken",
            StepState::Cancelled => "cancelled",
        }
    }
}

/// What the time in a state is counted as: measures keep them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitKind {
    /// Work.
    Work,
    /// Waiting for a person.
    Person,
    /// Waiting for a window.
    Window,
    /// Waiting for sites.
    Site,
}

impl WaitKind {
    /// Reads a short name.
    pub fn parse(name: &str) -> Option<WaitKind> {
        [Self::Work, Self::Person, Self::Window, Self::Site]
            .into_iter()
            .find(|it| it.name() == name)
    }

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            WaitKind::Work => "work",
            WaitKind::Person => "person",
            WaitKind::Window => "window",
            WaitKind::Site => "site",
        }
    }
}

/// Somebody confirmed that a step is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: String,
    /// When.
    pub at: Timestamp,
    /// Remark.
    pub remark: String,
}

/// An answer to a check item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerGiven {
    /// The answer.
    pub answer: Answer,
    /// Remark.
    pub remark: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A vote in an approval, over exact bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Which approver of the list.
    pub approver: usize,
    /// Who voted.
    pub person: PersonId,
    /// For whom, if as a deputy.
    pub on_behalf_of: Option<PersonId>,
    /// Verdict.
    pub verdict: Verdict,
    /// Comment; required for a rejection.
    pub comment: String,
    /// When.
    pub at: Timestamp,
    /// Round.
    pub round: u32,
    /// SHA-256 (hex) of the bytes that were approved.
    pub digest: String,
    /// How the signer proved who they are.
    pub assurance: Assurance,
    /// Set when a later edit voided it.
    pub voided_at: Option<Timestamp>,
}

/// An opinion before a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionGiven {
    /// In which role.
    pub role: String,
    /// Who.
    pub person: PersonId,
    /// Stance.
    pub stance: OpinionStance,
    /// Text.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Round.
    pub round: u32,
}

/// The outcome of a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeGiven {
    /// Outcome id.
    pub outcome: String,
    /// Reason.
    pub reason: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A line of the run sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetLine {
    /// Short name.
    pub id: String,
    /// Title, as in the plan.
    pub title: crate::text::Text,
    /// Who should do it.
    pub owner: String,
    /// Planned minutes.
    pub minutes: u32,
    /// Needs explicit confirmation.
    pub key_node: bool,
    /// No way back after it.
    pub point_of_no_return: bool,
    /// What it does to the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceTurn>,
    /// What should be seen.
    pub expected: crate::text::Text,
    /// State.
    pub state: SheetState,
    /// When begun.
    pub begun_at: Option<Timestamp>,
    /// When finished.
    pub ended_at: Option<Timestamp>,
    /// By whom.
    pub by: Option<PersonId>,
    /// What was seen.
    pub found: String,
}

/// State of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetState {
    /// To do.
    Open,
    /// Being done.
    Running,
    /// Done.
    Done,
    /// Failed.
    Failed,
}

/// A passed-over check, by somebody who may.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overridden {
    /// Who.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A document of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRun {
    /// The document.
    pub id: DocumentId,
    /// Revision letter number: 0 is A0.
    pub revision: u32,
    /// SHA-256 (hex) of the current bytes.
    pub digest: String,
    /// Control status.
    pub control: Control,
    /// Who wrote the first revision.
    pub author: PersonId,
    /// Who wrote any revision.
    pub editors: Vec<PersonId>,
    /// When the current revision was written.
    pub at: Timestamp,
    /// Required sections that are missing or empty.
    pub missing_sections: Vec<String>,
    /// Signatures, also voided ones.
    pub signatures: Vec<Signature>,
    /// The revision that holds, since it was made the controlled one (S3-01).
    #[serde(default)]
    pub controlled: Option<InForce>,
}

/// The revision of a document that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InForce {
    /// Its number: 0 is A0.
    pub revision: u32,
    /// Who put it in force.
    pub by: PersonId,
    /// Since when.
    pub at: Timestamp,
}

impl DocumentRun {
    /// Where a revision stands: in force, being written, or superseded by a later one.
    pub fn control_of(&self, revision: u32) -> Control {
        if self.controlled.as_ref().is_some_and(|it| it.revision == revision) {
            Control::Controlled
        } else if revision == self.revision {
            Control::Draft
        } else {
            Control::Obsolete
        }
    }

    /// The revision as printed: `A0`, `A1`, …
    pub fn label(&self) -> String {
        format!("A{}", self.revision)
    }

    /// A signature in this role that still covers the current bytes.
    pub fn signed_by(&self, role: &str) -> bool {
        self.signatures.iter().any(|signature| {
            signature.role == role
                && signature.voided_at.is_none()
                && signature.digest == self.digest
        })
    }
}

/// Control status of a document (S3-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Being written.
    Draft,
    /// The valid revision.
    Controlled,
    /// Superseded, readable.
    Obsolete,
}

/// A signature over exact bytes (reliability: name, time, meaning, role, digest, assurance).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Role in which it was given.
    pub role: String,
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// What it means, e.g. `reviewed`, `accepted`.
    pub meaning: String,
    /// SHA-256 (hex) of the signed bytes.
    pub digest: String,
    /// How the signer proved who they are.
    pub assurance: Assurance,
    /// Set when a later edit voided it.
    pub voided_at: Option<Timestamp>,
}

/// Something left owing by an emergency; blocks closing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Debt {
    /// `step.check` or `step`.
    pub what: String,
    /// The step that stood in for it.
    pub by_step: String,
    /// Role that owes it.
    pub owner: String,
    /// Since when.
    pub since: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

impl Run {
    /// A draft of a process.
    pub fn draft(process: &str, revision: u32) -> Run {
        Run {
            process: process.to_owned(),
            revision,
            state: RunState::Draft,
            started: None,
            slot: None,
            passed: Vec::new(),
            baseline: None,
            baseline_steps: BTreeMap::new(),
            fields: BTreeMap::new(),
            settings: BTreeMap::new(),
            steps: BTreeMap::new(),
            documents: BTreeMap::new(),
            debts: Vec::new(),
            hold: None,
            events: BTreeMap::new(),
            period: None,
            moves: Vec::new(),
            signed_under: BTreeMap::new(),
            asked_in: BTreeMap::new(),
        }
    }

    /// The revision that stands in the bytes that an approval of this step signs.
    pub fn revision_signed(&self, step: &str) -> u32 {
        self.signed_under.get(step).copied().unwrap_or(self.revision)
    }

    /// Debts that are still open.
    pub fn open_debts(&self) -> impl Iterator<Item = &Debt> {
        self.debts.iter().filter(|debt| debt.paid_at.is_none())
    }

    /// The state of a step; a step that is not there yet is foreseen.
    pub fn step_state(&self, id: &str) -> &StepState {
        self.steps.get(id).map_or(&StepState::Foreseen, |step| &step.state)
    }

    /// True once the run is over.
    pub fn is_ended(&self) -> bool {
        matches!(self.state, RunState::Ended(_))
    }
}
