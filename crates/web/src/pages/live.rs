//! The go-live console: what step now, how long still, and may we stop?

use super::action::messages;
use super::release::{ReleaseTab, VIEW, act_path, load, page, reasons};
use super::view::action::log;
use super::view::rollout::stage_words;
use super::visit::{Page, Refused, Signed};
use super::words;
use crate::i18n::fmt;
use crate::routes::{Endpoint, get};
use crate::ui::form::{Field, Kind as Input, act, form_with};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, card, countdown, empty};
use crate::ui::{PageCtx, State};
use axum::extract::Path;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use roadbook_app::releases::ReleaseView;
use roadbook_app::runs::RunLog;
use roadbook_core::process::template::{Step, StepKind};
use roadbook_core::run::{SheetLine, SheetState, StepState, sheet_of};

/// Lines shown of each agent.
const LINES: usize = 5;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/releases/{release}/live", "show_release_live", show).access(VIEW).page()]
}

async fn show(signed: Signed, Path(release): Path<String>) -> Page {
    let view = load(&signed, &release).await?;
    let mut ctx = signed.ctx;
    ctx.live = Some(format!("release/{}", view.release.id));
    let operate = view
        .template
        .steps()
        .map(|it| it.1)
        .filter(|it| matches!(it.kind, StepKind::Operate(_)))
        .collect::<Vec<_>>();
    // The one that is open now, else the first that is not over, else the last.
    let state = |it: &&&Step| view.release.run.step_state(&it.id).clone();
    let step = operate
        .iter()
        .find(|it| state(it).is_open())
        .or_else(|| operate.iter().find(|it| !state(it).is_terminal()))
        .or(operate.last());
    let call = signed.caller.session.call();
    let runs = signed.web.app.runs_at_work(&call, &view.release.id).await;
    let runs = runs.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let console = match step {
        None if !runs.is_empty() => html! {},
        None => {
            html! { section.card { (empty(&ctx.t("live-no-sheet"), "", html! { (Btn::link(ctx.t("release-tab-readiness"), format!("/releases/{}/readiness", view.release.id))) })) } }
        }
        Some(step) => console(&ctx, &view, step),
    };
    let rollout = view.template.steps().any(|it| matches!(it.1.kind, StepKind::Rollout(_)));
    let body = html! { (console) @if rollout { (at_sites(&ctx, &view, &runs)) } };
    Ok(page(&ctx, &view, ReleaseTab::Live, body).into_response())
}

/// What agents do at this moment, with the last thing each of them said.
fn at_sites(ctx: &PageCtx, view: &ReleaseView, runs: &[RunLog]) -> Markup {
    let link =
        Btn::link(ctx.t("release-tab-rollout"), format!("/releases/{}/rollout", view.release.id));
    let body = html! {
        @if runs.is_empty() { p.cb.m { (ctx.t("live-agents-none")) } }
        @for run in runs { div.cb {
            @let list = messages(run);
            p { a.t href={ "/actions/" (run.action.id) } { (run.site_name) } " "
                (state_text(State::Running, &stage_words(ctx, &run.action.stage))) }
            @if let Some(last) = list.len().checked_sub(LINES).or(Some(0)).and_then(|at| list.get(at..)).filter(|it| !it.is_empty()) { (log(ctx, last)) }
        } }
    };
    card("agents", &ctx.t("live-agents"), html! { (link.small()) }, body)
}

/// The lines: as they run, or as they will be.
fn sheet(view: &ReleaseView, step: &Step) -> Vec<SheetLine> {
    let begun = view.release.run.steps.get(&step.id).map(|it| it.sheet.clone()).unwrap_or_default();
    if begun.is_empty() { sheet_of(step, &view.context) } else { begun }
}

/// When each line begins and ends: as it was, or as it will be at the planned pace from now on.
fn times(view: &ReleaseView, lines: &[SheetLine], now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut at = view.release.run.slot.map_or(now, |it| it.start.max(now));
    let mut list = Vec::new();
    for line in lines {
        let length = SignedDuration::from_mins(i64::from(line.minutes));
        let (start, end) = match (line.begun_at, line.ended_at) {
            (Some(begun), Some(ended)) => (begun, ended),
            // What takes longer than planned could end at any moment.
            (Some(begun), None) => (begun, (begun + length).max(now)),
            (None, _) => (at, at + length),
        };
        if line.ended_at.is_none() {
            at = end;
        }
        list.push((start, end));
    }
    list
}

