//! Inputs of changing calls: limits before parsing, unknown fields refused, the key looked up.

use super::problem::Problem;
use super::session::{Caller, Identity, Via, forged};
use crate::server::Web;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use roadbook_app::{Call, Error, Idempotency, Receipt, StoredResponse};
use roadbook_core::limits::{BODY_BYTES_MAX, IDEMPOTENCY_KEY_CHARS_MAX, JSON_DEPTH_MAX};
use roadbook_wire::api;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// A changing call of the API: who, under which key, with which body.
#[derive(Debug)]
pub struct Command<T, C = Caller> {
    /// The call.
    pub call: Call,
    /// The caller.
    pub caller: C,
    /// The body.
    pub body: T,
}

/// The receipt as it goes over the wire.
pub fn wire_receipt(receipt: &Receipt) -> api::Receipt {
    api::Receipt {
        id: receipt.id.clone(),
        label: receipt.label.clone(),
        revision: receipt.revision,
        created: receipt.created,
        secret: receipt.secret.clone(),
        notes: receipt.notes.clone(),
    }
}

/// The stored form of an answer: what the handler answers too.
pub fn stored(receipt: &Receipt) -> StoredResponse {
    let status = if receipt.created { 201 } else { 200 };
    // A secret is told once and never kept, not even for a repeated call.
    let told = api::Receipt { secret: None, ..wire_receipt(receipt) };
    StoredResponse {
        status,
        headers: vec![("etag".to_owned(), format!("\"{}\"", receipt.revision))],
        body: serde_json::to_vec(&told).unwrap_or_default(),
    }
}

/// Nesting of a JSON text, without parsing it.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut text, mut escaped) = (0usize, 0usize, false, false);
    for byte in bytes {
        match (text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => text = false,
            (true, _) => {}
            (false, b'"') => text = true,
            (false, b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Reads a JSON body; the problem names the field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if depth(bytes) > JSON_DEPTH_MAX {
        let detail = format!("at most {JSON_DEPTH_MAX} levels of nesting");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "too_deep", detail));
    }
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.inner();
        if inner.is_syntax() || inner.is_eof() {
            Problem::new(StatusCode::BAD_REQUEST, "json", inner.to_string())
        } else {
            wrong_field(&path, &inner.to_string())
        }
    })?;
    reader
        .end()
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "json", error.to_string()))?;
    Ok(value)
}

/// The field that is missing or unknown stands in the message, not in the path.
fn wrong_field(path: &str, message: &str) -> Problem {
    let named = message.split('`').nth(1).filter(|_| message.contains("field `"));
    let here = if path == "." { "" } else { path };
    let field = match (named, here) {
        (Some(name), "") => name.to_owned(),
        (Some(name), here) if !here.ends_with(name) => format!("{here}.{name}"),
        (_, "") => "body".to_owned(),
        (_, here) => here.to_owned(),
    };
    let code = match message.split_whitespace().next() {
        Some("missing") => "required",
        Some("unknown") => "unknown_field",
        _ => "type",
    };
    Problem::field(&field, code, message)
}

/// The `If-Match` revision.
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    text.trim_start_matches("W/").trim_matches('"').parse().map(Some).map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "if_match", "If-Match takes the ETag of the thing")
    })
}

fn key_of(headers: &HeaderMap) -> Result<String, Problem> {
    let bad = |code, detail| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let Some(value) = headers.get("idempotency-key") else {
        return Err(bad(
            "idempotency_key_required",
            "send an Idempotency-Key: a new one per request, the same one when you repeat it",
        ));
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > IDEMPOTENCY_KEY_CHARS_MAX {
        return Err(bad("idempotency_key", "an Idempotency-Key has 1 to 255 visible characters"));
    }
    Ok(text.to_owned())
}

/// The body within its limit.
async fn body(request: Request) -> Result<Bytes, Problem> {
    to_bytes(request.into_body(), BODY_BYTES_MAX).await.map_err(|_| {
        let detail = format!("a body has at most {BODY_BYTES_MAX} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    })
}

/// Refuses a body that is no JSON; an empty one stands for `{}`.
fn json_only(headers: &HeaderMap) -> Result<bool, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let json = kind.is_some_and(|it| it.split(';').next() == Some("application/json"));
    if kind.is_some() && !json {
        let detail = "send application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail));
    }
    Ok(json)
}

/// A query of the API: unknown parameters are refused.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|it| Asked(it.0))
            .map_err(|error| Problem::field("query", "query", error.body_text()))
    }
}

/// A body of the API from somebody who is not signed in.
#[derive(Debug)]
pub struct Open<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<Web> for Open<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Problem> {
        json_only(request.headers())?;
        if !super::session::same_site(request.headers()) {
            return Err(forged());
        }
        Ok(Open(parse(&body(request).await?)?))
    }
}

