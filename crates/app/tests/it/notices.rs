//! Notices: nothing twice, nothing forgotten.

use crate::world::{World, product_input};
use jiff::{SignedDuration, Timestamp};
use roadbook_app::Call;
use roadbook_app::notices::{TalkDone, state};
use roadbook_app::ports::MailError;
use roadbook_app::releases::{NewRelease, NewReleaseItem};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{ContactId, IdSeed, PersonId, ProductId, ReleaseId, SiteId, UnitId};
use roadbook_core::run::{Command, Slot, StepState};
use roadbook_core::text::{Lang, Text};
use roadbook_store::{Commit, notices as rows, outbox, sites};
use std::collections::BTreeSet;

fn in_all(text: &str) -> String {
    format!(
        r#"{{ en = "{text}", ko = "{text} 한국어", vi = "{text} tiếng Việt", zh = "{text} 中文" }}"#
    )
}

fn process(steps: &str, audiences: &str) -> String {
    let t = in_all("Title");
    format!(
        r#"format = 1
id = "test/notices"
subject = "release"
title = {t}
description = {t}
control = {{ number = "T-1", owner = "release_lead", confidentiality = "internal", effective = "2026-01-01", note = "first" }}
go_live = "go_live"

[[role]]
id = "release_lead"
title = {t}
duty = {t}

[[audience]]
id = "company"
title = {t}
everyone = true

[[audience]]
id = "customers"
title = {t}
all_contacts = true
subscribers = true

[[audience]]
id = "team"
title = {t}
participants = true
{audiences}
[[phase]]
id = "tell"
title = {t}
{steps}

[[phase]]
id = "live"
title = {t}
  [[phase.step]]
  id = "go_live"
  kind = "task"
  title = {t}
  description = {t}
  role = "release_lead"
  effort = "1h"
  due = "T..Tend"

[[phase]]
id = "closing"
title = {t}
  [[phase.step]]
  id = "close"
  kind = "archive"
  title = {t}
  description = {t}
  role = "release_lead"
  effort = "1h"
  always = true
"#
    )
}

pub(crate) fn notice(id: &str, audience: &str, channels: &str, more: &str) -> String {
    let t = in_all("Title");
    let subject = in_all("{{ release.product }} {{ release.version }} on {{ release.go_live }}");
    let body = in_all("Dear {{ recipient.name }} of {{ site.name }}: {{ changes }}");
    format!(
        r#"
  [[phase.step]]
  id = "{id}"
  kind = "notice"
  title = {t}
  description = {t}
  role = "release_lead"
  effort = "15min"
  audience = "{audience}"
  channels = [{channels}]
  content = ["schedule", "changes"]
  subject = {subject}
  body = {body}
  {more}
"#
    )
}

/// An organization with three sites in three zones, and a release of this process under way.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) release: ReleaseId,
    contacts: Vec<(ContactId, &'static str)>,
}

fn seed(n: u128) -> IdSeed {
    IdSeed { millis: 1, random: n }
}

const SITES: [(&str, &str, Lang, &str); 3] = [
    ("seoul", "Asia/Seoul", Lang::Ko, "minseo@site-a.example"),
    ("hanoi", "Asia/Ho_Chi_Minh", Lang::Vi, "lan@site-b.example"),
    ("wuhan", "Asia/Shanghai", Lang::Zh, "wei@site-c.example"),
];

async fn lay_sites(world: &World) -> Vec<(ContactId, &'static str)> {
    let mut commit = Commit::new(world.app.now(), "system");
    let mut contacts = Vec::new();
    for (n, (key, zone, lang, email)) in SITES.into_iter().enumerate() {
        let site = SiteId::new(seed(n as u128 + 1));
        commit.writes.push(sites::insert(&sites::Site {
            id: site.clone(),
            key: key.to_owned(),
            name: format!("Site {key}"),
            unit_id: world.root.clone(),
            customer: None,
            zone: zone.to_owned(),
            lang,
            address: String::new(),
            class: "normal".to_owned(),
            update_authority: "site".to_owned(),
            active: true,
            revision: 1,
            part_of: None,
            part: "site".to_owned(),
        }));
        let contact = ContactId::new(seed(n as u128 + 1));
        commit.writes.push(sites::insert_contact(&sites::Contact {
            id: contact.clone(),
            site_id: site,
            name: format!("Contact {key}"),
            email: Some(email.to_owned()),
            lang,
            kind: "admin".to_owned(),
            active: true,
            revision: 1,
        }));
        contacts.push((contact, email));
    }
    world.app.store().commit(commit).await.unwrap();
    contacts
}

