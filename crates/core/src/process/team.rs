//! The people of a simulation: who holds which role, how much of the week, and when they are away.

use crate::calendar::{DayMath as _, WorkTable};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Somebody who does one thing after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// Name; empty for somebody who is only counted.
    pub name: String,
    /// Share of the working day that is free for releases, in percent.
    pub percent: u8,
    /// Days of absence, first and last.
    pub absent: Vec<(Date, Date)>,
}

/// Who holds which role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// The people.
    pub seats: Vec<Seat>,
    /// Positions in `seats` by role. Somebody may hold several roles.
    pub roles: BTreeMap<String, Vec<usize>>,
}

impl Team {
    /// So many people in each role, each with a share of the working day.
    pub fn counted(counts: &BTreeMap<String, u32>, percent: u8) -> Team {
        let mut team = Team::default();
        for (role, count) in counts {
            let first = team.seats.len();
            let seat = Seat { name: String::new(), percent, absent: Vec::new() };
            team.seats.extend(std::iter::repeat_n(seat, *count as usize));
            team.roles.insert(role.clone(), (first..team.seats.len()).collect());
        }
        team
    }

    /// People who hold a role and have time for it.
    pub fn holders(&self, role: &str) -> impl Iterator<Item = usize> + '_ {
        let list = self.roles.get(role).map(Vec::as_slice).unwrap_or_default();
        list.iter().copied().filter(|i| self.seats.get(*i).is_some_and(|it| it.percent > 0))
    }

    /// Working minutes that a role has between two moments.
    pub fn minutes(&self, role: &str, table: &WorkTable, from: Date, until: Date) -> i64 {
        let at = |day: Date| table.instant(day, Time::midnight()).as_second();
        let whole = table.work_between(at(from), at(until));
        let own = |i: usize| {
            let seat = &self.seats[i];
            let away: i64 = seat
                .absent
                .iter()
                .map(|it| table.work_between(at(it.0.max(from)), at(after(it.1).min(until))))
                .sum();
            (whole - away).max(0) * i64::from(seat.percent) / 6_000
        };
        self.holders(role).map(own).sum()
    }
}

fn after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// A team at work: until when everybody is busy, and with what.
pub(super) struct Crew<'a> {
    team: &'a Team,
    table: &'a WorkTable,
    busy: Vec<(i64, String)>,
}

/// Who takes a step, and from when on.
pub(super) struct Taken {
    pub start: Timestamp,
    pub seats: Vec<usize>,
    /// What they had to finish first.
    pub behind: Option<String>,
}

impl<'a> Crew<'a> {
    pub fn new(team: &'a Team, table: &'a WorkTable) -> Crew<'a> {
        Crew { team, table, busy: vec![(i64::MIN, String::new()); team.seats.len()] }
    }

    /// The first moment at which somebody of each role is there and has nothing else to do.
    pub fn take(&self, roles: &[String], at: Timestamp) -> Taken {
        let mut taken = Taken { start: at, seats: Vec::new(), behind: None };
        for role in roles {
            let first = self.team.holders(role).map(|i| (self.free(i, at), i)).min();
            let Some((from, seat)) = first else { continue };
            if from > taken.start {
                taken.start = from;
                let (until, what) = &self.busy[seat];
                let waits = *until > at.as_second() && !what.is_empty();
                taken.behind = waits.then(|| what.clone());
            }
            taken.seats.push(seat);
        }
        taken
    }

    fn free(&self, seat: usize, at: Timestamp) -> Timestamp {
        let from = at.as_second().max(self.busy[seat].0);
        let mut from = Timestamp::from_second(from).unwrap_or(at).max(at);
        let mut absent: Vec<&(Date, Date)> = self.team.seats[seat].absent.iter().collect();
        absent.sort();
        for (first, last) in absent {
            let day = self.table.date(from);
            if *first <= day && day <= *last {
                let back = self.table.instant(after(*last), Time::midnight());
                from = from.max(back);
                from = from.max(second(self.table.next_work(from.as_second())));
            }
        }
        from
    }

    /// When so many minutes of work are done by the slowest of them.
    pub fn work(&self, seats: &[usize], start: Timestamp, minutes: i64) -> Timestamp {
        let percent = |i: &usize| i64::from(self.team.seats[*i].percent.clamp(1, 100));
        let slowest = seats.iter().map(percent).min().unwrap_or(100);
        let from = start.as_second();
        let mut end = self.table.add_work(from, minutes * 6_000 / slowest);
        let mut away: Vec<&(Date, Date)> =
            seats.iter().flat_map(|i| &self.team.seats[*i].absent).collect();
        away.sort();
        for (first, last) in away {
            let at = |day: Date| self.table.instant(day, Time::midnight()).as_second();
            let (gone, back) = (at(*first).max(from), at(after(*last)));
            if gone < end && back > from {
                end = self.table.add_work(end, self.table.work_between(gone, back));
            }
        }
        second(end)
    }

    pub fn occupy(&mut self, seats: &[usize], until: Timestamp, step: &str) {
        for seat in seats {
            self.busy[*seat] = (until.as_second(), step.to_owned());
        }
    }
}

pub(super) fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
