//! The people of a simulation as a file: who holds which role, in which unit, how many hours a
//! week, when they are away, and the days on which anybody works.

use jiff::ToSpan;
use jiff::civil::Date;
use roadbook_core::calendar::{Calendar, CalendarRefusal, Hours, MadeUp};
use roadbook_core::process::team::{Seat, Team};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Hours of a full week.
const WEEK_HOURS: i64 = 40;
/// Days of one absence; more is a slip of the pen.
const AWAY_DAYS_MAX: i32 = 366;

/// A team as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamFile {
    /// Hours a week of everybody who has none of their own; 40 if not given.
    #[serde(default)]
    pub week: Option<i64>,
    /// People who are only counted, by role.
    #[serde(default)]
    pub roles: BTreeMap<String, u32>,
    /// People with a name.
    #[serde(default, rename = "person")]
    pub people: Vec<Member>,
    /// On which days anybody works; Monday to Friday if not given.
    #[serde(default)]
    pub calendar: Option<Days>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Name.
    pub name: String,
    /// Roles of the process.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The unit that they belong to.
    #[serde(default)]
    pub unit: String,
    /// Heads it: holds every role that a process gives to the head of a unit.
    #[serde(default)]
    pub head: bool,
    /// Hours a week.
    pub week: Option<i64>,
    /// Days of absence: `2027-05-03` or `2027-05-03..2027-05-07`.
    #[serde(default)]
    pub away: Vec<String>,
}

/// Working days and hours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// Zone; that of the command if not given.
    pub zone: Option<String>,
    /// Hours of a working day: `09:00-12:00`.
    #[serde(default)]
    pub hours: Vec<String>,
    /// An `.ics` file with days off and made-up working days, beside this file.
    pub holidays: Option<String>,
    /// Days off, as absences are written.
    #[serde(default)]
    pub days_off: Vec<String>,
    /// Days on which people work although the week says otherwise.
    #[serde(default)]
    pub working_days: Vec<String>,
}

/// Why a team cannot be simulated; each says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TeamFault {
    /// It cannot be read.
    #[error("line {line}: {what}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// There is nobody in it.
    #[error("nobody is in the team; count people under [roles], or name them under [[person]]")]
    Nobody,
    /// A role that nobody acts in.
    #[error("nobody acts as `{role}` in this process; its roles are: {known}")]
    Role {
        /// The role.
        role: String,
        /// The roles of the process.
        known: String,
    },
    /// A unit of which nobody is.
    #[error("nobody of the team is in `{unit}`; its units are: {known}")]
    Unit {
        /// The unit.
        unit: String,
        /// The units of the file.
        known: String,
    },
    /// More people in a role than are simulated.
    #[error("{people} people as `{role}`; at most {most} are simulated")]
    People {
        /// The role.
        role: String,
        /// How many.
        people: u32,
        /// How many can be.
        most: u32,
    },
    /// A week that nobody works.
    #[error("{whose}: {hours} hours a week; write a number from 1 to {WEEK_HOURS}")]
    Week {
        /// Whose week it is.
        whose: String,
        /// The hours.
        hours: i64,
    },
    /// What is no day or span of days.
    #[error("`{0}` is no day; write it as in 2027-05-03 or 2027-05-03..2027-05-07")]
    Day(String),
    /// What are no hours of a day.
    #[error("`{0}` are no hours of a day; write them as in 09:00-12:00")]
    Hours(String),
    /// A file of holidays that cannot be read.
    #[error("`{file}`, line {line}: {what}")]
    Holidays {
        /// The file.
        file: String,
        /// Its line.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Working days that no calendar can have.
    #[error(transparent)]
    Calendar(#[from] CalendarRefusal),
}

impl TeamFile {
    /// Reads a file.
    pub fn read(text: &str) -> Result<TeamFile, TeamFault> {
        let file: TeamFile = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |it| it.start.min(text.len()));
            let line = text.as_bytes()[..at].iter().filter(|it| **it == b'\n').count() + 1;
            TeamFault::Syntax { line, what: error.message().to_owned() }
        })?;
        if file.people.is_empty() && file.roles.values().all(|it| *it == 0) {
            return Err(TeamFault::Nobody);
        }
        Ok(file)
    }

    /// Who acts in a process with these roles, of one unit or of all; at most so many in a role.
    pub fn team(
        &self,
        known: &BTreeSet<String>,
        unit: Option<&str>,
        most: u32,
    ) -> Result<Team, TeamFault> {
        let usual = share("week", self.week.unwrap_or(WEEK_HOURS))?;
        let role = |role: &String| match known.contains(role) {
            true => Ok(()),
            false => Err(TeamFault::Role { role: role.clone(), known: listed(known) }),
        };
        for (id, people) in &self.roles {
            role(id)?;
            if *people > most {
                let (role, people) = (id.clone(), *people);
                return Err(TeamFault::People { role, people, most });
            }
        }
        // Whoever is only counted belongs to no unit.
        let mut team = match unit {
            None => Team::counted(&self.roles, usual),
            Some(_) => Team::default(),
        };
        for person in &self.people {
            person.roles.iter().try_for_each(role)?;
            let percent = match person.week {
                Some(hours) => share(&person.name, hours)?,
                None => usual,
            };
            let absent = person.away.iter().map(|it| span(it)).collect::<Result<_, _>>()?;
            if unit.is_some_and(|it| it != person.unit) {
                continue;
            }
            let seat = team.seats.len();
            let heads = known.iter().filter(|it| person.head && of_head(it));
            for role in person.roles.iter().chain(heads).collect::<BTreeSet<_>>() {
                team.roles.entry(role.clone()).or_default().push(seat);
            }
            team.seats.push(Seat { name: person.name.clone(), percent, absent });
        }
        match (unit, team.seats.is_empty()) {
            (Some(unit), true) => {
                let units = self.people.iter().map(|it| it.unit.clone());
                let units: BTreeSet<String> = units.filter(|it| !it.is_empty()).collect();
                Err(TeamFault::Unit { unit: unit.to_owned(), known: listed(&units) })
            }
            _ => Ok(team),
        }
    }

    /// The days on which the team works; `holidays` is the text of the file that it names.
    pub fn calendar(
        &self,
        zone: &str,
        holidays: Option<&str>,
        years: std::ops::RangeInclusive<i16>,
    ) -> Result<Calendar, TeamFault> {
        let plain = Days::default();
        let days = self.calendar.as_ref().unwrap_or(&plain);
        let mut calendar = Calendar::ordinary("team", days.zone.as_deref().unwrap_or(zone));
        if !days.hours.is_empty() {
            let hours: Vec<Hours> =
                days.hours.iter().map(|it| hours(it)).collect::<Result<_, _>>()?;
            calendar
                .week
                .iter_mut()
                .filter(|it| !it.is_empty())
                .for_each(|it| it.clone_from(&hours));
        }
        if let (Some(file), Some(text)) = (&days.holidays, holidays) {
            let import = crate::ics::read(text, years);
            if let Some(found) = import.findings.first() {
                let (file, what) = (file.clone(), found.problem.to_string());
                return Err(TeamFault::Holidays { file, line: found.line, what });
            }
            import.apply(&mut calendar);
        }
        for text in &days.days_off {
            for day in each(span(text)?) {
                calendar.holidays.insert(day, text.clone());
            }
        }
        for text in &days.working_days {
            for day in each(span(text)?) {
                calendar.made_up.insert(day, MadeUp { name: text.clone(), hours: Vec::new() });
            }
        }
        calendar.check()?;
        Ok(calendar)
    }
}

