//! Stories that SQLite and PostgreSQL must tell alike, and what each must show alone.

#![expect(clippy::unwrap_used, reason = "a story ends where something unexpected happens")]

mod aggregates;
mod common;
#[cfg(feature = "failpoints")]
mod crash;
mod damage;
mod durable;
mod lane;
mod story;
