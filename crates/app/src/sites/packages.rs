//! Before it is installed: whether a file is what a release ships, and may go to sites now (S3-04).

use super::deploy::is_open;
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use roadbook_core::ids::ReleaseId;
use roadbook_core::release::{Package, Release};

/// A file that may be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installable {
    /// Number of the release.
    pub number: String,
    /// Its version.
    pub version: String,
    /// The package.
    pub package: Package,
}

impl App {
    /// Says that a file may be installed, or why not: the release must name it, have passed all of
    /// its gates, and not be held.
    #[boxed]
    pub async fn package_check(
        &self,
        call: &Call,
        release: &ReleaseId,
        sha256: &str,
    ) -> Result<Installable> {
        let loaded = self.release_for(&call.actor, release).await?;
        let package = of_release(&loaded.release, sha256)?.clone();
        is_open(&loaded, Some(self.now()))?;
        let Release { number, version, .. } = loaded.release;
        Ok(Installable { number, version, package })
    }
}

/// The package with this digest.
pub(super) fn of_release<'a>(release: &'a Release, sha256: &str) -> Result<&'a Package> {
    release.packages.iter().find(|it| it.sha256 == sha256).ok_or_else(|| {
        let names: Vec<&str> = release.packages.iter().map(|it| it.name.as_str()).collect();
        let message = format!(
            "this file is no package of {} ({}); do not install it, fetch the right one",
            release.number,
            if names.is_empty() { "it names none".to_owned() } else { names.join(", ") }
        );
        Error::Rule { code: "unknown_package", message }
    })
}
