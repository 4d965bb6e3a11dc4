//! Talks: a person tells somebody, and writes down what was said and how ready they are.

use super::audience::Target;
use super::{channel, delivery, stream};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::releases::LoadedRelease;
use jiff::SignedDuration;
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{PersonId, ReleaseId, SiteId, UnitId};
use roadbook_core::process::template::{Step, StepKind};
use roadbook_core::run::{RunState, StepState};
use roadbook_store::notices::{self as rows, ContactTask, Delivery, Notice};
use roadbook_store::{Commit, Scope, people, sites, units};
use serde_json::json;

/// What a talk found.
#[derive(Clone, Debug, Default)]
pub struct TalkDone {
    /// `phone`, `visit`, `chat`, …
    pub channel: String,
    /// What was said.
    pub notes: String,
    /// `ready`, `needs_help`, `refuses` or `unknown`.
    pub readiness: String,
}

/// A talk with the name of whom it is with.
#[derive(Clone, Debug)]
pub struct TalkView {
    /// The row.
    pub task: ContactTask,
    /// Name of site, unit or person.
    pub target: String,
    /// Name of who does it.
    pub person: String,
}

/// Answers to how ready somebody is.
pub const READINESS: [&str; 4] = ["ready", "needs_help", "refuses", "unknown"];

