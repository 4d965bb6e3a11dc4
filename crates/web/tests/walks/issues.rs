//! Issues of a packaged product: the ticket, the guide that helps or does not, the defect that
//! sites are told of, and the hotfix that outruns every window.

use crate::door::Rest;
use crate::families::{SEOUL, done, who};
use crate::walk::acts::{Act, Acts as _};
use crate::walk::scripts::rows;
use crate::walk::town::{Town, builtin};
use crate::walk::{Script, Walk, application};
use roadbook_app::ports::MailError;
use roadbook_app::record::StoryFilter;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Said;
use roadbook_core::run::{Answer, CloseCode, Command, MemberAct};
use serde_json::{Value, json};

fn text(it: &str) -> Said {
    Said::Text(it.to_owned())
}

fn decide(step: &str, outcome: &str, reason: &str) -> Act {
    Act::Run(Command::Decide {
        step: step.to_owned(),
        outcome: outcome.to_owned(),
        reason: reason.to_owned(),
        slot: None,
    })
}

fn close() -> Act {
    Act::Run(Command::Close { code: CloseCode::Success, remark: String::new() })
}

fn issue() -> Script {
    let affected = |it: &str| Said::List(vec![text(it), text("V1.0.0.0001")]);
    Script {
        title: "Totals are counted twice",
        lead: "support",
        items: Vec::new(),
        fields: vec![
            ("reporter", text("user of seoul-1")),
            ("what", text("problem")),
            ("occurred", text("after_upgrade")),
            ("reported_site", text("seoul-1")),
            ("reported_version", text("V1.0.0.0001")),
            ("guide_kind", text("faq")),
            ("guide_article", text("FAQ 12: count again after closing")),
            ("affected_versions", rows(&["V1.0.0.0001"])),
            ("base_version", text("V1.0.0.0001")),
            ("patch_version", text("V1.0.0.0002")),
            ("nature", text("data")),
            ("impact", text("stock is reported twice")),
            ("workaround", text("print no closing report")),
            ("affected_sites", Said::List(vec![affected("seoul-1"), affected("hanoi-1")])),
            ("resolution", text("patched")),
        ],
        ..Script::of("vendor/issue")
    }
}

fn hotfix() -> Script {
    Script {
        kind: "hotfix",
        mode: roadbook_core::release::Mode::Emergency,
        version: "V1.0.0.0003",
        fields: vec![("next_version", text("V1.1.0.0002"))],
        ..Script::of("vendor/hotfix")
    }
}

/// People for the whole vendor; the third site runs a later version than the others.
async fn vendor() -> Rest {
    let mut town = Town::found(None, &builtin("vendor/issue"), SEOUL).await;
    for other in ["vendor/release", "vendor/hotfix"] {
        town.join(&builtin(other), SEOUL).await;
    }
    let (app, admin) = (town.world.app.clone(), town.world.admin().await);
    let (site, since) = (town.sites[2].id.clone(), app.now());
    app.site_version_set(&admin, &site, &town.product, "V1.1.0.0001", since, "seen").await.unwrap();
    Rest::new(town)
}

/// Somebody of support takes an issue up; nobody else has to open it for them.
async fn reported(acts: Rest) -> Walk<Rest> {
    let new = application(&issue(), acts.town());
    let id = acts.open("support", new).await.unwrap();
    let mut walk = Walk::of(acts, issue(), id);
    walk.must(&who("support"), &Act::Run(Command::Start)).await;
    walk
}

impl Walk<Rest> {
    async fn number(&self) -> String {
        self.view().await.release.number
    }

    /// Mails to contacts of a site that hold this in their subject or text.
    fn letters(&self, site: &str, part: &str) -> usize {
        let sent = self.acts.town().world.mailbox.sent.lock().unwrap();
        let theirs = sent.iter().filter(|it| it.to.ends_with(&format!("@{site}.example")));
        theirs.filter(|it| it.subject.contains(part) || it.text.contains(part)).count()
    }

    fn mail_fails(&self, error: Option<MailError>) {
        *self.acts.town().world.mailbox.fails.lock().unwrap() = error;
    }

