//! Processes before their first run, and two revisions over a closed release.

use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use jiff::{SignedDuration, Timestamp};
use roadbook_app::simulation::{SimulationInput, TeamInput};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::UnitId;
use roadbook_wire::api::simulations as wire;
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Process);
/// Length of a go-live of which only the begin is known.
const SLOT_HOURS: i64 = 2;
/// Hours of a full week.
const WEEK_HOURS: i64 = 40;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        post("/api/v1/processes/{process}/simulation", "simulate_process", simulate)
            .says("Simulate a process for a go-live, a team and a seed; nothing is kept.")
            .access(VIEW)
            .takes::<wire::Simulate>()
            .gives::<wire::Simulation>(),
        get("/api/v1/processes/{process}/comparison", "compare_process", compare)
            .says("What would have been different in a closed release with another revision.")
            .access(VIEW)
            .asks(&["from", "to", "release"])
            .gives::<wire::Comparison>(),
    ]
}

fn moment(name: &str, text: Option<&String>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text.filter(|it| !it.is_empty()) else { return Ok(None) };
    let wrong = |_| Problem::field(name, "time", "write it as in 2027-04-24T22:00:00+08:00");
    text.parse().map(Some).map_err(wrong)
}

fn team(body: Option<wire::SimulateTeam>) -> Result<TeamInput, Problem> {
    let Some(team) = body else { return Ok(TeamInput::Unlimited) };
    match team.unit.filter(|it| !it.is_empty()) {
        Some(unit) => {
            let wrong = |_| Problem::field("team.unit", "unknown", "send the id of a unit");
            UnitId::parse(&unit).map(TeamInput::Unit).map_err(wrong)
        }
        None => {
            Ok(TeamInput::Counted { roles: team.roles, hours: team.hours.unwrap_or(WEEK_HOURS) })
        }
    }
}

async fn simulate(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::Simulate>,
) -> Answer<Json<wire::Simulation>> {
    let Command { call, body, .. } = command;
    let begin = moment("go_live", body.go_live.as_ref())?;
    let end = moment("go_live_end", body.go_live_end.as_ref())?;
    let input = SimulationInput {
        revision: body.revision,
        go_live: begin
            .map(|it| (it, end.unwrap_or_else(|| it + SignedDuration::from_hours(SLOT_HOURS)))),
        start: moment("start", body.start.as_ref())?,
        team: team(body.team)?,
        seed: body.seed,
        settings: body.settings,
        facts: body.facts,
    };
    let found = web.app.process_simulate(&call, &id, &input).await?;
    Ok(Json(wire::Simulation::of(&found.made, found.revision, &found.zone, found.last_begin)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    from: u32,
    to: u32,
    release: String,
}

async fn compare(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(query): Asked<Between>,
) -> Answer<Json<wire::Comparison>> {
    let call = caller.session.call();
    let release = web.app.release_find(&caller.session.actor, &query.release).await?;
    let between = (query.from, query.to);
    let found = web.app.process_compare(&call, &id, between, &release).await?;
    let told = (found.number.as_str(), found.ran_on, found.closed);
    Ok(Json(wire::Comparison::of(&found.made, between, &found.zone, told)))
}
