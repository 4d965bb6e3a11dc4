//! A process as lanes: one row per role, steps from left to right as they follow each other.

use maud::{Markup, html};

use super::{fit, is_wide, px, text_width};
use crate::ui::chart::lanes::Shape;

/// What a comparison says about a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    Same,
    /// It is new.
    Added,
    /// It says something else.
    Changed,
    /// It is no longer there.
    Removed,
}

impl Mark {
    /// The sign on the box and in the legend.
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Same => "",
            Mark::Added => "+",
            Mark::Changed => "≠",
            Mark::Removed => "−",
        }
    }

    /// The class of what bears it.
    pub fn class(self) -> &'static str {
        match self {
            Mark::Same => "",
            Mark::Added => "sw-added",
            Mark::Changed => "sw-changed",
            Mark::Removed => "sw-removed",
        }
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct SwimStep {
    /// Its id, for whoever looks into the drawing.
    pub id: String,
    /// Its title.
    pub label: String,
    /// Indices of its lanes; a joint step stands in several.
    pub lanes: Vec<usize>,
    /// Index of its phase.
    pub phase: usize,
    /// Gate, notice or work.
    pub shape: Shape,
    /// Where it leads.
    pub href: String,
    /// Indices of the steps it follows.
    pub after: Vec<usize>,
    /// What a comparison says about it.
    pub mark: Mark,
    /// Its line in the text beside the drawing; 0 where there is none.
    pub line: u32,
}

/// The drawing's input.
#[derive(Debug, Clone)]
pub struct Swim {
    /// Of its title; a page may hold more than one drawing.
    pub id: &'static str,
    /// Title for readers who do not see it.
    pub title: String,
    /// Roles from top to bottom.
    pub lanes: Vec<String>,
    /// Phases from left to right.
    pub phases: Vec<String>,
    /// Steps in the order of the process.
    pub steps: Vec<SwimStep>,
}

const LEFT: f64 = 168.0;
const COL: f64 = 152.0;
const BOX: f64 = 128.0;
const HIGH: f64 = 40.0;
const LANE: f64 = 60.0;
const TOP: f64 = 34.0;

/// The column of each step: behind what it follows, in its phase, alone in each of its lanes.
fn columns(v: &Swim) -> Vec<usize> {
    let mut cols: Vec<usize> = Vec::with_capacity(v.steps.len());
    let mut taken: Vec<(usize, usize)> = Vec::new();
    let (mut phase, mut first, mut next) = (0, 0, 0);
    for step in &v.steps {
        if step.phase != phase {
            (phase, first) = (step.phase, next);
        }
        let behind = step.after.iter().filter_map(|it| cols.get(*it)).map(|it| it + 1).max();
        let mut col = behind.unwrap_or(0).max(first);
        while step.lanes.iter().any(|lane| taken.contains(&(*lane, col))) {
            col += 1;
        }
        taken.extend(step.lanes.iter().map(|lane| (*lane, col)));
        next = next.max(col + 1);
        cols.push(col);
    }
    cols
}

/// Breaks a label into at most two lines.
fn two_lines(text: &str, width: f64) -> (String, String) {
    if text_width(text) <= width {
        return (text.to_owned(), String::new());
    }
    let mut end = 0;
    let mut wide = 0.0;
    for (at, c) in text.char_indices() {
        wide += text_width(c.encode_utf8(&mut [0; 4]));
        if wide > width {
            break;
        }
        if c == ' ' || is_wide(c) {
            end = at + c.len_utf8();
        }
    }
    if end == 0 {
        return (fit(text, width), String::new());
    }
    let (first, rest) = text.split_at(end);
    (first.trim().to_owned(), fit(rest.trim(), width))
}

fn step(s: &SwimStep, lane: usize, x: f64) -> Markup {
    let y = TOP + LANE * lane as f64 + (LANE - HIGH) / 2.0;
    let (first, second) = two_lines(&s.label, BOX - 12.0);
    let single = second.is_empty();
    html! {
        a class=[(s.mark != Mark::Same).then(|| s.mark.class())] href=(s.href) data-step=(s.id) data-lane=(lane) data-line=[(s.line > 0).then_some(s.line)] {
            title { (s.label) @if s.mark != Mark::Same { " " (s.mark.sign()) } }
            @match s.shape {
                Shape::Gate => { path class="sw sw-gate" d={ "M" (px(x + 10.0)) " " (px(y)) "H" (px(x + BOX - 10.0)) "L" (px(x + BOX)) " " (px(y + HIGH / 2.0)) "L" (px(x + BOX - 10.0)) " " (px(y + HIGH)) "H" (px(x + 10.0)) "L" (px(x)) " " (px(y + HIGH / 2.0)) "Z" } {} }
                Shape::Notice => { rect class="sw sw-note" x=(px(x)) y=(px(y)) width=(px(BOX)) height=(px(HIGH)) rx="20" {} }
                Shape::Bar => { rect class="sw" x=(px(x)) y=(px(y)) width=(px(BOX)) height=(px(HIGH)) rx="5" {} }
            }
            text class="c s" x=(px(x + BOX / 2.0)) y=(px(y + if single { 24.0 } else { 17.0 })) { (first) }
            @if !single { text class="c s" x=(px(x + BOX / 2.0)) y=(px(y + 32.0)) { (second) } }
            @if s.mark != Mark::Same {
                circle class="sw-sign" cx=(px(x + BOX - 2.0)) cy=(px(y)) r="9" {}
                text class="c s" x=(px(x + BOX - 2.0)) y=(px(y + 4.0)) { (s.mark.sign()) }
            }
        }
    }
}

