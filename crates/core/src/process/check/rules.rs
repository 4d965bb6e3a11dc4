//! Rules that one step breaks by itself.

use crate::process::finding::Finding;
use crate::process::template::{
    Action, ApprovalSpec, Each, Quorum, RoleRef, Step, StepKind, Template, Wave,
};

/// Findings about single steps.
pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut list = Vec::new();
    if template.phases.iter().all(|it| it.steps.is_empty()) {
        list.push(Finding::error(
            "no_steps",
            "",
            "the process has no step",
            "add `[[phase]]` and `[[phase.step]]`",
        ));
    }
    for (_, step) in template.steps() {
        list.extend(performer(step));
        list.extend(slot(template, step));
        list.extend(one_by_one(step));
        match &step.kind {
            StepKind::Approval(spec) => list.extend(approval(template, step, spec)),
            StepKind::Decision(_) => list.extend(decision(step)),
            StepKind::Rollout(waves) => list.extend(rollout(step, waves)),
            _ => {}
        }
    }
    list
}

fn performer(step: &Step) -> Option<Finding> {
    if step.role_refs().next().is_some() {
        return None;
    }
    let message = format!("nobody performs step `{}`", step.id);
    Some(Finding::error("no_role", format!("step.{}", step.id), message, "add `role = \"…\"`"))
}

/// Votes, notices and work in production are one act for all.
fn one_by_one(step: &Step) -> Option<Finding> {
    let listed = step.each.as_ref().is_some_and(|it| !matches!(it, Each::Site | Each::Customer));
    let key = if listed { "each" } else { "repeat" };
    // Sites may be asked again and again.
    let asked = matches!(step.kind, StepKind::Feedback | StepKind::Receipt { .. });
    if step.kind.divisible() || !(listed || (step.repeat.is_some() && !asked)) {
        return None;
    }
    let message = format!("step `{}` is one act for all; it cannot be done one by one", step.id);
    let fix = format!(
        "take out `{key}`, or let a task, checklist, decision or document come before it and fan out there"
    );
    Some(Finding::error("each_not_possible", format!("step.{}.{key}", step.id), message, fix))
}

fn slot(template: &Template, step: &Step) -> Option<Finding> {
    let counts = step.due.iter().chain(&step.opens).any(super::super::due::Due::follows_slot);
    if !counts || template.go_live.is_some() {
        return None;
    }
    let message = format!("step `{}` counts from T, but no step is the go-live", step.id);
    let fix = "add `go_live = \"<step>\"` at the top of the file";
    Some(Finding::error("no_go_live", format!("step.{}.due", step.id), message, fix))
}

fn approval(template: &Template, step: &Step, spec: &ApprovalSpec) -> Vec<Finding> {
    let mut list = Vec::new();
    let path = format!("step.{}", step.id);
    let many = spec.approvers.len();
    if let Quorum::Count(wanted) = spec.quorum
        && wanted as usize > many
    {
        let message = format!("step `{}` wants {wanted} approvals from {many} approvers", step.id);
        let fix = format!("write `quorum = {many}`, or add approvers");
        list.push(Finding::error("quorum_too_large", format!("{path}.quorum"), message, fix));
    }
    let barred = |role: &RoleRef| matches!(role, RoleRef::Role(name) if step.not_by.contains(name));
    let author = step.not_by.iter().any(|it| it == "author");
    let authors: Vec<&RoleRef> = authors(template, step);
    let own =
        |role: &RoleRef| author && matches!(role, RoleRef::Role(_)) && authors.contains(&role);
    if many > 0 && spec.approvers.iter().all(|it| barred(&it.role) || own(&it.role)) {
        let message = format!("only those who must not give it could give approval `{}`", step.id);
        let fix =
            "name an approver who did not write what is approved, or take the role out of `not_by`";
        list.push(Finding::error("self_approval", format!("{path}.not_by"), message, fix));
    }
    list
}

/// Roles that wrote what an approval judges.
fn authors<'t>(template: &'t Template, step: &Step) -> Vec<&'t RoleRef> {
    let writes = |it: &Step| it.produces.iter().any(|made| step.needs.contains(&made.document));
    template
        .steps()
        .map(|(_, it)| it)
        .filter(|it| step.rejected.as_ref() == Some(&it.id) || writes(it))
        .flat_map(|it| it.roles.iter())
        .collect()
}

fn decision(step: &Step) -> Vec<Finding> {
    let StepKind::Decision(spec) = &step.kind else { return Vec::new() };
    let mut list = Vec::new();
    for outcome in &spec.outcomes {
        let empty =
            matches!(&outcome.action, Action::Go(steps) | Action::Skip(steps) if steps.is_empty());
        if empty {
            let message = format!("outcome `{}` of `{}` leads nowhere", outcome.id, step.id);
            let fix = "say what follows: `go = [\"…\"]`, `skip = [\"…\"]`, `end = \"…\"`, `return = \"…\"`, `move = \"T\"` or `ask_again`";
            let path = format!("step.{}.outcome.{}", step.id, outcome.id);
            list.push(Finding::error("outcome_without_followup", path, message, fix));
        }
    }
    let ends = |it: &Action| matches!(it, Action::Go(_) | Action::Skip(_) | Action::End(_));
    if !spec.outcomes.iter().any(|it| ends(&it.action)) {
        let message = format!("decision `{}` only ever asks again; there is no way out", step.id);
        let fix = "add an outcome with `go`, `skip` or `end`";
        list.push(Finding::error("cycle_without_exit", format!("step.{}", step.id), message, fix));
    } else if spec.outcomes.len() == 1 {
        let message = format!("decision `{}` has one outcome only; nothing is decided", step.id);
        let fix = "add the other outcome, or make it a task";
        list.push(Finding::warning("single_outcome", format!("step.{}", step.id), message, fix));
    }
    list
}

fn rollout(step: &Step, waves: &[Wave]) -> Option<Finding> {
    let takes_all = waves
        .first()
        .is_none_or(|it| it.sites.is_none() && it.share.is_none_or(|share| share == 100));
    // One site cannot be taken in parts.
    if !takes_all || step.each == Some(Each::Customer) {
        return None;
    }
    let message =
        format!("rollout `{}` can take every site at once, with no wave before it", step.id);
    let fix = "put a first wave before it, for example `sites = 'has_tag(site, \"pilot\")'` or `share = \"10%\"`";
    Some(Finding::error("wave_all_at_once", format!("step.{}.wave", step.id), message, fix))
}
