//! What people order: hold, resume, leave out, try again, lift.

use super::Loaded;
use super::drive::{Extra, Why, wave_orders};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use crate::releases::{LoadedRelease, leads};
use crate::sites::{DeploymentReport, Outcome, Reporter};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};
use roadbook_core::rollout::{Event, Outcome as Known, Refusal, step};
use roadbook_store::deployments::{self, Deployment};
use roadbook_store::rollouts::{self, FleetChange, RolloutSite, Takers};
use roadbook_store::{Commit, agents, waves};
use serde_json::json;

impl App {
    /// The release and the rollout that an order is about, for who leads the release.
    pub(super) async fn rollout_lead(
        &self,
        call: &Call,
        release: &ReleaseId,
    ) -> Result<(LoadedRelease, Loaded)> {
        let loaded = self.release_load(release).await?;
        let resource = self.release_resource(&loaded.release).await?;
        call.authorize(Action::View, Kind::Release, &resource, "release")?;
        if !leads(&call.actor, &loaded.release, &resource) {
            call.authorize(Action::Lead, Kind::Release, &resource, "release")?;
        }
        let found = self.rollout_of(release).await?;
        let found = found.ok_or(Error::Rule {
            code: "rollout_not_begun",
            message: "the rollout has not begun; it does when its step opens".to_owned(),
        })?;
        call.check_revision(found.row.revision, "rollout")?;
        Ok((loaded, found))
    }

    async fn rollout_order(
        &self,
        call: &Call,
        release: &ReleaseId,
        event: Event,
        reason: &str,
    ) -> Result<Receipt> {
        let (loaded, found) = self.rollout_lead(call, release).await?;
        let mut check = Check::new();
        let reason = check.remark("reason", reason, true);
        check.done()?;
        let why = Why { call, reason: Some(&reason) };
        let receipt = Receipt {
            id: found.row.id.to_string(),
            label: loaded.release.number.clone(),
            revision: found.row.revision + 1,
            ..Receipt::default()
        };
        let extra = Extra { receipt: Some(receipt.clone()), ..Extra::default() };
        self.rollout_tell_with(&loaded, &found.row.id, &event, &why, &extra).await?;
        self.release_follow(release).await;
        Ok(receipt)
    }

    /// Stops a rollout: nothing more is handed out until somebody lets it go on.
    #[boxed]
    pub async fn rollout_hold(
        &self,
        call: &Call,
        release: &ReleaseId,
        reason: &str,
    ) -> Result<Receipt> {
        self.rollout_order(call, release, Event::Hold, reason).await
    }

    /// Lets a rollout go on that stopped itself or was held. What failed so far was seen.
    #[boxed]
    pub async fn rollout_resume(
        &self,
        call: &Call,
        release: &ReleaseId,
        reason: &str,
    ) -> Result<Receipt> {
        self.rollout_order(call, release, Event::Resume, reason).await
    }

    /// Lets automation go on after a way back.
    #[boxed]
    pub async fn rollout_lift(
        &self,
        call: &Call,
        release: &ReleaseId,
        reason: &str,
    ) -> Result<Receipt> {
        self.rollout_order(call, release, Event::Lift, reason).await
    }

    /// The place of a site in the rollout of a release.
    pub(super) async fn rollout_place(&self, found: &Loaded, site: &SiteId) -> Result<RolloutSite> {
        waves::place(self.store(), &found.row.id, site)
            .await?
            .ok_or(Error::NotFound { what: "site" })
    }

    /// Leaves a site out, with a reason. It is a report like any other, and comes through the one
    /// door.
    #[boxed]
    pub async fn rollout_skip(
        &self,
        call: &Call,
        release: &ReleaseId,
        site: &SiteId,
        reason: &str,
    ) -> Result<Receipt> {
        let (_, found) = self.rollout_lead(call, release).await?;
        let place = self.rollout_place(&found, site).await?;
        if place.outcome.as_deref() == Some("installed") {
            return Err(Refusal::Installed.into());
        }
        let row = deployments::get(self.store(), release, site).await?;
        let row = row.ok_or(Error::NotFound { what: "site" })?;
        let report = DeploymentReport {
            site: site.clone(),
            release: release.clone(),
            generation: u64::try_from(row.generation).unwrap_or(0),
            outcome: Outcome::Skipped,
            reported_by: Reporter::Person { evidence: String::new() },
            at: self.now(),
            note: reason.to_owned(),
            package: None,
        };
        self.deployment_report(call, report).await
    }

