//! Files that sites install, what is said about them, and the keys that sign them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file that sites install.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Artifact {
    /// SHA-256: its id.
    pub sha256: String,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// `package` (ours, verified) or `file` (for another kind of client).
    pub kind: String,
    /// Product: id.
    pub product: String,
    /// Version.
    pub version: String,
    /// Keys whose signatures are right.
    pub keys: Vec<String>,
    /// SHA-256 of the manifest, as orders name it.
    pub manifest_digest: Option<String>,
    /// Who brought it.
    pub uploaded_by: String,
    /// When.
    pub at: String,
    /// Not installed after this moment.
    pub expires_at: Option<String>,
}

/// The files of a product, newest first.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ArtifactList {
    /// Lines.
    pub rows: Vec<Artifact>,
}

/// A file with what is said about it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ArtifactDetail {
    /// As in lists.
    #[serde(flatten)]
    pub artifact: Artifact,
    /// The manifest of a package.
    pub manifest: Option<serde_json::Value>,
    /// Papers.
    pub papers: Vec<Paper>,
}

/// A paper of a file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Paper {
    /// SHA-256.
    pub sha256: String,
    /// `sbom`, `provenance`, `changes`, `notes` or `initial_data`.
    pub kind: String,
    /// File name.
    pub name: String,
    /// Who brought it.
    pub uploaded_by: String,
    /// When.
    pub at: String,
}

/// A key with which packages are signed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ReleaseKey {
    /// Id, 16 hexadecimal digits.
    pub id: String,
    /// Public half, minisign's form.
    pub public_key: String,
    /// For people.
    pub comment: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub at: String,
    /// Believed no more since.
    pub retired_at: Option<String>,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// The keys of a product.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct KeyList {
    /// Lines.
    pub rows: Vec<ReleaseKey>,
}

/// A key to add.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyInput {
    /// Public half, minisign's form: one line, or the whole file.
    pub public_key: String,
    /// For people.
    #[serde(default)]
    pub comment: String,
}

/// A set of keys that agents may believe.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct TrustSet {
    /// From 1, each one more than the one before.
    pub version: i64,
    /// The set, the exact text that was signed.
    pub body: String,
    /// Its signatures, minisign's form.
    pub signatures: Vec<String>,
    /// Who published it.
    pub published_by: String,
    /// When.
    pub at: String,
}

/// The sets of keys of a product, oldest first.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct TrustSetList {
    /// Lines.
    pub rows: Vec<TrustSet>,
}

/// A set of keys to publish.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustSetInput {
    /// The set, the exact text that was signed: the file of `roadbook key trust` or `key rotate`.
    pub body: String,
    /// Its signatures, minisign's form; the first set of a product needs none.
    #[serde(default)]
    pub signatures: Vec<String>,
}
