//! A small organization that has everything a process may ask for: somebody in each of its roles,
//! departments with heads, and three sites with contacts.

use crate::world::{PASSWORD, World};
use jiff::tz::TimeZone;
use roadbook_app::auth::SetupInput;
use roadbook_app::people::PersonInput;
use roadbook_app::roles::RoleInput;
use roadbook_app::sites::{ContactInput, SiteInput};
use roadbook_app::units::UnitInput;
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{ContactId, PersonId, ProductId, SiteId, UnitId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::Template;
use std::collections::BTreeMap;

/// Where an organization stands: time zone and language.
#[derive(Clone, Copy)]
pub struct Place {
    pub zone: &'static str,
    pub lang: &'static str,
}

/// Kinds of contacts that each site has.
const CONTACTS: [&str; 3] = ["admin", "user", "business_supervisor"];

/// A site of the town.
pub struct TownSite {
    pub key: &'static str,
    pub id: SiteId,
    pub contacts: BTreeMap<&'static str, ContactId>,
}

/// The organization.
pub struct Town {
    pub world: World,
    pub people: BTreeMap<String, PersonId>,
    /// Who stands for a role of the story, where people have names of their own.
    pub cast: BTreeMap<String, String>,
    /// What people, units and sites are called, where it is not their short name.
    pub names: BTreeMap<String, String>,
    /// Roles of the lists of people.
    pub roles: BTreeMap<String, Vec<String>>,
    pub units: BTreeMap<String, UnitId>,
    pub sites: Vec<TownSite>,
    pub product: ProductId,
    pub zone: TimeZone,
}

/// The built-in process of this id.
pub fn builtin(id: &str) -> Template {
    let (_, text) =
        roadbook_wire::process::builtin().iter().find(|it| it.0 == id).expect("a built-in process");
    roadbook_wire::process::parse(id, text).expect("it reads").template
}

impl Town {
    /// Founds an organization for a process: who holds the role `x` is called `x`.
    pub async fn found(url: Option<String>, template: &Template, place: Place) -> Town {
        let first = SetupInput {
            organization: "Harbor".to_owned(),
            zone: place.zone.to_owned(),
            lang: place.lang.to_owned(),
            name: "Admin".to_owned(),
            login: "admin".to_owned(),
            email: "admin@harbor.example".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let world = World::set_up(url, first).await;
        world.app.process_seed().await.unwrap();
        let product = world.product("erp").await;
        let zone = TimeZone::get(place.zone).unwrap();
        let people = BTreeMap::from([("admin".to_owned(), world.admin.person.id.clone())]);
        let mut town = Town {
            world,
            people,
            cast: BTreeMap::new(),
            names: BTreeMap::new(),
            roles: BTreeMap::new(),
            units: BTreeMap::new(),
            sites: Vec::new(),
            product,
            zone,
        };
        town.staff(template, place).await;
        town.customers().await;
        town
    }

    async fn staff(&mut self, template: &Template, place: Place) {
        let root = self.world.root.clone();
        for (unit, head) in
            [("office", "head"), ("sales", "sales_head"), ("operations", "ops_head")]
        {
            let id = self.world.unit(unit, "department", &root).await;
            let head = self.person(head, &id, &[], place).await;
            let input = UnitInput {
                name: unit.to_owned(),
                kind: "department".to_owned(),
                parent: Some(root.clone()),
                zone: place.zone.to_owned(),
                head: Some(head),
            };
            let admin = self.world.admin().await;
            self.world.app.unit_edit(&admin, &id, input).await.unwrap();
            self.units.insert(unit.to_owned(), id);
        }
        let office = self.units["office"].clone();
        // People of a contractor belong to a unit of their own.
        let workshop = self.world.unit("workshop", "contractor", &root).await;
        self.units.insert("workshop".to_owned(), workshop);
        // Somebody else stands in for all of them, and somebody has nothing to do with any of it.
        for login in ["applicant", "deputy", "outsider"] {
            self.person(login, &office, &[], place).await;
        }
        self.join(template, place).await;
    }

    /// Somebody for each role of one more process.
    pub async fn join(&mut self, template: &Template, place: Place) {
        for role in &template.roles {
            let unit = if role.id == "contractor" { "workshop" } else { "office" };
            let unit = self.units[unit].clone();
            match self.people.get(&role.id).cloned() {
                Some(known) if self.granted(&known, &role.id).await => {}
                Some(known) => self.grant(&known, &role.id).await,
                None => {
                    self.person(&role.id, &unit, &[&role.id], place).await;
                }
            }
        }
    }

    async fn person(
        &mut self,
        login: &str,
        unit: &UnitId,
        roles: &[&str],
        place: Place,
    ) -> PersonId {
        let admin = self.world.admin().await;
        let input = PersonInput {
            name: login.to_owned(),
            login: Some(login.to_owned()),
            email: Some(format!("{login}@harbor.example")),
            lang: place.lang.to_owned(),
            zone: place.zone.to_owned(),
            unit: Some(unit.clone()),
            weekly_hours: Some(40),
        };
        let made = self.world.app.person_create(&admin, input).await.unwrap();
        let person = PersonId::parse(&made.id).unwrap();
        let system = if login == "applicant" { "manager" } else { "member" };
        for role in roles.iter().chain([&system]) {
            self.grant(&person, role).await;
        }
        self.people.insert(login.to_owned(), person.clone());
        person
    }

    /// Somebody who may see nothing until they are named somewhere.
    pub async fn guest(&mut self, login: &str, unit: &str) {
        let admin = self.world.admin().await;
        let input = PersonInput {
            name: login.to_owned(),
            login: Some(login.to_owned()),
            email: Some(format!("{login}@harbor.example")),
            lang: "en".to_owned(),
            zone: "Asia/Seoul".to_owned(),
            unit: Some(self.units[unit].clone()),
            weekly_hours: Some(40),
        };
        let made = self.world.app.person_create(&admin, input).await.unwrap();
        self.people.insert(login.to_owned(), PersonId::parse(&made.id).unwrap());
    }

    async fn granted(&self, person: &PersonId, role: &str) -> bool {
        let app = &self.world.app;
        let grants = roadbook_store::people::grants_at(app.store(), app.now()).await.unwrap();
        grants.iter().any(|it| it.person_id == *person && it.role == role)
    }

    /// Gives somebody a role everywhere.
    pub async fn grant(&self, person: &PersonId, role: &str) {
        let input = RoleInput {
            person: person.clone(),
            role: role.to_owned(),
            scope: Where::All,
            from: None,
            until: None,
        };
        self.world.app.role_grant(&self.world.admin().await, input).await.unwrap();
    }

    async fn customers(&mut self) {
        let places = [
            ("seoul-1", "Asia/Seoul", "ko", "Hansol"),
            ("hanoi-1", "Asia/Ho_Chi_Minh", "vi", "Sao Mai"),
            ("suzhou-1", "Asia/Shanghai", "zh", "Pingjiang"),
        ];
        let app = &self.world.app;
        let admin = self.world.admin().await;
        for (index, (key, zone, lang, customer)) in places.into_iter().enumerate() {
            // One site is a pilot; two stand on the same host.
            let tags = if index == 0 { vec!["pilot", "host-1"] } else { vec!["host-1"] };
            let tags = if index == 2 { vec!["host-2"] } else { tags };
            let input = SiteInput {
                key: key.to_owned(),
                name: key.to_owned(),
                unit: Some(self.world.root.clone()),
                customer: customer.to_owned(),
                zone: zone.to_owned(),
                lang: lang.to_owned(),
                tags: tags.into_iter().map(str::to_owned).collect(),
                active: true,
                ..SiteInput::default()
            };
            let made = app.site_create(&admin, input).await.unwrap();
            let id = SiteId::parse(&made.id).unwrap();
            let mut contacts = BTreeMap::new();
            for kind in CONTACTS {
                let input = ContactInput {
                    name: format!("{kind} of {key}"),
                    email: Some(format!("{kind}@{key}.example")),
                    lang: lang.to_owned(),
                    kind: kind.to_owned(),
                    active: true,
                };
                let made = app.contact_add(&admin, &id, input).await.unwrap();
                contacts.insert(kind, ContactId::parse(&made.id).unwrap());
            }
            let since = app.now();
            app.site_version_set(&admin, &id, &self.product, "V1.0.0.0001", since, "seen")
                .await
                .unwrap();
            self.sites.push(TownSite { key, id, contacts });
        }
        self.world.advance(jiff::SignedDuration::from_hours(1));
    }

    /// What somebody of the story signs in with.
    pub fn login<'a>(&'a self, who: &'a str) -> &'a str {
        self.cast.get(who).map_or(who, String::as_str)
    }

    /// Somebody of the story.
    pub fn person_id(&self, who: &str) -> &PersonId {
        &self.people[self.login(who)]
    }

    /// What somebody of the story is called.
    pub fn called<'a>(&'a self, who: &'a str) -> &'a str {
        let login = self.login(who);
        self.names.get(login).map_or(login, String::as_str)
    }

    /// Somebody holds a role of the process.
    pub fn holds(&self, login: &str, role: &str) -> bool {
        self.roles.get(login).is_some_and(|it| it.iter().any(|held| held == role))
    }

    /// What a site is called.
    pub fn site_name(&self, index: usize) -> &str {
        let site = &self.sites[index];
        self.names.get(&format!("site/{}", site.key)).map_or(site.key, String::as_str)
    }

    /// Ids of people, units and sites become names.
    pub fn named(&self, mut text: String) -> String {
        for (login, id) in &self.people {
            text = text.replace(id.as_str(), self.called(login));
        }
        for (key, id) in &self.units {
            text = text.replace(id.as_str(), self.names.get(&format!("unit/{key}")).unwrap_or(key));
        }
        for (index, it) in self.sites.iter().enumerate() {
            text = text.replace(it.id.as_str(), self.site_name(index));
        }
        text
    }

    /// What somebody signs in with.
    pub fn name(&self, person: &PersonId) -> String {
        let known = self.people.iter().find(|it| it.1 == person);
        known.map_or_else(|| person.to_string(), |it| it.0.clone())
    }

    /// One of these people, not the administrator if there is anybody else.
    pub fn one_of(&self, people: &[PersonId]) -> Option<String> {
        let mut names: Vec<String> = people.iter().map(|it| self.name(it)).collect();
        names.sort_by_key(|it| it == "admin");
        names.into_iter().next()
    }

    /// `@unit:sales` and `@person:head` become ids.
    pub fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::Text(text) => Value::Text(match text.split_once(':') {
                Some(("@unit", name)) => self.units[name].to_string(),
                Some(("@person", name)) => self.person_id(name).to_string(),
                _ => text.clone(),
            }),
            Value::List(list) => Value::List(list.iter().map(|it| self.resolve(it)).collect()),
            other => other.clone(),
        }
    }
}
