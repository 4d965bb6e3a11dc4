//! Planning: when each step can and must happen, what is critical, and what cannot be kept.
//!
//! A template is compiled once into a [`Graph`]; [`plan`] then walks its steps forwards from the
//! present and backwards from the slot. Both walks are linear in steps and edges, work on plain
//! numbers and look dates up in a [`WorkTable`](crate::calendar::WorkTable), so that a thousand
//! releases are planned in well under a tenth of a second. Dates are derived anew at every call:
//! when a freeze or a slot goes away, they flow back by themselves.

mod compare;
mod conflict;
mod graph;
mod load;
mod of_run;
mod pass;
mod play;
#[cfg(test)]
mod tests;

pub use compare::{Baseline, BaselineStep, Deviation, Difference, deviation, diff};
pub use conflict::{Conflict, Constraint, Shorter, WayOut};
pub use graph::Graph;
pub(crate) use load::spread;
pub use load::{Clash, DayLoad, Load, Part, Person, clashes, load};
pub use of_run::{RunInput, plan_run, progress};
pub use play::{Turn, play};

use crate::calendar::WorkTable;
use crate::ids::PersonId;
use crate::schedule::Period;
use crate::window::Slot;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Progress {
    /// Not begun.
    NotStarted,
    /// Under way.
    Active {
        /// Since when.
        since: Timestamp,
    },
    /// Over.
    Done {
        /// Began.
        start: Timestamp,
        /// Ended.
        end: Timestamp,
    },
    /// Skipped or not taken: it takes no time and has no dates.
    Skipped,
}

/// Everything that a plan is derived from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The compiled template.
    pub graph: &'a Graph,
    /// Working days and hours.
    pub table: &'a WorkTable,
    /// The slot of the go-live; `None` while it is not chosen.
    pub slot: Option<Slot>,
    /// When the run started or will start.
    pub start: Option<Timestamp>,
    /// The present.
    pub now: Timestamp,
    /// The period of a cycle.
    pub period: Option<Period>,
    /// Steps that are begun, done or skipped; all others are not started.
    pub progress: &'a BTreeMap<String, Progress>,
    /// Events that happened.
    pub events: &'a BTreeMap<String, Timestamp>,
    /// Who performs a step, as far as known.
    pub who: &'a BTreeMap<String, Vec<PersonId>>,
    /// Later free slots, the earliest first; proposed when the plan cannot be kept.
    pub later_slots: &'a [Slot],
}

/// The dates of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// The earliest begin that its inputs allow.
    pub earliest_start: Timestamp,
    /// Done at the earliest.
    pub earliest_finish: Timestamp,
    /// The latest begin that still keeps every date after it.
    pub latest_start: Timestamp,
    /// Done at the latest.
    pub latest_finish: Timestamp,
    /// Planned begin; actual once it began.
    pub planned_start: Timestamp,
    /// Planned end; actual once it is done.
    pub planned_finish: Timestamp,
    /// Minutes of delay that it can take; negative: already so much too late.
    pub slack: i64,
    /// On the chain that fixes the end, or without slack.
    pub critical: bool,
    /// It misses its latest end.
    pub late: bool,
    /// It is over; its dates are actual ones.
    pub done: bool,
    /// Working minutes of each person.
    pub work_minutes: i64,
    /// Who.
    pub who: Vec<PersonId>,
}

/// What a planner must be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanProblem {
    /// No slot is chosen, so dates that count from it are open.
    NoSlot,
    /// Dates that cannot be kept together.
    Conflict(Conflict),
    /// Steps that wait for each other.
    Cycle {
        /// The steps.
        steps: Vec<String>,
    },
    /// A step was done after its date.
    DoneLate {
        /// The step.
        step: String,
        /// By so many minutes.
        by: i64,
    },
}

impl PlanProblem {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            PlanProblem::NoSlot => "plan_no_slot",
            PlanProblem::Conflict(_) => "plan_conflict",
            PlanProblem::Cycle { .. } => "plan_cycle",
            PlanProblem::DoneLate { .. } => "plan_done_late",
        }
    }
}

/// The dates of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The planned go-live: the slot, or later when it cannot be reached in time.
    pub go_live: Option<Slot>,
    /// The step that goes live.
    pub go_live_step: Option<String>,
    /// When the last step is done.
    pub finish: Timestamp,
    /// Steps that are not skipped.
    pub steps: BTreeMap<String, PlannedStep>,
    /// The chain of steps that fixes the end, in order.
    pub critical_path: Vec<String>,
    /// What cannot be kept, or is open.
    pub problems: Vec<PlanProblem>,
}

/// Derives the dates of a run. Another slot in `input` answers "what if"; [`diff`] shows it.
pub fn plan(input: &Input<'_>) -> Plan {
    let walk = pass::walk(input, input.slot);
    let mut made = pass::dates(input, &walk);
    made.problems = conflict::problems(input, &walk);
    made
}
