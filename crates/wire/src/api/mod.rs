//! REST v1: what goes over the wire. Unknown fields are refused; times are RFC 3339 in UTC.

pub mod agents;
pub mod artifacts;
pub mod calendar;
pub mod conformity;
pub mod documents;
pub mod extracts;
pub mod imports;
pub mod migration;
pub mod notices;
pub mod people;
pub mod plan;
pub mod problem;
pub mod processes;
pub mod products;
pub mod record;
pub mod releases;
pub mod rollouts;
pub mod session;
pub mod settings;
pub mod simulations;
pub mod sites;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Answer to a changing call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Id of what was made or changed.
    pub id: String,
    /// Number or name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Revision afterwards, for `If-Match`.
    pub revision: i64,
    /// True when something new was made.
    pub created: bool,
    /// A secret that is told once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What happened besides, in stable words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// A text in up to four languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// Korean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ko: Option<String>,
    /// Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vi: Option<String>,
    /// Simplified Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl From<Text> for roadbook_core::text::Text {
    fn from(it: Text) -> Self {
        roadbook_core::text::Text { en: it.en, ko: it.ko, vi: it.vi, zh: it.zh }
    }
}

impl From<&roadbook_core::text::Text> for Text {
    fn from(it: &roadbook_core::text::Text) -> Self {
        Text { en: it.en.clone(), ko: it.ko.clone(), vi: it.vi.clone(), zh: it.zh.clone() }
    }
}
