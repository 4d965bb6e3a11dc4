//! Assembling what a decision of a run depends on.

use super::LoadedRelease;
use super::team::{leads, team_facts};
use crate::App;
use crate::boxed;
use crate::calendar::{CalendarBook, Judge, may_pass, waiting_of};
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::access::{Actor, Resource, Scope, Who};
use roadbook_core::calendar::{Calendar, OpenCalendar};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, UnitId};
use roadbook_core::process::due::Offset;
use roadbook_core::process::expr::{self, Value};
use roadbook_core::process::template::{Each, Expiry, Role, RoleRef, Step, StepKind, Template};
use roadbook_core::release::{PlanLine, Release, facts};
use roadbook_core::run::{
    Actor as RunActor, Called, Context, Deputy, Member, Run, RunNames, SheetLine, SheetState,
    SiteCounts, Slot, asked_now, asks_about, calls_per_site,
};
use roadbook_core::schedule::{self, Anchors};
use roadbook_core::text::{Lang, Text};
use roadbook_core::window::Block;
use roadbook_store::products::ProductRow;
use roadbook_store::units::{self, Unit};
use roadbook_store::{Scope as Everything, deployments, people, products, releases as rows};
use std::collections::{BTreeMap, BTreeSet};

/// What a decision depends on outside the release: read once for a command, whose decision does
/// not change it.
pub(crate) struct Surroundings {
    now: Timestamp,
    /// Calendar, freezes and bookings.
    pub(crate) judge: Judge,
    /// The usual working calendar.
    pub(crate) calendar: OpenCalendar,
    grants: Vec<people::Grant>,
    all_units: Vec<Unit>,
    /// The product's line, with the unit that owns it.
    pub(crate) product: ProductRow,
    /// The scopes that the release stands in.
    pub(crate) resource: Resource,
    sites: SiteCounts,
    related_open: Vec<String>,
    calls: BTreeMap<String, BTreeMap<String, Called>>,
    authorizers: Vec<PersonId>,
    customers: Vec<Member>,
    called_sites: Vec<Member>,
    issues: Vec<Member>,
    outsiders: BTreeSet<PersonId>,
    product_facts: BTreeMap<String, Value>,
    yes_to: BTreeMap<String, u32>,
}

impl Surroundings {
    /// The context of a release for an actor. `asked` is the slot in question, if another than the
    /// planned one.
    pub(crate) fn context(
        &self,
        loaded: &LoadedRelease,
        actor: &Actor,
        asked: Option<Slot>,
    ) -> Context {
        let LoadedRelease { release, template, .. } = loaded;
        let units = &self.resource.units;
        let (opens_at, due_at) = moments(template, release, &self.calendar);
        let heads = heads(&self.all_units, release);
        let mut ctx = Context {
            now: self.now,
            actor: match &actor.who {
                Who::Person(id) => RunActor::Person(id.clone()),
                _ => RunActor::System,
            },
            holders: self.holders(loaded),
            applicant: release.application.applicant.clone(),
            applicant_unit: release.application.unit.clone(),
            applicant_head: heads.applicant,
            heads_of: heads.fields,
            leads: leads(template, release, &self.grants, &self.all_units),
            field_persons: field_persons(&release.run),
            authorizers: self.authorizers.clone(),
            lead: release.lead.clone(),
            editors: release.editors.clone(),
            deputies: deputies(&self.grants),
            may_pass_blocks: false,
            slot_blocks: Vec::new(),
            now_blocks: Vec::new(),
            sites: self.sites,
            related_open: self.related_open.clone(),
            calls: self.calls.clone(),
            blocking_issues: 0,
            lists: self.lists(release),
            facts: facts(release),
            digests: super::signing::digests(template, release),
            yes_to: self.yes_to.clone(),
            sheets: sheets(template, release),
            opens_at,
            due_at,
            expires_at: expirations(template, &release.run, &self.calendar),
        };
        ctx.facts.insert("release.days_live".to_owned(), days_live(release, self.now));
        ctx.facts.extend(self.product_facts.clone());
        ctx.facts.extend(team_facts(&ctx.holders, &self.outsiders));
        judge_slots(&self.judge, loaded, asked, &mut ctx, |ctx| {
            roles_of(actor, release, units, ctx)
        });
        ctx
    }

