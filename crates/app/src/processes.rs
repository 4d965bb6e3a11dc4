//! Processes: seeding the built-in ones, publishing revisions, reading templates.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, FieldError, Result};
use jiff::civil::Date;
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::calendar::DayMath as _;
use roadbook_core::limits::PROCESS_FILE_BYTES_MAX;
use roadbook_core::process::template::Template;
use roadbook_store::commit::Commit;
use roadbook_store::processes::{self, ProcessRevision};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A process in a list.
#[derive(Clone, Debug)]
pub struct ProcessSummary {
    /// Id.
    pub id: String,
    /// Newest effective revision.
    pub revision: u32,
    /// `effective`, `scheduled` or `superseded`.
    pub state: String,
    /// Who published it.
    pub author: String,
    /// What changed.
    pub note: String,
    /// When.
    pub at: jiff::Timestamp,
    /// The template.
    pub template: Arc<Template>,
}

/// A process with its file and history.
#[derive(Clone, Debug)]
pub struct ProcessView {
    /// The revision that is shown.
    pub summary: ProcessSummary,
    /// The file.
    pub text: String,
    /// All revisions, newest first.
    pub history: Vec<ProcessSummary>,
}

fn digest(text: &str) -> String {
    roadbook_store::canonical::digest(text.as_bytes())
}

/// States of a revision that holds, or will on its day.
pub const STANDS: [&str; 2] = ["effective", "scheduled"];
/// States of a revision that was published, now or before.
const PUBLISHED: [&str; 3] = ["effective", "scheduled", "superseded"];

/// Refuses a text that is larger than a process file may be.
pub(crate) fn check_size(field: &str, text: &str) -> std::result::Result<(), FieldError> {
    if text.len() <= PROCESS_FILE_BYTES_MAX {
        return Ok(());
    }
    let told = format!("a process file has at most {PROCESS_FILE_BYTES_MAX} bytes");
    Err(FieldError::new(field, "too_large", told))
}

/// Adds a revision to a commit: in force at once, or on its day.
fn add(mut commit: Commit, row: &ProcessRevision, later: bool) -> Commit {
    let state = if later { "scheduled" } else { "draft" };
    commit.writes.push(processes::insert(&ProcessRevision { state: state.into(), ..row.clone() }));
    if !later {
        commit.writes.extend(processes::publish(&row.id, row.revision));
    }
    commit.entry(
        format!("process/{}", row.id),
        if later { "process.drafted" } else { "process.published" },
        json!({ "revision": row.revision, "digest": row.digest, "note": row.note }),
    )
}

impl App {
    /// Publishes the built-in processes that are not there yet. Running twice changes nothing.
    #[boxed]
    pub async fn process_seed(&self) -> Result<usize> {
        let mut made = 0;
        for (id, text) in self.ports().processes.builtin() {
            if processes::effective(self.store(), &id).await?.is_none() {
                self.publish(&Call::system(), &id, &text, "built in", false).await?;
                made += 1;
            }
        }
        Ok(made)
    }

    /// Checks a file and publishes it as the next revision of its process (S2-01, S2-02).
    #[boxed]
    pub async fn process_publish(&self, call: &Call, text: &str, note: &str) -> Result<Receipt> {
        call.authorize(Action::Create, Kind::Process, &Resource::whole(), "process")?;
        check_size("text", text).map_err(|it| Error::Invalid(vec![it]))?;
        if note.trim().is_empty() {
            return Err(Error::field("note", "required", "say what this revision changes"));
        }
        let known = self.process_ids().await?;
        let template = self.check_text(text, &known)?;
        self.publish_alone().await?;
        let later = self.holds_later(&template).await?;
        self.publish(call, &template.id, text, note, later).await
    }

