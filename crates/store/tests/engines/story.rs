//! What the store promises, told once and run on SQLite and on PostgreSQL.

use crate::common::{Place, at, commit};
use roadbook_store::{
    CommitError, IdempotencyRow, OutboxItem, StepFact, StoreError, StoredResponse, documents,
    idempotency, outbox, record,
};
use serde_json::json;

crate::common::stories!(
    a_document_keeps_its_revision,
    a_missed_guard_fails_only_its_own_command,
    the_same_key_gives_the_same_answer,
    effects_live_and_die_in_the_outbox,
    nothing_is_left_of_a_refused_commit,
    many_writers_make_one_chain,
    everything_is_there_after_opening_again,
    what_is_too_large_is_refused,
    the_bell_rings,
    old_shapes_are_brought_up_and_unknown_fields_refused,
);

fn answer(key: &str, body: &[u8]) -> IdempotencyRow {
    IdempotencyRow {
        scope: "per_a POST /api/v1/releases".into(),
        key: key.into(),
        body_hash: body.to_vec(),
        response: StoredResponse {
            status: 201,
            headers: vec![("etag".into(), "\"1\"".into())],
            body: b"{\"id\":\"rel_1\"}".to_vec(),
        },
    }
}

async fn a_document_keeps_its_revision(place: Place) {
    let store = place.open().await;
    let insert = || documents::insert("policy", "p1", 1, "{\"a\":1}".into(), at(0));
    store.commit(commit(0).write(insert())).await.unwrap();
    let again = store.commit(commit(1).write(insert())).await;
    assert!(matches!(again, Err(CommitError::Exists { ref what, .. }) if what == "policy"));

    let change =
        |revision| documents::update("policy", "p1", revision, 1, "{\"a\":2}".into(), at(2));
    store.commit(commit(2).write(change(1))).await.unwrap();
    let stale = store.commit(commit(3).write(change(1))).await;
    assert!(matches!(stale, Err(CommitError::Stale { ref id, .. }) if id == "p1"));
    let doc = documents::get(&store, "policy", "p1").await.unwrap().unwrap();
    assert_eq!((doc.revision, doc.body.as_str()), (2, "{\"a\":2}"));

    store.commit(commit(4).write(documents::delete("policy", "p1", 2))).await.unwrap();
    assert_eq!(documents::get(&store, "policy", "p1").await.unwrap(), None);
}

async fn a_missed_guard_fails_only_its_own_command(place: Place) {
    let store = place.open().await;
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                // Every third command writes two documents, the second of which misses.
                let id = format!("d{n:02}");
                let mut wanted =
                    commit(n).write(documents::insert("policy", &id, 1, "{}".into(), at(n)));
                if n % 3 == 0 {
                    wanted =
                        wanted.write(documents::update("policy", "none", 7, 1, "{}".into(), at(n)));
                }
                (n, store.commit(wanted).await)
            })
        })
        .collect();
    for task in tasks {
        let (n, outcome) = task.await.unwrap();
        assert_eq!(outcome.is_err(), n % 3 == 0, "{n}: {outcome:?}");
    }
    assert_eq!(documents::list(&store, "policy", "", 100).await.unwrap().len(), 40);
}

async fn the_same_key_gives_the_same_answer(place: Place) {
    let store = place.open().await;
    let call = |minute, body: &'static [u8]| {
        let mut call = commit(minute).entry("release/rel_1", "release.made", json!({"n": minute}));
        call.idempotency = Some(answer("k1", body));
        call
    };
    store.commit(call(0, b"one")).await.unwrap();
    match store.commit(call(1, b"one")).await {
        Err(CommitError::IdempotencyReplay(found)) => {
            assert_eq!(found, answer("k1", b"one").response);
        }
        other => panic!("{other:?}"),
    }
    let other_body = store.commit(call(2, b"two")).await;
    assert!(matches!(other_body, Err(CommitError::IdempotencyMismatch)));
    let entries = record::stream_page(&store, "release/rel_1", 0, 10).await.unwrap();
    assert_eq!(entries.len(), 1, "the repeated call changed nothing");

    let scope = answer("k1", b"").scope;
    let (hash, found) = idempotency::get(&store, &scope, "k1").await.unwrap().unwrap();
    assert_eq!((hash.as_slice(), found.status), (b"one".as_slice(), 201));
    store.commit(commit(3).write(idempotency::forget_before(at(1)))).await.unwrap();
    assert!(idempotency::get(&store, &scope, "k1").await.unwrap().is_none());
}

