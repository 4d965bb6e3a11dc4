//! Each built-in process walked from the application to the closing, told as a story.

use crate::walk::acts::{Act, Acts as _, Direct, Who};
use crate::walk::scripts::{HANOI, SEOUL, SHANGHAI, feature, fixes, server, service};
use crate::walk::town::{Place, Town, builtin};
use crate::walk::{Script, Walk, application, item};
use roadbook_app::Call;
use roadbook_app::releases::NewRelease;
use roadbook_app::sites::{SiteAnswer, SiteDecision};
use roadbook_core::process::expr::Value;
use roadbook_core::run::{Command, Slot, WaitingOn, waiting_for_step};
use roadbook_core::text::Lang;

/// People of a process and its release, applied for.
async fn opened(script: Script, place: Place) -> Walk<Direct> {
    let template = builtin(script.process);
    let town = Box::pin(Town::found(None, &template, place)).await;
    Box::pin(Walk::begin(Direct { town }, script)).await
}

/// Walks a process to its end and returns the story.
async fn story(script: Script, place: Place) -> String {
    let mut walk = Box::pin(opened(script, place)).await;
    Box::pin(walk.to_the_end()).await;
    walk.tale.text().to_owned()
}

#[tokio::test]
async fn a_small_team_releases() {
    let script = Script {
        slot: Some(("2026-01-14T10:00:00Z", "2026-01-14T12:00:00Z")),
        ..Script::of("starter/release")
    };
    insta::assert_snapshot!(story(script, SEOUL).await);
}

#[tokio::test]
async fn a_packaged_product_is_released() {
    let script = Script {
        lang: Lang::Ko,
        slot: Some(("2026-02-14T12:00:00Z", "2026-02-14T15:00:00Z")),
        declines: vec![2],
        events: vec![("issue.raised", "update")],
        ..Script::of("vendor/release")
    };
    insta::assert_snapshot!(story(script, SEOUL).await);
}

#[tokio::test]
async fn an_enterprise_system_is_upgraded() {
    let script = Script {
        lang: Lang::Zh,
        kind: "upgrade",
        lead: "project_manager",
        items: vec![item("Batch genealogy", "feature", "feature", &[])],
        slot: Some(("2026-02-26T11:00:00Z", "2026-02-26T14:00:00Z")),
        fields: vec![("training_needed", Value::Bool(true))],
        ..Script::of("enterprise/upgrade")
    };
    insta::assert_snapshot!(story(script, SHANGHAI).await);
}

#[tokio::test]
async fn a_new_enterprise_system_goes_live() {
    let script = Script {
        lang: Lang::Zh,
        kind: "new_system",
        lead: "project_manager",
        slot: Some(("2026-02-24T01:00:00Z", "2026-02-24T04:00:00Z")),
        fields: vec![("training_needed", Value::Bool(true))],
        ..Script::of("enterprise/new-system")
    };
    insta::assert_snapshot!(story(script, SHANGHAI).await);
}

/// What a Vietnamese customer reads about the update itself.
const PAUSE: &str = "Có thể tạm dừng không đáng kể";
const SIGN_IN: &str = "Sau khi cập nhật, vui lòng đăng nhập lại.";

/// Mails to the administrator of the site in Hanoi that hold this.
fn mails(walk: &Walk<Direct>, part: &str) -> usize {
    let sent = walk.acts.town().world.mailbox.sent.lock().unwrap();
    sent.iter().filter(|it| it.to == "admin@hanoi-1.example" && it.text.contains(part)).count()
}

// proves: S1-04/U S1-05/U S1-06/C S1-07/C S1-08/C S1-24/C S1-25/C S1-26/C
#[tokio::test]
async fn new_features_of_a_service_are_told_four_times() {
    let mut walk = Box::pin(opened(feature(), HANOI)).await;
    Box::pin(walk.to_the_end()).await;
    // First notice, three days, two days, a day before.
    assert_eq!((mails(&walk, PAUSE), mails(&walk, SIGN_IN)), (4, 4));
    insta::assert_snapshot!(walk.tale.text());
}

// proves: S1-12/U S1-05/U
#[tokio::test]
async fn fixes_are_told_to_those_who_reported_them() {
    let mut walk = Box::pin(opened(fixes(), HANOI)).await;
    Box::pin(walk.to_the_end()).await;
    assert_eq!((mails(&walk, PAUSE), mails(&walk, SIGN_IN)), (1, 0), "nobody signs in again");
    insta::assert_snapshot!(walk.tale.text());
}

