//! People: making and changing them, seeing them.

use crate::App;
use crate::actors::{OF_PERSON, scope_of};
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use crate::releases::OPEN;
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind, Scope as Where};
use roadbook_core::ids::{PersonId, UnitId};
use roadbook_core::text::Lang;
pub use roadbook_store::people::PersonFilter;
use roadbook_store::people::{self, Absence, Grant, Person};
use roadbook_store::releases::{self, About, ReleaseFilter};
use roadbook_store::{Page, PageAsk, Scope, sessions, units};
use serde_json::json;

/// Hours of work in a week that a person can have.
const WEEKLY_HOURS_MAX: i64 = 80;

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// Id.
    pub id: PersonId,
    /// Name to sign in with.
    pub login: Option<String>,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Language.
    pub lang: Lang,
    /// Time zone.
    pub zone: String,
    /// Unit.
    pub unit: UnitId,
    /// The unit's name.
    pub unit_name: String,
    /// May act.
    pub active: bool,
    /// Has set a password.
    pub has_password: bool,
    /// Hours of work in a week.
    pub weekly_hours: i64,
    /// Revision.
    pub revision: i64,
}

/// A role that a person holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// Role of the product or of processes.
    pub role: String,
    /// Where.
    pub scope: Where,
    /// From.
    pub from: Timestamp,
    /// Until, if it ends.
    pub until: Option<Timestamp>,
    /// Holds at this moment.
    pub in_force: bool,
}

/// Somebody who stands in for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeputyView {
    /// For whom.
    pub of: PersonId,
    /// Who.
    pub deputy: PersonId,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Option<Timestamp>,
}

/// Everything about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDetail {
    /// The person.
    pub person: PersonView,
    /// Roles, also past and future ones.
    pub grants: Vec<GrantView>,
    /// Absences that have not passed.
    pub absences: Vec<Absence>,
    /// Whom the person stands in for, now or later.
    pub stands_in_for: Vec<DeputyView>,
    /// Who stands in for the person, now or later.
    pub deputies: Vec<DeputyView>,
}

/// What a person is made or changed with.
#[derive(Clone, Debug, Default)]
pub struct PersonInput {
    /// Name.
    pub name: String,
    /// To sign in with; without one the person only receives.
    pub login: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language.
    pub lang: String,
    /// Time zone.
    pub zone: String,
    /// Unit.
    pub unit: Option<UnitId>,
    /// Hours of work in a week; 40 unless said otherwise.
    pub weekly_hours: Option<i64>,
}

impl App {
    pub(crate) async fn person_view(&self, person: &Person) -> Result<PersonView> {
        let unit = units::get(self.store(), &person.unit_id).await?;
        Ok(view(person.clone(), unit.map(|it| it.name).unwrap_or_default()))
    }

    /// People whom somebody may see.
    #[boxed]
    pub async fn person_list(
        &self,
        scope: &Scope,
        filter: &PersonFilter,
        ask: &PageAsk,
    ) -> Result<Page<PersonView>> {
        let page = people::list(self.store(), scope, filter, ask).await?;
        let all = units::all(self.store()).await?;
        let name = |id: &UnitId| {
            all.iter().find(|it| it.id == *id).map(|it| it.name.clone()).unwrap_or_default()
        };
        let rows = page.rows.into_iter().map(|it| {
            let unit = name(&it.unit_id);
            view(it, unit)
        });
        Ok(Page { rows: rows.collect(), next: page.next })
    }

    /// One person. Everybody sees themselves.
    #[boxed]
    pub async fn person_get(&self, call: &Call, id: &PersonId) -> Result<PersonDetail> {
        let person = self.person_of(id).await?;
        if call.actor.person() != Some(id) {
            let place = self.unit_resource(&person.unit_id).await?;
            call.authorize(Action::View, Kind::People, &place, "person")?;
        }
        let now = self.now();
        let all = people::all_grants(self.store()).await?;
        let grants = all.iter().filter(|it| it.person_id == *id).filter_map(|it| {
            Some(GrantView {
                role: it.role.clone(),
                scope: scope_of(it)?,
                from: it.from_at,
                until: it.to_at,
                in_force: it.from_at <= now && it.to_at.is_none_or(|to| now < to),
            })
        });
        let deputies: Vec<DeputyView> =
            all.iter().filter_map(deputy_view).filter(|it| it.until > Some(now)).collect();
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let far = jiff::civil::Date::MAX;
        Ok(PersonDetail {
            grants: grants.collect(),
            absences: people::absences(self.store(), Some(id), today, far).await?,
            stands_in_for: deputies.iter().filter(|it| it.deputy == *id).cloned().collect(),
            deputies: deputies.into_iter().filter(|it| it.of == *id).collect(),
            person: self.person_view(&person).await?,
        })
    }

