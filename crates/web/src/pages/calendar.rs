//! The calendar: when can we, and when can't we?

use super::own::time_in;
use super::view::calendar::{CalendarView, FreezeLine, PolicyLine, Why, calendar};
use super::visit::{Page, Refused, Sent, Signed, go};
use crate::http::problem::Problem;
use crate::routes::{Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::chart::month::{Entry, Kind as Mark, Month};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use roadbook_app::calendar::{CalendarBook, NewFreeze};
use roadbook_app::{Error, PageAsk, ReleaseFilter};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::FreezeId;
use roadbook_core::run::Slot;
use roadbook_core::text::Text;
use roadbook_core::window::{Block, Day, Recurrence, Scope, WindowPolicy};
use roadbook_wire::ics;
use serde::Deserialize;

/// Windows shown ahead for each policy.
const AHEAD: usize = 5;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/calendar", "show_calendar", show).page(),
        post("/calendar/freezes", "send_freeze", freeze).page(),
        post("/calendar/freezes/lift", "send_freeze_lift", lift).page(),
        post("/calendar/holidays", "send_holidays", holidays).page(),
        post("/calendar/windows", "send_window", window).page(),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    month: String,
    view: String,
    start: String,
    minutes: String,
    policy: String,
}

fn fail(ctx: &PageCtx) -> impl Fn(Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

async fn show(signed: Signed, Query(ask): Query<Ask>) -> Page {
    let Signed { mut ctx, caller, web } = signed;
    ctx.live = Some("calendar".to_owned());
    let fail = fail(&ctx);
    let call = caller.session.call();
    let whole = Resource::whole();
    call.authorize(Action::View, Kind::Calendar, &whole, "calendar").map_err(&fail)?;
    let book = web.app.calendar_book().await.map_err(&fail)?.value;
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let month = format!("{}-01", ask.month).parse::<Date>().unwrap_or(today).first_of_month();
    let mut entries = entries(&ctx, &book, month);
    let bounds = bounds(&ctx, month);
    let filter =
        ReleaseFilter { from: Some(bounds.0), to: Some(bounds.1), ..ReleaseFilter::default() };
    let page = PageAsk::first(100);
    let list = web.app.release_list(&caller.session.scope, &filter, &page).await;
    for it in list.map_err(&fail)?.rows {
        let Some(at) = it.row.go_live_at else { continue };
        let day = at.to_zoned(ctx.zone.clone()).date();
        entries.push(Entry {
            kind: Mark::GoLive,
            from: day,
            to: day,
            label: format!("{} {}", crate::i18n::fmt::time(at, &ctx.zone), it.row.title),
            href: Some(format!("/releases/{}", it.row.number)),
        });
    }
    let why = match ask.start.as_str() {
        "" => None,
        text => Some(why(&ctx, &web, &call, &book, &ask, text).await?),
    };
    let view = CalendarView {
        month: Month { month, today, days: days(&book), entries },
        agenda: ask.view == "agenda",
        policies: policies(&ctx, &book),
        freezes: book
            .freezes
            .iter()
            .filter(|it| it.range.end > ctx.now)
            .map(|it| FreezeLine {
                id: it.id.to_string(),
                from: it.range.start,
                until: it.range.end,
                reason: it.reason.clone(),
            })
            .collect(),
        why,
        asked: (ask.start, ask.minutes, ask.policy),
        may_edit: allowed(&call.actor, Action::Edit, Kind::Calendar, &whole),
    };
    Ok(calendar(&ctx, &view).into_response())
}

fn bounds(ctx: &PageCtx, month: Date) -> (Timestamp, Timestamp) {
    let at = |day: Date| {
        day.to_zoned(ctx.zone.clone()).map_or(Timestamp::UNIX_EPOCH, |it| it.timestamp())
    };
    let week = jiff::Span::new().days(7);
    (at(month.saturating_sub(week)), at(month.last_of_month().saturating_add(week)))
}

fn entries(ctx: &PageCtx, book: &CalendarBook, month: Date) -> Vec<Entry> {
    let (from, to) = bounds(ctx, month);
    let day = |at: Timestamp| at.to_zoned(ctx.zone.clone()).date();
    let mut list = Vec::new();
    for policy in &book.policies {
        let Ok(open) = policy.open() else { continue };
        for slot in open.occurrences(from, to) {
            let time = crate::i18n::fmt::time(slot.start, &ctx.zone);
            list.push(Entry {
                kind: Mark::Window,
                from: day(slot.start),
                to: day(slot.start),
                label: format!("{time} {}", policy.title.show(ctx.lang).0),
                href: None,
            });
        }
    }
    let near = book.freezes.iter().filter(|it| it.range.start < to && it.range.end > from);
    list.extend(near.map(|it| Entry {
        kind: Mark::Freeze,
        from: day(it.range.start),
        to: day(it.range.end - jiff::SignedDuration::from_secs(1)),
        label: it.reason.clone(),
        href: None,
    }));
    list
}

fn days(book: &CalendarBook) -> Vec<(Date, String, bool)> {
    let mut list = Vec::new();
    for calendar in &book.calendars {
        list.extend(calendar.holidays.iter().map(|(day, name)| (*day, name.clone(), true)));
        list.extend(calendar.made_up.iter().map(|(day, it)| (*day, it.name.clone(), false)));
    }
    list
}

fn policies(ctx: &PageCtx, book: &CalendarBook) -> Vec<PolicyLine> {
    book.policies
        .iter()
        .map(|it| PolicyLine {
            key: it.key.clone(),
            title: it.title.show(ctx.lang).0.to_owned(),
            rule: it.rule.to_rrule().unwrap_or_default(),
            zone: it.zone.clone(),
            next: it
                .open()
                .map(|it| it.preview(ctx.now, AHEAD))
                .unwrap_or_default()
                .iter()
                .map(|it| it.start)
                .collect(),
        })
        .collect()
}

async fn why(
    ctx: &PageCtx,
    web: &Web,
    call: &roadbook_app::Call,
    book: &CalendarBook,
    ask: &Ask,
    start: &str,
) -> Page<Why> {
    let refuse = |problem: Problem| Refused::new(ctx.clone(), problem);
    let start = time_in(&ctx.zone, "start", start).map_err(refuse)?;
    let minutes = ask.minutes.parse::<i64>().unwrap_or(60).clamp(1, 7 * 24 * 60);
    let slot = Slot { start, end: start + jiff::SignedDuration::from_mins(minutes) };
    let keys: Vec<String> = match ask.policy.as_str() {
        "" => book.policies.iter().map(|it| it.key.clone()).collect(),
        key => vec![key.to_owned()],
    };
    let answer = web.app.slot_why(call, None, &keys, slot).await;
    let answer = answer.map_err(|error| refuse(error.into()))?;
    Ok(Why {
        free: answer.verdict.ok,
        blocks: answer.verdict.blocks.iter().map(|it| block(ctx, it)).collect(),
        next: answer.next.iter().map(|it| it.start).collect(),
    })
}

/// What stands in the way, in words.
fn block(ctx: &PageCtx, block: &Block) -> String {
    let text = match block {
        Block::Empty => ctx.t("why-empty"),
        Block::InThePast { .. } => ctx.t("calendar-past"),
        Block::OutsideWindow { .. } => ctx.t("why-outside"),
        Block::TooLong { over, .. } => {
            let span = crate::i18n::fmt::duration(ctx.lang, *over);
            ctx.ta("why-long", &[("span", span.into())])
        }
        Block::YearNotApproved { year, .. } => {
            ctx.ta("why-year", &[("year", year.to_string().into())])
        }
        Block::Full { capacity, .. } => ctx.ta("why-full", &[("n", i64::from(*capacity).into())]),
        Block::Frozen { reason, until, .. } => ctx.ta(
            "why-frozen",
            &[("reason", reason.as_str().into()), ("until", ctx.date_time(*until).into())],
        ),
    };
    text.into_owned()
}

async fn freeze(State(web): State<Web>, sent: Sent) -> Page {
    let ctx = &sent.ctx;
    let time = |field: &str| {
        time_in(&ctx.zone, field, &sent.fields.text(field))
            .map_err(|problem| Refused::new(ctx.clone(), problem))
    };
    let mut scope = Scope::All;
    let product = sent.fields.text("product");
    let tag = sent.fields.text("tag");
    if !product.is_empty() {
        let id = web.app.product_find(&sent.call.actor, &product).await.map_err(fail(ctx))?;
        scope = Scope::Products(vec![id]);
    } else if !tag.is_empty() {
        scope = Scope::Tag(tag);
    }
    let new = NewFreeze {
        from: time("from")?,
        until: time("until")?,
        scope,
        reason: sent.fields.text("reason"),
        override_by: Some(sent.fields.text("override_by")).filter(|it| !it.is_empty()),
    };
    web.app.freeze_add(&sent.call, new).await.map_err(fail(ctx))?;
    Ok(go("/calendar"))
}

async fn lift(State(web): State<Web>, sent: Sent) -> Page {
    let id = FreezeId::parse(&sent.fields.text("id"))
        .map_err(|_| fail(&sent.ctx)(Error::NotFound { what: "freeze" }))?;
    web.app.freeze_lift(&sent.call, &id).await.map_err(fail(&sent.ctx))?;
    Ok(go("/calendar"))
}

async fn holidays(State(web): State<Web>, sent: Sent) -> Page {
    let year = sent.ctx.now.to_zoned(sent.ctx.zone.clone()).year();
    let text = sent.fields.get("ics").unwrap_or_default();
    let import = ics::read(text, year - 1..=year + 3);
    if let Some(found) = import.findings.first() {
        let message = format!("line {}: {}", found.line, found.problem);
        let problem = Problem::field("ics", found.problem.code(), message);
        return Err(Refused::new(sent.ctx, problem));
    }
    let done = web.app.calendar_edit(&sent.call, "holidays imported", |book| {
        let calendar = book.calendars.first_mut();
        import.apply(calendar.ok_or(Error::NotFound { what: "calendar" })?);
        Ok(())
    });
    done.await.map_err(fail(&sent.ctx))?;
    Ok(go("/calendar"))
}

/// The dates of a new window: chosen days, of every week or the nth in a month.
fn rule_of(sent: &Sent) -> Recurrence {
    let chosen = sent.fields.all("day");
    let number = |day: Day| (day as usize).to_string();
    let days = Day::ALL.into_iter().filter(|it| chosen.contains(&number(*it))).collect();
    match sent.fields.text("nth").parse::<i8>() {
        Ok(nth) if nth != 0 => Recurrence::NthWeekday { nth: vec![nth], days },
        _ => Recurrence::Weekly { days },
    }
}

async fn window(State(web): State<Web>, sent: Sent) -> Page {
    let wrong = |field: &str, code: &'static str, message: &str| {
        Refused::new(sent.ctx.clone(), Problem::field(field, code, message.to_owned()))
    };
    let (key, title) = (sent.fields.text("key"), sent.fields.text("title"));
    if key.is_empty() || title.is_empty() {
        return Err(wrong("key", "required", "a window has a short name and a title"));
    }
    let start = sent.fields.text("start").parse::<Time>();
    let start = start.map_err(|_| wrong("start", "time", "the time is written 09:30"))?;
    let minutes = sent.fields.text("minutes").parse::<u32>();
    let minutes = minutes.map_err(|_| wrong("minutes", "number", "minutes are a number"))?;
    let policy = WindowPolicy {
        title: Text::of(sent.ctx.lang, title),
        zone: sent.fields.text("zone"),
        rule: rule_of(&sent),
        start,
        minutes,
        scope: Scope::All,
        owner_role: "release_manager".to_owned(),
        override_by: None,
        capacity: sent.fields.text("capacity").parse().ok(),
        from_year: None,
        to_year: None,
        added: Default::default(),
        dropped: Default::default(),
        by_year: false,
        approved: Default::default(),
        key,
    };
    let told = format!("window {} added", policy.key);
    let done = web.app.calendar_edit(&sent.call, &told, |book| {
        if book.policies.iter().any(|it| it.key == policy.key) {
            return Err(Error::field("key", "exists", "a window has this short name already"));
        }
        book.policies.push(policy);
        Ok(())
    });
    done.await.map_err(fail(&sent.ctx))?;
    Ok(go("/calendar"))
}
