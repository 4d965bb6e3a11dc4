//! The server under test: the real use cases and the real router, on a store in memory. It can die
//! behind any commit, and begins again on the same store.

use crate::dice::Dice;
use crate::ground::Ground;
use crate::package::{NEW, OLD};
use crate::ports::{SetClock, moment, ports, settings};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, StatusCode, header};
use jiff::SignedDuration;
use roadbook_app::ports::Clock as _;
use roadbook_app::releases::{EditRelease, NewRelease, NewReleaseItem};
use roadbook_app::{App, Call};
use roadbook_core::ids::ReleaseId;
use roadbook_core::release::Package;
use roadbook_core::run::{Command, Slot};
use roadbook_core::text::Text;
use roadbook_store::{Commit, Location, OpenOptions, Store};
use roadbook_web::{WebOptions, router};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tower::ServiceExt as _;

/// A request of an agent, as it lies on the wire.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Number of the site.
    pub site: usize,
    /// Method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// JSON, or nothing.
    pub body: String,
    /// Bytes that are wanted of a file.
    pub range: Option<(u64, u64)>,
    /// Counts the requests of a site.
    pub number: u64,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Body.
    pub body: Bytes,
}

type Door = Box<dyn Fn(Request<Full<Bytes>>) -> Pin<Box<dyn Future<Output = Answer>>>>;

/// Counts commits down to the one behind which the server dies.
#[derive(Debug, Default)]
struct Death {
    left: AtomicI64,
    came: Notify,
}

impl Death {
    fn is_now(&self) -> bool {
        if self.left.load(Ordering::Relaxed) <= 0 || self.left.fetch_sub(1, Ordering::Relaxed) > 1 {
            return false;
        }
        self.came.notify_one();
        true
    }
}

struct Alive {
    app: App,
    door: Door,
}

/// The server.
pub struct Server<'g> {
    ground: &'g Ground,
    runtime: Runtime,
    store: Store,
    alive: Option<Alive>,
    dice: Dice,
    death: Arc<Death>,
    /// Its clock.
    pub clock: Arc<SetClock>,
    /// The release that is rolled out.
    pub release: ReleaseId,
}

fn door(app: App) -> Door {
    let router = router(app, WebOptions::default());
    Box::new(move |request| {
        let router = router.clone();
        Box::pin(async move {
            let Ok(response) = router.oneshot(request).await;
            let status = response.status();
            let body = response.into_body().collect().await;
            Answer {
                status,
                body: body.map(http_body_util::Collected::to_bytes).unwrap_or_default(),
            }
        })
    })
}

impl<'g> Server<'g> {
    /// A server with a release that has begun.
    pub fn start(ground: &'g Ground, mut dice: Dice) -> Result<Server<'g>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let clock = SetClock::new();
        let ports = ports(&clock, dice.split());
        let drawn = Arc::clone(&ports.random);
        let death = Arc::new(Death::default());
        let dies = Arc::clone(&death);
        let options = OpenOptions {
            cut: Some(Arc::new(move || dies.is_now())),
            ..OpenOptions::new(clock.now(), Arc::new(move |bytes: &mut [u8]| drawn.fill(bytes)))
        };
        let (store, app, release) = runtime.block_on(async {
            let store = Store::open(&Location::Memory(ground.data()), &options).await?;
            let app = App::new(store.clone(), ports, settings());
            let release = release(&app, ground).await?;
            anyhow::Ok((store, app, release))
        })?;
        let mut server =
            Server { ground, runtime, store, alive: None, dice, death, clock, release };
        server.open(app);
        Ok(server)
    }

    fn open(&mut self, app: App) {
        app.fleet_poll_every(600);
        self.alive = Some(Alive { door: door(app.clone()), app });
    }

    /// It is up.
    pub fn is_up(&self) -> bool {
        self.alive.is_some()
    }

    /// Ends it; what was committed is kept, and nothing else.
    pub fn stop(&mut self) {
        self.alive = None;
        self.death.left.store(0, Ordering::Relaxed);
    }

    /// Begins again on the same store.
    pub fn again(&mut self) {
        let app = App::new(self.store.clone(), ports(&self.clock, self.dice.split()), settings());
        self.open(app);
    }

