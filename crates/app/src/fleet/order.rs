//! What a site may fetch: an order with the director's signature, and the files it names.

use super::{agent_call, window};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use crate::releases::LoadedRelease;
use crate::sites::{is_open, sort_key};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access;
use roadbook_core::ids::SiteId;
use roadbook_core::package::{Order, OrderKind};
use roadbook_store::artifacts::{self, Artifact, TrustSet};
use roadbook_store::rollouts::{self, Action, FleetChange, WaveOrders};
use roadbook_store::versions::SiteVersion;
use roadbook_store::{Scope, Write, agents, blobs, deployments, sites, versions};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use tokio::fs::File;

/// An order without an end of its own holds for so long after it was fetched.
const ORDER_LASTS: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Orders of a site that are looked through for the package that brought a version.
const FORMER_LOOK: i64 = 500;
/// Messages of a history at most.
const HISTORY_MAX: i64 = 100;

/// An order as the site gets it.
#[derive(Clone, Debug)]
pub struct Deployable {
    /// The order.
    pub action: Action,
    /// Short name of the product.
    pub product: String,
    /// Version that shall run.
    pub version: String,
    /// Whether its window is open; `None` without one.
    pub window: Option<bool>,
    /// Files to fetch; none for a way back.
    pub artifacts: Vec<Artifact>,
    /// The director's order, exact bytes.
    pub order: Vec<u8>,
    /// The director's signature over it.
    pub signature: String,
    /// Sets of release keys that the site may believe by now, oldest first; the very first one was
    /// pinned when the site was enrolled and is not among them.
    pub key_sets: Vec<TrustSet>,
    /// What the site set.
    pub parameters: BTreeMap<String, String>,
    /// What was said so far, newest first; empty unless asked.
    pub history: Vec<String>,
}

/// A file that may be served.
#[derive(Debug)]
pub struct ServedFile {
    /// Its row.
    pub artifact: Artifact,
    /// Its bytes.
    pub file: File,
}

fn none() -> Error {
    Error::NotFound { what: "action" }
}

impl App {
    /// Orders of a whole wave, as writes for the commit that starts it. After that commit the
    /// caller lets this node read them: [`App::fleet_catch_up`].
    pub fn actions_order(&self, orders: &WaveOrders) -> Vec<Write> {
        let mut writes = rollouts::order_wave(orders);
        let change = FleetChange::Wave(orders.rollout.clone(), orders.wave);
        writes.extend(rollouts::changed(&change, self.now()));
        writes
    }

    /// An order of this very site; anything else does not exist for it.
    pub(super) async fn action_of(&self, site: &SiteId, id: i64) -> Result<Action> {
        rollouts::action(self.store(), id).await?.filter(|it| it.site_id == *site).ok_or_else(none)
    }

    /// The order that a site shall carry out. Everything that could forbid it is asked anew: the
    /// rollout, the site's decision, the generation, the release. The first fetch is written down.
    #[boxed]
    pub async fn agent_deployment(
        &self,
        site: &SiteId,
        id: i64,
        history: i64,
    ) -> Result<Deployable> {
        let action = self.action_of(site, id).await?;
        if !matches!(action.state.as_str(), "ordered" | "running") {
            return Err(none());
        }
        let loaded = self.release_load(&action.release_id).await?;
        self.may_dispatch(&action, &loaded).await?;
        if action.state == "ordered" {
            let mut commit = self.begin(&agent_call(site));
            commit.writes.push(rollouts::dispatch(id, self.now()));
            match self.store().commit(commit).await {
                // Halted, stopped or fetched at this very moment: what stands now decides.
                Err(roadbook_store::CommitError::Stale { .. }) => {
                    let again = self.action_of(site, id).await?;
                    if again.state != "running" {
                        return Err(none());
                    }
                }
                done => {
                    done?;
                }
            }
        }
        self.deployable(action, &loaded, history).await
    }

