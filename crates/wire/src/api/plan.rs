//! The plan of a release over the API.

use super::Text;
use super::calendar::Range;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The plan of a release.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Planned go-live.
    pub go_live: Option<Range>,
    /// When the last step is done (UTC).
    pub finish: String,
    /// Dates by step.
    pub steps: BTreeMap<String, PlannedStep>,
    /// The chain of steps that fixes the end, in order.
    pub critical_path: Vec<String>,
    /// What cannot be kept, with ways out; or what is open.
    pub problems: Vec<Value>,
}

/// The plan as it stands, against what was agreed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanNow {
    /// The plan.
    pub plan: Plan,
    /// Slot that was agreed at the last approval.
    pub baseline: Option<Range>,
    /// Agreed ends by step, with the minutes by which they were missed.
    pub baseline_steps: BTreeMap<String, Agreed>,
    /// Free slots, the earliest first.
    pub free: Vec<Range>,
    /// Where the time went so far, by step.
    pub waits: BTreeMap<String, StepTime>,
}

/// Seconds that a step was worked on and waited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepTime {
    /// Worked on.
    pub work: i64,
    /// Waited for the person whose turn it was.
    pub person: i64,
    /// Waited for the window.
    pub window: i64,
    /// Waited for sites.
    pub site: i64,
    /// What it waits for now: `work`, `person`, `window` or `site`.
    pub now: Option<String>,
}

/// An agreed end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Agreed end (UTC).
    pub finish: String,
    /// Minutes later; negative is earlier.
    pub late_minutes: Option<i64>,
}

/// Dates of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// Planned begin; actual once it began.
    pub start: String,
    /// Planned end; actual once it is done.
    pub finish: String,
    /// Begun at the latest.
    pub latest_start: String,
    /// Done at the latest.
    pub latest_finish: String,
    /// Minutes of delay that it can take; negative: so much too late.
    pub slack_minutes: i64,
    /// On the chain that fixes the end, or without slack.
    pub critical: bool,
    /// Misses its latest end.
    pub late: bool,
    /// It is over.
    pub done: bool,
    /// Ids of who does it.
    pub who: Vec<String>,
}

/// What if the go-live were then.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// Nothing stands against the slot.
    pub free: bool,
    /// What stands against it.
    pub blocks: Vec<Value>,
    /// Free slots.
    pub next: Vec<Range>,
    /// The plan with the slot.
    pub plan: Plan,
    /// Steps whose dates change: what changes.
    pub moves: BTreeMap<String, Value>,
    /// Who hears of it.
    pub told: Vec<Told>,
}

/// A notice that a move touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Step of the notice.
    pub step: String,
    /// Its title.
    pub title: Text,
    /// They know the old date and get a correction at once.
    pub correction: bool,
    /// How many hear it.
    pub recipients: usize,
    /// The first of them.
    pub names: Vec<String>,
    /// Latest moment of the notice today (UTC).
    pub latest: Option<String>,
    /// Latest moment after the move (UTC).
    pub latest_after: Option<String>,
}
