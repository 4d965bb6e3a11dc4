//! A small release of another system, whose change must be out before a go-live that builds on it.

use crate::office::Office;
use serde_json::{Value, json};

const LEAD: &str = "project_manager";

/// The release.
pub struct Related {
    pub id: String,
    pub number: String,
}

impl Related {
    /// Opens and starts it; it reaches no site.
    pub async fn open(office: &Office) -> Related {
        office.world.product("mes").await;
        let title = json!({ "en": "Orders", "ko": "주문", "vi": "Đơn hàng", "zh": "订单" });
        let new = json!({
            "product": "mes", "process": "starter/release", "version": "V3.0.0.0001",
            "title": "Orders for the new system", "kind": "upgrade",
            "items": [{ "title": title, "kind": "feature" }],
            "roles": {
                "release_lead": [LEAD], "tester": ["system_owner"], "approver": ["it_head"],
            },
        });
        let made = office.must(LEAD, "POST", "/api/v1/releases", new).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let related = Related { id, number: made["label"].as_str().unwrap().to_owned() };
        related.must(office, LEAD, "POST", "start", json!({})).await;
        related
    }

    async fn must(&self, office: &Office, who: &str, method: &str, rest: &str, body: Value) {
        office.must(who, method, &format!("/api/v1/releases/{}/{rest}", self.id), body).await;
    }

    /// Carries it to its end.
    pub async fn release(&self, office: &Office) {
        let slot = json!({ "start": "2026-01-20T10:00:00Z", "end": "2026-01-20T11:00:00Z" });
        self.must(office, LEAD, "PUT", "slot", slot).await;
        let plan = "# What changes\n\nOrders.\n\n# The way back\n\nThe former version.\n";
        self.must(office, LEAD, "PUT", "documents/release_plan", json!({ "text": plan })).await;
        self.must(office, LEAD, "POST", "steps/plan/done", json!({})).await;
        let tester = "system_owner";
        self.must(office, tester, "PUT", "steps/test/checks/works", json!({ "yes": true })).await;
        self.must(office, tester, "POST", "steps/test/done", json!({})).await;
        let path = format!("/api/v1/releases/{}", self.id);
        let detail = office.must("it_head", "GET", &path, Value::Null).await;
        let steps = detail["steps"].as_array().unwrap();
        let step = steps.iter().find(|it| it["id"] == "approve").unwrap();
        office.step_up("it_head").await;
        let vote = json!({ "verdict": "approve", "comment": "", "digest": step["digest"] });
        self.must(office, "it_head", "POST", "steps/approve/vote", vote).await;
        office.settle().await;
        self.must(office, LEAD, "POST", "steps/close/done", json!({})).await;
        self.must(office, LEAD, "POST", "close", json!({ "code": "success" })).await;
    }
}
