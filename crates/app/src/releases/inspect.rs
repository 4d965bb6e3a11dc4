//! What the doctor can only judge with the use cases: no approval stands on something that was
//! changed afterwards (promise I8).

use super::signing;
use crate::App;
use crate::boxed;
use crate::error::Result;
use roadbook_core::process::template::Template;
use roadbook_core::release::Release;
use roadbook_core::run::StepState;
use roadbook_store::doctor::{self, Finding, Invariant};
use roadbook_store::documents::{self, Doc, Stored};
use roadbook_store::{StoreError, Write, processes};
use std::collections::HashMap;
use std::sync::Arc;

/// Judges documents of releases by the processes they are pinned to.
pub struct Inspector {
    templates: HashMap<(String, u32), Arc<Template>>,
}

impl App {
    /// An inspector that knows every process that a release may be pinned to.
    #[boxed]
    pub async fn inspector(&self) -> Result<Inspector> {
        let mut templates = HashMap::new();
        for newest in processes::newest(self.store()).await? {
            for row in processes::revisions(self.store(), &newest.id).await? {
                let revision = row.revision as u32;
                // A draft need not be readable yet; no release is pinned to it.
                if let Ok(template) = self.template(&row.id, revision).await {
                    templates.insert((row.id, revision), template);
                }
            }
        }
        Ok(Inspector { templates })
    }
}

impl Inspector {
    fn release(&self, release: &Release) -> Vec<Finding> {
        let mut findings = Vec::new();
        let place = |rest: &str| format!("{} {rest}", release.number);
        let mut wrong = |rest: &str, what: &str| {
            findings.push(Finding::new(Invariant::I8, place(rest), what));
        };
        for (id, document) in &release.run.documents {
            let standing = document.signatures.iter().filter(|it| it.voided_at.is_none());
            if standing.into_iter().any(|it| it.digest != document.digest) {
                wrong(id, "a signature stands on a revision that is not the current one");
            }
        }
        let pinned = (release.run.process.clone(), release.run.revision);
        let Some(template) = self.templates.get(&pinned) else {
            wrong(&release.run.process, "the release is pinned to a process that is not there");
            return findings;
        };
        // Papers that come after the go-live do not undo the approval of what went live.
        let gone_live = template.go_live.as_deref().is_some_and(|id| {
            use StepState::{Cancelled, Foreseen, Ready};
            !matches!(release.run.step_state(id), Foreseen | Ready | Cancelled)
        });
        if gone_live {
            return findings;
        }
        for (step, digest) in signing::digests(template, release) {
            let votes = release.run.steps.get(&step).map(|it| it.votes.as_slice());
            let mut standing = votes.unwrap_or_default().iter().filter(|it| it.voided_at.is_none());
            if standing.any(|it| it.digest != digest) {
                wrong(&step, "an approval stands on content that was changed afterwards");
            }
        }
        findings
    }
}

impl doctor::Inspector for Inspector {
    fn index(&self, _: &str, _: &Doc) -> std::result::Result<Vec<Write>, StoreError> {
        Ok(Vec::new())
    }

    fn inspect(&self, kind: &str, doc: &Doc) -> Vec<Finding> {
        if kind != Release::KIND {
            return Vec::new();
        }
        match documents::read::<Release>(doc) {
            Ok(release) => self.release(&release.value),
            Err(error) => vec![Finding::new(Invariant::I8, &doc.id, error.to_string())],
        }
    }
}
