//! Agents of sites: tokens to come in with, who is there, orders.

use super::{tagged, time};
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command, Open};
use crate::http::problem::Answer;
use crate::http::session::{Caller, Visitor};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use roadbook_app::Error;
use roadbook_app::fleet::{AgentLine, EnrollInput};
use roadbook_core::access::{Action, Kind};
use roadbook_core::limits::PAGE_ROWS_DEFAULT;
use roadbook_wire::api::{self, agents as wire};
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Site);
const EDIT: Access = Access::Grant(Action::Edit, Kind::Site);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/agents", "list_agents", list)
            .says("Agents at sites that you may see, by the short name of the site.")
            .access(VIEW)
            .asks(&["cursor", "limit"])
            .gives::<wire::AgentPage>(),
        post("/api/v1/agents/enroll", "enroll_agent", enroll)
            .says("Come in as the agent of a site, with a token that works once.")
            .access(Access::Public)
            .takes::<wire::Enroll>()
            .gives::<wire::Enrolled>(),
        get("/api/v1/director-key", "get_director_key", director)
            .says("The public key of the orders to sites.")
            .access(Access::Public)
            .gives::<wire::DirectorKey>(),
        get("/api/v1/sites/{site}/agent", "get_agent", one)
            .says("The agent of a site with its machine and its orders.")
            .access(VIEW)
            .gives::<wire::AgentDetail>(),
        post("/api/v1/sites/{site}/agent-token", "make_agent_token", token)
            .says("Make a token with which an agent comes in, once, within a day; told once.")
            .access(EDIT)
            .takes::<api::Empty>()
            .gives::<api::Receipt>()
            .creates(),
        post("/api/v1/sites/{site}/agent/revoke", "revoke_agent", revoke)
            .says("Take the token of an agent away.")
            .access(EDIT)
            .takes::<wire::Because>()
            .gives::<api::Receipt>(),
        post("/api/v1/actions/{action}/cancel", "cancel_action", cancel)
            .says("Ask a site to stop an order; one that was not fetched is taken back.")
            .access(Access::Grant(Action::Lead, Kind::Release))
            .takes::<wire::Because>()
            .gives::<api::Receipt>(),
    ]
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    cursor: Option<String>,
    limit: Option<usize>,
}

fn line(it: AgentLine) -> wire::AgentLine {
    wire::AgentLine {
        site: it.site.to_string(),
        site_key: it.site_key,
        site_name: it.site_name,
        program: it.program,
        public_key: it.public_key,
        enrolled_at: time(it.enrolled_at),
        seen_at: it.seen_at.map(time),
        auto_confirm: it.auto_confirm,
        revoked_at: it.revoked_at.map(time),
    }
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<ListQuery>,
) -> Answer<Json<wire::AgentPage>> {
    let after = query.cursor.unwrap_or_default();
    let limit = query.limit.filter(|it| *it > 0).unwrap_or(PAGE_ROWS_DEFAULT);
    let rows = web.app.agent_list(&caller.session.scope, &after, limit).await?;
    let next = (rows.len() == limit).then(|| rows.last().map(|it| it.site_key.clone())).flatten();
    Ok(Json(wire::AgentPage { rows: rows.into_iter().map(line).collect(), next }))
}

async fn enroll(
    State(web): State<Web>,
    Open(body): Open<wire::Enroll>,
) -> Answer<Json<wire::Enrolled>> {
    let wire::Enroll { token, public_key, program } = body;
    let it = web.app.agent_enroll(EnrollInput { token, public_key, program }).await?;
    Ok(Json(wire::Enrolled {
        site: it.site_key,
        token: it.token,
        poll_url: it.poll_url,
        director_key: it.director_key,
    }))
}

async fn director(State(web): State<Web>) -> Json<wire::DirectorKey> {
    Json(wire::DirectorKey { public_key: web.app.director_key() })
}

async fn one(
    State(web): State<Web>,
    visitor: Visitor,
    Path(site): Path<String>,
) -> Answer<Response> {
    let site = web.app.site_find(&visitor.scope, &site).await?;
    let view = web.app.agent_view(&visitor.actor, &site).await?;
    let view = view.ok_or(Error::NotFound { what: "agent" })?;
    let orders = view.orders.into_iter().map(|it| wire::Order {
        id: it.id,
        release: it.release_id.to_string(),
        kind: it.kind,
        wave: it.wave,
        state: it.state,
        outcome: it.outcome,
        stage: it.stage,
        note: it.note,
        ordered_at: time(it.ordered_at),
        heard_at: it.heard_at.map(time),
        closed_at: it.closed_at.map(time),
        revision: it.revision,
    });
    let facts = view.facts.into_iter().map(|it| wire::Fact {
        name: it.name,
        value: it.value,
        at: time(it.at),
    });
    let revision = view.revision;
    let detail = wire::AgentDetail {
        line: line(view.line),
        facts: facts.collect(),
        orders: orders.collect(),
    };
    Ok(tagged(detail, revision))
}

async fn token(
    State(web): State<Web>,
    Path(site): Path<String>,
    input: Command<api::Empty>,
) -> Answer {
    let id = web.app.site_find(&input.caller.session.scope, &site).await?;
    Ok(receipt(&web.app.agent_token(&input.call, &id).await?))
}

async fn revoke(
    State(web): State<Web>,
    Path(site): Path<String>,
    input: Command<wire::Because>,
) -> Answer {
    let id = web.app.site_find(&input.caller.session.scope, &site).await?;
    Ok(receipt(&web.app.agent_revoke(&input.call, &id, &input.body.reason).await?))
}

async fn cancel(
    State(web): State<Web>,
    Path(action): Path<String>,
    input: Command<wire::Because>,
) -> Answer {
    let id = action.parse().map_err(|_| Error::NotFound { what: "action" })?;
    Ok(receipt(&web.app.action_cancel(&input.call, id, &input.body.reason).await?))
}
