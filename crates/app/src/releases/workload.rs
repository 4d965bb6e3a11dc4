//! The work of a person over all releases against the hours there are, and what clashes.

use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use jiff::civil::Date;
use roadbook_core::access::Actor;
use roadbook_core::calendar::WorkTable;
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::plan::{self, Clash, Person, Plan};
use roadbook_core::text::Text;
use roadbook_store::people;
use std::collections::{BTreeMap, BTreeSet};

/// Releases that one person's work is planned over; the page lists the rest.
const RELEASES_MAX: usize = 25;
/// Hours of a usual week; who works less has a smaller share of each day.
const WEEK_HOURS: i64 = 40;

/// One day of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkDay {
    /// The day.
    pub date: Date,
    /// Planned minutes.
    pub planned: i64,
    /// Minutes there are; `None` on days without work.
    pub capacity: Option<i64>,
    /// The person is away.
    pub away: bool,
    /// Name of the holiday.
    pub holiday: String,
}

/// A piece of work that takes part in a clash.
#[derive(Clone, Debug, PartialEq)]
pub struct ClashPart {
    /// Release.
    pub release: ReleaseId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The step; empty for a whole go-live.
    pub step: String,
    /// Its title.
    pub step_title: Text,
    /// Minutes.
    pub minutes: i64,
}

/// A clash with the names behind its ids.
#[derive(Clone, Debug)]
pub struct ClashView {
    /// What it is.
    pub clash: Clash,
    /// What takes part.
    pub parts: Vec<ClashPart>,
}

/// The work of a person against their hours.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Days from today on.
    pub days: Vec<WorkDay>,
    /// Clashes, the nearest first.
    pub clashes: Vec<ClashView>,
}

/// A planned release.
struct Planned {
    key: String,
    id: ReleaseId,
    number: String,
    title: String,
    steps: BTreeMap<String, Text>,
    plan: Plan,
}

impl App {
    /// Planned hours of the actor against the hours there are, day by day, and what clashes.
    #[boxed]
    pub async fn workload(&self, actor: &Actor, days: i64) -> Result<Workload> {
        let me = actor.person().ok_or(Error::Unauthenticated)?.clone();
        let plans = self.my_plans(actor).await?;
        let open = self.working_calendar().await?;
        let table = WorkTable::around(&open, self.now());
        let today = roadbook_core::calendar::DayMath::date(&open, self.now());
        let last = today.checked_add(jiff::Span::new().days(days - 1)).unwrap_or(today);
        let absent: Vec<(Date, Date)> = people::absences(self.store(), Some(&me), today, last)
            .await?
            .into_iter()
            .map(|it| (it.from_day, it.to_day))
            .collect();
        let known = people::get(self.store(), &me).await?;
        let hours = known.map_or(WEEK_HOURS, |it| it.weekly_hours).clamp(0, WEEK_HOURS);
        let percent = u8::try_from(hours * 100 / WEEK_HOURS).unwrap_or(100);
        let all = || plans.iter().map(|it| (it.key.as_str(), &it.plan));
        let loads = plan::load(all(), &table);
        let mine = loads.get(&me);
        let calendar = open.calendar();
        let away = |day: Date| absent.iter().any(|(from, to)| *from <= day && day <= *to);
        let day = |n: i64| {
            let date = today.checked_add(jiff::Span::new().days(n)).ok()?;
            let planned = mine.and_then(|it| it.get(&date)).map_or(0, |it| it.minutes + it.outside);
            let minutes = calendar.minutes_on(date) * i64::from(percent) / 100;
            Some(WorkDay {
                date,
                planned,
                capacity: (minutes > 0 && !away(date)).then_some(minutes),
                away: away(date),
                holiday: calendar.holiday(date).unwrap_or_default().to_owned(),
            })
        };
        let person = Person { percent, absent: absent.clone() };
        let people: BTreeMap<PersonId, Person> = BTreeMap::from([(me.clone(), person)]);
        let near = |it: &Clash| day_of(it).is_none_or(|day| today <= day && day <= last);
        let clashes = plan::clashes(all(), &people, &table)
            .into_iter()
            .filter(|it| *person_of(it) == me && near(it))
            .map(|clash| ClashView { parts: parts_of(&clash, &plans), clash })
            .collect();
        Ok(Workload { days: (0..days).filter_map(day).collect(), clashes })
    }

    /// Plans of the releases in which the actor has open work.
    async fn my_plans(&self, actor: &Actor) -> Result<Vec<Planned>> {
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        for item in self.todo(actor).await? {
            if seen.len() >= RELEASES_MAX || !seen.insert(item.release.clone()) {
                continue;
            }
            let planner = self.planner(actor, &item.release).await?;
            list.push(Planned {
                key: item.release.to_string(),
                id: item.release,
                number: item.number,
                title: item.title,
                steps: planner
                    .loaded
                    .template
                    .steps()
                    .map(|(_, step)| (step.id.clone(), step.title.clone()))
                    .collect(),
                plan: planner.standing(),
            });
        }
        Ok(list)
    }
}

const fn person_of(clash: &Clash) -> &PersonId {
    match clash {
        Clash::TooMuch { person, .. }
        | Clash::Absent { person, .. }
        | Clash::TwoGoLives { person, .. } => person,
    }
}

const fn day_of(clash: &Clash) -> Option<Date> {
    match clash {
        Clash::TooMuch { day, .. } | Clash::Absent { day, .. } => Some(*day),
        Clash::TwoGoLives { .. } => None,
    }
}

fn parts_of(clash: &Clash, plans: &[Planned]) -> Vec<ClashPart> {
    let part = |key: &str, step: &str, minutes: i64| {
        let found = plans.iter().find(|it| it.key == key)?;
        Some(ClashPart {
            release: found.id.clone(),
            number: found.number.clone(),
            title: found.title.clone(),
            step: step.to_owned(),
            step_title: found.steps.get(step).cloned().unwrap_or_default(),
            minutes,
        })
    };
    match clash {
        Clash::TooMuch { parts, .. } | Clash::Absent { parts, .. } => {
            parts.iter().filter_map(|(key, step, minutes)| part(key, step, *minutes)).collect()
        }
        Clash::TwoGoLives { plans: (one, other), .. } => {
            [one, other].into_iter().filter_map(|key| part(key, "", 0)).collect()
        }
    }
}
