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
}

const SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");

impl Limits {
    /// The usual limits.
    pub fn new() -> Limits {
        Limits { sign_in: RateLimiter::keyed(Quota::per_minute(SIGN_INS_PER_MINUTE)) }
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
