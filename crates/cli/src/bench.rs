//! `bench`: what the product costs, each number beside a bare baseline of the same run. Ratios
//! are what counts; absolute times belong to the machine.

mod apart;
mod bare;
mod engine;
mod files;
mod fleet;
mod http;
mod server;
mod still;
mod wire;

use crate::args::BenchArgs;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use serde_json::{Value, json};
use std::future::Future;
use std::time::{Duration, Instant};

/// Pairs of measurements, in turn, so that a slow moment hits both.
const PAIRS: usize = 5;

/// How large the inputs are.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Approvals in each half of a pair.
    pub approvals: usize,
    /// Requests in each half of a pair.
    pub requests: usize,
    /// Releases in the list.
    pub list: usize,
    /// Releases planned together.
    pub plans: usize,
    /// People in them.
    pub people: usize,
    /// Sites of each fleet.
    pub fleets: Vec<usize>,
    /// Polls in each half of a pair.
    pub polls: usize,
    /// Orders fetched in each half of a pair.
    pub fetches: usize,
    /// Reports in each half of a pair.
    pub reports: usize,
    /// Bytes of the file that sites fetch.
    pub file: usize,
    /// Downloads of one client in each half of a pair.
    pub downloads: usize,
}

impl Sizes {
    fn of(smoke: bool) -> Sizes {
        if smoke {
            Sizes {
                approvals: 3,
                requests: 40,
                list: 2_000,
                plans: 200,
                people: 100,
                fleets: vec![1_000, 10_000],
                polls: 5_000,
                fetches: 400,
                reports: 1_000,
                file: 8 << 20,
                downloads: 10,
            }
        } else {
            Sizes {
                approvals: 10,
                requests: 200,
                list: 10_000,
                plans: 1_000,
                people: 500,
                fleets: vec![1_000, 100_000],
                polls: 50_000,
                fetches: 2_000,
                reports: 10_000,
                file: 100 << 20,
                downloads: 10,
            }
        }
    }
}

/// One line of the result.
pub struct Row {
    /// What was measured, with its inputs.
    pub what: String,
    /// Ours, in microseconds (or KiB for memory).
    pub ours: f64,
    /// The baseline.
    pub bare: f64,
    /// What the baseline is.
    pub beside: &'static str,
    /// What we owe.
    pub bar: &'static str,
    /// Unit of both numbers.
    pub unit: &'static str,
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the machine's time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn median(mut list: Vec<f64>) -> f64 {
    list.sort_by(f64::total_cmp);
    list.get(list.len() / 2).copied().unwrap_or(f64::NAN)
}

fn micros(span: Duration, count: usize) -> f64 {
    span.as_secs_f64() * 1e6 / count.max(1) as f64
}

/// Medians of alternating pairs, in microseconds per piece.
pub(crate) fn pairs(
    count: usize,
    mut ours: impl FnMut() -> Result<(), Failure>,
    mut bare: impl FnMut() -> Result<(), Failure>,
) -> Result<(f64, f64), Failure> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let start = now();
        ours()?;
        left.push(micros(start.elapsed(), count));
        let start = now();
        bare()?;
        right.push(micros(start.elapsed(), count));
    }
    Ok((median(left), median(right)))
}

/// As [`pairs`], for work that waits.
pub(crate) async fn pairs_async<A, B>(
    count: usize,
    mut ours: impl FnMut(usize) -> A,
    mut bare: impl FnMut(usize) -> B,
) -> Result<(f64, f64), Failure>
where
    A: Future<Output = Result<(), Failure>>,
    B: Future<Output = Result<(), Failure>>,
{
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for turn in 0..PAIRS {
        let start = now();
        ours(turn).await?;
        left.push(micros(start.elapsed(), count));
        let start = now();
        bare(turn).await?;
        right.push(micros(start.elapsed(), count));
    }
    Ok((median(left), median(right)))
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let host = read("/proc/sys/kernel/hostname").trim().to_owned();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|it| it.strip_prefix("model name"))
        .map_or("", |it| it.trim_start_matches([' ', '\t', ':']));
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{host}: {model}, {count} CPU(s)")
}

/// What needs no server: the checker, one command, one simulation.
fn engine_rows(wanted: &impl Fn(&str) -> bool) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    if wanted("process") {
        rows.push(still::checker()?);
        rows.push(engine::checker()?);
    }
    if wanted("advance") {
        rows.push(engine::advance()?);
    }
    if wanted("simulate") {
        rows.push(engine::simulation()?);
    }
    Ok(rows)
}

/// Runs the rows and prints them.
pub async fn run(args: BenchArgs, output: &Output) -> Outcome {
    if let Some(bytes) = args.bare {
        return bare::serve(bytes, args.bare_file).await;
    }
    let mut sizes = Sizes::of(args.smoke);
    if !args.sites.is_empty() {
        sizes.fleets.clone_from(&args.sites);
    }
    let build =
        if cfg!(debug_assertions) { "debug build: numbers mean little" } else { "release build" };
    output.say(&format!("{} · {build} · medians of {PAIRS} alternating pairs", machine()));
    output.say(&format!("{sizes:?}"));
    let wanted = |name: &str| args.only.as_deref().is_none_or(|word| name.contains(word));
    let mut rows = engine_rows(&wanted)?;
    if wanted("plan") {
        rows.push(still::plans(&sizes)?);
    }
    if wanted("list") {
        rows.push(Box::pin(server::list(&sizes)).await?);
    }
    if wanted("approval") || wanted("release") {
        rows.extend(Box::pin(http::releases(&sizes)).await?);
    }
    if wanted("start") || wanted("memory") {
        rows.extend(server::process()?);
    }
    if wanted("fleet") || wanted("poll") {
        let polls_only = args.only.as_deref() == Some("poll");
        rows.extend(Box::pin(fleet::rows(&sizes, polls_only)).await?);
    }
    if let Some(url) = args.nodes.as_deref() {
        rows.extend(Box::pin(fleet::nodes(&sizes, url)).await?);
    }
    for row in &rows {
        // A number that is not there must not look like a fast one.
        let measured = |it: f64| it.is_finite() && it > 0.0;
        if !measured(row.ours) || !measured(row.bare) {
            let what = format!("{}: {} beside {} is no measurement", row.what, row.ours, row.bare);
            return Err(Failure::new(crate::exit::Code::Failed, what));
        }
    }
    output.say(&format!("inputs: {} rows measured", rows.len()));
    let shown: Vec<Value> = rows
        .iter()
        .map(|it| {
            json!({
                "id": it.what,
                "ours": format!("{:.1} {}", it.ours, it.unit),
                "bare": format!("{:.1} {}", it.bare, it.unit),
                "ratio": format!("{:.2}", it.ours / it.bare),
                "beside": it.beside,
                "bar": it.bar,
            })
        })
        .collect();
    output.rows(
        &[
            ("what", "id"),
            ("ours", "ours"),
            ("bare", "bare"),
            ("ratio", "ratio"),
            ("beside", "beside"),
            ("owed", "bar"),
        ],
        &shown,
    )
}
