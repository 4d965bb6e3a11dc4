//! Rows derived from a release's document: its line in lists, who takes part, the tasks of people.
//! They can be rebuilt from the document at any time.

use super::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::ids::{PersonId, UnitId};
use roadbook_core::process::due::Span;
use roadbook_core::process::template::Step;
use roadbook_core::run::{
    Context, RunState, StepRun, StepState, WaitingOn, members_in_turn, waiting,
};
use roadbook_store::Write;
use roadbook_store::releases::{self as rows, ReleasePerson, ReleaseRow, Task};
use std::collections::BTreeSet;

/// States of a release that is not over, drafts included; what "open" means in lists.
pub const OPEN: [&str; 4] = ["draft", "running", "held", "ending"];
/// States of a release that has begun and is not over.
pub const UNDER_WAY: [&str; 3] = ["running", "held", "ending"];

/// The short name of where a release stands.
pub(crate) fn state_name(loaded: &LoadedRelease) -> &'static str {
    let run = &loaded.release.run;
    match (&run.state, &run.hold) {
        (RunState::Ended(_), _) => "closed",
        (RunState::Draft, _) => "draft",
        (_, Some(_)) => "held",
        (RunState::Ending(_), _) => "ending",
        (RunState::Running, _) => "running",
    }
}

/// Minutes of a span as working time; a day of work has eight hours.
pub(crate) fn effort_minutes(span: Option<Span>) -> i64 {
    match span {
        None => 0,
        Some(Span::Minutes(n)) => i64::from(n),
        Some(Span::Hours(n)) => i64::from(n) * 60,
        Some(Span::Days(n) | Span::WorkingDays(n)) => i64::from(n) * 8 * 60,
        Some(Span::Weeks(n)) => i64::from(n) * 40 * 60,
    }
}

/// Derived rows of a release as they stand in the store.
#[derive(Default)]
pub(crate) struct Stored {
    /// Who takes part.
    pub(crate) people: Vec<ReleasePerson>,
    /// Their tasks.
    pub(crate) tasks: Vec<Task>,
}

/// All derived rows of a release, as writes of what differs from what is stored; `None` for a
/// release that is new.
pub(crate) fn writes(
    loaded: &LoadedRelease,
    ctx: &Context,
    unit: &UnitId,
    stored: Option<&Stored>,
) -> Vec<Write> {
    let row = release_row(loaded, ctx, unit);
    let none = Stored::default();
    let mut list = vec![if stored.is_none() { rows::insert(&row) } else { rows::put(&row) }];
    let stored = stored.unwrap_or(&none);
    list.extend(rows::replace_people(&stored.people, &people(loaded, ctx)));
    list.extend(rows::replace_tasks(&stored.tasks, &tasks(loaded, ctx)));
    list
}

/// The line in lists.
pub(crate) fn release_row(loaded: &LoadedRelease, ctx: &Context, unit: &UnitId) -> ReleaseRow {
    let release = &loaded.release;
    ReleaseRow {
        id: release.id.clone(),
        number: release.number.clone(),
        product_id: release.product.clone(),
        version: Some(release.version.clone()).filter(|it| !it.is_empty()),
        title: release.title.clone(),
        kind: release.kind.clone(),
        mode: release.mode.name().to_owned(),
        state: state_name(loaded).to_owned(),
        go_live_at: release.run.slot.map(|it| it.start),
        lead_id: Some(release.lead.clone()),
        unit_id: unit.clone(),
        process_id: release.run.process.clone(),
        process_revision: i64::from(release.run.revision),
        waiting: short_waiting(loaded, ctx),
        next_due_at: next_due(loaded, ctx),
        updated_at: ctx.now,
        subject: release.subject.name().to_owned(),
    }
}

/// The first open step and what it waits for, as `step reason`: pages write it out.
fn short_waiting(loaded: &LoadedRelease, ctx: &Context) -> String {
    let all = waiting(&loaded.template, &loaded.release.run, ctx);
    let open = all
        .iter()
        .find(|(id, _)| loaded.release.run.step_state(id).is_open())
        .or_else(|| all.first());
    open.map(|(id, list)| {
        let reason = list.first().map_or("nothing", WaitingOn::name);
        format!("{id} {reason}")
    })
    .unwrap_or_default()
}

