//! The changes that a release carries: what each is, what it is for, and what the process asks of it.

use super::release::{ReleaseTab, VIEW, load, page};
use super::visit::{Fields, Page, Refused, Sent, Signed, go};
use super::words;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind as Input, hidden, inputs};
use crate::ui::parts::{card, empty};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::releases::{EditRelease, ReleaseView};
use roadbook_core::access::{Action, Kind};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Field as Declared, FieldType, Template};
use roadbook_core::release::{CHANGE_KINDS, CHANGE_PURPOSES, ChangeItem, Release, forced_kind};
use roadbook_core::run::RunState;
use roadbook_core::text::Text;
use std::collections::BTreeMap;

/// Empty places below the changes that are there.
const BLANK: usize = 2;

/// Changes that a form may hold.
const CHANGES_MAX: usize = 500;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let lead = Access::Grant(Action::Lead, Kind::Release);
    vec![
        get("/releases/{release}/changes", "show_release_changes", show).access(VIEW).page(),
        post("/releases/{release}/changes", "send_release_changes", send).access(lead).page(),
    ]
}

async fn show(signed: Signed, Path(release): Path<String>) -> Page {
    let view = load(&signed, &release).await?;
    let mut ctx = signed.ctx;
    ctx.live = Some(format!("release/{}", view.release.id));
    let body = if view.may_edit { form(&ctx, &view) } else { list(&ctx, &view) };
    let title = ctx.t("release-tab-changes");
    let shown = card("changes", &title, html! {}, html! { div.cb { (body) } });
    Ok(page(&ctx, &view, ReleaseTab::Changes, shown).into_response())
}

fn list(ctx: &PageCtx, view: &ReleaseView) -> Markup {
    let items = &view.release.items;
    if items.is_empty() {
        return empty(&ctx.t("changes-none"), "", html! {});
    }
    html! { ul.list { @for item in items { li {
        b { (words::show(ctx, &item.title)) } " "
        span.m { (word(ctx, "item-kind", &item.kind)) " · " (word(ctx, "item-purpose", &item.purpose)) }
        @for field in &view.template.item_fields {
            @if let Some(value) = item.facts.get(&field.id) {
                br; span.m.s { (words::show(ctx, &field.ask)) ": " (answer_words(ctx, field, value)) }
            }
        }
    } } } }
}

fn form(ctx: &PageCtx, view: &ReleaseView) -> Markup {
    let items = &view.release.items;
    let blocks = items.iter().map(Some).chain(std::iter::repeat_n(None, BLANK));
    html! {
        @if items.is_empty() { p.m { (ctx.t("changes-none")) } }
        form.form method="post" action={ "/releases/" (view.release.id) "/changes" } {
            (hidden(ctx))
            @for (n, item) in blocks.enumerate() {
                @let fields = fields_of(ctx, &view.template, n, item);
                @let name = ctx.ta("changes-n", &[("n", (n as i64 + 1).into())]);
                fieldset.field {
                    legend { (name) }
                    @if let Some(item) = item { input type="hidden" name=(at(n, "id")) value=(item.id); }
                    (inputs(ctx, &fields))
                }
            }
            p.hint { (ctx.t("changes-hint")) }
            div.acts { button.btn.p type="submit" { (ctx.t("changes-save")) } }
        }
    }
}

/// The name of an input of the change with this number.
fn at(n: usize, what: &str) -> String {
    format!("change-{n}-{what}")
}

/// The inputs of a change.
pub(super) fn fields_of(
    ctx: &PageCtx,
    template: &Template,
    n: usize,
    item: Option<&ChangeItem>,
) -> Vec<Field> {
    let select = |what: &str, family: &str, names: &[&str], now: Option<&String>| {
        let mut names: Vec<&str> = names.to_vec();
        // What was named by other means stays as it is.
        if let Some(now) = now.map(String::as_str).filter(|it| !names.contains(it)) {
            names.push(now);
        }
        let list = names.iter().map(|it| Choice::new(*it, word(ctx, family, it))).collect();
        let usual = names.first().copied().unwrap_or_default();
        let label = ctx.t(&format!("changes-{what}"));
        Field::new(Input::Select(list), at(n, what), label).value(now.map_or(usual, String::as_str))
    };
    let title = item.map(|it| words::show(ctx, &it.title)).unwrap_or_default();
    let mut fields = vec![
        Field::text(at(n, "title"), ctx.t("changes-title")).value(title).optional(),
        select("kind", "item-kind", &CHANGE_KINDS, item.map(|it| &it.kind)),
        select("purpose", "item-purpose", &CHANGE_PURPOSES, item.map(|it| &it.purpose)),
    ];
    fields.extend(template.item_fields.iter().map(|it| {
        let now = item.and_then(|item| item.facts.get(&it.id));
        question(ctx, it, at(n, &format!("fact-{}", it.id)), now).optional()
    }));
    fields
}

