//! Mails leave through the outbox: each at least once, or at most once and then a person decides.
//!
//! Between the server's answer and our commit there is a moment in which nobody knows. A mail that
//! is sent again carries the same id, so that a mailbox keeps one.

use super::render::{Letter, Links};
use super::{
    DeliveryKey, Recipient, RecipientKind, channel, delivery, facts_of, json, message_id, stream,
    token_hash,
};
use crate::App;
use crate::error::{Error, Result};
use crate::ports::{Mail, MailError};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::ids::{ContactId, LinkId, PersonId, SiteId};
use roadbook_core::notice::{NoticeKind, QuietHours, mail_time};
use roadbook_core::text::Lang;
use roadbook_store::notices::{self as rows, Delivery, Notice};
use roadbook_store::outbox::{self, Effect};
use roadbook_store::sessions::{self, Link};
use roadbook_store::{Commit, OutboxItem, Scope, people, sites};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::task::JoinSet;

/// Kind of effect: the mail of a delivery.
pub(crate) const NOTICE_MAIL: &str = "notice.mail";
/// Kind of effect: a mail that stands by itself.
pub(crate) const PLAIN_MAIL: &str = "mail";

/// Minutes until the next try, by tries so far; after the last a person is asked.
pub const BACKOFF: [i64; 10] = [1, 5, 15, 30, 60, 120, 240, 480, 720, 1_440];
/// Minutes between tries while no mail server is configured; this never gives up.
const UNCONFIGURED: i64 = 15;
/// Mails that are on their way at the same time.
const AT_ONCE: usize = 8;
/// Effects taken in one go.
const BATCH: usize = 200;
/// How long links in mails hold.
const LINKS_LAST: SignedDuration = SignedDuration::from_hours(24 * 180);
/// What is written beside a delivery whose outcome nobody knows.
pub(crate) const UNKNOWN: &str = "outcome_unknown";

/// A mail that stands by itself, as an effect.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainMail {
    to: String,
    to_name: String,
    subject: String,
    text: String,
    lang: String,
}

/// What became of a try.
enum Outcome {
    Sent,
    Retry(Timestamp, String),
    Dead(String),
    /// Nothing is wanted any more.
    Drop,
}

impl App {
    /// A mail delivery of a notice: queued for its time, or given up where there is no address.
    pub(super) fn mail_delivery(&self, row: &Notice, recipient: &Recipient) -> Delivery {
        let now = self.now();
        let who = (recipient.kind.name(), recipient.id.as_str());
        let mut made = self.instant_delivery(row, who, channel::EMAIL, recipient.lang);
        made.sent_at = None;
        match &recipient.address {
            Some(address) => {
                made.address.clone_from(address);
                made.state = delivery::QUEUED.to_owned();
                let at = mail_time(QuietHours::default(), &recipient.zone, now, row.latest);
                made.next_at = Some(at);
            }
            None => {
                made.state = delivery::DEAD.to_owned();
                made.last_error = Some("no_address".to_owned());
            }
        }
        made
    }

    /// A delivery that has arrived with its commit: board, public page.
    pub(super) fn instant_delivery(
        &self,
        row: &Notice,
        (kind, id): (&str, &str),
        channel: &str,
        lang: Lang,
    ) -> Delivery {
        Delivery {
            notice_id: row.id.clone(),
            recipient_kind: kind.to_owned(),
            recipient_id: id.to_owned(),
            channel: channel.to_owned(),
            address: String::new(),
            lang,
            state: delivery::SENT.to_owned(),
            attempts: 0,
            next_at: None,
            message_id: message_id(row, kind, id, channel, &self.mail_host()),
            sent_at: Some(self.now()),
            opened_at: None,
            acked_at: None,
            last_error: None,
            revision: 1,
        }
    }