    /// What a decision of a site changes in the rollouts of its release: who declines leaves its
    /// wave and lets go of its order, and who comes back is waited for again as long as its wave
    /// has not begun. A wave that has begun orders anew only when the lead has the site try again.
    pub(crate) async fn rollout_decided(
        &self,
        commit: &mut Commit,
        release: &ReleaseId,
        site: &SiteId,
        (was, now): (Option<&str>, &str),
    ) -> Result<()> {
        for (row, place) in waves::places(self.store(), release, site).await? {
            if row.kind != "install" || row.is_over() {
                continue;
            }
            let left = place.outcome.as_deref() == Some("skipped") && was == Some("declined");
            if now == "declined" && place.outcome.is_none() {
                commit.writes.extend(waves::report(&place, Some("skipped")));
                commit.writes.push(waves::cancel(&row.id, Some(site), self.now()));
            } else if now != "declined" && left && place.wave > row.wave {
                commit.writes.extend(waves::report(&place, None));
            } else {
                continue;
            }
            self.fleet_touch(commit, &FleetChange::Site(site.clone()));
        }
        Ok(())
    }

    /// Has a site tried again that failed, went back, was left out, is silent or got no order.
    #[boxed]
    pub async fn rollout_retry(
        &self,
        call: &Call,
        release: &ReleaseId,
        site: &SiteId,
        reason: &str,
    ) -> Result<Receipt> {
        let (loaded, found) = self.rollout_lead(call, release).await?;
        let mut check = Check::new();
        let reason = check.remark("reason", reason, true);
        check.done()?;
        let place = self.rollout_place(&found, site).await?;
        let from = place.outcome.as_deref().and_then(Known::parse);
        let wave = u32::try_from(place.wave).unwrap_or(0);
        let takers = self.offer(&loaded.release).await?.takers();
        let ordered = self.ordered_already(&found.row.id, site, takers).await?;
        let event = Event::Retry { wave, from, ordered };
        let row = deployments::get(self.store(), release, site).await?;
        let row = row.ok_or(Error::NotFound { what: "site" })?;
        let world = super::drive::world_of(&loaded, &found, self.now());
        step(&found.state, &event, &world)?;
        let id = &found.row.id;
        let again = Deployment {
            generation: row.generation + 1,
            state: "proposed".to_owned(),
            outcome: None,
            evidence: None,
            source: None,
            reported_by: None,
            at: self.now(),
            ..row
        };
        let mut commit = self.begin(call);
        commit.writes.push(deployments::update(&again));
        commit.writes.extend(waves::report(&place, None));
        commit.writes.extend(waves::wait_again(id, place.wave, from.is_none() && ordered));
        commit.writes.push(waves::drop_orders(id, site, self.now()));
        let orders =
            wave_orders(&loaded, &found, place.wave, (vec![site.clone()], takers), self.now());
        commit.writes.extend(rollouts::order_wave(&orders));
        self.way_back_left(&mut commit, release, site).await?;
        self.fleet_touch(&mut commit, &FleetChange::Site(site.clone()));
        let commit = commit.entry(
            format!("release/{release}"),
            "rollout.site_again",
            json!({
                "rollout": id.as_str(),
                "site": site.as_str(),
                "wave": place.wave,
                "before": place.outcome,
                "generation": again.generation,
                "reason": reason,
            }),
        );
        let receipt = Receipt {
            id: site.to_string(),
            label: loaded.release.number.clone(),
            revision: found.row.revision,
            ..Receipt::default()
        };
        let receipt = self.finish(call, commit, receipt).await?;
        self.rollouts_follow(&loaded).await;
        self.release_follow(release).await;
        Ok(receipt)
    }

    /// Whether an order of this rollout to a site is under way, or none could go there now.
    async fn ordered_already(&self, id: &RolloutId, site: &SiteId, takers: Takers) -> Result<bool> {
        let open = rollouts::open_of_site(self.store(), site).await?;
        let agent = agents::get(self.store(), site).await?;
        let takes = agent
            .is_some_and(|it| it.revoked_at.is_none() && takers.include(!it.public_key.is_empty()));
        Ok(!takes || open.iter().any(|it| it.rollout_id == *id))
    }

    /// A site that is to go forward again leaves the ways back that it has not gone: they would
    /// wait for it for ever.
    async fn way_back_left(
        &self,
        commit: &mut Commit,
        release: &ReleaseId,
        site: &SiteId,
    ) -> Result<()> {
        for (row, place) in waves::places(self.store(), release, site).await? {
            let gone = matches!(place.outcome.as_deref(), Some("rolled_back" | "skipped"));
            if row.kind != "rollback" || row.is_over() || gone {
                continue;
            }
            commit.writes.extend(waves::report(&place, Some("skipped")));
            commit.writes.push(waves::cancel(&row.id, Some(site), self.now()));
        }
        Ok(())
    }
}