impl App {
    /// Plans the talks of contact steps: one per site, unit or person.
    pub(super) async fn talks_due(&self, loaded: &LoadedRelease) -> Result<()> {
        if !matches!(loaded.release.run.state, RunState::Running) {
            return Ok(());
        }
        let known = rows::contact_tasks(self.store(), &loaded.release.id).await?;
        let mut commit = self.system_commit();
        for (_, step) in loaded.template.steps() {
            let StepKind::Contact { audience } = &step.kind else { continue };
            // A step whose turn has passed gets no new talks.
            let state = loaded.release.run.step_state(&step.id);
            if !(state.is_open() || *state == StepState::Foreseen) {
                continue;
            }
            for target in self.audience_targets(loaded, audience).await? {
                let id = talk_id(&loaded.release.id, &step.id, &target);
                if known.iter().any(|it| it.id == id) {
                    continue;
                }
                let task = self.talk(loaded, step, id, &target).await?;
                commit.writes.push(rows::insert_contact_task(&task));
            }
        }
        if commit.writes.is_empty() {
            return Ok(());
        }
        let planned = commit.writes.len();
        let stream = stream(&loaded.release.id);
        match self.put(commit.entry(stream, "talks.planned", json!({ "talks": planned }))).await {
            // Another activation planned them.
            Ok(()) | Err(Error::Exists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// How many talks the contact steps of a release will have.
    pub(crate) async fn talks_planned(&self, loaded: &LoadedRelease) -> Result<usize> {
        let mut count = 0;
        for (_, step) in loaded.template.steps() {
            if let StepKind::Contact { audience } = &step.kind {
                count += self.audience_targets(loaded, audience).await?.len();
            }
        }
        Ok(count)
    }

    async fn talk(
        &self,
        loaded: &LoadedRelease,
        step: &Step,
        id: String,
        target: &Target,
    ) -> Result<ContactTask> {
        let (kind, target_id) = target.parts();
        let window = self.notice_window(loaded, step).await?;
        let soon = self.now() + SignedDuration::from_hours(72);
        Ok(ContactTask {
            id,
            release_id: loaded.release.id.clone(),
            target_kind: kind.to_owned(),
            target_id: target_id.to_owned(),
            person_id: self.talker(loaded, step).await?,
            due_at: window.map_or(soon, |it| it.latest),
            done_at: None,
            channel: String::new(),
            notes: String::new(),
            readiness: None,
            revision: 1,
        })
    }

    /// Who does the talks of a step: the first holder of its role, else the lead.
    async fn talker(&self, loaded: &LoadedRelease, step: &Step) -> Result<PersonId> {
        let holders = self.release_holders(loaded).await?;
        let first = step.roles.iter().find_map(|role| match role {
            roadbook_core::process::template::RoleRef::Role(id) => holders.get(id)?.first(),
            _ => None,
        });
        Ok(first.cloned().unwrap_or_else(|| loaded.release.lead.clone()))
    }

    /// Adds the talks of a notice that is told by people.
    pub(super) async fn add_talks(
        &self,
        commit: &mut Commit,
        row: &Notice,
        deliveries: &[Delivery],
    ) -> Result<()> {
        if !deliveries.iter().any(|it| it.channel == channel::TASK) {
            return Ok(());
        }
        let loaded = self.release_load(&row.release_id).await?;
        let Some(step) = loaded.template.step(&row.step_id) else { return Ok(()) };
        let person = self.talker(&loaded, step).await?;
        for it in deliveries.iter().filter(|it| it.channel == channel::TASK) {
            commit.writes.push(rows::insert_contact_task(&ContactTask {
                id: it.message_id.clone(),
                release_id: row.release_id.clone(),
                target_kind: it.recipient_kind.clone(),
                target_id: it.recipient_id.clone(),
                person_id: person.clone(),
                due_at: row.latest.unwrap_or_else(|| self.now() + SignedDuration::from_hours(24)),
                done_at: None,
                channel: String::new(),
                notes: String::new(),
                readiness: None,
                revision: 1,
            }));
        }
        Ok(())
    }

    /// Talks of a release.
    #[boxed]
    pub async fn talks(&self, call: &Call, release: &ReleaseId) -> Result<Vec<TalkView>> {
        self.release_for(&call.actor, release).await?;
        let list = rows::contact_tasks(self.store(), release).await?;
        self.talk_views(list).await
    }

    /// Open talks of the caller.
    #[boxed]
    pub async fn my_talks(&self, call: &Call) -> Result<Vec<TalkView>> {
        let list = rows::contact_tasks_of_person(self.store(), call.person()?).await?;
        self.talk_views(list).await
    }

    async fn talk_views(&self, list: Vec<ContactTask>) -> Result<Vec<TalkView>> {
        let names = self.names(list.iter().map(|it| it.person_id.clone()).collect()).await?;
        let mut views = Vec::new();
        for task in list {
            let target = self.target_name(&task).await?;
            let person = names.get(&task.person_id).cloned().unwrap_or_default();
            views.push(TalkView { task, target, person });
        }
        Ok(views)
    }

    async fn target_name(&self, task: &ContactTask) -> Result<String> {
        let id = task.target_id.as_str();
        let name = match task.target_kind.as_str() {
            "site" => match SiteId::parse(id) {
                Ok(id) => sites::get(self.store(), &Scope::all(), &id).await?.map(|it| it.name),
                Err(_) => None,
            },
            "unit" => match UnitId::parse(id) {
                Ok(id) => units::get(self.store(), &id).await?.map(|it| it.name),
                Err(_) => None,
            },
            _ => match PersonId::parse(id) {
                Ok(id) => people::get(self.store(), &id).await?.map(|it| it.name),
                Err(_) => None,
            },
        };
        Ok(name.unwrap_or_else(|| id.to_owned()))
    }

    /// A talk took place: what was said, and how ready they are (S0-19).
    #[boxed]
    pub async fn talk_done(&self, call: &Call, id: &str, done: TalkDone) -> Result<Receipt> {
        let task =
            rows::contact_task(self.store(), id).await?.ok_or(Error::NotFound { what: "talk" })?;
        let loaded = self.release_for(&call.actor, &task.release_id).await?;
        if call.actor.person() != Some(&task.person_id) {
            let resource = self.release_resource(&loaded.release).await?;
            call.authorize(Action::Act, Kind::Release, &resource, "talk")?;
        }
        call.check_revision(task.revision, "talk")?;
        if !READINESS.contains(&done.readiness.as_str()) {
            let right = format!("write one of {}", READINESS.join(", "));
            return Err(Error::field("readiness", "unknown_value", right));
        }
        let limit = roadbook_core::limits::REMARK_CHARS_MAX;
        if done.notes.chars().count() > limit {
            return Err(Error::field("notes", "too_long", format!("at most {limit} characters")));
        }
        let mut after = task.clone();
        after.done_at = Some(self.now());
        after.channel = done.channel;
        after.notes = done.notes;
        after.readiness = Some(done.readiness.clone());
        let mut commit = self.begin(call).write(rows::update_contact_task(&after));
        if let Some(mut told) = self.delivery_of_talk(&task).await? {
            told.state = delivery::SENT.to_owned();
            told.sent_at = Some(self.now());
            commit.writes.push(rows::update_delivery(&told));
        }
        let commit = commit.entry(
            stream(&task.release_id),
            "talk.done",
            json!({ "talk": task.id, "target": task.target_id, "readiness": done.readiness }),
        );
        let receipt =
            Receipt { id: task.id.clone(), revision: task.revision + 1, ..Receipt::default() };
        let receipt = self.finish(call, commit, receipt).await?;
        // The last talk ends its step: nobody has to wait for the next look at the release.
        let talks = rows::contact_tasks(self.store(), &task.release_id).await?;
        if talks.iter().all(|it| it.done_at.is_some()) {
            self.release_follow(&task.release_id).await;
        }
        Ok(receipt)
    }

    async fn delivery_of_talk(&self, task: &ContactTask) -> Result<Option<Delivery>> {
        for row in rows::of_release(self.store(), &task.release_id).await? {
            let found = rows::delivery(
                self.store(),
                &row.id,
                &task.target_kind,
                &task.target_id,
                channel::TASK,
            )
            .await?;
            if let Some(found) = found.filter(|it| it.message_id == task.id) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// True while somebody is to talk to people.
pub(crate) fn talks(loaded: &LoadedRelease) -> bool {
    loaded.template.steps().any(|(_, step)| {
        matches!(step.kind, StepKind::Contact { .. })
            && loaded.release.run.step_state(&step.id).is_open()
    })
}

fn talk_id(release: &ReleaseId, step: &str, target: &Target) -> String {
    let (kind, id) = target.parts();
    format!("{release}/{step}/{kind}/{id}")
}
