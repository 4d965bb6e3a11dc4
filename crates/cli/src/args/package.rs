//! Sub-commands about packages and keys. All of them work without a server.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Packages.
#[derive(Debug, Subcommand)]
pub enum PackageCommand {
    /// Pack a folder that holds a `package.toml` and the files of one version
    Build(BuildArgs),
    /// Sign a package with a release key; other signatures in it stay
    Sign {
        /// Package
        file: PathBuf,
        /// File of a secret key, from `roadbook key new`; several sign one after the other
        #[arg(long, required = true, value_name = "FILE")]
        key: Vec<PathBuf>,
    },
    /// Show what a package says of itself, whoever signed it
    Inspect {
        /// Package
        file: PathBuf,
    },
    /// Check that a package is whole, and signed by keys that you trust
    Verify(VerifyArgs),
    /// Changes and notes between two tags of a git repository
    Changes(ChangesArgs),
}

/// Options of `package build`.
#[derive(Args, Clone, Debug)]
pub struct BuildArgs {
    /// Folder
    pub dir: PathBuf,
    /// Package to write; PRODUCT-VERSION.rbpkg here if not given
    pub file: Option<PathBuf>,
    /// Release key that is meant to sign it: a public key, its file, or its id; instead of `keys`
    /// in package.toml
    #[arg(long, value_name = "KEY")]
    pub key: Vec<String>,
    /// Not installed after this day or moment; instead of `expires` in package.toml
    #[arg(long, value_name = "DAY")]
    pub expires: Option<String>,
    /// Counter, instead of the one in package.toml
    #[arg(long, value_name = "NUMBER")]
    pub counter: Option<u64>,
}

/// Options of `package verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// Package
    pub file: PathBuf,
    /// Release key that you trust: a public key (RW…) or its file
    #[arg(long, value_name = "KEY", required_unless_present = "trust")]
    pub key: Vec<String>,
    /// How many different ones of them must have signed
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub threshold: u32,
    /// Set of trusted keys, from `roadbook key trust` or `rotate`
    #[arg(long, conflicts_with_all = ["key", "threshold"], value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// It must be for this product
    #[arg(long)]
    pub product: Option<String>,
    /// It must be installable over this version; `none` for a site without any
    #[arg(long, value_name = "VERSION")]
    pub over: Option<String>,
    /// It must run here: operating system and processor, as in `linux/x86_64`
    #[arg(long, value_name = "OS/ARCH")]
    pub platform: Option<String>,
    /// Its counter must not be below this one
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    pub counter: u64,
}

/// Options of `package changes`.
#[derive(Args, Clone, Debug)]
pub struct ChangesArgs {
    /// Folder of the repository
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub repo: PathBuf,
    /// Tag of the version before; the tag before the other one if not given
    #[arg(long, value_name = "TAG")]
    pub from: Option<String>,
    /// Tag of the version, or `HEAD`
    #[arg(long, default_value = "HEAD", value_name = "TAG")]
    pub to: String,
    /// Only what a release takes in as its changes: `{"items": […]}`
    #[arg(long)]
    pub items: bool,
}

/// Release keys. They are made and kept on a machine without a network; no server needs them.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key: NAME.key (secret) and NAME.pub (public)
    New {
        /// Name, or path of the files without ending
        name: PathBuf,
    },
    /// Show id and public line of a key file
    Show {
        /// File of a secret or public key
        file: PathBuf,
    },
    /// Write the first set of keys that sites trust; it is handed over when a site is set up
    Trust {
        /// File to write
        file: PathBuf,
        /// The set as such
        #[command(flatten)]
        set: SetArgs,
        /// Product, or `*` for all
        #[arg(long, default_value = "*")]
        product: String,
    },
    /// Write the next set of keys and sign it; repeat it with other secret keys until old and new
    /// keys vouch for it
    Rotate {
        /// The present set
        present: PathBuf,
        /// File of the next one
        next: PathBuf,
        /// The set as such
        #[command(flatten)]
        set: SetArgs,
        /// File of a secret key that signs the next set
        #[arg(long, value_name = "FILE")]
        sign: Vec<PathBuf>,
    },
}

/// A set of keys.
#[derive(Args, Clone, Debug)]
pub struct SetArgs {
    /// Key in the set: a public key (RW…) or its file
    #[arg(long, required = true, value_name = "KEY")]
    pub key: Vec<String>,
    /// How many different ones of them must sign a package
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub threshold: u32,
}
