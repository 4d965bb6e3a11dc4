//! Files as revisions of a document: the form, what it refuses, and the list of revisions.

use super::files::Parts;
use super::papers::control_words;
use super::visit::{Page, Refused, go};
use super::words;
use crate::http::problem::Problem;
use crate::i18n::fmt;
use crate::routes::{Access, Endpoint, post};
use crate::ui::PageCtx;
use crate::ui::form::{Field, Kind as Input, form};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Col, Head, Row, Table, card, head};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use roadbook_app::documents::DocumentView;
use roadbook_app::releases::ReleaseView;
use roadbook_core::access::{Action, Kind};
use roadbook_core::limits::UPLOAD_BYTES_MAX;
use roadbook_core::process::template::DocumentType;

/// What the file chooser offers; the server decides.
const ACCEPT: &str = ".pdf,.docx,.xlsx,.pptx,.md,.txt,.csv,.png,.jpg,.jpeg,.zip";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let write = Access::Grant(Action::Act, Kind::Release);
    vec![
        post("/releases/{release}/documents/{document}/file", "send_document_file", send)
            .access(write)
            .page(),
    ]
}

fn fields(ctx: &PageCtx, note: &str, wrong: Option<String>) -> [Field; 2] {
    let most = fmt::bytes(ctx.lang, UPLOAD_BYTES_MAX);
    [
        Field::text("note", ctx.t("documents-note")).value(note).optional(),
        Field::new(Input::File(ACCEPT), "file", ctx.t("documents-file"))
            .hint(ctx.ta("upload-hint", &[("most", most.as_str().into())]))
            .error(wrong),
    ]
}

/// The card with the form; the file comes last, after what guards it.
pub(super) fn upload_card(ctx: &PageCtx, view: &ReleaseView, declared: &DocumentType) -> Markup {
    if view.release.run.is_ended() {
        return html! {};
    }
    let action = format!("/releases/{}/documents/{}/file", view.release.id, declared.id);
    let body = form(ctx, &action, &fields(ctx, "", None), &ctx.t("documents-upload"));
    card("upload", &ctx.t("documents-upload"), html! {}, html! { div.cb { (body) } })
}

/// All revisions, the newest first: which holds, who wrote it, when, why, what changed (S3-02).
pub(super) fn revisions(
    ctx: &PageCtx,
    view: &ReleaseView,
    declared: &DocumentType,
    it: &DocumentView,
) -> Markup {
    let section = |id: &String| {
        let found = declared.sections.iter().find(|it| it.id == *id);
        found.map_or_else(|| id.clone(), |it| words::show(ctx, &it.title))
    };
    let numbered: Vec<_> = (0..).zip(&it.document.revisions).collect();
    let rows = numbered.into_iter().rev().map(|(number, revision)| {
        let (state, word) = control_words(ctx, Some(it.state.control_of(number)));
        let href = format!(
            "/api/v1/releases/{}/documents/{}/revisions/{}",
            view.release.id, declared.id, revision.label
        );
        let author = it.names.get(&revision.by).cloned().unwrap_or_default();
        let sections: Vec<String> = revision.sections.iter().map(section).collect();
        let size = fmt::bytes(ctx.lang, revision.size);
        Row::Cells(vec![
            html! { b { (revision.label) } br; a.s href=(href) download { (revision.name) } " " span.m.s { (size) } },
            state_text(state, &word),
            html! { (author) br; span.m.s { (ctx.date_time(revision.at)) } },
            html! { (revision.note) @if !sections.is_empty() { br; span.m.s { (ctx.t("upload-sections")) ": " (sections.join(", ")) } } },
        ])
    });
    let caption = ctx.t("documents-revisions");
    let cols = ["documents-revision", "work-state", "documents-author", "documents-note"];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows: rows.collect(),
    };
    let key = format!("documents-{}", it.document.confidentiality);
    let known = ctx.tr().has(&key);
    let class = if known { ctx.t(&key).into_owned() } else { it.document.confidentiality.clone() };
    let aside = html! { (it.document.number) " · " (class) };
    card("revisions", &caption, aside, html! { (table) })
}

async fn send(Path((release, kind)): Path<(String, String)>, mut parts: Parts) -> Page {
    let sent = parts.into_document(&release, &kind).await;
    let Parts { ctx, .. } = parts;
    match sent {
        Ok(id) => Ok(go(&format!("/releases/{id}/documents/{kind}"))),
        Err(problem) => refused(&ctx, &release, &kind, problem),
    }
}

/// What is wrong with the file stands beside it; everything else is a page of its own.
fn refused(ctx: &PageCtx, release: &str, kind: &str, problem: Problem) -> Page<Response> {
    let about_file = problem.body.errors.iter().find(|it| it.field == "file");
    let code = match about_file {
        Some(it) => it.code.clone(),
        None if problem.body.code == "too_large" => problem.body.code.clone(),
        None => return Err(Refused::new(ctx.clone(), problem)),
    };
    let key = format!("upload-no-{}", code.replace('_', "-"));
    let most = fmt::bytes(ctx.lang, UPLOAD_BYTES_MAX);
    let wrong = if ctx.tr().has(&key) {
        ctx.ta(&key, &[("most", most.as_str().into())]).into_owned()
    } else {
        problem.body.detail.clone()
    };
    let back = format!("/releases/{release}/documents/{kind}");
    let title = ctx.t("documents-upload");
    let crumbs = vec![
        (ctx.t("documents-title").into_owned(), Some(back.clone())),
        (title.clone().into_owned(), None),
    ];
    let fields = fields(ctx, "", Some(wrong));
    let body = html! {
        (head(ctx, &Head { crumbs, title: &title, ..Head::default() }, html! {}))
        section.card { div.cb { (form(ctx, &format!("{back}/file"), &fields, &title)) } }
    };
    let status = match problem.status {
        StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, layout(ctx, &title, body)).into_response())
}
