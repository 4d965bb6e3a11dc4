//! The binary `roadbook`.

pub mod config;
pub mod exit;
pub mod mail;
pub mod ports;

fn main() {}
