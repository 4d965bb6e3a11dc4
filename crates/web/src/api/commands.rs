//! Commands of a release's run: each builds one value for the single door of the use cases.

use super::read_time;
use super::releases::receipt;
use crate::http::input::Command as Input;
use crate::http::problem::{Answer, Problem};
use crate::routes::{Access, Endpoint, post, put};
use crate::server::Web;
use axum::extract::{Path, State};
use roadbook_core::access::{Action, Kind};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Check, CheckKind};
use roadbook_core::run::{
    Answer as CheckAnswer, Choice, CloseCode, Command, MemberAct, OpinionStance, SheetAct, Slot,
    Verdict,
};
use roadbook_core::text::{Lang, Text};
use roadbook_wire::api::{self, releases as wire};

const LEAD: Access = Access::Grant(Action::Lead, Kind::Release);
const ACT: Access = Access::Grant(Action::Act, Kind::Release);

fn order(path: &'static str, id: &'static str) -> impl Fn(Endpoint) -> Endpoint {
    move |it| Endpoint { path, id, ..it }.gives::<api::Receipt>()
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut list = orders();
    list.extend(work());
    list.extend(papers());
    list
}

fn orders() -> Vec<Endpoint> {
    let at = |path, id, it: Endpoint| order(path, id)(it).access(LEAD);
    vec![
        at("/api/v1/releases/{release}/start", "start_release", post("", "", start))
            .says("Start the run: everybody in it learns what comes when.")
            .takes::<api::Empty>(),
        at("/api/v1/releases/{release}/slot", "set_release_slot", put("", "", slot))
            .says("Plan or move the go-live; every rule against it is named.")
            .takes::<wire::SetSlot>(),
        at("/api/v1/releases/{release}/hold", "hold_release", post("", "", hold))
            .says("Hold: running work goes on, nothing new begins.")
            .takes::<wire::Reason>(),
        at("/api/v1/releases/{release}/resume", "resume_release", post("", "", resume))
            .says("Go on after a hold.")
            .takes::<wire::Reason>(),
        at("/api/v1/releases/{release}/cancel", "cancel_release", post("", "", cancel))
            .says("Cancel before the go-live; who was told is told again.")
            .takes::<wire::Reason>(),
        at("/api/v1/releases/{release}/close", "close_release", post("", "", close))
            .says("Close with a code; open steps and debts are named.")
            .takes::<wire::Close>(),
    ]
}

fn work() -> Vec<Endpoint> {
    let at = |path, id, it: Endpoint| order(path, id)(it).access(ACT);
    vec![
        at("/api/v1/releases/{release}/fields", "set_release_field", put("", "", field))
            .says("Answer a field of the process.")
            .takes::<wire::SetField>(),
        at("/api/v1/releases/{release}/steps/{step}/begin", "begin_step", post("", "", begin))
            .says("Begin work on a step.")
            .takes::<api::Empty>(),
        at("/api/v1/releases/{release}/steps/{step}/done", "finish_step", post("", "", done))
            .says("Confirm that a step is done; what is missing is named.")
            .takes::<wire::Remark>(),
        at(
            "/api/v1/releases/{release}/steps/{step}/checks/{check}",
            "answer_check",
            put("", "", check),
        )
        .says("Answer a check item.")
        .takes::<wire::CheckAnswer>(),
        at("/api/v1/releases/{release}/steps/{step}/vote", "vote_step", post("", "", vote))
            .says("Approve or reject what was shown; needs a fresh proof (step-up).")
            .takes::<wire::Vote>(),
        at(
            "/api/v1/releases/{release}/steps/{step}/opinion",
            "give_opinion",
            post("", "", opinion),
        )
        .says("Give an opinion before a decision.")
        .takes::<wire::Opinion>(),
        at("/api/v1/releases/{release}/steps/{step}/decide", "decide_step", post("", "", decide))
            .says("Decide: go, postpone, no go, as the process names it.")
            .takes::<wire::Decide>(),
        at(
            "/api/v1/releases/{release}/steps/{step}/delegate",
            "delegate_step",
            post("", "", delegate),
        )
        .says("Hand a step to somebody.")
        .takes::<wire::Delegate>(),
        at("/api/v1/releases/{release}/steps/{step}/override", "override_step", post("", "", pass))
            .says("Pass a step although something is missing, with a reason, on the record.")
            .takes::<wire::Reason>(),
        at("/api/v1/releases/{release}/steps/{step}/sheet", "act_on_sheet", post("", "", sheet))
            .says("Begin, finish or fail a line of the run sheet.")
            .takes::<wire::SheetLine>(),
        at("/api/v1/releases/{release}/steps/{step}/choose", "choose_way", post("", "", choose))
            .says("After a failure: roll back or remedy.")
            .takes::<wire::Choose>(),
        at(
            "/api/v1/releases/{release}/steps/{step}/members",
            "act_on_member",
            post("", "", member),
        )
        .says("Act on one instance of a step: a member of its list, or one time it happened.")
        .takes::<wire::ActOnMember>(),
        at("/api/v1/releases/{release}/steps/{step}/items", "add_item", post("", "", extend))
            .says("Lengthen the list of check items, where the process allows it.")
            .takes::<wire::NewItem>(),
        at("/api/v1/releases/{release}/steps/{step}/fail", "fail_step", post("", "", fail))
            .says("Say that a step did not succeed; the process knows the way after that.")
            .takes::<wire::Reason>(),
        at("/api/v1/releases/{release}/events", "raise_event", post("", "", happened))
            .says("Report that something happened: steps that begin by it begin.")
            .takes::<wire::Event>(),
    ]
}

