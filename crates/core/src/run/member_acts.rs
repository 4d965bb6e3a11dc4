//! Acts on one instance of a step, events from outside, failures, and lists that grow in the run.

use super::checks::{item_passes, missing_documents};
use super::command::{Answer, MemberAct};
use super::decide::Work;
use super::members::{has_members, standing};
use super::refusal::Refusal;
use super::returns::{depends_on, send_back};
use super::state::{AnswerGiven, Failed, MemberRun, OutcomeGiven, StepState};
use super::waiting::WaitingOn;
use crate::ids::PersonId;
use crate::limits::{EXTRA_ITEMS_MAX, MEMBERS_MAX};
use crate::process::template::{Action, Check, CheckKind, Each, Joins, Step, StepKind};
use jiff::Timestamp;

impl Work<'_> {
    pub(super) fn member(
        &mut self,
        id: &str,
        member: &str,
        act: &MemberAct,
    ) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        let person = self.person()?;
        self.may_act(step, member, &person)?;
        let known = self.run.steps.get(id).and_then(|it| it.members.get(member));
        let Some(known) = known else {
            return Err(Refusal::Unknown { what: member.to_owned() });
        };
        let state = known.state.clone();
        let name = format!("{id}/{member}");
        let reopens = matches!(act, MemberAct::Reopen { .. });
        if state.is_terminal() != reopens || state == StepState::Foreseen {
            return Err(Refusal::WrongState { step: name, state: state.name().to_owned() });
        }
        match act {
            MemberAct::Answer { check, answer, remark } => {
                self.member_answer(step, member, (check, answer, remark), person)
            }
            MemberAct::Done { remark } => self.member_done(step, member, remark, person),
            MemberAct::Decide { outcome, reason, again } => {
                self.member_decides(step, member, (outcome, reason, *again), person)
            }
            MemberAct::LeaveOut { reason } => {
                if reason.trim().is_empty() {
                    return Err(Refusal::ReasonRequired);
                }
                if step.joins == Joins::All {
                    let state = "all: no member can be left out".to_owned();
                    return Err(Refusal::WrongState { step: name, state });
                }
                self.member_over(step, member, StepState::Skipped(reason.clone()), reason, person);
                Ok(())
            }
            MemberAct::Reopen { reason } => {
                if reason.trim().is_empty() {
                    return Err(Refusal::ReasonRequired);
                }
                let now = self.ctx.now;
                if let Some(it) = self.member_mut(step, member) {
                    it.set(StepState::Ready, now);
                    it.outcome = None;
                    it.remark.clone_from(reason);
                }
                Ok(())
            }
        }
    }

    /// A holder acts for their own place; everybody who performs the step for the other lists.
    fn may_act(&self, step: &Step, member: &str, person: &PersonId) -> Result<(), Refusal> {
        if step.each != Some(Each::RoleHolder) {
            return self.role_of(step, person).map(|_| ());
        }
        if self.ctx.acts_for(person).iter().any(|it| it.as_str() == member) {
            return Ok(());
        }
        Err(Refusal::NotYours {
            roles: step.roles.iter().map(super::context::role_name).collect(),
            people: PersonId::parse(member).into_iter().collect(),
        })
    }

    fn member_mut(&mut self, step: &Step, member: &str) -> Option<&mut MemberRun> {
        self.run.steps.get_mut(&step.id)?.members.get_mut(member)
    }

    fn member_answer(
        &mut self,
        step: &Step,
        member: &str,
        (check, answer, remark): (&str, &Answer, &str),
        by: PersonId,
    ) -> Result<(), Refusal> {
        let item = self.item(step, check)?;
        super::checks::fits(&item, answer, remark)?;
        let at = self.ctx.now;
        let given = AnswerGiven { answer: answer.clone(), remark: remark.to_owned(), by, at };
        if let Some(it) = self.member_mut(step, member) {
            it.answers.insert(check.to_owned(), given);
            if it.state == StepState::Ready {
                it.set(StepState::Active, at);
            }
        }
        Ok(())
    }

    /// Check items that a member still misses.
    fn member_missing(&self, step: &Step, member: &str) -> Vec<WaitingOn> {
        let Some(state) = self.run.steps.get(&step.id) else { return Vec::new() };
        let Some(it) = state.members.get(member) else { return Vec::new() };
        step.checks
            .iter()
            .chain(&state.extra)
            .filter(|check| self.applies(check.when.as_ref()))
            .filter_map(|check| {
                let given = it.answers.get(&check.id);
                let passes = given.is_some_and(|given| item_passes(&self.run, check, given));
                let failed = given.is_some();
                (!passes).then(|| WaitingOn::Check { check: check.id.clone(), failed })
            })
            .collect()
    }

    fn member_done(
        &mut self,
        step: &Step,
        member: &str,
        remark: &str,
        by: PersonId,
    ) -> Result<(), Refusal> {
        if matches!(step.kind, StepKind::Decision(_)) {
            let state = "answered by a decision".to_owned();
            return Err(Refusal::WrongState { step: step.id.clone(), state });
        }
        let waiting = self.member_missing(step, member);
        if !waiting.is_empty() {
            return Err(Refusal::NotYet { step: format!("{}/{member}", step.id), waiting });
        }
        self.member_over(step, member, StepState::Done, remark, by);
        Ok(())
    }

    fn member_over(
        &mut self,
        step: &Step,
        member: &str,
        state: StepState,
        remark: &str,
        by: PersonId,
    ) {
        let now = self.ctx.now;
        if let Some(it) = self.member_mut(step, member) {
            it.set(state, now);
            it.by = Some(by);
            remark.clone_into(&mut it.remark);
            it.again_at = None;
        }
    }

    fn member_decides(
        &mut self,
        step: &Step,
        member: &str,
        (outcome, reason, again): (&str, &str, Option<Timestamp>),
        by: PersonId,
    ) -> Result<(), Refusal> {
        let StepKind::Decision(spec) = &step.kind else {
            return Err(Refusal::Unknown { what: outcome.to_owned() });
        };
        let chosen = spec
            .outcomes
            .iter()
            .find(|it| it.id == outcome)
            .ok_or_else(|| Refusal::Unknown { what: outcome.to_owned() })?;
        if chosen.reason && reason.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        let waiting = self.member_missing(step, member);
        if matches!(chosen.action, Action::Go(_)) && !waiting.is_empty() {
            return Err(Refusal::NotYet { step: format!("{}/{member}", step.id), waiting });
        }
        let now = self.ctx.now;
        if matches!(chosen.action, Action::AskAgain | Action::Move) {
            let at = again.filter(|at| *at > now).ok_or_else(|| Refusal::WrongType {
                field: "again".to_owned(),
                expected: "a moment that lies ahead".to_owned(),
            })?;
            if let Some(it) = self.member_mut(step, member) {
                it.set(StepState::Foreseen, now);
                it.again_at = Some(at);
                reason.clone_into(&mut it.remark);
            }
            return Ok(());
        }
        let given = OutcomeGiven {
            outcome: outcome.to_owned(),
            reason: reason.to_owned(),
            by: by.clone(),
            at: now,
        };
        if let Some(it) = self.member_mut(step, member) {
            it.outcome = Some(given);
        }
        self.member_over(step, member, StepState::Done, reason, by);
        match &chosen.action {
            Action::End(_) => self.end_work(),
            Action::Return(target) => {
                let target = self.step(target)?;
                let facts = send_back(self.template, &mut self.run, target, self.ctx);
                self.facts.extend(facts);
            }
            _ => {}
        }
        Ok(())
    }

    /// Steps that begin by this event begin; each occurrence is an instance of its own.
    pub(super) fn happened(&mut self, event: &str, what: &str) -> Result<(), Refusal> {
        if !matches!(
            self.run.state,
            super::state::RunState::Running | super::state::RunState::Ending(_)
        ) {
            let waiting = vec![WaitingOn::Start];
            return Err(Refusal::NotYet { step: event.to_owned(), waiting });
        }
        let named = |step: &Step| step.on.as_deref() == Some(event);
        let awaited = self.template.steps().any(|(_, step)| {
            let forms = step.due.iter().chain(&step.opens);
            named(step) || forms.flat_map(|it| it.events()).any(|it| it == event)
        });
        if !awaited {
            return Err(Refusal::Unknown { what: event.to_owned() });
        }
        let now = self.ctx.now;
        self.run.events.insert(event.to_owned(), now);
        let steps: Vec<&Step> =
            self.template.steps().map(|(_, it)| it).filter(|it| named(it)).collect();
        for step in steps {
            if !self.applies(step.when.as_ref()) {
                continue;
            }
            let open = self.run.step_state(&step.id).is_open();
            let begun = self.run.steps.get(&step.id).is_some_and(|it| it.ready_at.is_some());
            if !open {
                let first = super::advance::first_state(step);
                self.move_to(step, first);
            }
            let Some(state) = self.run.steps.get_mut(&step.id) else { continue };
            if !open && begun {
                state.round += 1;
                state.ready_at = Some(now);
                state.done_at = None;
                state.confirmed.clear();
                state.outcome = None;
            }
            if has_members(step) {
                if state.members.len() >= MEMBERS_MAX {
                    return Err(Refusal::WrongState {
                        step: step.id.clone(),
                        state: "full: it has as many occurrences as one run keeps".to_owned(),
                    });
                }
                let id = format!("{:04}", state.members.len() + 1);
                state.members.insert(id, MemberRun::new(what.to_owned(), StepState::Ready, now));
            }
        }
        Ok(())
    }

    /// A step did not succeed. An earlier step as the way after that is done again; a later one is
    /// taken instead of what follows; without one the step itself is done again.
    pub(super) fn fail(&mut self, id: &str, reason: &str) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        if !step.kind.takes_fail() {
            let state = "answered in its own way".to_owned();
            return Err(Refusal::WrongState { step: id.to_owned(), state });
        }
        let by = self.person()?;
        self.role_of(step, &by)?;
        if reason.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        let way = step.failed.as_ref().or(step.rejected.as_ref()).unwrap_or(&step.id);
        let target = self.step(way)?;
        let failed = Failed { by, reason: reason.to_owned(), at: self.ctx.now };
        if depends_on(self.template, step, target) {
            let facts = send_back(self.template, &mut self.run, target, self.ctx);
            self.facts.extend(facts);
        } else {
            self.move_to(step, StepState::Cancelled);
            let live = step.kind.failure_rolls_back();
            let how = if live { "rolled_back" } else { "cancelled" };
            self.run.state = super::state::RunState::Ending(how.to_owned());
        }
        if let Some(state) = self.run.steps.get_mut(id) {
            state.failed = Some(failed);
        }
        Ok(())
    }

    /// Adds a check item to a step whose list may grow.
    pub(super) fn extend(&mut self, id: &str, check: &Check) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        let person = self.person()?;
        if person != self.ctx.lead {
            self.role_of(step, &person)?;
        }
        if !step.extensible {
            return Err(Refusal::NotExtensible { step: id.to_owned() });
        }
        if check.ask.is_empty() || check.id.is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        if !matches!(
            check.kind,
            CheckKind::YesNo
                | CheckKind::Value { .. }
                | CheckKind::Meeting
                | CheckKind::Count { .. }
        ) {
            let expected = "yes_no, value, meeting or count".to_owned();
            return Err(Refusal::WrongType { field: check.id.clone(), expected });
        }
        let Some(state) = self.run.steps.get_mut(id) else {
            return Err(Refusal::UnknownStep { step: id.to_owned() });
        };
        let taken = step.checks.iter().chain(&state.extra).any(|it| it.id == check.id);
        if taken || state.extra.len() >= EXTRA_ITEMS_MAX {
            let state = if taken { "there is an item of this name" } else { "its list is full" };
            return Err(Refusal::WrongState { step: id.to_owned(), state: state.to_owned() });
        }
        state.extra.push(check.clone());
        Ok(())
    }

    /// The performer ends a step with instances by hand: nothing may be open.
    pub(super) fn members_missing(&self, step: &Step) -> Vec<WaitingOn> {
        let Some(standing) = standing(&self.run, step, self.ctx) else { return Vec::new() };
        if standing.open.is_empty() && standing.have >= standing.need {
            return missing_documents(self.template, &self.run, step, self.ctx);
        }
        vec![WaitingOn::Members { have: standing.have, need: standing.need, open: standing.open }]
    }
}
