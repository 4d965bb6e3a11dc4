//! The sites of a release: what they decided, and what came of it there.

use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::Result;
use roadbook_core::ids::{ReleaseId, SiteId};
use roadbook_store::deployments::{self, Deployment, Feedback, SiteDecision};
use roadbook_store::sites::{self, Site, SiteFilter};
use roadbook_store::{Page, PageAsk};
use std::collections::HashSet;

/// A site of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSite {
    /// The site.
    pub site: Site,
    /// Its name; of a part, with that of its site.
    pub name: String,
    /// It is updated part by part: nothing is reported of it as a whole.
    pub has_parts: bool,
    /// Deployment; none before the release starts.
    pub deployment: Option<Deployment>,
    /// Decision, if any.
    pub decision: Option<SiteDecision>,
    /// Somebody there has read the release notes.
    pub read: bool,
    /// Feedback, oldest first.
    pub feedback: Vec<Feedback>,
}

/// What the list of a release's sites is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ReleaseSiteFilter {
    /// Part of key, name or customer.
    pub text: Option<String>,
    /// What came of it there, by the short name of an outcome; `open` is nothing yet.
    pub outcome: Option<String>,
}

impl App {
    /// A page of the sites of a release that this reader may see, by key, and how many there are.
    #[boxed]
    pub async fn release_sites(
        &self,
        call: &Call,
        id: &ReleaseId,
        filter: &ReleaseSiteFilter,
        ask: &PageAsk,
    ) -> Result<(Page<ReleaseSite>, i64)> {
        self.release_for(&call.actor, id).await?;
        let scope = self.scope_for(&call.actor).await?;
        let filter = SiteFilter {
            text: filter.text.clone(),
            release_id: Some(id.clone()),
            outcome: filter.outcome.clone(),
            ..SiteFilter::default()
        };
        let page = sites::list(self.store(), &scope, &filter, ask).await?;
        let count = sites::count(self.store(), &scope, &filter).await?;
        let mut ids: Vec<SiteId> = page.rows.iter().map(|it| it.id.clone()).collect();
        let roofs = self.roofs_of(page.rows.iter()).await?;
        let with_parts: HashSet<SiteId> =
            sites::parts_of(self.store(), &ids).await?.into_iter().map(|it| it.1).collect();
        // What a site says goes for its parts.
        ids.extend(roofs.keys().cloned());
        let known = deployments::at_sites(self.store(), id, &ids).await?;
        let rows = page
            .rows
            .into_iter()
            .map(|site| {
                let of = site.part_of.as_ref().unwrap_or(&site.id);
                ReleaseSite {
                    deployment: known.deployments.iter().find(|it| it.site_id == site.id).cloned(),
                    decision: known.decisions.iter().find(|it| it.site_id == *of).cloned(),
                    read: known.receipts.iter().any(|it| it.site_id == *of),
                    feedback: known
                        .feedback
                        .iter()
                        .filter(|it| it.site_id == site.id)
                        .cloned()
                        .collect(),
                    name: super::name_among(&site, &roofs),
                    has_parts: with_parts.contains(&site.id),
                    site,
                }
            })
            .collect();
        Ok((Page { rows, next: page.next }, count))
    }
}
