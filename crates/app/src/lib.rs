//! Use cases and reconcilers: load, decide, commit.
//!
//! Nothing here knows HTTP or SQL. A use case loads what a decision needs, asks `core`, and hands
//! one commit to the store: state, record, outbox and the kept answer together.

pub mod actors;
pub mod artifacts;
pub mod auth;
pub mod bundle;
pub mod calendar;
pub mod call;
pub mod documents;
pub mod error;
pub mod find;
pub mod fleet;
pub mod import;
mod input;
pub mod installation;
pub mod mail;
mod newcomers;
pub mod notices;
pub mod paper_index;
pub mod people;
pub mod ports;
pub mod process_control;
pub mod process_drafts;
pub mod process_settings;
pub mod processes;
pub mod products;
pub mod record;
pub mod releases;
pub mod roles;
pub mod rollouts;
pub mod runs;
pub mod simulation;
pub mod sites;
pub mod tasks;
pub mod units;

// What a use case does later is boxed. An `async fn` is compiled where it is awaited: without this,
// each page, command and test would compile the use cases that it calls once more.
use async_recursion::async_recursion as boxed;
pub use call::{Call, Idempotency, Receipt};
pub use error::{Error, FieldError, Result};
pub use roadbook_store::{
    PageAsk, Scope, StoredResponse,
    releases::{About, ReleaseFilter},
};

use jiff::Timestamp;
use ports::Ports;
use roadbook_core::ids::IdSeed;
use roadbook_store::{Commit, Store};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// How the installation presents itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is reached, for links in mails: `http://127.0.0.1:8080`.
    pub base_url: String,
    /// Sender of mails.
    pub mail_from: String,
    /// Name of the organization, on public pages.
    pub organization: String,
    /// True for the demo: mails go to a page, nothing leaves the machine.
    pub demo: bool,
}

/// The use cases over one store. Clones share everything.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    ports: Ports,
    settings: Settings,
    gate: auth::Gate,
    tasks: tasks::Tasks,
    soon: tasks::Soon,
    fleet: fleet::Fleet,
    templates: RwLock<HashMap<(String, u32), Arc<roadbook_core::process::template::Template>>>,
}

impl App {
    /// Puts the use cases over a store.
    pub fn new(store: Store, ports: Ports, settings: Settings) -> App {
        App {
            inner: Arc::new(Inner {
                store,
                ports,
                settings,
                gate: auth::Gate::default(),
                tasks: tasks::Tasks::default(),
                soon: tasks::Soon::default(),
                fleet: fleet::Fleet::default(),
                templates: RwLock::default(),
            }),
        }
    }

    /// The store; reading functions of other rooms start here.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The ports.
    pub fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    /// How the installation presents itself.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What slows guessing of passwords down.
    pub(crate) fn gate(&self) -> &auth::Gate {
        &self.inner.gate
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.inner.ports.clock.now()
    }

    /// Time and randomness for a new id.
    pub(crate) fn seed(&self) -> IdSeed {
        self.inner.ports.id_seed()
    }

    /// A commit in the name of the caller.
    pub(crate) fn begin(&self, call: &Call) -> Commit {
        Commit::new(self.now(), call.actor.name())
    }

    /// Commits and keeps the answer under the caller's key, in the same transaction.
    pub(crate) async fn finish(
        &self,
        call: &Call,
        mut commit: Commit,
        receipt: Receipt,
    ) -> Result<Receipt> {
        commit.idempotency = call.idempotency_row(&receipt);
        self.inner.store.commit(commit).await?;
        Ok(receipt)
    }
}
