//! Rows of the fleet: polls, what agents say, the start of a wave, downloads, memory per site.

use super::http::{Served, Spent};
use super::server::{Bench, failed, installation};
use super::wire::load;
use super::{PAIRS, Row, Sizes, median, micros, now, pairs_async};
use crate::exit::Failure;
use crate::ports::SystemClock;
use jiff::Timestamp;
use roadbook_app::ports::Clock as _;
use roadbook_core::ids::{IdSeed, ReleaseId, RolloutId, SiteId, UnitId};
use roadbook_core::text::Lang;
use roadbook_store::agents::{self, Agent};
use roadbook_store::deployments::{self, Deployment};
use roadbook_store::rollouts::{self, Rollout, WaveOrders};
use roadbook_store::sites::{self, Site};
use roadbook_store::{Commit, Write, waves};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Connections of polls.
const POLLS: usize = 64;
/// Connections of reports.
const REPORTS: usize = 256;

fn key(index: usize) -> String {
    // 24 characters, as the promise about memory says.
    format!("site-{index:019}")
}

fn site_id(index: usize) -> SiteId {
    SiteId::new(IdSeed { millis: 1, random: index as u128 })
}

fn release_of_wave() -> RolloutId {
    RolloutId::new(IdSeed { millis: 1, random: 1 })
}

/// A site with its agent and its deployment; every agent's token is the same, which
/// costs a poll the same.
fn site_rows(index: usize, unit: &UnitId, release: &ReleaseId, at: Timestamp) -> [Write; 3] {
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
    let deployment = deployments::insert(&Deployment {
        release_id: release.clone(),
        site_id: site_id(index),
        generation: 1,
        state: "pending".into(),
        outcome: None,
        slot_at: None,
        wave: 1,
        evidence: None,
        source: None,
        reported_by: None,
        at,
        revision: 1,
    });
    [site, agent, deployment]
}

/// Sites with agents, in a rollout that runs.
async fn fill(bench: &Bench, count: usize, release: &ReleaseId) -> Result<(), Failure> {
    let store = bench.app.store();
    let at = SystemClock.now();
    for chunk in (0..count).collect::<Vec<_>>().chunks(2_000) {
        let mut commit = Commit::new(at, "bench");
        for &index in chunk {
            commit.writes.extend(site_rows(index, &bench.unit, release, at));
        }
        let ids: Vec<SiteId> = chunk.iter().map(|it| site_id(*it)).collect();
        commit.writes.extend(waves::enter_sites(&release_of_wave(), 1, &ids));
        store.commit(commit).await.map_err(failed)?;
    }
    let rollout = Rollout {
        id: release_of_wave(),
        release_id: release.clone(),
        step_id: "update".into(),
        kind: "install".into(),
        round: 1,
        origin: None,
        reach: "all".into(),
        state: "running".into(),
        wave: 1,
        reason: None,
        reason_code: None,
        changed_by: "bench".into(),
        members: String::new(),
        started_at: at,
        ended_at: None,
        revision: 1,
    };
    let commit = Commit::new(at, "bench").write(rollouts::insert(&rollout));
    store.commit(commit).await.map_err(failed)?;
    Ok(())
}

fn orders(release: &ReleaseId) -> WaveOrders {
    WaveOrders {
        rollout: release_of_wave(),
        release: release.clone(),
        wave: 1,
        kind: "install".into(),
        not_before: None,
        until: None,
        ask: false,
        sites: Vec::new(),
        at: SystemClock.now(),
    }
}

/// A request of a site: what it asks, and of what.
fn request(
    method: &'static str,
    rest: impl Fn(usize) -> (String, String) + Send + Sync + 'static,
    count: usize,
    more: String,
) -> Arc<dyn Fn(usize, &mut Vec<u8>) + Send + Sync> {
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

fn plain(
    method: &'static str,
    path: &'static str,
    body: &str,
) -> Arc<dyn Fn(usize, &mut Vec<u8>) + Send + Sync> {
    let text = format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: TargetToken bench\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    Arc::new(move |_, out| out.extend_from_slice(text.as_bytes()))
}

/// All rows of the fleet.
pub(super) async fn rows(sizes: Sizes) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for count in sizes.fleets {
        rows.extend(Box::pin(polls(sizes, count)).await?);
    }
    rows.extend(Box::pin(reports(sizes)).await?);
    rows.push(Box::pin(wave(sizes.fleets[1])).await?);
    Ok(rows)
}

