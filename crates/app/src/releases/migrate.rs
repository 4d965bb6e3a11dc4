//! Moving a running release onto the revision of its process that is in force: first what would
//! change for whom, then the move, with the answer that the caller saw.

use super::index;
use super::{LoadedRelease, Surroundings, act, leads};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::limits::REMARK_CHARS_MAX;
use roadbook_core::process::template::Template;
use roadbook_core::release::admit;
use roadbook_core::run::{
    Command, Context, Decision, Migration, MigrationRefusal, PartChange, Run, RunState, StepChange,
    StepFate, WaitingOn, decide, migration, role_name,
};
use roadbook_core::text::Text;
use roadbook_store::{canonical, documents, processes};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What moving a release would do.
#[derive(Clone, Debug)]
pub struct MigrationView {
    /// Number of the release.
    pub number: String,
    /// Its process.
    pub process: String,
    /// The revision under which it runs.
    pub from: u32,
    /// The revision in force.
    pub to: u32,
    /// What the revision changed, in the words of who published it.
    pub note: String,
    /// Steps that the move touches.
    pub steps: Vec<StepChange>,
    /// Other parts that it touches.
    pub parts: Vec<PartChange>,
    /// Approvals over content that reads otherwise under the revision: given again.
    pub content: Vec<String>,
    /// What changes for whom.
    pub people: Vec<PersonEffect>,
    /// Steps that nobody could perform, with the role that nobody holds.
    pub unheld: Vec<(String, String)>,
    /// Dates that move.
    pub dates: Vec<DateMoved>,
    /// Rules that would stand against the planned go-live and do not now, by their short names.
    pub against_slot: Vec<&'static str>,
    /// Titles of all steps of both revisions.
    pub titles: BTreeMap<String, Text>,
    /// SHA-256 of all of this; the move names it.
    pub digest: String,
}

/// What changes for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonEffect {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Steps that are new for them.
    pub comes: Vec<String>,
    /// Steps that fall away for them.
    pub goes: Vec<String>,
    /// Approvals that they give again.
    pub again: Vec<String>,
}

/// A date that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateMoved {
    /// Step.
    pub step: String,
    /// When it was due; none: it had no date.
    pub before: Option<Timestamp>,
    /// When it is due.
    pub after: Option<Timestamp>,
}

/// The order to move a release.
#[derive(Clone, Debug, Default)]
pub struct MigrateRelease {
    /// The revision; none takes the one in force.
    pub revision: Option<u32>,
    /// Why.
    pub reason: String,
    /// Digest of the answer that the caller saw.
    pub preview: String,
}

/// A move that was worked out and not carried out.
struct Worked {
    loaded: LoadedRelease,
    next: LoadedRelease,
    around: Surroundings,
    migration: Migration,
    decision: Decision,
    view: MigrationView,
}

impl App {
    /// What moving a release onto another revision of its process would change for whom.
    #[boxed]
    pub async fn release_migrate_preview(
        &self,
        call: &Call,
        id: &ReleaseId,
        revision: Option<u32>,
    ) -> Result<MigrationView> {
        Ok(self.work_out(call, id, revision).await?.view)
    }

    /// The revision in force, if a release runs on an earlier one and this caller may move it.
    pub(super) async fn newer(
        &self,
        call: &Call,
        loaded: &LoadedRelease,
        resource: &Resource,
    ) -> Result<Option<u32>> {
        let run = &loaded.release.run;
        if matches!(run.state, RunState::Ending(_) | RunState::Ended(_))
            || may_migrate(call, loaded, resource).is_err()
        {
            return Ok(None);
        }
        let in_force = processes::revision_in_force(self.store(), &run.process).await?;
        Ok(in_force.map(|it| it as u32).filter(|it| *it > run.revision))
    }

