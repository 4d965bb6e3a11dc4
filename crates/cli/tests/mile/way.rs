//! The way of a release to its rollout and from it to its end, in the two processes that go to
//! sites: what people do, without what goes wrong on it, which other stories tell.

use crate::office::{Office, PLANS, enterprise_roles};
use crate::world::refused;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Leads every release.
pub const LEAD: &str = "release.manager";
const PM: &str = "pm1";

/// By which process it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// A packaged product; every site decides.
    Vendor,
    /// The upgrade of a live system in the window.
    Enterprise,
}

/// What is released.
pub struct Plan<'a> {
    pub process: Process,
    pub version: &'a str,
    /// File name and SHA-256 of its package.
    pub package: (&'a str, &'a str),
    /// Keys of the sites in scope.
    pub sites: &'a [String],
    /// When the application is made, and the slot of the go-live.
    pub applied: &'a str,
    pub slot: (&'a str, &'a str),
}

/// A release under way.
pub struct Release {
    process: Process,
    pub number: String,
    pub slot: (Timestamp, Timestamp),
    sites: Vec<String>,
}

impl Release {
    /// Carries it from the application to the open rollout.
    pub fn open(office: &mut Office, plan: &Plan<'_>) -> Release {
        office.at(plan.applied);
        let (process, roles) = match plan.process {
            Process::Vendor => ("vendor/release", vendor_roles()),
            Process::Enterprise => ("enterprise/upgrade", enterprise_roles()),
        };
        let title = json!({ "en": "Cents", "ko": "센트", "vi": "Xu", "zh": "分" });
        let item = json!({ "title": title, "kind": "feature", "purpose": "feature" });
        let mut new = json!({
            "product": "ledger", "process": process, "version": plan.version,
            "title": format!("ledger {}", plan.version), "content": "The ledger, once more",
            "items": [item], "roles": roles, "sites": plan.sites, "lead": LEAD,
        });
        let four = json!({ "en": "python", "ko": "python", "vi": "python", "zh": "python" });
        let more = match plan.process {
            Process::Vendor => json!({ "purposes": ["feature"], "requirements": four }),
            Process::Enterprise => {
                json!({ "kind": "upgrade", "mode": "planned", "mode_reason": "yearly plan" })
            }
        };
        let (new_map, more) = (new.as_object_mut().expect("a map"), more);
        new_map.extend(more.as_object().expect("a map").clone());
        let who = if plan.process == Process::Vendor { LEAD } else { PM };
        let made = office.must(who, "POST", "/releases", new);
        let release = Release {
            process: plan.process,
            number: made["label"].as_str().expect("a number").to_owned(),
            slot: (plan.slot.0.parse().expect("a time"), plan.slot.1.parse().expect("a time")),
            sites: plan.sites.to_vec(),
        };
        let (name, sha256) = plan.package;
        let packages = json!({ "packages": [{ "name": name, "sha256": sha256 }] });
        let path = format!("/releases/{}", release.number);
        office.must(who, "PUT", &path, packages);
        match plan.process {
            Process::Vendor => release.vendor(office),
            Process::Enterprise => release.enterprise(office),
        }
        release
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/releases/{}/{rest}", self.number)
    }

    pub fn must(&self, office: &mut Office, who: &str, line: (&str, &str), body: Value) -> Value {
        office.must(who, line.0, &self.path(line.1), body)
    }

    pub fn detail(&self, office: &mut Office) -> Value {
        office.must(LEAD, "GET", &format!("/releases/{}", self.number), Value::Null)
    }

    /// The server brings a step there on its own.
    fn until(&self, office: &mut Office, step: &str, states: &[&str]) {
        office.until(step, |office| {
            let state = office.step_state(LEAD, &self.number, step);
            states.contains(&state.as_str()).then_some(())
        });
    }

    fn yes(&self, office: &mut Office, who: &str, step: &str, checks: &[&str]) {
        for check in checks {
            let rest = format!("steps/{step}/checks/{check}");
            self.must(office, who, ("PUT", &rest), json!({ "yes": true }));
        }
    }

    fn done(&self, office: &mut Office, who: &str, step: &str) {
        self.must(office, who, ("POST", &format!("steps/{step}/done")), json!({}));
    }

    fn approve(&self, office: &mut Office, who: &str, step: &str) {
        let password = ["--password-file", "password", "--comment", "read"];
        office.ok(who, &[&["approve", &self.number, step], &password[..]].concat());
    }

