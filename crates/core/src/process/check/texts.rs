//! Texts that a reader of one of the languages would miss.

use crate::process::finding::Finding;
use crate::process::template::{StepKind, Template};
use crate::text::{Lang, Text};

/// A warning for every text that is missing in a language.
pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut list = Vec::new();
    let mut text = |path: String, text: &Text| {
        let missing: Vec<&str> = text.missing().into_iter().map(Lang::own_name).collect();
        if !missing.is_empty() {
            let message = format!("`{path}` is missing in {}", missing.join(", "));
            let fix = "write `{ en = \"…\", ko = \"…\", vi = \"…\", zh = \"…\" }`";
            list.push(Finding::warning("missing_translation", path, message, fix));
        }
    };
    text("title".into(), &template.title);
    for role in &template.roles {
        text(format!("role.{}.title", role.id), &role.title);
    }
    for field in &template.fields {
        text(format!("field.{}.ask", field.id), &field.ask);
    }
    for document in &template.documents {
        text(format!("document.{}.title", document.id), &document.title);
        for section in &document.sections {
            text(format!("document.{}.section.{}", document.id, section.id), &section.title);
        }
    }
    for audience in &template.audiences {
        text(format!("audience.{}.title", audience.id), &audience.title);
    }
    for phase in &template.phases {
        text(format!("phase.{}.title", phase.id), &phase.title);
    }
    for (_, step) in template.steps() {
        let at = |key: &str| format!("step.{}.{key}", step.id);
        text(at("title"), &step.title);
        for check in &step.checks {
            text(at(&format!("check.{}.ask", check.id)), &check.ask);
        }
        match &step.kind {
            StepKind::Decision(spec) => {
                text(at("ask"), &spec.ask);
                for outcome in &spec.outcomes {
                    text(at(&format!("outcome.{}", outcome.id)), &outcome.title);
                }
            }
            StepKind::Notice(spec) => {
                text(at("subject"), &spec.subject);
                if !spec.body.is_empty() {
                    text(at("body"), &spec.body);
                }
            }
            StepKind::Operate(spec) => {
                for item in spec.sheet.iter().chain(&spec.rollback) {
                    text(at(&format!("sheet.{}", item.id)), &item.title);
                }
            }
            _ => {}
        }
    }
    list
}
