//! Time forms of a process: `T-3d`, `T-20d..T-10d`, `T-5wd`, `Tend+1d`, `start+2d`,
//! `after:step+2h`, `on:event`, `M-1:24..27`, `year:12-01`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use crate::limits::SPAN_DAYS_MAX;

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
    /// `on:event+2d`: the moment the event happened; without an offset it is [`Moment::On`].
    On(String),
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

/// Why a text is not a time form. The text names what is wrong and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    /// Nothing was written.
    #[error("a time form is missing; write for example `T-3d`, `T-20d..T-10d` or `M-1:24..27`")]
    Empty,
    /// The length of time is not readable.
    #[error("`{0}` is not a length of time; write a number and `min`, `h`, `d`, `wd` or `w`")]
    Span(String),
    /// The length of time is longer than ten years.
    #[error("`{0}` is longer than {SPAN_DAYS_MAX} days")]
    TooLong(String),
    /// What it counts from is not known.
    #[error(
        "`{0}` counts from nothing known; use `T`, `Tend`, `start`, `after:step`, `on:event`, \
         `M-1:24` or `year:12-01`"
    )]
    Anchor(String),
    /// Day or month does not exist.
    #[error("`{0}` names a day or month that does not exist")]
    Day(String),
    /// The range ends before it begins.
    #[error("`{0}` ends before it begins")]
    Backwards(String),
}

impl DueError {
    /// The stable code of the finding.
    pub const fn code(&self) -> &'static str {
        match self {
            DueError::Empty => "due_empty",
            DueError::Span(_) => "due_span",
            DueError::TooLong(_) => "due_too_long",
            DueError::Anchor(_) => "due_anchor",
            DueError::Day(_) => "due_day",
            DueError::Backwards(_) => "due_backwards",
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

impl Span {
    /// Minutes of clock time if every day had 24 hours; for comparing forms, not for dates.
    pub const fn nominal_minutes(self) -> i64 {
        match self {
            Span::Minutes(n) => n as i64,
            Span::Hours(n) => n as i64 * 60,
            Span::Days(n) | Span::WorkingDays(n) => n as i64 * 1_440,
            Span::Weeks(n) => n as i64 * 10_080,
        }
    }

    /// Minutes of one person's work, where a day of work has `day` minutes.
    pub const fn work_minutes(self, day: i64) -> i64 {
        match self {
            Span::Minutes(n) => n as i64,
            Span::Hours(n) => n as i64 * 60,
            Span::Days(n) | Span::WorkingDays(n) => n as i64 * day,
            Span::Weeks(n) => n as i64 * 5 * day,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Minutes(n) => write!(f, "{n}min"),
            Span::Hours(n) => write!(f, "{n}h"),
            Span::Days(n) => write!(f, "{n}d"),
            Span::WorkingDays(n) => write!(f, "{n}wd"),
            Span::Weeks(n) => write!(f, "{n}w"),
        }
    }
}

impl FromStr for Span {
    type Err = DueError;

    fn from_str(text: &str) -> Result<Span, DueError> {
        let wrong = || DueError::Span(cut(text));
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 9 {
            return Err(wrong());
        }
        let number: u32 = text[..digits].parse().map_err(|_| wrong())?;
        let span = match &text[digits..] {
            "min" => Span::Minutes(number),
            "h" => Span::Hours(number),
            "d" => Span::Days(number),
            "wd" => Span::WorkingDays(number),
            "w" => Span::Weeks(number),
            _ => return Err(wrong()),
        };
        if span.nominal_minutes() > SPAN_DAYS_MAX * 1_440 {
            return Err(DueError::TooLong(cut(text)));
        }
        Ok(span)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.before { '-' } else { '+' }, self.span)
    }
}

impl FromStr for Offset {
    type Err = DueError;

    fn from_str(text: &str) -> Result<Offset, DueError> {
        let before = text.starts_with('-');
        let span =
            text.strip_prefix(['-', '+']).ok_or_else(|| DueError::Anchor(cut(text)))?.parse()?;
        Ok(Offset { before, span })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Anchor::GoLive => f.write_str("T"),
            Anchor::GoLiveEnd => f.write_str("Tend"),
            Anchor::Start => f.write_str("start"),
            Anchor::After(step) => write!(f, "after:{step}"),
            Anchor::On(event) => write!(f, "on:{event}"),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::At(anchor, None) => write!(f, "{anchor}"),
            Moment::At(anchor, Some(offset)) => write!(f, "{anchor}{offset}"),
            Moment::MonthDay { month: 0, day } => write!(f, "M:{day}"),
            Moment::MonthDay { month, day } => write!(f, "M{month:+}:{day}"),
            Moment::YearDay { month, day } => write!(f, "year:{month:02}-{day:02}"),
            Moment::On(event) => write!(f, "on:{event}"),
        }
    }
}

