//! Checks the whole record against itself and against every signed head.

use super::sequence::{nodes, read_head};
use super::tree::{self, Hash, Node};
use super::{COLUMNS, Recorded, recorded, root_at, sequence, size};
use crate::canonical::digest;
use crate::error::StoreError;
use crate::open::Store;
use crate::value::{Cell, Value};
use serde::Serialize;
use std::collections::HashMap;

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Stream and number, position, or head.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// What a check of the record found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Entries read.
    pub entries: u64,
    /// Streams.
    pub streams: u64,
    /// Signed heads checked.
    pub heads: u64,
    /// Leaves in the tree.
    pub size: u64,
    /// Root of the tree, hex.
    pub root: String,
    /// What is wrong; empty when all is well. At most [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
}

/// Faults that a report names at most.
pub const FAULTS_MAX: usize = 100;

impl Report {
    /// True when nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { place: place.into(), what: what.into() });
        }
    }
}

/// Checks the chains of all streams, the tree and all signed heads.
pub async fn verify(store: &Store) -> Result<Report, StoreError> {
    let mut report = Report::default();
    if let Err(error) = sequence(store).await {
        report.fault("tree", error.to_string());
    }
    let ends = chains(store, &mut report).await?;
    stream_ends(store, &ends, &mut report).await?;
    leaves(store, &mut report).await?;
    heads(store, &mut report).await?;
    Ok(report)
}

/// Checks the chain of one stream: no entry missing, changed or added, up to its known end.
pub async fn verify_stream(store: &Store, stream: &str) -> Result<Report, StoreError> {
    const PAGE: usize = 500;
    let mut report = Report { streams: 1, ..Report::default() };
    let mut end = (0, String::new());
    loop {
        let page = super::stream_page(store, stream, end.0, PAGE).await?;
        for entry in &page {
            check_entry(entry, &end, &mut report);
            end = (entry.seq, entry.hash.clone());
            report.entries += 1;
        }
        if page.len() < PAGE {
            break;
        }
    }
    let known = "SELECT seq, hash FROM record_stream WHERE stream = $1";
    let known = store.first(known, vec![stream.to_owned().put()]).await?;
    let wanted: Option<(i64, String)> = match &known {
        Some(row) => Some((row.get(0)?, row.get(1)?)),
        None => None,
    };
    if wanted.is_some_and(|it| it.0 > 0 && it != end) {
        report.fault(stream, format!("ends at number {}: its end is missing", end.0));
    }
    Ok(report)
}

type Ends = HashMap<String, (i64, String)>;

async fn chains(store: &Store, report: &mut Report) -> Result<Ends, StoreError> {
    const PAGE: usize = 500;
    let sql = format!(
        "SELECT {COLUMNS} FROM record WHERE stream > $1 OR (stream = $1 AND stream_seq > $2) \
         ORDER BY stream, stream_seq LIMIT $3"
    );
    let mut ends = Ends::new();
    let (mut stream, mut after) = (String::new(), 0_i64);
    loop {
        let params = vec![stream.put(), after.put(), Value::Int(PAGE as i64)];
        let rows = store.query(sql.clone(), params).await?;
        for row in &rows {
            let entry = recorded(row)?;
            let end = ends.entry(entry.stream.clone()).or_default();
            check_entry(&entry, end, report);
            *end = (entry.seq, entry.hash.clone());
            report.entries += 1;
            (stream, after) = (entry.stream, entry.seq);
        }
        if rows.len() < PAGE {
            report.streams = ends.len() as u64;
            return Ok(ends);
        }
    }
}

fn check_entry(entry: &Recorded, before: &(i64, String), report: &mut Report) {
    let place = format!("{}#{}", entry.stream, entry.seq);
    if entry.seq != before.0 + 1 {
        report.fault(&place, format!("follows number {}: an entry is missing", before.0));
    }
    if entry.prev != before.1 {
        report.fault(&place, "does not follow from the entry before it");
    }
    if digest(&entry.bytes) != entry.hash {
        report.fault(&place, "its text was changed");
    }
    let json: serde_json::Value = serde_json::from_slice(&entry.bytes).unwrap_or_default();
    let same = json["stream"].as_str() == Some(&entry.stream)
        && json["seq"].as_i64() == Some(entry.seq)
        && json["kind"].as_str() == Some(&entry.kind)
        && json["actor"].as_str() == Some(&entry.actor)
        && json["prev"].as_str() == Some(&entry.prev)
        && json["at"].as_i64() == Some(entry.at.as_microsecond());
    if !same {
        report.fault(&place, "its columns say something else than its text");
    }
}

