//! Decisions of Roadbook: pure functions over plain data.
//!
//! Nothing here reads a clock, draws a random number, touches a file, a socket or a database, or
//! logs. Time, people, calendars and facts come in through parameters; what should happen goes
//! out as values. The state types derive `serde` traits so that `store` can keep them; the text
//! form, its version and its history belong to `store`.

pub mod access;
pub mod calendar;
pub mod extract;
pub mod ids;
pub mod limits;
pub mod notice;
pub mod package;
pub mod plan;
pub mod process;
pub mod release;
pub mod rollout;
pub mod run;
pub mod schedule;
pub mod text;
pub mod version;
pub mod window;
