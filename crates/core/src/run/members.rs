//! Instances of a step: members of a list, occurrences of an event or of a rhythm. Each has its own
//! state and outcome; the step is over when they join. Instances over sites are rows, not here,
//! but for a step that calls a run for each.

use super::context::{Context, Member};
use super::state::{MemberRun, Run, StepState};
use crate::process::every::Every;
use crate::process::expr::Value;
use crate::process::template::{Action, Each, Joins, Step, StepKind, Template};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How the instances of a step stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How many count.
    pub have: u32,
    /// How many are needed.
    pub need: u32,
    /// Those that are open, by id.
    pub open: Vec<String>,
}

/// True when a step has instances that the run keeps.
pub fn has_members(step: &Step) -> bool {
    let listed = step.each.as_ref().is_some_and(|it| *it != Each::Site) || calls_per_site(step);
    (listed || step.on.is_some() || step.repeat.is_some()) && step.kind.divisible()
}

/// A run is begun for each site: there are as few as people can follow, so the run keeps them.
pub fn calls_per_site(step: &Step) -> bool {
    step.each == Some(Each::Site) && matches!(step.kind, StepKind::Call { .. })
}

/// Both fan out over the same list, so each member goes through them by itself.
pub(super) fn same_list(one: &Step, other: &Step) -> bool {
    one.each.is_some() && one.each == other.each && one.id != other.id && has_members(one)
}

fn rhythm(step: &Step) -> Option<Every> {
    step.repeat.as_deref()?.parse().ok()
}

/// The members that a step should have now.
fn listed(run: &Run, step: &Step, ctx: &Context) -> Vec<Member> {
    let world = |name: &str| ctx.lists.get(name).cloned().unwrap_or_default();
    if let (Some(every), Some(state)) = (rhythm(step), run.steps.get(&step.id)) {
        let Some(first) = state.ready_at else { return Vec::new() };
        return every.until(first, ctx.now).into_iter().map(occurrence).collect();
    }
    match &step.each {
        Some(Each::ChangeItem) => world("change_item"),
        Some(Each::Issue) => world("issue"),
        Some(Each::Customer) => world("customer"),
        Some(Each::RoleHolder) => {
            let people = step.roles.iter().flat_map(|it| ctx.holders_of(it));
            let mut list: Vec<Member> =
                people.map(|it| Member { id: it.to_string(), label: it.to_string() }).collect();
            list.sort_by(|a, b| a.id.cmp(&b.id));
            list.dedup();
            list
        }
        Some(Each::Field(field)) => rows(run.fields.get(field)),
        Some(Each::Site) if calls_per_site(step) => world("site"),
        Some(Each::Site) | None => Vec::new(),
    }
}

fn occurrence(at: Timestamp) -> Member {
    let day = at.to_zoned(TimeZone::UTC).date().to_string();
    Member { id: day.clone(), label: day }
}

/// Rows of a list field: a row is known by its first cell, so that editing others keeps it.
fn rows(value: Option<&Value>) -> Vec<Member> {
    let Some(Value::List(rows)) = value else { return Vec::new() };
    let mut list: Vec<Member> = Vec::new();
    for row in rows {
        let first = match row {
            Value::List(cells) => cells.first(),
            other => Some(other),
        };
        let label = match first {
            Some(Value::Text(text)) => text.trim().to_owned(),
            Some(Value::Int(number)) => number.to_string(),
            _ => continue,
        };
        if !label.is_empty() && !list.iter().any(|it| it.id == label) {
            list.push(Member { id: label.clone(), label });
        }
    }
    list
}

/// Why a decision about this member keeps it out of a later step.
fn dropped(template: &Template, run: &Run, step: &Step, member: &str) -> Option<String> {
    for (_, decision) in template.steps() {
        let StepKind::Decision(spec) = &decision.kind else { continue };
        if !same_list(decision, step) {
            continue;
        }
        let chosen = run
            .steps
            .get(&decision.id)
            .and_then(|it| it.members.get(member))
            .and_then(|it| it.outcome.as_ref());
        let Some(chosen) = chosen else { continue };
        let names = |action: &Action| matches!(action, Action::Go(to) if to.contains(&step.id));
        let Some(outcome) = spec.outcomes.iter().find(|it| it.id == chosen.outcome) else {
            continue;
        };
        let skips = matches!(&outcome.action, Action::Skip(to) if to.contains(&step.id));
        let other_way = spec.outcomes.iter().any(|it| names(&it.action)) && !names(&outcome.action);
        if skips || other_way {
            return Some(format!("{}: {}", decision.id, outcome.id));
        }
    }
    None
}

/// True while this member has work in a step before this one.
fn held_up(template: &Template, run: &Run, step: &Step, member: &str) -> bool {
    let decides = |it: &Step| match &it.kind {
        StepKind::Decision(spec) => spec
            .outcomes
            .iter()
            .any(|out| matches!(&out.action, Action::Go(to) if to.contains(&step.id))),
        _ => false,
    };
    template.steps().map(|(_, it)| it).filter(|it| same_list(it, step)).any(|it| {
        let before = step.after.iter().any(|group| group.contains(&it.id)) || decides(it);
        let open = run.steps.get(&it.id).is_some_and(|state| {
            !state.state.is_terminal()
                && state.members.get(member).is_none_or(|it| !it.state.is_terminal())
        });
        before && open
    })
}

