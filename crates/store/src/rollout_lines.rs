//! The sites of a rollout as a list shows them: one word for how each stands, its order, its agent.

use crate::Store;
use crate::error::StoreError;
use crate::page::contains;
use crate::scope::{Scope, Sql};
use crate::sites;
use crate::value::Row;
use jiff::Timestamp;
use roadbook_core::ids::{ProductId, RolloutId, SiteId};
use roadbook_core::limits::PAGE_ROWS_MAX;

/// A site of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Site.
    pub site: SiteId,
    /// Key.
    pub key: String,
    /// Name; of a part, with that of its site.
    pub name: String,
    /// Zone.
    pub zone: String,
    /// Wave, from 1.
    pub wave: i64,
    /// `scheduled`, `held`, `ordered`, `confirming`, `running`, `by_hand`, `silent`, `installed`,
    /// `failed`, `rolled_back` or `skipped`.
    pub at: String,
    /// The version it goes back to, in a way back.
    pub to: Option<String>,
    /// What runs there.
    pub runs: Option<String>,
    /// It has an agent.
    pub agent: bool,
    /// When its agent last called.
    pub seen_at: Option<Timestamp>,
    /// Number of its newest order.
    pub action: Option<i64>,
    /// State of that order.
    pub action_state: Option<String>,
    /// Where the agent is.
    pub stage: Option<String>,
    /// What the agent said last.
    pub note: Option<String>,
    /// Not begun before.
    pub not_before: Option<Timestamp>,
    /// Not begun after.
    pub until: Option<Timestamp>,
    /// When the agent last said something about the order.
    pub heard_at: Option<Timestamp>,
    /// Evidence or remark of the report.
    pub evidence: Option<String>,
    /// Who reported.
    pub reported_by: Option<String>,
    /// Last change of the deployment.
    pub at_time: Timestamp,
    /// Order that a report must answer.
    pub generation: i64,
}

/// Which sites a list shows.
#[derive(Clone, Debug, Default)]
pub struct LineAsk {
    /// Only this wave.
    pub wave: Option<i64>,
    /// Only those that stand so, as [`Line::at`].
    pub at: Option<String>,
    /// Part of key or name.
    pub text: Option<String>,
    /// How many to leave out.
    pub skip: usize,
    /// How many; 0 is a page.
    pub limit: usize,
}

/// What silence is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// Not heard of since.
    pub quiet: Timestamp,
    /// Calling, but without a word about its order since.
    pub stuck: Timestamp,
}

const FROM: &str = " FROM rollout_site p JOIN rollout r ON r.id = p.rollout_id \
     JOIN site s ON s.id = p.site_id \
     JOIN deployment d ON d.site_id = p.site_id AND d.release_id = r.release_id \
     LEFT JOIN agent g ON g.site_id = p.site_id AND g.revoked_at IS NULL \
     LEFT JOIN action o ON o.site_id = p.site_id AND o.id = (SELECT max(n.id) FROM action n \
     WHERE n.site_id = p.site_id AND n.rollout_id = p.rollout_id)";

/// How a site stands, as one word.
fn word(sql: &mut Sql, silence: Silence) {
    sql.push(
        "CASE WHEN p.outcome IS NOT NULL THEN p.outcome \
         WHEN o.state IN ('ordered', 'running', 'canceling') AND o.ordered_at < ",
    );
    sql.bind(&silence.quiet).push(" AND (o.not_before IS NULL OR o.not_before < ");
    sql.bind(&silence.quiet).push(") AND (o.heard_at IS NULL OR o.heard_at < ");
    sql.bind(&silence.quiet).push(") AND (g.seen_at IS NULL OR g.seen_at < ");
    sql.bind(&silence.quiet).push(" OR (o.ordered_at < ").bind(&silence.stuck);
    sql.push(" AND (o.not_before IS NULL OR o.not_before < ").bind(&silence.stuck);
    sql.push(") AND (o.heard_at IS NULL OR o.heard_at < ").bind(&silence.stuck);
    sql.push(
        "))) THEN 'silent' WHEN o.state = 'canceling' THEN 'running' \
         WHEN o.state <> 'closed' THEN o.state \
         WHEN p.wave > r.wave AND r.state IN ('halted', 'held') THEN 'held' \
         WHEN p.wave > r.wave THEN 'scheduled' ELSE 'by_hand' END",
    );
}

