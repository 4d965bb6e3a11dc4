//! Who has how much to do on which day, and where it clashes.

use super::Plan;
use crate::calendar::{DayMath, WorkTable};
use crate::ids::PersonId;
use crate::window::Slot;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A person as planning sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Share of the working day that is free for releases, in percent.
    pub percent: u8,
    /// Days of absence, first and last.
    pub absent: Vec<(Date, Date)>,
}

/// Work of one step on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The plan it belongs to.
    pub plan: &'a str,
    /// The step.
    pub step: &'a str,
    /// Minutes.
    pub minutes: i64,
    /// Outside of working hours, such as a go-live at night.
    pub outside: bool,
}

/// One day of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayLoad<'a> {
    /// Minutes inside of working hours.
    pub minutes: i64,
    /// Minutes outside of them.
    pub outside: i64,
    /// Where they come from.
    pub parts: Vec<Part<'a>>,
}

/// The load of everybody.
pub type Load<'a> = BTreeMap<&'a PersonId, BTreeMap<Date, DayLoad<'a>>>;

/// Work of one person, as a row: sorting rows is much cheaper than growing maps.
struct Row<'a> {
    person: u32,
    day: Date,
    part: Part<'a>,
}

/// Spreads the open work of all plans over the working hours between begin and end of each step.
/// Returns the people in order, and the rows by person and day.
fn rows<'a>(
    plans: impl IntoIterator<Item = (&'a str, &'a Plan)>,
    table: &WorkTable,
) -> (Vec<&'a PersonId>, Vec<Row<'a>>) {
    let mut numbers: HashMap<&PersonId, u32> = HashMap::new();
    let mut rows = Vec::new();
    let mut days = Vec::new();
    for (plan, made) in plans {
        for (step, it) in &made.steps {
            if it.done || it.work_minutes == 0 || it.who.is_empty() {
                continue;
            }
            let (from, to) = (it.planned_start.as_second(), it.planned_finish.as_second());
            days.clear();
            table.work_by_day(from, to, |day, seconds| days.push((day, seconds)));
            let outside = days.is_empty();
            if outside {
                days.push((table.date(it.planned_start), 1));
            }
            for person in &it.who {
                let next = numbers.len() as u32;
                let person = *numbers.entry(person).or_insert(next);
                spread(&days, it.work_minutes, |day, minutes| {
                    rows.push(Row { person, day, part: Part { plan, step, minutes, outside } });
                });
            }
        }
    }
    let mut people: Vec<(&PersonId, u32)> = numbers.into_iter().collect();
    people.sort_unstable();
    let mut rank = vec![0; people.len()];
    for (place, (_, number)) in (0u32..).zip(&people) {
        rank[*number as usize] = place;
    }
    for row in &mut rows {
        row.person = rank[row.person as usize];
    }
    // Stable, so that the parts of a day keep the order of plans and steps.
    rows.sort_by_key(|row| (row.person, row.day));
    (people.into_iter().map(|(id, _)| id).collect(), rows)
}

/// The load of everybody whom a plan names.
pub fn load<'a>(
    plans: impl IntoIterator<Item = (&'a str, &'a Plan)>,
    table: &WorkTable,
) -> Load<'a> {
    let (people, rows) = rows(plans, table);
    rows.chunk_by(|a, b| a.person == b.person)
        .map(|own| {
            let days = own.chunk_by(|a, b| a.day == b.day).map(|day| {
                let sum = |outside| {
                    day.iter()
                        .filter(|it| it.part.outside == outside)
                        .map(|it| it.part.minutes)
                        .sum()
                };
                let parts = day.iter().map(|it| it.part).collect();
                (day[0].day, DayLoad { minutes: sum(false), outside: sum(true), parts })
            });
            (people[own[0].person as usize], days.collect())
        })
        .collect()
}

/// Shares minutes out in proportion; the shares add up to exactly the whole.
pub(crate) fn spread(days: &[(Date, i64)], work: i64, mut each: impl FnMut(Date, i64)) {
    let whole: i64 = days.iter().map(|(_, seconds)| seconds).sum();
    let (mut seen, mut given) = (0, 0);
    for (day, seconds) in days {
        seen += seconds;
        let until = work * seen / whole.max(1);
        if until > given {
            each(*day, until - given);
            given = until;
        }
    }
}