/// Members that somebody can act on now, in the order of their ids. `None` where a step has none:
/// it is done as a whole.
pub fn members_in_turn<'r>(run: &'r Run, step: &Step) -> Option<Vec<&'r str>> {
    let members = run.steps.get(&step.id).map(|it| &it.members);
    let members = members.filter(|it| has_members(step) && !it.is_empty())?;
    let open = members.iter().filter(|(_, it)| it.state.is_open());
    Some(open.map(|(id, _)| id.as_str()).collect())
}

/// True when each member comes to a step by itself, as it leaves the ones before over the same
/// list: not all at once.
pub fn comes_by_member(template: &Template, step: &Step) -> bool {
    let before = |it: &Step| step.after.iter().any(|group| group.contains(&it.id));
    template.steps().any(|(_, it)| same_list(it, step) && before(it))
}

/// Brings the members of an open step up to date. True when something changed.
pub(super) fn sync(template: &Template, run: &mut Run, step: &Step, ctx: &Context) -> bool {
    if !has_members(step) || !run.step_state(&step.id).is_open() {
        return false;
    }
    let wanted = listed(run, step, ctx);
    let known: Vec<String> =
        run.steps.get(&step.id).map(|it| it.members.keys().cloned().collect()).unwrap_or_default();
    let all: Vec<(String, Option<String>, bool, bool)> = known
        .iter()
        .map(String::as_str)
        .chain(wanted.iter().map(|it| it.id.as_str()).filter(|id| !known.iter().any(|k| k == id)))
        .map(|id| {
            let dropped = dropped(template, run, step, id);
            let answered = super::calls::answered(step, id, ctx);
            (id.to_owned(), dropped, held_up(template, run, step, id), answered)
        })
        .collect();
    let by_event = step.on.is_some();
    let Some(state) = run.steps.get_mut(&step.id) else { return false };
    let mut moved = false;
    for (id, dropped, held_up, answered) in all {
        let still = by_event || wanted.iter().any(|it| it.id == id);
        let label = wanted.iter().find(|it| it.id == id).map(|it| it.label.clone());
        let member = state.members.entry(id).or_insert_with(|| {
            moved = true;
            MemberRun::new(label.clone().unwrap_or_default(), StepState::Foreseen, ctx.now)
        });
        let asked = member.again_at.is_none_or(|at| at <= ctx.now);
        let next = match &member.state {
            state if state.is_terminal() => None,
            state if state.is_open() && answered => Some(StepState::Done),
            _ if !still => Some(StepState::Skipped("gone".to_owned())),
            _ if dropped.is_some() => dropped.map(StepState::Skipped),
            StepState::Foreseen if !held_up && asked => Some(StepState::Ready),
            _ => None,
        };
        if let Some(next) = next {
            member.set(next, ctx.now);
            moved = true;
        }
    }
    moved
}

/// How the instances of a step stand; `None` for a step without.
pub fn standing(run: &Run, step: &Step, ctx: &Context) -> Option<Standing> {
    if !has_members(step) {
        return None;
    }
    let members = run.steps.get(&step.id).map(|it| &it.members);
    let left = |it: &MemberRun| matches!(it.state, StepState::Skipped(_));
    let known: Vec<(&String, &MemberRun)> = members.iter().flat_map(|it| it.iter()).collect();
    let coming = listed(run, step, ctx)
        .iter()
        .filter(|it| !known.iter().any(|(id, _)| **id == it.id))
        .count();
    let open: Vec<String> = known
        .iter()
        .filter(|(_, it)| !it.state.is_terminal())
        .map(|(id, _)| (*id).clone())
        .collect();
    // Who was left out or went away is no member of the share that must be there.
    let counted = known.iter().filter(|(_, it)| !left(it)).count() + coming;
    let done = known.iter().filter(|(_, it)| it.state == StepState::Done).count();
    let need = match step.joins {
        Joins::AllOrReason | Joins::All => counted,
        Joins::Any => counted.min(1),
        Joins::Percent(share) => (counted * usize::from(share)).div_ceil(100),
    };
    Some(Standing { have: done as u32, need: need as u32, open })
}

/// True when a repeating step has nothing more to repeat for: all others of its phase are over.
pub(super) fn rhythm_ends(template: &Template, run: &Run, step: &Step) -> bool {
    let Some((phase, _)) = template.steps().find(|(_, it)| it.id == step.id) else { return true };
    let mut others = phase
        .steps
        .iter()
        .filter(|it| it.repeat.is_none() && it.on.is_none() && it.id != step.id)
        .peekable();
    others.peek().is_some() && others.all(|it| run.step_state(&it.id).is_terminal())
}

/// The next moment at which time alone changes an instance of a step or asks a question again.
pub fn next_moment(run: &Run, step: &Step, now: Timestamp) -> Option<Timestamp> {
    let state = run.steps.get(&step.id)?;
    if state.state.is_terminal() {
        return None;
    }
    let again = state.members.values().filter_map(|it| it.again_at).chain(state.not_before);
    let repeats = state.state.is_open().then(|| {
        rhythm(step).zip(state.ready_at).and_then(|(every, first)| every.next(first, now))
    });
    again.chain(repeats.flatten()).filter(|at| *at > now).min()
}

impl MemberRun {
    /// A member in a state.
    pub(super) fn new(label: String, state: StepState, now: Timestamp) -> MemberRun {
        MemberRun {
            label,
            state,
            since: now,
            joined: now,
            by: None,
            remark: String::new(),
            answers: std::collections::BTreeMap::new(),
            outcome: None,
            again_at: None,
        }
    }

    pub(super) fn set(&mut self, state: StepState, now: Timestamp) {
        self.state = state;
        self.since = now;
    }
}
