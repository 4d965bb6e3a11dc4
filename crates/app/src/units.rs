//! The organization tree: units, their heads, and their short keys in lists that are imported.

use crate::App;
use crate::actors::chain;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::ids::{PersonId, UnitId};
use roadbook_store::documents::{self, Stored};
use roadbook_store::units::{self, Unit};
use roadbook_store::{Scope, people};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Kinds of units.
pub const UNIT_KINDS: [&str; 9] = [
    "company",
    "subsidiary",
    "branch",
    "division",
    "department",
    "team",
    "contractor",
    "customer",
    "partner",
];

/// The short key of a unit, under which lists name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitKey {
    /// The unit.
    pub(crate) unit: UnitId,
    /// Login of a head who was not known when the unit was imported.
    pub(crate) awaits_head: Option<String>,
}

impl Stored for UnitKey {
    const KIND: &'static str = "unit_key";
    const V: u32 = 1;
}

/// What a unit is made or changed with.
#[derive(Clone, Debug, Default)]
pub struct UnitInput {
    /// Name.
    pub name: String,
    /// One of [`UNIT_KINDS`].
    pub kind: String,
    /// The unit above it; none for a root.
    pub parent: Option<UnitId>,
    /// Time zone.
    pub zone: String,
    /// Who leads it.
    pub head: Option<PersonId>,
}

/// A unit in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitView {
    /// Id.
    pub id: UnitId,
    /// The unit above it.
    pub parent: Option<UnitId>,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Who leads it.
    pub head: Option<PersonId>,
    /// The head's name.
    pub head_name: Option<String>,
    /// Time zone.
    pub zone: String,
    /// 0 for a root.
    pub depth: usize,
    /// Revision.
    pub revision: i64,
}

impl App {
    /// The part of the tree that somebody may see, from the roots down. Units above it are shown
    /// so that the place is clear.
    #[boxed]
    pub async fn unit_list(&self, scope: &Scope) -> Result<Vec<UnitView>> {
        let all = units::all(self.store()).await?;
        let mut seen: Vec<&UnitId> = Vec::new();
        let above: Vec<UnitId> = scope.units.iter().flat_map(|unit| chain(&all, unit)).collect();
        if !scope.all {
            seen.extend(&above);
            seen.extend(&scope.units);
        }
        let heads: Vec<PersonId> = all.iter().filter_map(|it| it.head_person_id.clone()).collect();
        let heads = people::by_ids(self.store(), &heads).await?;
        let mut list = Vec::new();
        let mut stack: Vec<(&Unit, usize)> =
            all.iter().filter(|it| it.parent_id.is_none()).rev().map(|it| (it, 0)).collect();
        while let Some((unit, depth)) = stack.pop() {
            if scope.all || seen.contains(&&unit.id) {
                let head = heads.iter().find(|it| Some(&it.id) == unit.head_person_id.as_ref());
                list.push(UnitView {
                    id: unit.id.clone(),
                    parent: unit.parent_id.clone(),
                    kind: unit.kind.clone(),
                    name: unit.name.clone(),
                    head: unit.head_person_id.clone(),
                    head_name: head.map(|it| it.name.clone()),
                    zone: unit.zone.clone(),
                    depth,
                    revision: unit.revision,
                });
            }
            let below = all.iter().filter(|it| it.parent_id.as_ref() == Some(&unit.id));
            stack.extend(below.rev().map(|it| (it, depth + 1)));
        }
        Ok(list)
    }

    /// One unit, for somebody who may see it.
    #[boxed]
    pub async fn unit_view(&self, scope: &Scope, id: &UnitId) -> Result<UnitView> {
        let list = self.unit_list(scope).await?;
        list.into_iter().find(|it| it.id == *id).ok_or(Error::NotFound { what: "unit" })
    }

