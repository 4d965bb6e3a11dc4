//! One release: where are we, what is next, who holds it? And the record of what happened.

use super::view::release::{
    ReleaseHead, ReleaseView as Overview, release as overview, release_head,
};
use super::visit::{Page, Refused, Signed};
use super::words;
use crate::i18n::fmt;
use crate::routes::{Access, Endpoint, get};
use crate::ui::chart::lanes::{Band, Item, Lane, Lanes, Shape};
use crate::ui::flow::{Banner, Link, OpenItem, Readiness, chain};
use crate::ui::form::{Choice, Confirm, Field, Kind as Input, act, confirm};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Tab, card};
use crate::ui::{PageCtx, State};
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use roadbook_app::releases::ReleaseView;
use roadbook_core::access::{Action, Kind};
use roadbook_core::process::template::{Step, StepKind};
use roadbook_core::release::Origin;
use roadbook_core::run::{Awaited, CloseCode, StepState, WaitingOn, role_name};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Who may look at a release; the use case asks again with the release at hand.
pub(super) const VIEW: Access = Access::Grant(Action::View, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/releases/{release}", "show_release", show).access(VIEW).page()]
}

/// The tabs of a release's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseTab {
    /// Where it stands.
    Overview,
    /// What it carries.
    Changes,
    /// Dates.
    Plan,
    /// Gates.
    Readiness,
    /// The console.
    Live,
    /// Waves.
    Rollout,
    /// Sites, one by one.
    Sites,
    /// Notices.
    Notices,
    /// Documents.
    Documents,
    /// The record.
    Record,
}

impl ReleaseTab {
    const ALL: [(ReleaseTab, &str, &str); 10] = [
        (ReleaseTab::Overview, "release-tab-overview", ""),
        (ReleaseTab::Changes, "release-tab-changes", "/changes"),
        (ReleaseTab::Plan, "release-tab-plan", "/plan"),
        (ReleaseTab::Readiness, "release-tab-readiness", "/readiness"),
        (ReleaseTab::Live, "release-tab-live", "/live"),
        (ReleaseTab::Rollout, "release-tab-rollout", "/rollout"),
        (ReleaseTab::Sites, "release-tab-sites", "/sites"),
        (ReleaseTab::Notices, "release-tab-notices", "/notices"),
        (ReleaseTab::Documents, "release-tab-documents", "/documents"),
        (ReleaseTab::Record, "release-tab-record", "/record"),
    ];
}

/// A release for somebody who is signed in, or the page that says why not.
pub async fn load(signed: &Signed, text: &str) -> Page<ReleaseView> {
    let actor = &signed.caller.session.actor;
    let fail = |error: roadbook_app::Error| Refused::new(signed.ctx.clone(), error.into());
    let id = signed.web.app.release_id(text).await.map_err(fail)?;
    signed.web.app.release(actor, &id).await.map_err(fail)
}

/// The head that all pages of a release share.
pub fn head_of(ctx: &PageCtx, view: &ReleaseView, tab: ReleaseTab) -> ReleaseHead {
    let release = &view.release;
    let base = format!("/releases/{}", release.id);
    let tabs = ReleaseTab::ALL
        .iter()
        .filter(|it| it.0 != ReleaseTab::Record || view.may_record)
        .filter(|it| release.subject.is_release() || fits_run(release, it.0))
        .map(|(it, key, path)| Tab {
            label: ctx.t(key).into_owned(),
            href: format!("{base}{path}"),
            current: *it == tab,
        })
        .collect();
    let lead = view.names.get(&release.lead).cloned().unwrap_or_default();
    let process = words::show(ctx, &view.template.title);
    let shelf = if release.subject.is_release() { "releases" } else { "runs" };
    let about = ctx.t(&format!("subject-{}", release.subject.name())).into_owned();
    let began = began_by(ctx, view);
    ReleaseHead {
        crumbs: vec![
            (ctx.t(&format!("nav-{shelf}")).into_owned(), Some(format!("/{shelf}"))),
            (view.product.1.clone(), None),
            (release.number.clone(), None),
        ],
        version: if release.subject.is_release() { release.version.clone() } else { about },
        title: release.title.clone(),
        state: words::release_state(ctx, view.state),
        go_live: release.run.slot.map(|it| it.start),
        words: vec![
            ctx.ta("release-lead", &[("name", lead.as_str().into())]).into_owned(),
            format!("{process} ({})", release.run.revision),
        ]
        .into_iter()
        .chain(began)
        .collect(),
        tabs,
        acts: orders(ctx, view),
    }
}

