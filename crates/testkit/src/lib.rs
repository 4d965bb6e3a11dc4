//! Helpers of tests: real servers and processes in directories of their own. Never part of the product: other crates
//! may name this one as a dev-dependency only. A helper panics with advice when the machine lacks something.

pub mod browser;
pub mod clock;
pub mod mail;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod temp;
pub mod tools;
pub mod webdriver;
