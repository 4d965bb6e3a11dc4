//! "Who holds it?": from the go-live or the close down to one person (S4i-05).

use super::context::Context;
use super::state::Run;
use super::waiting::{WaitingOn, waiting_for_step};
use crate::process::template::Template;

/// A link of the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct HolderLink {
    /// Step.
    pub step: String,
    /// What it waits for, most direct first.
    pub waiting: Vec<WaitingOn>,
}

/// Walks from a step (the go-live step, or the last one) through what it waits for, down to the
/// step that somebody can act on now.
pub fn who_holds(
    template: &Template,
    run: &Run,
    ctx: &Context,
    from: Option<&str>,
) -> Vec<HolderLink> {
    let open = |id: &str| !run.step_state(id).is_terminal();
    let first = from
        .map(str::to_owned)
        .or_else(|| template.go_live.clone().filter(|id| open(id)))
        .or_else(|| template.steps().map(|(_, it)| it.id.clone()).filter(|id| open(id)).last());
    let mut chain: Vec<HolderLink> = Vec::new();
    let mut next = first;
    while let Some(id) = next.take() {
        if chain.iter().any(|it| it.step == id) {
            break;
        }
        let Some(step) = template.step(&id) else { break };
        let waiting = waiting_for_step(template, run, step, ctx);
        // The step due first holds up the others.
        next = waiting
            .iter()
            .filter_map(|it| match it {
                WaitingOn::Step { step } => Some(step.clone()),
                _ => None,
            })
            .min_by_key(|it| {
                (
                    run.step_state(it) == &super::state::StepState::Foreseen,
                    ctx.due_at.get(it).copied(),
                )
            });
        chain.push(HolderLink { step: id, waiting });
    }
    chain
}
