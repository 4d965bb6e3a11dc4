//! Reconcilers: they take no input, read what is due, act through commands, and may run twice.

use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::ids::ReleaseId;
use roadbook_core::limits::{IDEMPOTENCY_DAYS, PAGE_ROWS_MAX};
use roadbook_store::releases;
use roadbook_store::{PageAsk, Scope, idempotency, notices, record, sessions};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::future::Future;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::sync::Mutex;

/// Releases taken in one go.
const BATCH: usize = 200;
/// Without a bell, look again after this long.
const LOOK_AGAIN: Duration = Duration::from_secs(15);
/// And after this long while releases wait for a look.
const LOOK_SOON: Duration = Duration::from_secs(1);
/// Looking at releases for their sites' reports takes one part in so many of the time at most.
const SOON_SHARE: i32 = 10;
/// Bells within this time are answered together.
const GATHER: Duration = Duration::from_millis(200);
/// A release that did not change is looked at again after this long: people and sites may have.
const RELEASE_AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// A cancelled release still tells people for this long after its last change.
const CLOSED_FOR: SignedDuration = SignedDuration::from_hours(48);
/// How often the head of the record is signed.
const HEAD_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How often it is written down which sites were heard of.
const FLUSH_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// How often it is asked whether the next period of a rhythm has come.
const PERIODS_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How often what is over is cleared away.
const CLEAR_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// What one activation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Releases that time moved on.
    pub releases: usize,
    /// Effects that were tried.
    pub deliveries: usize,
    /// Record entries that got their place.
    pub placed: u64,
}

/// What is remembered between activations; losing it costs only time.
#[derive(Default)]
pub(crate) struct Memory {
    looked: HashMap<ReleaseId, (Timestamp, Timestamp)>,
    /// When releases were looked at for what their sites reported, and until when not again.
    soon_at: Option<(Timestamp, Timestamp)>,
    head_at: Option<Timestamp>,
    cleared_at: Option<Timestamp>,
    flushed_at: Option<Timestamp>,
    periods_at: Option<Timestamp>,
    rollouts: crate::rollouts::Memory,
}

/// One activation at a time.
pub(crate) type Tasks = Mutex<Memory>;

/// Releases that sites have reported about: looked at once for all of the reports. Losing it costs
/// only time.
pub(crate) type Soon = std::sync::Mutex<BTreeSet<ReleaseId>>;

fn every(last: Option<Timestamp>, span: SignedDuration, now: Timestamp) -> bool {
    // A clock that was set back must not stop what is regular.
    last.is_none_or(|last| now.duration_since(last) >= span || now < last)
}

impl App {
    /// Runs every reconciler once. Safe to call at any time and to call twice.
    #[boxed]
    pub async fn tick(&self) -> Result<Ticked> {
        let mut memory = self.inner.tasks.lock().await;
        self.soon_due(&mut memory).await?;
        let mut ticked = Ticked { releases: self.releases_due().await?, ..Ticked::default() };
        self.processes_due().await?;
        self.rollouts_due(&mut memory.rollouts).await?;
        self.notices_due(&mut memory).await?;
        ticked.deliveries = self.deliveries_due().await?;
        self.sent_due().await?;
        ticked.placed = record::sequence(self.store()).await?;
        let now = self.now();
        self.runs_happened().await?;
        if every(memory.periods_at, PERIODS_EVERY, now) {
            self.periods_due().await?;
            memory.periods_at = Some(now);
        }
        self.fleet_catch_up().await?;
        if every(memory.flushed_at, FLUSH_EVERY, now) {
            self.fleet_flush().await?;
            memory.flushed_at = Some(now);
        }
        if every(memory.head_at, HEAD_EVERY, now) {
            record::sign_head(self.store(), now).await?;
            memory.head_at = Some(now);
        }
        if every(memory.cleared_at, CLEAR_EVERY, now) {
            self.clear(now).await?;
            memory.cleared_at = Some(now);
        }
        Ok(ticked)
    }

    /// Ticks on each bell and from time to time, until `shutdown` ends. An activation that fails
    /// is logged, and the next one does what it left.
    pub async fn run_tasks(&self, shutdown: impl Future<Output = ()>) {
        if !self.store().is_shared() {
            return self.run_reconcilers(shutdown).await;
        }
        tokio::select! {
            () = self.run_reconcilers(shutdown) => {}
            () = self.run_fleet() => {}
        }
    }

    async fn run_reconcilers(&self, shutdown: impl Future<Output = ()>) {
        let mut bell = self.store().subscribe();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            bell.mark_unchanged();
            if let Err(error) = self.tick().await {
                tracing::error!(%error, "an activation of the reconcilers failed");
                if self.store().is_stopped() {
                    return;
                }
            }
            tokio::select! {
                () = &mut shutdown => return,
                () = self.ports().clock.wait(self.look_again()) => {}
                changed = bell.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
            tokio::select! {
                () = &mut shutdown => return,
                () = self.ports().clock.wait(GATHER) => {}
            }
        }
    }

