//! The process template: everything that a process file (`format = 1`) declares.
//!
//! These types carry the whole language; [`crate::run`] executes it. Ids are the short names of
//! the file (`countersign`), unique within their kind.

pub use super::document::{Column, DocumentType, Extract, ReportClass, Section};
use super::due::{Due, Span};
use super::expr::Expr;
pub use super::kind::StepKind;
pub use super::sheet::{ServiceTurn, SheetItem};
pub use super::subject::{Adoption, Subject};
use crate::text::{Lang, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A process as declared. Its identity in the store is `id@revision`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// `family/name`, e.g. `enterprise/upgrade`.
    pub id: String,
    /// What a run of it is about.
    pub subject: Subject,
    /// Shown title.
    pub title: Text,
    /// What it is for, in one or two sentences.
    pub description: Text,
    /// Languages in which every text of it has to exist; empty: what is missing is only told.
    #[serde(default)]
    pub languages: Vec<Lang>,
    /// Control data of the document (S0-39, S2-01, S3-01).
    pub control: Control,
    /// Which releases it takes; `None` takes all.
    pub accepts: Option<Accepts>,
    /// Window policies that the go-live slot must satisfy (S2-19, D-04); first whose `when` holds.
    pub windows: Vec<WindowRule>,
    /// The step whose planned start is `T`.
    pub go_live: Option<String>,
    /// The role whose holder answers for a release from its application on, unless the
    /// application names somebody else (S3-45); none: who applies.
    #[serde(default)]
    pub responsible: Option<String>,
    /// Roles that set the time of the go-live besides who leads the release (S2-18).
    #[serde(default)]
    pub slot_by: Vec<String>,
    /// Roles with their titles; every role that a step names is declared here.
    pub roles: Vec<Role>,
    /// Facts it asks for.
    pub fields: Vec<Field>,
    /// Switches (D-01…D-35).
    pub settings: Vec<Setting>,
    /// Facts of each change that it asks for; rules read them as `item.<id>`.
    #[serde(default)]
    pub item_fields: Vec<Field>,
    /// Rules that force a class.
    pub classify: Vec<Classify>,
    /// Document types.
    pub documents: Vec<DocumentType>,
    /// Audiences of notices and contacts.
    pub audiences: Vec<Audience>,
    /// How runs begin by themselves.
    pub starts: Vec<Start>,
    /// How often releases of a category are expected at most (S3-44).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frequencies: Vec<Frequency>,
    /// Procedures that belong to this one (S3-75).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// Phases, one after another; a step that overlaps may begin in the one before its own.
    pub phases: Vec<Phase>,
}

/// Control data of a process document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// Document number.
    pub number: Option<String>,
    /// Role or team that owns it.
    pub owner: Option<String>,
    /// `public`, `internal`, `confidential`.
    pub confidentiality: Option<String>,
    /// Date from which it holds, `YYYY-MM-DD`.
    pub effective: Option<String>,
    /// What changed in this revision.
    pub note: Option<String>,
    /// Supplementary rules (S2-50).
    pub rules: Text,
    /// How the units of the organization take it (S4e-01).
    #[serde(default)]
    pub scope: Adoption,
}

/// Which releases a process takes (S2-08, S2-11, S2-12).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accepts {
    /// Release kinds, e.g. `new_system`, `upgrade`, `patch`.
    pub kinds: Vec<String>,
    /// `planned`, `emergency`.
    pub modes: Vec<String>,
    /// Kinds of change items that alone do not make a release, e.g. `data`, `config`.
    pub excludes: Vec<String>,
    /// Tags of sites that are no production and stay out of its releases (S2-07), e.g. `test`.
    #[serde(default)]
    pub no_sites: Vec<String>,
    /// How often releases of a mode happen, for people (S2-15).
    #[serde(default)]
    pub frequency: BTreeMap<String, Text>,
}

/// A window policy with the condition under which it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowRule {
    /// Key of the policy.
    pub policy: String,
    /// When it applies; `None` is always.
    pub when: Option<Expr>,
}

/// A role of the process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Short name.
    pub id: String,
    /// Title in the reader's language.
    pub title: Text,
    /// Duties, in a sentence.
    pub duty: Text,
    /// Held by people outside the organization (site user, customer).
    pub external: bool,
}

