//! From an audience of the process to exact recipients, each with language, zone and address.

use crate::App;
use crate::error::Result;
use crate::releases::LoadedRelease;
use crate::sites::Among;
use roadbook_core::ids::{PersonId, SiteId, UnitId};
use roadbook_core::process::template::Who;
use roadbook_core::release::SpecialNeed;
use roadbook_core::text::Lang;
use roadbook_store::people::{Person, PersonFilter};
use roadbook_store::sites::{Contact, Site};
use roadbook_store::{PageAsk, Scope, notices, people, sites, units};
use std::collections::{BTreeMap, BTreeSet};

/// What a recipient is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecipientKind {
    /// A person of the organization.
    Person,
    /// A contact of a site.
    Contact,
    /// A subscriber of the public page.
    Subscriber,
}

impl RecipientKind {
    /// Short name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            RecipientKind::Person => "person",
            RecipientKind::Contact => "contact",
            RecipientKind::Subscriber => "subscriber",
        }
    }
}

/// One recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    /// What it is.
    pub kind: RecipientKind,
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// E-mail address, if there is one.
    pub address: Option<String>,
    /// Language.
    pub lang: Lang,
    /// IANA time zone.
    pub zone: String,
    /// Units of a person, nearest first.
    pub units: Vec<UnitId>,
    /// Site of a contact: id and name.
    pub site: Option<(SiteId, String)>,
}

/// Somebody or something to be talked to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Site(SiteId),
    Unit(UnitId),
    Person(PersonId),
}

impl Target {
    pub(crate) fn parts(&self) -> (&'static str, &str) {
        match self {
            Target::Site(id) => ("site", id.as_str()),
            Target::Unit(id) => ("unit", id.as_str()),
            Target::Person(id) => ("person", id.as_str()),
        }
    }
}

type Found = BTreeMap<(RecipientKind, String), Recipient>;

