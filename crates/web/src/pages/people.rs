//! People and roles: the list, page by page, and a new person with a link to choose a password.

use super::again::{Again, again};
use super::visit::{Page, Refused, Sent, Signed};
use super::words::grant_role;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind as Input, form};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, empty, head, pager};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::html;
use roadbook_app::PageAsk;
use roadbook_app::auth::Session;
use roadbook_app::people::{PersonFilter, PersonInput};
use roadbook_app::units::UnitView;
use roadbook_core::access::{Action, Kind, Resource, Role, allowed};
use roadbook_core::ids::{PersonId, UnitId};
use roadbook_core::text::Lang;
use serde::Deserialize;

/// Rows of one page of the list.
const ROWS: usize = 50;

/// People that a list of choices holds.
const CHOICES: usize = 200;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::People);
    let create = Access::Grant(Action::Create, Kind::People);
    vec![
        get("/people", "show_people", show).access(view).page(),
        post("/people", "send_person", send).access(create).page(),
    ]
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    active: String,
    cursor: Option<String>,
}

/// Units as choices, indented by their place in the tree.
pub(super) fn unit_choices(list: &[UnitView]) -> Vec<Choice> {
    let label = |it: &UnitView| format!("{}{}", "\u{2003}".repeat(it.depth), it.name);
    list.iter().map(|it| Choice::new(it.id.as_str(), label(it))).collect()
}

/// People who may act, by id and name, for a list of choices.
pub(super) async fn active(
    web: &Web,
    session: &Session,
) -> Result<Vec<(String, String)>, roadbook_app::Error> {
    let filter = PersonFilter { active: Some(true), ..PersonFilter::default() };
    let ask = PageAsk { cursor: None, limit: CHOICES };
    let found = web.app.person_list(&session.scope, &filter, &ask).await?;
    Ok(found.rows.into_iter().map(|it| (it.id.to_string(), it.name)).collect())
}

/// Languages as choices, each in its own words.
pub(super) fn lang_choices() -> Vec<Choice> {
    Lang::ALL.into_iter().map(|it| Choice::new(it.code(), it.own_name())).collect()
}

/// Roles of the product as choices.
pub(super) fn role_choices(ctx: &PageCtx) -> Vec<Choice> {
    let given = Role::ALL.into_iter().filter(|it| *it != Role::SiteContact);
    given.map(|it| Choice::new(it.name(), grant_role(ctx, it.name()))).collect()
}

fn link(asked: &Asked, cursor: &str) -> String {
    let encode = |text: &str| text.bytes().map(|it| format!("%{it:02X}")).collect::<String>();
    let pairs = [("q", &asked.q), ("unit", &asked.unit), ("active", &asked.active)];
    let filter = pairs.iter().filter(|it| !it.1.is_empty());
    let filter: String = filter.map(|(name, value)| format!("{name}={}&", encode(value))).collect();
    format!("/people?{filter}cursor={}", encode(cursor))
}

