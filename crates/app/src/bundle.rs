//! The archive bundle of a release: its documents, what was signed, and its part of the record
//! with proofs. It can be checked on a machine that knows nothing of this installation.

use crate::App;
use crate::boxed;
use crate::documents::Document;
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Actor, Kind};
use roadbook_core::ids::ReleaseId;
use roadbook_store::record::{self, BundleRecord, verify_bundle};
use roadbook_store::{blobs, canonical, documents};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

/// What lies in a bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Shape of this file.
    pub format: u32,
    /// Number of the release.
    pub number: String,
    /// Version.
    pub version: String,
    /// Process and revision.
    pub process: String,
    /// SHA-256 (hex) of each other file.
    pub files: BTreeMap<String, String>,
}

/// What a check of a bundle found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BundleCheck {
    /// Number of the release.
    pub number: String,
    /// Version of the release.
    pub version: String,
    /// Files checked.
    pub files: usize,
    /// Record entries checked.
    pub entries: usize,
    /// Public key that signed the head.
    pub key: String,
    /// What is wrong, each with its place; empty when all is well.
    pub faults: Vec<String>,
}

/// A bundle has at most this many files, each at most [`FILE_BYTES_MAX`].
const FILES_MAX: usize = 10_000;
/// More than any upload.
const FILE_BYTES_MAX: u64 = 128 << 20;

impl App {
    /// The archive bundle as a zip file.
    #[boxed]
    pub async fn release_bundle(&self, actor: &Actor, id: &ReleaseId) -> Result<(String, Vec<u8>)> {
        let loaded = self.release_for(actor, id).await?;
        let resource = self.release_resource(&loaded.release).await?;
        crate::Call::of(actor.clone()).authorize(
            Action::Export,
            Kind::Release,
            &resource,
            "release",
        )?;
        let release = &loaded.release;
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let pretty = |value: &serde_json::Value| {
            serde_json::to_vec_pretty(value).map_err(|error| Error::Internal(error.to_string()))
        };
        let json = |it: &dyn Fn() -> serde_json::Result<serde_json::Value>| {
            it().map_err(|error| Error::Internal(error.to_string()))
        };
        files.insert("release.json".into(), pretty(&json(&|| serde_json::to_value(release))?)?);
        let process = roadbook_store::processes::get(
            self.store(),
            &release.run.process,
            i64::from(release.run.revision),
        )
        .await?;
        if let Some(process) = process {
            files.insert("process.toml".into(), process.text);
        }
        self.add_documents(&loaded.release, &mut files).await?;
        self.add_signed(&loaded.release, &mut files).await?;
        record::sequence(self.store()).await?;
        let stream = format!("release/{id}");
        let record = record::export(self.store(), &stream, self.now()).await?;
        files.insert("record.json".into(), pretty(&json(&|| serde_json::to_value(&record))?)?);
        let manifest = Manifest {
            format: 1,
            number: release.number.clone(),
            version: release.version.clone(),
            process: format!("{}@{}", release.run.process, release.run.revision),
            files: files
                .iter()
                .map(|(name, bytes)| (name.clone(), canonical::digest(bytes)))
                .collect(),
        };
        let bytes = pretty(&json(&|| serde_json::to_value(&manifest))?)?;
        files.insert("manifest.json".into(), bytes);
        let zip = pack(&files).map_err(|error| Error::Internal(error.to_string()))?;
        Ok((format!("{}.zip", release.number), zip))
    }

    async fn add_documents(
        &self,
        release: &roadbook_core::release::Release,
        files: &mut BTreeMap<String, Vec<u8>>,
    ) -> Result<()> {
        for (kind, state) in &release.run.documents {
            let Some(found) = documents::load::<Document>(self.store(), state.id.as_str()).await?
            else {
                continue;
            };
            for revision in found.value.revisions {
                if let Some(bytes) = blobs::read(self.store(), &revision.digest).await? {
                    let name = format!("documents/{kind}/{}-{}", revision.label, revision.name);
                    files.insert(name, bytes);
                }
            }
        }
        Ok(())
    }

