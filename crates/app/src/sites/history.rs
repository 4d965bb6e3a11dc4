//! What was deployed where, when and with which result: to look something up later.

use super::Outcome;
use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use roadbook_store::deployments::{self, Deployment, Wanted};
use roadbook_store::{Page, PageAsk, Scope, sites};
use std::collections::HashMap;

/// A deployment as it is looked up.
#[derive(Clone, Debug)]
pub struct HistoryLine {
    /// Its row.
    pub row: Deployment,
    /// Number of the release.
    pub number: String,
    /// Short name of the product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Key of the site.
    pub site_key: String,
    /// Name of the site.
    pub site_name: String,
}

impl App {
    /// Deployments of every release at visible sites, newest change first.
    #[boxed]
    pub async fn deployment_search(
        &self,
        scope: &Scope,
        wanted: &Wanted,
        ask: &PageAsk,
    ) -> Result<Page<HistoryLine>> {
        if let Some(outcome) = &wanted.outcome
            && outcome != "open"
            && Outcome::parse(outcome).is_none()
        {
            let known = Outcome::ALL.map(Outcome::name).join(", ");
            return Err(Error::field("outcome", "unknown", format!("is open, {known}")));
        }
        let page = deployments::search(self.store(), scope, wanted, ask).await?;
        let ids: Vec<_> = page.rows.iter().map(|it| it.site_id.clone()).collect();
        let mut names = HashMap::new();
        let found = sites::by_ids(self.store(), scope, &ids).await?;
        let roofs = self.roofs_of(found.iter()).await?;
        for site in found {
            let name = super::name_among(&site, &roofs);
            names.insert(site.id, (site.key, name));
        }
        let mut releases = HashMap::new();
        let mut rows = Vec::new();
        for row in page.rows {
            if !releases.contains_key(&row.release_id) {
                let loaded = self.release_load(&row.release_id).await?;
                let product = self.product_short(&loaded.release.product).await?;
                let told = (loaded.release.number, product, loaded.release.version);
                releases.insert(row.release_id.clone(), told);
            }
            let (number, product, version) =
                releases.get(&row.release_id).cloned().unwrap_or_default();
            let (site_key, site_name) = names.get(&row.site_id).cloned().unwrap_or_default();
            rows.push(HistoryLine { row, number, product, version, site_key, site_name });
        }
        Ok(Page { rows, next: page.next })
    }
}
