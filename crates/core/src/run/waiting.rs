//! Every "not yet" as a value: the same in page, API, CLI and notice.

use super::checks::{missing_documents, open_checks, open_fields};
use super::context::{Context, SiteCounts, role_name};
use super::state::{Run, RunState, StepState};
use crate::ids::PersonId;
use crate::process::template::{Each, Joins, Step, StepKind, Template};
use crate::rollout::Code;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What something waits for, and with that what would lift it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum WaitingOn {
    /// The run has not been started.
    Start,
    /// The release is held.
    Hold {
        /// Who ordered it.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// An earlier step.
    Step {
        /// That step.
        step: String,
    },
    /// Somebody must do the work.
    Person {
        /// Role.
        role: String,
        /// Who holds it.
        people: Vec<PersonId>,
        /// Since when.
        since: Timestamp,
        /// Due.
        due: Option<Timestamp>,
    },
    /// Nobody holds the role.
    Unassigned {
        /// Role.
        role: String,
    },
    /// An approval.
    Approval {
        /// Role.
        role: String,
        /// Who may give it.
        people: Vec<PersonId>,
        /// Since when.
        since: Timestamp,
        /// Due.
        due: Option<Timestamp>,
    },
    /// An opinion.
    Opinion {
        /// Role.
        role: String,
        /// Who may give it.
        people: Vec<PersonId>,
    },
    /// A document that does not exist, or lacks sections.
    Deliverable {
        /// Document type.
        document: String,
        /// Role that hands it in.
        role: Option<String>,
        /// Sections missing; empty when the whole document is.
        sections: Vec<String>,
    },
    /// A signature on a document.
    Signature {
        /// Document type.
        document: String,
        /// Role.
        role: String,
    },
    /// A check item is open or answered against.
    Check {
        /// Check item.
        check: String,
        /// True when it was answered and does not pass.
        failed: bool,
    },
    /// A field.
    Field {
        /// Field.
        field: String,
    },
    /// The go-live slot is not planned.
    Slot,
    /// The window is closed.
    Window {
        /// Policy.
        policy: String,
        /// When it opens.
        opens: Option<Timestamp>,
    },
    /// The window has no room.
    Capacity {
        /// Policy.
        policy: String,
        /// Releases that take it.
        taken_by: Vec<String>,
    },
    /// A freeze.
    Freeze {
        /// Freeze.
        freeze: String,
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
        /// Role that may override it.
        override_by: String,
    },
    /// The slot lies in the past.
    Past {
        /// Its start.
        start: Timestamp,
    },
    /// A lead time cannot be kept.
    LeadTime {
        /// Step whose time form breaks.
        step: String,
        /// When it would have had to be done.
        latest: Timestamp,
    },
    /// Not before this moment.
    NotBefore {
        /// The moment.
        at: Timestamp,
    },
    /// Sites.
    Sites {
        /// How many are there.
        have: u32,
        /// How many are needed.
        need: u32,
    },
    /// Sites said yes to a document that has changed since; they are asked again.
    Changed {
        /// Document type.
        document: String,
        /// Its revision now.
        revision: String,
        /// How many said yes to an earlier one.
        sites: u32,
    },
    /// Instances of a fan-out that have no outcome yet.
    Members {
        /// How many count.
        have: u32,
        /// How many are needed.
        need: u32,
        /// Those that are open, by id.
        open: Vec<String>,
    },
    /// The rollout stands still; a person has to resume it, lift a way back, or roll back.
    Rollout {
        /// Why.
        code: Code,
        /// In which wave.
        wave: u32,
    },
    /// Contact talks.
    Contacts {
        /// How many are open.
        open: u32,
    },
    /// A notice has not gone out.
    Notice,
    /// A condition of the process.
    Gate {
        /// The condition as written.
        condition: String,
    },
    /// Another release.
    Release {
        /// Its number.
        number: String,
    },
    /// A run that a step called.
    Run {
        /// Its process.
        process: String,
        /// Its number, once it is there.
        number: Option<String>,
    },
    /// A blocking issue.
    Issues {
        /// How many.
        open: u32,
    },
    /// A debt of an emergency.
    Debt {
        /// What is owed.
        what: String,
        /// Role that owes it.
        owner: String,
    },
    /// A failed step needs the choice between rolling back and a remedy.
    Choice {
        /// The failed line.
        line: String,
    },
}

/// People whose act is awaited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Awaited<'a> {
    /// In which role.
    pub role: &'a str,
    /// Any of them.
    pub people: &'a [PersonId],
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// Due.
    pub due: Option<Timestamp>,
}

