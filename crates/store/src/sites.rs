//! Customer sites and environments, their tags and contacts.

use crate::Store;
use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk, contains};
use crate::scope::{Scope, Sql};
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use roadbook_core::ids::{ContactId, ProductId, ReleaseId, SiteId, UnitId};
use roadbook_core::text::Lang;

row! {
    /// A site.
    pub struct Site in "site" key (id) {
        /// Id.
        id: SiteId,
        /// Short name, unique.
        key: String,
        /// Name.
        name: String,
        /// The unit that looks after it.
        unit_id: UnitId,
        /// The customer, as people call it.
        customer: Option<String>,
        /// IANA time zone.
        zone: String,
        /// Language of the site.
        lang: Lang,
        /// Postal address.
        address: String,
        /// Class: how much depends on it.
        class: String,
        /// Who may decide about its updates.
        update_authority: String,
        /// Whether it is in use.
        active: bool,
        /// Revision.
        revision: i64,
        /// The site that it is a part of; none for a whole site.
        part_of: Option<SiteId>,
        /// `site`, `environment` or `user_group`.
        part: String,
    }
}

row! {
    /// A tag of a site: `name` or `name=value`.
    pub struct SiteTag in "site_tag" key (site_id, tag) {
        /// Site.
        site_id: SiteId,
        /// Tag.
        tag: String,
    }
}

row! {
    /// Somebody at a site who is told and who answers.
    pub struct Contact in "contact" key (id) {
        /// Id.
        id: ContactId,
        /// Site.
        site_id: SiteId,
        /// Name.
        name: String,
        /// E-mail address.
        email: Option<String>,
        /// Language.
        lang: Lang,
        /// What the contact is for.
        kind: String,
        /// Whether the contact is still there.
        active: bool,
        /// Revision.
        revision: i64,
    }
}

/// Between the name of a site and the name of its part.
pub const BETWEEN: &str = " › ";

/// What a list of sites is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct SiteFilter {
    /// Part of key, name or customer.
    pub text: Option<String>,
    /// Of this unit.
    pub unit_id: Option<UnitId>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// In use or not.
    pub active: Option<bool>,
    /// Running this product.
    pub product_id: Option<ProductId>,
    /// Running a version of this product that sorts before this key.
    pub older_than: Option<(ProductId, String)>,
    /// Parts of this site.
    pub part_of: Option<SiteId>,
    /// Whole sites only.
    pub whole: bool,
    /// In scope of this release.
    pub release_id: Option<ReleaseId>,
    /// What came of that release there; [`OPEN`] is nothing yet.
    pub outcome: Option<String>,
}

/// The outcome of a site that nothing was reported of yet.
pub const OPEN: &str = "open";

pub(crate) fn visible(scope: &Scope, filter: &SiteFilter) -> Sql {
    let mut sql = Sql::new("WHERE ");
    sql.site_visible(scope);
    if let Some(unit) = &filter.unit_id {
        sql.push(" AND s.unit_id = ").bind(unit);
    }
    if let Some(active) = &filter.active {
        sql.push(" AND s.active = ").bind(active);
    }
    for tag in &filter.tags {
        sql.push(" AND s.id IN (SELECT site_id FROM site_tag WHERE tag = ").bind(tag).push(")");
    }
    if let Some(product) = &filter.product_id {
        sql.push(" AND s.id IN (SELECT site_id FROM site_version WHERE until IS NULL");
        sql.push(" AND product_id = ").bind(product).push(")");
    }
    if let Some((product, key)) = &filter.older_than {
        sql.push(" AND s.id IN (SELECT site_id FROM site_version WHERE until IS NULL");
        sql.push(" AND product_id = ").bind(product);
        sql.push(" AND sort_key < ").bind(key).push(")");
    }
    if let Some(site) = &filter.part_of {
        sql.push(" AND s.part_of = ").bind(site);
    }
    if filter.whole {
        sql.push(" AND s.part_of IS NULL");
    }
    if let Some(release) = &filter.release_id {
        sql.push(" AND s.id IN (SELECT site_id FROM release_site WHERE release_id = ");
        sql.bind(release).push(")");
        if let Some(outcome) = &filter.outcome {
            sql.push(" AND s.id IN (SELECT site_id FROM deployment WHERE release_id = ");
            sql.bind(release);
            match outcome.as_str() {
                // Nothing is ever reported of a site whose parts are updated instead of it.
                OPEN => sql
                    .push(" AND outcome IS NULL) AND s.id NOT IN (SELECT q.part_of FROM site q")
                    .push(" WHERE q.part_of IS NOT NULL AND q.active = 1 AND q.id IN")
                    .push(" (SELECT site_id FROM release_site WHERE release_id = ")
                    .bind(release)
                    .push("))"),
                _ => sql.push(" AND outcome = ").bind(outcome).push(")"),
            };
        }
    }
    if let Some(text) = &filter.text {
        let pattern = contains(text);
        sql.push(" AND (");
        named(&mut sql, &pattern);
        sql.push(" OR lower(s.customer) LIKE ").bind(&pattern).push(" ESCAPE '!')");
    }
    sql
}

