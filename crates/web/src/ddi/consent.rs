//! A site's agreement: to one order, or to every order.

use super::answer::{Agent, Answer, Body1, Refusal, number, shown};
use super::deploy::{Asked, base};
use crate::server::Web;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use roadbook_core::limits::BODY_BYTES_MAX;
use roadbook_wire::ddi;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Whether the site agrees to everything, and what waits.
pub async fn state(State(web): State<Web>, agent: Agent, headers: HeaderMap) -> Answer {
    let (row, waits) = web.app.agent_consent(&agent.site).await?;
    let base = &agent.base;
    let mut links = Map::new();
    let mut auto = json!({ "active": row.auto_confirm });
    let switch = if row.auto_confirm { "deactivateAutoConfirm" } else { "activateAutoConfirm" };
    if row.auto_confirm {
        auto["initiator"] = json!(row.auto_confirm_by);
        auto["activatedAt"] = json!(row.auto_confirm_at.map(jiff::Timestamp::as_millisecond));
    }
    links.insert(switch.into(), json!({ "href": format!("{base}/confirmationBase/{switch}") }));
    if let Some(action) = waits {
        let href = format!("{base}/confirmationBase/{}?c={}", action.id, action.revision);
        links.insert("confirmationBase".into(), json!({ "href": href }));
    }
    shown(&headers, &json!({ "autoConfirm": auto, "_links": links }))
}

/// The order that waits for the site.
pub async fn show(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let id = number(&action)?;
    let it = web.app.agent_to_confirm(&agent.site, id, asked.history()).await?;
    shown(&headers, &base(&agent, &it, true))
}

/// The site agrees, or not.
pub async fn answer(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    Body1(it): Body1<ddi::Confirmation>,
) -> Answer {
    let yes = match it.confirmation.as_str() {
        "confirmed" => true,
        "denied" => false,
        _ => return Err(Refusal::bare(StatusCode::BAD_REQUEST)),
    };
    web.app.agent_confirm(&agent.site, number(&action)?, yes, &it.details).await?;
    Ok(StatusCode::OK.into_response())
}

#[derive(Default, Deserialize)]
struct Activation {
    #[serde(default)]
    initiator: Option<String>,
}

/// The body may be missing.
async fn activation(request: Request) -> Result<Activation, Refusal> {
    let bytes: Bytes = to_bytes(request.into_body(), BODY_BYTES_MAX)
        .await
        .map_err(|_| Refusal::bare(StatusCode::PAYLOAD_TOO_LARGE))?;
    if bytes.is_empty() {
        return Ok(Activation::default());
    }
    let value: Option<Value> = serde_json::from_slice(&bytes).ok();
    let wrong = || Refusal::bare(StatusCode::BAD_REQUEST);
    serde_json::from_value(value.ok_or_else(wrong)?).map_err(|_| wrong())
}

/// The site agrees to everything.
pub async fn on(State(web): State<Web>, agent: Agent, request: Request) -> Answer {
    let by = activation(request).await?.initiator.unwrap_or_else(|| "the site".to_owned());
    web.app.agent_auto_confirm(&agent.site, true, &by).await?;
    Ok(StatusCode::OK.into_response())
}

/// The site wants to be asked again.
pub async fn off(State(web): State<Web>, agent: Agent) -> Answer {
    web.app.agent_auto_confirm(&agent.site, false, "the site").await?;
    Ok(StatusCode::OK.into_response())
}
