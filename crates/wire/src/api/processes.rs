//! Processes over the API.

use super::Text;
use roadbook_core::process::finding::Finding;
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
    /// True when it can be published: no finding is an error.
    pub ok: bool,
    /// States of a run that the checker looked at; 0 when the file cannot be read.
    pub states: usize,
    /// Errors and warnings, in the order of the file.
    pub findings: Vec<ProcessFinding>,
}

/// What the checker says about a place of the file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessFinding {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// `error` stands against publishing, `warning` does not.
    pub severity: String,
    /// Stable code, e.g. `unknown_role`.
    pub code: String,
    /// Which part: `step.countersign.due`.
    pub path: String,
    /// What is wrong and why.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl From<&Finding> for ProcessFinding {
    fn from(it: &Finding) -> ProcessFinding {
        ProcessFinding {
            line: it.line,
            column: it.column,
            severity: if it.blocks() { "error" } else { "warning" }.to_owned(),
            code: it.code.clone(),
            path: it.path.clone(),
            message: it.message.clone(),
            fix: it.fix.clone(),
        }
    }
}
