//! The server's side of agents: an order from its dispatch to its end, and everything that may
//! come in between.

use crate::sites::Story;
use crate::world::{World, bare_on};
use jiff::{SignedDuration, Timestamp};
use roadbook_app::Result;
use roadbook_app::fleet::{AgentMessage, Asks, Attributes, EnrollInput};
use roadbook_app::releases::EditRelease;
use roadbook_app::sites::SiteDecision;
use roadbook_core::ids::SiteId;
use roadbook_core::package::OrderKind;
use roadbook_core::run::Command;
use roadbook_store::rollouts::{self, Action, Rollout};
use roadbook_store::{Commit, Scope, deployments, versions};
use roadbook_wire::minisign::PublicKey;
use roadbook_wire::package::read_order;

/// A release whose step is open, with a client at the first two sites and a file to install.
struct Fleet {
    story: Story,
    tokens: Vec<(String, String)>,
}

impl Fleet {
    async fn new() -> Fleet {
        let story = Story::new().await;
        let app = &story.world.app;
        let call = &story.manager;
        let version = "V1.10.0.0002";
        let file = story.world.keep(call, &story.product, version, "app.swu", None).await;
        let packages = Some(vec![file]);
        let edit = EditRelease { packages, ..EditRelease::default() };
        app.release_edit(call, &story.release, edit).await.unwrap();
        let mut tokens = Vec::new();
        for site in &story.sites[..2] {
            let token = app.agent_token(call, site).await.unwrap().secret.unwrap();
            let input =
                EnrollInput { token, program: "test 1".to_owned(), ..EnrollInput::default() };
            let told = app.agent_enroll(input).await.unwrap();
            tokens.push((told.site_key, told.token));
        }
        story.open().await;
        let fleet = Fleet { story, tokens };
        fleet.order().await;
        fleet
    }

    /// The step that opened made a rollout, and its first wave went out.
    async fn order(&self) {
        let app = &self.story.world.app;
        app.tick().await.unwrap();
        app.tick().await.unwrap();
        let made = rollouts::of_release(app.store(), &self.story.release).await.unwrap();
        assert_eq!(made.len(), 1, "{made:?}");
        app.fleet_catch_up().await.unwrap();
    }

    fn site(&self, index: usize) -> &SiteId {
        &self.story.sites[index]
    }

    /// What a poll of the site tells: what is asked, and of which order.
    async fn poll(&self, index: usize) -> (Asks, i64) {
        let (key, token) = &self.tokens[index];
        let told = self.story.world.app.agent_poll(key, token).await.unwrap();
        (told.asks, i64::from(told.order))
    }

    async fn action(&self, id: i64) -> Action {
        rollouts::action(self.story.world.app.store(), id).await.unwrap().unwrap()
    }

    async fn say(&self, index: usize, id: i64, message: AgentMessage) -> Result<()> {
        self.story.world.app.agent_report(self.site(index), id, &message).await
    }

    async fn change(&self, edit: impl Fn(&mut Rollout)) {
        let app = &self.story.world.app;
        let mut row =
            rollouts::of_release(app.store(), &self.story.release).await.unwrap().remove(0);
        edit(&mut row);
        let mut commit = Commit::new(app.now(), "test").write(rollouts::update(&row));
        let change = rollouts::FleetChange::Rollout(row.id);
        commit.writes.extend(rollouts::changed(&change, app.now()));
        app.store().commit(commit).await.unwrap();
        app.fleet_catch_up().await.unwrap();
    }
}

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::from_second(1_800_000_000 + seconds).unwrap())
}

fn progress(stage: &str, seconds: i64) -> AgentMessage {
    AgentMessage {
        execution: "proceeding".to_owned(),
        finished: "none".to_owned(),
        code: None,
        details: vec![format!("at {stage}"), format!("stage: {stage}")],
        client_at: at(seconds),
    }
}

fn closed(finished: &str, details: &[&str]) -> AgentMessage {
    AgentMessage {
        execution: "closed".to_owned(),
        finished: finished.to_owned(),
        code: None,
        details: details.iter().map(|it| (*it).to_owned()).collect(),
        client_at: at(900),
    }
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.expect_err("refused").code()
}

