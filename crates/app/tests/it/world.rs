//! A small installation for tests: a store in a directory of its own, a clock that moves when it
//! is told to, randomness that repeats, and a mailbox.

use jiff::{SignedDuration, Timestamp};
use roadbook_app::artifacts::Facts;
use roadbook_app::auth::{Session, SetupInput, SignInContext};
use roadbook_app::people::PersonInput;
use roadbook_app::ports::{
    BoxFuture, Clock, Mail, MailError, Mailer, Ports, ProcessFiles, ProcessFindings, Random,
};
use roadbook_app::products::ProductInput;
use roadbook_app::releases::{NewRelease, NewReleaseItem};
use roadbook_app::roles::RoleInput;
use roadbook_app::units::UnitInput;
use roadbook_app::{App, Call, Settings};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::{PersonId, ProductId, UnitId};
use roadbook_core::process::template::Template;
use roadbook_core::release::Package;
use roadbook_core::text::Text;
use roadbook_core::version::Scheme;
use roadbook_store::{Location, OpenOptions, Store};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// The password of everybody.
pub const PASSWORD: &str = "quiet harbor lamp";

/// A clock that stands still until it is moved.
pub struct FakeClock {
    now: watch::Sender<Timestamp>,
}

impl FakeClock {
    pub fn at(start: Timestamp) -> FakeClock {
        FakeClock { now: watch::Sender::new(start) }
    }

    /// Sets the time.
    pub fn set(&self, to: Timestamp) {
        self.now.send_replace(to);
    }

    /// Moves the time on.
    pub fn advance(&self, by: SignedDuration) {
        self.now.send_modify(|now| *now += by);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        let until = self.now() + SignedDuration::try_from(span).unwrap();
        let mut moved = self.now.subscribe();
        Box::pin(async move {
            let _ = moved.wait_for(|now| *now >= until).await;
        })
    }
}

/// Randomness that is the same in every run.
pub struct Seeded(Mutex<u64>);

impl Seeded {
    pub fn new(seed: u64) -> Seeded {
        Seeded(Mutex::new(seed))
    }
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for chunk in buffer.chunks_mut(8) {
            // SplitMix64.
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// A mailbox; it can be told to fail.
#[derive(Default)]
pub struct Mailbox {
    pub sent: Mutex<Vec<Mail>>,
    pub fails: Mutex<Option<MailError>>,
    /// Takes mails and never answers.
    pub hangs: Mutex<bool>,
}

impl Mailer for Mailbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            if let Some(error) = self.fails.lock().unwrap().clone() {
                return Err(error);
            }
            self.sent.lock().unwrap().push(mail.clone());
            if *self.hangs.lock().unwrap() {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    }
}

impl World {
    /// Keeps a file that sites install: a package when it has a manifest, else a file for another
    /// kind of client.
    pub async fn keep(
        &self,
        call: &Call,
        product: &ProductId,
        version: &str,
        name: &str,
        manifest: Option<String>,
    ) -> Package {
        let bytes = std::io::Cursor::new(name.as_bytes().to_vec());
        let arrived = self.app.artifact_receive(call, product, name, None, bytes).await.unwrap();
        let sha256 = arrived.sha256.clone();
        let facts = Facts {
            kind: if manifest.is_some() { "package" } else { "file" },
            version: version.to_owned(),
            manifest,
            key_ids: Vec::new(),
            expires_at: None,
        };
        self.app.artifact_keep(call, product, arrived, facts).await.unwrap();
        Package { name: name.to_owned(), sha256 }
    }
}

/// What a file of a story begins with when the checker would rightly refuse it.
pub const UNCHECKED: &str = "# unchecked";

struct Files;

impl ProcessFiles for Files {
    fn read(&self, text: &str) -> Result<Template, ProcessFindings> {
        roadbook_wire::process::parse("process.toml", text).map(|it| it.template).map_err(|list| {
            let lines = list
                .iter()
                .map(|it| format!("{}:{} {} {}", it.line, it.column, it.code, it.message))
                .collect();
            ProcessFindings { lines }
        })
    }

    fn check(&self, text: &str, known: &[String]) -> Result<Template, ProcessFindings> {
        // Stories about one step need no approval, no way back and no pilot before it.
        if text.starts_with(UNCHECKED) {
            return self.read(text);
        }
        roadbook_wire::process::check_among("process.toml", text, known).publishable().map_err(
            |findings| ProcessFindings {
                lines: findings.iter().map(ToString::to_string).collect(),
            },
        )
    }

