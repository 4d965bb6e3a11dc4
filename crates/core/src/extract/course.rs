//! Extracts from the course of a run: tasks, problems, the go-live, trainings.

use super::{Cell, Source};
use crate::ids::PersonId;
use crate::process::template::{Step, StepKind, Template};
use crate::run::{
    Answer, MemberRun, Run, SheetState, StepRun, StepState, Verdict, checks_of, role_name,
};

pub(super) const TASKS: &[&str] = &["person", "role", "number", "step", "begin", "end", "state"];
pub(super) const PROBLEMS: &[&str] = &["at", "step", "what", "problem", "person", "state"];
pub(super) const SWITCH_OVER: &[&str] =
    &["line", "owner", "planned", "begin", "end", "person", "expected", "found", "state"];
pub(super) const COMMUNICATION: &[&str] =
    &["at", "step", "channel", "told", "count", "person", "said"];
pub(super) const TROUBLES: &[&str] = &["trouble", "count", "at", "described", "state"];
pub(super) const TRAINING: &[&str] = &["training", "due", "at", "person", "checked", "remark"];

fn state(state: &StepState) -> Cell {
    Cell::Word("step_state", state.name().to_owned())
}

/// Who is to perform a step, with the role in which they do.
fn performers<'a>(source: &'a Source<'_>, step: &'a Step) -> Vec<(PersonId, String)> {
    let mut list = Vec::new();
    for role in step.role_refs().map(role_name) {
        for person in source.holders.get(&role).into_iter().flatten() {
            let pair = (person.clone(), role.clone());
            if !list.contains(&pair) {
                list.push(pair);
            }
        }
    }
    // Work that was handed on belongs to whom it was handed to.
    let run = source.release.run.steps.get(&step.id);
    if let Some(to) = run.and_then(|it| it.delegated.clone()) {
        let role = list.first().map(|it| it.1.clone()).unwrap_or_default();
        return vec![(to, role)];
    }
    list
}

/// Tasks and duties of each person, in the order of the process.
pub(super) fn tasks(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut rows: Vec<(PersonId, Vec<Cell>)> = Vec::new();
    for (_, step) in source.steps() {
        let dates = source.dates.get(&step.id);
        for (person, role) in performers(source, step) {
            rows.push((
                person.clone(),
                vec![
                    Cell::Person(person),
                    Cell::Role(role),
                    Cell::plain(step.number.as_deref().unwrap_or_default()),
                    source.title(step),
                    Cell::at(dates.map(|it| it.planned_start)),
                    Cell::at(dates.map(|it| it.planned_finish)),
                    state(source.release.run.step_state(&step.id)),
                ],
            ));
        }
    }
    // By person; a person's tasks keep the order of the process.
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows.into_iter().map(|it| it.1).collect()
}

/// What went wrong or was brought up, oldest first.
pub(super) fn problems(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (_, step) in source.steps() {
        if let Some(run) = source.release.run.steps.get(&step.id) {
            rows.extend(problems_of(source, step, run));
        }
    }
    for debt in &source.release.run.debts {
        let step = debt.what.split('.').next().and_then(|it| source.template.step(it));
        let paid = if debt.paid_at.is_some() { "paid" } else { "open" };
        rows.push((
            debt.since,
            vec![
                Cell::At(debt.since),
                step.map_or(Cell::plain(&debt.what), |it| source.title(it)),
                Cell::Word("extract_problem", "debt".to_owned()),
                Cell::plain(&debt.what),
                Cell::Role(debt.owner.clone()),
                Cell::Word("extract_problem", paid.to_owned()),
            ],
        ));
    }
    rows.sort_by_key(|it| it.0);
    rows.into_iter().map(|it| it.1).collect()
}

fn problems_of(
    source: &Source<'_>,
    step: &Step,
    run: &StepRun,
) -> Vec<(jiff::Timestamp, Vec<Cell>)> {
    let row = |at, kind: &str, text: Cell, who: Cell, state: Cell| {
        let kind = Cell::Word("extract_problem", kind.to_owned());
        (at, vec![Cell::At(at), source.title(step), kind, text, who, state])
    };
    let mut rows = Vec::new();
    if step.on.is_some() {
        for member in run.members.values() {
            let said = run_answers(member.answers.values().map(|it| it.remark.as_str()));
            let text = Cell::lines(vec![
                Cell::plain(&member.label),
                Cell::plain(&member.remark),
                Cell::plain(&said),
            ]);
            let who = member.by.clone().map_or(Cell::Empty, Cell::Person);
            rows.push(row(member.joined, "reported", text, who, state(&member.state)));
        }
    }
    if let Some(failed) = &run.failed {
        let who = Cell::Person(failed.by.clone());
        rows.push(row(failed.at, "failed", Cell::plain(&failed.reason), who, state(&run.state)));
    }
    for vote in run.votes.iter().filter(|it| it.verdict == Verdict::Reject) {
        let who = Cell::Person(vote.person.clone());
        rows.push(row(vote.at, "rejected", Cell::plain(&vote.comment), who, state(&run.state)));
    }
    for line in run.sheet.iter().filter(|it| it.state == SheetState::Failed) {
        let Some(at) = line.ended_at.or(line.begun_at) else { continue };
        let text = Cell::lines(vec![Cell::Words(line.title.clone()), Cell::plain(&line.found)]);
        let who = line.by.clone().map_or(Cell::Empty, Cell::Person);
        rows.push(row(at, "failed", text, who, state(&run.state)));
    }
    if let Some(passed) = &run.overridden {
        let who = Cell::Person(passed.by.clone());
        rows.push(row(passed.at, "passed", Cell::plain(&passed.reason), who, state(&run.state)));
    }
    rows
}

