//! The scheduler: virtual time, faults, and what is seen of it all.

use crate::check::{Broken, Checkers};
use crate::dice::Dice;
use crate::ground::{Ground, SITES};
use crate::history::{Counts, Log, Seen, Sums, WaveMade};
use crate::net::Net;
use crate::people::Person;
use crate::server::{Packet, Server};
use crate::site::{Came, Site};
use anyhow::Result;
use roadbook_core::ids::RolloutId;
use roadbook_core::rollout::Outcome;
use roadbook_store::{record, rollouts, waves};
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Faults end after so long: then everything must come to rest.
const STORMY: i64 = 45 * MINUTE;
/// So long they go on for something broken, which may show late, and for one seed of so many.
const STORMY_LONG: i64 = 95 * MINUTE;
const LONG_ONE_OF: u64 = 10;
/// Nothing takes longer than this.
const END: i64 = 30 * HOUR;

/// Something that is broken on purpose, which the checkers must catch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// Nothing.
    Sound,
    /// A halt is recorded, and orders are handed out all the same.
    IgnoresHalt,
    /// What an agent says about the end of an order is counted twice.
    CountsTwice,
    /// Agents do not write their journal.
    SkipsJournal,
    /// Synchronizing a disk does nothing, and power is cut.
    SkipsSync,
    /// A site puts the former version back, and nobody ordered it.
    GoesBackAlone,
    /// The wire stays dead for a site.
    StaysDeaf,
}

impl Twin {
    /// All that are broken, with what must catch them.
    pub const BROKEN: [(Twin, &'static str); 6] = [
        (Twin::IgnoresHalt, "after-halt"),
        (Twin::CountsTwice, "miscounted"),
        (Twin::SkipsJournal, "mixed"),
        (Twin::SkipsSync, "back-without-permit"),
        (Twin::GoesBackAlone, "back-without-permit"),
        (Twin::StaysDeaf, "not-converged"),
    ];
}

/// What came of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Events that happened.
    pub events: u64,
    /// How often each fault struck and each order was given.
    pub counts: Counts,
    /// Virtual minutes until rest.
    pub minutes: i64,
    /// SHA-256 over everything that happened, in order.
    pub trace: String,
    /// What was broken.
    pub broken: Vec<Broken>,
}

#[derive(Debug)]
enum Happens {
    Turn(usize, u32),
    Wake(usize),
    Comes(Packet),
    Tick,
    Person,
    Strikes,
    Again,
}

struct Event(i64, u64, Happens);

impl PartialEq for Event {
    fn eq(&self, other: &Event) -> bool {
        (self.0, self.1) == (other.0, other.1)
    }
}
impl Eq for Event {}
impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Event) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Event {
    fn cmp(&self, other: &Event) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

struct Sim<'g> {
    net: Net<'g>,
    sites: Vec<Site>,
    person: Person,
    dice: Dice,
    twin: Twin,
    log: Log,
    checkers: Checkers,
    queue: BinaryHeap<Reverse<Event>>,
    now: i64,
    skew: i64,
    order: u64,
    fails: u64,
    read: i64,
    rollouts: Vec<RolloutId>,
    trace: Sha256,
    tells: bool,
    storm: i64,
    events: u64,
    rest: bool,
}

/// Plays one seed to its end; prints everything that happens when `tells`.
pub fn run(ground: &Ground, seed: u64, twin: Twin, tells: bool) -> Result<Report> {
    let mut sim = Sim::new(ground, seed, twin, tells)?;
    sim.play()?;
    Ok(sim.report())
}

