//! Documents of a release: writing, revisions, signatures, control, and the evidence to take away.

use super::files::attachment;
use super::release::{ReleaseTab, VIEW, act_path, load, page};
use super::uploads::{revisions, upload_card};
use super::visit::{Page, Refused, Sent, Signed, go};
use super::words;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::form_with;
use crate::ui::form::{Choice, Field, Kind as Input, act, form};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, Col, Row, Table, card, empty};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use maud::{Markup, PreEscaped, html};
use roadbook_app::documents::{DocumentView, draft};
use roadbook_app::releases::ReleaseView;
use roadbook_core::access::{Action, Kind};
use roadbook_core::process::template::DocumentType;
use roadbook_core::run::{Control, DocumentRun};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let write = Access::Grant(Action::Act, Kind::Release);
    vec![
        get("/releases/{release}/documents", "show_release_documents", list).access(VIEW).page(),
        get("/releases/{release}/documents/{document}", "show_release_document", one)
            .access(VIEW)
            .page(),
        post("/releases/{release}/documents/{document}", "send_release_document", save)
            .access(write)
            .page(),
        get("/releases/{release}/bundle", "show_release_bundle", bundle).access(VIEW).page(),
    ]
}

fn control(ctx: &PageCtx, run: Option<&DocumentRun>) -> (Glyph, String) {
    control_words(ctx, run.map(|it| it.control))
}

/// The status of a document or of one revision of it.
pub(super) fn control_words(ctx: &PageCtx, control: Option<Control>) -> (Glyph, String) {
    let (state, key) = match control {
        None => (Glyph::Foreseen, "documents-missing"),
        Some(Control::Draft) => (Glyph::Running, "documents-status-draft"),
        Some(Control::Controlled) => (Glyph::Done, "documents-status-controlled"),
        Some(Control::Obsolete) => (Glyph::Held, "documents-status-obsolete"),
    };
    (state, ctx.t(key).into_owned())
}

async fn list(signed: Signed, Path(release): Path<String>) -> Page {
    let view = load(&signed, &release).await?;
    let mut ctx = signed.ctx;
    ctx.live = Some(format!("release/{}", view.release.id));
    let base = format!("/releases/{}", view.release.id);
    let line = |it: &DocumentType| {
        let run = view.release.run.documents.get(&it.id);
        let (state, word) = control(&ctx, run);
        let author = run.and_then(|it| view.names.get(&it.author)).cloned();
        let role = it.role.as_deref().map(|it| words::role_title(&ctx, &view.template, it));
        let signed =
            run.map_or(0, |run| it.signed_by.iter().filter(|role| run.signed_by(role)).count());
        Row::Cells(vec![
            html! { a.t href={ (base) "/documents/" (it.id) } { (words::show(&ctx, &it.title)) } },
            state_text(state, &word),
            html! { (run.map(DocumentRun::label).unwrap_or_default()) },
            html! { (author.or(role).unwrap_or_default()) },
            html! { (signed) " / " (it.signed_by.len()) },
        ])
    };
    let title = ctx.t("documents-title");
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("documents-name")),
            Col::new(ctx.t("work-state")),
            Col::new(ctx.t("documents-revision")).labeled(),
            Col::new(ctx.t("documents-author")).labeled(),
            Col::new(ctx.t("documents-signatures")).labeled(),
        ],
        rows: view.template.documents.iter().map(line).collect(),
    };
    let aside = html! { (Btn::link(ctx.t("documents-archive"), format!("{base}/bundle")).small()) };
    let body = html! {
        @if view.template.documents.is_empty() { section.card { (empty(&title, &ctx.t("documents-empty"), html! {})) } }
        @else { (card("documents", &title, aside, html! { (table) })) }
        p.m.s { (ctx.t("documents-archive-hint")) }
        (super::extracts::links(&ctx, &base))
    };
    Ok(page(&ctx, &view, ReleaseTab::Documents, body).into_response())
}

/// What a deliverable is for, in which form, where it is filed, and what the record holds for it.
fn about(ctx: &PageCtx, view: &ReleaseView, declared: &DocumentType) -> Markup {
    let class = declared.report.map(|it| format!("report-class-{}", it.name()));
    let mut facts: Vec<String> = declared.format.iter().cloned().collect();
    facts.extend(class.map(|it| ctx.t(&it).into_owned()));
    let filed = [&declared.volume, &declared.number];
    facts.extend(filed.into_iter().flatten().cloned());
    html! {
        @if !declared.about.is_empty() { p.measure { (words::show(ctx, &declared.about)) } }
        @if !facts.is_empty() { p.m.s { (facts.join(" · ")) } }
        @if let Some(it) = declared.extract {
            p { a.t href={ "/releases/" (view.release.id) "/extracts/" (it.name()) } { (super::extracts::title(ctx, it)) } }
        }
    }
}

async fn one(signed: Signed, Path((release, kind)): Path<(String, String)>) -> Page {
    let view = load(&signed, &release).await?;
    let fail = |error: roadbook_app::Error| Refused::new(signed.ctx.clone(), error.into());
    let Some(declared) = view.template.document(&kind) else {
        return Err(fail(roadbook_app::Error::NotFound { what: "document" }));
    };
    let written = if view.release.run.documents.contains_key(&kind) {
        let actor = &signed.caller.session.actor;
        let id = &view.release.id;
        Some(signed.web.app.document(actor, id, &kind, None).await.map_err(fail)?)
    } else {
        None
    };
    let mut ctx = signed.ctx.clone();
    ctx.live = Some(format!("release/{}", view.release.id));
    let body = html! {
        h2 { (words::show(&ctx, &declared.title)) }
        (about(&ctx, &view, declared))
        @if let Some(document) = &written { (shown(&ctx, &view, declared, document)) }
        (editor(&ctx, &view, declared, written.as_ref()))
        (upload_card(&ctx, &view, declared))
    };
    Ok(page(&ctx, &view, ReleaseTab::Documents, body).into_response())
}

