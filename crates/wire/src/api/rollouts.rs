//! Rollouts: waves, halts, sites, and the ways back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rollout in a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RolloutLine {
    /// Id.
    pub id: String,
    /// Release.
    pub release: String,
    /// Number of the release.
    pub number: String,
    /// Version of the release.
    pub version: String,
    /// `install` or `rollback`.
    pub kind: String,
    /// `running`, `soaking`, `halted`, `held`, `finished` or `ended`.
    pub state: String,
    /// The wave that was started last, from 1; 0 before the first.
    pub wave: i64,
    /// Why it stands, as a stable word.
    pub code: Option<String>,
    /// Why it stands, as a person said it.
    pub reason: Option<String>,
    /// `all`, `wave` or `site`.
    pub reach: String,
    /// The rollout of which it is the way back.
    pub origin: Option<String>,
    /// Digest over the members in order.
    pub members: String,
    /// Begin.
    pub started_at: String,
    /// End.
    pub ended_at: Option<String>,
    /// Revision for `If-Match`.
    pub revision: i64,
}

/// A page of rollouts.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RolloutPage {
    /// Lines, newest first.
    pub rows: Vec<RolloutLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// How many sites stand so.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Standing {
    /// `scheduled`, `held`, `ordered`, `confirming`, `running`, `by_hand`, `silent`, `installed`,
    /// `failed`, `rolled_back` or `skipped`.
    pub at: String,
    /// Visible sites.
    pub sites: i64,
}

/// A wave.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Wave {
    /// From 1.
    pub wave: i64,
    /// Name.
    pub name: String,
    /// `waiting`, `running`, `soaking` or `done`.
    pub state: String,
    /// Sites, visible or not.
    pub total: i64,
    /// Visible sites by how they stand.
    pub sites: Vec<Standing>,
    /// How long it must be quiet afterwards.
    pub soak_seconds: i64,
    /// Failures above this share halt, in percent.
    pub halt_failed: i64,
    /// Silent sites above this share halt, in percent.
    pub halt_silent: i64,
    /// Begin.
    pub started_at: Option<String>,
    /// When its last site was through.
    pub through_at: Option<String>,
}

/// Why a rollout stopped itself.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Halt {
    /// `failed` or `silent`.
    pub code: String,
    /// Wave.
    pub wave: u32,
    /// Sites that failed, or are silent.
    pub sites: u32,
    /// Sites of the wave.
    pub total: u32,
    /// Above this share it halts, in percent.
    pub limit: u8,
}

/// What happens if nobody acts.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct Consequence {
    /// `nothing`, `stays`, `next_wave`, `waits` or `left`.
    pub what: String,
    /// Wave.
    pub wave: Option<u32>,
    /// Sites it is about.
    pub sites: u32,
    /// Not before.
    pub at: Option<String>,
}

/// A rollout with its waves.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Rollout {
    /// As in lists.
    #[serde(flatten)]
    pub line: RolloutLine,
    /// Waves in order.
    pub waves: Vec<Wave>,
    /// Why it stopped itself.
    pub halt: Option<Halt>,
    /// What happens if nobody acts.
    pub if_nobody_acts: Consequence,
    /// A way back holds it until somebody lifts that.
    pub to_lift: bool,
    /// All rollouts of the release: id, oldest first.
    pub runs: Vec<String>,
}

/// A site of a rollout.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RolloutSite {
    /// Site.
    pub site: String,
    /// Key.
    pub key: String,
    /// Name; of a part of a site, with that of the site.
    pub name: String,
    /// Zone.
    pub zone: String,
    /// Wave.
    pub wave: i64,
    /// As [`Standing::at`].
    pub at: String,
    /// The version it goes back to.
    pub to: Option<String>,
    /// What runs there.
    pub runs: Option<String>,
    /// It has an agent.
    pub agent: bool,
    /// When its agent last called.
    pub seen_at: Option<String>,
    /// Number of its newest order.
    pub action: Option<i64>,
    /// Where the agent is.
    pub stage: Option<String>,
    /// What the agent said last.
    pub note: Option<String>,
    /// Not begun before.
    pub not_before: Option<String>,
    /// Not begun after.
    pub until: Option<String>,
    /// Evidence or remark.
    pub evidence: Option<String>,
    /// Order that a report must answer.
    pub generation: i64,
}

/// Sites of a rollout.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RolloutSites {
    /// Lines, by wave and key.
    pub rows: Vec<RolloutSite>,
    /// How many the filter leaves.
    pub found: usize,
}

/// A site of a preview.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct PreviewSite {
    /// Site.
    pub site: String,
    /// Key.
    pub key: String,
    /// Name; of a part of a site, with that of the site.
    pub name: String,
    /// `site`, `environment` or `user_group`.
    #[serde(default)]
    pub part: String,
    /// Zone.
    pub zone: String,
    /// What it decided.
    pub decision: Option<String>,
    /// Why its agent gets no order yet: `package_missing` (people install and report),
    /// `platform_unknown` or `platform_unfit`.
    pub no_order: Option<String>,
}

/// A wave of a preview.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct PreviewWave {
    /// Name.
    pub name: String,
    /// What its members are: `site` takes whatever is left, `environment` and `user_group` take
    /// such parts of sites only.
    #[serde(default)]
    pub of: String,
    /// Share of those that are left and match, in percent.
    pub share: u8,
    /// How long it must be quiet afterwards.
    pub soak_seconds: i64,
    /// Failures above this share halt, in percent.
    pub halt_failed: u8,
    /// Silent sites above this share halt, in percent.
    pub halt_silent: u8,
    /// Sites, visible or not.
    pub total: usize,
    /// Visible sites.
    pub sites: Vec<PreviewSite>,
}

/// Who would be in which wave if the rollout began now.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Preview {
    /// Step.
    pub step: String,
    /// The same as of the rollout that is made from it.
    pub members: String,
    /// Waves.
    pub waves: Vec<PreviewWave>,
    /// Sites that declined.
    pub declined: Vec<PreviewSite>,
}

/// A reason.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A reason about a site.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteReason {
    /// Site: id or short name.
    #[serde(default)]
    pub site: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Which sites go back: one, a wave, or all that have the version.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RollbackInput {
    /// Only this site: id or short name.
    #[serde(default)]
    pub site: Option<String>,
    /// Only this wave.
    #[serde(default)]
    pub wave: Option<u32>,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A site that would go back.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RollbackSite {
    /// Site.
    pub site: String,
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// What was done there since is lost.
    pub since: Option<String>,
    /// The version it goes back to.
    pub to: Option<String>,
    /// An agent does it; else a person.
    pub agent: bool,
}

/// What a way back would do.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct RollbackPreview {
    /// Sites, visible or not.
    pub total: usize,
    /// Visible sites.
    pub sites: Vec<RollbackSite>,
    /// The earliest moment since which something is lost.
    pub since: Option<String>,
    /// What the way back loses, as the package says it.
    pub loses: Option<crate::api::Text>,
    /// Sites that have no former version.
    pub without_former: usize,
}
