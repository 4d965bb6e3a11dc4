//! Rows with store and server: approvals, a release, a long list, start and memory.

use super::http::Served;
use super::{Row, Sizes, now, pairs_async};
use crate::exit::{Code, Failure};
use crate::open;
use crate::ports::{Files, OsRandom, SystemClock};
use roadbook_app::auth::{SetupInput, SignInContext};
use roadbook_app::ports::{Clock as _, Ports, ProcessFiles, ProcessFindings};
use roadbook_app::products::ProductInput;
use roadbook_app::releases::{EditRelease, NewRelease};
use roadbook_app::{App, Call, PageAsk, ReleaseFilter, Scope, Settings};
use roadbook_core::ids::{IdSeed, ProductId, ReleaseId, UnitId};
use roadbook_core::process::template::Template;
use roadbook_core::release::{Package, Release};
use roadbook_core::run::{Answer, Command};
use roadbook_store::releases::ReleaseRow;
use roadbook_store::{Commit, Location, Store, releases};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PASSWORD: &str = "quiet harbor lamp";

pub(super) fn failed(error: impl std::fmt::Debug) -> Failure {
    Failure::new(Code::Failed, format!("bench: {error:?}"))
}

/// An installation to measure, with one product and one person who holds every role.
pub(super) struct Bench {
    pub(super) app: App,
    call: Call,
    pub(super) token: String,
    product: ProductId,
    pub(super) unit: UnitId,
    pub(super) dir: tempfile::TempDir,
}

/// Takes process files as they are: a bench's own has no approval and no way back.
struct Unchecked;

impl ProcessFiles for Unchecked {
    fn read(&self, text: &str) -> Result<Template, ProcessFindings> {
        Files.read(text)
    }

    fn check(&self, text: &str, _: &[String]) -> Result<Template, ProcessFindings> {
        Files.read(text)
    }

    fn builtin(&self) -> Vec<(String, String)> {
        Files.builtin()
    }
}

async fn app_at(data: &Path, url: Option<&str>) -> Result<App, Failure> {
    let place = match url {
        Some(url) => Location::Postgres(url.to_owned(), data.to_owned()),
        None => Location::Sqlite(data.to_owned()),
    };
    let store = Store::open(&place, &open::options()).await?;
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        processes: Arc::new(Unchecked),
        mailer: Arc::new(crate::mail::NoMailer),
    };
    let settings = Settings {
        base_url: "http://127.0.0.1".into(),
        mail_from: "bench@localhost".into(),
        organization: String::new(),
        demo: false,
    };
    Ok(App::new(store, ports, settings))
}

pub(super) async fn installation() -> Result<Bench, Failure> {
    installation_on(None).await
}

/// As [`installation`], on PostgreSQL behind a URL.
pub(super) async fn installation_on(url: Option<&str>) -> Result<Bench, Failure> {
    // Beside the working directory, not in /tmp: that may be memory, and disks are compared.
    let dir = tempfile::Builder::new().prefix(".roadbook-bench-").tempdir_in(".")?;
    let app = app_at(&dir.path().join("data"), url).await?;
    app.process_seed().await?;
    let code = app.setup_code().await?.unwrap_or_default();
    let input = SetupInput {
        organization: "Bench".into(),
        zone: "UTC".into(),
        lang: "en".into(),
        name: "Bench".into(),
        login: "bench".into(),
        email: String::new(),
        password: PASSWORD.into(),
    };
    app.setup(&code, input).await?;
    let (token, session) = app.sign_in("bench", PASSWORD, SignInContext::default()).await?;
    app.step_up(&session, PASSWORD).await?;
    let call = session.call();
    let unit = session.person.unit.clone();
    let input = ProductInput {
        key: "bench".into(),
        name: "Bench".into(),
        description: String::new(),
        unit: unit.clone(),
        class: String::new(),
        scheme: roadbook_core::version::Scheme::default(),
        owner_role: String::new(),
        windows: Vec::new(),
        active: true,
    };
    let made = app.product_create(&call, input).await?;
    let product = ProductId::parse(&made.id).map_err(failed)?;
    Ok(Bench { app, call, token, product, unit, dir })
}

