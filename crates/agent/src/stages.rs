//! Turns that work on an action: fetch, verify, wait, install, check, go back.

use crate::journal::{Installed, Journal, Report, Run, Stage};
use crate::machine::{Agent, SELF, Turn, World, must_go_back, progress, say, told};
use crate::policy::{Consent, Wait};
use crate::ports::{HookEnd, Job, Known, NetError, OpenError, Refused};
use crate::server::Wanted;
use crate::{fail, tree};
use roadbook_core::package::{Hook, Manifest, OrderKind, Retry};
use roadbook_wire::ddi::{CODE_ROLLED_BACK, CODE_STUCK, CODE_UNTOUCHED};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

/// Bytes that are fetched in one turn.
const PIECE: u64 = 8 << 20;
/// How often a hook is begun again after it was cut off; then it counts as failed.
const CUTS: u32 = 5;
/// How often going back is tried.
const BACKS: u32 = 3;
/// How long it waits before it looks again.
const LOOK: Duration = Duration::from_secs(15);

/// The stages in their order, without the checks and what is after them.
const ORDER: [Stage; 6] = [
    Stage::Readiness,
    Stage::Backup,
    Stage::Install,
    Stage::Configure,
    Stage::Migrate,
    Stage::Switch,
];

impl Agent {
    /// Does the next step of the present action. Idle: there is nothing to do for it now.
    pub(crate) fn work(&mut self, world: &mut World<'_>) -> io::Result<Turn> {
        let Some(run) = self.journal.run.clone() else { return Ok(Turn::Idle(Duration::MAX)) };
        match run.stage {
            Stage::Downloading => self.download(world, &run),
            Stage::Verifying => self.verify_package(world, &run),
            Stage::Waiting => self.wait(world, &run),
            Stage::Switch => self.switch(world, &run),
            Stage::Done => self.done(world, &run),
            Stage::BackSwitch => self.back_switch(world, &run),
            Stage::RolledBack => self.rolled_back(world, &run),
            Stage::Failed => self.failed(world, &run),
            Stage::Readiness
            | Stage::Backup
            | Stage::Install
            | Stage::Configure
            | Stage::Migrate
            | Stage::Verify(_)
            | Stage::BackHook => self.hook(world, &run),
        }
    }

    fn download(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let Some(fetch) = &run.fetch else { return self.go(world, Stage::Waiting, None) };
        if self.now(world.clock) >= run.order.until {
            return self.too_late(world, run);
        }
        if self.installs_what_runs(run) {
            return self.go(world, Stage::Done, None);
        }
        if world.clock.ticks() < self.confirm_at {
            return Ok(Turn::Idle(self.confirm_at.saturating_sub(world.clock.ticks())));
        }
        let part = tree::part(run.order.action);
        let mut have = world.disk.len(&part)?.unwrap_or(0);
        if have > fetch.size {
            world.disk.remove(&part)?;
            have = 0;
        }
        if have == 0 {
            if world.disk.free()? < fetch.size {
                let text = format!("there is no room to fetch {} bytes; make room", fetch.size);
                return self.stall(world, run, text);
            }
            world.disk.make_dir("parts")?;
        }
        if have < fetch.size {
            let most = (fetch.size - have).min(PIECE);
            let mut got = 0_u64;
            let (disk, server) = (&mut *world.disk, &mut *world.server);
            let end = server.download(&fetch.href, have, most, &mut |bytes| {
                got += bytes.len() as u64;
                if got > most {
                    return Err(io::Error::other("more bytes than announced"));
                }
                disk.append(&part, bytes)
            });
            if got > 0 && got <= most {
                world.disk.sync(&part)?;
            }
            fail::point("download.piece");
            return match end {
                Ok(()) if got == most => Ok(Turn::Worked),
                Ok(()) => self.later(world, "the file ended early".to_owned()),
                Err(NetError::TooMuch(why)) => {
                    world.disk.remove(&part)?;
                    self.refuse_run(world, &Refused::new("too_much", why))
                }
                Err(NetError::Missing | NetError::Gone) => self.withdraw(world),
                Err(NetError::Disk(why)) => {
                    self.stall(world, run, format!("what is fetched cannot be kept: {why}"))
                }
                Err(error) => self.later(world, error.to_string()),
            };
        }
        if tree::digest(world.disk, &part)?.as_deref() != Some(&fetch.sha256) {
            world.disk.remove(&part)?;
            let next = self.with_run(|run| run.tries += 1);
            let tries = next.run.as_ref().map_or(0, |run| run.tries);
            self.keep(world.disk, next)?;
            if tries >= 3 {
                let text = "what was fetched has another digest than announced, three times";
                return self.refuse_run(world, &Refused::new("digest", text));
            }
            return self.later(world, "the file was damaged on the way; it is fetched anew".into());
        }
        world.disk.sync(&part)?;
        world.disk.sync_dir("parts")?;
        fail::point("download.whole");
        let text = format!("{} bytes fetched", fetch.size);
        self.go(world, Stage::Verifying, Some(vec![text]))
    }

