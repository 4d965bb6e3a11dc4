//! Drafts of processes: written in turns, reviewed, and put into force by somebody else.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::notices::Told;
use crate::processes::check_size;
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::process::template::Template;
use roadbook_core::run::Refusal;
use roadbook_core::text::Text;
use roadbook_store::commit::Commit;
use roadbook_store::processes::{self, ProcessRevision};
use serde_json::json;

/// Characters of a process' name.
const ID_CHARS_MAX: usize = 120;

/// A revision that is being written or reviewed; its text may be wrong still.
#[derive(Clone, Debug)]
pub struct DraftView {
    /// The process.
    pub id: String,
    /// Its revision, once it holds.
    pub revision: u32,
    /// `draft` or `review`.
    pub state: String,
    /// The file as it stands.
    pub text: String,
    /// Who wrote it last.
    pub author: String,
    /// What it changes.
    pub note: String,
    /// When it was written.
    pub at: Timestamp,
}

/// A draft that waits for somebody's review.
#[derive(Clone, Debug)]
pub struct ReviewItem {
    /// The process.
    pub id: String,
    /// Its revision, once it holds.
    pub revision: u32,
    /// The title of what is in force; none before the first revision.
    pub title: Option<Text>,
    /// What it changes.
    pub note: String,
    /// When it was written.
    pub at: Timestamp,
}

impl From<ProcessRevision> for DraftView {
    fn from(row: ProcessRevision) -> DraftView {
        DraftView {
            id: row.id,
            revision: row.revision as u32,
            state: row.state,
            text: String::from_utf8_lossy(&row.text).into_owned(),
            author: row.author,
            note: row.note,
            at: row.at,
        }
    }
}

fn may(call: &Call) -> Result<()> {
    call.authorize(Action::Create, Kind::Process, &Resource::whole(), "process")
}

fn required(field: &str, text: &str, told: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::field(field, "required", told)) } else { Ok(()) }
}

impl App {
    /// The draft of a process, if somebody writes or reviews one.
    #[boxed]
    pub async fn process_draft(&self, call: &Call, id: &str) -> Result<Option<DraftView>> {
        may(call)?;
        Ok(processes::open(self.store(), id).await?.map(DraftView::from))
    }

    /// All drafts.
    #[boxed]
    pub async fn process_drafts(&self, call: &Call) -> Result<Vec<DraftView>> {
        may(call)?;
        let rows = processes::all_open(self.store()).await?;
        Ok(rows.into_iter().map(DraftView::from).collect())
    }

    /// Drafts that wait for the caller's review: those that the caller may put into force.
    #[boxed]
    pub async fn process_reviews(&self, call: &Call) -> Result<Vec<ReviewItem>> {
        if !allowed(&call.actor, Action::Create, Kind::Process, &Resource::whole()) {
            return Ok(Vec::new());
        }
        let mut rows = processes::in_review(self.store()).await?;
        let own = call.actor.name();
        if rows.iter().any(|it| it.author == own) && self.process_four_eyes().await? {
            rows.retain(|it| it.author != own);
        }
        let mut list = Vec::new();
        for row in rows {
            let title = match processes::revision_in_force(self.store(), &row.id).await? {
                Some(n) => Some(self.template(&row.id, n as u32).await?.title.clone()),
                None => None,
            };
            let (id, revision, note, at) = (row.id, row.revision as u32, row.note, row.at);
            list.push(ReviewItem { id, revision, title, note, at });
        }
        Ok(list)
    }

    /// Keeps a text as the draft of a process, right or wrong. What is in review stays as it is.
    #[boxed]
    pub async fn process_draft_save(
        &self,
        call: &Call,
        id: &str,
        text: &str,
        note: &str,
    ) -> Result<Receipt> {
        may(call)?;
        check_size("text", text).map_err(|it| Error::Invalid(vec![it]))?;
        required("text", text, "write the text of the file")?;
        self.draft_name(id, text)?;
        let newest = processes::revisions(self.store(), id).await?;
        let newest = newest.first().map_or(0, |it| it.revision);
        let old = processes::open(self.store(), id).await?;
        if old.as_ref().is_some_and(|it| it.state == "review") {
            return Err(Error::Rule {
                code: "in_review",
                message: "it is in review: return it to its author, then it can be changed".into(),
            });
        }
        let mut row = self.revision_row(call, id, newest + 1, text, note.trim());
        let mut commit = self.begin(call);
        match old {
            Some(old) if old.revision == newest => {
                row.revision = old.revision;
                commit = commit.write(processes::replace_draft(&row, &old.digest));
            }
            // Another revision came into force since: the draft takes the number after it.
            Some(old) => {
                commit = commit.write(processes::mark(&old, "dropped"));
                commit = commit.write(processes::insert(&row));
            }
            None => commit = commit.write(processes::insert(&row)),
        }
        self.draft_done(call, commit, &row, "process.draft_saved", note).await
    }

