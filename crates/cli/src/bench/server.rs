//! Rows with store and server: approvals, a release, a long list, start and memory.

use super::{Row, Sizes, now, pairs_async};
use crate::exit::{Code, Failure};
use crate::open;
use crate::ports::{Files, OsRandom, SystemClock};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use roadbook_app::auth::{SetupInput, SignInContext};
use roadbook_app::ports::{Clock as _, Ports};
use roadbook_app::products::ProductInput;
use roadbook_app::releases::NewRelease;
use roadbook_app::{App, Call, PageAsk, ReleaseFilter, Scope, Settings};
use roadbook_core::ids::{IdSeed, ProductId, ReleaseId, UnitId};
use roadbook_core::release::Release;
use roadbook_core::run::{Answer, Command};
use roadbook_store::releases::ReleaseRow;
use roadbook_store::{Commit, Location, Store, documents, releases};
use roadbook_web::WebOptions;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

const PASSWORD: &str = "quiet harbor lamp";

fn failed(error: impl std::fmt::Debug) -> Failure {
    Failure::new(Code::Failed, format!("bench: {error:?}"))
}

struct Bench {
    app: App,
    call: Call,
    token: String,
    product: ProductId,
    unit: UnitId,
    _dir: tempfile::TempDir,
}

async fn installation() -> Result<Bench, Failure> {
    // Beside the working directory, not in /tmp: that may be memory, and disks are compared.
    let dir = tempfile::Builder::new().prefix(".roadbook-bench-").tempdir_in(".")?;
    let store = Store::open(&Location::Sqlite(dir.path().join("data")), &open::options()).await?;
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        processes: Arc::new(Files),
        mailer: Arc::new(crate::mail::NoMailer),
    };
    let settings = Settings {
        base_url: "http://127.0.0.1".into(),
        mail_from: "bench@localhost".into(),
        organization: String::new(),
        demo: false,
    };
    let app = App::new(store, ports, settings);
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
    Ok(Bench { app, call, token, product, unit, _dir: dir })
}

impl Bench {
    /// A small release that waits for its approval; gives its id and what is signed.
    async fn waiting(&self, number: usize) -> Result<(ReleaseId, String), Failure> {
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
}

type Http = Client<HttpConnector, Full<Bytes>>;

async fn ask(
    http: &Http,
    method: &str,
    url: &str,
    token: &str,
    body: String,
) -> Result<Bytes, Failure> {
    let request = hyper::Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("idempotency-key", format!("bench-{}", hex::encode(url)))
        .body(Full::new(Bytes::from(body)))
        .map_err(failed)?;
    let answer = http.request(request).await.map_err(failed)?;
    let status = answer.status();
    let bytes = answer.into_body().collect().await.map_err(failed)?.to_bytes();
    if status.is_success() {
        return Ok(bytes);
    }
    Err(failed(format!("{status} {}", String::from_utf8_lossy(&bytes))))
}

/// As many rows and bytes as a command writes, prepared, in one durable transaction.
fn bare_database(dir: &Path) -> Result<rusqlite::Connection, Failure> {
    let conn = rusqlite::Connection::open(dir.join("bare.db")).map_err(failed)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         CREATE TABLE doc (id INTEGER PRIMARY KEY, body BLOB, revision INTEGER); \
         CREATE TABLE idx (id INTEGER PRIMARY KEY, a TEXT, b TEXT); \
         CREATE TABLE rec (id INTEGER PRIMARY KEY, body BLOB); \
         INSERT INTO doc VALUES (1, x'', 0);",
    )
    .map_err(failed)?;
    Ok(conn)
}

fn bare_transaction(conn: &mut rusqlite::Connection, body: &[u8]) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.prepare_cached("UPDATE doc SET body = ?1, revision = revision + 1 WHERE id = 1")?
        .execute([body])?;
    for _ in 0..8 {
        tx.prepare_cached("INSERT INTO idx (a, b) VALUES ('a row of a list', 'waiting')")?
            .execute([])?;
    }
    for _ in 0..4 {
        tx.prepare_cached("INSERT INTO rec (body) VALUES (zeroblob(500))")?.execute([])?;
    }
    tx.commit()
}

