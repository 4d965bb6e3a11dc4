//! What owner and lead of the service processes do besides the ten steps: plan, watch, count,
//! improve.

use crate::door::Rest;
use crate::walk::acts::{Act, Acts as _, Who};
use crate::walk::scripts::{HANOI, SHANGHAI, fixes, service};
use crate::walk::town::{Town, builtin};
use crate::walk::{Script, Walk};
use roadbook_app::record::StoryFilter;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Said;
use roadbook_core::run::{Command, Verdict};
use roadbook_core::text::Lang;
use serde_json::{Value, json};

async fn rest() -> Rest {
    Rest::new(Town::found(None, &builtin("service/release"), SHANGHAI).await)
}

fn who(login: &str) -> Who {
    Who::person(login)
}

fn done(step: &str) -> Act {
    Act::Run(Command::Done { step: step.to_owned(), remark: String::new() })
}

fn text(it: &str) -> Said {
    Said::Text(it.to_owned())
}

fn field(field: &str, value: Said) -> Act {
    Act::Run(Command::SetField { field: field.to_owned(), value })
}

fn happened(event: &str, what: &str) -> Act {
    Act::Run(Command::Happened { event: event.to_owned(), what: what.to_owned() })
}

impl Rest {
    /// Opens a run that ships nothing; its number and id.
    async fn opens(&self, who: &str, process: &str) -> (String, ReleaseId) {
        let product = self.town().product.to_string();
        let body = json!({ "product": product, "process": process, "title": "Better" });
        let reply = self.call(who, "POST", "/api/v1/releases", &body).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let id = ReleaseId::parse(reply.body["id"].as_str().unwrap()).unwrap();
        let shown = self.get("admin", &format!("/api/v1/releases/{id}")).await;
        (shown["number"].as_str().unwrap().to_owned(), id)
    }
}

impl Walk<Rest> {
    async fn detail(&self) -> Value {
        self.acts.get("admin", &format!("/api/v1/releases/{}", self.release)).await
    }

    async fn stands(&self, step: &str) -> String {
        self.view().await.release.run.step_state(step).name().to_owned()
    }

    async fn rows_of(&self, reader: &str, extract: &str) -> Vec<Vec<String>> {
        let path = format!("/api/v1/releases/{}/extracts/{extract}?lang=en", self.release);
        let table = self.acts.get(reader, &path).await;
        let row = |it: &Value| serde_json::from_value(it.clone()).unwrap();
        table["rows"].as_array().unwrap().iter().map(row).collect()
    }
}

// proves: S3-23/A S3-30/A
#[tokio::test]
async fn the_process_is_improved_by_its_owner_and_by_those_who_lead_its_releases() {
    let acts = rest().await;
    let product = acts.town().product.to_string();
    let body = json!({ "product": product, "process": "service/improvement", "title": "x" });
    let reply = acts.call("outsider", "POST", "/api/v1/releases", &body).await;
    assert_eq!(reply.status, 403, "{reply:?}");
    let (first, id) = acts.opens("release_lead", "service/improvement").await;
    let script = Script {
        lead: "release_lead",
        fields: vec![
            ("problem", text("Tests begin before the environment is there")),
            ("improvement", text("The environment is a gate of the test")),
            ("owner", text("@person:tester")),
        ],
        ..Script::of("service/improvement")
    };
    let mut walk = Walk::of(acts, script.clone(), id);
    walk.must(&who("release_lead"), &Act::Run(Command::Start)).await;
    walk.until_open("judge").await;
    // Accepting names who carries it out; only the owner of the process judges.
    let accept = Command::Decide {
        step: "judge".to_owned(),
        outcome: "accept".to_owned(),
        reason: String::new(),
        slot: None,
    };
    walk.must_not(&who("process_owner"), &Act::Run(accept.clone()), "not_yet").await;
    walk.until_open("carry_out").await;
    walk.must_not(&who("release_lead"), &done("carry_out"), "not_yours").await;
    let todo = walk.acts.get("tester", "/api/v1/todo").await;
    assert!(todo.to_string().contains("carry_out"), "{todo}");
    walk.to_the_end().await;
    insta::assert_snapshot!("improvement", walk.tale.text());

    let (second, id) = walk.acts.opens("process_owner", "service/improvement").await;
    let declined = Script { lead: "process_owner", ..script };
    let mut walk = Walk::of(walk.acts, declined, id);
    walk.must(&who("process_owner"), &Act::Run(Command::Start)).await;
    let list = walk.acts.get("process_owner", "/api/v1/releases?subject=change").await;
    let shown = |number: &str| {
        let rows = list["rows"].as_array().unwrap();
        let row = rows.iter().find(|it| it["number"] == number).unwrap().clone();
        (row["state"].as_str().unwrap().to_owned(), row["lead"].as_str().unwrap().to_owned())
    };
    assert_eq!(shown(&first), ("closed".to_owned(), "release_lead".to_owned()));
    assert_eq!(shown(&second), ("running".to_owned(), "process_owner".to_owned()));
}

