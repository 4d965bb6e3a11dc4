//! How far running releases keep to their process, over the API.

use super::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a release leaves its process.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Deviation {
    /// `late`, `passed`, `owed`, `again` or `held`.
    pub what: String,
    /// The step; empty when it is about the whole release.
    pub step: String,
    /// Its title.
    pub title: Text,
}

/// A running release held against its process.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct ConformityLine {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
    /// Product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Process and revision, `id@revision`.
    pub process: String,
    /// Name of the lead.
    pub lead: String,
    /// True when nothing leaves the process.
    pub conforms: bool,
    /// What does.
    pub deviations: Vec<Deviation>,
}

/// A page of running releases.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct ConformityPage {
    /// Releases.
    pub rows: Vec<ConformityLine>,
    /// Where the next page begins.
    pub next: Option<String>,
}
