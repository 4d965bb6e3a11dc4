//! The upgrade of a live system, planned and in an emergency, with every refusal on its way.

use crate::office::{Office, PLANS, enterprise_roles};
use roadbook_testkit::mail::Mail;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PM: &str = "pm1";
const MANAGER: &str = "release.manager";
/// Owns calendars and processes.
const OWNER: &str = "qa.head";

/// One go-live.
pub struct Upgrade<'a> {
    office: &'a mut Office,
    number: String,
}

impl Upgrade<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/releases/{}/{rest}", self.number)
    }

    fn must(&mut self, who: &str, method: &str, rest: &str, body: Value) -> Value {
        let path = self.path(rest);
        self.office.must(who, method, &path, body)
    }

    /// Refused with this status and code; what the answer says.
    fn refused(&mut self, who: &str, line: (&str, &str), body: &Value, as_: (u16, &str)) -> Value {
        let path = self.path(line.1);
        let answer = self.office.call(who, line.0, &path, body);
        let told = answer.json();
        let code = told["code"].as_str().unwrap_or_default();
        let typed = told["title"].is_string() && told["detail"].is_string();
        if (answer.status, code) != as_ || !typed {
            self.office.differs(format!("{who} {line:?} {as_:?}: {told}"));
        }
        told
    }

    /// A command about this release that must go well.
    fn ok(&mut self, who: &str, before: &[&str], after: &[&str]) -> String {
        let number = self.number.clone();
        let args: Vec<&str> =
            before.iter().copied().chain([number.as_str()]).chain(after.iter().copied()).collect();
        self.office.ok(who, &args)
    }

    /// A command about this release that is refused.
    fn no(&mut self, who: &str, before: &[&str], after: &[&str], code: i32, told: &[&str]) {
        let number = self.number.clone();
        let args: Vec<&str> =
            before.iter().copied().chain([number.as_str()]).chain(after.iter().copied()).collect();
        self.office.refused(who, &args, code, told);
    }

    /// An answer holds all of this.
    fn says(&mut self, text: &str, all: &[&str]) {
        if !all.iter().all(|it| text.contains(it)) {
            self.office.differs(format!("{all:?}: {text}"));
        }
    }

    fn detail(&mut self) -> Value {
        let path = format!("/releases/{}", self.number);
        self.office.must(MANAGER, "GET", &path, Value::Null)
    }

    fn step(&mut self, id: &str) -> Value {
        let steps = self.detail()["steps"].as_array().cloned().unwrap_or_default();
        steps.into_iter().find(|it| it["id"] == id).expect("a step")
    }

    fn state(&mut self, id: &str) -> String {
        self.step(id)["state"].as_str().unwrap_or_default().to_owned()
    }

    /// The server brings a step there on its own.
    fn until(&mut self, step: &str, state: &str) {
        let number = &self.number;
        self.office.until(step, |office| {
            (office.step_state(MANAGER, number, step) == state).then_some(())
        });
    }

    fn yes(&mut self, who: &str, step: &str, checks: &[&str]) {
        for check in checks {
            self.must(who, "PUT", &format!("steps/{step}/checks/{check}"), json!({ "yes": true }));
        }
    }

    /// Fills the draft of a document: every heading that is asked for gets its text.
    fn write(&mut self, who: &str, document: &str, text: &str) {
        let draft = format!("documents/{document}/draft?lang=en");
        let draft = self.must(who, "GET", &draft, Value::Null);
        let mut filled = String::new();
        for line in draft["text"].as_str().unwrap_or_default().lines() {
            let empty = line.starts_with('|') && line.chars().all(|it| matches!(it, '|' | ' '));
            if !empty {
                filled.push_str(&format!("{line}\n"));
            }
            if line.starts_with('#') {
                filled.push_str(&format!("\n{text}\n"));
            } else if line.starts_with("|-") || line.starts_with("| -") {
                let cells = line.matches('|').count() - 1;
                filled.push_str(&format!("|{}\n", format!(" {text} |").repeat(cells)));
            }
        }
        self.must(who, "PUT", &format!("documents/{document}"), json!({ "text": filled }));
    }

    fn sign(&mut self, who: &str, document: &str) {
        let digest = self.detail()["documents"][document]["digest"].clone();
        let body =
            json!({ "role": "user_representative", "meaning": "accepted", "digest": digest });
        self.must(who, "POST", &format!("documents/{document}/sign"), body);
    }

    fn approve(&mut self, who: &str, step: &str) {
        self.ok(who, &["approve"], &[step, "--password-file", "password", "--comment", "read"]);
    }
}

