//! Two plans side by side: what if, and what was approved.

use super::Plan;
use crate::window::Slot;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a step differs between two plans; minutes are later minus earlier plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Difference {
    /// Only the second plan has it.
    Added {
        /// Its end there.
        finish: Timestamp,
    },
    /// Only the first plan has it.
    Removed {
        /// Its end there.
        finish: Timestamp,
    },
    /// Both have it, with other dates.
    Moved {
        /// Its begin moves by so many minutes.
        start: i64,
        /// Its end moves by so many minutes.
        finish: i64,
        /// Its slack changes by so many minutes.
        slack: i64,
        /// It becomes late (`true`), or is no longer late (`false`).
        late: Option<bool>,
    },
}

/// What changes from one plan to the other; steps that stay the same are left out.
pub fn diff(before: &Plan, after: &Plan) -> BTreeMap<String, Difference> {
    let mut list = BTreeMap::new();
    for (id, old) in &before.steps {
        let Some(new) = after.steps.get(id) else {
            list.insert(id.clone(), Difference::Removed { finish: old.planned_finish });
            continue;
        };
        let start = minutes(old.planned_start, new.planned_start);
        let finish = minutes(old.planned_finish, new.planned_finish);
        let slack = new.slack - old.slack;
        let late = (old.late != new.late).then_some(new.late);
        if (start, finish, slack, late) != (0, 0, 0, None) {
            list.insert(id.clone(), Difference::Moved { start, finish, slack, late });
        }
    }
    for (id, new) in &after.steps {
        if !before.steps.contains_key(id) {
            list.insert(id.clone(), Difference::Added { finish: new.planned_finish });
        }
    }
    list
}

fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).div_euclid(60)
}

/// The dates of one step when the plan was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineStep {
    /// Begin.
    pub start: Timestamp,
    /// End.
    pub finish: Timestamp,
}

/// The dates that were approved. They never change; the plan and the actual times are compared
/// with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// When.
    pub approved_at: Timestamp,
    /// The go-live.
    pub go_live: Option<Slot>,
    /// The end of the run.
    pub finish: Timestamp,
    /// The steps.
    pub steps: BTreeMap<String, BaselineStep>,
}

/// How far a step is from its baseline; positive minutes are later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Of the begin.
    pub start: i64,
    /// Of the end.
    pub finish: i64,
}

impl Plan {
    /// The dates of this plan, to be kept as approved.
    pub fn baseline(&self, approved_at: Timestamp) -> Baseline {
        let dates = |(id, it): (&String, &super::PlannedStep)| {
            (id.clone(), BaselineStep { start: it.planned_start, finish: it.planned_finish })
        };
        Baseline {
            approved_at,
            go_live: self.go_live,
            finish: self.finish,
            steps: self.steps.iter().map(dates).collect(),
        }
    }
}

/// How far the plan is from what was approved, for every step that both have.
pub fn deviation(baseline: &Baseline, plan: &Plan) -> BTreeMap<String, Deviation> {
    plan.steps
        .iter()
        .filter_map(|(id, now)| {
            let then = baseline.steps.get(id)?;
            let deviation = Deviation {
                start: minutes(then.start, now.planned_start),
                finish: minutes(then.finish, now.planned_finish),
            };
            Some((id.clone(), deviation))
        })
        .collect()
}
