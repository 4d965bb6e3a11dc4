//! The sample organization, made through the same use cases as any other.

use super::{data, ledger};
use crate::exit::{Code, Failure};
use crate::ports::FastClock;
use jiff::{SignedDuration, Timestamp};
use roadbook_app::auth::SetupInput;
use roadbook_app::people::PersonInput;
use roadbook_app::products::ProductInput;
use roadbook_app::releases::{EditRelease, NewRelease, NewReleaseItem};
use roadbook_app::roles::RoleInput;
use roadbook_app::rollouts::{RolloutSiteView, SiteFilter};
use roadbook_app::sites::{ContactInput, SiteInput};
use roadbook_app::units::UnitInput;
use roadbook_app::{App, Call};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{ContactId, PersonId, ProductId, ReleaseId, RolloutId, SiteId, UnitId};
use roadbook_core::release::Package;
use roadbook_core::run::{Command, Slot};
use roadbook_core::text::Text;
use roadbook_core::version::Scheme;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that the sample people need to know.
pub struct World {
    /// Use cases.
    pub app: App,
    /// The clock, also by hand.
    pub clock: Arc<FastClock>,
    /// People by short name.
    pub people: BTreeMap<String, PersonId>,
    /// Units by short name.
    pub units: BTreeMap<String, UnitId>,
    /// Products by short name.
    pub products: BTreeMap<String, ProductId>,
    /// Sites by short name.
    pub sites: BTreeMap<String, SiteId>,
    /// Contacts of each site: administrator first.
    pub contacts: BTreeMap<String, ContactId>,
    /// Releases, in the order in which they were opened.
    pub releases: Vec<ReleaseId>,
    /// What Ledger consists of: the version before and the version of its release.
    pub packages: Option<[Package; 2]>,
}

fn id<T>(parsed: Result<T, impl std::fmt::Debug>) -> Result<T, Failure> {
    parsed.map_err(|error| Failure::new(Code::Failed, format!("sample data: {error:?}")))
}

fn text(four: [&str; 4]) -> Text {
    let [en, ko, vi, zh] = four.map(|it| Some(it.to_owned()));
    Text { en, ko, vi, zh }
}

impl World {
    /// Makes the organization: people, products, sites with what they run.
    pub async fn make(app: App, clock: Arc<FastClock>) -> Result<World, Failure> {
        let mut world = World {
            app,
            clock,
            people: BTreeMap::new(),
            units: BTreeMap::new(),
            products: BTreeMap::new(),
            sites: BTreeMap::new(),
            contacts: BTreeMap::new(),
            releases: Vec::new(),
            packages: None,
        };
        world.found().await?;
        world.staff().await?;
        world.offer().await?;
        world.place().await?;
        Ok(world)
    }

    /// A call of somebody with the rights of this moment.
    pub async fn call(&self, person: &PersonId) -> Result<Call, Failure> {
        Ok(Call::of(self.app.actor_of(person).await?.0))
    }

    /// Somebody by short name.
    pub fn person(&self, key: &str) -> Result<&PersonId, Failure> {
        self.people
            .get(key)
            .ok_or_else(|| Failure::new(Code::Failed, format!("sample data: no person `{key}`")))
    }

    /// A product by short name.
    pub fn product(&self, key: &str) -> Result<&ProductId, Failure> {
        self.products
            .get(key)
            .ok_or_else(|| Failure::new(Code::Failed, format!("sample data: no product `{key}`")))
    }

    /// A site by short name.
    pub fn site(&self, key: &str) -> Result<&SiteId, Failure> {
        self.sites
            .get(key)
            .ok_or_else(|| Failure::new(Code::Failed, format!("sample data: no site `{key}`")))
    }

    /// Uploads what sites will install.
    pub async fn bring(&mut self, made: &ledger::Made) -> Result<(), Failure> {
        let call = self.admin().await?;
        let product = self.product("ledger")?;
        self.packages = Some(ledger::bring(&self.app, &call, product, made).await?);
        Ok(())
    }

