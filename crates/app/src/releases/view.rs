//! What pages, API and CLI read of a release.

use super::{LoadedRelease, leads};
use crate::App;
use crate::boxed;
use crate::calendar::CalendarBook;
use crate::call::Call;
use crate::error::Result;
use roadbook_core::access::{Action, Actor, Kind, allowed};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId};
use roadbook_core::process::template::Template;
use roadbook_core::release::{Origin, Release};
use roadbook_core::run::{
    ApprovalView, Context, HolderLink, WaitingOn, approval_view, waiting, who_holds,
};
use roadbook_core::window::Slot as WindowSlot;
use roadbook_store::releases::{self as rows, About, ReleaseFilter, ReleaseRow};
use roadbook_store::{PageAsk, Scope, agents, people, products};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is usual, so many runs say.
const USUAL_RUNS: usize = 20;

/// A release with everything that is asked of it at once.
#[derive(Clone, Debug)]
pub struct ReleaseView {
    /// The release.
    pub release: Release,
    /// Revision for `If-Match`.
    pub revision: i64,
    /// Its process.
    pub template: Arc<Template>,
    /// What it was judged with.
    pub context: Context,
    /// `draft`, `running`, `held`, `ending`, `closed`.
    pub state: &'static str,
    /// What each step that is not over waits for, in the order of the process.
    pub waiting: Vec<(String, Vec<WaitingOn>)>,
    /// From the go-live down to who holds it.
    pub holders: Vec<HolderLink>,
    /// How each approval stands.
    pub approvals: BTreeMap<String, ApprovalView>,
    /// What the agents of its sites say about the facts that its check items ask for.
    pub reported: BTreeMap<String, Vec<Reported>>,
    /// Names of the people that occur.
    pub names: BTreeMap<PersonId, String>,
    /// Product: key and name.
    pub product: (String, String),
    /// A later revision of its process is in force, and the viewer may move it there.
    pub newer: Option<u32>,
    /// Number of the run that began it.
    pub began_by: Option<String>,
    /// Steps that the viewer can act on now.
    pub mine: Vec<String>,
    /// The viewer may give orders.
    pub may_lead: bool,
    /// The viewer may change the content.
    pub may_edit: bool,
    /// The viewer may read its record.
    pub may_record: bool,
    /// Windows of the process around the release, for the lanes.
    pub windows: Vec<WindowSlot>,
    /// Freezes around the release: range and reason.
    pub freezes: Vec<(WindowSlot, String)>,
}

/// A fact as the agent of a site reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Short name of the site.
    pub site: String,
    /// What it says.
    pub value: String,
}

/// Sites of which a fact is shown beside a question; more nobody can compare by eye.
const REPORTED_MAX: i64 = 20;

/// A line of the list of releases.
#[derive(Clone, Debug)]
pub struct ReleaseListItem {
    /// The row.
    pub row: ReleaseRow,
    /// Name of the product.
    pub product: String,
    /// Name of the lead.
    pub lead: String,
}

/// A page of the list of releases.
#[derive(Clone, Debug)]
pub struct ReleaseList {
    /// Lines.
    pub rows: Vec<ReleaseListItem>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many there are in all, for this reader.
    pub total: i64,
}

impl App {
    /// Releases that this reader may see, last changed first.
    #[boxed]
    pub async fn release_list(
        &self,
        scope: &Scope,
        filter: &ReleaseFilter,
        ask: &PageAsk,
    ) -> Result<ReleaseList> {
        let page = rows::list(self.store(), scope, filter, ask).await?;
        let total = rows::count(self.store(), scope, filter).await?;
        let ids: Vec<PersonId> = page.rows.iter().filter_map(|it| it.lead_id.clone()).collect();
        let names = self.names(ids).await?;
        let mut known: BTreeMap<ProductId, String> = BTreeMap::new();
        let mut list = Vec::new();
        for row in page.rows {
            if !known.contains_key(&row.product_id) {
                let found = products::get(self.store(), &Scope::all(), &row.product_id).await?;
                known.insert(row.product_id.clone(), found.map(|it| it.name).unwrap_or_default());
            }
            let product = known.get(&row.product_id).cloned().unwrap_or_default();
            let lead =
                row.lead_id.as_ref().and_then(|it| names.get(it)).cloned().unwrap_or_default();
            list.push(ReleaseListItem { row, product, lead });
        }
        Ok(ReleaseList { rows: list, next: page.next, total })
    }

