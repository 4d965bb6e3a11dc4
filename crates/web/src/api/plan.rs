//! The plan of a release, and what another slot would change. Saving is setting the slot.

use super::{read_time, time};
use crate::http::input::Asked;
use crate::http::problem::Answer;
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind};
use roadbook_core::plan::Plan;
use roadbook_core::run::{Slot, StepTime};
use roadbook_wire::api::calendar::Range;
use roadbook_wire::api::plan as wire;
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/releases/{release}/plan", "get_plan", now)
            .says(
                "Dates, slack, critical path and conflicts of a release, against what was agreed.",
            )
            .access(VIEW)
            .gives::<wire::PlanNow>(),
        get("/api/v1/releases/{release}/plan/what-if", "ask_what_if", what_if)
            .says(
                "What would change if the go-live were in another slot, and who would hear of it.",
            )
            .access(VIEW)
            .asks(&["start", "end"])
            .gives::<wire::WhatIf>(),
    ]
}

fn range(start: Timestamp, end: Timestamp) -> Range {
    Range { start: time(start), end: time(end) }
}

fn plan(it: &Plan) -> wire::Plan {
    let steps = it.steps.iter().map(|(id, step)| {
        let line = wire::PlannedStep {
            start: time(step.planned_start),
            finish: time(step.planned_finish),
            latest_start: time(step.latest_start),
            latest_finish: time(step.latest_finish),
            slack_minutes: step.slack,
            critical: step.critical,
            late: step.late,
            done: step.done,
            who: step.who.iter().map(ToString::to_string).collect(),
        };
        (id.clone(), line)
    });
    wire::Plan {
        go_live: it.go_live.map(|it| range(it.start, it.end)),
        finish: time(it.finish),
        steps: steps.collect(),
        critical_path: it.critical_path.clone(),
        problems: it.problems.iter().map(super::json).collect(),
    }
}

fn time_of(it: &StepTime) -> wire::StepTime {
    wire::StepTime {
        work: it.work,
        person: it.person,
        window: it.window,
        site: it.site,
        now: it.now.map(|it| it.name().to_owned()),
    }
}

async fn now(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
) -> Answer<Json<wire::PlanNow>> {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let view = web.app.release_plan(actor, &id).await?;
    let agreed = view.baseline_steps.iter().map(|(id, it)| {
        (id.clone(), wire::Agreed { finish: time(it.finish), late_minutes: it.by })
    });
    Ok(Json(wire::PlanNow {
        plan: plan(&view.plan),
        baseline: view.baseline.map(|it| range(it.start, it.end)),
        baseline_steps: agreed.collect(),
        free: view.free.iter().map(|it| range(it.start, it.end)).collect(),
        waits: view.waits.iter().map(|(id, it)| (id.clone(), time_of(it))).collect(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    start: String,
    end: String,
}

async fn what_if(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
    Asked(query): Asked<Then>,
) -> Answer<Json<wire::WhatIf>> {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let slot =
        Slot { start: read_time("start", &query.start)?, end: read_time("end", &query.end)? };
    let found = web.app.release_what_if(actor, &id, slot).await?;
    let told = found.told.iter().map(|it| wire::Told {
        step: it.step.clone(),
        title: (&it.title).into(),
        correction: it.correction,
        recipients: it.recipients,
        names: it.names.clone(),
        latest: it.latest.map(time),
        latest_after: it.latest_after.map(time),
    });
    Ok(Json(wire::WhatIf {
        free: found.answer.verdict.ok,
        blocks: found.answer.verdict.blocks.iter().map(super::json).collect(),
        next: found.answer.next.iter().map(|it| range(it.start, it.end)).collect(),
        plan: plan(&found.after),
        moves: found.moves.iter().map(|(id, it)| (id.clone(), super::json(it))).collect(),
        told: told.collect(),
    }))
}
