//! Sub-commands about agents and the files that they install.

use clap::Subcommand;
use std::path::PathBuf;

/// Agents.
#[derive(Debug, Subcommand)]
pub enum AgentCommand {
    /// All agents
    List,
    /// The agent of one site: its machine, its orders
    Show {
        /// Site
        site: String,
    },
    /// A token with which the agent of a site comes in, once, within a day
    Token {
        /// Site
        site: String,
    },
    /// Take the token of an agent away
    Revoke {
        /// Site
        site: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Ask a site to stop an order
    Cancel {
        /// Number of the order
        order: i64,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// Files that sites install.
#[derive(Debug, Subcommand)]
pub enum ArtifactCommand {
    /// Bring a file; a package is checked to its end before it is listed
    Upload {
        /// Product
        product: String,
        /// The file
        file: PathBuf,
        /// Version that it installs; a package says so itself
        #[arg(long)]
        version: Option<String>,
    },
    /// The files of a product
    List {
        /// Product
        product: String,
    },
    /// One file with its papers
    Show {
        /// SHA-256
        artifact: String,
    },
    /// Attach what says something about a file
    Attach {
        /// SHA-256
        artifact: String,
        /// sbom, provenance, changes or notes
        kind: String,
        /// The paper
        file: PathBuf,
    },
    /// The keys with which packages of a product are signed
    Keys {
        /// Product
        product: String,
    },
    /// Add the public half of a key
    AddKey {
        /// Product
        product: String,
        /// The key, or the file of its public half
        key: String,
        /// For people
        #[arg(long, default_value = "")]
        comment: String,
    },
    /// The sets of keys that agents may believe
    KeySets {
        /// Product
        product: String,
    },
    /// Publish a set of keys for agents; its signatures lie beside the file
    PublishKeys {
        /// Product
        product: String,
        /// The set, from `roadbook key trust` or `roadbook key rotate`
        file: PathBuf,
    },
    /// Believe a key no more
    RetireKey {
        /// Product
        product: String,
        /// Id of the key
        key: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}
