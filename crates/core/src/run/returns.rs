//! Sending work back: the target and everything that depends on it open again.

use super::advance::set_state;
use super::context::Context;
use super::decide::StepFact;
use super::state::{Run, StepState};
use crate::process::template::{Action, Each, Step, StepKind, Template};
use std::collections::BTreeSet;

/// Why the way after a failure was not taken; it may be needed when the work is done again.
pub(super) const NOTHING_FAILED: &str = "nothing failed";

/// Re-opens `target` and what depends on it. Signatures stay while their bytes stay; the steps
/// that lost one are in the answer. Rework is counted by the round, it is not a failure.
pub(super) fn send_back(
    template: &Template,
    run: &mut Run,
    target: &Step,
    ctx: &Context,
) -> Vec<StepFact> {
    let mut facts = Vec::new();
    let affected = reopened(template, &target.id);
    for (_, step) in template.steps() {
        if !affected.contains(step.id.as_str()) {
            continue;
        }
        let state = run.step_state(&step.id).clone();
        let is_target = step.id == target.id;
        // A notice that went out stays out; a changed date sends a correction instead.
        if matches!(step.kind, StepKind::Notice(_)) && state == StepState::Done && !is_target {
            continue;
        }
        if state == StepState::Foreseen || (state == StepState::Cancelled && !is_target) {
            continue;
        }
        // Whoever decided against it is asked again only if that decision opens again too.
        let stands = matches!(&state, StepState::NotTaken(why) if why != NOTHING_FAILED)
            && !deciders(template, &step.id).any(|it| affected.contains(it));
        if stands && !is_target {
            continue;
        }
        let to = if is_target { StepState::Returned } else { StepState::Foreseen };
        facts.push(set_state(run, step, to, ctx.now));
        let Some(state) = run.steps.get_mut(&step.id) else { continue };
        state.round += 1;
        state.confirmed.clear();
        state.done_at = None;
        state.outcome = None;
        state.ready_at = is_target.then_some(ctx.now);
        state.escalated_at = None;
        state.failed = None;
        state.not_before = None;
        if step.on.is_none() {
            state.members.clear();
        }
    }
    facts
}

/// Decisions that may leave a step out.
fn deciders<'a>(template: &'a Template, step: &'a str) -> impl Iterator<Item = &'a str> {
    template.steps().map(|(_, it)| it).filter(|it| names(it, step)).map(|it| it.id.as_str())
}

/// True when an outcome of the step names the other one.
fn names(decision: &Step, step: &str) -> bool {
    let StepKind::Decision(spec) = &decision.kind else { return false };
    spec.outcomes.iter().any(|it| {
        matches!(&it.action, Action::Go(steps) | Action::Skip(steps)
            if steps.iter().any(|it| it == step))
    })
}

/// True when the step waits for the decision, because an outcome goes on with it.
pub(super) fn leads_to(decision: &Step, step: &str) -> bool {
    let StepKind::Decision(spec) = &decision.kind else { return false };
    decision.each != Some(Each::Site)
        && spec
            .outcomes
            .iter()
            .any(|it| matches!(&it.action, Action::Go(steps) if steps.iter().any(|it| it == step)))
}

/// True when `step` is `target` or can only come after it. What begins by an event may begin at any
/// time; it comes after what stands before it.
pub(super) fn depends_on(template: &Template, step: &Step, target: &Step) -> bool {
    let stands = |id: &str| template.steps().position(|(_, it)| it.id == id);
    reopened(template, &target.id).contains(step.id.as_str())
        || (step.on.is_some() && stands(&target.id) < stands(&step.id))
}

/// The steps that open again when a run returns to a step: itself and everything that can only
/// come after it.
pub(crate) fn reopened<'a>(template: &'a Template, target: &'a str) -> BTreeSet<&'a str> {
    let mut set = BTreeSet::from([target]);
    // A phase that was hit before the one before, and the one before itself.
    let (mut hit, mut hit_last) = (false, false);
    for phase in &template.phases {
        // Inside a phase order may run against the order of the file, so repeat to a fixpoint.
        loop {
            let before = set.len();
            for step in &phase.steps {
                let after = step.after.iter().flatten().any(|it| set.contains(it.as_str()));
                let needs = step.needs.iter().any(|document| {
                    template.steps().any(|(_, giver)| {
                        set.contains(giver.id.as_str()) && giver.hands_in(document)
                    })
                });
                let decided = template
                    .steps()
                    .any(|(_, it)| set.contains(it.id.as_str()) && leads_to(it, &step.id));
                let phase_hit = hit || (hit_last && !step.overlap);
                if phase_hit || after || needs || decided {
                    set.insert(&step.id);
                }
            }
            if set.len() == before {
                break;
            }
        }
        hit |= hit_last;
        hit_last = phase.steps.iter().any(|it| set.contains(it.id.as_str()));
    }
    set
}

/// Voids votes and signatures whose bytes are no longer the current ones. Returns the steps that
/// lost an approval, or the yes of a site, and must be done again.
pub(super) fn void_stale(template: &Template, run: &mut Run, ctx: &Context) -> Vec<String> {
    let mut lost = Vec::new();
    // What was approved has gone live: papers that come later (a debt that is paid, a report) do
    // not undo that approval, they carry signatures of their own.
    let gone_live = template.go_live.as_deref().is_some_and(|id| {
        !matches!(run.step_state(id), StepState::Foreseen | StepState::Ready | StepState::Cancelled)
    });
    for (id, state) in &mut run.steps {
        if gone_live {
            break;
        }
        let Some(current) = ctx.digests.get(id) else { continue };
        for vote in &mut state.votes {
            if vote.voided_at.is_none() && vote.digest != *current {
                vote.voided_at = Some(ctx.now);
                if !lost.contains(id) {
                    lost.push(id.clone());
                }
            }
        }
    }
    if !gone_live {
        lost.extend(super::shown::lost_yes(template, run, ctx));
    }
    for document in run.documents.values_mut() {
        for signature in &mut document.signatures {
            if signature.voided_at.is_none() && signature.digest != document.digest {
                signature.voided_at = Some(ctx.now);
            }
        }
    }
    lost.retain(|id| template.step(id).is_some() && run.step_state(id) == &StepState::Done);
    lost
}
