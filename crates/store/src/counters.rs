//! Numbers that count up: release numbers, calendar generations.

use crate::Store;
use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::value::Cell;

/// The value, 0 when the counter was never used.
pub async fn value(store: &Store, name: &str) -> Result<i64, StoreError> {
    let params = vec![name.to_owned().put()];
    let row = store.first("SELECT value FROM counter WHERE name = $1", params).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Moves a counter from a value to the next; misses when somebody was faster.
pub fn advance(name: &str, from: i64) -> Write {
    const SQL: &str = "INSERT INTO counter (name, value) VALUES ($1, $2 + 1) \
         ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 WHERE counter.value = $2";
    let miss = Miss::Stale { what: "counter".into(), id: name.to_owned() };
    Write::new(SQL, vec![name.to_owned().put(), from.put()], Expect::One(miss))
}

/// Moves a counter from a value to a later one; misses when somebody was faster.
pub fn reach(name: &str, from: i64, to: i64) -> Write {
    const SQL: &str = "INSERT INTO counter (name, value) VALUES ($1, $3) \
         ON CONFLICT (name) DO UPDATE SET value = $3 WHERE counter.value = $2";
    let miss = Miss::Stale { what: "counter".into(), id: name.to_owned() };
    Write::new(SQL, vec![name.to_owned().put(), from.put(), to.put()], Expect::One(miss))
}

/// Moves a counter on, whatever it is: for generations that only ever grow.
pub fn bump(name: &str) -> Write {
    const SQL: &str = "INSERT INTO counter (name, value) VALUES ($1, 1) \
         ON CONFLICT (name) DO UPDATE SET value = counter.value + 1";
    Write::new(SQL, vec![name.to_owned().put()], Expect::Any)
}
