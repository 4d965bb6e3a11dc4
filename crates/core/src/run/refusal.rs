//! Every "no" as a value with a stable code that says what would lift it.

use super::waiting::WaitingOn;
use crate::ids::PersonId;

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The run is over.
    #[error("the release is closed and read-only")]
    Closed,
    /// The run has started already.
    #[error("the release has already been started")]
    AlreadyStarted,
    /// No such step in this revision of the process.
    #[error("the process has no step `{step}`")]
    UnknownStep {
        /// The name.
        step: String,
    },
    /// No such check item, outcome, field, document or line.
    #[error("`{what}` is not declared here")]
    Unknown {
        /// The name.
        what: String,
    },
    /// The step is in a state in which this cannot be done.
    #[error("step `{step}` is {state}")]
    WrongState {
        /// Step.
        step: String,
        /// Its state.
        state: String,
    },
    /// Something is missing; the list says all of it.
    #[error("step `{step}` still waits for {} thing(s)", waiting.len())]
    NotYet {
        /// Step.
        step: String,
        /// All of what is missing.
        waiting: Vec<WaitingOn>,
    },
    /// The actor does not hold the role.
    #[error("only {} may do this", roles.join(", "))]
    NotYours {
        /// Roles that may.
        roles: Vec<String>,
        /// People who hold them.
        people: Vec<PersonId>,
    },
    /// Four eyes: the author cannot approve.
    #[error("whoever wrote or requested it cannot approve it")]
    FourEyes {
        /// Why this person counts as an author: `author`, `applicant`, `editor`, or a role.
        because: String,
    },
    /// Two parties sign: nobody signs for both (S4f-16).
    #[error("you have signed for `{signed}`; the other party signs itself")]
    OneParty {
        /// The role in which this person signed already.
        signed: String,
    },
    /// One person counts once in an approval.
    #[error("one person votes once in an approval")]
    AlreadyVoted,
    /// It is not this approver's turn.
    #[error("`{role}` approves first")]
    NotYourTurn {
        /// Whose turn it is.
        role: String,
    },
    /// What was shown is not what stands now.
    #[error(
        "the content changed after it was shown; read it again and sign or answer what stands now"
    )]
    ContentChanged {
        /// Digest of what stands now.
        current: String,
    },
    /// An answer about a document does not say which content it is about.
    #[error("this is about a document: name the digest of the content that was shown")]
    ContentNotNamed {
        /// Digest of what stands now.
        current: String,
    },
    /// A reason is required.
    #[error("a reason is required")]
    ReasonRequired,
    /// A proof of identity is required for a signature.
    #[error("a signature needs your password again")]
    StepUpRequired,
    /// The slot cannot be used; each entry says what would lift it.
    #[error("the go-live slot is blocked by {} rule(s)", blocks.len())]
    SlotBlocked {
        /// What stands against it.
        blocks: Vec<WaitingOn>,
        /// True when the actor may pass it with a reason.
        may_pass: bool,
    },
    /// A slot ends before it begins.
    #[error("the slot ends before it begins")]
    SlotBackwards,
    /// The release is held.
    #[error("the release is held: {reason}")]
    Held {
        /// Why.
        reason: String,
    },
    /// It is not held.
    #[error("the release is not held")]
    NotHeld,
    /// Closing is not possible yet.
    #[error("the release cannot be closed yet: {} thing(s) are open", waiting.len())]
    NotClosable {
        /// All of it.
        waiting: Vec<WaitingOn>,
    },
    /// The close code does not fit what happened.
    #[error("close code `{code}` does not fit: {why}")]
    WrongCloseCode {
        /// The code.
        code: String,
        /// Why.
        why: String,
    },
    /// A failed line has to be decided first.
    #[error("line `{line}` failed: choose to roll back or to remedy")]
    ChoiceRequired {
        /// The line.
        line: String,
    },
    /// After the point of no return there is no way back.
    #[error("the point of no return `{line}` has been passed; only a remedy is left")]
    NoWayBack {
        /// The line.
        line: String,
    },
    /// A condition of the process could not be evaluated.
    #[error("condition `{condition}` cannot be evaluated: {why}")]
    Condition {
        /// As written.
        condition: String,
        /// Why.
        why: String,
    },
    /// The list of this step is fixed.
    #[error("the list of step `{step}` is fixed by the process")]
    NotExtensible {
        /// Step.
        step: String,
    },
    /// A value of the wrong type.
    #[error("`{field}` needs {expected}")]
    WrongType {
        /// Field or check item.
        field: String,
        /// What is expected.
        expected: String,
    },
}

impl Refusal {
    /// The stable code, as in the API.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::Closed => "closed",
            Refusal::AlreadyStarted => "already_started",
            Refusal::UnknownStep { .. } => "unknown_step",
            Refusal::Unknown { .. } => "unknown",
            Refusal::WrongState { .. } => "wrong_state",
            Refusal::NotYet { .. } => "not_yet",
            Refusal::NotYours { .. } => "not_yours",
            Refusal::FourEyes { .. } => "four_eyes",
            Refusal::OneParty { .. } => "one_party",
            Refusal::AlreadyVoted => "already_voted",
            Refusal::NotYourTurn { .. } => "not_your_turn",
            Refusal::ContentChanged { .. } => "content_changed",
            Refusal::ContentNotNamed { .. } => "content_not_named",
            Refusal::ReasonRequired => "reason_required",
            Refusal::StepUpRequired => "step_up_required",
            Refusal::SlotBlocked { .. } => "slot_blocked",
            Refusal::SlotBackwards => "slot_backwards",
            Refusal::Held { .. } => "held",
            Refusal::NotHeld => "not_held",
            Refusal::NotClosable { .. } => "not_closable",
            Refusal::WrongCloseCode { .. } => "wrong_close_code",
            Refusal::ChoiceRequired { .. } => "choice_required",
            Refusal::NoWayBack { .. } => "no_way_back",
            Refusal::Condition { .. } => "condition",
            Refusal::NotExtensible { .. } => "not_extensible",
            Refusal::WrongType { .. } => "wrong_type",
        }
    }
}
