//! People and roles: the list, and a new person with a link to choose a password.

use super::visit::{Page, Refused, Sent, Signed, go};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, form};
use crate::ui::layout::layout;
use crate::ui::parts::{Col, Head, Row, Table, card, head};
use axum::extract::State;
use axum::response::IntoResponse;
use maud::html;
use roadbook_app::PageAsk;
use roadbook_app::people::{PersonFilter, PersonInput};
use roadbook_app::roles::RoleInput;
use roadbook_core::access::{Action, Kind, Resource, Role, Scope};
use roadbook_core::ids::PersonId;
use roadbook_core::text::Lang;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::People);
    let create = Access::Grant(Action::Create, Kind::People);
    vec![
        get("/people", "show_people", show).access(view).page(),
        post("/people", "send_person", send).access(create).page(),
    ]
}

async fn show(signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let call = caller.session.call();
    let ask = PageAsk { cursor: None, limit: 200 };
    let filter = PersonFilter::default();
    let found = web.app.person_list(&caller.session.scope, &filter, &ask).await.map_err(fail)?;
    let mut rows = Vec::new();
    for person in &found.rows {
        let detail = web.app.person_get(&call, &person.id).await.map_err(fail)?;
        let mut roles: Vec<String> =
            detail.grants.iter().filter(|it| it.in_force).map(|it| it.role.clone()).collect();
        roles.dedup();
        rows.push(Row::Cells(vec![
            html! { b { (person.name) } br; span.m.s { (person.login.clone().unwrap_or_default()) } },
            html! { (person.unit_name) },
            html! { (person.email.clone().unwrap_or_default()) },
            html! { (roles.join(", ")) },
        ]));
    }
    let title = ctx.t("people-title");
    let question = ctx.t("people-question");
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("people-name")),
            Col::new(ctx.t("people-unit")).labeled(),
            Col::new(ctx.t("people-email")).labeled(),
            Col::new(ctx.t("people-roles")).labeled(),
        ],
        rows,
    };
    let langs = Lang::ALL.into_iter().map(|it| Choice::new(it.code(), it.own_name())).collect();
    let roles = Role::ALL
        .into_iter()
        .filter(|it| *it != Role::SiteContact)
        .map(|it| Choice::new(it.name(), it.name()))
        .collect();
    let fields = [
        Field::text("name", ctx.t("people-name")),
        Field::text("login", ctx.t("setup-sign-in-name")),
        Field::new(Input::Input("email"), "email", ctx.t("people-email")).optional(),
        Field::new(Input::Select(langs), "lang", ctx.t("setup-lang")).value(ctx.lang.code()),
        Field::new(Input::Select(roles), "role", ctx.t("people-roles")).value("member"),
    ];
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! {}))
        section.card { (table) }
        (card("add", &ctx.t("people-add"), html! {}, html! { div.cb { (form(&ctx, "/people", &fields, &ctx.t("people-add"))) } }))
    };
    Ok(layout(&ctx, &title, body).into_response())
}

async fn send(State(web): State<Web>, sent: Sent) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(sent.ctx.clone(), error.into());
    let me = &sent.caller.session.person;
    let email = sent.fields.text("email");
    let input = PersonInput {
        name: sent.fields.text("name"),
        login: Some(sent.fields.text("login")),
        email: (!email.is_empty()).then_some(email),
        lang: sent.fields.text("lang"),
        zone: me.zone.clone(),
        unit: Some(me.unit.clone()),
        weekly_hours: None,
    };
    // Role and link need more than the person: ask first, so that nobody is left half made.
    sent.call
        .authorize(Action::Administer, Kind::People, &Resource::whole(), "person")
        .map_err(fail)?;
    let made = web.app.person_create(&sent.call, input).await.map_err(fail)?;
    let Ok(person) = PersonId::parse(&made.id) else { return Ok(go("/people")) };
    let call = sent.caller.session.call();
    let role = RoleInput {
        person: person.clone(),
        role: sent.fields.text("role"),
        scope: Scope::All,
        from: None,
        until: None,
    };
    web.app.role_grant(&call, role).await.map_err(fail)?;
    let invited = web.app.invite(&call, &person).await.map_err(fail)?;
    // The link is shown once; it is stored as a hash only.
    let link = format!("{}/l/{}", web.app.settings().base_url, invited.secret.unwrap_or_default());
    let title = sent.ctx.t("people-invite");
    let body = html! {
        (head(&sent.ctx, &Head { title: &title, sub: &sent.fields.text("name"), ..Head::default() }, html! {}))
        section.card { div.cb { p { (sent.ctx.t("people-invite-once")) } p { code { (link) } } p { a href="/people" { (sent.ctx.t("people-title")) } } } }
    };
    Ok(layout(&sent.ctx, &title, body).into_response())
}
