//! REST v1, one file per resource.

mod calendar;
mod commands;
mod documents;
mod live;
pub mod openapi;
mod processes;
mod releases;
mod session;

use crate::routes::Endpoint;

/// All endpoints of the API.
pub fn endpoints() -> Vec<Endpoint> {
    let mut list = openapi::endpoints();
    list.extend(session::endpoints());
    list.extend(releases::endpoints());
    list.extend(commands::endpoints());
    list.extend(documents::endpoints());
    list.extend(processes::endpoints());
    list.extend(calendar::endpoints());
    list.extend(live::endpoints());
    list
}

/// A moment as it goes over the wire.
pub(crate) fn time(at: jiff::Timestamp) -> String {
    at.to_string()
}

/// Reads a moment of a request.
pub(crate) fn read_time(
    field: &str,
    text: &str,
) -> Result<jiff::Timestamp, crate::http::problem::Problem> {
    text.parse().map_err(|_| {
        let message = format!("`{text}` is no RFC 3339 time such as 2026-11-26T11:00:00Z");
        crate::http::problem::Problem::field(field, "time", message)
    })
}

/// Reads an id; a text that is none names nothing.
pub(crate) fn id<I, E>(
    parse: fn(&str) -> Result<I, E>,
    text: &str,
    what: &'static str,
) -> Result<I, crate::http::problem::Problem> {
    parse(text).map_err(|_| roadbook_app::Error::NotFound { what }.into())
}

/// A thing with its revision as ETag.
pub(crate) fn tagged<T: serde::Serialize>(value: T, revision: i64) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let mut response = axum::Json(value).into_response();
    if let Ok(tag) = format!("\"{revision}\"").parse() {
        response.headers_mut().insert(axum::http::header::ETAG, tag);
    }
    response
}

/// A file to take away; its name is data, never a path.
pub(crate) fn attached(name: &str) -> [(axum::http::HeaderName, String); 1] {
    let keep = |it: &u8| it.is_ascii_alphanumeric() || b"-._~".contains(it);
    let name: String = name
        .bytes()
        .map(|it| if keep(&it) { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect();
    [(axum::http::header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}"))]
}
