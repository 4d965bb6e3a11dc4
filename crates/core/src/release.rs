//! A release: what is shipped, by whom, to which sites, through which process. Runs about other
//! subjects (an issue, a change, a site, a project, a period) are kept in the same shape, without
//! what only a release has: they have no version and ship nothing.

use crate::ids::{PersonId, ProductId, ReleaseId, UnitId};
use crate::process::expr::{self, Names, Value};
use crate::process::settings;
use crate::process::template::{Adoption, Subject, Template};
use crate::run::Run;
use crate::text::{Lang, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A release with its run. Stored as one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Id.
    pub id: ReleaseId,
    /// Number of the application, e.g. `R-2026-0007` (S3-81).
    pub number: String,
    /// What the run is about, as its process says.
    #[serde(default, skip_serializing_if = "Subject::is_release")]
    pub subject: Subject,
    /// What began it, when no person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Product.
    pub product: ProductId,
    /// Version, as printed (S3-46); empty for a run that ships nothing.
    pub version: String,
    /// Short title.
    pub title: String,
    /// Kind: `new_system`, `upgrade`, `patch`, … as the process accepts.
    pub kind: String,
    /// Planned or emergency (S2-12).
    pub mode: Mode,
    /// Why this mode (S2-12).
    pub mode_reason: String,
    /// What it is for: `security`, `performance`, `feature`, `fix` (S0-06).
    pub purposes: Vec<String>,
    /// The application it started from.
    pub application: Application,
    /// Link to a project; none means "no formal project" (S2-09, S2-10).
    pub project: Option<String>,
    /// What changes.
    pub items: Vec<ChangeItem>,
    /// System requirements of the new version (S0-04).
    pub requirements: Text,
    /// What each unit has to prepare (S0-14).
    pub prepare: Vec<Preparation>,
    /// The person who leads it; exactly one (D-14).
    pub lead: PersonId,
    /// Who holds which role of the process in this release.
    pub roles: BTreeMap<String, Vec<PersonId>>,
    /// How many sites are in scope; which ones stands in rows, fixed when it is opened.
    pub sites: u32,
    /// Releases that must be closed first (S2-29).
    pub related: Vec<ReleaseId>,
    /// People, units or teams with a special need to know (S0-18).
    pub special_need: Vec<SpecialNeed>,
    /// Lines of its own action plan (S2-31).
    pub action_plan: Vec<PlanLine>,
    /// What a site installs; empty: nothing was named (S3-04).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    /// Who changed the content, first the author.
    pub editors: Vec<PersonId>,
    /// The run of its process.
    pub run: Run,
    /// Raised when its sites or slot change, so that an old order never overtakes a new one.
    pub generation: u64,
}

/// What began a run, when no person did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// A step of another run called it.
    Call {
        /// The calling run.
        run: ReleaseId,
        /// Its step.
        step: String,
        /// For which instance of the step, if it has instances.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<String>,
    },
    /// An event of another run.
    Event {
        /// The event, e.g. `release.closed`.
        event: String,
        /// The run in which it happened.
        run: ReleaseId,
    },
    /// Its period came.
    Period(crate::schedule::Period),
}

impl Origin {
    /// The run that it comes from.
    pub fn run(&self) -> Option<&ReleaseId> {
        match self {
            Origin::Call { run, .. } | Origin::Event { run, .. } => Some(run),
            Origin::Period(_) => None,
        }
    }
}

/// Planned or emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// In a window, material complete.
    Planned,
    /// By real need; what is skipped is owed.
    Emergency,
}

impl Mode {
    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Planned => "planned",
            Mode::Emergency => "emergency",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<Mode> {
        [Mode::Planned, Mode::Emergency].into_iter().find(|mode| mode.name() == text)
    }
}

/// The application form a release starts from (S3-81).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Who applied.
    pub applicant: PersonId,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// When.
    pub at: Timestamp,
    /// What is asked for.
    pub content: String,
}

/// Kinds of a change, in the order in which a form lists them.
pub const CHANGE_KINDS: [&str; 7] =
    ["feature", "spec", "architecture", "code", "data", "config", "infrastructure"];

/// What a change is for.
pub const CHANGE_PURPOSES: [&str; 4] = ["feature", "fix", "performance", "security"];

/// A change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeItem {
    /// Short name inside the release.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Kind: `architecture`, `feature`, `spec`, `code`, `data`, `config`, `infrastructure`.
    pub kind: String,
    /// Purpose: `security`, `performance`, `feature`, `fix`.
    pub purpose: String,
    /// Answers to what the process asks of each change.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Value>,
}

/// Preparation of one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// Unit.
    pub unit: UnitId,
    /// What.
    pub text: Text,
}

/// Somebody who must be talked to in person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialNeed {
    /// A person.
    Person(PersonId),
    /// A unit or team.
    Unit(UnitId),
}

/// A line of the action plan (S2-31): nothing without an owner and a duration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLine {
    /// Short name.
    pub id: String,
    /// What is done.
    pub title: String,
    /// Who does it.
    pub owner: String,
    /// Planned minutes.
    pub minutes: u32,
    /// What should be seen.
    pub expected: String,
    /// Key node (S3-32).
    pub key_node: bool,
    /// No way back after it.
    pub point_of_no_return: bool,
}

