//! What the agent remembers: one file, replaced in one durable step after every step of work.

use crate::fail;
use crate::ports::Disk;
use jiff::Timestamp;
use roadbook_core::package::{Manifest, Order, TrustRoot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

/// Where the journal lies.
pub const PATH: &str = "journal.json";
const NEXT: &str = "journal.json.next";

/// Everything an agent remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// Always 1.
    pub format: u32,
    /// Release keys it trusts; pinned at enrollment.
    pub trust: TrustRoot,
    /// Highest counter of an order it has taken.
    pub order_counter: u64,
    /// Action of that order: one that was withdrawn before it began may come again.
    pub order_action: u32,
    /// Latest moment the director has signed: a clock before it is wrong.
    pub signed_at: Option<Timestamp>,
    /// Highest counter of a package it has installed, per product.
    pub counters: BTreeMap<String, u64>,
    /// What runs, per product.
    pub installed: BTreeMap<String, Installed>,
    /// What it is doing.
    pub run: Option<Run>,
    /// What it has to tell the server.
    pub reports: Vec<Report>,
    /// The last actions it has closed, newest last.
    pub past: Vec<Past>,
    /// Facts that the server has.
    pub facts_sent: Option<BTreeMap<String, String>>,
    /// An action for which the server wants the site's consent, and a person here shall say.
    pub asked: Option<u32>,
}

/// What runs of a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Installed {
    /// Version.
    pub version: String,
    /// Its manifest.
    pub manifest: Manifest,
    /// SHA-256 of the manifest's bytes.
    pub digest: String,
    /// Action that installed it: its backup lies under this number.
    pub action: u32,
    /// What ran before.
    pub former: Option<Box<Installed>>,
}

/// An action in work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The order.
    pub order: Order,
    /// Where the order can be fetched again.
    pub href: String,
    /// The package; none for a rollback.
    pub fetch: Option<Fetch>,
    /// The site's parameters, without secrets.
    pub parameters: BTreeMap<String, String>,
    /// What comes next.
    pub stage: Stage,
    /// A hook was begun: when this is read back, it was cut off.
    pub hook: Option<String>,
    /// How often the hook of this stage has been tried.
    pub tries: u32,
    /// The manifest, once it is verified.
    pub manifest: Option<Manifest>,
    /// Version that ran before.
    pub from: Option<String>,
    /// Why it goes back.
    pub failure: Option<String>,
    /// What it waits for, as last reported.
    pub waits: Option<String>,
    /// What a person at the site is asked: the name of the answer, see `Site::answer`.
    pub question: Option<String>,
    /// Since when something is changed at the site.
    pub began: Option<Timestamp>,
}

/// A file to fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// Where.
    pub href: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: String,
}

/// The step that comes next. The order of the variants is the order of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Fetch the package.
    Downloading,
    /// Check and unpack it.
    Verifying,
    /// Wait for the window, the site's policy and consent.
    Waiting,
    /// Is the site ready?
    Readiness,
    /// Keep the data.
    Backup,
    /// Install.
    Install,
    /// Write the configuration.
    Configure,
    /// Bring the data to the new version.
    Migrate,
    /// Point to the new version.
    Switch,
    /// Check what runs; the number says which check is next.
    Verify(u32),
    /// It runs: say so.
    Done,
    /// Point to the former version.
    BackSwitch,
    /// Restore the data and start the former version.
    BackHook,
    /// It went back: say so.
    RolledBack,
    /// It did not even begin, or could not go back: say so.
    Failed,
}

impl Stage {
    /// Name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Downloading => "downloading",
            Stage::Verifying => "verifying the package",
            Stage::Waiting => "waiting",
            Stage::Readiness => "readiness",
            Stage::Backup => "backup",
            Stage::Install => "install",
            Stage::Configure => "configure",
            Stage::Migrate => "migrate",
            Stage::Switch => "switch",
            Stage::Verify(_) => "verify",
            Stage::Done => "done",
            Stage::BackSwitch | Stage::BackHook => "roll back",
            Stage::RolledBack => "rolled back",
            Stage::Failed => "failed",
        }
    }

    /// The word by which the server knows it.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Downloading => "downloading",
            Stage::Verifying => "downloaded",
            Stage::Waiting => "waiting",
            Stage::Readiness => "readiness",
            Stage::Backup => "backup",
            Stage::Install => "install",
            Stage::Configure => "configure",
            Stage::Migrate => "migrate",
            Stage::Switch => "switch",
            Stage::Verify(_) => "verify",
            Stage::BackSwitch | Stage::BackHook => "rolling_back",
            Stage::RolledBack => "rolled_back",
            Stage::Failed => "failed",
            Stage::Done => "done",
        }
    }

    /// Nothing at the site was touched so far: it may be cancelled.
    pub fn untouched(self) -> bool {
        self <= Stage::Waiting
    }
}

/// Something to tell the server about an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Action.
    pub action: u32,
    /// The protocol's word: `proceeding`, `closed`, `rejected`…
    pub execution: String,
    /// `success`, `failure` or `none`.
    pub finished: String,
    /// See `wire::ddi`.
    pub code: Option<i64>,
    /// Messages.
    pub details: Vec<String>,
    /// When it happened.
    pub at: Timestamp,
    /// It answers an order to stop.
    pub cancel: bool,
}

/// An action that is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// The last word about it.
    pub last: Report,
    /// Product.
    pub product: String,
    /// Version that was ordered.
    pub version: String,
}

impl Journal {
    /// An agent that has seen nothing yet.
    pub fn new(trust: TrustRoot) -> Self {
        Self {
            format: 1,
            trust,
            order_counter: 0,
            order_action: 0,
            signed_at: None,
            counters: BTreeMap::new(),
            installed: BTreeMap::new(),
            run: None,
            reports: Vec::new(),
            past: Vec::new(),
            facts_sent: None,
            asked: None,
        }
    }

    /// Reads what was written last; `None` in an empty directory.
    pub fn load(disk: &dyn Disk) -> io::Result<Option<Self>> {
        let Some(bytes) = disk.read(PATH)? else { return Ok(None) };
        let read: Self = serde_json::from_slice(&bytes).map_err(|error| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "the journal {PATH} cannot be read: {error}; nothing is changed at this site \
                     until it is restored from a copy or the agent is enrolled anew"
                ),
            )
        })?;
        Ok(Some(read))
    }

    /// Replaces the file in one durable step: after a cut, the old or the new one is there, whole.
    pub fn save(&self, disk: &mut dyn Disk) -> io::Result<()> {
        fail::point("journal.before");
        let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
        disk.remove(NEXT)?;
        disk.append(NEXT, &bytes)?;
        fail::point("journal.after_write");
        if !fail::broken("no_sync") {
            disk.sync(NEXT)?;
        }
        fail::point("journal.after_sync");
        disk.rename(NEXT, PATH)?;
        fail::point("journal.after_rename");
        if !fail::broken("no_sync") {
            disk.sync_dir("")?;
        }
        fail::point("journal.after_dir");
        Ok(())
    }

    /// What was said last about an action that is closed.
    pub fn closed(&self, action: u32) -> Option<&Past> {
        self.past.iter().rev().find(|past| past.last.action == action)
    }
}
