//! Processes that a process calls: they have to be there.

use crate::process::finding::{Finding, nearest};
use crate::process::template::{FieldType, StepKind, Template};

/// An error for every called process that is not among the `known` ones.
pub fn references(template: &Template, known: &[String]) -> Vec<Finding> {
    let mut list = Vec::new();
    for (n, rule) in template.classify.iter().enumerate() {
        let Some(process) = rule.process.as_ref().filter(|it| !known.contains(it)) else {
            continue;
        };
        let message =
            format!("class `{}` belongs to process `{process}`, which is not there", rule.class);
        let fix = "publish that process first, or correct its name";
        list.push(Finding::error("unknown_process", format!("classify.{n}"), message, fix));
    }
    let missing = |process: &String| *process != template.id && !known.contains(process);
    for (n, it) in template.related.iter().enumerate() {
        let Some(process) = it.process.as_ref().filter(|it| missing(it)) else { continue };
        let message = format!("the related process `{process}` is not there");
        let fix = "publish that process first, correct its name, or give its `url`";
        list.push(Finding::error("unknown_process", format!("related.{n}"), message, fix));
    }
    for field in &template.fields {
        let FieldType::Run(process) = &field.kind else { continue };
        if missing(process) {
            let message =
                format!("field `{}` names runs of `{process}`, which is not there", field.id);
            let fix = "publish that process first, or make the field a `text`";
            list.push(Finding::error(
                "unknown_process",
                format!("field.{}", field.id),
                message,
                fix,
            ));
        }
    }
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
