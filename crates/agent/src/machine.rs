//! The state machine: which step comes next.

use crate::journal::{Journal, Past, Report, Run, Stage};
use crate::ports::{Clock, Disk, Facts, Hooks, Refused, Server, Site, Trust};
use crate::{fail, tree};
use jiff::Timestamp;
use std::io;
use std::time::Duration;

/// The world as a turn sees it.
pub struct World<'a> {
    /// Key of this site.
    pub site_key: &'a str,
    /// The server.
    pub server: &'a mut dyn Server,
    /// The data directory.
    pub disk: &'a mut dyn Disk,
    /// Hooks.
    pub hooks: &'a mut dyn Hooks,
    /// Time.
    pub clock: &'a dyn Clock,
    /// The machine.
    pub facts: &'a mut dyn Facts,
    /// What the site says.
    pub site: &'a dyn Site,
    /// What is believed.
    pub trust: &'a dyn Trust,
}

/// What a turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A step; come again at once.
    Worked,
    /// Nothing to do for so long.
    Idle(Duration),
    /// This very program was replaced: start the new one.
    Restart,
}

/// Name of the product under which the agent itself is packaged.
pub const SELF: &str = "roadbook-agent";
/// Closed actions that are remembered.
const PAST: usize = 100;
/// Reports that wait at most; beyond, words on the way make room, never the last ones.
const REPORTS: usize = 200;
/// Lines of one report, and letters of a line: what the protocol allows.
const LINES: usize = 50;
const LETTERS: usize = 512;

/// An agent.
pub struct Agent {
    pub(crate) journal: Journal,
    /// Ticks at which the server is asked again.
    pub(crate) poll_at: Duration,
    /// Ticks at which a report is tried again.
    pub(crate) report_at: Duration,
    /// Ticks at which the order is asked for again before it begins.
    pub(crate) confirm_at: Duration,
    /// Ticks at which facts are told again.
    pub(crate) facts_at: Duration,
    /// Failures of the net in a row.
    pub(crate) failures: u32,
    /// How often the server wants to be asked.
    pub(crate) sleep: Duration,
    pub(crate) wants_facts: bool,
    pub(crate) last_error: Option<String>,
    pub(crate) untidy: bool,
    /// The longest time between two polls.
    pub(crate) every: Option<Duration>,
}

impl Agent {
    /// An agent that goes on where its journal ends.
    pub fn new(journal: Journal) -> Self {
        Self {
            journal,
            poll_at: Duration::ZERO,
            report_at: Duration::ZERO,
            confirm_at: Duration::ZERO,
            facts_at: Duration::ZERO,
            failures: 0,
            sleep: Duration::from_mins(5),
            wants_facts: false,
            last_error: None,
            untidy: true,
            every: None,
        }
    }

    /// What it remembers.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What the server said last when it did not answer well.
    pub fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// Asks the server at least so often, whatever it says.
    pub fn at_least_every(&mut self, every: Option<Duration>) {
        self.every = every;
    }

    /// What it does, in one line.
    pub fn line(&self) -> String {
        let last = self.last_error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
        let Some(run) = &self.journal.run else {
            let closed = self.journal.past.last();
            let closed = closed.map(|past| {
                let order = &past.last;
                format!("; order {} closed: {}", order.action, order.finished)
            });
            return format!("idle{}{last}", closed.unwrap_or_default());
        };
        let order = &run.order;
        let waits = run.waits.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let (action, stage) = (order.action, run.stage.name());
        format!("order {action}, {} {}, {stage}{waits}{last}", order.product, order.version)
    }

    /// Asks the server at the next turn, whatever was agreed.
    pub fn ask_now(&mut self) {
        self.poll_at = Duration::ZERO;
        self.report_at = Duration::ZERO;
        self.confirm_at = Duration::ZERO;
    }

    /// Does one step.
    pub fn turn(&mut self, world: &mut World<'_>) -> io::Result<Turn> {
        let ticks = world.clock.ticks();
        if !self.journal.reports.is_empty() && ticks >= self.report_at {
            return self.deliver(world);
        }
        let mut idle = Duration::MAX;
        if self.journal.run.is_some() {
            match self.work(world)? {
                Turn::Idle(span) => idle = span,
                other => return Ok(other),
            }
        }
        if ticks >= self.poll_at {
            return Ok(match self.poll(world)? {
                Turn::Idle(span) => Turn::Idle(span.min(idle)),
                other => other,
            });
        }
        if self.journal.run.is_none() && self.untidy {
            self.tidy(world.disk)?;
            self.untidy = false;
        }
        if !self.journal.reports.is_empty() {
            idle = idle.min(self.report_at.saturating_sub(ticks));
        }
        Ok(Turn::Idle(idle.min(self.poll_at.saturating_sub(ticks)).max(Duration::from_millis(10))))
    }

    /// Keeps a new state: first on disk, then here.
    pub(crate) fn keep(&mut self, disk: &mut dyn Disk, next: Journal) -> io::Result<()> {
        next.save(disk)?;
        self.journal = next;
        Ok(())
    }

