//! The record of one release: entries with hash, filter, check and bundle, for who may read it.

use crate::pages::{page, send};
use crate::world::World;
use axum::http::StatusCode;

#[tokio::test]
async fn a_release_tells_its_story_and_whether_the_chain_holds() {
    let world = World::new().await;
    let base = format!("/releases/{}", world.own.release);
    let path = format!("{base}/record");
    for (lang, text) in [
        ("en", "Every entry is chained"),
        ("ko", "모든 기록은"),
        ("vi", "Mỗi mục được nối"),
        ("zh", "每条记录都与"),
    ] {
        let shown = page(&world, "manager", &path, lang).await;
        assert_eq!(shown.status, StatusCode::OK, "{lang}: {shown:?}");
        assert!(shown.text.contains(text), "{lang}: {shown:?}");
        assert!(shown.text.contains("release.opened"), "{lang}: {shown:?}");
    }
    let shown = page(&world, "manager", &path, "en").await;
    assert!(shown.text.contains(&format!("href=\"{base}/bundle\"")), "{shown:?}");
    assert!(!shown.text.contains("The chain holds"), "reading checks nothing");
    let checked = page(&world, "auditor", &format!("{path}?check=1"), "en").await;
    assert!(checked.text.contains("aria-labelledby=\"check\""), "{checked:?}");
    for (query, found) in
        [("text=opened", true), ("text=no.such.thing", false), ("who=system", false)]
    {
        let some = page(&world, "manager", &format!("{path}?{query}"), "en").await;
        assert_eq!(some.text.contains("<code>release.opened</code>"), found, "{query}: {some:?}");
    }
}

#[tokio::test]
async fn the_story_is_for_who_may_read_the_record() {
    let world = World::new().await;
    let own = format!("/releases/{}", world.own.release);
    let path = format!("{own}/record");
    for (who, status) in
        [("admin", 200), ("manager", 200), ("auditor", 200), ("member", 404), ("nobody", 404)]
    {
        let reply = page(&world, who, &path, "en").await;
        let denied = status == 404 && matches!(reply.status.as_u16(), 403 | 404);
        assert!(denied || reply.status.as_u16() == status, "{who}: {reply:?}");
        let release = page(&world, who, &own, "en").await;
        let tab = format!("href=\"{path}\"");
        assert_eq!(release.text.contains(&tab), status == 200, "{who}: the tab");
    }
    let foreign = format!("/releases/{}/record", world.foreign.release);
    let reply = page(&world, "manager", &foreign, "en").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "{reply:?}");
}

#[tokio::test]
async fn a_long_story_pages_from_the_newest_back() {
    let world = World::new().await;
    let path = format!("/releases/{}/record", world.own.release);
    let body = serde_json::json!({ "reason": "wait" });
    let orders = format!("/api/v1/releases/{}", world.own.release);
    let start = format!("{orders}/start");
    let started = world.call(Some("manager"), "POST", &start, &serde_json::json!({})).await;
    assert!(started.status.is_success(), "{started:?}");
    for _ in 0..30 {
        for order in ["hold", "resume"] {
            let done =
                world.call(Some("manager"), "POST", &format!("{orders}/{order}"), &body).await;
            assert!(done.status.is_success(), "{order}: {done:?}");
        }
    }
    let first = page(&world, "manager", &path, "en").await;
    assert!(!first.text.contains("<code>release.opened</code>"), "the oldest comes last");
    let next = first.text.split("rel=\"next\" href=\"").nth(1).expect("there are more");
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let last = page(&world, "manager", &next, "en").await;
    assert!(last.text.contains("<code>release.opened</code>"), "{last:?}");
    assert!(!last.text.contains("rel=\"next\""), "{last:?}");
    // Nothing of the page changes anything.
    let posted = send(&world, "manager", &path, &[]).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED, "{posted:?}");
}
