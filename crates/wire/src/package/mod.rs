//! The package file `NAME-VERSION.rbpkg`, the director's order and sets of trusted keys: text and
//! bytes on one side, types of `core` on the other. Whether a site may trust them, `core` decides.
//!
//! A package is a plain tar of regular files in one fixed order: `manifest.json` (the exact bytes
//! that are signed), `signatures/KEYID.minisig` by ascending id, then the manifest's files under
//! `files/`. Nothing else may be in it, and each byte of a header has one right value.

mod papers;
mod read;
mod tar;
mod write;

pub use papers::{
    next_root, read_manifest, read_order, read_root, write_manifest, write_order, write_root,
};
pub use read::{Discard, Reader, Sink};
pub use write::Writer;

use crate::minisign::KeyError;
use roadbook_core::package::{Fault, Refusal};
use sha2::Digest as _;

/// The ending of a package's file name.
pub const EXTENSION: &str = "rbpkg";

/// Why something is no package, order or set of keys, or is not believed.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// It could not be read; the same bytes may be good at another time.
    #[error("it cannot be read: {0}")]
    Read(std::io::Error),
    /// What was read could not be kept.
    #[error(
        "what was read cannot be kept: {0}; look at the free space and the rights of the folder"
    )]
    Keep(std::io::Error),
    /// It ends too early.
    #[error("it ends too early, as after a download that broke off; fetch it again")]
    Truncated,
    /// Not a package at all.
    #[error(
        "this is no Roadbook package: it does not begin with `manifest.json`; build one with `roadbook package build`"
    )]
    NotAPackage,
    /// Too large.
    #[error("{what} is larger than {max} bytes; nothing more of it was read")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The limit.
        max: u64,
    },
    /// An entry that does not belong there.
    #[error(
        "`{name}` does not belong there ({why}); a package holds its manifest, its signatures and the files of its manifest in their order. Nothing of it was run"
    )]
    Entry {
        /// Its name.
        name: String,
        /// Why not.
        why: String,
    },
    /// A file of the manifest is not there.
    #[error("`{path}` stands in the manifest and is not in the package; build it again")]
    Missing {
        /// The file.
        path: String,
    },
    /// A file that is not what the manifest says.
    #[error(
        "`{path}` is not what the manifest says: {what}; it was changed after it was packed. Fetch it again"
    )]
    Digest {
        /// The file.
        path: String,
        /// Size or digest.
        what: &'static str,
    },
    /// Something behind the end.
    #[error("there is something behind its end; nothing is taken from it")]
    Trailing,
    /// Not the JSON it should be.
    #[error("{what} cannot be understood: {why}")]
    Json {
        /// Manifest, order or set of keys.
        what: &'static str,
        /// Where and why.
        why: String,
    },
    /// A value that may not be.
    #[error("{what} is not in order: {fault}")]
    Form {
        /// Manifest, order or set of keys.
        what: &'static str,
        /// Where and why.
        fault: Fault,
    },
    /// A key or signature.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// Understood, and not believed.
    #[error("{0}")]
    Refused(#[from] Refusal),
}

impl PackageError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            PackageError::Read(_) => "read",
            PackageError::Keep(_) => "keep",
            PackageError::Truncated => "truncated",
            PackageError::NotAPackage => "no_package",
            PackageError::TooLarge { .. } => "too_large",
            PackageError::Entry { .. } => "entry",
            PackageError::Missing { .. } => "missing",
            PackageError::Digest { .. } => "digest",
            PackageError::Trailing => "trailing",
            PackageError::Json { .. } => "json",
            PackageError::Form { .. } => "form",
            PackageError::Key(_) => "key",
            PackageError::Refused(refusal) => refusal.code(),
        }
    }

    /// Whether the same package may be good when it is fetched again.
    pub const fn is_passing(&self) -> bool {
        matches!(self, PackageError::Read(_) | PackageError::Keep(_) | PackageError::Truncated)
    }
}

/// SHA-256 as the manifest and the order write it.
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(sha2::Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;
