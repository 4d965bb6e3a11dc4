//! The own account: who am I here, what may I do, where am I signed in, who stands in for me?

use super::again::{Again, again, field_words};
use super::visit::{Page, Refused, Sent, Signed, go};
use super::words::grant_role;
use crate::http::session::Caller;
use crate::routes::{Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, act, form};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, head};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use roadbook_app::auth::SessionView;
use roadbook_app::people::{PersonDetail, PersonInput, PersonView};
use roadbook_app::roles::{AbsenceInput, DeputyInput};
use roadbook_app::{Error, FieldError};
use roadbook_core::ids::{PersonId, SessionId};
use roadbook_core::text::Lang;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/account", "show_account", show).page(),
        post("/account", "send_account", save).page(),
        post("/account/password", "send_account_password", password).page(),
        post("/account/sessions", "send_account_sessions", end_sessions).page(),
        post("/account/absences", "send_account_absence", absence).page(),
        post("/account/deputies", "send_account_deputy", deputy).page(),
    ]
}

/// What one of the forms was refused for: the form, what was typed, the wrong fields.
#[derive(Default)]
struct Wrong {
    form: &'static str,
    typed: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Wrong {
    fn field(&self, ctx: &PageCtx, form: &str, name: &str, field: Field) -> Field {
        if self.form != form {
            return field;
        }
        let error = self.errors.iter().find(|it| it.field == name);
        let field = match self.typed.iter().find(|it| it.0 == name) {
            Some((_, value)) if !field.secret() => field.value(value),
            _ => field,
        };
        field.error(error.map(|it| field_words(ctx, it)))
    }
}

async fn show(signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    draw(&ctx, &web, &caller, &Wrong::default()).await
}

async fn draw(ctx: &PageCtx, web: &Web, caller: &Caller, wrong: &Wrong) -> Page {
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let call = caller.session.call();
    let me = web.app.person_get(&call, &caller.session.person.id).await.map_err(fail)?;
    let sessions = web.app.sessions(&call).await.map_err(fail)?;
    let others = me.deputies.iter().map(|it| it.deputy.clone());
    let others = others.chain(me.stands_in_for.iter().map(|it| it.of.clone())).collect();
    let names = web.app.names(others).await.map_err(fail)?;
    let name = |id: &PersonId| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let mut roles = Vec::new();
    for grant in &me.grants {
        let place = web.app.scope_name(&grant.scope).await.map_err(fail)?;
        let place = place.unwrap_or_else(|| ctx.t("account-everywhere").into_owned());
        let (state, word) = in_force(ctx, grant.in_force, grant.from);
        roles.push(Row::Cells(vec![
            html! { (grant_role(ctx, &grant.role)) },
            html! { (place) },
            html! { (span(ctx, grant.from, grant.until)) },
            state_text(state, &word),
        ]));
    }
    let title = ctx.t("account-title");
    let over = format!("{} · {}", me.person.name, me.person.unit_name);
    let body = html! {
        (head(ctx, &Head { over: &over, title: &title, ..Head::default() }, html! {}))
        div.cols {
            div.stack {
                (profile(ctx, &me.person, wrong))
                (role_card(ctx, roles))
                (away(ctx, &me, &name, wrong))
            }
            div.stack {
                (password_card(ctx, wrong))
                (session_card(ctx, &sessions, &caller.session.id))
            }
        }
    };
    Ok(layout(ctx, &title, body).into_response())
}

fn in_force(ctx: &PageCtx, holds: bool, from: Timestamp) -> (Glyph, String) {
    let (state, key) = match holds {
        true => (Glyph::Done, "account-in-force"),
        false if from > ctx.now => (Glyph::Foreseen, "account-later"),
        false => (Glyph::Held, "account-over"),
    };
    (state, ctx.t(key).into_owned())
}

fn span(ctx: &PageCtx, from: Timestamp, until: Option<Timestamp>) -> String {
    let from = ctx.date(from);
    match until {
        Some(at) => format!("{from} – {}", ctx.date(at)),
        None => ctx.ta("account-since", &[("date", from.as_str().into())]).into_owned(),
    }
}

fn profile_fields(ctx: &PageCtx, me: &PersonView) -> Vec<(&'static str, Field)> {
    let langs = Lang::ALL.into_iter().map(|it| Choice::new(it.code(), it.own_name())).collect();
    let email = Field::new(Input::Input("email"), "email", ctx.t("setup-email"));
    vec![
        ("name", Field::text("name", ctx.t("people-name")).value(&me.name).autocomplete("name")),
        (
            "email",
            email
                .value(me.email.clone().unwrap_or_default())
                .autocomplete("email")
                .optional()
                .hint(ctx.t("account-email-hint")),
        ),
        (
            "lang",
            Field::new(Input::Select(langs), "lang", ctx.t("setup-lang")).value(me.lang.code()),
        ),
        (
            "zone",
            Field::text("zone", ctx.t("setup-zone"))
                .value(&me.zone)
                .hint(ctx.t("account-quiet-hint")),
        ),
    ]
}

fn profile(ctx: &PageCtx, me: &PersonView, wrong: &Wrong) -> Markup {
    let fields = profile_fields(ctx, me).into_iter();
    let fields: Vec<Field> =
        fields.map(|(name, field)| wrong.field(ctx, "profile", name, field)).collect();
    let login = me.login.clone().unwrap_or_default();
    let aside = html! { (ctx.t("setup-sign-in-name")) ": " b { (login) } };
    let form = form(ctx, "/account", &fields, &ctx.t("action-save"));
    card("profile", &ctx.t("account-profile"), aside, html! { div.cb { (form) } })
}

fn role_card(ctx: &PageCtx, rows: Vec<Row>) -> Markup {
    let title = ctx.t("account-roles");
    let empty = rows.is_empty();
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("account-role")),
            Col::new(ctx.t("people-grant-where")).labeled(),
            Col::new(ctx.t("account-dates")).labeled(),
            Col::new(ctx.t("work-state")),
        ],
        rows,
    };
    let body = html! { @if empty { p.cb.m { (ctx.t("account-no-roles")) } } @else { (table) } };
    card("roles", &title, html! {}, body)
}

