//! REST v1, one file per resource.

mod agents;
pub(crate) mod artifacts;
mod calendar;
pub(crate) mod commands;
mod conformity;
mod documents;
mod edit;
mod extracts;
mod imports;
mod live;
pub(crate) mod migration;
mod notices;
pub mod openapi;
mod own;
mod people;
mod plan;
mod process_drafts;
mod processes;
mod products;
mod record;
mod releases;
mod rollouts;
mod session;
mod settings;
mod simulations;
mod sites;

use crate::routes::Endpoint;

/// All endpoints of the API.
pub fn endpoints() -> Vec<Endpoint> {
    let mut list = openapi::endpoints();
    list.extend(session::endpoints());
    list.extend(releases::endpoints());
    list.extend(commands::endpoints());
    list.extend(documents::endpoints());
    list.extend(conformity::endpoints());
    list.extend(extracts::endpoints());
    list.extend(processes::endpoints());
    list.extend(process_drafts::endpoints());
    list.extend(calendar::endpoints());
    list.extend(live::endpoints());
    list.extend(people::endpoints());
    list.extend(products::endpoints());
    list.extend(simulations::endpoints());
    list.extend(sites::endpoints());
    list.extend(rollouts::endpoints());
    list.extend(notices::endpoints());
    list.extend(imports::endpoints());
    list.extend(migration::endpoints());
    list.extend(record::endpoints());
    list.extend(settings::endpoints());
    list.extend(plan::endpoints());
    list.extend(edit::endpoints());
    list.extend(own::endpoints());
    list.extend(agents::endpoints());
    list.extend(artifacts::endpoints());
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

/// A value of a decision as it stands in the record: its shape is part of the promise too.
pub(crate) fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
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

/// A unit by id or name; the caller's own when none is named.
pub(crate) async fn unit_of(
    web: &crate::server::Web,
    caller: &crate::http::session::Caller,
    text: Option<&str>,
) -> Result<roadbook_core::ids::UnitId, crate::http::problem::Problem> {
    let Some(text) = text.map(str::trim).filter(|it| !it.is_empty()) else {
        return Ok(caller.session.person.unit.clone());
    };
    let list = web.app.unit_list(&caller.session.scope).await?;
    let mut fits = list.into_iter().filter(|it| it.id.as_str() == text || it.name == text);
    let unknown = || {
        let message = format!("`{text}` is no unit, or more than one; give its id");
        crate::http::problem::Problem::field("unit", "unknown", message)
    };
    match (fits.next(), fits.next()) {
        (Some(found), None) => Ok(found.id),
        _ => Err(unknown()),
    }
}
