//! How often one address or account may ask.

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use roadbook_app::auth::holder;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

type Plain<C> = NoOpMiddleware<<C as Clock>::Instant>;
type Keyed<C> = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, C, Plain<C>>;

/// Limits of a server.
#[derive(Debug)]
pub struct Limits<C: Clock = DefaultClock> {
    sign_in: Keyed<C>,
    all: Keyed<C>,
    asked: AtomicU64,
}

/// A whole office may stand behind one address; this only stops a loop that has gone wild.
const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(2_000).expect("not zero");

/// So does a whole office at nine. Wrong passwords have a smaller allowance in the use case; this
/// keeps a loop with a right one from hashing all day.
const SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(300).expect("not zero");

/// After so many requests, addresses that have their whole allowance again are forgotten: what is
/// kept grows with who asks now, not with who ever asked.
const SHRINK_EVERY: u64 = 4_096;

impl Limits {
    /// The usual limits.
    pub fn new() -> Limits {
        Limits::with(DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limits<C> {
    /// The usual limits by this clock.
    fn with(clock: C) -> Limits<C> {
        let sign_in = Quota::per_minute(SIGN_INS_PER_MINUTE);
        let all = Quota::per_second(REQUESTS_PER_SECOND);
        Limits {
            sign_in: RateLimiter::new(sign_in, DashMapStateStore::default(), clock.clone()),
            all: RateLimiter::new(all, DashMapStateStore::default(), clock),
            asked: AtomicU64::new(0),
        }
    }

    /// True when this address may ask once more.
    pub fn request(&self, ip: IpAddr) -> bool {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SHRINK_EVERY == SHRINK_EVERY - 1 {
            self.shrink();
        }
        self.all.check_key(&holder(ip)).is_ok()
    }

    /// True when this address may try to sign in once more.
    pub fn sign_in(&self, ip: IpAddr) -> bool {
        self.sign_in.check_key(&holder(ip)).is_ok()
    }

    fn shrink(&self) {
        for map in [&self.sign_in, &self.all] {
            map.retain_recent();
            map.shrink_to_fit();
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use std::time::Duration;

    #[test]
    fn who_asked_long_ago_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with(clock.clone());
        let address = |n: u32| IpAddr::V4(n.into());
        for n in 0..3_000 {
            limits.request(address(n));
            limits.sign_in(address(n));
        }
        assert_eq!((limits.all.len(), limits.sign_in.len()), (3_000, 3_000));
        clock.advance(Duration::from_mins(2));
        for n in 0..1_096 {
            limits.request(address(n));
        }
        assert!(limits.all.len() <= 1_096, "{}", limits.all.len());
        assert_eq!(limits.sign_in.len(), 0);
    }

    #[test]
    fn tries_count_by_who_holds_the_address() {
        let cases = [
            ("203.0.113.9", "203.0.113.9", false),
            ("203.0.113.9", "203.0.113.10", true),
            ("203.0.113.9", "::ffff:203.0.113.9", false),
            ("2001:db8::1", "2001:db8::ffff", false),
            ("2001:db8::1", "2001:db8:0:1::1", true),
        ];
        for (first, then, allowed) in cases {
            let limits = Limits::with(FakeRelativeClock::default());
            while limits.sign_in(first.parse().unwrap()) {}
            assert_eq!(limits.sign_in(then.parse().unwrap()), allowed, "{first} {then}");
        }
    }
}
