//! What can be asked of a run.

use super::state::Slot;
use crate::ids::{DocumentId, PersonId};
use crate::process::expr::Value;
use crate::process::template::Check;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A command. Who asks and when stands in the context.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start the run.
    Start,
    /// Answer a field.
    SetField {
        /// Field.
        field: String,
        /// Answer.
        value: Value,
    },
    /// Plan or move the go-live.
    SetSlot {
        /// New slot.
        slot: Slot,
        /// Reason; needed to pass a block.
        reason: String,
        /// Pass the blocks named in the context, if the actor may.
        pass_blocks: bool,
    },
    /// Begin work on a step.
    Begin {
        /// Step.
        step: String,
    },
    /// Answer a check item.
    Answer {
        /// Step.
        step: String,
        /// Check item.
        check: String,
        /// Answer.
        answer: Answer,
        /// Remark.
        remark: String,
    },
    /// Confirm that a step is done.
    Done {
        /// Step.
        step: String,
        /// Remark.
        remark: String,
    },
    /// Vote in an approval.
    Vote {
        /// Step.
        step: String,
        /// Verdict.
        verdict: Verdict,
        /// Comment.
        comment: String,
        /// SHA-256 (hex) of the bytes that were shown.
        digest: String,
        /// How the signer proved who they are.
        assurance: Assurance,
    },
    /// Give an opinion.
    Opine {
        /// Step.
        step: String,
        /// Stance.
        stance: OpinionStance,
        /// Text.
        text: String,
    },
    /// Decide.
    Decide {
        /// Step.
        step: String,
        /// Outcome.
        outcome: String,
        /// Reason.
        reason: String,
        /// New slot, for an outcome that moves the go-live.
        slot: Option<Slot>,
    },
    /// Hand the work of a step to somebody.
    Delegate {
        /// Step.
        step: String,
        /// To whom.
        to: PersonId,
    },
    /// Pass a step although something is missing.
    Override {
        /// Step.
        step: String,
        /// Why.
        reason: String,
    },
    /// Act on a line of the run sheet.
    Sheet {
        /// Step.
        step: String,
        /// Line.
        line: String,
        /// Act.
        act: SheetAct,
        /// What was seen.
        found: String,
    },
    /// Choose the way after a failed line: there is no third (S3-40).
    Choose {
        /// Step.
        step: String,
        /// The way.
        choice: Choice,
        /// Why.
        reason: String,
    },
    /// A document has a new current revision.
    DocumentWritten {
        /// Document type.
        document: String,
        /// The document.
        id: DocumentId,
        /// SHA-256 (hex) of the new bytes.
        digest: String,
        /// Required sections that are missing.
        missing_sections: Vec<String>,
    },
    /// Make the current revision the controlled one.
    DocumentControlled {
        /// Document type.
        document: String,
    },
    /// Sign a document.
    Sign {
        /// Document type.
        document: String,
        /// Role.
        role: String,
        /// Meaning.
        meaning: String,
        /// Digest that was shown.
        digest: String,
        /// How the signer proved who they are.
        assurance: Assurance,
    },
    /// The release's content changed: signatures are checked against the new bytes.
    ContentChanged,
    /// A notice of this step has gone out to all recipients.
    NoticeSent {
        /// Step.
        step: String,
    },
    /// Act on one instance of a step: a member of its fan-out, an occurrence of its event.
    Member {
        /// Step.
        step: String,
        /// Which member.
        member: String,
        /// Act.
        act: MemberAct,
    },
    /// A step did not succeed: the way that the process gives after that is taken.
    Fail {
        /// Step.
        step: String,
        /// Why.
        reason: String,
    },
    /// Lengthen the list of a step that allows it.
    Extend {
        /// Step.
        step: String,
        /// The new check item.
        check: Box<Check>,
    },
    /// Something happened outside: steps that begin by it begin.
    Happened {
        /// Name of the event.
        event: String,
        /// What happened, in words.
        what: String,
    },
    /// Hold everything.
    Hold {
        /// Why.
        reason: String,
    },
    /// Go on.
    Resume {
        /// Why.
        reason: String,
    },
    /// Cancel the run.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Close the run.
    Close {
        /// Close code.
        code: CloseCode,
        /// Remark.
        remark: String,
    },
    /// Time or facts outside the run moved on.
    Tick,
}

/// An act on one instance of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberAct {
    /// Answer a check item.
    Answer {
        /// Check item.
        check: String,
        /// Answer.
        answer: Answer,
        /// Remark.
        remark: String,
    },
    /// Done.
    Done {
        /// Remark.
        remark: String,
    },
    /// Decide.
    Decide {
        /// Outcome.
        outcome: String,
        /// Reason.
        reason: String,
        /// When to ask again, for an outcome that does.
        again: Option<Timestamp>,
    },
    /// Leave it out, with a reason.
    LeaveOut {
        /// Why.
        reason: String,
    },
    /// Take it up again.
    Reopen {
        /// Why.
        reason: String,
    },
}

/// An answer to a check item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes or no.
    YesNo(bool),
    /// The value found.
    Found(String),
    /// A meeting: date and minutes.
    Meeting {
        /// `YYYY-MM-DD`.
        date: String,
        /// Minutes.
        minutes: String,
    },
    /// A number.
    Count(u32),
    /// Does not apply, with reason in the remark.
    NotApplicable,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Approved.
    Approve,
    /// Rejected.
    Reject,
}

/// A stance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpinionStance {
    /// For.
    For,
    /// Against.
    Against,
    /// For, with conditions named in the text.
    Conditional,
}

/// How a signer proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Signed in; no fresh proof.
    Session,
    /// Password given again for this signature or within the step-up time.
    Password,
    /// A link that was sent to the signer.
    Link,
}

/// An act on a line of the run sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetAct {
    /// Begin.
    Begin,
    /// Done as expected.
    Done,
    /// Failed.
    Fail,
}

/// The way after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Run the rollback list.
    RollBack,
    /// Fix forward, on the record.
    Remedy,
}

/// How a release was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseCode {
    /// Everything as planned.
    Success,
    /// Some sites or parts were left out.
    Partial,
    /// Succeeded after a remedy.
    Remedied,
    /// Rolled back.
    RolledBack,
    /// Cancelled before go-live.
    Cancelled,
}

impl CloseCode {
    /// All codes.
    pub const ALL: [CloseCode; 5] = [
        CloseCode::Success,
        CloseCode::Partial,
        CloseCode::Remedied,
        CloseCode::RolledBack,
        CloseCode::Cancelled,
    ];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            CloseCode::Success => "success",
            CloseCode::Partial => "partial",
            CloseCode::Remedied => "remedied",
            CloseCode::RolledBack => "rolled_back",
            CloseCode::Cancelled => "cancelled",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<CloseCode> {
        CloseCode::ALL.into_iter().find(|code| code.name() == text)
    }
}
