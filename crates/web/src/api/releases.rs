//! Releases: opening, listing, looking, and the work of a person.

use super::time;
use crate::http::input::{Asked, Command, stored, wire_receipt};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::pages::files::attachment;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use roadbook_app::releases::{NewReleaseItem, ReleaseListItem, ReleaseView, Reported};
use roadbook_app::{About, PageAsk, Receipt, ReleaseFilter};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::PersonId;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::Subject;
use roadbook_core::release::ChangeItem;
use roadbook_core::release::Mode;
use roadbook_core::run::{Control, WaitingOn};
use roadbook_core::schedule::Period;
use roadbook_wire::api::{self, releases as wire};
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/releases", "list_releases", list)
            .says("Releases that you may see, last changed first.")
            .access(Access::Grant(Action::View, Kind::Release))
            .asks(&["cursor", "limit", "text", "state", "product", "subject"])
            .gives::<wire::ReleasePage>(),
        post("/api/v1/releases", "create_release", create)
            .says("Open a release; its version is reserved.")
            .access(Access::Grant(Action::Create, Kind::Release))
            .takes::<wire::NewRelease>()
            .gives::<api::Receipt>()
            .creates(),
        get("/api/v1/releases/{release}", "get_release", one)
            .says("A release with steps, what they wait for and who holds it; id or number.")
            .access(Access::Grant(Action::View, Kind::Release))
            .gives::<wire::ReleaseDetail>(),
        get("/api/v1/releases/{release}/evidence", "get_release_evidence", evidence)
            .says("The archive bundle as a zip; `roadbook record verify` checks it anywhere.")
            .access(Access::Grant(Action::Export, Kind::Release))
            .streams("application/zip"),
        get("/api/v1/todo", "list_todo", todo)
            .says("Your work over all releases: what is open now, then what lies ahead.")
            .gives::<Vec<wire::TodoLine>>(),
        get("/api/v1/todo/reviews", "list_todo_reviews", reviews)
            .says("Drafts of processes that wait for your review, besides that work.")
            .gives::<Vec<wire::TodoReview>>(),
    ]
}

/// The answer to a changing call.
pub(crate) fn receipt(receipt: &Receipt) -> Response {
    let status = axum::http::StatusCode::from_u16(stored(receipt).status).unwrap_or_default();
    let mut response = (status, Json(wire_receipt(receipt))).into_response();
    let headers = response.headers_mut();
    if let Ok(value) = format!("\"{}\"", receipt.revision).parse() {
        headers.insert(header::ETAG, value);
    }
    response
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    cursor: Option<String>,
    limit: Option<usize>,
    text: Option<String>,
    state: Option<String>,
    product: Option<String>,
    subject: Option<String>,
}

/// What a list of runs is about: releases, unless it is said otherwise.
fn about(subject: Option<&str>) -> Result<About, Problem> {
    match subject {
        None | Some("" | "release") => Ok(About::Releases),
        Some("any") => Ok(About::Anything),
        Some(text) => Subject::parse(text).map(About::Only).ok_or_else(|| {
            let names: Vec<&str> = Subject::ALL.iter().map(|it| it.name()).collect();
            let message = format!("one of {}, or any", names.join(", "));
            Problem::field("subject", "unknown", &message)
        }),
    }
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<ListQuery>,
) -> Answer<Response> {
    let product_id = match query.product.filter(|it| !it.is_empty()) {
        Some(text) => Some(web.app.product_find(&caller.session.actor, &text).await?),
        None => None,
    };
    let filter = ReleaseFilter {
        about: about(query.subject.as_deref())?,
        product_id,
        states: query.state.into_iter().collect(),
        text: query.text.filter(|it| !it.is_empty()),
        ..ReleaseFilter::default()
    };
    let ask = PageAsk { cursor: query.cursor, limit: query.limit.unwrap_or(0) };
    let found = web.app.release_list(&caller.session.scope, &filter, &ask).await?;
    let page = wire::ReleasePage {
        rows: found.rows.iter().map(line).collect(),
        next: found.next,
        total: found.total,
    };
    let link =
        page.next.as_ref().map(|next| format!("</api/v1/releases?cursor={next}>; rel=\"next\""));
    let mut response = Json(page).into_response();
    if let Some(value) = link.and_then(|it| it.parse().ok()) {
        response.headers_mut().insert(header::LINK, value);
    }
    Ok(response)
}

fn line(item: &ReleaseListItem) -> wire::ReleaseLine {
    let row = &item.row;
    wire::ReleaseLine {
        id: row.id.to_string(),
        number: row.number.clone(),
        product: item.product.clone(),
        version: row.version.clone().unwrap_or_default(),
        title: row.title.clone(),
        kind: row.kind.clone(),
        mode: row.mode.clone(),
        state: row.state.clone(),
        go_live: row.go_live_at.map(time),
        lead: item.lead.clone(),
        waiting: row.waiting.clone(),
        subject: row.subject.clone(),
    }
}

