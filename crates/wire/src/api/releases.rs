//! Releases and the commands of their runs.

use super::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A new release.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
    /// Product: id or key.
    pub product: String,
    /// Process id.
    pub process: String,
    /// Version as printed; left out by a run that is about something else than a release.
    #[serde(default)]
    pub version: String,
    /// Short title.
    pub title: String,
    /// Kind, as the process accepts.
    #[serde(default)]
    pub kind: String,
    /// `planned` or `emergency`.
    #[serde(default)]
    pub mode: Option<String>,
    /// Why this mode.
    #[serde(default)]
    pub mode_reason: String,
    /// Content of the application.
    #[serde(default)]
    pub content: String,
    /// Purposes.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Formal project, if there is one.
    #[serde(default)]
    pub project: Option<String>,
    /// Changes.
    #[serde(default)]
    pub items: Vec<Item>,
    /// System requirements.
    #[serde(default)]
    pub requirements: Text,
    /// Lead: id or login.
    #[serde(default)]
    pub lead: Option<String>,
    /// Role holders: role to ids or logins.
    #[serde(default)]
    pub roles: BTreeMap<String, Vec<String>>,
    /// Tags of the sites in scope; empty with `sites` empty means all sites.
    #[serde(default)]
    pub site_tags: Vec<String>,
    /// Sites in scope: ids or keys.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Releases that must be closed first.
    #[serde(default)]
    pub related: Vec<String>,
    /// Period of a run about one, `2027-03`; the present one unless said otherwise.
    #[serde(default)]
    pub period: Option<String>,
}

/// A change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Title.
    pub title: Text,
    /// Kind: `architecture`, `feature`, `spec`, `code`, `data`, `config`, `infrastructure`.
    pub kind: String,
    /// Purpose: `security`, `performance`, `feature`, `fix`.
    #[serde(default)]
    pub purpose: String,
    /// Answers to what the process asks of each change: yes or no, a number or a text.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

/// A release in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct ReleaseLine {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
    /// Product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: String,
    /// Mode.
    pub mode: String,
    /// `draft`, `running`, `held`, `ending`, `closed`.
    pub state: String,
    /// Planned start of the go-live.
    pub go_live: Option<String>,
    /// Name of the lead.
    pub lead: String,
    /// What it waits for, `step reason`.
    pub waiting: String,
    /// What the run is about: `release`, `issue`, `change`, `site`, `project`, `cycle`.
    #[serde(default = "release")]
    pub subject: String,
}

fn release() -> String {
    "release".to_owned()
}

/// A page of releases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct ReleasePage {
    /// Lines.
    pub rows: Vec<ReleaseLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// How many there are in all, for you.
    pub total: i64,
}

/// The stop of the service around a go-live.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct DowntimeLine {
    /// Minutes that were announced.
    pub announced: Option<i64>,
    /// When the service stopped, as reported.
    pub stopped: Option<String>,
    /// When it was available again.
    pub returned: Option<String>,
    /// Minutes for which it was stopped, once it is available again.
    pub actual: Option<i64>,
}

/// A release with its steps.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct ReleaseDetail {
    /// Line as in lists.
    #[serde(flatten)]
    pub line: ReleaseLine,
    /// Revision for `If-Match`.
    pub revision: i64,
    /// Process and revision, `id@revision`.
    pub process: String,
    /// End of the go-live slot.
    pub go_live_end: Option<String>,
    /// How long the service is stopped, announced and real; left out until there is one of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downtime: Option<DowntimeLine>,
    /// What it is about.
    pub content: String,
    /// What it is for: `feature`, `fix`, `security`, `performance`.
    pub purposes: Vec<String>,
    /// What changes, with what the process asks of each change.
    pub items: Vec<Item>,
    /// How many sites it reaches.
    pub sites: u32,
    /// Steps in the order of the process.
    pub steps: Vec<StepLine>,
    /// From the go-live down to who holds it.
    pub holders: Vec<Holder>,
    /// Documents by type.
    pub documents: BTreeMap<String, DocumentLine>,
    /// Open debts.
    pub debts: Vec<String>,
    /// Number of the run that began it, when no person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_by: Option<String>,
    /// The period it is about, `2027-03`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Answers to what the process asks of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, serde_json::Value>,
    /// Steps that you can act on now.
    pub mine: Vec<String>,
    /// By name of the fact that a check item asks for: what the agents of the sites report.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reported: BTreeMap<String, Vec<ReportedFact>>,
}

