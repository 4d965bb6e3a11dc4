//! Processes: the list, and one process with its steps, file and revisions.

use super::visit::{Page, Refused, Signed};
use crate::routes::{Access, Endpoint, get};
use crate::ui::layout::layout;
use crate::ui::parts::{Col, Head, Row, Table, card, crumbs, empty, head};
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use maud::html;
use roadbook_core::access::{Action, Kind};
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Process);
    vec![
        get("/processes", "show_processes", list).access(view).page(),
        get("/processes/{family}/{name}", "show_process", one).access(view).page(),
    ]
}

async fn list(signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let found = web.app.process_list(&caller.session.call()).await.map_err(fail)?;
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
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! {}))
        section.card { @if found.is_empty() { (empty(&ctx.t("processes-empty"), "", html! {})) } @else { (table) } }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

#[derive(Deserialize)]
struct Which {
    revision: Option<u32>,
}

async fn one(
    Path((family, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    signed: Signed,
) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let id = format!("{family}/{name}");
    let call = caller.session.call();
    let view = web.app.process_view(&call, &id, which.revision).await.map_err(fail)?;
    let template = &view.summary.template;
    let show = |text: &roadbook_core::text::Text| {
        let (text, lang) = text.show(ctx.lang);
        html! { span lang=(lang.tag()) { (text) } }
    };
    let title = template.title.show(ctx.lang).0.to_owned();
    let role = |id: &str| {
        template.role(id).map_or_else(|| id.to_owned(), |it| it.title.show(ctx.lang).0.to_owned())
    };
    let mut rows = Vec::new();
    for phase in &template.phases {
        rows.push(Row::Group(show(&phase.title)));
        for step in &phase.steps {
            let roles: Vec<String> =
                step.roles.iter().map(|it| role(&roadbook_core::run::role_name(it))).collect();
            let due = step.due.as_ref().map(ToString::to_string).unwrap_or_default();
            rows.push(Row::Cells(vec![
                html! { (step.number.clone().unwrap_or_default()) " " b { (show(&step.title)) } br; span.m.s { (show(&step.description)) } },
                html! { (roles.join(", ")) },
                html! { code { (due) } },
            ]));
        }
    }
    let caption = ctx.t("processes-lanes");
    let table = Table {
        caption: &caption,
        cols: vec![
            Col::new(ctx.t("processes-steps")),
            Col::new(ctx.t("people-roles")).labeled(),
            Col::new(ctx.t("work-due")).labeled(),
        ],
        rows,
    };
    let way = [
        (ctx.t("processes-title").into_owned(), Some("/processes".to_owned())),
        (id.clone(), None),
    ];
    let about = template.description.show(ctx.lang).0.to_owned();
    let body = html! {
        (crumbs(&ctx, &way))
        (head(&ctx, &Head { title: &title, sub: &about, ..Head::default() }, html! {}))
        section.card { (table) }
        (card("revisions", &ctx.t("processes-published-as"), html! {}, html! { ul.cb { @for it in &view.history { li {
            a href={ "/processes/" (id) "?revision=" (it.revision) } { (ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())])) }
            " " (it.note) " " span.m.s { (ctx.date(it.at)) }
        } } } }))
        (card("file", &ctx.t("processes-file"), html! {}, html! { pre.code tabindex="0" { (view.text) } }))
    };
    Ok(layout(&ctx, &title, body).into_response())
}
