//! People, units, roles, absences and deputies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person in a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct PersonLine {
    /// Id.
    pub id: String,
    /// Name to sign in with.
    pub login: Option<String>,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Language.
    pub lang: String,
    /// Time zone.
    pub zone: String,
    /// Unit: id.
    pub unit: String,
    /// Unit: name.
    pub unit_name: String,
    /// May act.
    pub active: bool,
    /// Hours of work in a week.
    pub weekly_hours: i64,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// A page of people.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct PersonPage {
    /// Lines.
    pub rows: Vec<PersonLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A person with roles, absences and deputies.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct PersonDetail {
    /// Line as in lists.
    #[serde(flatten)]
    pub line: PersonLine,
    /// Roles, also past and future ones.
    pub roles: Vec<RoleLine>,
    /// Absences that have not passed.
    pub absences: Vec<AbsenceLine>,
    /// Who stands in for the person.
    pub deputies: Vec<DeputyLine>,
}

/// A role with scope and dates.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RoleLine {
    /// Role of the product or of processes.
    pub role: String,
    /// `all`, `unit`, `product`, `release` or `site`.
    pub scope: String,
    /// Id of the scope; empty for `all`.
    pub scope_id: String,
    /// From.
    pub from: String,
    /// Until.
    pub until: Option<String>,
    /// Holds now.
    pub in_force: bool,
}

/// An absence.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct AbsenceLine {
    /// Id.
    pub id: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// A deputy.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct DeputyLine {
    /// Who.
    pub deputy: String,
    /// From.
    pub from: String,
    /// Until.
    pub until: Option<String>,
}

/// A person to make or change.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonInput {
    /// Name.
    pub name: String,
    /// To sign in with; without one the person only receives.
    #[serde(default)]
    pub login: Option<String>,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Language.
    pub lang: String,
    /// Time zone.
    pub zone: String,
    /// Unit: id or name; yours unless given.
    #[serde(default)]
    pub unit: Option<String>,
    /// Hours of work in a week; 40 unless given.
    #[serde(default)]
    pub weekly_hours: Option<i64>,
}

/// Whether a person may act.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Active {
    /// May act.
    pub active: bool,
}

/// A role to give or take.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleInput {
    /// Role of the product or of processes.
    pub role: String,
    /// `all`, `unit`, `product`, `release` or `site`.
    pub scope: String,
    /// Id of the scope; empty for `all`.
    #[serde(default)]
    pub scope_id: String,
    /// From; now unless given.
    #[serde(default)]
    pub from: Option<String>,
    /// Until; for good unless given.
    #[serde(default)]
    pub until: Option<String>,
}

/// An absence to note.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceInput {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day, `YYYY-MM-DD`.
    pub to: String,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// A unit.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct UnitLine {
    /// Id.
    pub id: String,
    /// The unit above it.
    pub parent: Option<String>,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Who leads it.
    pub head: Option<String>,
    /// Time zone.
    pub zone: String,
    /// 0 for a root.
    pub depth: usize,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// A unit to make or change.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitInput {
    /// Name.
    pub name: String,
    /// `company`, `department`, `team`, …
    pub kind: String,
    /// The unit above it: id or name.
    #[serde(default)]
    pub parent: Option<String>,
    /// Time zone.
    pub zone: String,
    /// Who leads it: id or login.
    #[serde(default)]
    pub head: Option<String>,
}

/// Who stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeputyInput {
    /// Id or sign-in name.
    pub deputy: String,
    /// From (RFC 3339); now when left out.
    #[serde(default)]
    pub from: Option<String>,
    /// Until (RFC 3339).
    pub until: String,
}
