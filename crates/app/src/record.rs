//! The record as people read it: newest entries, and whether it holds.

use crate::App;
use crate::call::Call;
use crate::error::Result;
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_store::record;

/// An entry of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// Place in the tree.
    pub position: i64,
    /// Aggregate and number in its stream.
    pub stream: String,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// SHA-256 (hex) of its bytes.
    pub hash: String,
}

/// What a check of the whole record found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordCheck {
    /// Entries that were checked.
    pub entries: u64,
    /// What is wrong, each with its place.
    pub faults: Vec<String>,
}

impl App {
    /// The newest entries before a place in the tree.
    pub async fn record_newest(
        &self,
        call: &Call,
        before: i64,
        limit: usize,
    ) -> Result<Vec<RecordLine>> {
        call.authorize(Action::View, Kind::Record, &Resource::whole(), "record")?;
        let found = record::newest(self.store(), before, limit).await?;
        Ok(found
            .into_iter()
            .map(|it| RecordLine {
                position: it.position.unwrap_or_default(),
                stream: format!("{}#{}", it.stream, it.seq),
                kind: it.kind,
                actor: it.actor,
                at: it.at,
                hash: it.hash,
            })
            .collect())
    }

    /// Checks the whole record: chains, tree, signed heads.
    pub async fn record_check(&self, call: &Call) -> Result<RecordCheck> {
        call.authorize(Action::View, Kind::Record, &Resource::whole(), "record")?;
        let report = record::verify(self.store()).await?;
        Ok(RecordCheck {
            entries: report.entries,
            faults: report.faults.iter().map(|it| format!("{}: {}", it.place, it.what)).collect(),
        })
    }
}
