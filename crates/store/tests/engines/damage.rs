//! Damage is found and named: in the record, in rows, in files, in backups.

use crate::common::{Place, at, commit};
use roadbook_core::ids::{IdSeed, ProductId, ReleaseId, UnitId};
use roadbook_store::doctor::{self, Finding, Inspector, Invariant, Nothing};
use roadbook_store::documents::Doc;
use roadbook_store::releases::{self, ReleaseFilter, ReleaseRow};
use roadbook_store::{
    OutboxItem, PageAsk, Scope, Store, StoreError, Write, backup, blobs, documents, outbox, record,
};
use serde_json::json;

crate::common::stories!(
    every_tampering_of_the_record_is_found,
    a_bundle_is_checked_without_the_store,
    a_backup_comes_back_whole_and_quiet,
    a_damaged_backup_is_refused,
    the_doctor_names_what_cannot_be_true,
    index_rows_are_made_anew_from_documents,
);

async fn fill(store: &Store) {
    for n in 0..40 {
        let stream = format!("release/rel_{}", n % 3);
        let mut wanted = commit(n).entry(stream, "step.done", json!({"n": n}));
        wanted.outbox = vec![OutboxItem {
            id: format!("o{n}"),
            kind: "mail".into(),
            body: "{}".into(),
            due_at: at(n + 1000),
        }];
        wanted.writes =
            vec![documents::insert("policy", &format!("p{n}"), 1, "{\"x\":\"한\"}".into(), at(n))];
        store.commit(wanted).await.unwrap();
        if n == 20 {
            record::sign_head(store, at(n)).await.unwrap();
        }
    }
}

async fn every_tampering_of_the_record_is_found(place: Place) {
    let store = place.open().await;
    fill(&store).await;
    record::sign_head(&store, at(99)).await.unwrap();
    assert!(record::verify(&store).await.unwrap().is_clean());
    // What the attacker does, how it is undone, what the report must name.
    let cases = [
        (
            "UPDATE record SET actor = 'per_other' WHERE stream = 'release/rel_1' AND stream_seq = 3",
            "UPDATE record SET actor = 'per_test' WHERE stream = 'release/rel_1' AND stream_seq = 3",
            "release/rel_1#3",
        ),
        (
            "UPDATE record SET hash = prev_hash, prev_hash = hash WHERE stream = 'release/rel_0' AND stream_seq = 2",
            "UPDATE record SET hash = prev_hash, prev_hash = hash WHERE stream = 'release/rel_0' AND stream_seq = 2",
            "release/rel_0#2",
        ),
        (
            "UPDATE record SET position = 1000 WHERE position = 7",
            "UPDATE record SET position = 7 WHERE position = 1000",
            "position 7",
        ),
        (
            "UPDATE record_head SET root = 'ff' || root",
            "UPDATE record_head SET root = substr(root, 3)",
            "head of size 40",
        ),
        (
            "UPDATE record_stream SET seq = seq + 1 WHERE stream = 'release/rel_2'",
            "UPDATE record_stream SET seq = seq - 1 WHERE stream = 'release/rel_2'",
            "release/rel_2",
        ),
        ("UPDATE record_tree SET size = 41", "UPDATE record_tree SET size = 40", "tree"),
    ];
    for (attack, undo, named) in cases {
        place.tamper(attack).await;
        let report = record::verify(&store).await.unwrap();
        assert!(
            report.faults.iter().any(|fault| fault.place == named),
            "{attack}: {:?}",
            report.faults
        );
        place.tamper(undo).await;
        assert!(record::verify(&store).await.unwrap().is_clean(), "{undo}");
    }
    // Cutting the end off, with every table made to agree, is still seen by a signed head.
    place
        .tamper(
            "DELETE FROM record WHERE position >= 30; UPDATE record_tree SET size = 30; \
             DELETE FROM record_node; DELETE FROM record_stream",
        )
        .await;
    let report = record::verify(&store).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.place == "head of size 40"));
}

