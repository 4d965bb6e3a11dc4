//! How far running releases keep to their process, over the API.

use crate::http::input::Asked;
use crate::http::problem::Answer;
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get};
use crate::server::Web;
use axum::Json;
use axum::extract::State;
use roadbook_core::access::{Action, Kind};
use roadbook_wire::api::conformity as wire;
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/conformity", "list_conformity", list)
            .says("Running releases, each held against its process: what is late, passed over, owed, done again or held.")
            .access(Access::Grant(Action::View, Kind::Release))
            .asks(&["cursor"])
            .gives::<wire::ConformityPage>(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    cursor: Option<String>,
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<From>,
) -> Answer<Json<wire::ConformityPage>> {
    let session = &caller.session;
    let page = web.app.conformity(&session.call(), &session.scope, query.cursor).await?;
    let rows = page.rows.into_iter().map(|it| wire::ConformityLine {
        id: it.id.to_string(),
        number: it.number,
        product: it.product,
        version: it.version,
        process: it.process,
        lead: it.lead,
        conforms: it.deviations.is_empty(),
        deviations: it
            .deviations
            .iter()
            .map(|(what, step, title)| wire::Deviation {
                what: what.name().to_owned(),
                step: step.clone(),
                title: title.into(),
            })
            .collect(),
    });
    Ok(Json(wire::ConformityPage { rows: rows.collect(), next: page.next }))
}