/// A fact that the process asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Short name; conditions read it as `field.<id>`.
    pub id: String,
    /// Its type.
    pub kind: FieldType,
    /// The question.
    pub ask: Text,
    /// Step by whose end it must be answered.
    pub required_by: Option<String>,
    /// The answer until somebody gives another one.
    #[serde(default)]
    pub default: Option<super::expr::Value>,
    /// How a text has to look, e.g. `Patch/[n]`; `product.branches` is as the product says.
    #[serde(default)]
    pub pattern: Option<String>,
    /// What its values or columns are called; what is not here is called as it is written.
    #[serde(default)]
    pub words: BTreeMap<String, Text>,
}

impl Field {
    /// What people call a value or column of it.
    pub fn word(&self, id: &str) -> Option<&Text> {
        self.words.get(id).filter(|it| !it.is_empty())
    }
}

/// Types of a field or setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// One of the named values.
    Enum(Vec<String>),
    /// A date.
    Date,
    /// A length of time.
    Duration,
    /// A whole number.
    Number,
    /// Free text.
    Text,
    /// A person.
    Person,
    /// A unit.
    Unit,
    /// A list of rows with these columns.
    Rows(Vec<String>),
    /// The number of a run of this process.
    Run(String),
}

/// A switch of the process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Short name; conditions read it as `setting.<id>`.
    pub id: String,
    /// Its type.
    pub kind: FieldType,
    /// Its value unless set.
    pub default: super::expr::Value,
    /// What it does.
    pub ask: Text,
    /// Who may set it: `organization` or `product`.
    pub set_by: String,
}

/// Answers that force a class (S1-02…14, S3-54).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classify {
    /// Name that receives the class, e.g. `release.kind`.
    pub into: String,
    /// The class.
    pub class: String,
    /// When it is forced.
    pub when: Expr,
    /// The process that takes releases of that class, when this one does not.
    #[serde(default)]
    pub process: Option<String>,
}

/// An audience.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audience {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Who it is.
    pub who: Vec<Who>,
}

/// A part of an audience.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Everybody of the organization who has an account.
    Everyone,
    /// Everybody who holds a role in this run.
    Participants,
    /// Holders of a role.
    Role(String),
    /// People of units of a kind, e.g. `department`.
    Units(String),
    /// Contacts of the sites in scope for which the condition holds (`None`: all in scope).
    Contacts(Option<Expr>),
    /// Subscribers of the public page.
    Subscribers,
    /// People of the units that a field names.
    UnitsOf(String),
    /// People, teams or units named in the run as having a special need (S0-18).
    SpecialNeed,
}

/// How a run begins by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// On an event, when the condition holds.
    On {
        /// Event name, e.g. `release.closed`.
        event: String,
        /// Condition over `event.*`.
        when: Option<Expr>,
    },
    /// Once a period.
    Period {
        /// `month` or `year`.
        period: String,
        /// When it opens.
        opens: Option<Due>,
    },
}

/// How often releases of a category are expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequency {
    /// Value of the field `category`, or the kind of the release where there is no such field.
    pub category: String,
    /// So many are usual.
    pub at_most: u32,
    /// In this time.
    pub per: Every,
}

/// A length of time over which something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
    /// Ninety days.
    Quarter,
    /// 365 days.
    Year,
}

impl Every {
    /// Names in files.
    pub const ALL: [(&str, Every); 4] = [
        ("week", Every::Week),
        ("month", Every::Month),
        ("quarter", Every::Quarter),
        ("year", Every::Year),
    ];

    /// Its days.
    pub const fn days(self) -> i64 {
        match self {
            Every::Week => 7,
            Every::Month => 30,
            Every::Quarter => 90,
            Every::Year => 365,
        }
    }
}

/// A procedure that belongs to this one: another process, or a document that is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// Title.
    pub title: Text,
    /// Number of the document.
    pub number: Option<String>,
    /// The process that carries it out here.
    pub process: Option<String>,
    /// Where the document is.
    pub url: Option<String>,
}

