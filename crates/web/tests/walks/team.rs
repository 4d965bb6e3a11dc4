//! Development: who forms the team, who hears of what goes wrong, and when.

use crate::door::Rest;
use crate::families::{SEOUL, begin, begin_in, on, script, who};
use crate::walk::acts::{Act, Acts as _};
use crate::walk::town::{Town, builtin};
use crate::walk::{Script, Walk, application};
use jiff::{SignedDuration, Timestamp};
use roadbook_app::releases::NewRelease;
use roadbook_core::process::expr::Value as Said;
use roadbook_core::run::{Answer, Command, MemberAct, Verdict};
use serde_json::{Value, json};

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Walk<Rest> {
    /// Names who holds a role in this run.
    pub async fn hold(&self, role: &str, people: &[&str]) {
        let path = format!("{}/participants/{role}", self.base());
        let reply = self.acts.call("admin", "PUT", &path, &json!({ "people": people })).await;
        assert!(reply.status < 300, "{role}: {reply:?}");
    }

    /// Steps of this run on somebody's list, with the day they are due.
    pub async fn todo(&self, login: &str) -> Vec<String> {
        let list = self.acts.get(login, "/api/v1/todo").await;
        let own = self.release.to_string();
        let lines = list.as_array().unwrap().iter().filter(|it| it["release"] == own.as_str());
        lines
            .filter(|it| it["ready"] == true)
            .map(|it| it["step"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Tells the run what happened.
    async fn happens(&mut self, event: &str, what: &str) {
        let command = Command::Happened { event: event.to_owned(), what: what.to_owned() };
        let lead = who(self.script.lead);
        self.must(&lead, &Act::Run(command)).await;
    }

    /// Lets time pass.
    pub async fn pass(&mut self, time: SignedDuration) {
        let to = (self.now() + time).to_string();
        self.at(&to).await;
    }

    /// Subjects of the mails to somebody, so far.
    pub fn mails(&self, login: &str) -> Vec<String> {
        let sent = self.acts_town().world.mailbox.sent.lock().unwrap();
        let to = format!("{login}@");
        sent.iter().filter(|it| it.to.starts_with(&to)).map(|it| it.subject.clone()).collect()
    }

    /// When the step is due.
    pub async fn due(&self, step: &str) -> Option<Timestamp> {
        self.view().await.context.due_at.get(step).copied()
    }
}

fn project(mode: &'static str) -> Script {
    let mut script = script("development/project", "new_system", "project_manager");
    script.fields = vec![("development_mode", Said::Text(mode.to_owned()))];
    script
}

// proves: S4e-09/A S4e-13/A
#[tokio::test]
async fn the_team_follows_the_mode_of_development_and_a_wrong_member_is_flagged() {
    // Mode, the check of its group, who spoils it by holding which role, and who mends it.
    for (mode, check, spoiled, mended) in [
        ("in_house", "own_only", ("developer", "contractor"), ("developer", "developer")),
        ("outsourced", "contractor_only", ("developer", "developer"), ("developer", "contractor")),
        ("cooperative", "joint", ("contractor", "developer"), ("contractor", "contractor")),
    ] {
        let mut walk = begin(project(mode)).await;
        // Nobody forms a team before the initiation is approved.
        walk.until_open("strategic_approval").await;
        assert_eq!(walk.state("team").await, "foreseen", "{mode}");
        walk.until_open("team").await;
        walk.hold(spoiled.0, &[spoiled.1]).await;
        let missing = walk.missing("project_manager", "team").await;
        assert!(missing.contains(check), "{mode}: {missing}");
        for other in ["own_only", "contractor_only", "joint"].iter().filter(|it| **it != check) {
            assert!(!missing.contains(other), "{mode}: {missing}");
        }
        // Nobody says of a team what the product sees.
        let said = Command::Answer {
            step: "team".to_owned(),
            check: check.to_owned(),
            answer: Answer::YesNo(true),
            remark: String::new(),
        };
        walk.must_not(&who("project_manager"), &Act::Run(said), "wrong_type").await;
        walk.hold(mended.0, &[mended.1]).await;
        // Business departments form the other group; a contractor is none.
        walk.hold("marketing", &["contractor"]).await;
        let missing = walk.missing("project_manager", "team").await;
        assert!(!missing.contains(check) && missing.contains("business_group"), "{missing}");
        walk.hold("marketing", &["marketing"]).await;
        if mode == "in_house" {
            walk.until("team").await;
            // Who holds the role elsewhere and is not of this team approves nothing here.
            let deputy = walk.acts_town().people["deputy"].clone();
            walk.acts_town().grant(&deputy, "architect").await;
            walk.hold("architect", &["architect"]).await;
            walk.until_open("stage_review").await;
            let vote = Act::Vote {
                step: "stage_review".to_owned(),
                verdict: Verdict::Approve,
                comment: "read".to_owned(),
            };
            walk.must_not(&who("deputy"), &vote, "not_yours").await;
        }
        walk.until("team").await;
    }
}

// proves: S4e-04/A
#[tokio::test]
async fn in_a_joint_project_the_partner_answers_those_outside() {
    for (mode, outside) in [("cooperative", "contractor"), ("in_house", "")] {
        let mut walk = begin(project(mode)).await;
        walk.until("team").await;
        walk.happens("issue.raised", "a colleague cannot print").await;
        let inside = walk.todo("support").await;
        assert!(inside.contains(&"trouble".to_owned()), "{mode}: {inside:?}");
        walk.happens("issue.raised_outside", "a customer cannot sign in").await;
        let partner = walk.todo("contractor").await;
        assert_eq!(partner.contains(&"trouble_outside".to_owned()), !outside.is_empty(), "{mode}");
        assert!(!partner.contains(&"trouble".to_owned()), "{mode}: {partner:?}");
        let inside = walk.todo("support").await;
        assert!(!inside.contains(&"trouble_outside".to_owned()), "{mode}: {inside:?}");
    }
}

// proves: S4e-05/A
#[tokio::test]
async fn a_contractor_sees_only_the_releases_they_work_on() {
    let mut town = Town::found(None, &builtin("development/project"), SEOUL).await;
    town.guest("builder", "workshop").await;
    let walk = begin_in(town, &["product/patch"], project("outsourced")).await;
    let other = Script {
        items: project("in_house").items,
        ..script("development/project", "new_system", "project_manager")
    };
    let new =
        NewRelease { version: "V1.3.0.0001".to_owned(), ..application(&other, walk.acts_town()) };
    let other = walk.acts.open("applicant", new).await.unwrap();
    let none = walk.acts.get("builder", "/api/v1/releases").await;
    assert_eq!(none["rows"], json!([]), "nobody has named them yet");
    let id = &walk.acts_town().people["builder"];
    let grant =
        json!({ "role": "member", "scope": "release", "scope_id": walk.release.to_string() });
    let path = format!("/api/v1/people/{id}/roles");
    let granted = walk.acts.call("admin", "POST", &path, &grant).await;
    assert!(granted.status < 300, "{granted:?}");
    let seen = walk.acts.get("builder", "/api/v1/releases").await;
    let seen: Vec<&str> =
        seen["rows"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(seen, [walk.release.as_str()], "theirs and no other");
    for (path, status) in [
        (walk.base(), 200),
        (format!("{}/plan", walk.base()), 200),
        (format!("/api/v1/releases/{other}"), 404),
        (format!("/api/v1/releases/{other}/plan"), 404),
        (format!("/api/v1/releases/{other}/documents/initiation_report"), 404),
    ] {
        let reply = walk.acts.call("builder", "GET", &path, &Value::Null).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
    }
}

// proves: S4f-03/C S4f-22/C S4g-03/A S4g-06/C S4g-07/C
#[tokio::test]
async fn a_project_reports_its_problems_keeps_its_dates_and_is_looked_after() {
    let mut walk = begin(project("in_house")).await;
    // No change is finished before its code is under version control.
    walk.until_open("coding").await;
    let items: Vec<String> =
        walk.view().await.release.items.iter().map(|it| it.id.clone()).collect();
    let tested = MemberAct::Answer {
        check: "unit_tests".to_owned(),
        answer: Answer::YesNo(true),
        remark: String::new(),
    };
    walk.must(&who("developer"), &on("coding", &items[0], tested)).await;
    let done = MemberAct::Done { remark: "finished".to_owned() };
    walk.must_not(&who("developer"), &on("coding", &items[0], done), "not_yet").await;

    // While it is tested the problems are reported every week, drawn from the record.
    walk.until_open("test_rounds").await;
    walk.happens("issue.raised", "totals are wrong").await;
    assert!(walk.todo("project_manager").await.contains(&"problem_overview".to_owned()));
    let rows = walk.drawn("problems").await;
    assert!(rows.iter().any(|it| it.join(" ").contains("totals are wrong")), "{rows:?}");
    let weeks = async |walk: &Walk<Rest>| {
        walk.view().await.release.run.steps["problem_overview"].members.len()
    };
    assert_eq!(weeks(&walk).await, 1);
    walk.pass(DAY * 7).await;
    assert_eq!(weeks(&walk).await, 2);
    walk.pass(DAY * 14).await;
    assert_eq!(weeks(&walk).await, 4);

    // A step that is late is told to whoever holds it up, before its date and when it has passed.
    let due = walk.due("test_rounds").await.unwrap();
    let about = |mails: Vec<String>, what: &str| {
        mails.into_iter().filter(|it| it.contains(what)).collect::<Vec<_>>()
    };
    if walk.now() < due {
        let before = (due - DAY / 2).to_string();
        walk.at(&before).await;
        let soon = about(walk.mails("tester"), "Test rounds until stable");
        assert!(soon.iter().any(|it| it.contains("Due soon")), "{soon:?}");
        walk.at(&(due + DAY / 24).to_string()).await;
    }
    let late = about(walk.mails("tester"), "Test rounds until stable");
    assert!(late.iter().any(|it| it.contains("Overdue")), "{late:?}");

    // What was agreed stays beside what is planned now.
    walk.until("go_live_approval").await;
    let plan = walk.acts.get("admin", &format!("{}/plan", walk.base())).await;
    assert!(plan["baseline"]["start"].is_string(), "{plan}");
    assert!(plan["baseline_steps"]["switch_over"].is_object(), "{plan}");

    // In use: what users report is answered within two days, or support hears of it.
    walk.until_open("trial_run").await;
    let before = about(walk.mails("support"), "Problem reported").len();
    walk.happens("issue.raised", "printing stops").await;
    let asked = walk.now();
    walk.pass(DAY).await;
    assert!(walk.due("trouble").await.unwrap() <= asked + DAY * 2);
    walk.pass(DAY * 2).await;
    let mails = about(walk.mails("support"), "Problem reported");
    assert!(mails.len() > before, "{mails:?}");
    assert!(mails.iter().any(|it| it.contains("Overdue")), "{mails:?}");
    let open = walk.view().await.release.run.steps["trouble"].members.clone();
    for id in open.iter().filter(|it| it.1.state.is_open()).map(|it| it.0) {
        let answer = MemberAct::Answer {
            check: "answered".to_owned(),
            answer: Answer::YesNo(true),
            remark: "a patch follows".to_owned(),
        };
        walk.must(&who("support"), &on("trouble", id, answer)).await;
        let done = MemberAct::Done { remark: "needs a patch".to_owned() };
        walk.must(&who("support"), &on("trouble", id, done)).await;
    }
    // Performance and security come round every two weeks of the trial run.
    let first = walk.view().await.release.run.steps["upkeep"].members.len();
    walk.pass(DAY * 15).await;
    let upkeep = walk.view().await.release.run.steps["upkeep"].members.clone();
    assert!(upkeep.len() > first, "{upkeep:?}");
    let missing = MemberAct::Done { remark: String::new() };
    let newest = upkeep.keys().last().unwrap().clone();
    walk.must_not(&who("system_operator"), &on("upkeep", &newest, missing), "not_yet").await;
    assert!(walk.todo("system_operator").await.contains(&"upkeep".to_owned()));
}

// proves: S4c-06/A S4c-06/C S4c-16/A
#[tokio::test]
async fn what_a_test_finds_is_corrected_in_time_before_any_review() {
    let mut walk = begin(script("development/release", "release", "project_manager")).await;
    walk.until_open("test").await;
    walk.happens("test.failed", "totals are wrong").await;
    assert!(walk.todo("developer").await.contains(&"defect".to_owned()));
    let limit = walk.due("defect").await.unwrap();
    assert!(limit <= walk.now() + DAY * 2 && limit > walk.now() + DAY, "{limit}");
    // The other tests are passed, and the review does not begin.
    for check in ["functions", "performance", "compatibility", "problems_fixed"] {
        let answer = Command::Answer {
            step: "test".to_owned(),
            check: check.to_owned(),
            answer: Answer::YesNo(true),
            remark: String::new(),
        };
        walk.must(&who("tester"), &Act::Run(answer)).await;
    }
    let text = walk.paper("test_report");
    walk.must(&who("tester"), &Act::Write { document: "test_report".to_owned(), text }).await;
    let done = Command::Done { step: "test".to_owned(), remark: String::new() };
    walk.must(&who("tester"), &Act::Run(done)).await;
    assert_eq!(walk.state("software_review").await, "foreseen");
    walk.pass(DAY * 3).await;
    assert_eq!(walk.state("software_review").await, "foreseen", "time corrects nothing");
    let mails = walk.mails("developer");
    let late = |it: &String| it.contains("Correct what a test found") && it.contains("Overdue");
    assert!(mails.iter().any(late), "{mails:?}");
    let id = walk.view().await.release.run.steps["defect"].members.keys().next().unwrap().clone();
    let corrected = MemberAct::Answer {
        check: "corrected".to_owned(),
        answer: Answer::YesNo(true),
        remark: String::new(),
    };
    walk.must(&who("developer"), &on("defect", &id, corrected)).await;
    let done = MemberAct::Done { remark: "commit 4711".to_owned() };
    walk.must(&who("developer"), &on("defect", &id, done)).await;
    walk.settle(2).await;
    assert_eq!(walk.state("software_review").await, "ready");

    // Manuals are brought up to date for this version, and their revisions are kept.
    walk.until_open("manuals").await;
    let missing = walk.missing("documentation", "manuals").await;
    assert!(missing.contains("user_manual") && missing.contains("operation_manual"), "{missing}");
    walk.until("manuals").await;
    for manual in ["user_manual", "operation_manual"] {
        let path = format!("{}/documents/{manual}", walk.base());
        let door = format!("{path}/control");
        let control = walk.acts.call("documentation", "POST", &door, &json!({})).await;
        assert!(control.status < 300, "{manual}: {control:?}");
        let shown = walk.acts.get("documentation", &path).await;
        assert_eq!(shown["controlled"]["label"], "A0", "{manual}: {shown}");
        assert!(shown["number"].as_str().unwrap().starts_with("R-"), "{manual}: {shown}");
    }
}
