//! Products, readiness and development: whole releases over REST.

use crate::door::Rest;
use crate::walk::acts::{Act, Acts as _, Who};
use crate::walk::town::{Place, Town, builtin};
use crate::walk::{Script, Walk, item};
use roadbook_core::process::expr::Value as Said;
use roadbook_core::run::{Answer, CloseCode, Command, MemberAct};
use roadbook_core::text::Lang;
use serde_json::{Value, json};

pub const SEOUL: Place = Place { zone: "Asia/Seoul", lang: "en" };

/// A town for a process; the head of the office may authorize releases of its product.
pub async fn rest(process: &str) -> Rest {
    let template = builtin(process);
    let town = Town::found(None, &template, SEOUL).await;
    opened(town).await
}

async fn opened(town: Town) -> Rest {
    let admin = town.world.admin().await;
    let head = vec![town.people["head"].clone()];
    town.world.app.product_authorizers_set(&admin, &town.product, head).await.unwrap();
    Rest::new(town)
}

/// Begins in a town that has people for other processes too.
pub async fn begin_in(mut town: Town, others: &[&str], script: Script) -> Walk<Rest> {
    for other in others {
        town.join(&builtin(other), SEOUL).await;
    }
    Walk::begin(opened(town).await, script).await
}

pub fn script(process: &'static str, kind: &'static str, lead: &'static str) -> Script {
    Script {
        kind,
        lead,
        lang: Lang::En,
        slot: Some(("2026-07-01T10:00:00Z", "2026-07-01T14:00:00Z")),
        items: vec![item("Export", "code", "feature", &[]), item("Totals", "code", "fix", &[])],
        ..Script::of(process)
    }
}

pub async fn begin(script: Script) -> Walk<Rest> {
    Walk::begin(rest(script.process).await, script).await
}

pub fn done(step: &str) -> Act {
    Act::Run(Command::Done { step: step.to_owned(), remark: String::new() })
}

pub fn on(step: &str, member: &str, act: MemberAct) -> Act {
    Act::Run(Command::Member { step: step.to_owned(), member: member.to_owned(), act })
}

pub fn who(login: &str) -> Who {
    Who::person(login)
}

impl Walk<Rest> {
    pub fn acts_town(&self) -> &Town {
        self.acts.town()
    }

    pub fn base(&self) -> String {
        format!("/api/v1/releases/{}", self.release)
    }

    pub async fn state(&self, step: &str) -> String {
        let shown = self.acts.get("admin", &self.base()).await;
        let steps = shown["steps"].as_array().unwrap().clone();
        let found = steps.into_iter().find(|it| it["id"] == step).unwrap();
        found["state"].as_str().unwrap().to_owned()
    }

    /// What the step says is missing when somebody wants to end it.
    pub async fn missing(&self, login: &str, step: &str) -> String {
        let path = format!("{}/steps/{step}/done", self.base());
        let reply = self.acts.call(login, "POST", &path, &json!({})).await;
        assert_eq!(reply.status, 409, "{step}: {reply:?}");
        reply.body.to_string()
    }

    /// Rows of a table drawn from the record.
    pub async fn drawn(&self, extract: &str) -> Vec<Vec<String>> {
        let path = format!("{}/extracts/{extract}?lang=en", self.base());
        let table = self.acts.get("admin", &path).await;
        let row = |it: &Value| serde_json::from_value(it.clone()).unwrap();
        table["rows"].as_array().unwrap().iter().map(row).collect()
    }

    pub fn golden(&self, name: &str) {
        insta::assert_snapshot!(name, self.tale.text());
    }
}

