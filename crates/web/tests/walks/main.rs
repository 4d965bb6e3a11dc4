//! Whole releases of built-in processes over REST: each step by the role that should, each refused
//! once to somebody who should not, told as a story that a release manager can read.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod configuration;
mod cycles;
mod door;
mod families;
mod issues;
mod product;
mod services;
mod team;
#[expect(dead_code, reason = "the stories of the use cases need more of it")]
#[path = "../../../app/tests/it/walk/mod.rs"]
mod walk;
#[expect(dead_code, reason = "the stories of the use cases need more of it")]
#[path = "../../../app/tests/it/world.rs"]
mod world;
