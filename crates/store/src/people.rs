//! People, their roles with scope and dates, their absences.

use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk, contains};
use crate::scope::{Scope, Sql};
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use crate::{Store, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use roadbook_core::ids::{PersonId, UnitId};
use roadbook_core::text::Lang;

row! {
    /// A person.
    pub struct Person in "person" key (id) {
        /// Id.
        id: PersonId,
        /// Name to sign in with; none until invited.
        login: Option<String>,
        /// Name.
        name: String,
        /// E-mail address.
        email: Option<String>,
        /// Language.
        lang: Lang,
        /// IANA time zone.
        zone: String,
        /// Unit.
        unit_id: UnitId,
        /// Whether the person may act.
        active: bool,
        /// Argon2id hash; none until set.
        password_hash: Option<String>,
        /// Hours of work in a week.
        weekly_hours: i64,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A role that a person holds, where, and from when to when.
    pub struct Grant in "role_grant" key (person_id, role, scope_kind, scope_id, from_at) {
        /// Who.
        person_id: PersonId,
        /// Which role.
        role: String,
        /// `organization`, `unit`, `product`, `release` or `site`.
        scope_kind: String,
        /// Id of the scope; empty for the organization.
        scope_id: String,
        /// From when.
        from_at: Timestamp,
        /// Until when, if it ends.
        to_at: Option<Timestamp>,
        /// Who gave it away for a time, if it is a delegation.
        delegated_by: Option<PersonId>,
    }
}

row! {
    /// Days on which a person is away, both inclusive.
    pub struct Absence in "absence" key (id) {
        /// Id.
        id: String,
        /// Who.
        person_id: PersonId,
        /// First day.
        from_day: Date,
        /// Last day.
        to_day: Date,
        /// Why.
        reason: Option<String>,
    }
}

/// What a list of people is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct PersonFilter {
    /// Part of the name, login or address.
    pub text: Option<String>,
    /// Of this unit.
    pub unit_id: Option<UnitId>,
    /// Only those who may act.
    pub active: Option<bool>,
}

fn visible(scope: &Scope, filter: &PersonFilter) -> Sql {
    let mut sql = Sql::new("WHERE ");
    sql.person_visible(scope);
    if let Some(unit) = &filter.unit_id {
        sql.push(" AND p.unit_id = ").bind(unit);
    }
    if let Some(active) = &filter.active {
        sql.push(" AND p.active = ").bind(active);
    }
    if let Some(text) = &filter.text {
        let pattern = contains(text);
        sql.push(" AND (lower(p.name) LIKE ").bind(&pattern).push(" ESCAPE '!'");
        sql.push(" OR lower(p.login) LIKE ").bind(&pattern).push(" ESCAPE '!'");
        sql.push(" OR lower(p.email) LIKE ").bind(&pattern).push(" ESCAPE '!')");
    }
    sql
}

/// People, by name.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: &PersonFilter,
    ask: &PageAsk,
) -> Result<Page<Person>, StoreError> {
    let order = Order { columns: &["name", "id"], descending: false };
    page::read(store, "p", visible(scope, filter), &order, ask).await
}

/// How many people the list has.
pub async fn count(store: &Store, scope: &Scope, filter: &PersonFilter) -> Result<i64, StoreError> {
    table::count(store, "person p", visible(scope, filter)).await
}

/// One person.
pub async fn get(store: &Store, id: &PersonId) -> Result<Option<Person>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// The person who signs in with a name.
pub async fn by_login(store: &Store, login: &str) -> Result<Option<Person>, StoreError> {
    select_one(store, "WHERE login = $1", vec![login.to_owned().put()]).await
}

/// People by their ids; unknown ids are left out.
pub async fn by_ids(store: &Store, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
    let mut sql = Sql::new("WHERE ");
    sql.is_in("id", ids);
    select(store, &sql.text, sql.params).await
}

/// Makes a person.
pub fn insert(person: &Person) -> Write {
    table::insert(person)
}

/// Changes a person who still has `person.revision`.
pub fn update(person: &Person) -> Write {
    table::update(person)
}

/// All roles of a person, past and future ones too.
pub async fn grants_of(store: &Store, person: &PersonId) -> Result<Vec<Grant>, StoreError> {
    select(store, "WHERE person_id = $1 ORDER BY role, from_at", vec![person.put()]).await
}

/// All roles held within one scope.
pub async fn grants_in(
    store: &Store,
    scope_kind: &str,
    scope_id: &str,
) -> Result<Vec<Grant>, StoreError> {
    let params = vec![scope_kind.to_owned().put(), scope_id.to_owned().put()];
    let rest = "WHERE scope_kind = $1 AND scope_id = $2 ORDER BY role, person_id, from_at";
    select(store, rest, params).await
}

/// Every role of everybody that is in force at a time: an organization has few.
pub async fn grants_at(store: &Store, at: Timestamp) -> Result<Vec<Grant>, StoreError> {
    let rest = "WHERE from_at <= $1 AND (to_at IS NULL OR to_at > $1) \
                ORDER BY person_id, role, scope_kind, scope_id, from_at";
    select(store, rest, vec![at.put()]).await
}

/// Every role of everybody.
pub async fn all_grants(store: &Store) -> Result<Vec<Grant>, StoreError> {
    select(store, "ORDER BY person_id, role, scope_kind, scope_id, from_at", Vec::new()).await
}

/// Gives a role.
pub fn grant(grant: &Grant) -> Write {
    table::insert(grant)
}

/// Ends a role at a time.
pub fn end_grant(grant: &Grant, to_at: Timestamp) -> Write {
    const SQL: &str = "UPDATE role_grant SET to_at = $1 WHERE person_id = $2 AND role = $3 \
         AND scope_kind = $4 AND scope_id = $5 AND from_at = $6 AND (to_at IS NULL OR to_at > $1)";
    let miss = Miss::Stale { what: "role_grant".into(), id: table::Table::id(grant) };
    let params = vec![
        to_at.put(),
        grant.person_id.put(),
        grant.role.put(),
        grant.scope_kind.put(),
        grant.scope_id.put(),
        grant.from_at.put(),
    ];
    Write::new(SQL, params, Expect::One(miss))
}

/// Absences that touch a range of days, of everybody or of one person.
pub async fn absences(
    store: &Store,
    person: Option<&PersonId>,
    from: Date,
    to: Date,
) -> Result<Vec<Absence>, StoreError> {
    let mut sql = Sql::new("WHERE to_day >= ");
    sql.bind(&from).push(" AND from_day <= ").bind(&to);
    if let Some(person) = person {
        sql.push(" AND person_id = ").bind(person);
    }
    sql.push(" ORDER BY person_id, from_day, id");
    select(store, &sql.text, sql.params).await
}

/// Enters an absence.
pub fn add_absence(absence: &Absence) -> Write {
    table::insert(absence)
}

/// Takes an absence back.
pub fn remove_absence(id: &str) -> Write {
    let miss = Miss::Stale { what: "absence".into(), id: id.to_owned() };
    let params = vec![Value::Text(id.to_owned())];
    Write::new("DELETE FROM absence WHERE id = $1", params, Expect::One(miss))
}