// Every match here names every reason: a new one is not taken in until each has an answer.
impl WaitingOn {
    /// Its name in the API, in lists and on the command line.
    pub const fn name(&self) -> &'static str {
        match self {
            WaitingOn::Start => "start",
            WaitingOn::Hold { .. } => "hold",
            WaitingOn::Step { .. } => "step",
            WaitingOn::Person { .. } => "person",
            WaitingOn::Unassigned { .. } => "unassigned",
            WaitingOn::Approval { .. } => "approval",
            WaitingOn::Opinion { .. } => "opinion",
            WaitingOn::Deliverable { .. } => "deliverable",
            WaitingOn::Signature { .. } => "signature",
            WaitingOn::Check { .. } => "check",
            WaitingOn::Field { .. } => "field",
            WaitingOn::Slot => "slot",
            WaitingOn::Window { .. } => "window",
            WaitingOn::Capacity { .. } => "capacity",
            WaitingOn::Freeze { .. } => "freeze",
            WaitingOn::Past { .. } => "past",
            WaitingOn::LeadTime { .. } => "lead_time",
            WaitingOn::NotBefore { .. } => "not_before",
            WaitingOn::Sites { .. } => "sites",
            WaitingOn::Changed { .. } => "changed",
            WaitingOn::Members { .. } => "members",
            WaitingOn::Contacts { .. } => "contacts",
            WaitingOn::Notice => "notice",
            WaitingOn::Gate { .. } => "gate",
            WaitingOn::Release { .. } => "release",
            WaitingOn::Run { .. } => "run",
            WaitingOn::Issues { .. } => "issues",
            WaitingOn::Rollout { .. } => "rollout",
            WaitingOn::Debt { .. } => "debt",
            WaitingOn::Choice { .. } => "choice",
        }
    }

    /// Whom it asks to act. It is their turn, it stands in their lists, and they hear of it.
    pub fn awaited(&self) -> Option<Awaited<'_>> {
        match self {
            WaitingOn::Person { role, people, since, due }
            | WaitingOn::Approval { role, people, since, due } => {
                Some(Awaited { role, people, since: Some(*since), due: *due })
            }
            WaitingOn::Opinion { role, people } => {
                Some(Awaited { role, people, since: None, due: None })
            }
            WaitingOn::Start
            | WaitingOn::Hold { .. }
            | WaitingOn::Step { .. }
            | WaitingOn::Unassigned { .. }
            | WaitingOn::Deliverable { .. }
            | WaitingOn::Signature { .. }
            | WaitingOn::Check { .. }
            | WaitingOn::Field { .. }
            | WaitingOn::Slot
            | WaitingOn::Window { .. }
            | WaitingOn::Capacity { .. }
            | WaitingOn::Freeze { .. }
            | WaitingOn::Past { .. }
            | WaitingOn::LeadTime { .. }
            | WaitingOn::NotBefore { .. }
            | WaitingOn::Sites { .. }
            | WaitingOn::Changed { .. }
            | WaitingOn::Members { .. }
            | WaitingOn::Contacts { .. }
            | WaitingOn::Notice
            | WaitingOn::Gate { .. }
            | WaitingOn::Release { .. }
            | WaitingOn::Run { .. }
            | WaitingOn::Issues { .. }
            | WaitingOn::Rollout { .. }
            | WaitingOn::Debt { .. }
            | WaitingOn::Choice { .. } => None,
        }
    }

    /// The people whom it asks to act; nobody for a reason that is not about people.
    pub fn people(&self) -> &[PersonId] {
        self.awaited().map_or(&[], |it| it.people)
    }

    /// The rule of the calendar behind a block, by which it is remembered that it was passed.
    pub fn rule(&self) -> Option<String> {
        match self {
            WaitingOn::Freeze { freeze, .. } => Some(format!("freeze:{freeze}")),
            WaitingOn::Window { policy, .. } => Some(format!("window:{policy}")),
            WaitingOn::Capacity { policy, .. } => Some(format!("capacity:{policy}")),
            WaitingOn::Start
            | WaitingOn::Hold { .. }
            | WaitingOn::Step { .. }
            | WaitingOn::Person { .. }
            | WaitingOn::Unassigned { .. }
            | WaitingOn::Approval { .. }
            | WaitingOn::Opinion { .. }
            | WaitingOn::Deliverable { .. }
            | WaitingOn::Signature { .. }
            | WaitingOn::Check { .. }
            | WaitingOn::Field { .. }
            | WaitingOn::Slot
            | WaitingOn::Past { .. }
            | WaitingOn::LeadTime { .. }
            | WaitingOn::NotBefore { .. }
            | WaitingOn::Sites { .. }
            | WaitingOn::Changed { .. }
            | WaitingOn::Members { .. }
            | WaitingOn::Contacts { .. }
            | WaitingOn::Notice
            | WaitingOn::Gate { .. }
            | WaitingOn::Release { .. }
            | WaitingOn::Run { .. }
            | WaitingOn::Issues { .. }
            | WaitingOn::Rollout { .. }
            | WaitingOn::Debt { .. }
            | WaitingOn::Choice { .. } => None,
        }
    }
}