/// Tabs of a run that ships nothing: what is about sites only where it has some.
fn fits_run(release: &roadbook_core::release::Release, tab: ReleaseTab) -> bool {
    match tab {
        ReleaseTab::Live | ReleaseTab::Rollout | ReleaseTab::Changes => false,
        ReleaseTab::Sites => release.sites > 0,
        _ => true,
    }
}

/// What began a run that no person began.
fn began_by(ctx: &PageCtx, view: &ReleaseView) -> Option<String> {
    let origin = view.release.origin.as_ref()?;
    Some(match origin {
        Origin::Period(period) => {
            ctx.ta("runs-began-period", &[("what", period.to_string().into())]).into_owned()
        }
        Origin::Call { .. } | Origin::Event { .. } => {
            let number = view.began_by.clone().unwrap_or_default();
            ctx.ta("runs-began-by", &[("what", number.into())]).into_owned()
        }
    })
}

/// A page of a release: its head, then what the tab shows.
pub fn page(ctx: &PageCtx, view: &ReleaseView, tab: ReleaseTab, body: Markup) -> Markup {
    let head = head_of(ctx, view, tab);
    let title = format!("{} {}", head.version, head.title);
    layout(ctx, &title, html! { (release_head(ctx, &head)) (body) })
}

/// Address of the forms of a release.
pub fn act_path(view: &ReleaseView) -> String {
    format!("/releases/{}/act", view.release.id)
}

/// Buttons of the orders that are possible now.
fn orders(ctx: &PageCtx, view: &ReleaseView) -> Markup {
    let base = format!("/releases/{}", view.release.id);
    let ask = |order: &str, key: &str| Btn::link(ctx.t(key), format!("{base}?order={order}#order"));
    html! { @if view.may_lead {
        @match view.state {
            "draft" => { (act(ctx, &act_path(view), Btn::button(ctx.t("release-act-start")).primary(), &[("command", "start"), ("back", &base)])) (ask("cancel", "release-act-cancel").quiet()) }
            "held" => { (ask("resume", "release-act-resume").primary()) (ask("cancel", "release-act-cancel").quiet()) }
            "closed" => {}
            _ => { (ask("hold", "release-act-hold")) (ask("close", "release-act-close")) (ask("cancel", "release-act-cancel").quiet()) }
        }
    } }
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    order: String,
}

/// The question before an order, with its reason.
/// How a release may end, with the words for it.
pub(super) const CLOSE_CODES: [(CloseCode, &str); 5] = [
    (CloseCode::Success, "release-close-success"),
    (CloseCode::Partial, "release-close-issues"),
    (CloseCode::Remedied, "release-close-remedied"),
    (CloseCode::RolledBack, "release-close-rolled-back"),
    (CloseCode::Cancelled, "release-close-not-done"),
];

