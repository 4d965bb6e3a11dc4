//! Agents: coming in, looking at them, taking their tokens away; orders.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An agent that wants to come in, with its token that works once.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Enroll {
    /// The token that works once.
    pub token: String,
    /// Its own public key, minisign's form; empty for clients of another kind, which then get files
    /// instead of packages.
    #[serde(default)]
    pub public_key: String,
    /// Name and version of the program, `roadbook-agent 0.1.0`.
    pub program: String,
}

/// What an agent that came in has to know.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    /// Key of its site.
    pub site: String,
    /// Its own token, for `Authorization: TargetToken …`; told once.
    pub token: String,
    /// Where it polls.
    pub poll_url: String,
    /// The director's public key, minisign's form.
    pub director_key: String,
}

/// The key with which this installation says what sites may install.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectorKey {
    /// Public half, minisign's form.
    pub public_key: String,
}

/// An agent in a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct AgentLine {
    /// Site: id.
    pub site: String,
    /// Site: short name.
    pub site_key: String,
    /// Site: name.
    pub site_name: String,
    /// Name and version of the program.
    pub program: String,
    /// Its public key; empty for clients of another kind.
    pub public_key: String,
    /// Since when.
    pub enrolled_at: String,
    /// Last heard of.
    pub seen_at: Option<String>,
    /// The site agrees to every order beforehand.
    pub auto_confirm: bool,
    /// Its token is good no more since.
    pub revoked_at: Option<String>,
}

/// Agents by the short name of their sites.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct AgentPage {
    /// Lines.
    pub rows: Vec<AgentLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// An agent with its machine and its orders.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct AgentDetail {
    /// As in lists.
    #[serde(flatten)]
    pub line: AgentLine,
    /// Facts about the machine.
    pub facts: Vec<Fact>,
    /// Orders, newest first.
    pub orders: Vec<Order>,
}

/// A fact.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Fact {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Since when it is so.
    pub at: String,
}

/// An order to an agent.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Order {
    /// Number.
    pub id: i64,
    /// Release: id.
    pub release: String,
    /// `install` or `rollback`.
    pub kind: String,
    /// Wave, from 1.
    pub wave: i64,
    /// `confirming`, `ordered`, `running`, `canceling` or `closed`.
    pub state: String,
    /// What came of it, once it is closed.
    pub outcome: Option<String>,
    /// Where the agent is.
    pub stage: String,
    /// What it said last.
    pub note: Option<String>,
    /// When it was ordered.
    pub ordered_at: String,
    /// When the agent last said something about it.
    pub heard_at: Option<String>,
    /// When it ended.
    pub closed_at: Option<String>,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// Why.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// Reason.
    pub reason: String,
}
