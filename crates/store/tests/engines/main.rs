//! Stories that SQLite and PostgreSQL must tell alike.

mod aggregates;
mod common;
mod damage;
mod story;
