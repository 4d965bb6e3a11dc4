//! Moving a run onto another revision of its process: what stays, what is asked anew, what falls
//! away, and when it cannot be done.
//!
//! [`migration`] answers with the run as it stands right after the move. Whoever carries it out
//! lets the machine come to rest afterwards, with the context of the new revision. A gate is never
//! got around: what was done stays done only as the same kind of step, an approval stands only
//! while its conditions are the same, and what has not begun waits for every step that is new
//! before it.

use super::advance::{kind_of, satisfied, unmet_steps};
use super::decide::StepFact;
use super::migration::{Migration, MigrationRefusal, PartChange, PartFate, StepChange, StepFate};
use super::returns::reopened;
use super::state::{Move, Run, RunState, StepRun, StepState};
use crate::ids::PersonId;
use crate::process::diff::{Difference, diff};
use crate::process::settings::fits;
use crate::process::template::{Action, Check, Step, StepKind, Template};
use crate::text::{Lang, Text};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What moving a run from one revision of its process to another makes of it. Says every reason
/// why it cannot be done.
pub fn migration(
    before: &Template,
    after: &Template,
    run: &Run,
    to: u32,
    now: Timestamp,
) -> Result<Migration, Vec<MigrationRefusal>> {
    let refusals = refusals(before, after, run, to);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut next = run.clone();
    next.revision = to;
    next.moves.push(Move {
        from: run.revision,
        to,
        at: now,
        by: None,
        reason: String::new(),
        steps: BTreeMap::new(),
        fields: BTreeMap::new(),
    });
    let differences = diff(before, after);
    let mut moving = Moving { before, after, old: run, run: next, now, steps: Vec::new() };
    moving.kept(&differences);
    moving.added();
    moving.removed();
    let parts = moving.parts(&differences);
    moving.held_back();
    let order = |id: &str| after.steps().position(|(_, it)| it.id == id).unwrap_or(usize::MAX);
    moving.steps.sort_by_key(|it| order(&it.step));
    let facts = facts(before, run, &moving.run, now);
    Ok(Migration { run: moving.run, steps: moving.steps, parts, facts })
}

/// Steps of the former revision that stand elsewhere now.
fn facts(before: &Template, old: &Run, new: &Run, now: Timestamp) -> Vec<StepFact> {
    let mut list = Vec::new();
    for (_, step) in before.steps() {
        let (Some(was), Some(is)) = (old.steps.get(&step.id), new.steps.get(&step.id)) else {
            continue;
        };
        if was.state.name() == is.state.name() {
            continue;
        }
        list.push(StepFact {
            step: step.id.clone(),
            role: step.roles.first().map(super::context::role_name).unwrap_or_default(),
            round: was.round,
            from: was.state.name(),
            to: is.state.name(),
            kind: kind_of(step, &was.state),
            seconds: (now.as_second() - was.since.as_second()).max(0),
            at: now,
        });
    }
    list
}

fn refusals(before: &Template, after: &Template, run: &Run, to: u32) -> Vec<MigrationRefusal> {
    let mut list = Vec::new();
    if matches!(run.state, RunState::Ending(_) | RunState::Ended(_)) {
        list.push(MigrationRefusal::Over);
    }
    if run.revision == to {
        list.push(MigrationRefusal::SameRevision { revision: to });
    }
    if before.subject != after.subject || before.id != after.id {
        list.push(MigrationRefusal::OtherSubject);
    }
    if !list.is_empty() {
        return list;
    }
    for (_, step) in before.steps() {
        let Some(state) = run.steps.get(&step.id) else { continue };
        let reaches_out = step.kind.reaches_out() && begun(step, state);
        match after.step(&step.id) {
            None if reaches_out => {
                list.push(MigrationRefusal::UnderWay { step: step.id.clone() });
            }
            None => {}
            Some(new) if !same_kind(step, new) => {
                if state.state == StepState::Done {
                    let (from, to) = (shape(step), shape(new));
                    list.push(MigrationRefusal::KindChanged { step: step.id.clone(), from, to });
                } else if reaches_out {
                    list.push(MigrationRefusal::UnderWay { step: step.id.clone() });
                }
            }
            Some(new) => list.extend(outcome_gone(new, state)),
        }
    }
    for debt in run.open_debts() {
        let (step, check) = debt.what.split_once('.').unwrap_or((&debt.what, ""));
        let there = after
            .step(step)
            .is_some_and(|it| check.is_empty() || it.checks.iter().any(|it| it.id == check));
        let was = before.step(step).is_some();
        if was && !there {
            list.push(MigrationRefusal::Owed { what: debt.what.clone() });
        }
    }
    list
}