    /// The processes by which runs about this usually go, the most usual first: as the last runs of
    /// the product went, then as all others did that the reader may see.
    #[boxed]
    pub async fn processes_usual(
        &self,
        scope: &Scope,
        product: &ProductId,
        about: About,
    ) -> Result<Vec<String>> {
        let ask = PageAsk { cursor: None, limit: USUAL_RUNS };
        let mut usual: Vec<String> = Vec::new();
        for product_id in [Some(product.clone()), None] {
            let filter = ReleaseFilter { about, product_id, ..ReleaseFilter::default() };
            let runs = rows::list(self.store(), scope, &filter, &ask).await?.rows;
            let count = |id: &String| runs.iter().filter(|it| it.process_id == *id).count();
            // Of two that are as usual, the one that ran last.
            let mut found: Vec<String> = Vec::new();
            for run in &runs {
                if !found.contains(&run.process_id) && !usual.contains(&run.process_id) {
                    found.push(run.process_id.clone());
                }
            }
            found.sort_by_key(|it| std::cmp::Reverse(count(it)));
            usual.extend(found);
        }
        Ok(usual)
    }

    /// The id of a release by id or number, for a use case that itself asks whether the caller may
    /// see it.
    #[boxed]
    pub async fn release_id(&self, text: &str) -> Result<ReleaseId> {
        let found = match ReleaseId::parse(text) {
            Ok(id) => Some(id),
            Err(_) => rows::by_number(self.store(), &Scope::all(), text).await?.map(|it| it.id),
        };
        found.ok_or(crate::Error::NotFound { what: "release" })
    }

    /// A release by id or number, for somebody who may view it.
    #[boxed]
    pub async fn release_find(&self, actor: &Actor, text: &str) -> Result<ReleaseId> {
        let id = self.release_id(text).await?;
        self.release_for(actor, &id).await?;
        Ok(id)
    }

    /// A release with everything around it.
    #[boxed]
    pub async fn release(&self, actor: &Actor, id: &ReleaseId) -> Result<ReleaseView> {
        let (loaded, around) = self.release_around(actor, id).await?;
        let context = around.context(&loaded, actor, None);
        let waiting = waiting(&loaded.template, &loaded.release.run, &context);
        let holders = who_holds(&loaded.template, &loaded.release.run, &context, None);
        let approvals = loaded
            .template
            .steps()
            .filter_map(|(_, step)| {
                approval_view(&loaded.template, &loaded.release.run, step, &context)
                    .map(|view| (step.id.clone(), view))
            })
            .collect();
        let edit = allowed(actor, Action::Edit, Kind::Release, &around.resource);
        let lead = actor.person() == Some(&loaded.release.lead);
        let names = self.names(people_in(&loaded, &context)).await?;
        let mine = mine(actor, &loaded, &context);
        let began_by = match loaded.release.origin.as_ref().and_then(Origin::run) {
            Some(id) => rows::get(self.store(), &Scope::all(), id).await?.map(|it| it.number),
            None => None,
        };
        let newer = self.newer(&Call::of(actor.clone()), &loaded, &around.resource).await?;
        let reported = self.reported(actor, &loaded).await?;
        let (windows, freezes) = bands(&loaded, &context, &around.judge.book);
        Ok(ReleaseView {
            state: super::index::state_name(&loaded),
            may_lead: leads(actor, &loaded.release, &around.resource),
            may_edit: (edit || lead) && !loaded.release.run.is_ended(),
            may_record: allowed(actor, Action::View, Kind::Record, &around.resource),
            product: (around.product.key, around.product.name),
            release: loaded.release,
            revision: loaded.revision,
            template: loaded.template,
            context,
            waiting,
            holders,
            approvals,
            reported,
            names,
            newer,
            began_by,
            mine,
            windows,
            freezes,
        })
    }

