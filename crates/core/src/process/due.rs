//! Time forms of a process: `T-3d`, `T-20d..T-10d`, `T-5wd`, `Tend+1d`, `start+2d`,
//! `after:step+2h`, `on:event`, `M-1:24..27`, `year:12-01`.

use serde::{Deserialize, Serialize};

/// A length of time as people write it: `90min`, `24h`, `3d`, `5wd`, `2w`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Minutes of clock time.
    Minutes(u32),
    /// Hours of clock time.
    Hours(u32),
    /// Calendar days: the same wall-clock time, so a day over a DST change has 23 or 25 hours.
    Days(u32),
    /// Working days of the performer's calendar.
    WorkingDays(u32),
    /// Calendar weeks.
    Weeks(u32),
}

/// A signed offset from an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offset {
    /// True when the moment lies before the anchor.
    pub before: bool,
    /// How far.
    pub span: Span,
}

/// What a moment is counted from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// `T`: planned start of the go-live step.
    GoLive,
    /// `Tend`: its planned end.
    GoLiveEnd,
    /// `start`: the moment the run started.
    Start,
    /// `after:step`: the moment that step was done.
    After(String),
}

/// One moment of a time form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// An anchor with an optional offset.
    At(Anchor, Option<Offset>),
    /// `M-1:24`: a day of a month before (or after) the month of the period, clamped to its length.
    MonthDay {
        /// Months relative to the period's month; `-1` is the month before.
        month: i8,
        /// Day 1…31; a longer month's day is clamped to the last.
        day: u8,
    },
    /// `year:12-01`.
    YearDay {
        /// 1…12.
        month: u8,
        /// 1…31, clamped.
        day: u8,
    },
    /// `on:event`: when the named event happens.
    On(String),
}

/// When something is due: at a moment, or between two.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Due {
    /// Not before this moment; `None` when the form has only one moment.
    pub earliest: Option<Moment>,
    /// Not after this moment.
    pub latest: Moment,
}