fn run_answers<'a>(remarks: impl Iterator<Item = &'a str>) -> String {
    remarks.filter(|it| !it.trim().is_empty()).collect::<Vec<_>>().join("; ")
}

/// What was done at the go-live, line by line.
pub(super) fn switch_over(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (_, step) in source.steps() {
        let Some(run) = source.release.run.steps.get(&step.id) else { continue };
        for line in &run.sheet {
            let state = match line.state {
                SheetState::Open => "open",
                SheetState::Running => "running",
                SheetState::Done => "done",
                SheetState::Failed => "failed",
            };
            rows.push(vec![
                Cell::Words(line.title.clone()),
                if source.template.role(&line.owner).is_some() {
                    Cell::Role(line.owner.clone())
                } else {
                    Cell::plain(&line.owner)
                },
                Cell::Minutes(i64::from(line.minutes)),
                Cell::at(line.begun_at),
                Cell::at(line.ended_at),
                line.by.clone().map_or(Cell::Empty, Cell::Person),
                Cell::Words(line.expected.clone()),
                Cell::plain(&line.found),
                Cell::Word("sheet_state", state.to_owned()),
            ]);
        }
    }
    rows
}

/// Trainings with what was checked and by whom.
pub(super) fn training(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (_, step) in source.steps().filter(|it| it.1.kind == StepKind::Training) {
        let run = source.release.run.steps.get(&step.id);
        let checked = checks_of(&source.release.run, step)
            .filter_map(|check| {
                let given = run?.answers.get(&check.id)?;
                Some(Cell::Lines(vec![Cell::Words(check.ask.clone()), answer(&given.answer)]))
            })
            .collect();
        let confirmed = run.map(|it| it.confirmed.as_slice()).unwrap_or_default();
        let who = confirmed.iter().map(|it| Cell::Person(it.person.clone())).collect();
        let remarks = run_answers(confirmed.iter().map(|it| it.remark.as_str()));
        rows.push(vec![
            source.title(step),
            Cell::at(source.dates.get(&step.id).map(|it| it.latest_finish)),
            Cell::at(run.and_then(|it| it.done_at)),
            Cell::lines(who),
            Cell::lines(checked),
            Cell::plain(&remarks),
        ]);
    }
    rows
}

fn answer(answer: &Answer) -> Cell {
    let word = |name: &str| Cell::Word("answer", name.to_owned());
    match answer {
        Answer::YesNo(true) => word("yes"),
        Answer::YesNo(false) => word("no"),
        Answer::Found(text) => Cell::plain(text),
        Answer::Meeting { date, .. } => Cell::plain(date),
        Answer::Count(count) => Cell::Number(i64::from(*count)),
        Answer::NotApplicable => word("not_applicable"),
    }
}

/// Who was told or spoken with, oldest first; what is still planned stands at the end.
pub(super) fn communication(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut list: Vec<_> = source.told.iter().collect();
    list.sort_by_key(|it| (it.at.is_none(), it.at));
    let row = |it: &super::ToldLine| {
        let step = source.template.step(&it.step);
        vec![
            Cell::at(it.at),
            step.map_or(Cell::plain(&it.step), |step| source.title(step)),
            it.channel.clone(),
            it.to.clone(),
            Cell::Number(it.count),
            Cell::plain(&it.by),
            it.said.clone(),
        ]
    };
    list.into_iter().map(row).collect()
}

/// Incidents and problems, as the steps that begin by them know them: each kind with its number,
/// and then one by one.
pub(super) fn troubles(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for kind in TroubleKind::ALL {
        let list = troubles_of(source.template, &source.release.run, kind);
        let word = Cell::Word("extract_trouble", kind.name().to_owned());
        let count = Cell::Number(list.len() as i64);
        rows.push(vec![word.clone(), count, Cell::Empty, Cell::Empty, Cell::Empty]);
        rows.extend(list.into_iter().map(|it| {
            let what = Cell::lines(vec![Cell::plain(&it.label), Cell::plain(&it.remark)]);
            vec![word.clone(), Cell::Empty, Cell::At(it.joined), what, state(&it.state)]
        }));
    }
    rows
}

/// What a release may cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// Service was interrupted or worse than agreed.
    Incident,
    /// The cause of incidents, known or not.
    Problem,
}

impl TroubleKind {
    /// All kinds.
    pub const ALL: [TroubleKind; 2] = [TroubleKind::Incident, TroubleKind::Problem];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            TroubleKind::Incident => "incident",
            TroubleKind::Problem => "problem",
        }
    }

    /// The event by which it is reported.
    pub const fn event(self) -> &'static str {
        match self {
            TroubleKind::Incident => "incident.raised",
            TroubleKind::Problem => "problem.raised",
        }
    }
}

/// Everything of a kind that was reported in a run.
pub fn troubles_of<'r>(template: &Template, run: &'r Run, kind: TroubleKind) -> Vec<&'r MemberRun> {
    let steps = template.steps().filter(|it| it.1.on.as_deref() == Some(kind.event()));
    let mut list: Vec<_> =
        steps.filter_map(|it| run.steps.get(&it.1.id)).flat_map(|it| it.members.values()).collect();
    list.sort_by_key(|it| it.joined);
    list
}
