//! The real binary, from outside: exit codes, error texts, files, and the server that answers.

mod apply;
mod commands;
mod drafts;
mod examples;
mod http;
mod ledger;
mod offline;
mod packages;
mod roadbook;
mod server;
mod team;
