//! The real server is killed, cut off and filled up while clients write to it over HTTP. What it
//! acknowledged is there afterwards, once; what it did not acknowledge can be sent again. The same
//! rig does fail for the deliberately broken variants. See `docs/reliability.md`.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

mod client;
mod dice;
mod disk;
mod first;
mod gate;
mod oracle;
mod points;
mod power;
mod rig;
mod trouble;
mod twins;
mod work;
mod world;

use dice::{Dice, seed, setting};
use rig::{Death, Outcome, Rig};
use roadbook_testkit::postgres::Postgres;
use world::Db;

/// Kills in the life of one world.
const LIFE: usize = 25;

/// Random instants: mostly while it serves, sometimes while it starts.
fn at_random(dice: &mut Dice) -> Death {
    if dice.below(5) == 0 {
        Death::Starting(dice.below(120))
    } else {
        Death::Serving(dice.below(450))
    }
}

fn random(db: &Db, name: &str) {
    let (seed, kills) = (seed(), setting("ROADBOOK_CRASH_KILLS", 150) as usize);
    println!("seed of the random kills on {name}: ROADBOOK_CRASH_SEED={seed}");
    let mut all = Outcome::default();
    for world in 0..kills.div_ceil(LIFE) {
        let seed = seed + world as u64;
        let mut dice = Dice::new(seed, 0);
        let deaths: Vec<Death> = (0..LIFE).map(|_| at_random(&mut dice)).collect();
        let outcome = Rig::new(db, seed, "").run(&deaths);
        assert!(outcome.wrong.is_empty(), "ROADBOOK_CRASH_SEED={seed}: {:#?}", outcome.wrong);
        all.add(outcome);
    }
    all.show(&format!("random instants, {name}"));
}

/// No process is killed: an operator ends it, or its database breaks the line.
fn gently(db: &Db, name: &str) {
    let seed = seed();
    println!("seed of the gentle ends on {name}: ROADBOOK_CRASH_SEED={seed}");
    let mut dice = Dice::new(seed, 33);
    let deaths: Vec<Death> = (0..12)
        .map(|n| match db {
            Db::Postgres(_) if n % 2 == 0 => {
                Death::Disconnected((0..4).map(|_| dice.below(250)).collect())
            }
            _ => Death::Asked(dice.below(450)),
        })
        .collect();
    let outcome = Rig::new(db, seed, "").run(&deaths);
    assert!(outcome.wrong.is_empty(), "ROADBOOK_CRASH_SEED={seed}: {:#?}", outcome.wrong);
    outcome.show(&format!("ends asked for and broken lines, {name}"));
}

#[test]
fn sqlite_ends_when_it_is_asked() {
    gently(&Db::Sqlite, "SQLite");
}

#[test]
fn postgres_breaks_the_line_and_is_found_again() {
    gently(&Db::Postgres(Postgres::shared()), "PostgreSQL");
}

#[test]
fn sqlite_is_killed_at_random() {
    random(&Db::Sqlite, "SQLite");
}

#[test]
fn postgres_is_killed_at_random() {
    random(&Db::Postgres(Postgres::shared()), "PostgreSQL");
}
