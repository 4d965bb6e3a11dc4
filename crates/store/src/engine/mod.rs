//! What both databases have in common: how one commit becomes statements.

pub(crate) mod link;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::canonical;
use crate::commit::{
    Commit, CommitError, Committed, EntryRef, Expect, Miss, StoredResponse, Write,
};
use crate::error::StoreError;
use crate::fail;
use crate::value::{Cell, Row, Rows, Value};
use std::collections::BTreeMap;
use std::future::Future;

/// A connection inside a transaction (or a reader). SQLite answers at once, PostgreSQL later.
pub(crate) trait Exec: Send {
    /// Runs one statement, gives the number of rows it touched.
    fn exec(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Runs one statement, gives its rows.
    fn rows(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> impl Future<Output = Result<Rows, StoreError>> + Send;

    /// Runs several statements in order; PostgreSQL sends them without waiting in between. Gives
    /// what was touched up to the first error, and that error.
    fn exec_all(
        &mut self,
        all: &[(&str, &[Value])],
    ) -> impl Future<Output = (Vec<u64>, Result<(), StoreError>)> + Send;
}

/// The form of an entry that is hashed and kept.
pub(crate) fn entry_bytes(
    commit: &Commit,
    entry: &crate::commit::Entry,
    seq: i64,
    prev: &str,
) -> Result<Vec<u8>, StoreError> {
    canonical::to_bytes(&serde_json::json!({
        "actor": commit.actor,
        "at": commit.at.as_microsecond(),
        "body": entry.body,
        "kind": entry.kind,
        "prev": prev,
        "seq": seq,
        "stream": entry.stream,
    }))
}

/// Applies one commit inside an open transaction. On an error the caller rolls back.
pub(crate) async fn apply<E: Exec>(tx: &mut E, commit: &Commit) -> Result<Committed, CommitError> {
    fail::point("commit.before");
    if let Some(error) = commit.writes.iter().find_map(|write| write.refused.clone()) {
        return Err(error.into());
    }
    remember_answer(tx, commit).await?;
    let heads = stream_heads(tx, commit).await?;

    let mut all: Vec<(&str, Vec<Value>)> = Vec::new();
    let committed = chain(commit, heads, &mut all)?;
    outbox(commit, &mut all);
    for fact in &commit.facts {
        all.push((FACT, fact_params(commit, fact)));
    }

    let mut batch: Vec<(&str, &[Value])> =
        commit.writes.iter().map(|write| (write.sql.as_ref(), write.params.as_slice())).collect();
    batch.extend(all.iter().map(|(sql, params)| (*sql, params.as_slice())));
    let (touched, ended) = tx.exec_all(&batch).await;
    // A missed guard explains an error behind it, so it is looked at first.
    for (write, rows) in commit.writes.iter().zip(&touched) {
        if let Expect::One(miss) = &write.expect
            && *rows != 1
        {
            return Err(miss.clone().into());
        }
    }
    if let Err(error) = ended {
        return Err(failed(error, commit.writes.get(touched.len())));
    }
    fail::point("commit.after_writes");
    Ok(committed)
}

/// A unique name that is taken is news for the caller, not a fault of the database.
fn failed(error: StoreError, write: Option<&Write>) -> CommitError {
    match (error, write.map(|write| &write.expect)) {
        (
            StoreError::Constraint(_),
            Some(Expect::One(Miss::Stale { what, id } | Miss::Exists { what, id })),
        ) => CommitError::Exists { what: what.clone(), id: id.clone() },
        (error, _) => error.into(),
    }
}

const REMEMBER: &str = "INSERT INTO idempotency (scope, key, body_hash, status, headers, response, at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (scope, key) DO NOTHING";
pub(crate) const RECALL: &str =
    "SELECT body_hash, status, headers, response FROM idempotency WHERE scope = $1 AND key = $2";
const HEAD: &str = "INSERT INTO record_stream (stream, seq, hash) VALUES ($1, 0, '') \
     ON CONFLICT (stream) DO UPDATE SET seq = record_stream.seq RETURNING seq, hash";
const ENTRY: &str = "INSERT INTO record (stream, stream_seq, kind, actor, at, prev_hash, hash, bytes) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const MOVE_HEAD: &str = "UPDATE record_stream SET seq = $1, hash = $2 WHERE stream = $3";
pub(crate) const OUTBOX: &str = "INSERT INTO outbox (id, kind, body, due_at, attempts, state, at) \
     VALUES ($1, $2, $3, $4, 0, 'pending', $5) ON CONFLICT (id) DO NOTHING";
const FACT: &str = "INSERT INTO step_fact (run, step, role, round, from_state, to_state, kind, seconds, at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

async fn remember_answer<E: Exec>(tx: &mut E, commit: &Commit) -> Result<(), CommitError> {
    let Some(row) = &commit.idempotency else { return Ok(()) };
    if fail::broken("no_idempotency_row") {
        return Ok(());
    }
    let headers = serde_json::to_string(&row.response.headers)
        .map_err(|error| StoreError::Invalid(error.to_string()))?;
    let params = [
        row.scope.put(),
        row.key.put(),
        row.body_hash.put(),
        Value::Int(i64::from(row.response.status)),
        headers.put(),
        row.response.body.put(),
        commit.at.put(),
    ];
    if tx.exec(REMEMBER, &params).await? == 1 {
        return Ok(());
    }
    let found = tx.rows(RECALL, &[row.scope.put(), row.key.put()]).await?;
    let Some(found) = found.rows.first() else {
        return Err(StoreError::Conflict("an idempotency key vanished".into()).into());
    };
    let (hash, response) = read_answer(found)?;
    Err(if hash == row.body_hash {
        CommitError::IdempotencyReplay(response)
    } else {
        CommitError::IdempotencyMismatch
    })
}

/// Reads a row of [`RECALL`].
pub(crate) fn read_answer(row: &Row) -> Result<(Vec<u8>, StoredResponse), StoreError> {
    let headers: String = row.get(2)?;
    Ok((
        row.get(0)?,
        StoredResponse {
            status: u16::try_from(row.get::<i64>(1)?)
                .map_err(|_| StoreError::Corrupt("a status beyond 65535".into()))?,
            headers: serde_json::from_str(&headers)
                .map_err(|error| StoreError::Corrupt(format!("stored headers: {error}")))?,
            body: row.get(3)?,
        },
    ))
}

/// Locks the streams of this commit, always in the same order, and reads where they end.
async fn stream_heads<E: Exec>(
    tx: &mut E,
    commit: &Commit,
) -> Result<BTreeMap<String, (i64, String)>, CommitError> {
    let mut heads: BTreeMap<String, (i64, String)> =
        commit.entries.iter().map(|entry| (entry.stream.clone(), (0, String::new()))).collect();
    for (stream, head) in &mut heads {
        let answer = tx.rows(HEAD, &[stream.put()]).await?;
        let row = answer
            .rows
            .first()
            .ok_or_else(|| StoreError::Corrupt(format!("no head for stream {stream}")))?;
        *head = (row.get(0)?, row.get(1)?);
    }
    Ok(heads)
}

fn chain(
    commit: &Commit,
    mut heads: BTreeMap<String, (i64, String)>,
    all: &mut Vec<(&'static str, Vec<Value>)>,
) -> Result<Committed, CommitError> {
    let mut committed = Committed::default();
    for entry in &commit.entries {
        let head = heads.entry(entry.stream.clone()).or_default();
        let (seq, prev) = (head.0 + 1, std::mem::take(&mut head.1));
        let bytes = entry_bytes(commit, entry, seq, &prev)?;
        let hash = canonical::digest(&bytes);
        all.push((
            ENTRY,
            vec![
                entry.stream.put(),
                Value::Int(seq),
                entry.kind.put(),
                commit.actor.put(),
                commit.at.put(),
                Value::Text(prev),
                hash.put(),
                Value::Bytes(bytes),
            ],
        ));
        *head = (seq, hash.clone());
        committed.entries.push(EntryRef { stream: entry.stream.clone(), seq, hash });
    }
    for (stream, (seq, hash)) in heads {
        all.push((MOVE_HEAD, vec![Value::Int(seq), Value::Text(hash), Value::Text(stream)]));
    }
    Ok(committed)
}

/// Parameters of the outbox rows of a commit.
pub(crate) fn outbox_params(commit: &Commit) -> Vec<Vec<Value>> {
    let params = |item: &crate::commit::OutboxItem| {
        vec![item.id.put(), item.kind.put(), item.body.put(), item.due_at.put(), commit.at.put()]
    };
    commit.outbox.iter().map(params).collect()
}

fn outbox(commit: &Commit, all: &mut Vec<(&'static str, Vec<Value>)>) {
    if fail::broken("outbox_outside_tx") {
        return;
    }
    all.extend(outbox_params(commit).into_iter().map(|params| (OUTBOX, params)));
}

fn fact_params(commit: &Commit, fact: &crate::commit::StepFact) -> Vec<Value> {
    vec![
        fact.run.put(),
        fact.step.put(),
        fact.role.put(),
        fact.round.put(),
        fact.from.put(),
        fact.to.put(),
        fact.kind.put(),
        fact.seconds.put(),
        commit.at.put(),
    ]
}
