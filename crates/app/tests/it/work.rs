//! People are asked, reminded and told in time about their own work.

use crate::world::{World, product_input, start};
use jiff::SignedDuration;
use roadbook_app::Call;
use roadbook_app::releases::NewRelease;
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{PersonId, ProductId, ReleaseId};
use roadbook_core::run::{Assurance, Command, Slot, Verdict};
use roadbook_store::{outbox, record, units};

fn process() -> String {
    let t = r#"{ en = "Title", ko = "제목", vi = "Tiêu đề", zh = "标题" }"#;
    let title = |word: &str| {
        format!(
            r#"{{ en = "{word}", ko = "{word} 한글", vi = "{word} việc", zh = "{word} 工作" }}"#
        )
    };
    let role = |id: &str| format!("[[role]]\nid = \"{id}\"\ntitle = {t}\nduty = {t}\n\n");
    let step = |id: &str, kind: &str, role: &str, more: &str| {
        let title = title(id);
        format!(
            "  [[phase.step]]\n  id = \"{id}\"\n  kind = \"{kind}\"\n  title = {title}\n  \
             description = {t}\n  role = \"{role}\"\n  effort = \"2h\"\n  {more}\n\n"
        )
    };
    let head = format!(
        r#"format = 1
id = "test/work"
subject = "release"
title = {t}
description = {t}
control = {{ number = "T-1", owner = "release_lead", confidentiality = "internal", effective = "2026-01-01", note = "first" }}
go_live = "go_live"

"#
    );
    let approve = "after = [\"test\"]\n  rejected = \"test\"\n  \
                   expires = { after = \"1d\", then = \"escalate\" }";
    let phase = |id: &str| format!("[[phase]]\nid = \"{id}\"\ntitle = {t}\n\n");
    [
        head,
        role("release_lead"),
        role("tester"),
        role("approver"),
        phase("prepare"),
        step("test", "task", "tester", "due = \"T-5d\""),
        step("approve", "approval", "approver", approve),
        phase("live"),
        step("go_live", "task", "release_lead", "due = \"T..Tend\""),
        phase("closing"),
        step("close", "archive", "release_lead", "always = true"),
    ]
    .concat()
}

struct Story {
    world: World,
    release: ReleaseId,
    lead: PersonId,
    tester: PersonId,
    approver: PersonId,
}

impl Story {
    async fn new() -> Story {
        let world = World::new().await;
        let lead = world
            .person("lead", &world.root, &[("manager", Where::All), ("process_owner", Where::All)])
            .await;
        let desk = world.unit("Quality", "team", &world.root).await;
        let tester = world.person("tester", &desk, &[("tester", Where::All)]).await;
        let board = world.unit("Board", "department", &world.root).await;
        let approver = world.person("approver", &board, &[("approver", Where::All)]).await;
        let head = world.person("head", &board, &[]).await;
        let unit = units::all(world.app.store()).await.unwrap();
        let unit = unit.into_iter().find(|it| it.id == board).unwrap();
        let input = roadbook_app::units::UnitInput {
            name: unit.name,
            kind: unit.kind,
            parent: unit.parent_id,
            zone: unit.zone,
            head: Some(head),
        };
        world.app.unit_edit(&world.admin().await, &board, input).await.unwrap();
        let call = world.call_of(&lead).await;
        world.app.process_publish(&call, &process(), "first").await.unwrap();
        let input = product_input("ledger", &world.root);
        let product = world.app.product_create(&world.admin().await, input).await.unwrap();
        let new = NewRelease {
            product: ProductId::parse(&product.id).ok(),
            process: "test/work".to_owned(),
            version: "V1.0.0.0000".to_owned(),
            title: "Spring".to_owned(),
            kind: "upgrade".to_owned(),
            content: "x".to_owned(),
            ..NewRelease::default()
        };
        let made = world.app.release_create(&call, new).await.unwrap();
        let release = ReleaseId::parse(&made.id).unwrap();
        Story { world, release, lead, tester, approver }
    }

    async fn act(&self, who: &PersonId, command: Command) {
        let call: Call = self.world.call_of(who).await;
        self.world.app.release_do(&call, &self.release, command).await.unwrap();
        self.tick().await;
    }

    async fn slot(&self, days: i64) {
        let start = start() + SignedDuration::from_hours(24 * days + 9);
        let slot = Slot { start, end: start + SignedDuration::from_hours(2) };
        let command = Command::SetSlot { slot, reason: "plan".into(), pass_blocks: false };
        self.act(&self.lead, command).await;
    }

    async fn tick(&self) {
        for _ in 0..2 {
            self.world.app.tick().await.unwrap();
        }
    }

    async fn hours(&self, hours: i64) {
        for _ in 0..hours {
            self.world.advance(SignedDuration::from_hours(1));
            self.tick().await;
        }
    }

    /// Recipient and subject of what came since the last look, by recipient.
    fn new_mails(&self, seen: &mut usize) -> Vec<(String, String)> {
        let sent = self.world.mailbox.sent.lock().unwrap();
        let short = |to: &str| to.split('@').next().unwrap_or_default().to_owned();
        let mut list: Vec<_> =
            sent.iter().skip(*seen).map(|it| (short(&it.to), it.subject.clone())).collect();
        *seen = sent.len();
        list.sort();
        list
    }
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(to, subject)| ((*to).to_owned(), (*subject).to_owned())).collect()
}