impl App {
    /// Everybody whom an audience of a release means, each once.
    pub(crate) async fn audience(
        &self,
        loaded: &LoadedRelease,
        audience: &str,
    ) -> Result<Vec<Recipient>> {
        let Some(declared) = loaded.template.audience(audience) else { return Ok(Vec::new()) };
        let mut found = Found::new();
        for who in &declared.who {
            match who {
                Who::Contacts(condition) => {
                    for site in self
                        .sites_matching(&loaded.release, Among::Sites, condition.as_ref())
                        .await?
                    {
                        self.add_contacts(&site, &mut found).await?;
                    }
                }
                Who::Subscribers => self.add_subscribers(loaded, &mut found).await?,
                inner => {
                    let ids = self.audience_people(loaded, inner).await?;
                    self.add_people(ids, &mut found).await?;
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// Whom a talk is planned with: sites as a whole, units and persons of their own.
    pub(crate) async fn audience_targets(
        &self,
        loaded: &LoadedRelease,
        audience: &str,
    ) -> Result<BTreeSet<Target>> {
        let mut targets = BTreeSet::new();
        let Some(declared) = loaded.template.audience(audience) else { return Ok(targets) };
        for who in &declared.who {
            match who {
                Who::Contacts(condition) => {
                    let sites = self
                        .sites_matching(&loaded.release, Among::Sites, condition.as_ref())
                        .await?;
                    targets.extend(sites.into_iter().map(|it| Target::Site(it.id)));
                }
                Who::SpecialNeed => {
                    targets.extend(loaded.release.special_need.iter().map(|it| match it {
                        SpecialNeed::Person(id) => Target::Person(id.clone()),
                        SpecialNeed::Unit(id) => Target::Unit(id.clone()),
                    }));
                }
                Who::Subscribers => {}
                inner => {
                    let ids = self.audience_people(loaded, inner).await?;
                    targets.extend(ids.into_iter().map(Target::Person));
                }
            }
        }
        Ok(targets)
    }

    async fn audience_people(
        &self,
        loaded: &LoadedRelease,
        who: &Who,
    ) -> Result<BTreeSet<PersonId>> {
        let release = &loaded.release;
        let holders = self.release_holders(loaded).await?;
        let mut ids = BTreeSet::new();
        match who {
            Who::Everyone => ids.extend(self.everybody().await?.into_iter().map(|it| it.id)),
            Who::Participants => {
                ids.extend(holders.into_values().flatten());
                ids.insert(release.lead.clone());
                ids.insert(release.application.applicant.clone());
            }
            Who::Role(role) => ids.extend(holders.get(role).into_iter().flatten().cloned()),
            Who::Units(kind) => {
                let all = units::all(self.store()).await?;
                let roots: Vec<UnitId> =
                    all.into_iter().filter(|it| it.kind == *kind).map(|it| it.id).collect();
                ids.extend(self.people_of_units(&roots).await?);
            }
            Who::UnitsOf(field) => {
                let named = crate::releases::units_named(release.run.fields.get(field));
                ids.extend(self.people_of_units(&named).await?);
            }
            Who::SpecialNeed => {
                for need in &release.special_need {
                    match need {
                        SpecialNeed::Person(id) => {
                            ids.insert(id.clone());
                        }
                        SpecialNeed::Unit(id) => {
                            ids.extend(self.people_of_units(std::slice::from_ref(id)).await?);
                        }
                    }
                }
            }
            Who::Contacts(_) | Who::Subscribers => {}
        }
        Ok(ids)
    }

    async fn everybody(&self) -> Result<Vec<Person>> {
        let filter = PersonFilter { active: Some(true), ..PersonFilter::default() };
        let mut ask = PageAsk::first(roadbook_core::limits::PAGE_ROWS_MAX);
        let mut list = Vec::new();
        loop {
            let page = people::list(self.store(), &Scope::all(), &filter, &ask).await?;
            list.extend(page.rows);
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => return Ok(list),
            }
        }
    }

    async fn people_of_units(&self, roots: &[UnitId]) -> Result<Vec<PersonId>> {
        let below = units::with_descendants(self.store(), roots).await?;
        let inside = |person: &Person| below.contains(&person.unit_id);
        Ok(self.everybody().await?.into_iter().filter(inside).map(|it| it.id).collect())
    }

    async fn add_people(&self, ids: BTreeSet<PersonId>, found: &mut Found) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<PersonId> = ids.into_iter().collect();
        for person in people::by_ids(self.store(), &ids).await?.into_iter().filter(|it| it.active) {
            let recipient = self.person_recipient(person).await?;
            found.insert((recipient.kind, recipient.id.clone()), recipient);
        }
        Ok(())
    }

    pub(crate) async fn person_recipient(&self, person: Person) -> Result<Recipient> {
        Ok(Recipient {
            kind: RecipientKind::Person,
            id: person.id.to_string(),
            name: person.name,
            address: person.email.filter(|it| !it.is_empty()),
            lang: person.lang,
            zone: person.zone,
            units: self.unit_chain(&person.unit_id).await?,
            site: None,
        })
    }

    pub(crate) fn contact_recipient(contact: Contact, site: &Site) -> Recipient {
        Recipient {
            kind: RecipientKind::Contact,
            id: contact.id.to_string(),
            name: contact.name,
            address: contact.email.filter(|it| !it.is_empty()),
            lang: contact.lang,
            zone: site.zone.clone(),
            units: Vec::new(),
            site: Some((site.id.clone(), site.name.clone())),
        }
    }

    async fn add_contacts(&self, site: &Site, found: &mut Found) -> Result<()> {
        let list = sites::contacts(self.store(), std::slice::from_ref(&site.id)).await?;
        for contact in list.into_iter().filter(|it| it.active) {
            let recipient = App::contact_recipient(contact, site);
            found.insert((recipient.kind, recipient.id.clone()), recipient);
        }
        Ok(())
    }

    async fn add_subscribers(&self, loaded: &LoadedRelease, found: &mut Found) -> Result<()> {
        let product = loaded.release.product.as_str();
        let mut seen = BTreeSet::new();
        let zone = self.home_zone().await?;
        for it in notices::subscribers(self.store(), product).await? {
            // Somebody who subscribed to one product and to all of them hears once.
            if !seen.insert(it.address.clone()) {
                continue;
            }
            let recipient = Recipient {
                kind: RecipientKind::Subscriber,
                id: it.id,
                name: String::new(),
                address: Some(it.address),
                lang: it.lang,
                zone: zone.clone(),
                units: Vec::new(),
                site: None,
            };
            found.insert((recipient.kind, recipient.id.clone()), recipient);
        }
        Ok(())
    }
}
