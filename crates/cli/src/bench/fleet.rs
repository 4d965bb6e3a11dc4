//! Rows of the fleet: polls, memory per site, the start of a wave, fetched orders, what agents say.
//!
//! The wave is a real one: a release of a process of its own, with two waves chosen by tags. The
//! first has one site; when that reports, the second starts.

use super::files;
use super::http::{Served, Spent};
use super::server::{Bench, failed, installation, installation_on};
use super::wire::load;
use super::{PAIRS, Row, Sizes, median, micros, now, pairs_async};
use crate::exit::Failure;
use crate::ports::SystemClock;
use jiff::Timestamp;
use roadbook_app::fleet::AgentMessage;
use roadbook_app::ports::Clock as _;
use roadbook_core::ids::{IdSeed, SiteId, UnitId};
use roadbook_core::text::Lang;
use roadbook_store::agents::{self, Agent};
use roadbook_store::sites::{self, Site};
use roadbook_store::{Commit, Write};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;

/// Connections of polls.
const POLLS: usize = 64;
/// Connections of reports.
const REPORTS: usize = 256;
/// Waves that are started.
const STARTS: usize = 3;

/// What the requests of sites are made of.
pub(super) type Ask = Arc<dyn Fn(usize, &mut Vec<u8>) + Send + Sync>;

pub(super) fn key(index: usize) -> String {
    // 24 characters, as the promise about memory says.
    format!("site-{index:019}")
}

fn site_id(index: usize) -> SiteId {
    SiteId::new(IdSeed { millis: 1, random: index as u128 })
}

/// A site with its tags and its agent; every agent's token is the same, which costs a poll the
/// same.
fn site_rows(index: usize, unit: &UnitId, at: Timestamp) -> Vec<Write> {
    let site = sites::insert(&Site {
        id: site_id(index),
        key: key(index),
        name: key(index),
        unit_id: unit.clone(),
        customer: None,
        zone: "UTC".into(),
        lang: Lang::En,
        address: String::new(),
        class: "normal".into(),
        update_authority: "vendor".into(),
        active: true,
        revision: 1,
        part_of: None,
        part: "site".to_owned(),
    });
    let agent = agents::insert(&Agent {
        site_id: site_id(index),
        token_hash: Sha256::digest(b"bench").to_vec(),
        public_key: "key".into(),
        program: "bench".into(),
        enrolled_at: at,
        enrolled_by: "bench".into(),
        seen_at: None,
        wants_facts: false,
        auto_confirm: false,
        auto_confirm_by: None,
        auto_confirm_at: None,
        revoked_at: None,
        revision: 1,
    });
    let tags: &[&str] = if index == 0 { &["first"] } else { &["east", "shop"] };
    let tags: Vec<String> = tags.iter().map(|it| (*it).to_owned()).collect();
    let mut rows = vec![site, agent];
    rows.extend(sites::replace_tags(&site_id(index), &tags));
    rows
}

/// Sites with agents.
async fn fill(bench: &Bench, count: usize) -> Result<(), Failure> {
    let store = bench.app.store();
    let at = SystemClock.now();
    for chunk in (0..count).collect::<Vec<_>>().chunks(2_000) {
        let mut commit = Commit::new(at, "bench");
        for &index in chunk {
            commit.writes.extend(site_rows(index, &bench.unit, at));
        }
        store.commit(commit).await.map_err(failed)?;
    }
    Ok(())
}

/// A request of a site: what it asks, and of what.
fn request(
    method: &'static str,
    rest: impl Fn(usize) -> (String, String) + Send + Sync + 'static,
    count: usize,
    more: String,
) -> Ask {
    Arc::new(move |number, out| {
        // Sites in no order, the same in every run.
        let index = number.wrapping_mul(0x9e37_79b1) % count;
        let (path, body) = rest(index);
        let length = body.len();
        out.extend_from_slice(
            format!(
                "{method} /DEFAULT/controller/v1/{}{path} HTTP/1.1\r\nhost: bench\r\n\
                 authorization: TargetToken bench\r\n{more}content-length: {length}\r\n\r\n{body}",
                key(index)
            )
            .as_bytes(),
        );
    })
}

pub(super) fn plain(method: &'static str, path: &'static str, body: &str) -> Ask {
    let text = format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: TargetToken bench\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    Arc::new(move |_, out| out.extend_from_slice(text.as_bytes()))
}

