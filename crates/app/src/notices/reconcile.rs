//! What is due becomes rows: planned, begun, corrected, retracted, reminded of, finished.
//!
//! Nothing here takes an input, and all of it may run twice: ids follow from what a notice is, and
//! each change is guarded by the revision it was decided on.

use super::audience::{Recipient, Target};
use super::render::gaps;
use super::{Facts, channel, delivery, facts_of, json, languages, notice_id, state, stream};
use crate::App;
use crate::call::Call;
use crate::error::{Error, Result};
use crate::releases::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::notice::{self as decide, Act, Case, NoticeKind, NoticeWindow, Told};
use roadbook_core::process::template::{Channel, NoticeSpec, Step, StepKind};
use roadbook_core::run::Command;
use roadbook_store::notices::{self as rows, Delivery, Notice};
use roadbook_store::{Commit, CommitError};
use serde_json::json;
use std::collections::BTreeSet;

/// Written beside a notice whose latest moment comes near.
const AT_RISK: &str = "lead_time_at_risk";
/// Written beside a notice whose latest moment passed.
const MISSED: &str = "missed_lead_time";

/// What was written down about one step, with its deliveries.
pub(super) struct Past {
    /// All rows of the step, oldest generation first.
    pub rows: Vec<(Notice, Vec<Delivery>)>,
}

impl Past {
    fn main(&self) -> Option<&(Notice, Vec<Delivery>)> {
        self.rows.iter().find(|(row, _)| row.kind == NoticeKind::Notice.name())
    }

    fn begun(&self) -> impl Iterator<Item = &(Notice, Vec<Delivery>)> {
        self.rows.iter().filter(|(row, _)| is_begun(&row.state))
    }

    fn next_generation(&self) -> i64 {
        self.rows.iter().map(|(row, _)| row.generation).max().map_or(0, |it| it + 1)
    }

    /// Who has it already: each recipient and channel once.
    pub(super) fn told_deliveries(&self) -> Vec<&Delivery> {
        let mut seen = BTreeSet::new();
        let all = self.begun().flat_map(|(_, list)| list).filter(|it| delivery::told(&it.state));
        all.filter(|it| {
            seen.insert((it.recipient_kind.clone(), it.recipient_id.clone(), it.channel.clone()))
        })
        .collect()
    }

    /// Recipients who were told and have acknowledged nothing of this step.
    pub(super) fn unacknowledged(&self) -> BTreeSet<(String, String)> {
        let who = |it: &Delivery| (it.recipient_kind.clone(), it.recipient_id.clone());
        let asked = |it: &&Delivery| it.channel == channel::EMAIL || it.channel == channel::BOARD;
        let all: Vec<&Delivery> = self.begun().flat_map(|(_, list)| list).filter(asked).collect();
        let done: BTreeSet<_> =
            all.iter().filter(|it| it.acked_at.is_some()).map(|it| who(it)).collect();
        all.iter()
            .filter(|it| delivery::told(&it.state))
            .map(|it| who(it))
            .filter(|it| !done.contains(it))
            .collect()
    }

    pub(super) fn told(&self) -> Told {
        let carries = |kind: &str| kind == "notice" || kind == "correction";
        let newest = self.begun().filter(|(row, _)| carries(&row.kind)).last();
        let of = |kind: NoticeKind| {
            self.rows.iter().map(|it| &it.0).filter(move |row| row.kind == kind.name())
        };
        let reason = self.main().and_then(|(row, _)| row.reason.clone()).unwrap_or_default();
        Told {
            begun: newest.is_some(),
            sent_at: newest.and_then(|(row, _)| row.sent_at),
            slot: newest.and_then(|(row, _)| row.slot_at),
            retracted: of(NoticeKind::Retraction).next().is_some(),
            reminders: of(NoticeKind::Reminder).count() as u32,
            reminded_at: of(NoticeKind::Reminder).filter_map(|row| row.earliest).max(),
            unacknowledged: self.unacknowledged().len() as u32,
            missed_noted: reason.contains(MISSED),
        }
    }
}

