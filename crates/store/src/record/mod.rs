//! The record: entries chained per stream in the transaction of the change, placed afterwards in
//! one Merkle tree whose heads are signed.

mod bundle;
pub(crate) mod key;
mod sequence;
pub mod tree;
mod verify;

pub use bundle::{BundleEntry, BundleRecord, BundleReport, export, verify_bundle};
pub use key::{SigningKey, verify as verify_signature};
pub use sequence::{head, inclusion_proof, root_at, sequence, sign_head, size};
pub use verify::{Fault, Report, verify, verify_stream};

use crate::error::StoreError;
use crate::open::Store;
use crate::value::{Cell, Row, Value};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One entry of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The aggregate.
    pub stream: String,
    /// From 1, without gaps.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// Hash of the entry before it in the stream; empty for the first.
    pub prev: String,
    /// SHA-256 of `bytes`, hex.
    pub hash: String,
    /// Its leaf in the tree, once it has one.
    pub position: Option<i64>,
    /// The exact bytes that were hashed: canonical JSON.
    pub bytes: Vec<u8>,
}

impl Recorded {
    /// The facts of the entry.
    pub fn body(&self) -> Result<serde_json::Value, StoreError> {
        let wrong = |text: String| {
            StoreError::Corrupt(format!("record {}#{}: {text}", self.stream, self.seq))
        };
        let mut json: serde_json::Value =
            serde_json::from_slice(&self.bytes).map_err(|error| wrong(error.to_string()))?;
        json.get_mut("body").map(serde_json::Value::take).ok_or_else(|| wrong("no body".into()))
    }
}

/// A head of the tree, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// Root, hex.
    pub root: String,
    /// When it was signed, microseconds.
    pub at: i64,
    /// Public key, hex.
    pub key: String,
    /// Ed25519 over the canonical JSON of the other fields but `key`, hex.
    pub signature: String,
}

impl TreeHead {
    /// The bytes that are signed.
    pub fn signed_bytes(size: u64, root: &str, at: i64) -> Vec<u8> {
        format!(r#"{{"at":{at},"root":"{root}","size":{size}}}"#).into_bytes()
    }

    /// Whether the signature belongs to the head.
    pub fn is_genuine(&self) -> bool {
        let bytes = TreeHead::signed_bytes(self.size, &self.root, self.at);
        verify_signature(&self.key, &bytes, &self.signature)
    }
}

pub(crate) const COLUMNS: &str =
    "stream, stream_seq, kind, actor, at, prev_hash, hash, position, bytes";

pub(crate) fn recorded(row: &Row) -> Result<Recorded, StoreError> {
    Ok(Recorded {
        stream: row.get(0)?,
        seq: row.get(1)?,
        kind: row.get(2)?,
        actor: row.get(3)?,
        at: row.get(4)?,
        prev: row.get(5)?,
        hash: row.get(6)?,
        position: row.get(7)?,
        bytes: row.get(8)?,
    })
}

/// Entries of one stream after `after` (0 for all), oldest first.
pub async fn stream_page(
    store: &Store,
    stream: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM record WHERE stream = $1 AND stream_seq > $2 \
         ORDER BY stream_seq LIMIT $3"
    );
    let params = vec![stream.to_owned().put(), after.put(), Value::Int(limit as i64)];
    store.query(sql, params).await?.iter().map(recorded).collect()
}

/// Entries of one stream before `before`, newest first.
pub async fn stream_newest(
    store: &Store,
    stream: &str,
    before: i64,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM record WHERE stream = $1 AND stream_seq < $2 \
         ORDER BY stream_seq DESC LIMIT $3"
    );
    let params = vec![stream.to_owned().put(), before.put(), Value::Int(limit as i64)];
    store.query(sql, params).await?.iter().map(recorded).collect()
}

/// Entries of the whole record by their place in the tree, after position `after` (−1 for all).
pub async fn page(store: &Store, after: i64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
    sequence(store).await?;
    let sql =
        format!("SELECT {COLUMNS} FROM record WHERE position > $1 ORDER BY position LIMIT $2");
    let params = vec![after.put(), Value::Int(limit as i64)];
    store.query(sql, params).await?.iter().map(recorded).collect()
}

/// The newest entries of the whole record before position `before`.
pub async fn newest(store: &Store, before: i64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
    sequence(store).await?;
    let sql =
        format!("SELECT {COLUMNS} FROM record WHERE position < $1 ORDER BY position DESC LIMIT $2");
    let params = vec![before.put(), Value::Int(limit as i64)];
    store.query(sql, params).await?.iter().map(recorded).collect()
}