// proves: S4i-14/A S4i-15/A S4i-17/A S4i-18/A S4i-25/A S4i-26/A S4i-30/A S4i-31/A
#[tokio::test]
async fn a_main_version_is_tried_change_by_change_and_released() {
    let mut walk = begin(script("product/main", "main", "requirement_lead")).await;
    // The customer takes part from the start: their confirmation is asked for before any design.
    walk.until_open("requirement_approval").await;
    assert_eq!(walk.state("designing").await, "foreseen");
    // Customers reach the environment before the first change is finished.
    walk.until_open("develop").await;
    assert_eq!(walk.state("trial_environment").await, "done");
    assert!(walk.view().await.release.run.fields.contains_key("trial_address"));
    let view = walk.view().await;
    let items: Vec<String> = view.release.items.iter().map(|it| it.id.clone()).collect();
    for check in ["unit_tested", "checked_in"] {
        let given = MemberAct::Answer {
            check: check.to_owned(),
            answer: Answer::YesNo(true),
            remark: String::new(),
        };
        walk.must(&who("developer"), &on("develop", &items[0], given)).await;
    }
    let finished = MemberAct::Done { remark: "label v1.2-export".to_owned() };
    walk.must(&who("developer"), &on("develop", &items[0], finished)).await;
    let built = MemberAct::Answer {
        check: "installed".to_owned(),
        answer: Answer::YesNo(true),
        remark: String::new(),
    };
    walk.must(&who("scm"), &on("trial_build", &items[0], built)).await;
    let up = MemberAct::Done { remark: String::new() };
    walk.must(&who("scm"), &on("trial_build", &items[0], up)).await;
    // The first change is with the customer while the second is still being developed.
    let view = walk.view().await;
    let trial = &view.release.run.steps["trial"].members;
    assert!(trial[&items[0]].state.is_open(), "{trial:?}");
    assert!(!view.release.run.steps["develop"].members[&items[1]].state.is_terminal());
    let todo = walk.acts.get("customer", "/api/v1/todo").await;
    assert!(todo.to_string().contains("\"trial\""), "{todo}");
    walk.until("build").await;
    let fields = &walk.view().await.release.run.fields;
    assert!(fields.contains_key("repository") && fields.contains_key("label"));
    walk.to_the_end().await;
    walk.golden("main");
}

// proves: S4i-19/A S4i-22/A
#[tokio::test]
async fn a_patch_is_made_only_for_three_yes() {
    let yes = [("with_customers", true), ("great_effect", true), ("cannot_wait", true)];
    let town = rest("product/patch").await;
    for no in 0..3 {
        let mut facts = yes;
        facts[no].1 = false;
        let body = json!({
            "product": "erp",
            "process": "product/patch",
            "version": "V1.2.0.0002",
            "title": "Totals",
            "kind": "patch",
            "items": [{
                "title": { "en": "Totals" },
                "kind": "code",
                "purpose": "fix",
                "facts": facts.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            }],
        });
        let reply = town.call("applicant", "POST", "/api/v1/releases", &body).await;
        assert_eq!(reply.status, 422, "{facts:?}: {reply:?}");
        assert!(reply.body.to_string().contains("class_forced"), "{reply:?}");
    }
    let mut script = script("product/patch", "patch", "requirement_lead");
    script.items = vec![item("Totals", "code", "fix", &yes)];
    let mut walk = Walk::begin(town, script).await;
    walk.to_the_end().await;
    let path = walk.view().await.release.run.fields["storage_path"].clone();
    assert_eq!(path, Said::Text("Patch/7".to_owned()));
    walk.golden("patch");
}

const HARDWARE: [(&str, &str, &str); 8] = [
    ("host_connection", "two lines", "two lines"),
    ("host_model", "R740", "R740"),
    ("processor", "64 GHz", "76.8 GHz"),
    ("memory", "256 GB", "512 GB"),
    ("disk", "4000 GB", "8000 GB"),
    ("network_cards", "2 x 10G", "2 x 10G"),
    ("fibre_channel", "none", "none"),
    ("other_cards", "none", "none"),
];

const REQUIRED: [&str; 8] = [
    "required_host_connection",
    "required_host_model",
    "required_processor",
    "required_memory",
    "required_disk",
    "required_network_cards",
    "required_fibre_channel",
    "required_other_cards",
];

const FOUND: [&str; 8] = [
    "hardware.host_connection",
    "hardware.host_model",
    "hardware.processor",
    "hardware.memory",
    "hardware.disk",
    "hardware.network_cards",
    "hardware.fibre_channel",
    "hardware.other_cards",
];

/// A system with more hardware than it needs.
pub fn production() -> Script {
    let mut script = script("readiness/production", "new_system", "project_manager");
    let text = |it: &str| Said::Text(it.to_owned());
    script.fields = REQUIRED.iter().zip(HARDWARE).map(|(id, it)| (*id, text(it.1))).collect();
    let found = |it: &str| Answer::Found(it.to_owned());
    script.answers = FOUND.iter().zip(HARDWARE).map(|(id, it)| (*id, found(it.2))).collect();
    script
}