fn papers() -> Vec<Endpoint> {
    let at = |path, id, it: Endpoint| order(path, id)(it).access(ACT);
    vec![
        at("/api/v1/releases/{release}/documents/{document}", "write_document", put("", "", write))
            .says("Write a new revision of a document as Markdown.")
            .takes::<wire::WriteDocument>(),
        at(
            "/api/v1/releases/{release}/documents/{document}/sign",
            "sign_document",
            post("", "", sign),
        )
        .says("Sign the revision that was shown; needs a fresh proof (step-up).")
        .takes::<wire::SignDocument>(),
        at(
            "/api/v1/releases/{release}/documents/{document}/control",
            "control_document",
            post("", "", control),
        )
        .says("Make the current revision the controlled one.")
        .takes::<api::Empty>(),
    ]
}

/// Finds the release and does the command.
async fn act<T>(web: &Web, release: &str, input: &Input<T>, command: Command) -> Answer {
    let id = web.app.release_id(release).await?;
    Ok(receipt(&web.app.release_do(&input.call, &id, command).await?))
}

type At = Path<String>;
type Step = Path<(String, String)>;

async fn start(State(web): State<Web>, Path(id): At, input: Input<api::Empty>) -> Answer {
    act(&web, &id, &input, Command::Start).await
}

async fn slot(State(web): State<Web>, Path(id): At, input: Input<wire::SetSlot>) -> Answer {
    let body = &input.body;
    let slot = Slot { start: read_time("start", &body.start)?, end: read_time("end", &body.end)? };
    let command =
        Command::SetSlot { slot, reason: body.reason.clone(), pass_blocks: body.pass_blocks };
    act(&web, &id, &input, command).await
}

async fn hold(State(web): State<Web>, Path(id): At, input: Input<wire::Reason>) -> Answer {
    let reason = input.body.reason.clone();
    act(&web, &id, &input, Command::Hold { reason }).await
}

async fn resume(State(web): State<Web>, Path(id): At, input: Input<wire::Reason>) -> Answer {
    let reason = input.body.reason.clone();
    act(&web, &id, &input, Command::Resume { reason }).await
}

async fn cancel(State(web): State<Web>, Path(id): At, input: Input<wire::Reason>) -> Answer {
    let reason = input.body.reason.clone();
    act(&web, &id, &input, Command::Cancel { reason }).await
}

async fn close(State(web): State<Web>, Path(id): At, input: Input<wire::Close>) -> Answer {
    let code = CloseCode::parse(&input.body.code).ok_or_else(|| {
        let names: Vec<&str> = CloseCode::ALL.iter().map(|it| it.name()).collect();
        Problem::field("code", "unknown", format!("one of {}", names.join(", ")))
    })?;
    let remark = input.body.remark.clone();
    act(&web, &id, &input, Command::Close { code, remark }).await
}