async fn stream_ends(store: &Store, ends: &Ends, report: &mut Report) -> Result<(), StoreError> {
    let rows = store.query("SELECT stream, seq, hash FROM record_stream", Vec::new()).await?;
    let mut known = 0;
    for row in &rows {
        let stream: String = row.get(0)?;
        let wanted: (i64, String) = (row.get(1)?, row.get(2)?);
        let found = ends.get(&stream);
        known += usize::from(found.is_some());
        if found != Some(&wanted) && wanted.0 > 0 {
            report.fault(&stream, format!("should end at number {}: the end is missing", wanted.0));
        }
    }
    if known != ends.len() {
        report.fault("streams", "a stream has entries and no head");
    }
    Ok(())
}

/// Builds the tree anew from the entries and compares every kept node.
async fn leaves(store: &Store, report: &mut Report) -> Result<(), StoreError> {
    const PAGE: i64 = 500;
    const SQL: &str =
        "SELECT position, bytes FROM record WHERE position >= $1 ORDER BY position LIMIT $2";
    report.size = size(store).await?;
    let mut frontier: Vec<(Node, Hash)> = Vec::new();
    let mut next = 0_u64;
    loop {
        let rows = store.query(SQL, vec![Value::Int(next as i64), Value::Int(PAGE)]).await?;
        for row in &rows {
            let position = row.get::<i64>(0)? as u64;
            if position != next {
                report.fault(format!("position {next}"), "the entry at this place is missing");
                return Ok(());
            }
            grow(&mut frontier, next, tree::leaf(&row.get::<Vec<u8>>(1)?));
            next += 1;
        }
        if (rows.len() as i64) < PAGE {
            break;
        }
    }
    if next != report.size {
        let what = format!("the tree has {} leaves, the record {next} entries", report.size);
        report.fault("tree", what);
        return Ok(());
    }
    let hashes: Vec<Hash> = frontier.iter().map(|(_, hash)| *hash).collect();
    report.root = hex::encode(tree::fold(&hashes));
    let wanted: Vec<Node> = frontier.iter().map(|(node, _)| *node).collect();
    match nodes(store, &wanted).await {
        Ok(found) => {
            for (node, hash) in &frontier {
                if found[node] != *hash {
                    report.fault(format!("{node:?}"), "the tree does not fit the entries");
                }
            }
        }
        Err(error) => report.fault("tree", error.to_string()),
    }
    Ok(())
}

fn grow(frontier: &mut Vec<(Node, Hash)>, place: u64, leaf: Hash) {
    let mut node = Node { level: 0, place };
    let mut hash = leaf;
    while let Some((left, left_hash)) = frontier.last()
        && left.level == node.level
        && node.place % 2 == 1
    {
        hash = tree::parent(left_hash, &hash);
        node = Node { level: node.level + 1, place: node.place / 2 };
        frontier.pop();
    }
    frontier.push((node, hash));
}

async fn heads(store: &Store, report: &mut Report) -> Result<(), StoreError> {
    const SQL: &str = "SELECT size, root, at, key, signature FROM record_head ORDER BY size";
    for row in &store.query(SQL, Vec::new()).await? {
        let head = read_head(row)?;
        let place = format!("head of size {}", head.size);
        report.heads += 1;
        if !head.is_genuine() {
            report.fault(&place, "its signature does not fit");
        }
        if head.size > report.size {
            report.fault(&place, format!("the record has only {} entries left", report.size));
        } else {
            match root_at(store, head.size).await {
                Ok(root) if hex::encode(root) == head.root => {}
                Ok(_) => report.fault(&place, "the record is not the one that was signed"),
                Err(error) => report.fault(&place, error.to_string()),
            }
        }
    }
    Ok(())
}
