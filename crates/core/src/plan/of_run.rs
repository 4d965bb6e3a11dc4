//! The plan of a run: its states as progress.

use super::{Graph, Input, Plan, Progress, plan};
use crate::calendar::WorkTable;
use crate::ids::PersonId;
use crate::run::{Run, Slot as RunSlot, StepState};
use crate::schedule::Period;
use crate::window::Slot;
use jiff::Timestamp;
use std::collections::BTreeMap;

impl From<RunSlot> for Slot {
    fn from(slot: RunSlot) -> Slot {
        Slot { start: slot.start, end: slot.end }
    }
}

impl From<Slot> for RunSlot {
    fn from(slot: Slot) -> RunSlot {
        RunSlot { start: slot.start, end: slot.end }
    }
}

/// How far every step of a run is. What was sent back begins anew; what was cancelled, skipped or
/// not taken has no dates.
pub fn progress(run: &Run) -> BTreeMap<String, Progress> {
    run.steps
        .iter()
        .map(|(id, step)| {
            let progress = match &step.state {
                StepState::Foreseen | StepState::Ready | StepState::Returned => {
                    Progress::NotStarted
                }
                StepState::Active | StepState::Blocked(_) => Progress::Active { since: step.since },
                // Partly confirmed: when it began is no longer its state's date.
                StepState::Submitted => {
                    Progress::Active { since: step.ready_at.unwrap_or(step.since).min(step.since) }
                }
                StepState::Done => {
                    let end = step.done_at.unwrap_or(step.since);
                    Progress::Done { start: step.ready_at.unwrap_or(end).min(end), end }
                }
                StepState::Skipped(_) | StepState::NotTaken(_) | StepState::Cancelled => {
                    Progress::Skipped
                }
            };
            (id.clone(), progress)
        })
        .collect()
}

/// What a plan needs beside the run itself.
#[derive(Clone, Copy)]
pub struct RunInput<'a> {
    /// The compiled template of the pinned revision.
    pub graph: &'a Graph,
    /// Working days and hours.
    pub table: &'a WorkTable,
    /// The present.
    pub now: Timestamp,
    /// The period of a cycle.
    pub period: Option<Period>,
    /// Who performs a step, as far as known.
    pub who: &'a BTreeMap<String, Vec<PersonId>>,
    /// Later free slots, the earliest first.
    pub later_slots: &'a [Slot],
}

/// Plans a run as it stands, or, with another slot, as it would be.
pub fn plan_run(run: &Run, slot: Option<Slot>, input: &RunInput<'_>) -> Plan {
    plan(&Input {
        graph: input.graph,
        table: input.table,
        slot,
        start: run.started,
        now: input.now,
        period: input.period.or(run.period),
        progress: &progress(run),
        events: &run.events,
        who: input.who,
        later_slots: input.later_slots,
    })
}
