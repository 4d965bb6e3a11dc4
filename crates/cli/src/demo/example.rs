//! The example organizations: lists as people keep them, imported through the doors that they use.
//!
//! It knows nothing of the demo, so that the stories of each organization begin with it too.

use roadbook_app::auth::SetupInput;
use roadbook_app::import::{ImportInput, ListKind};
use roadbook_app::products::ProductInput;
use roadbook_app::{App, Call, Error};
use roadbook_core::ids::PersonId;
use roadbook_core::version::Scheme;
use roadbook_wire::ics;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The files of an organization.
pub struct Files {
    /// What it is opened by.
    pub name: &'static str,
    organization: &'static str,
    units: &'static str,
    people: &'static str,
    sites: &'static str,
    contacts: &'static str,
    holidays: &'static str,
}

macro_rules! text {
    ($name:literal, $file:literal) => {
        include_str!(concat!("../../../../examples/organizations/", $name, "/", $file))
    };
}

macro_rules! files {
    ($name:literal) => {
        Files {
            name: $name,
            organization: text!($name, "organization.toml"),
            units: text!($name, "units.csv"),
            people: text!($name, "people.csv"),
            sites: text!($name, "sites.csv"),
            contacts: text!($name, "contacts.csv"),
            holidays: text!($name, "holidays.ics"),
        }
    };
}

/// All example organizations, by family of processes.
pub static ALL: [Files; 5] =
    [files!("vendor"), files!("saas"), files!("enterprise"), files!("service"), files!("product")];

/// What an organization says about itself: what no list holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// Its zone.
    pub zone: String,
    /// Its language.
    pub lang: String,
    /// The processes that it works by.
    pub processes: Vec<String>,
    /// Who sets it up.
    pub admin: Admin,
    /// Its products.
    pub product: Vec<Product>,
    /// What it has set in its processes.
    #[serde(default)]
    pub setting: Vec<Setting>,
    /// What the demo shows of it.
    pub demo: Shown,
    /// Releases that its people have begun.
    pub release: Vec<Opening>,
}

/// Who sets the organization up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// Signs in with it.
    pub login: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// A product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Short name.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Key of the unit that owns it.
    pub unit: String,
    /// Who may authorize its releases, by login.
    #[serde(default)]
    pub authorizers: Vec<String>,
}

/// A setting of a process.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The process.
    pub process: String,
    /// Its name there.
    pub name: String,
    /// What holds, as people write it.
    pub value: String,
}

/// What the demo shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The site whose own page it links to.
    pub site: String,
    /// Somebody for whom something waits, by login: their link comes first.
    pub person: String,
}

/// A release that is under way when the organization is opened.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Key of its product.
    pub product: String,
    /// Its process.
    pub process: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Its kind, where the process does not find it out.
    #[serde(default)]
    pub kind: String,
    /// Who applies for it, by login.
    pub applicant: String,
    /// Who leads it, by login; unless said otherwise whoever the process names, or the applicant.
    pub lead: Option<String>,
    /// When it goes live.
    pub go_live: GoLive,
    /// What people write where a text is asked for.
    pub says: String,
    /// What it changes.
    pub change: Vec<OpeningChange>,
    /// Answers to fields, as the file of a process writes values; `@unit:KEY` names a unit.
    #[serde(default)]
    pub fields: BTreeMap<String, toml::Value>,
    /// The steps that are over, each carried out by those who should.
    pub done: Vec<String>,
}

/// When an opened release goes live.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoLive {
    /// Not earlier than so many weeks after the organization is opened.
    pub weeks: i32,
    /// On the first such day: 1 is Monday.
    pub weekday: i8,
    /// Begins at this hour of the organization's zone.
    pub hour: i8,
    /// Lasts so many hours.
    pub hours: i64,
    /// In the first place of this window that is free then; nothing else counts but the weeks.
    pub window: Option<String>,
}

/// A change of an opened release.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningChange {
    /// What it is.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// What it is for.
    pub purpose: String,
    /// What the process asks of a change.
    #[serde(default)]
    pub facts: BTreeMap<String, bool>,
}

/// A person as the list of people tells.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    /// Signs in with it.
    pub login: String,
    /// Name.
    pub name: String,
    roles: String,
}

impl Person {
    /// The roles of processes that somebody holds, without those of the product itself.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        let own = ["member", "manager", "auditor", "admin"];
        let names = self.roles.split(';').filter_map(|it| it.split('@').next());
        names.map(str::trim).filter(move |it| !it.is_empty() && !own.contains(it))
    }
}

/// Why an example organization cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file of it is wrong.
    #[error("{organization}/{file}: {why}")]
    File {
        /// The organization.
        organization: &'static str,
        /// The file.
        file: &'static str,
        /// What is wrong.
        why: String,
    },
    /// A door refused it.
    #[error(transparent)]
    Refused(#[from] Error),
}

