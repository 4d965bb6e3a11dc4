//! Processes: list, show, check, publish, compare.

use super::{tagged, time};
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::pages::view::process as pages;
use crate::routes::{Access, Endpoint, get, post, put};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use roadbook_app::process_control::ProcessCover;
use roadbook_app::process_settings::SettingView;
use roadbook_app::processes::{ProcessSummary, ProcessView};
use roadbook_core::access::{Action, Kind};
use roadbook_core::process::settings::write as settings_text;
use roadbook_core::process::template::{FieldType, Related};
use roadbook_wire::api::{self, processes as wire};
use roadbook_wire::process::check_among;
use serde::Deserialize;
use serde_json::Value;

const VIEW: Access = Access::Grant(Action::View, Kind::Process);
const CREATE: Access = Access::Grant(Action::Create, Kind::Process);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/processes", "list_processes", list)
            .says("Processes in force.")
            .access(VIEW)
            .gives::<Vec<wire::ProcessLine>>(),
        get("/api/v1/processes/{process}", "get_process", one)
            .says("A process with its file and all revisions.")
            .access(VIEW)
            .asks(&["revision"])
            .gives::<wire::Process>(),
        get("/api/v1/process-schema", "get_process_schema", schema)
            .says("The JSON Schema of process files, for editors.")
            .access(Access::Public)
            .gives::<Value>(),
        get("/api/v1/processes/{process}/file", "export_process", export)
            .says("The file of a process.")
            .access(VIEW)
            .asks(&["revision"])
            .streams("application/toml"),
        get("/api/v1/processes/{process}/diff", "diff_process", diff)
            .says("Lines that two revisions do not share.")
            .access(VIEW)
            .asks(&["from", "to"])
            .gives::<wire::Diff>(),
        get("/api/v1/processes/{process}/settings", "list_process_settings", settings)
            .says("Settings of a process in force, and what was set.")
            .access(VIEW)
            .gives::<Vec<wire::ProcessSetting>>(),
        // Who sets for a product edits that product; the use case asks.
        put("/api/v1/processes/{process}/settings/{setting}", "set_process_setting", set)
            .says("Set a setting for the organization or one product; new runs take it.")
            .access(VIEW)
            .takes::<wire::SetProcessSetting>()
            .gives::<api::Receipt>(),
        post("/api/v1/processes/check", "check_process", check)
            .says("Check a file: errors and warnings at once; nothing is kept.")
            .access(VIEW)
            .takes::<wire::CheckProcess>()
            .gives::<wire::Checked>(),
        post("/api/v1/processes", "publish_process", publish)
            .says("Check a file and publish it as the next revision.")
            .access(CREATE)
            .takes::<wire::PublishProcess>()
            .gives::<api::Receipt>()
            .creates(),
        post("/api/v1/processes/apply", "apply_processes", apply)
            .says("Publish those of these files that differ from what holds: all of them or none.")
            .access(CREATE)
            .takes::<wire::ApplyProcesses>()
            .gives::<api::Receipt>()
            .creates(),
    ]
}

fn line(it: &ProcessSummary) -> wire::ProcessLine {
    wire::ProcessLine {
        id: it.id.clone(),
        revision: it.revision,
        state: it.state.clone(),
        title: (&it.template.title).into(),
        steps: it.template.steps().count(),
        author: it.author.clone(),
        note: it.note.clone(),
        at: time(it.at),
    }
}