    /// What steps may fan out over.
    fn lists(&self, release: &Release) -> BTreeMap<String, Vec<Member>> {
        let title = |text: &Text| text.show(Lang::En).0.to_owned();
        let items = release
            .items
            .iter()
            .map(|it| Member { id: it.id.clone(), label: title(&it.title) })
            .collect();
        BTreeMap::from([
            ("change_item".to_owned(), items),
            ("customer".to_owned(), self.customers.clone()),
            ("issue".to_owned(), self.issues.clone()),
            ("site".to_owned(), self.called_sites.clone()),
        ])
    }

    /// Holders of each declared role.
    pub(crate) fn holders(&self, loaded: &LoadedRelease) -> BTreeMap<String, Vec<PersonId>> {
        role_holders(&loaded.template, &loaded.release, &self.grants, &self.resource.units)
    }
}

impl App {
    /// Reads what decisions about a release depend on.
    #[boxed]
    pub(crate) async fn surroundings(&self, loaded: &LoadedRelease) -> Result<Surroundings> {
        let release = &loaded.release;
        let now = self.now();
        let judge = self.slot_judge().await?;
        let calendar = working_calendar(&judge.book)?;
        let grants = people::grants_at(self.store(), now).await?;
        let all_units = units::all(self.store()).await?;
        let product = products::get(self.store(), &Everything::all(), &release.product).await?;
        let product = product.ok_or(Error::NotFound { what: "product" })?;
        let units = crate::actors::chain(&all_units, &product.unit_id);
        let resource = super::resource_of(release, units);
        let mut sites = self.site_counts(&release.id).await?;
        // The deployments are laid with the start itself: a first step over sites must not find none.
        sites.total = sites.total.max(release.sites);
        // Talks that are wanted and not written down yet are open too.
        let planned = self.talks_planned(loaded).await? as u32;
        let missing = planned.saturating_sub(sites.contacts);
        sites.contacts += missing;
        sites.contacts_open += missing;
        let related_open = self.related_open(release).await?;
        let calls = self.called(loaded).await?;
        let each_customer = |step: &Step| step.each == Some(Each::Customer);
        let customers = if loaded.template.steps().any(|(_, it)| each_customer(it)) {
            self.customers_of(&release.id).await?
        } else {
            Vec::new()
        };
        let called_sites = if loaded.template.steps().any(|(_, it)| calls_per_site(it)) {
            self.sites_named(&release.id).await?
        } else {
            Vec::new()
        };
        let issues = if loaded.template.steps().any(|(_, it)| it.each == Some(Each::Issue)) {
            self.issues_about(loaded).await?
        } else {
            Vec::new()
        };
        let holders = role_holders(&loaded.template, release, &grants, &resource.units);
        let outsiders = self.outsiders(loaded, &holders, &all_units).await?;
        let named = loaded.template.steps().any(|(_, step)| names_authorizers(step));
        let authorizers = if named {
            self.product_load(&release.product).await?.value.authorizers
        } else {
            Vec::new()
        };
        Ok(Surroundings {
            now,
            judge,
            calendar,
            grants,
            all_units,
            product,
            resource,
            sites,
            related_open,
            calls,
            authorizers,
            customers,
            called_sites,
            issues,
            outsiders,
            product_facts: self.product_facts(loaded).await?,
            yes_to: self.yes_to(loaded).await?,
        })
    }

    /// How many sites said yes to which bytes, where a step asks them about documents.
    async fn yes_to(&self, loaded: &LoadedRelease) -> Result<BTreeMap<String, u32>> {
        let LoadedRelease { release, template, .. } = loaded;
        let mut asking = template.steps().map(|it| it.1);
        let first = asking.find(|it| !asks_about(template, it).is_empty());
        let Some(step) = asked_now(template, &release.run).or(first) else {
            return Ok(BTreeMap::new());
        };
        let current = super::signing::asked_digest(template, release, step).unwrap_or_default();
        let documents = asks_about(template, step).into_iter();
        let written = documents.filter_map(|it| Some(release.run.documents.get(it)?.at)).max();
        let stands = (current.as_str(), written.unwrap_or(self.now()));
        let said = deployments::yes_to(self.store(), &release.id, stands).await?;
        Ok(said.into_iter().map(|(digest, sites)| (digest, sites as u32)).collect())
    }

    /// The context of a release for an actor, when only one is needed.
    pub(crate) async fn release_context(
        &self,
        loaded: &LoadedRelease,
        actor: &Actor,
        asked: Option<Slot>,
    ) -> Result<Context> {
        Ok(self.surroundings(loaded).await?.context(loaded, actor, asked))
    }

