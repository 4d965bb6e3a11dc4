//! The organization as a tree of units: new ones, other names, other places.

use super::again::{Again, again};
use super::people::unit_choices;
use super::visit::{Fields, Page, Refused, Sent, Signed, go};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind as Input, form};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, card, empty, head};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::units::{UNIT_KINDS, UnitInput, UnitView};
use roadbook_app::{Call, Error};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::UnitId;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::People);
    let create = Access::Grant(Action::Create, Kind::People);
    let edit = Access::Grant(Action::Edit, Kind::People);
    vec![
        get("/units", "show_units", show).access(view).page(),
        post("/units", "send_unit", create_unit).access(create).page(),
        post("/units/{unit}", "send_unit_change", edit_unit).access(edit).page(),
    ]
}

fn kind_word(ctx: &PageCtx, kind: &str) -> String {
    let key = format!("unit-kind-{kind}");
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { kind.to_owned() }
}

async fn show(signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let list = web.app.unit_list(&caller.session.scope).await.map_err(fail)?;
    let actor = &caller.session.actor;
    let above = |unit: &UnitView| {
        let mut chain = vec![unit.id.clone()];
        let mut next = unit.parent.clone();
        while let Some(id) = next.take().filter(|it| !chain.contains(it)) {
            next = list.iter().find(|it| it.id == id).and_then(|it| it.parent.clone());
            chain.push(id);
        }
        Resource { units: chain, ..Resource::default() }
    };
    let may = |action, unit: &UnitView| allowed(actor, action, Kind::People, &above(unit));
    let any = list.iter().any(|it| may(Action::Create, it));
    let title = ctx.t("units-title");
    let question = ctx.t("units-question");
    let crumbs = vec![
        (ctx.t("people-title").into_owned(), Some("/people".to_owned())),
        (title.clone().into_owned(), None),
    ];
    let acts = html! { @if any { (Btn::link(ctx.t("action-import"), "/import?kind=units")) } };
    let body = html! {
        (head(&ctx, &Head { crumbs, title: &title, sub: &question, ..Head::default() }, acts))
        section.card { @if list.is_empty() { (empty(&ctx.t("units-none"), "", html! {})) } @else {
            ul.tree { @for it in &list { (line(&ctx, &list, it, may(Action::Edit, it))) } }
        } }
        @if any { (card("add", &ctx.t("units-add"), html! {}, html! { div.cb {
            (form(&ctx, "/units", &fields(&ctx, &list, None, &ctx.zone_name()), &ctx.t("units-add")))
        } })) }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn line(ctx: &PageCtx, list: &[UnitView], it: &UnitView, may: bool) -> Markup {
    let depth = it.depth.min(8);
    html! { li class={ "d" (depth) } {
        p { a.t href={ "/people?unit=" (it.id) } { (it.name) } " " span.m.s { (kind_word(ctx, &it.kind))
            @if let Some(head) = &it.head_name { " · " (ctx.t("units-head")) " " (head) } " · " (it.zone) } }
        @if may { details { summary { (ctx.t("action-edit")) span.vh { ": " (it.name) } }
            (form(ctx, &format!("/units/{}", it.id), &fields(ctx, list, Some(it), &it.zone), &ctx.t("action-save"))) } }
    } }
}

fn fields(ctx: &PageCtx, list: &[UnitView], of: Option<&UnitView>, zone: &str) -> Vec<Field> {
    let kinds = UNIT_KINDS.iter().map(|it| Choice::new(*it, kind_word(ctx, it))).collect();
    let mut places = Vec::new();
    if of.is_some_and(|it| it.parent.is_none()) {
        places.push(Choice::new("", ctx.t("units-root")));
    }
    // A unit cannot stand below itself.
    places.extend(
        unit_choices(list).into_iter().filter(|it| of.is_none_or(|of| it.value != of.id.as_str())),
    );
    let parent = match of {
        Some(it) => it.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
        None => list.first().map(|it| it.id.to_string()).unwrap_or_default(),
    };
    let mut above = Field::new(Input::Select(places), "parent", ctx.t("units-above")).value(parent);
    if of.is_some_and(|it| it.parent.is_none()) {
        above = above.optional();
    }
    vec![
        Field::text("name", ctx.t("people-name"))
            .value(of.map(|it| it.name.clone()).unwrap_or_default()),
        Field::new(Input::Select(kinds), "kind", ctx.t("units-kind"))
            .value(of.map_or("department", |it| it.kind.as_str())),
        above,
        Field::text("zone", ctx.t("people-zone")).value(zone),
        Field::text("head", ctx.t("units-head")).optional().hint(ctx.t("account-deputy-hint")),
    ]
}

/// What a form says about a unit; a head is named by the name to sign in with.
async fn input(
    web: &Web,
    call: &Call,
    fields: &Fields,
    old: Option<&UnitView>,
) -> Result<UnitInput, Error> {
    let named = fields.text("head");
    let head = if named.is_empty() {
        old.and_then(|it| it.head.clone())
    } else {
        let unknown = || Error::field("head", "unknown", "is nobody who is active here");
        let id = web.app.person_find(&named).await.map_err(|_| unknown())?;
        web.app.person_get(call, &id).await.map_err(|_| unknown())?;
        Some(id)
    };
    let above = fields.text("parent");
    let parent = UnitId::parse(&above).ok();
    // Only the top stands below nothing.
    if parent.is_none() && !(above.is_empty() && old.is_some_and(|it| it.parent.is_none())) {
        return Err(Error::field("parent", "required", "choose the unit above"));
    }
    Ok(UnitInput {
        name: fields.text("name"),
        kind: fields.text("kind"),
        parent,
        zone: fields.text("zone"),
        head,
    })
}

/// The form again with what is wrong, or the page that says why not.
async fn refuse(web: &Web, sent: &Sent, error: Error, of: Option<&UnitView>) -> Page {
    let ctx = &sent.ctx;
    let list = web.app.unit_list(&sent.caller.session.scope).await.unwrap_or_default();
    let title = ctx.t(if of.is_some() { "action-edit" } else { "units-add" });
    let action = of.map_or_else(|| "/units".to_owned(), |it| format!("/units/{}", it.id));
    let names = ["name", "kind", "parent", "zone", "head"];
    let form = Again {
        title: &title,
        crumbs: vec![
            (ctx.t("units-title").into_owned(), Some("/units".to_owned())),
            (title.clone().into_owned(), None),
        ],
        action: &action,
        hidden: &[],
        fields: names.into_iter().zip(fields(ctx, &list, of, &ctx.zone_name())).collect(),
        submit: &title,
    };
    again(ctx, &sent.fields, error, form)
}

async fn create_unit(State(web): State<Web>, sent: Sent) -> Page {
    let seen = sent.caller.session.call();
    let tried = match input(&web, &seen, &sent.fields, None).await {
        Ok(input) => web.app.unit_create(&sent.call, input).await,
        Err(error) => Err(error),
    };
    match tried {
        Ok(_) => Ok(go("/units")),
        Err(error) => refuse(&web, &sent, error, None).await,
    }
}

async fn edit_unit(State(web): State<Web>, Path(unit): Path<String>, sent: Sent) -> Page {
    let fail = |error: Error| Refused::new(sent.ctx.clone(), error.into());
    let missing = || fail(Error::NotFound { what: "unit" });
    let id = UnitId::parse(&unit).map_err(|_| missing())?;
    let old = web.app.unit_view(&sent.caller.session.scope, &id).await.map_err(fail)?;
    let seen = sent.caller.session.call();
    let tried = match input(&web, &seen, &sent.fields, Some(&old)).await {
        Ok(input) => web.app.unit_edit(&sent.call, &id, input).await,
        Err(error) => Err(error),
    };
    match tried {
        Ok(_) => Ok(go("/units")),
        Err(error) => refuse(&web, &sent, error, Some(&old)).await,
    }
}
