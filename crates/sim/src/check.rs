//! What must hold, kept apart from what is tried: the checkers see only what happened.

use crate::history::{Seen, Sums, WaveMade};
use crate::package::{NEW, OLD};
use roadbook_core::rollout::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// Who was not heard of for so long may be passed over, in milliseconds. The server waits an hour, and
/// may have forgotten the last minutes when it died.
const SILENT: i64 = 45 * 60_000;

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "sites, orders and waves by their numbers, and why")]
pub enum Broken {
    /// An order was handed out although its rollout stood or was over.
    AfterHalt { site: usize, action: u32 },
    /// An order was handed out in a wave that had not begun.
    BeforeWave { site: usize, action: u32 },
    /// A wave began, or went on, although too much had gone wrong, or was not known, before it.
    HarmBeyondWave { wave: usize, why: String },
    /// A site went back without a failed check of its own and without an order.
    BackWithoutPermit { site: usize },
    /// A hook ran for an order that was over.
    ObeyedTwice { site: usize, action: u32 },
    /// What a site says, what runs there and what its data belong to are different versions.
    Mixed { site: usize, what: String },
    /// What was thanked for is counted never, or twice.
    Miscounted { what: String },
    /// When the faults had ended, not everything came to rest.
    NotConverged { what: String },
}

impl Broken {
    /// Short name.
    pub fn name(&self) -> &'static str {
        match self {
            Broken::AfterHalt { .. } => "after-halt",
            Broken::BeforeWave { .. } => "before-wave",
            Broken::HarmBeyondWave { .. } => "harm-beyond-wave",
            Broken::BackWithoutPermit { .. } => "back-without-permit",
            Broken::ObeyedTwice { .. } => "obeyed-twice",
            Broken::Mixed { .. } => "mixed",
            Broken::Miscounted { .. } => "miscounted",
            Broken::NotConverged { .. } => "not-converged",
        }
    }
}

#[derive(Debug)]
struct Rollout {
    name: String,
    back: bool,
    stands: bool,
    over: bool,
    began: usize,
    waves: Vec<WaveMade>,
    wave_of: BTreeMap<usize, usize>,
    outcome: BTreeMap<usize, Outcome>,
    /// By wave: failures that a person has seen and let pass.
    passed: Vec<usize>,
    /// A person let it go on, so silence before that is passed as well.
    went_on: bool,
    /// Something went wrong and the reconcilers have not run since.
    fresh: bool,
}

impl Rollout {
    fn failed(&self, wave: usize) -> usize {
        let bad = |it: &&usize| match self.outcome.get(*it) {
            Some(Outcome::Failed) => true,
            Some(Outcome::RolledBack) => !self.back,
            _ => false,
        };
        self.waves[wave].sites.iter().filter(bad).count()
    }

    fn too_much(&self, wave: usize) -> Option<String> {
        let failed = self.failed(wave);
        let made = &self.waves[wave];
        let over = failed * 100 > made.halt_failed as usize * made.sites.len();
        (failed > self.passed[wave] && over)
            .then(|| format!("{failed} of {} failed in wave {}", made.sites.len(), wave + 1))
    }

    fn set(&mut self, site: usize, outcome: Option<Outcome>) {
        match outcome {
            Some(outcome) => self.outcome.insert(site, outcome),
            None => self.outcome.remove(&site),
        };
        for wave in 0..self.waves.len() {
            self.passed[wave] = self.passed[wave].min(self.failed(wave));
        }
        self.fresh = true;
    }

    fn sums(&self) -> Vec<Sums> {
        let count = |wave: &WaveMade| {
            let mut sums = [0; 4];
            for outcome in wave.sites.iter().filter_map(|it| self.outcome.get(it)) {
                sums[match outcome {
                    Outcome::Installed => 0,
                    Outcome::Failed => 1,
                    Outcome::RolledBack => 2,
                    Outcome::Skipped => 3,
                }] += 1;
            }
            sums
        };
        self.waves.iter().map(count).collect()
    }
}

