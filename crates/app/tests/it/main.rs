//! Use cases and runs, told as stories.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod runs;
