//! Kills a server again and again while clients write to it, and looks at what is left.

use crate::dice::Dice;
use crate::gate::Gate;
use crate::oracle;
use crate::work::{Client, Ledger};
use crate::world::{CLIENTS, Db, Faults, World, mailbox};
use roadbook_testkit::mail::MailSink;
use roadbook_testkit::process::READY;
use std::thread;
use std::time::Duration;

/// So long an armed server may live before it is killed all the same.
const ARMED_MAX: Duration = Duration::from_secs(4);

/// When a server dies.
#[derive(Clone, Debug)]
pub enum Death {
    /// So many milliseconds after its process began.
    Starting(u64),
    /// So many milliseconds after it listens.
    Serving(u64),
    /// At a passing of a named point.
    At(String),
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
}

impl Rig {
    pub fn new(db: &Db, seed: u64, broken: &'static str) -> Rig {
        let sink = mailbox();
        let world = World::new(db, None, sink.port());
        Rig { world, gate: Gate::default(), broken, sink, seed }
    }

    /// Lives through `deaths`, then to its end, and tells what was found.
    pub fn run(mut self, deaths: &[Death]) -> Outcome {
        let mut outcome = Outcome::default();
        let gate = std::mem::take(&mut self.gate);
        let token = self.world.token.clone();
        let seed = self.seed;
        let ledgers: Vec<Ledger> = thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|n| {
                    let client = Client::new(n, &gate, &token, Dice::new(seed, n as u64 + 1));
                    scope.spawn(move || client.run())
                })
                .collect();
            for death in deaths {
                self.life(&gate, death, &mut outcome);
            }
            let (running, epoch) = self.world.serve(&Faults::default());
            gate.open(epoch);
            gate.finish();
            let ledgers: Vec<Ledger> =
                clients.into_iter().map(|it| it.join().expect("a client does not panic")).collect();
            oracle::mails(&mut self.sink, &ledgers, &mut outcome);
            if !running.terminate().success() {
                outcome.wrong.push("the last server did not end well".into());
            }
            ledgers
        });
        for ledger in &ledgers {
            outcome.acked += ledger.acked.len();
            outcome.repeated += ledger.repeated;
            outcome.found_done += ledger.found_done;
            outcome.wrong.extend(ledger.wrong.iter().cloned());
        }
        oracle::stored(&self.world, &ledgers, &mut outcome);
        oracle::doctor(&self.world, &mut outcome);
        outcome
    }

    /// One server from its start to its death.
    fn life(&mut self, gate: &Gate, death: &Death, outcome: &mut Outcome) {
        let armed = if let Death::At(point) = death { point.clone() } else { String::new() };
        let mut running = self.world.spawn(&Faults { armed, broken: self.broken.to_owned() });
        let millis = |n: &u64| Duration::from_millis(*n);
        match death {
            Death::Starting(after) => {
                // Nothing else is printed meanwhile: waiting for a line is waiting for the time.
                if let Some(epoch) = self.world.listens(&mut running, millis(after)) {
                    gate.open(epoch);
                }
            }
            Death::Serving(after) => {
                if let Some(epoch) = self.world.listens(&mut running, READY) {
                    gate.open(epoch);
                    let _ = running.next_line(millis(after));
                } else {
                    let log = running.log();
                    outcome.wrong.push(format!("the server does not come up: {log}"));
                }
            }
            Death::At(_) => {
                if let Some(epoch) = self.world.listens(&mut running, ARMED_MAX) {
                    gate.open(epoch);
                    while running.next_line(ARMED_MAX).is_some() {}
                }
            }
        }
        let status = running.kill();
        if let Death::At(point) = death
            && std::os::unix::process::ExitStatusExt::signal(&status) == Some(6)
        {
            outcome.reached.push(point.clone());
        }
        outcome.kills += 1;
    }
}
