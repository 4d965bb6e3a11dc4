//! Facts that a process asks for: the forms of a step's questions, what was answered, and reading an
//! answer from its form.

use super::people::active;
use super::release::act_path;
use super::visit::Fields;
use super::words;
use crate::http::problem::Problem;
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind as Input, form_with, hidden};
use maud::{Markup, html};
use roadbook_app::Error;
use roadbook_app::auth::Session;
use roadbook_app::releases::ReleaseView;
use roadbook_core::process::expr::Value;
use roadbook_core::process::settings;
use roadbook_core::process::template::{Field as Declared, FieldType, Step};
use roadbook_core::run::asked_by;

/// Empty rows below those of a list.
const ROWS_MORE: usize = 3;

/// What answers may name, by id.
#[derive(Default)]
pub(super) struct Known {
    units: Vec<(String, String)>,
    people: Vec<(String, String)>,
}

impl Known {
    /// What the reader may see of it; nothing is read for a process that names neither.
    pub async fn load(web: &Web, session: &Session, view: &ReleaseView) -> Result<Known, Error> {
        let mut known = Known::default();
        let template = &view.template;
        if template.fields.iter().any(|it| template.names_units(it)) {
            let units = web.app.unit_list(&session.scope).await?;
            known.units = units.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
        }
        if template.fields.iter().any(|it| template.names_people(it)) {
            known.people = active(web, session).await?;
        }
        Ok(known)
    }

    /// What a field may name; nothing for one that takes any text.
    fn choices(&self, view: &ReleaseView, field: &Declared) -> &[(String, String)] {
        if view.template.names_units(field) {
            &self.units
        } else if view.template.names_people(field) {
            &self.people
        } else {
            &[]
        }
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        let found = self.units.iter().chain(&self.people).find(|it| it.0 == id);
        found.map_or(id, |it| it.1.as_str())
    }

