//! What agents say comes in crowds: messages share transactions, and each keeps its own answer.

use crate::common::{Place, at, commit};
use roadbook_core::ids::{IdSeed, ReleaseId, RolloutId, SiteId};
use roadbook_store::rollouts::{self, Action, ActionReport};
use roadbook_store::{Commit, CommitError, documents, record};
use serde_json::json;

crate::common::stories!(messages_share_a_transaction_and_fail_alone);

const ORDERS: i64 = 60;

fn seed(number: i64) -> IdSeed {
    IdSeed { millis: 1, random: number as u128 }
}

fn order(id: i64) -> Action {
    Action {
        id,
        rollout_id: RolloutId::new(seed(1)),
        release_id: ReleaseId::new(seed(1)),
        site_id: SiteId::new(seed(id)),
        generation: 1,
        kind: "install".into(),
        wave: 1,
        // Every third is over.
        state: if id % 3 == 0 { "closed" } else { "ordered" }.into(),
        outcome: None,
        stage: "ordered".into(),
        rank: 0,
        note: None,
        told_at: None,
        not_before: None,
        until: None,
        ordered_at: at(0),
        heard_at: None,
        closed_at: None,
        revision: 1,
    }
}

fn message(id: i64, word: &str, site: i64) -> Commit {
    let report = ActionReport {
        action_id: id,
        digest: word.as_bytes().to_vec(),
        execution: "proceeding".into(),
        finished: "none".into(),
        code: None,
        details: format!("[\"{word}\"]"),
        client_at: Some(at(word.len() as i64)),
        at: at(1),
    };
    let (site, note) = (SiteId::new(seed(site)), word.to_owned());
    let guard = rollouts::heard_under_way(&site, &report, "verified", 3, Some(&note), 1_000);
    commit(1).write(guard).write(rollouts::keep_report(&report))
}

async fn messages_share_a_transaction_and_fail_alone(place: Place) {
    let store = place.open().await;
    let mut all = commit(0);
    all.writes = (1..=ORDERS).map(|it| rollouts::insert_action(&order(it))).collect();
    store.commit(all).await.unwrap();
    let mut said = Vec::new();
    for id in 1..=ORDERS {
        // The first comes twice, the last from a site whose order it is not.
        for (word, site) in [("a", id), ("bb", id), ("a", id), ("ccc", id + 1)] {
            let store = store.clone();
            said.push(tokio::spawn(async move {
                (id, word, store.commit(message(id, word, site)).await)
            }));
        }
        let store = store.clone();
        let entry = commit(1).entry("release/r", "noted", json!({ "id": id }));
        let heavy = documents::insert("policy", &id.to_string(), 1, "{}".into(), at(1));
        said.push(tokio::spawn(async move { (id, "", store.commit(entry.write(heavy)).await) }));
    }
    for told in said {
        let (id, word, outcome) = told.await.unwrap();
        let refused = !word.is_empty() && (id % 3 == 0 || word == "ccc");
        match outcome {
            Ok(_) => assert!(!refused, "{id} {word}"),
            Err(CommitError::Stale { what, .. }) => {
                assert!(refused && what == "action", "{id} {word}: {what}");
            }
            Err(error) => panic!("{id} {word}: {error}"),
        }
    }
    for id in 1..=ORDERS {
        let (kept, found) = (
            rollouts::report_count(&store, id).await.unwrap(),
            rollouts::action(&store, id).await.unwrap().unwrap(),
        );
        let open = id % 3 != 0;
        assert_eq!(kept, if open { 2 } else { 0 }, "{id}");
        let note = open.then_some("bb");
        assert_eq!((found.note.as_deref(), found.rank), (note, if open { 3 } else { 0 }), "{id}");
    }
    let chain = record::stream_page(&store, "release/r", 0, 500).await.unwrap();
    assert_eq!(chain.len(), ORDERS as usize);
}
