//! Changing what a release says: title, changes, requirements, people, the action plan.

use super::links::ITEMS_CHANGED;
use super::{LoadedRelease, index};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::limits::NAME_CHARS_MAX;
use roadbook_core::release::{
    ChangeItem, Package, PlanLine, Preparation, Release, SpecialNeed, admit,
};
use roadbook_core::run::{Command, Context, Refusal, Run, RunState, decide};
use roadbook_core::text::{Lang, Text};
use roadbook_store::documents;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What to change; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct EditRelease {
    /// Title.
    pub title: Option<String>,
    /// Version; free until the release starts.
    pub version: Option<String>,
    /// Kind; free until the release starts.
    pub kind: Option<String>,
    /// Changes.
    pub items: Option<Vec<ChangeItem>>,
    /// System requirements.
    pub requirements: Option<Text>,
    /// Preparation per unit.
    pub prepare: Option<Vec<Preparation>>,
    /// Lead.
    pub lead: Option<PersonId>,
    /// Role holders; roles that are not named stay.
    pub roles: Option<BTreeMap<String, Vec<PersonId>>>,
    /// Releases that must be closed first.
    pub related: Option<Vec<ReleaseId>>,
    /// Special need to know.
    pub special_need: Option<Vec<SpecialNeed>>,
    /// Action plan.
    pub action_plan: Option<Vec<PlanLine>>,
    /// What a site installs, all of it.
    pub packages: Option<Vec<Package>>,
    /// Settings of the process for this release.
    pub purposes: Option<Vec<String>>,
}

impl EditRelease {
    /// Applies the change; tells which parts changed.
    fn apply(self, release: &mut Release) -> Vec<&'static str> {
        let before = release.clone();
        if let Some(title) = self.title {
            release.title = title;
        }
        if let Some(version) = self.version {
            release.version = version;
        }
        if let Some(kind) = self.kind {
            release.kind = kind;
        }
        if let Some(items) = self.items {
            release.items = items;
        }
        if let Some(requirements) = self.requirements {
            release.requirements = requirements;
        }
        if let Some(prepare) = self.prepare {
            release.prepare = prepare;
        }
        if let Some(lead) = self.lead {
            release.lead = lead;
        }
        if let Some(roles) = self.roles {
            release.roles.extend(roles);
        }
        if let Some(related) = self.related {
            release.related = related;
        }
        if let Some(need) = self.special_need {
            release.special_need = need;
        }
        if let Some(plan) = self.action_plan {
            release.action_plan = plan;
        }
        if let Some(packages) = self.packages {
            release.packages = packages;
        }
        if let Some(purposes) = self.purposes {
            release.purposes = purposes;
        }
        let mut changed = Vec::new();
        let mut mark = |name, differs| {
            if differs {
                changed.push(name);
            }
        };
        mark("title", before.title != release.title);
        mark("version", before.version != release.version);
        mark("kind", before.kind != release.kind);
        mark("items", before.items != release.items);
        mark("requirements", before.requirements != release.requirements);
        mark("prepare", before.prepare != release.prepare);
        mark("lead", before.lead != release.lead);
        mark("roles", before.roles != release.roles);
        mark("related", before.related != release.related);
        mark("special_need", before.special_need != release.special_need);
        mark("action_plan", before.action_plan != release.action_plan);
        mark("packages", before.packages != release.packages);
        mark("purposes", before.purposes != release.purposes);
        changed
    }
}

/// What a change of its content makes of a run, and which approvals fall. A running release whose
/// process does something about changed items is told of them first (S3-43): what was approved is
/// what changed.
fn content_changed(
    loaded: &LoadedRelease,
    ctx: &Context,
    items: bool,
) -> Result<(Run, Vec<String>)> {
    let LoadedRelease { release, template, .. } = loaded;
    let (mut run, mut voided) = (release.run.clone(), Vec::new());
    let waits = || template.steps().any(|(_, it)| it.on.as_deref() == Some(ITEMS_CHANGED));
    if items && matches!(run.state, RunState::Running) && waits() {
        let what: Vec<&str> = release.items.iter().map(|it| it.title.show(Lang::En).0).collect();
        let what = what.join("; ").chars().take(NAME_CHARS_MAX).collect();
        let told = Command::Happened { event: ITEMS_CHANGED.to_owned(), what };
        let decision = decide(template, &run, &told, ctx)?;
        (run, voided) = (decision.run, decision.voided);
    }
    let decision = decide(template, &run, &Command::ContentChanged, ctx)?;
    voided.extend(decision.voided);
    Ok((decision.run, voided))
}

