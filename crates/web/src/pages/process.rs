//! One process: its lanes, findings, revisions and file; checking and publishing a new revision.

use super::files::Parts;
use super::view::process as look;
use super::visit::{Page, Refused, Signed, go};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::ui::PageCtx;
use crate::ui::form::{Field, Kind as Input, hidden, inputs};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, card, head};
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use roadbook_app::processes::ProcessView;
use roadbook_app::{Call, Error};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::PersonId;
use roadbook_core::limits::PROCESS_FILE_BYTES_MAX;
use roadbook_core::process::diff::{Difference, diff};
use roadbook_core::process::finding::Finding;
use roadbook_wire::process::check_among;
use serde::Deserialize;

const FILE: &str = "process.toml";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Process);
    let create = Access::Grant(Action::Create, Kind::Process);
    vec![
        get("/processes/{family}/{name}", "show_process", one).access(view).page(),
        get("/processes/{family}/{name}/file", "show_process_file", file).access(view).page(),
        get("/processes/publish", "show_process_publish", blank).access(create).page(),
        post("/processes/check", "send_process_check", check_only).access(create).page(),
        post("/processes/publish", "send_process", publish).access(create).page(),
    ]
}

#[derive(Deserialize)]
struct Which {
    revision: Option<u32>,
    from: Option<u32>,
    to: Option<u32>,
}

async fn load(
    signed: &Signed,
    family: &str,
    name: &str,
    revision: Option<u32>,
) -> Page<(String, ProcessView)> {
    let id = format!("{family}/{name}");
    let call = signed.caller.session.call();
    let view = signed.web.app.process_view(&call, &id, revision).await;
    Ok((id, view.map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?))
}

