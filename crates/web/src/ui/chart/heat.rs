//! Version × site: position is the version, shade the days behind, a line leads to the newest.

use maud::{Markup, html};

use super::{fit, px, text_width, twin};
use crate::i18n::{Tr, fmt};
use crate::ui::glyph::{State, state_text};

/// How the support of a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// The newest version.
    Newest,
    /// Supported for long.
    Open,
    /// Ends soon.
    Ending,
    /// Ended.
    Ended,
}

/// A version, oldest first.
#[derive(Debug, Clone)]
pub struct Column {
    /// The version.
    pub version: String,
    /// Sites that run it, as words.
    pub count: String,
    /// Support in words: "until 6 Dec".
    pub support_text: String,
    /// Support.
    pub support: Support,
}

/// One site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// Index of its column; `None` if unknown or not installed.
    pub column: Option<usize>,
    /// Days behind the newest.
    pub behind: u32,
    /// Whether somebody or something confirmed the version today.
    pub sure: bool,
    /// Source in words with its state.
    pub source: (State, String),
    /// Age of the knowledge: "2 min".
    pub age: String,
    /// What comes next, with a state if it needs attention.
    pub next: (Option<State>, String),
}

/// Sites that belong together.
#[derive(Debug, Clone)]
pub struct Group {
    /// Name of the group.
    pub name: String,
    /// A remark: "4 of 11 on newest".
    pub note: String,
    /// Its sites.
    pub sites: Vec<Site>,
}

/// The chart's input.
#[derive(Debug, Clone)]
pub struct Heat {
    /// Title for readers who do not see it.
    pub title: String,
    /// One sentence that says what matters.
    pub summary: String,
    /// Versions, oldest first.
    pub columns: Vec<Column>,
    /// Groups.
    pub groups: Vec<Group>,
}

const NAMES: f64 = 270.0;
const SOURCE: f64 = 814.0;
const STEPS: [u32; 4] = [0, 30, 120, 240];

/// The shade 0 to 4 of an age.
pub fn shade(behind: u32) -> usize {
    STEPS.iter().position(|s| behind <= *s).unwrap_or(4)
}

struct Geo {
    col: f64,
}

impl Geo {
    fn new(n: usize) -> Geo {
        Geo { col: ((SOURCE - 24.0 - NAMES) / n.max(1) as f64).min(150.0) }
    }

    fn mid(&self, i: usize, n: usize) -> f64 {
        SOURCE - 24.0 - (n - i) as f64 * self.col + self.col / 2.0
    }
}

fn site_row(tr: Tr, s: &Site, y: f64, geo: &Geo, n: usize) -> Markup {
    let cell = geo.col - 6.0;
    html! {
        a href=(s.href) { text x="16" y=(px(y + 16.0)) { (fit(&s.name, NAMES - 30.0)) } }
        @if let Some(i) = s.column {
            @let (mid, sh) = (geo.mid(i, n), shade(s.behind));
            @let newest = geo.mid(n - 1, n);
            @if i + 1 < n && sh > 0 {
                path class={ "l" (sh) @if !s.sure { " unsure" } } d={ "M" (px(mid + cell / 2.0)) " " (px(y + 11.5)) "H" (px(newest - 41.0)) } {}
                circle class="ring" cx=(px(newest - 41.0)) cy=(px(y + 11.5)) r="2.5" {}
            }
            rect class={ "h" (sh) @if !s.sure { " unsure" } } x=(px(mid - cell / 2.0)) y=(px(y)) width=(px(cell)) height="23" rx="4" {}
            @let words = if i + 1 == n { tr.t("heat-newest") } else { tr.ta("heat-behind", &[("n", s.behind.into())]) };
            text class=(if sh == 4 { "c b f-bg" } else { "c md" }) x=(px(mid)) y=(px(y + 16.0)) { (fit(&words, cell)) }
        }
        svg class={ "c-" (s.source.0.code()) } x=(px(SOURCE)) y=(px(y + 5.0)) width="13" height="13" viewBox="0 0 16 16" { use href={ "#" (s.source.0.glyph().id()) } {} }
        text x=(px(SOURCE + 19.0)) y=(px(y + 16.0)) class=[(s.source.0 == State::Waiting).then_some("f-wait")] { (fit(&s.source.1, 68.0)) }
        text class="m e" x="944" y=(px(y + 16.0)) { (fit(&s.age, 60.0)) }
        @if let Some(st) = s.next.0 {
            svg class={ "c-" (st.code()) } x="964" y=(px(y + 5.0)) width="13" height="13" viewBox="0 0 16 16" { use href={ "#" (st.glyph().id()) } {} }
            text class={ "f-" (st.code()) } x="983" y=(px(y + 16.0)) { (fit(&s.next.1, 168.0)) }
        } @else { text x="964" y=(px(y + 16.0)) { (fit(&s.next.1, 186.0)) } }
    }
}

