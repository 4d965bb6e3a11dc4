//! Test helpers, never shipped.

pub mod postgres;
