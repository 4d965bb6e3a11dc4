//! Dates that cannot be kept together: the smallest set of them, and the ways out.

use super::graph::{Graph, Length};
use super::pass::{Bound, Driver, Walk, chain, stamp, walk as walk_again, work_minutes};
use super::{Input, PlanProblem, Progress};
use crate::window::Slot;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Conflicts that one plan lists; more would hide the first.
const CONFLICTS_MAX: usize = 8;
/// Later slots that are tried.
const SLOTS_TRIED_MAX: usize = 24;

/// One member of a set of dates that cannot be kept together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Constraint {
    /// Nothing can begin before the present.
    Now {
        /// The present.
        at: Timestamp,
    },
    /// Nothing can begin before the run.
    RunStart {
        /// Its begin.
        at: Timestamp,
    },
    /// The step ended, or will end, then: it is under way or over.
    Actual {
        /// The step.
        step: String,
        /// Its end.
        at: Timestamp,
    },
    /// The step must not begin before.
    NotBefore {
        /// The step.
        step: String,
        /// Its time form.
        form: String,
        /// The instant.
        at: Timestamp,
    },
    /// The step takes so long.
    Takes {
        /// The step.
        step: String,
        /// Length as written.
        length: String,
    },
    /// The step must be done by then.
    NotAfter {
        /// The step.
        step: String,
        /// Its time form.
        form: String,
        /// The instant.
        at: Timestamp,
    },
    /// The go-live is appointed.
    Appointed {
        /// The step.
        step: String,
        /// The slot.
        slot: Slot,
    },
}

/// A step that could be made shorter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shorter {
    /// The step.
    pub step: String,
    /// By so many minutes of its length.
    pub by: i64,
}

/// A way out of a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WayOut {
    /// The go-live moves to the earliest slot with which every date can be kept.
    MoveGoLive {
        /// That slot.
        to: Slot,
        /// So many minutes later than now planned.
        by: i64,
        /// True when it is one of the free slots that were given.
        free: bool,
    },
    /// Steps become shorter.
    Shorten {
        /// Which, the longest first.
        steps: Vec<Shorter>,
    },
    /// A role drops the lead time, with a reason.
    DropLeadTime {
        /// The step.
        step: String,
        /// Its time form.
        form: String,
        /// The role that may.
        by_role: Option<String>,
    },
}

/// A set of dates that cannot be kept together. Without any one of them the others could.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// The step that misses its date.
    pub step: String,
    /// By so many minutes.
    pub by: i64,
    /// The set, in the order of time.
    pub constraints: Vec<Constraint>,
    /// What could be done.
    pub ways_out: Vec<WayOut>,
}

pub(super) fn problems(input: &Input<'_>, walk: &Walk) -> Vec<PlanProblem> {
    let graph = input.graph;
    let mut problems = Vec::new();
    if !graph.cyclic.is_empty() {
        problems.push(PlanProblem::Cycle { steps: graph.cyclic.clone() });
    }
    let waits = graph.go_live.is_some_and(|i| walk.dates[i].progress == Progress::NotStarted);
    if waits && walk.slot.is_none() {
        problems.push(PlanProblem::NoSlot);
    }
    let mut later = None;
    for (i, late) in missed(graph, walk) {
        let it = &walk.dates[i];
        if let (Progress::Done { .. }, Some(due)) = (it.progress, it.own_due) {
            let by = minutes(it.finish - due);
            problems.push(PlanProblem::DoneLate { step: graph.nodes[i].id.clone(), by });
            continue;
        }
        if problems.len() >= CONFLICTS_MAX {
            break;
        }
        let moved = *later.get_or_insert_with(|| earliest_slot(input, walk));
        problems.push(PlanProblem::Conflict(conflict(input, walk, i, late, moved)));
    }
    problems
}

const fn minutes(seconds: i64) -> i64 {
    (seconds + 59).div_euclid(60)
}

/// Steps that miss a date of their own, and by how many seconds. Steps that are late only for
/// the sake of a later one are told by that one.
fn missed<'a>(graph: &'a Graph, walk: &'a Walk) -> impl Iterator<Item = (usize, i64)> + 'a {
    walk.dates.iter().enumerate().filter_map(move |(i, it)| {
        if !it.planned || it.progress == Progress::Skipped {
            return None;
        }
        let mut limit = it.own_due.unwrap_or(i64::MAX);
        if graph.go_live == Some(i)
            && it.progress == Progress::NotStarted
            && let Some(slot) = walk.slot
        {
            // What counts is the begin: the slot's own length is not the plan's matter.
            let over = it.earliest_start - slot.start.as_second();
            limit = limit.min(it.earliest_finish - over);
        }
        (it.earliest_finish > limit).then(|| (i, it.earliest_finish - limit))
    })
}

