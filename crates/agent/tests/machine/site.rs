//! A site in memory: a program with a number as its data, and hooks that work on it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use roadbook_agent::double::*;
use roadbook_agent::journal::Journal;
use roadbook_agent::machine::{Agent, Turn, World};
use roadbook_agent::ports::{Disk, HookEnd, Job};
use roadbook_agent::tree;
use roadbook_core::package::*;
use roadbook_wire::ddi::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Duration;

pub const START: &str = "2026-03-07T12:00:00Z";

/// What the program's data are, and what its hooks shall do.
#[derive(Debug, Default)]
pub struct Program {
    /// Data: `old`, `new`, or `half` while they are migrated.
    pub data: String,
    /// Kept data by backup folder.
    pub kept: BTreeMap<String, String>,
    /// Hooks that ran, by name.
    pub ran: Vec<String>,
    /// Fails always in these hooks.
    pub bad: Vec<String>,
    /// Fails once in these hooks.
    pub bad_once: Vec<String>,
    /// Every hook is begun twice, as after a cut.
    pub twice: bool,
    /// Cut off once in the middle of the migration.
    pub cut: bool,
    /// What the last hook was given.
    pub env: BTreeMap<String, String>,
}

pub struct Rig {
    pub disk: MemoryDisk,
    pub server: MemoryServer,
    pub clock: MemoryClock,
    pub site: MemorySite,
    pub program: Rc<RefCell<Program>>,
    pub fuse: Fuse,
    pub agent: Option<Agent>,
    pub restarts: u32,
}

pub fn root() -> TrustRoot {
    TrustRoot { format: 1, product: "*".into(), version: 1, keys: vec!["k".into()], threshold: 1 }
}

pub fn hook(name: &str) -> Hook {
    Hook { argv: vec!["run".to_owned(), name.to_owned()], timeout: 60, retry: Retry::Safe }
}

pub fn manifest(version: &str, counter: u64) -> Manifest {
    let check = |aspect, name| Check { aspect, hook: hook(name) };
    Manifest {
        format: 1,
        product: "ledger".into(),
        version: version.into(),
        from: vec!["any".into()],
        platform: Platform { os: "any".into(), arch: "any".into() },
        counter,
        expires: "2030-01-01T00:00:00Z".parse().expect("a moment"),
        keys: vec![],
        threshold: 1,
        files: ["run", "lib/data"]
            .iter()
            .map(|path| FileEntry {
                path: (*path).to_owned(),
                size: content(path, version).len() as u64,
                sha256: sum(content(path, version).as_bytes()),
                executable: *path == "run",
            })
            .collect(),
        hooks: Hooks {
            readiness: Some(hook("readiness")),
            backup: Some(hook("backup")),
            install: Some(hook("install")),
            configure: Some(hook("configure")),
            migrate: Some(hook("migrate")),
            verify: vec![
                check(Aspect::Function, "function"),
                check(Aspect::Stability, "stability"),
            ],
            rollback: Some(hook("rollback")),
        },
        parameters: vec![],
        needs_disk: 0,
        rollback_loses: roadbook_core::text::Text::default(),
    }
}

pub fn content(path: &str, version: &str) -> String {
    format!("{path} of {version}")
}

pub fn sum(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}

pub fn package(manifest: &Manifest) -> Vec<u8> {
    let files: Vec<String> =
        manifest.files.iter().map(|file| content(&file.path, &manifest.version)).collect();
    serde_json::to_vec(&(manifest, files)).expect("writes")
}

pub fn order(action: u32, kind: OrderKind, manifest: &Manifest, counter: u64) -> Order {
    let start: Timestamp = START.parse().expect("a moment");
    Order {
        format: 1,
        action,
        kind,
        site: "site-1".into(),
        product: manifest.product.clone(),
        version: manifest.version.clone(),
        manifest: format!("digest of {}", manifest.version),
        not_before: None,
        until: start + jiff::SignedDuration::from_hours(100),
        counter,
        signed_at: start,
    }
}