fn order_form(ctx: &PageCtx, view: &ReleaseView, order: &str) -> Markup {
    let (title, text, danger) = match order {
        "hold" => ("release-act-hold", "release-hold-consequence", false),
        "resume" => ("release-act-resume", "", false),
        "cancel" => ("release-act-cancel", "release-cancel-consequence", true),
        "close" => ("release-act-close", "release-close-consequence", false),
        _ => return html! {},
    };
    let area = Input::Area { rows: 2, code: false };
    let fields = if order == "close" {
        let list = CLOSE_CODES.iter().map(|it| Choice::new(it.0.name(), ctx.t(it.1))).collect();
        vec![
            Field::new(Input::Select(list), "code", ctx.t("release-close-code")),
            Field::new(area, "remark", ctx.t("form-remark")).optional(),
        ]
    } else {
        vec![Field::new(area, "reason", ctx.t("form-reason"))]
    };
    let back = format!("/releases/{}", view.release.id);
    let text = if text.is_empty() { String::new() } else { ctx.t(text).into_owned() };
    let question = Confirm {
        title: &ctx.t(title),
        consequence: &text,
        action: &act_path(view),
        yes: &ctx.t(title),
        back: &back,
        danger,
        values: &[("command", order), ("back", &back)],
        fields: &fields,
    };
    html! { div #order { (confirm(ctx, &question)) } }
}

/// Address of a step.
pub fn step_href(view: &ReleaseView, step: &str) -> String {
    format!("/releases/{}/steps/{step}", view.release.id)
}

/// What a step waits for.
pub fn reasons<'a>(view: &'a ReleaseView, step: &str) -> &'a [WaitingOn] {
    view.waiting.iter().find(|it| it.0 == step).map(|it| it.1.as_slice()).unwrap_or_default()
}

async fn show(signed: Signed, Path(release): Path<String>, Query(asked): Query<Asked>) -> Page {
    let view = load(&signed, &release).await?;
    let mut ctx = signed.ctx;
    ctx.live = Some(format!("release/{}", view.release.id));
    let base = format!("/releases/{}", view.release.id);
    let mut missing = Vec::new();
    if view.release.run.slot.is_none() && !view.release.run.is_ended() {
        missing.push((ctx.t("plan-slot-start").into_owned(), format!("{base}/plan")));
    }
    let head = head_of(&ctx, &view, ReleaseTab::Overview);
    let form = order_form(&ctx, &view, &asked.order);
    let shown = Overview {
        mine: mine(&ctx, &view),
        banner: banner(&ctx, &view, form),
        readiness: readiness(&ctx, &view),
        lanes: lanes(&ctx, &view),
        waves: Vec::new(),
        newer: view.newer.map(|n| {
            let words = ctx.ta("migration-newer", &[("n", i64::from(n).into())]);
            (words.into_owned(), format!("{base}/migration"))
        }),
        missing,
        head,
    };
    Ok(overview(&ctx, &shown).into_response())
}

fn due_words(ctx: &PageCtx, at: Option<Timestamp>) -> String {
    at.map(|it| {
        let at = ctx.moment(it);
        ctx.ta("home-due", &[("at", at.as_str().into())]).into_owned()
    })
    .unwrap_or_default()
}

fn mine(ctx: &PageCtx, view: &ReleaseView) -> Option<(String, String, Btn)> {
    let due = |step: &String| view.context.due_at.get(step).copied();
    let step = view.mine.iter().min_by_key(|it| (due(it).is_none(), due(it)))?;
    let title = words::step_title(ctx, &view.template, step);
    let button = Btn::link(ctx.t("step-open"), step_href(view, step)).primary();
    Some((title, due_words(ctx, due(step)), button))
}

/// What the release waits for: the last link of the chain, with the chain at its right.
fn banner(ctx: &PageCtx, view: &ReleaseView, form: Markup) -> Option<Banner> {
    let last = view.holders.last();
    let reason = last.and_then(|it| it.waiting.first());
    if reason.is_none() && form.0.is_empty() {
        return None;
    }
    let (state, title) = match reason {
        Some(on) => words::waiting_words(ctx, Some(view), on),
        None => (State::Foreseen, ctx.t("waiting-none").into_owned()),
    };
    let step = last.map(|it| it.step.as_str()).unwrap_or_default();
    let rest: Vec<String> = last
        .map(|it| it.waiting.iter().skip(1))
        .into_iter()
        .flatten()
        .map(|it| words::waiting_words(ctx, Some(view), it).1)
        .collect();
    let mut facts = Vec::new();
    if let Some(Awaited { since, due, .. }) = reason.and_then(WaitingOn::awaited) {
        if let Some(at) = since {
            facts.push((ctx.t("work-since").into_owned(), ctx.moment(at)));
        }
        if let Some(at) = due {
            facts.push((ctx.t("work-due").into_owned(), ctx.moment(at)));
        }
    }
    let if_late = match view.release.run.slot {
        Some(slot) if !step.is_empty() => {
            let at = ctx.date_time(slot.start);
            ctx.ta("home-if-late", &[("at", at.as_str().into())]).into_owned()
        }
        _ => String::new(),
    };
    Some(Banner {
        state,
        kind: if step.is_empty() {
            ctx.t(state.key()).into_owned()
        } else {
            words::step_title(ctx, &view.template, step)
        },
        title,
        text: rest.join(" "),
        facts,
        if_late,
        middle: form,
        acts: html! { @if !step.is_empty() { (Btn::link(ctx.t("step-open"), step_href(view, step))) } },
        right: (!view.holders.is_empty())
            .then(|| (ctx.t("release-who-holds-it").into_owned(), chain(&links(ctx, view)))),
    })
}