    async fn admin(&self) -> Result<Call, Failure> {
        self.call(self.person(data::ADMIN.0)?).await
    }

    async fn found(&mut self) -> Result<(), Failure> {
        self.app.process_seed().await?;
        let code = self.app.setup_code().await?.unwrap_or_default();
        let input = SetupInput {
            organization: "Hanbada Systems".to_owned(),
            zone: "Asia/Seoul".to_owned(),
            lang: "ko".to_owned(),
            name: data::ADMIN.1.to_owned(),
            login: data::ADMIN.0.to_owned(),
            email: format!("{}@hanbada.example", data::ADMIN.0),
            // Nobody signs in with it: the demo prints links.
            password: self.app.ports().secret(),
        };
        let made = self.app.setup(&code, input).await?;
        let person = id(PersonId::parse(&made.id))?;
        self.people.insert(data::ADMIN.0.to_owned(), person.clone());
        let root = self.app.installation().await?.map(|it| it.root);
        let root = root.ok_or_else(|| Failure::new(Code::Failed, "sample data: not set up"))?;
        self.units.insert("root".to_owned(), root.clone());
        self.app.calendar_seed("Asia/Seoul").await?;
        for (key, name, kind, zone) in data::UNITS {
            let input = UnitInput {
                name: name.to_owned(),
                kind: kind.to_owned(),
                parent: Some(root.clone()),
                zone: zone.to_owned(),
                head: None,
            };
            let made = self.app.unit_create(&self.admin().await?, input).await?;
            self.units.insert(key.to_owned(), id(UnitId::parse(&made.id))?);
        }
        self.grant(&person, "member").await
    }

    async fn grant(&self, person: &PersonId, role: &str) -> Result<(), Failure> {
        let input = RoleInput {
            person: person.clone(),
            role: role.to_owned(),
            scope: Where::All,
            from: None,
            until: None,
        };
        self.app.role_grant(&self.admin().await?, input).await?;
        Ok(())
    }

    async fn staff(&mut self) -> Result<(), Failure> {
        for (key, name, lang, unit, roles) in data::PEOPLE {
            let input = PersonInput {
                name: name.to_owned(),
                login: Some(key.to_owned()),
                email: Some(format!("{key}@hanbada.example")),
                lang: lang.to_owned(),
                zone: data::zone(lang).to_owned(),
                unit: self.units.get(unit).cloned(),
                weekly_hours: None,
            };
            let made = self.app.person_create(&self.admin().await?, input).await?;
            let person = id(PersonId::parse(&made.id))?;
            for role in roles {
                self.grant(&person, role).await?;
            }
            self.people.insert(key.to_owned(), person);
        }
        Ok(())
    }

    async fn offer(&mut self) -> Result<(), Failure> {
        for (key, name) in data::PRODUCTS {
            let input = ProductInput {
                key: key.to_owned(),
                name: name.to_owned(),
                description: String::new(),
                unit: self.units["development"].clone(),
                class: String::new(),
                scheme: Scheme::default(),
                owner_role: String::new(),
                windows: Vec::new(),
                active: true,
            };
            let made = self.app.product_create(&self.admin().await?, input).await?;
            self.products.insert(key.to_owned(), id(ProductId::parse(&made.id))?);
        }
        Ok(())
    }

