//! `process simulate`: a process before its first run, from the planner of real runs.

use crate::args::{Format, SimulateArgs};
use crate::exit::{Code, Failure, Outcome};
use crate::offline;
use crate::output::{Output, print};
use crate::ports::SystemClock;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use roadbook_app::ports::Clock as _;
use roadbook_app::simulation::PEOPLE_MAX;
use roadbook_core::calendar::WorkTable;
use roadbook_core::process::compare::{Compared, compare};
use roadbook_core::process::expr::Value as Fact;
use roadbook_core::process::simulate::{
    Assumed, Bar, Simulation, last_begin, performers, simulate,
};
use roadbook_core::process::team::Team;
use roadbook_core::process::template::Template;
use roadbook_core::window::Slot;
use roadbook_wire::team::{Days, TeamFault, TeamFile};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Simulates and prints.
pub fn run(args: &SimulateArgs, output: &Output) -> Outcome {
    let template = offline::template(&args.file)?;
    let file = team_file(args)?;
    let written = file.as_ref().and_then(|it| it.1.calendar.as_ref()?.zone.clone());
    let name = args.zone.clone().or(written).unwrap_or_else(|| "UTC".to_owned());
    let zone = TimeZone::get(&name).map_err(|_| wrong(format!("`{name}` is no time zone")))?;
    let now = SystemClock.now();
    let begin = match &args.begin {
        Some(text) => moment(text, &zone)?,
        None => now,
    };
    let start = match &args.go_live {
        Some(text) => moment(text, &zone)?,
        None => four_weeks_on(begin, &zone)?,
    };
    let end = start + SignedDuration::from_hours(i64::from(args.hours));
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let far = Span::new().days(400);
    let first = day(begin.min(start)).saturating_sub(far);
    let last = day(begin.max(end)).saturating_add(far);
    let table = work_table(args, file.as_ref(), &name, (first, last))?;
    let facts = facts(&args.facts)?;
    let team = team(&template, args, file.as_ref())?;
    let assumed = Assumed {
        team: team.as_ref(),
        seed: args.seed,
        ..Assumed::plain(&table, Some(Slot { start, end }), begin, &facts)
    };
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string();
    if let Some(against) = &args.against {
        let other = offline::template(against)?;
        let made = compare((&template, &assumed), (&other, &assumed));
        return compared(&made, output, &shown);
    }
    let made = simulate(&template, &assumed);
    if output.format == Format::Json {
        return json_text(&made);
    }
    dates(&made, output, &shown)?;
    told(&made, output, &shown);
    match last_begin(&template, &assumed) {
        Some(day) => output.say(&format!("begin by  {day}")),
        None => output.say("begin by  no begin is early enough"),
    }
    Ok(())
}

fn wrong(text: String) -> Failure {
    Failure::new(Code::Usage, text)
}

fn json_text(made: &impl serde::Serialize) -> Outcome {
    let text = serde_json::to_string_pretty(made);
    print(&(text.map_err(|error| wrong(error.to_string()))? + "\n"))
}

fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let at = text.parse::<DateTime>().ok().and_then(|it| it.to_zoned(zone.clone()).ok());
    at.map(|it| it.timestamp()).ok_or_else(|| {
        wrong(format!("`{text}` is no date and time")).hint("write it as in 2027-04-24T22:00")
    })
}

impl From<TeamFault> for Failure {
    fn from(fault: TeamFault) -> Failure {
        wrong(format!("the team: {fault}"))
    }
}

/// The file among what `--team` says, and where it is.
fn team_file(args: &SimulateArgs) -> Result<Option<(PathBuf, TeamFile)>, Failure> {
    let files: Vec<&String> = args.team.iter().filter(|it| !it.contains('=')).collect();
    let path = match (files.as_slice(), args.team.len()) {
        ([], _) if args.unit.is_some() => {
            return Err(wrong("units stand in the file of a team".to_owned())
                .hint("write the team into a file and name it: --team team.toml"));
        }
        ([], _) => return Ok(None),
        ([one], 1) => Path::new(one.as_str()),
        _ => {
            return Err(wrong("a team is one file, or numbers of people".to_owned())
                .hint("count the others in the file, under [roles]"));
        }
    };
    if path.extension().is_none() {
        return Err(wrong(format!("`{}` is no number of people and no file", path.display()))
            .hint("write it as in tester=2, or name a file as in team.toml"));
    }
    let file = TeamFile::read(&offline::read(path)?)
        .map_err(|fault| wrong(format!("`{}`: {fault}", path.display())))?;
    Ok(Some((path.to_owned(), file)))
}

