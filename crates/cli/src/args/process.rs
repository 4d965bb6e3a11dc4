//! Options of sub-commands about processes.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Options of `apply`.
#[derive(Args, Clone, Debug)]
pub struct ApplyArgs {
    /// Folder with process files (all *.toml below it), or one file
    #[arg(short, long = "file", value_name = "DIR")]
    pub file: PathBuf,
    /// Only say what differs, with all findings; ends with code 9 when something does
    #[arg(long)]
    pub diff: bool,
    /// What the new revisions change
    #[arg(long, default_value = "applied from files")]
    pub note: String,
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
    /// Zone of the working calendar; that of the team's file or UTC if not given
    #[arg(long)]
    pub zone: Option<String>,
    /// Days off and made-up working days, as a calendar exports them; those of the team's file if
    /// not given
    #[arg(long, value_name = "FILE.ics")]
    pub holidays: Option<PathBuf>,
    /// A fact that conditions read, e.g. release.mode=emergency or setting.four_eyes=true
    #[arg(long = "fact", value_name = "NAME=VALUE")]
    pub facts: Vec<String>,
    /// When work begins, in the zone; now if not given
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub begin: Option<String>,
    /// People who hold a role, as in tester=2, or a file with people, their units, hours, days away
    /// and working days; with one such option every role has these people and no more
    #[arg(long = "team", value_name = "ROLE=PEOPLE|FILE.toml")]
    pub team: Vec<String>,
    /// Only the people of this unit of the team's file
    #[arg(long, requires = "team")]
    pub unit: Option<String>,
    /// Hours a week that each of those counted here has
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u8).range(1..=40))]
    pub week: u8,
    /// Lets steps take less or more than is written; the same number gives the same dates
    #[arg(long)]
    pub seed: Option<u64>,
    /// Another revision of the process: prints what would be different with it
    #[arg(long, value_name = "FILE")]
    pub against: Option<String>,
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
    /// Two revisions over a closed release: what would have been different
    Compare {
        /// Name, e.g. vendor/release
        process: String,
        /// The closed release, by number
        #[arg(long)]
        release: String,
        /// The first revision
        #[arg(long)]
        from: u32,
        /// The second revision
        #[arg(long)]
        to: u32,
    },
    /// Print the file of a process
    Export {
        /// Name, e.g. vendor/release
        process: String,
        /// Revision; the effective one if not given
        #[arg(long)]
        revision: Option<u32>,
        /// The file that this program brings along; needs no server
        #[arg(long, conflicts_with = "revision")]
        builtin: bool,
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
    /// Drafts: write, review, put into force
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Print the JSON Schema of process files, for editors
    Schema,
}

/// Drafts of processes.
#[derive(Debug, Subcommand)]
pub enum DraftCommand {
    /// Drafts of all processes, being written or in review
    List,
    /// How a draft stands
    Show {
        /// Name of the process, e.g. vendor/release
        process: String,
        /// Print its text, and nothing else
        #[arg(long)]
        text: bool,
    },
    /// Keep a file as the draft of its process, right or wrong
    Save {
        /// Process file
        file: PathBuf,
        /// What it changes; needed before it goes to review
        #[arg(long, default_value = "")]
        note: String,
        /// Name of the process, where the file cannot be read yet
        #[arg(long)]
        process: Option<String>,
    },
    /// Send a draft to review; those who may put it into force are told
    Submit {
        /// Name of the process
        process: String,
    },
    /// Return a draft in review to its author; its author takes it back
    Return {
        /// Name of the process
        process: String,
        /// What has to change
        #[arg(long, default_value = "")]
        remark: String,
    },
    /// Put a draft in review into force
    Approve {
        /// Name of the process
        process: String,
        /// What to say about it
        #[arg(long, default_value = "")]
        remark: String,
    },
    /// Drop a draft
    Drop {
        /// Name of the process
        process: String,
    },
}