fn outcome_gone(step: &Step, state: &StepRun) -> Option<MigrationRefusal> {
    let StepKind::Decision(spec) = &step.kind else { return None };
    let chosen = state.outcome.as_ref().filter(|_| state.state == StepState::Done)?;
    let there = spec.outcomes.iter().any(|it| it.id == chosen.outcome);
    (!there).then(|| MigrationRefusal::OutcomeGone {
        step: step.id.clone(),
        outcome: chosen.outcome.clone(),
    })
}

/// The kind with what makes other instances of it: fan-out, event, rhythm.
fn shape(step: &Step) -> String {
    let mut name = step.kind.name().to_owned();
    if let Some(each) = &step.each {
        name.push_str(&format!(" each {each:?}").to_lowercase());
    }
    for (word, of) in [("on", &step.on), ("repeat", &step.repeat)] {
        if let Some(of) = of {
            name.push_str(&format!(" {word} {of}"));
        }
    }
    name
}

fn same_kind(a: &Step, b: &Step) -> bool {
    shape(a) == shape(b)
}

/// Somebody worked on it, or it works by itself.
fn begun(step: &Step, state: &StepRun) -> bool {
    match &state.state {
        StepState::Ready => !state.answers.is_empty() || !state.confirmed.is_empty(),
        StepState::Active if step.kind.asks_only() => {
            !state.votes.is_empty() || !state.opinions.is_empty() || !state.answers.is_empty()
        }
        StepState::Active | StepState::Submitted | StepState::Returned => true,
        StepState::Blocked(_) => true,
        _ => false,
    }
}

fn words(text: &Text) -> &str {
    text.show(Lang::En).0
}

/// Everything under which an approval is given, without what is only wording in a language.
fn same_conditions(a: &Step, b: &Step) -> bool {
    let checks = |step: &Step| -> Vec<Check> {
        let plain = |it: &Check| Check { ask: Text::default(), due: None, ..it.clone() };
        step.checks.iter().map(plain).collect()
    };
    let asks = |step: &Step| -> Vec<String> {
        step.checks.iter().map(|it| words(&it.ask).to_owned()).collect()
    };
    a.kind == b.kind
        && checks(a) == checks(b)
        && asks(a) == asks(b)
        && a.gate == b.gate
        && a.not_by == b.not_by
        && a.needs == b.needs
        && a.produces == b.produces
}

struct Moving<'a> {
    before: &'a Template,
    after: &'a Template,
    old: &'a Run,
    run: Run,
    now: Timestamp,
    steps: Vec<StepChange>,
}

