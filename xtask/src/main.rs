//! `cargo xtask …`: the tasks of the house that are no part of the product.

use std::process::ExitCode;

use xtask::{requirements, root, tidy};

const USAGE: &str = "usage: cargo xtask <task>

  tidy                  check the house rules (also runs as a test)
  requirements          write docs/requirements.md from the marks in the tests
  requirements --check  fail when docs/requirements.md is out of date
  sim --seeds N         play N seeds of rollouts under faults, on the real server and agents
                        (sim --seed S replays one, --trace tells all; --decisions plays the
                        decisions alone)";

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
    build_sim()?;
    // This very program lies beside it.
    let status =
        std::process::Command::new(std::env::current_exe()?.with_file_name("roadbook-sim"))
            .args(rest)
            .current_dir(root())
            .status()?;
    anyhow::ensure!(status.success(), "a seed broke a promise; replay it with `sim --seed S`");
    Ok(())
}

fn build_sim() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = std::process::Command::new(cargo);
    // `cargo xtask` says of which package it runs. Build scripts that look there would run again,
    // and everything above them would be compiled anew: here, and once more by whoever comes next.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            build.env_remove(&name);
        }
    }
    // As for the tests, with whom it shares what is compiled.
    let built = build
        .args(["build", "--quiet", "--locked", "--workspace", "--exclude", "xtask"])
        .args(["--all-features", "--all-targets"])
        .current_dir(root())
        .status()?;
    anyhow::ensure!(built.success(), "the simulator could not be built");
    Ok(())
}
