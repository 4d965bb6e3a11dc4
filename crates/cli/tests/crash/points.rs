//! Death at every named point, at several passings of each.

use crate::dice::seed;
use crate::rig::{Death, Outcome, Rig};
use crate::world::Db;
use roadbook_store::fail;
use roadbook_testkit::postgres::Postgres;
use std::collections::BTreeSet;

/// Passed only while a place is made: [`crate::first`] dies there.
const FIRST: [&str; 2] = ["migrate.between", "key.after_write"];

/// Passings at which a point is deadly.
fn hits(point: &str) -> &'static [u64] {
    match point.split('.').next() {
        Some("commit") => &[1, 2, 3, 5, 8, 13, 21],
        Some("notice" | "outbox") => &[1, 2, 3, 4],
        _ => &[1, 2, 3, 5, 8],
    }
}

fn every_point(db: &Db, name: &str) {
    let seed = seed();
    println!("seed of the named points on {name}: ROADBOOK_CRASH_SEED={seed}");
    let points = || fail::POINTS.iter().filter(|it| !FIRST.contains(it));
    let mut all = Outcome::default();
    // Each world dies at every point once: on a young history and on an older one.
    for round in 0..7 {
        let deaths: Vec<Death> = points()
            .filter_map(|point| Some(Death::At(format!("{point}:{}", hits(point).get(round)?))))
            .collect();
        let outcome = Rig::new(db, seed + round as u64, "").run(&deaths);
        let seed = seed + round as u64;
        assert!(outcome.wrong.is_empty(), "{name} {deaths:?} {seed}: {:#?}", outcome.wrong);
        all.add(outcome);
    }
    let reached: BTreeSet<&str> =
        all.reached.iter().filter_map(|it| it.split(':').next()).collect();
    let missed: Vec<&&str> = points().filter(|it| !reached.contains(**it)).collect();
    assert!(missed.is_empty(), "{name}: nobody passes {missed:?}");
    all.show(&format!("named points, {} of them reached, {name}", all.reached.len()));
}

#[test]
fn sqlite_dies_at_every_named_point() {
    every_point(&Db::Sqlite, "SQLite");
}

#[test]
fn postgres_dies_at_every_named_point() {
    every_point(&Db::Postgres(Postgres::shared()), "PostgreSQL");
}
