//! A month as a table: windows, freezes, go-lives and notices in the cells of their days.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use maud::{Markup, html};

use crate::i18n::{Lang, Tr, fmt};
use crate::ui::glyph::{Glyph, glyph};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A window.
    Window,
    /// A freeze.
    Freeze,
    /// A go-live.
    GoLive,
    /// A notice.
    Notice,
    /// A clash.
    Clash,
    /// Any other date of a release.
    Step,
}

/// An entry over one or more days.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its kind.
    pub kind: Kind,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Words, with the time first.
    pub label: String,
    /// Where it leads.
    pub href: Option<String>,
}

/// The calendar's input.
#[derive(Debug, Clone)]
pub struct Month {
    /// Any day of the month.
    pub month: Date,
    /// Today.
    pub today: Date,
    /// Holidays and made-up working days with their names; `true` is a day off.
    pub days: Vec<(Date, String, bool)>,
    /// Entries in any order.
    pub entries: Vec<Entry>,
}

/// The first day of a week: Monday, but Sunday in Korea.
pub const fn first_weekday(lang: Lang) -> Weekday {
    match lang {
        Lang::Ko => Weekday::Sunday,
        _ => Weekday::Monday,
    }
}

fn weeks(lang: Lang, month: Date) -> Vec<Vec<Date>> {
    let first = month.first_of_month();
    let back = i64::from(first.weekday().since(first_weekday(lang)));
    let mut day = first.saturating_sub(back.days());
    let last = month.last_of_month();
    let mut out = Vec::new();
    while day <= last {
        let week: Vec<Date> = (0..7).map(|i| day.saturating_add(Span::new().days(i))).collect();
        day = day.saturating_add(7.days());
        out.push(week);
    }
    out
}

fn entry(e: &Entry) -> Markup {
    let (class, sign) = match e.kind {
        Kind::Window => ("ev win", None),
        Kind::Freeze => ("ev frz", Some(Glyph::Freeze)),
        Kind::GoLive => ("ev go", Some(Glyph::Run)),
        Kind::Notice => ("ev note", Some(Glyph::Mail)),
        Kind::Clash => ("ev clash", Some(Glyph::Risk)),
        Kind::Step => ("ev note", None),
    };
    let inner = html! { @if let Some(g) = sign { (glyph(g)) } span { (e.label) } };
    html! { @if let Some(href) = &e.href { a class=(class) href=(href) { (inner) } } @else { span class=(class) { (inner) } } }
}

fn cell(tr: Tr, v: &Month, day: Date) -> Markup {
    let out = day.month() != v.month.month();
    let special = v.days.iter().find(|d| d.0 == day);
    let off = special.map_or(day.weekday().to_monday_zero_offset() > 4, |d| d.2);
    let mut list: Vec<&Entry> = v.entries.iter().filter(|e| e.from <= day && day <= e.to).collect();
    list.sort_by_key(|e| (e.kind != Kind::Freeze, e.kind != Kind::Window, e.label.clone()));
    let class = [
        out.then_some("out"),
        (off && !out).then_some("off"),
        (day == v.today).then_some("today"),
        list.is_empty().then_some("none"),
    ];
    let class = class.into_iter().flatten().collect::<Vec<_>>().join(" ");
    html! {
        td class=[(!class.is_empty()).then_some(class)] aria-current=[(day == v.today).then_some("date")] {
            time.dn datetime=(day.to_string()) { @if out { (fmt::day_month(tr.lang(), day)) } @else { (day.day()) } }
            span.phone { (fmt::date(tr.lang(), day)) }
            @if let Some((_, name, _)) = special { span.hol { (name) } }
            @for e in list { (entry(e)) }
        }
    }
}

/// The month; on a phone only the days with entries, as an agenda.
pub fn month(tr: Tr, v: &Month) -> Markup {
    let list = weeks(tr.lang(), v.month);
    html! {
        div.scroll tabindex="0" role="group" aria-label=(fmt::month(tr.lang(), v.month)) { table.month {
            caption.vh { (fmt::month(tr.lang(), v.month)) }
            thead { tr { @if let Some(week) = list.first() { @for d in week { th scope="col" abbr=(fmt::weekday(tr.lang(), d.weekday())) { (fmt::weekday_short(tr.lang(), d.weekday())) } } } } }
            tbody { @for week in &list { tr { @for d in week { (cell(tr, v, *d)) } } } }
        } }
    }
}

/// The same as a list in time order.
pub fn agenda(tr: Tr, v: &Month) -> Markup {
    let mut list: Vec<&Entry> = v.entries.iter().collect();
    list.sort_by_key(|e| (e.from, e.to));
    html! {
        @if list.is_empty() { p.cb.m { (tr.t("month-nothing")) } }
        ol.lst.wide1 { @for e in list { li {
            span { (fmt::date(tr.lang(), e.from)) @if e.to > e.from { " – " (fmt::date(tr.lang(), e.to)) } }
            div { (entry(e)) }
        } } }
    }
}