/// An application: only code is in scope, a mode has its reason, a number is given out once.
fn apply<'a>(
    office: &'a mut Office,
    mode: &str,
    version: &str,
    keys: &BTreeSet<String>,
) -> Upgrade<'a> {
    let new = |kind: &str, reason: &str| {
        json!({
            "product": office.is.products[0].0, "process": "enterprise/upgrade",
            "version": version, "title": "2031-09", "kind": "upgrade", "mode": mode,
            "mode_reason": reason, "content": "second stage", "roles": enterprise_roles(), "sites": keys,
            "items": [{ "kind": kind, "title": {
                "en": "Batch genealogy", "ko": "배치 추적", "vi": "Truy xuất lô", "zh": "批次追溯",
            } }],
        })
    };
    let (data, bare, right) = (new("data", "x"), new("feature", ""), new("feature", "yearly plan"));
    for (name, body, told) in [("data", data, "[out_of_scope]"), ("bare", bare, "[missing]")] {
        let file = office.file(&format!("{name}.json"), &body.to_string());
        office.refused(PM, &["release", "new", "--file", &file], 3, &[told]);
    }
    let file = office.file("upgrade.json", &right.to_string());
    let made = office.ok(PM, &["release", "new", "--file", &file, "-o", "json"]);
    office.refused(PM, &["release", "new", "--file", &file], 1, &["[invalid]", "version"]);
    let made: Value = serde_json::from_str(&made).expect("json");
    let number = made["label"].as_str().expect("a number").to_owned();
    office.refused("south.it", &["release", "show", &number], 4, &["[not_found]"]);
    let mut case = Upgrade { office, number };
    case.ok(PM, &["release", "start"], &[]);
    case.no(PM, &["release", "start"], &[], 3, &["[already_started]"]);
    case
}

