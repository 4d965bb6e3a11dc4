//! Why a site does not install what it was given.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a package, an order or a set of keys is not believed. Every sentence says what, why, and
/// what to do now; [`Refusal::code`] never changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// A format from the future.
    #[error(
        "this is format {found}, and only format 1 is known here; update the program that reads it"
    )]
    Format {
        /// What it says.
        found: u32,
    },
    /// A set of keys that could never be satisfied, or always.
    #[error(
        "the set of trusted keys asks for {threshold} of {keys} keys, which protects nothing; enroll this site again with the right keys"
    )]
    Root {
        /// Keys that must sign.
        threshold: u32,
        /// Different keys.
        keys: usize,
    },
    /// Too few different trusted keys have signed.
    #[error(
        "{have} of {need} trusted release keys have signed it; have it signed by another holder of a release key, or check that this site trusts the right keys"
    )]
    Signatures {
        /// Different trusted keys that signed.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// Past its last day.
    #[error(
        "it was valid until {expires}, and that is past; have it signed again with a later date"
    )]
    Expired {
        /// Its end.
        expires: Timestamp,
    },
    /// Below what was seen.
    #[error(
        "its counter {counter} is below {seen}, which this site has seen already; an older one is never installed as a new one. To go back, use a rollback"
    )]
    Older {
        /// Its counter.
        counter: u64,
        /// The highest seen.
        seen: u64,
    },
    /// For another product.
    #[error("it is for the product `{found}`, not for `{wanted}`; choose the right package")]
    Product {
        /// What it is for.
        found: String,
        /// What runs here.
        wanted: String,
    },
    /// For another machine.
    #[error("it is for {found}, and this machine is {here}; choose the package for this platform")]
    Platform {
        /// What it is for.
        found: String,
        /// What this is.
        here: String,
    },
    /// Not from this version.
    #[error(
        "it can be installed over {allowed}, and here is {here}; install a version in between first"
    )]
    From {
        /// What runs here, or `none`.
        here: String,
        /// What it names.
        allowed: String,
    },
    /// An order for another site.
    #[error(
        "the order is for the site `{found}`, not for `{here}`; nothing is done. Look for who mixed up the orders"
    )]
    Site {
        /// What it is for.
        found: String,
        /// What this is.
        here: String,
    },
    /// The package is another version than ordered.
    #[error(
        "version {ordered} is ordered, and the package is {found}; the order and the package must fit"
    )]
    Version {
        /// What is ordered.
        ordered: String,
        /// What the package is.
        found: String,
    },
    /// The package is not the very one that was ordered.
    #[error(
        "the package is not the one that was ordered: its manifest has another digest; fetch it again, and if it stays so, tell the release manager"
    )]
    Manifest,
    /// The time to begin is over.
    #[error("the order was valid until {until}, and that is past; ask for a new order")]
    OrderExpired {
        /// Its end.
        until: Timestamp,
    },
    /// An order whose end lies before its begin.
    #[error(
        "the order may begin at {not_before} and must have begun by {until}, which is never; ask for a new order"
    )]
    OrderTimes {
        /// Its begin.
        not_before: Timestamp,
        /// Its end.
        until: Timestamp,
    },
    /// An order below what was seen.
    #[error(
        "the order's number {counter} is below {seen}, which this site has seen already; an order is never obeyed twice"
    )]
    OrderOlder {
        /// Its counter.
        counter: u64,
        /// The highest seen.
        seen: u64,
    },
    /// No such version to go back to.
    #[error(
        "going back to version {ordered} is ordered, and this site keeps {kept}; install that version by a package instead"
    )]
    NoFormer {
        /// What is ordered.
        ordered: String,
        /// What is there, or `none`.
        kept: String,
    },
    /// A set of keys that is not the next one.
    #[error(
        "the set of keys has version {found}, and the next one is {wanted}; give every set in its order"
    )]
    RootVersion {
        /// What it has.
        found: u64,
        /// What it must have.
        wanted: u64,
    },
    /// Not signed by enough keys of the set before.
    #[error(
        "{have} of {need} keys of the present set have signed the new one; a new set is believed only when the present one vouches for it"
    )]
    RootOldKeys {
        /// Different ones that did.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// Not signed by enough of its own keys.
    #[error(
        "{have} of {need} keys of the new set have signed it; a key that nobody holds would lock everybody out"
    )]
    RootNewKeys {
        /// Different ones that did.
        have: usize,
        /// How many must.
        need: usize,
    },
}

impl Refusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::Format { .. } => "format",
            Refusal::Root { .. } => "root",
            Refusal::Signatures { .. } => "signatures",
            Refusal::Expired { .. } => "expired",
            Refusal::Older { .. } => "older",
            Refusal::Product { .. } => "product",
            Refusal::Platform { .. } => "platform",
            Refusal::From { .. } => "from",
            Refusal::Site { .. } => "site",
            Refusal::Version { .. } => "version",
            Refusal::Manifest => "manifest",
            Refusal::OrderExpired { .. } => "order_expired",
            Refusal::OrderTimes { .. } => "order_times",
            Refusal::OrderOlder { .. } => "order_older",
            Refusal::NoFormer { .. } => "no_former",
            Refusal::RootVersion { .. } => "root_version",
            Refusal::RootOldKeys { .. } => "root_old_keys",
            Refusal::RootNewKeys { .. } => "root_new_keys",
        }
    }
}