    /// Moves a release onto the revision of its process that is in force. Only who saw what it
    /// changes can do it: `preview` is the digest of that answer, and a change since is told.
    #[boxed]
    pub async fn release_migrate(
        &self,
        call: &Call,
        id: &ReleaseId,
        input: MigrateRelease,
    ) -> Result<Receipt> {
        let worked = self.work_out(call, id, input.revision).await?;
        call.check_revision(worked.loaded.revision, "release")?;
        let reason = input.reason.trim();
        if reason.is_empty() {
            return Err(Error::field("reason", "required", "say why the release is moved"));
        }
        if reason.chars().count() > REMARK_CHARS_MAX {
            let message = format!("a reason has at most {REMARK_CHARS_MAX} characters");
            return Err(Error::field("reason", "too_long", message));
        }
        if input.preview != worked.view.digest {
            return Err(Error::Stale { what: "what the move would change".to_owned() });
        }
        let Worked { loaded, mut next, around, migration, decision, view } = worked;
        if let Some(record) = next.release.run.moves.last_mut() {
            record.by = call.actor.person().cloned();
            record.reason = reason.to_owned();
        }
        let now = self.now();
        let after = around.context(&next, &call.actor, None);
        let stored = self.index_stored(id).await?;
        let mut commit = self.begin(call);
        commit.writes.push(documents::update_typed(
            id.as_str(),
            &next.release,
            loaded.revision,
            now,
        ));
        commit.writes.extend(index::writes(&next, &after, &around.product.unit_id, Some(&stored)));
        let slot = next.release.run.slot;
        if slot.is_some() && loaded.template.windows != next.template.windows {
            commit.writes.extend(act::book(&next, &around.judge, slot));
        }
        let facts = migration.facts.iter().chain(&decision.facts);
        commit.facts = facts.map(|it| act::fact(id.as_str(), it)).collect();
        let commit = commit.entry(
            format!("release/{id}"),
            "release.migrated",
            recorded(&view, reason, &loaded.release.run, &next.release.run),
        );
        let mut notes: Vec<String> = voided(&view).map(|it| format!("voided:{it}")).collect();
        notes.sort();
        notes.dedup();
        let receipt = Receipt {
            id: id.to_string(),
            label: next.release.number.clone(),
            revision: loaded.revision + 1,
            notes,
            ..Receipt::default()
        };
        let receipt = self.finish(call, commit, receipt).await?;
        Box::pin(self.rollouts_follow(&next)).await;
        Box::pin(self.calls_follow(&next)).await;
        Ok(receipt)
    }

    async fn work_out(&self, call: &Call, id: &ReleaseId, revision: Option<u32>) -> Result<Worked> {
        let (loaded, around) = self.release_around(&call.actor, id).await?;
        may_migrate(call, &loaded, &around.resource)?;
        let (to, note) = self.revision_wanted(&loaded.release.run, revision).await?;
        let template = self.template(&loaded.release.run.process, to).await?;
        let run = &loaded.release.run;
        let mut migration = migration(&loaded.template, &template, run, to, self.now())
            .map_err(Error::NotMigrated)?;
        // Settings that come new are taken as a new run takes them; the others stay as they are.
        for (name, value) in self.settings_for(&template, &loaded.release.product).await? {
            if !loaded.template.settings.iter().any(|it| it.id == name) {
                migration.run.settings.insert(name, value);
            }
        }
        let before = around.context(&loaded, &call.actor, None);
        let mut next = LoadedRelease { template, ..loaded.clone() };
        next.release.run = migration.run.clone();
        let refusals = admit(&next.template, &next.release);
        if !refusals.is_empty() {
            return Err(Error::NotAdmitted(refusals));
        }
        // Lists and calls that the revision works over are others.
        let around = self.surroundings(&next).await?;
        let ctx = around.context(&next, &call.actor, None);
        let decision = decide(&next.template, &next.release.run, &Command::ContentChanged, &ctx)?;
        next.release.run = decision.run.clone();
        let after = around.context(&next, &call.actor, None);
        let mut view = MigrationView {
            number: loaded.release.number.clone(),
            process: next.template.id.clone(),
            from: run.revision,
            to,
            note,
            steps: migration.steps.clone(),
            parts: migration.parts.clone(),
            content: decision.voided.clone(),
            people: Vec::new(),
            unheld: unheld(&next, &after, &migration.steps),
            dates: dates((&loaded, &before), (&next, &after)),
            against_slot: against_slot(&before, &after),
            titles: titles(&loaded.template, &next.template),
            digest: String::new(),
        };
        view.people = self.effects(&view, (&loaded, &before), (&next, &after)).await?;
        view.digest = digest(&view)?;
        Ok(Worked { loaded, next, around, migration, decision, view })
    }

