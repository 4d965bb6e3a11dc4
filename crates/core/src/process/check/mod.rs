//! The checker: everything that is wrong with a template, all at once, each with its fix.
//!
//! It explores answers (outcomes of decisions, rejections of approvals) and finite guards only.
//! Work that is done makes no other step impossible, so its interleavings need no exploration.

mod care;
mod course;
mod explore;
mod facts;
mod graph;
mod names;
mod refs;
mod rules;
mod search;
mod texts;

pub use refs::references;

use super::finding::Finding;
use super::template::Template;
use crate::limits::PROCESS_STEPS_MAX;
use serde::{Deserialize, Serialize};

/// What the checker found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Findings, without places; see [`super::finding::Positions`].
    pub findings: Vec<Finding>,
    /// States that were visited; the same as in `proof`.
    pub states: usize,
    /// How much the proof looked at.
    pub proof: Proof,
}

/// What the proof looked at: every state that people can bring a run to by their answers. Without
/// a finding each of them leads to a closed one, and no way gets around a gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// States.
    pub states: usize,
    /// Answers that lead from one to another.
    pub answers: usize,
    /// Closed states.
    pub closings: usize,
    /// Answers to the farthest state.
    pub longest: usize,
    /// Questions that are open beside each other were answered in the order of the file only: all
    /// orders would have been too many states.
    #[serde(default)]
    pub file_order: bool,
}

impl Report {
    /// True when nothing blocks publishing.
    pub fn passes(&self) -> bool {
        !self.findings.iter().any(Finding::blocks)
    }
}

/// Checks a template.
pub fn check(template: &Template) -> Report {
    let steps = template.steps().count();
    if steps > PROCESS_STEPS_MAX {
        let message = format!("the process has {steps} steps; at most {PROCESS_STEPS_MAX} are run");
        let finding =
            Finding::error("too_many_steps", "", message, "split it into several processes");
        return Report { findings: vec![finding], ..Report::default() };
    }
    let mut findings = names::check(template);
    findings.extend(texts::check(template));
    findings.extend(rules::check(template));
    findings.extend(care::check(template));
    let (graph, wrong) = graph::Graph::of(template);
    findings.extend(wrong);
    let mut proof = Proof::default();
    // With names or an order that cannot hold, what follows would only repeat the same findings.
    let stays = |it: &Finding| it.code == "cycle_without_exit";
    if graph.sound() && !findings.iter().any(stays) {
        findings.extend(graph.order_findings(template));
        findings.extend(course::check(template, &graph));
        let (explored, looked_at) = explore::check(template, &graph);
        findings.extend(explored);
        proof = looked_at;
    }
    Report { findings, states: proof.states, proof }
}