// proves: S3-04/U S0-26/U S4h-02/U S4h-08/U
#[tokio::test]
async fn an_order_goes_from_its_dispatch_to_its_end() {
    let fleet = Fleet::new().await;
    let app = &fleet.story.world.app;
    let (asks, id) = fleet.poll(0).await;
    assert_eq!(asks, Asks::Deploy);
    let got = app.agent_deployment(fleet.site(0), id, 0).await.unwrap();
    let key = PublicKey::parse(&app.director_key()).unwrap();
    let text = String::from_utf8(got.order.clone()).unwrap();
    assert!(text.contains("\"site\":\"a\""), "{text}");
    key.verify(&got.order, &roadbook_wire::minisign::Signature::parse(&got.signature).unwrap())
        .expect("the director signed it");
    let mut forged = got.order.clone();
    forged[20] ^= 1;
    assert!(read_order(&forged, &got.signature, &key).is_err());
    assert!(text.contains("\"kind\":\"install\""), "{:?}", OrderKind::Install);
    assert_eq!(got.artifacts.len(), 1);
    assert_eq!(fleet.action(id).await.state, "running");

    // Its file is served to this site alone, by this order alone.
    app.agent_file(fleet.site(0), id, "app.swu").await.expect("served");
    assert_eq!(code(app.agent_file(fleet.site(1), id, "app.swu").await), "not_found");
    assert_eq!(code(app.agent_file(fleet.site(0), id + 900, "app.swu").await), "not_found");
    assert_eq!(code(app.agent_file(fleet.site(0), id, "other").await), "not_found");
    assert_eq!(code(fleet.say(1, id, progress("verified", 1)).await), "not_found");

    // Doubled and late messages take nothing back.
    for message in [
        progress("downloading", 1),
        progress("verified", 3),
        progress("verified", 3),
        progress("downloading", 1),
        progress("downloading", 2),
    ] {
        fleet.say(0, id, message).await.unwrap();
    }
    let action = fleet.action(id).await;
    assert_eq!((action.stage.as_str(), action.note.as_deref()), ("verified", Some("at verified")));
    let said = rollouts::reports(app.store(), id).await.unwrap();
    assert_eq!(said.len(), 3, "{said:?}");
    let many = AgentMessage { details: vec!["x".to_owned(); 51], ..progress("install", 4) };
    assert_eq!(code(fleet.say(0, id, many).await), "too_many");
    let long = AgentMessage { details: vec!["y".repeat(1_025)], ..progress("install", 5) };
    fleet.say(0, id, long).await.unwrap();
    let history = app.agent_deployment(fleet.site(0), id, -1).await.unwrap().history;
    assert_eq!(history.iter().map(String::len).max(), Some(512), "{history:?}");

    fleet.say(0, id, closed("success", &["stage: done"])).await.unwrap();
    let action = fleet.action(id).await;
    assert_eq!((action.state.as_str(), action.outcome.as_deref()), ("closed", Some("installed")));
    let release = &fleet.story.release;
    let row = deployments::get(app.store(), release, fleet.site(0)).await.unwrap().unwrap();
    assert_eq!((row.outcome.as_deref(), row.source.as_deref()), (Some("installed"), Some("agent")));
    let runs = versions::history(app.store(), fleet.site(0), &fleet.story.product).await.unwrap();
    assert_eq!(runs.last().unwrap().version, "V1.10.0.0002");
    assert_eq!(runs.last().unwrap().source, "agent");
    assert!(runs.len() > 1, "the one before is kept: {runs:?}");
    // It is over: nothing can be added, and the poll shows it as done.
    assert_eq!(code(fleet.say(0, id, closed("success", &["stage: done"])).await), "action_closed");
    assert_eq!(code(fleet.say(0, id, progress("verify", 9)).await), "action_closed");
    assert_eq!(code(app.agent_deployment(fleet.site(0), id, 0).await), "not_found");
    assert_eq!(code(app.agent_file(fleet.site(0), id, "app.swu").await), "not_found");
    assert_eq!(fleet.poll(0).await.0, Asks::Nothing);
    app.agent_installed(fleet.site(0), id, 0).await.expect("to look at again");
    let view = app.agent_view(&fleet.story.manager.actor, fleet.site(0)).await.unwrap().unwrap();
    assert_eq!(view.orders[0].id, id);
    assert!(app.agent_list(&Scope::none(), "", 0).await.unwrap().is_empty());
}

