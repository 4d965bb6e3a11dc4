//! The OpenAPI 3.1 document, made from the list of routes and the types on the wire.

use crate::http::problem::{Answer, Problem as Refusal};
use crate::routes::{self, Access, Endpoint, get};
use crate::server::Web;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use roadbook_wire::api::problem::Problem;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/openapi.json", "get_openapi", openapi)
            .says("This document.")
            .access(Access::Public)
            .gives::<Value>(),
        get("/healthz", "get_health", health)
            .says("The server runs.")
            .access(Access::Public)
            .gives::<Value>(),
        get("/readyz", "get_ready", ready)
            .says("The server runs and its store takes changes.")
            .access(Access::Public)
            .gives::<Value>(),
    ]
}

async fn openapi() -> Json<Value> {
    Json(document())
}

/// Ready when the store answers and still writes.
async fn ready(State(web): State<Web>) -> Answer<Json<Value>> {
    web.app.setup_state().await?;
    if web.app.store().is_stopped() {
        let detail = "writing stopped after a failed write to disk; restart the server";
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail));
    }
    Ok(Json(json!({ "status": "ok" })))
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

fn parameters(endpoint: &Endpoint) -> Vec<Value> {
    let mut list = Vec::new();
    for part in endpoint.path.split('/') {
        if let Some(name) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            list.push(json!({
                "name": name, "in": "path", "required": true, "schema": { "type": "string" },
            }));
        }
    }
    for name in endpoint.query {
        list.push(json!({ "name": name, "in": "query", "schema": { "type": "string" } }));
    }
    if endpoint.method != "GET" && endpoint.access != Access::Public {
        list.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "A new one per request; the same one when it is repeated.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
        }));
        list.push(json!({
            "name": "If-Match", "in": "header",
            "description": "The ETag that was seen; another revision is refused.",
            "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]+\")$" },
        }));
    }
    list
}

/// The statuses with which a call may be refused.
fn refusals(endpoint: &Endpoint) -> &'static [&'static str] {
    match (endpoint.method, endpoint.access) {
        ("GET", Access::Public) => &["422", "429", "503"],
        ("GET", _) => &["401", "403", "404", "409", "422", "429", "503"],
        (_, Access::Public) => {
            &["400", "401", "403", "404", "409", "413", "415", "422", "429", "503", "507"]
        }
        _ => &["400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "503", "507"],
    }
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    let ok = endpoint
        .response
        .map(|schema| json!({ "application/json": { "schema": schema(generator) } }));
    let file = || json!({ endpoint.media: { "schema": {} } });
    let ok = ok.or_else(|| endpoint.raw.then(file));
    let mut good = json!({ "description": "Done." });
    if let Some(content) = ok {
        good["content"] = content;
    }
    responses.insert(endpoint.ok.to_string(), good.clone());
    // A receipt says whether something new was made; a repeated call may find that it was.
    if endpoint.ok == 201 {
        responses.insert("200".to_owned(), good);
    } else if endpoint.method != "GET" && endpoint.response.is_some() {
        responses.insert("201".to_owned(), good);
    }
    for status in refusals(endpoint) {
        let problem = json!({ "$ref": "#/components/responses/Problem" });
        responses.insert((*status).to_owned(), problem);
    }
    let mut operation = json!({
        "operationId": endpoint.id,
        "summary": endpoint.summary,
        "parameters": parameters(endpoint),
        "responses": responses,
    });
    if let Some(schema) = endpoint.request {
        operation["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": schema(generator) } },
        });
    }
    if endpoint.file {
        operation["requestBody"] = json!({
            "required": true,
            "content": { endpoint.body: { "schema": {} } },
        });
    }
    if endpoint.access == Access::Public {
        operation["security"] = json!([]);
    }
    operation
}

/// The document.
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in routes::all().iter().filter(|it| !it.page && it.access != Access::Agent) {
        let method = endpoint.method.to_lowercase();
        let operation = operation(endpoint, &mut generator);
        paths.entry(endpoint.path).or_insert_with(|| json!({}))[method] = operation;
    }
    let problem = generator.subschema_for::<Problem>();
    let refused = json!({
        "description": "A problem (RFC 9457).",
        "content": { "application/problem+json": { "schema": problem } },
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Roadbook",
            "version": "1",
            "description": "Runs software releases from the decision to the last customer site.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "security": [{ "bearer": [] }],
        "components": {
            "responses": { "Problem": refused },
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        },
    })
}
