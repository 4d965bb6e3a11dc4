//! Revisions of processes: the exact text of each, forever.

use crate::Store;
use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;

row! {
    /// One revision of a process.
    pub struct ProcessRevision in "process_revision" key (id, revision) {
        /// The process.
        id: String,
        /// From 1.
        revision: i64,
        /// `draft`, `review`, `scheduled` until its day, `effective`, `superseded` or `dropped`.
        state: String,
        /// The file, byte by byte.
        text: Vec<u8>,
        /// SHA-256 of the file, hex.
        digest: String,
        /// Who wrote it.
        author: String,
        /// What changed and why.
        note: String,
        /// When.
        at: Timestamp,
    }
}

/// All revisions of a process, newest first.
pub async fn revisions(store: &Store, id: &str) -> Result<Vec<ProcessRevision>, StoreError> {
    select(store, "WHERE id = $1 ORDER BY revision DESC", vec![id.to_owned().put()]).await
}

/// One revision.
pub async fn get(
    store: &Store,
    id: &str,
    revision: i64,
) -> Result<Option<ProcessRevision>, StoreError> {
    let params = vec![id.to_owned().put(), revision.put()];
    select_one(store, "WHERE id = $1 AND revision = $2", params).await
}

/// The effective revision of a process.
pub async fn effective(store: &Store, id: &str) -> Result<Option<ProcessRevision>, StoreError> {
    let rest = "WHERE id = $1 AND state = 'effective' ORDER BY revision DESC LIMIT 1";
    select_one(store, rest, vec![id.to_owned().put()]).await
}

/// The number of the effective revision of a process.
pub async fn revision_in_force(store: &Store, id: &str) -> Result<Option<i64>, StoreError> {
    const SQL: &str = "SELECT max(revision) FROM process_revision \
         WHERE id = $1 AND state = 'effective'";
    let rows = store.query(SQL, vec![id.to_owned().put()]).await?;
    rows.first().map_or(Ok(None), |row| row.get(0))
}

/// The effective revision of every process.
pub async fn all_effective(store: &Store) -> Result<Vec<ProcessRevision>, StoreError> {
    select(store, "WHERE state = 'effective' ORDER BY id", Vec::new()).await
}

/// The effective revision of every process, without its text.
pub async fn in_force(store: &Store) -> Result<Vec<(String, i64)>, StoreError> {
    const SQL: &str = "SELECT id, revision FROM process_revision WHERE state = 'effective' \
         ORDER BY id";
    let rows = store.query(SQL, Vec::new()).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// How many open runs are pinned to each revision of a process, the newest revision first.
pub async fn used_by(store: &Store, id: &str) -> Result<Vec<(i64, i64)>, StoreError> {
    const SQL: &str = "SELECT process_revision, count(*) FROM release WHERE process_id = $1 \
         AND state IN ('draft', 'running', 'held', 'ending') \
         GROUP BY process_revision ORDER BY process_revision DESC";
    let rows = store.query(SQL, vec![id.to_owned().put()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The newest revision of every process, whatever its state.
pub async fn newest(store: &Store) -> Result<Vec<ProcessRevision>, StoreError> {
    let rest = "WHERE revision = (SELECT max(n.revision) FROM process_revision n \
                WHERE n.id = process_revision.id) ORDER BY id";
    select(store, rest, Vec::new()).await
}

/// Revisions of all processes that wait for their day, the oldest first.
pub async fn scheduled(store: &Store) -> Result<Vec<ProcessRevision>, StoreError> {
    select(store, "WHERE state = 'scheduled' ORDER BY id, revision", Vec::new()).await
}

/// The revision of a process that is being written or reviewed.
pub async fn open(store: &Store, id: &str) -> Result<Option<ProcessRevision>, StoreError> {
    let rest = "WHERE id = $1 AND state IN ('draft', 'review') ORDER BY revision DESC LIMIT 1";
    select_one(store, rest, vec![id.to_owned().put()]).await
}

/// Revisions of all processes that are being written or reviewed.
pub async fn all_open(store: &Store) -> Result<Vec<ProcessRevision>, StoreError> {
    select(store, "WHERE state IN ('draft', 'review') ORDER BY id, revision", Vec::new()).await
}

/// A revision in review, without its text.
#[derive(Clone, Debug)]
pub struct InReview {
    /// The process.
    pub id: String,
    /// Its revision.
    pub revision: i64,
    /// Who wrote it.
    pub author: String,
    /// What changes.
    pub note: String,
    /// When it was written.
    pub at: Timestamp,
}

/// Revisions of all processes that wait for a review: what a list of work needs of them.
pub async fn in_review(store: &Store) -> Result<Vec<InReview>, StoreError> {
    const SQL: &str = "SELECT id, revision, author, note, at FROM process_revision \
         WHERE state = 'review' ORDER BY at, id";
    let rows = store.query(SQL, Vec::new()).await?;
    rows.iter()
        .map(|row| {
            Ok(InReview {
                id: row.get(0)?,
                revision: row.get(1)?,
                author: row.get(2)?,
                note: row.get(3)?,
                at: row.get(4)?,
            })
        })
        .collect()
}

/// Adds a revision; misses when the number is taken.
pub fn insert(revision: &ProcessRevision) -> Write {
    table::insert(revision)
}

/// Replaces the text of a draft that still has the given digest.
pub fn replace_draft(draft: &ProcessRevision, old_digest: &str) -> Write {
    const SQL: &str = "UPDATE process_revision SET text = $1, digest = $2, author = $3, \
         note = $4, at = $5 WHERE id = $6 AND revision = $7 AND state = 'draft' AND digest = $8";
    let params = vec![
        draft.text.put(),
        draft.digest.put(),
        draft.author.put(),
        draft.note.put(),
        draft.at.put(),
        draft.id.put(),
        draft.revision.put(),
        old_digest.to_owned().put(),
    ];
    Write::new(SQL, params, Expect::One(stale(&draft.id, draft.revision)))
}

/// Moves a revision to another state, unless its state or text changed meanwhile.
pub fn mark(row: &ProcessRevision, state: &str) -> Write {
    const SQL: &str = "UPDATE process_revision SET state = $1 \
         WHERE id = $2 AND revision = $3 AND state = $4 AND digest = $5";
    let params = vec![
        state.to_owned().put(),
        row.id.put(),
        row.revision.put(),
        row.state.put(),
        row.digest.put(),
    ];
    Write::new(SQL, params, Expect::One(stale(&row.id, row.revision)))
}

/// Makes a revision effective that did not hold yet, and what was effective before superseded.
pub fn publish(id: &str, revision: i64) -> [Write; 2] {
    const OLD: &str = "UPDATE process_revision SET state = 'superseded' \
         WHERE id = $1 AND state = 'effective'";
    const NEW: &str = "UPDATE process_revision SET state = 'effective' \
         WHERE id = $1 AND revision = $2 AND state IN ('draft', 'scheduled')";
    let id_value = id.to_owned().put();
    [
        Write::new(OLD, vec![id_value.clone()], Expect::Any),
        Write::new(NEW, vec![id_value, revision.put()], Expect::One(stale(id, revision))),
    ]
}

fn stale(id: &str, revision: i64) -> Miss {
    Miss::Stale { what: "process_revision".into(), id: format!("{id}/{revision}") }
}