/// Short names are lower-case words with digits, `_`, `-` and `.`; a `-` followed by a digit
/// belongs to the offset.
fn split_name(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let end = (0..bytes.len())
        .find(|&i| {
            bytes[i] == b'+'
                || (bytes[i] == b'-' && bytes.get(i + 1).is_some_and(u8::is_ascii_digit))
        })
        .unwrap_or(text.len());
    text.split_at(end)
}

fn name_ok(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn offset_of(text: &str) -> Result<Option<Offset>, DueError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn day_of(text: &str, whole: &str) -> Result<u8, DueError> {
    text.parse().ok().filter(|day| (1..=31).contains(day)).ok_or_else(|| DueError::Day(cut(whole)))
}

impl FromStr for Moment {
    type Err = DueError;

    fn from_str(text: &str) -> Result<Moment, DueError> {
        let unknown = || DueError::Anchor(cut(text));
        if let Some(rest) = text.strip_prefix("after:") {
            let (name, offset) = split_name(rest);
            if !name_ok(name) {
                return Err(unknown());
            }
            return Ok(Moment::At(Anchor::After(name.to_owned()), offset_of(offset)?));
        }
        if let Some(event) = text.strip_prefix("on:") {
            let (name, offset) = split_name(event);
            if !name_ok(name) {
                return Err(unknown());
            }
            return Ok(match offset_of(offset)? {
                None => Moment::On(name.to_owned()),
                some => Moment::At(Anchor::On(name.to_owned()), some),
            });
        }
        if let Some(rest) = text.strip_prefix("year:") {
            let (month, day) = rest.split_once('-').ok_or_else(unknown)?;
            let month = day_of(month, text)?;
            if month > 12 {
                return Err(DueError::Day(cut(text)));
            }
            return Ok(Moment::YearDay { month, day: day_of(day, text)? });
        }
        // `Tend` before `T`, or the shorter name would swallow the longer one.
        for (name, anchor) in
            [("Tend", Anchor::GoLiveEnd), ("T", Anchor::GoLive), ("start", Anchor::Start)]
        {
            if let Some(rest) = text.strip_prefix(name) {
                return Ok(Moment::At(anchor, offset_of(rest)?));
            }
        }
        if let Some((month, day)) = text.strip_prefix('M').and_then(|rest| rest.split_once(':')) {
            let month = match month {
                "" => 0,
                signed if signed.starts_with(['-', '+']) => {
                    signed.parse().map_err(|_| unknown())?
                }
                _ => return Err(unknown()),
            };
            if !(-24..=24).contains(&month) {
                return Err(DueError::Day(cut(text)));
            }
            return Ok(Moment::MonthDay { month, day: day_of(day, text)? });
        }
        Err(unknown())
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.earliest, &self.latest) {
            (None, latest) => write!(f, "{latest}"),
            (
                Some(Moment::MonthDay { month, day: first }),
                Moment::MonthDay { month: same, day },
            ) if month == same => {
                write!(f, "{}..{day}", Moment::MonthDay { month: *month, day: *first })
            }
            (Some(earliest), latest) => write!(f, "{earliest}..{latest}"),
        }
    }
}

impl FromStr for Due {
    type Err = DueError;

    fn from_str(text: &str) -> Result<Due, DueError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DueError::Empty);
        }
        let Some((from, to)) = text.split_once("..") else {
            return Ok(Due { earliest: None, latest: text.parse()? });
        };
        let earliest: Moment = from.trim().parse()?;
        let to = to.trim();
        let latest = match (&earliest, day_of(to, text)) {
            // `M-1:24..27` repeats only the day.
            (Moment::MonthDay { month, .. }, Ok(day)) => Moment::MonthDay { month: *month, day },
            _ => to.parse()?,
        };
        if backwards(&earliest, &latest) {
            return Err(DueError::Backwards(cut(text)));
        }
        Ok(Due { earliest: Some(earliest), latest })
    }
}

/// True when both moments count from the same thing and their order is certain and wrong.
fn backwards(earliest: &Moment, latest: &Moment) -> bool {
    let minutes = |offset: &Option<Offset>| match offset {
        None => 0,
        Some(Offset { before: true, span }) => -span.nominal_minutes(),
        Some(Offset { before: false, span }) => span.nominal_minutes(),
    };
    match (earliest, latest) {
        (Moment::At(a, from), Moment::At(b, to)) => a == b && minutes(from) > minutes(to),
        (Moment::MonthDay { month: m1, day: d1 }, Moment::MonthDay { month: m2, day: d2 }) => {
            (m1, d1) > (m2, d2)
        }
        (Moment::YearDay { month: m1, day: d1 }, Moment::YearDay { month: m2, day: d2 }) => {
            (m1, d1) > (m2, d2)
        }
        _ => false,
    }
}

