//! Settings: for those who run the installation, with a test of mail and a self-check.

use crate::pages::{location, page, send};
use crate::world::World;
use axum::http::StatusCode;

#[tokio::test]
async fn only_administrators_see_settings_and_the_way_to_them() {
    let world = World::new().await;
    for (who, status) in [("admin", 200), ("manager", 403), ("member", 403), ("nobody", 403)] {
        let reply = page(&world, who, "/settings", "en").await;
        let seen = reply.status.as_u16();
        assert!(seen == status || (status == 403 && seen == 404), "{who}: {reply:?}");
        let home = page(&world, who, "/", "en").await;
        assert_eq!(home.text.contains("href=\"/settings\""), status == 200, "{who}");
        for path in ["/settings", "/settings/mail", "/settings/outbox", "/settings/check"] {
            let reply = send(&world, who, path, &[("to", "a@b.example"), ("zone", "UTC")]).await;
            if status != 200 {
                assert!(matches!(reply.status.as_u16(), 403 | 404), "{who} {path}: {reply:?}");
            }
        }
    }
}

#[tokio::test]
async fn mail_is_tried_at_once_and_a_wrong_address_is_told() {
    let world = World::new().await;
    let sent = send(&world, "admin", "/settings/mail", &[("to", "haneul@hanbit.example")]).await;
    assert_eq!(sent.status, StatusCode::OK, "{sent:?}");
    assert!(sent.text.contains("accepted the test to haneul@hanbit.example"), "{sent:?}");
    let wrong = send(&world, "admin", "/settings/mail", &[("to", "nowhere")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("This is not an e-mail address."), "{wrong:?}");
    assert!(wrong.text.contains("value=\"nowhere\""), "what was typed is kept");
}

#[tokio::test]
async fn zone_and_language_of_the_installation_change_with_a_reason_to_refuse() {
    let world = World::new().await;
    let wrong = send(&world, "admin", "/settings", &[("zone", "Mars/One"), ("lang", "vi")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("This is no time zone."), "{wrong:?}");
    let fields = [("zone", "Asia/Ho_Chi_Minh"), ("lang", "vi")];
    let saved = send(&world, "admin", "/settings", &fields).await;
    assert_eq!((saved.status, location(&saved)), (StatusCode::SEE_OTHER, "/settings"));
    let now = page(&world, "admin", "/settings", "en").await;
    assert!(now.text.contains("value=\"Asia/Ho_Chi_Minh\""), "{now:?}");
    assert!(now.text.contains("<option value=\"vi\" selected>"), "{now:?}");
}

#[tokio::test]
async fn the_self_check_says_what_it_examined() {
    let world = World::new().await;
    let before = page(&world, "admin", "/settings", "en").await;
    assert!(!before.text.contains("All is well"), "reading the page checks nothing");
    let checked = send(&world, "admin", "/settings/check", &[]).await;
    assert_eq!(checked.status, StatusCode::OK, "{checked:?}");
    assert!(checked.text.contains("All is well"), "{checked:?}");
}
