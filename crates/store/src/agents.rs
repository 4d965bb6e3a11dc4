//! The programs at sites that install, what they know of their machines, and what sites set.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::scope::{Scope, Sql};
use crate::table::{self, Table as _, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::{ProductId, ReleaseId, SiteId};

row! {
    /// The agent of a site.
    pub struct Agent in "agent" key (site_id) {
        /// Site.
        site_id: SiteId,
        /// SHA-256 of its token.
        token_hash: Vec<u8>,
        /// Its own public key, minisign's form; empty for clients of another kind.
        public_key: String,
        /// Name and version of the program.
        program: String,
        /// Since when.
        enrolled_at: Timestamp,
        /// Who made the token it came with.
        enrolled_by: String,
        /// Last heard of, written behind.
        seen_at: Option<Timestamp>,
        /// The server wants its facts at the next poll.
        wants_facts: bool,
        /// Orders do not wait for consent.
        auto_confirm: bool,
        /// Who said so.
        auto_confirm_by: Option<String>,
        /// When.
        auto_confirm_at: Option<Timestamp>,
        /// Its token is good no more.
        revoked_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A fact about the machine of a site.
    pub struct AgentFact in "agent_fact" key (site_id, name) {
        /// Site.
        site_id: SiteId,
        /// Name, e.g. `disk.free`.
        name: String,
        /// Value.
        value: String,
        /// As of.
        at: Timestamp,
    }
}

row! {
    /// What a site sets for a product.
    pub struct SiteParameter in "site_parameter" key (site_id, product_id, name) {
        /// Site.
        site_id: SiteId,
        /// Product.
        product_id: ProductId,
        /// Name.
        name: String,
        /// Value.
        value: String,
        /// When it was set.
        at: Timestamp,
    }
}

/// How many sites have an agent.
pub async fn count(store: &Store) -> Result<i64, StoreError> {
    table::count(store, "agent", Sql::new("")).await
}

/// The agent of a site.
pub async fn get(store: &Store, site: &SiteId) -> Result<Option<Agent>, StoreError> {
    select_one(store, "WHERE site_id = $1", vec![site.put()]).await
}

/// The agent of a site of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentOf {
    /// Site.
    pub site: SiteId,
    /// When it was last heard of.
    pub seen_at: Option<Timestamp>,
    /// It is our own program, not a client of another kind.
    pub ours: bool,
    /// Its machine as it told it, see [`PLATFORM`].
    pub platform: Option<String>,
}

/// The fact that names the operating system and the processor of a site: `linux x86_64`.
pub const PLATFORM: &str = "platform";

/// The sites of a release that have an agent.
pub async fn of_release(store: &Store, release: &ReleaseId) -> Result<Vec<AgentOf>, StoreError> {
    const SQL: &str = "SELECT a.site_id, a.seen_at, a.public_key, f.value FROM agent a \
         JOIN release_site r ON r.site_id = a.site_id \
         LEFT JOIN agent_fact f ON f.site_id = a.site_id AND f.name = $2 \
         WHERE a.revoked_at IS NULL AND r.release_id = $1";
    let rows = store.query(SQL, vec![release.put(), PLATFORM.to_owned().put()]).await?;
    rows.iter()
        .map(|row| {
            let key: String = row.get(2)?;
            Ok(AgentOf {
                site: row.get(0)?,
                seen_at: row.get(1)?,
                ours: !key.is_empty(),
                platform: row.get(3)?,
            })
        })
        .collect()
}

/// Enters an agent.
pub fn insert(agent: &Agent) -> Write {
    table::insert(agent)
}

/// Changes an agent that still has `agent.revision`.
pub fn update(agent: &Agent) -> Write {
    table::update(agent)
}

/// The facts of a site, by name.
pub async fn facts(store: &Store, site: &SiteId) -> Result<Vec<AgentFact>, StoreError> {
    select(store, "WHERE site_id = $1 ORDER BY name", vec![site.put()]).await
}

/// A fact at the visible sites of a release that have an agent, each with the key of its site: the
/// first `limit` of them.
pub async fn fact_of_release(
    store: &Store,
    scope: &Scope,
    release: &ReleaseId,
    name: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut sql = Sql::new(
        "SELECT s.key, f.value FROM agent_fact f \
         JOIN agent a ON a.site_id = f.site_id AND a.revoked_at IS NULL \
         JOIN release_site r ON r.site_id = f.site_id \
         JOIN site s ON s.id = f.site_id WHERE r.release_id = ",
    );
    sql.bind(release).push(" AND f.name = ").bind(&name.to_owned());
    sql.push(" AND ").site_visible(scope).push(" ORDER BY s.key LIMIT ").bind(&limit);
    let rows = store.query(sql.text, sql.params).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What a site sets for a product, by name.
pub async fn parameters(
    store: &Store,
    site: &SiteId,
    product: &ProductId,
) -> Result<Vec<SiteParameter>, StoreError> {
    let params = vec![site.put(), product.put()];
    select(store, "WHERE site_id = $1 AND product_id = $2 ORDER BY name", params).await
}

/// An agent with the site it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentAt {
    /// Key of the site.
    pub site_key: String,
    /// Name of the site.
    pub site_name: String,
    /// The agent.
    pub agent: Agent,
}

/// The agents at visible sites, by the key of the site; from behind `after` on.
pub async fn list(
    store: &Store,
    scope: &Scope,
    after: &str,
    limit: i64,
) -> Result<Vec<AgentAt>, StoreError> {
    let mut sql = Sql::new(format!(
        "SELECT s.key, s.name, {} FROM agent a JOIN site s ON s.id = a.site_id WHERE s.key > ",
        table::columns::<Agent>("a")
    ));
    sql.bind(&after.to_owned()).push(" AND ").site_visible(scope);
    sql.push(" ORDER BY s.key LIMIT ").bind(&limit);
    let rows = store.query(sql.text, sql.params).await?;
    rows.iter()
        .map(|row| {
            Ok(AgentAt {
                site_key: row.get(0)?,
                site_name: row.get(1)?,
                agent: Agent::read_at(row, 2)?,
            })
        })
        .collect()
}

/// Puts an agent in the place of the one before, if there was one.
pub fn enroll(agent: &Agent) -> Write {
    table::put(agent)
}

/// Notes when sites were heard of; never earlier than it is known already.
pub fn seen(sites: &[SiteId], at: Timestamp) -> Vec<Write> {
    sites
        .chunks(400)
        .map(|part| {
            let mut sql = Sql::new("UPDATE agent SET seen_at = ");
            sql.bind(&at).push(" WHERE (seen_at IS NULL OR seen_at < ").bind(&at).push(") AND ");
            sql.is_in("site_id", part);
            Write::new(sql.text, sql.params, Expect::Any)
        })
        .collect()
}

/// Enters a fact or changes it.
pub fn put_fact(fact: &AgentFact) -> Write {
    table::put(fact)
}

/// Makes the facts of a site these and no others.
pub fn replace_facts(stored: &[AgentFact], wanted: &[AgentFact]) -> Vec<Write> {
    table::replace(stored, wanted)
}

/// Enters what a site sets, or changes it.
pub fn put_parameter(parameter: &SiteParameter) -> Write {
    table::put(parameter)
}