/// Where the key or the name of a site fits a pattern, or that of the site that it is a part of:
/// the parts of a site stand with it.
pub(crate) fn named(sql: &mut Sql, pattern: &String) {
    sql.push("lower(s.key) LIKE ").bind(pattern).push(" ESCAPE '!'");
    sql.push(" OR lower(s.name) LIKE ").bind(pattern).push(" ESCAPE '!'");
    sql.push(" OR s.part_of IN (SELECT q.id FROM site q WHERE lower(q.key) LIKE ");
    sql.bind(pattern).push(" ESCAPE '!' OR lower(q.name) LIKE ").bind(pattern);
    sql.push(" ESCAPE '!')");
}

/// Sites, by key.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: &SiteFilter,
    ask: &PageAsk,
) -> Result<Page<Site>, StoreError> {
    let order = Order { columns: &["key"], descending: false };
    page::read(store, "s", visible(scope, filter), &order, ask).await
}

/// How many sites the list has.
pub async fn count(store: &Store, scope: &Scope, filter: &SiteFilter) -> Result<i64, StoreError> {
    table::count(store, "site s", visible(scope, filter)).await
}

/// One site, if it is visible.
pub async fn get(store: &Store, scope: &Scope, id: &SiteId) -> Result<Option<Site>, StoreError> {
    let mut sql = Sql::new("s WHERE s.id = ");
    sql.bind(id).push(" AND ").site_visible(scope);
    select_one(store, &sql.text, sql.params).await
}

/// The site with a key, if it is visible.
pub async fn by_key(store: &Store, scope: &Scope, key: &str) -> Result<Option<Site>, StoreError> {
    let mut sql = Sql::new("s WHERE s.key = ");
    sql.bind(&key.to_owned()).push(" AND ").site_visible(scope);
    select_one(store, &sql.text, sql.params).await
}

/// Sites by their ids; unknown and invisible ones are left out.
pub async fn by_ids(store: &Store, scope: &Scope, ids: &[SiteId]) -> Result<Vec<Site>, StoreError> {
    let mut sql = Sql::new("s WHERE ");
    sql.is_in("s.id", ids).push(" AND ").site_visible(scope).push(" ORDER BY s.key");
    select(store, &sql.text, sql.params).await
}

/// The visible sites that a release is for, by key.
pub async fn of_release(
    store: &Store,
    scope: &Scope,
    release: &ReleaseId,
) -> Result<Vec<Site>, StoreError> {
    let mut sql = Sql::new("s WHERE s.id IN (SELECT site_id FROM release_site WHERE release_id = ");
    sql.bind(release).push(") AND ").site_visible(scope).push(" ORDER BY s.key");
    select(store, &sql.text, sql.params).await
}

/// Whether a release is for a site.
pub async fn is_of_release(
    store: &Store,
    release: &ReleaseId,
    site: &SiteId,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT 1 FROM release_site WHERE release_id = $1 AND site_id = $2";
    Ok(store.first(SQL, vec![release.put(), site.put()]).await?.is_some())
}

/// The active parts of these sites: part and site, in the order of their ids.
pub async fn parts_of(
    store: &Store,
    sites: &[SiteId],
) -> Result<Vec<(SiteId, SiteId)>, StoreError> {
    let mut found = Vec::new();
    for part in sites.chunks(500) {
        let mut sql = Sql::new("SELECT id, part_of FROM site WHERE active = 1 AND ");
        sql.is_in("part_of", part);
        let rows = store.query(sql.text, sql.params).await?;
        for row in &rows {
            found.push((row.get(0)?, row.get(1)?));
        }
    }
    found.sort();
    Ok(found)
}

