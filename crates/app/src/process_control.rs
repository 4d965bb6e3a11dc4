//! Document control of a process: who wrote, reviewed and put into force each of its revisions.
//! All of it is read from the record, which keeps it; nothing is stored twice.

use crate::App;
use crate::error::Result;
use jiff::Timestamp;
use roadbook_store::record;
use std::collections::BTreeMap;

/// Entries that are read at once.
const READ: usize = 500;

/// What became of one revision besides being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionControl {
    /// Who approved it out of review, and when; none when it was published without one.
    pub reviewed: Option<(String, Timestamp)>,
    /// Since when it holds, or held.
    pub in_force: Option<Timestamp>,
}

impl App {
    /// What the record says about the revisions of a process.
    pub(crate) async fn process_control(&self, id: &str) -> Result<BTreeMap<u32, RevisionControl>> {
        let stream = format!("process/{id}");
        let mut found: BTreeMap<u32, RevisionControl> = BTreeMap::new();
        let mut after = 0;
        loop {
            let page = record::stream_page(self.store(), &stream, after, READ).await?;
            for entry in &page {
                let body = entry.body()?;
                let revision = body["revision"].as_u64().and_then(|it| u32::try_from(it).ok());
                let holds = match entry.kind.as_str() {
                    "process.published" | "process.in_force" => true,
                    "process.drafted" => false,
                    _ => continue,
                };
                let Some(revision) = revision else { continue };
                let control = found.entry(revision).or_default();
                if holds {
                    control.in_force = Some(entry.at);
                }
                // Only what came out of review names its author beside who put it into force.
                if body["author"].is_string() {
                    control.reviewed = Some((entry.actor.clone(), entry.at));
                }
            }
            match page.last() {
                Some(last) if page.len() == READ => after = last.seq,
                _ => return Ok(found),
            }
        }
    }
}