    /// The one release that came from this run.
    async fn begun(&self) -> (ReleaseId, Value) {
        let list = self.acts.get("admin", "/api/v1/releases?limit=50").await;
        let rows = list["rows"].as_array().unwrap();
        let id = rows[0]["id"].as_str().unwrap();
        let shown = self.acts.get("admin", &format!("/api/v1/releases/{id}")).await;
        (ReleaseId::parse(id).unwrap(), shown)
    }
}

// proves: S0-31/A S0-33/A
#[tokio::test]
async fn a_guide_that_does_not_help_brings_the_issue_back_to_triage() {
    let mut walk = reported(vendor().await).await;
    let number = walk.number().await;
    assert!(number.starts_with("I-2026-"), "{number}");
    walk.must_not(&who("support"), &done("intake"), "not_yet").await;
    walk.until_open("triage").await;
    walk.settle(4).await;
    // The site that reported it has its number; no other site hears of it.
    assert!(walk.letters("seoul-1", &number) > 0);
    assert_eq!(walk.letters("hanoi-1", &number) + walk.letters("suzhou-1", &number), 0);
    // Defect or not: there is no third way, and no way without a reason.
    walk.must_not(&who("support"), &decide("triage", "not_defect", ""), "reason_required").await;
    walk.must_not(&who("quality_manager"), &decide("triage", "defect", "x"), "not_yours").await;
    let closed = "the month was closed twice";
    walk.must(&who("developer"), &decide("triage", "not_defect", closed)).await;
    assert_eq!((&*walk.state("guide").await, &*walk.state("patch").await), ("ready", "not_taken"));
    walk.until_open("guide_applied").await;
    assert!(walk.letters("seoul-1", "FAQ 12") > 0);
    assert_eq!(walk.letters("hanoi-1", "FAQ 12"), 0);
    assert_eq!(walk.state("resolve").await, "foreseen", "nobody has said that it helped");
    let still = decide("guide_applied", "not_solved", "still counted twice");
    walk.must(&who("support"), &still).await;
    assert_eq!(walk.state("triage").await, "returned");
    // What was decided before stays in the record.
    let town = walk.acts.town();
    let admin = town.world.admin().await;
    let filter = StoryFilter { text: None, actor: None };
    let (lines, _) = town.world.app.story(&admin, &walk.release, &filter, i64::MAX).await.unwrap();
    let kept: String = lines.iter().map(|it| it.facts.to_string()).collect();
    assert!(kept.contains(closed) && kept.contains("still counted twice"), "{kept}");
    assert_eq!(walk.view().await.release.run.steps["triage"].round, 2);

    walk.must(&who("developer"), &decide("triage", "defect", "sums are added twice")).await;
    assert_eq!((&*walk.state("guide").await, &*walk.state("patch").await), ("not_taken", "ready"));
    // The versions that have the defect are recorded before there is a patch.
    walk.must_not(&who("developer"), &done("patch"), "not_yet").await;
    walk.until("patch").await;
    let fields = walk.view().await.release.run.fields;
    assert_eq!(fields["affected_versions"], rows(&["V1.0.0.0001"]));
}