    /// Facts of its sites that the process asks for, by name of the fact (S4a-11).
    async fn reported(
        &self,
        actor: &Actor,
        loaded: &LoadedRelease,
    ) -> Result<BTreeMap<String, Vec<Reported>>> {
        let checks = loaded.template.steps().flat_map(|(_, it)| &it.checks);
        let asked: BTreeSet<&str> = checks.filter_map(|it| it.reported.as_deref()).collect();
        let mut found = BTreeMap::new();
        if asked.is_empty() {
            return Ok(found);
        }
        let scope = self.scope_for(actor).await?;
        for name in asked {
            let id = &loaded.release.id;
            let list = agents::fact_of_release(self.store(), &scope, id, name, REPORTED_MAX);
            let list = list.await?.into_iter().map(|(site, value)| Reported { site, value });
            found.insert(name.to_owned(), list.collect::<Vec<_>>());
        }
        found.retain(|_, list| !list.is_empty());
        Ok(found)
    }

    /// Names of people by id.
    #[boxed]
    pub async fn names(&self, ids: Vec<PersonId>) -> Result<BTreeMap<PersonId, String>> {
        let unique: Vec<PersonId> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        if unique.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = people::by_ids(self.store(), &unique).await?;
        Ok(found.into_iter().map(|it| (it.id, it.name)).collect())
    }
}

/// Windows and freezes between a little before now and a little after the last date.
fn bands(
    loaded: &LoadedRelease,
    ctx: &Context,
    book: &CalendarBook,
) -> (Vec<WindowSlot>, Vec<(WindowSlot, String)>) {
    let day = |n: i64| jiff::SignedDuration::from_hours(24 * n);
    let from = loaded.release.run.started.unwrap_or(ctx.now) - day(7);
    let last = ctx.due_at.values().max().copied().unwrap_or(ctx.now);
    let to = last.max(ctx.now).max(loaded.release.run.slot.map_or(ctx.now, |it| it.end)) + day(14);
    let mut windows = Vec::new();
    for rule in &loaded.template.windows {
        if let Some(open) =
            book.policies.iter().find(|it| it.key == rule.policy).and_then(|it| it.open().ok())
        {
            windows.extend(open.occurrences(from, to));
        }
    }
    windows.sort_unstable();
    windows.dedup();
    let range = |slot: &WindowSlot| slot.end > from && slot.start < to;
    let freezes = book
        .freezes
        .iter()
        .filter(|it| range(&it.range))
        .map(|it| (it.range, it.reason.clone()))
        .collect();
    (windows, freezes)
}

fn people_in(loaded: &LoadedRelease, ctx: &Context) -> Vec<PersonId> {
    let mut ids: Vec<PersonId> = ctx.holders.values().flatten().cloned().collect();
    let run = &loaded.release.run;
    ids.push(loaded.release.lead.clone());
    ids.push(loaded.release.application.applicant.clone());
    ids.extend(loaded.release.editors.iter().cloned());
    ids.extend(ctx.applicant_head.iter().cloned());
    ids.extend(ctx.authorizers.iter().cloned());
    ids.extend(ctx.heads_of.values().flatten().cloned());
    for step in run.steps.values() {
        ids.extend(step.confirmed.iter().map(|it| it.person.clone()));
        ids.extend(step.votes.iter().map(|it| it.person.clone()));
        ids.extend(step.votes.iter().filter_map(|it| it.on_behalf_of.clone()));
        ids.extend(step.opinions.iter().map(|it| it.person.clone()));
        ids.extend(step.outcome.iter().map(|it| it.by.clone()));
        ids.extend(step.answers.values().map(|it| it.by.clone()));
        ids.extend(step.sheet.iter().filter_map(|it| it.by.clone()));
        ids.extend(step.delegated.iter().cloned());
    }
    for document in run.documents.values() {
        ids.push(document.author.clone());
        ids.extend(document.editors.iter().cloned());
        ids.extend(document.signatures.iter().map(|it| it.person.clone()));
    }
    ids.extend(run.hold.iter().map(|it| it.by.clone()));
    ids
}

/// Steps that are open and wait for this person, as a holder, a deputy or by delegation.
fn mine(actor: &Actor, loaded: &LoadedRelease, ctx: &Context) -> Vec<String> {
    let Some(person) = actor.person() else { return Vec::new() };
    let acts_for = ctx.acts_for(person);
    waiting(&loaded.template, &loaded.release.run, ctx)
        .into_iter()
        .filter(|(id, _)| loaded.release.run.step_state(id).is_open())
        .filter(|(_, list)| list.iter().flat_map(WaitingOn::people).any(|it| acts_for.contains(it)))
        .map(|(id, _)| id)
        .collect()
}
