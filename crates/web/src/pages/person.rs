//! One person: who they are, which roles they hold where and until when, when they are away and
//! who stands in for them.

use super::again::field_words;
use super::people::{lang_choices, role_choices, unit_choices};
use super::visit::{Fields, Page, Refused, Sent, Signed, go};
use super::words::grant_role;
use crate::http::session::Caller;
use crate::i18n::fmt;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, act, form_with};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, details, head};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use maud::{Markup, html};
use roadbook_app::people::{PersonDetail, PersonInput};
use roadbook_app::roles::{AbsenceInput, DeputyInput, RoleInput};
use roadbook_app::units::UnitView;
use roadbook_app::{Error, FieldError};
use roadbook_core::access::{Action, Kind, Resource, Scope, allowed};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, SiteId, UnitId};
use std::collections::BTreeMap;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::People);
    let edit = Access::Grant(Action::Edit, Kind::People);
    vec![
        get("/people/{person}", "show_person", show).access(view).page(),
        post("/people/{person}", "send_person_change", send).access(edit).page(),
    ]
}

/// Everything that the page shows.
struct Shown {
    detail: PersonDetail,
    names: BTreeMap<PersonId, String>,
    places: Vec<String>,
    units: Vec<UnitView>,
    may_edit: bool,
    may_grant: bool,
}

async fn load(ctx: &PageCtx, web: &Web, caller: &Caller, text: &str) -> Page<Shown> {
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let id = PersonId::parse(text).map_err(|_| fail(Error::NotFound { what: "person" }))?;
    let detail = web.app.person_get(&caller.session.call(), &id).await.map_err(fail)?;
    let others = detail.deputies.iter().map(|it| it.deputy.clone());
    let others = others.chain(detail.stands_in_for.iter().map(|it| it.of.clone())).collect();
    let names = web.app.names(others).await.map_err(fail)?;
    let units = web.app.unit_list(&caller.session.scope).await.map_err(fail)?;
    let mut places = Vec::new();
    for grant in &detail.grants {
        let place = web.app.scope_name(&grant.scope).await.map_err(fail)?;
        places.push(place.unwrap_or_else(|| ctx.t("account-everywhere").into_owned()));
    }
    // The unit and everything above it: a right over one of them reaches this person.
    let mut above = Vec::new();
    let mut next = Some(detail.person.unit.clone());
    while let Some(id) = next.take().filter(|it| !above.contains(it)) {
        next = units.iter().find(|it| it.id == id).and_then(|it| it.parent.clone());
        above.push(id);
    }
    let place = Resource { units: above, ..Resource::default() };
    let actor = &caller.session.actor;
    let may_edit = allowed(actor, Action::Edit, Kind::People, &place);
    let may_grant = allowed(actor, Action::Administer, Kind::People, &place);
    Ok(Shown { detail, names, places, units, may_edit, may_grant })
}

async fn show(Path(person): Path<String>, signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let shown = load(&ctx, &web, &caller, &person).await?;
    Ok(draw(&ctx, &shown, &[]).into_response())
}

fn draw(ctx: &PageCtx, it: &Shown, wrong: &[FieldError]) -> Markup {
    let person = &it.detail.person;
    let crumbs = vec![
        (ctx.t("people-title").into_owned(), Some("/people".to_owned())),
        (person.name.clone(), None),
    ];
    let body = html! {
        (head(ctx, &Head { crumbs, title: &person.name, sub: &person.unit_name, ..Head::default() }, html! {}))
        @if !wrong.is_empty() { div.flash.c-fail role="alert" { div {
            p { b { (ctx.tn("form-errors", wrong.len() as i64)) } }
            ul { @for it in wrong { li { (field_words(ctx, it)) } } }
        } } }
        div.cols {
            div.stack { (roles(ctx, it)) (away(ctx, it)) }
            div.stack { (profile(ctx, it)) (sign_in(ctx, it)) }
        }
    };
    layout(ctx, &person.name, body)
}

fn href(it: &Shown) -> String {
    format!("/people/{}", it.detail.person.id)
}