fn conflict(
    input: &Input<'_>,
    walk: &Walk,
    step: usize,
    late: i64,
    moved: Option<(Slot, bool)>,
) -> Conflict {
    let graph = input.graph;
    let chain = chain(walk, step);
    let id = |i: usize| graph.nodes[i].id.clone();
    let first = chain[0];
    let origin = &walk.dates[first];
    let form = |i: usize, opens: bool| {
        let node = &graph.nodes[i];
        let form = if opens { &node.opens } else { &node.due };
        form.as_ref().map(|it| it.text.clone()).unwrap_or_default()
    };
    let mut constraints = vec![match origin.driver {
        Driver::Start => Constraint::RunStart { at: input.start.unwrap_or(input.now) },
        Driver::Opens | Driver::NotBefore => Constraint::NotBefore {
            step: id(first),
            form: form(first, origin.driver == Driver::Opens),
            at: stamp(origin.earliest_start),
        },
        Driver::Actual => Constraint::Actual { step: id(first), at: stamp(origin.finish) },
        Driver::Now | Driver::Step(_) => Constraint::Now { at: input.now },
    }];
    let takes = |i: &usize| match graph.nodes[*i].length {
        Length::None => None,
        Length::Work(span) | Length::Elapsed(span) => {
            Some(Constraint::Takes { step: id(*i), length: span.to_string() })
        }
    };
    // The length of what is over, and of a go-live that only begins too late, plays no part.
    let appointed = graph.go_live == Some(step) && due_is_kept(walk, step);
    let lasting: Vec<usize> = chain
        .iter()
        .copied()
        .filter(|i| walk.dates[*i].progress == Progress::NotStarted && !(appointed && *i == step))
        .collect();
    constraints.extend(lasting.iter().filter_map(takes));
    constraints.push(match (appointed, walk.slot) {
        (true, Some(slot)) => Constraint::Appointed { step: id(step), slot },
        _ => Constraint::NotAfter {
            step: id(step),
            form: form(step, false),
            at: stamp(walk.dates[step].own_due.unwrap_or_default()),
        },
    });
    let mut ways_out = Vec::new();
    let follows = graph.nodes[step].due.as_ref().is_some_and(|it| it.follows_slot);
    if (appointed || follows)
        && let (Some((to, free)), Some(slot)) = (moved, walk.slot)
    {
        let by = minutes(to.start.as_second() - slot.start.as_second());
        ways_out.push(WayOut::MoveGoLive { to, by, free });
    }
    ways_out.extend(shorten(input, walk, step, late, &lasting));
    ways_out.extend(drop_lead(graph, walk, step, first, appointed));
    Conflict { step: id(step), by: minutes(late), constraints, ways_out }
}

fn due_is_kept(walk: &Walk, step: usize) -> bool {
    let it = &walk.dates[step];
    it.own_due.is_none_or(|due| it.earliest_finish <= due)
}

/// The earliest slot with which no date that counts from it is missed: one of the free slots, or,
/// when none was given, the exact instant.
fn earliest_slot(input: &Input<'_>, walk: &Walk) -> Option<(Slot, bool)> {
    let slot = walk.slot?;
    let graph = input.graph;
    let keeps = |candidate: Slot| {
        let again = walk_again(input, Some(candidate));
        let follows = |i: usize| {
            graph.go_live == Some(i)
                || graph.nodes[i].due.as_ref().is_some_and(|it| it.follows_slot)
        };
        let worst = missed(graph, &again).filter(|(i, _)| follows(*i)).map(|(_, late)| late).max();
        worst.unwrap_or(0)
    };
    let free = input.later_slots.iter().filter(|it| it.start > slot.start).take(SLOTS_TRIED_MAX);
    if let Some(found) = free.copied().find(|it| keeps(*it) == 0) {
        return Some((found, true));
    }
    // Every round moves by what is still missing; working days may need a few of them.
    let mut to = slot;
    for _ in 0..8 {
        let late = keeps(to);
        if late == 0 {
            return Some((to, false));
        }
        let by = SignedDuration::from_secs(minutes(late) * 60);
        to = Slot { start: to.start.checked_add(by).ok()?, end: to.end.checked_add(by).ok()? };
    }
    None
}

/// Takes the missing time from the longest steps of the chain.
fn shorten(
    input: &Input<'_>,
    walk: &Walk,
    step: usize,
    late: i64,
    lasting: &[usize],
) -> Option<WayOut> {
    let graph = input.graph;
    let finish = walk.dates[step].earliest_finish;
    // Nights count for a step that runs by the clock, not for one that is worked on.
    let worked = minutes(input.table.work_between(finish - late, finish)).max(1);
    let clock = minutes(late);
    let mut steps: Vec<(i64, bool, usize)> = lasting
        .iter()
        .filter_map(|i| match graph.nodes[*i].length {
            Length::None => None,
            Length::Work(span) => Some((work_minutes(input, span), true, *i)),
            Length::Elapsed(span) => Some((span.nominal_minutes(), false, *i)),
        })
        .collect();
    steps.sort_by_key(|(length, ..)| std::cmp::Reverse(*length));
    let mut missing = 1.0_f64;
    let mut list = Vec::new();
    for (length, by_work, i) in steps {
        let whole = if by_work { worked } else { clock };
        let by = ((missing * whole as f64).ceil() as i64).min(length);
        missing -= by as f64 / whole as f64;
        list.push(Shorter { step: graph.nodes[i].id.clone(), by });
        if missing <= 0.0 {
            return Some(WayOut::Shorten { steps: list });
        }
    }
    None
}

/// The lead time at the end of the chain, or, before an appointed go-live, the one at its begin.
fn drop_lead(
    graph: &Graph,
    walk: &Walk,
    step: usize,
    first: usize,
    appointed: bool,
) -> Option<WayOut> {
    let (at, form) = if appointed {
        let node = &graph.nodes[first];
        let form = match walk.dates[first].driver {
            Driver::Opens => node.opens.as_ref(),
            Driver::NotBefore => node.due.as_ref(),
            _ => None,
        };
        (first, form?)
    } else {
        debug_assert!(walk.dates[step].bound != Bound::Open);
        (step, graph.nodes[step].due.as_ref()?)
    };
    let node = &graph.nodes[at];
    Some(WayOut::DropLeadTime {
        step: node.id.clone(),
        form: form.text.clone(),
        by_role: node.override_by.clone(),
    })
}
