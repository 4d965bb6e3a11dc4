//! Effects that are done after the commit, each at least once, from rows in the same transaction.

use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::open::Store;
use crate::value::{Cell, Row, Value};
use jiff::Timestamp;

/// States of an effect.
pub mod state {
    /// Waits for its time.
    pub const PENDING: &str = "pending";
    /// Happened.
    pub const DONE: &str = "done";
    /// Given up; a person sees it.
    pub const DEAD: &str = "dead";
    /// Came back with a backup; waits for a person.
    pub const QUARANTINED: &str = "quarantined";
}

/// An effect as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Deterministic id.
    pub id: String,
    /// Which worker takes it.
    pub kind: String,
    /// What it needs, JSON.
    pub body: String,
    /// Not before.
    pub due_at: Timestamp,
    /// Tries so far.
    pub attempts: i64,
    /// See [`state`].
    pub state: String,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

fn effect(row: &Row) -> Result<Effect, StoreError> {
    Ok(Effect {
        id: row.get(0)?,
        kind: row.get(1)?,
        body: row.get(2)?,
        due_at: row.get(3)?,
        attempts: row.get(4)?,
        state: row.get(5)?,
        last_error: row.get(6)?,
    })
}

/// Pending effects whose time has come, oldest first.
pub async fn due(store: &Store, now: Timestamp, limit: usize) -> Result<Vec<Effect>, StoreError> {
    const DUE: &str = "SELECT id, kind, body, due_at, attempts, state, last_error FROM outbox \
         WHERE state = 'pending' AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
    let rows = store.query(DUE, vec![now.put(), Value::Int(limit as i64)]).await?;
    rows.iter().map(effect).collect()
}

/// When the next pending effect is due.
pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    const NEXT: &str = "SELECT min(due_at) FROM outbox WHERE state = 'pending'";
    store.first(NEXT, Vec::new()).await?.map_or(Ok(None), |row| row.get(0))
}

/// Effects in a state (dead, quarantined), by id, after `after`.
pub async fn in_state(
    store: &Store,
    state: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<Effect>, StoreError> {
    const IN: &str = "SELECT id, kind, body, due_at, attempts, state, last_error FROM outbox \
         WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3";
    let params = vec![state.to_owned().put(), after.to_owned().put(), Value::Int(limit as i64)];
    store.query(IN, params).await?.iter().map(effect).collect()
}

fn missed(id: &str) -> Expect {
    Expect::One(Miss::Stale { what: "effect".into(), id: id.to_owned() })
}

/// The effect happened.
pub fn done(effect: &Effect) -> Write {
    const SQL: &str = "UPDATE outbox SET state = 'done', attempts = attempts + 1, \
         last_error = NULL WHERE id = $1 AND state = 'pending' AND attempts = $2";
    Write::new(SQL, vec![effect.id.put(), effect.attempts.put()], missed(&effect.id))
}

/// The try failed; another comes at `due_at`.
pub fn retry(effect: &Effect, due_at: Timestamp, error: &str) -> Write {
    const SQL: &str = "UPDATE outbox SET attempts = attempts + 1, due_at = $1, last_error = $2 \
         WHERE id = $3 AND state = 'pending' AND attempts = $4";
    let params = vec![due_at.put(), error.to_owned().put(), effect.id.put(), effect.attempts.put()];
    Write::new(SQL, params, missed(&effect.id))
}

/// The effect is given up.
pub fn dead(effect: &Effect, error: &str) -> Write {
    const SQL: &str = "UPDATE outbox SET attempts = attempts + 1, state = 'dead', \
         last_error = $1 WHERE id = $2 AND state = 'pending' AND attempts = $3";
    let params = vec![error.to_owned().put(), effect.id.put(), effect.attempts.put()];
    Write::new(SQL, params, missed(&effect.id))
}

/// A person takes a dead or quarantined effect up again.
pub fn release(id: &str, due_at: Timestamp) -> Write {
    const SQL: &str = "UPDATE outbox SET state = 'pending', due_at = $1 \
         WHERE id = $2 AND state IN ('dead', 'quarantined')";
    Write::new(SQL, vec![due_at.put(), id.to_owned().put()], missed(id))
}

/// A person decides that a dead or quarantined effect is not wanted any more.
pub fn discard(id: &str) -> Write {
    const SQL: &str = "UPDATE outbox SET state = 'done', last_error = 'discarded' \
         WHERE id = $1 AND state IN ('dead', 'quarantined')";
    Write::new(SQL, vec![id.to_owned().put()], missed(id))
}

/// Nothing of the outbox happens until a person has looked at it.
pub fn quarantine_all() -> Write {
    const SQL: &str = "UPDATE outbox SET state = 'quarantined' WHERE state = 'pending'";
    Write::new(SQL, Vec::new(), Expect::Any)
}

/// How many effects are in each state.
pub async fn counts(store: &Store) -> Result<Vec<(String, i64)>, StoreError> {
    const COUNT: &str =
        "SELECT state, CAST(count(*) AS BIGINT) FROM outbox GROUP BY state ORDER BY state";
    store.query(COUNT, Vec::new()).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