/// A JSON value as a value of conditions.
pub(super) fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Bool(yes) => Value::Bool(*yes),
        serde_json::Value::Number(n) => n.as_i64().map_or(Value::Null, Value::Int),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(list) => Value::List(list.iter().map(value).collect()),
        _ => Value::Null,
    }
}

async fn field(State(web): State<Web>, Path(id): At, input: Input<wire::SetField>) -> Answer {
    let field = input.body.field.clone();
    let value = value(&input.body.value);
    act(&web, &id, &input, Command::SetField { field, value }).await
}

async fn begin(State(web): State<Web>, Path((id, step)): Step, input: Input<api::Empty>) -> Answer {
    act(&web, &id, &input, Command::Begin { step }).await
}

async fn done(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::Remark>,
) -> Answer {
    let remark = input.body.remark.clone();
    act(&web, &id, &input, Command::Done { step, remark }).await
}

fn answered(body: &wire::CheckAnswer) -> Result<CheckAnswer, Problem> {
    Ok(match body {
        it if it.not_applicable => CheckAnswer::NotApplicable,
        wire::CheckAnswer { yes: Some(yes), .. } => CheckAnswer::YesNo(*yes),
        wire::CheckAnswer { found: Some(found), .. } => CheckAnswer::Found(found.clone()),
        wire::CheckAnswer { count: Some(count), .. } => CheckAnswer::Count(*count),
        wire::CheckAnswer { date: Some(date), minutes, .. } => CheckAnswer::Meeting {
            date: date.clone(),
            minutes: minutes.clone().unwrap_or_default(),
        },
        _ => return Err(Problem::field("yes", "required", "give one kind of answer")),
    })
}

async fn member(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::ActOnMember>,
) -> Answer {
    let body = &input.body;
    let reason = body.reason.clone();
    let needed = |name: &'static str| Problem::field(name, "required", "needed for this act");
    let act_on = match body.act.as_str() {
        "done" => MemberAct::Done { remark: reason },
        "leave_out" => MemberAct::LeaveOut { reason },
        "reopen" => MemberAct::Reopen { reason },
        "decide" => MemberAct::Decide {
            outcome: body.outcome.clone().ok_or_else(|| needed("outcome"))?,
            reason,
            again: body.again.as_deref().map(|it| read_time("again", it)).transpose()?,
        },
        "answer" => MemberAct::Answer {
            check: body.check.clone().ok_or_else(|| needed("check"))?,
            answer: answered(body.answer.as_ref().ok_or_else(|| needed("answer"))?)?,
            remark: reason,
        },
        _ => {
            let known = "one of done, answer, decide, leave_out, reopen";
            return Err(Problem::field("act", "unknown", known));
        }
    };
    let member = body.member.clone();
    act(&web, &id, &input, Command::Member { step, member, act: act_on }).await
}

async fn extend(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::NewItem>,
) -> Answer {
    let body = &input.body;
    let compare = body.compare.clone().unwrap_or_else(|| "eq".to_owned());
    if !["eq", "ge", "le"].contains(&compare.as_str()) {
        return Err(Problem::field("compare", "unknown", "`eq`, `ge` or `le`"));
    }
    let check = new_item(&body.id, &body.ask, body.required.clone(), compare);
    act(&web, &id, &input, Command::Extend { step, check: Box::new(check) }).await
}

/// A check item in the words of who adds it.
pub(crate) fn new_item(id: &str, ask: &str, required: Option<String>, compare: String) -> Check {
    Check {
        id: id.trim().to_owned(),
        ask: Text::of(Lang::En, ask.trim()),
        kind: match required.filter(|it| !it.trim().is_empty()) {
            Some(required) => CheckKind::Value { required, compare },
            None => CheckKind::YesNo,
        },
        role: None,
        when: None,
        due: None,
        pass: Some(true),
        reported: None,
    }
}

async fn fail(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::Reason>,
) -> Answer {
    let reason = input.body.reason.clone();
    act(&web, &id, &input, Command::Fail { step, reason }).await
}

async fn happened(State(web): State<Web>, Path(id): At, input: Input<wire::Event>) -> Answer {
    let (event, what) = (input.body.event.clone(), input.body.what.clone());
    act(&web, &id, &input, Command::Happened { event, what }).await
}

