//! Every combination of finite guards and outcomes, and what holds in each.

use super::graph::Graph;
use crate::limits::CHECK_STATES_MAX;
use crate::process::expr::{Expr, Names, Value, eval};
use crate::process::finding::Finding;
use crate::process::template::{Action, Produces, Step, StepKind, Template};
use crate::process::types::{Declared, Scope, Type};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a step in one combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Taken,
    Skipped,
    NotTaken,
    Cancelled,
    /// Started by an event; nobody waits for it.
    Event,
}

/// One dimension: a name with its possible values, or a decision with its outcomes.
struct Axis {
    name: String,
    values: Vec<Value>,
}

struct World<'t> {
    template: &'t Template,
    steps: Vec<&'t Step>,
    graph: &'t Graph,
    axes: Vec<Axis>,
    /// Findings by code and path, so that each is reported once, with its first combination.
    found: BTreeMap<(String, String), Finding>,
    taken: BTreeSet<usize>,
}

/// Explores; the second value is the number of combinations visited.
pub(super) fn check(template: &Template, graph: &Graph) -> (Vec<Finding>, usize) {
    let steps: Vec<&Step> = template.steps().map(|(_, step)| step).collect();
    let axes = axes(template, &steps);
    let total = axes.iter().fold(1_usize, |all, it| all.saturating_mul(it.values.len().max(1)));
    if total > CHECK_STATES_MAX {
        let names: Vec<String> =
            axes.iter().map(|it| format!("{} ({})", it.name, it.values.len())).collect();
        let message = format!(
            "{total} combinations of guards are more than {CHECK_STATES_MAX}: {}",
            names.join(", ")
        );
        let fix = "let fewer conditions be independent: use one field with several values, or split the process";
        return (vec![Finding::error("too_many_combinations", "", message, fix)], 0);
    }
    let mut world =
        World { template, steps, graph, axes, found: BTreeMap::new(), taken: BTreeSet::new() };
    world.beside();
    for number in 0..total {
        world.visit(number);
    }
    for (n, step) in world.steps.iter().enumerate() {
        if step.on.is_none() && !world.taken.contains(&n) {
            let message = format!("step `{}` is never reached, whatever is decided", step.id);
            let fix = "correct its `when`, or name it in an outcome";
            let finding =
                Finding::error("unreachable_step", format!("step.{}", step.id), message, fix);
            world.found.insert((finding.code.clone(), finding.path.clone()), finding);
        }
    }
    (world.found.into_values().collect(), total)
}

/// Conditions that decide about steps, approvers and deliverables.
fn guards(step: &Step) -> Vec<&Expr> {
    let mut list: Vec<&Expr> = step.when.iter().collect();
    list.extend(step.produces.iter().filter_map(|it| it.when.as_ref()));
    if let StepKind::Approval(spec) = &step.kind {
        list.extend(spec.approvers.iter().filter_map(|it| it.when.as_ref()));
    }
    list
}

fn axes(template: &Template, steps: &[&Step]) -> Vec<Axis> {
    let declared = Declared::of(template, Scope::Run);
    let mut axes: Vec<Axis> = Vec::new();
    let mut names: BTreeSet<&str> =
        steps.iter().flat_map(|it| guards(it)).flat_map(|it| it.node.names()).collect();
    // An emergency must be looked at even where no guard asks for it.
    if template.accepts.as_ref().is_some_and(|it| it.modes.iter().any(|mode| mode == "emergency")) {
        names.insert("release.mode");
    }
    for name in names.into_iter().filter(|it| !it.starts_with("step.")) {
        let values = match declared.get(name) {
            Some(Type::Bool) => vec![Value::Bool(true), Value::Bool(false)],
            Some(Type::Enum(values)) => values.into_iter().map(Value::Text).collect(),
            // Not finite: nothing is known about it.
            _ => vec![Value::Null],
        };
        axes.push(Axis { name: name.to_owned(), values });
    }
    for step in steps {
        let StepKind::Decision(spec) = &step.kind else { continue };
        if step.each.is_some() {
            continue;
        }
        let ends = |it: &Action| matches!(it, Action::Go(_) | Action::Skip(_) | Action::End(_));
        let values: Vec<Value> = spec
            .outcomes
            .iter()
            .filter(|it| ends(&it.action))
            .map(|it| Value::Text(it.id.clone()))
            .collect();
        if !values.is_empty() {
            axes.push(Axis { name: format!("step.{}.outcome", step.id), values });
        }
    }
    axes
}

struct Facts<'a> {
    values: &'a BTreeMap<&'a str, &'a Value>,
    fates: &'a [Option<Fate>],
    ids: &'a [String],
}