async fn effects_live_and_die_in_the_outbox(place: Place) {
    let store = place.open().await;
    let item = |id: &str, minute| OutboxItem {
        id: id.into(),
        kind: "mail".into(),
        body: "{}".into(),
        due_at: at(minute),
    };
    let mut wanted = commit(0);
    wanted.outbox = vec![item("m1", 5), item("m2", 1), item("m2", 1)];
    store.commit(wanted).await.unwrap();
    assert!(outbox::due(&store, at(0), 10).await.unwrap().is_empty());
    assert_eq!(outbox::next_due(&store).await.unwrap(), Some(at(1)));
    let due = outbox::due(&store, at(9), 10).await.unwrap();
    assert_eq!(due.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["m2", "m1"]);

    store.commit(commit(9).write(outbox::done(&due[0]))).await.unwrap();
    let twice = store.commit(commit(9).write(outbox::done(&due[0]))).await;
    assert!(matches!(twice, Err(CommitError::Stale { .. })), "one worker wins");
    store.commit(commit(9).write(outbox::retry(&due[1], at(20), "421 later"))).await.unwrap();
    let later = outbox::due(&store, at(20), 10).await.unwrap();
    assert_eq!((later[0].attempts, later[0].last_error.as_deref()), (1, Some("421 later")));
    store.commit(commit(20).write(outbox::dead(&later[0], "550 no such user"))).await.unwrap();
    assert_eq!(outbox::in_state(&store, "dead", "", 10).await.unwrap().len(), 1);
    store.commit(commit(21).write(outbox::release("m1", at(22)))).await.unwrap();
    assert_eq!(outbox::due(&store, at(22), 10).await.unwrap().len(), 1);
    let counts = outbox::counts(&store).await.unwrap();
    assert_eq!(counts, [("done".to_owned(), 1), ("pending".to_owned(), 1)]);
}

async fn nothing_is_left_of_a_refused_commit(place: Place) {
    let store = place.open().await;
    let mut wanted = commit(0)
        .write(documents::insert("policy", "p1", 1, "{}".into(), at(0)))
        .write(documents::update("policy", "p2", 1, 1, "{}".into(), at(0)))
        .entry("policy/p1", "policy.made", json!({}));
    wanted.outbox =
        vec![OutboxItem { id: "m".into(), kind: "mail".into(), body: "{}".into(), due_at: at(0) }];
    wanted.facts = vec![StepFact {
        run: "rel_1".into(),
        step: "review".into(),
        role: "manager".into(),
        round: 1,
        from: "open".into(),
        to: "done".into(),
        kind: "person".into(),
        seconds: 60,
    }];
    wanted.idempotency = Some(answer("k", b"x"));
    assert!(matches!(store.commit(wanted).await, Err(CommitError::Stale { .. })));
    assert!(documents::get(&store, "policy", "p1").await.unwrap().is_none());
    assert!(record::stream_page(&store, "policy/p1", 0, 9).await.unwrap().is_empty());
    assert!(outbox::due(&store, at(9), 9).await.unwrap().is_empty());
    assert!(idempotency::get(&store, &answer("k", b"").scope, "k").await.unwrap().is_none());

    // What cannot be recorded exactly cannot be done.
    let fraction = commit(1).write(documents::insert("policy", "p3", 1, "{}".into(), at(1))).entry(
        "policy/p3",
        "policy.made",
        json!({"share": 0.5}),
    );
    assert!(store.commit(fraction).await.is_err());
    assert!(documents::get(&store, "policy", "p3").await.unwrap().is_none());
}