/// The days on which anybody works.
fn work_table(
    args: &SimulateArgs,
    file: Option<&(PathBuf, TeamFile)>,
    zone: &str,
    (first, last): (Date, Date),
) -> Result<WorkTable, Failure> {
    let mut file = file.cloned().unwrap_or_default();
    if let Some(path) = &args.holidays {
        let days = file.1.calendar.get_or_insert_with(Days::default);
        days.holidays = Some(path.display().to_string());
    }
    let days = file.1.calendar.get_or_insert_with(Days::default);
    days.zone = Some(zone.to_owned());
    let beside = file.0.parent().unwrap_or(Path::new(""));
    let holidays = match (&args.holidays, &days.holidays) {
        (Some(path), _) => Some(offline::read(path)?),
        (None, Some(name)) => Some(offline::read(&beside.join(name))?),
        (None, None) => None,
    };
    let calendar = file.1.calendar(zone, holidays.as_deref(), first.year()..=last.year())?;
    let open = calendar.open().map_err(TeamFault::from)?;
    Ok(WorkTable::new(&open, first, last))
}

/// The people of the file, or those that are counted; a role that the process does not have is
/// refused.
fn team(
    template: &Template,
    args: &SimulateArgs,
    file: Option<&(PathBuf, TeamFile)>,
) -> Result<Option<Team>, Failure> {
    if args.team.is_empty() {
        return Ok(None);
    }
    let known: BTreeSet<String> = template.steps().flat_map(|(_, it)| performers(it)).collect();
    if let Some((_, file)) = file {
        return Ok(Some(file.team(&known, args.unit.as_deref(), PEOPLE_MAX)?));
    }
    let mut counts = BTreeMap::new();
    for text in &args.team {
        let parts = text.rsplit_once('=').and_then(|(role, n)| Some((role, n.parse().ok()?)));
        let Some((role, n)) = parts.filter(|it| it.1 <= PEOPLE_MAX) else {
            return Err(
                wrong(format!("`{text}` is no number of people")).hint("write it as in tester=2")
            );
        };
        if !known.contains(role) {
            let roles: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(wrong(format!("nobody acts as `{role}` in this process"))
                .hint(format!("its roles are: {}", roles.join(", "))));
        }
        counts.insert(role.to_owned(), n);
    }
    let percent = u8::try_from(u32::from(args.week) * 100 / 40).unwrap_or(100);
    Ok(Some(Team::counted(&counts, percent)))
}

fn dates(made: &Simulation, output: &Output, shown: &dyn Fn(Timestamp) -> String) -> Outcome {
    let row = |bar: &Bar| {
        json!({
            "id": bar.step, "role": bar.roles.join(", "), "start": shown(bar.start),
            "finish": shown(bar.finish), "work": format!("{} min", bar.minutes),
            "waits": format!("{} %", bar.waits.percent(bar.waits.total() - bar.waits.work)),
            "slack": if bar.critical { "critical".to_owned() } else { format!("{} h", bar.slack / 60) },
        })
    };
    let rows: Vec<Value> = made.steps.iter().map(row).collect();
    output.rows(
        &[
            ("start", "start"),
            ("finish", "finish"),
            ("step", "id"),
            ("role", "role"),
            ("work", "work"),
            ("waits", "waits"),
            ("slack", "slack"),
        ],
        &rows,
    )
}

