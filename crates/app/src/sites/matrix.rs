//! Which version runs where: the matrix, and who is behind.

use super::{SiteListFilter, sort_key};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{ProductId, SiteId};
use roadbook_store::sites::{self, Site};
use roadbook_store::versions::{self, SiteVersion, VersionFilter};
use roadbook_store::{Page, PageAsk, Scope};
use serde_json::json;
use std::collections::HashMap;

/// A version in the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// Product.
    pub product: ProductId,
    /// Version.
    pub version: String,
    /// Since when.
    pub since: Timestamp,
    /// `person`, `import` or `agent`.
    pub source: String,
}

/// A site in the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// The site.
    pub site: Site,
    /// Its name; of a part, with that of its site.
    pub name: String,
    /// What it runs, by product.
    pub cells: Vec<MatrixCell>,
}

/// A site that runs an older version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OlderSite {
    /// The site.
    pub site: Site,
    /// What it runs.
    pub version: String,
    /// Since when.
    pub since: Timestamp,
}

impl App {
    /// Versions by site, now or as it was at a time.
    #[boxed]
    pub async fn version_matrix(
        &self,
        scope: &Scope,
        filter: &SiteListFilter,
        as_of: Option<Timestamp>,
        ask: &PageAsk,
    ) -> Result<Page<MatrixRow>> {
        let page = self.site_list(scope, filter, ask).await?;
        let mut rows = Vec::new();
        for item in page.rows {
            let name = item.full_name();
            let cells = match as_of {
                None => item
                    .versions
                    .into_iter()
                    .map(|it| MatrixCell {
                        product: it.product,
                        version: it.version,
                        since: it.since,
                        source: it.source,
                    })
                    .collect(),
                Some(at) => self.cells_at(&item.site.id, at).await?,
            };
            rows.push(MatrixRow { site: item.site, name, cells });
        }
        Ok(Page { rows, next: page.next })
    }

    async fn cells_at(&self, site: &SiteId, at: Timestamp) -> Result<Vec<MatrixCell>> {
        let names = self.product_names().await?;
        let mut cells = Vec::new();
        for product in names.keys() {
            let past = versions::history(self.store(), site, product).await?;
            let found = past
                .into_iter()
                .find(|it| it.since <= at && it.until.is_none_or(|until| at < until));
            cells.extend(found.map(|it| MatrixCell {
                product: it.product_id,
                version: it.version,
                since: it.since,
                source: it.source,
            }));
        }
        cells.sort_by(|a, b| a.product.cmp(&b.product));
        Ok(cells)
    }

    /// Exactly the visible sites that run an older version of a product (S0-27).
    #[boxed]
    pub async fn sites_older_than(
        &self,
        scope: &Scope,
        product: &ProductId,
        version: &str,
        ask: &PageAsk,
    ) -> Result<Page<OlderSite>> {
        let filter = VersionFilter {
            product_id: Some(product.clone()),
            older_than: Some(self.key_of(product, version).await?),
            as_of: None,
        };
        let page = versions::list(self.store(), scope, &filter, ask).await?;
        let ids: Vec<SiteId> = page.rows.iter().map(|it| it.site_id.clone()).collect();
        let mut found: HashMap<SiteId, Site> = sites::by_ids(self.store(), scope, &ids)
            .await?
            .into_iter()
            .map(|it| (it.id.clone(), it))
            .collect();
        let rows = page.rows.into_iter().filter_map(|it| {
            let site = found.remove(&it.site_id)?;
            Some(OlderSite { site, version: it.version, since: it.since })
        });
        Ok(Page { rows: rows.collect(), next: page.next })
    }

    /// Enters what a site runs without a release of ours: found on the spot, or from a list.
    #[boxed]
    pub async fn site_version_set(
        &self,
        call: &Call,
        site: &SiteId,
        product: &ProductId,
        version: &str,
        since: Timestamp,
        evidence: &str,
    ) -> Result<Receipt> {
        let place = self.site_resource(site).await?;
        call.authorize(Action::Edit, Kind::Site, &place, "site")?;
        let scheme = self.scheme_of(product).await?;
        self.product_resource(product).await?;
        let read = scheme
            .parse(version)
            .map_err(|refusal| Error::field("version", refusal.code(), refusal.to_string()))?;
        if since > self.now() {
            return Err(Error::field("since", "future", "has not come yet"));
        }
        let text = scheme.format(&read);
        let row = SiteVersion {
            site_id: site.clone(),
            product_id: product.clone(),
            since,
            until: None,
            sort_key: sort_key(&scheme, &text),
            version: text.clone(),
            source: "person".to_owned(),
            reported_by: call.actor.name(),
            evidence: Some(crate::input::clean(evidence)).filter(|it| !it.is_empty()),
            at: self.now(),
        };
        let mut commit = self.begin(call);
        commit.writes.extend(versions::enter(&row));
        let commit = commit.entry(
            format!("site/{site}"),
            "site.version_entered",
            json!({ "product": product.as_str(), "version": text, "since": since.to_string() }),
        );
        let receipt = Receipt { id: site.to_string(), label: text, ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }
}
