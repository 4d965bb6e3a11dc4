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
        /// `draft`, `effective` or `superseded`.
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

/// The effective revision of every process.
pub async fn all_effective(store: &Store) -> Result<Vec<ProcessRevision>, StoreError> {
    select(store, "WHERE state = 'effective' ORDER BY id", Vec::new()).await
}

/// The newest revision of every process, whatever its state.
pub async fn newest(store: &Store) -> Result<Vec<ProcessRevision>, StoreError> {
    let rest = "WHERE revision = (SELECT max(n.revision) FROM process_revision n \
                WHERE n.id = process_revision.id) ORDER BY id";
    select(store, rest, Vec::new()).await
}

/// Drafts of all processes, the oldest first.
pub async fn drafts(store: &Store) -> Result<Vec<ProcessRevision>, StoreError> {
    select(store, "WHERE state = 'draft' ORDER BY id, revision", Vec::new()).await
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

/// Makes a draft effective, and what was effective before superseded.
pub fn publish(id: &str, revision: i64) -> [Write; 2] {
    const OLD: &str = "UPDATE process_revision SET state = 'superseded' \
         WHERE id = $1 AND state = 'effective'";
    const NEW: &str = "UPDATE process_revision SET state = 'effective' \
         WHERE id = $1 AND revision = $2 AND state = 'draft'";
    let id_value = id.to_owned().put();
    [
        Write::new(OLD, vec![id_value.clone()], Expect::Any),
        Write::new(NEW, vec![id_value, revision.put()], Expect::One(stale(id, revision))),
    ]
}

fn stale(id: &str, revision: i64) -> Miss {
    Miss::Stale { what: "process_revision".into(), id: format!("{id}/{revision}") }
}