    async fn place(&mut self) -> Result<(), Failure> {
        let since = self.app.now() - SignedDuration::from_hours(24 * 120);
        for (index, (key, name, customer, address, lang)) in data::SITES.iter().enumerate() {
            let call = self.admin().await?;
            let pilot = data::PILOTS.contains(key);
            let mut tags = vec![format!("country-{lang}")];
            if pilot {
                tags.push("pilot".to_owned());
            }
            let input = SiteInput {
                key: (*key).to_owned(),
                name: (*name).to_owned(),
                unit: self.units.get("service").cloned(),
                customer: (*customer).to_owned(),
                zone: data::zone(lang).to_owned(),
                lang: (*lang).to_owned(),
                address: (*address).to_owned(),
                tags,
                active: true,
                ..SiteInput::default()
            };
            let made = self.app.site_create(&call, input).await?;
            let site = id(SiteId::parse(&made.id))?;
            for (turn, kind) in ["admin", "user"].into_iter().enumerate() {
                let input = ContactInput {
                    name: data::contact(lang, index + turn).to_owned(),
                    email: Some(format!("{kind}@{key}.example")),
                    lang: (*lang).to_owned(),
                    kind: kind.to_owned(),
                    active: true,
                };
                let made = self.app.contact_add(&call, &site, input).await?;
                if turn == 0 {
                    self.contacts.insert((*key).to_owned(), id(ContactId::parse(&made.id))?);
                }
            }
            for product in data::PRODUCTS {
                // A few sites are behind: they are talked to in person.
                let behind =
                    index % 7 == 3 || (product.0 == "ledger" && data::AGENTS.contains(key));
                let version = if behind { ledger::OLD } else { ledger::BEFORE };
                let product = &self.products[product.0];
                self.app.site_version_set(&call, &site, product, version, since, "").await?;
            }
            self.sites.insert((*key).to_owned(), site);
        }
        Ok(())
    }

    fn cast(&self, cast: data::Cast) -> Result<BTreeMap<String, Vec<PersonId>>, Failure> {
        let mut roles = BTreeMap::new();
        for (role, people) in cast {
            let mut list = Vec::new();
            for key in *people {
                list.push(self.person(key)?.clone());
            }
            roles.insert((*role).to_owned(), list);
        }
        Ok(roles)
    }

    /// Opens a release, plans its go-live and starts it.
    async fn open(
        &mut self,
        by: &str,
        new: NewRelease,
        slot: Slot,
        package: Option<Package>,
    ) -> Result<(), Failure> {
        let call = self.call(self.person(by)?).await?;
        let made = self.app.release_create(&call, new).await?;
        let release = id(ReleaseId::parse(&made.id))?;
        if let Some(package) = package {
            let packages = Some(vec![package]);
            let edit = EditRelease { packages, ..EditRelease::default() };
            self.app.release_edit(&call, &release, edit).await?;
        }
        let lead = self.call(self.person(data::MANAGER)?).await?;
        let command = Command::SetSlot { slot, reason: String::new(), pass_blocks: false };
        self.app.release_do(&lead, &release, command).await?;
        self.app.release_do(&lead, &release, Command::Start).await?;
        self.releases.push(release);
        Ok(())
    }

    fn items(changes: &[data::Change]) -> Vec<NewReleaseItem> {
        changes
            .iter()
            .map(|(title, kind, purpose)| NewReleaseItem {
                title: text(*title),
                kind: (*kind).to_owned(),
                purpose: (*purpose).to_owned(),
                ..NewReleaseItem::default()
            })
            .collect()
    }

    /// The release of the packaged product, going live in thirty days.
    pub async fn open_packaged(&mut self) -> Result<(), Failure> {
        let start = self.app.now() + SignedDuration::from_hours(24 * 30 + 9);
        let slot = Slot { start, end: start + SignedDuration::from_hours(4) };
        let new = NewRelease {
            product: self.products.get("ledger").cloned(),
            process: "vendor/release".to_owned(),
            version: ledger::AFTER.to_owned(),
            title: "Ledger 1.5".to_owned(),
            kind: "feature".to_owned(),
            purposes: vec!["feature".to_owned(), "fix".to_owned()],
            items: Self::items(&data::VENDOR_CHANGES),
            requirements: text([
                "Python 3.7 or later",
                "Python 3.7 이상",
                "Python từ phiên bản 3.7",
                "Python 3.7 及以上版本",
            ]),
            lead: Some(self.person(data::MANAGER)?.clone()),
            roles: self.cast(data::VENDOR_ROLES)?,
            ..NewRelease::default()
        };
        let package = self.packages.as_ref().map(|it| it[1].clone());
        self.open(data::MANAGER, new, slot, package).await
    }