    /// Makes a person without roles.
    #[boxed]
    pub async fn person_create(&self, call: &Call, input: PersonInput) -> Result<Receipt> {
        let mut person = Person {
            id: PersonId::new(self.seed()),
            login: None,
            name: String::new(),
            email: None,
            lang: Lang::En,
            zone: String::new(),
            unit_id: input.unit.clone().ok_or_else(|| unit_missing("is required"))?,
            active: true,
            password_hash: None,
            weekly_hours: 40,
            revision: 1,
        };
        let place = self.unit_resource(&person.unit_id).await?;
        call.authorize(Action::Create, Kind::People, &place, "unit")?;
        self.person_fill(&mut person, &input).await?;
        let commit = self.begin(call).write(people::insert(&person)).entry(
            format!("person/{}", person.id),
            "person.created",
            json!({ "unit": person.unit_id.as_str() }),
        );
        let receipt = Receipt {
            id: person.id.to_string(),
            label: person.name,
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Changes a person. People change their own name, language, zone and address; their login and
    /// unit only an administrator.
    #[boxed]
    pub async fn person_edit(
        &self,
        call: &Call,
        id: &PersonId,
        input: PersonInput,
    ) -> Result<Receipt> {
        let mut person = self.person_of(id).await?;
        let place = self.unit_resource(&person.unit_id).await?;
        let moved = input.unit.as_ref().is_some_and(|it| *it != person.unit_id);
        let login = input.login.as_deref().map(crate::input::login_of);
        let renamed = login.filter(|it| !it.is_empty()) != person.login;
        if call.actor.person() != Some(id) || moved || renamed {
            call.authorize(Action::Edit, Kind::People, &place, "person")?;
        }
        if let Some(unit) = input.unit.as_ref().filter(|_| moved) {
            let there = self.unit_resource(unit).await?;
            call.authorize(Action::Create, Kind::People, &there, "unit")?;
            person.unit_id = unit.clone();
        }
        call.check_revision(person.revision, "person")?;
        let before = person.clone();
        self.person_fill(&mut person, &input).await?;
        let commit = self.begin(call).write(people::update(&person)).entry(
            format!("person/{id}"),
            "person.changed",
            // Which fields, never the values: those are personal data.
            json!({ "fields": changed(&before, &person), "unit": person.unit_id.as_str() }),
        );
        let receipt = Receipt {
            id: id.to_string(),
            label: person.name,
            revision: person.revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    pub(crate) async fn person_fill(&self, person: &mut Person, input: &PersonInput) -> Result<()> {
        let mut check = Check::new();
        person.name = check.name("name", &input.name);
        let login = input.login.as_deref().filter(|it| !it.trim().is_empty());
        person.login = login.map(|it| check.login("login", it));
        person.email = check.email("email", input.email.as_deref());
        person.lang = check.lang("lang", &input.lang);
        person.zone = check.zone("zone", &input.zone);
        person.weekly_hours = hours(&mut check, input.weekly_hours.unwrap_or(40));
        if units::get(self.store(), &person.unit_id).await?.is_none() {
            check.wrong("unit", "unknown", "is no unit");
        }
        if let Some(login) = &person.login {
            let taken = people::by_login(self.store(), login).await?;
            if taken.is_some_and(|it| it.id != person.id) {
                check.wrong("login", "taken", format!("`{login}` belongs to somebody else"));
            }
        }
        check.done()
    }

    /// Lets a person act again, or no more. Sessions and what they opened end with the commit.
    #[boxed]
    pub async fn person_set_active(
        &self,
        call: &Call,
        id: &PersonId,
        active: bool,
    ) -> Result<Receipt> {
        let mut person = self.person_of(id).await?;
        let place = self.unit_resource(&person.unit_id).await?;
        call.authorize(Action::Administer, Kind::People, &place, "person")?;
        call.check_revision(person.revision, "person")?;
        if !active {
            self.another_admin(id).await?;
            self.leads_nothing(id, &person.name).await?;
        }
        person.active = active;
        let mut commit = self.begin(call);
        commit.writes.push(people::update(&person));
        if !active {
            commit.writes.push(sessions::end_others(id, None));
        }
        let kind = if active { "person.activated" } else { "person.deactivated" };
        let commit = commit.entry(format!("person/{id}"), kind, json!({}));
        let receipt = Receipt {
            id: id.to_string(),
            label: person.name,
            revision: person.revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// A release has somebody who leads it until it is closed: who leaves hands it over first.
    async fn leads_nothing(&self, id: &PersonId, name: &str) -> Result<()> {
        let filter = ReleaseFilter {
            about: About::Anything,
            states: OPEN.map(str::to_owned).to_vec(),
            person_id: Some(id.clone()),
            ..ReleaseFilter::default()
        };
        let mut ask = PageAsk::first(100);
        loop {
            let page = releases::list(self.store(), &Scope::all(), &filter, &ask).await?;
            if let Some(led) = page.rows.iter().find(|it| it.lead_id.as_ref() == Some(id)) {
                let message =
                    format!("{name} leads {}; somebody else has to take it over first", led.number);
                return Err(Error::Rule { code: "leads_releases", message });
            }
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Refuses when nobody else could administrate the installation.
    pub(crate) async fn another_admin(&self, without: &PersonId) -> Result<()> {
        let grants = people::grants_at(self.store(), self.now()).await?;
        let whole =
            |it: &&Grant| it.role == "admin" && it.scope_kind == "all" && it.to_at.is_none();
        if !grants.iter().filter(whole).any(|it| it.person_id == *without) {
            return Ok(());
        }
        let others: Vec<PersonId> = grants
            .iter()
            .filter(whole)
            .map(|it| it.person_id.clone())
            .filter(|it| it != without)
            .collect();
        if people::by_ids(self.store(), &others).await?.iter().any(|it| it.active) {
            return Ok(());
        }
        Err(Error::Rule {
            code: "last_admin",
            message: "nobody else administrates this installation; give somebody else the role \
                      `admin` first"
                .to_owned(),
        })
    }
}

pub(crate) fn hours(check: &mut Check, hours: i64) -> i64 {
    if !(0..=WEEKLY_HOURS_MAX).contains(&hours) {
        check.wrong("weekly_hours", "range", format!("is a number from 0 to {WEEKLY_HOURS_MAX}"));
    }
    hours
}

fn unit_missing(message: &str) -> Error {
    Error::field("unit", "required", message)
}

/// Which fields differ.
pub(crate) fn changed(before: &Person, after: &Person) -> Vec<&'static str> {
    [
        ("name", before.name != after.name),
        ("login", before.login != after.login),
        ("email", before.email != after.email),
        ("lang", before.lang != after.lang),
        ("zone", before.zone != after.zone),
        ("unit", before.unit_id != after.unit_id),
        ("weekly_hours", before.weekly_hours != after.weekly_hours),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

fn deputy_view(grant: &Grant) -> Option<DeputyView> {
    if grant.scope_kind != OF_PERSON {
        return None;
    }
    Some(DeputyView {
        of: PersonId::parse(&grant.scope_id).ok()?,
        deputy: grant.person_id.clone(),
        from: grant.from_at,
        until: grant.to_at,
    })
}

fn view(person: Person, unit_name: String) -> PersonView {
    PersonView {
        id: person.id,
        login: person.login,
        name: person.name,
        email: person.email,
        lang: person.lang,
        zone: person.zone,
        unit: person.unit_id,
        unit_name,
        active: person.active,
        has_password: person.password_hash.is_some(),
        weekly_hours: person.weekly_hours,
        revision: person.revision,
    }
}
