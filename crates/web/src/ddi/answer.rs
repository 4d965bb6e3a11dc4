//! Who asks, and how this protocol answers.

use crate::server::Web;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roadbook_app::Error;
use roadbook_core::ids::SiteId;
use roadbook_core::limits::BODY_BYTES_MAX;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::hash::{DefaultHasher, Hasher as _};

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal(StatusCode, Option<&'static str>, String);

impl Refusal {
    /// A status and nothing else.
    pub fn bare(status: StatusCode) -> Refusal {
        Refusal(status, None, String::new())
    }

    /// A status with what is wrong.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal(status, Some(code), message.into())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        let text = error.to_string();
        match error {
            Error::Unauthenticated => Refusal::bare(StatusCode::UNAUTHORIZED),
            Error::NotFound { .. } => Refusal::bare(StatusCode::NOT_FOUND),
            Error::Rule { code: "action_closed", .. } => Refusal::bare(StatusCode::GONE),
            Error::Rule { code: "not_canceling", .. } => Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "hawkbit.server.error.action.notCancelable",
                text,
            ),
            Error::Invalid(list) => {
                let list: Vec<String> =
                    list.into_iter().map(|it| format!("{} {}", it.field, it.message)).collect();
                let code = "hawkbit.server.error.repo.constraintViolation";
                Refusal::new(StatusCode::BAD_REQUEST, code, list.join("; "))
            }
            Error::TooMany { .. } => {
                let code = "hawkbit.server.error.quota.tooManyEntries";
                Refusal::new(StatusCode::TOO_MANY_REQUESTS, code, text)
            }
            Error::Exists { .. } => {
                let code = "hawkbit.server.error.repo.autoConfAlreadyActive";
                Refusal::new(StatusCode::CONFLICT, code, text)
            }
            Error::Stale { .. } | Error::Rule { .. } => {
                let code = "hawkbit.server.error.repo.concurrentModification";
                Refusal::new(StatusCode::CONFLICT, code, text)
            }
            Error::Unknown | Error::Unavailable(_) | Error::Full => {
                tracing::error!(text, "an agent was sent away for now");
                Refusal::bare(StatusCode::SERVICE_UNAVAILABLE)
            }
            other => {
                let detail = if let Error::Internal(detail) = &other { detail } else { "" };
                tracing::error!(text, detail, "an agent could not be answered");
                Refusal::bare(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal(status, code, message) = self;
        let mut response = match code {
            None => status.into_response(),
            Some(code) => {
                let body = json!({
                    "exceptionClass": code, "errorCode": code, "message": message,
                });
                (status, axum::Json(body)).into_response()
            }
        };
        if matches!(status.as_u16(), 429 | 503) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

/// What handlers answer with.
pub type Answer = Result<Response, Refusal>;

/// The token in the head, if it has the right form. The scheme is written exactly like this.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("TargetToken ")
}

/// The site whose agent asks: the key in the path and the token in the head belong together.
#[derive(Debug)]
pub struct Agent {
    /// Site.
    pub site: SiteId,
    /// Where links of answers begin: `http://host/DEFAULT/controller/v1/key`.
    pub base: String,
    /// Over TLS.
    pub secure: bool,
}

/// Where links begin: as the client reached us.
pub fn base(web: &Web, headers: &HeaderMap, key: &str) -> String {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b':' | b'[' | b']');
    match host.filter(|it| !it.is_empty() && it.bytes().all(plain)) {
        Some(host) => {
            let scheme = if web.options.secure { "https" } else { "http" };
            format!("{scheme}://{host}/DEFAULT/controller/v1/{key}")
        }
        None => format!("{}/DEFAULT/controller/v1/{key}", web.app.settings().base_url),
    }
}

impl FromRequestParts<Web> for Agent {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        let unknown = || Refusal::bare(StatusCode::UNAUTHORIZED);
        let params = RawPathParams::from_request_parts(parts, web).await;
        let params = params.map_err(|_| unknown())?;
        let key = params.iter().find(|(name, _)| *name == "site").map(|it| it.1.to_owned());
        let key = key.ok_or_else(unknown)?;
        let token = token(&parts.headers).ok_or_else(unknown)?;
        let site = web.app.agent_site(&key, token).await?;
        let base = base(web, &parts.headers, &key);
        Ok(Agent { site, base, secure: web.options.secure })
    }
}

/// The number of an action; a text that is none names nothing.
pub fn number(text: &str) -> Result<i64, Refusal> {
    let good = text.len() <= 10 && text.bytes().all(|it| it.is_ascii_digit());
    let number = text.parse::<i64>().ok().filter(|it| good && *it < 1 << 31);
    number.ok_or_else(|| Refusal::bare(StatusCode::NOT_FOUND))
}

/// A body of this protocol: members that nobody knows are ignored.
#[derive(Debug)]
pub struct Body1<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<Web> for Body1<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Refusal> {
        Ok(Body1(read(request).await?))
    }
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    if kind.is_some_and(|it| !it.trim_start().starts_with("application/json")) {
        return Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| Refusal::bare(StatusCode::PAYLOAD_TOO_LARGE))?;
    let code = "hawkbit.server.error.rest.body.notReadable";
    serde_json::from_slice(&bytes)
        .map_err(|it| Refusal::new(StatusCode::BAD_REQUEST, code, it.to_string()))
}

/// The media type a client wants; the newer name only for those who ask for it.
fn media(headers: &HeaderMap) -> HeaderValue {
    let accepts = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let newer = accepts.contains("application/hal+json");
    HeaderValue::from_static(if newer { "application/hal+json" } else { "application/json" })
}

/// An answer with its tag; `304` when the client has it already.
pub fn tagged(headers: &HeaderMap, body: String) -> Response {
    let mut hash = DefaultHasher::new();
    hash.write(body.as_bytes());
    let tag = format!("\"{:016x}\"", hash.finish());
    let known =
        headers.get(header::IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(Bytes::from(body)))
    };
    let answer = response.headers_mut();
    if !known {
        answer.insert(header::CONTENT_TYPE, media(headers));
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        answer.insert(header::ETAG, tag);
    }
    response
}

/// A value as an answer.
pub fn shown(headers: &HeaderMap, value: &impl Serialize) -> Answer {
    let text = serde_json::to_string(value)
        .map_err(|it| Refusal::from(Error::Internal(it.to_string())))?;
    Ok(tagged(headers, text))
}
