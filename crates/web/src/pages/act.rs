//! The forms of a release's pages: each field set becomes one command for the single door.

use super::fields::answer as fact;
use super::visit::{Fields, Page, Refused, Sent, go, local};
use crate::api::commands::new_item;
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, post};
use crate::server::Web;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use jiff::civil::DateTime;
use roadbook_core::access::{Action, Kind};
use roadbook_core::run::{
    Answer, Assurance, Choice, CloseCode, Command, MemberAct, OpinionStance, SheetAct, Slot,
    Verdict,
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let door = Access::Grant(Action::Act, Kind::Release);
    vec![post("/releases/{release}/act", "send_release_act", send).access(door).page()]
}

async fn send(State(web): State<Web>, Path(release): Path<String>, sent: Sent) -> Page {
    let Sent { ctx, mut caller, call, fields } = sent;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.release_find(&caller.session.actor, &release).await.map_err(fail)?;
    // A signature asks for the password in the same form.
    if let Some(password) = fields.get("password").filter(|it| !it.is_empty()) {
        caller.session = web.app.step_up(&caller.session, password).await.map_err(fail)?;
    }
    let assurance = web.app.assurance(&caller.session);
    let wrong = |problem| Refused::new(ctx.clone(), problem);
    let mut command = command(&fields, &ctx.zone, assurance).map_err(wrong)?;
    if let Command::Delegate { to, .. } = &mut command {
        *to = web.app.person_find(&fields.text("to")).await.map_err(fail)?;
    }
    if let Err(error) = web.app.release_do(&call, &id, command).await {
        let view = web.app.release(&caller.session.actor, &id).await.map_err(fail)?;
        return Err(Refused::of_release(ctx, error.into(), &view));
    }
    let back = fields.text("back");
    let to = if back.is_empty() { format!("/releases/{id}") } else { back };
    let to = local(&to);
    let mut response = go(to);
    // Shown on the next page and on no other; holds a word of ours, nothing of the release.
    let path = to.split(['?', '#', ';']).next().unwrap_or("/");
    let flash = format!("done=saved; Path={path}; Max-Age=5; SameSite=Lax; HttpOnly");
    if let Ok(flash) = HeaderValue::try_from(flash) {
        response.headers_mut().append(SET_COOKIE, flash);
    }
    Ok(response)
}

fn moment(
    fields: &Fields,
    name: &str,
    zone: &jiff::tz::TimeZone,
) -> Result<jiff::Timestamp, Problem> {
    let text = fields.text(name);
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(at);
    }
    let wall: DateTime = text
        .parse()
        .map_err(|_| Problem::field(name, "time", format!("`{text}` is no date and time")))?;
    let zoned = wall
        .to_zoned(zone.clone())
        .map_err(|error| Problem::field(name, "time", error.to_string()))?;
    Ok(zoned.timestamp())
}

fn pick<T>(name: &str, found: Option<T>) -> Result<T, Problem> {
    found.ok_or_else(|| Problem::field(name, "unknown", "choose one of the values"))
}

