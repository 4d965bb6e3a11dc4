//! What pages and the API read of rollouts.

use super::Loaded;
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use crate::releases::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::access::Who;
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};
use roadbook_core::rollout::{self, Consequence, Halt, SILENT_AFTER, STUCK_AFTER};
use roadbook_store::rollout_lines::{self as lines, LineAsk, Silence};
use roadbook_store::rollouts::{self, Action, ActionReport, Rollout as Row, RolloutWave, Takers};
use roadbook_store::{Page, PageAsk, agents, waves};
use std::collections::BTreeMap;

pub use roadbook_store::rollout_lines::Line as RolloutSiteView;

/// A rollout in a list.
#[derive(Clone, Debug)]
pub struct RolloutListItem {
    /// The rollout.
    pub rollout: Row,
    /// Number of its release.
    pub number: String,
    /// Version of its release.
    pub version: String,
}

/// A wave with what stands how in it.
#[derive(Clone, Debug)]
pub struct WaveView {
    /// As stored.
    pub wave: RolloutWave,
    /// How many visible sites stand how, by the word of [`RolloutSiteView::at`].
    pub counts: Vec<(String, i64)>,
}

/// A rollout as a page shows it.
#[derive(Clone, Debug)]
pub struct RolloutView {
    /// As stored.
    pub rollout: Row,
    /// Number of the release.
    pub number: String,
    /// Version of the release.
    pub version: String,
    /// Waves in order.
    pub waves: Vec<WaveView>,
    /// Why it stopped itself.
    pub halt: Option<Halt>,
    /// What happens if nobody acts.
    pub consequence: Consequence,
    /// A way back holds it until somebody lifts that.
    pub to_lift: bool,
    /// Sites whose agents have nothing to fetch: people report them.
    pub by_people: usize,
    /// The reader may command it.
    pub may_lead: bool,
    /// All rollouts of the release, oldest first.
    pub runs: Vec<Row>,
}

/// Which sites a list shows.
#[derive(Clone, Debug, Default)]
pub struct SiteFilter {
    /// Only this wave.
    pub wave: Option<i64>,
    /// Only those that stand so, as [`RolloutSiteView::at`].
    pub at: Option<String>,
    /// Part of key or name.
    pub text: Option<String>,
    /// How many to leave out.
    pub skip: usize,
    /// How many; 0 is a page.
    pub limit: usize,
}

/// A part of the sites of a rollout.
#[derive(Clone, Debug)]
pub struct RolloutSites {
    /// The sites, by wave and key.
    pub rows: Vec<RolloutSiteView>,
    /// How many the filter leaves.
    pub found: usize,
}

fn silence(now: Timestamp) -> Silence {
    Silence { quiet: now - SILENT_AFTER, stuck: now - STUCK_AFTER }
}

impl App {
    /// The rollout of a release that a reader means: one of its own, or the newest.
    async fn rollout_seen(
        &self,
        call: &Call,
        release: &ReleaseId,
        id: Option<&RolloutId>,
    ) -> Result<(LoadedRelease, Loaded)> {
        let loaded = self.release_for(&call.actor, release).await?;
        let found = match id {
            Some(id) => {
                Some(self.rollout_load(id).await?).filter(|it| it.row.release_id == *release)
            }
            None => self.rollout_of(release).await?,
        };
        Ok((loaded, found.ok_or(Error::NotFound { what: "rollout" })?))
    }

    /// A rollout of a release; without an id the newest that brings the version.
    #[boxed]
    pub async fn rollout_view(
        &self,
        call: &Call,
        release: &ReleaseId,
        id: Option<&RolloutId>,
    ) -> Result<RolloutView> {
        let (loaded, found) = self.rollout_seen(call, release, id).await?;
        let scope = self.scope_for(&call.actor).await?;
        let quiet = silence(self.now());
        let all = LineAsk::default();
        let counts = lines::counts(self.store(), &scope, &found.row.id, quiet, &all).await?;
        let mut by_wave: BTreeMap<i64, Vec<(String, i64)>> = BTreeMap::new();
        for (wave, at, count) in counts {
            by_wave.entry(wave).or_default().push((at, count));
        }
        let waves = found
            .waves
            .into_iter()
            .map(|wave| WaveView { counts: by_wave.remove(&wave.wave).unwrap_or_default(), wave });
        Ok(RolloutView {
            number: loaded.release.number.clone(),
            version: loaded.release.version.clone(),
            waves: waves.collect(),
            halt: found.state.halted_by(),
            consequence: rollout::consequence(&found.state),
            by_people: self.by_people(&loaded).await?,
            to_lift: found.state.code == Some(rollout::Code::RolledBack),
            may_lead: self.may_lead(&call.actor, &loaded.release).await?,
            runs: rollouts::of_release(self.store(), release).await?,
            rollout: found.row,
        })
    }

