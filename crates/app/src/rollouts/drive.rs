//! Moving rollouts on: after each change, and when time has passed.

use super::{Loaded, TRIES};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::releases::LoadedRelease;
use crate::sites::{DeploymentReport, Outcome, Reporter};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};
use roadbook_core::process::template::{Each, StepKind};
use roadbook_core::rollout::{
    self, Effect, Event, Kind, Outcome as Known, Rollout, SILENT_AFTER, STUCK_AFTER, State,
    WaveState, World, step,
};
use roadbook_core::run::{RunState, StepState};
use roadbook_store::rollouts::{self, FleetChange, RolloutSite, RolloutWave, Takers, WaveOrders};
use roadbook_store::{Commit, Entry, Scope, Write, deployments, sites, waves};
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
    /// Makes and moves on the rollouts of a release. What fails is taken up by the reconciler. True
    /// when something moved.
    pub(crate) async fn rollouts_follow(&self, loaded: &LoadedRelease) -> bool {
        let moved = async {
            let moved = self.rollouts_follow_once(loaded).await?;
            // What the caller changed for the fleet is read along.
            self.fleet_catch_up().await?;
            Ok::<bool, Error>(moved)
        };
        moved.await.unwrap_or_else(|error| {
            tracing::warn!(release = %loaded.release.id, %error, "its rollouts follow later");
            false
        })
    }

    #[boxed]
    pub(crate) async fn rollouts_follow_once(&self, loaded: &LoadedRelease) -> Result<bool> {
        if !ships(loaded) {
            return Ok(false);
        }
        let id = &loaded.release.id;
        let mut known = rollouts::of_release(self.store(), id).await?;
        let mut moved = self.rollouts_make(loaded, &known).await?;
        if moved {
            known = rollouts::of_release(self.store(), id).await?;
        }
        for row in known.into_iter().filter(|it| !it.is_over()) {
            let call = Call::system();
            let why = Why { call: &call, reason: None };
            // Most looks find that nothing is to be done: this one takes a single read.
            let found = self.rollout_loaded(row).await?;
            let event = event_of(loaded);
            let world = world_of(loaded, &found, self.now());
            let decision = step(&found.state, &event, &world)?;
            if decision.rollout == found.state && decision.effects.is_empty() {
                continue;
            }
            moved |= self.rollout_tell(loaded, &found.row.id, &event, &why).await?.is_some();
        }
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
        let wait = self.sites_wait(loaded).await?;
        let open = if wait {
            waves::not_begun(self.store(), id).await?
        } else {
            waves::not_begun_timed(self.store(), id).await?
        };
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
        let mut wished: HashMap<SiteId, Timestamp> = HashMap::new();
        for it in deployments::decisions(self.store(), &all, &loaded.release.id).await? {
            wished.extend(it.wished_at.map(|at| (it.site_id, at)));
        }
        if wished.is_empty() {
            return Ok(wishes);
        }
        // What a site wishes goes for its parts.
        for (part, of) in sites::parts_of_release(self.store(), &loaded.release.id).await? {
            if let Some(at) = wished.get(&of).copied() {
                wished.insert(part, at);
            }
        }
        for (site, wish) in &mut wishes {
            *wish = wished.get(site).copied();
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
            "code": next.code.map(roadbook_core::rollout::Code::name),
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

    #[boxed]
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
                let takers = self.offer(&loaded.release).await?.takers();
                let orders = wave_orders(loaded, found, wave, (Vec::new(), takers), now);
                commit.writes.extend(self.actions_order(&orders));
                if next.kind == Kind::Install && self.sites_wait(loaded).await? {
                    let sites = waves::sites_of_wave(self.store(), id, wave).await?;
                    let wishes = self.wishes(loaded, &sites).await?;
                    for ((from, until), sites) in self.site_times(loaded, &wishes).await? {
                        commit.writes.extend(waves::set_times(id, &sites, from, until));
                    }
                }
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

    /// What a report changes in the rollouts of its release. Sums only add up, so that reports of
    /// many sites do not get into each other's way; with `halts` a report that halts or ends its
    /// rollout does so in the same commit, which holds the sums fast. True when it does.
    pub(crate) async fn rollout_report(
        &self,
        commit: &mut Commit,
        loaded: &LoadedRelease,
        report: &DeploymentReport,
        halts: bool,
    ) -> Result<bool> {
        let mut halted = false;
        let places = waves::places(self.store(), &report.release, &report.site).await?;
        let back = places.iter().any(|(row, _)| row.kind == "rollback" && !row.is_over());
        let newest = places.iter().rposition(|(row, _)| row.kind == "install");
        for (index, (row, place)) in places.iter().enumerate() {
            let over = row.is_over();
            let to = match row.kind.as_str() {
                // A way back that failed says nothing about the way there.
                "install" if back && report.outcome == Outcome::Failed => continue,
                "install" if Some(index) == newest => Some(report.outcome.name()),
                // That the new version runs there says nothing about a way back: it is still to be
                // gone, or was gone before somebody had the site try again.
                "rollback" if !over && report.outcome != Outcome::Installed => {
                    Some(report.outcome.name())
                }
                _ => continue,
            };
            let harms = matches!(report.outcome, Outcome::Failed | Outcome::RolledBack);
            let people = harms || report.outcome == Outcome::Skipped;
            if halts && people && !over && self.decide_with(commit, loaded, row, place, to).await? {
                halted = true;
            } else {
                commit.writes.extend(waves::report(place, to));
            }
            if over || report.reported_by == Reporter::Agent {
                continue;
            }
            // What a person reports makes an order to the agent of that site needless.
            let sites = std::slice::from_ref(&report.site);
            let order = waves::newest_actions(self.store(), &row.id, sites).await?;
            if order.iter().any(|it| it.state != "closed" && it.state != "canceling") {
                let now = self.now();
                commit.writes.push(waves::cancel(&row.id, Some(&report.site), now));
                self.fleet_touch(commit, &FleetChange::Site(report.site.clone()));
            }
        }
        Ok(halted)
    }

    /// Writes down what came of a site together with what it decides: the halt that it causes, or
    /// the end of a rollout that stands, when a person leaves out the last site. False when it
    /// decides nothing.
    async fn decide_with(
        &self,
        commit: &mut Commit,
        loaded: &LoadedRelease,
        row: &rollouts::Rollout,
        place: &RolloutSite,
        to: Option<&str>,
    ) -> Result<bool> {
        let Some(to) = to.and_then(Known::parse) else { return Ok(false) };
        let found = self.rollout_loaded(row.clone()).await?;
        let wave = u32::try_from(place.wave).unwrap_or(0);
        let from = place.outcome.as_deref().and_then(Known::parse);
        let event = match to {
            Known::Skipped => Event::Skip { wave, from },
            to => Event::Reported { wave, from, to },
        };
        let world = world_of(loaded, &found, self.now());
        let Ok(decision) = step(&found.state, &event, &world) else { return Ok(false) };
        let (old, new) = (found.state.state, decision.rollout.state);
        let stands = matches!(old, State::Halted | State::Held);
        let decides = match new {
            State::Halted => old != State::Halted,
            State::Finished => stands && to == Known::Skipped,
            _ => false,
        };
        if !decides {
            return Ok(false);
        }
        let call = Call::system();
        let why = Why { call: &call, reason: None };
        commit.writes.push(waves::report_site(place, Some(to.name())));
        self.write_decision(commit, loaded, &found, &decision, &why).await?;
        Ok(true)
    }
}

/// Whether a process ships to sites in waves.
pub(crate) fn ships(loaded: &LoadedRelease) -> bool {
    super::make::steps(loaded).next().is_some()
}

/// Whether sites that said nothing are asked first: the process asks each of them.
fn asks(loaded: &LoadedRelease, kind: Kind) -> bool {
    let each = |it: &roadbook_core::process::template::Step| {
        matches!(it.kind, StepKind::Decision(_)) && it.each == Some(Each::Site)
    };
    kind == Kind::Install && loaded.template.steps().any(|(_, it)| each(it))
}

/// Orders for sites of a wave that have something to fetch; no sites are all of it.
pub(super) fn wave_orders(
    loaded: &LoadedRelease,
    found: &Loaded,
    wave: i64,
    (sites, takers): (Vec<SiteId>, Takers),
    at: Timestamp,
) -> WaveOrders {
    let kind = found.state.kind;
    WaveOrders {
        rollout: found.row.id.clone(),
        release: loaded.release.id.clone(),
        kind: kind.name().to_owned(),
        wave,
        not_before: None,
        until: None,
        sites,
        takers,
        ask: asks(loaded, kind),
        at,
    }
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
