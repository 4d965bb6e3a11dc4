//! What holds for every call: keys, forged requests, revisions, sizes, and set-up first.

use crate::world::{World, bare};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use roadbook_web::routes::{self, Access};
use roadbook_web::{WebOptions, router};
use serde_json::json;
use tower::ServiceExt as _;

fn filled(path: &str) -> String {
    let name = |it: &str| if it.starts_with('{') { "nothing".to_owned() } else { it.to_owned() };
    path.split('/').map(name).collect::<Vec<_>>().join("/")
}

fn changing() -> impl Iterator<Item = routes::Endpoint> {
    routes::all().into_iter().filter(|it| {
        !it.page
            && it.method != "GET"
            && !matches!(it.access, Access::Public | Access::Link | Access::Agent)
    })
}

#[tokio::test]
async fn every_changing_call_needs_a_key() {
    let world = World::new().await;
    for route in changing() {
        let request = Request::builder()
            .method(route.method)
            .uri(format!("{}?name=a.pdf", filled(route.path)))
            .header(header::AUTHORIZATION, format!("Bearer {}", world.people["admin"].token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from("{}"))
            .unwrap();
        let reply = world.send(request).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{} {reply:?}", route.id);
        assert_eq!(reply.code(), "idempotency_key_required", "{}", route.id);
    }
}

#[tokio::test]
async fn no_other_page_can_make_a_browser_change_something() {
    let world = World::new().await;
    let token = &world.people["admin"].token;
    let csrf = roadbook_web::http::session::csrf_of(token);
    // What a browser sends, and whether it may pass the guard.
    let tries: [(&str, &[(&str, &str)], bool); 7] = [
        ("nothing", &[("content-type", "application/json")], false),
        (
            "another page",
            &[("content-type", "application/json"), ("origin", "https://evil.example")],
            false,
        ),
        ("null", &[("content-type", "application/json"), ("origin", "null")], false),
        (
            "a form",
            &[
                ("content-type", "application/x-www-form-urlencoded"),
                ("sec-fetch-site", "same-origin"),
            ],
            false,
        ),
        ("text", &[("content-type", "text/plain"), ("sec-fetch-site", "same-origin")], false),
        (
            "a cross-site script with the token",
            &[
                ("content-type", "application/json"),
                ("sec-fetch-site", "cross-site"),
                ("x-roadbook-form", &csrf),
            ],
            false,
        ),
        (
            "our script",
            &[
                ("content-type", "application/json"),
                ("sec-fetch-site", "same-origin"),
                ("x-roadbook-form", &csrf),
            ],
            true,
        ),
    ];
    for route in changing() {
        for (name, headers, passes) in tries {
            let mut request = Request::builder()
                .method(route.method)
                .uri(format!("{}?name=a.pdf", filled(route.path)))
                .header(header::HOST, "127.0.0.1:8080")
                .header(header::COOKIE, format!("roadbook={token}"));
            for (key, value) in headers {
                request = request.header(*key, *value);
            }
            // Without a key: whoever passes the guard is stopped by that, so nothing changes.
            let reply = world.send(request.body(Body::from("{}")).unwrap()).await;
            let refused = matches!(reply.status.as_u16(), 403 | 415);
            assert_eq!(!refused, passes, "{} with {name}: {reply:?}", route.id);
        }
    }
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_changes_nothing_twice() {
    let world = World::new().await;
    let send = |key: &'static str, reason: &'static str| {
        let body = json!({
            "from": "2026-12-24T00:00:00Z", "until": "2026-12-26T00:00:00Z", "reason": reason,
        });
        let request = Request::post("/api/v1/freezes")
            .header(header::AUTHORIZATION, format!("Bearer {}", world.people["admin"].token))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()))
            .unwrap();
        world.send(request)
    };
    let first = send("one", "holidays").await;
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    let again = send("one", "holidays").await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let other = send("one", "another reason").await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "key_reused"));
    let calendar = world.call(Some("admin"), "GET", "/api/v1/calendar", &json!({})).await;
    assert_eq!(calendar.json()["freezes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_saw_another_revision_is_told() {
    let world = World::new().await;
    let path = format!("/api/v1/releases/{}", world.own.release);
    let seen = world.call(Some("admin"), "GET", &path, &json!({})).await;
    assert_eq!(seen.headers[header::ETAG], "\"1\"");
    let order = |key: &'static str, tag: &'static str| {
        let request = Request::post(format!("{path}/start"))
            .header(header::AUTHORIZATION, format!("Bearer {}", world.people["admin"].token))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .header(header::IF_MATCH, tag)
            .body(Body::from("{}"))
            .unwrap();
        world.send(request)
    };
    let stale = order("a", "\"7\"").await;
    assert_eq!((stale.status.as_u16(), stale.code().as_str()), (412, "stale"), "{stale:?}");
    assert_eq!(stale.json()["status"], 412);
    let started = order("b", "\"1\"").await;
    assert!(started.status.is_success(), "{started:?}");
}

#[tokio::test]
async fn bad_requests_get_a_problem_and_every_answer_its_headers() {
    let world = World::new().await;
    let big = "x".repeat(roadbook_core::limits::BODY_BYTES_MAX + 1);
    let deep = format!("{{\"reason\":{}{}}}", "[".repeat(80), "]".repeat(80));
    let hold = format!("/api/v1/releases/{}/hold", world.own.release);
    for (method, path, body, status, code) in [
        ("POST", hold.as_str(), big.as_str(), 413, "too_large"),
        ("POST", &hold, &deep, 400, "too_deep"),
        ("POST", &hold, "{\"reason\":", 400, "json"),
        ("POST", &hold, "{\"reason\":\"a\",\"more\":1}", 422, "invalid"),
        ("DELETE", &hold, "{}", 405, "method_not_allowed"),
        ("GET", "/api/v1/nowhere", "", 404, "not_found"),
        ("GET", "/api/v1/releases?limit=many", "", 422, "invalid"),
        ("GET", "/api/v1/releases?unknown=1", "", 422, "invalid"),
        ("GET", "/api/v1/releases?cursor=abc", "", 422, "invalid"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", world.people["admin"].token))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "k")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let reply = world.send(request).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (status, code),
            "{path} {reply:?}"
        );
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(reply.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let csp = reply.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(csp.contains("default-src 'none'") && !csp.contains("unsafe"), "{csp}");
    }
}

#[tokio::test]
async fn before_set_up_programs_are_told_what_to_do() {
    let (app, _dir) = bare().await;
    let router = router(app, WebOptions::default());
    for (path, status) in
        [("/api/v1/releases", 503), ("/api/v1/setup", 200), ("/healthz", 200), ("/readyz", 200)]
    {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let reply = router.clone().oneshot(request).await.unwrap();
        assert_eq!(reply.status().as_u16(), status, "{path}");
    }
}
