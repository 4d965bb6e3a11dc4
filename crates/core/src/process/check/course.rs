//! What the order of the steps does not keep, and a release manager expects: each finding needs
//! the graph.

use super::explore::production;
use super::graph::Graph;
use crate::process::due::{Anchor, Moment, Offset};
use crate::process::finding::Finding;
use crate::process::template::{CheckKind, RoleRef, Step, StepKind, Template, Who};

/// Findings about steps beside each other.
pub(super) fn check(template: &Template, graph: &Graph) -> Vec<Finding> {
    let steps: Vec<&Step> = template.steps().map(|(_, it)| it).collect();
    let mut list = Vec::new();
    for n in 0..steps.len() {
        list.extend(overlap(&steps, graph, n));
        list.extend(after_production(&steps, graph, n));
        list.extend(told_late(&steps, graph, n));
        list.extend(archive_early(&steps, graph, n));
        list.extend(around_go_live(template, &steps, graph, n));
        list.extend(own_date(&steps, graph, n));
        list.extend(told_early(template, &steps, graph, n));
        list.extend(untested(&steps, graph, n));
        list.extend(unverified(&steps, graph, n));
        list.extend(opinions(&steps, graph, n));
        list.extend(papers(&steps, graph, n));
        list.extend(unanswered(template, &steps, graph, n));
    }
    list.extend(unused_fields(template, &steps));
    list
}

fn at(step: &Step, key: &str) -> String {
    if key.is_empty() { format!("step.{}", step.id) } else { format!("step.{}.{key}", step.id) }
}

/// A step that overlaps waits for something near: else nothing says when it can begin.
fn overlap(steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let step = steps[n];
    if !step.overlap {
        return None;
    }
    let near = |group: &Vec<usize>| group.iter().all(|m| graph.beside(n, *m));
    let back = |m: &usize| graph.waits[*m].contains(&vec![n]) && graph.phase[*m] < graph.phase[n];
    let (message, fix) = if graph.phase[n] == 0 {
        let message = format!("`{}` stands in the first phase and overlaps with none", step.id);
        (message, "take `overlap` away")
    } else if !graph.waits[n].iter().any(near) {
        let message = format!(
            "`{}` overlaps with the phase before, and waits for no step of it or of its own phase",
            step.id
        );
        (message, "name in `after` the step with whose end it can begin, or take `overlap` away")
    } else if let Some(m) = (0..steps.len()).find(back) {
        let message = format!(
            "`{}` overlaps and decides about `{}`, a phase before it",
            step.id, steps[m].id
        );
        (message, "move the decision into that phase")
    } else {
        return None;
    };
    Some(Finding::error("overlap_misplaced", at(step, "overlap"), message, fix))
}

/// What looks at the changed production waits for the change.
fn after_production(steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let step = steps[n];
    let looks =
        matches!(step.kind, StepKind::Verify | StepKind::Watch { .. } | StepKind::Configure);
    if !looks || step.on.is_some() {
        return None;
    }
    let changes: Vec<usize> = (0..steps.len()).filter(|m| production(steps[*m])).collect();
    if changes.is_empty() || changes.iter().any(|m| graph.before[n].contains(m)) {
        return None;
    }
    let first = steps[changes[0]];
    let message =
        format!("`{}` does not wait for `{}`, which changes production", step.id, first.id);
    let fix = format!("add `after = [\"{}\"]`, or move it into a later phase", first.id);
    Some(Finding::warning("before_production", at(step, "after"), message, fix))
}

/// Whoever is told before the change is told before it.
fn told_late(steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let step = steps[n];
    if !production(step) {
        return None;
    }
    let early = |m: &usize| match steps[*m].due.as_ref().map(|it| &it.latest) {
        None => true,
        Some(due) => matches!(due, Moment::At(Anchor::GoLive, Some(Offset { before: true, .. }))),
    };
    let beside = (0..steps.len()).filter(|m| {
        *m != n && graph.beside(n, *m) && matches!(steps[*m].kind, StepKind::Notice(_))
    });
    let loose = |m: &usize| !graph.before[n].contains(m) && !graph.before[*m].contains(&n);
    let m = beside.filter(early).find(loose)?;
    let message = format!("`{}` does not wait for notice `{}` before it", step.id, steps[m].id);
    let fix = format!("add `after = [\"{}\"]`", steps[m].id);
    Some(Finding::warning("told_late", at(step, "after"), message, fix))
}

/// The archive keeps what everybody did, so it waits for everybody.
fn archive_early(steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let step = steps[n];
    if !matches!(step.kind, StepKind::Archive) {
        return None;
    }
    let works = |m: usize| {
        production(steps[m]) || matches!(steps[m].kind, StepKind::Verify | StepKind::Approval(_))
    };
    let open = (0..steps.len()).find(|m| {
        *m != n
            && steps[*m].on.is_none()
            && !graph.before[n].contains(m)
            && (works(*m) || !graph.before[*m].contains(&n))
    })?;
    let message = format!("`{}` does not wait for `{}`", step.id, steps[open].id);
    let fix = format!("add `after = [\"{}\"]`, or put it into a phase of its own", steps[open].id);
    Some(Finding::warning("archive_early", at(step, "after"), message, fix))
}

