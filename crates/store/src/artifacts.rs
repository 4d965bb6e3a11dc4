//! Files that sites install, what is said about them, and the keys that sign them.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::ProductId;

row! {
    /// A file that sites may install; its bytes are the blob of the same digest.
    pub struct Artifact in "artifact" key (sha256) {
        /// SHA-256, hex.
        sha256: String,
        /// SHA-1, hex, for old clients.
        sha1: String,
        /// MD5, hex, for old clients.
        md5: String,
        /// Bytes.
        size: i64,
        /// File name.
        name: String,
        /// `package` (ours, verified) or `file` (for another kind of client).
        kind: String,
        /// Product.
        product_id: ProductId,
        /// Version.
        version: String,
        /// The exact text of the manifest of a package.
        manifest: Option<String>,
        /// Ids of the keys whose signatures were good, with spaces between.
        key_ids: String,
        /// Who brought it.
        uploaded_by: String,
        /// When.
        at: Timestamp,
        /// Not installed after this moment.
        expires_at: Option<Timestamp>,
    }
}

row! {
    /// A file that says something about an artifact.
    pub struct ArtifactPaper in "artifact_paper" key (artifact, kind, sha256) {
        /// SHA-256 of the artifact.
        artifact: String,
        /// `sbom`, `provenance`, `changes` or `notes`.
        kind: String,
        /// SHA-256 of the paper's blob.
        sha256: String,
        /// File name.
        name: String,
        /// Who brought it.
        uploaded_by: String,
        /// When.
        at: Timestamp,
    }
}

row! {
    /// The public half of a key with which packages are signed.
    pub struct ReleaseKey in "release_key" key (product_id, key_id) {
        /// Product.
        product_id: ProductId,
        /// Id, 16 hexadecimal digits.
        key_id: String,
        /// Minisign's form.
        public_key: String,
        /// For people.
        comment: String,
        /// Who added it.
        added_by: String,
        /// When.
        at: Timestamp,
        /// No longer believed since.
        retired_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A set of release keys that agents may believe: the exact text that was signed.
    pub struct TrustSet in "trust_set" key (product_id, version) {
        /// Product.
        product_id: ProductId,
        /// From 1, without a gap.
        version: i64,
        /// The set, exact text.
        body: String,
        /// Its signatures, a JSON list of texts in minisign's form.
        signatures: String,
        /// Who published it.
        published_by: String,
        /// When.
        at: Timestamp,
    }
}

/// One artifact.
pub async fn get(store: &Store, sha256: &str) -> Result<Option<Artifact>, StoreError> {
    select_one(store, "WHERE sha256 = $1", vec![sha256.to_owned().put()]).await
}

/// The artifacts of a product, newest first.
pub async fn of_product(store: &Store, product: &ProductId) -> Result<Vec<Artifact>, StoreError> {
    select(store, "WHERE product_id = $1 ORDER BY at DESC, sha256", vec![product.put()]).await
}

/// Lists an artifact whose bytes are kept. The same bytes twice are one.
pub fn insert(artifact: &Artifact) -> Write {
    Write { expect: Expect::Any, ..table::insert(artifact) }
}

/// What is said about an artifact.
pub async fn papers(store: &Store, sha256: &str) -> Result<Vec<ArtifactPaper>, StoreError> {
    let params = vec![sha256.to_owned().put()];
    select(store, "WHERE artifact = $1 ORDER BY kind, at, sha256", params).await
}

/// Attaches a paper.
pub fn insert_paper(paper: &ArtifactPaper) -> Write {
    table::insert(paper)
}

/// The keys of a product, also the retired ones.
pub async fn keys(store: &Store, product: &ProductId) -> Result<Vec<ReleaseKey>, StoreError> {
    select(store, "WHERE product_id = $1 ORDER BY at, key_id", vec![product.put()]).await
}

/// Adds a key.
pub fn insert_key(key: &ReleaseKey) -> Write {
    table::insert(key)
}

/// Changes a key that still has `key.revision`.
pub fn update_key(key: &ReleaseKey) -> Write {
    table::update(key)
}

/// The sets of keys of a product, oldest first.
pub async fn trust_sets(store: &Store, product: &ProductId) -> Result<Vec<TrustSet>, StoreError> {
    select(store, "WHERE product_id = $1 ORDER BY version", vec![product.put()]).await
}

/// Adds the next set of keys.
pub fn insert_trust_set(set: &TrustSet) -> Write {
    table::insert(set)
}

/// How many bytes all artifacts have together.
pub async fn total_bytes(store: &Store) -> Result<i64, StoreError> {
    let sql = "SELECT CAST(COALESCE(sum(size), 0) AS BIGINT) FROM artifact";
    store.first(sql, Vec::new()).await?.map_or(Ok(0), |row| row.get(0))
}
