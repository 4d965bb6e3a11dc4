//! Errors: RFC 9457 with a stable code, all wrong fields and all reasons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A problem (RFC 9457).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// `urn:roadbook:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short title of the status.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened, for people.
    pub detail: String,
    /// Stable code.
    pub code: String,
    /// Wrong fields, all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// What is waited for; each entry says what would lift it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<serde_json::Value>,
    /// What would lift the refusal, in one sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lift: String,
    /// Number that finds the entry in the log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace: String,
}

/// A wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldProblem {
    /// Field, e.g. `rows[3].zone`.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}
