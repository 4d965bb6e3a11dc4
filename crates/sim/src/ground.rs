//! What every seed begins with: an installation with two hundred sites and two signed packages,
//! made once and copied into memory for each.

use crate::dice::Dice;
use crate::package::{NEW, OLD, PRODUCT, Package, package};
use crate::ports::{SetClock, ports, settings};
use anyhow::Result;
use jiff::Timestamp;
use roadbook_app::artifacts::Facts;
use roadbook_app::auth::{SetupInput, SignInContext};
use roadbook_app::people::PersonInput;
use roadbook_app::ports::Clock as _;
use roadbook_app::products::ProductInput;
use roadbook_app::roles::RoleInput;
use roadbook_app::sites::SiteInput;
use roadbook_app::{App, Call};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{PersonId, ProductId, SiteId, UnitId};
use roadbook_core::version::Scheme;
use roadbook_store::agents::{self, Agent};
use roadbook_store::{Commit, Location, OpenOptions, Store};
use roadbook_wire::minisign::SecretKey;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::sync::Arc;

/// Sites of a simulation.
pub const SITES: usize = 200;
const PASSWORD: &str = "quiet harbor lamp";

/// A site as the server knows it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Id.
    pub id: SiteId,
    /// Key, which stands in addresses.
    pub key: String,
    /// Token of its agent.
    pub token: String,
}

/// The installation.
#[derive(Debug)]
pub struct Ground {
    dir: tempfile::TempDir,
    /// Leads the release.
    pub manager: PersonId,
    /// What is released.
    pub product: ProductId,
    /// Sites, by number.
    pub sites: Vec<Place>,
    /// What runs.
    pub old: Package,
    /// What is to run.
    pub new: Package,
    /// Public half of the release key.
    pub release_key: String,
    /// Public half of the director's key.
    pub director_key: String,
}

/// Shipping in three waves: a pilot, half, the rest.
const PROCESS: &str = r#"
format = 1
id = "sim/waves"
subject = "release"
title = TEXT
description = TEXT
control = { number = "S-1", owner = "release_lead", confidentiality = "internal", effective = "2026-01-01", note = "first" }
go_live = "update"

[[role]]
id = "release_lead"
title = TEXT
duty = TEXT

[[phase]]
id = "live"
title = TEXT

  [[phase.step]]
  id = "update"
  title = TEXT
  description = TEXT
  role = "release_lead"
  effort = "1h"
  kind = "rollout"
  due = "T..Tend"

    [[phase.step.wave]]
    name = "pilot"
    share = "5%"
    soak = "8min"

    [[phase.step.wave]]
    name = "half"
    share = "50%"
    soak = "6min"

    [[phase.step.wave]]
    name = "rest"
    share = "100%"

[[phase]]
id = "closing"
title = TEXT

  [[phase.step]]
  id = "close"
  title = TEXT
  description = TEXT
  role = "release_lead"
  effort = "1h"
  kind = "archive"
  always = true
"#;
const TEXT: &str = r#"{ en = "Title", ko = "제목", vi = "Tiêu đề", zh = "标题" }"#;

impl Ground {
    /// Makes it.
    pub async fn make() -> Result<Ground> {
        let dir = tempfile::tempdir()?;
        let clock = SetClock::new();
        let mut dice = Dice::new(1);
        let ports = ports(&clock, dice.split());
        let drawn = Arc::clone(&ports.random);
        let random = Arc::new(move |bytes: &mut [u8]| drawn.fill(bytes));
        let options =
            OpenOptions { unsafe_durability: true, ..OpenOptions::new(clock.now(), random) };
        let place = Location::Sqlite(dir.path().join("data"));
        let store = Store::open(&place, &options).await?;
        let app = App::new(store, ports, settings());
        let (admin, root) = set_up(&app).await?;
        let manager = manager(&app, &admin, &root).await?;
        let call = Call::of(app.actor_of(&manager).await?.0);
        app.process_publish(&call, &PROCESS.replace("TEXT", TEXT), "first").await?;
        let made = app.product_create(&call, product(&root)).await?;
        let product = ProductId::parse(&made.id)?;
        let mut sites = Vec::new();
        for number in 0..SITES {
            sites.push(site(&app, &admin, &root, number).await?);
        }
        let mut commit = Commit::new(app.now(), "system");
        for place in &sites {
            commit = commit.write(agents::insert(&agent(place, app.now())));
        }
        let commit = commit.entry("agents", "agent.enrolled", serde_json::json!({}));
        app.store().commit(commit).await?;
        for place in &sites {
            app.site_version_set(&call, &place.id, &product, OLD, app.now(), "seen").await?;
        }
        let mut seed = [0; 40];
        app.ports().random.fill(&mut seed);
        let key = SecretKey::make(&seed);
        let (old, new) = (package(OLD, 1, &key)?, package(NEW, 2, &key)?);
        for one in [&old, &new] {
            bring(&app, &call, &product, one).await?;
        }
        let director_key = app.director_key();
        Ok(Ground {
            dir,
            manager,
            product,
            sites,
            old,
            new,
            release_key: key.public().to_string(),
            director_key,
        })
    }

