//! Talks: a person tells a site what is coming, and writes down how ready it is.

use super::visit::{Page, Refused, Sent, go, local};
use crate::routes::{Access, Endpoint, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, form_with};
use crate::ui::glyph::state_text;
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::{Path, State};
use maud::{Markup, html};
use roadbook_app::notices::{TalkDone, TalkView};
use roadbook_core::access::{Action, Kind};

const CHANNELS: [&str; 4] = ["phone", "visit", "chat", "email"];
const READINESS: [&str; 4] = ["ready", "needs_help", "refuses", "unknown"];

pub(super) fn endpoints() -> Vec<Endpoint> {
    let door = Access::Grant(Action::Act, Kind::Release);
    vec![post("/talks/{talk}/done", "send_talk", send).access(door).page()]
}

fn word(ctx: &PageCtx, family: &str, value: &str) -> String {
    let key = format!("talk-{family}-{}", value.replace('_', "-"));
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { value.to_owned() }
}

fn choices(ctx: &PageCtx, family: &str, values: &[&str]) -> Vec<Choice> {
    values.iter().map(|it| Choice::new(*it, word(ctx, family, it))).collect()
}

/// The talks of a release: who talks to whom until when, and what came of it.
pub(super) fn list(ctx: &PageCtx, talks: &[TalkView], back: &str) -> Markup {
    html! { ul.list { @for it in talks { li {
        p { b { (it.target) } " · " (it.person) " · " span.m.s { (ctx.t("work-due")) " " (ctx.date_time(it.task.due_at)) } }
        @match it.task.done_at {
            Some(at) => {
                @let readiness = it.task.readiness.as_deref().unwrap_or("unknown");
                @let state = match readiness { "ready" => Glyph::Done, "needs_help" => Glyph::AtRisk, "refuses" => Glyph::Failed, _ => Glyph::Foreseen };
                p { (state_text(state, &word(ctx, "readiness", readiness))) " · " (word(ctx, "channel", &it.task.channel)) ", " (ctx.date_time(at)) }
                @if !it.task.notes.is_empty() { p.s.m { "“" (it.task.notes) "”" } }
            }
            None => {
                @let late = it.task.due_at < ctx.now;
                p { @if late { (state_text(Glyph::AtRisk, &ctx.t("plan-late"))) } @else { (state_text(Glyph::Waiting, &ctx.t("talk-open"))) } }
                details { summary { (ctx.t("talk-write-down")) } (form_with(ctx, &format!("/talks/{}/done", it.task.id), &[("back", back)], &[
                    Field::new(Input::Select(choices(ctx, "channel", &CHANNELS)), "channel", ctx.t("talk-channel")).value("phone"),
                    Field::new(Input::Radio(choices(ctx, "readiness", &READINESS)), "readiness", ctx.t("talk-readiness")),
                    Field::new(Input::Area { rows: 3, code: false }, "notes", ctx.t("talk-notes")).optional(),
                ], &ctx.t("talk-done"))) }
            }
        }
    } } } }
}

async fn send(State(web): State<Web>, Path(talk): Path<String>, sent: Sent) -> Page {
    let fields = &sent.fields;
    let done = TalkDone {
        channel: fields.text("channel"),
        notes: fields.text("notes"),
        readiness: fields.text("readiness"),
    };
    let told = web.app.talk_done(&sent.call, &talk, done).await;
    told.map_err(|error| Refused::new(sent.ctx.clone(), error.into()))?;
    Ok(go(local(&fields.text("back"))))
}
