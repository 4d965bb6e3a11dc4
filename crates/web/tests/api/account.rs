//! The own account: profile, roles, password, sessions, absences and deputies.

use crate::pages::{location, page, send};
use crate::world::{PASSWORD, World};
use axum::http::StatusCode;

#[tokio::test]
async fn people_change_their_own_profile_and_a_wrong_zone_keeps_what_was_typed() {
    let world = World::new().await;
    let fields = |zone| [("name", "Kim Vy"), ("email", ""), ("lang", "vi"), ("zone", zone)];
    let wrong = send(&world, "member", "/account", &fields("Seoul")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("This is no time zone."), "{wrong:?}");
    assert!(wrong.text.contains("value=\"Kim Vy\""), "what was typed is kept");
    let saved = send(&world, "member", "/account", &fields("Asia/Seoul")).await;
    assert_eq!((saved.status, location(&saved)), (StatusCode::SEE_OTHER, "/account"), "{saved:?}");
    let cookie = saved.headers.get("set-cookie").and_then(|it| it.to_str().ok());
    assert!(cookie.is_some_and(|it| it.starts_with("lang=vi")), "{saved:?}");
    let now = page(&world, "member", "/account", "en").await;
    assert!(now.text.contains("value=\"Kim Vy\""), "{now:?}");
    // Signing in stays as it was.
    assert!(now.text.contains("<b>member</b>"), "{now:?}");
}

#[tokio::test]
async fn roles_stand_with_their_place_and_dates() {
    let world = World::new().await;
    let own = page(&world, "manager", "/account", "en").await;
    for text in ["Release manager", "own unit", "since", "In force"] {
        assert!(own.text.contains(text), "{text}: {own:?}");
    }
    let none = page(&world, "nobody", "/account", "en").await;
    assert!(none.text.contains("You hold no role yet."), "{none:?}");
}

#[tokio::test]
async fn a_password_changes_with_the_old_one_only() {
    let world = World::new().await;
    let change = |old, new| [("old", old), ("new", new)];
    let path = "/account/password";
    let wrong = send(&world, "member", path, &change("not it at all", "seven green boats")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("This is not your present password."), "{wrong:?}");
    assert!(!wrong.text.contains("seven green boats"), "no password is sent back");
    let short = send(&world, "member", path, &change(PASSWORD, "short")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "{short:?}");
    let done = send(&world, "member", path, &change(PASSWORD, "seven green boats")).await;
    assert_eq!((done.status, location(&done)), (StatusCode::SEE_OTHER, "/account"), "{done:?}");
    let still = page(&world, "member", "/account", "en").await;
    assert_eq!(still.status, StatusCode::OK, "this session goes on");
}

#[tokio::test]
async fn other_sessions_end_and_nobody_elses() {
    let world = World::new().await;
    let other = world.sign_in_again("member").await;
    let own = page(&world, "member", "/account", "en").await;
    assert!(own.text.contains("This one") && own.text.contains("End all others"), "{own:?}");
    let foreign = send(&world, "manager", "/account/sessions", &[("session", &other)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{foreign:?}");
    let ended = send(&world, "member", "/account/sessions", &[("session", "others")]).await;
    assert_eq!(location(&ended), "/account", "{ended:?}");
    let alone = page(&world, "member", "/account", "en").await;
    assert!(!alone.text.contains("End all others"), "{alone:?}");
}

#[tokio::test]
async fn absences_and_deputies_come_and_go() {
    let world = World::new().await;
    let days = [("from", "2026-03-02"), ("to", "2026-03-06")];
    let turned = [("from", "2026-03-06"), ("to", "2026-03-02")];
    let wrong = send(&world, "member", "/account/absences", &turned).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("The last day must come after the first"), "{wrong:?}");
    let added = send(&world, "member", "/account/absences", &days).await;
    assert_eq!(location(&added), "/account", "{added:?}");
    let own = page(&world, "member", "/account", "en").await;
    let id = own.text.split("name=\"remove\" value=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    let gone = send(&world, "member", "/account/absences", &[("remove", &id)]).await;
    assert_eq!(location(&gone), "/account", "{gone:?}");

    // Whom one may not see cannot be named: the answer is the same as for nobody.
    for who in ["canary-staff", "no-such-person"] {
        let fields = [("deputy", who), days[0], days[1]];
        let wrong = send(&world, "member", "/account/deputies", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{who}: {wrong:?}");
        assert!(wrong.text.contains("Nobody whom you may see"), "{who}: {wrong:?}");
    }
    let fields = [("deputy", "manager"), days[0], days[1]];
    let named = send(&world, "member", "/account/deputies", &fields).await;
    assert_eq!(location(&named), "/account", "{named:?}");
    let own = page(&world, "member", "/account", "en").await;
    assert!(own.text.contains("manager person stands in for you"), "{own:?}");
    let other = page(&world, "manager", "/account", "en").await;
    assert!(other.text.contains("You stand in for member person"), "{other:?}");
    let end = [("end", world.people["manager"].id.as_str())];
    let ended = send(&world, "member", "/account/deputies", &end).await;
    assert_eq!(location(&ended), "/account", "{ended:?}");
}
