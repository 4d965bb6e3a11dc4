//! What was seen, from outside: on the wire, in the record, at the sites. The checkers know
//! nothing else.

use roadbook_core::rollout::Outcome;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A wave when its rollout was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveMade {
    /// Its sites.
    pub sites: Vec<usize>,
    /// Failures above which it halts, percent.
    pub halt_failed: u32,
    /// Silent sites above which it halts, percent.
    pub halt_silent: u32,
}

/// Sums of a wave: installed, failed, rolled back, skipped.
pub type Sums = [u32; 4];

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A rollout was made; `back` when it is a way back.
    Made { rollout: String, back: bool, waves: Vec<WaveMade> },
    /// The record says: it stands.
    Stands { rollout: String },
    /// The record says: somebody let it go on.
    GoesOn { rollout: String },
    /// The record says: it is over.
    Over { rollout: String },
    /// The record says: a wave began.
    Began { rollout: String, wave: usize },
    /// The record says: a person has a site tried again.
    Again { site: usize },
    /// The record says: a person reported this of a site.
    Reported { site: usize, outcome: Outcome },
    /// The server handed an order to a site.
    Handed { site: usize, action: u32, rollout: String, back: bool, wave: usize },
    /// The server did not hand an order to a site that asked for it.
    Withheld { site: usize, action: u32, status: u16 },
    /// A site called, and was known. The time is the server's.
    Called { site: usize, at: i64 },
    /// The server took a message about an order, and said so (or died and had kept it).
    Told { site: usize, action: u32, message: u64, end: Option<Outcome> },
    /// The reconcilers ran to their end.
    Ticked { at: i64 },
    /// Sums as the server has them.
    Sums { rollout: String, waves: Vec<Sums> },
    /// A hook of an order ran.
    Ran { site: usize, action: u32, hook: String, good: bool },
    /// Another version runs at a site.
    Runs { site: usize, version: Option<String> },
    /// A site is at rest: what the link names, what the data are of, what the agent remembers.
    Rests { site: usize, version: Option<String>, data: String, known: Option<String> },
    /// Messages that the server holds about an order.
    Kept { action: u32, messages: usize },
}

/// A list that grows, shared among those who see something.
#[derive(Clone, Debug, Default)]
pub struct Log(Rc<RefCell<Vec<Seen>>>);

impl Log {
    /// Something was seen.
    pub fn note(&self, seen: Seen) {
        self.0.borrow_mut().push(seen);
    }

    /// Everything since the last time.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.0.borrow_mut())
    }
}

/// How often each fault struck, and each order was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    /// Once more.
    pub fn add(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// All of another one.
    pub fn merge(&mut self, other: &Counts) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// How often.
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// In a line.
    pub fn line(&self) -> String {
        let all: Vec<String> =
            self.0.iter().map(|(what, count)| format!("{count} {what}")).collect();
        all.join(", ")
    }
}
