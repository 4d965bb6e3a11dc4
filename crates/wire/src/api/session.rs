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

/// A session.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SessionLine {
    /// Id.
    pub id: String,
    /// Since when.
    pub created_at: String,
    /// Last used.
    pub last_seen_at: String,
    /// Ends at.
    pub expires_at: String,
}

/// A new password in place of the old one.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password so far.
    pub old: String,
    /// The new one: 12 to 128 characters.
    pub new: String,
}

/// A password set through a link.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordSet {
    /// The secret of the link.
    pub link: String,
    /// The new password: 12 to 128 characters.
    pub password: String,
}

/// Whether the installation is set up.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SetupState {
    /// True when somebody has to set it up first.
    pub needed: bool,
}

/// What set-up asks for.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The code that the server printed.
    pub code: String,
    /// Name of the organization.
    pub organization: String,
    /// Its time zone.
    pub zone: String,
    /// Its language.
    pub lang: String,
    /// Name of the first person.
    pub name: String,
    /// To sign in with.
    pub login: String,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// Password: 12 to 128 characters.
    pub password: String,
}
