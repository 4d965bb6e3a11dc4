//! Parts of a site: what goes for the site goes for them, and nothing waits for the site itself.

use crate::rollouts::{agent, process};
use crate::sites::site;
use crate::world::{World, new_release, product_input};
use jiff::{SignedDuration, Timestamp};
use roadbook_app::calendar::NewFreeze;
use roadbook_app::releases::EditRelease;
use roadbook_app::sites::{ReleaseSiteFilter, SiteDecision, SiteInput, SiteListFilter};
use roadbook_app::{Call, Error, PageAsk, Result};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{ProductId, ReleaseId, SiteId};
use roadbook_core::run::{Command, Slot};
use roadbook_core::window;
use roadbook_store::{Commit, agents};
use roadbook_testkit::postgres::Postgres;

fn part(of: &SiteId, key: &str, kind: &str) -> SiteInput {
    SiteInput {
        key: key.to_owned(),
        name: format!("Part {key}"),
        part_of: Some(of.clone()),
        part: kind.to_owned(),
        active: true,
        ..SiteInput::default()
    }
}

async fn add(world: &World, call: &Call, input: SiteInput) -> SiteId {
    SiteId::parse(&world.app.site_create(call, input).await.unwrap().id).unwrap()
}

async fn keys(world: &World, call: &Call) -> Vec<String> {
    let scope = world.app.scope_for(&call.actor).await.unwrap();
    let all = SiteListFilter::default();
    let page = world.app.site_list(&scope, &all, &PageAsk::default()).await.unwrap();
    page.rows.into_iter().map(|it| it.site.key).collect()
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Invalid(list)) => list[0].code.to_owned(),
        Err(error) => error.code().to_owned(),
        Ok(done) => panic!("done: {done:?}"),
    }
}

struct Story {
    world: World,
    manager: Call,
    release: ReleaseId,
    /// `a` with the tag of the first wave, its group `a-1` and its environment `a-2`; `b`.
    sites: [SiteId; 4],
}

impl Story {
    async fn on(url: Option<String>) -> Story {
        let world = World::on(url).await;
        let app = &world.app;
        let a = site(&world, "a", &world.root, "vendor").await;
        let b = site(&world, "b", &world.root, "vendor").await;
        let roles = [("manager", Where::All), ("process_owner", Where::All)];
        let manager = world.person("manager", &world.root, &roles).await;
        let manager = world.call_of(&manager).await;
        let a1 = add(&world, &manager, part(&a, "a-1", "user_group")).await;
        let a2 = add(&world, &manager, part(&a, "a-2", "environment")).await;
        let tagged = SiteInput {
            key: "a".to_owned(),
            name: "Site a".to_owned(),
            zone: "Asia/Seoul".to_owned(),
            lang: "ko".to_owned(),
            update_authority: "vendor".to_owned(),
            tags: vec!["pilot".to_owned()],
            active: true,
            ..SiteInput::default()
        };
        app.site_edit(&manager, &a, tagged).await.unwrap();
        let mut commit = Commit::new(app.now(), "system");
        for place in [&a1, &a2, &b] {
            commit = commit.write(agents::insert(&agent(place, app.now())));
        }
        let commit = commit.entry("agents", "agent.enrolled", serde_json::json!({}));
        app.store().commit(commit).await.unwrap();
        app.process_publish(&manager, &process(), "first").await.unwrap();
        let made = app.product_create(&manager, product_input("gate", &world.root)).await.unwrap();
        let product = ProductId::parse(&made.id).unwrap();
        let new = new_release(&product, "test/waves", "V1.10.0.0002");
        let made = app.release_create(&manager, new).await.unwrap();
        let release = ReleaseId::parse(&made.id).unwrap();
        let file = world.keep(&manager, &product, "V1.10.0.0002", "gate.swu", None).await;
        let edit = EditRelease { packages: Some(vec![file]), ..EditRelease::default() };
        app.release_edit(&manager, &release, edit).await.unwrap();
        Story { release, manager, sites: [a, a1, a2, b], world }
    }

    async fn act(&self, command: Command) {
        self.world.app.release_do(&self.manager, &self.release, command).await.unwrap();
    }

    /// The newest order of a place: its state, and when it may begin.
    async fn order(&self, site: &SiteId) -> Option<(String, Option<Timestamp>)> {
        let list = self.world.app.site_actions(&self.manager, site).await.unwrap();
        list.into_iter().next().map(|it| (it.state, it.not_before))
    }
}

