//! One command in, the next run or a refusal out.

use super::advance::{evaluate, set_state};
use super::approval::{Ballot, cast, view};
use super::checks::missing_for_done;
use super::command::{Answer, Choice, CloseCode, Command, SheetAct, Verdict};
use super::context::{Actor, Context, role_name};
use super::downtime::OVERRUN;
use super::operate;
use super::refusal::Refusal;
use super::returns::{send_back, void_stale};
use super::state::{
    AnswerGiven, Confirmation, Debt, OpinionGiven, OutcomeGiven, Run, RunState, Slot, StepState,
    WaitKind,
};
use super::waiting::{WaitingOn, frozen, waiting_for_step};
use crate::ids::PersonId;
use crate::process::expr::Expr;
use crate::process::template::{
    Action, Check, CheckKind, Each, Quorum, RoleRef, Step, StepKind, Template,
};
use jiff::Timestamp;

/// What a command leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The run afterwards.
    pub run: Run,
    /// What happened to steps, for the measures.
    pub facts: Vec<StepFact>,
    /// Steps whose approval was voided by this command.
    pub voided: Vec<String>,
    /// Approvals that nobody gave in time: now others hear of them.
    pub escalated: Vec<String>,
    /// The slot moved: notices that were told the old one need a correction.
    pub slot_moved: bool,
    /// The run ended or was cancelled: notices need a retraction if they were cancelled.
    pub ended: Option<CloseCode>,
}

/// A transition of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepFact {
    /// Step.
    pub step: String,
    /// Role that performs it.
    pub role: String,
    /// Round.
    pub round: u32,
    /// Former state.
    pub from: &'static str,
    /// New state.
    pub to: &'static str,
    /// What the time in the former state counts as.
    pub kind: WaitKind,
    /// Seconds in the former state.
    pub seconds: i64,
    /// When.
    pub at: Timestamp,
}

/// Starts a run: the same as deciding [`Command::Start`].
pub fn start(template: &Template, run: &Run, ctx: &Context) -> Result<Decision, Refusal> {
    decide(template, run, &Command::Start, ctx)
}

/// Decides a command. Pure and total: bad input is a refusal.
pub fn decide(
    template: &Template,
    run: &Run,
    command: &Command,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    if run.is_ended() {
        return Err(Refusal::Closed);
    }
    let fresh = || Work { template, run: run.clone(), ctx, facts: Vec::new(), voided: Vec::new() };
    let mut work = fresh();
    if let Err(refusal) = work.apply(command) {
        // What the step waited for has come since the run was last looked at (a moment, the end of
        // a freeze): time takes effect before the command, not at the next tick.
        if !matches!(&refusal, Refusal::NotYet { waiting, .. } if waiting.is_empty()) {
            return Err(refusal);
        }
        work = fresh();
        work.facts = evaluate(template, &mut work.run, ctx);
        work.apply(command)?;
    }
    // The work in production lasts longer than was announced, and the process acts on it.
    if super::downtime::overrun_at(template, &work.run).is_some_and(|at| at <= ctx.now) {
        work.happened(OVERRUN, "")?;
    }
    let voided = void_stale(template, &mut work.run, ctx);
    for id in &voided {
        if let Some(step) = template.step(id) {
            let facts = send_back(template, &mut work.run, step, ctx);
            work.facts.extend(facts);
            // An approval that lost its signature waits for the signer again, nobody redoes work.
            let fact = set_state(&mut work.run, step, StepState::Active, ctx.now);
            work.facts.push(fact);
        }
    }
    work.voided.extend(voided);
    pay_debts(template, &mut work.run, ctx);
    let facts = evaluate(template, &mut work.run, ctx);
    work.facts.extend(facts);
    let ended = match (&run.state, &work.run.state) {
        (_, RunState::Ended(ended)) => Some(ended.code),
        _ => None,
    };
    let slot_moved = run.slot.is_some() && run.slot != work.run.slot;
    let escalated = escalate(template, &mut work.run, ctx);
    Ok(Decision {
        run: work.run,
        facts: work.facts,
        voided: work.voided,
        escalated,
        slot_moved,
        ended,
    })
}