fn profile(ctx: &PageCtx, it: &Shown) -> Markup {
    let person = &it.detail.person;
    let labels = ["people-email", "setup-lang", "people-zone", "people-unit", "people-hours"]
        .map(|key| ctx.t(key));
    let facts: Vec<(&str, Markup)> = vec![
        (
            &labels[0],
            html! { @if let Some(email) = &person.email { a href={ "mailto:" (email) } { (email) } } @else { "–" } },
        ),
        (&labels[1], html! { (person.lang.own_name()) }),
        (&labels[2], html! { (person.zone) }),
        (&labels[3], html! { (person.unit_name) }),
        (&labels[4], html! { (person.weekly_hours) }),
    ];
    let fields = [
        Field::text("name", ctx.t("people-name")).value(person.name.clone()),
        Field::text("login", ctx.t("setup-sign-in-name"))
            .value(person.login.clone().unwrap_or_default())
            .optional(),
        Field::new(Input::Input("email"), "email", ctx.t("people-email"))
            .value(person.email.clone().unwrap_or_default())
            .optional(),
        Field::new(Input::Select(unit_choices(&it.units)), "unit", ctx.t("people-unit"))
            .value(person.unit.as_str()),
        Field::new(Input::Select(lang_choices()), "lang", ctx.t("setup-lang"))
            .value(person.lang.code()),
        Field::text("zone", ctx.t("people-zone")).value(person.zone.clone()),
        Field::new(Input::Input("number"), "weekly_hours", ctx.t("people-hours"))
            .value(person.weekly_hours.to_string()),
    ];
    card(
        "profile",
        &ctx.t("people-about"),
        html! {},
        html! { div.cb {
            (details(&facts))
            @if it.may_edit { details { summary { (ctx.t("action-edit")) }
                (form_with(ctx, &href(it), &[("do", "profile")], &fields, &ctx.t("action-save"))) } }
        } },
    )
}

fn span(ctx: &PageCtx, from: Timestamp, until: Option<Timestamp>) -> String {
    match until {
        Some(at) => format!("{} – {}", ctx.date(from), ctx.date(at)),
        None => format!("{} –", ctx.date(from)),
    }
}

fn roles(ctx: &PageCtx, it: &Shown) -> Markup {
    let rows = it.detail.grants.iter().zip(&it.places).map(|(grant, place)| {
        let (state, key) = match grant.in_force {
            true => (Glyph::Done, "account-in-force"),
            false if grant.from > ctx.now => (Glyph::Foreseen, "account-later"),
            false => (Glyph::Held, "account-over"),
        };
        let name = grant_role(ctx, &grant.role);
        let open = grant.until.is_none_or(|it| ctx.now < it);
        let scope = scope_text(&grant.scope);
        let end = ctx.t("people-end");
        let values = [("do", "end_role"), ("role", grant.role.as_str()), ("scope", scope.as_str())];
        Row::Cells(vec![
            html! { b { (name) } },
            html! { (place) },
            html! { (span(ctx, grant.from, grant.until)) },
            state_text(state, &ctx.t(key)),
            html! { @if it.may_grant && open { (act(ctx, &href(it), Btn::button(end.clone()).small().aria(format!("{end}: {name}, {place}")), &values)) } },
        ])
    });
    let title = ctx.t("people-roles");
    let cols = ["people-roles", "people-grant-where", "people-when", "work-state", "people-end"];
    let table = Table {
        caption: &title,
        cols: cols.iter().map(|key| Col::new(ctx.t(key)).labeled()).collect(),
        rows: rows.collect(),
    };
    let mut places = vec![Choice::new("all", ctx.t("account-everywhere"))];
    places.extend(
        unit_choices(&it.units)
            .into_iter()
            .map(|choice| Choice { value: format!("unit:{}", choice.value), ..choice }),
    );
    let fields = [
        Field::new(Input::Select(role_choices(ctx)), "role", ctx.t("people-roles")).value("member"),
        Field::text("own_role", ctx.t("people-own-role"))
            .optional()
            .hint(ctx.t("people-own-role-hint")),
        Field::new(Input::Select(places), "scope", ctx.t("people-grant-where")).value("all"),
        Field::new(Input::Input("date"), "from", ctx.t("account-from")).optional(),
        Field::new(Input::Input("date"), "to", ctx.t("account-to")).optional(),
    ];
    card(
        "roles",
        &title,
        html! {},
        html! {
            @if it.detail.grants.is_empty() { p.cb.m { (ctx.t("people-no-roles")) } } @else { (table) }
            @if it.may_grant { div.cb { details { summary { (ctx.t("people-grant")) }
                (form_with(ctx, &href(it), &[("do", "role")], &fields, &ctx.t("people-grant"))) } } }
        },
    )
}

