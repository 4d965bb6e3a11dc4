//! Two revisions of a process over the same release: what would have been different.

use super::diff::{Difference, diff};
use super::simulate::{Assumed, Simulation, simulate};
use super::template::{StepKind, Template};
use jiff::Timestamp;
use serde::Serialize;

/// A step in both revisions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// Step.
    pub step: String,
    /// Begin and finish in the first; `None` when it is not done there.
    pub before: Option<(Timestamp, Timestamp)>,
    /// Begin and finish in the second.
    pub after: Option<(Timestamp, Timestamp)>,
    /// Minutes by which it ends later in the second; negative is earlier.
    pub by: Option<i64>,
}

/// The work of a role in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RolePair {
    /// Role.
    pub role: String,
    /// Minutes in the first.
    pub before: i64,
    /// Minutes in the second.
    pub after: i64,
    /// Steps in the first.
    pub steps_before: usize,
    /// Steps in the second.
    pub steps_after: usize,
}

/// What would have been different.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The first revision.
    pub before: Simulation,
    /// The second.
    pub after: Simulation,
    /// Steps whose dates or presence differ, in the order of the second.
    pub steps: Vec<Pair>,
    /// Roles whose work differs.
    pub roles: Vec<RolePair>,
    /// Approvals and decisions only in the second.
    pub gates_more: Vec<String>,
    /// Approvals and decisions only in the first.
    pub gates_less: Vec<String>,
    /// Minutes by which everything lasts longer in the second; negative is shorter.
    pub longer: i64,
    /// What was changed in the file.
    pub changes: Vec<Difference>,
}

/// Simulates both under the same assumptions.
pub fn compare(
    (before, assumed_before): (&Template, &Assumed<'_>),
    (after, assumed_after): (&Template, &Assumed<'_>),
) -> Compared {
    let changes = diff(before, after);
    let old = simulate(before, assumed_before);
    let new = simulate(after, assumed_after);
    Compared {
        steps: pairs(&old, &new),
        roles: roles(&old, &new),
        gates_more: gates(after, &new, &old),
        gates_less: gates(before, &old, &new),
        longer: new.lead_minutes() - old.lead_minutes(),
        before: old,
        after: new,
        changes,
    }
}

fn pairs(old: &Simulation, new: &Simulation) -> Vec<Pair> {
    let dates = |it: &Simulation, step: &str| it.bar(step).map(|it| (it.start, it.finish));
    let gone = old.steps.iter().filter(|it| new.bar(&it.step).is_none());
    let mut all: Vec<&str> = new.steps.iter().chain(gone).map(|it| it.step.as_str()).collect();
    all.dedup();
    all.into_iter()
        .map(|step| {
            let (before, after) = (dates(old, step), dates(new, step));
            let by = before.zip(after).map(|(a, b)| b.1.duration_since(a.1).as_mins());
            Pair { step: step.to_owned(), before, after, by }
        })
        .filter(|it| it.before != it.after)
        .collect()
}

fn roles(old: &Simulation, new: &Simulation) -> Vec<RolePair> {
    let mut names: Vec<&str> = Vec::new();
    for lane in old.lanes.iter().chain(&new.lanes) {
        if !names.contains(&lane.role.as_str()) {
            names.push(&lane.role);
        }
    }
    let own = |it: &Simulation, role: &str| {
        let lane = it.lanes.iter().find(|it| it.role == role);
        lane.map_or((0, 0), |it| (it.minutes, it.bars.len()))
    };
    names
        .into_iter()
        .map(|role| {
            let ((before, steps_before), (after, steps_after)) = (own(old, role), own(new, role));
            RolePair { role: role.to_owned(), before, after, steps_before, steps_after }
        })
        .filter(|it| (it.before, it.steps_before) != (it.after, it.steps_after))
        .collect()
}

/// Gates that are passed in one and not in the other.
fn gates(template: &Template, here: &Simulation, there: &Simulation) -> Vec<String> {
    template
        .steps()
        .filter(|(_, it)| matches!(it.kind, StepKind::Approval(_) | StepKind::Decision(_)))
        .filter(|(_, it)| here.bar(&it.id).is_some() && there.bar(&it.id).is_none())
        .map(|(_, it)| it.id.clone())
        .collect()
}