/// The third site runs this version.
async fn lay_version(world: &World, product: &ProductId, version: &str) {
    let row = roadbook_store::versions::SiteVersion {
        site_id: SiteId::new(seed(3)),
        product_id: product.clone(),
        since: world.app.now(),
        until: None,
        version: version.to_owned(),
        sort_key: version.to_owned(),
        source: "person".to_owned(),
        reported_by: "system".to_owned(),
        evidence: None,
        at: world.app.now(),
    };
    let mut commit = Commit::new(world.app.now(), "system");
    commit.writes.extend(roadbook_store::versions::enter(&row));
    world.app.store().commit(commit).await.unwrap();
}

impl Story {
    pub(crate) async fn new(steps: &str) -> Story {
        Story::with(steps, "", None).await
    }

    /// With further audiences, and a site that runs a version already.
    async fn with(steps: &str, audiences: &str, runs: Option<&str>) -> Story {
        let world = World::new().await;
        let contacts = lay_sites(&world).await;
        let manager = world
            .person(
                "manager",
                &world.root,
                &[("manager", Where::All), ("process_owner", Where::All)],
            )
            .await;
        // Without an address there are no letters about the manager's own work among the notices.
        let store = world.app.store();
        let mut row =
            roadbook_store::people::by_ids(store, std::slice::from_ref(&manager)).await.unwrap();
        let mut row = row.pop().unwrap();
        row.email = None;
        let commit = Commit::new(world.app.now(), "system");
        store.commit(commit.write(roadbook_store::people::update(&row))).await.unwrap();
        let call = world.call_of(&manager).await;
        world.app.process_publish(&call, &process(steps, audiences), "first").await.unwrap();
        let product = world
            .app
            .product_create(&world.admin().await, product_input("ledger", &world.root))
            .await
            .unwrap();
        let title = Text {
            en: Some("Faster".into()),
            ko: Some("빨라짐".into()),
            vi: Some("Nhanh hơn".into()),
            zh: Some("更快".into()),
        };
        let new = NewRelease {
            product: ProductId::parse(&product.id).ok(),
            process: "test/notices".to_owned(),
            version: "V1.0.0.0000".to_owned(),
            title: "Spring".to_owned(),
            kind: "upgrade".to_owned(),
            content: "x".to_owned(),
            items: vec![NewReleaseItem {
                title,
                kind: "feature".to_owned(),
                purpose: "feature".to_owned(),
                ..NewReleaseItem::default()
            }],
            sites: (1..=3).map(|n| SiteId::new(seed(n))).collect(),
            ..NewRelease::default()
        };
        let made = world.app.release_create(&call, new).await.unwrap();
        let release = ReleaseId::parse(&made.id).unwrap();
        if let Some(version) = runs {
            let desk = world.unit("Help desk", "team", &world.root).await;
            let edit = roadbook_app::releases::EditRelease {
                special_need: Some(vec![roadbook_core::release::SpecialNeed::Unit(desk)]),
                ..roadbook_app::releases::EditRelease::default()
            };
            world.app.release_edit(&call, &release, edit).await.unwrap();
            let product = ProductId::parse(&product.id).unwrap();
            lay_version(&world, &product, version).await;
        }
        Story { world, release, contacts }
    }

    pub(crate) async fn manager(&self) -> Call {
        let person = self.world.app.store();
        let found = roadbook_store::people::by_login(person, "manager").await.unwrap().unwrap();
        self.world.call_of(&found.id).await
    }

    async fn act(&self, command: Command) {
        let call = self.manager().await;
        self.world.app.release_do(&call, &self.release, command).await.unwrap();
    }

