//! The go-live of an enterprise system: what its people do in each phase, with the refusals that
//! every variant meets.

use crate::office::Office;
use crate::related::Related;
use jiff::{SignedDuration, Timestamp};
use roadbook_app::sites::{DeploymentReport, Outcome, Reporter};
use roadbook_core::ids::ReleaseId;
use serde_json::{Value, json};

const ROLES: [&str; 17] = [
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
    "project_team",
    "project_department",
    "strategic_management",
];

const PLANS: [&str; 6] = [
    "overall_plan",
    "action_plan",
    "risk_plan",
    "rollback_plan",
    "verification_plan",
    "trial_run_plan",
];

/// A variant of the process.
#[derive(Clone, Copy)]
pub struct Variant {
    pub process: &'static str,
    pub kind: &'static str,
    pub mode: &'static str,
    /// A new system: its users are trained and it calls other systems.
    pub new: bool,
    /// The slot lies in a window.
    pub window: bool,
    /// Start and end of the slot.
    pub slot: (&'static str, &'static str),
}

/// A release under way.
pub struct Case {
    pub office: Office,
    pub release: String,
    pub variant: Variant,
    related: Option<Related>,
}

impl Case {
    pub async fn open(url: Option<String>, variant: Variant) -> Case {
        let mut office = Office::open(url, &ROLES).await;
        office.sign_in_over_http("project_manager").await;
        let related = if variant.new { Some(Related::open(&office).await) } else { None };
        for (key, zone, lang) in [
            ("seoul-1", "Asia/Seoul", "ko"),
            ("hanoi-1", "Asia/Ho_Chi_Minh", "vi"),
            ("suzhou-1", "Asia/Shanghai", "zh"),
        ] {
            office.site(key, zone, lang).await;
        }
        let waits_for: Vec<&str> = related.iter().map(|it: &Related| it.id.as_str()).collect();
        let new = |items: Value| {
            json!({
                "product": "erp", "process": variant.process, "version": "V1.2.0.0001",
                "title": "批次追溯与标签打印", "kind": variant.kind, "mode": variant.mode,
                "mode_reason": "yearly plan", "content": "go-live of the second stage",
                "items": items, "related": waits_for,
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
        office.refused(pm, "POST", path, new(data), (422, "out_of_scope")).await;
        let mut bare = new(code.clone());
        bare["mode_reason"] = json!("");
        office.refused(pm, "POST", path, bare, (422, "missing")).await;
        let made = office.must(pm, "POST", path, new(code.clone())).await;
        // A version is given out once.
        office.refused(pm, "POST", path, new(code), (422, "invalid")).await;
        let release = made["id"].as_str().unwrap().to_owned();
        Case { office, release, variant, related }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/releases/{}/{rest}", self.release)
    }

    pub async fn must(&self, who: &str, method: &str, rest: &str, body: Value) -> Value {
        self.office.must(who, method, &self.path(rest), body).await
    }

    pub async fn refused(
        &self,
        who: &str,
        method: &str,
        rest: &str,
        body: Value,
        expected: (u16, &str),
    ) -> Value {
        self.office.refused(who, method, &self.path(rest), body, expected).await
    }

    pub async fn detail(&self) -> Value {
        let path = format!("/api/v1/releases/{}", self.release);
        self.office.must("project_manager", "GET", &path, Value::Null).await
    }

    pub async fn step(&self, id: &str) -> Value {
        let detail = self.detail().await;
        let steps = detail["steps"].as_array().unwrap().clone();
        steps.into_iter().find(|it| it["id"] == id).unwrap()
    }

    /// When a step that somebody can do now is due; `None`: it is not on their list.
    pub async fn on_the_list_of(&self, who: &str, step: &str) -> Option<String> {
        let todo = self.office.must(who, "GET", "/api/v1/todo", Value::Null).await;
        let mut lines = todo.as_array().unwrap().iter();
        let line = lines.find(|it| it["step"] == step && it["ready"] == true)?;
        Some(line["due"].as_str().unwrap_or_default().to_owned())
    }

    pub async fn state(&self, id: &str) -> String {
        self.step(id).await["state"].as_str().unwrap().to_owned()
    }

    pub async fn yes(&self, who: &str, step: &str, checks: &[&str]) {
        for check in checks {
            let rest = format!("steps/{step}/checks/{check}");
            self.must(who, "PUT", &rest, json!({ "yes": true })).await;
        }
    }

    pub async fn done(&self, who: &str, step: &str) {
        self.must(who, "POST", &format!("steps/{step}/done"), json!({})).await;
    }

    pub async fn write(&self, who: &str, document: &str, text: &str) {
        self.must(who, "PUT", &format!("documents/{document}"), json!({ "text": text })).await;
    }

    pub async fn ballot(&self, step: &str, verdict: &str) -> Value {
        let digest = self.step(step).await["digest"].clone();
        json!({ "verdict": verdict, "comment": "read", "digest": digest })
    }

    pub async fn approve(&self, who: &str, step: &str) {
        let ballot = self.ballot(step, "approve").await;
        self.office.step_up(who).await;
        self.must(who, "POST", &format!("steps/{step}/vote"), ballot).await;
    }

    pub async fn sign(&self, who: &str, document: &str) {
        let digest = self.detail().await["documents"][document]["digest"].clone();
        self.office.step_up(who).await;
        let body = json!({ "role": who, "meaning": "accepted", "digest": digest });
        self.must(who, "POST", &format!("documents/{document}/sign"), body).await;
    }

    /// Planning: type, mode, slot and scope, confirmed by two.
    pub async fn plan(&self) {
        let pm = "project_manager";
        self.must(pm, "POST", "start", json!({})).await;
        self.refused(pm, "POST", "start", json!({}), (409, "already_started")).await;
        for (field, value) in [("training_needed", self.variant.new), ("formal_project", true)] {
            self.must(pm, "PUT", "fields", json!({ "field": field, "value": value })).await;
        }
        self.yes(pm, "confirm_type", &["type_and_mode", "changes_code"]).await;
        self.done(pm, "confirm_type").await;
        assert_eq!(self.state("confirm_type").await, "submitted", "two confirm it");
        self.done("system_owner", "confirm_type").await;
        // A new system's time is set by its project team.
        let planner = if self.variant.new { "project_team" } else { pm };
        let (start, end) = self.variant.slot;
        let slot = |start: &str, end: &str| json!({ "start": start, "end": end });
        if self.variant.window {
            // A Wednesday, and a slot in the past.
            let closed = slot("2026-02-25T11:00:00Z", "2026-02-25T13:00:00Z");
            let problem = self.refused(pm, "PUT", "slot", closed, (409, "slot_blocked")).await;
            assert_eq!(problem["waiting"][0]["on"], "window", "{problem}");
            assert!(problem["waiting"][0]["opens"].is_string(), "says when it opens: {problem}");
        }
        let past = slot("2025-12-25T11:00:00Z", "2025-12-25T13:00:00Z");
        self.refused(pm, "PUT", "slot", past, (409, "slot_blocked")).await;
        if self.variant.new {
            self.refused("pmo", "PUT", "slot", slot(start, end), (403, "denied")).await;
        }
        self.must(planner, "PUT", "slot", slot(start, end)).await;
        self.yes(planner, "slot_and_scope", &["slot", "content"]).await;
        self.done(planner, "slot_and_scope").await;
        self.done("system_owner", "slot_and_scope").await;
        // Infrastructure is asked while there is time: long before anybody approves.
        let due = self.on_the_list_of("infrastructure", "environment").await;
        if self.variant.mode == "planned" {
            let start: Timestamp = start.parse().unwrap();
            let twelve_days_before = start - SignedDuration::from_hours(12 * 24);
            assert_eq!(due.unwrap().parse::<Timestamp>().unwrap(), twelve_days_before);
        }
    }

    pub async fn prepare(&self) {
        let (pm, ops) = ("project_manager", "infrastructure");
        self.yes(ops, "environment", &["architecture", "hardware_software"]).await;
        self.done(ops, "environment").await;
        if self.variant.new {
            self.train().await;
        }
        let missing =
            self.refused(pm, "POST", "steps/plans/done", json!({}), (409, "not_yet")).await;
        assert_eq!(missing["waiting"].as_array().unwrap().len(), 6, "all six plans are named");
        // A risk without an owner is no answer to it.
        let half = paper("risk_plan").replace("王", "");
        self.write(pm, "risk_plan", &half).await;
        let missing =
            self.refused(pm, "POST", "steps/plans/done", json!({}), (409, "not_yet")).await;
        assert!(missing["waiting"].to_string().contains("risks.owner"), "{missing}");
        for plan in PLANS {
            self.write(pm, plan, paper(plan)).await;
        }
        self.done(pm, "plans").await;
        let meeting = json!({ "date": "2026-02-10", "minutes": "all heads agreed" });
        self.must(pm, "PUT", "steps/prerequisites/checks/review_meeting", meeting).await;
        self.yes("business_department", "prerequisites", &["departments_agree"]).await;
        self.yes(pm, "prerequisites", &["no_open_problem", "initial_data", "business_data"]).await;
    }

    /// Users need training: without the whole manual it is not prepared.
    async fn train(&self) {
        let (pm, done) = ("project_manager", "steps/training/done");
        self.yes(pm, "training", &["training_done"]).await;
        let missing = self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
        assert!(missing["waiting"].to_string().contains("training_manual"), "{missing}");
        let half = "# 培训计划\n\nTwo days in Suzhou.\n";
        self.write(pm, "training_manual", half).await;
        let missing = self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
        assert!(missing["waiting"].to_string().contains("training_material"), "{missing}");
        let whole = format!("{half}\n# 培训资料\n\nSlides and exercises.\n");
        self.write(pm, "training_manual", &whole).await;
        self.done(pm, "training").await;
    }

    /// What builds on another system's change waits until that is out.
    pub async fn related_is_released(&self) {
        let (pm, done) = ("project_manager", "steps/prerequisites/done");
        if let Some(related) = &self.related {
            let early = self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
            let open = json!({ "on": "release", "number": related.number });
            assert!(early["waiting"].as_array().unwrap().contains(&open), "{early}");
            related.release(&self.office).await;
        }
    }

    pub async fn signed_report(&self) {
        let pm = "project_manager";
        let done = "steps/prerequisites/done";
        self.related_is_released().await;
        // A problem that is left over holds the go-live up.
        let problem = "steps/prerequisites/checks/no_open_problem";
        self.must(pm, "PUT", problem, json!({ "yes": false })).await;
        let left = self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
        let waiting = left["waiting"].as_array().unwrap();
        let failed = json!({ "on": "check", "check": "no_open_problem", "failed": true });
        assert!(waiting.contains(&failed), "{left}");
        self.must(pm, "PUT", problem, json!({ "yes": true })).await;
        self.write(pm, "user_test_report", "# Test\n\n214 of 214 cases passed.\n").await;
        let unsigned = self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
        assert!(unsigned["waiting"].to_string().contains("user_representative"), "{unsigned}");
        // The wrong signer, and the right one without a fresh proof.
        let digest = self.detail().await["documents"]["user_test_report"]["digest"].clone();
        let body =
            json!({ "role": "user_representative", "meaning": "accepted", "digest": digest });
        let rest = "documents/user_test_report/sign";
        // The proof of the sign-in holds for five minutes.
        self.office.world.advance(SignedDuration::from_mins(6));
        self.refused("pmo", "POST", rest, body.clone(), (403, "not_yours")).await;
        self.refused("user_representative", "POST", rest, body, (403, "step_up_required")).await;
        self.sign("user_representative", "user_test_report").await;
        // An edit voids the signature; the new text is signed anew.
        self.write(pm, "user_test_report", "# Test\n\n215 of 215 cases passed.\n").await;
        self.refused(pm, "POST", done, json!({}), (409, "not_yet")).await;
        self.sign("user_representative", "user_test_report").await;
        self.done(pm, "prerequisites").await;
    }

    pub async fn apply(&self, tests_finished: bool) {
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

    pub async fn countersign(&self) {
        let (desk, systems) = ("customer_service_director", "application_systems_director");
        self.write(desk, "service_desk_notice", "# Notice\n\nThe hotline knows.\n").await;
        self.yes(desk, "countersign", &["knowledge_transferred", "user_notice_drafted"]).await;
        let checks = ["systems_prepared", "operators_trained"];
        self.yes(systems, "countersign", &checks).await;
        // Operators who are not trained do not take the system over.
        let trained = "steps/countersign/checks/operators_trained";
        self.must(systems, "PUT", trained, json!({ "yes": false })).await;
        self.office.step_up(systems).await;
        let ballot = self.ballot("countersign", "approve").await;
        let vote = "steps/countersign/vote";
        let untrained = self.refused(systems, "POST", vote, ballot, (409, "not_yet")).await;
        assert!(untrained["waiting"].to_string().contains("operators_trained"), "{untrained}");
        self.must(systems, "PUT", trained, json!({ "yes": true })).await;
        let calls = json!({ "yes": self.variant.new });
        self.must(systems, "PUT", "steps/countersign/checks/calls_interfaces", calls).await;
        if self.variant.new {
            self.agree_on_interfaces().await;
        }
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

    /// A system that calls others lists their interfaces, tested and agreed.
    async fn agree_on_interfaces(&self) {
        let (systems, vote) = ("application_systems_director", "steps/countersign/vote");
        for missing in ["interface_list", "interfaces_agreed"] {
            self.office.step_up(systems).await;
            let ballot = self.ballot("countersign", "approve").await;
            let problem = self.refused(systems, "POST", vote, ballot, (409, "not_yet")).await;
            assert!(problem["waiting"].to_string().contains(missing), "{missing}: {problem}");
            match missing {
                "interface_list" => {
                    let list = paper("interface_list");
                    self.write("application_development", "interface_list", list).await;
                }
                _ => self.yes(systems, "countersign", &["interfaces_agreed"]).await,
            }
        }
    }

    pub async fn final_approval(&self) {
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

    /// Everything up to the approved go-live.
    pub async fn approved(url: Option<String>, variant: Variant) -> Case {
        let case = Case::open(url, variant).await;
        case.plan().await;
        case.prepare().await;
        case.signed_report().await;
        case.apply(true).await;
        case.countersign().await;
        case.final_approval().await;
        case
    }

    pub async fn begin_operation(&mut self) {
        let start: Timestamp = self.variant.slot.0.parse().unwrap();
        self.office.at(&(start - SignedDuration::from_hours(27)).to_string()).await;
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
        self.office.at(&(start + SignedDuration::from_mins(5)).to_string()).await;
        self.must("release_manager", "POST", "steps/operate/begin", json!({})).await;
    }

    pub async fn line(&self, line: &str, act: &str, found: &str) -> Value {
        let body = json!({ "line": line, "act": act, "found": found });
        self.must("release_manager", "POST", "steps/operate/sheet", body).await
    }

    pub async fn lines(&self, lines: &[&str]) {
        for line in lines {
            self.line(line, "begin", "").await;
            self.line(line, "done", "as planned").await;
        }
    }

    /// The plan has the backup confirmed 45 minutes after the slot begins; it is not.
    pub async fn late_backup_is_alarmed(&mut self) {
        let start: Timestamp = self.variant.slot.0.parse().unwrap();
        let told = |case: &Case| {
            let sent = case.office.world.mailbox.sent.lock().unwrap();
            let about = sent.iter().filter(|it| it.subject.contains("데이터와 프로그램 백업"));
            let mut to: Vec<String> =
                about.map(|it| it.to.split('@').next().unwrap().to_owned()).collect();
            to.sort();
            to
        };
        self.office.at(&(start + SignedDuration::from_mins(40)).to_string()).await;
        self.office.settle().await;
        assert_eq!(told(self), Vec::<String>::new(), "it is not late yet");
        self.office.at(&(start + SignedDuration::from_mins(46)).to_string()).await;
        self.office.settle().await;
        let heard = ["project_manager", "release_manager", "second_line"];
        assert_eq!(told(self), heard, "whoever leads, runs the sheet and owns the line hears it");
        self.office.settle().await;
        assert_eq!(told(self), heard, "once");
    }

    pub async fn operate(&mut self) {
        self.begin_operation().await;
        self.lines(&["preflight", "backup", "deploy", "smoke_test", "open"]).await;
        self.done("release_manager", "operate").await;
        self.report_sites().await;
        assert_eq!(self.state("sites").await, "done");
    }

    pub async fn report_sites(&self) {
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
                package: None,
            };
            self.office.world.app.deployment_report(&call, report).await.unwrap();
        }
    }

    pub async fn confirm_and_close(&mut self) {
        self.yes("system_owner", "confirm", &["all_verified"]).await;
        self.done("system_owner", "confirm").await;
        self.done("user_representative", "confirm").await;
        // The trial run has its two weeks; at their end the decision is on the desk.
        let early = self
            .refused("project_manager", "POST", "steps/trial_run/done", json!({}), (409, "not_yet"))
            .await;
        assert_eq!(early["waiting"][0]["on"], "not_before", "{early}");
        assert_eq!(self.on_the_list_of("project_manager", "trial_end").await, None);
        self.office.at("2026-03-13T02:00:00Z").await;
        assert_eq!(self.state("trial_run").await, "done");
        assert!(self.on_the_list_of("project_manager", "trial_end").await.is_some());
        let decide = |outcome: &str| json!({ "outcome": outcome });
        let rest = "steps/trial_end/decide";
        self.refused("project_manager", "POST", rest, decide("extend"), (422, "reason_required"))
            .await;
        self.must("project_manager", "POST", rest, decide("passed")).await;
        self.done("release_manager", "configuration").await;
        self.done("release_manager", "archive").await;
    }

    /// In an emergency the head of the applicant's department signs, and nobody else.
    pub async fn department_head_signs(&mut self) {
        self.office.step_up("it_head").await;
        let ballot = self.ballot("department_head", "approve").await;
        let rest = "steps/department_head/vote";
        self.refused("it_head", "POST", rest, ballot.clone(), (403, "not_yours")).await;
        // Nobody leads the unit: the head of the unit above signs, found through the tree.
        let head = self.office.world.admin.person.id.clone();
        self.office.people.insert("admin".to_owned(), head);
        self.office.sign_in_over_http("admin").await;
        self.approve("admin", "department_head").await;
    }

    /// What the emergency skipped is owed until it is done.
    pub async fn pay_debts_and_close(&self) {
        let close = json!({ "code": "success" });
        let owed = self
            .refused("release_manager", "POST", "close", close.clone(), (409, "not_closable"))
            .await;
        assert!(owed["waiting"].to_string().contains("debt"), "{owed}");
        self.write("project_manager", "user_test_report", "# Test\n\nAll cases passed.\n").await;
        self.sign("user_representative", "user_test_report").await;
        self.yes("project_manager", "application", &["tests_finished"]).await;
        self.must("release_manager", "POST", "close", close).await;
    }

    pub async fn bundle_proves_itself(&self) {
        let path = self.path("evidence");
        let answer = self.office.call("release_manager", "GET", &path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.head);
        let check = roadbook_app::bundle::verify(&answer.body, None);
        assert_eq!(check.faults, Vec::<String>::new());
        assert!(check.files > 15 && check.entries > 40, "{check:?}");
        // Reports, manuals and what was configured are kept: readable one by one, and in the bundle.
        let zip = zip::ZipArchive::new(std::io::Cursor::new(answer.body.clone())).unwrap();
        let names: Vec<String> = zip.file_names().map(|it| it.unwrap().into_owned()).collect();
        for kind in ["user_test_report", "user_manual", "configuration_manual", "go_live_manual"] {
            let rest = format!("documents/{kind}");
            let shown = self.must("release_manager", "GET", &rest, Value::Null).await;
            assert!(!shown["revisions"].as_array().unwrap().is_empty(), "{shown}");
            assert!(names.iter().any(|it| it.contains(kind)), "{kind}: {names:?}");
        }
        let mut broken = answer.body.clone();
        let middle = broken.len() / 2;
        broken[middle] ^= 1;
        assert!(!roadbook_app::bundle::verify(&broken, None).faults.is_empty());
    }
}

/// The text of a paper with all its parts.
pub fn paper(kind: &str) -> &'static str {
    match kind {
        "interface_list" => {
            "# Interfaces\n\n| System | Test result | Agreed by |\n|---|---|---|\n\
             | MES | passed on 12 February | Lan |\n"
        }
        "risk_plan" => {
            "# 风险\n\n| 风险 | 可能性 | 影响 | 应对措施 | 责任人 |\n|---|---|---|---|---|\n\
             | old data | low | high | rehearse the migration | 王 |\n"
        }
        "trial_run_plan" => {
            "# Start and end\n\n26 February to 12 March\n\n# Contact\n\nhotline 1\n\n\
             # Escalation\n\nthe release manager\n"
        }
        _ => "# Plan\n\nWhat we do, and how we come back.\n",
    }
}
