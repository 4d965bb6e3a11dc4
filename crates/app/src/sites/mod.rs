//! Customer sites: who looks after them, who is told, which version runs where.

mod asked;
mod contacts;
mod decide;
mod deploy;
mod history;
mod matrix;
mod of_release;
mod packages;
mod parameters;
mod parts;
mod rules;
mod view;

pub use asked::{Asked, AskedPaper};
pub use contacts::ContactInput;
pub(crate) use contacts::{fill as contact_fill, new_contact};
pub use decide::{FeedbackInput, SiteAnswer, SiteDecision, Success};
pub use deploy::{DeploymentReport, Outcome, Reporter};
pub(crate) use deploy::{More, is_open};
pub use history::HistoryLine;
pub use matrix::{MatrixCell, MatrixRow, OlderSite};
pub use of_release::{ReleaseSite, ReleaseSiteFilter};
pub use parts::Among;
pub(crate) use parts::kind as part_kind;
pub(crate) use parts::read_kind;
pub(crate) use parts::{check_use, follow, full_name, inherited, name_among, no_part_of_part};
pub(crate) use rules::sort_key;
pub use view::{
    PartView, SiteListFilter, SiteListItem, SiteReleaseView, SiteVersionView, SiteView,
};

pub use packages::Installable;
pub use parameters::ParameterSheet;
pub use roadbook_store::deployments::Wanted as DeploymentSearch;

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{SiteId, UnitId};
use roadbook_core::limits::SITES_MAX;
use roadbook_core::rollout::Part;
use roadbook_core::text::Lang;
use roadbook_store::sites::{self, Site, SiteFilter};
use roadbook_store::{Commit, Entry, Scope, units};
use serde_json::json;

/// Who decides about updates of a site (D-23).
pub const UPDATE_AUTHORITIES: [&str; 2] = ["customer", "vendor"];
/// Tags of one site.
const TAGS_MAX: usize = 50;

/// What a site is made or changed with.
#[derive(Clone, Debug, Default)]
pub struct SiteInput {
    /// Short name; does not change any more.
    pub key: String,
    /// Name.
    pub name: String,
    /// The unit that looks after it.
    pub unit: Option<UnitId>,
    /// The customer, as people call it.
    pub customer: String,
    /// Time zone.
    pub zone: String,
    /// Language.
    pub lang: String,
    /// Postal address.
    pub address: String,
    /// Class: how much depends on it; empty is `normal`.
    pub class: String,
    /// One of [`UPDATE_AUTHORITIES`]; empty is `customer`.
    pub update_authority: String,
    /// Tags.
    pub tags: Vec<String>,
    /// In use.
    pub active: bool,
    /// The site that it is a part of; none for a whole site. Does not change any more.
    pub part_of: Option<SiteId>,
    /// `site`, `environment` or `user_group`; empty is a whole site, or what it was.
    pub part: String,
}

