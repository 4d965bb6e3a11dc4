//! Places booked in windows.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::table::{self, row, select};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::ReleaseId;

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
