//! Moving rollouts on: after each change, and when time has passed.

use super::{Loaded, TRIES};
use crate::App;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::releases::LoadedRelease;
use crate::sites::{DeploymentReport, Outcome, Reporter};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};
use roadbook_core::process::template::{Each, StepKind};
use roadbook_core::rollout::{
    self, Effect, Event, Kind, Rollout, SILENT_AFTER, STUCK_AFTER, State, WaveState, World, step,
};
use roadbook_core::run::{RunState, StepState};
use roadbook_store::rollouts::{self, FleetChange, RolloutWave, WaveOrders};
use roadbook_store::{Commit, Entry, Scope, Write, deployments, waves};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// Silence is looked for once in so long.
const LISTEN_EVERY: SignedDuration = SignedDuration::from_secs(15);

/// What is remembered between activations; losing it costs only time.
#[derive(Default)]
pub(crate) struct Memory {
    listened: HashMap<RolloutId, Timestamp>,
}

/// Who decides, and why.
pub(super) struct Why<'a> {
    pub(super) call: &'a Call,
    pub(super) reason: Option<&'a str>,
}

/// What belongs to the same change as a decision.
#[derive(Default)]
pub(super) struct Extra {
    pub(super) writes: Vec<Write>,
    pub(super) entries: Vec<Entry>,
    /// What the caller is answered; kept under the caller's key.
    pub(super) receipt: Option<Receipt>,
}

impl Why<'_> {
    fn name(&self) -> String {
        self.call.actor.name()
    }
}

impl App {
    /// Makes and moves on the rollouts of a release. What fails is taken up by the reconciler.
    pub(crate) async fn rollouts_follow(&self, loaded: &LoadedRelease) {
        if let Err(error) = self.rollouts_follow_once(loaded).await {
            tracing::warn!(release = %loaded.release.id, %error, "its rollouts follow later");
        }
    }

    pub(crate) async fn rollouts_follow_once(&self, loaded: &LoadedRelease) -> Result<bool> {
        if !has_rollout(loaded) {
            return Ok(false);
        }
        self.rollouts_make(loaded).await?;
        let mut moved = false;
        for row in rollouts::of_release(self.store(), &loaded.release.id).await? {
            if matches!(row.state.as_str(), "finished" | "ended") {
                continue;
            }
            let call = Call::system();
            let why = Why { call: &call, reason: None };
            moved |= self.rollout_tell(loaded, &row.id, &event_of(loaded), &why).await?.is_some();
        }
        self.fleet_catch_up().await?;
        Ok(moved)
    }

    /// Looks after every rollout that is not over: time, silence, windows that passed.
    pub(crate) async fn rollouts_due(&self, memory: &mut Memory) -> Result<()> {
        let alive = waves::alive(self.store()).await?;
        let now = self.now();
        memory.listened.retain(|id, _| alive.iter().any(|it| it.id == *id));
        for row in alive {
            let last = memory.listened.get(&row.id);
            let listen = last.is_none_or(|it| now.duration_since(*it) >= LISTEN_EVERY || now < *it);
            let done = self.rollout_due(&row.release_id, &row.id, listen).await;
            if listen {
                memory.listened.insert(row.id.clone(), now);
            }
            match done {
                Ok(()) => {}
                Err(Error::Full) => return Err(Error::Full),
                Err(Error::Unavailable(text)) => return Err(Error::Unavailable(text)),
                Err(error) => {
                    tracing::error!(rollout = %row.id, %error, "a rollout could not be moved on");
                }
            }
        }
        Ok(())
    }

    async fn rollout_due(&self, release: &ReleaseId, id: &RolloutId, listen: bool) -> Result<()> {
        let loaded = self.release_load(release).await?;
        let call = Call::system();
        let why = Why { call: &call, reason: None };
        let mut moved = self.rollout_tell(&loaded, id, &event_of(&loaded), &why).await?.is_some();
        if listen {
            moved |= self.rollout_listen(&loaded, id, &why).await?;
            self.rollout_retime(&loaded, id).await?;
        }
        if moved {
            self.release_tick(release).await?;
        }
        Ok(())
    }

