//! Products: how they are numbered, who authorizes them, what their roadmap plans.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use jiff::Timestamp;
use jiff::civil::Date;
use roadbook_core::access::{Action, Actor, Kind, Scope as Where};
use roadbook_core::ids::{PersonId, ProductId, UnitId};
use roadbook_core::version::{
    Change, Explained, Level, Raise, Request, Scheme, Version, VersionRefusal,
};
use roadbook_store::documents::{self, Loaded, Stored};
use roadbook_store::products::{self as rows, ProductRow};
use roadbook_store::versions::{self, VersionFilter};
use roadbook_store::{Page, PageAsk, Scope, people, releases, units};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Entries of one roadmap.
const ROADMAP_MAX: usize = 500;
/// Letters of a name that go into a short name.
const KEY_MADE_MAX: usize = 40;
/// Short names that are tried before the person has to choose one.
const KEYS_TRIED_MAX: usize = 100;
/// People who may authorize one product.
const AUTHORIZERS_MAX: usize = 100;

/// A product, stored as a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Id.
    pub id: ProductId,
    /// Short name.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The unit that owns it.
    pub unit: UnitId,
    /// Class of the system: how much depends on it.
    pub class: String,
    /// How it is numbered.
    pub scheme: Scheme,
    /// The role that answers for its roadmap; empty when nobody does.
    pub owner_role: String,
    /// Keys of the window policies that usually hold for it.
    pub windows: Vec<String>,
    /// Who may authorize its releases (S4c-08).
    pub authorizers: Vec<PersonId>,
    /// How branches of its versions are called, e.g. `release/[version]`; empty: nobody says
    /// (S4i-32).
    #[serde(default)]
    pub branches: String,
    /// Planned numbers (S3-48).
    pub roadmap: Vec<RoadmapEntry>,
    /// In use.
    pub active: bool,
}

impl Stored for Product {
    const KIND: &'static str = "product";
    const V: u32 = 1;
}

/// A planned main, sub or revision number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoadmapEntry {
    /// `a.b.c`.
    pub number: String,
    /// What it will bring.
    pub theme: String,
    /// For when it is planned.
    pub planned: Option<Date>,
    /// Who entered it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What a product is made or changed with.
#[derive(Clone, Debug)]
pub struct ProductInput {
    /// Short name; does not change any more.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The unit that owns it.
    pub unit: UnitId,
    /// Class of the system; empty is `normal`.
    pub class: String,
    /// How it is numbered.
    pub scheme: Scheme,
    /// The role that answers for its roadmap; may be empty.
    pub owner_role: String,
    /// Keys of window policies.
    pub windows: Vec<String>,
    /// In use.
    pub active: bool,
}

/// A product with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductView {
    /// The product.
    pub product: Product,
    /// Name of the owning unit.
    pub unit_name: String,
    /// The newest version that a release took or a site runs.
    pub newest: Option<String>,
    /// Versions that releases have taken: version, release number, state of the release.
    pub versions: Vec<(String, String, String)>,
    /// Sites that run each version, oldest version first.
    pub spread: Vec<(String, i64)>,
    /// Revision.
    pub revision: i64,
}

/// How far the next number should rise.
#[derive(Clone, Debug, Default)]
pub struct VersionAsk {
    /// A level that a person chose.
    pub level: Option<Level>,
    /// What changes.
    pub changes: Vec<Change>,
    /// Exactly this number.
    pub planned: Option<String>,
    /// Order number of the tag in version control.
    pub tag: Option<u32>,
}

/// The next number, why it is this one, and whether it may be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionAnswer {
    /// The number before it.
    pub current: Option<String>,
    /// The number and its reasons.
    pub explained: Explained,
    /// The entry of the roadmap that plans it.
    pub roadmap: Option<RoadmapEntry>,
    /// False when the roadmap must plan it first (S3-48).
    pub may_be_taken: bool,
}

fn refused(refusal: VersionRefusal) -> Error {
    Error::Rule { code: refusal.code(), message: refusal.to_string() }
}

/// `a.b.c` of a number, for the roadmap; other schemes write it whole.
fn planned_part(scheme: &Scheme, version: &Version) -> String {
    match version {
        Version::Vabcd([a, b, c, _]) => format!("{a}.{b}.{c}"),
        other => scheme.format(other),
    }
}

