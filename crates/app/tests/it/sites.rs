//! Sites: what runs where, what they decide, and the one door for reports.

use crate::world::{UNCHECKED, World, new_release, product_input};
use jiff::SignedDuration;
use roadbook_app::releases::NewRelease;
use roadbook_app::sites::{
    ContactInput, DeploymentReport, FeedbackInput, Outcome, ReleaseSiteFilter, Reporter,
    SiteDecision, SiteInput, SiteListFilter, Success,
};
use roadbook_app::{Call, Error, Receipt, Result};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{ContactId, IdSeed, ProductId, ReleaseId, SiteId, UnitId};
use roadbook_core::rollout::Code;
use roadbook_core::run::{Command, SiteCounts, Slot};
use roadbook_core::text::Lang;
use roadbook_store::{PageAsk, Scope, sites};

fn process() -> String {
    let t = r#"{ en = "Title", ko = "제목", vi = "Tiêu đề", zh = "标题" }"#;
    let step = |id: &str, more: &str| {
        format!(
            "\n  [[phase.step]]\n  id = \"{id}\"\n  title = {t}\n  description = {t}\n  \
             role = \"release_lead\"\n  effort = \"1h\"\n  {more}\n"
        )
    };
    let phase = |id: &str| format!("\n[[phase]]\nid = \"{id}\"\ntitle = {t}\n");
    format!(
        "{UNCHECKED}\nformat = 1\nid = \"test/sites\"\nsubject = \"release\"\ntitle = {t}\ndescription = {t}\n\
         control = {{ number = \"T-2\", owner = \"release_lead\", confidentiality = \"internal\", \
         effective = \"2026-01-01\", note = \"first\" }}\ngo_live = \"update\"\n\n\
         [[role]]\nid = \"release_lead\"\ntitle = {t}\nduty = {t}\n{}{}{}{}{}{}",
        phase("before"),
        step("prepare", "kind = \"task\""),
        phase("live"),
        step(
            "update",
            "kind = \"rollout\"\n  due = \"T..Tend\"\n    [[phase.step.wave]]\n    \
             name = \"all\"\n    share = \"100%\""
        ),
        phase("closing"),
        step("close", "kind = \"archive\"\n  always = true"),
    )
}

/// Sites as an installation with a fleet has them, written at once.
async fn many(world: &World, count: usize) -> Vec<SiteId> {
    let store = world.app.store();
    let mut commit = roadbook_store::Commit::new(world.app.now(), "test");
    let mut ids = Vec::new();
    for number in 0..count {
        let id = SiteId::new(IdSeed { millis: number as u64, random: number as u128 });
        commit.writes.push(sites::insert(&sites::Site {
            id: id.clone(),
            key: format!("fleet-{number:06}"),
            name: format!("Fleet {number}"),
            unit_id: world.root.clone(),
            customer: None,
            zone: "Asia/Seoul".to_owned(),
            lang: Lang::Ko,
            address: String::new(),
            class: "normal".to_owned(),
            update_authority: "vendor".to_owned(),
            active: true,
            revision: 1,
            part_of: None,
            part: "site".to_owned(),
        }));
        ids.push(id);
    }
    store.commit(commit).await.unwrap();
    ids
}

pub struct Story {
    pub world: World,
    pub product: ProductId,
    pub release: ReleaseId,
    pub sites: Vec<SiteId>,
    pub contact: ContactId,
    pub manager: Call,
}

pub async fn site(world: &World, key: &str, unit: &UnitId, authority: &str) -> SiteId {
    let input = SiteInput {
        key: key.to_owned(),
        name: format!("Site {key}"),
        unit: Some(unit.clone()),
        zone: "Asia/Seoul".to_owned(),
        lang: "ko".to_owned(),
        update_authority: authority.to_owned(),
        tags: vec!["ring=0".to_owned()],
        active: true,
        ..SiteInput::default()
    };
    let made = world.app.site_create(&world.admin().await, input).await.unwrap();
    SiteId::parse(&made.id).unwrap()
}

impl Story {
    /// Three sites in scope, the third run by the vendor; the first two run something already.
    pub async fn new() -> Story {
        Story::with(0).await
    }