    /// The revision that is wanted, if a release may go there, with its note.
    async fn revision_wanted(&self, run: &Run, revision: Option<u32>) -> Result<(u32, String)> {
        let found = processes::effective(self.store(), &run.process).await?;
        let in_force = found.ok_or(Error::NotFound { what: "process" })?;
        let effective = in_force.revision as u32;
        let wanted = revision.unwrap_or(effective);
        if wanted == effective {
            return Ok((effective, in_force.note));
        }
        let row = processes::get(self.store(), &run.process, i64::from(wanted)).await?;
        Err(Error::NotMigrated(vec![match row {
            None => MigrationRefusal::NoSuchRevision { revision: wanted },
            Some(_) if wanted == run.revision => {
                MigrationRefusal::SameRevision { revision: wanted }
            }
            Some(_) => MigrationRefusal::NotInForce { revision: wanted, in_force: effective },
        }]))
    }

    /// What comes, goes and is signed again, by person.
    async fn effects(
        &self,
        view: &MigrationView,
        (loaded, before): (&LoadedRelease, &Context),
        (next, after): (&LoadedRelease, &Context),
    ) -> Result<Vec<PersonEffect>> {
        let old = duties(loaded, before);
        let new = duties(next, after);
        let mut signers: BTreeSet<(PersonId, String)> = BTreeSet::new();
        for change in &view.steps {
            for person in &change.signers {
                signers.insert((person.clone(), change.step.clone()));
            }
        }
        for step in &view.content {
            let votes = loaded.release.run.steps.get(step).map(|it| it.votes.as_slice());
            for vote in votes.unwrap_or_default().iter().filter(|it| it.voided_at.is_none()) {
                signers.insert((vote.person.clone(), step.clone()));
            }
        }
        let mut list: BTreeMap<PersonId, PersonEffect> = BTreeMap::new();
        let mut put = |(person, step): (PersonId, String),
                       what: fn(&mut PersonEffect) -> &mut Vec<String>| {
            let effect = list.entry(person.clone()).or_insert_with(|| PersonEffect {
                person,
                name: String::new(),
                comes: Vec::new(),
                goes: Vec::new(),
                again: Vec::new(),
            });
            what(effect).push(step);
        };
        for duty in new.difference(&old).filter(|it| !signers.contains(it)) {
            put(duty.clone(), |it| &mut it.comes);
        }
        for duty in old.difference(&new) {
            put(duty.clone(), |it| &mut it.goes);
        }
        for duty in signers {
            put(duty, |it| &mut it.again);
        }
        let names = self.names(list.keys().cloned().collect()).await?;
        let mut list: Vec<PersonEffect> = list.into_values().collect();
        for effect in &mut list {
            effect.name = names.get(&effect.person).cloned().unwrap_or_default();
        }
        list.sort_by(|a, b| (&a.name, &a.person).cmp(&(&b.name, &b.person)));
        Ok(list)
    }
}

/// Whoever leads the release, and whoever publishes processes.
fn may_migrate(call: &Call, loaded: &LoadedRelease, resource: &Resource) -> Result<()> {
    if leads(&call.actor, &loaded.release, resource)
        || allowed(&call.actor, Action::Create, Kind::Process, &Resource::whole())
    {
        return Ok(());
    }
    call.authorize(Action::Lead, Kind::Release, resource, "release")
}

/// Who has which step before them. A draft has no tasks yet; its people are those of its steps.
fn duties(loaded: &LoadedRelease, ctx: &Context) -> BTreeSet<(PersonId, String)> {
    let run = &loaded.release.run;
    let steps = loaded.template.steps().map(|(_, it)| it);
    steps
        .filter(|it| !run.step_state(&it.id).is_terminal())
        .filter(|it| it.on.is_none() || run.step_state(&it.id).is_open())
        .flat_map(|it| {
            let seats = index::seats(it, run.steps.get(&it.id), ctx);
            seats.into_iter().map(|(_, person)| (person, it.id.clone()))
        })
        .collect()
}

