//! Home: what must I do, when, how much, and who do I wait for?

use super::clash_home;
use super::view::home::{Also, HomeView, WaitFor, WorkDay, WorkItem, home};
use super::view::process::state_words;
use super::view::rollout::rollout_state;
use super::visit::{Page, Refused, Signed};
use super::{rollout, words};
use crate::i18n::fmt;
use crate::routes::{Endpoint, get};
use crate::server::Web;
use crate::ui::flow::NextAction;
use crate::ui::parts::Btn;
use crate::ui::{PageCtx, State};
use axum::response::IntoResponse;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use maud::html;
use roadbook_app::process_drafts::ReviewItem;
use roadbook_app::releases::{TodoItem, Workload};
use roadbook_app::rollouts::RolloutView;
use roadbook_app::{PageAsk, ReleaseFilter};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::run::{Awaited, WaitingOn};
use std::collections::BTreeMap;

/// Days that the strip and the list look ahead.
const DAYS: i64 = 14;

/// Things of today beside the next one; more would bury them.
const ALSO_MAX: usize = 6;

/// Releases whose open steps are looked through for "who I wait for".
const LED_MAX: usize = 20;

/// A working day in minutes.
const DAY_MINUTES: i64 = 480;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/", "show_home", show).page()]
}

async fn show(signed: Signed) -> Page {
    let Signed { mut ctx, caller, web } = signed;
    ctx.live = Some("home".to_owned());
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let actor = &caller.session.actor;
    let todo = web.app.todo(actor).await.map_err(fail)?;
    let ready: Vec<&TodoItem> = todo.iter().filter(|it| it.ready).collect();
    let reviews = web.app.process_reviews(&caller.session.call()).await.map_err(fail)?;
    let call = caller.session.call();
    let stopped = web.app.rollouts_halted(&call).await.map_err(fail)?;
    let mut halted = Vec::new();
    // The next action, and those beside it: no more of them are shown.
    for row in stopped.iter().take(1 + ALSO_MAX) {
        let view = web.app.rollout_view(&call, &row.release_id, Some(&row.id)).await;
        halted.push(view.map_err(fail)?);
    }
    // What has stopped at customers comes before everything else.
    let next = match (halted.first(), ready.first()) {
        (Some(view), _) => Some(next_rollout(&ctx, view)),
        (None, Some(item)) => Some(next(&ctx, &web, &caller, item).await.map_err(fail)?),
        (None, None) => reviews.first().map(|it| next_review(&ctx, it)),
    };
    let ahead = web.app.workload(actor, DAYS).await.map_err(fail)?;
    let load = clash_home::strip(&ctx, &ahead);
    let board = web.app.board(&caller.session.call()).await.map_err(fail)?;
    let sum = load
        .days
        .iter()
        .fold((0, 0), |sum, day| (sum.0 + day.planned, sum.1 + day.capacity.unwrap_or_default()));
    let work = work(&ctx, &todo, &ahead);
    let shown = work.iter().map(|it| it.items.len()).sum();
    let coming = todo
        .iter()
        .filter_map(|it| Some((it.due_at?, it.step_title.clone())))
        .min_by_key(|it| it.0);
    let any = (ReleaseFilter::default(), PageAsk::first(1));
    let any = web.app.release_list(&caller.session.scope, &any.0, &any.1).await.map_err(fail)?;
    let view = HomeView {
        start: any.total == 0,
        today: (stopped.len() + ready.len() + reviews.len()) as u64,
        next,
        nothing_until: coming.map(|(at, title)| (at, words::show(&ctx, &title))),
        also: halted
            .iter()
            .map(|it| also_rollout(&ctx, it))
            .chain(ready.iter().map(|it| also(&ctx, it)))
            .chain(reviews.iter().map(|it| also_review(&ctx, it)))
            // The first of all is the next action.
            .skip(1)
            .take(ALSO_MAX)
            .collect(),
        load: (!todo.is_empty()).then_some(load),
        load_sum: sum,
        work,
        work_count: (shown, todo.len()),
        waiting: waiting(&ctx, &web, &caller).await.map_err(fail)?,
        clashes: clash_home::cards(&ctx, &ahead.clashes),
        board: clash_home::bulletins(&ctx, &board),
        may_create: allowed(actor, Action::Create, Kind::Release, &Resource::whole())
            || !actor.grants.is_empty(),
    };
    Ok(home(&ctx, &view).into_response())
}

fn about(item: &TodoItem) -> String {
    format!("{} {}", item.version, item.title)
}

fn href(item: &TodoItem) -> String {
    format!("/releases/{}/steps/{}", item.release, item.step)
}

