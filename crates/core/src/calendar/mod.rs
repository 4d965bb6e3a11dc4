//! Working days and hours: weeks, holidays and made-up working days, in one time zone.
//!
//! [`Calendar`] is what is stored and edited. [`Calendar::open`] joins it with the rules of its
//! zone; [`WorkTable`] unrolls a range of days, so that planning thousands of steps costs a
//! few comparisons each.

mod open;
mod table;
#[cfg(test)]
mod tests;

pub use open::{DayMath, OpenCalendar, instant_in, zone};
pub use table::WorkTable;

use crate::text::Text;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 1_440;

/// Working hours inside one day, in minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// First minute.
    pub from: u16,
    /// First minute after; 1440 is midnight.
    pub to: u16,
}

impl Hours {
    /// From and to as full hours and minutes.
    pub const fn of(from_hour: u16, from_minute: u16, to_hour: u16, to_minute: u16) -> Hours {
        Hours { from: from_hour * 60 + from_minute, to: to_hour * 60 + to_minute }
    }

    /// How long.
    pub const fn minutes(self) -> i64 {
        self.to as i64 - self.from as i64
    }
}

/// A day on which people work although the week says otherwise (D-29).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeUp {
    /// Why, for example the holiday it makes up for.
    pub name: String,
    /// Its hours; empty takes those of an ordinary working day.
    #[serde(default)]
    pub hours: Vec<Hours>,
}

/// A working calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Short name, for example `hanoi`.
    pub key: String,
    /// Shown name.
    #[serde(default)]
    pub title: Text,
    /// IANA name of the zone, for example `Asia/Ho_Chi_Minh`.
    pub zone: String,
    /// Working hours of the week, Monday first; an empty list is a day off.
    pub week: [Vec<Hours>; 7],
    /// Days off by date, with their names.
    #[serde(default)]
    pub holidays: BTreeMap<Date, String>,
    /// Working days by date; they win over a holiday of the same date.
    #[serde(default)]
    pub made_up: BTreeMap<Date, MadeUp>,
}

/// Why a calendar cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarRefusal {
    /// The zone is not in the zone database.
    #[error("`{0}` is not a time zone; use an IANA name such as Asia/Seoul")]
    Zone(String),
    /// Hours that end before they begin, overlap or leave the day.
    #[error(
        "the working hours of day {day} of the week overlap, end before they begin or leave the day"
    )]
    Hours {
        /// 1 is Monday; 0 stands for a made-up working day.
        day: u8,
    },
    /// No weekday has working hours.
    #[error("no day of the week has working hours; give at least one day its hours")]
    NoWork,
    /// The date lies outside of what a calendar can hold.
    #[error("the date lies outside the years 1900 to 2500")]
    Date,
}

impl CalendarRefusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            CalendarRefusal::Zone(_) => "calendar_zone",
            CalendarRefusal::Hours { .. } => "calendar_hours",
            CalendarRefusal::NoWork => "calendar_no_work",
            CalendarRefusal::Date => "calendar_date",
        }
    }
}

impl Calendar {
    /// Monday to Friday, 9 to 12 and 13 to 18 o'clock.
    pub fn ordinary(key: impl Into<String>, zone: impl Into<String>) -> Calendar {
        let day = vec![Hours::of(9, 0, 12, 0), Hours::of(13, 0, 18, 0)];
        Calendar {
            key: key.into(),
            title: Text::default(),
            zone: zone.into(),
            week: std::array::from_fn(|i| if i < 5 { day.clone() } else { Vec::new() }),
            holidays: BTreeMap::new(),
            made_up: BTreeMap::new(),
        }
    }

    /// Everything that would make the calendar unusable.
    pub fn check(&self) -> Result<(), CalendarRefusal> {
        let orderly = |hours: &[Hours]| {
            hours.iter().all(|it| it.from < it.to && it.to <= DAY_MINUTES)
                && hours.windows(2).all(|pair| pair[0].to <= pair[1].from)
        };
        for (day, hours) in (1u8..).zip(&self.week) {
            if !orderly(hours) {
                return Err(CalendarRefusal::Hours { day });
            }
        }
        if self.made_up.values().any(|it| !orderly(&it.hours)) {
            return Err(CalendarRefusal::Hours { day: 0 });
        }
        if self.week.iter().all(Vec::is_empty) {
            return Err(CalendarRefusal::NoWork);
        }
        let years = 1_900..=2_500;
        if self.holidays.keys().chain(self.made_up.keys()).any(|day| !years.contains(&day.year())) {
            return Err(CalendarRefusal::Date);
        }
        Ok(())
    }

    fn of_week(&self, day: Weekday) -> &[Hours] {
        &self.week[day.to_monday_zero_offset().unsigned_abs() as usize % 7]
    }

    /// Working hours of a date; empty on a day off.
    pub fn hours_on(&self, day: Date) -> &[Hours] {
        let of_week = self.of_week(day.weekday());
        match self.made_up.get(&day) {
            Some(made_up) if !made_up.hours.is_empty() => &made_up.hours,
            Some(_) if of_week.is_empty() => {
                self.week.iter().find(|hours| !hours.is_empty()).map_or(&[], Vec::as_slice)
            }
            Some(_) => of_week,
            None if self.holidays.contains_key(&day) => &[],
            None => of_week,
        }
    }

    /// True when people work on that date.
    pub fn is_working(&self, day: Date) -> bool {
        !self.hours_on(day).is_empty()
    }

    /// Working minutes of a date: the capacity of one person.
    pub fn minutes_on(&self, day: Date) -> i64 {
        self.hours_on(day).iter().map(|hours| hours.minutes()).sum()
    }

    /// Working minutes of an ordinary day, by which an effort in days is counted.
    pub fn day_minutes(&self) -> i64 {
        let day = |hours: &Vec<Hours>| hours.iter().map(|it| it.minutes()).sum::<i64>();
        self.week.iter().map(day).find(|minutes| *minutes > 0).unwrap_or(480)
    }

    /// Why nobody works on a date: the holiday's name. `None` on working days and free weekdays.
    pub fn holiday(&self, day: Date) -> Option<&str> {
        (!self.made_up.contains_key(&day)).then(|| self.holidays.get(&day).map(String::as_str))?
    }

    /// The date that is `days` working days later, or earlier when negative; 0 is the date itself.
    pub fn add_working_days(&self, from: Date, days: i64) -> Result<Date, CalendarRefusal> {
        if self.week.iter().all(Vec::is_empty) {
            return Err(CalendarRefusal::NoWork);
        }
        let mut left = days.unsigned_abs();
        let mut day = from;
        while left > 0 {
            let next = if days > 0 { day.tomorrow() } else { day.yesterday() };
            day = next.map_err(|_| CalendarRefusal::Date)?;
            if self.is_working(day) {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// Working minutes of one person between two dates, the last one not counted.
    pub fn capacity_minutes(&self, from: Date, until: Date) -> i64 {
        let mut day = from;
        let mut sum = 0;
        while day < until {
            sum += self.minutes_on(day);
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        sum
    }
}

/// A day of a month, clamped to the month's length (D-28). `months` counts from the given month.
pub fn month_day(year: i16, month: i8, months: i32, day: u8) -> Option<Date> {
    let count = i32::from(year) * 12 + i32::from(month) - 1 + months;
    let year = i16::try_from(count.div_euclid(12)).ok()?;
    let month = i8::try_from(count.rem_euclid(12) + 1).ok()?;
    let first = Date::new(year, month, 1).ok()?;
    let day = i8::try_from(day.max(1)).ok()?.min(first.days_in_month());
    Date::new(year, month, day).ok()
}
