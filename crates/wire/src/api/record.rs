//! The record over the API.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordLine {
    /// Place in the tree.
    pub position: i64,
    /// Aggregate and number in its stream, e.g. `site/site_01…#3`.
    pub stream: String,
    /// What happened, e.g. `site.created`.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// When (UTC).
    pub at: String,
    /// SHA-256 (hex) of the bytes of the entry.
    pub hash: String,
}

/// Entries, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPage {
    /// Entries.
    pub rows: Vec<RecordLine>,
    /// Cursor of what is older.
    pub next: Option<String>,
}

/// Whether the record holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCheck {
    /// Entries that were checked.
    pub entries: u64,
    /// What is wrong, each with its place; empty when all holds.
    pub faults: Vec<String>,
}
