//! Role lanes: one row of bars per role, with windows, freezes, the go-live line and the now line.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use maud::{Markup, html};

use super::{fit, px, text_width, twin};
use crate::i18n::{Tr, fmt};
use crate::ui::glyph::{Glyph, State, state, state_glyph};

const LEFT: f64 = 148.0;
const WIDTH: f64 = 1158.0;
const TOP: f64 = 88.0;
const ROW: f64 = 28.0;
const BAR: f64 = 20.0;

/// What a mark on a lane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Work with a start and an end.
    Bar,
    /// A decision at one moment.
    Gate,
    /// A notice at one moment.
    Notice,
}

/// One step on a lane.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its form.
    pub shape: Shape,
    /// Name, short.
    pub label: String,
    /// Start, or the only moment.
    pub start: Timestamp,
    /// End; the start for gates and notices.
    pub end: Timestamp,
    /// State.
    pub state: State,
    /// Share that is done, 0 to 1, for work that counts.
    pub part: Option<f64>,
    /// Where it leads.
    pub href: Option<String>,
}

/// One role.
#[derive(Debug, Clone)]
pub struct Lane {
    /// The role.
    pub role: String,
    /// The person, or a count of sites.
    pub who: String,
    /// Steps in any order.
    pub items: Vec<Item>,
}

/// A stretch of time behind the bars.
#[derive(Debug, Clone)]
pub struct Band {
    /// Start.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
    /// Its name; a freeze is named in the head.
    pub label: String,
}

/// Everything the chart shows.
#[derive(Debug, Clone)]
pub struct Lanes {
    /// Title for readers who do not see it.
    pub title: String,
    /// One sentence that says what matters.
    pub summary: String,
    /// First day shown.
    pub from: Date,
    /// Days shown.
    pub days: u32,
    /// Zone of the days.
    pub zone: TimeZone,
    /// Now.
    pub now: Timestamp,
    /// The go-live, if planned.
    pub go_live: Option<Timestamp>,
    /// Windows.
    pub windows: Vec<Band>,
    /// Freezes.
    pub freezes: Vec<Band>,
    /// Roles.
    pub lanes: Vec<Lane>,
}

struct Scale {
    origin: Timestamp,
    per_day: f64,
    end: f64,
}

impl Scale {
    fn new(v: &Lanes) -> Scale {
        let origin = v.from.to_zoned(v.zone.clone()).map_or(v.now, |z| z.timestamp());
        Scale { origin, per_day: (WIDTH - LEFT) / f64::from(v.days.max(1)), end: WIDTH }
    }

    fn x(&self, ts: Timestamp) -> f64 {
        LEFT + ts.duration_since(self.origin).as_secs_f64() / 86_400.0 * self.per_day
    }

    fn clamp(&self, ts: Timestamp) -> f64 {
        self.x(ts).clamp(LEFT, self.end)
    }
}

struct Placed<'a> {
    item: &'a Item,
    x: f64,
    w: f64,
    row: usize,
    label_x: f64,
    anchor_end: bool,
    inside: bool,
    text: String,
}

/// Puts items on rows so that neither bars nor labels cover each other.
fn place<'a>(scale: &Scale, lane: &'a Lane, go_live: Option<f64>) -> (Vec<Placed<'a>>, usize) {
    let mut items: Vec<&Item> = lane
        .items
        .iter()
        .filter(|i| scale.x(i.end) >= LEFT && scale.x(i.start) <= scale.end)
        .collect();
    items.sort_by_key(|i| (i.start, i.end));
    let mut rows: Vec<f64> = Vec::new();
    let mut out = Vec::new();
    for item in items {
        let (x, w) = match item.shape {
            Shape::Bar => {
                let x = scale.clamp(item.start);
                (x, (scale.clamp(item.end) - x - 1.0).max(7.0).min(scale.end - x))
            }
            Shape::Gate | Shape::Notice => {
                (scale.clamp(item.start).min(scale.end - 9.0) - 9.0, 18.0)
            }
        };
        let room = (scale.end - LEFT) * 0.45;
        let text = fit(&item.label, room);
        let tw = text_width(&text);
        let has_glyph = item.shape == Shape::Bar && item.state != State::Foreseen;
        let mark = if has_glyph { 17.0 } else { 0.0 };
        let inside = item.shape == Shape::Bar && mark + tw + 14.0 <= w;
        let before_go =
            item.shape == Shape::Notice && go_live.is_some_and(|g| x < g && g < x + 24.0 + tw);
        let over_edge = x + w + mark + tw + 8.0 > scale.end;
        let anchor_end = !inside && (before_go || over_edge) && x - tw - 8.0 > LEFT;
        let (left, right) = match (inside, anchor_end) {
            (true, _) => (x, x + w),
            (false, true) => (x - tw - mark - 8.0, x + w),
            (false, false) => (x, x + w + mark + tw + 8.0),
        };
        let row = rows.iter().position(|end| *end + 4.0 <= left).unwrap_or(rows.len());
        if row == rows.len() {
            rows.push(right);
        } else {
            rows[row] = right;
        }
        let label_x = match (inside, anchor_end) {
            (true, _) => x + 7.0,
            (false, true) => x - 4.0,
            (false, false) => x + w + 5.0,
        };
        out.push(Placed { item, x, w, row, label_x, anchor_end, inside, text });
    }
    (out, rows.len().max(1))
}

