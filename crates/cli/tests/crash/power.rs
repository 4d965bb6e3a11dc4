//! The power goes: what was acknowledged before is on the disk. A kill cannot show that, because
//! the system keeps what a dead process wrote.

use crate::dice::{Dice, seed, setting};
use crate::disk::{Disk, skipped};
use crate::rig::{Death, Outcome, Rig};

/// Room for a world.
const MEBIBYTES: u64 = 256;

/// A twin that writes without waiting for the disk is caught within so many worlds.
const TWIN_WORLDS: usize = 6;

fn cuts(seed: u64, number: usize, after: u64) -> Vec<Death> {
    let mut dice = Dice::new(seed, 9);
    (0..number).map(|_| Death::Serving(after + dice.below(400))).collect()
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let (seed, number) = (seed(), setting("ROADBOOK_CRASH_CUTS", 40) as usize);
    println!("seed of the power cuts: ROADBOOK_CRASH_SEED={seed}");
    let mut all = Outcome::default();
    for (world, deaths) in cuts(seed, number, 60).chunks(20).enumerate() {
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
    let mut kills = 0;
    // What the system wrote by itself before the power went is not lost: the fault does not show at
    // every cut, the less so on a slow machine, where little is acknowledged between two of them.
    for seed in (seed()..).take(TWIN_WORLDS) {
        let disk = match Disk::new(MEBIBYTES) {
            Ok(disk) => disk,
            Err(why) => return skipped("power cuts without synchronizing", &why),
        };
        let outcome = Rig::on(disk, seed, "no_sync").run(&cuts(seed, 8, 200));
        kills += outcome.kills;
        if let Some(wrong) = outcome.wrong.first() {
            println!("inputs: {kills} power cuts, no_sync is caught: {wrong}");
            return;
        }
    }
    panic!("writing without waiting for the disk was not noticed in {kills} power cuts");
}
