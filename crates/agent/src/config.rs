//! What an agent was told when it was enrolled.

use crate::journal::Journal;
use crate::ports::Disk;
use crate::real::{RealDisk, http};
use roadbook_core::package::TrustRoot;
use roadbook_wire::api::agents::{Enroll, Enrolled};
use roadbook_wire::minisign::{PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

/// Where it lies in the data directory.
pub const PATH: &str = "agent.json";
const KEY: &str = "agent.key";

/// See the module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Config {
    /// Where it polls.
    pub poll_url: String,
    /// Its token.
    pub token: String,
    /// Key of its site.
    pub site: String,
    /// The director's public key.
    pub director_key: String,
    /// May speak without TLS beyond this machine.
    pub insecure_http: bool,
    /// Authorities in PEM, instead of the public ones.
    pub ca: Option<PathBuf>,
    /// The policy file.
    pub policy: PathBuf,
}

/// What the one line of an enrollment says.
#[derive(Clone, Debug, Default)]
pub struct Enrollment {
    /// Address of the server.
    pub url: String,
    /// Token that works once.
    pub token: String,
    /// Release keys to trust.
    pub release_keys: Vec<String>,
    /// How many different ones must sign; 0 is one.
    pub threshold: u32,
    /// The director's key.
    pub director_key: String,
    /// Product that the keys speak for; empty: every one.
    pub product: String,
    /// See [`Config`].
    pub insecure_http: bool,
    /// See [`Config`].
    pub ca: Option<PathBuf>,
    /// See [`Config`].
    pub policy: Option<PathBuf>,
}

/// Reads what was told; `None` before an enrollment.
pub fn load(disk: &RealDisk) -> io::Result<Option<Config>> {
    let Some(bytes) = disk.read(PATH)? else { return Ok(None) };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{PATH}: {error}")))
}

/// Writes a small file of the data directory durably.
pub fn write(disk: &mut RealDisk, path: &str, bytes: &[u8]) -> io::Result<()> {
    let next = format!("{path}.next");
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    if !dir.is_empty() {
        disk.make_dir(dir)?;
    }
    disk.remove(&next)?;
    disk.append(&next, bytes)?;
    disk.sync(&next)?;
    disk.rename(&next, path)?;
    disk.sync_dir(dir)
}

/// Enrolls: makes a key of its own, says the token, and pins the keys that the line named. Nothing
/// that the server says decides whom this site believes.
pub fn enroll(disk: &mut RealDisk, line: &Enrollment) -> Result<Config, String> {
    let fault = |error: io::Error| error.to_string();
    http::allowed(&line.url, line.insecure_http)?;
    PublicKey::parse(&line.director_key).map_err(|error| format!("--director-key: {error}"))?;
    let root = root(line)?;
    disk.make_private().map_err(fault)?;
    let secret = match disk.read(KEY).map_err(fault)? {
        Some(text) => SecretKey::parse(&String::from_utf8_lossy(&text))
            .map_err(|error| format!("{KEY}: {error}"))?,
        None => {
            let secret = SecretKey::make(&random()?);
            write(disk, KEY, secret.file().as_bytes()).map_err(fault)?;
            secret
        }
    };
    let ca = line.ca.as_ref().map(std::fs::read).transpose().map_err(fault)?;
    let client = http::client(ca.as_deref())?;
    let url = line.url.trim_end_matches('/');
    let body = Enroll {
        token: line.token.clone(),
        public_key: secret.public().to_string(),
        program: concat!("roadbook-agent ", env!("CARGO_PKG_VERSION")).to_owned(),
    };
    let body = serde_json::to_vec(&body).map_err(|error| error.to_string())?;
    let answer = client
        .post(format!("{url}/api/v1/agents/enroll"))
        .header("Content-Type", "application/json")
        .send(&body[..])
        .map_err(|error| format!("the server cannot be reached: {error}"))?;
    if !answer.status().is_success() {
        return Err(format!(
            "the server did not take the token ({}); it works once and for a day: ask for a new one",
            answer.status()
        ));
    }
    let told: Enrolled = http::read(answer).map_err(|error| error.to_string())?;
    if told.director_key.trim() != line.director_key.trim() {
        return Err("the server signs with another director key than the line named; somebody \
                    may stand between, so nothing was kept. Compare the key with the release \
                    manager by another way"
            .to_owned());
    }
    let path = told.poll_url.split_once("://").map_or("", |(_, rest)| rest);
    let path = path.find('/').map_or("", |at| &path[at..]);
    let config = Config {
        poll_url: format!("{url}{path}"),
        token: told.token,
        site: told.site,
        director_key: line.director_key.trim().to_owned(),
        insecure_http: line.insecure_http,
        ca: line.ca.clone(),
        policy: line.policy.clone().unwrap_or_else(|| disk.path("policy.toml")),
    };
    if Journal::load(disk).map_err(fault)?.is_none() {
        Journal::new(root).save(disk).map_err(fault)?;
    }
    let text = serde_json::to_vec_pretty(&config).map_err(|error| error.to_string())?;
    write(disk, PATH, &text).map_err(fault)?;
    Ok(config)
}

/// The release keys that the line names.
fn root(line: &Enrollment) -> Result<TrustRoot, String> {
    let mut keys = Vec::new();
    for text in &line.release_keys {
        let key = PublicKey::parse(text).map_err(|error| format!("--release-key: {error}"))?;
        keys.push(key.to_string());
    }
    keys.sort();
    keys.dedup();
    let threshold = line.threshold.max(1);
    if keys.is_empty() || threshold as usize > keys.len() {
        return Err(format!(
            "{threshold} of {} different release keys would have to sign; name every key with \
             --release-key, and a --threshold that they can meet",
            keys.len()
        ));
    }
    let product = if line.product.is_empty() { "*" } else { &line.product };
    Ok(TrustRoot { format: 1, product: product.to_owned(), version: 1, keys, threshold })
}

fn random() -> Result<[u8; 40], String> {
    use std::io::Read;
    let mut bytes = [0; 40];
    let mut source = std::fs::File::open("/dev/urandom").map_err(|error| error.to_string())?;
    source.read_exact(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
