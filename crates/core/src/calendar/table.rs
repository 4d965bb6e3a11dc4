//! A range of days unrolled: every question is a binary search or an index.

use super::open::{DayMath, OpenCalendar};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

struct Day {
    /// Second at which the day begins.
    start: i64,
    /// No change of the clock inside the day, so that wall time is the time since its begin.
    even: bool,
}

struct WorkSpan {
    start: i64,
    end: i64,
    /// Working seconds before this span.
    before: i64,
}

/// Days and working hours between two dates. Outside its range it falls back to the calendar for
/// days, and counts every second as working time.
pub struct WorkTable {
    open: OpenCalendar,
    first: Date,
    days: Vec<Day>,
    /// Indexes of the working days, rising.
    working: Vec<usize>,
    spans: Vec<WorkSpan>,
}

impl WorkTable {
    /// Unrolls the dates from `first` to `last`; at most forty years.
    pub fn new(open: &OpenCalendar, first: Date, last: Date) -> WorkTable {
        let count = (days_between(first, last) + 1).clamp(0, 40 * 366);
        let mut table = WorkTable {
            open: open.clone(),
            first,
            days: Vec::with_capacity(count as usize),
            working: Vec::new(),
            spans: Vec::new(),
        };
        let mut day = first;
        let mut before = 0;
        let mut start = open.instant(day, Time::midnight()).as_second();
        for index in 0..count as usize {
            let Ok(next) = day.tomorrow() else { break };
            let end = open.instant(next, Time::midnight()).as_second();
            let even = end - start == 86_400;
            table.days.push(Day { start, even });
            let hours = open.calendar().hours_on(day);
            if !hours.is_empty() {
                table.working.push(index);
            }
            for part in hours {
                let at = |minute: u16| {
                    if minute >= super::DAY_MINUTES {
                        end
                    } else if even {
                        start + i64::from(minute) * 60
                    } else {
                        let (hour, minute) = ((minute / 60) as i8, (minute % 60) as i8);
                        let time = Time::new(hour, minute, 0, 0).unwrap_or(Time::midnight());
                        open.instant(day, time).as_second()
                    }
                };
                let (from, to) = (at(part.from), at(part.to));
                // A clock change can swallow a span of an hour.
                if to > from {
                    table.spans.push(WorkSpan { start: from, end: to, before });
                    before += to - from;
                }
            }
            (day, start) = (next, end);
        }
        table
    }

    /// A table that serves plans around `now`: one year back, three years ahead.
    pub fn around(open: &OpenCalendar, now: Timestamp) -> WorkTable {
        let today = open.date(now);
        let shift = |days: i64| today.checked_add(jiff::Span::new().days(days)).unwrap_or(today);
        WorkTable::new(open, shift(-366), shift(3 * 366))
    }

    /// The calendar it was made from.
    pub fn open(&self) -> &OpenCalendar {
        &self.open
    }

    /// Index of the day that holds this second.
    fn index(&self, second: i64) -> Option<usize> {
        let first = self.days.first()?.start;
        let guess = (second - first).div_euclid(86_400);
        let mut index = usize::try_from(guess).ok()?.min(self.days.len() - 1);
        // Clock changes move midnight by an hour or two, so the guess is off by one at most.
        if self.days[index].start > second {
            index = index.checked_sub(1)?;
        } else if self.days.get(index + 1).is_some_and(|next| next.start <= second) {
            index += 1;
        }
        // The last day's end is not known here.
        (index + 1 < self.days.len()).then_some(index)
    }

    fn move_to(&self, at: Timestamp, from: usize, to: usize) -> Option<Timestamp> {
        let (from, to) = (self.days.get(from)?, self.days.get(to)?);
        if !from.even || !to.even {
            return None;
        }
        at.checked_add(SignedDuration::from_secs(to.start - from.start)).ok()
    }

    /// Working seconds before a second.
    fn work_before(&self, second: i64) -> i64 {
        let next = self.spans.partition_point(|span| span.start <= second);
        let Some(span) = next.checked_sub(1).and_then(|i| self.spans.get(i)) else {
            return self.spans.first().map_or(second, |first| second - first.start);
        };
        if next == self.spans.len() && second > span.end {
            return span.before + (span.end - span.start) + (second - span.end);
        }
        span.before + (second.min(span.end) - span.start)
    }

    /// The first working second at or after this one.
    pub fn next_work(&self, second: i64) -> i64 {
        let next = self.spans.partition_point(|span| span.end <= second);
        self.spans.get(next).map_or(second, |span| span.start.max(second))
    }

