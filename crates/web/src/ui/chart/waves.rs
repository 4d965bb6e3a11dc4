//! Waves: how many sites of each are done, wait, failed or have not answered, and where a wave stops itself.

use maud::{Markup, html};

use super::{fit, px, text_width, twin};
use crate::i18n::Tr;
use crate::ui::glyph::State;

/// How a part of a wave is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A counted result: installed, verified.
    Result,
    /// A promise: accepted, under way.
    Promise,
    /// In a state with its hatch.
    In(State),
    /// No answer, scheduled.
    Open,
}

/// A part of a wave.
#[derive(Debug, Clone)]
pub struct Slice {
    /// How it is drawn.
    pub part: Part,
    /// Sites.
    pub n: u32,
    /// Words with the count: "6 accepted".
    pub label: String,
}

/// One wave.
#[derive(Debug, Clone)]
pub struct Wave {
    /// Name.
    pub name: String,
    /// When, and whether it is done.
    pub when: String,
    /// Parts; their sum is the wave.
    pub slices: Vec<Slice>,
    /// Failed sites that halt the wave.
    pub stop_at: Option<u32>,
    /// The rule or the result in words.
    pub rule: String,
    /// Whether the rule has struck.
    pub halted: bool,
}

const LEFT: f64 = 300.0;
const SPAN: f64 = 558.0;

fn slice(s: &Slice, x: f64, w: f64, y: f64) -> Markup {
    let (class, fill, text) = match s.part {
        Part::Result => ("bar-solid", None, "c f-bg b"),
        Part::Promise => ("bar-run", None, "c f-run md"),
        Part::Open => ("bar-none", None, "c m"),
        Part::In(State::Waiting) => ("bar-wait", Some("url(#h-wait)"), "c f-wait b halo"),
        Part::In(State::Failed) => ("bar-fail", Some("url(#h-fail)"), "c b hf"),
        Part::In(State::Held) => ("bar-hold", None, "c"),
        Part::In(State::AtRisk) => ("bar-risk", None, "c f-risk md"),
        Part::In(_) => ("bar-idle", None, "c m"),
    };
    let label = if text_width(&s.label) + 6.0 <= w { s.label.clone() } else { s.n.to_string() };
    html! {
        rect class=(class) x=(px(x)) y=(px(y)) width=(px(w)) height="24" rx="3" fill=[fill] {}
        text class=(text) x=(px(x + w / 2.0)) y=(px(y + 16.5)) { (label) }
    }
}

fn row(w: &Wave, y: f64) -> Markup {
    let all: u32 = w.slices.iter().map(|s| s.n).sum();
    let parts: Vec<&Slice> = w.slices.iter().filter(|s| s.n > 0).collect();
    let free = SPAN - 2.0 * parts.len().saturating_sub(1) as f64;
    let mut x = LEFT;
    let mut drawn = Vec::new();
    for s in parts {
        let width = free * f64::from(s.n) / f64::from(all.max(1));
        drawn.push(slice(s, x, width, y));
        x += width + 2.0;
    }
    html! {
        text class="b" x="16" y=(px(y + 10.0)) { (fit(&w.name, LEFT - 30.0)) }
        text class="m" x="16" y=(px(y + 27.0)) { (fit(&w.when, LEFT - 30.0)) }
        @for d in drawn { (d) }
        @if let Some(n) = w.stop_at.filter(|n| *n <= all) {
            path class="stop" d={ "M" (px(LEFT + SPAN * f64::from(n) / f64::from(all.max(1)))) " " (px(y - 5.0)) "v34" } {}
        }
        text class=(if w.halted { "f-fail" } else { "m" }) x="884" y=(px(y + 16.5)) { (fit(&w.rule, 268.0)) }
    }
}

/// Words for the mark of the stop line, for the head of the card.
pub fn legend(tr: Tr) -> Markup {
    html! { span.stopmark aria-hidden="true" {} (tr.t("waves-stop-line")) }
}

/// The chart: bars, phone list and table.
pub fn waves(tr: Tr, list: &[Wave]) -> Markup {
    let height = 10.0 + 50.0 * list.len() as f64;
    let words =
        ["waves-wave", "work-when", "waves-sites", "work-state", "waves-rule"].map(|k| tr.t(k));
    let head: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let parts = |w: &Wave| {
        w.slices.iter().filter(|s| s.n > 0).map(|s| s.label.clone()).collect::<Vec<_>>().join(", ")
    };
    let all = |w: &Wave| w.slices.iter().map(|s| s.n).sum::<u32>();
    let rows: Vec<Vec<Markup>> = list
        .iter()
        .map(|w| {
            vec![
                html! { (w.name) },
                html! { (w.when) },
                html! { (all(w)) },
                html! { (parts(w)) },
                html! { (w.rule) },
            ]
        })
        .collect();
    html! {
        div.desk.scroll tabindex="0" role="group" aria-label=(tr.t("waves-title")) { div.wide.w2 {
            svg.chart viewBox={ "0 0 1158 " (px(height)) } role="img" aria-label=(tr.t("waves-title")) {
                @for (i, w) in list.iter().enumerate() { (row(w, 15.0 + 50.0 * i as f64)) }
            }
        } }
        div.phone { ol.lst { @for w in list { li.full { div {
            b { (w.name) } " " span.m { (w.when) } br;
            (parts(w)) " " span.m { (tr.ta("waves-of", &[("n", all(w).into())])) }
            @if !w.rule.is_empty() { br; span class=(if w.halted { "s c-fail" } else { "s m" }) { (w.rule) } }
        } } } } }
        (twin(tr, &head, &rows))
    }
}
