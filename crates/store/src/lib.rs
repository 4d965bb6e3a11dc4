//! The only SQL: SQLite and PostgreSQL behind one API; blobs; the record.
//!
//! A change is a [`commit::Commit`]: data, made by the typed functions of this crate, applied in
//! one transaction. Reading goes through typed functions per aggregate; lists take a
//! [`scope::Scope`] and filter in SQL before they page.

pub mod agents;
pub mod artifacts;
pub mod backup;
pub mod blobs;
pub mod calendar;
pub mod canonical;
pub mod classes;
pub mod commit;
pub mod counters;
pub mod deployments;
pub mod director;
pub mod doctor;
pub mod documents;
mod engine;
pub mod error;
pub mod facts;
pub mod fail;
pub mod idempotency;
mod migrate;
pub mod notices;
mod open;
pub mod outbox;
pub mod page;
pub mod parameters;
pub mod people;
pub mod process_settings;
pub mod processes;
pub mod products;
pub mod record;
pub mod releases;
pub mod rollout_lines;
pub mod rollouts;
pub mod runs;
pub mod scope;
pub mod sessions;
pub mod sites;
mod snapshot;
pub mod table;
pub mod units;
pub mod value;
pub mod versions;
pub mod waves;

pub use commit::{
    Commit, CommitError, Committed, Entry, EntryRef, Expect, IdempotencyRow, Miss, OutboxItem,
    StepFact, StoredResponse, Write,
};
pub use error::StoreError;
pub use open::{Cut, Location, OpenOptions, Random, Store};
pub use page::{Page, PageAsk};
pub use scope::Scope;
pub use value::{Row, Value};
