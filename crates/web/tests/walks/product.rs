//! A main version of a product and the runs that bring it to each site.

use crate::door::Rest;
use crate::families::{SEOUL, begin, begin_in, production, rest, script, who};
use crate::walk::Walk;
use crate::walk::acts::{Act, Acts as _};
use crate::walk::scripts::rows;
use crate::walk::town::{Town, builtin};
use roadbook_app::{About, PageAsk, ReleaseFilter, Scope};
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Said;
use roadbook_core::process::template::Subject;
use roadbook_core::run::{Command, Slot};
use serde_json::json;

impl Walk<Rest> {
    /// Runs that are no releases, oldest first, with the short name of the site they are about.
    async fn at_sites(&self) -> Vec<(ReleaseId, String)> {
        let app = &self.acts_town().world.app;
        let filter = ReleaseFilter { about: About::Others, ..ReleaseFilter::default() };
        let page = app.release_list(&Scope::all(), &filter, &PageAsk::first(50)).await.unwrap();
        let mut found = Vec::new();
        for it in page.rows {
            let all = Scope::all();
            let sites = roadbook_store::sites::of_release(app.store(), &all, &it.row.id).await;
            let keys: Vec<String> = sites.unwrap().into_iter().map(|it| it.key).collect();
            found.push((it.row.id, keys.join(" ")));
        }
        found.sort_by(|a, b| a.1.cmp(&b.1));
        found
    }

    /// The site's own time: two hours of an evening, so many days from now.
    async fn take_slot(&mut self, days: i64) {
        let start = self.now() + jiff::SignedDuration::from_hours(24 * days);
        let slot = Slot { start, end: start + jiff::SignedDuration::from_hours(2) };
        let set = Command::SetSlot { slot, reason: String::new(), pass_blocks: false };
        self.must(&who("installation"), &Act::Run(set)).await;
    }
}

// proves: S4i-29/A
#[tokio::test]
async fn a_released_version_is_implemented_site_by_site_in_runs_of_their_own() {
    let town = Town::found(None, &builtin("product/main"), SEOUL).await;
    let mut walk =
        begin_in(town, &["product/site"], script("product/main", "main", "requirement_lead")).await;
    walk.until_open("release").await;
    assert!(walk.at_sites().await.is_empty(), "no site is touched before the release");
    walk.until("implementation").await;
    walk.settle(2).await;
    let runs = walk.at_sites().await;
    let keys: Vec<&str> = runs.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(keys, ["hanoi-1", "seoul-1", "suzhou-1"], "one run for each site");

    for (at, (run, key)) in runs.iter().enumerate() {
        let mut of_site = script("product/site", "", "installation");
        of_site.fields = vec![("migration_needed", Said::Bool(at == 0))];
        let aside = walk.turn_to(run.clone(), of_site);
        let view = walk.view().await;
        assert_eq!(view.release.subject, Subject::Site);
        assert_eq!(view.release.lead, walk.acts_town().people["installation"], "theirs to lead");
        let version = view.release.run.fields["version"].clone();
        assert_eq!(version, Said::Text("V1.2.0.0001".to_owned()), "{key}");
        if at == 2 {
            // A site that stays as it is.
            let cancel = Command::Cancel { reason: "the site is closed in autumn".to_owned() };
            walk.must(&who("installation"), &Act::Run(cancel)).await;
            walk.turn_back(aside);
            continue;
        }
        if at == 1 {
            walk.turn_back(aside);
            continue;
        }
        walk.take_slot(10).await;
        // Some users first; only the decision opens the version to all of them.
        walk.until_open("pilot_users").await;
        assert_eq!(walk.state("training").await, "foreseen");
        walk.until_open("training").await;
        let missing = walk.missing("installation", "training").await;
        assert!(missing.contains("maintain"), "{missing}");
        assert_eq!(walk.state("acceptance").await, "foreseen", "not without the training");
        walk.to_the_end().await;
        let papers = walk.drawn("deliverables").await;
        let signed = papers.iter().find(|it| it[1] == "Acceptance certificate").unwrap();
        let both = signed[8].contains("customer") && signed[8].contains("project_manager");
        assert!(both, "{signed:?}");
        let told = walk.turn_back(aside);
        insta::assert_snapshot!("site", told.text());
    }
    assert_eq!(walk.at_sites().await.len(), 3, "begun once");
}

