//! The changes that a release carries, on its pages: they are entered with the questions of the
//! process, and what they are forces the kind of the release.

use crate::pages::{location, page, send};
use crate::world::World;
use axum::http::StatusCode;
use serde_json::{Value, json};

const KINDS: &str = r#"{ en = "Kinds", ko = "종류", vi = "Các loại", zh = "类别" }"#;

/// An entirely new function makes a release one of kind `feature`, everything else `minor`.
fn process() -> String {
    format!(
        "format = 1\nid = \"test/kinds\"\nsubject = \"release\"\ntitle = {KINDS}\ndescription = {KINDS}\n\
         control = {{ number = \"T-2\", owner = \"release_lead\", confidentiality = \"internal\", \
         effective = \"2026-01-01\", note = \"first\" }}\n\
         accepts = {{ kinds = [\"feature\", \"minor\"] }}\n\n\
         [[item_field]]\nid = \"entirely_new\"\ntype = \"bool\"\nask = {{ en = \"Is it new?\", \
         ko = \"새로운 기능입니까?\", vi = \"Có phải là mới không?\", zh = \"是新功能吗？\" }}\n\n\
         [[classify]]\ninto = \"release.kind\"\nclass = \"feature\"\nwhen = 'item.entirely_new'\n\n\
         [[classify]]\ninto = \"release.kind\"\nclass = \"minor\"\nwhen = 'true'\n\n\
         [[role]]\nid = \"release_lead\"\ntitle = {KINDS}\nduty = {KINDS}\n\n\
         [[phase]]\nid = \"only\"\ntitle = {KINDS}\n\n  [[phase.step]]\n  id = \"work\"\n  \
         kind = \"task\"\n  title = {KINDS}\n  description = {KINDS}\n  role = \"release_lead\"\n"
    )
}

// proves: S1-03/A S1-10/A
#[tokio::test]
async fn changes_are_entered_on_pages_and_force_the_kind() {
    let world = World::new().await;
    let body = json!({ "text": process(), "note": "first" });
    let made = world.call(Some("admin"), "POST", "/api/v1/processes", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let product = world.own.product.to_string();

    let path = format!("/releases/new?product={product}&process=test/kinds");
    let asked = page(&world, "manager", &path, "ko").await;
    assert!(asked.text.contains("새로운 기능입니까?"), "{asked:?}");
    assert!(asked.text.contains("name=\"change-0-title\""), "{asked:?}");

    let form = |version: &'static str, kind: &'static str, new: &'static str| {
        [
            ("product", product.clone()),
            ("process", "test/kinds".to_owned()),
            ("version", version.to_owned()),
            ("title", "Spring".to_owned()),
            ("kind", kind.to_owned()),
            ("change-0-title", "Chat".to_owned()),
            ("change-0-kind", "feature".to_owned()),
            ("change-0-purpose", "feature".to_owned()),
            ("change-0-fact-entirely_new", new.to_owned()),
        ]
    };
    let open = async |fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        send(&world, "manager", "/releases/new", &fields).await
    };
    let wrong = open(&form("8.0.0", "minor", "yes")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    let made = open(&form("8.0.0", "", "yes")).await;
    assert!(made.status.is_redirection(), "{made:?}");
    let release = location(&made).to_owned();
    let read = async || {
        let path = format!("/api/v1{release}");
        world.call(Some("manager"), "GET", &path, &Value::Null).await.json()
    };
    assert_eq!(read().await["kind"], "feature", "as its changes say");

    // Whoever only reads sees them, in words; whoever leads it finds them in a form.
    let changes = format!("{release}/changes");
    for (lang, new) in [
        ("en", "Is it new?"),
        ("ko", "새로운 기능입니까?"),
        ("vi", "Có phải là mới không?"),
        ("zh", "是新功能吗？"),
    ] {
        let seen = page(&world, "member", &changes, lang).await;
        assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
        assert!(seen.text.contains("Chat") && seen.text.contains(new), "{lang}: {seen:?}");
        assert!(!seen.text.contains("change-0-title"), "{lang}: a member changes nothing");
    }
    let seen = page(&world, "manager", &changes, "en").await;
    assert!(seen.text.contains("name=\"change-1-title\""), "a place for one more: {seen:?}");
    let named = |text: &str| {
        let rest = text.split_once("name=\"change-0-id\" value=\"").unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    let id = named(&seen.text);

    // The function is not new after all, and another change joins it.
    let edit = |new: &'static str| {
        [
            ("change-0-id", id.clone()),
            ("change-0-title", "Chat in groups".to_owned()),
            ("change-0-kind", "feature".to_owned()),
            ("change-0-purpose", "feature".to_owned()),
            ("change-0-fact-entirely_new", new.to_owned()),
            ("change-1-title", "Totals".to_owned()),
            ("change-1-kind", "code".to_owned()),
            ("change-1-purpose", "fix".to_owned()),
        ]
    };
    let save = async |who: &str, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        send(&world, who, &changes, &fields).await
    };
    let denied = save("member", &edit("no")).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
    let saved = save("manager", &edit("no")).await;
    assert!(saved.status.is_redirection(), "{saved:?}");
    let now = read().await;
    assert_eq!(now["kind"], "minor", "{now}");
    let seen = page(&world, "manager", &changes, "en").await;
    assert_eq!(named(&seen.text), id, "a change keeps its short name");
    assert_eq!(now["items"][1]["title"]["en"], "Totals", "{now}");
    assert_eq!(now["items"].as_array().unwrap().len(), 2, "{now}");

    // What has begun rests on its kind: no change may force another one any more.
    let begun = format!("/api/v1{release}/start");
    let begun = world.call(Some("manager"), "POST", &begun, &json!({})).await;
    assert!(begun.status.is_success(), "{begun:?}");
    let late = save("manager", &edit("yes")).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{late:?}");
    assert_eq!(read().await["kind"], "minor");
}