impl<'g> Sim<'g> {
    fn new(ground: &'g Ground, seed: u64, twin: Twin, tells: bool) -> Result<Sim<'g>> {
        let mut dice = Dice::new(seed);
        let log = Log::default();
        let server = Server::start(ground, dice.split())?;
        let net = Net::new(server, dice.split(), log.clone());
        let mut sites = Vec::new();
        for number in 0..SITES {
            let mut site = Site::new(number, ground, dice.split(), log.clone())?;
            match twin {
                Twin::SkipsJournal => site.disk.stays = Some(roadbook_agent::journal::PATH),
                Twin::SkipsSync => site.disk.lies = true,
                _ => {}
            }
            sites.push(site);
        }
        let fails = [0, 5, 20, 80, 250][dice.below(5) as usize];
        let person = Person::new(dice.split());
        let mut sim = Sim {
            net,
            sites,
            person,
            dice,
            twin,
            log,
            checkers: Checkers::default(),
            queue: BinaryHeap::new(),
            now: 0,
            skew: 0,
            order: 0,
            fails,
            read: 0,
            rollouts: Vec::new(),
            trace: Sha256::new(),
            tells,
            storm: if twin == Twin::Sound && seed % LONG_ONE_OF != 0 {
                STORMY
            } else {
                STORMY_LONG
            },
            events: 0,
            rest: false,
        };
        for index in 0..SITES {
            let first = sim.dice.span(0, 10 * MINUTE);
            sim.later(first, Happens::Turn(index, 0));
        }
        for (first, what) in
            [(1_000, Happens::Tick), (7 * MINUTE, Happens::Person), (3 * MINUTE, Happens::Strikes)]
        {
            sim.later(first, what);
        }
        Ok(sim)
    }

    fn later(&mut self, delay: i64, what: Happens) {
        self.order += 1;
        self.queue.push(Reverse(Event(self.now + delay, self.order, what)));
    }

    fn stormy(&self) -> bool {
        self.now < self.storm
    }

    fn play(&mut self) -> Result<()> {
        while let Some(Reverse(Event(at, _, what))) = self.queue.pop() {
            if at > END || self.rest {
                break;
            }
            self.now = at;
            self.events += 1;
            self.tell(|| match &what {
                Happens::Comes(packet) => format!("comes {} {}", packet.method, packet.path),
                other => format!("{other:?}"),
            });
            self.net.storm = self.stormy();
            let now = self.now + self.skew;
            self.net.server.clock.set(now);
            self.net.server_time = now;
            self.happens(what)?;
            self.settle();
        }
        Ok(())
    }

    fn tell(&mut self, text: impl FnOnce() -> String) {
        let line = format!("{:>10.3} {}", self.now as f64 / 1000.0, text());
        self.trace.update(line.as_bytes());
        if self.tells {
            println!("{line}");
        }
    }

    fn happens(&mut self, what: Happens) -> Result<()> {
        match what {
            Happens::Turn(site, life) => self.turn(site, life),
            Happens::Wake(site) => {
                self.sites[site].wake()?;
                let life = self.sites[site].life;
                self.later(100, Happens::Turn(site, life));
            }
            Happens::Comes(packet) => {
                self.net.deliver(&packet);
            }
            Happens::Tick => {
                self.later(2 * MINUTE, Happens::Tick);
                if !self.net.server.is_up() {
                    return Ok(());
                }
                match self.net.server.tick() {
                    Some(Ok(())) => {
                        self.checkers.listen(self.now + self.skew, SITES);
                        self.log.note(Seen::Ticked { at: self.now });
                    }
                    Some(Err(error)) => anyhow::bail!("the reconcilers failed: {error}"),
                    None => self.net.died = true,
                }
                self.net.moved = true;
            }
            Happens::Person => self.person(),
            Happens::Strikes => self.strikes(),
            Happens::Again => {
                self.net.server.again();
            }
        }
        Ok(())
    }

    fn turn(&mut self, index: usize, life: u32) {
        let fails = if self.stormy() { self.fails } else { 0 };
        let deaf = self.twin == Twin::StaysDeaf && index == 7;
        let site = &mut self.sites[index];
        if site.life != life || deaf {
            return;
        }
        // The counts of the wire are borrowed by the wire.
        let mut counts = Counts::default();
        let came = site.turn(self.now, self.net.line(index), fails, &mut counts);
        self.net.counts.merge(&counts);
        match came {
            Came::Again(delay) => self.later(delay, Happens::Turn(index, life)),
            Came::Died => {
                let asleep = self
                    .dice
                    .span(MINUTE, if self.dice.clone().hits(150) { 100 } else { 25 } * MINUTE);
                self.later(asleep, Happens::Wake(index));
            }
        }
    }

    /// Something strikes the server or some sites.
    fn strikes(&mut self) {
        if !self.stormy() {
            self.skew = 0;
            for index in 0..SITES {
                self.sites[index].spare();
            }
            self.net.server.die_behind(0);
            return;
        }
        self.later(2 * MINUTE, Happens::Strikes);
        let victim = self.dice.below(SITES as u64) as usize;
        self.sites[victim].doom();
        if self.dice.hits(250) {
            let site = self.dice.below(SITES as u64) as usize;
            self.sites[site].skew = self.dice.span(-3 * HOUR, 3 * HOUR);
            self.net.counts.add("clocks of sites jumped");
        }
        if self.dice.hits(15) {
            self.skew = self.dice.span(-HOUR, HOUR);
            self.net.counts.add("clocks of servers jumped");
        }
        if self.twin == Twin::GoesBackAlone {
            self.sites[victim].go_back_alone();
        }
        if !self.net.server.is_up() {
            return;
        }
        if self.dice.hits(20) {
            self.net.counts.add("servers restarted");
            self.net.server.stop();
            let down = self.dice.span(1_000, 10 * MINUTE);
            self.later(down, Happens::Again);
        } else if self.dice.hits(40) {
            let commits = 1 + self.dice.below(12);
            self.net.server.die_behind(commits);
        }
    }

    fn person(&mut self) {
        self.later(self.dice.clone().span(5 * MINUTE, 12 * MINUTE), Happens::Person);
        self.dice.next();
        if !self.net.server.is_up() {
            return;
        }
        let Sim { person, net, .. } = self;
        if net.storm {
            person.acts(&mut net.server, &mut net.counts);
        } else {
            person.cares(&mut net.server, &mut net.counts);
        }
        self.net.died |= !self.net.server.is_up();
        self.net.moved = true;
        if !self.stormy() {
            self.rest = self.is_at_rest();
        }
    }

    /// What an event leaves behind: packets on their way, a dead server, things that were seen.
    fn settle(&mut self) {
        for (delay, packet) in std::mem::take(&mut self.net.later) {
            self.later(delay, Happens::Comes(packet));
        }
        if std::mem::take(&mut self.net.died) {
            self.net.counts.add("servers died behind a commit");
            let down = self.dice.span(1_000, 3 * MINUTE);
            self.later(down, Happens::Again);
            self.net.moved = true;
        }
        // What was told came before what the server made of it.
        self.see();
        if std::mem::take(&mut self.net.moved) {
            self.read_record();
            self.see();
        }
    }

    fn see(&mut self) {
        for seen in self.log.take() {
            if !matches!(seen, Seen::Called { .. }) {
                self.tell(|| format!("  {seen:?}"));
            }
            let before = self.checkers.broken.len();
            self.checkers.see(&seen);
            for index in before..self.checkers.broken.len() {
                let broken = self.checkers.broken[index].clone();
                self.tell(|| format!("  BROKEN {broken:?}"));
            }
            if let (Twin::CountsTwice, Seen::Told { action, end: Some(end), .. }) =
                (self.twin, &seen)
            {
                self.count_again(*action, *end);
            }
        }
    }

    /// What the record says since the last look, and the sums.
    fn read_record(&mut self) {
        let server = &self.net.server;
        let stream = format!("release/{}", server.release);
        let entries = server.look(record::stream_page(server.store(), &stream, self.read, 1_000));
        let mut entries = entries.unwrap_or_default();
        for entry in &entries {
            self.read = entry.seq;
        }
        let wanted = |it: &record::Recorded| {
            ["rollout.", "rollback.", "deployment."].iter().any(|kind| it.kind.starts_with(kind))
        };
        entries.retain(wanted);
        for entry in entries {
            let Ok(body) = entry.body() else { continue };
            let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            let rollout = text("rollout");
            let site = self.net.server.ground().number(&text("site")).unwrap_or(usize::MAX);
            let seen = match entry.kind.as_str() {
                "rollout.made" | "rollback.ordered" => {
                    self.made(&rollout, entry.kind == "rollback.ordered");
                    // The same entry says that the rollout it undoes stands.
                    Some(Seen::Stands { rollout: text("of") })
                        .filter(|_| entry.kind == "rollback.ordered")
                }
                "rollout.halted" => {
                    self.net.counts.add("halts");
                    self.ignore_halt(&rollout);
                    Some(Seen::Stands { rollout })
                }
                "rollout.held" => Some(Seen::Stands { rollout }),
                "rollout.resumed" => Some(Seen::GoesOn { rollout }),
                "rollout.finished" | "rollout.ended" => Some(Seen::Over { rollout }),
                "rollout.site_again" => Some(Seen::Again { site }),
                "deployment.reported" if text("source") == "person" => {
                    let outcome = Outcome::parse(&text("outcome"));
                    outcome.map(|outcome| Seen::Reported { site, outcome })
                }
                _ => None,
            };
            if let Some(seen) = seen {
                self.log.note(seen);
            }
            let wave = body["wave"].as_u64().unwrap_or(0) as usize;
            if wave > 0 && entry.kind != "rollout.site_again" && !text("rollout").is_empty() {
                self.log.note(Seen::Began { rollout: text("rollout"), wave });
            }
        }
        self.sums();
    }

    fn made(&mut self, rollout: &str, back: bool) {
        let Ok(id) = RolloutId::parse(rollout) else { return };
        let server = &self.net.server;
        let made = server.look(async {
            let mut made = Vec::new();
            for row in rollouts::waves(server.store(), &id).await? {
                let sites = waves::sites_of_wave(server.store(), &id, row.wave).await?;
                let number = |it: &roadbook_core::ids::SiteId| server.ground().number(it.as_str());
                made.push(WaveMade {
                    sites: sites.iter().filter_map(number).collect(),
                    halt_failed: u32::try_from(row.halt_failed).unwrap_or(0),
                    halt_silent: u32::try_from(row.halt_silent).unwrap_or(0),
                });
            }
            anyhow::Ok(made)
        });
        self.log.note(Seen::Made {
            rollout: rollout.to_owned(),
            back,
            waves: made.unwrap_or_default(),
        });
        self.rollouts.push(id);
    }

    fn sums(&mut self) {
        for id in &self.rollouts {
            let server = &self.net.server;
            let rows = server.look(rollouts::waves(server.store(), id)).unwrap_or_default();
            let waves: Vec<Sums> = rows
                .iter()
                .map(|it| {
                    [it.installed, it.failed, it.rolled_back, it.skipped].map(|sum| sum as u32)
                })
                .collect();
            self.log.note(Seen::Sums { rollout: id.to_string(), waves });
        }
    }

    /// Broken on purpose: the record has the halt, the rollout has it not.
    fn ignore_halt(&mut self, rollout: &str) {
        let Ok(id) = RolloutId::parse(rollout) else { return };
        if self.twin != Twin::IgnoresHalt {
            return;
        }
        let server = &self.net.server;
        let row = server.look(rollouts::get(server.store(), &id));
        let Ok(Some(mut row)) = row else { return };
        "running".clone_into(&mut row.state);
        row.reason_code = None;
        let mut commit = roadbook_store::Commit::new(crate::ports::moment(self.now), "twin");
        commit.writes.push(rollouts::update(&row));
        let change = rollouts::FleetChange::Rollout(id);
        commit.writes.extend(rollouts::changed(&change, crate::ports::moment(self.now)));
        server.write(commit);
    }

    /// Broken on purpose: the sums move once more.
    fn count_again(&mut self, action: u32, end: Outcome) {
        let Some(known) = self.net.orders.get(&action) else { return };
        let server = &self.net.server;
        let place = rollouts::RolloutSite {
            rollout_id: known.rollout.clone(),
            site_id: server.ground().sites[0].id.clone(),
            wave: known.wave as i64,
            outcome: None,
            version: None,
        };
        let mut commit = roadbook_store::Commit::new(crate::ports::moment(self.now), "twin");
        commit.writes.extend(waves::report(&place, Some(end.name())).into_iter().skip(1));
        server.write(commit);
    }

    fn is_at_rest(&self) -> bool {
        let server = &self.net.server;
        let over = server.look(rollouts::of_release(server.store(), &server.release));
        over.is_ok_and(|all| !all.is_empty() && all.iter().all(rollouts::Rollout::is_over))
            && self.sites.iter().all(|it| it.at_rest().is_some())
    }

    fn report(mut self) -> Report {
        self.read_record();
        for site in &self.sites {
            match site.at_rest() {
                Some(seen) => self.log.note(seen),
                None => self.checkers.broken.push(Broken::NotConverged { what: site.line() }),
            }
        }
        self.kept();
        self.see();
        let server = &self.net.server;
        let all = server.look(rollouts::of_release(server.store(), &server.release));
        for row in all.unwrap_or_default().iter().filter(|it| !it.is_over()) {
            let what = format!("{} {} {}: {:?}", row.kind, row.id, row.state, row.reason_code);
            self.checkers.broken.push(Broken::NotConverged { what });
        }
        Report {
            events: self.events,
            counts: self.net.counts,
            minutes: self.now / MINUTE,
            trace: hex::encode(self.trace.finalize()),
            broken: self.checkers.broken,
        }
    }

    /// How many messages the server holds about each order.
    fn kept(&mut self) {
        for action in self.net.orders.keys() {
            let server = &self.net.server;
            let count = server.look(rollouts::report_count(server.store(), i64::from(*action)));
            let messages = count.unwrap_or(-1).try_into().unwrap_or(usize::MAX);
            self.log.note(Seen::Kept { action: *action, messages });
        }
    }
}
