//! The go-live of a brand-new system, planned and in an emergency: its project team chooses the
//! time, its users are trained, its interfaces are agreed.

use crate::case::{Case, Variant};
use roadbook_testkit::postgres::Postgres;
use serde_json::json;

/// Outside of every window, on purpose: a Tuesday morning.
fn new_system(mode: &'static str) -> Variant {
    Variant {
        process: "enterprise/new-system",
        kind: "new_system",
        mode,
        new: true,
        window: false,
        slot: ("2026-02-24T01:00:00Z", "2026-02-24T04:00:00Z"),
    }
}

async fn planned(url: Option<String>) {
    let mut case = Case::approved(url, new_system("planned")).await;
    case.operate().await;
    case.confirm_and_close().await;
    case.must("release_manager", "POST", "close", json!({ "code": "success" })).await;
    case.bundle_proves_itself().await;
}

async fn emergency(url: Option<String>) {
    let mut case = Case::open(url, new_system("emergency")).await;
    case.plan().await;
    case.department_head_signs().await;
    case.prepare().await;
    case.related_is_released().await;
    case.done("project_manager", "prerequisites").await;
    case.apply(false).await;
    case.countersign().await;
    case.final_approval().await;
    case.operate().await;
    case.confirm_and_close().await;
    case.pay_debts_and_close().await;
}

// proves: S2-18/A S2-24/A S2-26/A S2-27/A S2-27/C S2-29/A S2-32/A S2-34/C S2-42/A S2-43/A S2-44/A S2-45/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_new_system_on_sqlite() {
    planned(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_new_system_on_postgres() {
    planned(Some(Postgres::shared().database())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_emergency_new_system_on_sqlite() {
    emergency(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_emergency_new_system_on_postgres() {
    emergency(Some(Postgres::shared().database())).await;
}