/// What the checkers remember.
#[derive(Debug, Default)]
pub struct Checkers {
    rollouts: Vec<Rollout>,
    handed: BTreeSet<u32>,
    /// Orders whose end the server has.
    ended: BTreeSet<u32>,
    messages: BTreeMap<u32, BTreeSet<u64>>,
    /// A way back was ordered for these sites and handed to them.
    back_ordered: BTreeSet<usize>,
    /// A check of the new version failed, or it was cut off: the site may take it back itself.
    back_own: BTreeSet<usize>,
    runs: BTreeMap<usize, Option<String>>,
    heard: BTreeMap<usize, i64>,
    was_silent: BTreeSet<usize>,
    /// What was broken.
    pub broken: Vec<Broken>,
}

impl Checkers {
    fn find(&mut self, name: &str) -> Option<&mut Rollout> {
        self.rollouts.iter_mut().find(|it| it.name == name)
    }

    /// Something happened.
    pub fn see(&mut self, seen: &Seen) {
        match seen {
            Seen::Made { rollout, back, waves } => self.made(rollout, *back, waves),
            Seen::Stands { rollout } => {
                if let Some(found) = self.find(rollout) {
                    found.stands = true;
                }
            }
            Seen::GoesOn { rollout } => self.goes_on(rollout),
            Seen::Over { rollout } => {
                if let Some(found) = self.find(rollout) {
                    (found.over, found.stands) = (true, true);
                }
            }
            Seen::Began { rollout, wave } => self.began(rollout, *wave),
            Seen::Again { site } => self.again(*site),
            Seen::Reported { site, outcome } => self.came(*site, *outcome),
            Seen::Handed { site, action, rollout, back, wave } => {
                self.handed(*site, *action, rollout, *back, *wave);
            }
            Seen::Withheld { .. } => {}
            Seen::Called { site, at } => self.called(*site, *at),
            Seen::Told { site, action, message, end } => {
                self.messages.entry(*action).or_default().insert(*message);
                if let Some(outcome) = end {
                    self.ended.insert(*action);
                    self.came(*site, *outcome);
                }
            }
            Seen::Ticked { .. } => self.rollouts.iter_mut().for_each(|it| it.fresh = false),
            Seen::Sums { rollout, waves } => self.sums(rollout, waves),
            Seen::Ran { site, action, hook, good } => {
                if hook != "rollback" && self.ended.contains(action) {
                    self.broken.push(Broken::ObeyedTwice { site: *site, action: *action });
                }
                if !good || hook == "rollback" {
                    self.back_own.insert(*site);
                }
            }
            Seen::Runs { site, version } => self.runs(*site, version.as_deref()),
            Seen::Rests { site, version, data, known } => {
                if version.as_ref() != Some(data) || version != known {
                    let what = format!("{version:?} runs, data of {data}, it says {known:?}");
                    self.broken.push(Broken::Mixed { site: *site, what });
                }
            }
            Seen::Kept { action, messages } => {
                let said = self.messages.get(action).map_or(0, BTreeSet::len);
                if said != *messages {
                    let what = format!("order {action}: {said} messages, {messages} kept");
                    self.broken.push(Broken::Miscounted { what });
                }
            }
        }
    }

    fn made(&mut self, name: &str, back: bool, waves: &[WaveMade]) {
        let mut wave_of = BTreeMap::new();
        for (number, wave) in waves.iter().enumerate() {
            wave_of.extend(wave.sites.iter().map(|it| (*it, number)));
        }
        self.rollouts.push(Rollout {
            name: name.to_owned(),
            back,
            stands: false,
            over: false,
            began: 0,
            passed: vec![0; waves.len()],
            waves: waves.to_vec(),
            wave_of,
            outcome: BTreeMap::new(),
            went_on: false,
            fresh: false,
        });
    }

    fn goes_on(&mut self, name: &str) {
        if let Some(found) = self.find(name) {
            found.stands = false;
            found.went_on = true;
            found.passed = (0..found.waves.len()).map(|it| found.failed(it)).collect();
        }
    }

