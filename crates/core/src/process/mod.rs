//! Processes as data: the template that a file declares, and what can be asked of it.

pub mod check;
pub mod codes;
pub mod compare;
pub mod diff;
pub mod document;
pub mod due;
pub mod every;
pub mod expr;
pub mod finding;
mod kind;
mod lookup;
pub mod pattern;
pub mod settings;
mod sheet;
pub mod simulate;
pub mod start;
mod subject;
pub mod team;
pub mod template;
pub mod types;