    /// Adds the effect that sends a delivery, and the links that its mail carries.
    pub(super) async fn add_effect(
        &self,
        commit: &mut Commit,
        row: &Notice,
        made: &Delivery,
    ) -> Result<()> {
        let mut key = DeliveryKey::of(made);
        let contact = ContactId::parse(&made.recipient_id).ok();
        let person = PersonId::parse(&made.recipient_id).ok();
        let receipt = self.ports().secret();
        let mut link = Link {
            id: LinkId::new(self.seed()),
            token_hash: token_hash(&receipt),
            kind: "notice".to_owned(),
            person_id: person,
            contact_id: contact,
            site_id: None,
            notice_id: Some(row.id.clone()),
            release_id: Some(row.release_id.clone()),
            expires_at: self.now() + LINKS_LAST,
            single_use: false,
            used_at: None,
        };
        if made.recipient_kind == RecipientKind::Subscriber.name() {
            // A subscriber only needs a way out; the link names the subscription.
            link.kind = format!("subscriber/{}", made.recipient_id);
        }
        commit.writes.push(sessions::insert_link(&link));
        if let Some(contact) = &link.contact_id
            && let Some(found) = sites::contact(self.store(), contact).await?
        {
            let secret = self.ports().secret();
            let site = Link {
                id: LinkId::new(self.seed()),
                token_hash: token_hash(&secret),
                kind: "site".to_owned(),
                site_id: Some(found.site_id),
                notice_id: None,
                ..link.clone()
            };
            commit.writes.push(sessions::insert_link(&site));
            key.site = Some(secret);
        }
        key.receipt = Some(receipt);
        commit.outbox.push(OutboxItem {
            id: made.message_id.clone(),
            kind: NOTICE_MAIL.to_owned(),
            body: json(&key)?,
            due_at: made.next_at.unwrap_or_else(|| self.now()),
        });
        Ok(())
    }

    /// Adds a mail that stands by itself and leaves at a time. The same id is the same mail.
    pub(crate) fn add_mail(
        &self,
        commit: &mut Commit,
        mail: &Mail,
        due_at: Timestamp,
    ) -> Result<()> {
        let plain = PlainMail {
            to: mail.to.clone(),
            to_name: mail.to_name.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            lang: mail.lang.clone(),
        };
        commit.outbox.push(OutboxItem {
            id: mail.message_id.clone(),
            kind: PLAIN_MAIL.to_owned(),
            body: json(&plain)?,
            due_at,
        });
        Ok(())
    }

    /// Does the effects that are due; gives how many were looked at.
    pub(crate) async fn deliveries_due(&self) -> Result<usize> {
        let due = outbox::due(self.store(), self.now(), BATCH).await?;
        let mut work = JoinSet::new();
        let mut done = 0;
        let mut failed = None;
        for effect in due {
            if effect.kind != NOTICE_MAIL && effect.kind != PLAIN_MAIL {
                continue;
            }
            if work.len() == AT_ONCE {
                failed = joined(work.join_next().await).or(failed);
            }
            let app = self.clone();
            done += 1;
            work.spawn(async move { app.deliver(effect).await });
        }
        while !work.is_empty() {
            failed = joined(work.join_next().await).or(failed);
        }
        failed.map_or(Ok(done), Err)
    }

    async fn deliver(&self, effect: Effect) -> Result<()> {
        if effect.kind == PLAIN_MAIL {
            return self.deliver_plain(&effect).await;
        }
        let key: DeliveryKey = serde_json::from_str(&effect.body)
            .map_err(|error| Error::Internal(format!("effect {}: {error}", effect.id)))?;
        let Some((row, mut made)) = self.delivery_of(&key).await? else {
            return self.put(self.system_commit().write(outbox::done(&effect))).await;
        };
        let outcome = self.try_mail(&row, &mut made, &key, &effect).await?;
        self.settle(&row, made, &effect, &outcome).await
    }

    async fn delivery_of(&self, key: &DeliveryKey) -> Result<Option<(Notice, Delivery)>> {
        let Some(row) = rows::get(self.store(), &key.notice).await? else { return Ok(None) };
        let made =
            rows::delivery(self.store(), &key.notice, &key.kind, &key.id, &key.channel).await?;
        Ok(made.map(|made| (row, made)))
    }

