//! What comes back with the calendar: the plan of the month, reports of the month and the year.

use crate::door::Rest;
use crate::walk::acts::{Act, Acts as _, Who};
use crate::walk::scripts::{HANOI, SHANGHAI, service};
use crate::walk::town::{Place, Town, builtin};
use crate::walk::{Script, Walk};
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Said;
use roadbook_core::run::{CloseCode, Command};
use roadbook_core::text::Lang;
use serde_json::{Value, json};

async fn town(process: &str, place: Place) -> Rest {
    Rest::new(Town::found(None, &builtin(process), place).await)
}

fn who(login: &str) -> Who {
    Who::person(login)
}

fn done(step: &str) -> Act {
    Act::Run(Command::Done { step: step.to_owned(), remark: String::new() })
}

/// Mails to somebody whose subject holds this.
fn mails(walk: &Walk<Rest>, to: &str, part: &str) -> usize {
    let sent = walk.acts.town().world.mailbox.sent.lock().unwrap();
    sent.iter()
        .filter(|it| it.to.starts_with(&format!("{to}@")) && it.subject.contains(part))
        .count()
}

impl Walk<Rest> {
    async fn step(&self, step: &str) -> String {
        self.view().await.release.run.step_state(step).name().to_owned()
    }

    /// Runs of a subject, newest first: number, id and period.
    async fn runs(&self, subject: &str) -> Vec<(String, ReleaseId, String)> {
        let path = format!("/api/v1/releases?subject={subject}&limit=50");
        let list = self.acts.get("admin", &path).await;
        let mut found = Vec::new();
        for row in list["rows"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap();
            let one = self.acts.get("admin", &format!("/api/v1/releases/{id}")).await;
            let period = one["period"].as_str().unwrap_or_default().to_owned();
            let number = row["number"].as_str().unwrap().to_owned();
            found.push((number, ReleaseId::parse(id).unwrap(), period));
        }
        found.sort();
        found.reverse();
        found
    }

    /// Rows of a table drawn from the record of a run.
    async fn table(&self, run: &ReleaseId, extract: &str) -> Vec<Vec<String>> {
        let path = format!("/api/v1/releases/{run}/extracts/{extract}?lang=en");
        let table = self.acts.get("process_owner", &path).await;
        let row = |it: &Value| serde_json::from_value(it.clone()).unwrap();
        table["rows"].as_array().unwrap().iter().map(row).collect()
    }
}

fn month_plan() -> Script {
    Script { lang: Lang::Vi, lead: "product_development", ..Script::of("saas/month-plan") }
}

