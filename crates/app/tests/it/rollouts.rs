//! Rollouts: waves that begin by themselves, stop by themselves, and the ways back.

use crate::world::{UNCHECKED, World, new_release, product_input};
use jiff::{SignedDuration, Timestamp};
use roadbook_app::calendar::NewFreeze;
use roadbook_app::releases::{EditRelease, NewRelease};
use roadbook_app::rollouts::{Reach, RolloutView, SiteFilter};
use roadbook_app::sites::{DeploymentReport, Outcome, Reporter, SiteDecision, SiteInput};
use roadbook_app::{Call, Error, Receipt, Result};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{ProductId, ReleaseId, SiteId};
use roadbook_core::rollout::{Code, Consequence};
use roadbook_core::run::{Command, Slot};
use roadbook_core::window;
use roadbook_store::agents::{self, Agent};
use roadbook_store::{Commit, waves};
use roadbook_testkit::postgres::Postgres;

const NEW: &str = "V1.10.0.0002";
const OLD: &str = "V1.10.0.0001";

pub fn process() -> String {
    let t = r#"{ en = "Title", ko = "제목", vi = "Tiêu đề", zh = "标题" }"#;
    let step = |id: &str, more: &str| {
        format!(
            "\n  [[phase.step]]\n  id = \"{id}\"\n  title = {t}\n  description = {t}\n  \
             role = \"release_lead\"\n  effort = \"1h\"\n  {more}\n"
        )
    };
    let phase = |id: &str| format!("\n[[phase]]\nid = \"{id}\"\ntitle = {t}\n");
    let waves = "kind = \"rollout\"\n  due = \"T..Tend\"\n    \
        [[phase.step.wave]]\n    name = \"pilot\"\n    sites = 'has_tag(site, \"pilot\")'\n    soak = \"2h\"\n    \
        [[phase.step.wave]]\n    name = \"half\"\n    share = \"50%\"\n    halt = { failed = \"10%\", silent = \"30%\" }\n    \
        [[phase.step.wave]]\n    name = \"rest\"\n    share = \"100%\"";
    format!(
        "{UNCHECKED}\nformat = 1\nid = \"test/waves\"\nsubject = \"release\"\ntitle = {t}\ndescription = {t}\n\
         control = {{ number = \"T-3\", owner = \"release_lead\", confidentiality = \"internal\", \
         effective = \"2026-01-01\", note = \"first\" }}\ngo_live = \"update\"\n\n\
         [[role]]\nid = \"release_lead\"\ntitle = {t}\nduty = {t}\n{}{}{}{}",
        phase("live"),
        step("update", waves),
        phase("closing"),
        step("close", "kind = \"archive\"\n  always = true"),
    )
}

/// Twelve sites: two pilots, ten others; the even ones have an agent.
pub struct Story {
    pub world: World,
    pub product: ProductId,
    pub release: ReleaseId,
    pub sites: Vec<SiteId>,
    pub manager: Call,
}

async fn place(world: &World, number: usize) -> SiteId {
    let tag = if number < 2 { "pilot" } else { "other" };
    let zone = ["Asia/Seoul", "Europe/Berlin", "America/Lima"][number % 3];
    let input = SiteInput {
        key: format!("site-{number:02}"),
        name: format!("Site {number}"),
        unit: Some(world.root.clone()),
        zone: zone.to_owned(),
        lang: "ko".to_owned(),
        update_authority: "vendor".to_owned(),
        tags: vec![tag.to_owned()],
        active: true,
        ..SiteInput::default()
    };
    let made = world.app.site_create(&world.admin().await, input).await.unwrap();
    SiteId::parse(&made.id).unwrap()
}

pub fn agent(site: &SiteId, at: Timestamp) -> Agent {
    Agent {
        site_id: site.clone(),
        token_hash: vec![7; 32],
        public_key: String::new(),
        program: "roadbook-agent 0.1".to_owned(),
        enrolled_at: at,
        enrolled_by: "system".to_owned(),
        seen_at: None,
        wants_facts: false,
        auto_confirm: false,
        auto_confirm_by: None,
        auto_confirm_at: None,
        revoked_at: None,
        revision: 1,
    }
}