async fn check(
    State(web): State<Web>,
    Path((id, step, check)): Path<(String, String, String)>,
    input: Input<wire::CheckAnswer>,
) -> Answer {
    let body = &input.body;
    let answer = answered(body)?;
    let remark = body.remark.clone();
    act(&web, &id, &input, Command::Answer { step, check, answer, remark }).await
}

async fn vote(State(web): State<Web>, Path((id, step)): Step, input: Input<wire::Vote>) -> Answer {
    let verdict = match input.body.verdict.as_str() {
        "approve" => Verdict::Approve,
        "reject" => Verdict::Reject,
        _ => return Err(Problem::field("verdict", "unknown", "`approve` or `reject`")),
    };
    let command = Command::Vote {
        step,
        verdict,
        comment: input.body.comment.clone(),
        digest: input.body.digest.clone(),
        assurance: web.app.assurance(&input.caller.session),
    };
    act(&web, &id, &input, command).await
}

async fn opinion(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::Opinion>,
) -> Answer {
    let stance = match input.body.stance.as_str() {
        "for" => OpinionStance::For,
        "against" => OpinionStance::Against,
        "conditional" => OpinionStance::Conditional,
        _ => return Err(Problem::field("stance", "unknown", "`for`, `against` or `conditional`")),
    };
    let text = input.body.text.clone();
    act(&web, &id, &input, Command::Opine { step, stance, text }).await
}

async fn decide(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::Decide>,
) -> Answer {
    let body = &input.body;
    let slot = match (&body.start, &body.end) {
        (Some(start), Some(end)) => {
            Some(Slot { start: read_time("start", start)?, end: read_time("end", end)? })
        }
        _ => None,
    };
    let command =
        Command::Decide { step, outcome: body.outcome.clone(), reason: body.reason.clone(), slot };
    act(&web, &id, &input, command).await
}

async fn delegate(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::Delegate>,
) -> Answer {
    let to = web.app.person_find(&input.body.to).await?;
    act(&web, &id, &input, Command::Delegate { step, to }).await
}

async fn pass(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::Reason>,
) -> Answer {
    let reason = input.body.reason.clone();
    act(&web, &id, &input, Command::Override { step, reason }).await
}

async fn sheet(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::SheetLine>,
) -> Answer {
    let act_on = match input.body.act.as_str() {
        "begin" => SheetAct::Begin,
        "done" => SheetAct::Done,
        "fail" => SheetAct::Fail,
        _ => return Err(Problem::field("act", "unknown", "`begin`, `done` or `fail`")),
    };
    let command = Command::Sheet {
        step,
        line: input.body.line.clone(),
        act: act_on,
        found: input.body.found.clone(),
    };
    act(&web, &id, &input, command).await
}

async fn choose(
    State(web): State<Web>,
    Path((id, step)): Step,
    input: Input<wire::Choose>,
) -> Answer {
    let choice = match input.body.choice.as_str() {
        "roll_back" => Choice::RollBack,
        "remedy" => Choice::Remedy,
        _ => return Err(Problem::field("choice", "unknown", "`roll_back` or `remedy`")),
    };
    let reason = input.body.reason.clone();
    act(&web, &id, &input, Command::Choose { step, choice, reason }).await
}

async fn write(
    State(web): State<Web>,
    Path((id, document)): Step,
    input: Input<wire::WriteDocument>,
) -> Answer {
    let release = web.app.release_find(&input.caller.session.actor, &id).await?;
    let body = &input.body;
    let made =
        web.app.document_write(&input.call, &release, &document, &body.text, &body.note).await?;
    Ok(receipt(&made))
}

async fn sign(
    State(web): State<Web>,
    Path((id, document)): Step,
    input: Input<wire::SignDocument>,
) -> Answer {
    let body = &input.body;
    let command = Command::Sign {
        document,
        role: body.role.clone(),
        meaning: body.meaning.clone(),
        digest: body.digest.clone(),
        assurance: web.app.assurance(&input.caller.session),
    };
    act(&web, &id, &input, command).await
}

async fn control(
    State(web): State<Web>,
    Path((id, document)): Step,
    input: Input<api::Empty>,
) -> Answer {
    act(&web, &id, &input, Command::DocumentControlled { document }).await
}
