//! `process simulate`: a process before its first run, from the planner of real runs.

use crate::args::{Format, SimulateArgs};
use crate::exit::{Code, Failure, Outcome};
use crate::offline;
use crate::output::{Output, print};
use crate::ports::SystemClock;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use roadbook_app::ports::Clock as _;
use roadbook_core::calendar::{Calendar, WorkTable};
use roadbook_core::process::expr::Value as Fact;
use roadbook_core::process::simulate::{Assumed, simulate};
use roadbook_core::window::Slot;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Simulates and prints.
pub fn run(args: &SimulateArgs, output: &Output) -> Outcome {
    let template = offline::template(&args.file)?;
    let wrong = |text: String| Failure::new(Code::Usage, text);
    let zone =
        TimeZone::get(&args.zone).map_err(|_| wrong(format!("`{}` is no time zone", args.zone)))?;
    let now = SystemClock.now();
    let start = match &args.go_live {
        Some(text) => text
            .parse::<DateTime>()
            .ok()
            .and_then(|it| it.to_zoned(zone.clone()).ok())
            .map(|it| it.timestamp())
            .ok_or_else(|| {
                wrong(format!("`{text}` is no date and time"))
                    .hint("write it as in 2027-04-24T22:00")
            })?,
        None => four_weeks_on(now, &zone)?,
    };
    let end = start + SignedDuration::from_hours(i64::from(args.hours));
    let calendar = Calendar::ordinary("main", &args.zone)
        .open()
        .map_err(|error| wrong(format!("zone: {error}")))?;
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let far = Span::new().days(400);
    let (first, last) = (now.min(start), now.max(end));
    let table =
        WorkTable::new(&calendar, day(first).saturating_sub(far), day(last).saturating_add(far));
    let facts = facts(&args.facts)?;
    let assumed =
        Assumed { table: &table, slot: Some(Slot { start, end }), start: now, facts: &facts };
    let made = simulate(&template, &assumed);
    if output.format == Format::Json {
        let text = serde_json::to_string_pretty(&made);
        return print(&(text.map_err(|error| wrong(error.to_string()))? + "\n"));
    }
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string();
    let mut rows: Vec<(Timestamp, Value)> = Vec::new();
    for lane in &made.lanes {
        for bar in &lane.bars {
            let row = json!({
                "id": bar.step, "role": lane.role, "start": shown(bar.start),
                "finish": shown(bar.finish), "work": format!("{} min", bar.minutes),
                "slack": if bar.critical { "critical".to_owned() } else { format!("{} h", bar.slack / 3600) },
            });
            rows.push((bar.start, row));
        }
    }
    rows.sort_by_key(|it| it.0);
    let rows: Vec<Value> = rows.into_iter().map(|it| it.1).collect();
    output.rows(
        &[
            ("start", "start"),
            ("finish", "finish"),
            ("step", "id"),
            ("role", "role"),
            ("work", "work"),
            ("slack", "slack"),
        ],
        &rows,
    )?;
    for lane in &made.lanes {
        output.say(&format!("load  {}: {} min", lane.role, lane.minutes));
    }
    for (step, why) in &made.skipped {
        output.say(&format!("skipped  {step}: {why}"));
    }
    output.say(&format!("critical path  {}", made.critical_path.join(" → ")));
    output.say(&format!("over at  {}", shown(made.finish)));
    for problem in &made.problems {
        output.say(&format!("cannot be kept  {}: {problem:?}", problem.code()));
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
