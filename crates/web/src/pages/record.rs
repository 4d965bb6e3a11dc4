//! The record: newest entries, and whether it holds.

use super::visit::{Page, Refused, Signed};
use crate::routes::{Access, Endpoint, get};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, empty, head, pager};
use crate::ui::{State as Glyph, parts::card};
use axum::extract::Query;
use axum::response::IntoResponse;
use maud::html;
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::PersonId;
use serde::Deserialize;

const PAGE: usize = 50;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Record);
    vec![get("/record", "show_record", show).access(view).page()]
}

#[derive(Deserialize)]
struct Asked {
    before: Option<i64>,
    check: Option<String>,
}

async fn show(Query(asked): Query<Asked>, signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let call = caller.session.call();
    let before = asked.before.unwrap_or(i64::MAX);
    let found = web.app.record_newest(&call, before, PAGE).await.map_err(fail)?;
    let check = match asked.check {
        Some(_) => Some(web.app.record_check(&call).await.map_err(fail)?),
        None => None,
    };
    let people = found.iter().filter_map(|it| PersonId::parse(&it.actor).ok()).collect();
    let names = web.app.names(people).await.map_err(fail)?;
    let title = ctx.t("record-title");
    let question = ctx.t("record-question");
    let rows = found
        .iter()
        .map(|it| {
            Row::Cells(vec![
                html! { time datetime=(it.at) title=(it.at) { (ctx.date_time(it.at)) } },
                html! { code { (it.kind) } br; span.m.s { (it.stream) } },
                html! { span title=(it.actor) { (PersonId::parse(&it.actor).ok().and_then(|id| names.get(&id)).unwrap_or(&it.actor)) } },
                html! { code.s title=(it.hash) { (&it.hash[..12.min(it.hash.len())]) } },
            ])
        })
        .collect();
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("record-at")),
            Col::new(ctx.t("record-what")),
            Col::new(ctx.t("record-who")).labeled(),
            Col::new(ctx.t("record-hash")).labeled(),
        ],
        rows,
    };
    let next = (found.len() == PAGE)
        .then(|| found.last().map(|it| format!("/record?before={}", it.position)))
        .flatten();
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! { (Btn::link(ctx.t("record-verify"), "/record?check=1")) }))
        @if let Some(check) = &check {
            (card("check", &ctx.t("record-verify"), html! {}, html! { div.cb {
                @if check.faults.is_empty() {
                    (state_text(Glyph::Done, &ctx.ta("record-intact", &[("n", (check.entries as i64).into())])))
                } @else {
                    ul { @for fault in &check.faults { li { (state_text(Glyph::Failed, fault)) } } }
                }
            } }))
        }
        section.card {
            @if found.is_empty() { (empty(&ctx.t("record-empty"), "", html! {})) }
            @else { (table) (pager(&ctx, "", None, next.as_deref())) }
        }
    };
    Ok(layout(&ctx, &title, body).into_response())
}
