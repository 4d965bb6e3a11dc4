//! The only SQL: SQLite and PostgreSQL behind one API; blobs; the record.
//!
//! A change is a [`commit::Commit`]: data, made by the typed functions of this crate, applied in
//! one transaction. Reading goes through typed functions per aggregate; lists take a
//! [`scope::Scope`] and filter in SQL before they page.

pub mod canonical;
pub mod classes;
pub mod commit;
pub mod documents;
mod engine;
pub mod error;
pub mod fail;
pub mod idempotency;
mod migrate;
mod open;
pub mod outbox;
pub mod record;
pub mod scope;
pub mod table;
pub mod value;

pub use commit::{
    Commit, CommitError, Committed, Entry, EntryRef, Expect, IdempotencyRow, Miss, OutboxItem,
    StepFact, StoredResponse, Write,
};
pub use error::StoreError;
pub use open::{Location, OpenOptions, Random, Store};
pub use scope::Scope;
pub use value::{Row, Value};
