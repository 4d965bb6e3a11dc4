//! Notices: who is told what and when, that nobody is told twice and nobody is forgotten.
//!
//! A notice is a row per step and generation; a delivery is a row per recipient and channel. What
//! is told is frozen when sending begins; each mail leaves through the outbox under an id that
//! follows from notice, recipient, channel and generation.

mod again;
mod audience;
mod board;
mod deliver;
mod letters;
mod moved;
mod public;
mod receipt;
mod reconcile;
mod render;
mod reviews;
mod talks;
mod view;
mod words;
mod work;

pub use audience::{Recipient, RecipientKind};
pub use board::BoardItem;
pub use deliver::BACKOFF;
pub use letters::DeadLetter;
pub use moved::ToldIfMoved;
pub use public::{PublicRelease, PublicReleaseItem, Subscription};
pub use receipt::ReceiptPage;
pub use render::Rendered;
pub(crate) use reviews::Told;
pub use roadbook_core::notice::Variable;
pub(crate) use talks::talks;
pub use talks::{TalkDone, TalkView};
pub use view::{DeliveryView, NoticeListItem, NoticePlan, NoticeView};

use crate::App;
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::ids::{IdSeed, NoticeId, PersonId, ReleaseId, SiteId, UnitId};
use roadbook_core::notice::{NoticeKind, Stage};
use roadbook_core::release::Release;
use roadbook_core::text::{Lang, Text};
use roadbook_store::notices::{Delivery, Notice};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// States of a notice.
pub mod state {
    /// Its time has not come.
    pub const PLANNED: &str = "planned";
    /// Its time has come, its step has not.
    pub const DUE: &str = "due";
    /// Its time has come, its content is not complete.
    pub const BLOCKED: &str = "blocked";
    /// On its way.
    pub const SENDING: &str = "sending";
    /// Out to everybody.
    pub const SENT: &str = "sent";
    /// A correction went to those who were told.
    pub const SUPERSEDED: &str = "superseded";
    /// A retraction went to those who were told.
    pub const RETRACTED: &str = "retracted";
    /// It is not sent.
    pub const SKIPPED: &str = "skipped";
}

/// States of a delivery.
pub mod delivery {
    /// Waits for its time or another try.
    pub const QUEUED: &str = "queued";
    /// Handed to the server; no answer is known yet.
    pub const SENDING: &str = "sending";
    /// Taken over.
    pub const SENT: &str = "sent";
    /// Given up; a person sees it.
    pub const DEAD: &str = "dead";
    /// A person decided that it is not wanted.
    pub const DISCARDED: &str = "discarded";
    /// Opened.
    pub const READ: &str = "read";
    /// Acknowledged.
    pub const ACKNOWLEDGED: &str = "acknowledged";

    /// The recipient has it.
    pub fn told(state: &str) -> bool {
        matches!(state, SENT | READ | ACKNOWLEDGED)
    }

    /// Nothing more will happen by itself.
    pub fn settled(state: &str) -> bool {
        !matches!(state, QUEUED | SENDING)
    }
}

/// Channels as stored.
pub mod channel {
    /// Notice board in the product.
    pub const BOARD: &str = "board";
    /// E-mail.
    pub const EMAIL: &str = "email";
    /// Public page and feed.
    pub const WEBSITE: &str = "website";
    /// A person tells them.
    pub const TASK: &str = "task";
}

/// A change as it is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactItem {
    /// Title.
    pub title: Text,
    /// `feature`, `fix`, `security`, `performance`, …
    pub purpose: String,
}

/// What one unit has to prepare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactPreparation {
    /// Unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// What.
    pub text: Text,
}

/// What the texts are filled with, frozen when sending begins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Number of the release.
    pub number: String,
    /// Name of the product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Title of the release.
    pub title: String,
    /// Go-live, if a date is known.
    pub go_live: Option<Timestamp>,
    /// Its planned end.
    pub go_live_end: Option<Timestamp>,
    /// Minutes for which the service was stopped, once it is available again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downtime: Option<i64>,
    /// The date that was told before, in a correction.
    pub old_go_live: Option<Timestamp>,
    /// Changes.
    pub items: Vec<FactItem>,
    /// System requirements.
    pub requirements: Text,
    /// Preparations, inside the organization only.
    pub prepare: Vec<FactPreparation>,
    /// Where the upgrade guide is.
    pub upgrade_guide: Option<String>,
    /// Where the release notes are.
    pub notes: String,
    /// Content blocks of the step.
    pub content: Vec<String>,
    /// Subject of the step.
    pub subject: Text,
    /// Body of the step.
    pub body: Text,
    /// Recipients acknowledge.
    pub acknowledge: bool,
    /// An unknown outcome is decided by a person instead of tried again.
    pub at_most_once: bool,
    /// Answers to the fields of the process; null is not answered yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, serde_json::Value>,
    /// A person's own work, in a letter about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<FactWork>,
    /// The site that is asked, in a question to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asked_site: String,
    /// The document that changed after the site said yes to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_paper: Option<FactPaper>,
}

/// A document that a letter names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactPaper {
    /// Its title.
    pub title: Text,
    /// Its revision: `A1`.
    pub revision: String,
}

