//! People: making, changing, roles with scope and dates, absences, deputies.

use crate::App;
use crate::error::Result;
use roadbook_core::ids::{PersonId, UnitId};
use roadbook_core::text::Lang;
use roadbook_store::people::Person;
use roadbook_store::units;

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

impl App {
    pub(crate) async fn person_view(&self, person: &Person) -> Result<PersonView> {
        let unit = units::get(self.store(), &person.unit_id).await?;
        Ok(view(person.clone(), unit.map(|it| it.name).unwrap_or_default()))
    }
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
