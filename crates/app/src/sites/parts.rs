//! Parts of a site: places inside it that are updated on their own, by waves of a rollout. A part
//! has its own key, agent and version; who looks after it, where it is and who decides for it are
//! those of its site.

use super::{SiteInput, UPDATE_AUTHORITIES, site_entry};
use crate::App;
use crate::error::{Error, Result};
use crate::input::{Check, clean};
use roadbook_core::ids::{ReleaseId, SiteId};
use roadbook_core::process::template::Template;
use roadbook_core::rollout::Part;
use roadbook_store::sites::{self, Site};
use roadbook_store::{Commit, Scope, deployments};
use std::collections::{BTreeSet, HashMap};

/// Parts of one site.
const PARTS_MAX: usize = 50;

/// Places among which is looked for those that match, and what becomes of one for which a condition
/// has no answer, because nobody knows its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// Whole sites: they have contacts, and decide. One that cannot be judged matches: one notice too
    /// many is better than one too few.
    Sites,
    /// What is updated: each site, or its parts instead of it. One that cannot be judged does not
    /// match: nothing is installed on a guess.
    Places,
}

impl Among {
    /// Leaves out of the sites of a release those that are not meant.
    pub(super) fn keep(self, list: &mut Vec<Site>) {
        list.retain(|it| it.active);
        match self {
            Among::Sites => list.retain(|it| it.part_of.is_none()),
            Among::Places => {
                let roofs: BTreeSet<SiteId> =
                    list.iter().filter_map(|it| it.part_of.clone()).collect();
                list.retain(|it| !roofs.contains(&it.id));
            }
        }
    }
}

/// What a site is; a word that nobody knows is a whole site.
pub(crate) fn kind(site: &Site) -> Part {
    Part::parse(&site.part).unwrap_or_default()
}

/// The name of a site; of a part, with the name of the site that it is a part of before it.
pub(crate) fn full_name(site: &Site, of: Option<&Site>) -> String {
    of.map_or_else(|| site.name.clone(), |of| format!("{}{}{}", of.name, sites::BETWEEN, site.name))
}

/// As [`full_name`], where the site of a part is looked for among these.
pub(crate) fn name_among(site: &Site, list: &HashMap<SiteId, Site>) -> String {
    full_name(site, site.part_of.as_ref().and_then(|it| list.get(it)))
}

/// Reads what a site is: parts belong to a site, whole sites to none.
pub(crate) fn read_kind(check: &mut Check, text: &str, of: Option<&Site>) -> Part {
    let part = match text.trim() {
        "" => Some(Part::Site),
        word => Part::parse(word),
    };
    let Some(part) = part else {
        let names = Part::ALL.map(Part::name).join(", ");
        check.wrong("part", "unknown", format!("is one of {names}"));
        return Part::Site;
    };
    match (part, of) {
        (Part::Site, Some(of)) => {
            let message =
                format!("is required for a part of `{}`: `environment` or `user_group`", of.key);
            check.wrong("part", "required", message);
        }
        (Part::Environment | Part::UserGroup, None) => {
            check.wrong("part_of", "required", "names the site that this is a part of");
        }
        _ => {}
    }
    part
}

/// The input of a part with what it has from its site; whatever contradicts it is wrong.
pub(crate) fn inherited(check: &mut Check, input: &SiteInput, of: &Site) -> SiteInput {
    let mut same = |field: &str, given: &str, theirs: &str| {
        let given = clean(given);
        if !given.is_empty() && given != theirs {
            let message = format!(
                "is `{theirs}`, as of its site `{}`; leave it out here, or change it there",
                of.key
            );
            check.wrong(field, "of_site", message);
        }
        theirs.to_owned()
    };
    let usual = UPDATE_AUTHORITIES[0];
    let theirs = if of.update_authority.is_empty() { usual } else { &of.update_authority };
    SiteInput {
        unit: {
            if let Some(unit) = &input.unit {
                same("unit", unit.as_str(), of.unit_id.as_str());
            }
            Some(of.unit_id.clone())
        },
        customer: same("customer", &input.customer, of.customer.as_deref().unwrap_or_default()),
        zone: same("zone", &input.zone, &of.zone),
        lang: same("lang", &input.lang, of.lang.code()),
        class: same("class", &input.class, &of.class),
        update_authority: same("update_authority", &input.update_authority, theirs),
        ..input.clone()
    }
}

/// A part as its site is now; a site that is no longer in use has no part in use.
pub(crate) fn follow(part: &Site, of: &Site) -> Site {
    Site {
        unit_id: of.unit_id.clone(),
        customer: of.customer.clone(),
        zone: of.zone.clone(),
        lang: of.lang,
        class: of.class.clone(),
        update_authority: of.update_authority.clone(),
        active: part.active && of.active,
        ..part.clone()
    }
}

