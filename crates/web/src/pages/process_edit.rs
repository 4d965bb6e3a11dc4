//! The editor of a process: its text beside its drawing, findings and changes; publishing it.

use super::files::Parts;
use super::view::process::state_words;
use super::view::process_edit::{Base, Preview, preview};
use super::visit::{Page, Refused, Sent, Signed, go};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Field, Kind as Input, act, hidden, inputs};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, card, head};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use roadbook_app::process_drafts::DraftView;
use roadbook_app::{Call, Error};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::limits::PROCESS_FILE_BYTES_MAX;
use roadbook_core::process::finding::Positions;
use roadbook_wire::process::check_among;

const FILE: &str = "process.toml";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let create = Access::Grant(Action::Create, Kind::Process);
    vec![
        get("/processes/{family}/{name}/edit", "show_process_edit", edit).access(create).page(),
        get("/processes/publish", "show_process_publish", blank).access(create).page(),
        post("/processes/check", "send_process_check", check_only).access(create).page(),
        post("/processes/publish", "send_process", publish).access(create).page(),
        post("/processes/draft", "send_process_draft", save).access(create).page(),
        post("/processes/review", "send_process_review", submit).access(create).page(),
        post("/processes/{family}/{name}/draft/{answer}", "answer_process_draft", answer)
            .access(create)
            .page(),
    ]
}

fn may(call: &Call) -> Result<(), Error> {
    call.authorize(Action::Create, Kind::Process, &Resource::whole(), "process")
}

async fn blank(signed: Signed) -> Page {
    let call = signed.caller.session.call();
    may(&call).map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?;
    let form = Form { preview: Preview { blank: true, ..Preview::default() }, ..Form::default() };
    Ok(form.show(&signed.ctx, StatusCode::OK))
}

async fn edit(
    Path((family, name)): Path<(String, String)>,
    State(web): State<Web>,
    signed: Signed,
) -> Page {
    let call = signed.caller.session.call();
    let fail = |error: Error| Refused::new(signed.ctx.clone(), error.into());
    may(&call).map_err(fail)?;
    let id = format!("{family}/{name}");
    let draft = web.app.process_draft(&call, &id).await.map_err(fail)?;
    let (text, note) = match &draft {
        Some(draft) => (draft.text.clone(), draft.note.clone()),
        None => {
            let view = web.app.process_view(&call, &id, None).await;
            (view.map_err(fail)?.text, String::new())
        }
    };
    let preview = look(&web, &call, &text).await.map_err(fail)?;
    let form = Form { process: id, text, note, preview, draft, ..Form::default() };
    Ok(form.show(&signed.ctx, StatusCode::OK))
}

