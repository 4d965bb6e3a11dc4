//! Step facts: what figures and forecasts are computed from.

use crate::Store;
use crate::commit::StepFact;
use crate::error::StoreError;
use crate::value::{Cell, Row, Value};
use jiff::Timestamp;

/// A fact with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// When the transition happened.
    pub at: Timestamp,
    /// The transition.
    pub fact: StepFact,
}

const COLUMNS: &str = "at, run, step, role, round, from_state, to_state, kind, seconds";

fn fact(row: &Row) -> Result<Fact, StoreError> {
    Ok(Fact {
        at: row.get(0)?,
        fact: StepFact {
            run: row.get(1)?,
            step: row.get(2)?,
            role: row.get(3)?,
            round: row.get(4)?,
            from: row.get(5)?,
            to: row.get(6)?,
            kind: row.get(7)?,
            seconds: row.get(8)?,
        },
    })
}

/// Facts of one run, oldest first.
pub async fn of_run(store: &Store, run: &str) -> Result<Vec<Fact>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM step_fact WHERE run = $1 ORDER BY at, step, round");
    store.query(sql, vec![run.to_owned().put()]).await?.iter().map(fact).collect()
}

/// Facts of a range of time, oldest first.
pub async fn between(
    store: &Store,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Fact>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM step_fact WHERE at >= $1 AND at < $2 ORDER BY at, run, step LIMIT $3"
    );
    let params = vec![from.put(), to.put(), Value::Int(limit as i64)];
    store.query(sql, params).await?.iter().map(fact).collect()
}
