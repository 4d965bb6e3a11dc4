//! The command line: one tree, from which help, completions and the man page are made.

pub mod extract;
mod package;
mod process;
mod rollout;

pub use package::{BuildArgs, ChangesArgs, KeyCommand, PackageCommand, SetArgs, VerifyArgs};
pub use process::{ApplyArgs, DraftCommand, ProcessCommand, SimulateArgs};
pub use rollout::{RolloutCommand, RolloutOrder, RolloutSiteOrder};

mod bench;
mod fleet;

pub use bench::BenchArgs;
pub use fleet::{AgentCommand, ArtifactCommand};

use crate::config::{ServerArgs, StoreArgs};
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
    /// Show it with sample data and a fast clock; nothing leaves this machine
    Demo(DemoArgs),
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
    /// Sign in and keep a token for the other sub-commands
    Login(LoginArgs),
    /// What waits for you, and what lies ahead
    Todo,
    /// Approve a step
    Approve(ApproveArgs),
    /// Reject a step
    Reject(RejectArgs),
    /// Confirm that a step is done
    Done(DoneArgs),
    /// Hand a step to somebody
    Delegate(DelegateArgs),
    /// Products
    #[command(subcommand)]
    Product(ProductCommand),
    /// Version numbers
    #[command(subcommand)]
    Version(VersionCommand),
    /// Sites
    #[command(subcommand)]
    Site(SiteCommand),
    /// People
    #[command(subcommand)]
    People(PeopleCommand),
    /// Units of the organization
    #[command(subcommand)]
    Unit(UnitCommand),
    /// Contacts of sites
    #[command(subcommand)]
    Contact(ContactCommand),
    /// Agents that install at sites
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Files that sites install, and the keys that sign them
    #[command(subcommand)]
    Artifact(ArtifactCommand),
    /// Releases
    #[command(subcommand)]
    Release(ReleaseCommand),
    /// Processes
    #[command(subcommand)]
    Process(ProcessCommand),
    /// Publish the processes of a folder that differ from the server's; all of them or none
    Apply(ApplyArgs),
    /// Packages: what sites install
    #[command(subcommand)]
    Package(PackageCommand),
    /// Keys that sign packages
    #[command(subcommand)]
    Key(KeyCommand),
    /// Notices
    #[command(subcommand)]
    Notice(NoticeCommand),
    /// Rollouts: waves, halts, ways back
    #[command(subcommand)]
    Rollout(RolloutCommand),
    /// Freezes
    #[command(subcommand)]
    Freeze(FreezeCommand),
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
    /// Measure speed beside bare baselines
    Bench(BenchArgs),
}

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Where the data are
    #[command(flatten)]
    pub store: StoreArgs,
    /// Where it is reached
    #[command(flatten)]
    pub server: ServerArgs,
    /// Listen on more than this machine without TLS, behind a proxy that has it
    #[arg(long)]
    pub insecure_http: bool,
    /// Accept that a power cut loses acknowledged changes
    #[arg(long)]
    pub unsafe_durability: bool,
    /// Rehearse: the time is what FILE holds (RFC 3339) and goes on from there; a later moment in
    /// it moves the time forward. Only on this machine, and never with data that matter
    #[arg(long, value_name = "FILE")]
    pub rehearsal_clock: Option<PathBuf>,
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

/// Options of `demo`.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Open an organization of this kind, with its people, sites and processes, and nothing under
    /// way: vendor, saas, enterprise, service or product
    #[arg(long = "as", value_name = "ORGANIZATION", conflicts_with_all = ["script", "agent"])]
    pub organization: Option<String>,
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,
    /// Keep the data directory when it ends
    #[arg(long)]
    pub keep: bool,
    /// Let sample people carry the releases through at most so many days, then end
    #[arg(long, value_name = "DAYS")]
    pub script: Option<u32>,
    /// The program `roadbook-agent`, if it does not lie beside this one; `none` goes without
    #[arg(long, env = "ROADBOOK_AGENT", value_name = "PROGRAM")]
    pub agent: Option<PathBuf>,
}

/// Options of `init`. With a name to sign in with, the first person is made at once; without,
/// the printed link asks for the rest.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// Where the data will be
    #[command(flatten)]
    pub store: StoreArgs,
    /// Where it will be reached
    #[command(flatten)]
    pub server: ServerArgs,
    /// Name of the organization
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,
    /// Language
    #[arg(long, default_value = "en", value_parser = ["en", "ko", "vi", "zh"])]
    pub language: String,
    /// Time zone, e.g. Asia/Seoul
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub zone: String,
    /// The first person's name to sign in with
    #[arg(long, requires_all = ["organization", "password_file"])]
    pub login: Option<String>,
    /// The first person's name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// File with the first person's password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Sender of mails, for the configuration file
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Mail server, for the configuration file: `smtp://host:port`, `starttls://…`, `smtps://…`
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

