//! Rows of a server of its own, asked over HTTP: an approval, and a release as it is shown. Time is
//! what the caller waits; CPU is what the server's process used, reconcilers included.

use super::apart;
use super::server::{Bench, failed, installation, step_count};
use super::{Row, Sizes, pairs_async};
use crate::exit::Failure;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use roadbook_core::ids::ReleaseId;
use roadbook_core::release::Release;
use std::future::Future;
use std::hint::black_box;
use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Mutex;

type Http = Client<HttpConnector, Full<Bytes>>;

/// The program, serving a directory.
pub(super) struct Served {
    child: Child,
    pub(super) base: String,
    /// It has no processor of its own.
    roams: bool,
}

impl Served {
    pub(super) fn start(dir: &Path) -> Result<Served, Failure> {
        let mut server = Process::new(std::env::current_exe()?);
        server.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(dir);
        Served::run(&mut server, false)
    }

    /// As [`Served::start`], as one of the nodes of a PostgreSQL database, wherever there is room.
    pub(super) fn node(dir: &Path, url: &str) -> Result<Served, Failure> {
        let mut server = Process::new(std::env::current_exe()?);
        server.args(["serve", "--listen", "127.0.0.1:0", "--database", url, "--data"]).arg(dir);
        Served::run(&mut server, true)
    }

    /// The bare server: answers of so many bytes, or a file.
    pub(super) fn bare(bytes: usize, file: Option<&Path>) -> Result<Served, Failure> {
        let mut server = Process::new(std::env::current_exe()?);
        server.args(["bench", "--bare", &bytes.to_string()]);
        if let Some(file) = file {
            server.arg("--bare-file").arg(file);
        }
        Served::run(&mut server, false)
    }

    fn run(server: &mut Process, roams: bool) -> Result<Served, Failure> {
        server.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = if roams { server.spawn() } else { apart::first(|| server.spawn()) }?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            std::io::BufReader::new(out).read_line(&mut line)?;
        }
        let base = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let served = Served { child, base: base.clone().unwrap_or_default(), roams };
        base.map(|_| served).ok_or_else(|| failed(format!("the server said `{line}`")))
    }

    /// CPU time of all its threads so far, in microseconds.
    fn cpu(&self) -> Result<f64, Failure> {
        let mut sum = 0.0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end while it is read.
            let text = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            let first = text.split(' ').next().and_then(|it| it.parse::<f64>().ok());
            sum += first.unwrap_or_default() / 1e3;
        }
        Ok(sum)
    }

    /// Resident memory, in MiB.
    pub(super) fn memory(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kib / 1024.0)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
        .header("cookie", format!("roadbook={token}"))
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
    Err(failed(format!("{method} {url}: {status} {}", String::from_utf8_lossy(&bytes))))
}

/// As many rows and bytes as an approval writes, prepared, in one durable transaction.
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

/// Reads and parses a release's document, as bare as that can be.
struct Reader(rusqlite::Connection);

impl Reader {
    fn open(dir: &Path) -> Result<Reader, Failure> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let conn = rusqlite::Connection::open_with_flags(dir.join("roadbook.db"), flags);
        Ok(Reader(conn.map_err(failed)?))
    }

    fn load(&self, id: &ReleaseId) -> Result<Release, Failure> {
        const SQL: &str = "SELECT body FROM document WHERE kind = 'release' AND id = ?1";
        let mut statement = self.0.prepare_cached(SQL).map_err(failed)?;
        let body: String = statement.query_row([id.as_str()], |row| row.get(0)).map_err(failed)?;
        serde_json::from_str(&body).map_err(failed)
    }
}

/// What one half of a pair took: time of the caller, CPU of the server, both per piece.
#[derive(Default)]
pub(super) struct Spent {
    cpu: Mutex<Vec<f64>>,
}

impl Spent {
    pub(super) async fn count<F>(
        &self,
        served: &Served,
        pieces: usize,
        work: F,
    ) -> Result<(), Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let _others = (!served.roams).then(apart::Others::new);
        let before = served.cpu()?;
        work.await?;
        let used = (served.cpu()? - before) / pieces.max(1) as f64;
        self.cpu.lock().map_err(failed)?.push(used);
        Ok(())
    }

    pub(super) fn median(self) -> f64 {
        super::median(self.cpu.into_inner().unwrap_or_default())
    }
}

