//! The finite facts that conditions read, and every combination of them that makes a difference.

use super::search::Fate;
use crate::limits::CHECK_STATES_MAX;
use crate::process::expr::{Expr, Names, Value, eval};
use crate::process::finding::Finding;
use crate::process::template::{Step, Template};
use crate::process::types::{Declared, Scope, Type};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// One dimension: a name, or a condition over something that is not finite.
struct Axis {
    name: String,
    values: Vec<Value>,
}

/// All dimensions, and one combination for each difference they make to a condition.
pub(super) struct Facts {
    axes: Vec<Axis>,
    /// Numbers of combinations; what conditions say differs between any two.
    pub(super) classes: Vec<usize>,
}

/// Conditions that decide about steps, approvers and deliverables.
fn guards(step: &Step) -> Vec<&Expr> {
    let mut list: Vec<&Expr> = step.when.iter().chain(&step.gate).collect();
    list.extend(step.produces.iter().filter_map(|it| it.when.as_ref()));
    for approver in step.kind.approvers() {
        list.extend(&approver.when);
        list.extend(approver.documents.iter().filter_map(|it| it.when.as_ref()));
    }
    list
}

/// The name under which a condition as a whole goes either way.
fn open_name(expr: &Expr) -> String {
    format!("({})", expr.source)
}

fn of_step(name: &str) -> bool {
    name.starts_with("step.")
}

impl Facts {
    /// Reads the conditions of a template; the finding says that there are too many combinations.
    pub(super) fn of(template: &Template, steps: &[&Step]) -> Result<Facts, Box<Finding>> {
        let declared = Declared::of(template, Scope::Run);
        let all: Vec<&Expr> = steps.iter().flat_map(|it| guards(it)).collect();
        let mut axes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        // An emergency must be looked at even where no condition asks for it.
        let modes = template.accepts.as_ref().map(|it| it.modes.as_slice()).unwrap_or_default();
        if modes.iter().any(|mode| mode == "emergency") {
            let values = modes.iter().cloned().map(Value::Text).collect();
            axes.insert("release.mode".to_owned(), values);
        }
        for guard in &all {
            let names = guard.node.names();
            let finite: Option<Vec<(String, Vec<Value>)>> = names
                .iter()
                .filter(|it| !of_step(it))
                .map(|it| Some(((*it).to_owned(), values(declared.get(it)?)?)))
                .collect();
            match finite {
                Some(list) => axes.extend(list),
                None => {
                    let either = vec![Value::Bool(true), Value::Bool(false)];
                    axes.insert(open_name(guard), either);
                }
            }
        }
        let axes: Vec<Axis> =
            axes.into_iter().map(|(name, values)| Axis { name, values }).collect();
        let total = axes.iter().fold(1_usize, |all, it| all.saturating_mul(it.values.len().max(1)));
        if total > CHECK_STATES_MAX {
            let names: Vec<String> =
                axes.iter().map(|it| format!("{} ({})", it.name, it.values.len())).collect();
            let message = format!(
                "{total} combinations of guards are more than {CHECK_STATES_MAX}: {}",
                names.join(", ")
            );
            let fix = "let fewer conditions be independent: use one field with several values, or split the process";
            return Err(Box::new(Finding::error("too_many_combinations", "", message, fix)));
        }
        let mut facts = Facts { axes, classes: Vec::new() };
        facts.classes = facts.different(&all, total);
        Ok(facts)
    }

