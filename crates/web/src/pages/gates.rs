//! Readiness of a release and the page of each step: what is asked of whom, why not yet, and the
//! forms to answer, approve and decide.

use super::fields::{Known, answered, questions};
use super::members;
use super::release::{ReleaseTab, VIEW, act_path, load, page, reasons, step_href};
use super::view::step::{Flow, StepView, step as step_page};
use super::visit::{Page, Refused, Signed};
use super::words;
use crate::i18n::fmt;
use crate::routes::{Endpoint, get};
use crate::ui::form::{Choice, Field, Kind as Input, act, form_with};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, card};
use crate::ui::{PageCtx, State};
use axum::extract::Path;
use axum::response::IntoResponse;
use maud::{Markup, PreEscaped, html};
use roadbook_app::documents::render_markdown;
use roadbook_app::releases::{ReleaseView, Reported};
use roadbook_core::process::template::{Check, CheckKind, Step, StepKind};
use roadbook_core::run::{
    Answer, StepState, Verdict, checks_of, comparable, has_members, required_value, role_name,
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/releases/{release}/readiness", "show_release_readiness", readiness)
            .access(VIEW)
            .page(),
        get("/releases/{release}/steps/{step}", "show_release_step", one).access(VIEW).page(),
    ]
}

async fn readiness(signed: Signed, Path(release): Path<String>) -> Page {
    let view = load(&signed, &release).await?;
    let known = Known::load(&signed.web, &signed.caller.session, &view).await;
    let known = known.map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?;
    let mut ctx = signed.ctx;
    ctx.live = Some(format!("release/{}", view.release.id));
    let body = html! { @for phase in &view.template.phases {
        @let steps: Vec<&Step> = phase.steps.iter().collect();
        @let done = steps.iter().filter(|it| view.release.run.step_state(&it.id).is_terminal()).count();
        (card(&phase.id, &words::show(&ctx, &phase.title), html! { (done) " / " (steps.len()) }, html! {
            @for step in steps { (line(&ctx, &view, step, &known)) }
        }))
    } };
    Ok(page(&ctx, &view, ReleaseTab::Readiness, body).into_response())
}

/// One step in the list: its state, why not yet, and its act when it is open.
fn line(ctx: &PageCtx, view: &ReleaseView, step: &Step, known: &Known) -> Markup {
    let state = view.release.run.step_state(&step.id);
    let (glyph, word) = words::step_state(ctx, state);
    let due = view.context.due_at.get(&step.id).map(|it| ctx.moment(*it)).unwrap_or_default();
    let title = words::show(ctx, &step.title);
    html! { div.cb data-live-id={ "step-" (step.id) } {
        p { a.t href=(step_href(view, &step.id)) { (title) } " " (state_text(glyph, &word)) " " span.m.s { (due) } }
        @if state.is_open() {
            details open[view.mine.contains(&step.id)] {
                summary { (ctx.t("refusal-lift")) }
                (why(ctx, view, step))
                (act_of(ctx, view, step, known, &format!("/releases/{}/readiness", view.release.id)))
            }
        }
    } }
}