fn arrow(from: (f64, f64), to: (f64, f64)) -> Markup {
    let (x1, y1) = (from.0 + BOX, from.1);
    let (x2, y2) = to;
    let mid = x2 - 12.0;
    html! {
        path class="dep" d={ "M" (px(x1)) " " (px(y1)) "H" (px(mid)) "V" (px(y2)) "H" (px(x2 - 4.0)) } {}
        path class="k-tip" d={ "M" (px(x2)) " " (px(y2)) "l-6 -3.5v7z" } {}
    }
}

/// The drawing. Its words stand in the table of steps beside it.
pub fn swim(v: &Swim) -> Markup {
    let cols = columns(v);
    let count = cols.iter().max().map_or(1, |it| it + 1);
    let width = LEFT + COL * count as f64;
    let height = TOP + LANE * v.lanes.len() as f64 + 2.0;
    let x = |i: usize| LEFT + COL * cols[i] as f64 + (COL - BOX) / 2.0;
    let middle = |lane: usize| TOP + LANE * lane as f64 + LANE / 2.0;
    let lane_of = |i: usize| v.steps[i].lanes.first().copied().unwrap_or(0);
    let begins = |phase: usize| {
        let own = v.steps.iter().zip(&cols).filter(|it| it.0.phase == phase);
        own.map(|it| *it.1).min()
    };
    html! { div.scroll tabindex="0" role="group" aria-label=(v.title) {
        svg.swim width=(px(width)) height=(px(height)) viewBox={ "0 0 " (px(width)) " " (px(height)) } role="group" aria-labelledby=(v.id) {
            title id=(v.id) { (v.title) }
            rect class="k-surface" width=(px(width)) height=(px(TOP - 6.0)) {}
            @for (i, role) in v.lanes.iter().enumerate() {
                @if i > 0 { path class="k-hair" d={ "M0 " (px(TOP + LANE * i as f64)) "H" (px(width)) } {} }
                text class="md" x="12" y=(px(middle(i) + 4.0)) { title { (role) } (fit(role, LEFT - 24.0)) }
            }
            @for (i, phase) in v.phases.iter().enumerate() { @if let Some(col) = begins(i) {
                @let x = LEFT + COL * col as f64;
                path class="k-line" d={ "M" (px(x)) " 0V" (px(height)) } {}
                text class="m" x=(px(x + 8.0)) y="19" { (phase) }
            } }
            @for (i, s) in v.steps.iter().enumerate() { @for from in s.after.iter().filter(|it| **it < v.steps.len()) {
                (arrow((x(*from), middle(lane_of(*from))), (x(i), middle(lane_of(i)))))
            } }
            @for (i, s) in v.steps.iter().enumerate() {
                @if let (Some(top), Some(low)) = (s.lanes.iter().min(), s.lanes.iter().max()) {
                    @if top < low { path class="k-joint" d={ "M" (px(x(i) + BOX / 2.0)) " " (px(middle(*top))) "V" (px(middle(*low))) } {} }
                }
                @for lane in &s.lanes { (step(s, *lane, x(i))) }
            }
        }
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(lanes: &[usize], phase: usize, after: &[usize]) -> SwimStep {
        SwimStep {
            id: "a".into(),
            label: "Some longer title".into(),
            lanes: lanes.to_vec(),
            phase,
            shape: Shape::Bar,
            href: String::new(),
            after: after.to_vec(),
            mark: Mark::Same,
            line: 0,
        }
    }

    #[test]
    fn steps_stand_behind_what_they_follow_and_never_on_each_other() {
        let steps =
            vec![one(&[0], 0, &[]), one(&[0], 0, &[]), one(&[1], 0, &[0]), one(&[0, 1], 1, &[1])];
        let phases = vec!["A".into(), "B".into()];
        let v = Swim {
            id: "swim-title",
            title: "t".into(),
            lanes: vec!["x".into(), "y".into()],
            phases,
            steps,
        };
        assert_eq!(columns(&v), [0, 1, 1, 2], "a joint step is free in both lanes");
        let drawn = swim(&v).into_string();
        assert_eq!(drawn.matches("data-step").count(), 5, "once in each of its lanes");
    }

    #[test]
    fn long_labels_break_where_words_or_signs_end() {
        assert_eq!(two_lines("Short", 100.0), ("Short".into(), String::new()));
        let (first, second) = two_lines("Countersign by departments", 110.0);
        assert_eq!((first.as_str(), second.as_str()), ("Countersign by", "departments"));
        let (first, second) = two_lines("운영 시스템 업그레이드 확인", 100.0);
        assert!(!first.is_empty() && !second.is_empty());
    }
}