impl Moving<'_> {
    fn say(&mut self, step: &Step, fate: StepFate) -> &mut StepChange {
        self.steps.push(StepChange {
            step: step.id.clone(),
            title: step.title.clone(),
            fate,
            state: self.old.step_state(&step.id).name(),
            changed: Vec::new(),
            others: Vec::new(),
            signers: Vec::new(),
        });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// Steps that both revisions have.
    fn kept(&mut self, differences: &[Difference]) {
        let (before, after) = (self.before, self.after);
        for (_, new) in after.steps() {
            let Some(old) = before.step(&new.id) else { continue };
            let changed = differences.iter().find_map(|it| match it {
                Difference::Changed { part, id, fields, .. } if part == "step" && *id == new.id => {
                    Some(fields.clone())
                }
                _ => None,
            });
            let fate = self.fate_of(old, new);
            let signers = match fate {
                Some(StepFate::Voided) => self.void(new),
                Some(StepFate::Anew) => {
                    self.anew(new);
                    Vec::new()
                }
                _ => {
                    self.keep_signatures(new);
                    Vec::new()
                }
            };
            if fate != Some(StepFate::Anew) {
                self.drop_answers(old, new);
            }
            let fate = match (fate, changed.is_some()) {
                (Some(fate), _) => fate,
                (None, true) => StepFate::Changed,
                (None, false) => continue,
            };
            let change = self.say(new, fate);
            change.changed = changed.unwrap_or_default();
            change.signers = signers;
        }
    }

    /// What becomes of a kept step beyond other conditions.
    fn fate_of(&self, old: &Step, new: &Step) -> Option<StepFate> {
        let state = self.run.steps.get(&new.id)?;
        if !same_kind(old, new) {
            return (!matches!(state.state, StepState::Foreseen | StepState::Cancelled))
                .then_some(StepFate::Anew);
        }
        let rule = |it: &Step| it.when.as_ref().map(|it| it.source.clone());
        if let StepState::Skipped(why) = &state.state {
            let by_rule = rule(old).is_some_and(|it| it == *why);
            return (by_rule && rule(old) != rule(new)).then_some(StepFate::Anew);
        }
        let signed = state.votes.iter().any(|it| it.voided_at.is_none());
        let over = matches!(state.state, StepState::NotTaken(_) | StepState::Cancelled);
        let asked_again = matches!(new.kind, StepKind::Approval(_))
            && signed
            && !over
            && !same_conditions(old, new)
            && !self.went_live(old);
        asked_again.then_some(StepFate::Voided)
    }

    /// What the approval allowed has happened: it went live.
    fn went_live(&self, approval: &Step) -> bool {
        let Some(go_live) = self.before.go_live.as_deref() else { return false };
        let gone = !matches!(
            self.old.step_state(go_live),
            StepState::Foreseen | StepState::Ready | StepState::Cancelled
        );
        gone && reopened(self.before, &approval.id).contains(go_live)
    }

    /// Voids every vote; the step is asked again when its turn comes. Who voted signs again.
    fn void(&mut self, step: &Step) -> Vec<PersonId> {
        self.run.signed_under.remove(&step.id);
        let Some(state) = self.run.steps.get_mut(&step.id) else { return Vec::new() };
        let mut signers = BTreeSet::new();
        for vote in state.votes.iter_mut().filter(|it| it.voided_at.is_none()) {
            vote.voided_at = Some(self.now);
            signers.insert(vote.person.clone());
        }
        if state.state == StepState::Done {
            state.round += 1;
        }
        state.state = StepState::Foreseen;
        state.since = self.now;
        state.ready_at = None;
        state.done_at = None;
        state.escalated_at = None;
        state.confirmed.clear();
        signers.into_iter().collect()
    }

    /// A step that begins from nothing; what was done in it before stays in the record.
    fn anew(&mut self, step: &Step) {
        let fresh = StepRun::foreseen(self.now);
        let Some(state) = self.run.steps.insert(step.id.clone(), fresh) else { return };
        if let Some(next) = self.run.steps.get_mut(&step.id) {
            next.round = state.round + 1;
        }
        self.run.signed_under.remove(&step.id);
        self.put_by(&step.id, state);
    }

    fn put_by(&mut self, step: &str, state: StepRun) {
        if let Some(record) = self.run.moves.last_mut() {
            record.steps.insert(step.to_owned(), state);
        }
    }

    /// Signatures that stand go on under the revision that they were given for.
    fn keep_signatures(&mut self, step: &Step) {
        let standing = self
            .run
            .steps
            .get(&step.id)
            .is_some_and(|it| it.votes.iter().any(|it| it.voided_at.is_none()));
        if standing {
            let revision = self.old.revision_signed(&step.id);
            self.run.signed_under.insert(step.id.clone(), revision);
        } else {
            self.run.signed_under.remove(&step.id);
        }
    }

    /// Answers to items that read otherwise now are asked again while the step is open.
    fn drop_answers(&mut self, old: &Step, new: &Step) {
        let Some(state) = self.run.steps.get_mut(&new.id) else { return };
        if state.state.is_terminal() {
            return;
        }
        let same = |id: &String| {
            let find = |step: &Step| step.checks.iter().find(|it| it.id == *id).cloned();
            match (find(old), find(new)) {
                (Some(a), Some(b)) => a.kind == b.kind && a.pass == b.pass && a.role == b.role,
                // Items that were added in this run belong to it.
                (None, None) => true,
                _ => false,
            }
        };
        state.answers.retain(|id, _| same(id));
        for member in state.members.values_mut() {
            member.answers.retain(|id, _| same(id));
        }
    }

    fn added(&mut self) {
        let (before, after) = (self.before, self.after);
        for (_, new) in after.steps() {
            if before.step(&new.id).is_some() {
                continue;
            }
            let mut state = StepRun::foreseen(self.now);
            if let Some(why) = self.left_out(new) {
                state.state = StepState::NotTaken(why);
            }
            if !matches!(self.run.state, RunState::Draft) {
                self.run.steps.insert(new.id.clone(), state);
            }
            let over: Vec<String> = self.done_after(new);
            let fate = if over.is_empty() { StepFate::Added } else { StepFate::AddedBehind };
            self.say(new, fate).others = over;
        }
    }

    /// Steps that are done and in the revision come after this one.
    fn done_after(&self, step: &Step) -> Vec<String> {
        if step.on.is_some() {
            return Vec::new();
        }
        let later = reopened(self.after, &step.id);
        let done = |id: &&str| self.old.step_state(id) == &StepState::Done;
        let order = self.after.steps().map(|(_, it)| it.id.as_str());
        order
            .filter(|id| *id != step.id && later.contains(id))
            .filter(done)
            .map(str::to_owned)
            .collect()
    }

    /// A decision that was made leaves the step out, as it would have left it out then.
    fn left_out(&self, step: &Step) -> Option<String> {
        for (_, decision) in self.after.steps() {
            let StepKind::Decision(spec) = &decision.kind else { continue };
            let Some(state) = self.run.steps.get(&decision.id) else { continue };
            let Some(chosen) = state.outcome.as_ref().filter(|_| state.state == StepState::Done)
            else {
                continue;
            };
            let named = |action: &Action| match action {
                Action::Go(steps) => steps.contains(&step.id),
                _ => false,
            };
            let taken = spec.outcomes.iter().find(|it| it.id == chosen.outcome);
            let skips = taken
                .is_some_and(|it| matches!(&it.action, Action::Skip(s) if s.contains(&step.id)));
            let goes = taken.is_some_and(|it| named(&it.action));
            if skips || (!goes && spec.outcomes.iter().any(|it| named(&it.action))) {
                return Some(format!("{}: {}", decision.id, chosen.outcome));
            }
        }
        None
    }

    fn removed(&mut self) {
        let (before, after) = (self.before, self.after);
        for (_, old) in before.steps() {
            if after.step(&old.id).is_some() {
                continue;
            }
            let state = self.run.steps.remove(&old.id);
            self.run.signed_under.remove(&old.id);
            let fate = match &state {
                Some(it) if it.state == StepState::Done => StepFate::Ended,
                Some(it) if begun(old, it) => StepFate::Dropped,
                _ => StepFate::Removed,
            };
            if let Some(state) = state.filter(|it| it.state != StepState::Foreseen) {
                self.put_by(&old.id, state);
            }
            self.say(old, fate);
        }
        self.run.baseline_steps.retain(|id, _| after.step(id).is_some());
    }

    /// What could have been begun and has not waits for what is new before it.
    fn held_back(&mut self) {
        let after = self.after;
        for (_, step) in after.steps() {
            let Some(state) = self.run.steps.get(&step.id) else { continue };
            let idle = match &state.state {
                StepState::Ready => true,
                StepState::Active => step.kind.asks_only(),
                _ => false,
            };
            // What an event began does not stand in the order of the process.
            if !idle || step.on.is_some() {
                continue;
            }
            let unmet = unmet_steps(after, &self.run, step);
            let new: Vec<String> =
                unmet.into_iter().filter(|it| !satisfied(&self.run, it)).collect();
            if new.is_empty() {
                continue;
            }
            if let Some(state) = self.run.steps.get_mut(&step.id) {
                state.state = StepState::Foreseen;
                state.since = self.now;
                state.ready_at = None;
            }
            self.say(step, StepFate::Waits).others = new;
        }
    }

    /// Fields, settings and everything else that is not a step.
    fn parts(&mut self, differences: &[Difference]) -> Vec<PartChange> {
        let mut list = Vec::new();
        for difference in differences {
            let (part, id) = difference.part();
            if part == "step" {
                continue;
            }
            let (fate, title, changed) = match difference {
                Difference::Added { title, .. } => (PartFate::Added, title, Vec::new()),
                Difference::Removed { title, .. } => (PartFate::Removed, title, Vec::new()),
                Difference::Changed { title, fields, .. } => {
                    (PartFate::Changed, title, fields.clone())
                }
            };
            let fate = match part {
                "field" => self.field(id, fate),
                "setting" => self.setting(id, fate),
                _ => fate,
            };
            let (part, id) = (part.to_owned(), id.to_owned());
            list.push(PartChange { part, id, title: title.clone(), fate, changed });
        }
        list
    }

    fn field(&mut self, id: &str, fate: PartFate) -> PartFate {
        let declared = self.after.fields.iter().find(|it| it.id == id);
        let Some(field) = declared else {
            self.run.asked_in.remove(id);
            self.put_field_by(id);
            return PartFate::Removed;
        };
        let held = self.run.fields.get(id);
        let emptied = held.is_some_and(|it| !fits(&field.kind, it));
        if emptied {
            self.put_field_by(id);
        }
        if self.run.fields.contains_key(id) {
            return fate;
        }
        match self.asks_late(id) {
            Some(step) => {
                self.run.asked_in.insert(id.to_owned(), step.clone());
                PartFate::Asked(step)
            }
            None if emptied => PartFate::Emptied,
            None => fate,
        }
    }

    fn put_field_by(&mut self, id: &str) {
        let Some(value) = self.run.fields.remove(id) else { return };
        if let Some(record) = self.run.moves.last_mut() {
            record.fields.insert(id.to_owned(), value);
        }
    }

    /// The step that asks a required field although those that should have asked it are over: the
    /// next one that has an end of its own.
    fn asks_late(&self, id: &str) -> Option<String> {
        let field = self.after.fields.iter().find(|it| it.id == id)?;
        let asks = |step: &Step| {
            field.required_by.as_deref() == Some(&step.id) || step.asks.iter().any(|it| it == id)
        };
        let over = |step: &Step| self.run.step_state(&step.id).is_terminal();
        let mut asking = self.after.steps().map(|(_, it)| it).filter(|it| asks(it)).peekable();
        asking.peek()?;
        if field.default.is_some() || asking.any(|it| !over(it)) {
            return None;
        }
        let next = self.after.steps().map(|(_, it)| it).find(|it| {
            !over(it)
                && it.on.is_none()
                && it.each.is_none()
                && it.repeat.is_none()
                && it.kind.confirmed_by_hand()
        });
        next.map(|it| it.id.clone())
    }

    fn setting(&mut self, id: &str, fate: PartFate) -> PartFate {
        let kind = self.after.settings.iter().find(|it| it.id == id).map(|it| &it.kind);
        let Some(held) = self.run.settings.get(id) else { return fate };
        if kind.is_some_and(|it| fits(it, held)) {
            return fate;
        }
        self.run.settings.remove(id);
        if kind.is_some() { PartFate::Emptied } else { fate }
    }
}
