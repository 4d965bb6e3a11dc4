//! The server's side of agents: who they are, what they are told, what they say.
//!
//! A poll is answered from memory and may be a second old. Whatever lets a site act (fetching an
//! order, fetching a file) is asked of the database, and what an agent says is kept before it is
//! thanked for.

mod consent;
mod enroll;
mod facts;
mod fit;
mod map;
mod order;
mod preflight;
mod report;
mod window;

pub use enroll::{AgentLine, AgentView, EnrollInput, Enrolled};
pub use facts::Attributes;
pub(crate) use fit::Taker;
pub use map::{Asks, Told};
pub use order::{Deployable, ServedFile};
pub use report::{AgentMessage, STAGES};
pub use roadbook_store::artifacts::Artifact as ArtifactRow;

use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::{Actor, Who};
use roadbook_core::ids::SiteId;
use roadbook_store::rollouts::{self, Among, FleetChange};
use roadbook_store::{Commit, agents};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// Sites read in one go when a server starts.
const LOAD: i64 = 1_000;
/// A node that has not met the others for so long asks the database, in milliseconds.
const DEAF_AFTER: i64 = 2_000;
/// How often it meets them when nobody rings.
const HEARING: Duration = Duration::from_secs(1);
/// One site in so many has to change for a walk through all of them.
const WALK: usize = 16;
/// How often agents come, unless the operator says otherwise.
const POLL_SECONDS: u32 = 300;
/// How often they come while there is something to do.
const BUSY_SECONDS: u32 = 30;
/// Changes older than this were read by every node.
const CHANGES_LAST: SignedDuration = SignedDuration::from_hours(24);

/// What a node remembers of the fleet.
pub(crate) struct Fleet {
    map: map::Map,
    loaded: OnceCell<()>,
    /// Number of the newest change that is in the map.
    seen: Mutex<i64>,
    poll: AtomicU32,
    flushed: Mutex<Option<Timestamp>>,
    checked: Mutex<HashMap<String, (u64, Timestamp)>>,
    /// When the other nodes were last within hearing, in milliseconds.
    heard: AtomicI64,
}

impl Default for Fleet {
    fn default() -> Fleet {
        Fleet {
            map: map::Map::new(),
            loaded: OnceCell::new(),
            seen: Mutex::new(0),
            poll: AtomicU32::new(POLL_SECONDS),
            flushed: Mutex::new(None),
            checked: Mutex::default(),
            heard: AtomicI64::new(i64::MIN),
        }
    }
}

/// A call of the agent of a site.
pub(crate) fn agent_call(site: &SiteId) -> Call {
    Call::of(Actor { who: Who::Agent(site.clone()), ..Actor::anonymous() })
}

impl App {
    /// How often agents shall come, in seconds.
    pub fn fleet_poll_every(&self, seconds: u32) {
        self.inner.fleet.poll.store(seconds.max(1), Ordering::Relaxed);
    }

    /// When an agent that was told this shall come again, in seconds.
    pub fn fleet_poll_again(&self, told: &Told) -> u32 {
        let every = self.inner.fleet.poll.load(Ordering::Relaxed);
        if told.asks == Asks::Nothing { every } else { every.min(BUSY_SECONDS) }
    }

    /// Answers a poll. A wrong token and an unknown site are the same to whoever asks.
    pub async fn agent_poll(&self, key: &str, token: &str) -> Result<Told> {
        self.fleet_ready().await?;
        let now = self.now();
        if self.store().is_shared() && self.fleet_deaf(now) {
            self.fleet_catch_up().await?;
        }
        self.inner.fleet.map.poll(key, token, now).ok_or(Error::Unauthenticated)
    }

    /// Whether this node may have missed what others changed.
    fn fleet_deaf(&self, now: Timestamp) -> bool {
        let heard = self.inner.fleet.heard.load(Ordering::Relaxed);
        let since = now.as_millisecond().saturating_sub(heard);
        !(0..=DEAF_AFTER).contains(&since)
    }