/// Touched steps that lie ahead and whose roles nobody holds.
fn unheld(next: &LoadedRelease, ctx: &Context, steps: &[StepChange]) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for change in steps {
        let Some(step) = next.template.step(&change.step) else { continue };
        if next.release.run.step_state(&step.id).is_terminal() {
            continue;
        }
        for role in step.role_refs() {
            let said = (step.id.clone(), role_name(role));
            if ctx.holders_of(role).is_empty() && !list.contains(&said) {
                list.push(said);
            }
        }
    }
    list
}

/// Dates of steps that lie ahead and are due at another time, or come with a date.
fn dates(
    (loaded, before): (&LoadedRelease, &Context),
    (next, after): (&LoadedRelease, &Context),
) -> Vec<DateMoved> {
    let run = &next.release.run;
    let ahead = next.template.steps().map(|(_, it)| it);
    ahead
        .filter(|it| !run.step_state(&it.id).is_terminal())
        .map(|it| DateMoved {
            step: it.id.clone(),
            before: loaded.template.step(&it.id).and_then(|_| before.due_at.get(&it.id).copied()),
            after: after.due_at.get(&it.id).copied(),
        })
        .filter(|it| it.before != it.after)
        .collect()
}

fn against_slot(before: &Context, after: &Context) -> Vec<&'static str> {
    let names = |ctx: &Context| -> BTreeSet<&'static str> {
        ctx.slot_blocks.iter().map(WaitingOn::name).collect()
    };
    names(after).difference(&names(before)).copied().collect()
}

fn titles(before: &Template, after: &Template) -> BTreeMap<String, Text> {
    let all = before.steps().chain(after.steps());
    all.map(|(_, it)| (it.id.clone(), it.title.clone())).collect()
}

/// Approvals that the move voids.
fn voided(view: &MigrationView) -> impl Iterator<Item = &String> {
    let under = view.steps.iter().filter(|it| it.fate == StepFate::Voided).map(|it| &it.step);
    under.chain(&view.content)
}

/// What the caller saw, as one number.
fn digest(view: &MigrationView) -> Result<String> {
    let people: Vec<Value> = view
        .people
        .iter()
        .map(|it| json!([it.person.as_str(), it.comes, it.goes, it.again]))
        .collect();
    let moment = |it: Option<Timestamp>| it.map(|it| it.to_string());
    let dates: Vec<Value> =
        view.dates.iter().map(|it| json!([it.step, moment(it.before), moment(it.after)])).collect();
    let value = json!({
        "number": view.number,
        "from": view.from,
        "to": view.to,
        "steps": view.steps,
        "parts": view.parts,
        "content": view.content,
        "people": people,
        "unheld": view.unheld,
        "dates": dates,
        "against_slot": view.against_slot,
    });
    let bytes = canonical::to_bytes(&value).map_err(|it| Error::Internal(it.to_string()))?;
    Ok(canonical::digest(&bytes))
}

/// The facts of a move for the record.
fn recorded(view: &MigrationView, reason: &str, before: &Run, after: &Run) -> Value {
    let fates: Vec<Value> =
        view.steps.iter().map(|it| json!([it.step, it.fate.name(), it.state])).collect();
    let parts: Vec<Value> =
        view.parts.iter().map(|it| json!([it.part, it.id, it.fate.name()])).collect();
    let moved: Vec<Value> = after
        .steps
        .keys()
        .map(|id| (id, before.step_state(id).name(), after.step_state(id).name()))
        .filter(|(_, from, to)| from != to)
        .map(|(id, from, to)| json!([id, from, to]))
        .collect();
    json!({
        "process": view.process,
        "from": view.from,
        "to": view.to,
        "reason": reason,
        "changes": fates,
        "parts": parts,
        "voided": voided(view).collect::<BTreeSet<_>>(),
        "steps": moved,
        "preview": view.digest,
    })
}
