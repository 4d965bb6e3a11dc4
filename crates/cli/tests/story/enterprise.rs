//! The go-live of an enterprise system, planned and in an emergency, by the people who should do
//! it, with every refusal met on its way.

use crate::http;
use crate::office::Office;
use roadbook_app::sites::{DeploymentReport, Outcome, Reporter};
use roadbook_core::ids::ReleaseId;
use roadbook_testkit::postgres::Postgres;
use serde_json::{Value, json};

const ROLES: [&str; 14] = [
    "project_manager",
    "system_owner",
    "application_development",
    "business_department",
    "user_representative",
    "infrastructure",
    "customer_service_director",
    "application_systems_director",
    "service_desk",
    "second_line",
    "pmo",
    "release_manager",
    "it_head",
    "customer_service_deputy",
];

const PLANS: [&str; 6] = [
    "overall_plan",
    "action_plan",
    "risk_plan",
    "rollback_plan",
    "verification_plan",
    "trial_run_plan",
];

struct Case {
    office: Office,
    release: String,
}

impl Case {
    async fn open(url: Option<String>, mode: &str) -> Case {
        let mut office = Office::open(url, &ROLES).await;
        office.sign_in_over_http("project_manager").await;
        for (key, zone, lang) in [
            ("seoul-1", "Asia/Seoul", "ko"),
            ("hanoi-1", "Asia/Ho_Chi_Minh", "vi"),
            ("suzhou-1", "Asia/Shanghai", "zh"),
        ] {
            office.site(key, zone, lang).await;
        }
        let new = |mode: &str, items: Value| {
            json!({
                "product": "erp", "process": "enterprise/upgrade", "version": "V1.2.0.0001",
                "title": "批次追溯与标签打印", "kind": "upgrade", "mode": mode,
                "mode_reason": "yearly plan", "content": "go-live of the second stage",
                "items": items,
            })
        };
        let title = json!({
            "en": "Batch genealogy", "ko": "배치 추적", "vi": "Truy xuất lô", "zh": "批次追溯",
        });
        let code = json!([{ "title": title, "kind": "feature" }]);
        let data = json!([{ "title": { "en": "Load prices" }, "kind": "data" }]);
        let pm = "project_manager";
        let path = "/api/v1/releases";
        // Only data changes: no release. Without a mode: no application.
        office.refused(pm, "POST", path, new(mode, data), (422, "out_of_scope")).await;
        let mut bare = new(mode, code.clone());
        bare["mode_reason"] = json!("");
        office.refused(pm, "POST", path, bare, (422, "missing")).await;
        let made = office.must(pm, "POST", path, new(mode, code.clone())).await;
        // A version is given out once.
        office.refused(pm, "POST", path, new(mode, code), (422, "invalid")).await;
        let release = made["id"].as_str().unwrap().to_owned();
        Case { office, release }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/releases/{}/{rest}", self.release)
    }

    async fn must(&self, who: &str, method: &str, rest: &str, body: Value) -> Value {
        self.office.must(who, method, &self.path(rest), body).await
    }

    async fn refused(
        &self,
        who: &str,
        method: &str,
        rest: &str,
        body: Value,
        expected: (u16, &str),
    ) -> Value {
        self.office.refused(who, method, &self.path(rest), body, expected).await
    }

    async fn detail(&self) -> Value {
        let path = format!("/api/v1/releases/{}", self.release);
        self.office.must("project_manager", "GET", &path, Value::Null).await
    }

    async fn step(&self, id: &str) -> Value {
        let detail = self.detail().await;
        let steps = detail["steps"].as_array().unwrap().clone();
        steps.into_iter().find(|it| it["id"] == id).unwrap()
    }

    async fn state(&self, id: &str) -> String {
        self.step(id).await["state"].as_str().unwrap().to_owned()
    }

    async fn yes(&self, who: &str, step: &str, checks: &[&str]) {
        for check in checks {
            let rest = format!("steps/{step}/checks/{check}");
            self.must(who, "PUT", &rest, json!({ "yes": true })).await;
        }
    }

    async fn done(&self, who: &str, step: &str) {
        self.must(who, "POST", &format!("steps/{step}/done"), json!({})).await;
    }

    async fn write(&self, who: &str, document: &str, text: &str) {
        self.must(who, "PUT", &format!("documents/{document}"), json!({ "text": text })).await;
    }