    /// The version before, for sites that were behind: they cannot take 1.5 without it.
    pub async fn open_catch_up(&mut self, start: Timestamp) -> Result<(), Failure> {
        let slot = Slot { start, end: start + SignedDuration::from_hours(4) };
        let mut sites = Vec::new();
        for key in data::AGENTS {
            sites.push(self.site(key)?.clone());
        }
        let new = NewRelease {
            product: self.products.get("ledger").cloned(),
            process: "starter/release".to_owned(),
            version: ledger::BEFORE.to_owned(),
            title: "Ledger 1.4 for sites that were behind".to_owned(),
            kind: "fix".to_owned(),
            purposes: vec!["fix".to_owned()],
            items: Self::items(&data::CATCH_UP_CHANGES),
            lead: Some(self.person(data::MANAGER)?.clone()),
            roles: self.cast(data::CATCH_UP_ROLES)?,
            sites,
            ..NewRelease::default()
        };
        let package = self.packages.as_ref().map(|it| it[0].clone());
        self.open(data::MANAGER, new, slot, package).await
    }

    /// The upgrade of the live system, in the first window that leaves enough time.
    pub async fn open_upgrade(&mut self) -> Result<(), Failure> {
        let slot = self.window(self.app.now() + SignedDuration::from_hours(24 * 20)).await?;
        let sites = data::UPGRADED.iter().filter_map(|it| self.sites.get(*it).cloned());
        let sites: Vec<SiteId> = sites.collect();
        let new = NewRelease {
            product: self.products.get("yard").cloned(),
            process: "enterprise/upgrade".to_owned(),
            version: "V1.5.0.0001".to_owned(),
            title: "Yard 1.5".to_owned(),
            kind: "upgrade".to_owned(),
            mode_reason: "Trucks must not queue on the road when the season begins".to_owned(),
            content: "Trucks are called by message, wrong container numbers are refused".to_owned(),
            purposes: vec!["performance".to_owned(), "security".to_owned()],
            items: Self::items(&data::UPGRADE_CHANGES),
            requirements: text([
                "No change for users",
                "사용자 환경은 변경 없음",
                "Người dùng không cần thay đổi gì",
                "用户端无需变更",
            ]),
            lead: Some(self.person(data::MANAGER)?.clone()),
            roles: self.cast(data::UPGRADE_ROLES)?,
            sites,
            ..NewRelease::default()
        };
        self.open("lee.seoyeon", new, slot, None).await
    }

    /// The first free place in the Thursday window after a moment.
    async fn window(&self, after: Timestamp) -> Result<Slot, Failure> {
        let policy = "second-and-fourth-thursday-evening".to_owned();
        let call = self.admin().await?;
        let asked = Slot { start: after, end: after + SignedDuration::from_hours(3) };
        let answer = self.app.slot_why(&call, None, &[policy], asked).await?;
        answer
            .next
            .iter()
            .find(|it| it.start >= after)
            .map(|it| Slot { start: it.start, end: it.end })
            .ok_or_else(|| Failure::new(Code::Failed, "sample data: no window is free"))
    }

    /// The sites of a rollout that wait for a person's report.
    pub async fn by_hand(
        &self,
        call: &Call,
        release: &ReleaseId,
        run: Option<&RolloutId>,
    ) -> Result<Vec<RolloutSiteView>, Failure> {
        let filter = SiteFilter { at: Some("by_hand".to_owned()), ..SiteFilter::default() };
        Ok(self.app.rollout_sites(call, release, run, &filter).await?.rows)
    }
}