pub(super) fn is_begun(state: &str) -> bool {
    matches!(state, state::SENDING | state::SENT | state::SUPERSEDED | state::RETRACTED)
}

/// A step of a release that tells somebody something.
pub(super) struct Wanted<'a> {
    pub loaded: &'a LoadedRelease,
    pub step: &'a Step,
    pub spec: &'a NoticeSpec,
}

impl App {
    /// What was written down about a step.
    pub(super) async fn notice_past(&self, loaded: &LoadedRelease, step: &str) -> Result<Past> {
        let mut list = Vec::new();
        for row in rows::of_release(self.store(), &loaded.release.id).await? {
            if row.step_id == step {
                let deliveries = rows::deliveries(self.store(), &row.id).await?;
                list.push((row, deliveries));
            }
        }
        list.sort_by_key(|(row, _)| row.generation);
        Ok(Past { rows: list })
    }

    /// Does what is due for the notices of one release; says when to look again.
    pub(crate) async fn notices_of_release_due(
        &self,
        loaded: &LoadedRelease,
    ) -> Result<Option<Timestamp>> {
        let mut next: Option<Timestamp> = None;
        for (_, step) in loaded.template.steps() {
            let StepKind::Notice(spec) = &step.kind else { continue };
            let wanted = Wanted { loaded, step, spec };
            let moments = match self.notice_step_due(&wanted).await {
                // Somebody else was faster; the next activation sees what they did.
                Err(Error::Stale { .. } | Error::Exists { .. }) => vec![self.now()],
                other => other?,
            };
            next = next.into_iter().chain(moments).min();
        }
        self.talks_due(loaded).await?;
        let work = match self.work_due(loaded).await {
            Err(Error::Stale { .. } | Error::Exists { .. }) => Some(self.now()),
            other => other?,
        };
        let again = match self.again_due(loaded).await {
            Err(Error::Stale { .. } | Error::Exists { .. }) => Some(self.now()),
            other => other?,
        };
        Ok(next.into_iter().chain(work).chain(again).min())
    }

    async fn notice_step_due(&self, wanted: &Wanted<'_>) -> Result<Vec<Timestamp>> {
        let Wanted { loaded, step, spec } = wanted;
        let now = self.now();
        let past = self.notice_past(loaded, &step.id).await?;
        let told = past.told();
        let window = self.notice_window(loaded, step).await?;
        let recipients =
            if told.begun { Vec::new() } else { self.audience(loaded, &spec.audience).await? };
        let facts = self.notice_facts(wanted).await?;
        let gaps = gaps(&facts, &languages(&recipients));
        let case = Case { step, window: window.clone(), gaps, told };
        let acts = decide::due(&loaded.release.run, &case, now);
        self.write_plan(wanted, &past, &acts).await?;
        for act in &acts {
            match act {
                Act::Send { late } => {
                    self.begin_sending(wanted, &past, &facts, &recipients, *late).await?;
                }
                Act::Correct { old, new } => {
                    self.correct(wanted, &past, *old, *new).await?;
                }
                Act::Retract => self.retract(wanted, &past).await?,
                Act::Remind { number } => self.remind(wanted, &past, *number).await?,
                Act::Plan(_) | Act::Block(_) | Act::Alarm { .. } | Act::Missed { .. } => {}
                Act::Skip(reason) => self.skip(wanted, &past, reason).await?,
            }
        }
        self.tell_the_run(wanted).await?;
        Ok(moments(window.ok(), now))
    }

    /// The window of a step, as its time form says today.
    pub(super) async fn notice_window(
        &self,
        loaded: &LoadedRelease,
        step: &Step,
    ) -> Result<std::result::Result<NoticeWindow, roadbook_core::schedule::Unresolved>> {
        let calendar = self.working_calendar().await?;
        let anchors = crate::releases::anchors(&loaded.release);
        let run = &loaded.release.run;
        let opened = run.steps.get(&step.id).and_then(|it| it.ready_at);
        Ok(decide::window(step.due.as_ref(), opened, &anchors, &calendar))
    }