/// A file that comes in: its bytes are streamed, its name stands in the query.
#[derive(Debug)]
pub struct Incoming {
    /// The call. Its key is bound to what is announced of the file: query, length and type.
    pub call: Call,
    /// The caller.
    pub caller: Caller,
    /// Media type as claimed.
    pub media_type: String,
    /// How many bytes are announced.
    pub length: Option<u64>,
    /// The bytes.
    pub bytes: axum::body::BodyDataStream,
}

impl FromRequest<Web> for Incoming {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, inner) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, web).await?;
        if caller.via == Via::Cookie && !form_token(&parts.headers, &caller) {
            return Err(forged());
        }
        let key = key_of(&parts.headers)?;
        let text = |name| parts.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or("");
        let media_type = text(header::CONTENT_TYPE).to_owned();
        let query = parts.uri.query().unwrap_or_default();
        let announced = format!("{query}\n{}\n{media_type}", text(header::CONTENT_LENGTH));
        let route = format!("{} {}", parts.method, parts.uri.path());
        let mut call = keyed(web, &caller, &route, key, announced.as_bytes()).await?;
        call.if_match = if_match(&parts.headers)?;
        let length = text(header::CONTENT_LENGTH).parse().ok();
        Ok(Incoming { call, caller, media_type, length, bytes: inner.into_data_stream() })
    }
}

/// A list that comes in as CSV.
#[derive(Debug)]
pub struct Table<Q> {
    /// The call.
    pub call: Call,
    /// The caller.
    pub caller: Caller,
    /// The query.
    pub query: Q,
    /// The list.
    pub bytes: Bytes,
}

impl<Q: DeserializeOwned + Send> FromRequest<Web> for Table<Q> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, inner) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, web).await?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let csv = kind.is_some_and(|it| it.split(';').next() == Some("text/csv"));
        if caller.via == Via::Cookie && !form_token(&parts.headers, &caller) {
            return Err(forged());
        }
        let key = key_of(&parts.headers)?;
        if !csv {
            let detail = "send text/csv; the first row names the columns";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail));
        }
        let Asked(query) = Asked::<Q>::from_request_parts(&mut parts, web).await?;
        // What is asked of the list belongs to what the key is bound to.
        let route = format!("{} {}", parts.method, parts.uri);
        let bytes = body(Request::from_parts(parts, inner)).await?;
        let call = keyed(web, &caller, &route, key, &bytes).await?;
        Ok(Table { call, caller, query, bytes })
    }
}

/// A script of ours sends the form token in a header.
fn form_token(headers: &HeaderMap, caller: &impl Identity) -> bool {
    let given =
        headers.get("x-roadbook-form").map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    bool::from(subtle::ConstantTimeEq::ct_eq(given, caller.csrf().as_bytes()))
}

/// Builds the call with its key; gives the stored answer when the key came before.
pub async fn keyed(
    web: &Web,
    caller: &impl Identity,
    route: &str,
    key: String,
    body: &[u8],
) -> Result<Call, Problem> {
    let mut call = caller.call();
    let scope = format!("{} {route}", call.actor.name());
    let body_hash = Sha256::digest(body).to_vec();
    match web.app.answered(&scope, &key).await? {
        Some((hash, response)) if hash == body_hash => return Err(Problem::replay(response)),
        Some(_) => return Err(Error::KeyReused.into()),
        None => {}
    }
    call.idempotency = Some(Idempotency { scope, key, body_hash, render: stored });
    Ok(call)
}

impl<T: DeserializeOwned + Send, C: Identity> FromRequest<Web> for Command<T, C> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, inner) = request.into_parts();
        let caller = C::from_request_parts(&mut parts, web).await?;
        let json = json_only(&parts.headers)?;
        // A form of another site can send neither JSON nor the token of this session.
        if caller.via() == Via::Cookie && !(json && form_token(&parts.headers, &caller)) {
            return Err(forged());
        }
        let key = key_of(&parts.headers)?;
        let seen = if_match(&parts.headers)?;
        let route = format!("{} {}", parts.method, parts.uri.path());
        let bytes = body(Request::from_parts(parts, inner)).await?;
        let value = parse(&bytes)?;
        let mut call = keyed(web, &caller, &route, key, &bytes).await?;
        call.if_match = seen;
        Ok(Command { call, caller, body: value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_of_texts() {
        for (text, expected) in
            [("{}", 1), (r#"{"a":[1,[2]]}"#, 3), (r#""[[[[""#, 0), (r#"{"a\"[":"]"}"#, 1)]
        {
            assert_eq!(depth(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_wrong_field_is_named_with_its_path() {
        let problem = parse::<api::releases::SetSlot>(br#"{"start":1,"end":"x"}"#).unwrap_err();
        assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem.body.errors[0].field, "start");
        let unknown = br#"{"start":"a","end":"b","nope":1}"#;
        assert!(parse::<api::releases::SetSlot>(unknown).is_err());
    }
}