    async fn may_dispatch(&self, action: &Action, loaded: &LoadedRelease) -> Result<()> {
        let (release, site) = (&action.release_id, &action.site_id);
        let row = deployments::get(self.store(), release, site).await?.ok_or_else(none)?;
        if row.generation != action.generation {
            return Err(none());
        }
        if action.state == "running" && !self.may_begin(action).await? {
            return Err(none());
        }
        if action.state == "running" || action.kind == "rollback" {
            return Ok(());
        }
        let decision = deployments::decision(self.store(), release, site).await?;
        if decision.is_some_and(|it| it.decision == "declined") {
            return Err(none());
        }
        is_open(loaded, Some(self.now())).map_err(|_| none())?;
        let product = &loaded.release.product;
        let key = self.product_short(product).await?;
        let ordered = &loaded.release.version;
        let mut differs = self.preflight(site, product, &key, ordered).await?;
        if differs.is_none() {
            let offer = self.offer(&loaded.release).await?;
            differs = offer.files_for(&self.taker(site).await?).err().map(|it| it.to_string());
        }
        let Some(differs) = differs else { return Ok(()) };
        self.withhold(action, differs).await?;
        Err(none())
    }

    /// An order that was fetched is not begun while its rollout stands: the site asks once more
    /// just before it changes anything. One that was begun comes to its end.
    async fn may_begin(&self, action: &Action) -> Result<bool> {
        let rollout = rollouts::get(self.store(), &action.rollout_id).await?.ok_or_else(none)?;
        if !rollout.stands() || action.rank >= rollouts::BEGUN_RANK {
            return Ok(true);
        }
        // Another kind of client names no stages: once it says anything it may have begun.
        let said = action.rank == 0 && rollouts::report_count(self.store(), action.id).await? > 0;
        Ok(said && !self.taker(&action.site_id).await?.ours)
    }

    /// The order as the site gets it, whatever its state.
    pub(super) async fn deployable(
        &self,
        action: Action,
        loaded: &LoadedRelease,
        history: i64,
    ) -> Result<Deployable> {
        let release = &loaded.release;
        let site = sites::get(self.store(), &Scope::all(), &action.site_id).await?;
        let site = site.ok_or_else(none)?;
        let product = self.product_short(&release.product).await?;
        let back = action.kind == "rollback";
        let version = if back {
            self.former_version(&action, loaded).await?
        } else {
            release.version.clone()
        };
        let files = if back { Vec::new() } else { self.files_of(&action, loaded).await? };
        let manifest = match files.iter().find_map(|it| it.manifest.clone()) {
            None if back => self.manifest_before(&action, &release.product, &version).await?,
            found => found,
        };
        // A file for another client has no manifest; the order keeps its form all the same.
        let manifest = manifest
            .map_or_else(|| "0".repeat(64), |it| hex::encode(Sha256::digest(it.as_bytes())));
        let now = self.now();
        let order = Order {
            format: 1,
            action: u32::try_from(action.id).map_err(|_| none())?,
            kind: if back { OrderKind::Rollback } else { OrderKind::Install },
            site: site.key,
            product: product.clone(),
            version: version.clone(),
            manifest,
            not_before: action.not_before,
            until: action.until.unwrap_or(now + ORDER_LASTS),
            counter: action.id as u64,
            signed_at: now,
        };
        let order = serde_json::to_vec(&order).map_err(|it| Error::Internal(it.to_string()))?;
        let comment = format!("order {} for {}", action.id, action.site_id);
        let signature = self.store().director().sign(&order, &comment);
        let set = agents::parameters(self.store(), &action.site_id, &release.product).await?;
        let mut key_sets = artifacts::trust_sets(self.store(), &release.product).await?;
        key_sets.retain(|it| it.version > 1);
        Ok(Deployable {
            window: window::open(&action, now),
            key_sets,
            product,
            version,
            artifacts: files,
            order,
            signature,
            parameters: set.into_iter().map(|it| (it.name, it.value)).collect(),
            history: self.said(action.id, history).await?,
            action,
        })
    }

    /// The short name of a product.
    #[boxed]
    pub async fn product_short(&self, id: &roadbook_core::ids::ProductId) -> Result<String> {
        let row = roadbook_store::products::get(self.store(), &Scope::all(), id).await?;
        Ok(row.ok_or(Error::NotFound { what: "product" })?.key)
    }

