//! The record of one release: what happened, who did it, and whether the chain of entries holds.

use super::release::{ReleaseTab, VIEW, load, page};
use super::visit::{Page, Refused, Signed};
use super::words::encoded;
use crate::routes::{Endpoint, get};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, card, empty, pager};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::record::{RecordCheck, StoryFilter, StoryLine};
use roadbook_app::releases::ReleaseView;
use serde::Deserialize;

/// Signs of a hash that are shown; the whole stands in the details.
const HASH_SHOWN: usize = 12;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/releases/{release}/record", "show_release_record", show).access(VIEW).page()]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    text: String,
    who: String,
    before: Option<i64>,
    check: Option<String>,
}

async fn show(signed: Signed, Path(release): Path<String>, Query(asked): Query<Asked>) -> Page {
    let view = load(&signed, &release).await?;
    let Signed { mut ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let (call, id) = (caller.session.call(), &view.release.id);
    let some = |text: &str| Some(text.trim().to_owned()).filter(|it| !it.is_empty());
    let filter = StoryFilter { text: some(&asked.text), actor: some(&asked.who) };
    let before = asked.before.unwrap_or(i64::MAX);
    let (lines, next) = web.app.story(&call, id, &filter, before).await.map_err(fail)?;
    let check = match asked.check {
        Some(_) => Some(web.app.story_check(&call, id).await.map_err(fail)?),
        None => None,
    };
    ctx.live = Some(format!("release/{id}"));
    let base = format!("/releases/{id}/record");
    let query = format!("text={}&who={}", encoded(&asked.text), encoded(&asked.who));
    let next = next.map(|it| format!("{base}?{query}&before={it}"));
    let first = asked.before.map(|_| format!("{base}?{query}"));
    let acts = html! {
        (Btn::link(ctx.t("record-verify"), format!("{base}?check=1")).small())
        " "
        (Btn::link(ctx.t("documents-archive"), format!("/releases/{id}/bundle")).small())
    };
    let filtered = filter.text.is_some() || filter.actor.is_some();
    let body = html! {
        @if let Some(check) = &check { (checked(&ctx, check)) }
        (card("record", &ctx.t("record-title"), acts, html! {
            div.cb {
                p.m.measure { (ctx.t("story-question")) }
                (filters(&ctx, &base, &view, &asked))
            }
            @if lines.is_empty() {
                @if filtered { (empty(&ctx.t("list-empty-filter"), "", html! { (Btn::link(ctx.t("list-clear-filter"), base.as_str())) })) }
                @else { (empty(&ctx.t("story-none"), "", html! {})) }
            } @else {
                ol.list { @for it in &lines { li { (line(&ctx, it)) } } }
            }
            (pager(&ctx, &lines.len().to_string(), first.as_deref(), next.as_deref()))
        }))
        p.m.s { (ctx.t("documents-archive-hint")) }
    };
    Ok(page(&ctx, &view, ReleaseTab::Record, body).into_response())
}

fn checked(ctx: &PageCtx, check: &RecordCheck) -> Markup {
    let body = html! { div.cb {
        @if check.faults.is_empty() {
            p { (state_text(Glyph::Done, &ctx.ta("record-intact", &[("n", (check.entries as i64).into())]))) }
        } @else {
            ul { @for fault in &check.faults { li { (state_text(Glyph::Failed, fault)) } } }
        }
    } };
    card("check", &ctx.t("record-verify"), html! {}, body)
}

fn filters(ctx: &PageCtx, base: &str, view: &ReleaseView, asked: &Asked) -> Markup {
    html! {
        form.filters method="get" action=(base) role="search" {
            label { span.m.s { (ctx.t("story-find")) } " " input.in type="search" name="text" value=(asked.text); }
            label { span.m.s { (ctx.t("record-who")) } " " select.in name="who" {
                option value="" { (ctx.t("story-anybody")) }
                @for (id, name) in &view.names { option value=(id) selected[id.as_str() == asked.who] { (name) } }
                option value="system" selected[asked.who == "system"] { (ctx.t("story-system")) }
            } }
            button.btn type="submit" { (ctx.t("action-filter")) }
        }
    }
}

/// One entry: when, what, who, its hash; the facts behind a summary.
fn line(ctx: &PageCtx, it: &StoryLine) -> Markup {
    let who = match (&it.name, it.actor.as_str()) {
        (Some(name), _) => name.clone(),
        (None, "system") => ctx.t("story-system").into_owned(),
        (None, id) => id.to_owned(),
    };
    let short = it.hash.get(..HASH_SHOWN).unwrap_or(&it.hash);
    let facts = serde_json::to_string_pretty(&it.facts).unwrap_or_default();
    html! {
        span.m.s.num { "#" (it.seq) " " time datetime=(it.at) { (ctx.date_time(it.at)) } }
        br; code { (it.kind) } " " (who)
        details { summary.m.s { (ctx.t("story-facts")) " · " code { (short) } }
            pre tabindex="0" { (facts) "\n\n" (ctx.t("record-hash")) " " (it.hash) "\n" @if !it.prev.is_empty() { (ctx.t("story-after")) " " (it.prev) } }
        }
    }
}
