//! Configuration: no change without reason, assessment and approval, and a look at all of it once
//! a year.

use crate::door::Rest;
use crate::families::{SEOUL, done, on, who};
use crate::walk::acts::{Act, Acts as _};
use crate::walk::town::{Town, builtin};
use crate::walk::{Script, Walk};
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Said;
use roadbook_core::run::{Command, MemberAct, Verdict};

fn text(it: &str) -> Said {
    Said::Text(it.to_owned())
}

fn row(cells: &[&str]) -> Said {
    Said::List(cells.iter().map(|it| text(it)).collect())
}

fn change(title: &'static str) -> Script {
    Script {
        title,
        lead: "requirement_lead",
        items: Vec::new(),
        fields: vec![
            ("change_kind", text("fix")),
            ("reason", text("shift totals are wrong")),
            ("items", Said::List(vec![row(&["shift-report", "production", "5.2.0"])])),
            ("agreed", text("after the other one")),
            ("reference", text("commit 4711")),
            ("new_versions", Said::List(vec![row(&["shift-report", "5.2.0", "5.2.1"])])),
        ],
        ..Script::of("configuration/change")
    }
}

fn decide(step: &str, outcome: &str) -> Act {
    Act::Run(Command::Decide {
        step: step.to_owned(),
        outcome: outcome.to_owned(),
        reason: "both touch the shift report".to_owned(),
        slot: None,
    })
}

// proves: S4b-09/A S4b-20/A S4b-21/A
#[tokio::test]
async fn nothing_is_changed_before_it_is_assessed_and_approved_and_what_changed_is_traced() {
    let town = Town::found(None, &builtin("configuration/change"), SEOUL).await;
    let mut first = Walk::begin(Rest::new(town), change("Shift totals")).await;
    // Reason, items and request are there before anybody analyzes anything.
    let missing = first.missing("requirement_lead", "request").await;
    for part in ["change_kind", "reason", "items", "change_request"] {
        assert!(missing.contains(part), "{part}: {missing}");
    }
    first.until_open("impact").await;
    let missing = first.missing("developer", "impact").await;
    for part in ["impact_analysis", "verification_plan"] {
        assert!(missing.contains(part), "{part}: {missing}");
    }
    // Nobody works on it, and no new version is recorded, before it is assessed and approved.
    for (person, step) in [("developer", "implement"), ("scm", "record")] {
        assert_eq!(first.state(step).await, "foreseen");
        first.must_not(&who(person), &done(step), "not_yet").await;
    }
    first.until_open("approval").await;
    let number = first.view().await.release.number;
    assert!(number.starts_with("C-2026-"), "{number}");
    let release = first.release.clone();

    // Another change of the same item: the clash is named and settled before it is approved.
    let mut second = Walk::begin(first.acts, change("Shift report by team")).await;
    second.until_open("clashes").await;
    second.must_not(&who("developer"), &decide("clashes", "none"), "not_yours").await;
    second.must(&who("scm"), &decide("clashes", "clash")).await;
    assert_eq!(second.state("settle").await, "ready");
    assert_eq!(second.state("approval").await, "foreseen");
    let other = |it: &str| {
        let field = "other_change".to_owned();
        Act::Run(Command::SetField { field, value: text(it) })
    };
    let scm = who("scm");
    second.must_not(&scm, &done("settle"), "not_yet").await;
    for wrong in ["C-2020-0001", "nobody"] {
        let no = second.acts.act(&second.release, &scm, &other(wrong)).await;
        assert!(no.is_err(), "{wrong} is no change");
    }
    second.must(&scm, &other(&number)).await;
    second.until("settle").await;
    assert_eq!(second.state("implement").await, "foreseen");
    second.until_open("approval").await;
    // Whoever reviews may send it back, and then it is assessed again.
    let reject = Act::Vote {
        step: "approval".to_owned(),
        verdict: Verdict::Reject,
        comment: "the reason is thin".to_owned(),
    };
    second.must(&who("change_reviewer"), &reject).await;
    assert_eq!(second.state("approval").await, "foreseen");
    second.until("approval").await;
    second.must_not(&who("developer"), &done("implement"), "not_yet").await;
    second.to_the_end().await;
    // Who asked, who approved, where it is and what it made of the item: all of it stays.
    let shown = second.acts.get("requirement_lead", &second.base()).await;
    assert_eq!(shown["answers"]["reference"], "commit 4711", "{shown}");
    assert_eq!(shown["answers"]["new_versions"][0][2], "5.2.1");
    assert_eq!(shown["answers"]["other_change"], number.as_str());
    for paper in ["change_request", "impact_analysis", "verification_report", "change_record"] {
        assert!(shown["documents"][paper].is_object(), "{paper}: {shown}");
    }
    // The first one still waits for its approval.
    let first = Walk::of(second.acts, change("Shift totals"), release);
    assert_eq!(first.state("implement").await, "foreseen");
}

