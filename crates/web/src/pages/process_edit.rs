//! The editor of a process: its text beside its drawing, findings and changes; publishing it.

use super::files::Parts;
use super::view::process_edit::{Base, Editor, Preview};
use super::visit::{Page, Refused, Sent, Signed, go};
use super::words::refusal_words;
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
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

fn is_mine(call: &Call, draft: Option<&DraftView>) -> bool {
    draft.is_some_and(|it| it.author == call.actor.name())
}

async fn blank(State(web): State<Web>, signed: Signed) -> Page {
    let call = signed.caller.session.call();
    may(&call).map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?;
    let four_eyes = web.app.process_four_eyes().await;
    let four_eyes = four_eyes.map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?;
    let preview = Preview { blank: true, ..Preview::default() };
    let form = Editor { preview, four_eyes, ..Editor::default() };
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
    let four_eyes = web.app.process_four_eyes().await.map_err(fail)?;
    let mine = is_mine(&call, draft.as_ref());
    let form =
        Editor { process: id, text, note, preview, draft, mine, four_eyes, ..Editor::default() };
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
    Ok(Preview {
        blank: false,
        found: checked.findings,
        file_order: checked.file_order,
        template,
        places,
        base,
    })
}

impl Editor {
    fn show(&self, ctx: &PageCtx, status: StatusCode) -> Response {
        (status, self.page(ctx)).into_response()
    }

    /// Notes what is missing. A draft may be wrong; what others are to read is complete.
    fn complete(&mut self, ctx: &PageCtx, for_others: bool) -> bool {
        let required = || Some(ctx.t("form-required").into_owned());
        let blocking = self.preview.blocking();
        if self.text.trim().is_empty() {
            self.wrong_text = required();
        } else if for_others && blocking > 0 {
            self.wrong_text = Some(ctx.tn("processes-blocked", blocking as i64).into_owned());
        } else if self.process.is_empty() {
            self.wrong_text = Some(ctx.t("processes-unreadable-new").into_owned());
        }
        if for_others && self.note.is_empty() {
            self.wrong_note = required();
        }
        self.wrong_text.is_none() && self.wrong_note.is_none()
    }

    /// A rule says no: what was written is not lost over it.
    fn refused(mut self, ctx: &PageCtx, error: Error) -> Page {
        let Error::Rule { code, message } = &error else {
            return Err(Refused::new(ctx.clone(), error.into()));
        };
        self.wrong_text = Some(refusal_words(ctx, code).unwrap_or_else(|| message.clone()));
        Ok(self.show(ctx, StatusCode::CONFLICT))
    }
}

/// Reads the form: a file goes before pasted text.
async fn read(parts: &mut Parts) -> Result<(Editor, Call), Problem> {
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
    let four_eyes = parts.web.app.process_four_eyes().await?;
    let mine = is_mine(&call, draft.as_ref());
    let form = Editor { process, text, note, preview, draft, mine, four_eyes, ..Editor::default() };
    Ok((form, call))
}

async fn check_only(mut parts: Parts) -> Page {
    let read = read(&mut parts).await;
    let (form, _) = read.map_err(|problem| Refused::new(parts.ctx.clone(), problem))?;
    // Asking is no mistake, whatever the answer is.
    Ok(form.show(&parts.ctx, StatusCode::OK))
}

async fn kept(mut parts: Parts, send: bool) -> Page {
    let read = read(&mut parts).await;
    let Parts { ctx, web, .. } = parts;
    let (mut form, call) = read.map_err(|problem| Refused::new(ctx.clone(), problem))?;
    if !form.complete(&ctx, send) {
        return Ok(form.show(&ctx, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let mut done = web.app.process_draft_save(&call, &form.process, &form.text, &form.note).await;
    if send && done.is_ok() {
        // The key of the form belongs to keeping the text; sending it is a change of its own.
        let call = Call { idempotency: None, ..call };
        done = web.app.process_draft_submit(&call, &form.process).await;
    }
    match done {
        Ok(_) => Ok(go(&format!("/processes/{}/edit", form.process))),
        Err(error) => form.refused(&ctx, error),
    }
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
    if !form.complete(&ctx, true) {
        return Ok(form.show(&ctx, StatusCode::UNPROCESSABLE_ENTITY));
    }
    match web.app.process_publish(&call, &form.text, &form.note).await {
        Ok(made) => Ok(go(&format!("/processes/{}?revision={}", made.id, made.revision))),
        Err(error) => form.refused(&ctx, error),
    }
}