    async fn ballot(&self, step: &str, verdict: &str) -> Value {
        let digest = self.step(step).await["digest"].clone();
        json!({ "verdict": verdict, "comment": "read", "digest": digest })
    }

    async fn approve(&self, who: &str, step: &str) {
        let ballot = self.ballot(step, "approve").await;
        self.office.step_up(who).await;
        self.must(who, "POST", &format!("steps/{step}/vote"), ballot).await;
    }

    async fn sign(&self, who: &str, document: &str) {
        let digest = self.detail().await["documents"][document]["digest"].clone();
        self.office.step_up(who).await;
        let body = json!({ "role": who, "meaning": "accepted", "digest": digest });
        self.must(who, "POST", &format!("documents/{document}/sign"), body).await;
    }

    /// Planning: type, mode, slot and scope, confirmed by two.
    async fn plan(&self, window: bool) {
        let pm = "project_manager";
        self.must(pm, "POST", "start", json!({})).await;
        self.refused(pm, "POST", "start", json!({}), (409, "already_started")).await;
        for (field, value) in [("training_needed", false), ("formal_project", true)] {
            self.must(pm, "PUT", "fields", json!({ "field": field, "value": value })).await;
        }
        self.yes(pm, "confirm_type", &["type_and_mode", "changes_code"]).await;
        self.done(pm, "confirm_type").await;
        assert_eq!(self.state("confirm_type").await, "submitted", "two confirm it");
        self.done("system_owner", "confirm_type").await;
        let slot = |start: &str, end: &str| json!({ "start": start, "end": end });
        if window {
            // A Wednesday, and a slot in the past.
            let closed = slot("2026-02-25T11:00:00Z", "2026-02-25T13:00:00Z");
            let problem = self.refused(pm, "PUT", "slot", closed, (409, "slot_blocked")).await;
            assert_eq!(problem["waiting"][0]["on"], "window", "{problem}");
            assert!(problem["waiting"][0]["opens"].is_string(), "says when it opens: {problem}");
        }
        let past = slot("2025-12-25T11:00:00Z", "2025-12-25T13:00:00Z");
        self.refused(pm, "PUT", "slot", past, (409, "slot_blocked")).await;
        self.must(pm, "PUT", "slot", slot("2026-02-26T11:00:00Z", "2026-02-26T14:00:00Z")).await;
        self.yes(pm, "slot_and_scope", &["slot", "content"]).await;
        self.done(pm, "slot_and_scope").await;
        self.done("system_owner", "slot_and_scope").await;
    }

    async fn prepare(&self) {
        let (pm, ops) = ("project_manager", "infrastructure");
        self.yes(ops, "environment", &["architecture", "hardware_software"]).await;
        self.done(ops, "environment").await;
        let missing =
            self.refused(pm, "POST", "steps/plans/done", json!({}), (409, "not_yet")).await;
        assert_eq!(missing["waiting"].as_array().unwrap().len(), 6, "all six plans are named");
        for plan in PLANS {
            self.write(pm, plan, &format!("# {plan}\n\nWhat we do, and how we come back.\n")).await;
        }
        self.done(pm, "plans").await;
        let meeting = json!({ "date": "2026-02-10", "minutes": "all heads agreed" });
        self.must(pm, "PUT", "steps/prerequisites/checks/review_meeting", meeting).await;
        self.yes("business_department", "prerequisites", &["departments_agree"]).await;
        self.yes(pm, "prerequisites", &["no_open_problem", "initial_data", "business_data"]).await;
    }

    async fn signed_report(&self) {
        let pm = "project_manager";
        let done = "steps/prerequisites/done";
        self.write(pm, "user_test_report", "# Test\n\n214 of 214 cases passed.\n").await;
        let unsigned = self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
        assert!(unsigned["waiting"].to_string().contains("user_representative"), "{unsigned}");
        // The wrong signer, and the right one without a fresh proof.
        let digest = self.detail().await["documents"]["user_test_report"]["digest"].clone();
        let body =
            json!({ "role": "user_representative", "meaning": "accepted", "digest": digest });
        let rest = "documents/user_test_report/sign";
        // The proof of the sign-in holds for five minutes.
        self.office.world.advance(jiff::SignedDuration::from_mins(6));
        self.refused("pmo", "POST", rest, body.clone(), (403, "not_yours")).await;
        self.refused("user_representative", "POST", rest, body, (403, "step_up_required")).await;
        self.sign("user_representative", "user_test_report").await;
        // An edit voids the signature; the new text is signed anew.
        self.write(pm, "user_test_report", "# Test\n\n215 of 215 cases passed.\n").await;
        self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
        self.sign("user_representative", "user_test_report").await;
        self.done(pm, "prerequisites").await;
    }