    /// What was said about an order, newest first.
    async fn said(&self, id: i64, history: i64) -> Result<Vec<String>> {
        if history == 0 {
            return Ok(Vec::new());
        }
        let limit = if history < 0 { HISTORY_MAX } else { history.min(HISTORY_MAX) };
        let mut said = Vec::new();
        for report in rollouts::reports_newest(self.store(), id, limit).await? {
            let details: Vec<String> = serde_json::from_str(&report.details).unwrap_or_default();
            said.extend(details.into_iter().rev());
        }
        said.truncate(limit as usize);
        Ok(said)
    }

    /// The version that ran before this release's.
    async fn former_version(&self, action: &Action, loaded: &LoadedRelease) -> Result<String> {
        let release = &loaded.release;
        let past = versions::history(self.store(), &action.site_id, &release.product).await?;
        let former = versions::former(&past, &release.version);
        Ok(former.map(|it| it.version.clone()).unwrap_or_default())
    }

    /// The files for the program at the site; none when nothing is for it.
    async fn files_of(&self, action: &Action, loaded: &LoadedRelease) -> Result<Vec<Artifact>> {
        let offer = self.offer(&loaded.release).await?;
        Ok(offer.files_for(&self.taker(&action.site_id).await?).unwrap_or_default())
    }

    /// The manifest of the very package that brought this version to the site: there may be another
    /// one of the same version, and the site goes back to no other.
    async fn manifest_before(
        &self,
        action: &Action,
        product: &roadbook_core::ids::ProductId,
        version: &str,
    ) -> Result<Option<String>> {
        let past = rollouts::of_site(self.store(), &action.site_id, FORMER_LOOK).await?;
        let installed = past.iter().filter(|it| {
            it.id < action.id && it.kind == "install" && it.outcome.as_deref() == Some("installed")
        });
        for one in installed {
            if one.release_id == action.release_id {
                continue;
            }
            let loaded = self.release_load(&one.release_id).await?;
            if loaded.release.product != *product || loaded.release.version != version {
                continue;
            }
            let files = self.files_of(one, &loaded).await?;
            if let Some(text) = files.into_iter().find_map(|it| it.manifest) {
                return Ok(Some(text));
            }
        }
        // It came by other hands: what is kept of that version is the best that is known.
        let all = artifacts::of_product(self.store(), product).await?;
        Ok(all.into_iter().filter(|it| it.version == version).find_map(|it| it.manifest))
    }

    /// An order that a site carried out, to look at again.
    #[boxed]
    pub async fn agent_installed(
        &self,
        site: &SiteId,
        id: i64,
        history: i64,
    ) -> Result<Deployable> {
        let action = self.action_of(site, id).await?;
        if !matches!(action.outcome.as_deref(), Some("installed" | "rolled_back")) {
            return Err(none());
        }
        let loaded = self.release_load(&action.release_id).await?;
        self.deployable(action, &loaded, history).await
    }

    /// A site says which version runs there without an order. True when that is news.
    #[boxed]
    pub async fn agent_declare(&self, site: &SiteId, product: &str, version: &str) -> Result<bool> {
        let found = roadbook_store::products::by_key(self.store(), product).await?;
        let found = found.ok_or(Error::NotFound { what: "product" })?;
        let mut check = Check::new();
        let version = check.name("version", version);
        check.done()?;
        let past = versions::history(self.store(), site, &found.id).await?;
        if past.last().is_some_and(|it| it.version == version && it.until.is_none()) {
            return Ok(false);
        }
        let now = self.now();
        let scheme = self.scheme_of(&found.id).await?;
        let row = SiteVersion {
            site_id: site.clone(),
            product_id: found.id.clone(),
            since: versions::news_at(&past, now),
            until: None,
            sort_key: sort_key(&scheme, &version),
            version: version.clone(),
            source: "agent".to_owned(),
            reported_by: agent_call(site).actor.name(),
            evidence: None,
            at: now,
        };
        let mut commit = self.begin(&agent_call(site));
        commit.writes.extend(versions::enter(&row));
        let facts = json!({ "product": found.id.as_str(), "version": version });
        let commit = commit.entry(format!("site/{site}"), "site.version_declared", facts);
        self.store().commit(commit).await?;
        Ok(true)
    }