/// What each open or foreseen step waits for, in the order of the file.
pub fn waiting(template: &Template, run: &Run, ctx: &Context) -> Vec<(String, Vec<WaitingOn>)> {
    template
        .steps()
        .filter(|(_, step)| !run.step_state(&step.id).is_terminal())
        .map(|(_, step)| (step.id.clone(), waiting_for_step(template, run, step, ctx)))
        .collect()
}

/// What one step waits for. Empty for a step that is over.
pub fn waiting_for_step(
    template: &Template,
    run: &Run,
    step: &Step,
    ctx: &Context,
) -> Vec<WaitingOn> {
    if run.step_state(&step.id).is_terminal() || run.is_ended() {
        return Vec::new();
    }
    if matches!(run.state, RunState::Draft) {
        return vec![WaitingOn::Start];
    }
    let mut list = Vec::new();
    if let Some(hold) = &run.hold {
        list.push(WaitingOn::Hold { by: hold.by.clone(), reason: hold.reason.clone() });
    }
    if run.step_state(&step.id) == &StepState::Foreseen {
        list.extend(before_ready(template, run, step, ctx));
    } else {
        list.extend(frozen(template, run, step, ctx));
        list.extend(before_done(template, run, step, ctx));
    }
    list
}

/// Touches production.
fn production(template: &Template, step: &Step) -> bool {
    matches!(step.kind, StepKind::Operate(_)) || template.go_live.as_deref() == Some(&step.id)
}

/// A freeze that was laid over the slot after the step became ready: nothing new begins in it.
pub(super) fn frozen(template: &Template, run: &Run, step: &Step, ctx: &Context) -> Vec<WaitingOn> {
    if run.step_state(&step.id) != &StepState::Ready || !production(template, step) {
        return Vec::new();
    }
    let freezes = ctx.now_blocks.iter().filter(|it| matches!(it, WaitingOn::Freeze { .. }));
    freezes.cloned().collect()
}