/// The command of a form: its field `command` names it.
fn command(
    fields: &Fields,
    zone: &jiff::tz::TimeZone,
    assurance: Assurance,
) -> Result<Command, Problem> {
    let step = fields.text("step");
    let reason = fields.text("reason");
    let remark = fields.text("remark");
    Ok(match fields.text("command").as_str() {
        "start" => Command::Start,
        "slot" => Command::SetSlot {
            slot: Slot { start: moment(fields, "start", zone)?, end: moment(fields, "end", zone)? },
            reason,
            pass_blocks: fields.ticked("pass_blocks"),
        },
        "field" => Command::SetField { field: fields.text("field"), value: fact(fields)? },
        "begin" => Command::Begin { step },
        "answer" => {
            Command::Answer { step, check: fields.text("check"), answer: answer(fields)?, remark }
        }
        "done" => Command::Done { step, remark },
        "vote" => Command::Vote {
            step,
            verdict: pick(
                "verdict",
                match fields.text("verdict").as_str() {
                    "approve" => Some(Verdict::Approve),
                    "reject" => Some(Verdict::Reject),
                    _ => None,
                },
            )?,
            comment: fields.text("comment"),
            digest: fields.text("digest"),
            assurance,
        },
        "opine" => Command::Opine {
            step,
            stance: pick(
                "stance",
                match fields.text("stance").as_str() {
                    "for" => Some(OpinionStance::For),
                    "against" => Some(OpinionStance::Against),
                    "conditional" => Some(OpinionStance::Conditional),
                    _ => None,
                },
            )?,
            text: fields.text("text"),
        },
        "decide" => {
            let slot = if fields.text("start").is_empty() {
                None
            } else {
                Some(Slot {
                    start: moment(fields, "start", zone)?,
                    end: moment(fields, "end", zone)?,
                })
            };
            Command::Decide { step, outcome: fields.text("outcome"), reason, slot }
        }
        // The person is found by the caller, who knows people.
        "delegate" => Command::Delegate {
            step,
            to: roadbook_core::ids::PersonId::new(roadbook_core::ids::IdSeed {
                millis: 0,
                random: 0,
            }),
        },
        "override" => Command::Override { step, reason },
        "sheet" => Command::Sheet {
            step,
            line: fields.text("line"),
            act: pick(
                "act",
                match fields.text("act").as_str() {
                    "begin" => Some(SheetAct::Begin),
                    "done" => Some(SheetAct::Done),
                    "fail" => Some(SheetAct::Fail),
                    _ => None,
                },
            )?,
            found: fields.text("found"),
        },
        "choose" => Command::Choose {
            step,
            choice: pick(
                "choice",
                match fields.text("choice").as_str() {
                    "roll_back" => Some(Choice::RollBack),
                    "remedy" => Some(Choice::Remedy),
                    _ => None,
                },
            )?,
            reason,
        },
        "control" => Command::DocumentControlled { document: fields.text("document") },
        "sign" => Command::Sign {
            document: fields.text("document"),
            role: fields.text("role"),
            meaning: fields.text("meaning"),
            digest: fields.text("digest"),
            assurance,
        },
        "hold" => Command::Hold { reason },
        "resume" => Command::Resume { reason },
        "cancel" => Command::Cancel { reason },
        "close" => {
            Command::Close { code: pick("code", CloseCode::parse(&fields.text("code")))?, remark }
        }
        other => return of_parts(fields, zone, other),
    })
}

/// Commands about parts of a step, and about what happened outside.
fn of_parts(fields: &Fields, zone: &jiff::tz::TimeZone, name: &str) -> Result<Command, Problem> {
    let step = fields.text("step");
    let reason = fields.text("reason");
    Ok(match name {
        "member" => {
            let member = fields.text("member");
            Command::Member { step, member, act: member_act(fields, zone)? }
        }
        "extend" => {
            let ask = fields.text("ask");
            let id = item_id(&ask);
            let required = fields.get("required").map(str::to_owned);
            let check = new_item(&id, &ask, required, "eq".to_owned());
            Command::Extend { step, check: Box::new(check) }
        }
        "fail" => Command::Fail { step, reason },
        "happened" => Command::Happened { event: fields.text("event"), what: fields.text("what") },
        other => return Err(Problem::field("command", "unknown", format!("no command `{other}`"))),
    })
}

fn member_act(fields: &Fields, zone: &jiff::tz::TimeZone) -> Result<MemberAct, Problem> {
    let reason = fields.text("reason");
    Ok(match fields.text("act").as_str() {
        "done" => MemberAct::Done { remark: reason },
        "leave_out" => MemberAct::LeaveOut { reason },
        "reopen" => MemberAct::Reopen { reason },
        "answer" => MemberAct::Answer {
            check: fields.text("check"),
            answer: answer(fields)?,
            remark: fields.text("remark"),
        },
        "decide" => MemberAct::Decide {
            outcome: fields.text("outcome"),
            reason,
            again: if fields.text("again").is_empty() {
                None
            } else {
                Some(moment(fields, "again", zone)?)
            },
        },
        other => return Err(Problem::field("act", "unknown", format!("no act `{other}`"))),
    })
}

/// The short name of an item that somebody adds by its question.
fn item_id(ask: &str) -> String {
    let words: String =
        ask.chars().map(|it| if it.is_alphanumeric() { it } else { '_' }).take(60).collect();
    words.to_lowercase().trim_matches('_').to_owned()
}

fn answer(fields: &Fields) -> Result<Answer, Problem> {
    if fields.ticked("not_applicable") {
        return Ok(Answer::NotApplicable);
    }
    if let Some(yes) = fields.get("yes") {
        return Ok(Answer::YesNo(yes == "yes"));
    }
    if let Some(found) = fields.get("found") {
        return Ok(Answer::Found(found.trim().to_owned()));
    }
    if let Some(count) = fields.get("count") {
        return Ok(Answer::Count(pick("count", count.trim().parse().ok())?));
    }
    if let Some(date) = fields.get("date") {
        return Ok(Answer::Meeting { date: date.to_owned(), minutes: fields.text("minutes") });
    }
    Err(Problem::field("yes", "required", "answer the question"))
}
