//! What a person sees and does, in a real browser against the real binary.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod axe;
mod demo;
#[expect(dead_code, reason = "shared with the demo")]
#[path = "../../src/demo/example.rs"]
mod example;
#[expect(dead_code, reason = "shared with the stories over the API")]
#[path = "../story/organizations/founded.rs"]
mod founded;
mod hands;
mod newcomer;
#[expect(dead_code, reason = "shared with the stories over the API")]
#[path = "../story/organizations/own.rs"]
mod own;
mod path;
mod processes;
mod screen;
#[expect(dead_code, reason = "shared with the stories of the use cases")]
#[path = "../../../app/tests/it/walk/mod.rs"]
mod walk;
mod waves;
#[expect(dead_code, reason = "shared with the stories of the use cases")]
#[path = "../../../app/tests/it/world.rs"]
mod world;
