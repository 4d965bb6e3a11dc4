//! Words of `roadbook rollout`.

use clap::{Args, Subcommand};

/// Rollouts.
#[derive(Debug, Subcommand)]
pub enum RolloutCommand {
    /// All rollouts, newest first
    List,
    /// Waves, why it stands, and what happens if nobody acts
    Show {
        /// Number or id of the release
        release: String,
        /// Sites too; with a word only those that stand so, e.g. failed
        #[arg(long, value_name = "HOW", num_args = 0..=1, default_missing_value = "")]
        sites: Option<String>,
    },
    /// Which site would be in which wave
    Preview {
        /// Number or id of the release
        release: String,
    },
    /// Stop it: nothing more is handed out
    Hold(RolloutOrder),
    /// Let it go on; what failed so far was seen
    Resume(RolloutOrder),
    /// Let automation go on after a way back
    Lift(RolloutOrder),
    /// Leave a site out
    Skip(RolloutSiteOrder),
    /// Have a site tried again
    Retry(RolloutSiteOrder),
    /// Take a site, a wave or everything back
    Rollback {
        /// Number or id of the release
        release: String,
        /// Only this site
        #[arg(long, conflicts_with = "wave")]
        site: Option<String>,
        /// Only this wave
        #[arg(long)]
        wave: Option<u32>,
        /// Why; without it only what it would do and lose is shown
        #[arg(long)]
        reason: Option<String>,
    },
}

/// An order to a rollout.
#[derive(Args, Debug)]
pub struct RolloutOrder {
    /// Number or id of the release
    pub release: String,
    /// Why
    #[arg(long)]
    pub reason: String,
}

/// An order about a site of a rollout.
#[derive(Args, Debug)]
pub struct RolloutSiteOrder {
    /// Number or id of the release
    pub release: String,
    /// Short name or id of the site
    pub site: String,
    /// Why
    #[arg(long)]
    pub reason: String,
}
