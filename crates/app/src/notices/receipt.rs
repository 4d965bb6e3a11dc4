//! Receipts: a link in a mail, or the board, says that a notice was read.
//!
//! Opening the page never confirms anything: mail programs open links by themselves. Only the
//! button does.

use super::render::{Letter, Links};
use super::{Recipient, Rendered, channel, delivery, facts_of, stream, token_hash};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::ids::NoticeId;
use roadbook_core::notice::NoticeKind;
use roadbook_core::text::Lang;
use roadbook_store::notices::{self as rows, Delivery, Notice};
use roadbook_store::sessions;
use serde_json::json;

/// What the page of a receipt link shows.
#[derive(Clone, Debug)]
pub struct ReceiptPage {
    /// Notice.
    pub notice: NoticeId,
    /// Language of the recipient.
    pub lang: Lang,
    /// Name of the recipient.
    pub name: String,
    /// Site of the recipient.
    pub site: Option<String>,
    /// The text.
    pub text: Rendered,
    /// True when the recipient is asked to confirm.
    pub asked: bool,
    /// When it was confirmed.
    pub acked_at: Option<Timestamp>,
    /// The date in it is no longer true, or it was canceled: see the newer notice.
    pub outdated: bool,
    /// Public page of the release, once it is public.
    pub notes_url: String,
}

impl App {
    /// The page of a receipt link; notes that it was opened.
    #[boxed]
    pub async fn receipt_page(&self, token: &str) -> Result<ReceiptPage> {
        let (row, made) = self.by_receipt(token).await?;
        if made.opened_at.is_none() {
            let mut opened = made.clone();
            opened.opened_at = Some(self.now());
            if opened.state == delivery::SENT {
                opened.state = delivery::READ.to_owned();
            }
            // Only a mark: whoever was faster marked it too.
            match self.put(self.system_commit().write(rows::update_delivery(&opened))).await {
                Ok(()) | Err(Error::Stale { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let recipient = self.recipient_of(&made).await?;
        let facts = facts_of(&row)?;
        let text = App::text_for(&row, &recipient)?;
        Ok(ReceiptPage {
            notice: row.id.clone(),
            lang: recipient.lang,
            name: recipient.name,
            site: recipient.site.map(|it| it.1),
            text,
            asked: facts.acknowledge && row.kind != NoticeKind::Retraction.name(),
            acked_at: made.acked_at,
            outdated: matches!(
                row.state.as_str(),
                super::state::SUPERSEDED | super::state::RETRACTED
            ),
            notes_url: facts.notes,
        })
    }

    /// Confirms through a link. Confirming twice is confirming once.
    #[boxed]
    pub async fn receipt_confirm(&self, token: &str) -> Result<Receipt> {
        let (row, made) = self.by_receipt(token).await?;
        let call = Call::system();
        self.acknowledge(&call, &row, &made.recipient_kind, &made.recipient_id, "link").await
    }

    /// Confirms as the signed-in person, on the board or the page of the notice.
    #[boxed]
    pub async fn notice_acknowledge(&self, call: &Call, notice: &NoticeId) -> Result<Receipt> {
        let person = call.person()?.clone();
        let row =
            rows::get(self.store(), notice).await?.ok_or(Error::NotFound { what: "notice" })?;
        self.acknowledge(call, &row, "person", person.as_str(), "session").await
    }

    async fn by_receipt(&self, token: &str) -> Result<(Notice, Delivery)> {
        let missing = || Error::NotFound { what: "notice" };
        let link = sessions::link_by_token(self.store(), &token_hash(token), self.now())
            .await?
            .filter(|it| it.kind == "notice")
            .ok_or_else(missing)?;
        let notice = link.notice_id.ok_or_else(missing)?;
        let who = match (&link.contact_id, &link.person_id) {
            (Some(contact), _) => ("contact", contact.to_string()),
            (None, Some(person)) => ("person", person.to_string()),
            (None, None) => return Err(missing()),
        };
        let row = rows::get(self.store(), &notice).await?.ok_or_else(missing)?;
        let made = rows::delivery(self.store(), &notice, who.0, &who.1, channel::EMAIL).await?;
        Ok((row, made.ok_or_else(missing)?))
    }

    /// Every copy that this recipient has of the step's notices counts as acknowledged.
    async fn acknowledge(
        &self,
        call: &Call,
        row: &Notice,
        kind: &str,
        id: &str,
        how: &str,
    ) -> Result<Receipt> {
        let loaded = self.release_load(&row.release_id).await?;
        let past = self.notice_past(&loaded, &row.step_id).await?;
        let mine: Vec<&Delivery> = past
            .rows
            .iter()
            .flat_map(|(_, list)| list)
            .filter(|it| it.recipient_kind == kind && it.recipient_id == id)
            .collect();
        if !mine.iter().any(|it| it.notice_id == row.id) {
            return Err(Error::NotFound { what: "notice" });
        }
        let receipt = Receipt { id: row.id.to_string(), ..Receipt::default() };
        let open: Vec<&&Delivery> = mine.iter().filter(|it| it.acked_at.is_none()).collect();
        let told = |it: &&&&Delivery| delivery::told(&it.state);
        if open.iter().filter(told).count() == 0 && mine.iter().any(|it| it.acked_at.is_some()) {
            return Ok(receipt);
        }
        let mut commit = self.begin(call);
        for it in open {
            let mut it = (**it).clone();
            it.acked_at = Some(self.now());
            it.opened_at = it.opened_at.or(it.acked_at);
            if delivery::told(&it.state) {
                it.state = delivery::ACKNOWLEDGED.to_owned();
            }
            commit.writes.push(rows::update_delivery(&it));
        }
        let commit = commit.entry(
            stream(&row.release_id),
            "notice.acknowledged",
            json!({ "notice": row.id.as_str(), "step": row.step_id, "by": id, "how": how }),
        );
        self.finish(call, commit, receipt).await
    }

    /// A notice as one recipient reads it, without the secrets of links.
    pub(super) fn text_for(row: &Notice, recipient: &Recipient) -> Result<Rendered> {
        let facts = facts_of(row)?;
        let kind = NoticeKind::parse(&row.kind).unwrap_or(NoticeKind::Notice);
        let links = Links::default();
        let letter = Letter { facts: &facts, kind, recipient, links: &links };
        letter.write().map_err(|reason| Error::Rule {
            code: "notice_incomplete",
            message: format!("the notice cannot be written: {reason}"),
        })
    }
}