fn due(ctx: &PageCtx, at: Option<Timestamp>) -> String {
    at.map(|it| ctx.moment(it)).unwrap_or_default()
}

fn urgency(ctx: &PageCtx, item: &TodoItem) -> (State, String) {
    let late = item.due_at.is_some_and(|it| it < ctx.now);
    let state = match (item.ready, late) {
        (_, true) => State::AtRisk,
        (true, false) => State::Waiting,
        (false, false) => State::Foreseen,
    };
    (state, ctx.t(state.key()).into_owned())
}

async fn next(
    ctx: &PageCtx,
    web: &Web,
    caller: &crate::http::session::Caller,
    item: &TodoItem,
) -> Result<NextAction, roadbook_app::Error> {
    let view = web.app.release(&caller.session.actor, &item.release).await?;
    let reasons = view.waiting.iter().find(|it| it.0 == item.step).map(|it| it.1.as_slice());
    let open: Vec<String> = reasons
        .unwrap_or_default()
        .iter()
        .filter(|it| !matches!(it, WaitingOn::Person { .. }))
        .map(|it| words::waiting_words(ctx, Some(&view), it).1)
        .collect();
    let text = view.template.step(&item.step).map(|it| words::show(ctx, &it.description));
    let why = if open.is_empty() { text.unwrap_or_default() } else { open.join(" ") };
    let if_late = match view.release.run.slot {
        Some(slot) => ctx.ta("home-if-late", &[("at", ctx.date_time(slot.start).as_str().into())]),
        None => ctx.t("home-if-late-next"),
    };
    Ok(NextAction {
        about: about(item),
        mark: Some(urgency(ctx, item)),
        title: words::show(ctx, &item.step_title),
        why,
        due: due(ctx, item.due_at),
        effort: fmt::duration(ctx.lang, item.effort_minutes),
        if_late: if_late.into_owned(),
        acts: html! {
            (Btn::link(ctx.t("home-open-step"), href(item)).primary())
            (Btn::link(ctx.t("release-tab-overview"), format!("/releases/{}", item.release)))
        },
    })
}

fn also(ctx: &PageCtx, item: &TodoItem) -> Also {
    Also {
        what: words::show(ctx, &item.step_title),
        about: about(item),
        href: href(item),
        due: format!("{} {}", due(ctx, item.due_at), fmt::duration(ctx.lang, item.effort_minutes)),
        button: ctx.t("action-open").into_owned(),
    }
}

fn rollout_about(it: &RolloutView) -> (String, String) {
    let href = format!("/releases/{}/rollout?run={}", it.rollout.release_id, it.rollout.id);
    (format!("{} {}", it.number, it.version), href)
}

/// A rollout that halted: somebody has to decide.
fn next_rollout(ctx: &PageCtx, it: &RolloutView) -> NextAction {
    let (about, href) = rollout_about(it);
    let why = rollout::halted(ctx, it).or_else(|| it.rollout.reason.clone());
    NextAction {
        about,
        mark: Some(rollout_state(ctx, &it.rollout.state)),
        title: ctx.t("home-halted").into_owned(),
        why: format!("{} {}", why.unwrap_or_default(), ctx.t("rollout-next-decide")),
        due: String::new(),
        effort: String::new(),
        if_late: rollout::if_nobody(ctx, it).map(|it| it.1).unwrap_or_default(),
        acts: html! { (Btn::link(ctx.t("home-halted-open"), href).primary()) },
    }
}

fn also_rollout(ctx: &PageCtx, it: &RolloutView) -> Also {
    let (about, href) = rollout_about(it);
    Also {
        what: ctx.t("home-halted").into_owned(),
        about,
        href,
        due: rollout_state(ctx, &it.rollout.state).1,
        button: ctx.t("action-open").into_owned(),
    }
}

fn review_words(ctx: &PageCtx, it: &ReviewItem) -> String {
    let name = it.title.as_ref().map_or_else(|| it.id.clone(), |it| words::show(ctx, it));
    ctx.ta("home-review", &[("process", name.as_str().into())]).into_owned()
}

fn review_of(it: &ReviewItem) -> (String, String) {
    (format!("{}@{}", it.id, it.revision), format!("/processes/{}/edit", it.id))
}

/// A draft of a process whose review is all there is to do.
fn next_review(ctx: &PageCtx, it: &ReviewItem) -> NextAction {
    let (about, href) = review_of(it);
    NextAction {
        about,
        mark: Some(state_words(ctx, "review")),
        title: review_words(ctx, it),
        why: it.note.clone(),
        due: String::new(),
        effort: String::new(),
        if_late: String::new(),
        acts: html! { (Btn::link(ctx.t("action-open"), href).primary()) },
    }
}