    async fn try_mail(
        &self,
        row: &Notice,
        made: &mut Delivery,
        key: &DeliveryKey,
        effect: &Effect,
    ) -> Result<Outcome> {
        if delivery::settled(&made.state) {
            return Ok(Outcome::Drop);
        }
        let facts = facts_of(row)?;
        if made.state == delivery::SENDING && facts.at_most_once {
            return Ok(Outcome::Dead(UNKNOWN.to_owned()));
        }
        let recipient = self.recipient_of(made).await?;
        let links = self.links(key, &recipient);
        let kind = NoticeKind::parse(&row.kind).unwrap_or(NoticeKind::Notice);
        let letter = Letter { facts: &facts, kind, recipient: &recipient, links: &links };
        let text = match letter.write() {
            Ok(text) => text,
            Err(reason) => return Ok(Outcome::Dead(reason)),
        };
        if facts.at_most_once {
            // The attempt is on disk before the mail is: afterwards nobody need guess.
            made.state = delivery::SENDING.to_owned();
            self.put(self.system_commit().write(rows::update_delivery(made))).await?;
            made.revision += 1;
        }
        let mail = Mail {
            message_id: made.message_id.clone(),
            to: made.address.clone(),
            to_name: recipient.name.clone(),
            subject: text.subject,
            text: text.body,
            lang: made.lang.tag().to_owned(),
        };
        Ok(match self.send(&mail).await {
            Err(MailError::Unknown(_)) if facts.at_most_once => Outcome::Dead(UNKNOWN.to_owned()),
            answer => self.judge(answer, effect, made.attempts),
        })
    }

    /// Between the server's answer and our commit lies the moment that nobody can close.
    async fn send(&self, mail: &Mail) -> std::result::Result<(), MailError> {
        roadbook_store::fail::point("notice.before_send");
        let answer = self.ports().mailer.send(mail).await;
        roadbook_store::fail::point("notice.after_send");
        answer
    }

    fn judge(
        &self,
        answer: std::result::Result<(), MailError>,
        effect: &Effect,
        tries: i64,
    ) -> Outcome {
        let later = |minutes: i64| {
            // Spread a little, so that a thousand mails do not come back in the same second.
            let spread = i64::from(effect.id.bytes().fold(0_u8, u8::wrapping_add)) * 60 / 255;
            let seconds = minutes * 60 + spread * minutes.min(10) / 10;
            self.now() + SignedDuration::from_secs(seconds)
        };
        match answer {
            Ok(()) => Outcome::Sent,
            Err(MailError::Permanent(reason)) => Outcome::Dead(reason),
            Err(error @ MailError::NotConfigured) => {
                Outcome::Retry(later(UNCONFIGURED), error.to_string())
            }
            Err(MailError::Transient(reason) | MailError::Unknown(reason)) => {
                match BACKOFF.get(usize::try_from(tries).unwrap_or(0)) {
                    Some(minutes) => Outcome::Retry(later(*minutes), reason),
                    None => Outcome::Dead(reason),
                }
            }
        }
    }

    /// Effect and delivery change together. A receipt that came in the meantime stays.
    async fn settle(
        &self,
        row: &Notice,
        made: Delivery,
        effect: &Effect,
        outcome: &Outcome,
    ) -> Result<()> {
        let mut made = made;
        for _ in 0..3 {
            let mut after = made.clone();
            let mut commit = self.system_commit();
            let mut kind = None;
            match outcome {
                Outcome::Sent => {
                    commit.writes.push(outbox::done(effect));
                    after.attempts += 1;
                    after.sent_at = Some(self.now());
                    after.next_at = None;
                    after.last_error = None;
                    if !delivery::told(&after.state) {
                        after.state = delivery::SENT.to_owned();
                    }
                    kind = Some("notice.delivered");
                }
                Outcome::Retry(at, reason) => {
                    commit.writes.push(outbox::retry(effect, *at, reason));
                    after.state = delivery::QUEUED.to_owned();
                    // Without a server nothing was tried.
                    after.attempts += i64::from(reason != &MailError::NotConfigured.to_string());
                    after.next_at = Some(*at);
                    after.last_error = Some(reason.clone());
                }
                Outcome::Dead(reason) => {
                    commit.writes.push(outbox::dead(effect, reason));
                    after.attempts += 1;
                    after.state = delivery::DEAD.to_owned();
                    after.next_at = None;
                    after.last_error = Some(reason.clone());
                    kind = Some("notice.not_delivered");
                }
                Outcome::Drop => commit.writes.push(outbox::done(effect)),
            }
            if !matches!(outcome, Outcome::Drop) {
                commit.writes.push(rows::update_delivery(&after));
            }
            if let Some(kind) = kind {
                let facts = json!({ "notice": row.id.as_str(), "message_id": made.message_id,
                                    "attempts": after.attempts });
                commit = commit.entry(stream(&row.release_id), kind, facts);
            }
            match self.put(commit).await {
                Err(Error::Stale { .. }) => {
                    let Some((_, found)) = self.delivery_of(&DeliveryKey::of(&made)).await? else {
                        return Ok(());
                    };
                    made = found;
                }
                other => return other,
            }
        }
        Err(Error::Stale { what: "delivery".to_owned() })
    }

