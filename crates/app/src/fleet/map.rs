//! What a poll needs to know of every site, in memory: an idle poll never asks the database.

use indexmap::IndexMap;
use jiff::Timestamp;
use roadbook_core::ids::SiteId;
use roadbook_store::rollouts::Standing;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::RwLock;
use std::sync::atomic::{AtomicU32, Ordering};
use subtle::ConstantTimeEq as _;

/// Shards, so that polls rarely wait for each other.
const SHARDS: usize = 256;

/// What the order at hand asks of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing.
    Nothing,
    /// Fetch it and install.
    Deploy,
    /// Stop it.
    Cancel,
    /// Say whether you agree.
    Confirm,
}

/// What a site is told when it polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is asked.
    pub asks: Asks,
    /// Number of the order at hand, or 0.
    pub order: u32,
    /// Number of the order that was done last, or 0.
    pub done: u32,
    /// Another number whenever something of this changed.
    pub change: u32,
    /// Tell your facts.
    pub wants_facts: bool,
}

// There is one for each of up to a million sites.
struct Slot {
    token: [u8; 32],
    /// The part of the site's id that is its own.
    site: [u8; 26],
    asks: Asks,
    good: bool,
    wants_facts: bool,
    order: u32,
    done: u32,
    change: u32,
    seen: AtomicU32,
}

impl Slot {
    fn told(&self) -> Told {
        Told {
            asks: self.asks,
            order: self.order,
            done: self.done,
            change: self.change,
            wants_facts: self.wants_facts,
        }
    }

    fn site(&self) -> Option<SiteId> {
        let text = std::str::from_utf8(&self.site).ok()?;
        SiteId::parse(&format!("{}_{text}", SiteId::PREFIX)).ok()
    }
}

/// What stands before the part of a site's id that is its own.
const BEFORE: usize = SiteId::PREFIX.len() + 1;

fn asks_of(state: &str) -> Asks {
    match state {
        "canceling" => Asks::Cancel,
        "confirming" => Asks::Confirm,
        _ => Asks::Deploy,
    }
}

// One row of slots and a small table of places: no slot stands empty for those that may come.
type Shard = RwLock<IndexMap<Box<str>, Slot>>;

/// The map, by the key of the site.
pub(crate) struct Map {
    shards: Vec<Shard>,
    hasher: RandomState,
}

fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.as_second()).unwrap_or(0)
}

impl Map {
    pub(crate) fn new() -> Map {
        Map { shards: (0..SHARDS).map(|_| RwLock::default()).collect(), hasher: RandomState::new() }
    }

    fn shard(&self, key: &str) -> &Shard {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }

    /// Makes room for so many sites, so that nothing is moved while they come in.
    pub(crate) fn expect(&self, sites: usize) {
        let each = sites / SHARDS;
        // Shards are filled by chance: three times the usual spread is rarely not enough.
        let room = each + 3 * each.isqrt();
        for shard in &self.shards {
            if let Ok(mut shard) = shard.write() {
                let more = room.saturating_sub(shard.len());
                shard.reserve_exact(more);
            }
        }
    }

    /// What the holder of this token is told; `None` for a wrong token and for a site that nobody
    /// knows, which must look the same. The visit is noted.
    pub(crate) fn poll(&self, key: &str, token: &str, now: Timestamp) -> Option<Told> {
        let hash = Sha256::digest(token.as_bytes());
        let shard = self.shard(key).read().ok()?;
        let Some(slot) = shard.get(key) else {
            // The same work, so that time tells nothing about names.
            let _ = hash.ct_eq(&[0; 32]);
            return None;
        };
        if !bool::from(hash.ct_eq(&slot.token)) || !slot.good {
            return None;
        }
        slot.seen.fetch_max(seconds(now), Ordering::Relaxed);
        Some(slot.told())
    }

    /// The site behind a key and its token.
    pub(crate) fn site(&self, key: &str, token: &str, now: Timestamp) -> Option<SiteId> {
        self.poll(key, token, now)?;
        self.shard(key).read().ok()?.get(key)?.site()
    }

    /// Takes in what the database says.
    pub(crate) fn put(&self, standing: &Standing, change: u32) {
        let mut site = [0; 26];
        let text = &standing.site.as_str().as_bytes()[BEFORE..];
        site.copy_from_slice(text);
        let token = standing.token.as_deref().and_then(|it| it.try_into().ok());
        let (asks, order) = match &standing.order {
            None => (Asks::Nothing, 0),
            Some((id, state)) => (asks_of(state), u32::try_from(*id).unwrap_or(0)),
        };
        let mut slot = Slot {
            token: token.unwrap_or([0; 32]),
            site,
            asks,
            good: token.is_some(),
            wants_facts: standing.wants_facts,
            order,
            done: standing.done.and_then(|it| u32::try_from(it).ok()).unwrap_or(0),
            change,
            seen: AtomicU32::new(0),
        };
        let Ok(mut shard) = self.shard(&standing.key).write() else { return };
        if let Some(before) = shard.get(standing.key.as_str()) {
            slot.seen = AtomicU32::new(before.seen.load(Ordering::Relaxed));
            if before.told() == (Told { change: before.change, ..slot.told() }) {
                slot.change = before.change;
            }
        }
        shard.insert(standing.key.as_str().into(), slot);
    }

    /// How many sites it knows.
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|it| it.read().map_or(0, |it| it.len())).sum()
    }

    /// Takes in orders that were just made, by site. Gives the sites that have to be read anew,
    /// because more is going on there. With `hidden` an order that was not fetched is not shown.
    pub(crate) fn ordered(
        &self,
        orders: &[(SiteId, i64, String)],
        hidden: bool,
        change: u32,
    ) -> Vec<SiteId> {
        let by_site: HashMap<&[u8], &(SiteId, i64, String)> =
            orders.iter().map(|it| (&it.0.as_str().as_bytes()[BEFORE..], it)).collect();
        let mut again = Vec::new();
        for shard in &self.shards {
            let Ok(mut shard) = shard.write() else { continue };
            for slot in shard.values_mut() {
                let Some((site, id, state)) = by_site.get(slot.site.as_slice()) else { continue };
                let asks = asks_of(state);
                let order = u32::try_from(*id).unwrap_or(0);
                let fetched = matches!(state.as_str(), "canceling" | "running");
                // The oldest order that is not over is the one at hand.
                if slot.order != 0 && slot.order < order {
                    continue;
                }
                if slot.order > order || (hidden && !fetched) {
                    again.push(site.clone());
                } else if (slot.order, slot.asks) != (order, asks) {
                    (slot.order, slot.asks, slot.change) = (order, asks, change);
                }
            }
        }
        again
    }

    /// Sites that were heard of at this second or later.
    pub(crate) fn seen_since(&self, since: Timestamp) -> Vec<SiteId> {
        let since = seconds(since).max(1);
        let mut list = Vec::new();
        for shard in &self.shards {
            let Ok(shard) = shard.read() else { continue };
            let fresh = shard.values().filter(|it| it.seen.load(Ordering::Relaxed) >= since);
            list.extend(fresh.filter_map(Slot::site));
        }
        list
    }
}
