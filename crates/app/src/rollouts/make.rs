//! Making a rollout: who is in it, in which wave, and the preview of that.

use super::Loaded;
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use crate::fleet::Taker;
use crate::releases::LoadedRelease;
use crate::sites::{Among, name_among, part_kind};
use jiff::Timestamp;
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};
use roadbook_core::package::{NoFit, Platform};
use roadbook_core::process::template::{Step, StepKind, Wave as Declared};
use roadbook_core::rollout::{self, Member, Part, Rule, Share};
use roadbook_store::agents::AgentOf;
use roadbook_store::rollouts::{self, Rollout as Row, RolloutWave};
use roadbook_store::sites::Site;
use roadbook_store::{Scope, Write, agents, deployments, waves};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Who would be in which wave if the rollout began now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The step.
    pub step: String,
    /// Digest over waves and sites; the same as of the rollout that is made from it.
    pub digest: String,
    /// Waves in order.
    pub waves: Vec<PreviewWave>,
    /// Sites that declined and are in none.
    pub declined: Vec<PreviewSite>,
}

/// A wave of a preview.
#[derive(Clone, Debug)]
pub struct PreviewWave {
    /// Its rule.
    pub rule: Rule,
    /// How many sites, visible or not.
    pub total: usize,
    /// Visible sites, in the order drawn.
    pub sites: Vec<PreviewSite>,
}

/// A site of a preview.
#[derive(Clone, Debug)]
pub struct PreviewSite {
    /// Id.
    pub site: SiteId,
    /// Key.
    pub key: String,
    /// Name; of a part, with that of its site.
    pub name: String,
    /// What it is.
    pub part: Part,
    /// Its zone.
    pub zone: String,
    /// `accepted`, `postponed`, `declined`; none when it said nothing.
    pub decision: Option<String>,
    /// Whether it has an agent, and when that was last heard of.
    pub agent: Option<Option<Timestamp>>,
    /// Why its agent gets no order yet; none where it does, and where people report anyway.
    pub no_order: Option<NoFit>,
}

/// The rollout steps of a process.
pub(super) fn steps(loaded: &LoadedRelease) -> impl Iterator<Item = (&Step, &[Declared])> {
    loaded.template.steps().filter_map(|(_, step)| match &step.kind {
        StepKind::Rollout(waves) => Some((step, waves.as_slice())),
        _ => None,
    })
}

struct Members {
    waves: Vec<Share>,
    declined: Vec<SiteId>,
    sites: Vec<Site>,
    decisions: HashMap<SiteId, String>,
}

impl App {
    /// Divides the sites of a release by the waves of a step. What is shown before is what is made.
    async fn divide(
        &self,
        loaded: &LoadedRelease,
        step: &str,
        waves: &[Declared],
    ) -> Result<Members> {
        let release = &loaded.release;
        let decisions: HashMap<SiteId, String> =
            deployments::decisions(self.store(), &Scope::all(), &release.id)
                .await?
                .into_iter()
                .map(|it| (it.site_id, it.decision))
                .collect();
        let sites = self.sites_matching(release, Among::Places, None).await?;
        let mut matching: BTreeMap<usize, HashSet<SiteId>> = BTreeMap::new();
        for (index, wave) in waves.iter().enumerate() {
            if let Some(condition) = &wave.sites {
                let found = self.sites_matching(release, Among::Places, Some(condition)).await?;
                matching.insert(index, found.into_iter().map(|it| it.id).collect());
            }
        }
        // What a site decides goes for its parts.
        let decided =
            |it: &Site| decisions.get(it.part_of.as_ref().unwrap_or(&it.id)).map(String::as_str);
        let (mut declined, mut members) = (Vec::new(), Vec::new());
        for site in &sites {
            if decided(site) == Some("declined") {
                declined.push(site.id.clone());
                continue;
            }
            let fits = |index| matching.get(&index).is_none_or(|it| it.contains(&site.id));
            let matches = (0..waves.len().max(1)).map(fits).collect();
            members.push(Member { site: site.id.clone(), part: part_kind(site), matches });
        }
        let decisions =
            sites.iter().filter_map(|it| Some((it.id.clone(), decided(it)?.to_owned()))).collect();
        let seed = format!("{}/{step}", release.id);
        let waves = rollout::divide(&seed, &rollout::rules(waves), &members);
        Ok(Members { waves, declined, sites, decisions })
    }

