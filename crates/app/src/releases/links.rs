//! What ties runs together beyond calls: fields that name another run, and how often releases of
//! a category follow each other.

use super::LoadedRelease;
use super::extract_lines::category;
use super::index::OPEN;
use crate::App;
use crate::error::{Error, Result};
use jiff::SignedDuration;
use roadbook_core::access::Actor;
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Each, FieldType, Subject};
use roadbook_core::run::{CloseCode, Command, Member, RunState};
use roadbook_store::people::{self, PersonFilter};
use roadbook_store::releases::{self as rows, About, ReleaseFilter};
use roadbook_store::units::{self, Unit};
use roadbook_store::{PageAsk, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Happens by itself when releases of a category follow each other faster than expected.
pub(super) const TOO_OFTEN: &str = "category.too_often";
/// Happens by itself when somebody changes what a running release carries.
pub(super) const ITEMS_CHANGED: &str = "items.changed";
/// Releases that are looked through when a category is counted.
const COUNTED_MAX: usize = 200;
/// Open issues of a product that are looked through for those about a release.
const ISSUES_MAX: usize = 500;
/// People that are looked through for one of a name.
const NAMED_MAX: usize = 50;

impl App {
    /// A field that names a run, units or people takes those that are there: a run by its number,
    /// a unit by its name, a person by login or name. What is kept of units and people is their id.
    pub(super) async fn names_what_is_there(
        &self,
        actor: &Actor,
        loaded: &LoadedRelease,
        command: &Command,
    ) -> Result<Option<Command>> {
        let Command::SetField { field, value } = command else { return Ok(None) };
        let template = &loaded.template;
        let Some(declared) = template.fields.iter().find(|it| it.id == *field) else {
            return Ok(None);
        };
        if let (FieldType::Run(process), Value::Text(number)) = (&declared.kind, value) {
            self.names_a_run(actor, process, number).await?;
        }
        let (units, people) = (template.names_units(declared), template.names_people(declared));
        if !units && !people {
            return Ok(None);
        }
        let texts = names(value);
        let ids = match units {
            true => self.units_called(texts).await?,
            false => self.people_called(texts).await?,
        };
        let value = with_ids(value, &ids);
        Ok(Some(Command::SetField { field: field.clone(), value }))
    }

    /// The ids of units of these ids or names.
    async fn units_called(&self, texts: BTreeSet<String>) -> Result<BTreeMap<String, String>> {
        let all = units::all(self.store()).await?;
        let one = |text: String| {
            let is = |it: &&Unit| it.id.as_str() == text || same_name(&it.name, &text);
            let found = only(all.iter().filter(is)).map(|it| it.id.to_string());
            called(text, found, "unknown_unit")
        };
        texts.into_iter().map(one).collect()
    }

    /// The ids of people of these ids, logins or names.
    async fn people_called(&self, texts: BTreeSet<String>) -> Result<BTreeMap<String, String>> {
        let mut ids = BTreeMap::new();
        for text in texts {
            let found = match self.person_find(&text).await {
                Err(Error::NotFound { .. }) => self.person_named(&text).await?,
                found => Some(found?),
            };
            ids.extend([called(text, found.map(|it| it.to_string()), "unknown_person")?]);
        }
        Ok(ids)
    }

    /// The person of this name; none if two have it.
    async fn person_named(&self, text: &str) -> Result<Option<PersonId>> {
        let filter = PersonFilter { text: Some(text.to_owned()), ..PersonFilter::default() };
        let (all, ask) = (Scope::all(), PageAsk::first(NAMED_MAX));
        let page = people::list(self.store(), &all, &filter, &ask).await?;
        Ok(only(page.rows.into_iter().filter(|it| same_name(&it.name, text))).map(|it| it.id))
    }

    /// The number is that of a run of the process which the caller sees.
    async fn names_a_run(&self, actor: &Actor, process: &str, number: &str) -> Result<()> {
        if number.is_empty() {
            return Ok(());
        }
        let unknown = || {
            let message = format!("no run of `{process}` has the number `{number}`");
            Error::field("value", "unknown_run", message)
        };
        let id = self.release_id(number).await.map_err(|_| unknown())?;
        let named = self.release_for(actor, &id).await.map_err(|_| unknown())?;
        if named.release.run.process == *process { Ok(()) } else { Err(unknown()) }
    }

    /// Issues of the product that name this run in a field: those that are open, and those that a
    /// step already goes over.
    pub(super) async fn issues_about(&self, loaded: &LoadedRelease) -> Result<Vec<Member>> {
        let release = &loaded.release;
        let filter = ReleaseFilter {
            about: About::Only(Subject::Issue),
            states: OPEN.map(str::to_owned).to_vec(),
            product_id: Some(release.product.clone()),
            ..ReleaseFilter::default()
        };
        let page =
            rows::list(self.store(), &Scope::all(), &filter, &PageAsk::first(ISSUES_MAX)).await?;
        let mut ids: BTreeSet<ReleaseId> = page.rows.into_iter().map(|it| it.id).collect();
        let over = loaded.template.steps().filter(|(_, it)| it.each == Some(Each::Issue));
        let known = over.filter_map(|(_, it)| release.run.steps.get(&it.id));
        ids.extend(
            known.flat_map(|it| it.members.keys()).filter_map(|it| ReleaseId::parse(it).ok()),
        );
        let mut list = Vec::new();
        for id in ids {
            let issue = self.release_load(&id).await?;
            let dropped = matches!(&issue.release.run.state,
                RunState::Ended(it) if it.code == CloseCode::Cancelled);
            if !dropped && runs_named(&issue).any(|it| *it == release.number) {
                let label = format!("{} {}", issue.release.number, issue.release.title);
                list.push(Member { id: id.to_string(), label });
            }
        }
        Ok(list)
    }

    /// Runs that an issue names look again at what they go over.
    pub(super) async fn issue_happened(&self, id: &ReleaseId) -> Result<()> {
        let row = rows::get(self.store(), &Scope::all(), id).await?;
        if row.is_none_or(|it| it.subject != Subject::Issue.name()) {
            return Ok(());
        }
        let issue = self.release_load(id).await?;
        for number in runs_named(&issue) {
            let named = rows::by_number(self.store(), &Scope::all(), number).await?;
            if let Some(row) = named {
                Box::pin(self.release_tick(&row.id)).await?;
            }
        }
        Ok(())
    }

    /// Counts the releases of the same category that started lately, this one among them. One too
    /// many is told to the run, if its process does something about it.
    pub(super) async fn comes_often(&self, loaded: &LoadedRelease) -> Result<bool> {
        let (release, template) = (&loaded.release, &loaded.template);
        let waits = template.steps().any(|(_, it)| it.on.as_deref() == Some(TOO_OFTEN));
        if !waits || release.run.events.contains_key(TOO_OFTEN) || release.run.is_ended() {
            return Ok(false);
        }
        let own = category(template, release);
        let Some(usual) = template.frequencies.iter().find(|it| it.category == own) else {
            return Ok(false);
        };
        let since = self.now() - SignedDuration::from_hours(24 * usual.per.days());
        let filter =
            ReleaseFilter { product_id: Some(release.product.clone()), ..ReleaseFilter::default() };
        let page =
            rows::list(self.store(), &Scope::all(), &filter, &PageAsk::first(COUNTED_MAX)).await?;
        let mut count = 0;
        for row in page.rows.iter().filter(|it| it.process_id == release.run.process) {
            let other = self.release_load(&row.id).await?;
            let lately = other.release.run.started.is_some_and(|at| at > since);
            if lately && category(&other.template, &other.release) == own {
                count += 1;
            }
        }
        Ok(count > usual.at_most)
    }
}

fn same_name(name: &str, text: &str) -> bool {
    name.to_lowercase() == text.to_lowercase()
}

/// The first, if there is no second.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    found.next().filter(|_| found.next().is_none())
}