/// Something that people must sort out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Clash {
    /// More work than the day has room for.
    TooMuch {
        /// Who.
        person: PersonId,
        /// When.
        day: Date,
        /// Planned minutes.
        minutes: i64,
        /// Minutes there are.
        capacity: i64,
        /// The work: plan, step, minutes.
        parts: Vec<(String, String, i64)>,
    },
    /// Work on a day of absence.
    Absent {
        /// Who.
        person: PersonId,
        /// When.
        day: Date,
        /// The work: plan, step, minutes.
        parts: Vec<(String, String, i64)>,
    },
    /// Two go-lives at the same time.
    TwoGoLives {
        /// Who.
        person: PersonId,
        /// The plans.
        plans: (String, String),
        /// The time that both take.
        at: Slot,
    },
}

impl Clash {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Clash::TooMuch { .. } => "clash_too_much",
            Clash::Absent { .. } => "clash_absent",
            Clash::TwoGoLives { .. } => "clash_two_go_lives",
        }
    }
}

/// Clashes of all plans. People that are not listed have the whole working day and no absence.
pub fn clashes<'a>(
    plans: impl IntoIterator<Item = (&'a str, &'a Plan)> + Clone,
    people: &BTreeMap<PersonId, Person>,
    table: &WorkTable,
) -> Vec<Clash> {
    let mut clashes = Vec::new();
    let calendar = table.open().calendar();
    let (ids, rows) = rows(plans.clone(), table);
    for own in rows.chunk_by(|a, b| (a.person, a.day) == (b.person, b.day)) {
        let (id, day) = (ids[own[0].person as usize], own[0].day);
        let person = people.get(id);
        let parts = || {
            let part =
                |it: &Row<'_>| (it.part.plan.to_owned(), it.part.step.to_owned(), it.part.minutes);
            own.iter().map(part).collect()
        };
        let absent = |it: &Person| it.absent.iter().any(|(from, to)| *from <= day && day <= *to);
        if person.is_some_and(absent) {
            clashes.push(Clash::Absent { person: id.clone(), day, parts: parts() });
            continue;
        }
        let percent = person.map_or(100, |it| i64::from(it.percent.min(100)));
        let capacity = calendar.minutes_on(day) * percent / 100;
        let inside = own.iter().filter(|it| !it.part.outside);
        let minutes = inside.map(|it| it.part.minutes).sum::<i64>();
        if minutes > capacity {
            let person = id.clone();
            clashes.push(Clash::TooMuch { person, day, minutes, capacity, parts: parts() });
        }
    }
    clashes.extend(two_go_lives(plans));
    clashes
}

fn two_go_lives<'a>(plans: impl IntoIterator<Item = (&'a str, &'a Plan)>) -> Vec<Clash> {
    let mut by_person: BTreeMap<&PersonId, Vec<(Slot, &str)>> = BTreeMap::new();
    for (key, plan) in plans {
        let step = plan.go_live_step.as_ref().and_then(|id| plan.steps.get(id));
        let (Some(slot), Some(step)) = (plan.go_live, step) else { continue };
        if step.done {
            continue;
        }
        for person in &step.who {
            by_person.entry(person).or_default().push((slot, key));
        }
    }
    let mut clashes = Vec::new();
    for (person, mut list) in by_person {
        list.sort_unstable();
        // The one that ends last so far is enough to compare with: every overlap shows once.
        let mut longest: Option<(Slot, &str)> = None;
        for (slot, key) in list {
            if let Some((before, other)) = longest
                && before.overlaps(&slot)
            {
                clashes.push(Clash::TwoGoLives {
                    person: person.clone(),
                    plans: (other.to_owned(), key.to_owned()),
                    at: Slot { start: slot.start, end: before.end.min(slot.end) },
                });
            }
            if longest.is_none_or(|(before, _)| before.end < slot.end) {
                longest = Some((slot, key));
            }
        }
    }
    clashes
}
