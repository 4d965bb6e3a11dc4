//! What began runs that no person began, and the record as the feed of what happened in runs.

use crate::Store;
use crate::commit::Write;
use crate::error::StoreError;
use crate::record::{COLUMNS, Recorded, recorded};
use crate::table::{self, row, select};
use crate::value::{Cell, Value};
use roadbook_core::ids::{ProductId, ReleaseId};

row! {
    /// What began a run. A cause begins one run, however often it is looked at.
    pub struct RunOrigin in "run_origin" key (cause) {
        /// The cause: `call/…`, `event/…`, `period/…`.
        cause: String,
        /// The run.
        release_id: ReleaseId,
        /// The run it comes from.
        parent_id: Option<ReleaseId>,
        /// The step that called it.
        step_id: Option<String>,
        /// In which round of the step.
        round: i64,
        /// For which instance of the step; empty for the step itself.
        member: String,
    }
}

/// Keeps what began a run; misses when that cause has begun one.
pub fn began(origin: &RunOrigin) -> Write {
    table::insert(origin)
}

/// Runs that another began.
pub async fn children(store: &Store, parent: &ReleaseId) -> Result<Vec<RunOrigin>, StoreError> {
    select(store, "WHERE parent_id = $1 ORDER BY cause", vec![parent.put()]).await
}

/// The run that a cause began.
pub async fn begun_by(store: &Store, cause: &str) -> Result<Option<ReleaseId>, StoreError> {
    const SQL: &str = "SELECT release_id FROM run_origin WHERE cause = $1";
    let row = store.first(SQL, vec![cause.to_owned().put()]).await?;
    row.map(|row| row.get(0)).transpose()
}

/// Of each product, the newest run of a process.
pub async fn newest_by_product(
    store: &Store,
    process: &str,
) -> Result<Vec<(ProductId, ReleaseId)>, StoreError> {
    // Ids sort by age.
    const SQL: &str = "SELECT product_id, max(id) FROM release WHERE process_id = $1 \
         GROUP BY product_id ORDER BY product_id";
    let rows = store.query(SQL, vec![process.to_owned().put()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Entries about runs after a place of the record, oldest first; those without a place come later.
pub async fn happened(
    store: &Store,
    after: i64,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM record WHERE position > $1 AND stream LIKE 'release/%' \
         ORDER BY position LIMIT $2"
    );
    let params = vec![after.put(), Value::Int(limit as i64)];
    store.query(sql, params).await?.iter().map(recorded).collect()
}