/// Options of `login`.
#[derive(Args, Clone, Debug)]
pub struct LoginArgs {
    /// E-mail address or name to sign in with
    pub login: String,
    /// File with the password; without it, it is read from standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// Which step of which release.
#[derive(Args, Clone, Debug)]
pub struct StepArgs {
    /// Number or id of the release
    pub release: String,
    /// Step, as `release show` lists it
    pub step: String,
}

/// Options of `approve`.
#[derive(Args, Clone, Debug)]
pub struct ApproveArgs {
    /// Step
    #[command(flatten)]
    pub step: StepArgs,
    /// Comment
    #[arg(long, default_value = "")]
    pub comment: String,
    /// File with your password: a signature asks for it again
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// Options of `reject`.
#[derive(Args, Clone, Debug)]
pub struct RejectArgs {
    /// Step
    #[command(flatten)]
    pub step: StepArgs,
    /// Why; the people before you read it
    #[arg(long)]
    pub reason: String,
    /// File with your password: a signature asks for it again
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// Options of `done`.
#[derive(Args, Clone, Debug)]
pub struct DoneArgs {
    /// Step
    #[command(flatten)]
    pub step: StepArgs,
    /// Remark
    #[arg(long, default_value = "")]
    pub remark: String,
}

/// Options of `delegate`.
#[derive(Args, Clone, Debug)]
pub struct DelegateArgs {
    /// Step
    #[command(flatten)]
    pub step: StepArgs,
    /// To whom: e-mail address or id
    #[arg(long)]
    pub to: String,
}

/// Products.
#[derive(Debug, Subcommand)]
pub enum ProductCommand {
    /// All products
    List,
    /// A new product
    New {
        /// Short name, e.g. crm
        key: String,
        /// Name
        #[arg(long)]
        name: String,
        /// Version scheme: `four-part`, `semver` or a pattern as in `YYYY.MM.N`
        #[arg(long, default_value = "four-part")]
        scheme: String,
        /// Unit that owns it
        #[arg(long)]
        unit: Option<String>,
    },
    /// One product
    Show {
        /// Short name or id
        product: String,
    },
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

/// Sites.
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Read sites from a CSV file; nothing is kept when a row is wrong
    Import(ImportArgs),
    /// All sites
    List {
        /// Only sites that run something older than this version
        #[arg(long, requires = "product")]
        older_than: Option<String>,
        /// Product
        #[arg(long)]
        product: Option<String>,
        /// Words in the name
        #[arg(long)]
        search: Option<String>,
    },
    /// One site
    Show {
        /// Short name or id
        site: String,
    },
    /// Report how a deployment went
    Report {
        /// Number or id of the release
        release: String,
        /// Site
        site: String,
        /// What happened
        #[arg(long, value_enum)]
        outcome: Outcome,
        /// When; now if not given
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// What shows it: a log, a screenshot, who called
        #[arg(long, required_if_eq_any = [
            ("outcome", "succeeded"), ("outcome", "failed"), ("outcome", "rolled-back"),
        ])]
        evidence: Option<String>,
        /// Remark; the reason of a site that was left out
        #[arg(long, default_value = "", required_if_eq("outcome", "skipped"))]
        note: String,
    },
}

/// How a deployment went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// The site runs the new version
    Succeeded,
    /// It failed and the site is as before
    Failed,
    /// The site went back to the former version
    RolledBack,
    /// The site was left out; say why with --note
    Skipped,
}

/// Options of imports.
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// CSV file; `-` reads standard input
    pub file: PathBuf,
    /// Only check
    #[arg(long)]
    pub dry_run: bool,
}

/// People.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Read people from a CSV file; nothing is kept when a row is wrong
    Import(ImportArgs),
    /// All people
    List,
    /// A link with which somebody chooses a password; it is shown once
    Invite {
        /// Name to sign in with, or id
        person: String,
    },
}

/// Units.
#[derive(Debug, Subcommand)]
pub enum UnitCommand {
    /// Read units from a CSV file; nothing is kept when a row is wrong
    Import(ImportArgs),
    /// All units
    List,
}

