//! Texts of notices: they are templates, and what they name has to exist before anybody waits for
//! the notice.

use minijinja::{Environment, UndefinedBehavior};
use roadbook_core::notice::Variable;
use roadbook_core::process::finding::{Finding, Position, Positions, nearest};
use roadbook_core::process::template::{StepKind, Template};
use roadbook_core::text::{Lang, Text};
use std::collections::BTreeMap;

/// Steps that one text may take, as when it is written for a recipient.
const FUEL: u64 = 50_000;

/// Findings about subjects and bodies, with the line on which the fault is written.
pub(super) fn check(
    template: &Template,
    file: &str,
    text: &str,
    positions: &Positions,
) -> Vec<Finding> {
    let mut list = Vec::new();
    for (_, step) in template.steps() {
        let StepKind::Notice(spec) = &step.kind else { continue };
        for (key, words) in [("subject", &spec.subject), ("body", &spec.body)] {
            let path = format!("step.{}.{key}", step.id);
            list.extend(one(words, &path, template).into_iter().map(|(finding, lang, written)| {
                let begin = positions.find(&format!("{path}.{}", lang.code()));
                finding.at(file, place(text, begin, &written))
            }));
        }
    }
    list
}

/// A finding, the language of its text, and what is written at its place.
type Fault = (Finding, Lang, String);

fn one(words: &Text, path: &str, template: &Template) -> Vec<Fault> {
    let mut list = Vec::new();
    for lang in Lang::ALL {
        let Some(source) = words.get(lang) else { continue };
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        let made = match environment.template_from_str(source) {
            Ok(made) => made,
            Err(error) => {
                list.push(fault(&error, source, lang, path));
                continue;
            }
        };
        let globals: Vec<String> = environment.globals().map(|(name, _)| name.to_owned()).collect();
        let mut unknown: Vec<String> = made
            .undeclared_variables(true)
            .into_iter()
            .filter(|it| {
                let field = it.strip_prefix("field.");
                let asked = field.is_some_and(|id| template.fields.iter().any(|it| it.id == id));
                let known = Variable::ALL.iter().any(|known| known.name == it);
                !globals.contains(it) && !known && !asked
            })
            .collect();
        unknown.sort();
        if unknown.is_empty() {
            // Filters and functions show only when the text is really written.
            if let Err(error) = made.render(samples(template)) {
                list.push(fault(&error, source, lang, path));
            }
        }
        for name in unknown {
            let names = Variable::ALL.map(|it| it.name);
            let fix = match nearest(&name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("possible are {}", names.join(", ")),
            };
            let message = format!("`{path}` names `{name}`, which no notice knows");
            let finding = Finding::error("unknown_variable", path, message, fix);
            list.push((finding, lang, name));
        }
    }
    list
}

fn fault(error: &minijinja::Error, source: &str, lang: Lang, path: &str) -> Fault {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let message = format!("`{path}` cannot be written in {}: {detail}", lang.own_name());
    let fix = "correct the part between the braces; `docs/notices.md` lists what may stand there";
    let line = error.line().and_then(|it| source.lines().nth(it.saturating_sub(1)));
    let finding = Finding::error("text_template", path, message, fix);
    (finding, lang, line.unwrap_or_default().to_owned())
}

/// Every name with something in it.
fn samples(template: &Template) -> BTreeMap<&'static str, minijinja::Value> {
    let mut parts: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    let mut values = BTreeMap::new();
    for known in Variable::ALL {
        match known.name.split_once('.') {
            Some((head, tail)) => {
                parts.entry(head).or_default().insert(tail, known.meaning);
            }
            None => {
                values.insert(known.name, minijinja::Value::from(known.meaning));
            }
        }
    }
    let tables = parts.into_iter().map(|(name, it)| (name, minijinja::Value::from_serialize(it)));
    values.extend(tables);
    let fields: BTreeMap<&str, &str> =
        template.fields.iter().map(|it| (it.id.as_str(), "answer")).collect();
    values.insert("field", minijinja::Value::from_serialize(fields));
    values
}

/// Where this is written, from the key of its text on; else the key itself.
fn place(text: &str, begin: Position, written: &str) -> Position {
    let first = begin.line.max(1) as usize - 1;
    if written.trim().is_empty() {
        return begin;
    }
    for (n, line) in text.lines().enumerate().skip(first) {
        if let Some(byte) = line.find(written.trim()) {
            let column = line[..byte].chars().count() + 1;
            return Position { line: n as u32 + 1, column: column as u32 };
        }
    }
    begin
}
