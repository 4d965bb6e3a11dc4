//! Sites and contacts from lists, and sites as a list.

use super::organization::Units;
use super::table::{Table, refuse};
use super::{Gathered, ListKind};
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::Result;
use crate::input::Check;
use crate::sites::{
    ContactInput, SiteInput, SiteListFilter, contact_fill, fill, follow, inherited, new_contact,
    new_site, no_part_of_part, read_kind, sort_key,
};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::{ContactId, ProductId, SiteId, UnitId};
use roadbook_core::version::Scheme;
use roadbook_store::sites::{self, Contact, Site};
use roadbook_store::versions::{self, SiteVersion};
use roadbook_store::{PageAsk, Write};
use std::collections::{HashMap, HashSet};

/// What is known before the first row of a list of sites is read.
struct Known {
    units: Units,
    sites: HashMap<String, Site>,
    tags: HashMap<SiteId, Vec<String>>,
    running: HashMap<(SiteId, ProductId), String>,
    products: HashMap<String, Option<(ProductId, Scheme)>>,
}

/// A site, placed in its units.
fn placed(units: &Units, site: &Site) -> Resource {
    Resource {
        site: Some(site.id.clone()),
        part_of: site.part_of.clone(),
        ..units.place(&site.unit_id)
    }
}

/// A part of a site: what the row leaves open it has from its site.
fn part_of_row(
    check: &mut Check,
    table: &Table,
    row: &[String],
    known: &Known,
    (mut site, of): (Site, &Site),
) -> (Site, Vec<String>) {
    let key = table.get(row, "key").unwrap_or_default();
    let before = known.sites.get(key);
    let named = table.filled(row, "unit").map(|it| (it, known.units.find(it)));
    if let Some((text, None)) = named {
        check.wrong("unit", "unknown", format!("`{text}` is no unit of yours"));
    }
    let cell = |column| table.get(row, column).unwrap_or_default().to_owned();
    let address = table.get(row, "address");
    let input = SiteInput {
        key: key.to_owned(),
        name: cell("name"),
        unit: named.and_then(|it| it.1),
        customer: cell("customer"),
        zone: cell("zone"),
        lang: cell("lang"),
        address: address.map_or_else(|| site.address.clone(), str::to_owned),
        class: cell("class"),
        update_authority: cell("update_authority"),
        tags: tags_of_row(table, row, known, &site.id),
        active: before.map_or(of.active, |it| it.active && of.active),
        part_of: Some(of.id.clone()),
        part: match table.filled(row, "part") {
            Some(text) => text.to_owned(),
            None => before.map(|it| it.part.clone()).unwrap_or_default(),
        },
    };
    let input = inherited(check, &input, of);
    site.unit_id = of.unit_id.clone();
    site.part = read_kind(check, &input.part, Some(of)).name().to_owned();
    site.part_of = Some(of.id.clone());
    let tags = fill(check, &mut site, &input);
    (site, tags)
}

/// Contacts belong to whole sites.
fn whole_only(check: &mut Check, site: &Site) {
    if site.part_of.is_some() {
        let message =
            format!("`{}` is a part of a site; its contacts are those of the site", site.key);
        check.wrong("site", "part_of_site", message);
    }
}

/// Tags that a row names; a list without that column leaves what is known.
fn tags_of_row(table: &Table, row: &[String], known: &Known, site: &SiteId) -> Vec<String> {
    match table.get(row, "tags") {
        Some(text) => text
            .split([';', ','])
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
        None => known.tags.get(site).cloned().unwrap_or_default(),
    }
}

impl App {
    async fn sites_known(&self, table: &Table, column: &str) -> Result<HashMap<String, Site>> {
        let mut keys: Vec<String> = table
            .rows
            .iter()
            .filter_map(|(_, row)| table.filled(row, column))
            .map(str::to_owned)
            .collect();
        keys.sort();
        keys.dedup();
        let found = sites::by_keys(self.store(), &keys).await?;
        Ok(found.into_iter().map(|it| (it.key.clone(), it)).collect())
    }

