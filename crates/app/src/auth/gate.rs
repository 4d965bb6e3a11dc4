//! What slows guessing down: delays that grow per account and caller, an allowance of wrong tries
//! per address, and few hashes at once.
//!
//! Nothing locks an account for good: that would hand the lock to whoever wants somebody out. A
//! person who signed in from an address before is not slowed by guesses from elsewhere, nor by
//! guesses at other accounts: a whole office may stand behind one address, and right passwords
//! cost its allowance nothing.

use crate::error::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Failures that cost nothing: everybody mistypes.
const FREE_FAILURES: u32 = 5;
/// The longest delay.
const DELAY_MAX: SignedDuration = SignedDuration::from_secs(60);
/// After so long without a failure nothing is held against anybody.
const FORGET: SignedDuration = SignedDuration::from_hours(1);
/// Wrong tries that an address has at once, whatever the accounts.
const ADDRESS_FAILURES: i32 = 30;
/// An address gets one of them back after so long.
const ADDRESS_REFILL: SignedDuration = SignedDuration::from_secs(2);
/// Entries that are kept; beyond it the oldest are forgotten.
const ENTRIES_MAX: usize = 20_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
    until: Timestamp,
}

#[derive(Default)]
struct Kept {
    failures: HashMap<String, Failures>,
    /// When each address has its whole allowance again.
    addresses: HashMap<IpAddr, Timestamp>,
    /// Account and address that belong together.
    known: HashSet<(String, String)>,
}

/// The gate in front of every password check.
pub(crate) struct Gate {
    kept: Mutex<Kept>,
    /// Hashing takes memory and a whole core: two at once leave the rest to other work.
    pub(super) hashing: Semaphore,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate { kept: Mutex::default(), hashing: Semaphore::new(2) }
    }
}

impl Gate {
    /// Refuses while a delay runs.
    pub(super) fn enter(&self, login: &str, ip: &str, now: Timestamp) -> Result<()> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.known.contains(&(login.to_owned(), ip.to_owned()));
        let whole = kept.addresses.get(&holder_of(ip)).filter(|_| !known);
        let until = keys(login, ip, known)
            .iter()
            .filter_map(|key| kept.failures.get(key))
            .map(|it| it.until)
            .chain(whole.map(|it| *it - ADDRESS_REFILL * (ADDRESS_FAILURES - 1)))
            .max();
        match until {
            Some(until) if now < until => {
                let seconds = (until.duration_since(now).as_millis() + 999) / 1000;
                Err(Error::TooMany { seconds: u64::try_from(seconds).unwrap_or(1) })
            }
            _ => Ok(()),
        }
    }

    /// A wrong password: the next try waits longer.
    pub(super) fn failed(&self, login: &str, ip: &str, now: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.failures.len() > ENTRIES_MAX {
            kept.failures.retain(|_, it| now.duration_since(it.last) < DELAY_MAX);
        }
        if kept.addresses.len() > ENTRIES_MAX {
            kept.addresses.retain(|_, whole| *whole > now);
        }
        let whole = kept.addresses.entry(holder_of(ip)).or_insert(now);
        *whole = (*whole).max(now) + ADDRESS_REFILL;
        for key in keys(login, ip, false) {
            let entry =
                kept.failures.entry(key).or_insert(Failures { count: 0, last: now, until: now });
            if now.duration_since(entry.last) > FORGET {
                entry.count = 0;
            }
            entry.count = entry.count.saturating_add(1);
            entry.last = now;
            if entry.count > FREE_FAILURES {
                let power = (entry.count - FREE_FAILURES - 1).min(6);
                entry.until = now + SignedDuration::from_secs(1 << power).min(DELAY_MAX);
            }
        }
    }

    /// The right password: the account's delays are over.
    pub(super) fn passed(&self, login: &str, ip: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys(login, ip, true) {
            kept.failures.remove(&key);
        }
        kept.failures.remove(&format!("account {login}"));
        if kept.known.len() >= ENTRIES_MAX {
            kept.known.clear();
        }
        kept.known.insert((login.to_owned(), ip.to_owned()));
    }
}

fn keys(login: &str, ip: &str, known: bool) -> Vec<String> {
    let mut keys = vec![format!("pair {ip} {login}")];
    if !known {
        keys.push(format!("account {login}"));
    }
    keys
}

/// Who holds an address: with IPv6 the network of 64 bits that one household gets.
pub fn holder(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64)).into(),
        ip @ IpAddr::V4(_) => ip,
    }
}

/// The holder of an address in text. Callers without one share an allowance.
fn holder_of(ip: &str) -> IpAddr {
    ip.parse().map_or(Ipv6Addr::UNSPECIFIED.into(), holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_behind_one_address_signs_in_at_nine_and_a_guesser_there_does_not_get_far() {
        let gate = Gate::default();
        let nine = Timestamp::UNIX_EPOCH;
        for n in 0..500 {
            let login = format!("person{n}");
            assert!(gate.enter(&login, "203.0.113.9", nine).is_ok(), "{n}");
            gate.passed(&login, "203.0.113.9");
        }
        let mut tried = 0;
        for second in 0..600 {
            // Another account every time does not help.
            let (login, now) = (format!("guess{second}"), nine + SignedDuration::from_secs(second));
            if gate.enter(&login, "203.0.113.9", now).is_ok() {
                tried += 1;
                gate.failed(&login, "203.0.113.9", now);
            }
        }
        assert!((300..=340).contains(&tried), "{tried}");
        let then = nine + SignedDuration::from_secs(600);
        assert!(gate.enter("person7", "203.0.113.9", then).is_ok());
        assert!(gate.enter("new", "203.0.113.10", then).is_ok());
    }

    #[test]
    fn guessing_is_slowed_to_about_one_a_minute_and_the_owner_still_gets_in() {
        let gate = Gate::default();
        let start = Timestamp::UNIX_EPOCH;
        gate.passed("lan", "home");
        let mut tried = 0;
        for second in 0..3600 {
            let now = start + SignedDuration::from_secs(second);
            // Another address every time does not help.
            let ip = format!("10.0.{}.{}", second / 250, second % 250);
            if gate.enter("lan", &ip, now).is_ok() {
                tried += 1;
                gate.failed("lan", &ip, now);
            }
        }
        assert!((20..=100).contains(&tried), "{tried}");
        assert!(gate.enter("lan", "home", start + SignedDuration::from_secs(3599)).is_ok());
        assert!(gate.enter("other", "10.0.0.1", start).is_ok());
    }
}
