//! The sites of a release: what they decided, and what came of it there.

use crate::App;
use crate::call::Call;
use crate::error::Result;
use roadbook_core::ids::ReleaseId;
use roadbook_store::deployments::{self, Deployment, Feedback, SiteDecision};
use roadbook_store::sites::{self, Site};

/// A site of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSite {
    /// The site.
    pub site: Site,
    /// Deployment; none before the release starts.
    pub deployment: Option<Deployment>,
    /// Decision, if any.
    pub decision: Option<SiteDecision>,
    /// Somebody there has read the release notes.
    pub read: bool,
    /// Feedback, oldest first.
    pub feedback: Vec<Feedback>,
}

impl App {
    /// The sites of a release that this reader may see, by key.
    pub async fn release_sites(&self, call: &Call, id: &ReleaseId) -> Result<Vec<ReleaseSite>> {
        self.release_for(&call.actor, id).await?;
        let scope = self.scope_for(&call.actor).await?;
        let deployed = deployments::all_of(self.store(), id).await?;
        let found = sites::of_release(self.store(), &scope, id).await?;
        let decisions = deployments::decisions(self.store(), &scope, id).await?;
        let read = deployments::receipts(self.store(), &scope, id).await?;
        let spoken = deployments::feedback(self.store(), &scope, id).await?;
        Ok(found
            .into_iter()
            .map(|site| ReleaseSite {
                deployment: deployed.iter().find(|it| it.site_id == site.id).cloned(),
                decision: decisions.iter().find(|it| it.site_id == site.id).cloned(),
                read: read.iter().any(|it| it.site_id == site.id),
                feedback: spoken.iter().filter(|it| it.site_id == site.id).cloned().collect(),
                site,
            })
            .collect())
    }
}
