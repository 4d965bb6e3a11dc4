//! Promised formats: process files, REST types, calendars, teams, packages. Text in, types of `core` out; no behavior.

pub mod api;
pub mod ddi;
pub mod ics;
pub mod minisign;
pub mod package;
pub mod process;
pub mod team;
