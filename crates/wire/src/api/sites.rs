//! Sites, their versions, reports about deployments, decisions and feedback.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A site in a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SiteLine {
    /// Id.
    pub id: String,
    /// Short name.
    pub key: String,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Customer.
    pub customer: Option<String>,
    /// Time zone.
    pub zone: String,
    /// Language.
    pub lang: String,
    /// Address.
    pub address: String,
    /// Class.
    pub class: String,
    /// Who decides about updates there.
    pub update_authority: String,
    /// False when it is closed.
    pub active: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// What runs there.
    pub versions: Vec<SiteVersion>,
    /// The site that it is a part of: id; none for a whole site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// The site that it is a part of: short name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of_key: Option<String>,
    /// `site`, `environment` or `user_group`.
    #[serde(default)]
    pub part: String,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// A version at a site: since when, and how that is known.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SiteVersion {
    /// Product: id.
    pub product: String,
    /// Product: short name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product_key: String,
    /// Version.
    pub version: String,
    /// Since when.
    pub since: String,
    /// `person`, `import` or `agent`.
    pub source: String,
}

/// A page of sites.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SitePage {
    /// Lines.
    pub rows: Vec<SiteLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// How many there are in all, for you.
    pub total: i64,
}

/// A site with its contacts and releases.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SiteDetail {
    /// Line as in lists.
    #[serde(flatten)]
    pub line: SiteLine,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// Releases for this site.
    pub releases: Vec<SiteRelease>,
    /// Its parts, each updated on its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<SitePart>,
}

/// A part of a site.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SitePart {
    /// Id.
    pub id: String,
    /// Short name.
    pub key: String,
    /// Name.
    pub name: String,
    /// `environment` or `user_group`.
    pub part: String,
    /// False when it is closed.
    pub active: bool,
    /// What runs there.
    pub versions: Vec<SiteVersion>,
    /// Number of the newest release there.
    pub number: Option<String>,
    /// What came of that release there.
    pub outcome: Option<String>,
}

/// A contact.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Contact {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Language.
    pub lang: String,
    /// Kind.
    pub kind: String,
    /// False for somebody who left.
    pub active: bool,
}

/// A release for a site.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SiteRelease {
    /// Release: id.
    pub release: String,
    /// Release: number.
    pub number: String,
    /// Version.
    pub version: Option<String>,
    /// Order that a report answers.
    pub generation: i64,
    /// State of the deployment.
    pub state: String,
    /// What came of it.
    pub outcome: Option<String>,
    /// Planned for.
    pub slot_at: Option<String>,
}

/// A site to make or change.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteInput {
    /// Short name.
    pub key: String,
    /// Name.
    pub name: String,
    /// Unit: id or name; yours unless given.
    #[serde(default)]
    pub unit: Option<String>,
    /// Customer.
    #[serde(default)]
    pub customer: String,
    /// Time zone; required, but for a part, which has that of its site.
    #[serde(default)]
    pub zone: String,
    /// Language; required, but for a part, which has that of its site.
    #[serde(default)]
    pub lang: String,
    /// Address.
    #[serde(default)]
    pub address: String,
    /// Class.
    #[serde(default)]
    pub class: String,
    /// Who decides about updates there.
    #[serde(default)]
    pub update_authority: String,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// False closes it.
    #[serde(default = "yes")]
    pub active: bool,
    /// The site that this is a part of: id or short name. It stays.
    #[serde(default)]
    pub part_of: Option<String>,
    /// `environment` or `user_group`, for a part of a site.
    #[serde(default)]
    pub part: String,
}

/// A contact to make or change.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactInput {
    /// Name.
    pub name: String,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Language.
    pub lang: String,
    /// Kind.
    #[serde(default)]
    pub kind: String,
    /// False for somebody who left.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// What came of a deployment.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Site: id or short name.
    pub site: String,
    /// `installed`, `failed`, `rolled_back` or `skipped`.
    pub outcome: String,
    /// What shows it.
    #[serde(default)]
    pub evidence: Option<String>,
    /// When it happened; now unless given.
    #[serde(default)]
    pub at: Option<String>,
    /// The order that it answers; the newest unless given.
    #[serde(default)]
    pub generation: Option<u64>,
    /// Remark; the reason of a site that was left out.
    #[serde(default)]
    pub note: String,
    /// SHA-256 of the file that was installed; refused unless the release names it.
    #[serde(default)]
    pub package: Option<String>,
}

/// A file that may be installed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Installable {
    /// Number of the release.
    pub release: String,
    /// Its version.
    pub version: String,
    /// Name of the file.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// What a site decides.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `accept`, `postpone` or `decline`.
    pub decision: String,
    /// Wished time of an acceptance, or until when it is put off.
    #[serde(default)]
    pub at: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// SHA-256 of what was shown, as `asked` of the release has it; required where the site is asked
    /// about documents.
    #[serde(default)]
    pub digest: Option<String>,
}

