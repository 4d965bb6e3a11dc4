//! The plan of a release, and what it would be with another slot: nothing is written here.

use super::context::window_keys;
use super::{LoadedRelease, Surroundings, index};
use crate::App;
use crate::boxed;
use crate::calendar::SlotAnswer;
use crate::error::{Error, Result};
use crate::notices::ToldIfMoved;
use jiff::Timestamp;
use roadbook_core::access::Actor;
use roadbook_core::calendar::WorkTable;
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::plan::{self, Difference, Graph, Plan, RunInput};
use roadbook_core::process::due::Span;
use roadbook_core::process::template::{StepKind, Template};
use roadbook_core::run::{Context, Slot, Spent, StepTime, WaitKind, waits};
use roadbook_core::window;
use roadbook_store::facts;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Later free slots that the planner may propose.
const LATER_SLOTS: usize = 12;
/// Free slots that are shown.
const SHOWN_SLOTS: usize = 5;
/// Length of a slot that is proposed while nothing says how long the go-live takes.
const SLOT_MINUTES: i64 = 60;

/// The date of a step that was agreed at the last approval before the go-live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepBaseline {
    /// Agreed end.
    pub finish: Timestamp,
    /// Minutes by which it ended later, or by which its date was moved; negative is earlier.
    pub by: Option<i64>,
}

/// The plan of a release.
#[derive(Clone, Debug)]
pub struct ReleasePlan {
    /// Dates, slack, critical path, conflicts.
    pub plan: Plan,
    /// Slot that was agreed.
    pub baseline: Option<Slot>,
    /// Agreed dates of steps, and how far they are from them.
    pub baseline_steps: BTreeMap<String, StepBaseline>,
    /// Free slots, the earliest first.
    pub free: Vec<Slot>,
    /// Names of the people that occur.
    pub names: BTreeMap<PersonId, String>,
    /// Where the time went so far, by step.
    pub waits: BTreeMap<String, StepTime>,
}

/// The answer to "what if the go-live were then".
#[derive(Clone, Debug)]
pub struct PlanAnswer {
    /// The slot in question.
    pub slot: Slot,
    /// What stands against it, and what is free.
    pub answer: SlotAnswer,
    /// The plan as it stands.
    pub before: Plan,
    /// The plan with that slot.
    pub after: Plan,
    /// Steps whose dates change.
    pub moves: BTreeMap<String, Difference>,
    /// Who hears of it.
    pub told: Vec<ToldIfMoved>,
}

/// Everything that both questions need, loaded once.
pub(crate) struct Planner {
    pub(super) loaded: LoadedRelease,
    pub(crate) context: Context,
    graph: Graph,
    table: WorkTable,
    who: BTreeMap<String, Vec<PersonId>>,
    pub(crate) around: Surroundings,
    keys: Vec<String>,
}

impl Planner {
    pub(crate) fn new(loaded: LoadedRelease, context: Context, around: Surroundings) -> Planner {
        let table = WorkTable::around(&around.calendar, context.now);
        let graph = Graph::of(&with_action_plan(&loaded));
        let run = &loaded.release.run;
        let who = loaded
            .template
            .steps()
            .map(|(_, step)| {
                let seats = index::seats(step, run.steps.get(&step.id), &context);
                let mut people: Vec<PersonId> = seats.into_iter().map(|it| it.1).collect();
                people.sort();
                people.dedup();
                (step.id.clone(), people)
            })
            .collect();
        let keys = window_keys(&loaded.template, run, &context);
        Planner { loaded, context, graph, table, who, around, keys }
    }

    /// The dates as they stand.
    pub(crate) fn standing(&self) -> Plan {
        self.plan(self.loaded.release.run.slot)
    }

    fn plan(&self, slot: Option<Slot>) -> Plan {
        let run = &self.loaded.release.run;
        let later: Vec<window::Slot> =
            slot.map(|it| self.free(it.start, minutes(it), LATER_SLOTS)).unwrap_or_default();
        plan::plan_run(
            run,
            slot.map(window::Slot::from),
            &RunInput {
                graph: &self.graph,
                table: &self.table,
                now: self.context.now,
                period: None,
                who: &self.who,
                later_slots: &later,
            },
        )
    }

    fn free(&self, after: Timestamp, minutes: i64, count: usize) -> Vec<window::Slot> {
        // Without a window policy every moment is free, and none is worth proposing.
        if self.keys.is_empty() {
            return Vec::new();
        }
        let now = self.context.now;
        let after = after.max(now);
        self.around.judge.free(&self.loaded.release, &self.keys, minutes, count, (after, now))
    }