    fn builtin(&self) -> Vec<(String, String)> {
        roadbook_wire::process::builtin()
            .iter()
            .map(|(id, text)| ((*id).to_owned(), (*text).to_owned()))
            .collect()
    }
}

/// An installation.
pub struct World {
    pub app: App,
    pub clock: Arc<FakeClock>,
    pub mailbox: Arc<Mailbox>,
    /// Who set it up: administrator, manager and process owner.
    pub admin: Session,
    pub root: UnitId,
    pub _dir: tempfile::TempDir,
}

/// Monday, 5 January 2026, 09:00 in Seoul.
pub fn start() -> Timestamp {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

/// An app over an empty store: nobody has set it up.
pub async fn bare() -> (App, Arc<FakeClock>, Arc<Mailbox>, tempfile::TempDir) {
    bare_on(None).await
}

/// As [`bare`], on PostgreSQL behind a URL.
pub async fn bare_on(
    url: Option<String>,
) -> (App, Arc<FakeClock>, Arc<Mailbox>, tempfile::TempDir) {
    let dir = tempfile::TempDir::new().unwrap();
    let clock = Arc::new(FakeClock::at(start()));
    let random = Arc::new(Seeded::new(7));
    let mailbox = Arc::new(Mailbox::default());
    let drawn = Arc::clone(&random);
    let options =
        OpenOptions::new(clock.now(), Arc::new(move |bytes: &mut [u8]| drawn.fill(bytes)));
    let data = dir.path().join("data");
    let place = match url {
        Some(url) => Location::Postgres(url, data),
        None => Location::Sqlite(data),
    };
    let store = Store::open(&place, &options).await.unwrap();
    let ports = Ports {
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        random: random as Arc<dyn Random>,
        processes: Arc::new(Files),
        mailer: Arc::clone(&mailbox) as Arc<dyn Mailer>,
    };
    let settings = Settings {
        base_url: "http://127.0.0.1:8080".to_owned(),
        mail_from: "releases@hanbit.example".to_owned(),
        organization: "Hanbit".to_owned(),
        demo: false,
    };
    (App::new(store, ports, settings), clock, mailbox, dir)
}

pub fn setup_input() -> SetupInput {
    SetupInput {
        organization: "Hanbit".to_owned(),
        zone: "Asia/Seoul".to_owned(),
        lang: "ko".to_owned(),
        name: "남궁현정".to_owned(),
        login: "admin".to_owned(),
        email: "admin@hanbit.example".to_owned(),
        password: PASSWORD.to_owned(),
    }
}

impl World {
    /// An installation that was set up, with its first person signed in.
    pub async fn new() -> World {
        World::on(None).await
    }

    /// As [`World::new`], on PostgreSQL behind a URL.
    pub async fn on(url: Option<String>) -> World {
        World::set_up(url, setup_input()).await
    }

    /// As [`World::on`], for an organization of another place and language.
    pub async fn set_up(url: Option<String>, first: SetupInput) -> World {
        let (app, clock, mailbox, dir) = bare_on(url).await;
        let code = app.setup_code().await.unwrap().unwrap();
        app.setup(&code, first).await.unwrap();
        let (_, admin) = app.sign_in("admin", PASSWORD, SignInContext::default()).await.unwrap();
        let root = admin.person.unit.clone();
        World { app, clock, mailbox, admin, root, _dir: dir }
    }

    /// Moves the time on.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// A call of the first person, with the rights of this moment.
    pub async fn admin(&self) -> Call {
        self.call_of(&self.admin.person.id).await
    }

    /// A call of a person, with the rights of this moment.
    pub async fn call_of(&self, person: &PersonId) -> Call {
        Call::of(self.app.actor_of(person).await.unwrap().0)
    }

    /// A unit below another one.
    pub async fn unit(&self, name: &str, kind: &str, parent: &UnitId) -> UnitId {
        let input = UnitInput {
            name: name.to_owned(),
            kind: kind.to_owned(),
            parent: Some(parent.clone()),
            zone: "Asia/Seoul".to_owned(),
            head: None,
        };
        let made = self.app.unit_create(&self.admin().await, input).await.unwrap();
        UnitId::parse(&made.id).unwrap()
    }

    /// A person in a unit, with roles.
    pub async fn person(&self, login: &str, unit: &UnitId, roles: &[(&str, Where)]) -> PersonId {
        let input = PersonInput {
            name: login.to_owned(),
            login: Some(login.to_owned()),
            email: Some(format!("{login}@hanbit.example")),
            lang: "ko".to_owned(),
            zone: "Asia/Seoul".to_owned(),
            unit: Some(unit.clone()),
            weekly_hours: Some(40),
        };
        let made = self.app.person_create(&self.admin().await, input).await.unwrap();
        let person = PersonId::parse(&made.id).unwrap();
        for (role, scope) in roles {
            let role = RoleInput {
                person: person.clone(),
                role: (*role).to_owned(),
                scope: scope.clone(),
                from: None,
                until: None,
            };
            self.app.role_grant(&self.admin().await, role).await.unwrap();
        }
        person
    }

    /// Signs somebody in who has no password yet.
    pub async fn sign_in(&self, person: &PersonId) -> Session {
        let secret = self.app.invite(&self.admin().await, person).await.unwrap().secret.unwrap();
        let login = self.app.password_set(&secret, PASSWORD).await.unwrap().label;
        self.app.sign_in(&login, PASSWORD, SignInContext::default()).await.unwrap().1
    }

    /// A product of the root unit, with four-part versions.
    pub async fn product(&self, key: &str) -> ProductId {
        self.product_of(key, &self.root).await
    }

    /// A product of a unit.
    pub async fn product_of(&self, key: &str, unit: &UnitId) -> ProductId {
        let input = product_input(key, unit);
        let made = self.app.product_create(&self.admin().await, input).await.unwrap();
        ProductId::parse(&made.id).unwrap()
    }
}

/// A product with four-part versions.
pub fn product_input(key: &str, unit: &UnitId) -> ProductInput {
    ProductInput {
        key: key.to_owned(),
        name: format!("Product {key}"),
        description: String::new(),
        unit: unit.clone(),
        class: String::new(),
        scheme: Scheme::default(),
        owner_role: String::new(),
        windows: Vec::new(),
        active: true,
    }
}

/// A release of one fix, of this process.
pub fn new_release(product: &ProductId, process: &str, version: &str) -> NewRelease {
    NewRelease {
        product: Some(product.clone()),
        process: process.to_owned(),
        version: version.to_owned(),
        title: "Spring".to_owned(),
        kind: "upgrade".to_owned(),
        content: "x".to_owned(),
        items: vec![NewReleaseItem {
            title: Text { en: Some("Fix".into()), ..Text::default() },
            kind: "code".to_owned(),
            purpose: "fix".to_owned(),
            ..NewReleaseItem::default()
        }],
        ..NewRelease::default()
    }
}
