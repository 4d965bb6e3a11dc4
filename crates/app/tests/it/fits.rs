//! What a release has for the programs at its sites: which order carries which package, who reports
//! where there is none, and what goes wrong at the last site.

use crate::rollouts::Story;
use roadbook_app::fleet::Attributes;
use roadbook_app::releases::EditRelease;
use roadbook_app::rollouts::{Reach, SiteFilter};
use roadbook_app::sites::Outcome;
use roadbook_core::ids::SiteId;
use roadbook_core::package::{Hooks, Manifest, Platform};
use roadbook_core::release::Package;
use roadbook_core::text::Text;
use roadbook_store::Commit;
use roadbook_store::agents::{self, Agent};
use roadbook_store::rollouts::Action;

const VERSION: &str = "V1.10.0.0002";

fn manifest(os: &str, arch: &str, counter: u64) -> String {
    let manifest = Manifest {
        format: 1,
        product: "gate".to_owned(),
        version: VERSION.to_owned(),
        from: vec!["any".to_owned()],
        platform: Platform { os: os.to_owned(), arch: arch.to_owned() },
        counter,
        expires: "2099-01-01T00:00:00Z".parse().unwrap(),
        keys: Vec::new(),
        threshold: 1,
        files: Vec::new(),
        hooks: Hooks::default(),
        parameters: Vec::new(),
        needs_disk: 0,
        rollback_loses: Text::default(),
    };
    serde_json::to_string(&manifest).unwrap()
}

/// The release has these packages and no others; the sites with an agent have our own.
async fn story(platforms: &[(&str, &str)]) -> (Story, Vec<Package>) {
    let story = Story::on(None).await;
    let app = &story.world.app;
    let mut packages = Vec::new();
    for (counter, (os, arch)) in (1..).zip(platforms) {
        let (name, text) = (format!("gate-{os}-{arch}.rbpkg"), manifest(os, arch, counter));
        let call = &story.manager;
        let file = story.world.keep(call, &story.product, VERSION, &name, Some(text)).await;
        packages.push(file);
    }
    let edit = EditRelease { packages: Some(packages.clone()), ..EditRelease::default() };
    app.release_edit(&story.manager, &story.release, edit).await.unwrap();
    let mut commit = Commit::new(app.now(), "test");
    for site in story.sites.iter().step_by(2) {
        let row = agents::get(app.store(), site).await.unwrap().unwrap();
        commit = commit.write(agents::update(&Agent { public_key: "RWQ".to_owned(), ..row }));
    }
    app.store().commit(commit).await.unwrap();
    (story, packages)
}

async fn tell(story: &Story, site: &SiteId, platform: &str) {
    let data = [(agents::PLATFORM.to_owned(), Some(platform.to_owned()))].into();
    let facts = Attributes { mode: "merge".to_owned(), data };
    story.world.app.agent_facts(site, facts).await.unwrap();
}

async fn order(story: &Story, site: &SiteId) -> Option<Action> {
    let all = story.world.app.site_actions(&story.manager, site).await.unwrap();
    all.into_iter().next()
}

/// What the preview says of the sites with an agent, in their order.
async fn foreseen(story: &Story) -> Vec<Option<&'static str>> {
    let found = story.world.app.rollout_preview(&story.manager, &story.release).await.unwrap();
    let all: Vec<_> = found.waves.iter().flat_map(|it| &it.sites).collect();
    let of = |site: &SiteId| all.iter().find(|it| it.site == *site).unwrap();
    for site in story.sites.iter().skip(1).step_by(2) {
        assert!(of(site).agent.is_none() && of(site).no_order.is_none(), "people report it anyway");
    }
    let with_agent = story.sites.iter().step_by(2);
    with_agent.map(|it| of(it).no_order.as_ref().map(roadbook_core::package::NoFit::code)).collect()
}

#[tokio::test]
async fn people_report_sites_with_agents_when_the_release_has_nothing_for_them() {
    let (story, _) = story(&[]).await;
    let app = &story.world.app;
    let (manager, release) = (&story.manager, &story.release);
    assert_eq!(foreseen(&story).await, [Some("package_missing"); 6]);
    story.open().await;
    assert_eq!(story.view().await.by_people, 6);
    for site in &story.sites {
        assert!(order(&story, site).await.is_none(), "no order goes out");
    }
    let filter = SiteFilter { wave: Some(1), ..SiteFilter::default() };
    let lines = app.rollout_sites(manager, release, None, &filter).await.unwrap();
    assert!(lines.rows.iter().all(|it| it.at == "by_hand"), "{:?}", lines.rows);
    // Nobody is silent who was not ordered, however long people take.
    story.world.advance(jiff::SignedDuration::from_hours(30));
    app.tick().await.unwrap();
    assert_eq!(story.stands().await, ("running".to_owned(), None, 1));
    let pilots = story.of_wave(1).await;
    story.report_all(&pilots, Outcome::Installed).await;
    // The way back is gone by people too.
    let preview = app.rollback_preview(manager, release, &Reach::Wave(1)).await.unwrap();
    assert!(preview.sites.iter().all(|it| !it.agent), "{:?}", preview.sites);
    app.rollout_roll_back(manager, release, &Reach::Wave(1), "wrong numbers").await.unwrap();
    app.tick().await.unwrap();
    for site in &pilots {
        assert!(order(&story, site).await.is_none(), "no order goes out");
    }
    story.report_all(&pilots, Outcome::RolledBack).await;
    let runs = story.view().await.runs;
    let back = runs.iter().find(|it| it.kind == "rollback").unwrap();
    assert_eq!(back.state, "finished");
}

