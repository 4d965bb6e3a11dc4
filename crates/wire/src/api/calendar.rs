//! Windows, freezes and free slots over the API.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A range of time.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Begins at, RFC 3339.
    pub start: String,
    /// Ends at, RFC 3339.
    pub end: String,
}

/// The calendar of the installation.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Book {
    /// Working calendars.
    pub calendars: Vec<Value>,
    /// Windows.
    pub windows: Vec<Value>,
    /// Freezes.
    pub freezes: Vec<Freeze>,
}

/// A freeze.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Freeze {
    /// Id.
    pub id: String,
    /// When.
    pub range: Range,
    /// What it reaches.
    pub scope: Value,
    /// Why.
    pub reason: String,
    /// Role that may pass it.
    pub override_by: Option<String>,
}

/// A new freeze. Without products, sites, tag and class it reaches everything.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFreeze {
    /// Begins at, RFC 3339.
    pub from: String,
    /// Ends at, RFC 3339.
    pub until: String,
    /// Why; people read it where it bites.
    pub reason: String,
    /// Role that may pass it.
    #[serde(default)]
    pub override_by: Option<String>,
    /// Only these products: ids or keys.
    #[serde(default)]
    pub products: Vec<String>,
    /// Only these sites: ids or keys.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Only sites with this tag.
    #[serde(default)]
    pub tag: Option<String>,
    /// Only systems of this class.
    #[serde(default)]
    pub class: Option<String>,
}

/// A change of a window policy; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowChange {
    /// Opens at this time, `HH:MM` in the zone of the policy.
    #[serde(default)]
    pub opens: Option<String>,
    /// Stays open for so many minutes, at most 7 days.
    #[serde(default)]
    pub minutes: Option<u32>,
    /// Releases per window; 0 lifts the limit.
    #[serde(default)]
    pub capacity: Option<u32>,
    /// Windows added to the rule: date to reason.
    #[serde(default)]
    pub added: BTreeMap<String, String>,
    /// Dates of the rule taken out: date to reason.
    #[serde(default)]
    pub dropped: BTreeMap<String, String>,
    /// Years whose plan is approved.
    #[serde(default)]
    pub approved: Vec<i16>,
}

/// What stands at a slot.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SlotAnswer {
    /// True when nothing stands against it.
    pub free: bool,
    /// What stands against it.
    pub blocks: Vec<Value>,
    /// The next free slots of the same length.
    pub next: Vec<Range>,
}