fn href(view: &ReleaseView, document: &str) -> String {
    format!("/releases/{}/documents/{document}", view.release.id)
}

fn editor(
    ctx: &PageCtx,
    view: &ReleaseView,
    declared: &DocumentType,
    written: Option<&DocumentView>,
) -> Markup {
    let file = declared.upload || written.is_some_and(|it| it.text.is_none());
    if view.release.run.is_ended() || file {
        return html! {};
    }
    let text = written
        .and_then(|it| it.text.clone())
        .unwrap_or_else(|| draft(&view.template, &declared.id, ctx.lang, &view.release.items));
    let fields = [
        Field::new(Input::Area { rows: 18, code: true }, "text", ctx.t("documents-text"))
            .value(text),
        Field::text("note", ctx.t("documents-note")).optional(),
    ];
    let body = form(ctx, &href(view, &declared.id), &fields, &ctx.t("documents-save"));
    card("write", &ctx.t("documents-write"), html! {}, html! { div.cb { (body) } })
}

fn shown(ctx: &PageCtx, view: &ReleaseView, declared: &DocumentType, it: &DocumentView) -> Markup {
    let back = href(view, &declared.id);
    let (state, word) = control(ctx, Some(&it.state));
    let section =
        |id: &String| declared.part_title(id).map_or_else(|| id.clone(), |it| words::show(ctx, it));
    let values =
        [("command", "control"), ("document", declared.id.as_str()), ("back", back.as_str())];
    html! {
        section.card data-live-id="document" { div.cb.prose {
            p { (state_text(state, &word)) " " (it.state.label()) " " code { (it.state.digest.get(..16).unwrap_or_default()) } }
            @for id in &it.state.missing_sections {
                @let section = section(id);
                p { (state_text(Glyph::AtRisk, &ctx.ta("documents-section-missing", &[("section", section.as_str().into())]))) }
            }
            @if let Some(html) = &it.html { (PreEscaped(html.clone())) }
            @if it.state.control == Control::Draft { (act(ctx, &act_path(view), Btn::button(ctx.t("documents-control")).small(), &values)) }
        } }
        (signatures(ctx, view, declared, it))
        (revisions(ctx, view, declared, it))
    }
}

fn signatures(
    ctx: &PageCtx,
    view: &ReleaseView,
    declared: &DocumentType,
    it: &DocumentView,
) -> Markup {
    let back = href(view, &declared.id);
    let meanings = vec![
        Choice::new("reviewed", ctx.t("documents-meaning-reviewed")),
        Choice::new("accepted", ctx.t("documents-meaning-accepted")),
    ];
    let open = declared.signed_by.iter().filter(|role| !it.state.signed_by(role));
    let list = html! { div.cb {
        @if it.state.signatures.is_empty() { p.m { (ctx.t("documents-no-signatures")) } }
        ul.list { @for signature in &it.state.signatures {
            @let name = it.names.get(&signature.person).cloned().unwrap_or_default();
            @let at = ctx.date_time(signature.at);
            @let text = ctx.ta("sign-signed-by", &[("name", name.as_str().into()), ("at", at.as_str().into())]);
            @let state = if signature.voided_at.is_some() { Glyph::Failed } else { Glyph::Done };
            li { (state_text(state, &text)) " " (words::role_title(ctx, &view.template, &signature.role))
                @if let Some(at) = signature.voided_at { @let at = ctx.date_time(at); " " b { (ctx.ta("sign-void", &[("at", at.as_str().into())])) } }
            }
        } }
        @for role in open {
            @let title = words::role_title(ctx, &view.template, role);
            @let submit = ctx.ta("documents-sign-as", &[("role", title.as_str().into())]);
            @let values = [("command", "sign"), ("document", declared.id.as_str()), ("role", role.as_str()), ("digest", it.state.digest.as_str()), ("back", back.as_str())];
            details { summary { (submit) }
                (form_with(ctx, &act_path(view), &values, &[
                    Field::new(Input::Select(meanings.clone()), "meaning", ctx.t("documents-meaning")),
                    Field::new(Input::Input("password"), "password", ctx.t("form-password-again")).hint(ctx.t("form-password-again-hint")).autocomplete("current-password"),
                ], &submit))
            }
        }
    } };
    card("signatures", &ctx.t("documents-signatures"), html! {}, list)
}

async fn save(
    State(web): State<Web>,
    Path((release, kind)): Path<(String, String)>,
    sent: Sent,
) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.release_find(&caller.session.actor, &release).await.map_err(fail)?;
    let text = fields.get("text").unwrap_or_default();
    web.app.document_write(&call, &id, &kind, text, &fields.text("note")).await.map_err(fail)?;
    Ok(go(&format!("/releases/{id}/documents/{kind}")))
}

/// The evidence of a release as one file that checks itself on any machine.
async fn bundle(signed: Signed, Path(release): Path<String>) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(signed.ctx.clone(), error.into());
    let actor = &signed.caller.session.actor;
    let id = signed.web.app.release_find(actor, &release).await.map_err(fail)?;
    let (name, bytes) = signed.web.app.release_bundle(actor, &id).await.map_err(fail)?;
    let head = attachment("application/octet-stream", &name);
    Ok((head, bytes).into_response())
}