/// A step in a letter to the person who does it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactWork {
    /// Why it is written about.
    pub stage: Stage,
    /// Step.
    pub step: String,
    /// Its round.
    pub round: u32,
    /// Title of the step.
    pub title: Text,
    /// Foreseen begin.
    pub begins: Option<Timestamp>,
    /// Due.
    pub due: Option<Timestamp>,
    /// Work in minutes; 0 where the process names none.
    pub minutes: i64,
    /// Who has not answered.
    pub people: Vec<String>,
    /// Another date was told before.
    pub moved: bool,
}

/// The facts of a notice.
pub(crate) fn facts_of(notice: &Notice) -> Result<Facts> {
    serde_json::from_str(&notice.facts)
        .map_err(|error| Error::Internal(format!("notice {}: {error}", notice.id)))
}

pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        // The length first, so that no two lists of parts read the same.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// The id of a notice follows from what it is: two activations make the same one. Ids sort by
/// `order`; the release's own age is in its id, which the hash cannot show.
fn derived_id(what: &[&str], order: i64) -> NoticeId {
    let hash = digest(what);
    let mut random = [0; 16];
    random.copy_from_slice(&hash[..16]);
    NoticeId::new(IdSeed { millis: order as u64, random: u128::from_be_bytes(random) })
}

/// The id of what a step tells.
pub(crate) fn notice_id(release: &ReleaseId, step: &str, generation: i64) -> NoticeId {
    derived_id(&["notice", release.as_str(), step, &generation.to_string()], generation)
}

/// The id of the question to a site whose date has come: one per date that it named.
pub(crate) fn again_id(release: &ReleaseId, site: &SiteId, wished: Timestamp) -> NoticeId {
    let at = wished.as_microsecond().to_string();
    derived_id(&["again", release.as_str(), site.as_str(), &at], 1)
}

/// The id of the question to a site about a document that changed: one per content of it.
pub(crate) fn changed_id(release: &ReleaseId, site: &SiteId, digest: &str) -> NoticeId {
    derived_id(&["changed", release.as_str(), site.as_str(), digest], 1)
}

/// The id of a letter to a person about their work: the n-th of a release.
pub(crate) fn work_id(release: &ReleaseId, person: &PersonId, number: i64) -> NoticeId {
    derived_id(&["work", release.as_str(), person.as_str(), &number.to_string()], number)
}

/// A letter of a release that no step of its process tells, about to be written.
pub(crate) fn letter(
    release: &Release,
    id: NoticeId,
    (kind, audience): (NoticeKind, String),
    generation: i64,
    now: Timestamp,
) -> Notice {
    Notice {
        id,
        release_id: release.id.clone(),
        step_id: String::new(),
        audience,
        kind: kind.name().to_owned(),
        state: state::PLANNED.to_owned(),
        earliest: Some(now),
        latest: None,
        generation,
        subject: "{}".to_owned(),
        body: "{}".to_owned(),
        facts: "{}".to_owned(),
        slot_at: release.run.slot.map(|it| it.start),
        reason: None,
        sent_at: None,
        revision: 1,
    }
}

/// The id of a mail follows from notice, recipient, channel and generation.
pub(crate) fn message_id(
    notice: &Notice,
    recipient_kind: &str,
    recipient: &str,
    channel: &str,
    host: &str,
) -> String {
    let generation = notice.generation.to_string();
    let hash = digest(&[notice.id.as_str(), recipient_kind, recipient, channel, &generation]);
    format!("{}@{host}", hex::encode(&hash[..16]))
}

/// SHA-256 of a token, as links keep it.
pub(crate) fn token_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The languages of recipients, each once.
pub(crate) fn languages(recipients: &[Recipient]) -> Vec<Lang> {
    Lang::ALL.into_iter().filter(|lang| recipients.iter().any(|it| it.lang == *lang)).collect()
}

/// The stream of the record in which a notice is written down: that of its release.
pub(crate) fn stream(release: &ReleaseId) -> String {
    format!("release/{release}")
}

impl App {
    /// The host part of message ids: that of the sender's address.
    pub(crate) fn mail_host(&self) -> String {
        let from = &self.settings().mail_from;
        let host = from.rsplit_once('@').map_or("localhost", |(_, host)| host);
        host.trim_end_matches('>').trim().to_owned()
    }

    /// The organization's own zone, for readers who have told none.
    pub(crate) async fn home_zone(&self) -> Result<String> {
        Ok(self.working_calendar().await?.calendar().zone.clone())
    }

    /// An address of this installation.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings().base_url.trim_end_matches('/'))
    }
}

/// The key of a delivery, for effects and links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryKey {
    /// Notice.
    pub notice: NoticeId,
    /// Kind of recipient.
    pub kind: String,
    /// Recipient.
    pub id: String,
    /// Channel.
    pub channel: String,
    /// Secret of the link that confirms receipt; wiped with the effect.
    pub receipt: Option<String>,
    /// Secret of the link to the site's own page.
    pub site: Option<String>,
}

impl DeliveryKey {
    pub(crate) fn of(delivery: &Delivery) -> DeliveryKey {
        DeliveryKey {
            notice: delivery.notice_id.clone(),
            kind: delivery.recipient_kind.clone(),
            id: delivery.recipient_id.clone(),
            channel: delivery.channel.clone(),
            receipt: None,
            site: None,
        }
    }
}

/// Subject and text of the mail that tests the settings.
pub(crate) fn test_texts(lang: Lang) -> (String, String) {
    let subject = words::word(words::Word::TestSubject, lang).to_owned();
    (subject, format!("{}\n", words::word(words::Word::TestBody, lang)))
}