fn console(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> Markup {
    let state = view.release.run.step_state(&step.id);
    let lines = sheet(view, step);
    let lines = lines.as_slice();
    let times = times(view, lines, ctx.now);
    let current = lines
        .iter()
        .position(|it| it.state == SheetState::Running)
        .or_else(|| lines.iter().position(|it| it.state == SheetState::Open));
    let blocked = match state {
        StepState::Blocked(line) => Some(line.as_str()),
        _ => None,
    };
    let (glyph, word) = words::step_state(ctx, state);
    html! {
        section.card.next data-live-id="live-now" {
            div.k { b { (ctx.t("live-now")) } span { (words::show(ctx, &step.title)) } (state_text(glyph, &word)) }
            @if let Some(line) = blocked { (choose(ctx, view, step, line)) }
            @else if !state.is_open() { h2 { (ctx.t("live-rehearsal")) } (waits(ctx, view, step)) }
            @else if let Some(line) = current.and_then(|it| lines.get(it)) { (now(ctx, view, step, line)) }
            @else { h2 { (ctx.t("live-sheet-done")) } (finish(ctx, view, step)) }
            (clocks(ctx, view, step, lines, &times))
            @if let Some(next) = current.and_then(|it| lines.get(it + 1)) {
                @let title = words::show(ctx, &next.title);
                p.m { (ctx.ta("live-next-step", &[("step", title.as_str().into())])) }
            }
        }
        (card("sheet", &ctx.t("live-sheet"), html! {}, table(ctx, view, lines, &times)))
    }
}

fn waits(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> Markup {
    html! { ul.list { @for on in reasons(view, &step.id) {
        @let (state, text) = words::waiting_words(ctx, Some(view), on);
        li { (state_text(state, &text)) }
    } } }
}

fn back(view: &ReleaseView) -> String {
    format!("/releases/{}/live", view.release.id)
}

/// The line of this moment, huge, with its only buttons.
fn now(ctx: &PageCtx, view: &ReleaseView, step: &Step, line: &SheetLine) -> Markup {
    let back = back(view);
    let path = act_path(view);
    let expected = words::show(ctx, &line.expected);
    let values = |act: &'static str| {
        [
            ("command", "sheet"),
            ("step", step.id.as_str()),
            ("line", line.id.as_str()),
            ("act", act),
            ("back", back.as_str()),
        ]
    };
    let found = |required: bool| {
        let field = Field::text("found", ctx.t("step-found"));
        if required { field } else { field.optional() }
    };
    html! {
        h2.huge { (words::show(ctx, &line.title)) }
        p.why { (words::role_title(ctx, &view.template, &line.owner)) ", " (fmt::duration(ctx.lang, i64::from(line.minutes)))
            @if line.key_node { " · " b { (ctx.t("live-key-node")) } }
            @if line.point_of_no_return { " · " (state_text(State::AtRisk, &ctx.t("live-point-of-no-return"))) }
        }
        @if !expected.is_empty() { p { (ctx.ta("live-expected", &[("what", expected.as_str().into())])) } }
        @if line.state == SheetState::Open {
            (act(ctx, &path, Btn::button(ctx.t("live-begin")).primary(), &values("begin")))
        } @else {
            (form_with(ctx, &path, &values("done"), &[found(false)], &ctx.t("action-done")))
            details { summary { (ctx.t("live-blocked")) }
                (form_with(ctx, &path, &values("fail"), &[found(true)], &ctx.t("live-fail")))
            }
        }
    }
}

fn finish(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> Markup {
    let back = back(view);
    let values = [("command", "done"), ("step", step.id.as_str()), ("back", back.as_str())];
    let remark = Field::text("remark", ctx.t("form-remark")).optional();
    html! { (waits(ctx, view, step)) (form_with(ctx, &act_path(view), &values, &[remark], &ctx.t("action-done"))) }
}

/// A line failed: back or on, with a reason.
fn choose(ctx: &PageCtx, view: &ReleaseView, step: &Step, line: &str) -> Markup {
    let back = back(view);
    let lines = sheet(view, step);
    let title = lines.iter().find(|it| it.id == line).map(|it| words::show(ctx, &it.title));
    let form = |choice: &'static str, key: &str| {
        let values = [
            ("command", "choose"),
            ("step", step.id.as_str()),
            ("choice", choice),
            ("back", back.as_str()),
        ];
        let reason =
            Field::new(Input::Area { rows: 2, code: false }, "reason", ctx.t("form-reason"));
        form_with(ctx, &act_path(view), &values, &[reason], &ctx.t(key))
    };
    html! {
        h2 { (state_text(State::Failed, &ctx.t("live-choose"))) }
        p.why { (title.unwrap_or_else(|| line.to_owned())) }
        div.cols { (form("roll_back", "live-way-back")) (form("remedy", "live-remedy")) }
    }
}

/// Until the window ends, until there is no way back, and until going back would take longer than
/// the window lasts.
fn clocks(
    ctx: &PageCtx,
    view: &ReleaseView,
    step: &Step,
    lines: &[SheetLine],
    times: &[(Timestamp, Timestamp)],
) -> Markup {
    let Some(slot) = view.release.run.slot else { return html! {} };
    let no_return = lines
        .iter()
        .zip(times)
        .find(|it| it.0.point_of_no_return && it.0.ended_at.is_none())
        .map(|it| it.1.1);
    let passed = lines.iter().any(|it| it.point_of_no_return && it.ended_at.is_some());
    let back: i64 = match &step.kind {
        StepKind::Operate(spec) => spec.rollback.iter().map(|it| i64::from(it.minutes)).sum(),
        _ => 0,
    };
    let latest = slot.end - SignedDuration::from_mins(back);
    let open = lines.iter().any(|it| it.ended_at.is_none());
    let end = times.last().map(|it| it.1).filter(|_| open);
    html! {
        div.facts {
            @if ctx.now < slot.start { (countdown(ctx, slot.start, &ctx.t("live-opens"))) }
            @else { (countdown(ctx, slot.end, &ctx.t("live-window-ends"))) }
            @if let Some(at) = no_return { (countdown(ctx, at, &ctx.t("live-no-return"))) }
            @if back > 0 && !passed && ctx.now < latest { (countdown(ctx, latest, &ctx.t("live-turn-back"))) }
        }
        (stop(ctx, view))
        @if passed && open { p { (state_text(State::AtRisk, &ctx.t("live-passed-no-return"))) } }
        @if back > 0 && !passed {
            @let span = fmt::duration(ctx.lang, back);
            @let at = fmt::time(latest, &ctx.zone);
            @let args = [("span", span.as_str().into()), ("at", at.as_str().into())];
            @if ctx.now >= latest && open { p { (state_text(State::Failed, &ctx.ta("live-turn-back-over", &args))) } }
            @else { p.m { (ctx.ta("live-turn-back-takes", &args)) } }
        }
        @if let Some(end) = end { (reserve(ctx, end, slot.end)) }
    }
}

/// How long the service is stopped, beside what was announced.
fn stop(ctx: &PageCtx, view: &ReleaseView) -> Markup {
    let seen = roadbook_core::run::downtime(&view.template, &view.release.run);
    let span = |minutes: i64| fmt::duration(ctx.lang, minutes);
    let told = |key: &str, name: &'static str, value: String| {
        html! { (ctx.ta(key, &[(name, value.as_str().into())])) " " }
    };
    html! { @if seen.announced.is_some() || seen.stopped.is_some() { p.m {
        @if let Some(minutes) = seen.announced { (told("live-stop-announced", "span", span(minutes))) }
        @if let Some(at) = seen.stopped_since() { (told("live-stop-since", "at", fmt::time(at, &ctx.zone))) }
        @if let Some(minutes) = seen.actual() { (told("live-stop-was", "span", span(minutes))) }
        @if seen.longer() { (state_text(State::AtRisk, &ctx.t("live-stop-longer"))) }
    } } }
}

