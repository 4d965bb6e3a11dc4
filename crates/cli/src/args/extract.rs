//! Options of `release extract`.

use clap::Args;

/// A table that is drawn from the record of a release.
#[derive(Args, Clone, Debug)]
pub struct ExtractArgs {
    /// Number or id
    pub release: String,
    /// tasks, problems, changes, switch_over, training, upgrades, address_book, deliverables,
    /// communication, troubles, releases, measures
    pub table: String,
    /// Language of headings and words: en, ko, vi or zh; your own if not given
    #[arg(long, value_name = "LANG")]
    pub lang: Option<String>,
}
