//! Rows without server and disk: the checker and the planner.

use super::{Row, Sizes, pairs};
use crate::exit::{Code, Failure};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::calendar::{Calendar, WorkTable};
use roadbook_core::ids::{IdSeed, PersonId};
use roadbook_core::plan::{Graph, Input, Plan, clashes, plan};
use roadbook_core::process::template::Template;
use roadbook_core::window::Slot;
use roadbook_wire::process;
use std::collections::BTreeMap;
use std::hint::black_box;

fn failed(error: impl std::fmt::Debug) -> Failure {
    Failure::new(Code::Failed, format!("bench: {error:?}"))
}

const NAME: &str = "enterprise/upgrade";

/// The checker over the largest built-in process, beside reading it.
pub(super) fn checker() -> Result<Row, Failure> {
    let text = crate::offline::process_text(NAME)?;
    let count = 3;
    let (ours, bare) = pairs(
        count,
        || {
            for _ in 0..count {
                black_box(process::check(NAME, &text).states);
            }
            Ok(())
        },
        || {
            for _ in 0..count {
                black_box(process::parse(NAME, &text).is_ok());
            }
            Ok(())
        },
    )?;
    Ok(Row {
        what: format!("process check, {NAME}"),
        ours,
        bare,
        beside: "reading the file",
        bar: "–",
        unit: "µs",
    })
}

/// All plans and their clashes, beside one pass over as many steps that only adds up.
pub(super) fn plans(sizes: &Sizes) -> Result<Row, Failure> {
    let parsed = process::parse(NAME, &crate::offline::process_text(NAME)?).map_err(failed)?;
    let template: Template = parsed.template;
    let graph = Graph::of(&template);
    let first: Timestamp = "2027-03-01T00:00:00Z".parse().map_err(failed)?;
    let calendar = Calendar::ordinary("main", "Asia/Seoul").open().map_err(failed)?;
    let day = |at: Timestamp| at.to_zoned(calendar.zone().clone()).date();
    let far = SignedDuration::from_hours(24 * 400);
    let table = WorkTable::new(&calendar, day(first - far), day(first + far));
    let people: Vec<PersonId> = (0..sizes.people)
        .map(|it| PersonId::new(IdSeed { millis: 1, random: it as u128 }))
        .collect();
    let casts: Vec<BTreeMap<String, Vec<PersonId>>> = (0..sizes.plans)
        .map(|release| {
            let steps = template.steps().enumerate();
            steps
                .map(|(index, (_, step))| {
                    let person = people[(release * 7 + index) % people.len()].clone();
                    (step.id.clone(), vec![person])
                })
                .collect()
        })
        .collect();
    let (progress, events) = (BTreeMap::new(), BTreeMap::new());
    let steps = graph.len() * sizes.plans;
    let make = |index: usize| -> Plan {
        let start = first + SignedDuration::from_hours(24 * (30 + index as i64 % 200) + 9);
        plan(&Input {
            graph: &graph,
            table: &table,
            slot: Some(Slot { start, end: start + SignedDuration::from_hours(2) }),
            start: Some(first),
            now: first,
            period: None,
            progress: &progress,
            events: &events,
            who: &casts[index],
            later_slots: &[],
        })
    };
    let known = BTreeMap::new();
    let (ours, bare) = pairs(
        1,
        || {
            let made: Vec<Plan> = (0..sizes.plans).map(&make).collect();
            let named = made.iter().map(|it| ("r", it));
            black_box(clashes(named, &known, &table).len());
            Ok(())
        },
        || {
            // The least that any planner does: touch each step's people and two dates once.
            let mut sum = 0_i64;
            for cast in &casts {
                for (step, people) in cast {
                    let at = first + SignedDuration::from_secs(step.len() as i64);
                    sum += at.as_second() + people.len() as i64;
                }
            }
            black_box(sum);
            Ok(())
        },
    )?;
    Ok(Row {
        what: format!(
            "plan {} releases × {} steps × {} people",
            sizes.plans,
            steps / sizes.plans.max(1),
            sizes.people
        ),
        ours: ours / 1e3,
        bare: bare / 1e3,
        beside: "one pass over the steps",
        bar: "≤ 100 ms for 1,000 × 40 × 500",
        unit: "ms",
    })
}