/// A role that a process gives to the head of a unit.
fn of_head(role: &str) -> bool {
    role.starts_with("head_of(") || role.starts_with("heads_of(")
}

fn listed(names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Hours a week as a share of the working day, in percent.
fn share(whose: &str, hours: i64) -> Result<u8, TeamFault> {
    let percent = (1..=WEEK_HOURS).contains(&hours).then(|| hours * 100 / WEEK_HOURS);
    let wrong = || TeamFault::Week { whose: whose.to_owned(), hours };
    percent.and_then(|it| u8::try_from(it).ok()).ok_or_else(wrong)
}

fn span(text: &str) -> Result<(Date, Date), TeamFault> {
    let wrong = || TeamFault::Day(text.to_owned());
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let day = |it: &str| it.trim().parse::<Date>().map_err(|_| wrong());
    let (first, last) = (day(first)?, day(last)?);
    let far = first.checked_add(AWAY_DAYS_MAX.days()).map_err(|_| wrong())?;
    if first <= last && last <= far { Ok((first, last)) } else { Err(wrong()) }
}

fn each((first, last): (Date, Date)) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |it| *it <= last)
}

fn hours(text: &str) -> Result<Hours, TeamFault> {
    let minute = |it: &str| {
        let (hour, minute) = it.trim().split_once(':')?;
        let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
        (hour <= 24 && minute < 60).then(|| hour * 60 + minute)
    };
    let both = text.split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
    let (from, to) = both.ok_or_else(|| TeamFault::Hours(text.to_owned()))?;
    Ok(Hours { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadbook_core::calendar::WorkTable;

    const TEAM: &str = r#"
week = 32

[roles]
tester = 2

[[person]]
name = "한지우"
roles = ["lead"]
unit = "quality"
head = true
week = 40
away = ["2027-05-03..2027-05-04", "2027-05-20"]

[[person]]
name = "Trần Bảo"
roles = ["lead", "tester"]
unit = "development"

[calendar]
hours = ["09:00-12:00", "13:00-15:00"]
holidays = "holidays.ics"
days_off = ["2027-05-10..2027-05-11"]
working_days = ["2027-05-15"]
"#;

    const HOLIDAYS: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\n\
        DTSTART;VALUE=DATE:20270505\nDTEND;VALUE=DATE:20270506\nSUMMARY:어린이날\n\
        END:VEVENT\nEND:VCALENDAR\n";

    fn known() -> BTreeSet<String> {
        ["lead", "tester", "head_of(quality)"].map(str::to_owned).into()
    }

    fn day(text: &str) -> Date {
        text.parse().expect("day")
    }

    #[test]
    fn people_have_roles_units_hours_and_days_away() {
        let file = TeamFile::read(TEAM).expect("team");
        let team = file.team(&known(), None, 9).expect("team");
        assert_eq!(team.seats.len(), 4, "two are counted, two have names");
        assert_eq!(team.roles["lead"], [2, 3]);
        assert_eq!(team.roles["tester"], [0, 1, 3]);
        assert_eq!(team.roles["head_of(quality)"], [2]);
        assert_eq!((team.seats[0].percent, team.seats[2].percent), (80, 100));
        let away = [(day("2027-05-03"), day("2027-05-04")), (day("2027-05-20"), day("2027-05-20"))];
        assert_eq!(team.seats[2].absent, away);
        let quality = file.team(&known(), Some("quality"), 9).expect("team");
        assert_eq!((quality.seats.len(), quality.roles.len()), (1, 2));
    }

    #[test]
    fn working_days_are_those_of_the_file() {
        let file = TeamFile::read(TEAM).expect("team");
        let calendar = file.calendar("Asia/Seoul", Some(HOLIDAYS), 2027..=2027).expect("days");
        let open = calendar.open().expect("calendar");
        let table = WorkTable::new(&open, day("2027-05-01"), day("2027-05-31"));
        let at = |text: &str| table.instant(day(text), jiff::civil::Time::midnight()).as_second();
        use roadbook_core::calendar::DayMath as _;
        for (from, until, minutes, why) in [
            ("2027-05-06", "2027-05-07", 300, "an ordinary day of five hours"),
            ("2027-05-05", "2027-05-06", 0, "a holiday of the other file"),
            ("2027-05-10", "2027-05-12", 0, "days off"),
            ("2027-05-15", "2027-05-16", 300, "a Saturday on which people work"),
            ("2027-05-22", "2027-05-23", 0, "another Saturday"),
        ] {
            assert_eq!(table.work_between(at(from), at(until)), minutes * 60, "{why}");
        }
    }

    #[test]
    fn a_wrong_team_says_what_would_be_right() {
        let team = |text: &str| TeamFile::read(text).and_then(|it| it.team(&known(), None, 9));
        let of = |unit: &str| TeamFile::read(TEAM).and_then(|it| it.team(&known(), Some(unit), 9));
        let days = |text: &str| {
            let text = format!("[roles]\nlead = 1\n[calendar]\n{text}");
            TeamFile::read(&text)?.calendar("Asia/Seoul", Some("x"), 2027..=2027)
        };
        let person = |text: &str| team(&format!("[[person]]\nname = \"A\"\n{text}"));
        for (fault, says) in [
            (team("[roles]\nlead = ").unwrap_err(), "line 2: "),
            (team("[roles]\nlead = 1\n\nweeks = 3\nx = 1").unwrap_err(), "nobody acts as `weeks`"),
            (team("weeks = 3\n").unwrap_err(), "line 1: unknown field `weeks`"),
            (team("").unwrap_err(), "nobody is in the team"),
            (team("[roles]\nlead = 0").unwrap_err(), "nobody is in the team"),
            (
                team("[roles]\nboss = 1").unwrap_err(),
                "its roles are: head_of(quality), lead, tester",
            ),
            (team("[roles]\nlead = 10").unwrap_err(), "at most 9"),
            (team("week = 41\n[roles]\nlead = 1").unwrap_err(), "from 1 to 40"),
            (person("week = 0").unwrap_err(), "A: 0 hours a week"),
            (person("roles = [\"boss\"]").unwrap_err(), "nobody acts as `boss`"),
            (person("away = [\"soon\"]").unwrap_err(), "`soon` is no day"),
            (person("away = [\"2027-05-04..2027-05-03\"]").unwrap_err(), "is no day"),
            (person("away = [\"2027-05-04..9999-12-31\"]").unwrap_err(), "is no day"),
            (of("sales").unwrap_err(), "its units are: development, quality"),
            (days("hours = [\"9-12\"]").unwrap_err(), "as in 09:00-12:00"),
            (days("hours = [\"12:00-09:00\"]").unwrap_err(), "end before they begin"),
            (
                days("zone = \"Moon\"").and_then(|it| Ok(it.open().map(|_| it)?)).unwrap_err(),
                "`Moon`",
            ),
            (days("days_off = [\"May\"]").unwrap_err(), "`May` is no day"),
            (days("holidays = \"x.ics\"").unwrap_err(), "`x.ics`, line 1: "),
        ] {
            assert!(fault.to_string().contains(says), "{says}: {fault}");
        }
    }
}
