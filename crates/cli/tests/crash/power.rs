//! The power goes: what was acknowledged before is on the disk. A kill cannot show that, because
//! the system keeps what a dead process wrote.

use crate::dice::{Dice, seed, setting};
use crate::disk::{Disk, skipped};
use crate::rig::{Death, Outcome, Rig};

/// Room for a world.
const MEBIBYTES: u64 = 256;

/// The power goes when something was acknowledged, however long that takes: else nothing can be lost.
fn cuts(seed: u64, number: usize) -> Vec<Death> {
    let mut dice = Dice::new(seed, 9);
    (0..number).map(|_| Death::Acknowledged(1 + dice.below(4), dice.below(60))).collect()
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let (seed, number) = (seed(), setting("ROADBOOK_CRASH_CUTS", 40) as usize);
    println!("seed of the power cuts: ROADBOOK_CRASH_SEED={seed}");
    let mut all = Outcome::default();
    for (world, deaths) in cuts(seed, number).chunks(20).enumerate() {
        let disk = match Disk::new(MEBIBYTES) {
            Ok(disk) => disk,
            Err(why) => return skipped("power cuts", &why),
        };
        let seed = seed + world as u64;
        let outcome = Rig::on(disk, seed, "").run(deaths);
        assert!(outcome.wrong.is_empty(), "ROADBOOK_CRASH_SEED={seed}: {:#?}", outcome.wrong);
        all.add(outcome);
    }
    all.show("power cuts, SQLite");
}

#[test]
fn a_database_that_does_not_wait_for_the_disk_is_caught() {
    let seed = seed();
    let disk = match Disk::new(MEBIBYTES) {
        Ok(disk) => disk,
        Err(why) => return skipped("power cuts without synchronizing", &why),
    };
    let outcome = Rig::on(disk, seed, "no_sync").run(&cuts(seed, 4));
    assert!(!outcome.wrong.is_empty(), "writing without waiting for the disk was not noticed");
    let kills = outcome.kills;
    println!("inputs: {kills} power cuts, no_sync is caught: {}", outcome.wrong[0]);
}