    /// Comes again soon, without writing anything.
    fn later(&mut self, world: &mut World<'_>, why: String) -> io::Result<Turn> {
        self.last_error = Some(why);
        self.failures = (self.failures + 1).min(10);
        let wait = Duration::from_secs(1 << self.failures).min(LOOK);
        self.confirm_at = world.clock.ticks() + wait;
        Ok(Turn::Idle(wait))
    }

    /// Waits, and says so once.
    fn stall(&mut self, world: &mut World<'_>, run: &Run, why: String) -> io::Result<Turn> {
        if run.waits.as_ref() != Some(&why) {
            let mut next = self.with_run(|run| run.waits = Some(why.clone()));
            say(&mut next, progress(run, world.clock.now(), vec![format!("waiting: {why}")]));
            self.keep(world.disk, next)?;
        }
        self.confirm_at = world.clock.ticks() + LOOK;
        Ok(Turn::Idle(LOOK))
    }

    /// What is ordered runs already: the report about it was lost, or it was ordered twice.
    fn installs_what_runs(&self, run: &Run) -> bool {
        self.journal
            .installed
            .get(&run.order.product)
            .is_some_and(|one| one.version == run.order.version && one.digest == run.order.manifest)
    }

    fn verify_package(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let part = tree::part(run.order.action);
        let now = self.now(world.clock);
        if now >= run.order.until {
            return self.too_late(world, run);
        }
        let known = Known {
            trust: &self.journal.trust,
            order: &run.order,
            installed: run.from.as_deref(),
            counter: self.journal.counters.get(&run.order.product).copied().unwrap_or(0),
            now,
        };
        if world.disk.len(&part)?.is_none() {
            return self.go(world, Stage::Downloading, None);
        }
        let mut read = world.disk.open(&part)?;
        let mut laying = tree::Laying::begin(world.disk, &run.order.product, run.order.action)?;
        let manifest = match world.trust.package(&mut read, &known, &mut laying) {
            Ok(manifest) => manifest,
            Err(OpenError::Refused(refused)) => {
                world.disk.remove(&part)?;
                return self.refuse_run(world, &refused);
            }
            Err(OpenError::Io(error)) => {
                return self.stall(world, run, format!("the package cannot be unpacked: {error}"));
            }
        };
        laying.finish(&run.order.product, &run.order.version)?;
        world.disk.remove(&part)?;
        let mut next = self.with_run(|run| {
            run.manifest = Some(manifest);
            run.stage = Stage::Waiting;
            run.waits = None;
        });
        let text = "both signatures are right, every file is as it was signed".to_owned();
        say(&mut next, progress(run, world.clock.now(), vec![text]));
        self.keep(world.disk, next)?;
        self.confirm_at = Duration::ZERO;
        Ok(Turn::Worked)
    }

    fn too_late(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let why = match &run.waits {
            Some(waits) => format!("it could not begin until {}: {waits}", run.order.until),
            None => format!("it could not begin until {}", run.order.until),
        };
        self.go_failed(world, why)
    }

