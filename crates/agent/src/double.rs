//! Ports in memory. The disk forgets at a power cut what was not synchronized, as a real one may;
//! it can be cut at any operation, so that a table can go through all of them.

use crate::policy::Policy;
use crate::ports::{
    Clock, Disk, Facts, HookEnd, Hooks, Job, Known, NetError, OpenError, Refused, Server, Site,
    Trust, Unpack,
};
use jiff::Timestamp;
use roadbook_core::package::{Manifest, Order, TrustRoot};
use roadbook_wire::ddi::{
    ConfigData, Confirmation, DeploymentBase, Feedback, Link, Poll, PollConfig, PollLinks, Polling,
};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::rc::Rc;
use std::time::Duration;

/// Ends the world after so many operations: the agent is killed at exactly that instant.
#[derive(Clone, Debug, Default)]
pub struct Fuse(Rc<Cell<Option<u64>>>, Rc<Cell<u64>>);

impl Fuse {
    /// Burns through after `operations` more; none: never.
    pub fn set(&self, operations: Option<u64>) {
        self.0.set(operations);
        self.1.set(0);
    }

    /// Whether it will burn through.
    pub fn is_set(&self) -> bool {
        self.0.get().is_some()
    }

    /// Operations since it was set.
    pub fn count(&self) -> u64 {
        self.1.get()
    }

    /// Whether it has burnt through.
    pub fn burnt(&self) -> bool {
        self.0.get().is_some_and(|limit| self.1.get() > limit)
    }

    /// One operation.
    pub fn burn(&self) -> io::Result<()> {
        self.1.set(self.1.get() + 1);
        if self.burnt() { Err(io::Error::other("the power was cut")) } else { Ok(()) }
    }
}

#[derive(Clone, Debug, Default)]
struct Inode {
    now: Vec<u8>,
    safe: Vec<u8>,
    executable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    File(usize),
    Dir,
    Link(String),
}

/// A disk in memory.
#[derive(Clone, Debug)]
pub struct MemoryDisk {
    files: Vec<Inode>,
    now: BTreeMap<String, Node>,
    safe: BTreeMap<String, Node>,
    /// Room in bytes.
    pub room: u64,
    /// Broken on purpose: synchronizing does nothing.
    pub lies: bool,
    /// Broken on purpose: nothing is ever put in the place of this name.
    pub stays: Option<&'static str>,
    /// See [`Fuse`].
    pub fuse: Fuse,
}

