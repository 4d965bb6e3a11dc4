//! The work of a person: what is open now and what lies ahead, with dates and hours.

use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::access::Actor;
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::text::Text;
use roadbook_store::releases as rows;
use roadbook_store::{Scope, people};
use std::collections::{BTreeMap, BTreeSet};

/// Holders of the roles of a release.
type Holders = BTreeMap<String, Vec<PersonId>>;

/// More work than this is not planned for one person; the page says so.
const TASKS_MAX: usize = 500;

/// A piece of work of a person.
#[derive(Clone, Debug)]
pub struct TodoItem {
    /// Release.
    pub release: ReleaseId,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Step.
    pub step: String,
    /// Title of the step.
    pub step_title: Text,
    /// Kind of step.
    pub kind: String,
    /// Role in which it is done.
    pub role: String,
    /// True when it can be done now, false when it lies ahead.
    pub ready: bool,
    /// Due.
    pub due_at: Option<Timestamp>,
    /// Can begin.
    pub start_at: Option<Timestamp>,
    /// Work in minutes.
    pub effort_minutes: i64,
}

impl App {
    /// Roles that somebody held for a time which is over.
    async fn roles_left(&self, person: &PersonId) -> Result<BTreeSet<String>> {
        let now = self.now();
        let grants = people::grants_of(self.store(), person).await?;
        let over = grants.into_iter().filter(|it| it.to_at.is_some_and(|to| to <= now));
        Ok(over.map(|it| it.role).collect())
    }

    /// A list was made when they still held the role: do they now? Each release is read once.
    async fn still_holds(
        &self,
        person: &PersonId,
        task: &rows::Task,
        known: &mut BTreeMap<ReleaseId, Holders>,
    ) -> Result<bool> {
        if !known.contains_key(&task.release_id) {
            let loaded = self.release_load(&task.release_id).await?;
            known.insert(task.release_id.clone(), self.release_holders(&loaded).await?);
        }
        let holders = &known[&task.release_id];
        Ok(holders.get(&task.role).is_none_or(|it| it.contains(person)))
    }

    /// The work of the actor over all releases: ready first, then ahead, each by due date.
    #[boxed]
    pub async fn todo(&self, actor: &Actor) -> Result<Vec<TodoItem>> {
        let person = actor.person().ok_or(Error::Unauthenticated)?;
        let states = ["ready", "ahead"];
        let mut list = Vec::new();
        let mut releases: BTreeMap<ReleaseId, rows::ReleaseRow> = BTreeMap::new();
        let left = self.roles_left(person).await?;
        let mut holders = BTreeMap::new();
        for task in rows::tasks_of_person(self.store(), person, &states, TASKS_MAX).await? {
            if left.contains(&task.role) && !self.still_holds(person, &task, &mut holders).await? {
                continue;
            }
            if !releases.contains_key(&task.release_id) {
                let scope = Scope::all();
                let Some(row) = rows::get(self.store(), &scope, &task.release_id).await? else {
                    continue;
                };
                releases.insert(task.release_id.clone(), row);
            }
            let row = &releases[&task.release_id];
            let template = self.template(&row.process_id, row.process_revision as u32).await?;
            let step_title = template.step(&task.step_id).map(|it| it.title.clone());
            list.push(TodoItem {
                release: task.release_id.clone(),
                number: row.number.clone(),
                version: row.version.clone().unwrap_or_default(),
                title: row.title.clone(),
                step: task.step_id.clone(),
                step_title: step_title.unwrap_or_default(),
                kind: task.kind.clone(),
                role: task.role.clone(),
                ready: task.state == "ready" && row.state != "held",
                due_at: task.due_at,
                start_at: task.start_at,
                effort_minutes: task.effort_minutes,
            });
        }
        // One person in two roles of a step sees the step once.
        list.sort_by(|a, b| {
            (!a.ready, a.due_at.is_none(), a.due_at, &a.number, &a.step).cmp(&(
                !b.ready,
                b.due_at.is_none(),
                b.due_at,
                &b.number,
                &b.step,
            ))
        });
        list.dedup_by(|a, b| a.release == b.release && a.step == b.step);
        Ok(list)
    }
}