async fn create(State(web): State<Web>, command: Command<wire::NewRelease>) -> Answer {
    let Command { call, caller, body } = command;
    let app = &web.app;
    let product = app.product_find(&caller.session.actor, &body.product).await?;
    let mode = match body.mode.as_deref() {
        None | Some("") => None,
        Some(text) => Some(
            Mode::parse(text)
                .ok_or_else(|| Problem::field("mode", "unknown", "`planned` or `emergency`"))?,
        ),
    };
    let lead = match &body.lead {
        Some(text) => Some(app.person_find(text).await?),
        None => None,
    };
    let mut roles = std::collections::BTreeMap::new();
    for (role, people) in body.roles {
        let mut list: Vec<PersonId> = Vec::new();
        for text in people {
            list.push(app.person_find(&text).await?);
        }
        roles.insert(role, list);
    }
    let mut sites = Vec::new();
    for text in &body.sites {
        sites.push(app.site_find(&caller.session.scope, text).await?);
    }
    let mut related = Vec::new();
    for text in &body.related {
        related.push(app.release_find(&caller.session.actor, text).await?);
    }
    let new =
        roadbook_app::releases::NewRelease {
            product: Some(product),
            process: body.process,
            version: body.version,
            title: body.title,
            kind: body.kind,
            mode,
            mode_reason: body.mode_reason,
            content: body.content,
            purposes: body.purposes,
            project: body.project,
            items: body
                .items
                .into_iter()
                .map(|it| NewReleaseItem {
                    facts: super::edit::facts(&it.facts),
                    title: it.title.into(),
                    kind: it.kind,
                    purpose: it.purpose,
                })
                .collect(),
            requirements: body.requirements.into(),
            lead,
            unit: None,
            roles,
            site_tags: body.site_tags,
            sites,
            related,
            period: match body.period.as_deref() {
                None | Some("") => None,
                Some(text) => Some(Period::parse(text).ok_or_else(|| {
                    Problem::field("period", "not_a_month", "write it as 2027-03")
                })?),
            },
            fields: BTreeMap::new(),
        };
    Ok(receipt(&app.release_create(&call, new).await?))
}

async fn one(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
) -> Answer<Response> {
    let actor = &caller.session.actor;
    let id = web.app.release_id(&release).await?;
    let view = web.app.release(actor, &id).await?;
    let etag = format!("\"{}\"", view.revision);
    let mut response = Json(detail(&view)).into_response();
    if let Ok(value) = etag.parse() {
        response.headers_mut().insert(header::ETAG, value);
    }
    Ok(response)
}

fn reported(list: &[Reported]) -> Vec<wire::ReportedFact> {
    let fact =
        |it: &Reported| wire::ReportedFact { site: it.site.clone(), value: it.value.clone() };
    list.iter().map(fact).collect()
}

/// A change with what the process asked of it.
fn change(it: &ChangeItem) -> wire::Item {
    let shown = |value: &Value| match value {
        Value::Bool(yes) => (*yes).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Null | Value::List(_) => serde_json::Value::Null,
    };
    wire::Item {
        title: (&it.title).into(),
        kind: it.kind.clone(),
        purpose: it.purpose.clone(),
        facts: it.facts.iter().map(|(name, value)| (name.clone(), shown(value))).collect(),
    }
}

/// How long the service is stopped: announced, and as the sheet of the go-live tells.
fn stop(view: &ReleaseView) -> Option<wire::DowntimeLine> {
    let seen = roadbook_core::run::downtime(&view.template, &view.release.run);
    let told = seen.announced.is_some() || seen.stopped.is_some();
    told.then(|| wire::DowntimeLine {
        announced: seen.announced,
        stopped: seen.stopped.map(time),
        returned: seen.returned.map(time),
        actual: seen.actual(),
    })
}