/// An installation whose database another process may open.
pub(super) struct Closed {
    call: Call,
    token: String,
    product: ProductId,
    unit: UnitId,
    dir: tempfile::TempDir,
}

impl Closed {
    pub(super) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(super) async fn open(self) -> Result<Bench, Failure> {
        let app = app_at(&self.data(), None).await?;
        let Closed { call, token, product, unit, dir } = self;
        Ok(Bench { app, call, token, product, unit, dir })
    }
}

impl Bench {
    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    pub(super) fn product(&self) -> &ProductId {
        &self.product
    }

    pub(super) fn closed(self) -> Closed {
        let Bench { app, call, token, product, unit, dir } = self;
        drop(app);
        Closed { call, token, product, unit, dir }
    }

    pub(super) async fn publish(&self, text: &str) -> Result<(), Failure> {
        self.app.process_publish(&self.call, text, "first").await?;
        Ok(())
    }

    /// A release of the fleet's process to all sites, under way with this file.
    pub(super) async fn ship(&self, file: &Package) -> Result<(), Failure> {
        let new = NewRelease {
            product: Some(self.product.clone()),
            process: "bench/fleet".into(),
            version: "V3.0.0.0001".into(),
            title: "A release for a fleet".into(),
            kind: "upgrade".into(),
            content: "Faster closing".into(),
            ..NewRelease::default()
        };
        let made = self.app.release_create(&self.call, new).await?;
        let id = ReleaseId::parse(&made.id).map_err(failed)?;
        let packages = Some(vec![file.clone()]);
        let edit = EditRelease { packages, ..EditRelease::default() };
        self.app.release_edit(&self.call, &id, edit).await?;
        self.app.release_do(&self.call, &id, Command::Start).await?;
        self.app.tick().await?;
        Ok(())
    }

    /// A small release that waits for its approval; gives its id and what is signed.
    pub(super) async fn waiting(&self, number: usize) -> Result<(ReleaseId, String), Failure> {
        let me = self.call.person()?.clone();
        let roles = ["tester", "approver", "release_lead"]
            .map(|it| (it.to_owned(), vec![me.clone()]))
            .into();
        let new = NewRelease {
            product: Some(self.product.clone()),
            process: "starter/release".into(),
            version: format!("V1.0.0.{number:04}"),
            title: format!("Release {number}"),
            kind: "upgrade".into(),
            roles,
            ..NewRelease::default()
        };
        let made = self.app.release_create(&self.call, new).await?;
        let id = ReleaseId::parse(&made.id).map_err(failed)?;
        self.app.release_do(&self.call, &id, Command::Start).await?;
        let text = format!("# Plan {number}\n\n## changes\n\none\n\n## back_out\n\nback\n");
        self.app.document_write(&self.call, &id, "release_plan", &text, "").await?;
        let done = |step: &str| Command::Done { step: step.into(), remark: String::new() };
        self.app.release_do(&self.call, &id, done("plan")).await?;
        let answer = Command::Answer {
            step: "test".into(),
            check: "works".into(),
            answer: Answer::YesNo(true),
            remark: String::new(),
        };
        self.app.release_do(&self.call, &id, answer).await?;
        self.app.release_do(&self.call, &id, done("test")).await?;
        let view = self.app.release(&self.call.actor, &id).await?;
        let digest = view.context.digests.get("approve").cloned().unwrap_or_default();
        Ok((id, digest))
    }