/// Everything a step still waits for, each with who lifts it.
fn why(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> Markup {
    let list = reasons(view, &step.id);
    html! { @if !list.is_empty() { ul.list { @for on in list {
        @let (state, text) = words::waiting_words(ctx, Some(view), on);
        li { (state_text(state, &text)) }
    } } } }
}

pub(super) fn area(name: &str, label: impl Into<String>) -> Field {
    Field::new(Input::Area { rows: 2, code: false }, name, label)
}

fn choices(ctx: &PageCtx, list: &[(&str, &str)]) -> Vec<Choice> {
    list.iter().map(|it| Choice::new(it.0, ctx.t(it.1))).collect()
}

/// The forms of an open step.
fn act_of(ctx: &PageCtx, view: &ReleaseView, step: &Step, known: &Known, back: &str) -> Markup {
    let path = act_path(view);
    let state = view.release.run.step_state(&step.id);
    if !state.is_open() {
        return members::more(ctx, view, step, back);
    }
    let base = [("step", step.id.as_str()), ("back", back)];
    let values = |command: &'static str| [("command", command), base[0], base[1]];
    html! {
        (questions(ctx, view, step, known, back))
        @if has_members(step) { (members::list(ctx, view, step, back)) } @else { (checks(ctx, view, step, back)) }
        (members::more(ctx, view, step, back))
        @match &step.kind {
            StepKind::Approval(_) => { (approval(ctx, view, step, back)) }
            StepKind::Opinion => {
                @let list = choices(ctx, &[("for", "opinion-for"), ("conditional", "opinion-conditional"), ("against", "opinion-against")]);
                (form_with(ctx, &path, &values("opine"), &[
                    Field::new(Input::Radio(list), "stance", ctx.t("opinion-stance")),
                    area("text", ctx.t("vote-comment")),
                ], &ctx.t("action-save")))
            }
            StepKind::Decision(spec) if step.each.is_none() => {
                @let list = spec.outcomes.iter().map(|it| Choice::new(&it.id, words::show(ctx, &it.title))).collect();
                p { b { (words::show(ctx, &spec.ask)) } }
                (form_with(ctx, &path, &values("decide"), &[
                    Field::new(Input::Radio(list), "outcome", ctx.t("decide-outcome")),
                    area("reason", ctx.t("form-reason")).optional(),
                ], &ctx.t("action-save")))
            }
            StepKind::Operate(_) => { p { (Btn::link(ctx.t("release-tab-live"), format!("/releases/{}/live", view.release.id)).primary()) } }
            StepKind::Notice(_) => { p { (Btn::link(ctx.t("release-tab-notices"), "/notices")) } }
            StepKind::Task | StepKind::Checklist | StepKind::Document | StepKind::Test | StepKind::Training | StepKind::Review
            | StepKind::Decision(_) | StepKind::Contact { .. } | StepKind::Trial | StepKind::Build | StepKind::Rollout(_)
            | StepKind::Verify | StepKind::Watch { .. } | StepKind::Configure | StepKind::Archive | StepKind::Report
            | StepKind::Feedback | StepKind::Receipt { .. } | StepKind::Call { .. } => {
                @if !has_members(step) || step.repeat.is_some() {
                    @if matches!(state, StepState::Ready | StepState::Returned) {
                        (act(ctx, &path, Btn::button(ctx.t("step-begin")).small(), &values("begin")))
                    }
                    (form_with(ctx, &path, &values("done"), &[area("remark", ctx.t("form-remark")).optional()], &ctx.t("action-done")))
                }
            }
        }
        @if view.mine.contains(&step.id) {
            details { summary { (ctx.t("action-delegate")) }
                (form_with(ctx, &path, &values("delegate"), &[Field::text("to", ctx.t("delegate-title"))], &ctx.t("action-delegate")))
            }
        }
        @if let Some(by) = &step.override_by {
            details { summary { (ctx.t("step-override")) " (" (words::role_title(ctx, &view.template, &by.by)) ")" }
                (form_with(ctx, &path, &values("override"), &[area("reason", ctx.t("form-reason"))], &ctx.t("step-override")))
            }
        }
    }
}

fn checks(ctx: &PageCtx, view: &ReleaseView, step: &Step, back: &str) -> Markup {
    let list: Vec<&Check> = checks_of(&view.release.run, step).collect();
    html! { @if !list.is_empty() {
        h3 { (ctx.t("step-checks")) }
        @for check in list { (check_form(ctx, view, step, check, back)) }
    } }
}

fn check_form(ctx: &PageCtx, view: &ReleaseView, step: &Step, check: &Check, back: &str) -> Markup {
    let given = view.release.run.steps.get(&step.id).and_then(|it| it.answers.get(&check.id));
    let ask = words::show(ctx, &check.ask);
    if let Some(given) = given {
        let who = view.names.get(&given.by).cloned().unwrap_or_default();
        let at = ctx.moment(given.at);
        return html! { p { (state_text(State::Done, &ask)) " " b { (answer_words(ctx, &given.answer)) } " " span.m.s { (who) ", " (at) " " (given.remark) } } };
    }
    let Some(fields) = check_fields(ctx, view, check) else {
        return html! { p { (state_text(State::Waiting, &ask)) } };
    };
    let values = [
        ("command", "answer"),
        ("step", step.id.as_str()),
        ("check", check.id.as_str()),
        ("back", back),
    ];
    form_with(ctx, &act_path(view), &values, &fields, &ctx.t("action-answer"))
}

/// What is to be done, and what it takes.
fn guide(ctx: &PageCtx, step: &Step) -> Markup {
    let tools = words::show(ctx, &step.tools);
    html! {
        (PreEscaped(render_markdown(&words::show(ctx, &step.description))))
        @if !tools.is_empty() { p.m { (ctx.t("step-tools")) ": " (tools) } }
    }
}

/// The inputs of a check item; none for what the product sees by itself.
pub(super) fn check_fields(ctx: &PageCtx, view: &ReleaseView, check: &Check) -> Option<Vec<Field>> {
    let ask = words::show(ctx, &check.ask);
    let yes_no = || choices(ctx, &[("yes", "answer-yes"), ("no", "answer-no")]);
    let reported = check.reported.as_ref().and_then(|it| view.reported.get(it));
    let told = reported.map_or_else(String::new, |it| told_by_agents(ctx, it));
    let mut fields = match &check.kind {
        CheckKind::YesNo => vec![Field::new(Input::Radio(yes_no()), "yes", ask).hint(told)],
        CheckKind::Value { required, .. } => {
            let required = required_value(&view.release.run, required);
            // Where all say the same it is proposed; people look and may write something else.
            let value = reported.and_then(|it| {
                let first = &it.first()?.value;
                let fits = required.as_ref().is_none_or(|it| comparable(it, first));
                (fits && it.iter().all(|other| other.value == *first)).then(|| first.clone())
            });
            let required = required.map(|it| format!("{}: {it}", ctx.t("form-required")));
            let hints: Vec<String> =
                required.into_iter().chain(Some(told).filter(|it| !it.is_empty())).collect();
            let field = Field::text("found", ask).hint(hints.join(" · "));
            vec![field.value(value.unwrap_or_default())]
        }
        CheckKind::Meeting => vec![
            Field::new(
                Input::Input("date"),
                "date",
                format!("{ask} · {}", ctx.t("step-meeting-date")),
            ),
            area("minutes", ctx.t("step-minutes")),
        ],
        CheckKind::Count { .. } => vec![Field::new(Input::Input("number"), "count", ask)],
        CheckKind::Evidence { .. } | CheckKind::RelatedReleases | CheckKind::Fact { .. } => {
            return None;
        }
    };
    fields.push(Field::text("remark", ctx.t("form-remark")).optional());
    Some(fields)
}

/// What agents report, each with its site.
fn told_by_agents(ctx: &PageCtx, list: &[Reported]) -> String {
    let list: Vec<String> = list.iter().map(|it| format!("{} {}", it.site, it.value)).collect();
    let list = list.join("; ");
    ctx.ta("step-reported", &[("list", list.as_str().into())]).into_owned()
}

pub(super) fn answer_words(ctx: &PageCtx, answer: &Answer) -> String {
    match answer {
        Answer::YesNo(true) => ctx.t("answer-yes").into_owned(),
        Answer::YesNo(false) => ctx.t("answer-no").into_owned(),
        Answer::Found(text) => text.clone(),
        Answer::Count(count) => count.to_string(),
        Answer::Meeting { date, minutes } => format!("{date} {minutes}"),
        Answer::NotApplicable => ctx.t("step-not-applicable").into_owned(),
    }
}

/// Approvers with their votes, and the form to vote over exactly the bytes that stand now.
fn approval(ctx: &PageCtx, view: &ReleaseView, step: &Step, back: &str) -> Markup {
    let Some(stand) = view.approvals.get(&step.id) else { return html! {} };
    let digest = view.context.digests.get(&step.id).map(String::as_str).unwrap_or_default();
    let (got, need) = (stand.have.to_string(), stand.needed.to_string());
    let quorum =
        ctx.ta("sign-quorum", &[("got", got.as_str().into()), ("need", need.as_str().into())]);
    let list = choices(ctx, &[("approve", "action-approve"), ("reject", "action-reject")]);
    let values =
        [("command", "vote"), ("step", step.id.as_str()), ("digest", digest), ("back", back)];
    html! {
        p { b { (quorum) } }
        ul.list { @for it in stand.approvers.iter().filter(|it| it.asked) { li {
            b { (words::role_title(ctx, &view.template, &it.role)) } " " (words::people(ctx, view, &it.people)) " "
            @match &it.vote {
                Some(vote) => {
                    @let name = view.names.get(&vote.person).cloned().unwrap_or_default();
                    @let state = if vote.verdict == Verdict::Approve { State::Done } else { State::Failed };
                    @let at = ctx.moment(vote.at);
                    @let text = ctx.ta("sign-signed-by", &[("name", name.as_str().into()), ("at", at.as_str().into())]);
                    (state_text(state, &text)) " " span.m.s { (vote.comment) }
                }
                None => { (state_text(State::Waiting, &ctx.t("state-waiting"))) }
            }
        } } }
        @if !step.not_by.is_empty() || matches!(&step.kind, StepKind::Approval(_)) { p.m.s { (ctx.t("refusal-own-work")) } }
        p.m.s { (ctx.t("sign-exact")) " " (ctx.t("sign-digest")) " " code { (digest.get(..16).unwrap_or(digest)) } }
        (form_with(ctx, &act_path(view), &values, &[
            Field::new(Input::Radio(list), "verdict", ctx.t("vote-verdict")),
            area("comment", ctx.t("vote-comment")).hint(ctx.t("sign-reason-needed")).optional(),
            Field::new(Input::Input("password"), "password", ctx.t("form-password-again")).hint(ctx.t("form-password-again-hint")).autocomplete("current-password"),
        ], &ctx.t("action-sign")))
    }
}

async fn one(signed: Signed, Path((release, id)): Path<(String, String)>) -> Page {
    let view = load(&signed, &release).await?;
    let known = Known::load(&signed.web, &signed.caller.session, &view).await;
    let known = known.map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?;
    let mut ctx = signed.ctx;
    let Some(step) = view.template.step(&id) else {
        let error = roadbook_app::Error::NotFound { what: "step" };
        return Err(Refused::new(ctx, error.into()));
    };
    ctx.live = Some(format!("release/{}", view.release.id));
    let back = step_href(&view, &id);
    let shown = StepView {
        crumbs: vec![
            (ctx.t("nav-releases").into_owned(), Some("/releases".to_owned())),
            (
                format!("{} {}", view.release.version, view.release.title),
                Some(format!("/releases/{}", view.release.id)),
            ),
        ],
        name: words::show(&ctx, &step.title),
        who: who(&ctx, &view, step),
        state: words::step_state(&ctx, view.release.run.step_state(&id)),
        facts: facts(&ctx, &view, step, &known),
        guide: guide(&ctx, step),
        inputs: inputs(&ctx, &view, step),
        outputs: outputs(&ctx, &view, step),
        act: html! { (why(&ctx, &view, step)) (act_of(&ctx, &view, step, &known, &back)) },
        history: history(&ctx, &view, step),
    };
    Ok(step_page(&ctx, &shown).into_response())
}

fn who(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> String {
    let roles = step.roles.iter().map(|role| {
        let title = words::role_title(ctx, &view.template, &role_name(role));
        format!("{title}: {}", words::people(ctx, view, &view.context.holders_of(role)))
    });
    roles.collect::<Vec<_>>().join(" · ")
}

fn facts(ctx: &PageCtx, view: &ReleaseView, step: &Step, known: &Known) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut fact = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            list.push((ctx.t(key).into_owned(), value));
        }
    };
    fact("step-number", step.number.clone());
    let phase = view.template.phases.iter().find(|it| it.steps.iter().any(|it| it.id == step.id));
    fact("step-activity", phase.map(|it| words::show(ctx, &it.title)));
    fact("work-start", view.context.opens_at.get(&step.id).map(|it| ctx.date_time(*it)));
    fact("work-due", view.context.due_at.get(&step.id).map(|it| ctx.date_time(*it)));
    let deliverables =
        step.produces.iter().map(|it| words::document_title(ctx, &view.template, &it.document));
    fact("step-deliverables", Some(deliverables.collect::<Vec<_>>().join(", ")));
    let before = step.after.iter().flatten().map(|it| words::step_title(ctx, &view.template, it));
    fact("step-before", Some(before.collect::<Vec<_>>().join(", ")));
    fact("step-overlap", step.overlap.then(|| ctx.t("step-overlaps").into_owned()));
    let after = view
        .template
        .steps()
        .map(|it| it.1)
        .filter(|it| it.after.iter().flatten().any(|id| *id == step.id));
    fact(
        "step-after",
        Some(after.map(|it| words::show(ctx, &it.title)).collect::<Vec<_>>().join(", ")),
    );
    list.extend(answered(ctx, view, step, known));
    list
}

