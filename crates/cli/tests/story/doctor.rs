//! The doctor knows what an approval stands on: a release that was changed behind the product's
//! back is named.

use crate::office::Office;
use jiff::Timestamp;
use roadbook_core::ids::ReleaseId;
use roadbook_core::release::Release;
use roadbook_store::doctor::{Finding, examine};
use roadbook_store::{Commit, documents};

/// An approved release is clean, and is not any more once somebody wrote into the database.
pub async fn names_what_was_changed_behind_an_approval(office: &Office, release: &str) {
    assert_eq!(findings(office).await, []);
    let id = ReleaseId::parse(release).unwrap();
    let store = office.world.app.store();
    let loaded = documents::load::<Release>(store, id.as_str()).await.unwrap().unwrap();
    let mut changed = loaded.value.clone();
    changed.title.push_str(" and more");
    for (_, document) in changed.run.documents.iter_mut().filter(|it| !it.1.signatures.is_empty()) {
        document.digest = "0".repeat(64);
    }
    let put = |value: &Release, revision: i64| {
        let at = Timestamp::UNIX_EPOCH;
        Commit::new(at, "somebody").write(documents::update_typed(id.as_str(), value, revision, at))
    };
    store.commit(put(&changed, loaded.revision)).await.unwrap();
    let found = format!("{:?}", findings(office).await);
    for what in ["final_approval", "a signature stands", "an approval stands"] {
        assert!(found.contains(what), "{found}");
    }
    store.commit(put(&loaded.value, loaded.revision + 1)).await.unwrap();
}

async fn findings(office: &Office) -> Vec<Finding> {
    let app = &office.world.app;
    let inspector = app.inspector().await.unwrap();
    // Overdue things are the story's own: it lives in another year.
    examine(app.store(), Timestamp::UNIX_EPOCH, &inspector).await.unwrap().findings
}
