//! A process that ends at any named instant loses nothing it acknowledged, does nothing twice, and
//! the same test does fail for the broken variants. Runs with `--features failpoints`.

use crate::common::{Place, at, commit, options};
use roadbook_store::{
    CommitError, IdempotencyRow, Location, OutboxItem, Store, StoredResponse, documents, fail,
    idempotency, outbox, record,
};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;

const CALLS: usize = 6;

/// The process that is ended. It is this test program again, with a place to work in.
#[test]
fn child() {
    let Ok(url) = std::env::var("CRASH_PLACE") else { return };
    let dir = std::env::var("CRASH_DIR").unwrap().into();
    let loc = if url.is_empty() { Location::Sqlite(dir) } else { Location::Postgres(url, dir) };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&loc, &options()).await.unwrap();
        let mut ledger = std::fs::File::options()
            .append(true)
            .create(true)
            .open(std::env::var("CRASH_LEDGER").unwrap())
            .unwrap();
        for n in 0..CALLS {
            if call(&store, n).await.is_ok() {
                writeln!(ledger, "k{n}").unwrap();
                ledger.sync_all().unwrap();
            }
        }
        record::sequence(&store).await.unwrap();
    });
}

/// One call: a document, a record entry, an effect, its answer. A repeated call is no error.
async fn call(store: &Store, n: usize) -> Result<(), CommitError> {
    let mut wanted = commit(n as i64).entry("release/rel_1", "step.done", json!({"n": n}));
    wanted.writes = vec![documents::insert("policy", &format!("p{n}"), 1, "{}".into(), at(0))];
    // Without its key remembered, a repeated call would be done twice under another id.
    if documents::get(store, "policy", &format!("p{n}")).await?.is_some() {
        wanted.writes =
            vec![documents::insert("policy", &format!("p{n}-2"), 1, "{}".into(), at(0))];
    }
    wanted.outbox = vec![OutboxItem {
        id: format!("m{n}"),
        kind: "mail".into(),
        body: "{}".into(),
        due_at: at(0),
    }];
    wanted.idempotency = Some(IdempotencyRow {
        scope: "s".into(),
        key: format!("k{n}"),
        body_hash: vec![1],
        response: StoredResponse { status: 200, headers: Vec::new(), body: vec![n as u8] },
    });
    match store.commit(wanted).await {
        Ok(_) | Err(CommitError::IdempotencyReplay(_)) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Ends a process at a point, opens again, repeats what was not acknowledged; gives what is wrong.
async fn cycle(place: &Place, armed: &str, broken: &str) -> Vec<String> {
    let ledger = place.outside().join("ledger");
    let url = match &place.loc {
        Location::Postgres(url, _) => url.clone(),
        _ => String::new(),
    };
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--test-threads=1"])
        .env("CRASH_PLACE", url)
        .env("CRASH_DIR", place.loc.dir())
        .env("CRASH_LEDGER", &ledger)
        .env("ROADBOOK_FAIL", armed)
        .env("ROADBOOK_UNSAFE", broken)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(!status.success() || !armed.starts_with("commit."), "{armed} was not reached");
    let store = place.open().await;
    let mut wrong = Vec::new();
    let acked: BTreeSet<String> =
        std::fs::read_to_string(&ledger).unwrap_or_default().lines().map(str::to_owned).collect();
    for key in &acked {
        if idempotency::get(&store, "s", key).await.unwrap().is_none() {
            wrong.push(format!("{key} was acknowledged and is lost"));
        }
    }
    // The caller repeats everything that it is not sure of, and what it is sure of as well.
    for n in 0..CALLS {
        if call(&store, n).await.is_err() {
            wrong.push(format!("k{n} cannot be repeated"));
        }
    }
    let documents = documents::list(&store, "policy", "", 99).await.unwrap().len();
    let entries = record::page(&store, -1, 99).await.unwrap().len();
    let effects = outbox::due(&store, at(9), 99).await.unwrap().len();
    for (what, number) in [("documents", documents), ("entries", entries), ("effects", effects)] {
        if number != CALLS {
            wrong.push(format!("{number} {what} instead of {CALLS}"));
        }
    }
    if !record::verify(&store).await.unwrap().is_clean() {
        wrong.push("the record is broken".into());
    }
    wrong
}

fn place(postgres: bool) -> Place {
    if postgres { Place::postgres() } else { Place::sqlite() }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_named_instant_loses_or_doubles_anything() {
    let points = fail::POINTS.iter().filter(|name| {
        ["commit.", "record.", "migrate."].iter().any(|part| name.starts_with(part))
    });
    for point in points {
        for hit in [1, 3, 6] {
            for postgres in [false, true] {
                let wrong = cycle(&place(postgres), &format!("{point}:{hit}"), "").await;
                assert!(wrong.is_empty(), "{point}:{hit} postgres {postgres}: {wrong:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broken_variants_are_caught() {
    for (broken, armed) in [
        ("ack_before_commit", "commit.before_commit:3"),
        ("outbox_outside_tx", "commit.after_commit:3"),
        ("no_idempotency_row", "commit.after_commit:3"),
    ] {
        for postgres in [false, true] {
            let wrong = cycle(&place(postgres), armed, broken).await;
            assert!(!wrong.is_empty(), "{broken} was not noticed, postgres {postgres}");
        }
    }
}