// proves: S3-20/A S3-75/A
#[tokio::test]
async fn the_owner_keeps_the_process_its_record_templates_and_the_procedures_beside_it() {
    let acts = rest().await;
    let path = "/api/v1/processes/service%2Frelease";
    let shown = acts.get("tester", path).await;
    let related = shown["related"].as_array().unwrap();
    let titles: Vec<&str> = related.iter().filter_map(|it| it["title"]["en"].as_str()).collect();
    assert_eq!(titles[..2], ["Change management procedure", "Configuration management procedure"]);
    assert_eq!(related[3]["url"], "/processes/service/improvement");
    let file = shown["text"].as_str().unwrap();
    let lessons = r#"
  [[document.section]]
  id = "lessons"
  title = { en = "Lessons", ko = "교훈", vi = "Bài học", zh = "经验教训" }
"#;
    let at = file.find("id = \"release_report\"").unwrap();
    let end = at + file[at..].find("\n# ──").unwrap();
    let mut revised = format!("{}{lessons}{}", &file[..end], &file[end..]);
    revised = revised.replacen(
        "number = \"CM-01\"",
        "number = \"CM-01\"\nurl = \"https://wiki.example/change-management\"",
        1,
    );
    let publish = json!({ "text": revised, "note": "Lessons are part of the report" });
    let reply = acts.call("release_lead", "POST", "/api/v1/processes", &publish).await;
    assert_eq!(reply.status, 403, "{reply:?}");
    let reply = acts.call("process_owner", "POST", "/api/v1/processes", &publish).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let shown = acts.get("tester", path).await;
    assert_eq!(shown["shown"]["revision"], 2);
    assert_eq!(shown["related"][0]["url"], "https://wiki.example/change-management");
    // A related process has to be there, and an address is one of a page.
    for (from, to, code) in [
        ("process = \"service/improvement\"", "process = \"service/wishes\"", "unknown_process"),
        ("https://wiki.example/", "javascript:alert(1)//", "unknown_value"),
    ] {
        let body = json!({ "text": revised.replacen(from, to, 1), "note": "x" });
        let reply = acts.call("process_owner", "POST", "/api/v1/processes", &body).await;
        assert_eq!(reply.status, 422, "{to}: {reply:?}");
        assert!(reply.body.to_string().contains(code), "{to}: {reply:?}");
    }
    // The next release asks for the new section in its report.
    let script = Script { lang: Lang::En, ..service() };
    let walk = Walk::begin(acts, script).await;
    let report = walk.view().await.template.document("release_report").unwrap().clone();
    assert!(report.sections.iter().any(|it| it.id == "lessons"));
}

/// The items of a release as the API takes them.
fn items(titles: &[(&str, &str)]) -> Value {
    let one = |it: &(&str, &str)| {
        json!({ "title": { "en": it.0, "ko": it.0, "vi": it.0, "zh": it.0 }, "kind": "feature", "purpose": "feature",
            "facts": { "action": it.1 } })
    };
    json!({ "items": titles.iter().map(one).collect::<Vec<_>>() })
}

