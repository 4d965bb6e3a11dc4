//! A first start that is cut off anywhere is no loss: the next one goes on.

use crate::dice::{Dice, seed};
use roadbook_testkit::postgres::Postgres;
use roadbook_testkit::process::Running;
use roadbook_testkit::temp::Scratch;
use std::process::Command;
use std::time::Duration;

fn command(scratch: &Scratch, url: Option<&String>, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roadbook"));
    command.args([name, "--data"]).arg(scratch.join("data")).env_clear();
    command.env("HOME", scratch.path());
    if let Some(url) = url {
        command.args(["--database", url]);
    }
    command
}

fn first_starts(postgres: Option<&Postgres>, name: &str) {
    let seed = seed();
    println!("seed of the first starts on {name}: ROADBOOK_CRASH_SEED={seed}");
    let mut dice = Dice::new(seed, 17);
    let mut deaths: Vec<Option<&str>> =
        vec![Some("migrate.between:1"), Some("key.after_write:1"), Some("commit.after_commit:1")];
    deaths.resize(15, None);
    for death in &deaths {
        let (scratch, url) = (Scratch::new("first"), postgres.map(Postgres::database));
        let mut init = command(&scratch, url.as_ref(), "init");
        if let Some(armed) = death {
            init.env("ROADBOOK_FAIL", armed);
        }
        let mut running = Running::spawn(init);
        let limit = if death.is_some() { 10_000 } else { dice.below(60) };
        let _ = running.next_line(Duration::from_millis(limit));
        running.kill();
        for name in ["init", "doctor"] {
            let ended = command(&scratch, url.as_ref(), name).output().unwrap();
            let text = String::from_utf8_lossy(&ended.stderr);
            assert!(ended.status.success(), "{name} after {death:?}, seed {seed}: {text}");
        }
    }
    println!("inputs: {} first starts that are cut off, {name}", deaths.len());
}

#[test]
fn a_first_start_may_be_cut_off_on_sqlite() {
    first_starts(None, "SQLite");
}

#[test]
fn a_first_start_may_be_cut_off_on_postgres() {
    let postgres = Postgres::shared();
    first_starts(Some(&postgres), "PostgreSQL");
}
