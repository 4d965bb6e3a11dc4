//! Settings: how is this installation set up, and is it well?

use super::again::field_words;
use super::visit::{Page, Refused, Sent, Signed, go};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, act, form};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, Sum, card, details, head, sums};
use crate::ui::{Flash, PageCtx, State as Glyph};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use roadbook_app::installation::{Health, InstallationInput, SettingsView};
use roadbook_app::notices::DeadLetter;
use roadbook_app::{Call, Error};
use roadbook_core::access::{Action, Kind};
use roadbook_core::text::Lang;

/// Dead letters that are shown here; the rest stands with the notices.
const DEAD_MAX: usize = 10;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Settings);
    let change = Access::Grant(Action::Administer, Kind::Settings);
    vec![
        get("/settings", "show_settings", show).access(view).page(),
        post("/settings", "send_settings", save).access(change).page(),
        post("/settings/mail", "send_settings_mail", test).access(change).page(),
        post("/settings/outbox", "send_settings_outbox", release).access(change).page(),
        post("/settings/check", "send_settings_check", check).access(change).page(),
    ]
}

/// What an act on this page found out.
#[derive(Default)]
struct Told {
    health: Option<Health>,
    to: String,
    to_error: Option<String>,
    zone: Option<(String, String)>,
}

async fn draw(ctx: &PageCtx, web: &Web, call: &Call, told: &Told) -> Result<Response, Refused> {
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let view = web.app.settings_view(call).await.map_err(fail)?;
    let dead = web.app.dead_letters(call).await.map_err(fail)?;
    let title = ctx.t("settings-title");
    let question = ctx.t("settings-question");
    let body = html! {
        (head(ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! {}))
        (counted(ctx, &view))
        div.cols {
            div.stack {
                (mail(ctx, web, &view, told))
                (outbox(ctx, &view, &dead))
                (health(ctx, told))
            }
            div.stack {
                (installation(ctx, &view, told))
                (server(ctx, &view))
            }
        }
    };
    Ok(layout(ctx, &title, body).into_response())
}

fn counted(ctx: &PageCtx, view: &SettingsView) -> Markup {
    let sum = |label, value: i64, bad| Sum {
        label,
        value: value.to_string(),
        rest: String::new(),
        state: (value > 0).then_some(bad).flatten(),
    };
    let words = ["settings-outbox", "settings-dead", "settings-quarantined"].map(|it| ctx.t(it));
    let database = ctx.t("settings-database");
    let first =
        Sum { label: &database, value: view.database.into(), rest: String::new(), state: None };
    sums(&[
        first,
        sum(&words[0], view.pending, None),
        sum(&words[1], view.dead, Some(Glyph::Failed)),
        sum(&words[2], view.quarantined, Some(Glyph::AtRisk)),
    ])
}

fn mail(ctx: &PageCtx, web: &Web, view: &SettingsView, told: &Told) -> Markup {
    let host = match &view.mail_server {
        Some(it) => html! { code { (it) } },
        None if web.options.demo => html! { a href="/outbox" { (ctx.t("nav-outbox")) } },
        None => state_text(Glyph::AtRisk, &ctx.t("settings-mail-none")),
    };
    let labels = ["settings-mail-host", "settings-mail-from"].map(|it| ctx.t(it));
    let list = [(&*labels[0], host), (&*labels[1], html! { (view.mail_from) })];
    let to = Field::new(Input::Input("email"), "to", ctx.t("settings-test-to"))
        .value(&told.to)
        .error(told.to_error.clone())
        .autocomplete("email");
    let body = html! { div.cb {
        (details(&list))
        @if view.mail_server.is_none() && !web.options.demo { p.m.measure { (ctx.t("settings-mail-how")) " " code { "mail.url" } } }
        (form(ctx, "/settings/mail", &[to], &ctx.t("settings-test-now")))
    } };
    card("mail", &ctx.t("settings-mail"), html! {}, body)
}

fn outbox(ctx: &PageCtx, view: &SettingsView, dead: &[DeadLetter]) -> Markup {
    let next = view.next_due.map(|it| ctx.moment(it));
    let body = html! {
        div.cb {
            p { (ctx.tn("settings-outbox-waits", view.pending))
                @if let Some(at) = &next { " " (ctx.ta("settings-outbox-next", &[("at", at.as_str().into())])) } }
            @if view.quarantined > 0 {
                p.measure { (state_text(Glyph::AtRisk, &ctx.tn("settings-quarantine", view.quarantined))) }
                div.acts { (act(ctx, "/settings/outbox", Btn::button(ctx.t("settings-quarantine-release")).primary(), &[])) }
            }
            @if view.dead > 0 {
                p.measure { (state_text(Glyph::Failed, &ctx.tn("settings-dead-many", view.dead))) " " a href="/notices" { (ctx.t("nav-notices")) } }
            } @else { p { (state_text(Glyph::Done, &ctx.t("settings-dead-none"))) } }
        }
        @if !dead.is_empty() { ul.list.pair { @for it in dead.iter().take(DEAD_MAX) { li {
            span { b { (it.recipient) } " " (it.address) br; span.m.s { a href={ "/releases/" (it.number) } { (it.number) } " · " code { (it.reason) } } }
            div.acts { (act(ctx, "/notices/retry", Btn::button(ctx.t("notices-retry")).small().aria(format!("{}: {}", ctx.t("notices-retry"), it.recipient)), &[("id", &it.id)])) }
        } } } }
    };
    card("outbox", &ctx.t("settings-outbox-title"), html! {}, body)
}