/// The parts among the sites that a release is for: part and site.
pub async fn parts_of_release(
    store: &Store,
    release: &ReleaseId,
) -> Result<Vec<(SiteId, SiteId)>, StoreError> {
    const SQL: &str = "SELECT id, part_of FROM site WHERE part_of IS NOT NULL AND active = 1 \
         AND id IN (SELECT site_id FROM release_site WHERE release_id = $1) ORDER BY id";
    let rows = store.query(SQL, vec![release.put()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// All parts of these sites, in use or not, by key.
pub async fn all_parts(store: &Store, sites: &[SiteId]) -> Result<Vec<Site>, StoreError> {
    let mut found = Vec::new();
    for part in sites.chunks(500) {
        let mut sql = Sql::new("WHERE ");
        sql.is_in("part_of", part).push(" ORDER BY key");
        found.extend(select::<Site>(store, &sql.text, sql.params).await?);
    }
    Ok(found)
}

/// Says which sites a release is for.
pub fn enter_of_release(release: &ReleaseId, sites: &[SiteId]) -> Vec<Write> {
    // Well below the parameters that a statement may have.
    const ROWS: usize = 500;
    let statement = |part: &[SiteId]| {
        let mut sql = Sql::new("INSERT INTO release_site (release_id, site_id) VALUES ");
        for (index, site) in part.iter().enumerate() {
            sql.push(if index == 0 { "(" } else { ", (" }).bind(release).push(", ").bind(site);
            sql.push(")");
        }
        Write::new(sql.text, sql.params, Expect::Any)
    };
    sites.chunks(ROWS).map(statement).collect()
}

/// Makes a site; misses when the key is taken.
pub fn insert(site: &Site) -> Write {
    table::insert(site)
}

/// Changes a site that still has `site.revision`.
pub fn update(site: &Site) -> Write {
    table::update(site)
}

/// Tags of sites.
pub async fn tags(store: &Store, sites: &[SiteId]) -> Result<Vec<SiteTag>, StoreError> {
    let mut sql = Sql::new("WHERE ");
    sql.is_in("site_id", sites).push(" ORDER BY site_id, tag");
    select(store, &sql.text, sql.params).await
}

/// Tags of the sites that a release is for.
pub async fn tags_of_release(
    store: &Store,
    release: &ReleaseId,
) -> Result<Vec<SiteTag>, StoreError> {
    const REST: &str = "WHERE site_id IN (SELECT site_id FROM release_site WHERE release_id = $1) \
         ORDER BY site_id, tag";
    select(store, REST, vec![release.put()]).await
}

/// Writes the tags of a site anew.
pub fn replace_tags(site: &SiteId, tags: &[String]) -> Vec<Write> {
    let clear = "DELETE FROM site_tag WHERE site_id = $1";
    let mut writes = vec![Write::new(clear, vec![site.put()], Expect::Any)];
    let rows = tags.iter().map(|tag| SiteTag { site_id: site.clone(), tag: tag.clone() });
    writes.extend(rows.map(|row| table::put(&row)));
    writes
}

/// Contacts of sites.
pub async fn contacts(store: &Store, sites: &[SiteId]) -> Result<Vec<Contact>, StoreError> {
    let mut sql = Sql::new("WHERE ");
    sql.is_in("site_id", sites).push(" ORDER BY site_id, name, id");
    select(store, &sql.text, sql.params).await
}

/// One contact.
pub async fn contact(store: &Store, id: &ContactId) -> Result<Option<Contact>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// Makes a contact.
pub fn insert_contact(contact: &Contact) -> Write {
    table::insert(contact)
}

/// Changes a contact that still has `contact.revision`.
pub fn update_contact(contact: &Contact) -> Write {
    table::update(contact)
}

/// Deletes a contact that still has the revision.
pub fn delete_contact(id: &ContactId, revision: i64) -> Write {
    let miss = Miss::Stale { what: "contact".into(), id: id.to_string() };
    let sql = "DELETE FROM contact WHERE id = $1 AND revision = $2";
    Write::new(sql, vec![id.put(), revision.put()], Expect::One(miss))
}

/// Sites by their keys, whoever may see them: for imports.
pub async fn by_keys(store: &Store, keys: &[String]) -> Result<Vec<Site>, StoreError> {
    let mut found = Vec::new();
    for part in keys.chunks(500) {
        let mut sql = Sql::new("WHERE ");
        sql.is_in("key", part);
        found.extend(select::<Site>(store, &sql.text, sql.params).await?);
    }
    Ok(found)
}
