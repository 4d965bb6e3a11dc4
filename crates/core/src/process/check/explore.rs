//! What must hold in every state that the people of a process can bring it to.

use super::Proof;
use super::facts::Facts;
use super::graph::Graph;
use super::search::{Fate, Search, State, Turn, asks};
use crate::limits::CHECK_STATES_MAX;
use crate::process::finding::Finding;
use crate::process::template::{Action, Produces, Step, StepKind, Template};
use std::collections::BTreeMap;

/// Findings by code and path: each is reported once, with the shortest way to it.
#[derive(Default)]
struct Found {
    list: BTreeMap<(String, String), Finding>,
}

impl Found {
    fn add(&mut self, mut finding: Finding) {
        // Without facts and answers there is no way to tell.
        finding.message = finding.message.trim_end().replace(" : ", ": ");
        self.list.entry((finding.code.clone(), finding.path.clone())).or_insert(finding);
    }
}

/// Explores; the second value says how much was looked at.
pub(super) fn check(template: &Template, graph: &Graph) -> (Vec<Finding>, Proof) {
    let steps: Vec<&Step> = template.steps().map(|(_, step)| step).collect();
    let facts = match Facts::of(template, &steps) {
        Ok(facts) => facts,
        Err(finding) => return (vec![*finding], Proof::default()),
    };
    let mut search = Search::new(template, steps, graph, facts);
    let mut found = Found::default();
    let mut whole =
        search.run(&mut |it, node, turn| turn_came(&mut found, template, it, node, turn));
    if !whole {
        // Answers of different people beside each other: then in the order of the file.
        search.in_turn = true;
        found = Found::default();
        whole = search.run(&mut |it, node, turn| turn_came(&mut found, template, it, node, turn));
    }
    if !whole {
        return (vec![too_many(&search)], Proof::default());
    }
    beside(&mut found, template, &search);
    ends(&mut found, &search);
    returns(&mut found, &search);
    let reached = search.reached();
    for (n, step) in search.steps.iter().enumerate() {
        if step.on.is_none() && !reached[n] {
            let message = format!("step `{}` is never reached, whatever is decided", step.id);
            let fix = "correct its `when`, or name it in an outcome";
            let path = format!("step.{}", step.id);
            found.add(Finding::error("unreachable_step", path, message, fix));
        }
    }
    let proof = Proof {
        states: search.visited(),
        answers: search.answers(),
        closings: search.states().filter(|(_, it)| it.closed()).count(),
        longest: search.depth(),
        file_order: search.in_turn,
    };
    (found.list.into_values().collect(), proof)
}

fn too_many(search: &Search<'_>) -> Finding {
    let asking: Vec<&str> = search
        .steps
        .iter()
        .filter(|it| matches!(it.kind, StepKind::Decision(_)) && it.each.is_none())
        .map(|it| it.id.as_str())
        .collect();
    let message = format!(
        "more than {} states can be reached; decisions are {}",
        CHECK_STATES_MAX * 4,
        asking.join(", ")
    );
    let fix = "let fewer decisions be independent, or split the process";
    Finding::error("too_many_combinations", "", message, fix)
}

fn turn_came(
    found: &mut Found,
    template: &Template,
    search: &Search<'_>,
    node: usize,
    turn: &Turn<'_>,
) {
    deliverables(found, search, node, turn);
    if production(search.steps[turn.n]) {
        before_production(found, template, search, node, turn);
    }
}

/// A deliverable that is needed here must have been produced on this way.
fn deliverables(found: &mut Found, search: &Search<'_>, node: usize, turn: &Turn<'_>) {
    let step = search.steps[turn.n];
    for document in &step.needs {
        if !search.graph.may_be_made(turn.n, document, &search.steps) {
            continue;
        }
        let produced = |it: &Produces| {
            it.document == *document && !it.optional && turn.at.applies(it.when.as_ref())
        };
        let made = (0..search.steps.len())
            .filter(|m| turn.at.fates[*m] == Fate::Taken)
            .any(|m| search.steps[m].handed_in().any(&produced));
        if !made {
            let message = format!(
                "step `{}` needs `{document}`, which nobody must produce {}",
                step.id,
                search.way(node)
            );
            let fix = "produce it on this way too, or let the step have the same `when`";
            let path = format!("step.{}.needs", step.id);
            found.add(Finding::error("produced_elsewhere", path, message, fix));
        }
    }
}