/// All rows of the fleet, or those of polls alone.
pub(super) async fn rows(sizes: &Sizes, polls_only: bool) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for (turn, &count) in sizes.fleets.iter().enumerate() {
        let bench = installation().await?;
        fill(&bench, count).await?;
        let bench = bench.closed();
        rows.extend(Box::pin(polls(sizes, count, &bench.data())).await?);
        if polls_only {
            continue;
        }
        let mut bench = bench.open().await?;
        let (mut ours, mut bare, mut first) = (Vec::new(), Vec::new(), 0);
        for turn in 0..STARTS {
            if turn > 0 {
                bench = installation().await?;
                fill(&bench, count).await?;
            }
            let took = Box::pin(wave(sizes, count, &bench)).await?;
            ours.push(took.0);
            bare.push(took.1);
            first = took.2;
        }
        rows.push(Row {
            what: format!("wave of {count} sites, until a poll of the last one shows it"),
            ours: median(ours),
            bare: median(bare),
            beside: "a bare set-wise insert with these columns and indexes",
            bar: "≤ 3 ×",
            unit: "ms",
        });
        let bench = bench.closed();
        let served = Served::start(&bench.data())?;
        let orders = Orders { served, first, count };
        // The first request of a site reads the fleet.
        settle(&orders.served, "/healthz").await?;
        rows.push(Box::pin(fetches(sizes, &orders)).await?);
        if turn == 0 {
            rows.extend(Box::pin(files::downloads(sizes, &orders, &bench.data())).await?);
        }
        rows.extend(Box::pin(reports(sizes, &orders)).await?);
    }
    Ok(rows)
}

/// A wave under way: the order of site `index` has the number `first + index`.
pub(super) struct Orders {
    pub(super) served: Served,
    first: usize,
    count: usize,
}

impl Orders {
    pub(super) fn number(&self, index: usize) -> usize {
        self.first + index
    }
}

/// Polls of sites that have nothing to do, and what the sites cost in memory.
async fn polls(sizes: &Sizes, count: usize, data: &Path) -> Result<Vec<Row>, Failure> {
    let empty = {
        let dir = tempfile::Builder::new().prefix(".roadbook-bench-").tempdir_in(".")?;
        let served = Served::start(dir.path())?;
        settle(&served, "/healthz").await?;
        served.memory().unwrap_or(f64::NAN)
    };
    let served = Served::start(data)?;
    // The first poll reads the fleet.
    let all = request("GET", |_| (String::new(), String::new()), count, String::new());
    load(&served.base, 1, 1, 200, Arc::clone(&all)).await?;
    let full = served.memory().unwrap_or(f64::NAN);
    let bytes = load(&served.base, 1, 1, 200, Arc::clone(&all)).await?;
    let bare = Served::bare(bytes, None)?;
    let tag = format!("if-none-match: {}\r\n", idle_tag());
    let mut rows = Vec::new();
    for (what, status, ours, beside, bar) in [
        ("200", 200, all, plain("GET", "/", ""), "≤ 1.43 × (70 % per CPU-second)"),
        (
            "304",
            304,
            request("GET", |_| (String::new(), String::new()), count, tag),
            plain("GET", "/none", ""),
            "≤ 1.33 × (75 % per CPU-second)",
        ),
    ] {
        let ours_cpu = Spent::default();
        let bare_cpu = Spent::default();
        let mine = async |_| {
            let work = async {
                load(&served.base, POLLS, sizes.polls, status, Arc::clone(&ours)).await.map(|_| ())
            };
            ours_cpu.count(&served, sizes.polls, work).await
        };
        let theirs = async |_| {
            let work = async {
                load(&bare.base, POLLS, sizes.polls, status, Arc::clone(&beside)).await.map(|_| ())
            };
            bare_cpu.count(&bare, sizes.polls, work).await
        };
        pairs_async(sizes.polls, mine, theirs).await?;
        rows.push(Row {
            what: format!("idle poll, {what}, {count} sites: CPU of the server"),
            ours: ours_cpu.median(),
            bare: bare_cpu.median(),
            beside: "a bare handler with as many bytes",
            bar,
            unit: "µs",
        });
    }
    rows.push(Row {
        what: format!("memory per site, {count} sites"),
        ours: (full - empty).max(0.01) * 1024.0 * 1024.0 / count as f64,
        bare: 200.0,
        beside: "what is owed",
        bar: "≤ 200 B at 1,000,000",
        unit: "B",
    });
    Ok(rows)
}