fn main_version() -> crate::walk::Script {
    script("product/main", "main", "requirement_lead")
}

// proves: S4i-16/A
#[tokio::test]
async fn who_helps_the_test_group_for_a_time_gets_no_work_afterwards() {
    let mut walk = begin(main_version()).await;
    walk.until_open("test_planning").await;
    let person = walk.acts_town().people["deputy"].clone();
    let until = walk.now() + jiff::SignedDuration::from_hours(24 * 5);
    let grant = json!({
        "role": "tester", "scope": "release", "scope_id": walk.release.to_string(),
        "until": until.to_string(),
    });
    let path = format!("/api/v1/people/{person}/roles");
    let granted = walk.acts.call("admin", "POST", &path, &grant).await;
    assert!(granted.status < 300, "{granted:?}");
    let step = "test_planning".to_owned();
    let draft = Act::Write { document: "test_plan".to_owned(), text: "# Plan\n".to_owned() };
    walk.must(&who("deputy"), &draft).await;
    assert!(walk.todo("deputy").await.contains(&step), "as long as it lasts");
    assert!(walk.todo("tester").await.contains(&step));
    walk.pass(jiff::SignedDuration::from_hours(24 * 6)).await;
    assert!(!walk.todo("deputy").await.contains(&step), "their time is over");
    let done = Command::Done { step: step.clone(), remark: String::new() };
    walk.must_not(&who("deputy"), &Act::Run(done), "not_yours").await;
    assert!(walk.todo("tester").await.contains(&step), "the others stay");
}

// proves: S4i-13/A
#[tokio::test]
async fn leads_of_the_modules_specify_with_the_overall_lead() {
    let mut walk = begin(main_version()).await;
    walk.until_open("specification").await;
    let step = "specification".to_owned();
    let asked = async |walk: &Walk<Rest>, who: &str| walk.todo(who).await.contains(&step);
    let modules = |unit: &str| {
        let value = rows(&[&format!("@unit:{unit}")]);
        Command::SetField { field: "modules".to_owned(), value }
    };
    let name = |walk: &Walk<Rest>, unit: &str| {
        let Command::SetField { field, value } = modules(unit) else { unreachable!() };
        Act::Run(Command::SetField { field, value: walk.acts_town().resolve(&value) })
    };
    // The modules were named at the start; one without a lead of its own is led by its head.
    let all = [("requirement_lead", true), ("sales_head", true), ("ops_head", false)];
    for (who, yes) in all.into_iter().chain([("deputy", false)]) {
        assert_eq!(asked(&walk, who).await, yes, "{who}");
    }
    // Who was made its lead comes before the head, for that module and no other.
    let person = walk.acts_town().people["deputy"].clone();
    let unit = walk.acts_town().units["operations"].to_string();
    let grant = json!({ "role": "module_lead", "scope": "unit", "scope_id": unit });
    let path = format!("/api/v1/people/{person}/roles");
    let granted = walk.acts.call("admin", "POST", &path, &grant).await;
    assert!(granted.status < 300, "{granted:?}");
    assert!(!asked(&walk, "deputy").await, "not for the module of others");
    let operations = name(&walk, "operations");
    walk.must(&who("requirement_lead"), &operations).await;
    for (who, yes) in [("deputy", true), ("ops_head", false), ("sales_head", false)] {
        assert_eq!(asked(&walk, who).await, yes, "{who}");
    }
    let done = Act::Run(Command::Begin { step: step.clone() });
    walk.must_not(&who("sales_head"), &done, "not_yours").await;
    walk.must(&who("deputy"), &done).await;
}

// proves: S4i-27/A
#[tokio::test]
async fn a_missing_trial_environment_is_told_before_the_first_change_is_made() {
    let mut walk = begin(main_version()).await;
    walk.until_open("trial_environment").await;
    let missing = walk.missing("installation", "trial_environment").await;
    for what in ["trial_address", "reachable", "invited"] {
        assert!(missing.contains(what), "{what}: {missing}");
    }
    let due = walk.due("trial_environment").await.unwrap();
    walk.at(&(due + jiff::SignedDuration::from_hours(1)).to_string()).await;
    let mails = walk.mails("installation");
    let told = |it: &String| it.contains("Overdue") && it.contains("Trial environment");
    assert!(mails.iter().any(told), "{mails:?}");
    assert_eq!(walk.state("develop").await, "foreseen", "early enough");
    assert_eq!(walk.state("trial_environment").await, "ready");
    walk.until("trial_environment").await;
    let address = walk.view().await.release.run.fields["trial_address"].clone();
    assert_eq!(address, Said::Text("as agreed".to_owned()), "whoever tries it knows where");
}

