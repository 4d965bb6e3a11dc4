//! The notice board of a person.

use super::{channel, facts_of, state};
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::Result;
use jiff::Timestamp;
use roadbook_core::ids::{NoticeId, ReleaseId};
use roadbook_store::notices as rows;

/// How far back the board goes.
const ITEMS_MAX: usize = 200;

/// A notice on the board.
#[derive(Clone, Debug)]
pub struct BoardItem {
    /// Notice.
    pub notice: NoticeId,
    /// Release.
    pub release: ReleaseId,
    /// Number of the release.
    pub number: String,
    /// `notice`, `correction`, `retraction` or `reminder`.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// Body.
    pub body: String,
    /// When it was put up.
    pub at: Option<Timestamp>,
    /// The reader is asked to confirm.
    pub asked: bool,
    /// When the reader confirmed.
    pub acked_at: Option<Timestamp>,
    /// A newer notice replaces it.
    pub outdated: bool,
}

impl App {
    /// The board of the caller, newest first.
    #[boxed]
    pub async fn board(&self, call: &Call) -> Result<Vec<BoardItem>> {
        let person = call.person()?;
        let found = rows::deliveries_to(
            self.store(),
            "person",
            person.as_str(),
            Some(channel::BOARD),
            ITEMS_MAX,
        )
        .await?;
        let mut list = Vec::new();
        for made in found {
            let Some(row) = rows::get(self.store(), &made.notice_id).await? else { continue };
            let facts = facts_of(&row)?;
            let recipient = self.recipient_of(&made).await?;
            let text = App::text_for(&row, &recipient)?;
            list.push(BoardItem {
                notice: row.id.clone(),
                release: row.release_id.clone(),
                number: facts.number,
                asked: facts.acknowledge && row.kind != "retraction",
                kind: row.kind,
                subject: text.subject,
                body: text.body,
                at: made.sent_at,
                acked_at: made.acked_at,
                outdated: matches!(row.state.as_str(), state::SUPERSEDED | state::RETRACTED),
            });
        }
        list.sort_by_key(|it| std::cmp::Reverse(it.at));
        Ok(list)
    }
}