/// A step before the go-live is not due after it, and none after it is due before.
fn around_go_live(
    template: &Template,
    steps: &[&Step],
    graph: &Graph,
    n: usize,
) -> Option<Finding> {
    let go_live = template.go_live.as_deref()?;
    let g = graph.ids.iter().position(|it| it == go_live)?;
    let Moment::At(anchor, offset) = &steps[n].due.as_ref()?.latest else { return None };
    let late = match (anchor, offset) {
        (Anchor::GoLive, Some(it)) | (Anchor::GoLiveEnd, Some(it)) => !it.before,
        (Anchor::GoLiveEnd, None) => true,
        _ => false,
    };
    let early = matches!((anchor, offset), (Anchor::GoLive, Some(it)) if it.before);
    if n == g && (early || (late && *anchor == Anchor::GoLive)) {
        let message = format!("`{go_live}` is the go-live, and is not due at T");
        let fix = "write `due = \"T..Tend\"`; T is its planned start";
        return Some(Finding::error("due_contradicts", at(steps[n], "due"), message, fix));
    }
    let word = if graph.before[g].contains(&n) && late {
        "after"
    } else if graph.before[n].contains(&g) && early {
        "before"
    } else {
        return None;
    };
    let side = if word == "after" { "before" } else { "after" };
    let message = format!(
        "step `{}` stands {side} the go-live `{go_live}` and is due {word} it",
        steps[n].id
    );
    let fix = "correct the sign of its date, or the order";
    Some(Finding::error("due_contradicts", at(steps[n], "due"), message, fix))
}

/// Dates that contradict themselves: a range that ends before it begins, or a day before the step
/// or the start that it counts from.
fn own_date(steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let step = steps[n];
    let due = step.due.as_ref()?;
    let anchor = |it: &Moment| match it {
        Moment::At(anchor, offset) => Some((anchor.clone(), offset.as_ref().map(|it| it.before))),
        _ => None,
    };
    let (latest, before) = anchor(&due.latest)?;
    let first = due.earliest.as_ref().and_then(anchor);
    let turned = matches!(first, Some((Anchor::GoLiveEnd, None | Some(false))))
        && latest == Anchor::GoLive
        && before != Some(false);
    if turned {
        let message = format!("`{due}` of `{}` ends before it begins", step.id);
        let fix = "write the earlier moment first: `T..Tend`";
        return Some(Finding::error("due_backwards", at(step, "due"), message, fix));
    }
    let follows = match &latest {
        Anchor::After(other) => graph.before[n].iter().any(|m| graph.ids[*m] == *other),
        Anchor::Start => true,
        _ => false,
    };
    if !follows || before != Some(true) {
        return None;
    }
    let message = format!("`{due}` of `{}` is before what it counts from and waits for", step.id);
    let fix = "correct the sign of its date";
    Some(Finding::error("due_contradicts", at(step, "due"), message, fix))
}

/// Nobody is told of a release before somebody said yes to it; only those who take part hear of
/// their work at once.
fn told_early(template: &Template, steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let step = steps[n];
    if let StepKind::Notice(spec) = &step.kind
        && template.audience(&spec.audience).is_some_and(|it| it.who == [Who::Participants])
    {
        return None;
    }
    let gate = |m: usize| super::search::asks(steps[m]);
    let change = (0..steps.len()).find(|m| production(steps[*m]))?;
    if !matches!(step.kind, StepKind::Notice(_)) || step.on.is_some() {
        return None;
    }
    let gated = graph.before[n].iter().any(|m| gate(*m));
    let asked = graph.before[change].iter().copied().find(|m| gate(*m))?;
    if gated || !graph.before[change].contains(&n) {
        return None;
    }
    let message = format!("notice `{}` goes out before `{}` said yes", step.id, steps[asked].id);
    let fix = format!("add `after = [\"{}\"]`, or move it into a later phase", steps[asked].id);
    Some(Finding::warning("told_early", at(step, "after"), message, fix))
}

/// Whoever approves knows what the tests and reviews beside it found.
fn untested(steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let step = steps[n];
    if !matches!(step.kind, StepKind::Approval(_)) {
        return None;
    }
    let test = (0..steps.len()).find(|m| {
        matches!(steps[*m].kind, StepKind::Test | StepKind::Review)
            && steps[*m].on.is_none()
            && graph.beside(n, *m)
            && !graph.before[n].contains(m)
            && !graph.before[*m].contains(&n)
    })?;
    let message =
        format!("approval `{}` does not wait for `{}` beside it", step.id, steps[test].id);
    let fix = format!("add `after = [\"{}\"]`", steps[test].id);
    Some(Finding::warning("untested", at(step, "after"), message, fix))
}