/// A file that a site installs, known by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Name of the file.
    pub name: String,
    /// SHA-256 of its bytes, 64 small hexadecimal digits.
    pub sha256: String,
}

impl Package {
    /// Its name and digest have the right form.
    pub fn is_well_formed(&self) -> bool {
        let digits = self.sha256.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        !self.name.trim().is_empty() && self.sha256.len() == 64 && digits
    }
}

/// Why a release cannot be opened or changed like this.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReleaseRefusal {
    /// The process does not take this kind.
    #[error("process `{process}` takes {accepted}, not `{kind}`")]
    KindNotAccepted {
        /// Process.
        process: String,
        /// Kind asked for.
        kind: String,
        /// What it takes.
        accepted: String,
    },
    /// The process does not take this mode.
    #[error("process `{process}` does not take mode `{mode}`")]
    ModeNotAccepted {
        /// Process.
        process: String,
        /// Mode asked for.
        mode: String,
    },
    /// Head office binds its units to another process for this.
    #[error("the organization binds its units to process `{binding}` here, not `{process}`")]
    ProcessBound {
        /// Process asked for.
        process: String,
        /// The binding ones that take it.
        binding: String,
    },
    /// Only data, configuration or infrastructure changes: not a release but a change (S2-11).
    #[error("no program code changes here ({kinds}); open a change request instead of a release")]
    OutOfScope {
        /// Kinds of the items.
        kinds: String,
    },
    /// What changes makes it a release of another kind.
    #[error("{items} makes it a release of kind `{class}`, not `{kind}`: {because}")]
    ClassForced {
        /// The class that the changes force.
        class: String,
        /// Kind asked for.
        kind: String,
        /// Titles of the changes.
        items: String,
        /// The rule, as written.
        because: String,
    },
    /// A required text is empty.
    #[error("`{field}` is required")]
    Missing {
        /// Field.
        field: &'static str,
    },
    /// A line of the action plan lacks its owner or duration.
    #[error("line `{line}` of the action plan needs an owner and a duration")]
    PlanLine {
        /// Line.
        line: String,
    },
    /// What the process asks of a change got an answer that it does not know.
    #[error("{item}: the answer to `{question}` is not one that the process takes")]
    Answer {
        /// Title of the change.
        item: String,
        /// Short name of the question.
        question: String,
    },
}

impl ReleaseRefusal {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            ReleaseRefusal::KindNotAccepted { .. } => "kind_not_accepted",
            ReleaseRefusal::ModeNotAccepted { .. } => "mode_not_accepted",
            ReleaseRefusal::ProcessBound { .. } => "process_bound",
            ReleaseRefusal::OutOfScope { .. } => "out_of_scope",
            ReleaseRefusal::ClassForced { .. } => "class_forced",
            ReleaseRefusal::Missing { .. } => "missing",
            ReleaseRefusal::PlanLine { .. } => "plan_line_incomplete",
            ReleaseRefusal::Answer { .. } => "answer_unknown",
        }
    }
}

/// Why a run cannot be opened under this process while others in force bind the units to them: one
/// of those takes its subject, kind and mode. What ships nothing is bound by the kinds that are
/// named; a process without any takes all releases.
pub fn bound<'t>(
    template: &Template,
    release: &Release,
    in_force: impl IntoIterator<Item = &'t Template>,
) -> Option<ReleaseRefusal> {
    let takes = |it: &&Template| {
        let accepts = it.accepts.clone().unwrap_or_default();
        let kind = match accepts.kinds.as_slice() {
            [] => release.subject.is_release(),
            kinds => kinds.contains(&release.kind),
        };
        let mode = accepts.modes.iter().any(|it| it == release.mode.name());
        it.subject == release.subject && kind && (mode || accepts.modes.is_empty())
    };
    if template.control.scope == Adoption::Binding {
        return None;
    }
    let binds = |it: &&Template| it.control.scope == Adoption::Binding;
    let binding = in_force.into_iter().filter(binds).filter(takes).map(|it| it.id.as_str());
    let binding: Vec<&str> = binding.collect();
    (!binding.is_empty()).then(|| ReleaseRefusal::ProcessBound {
        process: template.id.clone(),
        binding: binding.join("`, `"),
    })
}

