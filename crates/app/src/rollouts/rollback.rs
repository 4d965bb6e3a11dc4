//! The way back: of a site, a wave or everything, as a rollout of its own.

use super::drive::{Extra, Why};
use super::make::lay_waves;
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use crate::sites::name_among;
use jiff::Timestamp;
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};
use roadbook_core::rollout::{self, Event, Part, Rule, Share};
use roadbook_store::rollouts::{self, Rollout as Row};
use roadbook_store::{Entry, agents, artifacts, versions, waves};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// How far a way back reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// One site.
    Site(SiteId),
    /// A wave.
    Wave(u32),
    /// Every site that has the version, or is being worked on.
    All,
}

impl Reach {
    const fn name(&self) -> &'static str {
        match self {
            Reach::Site(_) => "site",
            Reach::Wave(_) => "wave",
            Reach::All => "all",
        }
    }
}

/// A site that would go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackSite {
    /// Site.
    pub site: SiteId,
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Since when the new version runs there; everything since is what the way back loses.
    pub since: Option<Timestamp>,
    /// The version it goes back to; none when nobody knows one.
    pub to: Option<String>,
    /// An agent does it; else a person.
    pub agent: bool,
}

/// What a way back would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackPreview {
    /// How many sites go back, visible or not.
    pub total: usize,
    /// Visible ones, by key.
    pub sites: Vec<RollbackSite>,
    /// The earliest moment since which something is lost.
    pub since: Option<Timestamp>,
    /// The signed manifest of what was installed: it says what the way back loses.
    pub manifest: Option<String>,
    /// Sites that have no former version to go back to.
    pub without_former: usize,
}

impl App {
    async fn reached(&self, found: &super::Loaded, reach: &Reach) -> Result<Vec<SiteId>> {
        let id = &found.row.id;
        Ok(match reach {
            Reach::All => waves::reached(self.store(), id, None).await?,
            Reach::Wave(wave) => {
                if *wave == 0 || *wave as usize > found.waves.len() {
                    return Err(rollout::Refusal::UnknownWave.into());
                }
                waves::reached(self.store(), id, Some(i64::from(*wave))).await?
            }
            Reach::Site(site) => {
                self.rollout_place(found, site).await?;
                let all = waves::reached(self.store(), id, None).await?;
                all.into_iter().filter(|it| it == site).collect()
            }
        })
    }

    /// What a way back would do, and what it loses, before anybody confirms it.
    #[boxed]
    pub async fn rollback_preview(
        &self,
        call: &Call,
        release: &ReleaseId,
        reach: &Reach,
    ) -> Result<RollbackPreview> {
        let loaded = self.release_for(&call.actor, release).await?;
        let found = self.rollout_of(release).await?.ok_or(Error::NotFound { what: "rollout" })?;
        let ids = self.reached(&found, reach).await?;
        let product = &loaded.release.product;
        let scope = self.scope_for(&call.actor).await?;
        let mut former: HashMap<SiteId, (Option<Timestamp>, Option<String>)> = HashMap::new();
        for row in versions::past_of_release(self.store(), release, product).await? {
            let entry = former.entry(row.site_id).or_default();
            // Rows come oldest first: the last other version is the former one.
            if row.version == loaded.release.version {
                entry.0 = Some(row.since);
            } else {
                entry.1 = Some(row.version);
            }
        }
        let takers = self.offer(&loaded.release).await?.takers();
        let agents: HashSet<SiteId> = agents::of_release(self.store(), release)
            .await?
            .into_iter()
            .filter(|it| takers.include(it.ours))
            .map(|it| it.site)
            .collect();
        let mut sites = Vec::new();
        let visible = roadbook_store::sites::of_release(self.store(), &scope, release).await?;
        let roofs = self.roofs_of(visible.iter()).await?;
        for site in visible {
            if ids.binary_search(&site.id).is_err() {
                continue;
            }
            let (since, to) = former.get(&site.id).cloned().unwrap_or_default();
            let agent = agents.contains(&site.id);
            let name = name_among(&site, &roofs);
            sites.push(RollbackSite { site: site.id, key: site.key, name, since, to, agent });
        }
        let since = ids.iter().filter_map(|it| former.get(it)?.0).min();
        let without = |it: &&SiteId| former.get(*it).is_none_or(|it| it.1.is_none());
        let mut manifest = None;
        for package in &loaded.release.packages {
            if let Some(found) = artifacts::get(self.store(), &package.sha256).await? {
                manifest = manifest.or(found.manifest);
            }
        }
        Ok(RollbackPreview {
            total: ids.len(),
            since,
            manifest,
            without_former: ids.iter().filter(without).count(),
            sites,
        })
    }

