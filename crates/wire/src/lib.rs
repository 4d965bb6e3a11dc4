//! Promised formats: process files, REST types, calendars. Text in, types of `core` out; no behavior.

pub mod api;
pub mod ddi;
pub mod ics;
pub mod process;