impl Default for MemoryDisk {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            now: BTreeMap::new(),
            safe: BTreeMap::new(),
            room: 1 << 30,
            lies: false,
            stays: None,
            fuse: Fuse::default(),
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

fn inside(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

impl MemoryDisk {
    /// The power is cut: what was not synchronized is gone.
    pub fn cut(&mut self) {
        let mut kept = self.safe.clone();
        // A name whose directory is gone is gone with it.
        let safe = self.safe.clone();
        kept.retain(|path, _| {
            let mut at = parent(path);
            while !at.is_empty() {
                if safe.get(at) != Some(&Node::Dir) {
                    return false;
                }
                at = parent(at);
            }
            true
        });
        self.now = kept.clone();
        self.safe = kept;
        for file in &mut self.files {
            file.now = file.safe.clone();
        }
    }

    /// The process was killed, the machine goes on: everything written is there.
    pub fn kill(&mut self) {
        self.fuse.set(None);
    }

    /// Every name, with the content of files, for looking at.
    pub fn names(&self) -> Vec<String> {
        self.now.keys().cloned().collect()
    }

    /// Changes a file behind the agent's back.
    pub fn overwrite(&mut self, path: &str, bytes: &[u8]) {
        if let Some(Node::File(at)) = self.now.get(path) {
            self.files[*at].now = bytes.to_vec();
            self.files[*at].safe = bytes.to_vec();
        }
    }

    /// Forgets contents that no name leads to any more.
    fn tidy(&mut self) {
        let mut places = BTreeMap::new();
        let mut kept = Vec::new();
        for node in self.now.values_mut().chain(self.safe.values_mut()) {
            if let Node::File(at) = node {
                let old = *at;
                *at = *places.entry(old).or_insert_with(|| {
                    kept.push(std::mem::take(&mut self.files[old]));
                    kept.len() - 1
                });
            }
        }
        self.files = kept;
    }

    fn used(&self) -> u64 {
        self.now
            .values()
            .map(|node| match node {
                Node::File(at) => self.files[*at].now.len() as u64,
                _ => 0,
            })
            .sum()
    }

    fn file(&self, path: &str) -> io::Result<&Inode> {
        match self.now.get(path) {
            Some(Node::File(at)) => Ok(&self.files[*at]),
            _ => Err(io::Error::new(io::ErrorKind::NotFound, format!("no file {path}"))),
        }
    }
}

impl Disk for MemoryDisk {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.file(path).ok().map(|file| file.now.clone()))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(Cursor::new(self.file(path)?.now.clone())))
    }

    fn len(&self, path: &str) -> io::Result<Option<u64>> {
        Ok(self.file(path).ok().map(|file| file.now.len() as u64))
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.fuse.burn()?;
        if self.used() + bytes.len() as u64 > self.room {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        let dir = parent(path);
        if !dir.is_empty() && self.now.get(dir) != Some(&Node::Dir) {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("no directory {dir}")));
        }
        let at = match self.now.get(path) {
            Some(Node::File(at)) => *at,
            _ => {
                if self.files.len() > 64 + 2 * (self.now.len() + self.safe.len()) {
                    self.tidy();
                }
                self.files.push(Inode::default());
                self.now.insert(path.to_owned(), Node::File(self.files.len() - 1));
                self.files.len() - 1
            }
        };
        self.files[at].now.extend_from_slice(bytes);
        Ok(())
    }

    fn mark_executable(&mut self, path: &str) -> io::Result<()> {
        if let Some(Node::File(at)) = self.now.get(path) {
            self.files[*at].executable = true;
        }
        Ok(())
    }

    fn sync(&mut self, path: &str) -> io::Result<()> {
        self.fuse.burn()?;
        if let (false, Some(Node::File(at))) = (self.lies, self.now.get(path)) {
            self.files[*at].safe = self.files[*at].now.clone();
        }
        Ok(())
    }

    fn sync_dir(&mut self, path: &str) -> io::Result<()> {
        self.fuse.burn()?;
        if self.lies {
            return Ok(());
        }
        self.safe.retain(|name, _| parent(name) != path);
        for (name, node) in self.now.iter().filter(|(name, _)| parent(name) == path) {
            self.safe.insert(name.clone(), node.clone());
        }
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.fuse.burn()?;
        if self.stays == Some(to) {
            return self.remove(from);
        }
        let Some(node) = self.now.remove(from) else {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("nothing at {from}")));
        };
        self.now.insert(to.to_owned(), node);
        // What lies below moves along, on the disk as well: it hangs on the directory, not on
        // its name.
        for map in [&mut self.now, &mut self.safe] {
            let below: Vec<String> =
                map.keys().filter(|name| inside(name, from)).cloned().collect();
            for name in below {
                let node = map.remove(&name);
                map.extend(node.map(|node| (format!("{to}{}", &name[from.len()..]), node)));
            }
        }
        Ok(())
    }

    fn make_dir(&mut self, path: &str) -> io::Result<()> {
        self.fuse.burn()?;
        let mut at = String::new();
        for step in path.split('/') {
            at = if at.is_empty() { step.to_owned() } else { format!("{at}/{step}") };
            // A real agent synchronizes the directory above right away, see the real disk.
            if self.now.insert(at.clone(), Node::Dir).is_none() && !self.lies {
                self.safe.retain(|name, _| !inside(name, &at));
                self.safe.insert(at.clone(), Node::Dir);
            }
        }
        Ok(())
    }

    fn link(&mut self, path: &str, target: &str) -> io::Result<()> {
        self.fuse.burn()?;
        self.now.insert(path.to_owned(), Node::Link(target.to_owned()));
        Ok(())
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        Ok(match self.now.get(path) {
            Some(Node::Link(target)) => Some(target.clone()),
            _ => None,
        })
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.fuse.burn()?;
        self.now.retain(|name, _| name != path && !inside(name, path));
        Ok(())
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        Ok(self
            .now
            .keys()
            .filter(|name| parent(name) == path)
            .map(|name| name[path.len()..].trim_start_matches('/').to_owned())
            .collect())
    }

    fn free(&self) -> io::Result<u64> {
        Ok(self.room.saturating_sub(self.used()))
    }
}

