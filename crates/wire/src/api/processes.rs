//! Processes over the API.

use super::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A process in a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessLine {
    /// Id.
    pub id: String,
    /// Revision.
    pub revision: u32,
    /// `effective`, `draft` or `superseded`.
    pub state: String,
    /// Title.
    pub title: Text,
    /// Steps.
    pub steps: usize,
    /// Who published it.
    pub author: String,
    /// What it changed.
    pub note: String,
    /// When.
    pub at: String,
}

/// A process with its file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Process {
    /// The revision that is shown.
    pub shown: ProcessLine,
    /// The file.
    pub text: String,
    /// All revisions, newest first.
    pub history: Vec<ProcessLine>,
}

/// Lines that two revisions do not share.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Diff {
    /// Only in the older.
    pub removed: Vec<String>,
    /// Only in the newer.
    pub added: Vec<String>,
}

/// A file to check.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckProcess {
    /// The file's text.
    pub text: String,
}

/// A file to publish.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishProcess {
    /// The file's text.
    pub text: String,
    /// What this revision changes.
    pub note: String,
}

/// What a check found.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Checked {
    /// True when it can be published.
    pub ok: bool,
    /// `line:column code message`.
    pub findings: Vec<String>,
}