async fn show(Query(asked): Query<Asked>, signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let scope = &caller.session.scope;
    let ask = PageAsk { cursor: asked.cursor.clone(), limit: ROWS };
    let filter = PersonFilter {
        text: (!asked.q.trim().is_empty()).then(|| asked.q.trim().to_owned()),
        unit_id: UnitId::parse(&asked.unit).ok(),
        active: match asked.active.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
    };
    let found = web.app.person_list(scope, &filter, &ask).await.map_err(fail)?;
    let units = web.app.unit_list(scope).await.map_err(fail)?;
    let ids: Vec<PersonId> = found.rows.iter().map(|it| it.id.clone()).collect();
    let roles = web.app.roles_now(&ids).await.map_err(fail)?;
    let rows = found.rows.iter().map(|it| {
        let held = roles.get(&it.id).map(Vec::as_slice).unwrap_or_default();
        let held: Vec<String> = held.iter().map(|role| grant_role(&ctx, role)).collect();
        Row::Cells(vec![
            html! { a.t href={ "/people/" (it.id) } { (it.name) } br; span.m.s { (it.login.as_deref().unwrap_or_default()) @if !it.active { " · " (ctx.t("people-inactive")) } } },
            html! { (it.unit_name) },
            html! { (it.email.as_deref().unwrap_or_default()) },
            html! { (held.join(", ")) },
        ])
    });
    let title = ctx.t("people-title");
    let question = ctx.t("people-question");
    let cols = ["people-name", "people-unit", "people-email", "people-roles"];
    let table = Table {
        caption: &title,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows: rows.collect(),
    };
    let may = allowed(&caller.session.actor, Action::Administer, Kind::People, &Resource::whole());
    let unit = caller.session.person.unit.to_string();
    let next = found.next.as_deref().map(|it| link(&asked, it));
    let mut choices = vec![Choice::new("", ctx.t("people-all-units"))];
    choices.extend(unit_choices(&units));
    let states = vec![
        Choice::new("", ctx.t("people-all")),
        Choice::new("yes", ctx.t("people-active")),
        Choice::new("no", ctx.t("people-inactive")),
    ];
    let acts = html! {
        (Btn::link(ctx.t("units-title"), "/units"))
        @if may { (Btn::link(ctx.t("action-import"), "/import?kind=people")) }
    };
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, acts))
        section.card {
            form.filter.cb method="get" action="/people" { div.pair {
                (Field::new(Input::Input("search"), "q", ctx.t("people-search")).value(asked.q.clone()).optional().render(&ctx))
                (Field::new(Input::Select(choices), "unit", ctx.t("people-unit")).value(asked.unit.clone()).optional().render(&ctx))
                (Field::new(Input::Select(states), "active", ctx.t("work-state")).value(asked.active.clone()).optional().render(&ctx))
                } div.acts { button.btn type="submit" { (ctx.t("action-filter")) } } }
            @if found.rows.is_empty() { (empty(&ctx.t("people-none"), "", html! {})) }
            @else { (table) (pager(&ctx, "", None, next.as_deref())) }
        }
        @if may { (card("add", &ctx.t("people-add"), html! {}, html! { div.cb { (form(&ctx, "/people", &fields(&ctx, &units, &unit), &ctx.t("people-add"))) } })) }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn fields(ctx: &PageCtx, units: &[UnitView], unit: &str) -> Vec<Field> {
    vec![
        Field::text("name", ctx.t("people-name")),
        Field::text("login", ctx.t("setup-sign-in-name"))
            .optional()
            .hint(ctx.t("people-login-hint")),
        Field::new(Input::Input("email"), "email", ctx.t("people-email")).optional(),
        Field::new(Input::Select(unit_choices(units)), "unit", ctx.t("people-unit")).value(unit),
        Field::new(Input::Select(lang_choices()), "lang", ctx.t("setup-lang"))
            .value(ctx.lang.code()),
        Field::new(Input::Select(role_choices(ctx)), "role", ctx.t("people-roles")).value("member"),
    ]
}

async fn send(State(web): State<Web>, sent: Sent) -> Page {
    let ctx = &sent.ctx;
    let me = &sent.caller.session.person;
    let text = |name: &str| Some(sent.fields.text(name)).filter(|it| !it.is_empty());
    let unit = match text("unit") {
        Some(id) => UnitId::parse(&id).ok(),
        None => Some(me.unit.clone()),
    };
    let input = PersonInput {
        name: sent.fields.text("name"),
        login: text("login"),
        email: text("email"),
        lang: sent.fields.text("lang"),
        zone: me.zone.clone(),
        unit,
        weekly_hours: None,
    };
    let made = web.app.person_add(&sent.call, input, &sent.fields.text("role")).await;
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            let units = web.app.unit_list(&sent.caller.session.scope).await.unwrap_or_default();
            let names = ["name", "login", "email", "unit", "lang", "role"];
            let title = ctx.t("people-add");
            let form = Again {
                title: &title,
                crumbs: vec![
                    (ctx.t("people-title").into_owned(), Some("/people".to_owned())),
                    (title.clone().into_owned(), None),
                ],
                action: "/people",
                hidden: &[],
                fields: names.into_iter().zip(fields(ctx, &units, me.unit.as_str())).collect(),
                submit: &title,
            };
            return again(ctx, &sent.fields, error, form);
        }
    };
    // The link is shown once; it is stored as a hash only.
    let link = made.secret.map(|it| format!("{}/l/{it}", web.app.settings().base_url));
    let title = ctx.t(if link.is_some() { "people-invite" } else { "people-added" });
    let body = html! {
        (head(ctx, &Head { title: &title, sub: &made.label, ..Head::default() }, html! {}))
        section.card { div.cb {
            @if let Some(link) = link { p { (ctx.t("people-invite-once")) } p { code { (link) } } }
            p { a href={ "/people/" (made.id) } { (made.label) } " · " a href="/people" { (ctx.t("people-title")) } }
        } }
    };
    Ok(layout(ctx, &title, body).into_response())
}