impl Upgrade<'_> {
    fn confirm_type(&mut self) {
        for field in ["training_needed", "formal_project"] {
            self.must(PM, "PUT", "fields", json!({ "field": field, "value": false }));
        }
        self.yes(PM, "confirm_type", &["type_and_mode", "changes_code"]);
        self.ok(PM, &["done"], &["confirm_type"]);
        assert_eq!(self.state("confirm_type"), "submitted", "two confirm it");
        self.ok("owner1", &["done"], &["confirm_type"]);
    }

    fn confirm_slot(&mut self) {
        self.yes(PM, "slot_and_scope", &["slot", "content"]);
        self.ok(PM, &["done"], &["slot_and_scope"]);
        self.ok("owner1", &["done"], &["slot_and_scope"]);
    }

    /// A closed window, dates that cannot be kept, a freeze over the window that is lifted again.
    fn slot(&mut self) {
        let slot = |start: &str, end: &str| json!({ "start": format!("2031-09-{start}:00Z"), "end": format!("2031-09-{end}:00Z") });
        let put = ("PUT", "slot");
        let blocked = (409, "slot_blocked");
        let wednesday = slot("24T12:00", "24T15:00");
        let closed = self.refused(PM, put, &wednesday, blocked);
        self.says(&closed["waiting"].to_string(), &["opens", "2031-09-25"]);
        self.refused(PM, put, &slot("01T12:00", "01T15:00"), blocked);
        self.refused(PM, put, &slot("25T15:00", "25T12:00"), (422, "slot_backwards"));
        // Three days ahead are less than the twelve that the environment needs.
        self.must(PM, "PUT", "slot", slot("11T12:00", "11T15:00"));
        let plan = self.must(PM, "GET", "plan", Value::Null)["plan"]["problems"].to_string();
        self.says(&plan, &["environment", "T-12d", "move_go_live"]);
        let number = self.number.clone();
        let told = self.office.run(PM, &["release", "plan", &number]).err;
        self.says(&told, &["cannot be kept", "move the go-live to 2031-10-09"]);
        let lay = ["freeze", "add", "--name", "quarter end", "--reason", "books are closed"];
        let span = ["--from", "2031-09-24T00:00Z", "--until", "2031-09-27T00:00Z", "-o", "json"];
        let all: Vec<&str> = lay.into_iter().chain(span).collect();
        self.office.refused("dev1", &all, 5, &["[denied]"]);
        let laid: Value = serde_json::from_str(&self.office.ok(OWNER, &all)).expect("json");
        let laid = laid["id"].as_str().expect("an id").to_owned();
        let right = slot("25T12:00", "25T15:00");
        let frozen = self.refused(PM, put, &right, blocked);
        self.says(&frozen.to_string(), &["books are closed"]);
        let at = ["--at", "2031-09-25T12:00Z"];
        self.no(PM, &["freeze", "why"], &at, 3, &["books are closed", "hint:"]);
        self.office.ok(OWNER, &["freeze", "lift", &laid]);
        self.ok(PM, &["freeze", "why"], &at);
        self.must(PM, "PUT", "slot", right);
    }

    fn prepare(&mut self) {
        self.yes("infra.head", "environment", &["architecture", "hardware_software"]);
        self.ok("infra.head", &["done"], &["environment"]);
        self.no(PM, &["done"], &["plans"], 3, &["[not_yet]", "risk_plan", "trial_run_plan"]);
        for plan in PLANS {
            self.write(PM, plan, "What we do, and how we come back.");
        }
        self.ok(PM, &["done"], &["plans"]);
        let meeting = json!({ "date": "2031-09-09", "minutes": "all heads agreed" });
        self.must(PM, "PUT", "steps/prerequisites/checks/review_meeting", meeting);
        self.yes("business.head", "prerequisites", &["departments_agree"]);
        self.yes(PM, "prerequisites", &["no_open_problem", "initial_data", "business_data"]);
    }

    fn report(&mut self) {
        self.write(PM, "user_test_report", "214 of 214 cases passed.");
        let unsigned = ["[not_yet]", "user_test_report", "user_representative"];
        self.no(PM, &["done"], &["prerequisites"], 3, &unsigned);
        let digest = self.detail()["documents"]["user_test_report"]["digest"].clone();
        let body =
            json!({ "role": "user_representative", "meaning": "accepted", "digest": digest });
        let sign = ("POST", "documents/user_test_report/sign");
        let wrong = self.refused("pmo.head", sign, &body, (403, "not_yours"));
        self.says(&wrong.to_string(), &["user_representative"]);
        self.sign("sales.head", "user_test_report");
        self.write(PM, "user_test_report", "215 of 215 cases passed.");
        self.refused("sales.head", sign, &body, (409, "content_changed"));
        self.no(PM, &["done"], &["prerequisites"], 3, &unsigned);
        self.sign("sales.head", "user_test_report");
        self.ok(PM, &["done"], &["prerequisites"]);
    }

    fn material(&mut self, tests_finished: bool) {
        for document in ["go_live_confirmation", "user_manual"] {
            self.write(PM, document, "Complete.");
        }
        self.no(PM, &["done"], &["application"], 3, &["configuration_manual", "go_live_manual"]);
        for document in ["configuration_manual", "go_live_manual"] {
            self.write(PM, document, "Complete.");
        }
        let checks = ["data_prepared", "related_changes", "hardware", "training_plan"];
        self.yes(PM, "application", &checks);
        let tests = json!({ "yes": tests_finished });
        self.must(PM, "PUT", "steps/application/checks/tests_finished", tests);
        self.ok(PM, &["done"], &["application"]);
    }

    fn countersign(&mut self) {
        let step = "countersign";
        self.write("service.director", "service_desk_notice", "The hotline knows.");
        self.yes("service.director", step, &["knowledge_transferred", "user_notice_drafted"]);
        self.yes("apps.head", step, &["systems_prepared", "operators_trained"]);
        let none = json!({ "yes": false });
        self.must("apps.head", "PUT", "steps/countersign/checks/calls_interfaces", none);
        self.yes("infra.head", step, &["environment_accepted"]);
        let vote = [step, "--password-file", "password"];
        self.no("dev1", &["approve"], &vote, 5, &["[not_yours]"]);
        self.approve("apps.head", step);
        self.no("apps.head", &["approve"], &vote, 3, &["[already_voted]"]);
        self.approve("infra.head", step);
        // Who wrote a paper does not sign it off; somebody else does it for them.
        self.no("service.director", &["approve"], &vote, 3, &["[four_eyes]", "hint:"]);
        self.ok("service.director", &["delegate"], &[step, "--to", "support.head"]);
        self.approve("support.head", step);
        assert_eq!(self.state(step), "done");
    }

    fn final_approval(&mut self) {
        self.yes("pmo.head", "pmo_review", &["plans_reviewed"]);
        self.approve("pmo.head", "pmo_review");
        self.yes(MANAGER, "final_approval", &["material_complete"]);
        let vote = ["final_approval", "--password-file", "password"];
        self.no("it.head", &["approve"], &vote, 3, &["[not_your_turn]"]);
        let todo = self.office.ok(MANAGER, &["todo", "-o", "csv"]);
        assert!(todo.contains(&self.number) && todo.contains("final_approval"), "{todo}");
        self.approve(MANAGER, "final_approval");
        self.approve("it.head", "final_approval");
        assert_eq!(self.state("final_approval"), "done");
    }
}

