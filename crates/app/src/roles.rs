//! Roles with scope and dates, absences, and who stands in for whom.

use crate::App;
use crate::actors::{DEPUTY, OF_PERSON, scope_of, stored_scope};
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use jiff::Timestamp;
use jiff::civil::Date;
use roadbook_core::access::{Action, Kind, Resource, Role, Scope as Where};
use roadbook_core::ids::{IdSeed, PersonId};
use roadbook_store::counters;
use roadbook_store::people::{self, Absence, Grant};
use serde_json::json;

/// A role to be given or taken.
#[derive(Clone, Debug)]
pub struct RoleInput {
    /// Who.
    pub person: PersonId,
    /// Role of the product or of processes.
    pub role: String,
    /// Where.
    pub scope: Where,
    /// From; now when none.
    pub from: Option<Timestamp>,
    /// Until; for good when none.
    pub until: Option<Timestamp>,
}

/// Days on which somebody is away.
#[derive(Clone, Debug)]
pub struct AbsenceInput {
    /// Who.
    pub person: PersonId,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Why; may be empty.
    pub reason: String,
}

/// Somebody who will stand in for somebody.
#[derive(Clone, Debug)]
pub struct DeputyInput {
    /// For whom.
    pub of: PersonId,
    /// Who.
    pub deputy: PersonId,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

/// The counter that plans are compared with: people who are away change them.
const CALENDAR: &str = "calendar";

impl App {
    /// Where a scope stands; only who administrates there hands out roles there.
    async fn scope_resource(&self, scope: &Where) -> Result<Resource> {
        match scope {
            Where::All => Ok(Resource::whole()),
            Where::Unit(id) => {
                if roadbook_store::units::get(self.store(), id).await?.is_none() {
                    return Err(Error::NotFound { what: "unit" });
                }
                self.unit_resource(id).await
            }
            Where::Product(id) => self.product_resource(id).await,
            Where::Site(id) => self.site_resource(id).await,
            Where::Release(id) => {
                let scope = roadbook_store::Scope::all();
                let row = roadbook_store::releases::get(self.store(), &scope, id).await?;
                let row = row.ok_or(Error::NotFound { what: "release" })?;
                let place = self.product_resource(&row.product_id).await?;
                Ok(Resource { release: Some(id.clone()), ..place })
            }
        }
    }

    /// How a scope is called: the name of its unit, product or site, the number of its release.
    #[boxed]
    pub async fn scope_name(&self, scope: &Where) -> Result<Option<String>> {
        use roadbook_store::{products, releases, sites, units};
        let (store, all) = (self.store(), roadbook_store::Scope::all());
        Ok(match scope {
            Where::All => None,
            Where::Unit(id) => units::get(store, id).await?.map(|it| it.name),
            Where::Product(id) => products::get(store, &all, id).await?.map(|it| it.name),
            Where::Site(id) => sites::get(store, &all, id).await?.map(|it| it.name),
            Where::Release(id) => releases::get(store, &all, id).await?.map(|it| it.number),
        })
    }

