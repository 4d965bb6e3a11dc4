//! What happens at each site of a release: its decision, its deployment, its feedback.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk};
use crate::scope::{Scope, Sql};
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::{ProductId, ReleaseId, SiteId};

row! {
    /// The deployment of a release at a site.
    pub struct Deployment in "deployment" key (release_id, site_id) {
        /// Release.
        release_id: ReleaseId,
        /// Site.
        site_id: SiteId,
        /// Goes up when the deployment is ordered anew.
        generation: i64,
        /// State.
        state: String,
        /// Outcome, once reported.
        outcome: Option<String>,
        /// When the site's slot begins.
        slot_at: Option<Timestamp>,
        /// Wave, from 0.
        wave: i64,
        /// Evidence.
        evidence: Option<String>,
        /// `person`, `import` or `agent`.
        source: Option<String>,
        /// Who reported.
        reported_by: Option<String>,
        /// Last change.
        at: Timestamp,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// What a site decided about a release.
    pub struct SiteDecision in "site_decision" key (release_id, site_id) {
        /// Release.
        release_id: ReleaseId,
        /// Site.
        site_id: SiteId,
        /// `accepted`, `postponed` or `declined`.
        decision: String,
        /// The time the site wishes, when it postpones.
        wished_at: Option<Timestamp>,
        /// Why.
        reason: Option<String>,
        /// SHA-256 (hex) of what was shown, where the answer is about documents.
        digest: Option<String>,
        /// The same as people call it: type and revision of each document.
        paper: Option<String>,
        /// Who decided.
        decided_by: String,
        /// When.
        at: Timestamp,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// What a site says afterwards.
    pub struct Feedback in "feedback" key (id) {
        /// Id.
        id: String,
        /// Release.
        release_id: ReleaseId,
        /// Site.
        site_id: SiteId,
        /// Whether it works: 0 no, 1 partly, 2 yes.
        success: i64,
        /// Problems.
        problems: String,
        /// Ideas.
        ideas: String,
        /// From 1 to 5.
        rating: Option<i64>,
        /// Who said it.
        given_by: String,
        /// When.
        at: Timestamp,
    }
}

row! {
    /// Somebody at a site has read the release notes.
    pub struct SiteReceipt in "site_receipt" key (release_id, site_id, given_by) {
        /// Release.
        release_id: ReleaseId,
        /// Site.
        site_id: SiteId,
        /// Who.
        given_by: String,
        /// When.
        at: Timestamp,
    }
}

/// One deployment.
pub async fn get(
    store: &Store,
    release: &ReleaseId,
    site: &SiteId,
) -> Result<Option<Deployment>, StoreError> {
    let params = vec![release.put(), site.put()];
    select_one(store, "WHERE release_id = $1 AND site_id = $2", params).await
}

fn of_release(release: &ReleaseId, alias: &str, scope: &Scope) -> Sql {
    let mut sql = Sql::new(format!("WHERE {alias}.release_id = "));
    sql.bind(release).push(&format!(" AND {alias}.site_id IN (SELECT s.id FROM site s WHERE "));
    sql.site_visible(scope).push(")");
    sql
}

/// Deployments of a release at visible sites.
pub async fn list(
    store: &Store,
    scope: &Scope,
    release: &ReleaseId,
    ask: &PageAsk,
) -> Result<Page<Deployment>, StoreError> {
    let order = Order { columns: &["wave", "site_id"], descending: false };
    page::read(store, "d", of_release(release, "d", scope), &order, ask).await
}

/// All deployments of a release, for decisions about the whole.
pub async fn all_of(store: &Store, release: &ReleaseId) -> Result<Vec<Deployment>, StoreError> {
    select(store, "WHERE release_id = $1 ORDER BY wave, site_id", vec![release.put()]).await
}

/// Deployments at a site, newest change first.
pub async fn of_site(store: &Store, site: &SiteId) -> Result<Vec<Deployment>, StoreError> {
    select(store, "WHERE site_id = $1 ORDER BY at DESC, release_id", vec![site.put()]).await
}

/// How many deployments of a release are in each state and outcome, at visible sites.
pub async fn counts(
    store: &Store,
    scope: &Scope,
    release: &ReleaseId,
) -> Result<Vec<(String, Option<String>, i64)>, StoreError> {
    let sql = of_release(release, "d", scope);
    let text = format!(
        "SELECT d.state, d.outcome, count(*) FROM deployment d {} \
         GROUP BY d.state, d.outcome ORDER BY d.state, d.outcome",
        sql.text
    );
    let rows = store.query(text, sql.params).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Sums over the sites of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Sites that decided for it, or need not decide.
    pub accepted: i64,
    /// Sites whose other date lies ahead.
    pub postponed: i64,
    /// Sites that decided against it, and were left alone.
    pub declined: i64,
    /// Sites that gave feedback.
    pub feedback: i64,
    /// Sites where somebody has read the release notes.
    pub informed: i64,
}

/// How many deployments of a release came to what; `None` is nothing yet.
pub async fn outcomes(
    store: &Store,
    release: &ReleaseId,
) -> Result<Vec<(Option<String>, i64)>, StoreError> {
    const SQL: &str =
        "SELECT outcome, count(*) FROM deployment WHERE release_id = $1 GROUP BY outcome";
    let rows = store.query(SQL, vec![release.put()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Sums of what sites said, as of a moment: a site that put it off until a date that has come has
/// not decided, and one that the vendor runs need not. A site that declined and was reported all
/// the same is counted by what happened.
pub async fn sums(store: &Store, release: &ReleaseId, now: Timestamp) -> Result<Sums, StoreError> {
    const DECIDED: &str = "SELECT CASE WHEN d.decision = 'declined' AND (EXISTS (SELECT 1 \
         FROM deployment p WHERE p.release_id = d.release_id AND p.site_id = d.site_id \
         AND p.outcome IS NOT NULL) OR (EXISTS (SELECT 1 FROM site s JOIN deployment p \
         ON p.site_id = s.id AND p.release_id = d.release_id WHERE s.part_of = d.site_id) \
         AND NOT EXISTS (SELECT 1 FROM site s JOIN deployment p ON p.site_id = s.id \
         AND p.release_id = d.release_id WHERE s.part_of = d.site_id AND p.outcome IS NULL))) \
         THEN 'accepted' ELSE d.decision END AS told, count(*) \
         FROM site_decision d WHERE d.release_id = $1 \
         AND (d.decision <> 'postponed' OR d.wished_at > $2) GROUP BY told";
    const NEED_NOT: &str = "SELECT count(*) FROM deployment p JOIN site s ON s.id = p.site_id \
         WHERE p.release_id = $1 AND s.update_authority = 'vendor' AND s.part_of IS NULL \
         AND NOT EXISTS (SELECT 1 \
         FROM site_decision d WHERE d.release_id = p.release_id AND d.site_id = p.site_id \
         AND (d.decision IN ('accepted', 'declined') \
         OR (d.decision = 'postponed' AND d.wished_at > $2)))";
    const SPOKE: &str = "SELECT (SELECT count(DISTINCT site_id) FROM feedback \
         WHERE release_id = $1), (SELECT count(DISTINCT site_id) FROM site_receipt \
         WHERE release_id = $1)";
    let timed = || vec![release.put(), now.put()];
    let mut sums = Sums::default();
    for row in store.query(DECIDED, timed()).await? {
        let count: i64 = row.get(1)?;
        match row.get::<String>(0)?.as_str() {
            "accepted" => sums.accepted = count,
            "postponed" => sums.postponed = count,
            "declined" => sums.declined = count,
            _ => {}
        }
    }
    if let Some(row) = store.first(NEED_NOT, timed()).await? {
        sums.accepted += row.get::<i64>(0)?;
    }
    if let Some(row) = store.first(SPOKE, vec![release.put()]).await? {
        (sums.feedback, sums.informed) = (row.get(0)?, row.get(1)?);
    }
    Ok(sums)
}

/// How many sites, of those that have to decide and were not updated yet, said yes to which bytes.
/// A yes that names none was said to what stood when it was given: to `current`, where that stands
/// since `since` and it came after that.
pub async fn yes_to(
    store: &Store,
    release: &ReleaseId,
    (current, since): (&str, Timestamp),
) -> Result<Vec<(String, i64)>, StoreError> {
    const SQL: &str = "SELECT COALESCE(d.digest, CASE WHEN d.at >= $3 THEN CAST($2 AS TEXT) ELSE '' END) \
         AS shown, count(*) FROM site_decision d JOIN site s ON s.id = d.site_id \
         WHERE d.release_id = $1 AND d.decision = 'accepted' AND s.update_authority <> 'vendor' \
         AND NOT EXISTS (SELECT 1 FROM deployment p WHERE p.release_id = d.release_id \
         AND p.site_id = d.site_id AND p.outcome = 'installed') GROUP BY shown";
    let params = vec![release.put(), current.to_owned().put(), since.put()];
    let rows = store.query(SQL, params).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// How the parts of sites change the sums of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartSums {
    /// Parts with a deployment.
    pub parts: i64,
    /// Sites whose parts are updated instead of them.
    pub roofs: i64,
    /// Parts, without an outcome, of sites that declined.
    pub declined: i64,
    /// The sites of those.
    pub declined_roofs: i64,
}

/// Counts the parts of sites in a release; where no site has parts, nothing is looked at.
pub async fn part_sums(store: &Store, release: &ReleaseId) -> Result<PartSums, StoreError> {
    const PARTS: &str = "SELECT count(*), \
         count(DISTINCT CASE WHEN s.active = 1 THEN s.part_of END) FROM site s JOIN deployment p \
         ON p.release_id = $1 AND p.site_id = s.id WHERE s.part_of IS NOT NULL";
    const DECLINED: &str = "SELECT count(*), count(DISTINCT s.part_of) FROM site s \
         JOIN deployment p ON p.release_id = $1 AND p.site_id = s.id \
         JOIN site_decision d ON d.release_id = $1 AND d.site_id = s.part_of \
         WHERE s.part_of IS NOT NULL AND p.outcome IS NULL AND d.decision = 'declined'";
    let mut sums = PartSums::default();
    if let Some(row) = store.first(PARTS, vec![release.put()]).await? {
        (sums.parts, sums.roofs) = (row.get(0)?, row.get(1)?);
    }
    if sums.parts > 0
        && let Some(row) = store.first(DECLINED, vec![release.put()]).await?
    {
        (sums.declined, sums.declined_roofs) = (row.get(0)?, row.get(1)?);
    }
    Ok(sums)
}

/// The deployments of a release at the parts of a site that are in use.
pub async fn at_parts(
    store: &Store,
    release: &ReleaseId,
    site: &SiteId,
) -> Result<Vec<Deployment>, StoreError> {
    const REST: &str = "WHERE release_id = $1 AND site_id IN \
         (SELECT s.id FROM site s WHERE s.part_of = $2 AND s.active = 1) ORDER BY site_id";
    select(store, REST, vec![release.put(), site.put()]).await
}

/// What stands about some sites of a release.
#[derive(Clone, Debug, Default)]
pub struct AtSites {
    /// Deployments.
    pub deployments: Vec<Deployment>,
    /// Decisions.
    pub decisions: Vec<SiteDecision>,
    /// Who has read the release notes.
    pub receipts: Vec<SiteReceipt>,
    /// Feedback, oldest first.
    pub feedback: Vec<Feedback>,
}

/// What stands about these sites of a release, for one page of a list.
pub async fn at_sites(
    store: &Store,
    release: &ReleaseId,
    sites: &[SiteId],
) -> Result<AtSites, StoreError> {
    let sql = |order: &str| {
        let mut sql = Sql::new("WHERE release_id = ");
        sql.bind(release).push(" AND ").is_in("site_id", sites).push(" ORDER BY ").push(order);
        sql
    };
    let by_site = sql("site_id");
    let (text, params) = (&by_site.text, &by_site.params);
    let oldest = sql("at, id");
    Ok(AtSites {
        deployments: select(store, text, params.clone()).await?,
        decisions: select(store, text, params.clone()).await?,
        receipts: select(store, text, params.clone()).await?,
        feedback: select(store, &oldest.text, oldest.params.clone()).await?,
    })
}

/// Which deployments a search finds.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// At this site.
    pub site: Option<SiteId>,
    /// Of this product.
    pub product: Option<ProductId>,
    /// Of this version.
    pub version: Option<String>,
    /// With this outcome; `open` for those without one.
    pub outcome: Option<String>,
    /// Last changed from then on.
    pub since: Option<Timestamp>,
    /// Last changed before.
    pub until: Option<Timestamp>,
}

/// Deployments of visible releases at visible sites, newest change first.
pub async fn search(
    store: &Store,
    scope: &Scope,
    wanted: &Wanted,
    ask: &PageAsk,
) -> Result<Page<Deployment>, StoreError> {
    let mut sql = Sql::new("WHERE d.site_id IN (SELECT s.id FROM site s WHERE ");
    sql.site_visible(scope).push(")");
    if let Some(site) = &wanted.site {
        sql.push(" AND d.site_id = ").bind(site);
    }
    sql.push(" AND d.release_id IN (SELECT r.id FROM release r WHERE ");
    sql.release_visible(scope);
    if let Some(product) = &wanted.product {
        sql.push(" AND r.product_id = ").bind(product);
    }
    if let Some(version) = &wanted.version {
        sql.push(" AND r.version = ").bind(version);
    }
    sql.push(")");
    match wanted.outcome.as_deref() {
        None => {}
        Some("open") => {
            sql.push(" AND d.outcome IS NULL");
        }
        Some(outcome) => {
            sql.push(" AND d.outcome = ").bind(&outcome.to_owned());
        }
    }
    if let Some(since) = &wanted.since {
        sql.push(" AND d.at >= ").bind(since);
    }
    if let Some(until) = &wanted.until {
        sql.push(" AND d.at < ").bind(until);
    }
    let order = Order { columns: &["at", "release_id", "site_id"], descending: true };
    page::read(store, "d", sql, &order, ask).await
}

/// Makes a deployment.
pub fn insert(deployment: &Deployment) -> Write {
    table::insert(deployment)
}

/// Lays one deployment per site of a release, in one statement: proposed, nothing more.
pub fn lay(
    release: &ReleaseId,
    generation: u64,
    slot_at: Option<Timestamp>,
    at: Timestamp,
) -> Write {
    const SQL: &str = "INSERT INTO deployment (release_id, site_id, generation, state, outcome, \
         slot_at, wave, evidence, source, reported_by, at, revision) \
         SELECT release_id, site_id, CAST($2 AS BIGINT), 'proposed', NULL, CAST($3 AS BIGINT), 1, \
         NULL, NULL, NULL, CAST($4 AS BIGINT), 1 FROM release_site WHERE release_id = $1";
    let params = vec![release.put(), (generation as i64).put(), slot_at.put(), at.put()];
    Write::new(SQL, params, Expect::Any)
}

/// Changes a deployment that still has `deployment.revision`.
pub fn update(deployment: &Deployment) -> Write {
    table::update(deployment)
}

/// The decision that goes for a site: its own; of a part, that of its site.
pub async fn decision(
    store: &Store,
    release: &ReleaseId,
    site: &SiteId,
) -> Result<Option<SiteDecision>, StoreError> {
    const REST: &str = "WHERE release_id = $1 AND site_id = \
         COALESCE((SELECT s.part_of FROM site s WHERE s.id = $2), $2)";
    select_one(store, REST, vec![release.put(), site.put()]).await
}

/// Decisions of the visible sites of a release.
pub async fn decisions(
    store: &Store,
    scope: &Scope,
    release: &ReleaseId,
) -> Result<Vec<SiteDecision>, StoreError> {
    let mut sql = of_release(release, "d", scope);
    sql.push(" ORDER BY d.site_id");
    select(store, &format!("d {}", sql.text), sql.params).await
}

/// Whether a site of a release wishes for a time after this moment.
pub async fn any_wished_after(
    store: &Store,
    release: &ReleaseId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rest = "WHERE release_id = $1 AND wished_at > $2 LIMIT 1";
    let found = select_one::<SiteDecision>(store, rest, vec![release.put(), at.put()]).await?;
    Ok(found.is_some())
}

/// Decisions of one site.
pub async fn decisions_of_site(
    store: &Store,
    site: &SiteId,
) -> Result<Vec<SiteDecision>, StoreError> {
    select(store, "WHERE site_id = $1 ORDER BY at DESC, release_id", vec![site.put()]).await
}

/// Enters the first decision of a site.
pub fn insert_decision(decision: &SiteDecision) -> Write {
    table::insert(decision)
}

/// Changes a decision that still has `decision.revision`.
pub fn update_decision(decision: &SiteDecision) -> Write {
    table::update(decision)
}

/// Feedback about a release from visible sites.
pub async fn feedback(
    store: &Store,
    scope: &Scope,
    release: &ReleaseId,
) -> Result<Vec<Feedback>, StoreError> {
    let mut sql = of_release(release, "f", scope);
    sql.push(" ORDER BY f.at, f.id");
    select(store, &format!("f {}", sql.text), sql.params).await
}

/// Enters feedback.
pub fn insert_feedback(feedback: &Feedback) -> Write {
    table::insert(feedback)
}

/// Feedback of one site, newest first.
pub async fn feedback_of_site(store: &Store, site: &SiteId) -> Result<Vec<Feedback>, StoreError> {
    select(store, "WHERE site_id = $1 ORDER BY at DESC, id", vec![site.put()]).await
}

/// Who has read the release notes, at visible sites.
pub async fn receipts(
    store: &Store,
    scope: &Scope,
    release: &ReleaseId,
) -> Result<Vec<SiteReceipt>, StoreError> {
    let mut sql = of_release(release, "r", scope);
    sql.push(" ORDER BY r.at, r.site_id, r.given_by");
    select(store, &format!("r {}", sql.text), sql.params).await
}

/// Notes that somebody has read the release notes; the first time counts.
pub fn receive(receipt: &SiteReceipt) -> Write {
    const SQL: &str = "INSERT INTO site_receipt (release_id, site_id, given_by, at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let params = vec![
        receipt.release_id.put(),
        receipt.site_id.put(),
        receipt.given_by.put(),
        receipt.at.put(),
    ];
    Write::new(SQL, params, Expect::Any)
}