fn links(ctx: &PageCtx, view: &ReleaseView) -> Vec<Link> {
    let mut list: Vec<Link> = view
        .holders
        .iter()
        .map(|it| {
            let due = view.context.due_at.get(&it.step).map(|at| ctx.moment(*at));
            Link {
                state: words::step_state(ctx, view.release.run.step_state(&it.step)).0,
                what: words::step_title(ctx, &view.template, &it.step),
                note: String::new(),
                when: due.unwrap_or_default(),
            }
        })
        .collect();
    let person = view.holders.last().and_then(|it| it.waiting.iter().find_map(WaitingOn::awaited));
    if let Some(Awaited { role, people, due, .. }) = person {
        list.push(Link {
            state: State::Waiting,
            what: words::people(ctx, view, people),
            note: words::role_title(ctx, &view.template, role),
            when: due.map(|it| ctx.moment(it)).unwrap_or_default(),
        });
    }
    list
}

/// State of a step for boxes: what is late is at risk.
pub fn step_risk(ctx: &PageCtx, view: &ReleaseView, step: &str) -> State {
    let state = view.release.run.step_state(step);
    let late = view.context.due_at.get(step).is_some_and(|it| *it < ctx.now);
    if late && !state.is_terminal() {
        return State::AtRisk;
    }
    words::step_state(ctx, state).0
}

fn readiness(ctx: &PageCtx, view: &ReleaseView) -> Option<Readiness> {
    let counts = |step: &Step| {
        !matches!(
            view.release.run.step_state(&step.id),
            StepState::Skipped(_) | StepState::NotTaken(_) | StepState::Cancelled
        )
    };
    let go_live = view.template.go_live.clone();
    // Up to the go-live; a process without one counts all its steps.
    let steps: Vec<&Step> = view
        .template
        .steps()
        .map(|it| it.1)
        .take_while(|it| Some(&it.id) != go_live.as_ref())
        .filter(|it| counts(it))
        .collect();
    if steps.is_empty() {
        return None;
    }
    let order = [
        State::Done,
        State::Running,
        State::Waiting,
        State::AtRisk,
        State::Failed,
        State::Foreseen,
    ];
    let mut items: Vec<State> = steps.iter().map(|it| step_risk(ctx, view, &it.id)).collect();
    items.sort_by_key(|it| order.iter().position(|o| o == it));
    let open = steps
        .iter()
        .filter(|it| view.release.run.step_state(&it.id).is_open())
        .map(|it| open_item(ctx, view, it))
        .collect();
    let closes = view.release.run.slot.map(|it| {
        let at = ctx.date_time(it.start);
        ctx.ta("release-gate-closes", &[("at", at.as_str().into())]).into_owned()
    });
    Some(Readiness { items, closes: closes.unwrap_or_default(), kinds: Vec::new(), open })
}

