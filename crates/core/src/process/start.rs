//! How runs begin by themselves: on an event of another run, and period by period.
//!
//! Both are decided from data alone. An event begins a run when a process in force names it and its
//! condition holds. A rhythm goes on from the last run of a product: the next period opens when its
//! time form comes, and a run that was cancelled ends the rhythm.

use super::expr::{self, Names, Value};
use super::template::{Start, Template};
use crate::calendar::DayMath;
use crate::schedule::{self, Anchors, Edge, Period};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Events of runs that a start may name, each after the subject: `release.closed`.
pub const EVENTS: [&str; 9] = [
    "opened",
    "started",
    "decided",
    "step_done",
    "step_failed",
    "event_happened",
    "held",
    "cancelled",
    "closed",
];

struct Facts<'a>(&'a BTreeMap<String, Value>);

impl Names for Facts<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        // What an event does not say is not so, rather than an error.
        Some(self.0.get(name).cloned().unwrap_or(Value::Null))
    }

    fn call(&self, _: &str, _: &[Value]) -> Option<Value> {
        None
    }
}

/// Does a process begin on this event? Facts are named `event.*`.
pub fn begins_on(template: &Template, event: &str, facts: &BTreeMap<String, Value>) -> bool {
    template.starts.iter().any(|it| match it {
        Start::On { event: named, when } => {
            named == event
                && when
                    .as_ref()
                    .is_none_or(|when| expr::eval(when, &Facts(facts)) == Ok(Value::Bool(true)))
        }
        Start::Period { .. } => false,
    })
}

/// Does a process begin on some event of this name, whatever its run is about: `closed` of
/// `release.closed` and `issue.closed`?
pub fn listens_to(template: &Template, verb: &str) -> bool {
    template.starts.iter().any(|it| match it {
        Start::On { event, .. } => event.rsplit('.').next() == Some(verb),
        Start::Period { .. } => false,
    })
}

/// The rhythm of a process, if it has one: `month` or `year`, and when a period opens.
fn rhythm(template: &Template) -> Option<(&str, Option<&super::due::Due>)> {
    template.starts.iter().find_map(|it| match it {
        Start::Period { period, opens } => Some((period.as_str(), opens.as_ref())),
        Start::On { .. } => None,
    })
}

/// True when runs of this process are about periods of the calendar.
pub fn has_rhythm(template: &Template) -> bool {
    rhythm(template).is_some()
}

fn following(every: &str, last: Period) -> Option<Period> {
    Some(match (every, last.month) {
        ("year", month) => Period { year: last.year.checked_add(1)?, month },
        (_, 12) => Period { year: last.year.checked_add(1)?, month: 1 },
        (_, month) => Period { year: last.year, month: month + 1 },
    })
}

/// The period with which a rhythm begins at a moment: the one that the moment lies in, or the next
/// if the days of this one are over already (a plan for a month is made in the month before it).
/// Of a year it is January.
pub fn first_period(template: &Template, at: Timestamp, clock: &impl DayMath) -> Option<Period> {
    let (every, _) = rhythm(template)?;
    let day = clock.date(at);
    let month = if every == "year" { 1 } else { day.month() };
    let now = Period { year: day.year(), month };
    let anchors = Anchors { period: Some(now), ..Anchors::default() };
    let dues = template.steps().filter_map(|(_, it)| it.due.as_ref());
    let last = dues.filter_map(|it| schedule::due(it, &anchors, clock).ok()).map(|it| it.latest);
    match last.max() {
        Some(last) if last < at => following(every, now),
        _ => Some(now),
    }
}

/// The time that the report of a period looks back on: of a month the month before, of a year the
/// year itself.
pub fn looks_back_on(
    template: &Template,
    period: Period,
    clock: &impl DayMath,
) -> Option<(Timestamp, Timestamp)> {
    let (every, _) = rhythm(template)?;
    let first = |months: i32| schedule::dated(period, months, 1, Edge::Earliest, clock).ok();
    match every {
        "year" => {
            let january = i32::from(period.month) - 1;
            Some((first(-january)?, first(12 - january)?))
        }
        _ => Some((first(-1)?, first(0)?)),
    }
}

/// The period after one, and the moment at which it opens. Without a time form a period opens with
/// its first day.
pub fn next_period(
    template: &Template,
    last: Period,
    clock: &impl DayMath,
) -> Option<(Period, Timestamp)> {
    let (every, opens) = rhythm(template)?;
    let next = following(every, last)?;
    let anchors = Anchors { period: Some(next), ..Anchors::default() };
    let at = match opens {
        Some(form) => schedule::opening(form, &anchors, clock).ok()?,
        None => schedule::dated(next, 0, 1, Edge::Earliest, clock).ok()?,
    };
    Some((next, at))
}
