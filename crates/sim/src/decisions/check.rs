//! What must hold, kept apart from what is tried: the checkers see only what happened.

use roadbook_core::rollout::{Outcome, Rollout, State};
use std::collections::{BTreeMap, BTreeSet};

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// An order was handed out although the rollout stood.
    AfterHalt(usize),
    /// An order was handed out in a wave that had not begun.
    BeforeWave(usize),
    /// A wave began while one before it still had sites that nobody had heard of.
    HarmBeyondWave(u32),
    /// A site went back to the old version without a failure of its own or an order.
    BackWithoutPermit(usize),
    /// What was thanked for is counted never, or twice.
    Miscounted(String),
    /// In the end not every site had its answer.
    NotConverged(String),
}

/// What the checkers remember.
#[derive(Debug, Default)]
pub(crate) struct Checkers {
    stands: bool,
    /// Outcome thanked for last, by site.
    thanked: BTreeMap<usize, Outcome>,
    permits: BTreeSet<usize>,
    pub(crate) broken: Vec<Broken>,
}

impl Checkers {
    /// The rollout was committed in this state.
    pub(crate) fn committed(&mut self, before: &Rollout, after: &Rollout) {
        self.stands = !matches!(after.state, State::Running | State::Soaking);
        for wave in before.wave + 1..=after.wave {
            let former = &after.waves[..wave as usize - 1];
            if former.iter().any(|it| it.open() > it.silent) {
                self.broken.push(Broken::HarmBeyondWave(wave));
            }
        }
    }

    /// A site got its order.
    pub(crate) fn dispatched(&mut self, site: usize, wave: u32, started: u32) {
        if self.stands {
            self.broken.push(Broken::AfterHalt(site));
        }
        if wave > started {
            self.broken.push(Broken::BeforeWave(site));
        }
    }

    /// The site may go back: its own attempt failed, or it was told to.
    pub(crate) fn permit(&mut self, site: usize) {
        self.permits.insert(site);
    }

    /// A site went back to the old version.
    pub(crate) fn went_back(&mut self, site: usize) {
        if !self.permits.remove(&site) {
            self.broken.push(Broken::BackWithoutPermit(site));
        }
    }

    /// A message was thanked for.
    pub(crate) fn thanked(&mut self, site: usize, outcome: Option<Outcome>) {
        match outcome {
            Some(outcome) => self.thanked.insert(site, outcome),
            None => self.thanked.remove(&site),
        };
    }

    /// The sums of all waves against what was thanked for.
    pub(crate) fn count(&mut self, rollout: &Rollout) {
        let kinds = [Outcome::Installed, Outcome::Failed, Outcome::RolledBack, Outcome::Skipped];
        for kind in kinds {
            let known = self.thanked.values().filter(|it| **it == kind).count() as u32;
            let sum: u32 = rollout
                .waves
                .iter()
                .map(|it| match kind {
                    Outcome::Installed => it.installed,
                    Outcome::Failed => it.failed,
                    Outcome::RolledBack => it.rolled_back,
                    Outcome::Skipped => it.skipped,
                })
                .sum();
            if known != sum {
                let told = format!("{}: {known} thanked for, {sum} counted", kind.name());
                self.broken.push(Broken::Miscounted(told));
            }
        }
    }

    /// The end.
    pub(crate) fn ended(&mut self, rollout: &Rollout) {
        self.count(rollout);
        if rollout.state != State::Finished {
            let open: u32 = rollout.waves.iter().map(|it| it.open() + it.failed).sum();
            let told = format!("{:?}, {open} sites without a good answer", rollout.state);
            self.broken.push(Broken::NotConverged(told));
        }
    }
}