    pub(crate) async fn slot(&self, days: i64) -> Timestamp {
        let start = crate::world::start() + SignedDuration::from_hours(24 * days + 9);
        let slot = Slot { start, end: start + SignedDuration::from_hours(2) };
        self.act(Command::SetSlot { slot, reason: "plan".into(), pass_blocks: false }).await;
        start
    }

    pub(crate) async fn begin(&self, days: i64) {
        self.slot(days).await;
        self.act(Command::Start).await;
        self.tick().await;
    }

    async fn tick(&self) {
        for _ in 0..2 {
            self.world.app.tick().await.unwrap();
        }
    }

    async fn pass(&self, hours: i64) {
        self.world.advance(SignedDuration::from_hours(hours));
        self.tick().await;
    }

    /// Time passes as in a running server: hour by hour.
    pub(crate) async fn days(&self, days: i64) {
        for _ in 0..days * 24 {
            self.pass(1).await;
        }
    }

    fn mails(&self) -> Vec<(String, String)> {
        let sent = self.world.mailbox.sent.lock().unwrap();
        sent.iter().map(|it| (it.to.clone(), it.subject.clone())).collect()
    }

    fn to_sites(&self) -> usize {
        let ours = |to: &str| self.contacts.iter().any(|it| it.1 == to);
        self.mails().iter().filter(|it| ours(&it.0)).count()
    }

    /// No message id was accepted twice.
    fn nothing_twice(&self) {
        let sent = self.world.mailbox.sent.lock().unwrap();
        let ids: BTreeSet<&str> = sent.iter().map(|it| it.message_id.as_str()).collect();
        assert_eq!(ids.len(), sent.len());
    }

    async fn state(&self, step: &str) -> StepState {
        let call = self.manager().await;
        let view = self.world.app.release(&call.actor, &self.release).await.unwrap();
        view.release.run.step_state(step).clone()
    }

    async fn rows(&self, step: &str) -> Vec<rows::Notice> {
        let all = rows::of_release(self.world.app.store(), &self.release).await.unwrap();
        let mut list: Vec<_> = all.into_iter().filter(|it| it.step_id == step).collect();
        list.sort_by_key(|it| it.generation);
        list
    }

    /// The path in the newest mail to an address.
    fn token(&self, to: &str, path: &str) -> String {
        let sent = self.world.mailbox.sent.lock().unwrap();
        let mail = sent.iter().rev().find(|it| it.to == to && it.text.contains(path)).unwrap();
        let from = mail.text.find(path).unwrap() + path.len();
        mail.text[from..].split_whitespace().next().unwrap().to_owned()
    }
}

pub(crate) const TELL: &str = r#"due = "T-20d..T-10d""#;

// proves: S0-03/C S0-16/U
#[tokio::test]
async fn a_notice_goes_out_in_its_window_to_each_recipient_once_in_their_language() {
    let story =
        Story::new(&notice("tell", "customers", r#""email", "website", "board""#, TELL)).await;
    story.begin(40).await;
    assert!(story.mails().is_empty());
    assert_eq!(story.rows("tell").await[0].state, state::PLANNED);
    assert!(story.world.app.public_releases().await.unwrap().is_empty(), "nothing is public yet");
    story.days(19).await;
    assert!(story.mails().is_empty(), "the window opens 20 days before");
    story.days(2).await;
    assert_eq!(story.to_sites(), 3);
    assert_eq!(story.mails().len(), 3, "contacts of the sites and nobody inside");
    for (to, part) in [
        ("minseo@site-a.example", "2026년 2월 14일(토) 18:00 (Asia/Seoul) 한국어"),
        ("lan@site-b.example", "16:00 Thứ Bảy, 14/02/2026 (Asia/Ho_Chi_Minh) tiếng Việt"),
        ("wei@site-c.example", "2026年2月14日（星期六）17:00 (Asia/Shanghai) 中文"),
    ] {
        let found = story.mails().into_iter().find(|it| it.0 == to).unwrap();
        assert!(found.1.contains(part), "{found:?}");
    }
    assert_eq!(story.state("tell").await, StepState::Done);
    story.days(25).await;
    assert_eq!(story.mails().len(), 3, "and nobody hears again");
    let public = story.world.app.public_releases().await.unwrap();
    assert_eq!(public.len(), 1);
    let page = story.world.app.public_release(&public[0].number, Lang::Vi).await.unwrap();
    assert_eq!((page.lang, page.features), (Lang::Vi, vec!["Nhanh hơn".to_owned()]));
    story.nothing_twice();
}

#[tokio::test]
async fn two_activations_at_once_tell_everybody_once() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, "")).await;
    story.slot(40).await;
    story.act(Command::Start).await;
    let app = &story.world.app;
    let (a, b, c) = tokio::join!(app.tick(), app.tick(), app.tick());
    a.and(b).and(c).unwrap();
    story.tick().await;
    assert_eq!(story.to_sites(), 3);
    story.nothing_twice();
}

