//! The decisions alone, with sites and a server that are modelled: thousands of rollouts in seconds.

mod check;

use crate::dice::Dice;
use check::Checkers;
use jiff::Timestamp;
use roadbook_core::ids::{IdSeed, SiteId};
use roadbook_core::rollout::{
    Code, Event, Kind, Member, Outcome, Part, Rollout, Rule, SILENT_AFTER, State, Wave, WaveState,
    World, divide, may_order, step,
};
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub use check::Broken;

const SITES: usize = 200;
/// Faults and failures end after so many seconds: then everything must come to rest.
const STORMY: i64 = 60_000;
/// Nothing takes longer than this.
const END: i64 = 400_000;
/// How often a site calls.
const POLL: i64 = 600;

/// How often each fault struck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Messages lost.
    pub lost: u64,
    /// Messages that came twice.
    pub doubled: u64,
    /// Messages that came late, and so behind later ones.
    pub late: u64,
    /// Agents that died.
    pub died: u64,
    /// Jumps of the server's clock.
    pub jumps: u64,
    /// Installations that failed.
    pub failed: u64,
}

/// A deliberately broken server, which the checkers must catch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// The real one.
    Sound,
    /// Hands out orders whether the rollout stands or not.
    IgnoresHalt,
    /// Counts a message as often as it comes.
    CountsTwice,
}

/// What came of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Events that happened.
    pub events: u64,
    /// How often each fault struck.
    pub faults: Faults,
    /// Halts.
    pub halts: u64,
    /// SHA-256 over everything that happened, in order.
    pub trace: String,
    /// What was broken.
    pub broken: Vec<Broken>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    Poll(usize),
    Install(usize, u64),
    Told(usize, u64, Said),
    Thanks(usize, u64),
    Wake(usize),
    Tick,
    Person,
}

/// What a message says; ordered only so that events have an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Installed,
    RolledBack,
}

#[derive(Clone, Debug, Default)]
struct Site {
    wave: u32,
    alive: bool,
    new: bool,
    /// Generation it works on, and what it still has to say about it.
    order: Option<u64>,
    owes: Option<(u64, Said)>,
    heard: i64,
}

#[derive(Clone, Debug, Default)]
struct Row {
    generation: u64,
    ordered: Option<i64>,
    outcome: Option<Outcome>,
}

struct Sim {
    dice: Dice,
    twin: Twin,
    now: i64,
    /// How far the server's clock is off.
    skew: i64,
    seq: u64,
    queue: BinaryHeap<Reverse<(i64, u64, Happens)>>,
    rollout: Rollout,
    rows: Vec<Row>,
    sites: Vec<Site>,
    fails: u64,
    faults: Faults,
    halts: u64,
    checkers: Checkers,
    trace: Sha256,
    events: u64,
}

/// Plays one seed to its end.
pub fn run(seed: u64, twin: Twin) -> Report {
    let mut sim = Sim::new(seed, twin);
    while let Some(Reverse((at, _, what))) = sim.queue.pop() {
        if at > END || sim.rollout.state == State::Finished && sim.idle() {
            break;
        }
        sim.now = at;
        sim.events += 1;
        sim.trace.update(format!("{at} {what:?}\n"));
        sim.happens(what);
    }
    sim.checkers.ended(&sim.rollout);
    let trace = sim.trace.finalize().iter().map(|it| format!("{it:02x}")).collect();
    Report {
        events: sim.events,
        faults: sim.faults,
        halts: sim.halts,
        trace,
        broken: sim.checkers.broken,
    }
}

fn member(site: SiteId) -> Member {
    Member { site, part: Part::Site, matches: vec![true; 3] }
}