    /// Holders of each declared role of a release at a moment.
    pub(super) async fn role_holders(
        &self,
        template: &Template,
        release: &Release,
        now: Timestamp,
    ) -> Result<BTreeMap<String, Vec<PersonId>>> {
        let grants = people::grants_at(self.store(), now).await?;
        let units = self.release_resource(release).await?.units;
        Ok(role_holders(template, release, &grants, &units))
    }

    /// Roles of a process that somebody holds for a product.
    pub(super) async fn roles_of_person(
        &self,
        person: &PersonId,
        product: &ProductId,
        template: &Template,
    ) -> Result<Vec<String>> {
        let grants = people::grants_at(self.store(), self.now()).await?;
        let units = self.product_resource(product).await?.units;
        let own = grants.iter().filter(|it| it.person_id == *person);
        let reach = own.filter(|it| reaches(it, product, None, &units));
        let declared = reach.filter(|it| template.role(&it.role).is_some());
        Ok(declared.map(|it| it.role.clone()).collect())
    }

    /// Roles inside the organization that a process has and nobody holds for a product.
    #[boxed]
    pub async fn roles_unheld(
        &self,
        product: &ProductId,
        template: &Template,
    ) -> Result<Vec<Role>> {
        let grants = people::grants_at(self.store(), self.now()).await?;
        let units = self.product_resource(product).await?.units;
        let held = |role: &str| {
            grants.iter().any(|it| it.role == role && reaches(it, product, None, &units))
        };
        // Without a holder of this one it is whoever opens the release.
        let open = template.roles.iter().filter(|it| !it.external && it.id != "release_lead");
        Ok(open.filter(|it| !held(&it.id)).cloned().collect())
    }

    async fn related_open(&self, release: &Release) -> Result<Vec<String>> {
        let mut open = Vec::new();
        for id in &release.related {
            let scope = roadbook_store::Scope::all();
            if let Some(row) = rows::get(self.store(), &scope, id).await?
                && row.state != "closed"
            {
                open.push(row.number);
            }
        }
        Ok(open)
    }

    /// Customers with a site in scope, by name.
    async fn customers_of(&self, release: &ReleaseId) -> Result<Vec<Member>> {
        let sites =
            roadbook_store::sites::of_release(self.store(), &Everything::all(), release).await?;
        let mut names: Vec<String> = sites.into_iter().filter_map(|it| it.customer).collect();
        names.sort();
        names.dedup();
        Ok(names.into_iter().map(|it| Member { id: it.clone(), label: it }).collect())
    }

    /// Whole sites in scope, by short name.
    async fn sites_named(&self, release: &ReleaseId) -> Result<Vec<Member>> {
        let sites =
            roadbook_store::sites::of_release(self.store(), &Everything::all(), release).await?;
        let whole = sites.into_iter().filter(|it| it.part_of.is_none());
        Ok(whole.map(|it| Member { id: it.id.to_string(), label: it.key }).collect())
    }

    /// The usual working calendar, opened.
    pub(crate) async fn working_calendar(&self) -> Result<OpenCalendar> {
        working_calendar(&self.calendar_book().await?.value)
    }
}

/// Must the list of the product be read for this step?
fn names_authorizers(step: &Step) -> bool {
    step.role_refs().any(|it| *it == RoleRef::Authorizer)
}

/// Units that the answer to a field names; in rows each cell may be one.
pub(crate) fn units_named(value: Option<&Value>) -> Vec<UnitId> {
    match value {
        Some(Value::Text(text)) => UnitId::parse(text).into_iter().collect(),
        Some(Value::List(list)) => list.iter().flat_map(|it| units_named(Some(it))).collect(),
        _ => Vec::new(),
    }
}

/// Who leads the units that a release names.
fn heads(all: &[Unit], release: &Release) -> Heads {
    let head_but = |id: &UnitId, but: Option<&PersonId>| -> Option<PersonId> {
        // A unit without a head is led by the head of the unit above it.
        let above = crate::actors::chain(all, id);
        let heads = above
            .iter()
            .filter_map(|id| all.iter().find(|it| it.id == *id)?.head_person_id.as_ref());
        heads.into_iter().find(|it| Some(*it) != but).cloned()
    };
    let head = |id: &UnitId| head_but(id, None);
    let fields = release.run.fields.iter().filter_map(|(field, value)| {
        let heads: Vec<PersonId> = units_named(Some(value)).iter().filter_map(head).collect();
        (!heads.is_empty()).then(|| (field.clone(), heads))
    });
    // Who applies and leads the unit does not sign for themselves: the head above does.
    let (unit, applicant) = (&release.application.unit, &release.application.applicant);
    let above = unit.as_ref().and_then(|it| head_but(it, Some(applicant)));
    Heads { fields: fields.collect(), applicant: above }
}

