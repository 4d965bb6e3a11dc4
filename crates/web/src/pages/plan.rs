//! The plan of a release: its dates, and what moves if the go-live were at another time.

use super::release::{ReleaseTab, VIEW, act_path, load, page, step_href, step_risk};
use super::view::plan as look;
use super::visit::{Page, Refused, Signed};
use super::words;
use crate::routes::{Endpoint, get};
use crate::ui::chart::gantt::{Bar, Gantt, gantt, legend};
use crate::ui::form::{Field, Kind as Input, form_with};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, card, empty};
use crate::ui::{PageCtx, State};
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::DateTime;
use maud::{Markup, html};
use roadbook_app::releases::{PlanAnswer, ReleasePlan, ReleaseView};
use roadbook_core::plan::{PlanProblem, PlannedStep};
use roadbook_core::process::template::Step;
use roadbook_core::run::{Slot, WaitingOn};
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/releases/{release}/plan", "show_release_plan", show).access(VIEW).page()]
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    start: String,
    #[serde(default)]
    end: String,
}

/// A moment as a form writes it: wall time of the viewer, or with an offset.
fn moment(ctx: &PageCtx, text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let wall: DateTime = text.parse().ok()?;
    Some(wall.to_zoned(ctx.zone.clone()).ok()?.timestamp())
}

