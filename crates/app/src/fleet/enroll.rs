//! How an agent comes in and goes: a token that works once, a token of its own, revoking it.

use super::agent_call;
use crate::App;
use crate::auth::{LinkKind, NewLink, token_hash};
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::{Action, Actor, Kind};
use roadbook_core::ids::SiteId;
use roadbook_core::limits::PAGE_ROWS_MAX;
use roadbook_store::agents::{self, Agent, AgentFact};
use roadbook_store::rollouts::{self, FleetChange};
use roadbook_store::{Scope, sessions, sites};
use serde_json::json;

/// So long a token to enroll holds.
const TOKEN_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// Orders shown beside an agent.
const ORDERS_SHOWN: i64 = 50;

/// An agent that wants to come in.
#[derive(Clone, Debug, Default)]
pub struct EnrollInput {
    /// The token that works once.
    pub token: String,
    /// Its own public key, minisign's form; empty for clients of another kind.
    pub public_key: String,
    /// Name and version of the program.
    pub program: String,
}

/// What an agent that came in has to know.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Key of its site.
    pub site_key: String,
    /// Its own token; told once.
    pub token: String,
    /// Where it polls.
    pub poll_url: String,
    /// The director's public key.
    pub director_key: String,
}

/// An agent in a list.
#[derive(Clone, Debug)]
pub struct AgentLine {
    /// Site.
    pub site: SiteId,
    /// Key of the site.
    pub site_key: String,
    /// Name of the site.
    pub site_name: String,
    /// Name and version of the program.
    pub program: String,
    /// Id of its own key; empty for clients of another kind.
    pub public_key: String,
    /// Since when.
    pub enrolled_at: Timestamp,
    /// Last heard of.
    pub seen_at: Option<Timestamp>,
    /// Its orders do not wait for consent.
    pub auto_confirm: bool,
    /// Its token is good no more.
    pub revoked_at: Option<Timestamp>,
}

/// An agent with what it knows of its machine and what it was told to do.
#[derive(Clone, Debug)]
pub struct AgentView {
    /// As in lists.
    pub line: AgentLine,
    /// Facts by name.
    pub facts: Vec<AgentFact>,
    /// Orders, newest first.
    pub orders: Vec<rollouts::Action>,
    /// Revision.
    pub revision: i64,
}

fn line_of(site_key: String, site_name: String, agent: Agent) -> AgentLine {
    AgentLine {
        site: agent.site_id,
        site_key,
        site_name,
        program: agent.program,
        public_key: agent.public_key,
        enrolled_at: agent.enrolled_at,
        seen_at: agent.seen_at,
        auto_confirm: agent.auto_confirm,
        revoked_at: agent.revoked_at,
    }
}

