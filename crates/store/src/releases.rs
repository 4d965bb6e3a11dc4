//! Releases as lists show them, who takes part, and the tasks of people. All derived from the
//! releases' documents.

use crate::Store;
use crate::commit::Write;
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk, contains};
use crate::scope::{Scope, Sql};
use crate::table::{self, row, select, select_one};
use crate::value::{Cell, Value};
use jiff::Timestamp;
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, UnitId};
use roadbook_core::process::template::Subject;

row! {
    /// A release's line in lists.
    pub struct ReleaseRow in "release" key (id) {
        /// Id.
        id: ReleaseId,
        /// Number that people say.
        number: String,
        /// Product.
        product_id: ProductId,
        /// Version, once decided; unique within the product.
        version: Option<String>,
        /// Title.
        title: String,
        /// New system, upgrade, …
        kind: String,
        /// Planned or emergency.
        mode: String,
        /// State.
        state: String,
        /// Planned start of the go-live.
        go_live_at: Option<Timestamp>,
        /// Who leads it.
        lead_id: Option<PersonId>,
        /// The unit that owns it.
        unit_id: UnitId,
        /// Process.
        process_id: String,
        /// Revision of the process it is pinned to.
        process_revision: i64,
        /// What it waits for, in short.
        waiting: String,
        /// When the next thing is due.
        next_due_at: Option<Timestamp>,
        /// Last change.
        updated_at: Timestamp,
        /// What the run is about: `release`, `issue`, …
        subject: String,
    }
}

row! {
    /// A person who takes part in a release.
    pub struct ReleasePerson in "release_person" key (release_id, person_id, role) {
        /// Release.
        release_id: ReleaseId,
        /// Person.
        person_id: PersonId,
        /// As what.
        role: String,
    }
}

row! {
    /// One step of one release that somebody has, or will have, to do.
    pub struct Task in "task" key (release_id, step_id, round, role, person_id) {
        /// Release.
        release_id: ReleaseId,
        /// Step.
        step_id: String,
        /// Round, from 1.
        round: i64,
        /// Who; empty when nobody holds the role.
        person_id: String,
        /// As what.
        role: String,
        /// Kind of step.
        kind: String,
        /// `ready`, `ahead` or `done`.
        state: String,
        /// When it is due.
        due_at: Option<Timestamp>,
        /// When it can begin, as planned.
        start_at: Option<Timestamp>,
        /// Work, in minutes.
        effort_minutes: i64,
    }
}

/// What runs are about that a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum About {
    /// Releases.
    #[default]
    Releases,
    /// Anything else.
    Others,
    /// One other subject.
    Only(Subject),
    /// Releases and everything else.
    Anything,
}

/// What a list of releases is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFilter {
    /// Releases, unless another subject is asked for.
    pub about: About,
    /// In one of these states; empty means any.
    pub states: Vec<String>,
    /// Of this product.
    pub product_id: Option<ProductId>,
    /// Of this unit.
    pub unit_id: Option<UnitId>,
    /// In which this person takes part.
    pub person_id: Option<PersonId>,
    /// Part of number, title or version.
    pub text: Option<String>,
    /// Going live not before.
    pub from: Option<Timestamp>,
    /// Going live before.
    pub to: Option<Timestamp>,
}

fn visible(scope: &Scope, filter: &ReleaseFilter) -> Sql {
    let mut sql = Sql::new("WHERE ");
    sql.release_visible(scope);
    let release = Subject::Release.name().to_owned();
    match filter.about {
        About::Releases => drop(sql.push(" AND r.subject = ").bind(&release)),
        About::Others => drop(sql.push(" AND r.subject <> ").bind(&release)),
        About::Only(it) => drop(sql.push(" AND r.subject = ").bind(&it.name().to_owned())),
        About::Anything => {}
    }
    if !filter.states.is_empty() {
        sql.push(" AND ").is_in("r.state", &filter.states);
    }
    if let Some(product) = &filter.product_id {
        sql.push(" AND r.product_id = ").bind(product);
    }
    if let Some(unit) = &filter.unit_id {
        sql.push(" AND r.unit_id = ").bind(unit);
    }
    if let Some(person) = &filter.person_id {
        sql.push(" AND r.id IN (SELECT release_id FROM release_person WHERE person_id = ")
            .bind(person)
            .push(")");
    }
    if let Some(text) = &filter.text {
        let pattern = contains(text);
        sql.push(" AND (lower(r.number) LIKE ").bind(&pattern).push(" ESCAPE '!'");
        sql.push(" OR lower(r.title) LIKE ").bind(&pattern).push(" ESCAPE '!'");
        sql.push(" OR lower(r.version) LIKE ").bind(&pattern).push(" ESCAPE '!')");
    }
    if let Some(from) = &filter.from {
        sql.push(" AND r.go_live_at >= ").bind(from);
    }
    if let Some(to) = &filter.to {
        sql.push(" AND r.go_live_at < ").bind(to);
    }
    sql
}

/// Releases, last changed first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: &ReleaseFilter,
    ask: &PageAsk,
) -> Result<Page<ReleaseRow>, StoreError> {
    let order = Order { columns: &["updated_at", "id"], descending: true };
    page::read(store, "r", visible(scope, filter), &order, ask).await
}

