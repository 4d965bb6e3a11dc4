//! What a release has for the programs at sites, and which of it is for one of them.

use crate::App;
use crate::error::Result;
use roadbook_core::ids::SiteId;
use roadbook_core::package::{Manifest, NoFit, Platform, fitting};
use roadbook_core::release::Release;
use roadbook_store::agents;
use roadbook_store::artifacts::{self, Artifact};
use roadbook_store::rollouts::Takers;

/// The files of a release that are kept and are of its product.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offer {
    files: Vec<Artifact>,
    /// Its packages, by their place among the files: where each runs, and its counter.
    packages: Vec<(usize, (Platform, u64))>,
}

/// The program at a site.
#[derive(Clone, Debug)]
pub(crate) struct Taker {
    /// It is our own, not a client of another kind.
    pub(crate) ours: bool,
    /// Its machine, when it told.
    pub(crate) platform: Option<Platform>,
}

impl Offer {
    fn of(files: Vec<Artifact>) -> Offer {
        let anywhere = || (Platform { os: "any".to_owned(), arch: "any".to_owned() }, 0);
        let place = |it: &Artifact| {
            // It was checked when it came; what cannot be read now is judged by the site.
            let manifest = it.manifest.as_deref();
            manifest
                .and_then(|text| serde_json::from_str::<Manifest>(text).ok())
                .map_or_else(anywhere, |manifest| (manifest.platform, manifest.counter))
        };
        let packages = files.iter().enumerate().filter(|(_, it)| it.kind == "package");
        let packages = packages.map(|(index, it)| (index, place(it))).collect();
        Offer { files, packages }
    }

    /// For which programs there is something to fetch.
    pub(crate) fn takers(&self) -> Takers {
        match (self.files.is_empty(), self.packages.is_empty()) {
            (true, _) => Takers::Nobody,
            (false, true) => Takers::Others,
            (false, false) => Takers::All,
        }
    }

    /// What this program fetches: our own one package, the one for its machine; another kind of
    /// client what is made for it, or else what there is.
    pub(crate) fn files_for(&self, taker: &Taker) -> std::result::Result<Vec<Artifact>, NoFit> {
        if taker.ours {
            let offers: Vec<(Platform, u64)> =
                self.packages.iter().map(|it| it.1.clone()).collect();
            let index = fitting(&offers, taker.platform.as_ref())?;
            let (file, _) = &self.packages[index];
            return Ok(vec![self.files[*file].clone()]);
        }
        let meant: Vec<Artifact> =
            self.files.iter().filter(|it| it.kind == "file").cloned().collect();
        let found = if meant.is_empty() { self.files.clone() } else { meant };
        if found.is_empty() { Err(NoFit::PackageMissing) } else { Ok(found) }
    }
}

impl App {
    /// What a release has for the programs at sites.
    pub(crate) async fn offer(&self, release: &Release) -> Result<Offer> {
        let mut files = Vec::new();
        for package in &release.packages {
            files.extend(artifacts::get(self.store(), &package.sha256).await?);
        }
        files.retain(|it| it.product_id == release.product);
        Ok(Offer::of(files))
    }

    /// The program at a site; a client of another kind where there is none.
    pub(crate) async fn taker(&self, site: &SiteId) -> Result<Taker> {
        let agent = agents::get(self.store(), site).await?;
        let ours = agent.is_some_and(|it| !it.public_key.is_empty());
        let facts = if ours { agents::facts(self.store(), site).await? } else { Vec::new() };
        let told = facts.iter().find(|it| it.name == agents::PLATFORM);
        Ok(Taker { ours, platform: told.and_then(|it| Platform::parse(&it.value)) })
    }
}
