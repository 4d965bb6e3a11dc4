//! Dead letters: what could not be delivered, for a person to try again or to let go.

use super::{delivery, stream};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::ids::ReleaseId;
use roadbook_store::notices::{self as rows, Delivery};
use roadbook_store::outbox;
use serde_json::json;

/// How many dead letters one page shows.
const SHOWN: usize = 200;

/// A delivery that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Message id: names it in `retry` and `discard`.
    pub id: String,
    /// Release.
    pub release: ReleaseId,
    /// Number of the release.
    pub number: String,
    /// Step of the notice.
    pub step: String,
    /// Name of the recipient.
    pub recipient: String,
    /// Address.
    pub address: String,
    /// What went wrong: `no_address`, `outcome_unknown`, or the answer of the mail server.
    pub reason: String,
    /// Tries.
    pub attempts: i64,
}

impl App {
    /// What could not be delivered, in releases that the caller may lead.
    #[boxed]
    pub async fn dead_letters(&self, call: &Call) -> Result<Vec<DeadLetter>> {
        call.person()?;
        let mut list = Vec::new();
        for made in rows::deliveries_in(self.store(), delivery::DEAD, "", SHOWN).await? {
            let Some(row) = rows::get(self.store(), &made.notice_id).await? else { continue };
            let loaded = self.release_load(&row.release_id).await?;
            if !self.may_lead(&call.actor, &loaded.release).await? {
                continue;
            }
            let recipient = self.recipient_of(&made).await?;
            list.push(DeadLetter {
                id: made.message_id,
                release: row.release_id,
                number: loaded.release.number,
                step: row.step_id,
                recipient: recipient.name,
                address: made.address,
                reason: made.last_error.unwrap_or_default(),
                attempts: made.attempts,
            });
        }
        Ok(list)
    }

    async fn dead_letter(&self, call: &Call, id: &str) -> Result<(ReleaseId, Delivery)> {
        let missing = || Error::NotFound { what: "delivery" };
        let made = rows::delivery_by_message(self.store(), id).await?.ok_or_else(missing)?;
        let row = rows::get(self.store(), &made.notice_id).await?.ok_or_else(missing)?;
        let loaded = self.release_for(&call.actor, &row.release_id).await?;
        if !self.may_lead(&call.actor, &loaded.release).await? {
            return Err(Error::Denied { action: "give orders" });
        }
        if made.state != delivery::DEAD {
            return Err(Error::Rule {
                code: "not_dead",
                message: "this delivery was not given up; nothing to decide".to_owned(),
            });
        }
        Ok((row.release_id, made))
    }

    /// Tries a dead letter again, to the address that the recipient has now.
    #[boxed]
    pub async fn dead_letter_retry(&self, call: &Call, id: &str) -> Result<Receipt> {
        let (release, mut made) = self.dead_letter(call, id).await?;
        let mut bare = made.clone();
        bare.address.clear();
        let recipient = self.recipient_of(&bare).await?;
        let address = recipient.address.unwrap_or_else(|| made.address.clone());
        if address.is_empty() {
            return Err(Error::Rule {
                code: "no_address",
                message: "the recipient has no e-mail address; enter one first".to_owned(),
            });
        }
        let never_tried = made.last_error.as_deref() == Some("no_address");
        made.address = address;
        made.state = delivery::QUEUED.to_owned();
        made.attempts = 0;
        made.next_at = Some(self.now());
        let mut commit = self.begin(call).write(rows::update_delivery(&made));
        if never_tried {
            let row = rows::get(self.store(), &made.notice_id)
                .await?
                .ok_or(Error::NotFound { what: "notice" })?;
            self.add_effect(&mut commit, &row, &made).await?;
        } else {
            commit.writes.push(outbox::release(&made.message_id, self.now()));
        }
        let commit = commit.entry(stream(&release), "notice.retried", json!({ "message_id": id }));
        let receipt = Receipt { id: id.to_owned(), ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }

    /// Lets a dead letter go: the recipient was told in another way, or need not be told.
    #[boxed]
    pub async fn dead_letter_discard(
        &self,
        call: &Call,
        id: &str,
        reason: &str,
    ) -> Result<Receipt> {
        if reason.trim().is_empty() {
            return Err(Error::field("reason", "required", "say why nobody need be told here"));
        }
        let (release, mut made) = self.dead_letter(call, id).await?;
        let tried = made.last_error.as_deref() != Some("no_address");
        made.state = delivery::DISCARDED.to_owned();
        made.next_at = None;
        let mut commit = self.begin(call).write(rows::update_delivery(&made));
        if tried {
            commit.writes.push(outbox::discard(&made.message_id));
        }
        let facts = json!({ "message_id": id, "reason": reason });
        let commit = commit.entry(stream(&release), "notice.discarded", facts);
        let receipt = Receipt { id: id.to_owned(), ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }

    /// Effects that came back with a backup and wait for a person.
    #[boxed]
    pub async fn quarantined(&self, call: &Call) -> Result<usize> {
        call.authorize(Action::View, Kind::Settings, &Resource::whole(), "outbox")?;
        let list = outbox::in_state(self.store(), outbox::state::QUARANTINED, "", SHOWN).await?;
        Ok(list.len())
    }

    /// Lets the outbox of a restored backup go on.
    #[boxed]
    pub async fn quarantine_release(&self, call: &Call) -> Result<Receipt> {
        call.authorize(Action::Administer, Kind::Settings, &Resource::whole(), "outbox")?;
        let mut count = 0;
        loop {
            let state = outbox::state::QUARANTINED;
            let list = outbox::in_state(self.store(), state, "", SHOWN).await?;
            if list.is_empty() {
                break;
            }
            let mut commit = self.begin(call);
            count += list.len();
            let now = self.now();
            commit.writes.extend(list.iter().map(|it| outbox::release(&it.id, now)));
            self.put(commit.entry("installation", "outbox.released", json!({ "effects": count })))
                .await?;
        }
        Ok(Receipt { label: count.to_string(), ..Receipt::default() })
    }
}
