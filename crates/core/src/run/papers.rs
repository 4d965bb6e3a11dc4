//! Documents of a run: written, controlled, signed over their exact bytes.

use super::command::Assurance;
use super::decide::Work;
use super::refusal::Refusal;
use super::state::{Control, DocumentRun, InForce, Signature};
use crate::ids::DocumentId;
use crate::process::template::RoleRef;

impl Work<'_> {
    pub(super) fn document(&mut self, document: &str) -> Result<&mut DocumentRun, Refusal> {
        self.run
            .documents
            .get_mut(document)
            .ok_or_else(|| Refusal::Unknown { what: document.to_owned() })
    }

    pub(super) fn document_written(
        &mut self,
        document: &str,
        id: &DocumentId,
        digest: &str,
        missing_sections: &[String],
    ) -> Result<(), Refusal> {
        let declared = self
            .template
            .document(document)
            .ok_or_else(|| Refusal::Unknown { what: document.to_owned() })?;
        let person = self.person()?;
        if let Some(role) = declared.role.as_ref().filter(|_| declared.reserved) {
            let role = RoleRef::Role(role.clone());
            if self.ctx.acting_as(&person, &role).is_none() {
                return Err(Refusal::NotYours {
                    roles: vec![super::context::role_name(&role)],
                    people: self.ctx.holders_of(&role),
                });
            }
        }
        let now = self.ctx.now;
        match self.run.documents.get_mut(document) {
            Some(found) => {
                if found.digest != digest {
                    found.revision += 1;
                }
                digest.clone_into(&mut found.digest);
                found.control = Control::Draft;
                found.at = now;
                found.missing_sections = missing_sections.to_vec();
                if !found.editors.contains(&person) {
                    found.editors.push(person);
                }
            }
            None => {
                self.run.documents.insert(
                    document.to_owned(),
                    DocumentRun {
                        id: id.clone(),
                        revision: 0,
                        digest: digest.to_owned(),
                        control: Control::Draft,
                        author: person.clone(),
                        editors: vec![person],
                        at: now,
                        missing_sections: missing_sections.to_vec(),
                        signatures: Vec::new(),
                        controlled: None,
                    },
                );
            }
        }
        Ok(())
    }

    /// Puts the current revision in force; the one before it is obsolete from then on.
    pub(super) fn document_controlled(&mut self, document: &str) -> Result<(), Refusal> {
        let by = self.person()?;
        let at = self.ctx.now;
        let found = self.document(document)?;
        found.control = Control::Controlled;
        found.controlled = Some(InForce { revision: found.revision, by, at });
        Ok(())
    }

    pub(super) fn sign(
        &mut self,
        document: &str,
        role: &str,
        meaning: &str,
        digest: &str,
        assurance: Assurance,
    ) -> Result<(), Refusal> {
        let person = self.person()?;
        let wanted = RoleRef::Role(role.to_owned());
        if self.ctx.acting_as(&person, &wanted).is_none() {
            return Err(Refusal::NotYours {
                roles: vec![role.to_owned()],
                people: self.ctx.holders_of(&wanted),
            });
        }
        if assurance == Assurance::Session {
            return Err(Refusal::StepUpRequired);
        }
        let now = self.ctx.now;
        let two = self.template.document(document).is_some_and(|it| it.two_parties);
        let found = self.document(document)?;
        if found.digest != digest {
            return Err(Refusal::ContentChanged { current: found.digest.clone() });
        }
        let other_party =
            |it: &&Signature| it.person == person && it.role != role && it.voided_at.is_none();
        if two && let Some(first) = found.signatures.iter().find(other_party) {
            return Err(Refusal::OneParty { signed: first.role.clone() });
        }
        found.signatures.push(Signature {
            role: role.to_owned(),
            person,
            at: now,
            meaning: meaning.to_owned(),
            digest: digest.to_owned(),
            assurance,
            voided_at: None,
        });
        Ok(())
    }
}