    fn wait(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        if run.order.kind == OrderKind::Rollback && self.installs_what_runs(run) {
            let text = format!("{} {} runs, as before", run.order.product, run.order.version);
            let report = closing(run, world, true, None, vec![text]);
            return self.close(world, |_, _| {}, report);
        }
        let now = self.now(world.clock);
        if now >= run.order.until {
            return self.too_late(world, run);
        }
        if world.clock.ticks() < self.confirm_at {
            return Ok(Turn::Idle(self.confirm_at.saturating_sub(world.clock.ticks())));
        }
        if let Err(wait) = Self::may_begin(world, run, now) {
            let why = wait.text().to_owned();
            let question = matches!(wait, Wait::Person(_)).then(|| run.order.action.to_string());
            if run.waits.as_ref() != Some(&why) || run.question != question {
                let mut next = self.with_run(|run| {
                    run.waits = Some(why.clone());
                    run.question = question;
                });
                let mut report = progress(run, world.clock.now(), vec![format!("waiting: {why}")]);
                if matches!(wait, Wait::Site(_)) {
                    "rejected".clone_into(&mut report.execution);
                }
                say(&mut next, report);
                self.keep(world.disk, next)?;
            }
            self.confirm_at = world.clock.ticks() + LOOK;
            return Ok(Turn::Idle(LOOK));
        }
        match self.still_wanted(world)? {
            Wanted::No => self.withdraw(world),
            Wanted::Later(why) => self.stall(world, run, why),
            Wanted::Yes => {
                let stage = match run.order.kind {
                    OrderKind::Install => Stage::Readiness,
                    OrderKind::Rollback => Stage::BackSwitch,
                };
                let at = world.clock.now();
                let mut next = self.with_run(|run| {
                    run.stage = stage;
                    run.waits = None;
                    run.question = None;
                    run.tries = 0;
                    run.began = Some(at);
                });
                say(&mut next, progress(run, at, vec!["begun".to_owned()]));
                self.keep(world.disk, next)?;
                Ok(Turn::Worked)
            }
        }
    }

    /// Window, the site's policy, consent.
    fn may_begin(world: &World<'_>, run: &Run, now: jiff::Timestamp) -> Result<(), Wait> {
        if let Some(not_before) = run.order.not_before
            && now < not_before
        {
            return Err(Wait::Time(format!("the window opens at {not_before}")));
        }
        let policy = world.site.policy().map_err(|why| {
            Wait::Site(format!("the site's policy cannot be read, so nothing begins: {why}"))
        })?;
        let policy = policy.of(&run.order.product);
        let from = match run.order.kind {
            OrderKind::Install => run.from.as_deref(),
            // Going back is no jump, and a pin does not hold a version that does not work.
            OrderKind::Rollback => None,
        };
        let to = policy.pin.as_deref().filter(|_| run.order.kind == OrderKind::Rollback);
        policy.allows(from, to.unwrap_or(&run.order.version), now)?;
        if policy.consent == Consent::Ask {
            let action = run.order.action;
            return match world.site.answer(&action.to_string()) {
                Some(true) => Ok(()),
                Some(false) => Err(Wait::Site("the site said no".to_owned())),
                None => Err(Wait::Person(format!(
                    "the site must agree: roadbook-agent consent {action} yes"
                ))),
            };
        }
        Ok(())
    }

    fn switch(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let Some(manifest) = &run.manifest else { return self.lost(world) };
        let drift = tree::drift(world.disk, manifest)?;
        if !drift.is_empty() {
            return self.fail_at(world, run, &swapped_text(&drift), Vec::new());
        }
        fail::point("switch.before");
        tree::switch(world.disk, &run.order.product, Some(&run.order.version))?;
        self.go(world, Stage::Verify(0), Some(vec![format!("{} is current", run.order.version)]))
    }

