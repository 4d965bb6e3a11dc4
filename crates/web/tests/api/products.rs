//! Products over HTTP: the next number and why, the roadmap's say, who authorizes, edits.

use crate::pages::{location, page, send};
use crate::world::{Reply, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// A product with four-part numbers in the own unit; its id.
async fn product(world: &World, name: &str, more: &Value) -> String {
    let mut body = json!({ "key": name, "name": name, "unit": world.own.unit.as_str() });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    let made = world.call(Some("manager"), "POST", "/api/v1/products", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn next(world: &World, product: &str, query: &str) -> Reply {
    let path = format!("/api/v1/products/{product}/next-version?{query}");
    world.call(Some("manager"), "GET", &path, &Value::Null).await
}

async fn take(world: &World, product: &str, version: &str) -> Reply {
    let body = json!({
        "product": product, "process": "starter/release", "version": version,
        "title": format!("Release {version}"), "kind": "upgrade",
    });
    world.call(Some("manager"), "POST", "/api/v1/releases", &body).await
}

// proves: S3-46/A
#[tokio::test]
async fn a_release_without_a_version_is_refused_and_its_content_states_the_number() {
    let world = World::new().await;
    let id = product(&world, "gate", &json!({})).await;
    for blank in ["", "  "] {
        let refused = take(&world, &id, blank).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        assert!(refused.text.contains("version"), "{refused:?}");
        let fields = [
            ("product", id.as_str()),
            ("process", "starter/release"),
            ("version", blank),
            ("title", "No number"),
        ];
        let form = send(&world, "manager", "/releases/new", &fields).await;
        assert_eq!(form.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(form.text.to_lowercase().contains("version"), "{form:?}");
    }
    let made = take(&world, &id, "V1.0.0.0000").await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let release = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/releases/{release}");
    let read = world.call(Some("manager"), "GET", &path, &Value::Null).await;
    assert_eq!(read.json()["version"], "V1.0.0.0000", "{read:?}");
    let shown = page(&world, "manager", &format!("/releases/{release}"), "en").await;
    assert!(shown.text.contains("V1.0.0.0000"), "{shown:?}");
}

// proves: S3-48/A
#[tokio::test]
async fn the_first_three_parts_follow_the_roadmap_and_the_build_is_automatic() {
    let world = World::new().await;
    let id = product(&world, "gate", &json!({ "owner_role": "system_owner" })).await;
    assert_eq!(take(&world, &id, "V1.0.0.0000").await.status, StatusCode::CREATED);
    let build = next(&world, &id, "level=build").await.json();
    assert_eq!((&build["next"], &build["may_be_taken"]), (&json!("V1.0.0.0001"), &json!(true)));
    for (level, number) in [("revision", "V1.0.1"), ("minor", "V1.1.0"), ("major", "V2.0.0")] {
        let asked = next(&world, &id, &format!("level={level}")).await.json();
        assert_eq!(asked["next"], format!("{number}.0000"), "{level}");
        assert_eq!(asked["may_be_taken"], false, "{level}: the roadmap says nothing of it");
        let refused = take(&world, &id, &format!("{number}.0000")).await;
        assert_eq!(refused.code(), "roadmap_missing", "{level}: {refused:?}");
        let path = format!("/products/{id}?level={level}");
        let shown = page(&world, "manager", &path, "en").await;
        assert!(shown.text.contains("Not in the roadmap."), "{level}: {shown:?}");
    }
    // Who edits the product does not own its roadmap.
    let path = format!("/products/{id}/roadmap");
    let fields = [("number", "1.1.0"), ("theme", "Night gates"), ("planned", "2026-05-01")];
    let refused = send(&world, "manager", &path, &fields).await;
    assert!(refused.status.is_client_error(), "{refused:?}");
    let grant = json!({ "role": "system_owner", "scope": "product", "scope_id": id });
    let owner = format!("/api/v1/people/{}/roles", world.people["member"].id);
    let granted = world.call(Some("admin"), "POST", &owner, &grant).await;
    assert!(granted.status.is_success(), "{granted:?}");
    let wrong = [("number", "night"), ("theme", "Night gates")];
    let wrong = send(&world, "member", &path, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("value=\"night\""), "what was typed is kept: {wrong:?}");
    let planned = send(&world, "member", &path, &fields).await;
    assert_eq!(location(&planned), format!("/products/{id}"), "{planned:?}");
    let shown = page(&world, "manager", &format!("/products/{id}?level=minor"), "en").await;
    assert!(shown.text.contains("Planned in the roadmap: Night gates"), "{shown:?}");
    assert_eq!(take(&world, &id, "V1.1.0.0000").await.status, StatusCode::CREATED);
}

// proves: S3-53/A
#[tokio::test]
async fn what_is_compiled_again_raises_the_build_and_a_tag_can_give_it() {
    let world = World::new().await;
    let id = product(&world, "gate", &json!({})).await;
    assert_eq!(take(&world, &id, "V1.2.3.0007").await.status, StatusCode::CREATED);
    let kinds = ["bug_fix", "internal_design", "library", "database_script", "configuration_file"];
    for kind in kinds {
        let shown = page(&world, "manager", &format!("/products/{id}?change={kind}"), "en").await;
        assert!(shown.text.contains("V1.2.3.0008"), "{kind}: {shown:?}");
        assert!(shown.text.contains("d rises from 7 to 8."), "{kind}: {shown:?}");
    }
    let both = format!("/products/{id}?change=library&change=feature");
    let both = page(&world, "manager", &both, "en").await;
    assert!(both.text.contains("V1.3.0.0000"), "the greatest change decides");

    let tagged = json!({ "scheme": { "vabcd": { "d_from_tag": true } } });
    let id = product(&world, "tagged", &tagged).await;
    let missing = next(&world, &id, "level=build").await;
    assert_eq!(missing.code(), "version_tag_missing", "{missing:?}");
    let first = next(&world, &id, "level=build&tag=41").await.json();
    assert_eq!(first["next"], "V1.0.0.0041");
    assert_eq!(take(&world, &id, "V1.0.0.0041").await.status, StatusCode::CREATED);
    assert_eq!(next(&world, &id, "level=build&tag=44").await.json()["next"], "V1.0.0.0044");
    let back = next(&world, &id, "level=build&tag=40").await;
    assert!(back.status.is_client_error(), "a tag never goes back: {back:?}");
}

// proves: S4c-08/A
#[tokio::test]
async fn who_may_authorize_is_named_for_a_product_and_stands_in_the_record() {
    let world = World::new().await;
    let id = product(&world, "gate", &json!({})).await;
    let path = format!("/products/{id}/authorizers");
    for who in ["canary-staff", "no-such-person"] {
        let wrong = send(&world, "manager", &path, &[("person", who)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{who}: {wrong:?}");
        assert!(wrong.text.contains("Nobody whom you may see"), "{who}: {wrong:?}");
    }
    let denied = send(&world, "member", &path, &[("person", "member")]).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
    let named = send(&world, "manager", &path, &[("person", "member")]).await;
    assert_eq!(location(&named), format!("/products/{id}"), "{named:?}");
    let shown = page(&world, "manager", &format!("/products/{id}"), "en").await;
    assert!(shown.text.contains("member person"), "{shown:?}");
    let api = format!("/api/v1/products/{id}");
    let read = world.call(Some("auditor"), "GET", &api, &Value::Null).await;
    let member = world.people["member"].id.as_str();
    assert_eq!(read.json()["authorizers"], json!([member]), "{read:?}");
    let record = page(&world, "admin", "/record", "en").await;
    assert!(record.text.contains("product.authorizers_set"), "{record:?}");
    let gone = send(&world, "manager", &path, &[("remove", member)]).await;
    assert_eq!(location(&gone), format!("/products/{id}"), "{gone:?}");
}

#[tokio::test]
async fn a_product_speaks_four_languages_is_edited_and_is_nobody_elses() {
    let world = World::new().await;
    let id = product(&world, "gate", &json!({})).await;
    let path = format!("/products/{id}");
    for (lang, text) in
        [("en", "Roadmap"), ("ko", "로드맵"), ("vi", "Lộ trình"), ("zh", "路线规划")]
    {
        let shown = page(&world, "manager", &path, lang).await;
        assert_eq!(shown.status, StatusCode::OK, "{lang}: {shown:?}");
        assert!(shown.text.contains(text) && shown.text.contains("V1.0.0.0000"), "{lang}");
    }
    let foreign = format!("/products/{}", world.foreign.product);
    let none = page(&world, "manager", "/products/prod_00000000000000000000000000", "en").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(page(&world, "manager", &foreign, "en").await.status, StatusCode::NOT_FOUND);
    let edit = |name, revision| {
        [
            ("name", name),
            ("description", "Gates of the yard"),
            ("revision", revision),
            ("active", "true"),
        ]
    };
    let hidden = send(&world, "manager", &foreign, &edit("Ours now", "1")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{hidden:?}");
    let blank = send(&world, "manager", &path, &edit(" ", "1")).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY, "{blank:?}");
    assert!(blank.text.contains("This field is required."), "{blank:?}");
    let denied = send(&world, "member", &path, &edit("Gate 2", "1")).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
    let saved = send(&world, "manager", &path, &edit("Gate 2", "1")).await;
    assert_eq!(location(&saved), path, "{saved:?}");
    let stale = send(&world, "manager", &path, &edit("Gate 3", "1")).await;
    assert!(stale.status.is_client_error(), "somebody else was faster: {stale:?}");
    let shown = page(&world, "manager", &path, "en").await;
    assert!(shown.text.contains("Gate 2") && shown.text.contains("Gates of the yard"), "{shown:?}");
}

#[tokio::test]
async fn the_list_of_products_pages() {
    let world = World::new().await;
    for n in 0..55 {
        product(&world, &format!("p{n:03}"), &json!({})).await;
    }
    let first = page(&world, "manager", "/products", "en").await;
    let next = first.text.split("rel=\"next\" href=\"").nth(1).expect("there are more");
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert!(!first.text.contains("p054"), "fifty and no more");
    let second = page(&world, "manager", &next, "en").await;
    assert!(second.text.contains("p054") && !second.text.contains("rel=\"next\""), "{second:?}");
}

#[tokio::test]
async fn a_new_release_goes_by_the_process_that_its_product_usually_takes() {
    let world = World::new().await;
    let gate = product(&world, "gate", &json!({})).await;
    let yard = product(&world, "yard", &json!({})).await;
    let proposed = async |query: &str| {
        let shown = page(&world, "manager", &format!("/releases/new?{query}"), "en").await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        let chosen = shown.text.split("name=\"process\" value=\"").nth(1).unwrap();
        chosen.split('"').next().unwrap().to_owned()
    };
    let open = async |product: &str, process: &str, version: &str| {
        let body = json!({
            "product": product, "process": process, "version": version, "title": "Another",
        });
        let made = world.call(Some("manager"), "POST", "/api/v1/releases", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    };
    let of = |product: &str| format!("product={product}");
    assert_eq!(proposed(&of(&gate)).await, "starter/release", "nothing is usual yet");
    open(&gate, "vendor/release", "V1.0.0.0001").await;
    assert_eq!(proposed(&of(&gate)).await, "vendor/release");
    assert_eq!(proposed(&of(&yard)).await, "vendor/release", "as all others did");
    open(&yard, "starter/release", "V1.0.0.0001").await;
    assert_eq!(proposed(&of(&yard)).await, "starter/release", "its own come first");
    open(&gate, "vendor/release", "V1.0.0.0002").await;
    open(&gate, "starter/release", "V1.0.0.0003").await;
    assert_eq!(proposed(&of(&gate)).await, "vendor/release", "most, not the last");
    // Another product is chosen: what was proposed for the first is no choice, anything else is.
    let other =
        |process: &str| format!("{}&process={process}&of={gate}&was=vendor/release", of(&yard));
    assert_eq!(proposed(&other("vendor/release")).await, "starter/release");
    assert_eq!(proposed(&other("saas/update")).await, "saas/update");
}
