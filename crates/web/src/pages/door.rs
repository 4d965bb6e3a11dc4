//! The door: set-up, signing in and out, one-time links, language and look.

use super::visit::{Fields, Page, Refused, Visit, go, local};
use crate::http::client::ip;
use crate::http::problem::Problem;
use crate::http::session::{cookie_name, forged, same_site, session_cookie};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Field, Kind, form, form_with};
use crate::ui::layout::{Solo, solo};
use crate::ui::{Flash, PageCtx, State as Glyph};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use maud::html;
use roadbook_app::auth::{SetupInput, SetupState, SignInContext};
use roadbook_core::text::Lang;
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let public = |it: Endpoint| it.access(Access::Public).page();
    vec![
        public(get("/sign-in", "show_sign_in", sign_in_page)),
        public(post("/sign-in", "send_sign_in", sign_in)),
        public(get("/setup", "show_setup", setup_page)),
        public(post("/setup", "send_setup", setup)),
        public(post("/preferences", "send_preferences", preferences)),
        post("/sign-out", "send_sign_out", sign_out).page(),
        get("/l/{token}", "open_link", link).access(Access::Link).page(),
        post("/l/{token}", "use_link", use_link).access(Access::Link).page(),
    ]
}

#[derive(Deserialize, Default)]
struct Back {
    #[serde(default)]
    back: String,
    #[serde(default)]
    token: String,
}

fn sign_in_view(ctx: &PageCtx, back: &str, login: &str, error: Option<String>) -> Response {
    let title = ctx.t("sign-in-title");
    let fields = [
        Field::text("login", ctx.t("sign-in-user")).value(login).autocomplete("username"),
        Field::new(Kind::Input("password"), "password", ctx.t("sign-in-password"))
            .autocomplete("current-password"),
    ];
    let mut ctx = ctx.clone();
    if let Some(text) = error {
        ctx.flash = Some(Flash { state: Glyph::Failed, text });
    }
    let page = Solo { title: &title, from: "Roadbook", wide: false, footer: None };
    let body = html! {
        div.card.cb { h1 { (title) } (form_with(&ctx, "/sign-in", &[("back", back)], &fields, &ctx.t("sign-in-submit"))) }
    };
    solo(&ctx, &page, body).into_response()
}

async fn sign_in_page(State(web): State<Web>, visit: Visit, Query(query): Query<Back>) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(visit.ctx.clone(), error.into());
    if web.app.setup_state().await.map_err(fail)? == SetupState::Needed {
        return Ok(go("/setup"));
    }
    if visit.caller.is_some() {
        return Ok(go(local(&query.back)));
    }
    Ok(sign_in_view(&visit.ctx, &query.back, "", None))
}

async fn sign_in(
    State(web): State<Web>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Page {
    let visit = match Visit::of(&web, &headers, "/sign-in").await {
        Ok(visit) => visit,
        Err(problem) => return Ok(problem.into_response()),
    };
    if !same_site(&headers) {
        return Err(Refused::new(visit.ctx, forged()));
    }
    let fields = Fields::parse(&body);
    let (login, back) = (fields.text("login"), fields.text("back"));
    let password = fields.get("password").unwrap_or_default();
    let ip = ip(&extensions);
    let from = SignInContext { ip: ip.to_string() };
    let tried = if web.limits.sign_in(ip) {
        web.app.sign_in(&login, password, from).await
    } else {
        Err(roadbook_app::Error::TooMany { seconds: 2 })
    };
    match tried {
        Ok((token, _)) => {
            let jar = CookieJar::new().add(session_cookie(token, web.options.secure));
            Ok((jar, go(local(&back))).into_response())
        }
        Err(error) => {
            let problem = Problem::from(error);
            let key = match problem.body.code.as_str() {
                "too_many" => "sign-in-again-later",
                "sign_in_failed" => "sign-in-wrong",
                _ => return Err(Refused::new(visit.ctx, problem)),
            };
            let text = visit.ctx.t(key).into_owned();
            let mut response = sign_in_view(&visit.ctx, &back, &login, Some(text));
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            Ok(response)
        }
    }
}

async fn sign_out(State(web): State<Web>, sent: super::visit::Sent) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(sent.ctx.clone(), error.into());
    web.app.sign_out(&sent.caller.session).await.map_err(fail)?;
    let gone = Cookie::build((cookie_name(web.options.secure), "")).path("/").build();
    Ok((CookieJar::new().remove(gone), go("/sign-in")).into_response())
}

fn setup_view(ctx: &PageCtx, code: &str, fields: &Fields, wrong: &[(String, String)]) -> Response {
    let title = ctx.t("setup-title");
    let error = |name: &str| wrong.iter().find(|it| it.0 == name).map(|it| it.1.clone());
    let text = |name: &str, key: &str| {
        Field::text(name, ctx.t(key)).value(fields.text(name)).error(error(name))
    };
    let langs = Lang::ALL
        .into_iter()
        .map(|it| crate::ui::form::Choice::new(it.code(), it.own_name()))
        .collect();
    let zone = match fields.text("zone") {
        it if it.is_empty() => "Asia/Seoul".to_owned(),
        it => it,
    };
    let list = [
        text("organization", "setup-organization").autocomplete("organization"),
        Field::text("zone", ctx.t("setup-zone")).value(zone).error(error("zone")),
        Field::new(Kind::Select(langs), "lang", ctx.t("setup-lang")).value(ctx.lang.code()),
        text("name", "setup-your-name").autocomplete("name"),
        text("login", "setup-sign-in-name").autocomplete("username"),
        Field::new(Kind::Input("email"), "email", ctx.t("setup-email"))
            .value(fields.text("email"))
            .error(error("email"))
            .optional(),
        Field::new(Kind::Input("password"), "password", ctx.t("sign-in-new-password"))
            .hint(ctx.t("sign-in-password-hint"))
            .error(error("password"))
            .autocomplete("new-password"),
    ];
    let page = Solo { title: &title, from: "Roadbook", wide: false, footer: None };
    let body = html! {
        div.card.cb {
            h1 { (title) }
            p.m { (ctx.t("setup-lead")) }
            (form_with(ctx, "/setup", &[("token", code)], &list, &ctx.t("setup-submit")))
        }
    };
    solo(ctx, &page, body).into_response()
}