fn sign(g: Glyph, class: &str, x: f64, y: f64, size: f64) -> Markup {
    html! { svg class=(class) x=(px(x)) y=(px(y)) width=(px(size)) height=(px(size)) viewBox="0 0 16 16" { use href={ "#" (g.id()) } {} } }
}

fn shape(p: &Placed<'_>, y: f64) -> Markup {
    let code = p.item.state.code();
    let mid = y + BAR / 2.0;
    match p.item.shape {
        Shape::Bar => {
            let fill = match p.item.state {
                State::Waiting => Some("url(#h-wait)"),
                State::Failed => Some("url(#h-fail)"),
                State::Frozen => Some("url(#h-frz)"),
                _ => None,
            };
            html! {
                rect class="k-bg" x=(px(p.x)) y=(px(y)) width=(px(p.w)) height=(px(BAR)) rx="3" {}
                @if let Some(part) = p.item.part {
                    rect class={ "bar-" (if code == "run" { "rest" } else { code }) } x=(px(p.x)) y=(px(y)) width=(px(p.w)) height=(px(BAR)) rx="3" fill=[fill] {}
                    rect class={ "bar-" (code) } x=(px(p.x)) y=(px(y)) width=(px(p.w * part.clamp(0.0, 1.0))) height=(px(BAR)) rx="3" fill=[fill] {}
                } @else {
                    rect class={ "bar-" (code) } x=(px(p.x)) y=(px(y)) width=(px(p.w)) height=(px(BAR)) rx="3" fill=[fill] {}
                }
            }
        }
        Shape::Gate => html! {
            path class={ "gate bar-" (code) } d={ "M" (px(p.x + 9.0)) " " (px(mid - 9.0)) "l9 9-9 9-9-9z" } {}
            @if p.item.state == State::Done { (sign(Glyph::Done, "gate-mark", p.x + 3.0, mid - 6.0, 12.0)) }
        },
        Shape::Notice => html! {
            rect class="k-bg" x=(px(p.x)) y=(px(mid - 8.0)) width="18" height="16" rx="3" {}
            (sign(Glyph::Mail, &format!("c-{code}"), p.x, mid - 9.0, 18.0))
        },
    }
}

fn label(p: &Placed<'_>, y: f64) -> Markup {
    let code = p.item.state.code();
    let loud =
        matches!(p.item.state, State::AtRisk | State::Waiting | State::Failed | State::Emergency);
    let has_glyph = p.item.shape == Shape::Bar && p.item.state != State::Foreseen;
    let shift = if has_glyph && !p.anchor_end { 17.0 } else { 0.0 };
    let class = format!(
        "{}{}{}",
        if p.inside && !loud { "" } else { "halo " },
        if loud { format!("md f-{code} ") } else { String::new() },
        if p.anchor_end { "e" } else { "" }
    );
    let glyph_x =
        if p.anchor_end { p.label_x - text_width(&p.text) - 17.0 } else { p.label_x + 1.0 };
    let text =
        html! { text class=(class.trim()) x=(px(p.label_x + shift)) y=(px(y + 14.5)) { (p.text) } };
    html! {
        @if has_glyph { (sign(p.item.state.glyph(), &format!("c-{code}"), glyph_x, y + 4.0, 12.0)) }
        @if let Some(href) = &p.item.href { a href=(href) { (text) } } @else { (text) }
    }
}

fn flag(scale: &Scale, ts: Timestamp, text: &str, now: bool) -> Markup {
    let w = text_width(text) * 1.1 + 26.0;
    let x = scale.x(ts);
    let left = (x - w / 2.0).clamp(2.0, WIDTH - w - 2.0);
    html! {
        rect class=(if now { "k-flag" } else { "k-flag2" }) x=(px(left)) y="6" width=(px(w)) height="24" rx="12" {}
        text class=(if now { "c b f-bg" } else { "c b f-run" }) x=(px(left + w / 2.0)) y="22.5" { (text) }
    }
}