fn working_calendar(book: &CalendarBook) -> Result<OpenCalendar> {
    let calendar =
        book.calendars.first().cloned().unwrap_or_else(|| Calendar::ordinary("main", "UTC"));
    calendar.open().map_err(|error| crate::Error::Internal(error.to_string()))
}

/// What stands against the slot in question, and against working in production right now.
fn judge_slots(
    judge: &Judge,
    loaded: &LoadedRelease,
    asked: Option<Slot>,
    ctx: &mut Context,
    roles: impl Fn(&Context) -> Vec<String>,
) {
    let LoadedRelease { release, template, .. } = loaded;
    let keys = window_keys(template, &release.run, ctx);
    let mut blocks: Vec<Block> = Vec::new();
    if let Some(slot) = asked.or(release.run.slot) {
        blocks = judge.verdict(release, &keys, slot, ctx.now).blocks;
        ctx.slot_blocks = blocks.iter().map(waiting_of).collect();
    }
    // In production only freezes and closed windows of this very moment count, and not those
    // that somebody passed with a reason when the slot was set.
    if let Some(planned) = release.run.slot {
        let slot = Slot { start: ctx.now, end: planned.end.max(ctx.now + MOMENT) };
        ctx.now_blocks = judge
            .verdict(release, &keys, slot, ctx.now)
            .blocks
            .iter()
            .filter(|it| matches!(it, Block::Frozen { .. } | Block::OutsideWindow { .. }))
            .map(waiting_of)
            .filter(|it| !it.rule().is_some_and(|rule| release.run.passed.contains(&rule)))
            .collect();
    }
    ctx.may_pass_blocks = may_pass(&blocks, &roles(ctx));
}

/// Roles of process and product that this actor holds for this release.
fn roles_of(actor: &Actor, release: &Release, units: &[UnitId], ctx: &Context) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    if let Some(person) = actor.person() {
        for (role, people) in &ctx.holders {
            if people.contains(person) {
                roles.push(role.clone());
            }
        }
        if release.lead == *person {
            roles.push("release_lead".to_owned());
        }
    }
    roles.extend(
        actor
            .grants
            .iter()
            .filter(|it| match &it.scope {
                Scope::All => true,
                Scope::Product(id) => *id == release.product,
                Scope::Release(id) => *id == release.id,
                Scope::Unit(id) => units.contains(id),
                Scope::Site(_) => false,
            })
            .map(|it| it.role.clone()),
    );
    roles
}

/// Does a grant reach a product of these units, or this release of it?
fn reaches(
    grant: &people::Grant,
    product: &ProductId,
    release: Option<&ReleaseId>,
    units: &[UnitId],
) -> bool {
    match grant.scope_kind.as_str() {
        "all" => true,
        "product" => grant.scope_id == product.as_str(),
        "release" => release.is_some_and(|it| grant.scope_id == it.as_str()),
        "unit" => units.iter().any(|it| it.as_str() == grant.scope_id),
        _ => false,
    }
}

/// Holders of each declared role: those named in the release, else those granted the role.
fn role_holders(
    template: &Template,
    release: &Release,
    grants: &[people::Grant],
    units: &[UnitId],
) -> BTreeMap<String, Vec<PersonId>> {
    let mut holders = BTreeMap::new();
    for role in &template.roles {
        let mut list = release.roles.get(&role.id).cloned().unwrap_or_default();
        if list.is_empty() {
            for grant in grants.iter().filter(|it| it.role == role.id) {
                let reach = reaches(grant, &release.product, Some(&release.id), units);
                if reach && !list.contains(&grant.person_id) {
                    list.push(grant.person_id.clone());
                }
            }
        }
        if list.is_empty() && role.id == "release_lead" {
            list.push(release.lead.clone());
        }
        holders.insert(role.id.clone(), list);
    }
    holders
}

/// Who stands in for whom: grants that somebody gave away for a time.
fn deputies(grants: &[people::Grant]) -> Vec<Deputy> {
    grants
        .iter()
        .filter_map(|it| {
            it.delegated_by.as_ref().map(|of| Deputy {
                of: of.clone(),
                deputy: it.person_id.clone(),
                from: it.from_at,
                until: it.to_at.unwrap_or(Timestamp::MAX),
            })
        })
        .collect()
}

