//! The real binary, from outside: exit codes, error texts, files, and the server that answers.

mod commands;
mod http;
mod offline;
mod roadbook;
mod server;
mod team;