async fn what_goes_for_a_site(url: Option<String>) {
    let story = Story::on(url).await;
    let app = &story.world.app;
    let [a, a1, a2, b] = &story.sites;
    let until = app.now() + SignedDuration::from_hours(30);
    let freeze = NewFreeze {
        from: app.now(),
        until,
        scope: window::Scope::Sites(vec![a.clone()]),
        reason: "stocktaking".to_owned(),
        override_by: None,
    };
    app.freeze_add(&story.world.admin().await, freeze).await.unwrap();
    let start = app.now() + SignedDuration::from_hours(1);
    let slot = Slot { start, end: start + SignedDuration::from_hours(200) };
    story.act(Command::SetSlot { slot, reason: "plan".into(), pass_blocks: false }).await;
    story.act(Command::Start).await;
    story.world.advance(SignedDuration::from_hours(1));
    app.tick().await.unwrap();

    // The tag of the site put its parts into the first wave, and its freeze holds them.
    assert_eq!(story.order(a).await, None, "nothing is installed at the site as such");
    for place in [a1, a2] {
        assert_eq!(story.order(place).await, Some(("ordered".to_owned(), Some(until))));
    }
    assert_eq!(story.order(b).await, None, "its wave has not begun");
    let counts = app.site_counts(&story.release).await.unwrap();
    assert_eq!((counts.total, counts.places(), counts.unreported()), (2, 3, 3));
    let all =
        ReleaseSiteFilter { outcome: Some("open".to_owned()), ..ReleaseSiteFilter::default() };
    let ask = PageAsk::default();
    let open = app.release_sites(&story.manager, &story.release, &all, &ask).await.unwrap();
    assert_eq!(open.1, 3, "the site is not waited for, its parts are");
    let all = ReleaseSiteFilter::default();
    let all = app.release_sites(&story.manager, &story.release, &all, &ask).await.unwrap();
    let names: Vec<&str> = all.0.rows.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Site a", "Site a › Part a-1", "Site a › Part a-2", "Site b"]);

    // What it wishes and what it declines goes for its parts.
    let wish = until + SignedDuration::from_hours(5);
    let later = SiteDecision::Accept { wished: Some(wish) };
    app.site_decide(&story.manager, a, &story.release, later).await.unwrap();
    story.world.advance(SignedDuration::from_mins(1));
    app.tick().await.unwrap();
    assert_eq!(story.order(a1).await, Some(("ordered".to_owned(), Some(wish))));
    let no = SiteDecision::Decline { reason: "year-end closing".to_owned() };
    assert_eq!(
        code(app.site_decide(&story.manager, a1, &story.release, no.clone()).await),
        "part_of_site"
    );
    app.site_decide(&story.manager, a, &story.release, no).await.unwrap();
    for place in [a1, a2] {
        assert_eq!(story.order(place).await.unwrap().0, "closed");
    }
    app.tick().await.unwrap();
    assert_eq!(story.order(b).await.unwrap().0, "ordered", "nobody is left in the first wave");
    let counts = app.site_counts(&story.release).await.unwrap();
    assert_eq!((counts.declined, counts.unreported()), (1, 1), "only b is waited for");
}

// proves: S4h-06/U
#[tokio::test]
async fn what_goes_for_a_site_goes_for_its_parts_on_sqlite() {
    what_goes_for_a_site(None).await;
}

#[tokio::test]
async fn what_goes_for_a_site_goes_for_its_parts_on_postgres() {
    what_goes_for_a_site(Some(Postgres::shared().database())).await;
}

#[tokio::test]
async fn who_may_see_a_site_may_see_its_parts_and_a_closed_site_has_none_in_use() {
    let world = World::new().await;
    let app = &world.app;
    let a = site(&world, "a", &world.root, "customer").await;
    let b = site(&world, "b", &world.root, "customer").await;
    let one = world.person("one", &world.root, &[("manager", Where::Site(a.clone()))]).await;
    let one = world.call_of(&one).await;
    let a1 = add(&world, &one, part(&a, "a-1", "environment")).await;
    assert_eq!(keys(&world, &one).await, ["a", "a-1"]);
    assert_eq!(app.site_view(&one, &a).await.unwrap().parts.len(), 1);
    // A site that one does not see does not exist, so nothing is made a part of it.
    assert_eq!(code(app.site_create(&one, part(&b, "b-1", "environment")).await), "unknown");
    let admin = world.admin().await;
    let b1 = add(&world, &admin, part(&b, "b-1", "environment")).await;
    assert_eq!(code(app.site_view(&one, &b1).await), "not_found");
    assert_eq!(code(app.site_create(&one, part(&a1, "a-x", "environment")).await), "part_of_part");

    let closed = SiteInput {
        key: "a".to_owned(),
        name: "Site a".to_owned(),
        zone: "Asia/Seoul".to_owned(),
        lang: "ko".to_owned(),
        ..SiteInput::default()
    };
    app.site_edit(&one, &a, closed).await.unwrap();
    assert!(!app.site_view(&one, &a1).await.unwrap().site.active);
    let again = SiteInput { name: "Test".to_owned(), ..part(&a, "a-1", "environment") };
    assert_eq!(code(app.site_edit(&one, &a1, again).await), "of_site");
}