async fn one(
    Path((family, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    signed: Signed,
) -> Page {
    let (id, view) = load(&signed, &family, &name, which.revision).await?;
    let fail = |error: Error| Refused::new(signed.ctx.clone(), error.into());
    let asked = match (which.from, which.to) {
        (Some(from), Some(to)) => Some((from, to, between(&view, from, to).map_err(fail)?)),
        _ => None,
    };
    let people = view.history.iter().filter_map(|it| PersonId::parse(&it.author).ok()).collect();
    let names = signed.web.app.names(people).await.map_err(fail)?;
    let call = signed.caller.session.call();
    let known = signed.web.app.process_check_among(&call).await.map_err(fail)?;
    let Signed { ctx, caller, .. } = signed;
    let template = &view.summary.template;
    let title = template.title.show(ctx.lang).0.to_owned();
    let about = template.description.show(ctx.lang).0.to_owned();
    let may = allowed(&caller.session.actor, Action::Create, Kind::Process, &Resource::whole());
    let crumbs = vec![
        (ctx.t("processes-title").into_owned(), Some("/processes".to_owned())),
        (id.clone(), None),
    ];
    let revision = view.summary.revision;
    let found = check_among(FILE, &view.text, &known).findings;
    let acts = html! {
        (Btn::link(ctx.t("action-export"), format!("/processes/{id}/file?revision={revision}")))
        @if may { (Btn::link(ctx.t("processes-new-revision"), format!("/processes/publish?base={id}"))) }
    };
    let body = html! {
        (head(&ctx, &Head { crumbs, title: &title, sub: &about, ..Head::default() }, acts))
        (look::facts(&ctx, &view.summary, &names))
        (look::lanes(&ctx, template))
        (look::steps(&ctx, template))
        (look::findings(&ctx, &found, true))
        (look::revisions(&ctx, &id, &view.history, &names))
        (look::compare(&ctx, &id, &view.history, asked))
        (look::file(&ctx, &id, revision, &view.text))
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn between(view: &ProcessView, from: u32, to: u32) -> Result<Vec<Difference>, Error> {
    let find = |revision: u32| {
        let found = view.history.iter().find(|it| it.revision == revision);
        found.ok_or(Error::NotFound { what: "process" })
    };
    Ok(diff(&find(from)?.template, &find(to)?.template))
}

async fn file(
    Path((family, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    signed: Signed,
) -> Page {
    let (_, view) = load(&signed, &family, &name, which.revision).await?;
    let name = format!("{family}-{name}-{}.toml", view.summary.revision);
    let safe: String =
        name.chars().filter(|it| it.is_ascii_alphanumeric() || "-_.".contains(*it)).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/toml".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{safe}\"")),
    ];
    Ok((headers, view.text).into_response())
}

#[derive(Deserialize)]
struct Base {
    #[serde(default)]
    base: String,
}

async fn blank(Query(asked): Query<Base>, signed: Signed) -> Page {
    let call = signed.caller.session.call();
    let fail = |error: Error| Refused::new(signed.ctx.clone(), error.into());
    call.authorize(Action::Create, Kind::Process, &Resource::whole(), "process").map_err(fail)?;
    let text = match asked.base.is_empty() {
        true => String::new(),
        false => signed.web.app.process_view(&call, &asked.base, None).await.map_err(fail)?.text,
    };
    let form = Form { text, ..Form::default() };
    Ok(form.show(&signed.ctx, StatusCode::OK))
}

/// What stands in the form, and what is wrong with it.
#[derive(Default)]
struct Form {
    text: String,
    note: String,
    /// What the checker said, once it was asked.
    found: Option<Vec<Finding>>,
    wrong_text: Option<String>,
    wrong_note: Option<String>,
}

impl Form {
    fn show(&self, ctx: &PageCtx, status: StatusCode) -> Response {
        let title = ctx.t("processes-new-revision");
        let accept = ".toml,text/plain,application/toml";
        let fields = [
            Field::text("note", ctx.t("processes-note"))
                .value(self.note.clone())
                .hint(ctx.t("processes-note-hint"))
                .optional()
                .error(self.wrong_note.clone()),
            Field::new(Input::Area { rows: 22, code: true }, "text", ctx.t("processes-file"))
                .value(self.text.clone())
                .hint(ctx.t("processes-text-hint"))
                .optional()
                .error(self.wrong_text.clone()),
            Field::new(Input::File(accept), "file", ctx.t("processes-upload")).optional(),
        ];
        let crumbs = vec![
            (ctx.t("processes-title").into_owned(), Some("/processes".to_owned())),
            (title.clone().into_owned(), None),
        ];
        let sub = ctx.t("processes-publish-about");
        let body = html! {
            (head(ctx, &Head { crumbs, title: &title, sub: &sub, ..Head::default() }, html! {}))
            @if let Some(found) = &self.found { (look::findings(ctx, found, false)) }
            (card("publish", &ctx.t("processes-file"), html! {}, html! { div.cb {
                form.form method="post" action="/processes/publish" enctype="multipart/form-data" {
                    (hidden(ctx))
                    (inputs(ctx, &fields))
                    div.acts {
                        button.btn.p type="submit" { (ctx.t("processes-publish")) }
                        button.btn type="submit" formaction="/processes/check" { (ctx.t("processes-check")) }
                    }
                }
            } }))
        };
        (status, layout(ctx, &title, body)).into_response()
    }
}

/// Reads the form: a file goes before pasted text.
async fn read(parts: &mut Parts) -> Result<(Form, Call), Problem> {
    let (fields, call, file) = parts.small(PROCESS_FILE_BYTES_MAX).await?;
    let text = match file {
        Some(file) => String::from_utf8(file.bytes)
            .map_err(|_| Problem::field("file", "utf8", "the file is no UTF-8 text"))?,
        // A browser sends line ends of its own; a file has plain ones.
        None => fields.get("text").unwrap_or_default().replace("\r\n", "\n"),
    };
    Ok((Form { text, note: fields.text("note"), ..Form::default() }, call))
}

async fn check_only(mut parts: Parts) -> Page {
    let read = read(&mut parts).await;
    let Parts { ctx, web, .. } = parts;
    let (form, call) = read.map_err(|problem| Refused::new(ctx.clone(), problem))?;
    call.authorize(Action::Create, Kind::Process, &Resource::whole(), "process")
        .map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let known = web.app.process_check_among(&call).await;
    let known = known.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let found = check_among(FILE, &form.text, &known).findings;
    // Asking is no mistake, whatever the answer is.
    Ok(Form { found: Some(found), ..form }.show(&ctx, StatusCode::OK))
}

async fn publish(mut parts: Parts) -> Page {
    let read = read(&mut parts).await;
    let Parts { ctx, web, .. } = parts;
    let (mut form, call) = read.map_err(|problem| Refused::new(ctx.clone(), problem))?;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    call.authorize(Action::Create, Kind::Process, &Resource::whole(), "process").map_err(fail)?;
    let known = web.app.process_check_among(&call).await.map_err(fail)?;
    let checked = check_among(FILE, &form.text, &known);
    let required = || Some(ctx.t("form-required").into_owned());
    if form.text.trim().is_empty() {
        form.wrong_text = required();
    } else if !checked.passes() {
        let n = checked.findings.iter().filter(|it| it.blocks()).count();
        form.wrong_text = Some(ctx.tn("processes-blocked", n as i64).into_owned());
        form.found = Some(checked.findings);
    }
    if form.note.is_empty() {
        form.wrong_note = required();
    }
    if form.wrong_text.is_some() || form.wrong_note.is_some() {
        return Ok(form.show(&ctx, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let made = web.app.process_publish(&call, &form.text, &form.note).await.map_err(fail)?;
    Ok(go(&format!("/processes/{}?revision={}", made.id, made.revision)))
}
