//! The two versions that sites run, as signed packages.

use jiff::Timestamp;
use roadbook_core::package::{Aspect, Check, FileEntry, Hook, Hooks, Manifest, Platform, Retry};
use roadbook_core::text::Text;
use roadbook_wire::minisign::SecretKey;
use roadbook_wire::package::{Writer, digest, read_manifest, write_manifest};

/// Short name of the product.
pub const PRODUCT: &str = "gate";
/// The version that runs when a simulation begins.
pub const OLD: &str = "V1.10.0.0001";
/// The version that the release brings.
pub const NEW: &str = "V1.10.0.0002";

/// A package with what is known about it.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its manifest.
    pub manifest: Manifest,
    /// The exact text of the manifest.
    pub text: String,
    /// SHA-256 of that text.
    pub digest: String,
}

/// What a file of a version holds.
pub fn content(path: &str, version: &str) -> String {
    format!("{path} of {version}")
}

fn hook(name: &str) -> Hook {
    Hook { argv: vec!["run".to_owned(), name.to_owned()], timeout: 60, retry: Retry::Safe }
}

fn manifest(version: &str, counter: u64, key: &str) -> Manifest {
    let file = |path: &str| {
        let content = content(path, version);
        FileEntry {
            path: path.to_owned(),
            size: content.len() as u64,
            sha256: digest(content.as_bytes()),
            executable: path == "run",
        }
    };
    Manifest {
        format: 1,
        product: PRODUCT.to_owned(),
        version: version.to_owned(),
        from: vec!["any".to_owned()],
        platform: Platform { os: "any".to_owned(), arch: "any".to_owned() },
        counter,
        expires: Timestamp::from_second(4_000_000_000).unwrap_or_default(),
        keys: vec![key.to_owned()],
        threshold: 1,
        files: ["run", "lib/data"].map(file).into(),
        hooks: Hooks {
            backup: Some(hook("backup")),
            install: Some(hook("install")),
            migrate: Some(hook("migrate")),
            verify: vec![Check { aspect: Aspect::Function, hook: hook("function") }],
            rollback: Some(hook("rollback")),
            ..Hooks::default()
        },
        parameters: Vec::new(),
        needs_disk: 0,
        rollback_loses: Text::default(),
    }
}

/// Writes and signs a version.
pub fn package(version: &str, counter: u64, key: &SecretKey) -> anyhow::Result<Package> {
    let bytes = write_manifest(&manifest(version, counter, &key.public().id()));
    let manifest = read_manifest(&bytes)?;
    let signature = key.sign(&bytes, "simulated");
    let mut writer = Writer::begin(Vec::new(), &bytes, &[signature])?;
    for file in &manifest.files {
        writer.file(content(&file.path, version).as_bytes())?;
    }
    Ok(Package {
        bytes: writer.finish()?,
        digest: digest(&bytes),
        text: String::from_utf8(bytes)?,
        manifest,
    })
}
