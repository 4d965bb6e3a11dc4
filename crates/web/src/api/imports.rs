//! Lists that come in as CSV: all rows or none, wrong rows named.

use super::unit_of;
use crate::http::input::Table;
use crate::http::problem::Answer;
use crate::routes::{Access, Endpoint, post};
use crate::server::Web;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use roadbook_app::import::{ImportInput, ImportReport, ListKind};
use roadbook_app::{Receipt, StoredResponse};
use roadbook_core::access::{Action, Kind};
use roadbook_wire::api::imports as wire;
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let list = |it: Endpoint| it.asks(&["dry_run", "unit"]).lists().gives::<wire::ImportReport>();
    let people = Access::Grant(Action::Create, Kind::People);
    let sites = Access::Grant(Action::Create, Kind::Site);
    vec![
        list(post("/api/v1/units/import", "import_units", units))
            .says("Import units from CSV; `dry_run=true` checks only.")
            .access(people),
        list(post("/api/v1/people/import", "import_people", persons))
            .says("Import people with their roles from CSV; `dry_run=true` checks only.")
            .access(people),
        list(post("/api/v1/sites/import", "import_sites", places))
            .says("Import sites with what they run from CSV; `dry_run=true` checks only.")
            .access(sites),
        list(post("/api/v1/contacts/import", "import_contacts", contacts))
            .says("Import contacts of sites from CSV; `dry_run=true` checks only.")
            .access(sites),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    #[serde(default)]
    dry_run: bool,
    unit: Option<String>,
}

fn wire_report(it: &ImportReport) -> wire::ImportReport {
    wire::ImportReport {
        rows: it.rows,
        made: it.created,
        changed: it.updated,
        unchanged: it.unchanged,
        dry_run: it.dry_run,
    }
}

/// The stored form of an answer, from the counts in its receipt.
fn kept(receipt: &Receipt) -> StoredResponse {
    let count = |name: &str| {
        let note = receipt.notes.iter().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'));
        note.and_then(|it| it.parse().ok()).unwrap_or_default()
    };
    let (made, changed, unchanged) = (count("created"), count("updated"), count("unchanged"));
    let rows = made + changed + unchanged;
    let report = wire::ImportReport { rows, made, changed, unchanged, dry_run: false };
    StoredResponse {
        status: StatusCode::OK.as_u16(),
        headers: Vec::new(),
        body: serde_json::to_vec(&report).unwrap_or_default(),
    }
}

async fn import(web: &Web, kind: ListKind, table: Table<Ask>) -> Answer {
    let Table { mut call, caller, query, bytes } = table;
    let unit = match &query.unit {
        Some(_) => Some(unit_of(web, &caller, query.unit.as_deref()).await?),
        None => None,
    };
    if let Some(key) = &mut call.idempotency {
        key.render = kept;
    }
    let input = ImportInput { kind, bytes: bytes.to_vec(), unit, dry_run: query.dry_run };
    let report = web.app.import(&call, input).await?;
    Ok(Json(wire_report(&report)).into_response())
}

async fn units(State(web): State<Web>, table: Table<Ask>) -> Answer {
    import(&web, ListKind::Units, table).await
}

async fn persons(State(web): State<Web>, table: Table<Ask>) -> Answer {
    import(&web, ListKind::People, table).await
}

async fn places(State(web): State<Web>, table: Table<Ask>) -> Answer {
    import(&web, ListKind::Sites, table).await
}

async fn contacts(State(web): State<Web>, table: Table<Ask>) -> Answer {
    import(&web, ListKind::Contacts, table).await
}