fn away(ctx: &PageCtx, it: &Shown) -> Markup {
    let detail = &it.detail;
    let name = |id: &PersonId| it.names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let days = || {
        let from = Field::new(Input::Input("date"), "from", ctx.t("account-from"));
        [from, Field::new(Input::Input("date"), "to", ctx.t("account-to"))]
    };
    let [from, to] = days();
    let absence = [from, to, Field::text("reason", ctx.t("form-reason")).optional()];
    let [from, to] = days();
    let who = Field::text("deputy", ctx.t("account-deputy")).hint(ctx.t("account-deputy-hint"));
    let deputy = [who, from, to];
    let remove = |what: &str, id: &str, about: &str| {
        let label = ctx.t("action-remove");
        let button = Btn::button(label.clone()).small().aria(format!("{label}: {about}"));
        act(ctx, &href(it), button, &[("do", what), ("id", id)])
    };
    let nothing =
        detail.absences.is_empty() && detail.deputies.is_empty() && detail.stands_in_for.is_empty();
    card(
        "away",
        &ctx.t("account-away"),
        html! {},
        html! {
            @if nothing { p.cb.m { (ctx.t("account-away-none")) } }
            ul.list.pair {
                @for one in &detail.absences { li {
                    @let days = format!("{} – {}", fmt::date(ctx.lang, one.from_day), fmt::date(ctx.lang, one.to_day));
                    span { (ctx.t("account-absence")) ": " (days) @if let (true, Some(why)) = (it.may_edit, &one.reason) { br; span.m.s { (why) } } }
                    @if it.may_edit { div.acts { (remove("absence_end", &one.id, &days)) } }
                } }
                @for one in &detail.deputies { li {
                    @let who = name(&one.deputy);
                    span { (ctx.ta("account-deputy-is", &[("name", who.as_str().into())])) br; span.m.s { (span(ctx, one.from, one.until)) } }
                    @if it.may_edit { div.acts { (remove("deputy_end", one.deputy.as_str(), &who)) } }
                } }
                @for one in &detail.stands_in_for { li {
                    @let who = name(&one.of);
                    span { (ctx.ta("account-stands-in", &[("name", who.as_str().into())])) br; span.m.s { (span(ctx, one.from, one.until)) } }
                } }
            }
            @if it.may_edit { div.cb {
                details { summary { (ctx.t("account-absence-add")) } (form_with(ctx, &href(it), &[("do", "absence")], &absence, &ctx.t("account-absence-add"))) }
                details { summary { (ctx.t("account-deputy-add")) } (form_with(ctx, &href(it), &[("do", "deputy")], &deputy, &ctx.t("account-deputy-add"))) }
            } }
        },
    )
}

fn sign_in(ctx: &PageCtx, it: &Shown) -> Markup {
    let person = &it.detail.person;
    if !it.may_grant {
        return html! {};
    }
    let (key, word, on) = if person.active {
        ("people-deactivate", "people-active", "no")
    } else {
        ("people-activate", "people-inactive", "yes")
    };
    let state = if person.active { Glyph::Done } else { Glyph::Held };
    let button = Btn::button(ctx.t(key)).small();
    card(
        "sign-in",
        &ctx.t("people-sign-in"),
        html! {},
        html! { div.cb {
            p { (state_text(state, &ctx.t(word))) " · " (ctx.t(if person.has_password { "people-has-password" } else { "people-no-password" })) }
            div.acts {
                @if person.active && person.login.is_some() { (act(ctx, &href(it), Btn::button(ctx.t("people-new-link")).small(), &[("do", "invite")])) }
                (act(ctx, &href(it), if person.active { button.danger() } else { button }, &[("do", "active"), ("active", on)]))
            }
        } },
    )
}

fn scope_text(scope: &Scope) -> String {
    match scope {
        Scope::All => "all".to_owned(),
        Scope::Unit(id) => format!("unit:{id}"),
        Scope::Product(id) => format!("product:{id}"),
        Scope::Site(id) => format!("site:{id}"),
        Scope::Release(id) => format!("release:{id}"),
    }
}

fn scope_of(text: &str) -> Option<Scope> {
    if text == "all" {
        return Some(Scope::All);
    }
    let (kind, id) = text.split_once(':')?;
    match kind {
        "unit" => UnitId::parse(id).ok().map(Scope::Unit),
        "product" => ProductId::parse(id).ok().map(Scope::Product),
        "site" => SiteId::parse(id).ok().map(Scope::Site),
        "release" => ReleaseId::parse(id).ok().map(Scope::Release),
        _ => None,
    }
}

/// A day of a form, as its begin or its end in the reader's zone; nothing where it is empty.
fn moment(
    ctx: &PageCtx,
    fields: &Fields,
    name: &str,
    end: bool,
) -> Result<Option<Timestamp>, Error> {
    let text = fields.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::field(name, "date", "is no date");
    let day: Date = text.parse().map_err(|_| wrong())?;
    let day = if end { day.checked_add(1.day()).map_err(|_| wrong())? } else { day };
    let at = day.to_zoned(ctx.zone.clone()).map_err(|_| wrong())?;
    Ok(Some(at.timestamp()))
}

