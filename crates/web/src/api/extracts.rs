//! Tables drawn from the record of a release, in the language that is asked for.

use crate::http::input::Asked;
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::pages::extracts::{as_csv, in_words};
use crate::routes::{Access, Endpoint, get};
use crate::server::Web;
use crate::ui::PageCtx;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use roadbook_core::access::{Action, Kind};
use roadbook_core::process::template::Extract;
use roadbook_core::text::Lang;
use roadbook_wire::api::extracts::ExtractTable;
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/releases/{release}/extracts/{extract}", "get_extract", one)
            .says("A table drawn from the record: tasks, problems, changes, switch_over, training, upgrades, address_book, deliverables, communication, troubles, releases or measures.")
            .access(VIEW)
            .asks(&["lang"])
            .gives::<ExtractTable>(),
        get("/api/v1/releases/{release}/extracts/{extract}/csv", "download_extract", csv)
            .says("The same table as CSV.")
            .access(VIEW)
            .asks(&["lang"])
            .streams("text/csv"),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLang {
    lang: Option<String>,
}

async fn table(
    web: &Web,
    caller: &Caller,
    (release, extract): (String, String),
    query: &InLang,
) -> Answer<ExtractTable> {
    let lang = match query.lang.as_deref() {
        None => caller.session.person.lang,
        Some(code) => Lang::ALL
            .into_iter()
            .find(|it| it.code() == code)
            .ok_or_else(|| Problem::field("lang", "unknown", "`en`, `ko`, `vi` or `zh`"))?,
    };
    let call = caller.session.call();
    let id = web.app.release_find(&call.actor, &release).await?;
    let extract =
        Extract::parse(&extract).ok_or(roadbook_app::Error::NotFound { what: "extract" })?;
    let drawn = web.app.release_extract(&call, &id, extract).await?;
    let zone = TimeZone::get(&caller.session.person.zone).unwrap_or(TimeZone::UTC);
    let ctx = PageCtx::visitor(lang, zone, web.app.now(), "");
    Ok(in_words(&ctx, &drawn))
}

async fn one(
    State(web): State<Web>,
    caller: Caller,
    Path(place): Path<(String, String)>,
    Asked(query): Asked<InLang>,
) -> Answer<Json<ExtractTable>> {
    Ok(Json(table(&web, &caller, place, &query).await?))
}

async fn csv(
    State(web): State<Web>,
    caller: Caller,
    Path(place): Path<(String, String)>,
    Asked(query): Asked<InLang>,
) -> Answer<Response> {
    Ok(as_csv(&table(&web, &caller, place, &query).await?).into_response())
}