impl Story {
    pub async fn on(url: Option<String>) -> Story {
        let world = World::on(url).await;
        let app = &world.app;
        let mut sites = Vec::new();
        for number in 0..12 {
            sites.push(place(&world, number).await);
        }
        let mut commit = Commit::new(app.now(), "system");
        for site in sites.iter().step_by(2) {
            commit = commit.write(agents::insert(&agent(site, app.now())));
        }
        let commit = commit.entry("agents", "agent.enrolled", serde_json::json!({}));
        app.store().commit(commit).await.unwrap();
        let roles = [("manager", Where::All), ("process_owner", Where::All)];
        let manager = world.person("manager", &world.root, &roles).await;
        let manager = world.call_of(&manager).await;
        app.process_publish(&manager, &process(), "first").await.unwrap();
        let made = app.product_create(&manager, product_input("gate", &world.root)).await.unwrap();
        let product = ProductId::parse(&made.id).unwrap();
        for site in &sites {
            app.site_version_set(&manager, site, &product, OLD, app.now(), "seen").await.unwrap();
        }
        world.advance(SignedDuration::from_hours(1));
        let new = NewRelease { sites: sites.clone(), ..new_release(&product, "test/waves", NEW) };
        let made = app.release_create(&manager, new).await.unwrap();
        let release = ReleaseId::parse(&made.id).unwrap();
        let file = world.keep(&manager, &product, NEW, "gate.swu", None).await;
        let packages = Some(vec![file]);
        let edit = EditRelease { packages, ..EditRelease::default() };
        app.release_edit(&manager, &release, edit).await.unwrap();
        Story { world, product, release, sites, manager }
    }

    async fn act(&self, command: Command) {
        self.world.app.release_do(&self.manager, &self.release, command).await.unwrap();
    }

    /// Starts the release and lets its moment come.
    pub async fn open(&self) {
        let start = self.world.app.now() + SignedDuration::from_hours(1);
        let slot = Slot { start, end: start + SignedDuration::from_hours(200) };
        self.act(Command::SetSlot { slot, reason: "plan".into(), pass_blocks: false }).await;
        self.act(Command::Start).await;
        self.world.advance(SignedDuration::from_hours(1));
        self.world.app.tick().await.unwrap();
    }

    pub async fn view(&self) -> RolloutView {
        self.world.app.rollout_view(&self.manager, &self.release, None).await.unwrap()
    }

    /// State, code, and the wave started last.
    pub async fn stands(&self) -> (String, Option<String>, i64) {
        let view = self.view().await.rollout;
        (view.state, view.reason_code, view.wave)
    }

    /// The sites of a wave.
    pub async fn of_wave(&self, wave: i64) -> Vec<SiteId> {
        let id = self.view().await.rollout.id;
        waves::sites_of_wave(self.world.app.store(), &id, wave).await.unwrap()
    }

    pub async fn report(&self, site: &SiteId, outcome: Outcome) -> Result<Receipt> {
        let store = self.world.app.store();
        let row = roadbook_store::deployments::get(store, &self.release, site).await.unwrap();
        let report = DeploymentReport {
            site: site.clone(),
            release: self.release.clone(),
            generation: row.unwrap().generation as u64,
            outcome,
            reported_by: Reporter::Person { evidence: "protocol 12".to_owned() },
            at: self.world.app.now(),
            note: "as seen".to_owned(),
            package: None,
        };
        self.world.app.deployment_report(&self.manager, report).await
    }

    pub async fn report_all(&self, sites: &[SiteId], outcome: Outcome) {
        for site in sites {
            self.report(site, outcome).await.unwrap();
        }
    }

    /// Open orders to agents, by state.
    async fn orders(&self, state: &str) -> usize {
        let mut count = 0;
        for site in &self.sites {
            let list = self.world.app.site_actions(&self.manager, site).await.unwrap();
            count += list.iter().filter(|it| it.state == state).count();
        }
        count
    }

    async fn kinds(&self) -> Vec<String> {
        let stream = format!("release/{}", self.release);
        let page = roadbook_store::record::stream_page(self.world.app.store(), &stream, 0, 500)
            .await
            .unwrap();
        page.into_iter().map(|it| it.kind).collect()
    }
}