fn required<T>(found: Option<T>, name: &str) -> Result<T, Error> {
    found.ok_or_else(|| Error::field(name, "required", "is required"))
}

async fn send(State(web): State<Web>, Path(person): Path<String>, sent: Sent) -> Page {
    let shown = load(&sent.ctx, &web, &sent.caller, &person).await?;
    let id = shown.detail.person.id.clone();
    match change(&web, &sent, &shown).await {
        Ok(None) => Ok(go(&format!("/people/{id}"))),
        Ok(Some(secret)) => Ok(invited(&sent.ctx, &web, &shown, &secret).into_response()),
        Err(Error::Invalid(list)) => {
            let page = draw(&sent.ctx, &shown, &list);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(Refused::new(sent.ctx, error.into())),
    }
}

/// Does what a form asks; gives the secret of a link that was made.
async fn change(web: &Web, sent: &Sent, shown: &Shown) -> Result<Option<String>, Error> {
    let Sent { ctx, call, fields, .. } = sent;
    let id = &shown.detail.person.id;
    let scope = || required(scope_of(&fields.text("scope")), "scope");
    match fields.text("do").as_str() {
        "profile" => profile_change(web, sent, id).await?,
        "role" => {
            let own = fields.text("own_role");
            let input = RoleInput {
                person: id.clone(),
                role: if own.is_empty() { fields.text("role") } else { own },
                scope: scope()?,
                from: moment(ctx, fields, "from", false)?,
                until: moment(ctx, fields, "to", true)?,
            };
            web.app.role_grant(call, input).await?;
        }
        "end_role" => {
            web.app.role_revoke(call, id, &fields.text("role"), &scope()?).await?;
        }
        "absence" => {
            let day = |name: &str| -> Result<Date, Error> {
                let wrong = |_| Error::field(name, "date", "is no date");
                fields.text(name).parse::<Date>().map_err(wrong)
            };
            let (from, to) = (day("from")?, day("to")?);
            let reason = fields.text("reason");
            web.app
                .absence_add(call, AbsenceInput { person: id.clone(), from, to, reason })
                .await?;
        }
        "absence_end" => {
            web.app.absence_remove(call, id, &fields.text("id")).await?;
        }
        "deputy" => {
            let unknown = || Error::field("deputy", "unknown", ctx.t("account-deputy-unknown"));
            let deputy =
                web.app.person_find(&fields.text("deputy")).await.map_err(|_| unknown())?;
            // Nobody learns of people whom they may not see.
            let seen = web.app.person_get(&sent.caller.session.call(), &deputy).await;
            seen.map_err(|_| unknown())?;
            let from = required(moment(ctx, fields, "from", false)?, "from")?;
            let until = required(moment(ctx, fields, "to", true)?, "to")?;
            let input = DeputyInput { of: id.clone(), deputy, from, until };
            web.app.deputy_set(call, input).await?;
        }
        "deputy_end" => {
            let deputy = PersonId::parse(&fields.text("id"));
            let deputy = deputy.map_err(|_| Error::NotFound { what: "deputy" })?;
            web.app.deputy_end(call, id, &deputy).await?;
        }
        "invite" => return Ok(web.app.invite(call, id).await?.secret),
        "active" => {
            web.app.person_set_active(call, id, fields.text("active") == "yes").await?;
        }
        _ => return Err(Error::field("do", "unknown", "is nothing that can be done here")),
    }
    Ok(None)
}

async fn profile_change(web: &Web, sent: &Sent, id: &PersonId) -> Result<(), Error> {
    let fields = &sent.fields;
    let text = |name: &str| Some(fields.text(name)).filter(|it| !it.is_empty());
    let input = PersonInput {
        name: fields.text("name"),
        login: text("login"),
        email: text("email"),
        lang: fields.text("lang"),
        zone: fields.text("zone"),
        unit: Some(required(UnitId::parse(&fields.text("unit")).ok(), "unit")?),
        weekly_hours: Some(required(fields.text("weekly_hours").parse().ok(), "weekly_hours")?),
    };
    web.app.person_edit(&sent.call, id, input).await.map(|_| ())
}

/// The link is shown once; it is stored as a hash only.
fn invited(ctx: &PageCtx, web: &Web, shown: &Shown, secret: &str) -> Markup {
    let link = format!("{}/l/{secret}", web.app.settings().base_url);
    let title = ctx.t("people-invite");
    let person = &shown.detail.person;
    let body = html! {
        (head(ctx, &Head { title: &title, sub: &person.name, ..Head::default() }, html! {}))
        section.card { div.cb {
            p { (ctx.t("people-invite-once")) }
            p { code { (link) } }
            p { a href=(href(shown)) { (person.name) } }
        } }
    };
    layout(ctx, &title, body)
}