/// An approval over HTTP, and a release as it is shown.
pub(super) async fn releases(sizes: Sizes) -> Result<Vec<Row>, Failure> {
    let bench = installation().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/api/v1/releases", listener.local_addr()?);
    let router = roadbook_web::router(bench.app.clone(), WebOptions::default());
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, service).await });
    let http: Http = Client::builder(TokioExecutor::new()).build_http();
    let mut waiting = Vec::new();
    for number in 1..=sizes.approvals * super::PAIRS {
        waiting.push(bench.waiting(number).await?);
    }
    let loaded = documents::load::<Release>(bench.app.store(), waiting[0].0.as_str()).await?;
    let release = loaded.ok_or_else(|| failed("no release"))?.value;
    let body = serde_json::to_vec(&release).map_err(failed)?;
    let conn = Mutex::new(bare_database(bench.app.store().dir())?);
    let (token, batches) = (&bench.token, &waiting);
    let approve = async |turn: usize| {
        for (id, digest) in &batches[turn * sizes.approvals..(turn + 1) * sizes.approvals] {
            let url = format!("{base}/{id}/steps/approve/vote");
            let vote = format!(r#"{{"verdict":"approve","digest":"{digest}"}}"#);
            ask(&http, "POST", &url, token, vote).await?;
        }
        Ok(())
    };
    let bare = async |_| {
        let mut conn = conn.lock().map_err(failed)?;
        for _ in 0..sizes.approvals {
            bare_transaction(&mut conn, &body).map_err(failed)?;
        }
        Ok(())
    };
    let (ours, beside) = pairs_async(sizes.approvals, approve, bare).await?;
    let mut rows = vec![Row {
        what: format!("approval over HTTP, one at a time ({} bytes of document)", body.len()),
        ours,
        bare: beside,
        beside: "a bare durable transaction",
        bar: "≤ 2 ×",
        unit: "µs",
    }];
    let url = format!("{base}/{}", waiting[0].0);
    let show = async |_| {
        for _ in 0..sizes.requests {
            ask(&http, "GET", &url, token, String::new()).await?;
        }
        Ok(())
    };
    let (store, id) = (bench.app.store(), waiting[0].0.as_str());
    let load = async |_| {
        for _ in 0..sizes.requests {
            documents::load::<Release>(store, id).await?;
        }
        Ok(())
    };
    let (ours, beside) = pairs_async(sizes.requests, show, load).await?;
    rows.push(Row {
        what: format!("release over HTTP, {} steps", release.run.steps.len()),
        ours,
        bare: beside,
        beside: "load and read the same document",
        bar: "≤ 3 ×, without network",
        unit: "µs",
    });
    server.abort();
    Ok(rows)
}

/// The last page of a long list beside the first.
pub(super) async fn list(sizes: Sizes) -> Result<Row, Failure> {
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
pub(super) async fn process() -> Result<Vec<Row>, Failure> {
    use std::io::BufRead as _;
    use std::process::{Command as Process, Stdio};
    let program = std::env::current_exe()?;
    let dir = tempfile::Builder::new().prefix(".roadbook-bench-").tempdir_in(".")?;
    let (mut ours, mut bare, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..super::PAIRS {
        let start = now();
        let mut child = Process::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            std::io::BufReader::new(out).read_line(&mut line)?;
        }
        ours.push(super::micros(start.elapsed(), 1) / 1e3);
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let resident = status.unwrap_or_default();
        let resident = resident.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let kib = resident.and_then(|it| it.trim().trim_end_matches(" kB").parse::<f64>().ok());
        memory.extend(kib.map(|it| it / 1024.0));
        child.kill()?;
        child.wait()?;
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
