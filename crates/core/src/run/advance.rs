//! Moving a run on: which steps become ready, are skipped or are done by themselves.

use super::context::Context;
use super::decide::StepFact;
use super::members::{has_members, rhythm_ends, same_list, standing, sync};
use super::names::applies;
use super::returns::leads_to;
use super::state::{Run, RunState, StepRun, StepState, WaitKind};
use super::waiting::before_ready;
use crate::process::template::{Each, Joins, Step, StepKind, Template};
use jiff::Timestamp;
use std::iter;

/// True when a step stands in nobody's way any more.
pub fn satisfied(run: &Run, step: &str) -> bool {
    matches!(run.step_state(step), StepState::Done | StepState::Skipped(_) | StepState::NotTaken(_))
}

/// Steps that must be over before this one: earlier phases, `after`, and the decision that names
/// it as an outcome. No end of a phase holds up one that overlaps, so it waits besides for those
/// who hand in what it needs, also when they do it again. The same step may come more than once;
/// whoever asks only whether there is one looks no further than the first.
fn unmet<'t>(
    template: &'t Template,
    run: &'t Run,
    step: &'t Step,
) -> impl Iterator<Item = &'t String> {
    let open = move |it: &&Step| holds_up(run, it) && !satisfied(run, &it.id);
    let earlier = template.phases_before(step).iter().flat_map(|it| &it.steps).filter(open);
    let makers = iter::once_with(|| if step.overlap { makers(template, step) } else { vec![] });
    let declared = step.after.iter().map(|it| it.iter().collect::<Vec<_>>());
    let groups = declared.chain(makers.flatten());
    // Members of one list go through its steps each by itself.
    let along = move |id: &str| {
        template.step(id).is_some_and(|it| same_list(it, step)) && run.step_state(id).is_open()
    };
    let stands =
        move |group: &Vec<&String>| !group.iter().any(|it| satisfied(run, it) || along(it));
    // A decision of each site gates that site's own row, not the step as a whole.
    let gates = move |it: &&Step| {
        leads_to(it, &step.id)
            && !satisfied(run, &it.id)
            && !(same_list(it, step) && run.step_state(&it.id).is_open())
    };
    let decisions = template.steps().map(|(_, it)| it).filter(gates);
    earlier
        .map(|it| &it.id)
        .chain(groups.filter(stands).flatten())
        .chain(decisions.map(|it| &it.id))
}

/// The steps of [`unmet`], each once.
pub(super) fn unmet_steps(template: &Template, run: &Run, step: &Step) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for id in unmet(template, run, step) {
        if !list.contains(id) {
            list.push(id.clone());
        }
    }
    list
}

/// Who hands in each document that a step needs, up to its own phase.
fn makers<'t>(template: &'t Template, step: &'t Step) -> Vec<Vec<&'t String>> {
    let early = || template.phases_to(step).iter().flat_map(|it| &it.steps);
    let of = |document: &String| -> Vec<&'t String> {
        let makers = early().filter(|it| it.id != step.id && it.hands_in(document));
        makers.map(|it| &it.id).collect()
    };
    step.needs.iter().map(of).filter(|it| !it.is_empty()).collect()
}

/// Event-started steps hold up a phase, and closing, only while one is open and blocking.
pub(super) fn holds_up(run: &Run, step: &Step) -> bool {
    step.on.is_none() || (step.blocking && run.step_state(&step.id).is_open())
}

/// Steps that this one is the way after a failure of: it is taken then, and only then.
fn failing<'t>(template: &'t Template, step: &Step) -> Vec<&'t Step> {
    template
        .steps()
        .map(|(_, it)| it)
        .filter(|it| it.failed.as_deref() == Some(&step.id) && it.id != step.id)
        .filter(|it| !super::returns::depends_on(template, it, step))
        .collect()
}

/// A step did not succeed and the run cannot do it again.
fn has_failed(run: &Run, step: &Step) -> bool {
    let failed = run.steps.get(&step.id).is_some_and(|it| it.failed.is_some());
    failed && run.step_state(&step.id) == &StepState::Cancelled
}

/// The step belongs to the way that a failure opened: it is that step, or comes after it.
fn on_the_way_back(template: &Template, run: &Run, step: &Step, depth: usize) -> bool {
    if failing(template, step).iter().any(|it| has_failed(run, it)) {
        return true;
    }
    depth > 0
        && step.after.iter().flatten().any(|id| {
            template.step(id).is_some_and(|it| on_the_way_back(template, run, it, depth - 1))
        })
}

/// How far a way after a failure is followed.
const WAY_BACK_STEPS: usize = 8;

/// Brings the run to rest: repeats until nothing changes. Returns what happened to steps.
pub fn evaluate(template: &Template, run: &mut Run, ctx: &Context) -> Vec<StepFact> {
    let mut facts = Vec::new();
    if run.is_ended() || matches!(run.state, RunState::Draft) {
        return facts;
    }
    for (_, step) in template.steps() {
        run.steps.entry(step.id.clone()).or_insert_with(|| StepRun::foreseen(ctx.now));
    }
    // Only where the process knows ways after failures is there anything to look for.
    let ways = template.steps().any(|(_, it)| it.failed.is_some());
    // Every pass moves at least one step or its members forward, so their number bounds the passes.
    for _ in 0..=2 * template.steps().count() {
        let mut moved = false;
        for (_, step) in template.steps() {
            if let Some(next) = next_state(template, run, step, ctx, ways) {
                facts.push(set_state(run, step, next, ctx.now));
                moved = true;
            }
            moved |= sync(template, run, step, ctx);
        }
        if !moved {
            break;
        }
    }
    facts
}

