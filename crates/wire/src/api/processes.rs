//! Processes over the API.

use super::Text;
use roadbook_core::process::finding::Finding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A process in a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessLine {
    /// Id.
    pub id: String,
    /// Revision.
    pub revision: u32,
    /// `effective`, `scheduled` until its day, or `superseded`.
    pub state: String,
    /// Title.
    pub title: Text,
    /// Steps.
    pub steps: usize,
    /// Who published it.
    pub author: String,
    /// What it changed.
    pub note: String,
    /// When.
    pub at: String,
}

/// A process with its file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Process {
    /// The revision that is shown.
    pub shown: ProcessLine,
    /// The file.
    pub text: String,
    /// All revisions, newest first.
    pub history: Vec<ProcessLine>,
    /// What stands on its cover, and what changed from revision to revision.
    pub control: ProcessControl,
    /// Runs that are not closed, by the revision they stand on, the newest first.
    pub used_by: Vec<UsedBy>,
    /// Procedures that belong to it.
    pub related: Vec<RelatedProcedure>,
}

/// A process as a controlled document: its cover, and its change history.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessControl {
    /// Document number.
    pub number: Option<String>,
    /// Role or team that owns it.
    pub owner: Option<String>,
    /// `public`, `internal` or `confidential`.
    pub confidentiality: String,
    /// `binding`: units use it as it is; `reference`: a unit may have one of its own instead.
    pub scope: String,
    /// Day from which the shown revision holds, as its file says it.
    pub effective: Option<String>,
    /// The shown revision: who wrote and who reviewed it, when.
    pub shown: ProcessChange,
    /// All revisions, newest first.
    pub changes: Vec<ProcessChange>,
}

/// A line of the change history.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessChange {
    /// Revision.
    pub revision: u32,
    /// `effective`, `scheduled` until its day, or `superseded`.
    pub state: String,
    /// What it changed, and why.
    pub note: String,
    /// Who wrote it.
    pub written_by: String,
    /// When it was written.
    pub written_at: String,
    /// Who approved it out of review; missing when it was published without one.
    pub reviewed_by: Option<String>,
    /// When it was approved.
    pub reviewed_at: Option<String>,
    /// Since when it holds, or held; missing until its day comes.
    pub in_force_at: Option<String>,
}

/// How many runs stand on a revision.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct UsedBy {
    /// Revision.
    pub revision: u32,
    /// Runs that are not closed.
    pub runs: u64,
}

/// A procedure that belongs to a process.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RelatedProcedure {
    /// Title.
    pub title: Text,
    /// Number of the document.
    pub number: Option<String>,
    /// The process that carries it out here.
    pub process: Option<String>,
    /// Where it is: the page of that process, or an address elsewhere.
    pub url: Option<String>,
}

/// A setting of a process.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessSetting {
    /// Short name.
    pub id: String,
    /// What it does.
    pub ask: Text,
    /// Its value unless set, as text: `true`, `3`, `weekend`.
    pub default: String,
    /// What it may be, where that is a list.
    pub values: Vec<String>,
    /// `organization`, or `product` where each product may have its own.
    pub set_by: String,
    /// What holds for every product, if it was set.
    pub organization: Option<String>,
    /// What single products set.
    pub products: Vec<ProductSetting>,
}

/// What one product set.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProductSetting {
    /// Id of the product.
    pub product: String,
    /// Its name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A value for a setting.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetProcessSetting {
    /// The value as text; left out, what stands above it holds again.
    #[serde(default)]
    pub value: Option<String>,
    /// Product, by id or key; left out, it is for the whole organization.
    #[serde(default)]
    pub product: Option<String>,
}

/// Lines that two revisions do not share.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Diff {
    /// Only in the older.
    pub removed: Vec<String>,
    /// Only in the newer.
    pub added: Vec<String>,
}

/// A file to check.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckProcess {
    /// The file's text.
    pub text: String,
    /// Ids of processes that come together with it: it may name them too.
    #[serde(default)]
    pub beside: Vec<String>,
}

/// Files to publish together.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyProcesses {
    /// The texts of the files; they may name each other.
    pub texts: Vec<String>,
    /// What these revisions change.
    pub note: String,
}

/// A file to publish.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishProcess {
    /// The file's text.
    pub text: String,
    /// What this revision changes.
    pub note: String,
}

/// A revision that is being written or reviewed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessDraft {
    /// The process.
    pub id: String,
    /// Its revision, once it holds.
    pub revision: u32,
    /// `draft` or `review`.
    pub state: String,
    /// Who wrote it last.
    pub author: String,
    /// What it changes.
    pub note: String,
    /// When it was written.
    pub at: String,
    /// The file as it stands; it may be wrong still.
    pub text: String,
}

/// A text to keep as a draft.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    /// The file's text, right or wrong.
    pub text: String,
    /// What it changes; needed before it goes to review.
    #[serde(default)]
    pub note: String,
}

/// What is said about a draft in review.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AboutDraft {
    /// What has to change, or why it holds now.
    #[serde(default)]
    pub remark: String,
}

/// What a check found.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Checked {
    /// True when it can be published: no finding is an error.
    pub ok: bool,
    /// States of a run that the checker looked at; 0 when the file cannot be read.
    pub states: usize,
    /// True where all orders of answers would have been too many states: questions that are open
    /// beside each other were then answered in the order of the file only.
    pub file_order: bool,
    /// Errors and warnings, in the order of the file.
    pub findings: Vec<ProcessFinding>,
}

/// What the checker says about a place of the file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ProcessFinding {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// `error` stands against publishing, `warning` does not.
    pub severity: String,
    /// Stable code, e.g. `unknown_role`.
    pub code: String,
    /// Which part: `step.countersign.due`.
    pub path: String,
    /// What is wrong and why.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl From<&Finding> for ProcessFinding {
    fn from(it: &Finding) -> ProcessFinding {
        ProcessFinding {
            line: it.line,
            column: it.column,
            severity: if it.blocks() { "error" } else { "warning" }.to_owned(),
            code: it.code.clone(),
            path: it.path.clone(),
            message: it.message.clone(),
            fix: it.fix.clone(),
        }
    }
}