    /// A copy of the journal with another run.
    pub(crate) fn with_run(&self, change: impl FnOnce(&mut Run)) -> Journal {
        let mut next = self.journal.clone();
        if let Some(run) = &mut next.run {
            change(run);
        }
        next
    }

    /// Now, never before what the director has signed: a clock that was set back, by accident or
    /// on purpose, does not make an old order young.
    pub(crate) fn now(&self, clock: &dyn Clock) -> Timestamp {
        let now = clock.now();
        self.journal.signed_at.map_or(now, |floor| floor.max(now))
    }

    /// Closes the present run in one durable step.
    pub(crate) fn close(
        &mut self,
        world: &mut World<'_>,
        change: impl FnOnce(&mut Journal, &Run),
        report: Report,
    ) -> io::Result<Turn> {
        fail::point("close.before");
        let mut next = self.journal.clone();
        if let Some(run) = next.run.take() {
            change(&mut next, &run);
            remember(&mut next, &run.order.product, &run.order.version, report);
        }
        self.keep(world.disk, next)?;
        fail::point("close.after");
        self.untidy = true;
        // What runs now is told at once.
        self.wants_facts = true;
        self.poll_at = Duration::ZERO;
        Ok(Turn::Worked)
    }

    /// Closes an action that never became a run.
    pub(crate) fn refuse(
        &mut self,
        world: &mut World<'_>,
        action: u32,
        what: (&str, &str),
        refused: &Refused,
    ) -> io::Result<Turn> {
        let report = refusal(action, refused, world.clock.now());
        let mut next = self.journal.clone();
        remember(&mut next, what.0, what.1, report);
        self.keep(world.disk, next)?;
        Ok(Turn::Worked)
    }

    /// Removes what nothing refers to any more: versions, backups, fetched packages.
    fn tidy(&mut self, disk: &mut dyn Disk) -> io::Result<()> {
        fail::point("clean.before");
        for name in disk.list("parts")? {
            disk.remove(&format!("parts/{name}"))?;
        }
        for app in disk.list("apps")? {
            let installed =
                self.journal.installed.iter().find(|(product, _)| tree::folder(product) == app);
            let mut versions = Vec::new();
            let mut backups = Vec::new();
            if let Some((product, installed)) = installed {
                versions.extend(tree::points_to(disk, product)?);
                for one in [Some(installed), installed.former.as_deref()].into_iter().flatten() {
                    versions.push(tree::folder(&one.version));
                    backups.push(one.action.to_string());
                }
            }
            for (kind, kept) in [("versions", versions), ("backups", backups)] {
                for name in disk.list(&format!("apps/{app}/{kind}"))? {
                    if !kept.contains(&name) {
                        disk.remove(&format!("apps/{app}/{kind}/{name}"))?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A refusal, as it is told.
pub(crate) fn refusal(action: u32, refused: &Refused, at: Timestamp) -> Report {
    Report {
        action,
        execution: "closed".to_owned(),
        finished: "failure".to_owned(),
        code: Some(roadbook_wire::ddi::CODE_REFUSED),
        details: told(vec![format!("refused, nothing was run: {refused}")], Stage::Failed),
        at,
        cancel: false,
    }
}

/// Adds a closing report, and remembers it: the server may ask for it again.
pub(crate) fn remember(journal: &mut Journal, product: &str, version: &str, report: Report) {
    let past =
        Past { last: report.clone(), product: product.to_owned(), version: version.to_owned() };
    journal.past.retain(|one| one.last.action != report.action);
    journal.past.push(past);
    let surplus = journal.past.len().saturating_sub(PAST);
    journal.past.drain(..surplus);
    say(journal, report);
}

/// Adds a report; words on the way make room when there are too many.
pub(crate) fn say(journal: &mut Journal, report: Report) {
    if journal.reports.len() >= REPORTS
        && let Some(at) = journal.reports.iter().position(|one| one.execution != "closed")
    {
        journal.reports.remove(at);
    }
    journal.reports.push(report);
}

/// A word on the way.
pub(crate) fn progress(run: &Run, at: Timestamp, details: Vec<String>) -> Report {
    Report {
        action: run.order.action,
        execution: "proceeding".to_owned(),
        finished: "none".to_owned(),
        code: None,
        details: told(details, run.stage),
        at,
        cancel: false,
    }
}

/// Messages in the form that the server reads: what a hook said, then what it means, then the
/// stage. The first of `details` is what it means.
pub(crate) fn told(mut details: Vec<String>, stage: Stage) -> Vec<String> {
    let cut = |line: String| -> String { line.chars().take(LETTERS).collect() };
    details.truncate(LINES - 1);
    if !details.is_empty() {
        details.rotate_left(1);
    }
    details.push(format!("stage: {}", stage.word()));
    details.into_iter().map(cut).collect()
}

/// Whether a stage changes the site, so that a failure has to go back.
pub(crate) fn must_go_back(stage: Stage) -> bool {
    stage >= Stage::Install && stage <= Stage::Verify(u32::MAX)
}
