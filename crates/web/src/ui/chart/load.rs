//! The load strip: planned hours per day against capacity.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{px, text_width, twin};
use crate::i18n::{Tr, fmt};

/// One day.
#[derive(Debug, Clone)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Planned work in minutes.
    pub planned: i64,
    /// Capacity in minutes; `None` on weekends, holidays and leave.
    pub capacity: Option<i64>,
    /// Why there is no capacity: "leave", the name of a holiday; empty on weekends.
    pub off: String,
}

/// The strip.
#[derive(Debug, Clone)]
pub struct Load {
    /// Title for readers who do not see it.
    pub title: String,
    /// The first day is today.
    pub days: Vec<Day>,
}

const BASE: f64 = 204.0;
const PX_PER_HOUR: f64 = 18.0;
const LEFT: f64 = 44.0;

fn svg(tr: Tr, title: &str, days: &[Day], width: f64, first_is_today: bool) -> Markup {
    let top_hours = days.iter().map(|d| d.planned.max(d.capacity.unwrap_or(0))).max().unwrap_or(0)
        as f64
        / 60.0;
    let step = if top_hours > 9.5 { (top_hours / 3.0 / 3.0).ceil() * 3.0 } else { 3.0 };
    let per_hour = if top_hours > 9.5 { PX_PER_HOUR * 9.5 / top_hours } else { PX_PER_HOUR };
    let col = (width - LEFT - 8.0) / days.len().max(1) as f64;
    let y = |minutes: i64| BASE - minutes as f64 / 60.0 * per_hour;
    let lines: Vec<f64> =
        (0..=200).map(|i| f64::from(i) * step).take_while(|h| *h <= top_hours.max(6.0)).collect();
    html! { svg.chart viewBox={ "0 0 " (px(width)) " 252" } role="img" aria-label=(title) {
        @for h in lines {
            @let ly = BASE - h * per_hour;
            path class="k-hair" d={ "M" (px(LEFT)) " " (px(ly)) "H" (px(width - 8.0)) } {}
            text class="m e" x=(px(LEFT - 10.0)) y=(px(ly + 4.5)) { (fmt::hours(tr.lang(), (h * 60.0) as i64)) }
        }
        @for (i, d) in days.iter().enumerate() {
            @let x = LEFT + i as f64 * col;
            @if d.capacity.is_none() { rect class="k-surface" x=(px(x)) y="20" width=(px(col)) height=(px(BASE - 20.0)) {} }
            @if let Some(c) = d.capacity { path class="cap" d={ "M" (px(x + col * 0.08)) " " (px(y(c))) "H" (px(x + col * 0.92)) } {} }
        }
        path class="k-axis" d={ "M" (px(LEFT)) " " (px(BASE)) "H" (px(width - 8.0)) } {}
        @for (i, d) in days.iter().enumerate() { (column(tr, d, LEFT + i as f64 * col, col, &y, first_is_today && i == 0)) }
    } }
}

fn column(tr: Tr, d: &Day, x: f64, col: f64, y: &dyn Fn(i64) -> f64, today: bool) -> Markup {
    let (mid, bx, bw) = (x + col / 2.0, x + col * 0.2, col * 0.6);
    let within = d.planned.min(d.capacity.unwrap_or(d.planned));
    let over = d.planned > within;
    let word = if over { "c b f-risk" } else { "c md halo" };
    let day = if over {
        "c b f-risk"
    } else if today {
        "c b"
    } else {
        "c m"
    };
    html! {
        @if within > 0 { rect class=(if today { "load-now" } else { "load" }) x=(px(bx)) y=(px(y(within))) width=(px(bw)) height=(px(BASE - y(within))) rx="2" {} }
        @if over { rect class="over" x=(px(bx)) y=(px(y(d.planned))) width=(px(bw)) height=(px(y(within) - y(d.planned) - 1.0)) rx="2" fill="url(#h-over)" {} }
        @if d.planned > 0 { text class=(word) x=(px(mid)) y=(px(y(d.planned) - 4.0)) { (fmt::decimal(tr.lang(), d.planned as f64 / 60.0)) } }
        @if !d.off.is_empty() && d.planned == 0 && text_width(&d.off) < col * 1.6 { text class="c m" x=(px(mid)) y="196" { (d.off) } }
        text class=(if today { "c b" } else { "c m" }) x=(px(mid)) y="224" {
            @if today && col > 46.0 { (tr.t("fmt-today")) } @else { (fmt::weekday_short(tr.lang(), d.date.weekday())) }
        }
        text class=(day) x=(px(mid)) y="242" { (d.date.day()) }
    }
}

/// The strip with legend and table; on a phone two weeks below each other.
pub fn load_strip(tr: Tr, v: &Load) -> Markup {
    let words = ["load-day", "load-planned", "load-capacity", "form-remark"].map(|k| tr.t(k));
    let head: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let rows: Vec<Vec<Markup>> = v
        .days
        .iter()
        .map(|d| {
            let over = d.capacity.map_or(0, |c| (d.planned - c).max(0));
            vec![
                html! { (fmt::date(tr.lang(), d.date)) },
                html! { (fmt::hours(tr.lang(), d.planned)) },
                html! { @match d.capacity { Some(c) => (fmt::hours(tr.lang(), c)), None if d.off.is_empty() => (tr.t("load-weekend")), None => (d.off) } },
                html! { @if over > 0 { (tr.ta("load-over", &[("span", fmt::duration(tr.lang(), over).into())])) } },
            ]
        })
        .collect();
    html! {
        div.chartpad {
            div.desk { (svg(tr, &v.title, &v.days, 736.0, true)) }
            div.phone { @for (i, week) in v.days.chunks(7).enumerate() { (svg(tr, &v.title, week, 358.0, i == 0)) } }
        }
        p.leg.pad {
            span { svg.g viewBox="0 0 16 16" aria-hidden="true" { rect class="load" y="3" width="16" height="10" rx="2" {} } " " (tr.t("load-legend-planned")) }
            span { svg.g viewBox="0 0 16 16" aria-hidden="true" { path class="cap" d="M0 8H16" {} } " " (tr.t("load-legend-capacity")) }
            span { svg.g viewBox="0 0 16 16" aria-hidden="true" { rect class="over" x=".5" y="3" width="15" height="10" rx="2" fill="url(#h-over)" {} } " " (tr.t("load-legend-over")) }
            span { svg.g viewBox="0 0 16 16" aria-hidden="true" { rect class="bar-hold" x=".5" y="2.5" width="15" height="11" {} } " " (tr.t("load-legend-off")) }
        }
        (twin(tr, &head, &rows))
    }
}
