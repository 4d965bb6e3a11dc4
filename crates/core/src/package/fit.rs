//! Which of the packages of a release is for a site.

use super::Platform;
use serde::{Deserialize, Serialize};

/// Why no package of a release is for a site yet. Every sentence says what, why, and what to do
/// now; [`NoFit::code`] never changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum NoFit {
    /// The release has none.
    #[error(
        "the release has no package for the program at this site; name one, or install by hand and report it"
    )]
    PackageMissing,
    /// It has several, and nobody knows which.
    #[error(
        "the release has packages for {offers}, and the site has not told what it is; its agent tells it when it calls next"
    )]
    PlatformUnknown {
        /// What there is.
        offers: String,
    },
    /// It has some, for other machines.
    #[error(
        "the release has packages for {offers}, and the site is {here}; add a package for it, or leave the site out"
    )]
    PlatformUnfit {
        /// What there is.
        offers: String,
        /// What the site is.
        here: String,
    },
}

impl NoFit {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            NoFit::PackageMissing => "package_missing",
            NoFit::PlatformUnknown { .. } => "platform_unknown",
            NoFit::PlatformUnfit { .. } => "platform_unfit",
        }
    }
}

impl Platform {
    /// In words: `linux x86_64`.
    pub fn name(&self) -> String {
        format!("{} {}", self.os, self.arch)
    }

    /// Reads what [`Platform::name`] says.
    pub fn parse(text: &str) -> Option<Platform> {
        let (os, arch) = text.trim().split_once(' ')?;
        Some(Platform { os: os.to_owned(), arch: arch.trim().to_owned() })
    }

    fn fits(&self, here: &Platform) -> bool {
        let fits = |wanted: &str, here: &str| wanted == "any" || wanted == here;
        fits(&self.os, &here.os) && fits(&self.arch, &here.arch)
    }

    fn pinned(&self) -> usize {
        [&self.os, &self.arch].into_iter().filter(|it| *it != "any").count()
    }
}

/// The one of these packages, by platform and counter, that a site gets: the one made for exactly
/// such a machine before one that runs anywhere, and of two the newer. A site that has not told
/// what it is gets what runs anywhere, or the only one there is: it looks itself before it installs.
pub fn fitting(offers: &[(Platform, u64)], here: Option<&Platform>) -> Result<usize, NoFit> {
    if offers.is_empty() {
        return Err(NoFit::PackageMissing);
    }
    let fits = |it: &Platform| match here {
        Some(here) => it.fits(here),
        None => offers.len() == 1 || it.pinned() == 0,
    };
    let best = offers.iter().enumerate().filter(|(_, (platform, _))| fits(platform)).max_by_key(
        |(index, (platform, counter))| (platform.pinned(), *counter, std::cmp::Reverse(*index)),
    );
    let names = || offers.iter().map(|it| it.0.name()).collect::<Vec<_>>().join(", ");
    match (best, here) {
        (Some((index, _)), _) => Ok(index),
        (None, Some(here)) => Err(NoFit::PlatformUnfit { offers: names(), here: here.name() }),
        (None, None) => Err(NoFit::PlatformUnknown { offers: names() }),
    }
}