/// A phase: steps that belong together. Phases run one after another, but for steps that overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Activity or phase group it is shown under (S0-02, S2-05).
    pub group: Option<String>,
    /// Steps, parallel unless `after` or `needs` say otherwise.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Short name.
    pub id: String,
    /// Number as printed in the organization's own papers, e.g. `11`.
    pub number: Option<String>,
    /// Title.
    pub title: Text,
    /// What is to be done, in a sentence or two.
    pub description: Text,
    /// What it is and what only that kind has.
    pub kind: StepKind,
    /// Who performs it; for approvals see [`ApprovalSpec::approvers`].
    pub roles: Vec<RoleRef>,
    /// All roles must confirm (S2-16).
    pub joint: bool,
    /// A person's working time.
    pub effort: Option<Span>,
    /// Elapsed time, if longer than the effort.
    pub takes: Option<Span>,
    /// When it must be done.
    pub due: Option<Due>,
    /// When it may start.
    pub opens: Option<Due>,
    /// Each entry must be satisfied; inside an entry any one is enough.
    pub after: Vec<Vec<String>>,
    /// May begin while the phase before its own is still under way: it waits for what it names.
    #[serde(default)]
    pub overlap: bool,
    /// Documents that must exist before it can start.
    pub needs: Vec<String>,
    /// Documents that must exist when it is done.
    pub produces: Vec<Produces>,
    /// Check items.
    pub checks: Vec<Check>,
    /// Fields answered in this step.
    pub asks: Vec<String>,
    /// When false at the moment the step would become ready, the step is skipped with that reason.
    pub when: Option<Expr>,
    /// Must hold before it can be done.
    pub gate: Option<Expr>,
    /// Fan-out.
    pub each: Option<Each>,
    /// When a fan-out counts as done.
    pub joins: Joins,
    /// Roles that must not perform it: `author`, `applicant`, or a role.
    pub not_by: Vec<String>,
    /// Step to which a rejection or failure returns.
    pub rejected: Option<String>,
    /// The way after a failure.
    pub failed: Option<String>,
    /// Debts it stands in for: `step` or `step.check` (S2-14, D-21).
    pub stands_in_for: Vec<String>,
    /// Who may pass it although something is missing.
    pub override_by: Option<Override>,
    /// What happens when nobody acts.
    pub expires: Option<Expires>,
    /// Event that starts it, 0…n times.
    pub on: Option<String>,
    /// Holds up closing while open.
    pub blocking: bool,
    /// Runs on every way to the end.
    pub always: bool,
    /// Its lists may be lengthened in the run.
    pub extensible: bool,
    /// Marked as control point (S3-32).
    pub key_node: bool,
    /// Other runs that must be closed first, e.g. `releases(related)`.
    pub follows: Option<String>,
    /// Repeats by the calendar, e.g. `every month`.
    pub repeat: Option<String>,
    /// Skills and tools that whoever does it needs (S4g-08).
    #[serde(default)]
    pub tools: Text,
}

/// A document that a step produces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Produces {
    /// Document type.
    pub document: String,
    /// May be missing.
    pub optional: bool,
    /// Only when this holds (e.g. an interface list if interfaces are called, S2-43).
    pub when: Option<Expr>,
}

/// Who performs a step.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleRef {
    /// A declared role.
    Role(String),
    /// Head of the unit of the applicant: `head_of(applicant.unit)` (S2-14).
    HeadOfApplicant,
    /// Heads of the units named in a field: `heads_of(field.<id>)`.
    HeadsOf(String),
    /// A contact of the site of this kind: `site.contact(admin)`.
    SiteContact(String),
    /// Leads of the modules (units) named in a field, or of the unit above: `lead(<field>)`.
    Lead(String),
    /// The person named in a field: `field.<id>`.
    FieldPerson(String),
    /// Who may authorize releases of the product, by its list: `authorizer(product)` (S4c-08).
    Authorizer,
}

/// Fan-out over members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// Sites in scope; instances are rows.
    Site,
    /// Change items of the release.
    ChangeItem,
    /// Issues.
    Issue,
    /// Customers.
    Customer,
    /// Holders of the step's roles.
    RoleHolder,
    /// Rows of a list field.
    Field(String),
}

/// When a fan-out is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Joins {
    /// Every member has an outcome, or a reason why not.
    #[default]
    AllOrReason,
    /// Every member has an outcome.
    All,
    /// One is enough.
    Any,
    /// A share in percent.
    Percent(u8),
}

/// Who may override, and whether a reason is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Role.
    pub by: String,
    /// A reason is required.
    pub reason: bool,
}

/// What happens when an approval is not given in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expires {
    /// Counted from the moment the step became active.
    pub after: Span,
    /// What then.
    pub then: Expiry,
}

/// What an expiry does; it never fails the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// The head of the approver's unit and the release lead are asked.
    Escalate,
    /// The approver is reminded.
    Remind,
}

