//! The part of the record that goes with a closed release, and how it is checked anywhere.

use super::tree;
use super::{TreeHead, inclusion_proof, sign_head, stream_page};
use crate::canonical::digest;
use crate::error::StoreError;
use crate::open::Store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One stream of the record with everything needed to check it offline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleRecord {
    /// Shape of this file.
    pub format: u32,
    /// The stream.
    pub stream: String,
    /// The signed head that all proofs lead to.
    pub head: TreeHead,
    /// Every entry of the stream, oldest first.
    pub entries: Vec<BundleEntry>,
}

/// One entry with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleEntry {
    /// The exact text that was hashed.
    pub text: String,
    /// Its leaf.
    pub position: u64,
    /// Inclusion proof, hex, from the leaf upwards.
    pub proof: Vec<String>,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BundleReport {
    /// Entries checked.
    pub entries: usize,
    /// What is wrong, each with its place; empty when all is well.
    pub faults: Vec<String>,
}

impl BundleReport {
    /// True when nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Exports a stream with proofs against a head signed now.
pub async fn export(
    store: &Store,
    stream: &str,
    at: Timestamp,
) -> Result<BundleRecord, StoreError> {
    const PAGE: usize = 500;
    let head = sign_head(store, at).await?;
    let mut entries = Vec::new();
    let mut after = 0;
    loop {
        let page = stream_page(store, stream, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for entry in page {
            // An entry that came after the head belongs to the next bundle.
            let Some(position) = entry.position.map(|place| place as u64) else { continue };
            if position >= head.size {
                continue;
            }
            let proof = inclusion_proof(store, position, head.size).await?;
            let text = String::from_utf8(entry.bytes)
                .map_err(|_| StoreError::Corrupt(format!("{stream}#{} is no text", entry.seq)))?;
            entries.push(BundleEntry {
                text,
                position,
                proof: proof.iter().map(hex::encode).collect(),
            });
        }
    }
    Ok(BundleRecord { format: 1, stream: stream.to_owned(), head, entries })
}

/// Checks a bundle with nothing but its bytes. Whoever knows the installation's public key passes
/// it; otherwise the report holds for the key that the bundle names.
pub fn verify_bundle(bundle: &BundleRecord, public_key: Option<&str>) -> BundleReport {
    let mut report = BundleReport { entries: bundle.entries.len(), faults: Vec::new() };
    if bundle.format != 1 {
        report.faults.push(format!("format {} is unknown; use a newer program", bundle.format));
        return report;
    }
    if !bundle.head.is_genuine() {
        report.faults.push("the signature of the tree head does not fit".into());
    }
    if public_key.is_some_and(|key| key != bundle.head.key) {
        report.faults.push("the tree head was signed with another key than the one given".into());
    }
    if bundle.entries.is_empty() {
        report.faults.push("the bundle holds no entries".into());
    }
    let mut prev = String::new();
    for (index, entry) in bundle.entries.iter().enumerate() {
        let seq = index as i64 + 1;
        for fault in entry_faults(bundle, entry, seq, &prev) {
            report.faults.push(format!("entry {seq}: {fault}"));
        }
        prev = digest(entry.text.as_bytes());
    }
    report
}

fn entry_faults(bundle: &BundleRecord, entry: &BundleEntry, seq: i64, prev: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let json: serde_json::Value = match serde_json::from_str(&entry.text) {
        Ok(json) => json,
        Err(error) => return vec![format!("is no JSON: {error}")],
    };
    if json["stream"].as_str() != Some(&bundle.stream) {
        faults.push("belongs to another stream".into());
    }
    if json["seq"].as_i64() != Some(seq) {
        faults.push(format!("carries the number {}: an entry is missing or moved", json["seq"]));
    }
    if json["prev"].as_str() != Some(prev) {
        faults.push("does not follow from the entry before it".into());
    }
    let proof: Option<Vec<tree::Hash>> = entry
        .proof
        .iter()
        .map(|text| {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
        })
        .collect();
    let leaf = tree::leaf(entry.text.as_bytes());
    let root = proof
        .and_then(|proof| tree::root_from_proof(leaf, entry.position, bundle.head.size, &proof))
        .map(hex::encode);
    if root.as_deref() != Some(&bundle.head.root) {
        faults.push("is not what the signed tree holds at its place".into());
    }
    faults
}
