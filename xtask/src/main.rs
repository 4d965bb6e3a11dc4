//! `cargo xtask …`: the tasks of the house that are no part of the product.

use std::process::ExitCode;

use xtask::{requirements, root, tidy};

const USAGE: &str = "usage: cargo xtask <task>

  tidy                  check the house rules (also runs as a test)
  requirements          write docs/requirements.md from the marks in the tests
  requirements --check  fail when docs/requirements.md is out of date
  sim --seeds N         play N seeds of rollouts under faults (sim --seed S replays one)";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["tidy"] => tidy::run(&root()).and_then(|report| {
            println!("{}", report.summary());
            report.into_result()
        }),
        ["requirements"] => requirements::write(&root()).map(|line| println!("{line}")),
        ["requirements", "--check"] => requirements::check(&root()),
        ["sim", rest @ ..] => sim(rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The simulator is a crate of its own, so that the checks of the house build without it.
fn sim(rest: &[&str]) -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = std::process::Command::new(cargo)
        .args(["run", "--quiet", "--locked", "-p", "roadbook-sim", "--"])
        .args(rest)
        .current_dir(root())
        .status()?;
    anyhow::ensure!(status.success(), "a seed broke a promise; replay it with `sim --seed S`");
    Ok(())
}
