//! Newcomers: a person with a role and a link to choose a password, in one change.

use crate::App;
use crate::auth::{LinkKind, NewLink, PASSWORD_LASTS};
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use crate::people::PersonInput;
use crate::roles::{grant_facts, role_name};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::ids::PersonId;
use roadbook_core::text::Lang;
use roadbook_store::people::{self, Grant, Person};
use serde_json::json;
use std::collections::BTreeMap;

impl App {
    /// Makes a person with a role over the whole installation and a link to choose a password:
    /// all of it, or nothing. Without a name to sign in with there is no link.
    #[boxed]
    pub async fn person_add(&self, call: &Call, input: PersonInput, role: &str) -> Result<Receipt> {
        let unit = input.unit.clone();
        let unit = unit.ok_or_else(|| Error::field("unit", "required", "choose a unit"))?;
        let mut person = Person {
            id: PersonId::new(self.seed()),
            login: None,
            name: String::new(),
            email: None,
            lang: Lang::En,
            zone: String::new(),
            unit_id: unit,
            active: true,
            password_hash: None,
            weekly_hours: 40,
            revision: 1,
        };
        let place = self.unit_resource(&person.unit_id).await?;
        call.authorize(Action::Create, Kind::People, &place, "unit")?;
        // A role over everything is given only by who administrates everything.
        call.authorize(Action::Administer, Kind::People, &Resource::whole(), "person")?;
        let mut check = Check::new();
        let role = role_name(&mut check, role);
        check.done()?;
        self.person_fill(&mut person, &input).await?;
        let grant = Grant {
            person_id: person.id.clone(),
            role,
            scope_kind: "all".to_owned(),
            scope_id: String::new(),
            from_at: self.now(),
            to_at: None,
            delegated_by: None,
        };
        let stream = format!("person/{}", person.id);
        let unit = json!({ "unit": person.unit_id.as_str() });
        let mut commit = self
            .begin(call)
            .write(people::insert(&person))
            .write(people::grant(&grant))
            .entry(&stream, "person.created", unit)
            .entry(&stream, "role.granted", grant_facts(&grant));
        let mut secret = None;
        if person.login.is_some() {
            let new = NewLink {
                person: Some(person.id.clone()),
                ..NewLink::new(LinkKind::Password, PASSWORD_LASTS, true)
            };
            let (id, made, write) = self.link_write(&new);
            let facts = json!({ "link": id.as_str() });
            commit = commit.write(write).entry(&stream, "person.invited", facts);
            secret = Some(made);
        }
        let receipt = Receipt {
            id: person.id.to_string(),
            label: person.name,
            revision: 1,
            created: true,
            secret,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// The roles that people hold now, each once.
    #[boxed]
    pub async fn roles_now(&self, list: &[PersonId]) -> Result<BTreeMap<PersonId, Vec<String>>> {
        let mut roles: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
        for grant in people::grants_at(self.store(), self.now()).await? {
            if grant.delegated_by.is_none() && list.contains(&grant.person_id) {
                let held = roles.entry(grant.person_id).or_default();
                if !held.contains(&grant.role) {
                    held.push(grant.role);
                }
            }
        }
        Ok(roles)
    }
}
