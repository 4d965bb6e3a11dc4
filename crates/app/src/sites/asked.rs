//! What a site is asked to confirm: the documents behind the question, as whoever answers may read
//! them (S3-69).

use super::decide::open_to;
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::documents::{Document, DocumentRevision, render_markdown};
use crate::error::{Error, Result};
use crate::releases::{LoadedRelease, asked_digest};
use roadbook_core::access::Who as Actor;
use roadbook_core::ids::{ReleaseId, SiteId};
use roadbook_core::process::template::StepKind;
use roadbook_core::run::{RunState, asked_now, asks_about};
use roadbook_core::text::Text;
use roadbook_store::{blobs, documents};

/// Documents that nobody outside the organization reads, whatever they are asked.
const CLOSED: &str = "confidential";

/// What a site is asked to confirm.
#[derive(Clone, Debug)]
pub struct Asked {
    /// SHA-256 (hex) that the answer names.
    pub digest: String,
    /// The question, as the process has it.
    pub question: Text,
    /// Its documents.
    pub papers: Vec<AskedPaper>,
}

impl Asked {
    /// The documents with their revisions, for the record: `go_live_plan A1`.
    pub(super) fn label(&self) -> String {
        let each = self.papers.iter().map(|it| format!("{} {}", it.kind, it.revision.label));
        each.collect::<Vec<_>>().join(", ")
    }
}

/// A document that a site is asked about.
#[derive(Clone, Debug)]
pub struct AskedPaper {
    /// Type, as the process names it.
    pub kind: String,
    /// Title.
    pub title: Text,
    /// The revision that stands.
    pub revision: DocumentRevision,
    /// Whoever asks may read its contents.
    pub readable: bool,
    /// The contents as sanitized HTML, if they are text and may be read.
    pub html: Option<String>,
}

impl App {
    /// What a site is asked to confirm now; nothing where no document is in question, and nothing
    /// for a contact who is not the one to answer or is not asked yet.
    #[boxed]
    pub async fn site_asked(
        &self,
        call: &Call,
        site: &SiteId,
        release: &ReleaseId,
    ) -> Result<Option<Asked>> {
        let (_, loaded, _) = self.deployment_for(call, site, release).await?;
        let contact = matches!(call.actor.who, Actor::Contact(..));
        if contact && self.may_answer(call, &loaded).await.is_err() {
            return Ok(None);
        }
        let Some(mut asked) = self.asked_of(&loaded).await? else { return Ok(None) };
        for paper in &mut asked.papers {
            paper.readable = !contact || open_to(&paper.kind, &loaded) != CLOSED;
            if !paper.readable || !paper.revision.media_type.starts_with("text/") {
                continue;
            }
            let bytes = blobs::read(self.store(), &paper.revision.digest).await?;
            paper.html = bytes.map(|it| render_markdown(&String::from_utf8_lossy(&it)));
        }
        Ok(Some(asked))
    }

    /// The bytes of a document that the site is asked about, by its digest.
    #[boxed]
    pub async fn site_asked_bytes(
        &self,
        call: &Call,
        site: &SiteId,
        release: &ReleaseId,
        digest: &str,
    ) -> Result<(DocumentRevision, Vec<u8>)> {
        let asked = self.site_asked(call, site, release).await?;
        let papers = asked.map(|it| it.papers).unwrap_or_default();
        let paper = papers.into_iter().find(|it| it.readable && it.revision.digest == digest);
        let paper = paper.ok_or(Error::NotFound { what: "document" })?;
        let bytes = blobs::read(self.store(), digest).await?;
        Ok((paper.revision, bytes.ok_or(Error::NotFound { what: "file" })?))
    }

    /// What sites are asked about, without its contents.
    pub(crate) async fn asked_of(&self, loaded: &LoadedRelease) -> Result<Option<Asked>> {
        let LoadedRelease { release, template, .. } = loaded;
        if matches!(release.run.state, RunState::Draft) {
            return Ok(None);
        }
        let Some(step) = asked_now(template, &release.run) else { return Ok(None) };
        let Some(digest) = asked_digest(template, release, step) else { return Ok(None) };
        let mut papers = Vec::new();
        for kind in asks_about(template, step) {
            let Some(state) = release.run.documents.get(kind) else { continue };
            let found = documents::load::<Document>(self.store(), state.id.as_str()).await?;
            let revisions = found.map(|it| it.value.revisions).unwrap_or_default();
            let revision = revisions.into_iter().rfind(|it| it.digest == state.digest);
            papers.push(AskedPaper {
                kind: kind.to_owned(),
                title: template.document(kind).map(|it| it.title.clone()).unwrap_or_default(),
                revision: revision.ok_or(Error::NotFound { what: "revision" })?,
                readable: false,
                html: None,
            });
        }
        let question = match &step.kind {
            StepKind::Decision(spec) => spec.ask.clone(),
            _ => step.title.clone(),
        };
        Ok(Some(Asked { digest, question, papers }))
    }
}
