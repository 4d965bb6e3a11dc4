//! Whoever says which revision they saw changes that one or nothing.

use crate::world::{Reply, World};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

async fn put(world: &World, path: &str, body: &Value, seen: &str, key: String) -> Reply {
    let request = Request::put(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.people["admin"].token))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::IF_MATCH, seen)
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()));
    world.send(request.unwrap()).await
}

#[tokio::test]
async fn a_revision_that_is_gone_is_412_and_the_current_one_is_taken() {
    let world = World::new().await;
    let own = &world.own;
    let unit = own.unit.as_str();
    let things = [
        (
            format!("/api/v1/sites/{}", own.site),
            json!({ "key": "own-site", "name": "New", "zone": "Asia/Seoul", "lang": "ko", "unit": unit }),
        ),
        (
            format!("/api/v1/products/{}", own.product),
            json!({ "key": "own-product", "name": "New", "unit": unit, "scheme": "semver" }),
        ),
        (
            format!("/api/v1/people/{}", own.person),
            json!({ "name": "New", "login": "own-staff", "lang": "en", "zone": "Asia/Seoul", "unit": unit }),
        ),
    ];
    for (number, (path, body)) in things.iter().enumerate() {
        let shown = world.call(Some("admin"), "GET", path, &Value::Null).await;
        let tag = shown.headers[header::ETAG].to_str().unwrap().to_owned();
        let changed = put(&world, path, body, &tag, format!("first-{number}")).await;
        assert_eq!(changed.status.as_u16(), 200, "{path} {changed:?}");
        assert_ne!(changed.headers[header::ETAG].to_str().unwrap(), tag, "{path}");
        let late = put(&world, path, body, &tag, format!("late-{number}")).await;
        assert_eq!((late.status.as_u16(), late.code().as_str()), (412, "stale"), "{path}");
        let any = put(&world, path, body, "*", format!("any-{number}")).await;
        assert_eq!(any.status.as_u16(), 200, "{path} {any:?}");
        let odd = put(&world, path, body, "yesterday", format!("odd-{number}")).await;
        assert_eq!((odd.status.as_u16(), odd.code().as_str()), (400, "if_match"), "{path}");
    }
}