    /// Rollouts that halted and wait for somebody like the reader to decide, oldest first.
    #[boxed]
    pub async fn rollouts_halted(&self, call: &Call) -> Result<Vec<Row>> {
        let mut list = Vec::new();
        for row in waves::alive(self.store()).await? {
            if row.state != "halted" {
                continue;
            }
            let loaded = match self.release_for(&call.actor, &row.release_id).await {
                Err(Error::NotFound { .. }) => continue,
                found => found?,
            };
            if self.may_lead(&call.actor, &loaded.release).await? {
                list.push(row);
            }
        }
        Ok(list)
    }

    /// How many sites with an agent a release has no file for.
    async fn by_people(&self, loaded: &LoadedRelease) -> Result<usize> {
        let takers = self.offer(&loaded.release).await?.takers();
        if takers == Takers::All {
            return Ok(0);
        }
        let all = agents::of_release(self.store(), &loaded.release.id).await?;
        Ok(all.iter().filter(|it| !takers.include(it.ours)).count())
    }

    /// Sites of a rollout, filtered: what a list of ten thousand needs.
    #[boxed]
    pub async fn rollout_sites(
        &self,
        call: &Call,
        release: &ReleaseId,
        id: Option<&RolloutId>,
        filter: &SiteFilter,
    ) -> Result<RolloutSites> {
        let (loaded, found) = self.rollout_seen(call, release, id).await?;
        let scope = self.scope_for(&call.actor).await?;
        let quiet = silence(self.now());
        let ask = LineAsk {
            wave: filter.wave,
            at: filter.at.clone().filter(|it| !it.is_empty()),
            text: filter.text.clone(),
            skip: filter.skip,
            limit: filter.limit,
        };
        let of = (&found.row.id, &loaded.release.product);
        let rows = lines::page(self.store(), &scope, of, quiet, &ask).await?;
        let counts = lines::counts(self.store(), &scope, &found.row.id, quiet, &ask).await?;
        let found = counts.iter().map(|it| usize::try_from(it.2).unwrap_or(0)).sum();
        Ok(RolloutSites { rows, found })
    }

    /// An order with everything that was said about it, for who may see its site.
    #[boxed]
    pub async fn rollout_action(
        &self,
        call: &Call,
        id: i64,
    ) -> Result<(Action, Vec<ActionReport>)> {
        let missing = || Error::NotFound { what: "action" };
        let action = rollouts::action(self.store(), id).await?.ok_or_else(missing)?;
        let scope = self.scope_for(&call.actor).await?;
        roadbook_store::sites::get(self.store(), &scope, &action.site_id)
            .await?
            .ok_or_else(missing)?;
        let reports = rollouts::reports(self.store(), id).await?;
        Ok((action, reports))
    }

    /// The orders of a site, newest first, for who may see the site.
    #[boxed]
    pub async fn site_actions(&self, call: &Call, site: &SiteId) -> Result<Vec<Action>> {
        let scope = self.scope_for(&call.actor).await?;
        roadbook_store::sites::get(self.store(), &scope, site)
            .await?
            .ok_or(Error::NotFound { what: "site" })?;
        Ok(rollouts::of_site(self.store(), site, 100).await?)
    }

    /// Rollouts of visible releases, newest first.
    #[boxed]
    pub async fn rollout_list(&self, call: &Call, ask: &PageAsk) -> Result<Page<RolloutListItem>> {
        if matches!(call.actor.who, Who::Anonymous) {
            return Err(Error::Unauthenticated);
        }
        let scope = self.scope_for(&call.actor).await?;
        let page = waves::list(self.store(), &scope, ask).await?;
        let mut rows = Vec::new();
        for rollout in page.rows {
            let release = roadbook_store::releases::get(self.store(), &scope, &rollout.release_id);
            if let Some(release) = release.await? {
                let (number, version) = (release.number, release.version.unwrap_or_default());
                rows.push(RolloutListItem { rollout, number, version });
            }
        }
        Ok(Page { rows, next: page.next })
    }
}