    /// Gives a role.
    #[boxed]
    pub async fn role_grant(&self, call: &Call, input: RoleInput) -> Result<Receipt> {
        let place = self.scope_resource(&input.scope).await?;
        call.authorize(Action::Administer, Kind::People, &place, "person")?;
        let person = self.person_of(&input.person).await?;
        let now = self.now();
        let from = input.from.unwrap_or(now);
        let mut check = Check::new();
        let role = role_name(&mut check, &input.role);
        if input.until.is_some_and(|until| until <= from) {
            check.wrong("until", "order", "comes before the role begins");
        }
        if !person.active {
            check.wrong("person", "not_active", "is not active; activate the person first");
        }
        check.done()?;
        let (scope_kind, scope_id) = stored_scope(&input.scope);
        let grant = Grant {
            person_id: input.person.clone(),
            role: role.clone(),
            scope_kind: scope_kind.to_owned(),
            scope_id,
            from_at: from,
            to_at: input.until,
            delegated_by: None,
        };
        let overlaps =
            people::grants_of(self.store(), &input.person).await?.into_iter().any(|it| {
                it.role == grant.role
                    && scope_of(&it).as_ref() == Some(&input.scope)
                    && it.to_at.is_none_or(|to| from < to)
                    && input.until.is_none_or(|until| it.from_at < until)
            });
        if overlaps {
            return Err(Error::Exists { what: format!("the role `{role}` in this scope") });
        }
        let commit = self.begin(call).write(people::grant(&grant)).entry(
            format!("person/{}", input.person),
            "role.granted",
            grant_facts(&grant),
        );
        let receipt = Receipt {
            id: input.person.to_string(),
            label: role,
            revision: person.revision,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Takes a role away, now. What it allowed ends with the commit.
    #[boxed]
    pub async fn role_revoke(
        &self,
        call: &Call,
        person: &PersonId,
        role: &str,
        scope: &Where,
    ) -> Result<Receipt> {
        let place = self.scope_resource(scope).await?;
        call.authorize(Action::Administer, Kind::People, &place, "person")?;
        let found = self.person_of(person).await?;
        let now = self.now();
        let held: Vec<Grant> = people::grants_of(self.store(), person)
            .await?
            .into_iter()
            .filter(|it| it.role == role && scope_of(it).as_ref() == Some(scope))
            .filter(|it| it.to_at.is_none_or(|to| now < to))
            .collect();
        if held.is_empty() {
            return Err(Error::NotFound { what: "role" });
        }
        if role == Role::Admin.name() && *scope == Where::All {
            self.another_admin(person).await?;
        }
        let mut commit = self.begin(call);
        for grant in &held {
            commit.writes.push(people::end_grant(grant, now));
            commit = commit.entry(format!("person/{person}"), "role.revoked", grant_facts(grant));
        }
        let receipt = Receipt {
            id: person.to_string(),
            label: role.to_owned(),
            revision: found.revision,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// People enter their own absences; others only who may edit them.
    async fn about_person(&self, call: &Call, person: &PersonId) -> Result<()> {
        let found = self.person_of(person).await?;
        if call.actor.person() == Some(person) {
            return Ok(());
        }
        let place = self.unit_resource(&found.unit_id).await?;
        call.authorize(Action::Edit, Kind::People, &place, "person")
    }

    /// Enters an absence. Plans are made anew.
    #[boxed]
    pub async fn absence_add(&self, call: &Call, input: AbsenceInput) -> Result<Receipt> {
        self.about_person(call, &input.person).await?;
        let mut check = Check::new();
        let reason = check.optional("reason", Some(&input.reason));
        if input.to < input.from {
            check.wrong("to", "order", "is before the first day");
        }
        check.done()?;
        let seed: IdSeed = self.seed();
        let absence = Absence {
            id: format!("abs_{}", roadbook_core::ids::encode(seed)),
            person_id: input.person.clone(),
            from_day: input.from,
            to_day: input.to,
            reason,
        };
        let commit = self
            .begin(call)
            .write(people::add_absence(&absence))
            .write(counters::bump(CALENDAR))
            .entry(
                format!("person/{}", input.person),
                "absence.added",
                // The reason is nobody's business but the reader's of the list.
                json!({ "absence": absence.id, "from": input.from.to_string(), "to": input.to.to_string() }),
            );
        let receipt = Receipt { id: absence.id, created: true, ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }

    /// Takes an absence back.
    #[boxed]
    pub async fn absence_remove(
        &self,
        call: &Call,
        person: &PersonId,
        id: &str,
    ) -> Result<Receipt> {
        self.about_person(call, person).await?;
        let known = people::absences(self.store(), Some(person), Date::MIN, Date::MAX).await?;
        if !known.iter().any(|it| it.id == id) {
            return Err(Error::NotFound { what: "absence" });
        }
        let commit = self
            .begin(call)
            .write(people::remove_absence(id))
            .write(counters::bump(CALENDAR))
            .entry(format!("person/{person}"), "absence.removed", json!({ "absence": id }));
        self.finish(call, commit, Receipt { id: id.to_owned(), ..Receipt::default() }).await
    }

    /// Names a deputy between two dates.
    #[boxed]
    pub async fn deputy_set(&self, call: &Call, input: DeputyInput) -> Result<Receipt> {
        self.about_person(call, &input.of).await?;
        let deputy = self.person_of(&input.deputy).await?;
        let mut check = Check::new();
        if input.deputy == input.of {
            check.wrong("deputy", "self", "is the same person; name somebody else");
        }
        if !deputy.active {
            check.wrong("deputy", "not_active", "is not active");
        }
        if input.until <= input.from || input.until <= self.now() {
            check.wrong("until", "order", "must come after the beginning and after now");
        }
        check.done()?;
        let grant = Grant {
            person_id: input.deputy.clone(),
            role: DEPUTY.to_owned(),
            scope_kind: OF_PERSON.to_owned(),
            scope_id: input.of.to_string(),
            from_at: input.from,
            to_at: Some(input.until),
            delegated_by: Some(input.of.clone()),
        };
        let commit = self.begin(call).write(people::grant(&grant)).entry(
            format!("person/{}", input.of),
            "deputy.named",
            grant_facts(&grant),
        );
        let receipt = Receipt {
            id: input.of.to_string(),
            label: deputy.name,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Ends it before its time.
    #[boxed]
    pub async fn deputy_end(
        &self,
        call: &Call,
        of: &PersonId,
        deputy: &PersonId,
    ) -> Result<Receipt> {
        self.about_person(call, of).await?;
        let now = self.now();
        let held: Vec<Grant> = people::grants_in(self.store(), OF_PERSON, of.as_str())
            .await?
            .into_iter()
            .filter(|it| it.person_id == *deputy && it.to_at.is_none_or(|to| now < to))
            .collect();
        if held.is_empty() {
            return Err(Error::NotFound { what: "deputy" });
        }
        let mut commit = self.begin(call);
        for grant in &held {
            commit.writes.push(people::end_grant(grant, now));
            commit = commit.entry(format!("person/{of}"), "deputy.ended", grant_facts(grant));
        }
        self.finish(call, commit, Receipt { id: of.to_string(), ..Receipt::default() }).await
    }
}

/// A role's short name, checked.
pub(crate) fn role_name(check: &mut Check, text: &str) -> String {
    let role = text.trim().to_owned();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let reserved = [Role::SiteContact.name(), DEPUTY];
    if role.is_empty() || role.len() > 64 || !role.chars().all(fits) {
        check.wrong("role", "role", "is a short name of a-z, 0-9 and _");
    } else if reserved.contains(&role.as_str()) {
        check.wrong(
            "role",
            "reserved",
            "is given in another way: contacts get links, deputies dates",
        );
    }
    role
}

pub(crate) fn grant_facts(grant: &Grant) -> serde_json::Value {
    json!({
        "person": grant.person_id.as_str(),
        "role": grant.role,
        "scope": grant.scope_kind,
        "scope_id": grant.scope_id,
        "from": grant.from_at.to_string(),
        "until": grant.to_at.map(|it| it.to_string()),
    })
}