async fn a_bundle_is_checked_without_the_store(place: Place) {
    let store = place.open().await;
    fill(&store).await;
    let bundle = record::export(&store, "release/rel_1", at(100)).await.unwrap();
    let text = serde_json::to_string(&bundle).unwrap();
    let key = bundle.head.key.clone();
    drop(store);
    let bundle: record::BundleRecord = serde_json::from_str(&text).unwrap();
    let report = record::verify_bundle(&bundle, Some(&key));
    assert!(report.is_clean(), "{:?}", report.faults);
    assert_eq!(report.entries, 13);
    assert!(!record::verify_bundle(&bundle, Some(&"00".repeat(32))).is_clean());

    let mut edits: Vec<record::BundleRecord> = Vec::new();
    let mut edit = |change: &dyn Fn(&mut record::BundleRecord)| {
        let mut changed = bundle.clone();
        change(&mut changed);
        edits.push(changed);
    };
    edit(&|b| b.entries[2].text = b.entries[2].text.replace("per_test", "per_tess"));
    edit(&|b| drop(b.entries.remove(4)));
    edit(&|b| b.entries.swap(1, 2));
    edit(&|b| b.entries[0].position += 1);
    edit(&|b| b.entries[0].proof[0] = "00".repeat(32));
    edit(&|b| drop(b.entries[0].proof.pop()));
    edit(&|b| b.head.at += 1);
    edit(&|b| b.head.size += 1);
    edit(&|b| b.head.root = "00".repeat(32));
    edit(&|b| b.stream = "release/rel_2".into());
    edit(&|b| b.entries.clear());
    edit(&|b| b.format = 2);
    for (index, edited) in edits.iter().enumerate() {
        assert!(!record::verify_bundle(edited, None).is_clean(), "edit {index}");
    }
}

async fn a_backup_comes_back_whole_and_quiet(place: Place) {
    let store = place.open().await;
    fill(&store).await;
    let received = blobs::receive(&store, b"bytes".as_slice(), 100, "t").await.unwrap();
    let blob = blobs::Blob {
        sha256: received.sha256.clone(),
        size: received.size,
        name: "a.txt".into(),
        media_type: "text/plain".into(),
        at: at(0),
    };
    store.commit(commit(50).write(blobs::insert(&blob))).await.unwrap();
    record::sign_head(&store, at(60)).await.unwrap();
    let dir = place.outside().join("backup");
    let manifest = backup::backup(&store, &dir, at(61)).await.unwrap();
    assert_eq!(manifest.tables["document"].rows, 40);
    assert!(backup::backup(&store, &dir, at(61)).await.is_err(), "never over another backup");

    // Back on the same engine, and on the other one.
    let other = match place.loc {
        roadbook_store::Location::Sqlite(_) => Place::postgres(),
        _ => Place::sqlite(),
    };
    for target in [place.another(), other] {
        let restored = backup::restore(&dir, &target.loc, &crate::common::options()).await.unwrap();
        assert!(outbox::due(&restored, at(9999), 99).await.unwrap().is_empty(), "nothing is sent");
        let counts = outbox::counts(&restored).await.unwrap();
        assert_eq!(counts, [("quarantined".to_owned(), 40)]);
        assert_eq!(blobs::read(&restored, &blob.sha256).await.unwrap().unwrap(), b"bytes");
        let report = record::verify(&restored).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.faults);
        assert_eq!(report.heads, 2);
        assert!(backup::restored_at(&restored).await.unwrap().is_some());
        let checkup = doctor::examine(&restored, at(70), &Nothing).await.unwrap();
        assert_eq!(checkup.findings, []);
        // The record goes on from where it was.
        restored.commit(commit(80).entry("release/rel_0", "x", json!({}))).await.unwrap();
        assert!(record::verify(&restored).await.unwrap().is_clean());
        let again = backup::restore(&dir, &place.loc, &crate::common::options()).await;
        assert!(again.is_err(), "never over data, never over an open store");
    }
}

async fn a_damaged_backup_is_refused(place: Place) {
    let store = place.open().await;
    fill(&store).await;
    let dir = place.outside().join("backup");
    backup::backup(&store, &dir, at(61)).await.unwrap();
    let file = dir.join("tables/record.jsonl");
    let good = std::fs::read(&file).unwrap();
    for offset in [0, good.len() / 3, good.len() - 2] {
        let mut bad = good.clone();
        bad[offset] ^= 1;
        std::fs::write(&file, &bad).unwrap();
        let error = backup::check(&dir).await.unwrap_err();
        assert!(error.to_string().contains("record"), "{error}");
    }
    std::fs::write(&file, &good).unwrap();
    backup::check(&dir).await.unwrap();
    std::fs::remove_file(dir.join("manifest.json")).unwrap();
    let error = backup::check(&dir).await.unwrap_err();
    assert!(error.to_string().contains("no complete backup"), "{error}");
}