impl App {
    /// Loads a product without asking who wants it.
    pub(crate) async fn product_load(&self, id: &ProductId) -> Result<Loaded<Product>> {
        let found = documents::load::<Product>(self.store(), id.as_str()).await?;
        found.ok_or(Error::NotFound { what: "product" })
    }

    /// Products that somebody may see, by key.
    #[boxed]
    pub async fn product_list(&self, scope: &Scope, ask: &PageAsk) -> Result<Page<ProductRow>> {
        Ok(rows::list(self.store(), scope, ask).await?)
    }

    /// One product, for somebody who may see it.
    #[boxed]
    pub async fn product_view(&self, scope: &Scope, id: &ProductId) -> Result<ProductView> {
        if rows::get(self.store(), scope, id).await?.is_none() {
            return Err(Error::NotFound { what: "product" });
        }
        let loaded = self.product_load(id).await?;
        let product = loaded.value;
        let unit = units::get(self.store(), &product.unit).await?;
        let taken = releases::versions_of(self.store(), id).await?;
        let filter = VersionFilter { product_id: Some(id.clone()), ..VersionFilter::default() };
        let spread = versions::spread(self.store(), scope, &filter).await?;
        let newest = self.newest(&product).await?.map(|it| product.scheme.format(&it));
        let versions =
            taken.into_iter().filter_map(|it| Some((it.version?, it.number, it.state))).collect();
        Ok(ProductView {
            unit_name: unit.map(|it| it.name).unwrap_or_default(),
            newest,
            versions,
            spread,
            revision: loaded.revision,
            product,
        })
    }

    /// Finds a product by its key, if it may be seen.
    #[boxed]
    pub async fn product_by_key(&self, scope: &Scope, key: &str) -> Result<ProductRow> {
        let row = rows::by_key(self.store(), key).await?;
        let row = row.ok_or(Error::NotFound { what: "product" })?;
        let seen = rows::get(self.store(), scope, &row.id).await?;
        seen.ok_or(Error::NotFound { what: "product" })
    }

    /// A short name that nobody has yet, made from the name; letters outside of a–z have none.
    #[boxed]
    pub async fn product_key_for(&self, name: &str) -> Result<String> {
        let plain: String = name
            .to_lowercase()
            .chars()
            .map(|it| if it.is_ascii_alphanumeric() { it } else { ' ' })
            .take(KEY_MADE_MAX)
            .collect();
        let stem = plain.split_whitespace().collect::<Vec<_>>().join("-");
        let stem = if stem.is_empty() { "product".to_owned() } else { stem };
        let mut key = stem.clone();
        for n in 2..KEYS_TRIED_MAX {
            if rows::by_key(self.store(), &key).await?.is_none() {
                break;
            }
            key = format!("{stem}-{n}");
        }
        Ok(key)
    }

