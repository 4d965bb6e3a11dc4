//! A site: the agent's real state machine, a disk that can be cut, and a small program whose data
//! its hooks change.

use crate::dice::Dice;
use crate::ground::Ground;
use crate::history::{Counts, Log, Seen};
use crate::net::Line;
use crate::package::{NEW, OLD, PRODUCT, Package, content};
use crate::ports::moment;
use roadbook_agent::believe::Pinned;
use roadbook_agent::double::{Fuse, MemoryClock, MemoryDisk, MemoryFacts, MemorySite, badly, well};
use roadbook_agent::journal::{Installed, Journal};
use roadbook_agent::machine::{Agent, Turn, World};
use roadbook_agent::ports::{Disk, HookEnd, Hooks, Job};
use roadbook_agent::tree;
use roadbook_core::package::TrustRoot;
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

/// The program at a site: its data belong to a version.
#[derive(Clone, Debug)]
pub struct Program {
    data: String,
    kept: BTreeMap<String, String>,
}

/// What the hooks of a site meet.
pub struct Work<'a> {
    program: &'a mut Program,
    fuse: &'a Fuse,
    dice: &'a mut Dice,
    log: &'a Log,
    counts: &'a mut Counts,
    site: usize,
    /// Of a thousand checks of the new version so many fail.
    fails: u64,
    /// Milliseconds that hooks took.
    took: i64,
}

impl Hooks for Work<'_> {
    fn run(&mut self, job: &Job) -> io::Result<HookEnd> {
        let name = job.hook.argv.get(1).cloned().unwrap_or_default();
        let action = job.paths.get("ROADBOOK_BACKUP").and_then(|it| it.rsplit('/').next());
        let action = action.and_then(|it| it.parse().ok()).unwrap_or(0);
        self.took += self.dice.span(2_000, 90_000);
        let backup = job.paths.get("ROADBOOK_BACKUP").cloned().unwrap_or_default();
        let cut = self.fuse.burn();
        if cut.is_err() && name == "migrate" {
            // It died half way.
            "half".clone_into(&mut self.program.data);
        }
        if cut.is_err() {
            self.log.note(Seen::Ran { site: self.site, action, hook: name.clone(), good: false });
        }
        cut?;
        let mut good = true;
        match name.as_str() {
            "backup" => {
                self.program.kept.insert(backup, self.program.data.clone());
            }
            "migrate" => {
                self.program.data = job.env.get("ROADBOOK_VERSION").cloned().unwrap_or_default();
            }
            "function" => good = !self.dice.hits(self.fails),
            "rollback" => {
                if let Some(data) = self.program.kept.get(&backup) {
                    self.program.data.clone_from(data);
                }
            }
            _ => {}
        }
        if !good {
            self.counts.add("checks failed");
        }
        self.log.note(Seen::Ran { site: self.site, action, hook: name, good });
        // The agent may die before it hears how it ended.
        self.fuse.burn()?;
        Ok(if good { well() } else { badly() })
    }
}

/// What came of a turn.
pub enum Came {
    /// Again after so many milliseconds.
    Again(i64),
    /// The agent is dead.
    Died,
}

/// A site.
pub struct Site {
    number: usize,
    agent: Option<Agent>,
    /// Its disk.
    pub disk: MemoryDisk,
    program: Program,
    clock: MemoryClock,
    says: MemorySite,
    facts: MemoryFacts,
    trust: Pinned,
    root: TrustRoot,
    fuse: Fuse,
    dice: Dice,
    /// How far its clock is off, in milliseconds.
    pub skew: i64,
    /// Turns of a former life are void.
    pub life: u32,
    runs: Option<String>,
    log: Log,
}

impl Site {
    /// A site where the old version runs.
    pub fn new(number: usize, ground: &Ground, dice: Dice, log: Log) -> anyhow::Result<Site> {
        let root = TrustRoot {
            format: 1,
            product: "*".to_owned(),
            version: 1,
            keys: vec![ground.release_key.clone()],
            threshold: 1,
        };
        let fuse = Fuse::default();
        let mut disk = MemoryDisk::default();
        disk.fuse = fuse.clone();
        let journal = lay(&mut disk, &ground.old, &root)?;
        Ok(Site {
            number,
            agent: Some(Agent::new(journal)),
            disk,
            program: Program { data: OLD.to_owned(), kept: BTreeMap::new() },
            clock: MemoryClock { now: moment(0), ticks: Duration::ZERO },
            says: MemorySite::default(),
            facts: MemoryFacts(BTreeMap::from([("os".to_owned(), "linux".to_owned())])),
            trust: Pinned::new(&ground.director_key).map_err(anyhow::Error::msg)?,
            root,
            fuse,
            dice,
            skew: 0,
            life: 0,
            runs: Some(OLD.to_owned()),
            log,
        })
    }

