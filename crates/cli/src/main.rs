//! The binary `roadbook`.

pub mod args;
pub mod bench;
pub mod client;
pub mod config;
pub mod demo;
pub mod exit;
pub mod keys;
pub mod listen;
mod local;
pub mod mail;
pub mod offline;
pub mod open;
pub mod output;
pub mod package;
pub mod ports;
pub mod remote;
pub mod serve;
pub mod simulate;

use args::{Cli, Command, ConfigCommand, RecordCommand};
use clap::{CommandFactory as _, Parser as _};
use exit::{Code, Failure, Outcome};
use output::Output;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging(&cli.command);
    // Only one provider is compiled in; a second installation could only be the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::new(Code::Failed, error.to_string()).end(),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.end(),
    }
}

/// The log goes to standard error; only the server talks unless asked.
fn logging(command: &Command) {
    use tracing_subscriber::EnvFilter;
    let quiet = if matches!(command, Command::Serve(_)) { "info" } else { "warn" };
    let filter = EnvFilter::try_from_env("ROADBOOK_LOG").unwrap_or_else(|_| EnvFilter::new(quiet));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let color = std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
        && std::io::IsTerminal::is_terminal(&std::io::stderr());
    let json = matches!(command, Command::Serve(it) if it.log_format == args::LogFormat::Json);
    let result = if json { log.json().try_init() } else { log.with_ansi(color).try_init() };
    // Without a log the program still works.
    drop(result);
}

async fn run(cli: Cli) -> Outcome {
    let output = Output::new(&cli.global);
    match cli.command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => Box::pin(demo::run(args, &output)).await,
        Command::Bench(args) => Box::pin(bench::run(args, &output)).await,
        Command::Init(args) => local::init(args).await,
        Command::Doctor(args) => local::doctor(args, &output).await,
        Command::Backup(args) => local::backup(args, &output).await,
        Command::Restore(args) => local::restore(args, &output).await,
        Command::Migrate(args) => local::migrate(args, &output).await,
        Command::Version(command) => offline::version(command, &output),
        Command::Package(command) => package::run(command, &output),
        Command::Key(command) => keys::run(command, &output),
        Command::Record(RecordCommand::Verify { bundle, key }) => {
            offline::verify(&bundle, key.as_deref(), &output)
        }
        Command::Process(command) => match offline::process(command, &output)? {
            None => Ok(()),
            Some(command) => remote::run(Command::Process(command), &cli.global, &output).await,
        },
        Command::Config(ConfigCommand::Show { store, server }) => {
            output::print(&config::Config::load(&store, &server)?.show())
        }
        Command::Completion { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "roadbook", &mut script);
            output::print(&String::from_utf8_lossy(&script))
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            output::print(&String::from_utf8_lossy(&page))
        }
        command => remote::run(command, &cli.global, &output).await,
    }
}
