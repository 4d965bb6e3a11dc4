//! What an agent knows of its machine.

use super::agent_call;
use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use roadbook_core::ids::SiteId;
use roadbook_store::agents::{self, Agent, AgentFact};
use roadbook_store::rollouts::FleetChange;
use std::collections::BTreeMap;

/// Facts of one site.
const FACTS_MAX: usize = 100;
/// Characters of a name or a value.
const FACT_CHARS_MAX: usize = 128;

/// Facts as an agent sends them.
#[derive(Clone, Debug)]
pub struct Attributes {
    /// `merge`, `replace` or `remove`.
    pub mode: String,
    /// Name to value; without one it is taken away.
    pub data: BTreeMap<String, Option<String>>,
}

impl App {
    /// Keeps the facts of a site. They are data about a machine, not decisions: the newest counts.
    #[boxed]
    pub async fn agent_facts(&self, site: &SiteId, input: Attributes) -> Result<()> {
        let bad = |text: &str| text.chars().count() > FACT_CHARS_MAX || text.contains('\0');
        if input
            .data
            .iter()
            .any(|(name, it)| name.is_empty() || bad(name) || it.as_deref().is_some_and(bad))
        {
            let message = format!("a name or value has at most {FACT_CHARS_MAX} characters");
            return Err(Error::field("data", "too_long", message));
        }
        let stored = agents::facts(self.store(), site).await?;
        let mut facts: BTreeMap<String, String> = match input.mode.as_str() {
            "replace" => BTreeMap::new(),
            "merge" | "remove" => {
                stored.iter().map(|it| (it.name.clone(), it.value.clone())).collect()
            }
            _ => return Err(Error::field("mode", "unknown", "is merge, replace or remove")),
        };
        for (name, value) in input.data {
            match value.filter(|_| input.mode != "remove") {
                Some(value) => facts.insert(name, value),
                None => facts.remove(&name),
            };
        }
        if facts.len() > FACTS_MAX {
            return Err(Error::TooMany { seconds: 3600 });
        }
        let now = self.now();
        let same = |name: &str, value: &str| {
            stored.iter().find(|it| it.name == name && it.value == value).map(|it| it.at)
        };
        let wanted: Vec<AgentFact> = facts
            .into_iter()
            .map(|(name, value)| AgentFact {
                site_id: site.clone(),
                at: same(&name, &value).unwrap_or(now),
                name,
                value,
            })
            .collect();
        let agent = agents::get(self.store(), site).await?.ok_or(Error::Unauthenticated)?;
        let mut commit = self.begin(&agent_call(site));
        commit.writes = agents::replace_facts(&stored, &wanted);
        let asked = agent.wants_facts;
        if asked {
            commit.writes.push(agents::update(&Agent { wants_facts: false, ..agent }));
            self.fleet_touch(&mut commit, &FleetChange::Site(site.clone()));
        }
        self.store().commit(commit).await?;
        if asked {
            self.fleet_catch_up().await?;
        }
        Ok(())
    }
}