    /// Writes down when it goes out, what holds it up, and warnings, if anything changed.
    async fn write_plan(&self, wanted: &Wanted<'_>, past: &Past, acts: &[Act]) -> Result<()> {
        let Some(Act::Plan(window)) = acts.first() else { return Ok(()) };
        if acts.iter().any(|it| matches!(it, Act::Send { .. })) {
            return Ok(());
        }
        let old = past.main().map(|(row, _)| row);
        let mut reasons: Vec<String> = Vec::new();
        let mut news: Vec<&str> = Vec::new();
        let had = |what: &str| {
            old.and_then(|it| it.reason.as_deref()).is_some_and(|it| it.contains(what))
        };
        let mut blocked = false;
        for act in acts {
            match act {
                Act::Block(list) => {
                    blocked = true;
                    reasons.extend(list.iter().cloned());
                }
                Act::Alarm { .. } => {
                    reasons.push(AT_RISK.to_owned());
                    if !had(AT_RISK) {
                        news.push("notice.lead_time_at_risk");
                    }
                }
                Act::Missed { .. } => {
                    reasons.push(MISSED.to_owned());
                    news.push("notice.lead_time_missed");
                }
                _ => {}
            }
        }
        if had(MISSED) && !reasons.iter().any(|it| it == MISSED) {
            reasons.push(MISSED.to_owned());
        }
        let come = window.earliest.is_none_or(|it| it <= self.now());
        let mut row = match old {
            Some(row) => row.clone(),
            None => App::new_row(wanted, past, NoticeKind::Notice),
        };
        row.earliest = window.earliest;
        row.latest = Some(window.latest);
        row.reason = (!reasons.is_empty()).then(|| reasons.join(", "));
        row.state = match (blocked, come) {
            (true, _) => state::BLOCKED,
            (false, true) => state::DUE,
            (false, false) => state::PLANNED,
        }
        .to_owned();
        if old == Some(&row) {
            return Ok(());
        }
        if blocked && old.is_none_or(|it| it.state != state::BLOCKED) {
            news.push("notice.blocked");
        }
        if old.is_none() {
            news.push("notice.planned");
        }
        let mut commit = self.system_commit();
        commit.writes.push(if old.is_some() { rows::update(&row) } else { rows::insert(&row) });
        for kind in news {
            commit = commit.entry(
                stream(&row.release_id),
                kind,
                json!({ "step": row.step_id, "notice": row.id.as_str(), "reason": row.reason,
                        "latest": row.latest.map(|it| it.to_string()) }),
            );
        }
        self.put(commit).await
    }

    fn new_row(wanted: &Wanted<'_>, past: &Past, kind: NoticeKind) -> Notice {
        let generation = past.next_generation();
        let release = &wanted.loaded.release.id;
        Notice {
            id: notice_id(release, &wanted.step.id, generation),
            release_id: release.clone(),
            step_id: wanted.step.id.clone(),
            audience: wanted.spec.audience.clone(),
            kind: kind.name().to_owned(),
            state: state::PLANNED.to_owned(),
            earliest: None,
            latest: None,
            generation,
            subject: "{}".to_owned(),
            body: "{}".to_owned(),
            facts: "{}".to_owned(),
            slot_at: None,
            reason: None,
            sent_at: None,
            revision: 1,
        }
    }

