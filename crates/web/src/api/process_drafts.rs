//! Drafts of processes: write, review, put into force, drop.

use super::time;
use crate::api::releases::receipt;
use crate::http::input::Command;
use crate::http::problem::Answer;
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post, put};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::Error;
use roadbook_app::process_drafts::DraftView;
use roadbook_core::access::{Action, Kind};
use roadbook_wire::api::{self, processes as wire};

const CREATE: Access = Access::Grant(Action::Create, Kind::Process);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/process-drafts", "list_process_drafts", list)
            .says("Drafts of processes, being written or in review.")
            .access(CREATE)
            .gives::<Vec<wire::ProcessDraft>>(),
        get("/api/v1/processes/{process}/draft", "get_process_draft", one)
            .says("The draft of a process, with its text.")
            .access(CREATE)
            .gives::<wire::ProcessDraft>(),
        put("/api/v1/processes/{process}/draft", "save_process_draft", save)
            .says("Keep a text as the draft of a process, right or wrong.")
            .access(CREATE)
            .takes::<wire::SaveDraft>()
            .gives::<api::Receipt>(),
        post("/api/v1/processes/{process}/draft/submit", "submit_process_draft", submit)
            .says("Send the draft to review; it has no errors.")
            .access(CREATE)
            .takes::<api::Empty>()
            .gives::<api::Receipt>(),
        post("/api/v1/processes/{process}/draft/return", "return_process_draft", give_back)
            .says("Give the draft back to its author, with what has to change.")
            .access(CREATE)
            .takes::<wire::AboutDraft>()
            .gives::<api::Receipt>(),
        post("/api/v1/processes/{process}/draft/approve", "approve_process_draft", approve)
            .says("Put the draft in review into force; the former revision is superseded.")
            .access(CREATE)
            .takes::<wire::AboutDraft>()
            .gives::<api::Receipt>(),
        post("/api/v1/processes/{process}/draft/drop", "drop_process_draft", drop_it)
            .says("Drop the draft.")
            .access(CREATE)
            .takes::<api::Empty>()
            .gives::<api::Receipt>(),
    ]
}

fn told(it: DraftView) -> wire::ProcessDraft {
    wire::ProcessDraft {
        id: it.id,
        revision: it.revision,
        state: it.state,
        author: it.author,
        note: it.note,
        at: time(it.at),
        text: it.text,
    }
}

async fn list(State(web): State<Web>, caller: Caller) -> Answer<Json<Vec<wire::ProcessDraft>>> {
    let list = web.app.process_drafts(&caller.session.call()).await?;
    Ok(Json(list.into_iter().map(told).collect()))
}

async fn one(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<wire::ProcessDraft>> {
    let found = web.app.process_draft(&caller.session.call(), &id).await?;
    Ok(Json(told(found.ok_or(Error::NotFound { what: "draft" })?)))
}

async fn save(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::SaveDraft>,
) -> Answer {
    let Command { call, body, .. } = command;
    Ok(receipt(&web.app.process_draft_save(&call, &id, &body.text, &body.note).await?))
}

async fn submit(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<api::Empty>,
) -> Answer {
    Ok(receipt(&web.app.process_draft_submit(&command.call, &id).await?))
}

async fn give_back(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::AboutDraft>,
) -> Answer {
    let Command { call, body, .. } = command;
    Ok(receipt(&web.app.process_draft_return(&call, &id, &body.remark).await?))
}

async fn approve(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::AboutDraft>,
) -> Answer {
    let Command { call, body, .. } = command;
    Ok(receipt(&web.app.process_draft_approve(&call, &id, &body.remark).await?))
}

async fn drop_it(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<api::Empty>,
) -> Answer {
    Ok(receipt(&web.app.process_draft_drop(&command.call, &id).await?))
}
