//! Products, their roadmaps and their next numbers.

use super::{tagged, unit_of};
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, delete, get, post, put};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::PageAsk;
use roadbook_app::products::{ProductInput, ProductView, VersionAsk};
use roadbook_core::access::{Action, Kind};
use roadbook_core::version::{Level, Scheme};
use roadbook_wire::api::{self, products as wire};
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Product);
const EDIT: Access = Access::Grant(Action::Edit, Kind::Product);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let made = |it: Endpoint| it.gives::<api::Receipt>().creates();
    let done = |it: Endpoint| it.gives::<api::Receipt>();
    vec![
        get("/api/v1/products", "list_products", list)
            .says("Products that you may see.")
            .access(VIEW)
            .asks(&["cursor", "limit"])
            .gives::<wire::ProductPage>(),
        get("/api/v1/products/{product}", "get_product", one)
            .says("A product with its versions and roadmap; id or short name.")
            .access(VIEW)
            .gives::<wire::ProductDetail>(),
        get("/api/v1/products/{product}/next-version", "explain_next_version", next)
            .says("The next number, and why it is this one.")
            .access(VIEW)
            .asks(&["level", "planned", "tag"])
            .gives::<wire::NextVersionAnswer>(),
        made(post("/api/v1/products", "create_product", create))
            .says("Make a product.")
            .access(Access::Grant(Action::Create, Kind::Product))
            .takes::<wire::ProductInput>(),
        done(put("/api/v1/products/{product}", "edit_product", edit))
            .says("Change a product.")
            .access(EDIT)
            .takes::<wire::ProductInput>(),
        done(put("/api/v1/products/{product}/authorizers", "set_authorizers", authorizers))
            .says("Say who may authorize its releases.")
            .access(EDIT)
            .takes::<wire::Authorizers>(),
        done(put("/api/v1/products/{product}/branches", "set_branches", branches))
            .says("Say how branches of its versions are called.")
            .access(EDIT)
            .takes::<wire::Branches>(),
        done(delete(
            "/api/v1/products/{product}/roadmap/{number}",
            "remove_roadmap_entry",
            roadmap_remove,
        ))
        .says("Take a number out of the roadmap.")
        .access(EDIT)
        .takes::<api::Empty>(),
        done(post("/api/v1/products/{product}/roadmap", "add_roadmap_entry", roadmap_add))
            .says("Plan a number.")
            .access(EDIT)
            .takes::<wire::RoadmapEntry>(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    cursor: Option<String>,
    limit: Option<usize>,
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<Part>,
) -> Answer<Json<wire::ProductPage>> {
    let ask = PageAsk { cursor: query.cursor, limit: query.limit.unwrap_or(0) };
    let page = web.app.product_list(&caller.session.scope, &ask).await?;
    let rows = page.rows.iter().map(|it| wire::ProductLine {
        id: it.id.to_string(),
        key: it.key.clone(),
        name: it.name.clone(),
        unit: it.unit_id.to_string(),
        revision: it.revision,
    });
    Ok(Json(wire::ProductPage { rows: rows.collect(), next: page.next }))
}

fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn detail(view: &ProductView) -> wire::ProductDetail {
    let product = &view.product;
    wire::ProductDetail {
        line: wire::ProductLine {
            id: product.id.to_string(),
            key: product.key.clone(),
            name: product.name.clone(),
            unit: product.unit.to_string(),
            revision: view.revision,
        },
        unit_name: view.unit_name.clone(),
        description: product.description.clone(),
        class: product.class.clone(),
        scheme: json(&product.scheme),
        active: product.active,
        newest: view.newest.clone(),
        versions: view
            .versions
            .iter()
            .map(|(version, release, state)| wire::TakenVersion {
                version: version.clone(),
                release: release.clone(),
                state: state.clone(),
            })
            .collect(),
        roadmap: product.roadmap.iter().map(json).collect(),
        authorizers: product.authorizers.iter().map(ToString::to_string).collect(),
        branches: product.branches.clone(),
    }
}

async fn one(State(web): State<Web>, caller: Caller, Path(product): Path<String>) -> Answer {
    let id = web.app.product_find(&caller.session.actor, &product).await?;
    let view = web.app.product_view(&caller.session.scope, &id).await?;
    Ok(tagged(detail(&view), view.revision))
}

async fn next(
    State(web): State<Web>,
    caller: Caller,
    Path(product): Path<String>,
    Asked(query): Asked<wire::NextVersion>,
) -> Answer<Json<wire::NextVersionAnswer>> {
    let id = web.app.product_find(&caller.session.actor, &product).await?;
    let level = match query.level.as_deref() {
        Some(text) => {
            Some(Level::ALL.into_iter().find(|it| it.code() == text).ok_or_else(|| {
                Problem::field("level", "unknown", "`build`, `revision`, `minor` or `major`")
            })?)
        }
        None => None,
    };
    let ask = VersionAsk {
        level,
        planned: query.planned.filter(|it| !it.is_empty()),
        tag: query.tag,
        ..VersionAsk::default()
    };
    let answer = web.app.version_next(&caller.session.call(), &id, ask).await?;
    let view = web.app.product_view(&caller.session.scope, &id).await?;
    Ok(Json(wire::NextVersionAnswer {
        current: answer.current,
        next: view.product.scheme.format(&answer.explained.version),
        why: answer.explained.why.iter().map(json).collect(),
        may_be_taken: answer.may_be_taken,
    }))
}

async fn input(web: &Web, caller: &Caller, body: wire::ProductInput) -> Answer<ProductInput> {
    let scheme = match body.scheme {
        None => Scheme::default(),
        Some(value) => serde_json::from_value(value)
            .map_err(|error| Problem::field("scheme", "scheme", error.to_string()))?,
    };
    Ok(ProductInput {
        unit: unit_of(web, caller, body.unit.as_deref()).await?,
        key: body.key,
        name: body.name,
        description: body.description,
        class: body.class,
        scheme,
        owner_role: body.owner_role,
        windows: body.windows,
        active: body.active,
    })
}

async fn create(State(web): State<Web>, command: Command<wire::ProductInput>) -> Answer {
    let Command { call, caller, body } = command;
    let input = input(&web, &caller, body).await?;
    Ok(receipt(&web.app.product_create(&call, input).await?))
}

async fn edit(
    State(web): State<Web>,
    Path(product): Path<String>,
    command: Command<wire::ProductInput>,
) -> Answer {
    let Command { call, caller, body } = command;
    let id = web.app.product_find(&call.actor, &product).await?;
    let input = input(&web, &caller, body).await?;
    Ok(receipt(&web.app.product_edit(&call, &id, input).await?))
}

async fn authorizers(
    State(web): State<Web>,
    Path(product): Path<String>,
    command: Command<wire::Authorizers>,
) -> Answer {
    let Command { call, body, .. } = command;
    let id = web.app.product_find(&call.actor, &product).await?;
    let mut people = Vec::new();
    for text in &body.people {
        people.push(web.app.person_find(text).await?);
    }
    Ok(receipt(&web.app.product_authorizers_set(&call, &id, people).await?))
}

async fn branches(
    State(web): State<Web>,
    Path(product): Path<String>,
    command: Command<wire::Branches>,
) -> Answer {
    let Command { call, body, .. } = command;
    let id = web.app.product_find(&call.actor, &product).await?;
    Ok(receipt(&web.app.product_branches_set(&call, &id, &body.pattern).await?))
}

async fn roadmap_remove(
    State(web): State<Web>,
    Path((product, number)): Path<(String, String)>,
    command: Command<api::Empty>,
) -> Answer {
    let id = web.app.product_find(&command.call.actor, &product).await?;
    Ok(receipt(&web.app.roadmap_remove(&command.call, &id, &number).await?))
}

async fn roadmap_add(
    State(web): State<Web>,
    Path(product): Path<String>,
    command: Command<wire::RoadmapEntry>,
) -> Answer {
    let Command { call, body, .. } = command;
    let id = web.app.product_find(&call.actor, &product).await?;
    let planned = match body.planned.as_deref() {
        Some(text) => Some(
            text.parse()
                .map_err(|_| Problem::field("planned", "day", "is no day like 2026-03-14"))?,
        ),
        None => None,
    };
    Ok(receipt(&web.app.roadmap_add(&call, &id, &body.number, &body.theme, planned).await?))
}