impl App {
    /// Makes a site.
    #[boxed]
    pub async fn site_create(&self, call: &Call, input: SiteInput) -> Result<Receipt> {
        let mut check = Check::new();
        let of = match &input.part_of {
            Some(of) => Some(self.roof(&self.scope_for(&call.actor).await?, of).await?),
            None => None,
        };
        let input = match &of {
            // Who may change a site may say what it consists of.
            Some(of) => {
                let place = self.site_resource(&of.id).await?;
                call.authorize(Action::Edit, Kind::Site, &place, "site")?;
                check_use(&mut check, input.active, of);
                inherited(&mut check, &input, of)
            }
            None => input,
        };
        let unit =
            input.unit.clone().ok_or_else(|| Error::field("unit", "required", "is required"))?;
        if of.is_none() {
            let place = self.unit_resource(&unit).await?;
            call.authorize(Action::Create, Kind::Site, &place, "unit")?;
        }
        let mut site = new_site(SiteId::new(self.seed()), unit);
        site.part = read_kind(&mut check, &input.part, of.as_ref()).name().to_owned();
        site.part_of = of.map(|it| it.id);
        let tags = fill(&mut check, &mut site, &input);
        if units::get(self.store(), &site.unit_id).await?.is_none() {
            check.wrong("unit", "unknown", "is no unit");
        }
        check.done()?;
        let all = SiteFilter::default();
        if sites::count(self.store(), &Scope::all(), &all).await? >= SITES_MAX as i64 {
            return Err(Error::Rule {
                code: "too_many_sites",
                message: format!("an installation has at most {SITES_MAX} sites"),
            });
        }
        if sites::by_key(self.store(), &Scope::all(), &site.key).await?.is_some() {
            return Err(Error::field("key", "taken", "belongs to another site"));
        }
        let mut commit = self.begin(call);
        write_site(&mut commit, &site, &tags, true);
        let receipt = Receipt {
            id: site.id.to_string(),
            label: site.key,
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Changes a site; its key stays.
    #[boxed]
    pub async fn site_edit(&self, call: &Call, id: &SiteId, input: SiteInput) -> Result<Receipt> {
        let place = self.site_resource(id).await?;
        call.authorize(Action::Edit, Kind::Site, &place, "site")?;
        let mut site = self.site_row(id).await?;
        call.check_revision(site.revision, "site")?;
        let mut check = Check::new();
        if input.part_of.is_some() && input.part_of != site.part_of {
            check.wrong("part_of", "fixed", "stays: what was done there stays with its site");
        }
        let of = match &site.part_of {
            Some(of) => Some(self.site_row(of).await?),
            None => None,
        };
        let input = match &of {
            Some(of) => {
                check_use(&mut check, input.active, of);
                inherited(&mut check, &input, of)
            }
            None => input,
        };
        if !input.part.trim().is_empty() {
            site.part = read_kind(&mut check, &input.part, of.as_ref()).name().to_owned();
        }
        if let Some(unit) = input.unit.as_ref().filter(|it| **it != site.unit_id) {
            if units::get(self.store(), unit).await?.is_none() {
                return Err(Error::field("unit", "unknown", "is no unit"));
            }
            let there = self.unit_resource(unit).await?;
            call.authorize(Action::Create, Kind::Site, &there, "unit")?;
            site.unit_id = unit.clone();
        }
        let key = site.key.clone();
        let tags = fill(&mut check, &mut site, &input);
        if site.key != key {
            check.wrong("key", "fixed", format!("stays `{key}`: others refer to it"));
        }
        check.done()?;
        let mut commit = self.begin(call);
        write_site(&mut commit, &site, &tags, false);
        self.parts_follow(&mut commit, &site).await?;
        let receipt = Receipt {
            id: id.to_string(),
            label: site.key,
            revision: site.revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Whether it is a part of a site.
    #[boxed]
    pub async fn site_is_part(&self, id: &SiteId) -> Result<bool> {
        Ok(self.site_row(id).await?.part_of.is_some())
    }

    pub(crate) async fn site_row(&self, id: &SiteId) -> Result<Site> {
        sites::get(self.store(), &Scope::all(), id).await?.ok_or(Error::NotFound { what: "site" })
    }
}

/// A site without content.
pub(crate) fn new_site(id: SiteId, unit: UnitId) -> Site {
    Site {
        id,
        key: String::new(),
        name: String::new(),
        unit_id: unit,
        customer: None,
        zone: String::new(),
        lang: Lang::En,
        address: String::new(),
        class: String::new(),
        update_authority: String::new(),
        active: true,
        revision: 1,
        part_of: None,
        part: Part::Site.name().to_owned(),
    }
}

/// Takes over what was given; answers the tags.
pub(crate) fn fill(check: &mut Check, site: &mut Site, input: &SiteInput) -> Vec<String> {
    site.key = check.key("key", &input.key);
    site.name = check.name("name", &input.name);
    site.customer = check.optional("customer", Some(&input.customer));
    site.zone = check.zone("zone", &input.zone);
    site.lang = check.lang("lang", &input.lang);
    // An address has lines.
    site.address = check.remark("address", &input.address, false);
    site.class = check.optional("class", Some(&input.class)).unwrap_or_else(|| "normal".to_owned());
    site.update_authority = match input.update_authority.trim() {
        "" => "customer".to_owned(),
        known if UPDATE_AUTHORITIES.contains(&known) => known.to_owned(),
        _ => {
            let message = format!("is one of {}", UPDATE_AUTHORITIES.join(", "));
            check.wrong("update_authority", "unknown", message);
            String::new()
        }
    };
    site.active = input.active;
    let mut tags: Vec<String> = input.tags.iter().map(|it| check.tag("tags", it)).collect();
    tags.sort();
    tags.dedup();
    if tags.len() > TAGS_MAX {
        check.wrong("tags", "too_many", format!("are at most {TAGS_MAX}"));
    }
    tags
}

/// Writes a site with its tags and what the record says about it.
pub(crate) fn write_site(commit: &mut Commit, site: &Site, tags: &[String], new: bool) {
    commit.writes.push(if new { sites::insert(site) } else { sites::update(site) });
    commit.writes.extend(sites::replace_tags(&site.id, tags));
    commit.entries.push(site_entry(site, tags, new));
}

/// What the record says about a site.
pub(crate) fn site_entry(site: &Site, tags: &[String], new: bool) -> Entry {
    let mut body = json!({
        "key": site.key,
        "unit": site.unit_id.as_str(),
        "zone": site.zone,
        "class": site.class,
        "update_authority": site.update_authority,
        "active": site.active,
        "tags": tags,
    });
    if let Some(of) = &site.part_of {
        body["part_of"] = json!(of.as_str());
        body["part"] = json!(site.part);
    }
    Entry {
        stream: format!("site/{}", site.id),
        kind: if new { "site.created" } else { "site.changed" }.to_owned(),
        body,
    }
}