    /// Makes a product.
    #[boxed]
    pub async fn product_create(&self, call: &Call, input: ProductInput) -> Result<Receipt> {
        let place = self.unit_resource(&input.unit).await?;
        call.authorize(Action::Create, Kind::Product, &place, "unit")?;
        let mut product = Product {
            id: ProductId::new(self.seed()),
            key: String::new(),
            name: String::new(),
            description: String::new(),
            unit: input.unit.clone(),
            class: String::new(),
            scheme: input.scheme.clone(),
            owner_role: String::new(),
            windows: Vec::new(),
            authorizers: Vec::new(),
            branches: String::new(),
            roadmap: Vec::new(),
            active: true,
        };
        self.product_fill(&mut product, &input).await?;
        if rows::by_key(self.store(), &product.key).await?.is_some() {
            return Err(Error::field("key", "taken", "belongs to another product"));
        }
        let now = self.now();
        let commit = self
            .begin(call)
            .write(documents::insert_typed(product.id.as_str(), &product, now))
            .write(rows::insert(&row(&product, 1)))
            .entry(format!("product/{}", product.id), "product.created", facts(&product));
        let receipt = Receipt {
            id: product.id.to_string(),
            label: product.key,
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Changes a product; its key stays.
    #[boxed]
    pub async fn product_edit(
        &self,
        call: &Call,
        id: &ProductId,
        input: ProductInput,
    ) -> Result<Receipt> {
        let mut loaded = self.product_for_edit(call, id).await?;
        let key = loaded.value.key.clone();
        if input.unit != loaded.value.unit {
            let there = self.unit_resource(&input.unit).await?;
            call.authorize(Action::Create, Kind::Product, &there, "unit")?;
        }
        self.product_fill(&mut loaded.value, &input).await?;
        if loaded.value.key != key {
            return Err(Error::field("key", "fixed", format!("stays `{key}`: others refer to it")));
        }
        self.product_save(call, loaded, "product.changed").await
    }

    /// Names who may authorize releases of the product (S4c-08).
    #[boxed]
    pub async fn product_authorizers_set(
        &self,
        call: &Call,
        id: &ProductId,
        people: Vec<PersonId>,
    ) -> Result<Receipt> {
        let mut loaded = self.product_for_edit(call, id).await?;
        let mut check = Check::new();
        if people.len() > AUTHORIZERS_MAX {
            check.wrong("people", "too_many", format!("are at most {AUTHORIZERS_MAX}"));
        }
        let known = people::by_ids(self.store(), &people).await?;
        for person in &people {
            if !known.iter().any(|it| it.id == *person && it.active) {
                check.wrong("people", "unknown", format!("`{person}` is nobody who is active"));
            }
        }
        check.done()?;
        loaded.value.authorizers = people;
        loaded.value.authorizers.sort();
        loaded.value.authorizers.dedup();
        self.product_save(call, loaded, "product.authorizers_set").await
    }

    /// Says how branches of the product's versions are called (S4i-32).
    #[boxed]
    pub async fn product_branches_set(
        &self,
        call: &Call,
        id: &ProductId,
        pattern: &str,
    ) -> Result<Receipt> {
        let mut loaded = self.product_for_edit(call, id).await?;
        let mut check = Check::new();
        let pattern = check.optional("pattern", Some(pattern)).unwrap_or_default();
        let known = pattern.replace("[version]", "").replace("[n]", "");
        if known.contains(['[', ']']) || known.chars().any(char::is_whitespace) {
            let message = "holds no spaces and nothing in brackets but [version] and [n]";
            check.wrong("pattern", "unknown", message);
        }
        check.done()?;
        loaded.value.branches = pattern;
        self.product_save(call, loaded, "product.branches_set").await
    }

    /// Plans a number in the roadmap. The role that answers for it does, if the product names one.
    #[boxed]
    pub async fn roadmap_add(
        &self,
        call: &Call,
        id: &ProductId,
        number: &str,
        theme: &str,
        planned: Option<Date>,
    ) -> Result<Receipt> {
        let mut loaded = self.product_for_roadmap(call, id).await?;
        let product = &mut loaded.value;
        let mut check = Check::new();
        let theme = check.name("theme", theme);
        let number = number.trim();
        // A build may be left out: the roadmap plans the first three parts.
        let read =
            product.scheme.parse(number).or_else(|_| product.scheme.parse(&format!("{number}.0")));
        let number = match read {
            Ok(it) => planned_part(&product.scheme, &it),
            Err(refusal) => {
                check.wrong("number", refusal.code(), refusal.to_string());
                String::new()
            }
        };
        if product.roadmap.iter().any(|it| it.number == number) {
            check.wrong("number", "taken", "stands in the roadmap already");
        }
        if product.roadmap.len() >= ROADMAP_MAX {
            check.wrong("number", "too_many", format!("a roadmap has at most {ROADMAP_MAX} lines"));
        }
        check.done()?;
        let by = call.person()?.clone();
        product.roadmap.push(RoadmapEntry { number, theme, planned, by, at: self.now() });
        self.product_save(call, loaded, "product.roadmap_changed").await
    }

    /// Takes a number out of the roadmap.
    #[boxed]
    pub async fn roadmap_remove(
        &self,
        call: &Call,
        id: &ProductId,
        number: &str,
    ) -> Result<Receipt> {
        let mut loaded = self.product_for_roadmap(call, id).await?;
        let before = loaded.value.roadmap.len();
        loaded.value.roadmap.retain(|it| it.number != number);
        if loaded.value.roadmap.len() == before {
            return Err(Error::NotFound { what: "roadmap entry" });
        }
        self.product_save(call, loaded, "product.roadmap_changed").await
    }

    /// The next number of a product, with every reason for it.
    #[boxed]
    pub async fn version_next(
        &self,
        call: &Call,
        id: &ProductId,
        ask: VersionAsk,
    ) -> Result<VersionAnswer> {
        let place = self.product_resource(id).await?;
        call.authorize(Action::View, Kind::Product, &place, "product")?;
        let product = self.product_load(id).await?.value;
        let scheme = &product.scheme;
        let raise = match (&ask.planned, ask.level) {
            (Some(text), _) => Raise::To(scheme.parse(text).map_err(refused)?),
            (None, Some(level)) => Raise::Level(level),
            (None, None) => Raise::Changes(ask.changes),
        };
        let taken = self.taken(&product).await?;
        let current = self.newest(&product).await?;
        let zone = units::get(self.store(), &product.unit).await?.map(|it| it.zone);
        let zone = zone.and_then(|it| jiff::tz::TimeZone::get(&it).ok());
        let today = self.now().to_zoned(zone.unwrap_or(jiff::tz::TimeZone::UTC)).date();
        let request =
            Request { current: current.as_ref(), raise, tag: ask.tag, today, taken: &taken };
        let explained = scheme.next(&request).map_err(refused)?;
        let part = planned_part(scheme, &explained.version);
        let roadmap = product.roadmap.iter().find(|it| it.number == part).cloned();
        let may_be_taken = !explained.needs_roadmap
            || roadmap.is_some()
            || answers_for_roadmap(&product, &call.actor, &place.units);
        let current = current.map(|it| scheme.format(&it));
        Ok(VersionAnswer { current, explained, roadmap, may_be_taken })
    }

    /// Checks a number that a release wants to take: readable, free, and planned where a roadmap
    /// must plan it. Answers how it is printed.
    pub(crate) async fn version_check(
        &self,
        actor: &Actor,
        id: &ProductId,
        text: &str,
    ) -> Result<String> {
        // A product without its document has no rules of its own yet.
        let Some(loaded) = documents::load::<Product>(self.store(), id.as_str()).await? else {
            return Ok(text.trim().to_owned());
        };
        let product = loaded.value;
        let wrong =
            |refusal: VersionRefusal| Error::field("version", refusal.code(), refusal.to_string());
        let version = product.scheme.parse(text).map_err(wrong)?;
        let taken = self.taken(&product).await?;
        if taken.contains(&version) {
            let message = format!("version `{}` belongs to another release", text.trim());
            return Err(Error::field("version", "taken", message));
        }
        let mut known = self.at_sites(&product).await?;
        known.extend(taken);
        let part = planned_part(&product.scheme, &version);
        let foreseen = known.is_empty()
            || !matches!(version, Version::Vabcd(_))
            || known.iter().any(|it| planned_part(&product.scheme, it) == part)
            || product.roadmap.iter().any(|it| it.number == part);
        let units = self.unit_resource(&product.unit).await?.units;
        if !foreseen && !answers_for_roadmap(&product, actor, &units) {
            return Err(Error::Rule {
                code: "roadmap_missing",
                message: format!(
                    "{part} is not in the roadmap of {}; ask its {} to plan it first, or take a \
                     number that only raises the build",
                    product.name, product.owner_role
                ),
            });
        }
        Ok(product.scheme.format(&version))
    }

    async fn taken(&self, product: &Product) -> Result<Vec<Version>> {
        let taken = releases::versions_of(self.store(), &product.id).await?;
        let texts = taken.iter().filter_map(|it| it.version.as_deref());
        Ok(texts.filter_map(|it| product.scheme.parse(it).ok()).collect())
    }

    async fn at_sites(&self, product: &Product) -> Result<Vec<Version>> {
        let id = Some(product.id.clone());
        let filter = VersionFilter { product_id: id, ..VersionFilter::default() };
        let spread = versions::spread(self.store(), &Scope::all(), &filter).await?;
        Ok(spread.iter().filter_map(|(text, _)| product.scheme.parse(text).ok()).collect())
    }

    async fn newest(&self, product: &Product) -> Result<Option<Version>> {
        let mut known = self.taken(product).await?;
        known.extend(self.at_sites(product).await?);
        Ok(known.into_iter().max())
    }

    async fn product_for_edit(&self, call: &Call, id: &ProductId) -> Result<Loaded<Product>> {
        let place = self.product_resource(id).await?;
        call.authorize(Action::Edit, Kind::Product, &place, "product")?;
        let loaded = self.product_load(id).await?;
        call.check_revision(loaded.revision, "product")?;
        Ok(loaded)
    }

    async fn product_for_roadmap(&self, call: &Call, id: &ProductId) -> Result<Loaded<Product>> {
        let place = self.product_resource(id).await?;
        let loaded = self.product_load(id).await?;
        let answers = !loaded.value.owner_role.is_empty()
            && answers_for_roadmap(&loaded.value, &call.actor, &place.units);
        if !answers {
            call.authorize(Action::Edit, Kind::Product, &place, "product")?;
        }
        call.check_revision(loaded.revision, "product")?;
        if !answers && !loaded.value.owner_role.is_empty() {
            return Err(Error::Rule {
                code: "not_roadmap_owner",
                message: format!(
                    "the roadmap of {} belongs to the role `{}`; ask somebody who holds it",
                    loaded.value.name, loaded.value.owner_role
                ),
            });
        }
        Ok(loaded)
    }

    async fn product_save(
        &self,
        call: &Call,
        loaded: Loaded<Product>,
        kind: &str,
    ) -> Result<Receipt> {
        let Loaded { value: product, revision } = loaded;
        let commit = self
            .begin(call)
            .write(documents::update_typed(product.id.as_str(), &product, revision, self.now()))
            .write(rows::put(&row(&product, revision + 1)))
            .entry(format!("product/{}", product.id), kind, facts(&product));
        let receipt = Receipt {
            id: product.id.to_string(),
            label: product.key,
            revision: revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    async fn product_fill(&self, product: &mut Product, input: &ProductInput) -> Result<()> {
        let mut check = Check::new();
        product.key = check.key("key", &input.key);
        product.name = check.name("name", &input.name);
        product.description = check.remark("description", &input.description, false);
        product.class =
            check.optional("class", Some(&input.class)).unwrap_or_else(|| "normal".to_owned());
        product.unit = input.unit.clone();
        product.scheme = input.scheme.clone();
        product.active = input.active;
        product.owner_role = match input.owner_role.trim() {
            "" => String::new(),
            role => crate::roles::role_name(&mut check, role),
        };
        product.windows = input.windows.iter().map(|it| check.key("windows", it)).collect();
        if let Err(refusal) = product.scheme.parse(&product.scheme.example()) {
            check.wrong("scheme", refusal.code(), refusal.to_string());
        }
        if units::get(self.store(), &product.unit).await?.is_none() {
            check.wrong("unit", "unknown", "is no unit");
        }
        check.done()
    }
}

/// Whether an actor answers for the roadmap. Where no role does, whoever may open the release does.
fn answers_for_roadmap(product: &Product, actor: &Actor, units: &[UnitId]) -> bool {
    product.owner_role.is_empty()
        || actor.grants.iter().any(|it| {
            it.role == product.owner_role
                && match &it.scope {
                    Where::All => true,
                    Where::Unit(unit) => units.contains(unit),
                    Where::Product(id) => *id == product.id,
                    Where::Release(_) | Where::Site(_) => false,
                }
        })
}

fn row(product: &Product, revision: i64) -> ProductRow {
    ProductRow {
        id: product.id.clone(),
        key: product.key.clone(),
        name: product.name.clone(),
        unit_id: product.unit.clone(),
        revision,
    }
}

fn facts(product: &Product) -> serde_json::Value {
    json!({
        "key": product.key,
        "name": product.name,
        "unit": product.unit.as_str(),
        "class": product.class,
        "scheme": product.scheme,
        "owner_role": product.owner_role,
        "windows": product.windows,
        "authorizers": product.authorizers,
        "branches": product.branches,
        "roadmap": product.roadmap,
        "active": product.active,
    })
}
