//! From a time form to an instant: `T-3d`, `M-1:24..27`, `after:build+2h` and the others.
//!
//! Minutes and hours are clock time; days and weeks keep the wall-clock time of the calendar's
//! zone, so `T-24h` and `T-1d` differ when the clock changes between them. Working days are those
//! of the calendar. The zone is that of the slot (D-29).

use crate::calendar::{DayMath, month_day};
use crate::process::due::{Anchor, Due, Moment, Offset, Span};
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The month (and its year) that `M` and `year:` count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The year.
    pub year: i16,
    /// 1…12.
    pub month: i8,
}

impl Period {
    /// Reads `2027-03`; a bare year is its January.
    pub fn parse(text: &str) -> Option<Period> {
        let (year, month) = text.trim().split_once('-').unwrap_or((text.trim(), "1"));
        let period = Period { year: year.parse().ok()?, month: month.parse().ok()? };
        ((1..=12).contains(&period.month) && (1970..=9990).contains(&period.year)).then_some(period)
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// What is known of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Anchors {
    /// `T`.
    pub go_live: Option<Timestamp>,
    /// `Tend`.
    pub go_live_end: Option<Timestamp>,
    /// When the run started.
    pub start: Option<Timestamp>,
    /// The period; without one it is the month of `T`.
    pub period: Option<Period>,
    /// Ends of steps, done or planned.
    pub done: BTreeMap<String, Timestamp>,
    /// Events that happened.
    pub events: BTreeMap<String, Timestamp>,
}

/// Which end of a range a moment is; a bare date is a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Not before.
    Earliest,
    /// Not after.
    Latest,
}

/// What is missing for an instant. It is not an error: the form waits for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unresolved {
    /// No slot is chosen.
    #[error("no go-live slot is chosen yet")]
    Slot,
    /// The run has not started.
    #[error("the run has not started")]
    Start,
    /// The step has no end yet.
    #[error("step {0} is not done yet")]
    Step(String),
    /// The event has not happened.
    #[error("event {0} has not happened yet")]
    Event(String),
    /// The run has no period.
    #[error("the run has neither a period nor a slot")]
    Period,
    /// The date is outside of every calendar.
    #[error("the date cannot be represented")]
    Date,
}

impl Unresolved {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Unresolved::Slot => "waits_for_slot",
            Unresolved::Start => "waits_for_start",
            Unresolved::Step(_) => "waits_for_step",
            Unresolved::Event(_) => "waits_for_event",
            Unresolved::Period => "waits_for_period",
            Unresolved::Date => "date_out_of_range",
        }
    }
}

/// A time form as instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolved {
    /// Not before.
    pub earliest: Option<Timestamp>,
    /// Not after.
    pub latest: Timestamp,
}

/// Moves an instant by a length of time.
pub fn shift(clock: &impl DayMath, at: Timestamp, offset: Offset) -> Timestamp {
    let sign = if offset.before { -1 } else { 1 };
    let seconds = |seconds: i64| {
        let far = if offset.before { Timestamp::MIN } else { Timestamp::MAX };
        at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(far)
    };
    match offset.span {
        Span::Minutes(n) => seconds(sign * i64::from(n) * 60),
        Span::Hours(n) => seconds(sign * i64::from(n) * 3_600),
        Span::Days(n) => clock.add_days(at, sign * i64::from(n)),
        Span::Weeks(n) => clock.add_days(at, sign * i64::from(n) * 7),
        Span::WorkingDays(n) => clock.add_working_days(at, sign * i64::from(n)),
    }
}

/// The instant of a moment.
pub fn moment(
    moment: &Moment,
    edge: Edge,
    anchors: &Anchors,
    clock: &impl DayMath,
) -> Result<Timestamp, Unresolved> {
    match moment {
        Moment::At(anchor, offset) => {
            let at = match anchor {
                Anchor::GoLive => anchors.go_live.ok_or(Unresolved::Slot)?,
                Anchor::GoLiveEnd => anchors.go_live_end.ok_or(Unresolved::Slot)?,
                Anchor::Start => anchors.start.ok_or(Unresolved::Start)?,
                Anchor::After(step) => {
                    *anchors.done.get(step).ok_or_else(|| Unresolved::Step(step.clone()))?
                }
                Anchor::On(event) => {
                    *anchors.events.get(event).ok_or_else(|| Unresolved::Event(event.clone()))?
                }
            };
            Ok(offset.map_or(at, |offset| shift(clock, at, offset)))
        }
        Moment::On(event) => {
            anchors.events.get(event).copied().ok_or_else(|| Unresolved::Event(event.clone()))
        }
        Moment::MonthDay { month, day } => {
            let period = period(anchors, clock).ok_or(Unresolved::Period)?;
            dated(period, i32::from(*month), *day, edge, clock)
        }
        Moment::YearDay { month, day } => {
            let period = period(anchors, clock).ok_or(Unresolved::Period)?;
            let january = Period { month: 1, ..period };
            dated(january, i32::from(*month) - 1, *day, edge, clock)
        }
    }
}

