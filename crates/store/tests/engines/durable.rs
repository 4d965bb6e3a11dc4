//! What one engine alone must show: a full disk, an unsafe setting, two openers, old schemas.

use crate::common::{Place, at, commit, options};
use futures_util::FutureExt as _;
use roadbook_store::{
    Commit, CommitError, Cut, Location, OpenOptions, Store, StoreError, documents, record,
};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_keeps_reading() {
    let place = Place::sqlite();
    let limited = OpenOptions { max_bytes: Some(2 << 20), ..options() };
    let store = Store::open(&place.loc, &limited).await.unwrap();
    let body = "x".repeat(100_000);
    let mut kept = 0;
    let mut refused = 0;
    // Sent together, so that they share transactions: each must get its own true answer.
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let (store, body) = (store.clone(), body.clone());
            tokio::spawn(async move {
                let id = format!("p{n:02}");
                let wanted = commit(n)
                    .write(documents::insert("policy", &id, 1, body, at(n)))
                    .entry(format!("policy/{id}"), "policy.made", json!({}));
                (id, store.commit(wanted).await)
            })
        })
        .collect();
    for task in tasks {
        let (id, outcome) = task.await.unwrap();
        let found = documents::get(&store, "policy", &id).await.unwrap();
        match outcome {
            Ok(_) => {
                kept += 1;
                assert!(found.is_some(), "{id} was acknowledged");
            }
            Err(CommitError::Full) => {
                refused += 1;
                assert!(found.is_none(), "{id} was refused");
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(kept > 5 && refused > 5, "{kept} kept, {refused} refused");
    assert!(!store.is_stopped(), "a full disk is no reason to stop");
    // Space comes back: writing goes on by itself.
    let free = commit(50).write(documents::delete("policy", &first(&store).await, 1));
    store.commit(free).await.unwrap();
    let again = documents::insert("policy", "again", 1, "{}".into(), at(51));
    store.commit(commit(51).write(again)).await.unwrap();
    assert!(record::verify(&store).await.unwrap().is_clean());
}

async fn first(store: &Store) -> String {
    documents::list(store, "policy", "", 1).await.unwrap()[0].id.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_without_durability_is_refused() {
    let place = Place::postgres();
    let Location::Postgres(url, dir) = &place.loc else { panic!("a PostgreSQL place") };
    let unsafe_url = format!("{url}?options=-c%20synchronous_commit%3Doff");
    let loc = Location::Postgres(unsafe_url, dir.clone());
    let error = Store::open(&loc, &options()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unsafe { .. }), "{error}");
    assert!(error.to_string().contains("synchronous_commit = off"));
    let accepted = OpenOptions { unsafe_durability: true, ..options() };
    assert!(Store::open(&loc, &accepted).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_a_newer_program_are_left_alone() {
    for place in [Place::sqlite(), Place::postgres()] {
        drop(place.open().await);
        place
            .tamper(
                "INSERT INTO schema_migration (number, name, digest, at) VALUES (9999, 'x', '', 0)",
            )
            .await;
        let error = Store::open(&place.loc, &options()).await.unwrap_err();
        assert!(error.to_string().contains("newer roadbook"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_out_of_reach_says_so() {
    let place = Place::sqlite();
    let loc = Location::Postgres(
        "postgres://nobody@127.0.0.1:1/none".into(),
        place.outside().join("data"),
    );
    let error = Store::open(&loc, &options()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_signing_key_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::sqlite();
    let store = place.open().await;
    let mode = std::fs::metadata(store.dir().join("record.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_machine_is_reached_over_tls_that_is_verified() {
    let server = roadbook_testkit::postgres::Postgres::encrypted();
    let stranger = roadbook_testkit::postgres::Postgres::encrypted();
    let dir = tempfile::TempDir::new().unwrap();
    let url = server.database();
    let open = |parameters: String| {
        let loc = Location::Postgres(format!("{url}{parameters}"), dir.path().join("data"));
        async move { Store::open(&loc, &options()).await }
    };
    // The server takes no clear text, so whoever gets in came over TLS.
    let refused = [
        String::new(),
        "?sslmode=verify-full".to_owned(),
        format!("?sslmode=verify-full&sslrootcert={}", stranger.authority().display()),
    ];
    for parameters in refused {
        let error = open(parameters.clone()).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_) | StoreError::Sql(_)), "{error:?}");
    }
    let trusted = format!("?sslmode=verify-full&sslrootcert={}", server.authority().display());
    let store = open(trusted).await.unwrap();
    let made = documents::insert("policy", "p", 1, "{}".into(), at(1));
    store.commit(commit(1).write(made)).await.unwrap();
    assert!(documents::get(&store, "policy", "p").await.unwrap().is_some());
}

fn policy(id: &str) -> Commit {
    commit(1).write(documents::insert("policy", id, 1, "{}".into(), at(1))).entry(
        format!("policy/{id}"),
        "policy.made",
        json!({}),
    )
}

#[tokio::test]
async fn a_copy_in_memory_leaves_the_file_alone_and_answers_nobody_who_died() {
    let place = Place::sqlite();
    place.open().await.commit(policy("a")).await.unwrap();
    let dies = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&dies);
    let cut: Cut = Arc::new(move || asked.load(Ordering::SeqCst));
    let options = OpenOptions { cut: Some(cut), ..options() };
    let memory = Location::Memory(place.loc.dir().to_owned());
    let copy = Store::open(&memory, &options).await.unwrap();
    copy.commit(policy("b")).await.unwrap();
    assert!(matches!(copy.commit(policy("b")).await, Err(CommitError::Exists { .. })));
    for id in ["a", "b"] {
        assert!(documents::get(&copy, "policy", id).await.unwrap().is_some(), "{id}");
    }
    assert!(record::verify(&copy).await.unwrap().is_clean());
    // Who dies there is never answered again.
    dies.store(true, Ordering::SeqCst);
    assert!(copy.commit(policy("c")).now_or_never().is_none(), "nobody hears of it");
    let file = place.open().await;
    assert!(documents::get(&file, "policy", "a").await.unwrap().is_some());
    assert!(documents::get(&file, "policy", "b").await.unwrap().is_none());
}
