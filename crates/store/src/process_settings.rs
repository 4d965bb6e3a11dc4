//! What the organization and products set instead of the defaults of processes.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::table::{self, row, select};
use crate::value::Cell;
use jiff::Timestamp;

row! {
    /// One setting.
    pub struct ProcessSetting in "process_setting" key (process_id, scope, name) {
        /// The process.
        process_id: String,
        /// Id of a product; empty for the organization.
        scope: String,
        /// Short name of the setting.
        name: String,
        /// The value, as typed.
        value: String,
        /// Who set it.
        set_by: String,
        /// When.
        at: Timestamp,
    }
}

/// Everything that is set for a process, that of the organization first.
pub async fn of_process(store: &Store, process: &str) -> Result<Vec<ProcessSetting>, StoreError> {
    let rest = "WHERE process_id = $1 ORDER BY scope, name";
    select(store, rest, vec![process.to_owned().put()]).await
}

/// Sets a value, or another one.
pub fn set(setting: &ProcessSetting) -> Write {
    table::put(setting)
}

/// Takes a value away: what stands above it holds again.
pub fn remove(process: &str, scope: &str, name: &str) -> Write {
    const SQL: &str =
        "DELETE FROM process_setting WHERE process_id = $1 AND scope = $2 AND name = $3";
    let params = vec![process.to_owned().put(), scope.to_owned().put(), name.to_owned().put()];
    Write::new(SQL, params, Expect::Any)
}
