//! What a move of a run onto another revision of its process consists of, and why there is none.

use super::decide::StepFact;
use super::state::Run;
use crate::ids::PersonId;
use crate::process::diff::FieldChange;
use crate::text::Text;
use serde::Serialize;

/// Why a run cannot be moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrationRefusal {
    /// The run is over, or only closing remains.
    #[error("the release is over; it stays on the revision under which it ran")]
    Over,
    /// It runs on this revision.
    #[error("the release already runs on revision {revision}")]
    SameRevision {
        /// The revision.
        revision: u32,
    },
    /// There is no such revision.
    #[error("the process has no revision {revision}")]
    NoSuchRevision {
        /// The revision.
        revision: u32,
    },
    /// The revision is a draft, or superseded.
    #[error("revision {revision} is not in force; revision {in_force} is")]
    NotInForce {
        /// The revision.
        revision: u32,
        /// The one in force.
        in_force: u32,
    },
    /// The revision is about something else.
    #[error("the revision is about another subject; open a new run for it")]
    OtherSubject,
    /// A step that is done has become another kind of step.
    #[error("step `{step}` is done as `{from}` and is `{to}` in the revision; it needs another id")]
    KindChanged {
        /// Step.
        step: String,
        /// Kind under which it was done.
        from: String,
        /// Kind in the revision.
        to: String,
    },
    /// The outcome that was chosen is gone.
    #[error("`{outcome}` was chosen in `{step}`, and the revision no longer has that outcome")]
    OutcomeGone {
        /// Decision.
        step: String,
        /// Outcome.
        outcome: String,
    },
    /// Work that reaches outside of the run is under way in a step that falls away.
    #[error("step `{step}` is under way outside; let it end before moving the release")]
    UnderWay {
        /// Step.
        step: String,
    },
    /// Something is owed to a step that falls away.
    #[error("`{what}` is still owed and the revision no longer has it; settle it first")]
    Owed {
        /// `step.check` or `step`.
        what: String,
    },
}

impl MigrationRefusal {
    /// The stable code, as in the API.
    pub const fn code(&self) -> &'static str {
        match self {
            MigrationRefusal::Over => "migration_over",
            MigrationRefusal::SameRevision { .. } => "migration_same_revision",
            MigrationRefusal::NoSuchRevision { .. } => "migration_no_such_revision",
            MigrationRefusal::NotInForce { .. } => "migration_not_in_force",
            MigrationRefusal::OtherSubject => "migration_other_subject",
            MigrationRefusal::KindChanged { .. } => "migration_kind_changed",
            MigrationRefusal::OutcomeGone { .. } => "migration_outcome_gone",
            MigrationRefusal::UnderWay { .. } => "migration_under_way",
            MigrationRefusal::Owed { .. } => "migration_owed",
        }
    }
}

/// What the move makes of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepFate {
    /// It comes new.
    Added,
    /// It comes new and stands before steps that are done: those stay done, the rest waits for it.
    AddedBehind,
    /// It has not begun and is gone.
    Removed,
    /// It was done and is gone; it stays in the record.
    Ended,
    /// Somebody worked on it and it is gone; the work stays in the record.
    Dropped,
    /// It stays as it stands, under other conditions.
    Changed,
    /// Its approval was given under other conditions: it is void and asked for again.
    Voided,
    /// It is another kind of step now, or was skipped by a rule that is gone: it begins anew.
    Anew,
    /// It could have been begun and now waits for steps that are new or open again.
    Waits,
}

impl StepFate {
    /// Short name, as in API, CLI and catalogues.
    pub const fn name(self) -> &'static str {
        match self {
            StepFate::Added => "added",
            StepFate::AddedBehind => "added_behind",
            StepFate::Removed => "removed",
            StepFate::Ended => "ended",
            StepFate::Dropped => "dropped",
            StepFate::Changed => "changed",
            StepFate::Voided => "voided",
            StepFate::Anew => "anew",
            StepFate::Waits => "waits",
        }
    }
}

/// A step that the move touches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepChange {
    /// Step.
    pub step: String,
    /// Title, in the later revision if it is there.
    pub title: Text,
    /// What becomes of it.
    pub fate: StepFate,
    /// State before.
    pub state: &'static str,
    /// What its declaration changed.
    pub changed: Vec<FieldChange>,
    /// Steps done already that it would have stood before, or steps that it now waits for.
    pub others: Vec<String>,
    /// Who signs again.
    pub signers: Vec<PersonId>,
}

/// What the move makes of another part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartFate {
    /// It comes new.
    Added,
    /// A required field comes new; this step asks it.
    Asked(String),
    /// It is gone; what was answered stays in the record.
    Removed,
    /// It reads otherwise.
    Changed,
    /// What was answered does not fit any more and is asked again.
    Emptied,
}

impl PartFate {
    /// Short name, as in API, CLI and catalogues.
    pub const fn name(&self) -> &'static str {
        match self {
            PartFate::Added => "added",
            PartFate::Asked(_) => "asked",
            PartFate::Removed => "removed",
            PartFate::Changed => "changed",
            PartFate::Emptied => "emptied",
        }
    }
}

/// A role, field, setting, document, audience or phase that the move touches; `process` for the
/// process itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartChange {
    /// Which kind of part.
    pub part: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What becomes of it.
    pub fate: PartFate,
    /// What its declaration changed.
    pub changed: Vec<FieldChange>,
}

/// A move of a run onto another revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// The run right after the move, before it comes to rest.
    pub run: Run,
    /// Steps that it touches, in the order of the later revision, then those that are gone.
    pub steps: Vec<StepChange>,
    /// Other parts that it touches.
    pub parts: Vec<PartChange>,
    /// Steps that stand elsewhere right after the move, for the measures.
    pub facts: Vec<StepFact>,
}
