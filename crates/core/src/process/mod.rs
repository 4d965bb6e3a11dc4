//! Processes as data: the template that a file declares, and what can be asked of it.

pub mod check;
pub mod codes;
pub mod diff;
pub mod due;
pub mod every;
pub mod expr;
pub mod finding;
pub mod simulate;
pub mod template;
pub mod types;
