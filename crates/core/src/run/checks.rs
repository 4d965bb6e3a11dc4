//! Check items and deliverables of a step.

use super::command::Answer;
use super::context::Context;
use super::names::applies;
use super::refusal::Refusal;
use super::state::{AnswerGiven, Run};
use super::waiting::WaitingOn;
use crate::process::expr::Value;
use crate::process::template::{Check, CheckKind, Field, Produces, Step, StepKind, Template};
use jiff::{SignedDuration, Timestamp};

/// Check items of a step: those of the process and those added in this run.
pub fn checks_of<'a>(run: &'a Run, step: &'a Step) -> impl Iterator<Item = &'a Check> {
    step.checks.iter().chain(run.steps.get(&step.id).into_iter().flat_map(|it| &it.extra))
}

/// Everything that must be there before a step can be done: checks, deliverables, fields, members.
pub fn missing_for_done(
    template: &Template,
    run: &Run,
    step: &Step,
    ctx: &Context,
) -> Vec<WaitingOn> {
    let mut list = open_checks(template, run, step, ctx);
    list.extend(missing_documents(template, run, step, ctx));
    list.extend(open_fields(template, run, step));
    list.extend(super::waiting::own_reasons(template, run, step, ctx));
    list.extend(super::waiting::open_members(step, ctx));
    list.extend(super::waiting::unjoined(run, step, ctx));
    list.extend(super::waiting::stands(step, &ctx.sites));
    list.extend(still_watched(run, step, ctx));
    if matches!(step.kind, StepKind::Call { .. })
        && !super::members::has_members(step)
        && !super::calls::all_answered(step, ctx)
    {
        list.extend(super::calls::unanswered(run, step, ctx));
    }
    if let Some(gate) = &step.gate
        && !applies(template, run, ctx, Some(gate))
    {
        list.push(WaitingOn::Gate { condition: gate.source.clone() });
    }
    if matches!(step.kind, StepKind::Operate(_)) && !super::operate::finished(run, step) {
        list.push(WaitingOn::Check { check: "run_sheet".to_owned(), failed: false });
    }
    list
}

/// When an open trial run is over: so long after it began (S2-34).
pub fn watch_end(run: &Run, step: &Step) -> Option<Timestamp> {
    let StepKind::Watch { lasts: Some(lasts) } = &step.kind else { return None };
    let state = run.steps.get(&step.id).filter(|it| it.state.is_open())?;
    Some(state.ready_at? + SignedDuration::from_mins(lasts.nominal_minutes()))
}

/// A trial run ends when its time is over, not when somebody has seen enough.
pub(super) fn still_watched(run: &Run, step: &Step, ctx: &Context) -> Option<WaitingOn> {
    watch_end(run, step).filter(|at| *at > ctx.now).map(|at| WaitingOn::NotBefore { at })
}

/// Check items that are open or do not pass.
pub fn open_checks(template: &Template, run: &Run, step: &Step, ctx: &Context) -> Vec<WaitingOn> {
    // Each member answers for itself.
    if super::members::has_members(step) {
        return Vec::new();
    }
    checks_of(run, step)
        .filter(|check| applies(template, run, ctx, check.when.as_ref()))
        .filter(|check| !waived(template, run, &format!("{}.{}", step.id, check.id)))
        .filter_map(|check| open_check(template, run, step, check, ctx))
        .collect()
}

fn open_check(
    template: &Template,
    run: &Run,
    step: &Step,
    check: &Check,
    ctx: &Context,
) -> Option<WaitingOn> {
    let given = run.steps.get(&step.id).and_then(|it| it.answers.get(&check.id));
    let open = |failed| Some(WaitingOn::Check { check: check.id.clone(), failed });
    // What the product can see by itself is never taken from an answer.
    match &check.kind {
        CheckKind::Evidence { document, signed_by } => {
            let Some(found) = run.documents.get(document) else {
                return Some(WaitingOn::Deliverable {
                    document: document.clone(),
                    role: None,
                    sections: vec![],
                });
            };
            return signed_by.iter().find(|role| !found.signed_by(role)).map(|role| {
                WaitingOn::Signature { document: document.clone(), role: role.clone() }
            });
        }
        CheckKind::RelatedReleases => {
            return ctx
                .related_open
                .first()
                .map(|number| WaitingOn::Release { number: number.clone() });
        }
        CheckKind::Fact { holds } => {
            let seen = super::names::holds(template, run, ctx, holds).unwrap_or(false);
            return if seen { None } else { open(true) };
        }
        _ => {}
    }
    let Some(given) = given else { return open(false) };
    if item_passes(run, check, given) { None } else { open(true) }
}