impl Names for Facts<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        if let Some((step, what)) = name.strip_prefix("step.").and_then(|it| it.rsplit_once('.')) {
            let fate = self.ids.iter().position(|id| id == step).and_then(|n| self.fates[n]);
            return Some(match (what, fate) {
                ("outcome", Some(Fate::Taken)) => {
                    self.values.get(name).map_or(Value::Null, |it| (*it).clone())
                }
                ("state", Some(Fate::Taken)) => Value::Text("done".to_owned()),
                ("state", Some(Fate::Skipped)) => Value::Text("skipped".to_owned()),
                ("state", Some(Fate::NotTaken)) => Value::Text("not_taken".to_owned()),
                _ => Value::Null,
            });
        }
        Some(self.values.get(name).map_or(Value::Null, |it| (*it).clone()))
    }

    fn call(&self, _: &str, _: &[Value]) -> Option<Value> {
        Some(Value::Null)
    }
}

/// A guard over something that is not finite may go either way; then it counts as true.
fn holds(when: Option<&Expr>, facts: &Facts<'_>) -> bool {
    let Some(when) = when else { return true };
    let open = |name: &&str| {
        !name.starts_with("step.") && facts.values.get(*name).is_none_or(|it| **it == Value::Null)
    };
    when.node.names().iter().any(open) || eval(when, facts) == Ok(Value::Bool(true))
}