/// An approval over HTTP, and a release as it is shown.
pub(super) async fn releases(sizes: &Sizes) -> Result<Vec<Row>, Failure> {
    let bench = installation().await?;
    let mut waiting = Vec::new();
    for number in 1..=sizes.approvals * super::PAIRS {
        waiting.push(bench.waiting(number).await?);
    }
    let large = bench.large().await?;
    let Bench { app, token, dir, .. } = bench;
    // The server takes the directory over.
    drop(app);
    let served = Served::start(&dir.path().join("data"))?;
    let reader = Reader::open(&dir.path().join("data"))?;
    let http: Http = Client::builder(TokioExecutor::new()).build_http();
    let mut rows = approvals(sizes, &served, &http, &token, &waiting, dir.path(), &reader).await?;
    let api = format!("{}/api/v1/releases/{large}", served.base);
    let page = format!("{}/releases/{large}", served.base);
    let steps = step_count(&reader.load(&large)?);
    for (what, url) in [("release over the API", api), ("release page", page)] {
        let spent = Spent { cpu: Mutex::default() };
        // The first answer fills caches of both.
        ask(&http, "GET", &url, &token, String::new()).await?;
        let show = async |_| {
            let work = async {
                for _ in 0..sizes.requests {
                    ask(&http, "GET", &url, &token, String::new()).await?;
                }
                Ok(())
            };
            spent.count(&served, sizes.requests, work).await
        };
        let load = async |_| {
            for _ in 0..sizes.requests {
                black_box(reader.load(&large)?);
            }
            Ok(())
        };
        let (waited, bare) = pairs_async(sizes.requests, show, load).await?;
        let ours = spent.median();
        rows.push(Row {
            what: format!("{what}, {steps} steps: CPU of the server (waited {waited:.0} µs)"),
            ours,
            bare,
            beside: "load and read the same document",
            bar: "≤ 3 ×, ≤ 2 ms",
            unit: "µs",
        });
    }
    rows.push(Row {
        what: "memory after these requests".into(),
        ours: served.memory().unwrap_or(f64::NAN),
        bare: 60.0,
        beside: "what is owed",
        bar: "≤ 60 MiB",
        unit: "MiB",
    });
    Ok(rows)
}

async fn approvals(
    sizes: &Sizes,
    served: &Served,
    http: &Http,
    token: &str,
    waiting: &[(ReleaseId, String)],
    dir: &Path,
    reader: &Reader,
) -> Result<Vec<Row>, Failure> {
    let body = serde_json::to_vec(&reader.load(&waiting[0].0)?).map_err(failed)?;
    let conn = Mutex::new(bare_database(dir)?);
    let spent = Spent { cpu: Mutex::default() };
    // Warm: the first request of a server reads what later ones have at hand.
    ask(http, "GET", &format!("{}/api/v1/releases", served.base), token, String::new()).await?;
    let approve = async |turn: usize| {
        let work = async {
            for (id, digest) in &waiting[turn * sizes.approvals..(turn + 1) * sizes.approvals] {
                let url = format!("{}/api/v1/releases/{id}/steps/approve/vote", served.base);
                let vote = format!(r#"{{"verdict":"approve","digest":"{digest}"}}"#);
                ask(http, "POST", &url, token, vote).await?;
            }
            Ok(())
        };
        spent.count(served, sizes.approvals, work).await
    };
    let bare = async |_| {
        let mut conn = conn.lock().map_err(failed)?;
        for _ in 0..sizes.approvals {
            bare_transaction(&mut conn, &body).map_err(failed)?;
        }
        Ok(())
    };
    let (ours, beside) = pairs_async(sizes.approvals, approve, bare).await?;
    Ok(vec![
        Row {
            what: format!("approval over HTTP, one at a time ({} bytes of document)", body.len()),
            ours,
            bare: beside,
            beside: "a bare durable transaction",
            bar: "≤ 2 ×",
            unit: "µs",
        },
        Row {
            what: "approval over HTTP: CPU of the server".into(),
            ours: spent.median(),
            bare: 1_000.0,
            beside: "what is owed",
            bar: "≤ 1 ms",
            unit: "µs",
        },
    ])
}

/// The same rows in one bare statement, durable, beside the database.
pub(super) fn bare_wave(dir: &Path, ids: impl Iterator<Item = String>) -> Result<f64, Failure> {
    let path = dir.join("bare-wave.db");
    let _ = std::fs::remove_file(&path);
    let conn = rusqlite::Connection::open(&path).map_err(failed)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;
         CREATE TABLE member (site_id TEXT PRIMARY KEY);
         CREATE TABLE action (id INTEGER NOT NULL PRIMARY KEY, rollout_id TEXT, release_id TEXT,
           site_id TEXT, generation BIGINT, kind TEXT, wave BIGINT, state TEXT, outcome TEXT,
           stage TEXT, rank BIGINT, note TEXT, told_at BIGINT, not_before BIGINT, until BIGINT,
           ordered_at BIGINT, heard_at BIGINT, closed_at BIGINT, revision BIGINT);
         CREATE INDEX action_site ON action (site_id, id);
         CREATE INDEX action_rollout ON action (rollout_id, wave, site_id);
         BEGIN;",
    )
    .map_err(failed)?;
    for id in ids {
        conn.prepare_cached("INSERT INTO member VALUES (?1)")
            .and_then(|mut it| it.execute([id]))
            .map_err(failed)?;
    }
    conn.execute_batch("COMMIT").map_err(failed)?;
    let start = super::now();
    conn.execute(
        "INSERT INTO action SELECT row_number() OVER (ORDER BY site_id), ?1, ?1, site_id, 1, \
         'install', 1, 'ordered', NULL, 'ordered', 0, NULL, NULL, NULL, NULL, 1700000000000000, \
         NULL, NULL, 1 FROM member",
        ["roll_00000000000000000000000001"],
    )
    .map_err(failed)?;
    Ok(super::micros(start.elapsed(), 1) / 1e3)
}