/// What keeps a foreseen step from becoming ready.
pub(super) fn before_ready(
    template: &Template,
    run: &Run,
    step: &Step,
    ctx: &Context,
) -> Vec<WaitingOn> {
    let mut list: Vec<WaitingOn> = super::advance::unmet_steps(template, run, step)
        .into_iter()
        .map(|step| WaitingOn::Step { step })
        .collect();
    for document in &step.needs {
        if !run.documents.contains_key(document) {
            let role = template.document(document).and_then(|it| it.role.clone());
            list.push(WaitingOn::Deliverable {
                document: document.clone(),
                role,
                sections: vec![],
            });
        }
    }
    let again = run.steps.get(&step.id).and_then(|it| it.not_before);
    if let Some(at) = ctx.opens_at.get(&step.id).copied().max(again)
        && at > ctx.now
    {
        list.push(WaitingOn::NotBefore { at });
    }
    if step.follows.is_some() {
        list.extend(
            ctx.related_open.iter().map(|number| WaitingOn::Release { number: number.clone() }),
        );
    }
    if production(template, step) {
        match run.slot {
            None => list.push(WaitingOn::Slot),
            Some(slot) if slot.start > ctx.now => {
                list.push(WaitingOn::NotBefore { at: slot.start });
            }
            Some(_) => list.extend(ctx.now_blocks.iter().cloned()),
        }
        if ctx.blocking_issues > 0 {
            list.push(WaitingOn::Issues { open: ctx.blocking_issues });
        }
    }
    list
}

/// What keeps an open step from being done.
fn before_done(template: &Template, run: &Run, step: &Step, ctx: &Context) -> Vec<WaitingOn> {
    let mut list = Vec::new();
    if let StepState::Blocked(line) = run.step_state(&step.id) {
        list.push(WaitingOn::Choice { line: line.clone() });
    }
    list.extend(open_fields(template, run, step));
    list.extend(open_checks(template, run, step, ctx));
    list.extend(missing_documents(template, run, step, ctx));
    match &step.kind {
        StepKind::Approval(spec) => {
            list.extend(super::approval::open_approvals(spec, run, step, ctx));
            return list;
        }
        StepKind::Opinion => {
            list.extend(super::approval::open_opinions(run, step, ctx));
            return list;
        }
        StepKind::Notice(_) => {
            list.push(WaitingOn::Notice);
            return list;
        }
        _ => list.extend(own_reasons(template, run, step, ctx)),
    }
    list.extend(open_members(step, ctx));
    list.extend(super::shown::changed(run, template, step, ctx));
    list.extend(unjoined(run, step, ctx));
    list.extend(stands(step, &ctx.sites));
    list.extend(super::checks::still_watched(run, step, ctx));
    if matches!(step.kind, StepKind::Call { .. }) {
        // The runs that it called hold it up, no person does.
        list.extend(super::calls::unanswered(run, step, ctx));
        return list;
    }
    if step.each.is_none() || !list.iter().any(|it| matches!(it, WaitingOn::Sites { .. })) {
        list.extend(people_for(run, step, ctx));
    }
    list
}

/// What a step waits for because of its kind, until it is done or nothing is missing for that.
pub(super) fn own_reasons(
    template: &Template,
    run: &Run,
    step: &Step,
    ctx: &Context,
) -> Option<WaitingOn> {
    match &step.kind {
        StepKind::Contact { .. } => {
            let open = ctx.sites.contacts_open;
            (open > 0).then_some(WaitingOn::Contacts { open })
        }
        StepKind::Verify => open_issues(template, run, ctx),
        // Answers and messages: `before_done` says whose.
        StepKind::Approval(_) | StepKind::Opinion | StepKind::Notice(_) => None,
        // Sites, clocks, called runs and the run sheet are asked for beside this.
        StepKind::Operate(_)
        | StepKind::Rollout(_)
        | StepKind::Watch { .. }
        | StepKind::Feedback
        | StepKind::Receipt { .. }
        | StepKind::Call { .. } => None,
        StepKind::Task
        | StepKind::Checklist
        | StepKind::Document
        | StepKind::Test
        | StepKind::Training
        | StepKind::Review
        | StepKind::Decision(_)
        | StepKind::Trial
        | StepKind::Build
        | StepKind::Configure
        | StepKind::Archive
        | StepKind::Report => None,
    }
}