// proves: S4a-04/A S4a-05/A S4a-06/A S4a-23/A S4a-37/A S4a-38/A
#[tokio::test]
async fn a_system_goes_into_production_only_with_all_its_lists() {
    let found = |it: &str| Answer::Found(it.to_owned());
    let mut walk = begin(production()).await;
    walk.until("sizing").await;
    // Less than required does not pass, and the list says what is missing.
    let small = Command::Answer {
        step: "hardware".to_owned(),
        check: "memory".to_owned(),
        answer: found("128 GB"),
        remark: String::new(),
    };
    walk.must(&who("system_operator"), &Act::Run(small)).await;
    let missing = walk.missing("system_operator", "hardware").await;
    assert!(missing.contains("memory") && missing.contains("disk"), "{missing}");
    let missing = walk.missing("system_operator", "environment").await;
    for item in ["architecture", "power", "middleware", "clients"] {
        assert!(missing.contains(item), "{item}: {missing}");
    }
    let missing = walk.missing("project_manager", "documents").await;
    assert!(missing.contains("failure_manual"), "{missing}");
    // An item that does not apply says why.
    let mut apply = Command::Answer {
        step: "environment".to_owned(),
        check: "redundancy".to_owned(),
        answer: Answer::NotApplicable,
        remark: String::new(),
    };
    walk.must_not(&who("system_operator"), &Act::Run(apply.clone()), "reason_required").await;
    if let Command::Answer { remark, .. } = &mut apply {
        "one machine by design".clone_into(remark);
    }
    walk.must(&who("system_operator"), &Act::Run(apply)).await;
    let enough = Command::Answer {
        step: "hardware".to_owned(),
        check: "memory".to_owned(),
        answer: found("512 GB"),
        remark: "two more modules".to_owned(),
    };
    walk.must(&who("system_operator"), &Act::Run(enough)).await;
    // Three trainings before anybody applies for the launch.
    walk.until_open("training").await;
    assert_eq!(walk.state("application").await, "foreseen");
    let missing = walk.missing("installation", "training").await;
    for training in ["use", "install", "maintain"] {
        assert!(missing.contains(training), "{training}: {missing}");
    }
    // The five areas follow one another, and the system operator carries the launch out.
    let shown = walk.acts.get("admin", &walk.base()).await;
    let mut areas: Vec<&str> =
        shown["steps"].as_array().unwrap().iter().filter_map(|it| it["phase"].as_str()).collect();
    areas.dedup();
    assert_eq!(areas, ["preparation", "launch", "running", "handover", "closing"]);
    walk.until_open("launch").await;
    let begin = Act::Run(Command::Begin { step: "launch".to_owned() });
    walk.must_not(&who("business_department"), &begin, "not_yours").await;
    walk.to_the_end().await;
    // Running and safety came round by themselves.
    let view = walk.view().await;
    for step in ["daily_watch", "safety_check"] {
        assert!(!view.release.run.steps[step].members.is_empty(), "{step}");
    }
    let lines = walk.drawn("switch_over").await;
    assert_eq!(lines.len(), 5, "{lines:?}");
    walk.golden("production");
}

// proves: S4h-07/A S4h-09/A S4h-10/A S4h-11/A
#[tokio::test]
async fn a_deployment_is_planned_reviewed_rolled_out_in_waves_and_kept() {
    let mut walk = begin(script("readiness/deployment", "upgrade", "project_manager")).await;
    // Time, scope and goal stand in the plan, or it is not done.
    walk.until_open("plan").await;
    let thin = Act::Write { document: "deployment_plan".to_owned(), text: "# Plan\n".to_owned() };
    walk.must(&who("project_manager"), &thin).await;
    let missing = walk.missing("project_manager", "plan").await;
    for section in ["time", "scope", "goal"] {
        assert!(missing.contains(section), "{section}: {missing}");
    }
    // A risk without response, owner and date is no line of the register.
    walk.until_open("risks").await;
    let bare = "# Risks\n\n## Risks\n\nWe shall see.\n";
    let thin = Act::Write { document: "risk_register".to_owned(), text: bare.to_owned() };
    walk.must(&who("project_manager"), &thin).await;
    let missing = walk.missing("project_manager", "risks").await;
    assert!(missing.contains("risks.response") && missing.contains("risks.owner"), "{missing}");
    // Reason, content and impact are reviewed and approved before anything is touched.
    walk.until_open("change_approval").await;
    assert_eq!(walk.state("environment").await, "foreseen");
    walk.until("change_approval").await;
    walk.to_the_end().await;
    // What the deployment gave birth to is kept: configuration, test report, manual.
    for document in ["configuration_files", "test_report", "operation_manual"] {
        let path = format!("{}/documents/{document}", walk.base());
        let kept = walk.acts.get("system_operator", &path).await;
        assert!(!kept["revisions"].as_array().unwrap().is_empty(), "{document}");
    }
    // Its history can be asked for: site, version before, version now, when, result.
    let history = walk.drawn("upgrades").await;
    assert_eq!(history.len(), 3, "{history:?}");
    for row in &history {
        assert_eq!(row[1..3], ["V1.0.0.0001", "V1.2.0.0001"], "{row:?}");
        assert!(!row[4].is_empty(), "{row:?}");
    }
    walk.golden("deployment");
}