/// A fact as the agent of a site reports it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct ReportedFact {
    /// Short name of the site.
    pub site: String,
    /// What it says.
    pub value: String,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct StepLine {
    /// Step.
    pub id: String,
    /// Phase.
    pub phase: String,
    /// Kind.
    pub kind: String,
    /// Title.
    pub title: Text,
    /// State.
    pub state: String,
    /// Round.
    pub round: u32,
    /// Due.
    pub due: Option<String>,
    /// Outcome of a decision.
    pub outcome: Option<String>,
    /// What it waits for.
    pub waiting: Vec<serde_json::Value>,
    /// For approvals: SHA-256 (hex) of what would be signed now.
    pub digest: Option<String>,
    /// Its instances, when it is done for each member of a list or each time something happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberLine>,
    /// The event that begins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Its list of check items may grow.
    #[serde(default)]
    pub extensible: bool,
}

/// One instance of a step.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct MemberLine {
    /// Id.
    pub id: String,
    /// As people call it.
    pub label: String,
    /// State.
    pub state: String,
    /// Since when.
    pub since: String,
    /// Outcome of a decision.
    pub outcome: Option<String>,
    /// What was said.
    pub remark: String,
    /// Asked again then.
    pub again: Option<String>,
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Holder {
    /// Step.
    pub step: String,
    /// People it waits for, by name.
    pub people: Vec<String>,
}

/// A document of a release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct DocumentLine {
    /// Revision, `A0`.
    pub revision: String,
    /// SHA-256 (hex).
    pub digest: String,
    /// `draft`, `controlled`, `obsolete`.
    pub control: String,
    /// Roles whose signature holds.
    pub signed_by: Vec<String>,
    /// Required sections that are missing.
    pub missing_sections: Vec<String>,
}

/// A reason.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A remark.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// Remark.
    #[serde(default)]
    pub remark: String,
}

/// A slot.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSlot {
    /// Start, RFC 3339.
    pub start: String,
    /// End, RFC 3339.
    pub end: String,
    /// Reason.
    #[serde(default)]
    pub reason: String,
    /// Pass the rules that stand against it, if you may.
    #[serde(default)]
    pub pass_blocks: bool,
}

/// A vote.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// `approve` or `reject`.
    pub verdict: String,
    /// Comment; required for a rejection.
    #[serde(default)]
    pub comment: String,
    /// SHA-256 (hex) of what was shown.
    pub digest: String,
}

/// An answer to a check item: one of the fields.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckAnswer {
    /// Yes or no.
    #[serde(default)]
    pub yes: Option<bool>,
    /// Value found.
    #[serde(default)]
    pub found: Option<String>,
    /// Number.
    #[serde(default)]
    pub count: Option<u32>,
    /// Date of the meeting, `YYYY-MM-DD`; with `minutes`.
    #[serde(default)]
    pub date: Option<String>,
    /// Minutes of the meeting.
    #[serde(default)]
    pub minutes: Option<String>,
    /// Does not apply; needs a remark.
    #[serde(default)]
    pub not_applicable: bool,
    /// Remark.
    #[serde(default)]
    pub remark: String,
}

/// An opinion.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// `for`, `against` or `conditional`.
    pub stance: String,
    /// Text.
    pub text: String,
}

/// A decision.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// Outcome.
    pub outcome: String,
    /// Reason.
    #[serde(default)]
    pub reason: String,
    /// New start, for an outcome that moves the go-live.
    #[serde(default)]
    pub start: Option<String>,
    /// New end.
    #[serde(default)]
    pub end: Option<String>,
}

/// Handing over.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delegate {
    /// To whom: id or login.
    pub to: String,
}