    /// An answer to a field as people read it.
    fn words(&self, ctx: &PageCtx, field: &Declared, value: &Value) -> String {
        match value {
            Value::Bool(true) => ctx.t("answer-yes").into_owned(),
            Value::Bool(false) => ctx.t("answer-no").into_owned(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => match field.word(text) {
                Some(word) => words::show(ctx, word),
                None => self.name(text).to_owned(),
            },
            Value::List(rows) => {
                let rows = rows.iter().map(|row| {
                    cells(row).iter().map(|it| self.name(it)).collect::<Vec<_>>().join(" · ")
                });
                rows.collect::<Vec<_>>().join("; ")
            }
            Value::Null => String::new(),
        }
    }
}

/// What a step asks for, each with its answer as people read it.
pub(super) fn answered(
    ctx: &PageCtx,
    view: &ReleaseView,
    step: &Step,
    known: &Known,
) -> Vec<(String, String)> {
    asked_by(&view.template, &view.release.run, step)
        .filter_map(|field| {
            let value = view.release.run.fields.get(&field.id)?;
            let value = known.words(ctx, field, value);
            (!value.is_empty()).then(|| (words::show(ctx, &field.ask), value))
        })
        .collect()
}

/// The forms of what a step asks for, those that are answered below the others.
pub(super) fn questions(
    ctx: &PageCtx,
    view: &ReleaseView,
    step: &Step,
    known: &Known,
    back: &str,
) -> Markup {
    let run = &view.release.run;
    let (given, open): (Vec<&Declared>, Vec<&Declared>) =
        asked_by(&view.template, run, step).partition(|it| run.fields.contains_key(&it.id));
    html! {
        @for field in open { (question(ctx, view, field, known, back)) }
        @for field in given { details {
            summary { (words::show(ctx, &field.ask)) " " b { (known.words(ctx, field, &run.fields[&field.id])) } }
            (question(ctx, view, field, known, back))
        } }
    }
}

fn question(
    ctx: &PageCtx,
    view: &ReleaseView,
    field: &Declared,
    known: &Known,
    back: &str,
) -> Markup {
    let ask = words::show(ctx, &field.ask);
    let now = view.release.run.fields.get(&field.id);
    let named = known.choices(view, field);
    let select = |list: Vec<Choice>| {
        // Nothing is answered by not looking.
        let none = now.is_none().then(|| Choice::new("", "–"));
        ("text", Input::Select(none.into_iter().chain(list).collect()))
    };
    let mut hint = "";
    let (kind, input) = match &field.kind {
        FieldType::Bool => {
            let list = [("yes", "answer-yes"), ("no", "answer-no")];
            let list = list.map(|it| Choice::new(it.0, ctx.t(it.1)));
            ("bool", Input::Radio(list.to_vec()))
        }
        FieldType::Enum(values) => {
            select(values.iter().map(|it| Choice::new(it, word(ctx, field, it))).collect())
        }
        FieldType::Rows(columns) if columns.len() > 1 || !named.is_empty() => {
            return table(ctx, view, field, columns, named, back);
        }
        FieldType::Rows(_) => {
            hint = "field-rows-hint";
            ("rows", Input::Area { rows: 4, code: false })
        }
        _ if !named.is_empty() => {
            select(named.iter().map(|it| Choice::new(&it.0, &it.1)).collect())
        }
        FieldType::Number => ("number", Input::Input("number")),
        FieldType::Date => ("text", Input::Input("date")),
        FieldType::Text => ("text", Input::Area { rows: 2, code: false }),
        FieldType::Duration => {
            hint = "field-duration-hint";
            ("text", Input::Input("text"))
        }
        FieldType::Person | FieldType::Unit | FieldType::Run(_) => ("text", Input::Input("text")),
    };
    let mut input = Field::new(input, "value", ask).value(written(now));
    if !hint.is_empty() {
        input = input.hint(ctx.t(hint).into_owned());
    }
    // An empty list is an answer, and that there is no such run: there is nothing to name.
    if matches!(field.kind, FieldType::Rows(_) | FieldType::Run(_)) {
        input = input.optional();
    }
    let values =
        [("command", "field"), ("field", field.id.as_str()), ("type", kind), ("back", back)];
    form_with(ctx, &act_path(view), &values, &[input], &ctx.t("release-field-save"))
}

/// A list with an input for each cell.
fn table(
    ctx: &PageCtx,
    view: &ReleaseView,
    field: &Declared,
    columns: &[String],
    named: &[(String, String)],
    back: &str,
) -> Markup {
    let mut rows: Vec<Vec<String>> = match view.release.run.fields.get(&field.id) {
        Some(Value::List(rows)) => rows.iter().map(cells).collect(),
        _ => Vec::new(),
    };
    rows.extend(std::iter::repeat_n(Vec::new(), ROWS_MORE));
    let width = columns.len().to_string();
    let label = |column: &str, row: usize| {
        let args = [("column", column.into()), ("row", (row as i64 + 1).into())];
        ctx.ta("field-cell", &args).into_owned()
    };
    let values = [
        ("command", "field"),
        ("field", field.id.as_str()),
        ("type", "cells"),
        ("columns", width.as_str()),
        ("back", back),
    ];
    let titles: Vec<String> = columns.iter().map(|it| word(ctx, field, it)).collect();
    html! {
        form.form method="post" action=(act_path(view)) {
            (hidden(ctx))
            @for (name, value) in values { input type="hidden" name=(name) value=(value); }
            fieldset.field {
                legend { (words::show(ctx, &field.ask)) }
                p.hint { (ctx.t("field-cells-hint")) }
                @for (n, row) in rows.iter().enumerate() { div.cells {
                    @for (at, title) in titles.iter().enumerate() {
                        @let value = row.get(at).map(String::as_str).unwrap_or_default();
                        @if named.is_empty() {
                            input.in type="text" name="cell" value=(value) aria-label=(label(title, n)) placeholder=(title);
                        } @else {
                            select.in name="cell" aria-label=(label(title, n)) {
                                option value="" { "–" }
                                @if !value.is_empty() && !named.iter().any(|it| it.0 == value) {
                                    option value=(value) selected { (value) }
                                }
                                @for it in named { option value=(it.0) selected[it.0 == value] { (it.1) } }
                            }
                        }
                    }
                } }
            }
            div.acts { button.btn.p type="submit" { (ctx.t("release-field-save")) } }
        }
    }
}

/// What people call a value or column.
fn word(ctx: &PageCtx, field: &Declared, id: &str) -> String {
    field.word(id).map_or_else(|| id.replace('_', " "), |it| words::show(ctx, it))
}

fn cells(row: &Value) -> Vec<String> {
    match row {
        Value::List(cells) => cells.iter().map(|it| written(Some(it))).collect(),
        other => vec![written(Some(other))],
    }
}

/// A value as its form holds it.
fn written(value: Option<&Value>) -> String {
    match value {
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::List(rows)) => {
            rows.iter().map(|it| cells(it).join(" · ")).collect::<Vec<_>>().join("\n")
        }
        other => other.and_then(settings::write).unwrap_or_default(),
    }
}

/// The answer in a form.
pub(super) fn answer(fields: &Fields) -> Result<Value, Problem> {
    let text = fields.text("value");
    Ok(match fields.text("type").as_str() {
        "bool" => Value::Bool(matches!(text.as_str(), "yes" | "true")),
        "number" => {
            let wrong =
                |_| Problem::field("value", "number", format!("`{text}` is no whole number"));
            Value::Int(text.parse().map_err(wrong)?)
        }
        "rows" => {
            let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
            Value::List(lines.map(|it| Value::Text(it.to_owned())).collect())
        }
        "cells" => {
            let columns = fields.text("columns").parse().unwrap_or(1).max(1);
            let cells: Vec<String> =
                fields.all("cell").iter().map(|it| it.trim().to_owned()).collect();
            let rows = cells.chunks(columns).filter(|it| it.iter().any(|it| !it.is_empty()));
            Value::List(rows.map(row).collect())
        }
        _ if text.is_empty() => Value::Null,
        _ => Value::Text(text),
    })
}

fn row(cells: &[String]) -> Value {
    match cells {
        [only] => Value::Text(only.clone()),
        cells => Value::List(cells.iter().map(|it| Value::Text(it.clone())).collect()),
    }
}
