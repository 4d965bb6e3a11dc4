//! What leads a run: fields, slot, delegation, overrides, hold and resume, cancel and close.

use super::command::CloseCode;
use super::decide::Work;
use super::refusal::Refusal;
use super::state::{Ended, Hold, Overridden, RunState, Slot, StepState};
use super::waiting::WaitingOn;
use crate::ids::PersonId;
use crate::process::expr::Value;
use crate::process::template::{Field, RoleRef, StepKind};
use crate::process::{pattern, settings};

impl Work<'_> {
    pub(super) fn set_field(&mut self, field: &str, value: &Value) -> Result<(), Refusal> {
        let declared = self
            .template
            .fields
            .iter()
            .find(|it| it.id == field)
            .ok_or_else(|| Refusal::Unknown { what: field.to_owned() })?;
        if !settings::fits(&declared.kind, value) {
            return Err(Refusal::WrongType {
                field: field.to_owned(),
                expected: format!("{:?}", declared.kind).to_lowercase(),
            });
        }
        if let (Some(asked), Value::Text(text)) = (self.pattern(declared), value)
            && !pattern::fits(&asked, text)
        {
            return Err(Refusal::WrongType { field: field.to_owned(), expected: asked });
        }
        self.run.fields.insert(field.to_owned(), value.clone());
        Ok(())
    }

    /// How a field has to look in this run; none when nobody says.
    fn pattern(&self, field: &Field) -> Option<String> {
        let written = field.pattern.as_deref()?;
        let fact = |name: &str| match self.ctx.facts.get(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let pattern = match written.starts_with("product.") {
            true => fact(written),
            false => written.to_owned(),
        };
        let pattern = pattern.replace("[version]", &fact("release.version"));
        Some(pattern).filter(|it| !it.is_empty())
    }

    pub(super) fn set_slot(&mut self, slot: Slot, reason: &str, pass: bool) -> Result<(), Refusal> {
        if slot.end <= slot.start {
            return Err(Refusal::SlotBackwards);
        }
        let blocks = &self.ctx.slot_blocks;
        if !blocks.is_empty() {
            let past = blocks.iter().any(|it| matches!(it, WaitingOn::Past { .. }));
            if !pass || past || !self.ctx.may_pass_blocks {
                return Err(Refusal::SlotBlocked {
                    blocks: blocks.clone(),
                    may_pass: self.ctx.may_pass_blocks && !past,
                });
            }
            if reason.trim().is_empty() {
                return Err(Refusal::ReasonRequired);
            }
        }
        self.run.slot = Some(slot);
        self.run.passed = blocks.iter().filter_map(WaitingOn::rule).collect();
        Ok(())
    }

    pub(super) fn delegate(&mut self, id: &str, to: &PersonId) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        let person = self.person()?;
        let mut approvers = step.kind.approvers().iter();
        let approver = approvers.any(|it| self.ctx.acting_as(&person, &it.role).is_some());
        if !approver && person != self.ctx.lead {
            self.role_of(step, &person)?;
        }
        if let Some(state) = self.run.steps.get_mut(id) {
            state.delegated = Some(to.clone());
        }
        Ok(())
    }

    pub(super) fn pass(&mut self, id: &str, reason: &str) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        let person = self.person()?;
        let Some(rule) = &step.override_by else {
            return Err(Refusal::NotYours { roles: vec![], people: vec![] });
        };
        let role = RoleRef::Role(rule.by.clone());
        if self.ctx.acting_as(&person, &role).is_none() {
            return Err(Refusal::NotYours {
                roles: vec![rule.by.clone()],
                people: self.ctx.holders_of(&role),
            });
        }
        if rule.reason && reason.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        if let Some(state) = self.run.steps.get_mut(id) {
            state.overridden =
                Some(Overridden { by: person, reason: reason.to_owned(), at: self.ctx.now });
        }
        Ok(())
    }

    pub(super) fn hold(&mut self, reason: &str) -> Result<(), Refusal> {
        let by = self.person()?;
        if reason.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        if let Some(hold) = &self.run.hold {
            return Err(Refusal::Held { reason: hold.reason.clone() });
        }
        self.run.hold = Some(Hold { since: self.ctx.now, by, reason: reason.to_owned() });
        Ok(())
    }

    pub(super) fn resume(&mut self, reason: &str) -> Result<(), Refusal> {
        self.person()?;
        if self.run.hold.is_none() {
            return Err(Refusal::NotHeld);
        }
        if reason.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        self.run.hold = None;
        Ok(())
    }

    pub(super) fn cancel(&mut self, reason: &str) -> Result<(), Refusal> {
        let by = self.person()?;
        if reason.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        let live = self.template.steps().any(|(_, step)| {
            matches!(step.kind, StepKind::Operate(_))
                && matches!(
                    self.run.step_state(&step.id),
                    StepState::Active | StepState::Blocked(_) | StepState::Done
                )
        });
        if live {
            return Err(Refusal::WrongCloseCode {
                code: CloseCode::Cancelled.name().to_owned(),
                why: "work in production has begun; roll back or finish".to_owned(),
            });
        }
        self.end(CloseCode::Cancelled, by, reason);
        Ok(())
    }

    fn end(&mut self, code: CloseCode, by: PersonId, remark: &str) {
        for (_, step) in self.template.steps() {
            if !self.run.step_state(&step.id).is_terminal() {
                self.move_to(step, StepState::Cancelled);
            }
        }
        self.run.hold = None;
        self.run.state =
            RunState::Ended(Ended { code, at: self.ctx.now, by, remark: remark.to_owned() });
    }

    pub(super) fn close(&mut self, code: CloseCode, remark: &str) -> Result<(), Refusal> {
        let by = self.person()?;
        let wrong = |why: &str| Refusal::WrongCloseCode {
            code: code.name().to_owned(),
            why: why.to_owned(),
        };
        if matches!(self.run.state, RunState::Draft) {
            return Err(wrong("it never started; cancel it instead"));
        }
        let mut open: Vec<WaitingOn> = self
            .template
            .steps()
            .filter(|(_, step)| !self.run.step_state(&step.id).is_terminal())
            .filter(|(_, step)| super::advance::holds_up(&self.run, step))
            .map(|(_, step)| WaitingOn::Step { step: step.id.clone() })
            .collect();
        open.extend(
            self.run
                .open_debts()
                .map(|it| WaitingOn::Debt { what: it.what.clone(), owner: it.owner.clone() }),
        );
        if !open.is_empty() {
            return Err(Refusal::NotClosable { waiting: open });
        }
        let ending = match &self.run.state {
            RunState::Ending(how) => Some(how.clone()),
            _ => None,
        };
        match (ending.as_deref(), code) {
            (Some("rolled_back"), CloseCode::RolledBack)
            | (Some("cancelled"), CloseCode::Cancelled) => {}
            (Some("rolled_back"), _) => return Err(wrong("the release was rolled back")),
            (Some(_), _) => return Err(wrong("the decision was not to release")),
            (None, CloseCode::RolledBack | CloseCode::Cancelled) => {
                return Err(wrong("it was neither rolled back nor cancelled"));
            }
            (None, CloseCode::Success) if self.left_out() => {
                return Err(wrong("sites were left out or rolled back; close it as partial"));
            }
            (None, _) => {}
        }
        self.end(code, by, remark);
        Ok(())
    }

    fn left_out(&self) -> bool {
        let sites = &self.ctx.sites;
        sites.rolled_back + sites.skipped + sites.failed > 0
    }
}