/// Nothing is verified while something that holds up the end is still open.
fn open_issues(template: &Template, run: &Run, ctx: &Context) -> Option<WaitingOn> {
    let steps = template.steps().map(|(_, it)| it);
    let raised = steps.filter(|it| it.on.is_some() && it.blocking).filter_map(|it| {
        let members = run.steps.get(&it.id)?.members.values();
        Some(members.filter(|it| it.state.is_open()).count() as u32)
    });
    let open = ctx.blocking_issues.saturating_add(raised.sum());
    (open > 0).then_some(WaitingOn::Issues { open })
}

/// How many members of a fan-out still miss an outcome.
pub(super) fn open_members(step: &Step, ctx: &Context) -> Option<WaitingOn> {
    let sites = &ctx.sites;
    let per_site = step.each == Some(Each::Site) || matches!(step.kind, StepKind::Rollout(_));
    if !per_site || super::members::has_members(step) {
        return None;
    }
    // A site speaks as a whole, and is updated part by part.
    let (have, total) = match &step.kind {
        StepKind::Decision(_) => {
            let outdated = super::shown::outdated(step, ctx);
            (sites.accepted.saturating_sub(outdated) + sites.declined, sites.total)
        }
        StepKind::Receipt { .. } => (sites.informed, sites.total),
        StepKind::Feedback => (sites.feedback, sites.total),
        _ => (sites.places() - sites.unreported(), sites.places()),
    };
    let need = match step.joins {
        Joins::All | Joins::AllOrReason => total,
        Joins::Any => total.min(1),
        Joins::Percent(share) => (u64::from(total) * u64::from(share)).div_ceil(100) as u32,
    };
    (have < need).then_some(WaitingOn::Sites { have, need })
}

/// Instances that have not joined yet.
pub(super) fn unjoined(run: &Run, step: &Step, ctx: &Context) -> Option<WaitingOn> {
    let standing = super::members::standing(run, step, ctx)?;
    (standing.have < standing.need).then_some(WaitingOn::Members {
        have: standing.have,
        need: standing.need,
        open: standing.open,
    })
}

/// A rollout that stands still keeps its step open, however few sites the step needs.
pub(super) fn stands(step: &Step, sites: &SiteCounts) -> Option<WaitingOn> {
    let (code, wave) = sites.stands?;
    matches!(step.kind, StepKind::Rollout(_)).then_some(WaitingOn::Rollout { code, wave })
}

/// The people whose act is missing: those roles that have not confirmed.
fn people_for(run: &Run, step: &Step, ctx: &Context) -> Vec<WaitingOn> {
    let Some(state) = run.steps.get(&step.id) else { return Vec::new() };
    let due = ctx.due_at.get(&step.id).copied();
    if let Some(person) = &state.delegated {
        let role = step.roles.first().map(role_name).unwrap_or_default();
        return vec![WaitingOn::Person {
            role,
            people: vec![person.clone()],
            since: state.ready_at.unwrap_or(state.since),
            due,
        }];
    }
    let open: Vec<_> = step
        .roles
        .iter()
        .filter(|role| !state.confirmed.iter().any(|it| it.role == role_name(role)))
        .collect();
    let mut list: Vec<WaitingOn> = open
        .iter()
        .map(|role| {
            let people = ctx.holders_of(role);
            if people.is_empty() {
                WaitingOn::Unassigned { role: role_name(role) }
            } else {
                let since = state.ready_at.unwrap_or(state.since);
                WaitingOn::Person { role: role_name(role), people, since, due }
            }
        })
        .collect();
    // Any one of several roles is enough unless the step is joint: do not name an empty role then.
    if !step.joint && list.iter().any(|it| matches!(it, WaitingOn::Person { .. })) {
        list.retain(|it| matches!(it, WaitingOn::Person { .. }));
    }
    list
}
