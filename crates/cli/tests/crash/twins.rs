//! The rig against deliberately broken variants: a detector that never fired proves nothing.

use crate::dice::seed;
use crate::rig::{Death, Rig};
use crate::world::Db;
use roadbook_testkit::postgres::Postgres;

/// A broken variant, the point at which it shows, and words of findings that must be there.
const TWINS: [(&str, &str, &[&str]); 3] = [
    ("ack_before_commit", "commit.before_commit", &["is lost"]),
    ("outbox_outside_tx", "outbox.after_commit", &["the notice `", "nothing will send it"]),
    ("no_idempotency_row", "commit.after_commit", &["acknowledged and is lost"]),
];

fn is_caught(db: &Db, name: &str) {
    for (broken, point, words) in TWINS {
        let hits = if point.starts_with("outbox") { [1, 1, 1, 1] } else { [4, 7, 9, 12] };
        let deaths: Vec<Death> =
            hits.iter().map(|hit| Death::At(format!("{point}:{hit}"))).collect();
        let outcome = Rig::new(db, seed(), broken).run(&deaths);
        let caught = words.iter().all(|word| outcome.wrong.iter().any(|it| it.contains(word)));
        assert!(caught, "{broken} on {name} was not noticed: {:#?}", outcome.wrong);
        let kills = outcome.kills;
        println!("inputs: {kills} kills, {broken} on {name} is caught: {}", outcome.wrong[0]);
    }
}

#[test]
fn broken_variants_are_caught_on_sqlite() {
    is_caught(&Db::Sqlite, "SQLite");
}

#[test]
fn broken_variants_are_caught_on_postgres() {
    is_caught(&Db::Postgres(Postgres::shared()), "PostgreSQL");
}
