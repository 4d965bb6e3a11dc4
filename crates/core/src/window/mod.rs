//! Windows, freezes and what they say about a slot.
//!
//! A [`WindowPolicy`] opens windows by a rule in its own zone; a [`Freeze`] closes a range. A slot
//! is free when it lies in a window that has room and in no freeze: a freeze always wins.
//! [`explain`] returns every block at once, each with what would lift it.

mod explain;
mod freeze;
mod policy;
mod recurrence;
#[cfg(test)]
mod tests;

pub use explain::{Block, Lift, Question, SlotVerdict, explain, next_slots};
pub use freeze::{Booking, Freeze, Scope, Target};
pub use policy::{OpenPolicy, WindowPolicy, WindowRefusal, presets};
pub use recurrence::{Day, Recurrence};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A stretch of time, from `start` until just before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// First instant.
    pub start: Timestamp,
    /// First instant after.
    pub end: Timestamp,
}

impl Slot {
    /// True when both share an instant.
    pub fn overlaps(&self, other: &Slot) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True when the other lies wholly inside.
    pub fn holds(&self, other: &Slot) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Length in minutes.
    pub fn minutes(&self) -> i64 {
        (self.end.as_second() - self.start.as_second()).div_euclid(60)
    }
}