fn told(made: &Simulation, output: &Output, shown: &dyn Fn(Timestamp) -> String) {
    for lane in &made.lanes {
        let busiest = lane.weeks.iter().max_by_key(|it| it.1);
        let week = busiest.map_or_else(String::new, |(week, minutes, room)| {
            let of = room.map_or_else(String::new, |it| format!(" of {it}"));
            format!(", busiest week {week}: {minutes}{of} min")
        });
        output.say(&format!("load  {}: {} min{week}", lane.role, lane.minutes));
    }
    // A week in which somebody is asked for more than they have.
    for lane in &made.lanes {
        for (week, minutes, room) in &lane.weeks {
            if let Some(room) = room.filter(|it| it < minutes) {
                output.say(&format!("clash  {}: week {week}: {minutes} of {room} min", lane.role));
            }
        }
    }
    let (waits, part) = (&made.waits, |it: i64| made.waits.percent(it));
    output.say(&format!(
        "time  work {} %, people {} %, window {} %, sites {} %",
        part(waits.work),
        part(waits.person),
        part(waits.window),
        part(waits.site)
    ));
    for (step, why) in &made.skipped {
        output.say(&format!("skipped  {step}: {why}"));
    }
    for role in &made.unheld {
        output.say(&format!("nobody  {role}"));
    }
    output.say(&format!("critical path  {}", made.critical_path.join(" → ")));
    output.say(&format!("over at  {}", shown(made.finish)));
    if made.go_live_late > 0 {
        output.say(&format!("go-live  {} min late", made.go_live_late));
    }
    for (step, by) in &made.late {
        output.say(&format!("late  {step}: {by} min"));
    }
    for problem in &made.problems {
        output.say(&format!("cannot be kept  {}: {problem:?}", problem.code()));
    }
    output.say(if made.kept() { "every date is kept" } else { "not every date is kept" });
}

/// What would be different with the other file.
fn compared(made: &Compared, output: &Output, shown: &dyn Fn(Timestamp) -> String) -> Outcome {
    if output.format == Format::Json {
        return json_text(made);
    }
    let end =
        |it: Option<(Timestamp, Timestamp)>| it.map_or_else(|| "–".to_owned(), |it| shown(it.1));
    let rows: Vec<Value> = made
        .steps
        .iter()
        .map(|it| {
            let by = it.by.map_or_else(String::new, |it| format!("{it:+} min"));
            json!({ "id": it.step, "before": end(it.before), "after": end(it.after), "by": by })
        })
        .collect();
    output
        .rows(&[("step", "id"), ("before", "before"), ("after", "after"), ("by", "by")], &rows)?;
    for it in &made.roles {
        let more = it.after - it.before;
        output.say(&format!(
            "role  {}: {more:+} min, {} → {} steps",
            it.role, it.steps_before, it.steps_after
        ));
    }
    for (sign, list) in [("+", &made.gates_more), ("-", &made.gates_less)] {
        for step in list {
            output.say(&format!("gate  {sign} {step}"));
        }
    }
    output.say(&format!("lasts  {:+} min", made.longer));
    for line in made.changes.iter().flat_map(offline::difference_rows) {
        let cell = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        output.say(
            &format!(
                "file  {} {} {} {} {} → {}",
                cell("what"),
                cell("part"),
                cell("id"),
                cell("field"),
                cell("before"),
                cell("after")
            )
            .trim_end_matches([' ', '→']),
        );
    }
    Ok(())
}

/// A Saturday evening, four weeks from now.
fn four_weeks_on(now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let date = now.to_zoned(zone.clone()).date().saturating_add(Span::new().days(28));
    let date = date.nth_weekday(1, jiff::civil::Weekday::Saturday).unwrap_or(date);
    date.at(22, 0, 0, 0)
        .to_zoned(zone.clone())
        .map(|it| it.timestamp())
        .map_err(|error| Failure::new(Code::Usage, error.to_string()))
}

fn facts(list: &[String]) -> Result<BTreeMap<String, Fact>, Failure> {
    let mut facts = BTreeMap::new();
    for text in list {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Failure::new(Code::Usage, format!("`{text}` is no fact"))
                .hint("write it as in release.mode=emergency"));
        };
        let value = match (value, value.parse::<i64>()) {
            ("true", _) => Fact::Bool(true),
            ("false", _) => Fact::Bool(false),
            (_, Ok(number)) => Fact::Int(number),
            _ => Fact::Text(value.to_owned()),
        };
        facts.insert(name.to_owned(), value);
    }
    Ok(facts)
}
