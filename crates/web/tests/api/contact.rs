//! A contact of a site over the API: their link is the token, and their own site is all there is.

use crate::world::{Reply, World};
use axum::body::Body;
use axum::http::{Method, Request, header};
use roadbook_core::access::{Role, may};
use roadbook_web::routes::{self, Access};
use serde_json::{Value, json};

async fn link(world: &World, contact: &str) -> String {
    let path = format!("/api/v1/contacts/{contact}/link");
    let made = world.call(Some("admin"), "POST", &path, &json!({})).await;
    made.json()["secret"].as_str().unwrap().to_owned()
}

async fn ask(world: &World, token: &str, method: &str, path: &str, body: &Value) -> Reply {
    static KEYS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let key = KEYS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", format!("contact-{key}"))
        .body(if method == "GET" { Body::empty() } else { Body::from(body.to_string()) });
    world.send(request.unwrap()).await
}

#[tokio::test]
async fn a_contact_sees_their_own_site_and_no_other() {
    let world = World::new().await;
    let token = link(&world, &world.own.contact).await;
    let path = format!("/api/v1/sites/{}", world.own.site);
    let own = ask(&world, &token, "GET", &path, &json!({})).await;
    assert_eq!(own.status.as_u16(), 200, "{own:?}");
    let nobodys = "site_00000000000000000000000000";
    for rest in ["", "/releases", "/releases/rel_00000000000000000000000000"] {
        let path = |site: &str| format!("/api/v1/sites/{site}{rest}");
        let foreign = ask(&world, &token, "GET", &path(&world.foreign.site), &json!({})).await;
        let none = ask(&world, &token, "GET", &path(nobodys), &json!({})).await;
        assert_eq!(foreign.status.as_u16(), 404, "{rest} {foreign:?}");
        assert_eq!(foreign.text, none.text, "a foreign site is like none at all");
    }
    for list in ["/api/v1/sites", "/api/v1/matrix"] {
        let reply = ask(&world, &token, "GET", list, &json!({})).await;
        let rows = reply.json()["rows"].as_array().unwrap().len();
        assert_eq!((reply.status.as_u16(), rows), (200, 1), "{list} {reply:?}");
        assert!(!reply.text.contains("canary"), "{reply:?}");
    }
}

#[tokio::test]
async fn a_contact_answers_for_their_own_site_only() {
    let world = World::new().await;
    let token = link(&world, &world.own.contact).await;
    let tries = [
        ("decision", json!({ "decision": "accept" })),
        ("receipt", json!({})),
        ("feedback", json!({ "success": "yes" })),
        ("deployment", json!({ "outcome": "installed", "evidence": "about box" })),
    ];
    for (what, body) in tries {
        let at = |side: &crate::world::Side| {
            format!("/api/v1/sites/{}/releases/{}/{what}", side.site, side.release)
        };
        let foreign = ask(&world, &token, "POST", &at(&world.foreign), &body).await;
        assert_eq!(foreign.status.as_u16(), 404, "{what} {foreign:?}");
        // The draft of a release has not come to the site: nobody there can answer it.
        let own = ask(&world, &token, "POST", &at(&world.own), &body).await;
        assert_eq!(own.status.as_u16(), 404, "{what} {own:?}");
    }
}

#[tokio::test]
async fn everything_else_is_closed_to_a_contact() {
    let world = World::new().await;
    let token = link(&world, &world.own.contact).await;
    let mut closed = 0;
    for route in routes::all() {
        let open = match route.access {
            Access::Public | Access::Link | Access::Agent => true,
            Access::SignedIn => false,
            Access::Grant(action, kind) => may(Role::SiteContact, action, kind),
        };
        if route.page || open {
            continue;
        }
        let name = |it: &str| if it.starts_with('{') { "x".to_owned() } else { it.to_owned() };
        let path = route.path.split('/').map(name).collect::<Vec<_>>().join("/");
        let reply = ask(&world, &token, route.method, &path, &json!({})).await;
        assert_eq!(reply.status.as_u16(), 403, "{} {path} {reply:?}", route.method);
        closed += 1;
    }
    assert!(closed > 80, "only {closed}");
    let invented = ask(&world, "rbl_invented", "GET", "/api/v1/sites", &json!({})).await;
    assert_eq!(invented.status.as_u16(), 401, "{invented:?}");
}

#[tokio::test]
async fn the_link_of_a_contact_who_left_is_worth_nothing() {
    let world = World::new().await;
    let token = link(&world, &world.own.contact).await;
    let gone = json!({ "name": "own contact", "lang": "ko", "active": false });
    let path = format!("/api/v1/contacts/{}", world.own.contact);
    let edited = world.call(Some("admin"), "PUT", &path, &gone).await;
    assert!(edited.status.is_success(), "{edited:?}");
    let reply = ask(&world, &token, "GET", "/api/v1/sites", &json!({})).await;
    assert_eq!(reply.status.as_u16(), 401, "{reply:?}");
}
