//! Opening a release: the application (S3-81), its number, version, process and people.

use super::begin::turns_to_sites;
use super::{LoadedRelease, index};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, FieldError, Result};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, SiteId, UnitId};
use roadbook_core::limits::{NAME_CHARS_MAX, REMARK_CHARS_MAX};
use roadbook_core::process::expr::Value;
use roadbook_core::process::start;
use roadbook_core::process::template::{Subject, Template};
use roadbook_core::release::{
    Application, ChangeItem, Mode, Release, ReleaseRefusal, admit, bound, forced_kind,
};
use roadbook_core::run::{Run, role_name};
use roadbook_core::schedule::Period;
use roadbook_core::text::Text;
use roadbook_store::runs::{self, RunOrigin};
use roadbook_store::{Scope, counters, documents, people, products, sites};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// The period of a run about one; unless said otherwise the first that can still be kept.
    pub period: Option<Period>,
    /// Answers to fields of the process that are known already.
    pub fields: BTreeMap<String, Value>,
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

impl From<ChangeItem> for NewReleaseItem {
    fn from(it: ChangeItem) -> NewReleaseItem {
        NewReleaseItem { title: it.title, kind: it.kind, purpose: it.purpose, facts: it.facts }
    }
}

impl App {
    /// Opens a release in state draft and reserves its version (S4c-01).
    #[boxed]
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
        let may = call.authorize(Action::Create, Kind::Release, &place, "product");
        // What ships nothing is opened by whoever does its first work, too.
        let (revision, template) = match self.process_in_force(&new.process).await {
            Ok(found) => found,
            Err(error) => return Err(may.err().unwrap_or(error)),
        };
        if let Err(denied) = may
            && !self.begins_work(&person, &product_id, &template).await?
        {
            return Err(denied);
        }
        check_texts(&new, template.subject)?;
        if !new.version.trim().is_empty() {
            new.version = self.version_check(&call.actor, &product_id, &new.version).await?;
        }
        if template.subject.is_release() {
            self.version_free(&product_id, &new.version).await?;
        }
        let me = people::get(self.store(), &person).await?.ok_or(Error::Unauthenticated)?;
        let stays_out = template.accepts.as_ref().map_or(&[][..], |it| &it.no_sites);
        // What is no release reaches the sites that are named, and no others; an issue may turn out
        // to be one of any site, and its process says which of them hear of it.
        let none = new.sites.is_empty() && new.site_tags.is_empty();
        let any = template.subject == Subject::Issue && turns_to_sites(&template);
        let sites = if template.subject.is_release() || any || !none {
            self.sites_in_scope(&new, stays_out).await?
        } else {
            Vec::new()
        };
        let named = new.lead.is_some();
        let mut release = self.compose(new, &product_id, &me.id, &me.unit_id, revision, &template);
        // The changes say which class it is; whoever names another one is refused.
        if release.kind.is_empty()
            && let Some(forced) = forced_kind(&template, &release)
        {
            release.kind = forced.class;
        }
        release.sites = sites.len() as u32;
        if let Some(role) = template.responsible.as_ref().filter(|_| !named) {
            let holders = self.role_holders(&template, &release, self.now()).await?;
            if let Some(first) = holders.get(role).and_then(|it| it.first()) {
                release.lead = first.clone();
            }
        }
        if release.run.period.is_none() {
            release.run.period = self.first_period(&template).await?;
        }
        let mut refusals = admit(&template, &release);
        refusals.extend(self.process_bound(&template, &release).await?);
        if !refusals.is_empty() {
            return Err(Error::NotAdmitted(refusals));
        }
        let loaded = LoadedRelease { release, revision: 0, template };
        self.commit_new(call, loaded, &product.unit_id, &sites, None).await
    }

    /// Head office may bind its units to another process for this.
    async fn process_bound(
        &self,
        template: &Template,
        release: &Release,
    ) -> Result<Option<ReleaseRefusal>> {
        let mut all = Vec::new();
        for (id, revision) in roadbook_store::processes::in_force(self.store()).await? {
            all.push(self.template(&id, revision as u32).await?);
        }
        Ok(bound(template, release, all.iter().map(AsRef::as_ref)))
    }

    /// Does this person do the first work of a process that ships nothing?
    async fn begins_work(
        &self,
        person: &PersonId,
        product: &ProductId,
        template: &Template,
    ) -> Result<bool> {
        if template.subject.is_release() {
            return Ok(false);
        }
        let first = template.phases.first().and_then(|it| it.steps.first());
        let roles = first.map(|it| it.roles.as_slice()).unwrap_or_default();
        let held = self.roles_of_person(person, product, template).await?;
        Ok(roles.iter().any(|it| held.contains(&role_name(it))))
    }

    /// The period with which runs of a process begin, if they are about periods.
    #[boxed]
    pub async fn first_period(&self, template: &Template) -> Result<Option<Period>> {
        if !start::has_rhythm(template) {
            return Ok(None);
        }
        let clock = self.working_calendar().await?;
        Ok(start::first_period(template, self.now(), &clock))
    }

    /// The effective revision of a process.
    pub(crate) async fn process_in_force(&self, id: &str) -> Result<(u32, Arc<Template>)> {
        let row = roadbook_store::processes::effective(self.store(), id).await?;
        let row = row.ok_or_else(|| {
            let message = format!("there is no process `{id}` in force");
            Error::field("process", "unknown", message)
        })?;
        let revision = row.revision as u32;
        Ok((revision, self.template(id, revision).await?))
    }

    pub(super) async fn commit_new(
        &self,
        call: &Call,
        mut loaded: LoadedRelease,
        unit: &UnitId,
        sites: &[SiteId],
        cause: Option<&RunOrigin>,
    ) -> Result<Receipt> {
        let LoadedRelease { release, template, .. } = &mut loaded;
        release.run.settings = self.settings_for(template, &release.product).await?;
        let places = self.with_parts(sites, template).await?;
        // Two applications at one moment race for the number; the loser takes the next.
        for _ in 0..3 {
            let now = self.now();
            let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
            let subject = loaded.release.subject;
            let counter = format!("{}-{year}", subject.name());
            let used = counters::value(self.store(), &counter).await?;
            loaded.release.number = format!("{}-{year}-{:04}", subject.letter(), used + 1);
            let ctx = self.release_context(&loaded, &call.actor, None).await?;
            let release = &loaded.release;
            let mut commit = self.begin(call);
            commit.writes.push(counters::advance(&counter, used));
            commit.writes.push(documents::insert_typed(release.id.as_str(), release, now));
            commit.writes.extend(sites::enter_of_release(&release.id, &places));
            commit.writes.extend(index::writes(&loaded, &ctx, unit, None));
            commit.writes.extend(cause.map(runs::began));
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
                    "subject": release.subject.name(),
                    "origin": release.origin,
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

    pub(super) fn compose(
        &self,
        new: NewRelease,
        product: &ProductId,
        me: &PersonId,
        unit: &UnitId,
        revision: u32,
        template: &Template,
    ) -> Release {
        let mut run = Run::draft(&new.process, revision);
        run.period = new.period;
        run.fields = new.fields;
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
            subject: template.subject,
            origin: None,
            product: product.clone(),
            version: new.version.trim().to_owned(),
            title: new.title.trim().to_owned(),
            kind: new.kind,
            mode: new.mode.unwrap_or(Mode::Planned),
            mode_reason: new.mode_reason,
            purposes: new.purposes,
            application: Application {
                applicant: me.clone(),
                unit: Some(new.unit.unwrap_or_else(|| unit.clone())),
                at: self.now(),
                content: new.content,
            },
            project: new.project,
            items,
            requirements: new.requirements,
            prepare: Vec::new(),
            lead: new.lead.unwrap_or_else(|| me.clone()),
            roles: new.roles,
            sites: 0,
            related: new.related,
            special_need: Vec::new(),
            action_plan: Vec::new(),
            packages: Vec::new(),
            editors: vec![me.clone()],
            run,
            generation: 1,
        }
    }

    /// The whole sites a release is for; fixed here, so that a moving group never moves a wave.
    /// Sites that the process does not reach (a test environment) stay out.
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
                let found = sites::by_ids(self.store(), &Scope::all(), part).await?;
                known += found.len();
                if let Some(part) = found.iter().find(|it| it.part_of.is_some()) {
                    let message = format!(
                        "`{}` is a part of a site; name the site, and its parts come with it",
                        part.key
                    );
                    return Err(Error::field("sites", "part_of_site", message));
                }
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

    /// Whole sites in use that have all of these tags.
    async fn sites_tagged(&self, tags: &[String]) -> Result<Vec<SiteId>> {
        let mut all = Vec::new();
        let filter =
            sites::SiteFilter { tags: tags.to_vec(), whole: true, ..sites::SiteFilter::default() };
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

fn check_texts(new: &NewRelease, subject: Subject) -> Result<()> {
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
    if subject.is_release() && new.version.trim().is_empty() {
        wrong.push(FieldError::new("version", "required", "a release states its version"));
    }
    if !subject.is_release() && !new.version.trim().is_empty() {
        let message =
            format!("a run about {} ships nothing; leave the version out", subject.name());
        wrong.push(FieldError::new("version", "not_here", message));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}