    async fn add_signed(
        &self,
        release: &roadbook_core::release::Release,
        files: &mut BTreeMap<String, Vec<u8>>,
    ) -> Result<()> {
        for (step, state) in &release.run.steps {
            for vote in &state.votes {
                if let Some(bytes) = blobs::signed(self.store(), &vote.digest).await? {
                    files.insert(format!("signed/{step}-{}.json", &vote.digest[..12]), bytes);
                }
            }
        }
        Ok(())
    }
}

fn pack(files: &BTreeMap<String, Vec<u8>>) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time: the same release gives the same bytes.
    let options = zip::write::SimpleFileOptions::default()
        .last_modified_time(zip::DateTime::default())
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Checks a bundle with nothing but its bytes: every file against the manifest, every signed
/// digest against its bytes, the record against its signed head.
pub fn verify(bytes: &[u8], public_key: Option<&str>) -> BundleCheck {
    let mut check = BundleCheck::default();
    let files = match unpack(bytes) {
        Ok(files) => files,
        Err(fault) => {
            check.faults.push(fault);
            return check;
        }
    };
    let manifest: Manifest = match files.get("manifest.json").map(|it| serde_json::from_slice(it)) {
        Some(Ok(manifest)) => manifest,
        Some(Err(error)) => {
            check.faults.push(format!("manifest.json: {error}"));
            return check;
        }
        None => {
            check.faults.push("manifest.json is missing; this is no bundle".to_owned());
            return check;
        }
    };
    check.number.clone_from(&manifest.number);
    check.version.clone_from(&manifest.version);
    for (name, digest) in &manifest.files {
        match files.get(name) {
            None => check.faults.push(format!("{name}: missing")),
            Some(bytes) if canonical::digest(bytes) != *digest => {
                check.faults.push(format!("{name}: changed"));
            }
            Some(_) => check.files += 1,
        }
    }
    for name in files.keys().filter(|it| *it != "manifest.json") {
        if !manifest.files.contains_key(name) {
            check.faults.push(format!("{name}: not in the manifest"));
        }
    }
    verify_record(&files, public_key, &mut check);
    check
}

fn verify_record(
    files: &BTreeMap<String, Vec<u8>>,
    public_key: Option<&str>,
    check: &mut BundleCheck,
) {
    let Some(bytes) = files.get("record.json") else {
        check.faults.push("record.json: missing".to_owned());
        return;
    };
    let record: BundleRecord = match serde_json::from_slice(bytes) {
        Ok(record) => record,
        Err(error) => {
            check.faults.push(format!("record.json: {error}"));
            return;
        }
    };
    let report = verify_bundle(&record, public_key);
    check.entries = report.entries;
    check.key.clone_from(&record.head.key);
    check.faults.extend(report.faults.into_iter().map(|it| format!("record.json: {it}")));
    // What people signed must be here, byte by byte.
    let present: Vec<String> = files.values().map(|it| canonical::digest(it)).collect();
    for entry in &record.entries {
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&entry.text) else { continue };
        let kind = json["kind"].as_str().unwrap_or_default();
        if !matches!(kind, "release.voted" | "release.document_written" | "release.document_signed")
        {
            continue;
        }
        if let Some(digest) = json["body"]["digest"].as_str()
            && !present.iter().any(|it| it == digest)
        {
            check.faults.push(format!("{kind}: the bytes of {digest} are missing"));
        }
    }
}

/// Reads the files of a zip within bounds; never writes one.
fn unpack(bytes: &[u8]) -> std::result::Result<BTreeMap<String, Vec<u8>>, String> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("not a zip: {error}"))?;
    if archive.len() > FILES_MAX {
        return Err(format!("more than {FILES_MAX} files"));
    }
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| format!("file {index}: {error}"))?;
        let name = file.name().map_err(|error| format!("file {index}: {error}"))?.into_owned();
        let mut content = Vec::new();
        file.take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut content)
            .map_err(|error| format!("{name}: {error}"))?;
        if content.len() as u64 > FILE_BYTES_MAX {
            return Err(format!("{name}: larger than {FILE_BYTES_MAX} bytes"));
        }
        files.insert(name, content);
    }
    Ok(files)
}
