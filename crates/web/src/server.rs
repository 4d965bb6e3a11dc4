//! The server: one router of API and pages, with the layers that every answer passes.

use crate::http::client::{self, Network, ip};
use crate::http::limits::Limits;
use crate::http::problem::{Changed, Problem};
use crate::http::session::{Caller, Visitor};
use crate::routes::{self, Access};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use roadbook_app::App;
use roadbook_app::auth::SetupState;
use roadbook_core::access::{Role, may};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::timeout::TimeoutLayer;

/// How the server is run.
#[derive(Clone, Debug, Default)]
pub struct WebOptions {
    /// Reached over HTTPS: cookies are bound to the host.
    pub secure: bool,
    /// The demo: a ribbon and an outbox page, links that sign in.
    pub demo: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[Network]>,
}

/// What handlers share; each request takes one more hold of it.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

impl Deref for Web {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What there is one of for all requests.
pub struct Shared {
    /// Use cases.
    pub app: App,
    /// Options.
    pub options: WebOptions,
    /// Limits.
    pub limits: Limits,
}

/// A request is answered within this time, or not at all; live streams are exempt by their kind.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A file may take longer to come.
const UPLOAD_WITHIN: Duration = Duration::from_hours(1);

/// Nothing is loaded from anywhere else, nothing inline runs, nobody frames us.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'; manifest-src 'self'";

/// The router of a server.
pub fn router(app: App, options: WebOptions) -> Router {
    let trusted = Arc::clone(&options.trusted_proxies);
    let web = Web(Arc::new(Shared { app, options, limits: Limits::new() }));
    let mut router: Router<Web> = Router::new();
    let mut files: Router<Web> = Router::new();
    let mut agents: Router<Web> = Router::new();
    for endpoint in routes::all() {
        if endpoint.access == Access::Agent {
            agents = agents.route(endpoint.path, endpoint.handler);
            continue;
        }
        let door = Door { web: web.clone(), access: endpoint.access, page: endpoint.page };
        let handler = endpoint.handler.layer(middleware::from_fn_with_state(door, enter));
        let to = if endpoint.file { &mut files } else { &mut router };
        *to = std::mem::take(to).route(endpoint.path, handler);
    }
    let router =
        router.fallback(crate::pages::not_found).method_not_allowed_fallback(method_not_allowed);
    dressed(router, &trusted, ANSWER_WITHIN)
        .merge(dressed(files, &trusted, UPLOAD_WITHIN))
        // Agents hold a token of their own and poll all the time, many behind one address: they
        // pass no layer that is there for people.
        .merge(agents.layer(CatchPanicLayer::custom(panicked)))
        .with_state(web)
}

/// The layers that every answer to people passes.
fn dressed(router: Router<Web>, trusted: &Arc<[Network]>, within: Duration) -> Router<Web> {
    router
        .layer(middleware::from_fn(headers))
        // A page holds the token of its forms beside text that others may choose: compressed, its
        // length would tell the token (BREACH).
        .layer(
            CompressionLayer::new().compress_when(
                DefaultPredicate::new().and(NotForContentType::const_new("text/html")),
            ),
        )
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, within))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(trusted), client::note))
}

/// What stands before a handler, whatever it does itself.
#[derive(Clone)]
struct Door {
    web: Web,
    access: Access,
    page: bool,
}

/// Set-up first, not too often, and nobody without a session where one is needed.
async fn enter(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let seen = parts.headers.contains_key(header::IF_MATCH);
    if let Err(problem) = admit(&door, &mut parts).await {
        return problem.into_response();
    }
    let mut response = next.run(Request::from_parts(parts, body)).await;
    match response.extensions_mut().remove::<Changed>() {
        Some(changed) if seen => changed.precondition(),
        _ => response,
    }
}

async fn admit(door: &Door, parts: &mut Parts) -> Result<(), Problem> {
    if !door.web.limits.request(ip(&parts.extensions)) {
        return Err(roadbook_app::Error::TooMany { seconds: 1 }.into());
    }
    // Pages send people to set-up or to sign in; programs get a problem.
    if door.page || matches!(door.access, Access::Public | Access::Link) {
        return Ok(());
    }
    if let Some(visitor) = Visitor::by_link(&door.web, &parts.headers).await? {
        // The table says what a contact may meet at all; what it is about is judged behind.
        let Access::Grant(action, kind) = door.access else { return Err(denied()) };
        if !may(Role::SiteContact, action, kind) {
            return Err(denied());
        }
        parts.extensions.insert(visitor);
        return Ok(());
    }
    let caller = Caller::from_request_parts(parts, &door.web).await;
    if caller.is_err() && door.web.app.setup_state().await? == SetupState::Needed {
        let detail = "set the installation up first: the server printed a link when it started";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "setup_needed", detail));
    }
    parts.extensions.insert(caller?);
    Ok(())
}

/// Somebody is known and still has no business here.
fn denied() -> Problem {
    let detail = "a link to a site's page opens that site only; sign in for anything else";
    Problem::new(StatusCode::FORBIDDEN, "denied", detail)
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this address knows other methods",
    )
}

fn panicked(fault: Box<dyn std::any::Any + Send>) -> Response {
    let text = fault
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| fault.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    Problem::from(roadbook_app::Error::Internal(format!("panic: {text}"))).into_response()
}

async fn headers(request: Request, next: Next) -> Response {
    let asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let set = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    }
    if !asset && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
