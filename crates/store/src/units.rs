//! The organization tree.

use crate::Store;
use crate::commit::Write;
use crate::error::StoreError;
use crate::scope::Sql;
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use roadbook_core::ids::{PersonId, UnitId};

row! {
    /// A unit: company, subsidiary, department, team, customer, partner.
    pub struct Unit in "unit" key (id) {
        /// Id.
        id: UnitId,
        /// The unit above it; none for a root.
        parent_id: Option<UnitId>,
        /// What it is.
        kind: String,
        /// Name.
        name: String,
        /// Who leads it.
        head_person_id: Option<PersonId>,
        /// IANA time zone.
        zone: String,
        /// Revision.
        revision: i64,
    }
}

/// All units: a tree is read whole.
pub async fn all(store: &Store) -> Result<Vec<Unit>, StoreError> {
    select(store, "ORDER BY name, id", Vec::new()).await
}

/// One unit.
pub async fn get(store: &Store, id: &UnitId) -> Result<Option<Unit>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// These units and everything below them.
pub async fn with_descendants(store: &Store, roots: &[UnitId]) -> Result<Vec<UnitId>, StoreError> {
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("WITH RECURSIVE below (id) AS (SELECT id FROM unit WHERE ");
    sql.is_in("id", roots).push(
        " UNION SELECT u.id FROM unit u JOIN below b ON u.parent_id = b.id) \
         SELECT id FROM below ORDER BY id",
    );
    store.query(sql.text, sql.params).await?.iter().map(|row| row.get(0)).collect()
}

/// Makes a unit.
pub fn insert(unit: &Unit) -> Write {
    table::insert(unit)
}

/// Changes a unit that still has `unit.revision`.
pub fn update(unit: &Unit) -> Write {
    table::update(unit)
}
