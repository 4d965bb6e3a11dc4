//! What every endpoint and page shares: problems, sessions, inputs, headers.

pub mod client;
pub mod input;
pub mod limits;
pub mod problem;
pub mod session;
