//! A walker: carries a release of any process from its application to its closing, each step by
//! those who should, each refused once to somebody who should not, and tells the story.
//!
//! It knows nothing of a particular process: what is missing it learns from what the product says
//! it waits for. A [`Script`] says what people answer; what it leaves out is answered as it goes
//! well.

pub mod acts;
pub mod scripts;
mod sites;
pub mod tale;
pub mod town;
pub mod voice;
mod words;
mod work;

use acts::{Act, Acts, No, Who};
use jiff::{SignedDuration, Timestamp};
use roadbook_app::releases::{NewRelease, NewReleaseItem, ReleaseView};
use roadbook_app::sites::SiteDecision;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Step, StepKind, Subject, Template};
use roadbook_core::release::Mode;
use roadbook_core::run::{Answer, CloseCode, Command, Slot, WaitingOn};
use roadbook_core::text::Lang;
use std::collections::{BTreeMap, BTreeSet};
use tale::Tale;
use voice::Voice;
use work::Work;

/// Acts after which a walk that has not ended goes in circles.
const ACTS_MAX: usize = 600;

/// What people answer on the way.
#[derive(Clone)]
pub struct Script {
    pub process: &'static str,
    /// Language of the titles in the story.
    pub lang: Lang,
    /// Language in which the story itself is told.
    pub voice: Voice,
    pub title: &'static str,
    /// The month that a run about one is for; the present one when none.
    pub period: Option<&'static str>,
    pub kind: &'static str,
    pub version: &'static str,
    pub mode: Mode,
    pub items: Vec<NewReleaseItem>,
    /// Who leads it: a role.
    pub lead: &'static str,
    /// Start and end of the go-live; none for a process without one.
    pub slot: Option<(&'static str, &'static str)>,
    /// Answers to fields; others get the first answer of their type.
    pub fields: Vec<(&'static str, Value)>,
    /// Outcome of decisions, `step` or `step/member`; others get their first outcome.
    pub outcomes: Vec<(&'static str, &'static str)>,
    /// Answers to check items, `step.check`; others pass.
    pub answers: Vec<(&'static str, Answer)>,
    /// Texts of documents; others have all their sections filled.
    pub papers: Vec<(&'static str, &'static str)>,
    /// Sites that decline.
    pub declines: Vec<usize>,
    /// Events that are reported as soon as a step is over: event and step.
    pub events: Vec<(&'static str, &'static str)>,
    pub code: CloseCode,
}

impl Script {
    /// Everything goes well.
    pub fn of(process: &'static str) -> Script {
        Script {
            process,
            lang: Lang::En,
            voice: Voice::ENGLISH,
            title: "Spring",
            period: None,
            kind: "",
            version: "V1.2.0.0001",
            mode: Mode::Planned,
            items: vec![item("Export", "feature", "feature", &[])],
            lead: "release_lead",
            slot: None,
            fields: Vec::new(),
            outcomes: Vec::new(),
            answers: Vec::new(),
            papers: Vec::new(),
            declines: Vec::new(),
            events: Vec::new(),
            code: CloseCode::Success,
        }
    }
}

/// A change.
pub fn item(title: &str, kind: &str, purpose: &str, facts: &[(&str, bool)]) -> NewReleaseItem {
    let mut titles = roadbook_core::text::Text::default();
    for lang in Lang::ALL {
        *titles.slot(lang) = Some(title.to_owned());
    }
    NewReleaseItem {
        title: titles,
        kind: kind.to_owned(),
        purpose: purpose.to_owned(),
        facts: facts.iter().map(|it| (it.0.to_owned(), Value::Bool(it.1))).collect(),
    }
}

/// A release on its way.
pub struct Walk<A: Acts> {
    pub acts: A,
    pub script: Script,
    pub template: Template,
    pub release: ReleaseId,
    pub tale: Tale,
    /// Steps that were refused to somebody already.
    tried: BTreeSet<String>,
    /// What was answered with "not yet", until something changes.
    stuck: BTreeMap<String, i64>,
    reported: BTreeSet<&'static str>,
}

/// A run that somebody turned away from for a while.
pub struct Aside {
    script: Script,
    template: Template,
    release: ReleaseId,
    tale: Tale,
    tried: BTreeSet<String>,
    stuck: BTreeMap<String, i64>,
    reported: BTreeSet<&'static str>,
}

impl<A: Acts> Walk<A> {
    /// Applies for a release; the people of the town are those of its process.
    pub async fn begin(acts: A, script: Script) -> Walk<A> {
        let mut walk = Box::pin(Walk::apply(acts, script)).await;
        let lead = Who::person(walk.script.lead);
        let start = Act::Run(Command::Start);
        let no = Box::pin(walk.acts.act(&walk.release, &Who::person("outsider"), &start))
            .await
            .unwrap_err();
        let what = walk.script.voice.phrase("start").to_owned();
        walk.refused(&Who::person("outsider"), &no, &what);
        walk.must(&lead, &start).await;
        let given =
            |id: &str| walk.template.fields.iter().any(|it| it.id == id && it.default.is_some());
        let known: Vec<_> = walk.script.fields.iter().filter(|it| given(it.0)).cloned().collect();
        for (field, value) in known {
            let value = walk.acts.town().resolve(&value);
            walk.must(&lead, &Act::Run(Command::SetField { field: field.to_owned(), value })).await;
        }
        if let Some((start, end)) = walk.script.slot {
            let slot = Slot { start: start.parse().unwrap(), end: end.parse().unwrap() };
            let set = Command::SetSlot { slot, reason: String::new(), pass_blocks: false };
            walk.must(&lead, &Act::Run(set)).await;
        }
        walk
    }

    /// Goes on with another run of the same organization; what is left comes back.
    pub fn turn_to(&mut self, release: ReleaseId, script: Script) -> Aside {
        let tale = Tale::new(self.acts.town().zone.clone(), script.lang, script.voice);
        Aside {
            template: std::mem::replace(&mut self.template, town::builtin(script.process)),
            script: std::mem::replace(&mut self.script, script),
            release: std::mem::replace(&mut self.release, release),
            tale: std::mem::replace(&mut self.tale, tale),
            tried: std::mem::take(&mut self.tried),
            stuck: std::mem::take(&mut self.stuck),
            reported: std::mem::take(&mut self.reported),
        }
    }

    /// Goes back to what was left; the story of the other run comes with it.
    pub fn turn_back(&mut self, aside: Aside) -> Tale {
        self.script = aside.script;
        self.template = aside.template;
        self.release = aside.release;
        self.tried = aside.tried;
        self.stuck = aside.stuck;
        self.reported = aside.reported;
        // Time went on meanwhile.
        self.stuck.clear();
        std::mem::replace(&mut self.tale, aside.tale)
    }

    /// As [`Walk::begin`], up to the draft.
    pub async fn apply(acts: A, script: Script) -> Walk<A> {
        let new = application(&script, acts.town());
        let release = acts.open("applicant", new).await.unwrap_or_else(|no| panic!("{no:?}"));
        let mut walk = Walk::of(acts, script, release);
        let view = walk.view().await;
        let voice = walk.script.voice;
        let run = &view.release.run;
        let ships = walk.template.subject.is_release() || voice.is_plain();
        let process = if voice.is_plain() {
            format!("{}@{}", run.process, run.revision)
        } else {
            walk.template.title.show(voice.lang).0.to_owned()
        };
        let says = voice.say(
            "applies for {0} {1} by {2}, kind “{3}”, {4}",
            &[
                &view.release.number,
                if ships { &view.release.version } else { walk.script.title },
                &process,
                &view.release.kind,
                voice.phrase(view.release.mode.name()),
            ],
        );
        walk.tale.cast(&walk.template, walk.acts.town());
        walk.say("applicant", &says);
        walk
    }

    /// A run that is there already, begun by itself or by somebody.
    pub fn of(acts: A, script: Script, release: ReleaseId) -> Walk<A> {
        Walk {
            template: town::builtin(script.process),
            tale: Tale::new(acts.town().zone.clone(), script.lang, script.voice),
            acts,
            script,
            release,
            tried: BTreeSet::new(),
            stuck: BTreeMap::new(),
            reported: BTreeSet::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.acts.town().world.app.now()
    }

    pub async fn view(&self) -> ReleaseView {
        let town = self.acts.town();
        let actor = town.world.admin().await.actor;
        town.world.app.release(&actor, &self.release).await.unwrap()
    }

    pub fn say(&mut self, who: &str, what: &str) {
        let now = self.now();
        let who = self.acts.town().called(who).to_owned();
        self.tale.line(now, &who, what);
    }

    fn words(&self, act: &Act) -> String {
        tale::words(act, self.acts.town(), &self.template, self.script.voice)
    }

    fn refused(&mut self, who: &Who, no: &No, what: &str) {
        let town = self.acts.town();
        let mut text = no.text.clone();
        // Ids differ from run to run of the same story only when its people do.
        for site in &town.sites {
            text = text.replace(site.id.as_str(), site.key);
        }
        let name = self.name_of(who);
        let now = self.now();
        let why = self.script.voice.refusal(&self.template, &no.code, &text);
        self.tale.refused(now, &name, what, &why);
    }

    pub fn name_of(&self, who: &Who) -> String {
        match who {
            Who::Person(login) => self.acts.town().called(login).to_owned(),
            Who::Contact { site, kind } => {
                let town = self.acts.town();
                let key = town.sites[*site].key;
                match town.names.get(&format!("{key}/{kind}")) {
                    Some(name) => {
                        let kind = self.script.voice.phrase(kind);
                        let site = town.site_name(*site);
                        self.script.voice.say("{0} ({1} of {2})", &[name, kind, site])
                    }
                    None => format!("{kind} of {key}"),
                }
            }
        }
    }

    /// Does something that has to go well.
    pub async fn must(&mut self, who: &Who, act: &Act) {
        if let Err(no) = Box::pin(self.acts.act(&self.release, who, act)).await {
            panic!("{}\n{}: {act:?}\n{no:?}", self.tale.text(), self.name_of(who));
        }
        self.done(who, act).await;
    }

    /// Does something that has to be refused with this code.
    pub async fn must_not(&mut self, who: &Who, act: &Act, code: &str) {
        match Box::pin(self.acts.act(&self.release, who, act)).await {
            Ok(()) => panic!("{}\n{}: {act:?} went well", self.tale.text(), self.name_of(who)),
            Err(no) => {
                assert_eq!(no.code, code, "{}\n{act:?}: {}", self.tale.text(), no.text);
                let what = self.words(act);
                self.refused(who, &no, &what);
            }
        }
    }

    async fn done(&mut self, who: &Who, act: &Act) {
        let what = self.words(act);
        let name = self.name_of(who);
        self.say(&name, &what);
        self.settle(2).await;
    }

    /// Lets the reconcilers look so often, half a minute apart, and tells what went out.
    pub async fn settle(&mut self, times: usize) {
        let world = &self.acts.town().world;
        for _ in 0..times {
            Box::pin(world.app.tick()).await.unwrap();
            world.advance(SignedDuration::from_secs(30));
        }
        Box::pin(self.tale.notices(self.acts.town(), &self.template, &self.release)).await;
    }

    /// Moves the clock to a moment.
    pub async fn at(&mut self, moment: &str) {
        self.go_to(moment.parse().unwrap()).await;
    }

    async fn go_to(&mut self, moment: Timestamp) {
        self.acts.town().world.clock.set(moment);
        self.acts.moved().await;
        self.stuck.clear();
        self.settle(4).await;
    }

    /// Walks until this step is over.
    pub async fn until(&mut self, step: &str) {
        for _ in 0..ACTS_MAX {
            if self.view().await.release.run.step_state(step).is_terminal() {
                return;
            }
            Box::pin(self.go_on()).await;
        }
        panic!("{}\nstep {step} is never over", self.tale.text());
    }

    /// Walks until this step is open.
    pub async fn until_open(&mut self, step: &str) {
        for _ in 0..ACTS_MAX {
            if self.view().await.release.run.step_state(step).is_open() {
                return;
            }
            Box::pin(self.go_on()).await;
        }
        panic!("{}\nstep {step} never opens", self.tale.text());
    }

    /// Walks until nothing is open, closes, and tells how each step ended.
    pub async fn to_the_end(&mut self) {
        for _ in 0..ACTS_MAX {
            let view = self.view().await;
            let open = |it: &Step| {
                let state = view.release.run.step_state(&it.id);
                !state.is_terminal() && (it.on.is_none() || (it.blocking && state.is_open()))
            };
            if !self.template.steps().any(|it| open(it.1)) {
                return self.close().await;
            }
            Box::pin(self.go_on()).await;
        }
        panic!("{}\nthe release never ends", self.tale.text());
    }

    async fn close(&mut self) {
        let code = self.script.code;
        let close = Act::Run(Command::Close { code, remark: String::new() });
        let outsider = Who::person("outsider");
        let no = Box::pin(self.acts.act(&self.release, &outsider, &close)).await.unwrap_err();
        let what = self.script.voice.phrase("close").to_owned();
        self.refused(&outsider, &no, &what);
        let lead = Who::person(self.script.lead);
        self.must(&lead, &close).await;
        let hold = Act::Run(Command::Hold { reason: self.script.voice.phrase("late").to_owned() });
        self.must_not(&lead, &hold, "closed").await;
        let view = self.view().await;
        self.tale.states(&self.template, &view);
        self.every_step_was_refused_once();
    }

    /// A step that somebody worked on was refused to somebody before.
    fn every_step_was_refused_once(&self) {
        let worked = |it: &Step| self.tale.worked_on(&it.id);
        let missing: Vec<&str> = self
            .template
            .steps()
            .filter(|it| worked(it.1) && !self.tried.contains(&it.1.id))
            .map(|it| it.1.id.as_str())
            .collect();
        assert_eq!(missing, Vec::<&str>::new(), "refused to nobody");
    }

    /// One act, or the next moment at which something happens.
    pub async fn go_on(&mut self) {
        let view = self.view().await;
        for (event, after) in self.script.events.clone() {
            if !self.reported.contains(event) && view.release.run.step_state(after).is_terminal() {
                self.reported.insert(event);
                let (event, what) =
                    (event.to_owned(), self.script.voice.phrase("seen by support").to_owned());
                let lead = Who::person(self.script.lead);
                self.must(&lead, &Act::Run(Command::Happened { event, what })).await;
                return;
            }
        }
        let open: Vec<Step> = self
            .template
            .steps()
            .filter(|it| view.release.run.step_state(&it.1.id).is_open())
            .map(|it| it.1.clone())
            .collect();
        for step in &open {
            if self.stuck.get(&step.id) == Some(&view.revision) {
                continue;
            }
            if let Some(work) = Box::pin(self.work(&view, step)).await
                && Box::pin(self.perform(&view, step, work)).await
            {
                return;
            }
        }
        let Some(next) = Box::pin(self.next_moment(&view)).await else {
            let waiting: Vec<_> = view.waiting.iter().collect();
            panic!("{}\nnothing moves: {waiting:#?}", self.tale.text());
        };
        self.go_to(next).await;
    }

    /// Does a piece of work, after somebody was refused it. False: not yet.
    async fn perform(&mut self, view: &ReleaseView, step: &Step, work: Work) -> bool {
        if work.begins && self.tried.insert(step.id.clone()) {
            self.tale.head(self.now(), step);
            if let Err(no) = Box::pin(self.acts.act(&self.release, &work.stranger, &work.act)).await
            {
                let what = self.words(&work.act);
                self.refused(&work.stranger.clone(), &no, &what);
            } else {
                panic!("{}\n{}: anybody may do it", self.tale.text(), step.id);
            }
        }
        match Box::pin(self.acts.act(&self.release, &work.who, &work.act)).await {
            Ok(()) => {
                self.tale.head(self.now(), step);
                self.tale.work(&step.id);
                self.done(&work.who, &work.act).await;
                true
            }
            Err(no) if no.code == "four_eyes" => {
                let what = self.words(&work.act);
                self.refused(&work.who, &no, &what);
                for other in self.others(view, step) {
                    let done = Box::pin(self.acts.act(&self.release, &other, &work.act)).await;
                    if other != work.who && done.is_ok() {
                        self.done(&other, &work.act).await;
                        return true;
                    }
                }
                let to = self.acts.town().person_id("deputy").clone();
                let hand = Act::Run(Command::Delegate { step: step.id.clone(), to });
                self.must(&work.who, &hand).await;
                self.must(&Who::person("deputy"), &work.act).await;
                true
            }
            // Not its turn, or not its hour: something else moves first.
            Err(no) if NOT_NOW.contains(&no.code.as_str()) => {
                if work.last {
                    self.stuck.insert(step.id.clone(), view.revision);
                }
                false
            }
            Err(no) => panic!("{}\n{work:?}\n{no:?}", self.tale.text()),
        }
    }

    /// Everybody whose approval the step waits for.
    fn others(&self, view: &ReleaseView, step: &Step) -> Vec<Who> {
        let waiting = view.waiting.iter().filter(|it| it.0 == step.id).flat_map(|it| &it.1);
        let people = waiting.filter_map(|it| match it {
            WaitingOn::Approval { people, .. } => Some(people),
            _ => None,
        });
        let town = self.acts.town();
        let names = people.flatten().map(|it| town.name(it)).filter(|it| it != "admin");
        names.map(Who::Person).collect()
    }

    /// The next moment at which something may happen by itself.
    async fn next_moment(&self, view: &ReleaseView) -> Option<Timestamp> {
        let now = self.now();
        let run = &view.release.run;
        let mut moments: Vec<Timestamp> = Vec::new();
        moments.extend(run.slot.iter().flat_map(|it| [it.start, it.end]));
        let over = |step: &str| run.step_state(step).is_terminal();
        let live = |it: &(&String, &Timestamp)| !over(it.0);
        moments.extend(view.context.opens_at.iter().filter(live).map(|it| *it.1));
        moments.extend(view.context.expires_at.iter().filter(live).map(|it| *it.1));
        for waiting in view.waiting.iter().flat_map(|it| &it.1) {
            match waiting {
                WaitingOn::NotBefore { at } => moments.push(*at),
                WaitingOn::Window { opens: Some(at), .. } => moments.push(*at),
                WaitingOn::Freeze { until, .. } => moments.push(*until),
                _ => {}
            }
        }
        let town = self.acts.town();
        let actor = town.world.admin().await.actor;
        for plan in town.world.app.notices_of(&actor, &self.release).await.unwrap() {
            if plan.acknowledge && plan.unacknowledged > 0 {
                // Those who did not acknowledge are reminded.
                moments.push(now + SignedDuration::from_hours(48));
            }
            if !over(&plan.step) {
                moments.extend(plan.earliest.into_iter().chain(plan.latest));
            }
        }
        let again = run.steps.values().flat_map(|it| it.members.values());
        moments.extend(again.filter_map(|it| it.again_at));
        let rollout = self.template.steps().any(|it| {
            matches!(it.1.kind, StepKind::Rollout(_)) && run.step_state(&it.1.id).is_open()
        });
        if rollout {
            // A wave soaks.
            moments.push(now + SignedDuration::from_hours(12));
        }
        moments.into_iter().filter(|it| *it > now).min()
    }

    /// The outcome of a decision.
    fn outcome(&self, step: &Step, member: Option<&str>) -> String {
        let named = match member {
            Some(member) => format!("{}/{member}", step.id),
            None => step.id.clone(),
        };
        let told = self.script.outcomes.iter().find(|it| it.0 == named);
        let StepKind::Decision(spec) = &step.kind else { panic!("{} decides nothing", step.id) };
        told.map_or_else(|| spec.outcomes[0].id.clone(), |it| it.1.to_owned())
    }

    fn decision(&self, site: usize) -> SiteDecision {
        if self.script.declines.contains(&site) {
            SiteDecision::Decline { reason: self.script.voice.phrase("end of the year").to_owned() }
        } else {
            SiteDecision::Accept { wished: None }
        }
    }
}

/// Refusals that only mean that something else comes first.
const NOT_NOW: [&str; 7] = [
    "not_yet",
    "not_your_turn",
    "rollout_not_open",
    "wave_not_open",
    "held",
    "wrong_state",
    "nothing_deployed",
];

/// The application of a script. Whoever answers for a release by the process is not named in it.
pub fn application(script: &Script, town: &town::Town) -> NewRelease {
    let template = town::builtin(script.process);
    let ships = template.subject.is_release();
    let lead = (template.responsible.as_deref() != Some(script.lead)).then_some(script.lead);
    let mut requirements = roadbook_core::text::Text::default();
    for lang in Lang::ALL {
        *requirements.slot(lang) = Some(script.voice.phrase("8 GB").to_owned());
    }
    NewRelease {
        product: Some(town.product.clone()),
        process: script.process.to_owned(),
        version: if ships { script.version.to_owned() } else { String::new() },
        title: script.title.to_owned(),
        kind: script.kind.to_owned(),
        mode: Some(script.mode),
        mode_reason: script.voice.phrase("as planned").to_owned(),
        content: script.voice.phrase("what the customers asked for").to_owned(),
        items: if ships { script.items.clone() } else { Vec::new() },
        requirements: if ships { requirements } else { roadbook_core::text::Text::default() },
        lead: lead.map(|it| town.person_id(it).clone()),
        unit: town.units.get("office").cloned(),
        period: script.period.and_then(roadbook_core::schedule::Period::parse),
        sites: match template.subject {
            Subject::Site => vec![town.sites[0].id.clone()],
            _ => Vec::new(),
        },
        ..NewRelease::default()
    }
}