    /// The files that the order of a site names.
    #[boxed]
    pub async fn agent_files(&self, site: &SiteId, id: i64) -> Result<Vec<Artifact>> {
        let action = self.action_of(site, id).await?;
        if !matches!(action.state.as_str(), "ordered" | "running") {
            return Err(none());
        }
        let loaded = self.release_load(&action.release_id).await?;
        self.may_dispatch(&action, &loaded).await?;
        if action.kind == "rollback" {
            Ok(Vec::new())
        } else {
            self.files_of(&action, &loaded).await
        }
    }

    /// A file that the order of a site names: nobody else gets it here. A file that was altered on
    /// disk is not served.
    #[boxed]
    pub async fn agent_file(&self, site: &SiteId, id: i64, name: &str) -> Result<ServedFile> {
        let files = self.agent_files(site, id).await?;
        let artifact = files.into_iter().find(|it| it.name == name);
        let artifact = artifact.ok_or(Error::NotFound { what: "artifact" })?;
        let file = self.whole_file(&artifact.sha256).await?;
        Ok(ServedFile { artifact, file })
    }

    /// A kept file, checked against its digest when it was not looked at since it last changed.
    pub(crate) async fn whole_file(&self, sha256: &str) -> Result<File> {
        let found = blobs::open(self.store(), sha256).await?;
        let (_, file) = found.ok_or(Error::NotFound { what: "artifact" })?;
        let fault = |it: std::io::Error| Error::Internal(format!("reading {sha256}: {it}"));
        let meta = file.metadata().await.map_err(fault)?;
        let changed = meta.modified().ok().and_then(|it| Timestamp::try_from(it).ok());
        let mark = (meta.len(), changed.unwrap_or_default());
        let mut checked = self.inner.fleet.checked.lock().await;
        if checked.get(sha256) != Some(&mark) {
            blobs::check(self.store(), sha256).await?;
            checked.insert(sha256.to_owned(), mark);
        }
        Ok(file)
    }

    /// Asks a site to stop; an order that it never fetched is simply taken back.
    #[boxed]
    pub async fn action_cancel(&self, call: &Call, id: i64, reason: &str) -> Result<Receipt> {
        let action = rollouts::action(self.store(), id).await?.ok_or_else(none)?;
        let loaded = self.release_load(&action.release_id).await?;
        let resource = self.release_resource(&loaded.release).await?;
        let what = "action";
        call.authorize(access::Action::Lead, access::Kind::Release, &resource, what)?;
        let mut check = Check::new();
        let reason = check.remark("reason", reason, true);
        check.done()?;
        if action.state == "closed" || action.state == "canceling" {
            let message = "this order is over or is being stopped already; look at it again";
            return Err(Error::Rule { code: "action_over", message: message.to_owned() });
        }
        call.check_revision(action.revision, "action")?;
        let mut after = action.clone();
        after.note = Some(reason.clone());
        if action.state == "running" {
            after.state = "canceling".to_owned();
        } else {
            after.state = "closed".to_owned();
            after.outcome = Some("canceled".to_owned());
            after.closed_at = Some(self.now());
        }
        let mut commit = self.begin(call).write(rollouts::update_action(&after));
        self.fleet_touch(&mut commit, &FleetChange::Site(action.site_id.clone()));
        let commit = commit.entry(
            format!("release/{}", action.release_id),
            "action.cancel_ordered",
            json!({ "action": id, "site": action.site_id.as_str(), "reason": reason }),
        );
        let receipt = Receipt {
            id: id.to_string(),
            label: after.state.clone(),
            revision: after.revision + 1,
            ..Receipt::default()
        };
        let receipt = self.finish(call, commit, receipt).await?;
        self.fleet_catch_up().await?;
        Ok(receipt)
    }
}