/// What was found under a name, or that it is nothing or more than one thing.
fn called(text: String, found: Option<String>, code: &'static str) -> Result<(String, String)> {
    match found {
        Some(id) => Ok((text, id)),
        None => {
            let message = format!("nothing is called `{text}`, or more than one is");
            Err(Error::field("value", code, message))
        }
    }
}

/// The texts of a value, also in the cells of a list.
fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Text(text) if !text.trim().is_empty() => BTreeSet::from([text.trim().to_owned()]),
        Value::List(rows) => rows.iter().flat_map(names).collect(),
        _ => BTreeSet::new(),
    }
}

/// The value with an id for each name in it.
fn with_ids(value: &Value, ids: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Text(text) => {
            Value::Text(ids.get(text.trim()).cloned().unwrap_or_else(|| text.clone()))
        }
        Value::List(rows) => Value::List(rows.iter().map(|it| with_ids(it, ids)).collect()),
        other => other.clone(),
    }
}

/// Numbers of the runs that a run names in its fields.
fn runs_named(loaded: &LoadedRelease) -> impl Iterator<Item = &String> {
    let fields = &loaded.release.run.fields;
    let runs = loaded.template.fields.iter().filter(|it| matches!(it.kind, FieldType::Run(_)));
    runs.filter_map(|it| match fields.get(&it.id) {
        Some(Value::Text(number)) if !number.is_empty() => Some(number),
        _ => None,
    })
}
