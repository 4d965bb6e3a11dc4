//! Units and people from lists.

use super::Gathered;
use super::table::{Table, refuse};
use crate::App;
use crate::actors::{chain, scope_of, stored_scope};
use crate::call::Call;
use crate::error::{Error, FieldError, Result};
use crate::input::{Check, login_of};
use crate::people::hours;
use crate::roles::role_name;
use crate::units::{UnitKey, unit_kind};
use roadbook_core::access::{Action, Kind, Resource, Scope as Where};
use roadbook_core::ids::{PersonId, ProductId, SiteId, UnitId};
use roadbook_core::text::Lang;
use roadbook_store::documents::{self, Loaded};
use roadbook_store::people::{self, Grant, Person, PersonFilter};
use roadbook_store::units::{self, Unit};
use roadbook_store::{PageAsk, Scope, products, sites};
use std::collections::{HashMap, HashSet};

/// Units by what lists call them.
pub(super) struct Units {
    pub(super) all: Vec<Unit>,
    keys: HashMap<String, Loaded<UnitKey>>,
    pub(super) root: UnitId,
    pub(super) zone: String,
    pub(super) lang: Lang,
}

impl Units {
    /// A unit by key, id, or a name that only one has.
    pub(super) fn find(&self, text: &str) -> Option<UnitId> {
        if let Some(key) = self.keys.get(text) {
            return Some(key.value.unit.clone());
        }
        let mut named = self.all.iter().filter(|it| it.id.as_str() == text || it.name == text);
        match (named.next(), named.next()) {
            (Some(unit), None) => Some(unit.id.clone()),
            _ => None,
        }
    }

    /// Where a unit stands.
    pub(super) fn place(&self, unit: &UnitId) -> Resource {
        Resource { units: chain(&self.all, unit), ..Resource::default() }
    }
}

impl App {
    pub(super) async fn units_known(&self) -> Result<Units> {
        let installation = self.installation().await?;
        let installation = installation.ok_or(Error::NotFound { what: "installation" })?;
        Ok(Units {
            all: units::all(self.store()).await?,
            keys: self.unit_keys().await?.into_iter().collect(),
            root: installation.root,
            zone: installation.zone,
            lang: installation.lang,
        })
    }