/// A server in memory: what it shows is set, what it hears is kept.
#[derive(Clone, Debug, Default)]
pub struct MemoryServer {
    /// What a poll shows.
    pub links: PollLinks,
    /// Orders by their links.
    pub orders: BTreeMap<String, DeploymentBase>,
    /// Files by their links.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was said, in order.
    pub heard: Vec<(u32, Feedback)>,
    /// What was said about orders to stop.
    pub stopped: Vec<(u32, Feedback)>,
    /// Consents.
    pub confirmed: Vec<(u32, Confirmation)>,
    /// Attributes.
    pub facts: Option<ConfigData>,
    /// It does not answer.
    pub down: bool,
    /// A download ends after so many bytes.
    pub cut_after: Option<u64>,
    /// See [`Fuse`].
    pub fuse: Fuse,
}

impl MemoryServer {
    /// Shows an order.
    pub fn order_now(&mut self, action: u32, base: DeploymentBase) {
        let href = format!("mem:/deploymentBase/{action}");
        self.orders.insert(href.clone(), base);
        self.links.deployment_base = Some(Link { href });
    }

    fn up(&self) -> Result<(), NetError> {
        let cut = self.fuse.burn().is_err();
        if self.down || cut { Err(NetError::Unreachable("down".to_owned())) } else { Ok(()) }
    }
}

impl Server for MemoryServer {
    fn poll(&mut self) -> Result<Poll, NetError> {
        self.up()?;
        let config = PollConfig { polling: Polling { sleep: "00:01:00".to_owned() } };
        Ok(Poll { config, links: self.links.clone() })
    }

    fn order(&mut self, href: &str) -> Result<DeploymentBase, NetError> {
        self.up()?;
        self.orders.get(href).cloned().ok_or(NetError::Missing)
    }

    fn feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError> {
        self.up()?;
        if body.status.execution == "closed" {
            let ends = format!("/{action}");
            self.links.deployment_base.take_if(|link| link.href.ends_with(&ends));
        }
        self.heard.push((action, body.clone()));
        Ok(())
    }

    fn cancel_feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError> {
        self.up()?;
        self.links.cancel_action = None;
        self.stopped.push((action, body.clone()));
        Ok(())
    }

    fn confirm(&mut self, action: u32, body: &Confirmation) -> Result<(), NetError> {
        self.up()?;
        self.links.confirmation_base = None;
        self.confirmed.push((action, body.clone()));
        Ok(())
    }

    fn config_data(&mut self, body: &ConfigData) -> Result<(), NetError> {
        self.up()?;
        self.links.config_data = None;
        self.facts = Some(body.clone());
        Ok(())
    }

    fn download(
        &mut self,
        href: &str,
        from: u64,
        most: u64,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), NetError> {
        self.up()?;
        let file = self.files.get(href).ok_or(NetError::Missing)?;
        let end = (from + most.min(self.cut_after.unwrap_or(most))).min(file.len() as u64);
        let bytes = file.get(from as usize..end as usize).unwrap_or(&[]);
        for piece in bytes.chunks(512) {
            take(piece).map_err(|error| NetError::Disk(error.to_string()))?;
        }
        Ok(())
    }
}

