//! Who acts, with everything they were granted; and things placed in the scopes of grants.

use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::access::{self, Actor, Resource, Role, Who};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, SiteId, UnitId};
use roadbook_store::people::{self, Grant};
use roadbook_store::units::{self, Unit};
use roadbook_store::{Scope, products, releases, sites};

/// How a deputy stands among the roles: for whom is the scope.
pub(crate) const DEPUTY: &str = "deputy";
/// The kind of scope of a deputy.
pub(crate) const OF_PERSON: &str = "person";

/// A unit and all units above it, nearest first. A loop in the data ends where it began.
pub(crate) fn chain(all: &[Unit], unit: &UnitId) -> Vec<UnitId> {
    let mut list: Vec<UnitId> = Vec::new();
    let mut next = Some(unit.clone());
    while let Some(id) = next.take().filter(|id| !list.contains(id)) {
        next = all.iter().find(|it| it.id == id).and_then(|it| it.parent_id.clone());
        list.push(id);
    }
    list
}

/// A stored role as the access table reads it; `None` for a scope nobody knows.
pub(crate) fn scope_of(grant: &Grant) -> Option<access::Scope> {
    let id = grant.scope_id.as_str();
    match grant.scope_kind.as_str() {
        "all" => Some(access::Scope::All),
        "unit" => UnitId::parse(id).ok().map(access::Scope::Unit),
        "product" => ProductId::parse(id).ok().map(access::Scope::Product),
        "release" => ReleaseId::parse(id).ok().map(access::Scope::Release),
        "site" => SiteId::parse(id).ok().map(access::Scope::Site),
        _ => None,
    }
}

/// The kind and id under which a scope is stored.
pub(crate) fn stored_scope(scope: &access::Scope) -> (&'static str, String) {
    match scope {
        access::Scope::All => ("all", String::new()),
        access::Scope::Unit(id) => ("unit", id.to_string()),
        access::Scope::Product(id) => ("product", id.to_string()),
        access::Scope::Release(id) => ("release", id.to_string()),
        access::Scope::Site(id) => ("site", id.to_string()),
    }
}

fn in_force(grant: &Grant, now: Timestamp) -> bool {
    grant.from_at <= now && grant.to_at.is_none_or(|to| now < to)
}

fn core_grant(grant: &Grant, role: &str) -> Option<access::Grant> {
    Some(access::Grant {
        role: role.to_owned(),
        scope: scope_of(grant)?,
        from: Some(grant.from_at),
        until: grant.to_at,
    })
}

impl App {
    /// The actor behind a person, and what lists show them. Read anew for each request, so that a
    /// role that was taken away ends with the commit that took it.
    #[boxed]
    pub async fn actor_of(&self, person: &PersonId) -> Result<(Actor, Scope)> {
        let now = self.now();
        let mut grants = Vec::new();
        let mut takes_part = releases::ids_of_person(self.store(), person).await?;
        let rows = people::grants_of(self.store(), person).await?;
        for row in rows.iter().filter(|it| in_force(it, now)) {
            if row.scope_kind == OF_PERSON {
                // A deputy takes part where the other does; rights to administrate stay behind.
                let Ok(of) = PersonId::parse(&row.scope_id) else { continue };
                takes_part.extend(releases::ids_of_person(self.store(), &of).await?);
                let theirs = people::grants_of(self.store(), &of).await?;
                grants.extend(
                    theirs
                        .iter()
                        .filter(|it| in_force(it, now) && Role::parse(&it.role).is_none())
                        .filter_map(|it| core_grant(it, Role::Member.name())),
                );
                continue;
            }
            grants.extend(core_grant(row, &row.role));
            if Role::parse(&row.role).is_none() {
                // Whoever holds a role of a process is a member where they hold it.
                grants.extend(core_grant(row, Role::Member.name()));
            }
        }
        takes_part.sort();
        takes_part.dedup();
        let scope = self.scope_from(person, &grants, &takes_part).await?;
        Ok((Actor { who: Who::Person(person.clone()), grants, takes_part }, scope))
    }

    async fn scope_from(
        &self,
        person: &PersonId,
        grants: &[access::Grant],
        takes_part: &[ReleaseId],
    ) -> Result<Scope> {
        let mut scope =
            Scope { releases: takes_part.to_vec(), person: Some(person.clone()), ..Scope::none() };
        for grant in grants.iter().filter(|it| Role::parse(&it.role).is_some()) {
            match &grant.scope {
                access::Scope::All => scope.all = true,
                access::Scope::Unit(id) => scope.units.push(id.clone()),
                access::Scope::Product(id) => scope.products.push(id.clone()),
                access::Scope::Release(id) => scope.releases.push(id.clone()),
                access::Scope::Site(id) => scope.sites.push(id.clone()),
            }
        }
        scope.units = units::with_descendants(self.store(), &scope.units).await?;
        Ok(scope)
    }

    /// What lists show an actor of any kind.
    #[boxed]
    pub async fn scope_for(&self, actor: &Actor) -> Result<Scope> {
        match &actor.who {
            Who::System => Ok(Scope::all()),
            Who::Anonymous => Ok(Scope::none()),
            Who::Contact(_, site) | Who::Agent(site) => {
                Ok(Scope { sites: vec![site.clone()], ..Scope::none() })
            }
            Who::Person(person) => self.scope_from(person, &actor.grants, &actor.takes_part).await,
        }
    }

    /// A unit, placed among the units above it.
    #[boxed]
    pub async fn unit_resource(&self, unit: &UnitId) -> Result<Resource> {
        let all = units::all(self.store()).await?;
        Ok(Resource { units: chain(&all, unit), ..Resource::default() })
    }

    /// A product, placed in its units.
    pub(crate) async fn product_resource(&self, product: &ProductId) -> Result<Resource> {
        let row = products::get(self.store(), &Scope::all(), product).await?;
        let row = row.ok_or(Error::NotFound { what: "product" })?;
        let units = self.unit_resource(&row.unit_id).await?.units;
        Ok(Resource { units, product: Some(product.clone()), ..Resource::default() })
    }

    /// A site, placed in its units.
    pub(crate) async fn site_resource(&self, site: &SiteId) -> Result<Resource> {
        let row = sites::get(self.store(), &Scope::all(), site).await?;
        let row = row.ok_or(Error::NotFound { what: "site" })?;
        let units = self.unit_resource(&row.unit_id).await?.units;
        let site = Some(site.clone());
        Ok(Resource { units, site, part_of: row.part_of, ..Resource::default() })
    }
}