async fn list(State(web): State<Web>, caller: Caller) -> Answer<Json<Vec<wire::ProcessLine>>> {
    let list = web.app.process_list(&caller.session.call()).await?;
    Ok(Json(list.iter().map(line).collect()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AtRevision {
    revision: Option<u32>,
}

async fn one(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(query): Asked<AtRevision>,
) -> Answer {
    let call = caller.session.call();
    let view = web.app.process_view(&call, &id, query.revision).await?;
    let cover = web.app.process_cover(&call, &id).await?;
    let revision = i64::from(view.summary.revision);
    let process = wire::Process {
        shown: line(&view.summary),
        control: control(&view, &cover),
        text: view.text,
        history: view.history.iter().map(line).collect(),
        used_by: cover
            .used_by
            .iter()
            .map(|it| wire::UsedBy { revision: it.0, runs: it.1 })
            .collect(),
        related: view.summary.template.related.iter().map(related).collect(),
    };
    Ok(tagged(process, revision))
}

fn control(view: &ProcessView, cover: &ProcessCover) -> wire::ProcessControl {
    let change = |it: &ProcessSummary| {
        let known = cover.control(it.revision);
        let (reviewed_by, reviewed_at) = known.reviewed.unzip();
        wire::ProcessChange {
            revision: it.revision,
            state: it.state.clone(),
            note: it.note.clone(),
            written_by: it.author.clone(),
            written_at: time(it.at),
            reviewed_by,
            reviewed_at: reviewed_at.map(time),
            in_force_at: known.in_force.map(time),
        }
    };
    let control = &view.summary.template.control;
    wire::ProcessControl {
        number: control.number.clone(),
        owner: control.owner.clone(),
        confidentiality: pages::confidentiality(control).to_owned(),
        scope: control.scope.name().to_owned(),
        effective: control.effective.clone(),
        shown: change(&view.summary),
        changes: view.history.iter().map(change).collect(),
    }
}

fn related(it: &Related) -> wire::RelatedProcedure {
    wire::RelatedProcedure {
        title: (&it.title).into(),
        number: it.number.clone(),
        process: it.process.clone(),
        url: pages::address(it),
    }
}

async fn settings(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Vec<wire::ProcessSetting>>> {
    let list = web.app.process_settings(&caller.session.call(), &id).await?;
    let text = |it: &roadbook_core::process::expr::Value| settings_text(it).unwrap_or_default();
    let line = |it: &SettingView| wire::ProcessSetting {
        id: it.declared.id.clone(),
        ask: (&it.declared.ask).into(),
        default: text(&it.declared.default),
        values: match &it.declared.kind {
            FieldType::Bool => vec!["true".to_owned(), "false".to_owned()],
            FieldType::Enum(values) => values.clone(),
            _ => Vec::new(),
        },
        set_by: it.declared.set_by.clone(),
        organization: it.organization.as_ref().map(text),
        products: it
            .products
            .iter()
            .map(|(id, name, value)| wire::ProductSetting {
                product: id.to_string(),
                name: name.clone(),
                value: text(value),
            })
            .collect(),
    };
    Ok(Json(list.iter().map(line).collect()))
}

async fn set(
    State(web): State<Web>,
    Path((id, setting)): Path<(String, String)>,
    command: Command<wire::SetProcessSetting>,
) -> Answer {
    let Command { call, caller, body } = command;
    let product = match body.product.as_deref().filter(|it| !it.is_empty()) {
        Some(text) => Some(web.app.product_find(&caller.session.actor, text).await?),
        None => None,
    };
    let (product, value) = (product.as_ref(), body.value.as_deref());
    Ok(receipt(&web.app.process_setting_set(&call, &id, &setting, product, value).await?))
}

async fn schema() -> Json<Value> {
    Json(roadbook_wire::process::schema())
}

async fn export(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(query): Asked<AtRevision>,
) -> Answer<Response> {
    let view = web.app.process_view(&caller.session.call(), &id, query.revision).await?;
    let name = format!("{id}-{}.toml", view.summary.revision);
    Ok(([(header::CONTENT_TYPE, "application/toml")], super::attached(&name), view.text)
        .into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    from: u32,
    to: u32,
}

async fn diff(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(query): Asked<Between>,
) -> Answer<Json<wire::Diff>> {
    let call = caller.session.call();
    let old = web.app.process_view(&call, &id, Some(query.from)).await?.text;
    let new = web.app.process_view(&call, &id, Some(query.to)).await?.text;
    let only = |here: &str, there: &str| -> Vec<String> {
        let known: std::collections::BTreeSet<&str> = there.lines().collect();
        here.lines().filter(|it| !known.contains(it)).map(str::to_owned).collect()
    };
    Ok(Json(wire::Diff { removed: only(&old, &new), added: only(&new, &old) }))
}

async fn check(
    State(web): State<Web>,
    command: Command<wire::CheckProcess>,
) -> Answer<Json<wire::Checked>> {
    let mut known = web.app.process_check_among(&command.call).await?;
    known.extend(command.body.beside);
    let checked = check_among("process.toml", &command.body.text, &known);
    Ok(Json(wire::Checked {
        ok: checked.passes(),
        states: checked.states,
        file_order: checked.file_order,
        findings: checked.findings.iter().map(Into::into).collect(),
    }))
}

async fn publish(State(web): State<Web>, command: Command<wire::PublishProcess>) -> Answer {
    let Command { call, body, .. } = command;
    if body.text.trim().is_empty() {
        return Err(Problem::field("text", "required", "send the text of the file"));
    }
    Ok(receipt(&web.app.process_publish(&call, &body.text, &body.note).await?))
}

async fn apply(State(web): State<Web>, command: Command<wire::ApplyProcesses>) -> Answer {
    let Command { call, body, .. } = command;
    Ok(receipt(&web.app.process_apply(&call, &body.texts, &body.note).await?))
}
