//! Rollouts: waves of a release at its sites, and the ways back.
//!
//! A rollout is made when the rollout step of a process opens; its members are fixed then. What may
//! happen next is decided in `core`; here it is loaded, committed and told to the fleet.

mod drive;
mod make;
mod orders;
mod rollback;
mod times;
mod view;

pub(crate) use drive::{Memory, ships};
pub use make::{Preview, PreviewSite, PreviewWave};
pub use rollback::{Reach, RollbackPreview, RollbackSite};
pub use view::{RolloutListItem, RolloutSiteView, RolloutSites, RolloutView, SiteFilter, WaveView};

use crate::App;
use crate::error::{Error, Result};
use roadbook_core::ids::{ReleaseId, RolloutId};
use roadbook_core::rollout::{Code, Kind, Rollout, State, Wave, WaveState};
use roadbook_store::rollouts::{self, Rollout as Row, RolloutWave};

/// Rounds of one decision that met a newer state.
const TRIES: usize = 5;

/// A rollout as loaded, in the words of `core`.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) row: Row,
    pub(crate) waves: Vec<RolloutWave>,
    pub(crate) state: Rollout,
}

impl From<roadbook_core::rollout::Refusal> for Error {
    fn from(refusal: roadbook_core::rollout::Refusal) -> Error {
        Error::Rule { code: refusal.code(), message: refusal.to_string() }
    }
}

fn state_of(row: &Row, waves: &[RolloutWave]) -> Result<Rollout> {
    let broken = || Error::Internal(format!("rollout {} has a state nobody knows", row.id));
    let number = |it: i64| u32::try_from(it).unwrap_or(0);
    let waves: Option<Vec<Wave>> = waves
        .iter()
        .map(|it| {
            Some(Wave {
                state: WaveState::parse(&it.state)?,
                total: number(it.total),
                installed: number(it.installed),
                failed: number(it.failed),
                rolled_back: number(it.rolled_back),
                skipped: number(it.skipped),
                silent: number(it.silent),
                passed_failed: number(it.passed_failed),
                passed_silent: number(it.passed_silent),
                soak_seconds: it.soak_seconds,
                halt_failed: u8::try_from(it.halt_failed).ok()?,
                halt_silent: u8::try_from(it.halt_silent).ok()?,
                started_at: it.started_at,
                through_at: it.through_at,
            })
        })
        .collect();
    Ok(Rollout {
        kind: Kind::parse(&row.kind).ok_or_else(broken)?,
        state: State::parse(&row.state).ok_or_else(broken)?,
        code: row.reason_code.as_deref().and_then(Code::parse),
        wave: number(row.wave),
        waves: waves.ok_or_else(broken)?,
    })
}

impl App {
    pub(crate) async fn rollout_load(&self, id: &RolloutId) -> Result<Loaded> {
        let row = rollouts::get(self.store(), id).await?;
        self.rollout_loaded(row.ok_or(Error::NotFound { what: "rollout" })?).await
    }

    async fn rollout_loaded(&self, row: Row) -> Result<Loaded> {
        let waves = rollouts::waves(self.store(), &row.id).await?;
        let state = state_of(&row, &waves)?;
        Ok(Loaded { row, waves, state })
    }

    /// The rollouts of a release, oldest first.
    pub(crate) async fn rollouts_of(&self, release: &ReleaseId) -> Result<Vec<Loaded>> {
        let mut list = Vec::new();
        for row in rollouts::of_release(self.store(), release).await? {
            list.push(self.rollout_loaded(row).await?);
        }
        Ok(list)
    }
}
