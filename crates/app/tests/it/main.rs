//! Use cases and runs, told as stories: over a real store, a clock that the test moves, and seeded
//! randomness.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod answers;
mod auth;
mod begins;
mod enterprise;
#[expect(dead_code, reason = "shared with the demo")]
#[path = "../../../cli/src/demo/example.rs"]
mod example;
mod fits;
mod fleet;
mod import;
mod moves;
mod notices;
#[path = "../../../cli/src/demo/opening.rs"]
mod opening;
mod openings;
mod parts;
mod people;
mod plans;
mod processes;
mod products;
mod rollouts;
mod runs;
mod simulation;
mod sites;
mod stories;
mod vendor;
#[expect(dead_code, reason = "the stories over HTTP need more of it")]
mod walk;
mod work;
mod world;