/// All that can be said about a text, right or wrong.
async fn look(web: &Web, call: &Call, text: &str) -> Result<Preview, Error> {
    if text.trim().is_empty() {
        return Ok(Preview { blank: true, ..Preview::default() });
    }
    let known = web.app.process_check_among(call).await?;
    let checked = check_among(FILE, text, &known);
    let (template, places) = match checked.parsed {
        Some(it) => (Some(it.template), it.positions),
        None => (None, Positions::default()),
    };
    let mut base = None;
    if let Some(template) = &template {
        base = match web.app.process_view(call, &template.id, None).await {
            Ok(view) => {
                let revision = view.summary.revision;
                let used = web.app.process_used(call, &template.id, revision).await?;
                Some(Base { revision, template: view.summary.template, used })
            }
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(Preview { blank: false, found: checked.findings, template, places, base })
}

/// What stands in the form, and what is wrong with it.
#[derive(Default)]
struct Form {
    /// The process that is edited; empty for a new one.
    process: String,
    text: String,
    note: String,
    preview: Preview,
    /// What is kept of it.
    draft: Option<DraftView>,
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
            Field::new(Input::Area { rows: 32, code: true }, "text", ctx.t("processes-file"))
                .value(self.text.clone())
                .hint(ctx.t("processes-text-hint"))
                .optional()
                .error(self.wrong_text.clone()),
            Field::new(Input::File(accept), "file", ctx.t("processes-upload")).optional(),
        ];
        let list = ctx.t("processes-title").into_owned();
        let mut crumbs = vec![(list, Some("/processes".to_owned()))];
        if let Some(process) =
            self.preview.template.as_ref().filter(|_| self.preview.base.is_some())
        {
            crumbs.push((process.id.clone(), Some(format!("/processes/{}", process.id))));
        }
        crumbs.push((title.clone().into_owned(), None));
        let sub = ctx.t("processes-publish-about");
        let review = self.draft.as_ref().is_some_and(|it| it.state == "review");
        let body = html! {
            (head(ctx, &Head { crumbs, title: &title, sub: &sub, ..Head::default() }, html! {}))
            @if let Some(draft) = &self.draft { (standing(ctx, draft)) }
            div.editor {
                (card("text", &ctx.t("processes-file"), html! {}, html! { div.cb {
                    form.form method="post" action="/processes/publish" enctype="multipart/form-data" data-check="/processes/check" {
                        (hidden(ctx))
                        input type="hidden" name="process" value=(self.process);
                        (inputs(ctx, &fields))
                        div.acts {
                            @if !review {
                                button.btn.p type="submit" { (ctx.t("processes-publish")) }
                                button.btn type="submit" formaction="/processes/review" { (ctx.t("processes-to-review")) }
                                button.btn type="submit" formaction="/processes/draft" { (ctx.t("processes-save-draft")) }
                            }
                            button.btn type="submit" formaction="/processes/check" { (ctx.t("processes-check")) }
                        }
                    }
                } }))
                (preview(ctx, &self.preview))
            }
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
    may(&call)?;
    let preview = look(&parts.web, &call, &text).await?;
    let named = fields.text("process");
    let process = match &preview.template {
        Some(template) if named.is_empty() => template.id.clone(),
        _ => named,
    };
    let draft = match process.is_empty() {
        true => None,
        false => parts.web.app.process_draft(&call, &process).await?,
    };
    let note = fields.text("note");
    Ok((Form { process, text, note, preview, draft, ..Form::default() }, call))
}

async fn check_only(mut parts: Parts) -> Page {
    let read = read(&mut parts).await;
    let (form, _) = read.map_err(|problem| Refused::new(parts.ctx.clone(), problem))?;
    // Asking is no mistake, whatever the answer is.
    Ok(form.show(&parts.ctx, StatusCode::OK))
}

/// Where a kept draft stands, and what may be done about it.
fn standing(ctx: &PageCtx, draft: &DraftView) -> Markup {
    let (state, word) = state_words(ctx, &draft.state);
    let title = ctx.t("processes-draft-card");
    let to = |what: &str| format!("/processes/{}/draft/{what}", draft.id);
    let remark = [Field::text("remark", ctx.t("processes-draft-remark")).optional()];
    let body = html! { div.cb {
        p { (state_text(state, &word)) ", " (ctx.date_time(draft.at)) }
        @if draft.state == "review" {
            form.form method="post" action=(to("approve")) {
                (hidden(ctx))
                (inputs(ctx, &remark))
                div.acts {
                    button.btn.p type="submit" { (ctx.t("processes-in-force")) }
                    button.btn type="submit" formaction=(to("return")) { (ctx.t("processes-give-back")) }
                    button.btn type="submit" formaction=(to("drop")) { (ctx.t("processes-drop-draft")) }
                }
            }
        } @else {
            (act(ctx, &to("drop"), Btn::button(ctx.t("processes-drop-draft")), &[]))
        }
    } };
    card("draft", &title, html! {}, body)
}

async fn kept(mut parts: Parts, send: bool) -> Page {
    let read = read(&mut parts).await;
    let Parts { ctx, web, .. } = parts;
    let (mut form, call) = read.map_err(|problem| Refused::new(ctx.clone(), problem))?;
    if send && form.preview.blocking() > 0 {
        let n = form.preview.blocking();
        form.wrong_text = Some(ctx.tn("processes-blocked", n as i64).into_owned());
    }
    if form.text.trim().is_empty() {
        form.wrong_text = Some(ctx.t("form-required").into_owned());
    } else if form.process.is_empty() {
        form.wrong_text = Some(ctx.t("processes-unreadable-new").into_owned());
    }
    if send && form.note.is_empty() {
        form.wrong_note = Some(ctx.t("form-required").into_owned());
    }
    if form.wrong_text.is_some() || form.wrong_note.is_some() {
        return Ok(form.show(&ctx, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let mut done = web.app.process_draft_save(&call, &form.process, &form.text, &form.note).await;
    if send && done.is_ok() {
        // The key of the form belongs to keeping the text; sending it is a change of its own.
        let call = Call { idempotency: None, ..call };
        done = web.app.process_draft_submit(&call, &form.process).await;
    }
    done.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    Ok(go(&format!("/processes/{}/edit", form.process)))
}

async fn save(parts: Parts) -> Page {
    kept(parts, false).await
}

async fn submit(parts: Parts) -> Page {
    kept(parts, true).await
}

async fn answer(
    Path((family, name, answer)): Path<(String, String, String)>,
    State(web): State<Web>,
    sent: Sent,
) -> Page {
    let Sent { ctx, call, fields, .. } = sent;
    let id = format!("{family}/{name}");
    let remark = fields.text("remark");
    may(&call).map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let done = match answer.as_str() {
        "approve" => web.app.process_draft_approve(&call, &id, &remark).await,
        "return" => web.app.process_draft_return(&call, &id, &remark).await,
        "drop" => web.app.process_draft_drop(&call, &id).await,
        _ => Err(Error::NotFound { what: "draft" }),
    };
    done.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    Ok(go(&match answer.as_str() {
        "approve" => format!("/processes/{id}"),
        "return" => format!("/processes/{id}/edit"),
        _ => "/processes".to_owned(),
    }))
}

async fn publish(mut parts: Parts) -> Page {
    let read = read(&mut parts).await;
    let Parts { ctx, web, .. } = parts;
    let (mut form, call) = read.map_err(|problem| Refused::new(ctx.clone(), problem))?;
    let required = || Some(ctx.t("form-required").into_owned());
    if form.text.trim().is_empty() {
        form.wrong_text = required();
    } else if form.preview.blocking() > 0 {
        let n = form.preview.blocking();
        form.wrong_text = Some(ctx.tn("processes-blocked", n as i64).into_owned());
    }
    if form.note.is_empty() {
        form.wrong_note = required();
    }
    if form.wrong_text.is_some() || form.wrong_note.is_some() {
        return Ok(form.show(&ctx, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let made = web.app.process_publish(&call, &form.text, &form.note).await;
    let made = made.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    Ok(go(&format!("/processes/{}?revision={}", made.id, made.revision)))
}