    /// A stage whose work is a hook: intent, run, result.
    fn hook(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let Some(manifest) = self.manifest_of(run) else { return self.lost(world) };
        if run.stage == Stage::Readiness
            && run.hook.is_none()
            && let Err(why) = Self::ready(world, run, &manifest)?
        {
            return self.fail_at(world, run, &why, Vec::new());
        }
        let Some(hook) = hook_of(&manifest, run.stage) else {
            return self.go(world, after(&manifest, run.stage), None);
        };
        if let Some(turn) = self.cut_off(world, run, hook)? {
            return Ok(turn);
        }
        let drift = tree::swapped(world.disk, &manifest, &hook.argv)?;
        if !drift.is_empty() && run.stage != Stage::BackHook {
            return self.fail_at(world, run, &swapped_text(&drift), Vec::new());
        }
        let name = self.stage_name(run);
        if run.stage == Stage::Backup {
            // What a run that was cut off has kept is not whole.
            let backup = tree::backup(&run.order.product, run.order.action);
            world.disk.remove(&backup)?;
            world.disk.make_dir(&backup)?;
        }
        world.disk.make_dir(&tree::data(&run.order.product))?;
        let next = self.with_run(|run| {
            run.hook = Some(name.clone());
            run.tries += 1;
            run.question = None;
        });
        self.keep(world.disk, next)?;
        fail::point("hook.before");
        let job = self.job(world, run, &manifest, hook, &name);
        let end = if drift.is_empty() {
            world.hooks.run(&job)?
        } else {
            HookEnd { ok: false, how: swapped_text(&drift), tail: Vec::new() }
        };
        fail::point("hook.after");
        self.ended(world, run, &manifest, &name, end)
    }

    /// What a result of a hook leads to.
    fn ended(
        &mut self,
        world: &mut World<'_>,
        run: &Run,
        manifest: &Manifest,
        name: &str,
        end: HookEnd,
    ) -> io::Result<Turn> {
        if end.ok {
            let mut details = vec![format!("{name}: done")];
            details.extend(end.tail);
            return self.go(world, after(manifest, run.stage), Some(details));
        }
        if run.stage == Stage::BackHook {
            if run.tries + 1 < BACKS {
                let next = self.with_run(|run| run.hook = None);
                self.keep(world.disk, next)?;
                return Ok(Turn::Worked);
            }
            let why = format!("{name} {}; {}", end.how, failure(run));
            let mut details = vec![why.clone()];
            details.extend(end.tail);
            return self.go_to(world, Stage::Failed, Some(details), Some(why));
        }
        self.fail_at(world, run, &format!("{name} {}", end.how), end.tail)
    }

    /// A hook that was begun and of which nobody knows how it ended.
    fn cut_off(
        &mut self,
        world: &mut World<'_>,
        run: &Run,
        hook: &Hook,
    ) -> io::Result<Option<Turn>> {
        let Some(name) = &run.hook else { return Ok(None) };
        // Going back is the way out: it is always tried again.
        let retry = if run.stage == Stage::BackHook { Retry::Safe } else { hook.retry };
        if run.tries >= CUTS && run.stage != Stage::BackHook {
            let why = format!("{name} was cut off {} times", run.tries);
            return self.fail_at(world, run, &why, Vec::new()).map(Some);
        }
        match retry {
            Retry::Safe => Ok(None),
            Retry::Never => {
                let why = format!("{name} was cut off, and must not run twice");
                self.fail_at(world, run, &why, Vec::new()).map(Some)
            }
            Retry::Ask => {
                let question = format!("{}.{}.{}", run.order.action, plain(name), run.tries);
                match world.site.answer(&question) {
                    Some(true) => Ok(None),
                    Some(false) => {
                        let why = format!("{name} was cut off, and the site said: go back");
                        self.fail_at(world, run, &why, Vec::new()).map(Some)
                    }
                    None => {
                        let why = format!(
                            "{name} was cut off; run it again? roadbook-agent consent {} yes, or no \
                             to go back",
                            run.order.action
                        );
                        if run.question.as_ref() != Some(&question) {
                            let next = self.with_run(|run| run.question = Some(question));
                            self.keep(world.disk, next)?;
                        }
                        self.stall(world, run, why).map(Some)
                    }
                }
            }
        }
    }

