//! Notices, deliveries that were given up, one's board, talks.

use super::time;
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::notices::{NoticePlan, Rendered, TalkDone, TalkView};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::NoticeId;
use roadbook_core::text::Lang;
use roadbook_wire::api::{self, notices as wire};
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut list = looking();
    list.extend(changing());
    list
}

fn looking() -> Vec<Endpoint> {
    vec![
        get("/api/v1/releases/{release}/notices", "list_notices", list)
            .says("Who is told what and when in a release.")
            .access(VIEW)
            .gives::<Vec<wire::NoticeLine>>(),
        get("/api/v1/releases/{release}/notices/{step}/recipients", "list_recipients", recipients)
            .says("Exactly who is told by a step, as it stands now.")
            .access(VIEW)
            .gives::<Vec<wire::Recipient>>(),
        get("/api/v1/releases/{release}/notices/{step}/preview", "preview_step_notice", preview)
            .says("The notice of a step as a reader of a language would get it now.")
            .access(VIEW)
            .asks(&["lang"])
            .gives::<wire::Preview>(),
        get("/api/v1/notices/{notice}", "get_notice", one)
            .says("A notice with its texts and its delivery log.")
            .access(VIEW)
            .gives::<wire::NoticeDetail>(),
        get("/api/v1/notices/{notice}/preview", "preview_notice", text)
            .says("The text of a notice in a language.")
            .access(VIEW)
            .asks(&["lang"])
            .gives::<wire::Preview>(),
        get("/api/v1/deliveries/dead", "list_dead_letters", dead)
            .says("What could not be delivered, in releases that you lead.")
            .gives::<Vec<wire::DeadLetter>>(),
        get("/api/v1/board", "list_board", board)
            .says("What you were told, newest first.")
            .gives::<Vec<wire::BoardLine>>(),
        get("/api/v1/releases/{release}/talks", "list_talks", talks)
            .says("Talks of a release.")
            .access(VIEW)
            .gives::<Vec<wire::TalkLine>>(),
    ]
}

fn changing() -> Vec<Endpoint> {
    let done = |it: Endpoint| it.gives::<api::Receipt>();
    vec![
        done(post("/api/v1/notices/{notice}/acknowledge", "acknowledge_notice", acknowledge))
            .says("Confirm that you read a notice.")
            .takes::<api::Empty>(),
        done(post("/api/v1/deliveries/{delivery}/retry", "retry_delivery", retry))
            .says("Try a delivery again.")
            .takes::<api::Empty>(),
        done(post("/api/v1/deliveries/{delivery}/discard", "discard_delivery", discard))
            .says("Give a delivery up for good, with a reason.")
            .takes::<wire_reason::Reason>(),
        done(post("/api/v1/talks/{talk}/done", "finish_talk", talk_done))
            .says("Note what was said in a talk.")
            .access(Access::Grant(Action::Act, Kind::Release))
            .takes::<wire::TalkDone>(),
        done(post("/api/v1/outbox/release", "release_outbox", quarantine))
            .says("Let the outbox of a restored backup go on.")
            .access(Access::Grant(Action::Administer, Kind::Settings))
            .takes::<api::Empty>(),
    ]
}

use roadbook_wire::api::releases as wire_reason;

fn plan_line(plan: &NoticePlan) -> wire::NoticeLine {
    let newest = plan.rows.last().map(|(row, _)| row);
    wire::NoticeLine {
        id: newest.map(|it| it.id.to_string()).unwrap_or_default(),
        step: plan.step.clone(),
        title: (&plan.title).into(),
        audience: plan.audience.clone(),
        kind: newest.map_or_else(|| "notice".to_owned(), |it| it.kind.clone()),
        state: plan.state.clone(),
        earliest: plan.earliest.map(time),
        latest: plan.latest.map(time),
        reason: plan.reason.clone(),
        gaps: plan.gaps.clone(),
        recipients: plan.recipients,
        unacknowledged: plan.unacknowledged,
    }
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
) -> Answer<Json<Vec<wire::NoticeLine>>> {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let plans = web.app.notices_of(actor, &id).await?;
    Ok(Json(plans.iter().map(plan_line).collect()))
}

