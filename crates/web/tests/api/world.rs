//! An installation with two units that know nothing of each other, behind the real router.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use roadbook_app::auth::{SetupInput, SignInContext};
use roadbook_app::people::PersonInput;
use roadbook_app::ports::{
    BoxFuture, Clock, Mail, MailError, Mailer, Ports, ProcessFiles, ProcessFindings, Random,
};
use roadbook_app::products::ProductInput;
use roadbook_app::releases::NewRelease;
use roadbook_app::roles::RoleInput;
use roadbook_app::sites::{ContactInput, SiteInput};
use roadbook_app::units::UnitInput;
use roadbook_app::{App, Call, Settings};
use roadbook_core::access::{Actor, Scope};
use roadbook_core::ids::{PersonId, ProductId, SiteId, UnitId};
use roadbook_core::process::template::Template;
use roadbook_core::version::Scheme;
use roadbook_store::{Location, OpenOptions, Store};
use roadbook_web::{WebOptions, router};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tower::ServiceExt as _;

pub const PASSWORD: &str = "quiet harbor lamp";

struct FakeClock(watch::Sender<Timestamp>);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        let until = self.now() + SignedDuration::try_from(span).unwrap();
        let mut moved = self.0.subscribe();
        Box::pin(async move {
            let _ = moved.wait_for(|now| *now >= until).await;
        })
    }
}

struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            // SplitMix64.
            let n = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

#[derive(Default)]
struct Mailbox(Mutex<Vec<Mail>>);

impl Mailer for Mailbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        self.0.lock().unwrap().push(mail.clone());
        Box::pin(async { Ok(()) })
    }
}

struct Files;

impl ProcessFiles for Files {
    fn read(&self, text: &str) -> Result<Template, ProcessFindings> {
        roadbook_wire::process::parse("process.toml", text).map(|it| it.template).map_err(|list| {
            ProcessFindings { lines: list.iter().map(ToString::to_string).collect() }
        })
    }

    fn check(&self, text: &str, known: &[String]) -> Result<Template, ProcessFindings> {
        roadbook_wire::process::check_among("process.toml", text, known).publishable().map_err(
            |findings| ProcessFindings {
                lines: findings.iter().map(ToString::to_string).collect(),
            },
        )
    }

    fn builtin(&self) -> Vec<(String, String)> {
        let all = roadbook_wire::process::builtin();
        all.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
    }
}

/// Somebody, with the token of their session.
#[derive(Clone)]
pub struct Person {
    pub id: PersonId,
    pub token: String,
    pub actor: Actor,
}

/// Ids of the things of one unit.
#[derive(Clone, Debug)]
pub struct Side {
    pub unit: UnitId,
    pub product: ProductId,
    pub release: String,
    pub person: PersonId,
    pub site: String,
    pub contact: String,
}

pub struct World {
    pub router: Router,
    pub app: App,
    /// By role, in the unit `own`; `nobody` holds none. `admin` reaches everything.
    pub people: BTreeMap<&'static str, Person>,
    pub own: Side,
    pub foreign: Side,
    clock: watch::Sender<Timestamp>,
    _dir: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// An app nobody has set up, and its code.
pub async fn bare() -> (App, tempfile::TempDir) {
    let (app, dir, _) = clocked().await;
    (app, dir)
}

async fn clocked() -> (App, tempfile::TempDir, watch::Sender<Timestamp>) {
    let dir = tempfile::TempDir::new().unwrap();
    // Monday, 5 January 2026, 09:00 in Seoul.
    let start: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
    let clock = watch::Sender::new(start);
    let random = Arc::new(Counted(AtomicU64::new(7)));
    let drawn = Arc::clone(&random);
    let options = OpenOptions::new(start, Arc::new(move |bytes: &mut [u8]| drawn.fill(bytes)));
    let store = Store::open(&Location::Sqlite(dir.path().join("data")), &options).await.unwrap();
    let ports = Ports {
        clock: Arc::new(FakeClock(clock.clone())),
        random: random as Arc<dyn Random>,
        processes: Arc::new(Files),
        mailer: Arc::new(Mailbox::default()),
    };
    let settings = Settings {
        base_url: "http://127.0.0.1:8080".to_owned(),
        mail_from: "releases@hanbit.example".to_owned(),
        organization: "Hanbit".to_owned(),
        demo: false,
    };
    (App::new(store, ports, settings), dir, clock)
}

impl World {
    /// Set up a minute ago: one administrator, the built-in processes, nothing else.
    pub async fn empty() -> World {
        let (app, dir, clock) = set_up().await;
        let admin = sign_in(&app, "admin").await;
        let nowhere = Side {
            unit: app.installation().await.unwrap().unwrap().root,
            product: ProductId::parse("prod_00000000000000000000000000").unwrap(),
            release: String::new(),
            person: admin.id.clone(),
            site: String::new(),
            contact: String::new(),
        };
        let people = BTreeMap::from([("admin", admin)]);
        let router = router(app.clone(), WebOptions::default());
        World { router, app, people, own: nowhere.clone(), foreign: nowhere, clock, _dir: dir }
    }