    /// What the agent checks itself before a package may begin.
    fn ready(world: &World<'_>, run: &Run, manifest: &Manifest) -> io::Result<Result<(), String>> {
        let drift = tree::drift(world.disk, manifest)?;
        if !drift.is_empty() {
            return Ok(Err(swapped_text(&drift)));
        }
        let free = world.disk.free()?;
        if free < manifest.needs_disk {
            return Ok(Err(format!(
                "it needs {} bytes of free disk, and {free} are free",
                manifest.needs_disk
            )));
        }
        let given = Self::given(world, run, manifest);
        let missing: Vec<&str> = manifest
            .parameters
            .iter()
            .filter(|one| one.required && !given.contains_key(&variable(&one.name)))
            .map(|one| one.name.as_str())
            .collect();
        Ok(if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("these parameters of the site are not set: {}", missing.join(", ")))
        })
    }

    /// Values of the parameters that the manifest declares; nothing else reaches a hook. A secret
    /// comes from the site alone, never from the server.
    fn given(world: &World<'_>, run: &Run, manifest: &Manifest) -> BTreeMap<String, String> {
        let secrets = world.site.secrets(&run.order.product);
        let mut out = BTreeMap::new();
        for one in &manifest.parameters {
            let local = secrets.get(&one.name);
            let set = if one.secret { local } else { local.or(run.parameters.get(&one.name)) };
            if let Some(value) = set.or(one.default.as_ref()) {
                out.insert(variable(&one.name), value.clone());
            }
        }
        out
    }

    fn job(
        &self,
        world: &World<'_>,
        run: &Run,
        manifest: &Manifest,
        hook: &Hook,
        name: &str,
    ) -> Job {
        let product = &run.order.product;
        let mut env = Self::given(world, run, manifest);
        let (version, from, backup) = self.names(run, manifest);
        // A hook of a user group opens the new version for that group: it is told which.
        let site = run.order.site.clone();
        let told =
            [("PRODUCT", product.clone()), ("VERSION", version), ("FROM", from), ("SITE", site)];
        for (key, value) in told {
            env.insert(format!("ROADBOOK_{key}"), value);
        }
        let paths = [
            ("ROADBOOK_DATA", tree::data(product)),
            ("ROADBOOK_BACKUP", backup),
            ("ROADBOOK_CURRENT", tree::current(product)),
        ];
        Job {
            stage: name.to_owned(),
            hook: hook.clone(),
            dir: tree::version(product, &manifest.version),
            env,
            paths: paths.into_iter().map(|(key, path)| (key.to_owned(), path)).collect(),
        }
    }

    /// Version of the package, version before it, and its backup: the same in every hook of it.
    fn names(&self, run: &Run, manifest: &Manifest) -> (String, String, String) {
        let product = &run.order.product;
        let (action, from) = match run.order.kind {
            OrderKind::Install => (run.order.action, run.from.clone()),
            OrderKind::Rollback => {
                let installed = self.journal.installed.get(product);
                let former = installed.and_then(|one| one.former.as_deref());
                (installed.map_or(0, |one| one.action), former.map(|one| one.version.clone()))
            }
        };
        (manifest.version.clone(), from.unwrap_or_default(), tree::backup(product, action))
    }

    /// The manifest whose hooks run: of the new package, or of what a rollback leaves.
    fn manifest_of(&self, run: &Run) -> Option<Manifest> {
        match run.order.kind {
            OrderKind::Install => run.manifest.clone(),
            OrderKind::Rollback => {
                self.journal.installed.get(&run.order.product).map(|one| one.manifest.clone())
            }
        }
    }

    fn stage_name(&self, run: &Run) -> String {
        match (run.stage, self.manifest_of(run)) {
            (Stage::Verify(at), Some(manifest)) => {
                let aspect = manifest.hooks.verify.get(at as usize).map(|check| check.aspect);
                let aspect = aspect.map(|aspect| format!("{aspect:?}").to_lowercase());
                format!("verify {}: {}", at + 1, aspect.unwrap_or_default())
            }
            (stage, _) => stage.name().to_owned(),
        }
    }

    fn back_switch(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let to = match run.order.kind {
            OrderKind::Install => run.from.clone(),
            OrderKind::Rollback => Some(run.order.version.clone()),
        };
        fail::point("rollback.before_switch");
        let folder = to.as_deref().map(tree::folder);
        if tree::points_to(world.disk, &run.order.product)? != folder {
            tree::switch(world.disk, &run.order.product, to.as_deref())?;
        }
        fail::point("rollback.after_switch");
        let text = to.map_or("no version is current".to_owned(), |to| format!("{to} is current"));
        self.go(world, Stage::BackHook, Some(vec![text]))
    }

    fn done(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let text = format!("{} {} runs", run.order.product, run.order.version);
        let report = closing(run, world, true, None, vec![text]);
        let own = run.order.product == SELF && run.manifest.is_some();
        let turn = self.close(world, arrive, report)?;
        Ok(if own { Turn::Restart } else { turn })
    }

    fn rolled_back(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        if run.order.kind == OrderKind::Rollback {
            let text = format!("{} {} runs again", run.order.product, run.order.version);
            let report = closing(run, world, true, None, vec![text]);
            return self.close(world, go_back, report);
        }
        let now = run
            .from
            .as_ref()
            .map_or("nothing runs, as before".to_owned(), |from| format!("{from} runs again"));
        let details = vec![format!("rolled back, {now}: {}", failure(run))];
        let report = closing(run, world, false, Some(CODE_ROLLED_BACK), details);
        self.close(world, |_, _| {}, report)
    }

    fn failed(&mut self, world: &mut World<'_>, run: &Run) -> io::Result<Turn> {
        let stuck = run.stage == Stage::Failed && run.tries > 0;
        let (code, text) = if stuck {
            (
                CODE_STUCK,
                format!("could not restore everything, a person must look: {}", failure(run)),
            )
        } else {
            (CODE_UNTOUCHED, format!("nothing was changed: {}", failure(run)))
        };
        let report = closing(run, world, false, Some(code), vec![text]);
        let back = run.order.kind == OrderKind::Rollback && stuck;
        self.close(
            world,
            move |journal, run| {
                if back {
                    go_back(journal, run);
                }
            },
            report,
        )
    }

    /// A step failed: back to what ran before, or, when nothing was changed, just an end.
    fn fail_at(
        &mut self,
        world: &mut World<'_>,
        run: &Run,
        why: &str,
        tail: Vec<String>,
    ) -> io::Result<Turn> {
        let mut details = vec![why.to_owned()];
        details.extend(tail);
        if run.stage == Stage::BackHook {
            return self.go_to(world, Stage::Failed, Some(details), Some(why.to_owned()));
        }
        if must_go_back(run.stage) {
            return self.go_to(world, Stage::BackSwitch, Some(details), Some(why.to_owned()));
        }
        let at = world.clock.now();
        let mut next = self.with_run(|run| {
            run.stage = Stage::Failed;
            run.hook = None;
            run.tries = 0;
            run.failure = Some(why.to_owned());
        });
        say(&mut next, progress(run, at, details));
        self.keep(world.disk, next)?;
        Ok(Turn::Worked)
    }

    fn go_failed(&mut self, world: &mut World<'_>, why: String) -> io::Result<Turn> {
        let next = self.with_run(|run| {
            run.stage = Stage::Failed;
            run.hook = None;
            run.tries = 0;
            run.failure = Some(why);
        });
        self.keep(world.disk, next)?;
        Ok(Turn::Worked)
    }

    /// The journal has lost what it needs; it was written by hand.
    fn lost(&mut self, world: &mut World<'_>) -> io::Result<Turn> {
        self.go_failed(world, "the journal does not hold the manifest of this action".to_owned())
    }

    fn go(
        &mut self,
        world: &mut World<'_>,
        stage: Stage,
        details: Option<Vec<String>>,
    ) -> io::Result<Turn> {
        self.go_to(world, stage, details, None)
    }

    /// The step is over: the next stage, a word about it, in one durable write.
    fn go_to(
        &mut self,
        world: &mut World<'_>,
        stage: Stage,
        details: Option<Vec<String>>,
        why: Option<String>,
    ) -> io::Result<Turn> {
        let at = world.clock.now();
        let stuck = stage == Stage::Failed;
        let mut next = self.with_run(|run| {
            run.stage = stage;
            run.hook = None;
            run.tries = u32::from(stuck);
            run.waits = None;
            run.question = None;
            if why.is_some() {
                run.failure = why;
            }
        });
        if let (Some(details), Some(run)) = (details, next.run.clone()) {
            say(&mut next, progress(&run, at, details));
        }
        self.keep(world.disk, next)?;
        Ok(Turn::Worked)
    }
}

