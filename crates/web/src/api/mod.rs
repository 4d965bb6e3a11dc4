//! REST v1, one file per resource.

mod commands;
mod openapi;
mod releases;
mod session;

use crate::routes::Endpoint;

/// All endpoints of the API.
pub fn endpoints() -> Vec<Endpoint> {
    let mut list = openapi::endpoints();
    list.extend(session::endpoints());
    list.extend(releases::endpoints());
    list.extend(commands::endpoints());
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
