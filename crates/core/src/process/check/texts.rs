//! Texts that a reader of one of the languages would miss.

use crate::process::finding::Finding;
use crate::process::kind::bare_kinds;
use crate::process::template::{StepKind, Template};
use crate::text::{Lang, Text};
use std::collections::BTreeSet;

/// A finding for every text that is missing in a language: an error where the process declares the
/// language. Without any declared it is a warning. Texts of notices are always told of, because a
/// notice that lacks the language of one recipient goes to nobody.
pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut list = Vec::new();
    let declared = &template.languages;
    let mut told = Vec::new();
    let mut text = |path: String, text: &Text| missing(&mut list, declared, &path, text, false);
    text("title".into(), &template.title);
    for (n, it) in template.related.iter().enumerate() {
        text(format!("related.{n}.title"), &it.title);
    }
    for role in &template.roles {
        text(format!("role.{}.title", role.id), &role.title);
    }
    for field in &template.fields {
        text(format!("field.{}.ask", field.id), &field.ask);
    }
    for field in &template.item_fields {
        text(format!("item_field.{}.ask", field.id), &field.ask);
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
                told.push((at("subject"), &spec.subject));
                if !spec.body.is_empty() {
                    told.push((at("body"), &spec.body));
                }
            }
            StepKind::Operate(spec) => {
                for item in spec.sheet.iter().chain(&spec.rollback) {
                    text(at(&format!("sheet.{}", item.id)), &item.title);
                }
            }
            StepKind::Approval(_)
            | StepKind::Contact { .. }
            | StepKind::Rollout(_)
            | StepKind::Watch { .. }
            | StepKind::Receipt { .. }
            | StepKind::Call { .. }
            | bare_kinds!() => {}
        }
    }
    for (path, text) in told {
        missing(&mut list, declared, &path, text, true);
        list.extend(differs(&path, text));
    }
    partly(&mut list, template);
    list
}

/// Texts that need not be there, but if they are, then in every language that is declared.
fn partly(list: &mut Vec<Finding>, template: &Template) {
    let mut text = |path: String, text: &Text| {
        if !text.is_empty() && !template.languages.is_empty() {
            missing(list, &template.languages, &path, text, false);
        }
    };
    text("description".into(), &template.description);
    text("control.rules".into(), &template.control.rules);
    for (mode, said) in template.accepts.iter().flat_map(|it| &it.frequency) {
        text(format!("accepts.frequency.{mode}"), said);
    }
    for role in &template.roles {
        text(format!("role.{}.duty", role.id), &role.duty);
    }
    for field in template.fields.iter().chain(&template.item_fields) {
        for (name, said) in &field.words {
            text(format!("field.{}.words.{name}", field.id), said);
        }
    }
    for setting in &template.settings {
        text(format!("setting.{}.ask", setting.id), &setting.ask);
    }
    for document in &template.documents {
        text(format!("document.{}.about", document.id), &document.about);
        for section in &document.sections {
            for column in &section.columns {
                let path = format!("document.{}.section.{}.{}", document.id, section.id, column.id);
                text(path, &column.title);
            }
        }
    }
    for (_, step) in template.steps() {
        text(format!("step.{}.description", step.id), &step.description);
        if let StepKind::Operate(spec) = &step.kind {
            for item in spec.sheet.iter().chain(&spec.rollback) {
                text(format!("step.{}.sheet.{}", step.id, item.id), &item.expected);
            }
        }
    }
}

/// Readers of every language are told the same: a text names the same variables in each.
fn differs(path: &str, text: &Text) -> Option<Finding> {
    let named: Vec<(Lang, BTreeSet<&str>)> =
        Lang::ALL.into_iter().filter_map(|it| Some((it, variables(text.get(it)?)))).collect();
    let all: BTreeSet<&str> = named.iter().flat_map(|it| it.1.clone()).collect();
    let (lang, lacking) = named
        .iter()
        .find_map(|(lang, own)| Some((lang, all.iter().find(|it| !own.contains(**it))?)))?;
    let message = format!("`{path}` does not tell `{lacking}` in {}", lang.own_name());
    let fix = "let every language name the same variables";
    Some(Finding::warning("text_differs", format!("{path}.{}", lang.code()), message, fix))
}

/// What stands between `{{` and `}}`, without filters.
pub(super) fn variables(text: &str) -> BTreeSet<&str> {
    text.split("{{")
        .skip(1)
        .filter_map(|it| it.split_once("}}"))
        .map(|it| it.0.split('|').next().unwrap_or_default().trim())
        .collect()
}

fn missing(list: &mut Vec<Finding>, declared: &[Lang], path: &str, text: &Text, sent: bool) {
    let (wrong, rest): (Vec<Lang>, Vec<Lang>) =
        text.missing().into_iter().partition(|it| declared.contains(it));
    let message = |list: &[Lang]| {
        let names: Vec<&str> = list.iter().map(|it| it.own_name()).collect();
        format!("`{path}` is missing in {}", names.join(", "))
    };
    let fix = "write `{ en = \"…\", ko = \"…\", vi = \"…\", zh = \"…\" }`";
    if !wrong.is_empty() {
        let message = format!("{}, which `languages` declares", message(&wrong));
        list.push(Finding::error("missing_translation", path, message, fix));
    }
    if !rest.is_empty() && (declared.is_empty() || sent) {
        list.push(Finding::warning("missing_translation", path, message(&rest), fix));
    }
}