    /// A file that can be read says itself whose it is.
    fn draft_name(&self, id: &str, text: &str) -> Result<()> {
        let told = match self.ports().processes.read(text) {
            Ok(template) if template.id == id => return Ok(()),
            Ok(template) => format!("the file is process `{}`, not `{id}`", template.id),
            Err(_) if id.is_empty() => "a new process needs a file that can be read".to_owned(),
            Err(_) if id.chars().count() > ID_CHARS_MAX => "the name is too long".to_owned(),
            Err(_) => return Ok(()),
        };
        Err(Error::field("text", "other_process", told))
    }

    /// Sends a draft to review: nothing in it may stand against publishing.
    #[boxed]
    pub async fn process_draft_submit(&self, call: &Call, id: &str) -> Result<Receipt> {
        may(call)?;
        let row = self.draft_in(id, "draft").await?;
        required("note", &row.note, "say what this revision changes")?;
        let template = self.draft_checked(&row).await?;
        let mut commit = self.begin(call).write(processes::mark(&row, "review"));
        self.tell_of_draft(call, &mut commit, &row, Some(&template), Told::Asked).await?;
        self.draft_done(call, commit, &row, "process.review_asked", "").await
    }

    /// Gives a draft in review back to its author, with what is missing. An author who takes it
    /// back needs no reason.
    #[boxed]
    pub async fn process_draft_return(
        &self,
        call: &Call,
        id: &str,
        remark: &str,
    ) -> Result<Receipt> {
        may(call)?;
        let row = self.draft_in(id, "review").await?;
        if row.author != call.actor.name() {
            required("remark", remark, "say what has to change")?;
        }
        let template = self.ports().processes.read(&String::from_utf8_lossy(&row.text)).ok();
        let mut commit = self.begin(call).write(processes::mark(&row, "draft"));
        let told = Told::Returned(remark);
        self.tell_of_draft(call, &mut commit, &row, template.as_ref(), told).await?;
        self.draft_done(call, commit, &row, "process.returned", remark).await
    }

    /// Puts what is in review into force, or has it wait for its day; the former is superseded.
    /// Where the installation asks for four eyes, its author does not.
    #[boxed]
    pub async fn process_draft_approve(
        &self,
        call: &Call,
        id: &str,
        note: &str,
    ) -> Result<Receipt> {
        may(call)?;
        let row = self.draft_in(id, "review").await?;
        if row.author == call.actor.name() && self.process_four_eyes().await? {
            return Err(Error::Refused(Refusal::FourEyes { because: "author".to_owned() }));
        }
        let newest = processes::revisions(self.store(), id).await?;
        if newest.first().is_some_and(|it| it.revision > row.revision) {
            return Err(Error::Rule {
                code: "draft_behind",
                message: "another revision was published since it was written: return it, compare \
                          it with what is in force, and save it again"
                    .into(),
            });
        }
        let template = self.draft_checked(&row).await?;
        let mut commit = self.begin(call).write(processes::mark(&row, "scheduled"));
        let later = self.holds_later(&template).await?;
        if !later {
            commit.writes.extend(processes::publish(id, row.revision));
        }
        let from = template.control.effective.as_deref().filter(|_| later);
        let told = Told::Agreed { remark: note, from };
        self.tell_of_draft(call, &mut commit, &row, Some(&template), told).await?;
        let kind = if later { "process.drafted" } else { "process.published" };
        self.draft_done(call, commit, &row, kind, note).await
    }

    /// Drops a draft. Its text stays in the record's keeping; nothing shows it any more.
    #[boxed]
    pub async fn process_draft_drop(&self, call: &Call, id: &str) -> Result<Receipt> {
        may(call)?;
        let row = processes::open(self.store(), id).await?;
        let row = row.ok_or(Error::NotFound { what: "draft" })?;
        let commit = self.begin(call).write(processes::mark(&row, "dropped"));
        self.draft_done(call, commit, &row, "process.draft_dropped", "").await
    }

    async fn draft_in(&self, id: &str, state: &str) -> Result<ProcessRevision> {
        let row = processes::open(self.store(), id).await?;
        let row = row.ok_or(Error::NotFound { what: "draft" })?;
        if row.state == state {
            return Ok(row);
        }
        Err(match row.state.as_str() {
            "review" => Error::Rule {
                code: "in_review",
                message: "it is in review already: approve it, return it or drop it".into(),
            },
            _ => Error::Rule {
                code: "not_in_review",
                message: "it is still being written: send it to review first".into(),
            },
        })
    }

    async fn draft_checked(&self, row: &ProcessRevision) -> Result<Template> {
        let known = self.process_ids().await?;
        self.check_text(&String::from_utf8_lossy(&row.text), &known)
    }

    async fn draft_done(
        &self,
        call: &Call,
        commit: Commit,
        row: &ProcessRevision,
        kind: &str,
        note: &str,
    ) -> Result<Receipt> {
        let commit = commit.entry(
            format!("process/{}", row.id),
            kind,
            json!({ "revision": row.revision, "digest": row.digest, "author": row.author,
                "note": note }),
        );
        let receipt = Receipt {
            id: row.id.clone(),
            label: format!("{}@{}", row.id, row.revision),
            revision: row.revision,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }
}
