//! Kills a server again and again while clients write to it, and looks at what is left.

use crate::dice::Dice;
use crate::disk::Disk;
use crate::gate::Gate;
use crate::oracle;
use crate::work::{Client, Ledger};
use crate::world::{CLIENTS, Db, Faults, World, mailbox};
use roadbook_testkit::mail::MailSink;
use roadbook_testkit::process::{READY, Running};
use std::os::unix::process::ExitStatusExt as _;
use std::thread;
use std::time::Duration;

/// So long an armed server may live before it is killed all the same.
const ARMED_MAX: Duration = Duration::from_secs(10);

/// The signal by which a process ends itself at a named point.
const ABORTED: i32 = 6;

/// When a server dies.
#[derive(Clone, Debug)]
pub enum Death {
    /// So many milliseconds after its process began.
    Starting(u64),
    /// So many milliseconds after it listens.
    Serving(u64),
    /// After it acknowledged so many calls, and so many milliseconds more.
    Acknowledged(u64, u64),
    /// At a passing of a named point.
    At(String),
    /// As an operator asks for it, so many milliseconds after it listens.
    Asked(u64),
    /// After its database broke all connections, each time after so many milliseconds.
    Disconnected(Vec<u64>),
}

/// What came of the lives of a world.
#[derive(Debug, Default)]
pub struct Outcome {
    pub kills: usize,
    pub acked: usize,
    pub repeated: u64,
    pub found_done: u64,
    pub mails: usize,
    /// Points at which a server really ended.
    pub reached: Vec<String>,
    pub wrong: Vec<String>,
}

impl Outcome {
    /// Adds another world.
    pub fn add(&mut self, other: Outcome) {
        self.kills += other.kills;
        self.acked += other.acked;
        self.repeated += other.repeated;
        self.found_done += other.found_done;
        self.mails += other.mails;
        self.reached.extend(other.reached);
        self.wrong.extend(other.wrong);
    }

    /// What a suite shows.
    pub fn show(&self, what: &str) {
        println!(
            "inputs: {} kills, {what}: {} acknowledged, {} sent again ({} of them had happened), \
             {} mails, {} wrong",
            self.kills,
            self.acked,
            self.repeated,
            self.found_done,
            self.mails,
            self.wrong.len()
        );
    }
}

/// One world through many deaths.
pub struct Rig {
    pub world: World,
    pub gate: Gate,
    pub broken: &'static str,
    sink: MailSink,
    seed: u64,
    /// With a disk, it is the power that goes.
    disk: Option<Disk>,
    db: Db,
}

impl Rig {
    pub fn new(db: &Db, seed: u64, broken: &'static str) -> Rig {
        let sink = mailbox();
        let world = World::new(db, None, sink.port());
        Rig { world, gate: Gate::default(), broken, sink, seed, disk: None, db: db.clone() }
    }

    /// On a disk whose power goes.
    pub fn on(disk: Disk, seed: u64, broken: &'static str) -> Rig {
        let sink = mailbox();
        let world = World::new(&Db::Sqlite, Some(&disk.path().join("data")), sink.port());
        Rig { world, gate: Gate::default(), broken, sink, seed, disk: Some(disk), db: Db::Sqlite }
    }

