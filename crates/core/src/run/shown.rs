//! What sites are asked to confirm: an answer names the bytes that were shown, and a yes counts as
//! long as they stay (S3-69).

use super::context::Context;
use super::refusal::Refusal;
use super::state::{Run, StepState};
use super::waiting::WaitingOn;
use crate::process::template::{Each, Step, StepKind, Template};

/// Documents that a step asks sites about: those it needs, and those that the steps right before
/// it hand in. Empty for every other step.
pub fn asks_about<'a>(template: &'a Template, step: &'a Step) -> Vec<&'a str> {
    if !asks_sites(step) {
        return Vec::new();
    }
    let before = step.after.iter().flatten().filter_map(|it| template.step(it));
    let made = before.flat_map(|it| &it.produces).map(|it| it.document.as_str());
    let mut list: Vec<&str> = step.needs.iter().map(String::as_str).chain(made).collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// The step whose documents sites answer about: the one that is open, else the one that they
/// answered and may answer anew, else the one to come.
pub fn asked_now<'a>(template: &'a Template, run: &Run) -> Option<&'a Step> {
    let there = |step: &&Step| {
        asks_about(template, step).into_iter().any(|it| run.documents.contains_key(it))
    };
    let steps = || template.steps().map(|it| it.1).filter(there);
    let open = steps().find(|it| run.step_state(&it.id).is_open());
    let stands = |state| steps().find(|it| run.step_state(&it.id) == state);
    open.or_else(|| stands(&StepState::Done)).or_else(|| stands(&StepState::Foreseen))
}

/// An answer is about what was shown: it says so, and that is what stands now.
pub fn answers_what_stands(current: Option<&str>, shown: Option<&str>) -> Result<(), Refusal> {
    match (current, shown) {
        (Some(current), None) => Err(Refusal::ContentNotNamed { current: current.to_owned() }),
        (Some(current), Some(shown)) if current != shown => {
            Err(Refusal::ContentChanged { current: current.to_owned() })
        }
        _ => Ok(()),
    }
}

/// How many sites said yes to other bytes than those that the step asks about now.
pub(super) fn outdated(step: &Step, ctx: &Context) -> u32 {
    let Some(current) = ctx.digests.get(&step.id).filter(|_| asks_sites(step)) else { return 0 };
    ctx.yes_to.iter().filter(|(digest, _)| *digest != current).map(|it| it.1).sum()
}

/// Why sites that said yes are asked again.
pub(super) fn changed(
    run: &Run,
    template: &Template,
    step: &Step,
    ctx: &Context,
) -> Option<WaitingOn> {
    let sites = outdated(step, ctx);
    let documents = asks_about(template, step).into_iter();
    let newest = documents
        .filter_map(|it| Some((it, run.documents.get(it)?)))
        .max_by_key(|(_, document)| document.at)?;
    let (document, revision) = (newest.0.to_owned(), newest.1.label());
    (sites > 0).then_some(WaitingOn::Changed { document, revision, sites })
}

/// Steps that were done and lost yes's since, because a document changed after it. What was passed
/// over with a reason stays passed over until then.
pub(super) fn lost_yes(template: &Template, run: &Run, ctx: &Context) -> Vec<String> {
    let lost = |step: &&Step| {
        let done = run.steps.get(&step.id).filter(|it| it.state == StepState::Done);
        let done_at = done.and_then(|it| it.done_at);
        let since = asks_about(template, step)
            .into_iter()
            .filter_map(|it| run.documents.get(it))
            .any(|document| done_at.is_some_and(|at| document.at >= at));
        since && outdated(step, ctx) > 0 && super::waiting::open_members(step, ctx).is_some()
    };
    template.steps().map(|it| it.1).filter(lost).map(|it| it.id.clone()).collect()
}

fn asks_sites(step: &Step) -> bool {
    step.each == Some(Each::Site) && matches!(step.kind, StepKind::Decision(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: S3-69/U
    #[test]
    fn an_answer_names_what_stands_now() {
        let code = |it: Result<(), Refusal>| it.map_or_else(|no| no.code(), |()| "ok");
        for (current, shown, expected) in [
            (None, None, "ok"),
            (None, Some("a"), "ok"),
            (Some("a"), Some("a"), "ok"),
            (Some("a"), None, "content_not_named"),
            (Some("b"), Some("a"), "content_changed"),
            (Some("b"), Some(""), "content_changed"),
        ] {
            let found = code(answers_what_stands(current, shown));
            assert_eq!(found, expected, "{current:?} {shown:?}");
        }
    }
}
