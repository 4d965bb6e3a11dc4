//! Waves: who is in which, what came of it, and what that does to the orders of agents.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk};
use crate::rollouts::{Action, Rollout, RolloutSite};
use crate::scope::{Scope, Sql};
use crate::table::{Table, columns, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::{ProductId, ReleaseId, RolloutId, SiteId};

/// Rollouts that are not over: what the reconciler looks at.
pub async fn alive(store: &Store) -> Result<Vec<Rollout>, StoreError> {
    const REST: &str =
        "WHERE state IN ('running', 'soaking', 'halted', 'held') ORDER BY started_at, id";
    select(store, REST, vec![]).await
}

/// The place of a site in each rollout of a release, oldest rollout first.
pub async fn places(
    store: &Store,
    release: &ReleaseId,
    site: &SiteId,
) -> Result<Vec<(Rollout, RolloutSite)>, StoreError> {
    let sql = format!(
        "SELECT {}, {} FROM rollout r JOIN rollout_site s ON s.rollout_id = r.id \
         WHERE r.release_id = $1 AND s.site_id = $2 ORDER BY r.started_at, r.id",
        columns::<Rollout>("r"),
        columns::<RolloutSite>("s"),
    );
    let rows = store.query(sql, vec![release.put(), site.put()]).await?;
    let width = Rollout::COLUMNS.len();
    rows.iter()
        .map(|row| Ok((Rollout::read_at(row, 0)?, RolloutSite::read_at(row, width)?)))
        .collect()
}

/// Says which sites are in a wave.
pub fn enter_sites(id: &RolloutId, wave: i64, sites: &[SiteId]) -> Vec<Write> {
    // Well below the parameters that a statement may have.
    const ROWS: usize = 500;
    let statement = |part: &[SiteId]| {
        let mut sql = Sql::new("INSERT INTO rollout_site (rollout_id, site_id, wave) VALUES ");
        for (index, site) in part.iter().enumerate() {
            sql.push(if index == 0 { "(" } else { ", (" }).bind(id).push(", ").bind(site);
            sql.push(", ").bind(&wave).push(")");
        }
        Write::new(sql.text, sql.params, Expect::Any)
    };
    sites.chunks(ROWS).map(statement).collect()
}

/// Gives deployments their waves, takes over what was reported before, and counts it. Reports that
/// come meanwhile meet a newer revision of their deployment and are decided again.
pub fn take_over(id: &RolloutId, release: &ReleaseId) -> Vec<Write> {
    const PLACE: &str = "UPDATE deployment SET revision = revision + 1, wave = \
         (SELECT s.wave FROM rollout_site s WHERE s.rollout_id = $1 AND s.site_id = deployment.site_id) \
         WHERE release_id = $2 AND site_id IN (SELECT site_id FROM rollout_site WHERE rollout_id = $1)";
    const KNOWN: &str = "UPDATE rollout_site SET outcome = (SELECT d.outcome FROM deployment d \
         WHERE d.release_id = $2 AND d.site_id = rollout_site.site_id) WHERE rollout_id = $1";
    let both = vec![id.put(), release.put()];
    vec![
        Write::new(PLACE, both.clone(), Expect::Any),
        Write::new(KNOWN, both, Expect::Any),
        recount(id),
    ]
}

/// Counts the waves of a rollout anew from its sites.
pub fn recount(id: &RolloutId) -> Write {
    let sum = |outcome: &str| {
        format!(
            "{outcome} = (SELECT count(*) FROM rollout_site s WHERE s.rollout_id = $1 \
             AND s.wave = rollout_wave.wave AND s.outcome = '{outcome}')"
        )
    };
    let sums = ["installed", "failed", "rolled_back", "skipped"].map(sum).join(", ");
    let sql =
        format!("UPDATE rollout_wave SET {sums}, revision = revision + 1 WHERE rollout_id = $1");
    Write::new(sql, vec![id.put()], Expect::Any)
}

/// Names the version that each site of a way back returns to: what ran there before.
pub fn name_former(id: &RolloutId, product: &ProductId, version: &str) -> Write {
    const SQL: &str = "UPDATE rollout_site SET version = (SELECT v.version FROM site_version v \
         WHERE v.site_id = rollout_site.site_id AND v.product_id = $2 AND v.version <> $3 \
         ORDER BY v.since DESC LIMIT 1) WHERE rollout_id = $1";
    Write::new(SQL, vec![id.put(), product.put(), version.to_owned().put()], Expect::Any)
}

/// Notes what came of a site, and moves the sums of its wave. Sums only ever add up, so reports of
/// many sites at once do not get into each other's way; a decision that read them does.
pub fn report(place: &RolloutSite, to: Option<&str>) -> Vec<Write> {
    let mut moved = Vec::new();
    if let Some(from) = place.outcome.as_deref().filter(|it| known(it)) {
        moved.push(format!("{from} = {from} - 1"));
    }
    if let Some(to) = to.filter(|it| known(it)) {
        moved.push(format!("{to} = {to} + 1"));
    }
    let sums = format!(
        "UPDATE rollout_wave SET {}, revision = revision + 1 WHERE rollout_id = $1 AND wave = $2",
        moved.join(", ")
    );
    let mut writes = vec![report_site(place, to)];
    if !moved.is_empty() && place.outcome.as_deref() != to {
        let params = vec![place.rollout_id.put(), place.wave.put()];
        writes.push(Write::new(sums, params, Expect::Any));
    }
    writes
}

/// Notes what came of a site; the sums are moved beside it.
pub fn report_site(place: &RolloutSite, to: Option<&str>) -> Write {
    const SITE: &str =
        "UPDATE rollout_site SET outcome = $3 WHERE rollout_id = $1 AND site_id = $2";
    let row = vec![place.rollout_id.put(), place.site_id.put(), to.map(str::to_owned).put()];
    Write::new(SITE, row, Expect::Any)
}

/// Only these are columns.
fn known(outcome: &str) -> bool {
    matches!(outcome, "installed" | "failed" | "rolled_back" | "skipped")
}

/// Asks the agents of a rollout to let go of what they have not ended: of one site, or of all.
pub fn cancel(id: &RolloutId, site: Option<&SiteId>, at: Timestamp) -> Write {
    let mut sql = Sql::new(
        "UPDATE action SET state = CASE WHEN state = 'running' THEN 'canceling' ELSE 'closed' END, \
         outcome = CASE WHEN state = 'running' THEN outcome ELSE 'canceled' END, \
         closed_at = CASE WHEN state = 'running' THEN NULL ELSE CAST(",
    );
    sql.bind(&at).push(
        " AS BIGINT) END, revision = revision + 1 \
         WHERE state IN ('confirming', 'ordered', 'running') AND rollout_id = ",
    );
    sql.bind(id);
    if let Some(site) = site {
        sql.push(" AND site_id = ").bind(site);
    }
    Write::new(sql.text, sql.params, Expect::Any)
}

/// Sets when orders may be begun, for sites that share it.
pub fn set_times(
    id: &RolloutId,
    sites: &[SiteId],
    not_before: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Vec<Write> {
    let statement = |part: &[SiteId]| {
        let mut sql = Sql::new("UPDATE action SET not_before = ");
        sql.bind(&not_before).push(", until = ").bind(&until);
        sql.push(
            ", revision = revision + 1 WHERE state IN ('confirming', 'ordered') AND rollout_id = ",
        );
        sql.bind(id).push(" AND ").is_in("site_id", part);
        Write::new(sql.text, sql.params, Expect::Any)
    };
    sites.chunks(500).map(statement).collect()
}

/// Orders of a rollout that nobody has begun, for times to be set anew.
pub async fn not_begun(store: &Store, id: &RolloutId) -> Result<Vec<Action>, StoreError> {
    const REST: &str = "WHERE rollout_id = $1 AND state IN ('confirming', 'ordered') ORDER BY id";
    select(store, REST, vec![id.put()]).await
}

/// Those of them that have a time at all.
pub async fn not_begun_timed(store: &Store, id: &RolloutId) -> Result<Vec<Action>, StoreError> {
    const REST: &str = "WHERE rollout_id = $1 AND state IN ('confirming', 'ordered') \
         AND (not_before IS NOT NULL OR until IS NOT NULL) ORDER BY id";
    select(store, REST, vec![id.put()]).await
}

/// Sites of a wave that are ordered and not heard of: not at all since `silent`, or not about
/// their order since `stuck`. Counted from when they might begin.
pub async fn silent(
    store: &Store,
    id: &RolloutId,
    wave: i64,
    silent: Timestamp,
    stuck: Timestamp,
) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT count(*) FROM action o LEFT JOIN agent a ON a.site_id = o.site_id \
         WHERE o.rollout_id = $1 AND o.wave = $2 AND o.state IN ('ordered', 'running', 'canceling') \
         AND o.ordered_at < $3 AND (o.not_before IS NULL OR o.not_before < $3) \
         AND (o.heard_at IS NULL OR o.heard_at < $3) AND (a.seen_at IS NULL OR a.seen_at < $3 \
         OR (o.ordered_at < $4 AND (o.not_before IS NULL OR o.not_before < $4) \
         AND (o.heard_at IS NULL OR o.heard_at < $4)))";
    let params = vec![id.put(), wave.put(), silent.put(), stuck.put()];
    store.first(SQL, params).await?.map_or(Ok(0), |row| row.get(0))
}

/// The newest order of each of these sites in a rollout.
pub async fn newest_actions(
    store: &Store,
    id: &RolloutId,
    sites: &[SiteId],
) -> Result<Vec<Action>, StoreError> {
    let mut sql = Sql::new("o WHERE o.rollout_id = ");
    sql.bind(id).push(" AND ").is_in("o.site_id", sites);
    sql.push(
        " AND o.id = (SELECT max(n.id) FROM action n WHERE n.site_id = o.site_id \
         AND n.rollout_id = o.rollout_id) ORDER BY o.site_id",
    );
    select(store, &sql.text, sql.params).await
}

/// Which sites of a rollout had the version, or were being worked on: what a way back is for.
pub async fn reached(
    store: &Store,
    id: &RolloutId,
    wave: Option<i64>,
) -> Result<Vec<SiteId>, StoreError> {
    let mut sql = Sql::new(
        "SELECT p.site_id FROM rollout_site p WHERE (p.outcome IN ('installed', 'failed') OR \
         (p.outcome IS NULL AND EXISTS (SELECT 1 FROM action o WHERE o.site_id = p.site_id \
         AND o.rollout_id = p.rollout_id AND o.state = 'running'))) AND p.rollout_id = ",
    );
    sql.bind(id);
    if let Some(wave) = wave {
        sql.push(" AND p.wave = ").bind(&wave);
    }
    sql.push(" ORDER BY p.site_id");
    store.query(sql.text, sql.params).await?.iter().map(|row| row.get(0)).collect()
}

/// The sites of a wave.
pub async fn sites_of_wave(
    store: &Store,
    id: &RolloutId,
    wave: i64,
) -> Result<Vec<SiteId>, StoreError> {
    const SQL: &str =
        "SELECT site_id FROM rollout_site WHERE rollout_id = $1 AND wave = $2 ORDER BY site_id";
    store.query(SQL, vec![id.put(), wave.put()]).await?.iter().map(|row| row.get(0)).collect()
}

/// The place of a site in a rollout.
pub async fn place(
    store: &Store,
    id: &RolloutId,
    site: &SiteId,
) -> Result<Option<RolloutSite>, StoreError> {
    let params = vec![id.put(), site.put()];
    select_one(store, "WHERE rollout_id = $1 AND site_id = $2", params).await
}

/// A wave that has begun waits for one of its sites again.
pub fn wait_again(id: &RolloutId, wave: i64, was_silent: bool) -> Vec<Write> {
    const SQL: &str = "UPDATE rollout_wave SET revision = revision + 1, through_at = NULL, \
         silent = CASE WHEN silent > 0 THEN silent - CAST($3 AS BIGINT) ELSE 0 END, \
         state = CASE WHEN state = 'waiting' THEN state ELSE 'running' END \
         WHERE rollout_id = $1 AND wave = $2";
    let params = vec![id.put(), wave.put(), i64::from(was_silent).put()];
    vec![Write::new(SQL, params, Expect::Any)]
}

/// Closes the orders of a site in a rollout: the next one takes their place.
pub fn drop_orders(id: &RolloutId, site: &SiteId, at: Timestamp) -> Write {
    const SQL: &str = "UPDATE action SET state = 'closed', outcome = 'canceled', closed_at = $3, \
         revision = revision + 1 WHERE rollout_id = $1 AND site_id = $2 AND state <> 'closed'";
    Write::new(SQL, vec![id.put(), site.put(), at.put()], Expect::Any)
}

/// Asks the agents of the sites of a way back to let go of the orders of the rollout it undoes.
pub fn cancel_for(origin: &RolloutId, back: &RolloutId, at: Timestamp) -> Write {
    const SQL: &str = "UPDATE action SET revision = revision + 1, \
         state = CASE WHEN state = 'running' THEN 'canceling' ELSE 'closed' END, \
         outcome = CASE WHEN state = 'running' THEN outcome ELSE 'canceled' END, \
         closed_at = CASE WHEN state = 'running' THEN NULL ELSE CAST($3 AS BIGINT) END WHERE rollout_id = $1 AND state IN ('confirming', 'ordered', 'running') \
         AND site_id IN (SELECT site_id FROM rollout_site WHERE rollout_id = $2)";
    Write::new(SQL, vec![origin.put(), back.put(), at.put()], Expect::Any)
}

/// Rollouts of visible releases, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    ask: &PageAsk,
) -> Result<Page<Rollout>, StoreError> {
    let mut sql = Sql::new("WHERE o.release_id IN (SELECT r.id FROM release r WHERE ");
    sql.release_visible(scope).push(")");
    let order = Order { columns: &["started_at", "id"], descending: true };
    page::read(store, "o", sql, &order, ask).await
}
