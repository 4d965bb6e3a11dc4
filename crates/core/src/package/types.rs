//! The manifest of a package, the set of keys that an agent trusts, and the director's order.

use crate::text::Text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The manifest, version 1: everything a site must know before it opens a package. It is kept and
/// signed as exact bytes of JSON; a format that was released stays readable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always 1.
    pub format: u32,
    /// Short name of the product.
    pub product: String,
    /// Version as printed.
    pub version: String,
    /// Versions it may come from: exact ones, `none` (nothing is installed) or `any`.
    pub from: Vec<String>,
    /// Where it runs.
    pub platform: Platform,
    /// Grows with every package of the product; an agent never goes below what it has seen.
    pub counter: u64,
    /// Not installed after this moment.
    pub expires: Timestamp,
    /// Ids of the keys that are meant to sign it, 16 hexadecimal digits each.
    pub keys: Vec<String>,
    /// How many different ones of them must have signed.
    pub threshold: u32,
    /// Its files, in the order in which they lie in the package.
    pub files: Vec<FileEntry>,
    /// What is run, and when.
    pub hooks: Hooks,
    /// What a site may or must set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// Free disk that it needs while it is installed, in bytes, beside the package itself.
    #[serde(default)]
    pub needs_disk: u64,
    /// What going back loses, in words: "orders entered since the update". Empty: nothing.
    #[serde(default)]
    pub rollback_loses: Text,
}

/// An operating system and a processor; `any` fits all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// As `std::env::consts::OS`: `linux`, or `any`.
    pub os: String,
    /// As `std::env::consts::ARCH`: `x86_64`, or `any`.
    pub arch: String,
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Path inside the version's folder, with `/`; never absolute, never with `..`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, 64 small hexadecimal digits.
    pub sha256: String,
    /// May be run.
    #[serde(default)]
    pub executable: bool,
}

/// The hooks of a package, in the order in which they run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hooks {
    /// Is the site ready? Changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Hook>,
    /// Keeps the data as it is, in the folder of `ROADBOOK_BACKUP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<Hook>,
    /// Stops what runs and prepares the new version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<Hook>,
    /// Writes the configuration from the site's parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configure: Option<Hook>,
    /// Brings the data to the new version, and fails when a count or sum is not what it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrate: Option<Hook>,
    /// Function, performance, stability: each fails alone and is reported by name (S4h-05).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<Check>,
    /// Restores the data from `ROADBOOK_BACKUP` and starts the former version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Hook>,
}

/// One hook: a program with its arguments, never a line for a shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// The program, relative to the version's folder, and its arguments.
    pub argv: Vec<String>,
    /// Ended after so many seconds, which counts as failed.
    pub timeout: u32,
    /// What happens when it was cut off and it is not known whether it finished.
    pub retry: Retry,
}

/// What to do with a hook that was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Run it again: twice is as good as once.
    Safe,
    /// Stop and let a person say.
    Ask,
    /// Count it as failed.
    Never,
}

/// A verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What it looks at.
    pub aspect: Aspect,
    /// What is run.
    pub hook: Hook,
}

/// What a verification looks at (S4h-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// It does what it should.
    Function,
    /// It does it fast enough.
    Performance,
    /// It keeps doing it.
    Stability,
}

/// A value that a site sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Short name; a hook reads it as `PARAM_NAME` in capitals.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub title: Text,
    /// Must be set.
    #[serde(default)]
    pub required: bool,
    /// Taken when nothing is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Known to the site alone: set with the agent, never sent to the server.
    #[serde(default)]
    pub secret: bool,
}

/// The release keys of a product that an agent trusts. A new set is believed when enough keys of
/// the one before signed it and its version is the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustRoot {
    /// Always 1.
    pub format: u32,
    /// Short name of the product; `*` stands for every product.
    pub product: String,
    /// From 1, each one more than the one before.
    pub version: u64,
    /// Public keys in minisign's form.
    pub keys: Vec<String>,
    /// How many different ones must sign.
    pub threshold: u32,
}

/// What the director allows one site to do, for a time. Kept and signed as exact bytes of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Always 1.
    pub format: u32,
    /// Number of the action.
    pub action: u32,
    /// Install, or go back.
    pub kind: OrderKind,
    /// Key of the site.
    pub site: String,
    /// Short name of the product.
    pub product: String,
    /// Version that shall run afterwards.
    pub version: String,
    /// SHA-256 of the manifest bytes of that version's package.
    pub manifest: String,
    /// Not before: the site's window. Downloading is allowed earlier.
    pub not_before: Option<Timestamp>,
    /// Not begun after this moment.
    pub until: Timestamp,
    /// Grows with every order to the site; an agent takes no smaller one.
    pub counter: u64,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// What an order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Install the version.
    Install,
    /// Go back to the version that ran before; nothing is fetched.
    Rollback,
}