// proves: S3-03/A S3-10/A S3-16/A S3-27/A S3-28/A S3-43/A S3-74/A S3-76/A
#[tokio::test]
async fn a_release_of_a_service_is_led_planned_assessed_again_and_counted() {
    let acts = rest().await;
    // Management gives the plan of the year; a release belongs to an item of it.
    let (number, plan) = acts.opens("management", "service/system-plan").await;
    let year = Script { lang: Lang::Zh, lead: "management", ..Script::of("service/system-plan") };
    let mut walk = Walk::of(acts, year, plan);
    walk.must(&who("management"), &Act::Run(Command::Start)).await;
    walk.to_the_end().await;
    insta::assert_snapshot!("system_plan", walk.tale.text());

    let row =
        |cells: &[&str]| Said::List(vec![Said::List(cells.iter().map(|it| text(it)).collect())]);
    let mut script = service();
    script.fields.extend([
        ("plan_item", text("Replay")),
        ("risks", row(&["Old cameras fail", "tried on each model", "tester"])),
        ("configuration_items", row(&["Replay service", "modify", "1.1", "1.2"])),
    ]);
    let mut walk = Walk::begin(walk.acts, script).await;
    let administrator = who("release_administrator");
    let (wrong, right) = (field("system_plan", text("M-2025-0099")), text(&number));
    walk.until_open("application").await;
    let no = walk.acts.act(&walk.release, &administrator, &wrong).await.unwrap_err();
    assert_eq!(no.code, "invalid", "{no:?}");
    walk.must(&administrator, &field("system_plan", right)).await;
    let own = walk.detail().await["number"].as_str().unwrap().to_owned();
    let itself =
        walk.acts.act(&walk.release, &administrator, &field("system_plan", text(&own))).await;
    assert!(itself.is_err(), "a release is no plan");

    // Somebody leads it until it is closed.
    let path = format!("/api/v1/releases/{}", walk.release);
    let lead = walk.acts.town().people["release_administrator"].clone();
    let reply = walk.acts.call("admin", "PUT", &path, &json!({ "lead": "" })).await;
    assert!(reply.status == 404 || reply.status == 422, "{reply:?}");
    let town = walk.acts.town();
    let admin = town.world.admin().await;
    let left = town.world.app.person_set_active(&admin, &lead, false).await.unwrap_err();
    assert_eq!(left.code(), "leads_releases", "{left}");
    let next = town.people["release_lead"].to_string();
    let reply = walk.acts.call("admin", "PUT", &path, &json!({ "lead": next })).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(walk.detail().await["lead"], "release_lead");
    let town = walk.acts.town();
    let filter = StoryFilter { text: Some("edited".to_owned()), actor: None };
    let (lines, _) = town.world.app.story(&admin, &walk.release, &filter, i64::MAX).await.unwrap();
    assert_eq!(lines[0].facts["lead"], json!({ "from": lead.as_str(), "to": next }));
    walk.script.lead = "release_lead";

    // After the approval another change request comes: what was approved is looked at again.
    walk.until("scheme_approval").await;
    assert_eq!(walk.stands("reassess").await, "foreseen");
    let more = items(&[("Replay", "modify"), ("Export", "add")]);
    let reply = walk.acts.call("release_lead", "PUT", &path, &more).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(walk.stands("reassess").await, "active");
    let todo = walk.acts.get("process_owner", "/api/v1/todo").await;
    assert!(todo.to_string().contains("reassess"), "{todo}");
    walk.until("verify").await;
    for (event, what) in [
        ("incident.raised", "Replay stops after an hour"),
        ("incident.raised", "Login slow"),
        ("problem.raised", "Leak in the decoder"),
    ] {
        walk.must(&who("release_lead"), &happened(event, what)).await;
    }
    walk.to_the_end().await;
    let detail = walk.detail().await;
    assert_eq!(detail["answers"]["system_plan"], json!(number));
    assert_eq!(detail["answers"]["plan_item"], "Replay");
    assert_eq!(detail["answers"]["risks"][0][0], "Old cameras fail");
    let items = &detail["answers"]["configuration_items"];
    assert_eq!(*items, json!([["Replay service", "modify", "1.1", "1.2"]]));
    for record in ["release_scheme", "test_report", "release_report", "upgrade_record"] {
        assert!(detail["documents"][record].is_object(), "{record}: {detail}");
    }
    // Incidents and problems are counted apart, for the report.
    let troubles = walk.rows_of("process_owner", "troubles").await;
    let counts: Vec<[&str; 2]> =
        troubles.iter().filter(|it| !it[1].is_empty()).map(|it| [&*it[0], &*it[1]]).collect();
    assert_eq!(counts, [["Incident", "2"], ["Problem", "1"]]);
    assert!(troubles.iter().any(|it| it[3].contains("Leak in the decoder")), "{troubles:?}");
    // Each site stands in the record of upgrades, as CSV too.
    let csv = format!("{path}/extracts/upgrades/csv?lang=en");
    let reply = walk.acts.call("release_lead", "GET", &csv, &Value::Null).await;
    assert_eq!(reply.status, 200);
    let upgrades = walk.rows_of("release_lead", "upgrades").await;
    assert_eq!(upgrades.len(), walk.acts.town().sites.len());
    assert!(upgrades.iter().all(|it| it[1] == "V1.0.0.0001" && it[2] == "V1.2.0.0001"));
    // The lead sees who was told what.
    let told = walk.rows_of("release_lead", "communication").await;
    for title in ["Send the release scheme", "Notify the users of the go-live"] {
        assert!(told.iter().any(|it| it[1] == title && !it[0].is_empty()), "{title}: {told:?}");
    }
    let late = Act::Vote {
        step: "scheme_approval".to_owned(),
        verdict: Verdict::Approve,
        comment: String::new(),
    };
    walk.must_not(&who("service_owner"), &late, "closed").await;
}