impl Due {
    /// Names of the steps whose end this form counts from.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.earliest.iter().chain([&self.latest]).filter_map(|moment| match moment {
            Moment::At(Anchor::After(step), _) => Some(step.as_str()),
            _ => None,
        })
    }

    /// Names of the events that this form counts from.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.earliest.iter().chain([&self.latest]).filter_map(|moment| match moment {
            Moment::On(event) | Moment::At(Anchor::On(event), _) => Some(event.as_str()),
            _ => None,
        })
    }

    /// True when it counts from the go-live slot.
    pub fn follows_slot(&self) -> bool {
        self.earliest.iter().chain([&self.latest]).any(Moment::follows_slot)
    }
}

impl Moment {
    /// True when it moves with the go-live slot.
    pub const fn follows_slot(&self) -> bool {
        matches!(self, Moment::At(Anchor::GoLive | Anchor::GoLiveEnd, _))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // proves: S1-06/U S1-22/U S1-25/U
    #[test]
    fn every_form_of_the_language_reads_and_prints_back() {
        for text in [
            "T",
            "T-3d",
            "T-24h",
            "T-30min",
            "T-20d..T-10d",
            "T-5wd",
            "T+1d",
            "T-2w",
            "Tend",
            "Tend+1d",
            "start",
            "start+2d",
            "after:step",
            "after:step+2h",
            "after:build-all-2h",
            "on:release.closed",
            "on:issue.raised+2d",
            "M-1:24..27",
            "M-1:28..29",
            "M:5",
            "M+1:3",
            "year:12-01",
            "year:11-01..year:12-15",
            "start+1d..T-2d",
            "M-1:24..M:2",
        ] {
            let due: Due = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(due.to_string(), text);
        }
        let long: Due = "M-1:24..M-1:27".parse().expect("the long form of a range of days");
        assert_eq!(long.to_string(), "M-1:24..27");
        let name: Due = "after:build-all-2h".parse().expect("a name with a hyphen");
        assert_eq!(name.steps().collect::<Vec<_>>(), ["build-all"]);
    }

    #[test]
    fn a_wrong_form_says_what_is_wrong() {
        for (text, code) in [
            ("", "due_empty"),
            ("  ", "due_empty"),
            ("T-3", "due_span"),
            ("T-d", "due_span"),
            ("T-3x", "due_span"),
            ("T3d", "due_anchor"),
            ("D-3d", "due_anchor"),
            ("after:+2h", "due_anchor"),
            ("on:", "due_anchor"),
            ("M1:3", "due_anchor"),
            ("M-1:0", "due_day"),
            ("M-1:32", "due_day"),
            ("M-99:1", "due_day"),
            ("year:13-01", "due_day"),
            ("year:1201", "due_anchor"),
            ("T-10d..T-20d", "due_backwards"),
            ("M-1:27..24", "due_backwards"),
            ("T-9999999999d", "due_span"),
            ("T-4000d", "due_too_long"),
            ("T-1d..", "due_anchor"),
            ("T-3é", "due_span"),
        ] {
            let error = text.parse::<Due>().expect_err(text);
            assert_eq!(error.code(), code, "{text}: {error}");
        }
    }

    fn span() -> impl Strategy<Value = Span> {
        (0u32..500, 0..5).prop_map(|(n, unit)| match unit {
            0 => Span::Minutes(n),
            1 => Span::Hours(n),
            2 => Span::Days(n),
            3 => Span::WorkingDays(n),
            _ => Span::Weeks(n),
        })
    }

    fn moment() -> impl Strategy<Value = Moment> {
        let anchor = prop_oneof![
            Just(Anchor::GoLive),
            Just(Anchor::GoLiveEnd),
            Just(Anchor::Start),
            "[a-z][a-z_]{0,9}".prop_map(Anchor::After),
        ];
        let offset = proptest::option::of(
            (any::<bool>(), span()).prop_map(|(before, span)| Offset { before, span }),
        );
        prop_oneof![
            (anchor, offset).prop_map(|(a, o)| Moment::At(a, o)),
            (-12i8..=12, 1u8..=31).prop_map(|(month, day)| Moment::MonthDay { month, day }),
            (1u8..=12, 1u8..=31).prop_map(|(month, day)| Moment::YearDay { month, day }),
            "[a-z][a-z_]{0,5}(\\.[a-z]{1,5})?".prop_map(Moment::On),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_as_the_same_moment(moment in moment()) {
            prop_assert_eq!(moment.to_string().parse::<Moment>(), Ok(moment));
        }

        #[test]
        fn no_text_makes_the_reader_fail_otherwise_than_by_an_error(text in "\\PC{0,20}") {
            let _ = text.parse::<Due>();
        }
    }
}
