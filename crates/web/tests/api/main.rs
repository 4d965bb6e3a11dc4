//! The server as its callers meet it: every route, in one process, over a store of its own.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod access;
mod account;
mod calendar;
mod calls;
mod change_items;
mod changes;
mod contact;
mod ddi;
mod delivered;
mod described;
mod errors;
mod extracts;
mod lists;
mod pages;
mod people;
mod plans;
mod process_settings;
mod processes;
mod products;
mod proxies;
mod review;
mod revisions;
mod rights;
mod runs;
mod settings;
mod simulations;
mod story;
mod world;