    /// As [`Story::new`], and so many sites more.
    async fn with(more: usize) -> Story {
        let world = World::new().await;
        let app = &world.app;
        let mut list = Vec::new();
        for (key, authority) in [("a", "customer"), ("b", "customer"), ("c", "vendor")] {
            list.push(site(&world, key, &world.root, authority).await);
        }
        list.extend(many(&world, more).await);
        let input = ContactInput {
            name: "Minseo".to_owned(),
            email: Some("minseo@site-a.example".to_owned()),
            lang: "ko".to_owned(),
            kind: "admin".to_owned(),
            active: true,
        };
        let contact = app.contact_add(&world.admin().await, &list[0], input).await.unwrap();
        let roles = [("manager", Where::All), ("process_owner", Where::All)];
        let manager = world.person("manager", &world.root, &roles).await;
        let manager = world.call_of(&manager).await;
        app.process_publish(&manager, &process(), "first").await.unwrap();
        let made = app.product_create(&manager, product_input("gate", &world.root)).await.unwrap();
        let product = ProductId::parse(&made.id).unwrap();
        for (site, version) in [(&list[0], "V1.2.0.0009"), (&list[1], "V1.10.0.0001")] {
            let since = app.now();
            app.site_version_set(&manager, site, &product, version, since, "seen").await.unwrap();
        }
        world.advance(SignedDuration::from_hours(1));
        let new = NewRelease {
            sites: list.clone(),
            ..new_release(&product, "test/sites", "V1.10.0.0002")
        };
        let made = app.release_create(&manager, new).await.unwrap();
        Story {
            release: ReleaseId::parse(&made.id).unwrap(),
            contact: ContactId::parse(&contact.id).unwrap(),
            product,
            sites: list,
            manager,
            world,
        }
    }

    pub async fn act(&self, command: Command) {
        let manager = self.manager.clone();
        self.world.app.release_do(&manager, &self.release, command).await.unwrap();
    }

    pub async fn start(&self) {
        let start = self.world.app.now() + SignedDuration::from_hours(1);
        let slot = Slot { start, end: start + SignedDuration::from_hours(8) };
        self.act(Command::SetSlot { slot, reason: "plan".into(), pass_blocks: false }).await;
        self.act(Command::Start).await;
    }

    pub async fn open(&self) {
        self.start().await;
        self.act(Command::Done { step: "prepare".into(), remark: String::new() }).await;
        self.world.advance(SignedDuration::from_hours(1));
    }

    fn told(&self, site: usize, outcome: Outcome) -> DeploymentReport {
        DeploymentReport {
            site: self.sites[site].clone(),
            release: self.release.clone(),
            generation: 0,
            outcome,
            reported_by: Reporter::Person { evidence: "protocol 12".to_owned() },
            at: self.world.app.now(),
            note: String::new(),
            package: None,
        }
    }

    async fn report(&self, mut report: DeploymentReport) -> Result<Receipt> {
        // The order that stands, unless the test says otherwise.
        if report.generation == 0 {
            report.generation = self.generation(&report.site).await;
        }
        self.world.app.deployment_report(&self.manager, report).await
    }

    async fn generation(&self, site: &SiteId) -> u64 {
        let store = self.world.app.store();
        let row = roadbook_store::deployments::get(store, &self.release, site).await.unwrap();
        row.map_or(1, |it| it.generation as u64)
    }

    async fn decide(&self, call: &Call, site: usize, decision: SiteDecision) -> Result<Receipt> {
        self.world.app.site_decide(call, &self.sites[site], &self.release, decision).await
    }

    /// The contact's own way in.
    async fn contact(&self) -> Call {
        let app = &self.world.app;
        let secret = app.site_link(&self.manager, &self.contact).await.unwrap().secret.unwrap();
        app.link(&secret).await.unwrap().unwrap().call()
    }

    async fn runs(&self, site: usize) -> Vec<(String, bool)> {
        let call = &self.manager;
        let past = self.world.app.site_history(call, &self.sites[site], &self.product).await;
        past.unwrap().into_iter().map(|it| (it.version, it.until.is_none())).collect()
    }
}

fn code(result: Result<Receipt>) -> String {
    match result {
        Err(Error::Invalid(list)) => list[0].field.clone(),
        Err(error) => error.code().to_owned(),
        Ok(receipt) => panic!("done: {receipt:?}"),
    }
}

// proves: S0-27/U
#[tokio::test]
async fn exactly_the_sites_that_are_behind_are_found() {
    let story = Story::new().await;
    let app = &story.world.app;
    let all = Scope::all();
    let cases = [
        ("V1.2.0.0009", vec![]),
        ("V1.3.0.0000", vec!["a"]),
        ("V1.10.0.0001", vec!["a"]),
        ("V1.10.0.0002", vec!["a", "b"]),
    ];
    for (version, expected) in cases {
        let page =
            app.sites_older_than(&all, &story.product, version, &PageAsk::default()).await.unwrap();
        let mut keys: Vec<&str> = page.rows.iter().map(|it| it.site.key.as_str()).collect();
        keys.sort_unstable();
        assert_eq!(keys, expected, "{version}");
        let filter = SiteListFilter {
            product: Some(story.product.clone()),
            older_than: Some(version.to_owned()),
            ..SiteListFilter::default()
        };
        assert_eq!(app.site_count(&all, &filter).await.unwrap(), expected.len() as i64);
        assert_eq!(
            app.site_count(&Scope::none(), &filter).await.unwrap(),
            0,
            "lists know who asks"
        );
    }
    let asked = app.sites_older_than(&all, &story.product, "1.x", &PageAsk::default()).await;
    assert!(asked.is_err());
    let before = story.world.app.now() - SignedDuration::from_hours(2);
    let none = SiteListFilter::default();
    let matrix = app.version_matrix(&all, &none, Some(before), &PageAsk::default()).await.unwrap();
    assert!(matrix.rows.iter().all(|it| it.cells.is_empty()), "nothing was known then");
    let matrix = app.version_matrix(&all, &none, None, &PageAsk::default()).await.unwrap();
    let cells: Vec<usize> = matrix.rows.iter().map(|it| it.cells.len()).collect();
    assert_eq!(cells, [1, 1, 0]);
}