/// The work on the server lasts longer than announced.
// proves: S1-18/C S1-19/C S1-20/C S1-32/C
#[tokio::test]
async fn a_server_stops_as_announced_and_whoever_waits_is_told_when_it_lasts_longer() {
    let mut walk = Box::pin(opened(server(), HANOI)).await;
    walk.until_open("update").await;
    let who = Who::person("product_development");
    walk.must(&who, &Act::Run(Command::Begin { step: "update".to_owned() })).await;
    assert!(!walk.view().await.release.run.events.contains_key("go_live.overrun"));
    walk.at("2026-01-14T18:01:00Z").await;
    let view = walk.view().await;
    assert!(view.release.run.events.contains_key("go_live.overrun"), "nobody had to say so");
    let town = walk.acts.town();
    let late = |it: &roadbook_app::ports::Mail| it.subject.starts_with("Quá hạn: Thực hiện");
    assert!(town.world.mailbox.sent.lock().unwrap().iter().any(late), "who does it is alarmed");
    let actor = town.world.admin().await.actor;
    let plans = town.world.app.notices_of(&actor, &walk.release).await.unwrap();
    let proposed = plans.iter().find(|it| it.step == "overrun_notice").unwrap();
    assert_eq!(proposed.gaps, ["missing_field:expected_end"], "it says when it will be back");
    walk.until("overrun").await;
    walk.settle(4).await;
    let town = walk.acts.town();
    let plans = town.world.app.notices_of(&actor, &walk.release).await.unwrap();
    let told = plans.iter().find(|it| it.step == "overrun_notice").unwrap();
    assert_eq!(told.state, "sent", "{told:?}");
    Box::pin(walk.to_the_end()).await;
    insta::assert_snapshot!(walk.tale.text());
}

#[tokio::test]
async fn a_service_is_released_in_ten_steps() {
    insta::assert_snapshot!(story(service(), SHANGHAI).await);
}

/// What the answers about the changes make of a release.
// proves: S1-10/U S1-03/U
#[tokio::test]
async fn the_kind_of_an_update_is_forced_by_what_changes() {
    let template = builtin("saas/update");
    let direct = Direct { town: Box::pin(Town::found(None, &template, HANOI)).await };
    let new = item("Chat", "feature", "feature", &[("entirely_new", true)]);
    let deep = item("Prices", "code", "", &[("large_logic_change", true), ("changes_scope", true)]);
    let half = item("Prices", "code", "", &[("large_logic_change", true)]);
    let judged =
        item("Prices", "code", "", &[("large_logic_change", true), ("counts_as_feature", true)]);
    let fix = item("Totals", "code", "fix", &[]);
    let host = item("Host", "infrastructure", "", &[]);
    let cases = [
        ("main", &new, "kind_not_accepted"),
        ("minor", &new, "class_forced"),
        ("minor", &deep, "class_forced"),
        ("minor", &judged, "class_forced"),
        ("feature", &half, "class_forced"),
        ("feature", &fix, "class_forced"),
        ("server", &fix, "class_forced"),
        ("minor", &host, "class_forced"),
    ];
    for (kind, item, code) in cases {
        let script = Script { kind, items: vec![item.clone()], ..feature() };
        let made = direct.open("applicant", application(&script, &direct.town)).await;
        assert_eq!(made.unwrap_err().code, code, "{kind} {item:?}");
    }
    let script = Script { kind: "minor", items: vec![half, fix], ..feature() };
    direct.open("applicant", application(&script, &direct.town)).await.unwrap();

    let nothing = Script { kind: "", items: Vec::new(), ..feature() };
    let next = |script: &Script| {
        let asked = application(script, &direct.town);
        NewRelease { version: "V1.3.0.0001".to_owned(), ..asked }
    };
    let made = direct.open("applicant", next(&nothing)).await;
    assert_eq!(made.unwrap_err().code, "kind_not_accepted", "nothing says what it is");
    let unsaid = Script { kind: "", items: vec![new], ..feature() };
    let made = direct.open("applicant", next(&unsaid)).await.unwrap();
    let actor = direct.town.world.admin().await.actor;
    let view = direct.town.world.app.release(&actor, &made).await.unwrap();
    assert_eq!(view.release.kind, "feature", "as its changes say");
}