impl Sim {
    fn new(seed: u64, twin: Twin) -> Sim {
        let mut dice = Dice::new(seed);
        let fails = [0, 5, 20, 100, 300][dice.below(5) as usize];
        let site = |number: usize| SiteId::new(IdSeed { millis: 1, random: number as u128 });
        let rule = |name: &str, share, soak_seconds, halt_failed| Rule {
            name: name.to_owned(),
            of: Part::Site,
            share,
            soak_seconds,
            halt_failed,
            halt_silent: 20,
        };
        let rules = [rule("pilot", 5, 3600, 0), rule("half", 50, 1800, 5), rule("rest", 100, 0, 5)];
        let members: Vec<Member> = (0..SITES).map(|it| member(site(it))).collect();
        let waves = divide(&format!("seed-{seed}"), &rules, &members);
        let mut sites = vec![Site { alive: true, ..Site::default() }; SITES];
        for (number, wave) in (1..).zip(&waves) {
            for id in &wave.sites {
                let index = (0..SITES).find(|it| site(*it) == *id).unwrap_or_default();
                sites[index].wave = number;
            }
        }
        let empty = |rule: &Rule, total: usize| Wave {
            state: WaveState::Waiting,
            total: total as u32,
            installed: 0,
            failed: 0,
            rolled_back: 0,
            skipped: 0,
            silent: 0,
            passed_failed: 0,
            passed_silent: 0,
            soak_seconds: rule.soak_seconds,
            halt_failed: rule.halt_failed,
            halt_silent: rule.halt_silent,
            started_at: None,
            through_at: None,
        };
        let rollout = Rollout {
            kind: Kind::Install,
            state: State::Running,
            code: None,
            wave: 0,
            waves: waves.iter().map(|it| empty(&it.rule, it.sites.len())).collect(),
        };
        let mut sim = Sim {
            dice,
            twin,
            now: 0,
            skew: 0,
            seq: 0,
            queue: BinaryHeap::new(),
            rollout,
            rows: vec![Row { generation: 1, ..Row::default() }; SITES],
            sites,
            fails,
            faults: Faults::default(),
            halts: 0,
            checkers: Checkers::default(),
            trace: Sha256::new(),
            events: 0,
        };
        for index in 0..SITES {
            let first = sim.dice.below(POLL as u64) as i64;
            sim.later(first, Happens::Poll(index));
        }
        sim.later(0, Happens::Tick);
        sim.later(5_000, Happens::Person);
        sim
    }

    fn later(&mut self, delay: i64, what: Happens) {
        self.seq += 1;
        self.queue.push(Reverse((self.now + delay, self.seq, what)));
    }

    fn stormy(&self) -> bool {
        self.now < STORMY
    }

    fn idle(&self) -> bool {
        self.sites.iter().all(|it| it.owes.is_none())
    }

    /// Over the wire: lost, late, doubled, in any order.
    fn send(&mut self, what: Happens) {
        let storm = self.stormy();
        if storm && self.dice.hits(100) {
            self.faults.lost += 1;
            return;
        }
        let mut delay = 1 + self.dice.below(5) as i64;
        if storm && self.dice.hits(100) {
            self.faults.late += 1;
            delay += self.dice.below(5_000) as i64;
        }
        self.later(delay, what);
        if storm && self.dice.hits(50) {
            self.faults.doubled += 1;
            let delay = 1 + self.dice.below(3_000) as i64;
            self.later(delay, what);
        }
    }

    fn happens(&mut self, what: Happens) {
        match what {
            Happens::Poll(site) => self.poll(site),
            Happens::Install(site, generation) => self.install(site, generation),
            Happens::Told(site, generation, said) => self.told(site, generation, said),
            Happens::Thanks(site, generation) => {
                let place = &mut self.sites[site];
                if place.owes.is_some_and(|(it, _)| it == generation) {
                    place.owes = None;
                }
            }
            Happens::Wake(site) => self.sites[site].alive = true,
            Happens::Tick => self.tick(),
            Happens::Person => self.person(),
        }
    }

    fn decide(&mut self, event: &Event) -> bool {
        let at = Timestamp::from_second(1_700_000_000 + self.now + self.skew).unwrap_or_default();
        let world = World { now: at, open: true, held: false };
        let Ok(decision) = step(&self.rollout, event, &world) else { return false };
        let was = self.rollout.state;
        self.checkers.committed(&self.rollout, &decision.rollout);
        self.rollout = decision.rollout;
        self.halts += u64::from(was != State::Halted && self.rollout.state == State::Halted);
        true
    }

    /// A site calls: it says what it still owes, and asks for an order.
    fn poll(&mut self, site: usize) {
        self.later(POLL, Happens::Poll(site));
        if !self.sites[site].alive {
            return;
        }
        if self.stormy() && self.dice.hits(2) {
            self.faults.died += 1;
            self.sites[site].alive = false;
            let asleep = 600 + self.dice.below(20_000) as i64;
            self.later(asleep, Happens::Wake(site));
            return;
        }
        if self.stormy() && self.dice.hits(100) {
            self.faults.lost += 1;
            return;
        }
        self.sites[site].heard = self.now;
        if let Some((generation, said)) = self.sites[site].owes {
            self.send(Happens::Told(site, generation, said));
            return;
        }
        let row = &self.rows[site];
        let wave = self.sites[site].wave;
        let open = row.ordered.is_some() && row.outcome.is_none();
        let allowed = may_order(&self.rollout, wave)
            || (self.twin == Twin::IgnoresHalt && wave <= self.rollout.wave);
        let generation = row.generation;
        let working = self.sites[site].order.is_some_and(|it| it >= generation);
        if open && allowed && !working {
            self.checkers.dispatched(site, wave, self.rollout.wave);
            self.sites[site].order = Some(generation);
            let takes = 60 + self.dice.below(900) as i64;
            self.later(takes, Happens::Install(site, generation));
        }
    }

