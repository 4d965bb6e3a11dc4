//! Releases: opening one, the single door for commands of its run, and what pages and the API
//! read of it.

mod act;
mod begin;
mod conformity;
mod context;
mod edit;
mod extract;
mod extract_lines;
pub(crate) mod index;
mod inspect;
mod links;
mod migrate;
mod new;
mod plan;
mod signing;
mod team;
mod todo;
mod view;
mod workload;

pub use conformity::{Conformity, Deviation};
pub(crate) use context::{Surroundings, anchors, units_named};
pub use edit::EditRelease;
pub use extract::Drawn;
pub use index::{OPEN, UNDER_WAY};
pub use inspect::Inspector;
pub use migrate::{DateMoved, MigrateRelease, MigrationView, PersonEffect};
pub use new::{NewRelease, NewReleaseItem};
pub(crate) use plan::Planner;
pub use plan::{PlanAnswer, ReleasePlan, StepBaseline};
pub(crate) use signing::asked_digest;
pub use todo::TodoItem;
pub use view::{ReleaseList, ReleaseListItem, ReleaseView, Reported};
pub use workload::{ClashPart, ClashView, WorkDay, Workload};

use crate::App;
use crate::call::Call;
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Actor, Kind, Resource, allowed};
use roadbook_core::ids::{ReleaseId, UnitId};
use roadbook_core::process::template::Template;
use roadbook_core::release::Release;
use roadbook_store::documents;
use std::sync::Arc;

/// A release as loaded, with the process it is pinned to.
#[derive(Clone, Debug)]
pub struct LoadedRelease {
    /// The release.
    pub release: Release,
    /// Revision of its document.
    pub revision: i64,
    /// Its process.
    pub template: Arc<Template>,
}

impl App {
    /// Loads a release without asking who wants it: for reconcilers and inner use.
    pub(crate) async fn release_load(&self, id: &ReleaseId) -> Result<LoadedRelease> {
        let loaded = documents::load::<Release>(self.store(), id.as_str())
            .await?
            .ok_or(Error::NotFound { what: "release" })?;
        let template = self.template(&loaded.value.run.process, loaded.value.run.revision).await?;
        Ok(LoadedRelease { release: loaded.value, revision: loaded.revision, template })
    }

    /// Holders of each role of the process in this release, as of now.
    pub(crate) async fn release_holders(
        &self,
        loaded: &LoadedRelease,
    ) -> Result<std::collections::BTreeMap<String, Vec<roadbook_core::ids::PersonId>>> {
        self.role_holders(&loaded.template, &loaded.release, self.now()).await
    }

    /// The scopes a release stands in.
    pub(crate) async fn release_resource(&self, release: &Release) -> Result<Resource> {
        let product = roadbook_store::products::get(
            self.store(),
            &roadbook_store::Scope::all(),
            &release.product,
        )
        .await?;
        let units = match product {
            Some(product) => self.unit_chain(&product.unit_id).await?,
            None => Vec::new(),
        };
        Ok(resource_of(release, units))
    }

    /// The unit and all units above it.
    pub(crate) async fn unit_chain(&self, unit: &UnitId) -> Result<Vec<UnitId>> {
        Ok(crate::actors::chain(&roadbook_store::units::all(self.store()).await?, unit))
    }

    /// Loads a release for somebody who may view it; for everybody else it does not exist.
    pub(crate) async fn release_for(&self, actor: &Actor, id: &ReleaseId) -> Result<LoadedRelease> {
        let loaded = self.release_load(id).await?;
        let resource = self.release_resource(&loaded.release).await?;
        Call::of(actor.clone()).authorize(Action::View, Kind::Release, &resource, "release")?;
        Ok(loaded)
    }

    /// May this actor give orders in this release? Its lead may, and who has the right by grant.
    pub(crate) async fn may_lead(&self, actor: &Actor, release: &Release) -> Result<bool> {
        Ok(leads(actor, release, &self.release_resource(release).await?))
    }

    /// As [`App::release_for`], with everything that decisions depend on.
    pub(crate) async fn release_around(
        &self,
        actor: &Actor,
        id: &ReleaseId,
    ) -> Result<(LoadedRelease, Surroundings)> {
        let loaded = self.release_load(id).await?;
        let around = self.surroundings(&loaded).await?;
        let call = Call::of(actor.clone());
        call.authorize(Action::View, Kind::Release, &around.resource, "release")?;
        Ok((loaded, around))
    }
}

/// Does this actor lead the release, as its lead or by a grant?
pub(crate) fn leads(actor: &Actor, release: &Release, resource: &Resource) -> bool {
    actor.person() == Some(&release.lead) || allowed(actor, Action::Lead, Kind::Release, resource)
}

/// The scopes that a release of a product in these units stands in.
fn resource_of(release: &Release, units: Vec<UnitId>) -> Resource {
    Resource {
        units,
        product: Some(release.product.clone()),
        release: Some(release.id.clone()),
        site: None,
        part_of: None,
        public: false,
    }
}