    async fn known(&self, table: &Table) -> Result<Known> {
        let mut sites = self.sites_known(table, "part_of").await?;
        sites.extend(self.sites_known(table, "key").await?);
        let ids: Vec<SiteId> = sites.values().map(|it| it.id.clone()).collect();
        let mut tags: HashMap<SiteId, Vec<String>> = HashMap::new();
        for part in ids.chunks(500) {
            for tag in sites::tags(self.store(), part).await? {
                tags.entry(tag.site_id).or_default().push(tag.tag);
            }
        }
        let running = versions::of_sites(self.store(), &ids).await?;
        let mut products = HashMap::new();
        for key in table.rows.iter().filter_map(|(_, row)| table.filled(row, "product")) {
            if !products.contains_key(key) {
                let found = match self.product_of_key(key).await? {
                    Some(id) => Some((id.clone(), self.scheme_of(&id).await?)),
                    None => None,
                };
                products.insert(key.to_owned(), found);
            }
        }
        Ok(Known {
            units: self.units_known().await?,
            sites,
            tags,
            running: running
                .into_iter()
                .map(|it| ((it.site_id, it.product_id), it.version))
                .collect(),
            products,
        })
    }

    pub(super) async fn gather_sites(
        &self,
        call: &Call,
        table: &Table,
        unit: Option<&UnitId>,
    ) -> Result<Gathered> {
        let known = self.known(table).await?;
        let home = unit.cloned().unwrap_or_else(|| known.units.root.clone());
        call.authorize(Action::Create, Kind::Site, &known.units.place(&home), "unit")?;
        let mut errors = Vec::new();
        let mut gathered = Gathered::default();
        let mut seen = HashSet::new();
        // A part may stand before its site in the list: whole sites are read first.
        let is_part = |row: &[String]| {
            let known = known.sites.get(table.get(row, "key").unwrap_or_default());
            table.filled(row, "part_of").is_some() || known.is_some_and(|it| it.part_of.is_some())
        };
        let (parts, whole): (Vec<_>, Vec<_>) = table.rows.iter().partition(|it| is_part(&it.1));
        let mut read: HashMap<String, Site> = HashMap::new();
        for (number, row) in whole.into_iter().chain(parts) {
            let mut check = Check::row(*number);
            let key = table.get(row, "key").unwrap_or_default();
            if !seen.insert(key) {
                check.wrong("key", "twice", format!("`{key}` stands in the list twice"));
            }
            let before = known.sites.get(key);
            if let Some(site) = before {
                let place = placed(&known.units, site);
                if !allowed(&call.actor, Action::Edit, Kind::Site, &place) {
                    // Whose it is, is not told.
                    check.wrong("key", "taken", format!("`{key}` belongs to another site"));
                }
            }
            let of = self.roof_of_row(&mut check, call, table, row, &known, &read).await?;
            let at = (&home, of.as_ref());
            let (site, tags) = self.site_of_row(&mut check, call, table, row, &known, at);
            let version = self.version_of_row(&mut check, call, table, row, &known, &site.id);
            errors.append(&mut check.errors);
            let same_tags = known.tags.get(&site.id).map_or(&[][..], Vec::as_slice) == tags;
            match before {
                None => {
                    gathered.writes.push(sites::insert(&site));
                    gathered.created += 1;
                }
                Some(it) if *it == site && same_tags && version.is_empty() => {
                    gathered.unchanged += 1;
                }
                Some(it) => {
                    if *it != site {
                        gathered.writes.push(sites::update(&site));
                    }
                    gathered.updated += 1;
                }
            }
            if !same_tags {
                gathered.writes.extend(sites::replace_tags(&site.id, &tags));
            }
            gathered.writes.extend(version);
            read.insert(key.to_owned(), site);
        }
        refuse(errors)?;
        gathered.writes.extend(self.parts_left(&known, &read).await?);
        Ok(gathered)
    }

    /// Parts that a list does not name follow their sites.
    async fn parts_left(&self, known: &Known, read: &HashMap<String, Site>) -> Result<Vec<Write>> {
        let changed: HashMap<&SiteId, &Site> = read
            .values()
            .filter(|it| known.sites.get(&it.key).is_some_and(|old| old != *it))
            .map(|it| (&it.id, it))
            .collect();
        let ids: Vec<SiteId> = changed.keys().map(|it| (*it).clone()).collect();
        let mut writes = Vec::new();
        for part in sites::all_parts(self.store(), &ids).await? {
            let of = part.part_of.as_ref().and_then(|it| changed.get(it));
            let after = of.map(|it| follow(&part, it)).filter(|it| *it != part);
            if let Some(after) = after.filter(|it| !read.contains_key(&it.key)) {
                writes.push(sites::update(&after));
            }
        }
        Ok(writes)
    }

