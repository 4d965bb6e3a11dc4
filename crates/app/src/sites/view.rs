//! Sites as lists and pages show them.

use super::sort_key;
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::{Action, Kind, allowed};
use roadbook_core::ids::{ProductId, ReleaseId, SiteId, UnitId};
use roadbook_store::deployments::{Deployment, Feedback, SiteDecision};
use roadbook_store::products::{self, ProductRow};
use roadbook_store::releases::{self, ReleaseRow};
use roadbook_store::sites::{self, Contact, Site, SiteFilter};
use roadbook_store::versions::{self, SiteVersion};
use roadbook_store::{Page, PageAsk, Scope, deployments, units};
use std::collections::HashMap;

/// What a list of sites is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct SiteListFilter {
    /// Part of key, name or customer.
    pub text: Option<String>,
    /// Of this unit.
    pub unit: Option<UnitId>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// Running this product.
    pub product: Option<ProductId>,
    /// Running an older version of `product` than this.
    pub older_than: Option<String>,
    /// Also those no longer in use.
    pub inactive: bool,
    /// Parts of this site.
    pub part_of: Option<SiteId>,
}

/// A version that a site runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteVersionView {
    /// Product.
    pub product: ProductId,
    /// Its key.
    pub product_key: String,
    /// Its name.
    pub product_name: String,
    /// Version.
    pub version: String,
    /// Since when.
    pub since: Timestamp,
    /// `person`, `import` or `agent`.
    pub source: String,
    /// Who said so.
    pub reported_by: String,
    /// When it was said.
    pub at: Timestamp,
    /// How old the knowledge is.
    pub age: SignedDuration,
    /// Evidence.
    pub evidence: Option<String>,
}

/// A site in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteListItem {
    /// The site.
    pub site: Site,
    /// Tags.
    pub tags: Vec<String>,
    /// What it runs.
    pub versions: Vec<SiteVersionView>,
    /// The site that it is a part of.
    pub of: Option<Site>,
}

impl SiteListItem {
    /// Its name; of a part, with that of its site.
    pub fn full_name(&self) -> String {
        super::full_name(&self.site, self.of.as_ref())
    }
}

/// A part of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartView {
    /// The part.
    pub site: Site,
    /// What it runs.
    pub versions: Vec<SiteVersionView>,
    /// Its newest deployment and the number of that release.
    pub newest: Option<(Deployment, String)>,
}

/// What a release means for a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteReleaseView {
    /// The release's line.
    pub release: ReleaseRow,
    /// Deployment.
    pub deployment: Deployment,
    /// Decision, if any.
    pub decision: Option<SiteDecision>,
    /// The date to which it was put off has come.
    pub ask_again: bool,
    /// Somebody there has read the release notes.
    pub read: bool,
    /// Feedback, newest first.
    pub feedback: Vec<Feedback>,
}

/// Everything about a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteView {
    /// The site.
    pub site: Site,
    /// Name of the unit that looks after it.
    pub unit_name: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// What it runs.
    pub versions: Vec<SiteVersionView>,
    /// Releases that reach it, newest change first.
    pub releases: Vec<SiteReleaseView>,
    /// The site that it is a part of.
    pub of: Option<Site>,
    /// Its parts, by key.
    pub parts: Vec<PartView>,
}

impl App {
    /// Sites that somebody may see, by key.
    #[boxed]
    pub async fn site_list(
        &self,
        scope: &Scope,
        filter: &SiteListFilter,
        ask: &PageAsk,
    ) -> Result<Page<SiteListItem>> {
        let filter = self.site_filter(filter).await?;
        let page = sites::list(self.store(), scope, &filter, ask).await?;
        let ids: Vec<SiteId> = page.rows.iter().map(|it| it.id.clone()).collect();
        let mut tags: HashMap<SiteId, Vec<String>> = HashMap::new();
        for tag in sites::tags(self.store(), &ids).await? {
            tags.entry(tag.site_id).or_default().push(tag.tag);
        }
        let mut running: HashMap<SiteId, Vec<SiteVersion>> = HashMap::new();
        for row in versions::of_sites(self.store(), &ids).await? {
            running.entry(row.site_id.clone()).or_default().push(row);
        }
        let names = self.product_names().await?;
        let roofs = self.roofs_of(page.rows.iter()).await?;
        let rows = page
            .rows
            .into_iter()
            .map(|site| SiteListItem {
                of: site.part_of.as_ref().and_then(|it| roofs.get(it)).cloned(),
                tags: tags.remove(&site.id).unwrap_or_default(),
                versions: self.version_views(running.remove(&site.id).unwrap_or_default(), &names),
                site,
            })
            .collect();
        Ok(Page { rows, next: page.next })
    }

