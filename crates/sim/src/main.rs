//! `cargo xtask sim`: plays seeds and says what happened; with `--decisions` the decisions alone.

use roadbook_sim::{Counts, Ground, Report, Twin, decisions, run};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A broken twin is caught within so many seeds.
const TWIN_SEEDS: u64 = 20;
/// So many seeds are played a second time, and must come out the same.
const REPLAYED: u64 = 5;

struct Asked {
    first: u64,
    count: u64,
    trace: bool,
    single: bool,
    jobs: usize,
    decisions: bool,
}

fn asked() -> Asked {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = words.iter().position(|it| it == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let single = number("--seed");
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    Asked {
        first: single.or(number("--from")).unwrap_or(0),
        count: if single.is_some() { 1 } else { number("--seeds").unwrap_or(500) },
        trace: words.iter().any(|it| it == "--trace"),
        single: single.is_some(),
        decisions: words.iter().any(|it| it == "--decisions"),
        jobs: number("--jobs").map_or(cores, |it| it as usize).max(1),
    }
}

/// Plays these, on all cores; answers come in their order.
fn play(ground: &Ground, jobs: usize, list: &[(u64, Twin)], tells: bool) -> Vec<Report> {
    let next = AtomicU64::new(0);
    let done: Mutex<Vec<(usize, Report)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(list.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed) as usize;
                    let Some((seed, twin)) = list.get(index) else { return };
                    match run(ground, *seed, *twin, tells) {
                        Ok(report) => {
                            if let Ok(mut done) = done.lock() {
                                done.push((index, report));
                            }
                        }
                        Err(error) => println!("seed {seed}: {error:#}"),
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|it| it.0);
    done.into_iter().map(|it| it.1).collect()
}

fn main() -> ExitCode {
    let asked = asked();
    if asked.decisions {
        return only_decisions(&asked);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let ground = match runtime.map(|it| it.block_on(Ground::make())) {
        Ok(Ok(ground)) => ground,
        other => {
            println!("the installation could not be made: {:?}", other.err());
            return ExitCode::FAILURE;
        }
    };
    let seeds = asked.first..asked.first + asked.count;
    let list: Vec<(u64, Twin)> = seeds.map(|it| (it, Twin::Sound)).collect();
    let reports = play(&ground, asked.jobs, &list, asked.trace);
    let mut bad = list.len() - reports.len();
    let mut counts = Counts::default();
    for ((seed, _), report) in list.iter().zip(&reports) {
        counts.merge(&report.counts);
        if !report.broken.is_empty() {
            bad += 1;
            println!("seed {seed}: {:?}", &report.broken[..report.broken.len().min(3)]);
        }
    }
    if !asked.single {
        bad += again(&ground, &asked, &list, &reports) + twins(&ground, &asked);
    }
    println!("{}", counts.line());
    let events = reports.iter().map(|it| it.events);
    println!(
        "events per seed: {} on average, {} at least; {} virtual hours on average",
        events.clone().sum::<u64>() / asked.count.max(1),
        events.min().unwrap_or(0),
        reports.iter().map(|it| it.minutes).sum::<i64>() / 60 / asked.count.max(1) as i64,
    );
    println!("inputs: {} seeds", reports.len());
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The first seeds once more: they must come out the same.
fn again(ground: &Ground, asked: &Asked, list: &[(u64, Twin)], before: &[Report]) -> usize {
    let list = &list[..list.len().min(REPLAYED as usize)];
    let after = play(ground, asked.jobs, list, false);
    let mut bad = 0;
    for (((seed, _), before), after) in list.iter().zip(before).zip(&after) {
        if before != after {
            println!("seed {seed} does not replay");
            bad += 1;
        }
    }
    bad
}

/// What is broken on purpose must be caught, each by its own checker, or the checkers are blind.
fn twins(ground: &Ground, asked: &Asked) -> usize {
    let most = asked.count.min(TWIN_SEEDS);
    let mut bad = 0;
    for (twin, by) in Twin::BROKEN {
        let mut played = 0;
        let mut caught = 0;
        while caught == 0 && played < most {
            let until = most.min(played + asked.jobs as u64);
            let list: Vec<(u64, Twin)> = (played..until).map(|seed| (seed, twin)).collect();
            let reports = play(ground, asked.jobs, &list, false);
            bad += list.len() - reports.len();
            let is_caught = |it: &&Report| it.broken.iter().any(|it| it.name() == by);
            caught = reports.iter().filter(is_caught).count();
            played = until;
        }
        println!("broken twin {twin:?}: {by} caught it in {caught} seeds of the first {played}");
        bad += usize::from(caught == 0 && most == TWIN_SEEDS);
    }
    bad
}

/// The decisions alone.
fn only_decisions(asked: &Asked) -> ExitCode {
    let (mut events, mut fewest, mut bad) = (0, u64::MAX, 0);
    for seed in asked.first..asked.first + asked.count {
        let report = decisions::run(seed, decisions::Twin::Sound);
        events += report.events;
        fewest = fewest.min(report.events);
        if decisions::run(seed, decisions::Twin::Sound) != report {
            println!("seed {seed} does not replay");
            bad += 1;
        }
        if !report.broken.is_empty() {
            println!("seed {seed}: {:?}", &report.broken[..report.broken.len().min(3)]);
            bad += 1;
        }
    }
    for twin in [decisions::Twin::IgnoresHalt, decisions::Twin::CountsTwice] {
        let played = asked.count.clamp(1, 20);
        let caught = (0..played).filter(|it| !decisions::run(*it, twin).broken.is_empty()).count();
        println!("broken twin {twin:?}: caught in {caught} of {played} seeds");
        bad += u64::from(caught == 0 && asked.count >= 20);
    }
    println!("events per seed: {} on average, {fewest} at least", events / asked.count.max(1));
    println!("inputs: {} seeds of decisions", asked.count);
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