fn svg(tr: Tr, v: &Heat) -> Markup {
    let n = v.columns.len();
    let geo = Geo::new(n);
    let mut y = 72.0;
    let mut groups = Vec::new();
    for g in &v.groups {
        groups.push((g, y));
        y += 34.0 + 28.0 * g.sites.len() as f64 + 8.0;
    }
    let ended = v.columns.iter().take_while(|c| c.support == Support::Ended).count();
    html! {
        svg.chart viewBox={ "0 0 1158 " (px(y)) } role="group" aria-labelledby="heat-title heat-desc" {
            title #heat-title { (v.title) }
            desc #heat-desc { (v.summary) }
            rect class="k-surface" width="1158" height="72" {}
            text class="m" x="16" y="42" { (tr.t("heat-site")) }
            text class="m" x="16" y="60" { (tr.t("heat-support")) }
            text class="m" x=(px(SOURCE)) y="42" { (tr.t("heat-known-from")) }
            text class="m" x="964" y="42" { (tr.t("heat-next")) }
            @for (i, c) in v.columns.iter().enumerate() {
                @let (x, w) = (geo.mid(i, n), geo.col - 4.0);
                text class="c b" x=(px(x)) y="24" { (fit(&c.version, w)) }
                text class="c m" x=(px(x)) y="42" { (fit(&c.count, w)) }
                text class=(match c.support { Support::Ended => "c f-fail md", Support::Ending => "c f-risk md", _ => "c m" }) x=(px(x)) y="60" { (fit(&c.support_text, w)) }
            }
            @for (g, top) in &groups {
                path class="k-line" d={ "M0 " (px(*top)) "H1158" } {}
                text class="b" x="16" y=(px(top + 22.0)) { (fit(&g.name, 220.0)) }
                text class="m" x=(px(30.0 + text_width(&fit(&g.name, 220.0)) * 1.15)) y=(px(top + 22.0)) { (g.note) }
                @for (i, s) in g.sites.iter().enumerate() { (site_row(tr, s, top + 36.5 + 28.0 * i as f64, &geo, n)) }
            }
            @if ended > 0 && ended < n {
                @let x = f64::midpoint(geo.mid(ended - 1, n), geo.mid(ended, n));
                path class="support" d={ "M" (px(x)) " 8V" (px(y)) } {}
            }
        }
    }
}

/// The legend for the head of the card.
pub fn legend(tr: Tr) -> Markup {
    let steps = [
        (0, "0".to_owned()),
        (1, range(tr, 1, STEPS[1])),
        (2, range(tr, STEPS[1] + 1, STEPS[2])),
        (3, range(tr, STEPS[2] + 1, STEPS[3])),
        (4, tr.ta("heat-over", &[("n", STEPS[3].into())]).into_owned()),
    ];
    html! { span.leg {
        span { (tr.t("heat-days-behind")) }
        @for (i, words) in steps { span { svg.g.w viewBox="0 0 24 16" aria-hidden="true" { rect class={ "h" (i) } width="24" height="16" rx="3" {} } " " (words) } }
        span { svg.g.w viewBox="0 0 24 16" aria-hidden="true" { rect.unsure x="1" y="1" width="22" height="14" rx="3" fill="none" {} } " " (tr.t("heat-unsure")) }
        span { svg.g.w viewBox="0 0 24 16" aria-hidden="true" { path.support d="M12 0V16" {} } " " (tr.t("heat-support-end")) }
    } }
}

fn range(tr: Tr, from: u32, to: u32) -> String {
    tr.ta("heat-range", &[("from", from.into()), ("to", to.into())]).into_owned()
}

/// The chart: drawing, phone list and table. Above 500 sites give aggregated groups.
pub fn heat(tr: Tr, v: &Heat) -> Markup {
    let version =
        |s: &Site| s.column.and_then(|i| v.columns.get(i)).map_or("–", |c| c.version.as_str());
    let words = [
        "heat-site",
        "heat-version",
        "heat-days-behind",
        "heat-known-from",
        "heat-age",
        "heat-next",
    ]
    .map(|k| tr.t(k));
    let head: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let rows: Vec<Vec<Markup>> = v
        .groups
        .iter()
        .flat_map(|g| &g.sites)
        .map(|s| {
            vec![
                html! { a.t href=(s.href) { (s.name) } },
                html! { (version(s)) },
                html! { (fmt::number(tr.lang(), i64::from(s.behind))) },
                state_text(s.source.0, &s.source.1),
                html! { (s.age) },
                html! { (s.next.1) },
            ]
        })
        .collect();
    html! {
        div.desk.scroll tabindex="0" role="group" aria-label=(v.title) { div.wide { (svg(tr, v)) } }
        div.phone { @for g in &v.groups {
            p.cb { b { (g.name) } " " span.m { (g.note) } }
            ul.list.pair { @for s in &g.sites { li {
                a.t href=(s.href) { (s.name) } b.nw { (version(s)) }
                span.s { (state_text(s.source.0, &s.source.1)) " " span.m { (s.age) } } span.s.m { (s.next.1) }
            } } }
        } }
        (twin(tr, &head, &rows))
    }
}