/// What a site says afterwards.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// `yes`, `partly` or `no`.
    pub success: String,
    /// What went wrong.
    #[serde(default)]
    pub problems: String,
    /// What would be better.
    #[serde(default)]
    pub ideas: String,
    /// 1 to 5.
    #[serde(default)]
    pub rating: Option<i64>,
}

/// A version that is known from elsewhere.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionAt {
    /// Product: id or short name.
    pub product: String,
    /// Version.
    pub version: String,
    /// Since when.
    pub since: String,
    /// What shows it.
    #[serde(default)]
    pub evidence: String,
}

/// A row of the matrix.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct MatrixRow {
    /// Site: id.
    pub site: String,
    /// Site: short name.
    pub key: String,
    /// Site: name.
    pub name: String,
    /// Version per product.
    pub cells: Vec<SiteVersion>,
}

/// A page of the matrix.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct MatrixPage {
    /// Rows.
    pub rows: Vec<MatrixRow>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A release that comes to a site, as the site sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnRelease {
    /// Id of the release.
    pub release: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Version.
    pub version: Option<String>,
    /// State of the release.
    pub state: String,
    /// When it comes (UTC).
    pub slot_at: Option<String>,
    /// What came of it at the site.
    pub outcome: Option<String>,
    /// `accepted`, `postponed` or `declined`.
    pub decision: Option<String>,
    /// The time the site wishes (UTC).
    pub wished_at: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Somebody there has read it.
    pub read: bool,
    /// The site said how it went.
    pub feedback_given: bool,
}

/// The same with what was published of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnReleaseDetail {
    /// The line.
    #[serde(flatten)]
    pub line: OwnRelease,
    /// Product.
    pub product: Option<String>,
    /// New features.
    pub features: Vec<String>,
    /// All other changes.
    pub improvements: Vec<String>,
    /// What it needs.
    pub requirements: String,
    /// What the site is asked to confirm, where documents are in question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<OwnAsked>,
}

/// What a site is asked to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnAsked {
    /// SHA-256 that the answer names.
    pub digest: String,
    /// The question.
    pub question: String,
    /// The documents.
    pub papers: Vec<OwnPaper>,
}

/// A document that a site is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnPaper {
    /// Type, as the process names it.
    pub document: String,
    /// Title.
    pub title: String,
    /// `A0`, `A1`, …
    pub revision: String,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// When the revision was written.
    pub at: String,
    /// Its contents as HTML, if they are text and may be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

/// What came of a deployment, as the site reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnReport {
    /// `installed`, `failed`, `rolled_back` or `skipped`.
    pub outcome: String,
    /// How it is known.
    #[serde(default)]
    pub evidence: Option<String>,
    /// When; now when left out.
    #[serde(default)]
    pub at: Option<String>,
    /// Which order; the newest when left out.
    #[serde(default)]
    pub generation: Option<u64>,
    /// Note.
    #[serde(default)]
    pub note: String,
}

/// What was deployed at a site.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct DeploymentLine {
    /// Release.
    pub release: String,
    /// Its number.
    pub number: String,
    /// Short name of the product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Site.
    pub site: String,
    /// Its key.
    pub site_key: String,
    /// Its name.
    pub site_name: String,
    /// Wave, from 1.
    pub wave: i64,
    /// State.
    pub state: String,
    /// `installed`, `failed`, `rolled_back` or `skipped`, once reported.
    pub outcome: Option<String>,
    /// `person`, `import` or `agent`.
    pub source: Option<String>,
    /// Who reported.
    pub reported_by: Option<String>,
    /// What showed it.
    pub evidence: Option<String>,
    /// Last change.
    pub at: String,
}

/// A page of what was deployed, newest change first.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct DeploymentPage {
    /// Lines.
    pub rows: Vec<DeploymentLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A parameter of a site for a product: where it installs (`path`), its ports, its language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct ParameterLine {
    /// Short name of the product.
    pub product: String,
    /// Name.
    pub name: String,
    /// Value; none when the default of the package holds.
    pub value: Option<String>,
    /// Default of the newest package.
    pub default: Option<String>,
    /// The value stays at the site.
    pub secret: bool,
}

/// The parameters of a site.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct ParameterList {
    /// Lines.
    pub rows: Vec<ParameterLine>,
}

/// A parameter to set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterInput {
    /// Product: id or short name.
    pub product: String,
    /// Name; `path` is where the product is installed.
    pub name: String,
    /// Value; without one it is taken away.
    #[serde(default)]
    pub value: Option<String>,
}