fn password_card(ctx: &PageCtx, wrong: &Wrong) -> Markup {
    let field = |name: &'static str, key: &str, purpose: &'static str| {
        let field = Field::new(Input::Input("password"), name, ctx.t(key)).autocomplete(purpose);
        let field = if name == "new" { field.hint(ctx.t("sign-in-password-hint")) } else { field };
        wrong.field(ctx, "password", name, field)
    };
    let fields = [
        field("old", "account-password-old", "current-password"),
        field("new", "sign-in-new-password", "new-password"),
    ];
    let form = form(ctx, "/account/password", &fields, &ctx.t("account-password-change"));
    let hint = ctx.t("account-password-hint");
    let body = html! { div.cb { (form) p.m.s { (hint) } } };
    card("password", &ctx.t("sign-in-password"), html! {}, body)
}

fn session_card(ctx: &PageCtx, list: &[SessionView], own: &SessionId) -> Markup {
    let body = html! {
        ul.list.pair { @for it in list { li {
            span {
                @let since = ctx.date_time(it.created_at);
                @let seen = ctx.moment(it.last_seen_at);
                (ctx.ta("account-session", &[("at", since.as_str().into())])) br;
                span.m.s { (ctx.ta("account-session-seen", &[("at", seen.as_str().into())])) }
            }
            @if it.id == *own { span.m.s { (ctx.t("account-session-this")) } }
            @else { div.acts { (act(ctx, "/account/sessions", Btn::button(ctx.t("account-session-end")).small(), &[("session", it.id.as_str())])) } }
        } } }
        @if list.len() > 1 { div.cb { div.acts { (act(ctx, "/account/sessions", Btn::button(ctx.t("account-session-end-all")), &[("session", "others")])) } } }
    };
    card("sessions", &ctx.t("account-sessions"), html! { (list.len()) }, body)
}