/// The instants of a time form.
pub fn due(due: &Due, anchors: &Anchors, clock: &impl DayMath) -> Result<Resolved, Unresolved> {
    let earliest =
        due.earliest.as_ref().map(|it| moment(it, Edge::Earliest, anchors, clock)).transpose()?;
    Ok(Resolved { earliest, latest: moment(&due.latest, Edge::Latest, anchors, clock)? })
}

/// The moment from which a time form is open: its earliest, or the first second of a bare day.
pub fn opening(
    due: &Due,
    anchors: &Anchors,
    clock: &impl DayMath,
) -> Result<Timestamp, Unresolved> {
    moment(due.earliest.as_ref().unwrap_or(&due.latest), Edge::Earliest, anchors, clock)
}

/// The period of a run: its own, or the month of the slot.
pub fn period(anchors: &Anchors, clock: &impl DayMath) -> Option<Period> {
    anchors.period.or_else(|| {
        let day = clock.date(anchors.go_live?);
        Some(Period { year: day.year(), month: day.month() })
    })
}

/// A whole day: from its first to its last second.
pub(crate) fn dated(
    period: Period,
    months: i32,
    day: u8,
    edge: Edge,
    clock: &impl DayMath,
) -> Result<Timestamp, Unresolved> {
    let day = month_day(period.year, period.month, months, day).ok_or(Unresolved::Date)?;
    Ok(clock.instant(
        day,
        match edge {
            Edge::Earliest => Time::midnight(),
            Edge::Latest => Time::constant(23, 59, 59, 0),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use jiff::civil::{DateTime, date};

    fn wall(zone: &str, text: &str) -> Timestamp {
        let wall: DateTime = text.parse().expect("a wall-clock time");
        wall.in_tz(zone).expect("a zone").timestamp()
    }

    fn calendar(zone: &str) -> Calendar {
        let mut calendar = Calendar::ordinary("x", zone);
        calendar.holidays.insert(date(2027, 3, 12), "day off".into());
        calendar
    }

    // proves: S1-06/U S1-07/U S1-08/U S1-09/U S1-19/U S1-20/U S1-24/U S1-25/U S1-26/U
    #[test]
    fn lead_times_count_back_from_the_slot() {
        const SEOUL: &str = "Asia/Seoul";
        const NEW_YORK: &str = "America/New_York";
        const BERLIN: &str = "Europe/Berlin";
        for (zone, slot, form, expected) in [
            (SEOUL, "2027-03-20T22:00", "T-3d", "2027-03-17T22:00"),
            (SEOUL, "2027-03-20T22:00", "T-20d", "2027-02-28T22:00"),
            (SEOUL, "2027-03-20T22:00", "T-24h", "2027-03-19T22:00"),
            (SEOUL, "2027-03-20T22:00", "T-30min", "2027-03-20T21:30"),
            (SEOUL, "2027-03-20T22:00", "T+2w", "2027-04-03T22:00"),
            // The 12th is a holiday.
            (SEOUL, "2027-03-15T22:00", "T-1wd", "2027-03-11T22:00"),
            (SEOUL, "2027-03-15T22:00", "T-5wd", "2027-03-05T22:00"),
            // The clock goes forward on 14 March: a day keeps the wall clock, 24 hours do not.
            (NEW_YORK, "2027-03-14T18:00", "T-1d", "2027-03-13T18:00"),
            (NEW_YORK, "2027-03-14T18:00", "T-24h", "2027-03-13T17:00"),
            (NEW_YORK, "2027-11-07T18:00", "T-1d", "2027-11-06T18:00"),
            (NEW_YORK, "2027-11-07T18:00", "T-24h", "2027-11-06T19:00"),
            (BERLIN, "2027-03-28T18:00", "T-24h", "2027-03-27T17:00"),
            (BERLIN, "2027-03-28T18:00", "T-1w", "2027-03-21T18:00"),
            (BERLIN, "2027-03-29T18:00", "T-1wd", "2027-03-26T18:00"),
            (BERLIN, "2027-10-31T18:00", "Tend+1d", "2027-11-01T20:00"),
        ] {
            let open = calendar(zone).open().expect("a calendar");
            let go_live = wall(zone, slot);
            let anchors = Anchors {
                go_live: Some(go_live),
                go_live_end: Some(go_live + SignedDuration::from_hours(2)),
                ..Anchors::default()
            };
            let form: Due = form.parse().expect("a form");
            let got = due(&form, &anchors, &open).expect("an instant");
            assert_eq!(got.latest, wall(zone, expected), "{zone} {slot} {form}");
        }
    }

    // proves: S1-22/U S1-23/U
    #[test]
    fn days_of_a_month_are_clamped_to_its_length() {
        let open = calendar("Asia/Seoul").open().expect("a calendar");
        for (year, month, form, from, to) in [
            (2027, 4, "M-1:24..27", "2027-03-24T00:00", "2027-03-27T23:59:59"),
            (2027, 3, "M-1:28..29", "2027-02-28T00:00", "2027-02-28T23:59:59"),
            (2028, 3, "M-1:28..29", "2028-02-28T00:00", "2028-02-29T23:59:59"),
            (2027, 1, "M-1:24..27", "2026-12-24T00:00", "2026-12-27T23:59:59"),
            (2027, 12, "M+1:31..31", "2028-01-31T00:00", "2028-01-31T23:59:59"),
            (2027, 7, "year:11-30..year:12-01", "2027-11-30T00:00", "2027-12-01T23:59:59"),
            (2027, 7, "year:02-29..year:02-31", "2027-02-28T00:00", "2027-02-28T23:59:59"),
        ] {
            let anchors = Anchors { period: Some(Period { year, month }), ..Anchors::default() };
            let form: Due = form.parse().expect("a form");
            let got = due(&form, &anchors, &open).expect("an instant");
            let expected = (wall("Asia/Seoul", from), wall("Asia/Seoul", to));
            assert_eq!((got.earliest, got.latest), (Some(expected.0), expected.1), "{form}");
        }
        // Without a period it is the month of the slot, in the slot's zone.
        let slot = wall("Asia/Seoul", "2027-03-01T01:00");
        let anchors = Anchors { go_live: Some(slot), ..Anchors::default() };
        assert_eq!(period(&anchors, &open), Some(Period { year: 2027, month: 3 }));
    }

    #[test]
    fn what_is_missing_has_a_name() {
        let open = calendar("Asia/Seoul").open().expect("a calendar");
        let start = wall("Asia/Seoul", "2027-03-01T09:00");
        let mut anchors = Anchors::default();
        let code = |form: &str, anchors: &Anchors| {
            due(&form.parse().expect("a form"), anchors, &open).map_err(|it| it.code())
        };
        assert_eq!(code("T-3d", &anchors), Err("waits_for_slot"));
        assert_eq!(code("Tend+1d", &anchors), Err("waits_for_slot"));
        assert_eq!(code("start+2d", &anchors), Err("waits_for_start"));
        assert_eq!(code("after:build+2h", &anchors), Err("waits_for_step"));
        assert_eq!(code("on:issue.raised", &anchors), Err("waits_for_event"));
        assert_eq!(code("M-1:24..27", &anchors), Err("waits_for_period"));
        anchors.start = Some(start);
        anchors.done.insert("build".into(), start);
        anchors.events.insert("issue.raised".into(), start);
        assert_eq!(
            code("start+2d", &anchors).map(|it| it.latest),
            Ok(wall("Asia/Seoul", "2027-03-03T09:00"))
        );
        assert_eq!(
            code("after:build+2h", &anchors).map(|it| it.latest),
            Ok(wall("Asia/Seoul", "2027-03-01T11:00"))
        );
        assert_eq!(code("on:issue.raised", &anchors).map(|it| it.latest), Ok(start));
        assert_eq!(
            code("on:issue.raised+2h", &anchors).map(|it| it.latest),
            Ok(wall("Asia/Seoul", "2027-03-01T11:00"))
        );
    }
}
