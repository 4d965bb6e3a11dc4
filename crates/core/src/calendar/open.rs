//! A calendar joined with the rules of its zone.

use super::{Calendar, CalendarRefusal};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Arithmetic on days that keeps the wall-clock time.
pub trait DayMath {
    /// The same wall-clock time so many calendar days later; earlier when negative.
    fn add_days(&self, at: Timestamp, days: i64) -> Timestamp;
    /// The same wall-clock time so many working days later; earlier when negative.
    fn add_working_days(&self, at: Timestamp, days: i64) -> Timestamp;
    /// The instant of a wall-clock time on a date.
    fn instant(&self, day: Date, time: Time) -> Timestamp;
    /// The date at an instant.
    fn date(&self, at: Timestamp) -> Date;
}

/// A checked calendar with its zone.
#[derive(Clone, Debug)]
pub struct OpenCalendar {
    calendar: Calendar,
    zone: TimeZone,
}

/// Reads the name of a zone. The database is part of the program, so that every machine agrees.
pub fn zone(name: &str) -> Result<TimeZone, CalendarRefusal> {
    TimeZone::get(name).map_err(|_| CalendarRefusal::Zone(name.chars().take(64).collect()))
}

/// The instant of a wall-clock time: a time that the clock skips in spring comes as much later,
/// a time that it shows twice in autumn is the first of both.
pub fn instant_in(zone: &TimeZone, wall: DateTime) -> Timestamp {
    zone.to_ambiguous_timestamp(wall)
        .compatible()
        .unwrap_or_else(|_| if wall.year() < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

impl Calendar {
    /// Checks the calendar and finds its zone.
    pub fn open(&self) -> Result<OpenCalendar, CalendarRefusal> {
        self.check()?;
        Ok(OpenCalendar { zone: zone(&self.zone)?, calendar: self.clone() })
    }
}

impl OpenCalendar {
    /// The calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn on_day(&self, at: Timestamp, day: impl FnOnce(Date) -> Option<Date>) -> Timestamp {
        let wall = self.zone.to_datetime(at);
        match day(wall.date()) {
            Some(day) => instant_in(&self.zone, day.to_datetime(wall.time())),
            None => at,
        }
    }
}

impl DayMath for OpenCalendar {
    fn add_days(&self, at: Timestamp, days: i64) -> Timestamp {
        self.on_day(at, |day| day.checked_add(jiff::Span::new().try_days(days).ok()?).ok())
    }

    fn add_working_days(&self, at: Timestamp, days: i64) -> Timestamp {
        self.on_day(at, |day| self.calendar.add_working_days(day, days).ok())
    }

    fn instant(&self, day: Date, time: Time) -> Timestamp {
        instant_in(&self.zone, day.to_datetime(time))
    }

    fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}