/// Time that is set.
#[derive(Clone, Debug)]
pub struct MemoryClock {
    /// Now.
    pub now: Timestamp,
    /// See [`Clock::ticks`].
    pub ticks: Duration,
}

impl MemoryClock {
    /// Time passes.
    pub fn pass(&mut self, span: Duration) {
        self.ticks += span;
        self.now += jiff::SignedDuration::try_from(span).unwrap_or_default();
    }
}

impl Clock for MemoryClock {
    fn now(&self) -> Timestamp {
        self.now
    }
    fn ticks(&self) -> Duration {
        self.ticks
    }
}

/// Facts that are set.
#[derive(Clone, Debug, Default)]
pub struct MemoryFacts(pub BTreeMap<String, String>);

impl Facts for MemoryFacts {
    fn facts(&mut self) -> BTreeMap<String, String> {
        self.0.clone()
    }
}

/// What a site says, as set.
#[derive(Clone, Debug, Default)]
pub struct MemorySite {
    /// Policy.
    pub policy: Policy,
    /// Answers.
    pub answers: BTreeMap<String, bool>,
    /// Secrets.
    pub secrets: BTreeMap<String, String>,
}

impl Site for MemorySite {
    fn policy(&self) -> Result<Policy, String> {
        Ok(self.policy.clone())
    }
    fn answer(&self, question: &str) -> Option<bool> {
        self.answers.get(question).copied()
    }
    fn secrets(&self, _product: &str) -> BTreeMap<String, String> {
        self.secrets.clone()
    }
}

/// Hooks as a function of the job.
pub struct MemoryHooks<F>(pub F);

impl<F: FnMut(&Job) -> io::Result<HookEnd>> Hooks for MemoryHooks<F> {
    fn run(&mut self, job: &Job) -> io::Result<HookEnd> {
        (self.0)(job)
    }
}

/// A hook that ended well.
pub fn well() -> HookEnd {
    HookEnd { ok: true, how: "ended with 0".to_owned(), tail: Vec::new() }
}

/// A hook that failed.
pub fn badly() -> HookEnd {
    HookEnd { ok: false, how: "ended with 1".to_owned(), tail: vec!["no".to_owned()] }
}

/// Believes every order and package whose signature says `right`: for tables and the simulator,
/// which are about steps and not about signatures. A package is the JSON of a manifest and the
/// contents of its files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Credulous;

impl Trust for Credulous {
    fn order(&self, bytes: &[u8], signature: &str) -> Result<Order, Refused> {
        if signature != "right" {
            return Err(Refused::new("order_signature", "not signed by the director"));
        }
        serde_json::from_slice(bytes).map_err(|error| Refused::new("order_form", error.to_string()))
    }

    fn root(
        &self,
        _now: &TrustRoot,
        bytes: &[u8],
        signatures: &[String],
    ) -> Result<TrustRoot, Refused> {
        if !signatures.iter().any(|one| one == "right") {
            return Err(Refused::new("root_old_keys", "not signed"));
        }
        serde_json::from_slice(bytes).map_err(|error| Refused::new("root_form", error.to_string()))
    }

    fn package(
        &self,
        read: &mut dyn Read,
        known: &Known<'_>,
        unpack: &mut dyn Unpack,
    ) -> Result<Manifest, OpenError> {
        let (manifest, files): (Manifest, Vec<String>) = serde_json::from_reader(read)
            .map_err(|error| Refused::new("manifest_form", error.to_string()))?;
        if manifest.product != known.order.product || manifest.version != known.order.version {
            return Err(Refused::new("manifest", "another package than ordered").into());
        }
        for (entry, content) in manifest.files.iter().zip(files) {
            unpack.begin(&entry.path, entry.executable)?;
            unpack.write(content.as_bytes())?;
            unpack.end()?;
        }
        Ok(manifest)
    }
}