/// True when an answer passes.
pub(super) fn item_passes(run: &Run, check: &Check, given: &AnswerGiven) -> bool {
    match (&check.kind, &given.answer) {
        (_, Answer::NotApplicable) => !given.remark.trim().is_empty(),
        (CheckKind::YesNo, Answer::YesNo(yes)) => check.pass.is_none_or(|pass| pass == *yes),
        (CheckKind::Value { required, compare }, Answer::Found(found)) => {
            required_value(run, required)
                .is_some_and(|required| value_passes(&required, compare, found))
        }
        (CheckKind::Meeting, Answer::Meeting { date, minutes }) => {
            !date.is_empty() && !minutes.trim().is_empty()
        }
        (CheckKind::Count { at_least }, Answer::Count(count)) => count >= at_least,
        _ => false,
    }
}

/// An answer must be of the kind that the item asks for.
pub(super) fn fits(item: &Check, answer: &Answer, remark: &str) -> Result<(), Refusal> {
    let fits = matches!(
        (&item.kind, answer),
        (_, Answer::NotApplicable)
            | (
                CheckKind::YesNo | CheckKind::Evidence { .. } | CheckKind::RelatedReleases,
                Answer::YesNo(_)
            )
            | (CheckKind::Value { .. }, Answer::Found(_))
            | (CheckKind::Meeting, Answer::Meeting { .. })
            | (CheckKind::Count { .. }, Answer::Count(_))
    );
    // What the product sees by itself nobody says in its place.
    if !fits || matches!(item.kind, CheckKind::Fact { .. }) {
        return Err(Refusal::WrongType {
            field: item.id.clone(),
            expected: format!("{:?}", item.kind).to_lowercase(),
        });
    }
    if *answer == Answer::NotApplicable && remark.trim().is_empty() {
        return Err(Refusal::ReasonRequired);
    }
    Ok(())
}

