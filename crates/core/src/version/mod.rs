//! Version schemes: numbers that are read, compared, raised and explained.
//!
//! A product declares one [`Scheme`]. [`Scheme::next`] answers with the number and every reason
//! for it ([`Explained`]), or with a typed refusal. Nothing here knows the roadmap or the list of
//! reserved numbers; both come in through [`Request`].

mod calver;
mod classify;
mod next;
mod scheme;
#[cfg(test)]
mod tests;

pub use calver::{CalVerRules, Token};
pub use classify::{Change, ChangeKind, Level};
pub use next::{Explained, Part, Raise, Request, Why};
pub use scheme::{Scheme, VabcdRules, Version, VersionRefusal};
