//! Moving a release onto another revision of its process, over the API.

use super::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What moving a release would change, and for whom.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Migration {
    /// Number of the release.
    pub release: String,
    /// Its process.
    pub process: String,
    /// The revision under which it runs.
    pub from: u32,
    /// The revision in force.
    pub to: u32,
    /// What the revision changed, as its author says.
    pub note: String,
    /// Steps that the move touches.
    pub steps: Vec<MigratedStep>,
    /// Roles, fields, settings, documents, audiences and phases that it touches.
    pub parts: Vec<MigratedPart>,
    /// Approvals over content that reads otherwise under the revision: given again.
    pub content: Vec<String>,
    /// What changes for whom.
    pub people: Vec<PersonMigrated>,
    /// Steps that nobody could perform, with the role that nobody holds.
    pub unheld: Vec<Unheld>,
    /// Dates that move.
    pub dates: Vec<DateMoved>,
    /// Rules that would stand against the planned go-live and do not now.
    pub against_slot: Vec<String>,
    /// Titles of the steps of both revisions.
    pub titles: BTreeMap<String, Text>,
    /// Send this with the order: it holds for exactly this answer.
    pub preview: String,
}

/// A step that the move touches.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct MigratedStep {
    /// Step.
    pub step: String,
    /// `added`, `added_behind`, `removed`, `ended`, `dropped`, `changed`, `voided`, `anew`, `waits`.
    pub fate: String,
    /// Its state now.
    pub state: String,
    /// Names of what its declaration changed.
    pub changed: Vec<String>,
    /// Done steps that it would have stood before, or steps that it waits for.
    pub others: Vec<String>,
}

/// Another part that the move touches.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct MigratedPart {
    /// `role`, `field`, `setting`, `document`, `audience`, `phase` or `process`.
    pub part: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// `added`, `asked`, `removed`, `changed`, `emptied`.
    pub fate: String,
    /// The step that asks a field that comes late.
    pub asked_in: Option<String>,
}

/// What changes for a person: steps, by id.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct PersonMigrated {
    /// Id.
    pub person: String,
    /// Name.
    pub name: String,
    /// New to do.
    pub comes: Vec<String>,
    /// Falls away.
    pub goes: Vec<String>,
    /// Signs again.
    pub again: Vec<String>,
}

/// A role of a step that nobody holds.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Unheld {
    /// Step.
    pub step: String,
    /// Role.
    pub role: String,
}

/// A date that moves.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct DateMoved {
    /// Step.
    pub step: String,
    /// When it is due now.
    pub before: Option<String>,
    /// When it would be due.
    pub after: Option<String>,
}

/// The order to move a release.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Migrate {
    /// The revision in force; left out, whichever is.
    #[serde(default)]
    pub revision: Option<u32>,
    /// Why.
    pub reason: String,
    /// The `preview` of the answer that you saw.
    pub preview: String,
}
