//! The command line: one tree, from which help, completions and the man page are made.

use crate::config::StoreArgs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Carries a software release from the decision to the last site.
#[derive(Debug, Parser)]
#[command(name = "roadbook", version, max_term_width = 100, propagate_version = false)]
#[command(after_help = "Examples:\n  roadbook demo                    see it at work\n  \
    roadbook init && roadbook serve  an installation of your own\n  \
    roadbook todo                    what waits for you\n\nExit codes: see `roadbook man`.")]
pub struct Cli {
    /// Everything that all sub-commands share
    #[command(flatten)]
    pub global: Global,
    /// Sub-command
    #[command(subcommand)]
    pub command: Command,
}

/// Options of all sub-commands.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// How results are written to standard output
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// Only ids on standard output, no messages
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Server to talk to
    #[arg(long, global = true, env = "ROADBOOK_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// File with the token instead of the one that `login` stored
    #[arg(long, global = true, env = "ROADBOOK_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Key under which this change is made once, however often it is sent
    #[arg(long, global = true, value_name = "KEY")]
    pub idempotency_key: Option<String>,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// As the API answers
    Json,
    /// One object a line
    Jsonl,
    /// For spreadsheets
    Csv,
}

/// Sub-commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(ServeArgs),
    /// Make the data directory and the database, and print the link for set-up
    Init(InitArgs),
    /// Check that what is stored can be true
    Doctor(DoctorArgs),
    /// Write a backup into a new folder
    Backup(BackupArgs),
    /// Restore a backup into an empty place
    Restore(RestoreArgs),
    /// Bring the database up to date
    Migrate(MigrateArgs),
    /// Version numbers
    #[command(subcommand)]
    Version(VersionCommand),
    /// Processes
    #[command(subcommand)]
    Process(ProcessCommand),
    /// The record
    #[command(subcommand)]
    Record(RecordCommand),
    /// The configuration in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Completion script for a shell
    Completion {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// The manual page, as roff
    Man,
}

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Where the data are
    #[command(flatten)]
    pub store: StoreArgs,
    /// Address and port; port 0 takes a free one
    #[arg(long, env = "ROADBOOK_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// How people reach it, for links: `https://roadbook.example.org`
    #[arg(long, env = "ROADBOOK_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Listen on more than this machine without TLS, behind a proxy that has it
    #[arg(long)]
    pub insecure_http: bool,
    /// Accept that a power cut loses acknowledged changes
    #[arg(long)]
    pub unsafe_durability: bool,
    /// How the log is written to standard error; what is logged: ROADBOOK_LOG
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// An object a line
    Json,
}

/// Options of `init`.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// Where the data will be
    #[command(flatten)]
    pub store: StoreArgs,
    /// Name of the organization
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,
    /// Language of the first person
    #[arg(long, value_parser = ["en", "ko", "vi", "zh"])]
    pub language: Option<String>,
    /// Time zone, e.g. Asia/Seoul
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Sender of mails
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Mail server: `smtp://host:port`, `starttls://…` or `smtps://…`
    #[arg(long, value_name = "URL")]
    pub mail_url: Option<String>,
    /// Also write a commented configuration file here
    #[arg(long, value_name = "FILE")]
    pub write_config: Option<PathBuf>,
}

/// Options of `doctor`.
#[derive(Args, Clone, Debug)]
pub struct DoctorArgs {
    /// Where the data are
    #[command(flatten)]
    pub store: StoreArgs,
    /// Make the index rows anew from the documents
    #[arg(long)]
    pub reindex: bool,
}

/// Options of `backup`.
#[derive(Args, Clone, Debug)]
pub struct BackupArgs {
    /// Where the data are
    #[command(flatten)]
    pub store: StoreArgs,
    /// New folder for the backup
    pub dir: PathBuf,
}

/// Options of `restore`.
#[derive(Args, Clone, Debug)]
pub struct RestoreArgs {
    /// Where the data will be
    #[command(flatten)]
    pub store: StoreArgs,
    /// Folder with the backup
    pub dir: PathBuf,
}

/// Options of `migrate`.
#[derive(Args, Clone, Debug)]
pub struct MigrateArgs {
    /// Where the data are
    #[command(flatten)]
    pub store: StoreArgs,
    /// Only tell what would be done
    #[arg(long)]
    pub plan: bool,
}

/// Version numbers.
#[derive(Debug, Subcommand)]
pub enum VersionCommand {
    /// The next number after a version
    Next {
        /// Version now, e.g. V1.0.0.0099
        version: String,
        /// What changed
        #[arg(long, value_enum, default_value_t = ChangeKind::Build)]
        change: ChangeKind,
        /// Scheme
        #[arg(long, value_enum, default_value_t = SchemeKind::FourPart)]
        scheme: SchemeKind,
        /// Pattern of calendar versions
        #[arg(long, default_value = "YYYY.0M.MICRO")]
        pattern: String,
        /// Say why
        #[arg(long)]
        explain: bool,
    },
}

/// What changed; each asks for a part of the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChangeKind {
    /// Code was compiled again: a repaired fault
    Build,
    /// The specification of a package changed
    Revision,
    /// Features were added, removed or exchanged
    Minor,
    /// The architecture or the platform changed
    Major,
}

/// Version schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemeKind {
    /// Va.b.c.d
    FourPart,
    /// Semantic versioning
    Semver,
    /// Calendar versioning
    Calver,
}

/// Options of `process simulate`.
#[derive(Args, Clone, Debug)]
pub struct SimulateArgs {
    /// Process file or name of a built-in process
    pub file: String,
    /// Begin of the go-live, in the zone; four weeks from now if not given
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub go_live: Option<String>,
    /// Hours that the go-live lasts
    #[arg(long, default_value_t = 2)]
    pub hours: u32,
    /// Zone of the working calendar
    #[arg(long, default_value = "UTC")]
    pub zone: String,
    /// A fact that conditions read, e.g. release.mode=emergency
    #[arg(long = "fact", value_name = "NAME=VALUE")]
    pub facts: Vec<String>,
}

/// Processes.
#[derive(Debug, Subcommand)]
pub enum ProcessCommand {
    /// Check a file; all findings at once, with lines
    Check {
        /// Process files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Run a process by itself: dates, lanes, load per role, critical path
    Simulate(SimulateArgs),
    /// Print the file of a process
    Export {
        /// Name, e.g. vendor/release
        process: String,
        /// Revision; the effective one if not given
        #[arg(long)]
        revision: Option<u32>,
    },
    /// Publish a file as the next revision
    Publish {
        /// Process file
        file: PathBuf,
        /// What this revision changes
        #[arg(long)]
        note: String,
    },
    /// What differs between two process files
    Diff {
        /// File or name of a built-in process
        old: String,
        /// File or name of a built-in process
        new: String,
    },
    /// All processes
    List,
    /// The schema of process files
    Schema,
}

/// The record.
#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// Check an archive bundle, without any server
    Verify {
        /// Bundle
        bundle: PathBuf,
        /// Public key that must have signed it
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
}

/// Configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Every value and where it comes from; secrets never show
    Show {
        /// Where the data are
        #[command(flatten)]
        store: StoreArgs,
        /// Address
        #[arg(long, env = "ROADBOOK_LISTEN", value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
}
