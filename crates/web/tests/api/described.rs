//! The OpenAPI document as it is promised. A change of it is a change of the API: look at it, then
//! take it over with `INSTA_UPDATE=always`.

use roadbook_web::api::openapi;
use roadbook_web::routes::{self, Access};
use std::collections::BTreeSet;

#[test]
fn the_promise_is_the_golden_file() {
    let text = serde_json::to_string_pretty(&openapi::document()).unwrap();
    insta::assert_snapshot!("openapi", text);
}

#[test]
fn every_route_is_named_once_and_described() {
    let mut ids = BTreeSet::new();
    let mut places = BTreeSet::new();
    for route in routes::all() {
        assert!(ids.insert(route.id), "{} twice", route.id);
        assert!(places.insert((route.method, route.path)), "{} {}", route.method, route.path);
        if !route.page && route.access != Access::Agent {
            assert!(!route.summary.is_empty(), "{} says nothing", route.id);
            assert!(route.raw || route.response.is_some(), "{} gives nothing", route.id);
            let bare = route.raw || route.asks_file();
            let takes = route.method == "GET" || route.request.is_some() || bare;
            assert!(takes, "{} takes nothing", route.id);
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi::document();
    let text = document.to_string();
    for part in text.split("\"$ref\":\"").skip(1) {
        let target = part.split('"').next().unwrap().trim_start_matches('#');
        assert!(document.pointer(target).is_some(), "{target}");
    }
}