fn wall(ctx: &PageCtx, at: Timestamp) -> String {
    at.to_zoned(ctx.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

async fn show(signed: Signed, Path(release): Path<String>, Query(asked): Query<Asked>) -> Page {
    let view = load(&signed, &release).await?;
    let fail =
        |error: roadbook_app::Error| Refused::of_release(signed.ctx.clone(), error.into(), &view);
    let actor = &signed.caller.session.actor;
    let found = signed.web.app.release_plan(actor, &view.release.id).await.map_err(fail)?;
    let (wanted, wrong) = asked_slot(&signed.ctx, &asked);
    let answer = match wanted {
        Some(slot) => Some(
            signed.web.app.release_what_if(actor, &view.release.id, slot).await.map_err(fail)?,
        ),
        None => None,
    };
    let ctx = signed.ctx;
    let trouble = look::problems(&ctx, &view, &found.plan);
    let title = ctx.t("plan-impossible");
    let open = ctx.t("plan-open");
    let conflict = found.plan.problems.iter().any(|it| matches!(it, PlanProblem::Conflict(_)));
    let body = html! {
        (look::summary(&ctx, &view, &found))
        @if !found.plan.problems.is_empty() {
            (card("problems", if conflict { &title } else { &open }, html! {}, html! { div.cb { (trouble) } }))
        }
        (slot_card(&ctx, &view, &asked, &found, answer.as_ref(), wrong))
        (chart(&ctx, &view, &found))
        (look::table(&ctx, &view, &found))
        (look::waits(&ctx, &view, &found))
    };
    Ok(page(&ctx, &view, ReleaseTab::Plan, body).into_response())
}

/// The slot in question, or which word of it cannot be read.
fn asked_slot(
    ctx: &PageCtx,
    asked: &Asked,
) -> (Option<Slot>, Option<(&'static str, &'static str)>) {
    if asked.start.is_empty() && asked.end.is_empty() {
        return (None, None);
    }
    match (moment(ctx, &asked.start), moment(ctx, &asked.end)) {
        (None, _) => (None, Some(("start", "plan-wrong-time"))),
        (_, None) => (None, Some(("end", "plan-wrong-time"))),
        (Some(start), Some(end)) if end <= start => (None, Some(("end", "plan-wrong-order"))),
        (Some(start), Some(end)) => (Some(Slot { start, end }), None),
    }
}

/// The question "what if", its answer, and the form that saves it.
fn slot_card(
    ctx: &PageCtx,
    view: &ReleaseView,
    asked: &Asked,
    found: &ReleasePlan,
    answer: Option<&PlanAnswer>,
    wrong: Option<(&str, &str)>,
) -> Markup {
    // Without a go-live the first free time is the likeliest question.
    let planned = view.release.run.slot.or_else(|| found.free.first().copied());
    let value = |text: &str, at: Option<Timestamp>| match (moment(ctx, text), at) {
        (Some(at), _) => wall(ctx, at),
        (None, _) if !text.is_empty() => text.to_owned(),
        (None, Some(at)) => wall(ctx, at),
        (None, None) => String::new(),
    };
    let field = |name: &str, key: &str, now: String| {
        Field::new(Input::Input("datetime-local"), name, ctx.t(key))
            .value(now)
            .hint(ctx.place.clone())
            .error(wrong.filter(|it| it.0 == name).map(|it| ctx.t(it.1)))
    };
    let title = ctx.t("plan-what-if");
    card(
        "what-if",
        &title,
        html! {},
        html! { div.cb {
            form.form method="get" action="#what-if" {
                div.pair {
            (field("start", "plan-slot-start", value(&asked.start, planned.map(|it| it.start))).render(ctx))
                (field("end", "plan-slot-end", value(&asked.end, planned.map(|it| it.end))).render(ctx))
                }
            div.acts { button.btn type="submit" { (ctx.t("plan-what-if-compute")) } }
            }
            @match answer {
                Some(answer) => { (verdict(ctx, view, answer)) }
                None => { (free(ctx, view, &found.free)) }
            }
        } },
    )
}

/// Times that are free; each leads to its answer.
fn free(ctx: &PageCtx, view: &ReleaseView, list: &[Slot]) -> Markup {
    html! { @if !list.is_empty() {
        h3 { (ctx.t("plan-next-free")) }
        ol.slots { @for it in list { li {
            p { b { (ctx.date_time(it.start)) } " – " (ctx.date_time(it.end)) }
            @let href = format!("/releases/{}/plan?start={}&end={}#what-if", view.release.id, it.start, it.end);
            (Btn::link(ctx.t("action-take"), href).small().aria(format!("{}: {}", ctx.t("action-take"), ctx.date_time(it.start))))
        } } }
    } }
}

fn verdict(ctx: &PageCtx, view: &ReleaseView, answer: &PlanAnswer) -> Markup {
    let slot = answer.slot;
    let blocks: Vec<WaitingOn> =
        answer.answer.verdict.blocks.iter().map(roadbook_app::calendar::waiting_of).collect();
    let next: Vec<Slot> = answer.answer.next.iter().copied().map(Slot::from).collect();
    html! {
        @if blocks.is_empty() { p { (state_text(State::Done, &ctx.t("plan-free"))) } } @else {
            p { (state_text(State::Failed, &ctx.t("plan-blocked"))) }
            ul.list { @for on in &blocks { @let (state, text) = words::waiting_words(ctx, Some(view), on); li { (state_text(state, &text)) } } }
        }
        @if answer.after.problems != answer.before.problems { (look::problems(ctx, view, &answer.after)) }
        (look::moves(ctx, view, answer))
        @if !blocks.is_empty() { (free(ctx, view, &next)) }
        @if view.may_lead { (save(ctx, view, slot, !blocks.is_empty())) }
    }
}

/// The form that makes the answer true.
fn save(ctx: &PageCtx, view: &ReleaseView, slot: Slot, blocked: bool) -> Markup {
    let at = ctx.date_time(slot.start);
    let words = ctx.ta("plan-what-if-save", &[("at", at.as_str().into())]);
    let (start, end) = (slot.start.to_string(), slot.end.to_string());
    let back = format!("/releases/{}/plan", view.release.id);
    let values = [
        ("command", "slot"),
        ("start", start.as_str()),
        ("end", end.as_str()),
        ("back", back.as_str()),
    ];
    let reason = Field::text("reason", ctx.t("form-reason"));
    let mut fields = vec![if view.release.run.slot.is_none() { reason.optional() } else { reason }];
    if blocked {
        fields.push(Field::new(Input::Check, "pass_blocks", ctx.t("plan-pass-blocks")).optional());
    }
    form_with(ctx, &act_path(view), &values, &fields, &words)
}

fn chart(ctx: &PageCtx, view: &ReleaseView, found: &ReleasePlan) -> Markup {
    let steps: Vec<(&Step, &PlannedStep)> = view
        .template
        .steps()
        .filter_map(|(_, step)| Some((step, found.plan.steps.get(&step.id)?)))
        .collect();
    if steps.is_empty() {
        return html! { section.card { (empty(&ctx.t("plan-title"), &ctx.t("plan-empty"), html! {})) } };
    }
    let index = |id: &String| steps.iter().position(|it| it.0.id == *id);
    let bars: Vec<Bar> = steps
        .iter()
        .map(|(step, it)| Bar {
            label: words::show(ctx, &step.title),
            who: it
                .who
                .iter()
                .filter_map(|id| found.names.get(id))
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
            start: it.planned_start,
            end: it.planned_finish,
            baseline: found.baseline_steps.get(&step.id).map(|it| (it.finish, it.finish)),
            slack_until: (!it.done).then_some(it.latest_finish),
            critical: it.critical,
            state: if it.late && !it.done { State::AtRisk } else { step_risk(ctx, view, &step.id) },
            after: step.after.iter().flatten().filter_map(index).collect(),
            href: Some(step_href(view, &step.id)),
        })
        .collect();
    let planned = || steps.iter().map(|it| it.1);
    let first = planned().map(|it| it.planned_start).min().unwrap_or(ctx.now).min(ctx.now);
    let ends = planned().map(|it| it.planned_finish.max(it.latest_finish.min(found.plan.finish)));
    let last = ends.max().unwrap_or(ctx.now).max(ctx.now);
    let from = first.to_zoned(ctx.zone.clone()).date();
    let days = (last.duration_since(first).as_hours() / 24).clamp(7, 400) + 2;
    let drawn = Gantt {
        title: ctx.t("plan-title").into_owned(),
        from,
        days: u32::try_from(days).unwrap_or(14),
        zone: ctx.zone.clone(),
        now: ctx.now,
        go_live: view.release.run.slot.map(|it| it.start),
        freezes: view.freezes.iter().map(|it| (it.0.start, it.0.end)).collect(),
        bars,
    };
    card("gantt", &ctx.t("plan-title"), legend(ctx.tr()), gantt(ctx.tr(), &drawn))
}