    /// A release under way in the largest process that comes with the program.
    pub(super) async fn large(&self) -> Result<ReleaseId, Failure> {
        let me = self.call.person()?.clone();
        let process = "enterprise/upgrade";
        let text = crate::offline::process_text(process)?;
        let template = roadbook_wire::process::parse(process, &text).map_err(failed)?.template;
        let roles = template.roles.iter().map(|it| (it.id.clone(), vec![me.clone()]));
        let new = NewRelease {
            product: Some(self.product.clone()),
            process: process.into(),
            version: "V2.0.0.0001".into(),
            title: "A large release".into(),
            kind: "upgrade".into(),
            mode_reason: "The month-end closing must be faster".into(),
            content: "Faster closing".into(),
            purposes: vec!["performance".into()],
            requirements: roadbook_core::text::Text::of(roadbook_core::text::Lang::En, "None"),
            roles: roles.collect(),
            ..NewRelease::default()
        };
        let made = self.app.release_create(&self.call, new).await?;
        let id = ReleaseId::parse(&made.id).map_err(failed)?;
        self.app.release_do(&self.call, &id, Command::Start).await?;
        Ok(id)
    }
}

/// Steps of a release's run.
pub(super) fn step_count(release: &Release) -> usize {
    release.run.steps.len()
}

/// The last page of a long list beside the first.
pub(super) async fn list(sizes: &Sizes) -> Result<Row, Failure> {
    let bench = installation().await?;
    let store = bench.app.store();
    let start = SystemClock.now();
    for chunk in (0..sizes.list).collect::<Vec<_>>().chunks(500) {
        let mut commit = Commit::new(start, "bench");
        for index in chunk {
            let at = start + jiff::SignedDuration::from_secs(*index as i64);
            let random = *index as u128;
            commit.writes.push(releases::insert(&ReleaseRow {
                id: ReleaseId::new(IdSeed { millis: *index as u64, random }),
                number: format!("R-2027-{index:05}"),
                product_id: bench.product.clone(),
                version: Some(format!("V1.0.{}.{:04}", index / 9000, index % 9000)),
                title: format!("Release {index}"),
                kind: "upgrade".into(),
                mode: "planned".into(),
                state: "running".into(),
                go_live_at: Some(at),
                lead_id: None,
                unit_id: bench.unit.clone(),
                process_id: "starter/release".into(),
                process_revision: 1,
                waiting: "approve".into(),
                next_due_at: None,
                updated_at: at,
                subject: "release".into(),
            }));
        }
        store.commit(commit).await.map_err(failed)?;
    }
    let (scope, filter) = (Scope::all(), ReleaseFilter::default());
    let first = PageAsk::first(50);
    let mut deep = PageAsk::first(200);
    for _ in 0..(sizes.list / 200).saturating_sub(2) {
        deep.cursor = releases::list(store, &scope, &filter, &deep).await?.next;
    }
    deep.limit = 50;
    let page = async |ask: &PageAsk| {
        for _ in 0..sizes.requests {
            releases::list(store, &scope, &filter, ask).await?;
        }
        Ok(())
    };
    let (ours, bare) =
        pairs_async(sizes.requests, async |_| page(&deep).await, async |_| page(&first).await)
            .await?;
    Ok(Row {
        what: format!("list of {} releases, a page at its end", sizes.list),
        ours,
        bare,
        beside: "its first page",
        bar: "constant",
        unit: "µs",
    })
}

/// Start and memory of the server, as a process of its own.
pub(super) fn process() -> Result<Vec<Row>, Failure> {
    use std::process::{Command as Process, Stdio};
    let program = std::env::current_exe()?;
    let dir = tempfile::Builder::new().prefix(".roadbook-bench-").tempdir_in(".")?;
    let (mut ours, mut bare, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..super::PAIRS {
        let start = now();
        let served = Served::start(dir.path())?;
        ours.push(super::micros(start.elapsed(), 1) / 1e3);
        memory.extend(served.memory());
        drop(served);
        let start = now();
        Process::new(&program).arg("--version").stdout(Stdio::null()).status()?;
        bare.push(super::micros(start.elapsed(), 1) / 1e3);
    }
    Ok(vec![
        Row {
            what: "start until it listens".into(),
            ours: super::median(ours),
            bare: super::median(bare),
            beside: "starting the program for --version",
            bar: "≤ 300 ms",
            unit: "ms",
        },
        Row {
            what: "memory right after the start".into(),
            ours: super::median(memory),
            bare: 60.0,
            beside: "what is owed",
            bar: "≤ 60 MiB",
            unit: "MiB",
        },
    ])
}
