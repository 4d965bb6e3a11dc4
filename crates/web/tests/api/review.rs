//! A release that quality reviews and an authorized person lets go, and its papers under control.

use crate::pages::page;
use crate::world::{PASSWORD, Reply, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// A process in which a review with two questions comes before whoever the product lists.
fn reviewed() -> String {
    let say = |text: &str| {
        format!(
            r#"{{ en = "{text}", ko = "{text} (한)", vi = "{text} (việt)", zh = "{text} (中)" }}"#
        )
    };
    let role = |id: &str| format!("[[role]]\nid = \"{id}\"\ntitle = {}\n", say(id));
    let check =
        |id: &str| format!("    [[phase.step.check]]\n    id = \"{id}\"\n    ask = {}\n", say(id));
    let step = |id: &str, kind: &str, role: &str, rest: &str| {
        format!(
            "  [[phase.step]]\n  id = \"{id}\"\n  kind = \"{kind}\"\n  title = {}\n  role = \"{role}\"\n{rest}",
            say(id)
        )
    };
    [
        format!("format = 1\nid = \"own/reviewed\"\nsubject = \"release\"\ntitle = {}\n", say("Reviewed")),
        "control = { number = \"OW-01\", owner = \"release_lead\", confidentiality = \"internal\", note = \"First\" }\n".to_owned(),
        "go_live = \"roll_out\"\n".to_owned(),
        role("release_lead"),
        role("reviewer"),
        format!("[[phase]]\nid = \"prepare\"\ntitle = {}\n", say("Prepare")),
        step("review", "review", "reviewer", &(check("quality") + &check("compliance"))),
        step("allow", "approval", "authorizer(product)", "  after = [\"review\"]\n  rejected = \"review\"\n"),
        format!("[[phase]]\nid = \"release\"\ntitle = {}\n", say("Release")),
        step("roll_out", "task", "release_lead", "  after = [\"allow\"]\n"),
        step("close", "archive", "release_lead", "  always = true\n"),
    ]
    .concat()
}

async fn put(world: &World, who: &str, path: &str, body: Value) -> Reply {
    let path = format!("/api/v1/releases/{}/{path}", world.own.release);
    world.call(Some(who), "PUT", &path, &body).await
}

async fn post(world: &World, who: &str, path: &str, body: Value) -> Reply {
    world.call(Some(who), "POST", path, &body).await
}

async fn get(world: &World, who: &str, path: &str) -> Value {
    let reply = world.call(Some(who), "GET", path, &Value::Null).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
    reply.json()
}

/// A release under way in that process: the member reviews, the manager leads.
async fn under_way(world: &World) -> String {
    let published =
        post(world, "admin", "/api/v1/processes", json!({ "text": reviewed(), "note": "First" }))
            .await;
    assert!(published.status.is_success(), "{published:?}");
    let id = |who: &str| world.people[who].id.to_string();
    let new = json!({
        "product": world.own.product.to_string(),
        "process": "own/reviewed",
        "version": "1.1.0",
        "title": "Reviewed",
        "kind": "upgrade",
        "lead": id("manager"),
        "roles": { "reviewer": [id("member")], "release_lead": [id("manager")] },
    });
    let made = post(world, "manager", "/api/v1/releases", new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let release = made.json()["id"].as_str().unwrap().to_owned();
    let start = format!("/api/v1/releases/{release}/start");
    let started = post(world, "manager", &start, json!({})).await;
    assert!(started.status.is_success(), "{started:?}");
    release
}

async fn vote(world: &World, who: &str, release: &str) -> Reply {
    let proof = post(world, who, "/api/v1/session/step-up", json!({ "password": PASSWORD })).await;
    assert!(proof.status.is_success(), "{proof:?}");
    let shown = get(world, "manager", &format!("/api/v1/releases/{release}")).await;
    let steps = shown["steps"].as_array().unwrap();
    let digest = steps.iter().find(|it| it["id"] == "allow").unwrap()["digest"].clone();
    let body = json!({ "verdict": "approve", "digest": digest });
    post(world, who, &format!("/api/v1/releases/{release}/steps/allow/vote"), body).await
}

// proves: S4c-07/A S4c-09/A S4i-05/A
#[tokio::test]
async fn only_a_listed_person_lets_go_what_the_review_has_passed() {
    let world = World::new().await;
    let release = under_way(&world).await;
    let listed = world.people["process_owner"].id.to_string();
    let list = format!("/api/v1/products/{}/authorizers", world.own.product);
    let body = json!({ "people": [listed] });
    let named = world.call(Some("manager"), "PUT", &list, &body).await;
    assert!(named.status.is_success(), "{named:?}");

    let base = format!("/api/v1/releases/{release}");
    let holders = get(&world, "manager", &base).await["holders"].clone();
    let last = holders.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({ "step": "review", "people": ["member person"] }), "{holders}");

    // The review: by its reviewer, with both questions answered well.
    let early = vote(&world, "process_owner", &release).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "not before the review: {early:?}");
    let done = format!("{base}/steps/review/done");
    let missing = post(&world, "member", &done, json!({})).await;
    assert_eq!(missing.status, StatusCode::CONFLICT, "{missing:?}");
    for check in ["quality", "compliance"] {
        assert!(missing.text.contains(check), "what is missing is named: {missing:?}");
    }
    for (check, answer) in [("quality", true), ("compliance", false)] {
        let path = format!("{base}/steps/review/checks/{check}");
        let said = world.call(Some("member"), "PUT", &path, &json!({ "yes": answer })).await;
        assert!(said.status.is_success(), "{said:?}");
    }
    let bad = post(&world, "member", &done, json!({})).await;
    assert_eq!(bad.status, StatusCode::CONFLICT, "what does not comply passes nothing: {bad:?}");
    let path = format!("{base}/steps/review/checks/compliance");
    world.call(Some("member"), "PUT", &path, &json!({ "yes": true })).await;
    let reviewed = post(&world, "member", &done, json!({})).await;
    assert!(reviewed.status.is_success(), "{reviewed:?}");

    // The authorization: by the list of the product and nobody else, however high.
    let holders = get(&world, "manager", &base).await["holders"].clone();
    let last = holders.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({ "step": "allow", "people": ["process_owner person"] }), "{holders}");
    for who in ["manager", "admin", "member"] {
        let refused = vote(&world, who, &release).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{who}: {refused:?}");
    }
    let allowed = vote(&world, "process_owner", &release).await;
    assert!(allowed.status.is_success(), "{allowed:?}");
    let shown = get(&world, "manager", &base).await;
    let step =
        |id: &str| shown["steps"].as_array().unwrap().iter().find(|it| it["id"] == id).cloned();
    assert_eq!(step("allow").unwrap()["state"], "done");
}

