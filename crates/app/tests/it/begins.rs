//! Runs that begin by themselves: called by a step, on an event of another run, period by period.

use crate::world::World;
use jiff::SignedDuration;
use roadbook_app::releases::NewRelease;
use roadbook_app::{About, PageAsk, ReleaseFilter, Scope};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{PersonId, ProductId, ReleaseId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::Subject;
use roadbook_core::release::Origin;
use roadbook_core::run::{CloseCode, Command, MemberAct};
use roadbook_core::schedule::Period;

const T: &str = r#"{ en = "Title", ko = "제목", vi = "Tiêu đề", zh = "标题" }"#;

/// A process of one phase with these steps and whatever else stands before them.
pub(crate) fn process(id: &str, subject: &str, more: &str, steps: &[(&str, &str, &str)]) -> String {
    let steps: String = steps
        .iter()
        .map(|(id, kind, more)| {
            format!(
                "  [[phase.step]]\n  id = \"{id}\"\n  kind = \"{kind}\"\n  title = {T}\n  \
                 description = {T}\n  role = \"release_lead\"\n  {more}\n"
            )
        })
        .collect();
    format!(
        "format = 1\nid = \"{id}\"\nsubject = \"{subject}\"\ntitle = {T}\ndescription = {T}\n\
         control = {{ number = \"T-1\", owner = \"release_lead\", confidentiality = \"internal\", \
         effective = \"2026-01-01\", note = \"first\" }}\n\n{more}\n\
         [[role]]\nid = \"release_lead\"\ntitle = {T}\nduty = {T}\n\n\
         [[phase]]\nid = \"only\"\ntitle = {T}\n\n{steps}"
    )
}

pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) lead: PersonId,
    pub(crate) product: ProductId,
}

impl Story {
    pub(crate) async fn new(processes: &[String]) -> Story {
        let world = World::new().await;
        let roles = [("manager", Where::All), ("process_owner", Where::All)];
        let lead = world.person("lead", &world.root, &roles).await;
        let product = world.product("ledger").await;
        let call = world.call_of(&lead).await;
        for text in processes {
            world.app.process_publish(&call, text, "first").await.unwrap();
        }
        let story = Story { world, lead, product };
        story.tick().await;
        story
    }

    async fn tick(&self) {
        for _ in 0..3 {
            self.world.app.tick().await.unwrap();
        }
    }

    pub(crate) async fn open(
        &self,
        process: &str,
        version: &str,
        period: Option<Period>,
    ) -> ReleaseId {
        let new = NewRelease {
            product: Some(self.product.clone()),
            process: process.to_owned(),
            version: version.to_owned(),
            title: "Spring".to_owned(),
            content: "x".to_owned(),
            period,
            ..NewRelease::default()
        };
        let call = self.world.call_of(&self.lead).await;
        let made = self.world.app.release_create(&call, new).await.unwrap();
        let id = ReleaseId::parse(&made.id).unwrap();
        self.act(&id, Command::Start).await;
        id
    }

    async fn act(&self, id: &ReleaseId, command: Command) {
        let call = self.world.call_of(&self.lead).await;
        self.world.app.release_do(&call, id, command).await.unwrap();
        self.tick().await;
    }

    pub(crate) async fn done(&self, id: &ReleaseId, step: &str) {
        self.act(id, Command::Done { step: step.to_owned(), remark: "seen".to_owned() }).await;
    }

    pub(crate) async fn close(&self, id: &ReleaseId, code: CloseCode) {
        self.act(id, Command::Close { code, remark: "over".to_owned() }).await;
    }

    async fn state(&self, id: &ReleaseId, step: &str) -> &'static str {
        let call = self.world.call_of(&self.lead).await;
        let view = self.world.app.release(&call.actor, id).await.unwrap();
        view.release.run.step_state(step).name()
    }

    /// Number and state of everything that is no release, oldest first.
    async fn others(&self) -> Vec<(ReleaseId, String, String)> {
        let filter = ReleaseFilter { about: About::Others, ..ReleaseFilter::default() };
        let list = self.world.app.release_list(&Scope::all(), &filter, &PageAsk::first(50)).await;
        let mut rows: Vec<_> = list
            .unwrap()
            .rows
            .into_iter()
            .map(|it| (it.row.id, it.row.number, it.row.state))
            .collect();
        rows.sort();
        rows
    }
}

