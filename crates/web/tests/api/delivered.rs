//! What a version is delivered with: program and list of its parts, parameters, initial data.

use crate::ddi::bring;
use crate::world::World;
use axum::http::StatusCode;
use roadbook_wire::minisign::SecretKey;
use roadbook_wire::package::{Writer, digest};
use serde_json::{Value, json};

const PROGRAM: &[u8] = b"#!/bin/sh\nexit 0\n";

/// A signed package of one file with one parameter.
fn package(product: &str, key: &SecretKey) -> Vec<u8> {
    let id = key.sign(b"x", "x").key_id();
    let manifest = json!({
        "format": 1, "product": product, "version": "V1.0.0.0000", "from": ["any"],
        "platform": { "os": "any", "arch": "any" }, "counter": 1,
        "expires": "2036-12-31T00:00:00Z", "keys": [id], "threshold": 1,
        "files": [{
            "path": "bin/ledger", "size": PROGRAM.len(), "sha256": digest(PROGRAM),
            "executable": true,
        }],
        "hooks": {},
        "parameters": [{ "name": "port", "default": "8080" }, { "name": "region" }],
    });
    let bytes = manifest.to_string().into_bytes();
    let signature = key.sign(&bytes, "release");
    let mut writer = Writer::begin(Vec::new(), &bytes, &[signature]).unwrap();
    writer.file(PROGRAM).unwrap();
    writer.finish().unwrap()
}

// proves: S4a-24/A S4a-26/A S4a-27/A
#[tokio::test]
async fn a_version_comes_with_its_list_of_parts_parameters_per_site_and_initial_data() {
    let world = World::new().await;
    let product = format!("/api/v1/products/{}", world.own.product);
    let name = world.call(Some("manager"), "GET", &product, &Value::Null).await.json();
    let name = name["key"].as_str().unwrap().to_owned();
    let key = SecretKey::make(&[7; 40]);
    let added = json!({ "public_key": key.public().to_string() });
    let added = world.call(Some("manager"), "POST", &format!("{product}/keys"), &added).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let upload = format!("{product}/artifacts?name={name}-V1.0.0.0000.rbpkg");
    let made = bring(&world, &upload, package(&name, &key)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");

    // The program, with the list of its parts and their digests.
    let list = format!("{product}/artifacts");
    let list = world.call(Some("manager"), "GET", &list, &Value::Null).await.json();
    let sha256 = list["rows"][0]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(list["rows"][0]["version"], "V1.0.0.0000", "{list}");
    let one = format!("/api/v1/artifacts/{sha256}");
    let shown = world.call(Some("manager"), "GET", &one, &Value::Null).await.json();
    let parts = &shown["manifest"]["files"];
    assert_eq!(parts[0]["path"], "bin/ledger", "{shown}");
    assert_eq!(parts[0]["sha256"], digest(PROGRAM).as_str(), "{shown}");

    // The initial data of its database, once, with its digest.
    let data = format!("{one}/papers?kind=initial_data&name=currencies.csv");
    for status in [StatusCode::CREATED, StatusCode::OK] {
        let reply = bring(&world, &data, b"currency;KRW\n".to_vec()).await;
        assert_eq!(reply.status, status, "{reply:?}");
    }
    let shown = world.call(Some("manager"), "GET", &one, &Value::Null).await.json();
    assert_eq!(shown["papers"].as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(shown["papers"][0]["kind"], "initial_data", "{shown}");
    let paper = shown["papers"][0]["sha256"].as_str().unwrap();
    let kept = format!("{one}/papers/{paper}");
    let kept = world.call(Some("manager"), "GET", &kept, &Value::Null).await;
    assert!(kept.text.contains("KRW"), "{kept:?}");

    // What is set at one site is set at no other.
    let there = format!("/api/v1/sites/{}/parameters", world.own.site);
    let set = |name: &'static str, value: &'static str| json!({ "product": world.own.product.as_str(), "name": name, "value": value });
    let done = world.call(Some("manager"), "PUT", &there, &set("region", "seoul")).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let rows = world.call(Some("manager"), "GET", &there, &Value::Null).await.json();
    let of = |name: &str| {
        rows["rows"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned().unwrap()
    };
    assert_eq!(of("region")["value"], "seoul", "{rows}");
    assert_eq!((&of("port")["value"], &of("port")["default"]), (&Value::Null, &json!("8080")));
    let foreign = format!("/api/v1/sites/{}/parameters", world.foreign.site);
    let denied = world.call(Some("manager"), "PUT", &foreign, &set("region", "hanoi")).await;
    assert_eq!(denied.status, StatusCode::NOT_FOUND, "{denied:?}");
    let other = world.call(Some("admin"), "GET", &foreign, &Value::Null).await;
    assert!(!other.text.contains("seoul"), "{other:?}");
}
