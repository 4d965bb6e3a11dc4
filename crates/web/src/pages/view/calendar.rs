//! The calendar as a month or an agenda, with windows, freezes and the next free slots.

use crate::i18n::{Tr, fmt};
use crate::ui::PageCtx;
use crate::ui::chart::month::{Month, agenda, month};
use crate::ui::form::{Choice, Field, Kind, act, form, hidden};
use crate::ui::glyph::{State, pill};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Chip, Head, card, head, seg, text_card};
use jiff::civil::Weekday;
use jiff::{Span, Timestamp};
use maud::{Markup, html};

/// A window policy.
#[derive(Debug)]
pub struct PolicyLine {
    /// Key.
    pub key: String,
    /// Title.
    pub title: String,
    /// Rule, as calendars write it.
    pub rule: String,
    /// Time zone.
    pub zone: String,
    /// The next starts.
    pub next: Vec<Timestamp>,
}

/// A freeze in force or to come.
#[derive(Debug)]
pub struct FreezeLine {
    /// Id.
    pub id: String,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// What stands at a slot.
#[derive(Debug)]
pub struct Why {
    /// Nothing stands in the way.
    pub free: bool,
    /// What stands in the way, in words.
    pub blocks: Vec<String>,
    /// Free slots.
    pub next: Vec<Timestamp>,
}

/// What the page shows.
#[derive(Debug)]
pub struct CalendarView {
    /// The month.
    pub month: Month,
    /// As a list.
    pub agenda: bool,
    /// Window policies.
    pub policies: Vec<PolicyLine>,
    /// Freezes.
    pub freezes: Vec<FreezeLine>,
    /// Answer to what was asked.
    pub why: Option<Why>,
    /// What was asked: start, minutes, policy.
    pub asked: (String, String, String),
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

fn slots(ctx: &PageCtx, v: &CalendarView) -> Markup {
    let mut policies = vec![Choice::new("", ctx.t("calendar-any-window"))];
    policies.extend(v.policies.iter().map(|it| Choice::new(&it.key, &it.title)));
    let minutes = if v.asked.1.is_empty() { "60" } else { v.asked.1.as_str() };
    let fields = [
        Field::new(Kind::Input("datetime-local"), "start", ctx.t("calendar-from"))
            .value(&v.asked.0),
        Field::new(Kind::Input("number"), "minutes", ctx.t("calendar-minutes")).value(minutes),
        Field::new(Kind::Select(policies), "policy", ctx.t("month-window"))
            .value(&v.asked.2)
            .optional(),
    ];
    html! {
        @if let Some(it) = &v.why {
            div role="status" {
                @if it.free { p { (pill(State::Done, &ctx.t("why-free"))) } }
                ul { @for text in &it.blocks { li { (text) } } }
                @if !it.next.is_empty() { h3 { (ctx.t("calendar-next-slot")) } ul { @for at in &it.next { li { (ctx.date_time(*at)) } } } }
            }
        }
        form.form method="get" action="/calendar" {
            @for it in &fields { (it.render(ctx)) }
            div.acts { button.btn type="submit" { (ctx.t("calendar-ask")) } }
        }
    }
}

fn freezes(ctx: &PageCtx, v: &CalendarView) -> Markup {
    let fields = [
        Field::new(Kind::Input("datetime-local"), "from", ctx.t("calendar-from")),
        Field::new(Kind::Input("datetime-local"), "until", ctx.t("calendar-until")),
        Field::text("reason", ctx.t("form-reason")),
        Field::text("product", ctx.t("sites-product")).optional(),
        Field::text("tag", ctx.t("site-tags")).optional(),
    ];
    html! {
        ul { @for it in &v.freezes { li {
            (pill(State::Frozen, &ctx.t("month-freeze"))) " " b { (it.reason) } " · "
            (ctx.date_time(it.from)) " – " (ctx.date_time(it.until))
            @if v.may_edit { (act(ctx, "/calendar/freezes/lift", Btn::button(ctx.t("calendar-freeze-lift")).small(), &[("id", &it.id)])) }
        } } }
        @if v.may_edit { details { summary { (ctx.t("calendar-freeze-add")) }
            (form(ctx, "/calendar/freezes", &fields, &ctx.t("calendar-freeze-add"))) } }
    }
}

/// A new window: its days, its hours and its zone.
fn window(ctx: &PageCtx) -> Markup {
    let nth = |n: i64| Choice::new(n.to_string(), ctx.ta("calendar-nth", &[("n", n.into())]));
    let mut which = vec![Choice::new("0", ctx.t("calendar-every-week"))];
    which.extend((1..=4).map(nth));
    which.push(Choice::new("-1", ctx.t("calendar-last")));
    let zone = ctx.zone.iana_name().unwrap_or("UTC");
    let fields = [
        Field::text("key", ctx.t("products-key")),
        Field::text("title", ctx.t("calendar-name")),
        Field::new(Kind::Select(which), "nth", ctx.t("calendar-rule")),
        Field::new(Kind::Input("time"), "start", ctx.t("calendar-from")).value("09:00"),
        Field::new(Kind::Input("number"), "minutes", ctx.t("calendar-open-minutes")).value("120"),
        Field::text("zone", ctx.t("calendar-zone")).value(zone),
        Field::new(Kind::Input("number"), "capacity", ctx.t("calendar-capacity")).optional(),
    ];
    html! { details { summary { (ctx.t("calendar-window-add")) }
        form.form method="post" action="/calendar/windows" {
            (hidden(ctx))
            fieldset { legend { (ctx.t("calendar-days")) }
                @for (day, it) in (0i8..7).filter_map(|day| Some((day, Weekday::from_monday_zero_offset(day).ok()?))) {
                    label { input type="checkbox" name="day" value=(day); " " (fmt::weekday(ctx.lang, it)) } " "
                }
            }
            @for it in &fields { (it.render(ctx)) }
            div.acts { button.btn type="submit" { (ctx.t("calendar-window-add")) } }
        }
    } }
}

/// The whole page.
pub fn calendar(ctx: &PageCtx, v: &CalendarView) -> Markup {
    let tr = Tr::new(ctx.lang);
    let (title, sub) = (ctx.t("calendar-title"), ctx.t("calendar-question"));
    let kind = if v.agenda { "&view=agenda" } else { "" };
    let at = |months: i64| {
        let day = v.month.month.saturating_add(Span::new().months(months));
        format!("/calendar?month={:04}-{:02}", day.year(), day.month())
    };
    let views = [("", "calendar-month", false), ("&view=agenda", "calendar-agenda", true)].map(
        |(part, key, agenda)| Chip {
            label: ctx.t(key).into_owned(),
            href: format!("{}{part}", at(0)),
            current: v.agenda == agenda,
        },
    );
    let acts = html! {
        (Btn::link(ctx.t("calendar-previous"), format!("{}{kind}", at(-1))).small())
        (Btn::link(ctx.t("calendar-next"), format!("{}{kind}", at(1))).small())
    };
    let none = html! {};
    let ics = [Field::new(Kind::Area { rows: 5, code: true }, "ics", ctx.t("calendar-holidays"))
        .hint(ctx.t("calendar-import-hint"))];
    let body = html! {
        (head(ctx, &Head { title: &title, sub: &sub, ..Head::default() }, acts))
        (seg(&title, &views))
        (card("month", &fmt::month(ctx.lang, v.month.month), none.clone(), html! {
            @if v.agenda { (agenda(tr, &v.month)) } @else { (month(tr, &v.month)) }
        }))
        (text_card("slots", &ctx.t("calendar-next-slot"), none.clone(), slots(ctx, v)))
        (text_card("freezes", &ctx.t("calendar-freezes"), none.clone(), freezes(ctx, v)))
        (text_card("windows", &ctx.t("calendar-windows"), none.clone(), html! {
            @if v.policies.is_empty() { p { (ctx.t("calendar-empty")) } }
            @for it in &v.policies {
                h3 { (it.title) }
                p.s.m { (ctx.t("calendar-rule")) ": " code { (it.rule) } " · " (ctx.t("calendar-zone")) ": " (it.zone) }
                ul { @for at in &it.next { li { (ctx.date_time(*at)) } } }
            }
            @if v.may_edit { (window(ctx)) }
        }))
        @if v.may_edit { (text_card("holidays", &ctx.t("calendar-holidays"), none, form(ctx, "/calendar/holidays", &ics, &ctx.t("calendar-import")))) }
    };
    layout(ctx, &title, body)
}