#[tokio::test]
async fn a_step_calls_another_process_and_waits_until_it_is_closed() {
    let call =
        r#"call = { process = "test/issue", wait = "all", with = { about = "release.number" } }"#;
    let field = format!("[[field]]\nid = \"about\"\ntype = \"text\"\nask = {T}\n");
    let story = Story::new(&[
        process("test/issue", "issue", &field, &[("fix", "task", "")]),
        process(
            "test/caller",
            "release",
            "",
            &[("plan", "task", ""), ("ask", "call", &format!("after = [\"plan\"]\n  {call}"))],
        ),
    ])
    .await;
    let release = story.open("test/caller", "V1.0.0.0000", None).await;
    assert!(story.others().await.is_empty(), "nothing is called before its turn");
    story.done(&release, "plan").await;

    let others = story.others().await;
    let [(issue, number, state)] = others.as_slice() else { panic!("one issue: {others:?}") };
    assert_eq!((number.as_str(), state.as_str()), ("I-2026-0001", "running"));
    let call = story.world.call_of(&story.lead).await;
    let view = story.world.app.release(&call.actor, issue).await.unwrap();
    assert_eq!(view.release.subject, Subject::Issue);
    assert_eq!(view.began_by.as_deref(), Some("R-2026-0001"));
    let told = Value::Text("R-2026-0001".to_owned());
    assert_eq!(view.release.run.fields.get("about"), Some(&told), "what the caller handed over");
    let waiting = story.world.app.release(&call.actor, &release).await.unwrap().waiting;
    let waits = serde_json::to_value(&waiting.iter().find(|it| it.0 == "ask").unwrap().1).unwrap();
    assert_eq!(waits[0]["on"], "run", "{waits}");
    assert_eq!(waits[0]["number"], "I-2026-0001", "{waits}");

    story.tick().await;
    assert_eq!(story.others().await.len(), 1, "looked at again, it is not called again");
    story.done(issue, "fix").await;
    assert_eq!(story.state(&release, "ask").await, "active", "done is not closed");
    story.close(issue, CloseCode::Success).await;
    assert_eq!(story.state(&release, "ask").await, "done");
}

/// A step over issues has a member for each that names the release, also for one that comes later.
#[tokio::test]
async fn a_step_goes_over_the_issues_that_name_its_release() {
    let names = format!(
        "[[field]]\nid = \"release\"\ntype = \"run\"\nprocess = \"test/release\"\nask = {T}\n\
         required_by = \"look\"\n"
    );
    let each = "after = [\"plan\"]\n  each = \"issue\"";
    let story = Story::new(&[
        process("test/release", "release", "", &[("plan", "task", ""), ("answer", "task", each)]),
        process("test/issue", "issue", &names, &[("look", "task", "")]),
    ])
    .await;
    let release = story.open("test/release", "V1.0.0.0000", None).await;
    let call = story.world.call_of(&story.lead).await;
    let name = async |issue: &ReleaseId| {
        let value = Value::Text("R-2026-0001".to_owned());
        story.act(issue, Command::SetField { field: "release".to_owned(), value }).await;
    };
    let members = async || {
        let view = story.world.app.release(&call.actor, &release).await.unwrap();
        let state = view.release.run.steps.get("answer").unwrap().clone();
        state.members.keys().cloned().collect::<Vec<_>>()
    };
    let first = story.open("test/issue", "", None).await;
    name(&first).await;
    story.open("test/issue", "", None).await;
    story.done(&release, "plan").await;
    assert_eq!(members().await, [first.to_string()], "the other one names no release");

    let later = story.open("test/issue", "", None).await;
    name(&later).await;
    let both = [first.to_string(), later.to_string()];
    assert_eq!(members().await, both, "the release looks again when an issue names it");
    story.done(&first, "look").await;
    story.close(&first, CloseCode::Success).await;
    assert_eq!(members().await, both, "a settled issue still wants its answer");

    for member in both {
        let act = MemberAct::Done { remark: "told".to_owned() };
        story.act(&release, Command::Member { step: "answer".to_owned(), member, act }).await;
    }
    assert_eq!(story.state(&release, "answer").await, "done");
}

