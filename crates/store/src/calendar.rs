//! Freezes, and places booked in windows.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::{FreezeId, ReleaseId};

row! {
    /// A time in which nothing goes live within a scope.
    pub struct Freeze in "freeze_period" key (id) {
        /// Id.
        id: FreezeId,
        /// Name.
        name: String,
        /// From when.
        from_at: Timestamp,
        /// Until when.
        to_at: Timestamp,
        /// `organization`, `unit`, `product` or `site`.
        scope_kind: String,
        /// Id of the scope; empty for the organization.
        scope_id: String,
        /// Why.
        reason: String,
        /// Who laid it.
        made_by: String,
        /// When it was lifted before its end.
        lifted_at: Option<Timestamp>,
        /// Who lifted it.
        lifted_by: Option<String>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// One place in one opening of a window, taken by a release.
    pub struct Booking in "booking" key (window_id, slot_at, place) {
        /// The window policy.
        window_id: String,
        /// When the opening begins.
        slot_at: Timestamp,
        /// From 1 to the capacity.
        place: i64,
        /// Who has it.
        release_id: ReleaseId,
    }
}

/// Freezes that touch a range of time, lifted ones too.
pub async fn freezes(
    store: &Store,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Freeze>, StoreError> {
    let rest = "WHERE to_at > $1 AND from_at < $2 ORDER BY from_at, id";
    select(store, rest, vec![from.put(), to.put()]).await
}

/// One freeze.
pub async fn freeze(store: &Store, id: &FreezeId) -> Result<Option<Freeze>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// Lays a freeze.
pub fn insert_freeze(freeze: &Freeze) -> Write {
    table::insert(freeze)
}

/// Changes or lifts a freeze that still has `freeze.revision`.
pub fn update_freeze(freeze: &Freeze) -> Write {
    table::update(freeze)
}

/// Bookings of a window in a range of time.
pub async fn bookings(
    store: &Store,
    window_id: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Booking>, StoreError> {
    let rest = "WHERE window_id = $1 AND slot_at >= $2 AND slot_at < $3 ORDER BY slot_at, place";
    select(store, rest, vec![window_id.to_owned().put(), from.put(), to.put()]).await
}

/// Bookings of a release.
pub async fn bookings_of(store: &Store, id: &ReleaseId) -> Result<Vec<Booking>, StoreError> {
    select(store, "WHERE release_id = $1 ORDER BY slot_at, window_id", vec![id.put()]).await
}

/// Takes a place; misses when it is taken.
pub fn book(booking: &Booking) -> Write {
    table::insert(booking)
}

/// Gives all places of a release back.
pub fn unbook(release_id: &ReleaseId) -> Write {
    let sql = "DELETE FROM booking WHERE release_id = $1";
    Write::new(sql, vec![release_id.put()], Expect::Any)
}
