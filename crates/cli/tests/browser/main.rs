//! What a person sees and does, in a real browser against the real binary.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod axe;
mod demo;
mod newcomer;
mod path;
mod screen;
mod waves;