/// A wave has begun where a site had no agent: once one is there, it may be ordered.
#[tokio::test]
async fn a_site_that_got_its_agent_late_is_ordered_when_somebody_asks() {
    let (story, _) = story(&[("any", "any")]).await;
    let app = &story.world.app;
    let (manager, release) = (&story.manager, &story.release);
    story.open().await;
    let pilots = story.of_wave(1).await;
    let bare = story.sites.iter().skip(1).step_by(2).find(|it| pilots.contains(it)).unwrap();
    let ready = story.sites.iter().step_by(2).find(|it| pilots.contains(it)).unwrap();
    let asked = |site: &SiteId| {
        let site = site.clone();
        async move { app.rollout_retry(manager, release, &site, "it has an agent now").await }
    };
    assert_eq!(asked(ready).await.unwrap_err().code(), "rollout_not_failed", "it is under way");
    assert_eq!(asked(bare).await.unwrap_err().code(), "rollout_not_failed", "nobody would take it");
    assert!(order(&story, bare).await.is_none());
    let row = agents::get(app.store(), ready).await.unwrap().unwrap();
    let late = Agent { site_id: bare.clone(), token_hash: vec![7; 32], ..row };
    let commit = Commit::new(app.now(), "test").write(agents::insert(&late));
    app.store().commit(commit).await.unwrap();
    asked(bare).await.unwrap();
    assert!(order(&story, bare).await.is_some(), "now it is ordered");
    assert_eq!(asked(bare).await.unwrap_err().code(), "rollout_not_failed", "once is enough");
}

#[tokio::test]
async fn each_site_gets_the_package_for_its_machine() {
    let (story, packages) =
        story(&[("linux", "x86_64"), ("linux", "aarch64"), ("windows", "any")]).await;
    let app = &story.world.app;
    let machines = ["linux x86_64", "linux aarch64", "windows x86_64", "linux riscv64"];
    let with_agent: Vec<SiteId> = story.sites.iter().step_by(2).cloned().collect();
    assert_eq!(foreseen(&story).await, [Some("platform_unknown"); 6]);
    for (site, machine) in with_agent.iter().zip(machines) {
        tell(&story, site, machine).await;
    }
    let unknown = Some("platform_unknown");
    let unfit = Some("platform_unfit");
    assert_eq!(foreseen(&story).await, [None, None, None, unfit, unknown, unknown]);
    story.open().await;
    for wave in 1..=3 {
        let members = story.of_wave(wave).await;
        for (index, site) in with_agent.iter().enumerate() {
            if !members.contains(site) {
                continue;
            }
            let id = order(&story, site).await.unwrap().id;
            let got = app.agent_deployment(site, id, 0).await;
            if let Some(package) = packages.get(index) {
                let got = got.unwrap();
                let names: Vec<&str> = got.artifacts.iter().map(|it| it.name.as_str()).collect();
                assert_eq!(names, [package.name.as_str()], "wave {wave}, {index}");
                assert!(app.agent_file(site, id, &package.name).await.is_ok());
                let other = &packages[(index + 1) % packages.len()].name;
                assert!(app.agent_file(site, id, other).await.is_err(), "only its own");
            } else {
                assert_eq!(got.unwrap_err().code(), "not_found", "not yet: {index}");
                let note = order(&story, site).await.unwrap().note.unwrap();
                assert!(note.contains("packages for linux x86_64, linux aarch64"), "{note}");
                // Once the site has told what it is, its order goes out.
                tell(&story, site, "linux x86_64").await;
                let got = app.agent_deployment(site, id, 0).await.unwrap();
                assert_eq!(got.artifacts[0].name, packages[0].name);
            }
        }
        story.report_all(&members, Outcome::Installed).await;
        if wave == 1 {
            story.world.advance(jiff::SignedDuration::from_hours(2));
            app.tick().await.unwrap();
        }
    }
    assert_eq!(story.stands().await.0, "finished");
}

// proves: S4h-06/U
#[tokio::test]
async fn what_goes_wrong_at_the_last_site_waits_for_a_person() {
    for decision in ["resume", "skip", "retry", "roll back"] {
        let (story, _) = story(&[]).await;
        let app = &story.world.app;
        let (manager, release) = (&story.manager, &story.release);
        story.open().await;
        let mut last = None;
        for wave in 1..=3 {
            let mut members = story.of_wave(wave).await;
            if wave == 3 {
                last = members.pop();
            }
            story.report_all(&members, Outcome::Installed).await;
            story.world.advance(jiff::SignedDuration::from_hours(3));
            app.tick().await.unwrap();
        }
        let last = &last.unwrap();
        story.report(last, Outcome::RolledBack).await.unwrap();
        for _ in 0..2 {
            app.tick().await.unwrap();
            assert_eq!(story.stands().await, ("halted".to_owned(), Some("failed".to_owned()), 3));
        }
        match decision {
            "resume" => app.rollout_resume(manager, release, "we live with it").await,
            "skip" => app.rollout_skip(manager, release, last, "it closes soon").await,
            "retry" => {
                app.rollout_retry(manager, release, last, "disk was full").await.unwrap();
                assert_eq!(story.stands().await.0, "halted", "{decision}");
                story.report(last, Outcome::Installed).await
            }
            _ => app.rollout_roll_back(manager, release, &Reach::Wave(3), "all of them").await,
        }
        .unwrap();
        app.tick().await.unwrap();
        assert_eq!(story.stands().await.0, "finished", "{decision}");
    }
}
