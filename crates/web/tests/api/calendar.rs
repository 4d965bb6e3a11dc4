//! The calendar in the browser: a window is added by who owns calendars, and refused in words.

use crate::pages::{location, page, send};
use crate::world::World;
use axum::http::StatusCode;

#[tokio::test]
async fn a_window_is_added_in_the_browser() {
    let world = World::new().await;
    let window = |key: &'static str, day: &'static str| {
        let rest = [("nth", "2"), ("start", "10:30"), ("minutes", "90"), ("zone", "Asia/Seoul")];
        let mut list = vec![("key", key), ("title", "Second Thursday"), ("day", day)];
        list.extend(rest);
        list
    };
    let shown = page(&world, "admin", "/calendar", "en").await;
    assert!(shown.text.contains("action=\"/calendar/windows\""), "{shown:?}");
    for (who, fields, fits) in [
        ("member", window("thursdays", "3"), false),
        ("admin", window("", "3"), false),
        ("admin", window("thursdays", "9"), false),
        ("admin", window("thursdays", "3"), true),
        ("admin", window("thursdays", "3"), false),
    ] {
        let reply = send(&world, who, "/calendar/windows", &fields).await;
        let went = reply.status == StatusCode::SEE_OTHER && location(&reply) == "/calendar";
        assert_eq!(went, fits, "{who} {fields:?}: {reply:?}");
    }
    let shown = page(&world, "admin", "/calendar", "ko").await;
    assert_eq!(shown.text.matches("<h3>Second Thursday</h3>").count(), 1, "{shown:?}");
    assert!(shown.text.contains("BYDAY=+2TH") || shown.text.contains("BYDAY=2TH"), "{shown:?}");
}
