//! Notices, their texts and deliveries; talks.

use super::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A notice as it is planned for a step of a release.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct NoticeLine {
    /// Id, once it exists.
    pub id: String,
    /// Step.
    pub step: String,
    /// Title of the step.
    pub title: Text,
    /// Audience.
    pub audience: String,
    /// `notice`, `correction`, `retraction`, `reminder`, or `work` for a letter to a person about
    /// their own work.
    pub kind: String,
    /// `planned`, `due`, `sending`, `sent`, `blocked`, …
    pub state: String,
    /// Not before.
    pub earliest: Option<String>,
    /// Not after.
    pub latest: Option<String>,
    /// Why it is blocked or not sent.
    pub reason: Option<String>,
    /// What is missing: `missing_translation:body:vi`.
    pub gaps: Vec<String>,
    /// How many are told.
    pub recipients: usize,
    /// Told and not acknowledged.
    pub unacknowledged: usize,
}

/// Somebody who is told.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Recipient {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub address: Option<String>,
    /// Language.
    pub lang: String,
    /// Site of a contact.
    pub site: Option<String>,
}

/// A text as its reader gets it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Preview {
    /// Language.
    pub lang: String,
    /// Subject; missing when it cannot be written.
    pub subject: Option<String>,
    /// Body.
    pub text: Option<String>,
    /// What is missing.
    pub gaps: Vec<String>,
}

/// A notice with its log.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct NoticeDetail {
    /// Id.
    pub id: String,
    /// Number of the release.
    pub number: String,
    /// Step.
    pub step: String,
    /// State.
    pub state: String,
    /// Texts by language.
    pub texts: Vec<Preview>,
    /// Deliveries.
    pub deliveries: Vec<DeliveryLine>,
    /// Share of recipients who acknowledged, in percent.
    pub acknowledged: Option<u8>,
}

/// A delivery.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct DeliveryLine {
    /// To whom.
    pub name: String,
    /// Site of a contact.
    pub site: Option<String>,
    /// Channel.
    pub channel: String,
    /// State.
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// When it is tried next.
    pub next_try: Option<String>,
    /// Why the last try failed.
    pub error: Option<String>,
}

/// A delivery that was given up.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct DeadLetter {
    /// Id, for `retry` and `discard`.
    pub id: String,
    /// Number of the release.
    pub number: String,
    /// Step of the notice.
    pub step: String,
    /// Name of the recipient.
    pub recipient: String,
    /// Address.
    pub address: String,
    /// What went wrong.
    pub reason: String,
    /// Tries.
    pub attempts: i64,
}

/// An entry of one's board.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct BoardLine {
    /// Notice.
    pub notice: String,
    /// Number of the release.
    pub number: String,
    /// Subject.
    pub subject: String,
    /// Body.
    pub body: String,
    /// When it was put up.
    pub at: Option<String>,
    /// The reader is asked to confirm.
    pub asked: bool,
    /// When the reader confirmed.
    pub acknowledged_at: Option<String>,
}

/// A talk with somebody.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct TalkLine {
    /// Id.
    pub id: String,
    /// Release.
    pub release: String,
    /// With whom.
    pub target: String,
    /// Who does it.
    pub person: String,
    /// Due.
    pub due_at: String,
    /// Done.
    pub done_at: Option<String>,
    /// How ready they are.
    pub readiness: Option<String>,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// What was said in a talk.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TalkDone {
    /// `phone`, `visit`, `chat`, …
    pub channel: String,
    /// What was said.
    #[serde(default)]
    pub notes: String,
    /// `ready`, `needs_help`, `refuses` or `unknown`.
    #[serde(default = "unknown")]
    pub readiness: String,
}

fn unknown() -> String {
    "unknown".to_owned()
}
