//! `roadbook-agent`: the program at a site.

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match commands::call(&args) {
        Ok(code) => ExitCode::from(code),
        Err(commands::Fault::Usage(why)) => {
            eprintln!("roadbook-agent: {why}\n\n{}", commands::HELP);
            ExitCode::from(2)
        }
        Err(commands::Fault::Failed(why)) => {
            eprintln!("roadbook-agent: {why}");
            ExitCode::from(1)
        }
    }
}
