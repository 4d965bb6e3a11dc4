//! Whose eyes a list is made for: the union of what an actor's grants reach.

use crate::value::{Cell, Value};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, SiteId, UnitId};

/// What an actor may see. The first argument of every list and count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Everything.
    pub all: bool,
    /// All of these units, descendants already included.
    pub units: Vec<UnitId>,
    /// All releases of these products.
    pub products: Vec<ProductId>,
    /// These releases.
    pub releases: Vec<ReleaseId>,
    /// These sites.
    pub sites: Vec<SiteId>,
    /// What this person takes part in.
    pub person: Option<PersonId>,
}

impl Scope {
    /// Sees everything.
    pub fn all() -> Scope {
        Scope { all: true, ..Scope::default() }
    }

    /// Sees nothing.
    pub fn none() -> Scope {
        Scope::default()
    }
}

/// A statement under construction: text and parameters stay in step.
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) params: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(text: impl Into<String>) -> Sql {
        Sql { text: text.into(), params: Vec::new() }
    }

    pub(crate) fn push(&mut self, text: &str) -> &mut Sql {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter and its placeholder.
    pub(crate) fn bind<T: Cell>(&mut self, value: &T) -> &mut Sql {
        self.bind_value(value.put())
    }

    /// Adds a parameter and its placeholder.
    pub(crate) fn bind_value(&mut self, value: Value) -> &mut Sql {
        self.params.push(value);
        let number = self.params.len();
        self.text.push_str(&format!("${number}"));
        self
    }

    /// Adds `column IN (…)`, padded to a power of two so that few statements are prepared.
    pub(crate) fn is_in<T: Cell>(&mut self, column: &str, values: &[T]) -> &mut Sql {
        let Some(last) = values.last() else { return self.push("1 = 0") };
        self.push(column).push(" IN (");
        for index in 0..values.len().next_power_of_two() {
            if index > 0 {
                self.push(", ");
            }
            self.bind(values.get(index).unwrap_or(last));
        }
        self.push(")")
    }

    /// Adds the condition that a row of `person` (named `p`) is visible.
    pub(crate) fn person_visible(&mut self, scope: &Scope) -> &mut Sql {
        if scope.all {
            return self.push("1 = 1");
        }
        self.push("(");
        self.is_in("p.unit_id", &scope.units);
        if let Some(person) = &scope.person {
            self.push(" OR p.id = ").bind(person);
        }
        self.push(")")
    }

    /// Adds the condition that a row of `product` (named `p`) is visible.
    pub(crate) fn product_visible(&mut self, scope: &Scope) -> &mut Sql {
        if scope.all {
            return self.push("1 = 1");
        }
        self.push("(");
        self.is_in("p.unit_id", &scope.units).push(" OR ");
        self.is_in("p.id", &scope.products);
        self.push(" OR p.id IN (SELECT r.product_id FROM release r WHERE ");
        self.release_visible(scope).push("))")
    }

    /// Adds the condition that a row of `release` (named `r`) is visible.
    pub(crate) fn release_visible(&mut self, scope: &Scope) -> &mut Sql {
        if scope.all {
            return self.push("1 = 1");
        }
        self.push("(");
        self.is_in("r.unit_id", &scope.units).push(" OR ");
        self.is_in("r.product_id", &scope.products).push(" OR ");
        self.is_in("r.id", &scope.releases);
        if let Some(person) = &scope.person {
            self.push(" OR r.lead_id = ").bind(person);
            self.push(" OR r.id IN (SELECT release_id FROM release_person WHERE person_id = ")
                .bind(person)
                .push(")");
        }
        if !scope.sites.is_empty() {
            self.push(" OR r.id IN (SELECT release_id FROM deployment WHERE ");
            self.is_in("site_id", &scope.sites).push(")");
        }
        self.push(")")
    }

    /// Adds the condition that a row of `site` (named `s`) is visible.
    pub(crate) fn site_visible(&mut self, scope: &Scope) -> &mut Sql {
        if scope.all {
            return self.push("1 = 1");
        }
        self.push("(");
        self.is_in("s.unit_id", &scope.units).push(" OR ");
        self.is_in("s.id", &scope.sites);
        if !scope.sites.is_empty() {
            // Who sees a site sees its parts.
            self.push(" OR ").is_in("s.part_of", &scope.sites);
        }
        if !scope.releases.is_empty() {
            self.push(" OR s.id IN (SELECT site_id FROM deployment WHERE ");
            self.is_in("release_id", &scope.releases).push(")");
        }
        if !scope.products.is_empty() {
            self.push(" OR s.id IN (SELECT site_id FROM site_version WHERE ");
            self.is_in("product_id", &scope.products).push(")");
        }
        if let Some(person) = &scope.person {
            self.push(
                " OR s.id IN (SELECT d.site_id FROM deployment d \
                 JOIN release_person p ON p.release_id = d.release_id WHERE p.person_id = ",
            )
            .bind(person)
            .push(")");
        }
        self.push(")")
    }
}