fn next_state(
    template: &Template,
    run: &Run,
    step: &Step,
    ctx: &Context,
    ways: bool,
) -> Option<StepState> {
    let state = run.step_state(&step.id);
    let back = ways && !state.is_terminal() && on_the_way_back(template, run, step, WAY_BACK_STEPS);
    let ending = matches!(run.state, RunState::Ending(_)) && !back;
    match state {
        StepState::Foreseen if step.on.is_some() => None,
        StepState::Foreseen if ending => {
            if step.always {
                Some(StepState::Ready)
            } else {
                Some(StepState::Cancelled)
            }
        }
        StepState::Foreseen if back => {
            let waits = step.after.iter().any(|any_of| !any_of.iter().any(|it| satisfied(run, it)));
            let first = failing(template, step).iter().any(|it| has_failed(run, it));
            (first || !waits).then(|| first_state(step))
        }
        StepState::Foreseen if ways && !failing(template, step).is_empty() => {
            let over = failing(template, step).iter().all(|it| satisfied(run, &it.id));
            over.then(|| StepState::NotTaken(super::returns::NOTHING_FAILED.to_owned()))
        }
        StepState::Foreseen => {
            if run.hold.is_some() {
                return None;
            }
            // Order first: whether a step applies is judged when its turn comes.
            if unmet(template, run, step).next().is_some() {
                return None;
            }
            if !applies(template, run, ctx, step.when.as_ref()) {
                let reason = step.when.as_ref().map(|it| it.source.clone()).unwrap_or_default();
                return Some(StepState::Skipped(reason));
            }
            if empty_fan_out(run, step, ctx) {
                return Some(StepState::Skipped("no member".to_owned()));
            }
            before_ready(template, run, step, ctx).is_empty().then(|| first_state(step))
        }
        StepState::Ready | StepState::Active if ending && !step.always && step.on.is_none() => {
            Some(StepState::Cancelled)
        }
        StepState::Active if finishes_by_itself(template, run, step, ctx) => Some(StepState::Done),
        _ => None,
    }
}

/// Kinds that wait for somebody's answer are active at once; work is ready until begun.
pub(super) fn first_state(step: &Step) -> StepState {
    let by_sites = step.each == Some(Each::Site) && matches!(step.kind, StepKind::Decision(_));
    if has_members(step) || by_sites || step.kind.begins_by_itself() {
        StepState::Active
    } else {
        StepState::Ready
    }
}

fn empty_fan_out(run: &Run, step: &Step, ctx: &Context) -> bool {
    if step.repeat.is_none() && standing(run, step, ctx).is_some_and(|it| it.need == 0) {
        return true;
    }
    match &step.kind {
        StepKind::Contact { .. } => ctx.sites.contacts == 0,
        StepKind::Rollout(_) => ctx.sites.total == 0,
        _ => step.each == Some(Each::Site) && ctx.sites.total == 0,
    }
}

/// Steps over sites are done when their members are, a trial run when its time is over; nobody has
/// to press a button for that.
fn finishes_by_itself(template: &Template, run: &Run, step: &Step, ctx: &Context) -> bool {
    let over_sites = step.each == Some(Each::Site);
    let timed = super::checks::watch_end(run, step).is_some();
    if let Some(standing) = standing(run, step, ctx) {
        let over = standing.have >= standing.need
            && (step.joins != Joins::AllOrReason || standing.open.is_empty())
            && (step.repeat.is_none() || rhythm_ends(template, run, step));
        return over && super::checks::missing_for_done(template, run, step, ctx).is_empty();
    }
    (over_sites || timed || step.kind.ends_by_itself())
        && super::checks::missing_for_done(template, run, step, ctx).is_empty()
}

/// Sets a state and says how long the former one lasted, and what that time counts as.
pub(super) fn set_state(run: &mut Run, step: &Step, to: StepState, now: Timestamp) -> StepFact {
    let state = run.steps.entry(step.id.clone()).or_insert_with(|| StepRun::foreseen(now));
    let fact = StepFact {
        step: step.id.clone(),
        role: step.roles.first().map(super::context::role_name).unwrap_or_default(),
        round: state.round,
        from: state.state.name(),
        to: to.name(),
        kind: kind_of(step, &state.state),
        seconds: (now.as_second() - state.since.as_second()).max(0),
        at: now,
    };
    if to.is_open() && state.ready_at.is_none() {
        state.ready_at = Some(now);
    }
    if to == StepState::Done {
        state.done_at = Some(now);
    }
    state.state = to;
    state.since = now;
    fact
}

pub(crate) fn kind_of(step: &Step, from: &StepState) -> WaitKind {
    match (from, &step.kind) {
        (StepState::Foreseen, StepKind::Operate(_)) => WaitKind::Window,
        (_, kind) if kind.of_sites() => WaitKind::Site,
        (_, StepKind::Decision(_)) if step.each == Some(Each::Site) => WaitKind::Site,
        (StepState::Ready, _) => WaitKind::Person,
        (StepState::Active, kind) if kind.asks_only() => WaitKind::Person,
        (StepState::Active | StepState::Returned, _) => WaitKind::Work,
        _ => WaitKind::Person,
    }
}