    /// Fills the draft of a document: every heading that is asked for gets its text.
    fn write(&self, office: &mut Office, who: &str, document: &str) {
        let draft = format!("documents/{document}/draft?lang=en");
        let draft = self.must(office, who, ("GET", &draft), Value::Null);
        let mut filled = String::new();
        for line in draft["text"].as_str().unwrap_or_default().lines() {
            let empty = line.starts_with('|') && line.chars().all(|it| matches!(it, '|' | ' '));
            if !empty {
                filled.push_str(&format!("{line}\n"));
            }
            if line.starts_with('#') {
                filled.push_str("\nAs agreed.\n");
            } else if line.starts_with("|-") || line.starts_with("| -") {
                filled.push_str(&format!(
                    "|{}\n",
                    " as agreed |".repeat(line.matches('|').count() - 1)
                ));
            }
        }
        let rest = format!("documents/{document}");
        self.must(office, who, ("PUT", &rest), json!({ "text": filled }));
    }

    fn set_slot(&self, office: &mut Office, who: &str) {
        let slot = json!({ "start": self.slot.0.to_string(), "end": self.slot.1.to_string() });
        self.must(office, who, ("PUT", "slot"), slot);
    }

    fn vendor(&self, office: &mut Office) {
        self.set_slot(office, LEAD);
        self.must(office, LEAD, ("POST", "start"), json!({}));
        self.write(office, "qa.head", "test_report");
        self.done(office, "qa.head", "tests");
        for document in ["release_notes", "update_guide", "rollback_plan"] {
            self.write(office, "dev1", document);
        }
        self.done(office, "dev1", "papers");
        let opinion = json!({ "stance": "for", "text": "ready" });
        for who in ["dev1", "pm1", "qa.head"] {
            self.must(office, who, ("POST", "steps/opinions/opinion"), opinion.clone());
        }
        let go = json!({ "outcome": "go" });
        self.must(office, LEAD, ("POST", "steps/release_decision/decide"), go);
        office.at(&(self.slot.0 - SignedDuration::from_hours(20 * 24)).to_string());
        office.talk_to_sites("support.head", &self.number);
        for site in &self.sites {
            let path = format!("/sites/{site}/releases/{}/decision", self.number);
            office.must(LEAD, "POST", &path, json!({ "decision": "accept" }));
        }
        let read = format!("/sites/{}/releases/{}/receipt", self.sites[0], self.number);
        office.must(LEAD, "POST", &read, json!({}));
        office.at(&(self.slot.0 + SignedDuration::from_mins(5)).to_string());
        self.until(office, "update", &["ready", "active"]);
    }

    fn enterprise(&self, office: &mut Office) {
        self.must(office, PM, ("POST", "start"), json!({}));
        for field in ["training_needed", "formal_project"] {
            let body = json!({ "field": field, "value": false });
            self.must(office, PM, ("PUT", "fields"), body);
        }
        self.yes(office, PM, "confirm_type", &["type_and_mode", "changes_code"]);
        self.done(office, PM, "confirm_type");
        self.done(office, "owner1", "confirm_type");
        self.set_slot(office, PM);
        self.yes(office, PM, "slot_and_scope", &["slot", "content"]);
        self.done(office, PM, "slot_and_scope");
        self.done(office, "owner1", "slot_and_scope");
        self.yes(office, "infra.head", "environment", &["architecture", "hardware_software"]);
        self.done(office, "infra.head", "environment");
        for plan in PLANS {
            self.write(office, PM, plan);
        }
        self.done(office, PM, "plans");
        let meeting = json!({ "date": "2031-09-09", "minutes": "all heads agreed" });
        let review = "steps/prerequisites/checks/review_meeting";
        self.must(office, PM, ("PUT", review), meeting);
        self.yes(office, "business.head", "prerequisites", &["departments_agree"]);
        let checks = ["no_open_problem", "initial_data", "business_data"];
        self.yes(office, PM, "prerequisites", &checks);
        self.write(office, PM, "user_test_report");
        let digest = self.detail(office)["documents"]["user_test_report"]["digest"].clone();
        let body =
            json!({ "role": "user_representative", "meaning": "accepted", "digest": digest });
        let sign = ("POST", "documents/user_test_report/sign");
        self.must(office, "sales.head", sign, body);
        self.done(office, PM, "prerequisites");
        for document in
            ["go_live_confirmation", "user_manual", "configuration_manual", "go_live_manual"]
        {
            self.write(office, PM, document);
        }
        let checks =
            ["data_prepared", "related_changes", "hardware", "training_plan", "tests_finished"];
        self.yes(office, PM, "application", &checks);
        self.done(office, PM, "application");
        self.approvals(office);
        self.operate(office);
    }