// proves: S4i-12/A
#[tokio::test]
async fn there_is_no_release_without_a_process() {
    let world = World::new().await;
    let new = |process: Value| {
        json!({
            "product": world.own.product.to_string(),
            "process": process,
            "version": "1.1.0",
            "title": "By hand",
            "kind": "upgrade",
        })
    };
    for process in [json!(""), json!("nobody/knows"), Value::Null] {
        let made = post(&world, "manager", "/api/v1/releases", new(process.clone())).await;
        assert_eq!(made.status, StatusCode::UNPROCESSABLE_ENTITY, "{process}: {made:?}");
        assert_eq!(made.json()["errors"][0]["field"], "process", "{made:?}");
    }
    let made = post(&world, "manager", "/api/v1/releases", new(json!("starter/release"))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
}

// proves: S4i-02/A
#[tokio::test]
async fn for_whom_a_step_waited_is_measured_and_shown() {
    let world = World::new().await;
    let release = under_way(&world).await;
    world.wait(25 * 60);
    let plan = format!("/api/v1/releases/{release}/plan");
    let waits = get(&world, "manager", &plan).await["waits"].clone();
    assert_eq!(waits["review"]["person"], 25 * 60, "{waits}");
    assert_eq!(waits["review"]["now"], "person", "{waits}");
    assert_eq!(waits["allow"], Value::Null, "it waits for the step before it: {waits}");
    let begin = format!("/api/v1/releases/{release}/steps/review/begin");
    let begun = post(&world, "member", &begin, json!({})).await;
    assert!(begun.status.is_success(), "{begun:?}");
    world.wait(15 * 60);
    let waits = get(&world, "manager", &plan).await["waits"].clone();
    assert_eq!((&waits["review"]["person"], &waits["review"]["work"]), (&json!(1500), &json!(900)));
    assert_eq!(waits["review"]["now"], "work", "{waits}");
    for (lang, title, now) in [
        ("en", "Where the time went", "being worked on"),
        ("ko", "소요 시간 분석", "작업 진행 중"),
        ("vi", "Thời gian đã dùng vào đâu", "đang thực hiện"),
        ("zh", "时间用在哪里", "正在处理"),
    ] {
        let shown = page(&world, "member", &format!("/releases/{release}/plan"), lang).await;
        assert!(shown.text.contains(title) && shown.text.contains(now), "{lang}: {shown:?}");
    }
}

// proves: S3-01/A S3-02/A
#[tokio::test]
async fn one_revision_of_a_paper_is_in_force_and_older_ones_stay_readable() {
    let world = World::new().await;
    let base = format!("/api/v1/releases/{}", world.own.release);
    let started = post(&world, "admin", &format!("{base}/start"), json!({})).await;
    assert!(started.status.is_success(), "{started:?}");
    let plan =
        |changes: &str| format!("# Plan\n\n## changes\n\n{changes}\n\n## back_out\n\nBack.\n");
    let paper = format!("{base}/documents/release_plan");
    let write = |text: String, note: &'static str| {
        put(&world, "admin", "documents/release_plan", json!({ "text": text, "note": note }))
    };
    let states = |shown: &Value| -> Vec<String> {
        let list = shown["revisions"].as_array().unwrap();
        list.iter()
            .map(|it| {
                format!("{} {}", it["label"].as_str().unwrap(), it["control"].as_str().unwrap())
            })
            .collect()
    };
    write(plan("One."), "First edition").await;
    assert_eq!(states(&get(&world, "admin", &paper).await), ["A0 draft"]);
    let control = format!("{paper}/control");
    post(&world, "admin", &control, json!({})).await;
    let shown = get(&world, "admin", &paper).await;
    assert_eq!(states(&shown), ["A0 controlled"]);
    assert_eq!(shown["controlled"]["label"], "A0");
    assert_eq!(shown["controlled"]["by"], world.people["admin"].id.as_str());

    world.wait(20 * 60);
    write(plan("Two."), "The second change").await;
    let shown = get(&world, "admin", &paper).await;
    assert_eq!(states(&shown), ["A0 controlled", "A1 draft"], "a draft supersedes nothing");
    post(&world, "admin", &control, json!({})).await;
    let shown = get(&world, "admin", &paper).await;
    assert_eq!(states(&shown), ["A0 obsolete", "A1 controlled"]);

    // The version record: number, revision, date, what was revised, why, by whom.
    assert!(shown["number"].as_str().unwrap().ends_with("/release_plan"), "{shown}");
    let line = &shown["revisions"][1];
    assert_eq!(line["sections"], json!(["changes"]), "{line}");
    assert_eq!(line["note"], "The second change");
    assert_eq!(line["by"], world.people["admin"].id.as_str());
    assert!(line["at"].as_str().unwrap() > shown["revisions"][0]["at"].as_str().unwrap());

    let old = format!("{paper}/revisions/A0");
    let old = world.call(Some("admin"), "GET", &old, &Value::Null).await;
    assert!(old.status.is_success() && old.text.contains("One."), "readable: {old:?}");
    let there = format!("/releases/{}/documents/release_plan", world.own.release);
    for (lang, word) in
        [("en", "Obsolete"), ("ko", "폐기"), ("vi", "Hết hiệu lực"), ("zh", "已废止")]
    {
        let shown = page(&world, "admin", &there, lang).await;
        assert!(shown.text.contains(word), "{lang}: {shown:?}");
    }
}