/// How many releases the list has.
pub async fn count(
    store: &Store,
    scope: &Scope,
    filter: &ReleaseFilter,
) -> Result<i64, StoreError> {
    table::count(store, "release r", visible(scope, filter)).await
}

/// Releases that have a go-live in the filter's range, earliest first: the calendar.
pub async fn by_go_live(
    store: &Store,
    scope: &Scope,
    filter: &ReleaseFilter,
    ask: &PageAsk,
) -> Result<Page<ReleaseRow>, StoreError> {
    let mut sql = visible(scope, filter);
    sql.push(" AND r.go_live_at IS NOT NULL");
    let order = Order { columns: &["go_live_at", "id"], descending: false };
    page::read(store, "r", sql, &order, ask).await
}

/// One release's line, if it is visible.
pub async fn get(
    store: &Store,
    scope: &Scope,
    id: &ReleaseId,
) -> Result<Option<ReleaseRow>, StoreError> {
    let mut sql = Sql::new("r WHERE r.id = ");
    sql.bind(id).push(" AND ").release_visible(scope);
    select_one(store, &sql.text, sql.params).await
}

/// The release with a number, if it is visible.
pub async fn by_number(
    store: &Store,
    scope: &Scope,
    number: &str,
) -> Result<Option<ReleaseRow>, StoreError> {
    let mut sql = Sql::new("r WHERE r.number = ");
    sql.bind(&number.to_owned()).push(" AND ").release_visible(scope);
    select_one(store, &sql.text, sql.params).await
}

/// Versions of a product that releases have taken, with their releases.
pub async fn versions_of(
    store: &Store,
    product: &ProductId,
) -> Result<Vec<ReleaseRow>, StoreError> {
    let rest = "WHERE product_id = $1 AND version IS NOT NULL ORDER BY updated_at, id";
    select(store, rest, vec![product.put()]).await
}

/// Releases for which time alone may change something now, longest due first.
pub async fn due(
    store: &Store,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<ReleaseId>, StoreError> {
    const DUE: &str = "SELECT id FROM release WHERE next_due_at <= $1 \
         ORDER BY next_due_at, id LIMIT $2";
    let rows = store.query(DUE, vec![now.put(), Value::Int(limit as i64)]).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Releases that people may have to be told about, each with its last change: those under way, and
/// those that ended since a moment.
pub async fn alive(
    store: &Store,
    ended_since: Timestamp,
) -> Result<Vec<(ReleaseId, Timestamp)>, StoreError> {
    const SQL: &str = "SELECT id, updated_at FROM release \
         WHERE state IN ('running', 'held', 'ending') \
         UNION ALL SELECT id, updated_at FROM release WHERE state = 'closed' AND updated_at >= $1";
    let rows = store.query(SQL, vec![ended_since.put()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Writes the line of a new release; misses when number or version are taken.
pub fn insert(release: &ReleaseRow) -> Write {
    table::insert(release)
}

/// Writes the line of a release.
pub fn put(release: &ReleaseRow) -> Write {
    table::put(release)
}

/// Writes who takes part in a release, where it differs from what is stored.
pub fn replace_people(stored: &[ReleasePerson], people: &[ReleasePerson]) -> Vec<Write> {
    table::replace(stored, people)
}

/// Releases in which a person holds a role or is the lead.
pub async fn ids_of_person(store: &Store, person: &PersonId) -> Result<Vec<ReleaseId>, StoreError> {
    const SQL: &str = "SELECT release_id FROM release_person WHERE person_id = $1 \
         UNION SELECT id FROM release WHERE lead_id = $1";
    let rows = store.query(SQL, vec![person.put()]).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Who takes part in a release.
pub async fn people_of(store: &Store, id: &ReleaseId) -> Result<Vec<ReleasePerson>, StoreError> {
    select(store, "WHERE release_id = $1 ORDER BY role, person_id", vec![id.put()]).await
}

/// Writes the tasks of a release, where they differ from what is stored.
pub fn replace_tasks(stored: &[Task], tasks: &[Task]) -> Vec<Write> {
    table::replace(stored, tasks)
}

/// Tasks of a person in one of the states, most urgent first; those without a date last.
pub async fn tasks_of_person(
    store: &Store,
    person: &PersonId,
    states: &[&str],
    limit: usize,
) -> Result<Vec<Task>, StoreError> {
    let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
    let mut sql = Sql::new("WHERE person_id = ");
    sql.bind(person).push(" AND ").is_in("state", &states);
    sql.push(" ORDER BY CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, release_id, step_id");
    sql.push(" LIMIT ").bind_value(Value::Int(limit as i64));
    select(store, &sql.text, sql.params).await
}

/// Tasks of a release.
pub async fn tasks_of(store: &Store, id: &ReleaseId) -> Result<Vec<Task>, StoreError> {
    let rest = "WHERE release_id = $1 ORDER BY step_id, round, role, person_id";
    select(store, rest, vec![id.put()]).await
}

/// Open tasks of everybody that are due before a time: reminders and escalations.
pub async fn tasks_due(
    store: &Store,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<Task>, StoreError> {
    let rest = "WHERE state = 'ready' AND due_at < $1 \
                ORDER BY due_at, release_id, step_id, role, person_id LIMIT $2";
    select(store, rest, vec![before.put(), Value::Int(limit as i64)]).await
}