    /// A site goes forward again: it leaves the ways back that it has not gone.
    fn again(&mut self, site: usize) {
        let newest = self.rollouts.iter().rposition(|it| !it.back);
        for (index, found) in self.rollouts.iter_mut().enumerate() {
            let gone =
                matches!(found.outcome.get(&site), Some(Outcome::RolledBack | Outcome::Skipped));
            if Some(index) == newest {
                found.set(site, None);
            } else if found.back && !found.over && !gone && found.wave_of.contains_key(&site) {
                found.set(site, Some(Outcome::Skipped));
            }
        }
    }

    fn began(&mut self, name: &str, wave: usize) {
        let was_silent = self.was_silent.clone();
        let Some(found) = self.find(name).filter(|it| wave > it.began) else { return };
        found.began = wave;
        let mut why = Vec::new();
        for former in 0..wave.saturating_sub(1) {
            why.extend(found.too_much(former));
            let made = &found.waves[former];
            let open: Vec<&usize> =
                made.sites.iter().filter(|it| !found.outcome.contains_key(it)).collect();
            if let Some(site) = open.iter().find(|it| !was_silent.contains(**it)) {
                why.push(format!("site {site} of wave {} is not known", former + 1));
            }
            let over = open.len() * 100 > made.halt_silent as usize * made.sites.len();
            if over && !found.went_on {
                why.push(format!("{} of wave {} are silent", open.len(), former + 1));
            }
        }
        self.broken.extend(why.into_iter().map(|why| Broken::HarmBeyondWave { wave, why }));
    }

    /// The outcome of a site: it counts in the rollout that brings the version, and in a way back
    /// that is not over.
    fn came(&mut self, site: usize, outcome: Outcome) {
        let going = |it: &Rollout| it.back && !it.over && it.wave_of.contains_key(&site);
        let going_back = self.rollouts.iter().any(going);
        let newest =
            self.rollouts.iter().rposition(|it| !it.back && it.wave_of.contains_key(&site));
        for (index, found) in self.rollouts.iter_mut().enumerate() {
            if Some(index) == newest {
                // A way back that failed says nothing about the way there.
                if !(going_back && outcome == Outcome::Failed) {
                    found.set(site, Some(outcome));
                }
            } else if going(found) && outcome != Outcome::Installed {
                found.set(site, Some(outcome));
            }
        }
    }

    fn handed(&mut self, site: usize, action: u32, name: &str, back: bool, wave: usize) {
        if back {
            self.back_ordered.insert(site);
        }
        if !self.handed.insert(action) {
            return;
        }
        let Some(found) = self.find(name) else { return };
        let mut broken = Vec::new();
        if found.stands {
            broken.push(Broken::AfterHalt { site, action });
        }
        if wave > found.began {
            broken.push(Broken::BeforeWave { site, action });
        }
        if !found.fresh {
            let why = (0..found.began).find_map(|it| found.too_much(it));
            broken.extend(why.map(|why| Broken::HarmBeyondWave { wave, why }));
        }
        self.broken.extend(broken);
    }

    fn called(&mut self, site: usize, at: i64) {
        let before = self.heard.insert(site, at).unwrap_or(0);
        if at - before > SILENT {
            self.was_silent.insert(site);
        }
    }

    /// Who is silent at this moment.
    pub fn listen(&mut self, now: i64, sites: usize) {
        for site in 0..sites {
            if now - self.heard.get(&site).copied().unwrap_or(0) > SILENT {
                self.was_silent.insert(site);
            }
        }
    }

    fn sums(&mut self, name: &str, waves: &[Sums]) {
        let Some(found) = self.find(name) else { return };
        let known = found.sums();
        if known != waves {
            let what = format!("{name}: {known:?} thanked for, {waves:?} counted");
            self.broken.push(Broken::Miscounted { what });
        }
    }

    fn runs(&mut self, site: usize, version: Option<&str>) {
        let before = self.runs.insert(site, version.map(str::to_owned));
        let before = before.unwrap_or_else(|| Some(OLD.to_owned()));
        let back = before.as_deref() == Some(NEW) && version != Some(NEW) || version.is_none();
        // A permit is good once, and for this installation only.
        let (own, ordered) = (self.back_own.remove(&site), self.back_ordered.remove(&site));
        if back && !own && !ordered {
            self.broken.push(Broken::BackWithoutPermit { site });
        }
    }
}
