//! Settings of a process over HTTP: who may set which, what a run takes, and what it keeps.

use crate::pages::{page, send};
use crate::world::World;
use axum::http::StatusCode;
use serde_json::{Value, json};

const T: &str = r#"{ en = "Plan", ko = "계획", vi = "Kế hoạch", zh = "计划" }"#;

fn process() -> String {
    format!(
        "format = 1\nid = \"test/set\"\nsubject = \"release\"\ntitle = {T}\ndescription = {T}\n\
         control = {{ number = \"T-1\", owner = \"release_lead\", confidentiality = \"internal\", \
         effective = \"2026-01-01\", note = \"first\" }}\n\n\
         [[setting]]\nid = \"report\"\ntype = \"bool\"\ndefault = false\nask = {T}\nset_by = \"product\"\n\n\
         [[setting]]\nid = \"strict\"\ntype = \"bool\"\ndefault = true\nask = {T}\nset_by = \"organization\"\n\n\
         [[role]]\nid = \"release_lead\"\ntitle = {T}\nduty = {T}\n\n\
         [[phase]]\nid = \"only\"\ntitle = {T}\n\n  [[phase.step]]\n  id = \"work\"\n  \
         kind = \"task\"\n  title = {T}\n  description = {T}\n  role = \"release_lead\"\n  \
         when = 'setting.strict'\n\n  [[phase.step]]\n  id = \"report\"\n  kind = \"task\"\n  \
         title = {T}\n  description = {T}\n  role = \"release_lead\"\n  when = 'setting.report'\n"
    )
}

#[tokio::test]
async fn a_product_sets_its_own_and_a_run_keeps_what_held_when_it_was_opened() {
    let world = World::new().await;
    let body = json!({ "text": process(), "note": "first" });
    let made = world.call(Some("admin"), "POST", "/api/v1/processes", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let product = world.own.product.to_string();
    let set = async |who: &str, name: &str, body: Value| {
        let path = format!("/api/v1/processes/test%2Fset/settings/{name}");
        world.call(Some(who), "PUT", &path, &body).await
    };
    for (who, name, body, status, says) in [
        ("manager", "report", json!({ "value": "perhaps", "product": product }), 422, "true"),
        ("manager", "strict", json!({ "value": "false", "product": product }), 422, "organization"),
        ("manager", "report", json!({ "value": "true" }), 403, ""),
        ("member", "report", json!({ "value": "true", "product": product }), 403, ""),
        ("manager", "no_such", json!({ "value": "true" }), 404, ""),
        ("manager", "report", json!({ "value": "true", "product": product }), 200, ""),
        ("admin", "strict", json!({ "value": "false" }), 200, ""),
    ] {
        let reply = set(who, name, body.clone()).await;
        assert_eq!(reply.status.as_u16(), status, "{who} {name} {body}: {reply:?}");
        assert!(reply.text.contains(says), "{who} {name} {body}: {reply:?}");
    }
    let open = async |version: &str| {
        let body = json!({
            "product": product, "process": "test/set", "version": version, "title": "Spring",
        });
        let made = world.call(Some("manager"), "POST", "/api/v1/releases", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/releases/{id}/start");
        let begun = world.call(Some("manager"), "POST", &path, &json!({})).await;
        assert!(begun.status.is_success(), "{begun:?}");
        id
    };
    let states = async |id: &str| {
        let path = format!("/api/v1/releases/{id}");
        let read = world.call(Some("manager"), "GET", &path, &Value::Null).await.json();
        let steps = read["steps"].as_array().unwrap().clone();
        steps.iter().map(|it| it["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = open("7.0.0").await;
    assert_eq!(states(&first).await, ["skipped", "ready"]);
    let undone = set("manager", "report", json!({ "product": product })).await;
    assert!(undone.status.is_success(), "{undone:?}");
    let second = open("7.1.0").await;
    assert_eq!(states(&second).await, ["skipped", "skipped"], "the next one takes the default");
    assert_eq!(states(&first).await, ["skipped", "ready"], "it keeps what held when it was opened");

    let list = "/api/v1/processes/test%2Fset/settings";
    let list = world.call(Some("member"), "GET", list, &Value::Null).await.json();
    assert_eq!(list[1]["organization"], "false", "{list}");
    assert_eq!(list[0]["products"], json!([]), "{list}");
    for lang in ["en", "ko", "vi", "zh"] {
        let shown = page(&world, "admin", "/processes/test/set", lang).await;
        assert!(shown.text.contains("id=\"setting-strict\""), "{lang}");
    }
    let fields = [("setting", "strict"), ("value", "")];
    let sent = send(&world, "admin", "/processes/test/set/settings", &fields).await;
    assert!(sent.status.is_redirection(), "{sent:?}");
    let shown = page(&world, "admin", "/processes/test/set", "en").await;
    assert!(!shown.text.contains("unless set"), "nothing is set any more");
}
