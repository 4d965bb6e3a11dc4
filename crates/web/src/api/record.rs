//! The record: its newest entries, and whether it holds.

use super::time;
use crate::http::input::Asked;
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get};
use crate::server::Web;
use axum::Json;
use axum::extract::State;
use roadbook_core::access::{Action, Kind};
use roadbook_core::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};
use roadbook_wire::api::record as wire;
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Record);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/record", "list_record", list)
            .says("Entries of the record, newest first.")
            .access(VIEW)
            .asks(&["cursor", "limit"])
            .gives::<wire::RecordPage>(),
        get("/api/v1/record/check", "check_record", check)
            .says("Check the whole record now: chains, tree and signed heads.")
            .access(VIEW)
            .gives::<wire::RecordCheck>(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pages {
    cursor: Option<String>,
    limit: Option<usize>,
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<Pages>,
) -> Answer<Json<wire::RecordPage>> {
    let before = match query.cursor.as_deref() {
        None => i64::MAX,
        Some(text) => text.parse::<i64>().ok().filter(|it| *it >= 0).ok_or_else(|| {
            Problem::field("cursor", "cursor", "is not one of this list; leave it out")
        })?,
    };
    let limit = query.limit.filter(|it| *it > 0).unwrap_or(PAGE_ROWS_DEFAULT).min(PAGE_ROWS_MAX);
    let found = web.app.record_newest(&caller.session.call(), before, limit).await?;
    let next = found.last().filter(|_| found.len() == limit).map(|it| it.position.to_string());
    let rows = found.into_iter().map(|it| wire::RecordLine {
        position: it.position,
        stream: it.stream,
        kind: it.kind,
        actor: it.actor,
        at: time(it.at),
        hash: it.hash,
    });
    Ok(Json(wire::RecordPage { rows: rows.collect(), next }))
}

async fn check(State(web): State<Web>, caller: Caller) -> Answer<Json<wire::RecordCheck>> {
    let found = web.app.record_check(&caller.session.call()).await?;
    Ok(Json(wire::RecordCheck { entries: found.entries, faults: found.faults }))
}
