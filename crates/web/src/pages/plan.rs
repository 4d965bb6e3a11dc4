//! The plan of a release: its dates, and what moves if the go-live were at another time.

use super::release::{ReleaseTab, VIEW, act_path, load, page, span_of, step_href, step_risk};
use super::visit::{Page, Refused, Signed};
use super::words;
use crate::routes::{Endpoint, get};
use crate::ui::chart::gantt::{Bar, Gantt, gantt};
use crate::ui::form::{Field, Kind as Input, form_with};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, Col, Row, Table, card, empty};
use crate::ui::{PageCtx, State};
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::DateTime;
use maud::{Markup, html};
use roadbook_app::calendar::SlotAnswer;
use roadbook_app::releases::ReleaseView;
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
    let wanted = match (moment(&signed.ctx, &asked.start), moment(&signed.ctx, &asked.end)) {
        (Some(start), Some(end)) if start < end => Some(Slot { start, end }),
        _ => None,
    };
    let answer = match wanted {
        Some(slot) => {
            let policies: Vec<String> =
                view.template.windows.iter().map(|it| it.policy.clone()).collect();
            let product = Some(&view.release.product);
            let call = signed.caller.session.call();
            let found = signed.web.app.slot_why(&call, product, &policies, slot).await;
            Some(found.map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?)
        }
        None => None,
    };
    let ctx = signed.ctx;
    let body = html! {
        (slot_card(&ctx, &view, &asked, wanted, answer.as_ref()))
        (chart(&ctx, &view))
        (table(&ctx, &view))
    };
    Ok(page(&ctx, &view, ReleaseTab::Plan, body).into_response())
}

/// The question "what if", its answer, and the form that saves it.
fn slot_card(
    ctx: &PageCtx,
    view: &ReleaseView,
    asked: &Asked,
    wanted: Option<Slot>,
    answer: Option<&SlotAnswer>,
) -> Markup {
    let planned = view.release.run.slot;
    let value = |text: &str, at: Option<Timestamp>| match (text.is_empty(), at) {
        (false, _) => text.to_owned(),
        (true, Some(at)) => wall(ctx, at),
        (true, None) => String::new(),
    };
    let field = |name: &str, key: &str, now: String| {
        Field::new(Input::Input("datetime-local"), name, ctx.t(key))
            .value(now)
            .hint(ctx.place.clone())
    };
    let title = ctx.t("plan-what-if");
    card(
        "what-if",
        &title,
        html! {},
        html! { div.cb {
            form.form method="get" {
                (field("start", "plan-slot-start", value(&asked.start, planned.map(|it| it.start))).render(ctx))
                (field("end", "plan-slot-end", value(&asked.end, planned.map(|it| it.end))).render(ctx))
                div.acts { button.btn type="submit" { (ctx.t("plan-what-if-compute")) } }
            }
            @if let (Some(slot), Some(answer)) = (wanted, answer) { (verdict(ctx, view, slot, answer)) }
        } },
    )
}

fn verdict(ctx: &PageCtx, view: &ReleaseView, slot: Slot, answer: &SlotAnswer) -> Markup {
    let blocks: Vec<WaitingOn> =
        answer.verdict.blocks.iter().map(roadbook_app::calendar::waiting_of).collect();
    let at = ctx.date_time(slot.start);
    let save = ctx.ta("plan-what-if-save", &[("at", at.as_str().into())]);
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
    if !blocks.is_empty() {
        fields.push(Field::new(Input::Check, "pass_blocks", ctx.t("plan-pass-blocks")).optional());
    }
    let delta = view.release.run.slot.map(|it| slot.start.duration_since(it.start));
    html! {
        @if blocks.is_empty() { p { (state_text(State::Done, &ctx.t("plan-free"))) } } @else {
            p { (state_text(State::Failed, &ctx.t("plan-blocked"))) }
            ul.list { @for on in &blocks { @let (state, text) = words::waiting_words(ctx, Some(view), on); li { (state_text(state, &text)) } } }
        }
        @if !answer.next.is_empty() {
            h3 { (ctx.t("plan-next-free")) }
            ol.slots { @for it in &answer.next { li {
                p { b { (ctx.date_time(it.start)) } " – " (ctx.date_time(it.end)) }
                (Btn::link(ctx.t("action-take"), format!("{back}?start={}&end={}", it.start, it.end)).small())
            } } }
        }
        @if let Some(delta) = delta { (moved(ctx, view, delta)) }
        @if view.may_lead { (form_with(ctx, &act_path(view), &values, &fields, &save)) }
    }
}

