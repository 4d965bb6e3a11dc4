//! The record as people read it: newest entries, and whether it holds.

use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::Result;
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_store::record;

/// An entry of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// Place in the tree.
    pub position: i64,
    /// Aggregate and number in its stream.
    pub stream: String,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// SHA-256 (hex) of its bytes.
    pub hash: String,
}

/// Which entries of a release are asked for.
#[derive(Clone, Debug, Default)]
pub struct StoryFilter {
    /// Part of what happened.
    pub text: Option<String>,
    /// By this person.
    pub actor: Option<String>,
}

/// An entry in the story of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryLine {
    /// Number in its stream, from 1.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// Who did it: an id, or `system`.
    pub actor: String,
    /// Name of the actor, if it is a person.
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
    /// SHA-256 (hex) of its bytes.
    pub hash: String,
    /// Hash of the entry before it.
    pub prev: String,
    /// The facts.
    pub facts: serde_json::Value,
}

/// Entries of one page of a story.
const STORY_PAGE: usize = 50;
/// Entries that are looked through for one page: a filter that finds nothing ends.
const STORY_READ_MAX: usize = 2_000;

/// What a check of the whole record found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordCheck {
    /// Entries that were checked.
    pub entries: u64,
    /// What is wrong, each with its place.
    pub faults: Vec<String>,
}

impl App {
    /// The newest entries before a place in the tree.
    #[boxed]
    pub async fn record_newest(
        &self,
        call: &Call,
        before: i64,
        limit: usize,
    ) -> Result<Vec<RecordLine>> {
        call.authorize(Action::View, Kind::Record, &Resource::whole(), "record")?;
        let found = record::newest(self.store(), before, limit).await?;
        Ok(found
            .into_iter()
            .map(|it| RecordLine {
                position: it.position.unwrap_or_default(),
                stream: format!("{}#{}", it.stream, it.seq),
                kind: it.kind,
                actor: it.actor,
                at: it.at,
                hash: it.hash,
            })
            .collect())
    }

    /// Checks the whole record: chains, tree, signed heads.
    #[boxed]
    pub async fn record_check(&self, call: &Call) -> Result<RecordCheck> {
        call.authorize(Action::View, Kind::Record, &Resource::whole(), "record")?;
        let report = record::verify(self.store()).await?;
        Ok(RecordCheck {
            entries: report.entries,
            faults: report.faults.iter().map(|it| format!("{}: {}", it.place, it.what)).collect(),
        })
    }

    async fn story_of(&self, call: &Call, id: &ReleaseId) -> Result<String> {
        let loaded = self.release_for(&call.actor, id).await?;
        let place = self.release_resource(&loaded.release).await?;
        call.authorize(Action::View, Kind::Record, &place, "record")?;
        Ok(format!("release/{id}"))
    }

    /// The entries of one release before a number, newest first, and the number to go on from.
    #[boxed]
    pub async fn story(
        &self,
        call: &Call,
        id: &ReleaseId,
        filter: &StoryFilter,
        before: i64,
    ) -> Result<(Vec<StoryLine>, Option<i64>)> {
        let stream = self.story_of(call, id).await?;
        let text = filter.text.as_deref().map(str::to_lowercase);
        let (mut lines, mut at, mut read) = (Vec::new(), before, 0);
        let more = loop {
            let page = record::stream_newest(self.store(), &stream, at, STORY_PAGE).await?;
            let ended = page.len() < STORY_PAGE;
            read += page.len();
            for it in page {
                let fits = text.as_ref().is_none_or(|text| it.kind.contains(text.as_str()))
                    && filter.actor.as_ref().is_none_or(|actor| *actor == it.actor);
                if lines.len() < STORY_PAGE {
                    at = it.seq;
                    if fits {
                        lines.push(it);
                    }
                }
            }
            if lines.len() >= STORY_PAGE || ended || read >= STORY_READ_MAX {
                break !ended || at > 1;
            }
        };
        let people = lines.iter().filter_map(|it| PersonId::parse(&it.actor).ok()).collect();
        let names = self.names(people).await?;
        let line = |it: record::Recorded| StoryLine {
            facts: it.body().unwrap_or_default(),
            name: PersonId::parse(&it.actor).ok().and_then(|id| names.get(&id).cloned()),
            seq: it.seq,
            kind: it.kind,
            actor: it.actor,
            at: it.at,
            hash: it.hash,
            prev: it.prev,
        };
        Ok((lines.into_iter().map(line).collect(), (more && at > 1).then_some(at)))
    }

    /// Checks the entries of one release: none missing, changed or added.
    #[boxed]
    pub async fn story_check(&self, call: &Call, id: &ReleaseId) -> Result<RecordCheck> {
        let stream = self.story_of(call, id).await?;
        let report = record::verify_stream(self.store(), &stream).await?;
        Ok(RecordCheck {
            entries: report.entries,
            faults: report.faults.iter().map(|it| format!("{}: {}", it.place, it.what)).collect(),
        })
    }
}