// proves: S4h-04/U S4h-12/U
#[tokio::test]
async fn a_site_that_failed_or_went_back_by_itself_is_known_as_that() {
    for (details, outcome) in
        [(&["it does not answer"][..], "failed"), (&["stage: rolled_back"][..], "rolled_back")]
    {
        let fleet = Fleet::new().await;
        let (_, id) = fleet.poll(0).await;
        fleet.story.world.app.agent_deployment(fleet.site(0), id, 0).await.unwrap();
        fleet.say(0, id, closed("failure", details)).await.unwrap();
        let action = fleet.action(id).await;
        assert_eq!(action.outcome.as_deref(), Some(outcome));
        let store = fleet.story.world.app.store();
        let row = deployments::get(store, &fleet.story.release, fleet.site(0)).await.unwrap();
        assert_eq!(row.unwrap().outcome.as_deref(), Some(outcome));
        // The report halted its rollout itself, in its own commit: nobody else had a turn between.
        let release = &fleet.story.release;
        let made = rollouts::of_release(store, release).await.unwrap().remove(0);
        assert_eq!((made.state.as_str(), made.reason_code.as_deref()), ("halted", Some("failed")));
        let stream = format!("release/{release}");
        let all = roadbook_store::record::stream_page(store, &stream, 0, 500).await.unwrap();
        let told = all.iter().position(|it| it.kind == "deployment.reported").unwrap();
        let (report, halt) = (&all[told], &all[told + 1]);
        assert_eq!((halt.kind.as_str(), &halt.actor), ("rollout.halted", &report.actor));
    }
}

// proves: S3-04/U S4h-06/U
#[tokio::test]
async fn nothing_is_dispatched_that_something_forbids() {
    // A rollout that stands.
    let fleet = Fleet::new().await;
    let app = &fleet.story.world.app;
    let (_, id) = fleet.poll(0).await;
    fleet.change(|row| row.state = "halted".to_owned()).await;
    assert_eq!(fleet.poll(0).await.0, Asks::Nothing);
    assert_eq!(code(app.agent_deployment(fleet.site(0), id, 0).await), "not_found");
    fleet.change(|row| row.state = "running".to_owned()).await;
    assert_eq!(fleet.poll(0).await, (Asks::Deploy, id));

    // An order that the site took and has not begun: it asks once more before it begins.
    let fetched = Fleet::new().await;
    let (site, (_, id)) = (fetched.site(0), fetched.poll(0).await);
    let app_of = &fetched.story.world.app;
    app_of.agent_deployment(site, id, 0).await.unwrap();
    fetched.change(|row| row.state = "halted".to_owned()).await;
    assert_eq!(fetched.poll(0).await.0, Asks::Nothing);
    assert_eq!(code(app_of.agent_deployment(site, id, 0).await), "not_found");
    assert_eq!(code(app_of.agent_file(site, id, "app.swu").await), "not_found");
    fetched.change(|row| row.state = "running".to_owned()).await;
    assert_eq!(fetched.poll(0).await, (Asks::Deploy, id));
    // One that was begun comes to its end, whatever its rollout does.
    fetched.say(0, id, progress("install", 5)).await.unwrap();
    fetched.change(|row| row.state = "halted".to_owned()).await;
    assert_eq!(fetched.poll(0).await, (Asks::Deploy, id));
    app_of.agent_deployment(site, id, 0).await.unwrap();
    fetched.say(0, id, closed("success", &["done"])).await.unwrap();
    assert_eq!(fetched.action(id).await.outcome.as_deref(), Some("installed"));

    // A release that is held.
    fleet.story.act(Command::Hold { reason: "wait".into() }).await;
    assert_eq!(code(app.agent_deployment(fleet.site(0), id, 0).await), "not_found");
    assert_eq!(code(app.agent_file(fleet.site(0), id, "app.swu").await), "not_found");

    // A site that said no.
    let fleet = Fleet::new().await;
    let app = &fleet.story.world.app;
    let (_, id) = fleet.poll(1).await;
    let no = SiteDecision::Decline { reason: "not now".to_owned() };
    let release = &fleet.story.release;
    app.site_decide(&fleet.story.manager, fleet.site(1), release, no).await.unwrap();
    assert_eq!(code(app.agent_deployment(fleet.site(1), id, 0).await), "not_found");
}