/// Polls of two nodes at once beside those of one alone, on PostgreSQL.
pub(super) async fn nodes(sizes: &Sizes, url: &str) -> Result<Vec<Row>, Failure> {
    let count = sizes.fleets[0];
    let bench = installation_on(Some(url)).await?;
    fill(&bench, count).await?;
    let bench = bench.closed();
    let dirs = [bench.data(), bench.data().with_file_name("second")];
    let all = request("GET", |_| (String::new(), String::new()), count, String::new());
    let ask = async |served: &Served, spent: Option<&Spent>| {
        let work = async {
            load(&served.base, POLLS, sizes.polls, 200, Arc::clone(&all)).await.map(|_| ())
        };
        match spent {
            Some(spent) => spent.count(served, sizes.polls, work).await,
            None => work.await,
        }
    };
    let first = Served::node(&dirs[0], url)?;
    ask(&first, None).await?;
    let alone = Spent::default();
    for _ in 0..PAIRS {
        ask(&first, Some(&alone)).await?;
    }
    let second = Served::node(&dirs[1], url)?;
    ask(&second, None).await?;
    let both = [Spent::default(), Spent::default()];
    for _ in 0..PAIRS {
        let (one, two) = tokio::join!(ask(&first, Some(&both[0])), ask(&second, Some(&both[1])));
        one.and(two)?;
    }
    let alone = alone.median();
    let row = |(name, spent): (&str, Spent)| Row {
        what: format!("idle poll, {name} of two nodes, {count} sites: CPU of the server"),
        ours: spent.median(),
        bare: alone,
        beside: "one node alone",
        bar: "0.9 to 1.1 ×",
        unit: "µs",
    };
    Ok(["first", "second"].into_iter().zip(both).map(row).collect())
}

