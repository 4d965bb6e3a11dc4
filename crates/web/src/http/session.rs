//! Who is calling: a bearer token or a session cookie, and the guard against forged requests.

use super::problem::Problem;
use crate::server::Web;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use roadbook_app::auth::{LinkKind, Session};
use roadbook_app::{Call, Error, Scope};
use roadbook_core::access::{Actor, Who};
use sha2::{Digest, Sha256};

/// How the caller proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A cookie: a browser, which other sites can steer.
    Cookie,
    /// A bearer token: a program; cookies are not looked at.
    Bearer,
}

/// A signed-in caller.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The session.
    pub session: Session,
    /// How.
    pub via: Via,
    /// Token for the forms of this session.
    pub csrf: String,
}

/// Name of the session cookie; the prefix binds it to this host when the transport is safe.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-roadbook" } else { "roadbook" }
}

/// The cookie that carries a session.
pub fn session_cookie(token: String, secure: bool) -> Cookie<'static> {
    Cookie::build((cookie_name(secure), token))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .build()
}

/// The form token of a session: made from its secret, useless without it.
pub fn csrf_of(token: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"form:");
    hash.update(token.as_bytes());
    hex::encode(&hash.finalize()[..16])
}

/// True unless the browser says that another site made it send this.
pub fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return true,
        Some(_) => return false,
        None => {}
    }
    let host = text(header::HOST.as_str()).unwrap_or_default();
    match text(header::ORIGIN.as_str()) {
        // No Origin and no Fetch Metadata: an old browser's form; the form token decides.
        None => true,
        Some(origin) => origin.split_once("://").is_some_and(|(_, rest)| rest == host),
    }
}

/// A token in the head: then cookies are not looked at, whatever it is worth.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    Some(value.strip_prefix("Bearer ").unwrap_or_default())
}

/// The caller, if there is one.
pub async fn caller(web: &Web, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let (token, via) = match bearer(headers) {
        Some(token) => (token.to_owned(), Via::Bearer),
        None => {
            let jar = CookieJar::from_headers(headers);
            match jar.get(cookie_name(web.options.secure)) {
                Some(cookie) => (cookie.value().to_owned(), Via::Cookie),
                None => return Ok(None),
            }
        }
    };
    let session = web.app.authenticate(&token).await?;
    Ok(session.map(|session| Caller { session, via, csrf: csrf_of(&token) }))
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        if let Some(found) = parts.extensions.get::<Caller>() {
            return Ok(found.clone());
        }
        let found = caller(web, &parts.headers).await?.ok_or_else(|| {
            Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "sign in first")
        })?;
        let changing = !matches!(parts.method, Method::GET | Method::HEAD);
        if changing && found.via == Via::Cookie && !same_site(&parts.headers) {
            return Err(forged());
        }
        Ok(found)
    }
}

/// Somebody on whose behalf a command is done.
pub trait Identity: FromRequestParts<Web, Rejection = Problem> + Send + Sync {
    /// How they proved it.
    fn via(&self) -> Via;
    /// Token for the forms of this session.
    fn csrf(&self) -> &str;
    /// A call of theirs.
    fn call(&self) -> Call;
}

impl Identity for Caller {
    fn via(&self) -> Via {
        self.via
    }

    fn csrf(&self) -> &str {
        &self.csrf
    }

    fn call(&self) -> Call {
        self.session.call()
    }
}

/// Who looks at a site or answers for it: a person, or a contact whose link is the bearer token.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who acts; a contact for one site only.
    pub actor: Actor,
    /// What lists are filtered by.
    pub scope: Scope,
    via: Via,
    csrf: String,
}

impl Visitor {
    /// True for a contact through a link.
    pub fn is_contact(&self) -> bool {
        matches!(self.actor.who, Who::Contact(..))
    }

    /// The contact behind a link that was sent as bearer token; `None` when no link was sent.
    pub async fn by_link(web: &Web, headers: &HeaderMap) -> Result<Option<Visitor>, Problem> {
        let Some(token) = bearer(headers).filter(|it| it.starts_with("rbl_")) else {
            return Ok(None);
        };
        let link = web.app.link(token).await?;
        let link = link.filter(|it| it.kind == LinkKind::Site && it.contact.is_some());
        let link = link.ok_or(Error::Unauthenticated)?;
        Ok(Some(Visitor {
            actor: link.actor,
            scope: link.scope,
            via: Via::Bearer,
            csrf: String::new(),
        }))
    }
}

impl Identity for Visitor {
    fn via(&self) -> Via {
        self.via
    }

    fn csrf(&self) -> &str {
        &self.csrf
    }

    fn call(&self) -> Call {
        Call::of(self.actor.clone())
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        if let Some(found) = parts.extensions.get::<Visitor>() {
            return Ok(found.clone());
        }
        let it = Caller::from_request_parts(parts, web).await?;
        let (actor, scope) = (it.session.actor, it.session.scope);
        Ok(Visitor { actor, scope, via: it.via, csrf: it.csrf })
    }
}

/// Another site made the browser send this.
pub fn forged() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forged", "this request came from another site")
}
