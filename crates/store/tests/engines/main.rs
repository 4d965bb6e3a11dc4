//! Stories that SQLite and PostgreSQL must tell alike, and what each must show alone.

mod aggregates;
mod common;
#[cfg(feature = "failpoints")]
mod crash;
mod damage;
mod durable;
mod story;