    /// It will die at one of its next operations.
    pub fn doom(&mut self) {
        if self.agent.is_some() && !self.is_doomed() {
            self.fuse.set(Some(self.dice.below(60)));
        }
    }

    fn is_doomed(&self) -> bool {
        self.fuse.is_set()
    }

    /// Nothing strikes any more.
    pub fn spare(&mut self) {
        self.fuse.set(None);
        self.skew = 0;
    }

    /// The agent is started again.
    pub fn wake(&mut self) -> anyhow::Result<()> {
        self.fuse.set(None);
        let journal = Journal::load(&self.disk)?;
        self.agent = Some(Agent::new(journal.unwrap_or_else(|| Journal::new(self.root.clone()))));
        Ok(())
    }

    /// The agent does one step.
    pub fn turn(
        &mut self,
        now: i64,
        mut line: Line<'_, '_>,
        fails: u64,
        counts: &mut Counts,
    ) -> Came {
        let Some(agent) = &mut self.agent else { return Came::Died };
        self.clock.ticks = Duration::from_millis(now as u64);
        self.clock.now = moment(now + self.skew);
        let mut work = Work {
            program: &mut self.program,
            fuse: &self.fuse,
            dice: &mut self.dice,
            log: &self.log,
            counts,
            site: self.number,
            fails,
            took: 0,
        };
        let key = format!("site-{:03}", self.number);
        let mut world = World {
            site_key: &key,
            server: &mut line,
            disk: &mut self.disk,
            hooks: &mut work,
            clock: &self.clock,
            facts: &mut self.facts,
            site: &self.says,
            trust: &self.trust,
        };
        let turn = agent.turn(&mut world);
        let took = work.took;
        if self.fuse.burnt() || turn.is_err() {
            self.die(counts);
            self.look();
            return Came::Died;
        }
        self.look();
        Came::Again(match turn {
            Ok(Turn::Idle(span)) => i64::try_from(span.as_millis()).unwrap_or(600_000).min(600_000),
            _ => took + self.dice.span(100, 2_000),
        })
    }

    fn die(&mut self, counts: &mut Counts) {
        self.agent = None;
        self.life += 1;
        self.disk.kill();
        if self.dice.hits(300) {
            counts.add("power cuts");
            self.disk.cut();
        } else {
            counts.add("agents killed");
        }
    }

    /// What runs now, as somebody sees who looks at the directory.
    fn look(&mut self) {
        let runs = tree::points_to(&self.disk, PRODUCT).ok().flatten();
        if runs != self.runs {
            self.runs.clone_from(&runs);
            self.log.note(Seen::Runs { site: self.number, version: runs });
        }
    }

    /// Says what stands there when nothing is under way; `None` while something is.
    pub fn at_rest(&self) -> Option<Seen> {
        let journal = self.agent.as_ref()?.journal();
        if journal.run.is_some() || !journal.reports.is_empty() {
            return None;
        }
        Some(Seen::Rests {
            site: self.number,
            version: self.runs.clone(),
            data: self.program.data.clone(),
            known: journal.installed.get(PRODUCT).map(|it| it.version.clone()),
        })
    }

    /// What its agent does.
    pub fn line(&self) -> String {
        let line = self.agent.as_ref().map_or_else(|| "dead".to_owned(), Agent::line);
        format!("site {}: {line}", self.number)
    }

    /// Broken on purpose: the former version is put back, and nobody ordered it.
    pub fn go_back_alone(&mut self) {
        if self.runs.as_deref() == Some(NEW) {
            let _ = tree::switch(&mut self.disk, PRODUCT, Some(OLD));
            self.look();
        }
    }
}

/// Lays the old version as an agent would have, and remembers it.
fn lay(disk: &mut MemoryDisk, old: &Package, root: &TrustRoot) -> io::Result<Journal> {
    let place = tree::version(PRODUCT, OLD);
    for file in &old.manifest.files {
        let path = format!("{place}/{}", file.path);
        let dir = path.rsplit_once('/').map_or("", |it| it.0).to_owned();
        disk.make_dir(&dir)?;
        disk.append(&path, content(&file.path, OLD).as_bytes())?;
        disk.sync(&path)?;
        disk.sync_dir(&dir)?;
    }
    tree::switch(disk, PRODUCT, Some(OLD))?;
    let mut journal = Journal::new(root.clone());
    journal.counters.insert(PRODUCT.to_owned(), 1);
    let installed = Installed {
        version: OLD.to_owned(),
        manifest: old.manifest.clone(),
        digest: old.digest.clone(),
        action: 0,
        former: None,
    };
    journal.installed.insert(PRODUCT.to_owned(), installed);
    journal.save(disk)?;
    Ok(journal)
}
