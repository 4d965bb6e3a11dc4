//! `cargo run -p roadbook-wire --example prove`: what the checker proves of each built-in process,
//! how many states it visited for that, and how long 200 steps take.

use roadbook_wire::process::{builtin, check, parse};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let mut wrong = 0;
    for (id, text) in builtin() {
        wrong += prove(id, text);
    }
    wrong += prove("200 steps", &two_hundred());
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

/// Twenty phases of ten steps: work, an approval that can send it back, and a decision.
fn two_hundred() -> String {
    let mut text = String::from(
        "format = 1\nid = \"bench/two-hundred\"\nsubject = \"release\"\nlanguages = [\"en\"]\ntitle = \"Two hundred steps\"\n[[role]]\nid = \"lead\"\ntitle = \"Lead\"\n[[role]]\nid = \"boss\"\ntitle = \"Boss\"\n",
    );
    for n in 0..6 {
        let _ = write!(
            text,
            "[[field]]\nid = \"f{n}\"\ntype = \"bool\"\nask = \"F\"\nrequired_by = \"p0s0\"\n"
        );
    }
    for phase in 0..20 {
        let _ = write!(text, "[[phase]]\nid = \"p{phase}\"\ntitle = \"P\"\n");
        for step in 0..10 {
            let id = format!("p{phase}s{step}");
            let own = match step {
                7 => format!("kind = \"approval\"\nrole = \"boss\"\nrejected = \"p{phase}s0\""),
                8 => format!(
                    "kind = \"decision\"\nrole = \"boss\"\nask = \"?\"\noutcome.on = {{ title = \"On\", go = [\"p{phase}s9\"] }}\noutcome.off = {{ title = \"Off\", end = \"cancelled\" }}"
                ),
                _ => "kind = \"task\"\nrole = \"lead\"".to_owned(),
            };
            let _ = write!(text, "[[phase.step]]\nid = \"{id}\"\ntitle = \"S\"\n{own}\n");
            if step > 0 {
                let _ = writeln!(text, "after = [\"p{phase}s{}\"]", step - 1);
            }
            if step == 3 && phase > 0 {
                let _ = writeln!(text, "when = \"field.f{}\"", phase % 6);
            }
        }
    }
    text
}