// proves: S4i-07/C S4i-05/U
#[tokio::test]
async fn the_start_tells_everybody_and_each_hears_their_turn_what_is_late_and_what_moved() {
    let story = Story::new().await;
    let mut seen = 0;
    story.slot(20).await;
    story.hours(30).await;
    assert_eq!(story.new_mails(&mut seen), [], "a draft asks nobody for anything");

    story.act(&story.lead, Command::Start).await;
    story.hours(24).await;
    let product = "Product ledger V1.0.0.0000";
    let expected = [
        ("approver", format!("[참여 안내] {product}에서 맡으신 작업")),
        ("lead", format!("[참여 안내] {product}에서 맡으신 작업")),
        ("tester", format!("[처리 요청] test 한글 ({product})")),
    ];
    let list: Vec<_> = expected.iter().map(|(to, subject)| (*to, subject.as_str())).collect();
    assert_eq!(story.new_mails(&mut seen), pairs(&list), "also those whose step comes late");
    {
        let sent = story.world.mailbox.sent.lock().unwrap();
        let lead = sent.iter().find(|it| it.to.starts_with("lead")).unwrap();
        for part in
            ["- go_live 한글\n", "시작 예정: ", "기한: ", "예상 작업량: 약 2시간", "/releases/"]
        {
            assert!(lead.text.contains(part), "{part} in\n{}", lead.text);
        }
    }

    // The go-live moves by a week: those with dates ahead hear the new ones, once.
    story.slot(27).await;
    story.hours(24).await;
    let moved = format!("[일정 변경] {product}에서 맡으신 작업");
    let found = story.new_mails(&mut seen);
    assert_eq!(found, pairs(&[("approver", &moved), ("lead", &moved)]));
    story.hours(48).await;
    assert_eq!(story.new_mails(&mut seen), []);

    // Nobody tests: a day before the date, and when it has passed.
    story.hours(24 * 18).await;
    let soon = format!("[기한 임박] test 한글 ({product})");
    let late = format!("[기한 지남] test 한글 ({product})");
    assert_eq!(story.new_mails(&mut seen), pairs(&[("tester", &soon), ("tester", &late)]));
    let sent = story.world.mailbox.sent.lock().unwrap();
    let mut ids: Vec<_> = sent.iter().map(|it| it.message_id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), sent.len(), "nothing twice");
}

#[tokio::test]
async fn an_approval_that_nobody_gives_is_escalated_once_and_never_given_by_itself() {
    let story = Story::new().await;
    let mut seen = 0;
    story.slot(20).await;
    story.act(&story.lead, Command::Start).await;
    story.hours(12).await;
    story.new_mails(&mut seen);
    let done = Command::Done { step: "test".into(), remark: String::new() };
    story.act(&story.tester, done).await;
    story.hours(20).await;
    let product = "Product ledger V1.0.0.0000";
    let turn = format!("[처리 요청] approve 한글 ({product})");
    assert_eq!(story.new_mails(&mut seen), pairs(&[("approver", &turn)]));

    story.hours(24).await;
    let asked = format!("[미응답] approve 한글 ({product})");
    assert_eq!(story.new_mails(&mut seen), pairs(&[("head", &asked), ("lead", &asked)]));
    {
        let sent = story.world.mailbox.sent.lock().unwrap();
        let mail = sent.last().unwrap();
        assert!(mail.text.contains("미응답자: approver"), "{}", mail.text);
    }
    let view = story
        .world
        .app
        .release(&story.world.call_of(&story.lead).await.actor, &story.release)
        .await
        .unwrap();
    let state = &view.release.run.steps["approve"];
    assert!(state.escalated_at.is_some() && state.state.is_open(), "it waits all the same");
    story.hours(72).await;
    assert_eq!(story.new_mails(&mut seen), [], "once");
    let stream = format!("release/{}", story.release);
    let entries = record::stream_page(story.world.app.store(), &stream, 0, 1_000).await.unwrap();
    let noted = entries
        .iter()
        .filter(|it| String::from_utf8_lossy(&it.bytes).contains("escalated"))
        .count();
    assert_eq!(noted, 1, "and it is on the record");

    let digest = view.context.digests["approve"].clone();
    let vote = Command::Vote {
        step: "approve".into(),
        verdict: Verdict::Approve,
        comment: String::new(),
        digest,
        assurance: Assurance::Password,
    };
    story.act(&story.approver, vote).await;
    story.hours(24).await;
    assert_eq!(story.new_mails(&mut seen), [], "the go-live is nobody's turn before its time");

    // Cancelled: whoever was written to hears that there is nothing left to do.
    story.act(&story.lead, Command::Cancel { reason: "no budget".into() }).await;
    story.hours(24).await;
    let off = format!("[취소] {product}");
    let everybody = [("approver", off.as_str()), ("head", &off), ("lead", &off), ("tester", &off)];
    assert_eq!(story.new_mails(&mut seen), pairs(&everybody));
    story.hours(24).await;
    assert_eq!(story.new_mails(&mut seen), []);
    let open = outbox::due(story.world.app.store(), story.world.app.now(), 10).await.unwrap();
    assert!(open.is_empty());
}
