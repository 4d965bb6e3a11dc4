//! Where the time of a run went: for each step, how long it was worked on and for whom it waited
//! (S4i-02). Counted from facts and from what is open now, never guessed.

use super::advance::kind_of;
use super::state::{Run, WaitKind};
use crate::process::template::Template;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Time of one step, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepTime {
    /// Worked on.
    pub work: i64,
    /// Waited for the person whose turn it was.
    pub person: i64,
    /// Waited for the window.
    pub window: i64,
    /// Waited for sites.
    pub site: i64,
    /// What it waits for now; `None` when it is not open.
    pub now: Option<WaitKind>,
}

impl StepTime {
    fn add(&mut self, kind: WaitKind, seconds: i64) {
        match kind {
            WaitKind::Work => self.work += seconds,
            WaitKind::Person => self.person += seconds,
            WaitKind::Window => self.window += seconds,
            WaitKind::Site => self.site += seconds,
        }
    }

    /// All of it.
    pub fn total(&self) -> i64 {
        self.work + self.person + self.window + self.site
    }
}

/// A stretch of time as it was written down when it ended.
#[derive(Clone, Debug)]
pub struct Spent<'a> {
    /// Step.
    pub step: &'a str,
    /// State in which it was spent.
    pub from: &'a str,
    /// What it counts as.
    pub kind: WaitKind,
    /// Seconds.
    pub seconds: i64,
}

/// Time by step. A step that is only foreseen waits for the steps before it, and those say for
/// whom; only its window is its own.
pub fn waits<'a>(
    template: &Template,
    run: &Run,
    spent: impl IntoIterator<Item = Spent<'a>>,
    now: Timestamp,
) -> BTreeMap<String, StepTime> {
    let mut times: BTreeMap<String, StepTime> = BTreeMap::new();
    for it in spent {
        if it.from != "foreseen" || it.kind == WaitKind::Window {
            times.entry(it.step.to_owned()).or_default().add(it.kind, it.seconds);
        }
    }
    if run.is_ended() {
        return times;
    }
    for (_, step) in template.steps() {
        let Some(state) = run.steps.get(&step.id).filter(|it| it.state.is_open()) else { continue };
        let kind = kind_of(step, &state.state);
        let time = times.entry(step.id.clone()).or_default();
        time.add(kind, (now.as_second() - state.since.as_second()).max(0));
        time.now = Some(kind);
    }
    times
}
