//! Use cases and runs, told as stories: over a real store, a clock that the test moves, and seeded
//! randomness.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod auth;
mod enterprise;
mod fleet;
mod import;
mod notices;
mod people;
mod plans;
mod processes;
mod products;
mod rollouts;
mod runs;
mod sites;
mod vendor;
mod work;
mod world;
