//! Products and their next numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A product in a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProductLine {
    /// Id.
    pub id: String,
    /// Short name.
    pub key: String,
    /// Name.
    pub name: String,
    /// Unit that owns it: id.
    pub unit: String,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// A page of products.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProductPage {
    /// Lines.
    pub rows: Vec<ProductLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A product.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProductDetail {
    /// Line as in lists.
    #[serde(flatten)]
    pub line: ProductLine,
    /// Name of the owning unit.
    pub unit_name: String,
    /// What it is for.
    pub description: String,
    /// Class of the system.
    pub class: String,
    /// How it is numbered.
    pub scheme: Value,
    /// In use.
    pub active: bool,
    /// The newest version.
    pub newest: Option<String>,
    /// Versions that releases have taken.
    pub versions: Vec<TakenVersion>,
    /// Planned numbers.
    pub roadmap: Vec<Value>,
    /// Who may authorize its releases.
    pub authorizers: Vec<String>,
    /// How branches of its versions are called; empty: nobody says.
    #[serde(default)]
    pub branches: String,
}

/// A version that a release has taken.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct TakenVersion {
    /// Version.
    pub version: String,
    /// Number of the release.
    pub release: String,
    /// State of the release.
    pub state: String,
}

/// A product to make or change.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductInput {
    /// Short name; does not change any more.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Unit: id or name; yours unless given.
    #[serde(default)]
    pub unit: Option<String>,
    /// Class of the system.
    #[serde(default)]
    pub class: String,
    /// `semver`, `{"vabcd": {}}` or `{"calver": {"pattern": …}}`; four parts unless given.
    #[serde(default)]
    pub scheme: Option<Value>,
    /// Role that answers for its roadmap.
    #[serde(default)]
    pub owner_role: String,
    /// Keys of windows.
    #[serde(default)]
    pub windows: Vec<String>,
    /// In use.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// How far the next number should rise: one of them.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NextVersion {
    /// `build`, `revision`, `minor`, `major`.
    #[serde(default)]
    pub level: Option<String>,
    /// Exactly this number.
    #[serde(default)]
    pub planned: Option<String>,
    /// Order number of the tag.
    #[serde(default)]
    pub tag: Option<u32>,
}

/// The next number and why.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct NextVersionAnswer {
    /// The number before it.
    pub current: Option<String>,
    /// The number.
    pub next: String,
    /// Why it is this one, step by step.
    pub why: Vec<Value>,
    /// False when the roadmap must plan it first.
    pub may_be_taken: bool,
}

/// People who may authorize.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorizers {
    /// Ids or logins.
    pub people: Vec<String>,
}

/// How branches are called.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branches {
    /// Pattern with `[version]` and `[n]` (a number), e.g. `release/[version]`; empty: no rule.
    pub pattern: String,
}

/// A planned number.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoadmapEntry {
    /// Number.
    pub number: String,
    /// What it will bring.
    pub theme: String,
    /// For when, `YYYY-MM-DD`.
    #[serde(default)]
    pub planned: Option<String>,
}