// proves: S3-44/A
#[tokio::test]
async fn releases_of_a_category_that_come_too_often_are_told_to_the_owner() {
    let acts = rest().await;
    let mut states = Vec::new();
    let mut town = acts;
    for version in ["V1.2.0.0001", "V1.2.0.0002", "V1.2.0.0003"] {
        let mut script = Script { version, slot: None, ..service() };
        script.fields.retain(|it| it.0 != "category");
        let mut walk = Walk::begin(town, script).await;
        walk.settle(4).await;
        states.push(walk.stands("too_often").await);
        town = walk.acts;
    }
    // Two minor releases in a month are usual, the third is not.
    assert_eq!(states, ["foreseen", "foreseen", "active"]);
    let todo = town.get("process_owner", "/api/v1/todo").await;
    assert!(todo.to_string().contains("too_often"), "{todo}");
}

// proves: S1-29/C
#[tokio::test]
async fn a_bug_left_after_an_update_is_immediate_and_has_a_day() {
    let town = Town::found(None, &builtin("saas/update"), HANOI).await;
    let mut walk = Walk::begin(Rest::new(town), fixes()).await;
    walk.until("update").await;
    walk.at("2026-01-19T14:00:00Z").await;
    walk.must(&who("product_development"), &happened("issue.raised", "Totals are off by one"))
        .await;
    walk.settle(4).await;
    let list = walk.acts.get("admin", "/api/v1/releases?subject=issue").await;
    let issue = list["rows"][0]["id"].as_str().unwrap().to_owned();
    let shown = walk.acts.get("admin", &format!("/api/v1/releases/{issue}")).await;
    assert_eq!(shown["answers"]["priority"], "immediate", "{shown}");
    assert_eq!(shown["answers"]["update"], walk.detail().await["number"]);
    let fix = shown["steps"].as_array().unwrap()[0].clone();
    assert_eq!((fix["id"].as_str(), fix["state"].as_str()), (Some("fix"), Some("ready")));
    let due: jiff::Timestamp = fix["due"].as_str().unwrap().parse().unwrap();
    let left = due.duration_since(walk.now()).as_hours();
    assert!((23..=24).contains(&left), "{left}");
    let late = |walk: &Walk<Rest>| {
        let sent = walk.acts.town().world.mailbox.sent.lock().unwrap();
        sent.iter().any(|it| it.subject.starts_with("Quá hạn: Sửa ngay"))
    };
    assert!(!late(&walk));
    walk.at("2026-01-20T14:10:00Z").await;
    assert!(late(&walk), "who fixes it is alarmed");
    // The update is not over before it is fixed; what comes a week later takes its turn.
    assert_eq!(walk.stands("leftover_bugs").await, "active");
    let id = ReleaseId::parse(&issue).unwrap();
    let script =
        Script { lang: Lang::Vi, lead: "product_development", ..Script::of("saas/leftover") };
    let release = walk.release.clone();
    let mut bug = Walk::of(walk.acts, script, id);
    bug.to_the_end().await;
    insta::assert_snapshot!("leftover", bug.tale.text());
    let mut walk = Walk::of(bug.acts, fixes(), release);
    walk.settle(4).await;
    assert_eq!(walk.stands("leftover_bugs").await, "done");
    walk.at("2026-01-27T14:00:00Z").await;
    walk.must(&who("product_development"), &happened("issue.raised", "A wish")).await;
    assert_eq!(walk.stands("leftover_bugs").await, "done");
    assert_eq!(walk.stands("later_bugs").await, "active");
}