/// Refuses a part in use at a site that is not.
pub(crate) fn check_use(check: &mut Check, active: bool, of: &Site) {
    if active && !of.active {
        let message = format!("its site `{}` is not in use; take that into use first", of.key);
        check.wrong("active", "of_site", message);
    }
}

impl App {
    /// The site that somebody wants to make a part of.
    pub(super) async fn roof(&self, scope: &Scope, id: &SiteId) -> Result<Site> {
        let found = sites::get(self.store(), scope, id).await?;
        let found = found.ok_or_else(|| Error::field("part_of", "unknown", "is no site"))?;
        no_part_of_part(&found)?;
        if sites::all_parts(self.store(), std::slice::from_ref(id)).await?.len() >= PARTS_MAX {
            let message = format!("`{}` has as many parts as a site can have", found.key);
            return Err(Error::field("part_of", "too_many", message));
        }
        Ok(found)
    }

    /// What a site hands down to its parts, in the commit that changes it.
    pub(super) async fn parts_follow(&self, commit: &mut Commit, site: &Site) -> Result<()> {
        let parts = sites::all_parts(self.store(), std::slice::from_ref(&site.id)).await?;
        if parts.is_empty() {
            return Ok(());
        }
        let ids: Vec<SiteId> = parts.iter().map(|it| it.id.clone()).collect();
        let mut tags: HashMap<SiteId, Vec<String>> = HashMap::new();
        for tag in sites::tags(self.store(), &ids).await? {
            tags.entry(tag.site_id).or_default().push(tag.tag);
        }
        for part in parts {
            let after = follow(&part, site);
            if after == part {
                continue;
            }
            commit.writes.push(sites::update(&after));
            let own = tags.get(&after.id).map_or(&[][..], Vec::as_slice);
            commit.entries.push(site_entry(&after, own, false));
        }
        Ok(())
    }

    /// Refuses a part where its site speaks for it.
    pub(super) async fn whole(&self, site: &Site) -> Result<()> {
        let Some(of) = &site.part_of else { return Ok(()) };
        let of = self.site_row(of).await?;
        Err(Error::Rule {
            code: "part_of_site",
            message: format!(
                "`{}` is a part of the site `{}`, which speaks for all of its parts; do this for `{}`",
                site.key, of.key, of.key
            ),
        })
    }

    /// Refuses a site that is updated part by part: nothing is installed at it.
    pub(super) async fn no_roof(&self, site: &Site, release: &ReleaseId) -> Result<()> {
        if site.part_of.is_some() {
            return Ok(());
        }
        let parts = deployments::at_parts(self.store(), release, &site.id).await?;
        if parts.is_empty() {
            return Ok(());
        }
        let ids: Vec<SiteId> = parts.into_iter().map(|it| it.site_id).collect();
        let found = sites::by_ids(self.store(), &Scope::all(), &ids).await?;
        let keys: Vec<&str> = found.iter().map(|it| it.key.as_str()).collect();
        Err(Error::Rule {
            code: "site_has_parts",
            message: format!(
                "`{}` is updated part by part; report what came of {}",
                site.key,
                keys.join(", ")
            ),
        })
    }

    /// These sites and their parts in use: what a release for them is for. Parts that its process
    /// does not reach (a test environment) stay out, as sites do.
    pub(crate) async fn with_parts(
        &self,
        whole: &[SiteId],
        template: &Template,
    ) -> Result<Vec<SiteId>> {
        let parts = sites::parts_of(self.store(), whole).await?;
        if parts.is_empty() {
            return Ok(whole.to_vec());
        }
        let stays_out = template.accepts.as_ref().map_or(&[][..], |it| &it.no_sites);
        let mut ids: Vec<SiteId> = parts.into_iter().map(|it| it.0).collect();
        for part in ids.clone().chunks(500) {
            for tag in sites::tags(self.store(), part).await? {
                if stays_out.contains(&tag.tag) {
                    ids.retain(|it| *it != tag.site_id);
                }
            }
        }
        ids.extend_from_slice(whole);
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// Names and keys of the sites that some of these are parts of.
    pub(crate) async fn roofs_of<'a>(
        &self,
        list: impl Iterator<Item = &'a Site> + Send,
    ) -> Result<HashMap<SiteId, Site>> {
        let ids: BTreeSet<SiteId> = list.filter_map(|it| it.part_of.clone()).collect();
        let ids: Vec<SiteId> = ids.into_iter().collect();
        let mut found = HashMap::new();
        for part in ids.chunks(500) {
            let rows = sites::by_ids(self.store(), &Scope::all(), part).await?;
            found.extend(rows.into_iter().map(|it| (it.id.clone(), it)));
        }
        Ok(found)
    }
}

/// A part has no parts of its own.
pub(crate) fn no_part_of_part(of: &Site) -> Result<()> {
    if of.part_of.is_none() {
        return Ok(());
    }
    Err(Error::Rule {
        code: "part_of_part",
        message: format!(
            "`{}` is a part of a site itself, and a part has no parts; name its site instead",
            of.key
        ),
    })
}
