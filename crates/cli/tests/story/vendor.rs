//! The release of a packaged product: decision on opinions, notices inside and outside, talks,
//! decisions and versions of sites, feedback.

use crate::office::Office;
use crate::place;
use roadbook_testkit::postgres::Postgres;
use serde_json::{Value, json};

const ROLES: [&str; 6] =
    ["release_lead", "developer", "project_manager", "quality_manager", "marketing", "support"];

async fn story(url: Option<String>) {
    let mut office = Office::open(url, &ROLES).await;
    for (key, zone, lang) in [
        ("seoul-1", "Asia/Seoul", "ko"),
        ("hanoi-1", "Asia/Ho_Chi_Minh", "vi"),
        ("suzhou-1", "Asia/Shanghai", "zh"),
    ] {
        office.site(key, zone, lang).await;
        let contact = json!({
            "name": "현장 담당", "email": format!("admin@{key}.example"), "lang": lang,
            "kind": "admin", "active": true,
        });
        office
            .must("project_manager", "POST", &format!("/api/v1/sites/{key}/contacts"), contact)
            .await;
    }
    let title = json!({ "en": "Export", "ko": "내보내기", "vi": "Xuất dữ liệu", "zh": "导出" });
    let new = json!({
        "product": "erp", "process": "vendor/release", "version": "V3.0.0.0001",
        "title": "Spring release", "kind": "", "purposes": ["feature", "security"],
        "items": [{ "title": title, "kind": "feature", "purpose": "feature" }],
        "requirements": { "en": "8 GB", "ko": "8GB", "vi": "8 GB", "zh": "8 GB" },
        "lead": "release_lead",
    });
    let made = office.must("project_manager", "POST", "/api/v1/releases", new).await;
    let release = made["id"].as_str().unwrap().to_owned();
    place::ships_a_file(&office, &release, "V3.0.0.0001").await;
    let path = |rest: &str| format!("/api/v1/releases/{release}/{rest}");
    let lead = "release_lead";
    office.must(lead, "POST", &path("start"), json!({})).await;
    let slot = json!({ "start": "2026-02-14T12:00:00Z", "end": "2026-02-14T15:00:00Z" });
    office.must(lead, "PUT", &path("slot"), slot).await;
    prepare(&office, &release).await;
    decide(&office, &release).await;
    office.settle().await;
    office.settle().await;
    let state = steps(&office, &release).await;
    assert_eq!(state("internal_notice"), "done", "the company was told after the decision");
    sites(&mut office, &release).await;
    close(&mut office, &release).await;
}

async fn steps(office: &Office, release: &str) -> impl Fn(&str) -> String + use<> {
    let path = format!("/api/v1/releases/{release}");
    let detail = office.must("release_lead", "GET", &path, Value::Null).await;
    move |id: &str| {
        let steps = detail["steps"].as_array().unwrap();
        let step = steps.iter().find(|it| it["id"] == id).unwrap();
        step["state"].as_str().unwrap().to_owned()
    }
}

async fn prepare(office: &Office, release: &str) {
    let path = |rest: &str| format!("/api/v1/releases/{release}/{rest}");
    let write = |text: &str| json!({ "text": text });
    let report = write("# Test report\n\nAll cases passed.\n");
    office.must("quality_manager", "PUT", &path("documents/test_report"), report).await;
    office.must("quality_manager", "POST", &path("steps/tests/done"), json!({})).await;
    let missing = office
        .refused("developer", "POST", &path("steps/papers/done"), json!({}), (409, "not_yet"))
        .await;
    assert!(missing["waiting"].to_string().contains("release_notes"), "{missing}");
    for document in ["release_notes", "update_guide", "rollback_plan"] {
        let path = path(&format!("documents/{document}"));
        let outline =
            roadbook_app::documents::outline(&template(), document, roadbook_core::text::Lang::En);
        let text = format!("{}\nText.\n", outline.replace("\n\n## ", "\nText.\n\n## "));
        office.must("developer", "PUT", &path, write(&text)).await;
    }
    office.must("developer", "POST", &path("steps/papers/done"), json!({})).await;
}

fn template() -> roadbook_core::process::template::Template {
    let (_, text) =
        roadbook_wire::process::builtin().iter().find(|(id, _)| *id == "vendor/release").unwrap();
    roadbook_wire::process::parse("vendor/release", text).unwrap().template
}

async fn decide(office: &Office, release: &str) {
    let path = |rest: &str| format!("/api/v1/releases/{release}/{rest}");
    let go = json!({ "outcome": "go" });
    let decide = path("steps/release_decision/decide");
    // Nothing that follows can begin, and there is no "go" without the opinions.
    office
        .refused("support", "POST", &path("steps/contacts/done"), json!({}), (409, "not_yet"))
        .await;
    office.refused("release_lead", "POST", &decide, go.clone(), (409, "not_yet")).await;
    let opinion = json!({ "stance": "for", "text": "tests passed" });
    for who in ["developer", "project_manager", "quality_manager"] {
        office.must(who, "POST", &path("steps/opinions/opinion"), opinion.clone()).await;
    }
    office.refused("developer", "POST", &decide, go.clone(), (403, "not_yours")).await;
    office.must("release_lead", "POST", &decide, go).await;
}

