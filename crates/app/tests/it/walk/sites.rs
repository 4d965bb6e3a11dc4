//! What sites do, and what is done at them.

use super::Walk;
use super::acts::{Act, Acts, Who};
use super::work::Work;
use roadbook_app::PageAsk;
use roadbook_app::notices::TalkView;
use roadbook_app::releases::ReleaseView;
use roadbook_app::sites::{Outcome, ReleaseSite, ReleaseSiteFilter};
use roadbook_core::process::template::{RoleRef, Step, StepKind};
use std::collections::BTreeSet;

/// The kind of contact that a role reference means.
pub fn contact_kind(role: &RoleRef) -> &'static str {
    match role {
        RoleRef::SiteContact(kind) if kind == "user" => "user",
        RoleRef::SiteContact(kind) if kind == "business_supervisor" => "business_supervisor",
        _ => "admin",
    }
}

impl<A: Acts> Walk<A> {
    async fn release_sites(&self) -> Vec<(usize, ReleaseSite)> {
        let town = self.acts.town();
        let admin = town.world.admin().await;
        let filter = ReleaseSiteFilter::default();
        let ask = PageAsk::first(100);
        let (page, _) =
            town.world.app.release_sites(&admin, &self.release, &filter, &ask).await.unwrap();
        let at = |it: &ReleaseSite| town.sites.iter().position(|known| known.id == it.site.id);
        let mut list: Vec<_> =
            page.rows.into_iter().filter_map(|it| Some((at(&it)?, it))).collect();
        list.sort_by_key(|it| it.0);
        list
    }

    /// Who answers at a site: its contact, where the step names one; else who performs the step.
    fn answers(&self, view: &ReleaseView, step: &Step, site: usize) -> Who {
        let contact = step.roles.iter().find(|it| matches!(it, RoleRef::SiteContact(_)));
        if let Some(role) = contact {
            return Who::Contact { site, kind: contact_kind(role) };
        }
        let first = step.roles.iter().find_map(|it| view.context.holders_of(it).first().cloned());
        match first {
            Some(person) => Who::Person(self.acts.town().name(&person)),
            None => Who::Contact { site, kind: "admin" },
        }
    }

    /// The next act at a site.
    pub(super) async fn site_work(&self, view: &ReleaseView, step: &Step) -> Option<Work> {
        let sites = self.release_sites().await;
        let mut tried = BTreeSet::new();
        for (index, row) in &sites {
            let declined = row.decision.as_ref().is_some_and(|it| it.decision == "declined");
            let outcome = row.deployment.as_ref().and_then(|it| it.outcome.clone());
            let act = match &step.kind {
                StepKind::Decision(_) if row.decision.is_none() => {
                    Some(Act::Decide { site: *index, decision: self.decision(*index) })
                }
                StepKind::Receipt { .. } if !row.read => Some(Act::Read { site: *index }),
                StepKind::Feedback if row.feedback.is_empty() && outcome.is_some() => {
                    Some(Act::Feedback { site: *index })
                }
                StepKind::Decision(_) | StepKind::Receipt { .. } | StepKind::Feedback => None,
                _ if outcome.is_none() && !declined => {
                    Some(Act::Install { site: *index, outcome: Outcome::Installed })
                }
                _ => None,
            };
            let Some(act) = act else { continue };
            let who = self.answers(view, step, *index);
            // Somebody from another site.
            let other = (index + 1) % self.acts.town().sites.len();
            let stranger = Who::Contact { site: other, kind: "admin" };
            tried.insert(*index);
            return Some(Work { who, act, stranger, begins: true, last: true });
        }
        None
    }

    /// The next talk of a step.
    pub(super) async fn talk(&self, step: &Step) -> Option<Work> {
        let town = self.acts.town();
        let admin = town.world.admin().await;
        let talks = town.world.app.talks(&admin, &self.release).await.unwrap();
        let mut open = talks.into_iter().filter(|it| it.task.done_at.is_none());
        let talk = open.find(|it| it.task.id.contains(&format!("/{}/", step.id)))?;
        Some(self.talking(talk))
    }

    /// The next talk by which somebody is told of a notice.
    pub(super) async fn told(&self, view: &ReleaseView, step: &Step) -> Option<Work> {
        let town = self.acts.town();
        let admin = town.world.admin().await;
        let talks = town.world.app.talks(&admin, &self.release).await.unwrap();
        let holders: Vec<_> =
            step.roles.iter().flat_map(|it| view.context.holders_of(it)).collect();
        let talk = talks
            .into_iter()
            .find(|it| it.task.done_at.is_none() && holders.contains(&it.task.person_id))?;
        Some(self.talking(talk))
    }

    fn talking(&self, talk: TalkView) -> Work {
        let who = Who::Person(self.acts.town().name(&talk.task.person_id));
        let stranger = Who::Contact { site: 0, kind: "user" };
        let act = Act::Talk { id: talk.task.id, with: talk.target };
        Work { who, act, stranger, begins: true, last: true }
    }
}
