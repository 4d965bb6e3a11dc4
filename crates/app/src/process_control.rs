//! Document control of a process: who wrote, reviewed and put into force each of its revisions.
//! All of it is read from the record, which keeps it; nothing is stored twice.

use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::Result;
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_store::{processes, record};
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

/// What the cover of a process says beside its file. Who only needs the file does not ask for it:
/// it takes a look at all runs and at the record.
#[derive(Clone, Debug)]
pub struct ProcessCover {
    /// How many runs that are not over stand on each revision, the newest first.
    pub used_by: Vec<(u32, u64)>,
    /// What became of each revision.
    control: BTreeMap<u32, RevisionControl>,
}

impl ProcessCover {
    /// What became of this revision.
    pub fn control(&self, revision: u32) -> RevisionControl {
        self.control.get(&revision).cloned().unwrap_or_default()
    }

    /// Everybody who reviewed a revision.
    pub fn reviewers(&self) -> impl Iterator<Item = &String> {
        self.control.values().filter_map(|it| it.reviewed.as_ref()).map(|it| &it.0)
    }
}

impl App {
    /// Who follows the revisions of a process, and who reviewed them.
    #[boxed]
    pub async fn process_cover(&self, call: &Call, id: &str) -> Result<ProcessCover> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let rows = processes::used_by(self.store(), id).await?;
        let number = |it: i64| u64::try_from(it).unwrap_or_default();
        let used_by =
            rows.into_iter().map(|(revision, n)| (number(revision) as u32, number(n))).collect();
        Ok(ProcessCover { used_by, control: self.process_control(id).await? })
    }

    /// What the record says about the revisions of a process.
    async fn process_control(&self, id: &str) -> Result<BTreeMap<u32, RevisionControl>> {
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