fn narrowed(sql: &mut Sql, scope: &Scope, id: &RolloutId, ask: &LineAsk) {
    sql.push(" WHERE p.rollout_id = ").bind(id).push(" AND ").site_visible(scope);
    if let Some(wave) = ask.wave {
        sql.push(" AND p.wave = ").bind(&wave);
    }
    if let Some(text) = ask.text.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
        let like = contains(text);
        sql.push(" AND (");
        sites::named(sql, &like);
        sql.push(")");
    }
}

/// The visible sites, by wave and key: those that need attention are found by their word.
pub async fn page(
    store: &Store,
    scope: &Scope,
    (id, product): (&RolloutId, &ProductId),
    silence: Silence,
    ask: &LineAsk,
) -> Result<Vec<Line>, StoreError> {
    let mut sql = Sql::new("SELECT * FROM (SELECT p.site_id, s.key, COALESCE((SELECT f.name || '");
    sql.push(sites::BETWEEN).push("' || s.name FROM site f WHERE f.id = s.part_of), s.name)");
    sql.push(" AS name, s.zone, p.wave, ");
    word(&mut sql, silence);
    sql.push(
        " AS word, p.version, (SELECT v.version FROM site_version v WHERE v.site_id = p.site_id \
         AND v.until IS NULL AND v.product_id = ",
    );
    sql.bind(product).push(
        ") AS runs, CASE WHEN g.site_id IS NULL THEN 0 ELSE 1 END AS has_agent, g.seen_at, \
         o.id AS action_id, o.state AS action_state, o.stage, o.note, o.not_before, o.until, \
         o.heard_at, d.evidence, d.reported_by, d.at, d.generation",
    );
    sql.push(FROM);
    narrowed(&mut sql, scope, id, ask);
    sql.push(") x");
    if let Some(at) = &ask.at {
        sql.push(" WHERE x.word = ").bind(at);
    }
    let limit = if ask.limit == 0 { PAGE_ROWS_MAX } else { ask.limit.min(PAGE_ROWS_MAX) };
    sql.push(" ORDER BY x.wave, x.key LIMIT ").bind(&(limit as i64));
    sql.push(" OFFSET ").bind(&(ask.skip as i64));
    store.query(sql.text, sql.params).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Line, StoreError> {
    Ok(Line {
        site: row.get(0)?,
        key: row.get(1)?,
        name: row.get(2)?,
        zone: row.get(3)?,
        wave: row.get(4)?,
        at: row.get(5)?,
        to: row.get(6)?,
        runs: row.get(7)?,
        agent: row.get::<i64>(8)? == 1,
        seen_at: row.get(9)?,
        action: row.get(10)?,
        action_state: row.get(11)?,
        stage: row.get(12)?,
        note: row.get(13)?,
        not_before: row.get(14)?,
        until: row.get(15)?,
        heard_at: row.get(16)?,
        evidence: row.get(17)?,
        reported_by: row.get(18)?,
        at_time: row.get(19)?,
        generation: row.get(20)?,
    })
}

/// How many visible sites of each wave stand how.
pub async fn counts(
    store: &Store,
    scope: &Scope,
    id: &RolloutId,
    silence: Silence,
    ask: &LineAsk,
) -> Result<Vec<(i64, String, i64)>, StoreError> {
    let mut sql = Sql::new("SELECT x.wave, x.word, count(*) FROM (SELECT p.wave, ");
    word(&mut sql, silence);
    sql.push(" AS word").push(FROM);
    narrowed(&mut sql, scope, id, ask);
    sql.push(") x");
    if let Some(at) = &ask.at {
        sql.push(" WHERE x.word = ").bind(at);
    }
    sql.push(" GROUP BY x.wave, x.word ORDER BY x.wave, x.word");
    let rows = store.query(sql.text, sql.params).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}
