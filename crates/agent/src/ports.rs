//! What the agent needs from the world, as traits: the tables and the simulator drive the same
//! state machine as the program at a site, with other ports.

use jiff::Timestamp;
use roadbook_core::package::{Hook, Manifest, Order, TrustRoot};
use roadbook_wire::ddi::{ConfigData, Confirmation, DeploymentBase, Feedback, Poll};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::time::Duration;

/// The server did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// No answer, or one that broke off. Comes again later.
    #[error("the server cannot be reached: {0}; the agent tries again by itself")]
    Unreachable(String),
    /// 404: it does not know that.
    #[error("the server does not know this action (404)")]
    Missing,
    /// 410: it is over.
    #[error("the server says this action is over (410)")]
    Gone,
    /// 401 or 403.
    #[error("the server does not accept this agent; enroll it again with a new token")]
    Denied,
    /// Anything else.
    #[error("the server answered {0}, which the agent does not understand")]
    Strange(String),
    /// It sent more than was announced or allowed.
    #[error("the server sent more than was announced: {0}")]
    TooMuch(String),
    /// The disk did not take what was fetched.
    #[error("what was fetched cannot be kept: {0}")]
    Disk(String),
}

/// The server, as the protocol shows it.
pub trait Server {
    /// Asks whether there is something to do.
    fn poll(&mut self) -> Result<Poll, NetError>;
    /// Fetches the order behind a link of the poll.
    fn order(&mut self, href: &str) -> Result<DeploymentBase, NetError>;
    /// Says something about an action.
    fn feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError>;
    /// Answers an order to stop.
    fn cancel_feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError>;
    /// Says whether the site agrees.
    fn confirm(&mut self, action: u32, body: &Confirmation) -> Result<(), NetError>;
    /// Tells the attributes of the site.
    fn config_data(&mut self, body: &ConfigData) -> Result<(), NetError>;
    /// Fetches `from..from + most` of a file, in pieces; may end early.
    fn download(
        &mut self,
        href: &str,
        from: u64,
        most: u64,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), NetError>;
}

/// A directory. Every path is relative to it, with `/`. What was not synchronized may be gone after
/// a power cut: content with [`Disk::sync`], names with [`Disk::sync_dir`].
pub trait Disk {
    /// The whole file; `None` when there is none.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// A file to read in pieces.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read>>;
    /// Length of a file, `None` when there is none.
    fn len(&self, path: &str) -> io::Result<Option<u64>>;
    /// Appends to a file, which it makes when there is none.
    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Makes a file one that may be run.
    fn mark_executable(&mut self, path: &str) -> io::Result<()>;
    /// Content of a file reaches the disk.
    fn sync(&mut self, path: &str) -> io::Result<()>;
    /// Names in a directory reach the disk.
    fn sync_dir(&mut self, path: &str) -> io::Result<()>;
    /// Renames, in one step, over what was there.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;
    /// Makes a directory and those above it.
    fn make_dir(&mut self, path: &str) -> io::Result<()>;
    /// Makes a symbolic link.
    fn link(&mut self, path: &str, target: &str) -> io::Result<()>;
    /// Where a symbolic link leads; `None` when there is none.
    fn read_link(&self, path: &str) -> io::Result<Option<String>>;
    /// Removes a file, a link or a directory with all it holds; nothing there is fine.
    fn remove(&mut self, path: &str) -> io::Result<()>;
    /// Names in a directory, sorted; none when there is no directory.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;
    /// Free bytes.
    fn free(&self) -> io::Result<u64>;
}

/// One run of a hook.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Name of the stage, for messages.
    pub stage: String,
    /// What is run.
    pub hook: Hook,
    /// Working directory: the version's folder.
    pub dir: String,
    /// The environment, complete: nothing else is passed on.
    pub env: BTreeMap<String, String>,
    /// More of the environment: paths inside the data directory.
    pub paths: BTreeMap<String, String>,
}

/// How a hook ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookEnd {
    /// It ended by itself with 0.
    pub ok: bool,
    /// How, in words: `ended with 1`, `was stopped after 30 s`.
    pub how: String,
    /// The end of what it said.
    pub tail: Vec<String>,
}

/// Runs hooks.
pub trait Hooks {
    /// Runs one to its end or its timeout, with everything it started. An error: the agent itself
    /// was cut off.
    fn run(&mut self, job: &Job) -> io::Result<HookEnd>;
}

/// Time.
pub trait Clock {
    /// Now, as the machine believes.
    fn now(&self) -> Timestamp;
    /// Time since some moment; it never jumps and never goes back.
    fn ticks(&self) -> Duration;
}

/// What is known about the machine.
pub trait Facts {
    /// Name to value; short texts.
    fn facts(&mut self) -> BTreeMap<String, String>;
}

/// What a site may say about its updates, read again at every look.
pub trait Site {
    /// The local policy, or why it cannot be read.
    fn policy(&self) -> Result<crate::policy::Policy, String>;
    /// What a person at the site answered to a question: yes or no.
    fn answer(&self, question: &str) -> Option<bool>;
    /// Values that only the site knows, of a product.
    fn secrets(&self, product: &str) -> BTreeMap<String, String>;
}

/// Why a package or an order is not believed: a stable code, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {text}")]
pub struct Refused {
    /// Stable.
    pub code: String,
    /// What is wrong and what to do.
    pub text: String,
}

impl Refused {
    /// A refusal.
    pub fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into() }
    }
}

/// What the machine of an agent knows when it judges a package.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// Keys it trusts.
    pub trust: &'a TrustRoot,
    /// The order.
    pub order: &'a Order,
    /// Version that runs now.
    pub installed: Option<&'a str>,
    /// Highest counter it has installed of the product.
    pub counter: u64,
    /// Now, never before the latest moment that the director has signed.
    pub now: Timestamp,
}

/// Takes the files of a package while it is read.
pub trait Unpack {
    /// The next file begins.
    fn begin(&mut self, path: &str, executable: bool) -> io::Result<()>;
    /// Its next bytes.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// It is over.
    fn end(&mut self) -> io::Result<()>;
}

/// Why a package was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is not believed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The disk failed.
    #[error("the disk failed: {0}")]
    Io(#[from] io::Error),
}

/// Decides about signatures; the only place where bytes turn into something believed.
pub trait Trust {
    /// The order behind bytes and the director's signature. Whether it may be obeyed here and now
    /// is decided with `core::package::judge_order`.
    fn order(&self, bytes: &[u8], signature: &str) -> Result<Order, Refused>;
    /// A newer set of keys, signed by enough keys of `now`.
    fn root(
        &self,
        now: &TrustRoot,
        bytes: &[u8],
        signatures: &[String],
    ) -> Result<TrustRoot, Refused>;
    /// Reads a package in one stream: signatures and judgement first, then each file into `unpack`
    /// with its digest checked. What was unpacked counts only when this returns well.
    fn package(
        &self,
        read: &mut dyn Read,
        known: &Known<'_>,
        unpack: &mut dyn Unpack,
    ) -> Result<Manifest, OpenError>;
}