fn away(
    ctx: &PageCtx,
    me: &PersonDetail,
    name: &impl Fn(&PersonId) -> String,
    wrong: &Wrong,
) -> Markup {
    let date = |form: &str, name: &'static str, key: &str| {
        let field = Field::new(Input::Input("date"), name, ctx.t(key));
        wrong.field(ctx, form, name, field)
    };
    let absence = [
        date("absence", "from", "account-from"),
        date("absence", "to", "account-to"),
        Field::text("reason", ctx.t("form-reason")).optional(),
    ];
    let login = Field::text("deputy", ctx.t("account-deputy")).hint(ctx.t("account-deputy-hint"));
    let deputy = [
        wrong.field(ctx, "deputy", "deputy", login),
        date("deputy", "from", "account-from"),
        date("deputy", "to", "account-to"),
    ];
    let open = |form: &str| (wrong.form == form).then_some("open");
    let remove = |href: &str, key: &str, value: &str, about: &str| {
        let label = ctx.t("action-remove");
        let button = Btn::button(label.clone()).small().aria(format!("{label}: {about}"));
        act(ctx, href, button, &[(key, value)])
    };
    let body = html! {
        @if me.absences.is_empty() && me.deputies.is_empty() && me.stands_in_for.is_empty() {
            p.cb.m { (ctx.t("account-away-none")) }
        }
        ul.list.pair {
            @for it in &me.absences { li {
                @let days = format!("{} – {}", crate::i18n::fmt::date(ctx.lang, it.from_day), crate::i18n::fmt::date(ctx.lang, it.to_day));
                span { (ctx.t("account-absence")) ": " (days) @if let Some(why) = &it.reason { br; span.m.s { (why) } } }
                div.acts { (remove("/account/absences", "remove", &it.id, &days)) }
            } }
            @for it in &me.deputies { li {
                @let who = name(&it.deputy);
                span { (ctx.ta("account-deputy-is", &[("name", who.as_str().into())])) br; span.m.s { (span(ctx, it.from, it.until)) } }
                div.acts { (remove("/account/deputies", "end", it.deputy.as_str(), &who)) }
            } }
            @for it in &me.stands_in_for { li {
                @let who = name(&it.of);
                span { (ctx.ta("account-stands-in", &[("name", who.as_str().into())])) br; span.m.s { (span(ctx, it.from, it.until)) } }
            } }
        }
        div.cb {
            details open=[open("absence")] { summary { (ctx.t("account-absence-add")) } (form(ctx, "/account/absences", &absence, &ctx.t("account-absence-add"))) }
            details open=[open("deputy")] { summary { (ctx.t("account-deputy-add")) } (form(ctx, "/account/deputies", &deputy, &ctx.t("account-deputy-add"))) }
        }
    };
    card("away", &ctx.t("account-away"), html! {}, body)
}

async fn save(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let me = &caller.session.person;
    let email = fields.text("email");
    let input = PersonInput {
        name: fields.text("name"),
        login: me.login.clone(),
        email: (!email.is_empty()).then_some(email),
        lang: fields.text("lang"),
        zone: fields.text("zone"),
        unit: None,
        weekly_hours: Some(me.weekly_hours),
    };
    if let Err(error) = web.app.person_edit(&call, &me.id, input).await {
        let form = Again {
            title: &ctx.t("account-title"),
            crumbs: vec![(ctx.t("account-title").into_owned(), Some("/account".to_owned()))],
            action: "/account",
            hidden: &[],
            fields: profile_fields(&ctx, me),
            submit: &ctx.t("action-save"),
        };
        return again(&ctx, &fields, error, form);
    }
    // The switch of this browser follows, or the page would go on in the former language.
    let mut jar = CookieJar::new();
    if let Some(lang) = Lang::from_tag(&fields.text("lang")) {
        let chosen = Cookie::build(("lang", lang.code())).path("/").same_site(SameSite::Lax);
        jar = jar.add(chosen.secure(web.options.secure).permanent().build());
    }
    Ok((jar, done()).into_response())
}

/// Back to the page, which says that it was done.
fn done() -> Response {
    go("/account")
}

/// The page with the form that was refused, or the page that says why not.
async fn refuse(ctx: &PageCtx, web: &Web, caller: &Caller, wrong: Wrong) -> Page {
    let mut page = draw(ctx, web, caller, &wrong).await?;
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}

async fn password(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, caller, fields, .. } = sent;
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let (old, new) = (text("old"), text("new"));
    let errors = match web.app.password_change(&caller.session, &old, &new).await {
        Ok(_) => return Ok(done()),
        Err(Error::Rule { code: "password_wrong", .. }) => {
            vec![FieldError::new("old", "password", ctx.t("account-password-wrong"))]
        }
        Err(Error::Invalid(list)) => {
            list.into_iter().map(|it| FieldError { field: "new".to_owned(), ..it }).collect()
        }
        Err(error) => return Err(Refused::new(ctx, error.into())),
    };
    let wrong = Wrong { form: "password", typed: Vec::new(), errors };
    refuse(&ctx, &web, &caller, wrong).await
}

