//! Processes that a process calls: they have to be there.

use crate::process::finding::{Finding, nearest};
use crate::process::template::{StepKind, Template};

/// An error for every called process that is not among the `known` ones.
pub fn references(template: &Template, known: &[String]) -> Vec<Finding> {
    let mut list = Vec::new();
    for (_, step) in template.steps() {
        let StepKind::Call { process, .. } = &step.kind else { continue };
        if *process == template.id || known.contains(process) {
            continue;
        }
        let fix = match nearest(process, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "publish that process first, or make the step a `task`".to_owned(),
        };
        let message = format!("step `{}` calls process `{process}`, which is not there", step.id);
        list.push(Finding::error(
            "unknown_process",
            format!("step.{}.call", step.id),
            message,
            fix,
        ));
    }
    list
}