    async fn begin_sending(
        &self,
        wanted: &Wanted<'_>,
        past: &Past,
        facts: &Facts,
        recipients: &[Recipient],
        late: bool,
    ) -> Result<()> {
        let old = past.main().map(|(row, _)| row);
        let mut row = match old {
            Some(row) => row.clone(),
            None => App::new_row(wanted, past, NoticeKind::Notice),
        };
        if let Ok(window) = self.notice_window(wanted.loaded, wanted.step).await? {
            row.earliest = window.earliest;
            row.latest = Some(window.latest);
        }
        let missed = row.reason.as_deref().is_some_and(|it| it.contains(MISSED));
        row.reason = (late || missed).then(|| MISSED.to_owned());
        row.slot_at = names_date(facts).then_some(facts.go_live).flatten();
        let deliveries = self.lay_deliveries(wanted, &row, recipients).await?;
        self.start(row, old.is_some(), facts, deliveries, Vec::new()).await
    }

    /// One delivery per recipient and channel.
    async fn lay_deliveries(
        &self,
        wanted: &Wanted<'_>,
        row: &Notice,
        recipients: &[Recipient],
    ) -> Result<Vec<Delivery>> {
        let mut list = Vec::new();
        for channel in &wanted.spec.channels {
            match channel {
                Channel::Email => {
                    list.extend(recipients.iter().map(|it| self.mail_delivery(row, it)));
                }
                Channel::Board => {
                    let people =
                        recipients.iter().filter(|it| it.kind == super::RecipientKind::Person);
                    list.extend(people.map(|it| {
                        let who = (it.kind.name(), it.id.as_str());
                        self.instant_delivery(row, who, channel::BOARD, it.lang)
                    }));
                }
                Channel::Website => {
                    let who = ("public", "public");
                    let lang = roadbook_core::text::Lang::En;
                    list.push(self.instant_delivery(row, who, channel::WEBSITE, lang));
                }
                Channel::Task => {
                    let targets =
                        self.audience_targets(wanted.loaded, &wanted.spec.audience).await?;
                    list.extend(targets.iter().map(|it| self.task_delivery(row, it)));
                }
            }
        }
        Ok(list)
    }

    fn task_delivery(&self, row: &Notice, target: &Target) -> Delivery {
        let lang = roadbook_core::text::Lang::En;
        let mut made = self.instant_delivery(row, target.parts(), channel::TASK, lang);
        // It is open until a person says that they told them.
        made.state = delivery::QUEUED.to_owned();
        made.sent_at = None;
        made
    }

    /// Commits the beginning of sending: row, deliveries, links, tasks and effects, all or nothing.
    pub(super) async fn start(
        &self,
        mut row: Notice,
        exists: bool,
        facts: &Facts,
        deliveries: Vec<Delivery>,
        others: Vec<roadbook_store::Write>,
    ) -> Result<()> {
        row.state = state::SENDING.to_owned();
        row.facts = json(facts)?;
        row.subject = json(&facts.subject)?;
        row.body = json(&facts.body)?;
        let mut commit = self.system_commit();
        commit.writes.push(if exists { rows::update(&row) } else { rows::insert(&row) });
        commit.writes.extend(others);
        for made in &deliveries {
            commit.writes.push(rows::queue(made));
            if made.channel == channel::EMAIL && made.state == delivery::QUEUED {
                self.add_effect(&mut commit, &row, made).await?;
            }
        }
        self.add_talks(&mut commit, &row, &deliveries).await?;
        let commit = commit.entry(
            stream(&row.release_id),
            format!("notice.{}", if row.kind == "notice" { "sending" } else { row.kind.as_str() }),
            json!({ "step": row.step_id, "notice": row.id.as_str(), "generation": row.generation,
                    "deliveries": deliveries.len(), "facts": hex::encode(super::token_hash(&row.facts)),
                    "go_live": row.slot_at.map(|it| it.to_string()), "late": row.reason.is_some() }),
        );
        self.put(commit).await
    }