// proves: S0-35/A S0-37/A
#[tokio::test]
async fn a_serious_defect_is_told_to_the_sites_that_have_it_and_outruns_the_next_release() {
    let mut walk = reported(vendor().await).await;
    walk.script.outcomes = vec![("triage", "defect"), ("serious", "serious"), ("emergency", "now")];
    walk.until_open("serious").await;
    // Mail does not get through: the notice is owed, and the issue cannot be closed around it.
    walk.mail_fails(Some(MailError::Transient("busy".to_owned())));
    walk.until("serious").await;
    walk.settle(2).await;
    assert_eq!(walk.state("defect_notice").await, "active");
    let path = format!("{}/close", walk.base());
    let reply = walk.acts.call("support", "POST", &path, &json!({ "code": "success" })).await;
    assert_eq!(reply.status, 409, "{reply:?}");
    assert!(reply.body.to_string().contains("defect_notice"), "{reply:?}");
    walk.must_not(&who("support"), &done("defect_notice"), "wrong_state").await;
    assert_eq!(walk.letters("seoul-1", "print no closing report"), 0);
    walk.mail_fails(None);
    let later = (walk.now() + jiff::SignedDuration::from_hours(2)).to_string();
    walk.at(&later).await;
    walk.settle(4).await;
    assert_eq!(walk.state("defect_notice").await, "done");
    assert!(walk.letters("seoul-1", "print no closing report") > 0);
    assert!(walk.letters("hanoi-1", "print no closing report") > 0);
    assert_eq!(walk.letters("suzhou-1", "print no closing report"), 0, "it runs another version");

    // The decision is the lead's, from nature, impact, sites and workaround.
    walk.must_not(&who("support"), &decide("emergency", "now", "x"), "not_yours").await;
    walk.must_not(&who("release_lead"), &decide("emergency", "now", ""), "reason_required").await;
    let shown = walk.acts.get("release_lead", &walk.base()).await;
    assert_eq!(shown["answers"]["nature"], "data", "{shown}");
    assert_eq!(shown["answers"]["affected_sites"].as_array().unwrap().len(), 2);
    walk.until("emergency").await;
    walk.settle(4).await;
    assert_eq!(walk.state("queue").await, "not_taken");
    let (_, hotfix) = walk.begun().await;
    assert_eq!(hotfix["answers"]["issue"], walk.number().await.as_str(), "{hotfix}");
    assert_eq!(hotfix["answers"]["base_version"], "V1.0.0.0001");
    assert_eq!(hotfix["version"], "V1.0.0.0002");
    assert_eq!(hotfix["sites"], 2, "those that are affected");
    assert_eq!(hotfix["state"], "running", "one decision opened and started it");
    assert_eq!(walk.state("apply").await, "foreseen", "not before the hotfix is out");
}

// proves: S0-36/A S0-37/A
#[tokio::test]
async fn a_patch_that_can_wait_goes_out_with_the_next_regular_release() {
    for outcomes in [
        vec![("triage", "defect"), ("serious", "minor")],
        vec![("triage", "defect"), ("serious", "serious"), ("emergency", "wait")],
    ] {
        let acts = vendor().await;
        let next = Script {
            version: "V1.1.1.0001",
            items: vec![crate::walk::item("Closing report", "feature", "feature", &[])],
            ..Script::of("vendor/release")
        };
        let release = acts.open("applicant", application(&next, acts.town())).await.unwrap();
        let path = format!("/api/v1/releases/{release}");
        let regular = acts.get("admin", &path).await["number"].as_str().unwrap().to_owned();
        let mut walk = reported(acts).await;
        walk.script.outcomes = outcomes;
        walk.until_open("queue").await;
        walk.settle(2).await;
        assert_eq!(walk.state("hotfix").await, "not_taken");
        let releases = walk.acts.get("admin", "/api/v1/releases?limit=50").await;
        assert_eq!(releases["rows"].as_array().unwrap().len(), 1, "nothing goes out by itself");
        // The patch waits in the content of the next release, and the issue for that release.
        let number = walk.number().await;
        let name = format!("{number}: totals are counted once");
        let names = json!({ "en": name, "ko": name, "vi": name, "zh": name });
        let held = json!({ "items": [{ "title": names, "kind": "code", "purpose": "fix" }] });
        let reply = walk.acts.call("release_lead", "PUT", &path, &held).await;
        assert!(reply.status < 300, "{reply:?}");
        let next = |it: &str| {
            let field = "next_release".to_owned();
            Act::Run(Command::SetField { field, value: text(it) })
        };
        let manager = who("project_manager");
        let wrong = walk.acts.act(&walk.release, &manager, &next("R-2020-0001")).await;
        assert!(wrong.is_err(), "there is no such release");
        walk.must_not(&manager, &done("queue"), "not_yet").await;
        walk.must(&manager, &next(&regular)).await;
        walk.until("queue").await;
        let content = walk.acts.get("admin", &path).await["items"].to_string();
        assert!(content.contains(&number), "{content}");
        let shown = walk.acts.get("admin", &walk.base()).await;
        assert_eq!(shown["answers"]["next_release"], regular.as_str());
        walk.must_not(&who("support"), &close(), "not_closable").await;
        // A site that does not take the release is left out with a reason; the rest are patched.
        let leave = |reason: &str| {
            Act::Run(Command::Member {
                step: "apply".to_owned(),
                member: "hanoi-1".to_owned(),
                act: MemberAct::LeaveOut { reason: reason.to_owned() },
            })
        };
        walk.must_not(&who("support"), &leave(""), "reason_required").await;
        walk.must(&who("support"), &leave("the site closes in March")).await;
        assert_eq!(walk.state("apply").await, "active");
        walk.until("apply").await;
        walk.must_not(&who("support"), &done("resolve"), "not_yet").await;
        walk.to_the_end().await;
    }
}