/// Contacts of sites.
#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Read contacts from a CSV file; nothing is kept when a row is wrong
    Import(ImportArgs),
    /// A link to the own page of a site, for one of its contacts; it is shown once
    Link {
        /// Short name or id of the site
        site: String,
        /// Name, e-mail address or id of the contact
        contact: String,
    },
}

/// Releases.
#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// A new release, from a JSON file or from options
    New(NewReleaseArgs),
    /// All releases
    List {
        /// Only in this state
        #[arg(long, value_parser = ["draft", "running", "held", "ending", "closed"])]
        state: Option<String>,
        /// Only of this product
        #[arg(long)]
        product: Option<String>,
        /// Words in number, title or version
        #[arg(long)]
        search: Option<String>,
    },
    /// One release with its steps
    Show {
        /// Number or id
        release: String,
    },
    /// Dates, slack and what waits for whom
    Plan {
        /// Number or id
        release: String,
    },
    /// Decide a step: go, not yet, no
    Decide {
        /// Step
        #[command(flatten)]
        step: StepArgs,
        /// Outcome, as the process names it
        #[arg(long)]
        outcome: String,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Start the run
    Start {
        /// Number or id
        release: String,
    },
    /// Hold everything
    Hold {
        /// Number or id
        release: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Go on
    Resume {
        /// Number or id
        release: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Move it onto the revision of its process in force; without a reason, what would change
    Migrate {
        /// Number or id
        release: String,
        /// The revision in force
        #[arg(long, value_name = "REVISION")]
        to: Option<u32>,
        /// Why; moves it
        #[arg(long)]
        reason: Option<String>,
    },
    /// Close the run
    Close {
        /// Number or id
        release: String,
        /// How it ended
        #[arg(long, value_parser = ["success", "partial", "remedied", "rolled_back", "cancelled"])]
        code: String,
        /// Remark
        #[arg(long, default_value = "")]
        remark: String,
    },
    /// Before a site installs a file: is it what the release ships, and may it go to sites now?
    CheckPackage {
        /// Number or id
        release: String,
        /// The file, as it lies at the site
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Draw a table from the record, as CSV
    Extract(extract::ExtractArgs),
    /// Fetch the archive bundle
    Evidence {
        /// Number or id
        release: String,
        /// File to write; the server's name for it if not given
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

/// Options of `release new`.
#[derive(Args, Clone, Debug)]
pub struct NewReleaseArgs {
    /// JSON file with the whole request, as in the API; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["product", "version", "title", "kind"])]
    pub file: Option<PathBuf>,
    /// Product
    #[arg(long, required_unless_present = "file")]
    pub product: Option<String>,
    /// Version
    #[arg(long, required_unless_present = "file")]
    pub version: Option<String>,
    /// Title
    #[arg(long, required_unless_present = "file")]
    pub title: Option<String>,
    /// JSON file with its changes, from `package changes --items`; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub changes: Option<PathBuf>,
    /// Process
    #[arg(long, default_value = "starter/release")]
    pub process: String,
    /// Kind, as the process accepts it
    #[arg(long)]
    pub kind: Option<String>,
    /// Begin of the go-live, e.g. 2027-04-24T22:00+09:00[Asia/Seoul]
    #[arg(long, value_name = "TIME")]
    pub go_live: Option<String>,
    /// Hours that the go-live lasts
    #[arg(long, default_value_t = 2)]
    pub hours: u32,
}

/// Notices.
#[derive(Debug, Subcommand)]
pub enum NoticeCommand {
    /// Notices of a release, with their dates and deliveries
    List {
        /// Number or id of the release
        release: String,
    },
    /// What a notice says to its readers
    Preview {
        /// Number or id of the release, or the id of a notice that was made
        of: String,
        /// Step that tells it, when a release was named
        step: Option<String>,
        /// Language
        #[arg(long, value_parser = ["en", "ko", "vi", "zh"])]
        language: Option<String>,
    },
}

/// Freezes.
#[derive(Debug, Subcommand)]
pub enum FreezeCommand {
    /// What stands against a go-live at this time
    Why {
        /// Number or id of the release
        release: String,
        /// Begin of the go-live; the planned one if not given
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Lay a freeze
    Add {
        /// Name
        #[arg(long)]
        name: String,
        /// Begin
        #[arg(long, value_name = "TIME")]
        from: String,
        /// End
        #[arg(long, value_name = "TIME")]
        until: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Lift a freeze
    Lift {
        /// Id
        freeze: String,
    },
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
        /// Where it is reached
        #[command(flatten)]
        server: ServerArgs,
    },
}
