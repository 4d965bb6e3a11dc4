//! The checker: everything that is wrong with a template, all at once, each with its fix.
//!
//! It explores outcomes of decisions and finite guards only. Completion is monotone (nothing that
//! is done makes another step impossible), so interleavings need no exploration.

mod explore;
mod graph;
mod names;
mod refs;
mod rules;
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
    /// Combinations of outcomes and guards that were visited.
    pub states: usize,
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
        return Report { findings: vec![finding], states: 0 };
    }
    let mut findings = names::check(template);
    findings.extend(texts::check(template));
    findings.extend(rules::check(template));
    let (graph, wrong) = graph::Graph::of(template);
    findings.extend(wrong);
    let mut states = 0;
    // With names or an order that cannot hold, what follows would only repeat the same findings.
    if graph.sound() {
        findings.extend(graph.order_findings(template));
        let (explored, visited) = explore::check(template, &graph);
        findings.extend(explored);
        states = visited;
    }
    Report { findings, states }
}