// proves: S4c-02/A S4c-03/A S4c-04/A S4c-05/A S4c-15/A S4c-17/A S4c-18/A S4c-21/A
#[tokio::test]
async fn a_release_keeps_to_the_eight_sections_of_the_norm() {
    let mut script = script("development/release", "release", "project_manager");
    script.fields = vec![("training_needed", Said::Bool(true))];
    script.outcomes = vec![("next_version", "upgrade")];
    script.events = vec![("issue.raised", "publish")];
    let mut walk = begin(script).await;
    walk.until_open("plan_tests").await;
    let thin = Act::Write { document: "test_plan".to_owned(), text: "# Plan\n".to_owned() };
    walk.must(&who("tester"), &thin).await;
    let missing = walk.missing("tester", "plan_tests").await;
    for section in ["method", "types", "criteria"] {
        assert!(missing.contains(section), "{section}: {missing}");
    }
    walk.until("plan_tests").await;
    // Development and test team were both told where the work is talked about.
    let path = format!("{}/notices/channel/recipients", walk.base());
    let told = walk.acts.get("admin", &path).await.to_string();
    assert!(told.contains("developer") && told.contains("tester"), "{told}");
    // Each change is finished with what it was committed as.
    walk.until_open("develop").await;
    let items: Vec<String> =
        walk.view().await.release.items.iter().map(|it| it.id.clone()).collect();
    let given = MemberAct::Answer {
        check: "committed".to_owned(),
        answer: Answer::YesNo(true),
        remark: String::new(),
    };
    walk.must(&who("developer"), &on("develop", &items[0], given)).await;
    let finished = MemberAct::Done { remark: "3f2c1d, tag v1.2-rc1".to_owned() };
    walk.must(&who("developer"), &on("develop", &items[0], finished)).await;
    // A kind of test that is missing holds the way to the review.
    walk.until_open("test").await;
    for check in ["functions", "performance", "problems_fixed"] {
        let command = Command::Answer {
            step: "test".to_owned(),
            check: check.to_owned(),
            answer: Answer::YesNo(true),
            remark: String::new(),
        };
        walk.must(&who("tester"), &Act::Run(command)).await;
    }
    let missing = walk.missing("tester", "test").await;
    assert!(missing.contains("compatibility"), "{missing}");
    walk.must_not(&who("tester"), &done("test"), "not_yet").await;
    walk.to_the_end().await;
    let changes = walk.drawn("changes").await;
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes[0][5].contains("3f2c1d"), "{changes:?}");
    let trainings = walk.drawn("training").await;
    assert!(!trainings[0][2].is_empty(), "the training was held: {trainings:?}");
    let problems = walk.drawn("problems").await;
    assert!(problems.iter().any(|it| it[3].contains("seen by support")), "{problems:?}");
    walk.golden("release");
}