    /// How many sites the list has.
    #[boxed]
    pub async fn site_count(&self, scope: &Scope, filter: &SiteListFilter) -> Result<i64> {
        let filter = self.site_filter(filter).await?;
        Ok(sites::count(self.store(), scope, &filter).await?)
    }

    async fn site_filter(&self, filter: &SiteListFilter) -> Result<SiteFilter> {
        let older_than = match (&filter.product, &filter.older_than) {
            (Some(product), Some(version)) => {
                Some((product.clone(), self.key_of(product, version).await?))
            }
            (None, Some(_)) => {
                return Err(Error::field("older_than", "product", "needs a product beside it"));
            }
            _ => None,
        };
        Ok(SiteFilter {
            text: filter.text.clone().filter(|it| !it.trim().is_empty()),
            unit_id: filter.unit.clone(),
            tags: filter.tags.clone(),
            active: (!filter.inactive).then_some(true),
            product_id: filter.product.clone(),
            part_of: filter.part_of.clone(),
            older_than,
            ..SiteFilter::default()
        })
    }

    /// The sort key of a version that somebody named.
    pub(super) async fn key_of(&self, product: &ProductId, version: &str) -> Result<String> {
        let scheme = self.scheme_of(product).await?;
        if let Err(refusal) = scheme.parse(version) {
            return Err(Error::field("version", refusal.code(), refusal.to_string()));
        }
        Ok(sort_key(&scheme, version))
    }