    async fn apply(&self, tests_finished: bool) {
        let pm = "project_manager";
        for document in
            ["go_live_confirmation", "user_manual", "configuration_manual", "go_live_manual"]
        {
            self.write(pm, document, &format!("# {document}\n\nComplete.\n")).await;
        }
        let checks = ["data_prepared", "related_changes", "hardware", "training_plan"];
        self.yes(pm, "application", &checks).await;
        self.must(
            pm,
            "PUT",
            "steps/application/checks/tests_finished",
            json!({ "yes": tests_finished }),
        )
        .await;
        self.done(pm, "application").await;
    }

    async fn countersign(&self) {
        let (desk, systems) = ("customer_service_director", "application_systems_director");
        self.write(desk, "service_desk_notice", "# Notice\n\nThe hotline knows.\n").await;
        self.yes(desk, "countersign", &["knowledge_transferred", "user_notice_drafted"]).await;
        let checks = ["systems_prepared", "operators_trained"];
        self.yes(systems, "countersign", &checks).await;
        self.must(
            systems,
            "PUT",
            "steps/countersign/checks/calls_interfaces",
            json!({ "yes": false }),
        )
        .await;
        self.yes("infrastructure", "countersign", &["environment_accepted"]).await;
        self.approve(systems, "countersign").await;
        self.approve("infrastructure", "countersign").await;
        // Who wrote a paper does not sign it off.
        self.office.step_up(desk).await;
        let ballot = self.ballot("countersign", "approve").await;
        self.refused(desk, "POST", "steps/countersign/vote", ballot, (403, "four_eyes")).await;
        let hand = json!({ "to": "customer_service_deputy" });
        self.must(desk, "POST", "steps/countersign/delegate", hand).await;
        self.approve("customer_service_deputy", "countersign").await;
        assert_eq!(self.state("countersign").await, "done");
    }

    async fn final_approval(&self) {
        self.yes("pmo", "pmo_review", &["plans_reviewed"]).await;
        self.approve("pmo", "pmo_review").await;
        self.yes("release_manager", "final_approval", &["material_complete"]).await;
        self.office.step_up("it_head").await;
        let ballot = self.ballot("final_approval", "approve").await;
        self.refused(
            "it_head",
            "POST",
            "steps/final_approval/vote",
            ballot,
            (409, "not_your_turn"),
        )
        .await;
        self.approve("release_manager", "final_approval").await;
        self.approve("it_head", "final_approval").await;
        assert_eq!(self.state("final_approval").await, "done");
    }

    async fn operate(&mut self) {
        self.office.at("2026-02-25T08:00:00Z").await;
        self.office.settle().await;
        for step in ["service_desk_informed", "users_informed"] {
            let release = ReleaseId::parse(&self.release).unwrap();
            let actor =
                self.office.world.call_of(&self.office.people["release_manager"]).await.actor;
            let told = self.office.world.app.notices_of(&actor, &release).await.unwrap();
            assert_eq!(self.state(step).await, "done", "{step}: {told:#?}");
        }
        let early = self
            .refused("release_manager", "POST", "steps/operate/begin", json!({}), (409, "not_yet"))
            .await;
        assert!(early["waiting"].to_string().contains("not_before"), "{early}");
        self.office.at("2026-02-26T11:05:00Z").await;
        self.must("release_manager", "POST", "steps/operate/begin", json!({})).await;
        for line in ["preflight", "backup", "deploy", "smoke_test", "open"] {
            for act in ["begin", "done"] {
                let body = json!({ "line": line, "act": act, "found": "as planned" });
                self.must("release_manager", "POST", "steps/operate/sheet", body).await;
            }
        }
        self.done("release_manager", "operate").await;
        self.report_sites().await;
        assert_eq!(self.state("sites").await, "done");
    }