#[tokio::test]
async fn a_report_comes_in_only_when_the_release_lets_it() {
    let story = Story::new().await;
    assert_eq!(code(story.report(story.told(0, Outcome::Installed)).await), "not_started");
    story.start().await;
    assert_eq!(code(story.report(story.told(0, Outcome::Installed)).await), "rollout_not_open");
    story.act(Command::Done { step: "prepare".into(), remark: String::new() }).await;
    story.world.advance(SignedDuration::from_hours(1));

    let stale = DeploymentReport { generation: 99, ..story.told(0, Outcome::Installed) };
    assert_eq!(code(story.report(stale).await), "stale_generation");
    let bare = DeploymentReport {
        reported_by: Reporter::Person { evidence: " ".to_owned() },
        ..story.told(0, Outcome::Installed)
    };
    assert_eq!(code(story.report(bare).await), "evidence");
    let ahead = DeploymentReport {
        at: story.world.app.now() + SignedDuration::from_hours(1),
        ..story.told(0, Outcome::Installed)
    };
    assert_eq!(code(story.report(ahead).await), "at");
    assert_eq!(code(story.report(story.told(1, Outcome::Skipped)).await), "note");
    let elsewhere = site(&story.world, "elsewhere", &story.world.root, "customer").await;
    let foreign = DeploymentReport { site: elsewhere, ..story.told(0, Outcome::Installed) };
    assert_eq!(code(story.report(foreign).await), "not_found");

    let report = story.told(0, Outcome::Installed);
    story.report(report.clone()).await.unwrap();
    assert_eq!(story.report(report).await.unwrap().notes, ["unchanged"], "told twice");
    let expected = [("V1.2.0.0009".to_owned(), false), ("V1.10.0.0002".to_owned(), true)];
    assert_eq!(story.runs(0).await, expected, "the old one stays in the history");
    story.report(story.told(1, Outcome::Failed)).await.unwrap();
    assert_eq!(story.runs(1).await.len(), 1, "a failure changes no version");
    let listed =
        DeploymentReport { reported_by: Reporter::Import, ..story.told(2, Outcome::Installed) };
    story.report(listed).await.unwrap();
    let counts = story.world.app.site_counts(&story.release).await.unwrap();
    let expected = SiteCounts {
        stands: Some((Code::Failed, 1)),
        total: 3,
        succeeded: 2,
        failed: 1,
        accepted: 1,
        ..SiteCounts::default()
    };
    assert_eq!(counts, expected, "the vendor's own site need not decide");

    story.world.advance(SignedDuration::from_hours(1));
    story.report(story.told(0, Outcome::RolledBack)).await.unwrap();
    let last = story.runs(0).await.pop().unwrap();
    assert_eq!(last, ("V1.2.0.0009".to_owned(), true), "the former version runs again");
    story.act(Command::Hold { reason: "trouble".into() }).await;
    assert_eq!(code(story.report(story.told(1, Outcome::Installed)).await), "on_hold");
}

