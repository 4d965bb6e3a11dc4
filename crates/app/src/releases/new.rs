//! Opening a release: the application (S3-81), its number, version, process and people.

use super::{LoadedRelease, index};
use crate::App;
use crate::call::{Call, Receipt};
use crate::error::{Error, FieldError, Result};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, SiteId, UnitId};
use roadbook_core::limits::{NAME_CHARS_MAX, REMARK_CHARS_MAX};
use roadbook_core::release::{Application, ChangeItem, Mode, Release, admit};
use roadbook_core::run::Run;
use roadbook_core::text::Text;
use roadbook_store::{Scope, counters, documents, people, products, sites};
use serde_json::json;
use std::collections::BTreeMap;

/// What a release is opened with.
#[derive(Clone, Debug, Default)]
pub struct NewRelease {
    /// Product.
    pub product: Option<ProductId>,
    /// Process; its effective revision is pinned.
    pub process: String,
    /// Version as printed.
    pub version: String,
    /// Title.
    pub title: String,
    /// Kind, e.g. `upgrade`.
    pub kind: String,
    /// Planned unless said otherwise.
    pub mode: Option<Mode>,
    /// Why this mode.
    pub mode_reason: String,
    /// Content of the application.
    pub content: String,
    /// Purposes.
    pub purposes: Vec<String>,
    /// Project, if there is a formal one.
    pub project: Option<String>,
    /// Changes.
    pub items: Vec<NewReleaseItem>,
    /// System requirements.
    pub requirements: Text,
    /// Lead; the applicant unless said otherwise.
    pub lead: Option<PersonId>,
    /// Unit of the applicant; theirs unless said otherwise.
    pub unit: Option<UnitId>,
    /// Role holders of this release.
    pub roles: BTreeMap<String, Vec<PersonId>>,
    /// Sites with one of these tags; with `sites`. Both empty: all sites.
    pub site_tags: Vec<String>,
    /// These sites.
    pub sites: Vec<SiteId>,
    /// Releases that must be closed first.
    pub related: Vec<ReleaseId>,
}

/// A change of a new release.
#[derive(Clone, Debug, Default)]
pub struct NewReleaseItem {
    /// Title.
    pub title: Text,
    /// Kind.
    pub kind: String,
    /// Purpose.
    pub purpose: String,
    /// Answers to what the process asks of each change.
    pub facts: BTreeMap<String, roadbook_core::process::expr::Value>,
}

impl App {
    /// Opens a release in state draft and reserves its version (S4c-01).
    pub async fn release_create(&self, call: &Call, mut new: NewRelease) -> Result<Receipt> {
        let person = call.person()?.clone();
        let product_id = new
            .product
            .clone()
            .ok_or_else(|| Error::field("product", "required", "name the product"))?;
        let product = products::get(self.store(), &Scope::all(), &product_id)
            .await?
            .ok_or(Error::NotFound { what: "product" })?;
        let place = Resource {
            units: self.unit_chain(&product.unit_id).await?,
            product: Some(product_id.clone()),
            ..Resource::default()
        };
        call.authorize(Action::Create, Kind::Release, &place, "product")?;
        check_texts(&new)?;
        let revision = roadbook_store::processes::effective(self.store(), &new.process)
            .await?
            .ok_or_else(|| {
                let message = format!("there is no process `{}` in force", new.process);
                Error::field("process", "unknown", message)
            })?
            .revision as u32;
        let template = self.template(&new.process, revision).await?;
        if !new.version.trim().is_empty() {
            new.version = self.version_check(&call.actor, &product_id, &new.version).await?;
        }
        self.version_free(&product_id, &new.version).await?;
        let me = people::get(self.store(), &person).await?.ok_or(Error::Unauthenticated)?;
        let stays_out = template.accepts.as_ref().map_or(&[][..], |it| &it.no_sites);
        let sites = self.sites_in_scope(&new, stays_out).await?;
        let mut release = self.compose(new, &product_id, &me, revision);
        release.sites = sites.len() as u32;
        let refusals = admit(&template, &release);
        if !refusals.is_empty() {
            return Err(Error::NotAdmitted(refusals));
        }
        let loaded = LoadedRelease { release, revision: 0, template };
        self.commit_new(call, loaded, &product.unit_id, &sites).await
    }

    async fn commit_new(
        &self,
        call: &Call,
        mut loaded: LoadedRelease,
        unit: &UnitId,
        sites: &[SiteId],
    ) -> Result<Receipt> {
        // Two applications at one moment race for the number; the loser takes the next.
        for _ in 0..3 {
            let now = self.now();
            let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
            let counter = format!("release-{year}");
            let used = counters::value(self.store(), &counter).await?;
            loaded.release.number = format!("R-{year}-{:04}", used + 1);
            let ctx = self.release_context(&loaded, &call.actor, None).await?;
            let release = &loaded.release;
            let mut commit = self.begin(call);
            commit.writes.push(counters::advance(&counter, used));
            commit.writes.push(documents::insert_typed(release.id.as_str(), release, now));
            commit.writes.extend(sites::enter_of_release(&release.id, sites));
            commit.writes.extend(index::writes(&loaded, &ctx, unit, None));
            let commit = commit.entry(
                format!("release/{}", release.id),
                "release.opened",
                json!({
                    "number": release.number,
                    "product": release.product.as_str(),
                    "version": release.version,
                    "process": format!("{}@{}", release.run.process, release.run.revision),
                    "kind": release.kind,
                    "mode": release.mode.name(),
                    "mode_reason": release.mode_reason,
                    "sites": release.sites,
                }),
            );
            let receipt = Receipt {
                id: release.id.to_string(),
                label: release.number.clone(),
                revision: 1,
                created: true,
                ..Receipt::default()
            };
            match self.finish(call, commit, receipt).await {
                Err(Error::Stale { what }) if what == "counter" => {}
                other => return other,
            }
        }
        Err(Error::Stale { what: "release number".to_owned() })
    }

