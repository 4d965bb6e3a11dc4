//! What agents said about their orders: the log of one order, and what is under way in a release.

use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use roadbook_core::access::{Action as Act, Kind};
use roadbook_core::ids::ReleaseId;
use roadbook_store::rollouts::{self, Action, ActionReport};
use roadbook_store::{Scope, sites};

/// Orders of a release that are shown at work at once.
const AT_WORK: i64 = 12;

/// An order with everything that was said about it.
#[derive(Clone, Debug)]
pub struct RunLog {
    /// The order.
    pub action: Action,
    /// What was said, oldest first.
    pub reports: Vec<ActionReport>,
    /// Key of the site.
    pub site_key: String,
    /// Name of the site.
    pub site_name: String,
    /// Number of the release.
    pub release: String,
    /// Version that shall run afterwards.
    pub version: String,
}

impl App {
    /// The log of one order.
    #[boxed]
    pub async fn run_log(&self, call: &Call, id: i64) -> Result<RunLog> {
        let found = rollouts::action(self.store(), id).await?;
        let action = found.ok_or(Error::NotFound { what: "action" })?;
        let resource = self.site_resource(&action.site_id).await?;
        // Who may not see the site does not learn that there is an order.
        if call.authorize(Act::View, Kind::Site, &resource, "site").is_err() {
            return Err(Error::NotFound { what: "action" });
        }
        self.run_log_of(action).await
    }

    async fn run_log_of(&self, action: Action) -> Result<RunLog> {
        let site = sites::get(self.store(), &Scope::all(), &action.site_id).await?;
        let site = site.ok_or(Error::NotFound { what: "site" })?;
        let release = self.release_load(&action.release_id).await?.release;
        let reports = rollouts::reports(self.store(), action.id).await?;
        Ok(RunLog {
            action,
            reports,
            site_key: site.key,
            site_name: site.name,
            release: release.number,
            version: release.version,
        })
    }

    /// What agents do now for a release that the caller may see, the last heard of first.
    #[boxed]
    pub async fn runs_at_work(&self, call: &Call, release: &ReleaseId) -> Result<Vec<RunLog>> {
        self.release_for(&call.actor, release).await?;
        let mut logs = Vec::new();
        for action in rollouts::at_work(self.store(), release, AT_WORK).await? {
            let resource = self.site_resource(&action.site_id).await?;
            if call.authorize(Act::View, Kind::Site, &resource, "site").is_ok() {
                logs.push(self.run_log_of(action).await?);
            }
        }
        Ok(logs)
    }
}