    /// The site installs; a death in between leaves it old, and it begins again.
    fn install(&mut self, site: usize, generation: u64) {
        if self.sites[site].order != Some(generation) || self.sites[site].owes.is_some() {
            return;
        }
        if !self.sites[site].alive {
            self.later(POLL, Happens::Install(site, generation));
            return;
        }
        let fails = self.stormy() && self.dice.hits(self.fails);
        let said = if fails {
            self.faults.failed += 1;
            // It was switched, its check failed, and it switches back by itself.
            self.sites[site].new = true;
            self.checkers.permit(site);
            self.sites[site].new = false;
            self.checkers.went_back(site);
            Said::RolledBack
        } else {
            self.sites[site].new = true;
            Said::Installed
        };
        self.sites[site].owes = Some((generation, said));
        self.send(Happens::Told(site, generation, said));
    }

    /// The server hears about an order: an old one, or one that is over, is not counted.
    fn told(&mut self, site: usize, generation: u64, said: Said) {
        let row = &self.rows[site];
        let known = row.outcome.is_some() && self.twin != Twin::CountsTwice;
        if row.generation == generation && !known {
            let outcome = match said {
                Said::Installed => Outcome::Installed,
                Said::RolledBack => Outcome::RolledBack,
            };
            let from = if self.twin == Twin::CountsTwice { None } else { row.outcome };
            let wave = self.sites[site].wave;
            if self.decide(&Event::Reported { wave, from, to: outcome }) {
                self.rows[site].outcome = Some(outcome);
                self.checkers.thanked(site, Some(outcome));
                self.checkers.count(&self.rollout);
                self.order_started();
            }
        }
        self.send(Happens::Thanks(site, generation));
    }

    /// Orders for the sites of waves that have begun.
    fn order_started(&mut self) {
        for site in 0..SITES {
            let begun = self.sites[site].wave <= self.rollout.wave;
            if begun && self.rows[site].ordered.is_none() {
                self.rows[site].ordered = Some(self.now);
            }
        }
    }

    fn tick(&mut self) {
        self.later(60, Happens::Tick);
        if self.stormy() && self.dice.hits(5) {
            self.faults.jumps += 1;
            self.skew += self.dice.below(7_200) as i64 - 3_600;
        }
        self.decide(&Event::Tick);
        self.order_started();
        let quiet = SILENT_AFTER.as_secs();
        for wave in 1..=self.rollout.wave {
            let silent = (0..SITES).filter(|it| {
                let row = &self.rows[*it];
                self.sites[*it].wave == wave
                    && row.outcome.is_none()
                    && row
                        .ordered
                        .is_some_and(|at| self.now - at.max(self.sites[*it].heard) > quiet)
            });
            let silent = silent.count() as u32;
            if self.rollout.waves[wave as usize - 1].silent != silent {
                self.decide(&Event::Silence { wave, silent });
                self.order_started();
            }
        }
    }

    /// A person looks after what stands: holds now and then, has sites tried again, lets it go on.
    fn person(&mut self) {
        self.later(3_000, Happens::Person);
        if self.stormy() && self.dice.hits(100) {
            self.decide(&Event::Hold);
            return;
        }
        for site in 0..SITES {
            let again = self.rows[site].outcome.filter(|it| *it == Outcome::RolledBack);
            let wave = self.sites[site].wave;
            if again.is_some() && self.decide(&Event::Retry { wave, from: again, ordered: false }) {
                let row = &mut self.rows[site];
                row.outcome = None;
                row.generation += 1;
                row.ordered = Some(self.now);
                self.checkers.thanked(site, None);
            }
        }
        let resumes = matches!(self.rollout.state, State::Halted | State::Held);
        if resumes && self.rollout.code != Some(Code::RolledBack) {
            self.decide(&Event::Resume);
            self.order_started();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Broken, Twin, run};

    // proves: S4h-06/U
    #[test]
    fn seeds_keep_every_promise_replay_exactly_and_broken_twins_are_caught() {
        for seed in 0..5 {
            let report = run(seed, Twin::Sound);
            assert_eq!(report.broken, [], "seed {seed}");
            assert!(report.events >= 5_000, "seed {seed}: {}", report.events);
            assert_eq!(run(seed, Twin::Sound), report, "seed {seed} replays");
        }
        let caught = |twin| (0..20).flat_map(move |seed| run(seed, twin).broken);
        assert!(caught(Twin::IgnoresHalt).any(|it| matches!(it, Broken::AfterHalt(_))));
        assert!(caught(Twin::CountsTwice).any(|it| matches!(it, Broken::Miscounted(_))));
    }
}
