//! Documents of a release over the API.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A document.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Document {
    /// Id.
    pub id: String,
    /// Type, as the process names it.
    pub kind: String,
    /// Number.
    pub number: String,
    /// `public`, `internal` or `confidential`.
    pub confidentiality: String,
    /// Label of the revision that holds, who put it in force and since when (UTC).
    pub controlled: Option<InForce>,
    /// SHA-256 of the current revision: what a signature names.
    pub digest: String,
    /// Revisions, oldest first.
    pub revisions: Vec<Revision>,
    /// Signatures; one whose digest is not the current one is void.
    pub signatures: Vec<Signature>,
    /// Text of the shown revision, if it is one.
    pub text: Option<String>,
}

/// The revision that holds.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct InForce {
    /// `A0`, `A1`, …
    pub label: String,
    /// Who put it in force.
    pub by: String,
    /// Since when (UTC).
    pub at: String,
}

/// A revision.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Revision {
    /// `A0`, `A1`, …
    pub label: String,
    /// `draft`, `controlled` or `obsolete`.
    pub control: String,
    /// Headings of the sections that differ from the revision before.
    pub sections: Vec<String>,
    /// SHA-256 (hex).
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
    /// File name.
    pub name: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: String,
    /// What changed.
    pub note: String,
}

/// A signature.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Signature {
    /// Who.
    pub person: String,
    /// In which role.
    pub role: String,
    /// When.
    pub at: String,
    /// What it means.
    pub meaning: String,
    /// SHA-256 of what was signed.
    pub digest: String,
}

/// What somebody who writes a document begins with.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Draft {
    /// Language.
    pub lang: String,
    /// Markdown.
    pub text: String,
}