/// The word by which each language is known in the subject of the notice to the users.
const USERS: [(&str, &str); 4] =
    [("ko", "새 버전"), ("vi", "phiên bản mới"), ("zh", "新版本"), ("en", "new version")];

impl Upgrade<'_> {
    /// Everybody concerned is told once, in their language, before the go-live.
    fn told(&mut self, keys: &BTreeSet<String>) {
        let mut rows = self.office.rows("contacts");
        rows.retain(|it| keys.contains(&it["site"]));
        let heads = ["business.head", "sales.head"];
        rows.extend(
            self.office
                .rows("people")
                .into_iter()
                .filter(|it| it.get("login").is_some_and(|login| heads.contains(&login.as_str()))),
        );
        rows.retain(|it| !it["email"].is_empty());
        let expected: BTreeMap<String, String> =
            rows.into_iter().map(|it| (it["email"].clone(), it["lang"].clone())).collect();
        let subject = |it: &Mail| it.subject.clone().unwrap_or_default();
        let mails = self
            .office
            .mails(expected.len(), |it| USERS.iter().any(|(_, word)| subject(it).contains(word)));
        let mut seen = BTreeSet::new();
        for mail in &mails {
            let to = &mail.to[0];
            let lang = expected.get(to).unwrap_or_else(|| panic!("not asked: {to}"));
            let word = USERS.iter().find(|it| lang.starts_with(it.0)).expect("a language").1;
            assert!(subject(mail).contains(word), "{lang}: {}", subject(mail));
            assert!(seen.insert(to.clone()), "{to} is told twice");
        }
        assert_eq!(seen.len(), expected.len(), "nobody is forgotten");
    }

    fn operate(&mut self, keys: &BTreeSet<String>) {
        self.refused(MANAGER, ("POST", "steps/operate/begin"), &json!({}), (409, "not_yet"));
        self.office.at("2031-09-24T13:00:00Z");
        for step in ["service_desk_informed", "users_informed"] {
            self.until(step, "done");
        }
        self.told(keys);
        // A freeze over a slot that was given is met at the go-live itself.
        self.office.at("2031-09-25T12:05:00Z");
        self.until("operate", "ready");
        let span = ["--from", "2031-09-25T11:00Z", "--until", "2031-09-25T16:00Z", "-o", "json"];
        let lay = ["freeze", "add", "--name", "storm", "--reason", "power is at risk"];
        let all: Vec<&str> = lay.into_iter().chain(span).collect();
        let laid: Value = serde_json::from_str(&self.office.ok(OWNER, &all)).expect("json");
        let frozen =
            self.refused(MANAGER, ("POST", "steps/operate/begin"), &json!({}), (409, "not_yet"));
        self.says(&frozen.to_string(), &["power is at risk"]);
        self.office.ok(OWNER, &["freeze", "lift", laid["id"].as_str().expect("an id")]);
        self.must(MANAGER, "POST", "steps/operate/begin", json!({}));
        for line in ["preflight", "backup", "deploy", "smoke_test", "open"] {
            for act in ["begin", "done"] {
                let body = json!({ "line": line, "act": act, "found": "as planned" });
                self.must(MANAGER, "POST", "steps/operate/sheet", body);
            }
        }
        self.ok(MANAGER, &["done"], &["operate"]);
        for site in keys {
            let how = [site.as_str(), "--outcome", "succeeded", "--evidence", "about box"];
            self.ok(MANAGER, &["site", "report"], &how);
        }
    }

    fn confirm(&mut self) {
        self.yes("owner1", "confirm", &["all_verified"]);
        self.ok("owner1", &["done"], &["confirm"]);
        self.ok("sales.head", &["done"], &["confirm"]);
        self.no(PM, &["done"], &["trial_end"], 3, &["trial_run"]);
        self.office.at("2031-10-10T03:00:00Z");
        // Two weeks are over, and with them the trial run.
        self.until("trial_run", "done");
        let end = ["trial_end", "--outcome"];
        self.no(
            PM,
            &["release", "decide"],
            &[&end[..], &["extend"]].concat(),
            3,
            &["[reason_required]"],
        );
        self.ok(PM, &["release", "decide"], &[&end[..], &["passed"]].concat());
        self.ok(MANAGER, &["done"], &["configuration"]);
        self.ok(MANAGER, &["done"], &["archive"]);
    }

    fn close(&mut self) {
        self.no(
            MANAGER,
            &["release", "close"],
            &["--code", "rolled_back"],
            3,
            &["[wrong_close_code]"],
        );
        self.ok(MANAGER, &["release", "close"], &["--code", "success"]);
        self.no(MANAGER, &["release", "hold"], &["--reason", "late"], 3, &["[closed]"]);
        let bundle = self.office.file("bundle.zip", "");
        self.ok(MANAGER, &["release", "evidence"], &["--to", &bundle]);
        self.office.ok(MANAGER, &["record", "verify", &bundle]);
        let mut bytes = std::fs::read(&bundle).expect("a bundle");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&bundle, bytes).expect("written");
        self.office.refused(MANAGER, &["record", "verify", &bundle], 8, &["fault", "hint:"]);
    }

    /// What an emergency skipped is owed, and the release does not close before it is made up for.
    fn debts(&mut self) {
        let owed = self.detail()["debts"].as_array().map_or(0, Vec::len);
        assert!(owed > 0, "what was skipped is owed");
        let told = ["[not_closable]", "debt"];
        self.no(MANAGER, &["release", "close"], &["--code", "success"], 3, &told);
        self.write(PM, "user_test_report", "All cases passed.");
        self.sign("sales.head", "user_test_report");
        self.yes(PM, "application", &["tests_finished"]);
    }
}