/// A line of the run sheet.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetLine {
    /// Line.
    pub line: String,
    /// `begin`, `done` or `fail`.
    pub act: String,
    /// What was seen.
    #[serde(default)]
    pub found: String,
}

/// An act on one instance of a step.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnMember {
    /// Which one.
    pub member: String,
    /// `done`, `answer`, `decide`, `leave_out` or `reopen`.
    pub act: String,
    /// Reason or remark.
    #[serde(default)]
    pub reason: String,
    /// For `decide`: the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// For `decide` with an outcome that asks again: when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
    /// For `answer`: the check item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// For `answer`: the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<CheckAnswer>,
}

/// A check item that a list of this run gets.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// Short name.
    pub id: String,
    /// The question, in the words of who asks.
    pub ask: String,
    /// Required value; without one it is a yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    /// How the value found is compared: `eq`, `ge` or `le`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its name, as the process has it, e.g. `issue.raised`.
    pub event: String,
    /// What happened, in words.
    pub what: String,
}

/// The way after a failure.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    /// `roll_back` or `remedy`.
    pub choice: String,
    /// Why.
    pub reason: String,
}

/// An answer to a field of the process.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetField {
    /// Field.
    pub field: String,
    /// Yes or no, a number, a text or a list of texts.
    pub value: serde_json::Value,
}

/// Closing.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// `success`, `partial`, `remedied`, `rolled_back`, `cancelled`.
    pub code: String,
    /// Remark.
    #[serde(default)]
    pub remark: String,
}

/// A new revision of a document.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteDocument {
    /// Markdown.
    pub text: String,
    /// What changed.
    #[serde(default)]
    pub note: String,
}

/// A signature on a document.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignDocument {
    /// Role in which it is signed.
    pub role: String,
    /// What it means.
    #[serde(default)]
    pub meaning: String,
    /// SHA-256 (hex) of what was shown.
    pub digest: String,
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct TodoLine {
    /// Release.
    pub release: String,
    /// Number.
    pub number: String,
    /// Version.
    pub version: String,
    /// Step.
    pub step: String,
    /// Title of the step.
    pub title: Text,
    /// Kind.
    pub kind: String,
    /// Role.
    pub role: String,
    /// Can be done now.
    pub ready: bool,
    /// Due.
    pub due: Option<String>,
    /// Work in minutes.
    pub effort_minutes: i64,
}

/// A draft of a process that waits for your review.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct TodoReview {
    /// Process.
    pub process: String,
    /// Its revision, once it holds.
    pub revision: u32,
    /// Title of what is in force; none before the first revision.
    pub title: Option<Text>,
    /// What it changes.
    pub note: String,
    /// When it was written.
    pub at: String,
}

/// Changes of a release; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRelease {
    /// Title.
    #[serde(default)]
    pub title: Option<String>,
    /// Version; free until the release starts.
    #[serde(default)]
    pub version: Option<String>,
    /// Kind; free until the release starts.
    #[serde(default)]
    pub kind: Option<String>,
    /// Changes, all of them.
    #[serde(default)]
    pub items: Option<Vec<Item>>,
    /// System requirements.
    #[serde(default)]
    pub requirements: Option<Text>,
    /// Lead: id or sign-in name.
    #[serde(default)]
    pub lead: Option<String>,
    /// Role holders by role; roles that are not named stay.
    #[serde(default)]
    pub roles: Option<BTreeMap<String, Vec<String>>>,
    /// Releases that must be closed first.
    #[serde(default)]
    pub related: Option<Vec<String>>,
    /// Purposes.
    #[serde(default)]
    pub purposes: Option<Vec<String>>,
    /// What a site installs, all of it.
    #[serde(default)]
    pub packages: Option<Vec<Package>>,
}

/// A file that a site installs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Name of the file.
    pub name: String,
    /// SHA-256 of its bytes, 64 small hexadecimal digits.
    pub sha256: String,
}

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Participants {
    /// Holders by role of the process.
    pub roles: BTreeMap<String, Vec<Participant>>,
}

/// Somebody who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Who holds a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holders {
    /// Ids or sign-in names.
    pub people: Vec<String>,
}
