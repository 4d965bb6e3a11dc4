//! A process before its first run: the questions, and what the simulator answers.

use super::view::simulate::{self as look, Asked};
use super::visit::{Page, Refused, Signed};
use crate::routes::{Access, Endpoint, get};
use crate::ui::PageCtx;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, head};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::civil::{DateTime, Weekday};
use jiff::{SignedDuration, Span, Timestamp};
use maud::html;
use roadbook_app::simulation::{SimulationInput, TeamInput};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::UnitId;
use std::collections::BTreeMap;

/// Hours of a full week.
const WEEK_HOURS: i64 = 40;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Process);
    vec![
        get("/processes/{family}/{name}/simulate", "show_simulation", simulate).access(view).page(),
        get("/processes/{family}/{name}/compare", "show_comparison", compare).access(view).page(),
    ]
}

/// A Saturday evening about four weeks from now.
fn proposed(ctx: &PageCtx) -> String {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let later = today.checked_add(Span::new().days(28)).unwrap_or(today);
    let day = later.nth_weekday(1, Weekday::Saturday).unwrap_or(later);
    format!("{day}T22:00")
}

fn moment(ctx: &PageCtx, text: &str) -> Option<Timestamp> {
    let wall: DateTime = text.parse().ok()?;
    Some(wall.to_zoned(ctx.zone.clone()).ok()?.timestamp())
}

/// What the form says, and where it cannot be read.
fn read(ctx: &PageCtx, asked: &mut Asked) -> SimulationInput {
    let get = |name: &str| asked.values.get(name).map(|it| it.trim()).unwrap_or_default();
    let mut wrong: Vec<(&'static str, &'static str)> = Vec::new();
    let mut input =
        SimulationInput { revision: get("revision").parse().ok(), ..SimulationInput::default() };
    let hours = get("hours").parse::<i64>().ok().filter(|it| (1..=336).contains(it));
    match (get("go_live"), moment(ctx, get("go_live")), hours) {
        ("", _, _) => {}
        (_, None, _) => wrong.push(("go_live", "plan-wrong-time")),
        (_, _, None) => wrong.push(("hours", "simulate-wrong-number")),
        (_, Some(at), Some(hours)) => {
            input.go_live = Some((at, at + SignedDuration::from_hours(hours)));
        }
    }
    match (get("begin"), moment(ctx, get("begin"))) {
        ("", _) => {}
        (_, None) => wrong.push(("begin", "plan-wrong-time")),
        (_, at) => input.start = at,
    }
    match (get("seed"), get("seed").parse()) {
        ("", _) => {}
        (_, Ok(seed)) => input.seed = Some(seed),
        _ => wrong.push(("seed", "simulate-wrong-number")),
    }
    input.team = match get("team") {
        "" => TeamInput::Unlimited,
        "counted" => {
            let week = get("week").parse::<i64>().ok().filter(|it| (1..=80).contains(it));
            if week.is_none() && !get("week").is_empty() {
                wrong.push(("week", "simulate-wrong-number"));
            }
            TeamInput::Counted { roles: counts(&asked.values), hours: week.unwrap_or(WEEK_HOURS) }
        }
        unit => match UnitId::parse(unit) {
            Ok(unit) => TeamInput::Unit(unit),
            Err(_) => TeamInput::Unlimited,
        },
    };
    for (name, value) in asked.values.iter().filter(|it| !it.1.is_empty()) {
        if let Some(id) = name.strip_prefix("set.") {
            input.settings.insert(id.to_owned(), value.clone());
        }
        if let Some(id) = name.strip_prefix("fact.") {
            input.facts.insert(id.to_owned(), value.clone());
        }
    }
    asked.wrong = wrong;
    input
}

fn counts(values: &BTreeMap<String, String>) -> BTreeMap<String, u32> {
    let people = |(name, value): (&String, &String)| {
        let role = name.strip_prefix("n.")?;
        Some((role.to_owned(), value.trim().parse().ok()?))
    };
    values.iter().filter_map(people).collect()
}

async fn simulate(
    signed: Signed,
    Path((family, name)): Path<(String, String)>,
    Query(values): Query<BTreeMap<String, String>>,
) -> Page {
    let Signed { ctx, caller, web } = signed;
    let id = format!("{family}/{name}");
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let call = caller.session.call();
    let first = !values.contains_key("go_live");
    let mut asked = Asked { values, wrong: Vec::new() };
    let input = read(&ctx, &mut asked);
    let view = web.app.process_view(&call, &id, input.revision).await.map_err(fail)?;
    let units = web.app.unit_list(&caller.session.scope).await.map_err(fail)?;
    if first {
        asked.values.insert("go_live".into(), proposed(&ctx));
    }
    let found = match first || !asked.wrong.is_empty() {
        true => None,
        false => Some(web.app.process_simulate(&call, &id, &input).await.map_err(fail)?),
    };
    let template = &view.summary.template;
    let title = ctx.t("simulate-title");
    let name = template.title.show(ctx.lang).0;
    let crumbs = vec![
        (ctx.t("processes-title").into_owned(), Some("/processes".to_owned())),
        (name.to_owned(), Some(format!("/processes/{id}"))),
        (title.clone().into_owned(), None),
    ];
    let compare = ctx.t("compare-title");
    let acts = html! { (Btn::link(compare, format!("/processes/{id}/compare"))) };
    let sub = ctx.t("simulate-question");
    let shown = Head { crumbs, title: &title, sub: &sub, ..Head::default() };
    let body = html! {
        (head(&ctx, &shown, acts))
        (look::form(&ctx, &id, template, &view.history, &asked, &units))
        @if let Some(found) = &found { (look::result(&ctx, found, &input)) }
    };
    let status = match asked.wrong.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, layout(&ctx, &title, body)).into_response())
}

async fn compare(
    signed: Signed,
    Path((family, name)): Path<(String, String)>,
    Query(values): Query<BTreeMap<String, String>>,
) -> Page {
    let Signed { ctx, caller, web } = signed;
    let id = format!("{family}/{name}");
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let call = caller.session.call();
    let view = web.app.process_view(&call, &id, None).await.map_err(fail)?;
    let get = |name: &str| values.get(name).map(|it| it.trim()).unwrap_or_default();
    let newest = view.history.first().map_or(1, |it| it.revision);
    let revision = |name: &str, usual: u32| get(name).parse().unwrap_or(usual);
    let (from, to) = (revision("from", newest.saturating_sub(1).max(1)), revision("to", newest));
    let found = match get("release") {
        "" => None,
        number => {
            let release = web.app.release_find(&caller.session.actor, number).await;
            let release = release.map_err(fail)?;
            let found = web.app.process_compare(&call, &id, (from, to), &release).await;
            Some(found.map_err(fail)?)
        }
    };
    let title = ctx.t("compare-title");
    let name = view.summary.template.title.show(ctx.lang).0;
    let crumbs = vec![
        (ctx.t("processes-title").into_owned(), Some("/processes".to_owned())),
        (name.to_owned(), Some(format!("/processes/{id}"))),
        (title.clone().into_owned(), None),
    ];
    let sub = ctx.t("compare-question");
    let shown = Head { crumbs, title: &title, sub: &sub, ..Head::default() };
    let body = html! {
        (head(&ctx, &shown, html! {}))
        (super::view::compare::form(&ctx, &id, &view.history, (from, to), get("release")))
        @if let Some(found) = &found { (super::view::compare::result(&ctx, found)) }
    };
    Ok(layout(&ctx, &title, body).into_response())
}