fn document_flow(ctx: &PageCtx, view: &ReleaseView, document: &str, who: String) -> Flow {
    let run = view.release.run.documents.get(document);
    let state = match run {
        Some(it) if it.missing_sections.is_empty() => (State::Done, it.label()),
        Some(it) => (State::AtRisk, it.label()),
        None => (State::Waiting, ctx.t("documents-missing").into_owned()),
    };
    Flow {
        what: words::document_title(ctx, &view.template, document),
        href: Some(format!("/releases/{}/documents/{document}", view.release.id)),
        who,
        state,
    }
}

fn inputs(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> Vec<Flow> {
    let role = |document: &str| {
        let role = view.template.document(document).and_then(|it| it.role.clone());
        role.map(|it| words::role_title(ctx, &view.template, &it)).unwrap_or_default()
    };
    let documents = step.needs.iter().map(|it| document_flow(ctx, view, it, role(it)));
    let before =
        step.after.iter().flatten().filter_map(|id| view.template.step(id)).map(|it| Flow {
            what: words::show(ctx, &it.title),
            href: Some(step_href(view, &it.id)),
            who: who(ctx, view, it),
            state: words::step_state(ctx, view.release.run.step_state(&it.id)),
        });
    documents.chain(before).collect()
}

fn outputs(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> Vec<Flow> {
    let receivers = |document: &str| {
        let steps = view
            .template
            .steps()
            .map(|it| it.1)
            .filter(|it| it.needs.iter().any(|d| d == document));
        steps.map(|it| words::show(ctx, &it.title)).collect::<Vec<_>>().join(", ")
    };
    step.produces
        .iter()
        .map(|it| document_flow(ctx, view, &it.document, receivers(&it.document)))
        .collect()
}

fn history(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> Vec<(String, String)> {
    let Some(run) = view.release.run.steps.get(&step.id) else { return Vec::new() };
    let name = |id| view.names.get(id).cloned().unwrap_or_default();
    let mut list = Vec::new();
    list.extend(run.ready_at.map(|at| (at, ctx.t("step-state-ready").into_owned())));
    list.extend(run.confirmed.iter().map(|it| {
        (it.at, format!("{}: {} {}", name(&it.person), ctx.t("step-state-done"), it.remark))
    }));
    list.extend(run.votes.iter().map(|it| {
        let key = if it.verdict == Verdict::Approve { "action-approve" } else { "action-reject" };
        (it.at, format!("{}: {} {}", name(&it.person), ctx.t(key), it.comment))
    }));
    list.extend(
        run.opinions.iter().map(|it| (it.at, format!("{}: {}", name(&it.person), it.text))),
    );
    list.extend(
        run.outcome
            .iter()
            .map(|it| (it.at, format!("{}: {} {}", name(&it.by), it.outcome, it.reason))),
    );
    list.extend(
        run.overridden.iter().map(|it| {
            (it.at, format!("{}: {} {}", name(&it.by), ctx.t("step-override"), it.reason))
        }),
    );
    list.extend(run.done_at.map(|at| (at, ctx.t("step-state-done").into_owned())));
    list.sort_by_key(|it| it.0);
    list.into_iter().map(|(at, what)| (fmt::date_time(ctx.lang, at, &ctx.zone), what)).collect()
}