/// A release as the API shows it.
pub(crate) fn detail(view: &ReleaseView) -> wire::ReleaseDetail {
    let release = &view.release;
    let name = |id: &PersonId| view.names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let people = |list: &[WaitingOn]| -> Vec<String> {
        list.iter().flat_map(WaitingOn::people).map(name).collect()
    };
    wire::ReleaseDetail {
        line: wire::ReleaseLine {
            id: release.id.to_string(),
            number: release.number.clone(),
            product: view.product.1.clone(),
            version: release.version.clone(),
            title: release.title.clone(),
            kind: release.kind.clone(),
            mode: release.mode.name().to_owned(),
            state: view.state.to_owned(),
            go_live: release.run.slot.map(|it| time(it.start)),
            lead: name(&release.lead),
            waiting: view
                .waiting
                .iter()
                .find(|(id, _)| release.run.step_state(id).is_open())
                .map(|(id, _)| id.clone())
                .unwrap_or_default(),
            subject: release.subject.name().to_owned(),
        },
        began_by: view.began_by.clone(),
        reported: view.reported.iter().map(|(name, list)| (name.clone(), reported(list))).collect(),
        period: release.run.period.map(|it| it.to_string()),
        revision: view.revision,
        process: format!("{}@{}", release.run.process, release.run.revision),
        go_live_end: release.run.slot.map(|it| time(it.end)),
        downtime: stop(view),
        content: release.application.content.clone(),
        purposes: release.purposes.clone(),
        items: release.items.iter().map(change).collect(),
        sites: release.sites,
        steps: steps(view),
        holders: view
            .holders
            .iter()
            .map(|it| wire::Holder { step: it.step.clone(), people: people(&it.waiting) })
            .collect(),
        documents: documents(view),
        debts: release.run.open_debts().map(|it| it.what.clone()).collect(),
        answers: release.run.fields.iter().map(|it| (it.0.clone(), said(it.1))).collect(),
        mine: view.mine.clone(),
    }
}

/// An answer as JSON.
fn said(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(list) => list.iter().map(said).collect(),
    }
}

fn steps(view: &ReleaseView) -> Vec<wire::StepLine> {
    view.template
        .steps()
        .map(|(phase, step)| {
            let run = view.release.run.steps.get(&step.id);
            let waiting = view.waiting.iter().find(|(id, _)| *id == step.id).map(|it| &it.1);
            wire::StepLine {
                id: step.id.clone(),
                phase: phase.id.clone(),
                kind: step.kind.name().to_owned(),
                title: (&step.title).into(),
                state: view.release.run.step_state(&step.id).name().to_owned(),
                round: run.map_or(1, |it| it.round),
                due: view.context.due_at.get(&step.id).copied().map(time),
                outcome: run.and_then(|it| it.outcome.as_ref()).map(|it| it.outcome.clone()),
                waiting: waiting
                    .into_iter()
                    .flatten()
                    .filter_map(|it| serde_json::to_value(it).ok())
                    .collect(),
                digest: view.context.digests.get(&step.id).cloned(),
                members: run.map(members).unwrap_or_default(),
                on: step.on.clone(),
                extensible: step.extensible,
            }
        })
        .collect()
}

fn members(run: &roadbook_core::run::StepRun) -> Vec<wire::MemberLine> {
    run.members
        .iter()
        .map(|(id, it)| wire::MemberLine {
            id: id.clone(),
            label: it.label.clone(),
            state: it.state.name().to_owned(),
            since: time(it.since),
            outcome: it.outcome.as_ref().map(|it| it.outcome.clone()),
            remark: it.remark.clone(),
            again: it.again_at.map(time),
        })
        .collect()
}

/// The name of a control status.
pub(super) fn control_name(control: Control) -> &'static str {
    match control {
        Control::Draft => "draft",
        Control::Controlled => "controlled",
        Control::Obsolete => "obsolete",
    }
}

fn documents(view: &ReleaseView) -> std::collections::BTreeMap<String, wire::DocumentLine> {
    view.release
        .run
        .documents
        .iter()
        .map(|(kind, it)| {
            let line = wire::DocumentLine {
                revision: it.label(),
                digest: it.digest.clone(),
                control: control_name(it.control).to_owned(),
                signed_by: it
                    .signatures
                    .iter()
                    .filter(|signature| it.signed_by(&signature.role))
                    .map(|signature| signature.role.clone())
                    .collect(),
                missing_sections: it.missing_sections.clone(),
            };
            (kind.clone(), line)
        })
        .collect()
}

async fn evidence(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
) -> Answer<Response> {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let (name, bytes) = web.app.release_bundle(actor, &id).await?;
    Ok((attachment("application/zip", &name), bytes).into_response())
}

async fn todo(State(web): State<Web>, caller: Caller) -> Answer<Json<Vec<wire::TodoLine>>> {
    let list = web.app.todo(&caller.session.actor).await?;
    Ok(Json(
        list.into_iter()
            .map(|it| wire::TodoLine {
                release: it.release.to_string(),
                number: it.number,
                version: it.version,
                step: it.step,
                title: (&it.step_title).into(),
                kind: it.kind,
                role: it.role,
                ready: it.ready,
                due: it.due_at.map(time),
                effort_minutes: it.effort_minutes,
            })
            .collect(),
    ))
}

async fn reviews(State(web): State<Web>, caller: Caller) -> Answer<Json<Vec<wire::TodoReview>>> {
    let list = web.app.process_reviews(&caller.session.call()).await?;
    Ok(Json(
        list.into_iter()
            .map(|it| wire::TodoReview {
                process: it.id,
                revision: it.revision,
                title: it.title.as_ref().map(Into::into),
                note: it.note,
                at: time(it.at),
            })
            .collect(),
    ))
}
