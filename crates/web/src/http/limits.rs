//! How often one address or account may ask.

use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;

/// Limits of a server.
#[derive(Debug)]
pub struct Limits {
    sign_in: RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock>,
    all: RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock>,
}

/// A whole office may stand behind one address; this only stops a loop that has gone wild.
const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(2_000).expect("not zero");

const SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");

impl Limits {
    /// The usual limits.
    pub fn new() -> Limits {
        Limits {
            sign_in: RateLimiter::keyed(Quota::per_minute(SIGN_INS_PER_MINUTE)),
            all: RateLimiter::keyed(Quota::per_second(REQUESTS_PER_SECOND)),
        }
    }

    /// True when this address may ask once more.
    pub fn request(&self, ip: IpAddr) -> bool {
        self.all.check_key(&ip).is_ok()
    }

    /// True when this address may try to sign in once more. Accounts have their own, growing
    /// delay in the use case.
    pub fn sign_in(&self, ip: IpAddr) -> bool {
        self.sign_in.check_key(&ip).is_ok()
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}
