//! How long the service is stopped: as announced, as it is, and when that is too long (S1-18).

use super::state::{Run, SheetState, StepState};
use crate::process::due::Span;
use crate::process::expr::Value;
use crate::process::template::{FieldType, ServiceTurn, Template};
use jiff::{SignedDuration, Timestamp};

/// Happens by itself when work in production lasts longer than was announced (S1-18).
pub const OVERRUN: &str = "go_live.overrun";

/// The field in which a process asks for how long the service is announced to be stopped.
const ANNOUNCED: &str = "downtime";

/// The stop of the service around a go-live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Downtime {
    /// Minutes as announced, if the process asks for them.
    pub announced: Option<i64>,
    /// When the service first stopped; `None` until that is reported.
    pub stopped: Option<Timestamp>,
    /// When it was available again; `None` while it is stopped.
    pub returned: Option<Timestamp>,
    /// Since when it is stopped now, and what it was stopped before that.
    since: Option<Timestamp>,
    before: SignedDuration,
}

impl Downtime {
    /// Minutes from stop to return, each begun minute in full; `None` until the service is back.
    pub fn actual(&self) -> Option<i64> {
        self.returned.map(|_| (self.before.as_secs() + 59).div_euclid(60))
    }

    /// Since when it is stopped; `None` when it is not.
    pub fn stopped_since(&self) -> Option<Timestamp> {
        self.since
    }

    /// True when it was stopped for longer than announced.
    pub fn longer(&self) -> bool {
        matches!((self.actual(), self.announced), (Some(is), Some(was)) if is > was)
    }
}

/// Minutes of the announced stop. A field that belongs to a step that this run leaves out says
/// nothing: its default was announced to nobody.
fn announced(template: &Template, run: &Run) -> Option<i64> {
    let asked = |it: &&crate::process::template::Field| {
        it.id == ANNOUNCED && it.kind == FieldType::Duration
    };
    let field = template.fields.iter().find(asked)?;
    let left_out = |step: &String| {
        matches!(run.step_state(step), StepState::Skipped(_) | StepState::NotTaken(_))
    };
    if field.required_by.as_ref().is_some_and(left_out) {
        return None;
    }
    match run.fields.get(ANNOUNCED)? {
        Value::Text(text) => text.parse::<Span>().ok().map(Span::nominal_minutes),
        _ => None,
    }
}

/// The stop as the lines of the go-live's sheet report it.
pub fn downtime(template: &Template, run: &Run) -> Downtime {
    let mut seen = Downtime { announced: announced(template, run), ..Downtime::default() };
    let Some(state) = template.go_live.as_ref().and_then(|it| run.steps.get(it)) else {
        return seen;
    };
    let returns = |seen: &mut Downtime, at: Timestamp| {
        if let Some(since) = seen.since.take() {
            seen.before += at.duration_since(since);
            seen.returned = Some(at);
        }
    };
    for line in state.sheet.iter().filter(|it| it.state == SheetState::Done) {
        match (line.service, line.ended_at) {
            (Some(ServiceTurn::Stops), Some(at)) if seen.since.is_none() => {
                seen.stopped = seen.stopped.or(Some(at));
                seen.since = Some(at);
                seen.returned = None;
            }
            (Some(ServiceTurn::Returns), Some(at)) => returns(&mut seen, at),
            _ => {}
        }
    }
    // Without a line of its own the service is back when the work is done.
    if let (StepState::Done, Some(at)) = (&state.state, state.done_at) {
        returns(&mut seen, at);
    }
    seen
}

/// When the go-live that is under way lasts longer than announced: the announced minutes after the
/// service stopped, or after the start of the slot where no line reports the stop; else at the end
/// of the slot. `None` when the process has nothing to do about it, or it was told already.
pub fn overrun_at(template: &Template, run: &Run) -> Option<Timestamp> {
    let slot = run.slot?;
    let step = template.go_live.as_ref()?;
    let works = matches!(
        run.step_state(step),
        StepState::Active | StepState::Submitted | StepState::Blocked(_)
    );
    let acts = template.steps().any(|(_, it)| it.on.as_deref() == Some(OVERRUN));
    if run.is_ended() || !works || !acts {
        return None;
    }
    let seen = downtime(template, run);
    let begun = seen.stopped.map_or(slot.start, |at| at.min(slot.start));
    if run.events.get(OVERRUN).is_some_and(|at| *at >= begun) {
        return None;
    }
    let Some(minutes) = seen.announced else { return Some(slot.end) };
    let allowed = SignedDuration::from_mins(minutes);
    let sheet = run.steps.get(step).map(|it| it.sheet.as_slice()).unwrap_or_default();
    let says = |turn| sheet.iter().filter(move |it| it.service == Some(turn));
    match seen.since {
        Some(since) => Some(since + (allowed - seen.before).max(SignedDuration::ZERO)),
        // Available again: nobody waits for it.
        None if seen.returned.is_some() => None,
        // Not stopped yet.
        None if says(ServiceTurn::Stops).next().is_some() => Some(slot.end),
        None if says(ServiceTurn::Returns).any(|it| it.state == SheetState::Done) => None,
        None => Some(slot.start + allowed),
    }
}
