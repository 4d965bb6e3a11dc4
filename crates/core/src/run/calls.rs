//! Steps that start other runs. The run knows of a called one only what the context says: that it
//! is there, under which number, and whether it is closed.

use super::context::Context;
use super::members::has_members;
use super::names::RunNames;
use super::state::{Run, StepState};
use super::waiting::WaitingOn;
use crate::process::expr::{Names, Value};
use crate::process::template::{Step, StepKind, Template};
use std::collections::BTreeMap;

/// A run that a step called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Its number.
    pub number: String,
    /// It is over.
    pub closed: bool,
}

/// A run that a step wants to be started.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The calling step.
    pub step: String,
    /// Its round: what is done again calls again.
    pub round: u32,
    /// The instance of the step that calls; none for a step without instances.
    pub member: Option<String>,
    /// As people call that instance.
    pub label: String,
    /// The process to run.
    pub process: String,
    /// Facts that are handed over, by the name of the field that receives them.
    pub fields: BTreeMap<String, Value>,
}

/// Key of the one run that a step without instances calls.
const ONE: &str = "";

fn called<'c>(step: &Step, member: &str, ctx: &'c Context) -> Option<&'c Called> {
    ctx.calls.get(&step.id)?.get(member)
}

/// The called run has come as far as the step wants it: it is there, or it is over.
pub(super) fn answered(step: &Step, member: &str, ctx: &Context) -> bool {
    let StepKind::Call { wait, .. } = &step.kind else { return false };
    called(step, member, ctx).is_some_and(|it| it.closed || wait == "none")
}

/// As [`answered`], for a step that calls once.
pub(super) fn all_answered(step: &Step, ctx: &Context) -> bool {
    answered(step, ONE, ctx)
}

/// What an open step that calls waits for.
pub(super) fn unanswered(run: &Run, step: &Step, ctx: &Context) -> Vec<WaitingOn> {
    let StepKind::Call { process, .. } = &step.kind else { return Vec::new() };
    let open = |member: &str| {
        let number = called(step, member, ctx).map(|it| it.number.clone());
        let process = process.clone();
        (!answered(step, member, ctx)).then_some(WaitingOn::Run { process, number })
    };
    if !has_members(step) {
        return open(ONE).into_iter().collect();
    }
    let members = run.steps.get(&step.id).into_iter().flat_map(|it| &it.members);
    members.filter(|(_, it)| it.state.is_open()).filter_map(|(id, _)| open(id)).collect()
}

/// The runs that open steps want and that are not there yet.
pub fn wanted(template: &Template, run: &Run, ctx: &Context) -> Vec<Wanted> {
    if run.hold.is_some() || run.is_ended() {
        return Vec::new();
    }
    let names = RunNames { template, run, ctx };
    let mut list = Vec::new();
    for (_, step) in template.steps() {
        let StepKind::Call { process, with, .. } = &step.kind else { continue };
        let Some(state) = run.steps.get(&step.id).filter(|it| it.state.is_open()) else { continue };
        let fields: BTreeMap<String, Value> = with
            .iter()
            .filter_map(|(field, name)| Some((field.clone(), names.get(name)?)))
            .collect();
        let want = |member: Option<&str>, label: &str| Wanted {
            step: step.id.clone(),
            round: state.round,
            member: member.map(str::to_owned),
            label: label.to_owned(),
            process: process.clone(),
            fields: fields.clone(),
        };
        if !has_members(step) {
            if called(step, ONE, ctx).is_none() {
                list.push(want(None, ""));
            }
            continue;
        }
        for (id, member) in state.members.iter().filter(|(_, it)| it.state == StepState::Ready) {
            if called(step, id, ctx).is_none() {
                list.push(want(Some(id), &member.label));
            }
        }
    }
    list
}

/// True when a process calls others at all.
pub fn calls_others(template: &Template) -> bool {
    template.steps().any(|(_, step)| matches!(step.kind, StepKind::Call { .. }))
}