/// The facts of a change for the record; a handover says from whom to whom.
fn facts(changed: &[&str], voided: &[String], lead: (&PersonId, &PersonId)) -> Value {
    let mut body = json!({ "changed": changed, "voided": voided });
    if lead.0 != lead.1 {
        body["lead"] = json!({ "from": lead.0.as_str(), "to": lead.1.as_str() });
    }
    body
}

/// Parts that are signed; changing them makes the caller an author.
const SIGNED: [&str; 6] = ["title", "version", "items", "requirements", "action_plan", "packages"];

impl App {
    /// Changes a release. Approvals over the former content are voided in the same commit.
    #[boxed]
    pub async fn release_edit(
        &self,
        call: &Call,
        id: &ReleaseId,
        edit: EditRelease,
    ) -> Result<Receipt> {
        let loaded = self.release_for(&call.actor, id).await?;
        call.check_revision(loaded.revision, "release")?;
        let resource = self.release_resource(&loaded.release).await?;
        if call.actor.person() != Some(&loaded.release.lead) {
            call.authorize(Action::Edit, Kind::Release, &resource, "release")?;
        }
        let LoadedRelease { mut release, revision, template } = loaded;
        if release.run.is_ended() {
            return Err(Refusal::Closed.into());
        }
        if !edit.packages.iter().flatten().all(Package::is_well_formed) {
            let message = "a package has a name and the SHA-256 of its file, 64 hexadecimal digits";
            return Err(Error::field("packages", "malformed", message));
        }
        let former = release.lead.clone();
        let changed = edit.apply(&mut release);
        if changed.is_empty() {
            return Ok(Receipt { id: id.to_string(), revision, ..Receipt::default() });
        }
        if changed.contains(&"version") && !matches!(release.run.state, RunState::Draft) {
            return Err(Error::field("version", "fixed", "the version is fixed once it started"));
        }
        if changed.contains(&"kind") && !matches!(release.run.state, RunState::Draft) {
            return Err(Error::field("kind", "fixed", "the kind is fixed once it started"));
        }
        let refusals = admit(&template, &release);
        if !refusals.is_empty() {
            return Err(Error::NotAdmitted(refusals));
        }
        if let Some(person) = call.actor.person()
            && changed.iter().any(|it| SIGNED.contains(it))
            && !release.editors.contains(person)
        {
            release.editors.push(person.clone());
        }
        let mut loaded = LoadedRelease { release, revision, template };
        let around = self.surroundings(&loaded).await?;
        let ctx = around.context(&loaded, &call.actor, None);
        let (run, voided) = content_changed(&loaded, &ctx, changed.contains(&"items"))?;
        loaded.release.run = run;
        let ctx = around.context(&loaded, &call.actor, None);
        let stored = self.index_stored(id).await?;
        let mut commit = self.begin(call);
        commit.writes.push(documents::update_typed(
            id.as_str(),
            &loaded.release,
            revision,
            ctx.now,
        ));
        commit.writes.extend(index::writes(&loaded, &ctx, &around.product.unit_id, Some(&stored)));
        let commit = commit.entry(
            format!("release/{id}"),
            "release.edited",
            facts(&changed, &voided, (&former, &loaded.release.lead)),
        );
        let receipt = Receipt {
            id: id.to_string(),
            label: loaded.release.number.clone(),
            revision: revision + 1,
            notes: voided.iter().map(|it| format!("voided:{it}")).collect(),
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }
}