    async fn by_logins(&self) -> Result<HashMap<String, Person>> {
        let mut found = HashMap::new();
        let mut ask = PageAsk::first(roadbook_core::limits::PAGE_ROWS_MAX);
        loop {
            let filter = PersonFilter::default();
            let page = people::list(self.store(), &Scope::all(), &filter, &ask).await?;
            for person in page.rows {
                if let Some(login) = person.login.clone() {
                    found.insert(login, person);
                }
            }
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => return Ok(found),
            }
        }
    }

    pub(super) async fn gather_units(&self, call: &Call, table: &Table) -> Result<Gathered> {
        call.authorize(Action::Administer, Kind::People, &Resource::whole(), "units")?;
        let known = self.units_known().await?;
        let people = self.by_logins().await?;
        let mut errors: Vec<FieldError> = Vec::new();
        let mut ids: HashMap<String, UnitId> =
            known.keys.iter().map(|(key, it)| (key.clone(), it.value.unit.clone())).collect();
        let mut seen = HashSet::new();
        let root_named = ids.values().any(|it| *it == known.root);
        let mut adopted = root_named;
        for (number, row) in &table.rows {
            let mut check = Check::row(*number);
            let key = check.key("key", table.get(row, "key").unwrap_or_default());
            if !seen.insert(key.clone()) {
                check.wrong("key", "twice", format!("`{key}` stands in the list twice"));
            }
            errors.append(&mut check.errors);
            // The first unit without one above it is the organization that set-up made.
            let top = table.filled(row, "parent").is_none();
            if top && !adopted && !ids.contains_key(&key) {
                adopted = true;
                ids.insert(key, known.root.clone());
            } else {
                ids.entry(key).or_insert_with(|| UnitId::new(self.seed()));
            }
        }
        let mut gathered = Gathered::default();
        let mut tree = known.all.clone();
        let now = self.now();
        for (number, row) in &table.rows {
            let mut check = Check::row(*number);
            let key = table.get(row, "key").unwrap_or_default().to_owned();
            let Some(id) = ids.get(&key).cloned() else { continue };
            let before = known.all.iter().find(|it| it.id == id);
            let parent = match table.filled(row, "parent") {
                None if id == known.root => None,
                None => before.map_or(Some(known.root.clone()), |it| it.parent_id.clone()),
                Some(text) => {
                    let found = ids.get(text).cloned().or_else(|| known.find(text));
                    if found.is_none() {
                        let message = format!("`{text}` is neither in the list nor known");
                        check.wrong("parent", "unknown", message);
                    }
                    found
                }
            };
            let login = table.filled(row, "head_login").map(login_of);
            let head = login.as_ref().and_then(|it| people.get(it)).map(|it| it.id.clone());
            let awaits = login.filter(|_| head.is_none());
            let kind = table.filled(row, "kind").map(|it| unit_kind(&mut check, it));
            let unit = Unit {
                parent_id: parent,
                kind: kind
                    .or_else(|| before.map(|it| it.kind.clone()))
                    .unwrap_or_else(|| "department".to_owned()),
                name: check.name("name", table.get(row, "name").unwrap_or_default()),
                head_person_id: head.or_else(|| before.and_then(|it| it.head_person_id.clone())),
                zone: match table.filled(row, "zone") {
                    Some(zone) => check.zone("zone", zone),
                    None => before.map_or_else(|| known.zone.clone(), |it| it.zone.clone()),
                },
                revision: before.map_or(1, |it| it.revision),
                id: id.clone(),
            };
            errors.append(&mut check.errors);
            tree.retain(|it| it.id != id);
            tree.push(unit.clone());
            match before {
                None => {
                    gathered.writes.push(units::insert(&unit));
                    gathered.created += 1;
                }
                Some(it) if *it == unit => gathered.unchanged += 1,
                Some(_) => {
                    gathered.writes.push(units::update(&unit));
                    gathered.updated += 1;
                }
            }
            let named = UnitKey { unit: id, awaits_head: awaits };
            match known.keys.get(&key) {
                None => gathered.writes.push(documents::insert_typed(&key, &named, now)),
                Some(it) if it.value == named => {}
                Some(it) => {
                    let write = documents::update_typed(&key, &named, it.revision, now);
                    gathered.writes.push(write);
                }
            }
        }
        for (number, row) in &table.rows {
            let key = table.get(row, "key").unwrap_or_default();
            let Some(id) = ids.get(key) else { continue };
            let top = chain(&tree, id).pop();
            let rooted =
                tree.iter().any(|it| Some(&it.id) == top.as_ref() && it.parent_id.is_none());
            if !rooted && errors.is_empty() {
                let field = format!("rows[{number}].parent");
                errors.push(FieldError::new(field, "loop", "leads back to the unit itself"));
            }
        }
        refuse(errors)?;
        Ok(gathered)
    }

    pub(super) async fn gather_people(
        &self,
        call: &Call,
        table: &Table,
        unit: Option<&UnitId>,
    ) -> Result<Gathered> {
        call.authorize(Action::Administer, Kind::People, &Resource::whole(), "people")?;
        let known = self.units_known().await?;
        let people = self.by_logins().await?;
        let mut held: HashMap<PersonId, Vec<Grant>> = HashMap::new();
        for grant in people::all_grants(self.store()).await? {
            held.entry(grant.person_id.clone()).or_default().push(grant);
        }
        let mut errors = Vec::new();
        let mut gathered = Gathered::default();
        let mut seen = HashSet::new();
        let mut new_heads: HashMap<String, PersonId> = HashMap::new();
        for (number, row) in &table.rows {
            let mut check = Check::row(*number);
            let login = check.login("login", table.get(row, "login").unwrap_or_default());
            if !seen.insert(login.clone()) {
                check.wrong("login", "twice", format!("`{login}` stands in the list twice"));
            }
            let before = people.get(&login);
            let person = self.person_of_row(&mut check, table, row, before, &login, (&known, unit));
            let roles = self.roles_of_row(&mut check, table, row, &person.id, &known).await?;
            errors.append(&mut check.errors);
            new_heads.insert(login, person.id.clone());
            let mine = held.get(&person.id).map_or(&[][..], Vec::as_slice);
            let now = self.now();
            let missing: Vec<&Grant> = roles
                .iter()
                .filter(|new| {
                    !mine.iter().any(|old| {
                        old.role == new.role
                            && scope_of(old) == scope_of(new)
                            && old.to_at.is_none_or(|to| now < to)
                    })
                })
                .collect();
            match before {
                None => {
                    gathered.writes.push(people::insert(&person));
                    gathered.created += 1;
                }
                Some(it) if *it == person && missing.is_empty() => gathered.unchanged += 1,
                Some(it) => {
                    if *it != person {
                        gathered.writes.push(people::update(&person));
                    }
                    gathered.updated += 1;
                }
            }
            gathered.writes.extend(missing.into_iter().map(people::grant));
        }
        refuse(errors)?;
        self.seat_heads(&known, &new_heads, &mut gathered);
        Ok(gathered)
    }

    /// Units that waited for a head who is in this list get it.
    fn seat_heads(
        &self,
        known: &Units,
        people: &HashMap<String, PersonId>,
        gathered: &mut Gathered,
    ) {
        for (key, loaded) in &known.keys {
            let awaited = loaded.value.awaits_head.as_ref().and_then(|it| people.get(it));
            let unit = known.all.iter().find(|it| it.id == loaded.value.unit);
            let (Some(head), Some(unit)) = (awaited, unit) else { continue };
            let seated = Unit { head_person_id: Some(head.clone()), ..unit.clone() };
            gathered.writes.push(units::update(&seated));
            let named = UnitKey { unit: unit.id.clone(), awaits_head: None };
            let write = documents::update_typed(key, &named, loaded.revision, self.now());
            gathered.writes.push(write);
        }
    }

    fn person_of_row(
        &self,
        check: &mut Check,
        table: &Table,
        row: &[String],
        before: Option<&Person>,
        login: &str,
        (known, unit): (&Units, Option<&UnitId>),
    ) -> Person {
        let unit_id = match table.filled(row, "unit") {
            Some(text) => known.find(text).unwrap_or_else(|| {
                check.wrong("unit", "unknown", format!("`{text}` is no unit; import units first"));
                known.root.clone()
            }),
            None => before
                .map(|it| it.unit_id.clone())
                .or_else(|| unit.cloned())
                .unwrap_or_else(|| known.root.clone()),
        };
        let weekly_hours = match table.filled(row, "weekly_hours").map(str::parse::<i64>) {
            Some(Ok(number)) => hours(check, number),
            Some(Err(_)) => {
                check.wrong("weekly_hours", "number", "is a whole number of hours");
                0
            }
            None => before.map_or(40, |it| it.weekly_hours),
        };
        Person {
            id: before.map_or_else(|| PersonId::new(self.seed()), |it| it.id.clone()),
            login: Some(login.to_owned()),
            name: check.name("name", table.get(row, "name").unwrap_or_default()),
            email: match table.get(row, "email") {
                Some(text) => check.email("email", Some(text)),
                None => before.and_then(|it| it.email.clone()),
            },
            lang: match table.filled(row, "lang") {
                Some(text) => check.lang("lang", text),
                None => before.map_or(known.lang, |it| it.lang),
            },
            zone: match table.filled(row, "zone") {
                Some(text) => check.zone("zone", text),
                None => before.map_or_else(|| known.zone.clone(), |it| it.zone.clone()),
            },
            unit_id,
            active: before.is_none_or(|it| it.active),
            password_hash: before.and_then(|it| it.password_hash.clone()),
            weekly_hours,
            revision: before.map_or(1, |it| it.revision),
        }
    }

    /// `role@all`, `role@unit:KEY`, `role@product:KEY`, `role@site:KEY`, joined by `;`.
    async fn roles_of_row(
        &self,
        check: &mut Check,
        table: &Table,
        row: &[String],
        person: &PersonId,
        known: &Units,
    ) -> Result<Vec<Grant>> {
        let mut grants: Vec<Grant> = Vec::new();
        let text = table.filled(row, "roles").unwrap_or_default();
        for part in text.split(';').map(str::trim).filter(|it| !it.is_empty()) {
            let (role, place) = part.split_once('@').unwrap_or((part, "all"));
            let role = role_name(check, role);
            let scope = match place.split_once(':') {
                None if place == "all" => Some(Where::All),
                Some(("unit", key)) => known.find(key).map(Where::Unit),
                Some(("product", key)) => self.product_of_key(key).await?.map(Where::Product),
                Some(("site", key)) => self.site_of_key(key).await?.map(Where::Site),
                _ => None,
            };
            let Some(scope) = scope else {
                let message = format!(
                    "`{part}` names no known place; write role@all, role@unit:KEY, \
                     role@product:KEY or role@site:KEY"
                );
                check.wrong("roles", "scope", message);
                continue;
            };
            let (scope_kind, scope_id) = stored_scope(&scope);
            let grant = Grant {
                person_id: person.clone(),
                role,
                scope_kind: scope_kind.to_owned(),
                scope_id,
                from_at: self.now(),
                to_at: None,
                delegated_by: None,
            };
            if !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        Ok(grants)
    }

    pub(super) async fn product_of_key(&self, key: &str) -> Result<Option<ProductId>> {
        Ok(products::by_key(self.store(), key).await?.map(|it| it.id))
    }

    async fn site_of_key(&self, key: &str) -> Result<Option<SiteId>> {
        Ok(sites::by_key(self.store(), &Scope::all(), key).await?.map(|it| it.id))
    }
}
