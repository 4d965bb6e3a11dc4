//! Notices: who gets told what, when, and did they?

use super::release::{ReleaseTab, load, page};
use super::visit::{Page, Refused, Sent, Signed, go};
use crate::http::problem::Problem;
use crate::routes::{Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{act, hidden};
use crate::ui::glyph::pill;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, card, empty, head, pager, text_card};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use maud::{Markup, html};
use roadbook_app::PageAsk;
use roadbook_app::notices::{DeadLetter, DeliveryView, NoticeListItem, NoticePlan, Rendered};
use roadbook_core::ids::NoticeId;
use roadbook_core::process::template::Channel;
use roadbook_core::text::Lang;
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/notices", "show_notices", list).page(),
        get("/notices/{id}", "show_notice", one).page(),
        post("/notices/retry", "send_notice_retry", retry).page(),
        post("/notices/discard", "send_notice_discard", discard).page(),
        post("/notices/{id}/acknowledge", "send_notice_acknowledge", acknowledge).page(),
        get("/releases/{id}/notices", "show_release_notices", of_release).page(),
    ]
}

fn fail(ctx: &PageCtx) -> impl Fn(roadbook_app::Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

fn missing(ctx: &PageCtx) -> Refused {
    let problem = Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such notice");
    Refused::new(ctx.clone(), problem)
}

fn state_pill(ctx: &PageCtx, state: &str) -> Markup {
    let (glyph, key) = match state {
        "due" => (Glyph::Waiting, "delivery-due"),
        "blocked" => (Glyph::Failed, "notices-state-blocked"),
        "sending" | "queued" => (Glyph::Running, "delivery-sending"),
        "sent" => (Glyph::Done, "delivery-sent"),
        "read" => (Glyph::Done, "delivery-opened"),
        "acknowledged" => (Glyph::Done, "delivery-acknowledged"),
        "dead" => (Glyph::Failed, "delivery-dead"),
        "discarded" => (Glyph::Held, "delivery-discarded"),
        "superseded" => (Glyph::Held, "delivery-superseded"),
        "retracted" => (Glyph::Held, "delivery-retracted"),
        "skipped" => (Glyph::Held, "notices-state-skipped"),
        _ => (Glyph::Foreseen, "notices-state-planned"),
    };
    pill(glyph, &ctx.t(key))
}

fn channel_key(channel: &str) -> &'static str {
    match channel {
        "email" => "notices-channel-mail",
        "board" => "notices-channel-board",
        "task" => "notices-channel-task",
        _ => "notices-channel-public",
    }
}

fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Board => "board",
        Channel::Task => "task",
        Channel::Website => "website",
    }
}

fn when(ctx: &PageCtx, at: Option<Timestamp>) -> Markup {
    html! { @match at { Some(at) => time datetime=(at) { (ctx.date_time(at)) }, None => "–" } }
}

/// Reasons in the reader's words where there are some, else as the record has them.
fn reason(ctx: &PageCtx, text: &str) -> Markup {
    html! { ul { @for it in text.split(", ") { li { @match it {
        "missed_lead_time" => (ctx.t("notices-late")),
        "lead_time_at_risk" => (ctx.t("notices-at-risk")),
        other => code { (other) },
    } } } } }
}

#[derive(Deserialize, Default)]
struct Ask {
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    state: Option<String>,
}

async fn list(signed: Signed, Query(ask): Query<Ask>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let scope = &caller.session.scope;
    let states: Vec<String> = ask.state.into_iter().filter(|it| !it.is_empty()).collect();
    let page = PageAsk { cursor: ask.cursor, limit: 0 };
    let (rows, next) = web.app.notice_list(scope, &states, &page).await.map_err(fail(&ctx))?;
    let call = roadbook_app::Call::of(caller.session.actor.clone());
    let dead = web.app.dead_letters(&call).await.map_err(fail(&ctx))?;
    let title = ctx.t("notices-title");
    let lead = ctx.t("notices-question");
    let next = next.map(|it| format!("/notices?cursor={it}"));
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &lead, ..Head::default() }, html! {}))
        (dead_letters(&ctx, &dead))
        @if rows.is_empty() {
            (empty(&title, &ctx.t("notices-empty"), html! {}))
        } @else {
            (table_of(&ctx, &rows))
            (pager(&ctx, "", None, next.as_deref()))
        }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn table_of(ctx: &PageCtx, rows: &[NoticeListItem]) -> Markup {
    html! { div.scroll tabindex="0" role="group" aria-label=(ctx.t("notices-title")) { table {
        thead { tr {
            th scope="col" { (ctx.t("notices-title")) }
            th scope="col" { (ctx.t("notices-earliest")) }
            th scope="col" { (ctx.t("notices-latest")) }
            th scope="col" { (ctx.t("notices-log")) }
        } }
        tbody { @for it in rows {
            tr {
                th scope="row" {
                    a href={ "/notices/" (it.notice.id) } { (it.number) " · " (it.title.show(ctx.lang).0) }
                    " " (state_pill(ctx, &it.notice.state))
                }
                td { (when(ctx, it.notice.earliest)) }
                td { (when(ctx, it.notice.latest)) }
                td { @for (state, count) in &it.counts { (state_pill(ctx, state)) " " (count) " " } }
            }
        } }
    } } }
}