pub fn base(order: &Order, bytes: Option<&[u8]>) -> DeploymentBase {
    let text = serde_json::to_vec(order).expect("writes");
    let meta = |key: &str, value: String| Metadata { key: key.to_owned(), value };
    let artifacts = bytes.map(|bytes| Artifact {
        filename: "a.rbpkg".into(),
        hashes: Hashes { sha1: String::new(), md5: String::new(), sha256: Some(sum(bytes)) },
        size: bytes.len() as u64,
        links: ArtifactLinks {
            download_http: Some(Link { href: format!("mem:/{}", order.version) }),
            ..Default::default()
        },
    });
    DeploymentBase {
        id: order.action.to_string(),
        deployment: Some(Deployment {
            download: "forced".into(),
            update: "forced".into(),
            maintenance_window: None,
            chunks: vec![Chunk {
                part: "bApp".into(),
                version: order.version.clone(),
                name: order.product.clone(),
                artifacts: artifacts.into_iter().collect(),
                metadata: vec![
                    meta(META_ORDER, STANDARD.encode(text)),
                    meta(META_ORDER_SIGNATURE, "right".into()),
                    meta(META_PARAMETERS, r#"{"port":"80","spare":"x"}"#.into()),
                ],
            }],
        }),
        confirmation: None,
        action_history: None,
    }
}

impl Rig {
    /// A site that runs `1.0` with old data, installed by the agent itself.
    pub fn with_old() -> Self {
        let mut rig = Self::empty();
        rig.program.borrow_mut().data = "none".into();
        rig.give(1, &manifest("1.0", 1), 1);
        rig.settle();
        rig.program.borrow_mut().data = "old".into();
        rig.program.borrow_mut().ran.clear();
        rig.server.heard.clear();
        assert_eq!(rig.current().as_deref(), Some("1.0"), "the old version is there");
        rig
    }

    pub fn empty() -> Self {
        let fuse = Fuse::default();
        let mut disk = MemoryDisk::default();
        disk.fuse = fuse.clone();
        Journal::new(root()).save(&mut disk).expect("an empty disk takes it");
        Self {
            disk,
            server: MemoryServer { fuse: fuse.clone(), ..Default::default() },
            clock: MemoryClock { now: START.parse().expect("a moment"), ticks: Duration::ZERO },
            site: MemorySite::default(),
            program: Rc::default(),
            fuse,
            agent: None,
            restarts: 0,
        }
    }

    /// The server orders a version.
    pub fn give(&mut self, action: u32, manifest: &Manifest, counter: u64) {
        let bytes = package(manifest);
        let order = order(action, OrderKind::Install, manifest, counter);
        self.server.order_now(action, base(&order, Some(&bytes)));
        self.server.files.insert(format!("mem:/{}", manifest.version), bytes);
    }

    pub fn journal(&self) -> Journal {
        Journal::load(&self.disk).expect("reads").expect("is there")
    }

    pub fn current(&self) -> Option<String> {
        tree::points_to(&self.disk, "ledger").expect("reads")
    }

    /// One turn.
    pub fn turn(&mut self) -> io::Result<Turn> {
        if self.agent.is_none() {
            let journal = Journal::load(&self.disk)?.expect("the journal is there");
            self.agent = Some(Agent::new(journal));
        }
        let (program, fuse) = (self.program.clone(), self.fuse.clone());
        let mut hooks = MemoryHooks(move |job: &Job| run(&program, &fuse, job));
        let mut facts = MemoryFacts::default();
        let mut world = World {
            site_key: "site-1",
            server: &mut self.server,
            disk: &mut self.disk,
            hooks: &mut hooks,
            clock: &self.clock,
            facts: &mut facts,
            site: &self.site,
            trust: &Credulous,
        };
        self.agent.as_mut().expect("was made above").turn(&mut world)
    }

    /// Turns until there is nothing to do, or the power is cut.
    pub fn settle(&mut self) -> bool {
        self.settle_in(60)
    }

    /// As [`Rig::settle`], and idles at most so often.
    pub fn settle_in(&mut self, idles: u32) -> bool {
        let mut idle = 0;
        for _ in 0..2_000 {
            match self.turn() {
                Err(_) if self.fuse.burnt() => return false,
                Err(error) => panic!("the disk failed: {error}"),
                _ if self.fuse.burnt() => return false,
                Ok(Turn::Idle(span)) => {
                    let journal = self.agent.as_ref().expect("runs").journal();
                    let shown = self.server.links.deployment_base.is_some();
                    if journal.run.is_none() && journal.reports.is_empty() && !shown {
                        return true;
                    }
                    idle += 1;
                    if idle > idles {
                        return true;
                    }
                    self.clock.pass(span.min(Duration::from_mins(1)));
                }
                Ok(_) => {}
            }
        }
        panic!("it never settles: {:?}", self.journal().run);
    }

    /// Turns until the run is as wanted.
    pub fn until(&mut self, wanted: impl Fn(&roadbook_agent::journal::Run) -> bool) {
        for _ in 0..500 {
            if self.journal().run.is_some_and(|run| wanted(&run)) {
                return;
            }
            if let Turn::Idle(span) = self.turn().expect("works") {
                self.clock.pass(span.min(Duration::from_mins(1)));
            }
        }
        panic!("it never comes to that");
    }

    /// The process or the machine ends, and starts again.
    pub fn restart(&mut self, power: bool) {
        self.agent = None;
        self.fuse.set(None);
        if power {
            self.disk.cut();
        }
        self.restarts += 1;
    }

    /// The version that is current is whole, and the data fit it.
    pub fn check(&self, what: &str) -> String {
        let current = self.current().expect("a version is current");
        let version = current.clone();
        for path in ["run", "lib/data"] {
            let full = format!("{}/{path}", tree::version("ledger", &version));
            let found = self.disk.read(&full).expect("reads");
            assert_eq!(
                found.as_deref(),
                Some(content(path, &version).as_bytes()),
                "{what}: {full} is whole"
            );
        }
        let data = self.program.borrow().data.clone();
        let want = if version == "1.0" { "old" } else { "new" };
        assert_eq!(data, want, "{what}: the data fit version {version}");
        current
    }

    pub fn last(&self) -> Option<&Feedback> {
        self.server
            .heard
            .iter()
            .rev()
            .map(|(_, body)| body)
            .find(|b| b.status.execution == "closed")
    }
}

fn run(program: &Rc<RefCell<Program>>, fuse: &Fuse, job: &Job) -> io::Result<HookEnd> {
    let twice = program.borrow().twice;
    for _ in 0..if twice { 2 } else { 1 } {
        let end = once(program, fuse, job)?;
        if !end.ok {
            return Ok(end);
        }
    }
    Ok(well())
}

fn once(program: &Rc<RefCell<Program>>, fuse: &Fuse, job: &Job) -> io::Result<HookEnd> {
    fuse.burn()?;
    let name = job.hook.argv[1].clone();
    let backup = job.paths["ROADBOOK_BACKUP"].clone();
    let mut now = program.borrow_mut();
    now.ran.push(name.clone());
    now.env = job.env.clone();
    match name.as_str() {
        "backup" => {
            let data = now.data.clone();
            now.kept.insert(backup, data);
        }
        "migrate" if now.data != "none" => {
            // Old data are migrated; migrated ones stay. Half ones are known as such.
            now.data = "half".into();
            if fuse.burn().is_err() || std::mem::take(&mut now.cut) {
                return Err(io::Error::other("cut in the middle"));
            }
            now.data = "new".into();
        }
        "rollback" => {
            if let Some(kept) = now.kept.get(&backup).cloned() {
                now.data = kept;
            }
        }
        _ => {}
    }
    let failed_once = now.bad_once.iter().position(|bad| *bad == name);
    let failed = failed_once.map(|at| now.bad_once.remove(at)).is_some() || now.bad.contains(&name);
    drop(now);
    fuse.burn()?;
    Ok(if failed { badly() } else { well() })
}