    /// Lives through `deaths`, then to its end, and tells what was found.
    pub fn run(mut self, deaths: &[Death]) -> Outcome {
        let mut outcome = Outcome::default();
        let gate = std::mem::take(&mut self.gate);
        let token = self.world.token.clone();
        let seed = self.seed;
        let ledgers: Option<Vec<Ledger>> = thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|n| {
                    let client = Client::new(n, &gate, &token, Dice::new(seed, n as u64 + 1));
                    scope.spawn(move || client.run())
                })
                .collect();
            let alive = deaths.iter().all(|death| self.life(&gate, death, &mut outcome));
            let last = alive.then(|| self.last(&gate, &mut outcome)).flatten();
            let join = |it: thread::ScopedJoinHandle<'_, Ledger>| it.join().expect("no panic");
            let ledgers: Vec<Ledger> = clients.into_iter().map(join).collect();
            for ledger in &ledgers {
                outcome.acked += ledger.acked.len();
                outcome.repeated += ledger.repeated;
                outcome.found_done += ledger.found_done;
                outcome.wrong.extend(ledger.wrong.iter().cloned());
            }
            let running = last?;
            oracle::mails(&mut self.sink, &ledgers, &mut outcome);
            if !running.terminate().success() {
                outcome.wrong.push("the last server did not end well".into());
            }
            Some(ledgers)
        });
        if let Some(ledgers) = ledgers {
            oracle::stored(&self.world, &ledgers, &mut outcome);
            oracle::doctor(&self.world, &mut outcome);
        }
        outcome
    }

    /// The server in whose life everything comes to its end.
    fn last(&mut self, gate: &Gate, outcome: &mut Outcome) -> Option<Running> {
        let mut running = self.world.spawn(&Faults::default());
        match self.world.listens(&mut running, READY) {
            Some(epoch) => {
                gate.open(epoch);
                gate.finish();
                Some(running)
            }
            None => {
                lost(gate, &running, outcome);
                None
            }
        }
    }

    /// One server from its start to its death. False when it does not come up.
    fn life(&mut self, gate: &Gate, death: &Death, outcome: &mut Outcome) -> bool {
        let armed = if let Death::At(point) = death { point.clone() } else { String::new() };
        let mut running = self.world.spawn(&Faults { armed, broken: self.broken.to_owned() });
        let millis = |n: &u64| Duration::from_millis(*n);
        if let Death::Starting(after) = death {
            // Nothing else is printed meanwhile: waiting for a line is waiting for the time.
            if let Some(epoch) = self.world.listens(&mut running, millis(after)) {
                gate.open(epoch);
            }
        } else if let Some(epoch) = self.world.listens(&mut running, READY) {
            gate.open(epoch);
            match death {
                Death::At(_) => while running.next_line(ARMED_MAX).is_some() {},
                Death::Acknowledged(calls, after) => {
                    gate.wait_acknowledged(*calls, ARMED_MAX);
                    let _ = running.next_line(millis(after));
                }
                Death::Disconnected(breaks) => self.disconnect(&mut running, breaks),
                Death::Serving(after) | Death::Asked(after) | Death::Starting(after) => {
                    let _ = running.next_line(millis(after));
                }
            }
        } else if !matches!(death, Death::At(_)) {
            lost(gate, &running, outcome);
            return false;
        }
        if matches!(death, Death::Asked(_)) {
            outcome.kills += 1;
            // What it answers until its end counts.
            let log = running.log();
            if !running.terminate().success() {
                outcome.wrong.push(format!("the server did not end well: {log}"));
            }
            gate.seal();
            return true;
        }
        // An answer that is read after the power went may have been written after it, too.
        gate.seal();
        if let Some(disk) = &self.disk {
            disk.cut().expect("the power can be cut");
        }
        let status = running.kill();
        if let Some(disk) = &self.disk {
            disk.back().expect("the disk can be mounted again");
        }
        if let Death::At(point) = death
            && status.signal() == Some(ABORTED)
        {
            outcome.reached.push(point.clone());
        }
        outcome.kills += 1;
        true
    }
}

impl Rig {
    fn disconnect(&self, running: &mut Running, breaks: &[u64]) {
        let (Db::Postgres(server), Some(url)) = (&self.db, &self.world.url) else { return };
        for after in breaks {
            let _ = running.next_line(Duration::from_millis(*after));
            server.end_connections(url);
        }
    }
}

fn lost(gate: &Gate, running: &Running, outcome: &mut Outcome) {
    outcome.wrong.push(format!("the server does not come up: {}", running.log()));
    gate.give_up();
}