fn open_item(ctx: &PageCtx, view: &ReleaseView, step: &Step) -> OpenItem {
    let list = reasons(view, &step.id);
    let who =
        list.iter().find_map(WaitingOn::awaited).map(|it| words::people(ctx, view, it.people));
    let due = view.context.due_at.get(&step.id).map(|it| ctx.moment(*it));
    let state = step_risk(ctx, view, &step.id);
    let word = words::step_state(ctx, view.release.run.step_state(&step.id)).1;
    OpenItem {
        what: words::show(ctx, &step.title),
        href: Some(step_href(view, &step.id)),
        who: who.unwrap_or_else(|| ctx.t("work-nobody").into_owned()),
        state: (state, format!("{word} {}", due.unwrap_or_default())),
    }
}

/// From when to when a step lies in the plan; `None` without any date.
pub fn span_of(view: &ReleaseView, step: &Step) -> Option<(Timestamp, Timestamp)> {
    let run = view.release.run.steps.get(&step.id);
    let due = view.context.due_at.get(&step.id).copied();
    let end = run.and_then(|it| it.done_at).or(due)?;
    let start = run
        .and_then(|it| it.ready_at)
        .or_else(|| view.context.opens_at.get(&step.id).copied())
        .unwrap_or(end - SignedDuration::from_hours(24));
    Some((start.min(end), end))
}

fn lanes(ctx: &PageCtx, view: &ReleaseView) -> Option<Lanes> {
    let mut by_role: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut ends: Vec<Timestamp> = vec![ctx.now];
    for (_, step) in view.template.steps() {
        let Some((start, end)) = span_of(view, step) else { continue };
        let role = match (&step.kind, step.roles.first()) {
            (_, Some(role)) => role_name(role),
            (StepKind::Approval(spec), None) => {
                spec.approvers.first().map(|it| role_name(&it.role)).unwrap_or_default()
            }
            _ => String::new(),
        };
        if !order.contains(&role) {
            order.push(role.clone());
        }
        ends.extend([start, end]);
        let shape = words::shape(&step.kind);
        by_role.entry(role).or_default().push(Item {
            shape,
            label: words::show(ctx, &step.title),
            start: if shape == Shape::Bar { start } else { end },
            end,
            state: step_risk(ctx, view, &step.id),
            part: None,
            href: Some(step_href(view, &step.id)),
        });
    }
    if by_role.is_empty() {
        return None;
    }
    let slot = view.release.run.slot;
    ends.extend(slot.map(|it| it.end));
    let day = |at: Timestamp| at.to_zoned(ctx.zone.clone()).date();
    let (first, last) = (day(*ends.iter().min()?), day(*ends.iter().max()?));
    let days = (last.duration_since(first).as_hours() / 24).clamp(7, 400) + 2;
    let band = |start, end, label: String| Band { start, end, label };
    let lane = |role: String| {
        let holders = view.context.holders.get(&role).cloned().unwrap_or_default();
        Lane {
            who: if holders.is_empty() {
                String::new()
            } else {
                words::people(ctx, view, &holders)
            },
            items: by_role.get(&role).cloned().unwrap_or_default(),
            role: words::role_title(ctx, &view.template, &role),
        }
    };
    Some(Lanes {
        title: ctx.t("release-lanes").into_owned(),
        summary: slot.map_or_else(
            || ctx.t("release-no-go-live").into_owned(),
            |it| {
                let at = fmt::date_time(ctx.lang, it.start, &ctx.zone);
                ctx.ta("release-go-live", &[("at", at.as_str().into())]).into_owned()
            },
        ),
        from: first,
        days: u32::try_from(days).unwrap_or(14),
        zone: ctx.zone.clone(),
        now: ctx.now,
        go_live: slot.map(|it| it.start),
        windows: view.windows.iter().map(|it| band(it.start, it.end, String::new())).collect(),
        freezes: view.freezes.iter().map(|it| band(it.0.start, it.0.end, it.1.clone())).collect(),
        lanes: order.into_iter().map(lane).collect(),
    })
}

/// A card of plain content, for the other pages of a release.
pub fn plain_card(id: &str, title: &str, body: Markup) -> Markup {
    card(id, title, html! {}, html! { div.cb { (body) } })
}
