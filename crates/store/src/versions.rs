//! Which version runs where, since when and from whom we know: intervals without gaps.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk};
use crate::scope::{Scope, Sql};
use crate::table::{Table, row, select};
use crate::value::{Cell, Value};
use jiff::Timestamp;
use roadbook_core::ids::{ProductId, ReleaseId, SiteId};

row! {
    /// A version that a site ran from `since` until `until`.
    pub struct SiteVersion in "site_version" key (site_id, product_id, since) {
        /// Site.
        site_id: SiteId,
        /// Product.
        product_id: ProductId,
        /// From when.
        since: Timestamp,
        /// Until when; none for what runs now.
        until: Option<Timestamp>,
        /// Version as written.
        version: String,
        /// Text that sorts as the version does.
        sort_key: String,
        /// `person`, `import` or `agent`.
        source: String,
        /// Who said so.
        reported_by: String,
        /// Evidence.
        evidence: Option<String>,
        /// When it was reported.
        at: Timestamp,
    }
}

/// Enters a version from `row.since` on; `row.until` is not looked at. What ran before ends there,
/// and what is known to come later stays: a late report of an old change finds its place.
pub fn enter(row: &SiteVersion) -> [Write; 2] {
    const CUT: &str = "UPDATE site_version SET until = $1 WHERE site_id = $2 AND product_id = $3 \
         AND since < $1 AND (until IS NULL OR until > $1)";
    const ADD: &str = "INSERT INTO site_version (site_id, product_id, since, until, version, \
         sort_key, source, reported_by, evidence, at) VALUES ($1, $2, $3, \
         (SELECT min(later.since) FROM site_version later WHERE later.site_id = $1 \
         AND later.product_id = $2 AND later.since > $3), $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (site_id, product_id, since) DO UPDATE SET version = excluded.version, \
         sort_key = excluded.sort_key, source = excluded.source, \
         reported_by = excluded.reported_by, evidence = excluded.evidence, at = excluded.at";
    let cut = vec![row.since.put(), row.site_id.put(), row.product_id.put()];
    let add = vec![
        row.site_id.put(),
        row.product_id.put(),
        row.since.put(),
        row.version.put(),
        row.sort_key.put(),
        row.source.put(),
        row.reported_by.put(),
        row.evidence.put(),
        row.at.put(),
    ];
    [Write::new(CUT, cut, Expect::Any), Write::new(ADD, add, Expect::Any)]
}

/// The history of a product at a site, oldest first.
pub async fn history(
    store: &Store,
    site: &SiteId,
    product: &ProductId,
) -> Result<Vec<SiteVersion>, StoreError> {
    let rest = "WHERE site_id = $1 AND product_id = $2 ORDER BY since";
    select(store, rest, vec![site.put(), product.put()]).await
}

/// When news about a site came, behind all that is known of it: a clock that was set back must not
/// make it older than that.
pub fn news_at(past: &[SiteVersion], at: Timestamp) -> Timestamp {
    let known = past.last().map(|it| it.since + jiff::SignedDuration::from_micros(1));
    known.map_or(at, |known| known.max(at))
}

/// The version that ran before this one: the last other of a history, oldest first.
pub fn former<'a>(past: &'a [SiteVersion], version: &str) -> Option<&'a SiteVersion> {
    past.iter().rev().find(|it| it.version != version)
}

/// What a site runs now.
pub async fn of_site(store: &Store, site: &SiteId) -> Result<Vec<SiteVersion>, StoreError> {
    let rest = "WHERE site_id = $1 AND until IS NULL ORDER BY product_id";
    select(store, rest, vec![site.put()]).await
}

/// What sites run now.
pub async fn of_sites(store: &Store, sites: &[SiteId]) -> Result<Vec<SiteVersion>, StoreError> {
    let mut found = Vec::new();
    for part in sites.chunks(500) {
        let mut sql = Sql::new("WHERE until IS NULL AND ");
        sql.is_in("site_id", part).push(" ORDER BY site_id, product_id");
        found.extend(select::<SiteVersion>(store, &sql.text, sql.params).await?);
    }
    Ok(found)
}

/// What runs now of a product at the sites that a release is for.
pub async fn of_release(
    store: &Store,
    release: &ReleaseId,
    product: &ProductId,
) -> Result<Vec<SiteVersion>, StoreError> {
    const REST: &str = "WHERE until IS NULL AND product_id = $2 \
         AND site_id IN (SELECT site_id FROM release_site WHERE release_id = $1) ORDER BY site_id";
    select(store, REST, vec![release.put(), product.put()]).await
}

/// Which versions a matrix shows.
#[derive(Clone, Debug, Default)]
pub struct VersionFilter {
    /// Of this product.
    pub product_id: Option<ProductId>,
    /// Older than this sort key.
    pub older_than: Option<String>,
    /// As it was at this time; now when none.
    pub as_of: Option<Timestamp>,
}

/// Versions of visible sites: the matrix, `as of`, and `older than`.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: &VersionFilter,
    ask: &PageAsk,
) -> Result<Page<SiteVersion>, StoreError> {
    let order = Order { columns: &["site_id", "product_id"], descending: false };
    page::read(store, "v", visible(scope, filter), &order, ask).await
}

fn visible(scope: &Scope, filter: &VersionFilter) -> Sql {
    let mut sql = Sql::new("WHERE v.site_id IN (SELECT s.id FROM site s WHERE ");
    sql.site_visible(scope).push(")");
    match &filter.as_of {
        None => sql.push(" AND v.until IS NULL"),
        Some(at) => sql
            .push(" AND v.since <= ")
            .bind(at)
            .push(" AND (v.until IS NULL OR v.until > ")
            .bind(at)
            .push(")"),
    };
    if let Some(product) = &filter.product_id {
        sql.push(" AND v.product_id = ").bind(product);
    }
    if let Some(key) = &filter.older_than {
        sql.push(" AND v.sort_key < ").bind(key);
    }
    sql
}

/// How many visible sites run each version of a product: (version, sites), oldest version first.
pub async fn spread(
    store: &Store,
    scope: &Scope,
    filter: &VersionFilter,
) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = visible(scope, filter);
    let text = format!(
        "SELECT v.version, count(*) FROM {} v {} GROUP BY v.version, v.sort_key ORDER BY v.sort_key",
        SiteVersion::NAME,
        sql.text
    );
    let rows = store.query(text, sql.params).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What sites run now that nobody reported since a time.
pub async fn not_reported_since(
    store: &Store,
    scope: &Scope,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<SiteVersion>, StoreError> {
    let mut sql = visible(scope, &VersionFilter::default());
    sql.push(" AND v.at < ").bind(&since);
    sql.push(" ORDER BY v.at, v.site_id LIMIT ").bind_value(Value::Int(limit as i64));
    select(store, &format!("v {}", sql.text), sql.params).await
}

/// Every version of a product that ran at the sites that a release is for, oldest first.
pub async fn past_of_release(
    store: &Store,
    release: &ReleaseId,
    product: &ProductId,
) -> Result<Vec<SiteVersion>, StoreError> {
    const REST: &str = "WHERE product_id = $2 \
         AND site_id IN (SELECT site_id FROM release_site WHERE release_id = $1) \
         ORDER BY site_id, since";
    select(store, REST, vec![release.put(), product.put()]).await
}