impl App {
    /// Makes a token with which the agent of a site comes in, once, within a day.
    #[boxed]
    pub async fn agent_token(&self, call: &Call, site: &SiteId) -> Result<Receipt> {
        let resource = self.site_resource(site).await?;
        call.authorize(Action::Edit, Kind::Site, &resource, "site")?;
        let new = NewLink {
            site: Some(site.clone()),
            ..NewLink::new(LinkKind::Agent, TOKEN_LASTS, true)
        };
        let (id, secret, write) = self.link_write(&new);
        let mut commit = self.begin(call);
        // Only the newest token is good.
        commit.writes.push(sessions::end_links_of_site(site, LinkKind::Agent.name(), self.now()));
        commit.writes.push(write);
        let facts = json!({ "link": id.as_str() });
        let commit = commit.entry(format!("site/{site}"), "site.agent_token", facts);
        let receipt = Receipt {
            id: id.to_string(),
            created: true,
            secret: Some(secret),
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Lets an agent in. One that stood at the site before loses its token.
    #[boxed]
    pub async fn agent_enroll(&self, input: EnrollInput) -> Result<Enrolled> {
        let link = self.link(&input.token).await?.filter(|it| it.kind == LinkKind::Agent);
        let site = link.as_ref().and_then(|it| it.site.clone());
        let (Some(link), Some(site)) = (link, site) else { return Err(gone()) };
        let mut check = Check::new();
        let program = check.name("program", &input.program);
        let key = input.public_key.trim().to_owned();
        let digits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
        if !key.is_empty() && (key.len() != 56 || !key.chars().all(digits)) {
            check.wrong("public_key", "key", "is no public key in minisign's form");
        }
        check.done()?;
        let found = sites::get(self.store(), &Scope::all(), &site).await?.ok_or_else(gone)?;
        let before = agents::get(self.store(), &site).await?;
        let token = format!("rba_{}", self.ports().secret());
        let now = self.now();
        let agent = Agent {
            site_id: site.clone(),
            token_hash: token_hash(&token),
            public_key: key,
            program,
            enrolled_at: now,
            enrolled_by: link.id.to_string(),
            seen_at: None,
            wants_facts: true,
            auto_confirm: before.as_ref().is_some_and(|it| it.auto_confirm),
            auto_confirm_by: before.as_ref().and_then(|it| it.auto_confirm_by.clone()),
            auto_confirm_at: before.as_ref().and_then(|it| it.auto_confirm_at),
            revoked_at: None,
            revision: before.as_ref().map_or(1, |it| it.revision + 1),
        };
        let mut commit = self.begin(&agent_call(&site));
        commit.writes.push(sessions::use_link(&link.id, now));
        commit.writes.push(agents::enroll(&agent));
        self.fleet_touch(&mut commit, &FleetChange::Site(site.clone()));
        let commit = commit.entry(
            format!("site/{site}"),
            "agent.enrolled",
            json!({
                "program": agent.program,
                "public_key": agent.public_key,
                "link": link.id.as_str(),
                "replaced": before.is_some(),
            }),
        );
        self.store().commit(commit).await?;
        self.fleet_catch_up().await?;
        let base = &self.settings().base_url;
        Ok(Enrolled {
            token,
            poll_url: format!("{base}/DEFAULT/controller/v1/{}", found.key),
            site_key: found.key,
            director_key: self.director_key(),
        })
    }

    /// The public key of the director, minisign's form.
    pub fn director_key(&self) -> String {
        self.store().director().public()
    }

    /// Takes the token of an agent away.
    #[boxed]
    pub async fn agent_revoke(&self, call: &Call, site: &SiteId, reason: &str) -> Result<Receipt> {
        let resource = self.site_resource(site).await?;
        call.authorize(Action::Edit, Kind::Site, &resource, "site")?;
        let mut check = Check::new();
        let reason = check.remark("reason", reason, true);
        check.done()?;
        let agent = agents::get(self.store(), site).await?;
        let agent = agent.ok_or(Error::NotFound { what: "agent" })?;
        call.check_revision(agent.revision, "agent")?;
        let receipt = Receipt {
            id: site.to_string(),
            label: agent.program.clone(),
            revision: agent.revision + 1,
            ..Receipt::default()
        };
        let after = Agent { revoked_at: Some(self.now()), ..agent };
        let mut commit = self.begin(call).write(agents::update(&after));
        self.fleet_touch(&mut commit, &FleetChange::Site(site.clone()));
        let facts = json!({ "reason": reason });
        let commit = commit.entry(format!("site/{site}"), "agent.revoked", facts);
        let receipt = self.finish(call, commit, receipt).await?;
        self.fleet_catch_up().await?;
        Ok(receipt)
    }

    /// Agents at visible sites, by the key of the site; from behind `after` on.
    #[boxed]
    pub async fn agent_list(
        &self,
        scope: &Scope,
        after: &str,
        limit: usize,
    ) -> Result<Vec<AgentLine>> {
        self.fleet_flush().await?;
        let limit = if limit == 0 { PAGE_ROWS_MAX } else { limit.min(PAGE_ROWS_MAX) };
        let rows = agents::list(self.store(), scope, after, limit as i64).await?;
        Ok(rows.into_iter().map(|it| line_of(it.site_key, it.site_name, it.agent)).collect())
    }

    /// The agent of a site.
    #[boxed]
    pub async fn agent_view(&self, actor: &Actor, site: &SiteId) -> Result<Option<AgentView>> {
        let resource = self.site_resource(site).await?;
        Call::of(actor.clone()).authorize(Action::View, Kind::Site, &resource, "site")?;
        self.fleet_flush().await?;
        let found = sites::get(self.store(), &Scope::all(), site).await?;
        let found = found.ok_or(Error::NotFound { what: "site" })?;
        let Some(agent) = agents::get(self.store(), site).await? else { return Ok(None) };
        Ok(Some(AgentView {
            revision: agent.revision,
            line: line_of(found.key, found.name, agent),
            facts: agents::facts(self.store(), site).await?,
            orders: rollouts::of_site(self.store(), site, ORDERS_SHOWN).await?,
        }))
    }
}

fn gone() -> Error {
    Error::Rule {
        code: "link_gone",
        message: "this token was used or has ended; ask a release manager for a new one".to_owned(),
    }
}