// proves: S4i-32/A S4a-25/A
#[tokio::test]
async fn a_product_declares_how_versions_and_branches_are_called() {
    let mut walk = begin(main_version()).await;
    let product = "/api/v1/products/erp";
    let rule = async |walk: &Walk<Rest>, pattern: &str| {
        let path = format!("{product}/branches");
        walk.acts.call("admin", "PUT", &path, &json!({ "pattern": pattern })).await
    };
    for wrong in ["release/[edition]", "my branch"] {
        assert_eq!(rule(&walk, wrong).await.status, 422, "{wrong}");
    }
    assert!(rule(&walk, "release/[version]").await.status < 300);
    let shown = walk.acts.get("admin", product).await;
    assert_eq!(shown["branches"], "release/[version]");
    assert!(shown["scheme"].is_object(), "{shown}");
    for (version, status) in [("1.2", 422), ("V1.2", 422), ("V1.2.0.0001", 422)] {
        let body = json!({
            "product": "erp", "process": "product/main", "version": version, "title": "Summer",
            "kind": "main",
        });
        let reply = walk.acts.call("applicant", "POST", "/api/v1/releases", &body).await;
        assert_eq!(reply.status, status, "badly named, or taken: {version} {reply:?}");
    }
    let branch = |name: &str| {
        let value = Said::Text(name.to_owned());
        Act::Run(Command::SetField { field: "branch".to_owned(), value })
    };
    for wrong in ["main", "release/V1.2.0", "release/V1.3.0.0001"] {
        walk.must_not(&who("requirement_lead"), &branch(wrong), "wrong_type").await;
    }
    walk.until_open("build").await;
    let missing = walk.missing("scm", "build").await;
    for what in ["branch", "label", "repository"] {
        assert!(missing.contains(what), "no build without its {what}: {missing}");
    }
    walk.must(&who("scm"), &branch("release/V1.2.0.0001")).await;
    walk.until("build").await;
    // Number, baseline and label: the version is under control.
    walk.until("authorization").await;
    let view = walk.view().await;
    assert_eq!(view.release.version, "V1.2.0.0001");
    assert!(view.release.run.baseline.is_some(), "agreed dates");
    assert!(view.release.run.fields.contains_key("label"));
}

// proves: S4a-03/A
#[tokio::test]
async fn a_class_of_systems_brings_its_own_windows_and_questions() {
    for (class, asked) in [("trading", true), ("office", false)] {
        let town = rest("readiness/production").await;
        let body = json!({
            "key": "erp", "name": "Product erp", "unit": town.town().world.root.as_str(),
            "class": class, "windows": if asked { vec!["night"] } else { vec![] },
        });
        let edited = town.call("admin", "PUT", "/api/v1/products/erp", &body).await;
        assert!(edited.status < 300, "{edited:?}");
        let shown = town.get("admin", "/api/v1/products/erp").await;
        assert_eq!(shown["class"], class);
        let mut script = production();
        script.slot = None;
        let mut walk = Walk::begin(town, script).await;
        let slot = |day: &str| {
            let at = |hour: u8| format!("2026-07-{day}T{hour:02}:00:00Z").parse().unwrap();
            let slot = Slot { start: at(11), end: at(12) };
            Act::Run(Command::SetSlot { slot, reason: String::new(), pass_blocks: false })
        };
        // A Wednesday suits an office; trading has the evenings of two Thursdays.
        if asked {
            walk.must_not(&who("project_manager"), &slot("08"), "slot_blocked").await;
            walk.must(&who("project_manager"), &slot("09")).await;
        } else {
            walk.must(&who("project_manager"), &slot("08")).await;
        }
        walk.until_open("application").await;
        let missing = walk.missing("project_manager", "application").await;
        assert_eq!(missing.contains("business_hours"), asked, "{class}: {missing}");
    }
}
