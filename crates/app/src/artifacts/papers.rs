//! Papers of an artifact: its parts, how it was built, what changed.

use super::Arrived;
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use roadbook_store::artifacts::{self, ArtifactPaper};
use roadbook_store::blobs::{self, Blob};
use serde_json::json;
use tokio::fs::File;

/// What a paper can be.
pub const PAPER_KINDS: [&str; 5] = ["sbom", "provenance", "changes", "notes", "initial_data"];

impl App {
    /// Attaches a paper that came in.
    #[boxed]
    pub async fn paper_attach(
        &self,
        call: &Call,
        artifact: &str,
        kind: &str,
        arrived: Arrived,
    ) -> Result<Receipt> {
        let (found, papers) = self.artifact_view(&call.actor, artifact).await?;
        self.may_bring(call, &found.product_id).await?;
        if !PAPER_KINDS.contains(&kind) {
            let message = format!("is one of {}", PAPER_KINDS.join(", "));
            return Err(Error::field("kind", "unknown", message));
        }
        let receipt = Receipt {
            id: arrived.sha256.clone(),
            label: arrived.name.clone(),
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        if papers.iter().any(|it| it.kind == kind && it.sha256 == arrived.sha256) {
            let notes = vec!["known".to_owned()];
            let receipt = Receipt { created: false, notes, ..receipt };
            return self.finish(call, self.begin(call), receipt).await;
        }
        let now = self.now();
        let row = ArtifactPaper {
            artifact: artifact.to_owned(),
            kind: kind.to_owned(),
            sha256: arrived.sha256.clone(),
            name: arrived.name.clone(),
            uploaded_by: call.actor.name(),
            at: now,
        };
        let blob = Blob {
            sha256: arrived.sha256,
            size: arrived.size,
            name: arrived.name,
            media_type: "application/octet-stream".to_owned(),
            at: now,
        };
        let facts = json!({ "artifact": artifact, "kind": kind, "sha256": row.sha256 });
        let commit =
            self.begin(call).write(blobs::insert(&blob)).write(artifacts::insert_paper(&row));
        let stream = format!("product/{}", found.product_id);
        let commit = commit.entry(stream, "artifact.paper_attached", facts);
        self.finish(call, commit, receipt).await
    }

    /// The bytes of a paper.
    #[boxed]
    pub async fn paper_bytes(
        &self,
        actor: &roadbook_core::access::Actor,
        artifact: &str,
        sha256: &str,
    ) -> Result<(ArtifactPaper, File)> {
        let (_, papers) = self.artifact_view(actor, artifact).await?;
        let paper = papers.into_iter().find(|it| it.sha256 == sha256);
        let paper = paper.ok_or(Error::NotFound { what: "paper" })?;
        let file = self.whole_file(sha256).await?;
        Ok((paper, file))
    }
}