/// A slot outside of the evenings of Saturday and Sunday, a first notice that comes too late, and
/// a release that would stop the service.
// proves: S1-28/U S1-06/C
#[tokio::test]
async fn an_update_keeps_to_its_evenings_and_its_lead_times() {
    let mut walk = Box::pin(opened(Script { slot: None, ..feature() }, HANOI)).await;
    let (lead, top) = (Who::person("product_development"), Who::person("top_management"));
    let set = |start: &str, reason: &str, pass_blocks| {
        let start: jiff::Timestamp = start.parse().unwrap();
        let slot = Slot { start, end: start + jiff::SignedDuration::from_hours(1) };
        Act::Run(Command::SetSlot { slot, reason: reason.to_owned(), pass_blocks })
    };
    let tuesday = "2026-01-20T13:00:00Z";
    walk.must_not(&lead, &set(tuesday, "", false), "slot_blocked").await;
    walk.must_not(&lead, &set(tuesday, "the customer asks", true), "slot_blocked").await;
    walk.must_not(&top, &set(tuesday, "the customer asks", true), "denied").await;
    // Who keeps the windows may pass them, with a reason.
    let town = walk.acts.town();
    for role in ["release_manager", "manager"] {
        town.grant(&town.people["top_management"], role).await;
    }
    walk.must_not(&top, &set(tuesday, "", true), "reason_required").await;
    walk.must(&top, &set(tuesday, "the customer asks", true)).await;
    // Five days ahead: ten were promised.
    walk.must(&lead, &set("2026-01-10T13:00:00Z", "", false)).await;
    walk.until("type_and_slot").await;
    walk.settle(4).await;
    let town = walk.acts.town();
    let actor = town.world.admin().await.actor;
    let plans = town.world.app.notices_of(&actor, &walk.release).await.unwrap();
    let first = plans.iter().find(|it| it.step == "first_notice").unwrap();
    let reason = first.reason.clone().unwrap_or_default();
    assert!(reason.contains("missed_lead_time"), "{first:?}");
}

/// The supervisor's own link, papers that belong to one role, and the order of the steps.
// proves: S3-69/U S3-79/U S3-67/U S3-68/U
#[tokio::test]
async fn the_papers_of_a_service_release_have_their_writers_and_its_plan_its_judge() {
    let mut walk = Box::pin(opened(service(), SHANGHAI)).await;
    let write = |document: &str| Act::Write { document: document.to_owned(), text: "x".to_owned() };
    walk.must_not(&Who::person("release_lead"), &write("release_scheme"), "not_yours").await;
    walk.must_not(&Who::person("process_owner"), &write("release_schedule"), "not_yours").await;
    walk.until("application").await;
    let done =
        |step: &str| Act::Run(Command::Done { step: step.to_owned(), remark: String::new() });
    walk.must_not(&Who::person("process_owner"), &done("scheme"), "not_yet").await;
    walk.until_open("test").await;
    // Nothing is planned before the users have accepted the result.
    let own = Command::Decide {
        step: "separate_plan".to_owned(),
        outcome: "own".to_owned(),
        reason: String::new(),
        slot: None,
    };
    let lead = Who::person("release_lead");
    walk.must_not(&lead, &Act::Run(own), "not_yet").await;
    walk.until_open("separate_plan").await;
    let section = Command::Decide {
        step: "separate_plan".to_owned(),
        outcome: "section".to_owned(),
        reason: String::new(),
        slot: None,
    };
    walk.must_not(&lead, &Act::Run(section), "reason_required").await;
    let yes = Act::Decide { site: 0, decision: SiteDecision::Accept { wished: None } };
    let supervisor = Who::Contact { site: 0, kind: "business_supervisor" };
    walk.must_not(&supervisor, &yes, "not_asked_yet").await;
    walk.until_open("go_live_review").await;
    walk.must_not(&Who::Contact { site: 0, kind: "admin" }, &yes, "other_contact").await;
    walk.must(&supervisor, &yes).await;
}