async fn recipients(
    State(web): State<Web>,
    caller: Caller,
    Path((release, step)): Path<(String, String)>,
) -> Answer<Json<Vec<wire::Recipient>>> {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let list = web.app.notice_recipients(actor, &id, &step).await?;
    let line = |it: roadbook_app::notices::Recipient| wire::Recipient {
        id: it.id,
        name: it.name,
        address: it.address,
        lang: it.lang.code().to_owned(),
        site: it.site.map(|(_, name)| name),
    };
    Ok(Json(list.into_iter().map(line).collect()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLang {
    lang: Option<String>,
}

fn lang_of(caller: &Caller, query: &InLang) -> Answer<Lang> {
    match query.lang.as_deref() {
        None => Ok(caller.session.person.lang),
        Some(text) => Lang::from_tag(text)
            .ok_or_else(|| Problem::field("lang", "unknown", "`en`, `ko`, `vi` or `zh`")),
    }
}

fn shown(lang: Lang, text: Option<Rendered>, gaps: Vec<String>) -> wire::Preview {
    let (subject, text) = text.map(|it| (it.subject, it.body)).unzip();
    wire::Preview { lang: lang.code().to_owned(), subject, text, gaps }
}

async fn preview(
    State(web): State<Web>,
    caller: Caller,
    Path((release, step)): Path<(String, String)>,
    Asked(query): Asked<InLang>,
) -> Answer<Json<wire::Preview>> {
    let actor = &caller.session.actor;
    let lang = lang_of(&caller, &query)?;
    let id = web.app.release_find(actor, &release).await?;
    let (text, gaps) = web.app.notice_preview(actor, &id, &step, lang).await?;
    Ok(Json(shown(lang, text, gaps)))
}

fn notice_id(text: &str) -> Answer<NoticeId> {
    super::id(NoticeId::parse, text, "notice")
}

async fn one(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<wire::NoticeDetail>> {
    let view = web.app.notice(&caller.session.call(), &notice_id(&id)?).await?;
    let texts = view.texts.into_iter().map(|(lang, text)| shown(lang, Some(text), Vec::new()));
    let deliveries = view.deliveries.into_iter().map(|it| wire::DeliveryLine {
        name: it.name,
        site: it.site,
        channel: it.delivery.channel,
        state: it.delivery.state,
        attempts: it.delivery.attempts,
        next_try: it.delivery.next_at.map(time),
        error: it.delivery.last_error,
    });
    Ok(Json(wire::NoticeDetail {
        id,
        number: view.number,
        step: view.notice.step_id,
        state: view.notice.state,
        texts: texts.collect(),
        deliveries: deliveries.collect(),
        acknowledged: view.acknowledged,
    }))
}

async fn text(
    State(web): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(query): Asked<InLang>,
) -> Answer<Json<wire::Preview>> {
    let lang = lang_of(&caller, &query)?;
    let view = web.app.notice(&caller.session.call(), &notice_id(&id)?).await?;
    let found = view.texts.into_iter().find(|(it, _)| *it == lang).map(|(_, text)| text);
    let gaps = if found.is_some() { Vec::new() } else { vec!["missing_translation".to_owned()] };
    Ok(Json(shown(lang, found, gaps)))
}

async fn dead(State(web): State<Web>, caller: Caller) -> Answer<Json<Vec<wire::DeadLetter>>> {
    let list = web.app.dead_letters(&caller.session.call()).await?;
    let line = |it: roadbook_app::notices::DeadLetter| wire::DeadLetter {
        id: it.id,
        number: it.number,
        step: it.step,
        recipient: it.recipient,
        address: it.address,
        reason: it.reason,
        attempts: it.attempts,
    };
    Ok(Json(list.into_iter().map(line).collect()))
}

async fn board(State(web): State<Web>, caller: Caller) -> Answer<Json<Vec<wire::BoardLine>>> {
    let list = web.app.board(&caller.session.call()).await?;
    let line = |it: roadbook_app::notices::BoardItem| wire::BoardLine {
        notice: it.notice.to_string(),
        number: it.number,
        subject: it.subject,
        body: it.body,
        at: it.at.map(time),
        asked: it.asked,
        acknowledged_at: it.acked_at.map(time),
    };
    Ok(Json(list.into_iter().map(line).collect()))
}

async fn acknowledge(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<api::Empty>,
) -> Answer {
    Ok(receipt(&web.app.notice_acknowledge(&command.call, &notice_id(&id)?).await?))
}

async fn retry(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<api::Empty>,
) -> Answer {
    Ok(receipt(&web.app.dead_letter_retry(&command.call, &id).await?))
}

async fn discard(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire_reason::Reason>,
) -> Answer {
    Ok(receipt(&web.app.dead_letter_discard(&command.call, &id, &command.body.reason).await?))
}

async fn quarantine(State(web): State<Web>, command: Command<api::Empty>) -> Answer {
    Ok(receipt(&web.app.quarantine_release(&command.call).await?))
}

fn talk(it: TalkView) -> wire::TalkLine {
    wire::TalkLine {
        id: it.task.id,
        release: it.task.release_id.to_string(),
        target: it.target,
        person: it.person,
        due_at: time(it.task.due_at),
        done_at: it.task.done_at.map(time),
        readiness: it.task.readiness,
        revision: it.task.revision,
    }
}

async fn talks(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
) -> Answer<Json<Vec<wire::TalkLine>>> {
    let id = web.app.release_find(&caller.session.actor, &release).await?;
    let list = web.app.talks(&caller.session.call(), &id).await?;
    Ok(Json(list.into_iter().map(talk).collect()))
}

async fn talk_done(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::TalkDone>,
) -> Answer {
    let Command { call, body, .. } = command;
    let done = TalkDone { channel: body.channel, notes: body.notes, readiness: body.readiness };
    Ok(receipt(&web.app.talk_done(&call, &id, done).await?))
}
