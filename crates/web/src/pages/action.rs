//! The run log of one order to an agent.

use super::view::action::{ActionPage, Message, action};
use super::visit::{Page, Refused, Signed};
use crate::routes::{Endpoint, get};
use crate::ui::State;
use axum::extract::Path;
use axum::response::IntoResponse;
use roadbook_app::runs::RunLog;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/actions/{action}", "show_action", show).page()]
}

/// What an agent said, as lines with the stage they belong to.
pub(super) fn messages(log: &RunLog) -> Vec<Message> {
    let mut stage = String::new();
    log.reports
        .iter()
        .map(|it| {
            let mut text: Vec<String> = serde_json::from_str(&it.details).unwrap_or_default();
            // The stage is said as a line of its own; the lines around it belong to it.
            if let Some(named) = text.iter().rev().find_map(|it| it.strip_prefix("stage: ")) {
                named.trim().clone_into(&mut stage);
            }
            text.retain(|it| !it.starts_with("stage: "));
            let state = match (it.execution.as_str(), it.finished.as_str()) {
                (_, "failure") | ("rejected", _) => State::Failed,
                ("closed", "success") => State::Done,
                ("canceled", _) => State::Held,
                _ if matches!(stage.as_str(), "failed" | "rolling_back") => State::Failed,
                _ => State::Running,
            };
            Message { at: it.at, client_at: it.client_at, stage: stage.clone(), state, text }
        })
        .collect()
}

async fn show(signed: Signed, Path(text): Path<String>) -> Page {
    let Signed { mut ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let id = text.parse().map_err(|_| fail(roadbook_app::Error::NotFound { what: "action" }))?;
    let log = web.app.run_log(&caller.session.call(), id).await.map_err(fail)?;
    ctx.live = Some(format!("release/{}", log.action.release_id));
    let page = ActionPage {
        id,
        rollback: log.action.kind == "rollback",
        state: log.action.state.clone(),
        outcome: log.action.outcome.clone(),
        stage: log.action.stage.clone(),
        wave: log.action.wave,
        window: (log.action.not_before, log.action.until),
        ordered: log.action.ordered_at,
        heard: log.action.heard_at,
        closed: log.action.closed_at,
        messages: messages(&log),
        site: (log.site_key, log.site_name),
        release: (log.release, log.version),
    };
    Ok(action(&ctx, &page).into_response())
}
