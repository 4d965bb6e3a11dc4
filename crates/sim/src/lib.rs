//! Rollouts under a seeded scheduler: the real use cases behind the real router on a store in
//! memory, and the agents' real state machine at two hundred sites. Messages are lost, doubled, late
//! and overtaken; agents are killed inside of any step, power is cut, servers die behind any commit,
//! clocks jump, people give orders. Time is virtual. Checkers of their own look at what happened.
//!
//! [`decisions`] plays the decisions of `core` alone, with everything around them modelled.

mod check;
pub mod decisions;
mod dice;
mod ground;
mod history;
mod net;
mod package;
mod people;
mod ports;
mod server;
mod site;
mod world;

pub use check::Broken;
pub use ground::Ground;
pub use history::Counts;
pub use world::{Report, Twin, run};