/// Steps that are counted from the go-live move with it.
fn moved(ctx: &PageCtx, view: &ReleaseView, by: jiff::SignedDuration) -> Markup {
    let steps: Vec<(&Step, Timestamp)> = view
        .template
        .steps()
        .map(|it| it.1)
        .filter(|it| !view.release.run.step_state(&it.id).is_terminal())
        .filter_map(|it| Some((it, *view.context.due_at.get(&it.id)?)))
        .collect();
    if by.is_zero() || steps.is_empty() {
        return html! {};
    }
    let rows = steps.iter().map(|(step, due)| {
        let after = *due + by;
        let late = after < ctx.now;
        let cells = vec![
            html! { (words::show(ctx, &step.title)) },
            html! { (ctx.date_time(*due)) },
            html! { (ctx.date_time(after)) @if late { " " (state_text(State::AtRisk, &ctx.t("plan-late"))) } },
        ];
        if late { Row::Bad(cells) } else { Row::Cells(cells) }
    });
    let caption = ctx.tn("plan-diff-moves", steps.len() as i64);
    let table = Table {
        caption: &caption,
        cols: vec![
            Col::new(ctx.t("work-step")),
            Col::new(ctx.t("plan-before")),
            Col::new(ctx.t("plan-after")),
        ],
        rows: rows.collect(),
    };
    html! { h3 { (caption) } (table) }
}

fn chart(ctx: &PageCtx, view: &ReleaseView) -> Markup {
    let steps: Vec<(&Step, (Timestamp, Timestamp))> =
        view.template.steps().filter_map(|(_, step)| Some((step, span_of(view, step)?))).collect();
    if steps.is_empty() {
        return html! { section.card { (empty(&ctx.t("plan-title"), &ctx.t("plan-empty"), html! {})) } };
    }
    let index = |id: &String| steps.iter().position(|it| it.0.id == *id);
    let bars: Vec<Bar> = steps
        .iter()
        .map(|(step, (start, end))| Bar {
            label: words::show(ctx, &step.title),
            who: String::new(),
            start: *start,
            end: *end,
            baseline: view.release.run.baseline_steps.get(&step.id).map(|it| (*it, *it)),
            slack_until: None,
            critical: view.holders.iter().any(|it| it.step == step.id),
            state: step_risk(ctx, view, &step.id),
            after: step.after.iter().flatten().filter_map(index).collect(),
            href: Some(step_href(view, &step.id)),
        })
        .collect();
    let slot = view.release.run.slot;
    let first = steps.iter().map(|it| it.1.0).min().unwrap_or(ctx.now).min(ctx.now);
    let last = steps.iter().map(|it| it.1.1).max().unwrap_or(ctx.now).max(ctx.now);
    let from = first.to_zoned(ctx.zone.clone()).date();
    let days = (last.duration_since(first).as_hours() / 24).clamp(7, 400) + 2;
    let drawn = Gantt {
        title: ctx.t("plan-title").into_owned(),
        from,
        days: u32::try_from(days).unwrap_or(14),
        zone: ctx.zone.clone(),
        now: ctx.now,
        go_live: slot.map(|it| it.start),
        freezes: view.freezes.iter().map(|it| (it.0.start, it.0.end)).collect(),
        bars,
    };
    card("gantt", &ctx.t("plan-title"), html! {}, gantt(ctx.tr(), &drawn))
}

fn table(ctx: &PageCtx, view: &ReleaseView) -> Markup {
    let rows = view.template.steps().map(|(_, step)| {
        let at = |it: Option<&Timestamp>| it.map(|it| ctx.date_time(*it)).unwrap_or_default();
        let (_, word) = words::step_state(ctx, view.release.run.step_state(&step.id));
        Row::Cells(vec![
            html! { a.t href=(step_href(view, &step.id)) { (words::show(ctx, &step.title)) } },
            html! { (at(view.context.opens_at.get(&step.id))) },
            html! { (at(view.context.due_at.get(&step.id))) },
            html! { (at(view.release.run.baseline_steps.get(&step.id))) },
            state_text(step_risk(ctx, view, &step.id), &word),
        ])
    });
    let caption = ctx.t("plan-steps");
    let table = Table {
        caption: &caption,
        cols: vec![
            Col::new(ctx.t("work-step")),
            Col::new(ctx.t("plan-must-start")).labeled(),
            Col::new(ctx.t("plan-must-end")).labeled(),
            Col::new(ctx.t("plan-baseline")).labeled(),
            Col::new(ctx.t("work-state")),
        ],
        rows: rows.collect(),
    };
    card("steps", &caption, html! {}, html! { (table) })
}
