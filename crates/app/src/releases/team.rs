//! What a process may ask of a run's team and of its product: who of them belongs to a contractor
//! or partner, who leads a module, and what the product declares.

use super::LoadedRelease;
use crate::App;
use crate::actors::chain;
use crate::error::Result;
use roadbook_core::ids::{PersonId, UnitId};
use roadbook_core::process::expr::{Expr, Value};
use roadbook_core::process::template::{CheckKind, RoleRef, Template};
use roadbook_core::release::Release;
use roadbook_store::people::{self, Grant};
use roadbook_store::units::Unit;
use std::collections::{BTreeMap, BTreeSet};

/// The role of whoever leads a module; it is granted for the unit that is the module.
const MODULE_LEAD: &str = "module_lead";
/// Kinds of units whose people are not of the own organization.
const OUTSIDE: [&str; 3] = ["contractor", "partner", "customer"];

/// Conditions of a template that look at more than the run itself.
fn conditions(template: &Template) -> impl Iterator<Item = &Expr> {
    let windows = template.windows.iter().filter_map(|it| it.when.as_ref());
    let steps = template.steps().flat_map(|(_, step)| {
        let checks = step.checks.iter().flat_map(|it| {
            let holds = match &it.kind {
                CheckKind::Fact { holds } => Some(holds),
                _ => None,
            };
            it.when.iter().chain(holds)
        });
        step.when.iter().chain(&step.gate).chain(checks)
    });
    windows.chain(steps)
}

fn reads(template: &Template, room: &str) -> bool {
    conditions(template).any(|it| it.node.names().iter().any(|name| name.starts_with(room)))
}

impl App {
    /// Who of the holders is of a contractor, partner or customer; nobody when no condition asks.
    pub(super) async fn outsiders(
        &self,
        loaded: &LoadedRelease,
        holders: &BTreeMap<String, Vec<PersonId>>,
        units: &[Unit],
    ) -> Result<BTreeSet<PersonId>> {
        if !reads(&loaded.template, "team.") {
            return Ok(BTreeSet::new());
        }
        let all: BTreeSet<PersonId> = holders.values().flatten().cloned().collect();
        let all: Vec<PersonId> = all.into_iter().collect();
        let outside = |unit: &UnitId| {
            let above = chain(units, unit);
            let kind = |id: &UnitId| units.iter().find(|it| it.id == *id).map(|it| &it.kind);
            above.iter().filter_map(kind).any(|it| OUTSIDE.contains(&it.as_str()))
        };
        let mut found = BTreeSet::new();
        for part in all.chunks(500) {
            let people = people::by_ids(self.store(), part).await?;
            found.extend(people.into_iter().filter(|it| outside(&it.unit_id)).map(|it| it.id));
        }
        Ok(found)
    }

    /// What the product declares, for conditions and patterns that ask for it.
    pub(super) async fn product_facts(
        &self,
        loaded: &LoadedRelease,
    ) -> Result<BTreeMap<String, Value>> {
        let template = &loaded.template;
        let mut patterns = template.fields.iter().filter_map(|it| it.pattern.as_deref());
        if !patterns.any(|it| it.starts_with("product.")) && !reads(template, "product.") {
            return Ok(BTreeMap::new());
        }
        let product = self.product_load(&loaded.release.product).await?.value;
        Ok(BTreeMap::from([
            ("product.class".to_owned(), Value::Text(product.class)),
            ("product.branches".to_owned(), Value::Text(product.branches)),
        ]))
    }
}

/// `team.<role>.own` and `team.<role>.outside`: is somebody like that among its holders?
pub(super) fn team_facts(
    holders: &BTreeMap<String, Vec<PersonId>>,
    outsiders: &BTreeSet<PersonId>,
) -> impl Iterator<Item = (String, Value)> {
    holders.iter().flat_map(|(role, people)| {
        let outside = people.iter().any(|it| outsiders.contains(it));
        let own = people.iter().any(|it| !outsiders.contains(it));
        [("own", own), ("outside", outside)]
            .map(|(side, yes)| (format!("team.{role}.{side}"), Value::Bool(yes)))
    })
}

/// Leads of the modules that fields name: whoever holds the role for the unit, else its head, else
/// those of the unit above (S4i-13).
pub(super) fn leads(
    template: &Template,
    release: &Release,
    grants: &[Grant],
    units: &[Unit],
) -> BTreeMap<String, Vec<PersonId>> {
    let of_unit = |unit: &UnitId| {
        let holds = |it: &&Grant| {
            it.role == MODULE_LEAD && it.scope_kind == "unit" && it.scope_id == unit.as_str()
        };
        let mut people: Vec<PersonId> =
            grants.iter().filter(holds).map(|it| it.person_id.clone()).collect();
        if people.is_empty() {
            let unit = units.iter().find(|it| it.id == *unit);
            people.extend(unit.and_then(|it| it.head_person_id.clone()));
        }
        people
    };
    let lead = |module: &UnitId| {
        let above = chain(units, module);
        above.iter().map(&of_unit).find(|it| !it.is_empty()).unwrap_or_default()
    };
    let mut found = BTreeMap::new();
    for role in template.steps().flat_map(|(_, step)| &step.roles) {
        let RoleRef::Lead(field) = role else { continue };
        let modules = super::context::units_named(release.run.fields.get(field));
        let mut people: Vec<PersonId> = modules.iter().flat_map(lead).collect();
        people.sort();
        people.dedup();
        found.insert(field.clone(), people);
    }
    found
}
