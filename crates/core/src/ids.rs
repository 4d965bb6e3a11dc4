//! One type per id. An id is made from a time and randomness that the caller gives.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The parts an id is made of: both come from ports, never from here.
#[derive(Clone, Copy, Debug)]
pub struct IdSeed {
    /// Milliseconds since 1970-01-01 UTC; makes ids sort by age.
    pub millis: u64,
    /// 80 random bits are used.
    pub random: u128,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes 48 bits of time and 80 bits of randomness as 26 characters of Crockford's base 32.
pub fn encode(seed: IdSeed) -> String {
    let value =
        (u128::from(seed.millis & 0xffff_ffff_ffff) << 80) | (seed.random & ((1 << 80) - 1));
    (0..26).rev().map(|i| ALPHABET[((value >> (i * 5)) & 31) as usize] as char).collect()
}

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form `{prefix}_…` followed by 26 characters")]
pub struct IdError {
    /// The text as given, cut to 64 characters.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new id.
            pub fn new(seed: IdSeed) -> Self {
                Self(format!("{}_{}", $prefix, encode(seed)))
            }

            /// Reads an id; the text is checked, not only wrapped.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let ok = text
                    .strip_prefix(concat!($prefix, "_"))
                    .is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|b| ALPHABET.contains(&b)));
                if ok {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError { text: text.chars().take(64).collect(), prefix: $prefix })
                }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A person who can hold roles.
    PersonId = "per";
    /// A unit of the organization tree: company, subsidiary, department, team, customer, partner.
    UnitId = "unit";
    /// A product (a system, in the words of IT departments).
    ProductId = "prod";
    /// A release of a product.
    ReleaseId = "rel";
    /// A customer site or an environment of the organization's own.
    SiteId = "site";
    /// A contact of a site: somebody who is told and who answers without an account.
    ContactId = "con";
    /// A document of a release.
    DocumentId = "doc";
    /// A notice of a release to one audience.
    NoticeId = "ntc";
    /// A freeze over a calendar range.
    FreezeId = "frz";
    /// A session of a signed-in person.
    SessionId = "ses";
    /// A rollout: a set of deployments in waves, or the way back of one.
    RolloutId = "roll";
    /// A tokened link.
    LinkId = "lnk";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_sorts_by_age() {
        let old = ReleaseId::new(IdSeed { millis: 1_000, random: u128::MAX });
        let new = ReleaseId::new(IdSeed { millis: 1_001, random: 0 });
        assert_eq!(ReleaseId::parse(old.as_str()).as_ref(), Ok(&old));
        assert!(old < new);
        assert_eq!(old.as_str().len(), 4 + 26);
    }

    #[test]
    fn a_text_of_another_kind_is_refused() {
        for text in
            ["", "rel_", "site_00000000000000000000000000", "rel_0000000000000000000000000U"]
        {
            assert!(ReleaseId::parse(text).is_err(), "{text}");
        }
    }
}
