//! The run sheet of the go-live: lines, key nodes, the point of no return, and the way back.

use super::command::{Choice, SheetAct};
use super::context::Context;
use super::refusal::Refusal;
use super::state::{Run, SheetLine, SheetState, StepState};
use crate::ids::PersonId;
use crate::process::template::{SheetItem, Step, StepKind};

fn line_of(item: &SheetItem) -> SheetLine {
    SheetLine {
        id: item.id.clone(),
        title: item.title.clone(),
        owner: item.role.clone().unwrap_or_default(),
        minutes: item.minutes,
        key_node: item.key_node,
        point_of_no_return: item.point_of_no_return,
        service: item.service,
        expected: item.expected.clone(),
        state: SheetState::Open,
        begun_at: None,
        ended_at: None,
        by: None,
        found: String::new(),
    }
}

/// The sheet as it will be: the release's own action plan if it has one, else the process's.
pub fn sheet_of(step: &Step, ctx: &Context) -> Vec<SheetLine> {
    let StepKind::Operate(spec) = &step.kind else { return Vec::new() };
    let Some(mut own) = ctx.sheets.get(&step.id).cloned() else {
        return spec.sheet.iter().map(line_of).collect();
    };
    // A line of the release's own plan does to the service what its namesake in the process does.
    for line in &mut own {
        let named = spec.sheet.iter().find(|it| it.id == line.id);
        line.service = line.service.or(named.and_then(|it| it.service));
    }
    own
}

/// Lays out the sheet of a step that opens.
pub(super) fn lay_out(run: &mut Run, step: &Step, ctx: &Context) {
    if let Some(state) = run.steps.get_mut(&step.id)
        && state.sheet.is_empty()
    {
        state.sheet = sheet_of(step, ctx);
    }
}

/// Acts on one line. Lines are done in order; a failure stops the sheet until a way is chosen.
pub(super) fn act(
    run: &mut Run,
    step: &Step,
    ctx: &Context,
    person: &PersonId,
    line: &str,
    act: SheetAct,
    found: &str,
) -> Result<Option<StepState>, Refusal> {
    let state = run
        .steps
        .get_mut(&step.id)
        .ok_or_else(|| Refusal::UnknownStep { step: step.id.clone() })?;
    if let StepState::Blocked(failed) = &state.state {
        return Err(Refusal::ChoiceRequired { line: failed.clone() });
    }
    let at = state
        .sheet
        .iter()
        .position(|it| it.id == line)
        .ok_or_else(|| Refusal::Unknown { what: line.to_owned() })?;
    // On the way back the failed line is history, not something still to be done.
    let history = |it: &SheetLine| state.rolling_back && it.state == SheetState::Failed;
    let earlier = state.sheet[..at].iter().find(|it| it.state != SheetState::Done && !history(it));
    if let Some(earlier) = earlier {
        return Err(Refusal::NotYet {
            step: step.id.clone(),
            waiting: vec![super::waiting::WaitingOn::Check {
                check: earlier.id.clone(),
                failed: false,
            }],
        });
    }
    let entry = &mut state.sheet[at];
    let wrong = |state: SheetState| Refusal::WrongState {
        step: line.to_owned(),
        state: format!("{state:?}").to_lowercase(),
    };
    match (act, entry.state) {
        (SheetAct::Begin, SheetState::Open) => {
            entry.state = SheetState::Running;
            entry.begun_at = Some(ctx.now);
        }
        (SheetAct::Done, SheetState::Running) => {
            entry.state = SheetState::Done;
            entry.ended_at = Some(ctx.now);
        }
        // A key node is begun on purpose, never passed in one go (S3-32).
        (SheetAct::Done, SheetState::Open) if !entry.key_node => {
            entry.state = SheetState::Done;
            entry.begun_at = Some(ctx.now);
            entry.ended_at = Some(ctx.now);
        }
        (SheetAct::Fail, SheetState::Open | SheetState::Running) => {
            if found.trim().is_empty() {
                return Err(Refusal::ReasonRequired);
            }
            entry.state = SheetState::Failed;
            entry.ended_at = Some(ctx.now);
        }
        (_, state) => return Err(wrong(state)),
    }
    entry.by = Some(person.clone());
    found.clone_into(&mut entry.found);
    Ok((act == SheetAct::Fail).then(|| StepState::Blocked(line.to_owned())))
}

/// Chooses the way after a failed line.
pub(super) fn choose(
    run: &mut Run,
    step: &Step,
    choice: Choice,
    reason: &str,
) -> Result<(), Refusal> {
    let StepKind::Operate(spec) = &step.kind else {
        return Err(Refusal::Unknown { what: step.id.clone() });
    };
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonRequired);
    }
    let state = run
        .steps
        .get_mut(&step.id)
        .ok_or_else(|| Refusal::UnknownStep { step: step.id.clone() })?;
    if !matches!(state.state, StepState::Blocked(_)) {
        return Err(Refusal::WrongState {
            step: step.id.clone(),
            state: state.state.name().to_owned(),
        });
    }
    match choice {
        Choice::RollBack => {
            let passed =
                state.sheet.iter().find(|it| it.point_of_no_return && it.state == SheetState::Done);
            if let Some(line) = passed {
                return Err(Refusal::NoWayBack { line: line.id.clone() });
            }
            // What happened stays on the sheet; the way back is appended to it.
            state.sheet.retain(|it| it.state != SheetState::Open);
            for line in &mut state.sheet {
                if line.state == SheetState::Running {
                    line.state = SheetState::Failed;
                }
            }
            state.sheet.extend(spec.rollback.iter().map(line_of));
            state.rolling_back = true;
        }
        Choice::Remedy => {
            for line in &mut state.sheet {
                if line.state == SheetState::Failed {
                    line.state = SheetState::Open;
                    line.ended_at = None;
                }
            }
        }
    }
    Ok(())
}

/// True when every line that is still to be done has been done.
pub(super) fn finished(run: &Run, step: &Step) -> bool {
    run.steps.get(&step.id).is_some_and(|state| {
        let open = |it: &&SheetLine| matches!(it.state, SheetState::Open | SheetState::Running);
        !state.sheet.is_empty() && !state.sheet.iter().any(|it| open(&it))
    })
}
