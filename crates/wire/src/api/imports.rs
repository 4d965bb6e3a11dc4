//! Lists that come in as CSV.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportReport {
    /// Rows of the list.
    pub rows: usize,
    /// New ones.
    pub made: usize,
    /// Changed ones.
    pub changed: usize,
    /// As before.
    pub unchanged: usize,
    /// Checked only: nothing was kept.
    pub dry_run: bool,
}
