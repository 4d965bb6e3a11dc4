//! Rows of the engine: the checker over 200 steps, one command in a run of 60, one whole simulation.

use super::{Row, pairs};
use crate::exit::{Code, Failure};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::calendar::{Calendar, WorkTable};
use roadbook_core::ids::{IdSeed, PersonId};
use roadbook_core::plan::{Graph, Input, plan};
use roadbook_core::process::simulate::{Assumed, simulate};
use roadbook_core::process::team::Team;
use roadbook_core::process::template::Template;
use roadbook_core::run::{Actor, Command, Context, Run, decide, start};
use roadbook_core::window::Slot;
use roadbook_wire::process;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;

const ENTERPRISE: &str = "enterprise/upgrade";

fn failed(error: impl std::fmt::Debug) -> Failure {
    Failure::new(Code::Failed, format!("bench: {error:?}"))
}

/// Phases of ten steps: work, an approval that can send it back, and a decision.
fn steps(phases: usize) -> String {
    let mut text = String::from(
        "format = 1\nid = \"bench/steps\"\nsubject = \"release\"\nlanguages = [\"en\"]\ntitle = \"Steps\"\n[[role]]\nid = \"lead\"\ntitle = \"Lead\"\n[[role]]\nid = \"boss\"\ntitle = \"Boss\"\n",
    );
    for n in 0..6 {
        let _ = write!(
            text,
            "[[field]]\nid = \"f{n}\"\ntype = \"bool\"\nask = \"F\"\nrequired_by = \"p0s0\"\n"
        );
    }
    for phase in 0..phases {
        let _ = write!(text, "[[phase]]\nid = \"p{phase}\"\ntitle = \"P\"\n");
        for step in 0..10 {
            let id = format!("p{phase}s{step}");
            let own = match step {
                7 => format!("kind = \"approval\"\nrole = \"boss\"\nrejected = \"p{phase}s0\""),
                8 => format!(
                    "kind = \"decision\"\nrole = \"boss\"\nask = \"?\"\noutcome.on = {{ title = \"On\", go = [\"p{phase}s9\"] }}\noutcome.off = {{ title = \"Off\", end = \"cancelled\" }}"
                ),
                _ => "kind = \"task\"\nrole = \"lead\"".to_owned(),
            };
            let _ = write!(text, "[[phase.step]]\nid = \"{id}\"\ntitle = \"S\"\n{own}\n");
            if step > 0 {
                let _ = writeln!(text, "after = [\"p{phase}s{}\"]", step - 1);
            }
            if step == 3 && phase > 0 {
                let _ = writeln!(text, "when = \"field.f{}\"", phase % 6);
            }
        }
    }
    text
}

/// The checker over 200 steps, beside reading them.
pub(super) fn checker() -> Result<Row, Failure> {
    let text = steps(20);
    let template = process::parse("steps", &text).map_err(failed)?.template;
    let count = template.steps().count();
    let states = roadbook_core::process::check::check(&template).proof.states;
    let (ours, bare) = pairs(
        1,
        || {
            black_box(process::check("steps", &text).states);
            Ok(())
        },
        || {
            black_box(process::parse("steps", &text).is_ok());
            Ok(())
        },
    )?;
    Ok(Row {
        what: format!("process check, {count} steps, {states} states visited"),
        ours: ours / 1e3,
        bare: bare / 1e3,
        beside: "reading the file",
        bar: "≤ 1 s",
        unit: "ms",
    })
}

/// One command in a run of 60 steps, beside copying the run.
pub(super) fn advance() -> Result<Row, Failure> {
    let template = process::parse("steps", &steps(6)).map_err(failed)?.template;
    let person = PersonId::new(IdSeed { millis: 1, random: 1 });
    let now: Timestamp = "2027-03-01T00:00:00Z".parse().map_err(failed)?;
    let mut ctx = Context::bare(now, Actor::Person(person.clone()), person.clone());
    for role in ["lead", "boss"] {
        ctx.holders.insert(role.to_owned(), vec![person.clone()]);
    }
    let mut run = Run::draft("bench/steps", 1);
    for field in 0..6 {
        let yes = roadbook_core::process::expr::Value::Bool(true);
        run.fields.insert(format!("f{field}"), yes);
    }
    let run = start(&template, &run, &ctx).map_err(failed)?.run;
    let command = Command::Done { step: "p0s0".to_owned(), remark: "done".to_owned() };
    let count = 200;
    let (ours, bare) = pairs(
        count,
        || {
            for _ in 0..count {
                black_box(decide(&template, &run, &command, &ctx).map_err(failed)?.facts.len());
            }
            Ok(())
        },
        || {
            for _ in 0..count {
                black_box(run.clone().steps.len());
            }
            Ok(())
        },
    )?;
    Ok(Row {
        what: format!("one command in a run of {} steps", template.steps().count()),
        ours,
        bare,
        beside: "copying the run",
        bar: "≤ 200 µs",
        unit: "µs",
    })
}

/// A whole enterprise release with a team and chance, beside one plan of it.
pub(super) fn simulation() -> Result<Row, Failure> {
    let text = crate::offline::process_text(ENTERPRISE)?;
    let template: Template = process::parse(ENTERPRISE, &text).map_err(failed)?.template;
    let begin: Timestamp = "2027-03-01T00:00:00Z".parse().map_err(failed)?;
    let go_live = begin + SignedDuration::from_hours(24 * 60 + 13);
    let slot = Slot { start: go_live, end: go_live + SignedDuration::from_hours(4) };
    let calendar = Calendar::ordinary("main", "Asia/Shanghai").open().map_err(failed)?;
    let table = WorkTable::around(&calendar, begin);
    let counts = template.roles.iter().map(|it| (it.id.clone(), 1)).collect();
    let team = Team::counted(&counts, 50);
    let facts = BTreeMap::new();
    let plain = Assumed::plain(&table, Some(slot), begin, &facts);
    let assumed = Assumed { team: Some(&team), seed: Some(1), ..plain };
    let graph = Graph::of(&template);
    let (progress, events, who) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let input = Input {
        graph: &graph,
        table: &table,
        slot: Some(slot),
        start: Some(begin),
        now: begin,
        period: None,
        progress: &progress,
        events: &events,
        who: &who,
        later_slots: &[],
    };
    let count = 5;
    let (ours, bare) = pairs(
        count,
        || {
            for _ in 0..count {
                black_box(simulate(&template, &assumed).steps.len());
            }
            Ok(())
        },
        || {
            for _ in 0..count {
                black_box(plan(&input).steps.len());
            }
            Ok(())
        },
    )?;
    Ok(Row {
        what: format!("simulate {ENTERPRISE}, {} steps, a team, a seed", graph.len()),
        ours: ours / 1e3,
        bare: bare / 1e3,
        beside: "one plan of it",
        bar: "≤ 20 ms",
        unit: "ms",
    })
}
