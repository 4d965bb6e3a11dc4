//! Runs about something other than a release: opened, listed and shown over HTTP.

use crate::pages::{location, page, send};
use crate::world::World;
use axum::http::StatusCode;
use serde_json::{Value, json};

const T: &str = r#"{ en = "Plan", ko = "계획", vi = "Kế hoạch", zh = "计划" }"#;

fn process(id: &str, subject: &str, start: &str) -> String {
    format!(
        "format = 1\nid = \"{id}\"\nsubject = \"{subject}\"\ntitle = {T}\ndescription = {T}\n\
         control = {{ number = \"T-1\", owner = \"release_lead\", confidentiality = \"internal\", \
         effective = \"2026-01-01\", note = \"first\" }}\n\n{start}\n\
         [[role]]\nid = \"release_lead\"\ntitle = {T}\nduty = {T}\n\n\
         [[phase]]\nid = \"only\"\ntitle = {T}\n\n  [[phase.step]]\n  id = \"work\"\n  \
         kind = \"task\"\n  title = {T}\n  description = {T}\n  role = \"release_lead\"\n"
    )
}

async fn publish(world: &World, text: &str) {
    let body = json!({ "text": text, "note": "first" });
    let made = world.call(Some("admin"), "POST", "/api/v1/processes", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
}

#[tokio::test]
async fn an_issue_and_a_monthly_plan_are_runs_with_numbers_and_lists_of_their_own() {
    let world = World::new().await;
    publish(&world, &process("test/issue", "issue", "")).await;
    publish(&world, &process("test/plan", "cycle", "[[start]]\nperiod = \"month\"")).await;
    let product = world.own.product.as_str();
    let open = async |more: Value| {
        let mut body = json!({ "product": product, "process": "test/issue", "title": "No login" });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        world.call(Some("manager"), "POST", "/api/v1/releases", &body).await
    };
    let refused = open(json!({ "version": "V1.0.0.0009" })).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    assert!(refused.text.contains("ships nothing"), "{refused:?}");
    let refused = open(json!({ "process": "test/plan", "period": "March" })).await;
    assert!(refused.text.contains("2027-03"), "{refused:?}");
    let issue = open(json!({})).await;
    assert_eq!(issue.status, StatusCode::CREATED, "{issue:?}");
    let plan = open(json!({ "process": "test/plan", "period": "2026-03" })).await;
    assert_eq!(plan.status, StatusCode::CREATED, "{plan:?}");
    let plan = plan.json()["id"].as_str().unwrap().to_owned();
    let read =
        world.call(Some("manager"), "GET", &format!("/api/v1/releases/{plan}"), &Value::Null).await;
    assert_eq!(read.json()["subject"], "cycle", "{read:?}");
    assert_eq!(read.json()["period"], "2026-03", "{read:?}");

    let numbers = async |query: &str| {
        let path = format!("/api/v1/releases?{query}");
        let list = world.call(Some("manager"), "GET", &path, &Value::Null).await.json();
        let rows = list["rows"].as_array().cloned().unwrap_or_default();
        let mut found: Vec<String> = rows
            .iter()
            .map(|it| it["number"].as_str().unwrap_or_default().chars().take(1).collect())
            .collect();
        found.sort();
        found
    };
    assert_eq!(numbers("subject=issue").await, ["I"]);
    assert_eq!(numbers("subject=cycle").await, ["M"]);
    assert!(numbers("").await.iter().all(|it| it == "R"), "lists of releases show releases");
    assert!(numbers("subject=any").await.len() > 2);
    let wrong = "/api/v1/releases?subject=dream";
    let refused = world.call(Some("manager"), "GET", wrong, &Value::Null).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
}

#[tokio::test]
async fn the_shelf_of_other_work_begins_runs_in_four_languages() {
    let world = World::new().await;
    let empty = page(&world, "manager", "/runs", "en").await;
    assert!(empty.text.contains("Nothing here yet"), "{empty:?}");
    publish(&world, &process("test/plan", "cycle", "[[start]]\nperiod = \"month\"")).await;
    let form = page(&world, "manager", "/runs/new?process=test/plan", "en").await;
    assert!(form.text.contains("name=\"period\"") && !form.text.contains("name=\"version\""));
    let product = world.own.product.to_string();
    let fields = [
        ("product", product.as_str()),
        ("process", "test/plan"),
        ("title", "Plan of March"),
        ("period", "2026-03"),
    ];
    let made = send(&world, "manager", "/runs/new", &fields).await;
    let shown = page(&world, "manager", location(&made), "en").await;
    assert!(shown.text.contains("Plan of March"), "{shown:?}");
    for (lang, word) in [("en", "Cycle"), ("ko", "주기 업무"), ("vi", "Chu kỳ"), ("zh", "周期事务")]
    {
        let list = page(&world, "manager", "/runs?about=cycle", lang).await;
        assert!(list.text.contains(word) && list.text.contains("Plan of March"), "{lang}");
        let other = page(&world, "manager", "/runs?about=issue", lang).await;
        assert!(!other.text.contains("Plan of March"), "{lang}");
    }
    let releases = page(&world, "manager", "/releases?state=all", "en").await;
    assert!(!releases.text.contains("Plan of March"), "it is no release");
}