    pub(super) async fn product_names(&self) -> Result<HashMap<ProductId, ProductRow>> {
        let mut names = HashMap::new();
        let mut ask = PageAsk::first(roadbook_core::limits::PAGE_ROWS_MAX);
        loop {
            let page = products::list(self.store(), &Scope::all(), &ask).await?;
            names.extend(page.rows.into_iter().map(|it| (it.id.clone(), it)));
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => return Ok(names),
            }
        }
    }

    fn version_views(
        &self,
        rows: Vec<SiteVersion>,
        names: &HashMap<ProductId, ProductRow>,
    ) -> Vec<SiteVersionView> {
        let now = self.now();
        let view = |it: SiteVersion| {
            let product = names.get(&it.product_id);
            SiteVersionView {
                product_key: product.map(|it| it.key.clone()).unwrap_or_default(),
                product_name: product.map(|it| it.name.clone()).unwrap_or_default(),
                product: it.product_id,
                version: it.version,
                since: it.since,
                source: it.source,
                reported_by: it.reported_by,
                age: now.duration_since(it.at),
                at: it.at,
                evidence: it.evidence,
            }
        };
        rows.into_iter().map(view).collect()
    }

    /// One site, for somebody who may see it; for everybody else it does not exist. Contacts see
    /// their own line among the contacts only.
    #[boxed]
    pub async fn site_view(&self, call: &Call, id: &SiteId) -> Result<SiteView> {
        let scope = self.scope_for(&call.actor).await?;
        let site = sites::get(self.store(), &scope, id).await?;
        let site = site.ok_or(Error::NotFound { what: "site" })?;
        let unit = units::get(self.store(), &site.unit_id).await?;
        let one = std::slice::from_ref(id);
        let tags = sites::tags(self.store(), one).await?.into_iter().map(|it| it.tag).collect();
        let place = self.site_resource(id).await?;
        let inside = allowed(&call.actor, Action::View, Kind::People, &place);
        let mut contacts = sites::contacts(self.store(), one).await?;
        if !inside {
            let own = call.actor.name();
            contacts.retain(|it| it.id.as_str() == own);
        }
        let names = self.product_names().await?;
        let running = versions::of_site(self.store(), id).await?;
        let of = match &site.part_of {
            Some(of) => Some(self.site_row(of).await?),
            None => None,
        };
        let parts = self.part_views(&scope, id, &names).await?;
        Ok(SiteView {
            of,
            unit_name: unit.map(|it| it.name).unwrap_or_default(),
            tags,
            contacts,
            versions: self.version_views(running, &names),
            releases: self.site_releases(&scope, &site, &parts).await?,
            parts,
            site,
        })
    }

    async fn part_views(
        &self,
        scope: &Scope,
        id: &SiteId,
        names: &HashMap<ProductId, ProductRow>,
    ) -> Result<Vec<PartView>> {
        let mut list = Vec::new();
        for site in sites::all_parts(self.store(), std::slice::from_ref(id)).await? {
            let running = versions::of_site(self.store(), &site.id).await?;
            let mut newest = None;
            for row in deployments::of_site(self.store(), &site.id).await? {
                if let Some(found) = releases::get(self.store(), scope, &row.release_id).await? {
                    newest = Some((row, found.number));
                    break;
                }
            }
            list.push(PartView { versions: self.version_views(running, names), newest, site });
        }
        Ok(list)
    }

    async fn site_releases(
        &self,
        scope: &Scope,
        site: &Site,
        parts: &[PartView],
    ) -> Result<Vec<SiteReleaseView>> {
        let now = self.now();
        let id = &site.id;
        // What a site says goes for its parts, and what came of its parts is what came of it.
        let speaks = site.part_of.as_ref().unwrap_or(id);
        let has_parts = parts.iter().any(|it| it.site.active);
        let decisions = deployments::decisions_of_site(self.store(), speaks).await?;
        let spoken = deployments::feedback_of_site(self.store(), id).await?;
        let mut list = Vec::new();
        for mut deployment in deployments::of_site(self.store(), id).await? {
            let found = releases::get(self.store(), scope, &deployment.release_id).await?;
            let Some(release) = found else { continue };
            if has_parts {
                let parts = deployments::at_parts(self.store(), &release.id, id).await?;
                if let Some(first) = parts.first()
                    && parts.iter().all(|it| it.outcome == first.outcome)
                {
                    deployment.outcome.clone_from(&first.outcome);
                }
            }
            let of = |it: &ReleaseId| *it == release.id;
            let decision = decisions.iter().find(|it| of(&it.release_id)).cloned();
            let read = deployments::receipts(self.store(), &Scope::all(), &release.id).await?;
            list.push(SiteReleaseView {
                ask_again: decision.as_ref().is_some_and(|it| {
                    it.decision == "postponed" && it.wished_at.is_some_and(|at| at <= now)
                }),
                decision,
                read: read.iter().any(|it| it.site_id == *speaks),
                feedback: spoken.iter().filter(|it| of(&it.release_id)).cloned().collect(),
                release,
                deployment,
            });
        }
        Ok(list)
    }

    /// The history of a product at a site, oldest first.
    #[boxed]
    pub async fn site_history(
        &self,
        call: &Call,
        id: &SiteId,
        product: &ProductId,
    ) -> Result<Vec<SiteVersion>> {
        let scope = self.scope_for(&call.actor).await?;
        if sites::get(self.store(), &scope, id).await?.is_none() {
            return Err(Error::NotFound { what: "site" });
        }
        Ok(versions::history(self.store(), id, product).await?)
    }

    /// A site by its key, if it may be seen.
    #[boxed]
    pub async fn site_by_key(&self, scope: &Scope, key: &str) -> Result<Site> {
        let found = sites::by_key(self.store(), scope, key.trim()).await?;
        found.ok_or(Error::NotFound { what: "site" })
    }
}