fn health(ctx: &PageCtx, told: &Told) -> Markup {
    let body = html! { div.cb {
        @match &told.health {
            None => { p.m.measure { (ctx.t("settings-health-hint")) } }
            Some(it) if it.findings.is_empty() => {
                p { (state_text(Glyph::Done, &ctx.tn("settings-health-well", it.examined as i64))) }
            }
            Some(it) => {
                p { (state_text(Glyph::Failed, &ctx.tn("settings-health-ill", it.findings.len() as i64))) }
                ul { @for finding in &it.findings { li { code { (finding) } } } }
                p.m { (ctx.t("settings-health-now")) " " code { "roadbook doctor" } }
            }
        }
        div.acts { (act(ctx, "/settings/check", Btn::button(ctx.t("settings-health-check")), &[])) }
    } };
    card("health", &ctx.t("settings-health"), html! {}, body)
}

fn installation(ctx: &PageCtx, view: &SettingsView, told: &Told) -> Markup {
    let it = &view.installation;
    let langs = Lang::ALL.into_iter().map(|it| Choice::new(it.code(), it.own_name())).collect();
    let (zone, wrong) = match &told.zone {
        Some((typed, wrong)) => (typed.clone(), Some(wrong.clone())),
        None => (it.zone.clone(), None),
    };
    let fields = [
        Field::text("zone", ctx.t("setup-zone")).value(zone).error(wrong),
        Field::new(Input::Select(langs), "lang", ctx.t("setup-lang")).value(it.lang.code()),
        Field::new(Input::Check, "process_four_eyes", ctx.t("settings-process-four-eyes"))
            .value(if it.process_four_eyes { "true" } else { "" })
            .optional(),
    ];
    let since = ctx.date(it.set_up_at);
    let body = html! { div.cb {
        p { b { (it.organization) } br; span.m.s { (ctx.ta("settings-since", &[("date", since.as_str().into())])) } }
        p.m { (ctx.t("settings-installation-hint")) }
        (form(ctx, "/settings", &fields, &ctx.t("action-save")))
    } };
    card("installation", &ctx.t("setup-organization"), html! {}, body)
}

fn server(ctx: &PageCtx, view: &SettingsView) -> Markup {
    let labels = ["settings-version", "settings-address", "settings-public"].map(|it| ctx.t(it));
    let list = [
        (&*labels[0], html! { code { (env!("CARGO_PKG_VERSION")) } }),
        (&*labels[1], html! { code { (view.base_url) } }),
        (&*labels[2], html! { a href="/public" { (ctx.t("settings-public-open")) } }),
    ];
    card("server", &ctx.t("settings-server"), html! {}, html! { div.cb { (details(&list)) } })
}

async fn show(signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let told =
        Told { to: caller.session.person.email.clone().unwrap_or_default(), ..Told::default() };
    draw(&ctx, &web, &caller.session.call(), &told).await
}

async fn save(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let input = InstallationInput {
        zone: fields.text("zone"),
        lang: fields.text("lang"),
        process_four_eyes: !fields.text("process_four_eyes").is_empty(),
    };
    match web.app.installation_edit(&call, input).await {
        Ok(_) => Ok(go("/settings")),
        Err(Error::Invalid(list)) if list.iter().all(|it| it.field == "zone") => {
            let wrong = list.first().map(|it| field_words(&ctx, it)).unwrap_or_default();
            let told = Told { zone: Some((fields.text("zone"), wrong)), ..Told::default() };
            refused(draw(&ctx, &web, &caller.session.call(), &told).await)
        }
        Err(error) => Err(Refused::new(ctx, error.into())),
    }
}

/// The page again, with the status of a form that was refused.
fn refused(page: Page) -> Page {
    let mut page = page?;
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}

async fn test(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { mut ctx, caller, call, fields } = sent;
    let to = fields.text("to");
    let mut told = Told { to: to.clone(), ..Told::default() };
    let answer = web.app.mail_test(&call, &to, ctx.lang).await;
    let call = caller.session.call();
    let (state, text) = match answer {
        Ok(_) => (Glyph::Done, ctx.ta("settings-test-ok", &[("to", to.as_str().into())])),
        Err(Error::Invalid(_)) => {
            told.to_error = Some(ctx.t("form-not-an-email").into_owned());
            return refused(draw(&ctx, &web, &call, &told).await);
        }
        Err(Error::Rule { code: "mail_not_configured", .. }) => {
            (Glyph::AtRisk, ctx.t("settings-mail-none"))
        }
        Err(Error::Rule { message, .. }) => {
            (Glyph::Failed, ctx.ta("settings-test-failed", &[("reason", message.as_str().into())]))
        }
        Err(error) => return Err(Refused::new(ctx, error.into())),
    };
    ctx.flash = Some(Flash { state, text: text.into_owned() });
    draw(&ctx, &web, &call, &told).await
}

async fn release(State(web): State<Web>, sent: Sent) -> Page {
    let released = web.app.quarantine_release(&sent.call).await;
    released.map_err(|error| Refused::new(sent.ctx, error.into()))?;
    Ok(go("/settings"))
}

async fn check(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, .. } = sent;
    let health = web.app.health(&call).await;
    let health = health.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let told = Told {
        health: Some(health),
        to: caller.session.person.email.clone().unwrap_or_default(),
        ..Told::default()
    };
    draw(&ctx, &web, &caller.session.call(), &told).await
}