/// A check item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Short name, unique in the step.
    pub id: String,
    /// The question.
    pub ask: Text,
    /// How it is answered.
    pub kind: CheckKind,
    /// Role that answers it, if not the performers of the step.
    pub role: Option<String>,
    /// Asked only when this holds.
    pub when: Option<Expr>,
    /// When it must be answered, if earlier than the step.
    pub due: Option<Due>,
    /// The answer that passes, for yes/no items; `true` unless the question is only informative.
    pub pass: Option<bool>,
    /// Name of a fact that the agents of the sites report, `os`: what they say is proposed as the
    /// found value (S4a-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<String>,
}

/// How a check item is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// Yes or no, with remark.
    YesNo,
    /// Required and found value.
    Value {
        /// What is required: a value, or `field.<id>` for one that is given in the run.
        required: String,
        /// How found is compared: `eq`, `ge`, `le`.
        compare: String,
    },
    /// A meeting was held: date and minutes.
    Meeting,
    /// A document exists and is signed by the roles.
    Evidence {
        /// Document type.
        document: String,
        /// Roles whose valid signature it needs.
        signed_by: Vec<String>,
    },
    /// At least this many.
    Count {
        /// Minimum.
        at_least: u32,
    },
    /// Related releases are closed (S2-29).
    RelatedReleases,
    /// The product sees it by itself; nobody answers.
    Fact {
        /// Must hold.
        holds: Expr,
    },
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalSpec {
    /// Who approves; each has own questions and documents (S2-39…44).
    pub approvers: Vec<Approver>,
    /// How many.
    pub quorum: Quorum,
    /// In the order of the list, or free.
    pub as_listed: bool,
}

/// One approver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approver {
    /// Who.
    pub role: RoleRef,
    /// Check items of the step that only this approver answers.
    pub checks: Vec<String>,
    /// Documents this approver hands in.
    pub documents: Vec<Produces>,
    /// Only asked when this holds.
    pub when: Option<Expr>,
}

/// How many approvals are enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quorum {
    /// Every approver.
    All,
    /// One.
    Any,
    /// This many.
    Count(u32),
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionSpec {
    /// The question.
    pub ask: Text,
    /// Outcomes in order.
    pub outcomes: Vec<Outcome>,
    /// Roles whose opinion must be known first (S0-12).
    pub opinions: Vec<String>,
}

/// An outcome of a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Short name, e.g. `go`.
    pub id: String,
    /// Button text.
    pub title: Text,
    /// What follows.
    pub action: Action,
    /// A reason is required.
    pub reason: bool,
}

/// What an outcome does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// These steps are taken; steps that only other outcomes name become *not taken*.
    Go(Vec<String>),
    /// The slot moves; the decision opens again.
    Move,
    /// The run ends with this state.
    End(String),
    /// These steps are skipped.
    Skip(Vec<String>),
    /// Asked again at the date of the answer.
    AskAgain,
    /// Returns to a step.
    Return(String),
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeSpec {
    /// Audience.
    pub audience: String,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Content blocks, filled from the release.
    pub content: Vec<String>,
    /// Subject line; a minijinja text.
    pub subject: Text,
    /// Body; a minijinja text. Empty: built from the content blocks.
    pub body: Text,
    /// Recipients acknowledge, and are reminded.
    pub acknowledge: bool,
    /// Reminder after this long without acknowledgement.
    pub remind: Option<Span>,
    /// What the mail policy is when a crash leaves it unknown whether a mail went out.
    pub at_most_once: bool,
}

/// How a notice travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Notice board in the product.
    Board,
    /// E-mail.
    Email,
    /// Public release page and feed.
    Website,
    /// A person tells them.
    Task,
}

/// The run sheet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OperateSpec {
    /// Steps of the sheet unless the release has its own action plan.
    pub sheet: Vec<SheetItem>,
    /// Steps of the way back.
    pub rollback: Vec<SheetItem>,
    /// Document whose table is the action plan.
    pub plan: Option<String>,
}

/// A wave of a rollout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wave {
    /// Name.
    pub name: String,
    /// What a member is: `site`, `environment`, `user_group`.
    pub of: String,
    /// Which sites.
    pub sites: Option<Expr>,
    /// Share of what is left, in percent.
    pub share: Option<u8>,
    /// How long it must be quiet before the next wave.
    pub soak: Option<Span>,
    /// Failures that halt: percent.
    pub halt_failed: Option<u8>,
    /// Silence that halts: percent.
    pub halt_silent: Option<u8>,
}
