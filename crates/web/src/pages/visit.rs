//! A visit: who looks at a page, in which language, zone and look, and the forms they send.

use super::words;
use crate::http::input::keyed;
use crate::http::problem::Problem;
use crate::http::session::{Caller, caller, forged, same_site};
use crate::i18n;
use crate::server::Web;
use crate::ui::error::{ErrorView, error_page};
use crate::ui::{Flash, NavCounts, PageCtx, State as Glyph, Theme, Viewer};
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use jiff::tz::TimeZone;
use roadbook_app::Call;
use roadbook_app::ports::BoxFuture;
use roadbook_app::releases::{OPEN, ReleaseView};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::limits::BODY_BYTES_MAX;
use roadbook_core::text::Lang;

/// Somebody looks at a page; they may be signed in or not.
pub struct Visit {
    /// What every page needs to know.
    pub ctx: PageCtx,
    /// Who, if signed in.
    pub caller: Option<Caller>,
}

/// Somebody who is signed in looks at a page. Others are sent to sign in.
pub struct Signed {
    /// What every page needs to know.
    pub ctx: PageCtx,
    /// Who.
    pub caller: Caller,
    /// The server.
    pub web: Web,
}

/// A form that somebody sent: guarded, keyed, its fields in order.
pub struct Sent {
    /// What every page needs to know.
    pub ctx: PageCtx,
    /// Who.
    pub caller: Caller,
    /// The call, with the key of the form.
    pub call: Call,
    /// Fields.
    pub fields: Fields,
}

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field, or nothing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    /// The first value of a field, trimmed; empty when missing.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().trim().to_owned()
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|it| it.0 == name).map(|it| it.1.clone()).collect()
    }

    /// True for a ticked box.
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Reads the body of a form.
    pub fn parse(bytes: &[u8]) -> Fields {
        let decode = |text: &[u8]| percent_decode(text);
        Fields(
            bytes
                .split(|it| *it == b'&')
                .filter(|it| !it.is_empty())
                .map(|pair| {
                    let at = pair.iter().position(|it| *it == b'=').unwrap_or(pair.len());
                    (decode(&pair[..at]), decode(pair.get(at + 1..).unwrap_or_default()))
                })
                .collect(),
        )
    }
}

fn percent_decode(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex: Vec<u8> = rest.by_ref().take(2).collect();
                let value =
                    std::str::from_utf8(&hex).ok().and_then(|it| u8::from_str_radix(it, 16).ok());
                bytes.push(value.unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A page that says why something did not happen.
pub struct Refused {
    ctx: Box<PageCtx>,
    problem: Problem,
    reasons: Vec<String>,
}

impl Refused {
    /// Draws a problem for this visitor.
    pub fn new(ctx: PageCtx, problem: Problem) -> Refused {
        let reasons = reasons(&ctx, &problem, None);
        Refused { ctx: Box::new(ctx), problem, reasons }
    }

    /// The same, with the names behind the ids of its reasons.
    pub fn of_release(ctx: PageCtx, problem: Problem, view: &ReleaseView) -> Refused {
        let reasons = reasons(&ctx, &problem, Some(view));
        Refused { ctx: Box::new(ctx), problem, reasons }
    }
}

/// Everything that stands against it: typed waiting reasons in words, then wrong fields.
fn reasons(ctx: &PageCtx, problem: &Problem, view: Option<&ReleaseView>) -> Vec<String> {
    let waiting = problem.body.waiting.iter().filter_map(|it| {
        let on = serde_json::from_value(it.clone()).ok()?;
        Some(words::waiting_words(ctx, view, &on).1)
    });
    let fields = problem.body.errors.iter().map(|it| format!("{}: {}", it.field, it.message));
    waiting.chain(fields).collect()
}

impl IntoResponse for Refused {
    fn into_response(mut self) -> Response {
        // What was done before is no answer to what was refused now.
        self.ctx.flash = None;
        let body = &self.problem.body;
        let mut view = ErrorView::of_status(&self.ctx, body.status, &body.code, &body.trace);
        if !body.detail.is_empty() && body.status < 500 && body.status != 404 {
            view.why =
                words::refusal_words(&self.ctx, &body.code).unwrap_or_else(|| body.detail.clone());
        }
        view.reasons = self.reasons;
        let page = error_page(&self.ctx, &view);
        (self.problem.status, page).into_response()
    }
}

/// What page handlers answer with.
pub type Page<T = Response> = Result<T, Refused>;

/// Where to go after a form was done.
pub fn go(to: &str) -> Response {
    let location = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// An address on this server, or home: a form never leads anywhere else.
pub fn local(path: &str) -> &str {
    let fine =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r']);
    if fine { path } else { "/" }
}

impl Visit {
    /// The visit behind a request.
    pub async fn of(web: &Web, headers: &HeaderMap, path: &str) -> Result<Visit, Problem> {
        let caller = caller(web, headers).await?;
        let jar = CookieJar::from_headers(headers);
        let cookie = |name: &str| jar.get(name).map(|it| it.value().to_owned());
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        let lang = cookie("lang")
            .and_then(|it| Lang::from_tag(&it))
            .or_else(|| caller.as_ref().map(|it| it.session.person.lang))
            .unwrap_or_else(|| i18n::negotiate(accept.unwrap_or_default()));
        let zone_name = caller.as_ref().map_or("UTC", |it| it.session.person.zone.as_str());
        let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
        let mut ctx = PageCtx::visitor(lang, zone, web.app.now(), path);
        ctx.theme = Theme::parse(&cookie("theme").unwrap_or_default());
        ctx.demo = web.options.demo;
        if let Some(done) = cookie("done") {
            ctx.flash =
                Some(Flash { state: Glyph::Done, text: ctx.t(&flash_key(&done)).into_owned() });
        }
        if let Some(caller) = &caller {
            ctx.viewer = Some(Viewer::new(caller.session.person.name.clone()));
            let whole = Resource::whole();
            ctx.settings = allowed(&caller.session.actor, Action::View, Kind::Settings, &whole);
            ctx.csrf.clone_from(&caller.csrf);
            ctx.form_key = web.app.ports().secret();
        }
        Ok(Visit { ctx, caller })
    }
}

fn flash_key(done: &str) -> String {
    let clean: String =
        done.chars().filter(|it| it.is_ascii_lowercase() || *it == '-').take(40).collect();
    format!("done-{clean}")
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let path = path_of(parts);
        Visit::of(web, &parts.headers, &path).await
    }
}

fn path_of(parts: &Parts) -> String {
    parts
        .extensions
        .get::<OriginalUri>()
        .map_or_else(|| parts.uri.to_string(), |it| it.0.to_string())
}

/// Where people sign in, coming back afterwards.
fn to_sign_in(path: &str) -> Response {
    let back: String = path
        .bytes()
        .map(|it| {
            if it.is_ascii_alphanumeric() || b"/-_.".contains(&it) {
                char::from(it).to_string()
            } else {
                format!("%{it:02X}")
            }
        })
        .collect();
    go(&format!("/sign-in?back={back}"))
}

impl FromRequestParts<Web> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let path = path_of(parts);
        let visit =
            Visit::of(web, &parts.headers, &path).await.map_err(IntoResponse::into_response)?;
        let Some(caller) = visit.caller else { return Err(to_sign_in(&path)) };
        let mut ctx = visit.ctx;
        ctx.counts = counts(web, &caller).await.unwrap_or_default();
        Ok(Signed { ctx, caller, web: web.clone() })
    }
}