    /// Counts who is silent, wave by wave.
    async fn rollout_listen(
        &self,
        loaded: &LoadedRelease,
        id: &RolloutId,
        why: &Why<'_>,
    ) -> Result<bool> {
        let found = self.rollout_load(id).await?;
        let now = self.now();
        let mut moved = false;
        let started = found.waves.iter().zip(&found.state.waves);
        for (row, wave) in started.filter(|(_, it)| it.state != WaveState::Waiting) {
            if wave.open() == 0 {
                continue;
            }
            let (quiet, stuck) = (now - SILENT_AFTER, now - STUCK_AFTER);
            let silent = waves::silent(self.store(), id, row.wave, quiet, stuck).await?;
            let silent = u32::try_from(silent).unwrap_or(u32::MAX).min(wave.open());
            if silent != wave.silent {
                let wave = u32::try_from(row.wave).unwrap_or(0);
                let event = Event::Silence { wave, silent };
                moved |= self.rollout_tell(loaded, id, &event, why).await?.is_some();
            }
        }
        Ok(moved)
    }

    /// Gives orders that nobody has begun the times that the calendar says now.
    async fn rollout_retime(&self, loaded: &LoadedRelease, id: &RolloutId) -> Result<()> {
        let open = waves::not_begun(self.store(), id).await?;
        if open.is_empty() {
            return Ok(());
        }
        let ids: Vec<SiteId> = open.iter().map(|it| it.site_id.clone()).collect();
        let mut wanted = BTreeMap::new();
        for (times, sites) in self.site_times(loaded, &self.wishes(loaded, &ids).await?).await? {
            wanted.extend(sites.into_iter().map(|it| (it, times)));
        }
        let now = self.now();
        let mut groups: BTreeMap<_, Vec<SiteId>> = BTreeMap::new();
        for order in open {
            let (from, until) = wanted.get(&order.site_id).copied().unwrap_or((None, None));
            // A moment that has come is as good as none.
            let came = from.is_none() && order.not_before.is_none_or(|it| it <= now);
            if (came || from == order.not_before) && until == order.until {
                continue;
            }
            groups.entry((from, until)).or_default().push(order.site_id);
        }
        if groups.is_empty() {
            return Ok(());
        }
        let mut commit = self.system_commit();
        for ((from, until), sites) in &groups {
            commit.writes.extend(waves::set_times(id, sites, *from, *until));
        }
        self.fleet_touch(&mut commit, &FleetChange::Rollout(id.clone()));
        let count: usize = groups.values().map(Vec::len).sum();
        let commit = commit.entry(
            format!("release/{}", loaded.release.id),
            "rollout.times_set",
            json!({ "rollout": id.as_str(), "sites": count }),
        );
        self.put(commit).await
    }

    /// Before when each of these sites does not want to begin.
    async fn wishes(
        &self,
        loaded: &LoadedRelease,
        ids: &[SiteId],
    ) -> Result<BTreeMap<SiteId, Option<Timestamp>>> {
        let mut wishes: BTreeMap<SiteId, Option<Timestamp>> =
            ids.iter().map(|it| (it.clone(), None)).collect();
        let all = Scope::all();
        for it in deployments::decisions(self.store(), &all, &loaded.release.id).await? {
            if let Some(wish) = wishes.get_mut(&it.site_id) {
                *wish = it.wished_at;
            }
        }
        Ok(wishes)
    }

    /// Tells a rollout what happened. None when nothing came of it.
    pub(super) async fn rollout_tell(
        &self,
        loaded: &LoadedRelease,
        id: &RolloutId,
        event: &Event,
        why: &Why<'_>,
    ) -> Result<Option<Rollout>> {
        self.rollout_tell_with(loaded, id, event, why, &Extra::default()).await
    }

