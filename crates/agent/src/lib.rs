//! The agent of a site: it asks, fetches, verifies, backs up, installs, checks and goes back, and
//! remembers every step on disk. It knows nothing of the server but the protocol.
//!
//! [`machine::Agent::turn`] does one durable step. A kill between any two steps, or inside one, is
//! followed by the same step again; the version of a site changes in one rename. Everything from
//! outside comes through [`ports`].

pub mod believe;
#[cfg(feature = "real")]
pub mod config;
#[cfg(feature = "doubles")]
pub mod double;
pub mod fail;
pub mod journal;
pub mod machine;
pub mod policy;
pub mod ports;
#[cfg(feature = "real")]
pub mod real;
#[cfg(feature = "real")]
pub mod run;
mod server;
mod stages;
pub mod tree;
