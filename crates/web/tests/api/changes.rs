//! A change of what runs at sites: its reason, its content and its impact are said, reviewed and
//! approved before anything is done.

use crate::world::{PASSWORD, Reply, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Reason and impact are asked, and somebody else than the applicant approves them.
const PROCESS: &str = r#"
format = 1
id = "own/change"
subject = "release"
title = { en = "Change", ko = "변경", vi = "Thay đổi", zh = "变更" }
control = { number = "OW-02", owner = "release_lead", confidentiality = "internal", note = "First" }
go_live = "roll_out"
[[role]]
id = "release_lead"
title = { en = "Lead", ko = "책임자", vi = "Phụ trách", zh = "负责人" }
[[role]]
id = "reviewer"
title = { en = "Reviewer", ko = "검토자", vi = "Người xét duyệt", zh = "评审人" }
[[field]]
id = "reason"
type = "text"
ask = { en = "Why is it changed?", ko = "왜 변경합니까?", vi = "Vì sao thay đổi?", zh = "为什么变更？" }
required_by = "assess"
[[field]]
id = "impact"
type = "text"
ask = { en = "What does it touch?", ko = "무엇에 영향을 줍니까?", vi = "Ảnh hưởng đến gì?", zh = "影响哪些方面？" }
required_by = "assess"
[[phase]]
id = "prepare"
title = { en = "Prepare", ko = "준비", vi = "Chuẩn bị", zh = "准备" }
  [[phase.step]]
  id = "assess"
  kind = "task"
  title = { en = "Assess the change", ko = "변경 평가", vi = "Đánh giá thay đổi", zh = "评估变更" }
  role = "release_lead"
  [[phase.step]]
  id = "allow"
  kind = "approval"
  title = { en = "Approve the change", ko = "변경 승인", vi = "Phê duyệt thay đổi", zh = "批准变更" }
  role = "reviewer"
  after = ["assess"]
  rejected = "assess"
[[phase]]
id = "release"
title = { en = "Release", ko = "배포", vi = "Phát hành", zh = "发布" }
  [[phase.step]]
  id = "roll_out"
  kind = "task"
  title = { en = "Roll out", ko = "배포 수행", vi = "Triển khai", zh = "推广" }
  role = "release_lead"
  after = ["allow"]
  [[phase.step]]
  id = "close"
  kind = "archive"
  title = { en = "Close", ko = "종료", vi = "Đóng", zh = "关闭" }
  role = "release_lead"
  always = true
"#;

async fn ask(world: &World, who: &str, method: &str, path: &str, body: Value) -> Reply {
    world.call(Some(who), method, path, &body).await
}

async fn vote(world: &World, who: &str, base: &str) -> Reply {
    let proof = json!({ "password": PASSWORD });
    ask(world, who, "POST", "/api/v1/session/step-up", proof).await;
    let shown = ask(world, "manager", "GET", base, Value::Null).await.json();
    let steps = shown["steps"].as_array().unwrap();
    let digest = steps.iter().find(|it| it["id"] == "allow").unwrap()["digest"].clone();
    let body = json!({ "verdict": "approve", "digest": digest });
    ask(world, who, "POST", &format!("{base}/steps/allow/vote"), body).await
}

async fn state(world: &World, base: &str, step: &str) -> String {
    let shown = ask(world, "manager", "GET", base, Value::Null).await.json();
    let steps = shown["steps"].as_array().unwrap();
    let found = steps.iter().find(|it| it["id"] == step).unwrap();
    found["state"].as_str().unwrap().to_owned()
}

// proves: S4h-09/A
#[tokio::test]
async fn a_change_says_why_what_and_with_which_impact_before_somebody_approves_it() {
    let world = World::new().await;
    let text = json!({ "text": PROCESS, "note": "First" });
    let published = ask(&world, "admin", "POST", "/api/v1/processes", text).await;
    assert!(published.status.is_success(), "{published:?}");
    let id = |who: &str| world.people[who].id.to_string();
    let item = |title: &str| json!({ "title": { "en": title }, "kind": "config" });
    let new = json!({
        "product": world.own.product.to_string(), "process": "own/change", "version": "1.1.0",
        "title": "Longer sessions", "kind": "upgrade", "lead": id("manager"),
        "content": "Sessions last a day", "items": [item("Sessions last a day")],
        "roles": { "reviewer": [id("member")], "release_lead": [id("manager")] },
    });
    let made = ask(&world, "manager", "POST", "/api/v1/releases", new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let base = format!("/api/v1/releases/{}", made.json()["id"].as_str().unwrap());
    let started = ask(&world, "manager", "POST", &format!("{base}/start"), json!({})).await;
    assert!(started.status.is_success(), "{started:?}");
    // Nothing is assessed, let alone approved, before reason and impact are said.
    let assessed = format!("{base}/steps/assess/done");
    for (field, value) in [("reason", "people are signed out too often"), ("impact", "all sites")] {
        let early = ask(&world, "manager", "POST", &assessed, json!({})).await;
        assert_eq!((early.status, early.code().as_str()), (StatusCode::CONFLICT, "not_yet"));
        assert!(early.text.contains(field), "what is missing is named: {early:?}");
        assert_eq!(vote(&world, "member", &base).await.status, StatusCode::CONFLICT, "{field}");
        let body = json!({ "field": field, "value": value });
        let said = ask(&world, "manager", "PUT", &format!("{base}/fields"), body).await;
        assert!(said.status.is_success(), "{said:?}");
    }
    let done = ask(&world, "manager", "POST", &assessed, json!({})).await;
    assert!(done.status.is_success(), "{done:?}");
    let out = format!("{base}/steps/roll_out/done");
    let early = ask(&world, "manager", "POST", &out, json!({})).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "not before the approval: {early:?}");
    let own = vote(&world, "manager", &base).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "not by whoever applied: {own:?}");
    assert!(vote(&world, "member", &base).await.status.is_success());
    assert_eq!(state(&world, &base, "allow").await, "done");
    // What changes afterwards is approved anew.
    let shown = ask(&world, "manager", "GET", &base, Value::Null).await.json();
    assert_eq!(shown["items"][0]["title"]["en"], "Sessions last a day", "{shown}");
    let more = json!({ "items": [item("Sessions last a day"), item("Logs are kept a year")] });
    let edited = ask(&world, "manager", "PUT", &base, more).await;
    assert!(edited.status.is_success(), "{edited:?}");
    assert_eq!(state(&world, &base, "allow").await, "active", "the approval is void");
    assert!(vote(&world, "member", &base).await.status.is_success());
    assert_eq!(state(&world, &base, "allow").await, "done");
}