fn code(result: Result<Receipt>) -> String {
    match result {
        Err(Error::Invalid(list)) => list[0].field.clone(),
        Err(error) => error.code().to_owned(),
        Ok(receipt) => panic!("done: {receipt:?}"),
    }
}

async fn waves_go_on_by_themselves(story: &Story) {
    let app = &story.world.app;
    let preview = app.rollout_preview(&story.manager, &story.release).await.unwrap();
    let sizes: Vec<usize> = preview.waves.iter().map(|it| it.total).collect();
    assert_eq!(sizes, [2, 5, 5]);
    story.open().await;
    let view = story.view().await;
    assert_eq!(view.rollout.members, preview.digest, "what was shown is what is made");
    assert_eq!((view.rollout.state.as_str(), view.rollout.wave), ("running", 1));
    assert_eq!(view.consequence, Consequence::Waits { wave: 1, open: 2 });
    assert_eq!(view.waves[0].counts, [("by_hand".to_owned(), 1), ("ordered".to_owned(), 1)]);
    assert_eq!(story.orders("ordered").await, 1, "one pilot has an agent");
    let shown: Vec<&SiteId> = preview.waves[1].sites.iter().map(|it| &it.site).collect();
    assert!(story.of_wave(2).await.iter().all(|it| shown.contains(&it)));
    // Asked twice, made once.
    app.tick().await.unwrap();
    assert_eq!(story.view().await.runs.len(), 1);

    let pilots = story.of_wave(1).await;
    story.report_all(&pilots, Outcome::Installed).await;
    assert_eq!(story.stands().await, ("soaking".to_owned(), None, 1));
    assert_eq!(story.orders("closed").await, 1, "a person was faster than the agent");
    story.world.advance(SignedDuration::from_hours(2));
    app.tick().await.unwrap();
    assert_eq!(story.stands().await, ("running".to_owned(), None, 2));
    let second = story.of_wave(2).await;
    story.report_all(&second, Outcome::Installed).await;
    assert_eq!(story.stands().await.2, 3, "the event starts the next wave, not a tick");
    let third = story.of_wave(3).await;
    story.report_all(&third, Outcome::Installed).await;
    assert_eq!(story.stands().await, ("finished".to_owned(), None, 3));
    let steps = app.release(&story.manager.actor, &story.release).await.unwrap().release.run;
    assert_eq!(steps.step_state("update").name(), "done");
    let kinds = story.kinds().await;
    for kind in ["rollout.made", "rollout.wave_started", "rollout.soaking", "rollout.finished"] {
        assert!(kinds.iter().any(|it| it == kind), "{kind} in {kinds:?}");
    }
}

async fn a_failure_stops_it_and_people_decide(story: &Story) {
    let app = &story.world.app;
    let (manager, release) = (&story.manager, &story.release);
    story.open().await;
    let pilots = story.of_wave(1).await;
    story.report(&pilots[0], Outcome::Failed).await.unwrap();
    let view = story.view().await;
    assert_eq!(
        view.halt.map(|it| (it.code, it.wave, it.sites, it.total)),
        Some((Code::Failed, 1, 1, 2))
    );
    assert_eq!(view.consequence, Consequence::Stays { keep: 11 });
    assert_eq!(view.waves[2].counts, [("held".to_owned(), 5)]);
    let waits = app.release(&manager.actor, release).await.unwrap();
    assert!(
        format!("{waits:?}").contains("Rollout { code: Failed, wave: 1 }"),
        "the step says why"
    );
    story.world.advance(SignedDuration::from_hours(30));
    app.tick().await.unwrap();
    assert_eq!(story.stands().await, ("halted".to_owned(), Some("failed".to_owned()), 1));
    // Who may decide is told by what waits for him; nobody else is.
    let reader = [("auditor", Where::All)];
    let reader = story.world.person("reader", &story.world.root, &reader).await;
    let reader = story.world.call_of(&reader).await;
    assert!(app.release(&reader.actor, release).await.is_ok(), "whoever may look");
    assert_eq!(app.rollouts_halted(&reader).await.unwrap().len(), 0, "may not decide");
    assert_eq!(app.rollouts_halted(manager).await.unwrap().len(), 1);

    assert_eq!(code(app.rollout_resume(manager, release, " ").await), "reason");
    assert_eq!(code(app.rollout_lift(manager, release, "x").await), "rollout_nothing_to_lift");
    app.rollout_retry(manager, release, &pilots[0], "cable was loose").await.unwrap();
    let later = &story.of_wave(2).await[0];
    assert_eq!(code(app.rollout_retry(manager, release, later, "x").await), "rollout_not_begun");
    app.rollout_resume(manager, release, "cable was loose").await.unwrap();
    assert_eq!(story.stands().await, ("running".to_owned(), None, 1));
    story.report(&pilots[0], Outcome::Installed).await.unwrap();
    app.rollout_skip(manager, release, &pilots[1], "closed for the winter").await.unwrap();
    assert_eq!(story.stands().await.0, "soaking");
    app.rollout_hold(manager, release, "wait for the auditors").await.unwrap();
    story.world.advance(SignedDuration::from_hours(3));
    app.tick().await.unwrap();
    assert_eq!(story.stands().await, ("held".to_owned(), Some("held".to_owned()), 1));
    assert_eq!(story.view().await.rollout.reason.as_deref(), Some("wait for the auditors"));
    app.rollout_resume(manager, release, "they are gone").await.unwrap();
    assert_eq!(story.stands().await.2, 2);

    // The release itself is held: its rollout waits with it.
    story.act(Command::Hold { reason: "board".into() }).await;
    assert_eq!(story.stands().await, ("held".to_owned(), Some("release".to_owned()), 2));
    assert_eq!(code(app.rollout_resume(manager, release, "x").await), "rollout_release_held");
    story.act(Command::Resume { reason: "board says yes".into() }).await;
    assert_eq!(story.stands().await, ("running".to_owned(), None, 2));
}