/// When it will be over at this pace, and how much of the window is left then.
fn reserve(ctx: &PageCtx, end: Timestamp, window: Timestamp) -> Markup {
    let left = window.duration_since(end).as_mins();
    let (at, span) = (ctx.date_time(end), fmt::duration(ctx.lang, left.abs()));
    let args = [("at", at.as_str().into()), ("span", span.as_str().into())];
    html! { @if left < 0 { p { (state_text(State::AtRisk, &ctx.ta("live-ends-late", &args))) } }
    @else { p.m { (ctx.ta("live-ends", &args)) } } }
}

fn table(
    ctx: &PageCtx,
    view: &ReleaseView,
    lines: &[SheetLine],
    times: &[(Timestamp, Timestamp)],
) -> Markup {
    let state = |it: &SheetLine| match it.state {
        SheetState::Open => (State::Foreseen, "live-sheet-open"),
        SheetState::Running => (State::Running, "state-running"),
        SheetState::Done => (State::Done, "state-done"),
        SheetState::Failed => (State::Failed, "state-failed"),
    };
    html! { table.cards {
        caption.vh { (ctx.t("live-sheet")) }
        thead { tr { th scope="col" { (ctx.t("work-step")) } th scope="col" { (ctx.t("work-who")) } th scope="col" { (ctx.t("live-begins")) } th scope="col" { (ctx.t("work-effort")) } th scope="col" { (ctx.t("work-state")) } } }
        tbody { @for (it, (begins, ends)) in lines.iter().zip(times) { @let (glyph, key) = state(it); tr data-row {
            th scope="row" { (words::show(ctx, &it.title)) @if it.point_of_no_return { br; span.s { (state_text(State::AtRisk, &ctx.t("live-point-of-no-return"))) } } @if !it.found.is_empty() { br; span.m.s { (it.found) } } }
            td { (it.by.as_ref().and_then(|id| view.names.get(id)).cloned().unwrap_or_else(|| words::role_title(ctx, &view.template, &it.owner))) }
            td.nw { (fmt::time(*begins, &ctx.zone)) " – " (fmt::time(*ends, &ctx.zone)) }
            td { (fmt::duration(ctx.lang, i64::from(it.minutes))) }
            td { (state_text(glyph, &ctx.t(key))) " " span.m.s { (it.ended_at.or(it.begun_at).map(|at| fmt::time(at, &ctx.zone)).unwrap_or_default()) } }
        } } }
    } }
}