    /// Has the next activation look at a release.
    pub(crate) fn follow_soon(&self, release: &ReleaseId) {
        let mut soon = self.inner.soon.lock().unwrap_or_else(PoisonError::into_inner);
        if !soon.contains(release) {
            soon.insert(release.clone());
        }
    }

    /// Lets releases take notice of what their sites reported.
    async fn soon_due(&self, memory: &mut Memory) -> Result<()> {
        let began = self.now();
        if memory.soon_at.is_some_and(|(from, until)| from <= began && began < until) {
            return Ok(());
        }
        let soon = {
            let mut soon = self.inner.soon.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *soon)
        };
        let mut left = soon.iter();
        while let Some(id) = left.next() {
            let Err(error) = self.release_tick(id).await else { continue };
            if let Err(error) = fault(id, &error) {
                self.follow_soon(id);
                left.for_each(|it| self.follow_soon(it));
                return Err(error);
            }
        }
        // A release with very many sites takes a while to look at: that stays a small part of the
        // time, however fast reports come.
        let now = self.now();
        memory.soon_at = Some((now, now + now.duration_since(began) * SOON_SHARE));
        Ok(())
    }

    /// How long to wait for a bell.
    fn look_again(&self) -> Duration {
        let soon = self.inner.soon.lock().unwrap_or_else(PoisonError::into_inner);
        if soon.is_empty() { LOOK_AGAIN } else { LOOK_SOON }
    }

    /// Lets time take effect in releases whose moment has come.
    async fn releases_due(&self) -> Result<usize> {
        let due = releases::due(self.store(), self.now(), BATCH).await?;
        for id in &due {
            match self.release_tick(id).await {
                Ok(()) => {}
                Err(error) => fault(id, &error)?,
            }
        }
        Ok(due.len())
    }

    async fn notices_due(&self, memory: &mut Memory) -> Result<()> {
        let now = self.now();
        let alive = releases::alive(self.store(), now - CLOSED_FOR).await?;
        for (id, updated_at) in &alive {
            self.notices_of_row(memory, id, *updated_at, now).await?;
        }
        let seen: HashSet<&ReleaseId> = alive.iter().map(|(id, _)| id).collect();
        memory.looked.retain(|id, _| seen.contains(id));
        Ok(())
    }

    async fn notices_of_row(
        &self,
        memory: &mut Memory,
        id: &ReleaseId,
        updated_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        if let Some((updated, next)) = memory.looked.get(id)
            && *updated == updated_at
            && now < *next
        {
            return Ok(());
        }
        let loaded = self.release_load(id).await?;
        // A server that died between a step's opening and its rollout, or between a report or a
        // talk and what it sets off, makes up for it here.
        self.rollouts_follow(&loaded).await;
        let by_time = memory.looked.get(id).is_none_or(|(updated, _)| *updated == updated_at);
        if by_time && (crate::rollouts::ships(&loaded) || crate::notices::talks(&loaded)) {
            self.follow_soon(id);
        }
        match self.notices_of_release_due(&loaded).await {
            Ok(next) => {
                let again = now + RELEASE_AGAIN;
                let next = next.map_or(again, |it| it.min(again));
                memory.looked.insert(id.clone(), (updated_at, next));
                Ok(())
            }
            Err(error) => fault(id, &error),
        }
    }

    /// Ends what is out, and tells the runs.
    async fn sent_due(&self) -> Result<()> {
        let states = [crate::notices::state::SENDING.to_owned()];
        let mut ask = PageAsk::first(PAGE_ROWS_MAX);
        let mut releases = BTreeSet::new();
        loop {
            let page = notices::list(self.store(), &Scope::all(), &states, &ask).await?;
            releases.extend(page.rows.into_iter().map(|it| it.release_id));
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => break,
            }
        }
        for id in releases {
            let loaded = self.release_load(&id).await?;
            let done = async {
                self.finish_notices(&loaded).await?;
                self.notices_of_release_due(&loaded).await.map(|_| ())
            };
            if let Err(error) = done.await {
                fault(&id, &error)?;
            }
        }
        Ok(())
    }

    /// Clears away sessions that ended and answers nobody will ask for again.
    async fn clear(&self, now: Timestamp) -> Result<()> {
        let old = now - SignedDuration::from_hours(24 * IDEMPOTENCY_DAYS);
        let commit = self
            .system_commit()
            .write(idempotency::forget_before(old))
            .write(sessions::end_expired(now));
        self.put(commit).await?;
        self.fleet_clear().await
    }
}

/// One release that cannot be moved on must not stop the others; a store that is gone must.
fn fault(id: &ReleaseId, error: &Error) -> Result<()> {
    match error {
        Error::Full => Err(Error::Full),
        Error::Unknown => Err(Error::Unknown),
        Error::Unavailable(text) => Err(Error::Unavailable(text.clone())),
        error => {
            tracing::error!(release = %id, %error, "a release could not be moved on");
            Ok(())
        }
    }
}