/// An approval that expires is never given or failed by itself; it is noted, and others are asked.
fn escalate(template: &Template, run: &mut Run, ctx: &Context) -> Vec<String> {
    if run.hold.is_some() {
        return Vec::new();
    }
    let mut list = Vec::new();
    for (_, step) in template.steps() {
        let expired = ctx.expires_at.get(&step.id).is_some_and(|at| *at <= ctx.now);
        let Some(state) = run.steps.get_mut(&step.id) else { continue };
        if expired && state.state.is_open() && state.escalated_at.is_none() {
            state.escalated_at = Some(ctx.now);
            list.push(step.id.clone());
        }
    }
    list
}

/// A debt is paid when what it stood for is there after all.
fn pay_debts(template: &Template, run: &mut Run, ctx: &Context) {
    let mut paid = Vec::new();
    for (index, debt) in run.debts.iter().enumerate().filter(|(_, it)| it.paid_at.is_none()) {
        let (step_id, check) = debt.what.split_once('.').unwrap_or((&debt.what, ""));
        let Some(step) = template.step(step_id) else { continue };
        // Looked at without the waiver: a copy of the run in which nothing stands in.
        let mut bare = run.clone();
        if let Some(state) = bare.steps.get_mut(&debt.by_step) {
            state.state = StepState::Foreseen;
        }
        let open = missing_for_done(template, &bare, step, ctx);
        let still = open.iter().any(|it| match it {
            WaitingOn::Check { check: id, .. } => check.is_empty() || id == check,
            WaitingOn::Deliverable { document, .. } | WaitingOn::Signature { document, .. } => {
                check.is_empty()
                    || document == check
                    || step.checks.iter().any(|it| {
                        it.id == check
                            && matches!(&it.kind, CheckKind::Evidence { document: d, .. } if d == document)
                    })
            }
            _ => false,
        });
        if !still {
            paid.push(index);
        }
    }
    for index in paid {
        run.debts[index].paid_at = Some(ctx.now);
    }
}

pub(super) struct Work<'a> {
    pub(super) template: &'a Template,
    pub(super) run: Run,
    pub(super) ctx: &'a Context,
    pub(super) facts: Vec<StepFact>,
    voided: Vec<String>,
}

