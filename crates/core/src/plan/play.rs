//! A plan played from its begin: one step after the other can begin, and whoever is asked says
//! when it did and when it was done. Everything behind it moves with the answer.

use super::graph::{Length, Node};
use super::pass::{Driver, move_by, stamp, walk};
use super::{Input, Plan, Progress, plan};
use crate::process::due::Span;
use jiff::Timestamp;

/// A step whose turn it is.
pub struct Turn<'a> {
    input: &'a Input<'a>,
    node: &'a Node,
    /// The step.
    pub step: &'a str,
    /// Everything before it is over.
    pub inputs: Timestamp,
    /// The step before it that was over last; `None` for the begin of the run.
    pub last: Option<&'a str>,
    /// When it may begin: its inputs are over and its own dates have come.
    pub start: Timestamp,
    /// When it is done if it begins then.
    pub finish: Timestamp,
    /// It is the go-live.
    pub go_live: bool,
    /// Minutes of work in it, of each who performs it.
    pub minutes: i64,
}

impl Turn<'_> {
    /// When it is done if it begins then and takes so many percent of its length.
    pub fn finish_from(&self, start: Timestamp, percent: u32) -> Timestamp {
        if self.go_live {
            // A booked slot is as long as it is.
            return start + self.finish.duration_since(self.start);
        }
        let part = |n: u32| {
            let whole = u64::from(n) * u64::from(percent);
            u32::try_from(whole.div_ceil(100)).unwrap_or(u32::MAX)
        };
        let scaled = |span: Span| match span {
            Span::Minutes(n) => Span::Minutes(part(n)),
            Span::Hours(n) => Span::Minutes(part(n.saturating_mul(60))),
            Span::Days(n) => Span::Days(part(n)),
            Span::WorkingDays(n) => Span::WorkingDays(part(n)),
            Span::Weeks(n) => Span::Days(part(n.saturating_mul(7))),
        };
        let length = match self.node.length {
            Length::None => Length::None,
            Length::Work(span) => {
                let day = self.input.table.open().calendar().day_minutes();
                let minutes = u32::try_from(span.work_minutes(day)).unwrap_or(u32::MAX);
                Length::Work(Span::Minutes(part(minutes)))
            }
            Length::Elapsed(span) if percent == 100 => Length::Elapsed(span),
            Length::Elapsed(span) => Length::Elapsed(scaled(span)),
        };
        stamp(move_by(self.input, length, start.as_second(), false))
    }
}

/// Plays a plan to its end; `serve` answers when a step begins and is done. The plan of what
/// happened comes back: all its steps are done, and it says which were late.
pub fn play(input: &Input<'_>, mut serve: impl FnMut(&Turn<'_>) -> (Timestamp, Timestamp)) -> Plan {
    let graph = input.graph;
    let mut progress = input.progress.clone();
    loop {
        let here = Input { progress: &progress, ..*input };
        let walked = walk(&here, input.slot);
        let open = |i: &usize| {
            let it = &walked.dates[*i];
            it.planned && it.progress == Progress::NotStarted
        };
        // Who can begin first begins first; of several the one with the least room.
        let next = (0..graph.len()).filter(open).min_by_key(|i| {
            let it = &walked.dates[*i];
            (it.start, it.latest_finish, *i)
        });
        let Some(i) = next else { return plan(&here) };
        let (node, dates) = (&graph.nodes[i], &walked.dates[i]);
        let last = match dates.inputs.1 {
            Driver::Step(before) => Some(graph.nodes[before].id.as_str()),
            _ => None,
        };
        let (start, end) = serve(&Turn {
            input,
            node,
            step: &node.id,
            inputs: stamp(dates.inputs.0),
            last,
            start: stamp(dates.start),
            finish: stamp(dates.finish),
            go_live: graph.go_live == Some(i),
            minutes: node.effort.map_or(0, |span| super::pass::work_minutes(input, span)),
        });
        progress.insert(node.id.clone(), Progress::Done { start, end: end.max(start) });
    }
}