// proves: S1-22/C S1-23/C
#[tokio::test]
async fn the_plan_of_a_month_is_made_and_announced_in_the_days_before_it() {
    let mut walk = Walk::begin(town("saas/month-plan", HANOI).await, month_plan()).await;
    // Begun on the fifth of January, when the days for January are over: it is about February.
    assert_eq!(walk.view().await.release.run.period.unwrap().to_string(), "2026-02");
    walk.at("2026-01-23T16:50:00Z").await;
    walk.must_not(&who("product_development"), &done("month_plan"), "not_yet").await;
    let ready = async |walk: &Walk<Rest>, person: &str| {
        let todo = walk.acts.get(person, "/api/v1/todo").await;
        let tasks = todo.as_array().unwrap().clone();
        tasks.iter().find(|it| it["step"] == "month_plan").unwrap()["ready"].clone()
    };
    assert_eq!(ready(&walk, "marketing").await, false);
    // The 24th begins in Hanoi: all three have it, and until the 27th.
    walk.at("2026-01-23T17:00:30Z").await;
    assert_eq!(walk.step("month_plan").await, "ready");
    let due = walk.view().await.context.due_at["month_plan"];
    assert_eq!(due.to_string(), "2026-01-27T16:59:59Z");
    for person in ["top_management", "marketing", "product_development"] {
        assert_eq!(ready(&walk, person).await, true, "{person}");
    }
    walk.at("2026-01-27T16:00:00Z").await;
    assert_eq!(mails(&walk, "top_management", "Quá hạn"), 0, "{}", walk.tale.text());
    // The 28th, and no plan: everybody who owes it is alarmed.
    walk.at("2026-01-27T17:01:00Z").await;
    for person in ["top_management", "marketing", "product_development"] {
        assert_eq!(mails(&walk, person, "Quá hạn"), 1, "{person}");
    }
    // Nothing is announced without it, and at the end of the 29th that is told too.
    walk.at("2026-01-29T17:01:00Z").await;
    let town = walk.acts.town();
    let actor = town.world.admin().await.actor;
    let plans = town.world.app.notices_of(&actor, &walk.release).await.unwrap();
    let reason = plans[0].reason.clone().unwrap_or_default();
    assert!(reason.contains("missed_lead_time"), "{:?}", plans[0]);
    assert_eq!(mails(&walk, "admin", "Kế hoạch nâng cấp tháng sau"), 0);
    walk.to_the_end().await;
    insta::assert_snapshot!("month_plan", walk.tale.text());
    assert_eq!(mails(&walk, "admin", "Kế hoạch nâng cấp tháng sau"), 1, "one mail to an address");

    // The next plan opens by itself, and February ends on the 28th.
    walk.at("2026-02-23T17:00:30Z").await;
    let (_, march, period) = walk.runs("cycle").await.remove(0);
    assert_eq!(period, "2026-03");
    let mut next = Walk::of(walk.acts, month_plan(), march);
    assert_eq!(next.step("month_plan").await, "ready");
    next.until("month_plan").await;
    let town = next.acts.town();
    let plans = town.world.app.notices_of(&actor, &next.release).await.unwrap();
    let told = |at: Option<jiff::Timestamp>| at.unwrap().to_string();
    assert_eq!(told(plans[0].earliest), "2026-02-27T17:00:00Z");
    assert_eq!(told(plans[0].latest), "2026-02-28T16:59:59Z");
    next.to_the_end().await;
    assert!(next.tale.text().contains("2026-02-28"), "{}", next.tale.text());
}

/// A release of a service, and how it ended.
async fn released(acts: Rest, version: &'static str, code: CloseCode) -> Walk<Rest> {
    let slot = if code == CloseCode::Success {
        ("2026-02-12T12:00:00Z", "2026-02-12T15:00:00Z")
    } else {
        ("2026-04-09T12:00:00Z", "2026-04-09T15:00:00Z")
    };
    let mut walk = Walk::begin(acts, Script { version, code, slot: Some(slot), ..service() }).await;
    walk.to_the_end().await;
    walk
}

fn report(process: &'static str) -> Script {
    Script { lang: Lang::Zh, lead: "process_owner", ..Script::of(process) }
}