async fn who_declines_leaves_its_wave_and_may_come_back(story: &Story) {
    let app = &story.world.app;
    let (manager, release) = (&story.manager, &story.release);
    story.open().await;
    let (pilots, later) = (story.of_wave(1).await, story.of_wave(2).await);
    let no = || SiteDecision::Decline { reason: "year-end closing".to_owned() };
    let yes = || SiteDecision::Accept { wished: None };
    // Its wave has not begun: it is back in it as if nothing had been.
    app.site_decide(manager, &later[0], release, no()).await.unwrap();
    app.site_decide(manager, &later[0], release, yes()).await.unwrap();
    for site in &pilots {
        app.site_decide(manager, site, release, no()).await.unwrap();
        let orders = app.site_actions(manager, site).await.unwrap();
        assert!(
            orders.iter().all(|it| it.state == "closed"),
            "it lets go of its order: {orders:?}"
        );
    }
    assert_eq!(story.stands().await, ("running".to_owned(), None, 2), "nobody is left to wait for");
    let skipped = |view: &RolloutView, wave: usize| {
        view.waves[wave].counts.iter().find(|it| it.0 == "skipped").map_or(0, |it| it.1)
    };
    let view = story.view().await;
    assert_eq!((skipped(&view, 0), skipped(&view, 1)), (2, 0), "{:?}", view.waves);
    // Its wave is over: the lead has it try again.
    app.site_decide(manager, &pilots[0], release, yes()).await.unwrap();
    assert_eq!(skipped(&story.view().await, 0), 2);
    app.rollout_retry(manager, release, &pilots[0], "they are ready now").await.unwrap();
    assert_eq!(skipped(&story.view().await, 0), 1);
}