    async fn report_sites(&self) {
        let release = ReleaseId::parse(&self.release).unwrap();
        let call = self.office.world.call_of(&self.office.people["release_manager"]).await;
        for site in &self.office.sites {
            let report = DeploymentReport {
                site: site.clone(),
                release: release.clone(),
                generation: 1,
                outcome: Outcome::Installed,
                reported_by: Reporter::Person { evidence: "login page shows V1.2".to_owned() },
                at: self.office.world.app.now(),
                note: String::new(),
            };
            self.office.world.app.deployment_report(&call, report).await.unwrap();
        }
    }

    async fn confirm_and_close(&mut self) {
        self.yes("system_owner", "confirm", &["all_verified"]).await;
        self.done("system_owner", "confirm").await;
        self.done("user_representative", "confirm").await;
        self.office.at("2026-03-13T02:00:00Z").await;
        self.done("project_manager", "trial_run").await;
        let decide = |outcome: &str| json!({ "outcome": outcome });
        let rest = "steps/trial_end/decide";
        self.refused("project_manager", "POST", rest, decide("extend"), (422, "reason_required"))
            .await;
        self.must("project_manager", "POST", rest, decide("passed")).await;
        self.done("release_manager", "configuration").await;
        self.done("release_manager", "archive").await;
    }

    async fn bundle_proves_itself(&self) {
        let path = self.path("evidence");
        let answer = self.office.call("release_manager", "GET", &path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.head);
        let check = roadbook_app::bundle::verify(&answer.body, None);
        assert_eq!(check.faults, Vec::<String>::new());
        assert!(check.files > 15 && check.entries > 40, "{check:?}");
        let mut broken = answer.body.clone();
        let middle = broken.len() / 2;
        broken[middle] ^= 1;
        assert!(!roadbook_app::bundle::verify(&broken, None).faults.is_empty());
    }
}

async fn planned(url: Option<String>) {
    let mut case = Case::open(url, "planned").await;
    case.plan(true).await;
    case.prepare().await;
    case.signed_report().await;
    case.apply(true).await;
    case.countersign().await;
    // A paper that changed after the approval voids it.
    case.write("project_manager", "risk_plan", "# risk_plan\n\nOne more risk.\n").await;
    assert_eq!(case.state("countersign").await, "active");
    for who in ["application_systems_director", "infrastructure", "customer_service_deputy"] {
        case.approve(who, "countersign").await;
    }
    case.final_approval().await;
    crate::doctor::names_what_was_changed_behind_an_approval(&case.office, &case.release).await;
    case.operate().await;
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
    let mut case = Case::open(url, "emergency").await;
    case.plan(false).await;
    case.office.step_up("it_head").await;
    let ballot = case.ballot("department_head", "approve").await;
    let rest = "steps/department_head/vote";
    case.refused("it_head", "POST", rest, ballot.clone(), (403, "not_yours")).await;
    // Nobody leads the unit: the head of the unit above signs, found through the tree.
    let head = case.office.world.admin.person.id.clone();
    case.office.people.insert("admin".to_owned(), head);
    case.office.sign_in_over_http("admin").await;
    case.approve("admin", "department_head").await;
    case.prepare().await;
    case.done("project_manager", "prerequisites").await;
    let debts = case.detail().await["debts"].clone();
    assert!(!debts.as_array().unwrap().is_empty(), "what was skipped is owed");
    case.apply(false).await;
    case.countersign().await;
    case.final_approval().await;
    case.operate().await;
    case.confirm_and_close().await;
    let close = json!({ "code": "success" });
    let owed = case
        .refused("release_manager", "POST", "close", close.clone(), (409, "not_closable"))
        .await;
    assert!(owed["waiting"].to_string().contains("debt"), "{owed}");
    case.write("project_manager", "user_test_report", "# Test\n\nAll cases passed.\n").await;
    case.sign("user_representative", "user_test_report").await;
    case.yes("project_manager", "application", &["tests_finished"]).await;
    case.must("release_manager", "POST", "close", close).await;
}

// proves: S2-03/A S2-08/A S2-09/A S2-10/A S2-11/A S2-12/A S2-16/A S2-17/A S2-19/A S2-22/A S2-23/A
// proves: S2-25/A S2-28/A S2-30/A S2-31/A S2-33/A S2-35/A S2-36/A S2-37/A S2-38/A S2-39/A S2-40/A
// proves: S2-41/A S2-46/A S2-48/A S2-49/A S2-53/A S4c-01/A S3-38/A S3-73/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_go_live_on_sqlite() {
    planned(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_go_live_on_postgres() {
    let postgres = Postgres::shared();
    planned(Some(postgres.database())).await;
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