fn also_review(ctx: &PageCtx, it: &ReviewItem) -> Also {
    let (about, href) = review_of(it);
    let at = ctx.moment(it.at);
    Also {
        what: review_words(ctx, it),
        about,
        href,
        due: ctx.ta("home-review-written", &[("at", at.as_str().into())]).into_owned(),
        button: ctx.t("action-open").into_owned(),
    }
}

fn day_of(ctx: &PageCtx, item: &TodoItem) -> Date {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    // What is late or has no date is work of today.
    item.due_at.map_or(today, |it| it.to_zoned(ctx.zone.clone()).date()).max(today)
}

fn days(ctx: &PageCtx) -> impl Iterator<Item = Date> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    (0..DAYS).filter_map(move |n| today.checked_add(Span::new().days(n)).ok())
}

fn work(ctx: &PageCtx, todo: &[TodoItem], ahead: &Workload) -> Vec<WorkDay> {
    let all = ctx.path.contains("work=all");
    let last = days(ctx).last();
    let mut by_day: BTreeMap<Date, Vec<&TodoItem>> = BTreeMap::new();
    for item in todo {
        let day = day_of(ctx, item);
        if all || last.is_none_or(|it| day <= it) {
            by_day.entry(day).or_default().push(item);
        }
    }
    let line = |item: &TodoItem| WorkItem {
        when: item.due_at.map_or_else(String::new, |at| {
            let time = fmt::time(at, &ctx.zone);
            ctx.ta("work-by", &[("time", time.as_str().into())]).into_owned()
        }),
        what: words::show(ctx, &item.step_title),
        about: about(item),
        href: href(item),
        effort: fmt::duration(ctx.lang, item.effort_minutes),
        state: urgency(ctx, item),
    };
    let day = |(date, items): (Date, Vec<&TodoItem>)| {
        let minutes: i64 = items.iter().map(|it| it.effort_minutes).sum();
        let known = ahead.days.iter().find(|it| it.date == date);
        let over = minutes - known.map_or(DAY_MINUTES, |it| it.capacity.unwrap_or_default());
        WorkDay {
            day: fmt::date_long(ctx.lang, date),
            hours: fmt::hours(ctx.lang, minutes),
            over: if over > 0 {
                let span = fmt::duration(ctx.lang, over);
                ctx.ta("home-over", &[("span", span.as_str().into())]).into_owned()
            } else {
                String::new()
            },
            items: items.into_iter().map(line).collect(),
        }
    };
    by_day.into_iter().map(day).collect()
}

/// People whose act is missing in releases that the viewer leads.
async fn waiting(
    ctx: &PageCtx,
    web: &Web,
    caller: &crate::http::session::Caller,
) -> Result<Vec<WaitFor>, roadbook_app::Error> {
    let me = &caller.session.person.id;
    let filter = ReleaseFilter {
        states: ["running", "ending"].map(str::to_owned).to_vec(),
        person_id: Some(me.clone()),
        ..ReleaseFilter::default()
    };
    let ask = PageAsk { cursor: None, limit: LED_MAX as _ };
    let list = web.app.release_list(&caller.session.scope, &filter, &ask).await?;
    let mut found: Vec<(Option<Timestamp>, WaitFor)> = Vec::new();
    for row in list.rows.iter().filter(|it| it.row.lead_id.as_ref() == Some(me)) {
        let view = web.app.release(&caller.session.actor, &row.row.id).await?;
        for (step, reasons) in &view.waiting {
            for reason in reasons {
                let Some(Awaited { role, people, since, due: due_at }) = reason.awaited() else {
                    continue;
                };
                if people.contains(me) || !view.release.run.step_state(step).is_open() {
                    continue;
                }
                let late = due_at.is_some_and(|it| it < ctx.now);
                let due_text = due(ctx, due_at);
                let wait = WaitFor {
                    name: words::people(ctx, &view, people),
                    role: words::role_title(ctx, &view.template, role),
                    what: format!(
                        "{} · {}",
                        words::step_title(ctx, &view.template, step),
                        row.row.title
                    ),
                    since: since.map_or_else(String::new, |at| {
                        let at = ctx.moment(at);
                        ctx.ta("home-since", &[("at", at.as_str().into())]).into_owned()
                    }),
                    due: (
                        if late { State::AtRisk } else { State::Waiting },
                        if due_text.is_empty() {
                            ctx.t("state-waiting").into_owned()
                        } else {
                            ctx.ta("home-due", &[("at", due_text.as_str().into())]).into_owned()
                        },
                    ),
                    remind: None,
                };
                found.push((due_at, wait));
            }
        }
    }
    found.sort_by_key(|it| (it.0.is_none(), it.0));
    Ok(found.into_iter().map(|it| it.1).take(12).collect())
}
