//! Finding the parts of a template, and what stands before a step.

use super::document::DocumentType;
use super::template::{Audience, Field, FieldType, Phase, Produces, Role, RoleRef, Step, Template};

impl Template {
    /// All steps with their phase, in the order of the file.
    pub fn steps(&self) -> impl Iterator<Item = (&Phase, &Step)> {
        self.phases.iter().flat_map(|phase| phase.steps.iter().map(move |step| (phase, step)))
    }

    /// The step of this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps().map(|(_, step)| step).find(|step| step.id == id)
    }

    /// The document type of this id.
    pub fn document(&self, id: &str) -> Option<&DocumentType> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// The audience of this id.
    pub fn audience(&self, id: &str) -> Option<&Audience> {
        self.audiences.iter().find(|audience| audience.id == id)
    }

    /// True when answers to the field name units: it is of that type, or a role is found by it.
    pub fn names_units(&self, field: &Field) -> bool {
        let by = |it: &RoleRef| match it {
            RoleRef::HeadsOf(id) | RoleRef::Lead(id) => *id == field.id,
            _ => false,
        };
        field.kind == FieldType::Unit || self.names_role(by)
    }

    /// True when answers to the field name people.
    pub fn names_people(&self, field: &Field) -> bool {
        let by = |it: &RoleRef| matches!(it, RoleRef::FieldPerson(id) if *id == field.id);
        field.kind == FieldType::Person || self.names_role(by)
    }

    fn names_role(&self, is: impl Fn(&RoleRef) -> bool) -> bool {
        self.steps().any(|(_, step)| step.role_refs().any(&is))
    }

    /// The role of this id.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    /// The phases that are over before a step begins: all before its own, of which a step that
    /// overlaps leaves out the last. All of them for a step that is not there.
    pub fn phases_before(&self, step: &Step) -> &[Phase] {
        &self.phases[..step.first_open_phase(self.phase_of(step))]
    }

    /// The phases up to and with the one of a step. All of them for a step that is not there.
    pub fn phases_to(&self, step: &Step) -> &[Phase] {
        &self.phases[..(self.phase_of(step) + 1).min(self.phases.len())]
    }

    /// The number of a step's phase; the number of phases for a step that is not there.
    fn phase_of(&self, step: &Step) -> usize {
        let holds = |phase: &Phase| phase.steps.iter().any(|it| it.id == step.id);
        self.phases.iter().position(holds).unwrap_or(self.phases.len())
    }
}

impl Step {
    /// Whoever has to act in the step: its roles, then those that only its kind has.
    pub fn role_refs(&self) -> impl Iterator<Item = &RoleRef> {
        self.roles.iter().chain(self.kind.other_roles())
    }

    /// The earliest phase that may be under way when the step begins, of the number of its own.
    pub const fn first_open_phase(&self, own: usize) -> usize {
        if self.overlap { own.saturating_sub(1) } else { own }
    }

    /// What the step hands in, then what its approvers do.
    pub fn handed_in(&self) -> impl Iterator<Item = &Produces> {
        self.produces.iter().chain(self.kind.approvers().iter().flat_map(|it| &it.documents))
    }

    /// True when the step, or an approver of it, hands in the document.
    pub fn hands_in(&self, document: &str) -> bool {
        self.handed_in().any(|it| it.document == document)
    }
}