/// All reasons why this release cannot be opened under this process. Empty means it can.
pub fn admit(template: &Template, release: &Release) -> Vec<ReleaseRefusal> {
    let mut list = Vec::new();
    if release.title.trim().is_empty() {
        list.push(ReleaseRefusal::Missing { field: "title" });
    }
    if release.subject.is_release() && release.version.trim().is_empty() {
        list.push(ReleaseRefusal::Missing { field: "version" });
    }
    if let Some(accepts) = &template.accepts {
        let any_kind =
            accepts.kinds.is_empty() || (!release.subject.is_release() && release.kind.is_empty());
        if !any_kind && !accepts.kinds.contains(&release.kind) {
            list.push(ReleaseRefusal::KindNotAccepted {
                process: template.id.clone(),
                kind: release.kind.clone(),
                accepted: accepts.kinds.join(", "),
            });
        }
        let mode = release.mode.name().to_owned();
        if !accepts.modes.is_empty() && !accepts.modes.contains(&mode) {
            list.push(ReleaseRefusal::ModeNotAccepted { process: template.id.clone(), mode });
        }
        if accepts.modes.len() > 1 && release.mode_reason.trim().is_empty() {
            list.push(ReleaseRefusal::Missing { field: "mode_reason" });
        }
        let excluded = |item: &ChangeItem| accepts.excludes.contains(&item.kind);
        if !release.items.is_empty() && release.items.iter().all(excluded) {
            let mut kinds: Vec<&str> = release.items.iter().map(|it| it.kind.as_str()).collect();
            kinds.dedup();
            list.push(ReleaseRefusal::OutOfScope { kinds: kinds.join(", ") });
        }
    }
    if let Some(forced) = forced_kind(template, release).filter(|it| it.class != release.kind) {
        list.push(ReleaseRefusal::ClassForced {
            class: forced.class,
            kind: release.kind.clone(),
            items: forced.items.join(", "),
            because: forced.because,
        });
    }
    list.extend(
        release
            .action_plan
            .iter()
            .filter(|line| line.owner.trim().is_empty() || line.minutes == 0)
            .map(|line| ReleaseRefusal::PlanLine { line: line.title.clone() }),
    );
    for item in &release.items {
        let wrong = template.item_fields.iter().filter(|field| {
            item.facts.get(&field.id).is_some_and(|it| !settings::fits(&field.kind, it))
        });
        list.extend(wrong.map(|field| ReleaseRefusal::Answer {
            item: item.title.show(Lang::En).0.to_owned(),
            question: field.id.clone(),
        }));
    }
    list
}

/// A kind that the changes of a release force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forced {
    /// The kind.
    pub class: String,
    /// Titles of the changes that force it.
    pub items: Vec<String>,
    /// The rule, as written.
    pub because: String,
}

struct OfItem<'a> {
    item: &'a ChangeItem,
    release: &'a BTreeMap<String, Value>,
    fields: &'a BTreeMap<String, Value>,
}

impl Names for OfItem<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let Some(fact) = name.strip_prefix("item.") else {
            let field = name.strip_prefix("field.").and_then(|it| self.fields.get(it));
            return field.or_else(|| self.release.get(name)).cloned().or(Some(Value::Null));
        };
        Some(match fact {
            "id" => Value::Text(self.item.id.clone()),
            "kind" => Value::Text(self.item.kind.clone()),
            "purpose" => Value::Text(self.item.purpose.clone()),
            // What was not answered is not so.
            other => self.item.facts.get(other).cloned().unwrap_or(Value::Bool(false)),
        })
    }

    fn call(&self, _: &str, _: &[Value]) -> Option<Value> {
        None
    }
}

/// The first rule of the process that a change of the release meets; rules stand in the order of
/// their weight.
pub fn forced_kind(
    template: &crate::process::template::Template,
    release: &Release,
) -> Option<Forced> {
    let facts = facts(release);
    template.classify.iter().filter(|it| it.into == "release.kind").find_map(|rule| {
        let meets = |item: &&ChangeItem| {
            let names = OfItem { item, release: &facts, fields: &release.run.fields };
            expr::eval(&rule.when, &names) == Ok(Value::Bool(true))
        };
        let items: Vec<String> = release
            .items
            .iter()
            .filter(meets)
            .map(|it| it.title.show(Lang::En).0.to_owned())
            .collect();
        (!items.is_empty()).then(|| Forced {
            class: rule.class.clone(),
            items,
            because: rule.when.source.clone(),
        })
    })
}

/// Facts of a release for conditions of the process.
pub fn facts(release: &Release) -> BTreeMap<String, Value> {
    let text = |it: &str| Value::Text(it.to_owned());
    let list = |it: Vec<&str>| Value::List(it.into_iter().map(text).collect());
    let has = |kind: &str| Value::Bool(release.items.iter().any(|it| it.kind == kind));
    let mut all = BTreeMap::from([
        ("release.kind".to_owned(), text(&release.kind)),
        ("release.mode".to_owned(), text(release.mode.name())),
        ("release.version".to_owned(), text(&release.version)),
        ("release.id".to_owned(), text(release.id.as_str())),
        ("release.number".to_owned(), text(&release.number)),
        ("release.title".to_owned(), text(&release.title)),
        (
            "release.purposes".to_owned(),
            list(release.purposes.iter().map(String::as_str).collect()),
        ),
        ("release.related".to_owned(), Value::Int(release.related.len() as i64)),
        ("release.sites".to_owned(), Value::Int(i64::from(release.sites))),
        ("item.architecture".to_owned(), has("architecture")),
        ("item.feature".to_owned(), has("feature")),
    ]);
    // What is so for some change.
    for (name, _) in
        release.items.iter().flat_map(|it| &it.facts).filter(|it| *it.1 == Value::Bool(true))
    {
        all.insert(format!("item.{name}"), Value::Bool(true));
    }
    all
}
