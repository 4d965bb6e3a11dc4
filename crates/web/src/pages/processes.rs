//! Processes: the list.

use super::visit::{Page, Refused, Signed};
use crate::routes::{Access, Endpoint, get};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, empty, head};
use axum::response::IntoResponse;
use maud::html;
use roadbook_core::access::{Action, Kind, Resource, allowed};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Process);
    vec![get("/processes", "show_processes", list).access(view).page()]
}

async fn list(signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let found = web.app.process_list(&caller.session.call()).await.map_err(fail)?;
    let may = allowed(&caller.session.actor, Action::Create, Kind::Process, &Resource::whole());
    let drafts = match may {
        true => web.app.process_drafts(&caller.session.call()).await.map_err(fail)?,
        false => Vec::new(),
    };
    let title = ctx.t("processes-title");
    let question = ctx.t("processes-question");
    let rows = found
        .iter()
        .map(|it| {
            let (name, lang) = it.template.title.show(ctx.lang);
            let (text, text_lang) = it.template.description.show(ctx.lang);
            Row::Cells(vec![
                html! { a.t href={ "/processes/" (it.id) } lang=(lang.tag()) { (name) } br; span.m.s lang=(text_lang.tag()) { (text) } },
                html! { (it.template.steps().count()) },
                html! { (ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())])) },
            ])
        })
        .collect();
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("processes-title")),
            Col::num(ctx.t("processes-steps")).labeled(),
            Col::new(ctx.t("processes-published-as")).labeled(),
        ],
        rows,
    };
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! { @if may { (Btn::link(ctx.t("processes-new-revision"), "/processes/publish")) } }))
        @if !drafts.is_empty() { (card("drafts", &ctx.t("processes-drafts"), html! {}, html! { ul.list.cb { @for it in &drafts {
            @let (state, word) = super::view::process::state_words(&ctx, &it.state);
            li { a.t href={ "/processes/" (it.id) "/edit" } { (it.id) } " " (state_text(state, &word)) " " span.m.s { (it.note) } }
        } } })) }
        section.card { @if found.is_empty() { (empty(&ctx.t("processes-empty"), "", html! {})) } @else { (table) } }
    };
    Ok(layout(&ctx, &title, body).into_response())
}