async fn says(
    walk: &Walk<Direct>,
    site: usize,
    digest: Option<&str>,
) -> Result<(), roadbook_app::Error> {
    let town = walk.acts.town();
    let app = &town.world.app;
    let contact = supervisor(walk, site).await;
    let decision = SiteDecision::Accept { wished: None };
    let answer = SiteAnswer { decision, digest: digest.map(str::to_owned) };
    app.site_decide(&contact, &town.sites[site].id, &walk.release, answer).await.map(|_| ())
}

/// The supervisor's way in.
async fn supervisor(walk: &Walk<Direct>, site: usize) -> Call {
    let town = walk.acts.town();
    let admin = town.world.admin().await;
    let contact = &town.sites[site].contacts["business_supervisor"];
    let secret = town.world.app.site_link(&admin, contact).await.unwrap().secret.unwrap();
    town.world.app.link(&secret).await.unwrap().unwrap().call()
}

/// The plan is shown to the supervisor alone, the yes names it, and another plan needs another yes.
// proves: S3-69/U
#[tokio::test]
async fn a_supervisor_confirms_the_plan_that_was_shown_and_no_other() {
    let mut walk = Box::pin(opened(service(), SHANGHAI)).await;
    walk.until_open("go_live_review").await;
    let shown = async |walk: &Walk<Direct>, call: &Call| {
        let town = walk.acts.town();
        let (app, site) = (&town.world.app, &town.sites[0].id);
        app.site_asked(call, site, &walk.release).await.unwrap()
    };
    let call = supervisor(&walk, 0).await;
    let first = shown(&walk, &call).await.expect("the plan");
    let [plan] = &first.papers[..] else { panic!("{first:?}") };
    assert_eq!((plan.kind.as_str(), plan.revision.label.as_str()), ("go_live_plan", "A0"));
    assert!(plan.html.as_ref().is_some_and(|it| it.contains("<h2>")), "{plan:?}");
    let code = |it: Result<(), roadbook_app::Error>| it.map_err(|no| no.code().to_owned());
    assert_eq!(code(says(&walk, 0, None).await), Err("content_not_named".to_owned()));
    assert_eq!(code(says(&walk, 0, Some("0")).await), Err("content_changed".to_owned()));
    let sites = walk.acts.town().sites.len();
    for site in 0..sites {
        says(&walk, site, Some(&first.digest)).await.unwrap();
    }
    let state = async |walk: &Walk<Direct>| {
        walk.view().await.release.run.step_state("go_live_review").name()
    };
    assert_eq!(state(&walk).await, "done");
    {
        let town = walk.acts.town();
        let view = town.world.app.site_view(&call, &town.sites[0].id).await.unwrap();
        let said = view.releases[0].decision.clone().unwrap();
        assert_eq!(said.digest.as_deref(), Some(first.digest.as_str()));
        assert_eq!(said.paper.as_deref(), Some("go_live_plan A0"));
    }

    let write = Act::Write { document: "go_live_plan".to_owned(), text: "# Later\n".to_owned() };
    walk.must(&Who::person("release_lead"), &write).await;
    assert_eq!(state(&walk).await, "active");
    let view = walk.view().await;
    let step = view.template.step("go_live_review").unwrap();
    let why = waiting_for_step(&view.template, &view.release.run, step, &view.context);
    let sites = sites as u32;
    let changed = WaitingOn::Changed {
        document: "go_live_plan".to_owned(),
        revision: "A1".to_owned(),
        sites,
    };
    assert!(why.contains(&changed), "{why:?}");
    walk.settle(4).await;
    let mails = walk.acts.town().world.mailbox.sent.lock().unwrap().clone();
    let asked: Vec<_> = mails.iter().filter(|it| it.text.contains(" A1")).collect();
    assert_eq!(asked.len(), sites as usize, "each supervisor once: {asked:?}");
    assert!(asked.iter().all(|it| it.to.starts_with("business_supervisor@")), "{asked:?}");
    assert!(asked.iter().all(|it| it.text.contains("/p/")), "with the way in: {asked:?}");

    assert_eq!(code(says(&walk, 0, Some(&first.digest)).await), Err("content_changed".to_owned()));
    let second = shown(&walk, &call).await.expect("the plan");
    assert_eq!(second.papers[0].revision.label, "A1");
    for site in 0..sites as usize {
        says(&walk, site, Some(&second.digest)).await.unwrap();
    }
    assert_eq!(state(&walk).await, "done");
}
