//! The ports at a real site.

mod clock;
mod disk;
mod facts;
mod hooks;
pub mod http;

pub use clock::{RealClock, RehearsalClock, clock};
pub use disk::RealDisk;
pub use facts::RealFacts;
pub use hooks::RealHooks;
pub use http::HttpServer;

use crate::policy::Policy;
use crate::ports::Site;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Time since the start of this process.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn ticks() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// The files in which a site says what it wants.
#[derive(Clone, Debug)]
pub struct RealSite {
    /// The data directory.
    pub disk: RealDisk,
    /// The policy file; it need not be there.
    pub policy: PathBuf,
}

/// Where the answer to a question lies.
pub fn answer_path(question: &str) -> String {
    format!("answers/{}", crate::tree::folder(question))
}

/// Where the secrets of a product lie.
pub fn secrets_path(product: &str) -> String {
    format!("secrets/{}.json", crate::tree::folder(product))
}

impl Site for RealSite {
    fn policy(&self) -> Result<Policy, String> {
        match std::fs::read_to_string(&self.policy) {
            Ok(text) => {
                Policy::parse(&text).map_err(|why| format!("{}: {why}", self.policy.display()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Policy::default()),
            Err(error) => Err(format!("{}: {error}", self.policy.display())),
        }
    }

    fn answer(&self, question: &str) -> Option<bool> {
        let text = std::fs::read_to_string(self.disk.path(&answer_path(question))).ok()?;
        match text.trim() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    fn secrets(&self, product: &str) -> BTreeMap<String, String> {
        let text = std::fs::read(self.disk.path(&secrets_path(product))).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }
}
