//! Pages. The views hold what they look like; the routes load what they show.

mod account;
mod act;
mod action;
mod again;
mod agents;
mod calendar;
mod changes;
mod clash_home;
mod door;
pub(crate) mod extracts;
mod fields;
pub(crate) mod files;
mod gates;
mod home;
mod import;
mod keys;
mod live;
mod members;
mod migration;
mod notices;
mod own;
mod packages;
mod papers;
mod papers_index;
mod people;
mod person;
mod plan;
mod process;
mod process_edit;
mod processes;
mod product;
mod products;
mod public;
mod record;
pub mod release;
mod release_sites;
mod releases;
mod rollout;
mod search;
mod settings;
mod simulate;
mod site;
mod sites;
mod start;
mod story;
mod talks;
mod units;
mod uploads;
pub mod view;
pub mod visit;
pub mod words;

use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get};
use crate::server::Web;
use crate::ui::assets;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use visit::{Refused, Visit};

/// All pages and the forms on them.
pub fn endpoints() -> Vec<Endpoint> {
    let mut list = vec![
        get("/assets/{*file}", "get_asset", asset).access(Access::Public).page(),
        get("/favicon.ico", "get_icon", favicon).access(Access::Public).page(),
    ];
    list.extend(door::endpoints());
    list.extend(people::endpoints());
    list.extend(person::endpoints());
    list.extend(units::endpoints());
    list.extend(import::endpoints());
    list.extend(process::endpoints());
    list.extend(process_edit::endpoints());
    list.extend(simulate::endpoints());
    list.extend(processes::endpoints());
    list.extend(product::endpoints());
    list.extend(keys::endpoints());
    list.extend(packages::endpoints());
    list.extend(products::endpoints());
    list.extend(record::endpoints());
    list.extend(home::endpoints());
    list.extend(start::endpoints());
    list.extend(settings::endpoints());
    list.extend(search::endpoints());
    list.extend(papers_index::endpoints());
    list.extend(account::endpoints());
    list.extend(gates::endpoints());
    list.extend(live::endpoints());
    list.extend(papers::endpoints());
    list.extend(extracts::endpoints());
    list.extend(story::endpoints());
    list.extend(plan::endpoints());
    list.extend(migration::endpoints());
    list.extend(talks::endpoints());
    list.extend(uploads::endpoints());
    list.extend(notices::endpoints());
    list.extend(own::endpoints());
    list.extend(sites::endpoints());
    list.extend(site::endpoints());
    list.extend(release_sites::endpoints());
    list.extend(calendar::endpoints());
    list.extend(changes::endpoints());
    list.extend(public::endpoints());
    list.extend(release::endpoints());
    list.extend(releases::endpoints());
    list.extend(rollout::endpoints());
    list.extend(act::endpoints());
    list.extend(action::endpoints());
    list.extend(agents::endpoints());
    list
}

async fn asset(uri: OriginalUri, headers: HeaderMap) -> Response {
    let Some((mime, bytes, etag)) = assets::get(uri.path()) else {
        return (StatusCode::NOT_FOUND, "no such file").into_response();
    };
    if headers.get(header::IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let set = [
        (header::CONTENT_TYPE, mime),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (set, bytes).into_response()
}

async fn favicon() -> Response {
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, assets::icon())]).into_response()
}

/// What is not listed does not exist: a problem for programs, a page for people.
pub async fn not_found(State(web): State<Web>, uri: OriginalUri, headers: HeaderMap) -> Response {
    let problem = Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here");
    if uri.path().starts_with("/api/") {
        return problem.into_response();
    }
    let visit = Visit::of(&web, &headers, uri.path()).await;
    match visit {
        Ok(visit) => Refused::new(visit.ctx, problem).into_response(),
        Err(problem) => problem.into_response(),
    }
}