async fn end_sessions(State(web): State<Web>, sent: Sent) -> Page {
    let fail = |error: Error| Refused::new(sent.ctx.clone(), error.into());
    let call = sent.caller.session.call();
    let chosen = sent.fields.text("session");
    if chosen == "others" {
        for it in web.app.sessions(&call).await.map_err(fail)? {
            if it.id != sent.caller.session.id {
                web.app.session_end(&call, &it.id).await.map_err(fail)?;
            }
        }
        return Ok(done());
    }
    let id = SessionId::parse(&chosen).map_err(|_| fail(Error::NotFound { what: "session" }))?;
    web.app.session_end(&sent.call, &id).await.map_err(fail)?;
    Ok(done())
}

fn day(ctx: &PageCtx, typed: &str, name: &str) -> Result<Date, FieldError> {
    typed.parse().map_err(|_| FieldError::new(name, "date", ctx.t("form-not-a-date")))
}

/// First and last day of a form, or what is wrong with them.
fn days(ctx: &PageCtx, fields: &super::visit::Fields) -> Result<(Date, Date), Vec<FieldError>> {
    let from = day(ctx, &fields.text("from"), "from");
    let to = day(ctx, &fields.text("to"), "to");
    match (from, to) {
        (Ok(from), Ok(to)) if to < from => {
            Err(vec![FieldError::new("to", "order", ctx.t("account-order"))])
        }
        (Ok(from), Ok(to)) => Ok((from, to)),
        (from, to) => Err([from.err(), to.err()].into_iter().flatten().collect()),
    }
}

async fn absence(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let me = caller.session.person.id.clone();
    let remove = fields.text("remove");
    let tried = if remove.is_empty() {
        match days(&ctx, &fields) {
            Err(errors) => {
                let wrong = Wrong { form: "absence", typed: fields.0, errors };
                return refuse(&ctx, &web, &caller, wrong).await;
            }
            Ok((from, to)) => {
                let input = AbsenceInput { person: me, from, to, reason: fields.text("reason") };
                web.app.absence_add(&call, input).await
            }
        }
    } else {
        web.app.absence_remove(&call, &me, &remove).await
    };
    tried.map_err(|error| Refused::new(ctx, error.into()))?;
    Ok(done())
}

/// Somebody whom the caller may see, by name to sign in with.
async fn known(web: &Web, caller: &Caller, text: &str) -> Option<PersonId> {
    let id = web.app.person_find(text).await.ok()?;
    web.app.person_get(&caller.session.call(), &id).await.ok()?;
    Some(id)
}

async fn deputy(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let me = caller.session.person.id.clone();
    let end = fields.text("end");
    if !end.is_empty() {
        let missing = || fail(Error::NotFound { what: "deputy" });
        let deputy = PersonId::parse(&end).map_err(|_| missing())?;
        web.app.deputy_end(&call, &me, &deputy).await.map_err(fail)?;
        return Ok(done());
    }
    let zone = TimeZone::get(&caller.session.person.zone).unwrap_or(TimeZone::UTC);
    let start = |day: Date| day.to_zoned(zone.clone()).map(|it| it.timestamp());
    let who = known(&web, &caller, &fields.text("deputy")).await;
    let unknown = || FieldError::new("deputy", "unknown", ctx.t("account-deputy-unknown"));
    let errors = match (who, days(&ctx, &fields)) {
        (Some(deputy), Ok((from, to))) => {
            let until = to.checked_add(1.day()).and_then(start);
            match (start(from), until) {
                (Ok(from), Ok(until)) => {
                    let input = DeputyInput { of: me, deputy, from, until };
                    match web.app.deputy_set(&call, input).await {
                        Ok(_) => return Ok(done()),
                        Err(Error::Invalid(list)) => list
                            .into_iter()
                            .map(|it| match it.field.as_str() {
                                "until" => FieldError::new("to", "order", ctx.t("account-order")),
                                _ => it,
                            })
                            .collect(),
                        Err(error) => return Err(fail(error)),
                    }
                }
                _ => vec![FieldError::new("to", "date", ctx.t("form-not-a-date"))],
            }
        }
        (who, days) => {
            who.is_none().then(unknown).into_iter().chain(days.err().unwrap_or_default()).collect()
        }
    };
    refuse(&ctx, &web, &caller, Wrong { form: "deputy", typed: fields.0, errors }).await
}
