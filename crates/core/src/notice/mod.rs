//! Which notices are due: planned, sent in time, warned about, corrected, retracted, reminded of.
//!
//! One pure question over what the process wants, where the run stands and what was told already.
//! A moment that has passed is never dropped: a late notice goes out late and says so.

mod letter;
mod quiet;
mod window;
mod work;

pub use letter::{BLOCKS, Variable};
pub use quiet::{QuietHours, mail_time};
pub use window::{NoticeWindow, window};
pub use work::{Ask, Piece, Stage, ToldOf, Unanswered, WorkCase};

use crate::process::template::{NoticeSpec, Step, StepKind};
use crate::run::{CloseCode, Run, RunState, StepState};
use crate::schedule::Unresolved;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How many reminders one notice has at most.
pub const REMINDERS_MAX: u32 = 3;

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// What the process planned.
    Notice,
    /// The date that was told is no longer true.
    Correction,
    /// What was told will not happen.
    Retraction,
    /// Somebody has not acknowledged yet.
    Reminder,
    /// A person's own work: their turn, what is late, what lies ahead.
    Work,
    /// A site that put the release off is asked again at its date.
    Again,
}

impl NoticeKind {
    /// Short name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            NoticeKind::Notice => "notice",
            NoticeKind::Correction => "correction",
            NoticeKind::Retraction => "retraction",
            NoticeKind::Reminder => "reminder",
            NoticeKind::Work => "work",
            NoticeKind::Again => "again",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<NoticeKind> {
        use NoticeKind::*;
        [Notice, Correction, Retraction, Reminder, Work, Again]
            .into_iter()
            .find(|kind| kind.name() == text)
    }
}

/// What was told for a step so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Sending of the notice itself began.
    pub begun: bool,
    /// When all of it was out.
    pub sent_at: Option<Timestamp>,
    /// The go-live that the newest notice or correction names; `None` when it names none.
    pub slot: Option<Timestamp>,
    /// A retraction is on its way or out.
    pub retracted: bool,
    /// Reminders so far.
    pub reminders: u32,
    /// When the last reminder began.
    pub reminded_at: Option<Timestamp>,
    /// Recipients who were told and have not acknowledged.
    pub unacknowledged: u32,
    /// It was written down already that the lead time was missed.
    pub missed_noted: bool,
}

/// One notice step with everything its decision depends on.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The step.
    pub step: &'a Step,
    /// Its times, or what they wait for.
    pub window: Result<NoticeWindow, Unresolved>,
    /// What is missing in the content; empty when it is complete.
    pub gaps: Vec<String>,
    /// What was told.
    pub told: Told,
}

/// What is to be done about one step.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// It will go out in this window; write that down.
    Plan(NoticeWindow),
    /// Send it now.
    Send {
        /// Its latest moment has passed.
        late: bool,
    },
    /// Its time has come but its content is not complete: it is refused, visibly.
    Block(Vec<String>),
    /// The latest moment comes near and something is still missing: warn while there is time.
    Alarm {
        /// The latest moment.
        latest: Timestamp,
    },
    /// The latest moment passed; it goes out as soon as it can.
    Missed {
        /// The latest moment.
        latest: Timestamp,
    },
    /// The date moved: those who were told the old one hear the new one.
    Correct {
        /// What was told.
        old: Option<Timestamp>,
        /// What is true.
        new: Option<Timestamp>,
    },
    /// It will not happen: those who were told hear that.
    Retract,
    /// Ask those who have not acknowledged again.
    Remind {
        /// 1 for the first.
        number: u32,
    },
    /// It will not be sent, for this reason.
    Skip(String),
}

/// How long before its latest moment an unsent notice is warned about.
pub fn alarm_lead(window: &NoticeWindow) -> SignedDuration {
    let span = window
        .earliest
        .map_or(SignedDuration::from_hours(24), |earliest| window.latest.duration_since(earliest));
    (span / 4).clamp(SignedDuration::from_mins(5), SignedDuration::from_hours(48))
}

/// True once the run was cancelled.
pub fn is_cancelled(run: &Run) -> bool {
    match &run.state {
        RunState::Ended(ended) => ended.code == CloseCode::Cancelled,
        RunState::Ending(how) => how == CloseCode::Cancelled.name(),
        RunState::Draft | RunState::Running => false,
    }
}

/// What is due for one notice step now, in the order in which it should be done.
pub fn due(run: &Run, case: &Case<'_>, now: Timestamp) -> Vec<Act> {
    let StepKind::Notice(spec) = &case.step.kind else { return Vec::new() };
    if is_cancelled(run) {
        return match (case.told.begun, case.told.retracted) {
            (true, false) => vec![Act::Retract],
            (true, true) => Vec::new(),
            (false, _) => vec![Act::Skip("cancelled".to_owned())],
        };
    }
    if case.told.begun {
        return after_sending(run, spec, case, now);
    }
    match run.step_state(&case.step.id) {
        StepState::Skipped(reason) | StepState::NotTaken(reason) => {
            vec![Act::Skip(reason.clone())]
        }
        StepState::Cancelled => vec![Act::Skip("cancelled".to_owned())],
        // Somebody passed the step by an override: the notice is not wanted any more.
        StepState::Done => vec![Act::Skip("passed over".to_owned())],
        state => before_sending(run, case, state.is_open(), now),
    }
}

fn before_sending(run: &Run, case: &Case<'_>, open: bool, now: Timestamp) -> Vec<Act> {
    if matches!(run.state, RunState::Draft) {
        return Vec::new();
    }
    let Ok(window) = &case.window else { return Vec::new() };
    let mut acts = vec![Act::Plan(*window)];
    let complete = case.gaps.is_empty();
    let come = window.earliest.is_none_or(|earliest| earliest <= now);
    let late = window.latest < now;
    if late && !case.told.missed_noted {
        acts.push(Act::Missed { latest: window.latest });
    }
    if come && open && run.hold.is_none() && complete {
        acts.push(Act::Send { late });
        return acts;
    }
    if come && open && !complete {
        acts.push(Act::Block(case.gaps.clone()));
    }
    if !late && window.latest.duration_since(now) <= alarm_lead(window) {
        acts.push(Act::Alarm { latest: window.latest });
    }
    acts
}

fn after_sending(run: &Run, spec: &NoticeSpec, case: &Case<'_>, now: Timestamp) -> Vec<Act> {
    let told = &case.told;
    let slot = run.slot.map(|slot| slot.start);
    // A go-live that has begun is history: nobody is corrected about it or reminded of it any more.
    let ahead = told.slot.is_some_and(|old| now < old) || slot.is_some_and(|new| now < new);
    if told.slot.is_some() && told.slot != slot && ahead {
        return vec![Act::Correct { old: told.slot, new: slot }];
    }
    let Some(sent_at) = told.sent_at else { return Vec::new() };
    let over = run.is_ended() || (told.slot.is_some() && !ahead);
    if !spec.acknowledge || told.unacknowledged == 0 || over {
        return Vec::new();
    }
    // Each waits for the one before: who was away for a week is not reminded of everything at once.
    let last = told.reminded_at.map_or(sent_at, |it| it.max(sent_at));
    let number = told.reminders + 1;
    let wait = window::length(spec.remind);
    if number <= REMINDERS_MAX && last.saturating_add(wait).is_ok_and(|at| at <= now) {
        return vec![Act::Remind { number }];
    }
    Vec::new()
}

#[cfg(test)]
mod tests;