// proves: S4e-10/A S4e-11/A S4e-12/A S4f-01/A S4f-06/A S4f-16/A S4f-18/A S4f-21/A
// proves: S4f-23/A S4f-24/A S4f-26/A S4f-27/A S4f-28/A S4f-29/A S4g-01/A S4g-02/A S4g-04/A
// proves: S4g-05/A
#[tokio::test]
async fn a_project_hands_in_its_deliverables_stage_by_stage() {
    let mut script = script("development/project", "new_system", "project_manager");
    script.fields = vec![("development_mode", Said::Text("outsourced".to_owned()))];
    let mut walk = begin(script).await;
    // The report makes scope, boundary and strategic fit clear, and both parties sign it.
    walk.until_open("initiation").await;
    let thin =
        Act::Write { document: "initiation_report".to_owned(), text: "# Report\n".to_owned() };
    walk.must(&who("project_manager"), &thin).await;
    let missing = walk.missing("project_manager", "initiation").await;
    for part in ["scope", "strategy", "duties"] {
        assert!(missing.contains(part), "{part}: {missing}");
    }
    // Who stands for both parties signs for one of them only.
    walk.until("initiation").await;
    let held = format!("{}/participants/user_representative", walk.base());
    let both = json!({ "people": ["project_manager"] });
    let reply = walk.acts.call("admin", "PUT", &held, &both).await;
    assert!(reply.status < 300, "{reply:?}");
    let sign = Act::Sign {
        document: "initiation_report".to_owned(),
        role: "user_representative".to_owned(),
    };
    walk.must_not(&who("project_manager"), &sign, "one_party").await;
    let own = json!({ "people": ["user_representative"] });
    let reply = walk.acts.call("admin", "PUT", &held, &own).await;
    assert!(reply.status < 300, "{reply:?}");
    // Both groups have confirmed what they wrote together.
    let view = walk.view().await;
    let groups: Vec<&str> =
        view.release.run.steps["initiation"].confirmed.iter().map(|it| it.role.as_str()).collect();
    assert_eq!(groups.len(), 2, "{groups:?}");
    // An outsourced project asks for the contractor's team, and for no other.
    walk.until_open("team").await;
    let missing = walk.missing("project_manager", "team").await;
    assert!(missing.contains("contractor_only") && !missing.contains("own_only"), "{missing}");
    walk.hold("developer", &["contractor"]).await;
    // Functions, user interface and performance; then structure, modules and interfaces.
    for (step, document, who_writes, sections) in [
        (
            "requirements",
            "business_requirements",
            "requirement_analyst",
            ["functions", "user_interface", "performance"],
        ),
        ("designing", "design", "architect", ["structure", "modules", "interfaces"]),
    ] {
        walk.until_open(step).await;
        let thin = Act::Write { document: document.to_owned(), text: "# Draft\n".to_owned() };
        walk.must(&who(who_writes), &thin).await;
        let missing = walk.missing(who_writes, step).await;
        for section in sections {
            assert!(missing.contains(section), "{section}: {missing}");
        }
    }
    // The users read the plan like everybody who takes part.
    let plan = walk.acts.get("user_representative", &format!("{}/plan", walk.base())).await;
    assert!(plan.to_string().contains("switch_over"), "{plan}");
    // The last round of tests has no open error, and users test themselves.
    walk.until_open("test_rounds").await;
    let missing = walk.missing("tester", "test_rounds").await;
    assert!(missing.contains("stable"), "{missing}");
    walk.until_open("user_acceptance").await;
    walk.must_not(&who("tester"), &done("user_acceptance"), "not_yours").await;
    // Without the signed acceptance the project does not close.
    walk.until_open("acceptance").await;
    let close = Command::Close { code: CloseCode::Success, remark: String::new() };
    walk.must_not(&who("project_manager"), &Act::Run(close), "not_closable").await;
    walk.to_the_end().await;
    let table = walk.drawn("deliverables").await;
    let acceptance = table.iter().find(|it| it[1] == "Project acceptance report").unwrap();
    assert_eq!(acceptance[6], "DV-02 / 16");
    assert_eq!(acceptance[8].matches("project_manager").count(), 1, "{acceptance:?}");
    let tasks = walk.drawn("tasks").await;
    assert!(tasks.iter().filter(|it| it[0] == "project_manager").count() > 8, "{tasks:?}");
    assert_eq!(walk.drawn("switch_over").await.len(), 6);
    assert_eq!(walk.drawn("changes").await.len(), 2);
    let trainings = walk.drawn("training").await;
    assert!(trainings[0][3].contains("project_manager"), "{trainings:?}");
    let summary = table.iter().find(|it| it[1] == "Project summary and presentation").unwrap();
    assert_eq!((summary[5].as_str(), summary[7].as_str()), ("Summary report", "A0"));
    walk.golden("project");
}