    /// Makes a unit.
    #[boxed]
    pub async fn unit_create(&self, call: &Call, input: UnitInput) -> Result<Receipt> {
        let place = self.place_below(input.parent.as_ref()).await?;
        call.authorize(Action::Create, Kind::People, &place, "unit")?;
        let mut unit = Unit {
            id: UnitId::new(self.seed()),
            parent_id: None,
            kind: String::new(),
            name: String::new(),
            head_person_id: None,
            zone: String::new(),
            revision: 1,
        };
        self.unit_fill(&mut unit, &input).await?;
        let commit = self.begin(call).write(units::insert(&unit)).entry(
            format!("unit/{}", unit.id),
            "unit.created",
            unit_facts(&unit),
        );
        let receipt = Receipt {
            id: unit.id.to_string(),
            label: unit.name,
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Changes a unit, also its place in the tree.
    #[boxed]
    pub async fn unit_edit(&self, call: &Call, id: &UnitId, input: UnitInput) -> Result<Receipt> {
        let place = self.unit_resource(id).await?;
        let unit = units::get(self.store(), id).await?;
        let mut unit = unit.ok_or(Error::NotFound { what: "unit" })?;
        call.authorize(Action::Edit, Kind::People, &place, "unit")?;
        call.check_revision(unit.revision, "unit")?;
        if unit.parent_id != input.parent {
            let above = self.place_below(input.parent.as_ref()).await?;
            call.authorize(Action::Create, Kind::People, &above, "unit")?;
            if above.units.contains(id) {
                let message = "a unit cannot stand below itself; choose another unit above it";
                return Err(Error::field("parent", "loop", message));
            }
        }
        self.unit_fill(&mut unit, &input).await?;
        let commit = self.begin(call).write(units::update(&unit)).entry(
            format!("unit/{id}"),
            "unit.changed",
            unit_facts(&unit),
        );
        let receipt = Receipt {
            id: id.to_string(),
            label: unit.name,
            revision: unit.revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    async fn place_below(&self, parent: Option<&UnitId>) -> Result<Resource> {
        match parent {
            None => Ok(Resource::whole()),
            Some(id) => {
                if units::get(self.store(), id).await?.is_none() {
                    return Err(Error::NotFound { what: "unit" });
                }
                self.unit_resource(id).await
            }
        }
    }

    async fn unit_fill(&self, unit: &mut Unit, input: &UnitInput) -> Result<()> {
        let mut check = Check::new();
        unit.name = check.name("name", &input.name);
        unit.zone = check.zone("zone", &input.zone);
        unit.kind = unit_kind(&mut check, &input.kind);
        unit.parent_id = input.parent.clone();
        if let Some(head) = &input.head {
            let found = people::get(self.store(), head).await?;
            if found.is_none_or(|it| !it.active) {
                check.wrong("head", "unknown", "is nobody who is active here");
            }
        }
        unit.head_person_id = input.head.clone();
        check.done()
    }

    /// Who leads a unit: its head, else the head of the nearest unit above it.
    #[boxed]
    pub async fn head_of(&self, unit: &UnitId) -> Result<Option<PersonId>> {
        let all = units::all(self.store()).await?;
        let heads = chain(&all, unit).into_iter().filter_map(|id| {
            all.iter().find(|it| it.id == id).and_then(|it| it.head_person_id.clone())
        });
        for head in heads {
            if people::get(self.store(), &head).await?.is_some_and(|it| it.active) {
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    /// Units by their short keys.
    pub(crate) async fn unit_keys(&self) -> Result<Vec<(String, documents::Loaded<UnitKey>)>> {
        Ok(documents::load_all::<UnitKey>(self.store()).await?)
    }
}

/// A kind of unit, checked.
pub(crate) fn unit_kind(check: &mut Check, text: &str) -> String {
    let kind = text.trim().to_lowercase();
    if !UNIT_KINDS.contains(&kind.as_str()) {
        check.wrong("kind", "unknown", format!("is one of {}", UNIT_KINDS.join(", ")));
    }
    kind
}

pub(crate) fn unit_facts(unit: &Unit) -> serde_json::Value {
    json!({
        "kind": unit.kind,
        "name": unit.name,
        "parent": unit.parent_id.as_ref().map(UnitId::as_str),
        "head": unit.head_person_id.as_ref().map(PersonId::as_str),
        "zone": unit.zone,
    })
}
