//! What ties runs together beyond calls: fields that name another run, and how often releases of
//! a category follow each other.

use super::LoadedRelease;
use super::extract_lines::category;
use crate::App;
use crate::error::{Error, Result};
use jiff::SignedDuration;
use roadbook_core::access::Actor;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::FieldType;
use roadbook_core::run::Command;
use roadbook_store::people::{self, PersonFilter};
use roadbook_store::releases::{self as rows, ReleaseFilter};
use roadbook_store::units::{self, Unit};
use roadbook_store::{PageAsk, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Happens by itself when releases of a category follow each other faster than expected.
pub(super) const TOO_OFTEN: &str = "category.too_often";
/// Happens by itself when somebody changes what a running release carries.
pub(super) const ITEMS_CHANGED: &str = "items.changed";
/// Releases that are looked through when a category is counted.
const COUNTED_MAX: usize = 200;
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
        let mut ids = BTreeMap::new();
        for text in names(value) {
            let (found, code) = match units {
                true => (self.unit_called(&text).await?, "unknown_unit"),
                false => (self.person_called(&text).await?, "unknown_person"),
            };
            let unknown = || {
                let message = format!("nothing is called `{text}`, or more than one is");
                Error::field("value", code, message)
            };
            let id = found.ok_or_else(unknown)?;
            ids.insert(text, id);
        }
        let value = with_ids(value, &ids);
        Ok(Some(Command::SetField { field: field.clone(), value }))
    }

    /// The unit of this id or name; none if two have the name.
    async fn unit_called(&self, text: &str) -> Result<Option<String>> {
        let all = units::all(self.store()).await?;
        let is = |it: &&Unit| it.id.as_str() == text || same_name(&it.name, text);
        let mut found = all.iter().filter(is);
        Ok(found.next().filter(|_| found.next().is_none()).map(|it| it.id.to_string()))
    }

    /// The person of this id, login or name; none if two have the name.
    async fn person_called(&self, text: &str) -> Result<Option<String>> {
        match self.person_find(text).await {
            Ok(id) => return Ok(Some(id.to_string())),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        let filter = PersonFilter { text: Some(text.to_owned()), ..PersonFilter::default() };
        let (all, ask) = (Scope::all(), PageAsk::first(NAMED_MAX));
        let page = people::list(self.store(), &all, &filter, &ask).await?;
        let mut found = page.rows.iter().filter(|it| same_name(&it.name, text));
        Ok(found.next().filter(|_| found.next().is_none()).map(|it| it.id.to_string()))
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
