//! The server's side of agents: who they are, what they are told, what they say.
//!
//! A poll is answered from memory and may be a second old. Whatever lets a site act (fetching an
//! order, fetching a file) is asked of the database, and what an agent says is kept before it is
//! thanked for.

mod consent;
mod enroll;
mod facts;
mod map;
mod order;
mod preflight;
mod report;
mod window;

pub use enroll::{AgentLine, AgentView, EnrollInput, Enrolled};
pub use facts::Attributes;
pub use map::{Asks, Told};
pub use order::{Deployable, ServedFile};
pub use report::{AgentMessage, STAGES};
pub use roadbook_store::artifacts::Artifact as ArtifactRow;

use crate::App;
use crate::call::Call;
use crate::error::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::{Actor, Who};
use roadbook_core::ids::SiteId;
use roadbook_store::rollouts::{self, Among, FleetChange};
use roadbook_store::{Commit, agents};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::{Mutex, OnceCell};

/// Sites read in one go when a server starts.
const LOAD: i64 = 5_000;
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
        self.inner.fleet.map.poll(key, token, self.now()).ok_or(Error::Unauthenticated)
    }

    /// The site whose agent holds this token.
    pub async fn agent_site(&self, key: &str, token: &str) -> Result<SiteId> {
        self.fleet_ready().await?;
        self.inner.fleet.map.site(key, token, self.now()).ok_or(Error::Unauthenticated)
    }

    /// Reads all sites into memory, once.
    pub async fn fleet_ready(&self) -> Result<()> {
        let fleet = &self.inner.fleet;
        fleet.loaded.get_or_try_init(|| self.fleet_load()).await?;
        Ok(())
    }

    async fn fleet_load(&self) -> Result<()> {
        let mut seen = self.inner.fleet.seen.lock().await;
        // First the number, then the rows: what changes in between is read once more.
        let head = rollouts::change_head(self.store()).await?;
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
                    let among = Among::Changed(change.clone());
                    for row in rollouts::standings(self.store(), &among).await? {
                        fleet.map.put(&row, *seq as u32);
                    }
                    done.push(change);
                }
                *seen = *seq;
            }
            if list.len() < 1000 {
                return Ok(());
            }
        }
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
