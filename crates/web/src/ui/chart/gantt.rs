//! The plan: bars with baseline, slack and the critical path.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use maud::{Markup, html};

use super::{fit, px, text_width, twin};
use crate::i18n::{Tr, fmt};
use crate::ui::glyph::{State, state};

/// A step of the plan.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Name.
    pub label: String,
    /// Role or person.
    pub who: String,
    /// Planned start.
    pub start: Timestamp,
    /// Planned end.
    pub end: Timestamp,
    /// The baseline's start and end.
    pub baseline: Option<(Timestamp, Timestamp)>,
    /// Latest end that moves nothing.
    pub slack_until: Option<Timestamp>,
    /// Whether it lies on the critical path.
    pub critical: bool,
    /// State.
    pub state: State,
    /// Indices of the steps it waits for.
    pub after: Vec<usize>,
    /// Where it leads.
    pub href: Option<String>,
}

/// The chart's input.
#[derive(Debug, Clone)]
pub struct Gantt {
    /// Title for readers who do not see it.
    pub title: String,
    /// First day.
    pub from: Date,
    /// Days shown.
    pub days: u32,
    /// Zone of the days.
    pub zone: TimeZone,
    /// Now.
    pub now: Timestamp,
    /// The go-live.
    pub go_live: Option<Timestamp>,
    /// Freezes.
    pub freezes: Vec<(Timestamp, Timestamp)>,
    /// Steps in their order.
    pub bars: Vec<Bar>,
}

const LEFT: f64 = 240.0;
const WIDTH: f64 = 1158.0;
const TOP: f64 = 44.0;
const ROW: f64 = 30.0;

struct Axis {
    origin: Timestamp,
    per_day: f64,
}

impl Axis {
    fn new(v: &Gantt) -> Axis {
        let origin = v.from.to_zoned(v.zone.clone()).map_or(v.now, |z| z.timestamp());
        Axis { origin, per_day: (WIDTH - LEFT) / f64::from(v.days.max(1)) }
    }

    fn x(&self, ts: Timestamp) -> f64 {
        (LEFT + ts.duration_since(self.origin).as_secs_f64() / 86_400.0 * self.per_day)
            .clamp(LEFT, WIDTH)
    }
}

fn bar(b: &Bar, y: f64, axis: &Axis) -> Markup {
    let (x, e) = (axis.x(b.start), axis.x(b.end));
    let w = (e - x).max(5.0);
    let fill = match b.state {
        State::Waiting => Some("url(#h-wait)"),
        State::Failed => Some("url(#h-fail)"),
        _ => None,
    };
    let tail = b.slack_until.map(|s| axis.x(s)).filter(|s| *s > x + w + 2.0);
    let room = text_width(&b.label) + 12.0;
    html! {
        rect class="k-bg" x=(px(x)) y=(px(y + 4.0)) width=(px(w)) height="15" rx="3" {}
        rect class={ "bar-" (b.state.code()) @if b.critical { " crit-bar" } } x=(px(x)) y=(px(y + 4.0)) width=(px(w)) height="15" rx="3" fill=[fill] {}
        @if b.critical { rect x=(px(x)) y=(px(y + 4.0)) width=(px(w)) height="15" rx="3" fill="url(#h-crit)" {} }
        @if let Some((s, t)) = b.baseline { rect class="base" x=(px(axis.x(s))) y=(px(y + 21.0)) width=(px((axis.x(t) - axis.x(s)).max(3.0))) height="4" rx="1" {} }
        @if let Some(t) = tail { path class="slack" d={ "M" (px(x + w)) " " (px(y + 11.5)) "H" (px(t)) "v-4v8" } {} }
        @let end = tail.unwrap_or(x + w);
        @if w < room && end + 56.0 < WIDTH && b.critical { text class="halo b" x=(px(end + 6.0)) y=(px(y + 16.0)) { "!" } }
    }
}

fn arrows(v: &Gantt, axis: &Axis) -> Markup {
    html! { @for (i, b) in v.bars.iter().enumerate() { @for from in b.after.iter().filter_map(|j| v.bars.get(*j).map(|a| (*j, a))) {
        @let (x1, y1) = (axis.x(from.1.end), TOP + ROW * from.0 as f64 + 11.5);
        @let (x2, y2) = (axis.x(b.start), TOP + ROW * i as f64 + 11.5);
        path class={ "dep" @if b.critical && from.1.critical { " crit" } } d={ "M" (px(x1)) " " (px(y1)) "h4V" (px(y2)) "H" (px((x2 - 2.0).max(x1 + 4.0))) } {}
    } } }
}