#[tokio::test]
async fn each_time_an_event_happens_a_run_is_called_and_nobody_waits_for_it() {
    let call = "on = \"issue.raised\"\n  call = { process = \"test/issue\", wait = \"none\" }";
    let story = Story::new(&[
        process("test/issue", "issue", "", &[("fix", "task", "")]),
        process("test/caller", "release", "", &[("plan", "task", ""), ("trouble", "call", call)]),
    ])
    .await;
    let release = story.open("test/caller", "V1.0.0.0000", None).await;
    for what in ["printer", "login"] {
        let event = "issue.raised".to_owned();
        story.act(&release, Command::Happened { event, what: what.to_owned() }).await;
    }
    let numbers: Vec<String> = story.others().await.into_iter().map(|it| it.1).collect();
    assert_eq!(numbers, ["I-2026-0001", "I-2026-0002"]);
    story.done(&release, "plan").await;
    story.close(&release, CloseCode::Success).await;
}

#[tokio::test]
async fn a_release_that_went_wrong_begins_its_review_once_and_a_good_one_none() {
    let start = "[[start]]\non = \"release.closed\"\nwhen = 'event.code != \"success\"'\n";
    let story = Story::new(&[
        process("test/release", "release", "", &[("plan", "task", "")]),
        process("test/review", "issue", start, &[("look", "task", "")]),
    ])
    .await;
    for (version, code, reviews) in [
        ("V1.0.0.0000", CloseCode::Success, 0),
        ("V1.0.0.0001", CloseCode::Partial, 1),
        ("V1.0.0.0002", CloseCode::Success, 1),
    ] {
        let release = story.open("test/release", version, None).await;
        story.done(&release, "plan").await;
        story.close(&release, code).await;
        assert_eq!(story.others().await.len(), reviews, "after {version}");
    }
    let (review, _, state) = story.others().await.remove(0);
    assert_eq!(state, "running", "nobody has to start it");
    let call = story.world.call_of(&story.lead).await;
    let view = story.world.app.release(&call.actor, &review).await.unwrap();
    assert!(matches!(view.release.origin, Some(Origin::Event { .. })));
    assert_eq!(view.release.lead, story.lead);
    // Its own end is an event too, and begins nothing again.
    story.done(&review, "look").await;
    story.close(&review, CloseCode::Partial).await;
    assert_eq!(story.others().await.len(), 1);
}

#[tokio::test]
async fn a_rhythm_goes_on_from_period_to_period_until_one_is_cancelled() {
    let start = "[[start]]\nperiod = \"month\"\nopens = \"M-1:24..27\"\n";
    let story = Story::new(&[process("test/plan", "cycle", start, &[("write", "task", "")])]).await;
    let day = |n: i64| SignedDuration::from_hours(24 * n);
    let first = story.open("test/plan", "", Some(Period { year: 2026, month: 1 })).await;
    let periods = async || {
        let mut list = Vec::new();
        for (id, number, _) in story.others().await {
            let call = story.world.call_of(&story.lead).await;
            let view = story.world.app.release(&call.actor, &id).await.unwrap();
            list.push(format!("{number} {}", view.release.run.period.unwrap()));
        }
        list
    };
    let begins = story.world.app.now();
    // The server begins on the 5th; the plan for February opens on the 24th of January.
    assert_eq!(periods().await, ["M-2026-0001 2026-01"], "as of {begins}");
    story.world.advance(day(10));
    story.tick().await;
    assert_eq!(periods().await.len(), 1, "not before its day");
    story.world.advance(day(20));
    story.tick().await;
    assert_eq!(periods().await, ["M-2026-0001 2026-01", "M-2026-0002 2026-02"]);
    // A server that stood still for two months makes up for both.
    story.world.advance(day(60));
    story.tick().await;
    assert_eq!(periods().await.last().map(String::as_str), Some("M-2026-0004 2026-04"));
    story.done(&first, "write").await;
    let newest = story.others().await.pop().unwrap().0;
    story.act(&newest, Command::Cancel { reason: "no more".to_owned() }).await;
    story.world.advance(day(60));
    story.tick().await;
    assert_eq!(periods().await.len(), 4, "a cancelled period ends the rhythm");
}