    /// The site of which a row is a part.
    async fn roof_of_row(
        &self,
        check: &mut Check,
        call: &Call,
        table: &Table,
        row: &[String],
        known: &Known,
        read: &HashMap<String, Site>,
    ) -> Result<Option<Site>> {
        let before = known.sites.get(table.get(row, "key").unwrap_or_default());
        let Some(text) = table.filled(row, "part_of") else {
            let Some(of) = before.and_then(|it| it.part_of.as_ref()) else { return Ok(None) };
            let of = self.site_row(of).await?;
            return Ok(Some(read.get(&of.key).cloned().unwrap_or(of)));
        };
        let found = read.get(text).or_else(|| known.sites.get(text)).filter(|it| {
            let place = placed(&known.units, it);
            allowed(&call.actor, Action::Edit, Kind::Site, &place)
        });
        let Some(of) = found else {
            check.wrong("part_of", "unknown", format!("`{text}` is no site of yours"));
            return Ok(None);
        };
        if let Err(error) = no_part_of_part(of) {
            check.wrong("part_of", "part_of_part", error.to_string());
        }
        if before.is_some_and(|it| it.part_of.as_ref() != Some(&of.id)) {
            check.wrong("part_of", "fixed", "stays: what was done there stays with its site");
        }
        Ok(Some(of.clone()))
    }

    fn site_of_row(
        &self,
        check: &mut Check,
        call: &Call,
        table: &Table,
        row: &[String],
        known: &Known,
        (home, of): (&UnitId, Option<&Site>),
    ) -> (Site, Vec<String>) {
        let key = table.get(row, "key").unwrap_or_default();
        let before = known.sites.get(key);
        let mut site =
            before.cloned().unwrap_or_else(|| new_site(SiteId::new(self.seed()), home.clone()));
        if let Some(of) = of {
            return part_of_row(check, table, row, known, (site, of));
        }
        read_kind(check, table.get(row, "part").unwrap_or_default(), None);
        if let Some(text) = table.filled(row, "unit") {
            match known.units.find(text) {
                Some(unit) if unit == site.unit_id => {}
                Some(unit)
                    if allowed(
                        &call.actor,
                        Action::Create,
                        Kind::Site,
                        &known.units.place(&unit),
                    ) =>
                {
                    site.unit_id = unit;
                }
                _ => check.wrong("unit", "unknown", format!("`{text}` is no unit of yours")),
            }
        }
        // A column that the list does not have leaves what is known.
        let or = |column: &str, old: Option<String>, usual: &str| match table.get(row, column) {
            Some(text) if !text.is_empty() => text.to_owned(),
            Some(_) if !matches!(column, "zone" | "lang") => String::new(),
            _ => old.unwrap_or_else(|| usual.to_owned()),
        };
        let tags = tags_of_row(table, row, known, &site.id);
        let input = SiteInput {
            key: key.to_owned(),
            name: table.get(row, "name").unwrap_or_default().to_owned(),
            unit: None,
            customer: or("customer", before.and_then(|it| it.customer.clone()), ""),
            zone: or("zone", before.map(|it| it.zone.clone()), &known.units.zone),
            lang: or("lang", before.map(|it| it.lang.code().to_owned()), known.units.lang.code()),
            address: or("address", before.map(|it| it.address.clone()), ""),
            class: or("class", before.map(|it| it.class.clone()), ""),
            update_authority: or(
                "update_authority",
                before.map(|it| it.update_authority.clone()),
                "",
            ),
            tags,
            active: before.is_none_or(|it| it.active),
            part_of: None,
            part: String::new(),
        };
        let tags = fill(check, &mut site, &input);
        (site, tags)
    }

    /// What the row says the site runs, if that is new.
    fn version_of_row(
        &self,
        check: &mut Check,
        call: &Call,
        table: &Table,
        row: &[String],
        known: &Known,
        site: &SiteId,
    ) -> Vec<Write> {
        let Some(text) = table.filled(row, "version") else { return Vec::new() };
        let Some(key) = table.filled(row, "product") else {
            check.wrong("product", "required", "is required beside a version");
            return Vec::new();
        };
        let Some(Some((product, scheme))) = known.products.get(key) else {
            check.wrong("product", "unknown", format!("`{key}` is no product; make it first"));
            return Vec::new();
        };
        let version = match scheme.parse(text) {
            Ok(version) => scheme.format(&version),
            Err(refusal) => {
                check.wrong("version", refusal.code(), refusal.to_string());
                return Vec::new();
            }
        };
        if known.running.get(&(site.clone(), product.clone())) == Some(&version) {
            return Vec::new();
        }
        let now = self.now();
        let row = SiteVersion {
            site_id: site.clone(),
            product_id: product.clone(),
            since: now,
            until: None,
            sort_key: sort_key(scheme, &version),
            version,
            source: "import".to_owned(),
            reported_by: call.actor.name(),
            evidence: None,
            at: now,
        };
        versions::enter(&row).into()
    }