async fn everything_goes_back(story: &Story) {
    let app = &story.world.app;
    let (manager, release) = (&story.manager, &story.release);
    story.open().await;
    let pilots = story.of_wave(1).await;
    assert_eq!(
        code(app.rollout_roll_back(manager, release, &Reach::All, "x").await),
        "nothing_to_roll_back"
    );
    let since = app.now();
    story.report_all(&pilots, Outcome::Installed).await;
    story.world.advance(SignedDuration::from_hours(1));
    let shown = app.rollback_preview(manager, release, &Reach::All).await.unwrap();
    assert_eq!((shown.total, shown.since, shown.without_former), (2, Some(since), 0));
    assert!(shown.sites.iter().all(|it| it.to.as_deref() == Some(OLD)));
    assert_eq!(shown.sites.iter().filter(|it| it.agent).count(), 1);
    app.rollout_roll_back(manager, release, &Reach::All, "data is wrong").await.unwrap();
    assert_eq!(story.stands().await, ("held".to_owned(), Some("rolled_back".to_owned()), 1));
    let view = story.view().await;
    assert!(view.to_lift);
    let back = view.runs.iter().find(|it| it.kind == "rollback").unwrap();
    assert_eq!((back.state.as_str(), back.wave, back.reach.as_str()), ("running", 1, "all"));
    let filter = SiteFilter::default();
    let lines = app.rollout_sites(manager, release, Some(&back.id), &filter).await.unwrap();
    assert_eq!(lines.found, 2);
    assert!(lines.rows.iter().all(|it| it.to.as_deref() == Some(OLD)), "{lines:?}");
    let words: Vec<&str> = lines.rows.iter().map(|it| it.at.as_str()).collect();
    assert!(words.contains(&"by_hand") && words.contains(&"ordered"), "{words:?}");
    story.world.advance(SignedDuration::from_hours(9));
    app.tick().await.unwrap();
    assert_eq!(story.stands().await.2, 1, "nothing goes on by itself after a way back");
    assert_eq!(code(app.rollout_resume(manager, release, "x").await), "rollout_must_lift");
    story.report_all(&pilots, Outcome::RolledBack).await;
    let view = app.rollout_view(manager, release, Some(&back.id)).await.unwrap();
    assert_eq!(view.rollout.state, "finished");
    for site in &pilots {
        let past = app.site_history(manager, site, &story.product).await.unwrap();
        assert_eq!(past.last().unwrap().version, OLD);
    }
    assert_eq!(story.stands().await.0, "held");
    app.rollout_lift(manager, release, "repaired").await.unwrap();
    assert_eq!(story.stands().await, ("running".to_owned(), None, 2), "what was seen is passed");
    assert!(story.kinds().await.contains(&"rollback.ordered".to_owned()));
}

/// Sites that go forward again do not hold up a way back for ever, and what it did stays said.
async fn who_goes_forward_leaves_the_way_back(story: &Story) {
    let app = &story.world.app;
    let (manager, release) = (&story.manager, &story.release);
    story.open().await;
    let pilots = story.of_wave(1).await;
    story.report_all(&pilots, Outcome::Installed).await;
    app.rollout_roll_back(manager, release, &Reach::All, "data is wrong").await.unwrap();
    story.report(&pilots[0], Outcome::RolledBack).await.unwrap();
    app.rollout_lift(manager, release, "repaired").await.unwrap();
    app.rollout_retry(manager, release, &pilots[0], "once more").await.unwrap();
    story.report(&pilots[0], Outcome::Installed).await.unwrap();
    let view = story.view().await;
    let back = view.runs.iter().find(|it| it.kind == "rollback").unwrap();
    assert_eq!(back.state, "running", "the other one is still to go back");
    // It stays installed there, which a failed way back says; now it is to go forward.
    story.report(&pilots[1], Outcome::Failed).await.unwrap();
    story.report(&pilots[1], Outcome::RolledBack).await.unwrap();
    let view = app.rollout_view(manager, release, Some(&back.id)).await.unwrap();
    assert_eq!((view.rollout.state.as_str(), view.waves[0].wave.rolled_back), ("finished", 2));

    app.rollout_retry(manager, release, &pilots[1], "once more").await.unwrap();
    story.report(&pilots[1], Outcome::Installed).await.unwrap();
    app.rollout_roll_back(manager, release, &Reach::Wave(1), "again").await.unwrap();
    let view = story.view().await;
    let back = view.runs.iter().rfind(|it| it.kind == "rollback" && it.state == "running");
    let back = back.unwrap().id.clone();
    story.report(&pilots[0], Outcome::RolledBack).await.unwrap();
    story.report(&pilots[1], Outcome::Failed).await.unwrap();
    app.rollout_lift(manager, release, "it stays").await.unwrap();
    let place = |site: &SiteId| {
        let (store, site) = (app.store().clone(), site.clone());
        let back = back.clone();
        async move { waves::place(&store, &back, &site).await.unwrap().unwrap().outcome }
    };
    assert_eq!(place(&pilots[1]).await.as_deref(), Some("failed"));
    story.report(&pilots[1], Outcome::Skipped).await.unwrap();
    app.rollout_retry(manager, release, &pilots[1], "forward").await.unwrap();
    assert_eq!(place(&pilots[1]).await.as_deref(), Some("skipped"));
    assert_eq!(place(&pilots[0]).await.as_deref(), Some("rolled_back"));
    let view = app.rollout_view(manager, release, Some(&back)).await.unwrap();
    assert_eq!(view.rollout.state, "finished");
}

