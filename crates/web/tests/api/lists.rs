//! Lists over the API: pages while rows come in between, and lists that come in as CSV.

use crate::world::{Reply, World};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn csv(world: &World, path: &str, key: &str, text: &str) -> Reply {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.people["admin"].token))
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header("idempotency-key", key)
        .body(Body::from(text.to_owned()));
    world.send(request.unwrap()).await
}

#[tokio::test]
async fn a_csv_comes_in_whole_or_not_at_all() {
    let world = World::new().await;
    let path = "/api/v1/sites/import";
    let good = "key,name,lang,zone\nsuwon,수원,ko,Asia/Seoul\nhue,Huế,vi,Asia/Ho_Chi_Minh\n";
    let tried = csv(&world, "/api/v1/sites/import?dry_run=true", "a", good).await;
    assert_eq!(tried.json()["made"], 2, "{tried:?}");
    let count = world.call(Some("admin"), "GET", "/api/v1/sites", &Value::Null).await;
    assert!(!count.text.contains("suwon"), "checked only");
    let first = csv(&world, path, "b", good).await;
    assert_eq!(
        first.json(),
        json!({ "rows": 2, "made": 2, "changed": 0, "unchanged": 0, "dry_run": false })
    );
    let repeated = csv(&world, path, "b", good).await;
    assert_eq!(repeated.json(), first.json(), "the same key gives the same answer");
    assert_eq!(repeated.headers["idempotency-replayed"], "true");
    let other = csv(&world, path, "b", "key,name\nx,y\n").await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "key_reused"));
    let again = csv(&world, path, "c", good).await;
    assert_eq!(again.json()["unchanged"], 2, "{again:?}");
    // One wrong row: every wrong field is named with its row, and nothing is kept.
    let bad = "key,name,lang,zone\nda-nang,Đà Nẵng,vi,Asia/Nowhere\nok,Ok,ko,Asia/Seoul\n";
    let refused = csv(&world, path, "d", bad).await;
    assert_eq!(refused.status.as_u16(), 422, "{refused:?}");
    let errors = refused.json()["errors"].to_string();
    assert!(errors.contains("zone") && errors.contains('2'), "{errors}");
    let count = world.call(Some("admin"), "GET", "/api/v1/sites?text=Ok", &Value::Null).await;
    assert_eq!(count.json()["rows"], json!([]), "nothing half-imported");
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.people["admin"].token))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", "e")
        .body(Body::from("{}"));
    let media = world.send(request.unwrap()).await;
    assert_eq!((media.status.as_u16(), media.code().as_str()), (415, "media_type"));
}

/// SplitMix64: the cases are random and the same every time.
fn draw(seed: &mut u64, below: u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below
}

async fn add(world: &World, path: &str, name: &str) {
    let body = match path {
        "/api/v1/sites" => json!({
            "key": name, "name": name, "zone": "Asia/Seoul", "lang": "ko",
        }),
        "/api/v1/products" => json!({ "key": name, "name": name }),
        _ => json!({ "name": name, "lang": "ko", "zone": "Asia/Seoul" }),
    };
    let made = world.call(Some("admin"), "POST", path, &body).await;
    assert!(made.status.is_success(), "{path} {made:?}");
}

/// Reads a list to its end, page by page, with something new before each page.
async fn walk(world: &World, path: &str, limit: u64, seed: &mut u64, new: &mut u64) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = format!("{path}?limit={limit}{cursor}");
        let reply = world.call(Some("admin"), "GET", &page, &Value::Null).await;
        assert_eq!(reply.status.as_u16(), 200, "{page} {reply:?}");
        let body = reply.json();
        for row in body["rows"].as_array().unwrap() {
            let id = row.get("id").or_else(|| row.get("position")).unwrap();
            seen.push(id.to_string());
        }
        let Some(next) = body["next"].as_str() else { return seen };
        cursor = format!("&cursor={next}");
        if draw(seed, 3) == 0 && *new < 40 {
            *new += 1;
            let letter = char::from(b'a' + u8::try_from(draw(seed, 26)).unwrap());
            let kind = ["/api/v1/sites", "/api/v1/people", "/api/v1/products"][*new as usize % 3];
            add(world, kind, &format!("{letter}-new-{new}")).await;
        }
    }
}

#[tokio::test]
async fn no_row_comes_twice_and_none_is_lost_while_rows_come_in() {
    let world = World::new().await;
    for number in 0..14 {
        for path in ["/api/v1/sites", "/api/v1/people", "/api/v1/products"] {
            add(&world, path, &format!("row-{number:02}")).await;
        }
    }
    let (mut seed, mut new) = (2027, 0);
    for _ in 0..24 {
        for path in ["/api/v1/sites", "/api/v1/people", "/api/v1/products", "/api/v1/record"] {
            let limit = 1 + draw(&mut seed, 9);
            let all = format!("{path}?limit=200");
            let before = world.call(Some("admin"), "GET", &all, &Value::Null).await.json();
            let before: BTreeSet<String> = before["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row.get("id").or_else(|| row.get("position")).unwrap().to_string())
                .collect();
            let seen = walk(&world, path, limit.max(4), &mut seed, &mut new).await;
            let once: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(once.len(), seen.len(), "{path}: a row came twice, limit {limit}");
            let lost: Vec<_> = before.difference(&once).collect();
            assert!(lost.is_empty(), "{path}: lost {lost:?}, limit {limit}");
        }
    }
    assert!(new > 20, "only {new} rows came in between");
}
