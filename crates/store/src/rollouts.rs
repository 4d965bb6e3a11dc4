//! Rollouts, their waves, and the orders to agents.

use crate::Store;
use crate::commit::Write;
use crate::error::StoreError;
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};

row! {
    /// A rollout.
    pub struct Rollout in "rollout" key (id) {
        /// Id.
        id: RolloutId,
        /// Release.
        release_id: ReleaseId,
        /// Step of its process.
        step_id: String,
        /// `install` or `rollback`.
        kind: String,
        /// State.
        state: String,
        /// The wave that was started last, from 1; 0 before the first.
        wave: i64,
        /// Why it stands.
        reason: Option<String>,
        /// The same as a stable word.
        reason_code: Option<String>,
        /// Who changed it last.
        changed_by: String,
        /// Digest over the members in order.
        members: String,
        /// Begin.
        started_at: Timestamp,
        /// End.
        ended_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A wave.
    pub struct RolloutWave in "rollout_wave" key (rollout_id, wave) {
        /// Rollout.
        rollout_id: RolloutId,
        /// From 1.
        wave: i64,
        /// Name.
        name: String,
        /// State.
        state: String,
        /// Sites.
        total: i64,
        /// Done.
        done: i64,
        /// Failed.
        failed: i64,
        /// Left out.
        skipped: i64,
        /// How long it must be quiet afterwards.
        soak_seconds: i64,
        /// Share of failures that halts, in percent.
        halt_failed: Option<i64>,
        /// Share of silent sites that halts, in percent.
        halt_silent: Option<i64>,
        /// Begin.
        started_at: Option<Timestamp>,
        /// When the last site was through.
        finished_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A site's place in a rollout.
    pub struct RolloutSite in "rollout_site" key (rollout_id, site_id) {
        /// Rollout.
        rollout_id: RolloutId,
        /// Site.
        site_id: SiteId,
        /// Wave, from 1.
        wave: i64,
        /// Why it is left out.
        skipped: Option<String>,
    }
}

row! {
    /// An order to the agent of a site.
    pub struct Action in "action" key (id) {
        /// Number, below 2^31.
        id: i64,
        /// Rollout.
        rollout_id: RolloutId,
        /// Release.
        release_id: ReleaseId,
        /// Site.
        site_id: SiteId,
        /// Generation of the deployment it was ordered for.
        generation: i64,
        /// `install` or `rollback`.
        kind: String,
        /// Wave, from 1.
        wave: i64,
        /// `confirming`, `ordered`, `running`, `canceling` or `closed`.
        state: String,
        /// `installed`, `failed`, `rolled_back`, `skipped` or `canceled`, once closed.
        outcome: Option<String>,
        /// Where the agent is, in its own word.
        stage: String,
        /// What it said last.
        note: Option<String>,
        /// Not begun before.
        not_before: Option<Timestamp>,
        /// Not begun after.
        until: Option<Timestamp>,
        /// When it was ordered.
        ordered_at: Timestamp,
        /// When the agent last said something about it.
        heard_at: Option<Timestamp>,
        /// When it ended.
        closed_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// What an agent said about an order.
    pub struct ActionReport in "action_report" key (action_id, digest) {
        /// Order.
        action_id: i64,
        /// SHA-256 of what makes the message the same message.
        digest: Vec<u8>,
        /// DDI's word.
        execution: String,
        /// DDI's word.
        finished: String,
        /// A number of the client.
        code: Option<i64>,
        /// Messages, a JSON list.
        details: String,
        /// By the site's clock.
        client_at: Option<Timestamp>,
        /// When it came.
        at: Timestamp,
    }
}

/// One rollout.
pub async fn get(store: &Store, id: &RolloutId) -> Result<Option<Rollout>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// The rollouts of a release, oldest first.
pub async fn of_release(store: &Store, release: &ReleaseId) -> Result<Vec<Rollout>, StoreError> {
    select(store, "WHERE release_id = $1 ORDER BY started_at, id", vec![release.put()]).await
}

/// Enters a rollout.
pub fn insert(rollout: &Rollout) -> Write {
    table::insert(rollout)
}

/// Changes a rollout that still has `rollout.revision`.
pub fn update(rollout: &Rollout) -> Write {
    table::update(rollout)
}

/// The waves of a rollout, in order.
pub async fn waves(store: &Store, id: &RolloutId) -> Result<Vec<RolloutWave>, StoreError> {
    select(store, "WHERE rollout_id = $1 ORDER BY wave", vec![id.put()]).await
}

/// Enters a wave.
pub fn insert_wave(wave: &RolloutWave) -> Write {
    table::insert(wave)
}

/// Changes a wave that still has `wave.revision`.
pub fn update_wave(wave: &RolloutWave) -> Write {
    table::update(wave)
}

/// Enters a site's place.
pub fn insert_site(site: &RolloutSite) -> Write {
    table::insert(site)
}

/// One order.
pub async fn action(store: &Store, id: i64) -> Result<Option<Action>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// Enters an order.
pub fn insert_action(action: &Action) -> Write {
    table::insert(action)
}

/// Changes an order that still has `action.revision`.
pub fn update_action(action: &Action) -> Write {
    table::update(action)
}

/// What was said about an order, oldest first.
pub async fn reports(store: &Store, id: i64) -> Result<Vec<ActionReport>, StoreError> {
    select(store, "WHERE action_id = $1 ORDER BY at, digest", vec![id.put()]).await
}
