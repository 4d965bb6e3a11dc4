//! The upgrade of an enterprise system, planned and in an emergency, by the people who should do
//! it, with every refusal met on its way.

use crate::case::{Case, Variant, paper};
use crate::http;
use roadbook_testkit::postgres::Postgres;
use serde_json::json;

fn upgrade(mode: &'static str) -> Variant {
    Variant {
        process: "enterprise/upgrade",
        kind: "upgrade",
        mode,
        new: false,
        window: mode == "planned",
        slot: ("2026-02-26T11:00:00Z", "2026-02-26T14:00:00Z"),
    }
}

async fn planned(url: Option<String>) {
    let mut case = Case::open(url, upgrade("planned")).await;
    case.plan().await;
    case.prepare().await;
    case.signed_report().await;
    case.apply(true).await;
    case.packages_are_named().await;
    let files = case.nothing_is_installed_before_approval().await;
    case.countersign().await;
    // A paper that changed after the approval voids it.
    let more = format!("{}| no disk | low | high | order in time | 王 |\n", paper("risk_plan"));
    case.write("project_manager", "risk_plan", &more).await;
    assert_eq!(case.state("countersign").await, "active");
    for who in ["application_systems_director", "infrastructure", "customer_service_deputy"] {
        case.approve(who, "countersign").await;
    }
    case.final_approval().await;
    crate::doctor::names_what_was_changed_behind_an_approval(&case.office, &case.release).await;
    case.operate().await;
    case.only_what_was_approved_is_installed(files).await;
    case.confirm_and_close().await;
    let close = |code: &str| json!({ "code": code });
    let manager = "release_manager";
    case.refused(manager, "POST", "close", close("rolled_back"), (409, "wrong_close_code")).await;
    // The same key with another body; then the same key with the same body, twice.
    let key = http::key();
    let path = case.path("close");
    let first = case.office.call_with(manager, "POST", &path, &close("success"), &key).await;
    assert_eq!(first.status, 200, "{}", first.json());
    let other = case.office.call_with(manager, "POST", &path, &close("partial"), &key).await;
    assert_eq!((other.status, other.code().as_str()), (422, "key_reused"));
    let again = case.office.call_with(manager, "POST", &path, &close("success"), &key).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert!(again.head.contains("idempotency-replayed: true"));
    case.refused(manager, "POST", "hold", json!({ "reason": "late" }), (409, "closed")).await;
    case.bundle_proves_itself().await;
}

async fn emergency(url: Option<String>) {
    let mut case = Case::open(url, upgrade("emergency")).await;
    case.plan().await;
    case.department_head_signs().await;
    case.prepare().await;
    case.done("project_manager", "prerequisites").await;
    let debts = case.detail().await["debts"].clone();
    assert!(!debts.as_array().unwrap().is_empty(), "what was skipped is owed");
    case.apply(false).await;
    case.countersign().await;
    case.final_approval().await;
    case.operate().await;
    case.confirm_and_close().await;
    case.pay_debts_and_close().await;
}

// proves: S2-03/A S2-08/A S2-09/A S2-10/A S2-11/A S2-12/A S2-16/A S2-17/A S2-19/A S2-22/A S2-23/A
// proves: S2-25/A S2-28/A S2-30/A S2-31/A S2-33/A S2-35/A S2-36/A S2-37/A S2-38/A S2-39/A S2-40/A
// proves: S2-41/A S2-46/A S2-48/A S2-49/A S2-53/A S4c-01/A S3-38/A S3-73/A S3-04/E
// proves: S4c-15/A S4h-10/A S4h-11/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_go_live_on_sqlite() {
    planned(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_go_live_on_postgres() {
    let postgres = Postgres::shared();
    planned(Some(postgres.database())).await;
}

/// A go-live that fails goes back by its own list, and the next attempt is a release of its own.
async fn failed(url: Option<String>) {
    let mut case = Case::approved(url, upgrade("planned")).await;
    case.begin_operation().await;
    let who = "release_manager";
    let sheet =
        |line: &str, act: &str, found: &str| json!({ "line": line, "act": act, "found": found });
    let rest = "steps/operate/sheet";
    case.refused(who, "POST", rest, sheet("deploy", "begin", ""), (409, "not_yet")).await;
    case.lines(&["preflight"]).await;
    // A control point is begun on purpose and confirmed; it is never ticked off in passing.
    case.refused(who, "POST", rest, sheet("backup", "done", "ok"), (409, "wrong_state")).await;
    case.late_backup_is_alarmed().await;
    case.lines(&["backup"]).await;
    case.line("deploy", "begin", "").await;
    case.refused(who, "POST", rest, sheet("deploy", "fail", ""), (422, "reason_required")).await;
    case.line("deploy", "fail", "the schema does not fit").await;
    // Two ways lead on, and no third.
    let done = "steps/operate/done";
    let stuck = case.refused(who, "POST", done, json!({}), (409, "choice_required")).await;
    assert!(stuck["detail"].as_str().unwrap().contains("roll back"), "{stuck}");
    case.refused(who, "POST", rest, sheet("smoke_test", "begin", ""), (409, "choice_required"))
        .await;
    let way = |choice: &str, reason: &str| json!({ "choice": choice, "reason": reason });
    let choose = "steps/operate/choose";
    case.refused(who, "POST", choose, way("roll_back", ""), (422, "reason_required")).await;
    case.must(who, "POST", choose, way("remedy", "the script was repaired on the spot")).await;
    case.line("deploy", "begin", "").await;
    case.line("deploy", "fail", "and failed again").await;
    case.must(who, "POST", choose, way("roll_back", "no time is left in the window")).await;
    case.lines(&["stop", "restore", "check_old"]).await;
    case.done(who, "operate").await;
    assert_eq!(case.state("sites").await, "cancelled");
    case.done(who, "archive").await;
    let close = |code: &str| json!({ "code": code });
    case.refused(who, "POST", "close", close("success"), (409, "wrong_close_code")).await;
    case.must(who, "POST", "close", close("rolled_back")).await;
    let next = json!({
        "product": "erp", "process": "enterprise/upgrade", "version": "V1.2.0.0002",
        "title": "second attempt", "kind": "upgrade", "mode": "planned",
        "mode_reason": "the first attempt was rolled back",
        "items": [{ "title": { "en": "Batch genealogy" }, "kind": "feature" }],
    });
    case.office.must("project_manager", "POST", "/api/v1/releases", next).await;
}

// proves: S3-40/A S3-32/C
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_go_live_on_sqlite() {
    failed(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_go_live_on_postgres() {
    failed(Some(Postgres::shared().database())).await;
}

// proves: S2-13/A S2-14/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_emergency_go_live_on_sqlite() {
    emergency(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_emergency_go_live_on_postgres() {
    let postgres = Postgres::shared();
    emergency(Some(postgres.database())).await;
}
