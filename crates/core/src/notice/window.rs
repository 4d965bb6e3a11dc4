//! The window of a notice: from its time form to an earliest and a latest instant.

use crate::calendar::DayMath;
use crate::process::due::{Anchor, Due, Moment, Span};
use crate::schedule::{self, Anchors, Unresolved};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// When a notice may and must go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeWindow {
    /// Not before; `None` is as soon as its step is open.
    pub earliest: Option<Timestamp>,
    /// Not after.
    pub latest: Timestamp,
}

/// A length of time as a duration; reminders wait for clock time.
pub(super) fn length(span: Option<Span>) -> SignedDuration {
    SignedDuration::from_mins(span.unwrap_or(Span::Days(2)).nominal_minutes())
}

/// How exact a single moment is meant: `T-3d` within the day before, `T-24h` within the hour
/// before, `T-30min` within five minutes, what an event brings within the hour. A lead time is always kept, never shortened.
fn tolerance(moment: &Moment) -> SignedDuration {
    match moment {
        Moment::At(_, Some(offset)) => match offset.span {
            Span::Minutes(_) => SignedDuration::from_mins(5),
            Span::Hours(_) => SignedDuration::from_hours(1),
            Span::Days(_) | Span::WorkingDays(_) | Span::Weeks(_) => SignedDuration::from_hours(24),
        },
        Moment::At(Anchor::GoLive | Anchor::GoLiveEnd, None) => SignedDuration::from_hours(1),
        Moment::At(_, None) => SignedDuration::from_hours(24),
        Moment::MonthDay { .. } | Moment::YearDay { .. } => SignedDuration::from_hours(24),
        // Something just happened: it is told at once, also at night.
        Moment::On(_) => SignedDuration::from_hours(1),
    }
}

/// The window of a notice. Without a time form it is the moment at which its step opened, within
/// a day.
pub fn window(
    due: Option<&Due>,
    opened: Option<Timestamp>,
    anchors: &Anchors,
    clock: &impl DayMath,
) -> Result<NoticeWindow, Unresolved> {
    let Some(due) = due else {
        let at = opened.ok_or(Unresolved::Start)?;
        let latest = at.saturating_add(SignedDuration::from_hours(24)).unwrap_or(at);
        return Ok(NoticeWindow { earliest: Some(at), latest });
    };
    let resolved = schedule::due(due, anchors, clock)?;
    if due.earliest.is_some() {
        return Ok(NoticeWindow { earliest: resolved.earliest, latest: resolved.latest });
    }
    let at = resolved.latest;
    let span = tolerance(&due.latest);
    let (earliest, latest) = match &due.latest {
        // Before something: the lead time is kept, the notice is sent a little earlier.
        Moment::At(_, Some(offset)) if offset.before => (at.saturating_sub(span).unwrap_or(at), at),
        // After something: from then on, and not later than said.
        Moment::At(anchor, Some(_)) => {
            let from = Moment::At(anchor.clone(), None);
            (schedule::moment(&from, schedule::Edge::Earliest, anchors, clock)?, at)
        }
        _ => (at, at.saturating_add(span).unwrap_or(at)),
    };
    Ok(NoticeWindow { earliest: Some(earliest), latest })
}