    /// Takes sites back to the version they had: a rollout of its own. Nothing goes on by itself
    /// until a person lifts that.
    #[boxed]
    pub async fn rollout_roll_back(
        &self,
        call: &Call,
        release: &ReleaseId,
        reach: &Reach,
        reason: &str,
    ) -> Result<Receipt> {
        let (loaded, found) = self.rollout_lead(call, release).await?;
        let mut check = Check::new();
        let reason = check.remark("reason", reason, true);
        check.done()?;
        let ids = self.reached(&found, reach).await?;
        if ids.is_empty() {
            return Err(Error::Rule {
                code: "nothing_to_roll_back",
                message: "the version runs at none of these sites; there is nothing to take back"
                    .to_owned(),
            });
        }
        let (row, waves) = self.way_back(call, &found, reach, &ids, &reason).await?;
        let id = row.id.clone();
        let receipt = Receipt {
            id: id.to_string(),
            label: loaded.release.number.clone(),
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        let mut writes = vec![rollouts::insert(&row)];
        writes.extend(lay_waves(&id, &waves));
        let version = &loaded.release.version;
        writes.push(waves::name_former(&id, &loaded.release.product, version));
        writes.push(waves::cancel_for(&found.row.id, &id, self.now()));
        let entry = Entry {
            stream: format!("release/{release}"),
            kind: "rollback.ordered".to_owned(),
            body: json!({
                "rollout": id.as_str(),
                "of": found.row.id.as_str(),
                "reach": row.reach,
                "sites": ids.len(),
                "members": row.members,
                "reason": reason,
            }),
        };
        let why = Why { call, reason: Some(&reason) };
        let extra = Extra { writes, entries: vec![entry], receipt: Some(receipt.clone()) };
        let origin = &found.row.id;
        self.rollout_tell_with(&loaded, origin, &Event::RollBack, &why, &extra).await?;
        self.rollouts_follow(&loaded).await;
        self.release_follow(release).await;
        Ok(receipt)
    }

    /// The rollout that takes these sites back, in one wave.
    async fn way_back(
        &self,
        call: &Call,
        found: &super::Loaded,
        reach: &Reach,
        ids: &[SiteId],
        reason: &str,
    ) -> Result<(Row, Vec<Share>)> {
        let before = rollouts::of_release(self.store(), &found.row.release_id).await?;
        let rounds = before
            .iter()
            .filter(|it| it.kind == "rollback" && it.step_id == found.row.step_id)
            .count();
        let rule = Rule {
            name: "back".to_owned(),
            of: Part::Site,
            share: 100,
            soak_seconds: 0,
            // A way back does not stop half way: who fails is seen and helped one by one.
            halt_failed: 100,
            halt_silent: 100,
        };
        let waves = vec![Share { rule, sites: ids.to_vec() }];
        let row = Row {
            id: RolloutId::new(self.seed()),
            kind: "rollback".to_owned(),
            round: rounds as i64 + 1,
            origin: Some(found.row.id.clone()),
            reach: reach.name().to_owned(),
            state: "running".to_owned(),
            wave: 0,
            reason: Some(reason.to_owned()),
            reason_code: None,
            changed_by: call.actor.name(),
            members: rollout::digest(&waves),
            started_at: self.now(),
            ended_at: None,
            revision: 1,
            ..found.row.clone()
        };
        Ok((row, waves))
    }
}