/// Polls of sites that have nothing to do, and what the sites cost in memory.
async fn polls(sizes: Sizes, count: usize) -> Result<Vec<Row>, Failure> {
    let bench = installation().await?;
    let release = bench.waiting(1).await?.0;
    let empty = {
        let dir = tempfile::Builder::new().prefix(".roadbook-bench-").tempdir_in(".")?;
        let served = Served::start(dir.path())?;
        settle(&served, "/healthz").await?;
        served.memory().unwrap_or(f64::NAN)
    };
    fill(&bench, count, &release).await?;
    let Bench { app, dir, .. } = bench;
    drop(app);
    let served = Served::start(&dir.path().join("data"))?;
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

/// What agents say: durable before it is thanked for.
async fn reports(sizes: Sizes) -> Result<Vec<Row>, Failure> {
    let count = sizes.reports * PAIRS;
    let bench = installation().await?;
    let release = bench.waiting(1).await?.0;
    fill(&bench, count, &release).await?;
    let mut commit = Commit::new(SystemClock.now(), "bench");
    commit.writes = rollouts::order_wave(&orders(&release));
    bench.app.store().commit(commit).await.map_err(failed)?;
    let Bench { app, dir, .. } = bench;
    drop(app);
    let served = Served::start(&dir.path().join("data"))?;
    let bare = Served::bare(0, None)?;
    let body = |execution: &str, finished: &str, at: usize| {
        format!(
            r#"{{"timestamp":{at},"status":{{"execution":"{execution}","result":{{"finished":"{finished}"}},"details":["stage: verified","all digests are right"]}}}}"#
        )
    };
    let sample = body("proceeding", "none", 1_700_000_000_000);
    let mut rows = Vec::new();
    for (execution, finished, bar) in [
        ("proceeding", "none", "≤ 2.9 × (35 % per CPU-second)"),
        ("closed", "success", "told beside it"),
    ] {
        let (ours_cpu, bare_cpu) = (Spent::default(), Spent::default());
        let pieces = if execution == "closed" { sizes.reports / 10 } else { sizes.reports };
        let mine = async |turn: usize| {
            let (base, from) = (served.base.clone(), turn * pieces);
            let work = async {
                let say = move |number: usize, out: &mut Vec<u8>| {
                    let index = from + number;
                    // Numbers of actions follow the ids of their sites.
                    let told = body(execution, finished, 1_700_000_000_000 + index);
                    out.extend_from_slice(
                        format!(
                            "POST /DEFAULT/controller/v1/{}/deploymentBase/{}/feedback HTTP/1.1\r\n\
                             host: bench\r\nauthorization: TargetToken bench\r\n\
                             content-type: application/json\r\ncontent-length: {}\r\n\r\n{told}",
                            key(index),
                            index + 1,
                            told.len()
                        )
                        .as_bytes(),
                    );
                };
                load(&base, REPORTS, pieces, 200, Arc::new(say)).await.map(|_| ())
            };
            ours_cpu.count(&served, pieces, work).await
        };
        let theirs = async |_| {
            let work = async {
                let ask = plain("POST", "/", &sample);
                load(&bare.base, REPORTS, pieces, 200, ask).await.map(|_| ())
            };
            bare_cpu.count(&bare, pieces, work).await
        };
        let (waited, _) = pairs_async(pieces, mine, theirs).await?;
        rows.push(Row {
            what: format!("report `{execution}`: CPU of the server (waited {waited:.0} µs)"),
            ours: ours_cpu.median(),
            bare: bare_cpu.median(),
            beside: "a bare handler that reads as much",
            bar,
            unit: "µs",
        });
    }
    Ok(rows)
}

/// A wave, from its start until a poll of the last site shows its order.
async fn wave(count: usize) -> Result<Row, Failure> {
    let bench = installation().await?;
    let release = bench.waiting(1).await?.0;
    fill(&bench, count, &release).await?;
    bench.app.fleet_ready().await?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let clear = Commit::new(SystemClock.now(), "bench").write(rollouts::forget_actions());
        bench.app.store().commit(clear).await.map_err(failed)?;
        let start = now();
        let mut commit = Commit::new(SystemClock.now(), "bench");
        commit.writes = bench.app.actions_order(&orders(&release));
        bench.app.store().commit(commit).await.map_err(failed)?;
        bench.app.fleet_catch_up().await?;
        let told = bench.app.agent_poll(&key(count - 1), "bench").await?;
        ours.push(micros(start.elapsed(), 1) / 1e3);
        if told.order == 0 {
            return Err(failed("the last site has no order"));
        }
        let ids = (0..count).map(|it| site_id(it).to_string());
        bare.push(super::http::bare_wave(bench.app.store().dir(), ids)?);
    }
    Ok(Row {
        what: format!("wave of {count} sites, until a poll of the last one shows it"),
        ours: median(ours),
        bare: median(bare),
        beside: "a bare set-wise insert with these columns and indexes",
        bar: "≤ 3 ×",
        unit: "ms",
    })
}
