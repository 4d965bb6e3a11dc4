//! The first start: a code that is told once makes the first person. There is no default account.

use super::password;
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use jiff::{SignedDuration, Timestamp};
use roadbook_core::ids::{LinkId, PersonId, UnitId};
use roadbook_core::text::Lang;
use roadbook_store::Write;
use roadbook_store::documents::{self, Loaded, Stored};
use roadbook_store::people::{self, Grant, Person};
use roadbook_store::sessions::{self, Link};
use roadbook_store::units::{self, Unit};
use serde::{Deserialize, Serialize};

/// So long the code of the first start holds.
const CODE_LASTS: SignedDuration = SignedDuration::from_mins(30);
/// Roles of the first person: enough to hand all of them on.
const FIRST_ROLES: [&str; 3] = ["admin", "manager", "process_owner"];
/// The one installation.
pub(crate) const MAIN: &str = "main";

/// Whether somebody has set the installation up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupState {
    /// Nobody has; only set-up answers.
    Needed,
    /// Somebody has.
    Done,
}

/// What the installation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installation {
    /// Name of the organization.
    pub organization: String,
    /// Zone of the organization.
    pub zone: String,
    /// Usual language.
    pub lang: Lang,
    /// Since when.
    pub set_up_at: Timestamp,
    /// The unit at the root of the tree.
    pub root: UnitId,
    /// Whoever wrote a revision of a process does not put it into force.
    #[serde(default)]
    pub process_four_eyes: bool,
}

impl Installation {
    fn new(organization: String, zone: String, lang: Lang, now: Timestamp, root: UnitId) -> Self {
        Installation { organization, zone, lang, set_up_at: now, root, process_four_eyes: false }
    }
}

impl Stored for Installation {
    const KIND: &'static str = "installation";
    const V: u32 = 1;
}

/// What set-up asks for.
#[derive(Clone, Debug, Default)]
pub struct SetupInput {
    /// Name of the organization.
    pub organization: String,
    /// Its time zone.
    pub zone: String,
    /// Its language.
    pub lang: String,
    /// The first person's name.
    pub name: String,
    /// To sign in with.
    pub login: String,
    /// E-mail address; may be empty.
    pub email: String,
    /// Password.
    pub password: String,
}

impl App {
    /// Whether somebody has set the installation up.
    #[boxed]
    pub async fn setup_state(&self) -> Result<SetupState> {
        let done = self.installation().await?.is_some();
        Ok(if done { SetupState::Done } else { SetupState::Needed })
    }

    /// What the installation is, once it is set up.
    #[boxed]
    pub async fn installation(&self) -> Result<Option<Installation>> {
        let found = documents::load::<Installation>(self.store(), MAIN).await?;
        Ok(found.map(|it| it.value))
    }

    /// The installation with its revision.
    pub(crate) async fn installation_loaded(&self) -> Result<Loaded<Installation>> {
        let found = documents::load::<Installation>(self.store(), MAIN).await?;
        found.ok_or(Error::NotFound { what: "installation" })
    }

    /// Makes a code for set-up; `None` when that is done. The code is told once.
    #[boxed]
    pub async fn setup_code(&self) -> Result<Option<String>> {
        if self.setup_state().await? == SetupState::Done {
            return Ok(None);
        }
        let secret = self.ports().secret();
        let now = self.now();
        let link = Link {
            id: LinkId::new(self.seed()),
            token_hash: super::token_hash(&secret),
            kind: "setup".to_owned(),
            person_id: None,
            contact_id: None,
            site_id: None,
            notice_id: None,
            release_id: None,
            expires_at: now + CODE_LASTS,
            single_use: true,
            used_at: None,
        };
        let commit = self.begin(&Call::system()).write(sessions::insert_link(&link)).entry(
            "installation/main",
            "setup.code_made",
            serde_json::json!({ "link": link.id.as_str() }),
        );
        self.store().commit(commit).await?;
        Ok(Some(secret))
    }

    /// Sets the installation up: organization, first person with the roles to go on.
    #[boxed]
    pub async fn setup(&self, code: &str, input: SetupInput) -> Result<Receipt> {
        let now = self.now();
        let link = sessions::link_by_token(self.store(), &super::token_hash(code.trim()), now)
            .await?
            .filter(|it| it.kind == "setup");
        let Some(link) = link else {
            return Err(spent_code());
        };
        if self.setup_state().await? == SetupState::Done {
            return Err(Error::Exists { what: "the installation".to_owned() });
        }
        let mut check = Check::new();
        let organization = check.name("organization", &input.organization);
        let zone = check.zone("zone", &input.zone);
        let lang = check.lang("lang", &input.lang);
        let name = check.name("name", &input.name);
        let login = check.login("login", &input.login);
        let email = check.email("email", Some(&input.email));
        check.errors.extend(password::rules("password", &input.password, &[&login, &name]));
        check.done()?;

        let root = Unit {
            id: UnitId::new(self.seed()),
            parent_id: None,
            kind: "company".to_owned(),
            name: organization.clone(),
            head_person_id: None,
            zone: zone.clone(),
            revision: 1,
        };
        let person = Person {
            id: PersonId::new(self.seed()),
            login: Some(login.clone()),
            name,
            email,
            lang,
            zone: zone.clone(),
            unit_id: root.id.clone(),
            active: true,
            password_hash: Some(self.hash_password(&input.password).await?),
            weekly_hours: 40,
            revision: 1,
        };
        let root = Unit { head_person_id: Some(person.id.clone()), ..root };
        let calendar = self.calendar_first(&zone).await?;
        let installation = Installation::new(organization, zone, lang, now, root.id.clone());
        let mut commit = self.begin(&Call::system());
        commit.writes.push(sessions::use_link(&link.id, now));
        commit.writes.push(documents::insert_typed(MAIN, &installation, now));
        commit.writes.extend(calendar);
        commit.writes.push(units::insert(&root));
        commit.writes.push(people::insert(&person));
        commit.writes.extend(first_grants(&person.id, now));
        let facts = serde_json::json!({
            "person": person.id.as_str(), "unit": root.id.as_str(), "roles": FIRST_ROLES,
        });
        let commit = commit.entry("installation/main", "setup.done", facts);
        self.store().commit(commit).await?;
        Ok(Receipt {
            id: person.id.to_string(),
            label: login,
            revision: 1,
            created: true,
            ..Receipt::default()
        })
    }
}

fn spent_code() -> Error {
    let message = "this code is not valid any more; it works once and for 30 minutes. Start the \
                   server again to get a new one";
    Error::Rule { code: "setup_code", message: message.to_owned() }
}

/// What the first person may do, everywhere.
fn first_grants(person: &PersonId, now: Timestamp) -> impl Iterator<Item = Write> {
    FIRST_ROLES.iter().map(move |role| {
        people::grant(&Grant {
            person_id: person.clone(),
            role: (*role).to_owned(),
            scope_kind: "all".to_owned(),
            scope_id: String::new(),
            from_at: now,
            to_at: None,
            delegated_by: None,
        })
    })
}