// proves: S4c-12/U S4c-13/U
#[tokio::test]
async fn a_site_that_is_not_as_recorded_gets_no_order() {
    for (name, value, wrong) in [
        ("installed.gate", "V1.2.0.0009", false),
        ("installed.gate", "V0.9.0.0001", true),
        // It runs already what is ordered, and nobody knew: the order sets the record right.
        ("installed.gate", "V1.10.0.0002", false),
        ("path.gate", "/srv/gate", false),
        ("path.gate", "/opt/other", true),
    ] {
        let fleet = Fleet::new().await;
        let app = &fleet.story.world.app;
        let (_, id) = fleet.poll(0).await;
        let site = fleet.site(0);
        let path = roadbook_store::agents::SiteParameter {
            site_id: site.clone(),
            product_id: fleet.story.product.clone(),
            name: "path".to_owned(),
            value: "/srv/gate".to_owned(),
            at: app.now(),
        };
        let write = roadbook_store::agents::put_parameter(&path);
        app.store().commit(Commit::new(app.now(), "test").write(write)).await.unwrap();
        let data = [(name.to_owned(), Some(value.to_owned()))].into();
        app.agent_facts(site, Attributes { mode: "merge".to_owned(), data }).await.unwrap();
        let got = app.agent_deployment(site, id, 0).await;
        assert_eq!(got.is_err(), wrong, "{name} {value}");
        let note = fleet.action(id).await.note.unwrap_or_default();
        assert_eq!(note.contains(value) && note.contains("the record says"), wrong, "{note}");
        // What it told may be an old message: it is asked again, and then it fits.
        let (key, token) = &fleet.tokens[0];
        assert_eq!(app.agent_poll(key, token).await.unwrap().wants_facts, wrong);
        if wrong {
            let data = [(name.to_owned(), None)].into();
            app.agent_facts(site, Attributes { mode: "merge".to_owned(), data }).await.unwrap();
            assert!(!app.agent_poll(key, token).await.unwrap().wants_facts);
            app.agent_deployment(site, id, 0).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_an_agent_tells_is_news_also_when_the_clock_was_set_back() {
    let fleet = Fleet::new().await;
    let Story { world, manager, product, .. } = &fleet.story;
    let (app, site) = (&world.app, fleet.site(0));
    app.site_version_set(manager, site, product, "V1.2.0.0009", app.now(), "seen").await.unwrap();
    let (_, id) = fleet.poll(0).await;
    app.agent_deployment(site, id, 0).await.unwrap();
    world.clock.set(app.now() - SignedDuration::from_hours(1));
    fleet.say(0, id, closed("success", &[])).await.unwrap();
    let past = versions::history(app.store(), site, product).await.unwrap();
    let last = past.last().unwrap();
    assert_eq!((last.version.as_str(), last.until), ("V1.10.0.0002", None), "{past:?}");
}

// proves: S4h-06/U
#[tokio::test]
async fn an_order_is_stopped_only_by_a_site_that_agrees_to_stop() {
    let fleet = Fleet::new().await;
    let app = &fleet.story.world.app;
    let (_, id) = fleet.poll(0).await;
    let site = fleet.site(0);
    let stop = closed("success", &[]);
    assert_eq!(code(app.agent_cancel_report(site, id, &stop).await), "not_canceling");
    app.agent_deployment(site, id, 0).await.unwrap();
    app.action_cancel(&fleet.story.manager, id, "a mistake").await.unwrap();
    assert_eq!(fleet.poll(0).await, (Asks::Cancel, id));
    assert_eq!(code(app.agent_deployment(site, id, 0).await), "not_found");
    let no = AgentMessage { execution: "rejected".to_owned(), ..closed("none", &["too late"]) };
    app.agent_cancel_report(site, id, &no).await.unwrap();
    assert_eq!(fleet.poll(0).await, (Asks::Deploy, id));
    app.action_cancel(&fleet.story.manager, id, "a mistake").await.unwrap();
    app.agent_cancel_report(site, id, &stop).await.unwrap();
    assert_eq!(fleet.action(id).await.outcome.as_deref(), Some("canceled"));
    assert_eq!(code(app.agent_cancel_report(site, id, &stop).await), "action_closed");

    // One that was never fetched is simply taken back.
    let (_, other) = fleet.poll(1).await;
    app.action_cancel(&fleet.story.manager, other, "a mistake").await.unwrap();
    assert_eq!(fleet.poll(1).await.0, Asks::Nothing);
}

// proves: S4h-06/U
#[tokio::test]
async fn a_site_agrees_once_or_for_every_order_to_come() {
    let fleet = Fleet::new().await;
    let app = &fleet.story.world.app;
    let (_, id) = fleet.poll(0).await;
    let waits = Action { state: "confirming".to_owned(), ..fleet.action(id).await };
    let commit = Commit::new(app.now(), "test").write(rollouts::update_action(&waits));
    app.store().commit(commit).await.unwrap();
    fleet.change(|_| {}).await;
    let site = fleet.site(0);
    assert_eq!(fleet.poll(0).await, (Asks::Confirm, id));
    assert_eq!(code(app.agent_deployment(site, id, 0).await), "not_found");
    assert_eq!(code(fleet.say(0, id, progress("verified", 1)).await), "not_found");
    app.agent_to_confirm(site, id, 0).await.expect("to look at");
    app.agent_confirm(site, id, false, &["not today".to_owned()]).await.unwrap();
    assert_eq!(fleet.poll(0).await.0, Asks::Confirm);
    app.agent_confirm(site, id, true, &[]).await.unwrap();
    assert_eq!(fleet.poll(0).await.0, Asks::Deploy);
    assert_eq!(code(app.agent_confirm(site, id, true, &[]).await), "not_found");
    app.agent_auto_confirm(site, true, "mai").await.unwrap();
    assert_eq!(code(app.agent_auto_confirm(site, true, "mai").await), "exists");
    app.agent_auto_confirm(site, false, "mai").await.unwrap();
    app.agent_auto_confirm(site, false, "mai").await.unwrap();
    fleet.story.world.advance(SignedDuration::from_secs(1));
}

/// Nobody's clock moves: what one node does is known to the other because it rang.
#[tokio::test]
async fn nodes_hear_each_other_at_once() {
    let server = roadbook_testkit::postgres::Postgres::shared();
    let url = server.database();
    let world = World::on(Some(url.clone())).await;
    let (other, _clock, _mailbox, _dir) = bare_on(Some(url)).await;
    other.fleet_ready().await.unwrap();
    let nodes = [world.app.clone(), other.clone()];
    let running: Vec<_> = nodes
        .into_iter()
        .map(|node| tokio::spawn(async move { node.run_tasks(std::future::pending()).await }))
        .collect();
    for name in ["first", "second", "third"] {
        let site = crate::sites::site(&world, name, &world.root, "vendor").await;
        let token = world.app.agent_token(&world.admin().await, &site).await.unwrap();
        let token = token.secret.unwrap();
        let program = "test 1".to_owned();
        let input = EnrollInput { token, program, ..EnrollInput::default() };
        let told = world.app.agent_enroll(input).await.unwrap();
        let known = async {
            while other.agent_poll(&told.site_key, &told.token).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        let known = tokio::time::timeout(std::time::Duration::from_secs(30), known).await;
        known.unwrap_or_else(|_| panic!("the other node does not know {name}"));
    }
    running.iter().for_each(tokio::task::JoinHandle::abort);
}