fn hook_of(manifest: &Manifest, stage: Stage) -> Option<&Hook> {
    let hooks = &manifest.hooks;
    match stage {
        Stage::Readiness => hooks.readiness.as_ref(),
        Stage::Backup => hooks.backup.as_ref(),
        Stage::Install => hooks.install.as_ref(),
        Stage::Configure => hooks.configure.as_ref(),
        Stage::Migrate => hooks.migrate.as_ref(),
        Stage::Verify(at) => hooks.verify.get(at as usize).map(|check| &check.hook),
        Stage::BackHook => hooks.rollback.as_ref(),
        _ => None,
    }
}

/// The stage behind one; stages without a hook are passed over.
fn after(manifest: &Manifest, stage: Stage) -> Stage {
    match stage {
        Stage::BackHook => Stage::RolledBack,
        Stage::Verify(at) if (at as usize) + 1 < manifest.hooks.verify.len() => {
            Stage::Verify(at + 1)
        }
        Stage::Verify(_) => Stage::Done,
        _ => ORDER
            .into_iter()
            .find(|next| {
                *next > stage && (*next == Stage::Switch || hook_of(manifest, *next).is_some())
            })
            .unwrap_or(Stage::Switch),
    }
}

fn failure(run: &Run) -> String {
    run.failure.clone().unwrap_or_else(|| "no reason was kept".to_owned())
}