fn dead_letters(ctx: &PageCtx, dead: &[DeadLetter]) -> Markup {
    html! { @if !dead.is_empty() {
        (card("dead", &ctx.t("notices-dead"), html! { (dead.len()) }, html! {
            @for (n, it) in dead.iter().enumerate() { div.row {
                p {
                    a href={ "/releases/" (it.number) } { (it.number) } " · " (it.recipient) " " (it.address)
                    br; code { (it.reason) }
                }
                div.acts {
                    (act(ctx, "/notices/retry", Btn::button(ctx.t("notices-retry")).small(), &[("id", &it.id)]))
                    form method="post" action="/notices/discard" {
                        (hidden(ctx))
                        input type="hidden" name="id" value=(it.id);
                        label for={ "why-" (n) } { (ctx.t("notices-discard-reason")) }
                        input id={ "why-" (n) } name="reason" required;
                        (Btn::button(ctx.t("notices-discard")).small().submit())
                    }
                }
            } }
        }))
    } }
}

async fn one(signed: Signed, Path(id): Path<String>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let id = NoticeId::parse(&id).map_err(|_| missing(&ctx))?;
    let call = roadbook_app::Call::of(caller.session.actor.clone());
    let it = web.app.notice(&call, &id).await.map_err(fail(&ctx))?;
    let title = format!("{} · {}", it.number, it.title.show(ctx.lang).0);
    let crumbs = vec![
        (ctx.t("notices-title").into_owned(), Some("/notices".to_owned())),
        (title.clone(), None),
    ];
    let body = html! {
        (head(&ctx, &Head { title: &title, crumbs, ..Head::default() }, html! {}))
        p { (state_pill(&ctx, &it.notice.state)) " " (when(&ctx, it.notice.sent_at)) }
        @if let Some(text) = &it.notice.reason { (reason(&ctx, text)) }
        @if let Some(percent) = it.acknowledged {
            p { (ctx.ta("notices-acknowledged", &[("percent", i64::from(percent).into())])) }
        }
        @for (lang, text) in &it.texts { (written(&ctx, *lang, text)) }
        (log(&ctx, &it.deliveries))
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn written(ctx: &PageCtx, lang: Lang, text: &Rendered) -> Markup {
    let title = ctx.ta("notices-preview-in", &[("language", lang.own_name().into())]);
    let body = html! {
        div lang=(lang.tag()) {
            p { b { (text.subject) } }
            @for block in text.body.split("\n\n") { p { @for (n, line) in block.lines().enumerate() {
                @if n > 0 { br; } (line)
            } } }
        }
    };
    card(&format!("text-{}", lang.code()), &title, html! {}, body)
}

fn log(ctx: &PageCtx, list: &[DeliveryView]) -> Markup {
    html! { @if !list.is_empty() {
        h2 { (ctx.t("notices-log")) }
        div.scroll tabindex="0" role="group" aria-label=(ctx.t("notices-log")) { table {
            thead { tr {
                th scope="col" { (ctx.t("notices-recipient")) }
                th scope="col" { (ctx.t("notices-channel")) }
                th scope="col" { (ctx.t("delivery-sent")) }
                th scope="col" { (ctx.t("notices-error")) }
            } }
            tbody { @for it in list {
                tr {
                    th scope="row" { (it.name) @if let Some(site) = &it.site { " · " (site) } " " (it.delivery.address) }
                    td { (ctx.t(channel_key(&it.delivery.channel))) " " (state_pill(ctx, &it.delivery.state)) }
                    td { (when(ctx, it.delivery.sent_at)) }
                    td { @if let Some(error) = &it.delivery.last_error { code { (error) } } }
                }
            } }
        } }
    } }
}

async fn of_release(signed: Signed, Path(id): Path<String>) -> Page {
    let view = load(&signed, &id).await?;
    let Signed { ctx, caller, web } = signed;
    let actor = &caller.session.actor;
    let release = view.release.id.clone();
    let plans = web.app.notices_of(actor, &release).await.map_err(fail(&ctx))?;
    let title = ctx.t("notices-title");
    let mut cards = Vec::new();
    for plan in &plans {
        let mut texts = Vec::new();
        for lang in &plan.languages {
            let preview = web.app.notice_preview(actor, &release, &plan.step, *lang).await;
            texts.push((*lang, preview.map_err(fail(&ctx))?.0));
        }
        let people = web.app.notice_recipients(actor, &release, &plan.step).await;
        let people = people.map_err(fail(&ctx))?;
        let more = html! {
            details {
                summary { (ctx.t("notices-recipients-title")) " · " (ctx.tn("notices-recipients", people.len() as i64)) }
                ul { @for it in &people { li {
                    (it.name) @if let Some((_, site)) = &it.site { " · " (site) }
                    " " (it.address.as_deref().unwrap_or("–")) " · " (it.lang.own_name())
                } } }
            }
            details {
                summary { (ctx.t("notices-preview")) }
                @for (lang, text) in &texts { @if let Some(text) = text {
                    h3 lang=(lang.tag()) { (text.subject) }
                    @for block in text.body.split("\n\n") { p lang=(lang.tag()) { (block) } }
                } }
            }
        };
        cards.push(plan_card(&ctx, plan, &more));
    }
    let body = html! {
        @if cards.is_empty() { (empty(&title, &ctx.t("notices-empty"), html! {})) }
        @for it in &cards { (it) }
    };
    Ok(page(&ctx, &view, ReleaseTab::Notices, body).into_response())
}

fn plan_card(ctx: &PageCtx, plan: &NoticePlan, more: &Markup) -> Markup {
    let channels: Vec<_> =
        plan.channels.iter().map(|it| ctx.t(channel_key(channel_name(*it)))).collect();
    let title = plan.title.show(ctx.lang).0;
    text_card(
        &format!("notice-{}", plan.step),
        title,
        state_pill(ctx, &plan.state),
        html! {
            dl.facts {
                div { dt { (ctx.t("notices-earliest")) } dd { (when(ctx, plan.earliest)) } }
                div { dt { (ctx.t("notices-latest")) } dd { (when(ctx, plan.latest)) } }
                div { dt { (ctx.t("notices-channel")) } dd { (channels.join(", ")) } }
            }
            @if let Some(text) = &plan.reason { (reason(ctx, text)) }
            @if !plan.gaps.is_empty() {
                h3 { (ctx.t("notices-missing")) }
                ul { @for it in &plan.gaps { li { code { (it) } } } }
            }
            @for (row, _) in &plan.rows {
                p { a href={ "/notices/" (row.id) } { (ctx.t("notices-log")) } " " (state_pill(ctx, &row.state)) }
            }
            (more)
        },
    )
}

async fn retry(State(web): State<Web>, sent: Sent) -> Page {
    let id = sent.fields.text("id");
    web.app.dead_letter_retry(&sent.call, &id).await.map_err(fail(&sent.ctx))?;
    Ok(go("/notices"))
}

async fn discard(State(web): State<Web>, sent: Sent) -> Page {
    let (id, why) = (sent.fields.text("id"), sent.fields.text("reason"));
    web.app.dead_letter_discard(&sent.call, &id, &why).await.map_err(fail(&sent.ctx))?;
    Ok(go("/notices"))
}

async fn acknowledge(State(web): State<Web>, Path(id): Path<String>, sent: Sent) -> Page {
    let notice = NoticeId::parse(&id).map_err(|_| missing(&sent.ctx))?;
    web.app.notice_acknowledge(&sent.call, &notice).await.map_err(fail(&sent.ctx))?;
    let back = sent.fields.text("back");
    Ok(go(super::visit::local(&back)))
}