/// An organization of this name.
pub fn find(name: &str) -> Option<&'static Files> {
    ALL.iter().find(|it| it.name == name)
}

impl Files {
    /// What the organization says about itself.
    pub fn read(&self) -> Result<Organization, Trouble> {
        toml::from_str(self.organization)
            .map_err(|error| self.wrong("organization.toml", error.to_string()))
    }

    /// Its people, in the order of their list.
    pub fn people(&self) -> Result<Vec<Person>, Trouble> {
        let rows = csv::Reader::from_reader(self.people.as_bytes()).into_deserialize();
        rows.collect::<Result<_, _>>()
            .map_err(|error: csv::Error| self.wrong("people.csv", error.to_string()))
    }

    /// A file of it is wrong.
    pub fn wrong(&self, file: &'static str, why: String) -> Trouble {
        Trouble::File { organization: self.name, file, why }
    }

    /// Sets an empty installation up and imports everything. Gives who did it.
    pub async fn import(&self, app: &App, password: String) -> Result<PersonId, Trouble> {
        let organization = self.read()?;
        app.process_seed().await?;
        let admin = self.set_up(app, &organization, password).await?;
        let call = async || -> Result<Call, Error> { Ok(Call::of(app.actor_of(&admin).await?.0)) };
        app.calendar_seed(&organization.zone).await?;
        self.days_off(app, &call().await?).await?;
        self.list(app, &call().await?, ListKind::Units, self.units).await?;
        for product in &organization.product {
            self.product(app, &call().await?, product).await?;
        }
        self.list(app, &call().await?, ListKind::People, self.people).await?;
        self.list(app, &call().await?, ListKind::Sites, self.sites).await?;
        self.list(app, &call().await?, ListKind::Contacts, self.contacts).await?;
        let call = call().await?;
        for product in &organization.product {
            self.authorize(app, &call, product).await?;
        }
        for it in &organization.setting {
            let value = Some(it.value.as_str());
            app.process_setting_set(&call, &it.process, &it.name, None, value).await?;
        }
        Ok(admin)
    }

    async fn set_up(
        &self,
        app: &App,
        organization: &Organization,
        password: String,
    ) -> Result<PersonId, Trouble> {
        let code = app.setup_code().await?.unwrap_or_default();
        let input = SetupInput {
            organization: organization.name.clone(),
            zone: organization.zone.clone(),
            lang: organization.lang.clone(),
            name: organization.admin.name.clone(),
            login: organization.admin.login.clone(),
            email: organization.admin.email.clone(),
            password,
        };
        let made = app.setup(&code, input).await?;
        PersonId::parse(&made.id).map_err(|_| self.wrong("organization.toml", made.id.clone()))
    }

    /// Days off and made-up working days of the country.
    async fn days_off(&self, app: &App, call: &Call) -> Result<(), Trouble> {
        let import = ics::read(self.holidays, 2026..=2027);
        if let Some(found) = import.findings.first() {
            let why = format!("line {}: {}", found.line, found.problem);
            return Err(self.wrong("holidays.ics", why));
        }
        app.calendar_edit(call, "holidays imported", |book| {
            if let Some(calendar) = book.calendars.first_mut() {
                import.apply(calendar);
            }
            Ok(())
        })
        .await?;
        Ok(())
    }

    async fn list(
        &self,
        app: &App,
        call: &Call,
        kind: ListKind,
        text: &str,
    ) -> Result<(), Trouble> {
        let input =
            ImportInput { kind, bytes: text.as_bytes().to_vec(), unit: None, dry_run: false };
        app.import(call, input).await?;
        Ok(())
    }

    async fn product(&self, app: &App, call: &Call, it: &Product) -> Result<(), Trouble> {
        let input = ProductInput {
            key: it.key.clone(),
            name: it.name.clone(),
            description: it.description.clone(),
            unit: app.unit_find(&it.unit).await?,
            class: String::new(),
            scheme: Scheme::default(),
            owner_role: String::new(),
            windows: Vec::new(),
            active: true,
        };
        app.product_create(call, input).await?;
        Ok(())
    }

    /// Who may authorize releases of a product.
    async fn authorize(&self, app: &App, call: &Call, it: &Product) -> Result<(), Trouble> {
        if it.authorizers.is_empty() {
            return Ok(());
        }
        let mut list = Vec::new();
        for login in &it.authorizers {
            list.push(app.person_find(login).await?);
        }
        let product = app.product_find(&call.actor, &it.key).await?;
        app.product_authorizers_set(call, &product, list).await?;
        Ok(())
    }
}
