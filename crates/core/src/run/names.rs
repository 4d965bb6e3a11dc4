//! The names that conditions of a process may read.

use super::context::Context;
use super::state::Run;
use crate::process::expr::{self, Expr, Names, Value};
use crate::process::template::Template;

use super::refusal::Refusal;

/// Names of a run: `release.*`, `field.*`, `setting.*`, `step.<id>.outcome`, `step.<id>.state`,
/// `check.<step>.<check>`, `item.<id>` (some change is so).
#[derive(Clone, Copy)]
pub struct RunNames<'a> {
    /// Template.
    pub template: &'a Template,
    /// Run.
    pub run: &'a Run,
    /// Context.
    pub ctx: &'a Context,
}

impl Names for RunNames<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        if let Some(field) = name.strip_prefix("field.") {
            let declared = self.template.fields.iter().any(|it| it.id == field);
            return declared.then(|| self.run.fields.get(field).cloned().unwrap_or(Value::Null));
        }
        if let Some(setting) = name.strip_prefix("setting.") {
            let declared = self.template.settings.iter().find(|it| it.id == setting)?;
            return Some(
                self.run.settings.get(setting).cloned().unwrap_or_else(|| declared.default.clone()),
            );
        }
        if let Some(rest) = name.strip_prefix("step.") {
            let (step, what) = rest.split_once('.')?;
            self.template.step(step)?;
            let state = self.run.steps.get(step);
            return match what {
                "outcome" => Some(
                    state
                        .and_then(|it| it.outcome.as_ref())
                        .map_or(Value::Null, |it| Value::Text(it.outcome.clone())),
                ),
                "state" => Some(Value::Text(self.run.step_state(step).name().to_owned())),
                _ => None,
            };
        }
        if let Some(rest) = name.strip_prefix("check.") {
            let (step, check) = rest.split_once('.')?;
            let given = self.run.steps.get(step).and_then(|it| it.answers.get(check));
            return Some(given.map_or(Value::Null, |it| match &it.answer {
                super::command::Answer::YesNo(yes) => Value::Bool(*yes),
                super::command::Answer::Found(text) => Value::Text(text.clone()),
                super::command::Answer::Count(n) => Value::Int(i64::from(*n)),
                _ => Value::Null,
            }));
        }
        let asked = |id: &str| self.template.item_fields.iter().any(|it| it.id == id);
        let none = name.strip_prefix("item.").is_some_and(asked).then_some(Value::Bool(false));
        self.ctx.facts.get(name).cloned().or(none)
    }

    fn call(&self, _name: &str, _args: &[Value]) -> Option<Value> {
        None
    }
}

/// Evaluates a condition of the process; an unanswered fact makes it false, never an error.
pub(super) fn holds(
    template: &Template,
    run: &Run,
    ctx: &Context,
    condition: &Expr,
) -> Result<bool, Refusal> {
    match expr::eval(condition, &RunNames { template, run, ctx }) {
        Ok(Value::Bool(yes)) => Ok(yes),
        Ok(_) => Ok(false),
        Err(error) => {
            Err(Refusal::Condition { condition: condition.source.clone(), why: error.to_string() })
        }
    }
}

/// As [`holds`]; a condition that cannot be evaluated counts as true, so that nothing is dropped.
pub(super) fn applies(
    template: &Template,
    run: &Run,
    ctx: &Context,
    condition: Option<&Expr>,
) -> bool {
    condition.is_none_or(|it| holds(template, run, ctx, it).unwrap_or(true))
}