/// What people changed in production is looked at afterwards: by a step that verifies or watches
/// it. Sites of a rollout report themselves how it went.
fn unverified(steps: &[&Step], graph: &Graph, n: usize) -> Option<Finding> {
    let mut later = (0..steps.len()).filter(|m| graph.before[*m].contains(&n));
    let looks = |m: usize| matches!(steps[m].kind, StepKind::Verify | StepKind::Watch { .. });
    if !matches!(steps[n].kind, StepKind::Operate(_)) || later.any(looks) {
        return None;
    }
    let message = format!("nobody looks at what `{}` has changed", steps[n].id);
    let fix = "add a step of kind `verify` or `watch` after it";
    Some(Finding::warning("unverified", at(steps[n], "kind"), message, fix))
}

/// Opinions that a decision demands are asked for in a step that does not wait for it.
fn opinions(steps: &[&Step], graph: &Graph, n: usize) -> Vec<Finding> {
    let StepKind::Decision(spec) = &steps[n].kind else { return Vec::new() };
    let asked = |role: &str| {
        (0..steps.len()).filter(|m| !graph.before[*m].contains(&n)).any(|m| {
            let own = |it: &RoleRef| matches!(it, RoleRef::Role(name) if name == role);
            matches!(steps[m].kind, StepKind::Opinion) && steps[m].roles.iter().any(own)
        })
    };
    let missing = spec.opinions.iter().filter(|it| !asked(it));
    missing
        .map(|role| {
            let message = format!(
                "`{}` waits for the opinion of `{role}`, which no step asks for",
                steps[n].id
            );
            let fix = "add a step of kind `opinion` before it, performed by that role";
            Finding::error("opinions_missing", at(steps[n], "opinions"), message, fix)
        })
        .collect()
}

/// Papers that a run sheet or a question is about are handed in by somebody.
fn papers(steps: &[&Step], graph: &Graph, n: usize) -> Vec<Finding> {
    let step = steps[n];
    let mut wanted: Vec<(String, &str)> = Vec::new();
    if let StepKind::Operate(spec) = &step.kind {
        wanted.extend(spec.plan.as_deref().map(|it| ("plan".to_owned(), it)));
    }
    for check in &step.checks {
        if let CheckKind::Evidence { document, .. } = &check.kind {
            wanted.push((format!("check.{}", check.id), document));
        }
    }
    let made = |document: &str| step.hands_in(document) || graph.may_be_made(n, document, steps);
    let missing = wanted.into_iter().filter(|(_, document)| !made(document));
    missing
        .map(|(key, document)| {
            let message = format!(
                "step `{}` is about `{document}`, and no step before it hands that in",
                step.id
            );
            let fix = format!("add `produces = [\"{document}\"]` to this step or one before it");
            Finding::warning("paper_missing", at(step, &key), message, fix)
        })
        .collect()
}

/// Fields that a step or its deliverables depend on are asked before.
fn unanswered(template: &Template, steps: &[&Step], graph: &Graph, n: usize) -> Vec<Finding> {
    let step = steps[n];
    let mut read: Vec<(&str, &str)> = Vec::new();
    let when = step.when.iter().map(|it| ("when", it));
    let made = step.produces.iter().filter_map(|it| it.when.as_ref()).map(|it| ("produces", it));
    for (key, guard) in when.chain(made) {
        let fields = guard.node.names().into_iter().filter_map(|it| it.strip_prefix("field."));
        read.extend(fields.map(|it| (key, it)));
    }
    let required = step.checks.iter().filter_map(|it| match &it.kind {
        CheckKind::Value { required, .. } => required.strip_prefix("field."),
        _ => None,
    });
    read.extend(required.map(|it| ("check", it)));
    let mut list = Vec::new();
    for (key, id) in read {
        let Some(field) = template.fields.iter().find(|it| it.id == id) else { continue };
        let asks = |m: &usize| {
            let asked = &steps[*m];
            asked.asks.contains(&field.id) || field.required_by.as_ref() == Some(&asked.id)
        };
        let own = key == "produces" && asks(&n);
        if own || graph.before[n].iter().any(asks) {
            continue;
        }
        let message =
            format!("step `{}` depends on `field.{id}`, which no step before it asks for", step.id);
        let fix = format!(
            "give the field `required_by = \"<step>\"`, or a step before it `asks = [\"{id}\"]`"
        );
        list.push(Finding::warning("field_unanswered", at(step, key), message, fix));
    }
    list
}

/// Fields that no step asks for and no condition reads.
fn unused_fields(template: &Template, steps: &[&Step]) -> Vec<Finding> {
    let text = format!("{steps:?}{:?}{:?}", template.classify, template.windows);
    let idle = template.fields.iter().filter(|it| {
        let asked = it.required_by.is_some() || steps.iter().any(|step| step.asks.contains(&it.id));
        !asked
            && !text.contains(&format!("field.{}", it.id))
            && !text.contains(&format!("\"{}\"", it.id))
    });
    idle.map(|it| {
        let message = format!("field `{}` is asked by no step, and nothing depends on it", it.id);
        let fix = "give it `required_by = \"<step>\"`, or remove it";
        Finding::warning("unused_field", format!("field.{}", it.id), message, fix)
    })
    .collect()
}