/// A slot that is judged as "now" still needs a length.
const MOMENT: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

struct Heads {
    applicant: Option<PersonId>,
    fields: BTreeMap<String, Vec<PersonId>>,
}

/// Window policies that hold for this release: the first whose condition holds.
pub(super) fn window_keys(template: &Template, run: &Run, ctx: &Context) -> Vec<String> {
    template
        .windows
        .iter()
        .find(|it| match &it.when {
            None => true,
            Some(when) => {
                matches!(expr::eval(when, &RunNames { template, run, ctx }), Ok(Value::Bool(true)))
            }
        })
        .map(|it| vec![it.policy.clone()])
        .unwrap_or_default()
}

/// Whole days since the planned go-live; -1 before it.
fn days_live(release: &Release, now: Timestamp) -> Value {
    let since = release.run.slot.filter(|it| it.start <= now);
    Value::Int(since.map_or(-1, |it| now.duration_since(it.start).as_hours() / 24))
}

fn field_persons(run: &Run) -> BTreeMap<String, PersonId> {
    run.fields
        .iter()
        .filter_map(|(field, value)| match value {
            Value::Text(text) => PersonId::parse(text).ok().map(|id| (field.clone(), id)),
            _ => None,
        })
        .collect()
}

/// What the time forms of a release are counted from.
pub(crate) fn anchors(release: &Release) -> Anchors {
    let run = &release.run;
    Anchors {
        go_live: run.slot.map(|it| it.start),
        go_live_end: run.slot.map(|it| it.end),
        start: run.started,
        period: run.period,
        done: run
            .steps
            .iter()
            .filter_map(|(id, step)| step.done_at.map(|at| (id.clone(), at)))
            .collect(),
        events: run.events.clone(),
    }
}

type Moments = (BTreeMap<String, Timestamp>, BTreeMap<String, Timestamp>);

/// When steps may begin and when they are due, as far as that is known now.
pub(crate) fn moments(template: &Template, release: &Release, calendar: &OpenCalendar) -> Moments {
    let anchors = anchors(release);
    let mut opens_at = BTreeMap::new();
    let mut due_at = BTreeMap::new();
    for (_, step) in template.steps() {
        if let Some(due) = &step.due
            && let Ok(found) = schedule::due(due, &anchors, calendar)
        {
            due_at.insert(step.id.clone(), found.latest);
            if let (Some(earliest), StepKind::Notice(_)) = (found.earliest, &step.kind) {
                opens_at.insert(step.id.clone(), earliest);
            }
        }
        if let Some(opens) = &step.opens
            && let Ok(at) = schedule::opening(opens, &anchors, calendar)
        {
            opens_at.insert(step.id.clone(), at);
        }
    }
    (opens_at, due_at)
}

/// When open approvals that wait for an answer are escalated.
fn expirations(
    template: &Template,
    run: &Run,
    calendar: &OpenCalendar,
) -> BTreeMap<String, Timestamp> {
    template
        .steps()
        .filter_map(|(_, step)| {
            let expires = step.expires.as_ref().filter(|it| it.then == Expiry::Escalate)?;
            let state = run.steps.get(&step.id).filter(|it| it.state.is_open())?;
            let since = state.ready_at.unwrap_or(state.since);
            let after = Offset { before: false, span: expires.after };
            Some((step.id.clone(), schedule::shift(calendar, since, after)))
        })
        .collect()
}

/// The release's own action plan replaces the sheet of the process (S2-31).
fn sheets(template: &Template, release: &Release) -> BTreeMap<String, Vec<SheetLine>> {
    if release.action_plan.is_empty() {
        return BTreeMap::new();
    }
    template
        .steps()
        .filter(|(_, step)| matches!(step.kind, StepKind::Operate(_)))
        .map(|(_, step)| {
            (step.id.clone(), release.action_plan.iter().map(line).collect::<Vec<_>>())
        })
        .collect()
}

fn line(plan: &PlanLine) -> SheetLine {
    // The author's own words exist in one language; readers see which.
    let text = |it: &str| Text::of(Lang::En, it);
    SheetLine {
        id: plan.id.clone(),
        title: text(&plan.title),
        owner: plan.owner.clone(),
        minutes: plan.minutes,
        key_node: plan.key_node,
        point_of_no_return: plan.point_of_no_return,
        service: None,
        expected: text(&plan.expected),
        state: SheetState::Open,
        begun_at: None,
        ended_at: None,
        by: None,
        found: String::new(),
    }
}