/// Before production changes: somebody said yes, and there is a way back.
fn before_production(
    found: &mut Found,
    template: &Template,
    search: &Search<'_>,
    node: usize,
    turn: &Turn<'_>,
) {
    let step = search.steps[turn.n];
    let path = format!("step.{}", step.id);
    let fates = turn.at.fates;
    let before = &search.graph.before[turn.n];
    let kind = |m: usize| &search.steps[m].kind;
    let gate = |m: usize| {
        matches!(kind(m), StepKind::Approval(_) | StepKind::Decision(_))
            && search.steps[m].each.is_none()
    };
    let taken = |m: &&usize| fates[**m] == Fate::Taken;
    if !before.iter().filter(taken).any(|m| gate(*m)) {
        let message = format!(
            "`{}` changes production, and no approval or decision stands before it {}",
            step.id,
            search.way(node)
        );
        let fix = "put an approval before it that no condition skips";
        found.add(Finding::error("gate_bypassed", path.clone(), message, fix));
    }
    let approval = |m: &&usize| matches!(kind(**m), StepKind::Approval(_));
    let approved = before.iter().filter(taken).any(|m| approval(&m));
    let around = before.iter().filter(approval).find(|m| fates[**m] == Fate::NotTaken);
    if let (false, Some(m)) = (approved, around) {
        let message = format!(
            "a decision gets around approval `{}`, and `{}` changes production without any {}",
            search.steps[*m].id,
            step.id,
            search.way(node)
        );
        let fix = "let every outcome that goes on lead through an approval";
        found.add(Finding::error("gate_bypassed", path.clone(), message, fix));
    }
    let emergency = turn.at.text("release.mode") == Some("emergency");
    let own = matches!(&step.kind, StepKind::Operate(spec) if !spec.rollback.is_empty());
    let planned = |it: &Produces| {
        !it.optional && is_way_back(template, &it.document) && turn.at.applies(it.when.as_ref())
    };
    let back =
        own || before.iter().filter(taken).any(|m| search.steps[*m].produces.iter().any(planned));
    if !back {
        let code = if emergency { "emergency_skips" } else { "no_rollback" };
        let message = format!(
            "`{}` changes production without a rollback plan before it {}",
            step.id,
            search.way(node)
        );
        let fix = "let an earlier step produce a document `rollback_plan`, or give the run sheet `[[phase.step.rollback]]`";
        found.add(Finding::error(code, path, message, fix));
    }
}

/// A step that work returns to was taken on the way here, so that somebody corrects it.
fn returns(found: &mut Found, search: &Search<'_>) {
    for (node, state) in search.states() {
        for n in (0..search.steps.len()).filter(|n| state.fates[*n] == Fate::Asked) {
            let step = search.steps[n];
            let mut targets: Vec<&String> = step.rejected.iter().collect();
            if let StepKind::Decision(spec) = &step.kind {
                targets.extend(spec.outcomes.iter().filter_map(|it| match &it.action {
                    Action::Return(to) => Some(to),
                    _ => None,
                }));
            }
            for to in targets {
                let at = search.graph.ids.iter().position(|it| it == to);
                let left_out = |m: usize| matches!(state.fates[m], Fate::Skipped | Fate::NotTaken);
                if !at.is_some_and(left_out) {
                    continue;
                }
                let message = format!(
                    "`{}` returns to `{to}`, which is left out {}",
                    step.id,
                    search.way(node)
                );
                let fix = "return to a step that every way takes";
                let path = format!("step.{}.rejected", step.id);
                found.add(Finding::warning("return_skipped", path, message, fix));
            }
        }
    }
}