    /// The date moved: those who were told hear the new one, those still waiting get it at once.
    async fn correct(
        &self,
        wanted: &Wanted<'_>,
        past: &Past,
        old: Option<Timestamp>,
        new: Option<Timestamp>,
    ) -> Result<()> {
        let Some((newest, _)) =
            past.begun().filter(|(row, _)| row.kind == "notice" || row.kind == "correction").last()
        else {
            return Ok(());
        };
        let mut facts = facts_of(newest)?;
        facts.go_live = new;
        facts.go_live_end = wanted.loaded.release.run.slot.map(|it| it.end);
        let mut others = Vec::new();
        for (row, list) in past.begun() {
            let mut row = row.clone();
            let open = list.iter().any(|it| !delivery::settled(&it.state));
            if open {
                let mut theirs = facts_of(&row)?;
                theirs.go_live = new;
                theirs.go_live_end = facts.go_live_end;
                row.facts = json(&theirs)?;
                row.slot_at = new;
            } else if row.state == state::SENT {
                row.state = state::SUPERSEDED.to_owned();
            } else {
                continue;
            }
            others.push(rows::update(&row));
        }
        facts.old_go_live = old;
        let told: Vec<Delivery> = past.told_deliveries().into_iter().cloned().collect();
        let mut row = App::new_row(wanted, past, NoticeKind::Correction);
        row.slot_at = new;
        row.earliest = Some(self.now());
        let deliveries = self.again(&row, &told).await?;
        self.start(row, false, &facts, deliveries, others).await
    }

    /// It will not happen: those who were told hear that, the others hear nothing.
    async fn retract(&self, wanted: &Wanted<'_>, past: &Past) -> Result<()> {
        let Some((newest, _)) = past.begun().last() else { return Ok(()) };
        let facts = facts_of(newest)?;
        let mut others = Vec::new();
        for (row, list) in past.begun() {
            let mut row = row.clone();
            row.state = state::RETRACTED.to_owned();
            others.push(rows::update(&row));
            for it in list.iter().filter(|it| !delivery::settled(&it.state)) {
                let mut it = it.clone();
                it.state = delivery::DISCARDED.to_owned();
                it.next_at = None;
                others.push(rows::update_delivery(&it));
            }
        }
        let told: Vec<Delivery> = past.told_deliveries().into_iter().cloned().collect();
        let mut row = App::new_row(wanted, past, NoticeKind::Retraction);
        row.earliest = Some(self.now());
        let deliveries = self.again(&row, &told).await?;
        self.start(row, false, &facts, deliveries, others).await
    }

    async fn remind(&self, wanted: &Wanted<'_>, past: &Past, number: u32) -> Result<()> {
        let Some((newest, _)) =
            past.begun().filter(|(row, _)| row.kind == "notice" || row.kind == "correction").last()
        else {
            return Ok(());
        };
        let open = past.unacknowledged();
        let waits = |it: &&Delivery| {
            let who = (it.recipient_kind.clone(), it.recipient_id.clone());
            open.contains(&who) && (it.channel == channel::EMAIL || it.channel == channel::BOARD)
        };
        let told: Vec<Delivery> =
            past.told_deliveries().into_iter().filter(waits).cloned().collect();
        let mut row = App::new_row(wanted, past, NoticeKind::Reminder);
        row.earliest = Some(self.now());
        row.slot_at = newest.slot_at;
        row.reason = Some(format!("reminder {number}"));
        let facts = facts_of(newest)?;
        let deliveries = self.again(&row, &told).await?;
        self.start(row, false, &facts, deliveries, Vec::new()).await
    }

    /// The same recipients over the same channels for a further notice.
    async fn again(&self, row: &Notice, told: &[Delivery]) -> Result<Vec<Delivery>> {
        let mut list = Vec::new();
        for it in told {
            let who = (it.recipient_kind.as_str(), it.recipient_id.as_str());
            let mut made = self.instant_delivery(row, who, &it.channel, it.lang);
            made.address.clone_from(&it.address);
            match it.channel.as_str() {
                channel::EMAIL => {
                    let recipient = self.recipient_of(it).await?;
                    made = self.mail_delivery(row, &recipient);
                }
                channel::TASK => {
                    made.state = delivery::QUEUED.to_owned();
                    made.sent_at = None;
                }
                _ => {}
            }
            list.push(made);
        }
        Ok(list)
    }