/// The tag of the answer to a site that has nothing to do.
fn idle_tag() -> String {
    use std::hash::{DefaultHasher, Hasher as _};
    let mut hash = DefaultHasher::new();
    hash.write(br#"{"config":{"polling":{"sleep":"00:05:00"}}}"#);
    format!("\"{:016x}\"", hash.finish())
}

async fn settle(served: &Served, path: &'static str) -> Result<(), Failure> {
    load(&served.base, 1, 1, 200, plain("GET", path, "")).await.map(|_| ())
}

/// Measures requests of sites beside a bare handler, by the CPU of both servers.
pub(super) async fn beside(
    (served, bare): (&Served, &Served),
    (connections, pieces): (usize, usize),
    status: u16,
    ours: impl Fn(usize) -> Ask,
    (bare_status, theirs): (u16, Ask),
) -> Result<(f64, f64, f64), Failure> {
    let (ours_cpu, bare_cpu) = (Spent::default(), Spent::default());
    let mine = async |turn: usize| {
        let ask = ours(turn * pieces);
        let work = async { load(&served.base, connections, pieces, status, ask).await.map(|_| ()) };
        ours_cpu.count(served, pieces, work).await
    };
    let other = async |_| {
        let ask = Arc::clone(&theirs);
        let work =
            async { load(&bare.base, connections, pieces, bare_status, ask).await.map(|_| ()) };
        bare_cpu.count(bare, pieces, work).await
    };
    let (waited, _) = pairs_async(pieces, mine, other).await?;
    Ok((ours_cpu.median(), bare_cpu.median(), waited))
}

/// Sites fetch their orders for the first time: asked of the database, and written down.
async fn fetches(sizes: &Sizes, orders: &Orders) -> Result<Row, Failure> {
    let (first, count) = (orders.first, orders.count);
    let pieces = sizes.fetches.min((count - 1) / PAIRS - 1);
    let ours = |from: usize| -> Ask {
        Arc::new(move |number, out| {
            let index = 1 + (from + number) % (count - 1);
            let path = format!("/deploymentBase/{}", first + index);
            out.extend_from_slice(&get(&key(index), &path, ""));
        })
    };
    let bytes = load(&orders.served.base, 1, 1, 200, ours(count - 2)).await?;
    let bare = Served::bare(bytes, None)?;
    let both = (&orders.served, &bare);
    let theirs = (200, plain("GET", "/", ""));
    let (mine, other, waited) = beside(both, (POLLS, pieces), 200, ours, theirs).await?;
    Ok(Row {
        what: format!("order fetched, {count} sites: CPU of the server (waited {waited:.0} µs)"),
        ours: mine,
        bare: other,
        beside: "a bare handler with as many bytes",
        bar: "told beside it",
        unit: "µs",
    })
}

/// A request as a site sends it.
pub(super) fn get(key: &str, path: &str, more: &str) -> Vec<u8> {
    format!(
        "GET /DEFAULT/controller/v1/{key}{path} HTTP/1.1\r\nhost: bench\r\n\
         authorization: TargetToken bench\r\n{more}content-length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// What agents say: durable before it is thanked for.
async fn reports(sizes: &Sizes, orders: &Orders) -> Result<Vec<Row>, Failure> {
    let (first, count) = (orders.first, orders.count);
    let bare = Served::bare(0, None)?;
    let body = |execution: &str, finished: &str, at: usize| {
        format!(
            r#"{{"timestamp":{at},"status":{{"execution":"{execution}","result":{{"finished":"{finished}"}},"details":["stage: verified","all digests are right"]}}}}"#
        )
    };
    let sample = body("proceeding", "none", 1_700_000_000_000);
    let mut rows = Vec::new();
    for (execution, finished, most, bar) in [
        ("proceeding", "none", sizes.reports, "≤ 2.9 × (35 % per CPU-second)"),
        ("closed", "success", sizes.reports / 2, "told beside it"),
    ] {
        // The wave shall not end while it is measured.
        let pieces = most.min((count - 2) / PAIRS);
        let ours = |from: usize| -> Ask {
            Arc::new(move |number, out| {
                let index = 1 + from + number;
                let told = body(execution, finished, 1_700_000_000_000 + index);
                out.extend_from_slice(
                    format!(
                        "POST /DEFAULT/controller/v1/{}/deploymentBase/{}/feedback HTTP/1.1\r\n\
                         host: bench\r\nauthorization: TargetToken bench\r\n\
                         content-type: application/json\r\ncontent-length: {}\r\n\r\n{told}",
                        key(index),
                        first + index,
                        told.len()
                    )
                    .as_bytes(),
                );
            })
        };
        let both = (&orders.served, &bare);
        let theirs = (200, plain("POST", "/", &sample));
        let (mine, other, waited) = beside(both, (REPORTS, pieces), 200, ours, theirs).await?;
        rows.push(Row {
            what: format!(
                "report `{execution}`, {count} sites: CPU of the server (waited {waited:.0} µs)"
            ),
            ours: mine,
            bare: other,
            beside: "a bare handler that reads as much",
            bar,
            unit: "µs",
        });
    }
    Ok(rows)
}

/// The second wave of a release, from the report that starts it until a poll of its last site
/// shows the order: ours and bare, in milliseconds. The wave stays under way; also gives the
/// number that its orders count from.
async fn wave(sizes: &Sizes, count: usize, bench: &Bench) -> Result<(f64, f64, usize), Failure> {
    let title = r#"{ en = "Fleet", ko = "Fleet", vi = "Fleet", zh = "Fleet" }"#;
    bench.publish(&PROCESS.replace("TITLE", title)).await?;
    bench.app.fleet_ready().await?;
    let package = files::package(bench, sizes.file).await?;
    bench.ship(&package).await?;
    let site = bench.app.agent_site(&key(0), "bench").await?;
    let told = bench.app.agent_poll(&key(0), "bench").await?;
    let done = AgentMessage {
        execution: "closed".into(),
        finished: "success".into(),
        ..AgentMessage::default()
    };
    let start = now();
    bench.app.agent_report(&site, i64::from(told.order), &done).await?;
    let told = bench.app.agent_poll(&key(count - 1), "bench").await?;
    let ours = micros(start.elapsed(), 1) / 1e3;
    if told.order == 0 {
        return Err(failed("the last site has no order"));
    }
    let ids = (1..count).map(|it| site_id(it).to_string());
    let bare = super::http::bare_wave(bench.app.store().dir(), ids)?;
    Ok((ours, bare, (told.order as usize + 1).saturating_sub(count)))
}

/// One step over sites, in two waves.
const PROCESS: &str = r#"
format = 1
id = "bench/fleet"
subject = "release"
title = TITLE
description = TITLE
control = { number = "B-1", owner = "release_lead", confidentiality = "internal", effective = "2026-01-01", note = "first" }

[[role]]
id = "release_lead"
title = TITLE
duty = TITLE

[[phase]]
id = "live"
title = TITLE

  [[phase.step]]
  id = "update"
  kind = "rollout"
  title = TITLE
  description = TITLE
  role = "release_lead"
  effort = "1h"
    [[phase.step.wave]]
    name = "first"
    sites = 'has_tag(site, "first")'
    share = "100%"
    [[phase.step.wave]]
    name = "rest"
    sites = 'has_tag(site, "east") && has_tag(site, "shop")'
    share = "100%"
    halt = { failed = "25%" }

[[phase]]
id = "closing"
title = TITLE

  [[phase.step]]
  id = "close"
  kind = "archive"
  title = TITLE
  description = TITLE
  role = "release_lead"
  effort = "15min"
  always = true
"#;
