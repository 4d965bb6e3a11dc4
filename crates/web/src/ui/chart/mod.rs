//! Charts as pure functions from small structs to SVG, each with a table below it.

pub mod gantt;
pub mod heat;
pub mod lanes;
pub mod load;
pub mod month;
pub mod swim;
pub mod waves;

use maud::{Markup, html};

use crate::i18n::Tr;

/// The width of a text at 13 pixels: a full-width sign is 1 em, others about 0.55 em.
pub fn text_width(text: &str) -> f64 {
    text.chars()
        .map(|c| {
            if is_wide(c) {
                13.0
            } else if "il.,:;'|! ".contains(c) {
                4.2
            } else {
                7.2
            }
        })
        .sum()
}

/// Whether a sign takes a full square.
pub const fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}')
}

/// Shortens a text to a width with an ellipsis.
pub fn fit(text: &str, width: f64) -> String {
    if text_width(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if text_width(&out) + if is_wide(c) { 13.0 } else { 7.2 } + 10.0 > width {
            break;
        }
        out.push(c);
    }
    out.trim_end().to_owned() + "…"
}

/// A coordinate with at most one decimal, as short as it can be.
pub(crate) fn px(v: f64) -> String {
    let s = format!("{v:.1}");
    s.strip_suffix(".0").unwrap_or(&s).to_owned()
}

/// The table twin of a chart.
pub(crate) fn twin(tr: Tr, head: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        details.twin {
            summary { (tr.t("chart-as-table")) }
            div.scroll tabindex="0" role="group" aria-label=(tr.t("chart-as-table")) { table {
                thead { tr { @for h in head { th scope="col" { (h) } } } }
                tbody { @for row in rows { tr { @for (i, cell) in row.iter().enumerate() {
                    @if i == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                } } } }
            } }
        }
    }
}