async fn the_doctor_names_what_cannot_be_true(place: Place) {
    let store = place.open().await;
    fill(&store).await;
    let clean = doctor::examine(&store, at(0), &Nothing).await.unwrap();
    assert_eq!(clean.findings, []);
    assert_eq!(clean.examined[&Invariant::I3], 40);

    let row = release(1);
    store.commit(commit(1).write(releases::insert(&row))).await.unwrap();
    let blob = blobs::receive(&store, b"bytes".as_slice(), 100, "t").await.unwrap();
    place
        .tamper(&format!(
            "INSERT INTO blob (sha256, size, name, media_type, at) \
             VALUES ('{}', 99, 'x', 'y', 0); \
             INSERT INTO site_version (site_id, product_id, since, until, version, sort_key, \
             source, reported_by, at) VALUES ('s', 'p', 10, 20, 'V1', 'V1', 'person', 'x', 0); \
             INSERT INTO delivery (notice_id, recipient_kind, recipient_id, channel, address, \
             lang, state, attempts, message_id, revision) \
             VALUES ('n', 'contact', 'c', 'mail', 'a', 'en', 'queued', 0, 'm1', 1), \
             ('n', 'contact', 'd', 'mail', 'a', 'en', 'sent', 0, 'm2', 1), \
             ('n', 'contact', 'e', 'email', 'a', 'en', 'queued', 0, 'm3', 1); \
             INSERT INTO notice (id, release_id, step_id, audience, state, latest, generation, \
             subject, body, revision, kind, facts) VALUES ('n1', 'r', 's', 'a', 'planned', 5, 1, '', '', 1, 'notice', '{{}}')",
            blob.sha256
        ))
        .await;
    let found = doctor::examine(&store, at(9999), &Nothing).await.unwrap().findings;
    let has = |invariant, place: &str| {
        found.iter().any(|f| f.invariant == invariant && f.place.contains(place))
    };
    assert!(has(Invariant::I3, "R-1"), "{found:?}");
    assert!(has(Invariant::I4, "m2"));
    assert!(has(Invariant::I4, "n1"));
    assert!(has(Invariant::I4, "m3"), "a mail that waits without an effect");
    assert!(has(Invariant::I4, "o1"), "effects that nobody tried");
    assert!(has(Invariant::I5, "m1"));
    assert!(has(Invariant::I7, "s p"));
    assert!(has(Invariant::I9, &blob.sha256));
}

fn release(n: u128) -> ReleaseRow {
    let seed = IdSeed { millis: 1, random: n };
    ReleaseRow {
        id: ReleaseId::new(seed),
        number: format!("R-{n}"),
        product_id: ProductId::new(seed),
        version: None,
        title: "x".into(),
        kind: "upgrade".into(),
        mode: "planned".into(),
        state: "running".into(),
        go_live_at: None,
        lead_id: None,
        unit_id: UnitId::new(seed),
        process_id: "s2".into(),
        process_revision: 1,
        waiting: String::new(),
        next_due_at: None,
        updated_at: at(0),
        subject: "release".into(),
    }
}

struct ByNumber;

impl Inspector for ByNumber {
    fn index(&self, kind: &str, doc: &Doc) -> Result<Vec<Write>, StoreError> {
        let n = doc.id.parse().unwrap();
        Ok(if kind == "release" { vec![releases::put(&release(n))] } else { Vec::new() })
    }

    fn inspect(&self, _: &str, doc: &Doc) -> Vec<Finding> {
        vec![Finding::new(Invariant::I8, &doc.id, "signed another text")]
    }
}

async fn index_rows_are_made_anew_from_documents(place: Place) {
    let store = place.open().await;
    for n in 1..4 {
        let made = commit(0)
            .write(documents::insert("release", &n.to_string(), 1, "{}".into(), at(0)))
            .write(releases::put(&release(n)))
            .entry(format!("release/{}", release(n).id), "release.made", json!({}));
        store.commit(made).await.unwrap();
    }
    let checkup = doctor::examine(&store, at(0), &ByNumber).await.unwrap();
    assert_eq!(checkup.findings.len(), 3, "what the inspector finds is told");
    assert_eq!(doctor::reindex(&store, at(1), &ByNumber).await.unwrap(), []);
    place.tamper("UPDATE release SET state = 'closed' WHERE number = 'R-2'; DELETE FROM release WHERE number = 'R-3'").await;
    let found = doctor::reindex(&store, at(1), &ByNumber).await.unwrap();
    assert_eq!(found.len(), 3, "one was different, one was missing: {found:?}");
    assert_eq!(doctor::reindex(&store, at(1), &ByNumber).await.unwrap(), []);
    let page =
        releases::list(&store, &Scope::all(), &ReleaseFilter::default(), &PageAsk::first(9)).await;
    assert_eq!(page.unwrap().rows.len(), 3);
}