impl<'a> Work<'a> {
    fn apply(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Start => self.start(),
            Command::SetField { field, value } => self.set_field(field, value),
            Command::SetSlot { slot, reason, pass_blocks } => {
                self.set_slot(*slot, reason, *pass_blocks)
            }
            Command::Begin { step } => self.begin(step),
            Command::Answer { step, check, answer, remark } => {
                self.answer(step, check, answer, remark)
            }
            Command::Done { step, remark } => self.done(step, remark),
            Command::Vote { step, verdict, comment, digest, assurance } => {
                let declared = self.step(step)?;
                let ballot = Ballot {
                    step: declared,
                    verdict: *verdict,
                    comment,
                    digest,
                    assurance: *assurance,
                };
                self.vote(declared, &ballot)
            }
            Command::Opine { step, stance, text } => {
                let declared = self.open_step(step)?;
                self.opine(declared, *stance, text)
            }
            Command::Decide { step, outcome, reason, slot } => {
                let declared = self.open_step(step)?;
                self.decision(declared, outcome, reason, *slot)
            }
            Command::Delegate { step, to } => self.delegate(step, to),
            Command::Override { step, reason } => self.pass(step, reason),
            Command::Sheet { step, line, act, found } => self.sheet(step, line, *act, found),
            Command::Choose { step, choice, reason } => self.choose(step, *choice, reason),
            Command::DocumentWritten { document, id, digest, missing_sections } => {
                self.document_written(document, id, digest, missing_sections)
            }
            Command::DocumentControlled { document } => self.document_controlled(document),
            Command::Sign { document, role, meaning, digest, assurance } => {
                self.sign(document, role, meaning, digest, *assurance)
            }
            Command::NoticeSent { step } => {
                let declared = self.step(step)?;
                if self.run.step_state(step).is_open() {
                    self.move_to(declared, StepState::Done);
                }
                Ok(())
            }
            Command::ContentChanged | Command::Tick => Ok(()),
            Command::Member { step, member, act } => self.member(step, member, act),
            Command::Fail { step, reason } => self.fail(step, reason),
            Command::Extend { step, check } => self.extend(step, check),
            Command::Happened { event, what } => self.happened(event, what),
            Command::Hold { reason } => self.hold(reason),
            Command::Resume { reason } => self.resume(reason),
            Command::Cancel { reason } => self.cancel(reason),
            Command::Close { code, remark } => self.close(*code, remark),
        }
    }

    fn sheet(&mut self, id: &str, line: &str, act: SheetAct, found: &str) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        let person = self.performer(step)?;
        self.touch(step);
        let next = operate::act(&mut self.run, step, self.ctx, &person, line, act, found)?;
        if let Some(next) = next {
            self.move_to(step, next);
        }
        Ok(())
    }

    fn choose(&mut self, id: &str, choice: Choice, reason: &str) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        self.performer(step)?;
        operate::choose(&mut self.run, step, choice, reason)?;
        self.move_to(step, StepState::Active);
        Ok(())
    }

    pub(super) fn step(&self, id: &str) -> Result<&'a Step, Refusal> {
        self.template.step(id).ok_or_else(|| Refusal::UnknownStep { step: id.to_owned() })
    }

    /// The step, if it can be worked on now; else why not.
    pub(super) fn open_step(&self, id: &str) -> Result<&'a Step, Refusal> {
        let step = self.step(id)?;
        if let Some(hold) = &self.run.hold {
            // Work that is running goes on; new work waits (rule 6).
            let running = matches!(
                self.run.step_state(id),
                StepState::Active | StepState::Submitted | StepState::Blocked(_)
            );
            if !running {
                return Err(Refusal::Held { reason: hold.reason.clone() });
            }
        }
        let waiting = frozen(self.template, &self.run, step, self.ctx);
        if !waiting.is_empty() {
            return Err(Refusal::NotYet { step: id.to_owned(), waiting });
        }
        match self.run.step_state(id) {
            StepState::Foreseen => Err(Refusal::NotYet {
                step: id.to_owned(),
                waiting: waiting_for_step(self.template, &self.run, step, self.ctx),
            }),
            state if state.is_open() => Ok(step),
            state => {
                Err(Refusal::WrongState { step: id.to_owned(), state: state.name().to_owned() })
            }
        }
    }

    pub(super) fn person(&self) -> Result<PersonId, Refusal> {
        match &self.ctx.actor {
            Actor::Person(person) => Ok(person.clone()),
            Actor::System => Err(Refusal::NotYours { roles: vec![], people: vec![] }),
        }
    }

    /// The acting person, if a role of the step (or a delegation) lets them perform it.
    fn performer(&self, step: &Step) -> Result<PersonId, Refusal> {
        let person = self.person()?;
        self.role_of(step, &person).map(|_| person)
    }

    /// In which role this person performs the step.
    pub(super) fn role_of(&self, step: &Step, person: &PersonId) -> Result<String, Refusal> {
        let delegated = self.run.steps.get(&step.id).and_then(|it| it.delegated.as_ref());
        if delegated == Some(person) {
            return Ok(step.roles.first().map(role_name).unwrap_or_default());
        }
        let mine: Vec<&RoleRef> =
            step.roles.iter().filter(|it| self.ctx.acting_as(person, it).is_some()).collect();
        let confirmed = self.run.steps.get(&step.id).map(|it| &it.confirmed);
        let open = mine.iter().find(|role| {
            !confirmed.is_some_and(|it| it.iter().any(|given| given.role == role_name(role)))
        });
        match open.or(mine.first()) {
            Some(role) => Ok(role_name(role)),
            None => Err(Refusal::NotYours {
                roles: step.roles.iter().map(role_name).collect(),
                people: step.roles.iter().flat_map(|it| self.ctx.holders_of(it)).collect(),
            }),
        }
    }

    pub(super) fn move_to(&mut self, step: &Step, state: StepState) {
        let fact = set_state(&mut self.run, step, state, self.ctx.now);
        self.facts.push(fact);
    }

    /// The first act on a ready step begins it.
    fn touch(&mut self, step: &Step) {
        if matches!(self.run.step_state(&step.id), StepState::Ready | StepState::Returned) {
            self.move_to(step, StepState::Active);
            operate::lay_out(&mut self.run, step, self.ctx);
        }
    }

    fn start(&mut self) -> Result<(), Refusal> {
        if !matches!(self.run.state, RunState::Draft) {
            return Err(Refusal::AlreadyStarted);
        }
        self.run.state = RunState::Running;
        self.run.started = Some(self.ctx.now);
        for field in &self.template.fields {
            if let Some(default) = &field.default {
                self.run.fields.entry(field.id.clone()).or_insert_with(|| default.clone());
            }
        }
        Ok(())
    }

    fn begin(&mut self, id: &str) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        self.performer(step)?;
        self.touch(step);
        Ok(())
    }

    fn answer(
        &mut self,
        id: &str,
        check: &str,
        answer: &Answer,
        remark: &str,
    ) -> Result<(), Refusal> {
        let declared = self.step(id)?;
        // A debt may be paid after the step is over.
        let owed = self.run.open_debts().any(|it| it.what == format!("{id}.{check}"));
        let step = if owed { declared } else { self.open_step(id)? };
        if super::members::has_members(step) {
            let state = "answered by each of its members".to_owned();
            return Err(Refusal::WrongState { step: id.to_owned(), state });
        }
        let item = self.item(step, check)?;
        let person = self.answerer(step, &item)?;
        super::checks::fits(&item, answer, remark)?;
        if !owed {
            self.touch(step);
        }
        let given = AnswerGiven {
            answer: answer.clone(),
            remark: remark.to_owned(),
            by: person,
            at: self.ctx.now,
        };
        if let Some(state) = self.run.steps.get_mut(id) {
            state.answers.insert(check.to_owned(), given);
        }
        Ok(())
    }

    /// A check item of the step, also one that was added in this run.
    pub(super) fn item(&self, step: &Step, check: &str) -> Result<Check, Refusal> {
        super::checks::checks_of(&self.run, step)
            .find(|it| it.id == check)
            .cloned()
            .ok_or_else(|| Refusal::Unknown { what: check.to_owned() })
    }

    pub(super) fn applies(&self, when: Option<&Expr>) -> bool {
        super::names::applies(self.template, &self.run, self.ctx, when)
    }

    /// The work ends without having gone live; closing remains.
    pub(super) fn end_work(&mut self) {
        self.run.state = RunState::Ending("cancelled".to_owned());
    }

    /// Who may answer an item: its own role, the approver who carries it, or the performers.
    fn answerer(
        &self,
        step: &Step,
        item: &crate::process::template::Check,
    ) -> Result<PersonId, Refusal> {
        let person = self.person()?;
        let mut roles: Vec<RoleRef> = match &item.role {
            Some(role) => vec![RoleRef::Role(role.clone())],
            None => step.roles.clone(),
        };
        if let StepKind::Approval(spec) = &step.kind {
            let carriers: Vec<RoleRef> = spec
                .approvers
                .iter()
                .filter(|it| it.checks.contains(&item.id))
                .map(|it| it.role.clone())
                .collect();
            if item.role.is_none() {
                roles = if carriers.is_empty() {
                    spec.approvers.iter().map(|it| it.role.clone()).chain(roles).collect()
                } else {
                    carriers
                };
            }
        }
        let delegated = self.run.steps.get(&step.id).and_then(|it| it.delegated.as_ref());
        if delegated == Some(&person)
            || roles.iter().any(|it| self.ctx.acting_as(&person, it).is_some())
        {
            return Ok(person);
        }
        Err(Refusal::NotYours {
            people: roles.iter().flat_map(|it| self.ctx.holders_of(it)).collect(),
            roles: roles.iter().map(role_name).collect(),
        })
    }

    fn done(&mut self, id: &str, remark: &str) -> Result<(), Refusal> {
        let step = self.open_step(id)?;
        if !step.kind.takes_done() {
            return Err(Refusal::WrongState {
                step: id.to_owned(),
                state: "answered by a vote, an opinion, a decision or the notice itself".to_owned(),
            });
        }
        let person = self.person()?;
        let role = self.role_of(step, &person)?;
        if let StepState::Blocked(line) = self.run.step_state(id) {
            return Err(Refusal::ChoiceRequired { line: line.clone() });
        }
        let mut missing = missing_for_done(self.template, &self.run, step, self.ctx);
        if step.repeat.is_some() {
            missing = self.members_missing(step);
        }
        let passed = self.run.steps.get(id).is_some_and(|it| it.overridden.is_some());
        let debts = self.debts_for(step);
        if passed {
            missing.clear();
        }
        if !missing.is_empty() {
            return Err(Refusal::NotYet { step: id.to_owned(), waiting: missing });
        }
        self.touch(step);
        self.run.debts.extend(debts);
        let all_roles: Vec<String> = step.roles.iter().map(role_name).collect();
        let Some(state) = self.run.steps.get_mut(id) else {
            return Err(Refusal::UnknownStep { step: id.to_owned() });
        };
        if step.joint && state.confirmed.iter().any(|it| it.person == person) {
            return Err(Refusal::AlreadyVoted);
        }
        state.confirmed.push(Confirmation {
            person,
            role,
            at: self.ctx.now,
            remark: remark.to_owned(),
        });
        let complete = !step.joint
            || all_roles.iter().all(|role| state.confirmed.iter().any(|it| it.role == *role));
        let to = if complete { StepState::Done } else { StepState::Submitted };
        self.move_to(step, to);
        if complete && matches!(step.kind, StepKind::Operate(_)) {
            let rolled_back = self.run.steps.get(id).is_some_and(|it| it.rolling_back);
            if rolled_back {
                self.run.state = RunState::Ending("rolled_back".to_owned());
            }
        }
        Ok(())
    }

    /// Debts that arise because an emergency approval stood in for something of this step.
    fn debts_for(&self, step: &Step) -> Vec<Debt> {
        let mut bare = self.run.clone();
        let standing: Vec<(&Step, &String)> = self
            .template
            .steps()
            .map(|(_, it)| it)
            .filter(|it| self.run.step_state(&it.id) == &StepState::Done)
            .flat_map(|it| it.stands_in_for.iter().map(move |what| (it, what)))
            .filter(|(_, what)| what.split('.').next() == Some(step.id.as_str()))
            .collect();
        for (by, _) in &standing {
            if let Some(state) = bare.steps.get_mut(&by.id) {
                state.state = StepState::Foreseen;
            }
        }
        let open = missing_for_done(self.template, &bare, step, self.ctx);
        let mut debts = Vec::new();
        for (by, what) in standing {
            let check = what.split_once('.').map_or("", |(_, check)| check);
            for entry in &open {
                let (name, owner) = match entry {
                    WaitingOn::Check { check, .. } => (check.clone(), None),
                    WaitingOn::Deliverable { document, role, .. } => {
                        (Self::check_or_document(step, document), role.clone())
                    }
                    WaitingOn::Signature { document, role } => {
                        (Self::check_or_document(step, document), Some(role.clone()))
                    }
                    _ => continue,
                };
                let full = format!("{}.{name}", step.id);
                let known = self.run.debts.iter().any(|it| it.what == full)
                    || debts.iter().any(|it: &Debt| it.what == full);
                if (check.is_empty() || check == name) && !known {
                    debts.push(Debt {
                        what: full,
                        by_step: by.id.clone(),
                        owner: owner
                            .or_else(|| step.roles.first().map(role_name))
                            .unwrap_or_default(),
                        since: self.ctx.now,
                        paid_at: None,
                    });
                }
            }
        }
        debts
    }

    fn check_or_document(step: &Step, document: &str) -> String {
        step.checks
            .iter()
            .find(|it| matches!(&it.kind, CheckKind::Evidence { document: d, .. } if d == document))
            .map_or_else(|| document.to_owned(), |it| it.id.clone())
    }

    fn vote(&mut self, step: &'a Step, ballot: &Ballot<'_>) -> Result<(), Refusal> {
        let step_open = self.open_step(&step.id)?;
        let person = self.person()?;
        let vote = cast(self.template, &self.run, self.ctx, &person, ballot)?;
        let rejected = vote.verdict == Verdict::Reject;
        if let Some(state) = self.run.steps.get_mut(&step.id) {
            state.votes.push(vote);
        }
        if rejected {
            let target = step.rejected.as_deref().unwrap_or(&step.id);
            let target = self.step(target)?;
            let facts = send_back(self.template, &mut self.run, target, self.ctx);
            self.facts.extend(facts);
            return Ok(());
        }
        let StepKind::Approval(spec) = &step_open.kind else { return Ok(()) };
        let view = view(self.template, &self.run, step, spec, self.ctx);
        let enough = match spec.quorum {
            Quorum::All => view.have == view.needed,
            Quorum::Any | Quorum::Count(_) => view.have >= view.needed,
        };
        let mut missing = missing_for_done(self.template, &self.run, step, self.ctx);
        missing.retain(|it| !matches!(it, WaitingOn::Approval { .. }));
        if enough && missing.is_empty() {
            self.move_to(step, StepState::Done);
            self.take_baseline();
        }
        Ok(())
    }

    /// The slot at the last approval before the go-live is what on-time is measured against.
    fn take_baseline(&mut self) {
        if self.run.slot.is_some() {
            self.run.baseline = self.run.slot;
            self.run.baseline_steps = self.ctx.due_at.clone();
        }
    }

    fn opine(
        &mut self,
        step: &Step,
        stance: super::command::OpinionStance,
        text: &str,
    ) -> Result<(), Refusal> {
        let person = self.person()?;
        let state = &self.run.steps[&step.id];
        let role = step
            .roles
            .iter()
            .filter(|role| self.ctx.acting_as(&person, role).is_some())
            .map(role_name)
            .find(|role| {
                !state.opinions.iter().any(|it| it.role == *role && it.round == state.round)
            });
        let Some(role) = role else {
            self.role_of(step, &person)?;
            return Err(Refusal::AlreadyVoted);
        };
        if text.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        let round = state.round;
        if let Some(state) = self.run.steps.get_mut(&step.id) {
            state.opinions.push(OpinionGiven {
                role,
                person,
                stance,
                text: text.to_owned(),
                at: self.ctx.now,
                round,
            });
        }
        if super::approval::open_opinions(&self.run, step, self.ctx).is_empty() {
            self.move_to(step, StepState::Done);
        }
        Ok(())
    }

    fn decision(
        &mut self,
        step: &Step,
        outcome: &str,
        reason: &str,
        slot: Option<Slot>,
    ) -> Result<(), Refusal> {
        let StepKind::Decision(spec) = &step.kind else {
            return Err(Refusal::Unknown { what: step.id.clone() });
        };
        // A site's own answer is a row of that site; other members answer one by one.
        if step.each == Some(Each::Site) || super::members::has_members(step) {
            let state = if step.each == Some(Each::Site) { "per site" } else { "per member" };
            return Err(Refusal::WrongState { step: step.id.clone(), state: state.to_owned() });
        }
        let chosen = spec
            .outcomes
            .iter()
            .find(|it| it.id == outcome)
            .ok_or_else(|| Refusal::Unknown { what: outcome.to_owned() })?;
        let person = self.performer(step)?;
        if chosen.reason && reason.trim().is_empty() {
            return Err(Refusal::ReasonRequired);
        }
        let goes_on = matches!(chosen.action, Action::Go(_));
        let passed = self.run.steps[&step.id].overridden.is_some();
        if goes_on && !passed {
            let mut missing = missing_for_done(self.template, &self.run, step, self.ctx);
            missing.extend(self.missing_opinions(&spec.opinions));
            if !missing.is_empty() {
                return Err(Refusal::NotYet { step: step.id.clone(), waiting: missing });
            }
        }
        let given = OutcomeGiven {
            outcome: outcome.to_owned(),
            reason: reason.to_owned(),
            by: person,
            at: self.ctx.now,
        };
        if let Some(state) = self.run.steps.get_mut(&step.id) {
            state.outcome = Some(given);
        }
        self.follow(step, &chosen.action, outcome, reason, slot)
    }

    fn missing_opinions(&self, roles: &[String]) -> Vec<WaitingOn> {
        roles
            .iter()
            .filter(|role| {
                !self.run.steps.values().any(|it| {
                    it.opinions.iter().any(|given| given.role == **role && given.round == it.round)
                })
            })
            .map(|role| WaitingOn::Opinion {
                role: role.clone(),
                people: self.ctx.holders.get(role).cloned().unwrap_or_default(),
            })
            .collect()
    }

    fn follow(
        &mut self,
        step: &Step,
        action: &Action,
        outcome: &str,
        reason: &str,
        slot: Option<Slot>,
    ) -> Result<(), Refusal> {
        match action {
            Action::Go(_) | Action::Skip(_) => {
                self.move_to(step, StepState::Done);
                self.drop_other_branches(step, action, outcome);
            }
            Action::Move => {
                let slot = slot.ok_or_else(|| Refusal::Unknown { what: "slot".to_owned() })?;
                self.set_slot(slot, reason, self.ctx.may_pass_blocks)?;
                // The question stands again for the new date.
                self.move_to(step, StepState::Ready);
                if let Some(state) = self.run.steps.get_mut(&step.id) {
                    state.round += 1;
                }
            }
            Action::End(_) => {
                self.move_to(step, StepState::Done);
                self.end_work();
            }
            Action::AskAgain => self.ask_again(step, slot),
            Action::Return(target) => {
                self.move_to(step, StepState::Done);
                let target = self.step(target)?;
                let facts = send_back(self.template, &mut self.run, target, self.ctx);
                self.facts.extend(facts);
            }
        }
        Ok(())
    }

    /// The question stands again, at the date of the answer if it names one.
    fn ask_again(&mut self, step: &Step, slot: Option<Slot>) {
        let at = slot.map(|it| it.start).filter(|at| *at > self.ctx.now);
        self.move_to(step, if at.is_some() { StepState::Foreseen } else { StepState::Active });
        if let Some(state) = self.run.steps.get_mut(&step.id) {
            state.not_before = at;
            state.round += 1;
        }
    }

    /// Steps that only other outcomes lead to are not taken; they are named, never vanish.
    fn drop_other_branches(&mut self, step: &Step, action: &Action, outcome: &str) {
        let StepKind::Decision(spec) = &step.kind else { return };
        let named = |action: &Action| match action {
            Action::Go(steps) => steps.clone(),
            _ => Vec::new(),
        };
        let taken = named(action);
        let mut dropped: Vec<String> = spec
            .outcomes
            .iter()
            .flat_map(|it| named(&it.action))
            .filter(|it| !taken.contains(it))
            .collect();
        if let Action::Skip(steps) = action {
            dropped.extend(steps.iter().cloned());
        }
        for id in dropped {
            let Some(other) = self.template.step(&id) else { continue };
            if !self.run.step_state(&id).is_terminal() {
                self.move_to(other, StepState::NotTaken(format!("{}: {outcome}", step.id)));
            }
        }
    }
}