// proves: S0-10/A
#[tokio::test]
async fn a_hotfix_names_its_issue_and_keeps_to_no_window() {
    let acts = vendor().await;
    let issue = reported(acts).await;
    let number = issue.number().await;
    // It is an emergency, and nothing else.
    let planned = Script { mode: roadbook_core::release::Mode::Planned, ..hotfix() };
    let new = application(&planned, issue.acts.town());
    let no = issue.acts.open("applicant", new).await.unwrap_err();
    assert_eq!(no.code, "mode_not_accepted", "{no:?}");
    // On a Wednesday morning; three sites, one by one.
    let slot = Some(("2026-01-07T01:00:00Z", "2026-01-09T01:00:00Z"));
    let mut walk = Walk::begin(issue.acts, Script { slot, ..hotfix() }).await;
    let developer = who("developer");
    let only = Command::Answer {
        step: "scope".to_owned(),
        check: "only_fix".to_owned(),
        answer: Answer::YesNo(true),
        remark: String::new(),
    };
    walk.must(&developer, &Act::Run(only)).await;
    let field = |field: &str, it: &str| {
        Act::Run(Command::SetField { field: field.to_owned(), value: text(it) })
    };
    walk.must(&developer, &field("base_version", "V1.0.0.0001")).await;
    // Without an issue nothing begins, and a release is none.
    walk.must_not(&developer, &done("scope"), "not_yet").await;
    let own = walk.number().await;
    for wrong in [own.as_str(), "I-2020-0001", "soon"] {
        let no = walk.acts.act(&walk.release, &developer, &field("issue", wrong)).await;
        assert!(no.is_err(), "{wrong}");
    }
    assert_eq!(walk.state("build").await, "foreseen");
    walk.must(&developer, &field("issue", &number)).await;
    walk.until("scope").await;
    // Its hours were taken as they are: it reads no window.
    assert!(walk.view().await.release.run.slot.is_some());
    assert!(builtin("vendor/hotfix").windows.is_empty());
    walk.until_open("update").await;
    walk.to_the_end().await;
    let run = walk.view().await.release.run;
    assert_eq!(run.step_state("verify").name(), "done", "never without verification");
    assert_eq!(run.step_state("back_out").name(), "not_taken");
}

#[tokio::test]
async fn trouble_that_a_release_reports_opens_an_issue_about_it_and_its_sites() {
    let release = Script { slot: None, ..Script::of("vendor/release") };
    let mut walk = Walk::begin(vendor().await, release).await;
    let happened =
        Command::Happened { event: "issue.raised".to_owned(), what: "totals are wrong".to_owned() };
    walk.must(&who("release_lead"), &Act::Run(happened)).await;
    walk.settle(4).await;
    let list = walk.acts.get("support", "/api/v1/releases?subject=issue").await;
    let rows = list["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{list}");
    let path = format!("/api/v1/releases/{}", rows[0]["id"].as_str().unwrap());
    let shown = walk.acts.get("support", &path).await;
    assert_eq!(shown["answers"]["release"], walk.number().await.as_str(), "{shown}");
    assert_eq!((&shown["sites"], &shown["state"]), (&json!(3), &json!("running")));
    let todo = walk.acts.get("support", "/api/v1/todo").await;
    assert!(todo.to_string().contains("\"intake\""), "{todo}");
}
