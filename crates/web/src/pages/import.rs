//! Lists from spreadsheets: units, people, sites and contacts, pasted or as a file. All rows are
//! checked first; what is wrong is shown row by row, and nothing is half imported.

use super::files::Parts;
use super::visit::{Page, Refused, Signed};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::ui::form::{Choice, Field, Kind as Input, hidden, inputs};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Col, Head, Row, Sum, Table, card, head, sums};
use crate::ui::{PageCtx, State};
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use roadbook_app::import::{ImportInput, ImportReport, ListKind};
use roadbook_app::{Call, Error, FieldError};
use roadbook_core::access::{Action, Kind};
use roadbook_core::limits::BODY_BYTES_MAX;
use serde::Deserialize;

/// Wrong rows that are shown; more would not be read.
const SHOWN_MAX: usize = 200;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let create = Access::Grant(Action::Create, Kind::People);
    vec![
        get("/import", "show_list_import", show).page(),
        post("/import", "send_list_import", keep).access(create).page(),
        post("/import/check", "send_list_import_check", try_out).access(create).page(),
    ]
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    kind: String,
}

/// What stands in the form, and what came of it.
struct Form {
    kind: ListKind,
    text: String,
    wrong: Vec<FieldError>,
    empty: bool,
    report: Option<ImportReport>,
}

async fn show(Query(asked): Query<Asked>, signed: Signed) -> Page {
    let kind = ListKind::parse(&asked.kind).unwrap_or(ListKind::Sites);
    let form = Form { kind, text: String::new(), wrong: Vec::new(), empty: false, report: None };
    Ok(form.show(&signed.ctx, StatusCode::OK))
}

fn kind_word(ctx: &PageCtx, kind: ListKind) -> String {
    ctx.t(&format!("import-kind-{}", kind.name())).into_owned()
}

/// The address of a cell: its row, and the column after it.
fn place(field: &str) -> (Option<u64>, &str) {
    let inner = field.strip_prefix("rows[").and_then(|it| it.split_once(']'));
    match inner {
        Some((row, rest)) => (row.parse().ok(), rest.trim_start_matches('.')),
        None => (None, field),
    }
}

impl Form {
    fn columns(&self, ctx: &PageCtx) -> Markup {
        html! { p.m.s { (ctx.t("import-columns")) ": " @for (i, (name, needed)) in self.kind.columns().iter().enumerate() {
            @if i > 0 { ", " } code { (name) } @if *needed { "*" }
        } } }
    }

    fn errors(&self, ctx: &PageCtx) -> Markup {
        let rows = self.wrong.iter().take(SHOWN_MAX).map(|it| {
            let (row, column) = place(&it.field);
            Row::Bad(vec![
                html! { @if let Some(row) = row { (row) } @else { "–" } },
                html! { code { (column) } },
                html! { (super::again::field_words(ctx, it)) },
            ])
        });
        let caption = ctx.tn("import-wrong", self.wrong.len() as i64);
        let table = Table {
            caption: &caption,
            cols: ["import-row", "import-column", "processes-what"]
                .iter()
                .map(|key| Col::new(ctx.t(key)).labeled())
                .collect(),
            rows: rows.collect(),
        };
        card("wrong", &caption, html! { (ctx.t("import-nothing-kept")) }, html! { (table) })
    }

    fn done(&self, ctx: &PageCtx, report: &ImportReport) -> Markup {
        let labels = ["import-created", "import-updated", "import-unchanged"].map(|key| ctx.t(key));
        let sum = |i: usize, n: usize| Sum {
            label: &labels[i],
            value: n.to_string(),
            rest: String::new(),
            state: None,
        };
        let key = if report.dry_run { "import-tried" } else { "import-kept" };
        html! {
            p role="status" { (state_text(State::Done, &ctx.tn(key, report.rows as i64))) }
            (sums(&[sum(0, report.created), sum(1, report.updated), sum(2, report.unchanged)]))
        }
    }

    fn show(&self, ctx: &PageCtx, status: StatusCode) -> Response {
        let title = ctx.t("import-title");
        let sub = ctx.t("import-question");
        let kinds = ListKind::ALL.into_iter().map(|it| Choice::new(it.name(), kind_word(ctx, it)));
        let required = self.empty.then(|| ctx.t("form-required"));
        let fields = [
            Field::new(Input::Select(kinds.collect()), "kind", ctx.t("import-kind"))
                .value(self.kind.name()),
            Field::new(Input::Area { rows: 14, code: true }, "text", ctx.t("import-text"))
                .value(self.text.clone())
                .hint(ctx.t("import-text-hint"))
                .optional()
                .error(required),
            Field::new(Input::File(".csv,.tsv,.txt,text/csv"), "file", ctx.t("processes-upload"))
                .optional(),
        ];
        let body = html! {
            (head(ctx, &Head { title: &title, sub: &sub, ..Head::default() }, html! {}))
            @if let Some(report) = &self.report { (self.done(ctx, report)) }
            @if !self.wrong.is_empty() { (self.errors(ctx)) }
            (card("import", &title, html! {}, html! { div.cb {
                (self.columns(ctx))
                form.form method="post" action="/import" enctype="multipart/form-data" {
                    (hidden(ctx))
                    (inputs(ctx, &fields))
                    div.acts {
                        button.btn.p type="submit" { (title) }
                        button.btn type="submit" formaction="/import/check" { (ctx.t("import-check")) }
                    }
                }
            } }))
        };
        (status, layout(ctx, &title, body)).into_response()
    }
}

async fn read(parts: &mut Parts) -> Result<(Form, Vec<u8>, Call), Problem> {
    let (fields, call, file) = parts.small(BODY_BYTES_MAX).await?;
    let kind = ListKind::parse(&fields.text("kind"))
        .ok_or_else(|| Problem::field("kind", "unknown", "choose one of the lists"))?;
    let text = fields.get("text").unwrap_or_default().to_owned();
    let (bytes, text) = match file {
        // A file is shown again only where it is text; its bytes are taken as they are.
        Some(file) => (file.bytes.clone(), String::from_utf8(file.bytes).unwrap_or_default()),
        None => (text.clone().into_bytes(), text),
    };
    let empty = bytes.iter().all(u8::is_ascii_whitespace);
    Ok((Form { kind, text, wrong: Vec::new(), empty, report: None }, bytes, call))
}

async fn keep(parts: Parts) -> Page {
    import(parts, false).await
}

async fn try_out(parts: Parts) -> Page {
    import(parts, true).await
}

async fn import(mut parts: Parts, dry_run: bool) -> Page {
    let read = read(&mut parts).await;
    let Parts { ctx, web, .. } = parts;
    let (mut form, bytes, call) = read.map_err(|problem| Refused::new(ctx.clone(), problem))?;
    if form.empty {
        return Ok(form.show(&ctx, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let input = ImportInput { kind: form.kind, bytes, unit: None, dry_run };
    match web.app.import(&call, input).await {
        Ok(report) => {
            // What was kept need not be sent again.
            if !dry_run {
                form.text.clear();
            }
            form.report = Some(report);
            Ok(form.show(&ctx, StatusCode::OK))
        }
        Err(Error::Invalid(list)) => {
            form.wrong = list;
            Ok(form.show(&ctx, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(Refused::new(ctx, error.into())),
    }
}