    /// Of all combinations those that no earlier one equals in what it makes of the conditions.
    fn different(&self, guards: &[&Expr], total: usize) -> Vec<usize> {
        // A condition that reads the course of the run is judged there: then its names count.
        let (mixed, plain): (Vec<&Expr>, Vec<&Expr>) =
            guards.iter().partition(|it| it.node.names().iter().any(|name| of_step(name)));
        let kept: BTreeSet<&str> =
            mixed.iter().flat_map(|it| it.node.names()).chain(["release.mode"]).collect();
        let mut seen = HashSet::new();
        let mut list = Vec::new();
        for number in 0..total {
            let at = At { facts: self, number, fates: &[], ids: &[], outcomes: &[] };
            let mut key: Vec<String> = plain.iter().map(|it| at.holds(it).to_string()).collect();
            for axis in self.axes.iter().filter(|it| kept.contains(it.name.as_str())) {
                key.push(format!("{:?}", self.value(number, &axis.name)));
            }
            if seen.insert(key) {
                list.push(number);
            }
        }
        list
    }

    fn value(&self, number: usize, name: &str) -> Option<&Value> {
        let mut rest = number;
        for axis in &self.axes {
            if axis.name == name {
                return axis.values.get(rest % axis.values.len());
            }
            rest /= axis.values.len();
        }
        None
    }

    /// The value of a name that is a text.
    pub(super) fn text(&self, number: usize, name: &str) -> Option<&str> {
        match self.value(number, name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A combination in words: `release.mode = emergency, field.x = true`.
    pub(super) fn words(&self, number: usize) -> Vec<String> {
        self.axes
            .iter()
            .filter(|it| it.values.len() > 1)
            .filter_map(|it| Some((it, self.value(number, &it.name)?)))
            .filter_map(|(axis, value)| match value {
                Value::Text(text) => Some(format!("{} = {text}", axis.name)),
                Value::Bool(yes) => Some(format!("{} = {yes}", axis.name)),
                _ => None,
            })
            .take(6)
            .collect()
    }
}

/// The values of a finite type; `None` when there is no end to them.
fn values(kind: Type) -> Option<Vec<Value>> {
    match kind {
        Type::Bool => Some(vec![Value::Bool(true), Value::Bool(false)]),
        Type::Enum(values) if !values.is_empty() => {
            Some(values.into_iter().map(Value::Text).collect())
        }
        _ => None,
    }
}

/// A combination at a point of the run.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) facts: &'a Facts,
    pub(super) number: usize,
    pub(super) fates: &'a [Fate],
    pub(super) ids: &'a [String],
    /// The outcome that each decision was given.
    pub(super) outcomes: &'a [Option<&'a str>],
}

impl At<'_> {
    /// True when the condition holds here.
    pub(super) fn holds(&self, when: &Expr) -> bool {
        if let Some(Value::Bool(yes)) = self.facts.value(self.number, &open_name(when)) {
            return *yes;
        }
        eval(when, self) == Ok(Value::Bool(true))
    }

    /// True when there is no condition, or it holds.
    pub(super) fn applies(&self, when: Option<&Expr>) -> bool {
        when.is_none_or(|it| self.holds(it))
    }

    /// The value of a finite name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.facts.text(self.number, name)
    }
}

impl Names for At<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        if let Some((step, what)) = name.strip_prefix("step.").and_then(|it| it.rsplit_once('.')) {
            let n = self.ids.iter().position(|id| id == step);
            let fate = n.and_then(|n| self.fates.get(n));
            let text = |it: &str| Value::Text(it.to_owned());
            return Some(match (what, fate) {
                ("outcome", _) => {
                    let given = n.and_then(|n| self.outcomes.get(n).copied().flatten());
                    given.map_or(Value::Null, text)
                }
                ("state", Some(Fate::Taken)) => text("done"),
                ("state", Some(Fate::Skipped)) => text("skipped"),
                ("state", Some(Fate::NotTaken)) => text("not_taken"),
                ("state", Some(Fate::Cancelled)) => text("cancelled"),
                ("state", Some(Fate::Event | Fate::Open)) => text("foreseen"),
                ("state", Some(Fate::Asked)) => text("ready"),
                _ => Value::Null,
            });
        }
        Some(self.facts.value(self.number, name).cloned().unwrap_or(Value::Null))
    }

    fn call(&self, _: &str, _: &[Value]) -> Option<Value> {
        Some(Value::Null)
    }
}