    /// As [`App::rollout_tell`], with what else belongs to the same change.
    pub(super) async fn rollout_tell_with(
        &self,
        loaded: &LoadedRelease,
        id: &RolloutId,
        event: &Event,
        why: &Why<'_>,
        extra: &Extra,
    ) -> Result<Option<Rollout>> {
        let mut last = Error::Stale { what: "rollout".to_owned() };
        for _ in 0..TRIES {
            let found = self.rollout_load(id).await?;
            let world = world_of(loaded, &found, self.now());
            let decision = step(&found.state, event, &world)?;
            let same = decision.rollout == found.state && decision.effects.is_empty();
            if same && extra.receipt.is_none() {
                return Ok(None);
            }
            let mut commit = self.begin(why.call);
            self.write_decision(&mut commit, loaded, &found, &decision, why).await?;
            commit.writes.extend(extra.writes.iter().cloned());
            commit.entries.extend(extra.entries.iter().cloned());
            if let Some(receipt) = &extra.receipt {
                commit.idempotency = why.call.idempotency_row(receipt);
            }
            match self.put(commit).await {
                Ok(()) => {
                    self.fleet_catch_up().await?;
                    return Ok(Some(decision.rollout));
                }
                Err(Error::Stale { what }) => last = Error::Stale { what },
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    async fn write_decision(
        &self,
        commit: &mut Commit,
        loaded: &LoadedRelease,
        found: &Loaded,
        decision: &rollout::Decision,
        why: &Why<'_>,
    ) -> Result<()> {
        let now = self.now();
        let next = &decision.rollout;
        let stands = matches!(next.state, State::Halted | State::Held);
        let mut row = found.row.clone();
        row.state = next.state.name().to_owned();
        row.wave = i64::from(next.wave);
        row.reason_code = next.code.map(|it| it.name().to_owned());
        row.reason = match why.reason {
            Some(reason) if stands => Some(reason.to_owned()),
            _ if stands && next.code == found.state.code => row.reason,
            _ => None,
        };
        if next.state != found.state.state {
            row.changed_by = why.name();
        }
        if next.is_over() && row.ended_at.is_none() {
            row.ended_at = Some(now);
        }
        commit.writes.push(rollouts::update(&row));
        let starts = decision.effects.iter().any(|it| matches!(it, Effect::StartWave(_)));
        for (stored, (old, new)) in
            found.waves.iter().zip(found.state.waves.iter().zip(&next.waves))
        {
            // A wave begins only by the sums that were looked at: all of them are held fast.
            if starts || old != new {
                commit.writes.push(rollouts::update_wave(&wave_row(stored, new)));
            }
        }
        for effect in &decision.effects {
            self.write_effect(commit, loaded, found, next, *effect).await?;
        }
        let facts = self.decision_facts(found, next, why);
        if let Some((kind, facts)) = facts {
            let stream = format!("release/{}", loaded.release.id);
            commit.entries.push(Entry { stream, kind, body: facts });
        }
        Ok(())
    }

    /// What the record says; nothing for sums alone.
    fn decision_facts(
        &self,
        found: &Loaded,
        next: &Rollout,
        why: &Why<'_>,
    ) -> Option<(String, serde_json::Value)> {
        let old = &found.state;
        let kind = if next.state != old.state || next.code != old.code {
            match next.state {
                State::Running | State::Soaking if old.state == State::Held => "rollout.resumed",
                State::Running | State::Soaking if old.state == State::Halted => "rollout.resumed",
                State::Running => "rollout.wave_started",
                State::Soaking => "rollout.soaking",
                State::Halted => "rollout.halted",
                State::Held => "rollout.held",
                State::Finished => "rollout.finished",
                State::Ended => "rollout.ended",
            }
        } else if next.wave != old.wave {
            "rollout.wave_started"
        } else {
            return None;
        };
        let halt = next.halted_by();
        let current = next.current();
        let facts = json!({
            "rollout": found.row.id.as_str(),
            "kind": found.row.kind,
            "wave": next.wave,
            "state": next.state.name(),
            "code": next.code.map(|it| it.name()),
            "reason": why.reason,
            "halt": halt.map(|it| json!({
                "wave": it.wave, "sites": it.sites, "of": it.total, "limit": it.limit,
            })),
            "sites": current.map(|it| it.total),
            "installed": current.map(|it| it.installed),
            "failed": current.map(|it| it.failed),
            "members": found.row.members,
        });
        Some((kind.to_owned(), facts))
    }

    async fn write_effect(
        &self,
        commit: &mut Commit,
        loaded: &LoadedRelease,
        found: &Loaded,
        next: &Rollout,
        effect: Effect,
    ) -> Result<()> {
        let id = &found.row.id;
        let now = self.now();
        match effect {
            Effect::StartWave(number) => {
                let wave = i64::from(number);
                commit.writes.extend(rollouts::order_wave(&WaveOrders {
                    rollout: id.clone(),
                    release: loaded.release.id.clone(),
                    kind: next.kind.name().to_owned(),
                    wave,
                    not_before: None,
                    until: None,
                    sites: Vec::new(),
                    ask: asks(loaded, next.kind),
                    at: now,
                }));
                let sites = waves::sites_of_wave(self.store(), id, wave).await?;
                if next.kind == Kind::Install {
                    let wishes = self.wishes(loaded, &sites).await?;
                    for ((from, until), sites) in self.site_times(loaded, &wishes).await? {
                        commit.writes.extend(waves::set_times(id, &sites, from, until));
                    }
                }
                self.fleet_touch(commit, &FleetChange::Wave(id.clone(), wave));
            }
            Effect::Withhold if next.state == State::Ended => {
                commit.writes.push(waves::cancel(id, None, now));
                self.fleet_touch(commit, &FleetChange::Rollout(id.clone()));
            }
            Effect::Withhold | Effect::Offer | Effect::OrderAgain => {
                self.fleet_touch(commit, &FleetChange::Rollout(id.clone()));
            }
            Effect::Finish => {}
        }
        Ok(())
    }

    /// What a report changes in the rollouts of its release.
    pub(crate) async fn rollout_report(&self, report: &DeploymentReport) -> Result<Vec<Write>> {
        let mut writes = Vec::new();
        let places = waves::places(self.store(), &report.release, &report.site).await?;
        let going_back = |row: &rollouts::Rollout| {
            row.kind == "rollback" && !matches!(row.state.as_str(), "finished" | "ended")
        };
        let back = places.iter().any(|(row, _)| going_back(row));
        let newest = places.iter().rposition(|(row, _)| row.kind == "install");
        for (index, (row, place)) in places.iter().enumerate() {
            let over = matches!(row.state.as_str(), "finished" | "ended");
            let to = match row.kind.as_str() {
                // A way back that failed says nothing about the way there.
                "install" if back && report.outcome == Outcome::Failed => continue,
                "install" if Some(index) == newest => Some(report.outcome.name()),
                // Where the new version runs the way back is still to be gone.
                "rollback" if !over && report.outcome == Outcome::Installed => None,
                "rollback" if !over => Some(report.outcome.name()),
                _ => continue,
            };
            writes.extend(waves::report(place, to));
            if over || report.reported_by == Reporter::Agent {
                continue;
            }
            // What a person reports makes an order to the agent of that site needless.
            let sites = std::slice::from_ref(&report.site);
            let order = waves::newest_actions(self.store(), &row.id, sites).await?;
            if order.iter().any(|it| it.state != "closed" && it.state != "canceling") {
                let now = self.now();
                writes.push(waves::cancel(&row.id, Some(&report.site), now));
                let change = FleetChange::Site(report.site.clone());
                writes.extend(rollouts::changed(&change, now));
            }
        }
        Ok(writes)
    }
}

/// Whether a process ships to sites in waves.
fn has_rollout(loaded: &LoadedRelease) -> bool {
    super::make::steps(loaded).next().is_some()
}

/// Whether sites that said nothing are asked first: the process asks each of them.
pub(super) fn asks(loaded: &LoadedRelease, kind: Kind) -> bool {
    let each = |it: &roadbook_core::process::template::Step| {
        matches!(it.kind, StepKind::Decision(_)) && it.each == Some(Each::Site)
    };
    kind == Kind::Install && loaded.template.steps().any(|(_, it)| each(it))
}

/// The end of a release is the end of its rollouts; everything else is a look at the clock.
fn event_of(loaded: &LoadedRelease) -> Event {
    if loaded.release.run.is_ended() { Event::End } else { Event::Tick }
}

pub(super) fn world_of(loaded: &LoadedRelease, found: &Loaded, now: Timestamp) -> World {
    let run = &loaded.release.run;
    if found.state.kind == Kind::Rollback {
        // A way back is gone whatever the release waits for.
        return World { now, open: true, held: false };
    }
    let state = run.step_state(&found.row.step_id);
    let open =
        matches!(run.state, RunState::Running) && (state.is_open() || *state == StepState::Done);
    World { now, open, held: run.hold.is_some() }
}

fn wave_row(stored: &RolloutWave, new: &rollout::Wave) -> RolloutWave {
    RolloutWave {
        state: new.state.name().to_owned(),
        installed: i64::from(new.installed),
        failed: i64::from(new.failed),
        rolled_back: i64::from(new.rolled_back),
        skipped: i64::from(new.skipped),
        silent: i64::from(new.silent),
        passed_failed: i64::from(new.passed_failed),
        passed_silent: i64::from(new.passed_silent),
        started_at: new.started_at,
        through_at: new.through_at,
        ..stored.clone()
    }
}
