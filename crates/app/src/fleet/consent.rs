//! A site says whether it agrees, once or for every order to come.

use super::{agent_call, order::Deployable};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use roadbook_core::access::{Action as Act, Kind};
use roadbook_core::ids::SiteId;
use roadbook_store::agents::{self, Agent};
use roadbook_store::rollouts::{self, Action, FleetChange};
use roadbook_store::sites;
use serde_json::json;

impl App {
    /// The agent of a site, and the order that waits for consent.
    #[boxed]
    pub async fn agent_consent(&self, site: &SiteId) -> Result<(Agent, Option<Action>)> {
        let agent = agents::get(self.store(), site).await?.ok_or(Error::Unauthenticated)?;
        let open = rollouts::open_of_site(self.store(), site).await?;
        Ok((agent, open.into_iter().find(|it| it.state == "confirming")))
    }

    /// The order that waits for consent, to look at.
    #[boxed]
    pub async fn agent_to_confirm(
        &self,
        site: &SiteId,
        id: i64,
        history: i64,
    ) -> Result<Deployable> {
        let action = self.action_of(site, id).await?;
        if action.state != "confirming" {
            return Err(Error::NotFound { what: "action" });
        }
        let loaded = self.release_load(&action.release_id).await?;
        self.deployable(action, &loaded, history).await
    }

    /// The site agrees, or says why not; then the order goes on waiting.
    #[boxed]
    pub async fn agent_confirm(
        &self,
        site: &SiteId,
        id: i64,
        yes: bool,
        details: &[String],
    ) -> Result<()> {
        let action = self.action_of(site, id).await?;
        match action.state.as_str() {
            "confirming" => {}
            "closed" => return Err(super::report::over()),
            _ => return Err(Error::NotFound { what: "action" }),
        }
        let mut after = action.clone();
        after.heard_at = Some(self.now());
        after.note = details.last().cloned();
        if yes {
            after.state = "ordered".to_owned();
        }
        let mut commit = self.begin(&agent_call(site)).write(rollouts::update_action(&after));
        self.fleet_touch(&mut commit, &FleetChange::Site(site.clone()));
        let kind = if yes { "action.confirmed" } else { "action.denied" };
        let facts = json!({ "action": id, "site": site.as_str(), "details": details });
        let commit = commit.entry(format!("release/{}", action.release_id), kind, facts);
        self.store().commit(commit).await?;
        self.fleet_catch_up().await
    }

    /// From now on the site agrees to every order, or is asked again. What waits is let go too.
    #[boxed]
    pub async fn agent_auto_confirm(&self, site: &SiteId, on: bool, by: &str) -> Result<()> {
        let agent = agents::get(self.store(), site).await?.ok_or(Error::Unauthenticated)?;
        if on && agent.auto_confirm {
            return Err(Error::Exists { what: "the site's agreement".to_owned() });
        }
        if !on && !agent.auto_confirm {
            return Ok(());
        }
        let now = self.now();
        let by: String = by.chars().take(64).collect();
        let after = Agent {
            auto_confirm: on,
            auto_confirm_by: on.then(|| by.clone()),
            auto_confirm_at: on.then_some(now),
            ..agent
        };
        let mut commit = self.begin(&agent_call(site)).write(agents::update(&after));
        if on {
            for action in rollouts::open_of_site(self.store(), site).await? {
                if action.state == "confirming" {
                    let let_go = Action { state: "ordered".to_owned(), ..action };
                    commit.writes.push(rollouts::update_action(&let_go));
                }
            }
        }
        self.fleet_touch(&mut commit, &FleetChange::Site(site.clone()));
        let kind = if on { "site.auto_confirm_on" } else { "site.auto_confirm_off" };
        let commit = commit.entry(format!("site/{site}"), kind, json!({ "by": by }));
        self.store().commit(commit).await?;
        self.fleet_catch_up().await
    }

    /// The order that stands ready at a site or at a part of it, or is carried out there, for who
    /// may see the site.
    #[boxed]
    pub async fn site_ready(&self, call: &Call, site: &SiteId) -> Result<Option<ReadyOrder>> {
        let place = self.site_resource(site).await?;
        call.authorize(Act::View, Kind::Site, &place, "site")?;
        let mut open = Vec::new();
        for place in self.places_of(site).await? {
            open.extend(rollouts::open_of_site(self.store(), &place).await?);
        }
        // What waits for an answer comes first.
        open.sort_by_key(|it| it.state != "confirming");
        let Some(action) = open.into_iter().next() else { return Ok(None) };
        let release = self.release_load(&action.release_id).await?.release;
        let taker = self.taker(&action.site_id).await?;
        let files = self.offer(&release).await?.files_for(&taker);
        let manifest = files.unwrap_or_default().into_iter().find_map(|it| it.manifest);
        Ok(Some(ReadyOrder { action, version: release.version, manifest }))
    }

    /// A site and its parts in use.
    async fn places_of(&self, site: &SiteId) -> Result<Vec<SiteId>> {
        let parts = sites::parts_of(self.store(), std::slice::from_ref(site)).await?;
        let own = std::iter::once(site.clone());
        Ok(own.chain(parts.into_iter().map(|it| it.0)).collect())
    }

    /// Somebody at the site agrees to an order that waits there or at a part of it, or lets it wait
    /// on.
    #[boxed]
    pub async fn site_consent(
        &self,
        call: &Call,
        site: &SiteId,
        id: i64,
        yes: bool,
    ) -> Result<Receipt> {
        let place = self.site_resource(site).await?;
        call.authorize(Act::Answer, Kind::Site, &place, "site")?;
        let places = self.places_of(site).await?;
        let action = rollouts::action(self.store(), id).await?;
        let action = action.filter(|it| places.contains(&it.site_id));
        let action = action.ok_or(Error::NotFound { what: "action" })?;
        if action.state != "confirming" {
            return Err(Error::Rule {
                code: "nothing_to_confirm",
                message: "this update does not wait for an answer any more; open the page again"
                    .to_owned(),
            });
        }
        let mut commit = self.begin(call);
        if yes {
            let mut after = action.clone();
            after.state = "ordered".to_owned();
            commit.writes.push(rollouts::update_action(&after));
            self.fleet_touch(&mut commit, &FleetChange::Site(action.site_id.clone()));
        }
        let kind = if yes { "action.confirmed" } else { "action.denied" };
        let facts = json!({ "action": id, "site": action.site_id.as_str() });
        let commit = commit.entry(format!("release/{}", action.release_id), kind, facts);
        let receipt = Receipt { id: site.to_string(), ..Receipt::default() };
        let receipt = self.finish(call, commit, receipt).await?;
        self.fleet_catch_up().await?;
        Ok(receipt)
    }
}

/// An order as the people of a site see it.
#[derive(Clone, Debug)]
pub struct ReadyOrder {
    /// The order.
    pub action: Action,
    /// Version of its release.
    pub version: String,
    /// The signed manifest of what would be installed.
    pub manifest: Option<String>,
}