fn swapped_text(drift: &[String]) -> String {
    let shown: Vec<&str> = drift.iter().take(3).map(String::as_str).collect();
    format!("files are not as they were signed, nothing of them was run: {}", shown.join(", "))
}

/// `db_url` becomes `PARAM_DB_URL`.
fn variable(name: &str) -> String {
    let upper = name.to_uppercase();
    format!("PARAM_{}", upper.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

fn plain(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

fn closing(
    run: &Run,
    world: &World<'_>,
    good: bool,
    code: Option<i64>,
    details: Vec<String>,
) -> Report {
    Report {
        action: run.order.action,
        execution: "closed".to_owned(),
        finished: if good { "success" } else { "failure" }.to_owned(),
        code,
        details: told(details, run.stage),
        at: world.clock.now(),
        cancel: false,
    }
}

/// The new version is the one that runs.
fn arrive(journal: &mut Journal, run: &Run) {
    let Some(manifest) = run.manifest.clone() else { return };
    let product = &run.order.product;
    let counter = journal.counters.entry(product.clone()).or_default();
    *counter = (*counter).max(manifest.counter);
    let former = journal.installed.remove(product).map(|mut one| {
        one.former = None;
        Box::new(one)
    });
    let installed = Installed {
        version: run.order.version.clone(),
        manifest,
        digest: run.order.manifest.clone(),
        action: run.order.action,
        former,
    };
    journal.installed.insert(product.clone(), installed);
}

/// The former version is the one that runs.
fn go_back(journal: &mut Journal, run: &Run) {
    let product = &run.order.product;
    if let Some(former) = journal.installed.remove(product).and_then(|one| one.former) {
        journal.installed.insert(product.clone(), *former);
    }
}