/// Days of the shown weeks that are Mondays.
fn mondays(v: &Lanes) -> Vec<Date> {
    (0..v.days)
        .filter_map(|i| v.from.checked_add(Span::new().days(i64::from(i))).ok())
        .filter(|d| d.weekday() == jiff::civil::Weekday::Monday)
        .collect()
}

fn back(tr: Tr, v: &Lanes, scale: &Scale, height: f64) -> Markup {
    let body = height - 64.0;
    let at = |d: Date| d.to_zoned(v.zone.clone()).map_or(v.now, |z| z.timestamp());
    html! {
        rect class="k-surface" width=(px(WIDTH)) height=(px(TOP)) {}
        @for b in v.windows.iter().filter(|b| scale.x(b.end) > LEFT && scale.x(b.start) < WIDTH) {
            @let day = b.start.to_zoned(v.zone.clone()).date();
            @let x = scale.clamp(at(day));
            @let w = scale.per_day.min(WIDTH - x);
            rect class=(if day.weekday().to_monday_zero_offset() > 4 { "k-win2" } else { "k-win" }) x=(px(x)) y="64" width=(px(w)) height=(px(body)) {}
            @if w > 18.0 { text class="c m" x=(px(x + w / 2.0)) y="80" { (fmt::weekday_short(tr.lang(), day.weekday())) } }
        }
        @for b in v.freezes.iter().filter(|b| scale.x(b.end) > LEFT && scale.x(b.start) < WIDTH) {
            @let (x, e) = (scale.clamp(b.start), scale.clamp(b.end));
            rect x=(px(x)) y="64" width=(px(e - x)) height=(px(body)) fill="url(#h-frz)" {}
            rect class="k-surface" x=(px(x)) y="66" width=(px((text_width(&fit(&b.label, (WIDTH - x - 24.0).max(30.0))) + 28.0).min(WIDTH - x))) height="20" {}
            (sign(Glyph::Freeze, "c-frz", x + 5.0, 68.0, 14.0))
            text class="f-frz md" x=(px(x + 22.0)) y="80" { (fit(&b.label, (WIDTH - x - 24.0).max(30.0))) }
        }
        @for (i, d) in mondays(v).into_iter().enumerate() {
            @let x = scale.x(at(d));
            @if i > 0 || x > LEFT + 1.0 { path class="k-hair" d={ "M" (px(x)) " 40V" (px(height)) } {} }
            @if x + 52.0 < WIDTH { text class="m hs" x=(px(x + 8.0)) y="56" { (fmt::day_month(tr.lang(), d)) } }
        }
        text class="m" x="16" y="56" { (tr.ta("lanes-week", &[("year", v.from.year().to_string().into())])) }
        text class="m" x="16" y="80" { (tr.t("lanes-windows")) }
    }
}

/// The drawing for wide screens.
fn svg(tr: Tr, v: &Lanes) -> Markup {
    let scale = Scale::new(v);
    let go = v.go_live.map(|g| scale.x(g)).filter(|x| (LEFT..=WIDTH).contains(x));
    let mut y = TOP;
    let mut placed = Vec::new();
    for lane in &v.lanes {
        let (items, rows) = place(&scale, lane, go);
        let height = 14.0 + rows as f64 * ROW;
        placed.push((lane, items, y, height));
        y += height;
    }
    let height = y;
    let now_x = scale.x(v.now);
    let item_y = |top: f64, row: usize| top + 11.0 + row as f64 * ROW;
    html! {
        svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(height)) } role="group" aria-labelledby="lanes-title lanes-desc" {
            title #lanes-title { (v.title) }
            desc #lanes-desc { (v.summary) }
            (back(tr, v, &scale, height))
            @if let Some(x) = go { path class="k-golive" d={ "M" (px(x)) " 30V" (px(height)) } {} }
            @for (lane, items, top, _) in &placed {
                path class="k-line" d={ "M0 " (px(*top)) "H" (px(WIDTH)) } {}
                text class="b" x="16" y=(px(top + 17.0)) { (fit(&lane.role, LEFT - 22.0)) }
                text class="m" x="16" y=(px(top + 34.0)) { (fit(&lane.who, LEFT - 22.0)) }
                @for p in items { (shape(p, item_y(*top, p.row))) }
            }
            @if (LEFT..=WIDTH).contains(&now_x) { path class="k-now" d={ "M" (px(now_x)) " 30V" (px(height)) } {} }
            @for (_, items, top, _) in &placed { @for p in items { (label(p, item_y(*top, p.row))) } }
            @if let (Some(_), Some(ts)) = (go, v.go_live) {
                (flag(&scale, ts, &tr.ta("lanes-go-live", &[("date", fmt::date(tr.lang(), ts.to_zoned(v.zone.clone()).date()).into())]), false))
            }
            @if (LEFT..=WIDTH).contains(&now_x) {
                @let at = format!("{} {}", fmt::weekday_short(tr.lang(), v.now.to_zoned(v.zone.clone()).date().weekday()), fmt::time(v.now, &v.zone));
                (flag(&scale, v.now, &tr.ta("lanes-now", &[("at", at.into())]), true))
            }
        }
    }
}