fn audit() -> Script {
    Script {
        title: "Audit",
        lead: "quality_manager",
        items: Vec::new(),
        fields: vec![
            ("compared_with", text("baseline 5.2")),
            (
                "findings",
                Said::List(vec![
                    row(&["settings differ", "settings", "scm"]),
                    row(&["no module named", "test data", "scm"]),
                ]),
            ),
        ],
        ..Script::of("configuration/audit")
    }
}

impl Walk<Rest> {
    /// Runs of the calendar, newest first.
    async fn audits(&self) -> Vec<(ReleaseId, String)> {
        let list = self.acts.get("admin", "/api/v1/releases?subject=cycle&limit=50").await;
        let mut found = Vec::new();
        for it in list["rows"].as_array().unwrap() {
            let id = it["id"].as_str().unwrap();
            let one = self.acts.get("admin", &format!("/api/v1/releases/{id}")).await;
            let period = one["period"].as_str().unwrap().to_owned();
            found.push((ReleaseId::parse(id).unwrap(), period));
        }
        found.sort_by(|a, b| b.1.cmp(&a.1));
        found
    }
}

// proves: S4b-10/C S4d-15/C
#[tokio::test]
async fn the_configuration_is_audited_every_year_and_each_finding_is_followed_up() {
    let town = Town::found(None, &builtin("configuration/audit"), SEOUL).await;
    let mut walk = Walk::begin(Rest::new(town), audit()).await;
    assert_eq!(walk.view().await.release.run.period.unwrap().to_string(), "2026-01");
    // Not before October.
    walk.at("2026-09-30T14:50:00Z").await;
    assert_eq!(walk.state("plan").await, "foreseen");
    walk.at("2026-09-30T15:00:30Z").await;
    assert_eq!(walk.state("plan").await, "ready");
    // Late, whoever audits hears of it.
    walk.at("2026-10-05T15:05:00Z").await;
    let mails = walk.mails("quality_manager");
    assert!(mails.iter().any(|it| it.contains("Overdue")), "{mails:?}");
    // Who keeps the configuration gives account of it, and does not judge it.
    walk.until_open("comparison").await;
    walk.must_not(&who("scm"), &done("comparison"), "not_yours").await;
    walk.until("findings_named").await;
    let findings = walk.view().await.release.run.steps["follow_up"].members.clone();
    let named: Vec<&str> = findings.keys().map(String::as_str).collect();
    assert_eq!(named, ["no module named", "settings differ"]);
    // Each is corrected for itself; what is not is left with a reason, and nothing is forgotten.
    let done = MemberAct::Done { remark: String::new() };
    walk.must_not(&who("scm"), &on("follow_up", "settings differ", done), "not_yet").await;
    let leave = MemberAct::LeaveOut { reason: "the data is thrown away in November".to_owned() };
    walk.must(&who("scm"), &on("follow_up", "no module named", leave)).await;
    assert_eq!(walk.state("follow_up").await, "active");
    assert_eq!(walk.state("report").await, "foreseen");
    walk.to_the_end().await;

    // A year later the next audit is there by itself.
    walk.at("2027-09-30T14:50:00Z").await;
    assert_eq!(walk.audits().await.len(), 1);
    walk.at("2027-09-30T15:00:30Z").await;
    let (next, period) = walk.audits().await.remove(0);
    assert_eq!(period, "2027-01");
    let mut next = Walk::of(walk.acts, audit(), next);
    assert_eq!(next.state("plan").await, "ready");
    // Nothing was found: there is nothing to follow up, and still a report.
    next.script.outcomes = vec![("result", "clean")];
    next.to_the_end().await;
    assert_eq!(next.state("follow_up").await, "not_taken");
    assert_eq!(next.state("accepted").await, "done");
}
