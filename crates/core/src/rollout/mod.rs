//! Rollouts: which sites are in which wave, and what may happen next.
//!
//! [`divide`] fixes the waves and is also the preview. [`step`] takes a rollout, an event and the
//! moment, and answers with the next rollout and what has to be done, or with a typed refusal.

mod divide;
mod step;
#[cfg(test)]
mod tests;
mod types;

pub use divide::{Member, REST, Rule, Share, digest, divide, rules};
pub use step::{consequence, may_order, step};
pub use types::{
    Bound, Code, Consequence, Decision, Effect, Event, Halt, Kind, Outcome, Part, Refusal, Rollout,
    State, Wave, WaveState, World,
};

use jiff::SignedDuration;

/// A site that was ordered and not heard of for so long is silent.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// A site whose agent calls but says nothing about its order for so long counts as silent too.
pub const STUCK_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Failures that halt a wave that does not say: percent. In the first wave any failure does.
pub const HALT_FAILED: u8 = 5;
/// Silent sites that halt a wave that does not say: percent.
pub const HALT_SILENT: u8 = 20;