fn question(ctx: &PageCtx, field: &Declared, name: String, now: Option<&Value>) -> Field {
    let ask = words::show(ctx, &field.ask);
    let (input, now) = match (&field.kind, now) {
        (FieldType::Bool, now) => {
            let list = [("yes", "answer-yes"), ("no", "answer-no")];
            let list = list.map(|it| Choice::new(it.0, ctx.t(it.1))).to_vec();
            let now = match now {
                Some(Value::Bool(true)) => "yes",
                Some(Value::Bool(false)) => "no",
                _ => "",
            };
            (Input::Radio(list), now.to_owned())
        }
        (FieldType::Enum(values), now) => {
            let list = values.iter().map(|it| Choice::new(it, value_word(ctx, field, it)));
            let list = std::iter::once(Choice::new("", "–")).chain(list).collect();
            let now = match now {
                Some(Value::Text(text)) => text.clone(),
                _ => String::new(),
            };
            (Input::Select(list), now)
        }
        (FieldType::Number, Some(Value::Int(number))) => {
            (Input::Input("number"), number.to_string())
        }
        (FieldType::Number, _) => (Input::Input("number"), String::new()),
        (_, Some(Value::Text(text))) => (Input::Input("text"), text.clone()),
        _ => (Input::Input("text"), String::new()),
    };
    Field::new(input, name, ask).value(now)
}

fn value_word(ctx: &PageCtx, field: &Declared, id: &str) -> String {
    field.word(id).map_or_else(|| id.replace('_', " "), |it| words::show(ctx, it))
}

fn answer_words(ctx: &PageCtx, field: &Declared, value: &Value) -> String {
    match value {
        Value::Bool(true) => ctx.t("answer-yes").into_owned(),
        Value::Bool(false) => ctx.t("answer-no").into_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => value_word(ctx, field, text),
        Value::List(_) | Value::Null => String::new(),
    }
}

fn word(ctx: &PageCtx, family: &str, id: &str) -> String {
    let key = format!("{family}-{}", id.replace('_', "-"));
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { id.replace('_', " ") }
}

/// The changes in a form. Those that were there keep their short names and their words in other
/// languages; one without a title is left out.
pub(super) fn read(
    ctx: &PageCtx,
    fields: &Fields,
    template: &Template,
    before: &[ChangeItem],
) -> Vec<ChangeItem> {
    let mut items: Vec<ChangeItem> = Vec::new();
    let mut taken: Vec<String> = before.iter().map(|it| it.id.clone()).collect();
    for n in 0..CHANGES_MAX {
        if fields.get(&at(n, "title")).is_none() {
            break;
        }
        let title = fields.text(&at(n, "title"));
        if title.is_empty() {
            continue;
        }
        let known = fields.text(&at(n, "id"));
        let known = before.iter().find(|it| it.id == known);
        let id = known.map_or_else(|| free(&taken), |it| it.id.clone());
        taken.push(id.clone());
        let mut words = known.map(|it| it.title.clone()).unwrap_or_default();
        if words.show(ctx.lang).0 != title {
            words = Text::of(ctx.lang, title);
        }
        let mut facts: BTreeMap<String, Value> =
            known.map(|it| it.facts.clone()).unwrap_or_default();
        for field in &template.item_fields {
            match answer(field, &fields.text(&at(n, &format!("fact-{}", field.id)))) {
                Some(value) => facts.insert(field.id.clone(), value),
                None => facts.remove(&field.id),
            };
        }
        items.push(ChangeItem {
            id,
            title: words,
            kind: fields.text(&at(n, "kind")),
            purpose: fields.text(&at(n, "purpose")),
            facts,
        });
    }
    items
}

/// The first short name that no change has or had.
fn free(taken: &[String]) -> String {
    (1..).map(|n| format!("c{n}")).find(|it| !taken.contains(it)).unwrap_or_default()
}

/// What was not answered is left out: the process judges that, not the form.
fn answer(field: &Declared, text: &str) -> Option<Value> {
    match (&field.kind, text) {
        (_, "") => None,
        (FieldType::Bool, text) => Some(Value::Bool(text == "yes")),
        (FieldType::Number, text) => {
            Some(text.parse().map_or(Value::Text(text.to_owned()), Value::Int))
        }
        (_, text) => Some(Value::Text(text.to_owned())),
    }
}

async fn send(State(web): State<Web>, Path(release): Path<String>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await.map_err(fail)?;
    let view = web.app.release(actor, &id).await.map_err(fail)?;
    let items = read(&ctx, &fields, &view.template, &view.release.items);
    let edit = EditRelease {
        kind: reclassed(&view, &items),
        items: Some(items),
        ..EditRelease::default()
    };
    if let Err(error) = web.app.release_edit(&call, &id, edit).await {
        return Err(Refused::of_release(ctx, error.into(), &view));
    }
    Ok(go(&format!("/releases/{id}/changes")))
}

/// The class that the changes force, while nothing has begun that rests on another one.
fn reclassed(view: &ReleaseView, items: &[ChangeItem]) -> Option<String> {
    if !matches!(view.release.run.state, RunState::Draft) {
        return None;
    }
    let next = Release { items: items.to_vec(), ..view.release.clone() };
    forced_kind(&view.template, &next).map(|it| it.class).filter(|it| *it != next.kind)
}