// proves: S0-15/C
#[tokio::test]
async fn who_does_not_acknowledge_is_reminded_and_who_does_is_not() {
    let more = "acknowledge = true\n  remind = \"2d\"";
    let story = Story::new(&notice("inform", "customers", r#""email""#, more)).await;
    story.begin(40).await;
    assert_eq!(story.to_sites(), 3);
    let app = &story.world.app;
    let token = story.token("minseo@site-a.example", "/n/");
    let page = app.receipt_page(&token).await.unwrap();
    assert!(page.asked && page.acked_at.is_none() && page.lang == Lang::Ko);
    let plan = &app.notices_of(&story.manager().await.actor, &story.release).await.unwrap()[0];
    assert_eq!(plan.unacknowledged, 3, "opening a page confirms nothing");
    app.receipt_confirm(&token).await.unwrap();
    app.receipt_confirm(&token).await.unwrap();
    assert!(app.receipt_confirm("nonsense").await.is_err());
    story.days(3).await;
    let reminded: Vec<_> = story.mails().into_iter().skip(3).map(|it| it.0).collect();
    assert_eq!(reminded.len(), 2, "{reminded:?}");
    assert!(!reminded.contains(&"minseo@site-a.example".to_owned()));
    let id = story.rows("inform").await[0].id.clone();
    let view = app.notice(&story.manager().await, &id).await.unwrap();
    assert_eq!(view.acknowledged, Some(33));
    story.days(20).await;
    assert_eq!(story.mails().len(), 3 + 2 * 3, "three reminders are enough");
    story.nothing_twice();
}

// proves: S0-03/C
#[tokio::test]
async fn a_moved_go_live_is_corrected_for_exactly_those_who_were_told_and_a_cancelled_one_retracted()
 {
    let story = Story::new(&notice("tell", "customers", r#""email", "website""#, "")).await;
    story.begin(40).await;
    assert_eq!(story.to_sites(), 3);
    // A new contact comes after the notice went out.
    let late = sites::Contact {
        id: ContactId::new(seed(99)),
        site_id: SiteId::new(seed(1)),
        name: "Late".to_owned(),
        email: Some("late@site-a.example".to_owned()),
        lang: Lang::En,
        kind: "admin".to_owned(),
        active: true,
        revision: 1,
    };
    let commit = Commit::new(story.world.app.now(), "system").write(sites::insert_contact(&late));
    story.world.app.store().commit(commit).await.unwrap();
    story.slot(45).await;
    story.tick().await;
    story.days(1).await;
    let mails = story.mails();
    assert_eq!(mails.len(), 6, "{mails:?}");
    assert!(mails[3..].iter().any(|it| it.1.starts_with("[일정 변경] ")), "{mails:?}");
    let states: Vec<_> =
        story.rows("tell").await.into_iter().map(|it| (it.kind, it.state)).collect();
    let pair = |kind: &str, state: &str| (kind.to_owned(), state.to_owned());
    assert_eq!(states, [pair("notice", "superseded"), pair("correction", "sent")]);
    story.act(Command::Cancel { reason: "not wanted".into() }).await;
    story.days(1).await;
    let mails = story.mails();
    assert_eq!(mails.len(), 9, "{mails:?}");
    assert!(mails[6..].iter().any(|it| it.1.starts_with("取消：")), "{mails:?}");
    assert!(story.world.app.public_releases().await.unwrap()[0].canceled);
    story.days(3).await;
    assert_eq!(story.mails().len(), 9);
    story.nothing_twice();
}

#[tokio::test]
async fn a_missing_translation_refuses_to_send_and_says_which() {
    let step = notice("tell", "customers", r#""email""#, TELL).replace(
        r#", vi = "Dear {{ recipient.name }} of {{ site.name }}: {{ changes }} tiếng Việt""#,
        "",
    );
    let story = Story::new(&step).await;
    story.begin(40).await;
    story.days(22).await;
    assert!(story.mails().is_empty(), "not even those whose language is there");
    let row = &story.rows("tell").await[0];
    assert_eq!(row.state, state::BLOCKED);
    assert_eq!(row.reason.as_deref(), Some("missing_translation:body:vi"));
    let call = story.manager().await;
    let app = &story.world.app;
    let (text, missing) =
        app.notice_preview(&call.actor, &story.release, "tell", Lang::Vi).await.unwrap();
    assert_eq!((text, missing), (None, vec!["missing_translation:body:vi".to_owned()]));
    let (text, missing) =
        app.notice_preview(&call.actor, &story.release, "tell", Lang::Zh).await.unwrap();
    assert!(text.is_some_and(|it| it.body.contains("更快")) && missing.is_empty());
    story.days(7).await;
    let reason = story.rows("tell").await[0].reason.clone().unwrap();
    assert!(reason.contains("lead_time_at_risk"), "warned while there is time: {reason}");
    story.days(3).await;
    let reason = story.rows("tell").await[0].reason.clone().unwrap();
    assert!(reason.contains("missed_lead_time"), "{reason}");
}

#[tokio::test]
async fn a_mail_server_that_is_away_for_a_day_loses_nothing() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, "")).await;
    *story.world.mailbox.fails.lock().unwrap() = Some(MailError::Transient("refused".into()));
    story.begin(40).await;
    story.days(1).await;
    assert!(story.mails().is_empty());
    assert_eq!(story.rows("tell").await[0].state, state::SENDING);
    assert_ne!(story.state("tell").await, StepState::Done);
    *story.world.mailbox.fails.lock().unwrap() = None;
    story.days(1).await;
    assert_eq!(story.to_sites(), 3);
    assert_eq!(story.state("tell").await, StepState::Done);
    story.nothing_twice();
}

#[tokio::test]
async fn what_cannot_be_delivered_waits_for_a_person() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, "")).await;
    *story.world.mailbox.fails.lock().unwrap() =
        Some(MailError::Permanent("550 no such user".into()));
    story.begin(40).await;
    story.days(1).await;
    let app = &story.world.app;
    let call = story.manager().await;
    let dead = app.dead_letters(&call).await.unwrap();
    assert_eq!(dead.len(), 3);
    assert!(dead[0].reason.contains("550"));
    assert_ne!(story.state("tell").await, StepState::Done, "it reached nobody");
    let member = story.world.person("member", &story.world.root, &[("member", Where::All)]).await;
    let member = story.world.call_of(&member).await;
    assert!(app.dead_letters(&member).await.unwrap().is_empty());
    assert!(app.dead_letter_retry(&member, &dead[0].id).await.is_err());
    *story.world.mailbox.fails.lock().unwrap() = None;
    app.dead_letter_retry(&call, &dead[0].id).await.unwrap();
    assert!(app.dead_letter_discard(&call, &dead[1].id, " ").await.is_err(), "says why");
    app.dead_letter_discard(&call, &dead[1].id, "told by phone").await.unwrap();
    app.dead_letter_discard(&call, &dead[2].id, "left the company").await.unwrap();
    story.days(1).await;
    assert_eq!(story.to_sites(), 1);
    assert!(app.dead_letters(&call).await.unwrap().is_empty());
    assert_eq!(story.state("tell").await, StepState::Done);
}

