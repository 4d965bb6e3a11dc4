//! Files that sites install: kept once by their content, with what is said about them and the keys
//! that sign them.

mod digests;
mod keys;
mod papers;
mod trust;

pub use keys::KeyInput;
pub use papers::PAPER_KINDS;
pub use roadbook_store::artifacts::{Artifact, ArtifactPaper, ReleaseKey, TrustSet};
pub use trust::TrustInput;

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::documents::clean_name;
use crate::error::{Error, FieldError, Result};
use digests::Digesting;
use jiff::Timestamp;
use roadbook_core::access::{Action, Actor, Kind};
use roadbook_core::ids::ProductId;
use roadbook_core::limits::{ARTIFACT_BYTES_MAX, ARTIFACTS_TOTAL_BYTES_MAX};
use roadbook_store::artifacts;
use roadbook_store::blobs::{self, Blob};
use serde_json::json;
use tokio::fs::File;
use tokio::io::AsyncRead;

/// A file that came in and is on disk, but not listed yet.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// SHA-256, hex.
    pub sha256: String,
    /// SHA-1, hex.
    pub sha1: String,
    /// MD5, hex.
    pub md5: String,
    /// Bytes.
    pub size: i64,
    /// Its name.
    pub name: String,
}

/// What was found out about a file.
#[derive(Clone, Debug)]
pub struct Facts {
    /// `package` (ours, verified) or `file`.
    pub kind: &'static str,
    /// Version that it installs.
    pub version: String,
    /// The exact text of its manifest.
    pub manifest: Option<String>,
    /// Keys whose signatures are right.
    pub key_ids: Vec<String>,
    /// Not installed after this moment.
    pub expires_at: Option<Timestamp>,
}

impl App {
    /// Whether the caller may bring files of a product.
    async fn may_bring(&self, call: &Call, product: &ProductId) -> Result<()> {
        let place = self.product_resource(product).await?;
        call.authorize(Action::View, Kind::Product, &place, "product")?;
        call.authorize(Action::Act, Kind::Release, &place, "product")
    }

    /// Streams a file to disk. It is whole and stays whole before anything lists it.
    pub async fn artifact_receive(
        &self,
        call: &Call,
        product: &ProductId,
        name: &str,
        length: Option<u64>,
        bytes: impl AsyncRead + Unpin,
    ) -> Result<Arrived> {
        self.may_bring(call, product).await?;
        let name = clean_name(name)
            .ok_or_else(|| Error::field("name", "name", "the file needs a plain name"))?;
        let kept = artifacts::total_bytes(self.store()).await?;
        let room = ARTIFACTS_TOTAL_BYTES_MAX.saturating_sub(u64::try_from(kept).unwrap_or(0));
        let limit = ARTIFACT_BYTES_MAX.min(room);
        if length.is_some_and(|it| it > limit) {
            return Err(too_large(limit));
        }
        let temporary = format!("art-{:032x}", self.seed().random);
        let mut source = Digesting::new(bytes, limit);
        let received = blobs::receive(self.store(), &mut source, limit, &temporary).await;
        if source.too_much() {
            return Err(too_large(limit));
        }
        let received = received?;
        if received.size == 0 {
            return Err(Error::field("file", "empty", "the file is empty"));
        }
        let (sha1, md5) = source.digests();
        Ok(Arrived { sha256: received.sha256, sha1, md5, size: received.size, name })
    }

    /// A file that came in, to look into it before it is listed.
    #[boxed]
    pub async fn artifact_arrived(&self, arrived: &Arrived) -> Result<std::fs::File> {
        let file = blobs::open_unlisted(self.store(), &arrived.sha256).await?;
        Ok(file.into_std().await)
    }

    /// Lists a file that came in. The same bytes twice are one; other facts about them are refused.
    #[boxed]
    pub async fn artifact_keep(
        &self,
        call: &Call,
        product: &ProductId,
        arrived: Arrived,
        facts: Facts,
    ) -> Result<Receipt> {
        self.may_bring(call, product).await?;
        let mut check = crate::input::Check::new();
        let version = check.name("version", &facts.version);
        check.done()?;
        let receipt = Receipt {
            id: arrived.sha256.clone(),
            label: arrived.name.clone(),
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        if let Some(known) = artifacts::get(self.store(), &arrived.sha256).await? {
            if known.product_id != *product || known.version != version {
                let message = "these bytes are listed already as another version or product";
                return Err(Error::Rule { code: "artifact_known", message: message.to_owned() });
            }
            let notes = vec!["known".to_owned()];
            return self
                .finish(
                    call,
                    self.begin(call),
                    Receipt { label: known.name, created: false, notes, ..receipt },
                )
                .await;
        }
        let now = self.now();
        let row = Artifact {
            sha256: arrived.sha256.clone(),
            sha1: arrived.sha1,
            md5: arrived.md5,
            size: arrived.size,
            name: arrived.name.clone(),
            kind: facts.kind.to_owned(),
            product_id: product.clone(),
            version,
            manifest: facts.manifest,
            key_ids: facts.key_ids.join(" "),
            uploaded_by: call.actor.name(),
            at: now,
            expires_at: facts.expires_at,
        };
        let blob = Blob {
            sha256: arrived.sha256,
            size: arrived.size,
            name: arrived.name,
            media_type: "application/octet-stream".to_owned(),
            at: now,
        };
        let mut commit = self.begin(call);
        commit.writes.push(blobs::insert(&blob));
        commit.writes.push(artifacts::insert(&row));
        let commit = commit.entry(
            format!("product/{product}"),
            "artifact.uploaded",
            json!({
                "sha256": row.sha256, "size": row.size, "name": row.name, "kind": row.kind,
                "version": row.version, "keys": row.key_ids,
            }),
        );
        self.finish(call, commit, receipt).await
    }

    /// The files of a product, newest first.
    #[boxed]
    pub async fn artifact_list(&self, actor: &Actor, product: &ProductId) -> Result<Vec<Artifact>> {
        self.artifact_sees(actor, product).await?;
        Ok(artifacts::of_product(self.store(), product).await?)
    }

    async fn artifact_sees(&self, actor: &Actor, product: &ProductId) -> Result<()> {
        let place = self.product_resource(product).await?;
        Call::of(actor.clone()).authorize(Action::View, Kind::Product, &place, "product")
    }

    /// One file with what is said about it.
    #[boxed]
    pub async fn artifact_view(
        &self,
        actor: &Actor,
        sha256: &str,
    ) -> Result<(Artifact, Vec<ArtifactPaper>)> {
        let none = || Error::NotFound { what: "artifact" };
        let found = artifacts::get(self.store(), sha256).await?.ok_or_else(none)?;
        self.artifact_sees(actor, &found.product_id).await.map_err(|_| none())?;
        let papers = artifacts::papers(self.store(), sha256).await?;
        Ok((found, papers))
    }

    /// The bytes of a file, for people; an altered file is not given out.
    #[boxed]
    pub async fn artifact_bytes(&self, actor: &Actor, sha256: &str) -> Result<(Artifact, File)> {
        let (found, _) = self.artifact_view(actor, sha256).await?;
        let file = self.whole_file(sha256).await?;
        Ok((found, file))
    }
}

fn too_large(limit: u64) -> Error {
    let message = format!("a file may have {limit} bytes now; send a smaller one or make room");
    Error::Invalid(vec![FieldError::new("file", "too_large", message)])
}