// proves: S3-22/A S3-24/C S3-39/A S3-39/C S3-41/C S4c-20/C
#[tokio::test]
async fn releases_are_reported_on_each_month_and_year_and_failures_are_reviewed() {
    let acts = town("service/release", SHANGHAI).await;
    let year = Walk::begin(acts, report("service/yearly-review")).await;
    let month = Walk::begin(year.acts, report("service/monthly-report")).await;
    assert_eq!(month.view().await.release.run.period.unwrap().to_string(), "2026-01");
    let good = released(month.acts, "V1.2.0.0001", CloseCode::Success).await;
    assert!(good.runs("issue").await.is_empty(), "a success is reviewed by nobody");
    let mut bad = released(good.acts, "V1.3.0.0001", CloseCode::Partial).await;

    // What went wrong is reviewed: the lead accounts for it, the process owner judges.
    bad.settle(4).await;
    let reviews = bad.runs("issue").await;
    let [(_, review, _)] = reviews.as_slice() else { panic!("one review: {reviews:?}") };
    let script = Script {
        lang: Lang::Zh,
        lead: "release_administrator",
        ..Script::of("service/failed-review")
    };
    let mut review = Walk::of(bad.acts, script, review.clone());
    assert_eq!(review.step("account").await, "ready", "nobody has to start it");
    let todo = review.acts.get("release_lead", "/api/v1/todo").await;
    assert!(todo.to_string().contains("account"), "{todo}");
    review.to_the_end().await;
    insta::assert_snapshot!("failed_review", review.tale.text());

    // On the first of May the report on April is there, with its numbers.
    review.at("2026-04-30T16:00:30Z").await;
    let cycles = review.runs("cycle").await;
    let (_, may, period) = cycles[0].clone();
    assert_eq!(period, "2026-05", "{cycles:?}");
    let mut may = Walk::of(review.acts, report("service/monthly-report"), may);
    assert_eq!(may.step("report").await, "ready");
    let run = may.release.clone();
    let april = may.table(&run, "releases").await;
    let told: Vec<[&str; 4]> =
        april.iter().map(|it| [&*it[1], &*it[3], &*it[5], &*it[6]]).collect();
    assert_eq!(told, [["V1.3.0.0001", "major", "Successful with issues", "Yes"]]);
    // Late, it is asked for; handed in, it goes to the service management owner, who confirms it.
    may.at("2026-05-05T16:01:00Z").await;
    assert!(mails(&may, "process_owner", "逾期") > 0, "{}", may.tale.text());
    may.to_the_end().await;
    assert!(mails(&may, "service_owner", "发布月度报告") > 0);
    insta::assert_snapshot!("monthly_report", may.tale.text());

    // In December the year is looked back on.
    may.at("2026-11-30T15:50:00Z").await;
    let yearly = may.runs("cycle").await.pop().unwrap().1;
    let mut year = Walk::of(may.acts, report("service/yearly-review"), yearly);
    year.must_not(&who("process_owner"), &done("report"), "not_yet").await;
    year.at("2026-11-30T16:00:30Z").await;
    assert_eq!(year.step("report").await, "ready");
    let run = year.release.clone();
    let measures = year.table(&run, "measures").await;
    let row = |name: &str| measures.iter().find(|it| it[0] == name).unwrap()[1..].to_vec();
    assert_eq!(row("Releases"), ["major", "2", "", "", "", ""]);
    assert_eq!(row("Closed as successful"), ["", "1", "2", "50%", "95%", "Missed"]);
    assert_eq!(row("Closed on time"), ["", "2", "2", "100%", "90%", "Met"]);
    year.to_the_end().await;
    insta::assert_snapshot!("yearly_review", year.tale.text());
    improved(year).await;
}

/// What the review proposes is judged, carried out as a new revision of the process, and looked at
/// again; a year later the process is reviewed once more.
async fn improved(year: Walk<Rest>) {
    let reviewed = year.view().await.release.number;
    let proposal = Script {
        lead: "process_owner",
        fields: vec![
            ("problem", Said::Text(format!("{reviewed}: nobody learns from a failed release"))),
            ("improvement", Said::Text("the report has a section for lessons".to_owned())),
            ("owner", Said::Text("@person:process_owner".to_owned())),
        ],
        ..Script::of("service/improvement")
    };
    let mut proposed = Walk::begin(year.acts, proposal).await;
    proposed.until_open("carry_out").await;
    let path = "/api/v1/processes/service%2Frelease";
    let shown = proposed.acts.get("process_owner", path).await;
    assert_eq!(shown["shown"]["revision"], 1);
    let lessons = r#"
[[document]]
id = "lessons"
title = { en = "Lessons", ko = "교훈", vi = "Bài học", zh = "经验教训" }
role = "process_owner"
confidentiality = "internal"
"#;
    let text = shown["text"].as_str().unwrap();
    let at = text.find("\n[[phase]]").unwrap();
    let wanted = "produces = [\"release_report\"]";
    let revised = format!("{}{lessons}{}", &text[..at], &text[at..]).replacen(
        wanted,
        "produces = [\"release_report\", \"lessons\"]",
        1,
    );
    let number = proposed.view().await.release.number;
    let publish = json!({ "text": revised, "note": number });
    let reply = proposed.acts.call("process_owner", "POST", "/api/v1/processes", &publish).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let shown = proposed.acts.get("process_owner", path).await;
    assert_eq!(shown["shown"]["revision"], 2, "{shown}");
    assert!(shown["history"].to_string().contains(&number), "it says where it comes from");
    proposed.to_the_end().await;
    proposed.at("2027-11-30T16:00:30Z").await;
    let (app, admin) =
        (proposed.acts.town().world.app.clone(), proposed.acts.town().world.admin().await);
    let mut again = 0;
    for (_, id, period) in proposed.runs("cycle").await {
        let run = app.release(&admin.actor, &id).await.unwrap().release.run;
        again += usize::from(run.process == "service/yearly-review" && period == "2027-01");
    }
    assert_eq!(again, 1, "the next review is there by itself");
}