async fn sites(office: &mut Office, release: &str) {
    office.at("2026-01-26T03:00:00Z").await;
    office.settle().await;
    let path = |rest: &str| format!("/api/v1/releases/{release}/{rest}");
    let talks = office.must("support", "GET", &path("talks"), Value::Null).await;
    for talk in talks.as_array().cloned().unwrap_or_default() {
        let id = talk["id"].as_str().unwrap().replace('/', "%2F");
        let body = json!({ "channel": "phone", "notes": "ready", "readiness": "ready" });
        office.must("support", "POST", &format!("/api/v1/talks/{id}/done"), body).await;
    }
    office.settle().await;
    let answer = |site: &str, rest: &str| format!("/api/v1/sites/{site}/releases/{release}/{rest}");
    let manager = "project_manager";
    office.must(manager, "POST", &answer("seoul-1", "receipt"), json!({})).await;
    let none = json!({ "decision": "decline", "reason": "" });
    office.refused(manager, "POST", &answer("suzhou-1", "decision"), none, (422, "invalid")).await;
    for (site, decision) in [("seoul-1", "accept"), ("hanoi-1", "accept"), ("suzhou-1", "decline")]
    {
        let body = json!({ "decision": decision, "reason": "year end" });
        office.must(manager, "POST", &answer(site, "decision"), body).await;
    }
    place::is_planned(office, release).await;
    place::is_recorded(office, "hanoi-1").await;
    let client = place::Client::enroll(office, "hanoi-1").await;
    let report =
        |site: &str| json!({ "site": site, "outcome": "installed", "evidence": "about box" });
    // Before the slot nothing goes to a site; a site that declined gets nothing at all.
    let early = office.call(manager, "POST", &path("deployments"), &report("seoul-1")).await;
    assert_eq!((early.status, early.code().as_str()), (409, "rollout_not_open"));
    office.at("2026-02-14T12:30:00Z").await;
    let no = office.call(manager, "POST", &path("deployments"), &report("suzhou-1")).await;
    assert_eq!((no.status, no.code().as_str()), (409, "site_declined"));
    office.settle().await;
    place::is_compared(office, &client).await;
    for site in ["seoul-1", "hanoi-1"] {
        office.must(manager, "POST", &path("deployments"), report(site)).await;
    }
    let matrix = office.must(manager, "GET", "/api/v1/matrix", Value::Null).await;
    assert!(matrix.to_string().contains("V3.0.0.0001"), "{matrix}");
    let older = "/api/v1/sites?product=erp&older_than=V3.0.0.0001";
    let old = office.must(manager, "GET", older, Value::Null).await;
    assert!(!old.to_string().contains("seoul-1"), "{old}");
}

async fn close(office: &mut Office, release: &str) {
    let path = |rest: &str| format!("/api/v1/releases/{release}/{rest}");
    office.settle().await;
    place::is_looked_up(office, release).await;
    place::an_issue_holds_up_the_end(office, release).await;
    for step in ["applied", "site_versions"] {
        let checks = template().step(step).unwrap().checks.clone();
        for check in checks {
            let rest = path(&format!("steps/{step}/checks/{}", check.id));
            office.must("support", "PUT", &rest, json!({ "yes": true })).await;
        }
        office.must("support", "POST", &path(&format!("steps/{step}/done")), json!({})).await;
    }
    let feedback =
        json!({ "success": "yes", "problems": "", "ideas": "faster export", "rating": 5 });
    let site = format!("/api/v1/sites/seoul-1/releases/{release}/feedback");
    office.must("project_manager", "POST", &site, feedback).await;
    // Upgraded sites are asked how it went, a day after the last one.
    office.settle().await;
    office.at("2026-02-20T03:00:00Z").await;
    office.settle().await;
    office.must("release_lead", "POST", &path("steps/archive/done"), json!({})).await;
    office.must("release_lead", "POST", &path("close"), json!({ "code": "success" })).await;
}

// proves: S0-01/A S0-02/A S0-06/A S0-11/A S0-12/A S0-13/A S0-18/A S0-19/A S0-22/A S0-27/A S0-40/A
// proves: S0-25/A S4c-12/A S4c-13/A S4h-07/A S4h-13/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packaged_product_on_sqlite() {
    story(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packaged_product_on_postgres() {
    let postgres = Postgres::shared();
    story(Some(postgres.database())).await;
}
