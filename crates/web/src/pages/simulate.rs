//! A process before its first run: the questions, and what the simulator answers.

use super::view::simulate::{self as look, Asked};
use super::visit::{Page, Refused, Signed};
use crate::routes::{Access, Endpoint, get};
use crate::ui::PageCtx;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, head};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::{DateTime, Weekday};
use jiff::{SignedDuration, Span, Timestamp};
use maud::{Markup, html};
use roadbook_app::processes::ProcessSummary;
use roadbook_app::simulation::{PEOPLE_MAX, SimulationInput, TeamInput};
use roadbook_app::{Error, FieldError};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::UnitId;
use roadbook_core::process::template::Template;
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
    let mut wrong: Vec<(String, &'static str)> = Vec::new();
    let mut no = |name: &str, key: &'static str| wrong.push((name.to_owned(), key));
    let mut input = SimulationInput::default();
    match (get("revision"), get("revision").parse()) {
        ("", _) => {}
        (_, Ok(revision)) => input.revision = Some(revision),
        _ => no("revision", "simulate-wrong-revision"),
    }
    let hours = get("hours").parse::<i64>().ok().filter(|it| (1..=336).contains(it));
    match (get("go_live"), moment(ctx, get("go_live")), hours) {
        ("", _, _) => {}
        (_, None, _) => no("go_live", "plan-wrong-time"),
        (_, _, None) => no("hours", "simulate-wrong-number"),
        (_, Some(at), Some(hours)) => {
            input.go_live = Some((at, at + SignedDuration::from_hours(hours)));
        }
    }
    match (get("begin"), moment(ctx, get("begin"))) {
        ("", _) => {}
        (_, None) => no("begin", "plan-wrong-time"),
        (_, at) => input.start = at,
    }
    match (get("seed"), get("seed").parse()) {
        ("", _) => {}
        (_, Ok(seed)) => input.seed = Some(seed),
        _ => no("seed", "simulate-wrong-number"),
    }
    input.team = match get("team") {
        "" => TeamInput::Unlimited,
        "counted" => {
            let week = get("week").parse::<i64>().ok().filter(|it| (1..=80).contains(it));
            if week.is_none() && !get("week").is_empty() {
                no("week", "simulate-wrong-number");
            }
            let (roles, odd) = counts(&asked.values);
            odd.iter().for_each(|it| no(it, "simulate-wrong-number"));
            TeamInput::Counted { roles, hours: week.unwrap_or(WEEK_HOURS) }
        }
        unit => match UnitId::parse(unit) {
            Ok(unit) => TeamInput::Unit(unit),
            Err(_) => {
                no("team", "simulate-wrong-team");
                TeamInput::Unlimited
            }
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

/// People by role, and the fields that hold no such number.
fn counts(values: &BTreeMap<String, String>) -> (BTreeMap<String, u32>, Vec<String>) {
    let (mut roles, mut odd) = (BTreeMap::new(), Vec::new());
    for (name, value) in values {
        let Some(role) = name.strip_prefix("n.") else { continue };
        match (value.trim(), value.trim().parse::<u32>()) {
            ("", _) => {}
            (_, Ok(people)) if people <= PEOPLE_MAX => {
                roles.insert(role.to_owned(), people);
            }
            _ => odd.push(name.clone()),
        }
    }
    (roles, odd)
}

/// What the simulator refuses, at the field that it is about; what is about no field stays.
fn refused(template: &Template, error: Error) -> Result<Vec<(String, &'static str)>, Error> {
    let setting = |id: &str| template.settings.iter().any(|it| it.id == id);
    let question = |id: &str| {
        let id = id.strip_prefix("field.");
        id.is_some_and(|id| template.fields.iter().any(|it| it.id == id))
    };
    let at = |it: &FieldError| {
        let name = it.field.as_str();
        let (field, key) = match (name, name.split_once('.')) {
            ("start", _) => ("begin".to_owned(), "simulate-wrong-years"),
            ("go_live", _) => ("go_live".to_owned(), "simulate-wrong-years"),
            ("hours", _) => ("week".to_owned(), "simulate-wrong-number"),
            (_, Some(("settings", id))) if setting(id) => {
                (format!("set.{id}"), "simulate-wrong-value")
            }
            (_, Some(("facts", id))) if question(id) => {
                (format!("fact.{id}"), "simulate-wrong-value")
            }
            _ => return None,
        };
        Some((field, key))
    };
    match error {
        Error::NotFound { what: "unit" } => Ok(vec![("team".to_owned(), "simulate-wrong-team")]),
        Error::Invalid(list) => {
            let found: Option<Vec<_>> = list.iter().map(at).collect();
            found.ok_or(Error::Invalid(list))
        }
        other => Err(other),
    }
}

/// The head of a page about a process.
fn titled(
    ctx: &PageCtx,
    process: &ProcessSummary,
    (title, question): (&str, &str),
    acts: Markup,
) -> Markup {
    let (title, sub) = (ctx.t(title), ctx.t(question));
    let crumbs = vec![
        (ctx.t("processes-title").into_owned(), Some("/processes".to_owned())),
        (
            process.template.title.show(ctx.lang).0.to_owned(),
            Some(format!("/processes/{}", process.id)),
        ),
        (title.clone().into_owned(), None),
    ];
    head(ctx, &Head { crumbs, title: &title, sub: &sub, ..Head::default() }, acts)
}

/// The page, or the form again with what is wrong in it.
fn answer(ctx: &PageCtx, title: &str, right: bool, body: Markup) -> Response {
    let status = if right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, layout(ctx, &ctx.t(title), body)).into_response()
}

async fn simulate(
    signed: Signed,
    Path((family, name)): Path<(String, String)>,
    Query(values): Query<BTreeMap<String, String>>,
) -> Page {
    let Signed { ctx, caller, web } = signed;
    let id = format!("{family}/{name}");
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let call = caller.session.call();
    let first = !values.contains_key("go_live");
    let mut asked = Asked { values, wrong: Vec::new() };
    let input = read(&ctx, &mut asked);
    let view = match web.app.process_view(&call, &id, input.revision).await {
        Err(Error::NotFound { .. }) if input.revision.is_some() => {
            asked.wrong.push(("revision".to_owned(), "simulate-wrong-revision"));
            web.app.process_view(&call, &id, None).await
        }
        other => other,
    };
    let view = view.map_err(fail)?;
    let units = web.app.unit_list(&caller.session.scope).await.map_err(fail)?;
    if first {
        asked.values.insert("go_live".into(), proposed(&ctx));
    }
    let mut found = None;
    if !first && asked.wrong.is_empty() {
        match web.app.process_simulate(&call, &id, &input).await {
            Ok(made) => found = Some(made),
            Err(error) => asked.wrong = refused(&view.summary.template, error).map_err(fail)?,
        }
    }
    let compare = Btn::link(ctx.t("compare-title"), format!("/processes/{id}/compare"));
    let title = ("simulate-title", "simulate-question");
    let body = html! {
        (titled(&ctx, &view.summary, title, html! { (compare) }))
        div.stack {
            (look::form(&ctx, &id, &view.summary.template, &view.history, &asked, &units))
            @if let Some(found) = &found { (look::result(&ctx, found, &input)) }
        }
    };
    Ok(answer(&ctx, title.0, asked.wrong.is_empty(), body))
}

async fn compare(
    signed: Signed,
    Path((family, name)): Path<(String, String)>,
    Query(values): Query<BTreeMap<String, String>>,
) -> Page {
    let Signed { ctx, caller, web } = signed;
    let id = format!("{family}/{name}");
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let call = caller.session.call();
    let view = web.app.process_view(&call, &id, None).await.map_err(fail)?;
    let get = |name: &str| values.get(name).map(|it| it.trim()).unwrap_or_default();
    let newest = view.history.first().map_or(1, |it| it.revision);
    let revision = |name: &str, usual: u32| get(name).parse().unwrap_or(usual);
    let between = (revision("from", newest.saturating_sub(1).max(1)), revision("to", newest));
    let (mut found, mut wrong) = (None, None);
    if !get("release").is_empty() {
        let release = web.app.release_find(&caller.session.actor, get("release")).await;
        let made = match release {
            Ok(release) => web.app.process_compare(&call, &id, between, &release).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(made) => found = Some(made),
            Err(error) => wrong = Some(not_comparable(&error).ok_or_else(|| fail(error))?),
        }
    }
    let title = ("compare-title", "compare-question");
    let body = html! {
        (titled(&ctx, &view.summary, title, html! {}))
        div.stack {
            (super::view::compare::form(&ctx, &id, &view.history, between, (get("release"), wrong)))
            @if let Some(found) = &found { (super::view::compare::result(&ctx, found)) }
        }
    };
    Ok(answer(&ctx, title.0, wrong.is_none(), body))
}

/// Why a release cannot be compared, if it is about the release.
fn not_comparable(error: &Error) -> Option<&'static str> {
    match error {
        Error::NotFound { what: "release" } => Some("compare-wrong-release"),
        Error::Invalid(list) => match list.first()?.code {
            "not_closed" => Some("compare-wrong-open"),
            "other_process" => Some("compare-wrong-process"),
            _ => None,
        },
        _ => None,
    }
}
