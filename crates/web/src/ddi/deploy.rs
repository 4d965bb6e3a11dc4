//! Orders: fetching them, saying what came of them, stopping them.

use super::answer::{Agent, Answer, Body1, Refusal, number, shown};
use super::files::listed;
use crate::server::Web;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use roadbook_app::fleet::{AgentMessage, Deployable};
use roadbook_wire::ddi;
use serde::Deserialize;

/// What may be asked of an order; the change token `c` is for the client's sake only.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(rename = "actionHistory", default)]
    history: Option<String>,
}

impl Asked {
    /// How many messages of the history are wanted.
    pub fn history(&self) -> i64 {
        self.history.as_deref().and_then(|it| it.parse().ok()).unwrap_or(0)
    }
}

/// The order in the words of the protocol.
fn order(agent: &Agent, it: &Deployable) -> ddi::Deployment {
    let meta = |key: &str, value: String| ddi::Metadata { key: key.to_owned(), value };
    let parameters = serde_json::to_string(&it.parameters).unwrap_or_default();
    let closed = it.window == Some(false);
    let mut metadata = vec![
        meta(ddi::META_ORDER, STANDARD.encode(&it.order)),
        meta(ddi::META_ORDER_SIGNATURE, it.signature.clone()),
        meta(ddi::META_PARAMETERS, parameters),
    ];
    for set in &it.key_sets {
        metadata.push(meta(ddi::META_TRUST, STANDARD.encode(&set.body)));
        let signatures: Vec<String> = serde_json::from_str(&set.signatures).unwrap_or_default();
        metadata.extend(signatures.into_iter().map(|it| meta(ddi::META_TRUST_SIGNATURE, it)));
    }
    ddi::Deployment {
        download: "forced".to_owned(),
        update: if closed { "skip" } else { "forced" }.to_owned(),
        maintenance_window: it
            .window
            .map(|open| if open { "available" } else { "unavailable" }.to_owned()),
        chunks: vec![ddi::Chunk {
            part: "bApp".to_owned(),
            version: it.version.clone(),
            name: it.product.clone(),
            artifacts: it.artifacts.iter().map(|file| listed(agent, it.action.id, file)).collect(),
            metadata,
        }],
    }
}

/// What was said so far, if it was asked for.
fn history(it: &Deployable) -> Option<ddi::ActionHistory> {
    (!it.history.is_empty()).then(|| ddi::ActionHistory {
        status: it.action.state.to_uppercase(),
        messages: it.history.clone(),
    })
}

/// An order as it is answered, wherever it is asked for; `asks` when the site has to agree first.
pub fn base(agent: &Agent, it: &Deployable, asks: bool) -> ddi::DeploymentBase {
    let order = Some(order(agent, it));
    let (deployment, confirmation) = if asks { (None, order) } else { (order, None) };
    ddi::DeploymentBase {
        id: it.action.id.to_string(),
        deployment,
        confirmation,
        action_history: history(it),
    }
}

/// The order to install.
pub async fn deployment(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let id = number(&action)?;
    let it = web.app.agent_deployment(&agent.site, id, asked.history()).await?;
    shown(&headers, &base(&agent, &it, false))
}

/// What was installed last.
pub async fn installed(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let id = number(&action)?;
    let it = web.app.agent_installed(&agent.site, id, asked.history()).await?;
    shown(&headers, &base(&agent, &it, false))
}

/// A version that runs already.
#[derive(Debug, Deserialize)]
pub struct Runs {
    name: String,
    version: String,
}

/// Which version runs, when it was not installed by an order.
pub async fn declare(State(web): State<Web>, agent: Agent, Body1(it): Body1<Runs>) -> Answer {
    let new = web.app.agent_declare(&agent.site, &it.name, &it.version).await?;
    Ok(if new { StatusCode::CREATED } else { StatusCode::OK }.into_response())
}

fn message(action: &str, it: ddi::Feedback) -> Result<(i64, AgentMessage), Refusal> {
    let at = it.timestamp.map(Timestamp::from_millisecond).transpose();
    let wrong = |_| Refusal::bare(StatusCode::BAD_REQUEST);
    let told = AgentMessage {
        execution: it.status.execution,
        finished: it.status.result.finished,
        code: it.status.code,
        details: it.status.details,
        client_at: at.map_err(wrong)?,
    };
    Ok((number(action)?, told))
}

/// What came of an order.
pub async fn feedback(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    Body1(it): Body1<ddi::Feedback>,
) -> Answer {
    let (id, told) = message(&action, it)?;
    web.app.agent_report(&agent.site, id, &told).await?;
    Ok(StatusCode::OK.into_response())
}

/// The order to stop.
pub async fn cancel(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let id = number(&action)?;
    web.app.agent_cancel(&agent.site, id).await?;
    let stop = ddi::Stop { stop_id: id.to_string() };
    shown(&headers, &ddi::CancelAction { id: id.to_string(), cancel_action: stop })
}

/// Whether it was stopped.
pub async fn canceled(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    Body1(it): Body1<ddi::Feedback>,
) -> Answer {
    let (id, told) = message(&action, it)?;
    web.app.agent_cancel_report(&agent.site, id, &told).await?;
    Ok(StatusCode::OK.into_response())
}
