//! `cargo run -p roadbook-wire --example prove`: what the checker proves of each built-in process,
//! how many states it visited for that, and how long it took.

use roadbook_wire::process::{builtin, check, parse};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let mut wrong = 0;
    for (id, text) in builtin() {
        wrong += prove(id, text);
    }
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints one line, and every finding with the way to it.
#[expect(clippy::disallowed_methods, reason = "it measures how long the proof takes")]
fn prove(id: &str, text: &str) -> usize {
    let checked = check(id, text);
    for finding in &checked.findings {
        println!("{finding}");
    }
    let Ok(parsed) = parse(id, text) else { return checked.findings.len() };
    let start = Instant::now();
    let proof = roadbook_core::process::check::check(&parsed.template).proof;
    let took = start.elapsed();
    println!(
        "{id}: {} steps, {} states, {} answers, {} closed states, at most {} answers away; {} ms",
        parsed.template.steps().count(),
        proof.states,
        proof.answers,
        proof.closings,
        proof.longest,
        took.as_millis()
    );
    checked.findings.iter().filter(|it| it.blocks()).count()
}