    /// Who would be in which wave; sites that the reader may not see are only counted.
    #[boxed]
    pub async fn rollout_preview(&self, call: &Call, release: &ReleaseId) -> Result<Preview> {
        let loaded = self.release_for(&call.actor, release).await?;
        let (step, waves) = steps(&loaded).next().ok_or(Error::NotFound { what: "rollout" })?;
        let found = self.divide(&loaded, &step.id, waves).await?;
        let scope = self.scope_for(&call.actor).await?;
        let visible = roadbook_store::sites::of_release(self.store(), &scope, release).await?;
        let visible: HashMap<SiteId, Site> =
            visible.into_iter().map(|it| (it.id.clone(), it)).collect();
        self.fleet_flush().await?;
        let offer = self.offer(&loaded.release).await?;
        let agents: HashMap<SiteId, AgentOf> = agents::of_release(self.store(), release)
            .await?
            .into_iter()
            .map(|it| (it.site.clone(), it))
            .collect();
        let unfit = |it: &AgentOf| {
            let platform = it.platform.as_deref().and_then(Platform::parse);
            offer.files_for(&Taker { ours: it.ours, platform }).err()
        };
        let show = |id: &SiteId| {
            visible.get(id).map(|it| PreviewSite {
                site: it.id.clone(),
                key: it.key.clone(),
                name: name_among(it, &visible),
                part: part_kind(it),
                zone: it.zone.clone(),
                decision: found.decisions.get(id).cloned(),
                agent: agents.get(id).map(|it| it.seen_at),
                no_order: agents.get(id).and_then(unfit),
            })
        };
        Ok(Preview {
            step: step.id.clone(),
            digest: rollout::digest(&found.waves),
            declined: found.declined.iter().filter_map(show).collect(),
            waves: found
                .waves
                .iter()
                .map(|it| PreviewWave {
                    rule: it.rule.clone(),
                    total: it.sites.len(),
                    sites: it.sites.iter().filter_map(show).collect(),
                })
                .collect(),
        })
    }

    /// Makes the rollout of each open rollout step that has none. Making it twice makes one. True
    /// when one was made.
    pub(super) async fn rollouts_make(
        &self,
        loaded: &LoadedRelease,
        known: &[Row],
    ) -> Result<bool> {
        let mut fresh = false;
        for (step, waves) in steps(loaded) {
            let state = loaded.release.run.steps.get(&step.id);
            let Some(state) = state.filter(|it| it.state.is_open()) else { continue };
            let round = i64::from(state.round);
            let made =
                |it: &Row| it.step_id == step.id && it.kind == "install" && it.round == round;
            if known.iter().any(made) {
                continue;
            }
            match self.rollout_make(loaded, &step.id, waves, round).await {
                // Somebody else was faster, or sites were reported meanwhile: look again later.
                Ok(()) => fresh = true,
                Err(Error::Exists { .. } | Error::Stale { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(fresh)
    }

    async fn rollout_make(
        &self,
        loaded: &LoadedRelease,
        step: &str,
        declared: &[Declared],
        round: i64,
    ) -> Result<()> {
        let found = self.divide(loaded, step, declared).await?;
        let release = &loaded.release;
        let id = RolloutId::new(self.seed());
        let row = Row {
            id: id.clone(),
            release_id: release.id.clone(),
            step_id: step.to_owned(),
            kind: "install".to_owned(),
            round,
            origin: None,
            reach: "all".to_owned(),
            state: "running".to_owned(),
            wave: 0,
            reason: None,
            reason_code: None,
            changed_by: "system".to_owned(),
            members: rollout::digest(&found.waves),
            started_at: self.now(),
            ended_at: None,
            revision: 1,
        };
        let mut commit = self.begin(&Call::system());
        commit.writes.push(rollouts::insert(&row));
        commit.writes.extend(lay_waves(&id, &found.waves));
        commit.writes.extend(waves::take_over(&id, &release.id));
        let sizes: Vec<_> =
            found.waves.iter().map(|it| json!([it.rule.name, it.sites.len()])).collect();
        let commit = commit.entry(
            format!("release/{}", release.id),
            "rollout.made",
            json!({
                "rollout": id.as_str(),
                "step": step,
                "round": round,
                "waves": sizes,
                "members": row.members,
                "declined": found.declined.len(),
                "sites": found.sites.len(),
            }),
        );
        self.put(commit).await
    }

    /// The rollout that brings the release, the newest of them.
    pub(crate) async fn rollout_of(&self, release: &ReleaseId) -> Result<Option<Loaded>> {
        let list = self.rollouts_of(release).await?;
        Ok(list.into_iter().rev().find(|it| it.row.kind == "install"))
    }
}

/// The rows of waves and their sites.
pub(super) fn lay_waves(id: &RolloutId, waves: &[Share]) -> Vec<Write> {
    let mut writes = Vec::new();
    for (number, wave) in (1..).zip(waves) {
        writes.push(rollouts::insert_wave(&RolloutWave {
            rollout_id: id.clone(),
            wave: number,
            name: wave.rule.name.clone(),
            state: "waiting".to_owned(),
            total: wave.sites.len() as i64,
            installed: 0,
            failed: 0,
            rolled_back: 0,
            skipped: 0,
            silent: 0,
            passed_failed: 0,
            passed_silent: 0,
            soak_seconds: wave.rule.soak_seconds,
            halt_failed: i64::from(wave.rule.halt_failed),
            halt_silent: i64::from(wave.rule.halt_silent),
            started_at: None,
            through_at: None,
            revision: 1,
        }));
        writes.extend(waves::enter_sites(id, number, &wave.sites));
    }
    writes
}
