//! Freezes, bookings and what they reach.

use super::Slot;
use crate::ids::{FreezeId, ProductId, ReleaseId, SiteId};
use serde::{Deserialize, Serialize};

/// What a policy or freeze reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything.
    #[default]
    All,
    /// Systems of a class, for example `java` (S2-21).
    Class(String),
    /// These products.
    Products(Vec<ProductId>),
    /// These sites.
    Sites(Vec<SiteId>),
    /// Sites that carry the tag.
    Tag(String),
}

/// What a slot is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// The product.
    pub product: Option<&'a ProductId>,
    /// Its system class.
    pub class: Option<&'a str>,
    /// The site, when the slot is the site's own.
    pub site: Option<&'a SiteId>,
    /// Tags of the site.
    pub tags: &'a [String],
}

impl Scope {
    /// True when the target is reached.
    pub fn covers(&self, target: &Target<'_>) -> bool {
        match self {
            Scope::All => true,
            Scope::Class(class) => target.class == Some(class),
            Scope::Products(list) => target.product.is_some_and(|it| list.contains(it)),
            Scope::Sites(list) => target.site.is_some_and(|it| list.contains(it)),
            Scope::Tag(tag) => target.tags.contains(tag),
        }
    }
}

/// A range in which nothing new begins. Work that runs goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// The range.
    pub range: Slot,
    /// What it reaches.
    pub scope: Scope,
    /// Why, as people read it where it bites.
    pub reason: String,
    /// Role that may let a release pass, with a reason; `None`: nobody.
    pub override_by: Option<String>,
}

/// A slot that a release holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// The release.
    pub release: ReleaseId,
    /// The policy in whose window it lies.
    pub policy: String,
    /// The slot.
    pub slot: Slot,
}