    pub async fn new() -> World {
        let (app, dir, clock) = set_up().await;
        let admin = sign_in(&app, "admin").await;
        let own = side(&app, &admin, "own").await;
        let foreign = side(&app, &admin, "canary").await;
        let mut people = BTreeMap::from([("admin", admin.clone())]);
        for role in ["manager", "process_owner", "member", "auditor", "nobody"] {
            let place = Scope::Unit(own.unit.clone());
            let role_in = (role != "nobody").then_some((role, place));
            people.insert(role, person(&app, &admin, role, &own.unit, role_in).await);
        }
        let router = router(app.clone(), WebOptions::default());
        World { router, app, people, own, foreign, clock, _dir: dir }
    }

    /// Time passes.
    pub fn wait(&self, seconds: i64) {
        self.clock.send_modify(|it| *it += jiff::SignedDuration::from_secs(seconds));
    }

    /// A second session of somebody; its id.
    pub async fn sign_in_again(&self, login: &str) -> String {
        let from = SignInContext::default();
        self.app.sign_in(login, PASSWORD, from).await.unwrap().1.id.to_string()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, text }
    }

    /// A call with a token and a key of its own.
    pub async fn call(&self, who: Option<&str>, method: &str, path: &str, body: &Value) -> Reply {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let key = format!("key-{}", KEYS.fetch_add(1, Ordering::SeqCst));
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(path)
            .header(header::HOST, "127.0.0.1:8080");
        if let Some(who) = who {
            let token = &self.people[who].token;
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = if method == "GET" {
            Body::empty()
        } else {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", key);
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }
}

/// An app with its first person and the built-in processes.
async fn set_up() -> (App, tempfile::TempDir, watch::Sender<Timestamp>) {
    let (app, dir, clock) = clocked().await;
    let code = app.setup_code().await.unwrap().unwrap();
    let input = SetupInput {
        organization: "Hanbit".to_owned(),
        zone: "Asia/Seoul".to_owned(),
        lang: "en".to_owned(),
        name: "Oh Haneul".to_owned(),
        login: "admin".to_owned(),
        email: String::new(),
        password: PASSWORD.to_owned(),
    };
    app.setup(&code, input).await.unwrap();
    app.process_seed().await.unwrap();
    (app, dir, clock)
}

async fn sign_in(app: &App, login: &str) -> Person {
    let (token, session) = app.sign_in(login, PASSWORD, SignInContext::default()).await.unwrap();
    Person { id: session.person.id.clone(), token, actor: session.actor }
}

async fn person(
    app: &App,
    admin: &Person,
    login: &str,
    unit: &UnitId,
    role: Option<(&str, Scope)>,
) -> Person {
    let call = Call::of(admin.actor.clone());
    let input = PersonInput {
        name: format!("{login} person"),
        login: Some(login.to_owned()),
        lang: "en".to_owned(),
        zone: "Asia/Seoul".to_owned(),
        unit: Some(unit.clone()),
        ..PersonInput::default()
    };
    let made = app.person_create(&call, input).await.unwrap();
    let id = PersonId::parse(&made.id).unwrap();
    if let Some((role, scope)) = role {
        let input =
            RoleInput { person: id.clone(), role: role.to_owned(), scope, from: None, until: None };
        app.role_grant(&call, input).await.unwrap();
    }
    let secret = app.invite(&call, &id).await.unwrap().secret.unwrap();
    app.password_set(&secret, PASSWORD).await.unwrap();
    sign_in(app, login).await
}

async fn side(app: &App, admin: &Person, name: &str) -> Side {
    let call = Call::of(admin.actor.clone());
    let root = app.installation().await.unwrap().unwrap().root;
    let unit = UnitInput {
        name: format!("{name} unit"),
        kind: "department".to_owned(),
        parent: Some(root),
        zone: "Asia/Seoul".to_owned(),
        head: None,
    };
    let unit = UnitId::parse(&app.unit_create(&call, unit).await.unwrap().id).unwrap();
    let product = ProductInput {
        key: format!("{name}-product"),
        name: format!("{name} product"),
        description: String::new(),
        unit: unit.clone(),
        class: String::new(),
        scheme: Scheme::SemVer,
        owner_role: String::new(),
        windows: Vec::new(),
        active: true,
    };
    let product = ProductId::parse(&app.product_create(&call, product).await.unwrap().id).unwrap();
    let new = NewRelease {
        product: Some(product.clone()),
        process: "starter/release".to_owned(),
        version: "1.0.0".to_owned(),
        title: format!("{name} release"),
        kind: "upgrade".to_owned(),
        ..NewRelease::default()
    };
    let release = app.release_create(&call, new).await.unwrap().id;
    let person = person(app, admin, &format!("{name}-staff"), &unit, None).await.id;
    let site = SiteInput {
        key: format!("{name}-site"),
        name: format!("{name} site"),
        unit: Some(unit.clone()),
        zone: "Asia/Seoul".to_owned(),
        lang: "ko".to_owned(),
        active: true,
        ..SiteInput::default()
    };
    let site = app.site_create(&call, site).await.unwrap().id;
    let contact = ContactInput {
        name: format!("{name} contact"),
        lang: "ko".to_owned(),
        kind: String::new(),
        email: None,
        active: true,
    };
    let id = SiteId::parse(&site).unwrap();
    let contact = app.contact_add(&call, &id, contact).await.unwrap().id;
    Side { unit, product, release, person, site, contact }
}