    /// Where its files lie.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Number of a site.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.sites.iter().position(|it| it.id.as_str() == id)
    }
}

async fn set_up(app: &App) -> Result<(Call, UnitId)> {
    let code = app.setup_code().await?.unwrap_or_default();
    let input = SetupInput {
        organization: "Hanbit".to_owned(),
        zone: "Asia/Seoul".to_owned(),
        lang: "ko".to_owned(),
        name: "남궁현정".to_owned(),
        login: "admin".to_owned(),
        email: "admin@hanbit.example".to_owned(),
        password: PASSWORD.to_owned(),
    };
    app.setup(&code, input).await?;
    let (_, session) = app.sign_in("admin", PASSWORD, SignInContext::default()).await?;
    let call = Call::of(app.actor_of(&session.person.id).await?.0);
    Ok((call, session.person.unit))
}

async fn manager(app: &App, admin: &Call, root: &UnitId) -> Result<PersonId> {
    let input = PersonInput {
        name: "manager".to_owned(),
        login: Some("manager".to_owned()),
        email: Some("manager@hanbit.example".to_owned()),
        lang: "ko".to_owned(),
        zone: "Asia/Seoul".to_owned(),
        unit: Some(root.clone()),
        weekly_hours: Some(40),
    };
    let person = PersonId::parse(&app.person_create(admin, input).await?.id)?;
    for role in ["manager", "process_owner"] {
        let role = RoleInput {
            person: person.clone(),
            role: role.to_owned(),
            scope: Where::All,
            from: None,
            until: None,
        };
        app.role_grant(admin, role).await?;
    }
    Ok(person)
}

fn product(root: &UnitId) -> ProductInput {
    ProductInput {
        key: PRODUCT.to_owned(),
        name: "Gate".to_owned(),
        description: String::new(),
        unit: root.clone(),
        class: String::new(),
        scheme: Scheme::default(),
        owner_role: String::new(),
        windows: Vec::new(),
        active: true,
    }
}

async fn site(app: &App, admin: &Call, root: &UnitId, number: usize) -> Result<Place> {
    let key = format!("site-{number:03}");
    let input = SiteInput {
        key: key.clone(),
        name: format!("Site {number}"),
        unit: Some(root.clone()),
        zone: ["Asia/Seoul", "Europe/Berlin", "America/Lima"][number % 3].to_owned(),
        lang: "ko".to_owned(),
        update_authority: "vendor".to_owned(),
        active: true,
        ..SiteInput::default()
    };
    let made = app.site_create(admin, input).await?;
    Ok(Place { id: SiteId::parse(&made.id)?, token: format!("token-{number}"), key })
}

fn agent(place: &Place, at: Timestamp) -> Agent {
    Agent {
        site_id: place.id.clone(),
        token_hash: Sha256::digest(place.token.as_bytes()).to_vec(),
        public_key: "its own".to_owned(),
        program: "roadbook-agent 0.1".to_owned(),
        enrolled_at: at,
        enrolled_by: "system".to_owned(),
        seen_at: None,
        wants_facts: true,
        auto_confirm: false,
        auto_confirm_by: None,
        auto_confirm_at: None,
        revoked_at: None,
        revision: 1,
    }
}

async fn bring(app: &App, call: &Call, product: &ProductId, one: &Package) -> Result<()> {
    let name = format!("{PRODUCT}-{}.rbpkg", one.manifest.version);
    let bytes = std::io::Cursor::new(one.bytes.clone());
    let arrived = app.artifact_receive(call, product, &name, None, bytes).await?;
    let facts = Facts {
        kind: "package",
        version: one.manifest.version.clone(),
        manifest: Some(one.text.clone()),
        key_ids: one.manifest.keys.clone(),
        expires_at: Some(one.manifest.expires),
    };
    app.artifact_keep(call, product, arrived, facts).await?;
    Ok(())
}