    /// A version is given out once per product (S4c-01).
    async fn version_free(&self, product: &ProductId, version: &str) -> Result<()> {
        let taken = roadbook_store::releases::versions_of(self.store(), product).await?;
        if taken.iter().any(|it| it.version.as_deref() == Some(version.trim())) {
            return Err(Error::field(
                "version",
                "taken",
                format!("version `{version}` belongs to another release of this product"),
            ));
        }
        Ok(())
    }

    fn compose(
        &self,
        new: NewRelease,
        product: &ProductId,
        me: &people::Person,
        revision: u32,
    ) -> Release {
        let items = new
            .items
            .into_iter()
            .enumerate()
            .map(|(index, item)| ChangeItem {
                id: format!("c{}", index + 1),
                title: item.title,
                kind: item.kind,
                purpose: item.purpose,
                facts: item.facts,
            })
            .collect();
        Release {
            id: ReleaseId::new(self.seed()),
            number: String::new(),
            product: product.clone(),
            version: new.version.trim().to_owned(),
            title: new.title.trim().to_owned(),
            kind: new.kind,
            mode: new.mode.unwrap_or(Mode::Planned),
            mode_reason: new.mode_reason,
            purposes: new.purposes,
            application: Application {
                applicant: me.id.clone(),
                unit: Some(new.unit.unwrap_or_else(|| me.unit_id.clone())),
                at: self.now(),
                content: new.content,
            },
            project: new.project,
            items,
            requirements: new.requirements,
            prepare: Vec::new(),
            lead: new.lead.unwrap_or_else(|| me.id.clone()),
            roles: new.roles,
            sites: 0,
            related: new.related,
            special_need: Vec::new(),
            action_plan: Vec::new(),
            packages: Vec::new(),
            editors: vec![me.id.clone()],
            run: Run::draft(&new.process, revision),
            generation: 1,
        }
    }

    /// The sites a release is for; fixed here, so that a moving group never moves a wave. Sites
    /// that the process does not reach (a test environment) stay out.
    async fn sites_in_scope(&self, new: &NewRelease, stays_out: &[String]) -> Result<Vec<SiteId>> {
        let mut no_site = Vec::new();
        for tag in stays_out {
            no_site.extend(self.sites_tagged(std::slice::from_ref(tag)).await?);
        }
        if !new.sites.is_empty() {
            let mut wanted = new.sites.clone();
            wanted.sort();
            wanted.dedup();
            let mut known = 0;
            for part in wanted.chunks(500) {
                known += sites::by_ids(self.store(), &Scope::all(), part).await?.len();
            }
            if known != wanted.len() {
                return Err(Error::field("sites", "unknown", "one of the sites does not exist"));
            }
            if new.sites.iter().any(|it| no_site.contains(it)) {
                let message = format!(
                    "this process reaches production only, and one of the sites is tagged {}; leave it out, or change its tags if it is production",
                    stays_out.join(", ")
                );
                return Err(Error::field("sites", "no_production", message));
            }
            return Ok(wanted);
        }
        let mut all = Vec::new();
        let wanted: Vec<Vec<String>> = if new.site_tags.is_empty() {
            vec![Vec::new()]
        } else {
            new.site_tags.iter().map(|it| vec![it.clone()]).collect()
        };
        for tags in wanted {
            all.extend(self.sites_tagged(&tags).await?);
        }
        all.retain(|it| !no_site.contains(it));
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// Sites in use that have all of these tags.
    async fn sites_tagged(&self, tags: &[String]) -> Result<Vec<SiteId>> {
        let mut all = Vec::new();
        let filter = sites::SiteFilter { tags: tags.to_vec(), ..sites::SiteFilter::default() };
        let mut ask = roadbook_store::PageAsk::first(200);
        loop {
            let page = sites::list(self.store(), &Scope::all(), &filter, &ask).await?;
            all.extend(page.rows.into_iter().filter(|it| it.active).map(|it| it.id));
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => break,
            }
        }
        Ok(all)
    }
}

fn check_texts(new: &NewRelease) -> Result<()> {
    let mut wrong = Vec::new();
    let mut bounded = |field: &str, text: &str, max: usize| {
        if text.chars().count() > max {
            let message = format!("at most {max} characters");
            wrong.push(FieldError::new(field, "too_long", message));
        }
    };
    bounded("title", &new.title, NAME_CHARS_MAX);
    bounded("version", &new.version, 64);
    bounded("content", &new.content, REMARK_CHARS_MAX);
    bounded("mode_reason", &new.mode_reason, REMARK_CHARS_MAX);
    if new.title.trim().is_empty() {
        wrong.push(FieldError::new("title", "required", "give the release a short title"));
    }
    if new.version.trim().is_empty() {
        wrong.push(FieldError::new("version", "required", "a release states its version"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}
