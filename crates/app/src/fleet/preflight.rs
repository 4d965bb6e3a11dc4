//! Before an order goes out: what the site reports of itself is compared with what is recorded of
//! it. Where they differ, somebody looks first.

use super::agent_call;
use crate::App;
use crate::error::Result;
use roadbook_core::ids::{ProductId, SiteId};
use roadbook_store::agents::{self, Agent};
use roadbook_store::rollouts::{self, Action, FleetChange};
use roadbook_store::versions;

/// The parameter and the fact that name where a product is installed.
const PATH: &str = "path";

impl App {
    /// What does not fit, in words; `None` when all that is known fits.
    pub(super) async fn preflight(
        &self,
        site: &SiteId,
        product: &ProductId,
        key: &str,
        ordered: &str,
    ) -> Result<Option<String>> {
        let facts = agents::facts(self.store(), site).await?;
        let fact = |name: String| facts.iter().find(|it| it.name == name);
        let past = versions::history(self.store(), site, product).await?;
        if let (Some(told), Some(known)) = (fact(format!("installed.{key}")), past.last())
            // A fact from before the record changed says nothing against it.
            && told.at > known.at
            && told.value != known.version
            // Where the ordered version runs already, the order is what sets the record right.
            && told.value != ordered
        {
            return Ok(Some(format!(
                "the site runs {} and the record says {}; correct the record or the site first",
                told.value, known.version
            )));
        }
        let set = agents::parameters(self.store(), site, product).await?;
        let wanted = set.iter().find(|it| it.name == PATH);
        if let (Some(told), Some(wanted)) = (fact(format!("{PATH}.{key}")), wanted)
            && told.value != wanted.value
        {
            return Ok(Some(format!(
                "the site installs to {} and the record says {}; correct one of them first",
                told.value, wanted.value
            )));
        }
        Ok(None)
    }

    /// Says why an order does not go out, and asks the site once more: what it told may be old, or
    /// a message that was overtaken on its way.
    pub(super) async fn withhold(&self, action: &Action, differs: String) -> Result<()> {
        let mut commit = self.begin(&agent_call(&action.site_id));
        if action.note.as_ref() != Some(&differs) {
            let after = Action { note: Some(differs), ..action.clone() };
            commit.writes.push(rollouts::update_action(&after));
        }
        let agent = agents::get(self.store(), &action.site_id).await?;
        if let Some(agent) = agent.filter(|it| !it.wants_facts) {
            commit.writes.push(agents::update(&Agent { wants_facts: true, ..agent }));
            self.fleet_touch(&mut commit, &FleetChange::Site(action.site_id.clone()));
        }
        if commit.writes.is_empty() {
            return Ok(());
        }
        self.store().commit(commit).await?;
        self.fleet_catch_up().await
    }
}