/// Counts beside the navigation; what cannot be counted shows nothing.
fn counts<'a>(web: &'a Web, caller: &'a Caller) -> BoxFuture<'a, Option<NavCounts>> {
    Box::pin(async move {
        let todo = web.app.todo(&caller.session.actor).await.ok()?;
        let reviews = web.app.process_reviews(&caller.session.call()).await.ok()?;
        let halted = web.app.rollouts_halted(&caller.session.call()).await.ok()?;
        let open = roadbook_app::ReleaseFilter {
            states: OPEN.map(str::to_owned).to_vec(),
            ..roadbook_app::ReleaseFilter::default()
        };
        let ask = roadbook_app::PageAsk { cursor: None, limit: 1 };
        let releases = web.app.release_list(&caller.session.scope, &open, &ask).await.ok()?;
        Some(NavCounts {
            home: (todo.iter().filter(|it| it.ready).count() + halted.len() + reviews.len()) as u64,
            releases: u64::try_from(releases.total).unwrap_or(0),
            ..NavCounts::default()
        })
    })
}

impl FromRequest<Web> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, web).await?;
        let refuse = |problem| Refused::new(signed.ctx.clone(), problem).into_response();
        if !same_site(&parts.headers) {
            return Err(refuse(forged()));
        }
        let bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| {
            refuse(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the form is too large",
            ))
        })?;
        let fields = Fields::parse(&bytes);
        if fields.get("csrf") != Some(signed.caller.csrf.as_str()) {
            return Err(refuse(forged()));
        }
        let route = format!("{} {}", parts.method, parts.uri.path());
        let key = match fields.get("form_key") {
            Some(key) if !key.is_empty() => key.to_owned(),
            _ => web.app.ports().secret(),
        };
        let call = match keyed(web, &signed.caller, &route, key, &bytes).await {
            Ok(call) => call,
            // The same form came twice: it was done, so go where it would have led.
            Err(problem) if problem.body.code == "replay" => {
                return Err(go(local(&fields.text("back"))));
            }
            Err(problem) => return Err(refuse(problem)),
        };
        Ok(Sent { ctx: signed.ctx, caller: signed.caller, call, fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_back_in_every_script() {
        let fields = Fields::parse("a=%EB%B0%B0%ED%8F%AC+x&b=&a=2&c".as_bytes());
        assert_eq!(fields.text("a"), "배포 x");
        assert_eq!(fields.all("a").len(), 2);
        assert_eq!(fields.get("b"), Some(""));
        assert_eq!(fields.get("d"), None);
    }

    #[test]
    fn a_form_never_leads_elsewhere() {
        for (path, expected) in [
            ("/releases?x=1", "/releases?x=1"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil", "/"),
            ("", "/"),
        ] {
            assert_eq!(local(path), expected);
        }
    }
}