    pub(super) async fn gather_contacts(&self, call: &Call, table: &Table) -> Result<Gathered> {
        let units = self.units_known().await?;
        let known = self.sites_known(table, "site").await?;
        let ids: Vec<SiteId> = known.values().map(|it| it.id.clone()).collect();
        let mut there: HashMap<SiteId, Vec<Contact>> = HashMap::new();
        for part in ids.chunks(500) {
            for contact in sites::contacts(self.store(), part).await? {
                there.entry(contact.site_id.clone()).or_default().push(contact);
            }
        }
        let mut errors = Vec::new();
        let mut gathered = Gathered::default();
        let mut seen = HashSet::new();
        for (number, row) in &table.rows {
            let mut check = Check::row(*number);
            let key = table.get(row, "site").unwrap_or_default();
            let site = known.get(key).filter(|site| {
                allowed(&call.actor, Action::Edit, Kind::Site, &placed(&units, site))
            });
            let Some(site) = site else {
                check.wrong("site", "unknown", format!("`{key}` is no site of yours"));
                errors.append(&mut check.errors);
                continue;
            };
            whole_only(&mut check, site);
            let name = table.get(row, "name").unwrap_or_default();
            let email = table.filled(row, "email").map(str::to_lowercase);
            let who = email.clone().unwrap_or_else(|| name.to_owned());
            if !seen.insert((site.id.clone(), who)) {
                check.wrong("email", "twice", "stands in the list twice for this site");
            }
            let before = there.get(&site.id).and_then(|list| {
                list.iter().find(|it| match &email {
                    Some(email) => it.email.as_ref().is_some_and(|at| at.to_lowercase() == *email),
                    None => it.email.is_none() && it.name == name,
                })
            });
            let mut contact = before
                .cloned()
                .unwrap_or_else(|| new_contact(ContactId::new(self.seed()), site.id.clone()));
            let or = |column: &str, old: Option<String>, usual: &str| {
                let given = table.filled(row, column).map(str::to_owned);
                given.or(old).unwrap_or_else(|| usual.to_owned())
            };
            let input = ContactInput {
                name: name.to_owned(),
                email: table.filled(row, "email").map(str::to_owned),
                lang: or("lang", before.map(|it| it.lang.code().to_owned()), site.lang.code()),
                kind: or("kind", before.map(|it| it.kind.clone()), "admin"),
                active: before.is_none_or(|it| it.active),
            };
            contact_fill(&mut check, &mut contact, &input);
            errors.append(&mut check.errors);
            match before {
                None => {
                    gathered.writes.push(sites::insert_contact(&contact));
                    gathered.created += 1;
                }
                Some(it) if *it == contact => gathered.unchanged += 1,
                Some(_) => {
                    gathered.writes.push(sites::update_contact(&contact));
                    gathered.updated += 1;
                }
            }
        }
        refuse(errors)?;
        Ok(gathered)
    }

    /// The sites that somebody may see as a list that can be imported again. A site with several
    /// products shows the first.
    #[boxed]
    pub async fn site_export(&self, call: &Call, filter: &SiteListFilter) -> Result<Vec<u8>> {
        let scope = self.scope_for(&call.actor).await?;
        let units = self.units_known().await?;
        let mut rows = Vec::new();
        let mut ask = PageAsk::first(roadbook_core::limits::PAGE_ROWS_MAX);
        loop {
            let page = self.site_list(&scope, filter, &ask).await?;
            for item in page.rows {
                let runs = item.versions.first();
                let site = item.site;
                let unit = units.all.iter().find(|it| it.id == site.unit_id);
                rows.push(vec![
                    site.key,
                    site.name,
                    site.customer.unwrap_or_default(),
                    unit.map(|it| it.name.clone()).unwrap_or_default(),
                    site.zone,
                    site.lang.code().to_owned(),
                    site.address,
                    site.class,
                    site.update_authority,
                    item.tags.join(";"),
                    runs.map(|it| it.version.clone()).unwrap_or_default(),
                    runs.map(|it| it.product_key.clone()).unwrap_or_default(),
                    item.of.map(|it| it.key).unwrap_or_default(),
                    site.part_of.map(|_| site.part).unwrap_or_default(),
                ]);
            }
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => break,
            }
        }
        let columns: Vec<&str> = ListKind::Sites.columns().iter().map(|(it, _)| *it).collect();
        super::lines(&columns, &rows)
    }
}