async fn setup_page(State(web): State<Web>, visit: Visit, Query(query): Query<Back>) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(visit.ctx.clone(), error.into());
    if web.app.setup_state().await.map_err(fail)? == SetupState::Done {
        return Ok(go("/sign-in"));
    }
    Ok(setup_view(&visit.ctx, &query.token, &Fields::default(), &[]))
}

async fn setup(
    State(web): State<Web>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Page {
    let visit = match Visit::of(&web, &headers, "/setup").await {
        Ok(visit) => visit,
        Err(problem) => return Ok(problem.into_response()),
    };
    if !same_site(&headers) {
        return Err(Refused::new(visit.ctx, forged()));
    }
    let fields = Fields::parse(&body);
    let input = SetupInput {
        organization: fields.text("organization"),
        zone: fields.text("zone"),
        lang: fields.text("lang"),
        name: fields.text("name"),
        login: fields.text("login"),
        email: fields.text("email"),
        password: fields.get("password").unwrap_or_default().to_owned(),
    };
    let code = fields.text("token");
    let (login, password) = (input.login.clone(), input.password.clone());
    match web.app.setup(&code, input).await {
        Ok(_) => {
            let from = SignInContext { ip: ip(&extensions).to_string() };
            let signed = web.app.sign_in(&login, &password, from).await;
            let (token, _) = signed.map_err(|error| Refused::new(visit.ctx, error.into()))?;
            let jar = CookieJar::new().add(session_cookie(token, web.options.secure));
            Ok((jar, go("/start")).into_response())
        }
        Err(roadbook_app::Error::Invalid(wrong)) => {
            let wrong: Vec<_> = wrong.into_iter().map(|it| (it.field, it.message)).collect();
            let mut response = setup_view(&visit.ctx, &code, &fields, &wrong);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(Refused::new(visit.ctx, error.into())),
    }
}

async fn preferences(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Response {
    if !same_site(&headers) {
        return forged().into_response();
    }
    let fields = Fields::parse(&body);
    let mut jar = CookieJar::new();
    let keep = |name: &'static str, value: String| {
        Cookie::build((name, value))
            .path("/")
            .same_site(SameSite::Lax)
            .secure(web.options.secure)
            .permanent()
            .build()
    };
    if let Some(lang) = fields.get("lang").and_then(Lang::from_tag) {
        jar = jar.add(keep("lang", lang.code().to_owned()));
    }
    if let Some(theme) = fields.get("theme") {
        let theme = crate::ui::Theme::parse(theme);
        jar = jar.add(keep("theme", theme.code().to_owned()));
    }
    (jar, go(local(&fields.text("back")))).into_response()
}

/// Opening a link only shows what it does: mail scanners open links too. A button does it.
async fn link(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Page {
    let ctx = visit.ctx;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let found = web.app.link(&token).await.map_err(fail)?;
    let Some(found) = found else {
        let gone = Problem::new(StatusCode::NOT_FOUND, "link_gone", "the link is used or over");
        return Err(Refused::new(ctx, gone));
    };
    let action = format!("/l/{token}");
    let page_title = ctx.t("link-title");
    let fields = match found.kind {
        roadbook_app::auth::LinkKind::Password => vec![
            Field::new(Kind::Input("password"), "password", ctx.t("sign-in-new-password"))
                .hint(ctx.t("sign-in-password-hint"))
                .autocomplete("new-password"),
        ],
        roadbook_app::auth::LinkKind::Site => return Ok(go(&format!("/p/{token}"))),
        roadbook_app::auth::LinkKind::Notice => return Ok(go(&format!("/n/{token}"))),
        roadbook_app::auth::LinkKind::SignIn | roadbook_app::auth::LinkKind::Agent => Vec::new(),
    };
    let page = Solo { title: &page_title, from: "Roadbook", wide: false, footer: None };
    let body = html! {
        div.card.cb { h1 { (page_title) } (form(&ctx, &action, &fields, &ctx.t("link-continue"))) }
    };
    Ok(solo(&ctx, &page, body).into_response())
}

async fn use_link(
    State(web): State<Web>,
    visit: Visit,
    Path(token): Path<String>,
    body: Bytes,
) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(visit.ctx.clone(), error.into());
    let fields = Fields::parse(&body);
    if let Some(password) = fields.get("password") {
        web.app.password_set(&token, password).await.map_err(fail)?;
        return Ok(go("/sign-in"));
    }
    let (session, _) = web.app.sign_in_by_link(&token).await.map_err(fail)?;
    let jar = CookieJar::new().add(session_cookie(session, web.options.secure));
    Ok((jar, go("/")).into_response())
}