/// What a value is measured by: as the process says, or as the field of the run that it names says.
pub fn required_value(run: &Run, required: &str) -> Option<String> {
    let Some(field) = required.strip_prefix("field.") else { return Some(required.to_owned()) };
    run.fields.get(field).and_then(|it| match it {
        Value::Text(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A number, and the bytes of its unit where it counts data: what an agent counts in MiB is measured
/// by what people ask for in GB.
fn measure(text: &str) -> Option<(f64, Option<f64>)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = text[..end].parse::<f64>().ok()?;
    let word: String = text[end..].trim().chars().take_while(char::is_ascii_alphabetic).collect();
    let bytes = match word.to_ascii_lowercase().as_str() {
        "kb" => Some(1e3),
        "mb" => Some(1e6),
        "gb" => Some(1e9),
        "tb" => Some(1e12),
        "kib" => Some(1024.0),
        "mib" => Some(1_048_576.0),
        "gib" => Some(1_073_741_824.0),
        "tib" => Some(1_099_511_627_776.0),
        _ => None,
    };
    Some((number, bytes))
}

/// True when two values say by the same measure how much they are: a bare number beside one in MiB
/// does not.
pub fn comparable(required: &str, found: &str) -> bool {
    let data = |text: &str| measure(text).is_some_and(|it| it.1.is_some());
    data(required) == data(found)
}

fn value_passes(required: &str, compare: &str, found: &str) -> bool {
    let same = || required.trim().eq_ignore_ascii_case(found.trim());
    let (Some(asked), Some(seen)) = (measure(required), measure(found)) else { return same() };
    // A unit that one of them leaves out is that of the other.
    let (asked, seen) = match (asked, seen) {
        ((asked, Some(a)), (seen, Some(b))) => (asked * a, seen * b),
        ((asked, _), (seen, _)) => (asked, seen),
    };
    match compare {
        "ge" => seen >= asked,
        "le" => seen <= asked,
        _ => same(),
    }
}

/// Deliverables that are missing, lack sections or lack the signatures their type asks for.
pub(super) fn missing_documents(
    template: &Template,
    run: &Run,
    step: &Step,
    ctx: &Context,
) -> Vec<WaitingOn> {
    let mut list = missing_of(template, run, &step.produces, ctx);
    for approver in step.kind.approvers() {
        list.extend(missing_of(template, run, &approver.documents, ctx));
    }
    list.retain(|it| match it {
        WaitingOn::Deliverable { document, .. } => {
            !waived(template, run, &format!("{}.{document}", step.id))
        }
        _ => true,
    });
    list
}

/// As [`missing_documents`], for a list of deliverables.
pub(super) fn missing_of(
    template: &Template,
    run: &Run,
    produces: &[Produces],
    ctx: &Context,
) -> Vec<WaitingOn> {
    let mut list = Vec::new();
    for wanted in produces {
        if wanted.optional || !applies(template, run, ctx, wanted.when.as_ref()) {
            continue;
        }
        let declared = template.document(&wanted.document);
        let role = declared.and_then(|it| it.role.clone());
        match run.documents.get(&wanted.document) {
            None => list.push(WaitingOn::Deliverable {
                document: wanted.document.clone(),
                role,
                sections: vec![],
            }),
            Some(found) if !found.missing_sections.is_empty() => {
                list.push(WaitingOn::Deliverable {
                    document: wanted.document.clone(),
                    role,
                    sections: found.missing_sections.clone(),
                });
            }
            Some(found) => list.extend(
                declared
                    .iter()
                    .flat_map(|it| it.signed_by.iter())
                    .filter(|role| !found.signed_by(role))
                    .map(|role| WaitingOn::Signature {
                        document: wanted.document.clone(),
                        role: role.clone(),
                    }),
            ),
        }
    }
    list
}

/// The fields that a step asks for: those that it names, those that are due by its end, and those
/// that a newer revision asks of it besides.
pub fn asked_by<'t>(
    template: &'t Template,
    run: &'t Run,
    step: &'t Step,
) -> impl Iterator<Item = &'t Field> {
    template.fields.iter().filter(|field| {
        field.required_by.as_deref() == Some(&step.id)
            || step.asks.contains(&field.id)
            || run.asked_in.get(&field.id) == Some(&step.id)
    })
}

/// The fields that a step asks for and nobody has answered.
pub(super) fn open_fields(template: &Template, run: &Run, step: &Step) -> Vec<WaitingOn> {
    asked_by(template, run, step)
        .filter(|field| !run.fields.contains_key(&field.id))
        .map(|field| WaitingOn::Field { field: field.id.clone() })
        .collect()
}

/// True when an approval that stands in for this item has been given (emergency, D-21).
fn waived(template: &Template, run: &Run, what: &str) -> bool {
    template.steps().any(|(_, step)| {
        step.stands_in_for.iter().any(|it| it == what || what.starts_with(&format!("{it}.")))
            && run.step_state(&step.id) == &super::state::StepState::Done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: S4a-11/U
    #[test]
    fn what_was_found_is_measured_in_the_unit_of_what_is_required() {
        let cases = [
            ("ge", "32 GB", "64 GB", true),
            ("ge", "64 GB", "32 GB", false),
            ("ge", "64 GB", "64 GB", true),
            ("ge", "64 GB", "65536 MiB", true),
            ("ge", "64 GB", "60000 MiB", false),
            ("ge", "1 TB", "999 GB", false),
            ("ge", "1 TB", "1000 GB", true),
            ("le", "100 MiB", "100000 kB", true),
            ("le", "100 MiB", "1 GB", false),
            // A unit that is left out is that of the other.
            ("ge", "256 GB", "512", true),
            ("ge", "256", "512 GB", true),
            ("ge", "64 GHz", "76.8 GHz", true),
            ("eq", "2 x 10G", "2 x 10G", true),
            ("eq", "2 x 10G", "4 x 10G", false),
            ("eq", "None", "none", true),
            // No number on one side: only the same words pass.
            ("ge", "plenty", "64 GB", false),
            ("ge", "plenty", "Plenty", true),
            ("ge", "64 GB", "", false),
        ];
        for (compare, required, found, passes) in cases {
            let said = value_passes(required, compare, found);
            assert_eq!(said, passes, "{found:?} {compare} {required:?}");
        }
        let pairs = [("64 GB", "131072 MiB", true), ("64", "131072 MiB", false), ("64", "8", true)];
        for (required, found, may) in pairs {
            assert_eq!(comparable(required, found), may, "{found:?} beside {required:?}");
        }
    }
}