/// Every state leads to a closed one, and what changed in an emergency was verified there.
fn ends(found: &mut Found, search: &Search<'_>) {
    for (node, state) in search.states().filter(|(_, it)| it.closed()) {
        unverified(found, search, node, state);
    }
    let endless = search.endless();
    let state_of = |node: usize| search.states().nth(node).map(|(_, it)| it);
    // The nearest one where nothing can be answered, else the nearest that only goes in circles.
    let stuck = endless.iter().find(|it| search.stuck(**it)).or(endless.first());
    let Some((node, state)) = stuck.and_then(|it| Some((*it, state_of(*it)?))) else { return };
    let open =
        |wanted: Fate| search.graph.order.iter().copied().find(|n| state.fates[*n] == wanted);
    let Some(n) = open(Fate::Asked).or_else(|| open(Fate::Open)) else { return };
    let step = search.steps[n];
    let message =
        format!("the run can never be closed {}: it stays at `{}`", search.way(node), step.id);
    let fix = "give the step an answer that goes on, or a `gate` that this way can open";
    found.add(Finding::error("never_closes", format!("step.{}", step.id), message, fix));
}

fn unverified(found: &mut Found, search: &Search<'_>, node: usize, state: &State) {
    if search.mode(state) != Some("emergency") {
        return;
    }
    let taken = |n: &usize| state.fates[*n] == Fate::Taken;
    let all = 0..search.steps.len();
    let verified =
        all.clone().filter(taken).any(|n| matches!(search.steps[n].kind, StepKind::Verify));
    for n in all.filter(taken).filter(|n| production(search.steps[*n]) && !verified) {
        let step = search.steps[n];
        let message =
            format!("in an emergency nobody verifies what `{}` did {}", step.id, search.way(node));
        let fix = "add a step of kind `verify` that an emergency does not skip";
        found.add(Finding::error("emergency_skips", format!("step.{}", step.id), message, fix));
    }
}

/// Gates that stand beside a step that changes production instead of before it, and signatures
/// that would stand in for verification or the way back.
fn beside(found: &mut Found, template: &Template, search: &Search<'_>) {
    for (n, step) in search.steps.iter().enumerate() {
        for what in &step.stands_in_for {
            let (target, part) = what.split_once('.').unwrap_or((what, ""));
            let verify = search
                .steps
                .iter()
                .any(|it| it.id == target && matches!(it.kind, StepKind::Verify));
            if verify || is_way_back(template, part) {
                let message = format!(
                    "`{}` stands in for `{what}`; verification and the way back are never left out",
                    step.id
                );
                let path = format!("step.{}.stands_in_for", step.id);
                let fix = "take it out of `stands_in_for`";
                found.add(Finding::error("emergency_skips", path, message, fix));
            }
        }
        let graph = search.graph;
        let live = step.overlap && template.go_live.as_ref() == Some(&step.id);
        if !production(step) && !live {
            continue;
        }
        for (m, gate) in search.steps.iter().enumerate() {
            // Whoever overlaps must not slip past a yes or no that the phase before asks for.
            let former = graph.phase[m] < graph.phase[n];
            let approval = matches!(gate.kind, StepKind::Approval(_));
            let ordered = graph.before[n].contains(&m) || graph.before[m].contains(&n);
            if ordered || !graph.beside(n, m) || !(approval || (former && asks(gate))) {
                continue;
            }
            let what = if approval { "approval" } else { "decision" };
            let (place, key) = if former {
                ("in the phase that it overlaps with", "overlap")
            } else {
                ("beside it", "after")
            };
            let message = format!("`{}` does not wait for {what} `{}` {place}", step.id, gate.id);
            let fix = format!("add `after = [\"{}\"]`", gate.id);
            let path = format!("step.{}.{key}", step.id);
            found.add(Finding::error("gate_bypassed", path, message, fix));
        }
    }
}

/// True for steps that change what users work with.
pub(super) fn production(step: &Step) -> bool {
    step.kind.changes_production()
}

/// A document that says how to go back, by its name or by a section.
pub(super) fn is_way_back(template: &Template, document: &str) -> bool {
    let says = |name: &str| ["rollback", "back_out", "way_back"].iter().any(|it| name.contains(it));
    says(document)
        || template
            .document(document)
            .is_some_and(|it| it.sections.iter().any(|section| says(&section.id)))
}