    /// Keeps in touch with the other nodes: rings for them, and reads what they changed.
    pub(crate) async fn run_fleet(&self) {
        let mut bell = self.store().subscribe();
        loop {
            bell.mark_unchanged();
            // What is read below is at least as new as this.
            let now = self.now();
            let met = async {
                self.store().meet().await?;
                self.fleet_catch_up().await
            };
            match met.await {
                Ok(()) => self.inner.fleet.heard.store(now.as_millisecond(), Ordering::Relaxed),
                Err(error) => tracing::warn!(%error, "other nodes are out of hearing"),
            }
            tokio::select! {
                () = self.ports().clock.wait(HEARING) => {}
                changed = bell.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// The site whose agent holds this token.
    pub async fn agent_site(&self, key: &str, token: &str) -> Result<SiteId> {
        self.fleet_ready().await?;
        self.inner.fleet.map.site(key, token, self.now()).ok_or(Error::Unauthenticated)
    }

    /// Reads all sites into memory, once. A poll asks this too, so only the reading is boxed.
    pub async fn fleet_ready(&self) -> Result<()> {
        let fleet = &self.inner.fleet;
        fleet.loaded.get_or_try_init(|| self.fleet_load()).await?;
        Ok(())
    }

    #[boxed]
    async fn fleet_load(&self) -> Result<()> {
        let mut seen = self.inner.fleet.seen.lock().await;
        // First the number, then the rows: what changes in between is read once more.
        let head = rollouts::change_head(self.store()).await?;
        self.inner.fleet.map.expect(agents::count(self.store()).await? as usize);
        let mut after = None;
        loop {
            let among = Among::After(after.take(), LOAD);
            let rows = rollouts::standings(self.store(), &among).await?;
            for row in &rows {
                self.inner.fleet.map.put(row, head as u32);
            }
            if (rows.len() as i64) < LOAD {
                break;
            }
            after = rows.last().map(|it| it.site.clone());
        }
        *seen = head;
        Ok(())
    }

    /// Reads what changed since the last look. Whoever changed something calls it before
    /// answering; the reconcilers call it for what other nodes changed.
    #[boxed]
    pub async fn fleet_catch_up(&self) -> Result<()> {
        let fleet = &self.inner.fleet;
        if fleet.loaded.get().is_none() {
            return Ok(());
        }
        let mut seen = fleet.seen.lock().await;
        loop {
            let list = rollouts::changes_after(self.store(), *seen).await?;
            let mut done: Vec<&FleetChange> = Vec::new();
            for (seq, change) in &list {
                if !done.contains(&change) {
                    self.fleet_changed(change, *seq as u32).await?;
                    done.push(change);
                }
                *seen = *seq;
            }
            if list.len() < 1000 {
                return Ok(());
            }
        }
    }

    async fn fleet_changed(&self, change: &FleetChange, seq: u32) -> Result<()> {
        let map = &self.inner.fleet.map;
        if let FleetChange::Wave(rollout, wave) = change {
            let open = rollouts::open_in_wave(self.store(), rollout, *wave).await?;
            // A walk through the map pays where much of it changes.
            if open.len() * WALK >= map.len() {
                let row = rollouts::get(self.store(), rollout).await?;
                let hidden = row.is_none_or(|it| it.is_over() || it.stands());
                let again = map.ordered(&open, hidden, seq);
                if again.len() > WALK {
                    return self.fleet_read(change, seq).await;
                }
                for site in again {
                    self.fleet_read(&FleetChange::Site(site), seq).await?;
                }
                return Ok(());
            }
        }
        self.fleet_read(change, seq).await
    }

    async fn fleet_read(&self, change: &FleetChange, seq: u32) -> Result<()> {
        let among = Among::Changed(change.clone());
        for row in rollouts::standings(self.store(), &among).await? {
            self.inner.fleet.map.put(&row, seq);
        }
        Ok(())
    }

    /// Adds to a commit that polls of a site have to be answered anew.
    pub(crate) fn fleet_touch(&self, commit: &mut Commit, change: &FleetChange) {
        commit.writes.extend(rollouts::changed(change, self.now()));
    }

    /// Writes down who was heard of since the last time, in a few statements.
    pub(crate) async fn fleet_flush(&self) -> Result<()> {
        let mut flushed = self.inner.fleet.flushed.lock().await;
        let now = self.now();
        let since = flushed.unwrap_or(Timestamp::UNIX_EPOCH);
        let sites = self.inner.fleet.map.seen_since(since);
        if !sites.is_empty() {
            let mut commit = self.begin(&Call::system());
            commit.writes = agents::seen(&sites, now);
            self.store().commit(commit).await?;
        }
        *flushed = Some(now);
        Ok(())
    }

    /// What the reconcilers do for the fleet now and then.
    pub(crate) async fn fleet_clear(&self) -> Result<()> {
        let mut commit = self.begin(&Call::system());
        commit.writes.push(rollouts::forget_changes(self.now() - CHANGES_LAST));
        self.store().commit(commit).await?;
        Ok(())
    }
}
