//! The plan of a release as a page: a question before it is saved.

use crate::pages::{location, page, send};
use crate::world::World;
use axum::http::StatusCode;

#[tokio::test]
async fn a_go_live_is_tried_out_before_it_is_saved() {
    let world = World::new().await;
    let path = format!("/releases/{}/plan", world.own.release);
    for (lang, title) in [
        ("en", "What if the go-live were at another time?"),
        ("ko", "운영 반영 시점을 바꾸면?"),
        ("vi", "Nếu đổi thời điểm đưa vào vận hành?"),
        ("zh", "如果更改上线时间？"),
    ] {
        let reply = page(&world, "manager", &path, lang).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        assert!(reply.text.contains(title), "{lang}: {}", reply.text);
    }
    let asked = format!("{path}?start=2026-01-22T18:00&end=2026-01-22T20:00");
    let answer = page(&world, "manager", &asked, "en").await;
    assert!(answer.text.contains("The time is free."), "{}", answer.text);
    assert!(answer.text.contains("Move the go-live to Thu 22 Jan, 18:00"), "{}", answer.text);
    let before = page(&world, "manager", &path, "en").await;
    assert!(!before.text.contains("Go-live Thu 22 Jan"), "nothing is saved by asking");

    let wrong = format!("{path}?start=2026-01-22T18:00&end=2026-01-22T17:00");
    let wrong = page(&world, "manager", &wrong, "en").await;
    assert!(wrong.text.contains("The go-live ends after it begins."), "{}", wrong.text);
    let wrong = page(&world, "manager", &format!("{path}?start=soon&end=later"), "en").await;
    assert!(wrong.text.contains("Enter a date and a time."), "{}", wrong.text);

    let fields = [
        ("command", "slot"),
        ("start", "2026-01-22T09:00:00Z"),
        ("end", "2026-01-22T11:00:00Z"),
        ("back", path.as_str()),
    ];
    let act = format!("/releases/{}/act", world.own.release);
    let saved = send(&world, "manager", &act, &fields).await;
    assert_eq!((saved.status, location(&saved)), (StatusCode::SEE_OTHER, path.as_str()));
    let after = page(&world, "manager", &path, "en").await;
    assert!(after.text.contains("Thu 22 Jan, 18:00"), "{}", after.text);

    let foreign = format!("/releases/{}/plan", world.foreign.release);
    assert_eq!(page(&world, "manager", &foreign, "en").await.status, StatusCode::NOT_FOUND);
}