fn svg(tr: Tr, v: &Gantt) -> Markup {
    let axis = Axis::new(v);
    let height = TOP + ROW * v.bars.len() as f64 + 6.0;
    let at = |d: Date| d.to_zoned(v.zone.clone()).map_or(v.now, |z| z.timestamp());
    let mondays = (0..v.days)
        .filter_map(|i| v.from.checked_add(Span::new().days(i64::from(i))).ok())
        .filter(|d| d.weekday() == jiff::civil::Weekday::Monday);
    html! {
        svg.chart viewBox={ "0 0 1158 " (px(height)) } role="group" aria-labelledby="gantt-title" {
            title #gantt-title { (v.title) }
            rect class="k-surface" width="1158" height=(px(TOP - 8.0)) {}
            @for (s, e) in &v.freezes { @let x = axis.x(*s); rect x=(px(x)) y=(px(TOP - 8.0)) width=(px(axis.x(*e) - x)) height=(px(height - TOP + 8.0)) fill="url(#h-frz)" {} }
            @for d in mondays {
                @let x = axis.x(at(d));
                path class="k-hair" d={ "M" (px(x)) " 12V" (px(height)) } {}
                @if x + 50.0 < WIDTH { text class="m hs" x=(px(x + 6.0)) y="24" { (fmt::day_month(tr.lang(), d)) } }
            }
            @if let Some(g) = v.go_live { path class="k-golive" d={ "M" (px(axis.x(g))) " 6V" (px(height)) } {} }
            (arrows(v, &axis))
            @for (i, b) in v.bars.iter().enumerate() { (bar(b, TOP + ROW * i as f64, &axis)) }
            @if axis.x(v.now) > LEFT { path class="k-now" d={ "M" (px(axis.x(v.now))) " 6V" (px(height)) } {} }
            @for (i, b) in v.bars.iter().enumerate() {
                @let y = TOP + ROW * i as f64;
                @let label = html! { text class=(if b.critical { "b" } else { "" }) x="16" y=(px(y + 16.0)) { (fit(&b.label, LEFT - 28.0)) } };
                @if let Some(href) = &b.href { a href=(href) { (label) } } @else { (label) }
            }
        }
    }
}

/// The legend for the head of the card.
pub fn legend(tr: Tr) -> Markup {
    html! { span.leg {
        span { svg.g.w viewBox="0 0 24 16" aria-hidden="true" { rect class="bar-idle crit-bar" x="1" y="2" width="22" height="12" rx="3" {} rect x="1" y="2" width="22" height="12" fill="url(#h-crit)" {} } " " (tr.t("gantt-critical")) }
        span { svg.g.w viewBox="0 0 24 16" aria-hidden="true" { rect.base y="6" width="24" height="4" {} } " " (tr.t("gantt-baseline")) }
        span { svg.g.w viewBox="0 0 24 16" aria-hidden="true" { path.slack d="M0 8H23v-4v8" {} } " " (tr.t("gantt-slack")) }
    } }
}

/// The chart and its table; on a phone only the table, opened.
pub fn gantt(tr: Tr, v: &Gantt) -> Markup {
    let words = [
        "work-step",
        "work-who",
        "work-start",
        "work-end",
        "plan-baseline",
        "plan-slack",
        "work-state",
    ]
    .map(|k| tr.t(k));
    let head: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let when = |ts| fmt::date_time(tr.lang(), ts, &v.zone);
    let slack = |b: &Bar| match b.slack_until {
        _ if b.critical => tr.t("gantt-critical-yes").into_owned(),
        Some(s) if s > b.end => fmt::duration(tr.lang(), s.duration_since(b.end).as_secs() / 60),
        _ => String::new(),
    };
    let rows: Vec<Vec<Markup>> = v
        .bars
        .iter()
        .map(|b| {
            vec![
                html! { @if let Some(href) = &b.href { a.t href=(href) { (b.label) } } @else { (b.label) } },
                html! { (b.who) },
                html! { (when(b.start)) },
                html! { (when(b.end)) },
                html! { @if let Some((_, e)) = b.baseline { (when(e)) } },
                html! { (slack(b)) },
                state(tr, b.state),
            ]
        })
        .collect();
    html! {
        div.desk.scroll tabindex="0" role="group" aria-label=(v.title) { div.wide { (svg(tr, v)) } }
        div.phone { ol.lst { @for b in &v.bars { li {
            span { (fmt::day_month(tr.lang(), b.start.to_zoned(v.zone.clone()).date())) }
            div { @if let Some(href) = &b.href { a.t href=(href) { (b.label) } } @else { b { (b.label) } } br; span.m { (b.who) } " " (state(tr, b.state)) @let s = slack(b); @if !s.is_empty() { " " span.s.m { (s) } } }
        } } } }
        (twin(tr, &head, &rows))
    }
}