fn ordered(v: &Lanes) -> Vec<(&Lane, &Item)> {
    let mut all: Vec<_> =
        v.lanes.iter().flat_map(|l| l.items.iter().map(move |i| (l, i))).collect();
    all.sort_by_key(|(_, i)| i.start);
    all
}

fn who(lane: &Lane) -> String {
    if lane.who.is_empty() { lane.role.clone() } else { format!("{}, {}", lane.role, lane.who) }
}

/// The list for phones: now is the divider, finished steps are folded.
fn phone(tr: Tr, v: &Lanes) -> Markup {
    let all = ordered(v);
    let is_past = |i: &Item| i.state == State::Done;
    let line = |(lane, i): &(&Lane, &Item)| {
        html! { li {
            span { (fmt::day_month(tr.lang(), i.start.to_zoned(v.zone.clone()).date())) }
            div {
                @if let Some(href) = &i.href { a.t href=(href) { (i.label) } } @else { b { (i.label) } }
                br; span.m { (who(lane)) } " " (state(tr, i.state))
            }
        } }
    };
    let done: Vec<_> = all.iter().filter(|(_, i)| is_past(i)).collect();
    let open: Vec<_> = all.iter().filter(|(_, i)| !is_past(i)).collect();
    html! { div.phone {
        @if !done.is_empty() { details.twin { summary { (tr.ta("lanes-steps-done", &[("n", done.len().into())])) } ol.lst { @for x in done { (line(x)) } } } }
        ol.lst {
            @for x in open.iter().filter(|(_, i)| i.start <= v.now) { (line(x)) }
            li.nowl { span { (tr.t("lanes-now-word")) } span { (fmt::date_time(tr.lang(), v.now, &v.zone)) } }
            @for x in open.iter().filter(|(_, i)| i.start > v.now) { (line(x)) }
        }
    } }
}

/// The legend that belongs into the head of the card.
pub fn legend(tr: Tr) -> Markup {
    let states = [State::Done, State::Running, State::Waiting, State::AtRisk];
    html! { span.leg {
        @for s in states { span { (state_glyph(s)) " " (tr.t(s.key()).to_lowercase()) } }
        span { svg.g viewBox="0 0 16 16" aria-hidden="true" { rect class="bar-idle" x="1" y="3.5" width="14" height="9" rx="2" {} } " " (tr.t("state-foreseen").to_lowercase()) }
        span { svg.g viewBox="0 0 16 16" aria-hidden="true" { path class="gate" d="M8 1.5L14.5 8 8 14.5 1.5 8z" {} } " " (tr.t("lanes-gate")) }
        span { (crate::ui::glyph::glyph(Glyph::Mail)) " " (tr.t("lanes-notice")) }
        span { (state_glyph(State::Frozen)) " " (tr.t("lanes-freeze")) }
    } }
}

/// The chart: drawing, phone list and table.
pub fn lanes(tr: Tr, v: &Lanes) -> Markup {
    let words = ["work-role", "work-who", "work-step", "work-start", "work-end", "work-state"]
        .map(|k| tr.t(k));
    let head: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let rows: Vec<Vec<Markup>> = ordered(v)
        .into_iter()
        .map(|(l, i)| {
            let end = if i.end > i.start {
                fmt::date_time(tr.lang(), i.end, &v.zone)
            } else {
                String::new()
            };
            vec![
                html! { (l.role) },
                html! { (l.who) },
                html! { (i.label) },
                html! { (fmt::date_time(tr.lang(), i.start, &v.zone)) },
                html! { (end) },
                state(tr, i.state),
            ]
        })
        .collect();
    html! {
        div.desk.scroll tabindex="0" role="group" aria-label=(v.title) { div.wide { (svg(tr, v)) } }
        (phone(tr, v))
        (twin(tr, &head, &rows))
    }
}
