//! Who calls, and under which key: every changing use case takes a [`Call`].

use crate::boxed;
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Actor, Kind, Resource, allowed};
use roadbook_core::ids::PersonId;
use roadbook_store::{IdempotencyRow, StoredResponse};

/// What a changing call answers: enough to find the thing again and to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Id of what was made or changed.
    pub id: String,
    /// Its number or name for people, if it has one.
    pub label: String,
    /// Its revision afterwards, for `If-Match`.
    pub revision: i64,
    /// True when something new was made.
    pub created: bool,
    /// A secret that is shown once: a set-up link, a token.
    pub secret: Option<String>,
    /// What happened besides, in stable words (`voided:countersign`).
    pub notes: Vec<String>,
}

/// The key under which a call may come again.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Actor and route.
    pub scope: String,
    /// The caller's key.
    pub key: String,
    /// SHA-256 of the body.
    pub body_hash: Vec<u8>,
    /// How the receipt is written in an answer.
    pub render: fn(&Receipt) -> StoredResponse,
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Call {
    /// The actor with grants in force.
    pub actor: Actor,
    /// The key, if the caller gave one.
    pub idempotency: Option<Idempotency>,
    /// The revision the caller saw (`If-Match`).
    pub if_match: Option<i64>,
}

impl Call {
    /// A call of the product itself.
    pub fn system() -> Call {
        Call { actor: Actor::system(), idempotency: None, if_match: None }
    }

    /// A call of this actor without a key.
    pub fn of(actor: Actor) -> Call {
        Call { actor, idempotency: None, if_match: None }
    }

    /// The signed-in person.
    pub fn person(&self) -> Result<&PersonId> {
        self.actor.person().ok_or(Error::Unauthenticated)
    }

    /// Refuses unless allowed. What may not be viewed is not found.
    pub fn authorize(
        &self,
        action: Action,
        kind: Kind,
        resource: &Resource,
        what: &'static str,
    ) -> Result<()> {
        if allowed(&self.actor, action, kind, resource) {
            return Ok(());
        }
        if matches!(self.actor.who, roadbook_core::access::Who::Anonymous) {
            return Err(Error::Unauthenticated);
        }
        if action == Action::View || !allowed(&self.actor, Action::View, kind, resource) {
            return Err(Error::NotFound { what });
        }
        Err(Error::Denied { action: action_name(action) })
    }

    /// Refuses when the caller saw another revision.
    pub fn check_revision(&self, revision: i64, what: &str) -> Result<()> {
        match self.if_match {
            Some(seen) if seen != revision => Err(Error::Stale { what: what.to_owned() }),
            _ => Ok(()),
        }
    }

    /// The row that keeps this call's answer.
    pub fn idempotency_row(&self, receipt: &Receipt) -> Option<IdempotencyRow> {
        self.idempotency.as_ref().map(|it| IdempotencyRow {
            scope: it.scope.clone(),
            key: it.key.clone(),
            body_hash: it.body_hash.clone(),
            response: (it.render)(receipt),
        })
    }
}

const fn action_name(action: Action) -> &'static str {
    match action {
        Action::View => "look",
        Action::Create => "create",
        Action::Edit => "edit",
        Action::Act => "work",
        Action::Lead => "give orders",
        Action::Answer => "answer",
        Action::Export => "export",
        Action::Administer => "administer",
    }
}

impl crate::App {
    /// What was answered to this key before: the hash of that body, and the answer.
    #[boxed]
    pub async fn answered(
        &self,
        scope: &str,
        key: &str,
    ) -> Result<Option<(Vec<u8>, StoredResponse)>> {
        Ok(roadbook_store::idempotency::get(self.store(), scope, key).await?)
    }
}