/// The next moment at which time alone may change something: a step opens, the slot begins, a
/// due moment passes (an approval escalates).
fn next_due(loaded: &LoadedRelease, ctx: &Context) -> Option<Timestamp> {
    let run = &loaded.release.run;
    if run.is_ended() || matches!(run.state, RunState::Draft) {
        return None;
    }
    let open = |id: &str| !run.step_state(id).is_terminal();
    let opens = ctx.opens_at.iter().filter(|(id, _)| open(id)).map(|(_, at)| *at);
    let dues = ctx.due_at.iter().filter(|(id, _)| open(id)).map(|(_, at)| *at);
    let waits = |id: &str| run.steps.get(id).is_some_and(|it| it.escalated_at.is_none());
    let expires = ctx.expires_at.iter().filter(|(id, _)| waits(id)).map(|(_, at)| *at);
    let slot = run.slot.into_iter().flat_map(|it| [it.start, it.end]);
    let ends = loaded.template.steps().flat_map(|(_, step)| {
        let again = roadbook_core::run::next_moment(run, step, ctx.now);
        roadbook_core::run::watch_end(run, step).into_iter().chain(again)
    });
    let late = roadbook_core::run::overrun_at(&loaded.template, run);
    let moments = opens.chain(dues).chain(expires).chain(slot).chain(ends).chain(late);
    moments.filter(|at| *at > ctx.now).min()
}

fn people(loaded: &LoadedRelease, ctx: &Context) -> Vec<ReleasePerson> {
    let mut set: BTreeSet<(PersonId, String)> = BTreeSet::new();
    for (role, holders) in &ctx.holders {
        for person in holders {
            set.insert((person.clone(), role.clone()));
        }
    }
    for (_, step) in loaded.template.steps() {
        for role in step.role_refs() {
            for person in ctx.holders_of(role) {
                set.insert((person, roadbook_core::run::role_name(role)));
            }
        }
        let delegated = loaded.release.run.steps.get(&step.id).and_then(|it| it.delegated.clone());
        if let Some(person) = delegated {
            set.insert((person, "delegate".to_owned()));
        }
    }
    set.insert((loaded.release.application.applicant.clone(), "applicant".to_owned()));
    set.into_iter()
        .map(|(person_id, role)| ReleasePerson {
            release_id: loaded.release.id.clone(),
            person_id,
            role,
        })
        .collect()
}

/// A task per person and open or foreseen step: what home and `todo` read.
pub(crate) fn tasks(loaded: &LoadedRelease, ctx: &Context) -> Vec<Task> {
    let run = &loaded.release.run;
    if run.is_ended() || matches!(run.state, RunState::Draft) {
        return Vec::new();
    }
    let mut list = Vec::new();
    for (_, step) in loaded.template.steps() {
        let state = run.step_state(&step.id);
        if state.is_terminal() || (step.on.is_some() && !state.is_open()) {
            continue;
        }
        let step_run = run.steps.get(&step.id);
        let seats = seats(step, step_run, ctx);
        let opened = step.opens.is_none()
            || ctx.opens_at.get(&step.id).is_none_or(|opens| *opens <= ctx.now);
        // A step is open while the first of its members are still on their way to it.
        let opened = opened && members_in_turn(run, step).is_none_or(|it| !it.is_empty());
        let done: Vec<&PersonId> = step_run.map_or(Vec::new(), |it| {
            let votes = it.votes.iter().filter(|vote| vote.voided_at.is_none()).map(|v| &v.person);
            it.confirmed.iter().map(|c| &c.person).chain(votes).collect()
        });
        for (role, person) in seats {
            let answered = state.is_open() && done.contains(&&person);
            list.push(Task {
                release_id: loaded.release.id.clone(),
                step_id: step.id.clone(),
                round: step_run.map_or(1, |it| i64::from(it.round)),
                person_id: person.to_string(),
                role,
                kind: step.kind.name().to_owned(),
                state: task_state(state, answered, opened).to_owned(),
                due_at: ctx.due_at.get(&step.id).copied(),
                start_at: ctx.opens_at.get(&step.id).copied(),
                effort_minutes: effort_minutes(step.effort),
            });
        }
    }
    list
}

/// Who performs a step, each with the role: the delegate, or every holder of its roles.
pub(super) fn seats(
    step: &Step,
    step_run: Option<&StepRun>,
    ctx: &Context,
) -> BTreeSet<(String, PersonId)> {
    if let Some(person) = step_run.and_then(|it| it.delegated.clone()) {
        return BTreeSet::from([("delegate".to_owned(), person)]);
    }
    step.role_refs()
        .flat_map(|role| {
            let name = roadbook_core::run::role_name(role);
            ctx.holders_of(role).into_iter().map(move |person| (name.clone(), person))
        })
        .collect()
}

/// A step that opens at a moment of its own, or whose members are still on their way, is ahead
/// until then.
fn task_state(state: &StepState, answered: bool, opened: bool) -> &'static str {
    if answered {
        "done"
    } else if state.is_open() && opened {
        "ready"
    } else {
        "ahead"
    }
}