impl World<'_> {
    fn find(&mut self, finding: Finding) {
        self.found.entry((finding.code.clone(), finding.path.clone())).or_insert(finding);
    }

    fn visit(&mut self, number: usize) {
        let mut rest = number;
        let axes = std::mem::take(&mut self.axes);
        let mut values: BTreeMap<&str, &Value> = BTreeMap::new();
        for axis in &axes {
            values.insert(&axis.name, &axis.values[rest % axis.values.len()]);
            rest /= axis.values.len();
        }
        let fates = self.fates(&values);
        let facts = Facts { values: &values, fates: &fates, ids: &self.graph.ids };
        for (n, fate) in fates.iter().enumerate() {
            if *fate == Some(Fate::Taken) {
                self.taken.insert(n);
                self.deliverables(n, &facts);
                if production(self.steps[n]) {
                    self.production(n, &facts);
                }
            }
        }
        self.axes = axes;
    }

    fn fates(&self, values: &BTreeMap<&str, &Value>) -> Vec<Option<Fate>> {
        let mut fates: Vec<Option<Fate>> = vec![None; self.steps.len()];
        let mut ended = false;
        for n in &self.graph.order {
            let step = self.steps[*n];
            if fates[*n].is_some() {
                continue;
            }
            let facts = Facts { values, fates: &fates, ids: &self.graph.ids };
            let fate = if step.on.is_some() {
                Fate::Event
            } else if ended && !step.always {
                Fate::Cancelled
            } else if holds(step.when.as_ref(), &facts) {
                Fate::Taken
            } else {
                Fate::Skipped
            };
            fates[*n] = Some(fate);
            if fate == Fate::Taken {
                ended |= self.decide(step, values, &mut fates);
            }
        }
        fates
    }

    /// Follows the outcome of this combination; true when it ends the run.
    fn decide(
        &self,
        step: &Step,
        values: &BTreeMap<&str, &Value>,
        fates: &mut [Option<Fate>],
    ) -> bool {
        let StepKind::Decision(spec) = &step.kind else { return false };
        let name = format!("step.{}.outcome", step.id);
        let Some(Value::Text(chosen)) = values.get(name.as_str()) else { return false };
        let Some(outcome) = spec.outcomes.iter().find(|it| it.id == *chosen) else { return false };
        let mut set = |ids: &[String], fate: Fate| {
            for id in ids {
                if let Some(n) = self.graph.ids.iter().position(|it| it == id) {
                    fates[n].get_or_insert(fate);
                }
            }
        };
        let empty = Vec::new();
        let go = if let Action::Go(steps) = &outcome.action { steps } else { &empty };
        for other in &spec.outcomes {
            if let Action::Go(steps) = &other.action {
                let others: Vec<String> =
                    steps.iter().filter(|it| !go.contains(it)).cloned().collect();
                set(&others, Fate::NotTaken);
            }
        }
        if let Action::Skip(steps) = &outcome.action {
            set(steps, Fate::Skipped);
        }
        matches!(outcome.action, Action::End(_))
    }

    /// A deliverable that is needed here must have been produced on this way.
    fn deliverables(&mut self, n: usize, facts: &Facts<'_>) {
        let step = self.steps[n];
        for document in &step.needs {
            let produced = |m: usize, it: &Produces| {
                it.document == *document
                    && !it.optional
                    && facts.fates[m] == Some(Fate::Taken)
                    && holds(it.when.as_ref(), facts)
            };
            let made = (0..self.steps.len()).any(|m| {
                let handed = match &self.steps[m].kind {
                    StepKind::Approval(spec) => {
                        spec.approvers.iter().flat_map(|it| &it.documents).any(|it| produced(m, it))
                    }
                    _ => false,
                };
                handed || self.steps[m].produces.iter().any(|it| produced(m, it))
            });
            if !made {
                let message = format!(
                    "step `{}` needs `{document}`, which nobody must produce {}",
                    step.id,
                    way(facts)
                );
                let fix = "produce it on this way too, or let the step have the same `when`";
                self.find(Finding::error(
                    "produced_elsewhere",
                    format!("step.{}.needs", step.id),
                    message,
                    fix,
                ));
            }
        }
    }

    /// Before production changes: somebody said yes, and there is a way back.
    fn production(&mut self, n: usize, facts: &Facts<'_>) {
        let step = self.steps[n];
        let path = format!("step.{}", step.id);
        let emergency = facts
            .values
            .get("release.mode")
            .is_some_and(|it| **it == Value::Text("emergency".into()));
        let before = &self.graph.before[n];
        let taken = |m: &usize| facts.fates[*m] == Some(Fate::Taken);
        let gate = |m: &usize| {
            matches!(self.steps[*m].kind, StepKind::Approval(_) | StepKind::Decision(_))
                && self.steps[*m].each.is_none()
        };
        let approved = before.iter().filter(|m| taken(m)).any(gate);
        let own = matches!(&step.kind, StepKind::Operate(spec) if !spec.rollback.is_empty());
        let back = own
            || before.iter().filter(|m| taken(m)).any(|m| {
                self.steps[*m].produces.iter().any(|it| {
                    !it.optional
                        && is_way_back(self.template, &it.document)
                        && holds(it.when.as_ref(), facts)
                })
            });
        let verified = (0..self.steps.len()).any(|m| {
            matches!(self.steps[m].kind, StepKind::Verify) && facts.fates[m] == Some(Fate::Taken)
        });
        if !approved {
            let message = format!(
                "`{}` changes production, and no approval or decision stands before it {}",
                step.id,
                way(facts)
            );
            let fix = "put an approval before it that no condition skips";
            self.find(Finding::error("gate_bypassed", path.clone(), message, fix));
        }
        if !back {
            let code = if emergency { "emergency_skips" } else { "no_rollback" };
            let message = format!(
                "`{}` changes production without a rollback plan before it {}",
                step.id,
                way(facts)
            );
            let fix = "let an earlier step produce a document `rollback_plan`, or give the run sheet `[[phase.step.rollback]]`";
            self.find(Finding::error(code, path.clone(), message, fix));
        }
        if emergency && !verified {
            let message = format!("in an emergency nobody verifies what `{}` did", step.id);
            let fix = "add a step of kind `verify` that an emergency does not skip";
            self.find(Finding::error("emergency_skips", path, message, fix));
        }
    }

    /// Gates that stand beside a step that changes production instead of before it, and signatures
    /// that would stand in for verification or the way back.
    fn beside(&mut self) {
        let mut list = Vec::new();
        for (n, step) in self.steps.iter().enumerate() {
            for what in &step.stands_in_for {
                let (target, part) = what.split_once('.').unwrap_or((what, ""));
                let verify = self
                    .steps
                    .iter()
                    .any(|it| it.id == target && matches!(it.kind, StepKind::Verify));
                if verify || is_way_back(self.template, part) {
                    let message = format!(
                        "`{}` stands in for `{what}`; verification and the way back are never left out",
                        step.id
                    );
                    list.push(Finding::error(
                        "emergency_skips",
                        format!("step.{}.stands_in_for", step.id),
                        message,
                        "take it out of `stands_in_for`",
                    ));
                }
            }
            if !production(step) {
                continue;
            }
            for (m, gate) in self.steps.iter().enumerate() {
                let approval = matches!(gate.kind, StepKind::Approval(_));
                let same = self.template.phases.iter().any(|it| {
                    it.steps.iter().any(|s| s.id == step.id)
                        && it.steps.iter().any(|s| s.id == gate.id)
                });
                let ordered =
                    self.graph.before[n].contains(&m) || self.graph.before[m].contains(&n);
                if approval && same && !ordered {
                    let message =
                        format!("`{}` does not wait for approval `{}` beside it", step.id, gate.id);
                    let fix = format!("add `after = [\"{}\"]`", gate.id);
                    list.push(Finding::error(
                        "gate_bypassed",
                        format!("step.{}.after", step.id),
                        message,
                        fix,
                    ));
                }
            }
        }
        for finding in list {
            self.find(finding);
        }
    }
}

fn production(step: &Step) -> bool {
    matches!(step.kind, StepKind::Operate(_) | StepKind::Rollout(_))
}

/// A document that says how to go back, by its name or by a section.
fn is_way_back(template: &Template, document: &str) -> bool {
    let says = |name: &str| ["rollback", "back_out", "way_back"].iter().any(|it| name.contains(it));
    says(document)
        || template
            .document(document)
            .is_some_and(|it| it.sections.iter().any(|section| says(&section.id)))
}

/// The combination in words: `when release.mode = emergency, …`.
fn way(facts: &Facts<'_>) -> String {
    let known: Vec<String> = facts
        .values
        .iter()
        .filter_map(|(name, value)| match value {
            Value::Text(text) => Some(format!("{name} = {text}")),
            Value::Bool(yes) => Some(format!("{name} = {yes}")),
            _ => None,
        })
        .take(6)
        .collect();
    if known.is_empty() { String::new() } else { format!("when {}", known.join(", ")) }
}
