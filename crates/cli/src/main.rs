//! The binary.
mod mail;
fn main() {}
