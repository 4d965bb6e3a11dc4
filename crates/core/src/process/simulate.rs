//! A process before its first run: dates, lanes, load per role and the critical path.
//!
//! The dates come from the planner that also plans real runs; only the people are missing.

use super::expr::{Names, Value, eval};
use super::template::{RoleRef, Step, StepKind, Template};
use crate::calendar::WorkTable;
use crate::plan::{Graph, Input, Plan, PlanProblem, Progress, plan};
use crate::run::role_name;
use crate::window::Slot;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// What to assume.
#[derive(Clone, Copy)]
pub struct Assumed<'a> {
    /// Working days and hours.
    pub table: &'a WorkTable,
    /// The go-live.
    pub slot: Option<Slot>,
    /// When the run would start.
    pub start: Timestamp,
    /// Facts such as `release.mode`; a `when` that reads only these is decided.
    pub facts: &'a BTreeMap<String, Value>,
}

/// One step of a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Step.
    pub step: String,
    /// Planned start.
    pub start: Timestamp,
    /// Planned finish.
    pub finish: Timestamp,
    /// Minutes of work of this role.
    pub minutes: i64,
    /// Seconds by which it may slip.
    pub slack: i64,
    /// Any delay moves the end.
    pub critical: bool,
}

/// What one role does, in order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// Role as written in the file.
    pub role: String,
    /// Its steps.
    pub bars: Vec<Bar>,
    /// All its minutes.
    pub minutes: i64,
}

/// The simulated process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Simulation {
    /// Lanes in the order of the first step of each role.
    pub lanes: Vec<Lane>,
    /// Steps that the assumed facts leave out, with the condition.
    pub skipped: Vec<(String, String)>,
    /// Steps of which any delay moves the end.
    pub critical_path: Vec<String>,
    /// When everything is over.
    pub finish: Timestamp,
    /// What cannot be kept.
    pub problems: Vec<PlanProblem>,
}

struct Facts<'a>(&'a BTreeMap<String, Value>);

impl Names for Facts<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }

    fn call(&self, _: &str, _: &[Value]) -> Option<Value> {
        None
    }
}

/// Simulates. A condition over facts that are not given counts as true: better foreseen than missed.
pub fn simulate(template: &Template, assumed: &Assumed<'_>) -> Simulation {
    let mut skipped = Vec::new();
    let mut progress = BTreeMap::new();
    for (_, step) in template.steps() {
        let Some(when) = &step.when else { continue };
        let known = eval(when, &Facts(assumed.facts));
        if known.is_ok_and(|it| it != Value::Bool(true)) {
            skipped.push((step.id.clone(), when.source.clone()));
            progress.insert(step.id.clone(), Progress::Skipped);
        }
    }
    let graph = Graph::of(template);
    let made = plan(&Input {
        graph: &graph,
        table: assumed.table,
        slot: assumed.slot,
        start: Some(assumed.start),
        now: assumed.start,
        period: None,
        progress: &progress,
        events: &BTreeMap::new(),
        who: &BTreeMap::new(),
        later_slots: &[],
    });
    let gone = |step: &Step| skipped.iter().any(|(id, _)| *id == step.id);
    let steps: Vec<&Step> = template.steps().map(|(_, it)| it).filter(|it| !gone(it)).collect();
    Simulation {
        lanes: lanes(&steps, &made),
        critical_path: made.critical_path,
        finish: made.finish,
        problems: made.problems,
        skipped,
    }
}

fn lanes(steps: &[&Step], made: &Plan) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for step in steps {
        let Some(planned) = made.steps.get(&step.id) else { continue };
        for role in performers(step) {
            let bar = Bar {
                step: step.id.clone(),
                start: planned.planned_start,
                finish: planned.planned_finish,
                minutes: planned.work_minutes,
                slack: planned.slack,
                critical: planned.critical,
            };
            let at = lanes.iter().position(|it| it.role == role).unwrap_or_else(|| {
                lanes.push(Lane { role, bars: Vec::new(), minutes: 0 });
                lanes.len() - 1
            });
            lanes[at].minutes += bar.minutes;
            lanes[at].bars.push(bar);
        }
    }
    for lane in &mut lanes {
        lane.bars.sort_by_key(|it| (it.start, it.finish));
    }
    lanes
}

/// Everybody who has to act in a step, approvers included, each once.
fn performers(step: &Step) -> Vec<String> {
    let mut roles: Vec<&RoleRef> = step.roles.iter().collect();
    if let StepKind::Approval(spec) = &step.kind {
        roles.extend(spec.approvers.iter().map(|it| &it.role));
    }
    let mut names: Vec<String> = Vec::new();
    for name in roles.into_iter().map(role_name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