// proves: S0-22/U
#[tokio::test]
async fn a_site_decides_for_itself_and_sees_no_other() {
    let story = Story::new().await;
    story.open().await;
    let app = &story.world.app;
    let contact = story.contact().await;
    app.site_view(&contact, &story.sites[0]).await.unwrap();
    assert_eq!(app.site_view(&contact, &story.sites[1]).await.unwrap_err().code(), "not_found");
    let wish = SiteDecision::Accept { wished: None };
    assert_eq!(code(story.decide(&contact, 1, wish.clone()).await), "not_found");
    let silent = SiteDecision::Decline { reason: " ".to_owned() };
    assert_eq!(code(story.decide(&contact, 0, silent).await), "reason");
    let no = SiteDecision::Decline { reason: "end of the year".to_owned() };
    story.decide(&contact, 0, no).await.unwrap();
    assert_eq!(code(story.report(story.told(0, Outcome::Installed)).await), "site_declined");

    let until = app.now() + SignedDuration::from_hours(48);
    let past = SiteDecision::Postpone { until: app.now(), reason: String::new() };
    assert_eq!(code(story.decide(&story.manager, 1, past).await), "until");
    let later = SiteDecision::Postpone { until, reason: String::new() };
    story.decide(&story.manager, 1, later).await.unwrap();
    let counts = app.site_counts(&story.release).await.unwrap();
    assert_eq!((counts.accepted, counts.postponed, counts.declined), (1, 1, 1));
    let asked = async || {
        app.tick().await.unwrap();
        app.tick().await.unwrap();
        let mails = story.world.mailbox.sent.lock().unwrap().clone();
        mails
            .into_iter()
            .filter(|it| it.text.contains("put ") || it.text.contains("연기하셨"))
            .collect::<Vec<_>>()
    };
    assert!(asked().await.is_empty(), "not before its date");
    story.world.advance(SignedDuration::from_hours(49));
    let mails = asked().await;
    let [mail] = &mails[..] else { panic!("once, to one: {mails:?}") };
    // Nobody at this site has an address: the lead hears that they must ask themselves.
    assert_eq!(mail.to, "manager@hanbit.example");
    assert!(mail.text.contains("Site b") && mail.text.contains("직접 문의"), "{}", mail.text);
    assert_eq!(asked().await.len(), 1, "nothing twice");
    assert_eq!(app.site_counts(&story.release).await.unwrap().undecided(), 1);

    story.decide(&contact, 0, wish.clone()).await.unwrap();
    let said = FeedbackInput {
        success: Success::Partly,
        problems: "slow".to_owned(),
        ideas: String::new(),
        rating: Some(3),
    };
    let site = &story.sites[0];
    let early = app.feedback_give(&contact, site, &story.release, said.clone()).await;
    assert_eq!(code(early), "nothing_deployed");
    story.report(story.told(0, Outcome::Installed)).await.unwrap();
    assert_eq!(code(story.decide(&contact, 0, wish).await), "already_installed");
    app.site_receipt(&contact, site, &story.release).await.unwrap();
    app.site_receipt(&contact, site, &story.release).await.unwrap();
    let odd = FeedbackInput { rating: Some(9), ..said.clone() };
    assert_eq!(code(app.feedback_give(&contact, site, &story.release, odd).await), "rating");
    app.feedback_give(&contact, site, &story.release, said).await.unwrap();
    let view = app.site_view(&contact, site).await.unwrap();
    assert!(view.releases[0].read);
    assert_eq!(view.releases[0].feedback[0].problems, "slow");
    assert_eq!(view.contacts.len(), 1);
    let counts = app.site_counts(&story.release).await.unwrap();
    assert_eq!((counts.informed, counts.feedback), (1, 1));

    // Who leaves loses the way in at once.
    let secret = app.site_link(&story.manager, &story.contact).await.unwrap().secret.unwrap();
    let gone = ContactInput {
        name: "Minseo".to_owned(),
        lang: "ko".to_owned(),
        ..ContactInput::default()
    };
    app.contact_edit(&story.manager, &story.contact, gone).await.unwrap();
    assert!(app.link(&secret).await.unwrap().is_none());
}

// A document holds at most 256 KiB; the sites of a release are rows and may be many more.
#[tokio::test]
async fn a_release_may_be_for_ten_thousand_sites() {
    let story = Story::with(10_000).await;
    let app = &story.world.app;
    story.open().await;
    for site in [0, 5_000, 10_002] {
        story.report(story.told(site, Outcome::Installed)).await.unwrap();
    }
    let counts = app.site_counts(&story.release).await.unwrap();
    assert_eq!((counts.total, counts.succeeded), (10_003, 3));
    let page = async |filter: ReleaseSiteFilter, ask: PageAsk| {
        app.release_sites(&story.manager, &story.release, &filter, &ask).await.unwrap()
    };
    let (first, all) = page(ReleaseSiteFilter::default(), PageAsk::first(100)).await;
    assert_eq!((first.rows.len(), all), (100, 10_003));
    let after = PageAsk { cursor: first.next, limit: 100 };
    let (second, _) = page(ReleaseSiteFilter::default(), after).await;
    assert!(first.rows[99].site.key < second.rows[0].site.key, "pages follow each other");
    let done = ReleaseSiteFilter { outcome: Some("installed".to_owned()), text: None };
    let (done, count) = page(done, PageAsk::first(100)).await;
    assert_eq!((done.rows.len(), count), (3, 3));
    let open =
        ReleaseSiteFilter { outcome: Some("open".to_owned()), text: Some("fleet-000077".into()) };
    let (open, count) = page(open, PageAsk::first(100)).await;
    assert_eq!((open.rows[0].site.key.as_str(), count), ("fleet-000077", 1));
}
