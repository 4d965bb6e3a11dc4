//! How the installation is set up and whether it is well, for those who run it.

use crate::App;
use crate::auth::Installation;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_store::{doctor, documents, outbox};
use serde_json::json;

/// What settings show.
#[derive(Clone, Debug)]
pub struct SettingsView {
    /// The installation.
    pub installation: Installation,
    /// Name of the database.
    pub database: &'static str,
    /// Address of the mail server, without secrets; `None` where no mail leaves.
    pub mail_server: Option<String>,
    /// Sender of mails.
    pub mail_from: String,
    /// Where people reach the installation.
    pub base_url: String,
    /// Effects that wait for their time.
    pub pending: i64,
    /// When the next one is due.
    pub next_due: Option<Timestamp>,
    /// Effects that were given up.
    pub dead: i64,
    /// Effects that came back with a backup and wait for a person.
    pub quarantined: i64,
}

/// What of the installation may be changed later.
#[derive(Clone, Debug, Default)]
pub struct InstallationInput {
    /// Time zone that new units and sites begin with.
    pub zone: String,
    /// Language that new people and sites begin with.
    pub lang: String,
    /// Whoever wrote a revision of a process does not put it into force.
    pub process_four_eyes: bool,
}

/// What the self-check found: how many things were examined, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Things examined.
    pub examined: u64,
    /// Each with its place.
    pub findings: Vec<String>,
}

impl App {
    /// Settings and outbox, for those who run the installation.
    #[boxed]
    pub async fn settings_view(&self, call: &Call) -> Result<SettingsView> {
        call.authorize(Action::View, Kind::Settings, &Resource::whole(), "settings")?;
        let found = self.installation().await?;
        let counts = outbox::counts(self.store()).await?;
        let count = |state: &str| counts.iter().find(|it| it.0 == state).map_or(0, |it| it.1);
        Ok(SettingsView {
            installation: found.ok_or(Error::NotFound { what: "installation" })?,
            database: self.store().database(),
            mail_server: self.ports().mailer.server(),
            mail_from: self.settings().mail_from.clone(),
            base_url: self.settings().base_url.clone(),
            pending: count(outbox::state::PENDING),
            next_due: outbox::next_due(self.store()).await?,
            dead: count(outbox::state::DEAD),
            quarantined: count(outbox::state::QUARANTINED),
        })
    }

    /// Changes what new things begin with.
    #[boxed]
    pub async fn installation_edit(
        &self,
        call: &Call,
        input: InstallationInput,
    ) -> Result<Receipt> {
        call.authorize(Action::Administer, Kind::Settings, &Resource::whole(), "settings")?;
        let mut loaded = self.installation_loaded().await?;
        let mut check = Check::new();
        loaded.value.zone = check.zone("zone", &input.zone);
        loaded.value.lang = check.lang("lang", &input.lang);
        check.done()?;
        loaded.value.process_four_eyes = input.process_four_eyes;
        let it = &loaded.value;
        let commit = self
            .begin(call)
            .write(documents::update_typed(crate::auth::MAIN, it, loaded.revision, self.now()))
            .entry(
                "installation/main",
                "installation.changed",
                json!({ "zone": it.zone, "lang": it.lang.code(), "process_four_eyes": it.process_four_eyes }),
            );
        let receipt = Receipt {
            label: it.organization.clone(),
            revision: loaded.revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// The self-check: the same as `roadbook doctor`, while the server runs.
    #[boxed]
    pub async fn health(&self, call: &Call) -> Result<Health> {
        call.authorize(Action::View, Kind::Settings, &Resource::whole(), "settings")?;
        let checkup = doctor::examine(self.store(), self.now(), &doctor::Nothing).await?;
        let finding =
            |it: &doctor::Finding| format!("{:?} {}: {}", it.invariant, it.place, it.what);
        Ok(Health {
            examined: checkup.examined.values().sum(),
            findings: checkup.findings.iter().map(finding).collect(),
        })
    }
}