    /// It dies behind the commit with this number, from the next on.
    pub fn die_behind(&mut self, commits: u64) {
        self.death.left.store(commits as i64, Ordering::Relaxed);
    }

    /// What is kept, to look at.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The installation it began with.
    pub fn ground(&self) -> &'g Ground {
        self.ground
    }

    /// Looks at the store.
    pub fn look<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Writes into the store past the server, which does not die of it.
    pub fn write(&self, commit: Commit) {
        let left = self.death.left.swap(0, Ordering::Relaxed);
        let _ = self.look(self.store.commit(commit));
        self.death.left.store(left, Ordering::Relaxed);
    }

    /// Has it do something; `None` when it is down, or died over it.
    fn run<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let death = Arc::clone(&self.death);
        let done = self.runtime.block_on(async {
            tokio::select! {
                biased;
                done = work => Some(done),
                () = death.came.notified() => None,
            }
        });
        if done.is_none() {
            self.stop();
        }
        done
    }

    /// Answers a request.
    pub fn answer(&mut self, packet: &Packet) -> Option<Answer> {
        let place = &self.ground.sites[packet.site];
        let mut request = Request::builder()
            .method(packet.method.clone())
            .uri(&packet.path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::AUTHORIZATION, format!("TargetToken {}", place.token));
        if !packet.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some((from, to)) = packet.range {
            request = request.header(header::RANGE, format!("bytes={from}-{to}"));
        }
        let request = request.body(Full::new(Bytes::from(packet.body.clone()))).ok()?;
        let work = (self.alive.as_ref()?.door)(request);
        self.run(work)
    }

    /// Runs the reconcilers once.
    pub fn tick(&mut self) -> Option<Result<(), roadbook_app::Error>> {
        let app = self.alive.as_ref()?.app.clone();
        self.run(async move { app.tick().await.map(|_| ()) })
    }

    /// A person who leads the release gives an order.
    pub fn order<T, F: Future<Output = Result<T, roadbook_app::Error>>>(
        &mut self,
        order: impl FnOnce(App, Call, ReleaseId) -> F,
    ) -> Option<Result<T, roadbook_app::Error>> {
        let app = self.alive.as_ref()?.app.clone();
        let (release, manager) = (self.release.clone(), self.ground.manager.clone());
        self.run(async move {
            let call = Call::of(app.actor_of(&manager).await?.0);
            order(app, call, release).await
        })
    }
}

/// Makes the release, and lets its moment come.
async fn release(app: &App, ground: &Ground) -> Result<ReleaseId> {
    let call = Call::of(app.actor_of(&ground.manager).await?.0);
    let new = NewRelease {
        product: Some(ground.product.clone()),
        process: "sim/waves".to_owned(),
        version: NEW.to_owned(),
        title: "Spring".to_owned(),
        kind: "upgrade".to_owned(),
        content: format!("after {OLD}"),
        items: vec![NewReleaseItem {
            title: Text { en: Some("Fix".into()), ..Text::default() },
            kind: "code".to_owned(),
            purpose: "fix".to_owned(),
            ..NewReleaseItem::default()
        }],
        sites: ground.sites.iter().map(|it| it.id.clone()).collect(),
        ..NewRelease::default()
    };
    let made = app.release_create(&call, new).await.context("making the release")?;
    let release = ReleaseId::parse(&made.id)?;
    let sha256 = roadbook_wire::package::digest(&ground.new.bytes);
    let packages = Some(vec![Package { name: format!("gate-{NEW}.rbpkg"), sha256 }]);
    let edit = EditRelease { packages, ..EditRelease::default() };
    app.release_edit(&call, &release, edit).await.context("naming its package")?;
    let start = moment(0);
    let slot = Slot { start, end: start + SignedDuration::from_hours(1_000) };
    let slot = Command::SetSlot { slot, reason: "plan".into(), pass_blocks: false };
    app.release_do(&call, &release, slot).await.context("giving it a slot")?;
    app.release_do(&call, &release, Command::Start).await.context("starting it")?;
    Ok(release)
}
