//! On which dates a window opens.

use super::policy::WindowRefusal;
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, tz::TimeZone};
use rrule::{Frequency, RRuleSet};
use serde::{Deserialize, Serialize};

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// All days, Monday first.
    pub const ALL: [Day; 7] =
        [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];

    /// The day of a date.
    pub fn of(date: Date) -> Day {
        match date.weekday() {
            Weekday::Monday => Day::Mon,
            Weekday::Tuesday => Day::Tue,
            Weekday::Wednesday => Day::Wed,
            Weekday::Thursday => Day::Thu,
            Weekday::Friday => Day::Fri,
            Weekday::Saturday => Day::Sat,
            Weekday::Sunday => Day::Sun,
        }
    }

    const fn rrule(self) -> &'static str {
        ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][self as usize]
    }
}

/// A rule of dates (D-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Recurrence {
    /// These days of every week.
    Weekly {
        /// Days.
        days: Vec<Day>,
    },
    /// The nth such day of every month: the second and fourth Thursday.
    NthWeekday {
        /// 1…5 from the begin of the month, -1…-5 from its end.
        nth: Vec<i8>,
        /// Days.
        days: Vec<Day>,
    },
    /// Such days in the nth calendar week of every month; weeks begin on Monday, and the week of
    /// the 1st is the first.
    WeekOfMonth {
        /// 1…6.
        weeks: Vec<u8>,
        /// Days.
        days: Vec<Day>,
    },
    /// A recurrence rule of iCalendar, by days or longer.
    Rrule {
        /// The rule, without `RRULE:`.
        rule: String,
        /// The date from which intervals count.
        since: Date,
    },
}

impl Recurrence {
    /// What would make the rule unusable.
    pub fn check(&self) -> Result<(), WindowRefusal> {
        let wrong = |reason: &str| Err(WindowRefusal::Rule { reason: reason.to_owned() });
        let days = match self {
            Recurrence::Weekly { days } => days,
            Recurrence::NthWeekday { nth, days } => {
                if nth.is_empty() || nth.iter().any(|n| *n == 0 || !(-5..=5).contains(n)) {
                    return wrong("the number of the day in the month is 1 to 5, or -1 to -5");
                }
                days
            }
            Recurrence::WeekOfMonth { weeks, days } => {
                if weeks.is_empty() || weeks.iter().any(|week| !(1..=6).contains(week)) {
                    return wrong("the week of the month is 1 to 6");
                }
                days
            }
            Recurrence::Rrule { .. } => return self.set().map(|_| ()),
        };
        if days.is_empty() { wrong("name at least one day of the week") } else { Ok(()) }
    }

    /// The rule as iCalendar text; calendar weeks of a month have none.
    pub fn to_rrule(&self) -> Option<String> {
        match self {
            Recurrence::Weekly { days } => {
                let days: Vec<_> = days.iter().map(|day| day.rrule()).collect();
                Some(format!("FREQ=WEEKLY;BYDAY={}", days.join(",")))
            }
            Recurrence::NthWeekday { nth, days } => {
                let places: Vec<_> = nth
                    .iter()
                    .flat_map(|n| days.iter().map(move |day| format!("{n}{}", day.rrule())))
                    .collect();
                Some(format!("FREQ=MONTHLY;BYDAY={}", places.join(",")))
            }
            Recurrence::WeekOfMonth { .. } => None,
            Recurrence::Rrule { rule, .. } => Some(rule.clone()),
        }
    }

    /// The dates from `from` to `to`, both included, rising.
    pub(super) fn dates(&self, from: Date, to: Date) -> Vec<Date> {
        if let Recurrence::Rrule { .. } = self {
            return self.expanded(from, to);
        }
        let mut dates = Vec::new();
        let mut day = from;
        while day <= to {
            if self.matches(day) {
                dates.push(day);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        dates
    }

    fn matches(&self, date: Date) -> bool {
        let day = Day::of(date);
        match self {
            Recurrence::Weekly { days } => days.contains(&day),
            Recurrence::NthWeekday { nth, days } => {
                let from_begin = (date.day() - 1) / 7 + 1;
                let from_end = -((date.days_in_month() - date.day()) / 7 + 1);
                days.contains(&day) && (nth.contains(&from_begin) || nth.contains(&from_end))
            }
            Recurrence::WeekOfMonth { weeks, days } => {
                let first = date.first_of_month().weekday().to_monday_zero_offset();
                let week = (date.day() - 1 + first) / 7 + 1;
                days.contains(&day) && weeks.contains(&week.unsigned_abs())
            }
            Recurrence::Rrule { .. } => false,
        }
    }

    /// The rule is expanded on dates alone, at noon UTC; the zone comes in with the policy's
    /// start, so that no clock change can move a window to another day.
    fn set(&self) -> Result<RRuleSet, WindowRefusal> {
        let Recurrence::Rrule { rule, since } = self else {
            return Err(WindowRefusal::Rule { reason: "not a recurrence rule".to_owned() });
        };
        let wrong = |reason: String| WindowRefusal::Rule { reason };
        if rule.len() > 500 || rule.contains(['\n', '\r', ':']) {
            return Err(wrong(
                "write one rule without its name, such as FREQ=WEEKLY;BYDAY=SA".into(),
            ));
        }
        let text = format!("DTSTART:{}T120000Z\nRRULE:{rule}", since.strftime("%Y%m%d"));
        let set: RRuleSet =
            text.parse().map_err(|error| wrong(format!("{error}").chars().take(200).collect()))?;
        // The parser fills hours in from the start, so the text is asked for them.
        let upper = rule.to_ascii_uppercase();
        let hours = ["BYHOUR", "BYMINUTE", "BYSECOND"].iter().any(|part| upper.contains(part));
        let by_day = !hours
            && set.get_rrule().iter().all(|rule| {
                matches!(
                    rule.get_freq(),
                    Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Yearly
                )
            });
        if by_day {
            Ok(set)
        } else {
            Err(wrong("a window opens by days; hours come from the start and length".into()))
        }
    }

    fn expanded(&self, from: Date, to: Date) -> Vec<Date> {
        let Ok(set) = self.set() else { return Vec::new() };
        set.limit()
            .into_iter()
            .map(|at| Timestamp::from_second(at.timestamp()).unwrap_or(Timestamp::MAX))
            .map(|at| TimeZone::UTC.to_datetime(at).date())
            .skip_while(|date| *date < from)
            .take_while(|date| *date <= to)
            .collect()
    }
}
