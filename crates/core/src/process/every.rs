//! How often a step repeats: `every day`, `every 2 weeks`, `every month`, `every year`.

use jiff::{Span, Timestamp, ToSpan, tz::TimeZone};
use std::fmt;
use std::str::FromStr;

/// A rhythm of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every {
    /// So many units.
    pub count: u16,
    /// Of this length.
    pub unit: Unit,
}

/// A length of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// No rhythm can be read from a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no rhythm; write `every day`, `every week`, `every 2 weeks`, `every month` or `every year`"
)]
pub struct EveryError(String);

impl EveryError {
    /// The stable code of the finding.
    pub const fn code(&self) -> &'static str {
        "bad_rhythm"
    }
}

/// Occurrences that a step which was left alone for years makes up for; then the oldest are gone.
const CATCH_UP_MAX: u16 = 400;

impl Every {
    /// When occurrence `n` (from 0) begins, counted from `first`.
    pub fn nth(self, first: Timestamp, n: u16) -> Option<Timestamp> {
        let many = i64::from(self.count) * i64::from(n);
        let span: Span = match self.unit {
            Unit::Day => many.days(),
            Unit::Week => many.weeks(),
            Unit::Month => many.months(),
            Unit::Year => many.years(),
        };
        // Always from the first: the 31st stays the 31st after a short month.
        first.to_zoned(TimeZone::UTC).checked_add(span).ok().map(|it| it.timestamp())
    }

    /// Begins of all occurrences up to now, the first one included.
    pub fn until(self, first: Timestamp, now: Timestamp) -> Vec<Timestamp> {
        (0..CATCH_UP_MAX).map_while(|n| self.nth(first, n)).take_while(|at| *at <= now).collect()
    }

    /// Begin of the next occurrence after now.
    pub fn next(self, first: Timestamp, now: Timestamp) -> Option<Timestamp> {
        (0..=CATCH_UP_MAX).map_while(|n| self.nth(first, n)).find(|at| *at > now)
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        };
        match self.count {
            1 => write!(f, "every {unit}"),
            many => write!(f, "every {many} {unit}s"),
        }
    }
}

impl FromStr for Every {
    type Err = EveryError;

    fn from_str(text: &str) -> Result<Every, EveryError> {
        let wrong = || EveryError(text.chars().take(64).collect());
        let mut words = text.split_whitespace();
        if words.next() != Some("every") {
            return Err(wrong());
        }
        let (count, unit) = match (words.next(), words.next(), words.next()) {
            (Some(unit), None, None) => (1, unit),
            (Some(count), Some(unit), None) => (count.parse().map_err(|_| wrong())?, unit),
            _ => return Err(wrong()),
        };
        let unit = match unit {
            "day" | "days" => Unit::Day,
            "week" | "weeks" => Unit::Week,
            "month" | "months" => Unit::Month,
            "year" | "years" => Unit::Year,
            _ => return Err(wrong()),
        };
        if !(1..=100).contains(&count) {
            return Err(wrong());
        }
        Ok(Every { count, unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_reads_prints_and_keeps_the_day_of_the_month() {
        for text in ["every day", "every week", "every 2 weeks", "every month", "every 3 months"] {
            assert_eq!(text.parse::<Every>().expect(text).to_string(), text);
        }
        for text in [
            "",
            "monthly",
            "every",
            "every 0 days",
            "every x weeks",
            "every moon",
            "every 2 weeks x",
        ] {
            assert!(text.parse::<Every>().is_err(), "{text}");
        }
        let month: Every = "every month".parse().expect("month");
        let at = |text: &str| text.parse::<Timestamp>().expect("time");
        let first = at("2026-01-31T09:00:00Z");
        let all = month.until(first, at("2026-03-31T09:00:00Z"));
        assert_eq!(all, [first, at("2026-02-28T09:00:00Z"), at("2026-03-31T09:00:00Z")]);
        assert_eq!(month.next(first, at("2026-02-28T09:00:00Z")), Some(at("2026-03-31T09:00:00Z")));
    }
}