    async fn deliver_plain(&self, effect: &Effect) -> Result<()> {
        let plain: PlainMail = serde_json::from_str(&effect.body)
            .map_err(|error| Error::Internal(format!("effect {}: {error}", effect.id)))?;
        let mail = Mail {
            message_id: effect.id.clone(),
            to: plain.to,
            to_name: plain.to_name,
            subject: plain.subject,
            text: plain.text,
            lang: plain.lang,
        };
        let answer = self.send(&mail).await;
        let write = match self.judge(answer, effect, effect.attempts) {
            Outcome::Sent | Outcome::Drop => outbox::done(effect),
            Outcome::Retry(at, reason) => outbox::retry(effect, at, &reason),
            Outcome::Dead(reason) => outbox::dead(effect, &reason),
        };
        self.put(self.system_commit().write(write)).await
    }

    fn links(&self, key: &DeliveryKey, recipient: &Recipient) -> Links {
        let receipt = key.receipt.as_deref().unwrap_or_default();
        if recipient.kind == RecipientKind::Subscriber {
            let unsubscribe = self.url(&format!("/public/unsubscribe/{receipt}"));
            return Links { unsubscribe, ..Links::default() };
        }
        let site = key.site.as_ref().map(|it| self.url(&format!("/p/{it}")));
        Links {
            receipt: self.url(&format!("/n/{receipt}")),
            site: site.unwrap_or_default(),
            unsubscribe: String::new(),
        }
    }

    /// Who stands behind a delivery, in the language it was queued in.
    pub(super) async fn recipient_of(&self, made: &Delivery) -> Result<Recipient> {
        let bare = Recipient {
            kind: RecipientKind::Subscriber,
            id: made.recipient_id.clone(),
            name: String::new(),
            address: (!made.address.is_empty()).then(|| made.address.clone()),
            lang: made.lang,
            zone: self.home_zone().await?,
            units: Vec::new(),
            site: None,
        };
        let mut found = if let Ok(id) = PersonId::parse(&made.recipient_id) {
            let person = people::by_ids(self.store(), &[id]).await?.pop();
            match person {
                Some(person) => self.person_recipient(person).await?,
                None => bare.clone(),
            }
        } else if let Ok(id) = ContactId::parse(&made.recipient_id) {
            match sites::contact(self.store(), &id).await? {
                Some(contact) => {
                    let site: SiteId = contact.site_id.clone();
                    match sites::get(self.store(), &Scope::all(), &site).await? {
                        Some(site) => App::contact_recipient(contact, &site),
                        None => bare.clone(),
                    }
                }
                None => bare.clone(),
            }
        } else {
            bare.clone()
        };
        found.lang = made.lang;
        found.address = bare.address.or(found.address);
        Ok(found)
    }
}

fn joined(
    result: Option<std::result::Result<Result<()>, tokio::task::JoinError>>,
) -> Option<Error> {
    match result? {
        // A race over one effect is nothing: whoever was faster did it.
        Ok(Ok(()) | Err(Error::Stale { .. })) => None,
        Ok(Err(error)) => Some(error),
        Err(error) => Some(Error::Internal(format!("a delivery broke: {error}"))),
    }
}