/// The first pilot sites of the product.
fn keys(office: &Office, count: usize) -> BTreeSet<String> {
    crate::story::scope(office).iter().take(count).map(|it| it["key"].clone()).collect()
}

/// A planned upgrade keeps to the window.
pub fn planned(office: &mut Office, version: &str) {
    office.mail_up();
    let keys = keys(office, 9);
    let mut case = apply(office, "planned", version, &keys);
    case.confirm_type();
    case.slot();
    case.confirm_slot();
    case.prepare();
    case.report();
    case.material(true);
    case.countersign();
    // A paper that changed after the approval voids it.
    case.write(PM, "risk_plan", "One more risk.");
    assert_eq!(case.state("countersign"), "active");
    for who in ["apps.head", "infra.head", "support.head"] {
        case.approve(who, "countersign");
    }
    case.final_approval();
    case.operate(&keys);
    case.confirm();
    case.close();
}

/// An emergency does not wait for the window or for the last test; the head of the unit signs.
pub fn emergency(office: &mut Office, version: &str) {
    office.mail_up();
    let keys = keys(office, 2);
    let mut case = apply(office, "emergency", version, &keys);
    case.confirm_type();
    let slot = json!({ "start": "2031-09-25T12:00:00Z", "end": "2031-09-25T15:00:00Z" });
    case.must(PM, "PUT", "slot", slot);
    case.confirm_slot();
    let vote = ["department_head", "--password-file", "password"];
    // Who applied leads the team; the head of the unit above signs, found through the tree.
    case.no(PM, &["approve"], &vote, 5, &["[not_yours]"]);
    case.no("it.head", &["approve"], &vote, 5, &["[not_yours]"]);
    case.approve("appdev.head", "department_head");
    case.prepare();
    case.ok(PM, &["done"], &["prerequisites"]);
    case.material(false);
    case.countersign();
    case.final_approval();
    case.operate(&keys);
    case.confirm();
    case.debts();
    case.close();
}