    /// The last instant, not after this one, until which people work.
    pub fn last_work(&self, second: i64) -> i64 {
        let next = self.spans.partition_point(|span| span.start < second);
        let past_the_end = next == self.spans.len();
        match next.checked_sub(1).and_then(|i| self.spans.get(i)) {
            Some(span) if !past_the_end || second <= span.end => second.min(span.end),
            _ => second,
        }
    }

    /// The first second, not before this one, of a day on which people work.
    pub fn next_working_day(&self, second: i64) -> i64 {
        let Some(day) = self.index(second) else { return second };
        let next = self.working.partition_point(|it| *it < day);
        self.working.get(next).map_or(second, |it| self.days[*it].start.max(second))
    }

    /// The last second, not after this one, of a day on which people work.
    pub fn last_working_day(&self, second: i64) -> i64 {
        let Some(day) = self.index(second) else { return second };
        let next = self.working.partition_point(|it| *it <= day);
        let last = next.checked_sub(1).map(|i| self.working[i] + 1);
        last.and_then(|after| self.days.get(after)).map_or(second, |it| second.min(it.start - 1))
    }

    /// When work that begins at `second` is done after so many working seconds.
    pub fn add_work(&self, second: i64, work: i64) -> i64 {
        if work <= 0 {
            return second;
        }
        let target = self.work_before(second) + work;
        let next = self.spans.partition_point(|span| span.before < target);
        match next.checked_sub(1).and_then(|i| self.spans.get(i)) {
            Some(span) => span.start + (target - span.before),
            None => second + work,
        }
    }

    /// The latest begin of work of so many working seconds that is done at `second`.
    pub fn sub_work(&self, second: i64, work: i64) -> i64 {
        if work <= 0 {
            return second;
        }
        let target = self.work_before(second) - work;
        let next = self.spans.partition_point(|span| span.before <= target);
        match next.checked_sub(1).and_then(|i| self.spans.get(i)) {
            // Beyond the last span every second counts, as in `add_work`.
            Some(span) => span.start + (target - span.before),
            None => self.spans.first().map_or(second - work, |span| span.start + target),
        }
    }

    /// Working seconds between two seconds.
    pub fn work_between(&self, from: i64, to: i64) -> i64 {
        (self.work_before(to) - self.work_before(from)).max(0)
    }

    /// Calls `each` with every date and its working seconds between two seconds.
    pub fn work_by_day(&self, from: i64, to: i64, mut each: impl FnMut(Date, i64)) {
        let mut next = self.spans.partition_point(|span| span.end <= from);
        let mut current: Option<(usize, i64)> = None;
        while let Some(span) = self.spans.get(next).filter(|span| span.start < to) {
            let seconds = span.end.min(to) - span.start.max(from);
            let index = self.index(span.start).unwrap_or(self.days.len().saturating_sub(1));
            match &mut current {
                Some((day, sum)) if *day == index => *sum += seconds,
                other => {
                    if let Some((day, sum)) = other.replace((index, seconds)) {
                        each(self.day(day), sum);
                    }
                }
            }
            next += 1;
        }
        if let Some((day, sum)) = current {
            each(self.day(day), sum);
        }
    }

    fn day(&self, index: usize) -> Date {
        let span = jiff::Span::new().try_days(index as i64).unwrap_or_default();
        self.first.checked_add(span).unwrap_or(self.first)
    }
}

impl DayMath for WorkTable {
    fn add_days(&self, at: Timestamp, days: i64) -> Timestamp {
        let fast = || {
            let from = self.index(at.as_second())?;
            self.move_to(at, from, usize::try_from(from as i64 + days).ok()?)
        };
        fast().unwrap_or_else(|| self.open.add_days(at, days))
    }

    fn add_working_days(&self, at: Timestamp, days: i64) -> Timestamp {
        let fast = || {
            let from = self.index(at.as_second())?;
            let to = match days {
                0 => return Some(at),
                1.. => {
                    let after = self.working.partition_point(|day| *day <= from);
                    *self.working.get(after + days as usize - 1)?
                }
                _ => {
                    let before = self.working.partition_point(|day| *day < from) as i64;
                    *self.working.get(usize::try_from(before + days).ok()?)?
                }
            };
            self.move_to(at, from, to)
        };
        fast().unwrap_or_else(|| self.open.add_working_days(at, days))
    }

    fn instant(&self, day: Date, time: Time) -> Timestamp {
        self.open.instant(day, time)
    }

    fn date(&self, at: Timestamp) -> Date {
        match self.index(at.as_second()) {
            Some(index) => self.day(index),
            None => self.open.date(at),
        }
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_secs().div_euclid(86_400)
}