    fn baseline(&self) -> BTreeMap<String, StepBaseline> {
        let run = &self.loaded.release.run;
        let minutes = |from: &Timestamp, to: Timestamp| to.duration_since(*from).as_mins();
        run.baseline_steps
            .iter()
            .map(|(id, finish)| {
                let done = run.steps.get(id).and_then(|it| it.done_at);
                let now = done.or_else(|| self.context.due_at.get(id).copied());
                (
                    id.clone(),
                    StepBaseline { finish: *finish, by: now.map(|it| minutes(finish, it)) },
                )
            })
            .collect()
    }
}

fn minutes(slot: Slot) -> i64 {
    (slot.end.as_second() - slot.start.as_second()).div_euclid(60)
}

/// The release's own action plan says how long its go-live takes.
fn with_action_plan(loaded: &LoadedRelease) -> Cow<'_, Template> {
    let minutes: u32 = loaded.release.action_plan.iter().map(|it| it.minutes).sum();
    if minutes == 0 {
        return Cow::Borrowed(&loaded.template);
    }
    let mut template = Template::clone(&loaded.template);
    let steps = template.phases.iter_mut().flat_map(|it| &mut it.steps);
    for step in steps.filter(|it| matches!(it.kind, StepKind::Operate(_))) {
        step.effort = Some(Span::Minutes(minutes));
    }
    Cow::Owned(template)
}

impl App {
    pub(super) async fn planner(&self, actor: &Actor, id: &ReleaseId) -> Result<Planner> {
        let (loaded, around) = self.release_around(actor, id).await?;
        let context = around.context(&loaded, actor, None);
        Ok(Planner::new(loaded, context, around))
    }

    /// The plan of a release: forwards from now, backwards from the go-live, against what was
    /// agreed.
    #[boxed]
    pub async fn release_plan(&self, actor: &Actor, id: &ReleaseId) -> Result<ReleasePlan> {
        let planner = self.planner(actor, id).await?;
        let slot = planner.loaded.release.run.slot;
        let plan = planner.plan(slot);
        let length = slot.or(plan.go_live.map(Slot::from)).map_or(SLOT_MINUTES, minutes);
        let free = planner.free(planner.context.now, length.max(1), SHOWN_SLOTS);
        let waits = self.waits_of(&planner.loaded).await?;
        let people = plan.steps.values().flat_map(|it| it.who.iter().cloned()).collect();
        Ok(ReleasePlan {
            baseline: planner.loaded.release.run.baseline,
            baseline_steps: planner.baseline(),
            free: free.into_iter().map(Slot::from).collect(),
            names: self.names(people).await?,
            waits,
            plan,
        })
    }

    async fn waits_of(&self, loaded: &LoadedRelease) -> Result<BTreeMap<String, StepTime>> {
        let stored = facts::of_run(self.store(), loaded.release.id.as_str()).await?;
        let spent = stored.iter().filter_map(|it| {
            let it = &it.fact;
            let kind = WaitKind::parse(&it.kind)?;
            Some(Spent { step: &it.step, from: &it.from, kind, seconds: it.seconds })
        });
        Ok(waits(&loaded.template, &loaded.release.run, spent, self.now()))
    }

    /// What would change if the go-live were at another time: what stands against it, the dates
    /// that move, and who hears of it. Saving is [`App::release_do`] with the slot.
    #[boxed]
    pub async fn release_what_if(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        slot: Slot,
    ) -> Result<PlanAnswer> {
        if slot.end <= slot.start {
            return Err(Error::field("end", "backwards", "the go-live ends after it begins"));
        }
        let planner = self.planner(actor, id).await?;
        let before = planner.plan(planner.loaded.release.run.slot);
        let after = planner.plan(Some(slot));
        let mut moves = plan::diff(&before, &after);
        // What is over keeps its dates; how much room it had is of no use to anybody.
        moves.retain(|id, _| !before.steps.get(id).is_some_and(|it| it.done));
        let release = &planner.loaded.release;
        let verdict =
            planner.around.judge.verdict(release, &planner.keys, slot, planner.context.now);
        let next = planner.free(planner.context.now, minutes(slot).max(1), SHOWN_SLOTS);
        Ok(PlanAnswer {
            slot,
            answer: SlotAnswer { verdict, next },
            moves,
            before,
            after,
            told: self.told_if_moved(&planner.loaded, slot).await?,
        })
    }
}