async fn silence_windows_and_answers(story: &Story) {
    let app = &story.world.app;
    let manager = &story.manager;
    // A site that declined is in no wave, and one that wishes for a time is not begun before.
    story.act(Command::Start).await;
    let wish = app.now() + SignedDuration::from_hours(30);
    let pilot = &story.sites[0];
    let accept = SiteDecision::Accept { wished: Some(wish) };
    app.site_decide(manager, pilot, &story.release, accept).await.unwrap();
    let decline = SiteDecision::Decline { reason: "not this year".into() };
    app.site_decide(manager, &story.sites[5], &story.release, decline).await.unwrap();
    let frozen = wish + SignedDuration::from_hours(4);
    let freeze = NewFreeze {
        from: wish - SignedDuration::from_hours(2),
        until: frozen,
        scope: window::Scope::Tag("pilot".to_owned()),
        reason: "stocktaking".to_owned(),
        override_by: None,
    };
    app.freeze_add(&story.world.admin().await, freeze).await.unwrap();
    let start = app.now() + SignedDuration::from_hours(1);
    let slot = Slot { start, end: start + SignedDuration::from_hours(200) };
    story.act(Command::SetSlot { slot, reason: "plan".into(), pass_blocks: false }).await;
    story.world.advance(SignedDuration::from_hours(1));
    app.tick().await.unwrap();
    let view = story.view().await;
    assert_eq!(view.waves.iter().map(|it| it.wave.total).sum::<i64>(), 11);
    let order = app.site_actions(manager, pilot).await.unwrap().remove(0);
    assert_eq!(order.not_before, Some(frozen), "the freeze moves what the site wished for");
    // Not silent before it may begin; silent an hour after.
    story.world.clock.set(frozen + SignedDuration::from_mins(50));
    app.tick().await.unwrap();
    assert_eq!(story.stands().await.0, "running");
    story.world.advance(SignedDuration::from_mins(20));
    app.tick().await.unwrap();
    assert_eq!(story.stands().await, ("halted".to_owned(), Some("silent".to_owned()), 1));
    let filter = SiteFilter { at: Some("silent".to_owned()), ..SiteFilter::default() };
    let lines = app.rollout_sites(manager, &story.release, None, &filter).await.unwrap();
    assert_eq!((lines.found, &lines.rows[0].site), (1, pilot));
    let filter = SiteFilter { text: Some("SITE-1".to_owned()), ..SiteFilter::default() };
    let lines = app.rollout_sites(manager, &story.release, None, &filter).await.unwrap();
    assert_eq!(lines.found, 2, "site-10 and site-11");
    let list = app.rollout_list(manager, &roadbook_store::PageAsk::default()).await.unwrap();
    assert_eq!(list.rows.len(), 1);
}

macro_rules! on_both {
    ($(#[doc = $row:literal])? $name:ident, $postgres:ident) => {
        #[tokio::test]
        async fn $name() {
            super::$name(&Story::on(None).await).await;
        }

        #[tokio::test]
        async fn $postgres() {
            let server = Postgres::shared();
            super::$name(&Story::on(Some(server.database())).await).await;
        }
    };
}

mod sqlite_and_postgres {
    use super::{Postgres, Story};

    // proves: S4h-06/U S4h-08/U S4h-12/U
    on_both!(waves_go_on_by_themselves, waves_go_on_by_themselves_on_postgres);
    on_both!(a_failure_stops_it_and_people_decide, a_failure_stops_it_on_postgres);
    on_both!(who_declines_leaves_its_wave_and_may_come_back, who_declines_on_postgres);
    on_both!(everything_goes_back, everything_goes_back_on_postgres);
    on_both!(who_goes_forward_leaves_the_way_back, who_goes_forward_on_postgres);
    on_both!(silence_windows_and_answers, silence_windows_and_answers_on_postgres);
}