async fn many_writers_make_one_chain(place: Place) {
    let store = place.open().await;
    let tasks: Vec<_> = (0..80)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let both = commit(n)
                    .entry(format!("release/rel_{}", n % 4), "step.done", json!({"n": n}))
                    .entry("calendar/org", "calendar.changed", json!({"n": n}));
                store.commit(both).await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().entries.len(), 2);
    }
    let (one, two) = tokio::join!(record::sequence(&store), record::sequence(&store));
    assert_eq!(one.unwrap() + two.unwrap(), 160, "two sequencers place each entry once");
    let head = record::sign_head(&store, at(100)).await.unwrap();
    assert!(head.is_genuine());
    assert_eq!(record::sign_head(&store, at(101)).await.unwrap(), head, "nothing new to sign");
    let report = record::verify(&store).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
    assert_eq!((report.entries, report.streams, report.size, report.heads), (160, 5, 160, 1));
    assert_eq!(report.root, head.root);
    assert_eq!(record::page(&store, 149, 50).await.unwrap().len(), 10);
}

async fn everything_is_there_after_opening_again(place: Place) {
    let store = place.open().await;
    let wanted = commit(0).write(documents::insert("policy", "p1", 1, "{}".into(), at(0))).entry(
        "policy/p1",
        "policy.made",
        json!({"who": "한국 tiếng 中文"}),
    );
    store.commit(wanted).await.unwrap();
    let head = record::sign_head(&store, at(1)).await.unwrap();
    if matches!(place.loc, roadbook_store::Location::Sqlite(_)) {
        let second = roadbook_store::Store::open(&place.loc, &crate::common::options()).await;
        let error = second.expect_err("a second opener is refused");
        assert!(matches!(error, StoreError::Locked { .. }));
        assert!(error.to_string().contains("in use by another roadbook process"), "{error}");
    }
    drop(store);
    let store = place.open().await;
    assert_eq!(documents::get(&store, "policy", "p1").await.unwrap().unwrap().revision, 1);
    assert_eq!(record::head(&store).await.unwrap(), Some(head));
    let entry = &record::stream_page(&store, "policy/p1", 0, 9).await.unwrap()[0];
    assert_eq!(entry.body().unwrap(), json!({"who": "한국 tiếng 中文"}));
    assert!(record::verify(&store).await.unwrap().is_clean());
}

async fn what_is_too_large_is_refused(place: Place) {
    let store = place.open().await;
    let body = "x".repeat(256 * 1024 + 1);
    let outcome =
        store.commit(commit(0).write(documents::insert("policy", "p", 1, body, at(0)))).await;
    let Err(CommitError::Store(error)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.code(), "store.document-too-large");
}

async fn the_bell_rings(place: Place) {
    let store = place.open().await;
    let mut bell = store.subscribe();
    bell.mark_unchanged();
    store.commit(commit(0).entry("a/b", "x", json!({}))).await.unwrap();
    assert!(bell.has_changed().unwrap());
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    places: u32,
}

impl documents::Stored for Policy {
    const KIND: &'static str = "policy";
    const V: u32 = 2;

    fn upcast(v: u32, mut json: serde_json::Value) -> serde_json::Value {
        if v == 1 {
            json = json!({ "places": json["capacity"] });
        }
        json
    }
}

async fn old_shapes_are_brought_up_and_unknown_fields_refused(place: Place) {
    let store = place.open().await;
    let raw = |id: &str, v, body: &str| documents::insert("policy", id, v, body.into(), at(0));
    let mut wanted = commit(0);
    wanted.writes = vec![
        raw("old", 1, "{\"capacity\":3}"),
        raw("surplus", 2, "{\"places\":3,\"note\":1}"),
        raw("newer", 3, "{\"places\":3}"),
        documents::insert_typed("new", &Policy { places: 4 }, at(0)),
    ];
    store.commit(wanted).await.unwrap();
    let old = documents::load::<Policy>(&store, "old").await.unwrap().unwrap();
    assert_eq!((old.value, old.revision), (Policy { places: 3 }, 1));
    for (id, said) in [("surplus", "note"), ("newer", "newer than this program")] {
        let error = documents::load::<Policy>(&store, id).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    let change = documents::update_typed("old", &Policy { places: 9 }, 1, at(1));
    store.commit(commit(1).write(change)).await.unwrap();
    let raw = documents::get(&store, "policy", "old").await.unwrap().unwrap();
    assert_eq!((raw.v, raw.revision, raw.body.as_str()), (2, 2, "{\"places\":9}"));
    assert!(documents::load_all::<Policy>(&store).await.is_err(), "never silently skipped");
}