    async fn skip(&self, _wanted: &Wanted<'_>, past: &Past, reason: &str) -> Result<()> {
        let Some((row, _)) = past.main() else { return Ok(()) };
        if row.state == state::SKIPPED {
            return Ok(());
        }
        let mut row = row.clone();
        row.state = state::SKIPPED.to_owned();
        row.reason = Some(reason.to_owned());
        let commit = self.system_commit().write(rows::update(&row)).entry(
            stream(&row.release_id),
            "notice.skipped",
            json!({ "step": row.step_id, "notice": row.id.as_str(), "reason": reason }),
        );
        self.put(commit).await
    }

    /// Ends the sending of notices whose deliveries are all settled.
    pub(crate) async fn finish_notices(&self, loaded: &LoadedRelease) -> Result<()> {
        for row in rows::of_release(self.store(), &loaded.release.id).await? {
            if row.state != state::SENDING {
                continue;
            }
            let list = rows::deliveries(self.store(), &row.id).await?;
            let open = list.iter().any(|it| !delivery::settled(&it.state));
            let lost = list.iter().any(|it| it.state == delivery::DEAD);
            let reached = list.iter().any(|it| delivery::told(&it.state));
            // A notice that reached nobody at all is not sent; a person looks at it.
            if open || (lost && !reached) {
                continue;
            }
            let mut row = row;
            row.state = state::SENT.to_owned();
            row.sent_at = Some(self.now());
            let dead = list.iter().filter(|it| it.state == delivery::DEAD).count();
            let commit = self.system_commit().write(rows::update(&row)).entry(
                stream(&row.release_id),
                "notice.sent",
                json!({ "step": row.step_id, "notice": row.id.as_str(),
                        "deliveries": list.len(), "not_delivered": dead }),
            );
            match self.put(commit).await {
                Ok(()) | Err(Error::Stale { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The run hears that its step is done; hearing it twice changes nothing.
    async fn tell_the_run(&self, wanted: &Wanted<'_>) -> Result<()> {
        let Wanted { loaded, step, .. } = wanted;
        if !loaded.release.run.step_state(&step.id).is_open() {
            return Ok(());
        }
        let past = self.notice_past(loaded, &step.id).await?;
        let out = past
            .main()
            .is_some_and(|(row, _)| matches!(row.state.as_str(), state::SENT | state::SUPERSEDED));
        if !out {
            return Ok(());
        }
        let command = Command::NoticeSent { step: step.id.clone() };
        match self.release_do(&Call::system(), &loaded.release.id, command).await {
            Ok(_) | Err(Error::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn system_commit(&self) -> Commit {
        Commit::new(self.now(), "system")
    }

    /// Commits without an answer to keep.
    pub(crate) async fn put(&self, commit: Commit) -> Result<()> {
        self.store().commit(commit).await.map(|_| ()).map_err(|error: CommitError| error.into())
    }
}

/// True when the text says when the go-live is: only then a move makes it wrong.
fn names_date(facts: &Facts) -> bool {
    let texts = [&facts.subject, &facts.body];
    facts.content.iter().any(|it| it == "schedule")
        || texts.iter().any(|text| {
            roadbook_core::text::Lang::ALL
                .into_iter()
                .any(|lang| text.get(lang).is_some_and(|it| it.contains("go_live")))
        })
}

/// Moments at which time alone changes what is due.
fn moments(window: Option<NoticeWindow>, now: Timestamp) -> Vec<Timestamp> {
    let Some(window) = window else { return Vec::new() };
    let alarm = window.latest.saturating_sub(decide::alarm_lead(&window)).ok();
    let list = [window.earliest, alarm, Some(window.latest)];
    list.into_iter().flatten().filter(|at| *at > now).collect()
}
