//! `cargo xtask sim`: plays seeds and says what happened.

use roadbook_sim::{Faults, Twin, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = words.iter().position(|it| it == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let (first, count) = match number("--seed") {
        Some(seed) => (seed, 1),
        None => (0, number("--seeds").unwrap_or(500)),
    };
    let (mut sum, mut events, mut fewest, mut halts, mut bad) =
        (Faults::default(), 0, u64::MAX, 0, 0);
    for seed in first..first + count {
        let report = run(seed, Twin::Sound);
        events += report.events;
        fewest = fewest.min(report.events);
        halts += report.halts;
        sum.lost += report.faults.lost;
        sum.doubled += report.faults.doubled;
        sum.late += report.faults.late;
        sum.died += report.faults.died;
        sum.jumps += report.faults.jumps;
        sum.failed += report.faults.failed;
        let again = run(seed, Twin::Sound);
        if again != report {
            println!("seed {seed} does not replay");
            bad += 1;
        }
        if !report.broken.is_empty() {
            println!("seed {seed}: {:?}", &report.broken[..report.broken.len().min(3)]);
            bad += 1;
        }
    }
    // A broken server must be caught, or the checkers are blind.
    for twin in [Twin::IgnoresHalt, Twin::CountsTwice] {
        let caught = (0..count.clamp(1, 20)).filter(|it| !run(*it, twin).broken.is_empty()).count();
        println!("broken twin {twin:?}: caught in {caught} seeds");
        bad += u64::from(caught == 0 && count >= 20);
    }
    println!(
        "faults: {} lost, {} doubled, {} late, {} died, {} clock jumps, {} failed; {halts} halts",
        sum.lost, sum.doubled, sum.late, sum.died, sum.jumps, sum.failed
    );
    println!("events per seed: {} on average, {fewest} at least", events / count.max(1));
    println!("inputs: {count} seeds");
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
