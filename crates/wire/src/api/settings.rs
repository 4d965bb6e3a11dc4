//! How the installation is, and what the public knows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the self-check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SelfCheck {
    /// Things examined.
    pub examined: u64,
    /// What cannot be true, each with its place; empty when all is well.
    pub findings: Vec<String>,
}

/// A mail to be tried now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailTest {
    /// To this address.
    pub to: String,
    /// Language of its text: `en`, `ko`, `vi`, `zh`.
    pub lang: String,
}

/// A release that the public knows of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedLine {
    /// Number of the release.
    pub number: String,
    /// Product.
    pub product: String,
    /// Version.
    pub version: String,
    /// First told (UTC).
    pub published_at: String,
    /// Last told (UTC).
    pub updated_at: String,
    /// Its page, on this server.
    pub page: String,
}
