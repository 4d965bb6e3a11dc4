//! Signing in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Signing in with name and password.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Name to sign in with.
    pub login: String,
    /// Password.
    pub password: String,
}

/// A token, told once.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Send it as `Authorization: Bearer …`.
    pub token: String,
    /// Until when, if it is not used.
    pub expires_at: String,
    /// Who signed in.
    pub me: Me,
}

/// Password for a signature.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// Password.
    pub password: String,
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Me {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Language.
    pub lang: String,
    /// IANA time zone.
    pub zone: String,
    /// Roles with their scope, `role@scope`.
    pub roles: Vec<String>,
}