    fn approvals(&self, office: &mut Office) {
        let step = "countersign";
        self.write(office, "service.director", "service_desk_notice");
        let desk = ["knowledge_transferred", "user_notice_drafted"];
        self.yes(office, "service.director", step, &desk);
        self.yes(office, "apps.head", step, &["systems_prepared", "operators_trained"]);
        let none = json!({ "yes": false });
        let interfaces = "steps/countersign/checks/calls_interfaces";
        self.must(office, "apps.head", ("PUT", interfaces), none);
        self.yes(office, "infra.head", step, &["environment_accepted"]);
        self.approve(office, "apps.head", step);
        self.approve(office, "infra.head", step);
        // Who wrote a paper does not sign it off.
        let number = self.number.clone();
        office.ok("service.director", &["delegate", &number, step, "--to", "support.head"]);
        self.approve(office, "support.head", step);
        self.yes(office, "pmo.head", "pmo_review", &["plans_reviewed"]);
        self.approve(office, "pmo.head", "pmo_review");
        self.yes(office, LEAD, "final_approval", &["material_complete"]);
        self.approve(office, LEAD, "final_approval");
        self.approve(office, "it.head", "final_approval");
    }

    fn operate(&self, office: &mut Office) {
        office.at(&(self.slot.0 - SignedDuration::from_hours(23)).to_string());
        for step in ["service_desk_informed", "users_informed"] {
            self.until(office, step, &["done"]);
        }
        office.at(&(self.slot.0 + SignedDuration::from_mins(5)).to_string());
        self.until(office, "operate", &["ready"]);
        self.must(office, LEAD, ("POST", "steps/operate/begin"), json!({}));
        for line in ["preflight", "backup", "deploy", "smoke_test", "open"] {
            for act in ["begin", "done"] {
                let body = json!({ "line": line, "act": act, "found": "as planned" });
                self.must(office, LEAD, ("POST", "steps/operate/sheet"), body);
            }
        }
        self.done(office, LEAD, "operate");
        self.until(office, "sites", &["ready", "active"]);
    }

    /// People report sites that have no agent.
    pub fn report(&self, office: &mut Office, sites: &[String], outcome: &str) {
        for site in sites {
            let body = json!({ "site": site, "outcome": outcome, "evidence": "about box" });
            self.must(office, LEAD, ("POST", "deployments"), body);
        }
    }

    /// Carries it from the end of its rollout to its own, and checks what the record says of it.
    pub fn close(&self, office: &mut Office, code: &str) {
        match self.process {
            Process::Vendor => {
                office.at(&(self.slot.1 + SignedDuration::from_hours(24 * 8)).to_string());
                self.until(office, "applied", &["ready", "active"]);
                for step in ["applied", "site_versions"] {
                    self.done(office, "support.head", step);
                }
                let feedback =
                    json!({ "success": "yes", "problems": "", "ideas": "", "rating": 5 });
                let path = format!("/sites/{}/releases/{}/feedback", self.sites[0], self.number);
                office.must(LEAD, "POST", &path, feedback);
                office.at(&(self.slot.1 + SignedDuration::from_hours(24 * 10)).to_string());
                self.until(office, "feedback", &["done"]);
                self.until(office, "feedback_request", &["done"]);
            }
            Process::Enterprise => {
                // Nobody confirms what was not verified.
                let early = self.path("steps/confirm/done");
                refused(office, "owner1", &early, &json!({}), "not_yet");
                self.yes(office, "owner1", "confirm", &["all_verified"]);
                self.done(office, "owner1", "confirm");
                self.done(office, "sales.head", "confirm");
                office.at(&(self.slot.1 + SignedDuration::from_hours(24 * 16)).to_string());
                self.until(office, "trial_run", &["done"]);
                let passed = json!({ "outcome": "passed" });
                self.must(office, PM, ("POST", "steps/trial_end/decide"), passed);
                self.done(office, LEAD, "configuration");
            }
        }
        self.done(office, LEAD, "archive");
        let body = json!({ "code": code, "remark": "as agreed" });
        self.must(office, LEAD, ("POST", "close"), body);
        self.prove(office);
    }

    /// The bundle of the record verifies without a server.
    pub fn prove(&self, office: &mut Office) {
        let bundle = office.file(&format!("{}.zip", self.number), "");
        office.ok(LEAD, &["release", "evidence", &self.number, "--to", &bundle]);
        office.ok(LEAD, &["record", "verify", &bundle]);
    }
}

fn vendor_roles() -> Value {
    json!({
        "release_lead": [LEAD], "developer": ["dev1"], "project_manager": [PM],
        "quality_manager": ["qa.head"], "marketing": ["marketing.head"],
        "support": ["support.head"],
    })
}