#[tokio::test]
async fn an_unknown_outcome_is_repeated_or_decided_by_a_person_as_the_notice_says() {
    for (more, dead) in [("", 0), ("at_most_once = true", 3)] {
        let story = Story::new(&notice("tell", "customers", r#""email""#, more)).await;
        *story.world.mailbox.fails.lock().unwrap() = Some(MailError::Unknown("closed".into()));
        story.begin(40).await;
        story.days(1).await;
        *story.world.mailbox.fails.lock().unwrap() = None;
        story.days(2).await;
        let letters = story.world.app.dead_letters(&story.manager().await).await.unwrap();
        assert_eq!(letters.len(), dead, "{more}");
        assert!(letters.iter().all(|it| it.reason == "outcome_unknown"));
        assert_eq!(story.to_sites(), 3 - dead, "{more}");
        story.nothing_twice();
    }
}

/// The server took a mail and the process died before it could write that down.
#[tokio::test]
async fn a_crash_between_the_answer_and_the_commit_is_repeated_under_the_same_id_or_not_at_all() {
    for (more, copies) in [("", 2), ("at_most_once = true", 1)] {
        let story = Story::new(&notice("tell", "customers", r#""email""#, more)).await;
        story.slot(40).await;
        story.act(Command::Start).await;
        let mailbox = &story.world.mailbox;
        *mailbox.hangs.lock().unwrap() = true;
        {
            let mut dying = std::pin::pin!(story.world.app.tick());
            // The activation is dropped in the middle, as a killed process drops it.
            while mailbox.sent.lock().unwrap().len() < 3 {
                tokio::select! {
                    biased;
                    done = &mut dying => panic!("it should hang: {done:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        *mailbox.hangs.lock().unwrap() = false;
        story.days(1).await;
        let sent = mailbox.sent.lock().unwrap().clone();
        assert_eq!(sent.len(), 3 * copies, "{more}");
        let ids: BTreeSet<&str> = sent.iter().map(|it| it.message_id.as_str()).collect();
        assert_eq!(ids.len(), 3, "a mailbox that knows the id keeps one: {more}");
        let letters = story.world.app.dead_letters(&story.manager().await).await.unwrap();
        assert_eq!(letters.len(), if copies == 1 { 3 } else { 0 }, "{more}");
    }
}

// proves: S0-14/U S0-13/U
#[tokio::test]
async fn the_board_tells_each_unit_what_it_has_to_prepare() {
    let step = notice("inform", "company", r#""board""#, "acknowledge = true")
        .replace("{{ changes }}", "{{ prepare }}");
    let story = Story::new(&step).await;
    let sales: UnitId = story.world.unit("Sales", "department", &story.world.root).await;
    let seller: PersonId = story.world.person("seller", &sales, &[]).await;
    let call = story.manager().await;
    let app = &story.world.app;
    let text = Text {
        en: Some("brief customers".into()),
        ko: Some("고객 안내 준비".into()),
        vi: Some("báo khách".into()),
        zh: Some("通知客户".into()),
    };
    let edit = roadbook_app::releases::EditRelease {
        prepare: Some(vec![roadbook_core::release::Preparation { unit: sales, text }]),
        ..roadbook_app::releases::EditRelease::default()
    };
    app.release_edit(&call, &story.release, edit).await.unwrap();
    assert!(app.board(&call).await.unwrap().is_empty());
    story.begin(40).await;
    let of_seller = story.world.call_of(&seller).await;
    let board = app.board(&of_seller).await.unwrap();
    assert!(board[0].body.contains("고객 안내 준비"), "{board:?}");
    assert!(!app.board(&call).await.unwrap()[0].body.contains("고객 안내 준비"));
    assert_eq!(story.state("inform").await, StepState::Done);
    app.notice_acknowledge(&of_seller, &board[0].notice).await.unwrap();
    assert!(app.board(&of_seller).await.unwrap()[0].acked_at.is_some());
}

// proves: S0-18/U S0-19/U
#[tokio::test]
async fn a_person_tells_them_and_writes_down_how_ready_they_are() {
    let story = Story::new(&notice("call", "customers", r#""task""#, "")).await;
    story.begin(40).await;
    let app = &story.world.app;
    let call = story.manager().await;
    let talks = app.talks(&call, &story.release).await.unwrap();
    assert_eq!(talks.len(), 3);
    assert_ne!(story.state("call").await, StepState::Done);
    let mine = app.my_talks(&call).await.unwrap();
    assert_eq!(mine.len(), 3);
    for talk in &mine {
        let wrong = TalkDone { readiness: "perhaps".into(), ..TalkDone::default() };
        assert!(app.talk_done(&call, &talk.task.id, wrong).await.is_err());
        let done = TalkDone {
            channel: "phone".into(),
            notes: "asks for the guide".into(),
            readiness: "needs_help".into(),
        };
        app.talk_done(&call, &talk.task.id, done).await.unwrap();
    }
    story.tick().await;
    assert_eq!(story.state("call").await, StepState::Done);
}

#[tokio::test]
async fn a_subscriber_says_yes_twice_and_can_leave_by_any_mail() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, "")).await;
    let app = &story.world.app;
    assert!(app.subscribe("not an address", None, Lang::En).await.is_err());
    for address in ["reader@press.example", "silent@press.example"] {
        app.subscribe(address, None, Lang::En).await.unwrap();
    }
    story.tick().await;
    assert_eq!(story.mails().len(), 2, "nothing but the question");
    app.subscription_confirm(&story.token("reader@press.example", "/public/confirm/"))
        .await
        .unwrap();
    story.begin(40).await;
    story.pass(8).await;
    let told: Vec<_> = story.mails().into_iter().skip(2).map(|it| it.0).collect();
    assert!(told.contains(&"reader@press.example".to_owned()) && told.len() == 4, "{told:?}");
    let token = story.token("reader@press.example", "/public/unsubscribe/");
    app.unsubscribe(&token).await.unwrap();
    let left = rows::subscribers(app.store(), "").await.unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn without_a_mail_server_mails_wait_visibly_and_never_give_up() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, "")).await;
    *story.world.mailbox.fails.lock().unwrap() = Some(MailError::NotConfigured);
    story.begin(60).await;
    story.days(4).await;
    let waiting = outbox::counts(story.world.app.store()).await.unwrap();
    assert!(waiting.contains(&("pending".to_owned(), 3)), "{waiting:?}");
    let call = story.world.admin().await;
    let refused = story.world.app.mail_test(&call, "a@b.example", Lang::En).await.unwrap_err();
    assert_eq!(refused.code(), "mail_not_configured");
    *story.world.mailbox.fails.lock().unwrap() = None;
    story.days(1).await;
    assert_eq!(story.to_sites(), 3);
}

/// A clock that is set back must not tell anybody anything again.
#[tokio::test]
async fn a_clock_that_jumps_neither_repeats_nor_skips() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, TELL)).await;
    story.begin(40).await;
    let before = story.world.app.now() + SignedDuration::from_hours(24 * 21);
    for hours in [0, -24, -1, 1, 24, -24] {
        story.world.clock.set(before + SignedDuration::from_hours(hours));
        story.tick().await;
    }
    story.days(1).await;
    assert_eq!(story.to_sites(), 3);
    story.nothing_twice();
}

const OLD: &str = r#"
[[audience]]
id = "old"
title = { en = "Old", ko = "이전", vi = "Cũ", zh = "旧" }
contacts = 'older(site.version, release.version)'
special_need = true
"#;

// proves: S0-18/U
#[tokio::test]
async fn older_sites_and_those_with_a_special_need_are_talked_to_in_person() {
    let t = in_all("Title");
    let step = format!(
        r#"
  [[phase.step]]
  id = "contacts"
  kind = "contact"
  title = {t}
  description = {t}
  role = "release_lead"
  effort = "1h"
  audience = "old"
"#
    );
    let story = Story::with(&step, OLD, Some("V9.0.0.0000")).await;
    story.begin(40).await;
    let app = &story.world.app;
    let call = story.manager().await;
    let talks = app.talks(&call, &story.release).await.unwrap();
    let mut targets: Vec<&str> = talks.iter().map(|it| it.target.as_str()).collect();
    targets.sort_unstable();
    assert_eq!(targets, ["Help desk", "Site hanoi", "Site seoul"], "not the site that runs V9");
    for talk in &talks {
        assert!(story.state("contacts").await.is_open(), "every talk counts");
        let done =
            TalkDone { channel: "phone".into(), notes: String::new(), readiness: "ready".into() };
        app.talk_done(&call, &talk.task.id, done).await.unwrap();
    }
    assert_eq!(story.state("contacts").await, StepState::Done);
}