    /// Publishes those of these files that differ from what holds, all at once or none: they may
    /// name each other. The receipt notes what was published; with nothing to do nothing is written.
    #[boxed]
    pub async fn process_apply(
        &self,
        call: &Call,
        texts: &[String],
        note: &str,
    ) -> Result<Receipt> {
        call.authorize(Action::Create, Kind::Process, &Resource::whole(), "process")?;
        if note.trim().is_empty() {
            return Err(Error::field("note", "required", "say what these revisions change"));
        }
        let files = self.check_together(texts).await?;
        let mut commit = self.begin(call);
        let mut notes = Vec::new();
        for (template, text) in &files {
            let history = processes::revisions(self.store(), &template.id).await?;
            let sha = digest(text);
            if history.iter().any(|it| it.digest == sha && STANDS.contains(&it.state.as_str())) {
                continue;
            }
            let later = self.holds_later(template).await?;
            let revision = history.first().map_or(1, |it| it.revision + 1);
            let row = self.revision_row(call, &template.id, revision, text, note);
            commit = add(commit, &row, later);
            notes.push(format!("{}@{revision}", template.id));
        }
        if notes.is_empty() {
            return Ok(Receipt { label: "unchanged".to_owned(), ..Receipt::default() });
        }
        self.publish_alone().await?;
        let receipt =
            Receipt { label: notes.join(", "), created: true, notes, ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }

    /// Whoever wrote a revision of a process does not put it into force here.
    #[boxed]
    pub async fn process_four_eyes(&self) -> Result<bool> {
        Ok(self.installation().await?.is_some_and(|it| it.process_four_eyes))
    }

    /// Publishing without a review is one person's act: refused where four eyes are asked for.
    async fn publish_alone(&self) -> Result<()> {
        if !self.process_four_eyes().await? {
            return Ok(());
        }
        Err(Error::Rule {
            code: "review_required",
            message: "nobody puts a revision of a process into force alone here: save it as a \
                      draft and send it to review; somebody else puts it into force"
                .into(),
        })
    }

    /// Checks files that come together, each among the processes in force and the others.
    async fn check_together<'t>(&self, texts: &'t [String]) -> Result<Vec<(Template, &'t str)>> {
        let mut known = self.process_ids().await?;
        let mut seen = BTreeSet::new();
        let mut wrong = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            let field = format!("texts.{n}");
            if let Err(too_large) = check_size(&field, text) {
                wrong.push(too_large);
                continue;
            }
            // What cannot be read is told with all findings below.
            let Ok(template) = self.ports().processes.read(text) else { continue };
            if !seen.insert(template.id.clone()) {
                let told = format!("process `{}` comes twice", template.id);
                wrong.push(FieldError::new(&field, "twice", told));
            }
            known.push(template.id);
        }
        let mut files = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            if check_size("", text).is_err() {
                continue;
            }
            match self.ports().processes.check(text, &known) {
                Ok(template) => files.push((template, text.as_str())),
                Err(findings) => wrong.extend(
                    findings
                        .lines
                        .into_iter()
                        .map(|line| FieldError::new(format!("texts.{n}"), "finding", line)),
                ),
            }
        }
        if wrong.is_empty() { Ok(files) } else { Err(Error::Invalid(wrong)) }
    }

    /// Ids of the processes that a file under check may call; for whoever may look at processes.
    #[boxed]
    pub async fn process_check_among(&self, call: &Call) -> Result<Vec<String>> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        self.process_ids().await
    }

    pub(crate) fn check_text(&self, text: &str, known: &[String]) -> Result<Template> {
        self.ports().processes.check(text, known).map_err(|findings| {
            Error::Invalid(
                findings
                    .lines
                    .into_iter()
                    .map(|line| FieldError::new("text", "finding", line))
                    .collect(),
            )
        })
    }

    /// Ids of all processes in force.
    #[boxed]
    pub async fn process_ids(&self) -> Result<Vec<String>> {
        let rows = processes::all_effective(self.store()).await?;
        Ok(rows.into_iter().map(|it| it.id).collect())
    }

    /// True when a file says that it holds from a day that has not come.
    pub(crate) async fn holds_later(&self, template: &Template) -> Result<bool> {
        let today = self.working_calendar().await?.date(self.now());
        let from = template.control.effective.as_deref().and_then(|it| it.parse::<Date>().ok());
        Ok(from.is_some_and(|it| it > today))
    }

    /// Puts revisions in force whose day has come.
    pub(crate) async fn processes_due(&self) -> Result<()> {
        for row in processes::scheduled(self.store()).await? {
            let in_force = processes::effective(self.store(), &row.id).await?;
            // A later revision that holds already is not replaced by an older one.
            if in_force.is_some_and(|it| it.revision > row.revision)
                || self.holds_later(&*self.template_of(&row)?).await?
            {
                continue;
            }
            let mut commit = self.system_commit();
            commit.writes.extend(processes::publish(&row.id, row.revision));
            let commit = commit.entry(
                format!("process/{}", row.id),
                "process.in_force",
                json!({ "revision": row.revision, "digest": row.digest }),
            );
            match self.put(commit).await {
                // Another activation was faster.
                Ok(()) | Err(Error::Stale { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Adds a revision; one that holds later waits for its day.
    async fn publish(
        &self,
        call: &Call,
        id: &str,
        text: &str,
        note: &str,
        later: bool,
    ) -> Result<Receipt> {
        let history = processes::revisions(self.store(), id).await?;
        let sha = digest(text);
        if history.iter().any(|it| it.digest == sha && it.state == "effective") {
            return Err(Error::Exists { what: format!("process `{id}` with exactly this text") });
        }
        let revision = history.first().map_or(1, |it| it.revision + 1);
        let row = self.revision_row(call, id, revision, text, note);
        let commit = add(self.begin(call), &row, later);
        let receipt = Receipt {
            id: id.to_owned(),
            label: format!("{id}@{revision}"),
            revision,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    pub(crate) fn revision_row(
        &self,
        call: &Call,
        id: &str,
        revision: i64,
        text: &str,
        note: &str,
    ) -> ProcessRevision {
        ProcessRevision {
            id: id.to_owned(),
            revision,
            state: "draft".to_owned(),
            text: text.as_bytes().to_vec(),
            digest: digest(text),
            author: call.actor.name(),
            note: note.to_owned(),
            at: self.now(),
        }
    }

    /// All processes with their newest effective revision.
    #[boxed]
    pub async fn process_list(&self, call: &Call) -> Result<Vec<ProcessSummary>> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let mut list = Vec::new();
        for row in processes::all_effective(self.store()).await? {
            list.push(self.summary(row).await?);
        }
        Ok(list)
    }

    /// One process at a revision, or at its effective one.
    #[boxed]
    pub async fn process_view(
        &self,
        call: &Call,
        id: &str,
        revision: Option<u32>,
    ) -> Result<ProcessView> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let mut rows = processes::revisions(self.store(), id).await?;
        // A draft need not be readable yet; it has a page of its own.
        rows.retain(|it| PUBLISHED.contains(&it.state.as_str()));
        let shown = rows
            .iter()
            .find(|it| match revision {
                Some(revision) => it.revision == i64::from(revision),
                None => it.state == "effective",
            })
            // Before the first one holds, the newest is what there is.
            .or_else(|| rows.first().filter(|_| revision.is_none()))
            .cloned()
            .ok_or(Error::NotFound { what: "process" })?;
        let text = String::from_utf8_lossy(&shown.text).into_owned();
        let mut history = Vec::new();
        for row in rows {
            history.push(self.summary(row).await?);
        }
        Ok(ProcessView { summary: self.summary(shown).await?, text, history })
    }

    /// How many open runs follow this revision; the number tells nothing about them.
    #[boxed]
    pub async fn process_used(&self, call: &Call, id: &str, revision: u32) -> Result<usize> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let used = processes::used_by(self.store(), id).await?;
        let found = used.iter().find(|it| it.0 == i64::from(revision));
        Ok(found.map_or(0, |it| it.1.max(0) as usize))
    }

    async fn summary(&self, row: ProcessRevision) -> Result<ProcessSummary> {
        let template = self.template_of(&row)?;
        Ok(ProcessSummary {
            id: row.id,
            revision: row.revision as u32,
            state: row.state,
            author: row.author,
            note: row.note,
            at: row.at,
            template,
        })
    }

    /// The template that a run is pinned to. Revisions never change, so they are kept in memory.
    #[boxed]
    pub async fn template(&self, id: &str, revision: u32) -> Result<Arc<Template>> {
        if let Some(found) = self.cached(id, revision) {
            return Ok(found);
        }
        let row = processes::get(self.store(), id, i64::from(revision))
            .await?
            .ok_or(Error::NotFound { what: "process" })?;
        self.template_of(&row)
    }

    fn cached(&self, id: &str, revision: u32) -> Option<Arc<Template>> {
        let cache = self.inner.templates.read().ok()?;
        cache.get(&(id.to_owned(), revision)).cloned()
    }

    fn template_of(&self, row: &ProcessRevision) -> Result<Arc<Template>> {
        let revision = row.revision as u32;
        if let Some(found) = self.cached(&row.id, revision) {
            return Ok(found);
        }
        let text = std::str::from_utf8(&row.text)
            .map_err(|error| Error::Internal(format!("process {}: {error}", row.id)))?;
        let template = self.ports().processes.read(text).map_err(|findings| {
            Error::Internal(format!(
                "process {}@{revision} can no longer be read: {}",
                row.id,
                findings.lines.join("; ")
            ))
        })?;
        let template = Arc::new(template);
        if let Ok(mut cache) = self.inner.templates.write() {
            cache.insert((row.id.clone(), revision), template.clone());
        }
        Ok(template)
    }
}
