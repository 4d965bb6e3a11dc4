//! Runs that begin by themselves: called by a step of another run, on an event of one, or because
//! their period has come.
//!
//! Each has a cause, written in the commit that opens it: two nodes, or one that died half-way,
//! begin one run per cause. The record is the feed of events; how far it was read is a counter.

use super::extract_lines::{CATEGORY, category};
use super::links::TOO_OFTEN;
use super::{LoadedRelease, NewRelease};
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use roadbook_core::ids::{ReleaseId, SiteId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::start;
use roadbook_core::process::template::{Audience, Each, Step, StepKind, Subject, Template, Who};
use roadbook_core::release::{Mode, Origin, Release};
use roadbook_core::run::{Called, CloseCode, Command, RunState, Wanted, calls_others, wanted};
use roadbook_core::schedule::Period;
use roadbook_core::text::Lang;
use roadbook_store::record::{self, Recorded};
use roadbook_store::runs::{self, RunOrigin};
use roadbook_store::{Scope, counters, processes, products, releases as rows, sites};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How far the record was read for events.
const READ_TO: &str = "runs-happened";
/// Entries read in one go.
const ENTRIES: usize = 200;
/// How many runs may stand behind each other before one is not begun any more.
const CHAIN_MAX: usize = 8;
/// Periods that one look makes up for: after years of standing still nobody wants hundreds of runs.
const PERIODS_MAX: usize = 12;

/// What a run begins with when no person opens it.
struct Begin {
    cause: RunOrigin,
    origin: Origin,
    title: String,
    fields: BTreeMap<String, Value>,
    period: Option<Period>,
}

impl App {
    /// Runs that steps of a release called in their present round.
    pub(super) async fn called(
        &self,
        loaded: &LoadedRelease,
    ) -> Result<BTreeMap<String, BTreeMap<String, Called>>> {
        let mut calls: BTreeMap<String, BTreeMap<String, Called>> = BTreeMap::new();
        if !calls_others(&loaded.template) {
            return Ok(calls);
        }
        for child in runs::children(self.store(), &loaded.release.id).await? {
            let Some(step) = child.step_id else { continue };
            let round = loaded.release.run.steps.get(&step).map_or(1, |it| it.round);
            if child.round != i64::from(round) {
                continue;
            }
            let row = rows::get(self.store(), &Scope::all(), &child.release_id).await?;
            let Some(row) = row else { continue };
            let called = Called { number: row.number, closed: row.state == "closed" };
            calls.entry(step).or_default().insert(child.member, called);
        }
        Ok(calls)
    }

    /// Opens the runs that open steps want. What fails is taken up by the reconciler.
    pub(super) async fn calls_follow(&self, loaded: &LoadedRelease) {
        if !calls_others(&loaded.template) {
            return;
        }
        if let Err(error) = self.calls_make(&loaded.release.id).await {
            let number = &loaded.release.number;
            tracing::warn!(run = %number, %error, "what it calls begins later");
        }
    }

    async fn calls_make(&self, id: &ReleaseId) -> Result<()> {
        let loaded = self.release_load(id).await?;
        let ctx = self.release_context(&loaded, &Call::system().actor, None).await?;
        let list = wanted(&loaded.template, &loaded.release.run, &ctx);
        if list.is_empty() {
            return Ok(());
        }
        for want in list {
            Box::pin(self.call_make(&loaded, want)).await?;
        }
        // The called runs being there is what a step that does not wait needs. Its own opening is
        // an entry of the feed, so a server that dies here ticks the caller later.
        Box::pin(self.release_tick(id)).await
    }

    async fn call_make(&self, parent: &LoadedRelease, want: Wanted) -> Result<()> {
        let release = &parent.release;
        let member = want.member.clone().unwrap_or_default();
        let cause = format!("call/{}/{}/{}/{member}", release.id, want.step, want.round);
        let about = if want.label.is_empty() { &release.number } else { &want.label };
        let (_, template) = self.process_in_force(&want.process).await?;
        let begin = Begin {
            cause: RunOrigin {
                cause,
                release_id: release.id.clone(),
                parent_id: Some(release.id.clone()),
                step_id: Some(want.step.clone()),
                round: i64::from(want.round),
                member,
            },
            origin: Origin::Call { run: release.id.clone(), step: want.step, member: want.member },
            title: format!("{}: {about}", template.title.show(Lang::En).0),
            fields: want.fields,
            period: release.run.period,
        };
        self.begin_run(&want.process, release, begin).await
    }

    /// Opens and starts a run that comes from another, led by whoever leads that one.
    #[boxed]
    async fn begin_run(&self, process: &str, from: &Release, begin: Begin) -> Result<()> {
        if let Some(id) = runs::begun_by(self.store(), &begin.cause.cause).await? {
            return Box::pin(self.start_begun(&id)).await;
        }
        if self.lineage(from).await?.len() >= CHAIN_MAX {
            tracing::error!(run = %from.number, process, "runs begin each other without end");
            return Ok(());
        }
        let (revision, template) = self.process_in_force(process).await?;
        let mut fields = begin.fields;
        let (version, named) = (fields.get("version").cloned(), fields.get("sites").cloned());
        fields.retain(|id, _| template.fields.iter().any(|it| it.id == *id));
        let roles = from.roles.iter().filter(|(id, _)| template.role(id).is_some());
        let new = NewRelease {
            process: process.to_owned(),
            title: begin.title,
            lead: Some(from.lead.clone()),
            unit: from.application.unit.clone(),
            roles: roles.map(|(id, people)| (id.clone(), people.clone())).collect(),
            period: begin.period,
            fields,
            ..NewRelease::default()
        };
        let product = products::get(self.store(), &Scope::all(), &from.product).await?;
        let product = product.ok_or(Error::NotFound { what: "product" })?;
        let unit = product.unit_id.clone();
        let mut release = self.compose(new, &from.product, &from.lead, &unit, revision, &template);
        release.origin = Some(begin.origin);
        if let Some(role) = &template.responsible {
            let holders = self.role_holders(&template, &release, self.now()).await?;
            if let Some(first) = holders.get(role).and_then(|it| it.first()) {
                release.lead = first.clone();
            }
        }
        let sites = self.sites_begun(&template, from, &begin.cause.member, named.as_ref()).await?;
        release.sites = sites.len() as u32;
        if release.subject.is_release() {
            self.apply_begun(&mut release, from, &template, version.as_ref()).await?;
        }
        let cause = RunOrigin { release_id: release.id.clone(), ..begin.cause };
        let id = release.id.clone();
        let loaded = LoadedRelease { release, revision: 0, template };
        match self.commit_new(&Call::system(), loaded, &unit, &sites, Some(&cause)).await {
            Ok(_) => Box::pin(self.start_begun(&id)).await,
            // Another node was faster.
            Err(Error::Exists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The sites of a run that begins by itself. Begun for a site it is about that site; otherwise,
    /// if its process turns to sites at all, about those whose short names were handed over, or
    /// those of the run it comes from.
    async fn sites_begun(
        &self,
        template: &Template,
        from: &Release,
        member: &str,
        named: Option<&Value>,
    ) -> Result<Vec<SiteId>> {
        if template.subject == Subject::Site {
            let Ok(id) = SiteId::parse(member) else { return Ok(Vec::new()) };
            let row = sites::get(self.store(), &Scope::all(), &id).await?;
            return Ok(row.map(|it| it.part_of.unwrap_or(it.id)).into_iter().collect());
        }
        if !turns_to_sites(template) {
            return Ok(Vec::new());
        }
        let mut found = sites::by_keys(self.store(), &first_cells(named)).await?;
        if found.is_empty() {
            found = sites::of_release(self.store(), &Scope::all(), &from.id).await?;
        }
        // A part that is named stands for its site.
        let mut whole: Vec<SiteId> =
            found.into_iter().map(|it| it.part_of.unwrap_or(it.id)).collect();
        whole.sort();
        whole.dedup();
        Ok(whole)
    }

    /// The application of a release that nobody applied for. Where its process takes one kind or
    /// one mode only, it is that; the version is the one that was handed over, if it may be given
    /// out, and else its number until somebody gives it one.
    async fn apply_begun(
        &self,
        release: &mut Release,
        from: &Release,
        template: &Template,
        version: Option<&Value>,
    ) -> Result<()> {
        let accepts = template.accepts.as_ref();
        release.kind = match accepts.map(|it| it.kinds.as_slice()) {
            Some([only]) => only.clone(),
            _ => from.kind.clone(),
        };
        release.mode = match accepts.map(|it| it.modes.as_slice()) {
            Some([only]) => Mode::parse(only).unwrap_or(from.mode),
            _ => from.mode,
        };
        release.version = format!("({})", release.id.as_str());
        let Some(Value::Text(version)) = version else { return Ok(()) };
        match self.version_check(&Call::system().actor, &release.product, version).await {
            Ok(version) => release.version = version,
            Err(Error::Invalid(_) | Error::Rule { .. }) => {
                tracing::warn!(run = %from.number, version, "the version may not be given out");
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The runs that this one comes from, nearest first; [`CHAIN_MAX`] of them are too many.
    async fn lineage(&self, release: &Release) -> Result<Vec<Release>> {
        let mut before: Vec<Release> = Vec::new();
        let mut from = release.origin.as_ref().and_then(Origin::run).cloned();
        while let Some(id) = from.filter(|_| before.len() < CHAIN_MAX) {
            let loaded = self.release_load(&id).await?;
            from = loaded.release.origin.as_ref().and_then(Origin::run).cloned();
            before.push(loaded.release);
        }
        Ok(before)
    }

    /// Starts a run that nobody has to start.
    async fn start_begun(&self, id: &ReleaseId) -> Result<()> {
        let loaded = self.release_load(id).await?;
        if loaded.release.run.state != RunState::Draft || loaded.release.origin.is_none() {
            return Ok(());
        }
        match self.release_do(&Call::system(), id, Command::Start).await {
            Ok(_) => Ok(()),
            Err(Error::Refused(refusal)) => {
                // It waits as a draft for what the refusal names; its lead sees it there.
                let number = &loaded.release.number;
                tracing::warn!(run = %number, %refusal, "a run was opened and could not start");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Reads what happened in runs since the last look: calls of steps, runs that others wait for,
    /// and events that begin runs.
    pub(crate) async fn runs_happened(&self) -> Result<()> {
        let mut read_to = counters::value(self.store(), READ_TO).await?;
        if read_to == 0 {
            // What happened before this was looked at begins nothing.
            let size = record::size(self.store()).await? as i64;
            return self.read_to(0, size.max(1)).await;
        }
        loop {
            // Positions count from 0 and the counter from 1.
            let entries = runs::happened(self.store(), read_to - 1, ENTRIES).await?;
            let Some(last) = entries.last().and_then(|it| it.position) else { return Ok(()) };
            self.batch_happened(&entries).await?;
            self.read_to(read_to, last + 1).await?;
            read_to = last + 1;
        }
    }

    /// What follows from these entries. Each run is read once, and asked once what it calls.
    async fn batch_happened(&self, entries: &[Recorded]) -> Result<()> {
        let starts = self.templates_that_start().await?;
        let mut seen: BTreeMap<ReleaseId, Arc<LoadedRelease>> = BTreeMap::new();
        let mut touched = BTreeSet::new();
        for entry in entries {
            let Some(id) = entry.stream.strip_prefix("release/") else { continue };
            let Ok(id) = ReleaseId::parse(id) else { continue };
            touched.insert(id.clone());
            if !may_begin(entry, &starts)? {
                continue;
            }
            let happened = async {
                let loaded = match seen.get(&id) {
                    Some(loaded) => Arc::clone(loaded),
                    None => Arc::new(self.release_load(&id).await?),
                };
                seen.insert(id, Arc::clone(&loaded));
                Box::pin(self.happened(&loaded, entry, &starts)).await
            };
            begins(happened.await, &entry.stream)?;
        }
        for id in &touched {
            if self.may_call(id).await? {
                begins(Box::pin(self.calls_make(id)).await, id.as_str())?;
            }
            begins(Box::pin(self.issue_happened(id)).await, id.as_str())?;
        }
        Ok(())
    }

    /// Has its process steps that call other runs? Asked of the row: most have none.
    async fn may_call(&self, id: &ReleaseId) -> Result<bool> {
        let Some(row) = rows::get(self.store(), &Scope::all(), id).await? else { return Ok(false) };
        let template = self.template(&row.process_id, row.process_revision as u32).await?;
        Ok(calls_others(&template))
    }

    async fn read_to(&self, from: i64, to: i64) -> Result<()> {
        if to <= from {
            return Ok(());
        }
        let commit = self.system_commit().write(counters::reach(READ_TO, from, to));
        match self.put(commit).await {
            Ok(()) | Err(Error::Stale { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Processes in force whose runs begin by themselves.
    async fn templates_that_start(&self) -> Result<Vec<Arc<Template>>> {
        let mut list = Vec::new();
        for (id, revision) in processes::in_force(self.store()).await? {
            let template = self.template(&id, revision as u32).await?;
            if !template.starts.is_empty() {
                list.push(template);
            }
        }
        Ok(list)
    }

    async fn happened(
        &self,
        loaded: &LoadedRelease,
        entry: &Recorded,
        starts: &[Arc<Template>],
    ) -> Result<()> {
        let release = &loaded.release;
        let id = &release.id;
        let (room, verb) = entry.kind.split_once('.').unwrap_or(("", &entry.kind));
        if verb == "opened" && release.origin.is_some() {
            self.start_begun(id).await?;
        }
        if let (Some(Origin::Call { run, .. }), "opened" | "closed") = (&release.origin, verb) {
            self.release_tick(run).await?;
        }
        let body = entry.body()?;
        if room == "deployment" && body["outcome"] == "failed" {
            let site = body["site"].as_str().unwrap_or_default().to_owned();
            return self.raise(loaded, "deployment.failed", site).await;
        }
        if room != "release" {
            return Ok(());
        }
        if matches!(verb, "started" | "field_set") && self.comes_often(loaded).await? {
            self.raise(loaded, TOO_OFTEN, category(&loaded.template, release)).await?;
        }
        let event = match (verb, body["event"].as_str()) {
            ("event_happened", Some(named)) => named.to_owned(),
            _ => format!("{}.{verb}", release.subject.name()),
        };
        let facts = facts_of(release, &body);
        let begin: Vec<&Arc<Template>> =
            starts.iter().filter(|it| start::begins_on(it, &event, &facts)).collect();
        if begin.is_empty() {
            return Ok(());
        }
        let before = self.lineage(release).await?;
        if before.len() >= CHAIN_MAX {
            return Ok(());
        }
        for template in begin {
            // A run whose process stands among those that it comes from would begin itself.
            let is_it = |it: &Release| it.run.process == template.id;
            if is_it(release) || before.iter().any(is_it) {
                continue;
            }
            let at = entry.position.unwrap_or_default();
            let begin = Begin {
                cause: RunOrigin {
                    cause: format!("event/{}/{}/{}", template.id, entry.stream, entry.seq),
                    release_id: id.clone(),
                    parent_id: Some(id.clone()),
                    step_id: None,
                    round: 1,
                    member: String::new(),
                },
                origin: Origin::Event { event: event.clone(), run: id.clone() },
                title: format!("{}: {}", template.title.show(Lang::En).0, release.number),
                fields: handed_over(release),
                period: None,
            };
            tracing::info!(process = %template.id, event, at, "a run begins by an event");
            self.begin_run(&template.id, release, begin).await?;
        }
        Ok(())
    }

    /// Tells a run of an event that the product saw itself, if one of its steps begins by it.
    async fn raise(&self, loaded: &LoadedRelease, event: &str, what: String) -> Result<()> {
        let waits = loaded.template.steps().any(|(_, it)| it.on.as_deref() == Some(event));
        if !waits || loaded.release.run.is_ended() {
            return Ok(());
        }
        let command = Command::Happened { event: event.to_owned(), what };
        match self.release_do(&Call::system(), &loaded.release.id, command).await {
            Ok(_) | Err(Error::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Opens the periods that have come, for every product that the process has run for. A run
    /// that was cancelled ends the rhythm.
    pub(crate) async fn periods_due(&self) -> Result<()> {
        let clock = self.working_calendar().await?;
        for template in self.templates_that_start().await? {
            if !start::has_rhythm(&template) {
                continue;
            }
            for (_, newest) in runs::newest_by_product(self.store(), &template.id).await? {
                let mut last = self.release_load(&newest).await?.release;
                for _ in 0..PERIODS_MAX {
                    let Some(period) = last.run.period.filter(|_| goes_on(&last)) else { break };
                    let Some((next, at)) = start::next_period(&template, period, &clock) else {
                        break;
                    };
                    if at > self.now() {
                        break;
                    }
                    let Some(opened) = self.period_open(&template, &last, next).await? else {
                        break;
                    };
                    last = opened;
                }
            }
        }
        Ok(())
    }

    async fn period_open(
        &self,
        template: &Template,
        last: &Release,
        period: Period,
    ) -> Result<Option<Release>> {
        let cause = format!("period/{}/{}/{period}", template.id, last.product);
        let begin = Begin {
            cause: RunOrigin {
                cause: cause.clone(),
                release_id: last.id.clone(),
                parent_id: None,
                step_id: None,
                round: 1,
                member: String::new(),
            },
            origin: Origin::Period(period),
            title: format!("{} {period}", template.title.show(Lang::En).0),
            fields: BTreeMap::new(),
            period: Some(period),
        };
        // Periods follow each other; they do not come from each other.
        let from = Release { origin: None, ..last.clone() };
        self.begin_run(&template.id, &from, begin).await?;
        Ok(match runs::begun_by(self.store(), &cause).await? {
            Some(id) => Some(self.release_load(&id).await?.release),
            None => None,
        })
    }
}

/// Is anything of this process done at sites, or told to their contacts?
pub(super) fn turns_to_sites(template: &Template) -> bool {
    let told = |it: &Audience| it.who.iter().any(|who| matches!(who, Who::Contacts(_)));
    let there = |it: &Step| it.each == Some(Each::Site) || matches!(it.kind, StepKind::Rollout(_));
    template.audiences.iter().any(told) || template.steps().any(|(_, it)| there(it))
}

/// The first cell of each row of a list.
fn first_cells(list: Option<&Value>) -> Vec<String> {
    let Some(Value::List(rows)) = list else { return Vec::new() };
    let cell = |row: &Value| match row {
        Value::List(cells) => cells.first().cloned(),
        other => Some(other.clone()),
    };
    let texts = rows.iter().filter_map(cell).filter_map(|it| match it {
        Value::Text(text) => Some(text.trim().to_owned()),
        _ => None,
    });
    texts.collect()
}

/// May something begin by this entry? Most say no without their run being read.
fn may_begin(entry: &Recorded, starts: &[Arc<Template>]) -> Result<bool> {
    Ok(match entry.kind.split_once('.') {
        Some(("release", "opened" | "closed" | "event_happened" | "started")) => true,
        Some(("release", "field_set")) if entry.body()?["field"] == CATEGORY => true,
        Some(("release", verb)) => starts.iter().any(|it| start::listens_to(it, verb)),
        Some(("deployment", _)) => entry.body()?["outcome"] == "failed",
        _ => false,
    })
}

/// One run that cannot begin does not hold up the others; a store that is away does.
fn begins(done: Result<()>, what: &str) -> Result<()> {
    match done {
        Err(error @ (Error::Full | Error::Unavailable(_) | Error::Unknown)) => Err(error),
        // It is gone since.
        Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => {
            tracing::error!(what, %error, "what follows from an entry could not begin");
            Ok(())
        }
    }
}

/// The next period follows unless somebody cancelled this one.
fn goes_on(release: &Release) -> bool {
    match &release.run.state {
        RunState::Ended(ended) => ended.code != CloseCode::Cancelled,
        RunState::Ending(way) => way != "cancelled",
        _ => true,
    }
}

/// Facts of an event for the conditions of starts.
fn facts_of(release: &Release, body: &serde_json::Value) -> BTreeMap<String, Value> {
    let text = |it: &str| Value::Text(it.to_owned());
    let mut facts = BTreeMap::from([
        ("event.kind".to_owned(), text(&release.kind)),
        ("event.mode".to_owned(), text(release.mode.name())),
        ("event.number".to_owned(), text(&release.number)),
        ("event.version".to_owned(), text(&release.version)),
        ("event.process".to_owned(), text(&release.run.process)),
        ("event.subject".to_owned(), text(release.subject.name())),
    ]);
    for (name, value) in body.as_object().into_iter().flatten() {
        let value = match value {
            serde_json::Value::String(it) => text(it),
            serde_json::Value::Bool(it) => Value::Bool(*it),
            serde_json::Value::Number(it) => it.as_i64().map_or(Value::Null, Value::Int),
            _ => continue,
        };
        facts.insert(format!("event.{name}"), value);
    }
    facts
}

/// What a run that an event began is told of the other: fields of these names receive it.
fn handed_over(release: &Release) -> BTreeMap<String, Value> {
    let text = |it: &str| Value::Text(it.to_owned());
    BTreeMap::from([
        ("release".to_owned(), text(&release.number)),
        ("release_title".to_owned(), text(&release.title)),
        ("release_version".to_owned(), text(&release.version)),
    ])
}
