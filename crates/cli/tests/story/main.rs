//! Whole releases over real HTTP, told once and run on both databases: people sign in, plan,
//! write, sign, are refused, decide, operate and close while weeks pass.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod case;
mod company;
mod doctor;
mod enterprise;
#[expect(dead_code, reason = "shared with the demo")]
#[path = "../../src/demo/example.rs"]
mod example;
#[path = "organizations/founded.rs"]
mod founded;
mod http;
mod migration;
mod new_system;
mod office;
mod organizations;
#[path = "organizations/own.rs"]
mod own;
mod package;
mod parts;
mod place;
mod related;
mod vendor;
#[expect(dead_code, reason = "shared with the stories of the use cases")]
#[path = "../../../app/tests/it/walk/mod.rs"]
mod walk;
mod walking;
#[expect(dead_code, reason = "shared with the stories of the use cases")]
#[path = "../../../app/tests/it/world.rs"]
mod world;
