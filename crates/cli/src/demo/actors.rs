//! Sample people who do what waits for them, one act at a time, through the use cases.

use super::world::World;
use super::{data, ledger};
use crate::exit::Failure;
use jiff::SignedDuration;
use roadbook_app::Call;
use roadbook_app::documents::outline;
use roadbook_app::notices::TalkDone;
use roadbook_app::releases::ReleaseView;
use roadbook_app::rollouts::{Reach, RolloutSiteView};
use roadbook_app::sites::{
    DeploymentReport, FeedbackInput, Outcome, Reporter, SiteAnswer, SiteDecision, Success,
};
use roadbook_core::ids::{PersonId, ReleaseId, SiteId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Action, Check, CheckKind, Each, FieldType, Step, StepKind};
use roadbook_core::run::{
    Answer, Assurance, CloseCode, Command, OpinionStance, RunState, SheetAct, SheetState, Verdict,
    WaitingOn,
};
use roadbook_core::text::Lang;
use std::collections::BTreeSet;

/// Who acts, and what they leave to the person at the screen.
#[derive(Default)]
pub struct Actors {
    /// People who do nothing by themselves.
    pub idle: BTreeSet<PersonId>,
    /// Steps that nobody touches.
    pub left: BTreeSet<String>,
    /// Sites that answer only through their own page.
    pub quiet: BTreeSet<SiteId>,
    /// Releases in which the check has failed: it fails once.
    pub failed: BTreeSet<ReleaseId>,
    /// Some sites of Ledger have an agent, which does the work there.
    pub agents: bool,
    /// Releases in which the site that failed was tried again, once its cause was mended.
    pub again: BTreeSet<ReleaseId>,
    /// What could not be done last, for the log of a script that ends early.
    pub refused: Vec<String>,
}

impl Actors {
    /// Does what can be done in a release now; gives how many acts succeeded.
    pub async fn act(
        &mut self,
        world: &World,
        id: &ReleaseId,
        most: usize,
    ) -> Result<usize, Failure> {
        self.refused.clear();
        let mut done = 0;
        let lead = world.call(world.person(data::MANAGER)?).await?;
        let view = world.app.release(&lead.actor, id).await?;
        if view.release.run.is_ended() {
            return Ok(0);
        }
        for (step_id, waiting) in &view.waiting {
            if done >= most {
                break;
            }
            let state = view.release.run.step_state(step_id);
            if !state.is_open() || self.left.contains(step_id) {
                continue;
            }
            let Some(step) = view.template.step(step_id) else { continue };
            done += self.step(world, &view, step, waiting, most - done).await?;
        }
        if done == 0 && view.release.run.debts.iter().all(|it| it.paid_at.is_some()) {
            done += self.close(world, &view).await?;
        }
        Ok(done)
    }

    async fn step(
        &mut self,
        world: &World,
        view: &ReleaseView,
        step: &Step,
        waiting: &[WaitingOn],
        most: usize,
    ) -> Result<usize, Failure> {
        if waiting.iter().any(|it| matches!(it, WaitingOn::NotBefore { .. })) {
            return Ok(0);
        }
        let mut done = self.fields(world, view, step).await?;
        for it in waiting {
            done += match it {
                WaitingOn::Deliverable { document, role, .. } => {
                    self.write(world, view, document, role.as_deref()).await?
                }
                WaitingOn::Signature { document, role } => {
                    self.sign(world, view, document, role).await?
                }
                WaitingOn::Check { check, .. } => self.answer(world, view, step, check).await?,
                _ => 0,
            };
        }
        if done > 0 {
            return Ok(done);
        }
        done += match &step.kind {
            StepKind::Approval(_) => self.vote(world, view, step, waiting).await?,
            StepKind::Opinion => self.opine(world, view, step, waiting).await?,
            StepKind::Notice(_) => 0,
            StepKind::Contact { .. } => self.talk(world, view).await?,
            StepKind::Rollout(_) => self.deploy(world, view, most).await?,
            _ if step.each == Some(Each::Site) => self.sites(world, view, step, most).await?,
            StepKind::Decision(spec) => {
                let outcome = spec.outcomes.iter().find(|it| matches!(it.action, Action::Go(_)));
                let outcome = outcome.map(|it| it.id.clone()).unwrap_or_default();
                let command = Command::Decide {
                    step: step.id.clone(),
                    outcome,
                    reason: "the tests and all opinions are for it".to_owned(),
                    slot: None,
                };
                self.as_holder(world, view, waiting, command).await?
            }
            StepKind::Operate(_) => self.sheet(world, view, step, waiting).await?,
            _ => 0,
        };
        let by_hand = !matches!(
            step.kind,
            StepKind::Approval(_) | StepKind::Opinion | StepKind::Notice(_) | StepKind::Decision(_)
        );
        if done == 0 && by_hand {
            let command = Command::Done { step: step.id.clone(), remark: String::new() };
            done += self.as_holder(world, view, waiting, command).await?;
        }
        Ok(done)
    }

    /// Does a command as somebody; a refusal is remembered and is no fault.
    async fn try_as(
        &mut self,
        world: &World,
        view: &ReleaseView,
        person: &PersonId,
        command: Command,
    ) -> Result<usize, Failure> {
        if self.idle.contains(person) {
            return Ok(0);
        }
        let call = world.call(person).await?;
        let told = format!("{command:?}");
        match world.app.release_do(&call, &view.release.id, command).await {
            Ok(_) => Ok(1),
            Err(error) => {
                let text = match &error {
                    roadbook_app::Error::Refused(it) => format!("{it}: {it:?}"),
                    other => other.to_string(),
                };
                let told: String = told.chars().take(90).collect();
                self.refused.push(format!("{}: {told}: {text}", view.release.number));
                Ok(0)
            }
        }
    }

    /// The first person that a step waits for.
    async fn as_holder(
        &mut self,
        world: &World,
        view: &ReleaseView,
        waiting: &[WaitingOn],
        command: Command,
    ) -> Result<usize, Failure> {
        for it in waiting {
            if let WaitingOn::Person { people, .. } = it
                && let Some(person) = people.iter().find(|it| !self.idle.contains(*it))
            {
                let done = self.try_as(world, view, person, command.clone()).await?;
                if done > 0 {
                    return Ok(done);
                }
            }
        }
        Ok(0)
    }

    fn holder(view: &ReleaseView, role: &str) -> Option<PersonId> {
        view.context.holders.get(role)?.first().cloned()
    }

    async fn fields(
        &mut self,
        world: &World,
        view: &ReleaseView,
        step: &Step,
    ) -> Result<usize, Failure> {
        let mut done = 0;
        for field in &view.template.fields {
            let asked =
                field.required_by.as_deref() == Some(&step.id) || step.asks.contains(&field.id);
            if !asked || view.release.run.fields.contains_key(&field.id) {
                continue;
            }
            let value = match &field.kind {
                FieldType::Bool => Value::Bool(false),
                FieldType::Number => Value::Int(1),
                FieldType::Enum(values) => Value::Text(values.first().cloned().unwrap_or_default()),
                FieldType::Rows(_) => Value::List(Vec::new()),
                _ => Value::Text(String::new()),
            };
            let command = Command::SetField { field: field.id.clone(), value };
            done += self.try_as(world, view, &view.release.lead, command).await?;
        }
        Ok(done)
    }

    /// Writes a document. Who approves does not write: the project manager does it for them.
    async fn write(
        &mut self,
        world: &World,
        view: &ReleaseView,
        document: &str,
        role: Option<&str>,
    ) -> Result<usize, Failure> {
        let approves = |role: &str| {
            view.template.steps().any(|(_, it)| match &it.kind {
                StepKind::Approval(spec) => {
                    spec.approvers.iter().any(|it| roadbook_core::run::role_name(&it.role) == role)
                }
                _ => false,
            })
        };
        let person = role
            .filter(|it| !approves(it))
            .and_then(|it| Self::holder(view, it))
            .or_else(|| Self::holder(view, "project_manager"));
        let Some(person) = person.filter(|it| !self.idle.contains(it)) else { return Ok(0) };
        let mut text = String::new();
        for line in outline(&view.template, document, Lang::En).lines() {
            // The empty row of a table is filled, the rest gets a sentence below its heading.
            let filled = line.replace("|  ", "| as rehearsed ");
            text += &format!("{filled}\n");
            if line.starts_with('#') {
                text += &format!(
                    "\n{} {}: {}\n",
                    view.product.1, view.release.version, view.release.title
                );
            }
        }
        let call = world.call(&person).await?;
        let id = &view.release.id;
        match world.app.document_write(&call, id, document, &text, "first edition").await {
            Ok(_) => Ok(1),
            Err(error) => {
                self.refused.push(format!("{}: {document}: {error}", view.release.number));
                Ok(0)
            }
        }
    }

    async fn sign(
        &mut self,
        world: &World,
        view: &ReleaseView,
        document: &str,
        role: &str,
    ) -> Result<usize, Failure> {
        let Some(person) = Self::holder(view, role) else { return Ok(0) };
        let Some(found) = view.release.run.documents.get(document) else { return Ok(0) };
        let command = Command::Sign {
            document: document.to_owned(),
            role: role.to_owned(),
            meaning: "read and agreed".to_owned(),
            digest: found.digest.clone(),
            assurance: Assurance::Password,
        };
        self.try_as(world, view, &person, command).await
    }

    async fn answer(
        &mut self,
        world: &World,
        view: &ReleaseView,
        step: &Step,
        check: &str,
    ) -> Result<usize, Failure> {
        let Some(item) = step.checks.iter().find(|it| it.id == check) else { return Ok(0) };
        let answer = answer_to(item, world.app.now());
        for person in answerers(view, step, item) {
            let command = Command::Answer {
                step: step.id.clone(),
                check: check.to_owned(),
                answer: answer.clone(),
                remark: String::new(),
            };
            if self.try_as(world, view, &person, command).await? > 0 {
                return Ok(1);
            }
        }
        Ok(0)
    }

    async fn vote(
        &mut self,
        world: &World,
        view: &ReleaseView,
        step: &Step,
        waiting: &[WaitingOn],
    ) -> Result<usize, Failure> {
        let digest = view.context.digests.get(&step.id).cloned().unwrap_or_default();
        for it in waiting {
            let WaitingOn::Approval { people, .. } = it else { continue };
            for person in people {
                let command = Command::Vote {
                    step: step.id.clone(),
                    verdict: Verdict::Approve,
                    comment: String::new(),
                    digest: digest.clone(),
                    assurance: Assurance::Password,
                };
                if self.try_as(world, view, person, command).await? > 0 {
                    return Ok(1);
                }
            }
        }
        Ok(0)
    }

    async fn opine(
        &mut self,
        world: &World,
        view: &ReleaseView,
        step: &Step,
        waiting: &[WaitingOn],
    ) -> Result<usize, Failure> {
        let mut done = 0;
        for it in waiting {
            let WaitingOn::Opinion { people, .. } = it else { continue };
            let Some(person) = people.first() else { continue };
            let command = Command::Opine {
                step: step.id.clone(),
                stance: OpinionStance::For,
                text: "The tests are green and the way back was tried.".to_owned(),
            };
            done += self.try_as(world, view, person, command).await?;
        }
        Ok(done)
    }

    async fn talk(&mut self, world: &World, view: &ReleaseView) -> Result<usize, Failure> {
        let lead = world.call(&view.release.lead).await?;
        for talk in world.app.talks(&lead, &view.release.id).await? {
            if talk.task.done_at.is_some() || self.idle.contains(&talk.task.person_id) {
                continue;
            }
            let call = world.call(&talk.task.person_id).await?;
            let said = TalkDone {
                channel: "phone".to_owned(),
                notes: "They know the date and have a backup.".to_owned(),
                readiness: "ready".to_owned(),
            };
            world.app.talk_done(&call, &talk.task.id, said).await?;
            return Ok(1);
        }
        Ok(0)
    }

    /// The next line of the run sheet.
    async fn sheet(
        &mut self,
        world: &World,
        view: &ReleaseView,
        step: &Step,
        waiting: &[WaitingOn],
    ) -> Result<usize, Failure> {
        let run = view.release.run.steps.get(&step.id);
        let lines = run.map(|it| it.sheet.clone()).unwrap_or_default();
        if lines.is_empty() {
            let command = Command::Begin { step: step.id.clone() };
            return self.as_holder(world, view, waiting, command).await;
        }
        let next =
            lines.iter().find(|it| matches!(it.state, SheetState::Open | SheetState::Running));
        let Some(line) = next else { return Ok(0) };
        let act = if line.state == SheetState::Open { SheetAct::Begin } else { SheetAct::Done };
        let command = Command::Sheet {
            step: step.id.clone(),
            line: line.id.clone(),
            act,
            found: "as expected".to_owned(),
        };
        let performers: Vec<PersonId> =
            step.roles.iter().flat_map(|it| view.context.holders_of(it)).collect();
        for person in performers {
            if self.try_as(world, view, &person, command.clone()).await? > 0 {
                return Ok(1);
            }
        }
        Ok(0)
    }

    /// Sites whose wave has begun report one after the other. One of them fails its check once, and
    /// the rollout halts: whoever leads the release takes it back, and lets the rollout go on.
    async fn deploy(
        &mut self,
        world: &World,
        view: &ReleaseView,
        most: usize,
    ) -> Result<usize, Failure> {
        let id = &view.release.id;
        let reporter = ["support", "second_line"]
            .iter()
            .find_map(|it| Self::holder(view, it))
            .unwrap_or_else(|| view.release.lead.clone());
        if self.idle.contains(&reporter) {
            return Ok(0);
        }
        let call = world.call(&reporter).await?;
        let rollout = match world.app.rollout_view(&call, id, None).await {
            Ok(rollout) => rollout,
            Err(roadbook_app::Error::NotFound { .. }) => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        let mut done = 0;
        let back = rollout.runs.iter().filter(|it| it.kind == "rollback" && it.ended_at.is_none());
        for run in back {
            for it in world.by_hand(&call, id, Some(&run.id)).await? {
                if done < most {
                    done += self.report(world, &call, view, &it, Outcome::RolledBack).await?;
                }
            }
        }
        if done == 0 && (rollout.to_lift || rollout.halt.is_some()) {
            return self.help(world, view, rollout.to_lift).await;
        }
        let mended = self.agents && !view.release.packages.is_empty();
        if mended && self.failed.contains(id) && !self.again.contains(id) {
            return self.try_again(world, view).await;
        }
        for it in world.by_hand(&call, id, None).await? {
            if done >= most || self.quiet.contains(&it.site) || rollout.rollout.state == "halted" {
                continue;
            }
            let fails = it.key == trouble(view).0
                && it.wave > 1
                && view.release.version != ledger::BEFORE
                && self.failed.insert(id.clone());
            let outcome = if fails { Outcome::Failed } else { Outcome::Installed };
            done += self.report(world, &call, view, &it, outcome).await?;
            if fails {
                break;
            }
        }
        Ok(done)
    }

    async fn report(
        &mut self,
        world: &World,
        call: &Call,
        view: &ReleaseView,
        it: &RolloutSiteView,
        outcome: Outcome,
    ) -> Result<usize, Failure> {
        let evidence = match outcome {
            Outcome::Failed => trouble(view).1,
            _ => "version read on the screen",
        };
        let report = DeploymentReport {
            site: it.site.clone(),
            release: view.release.id.clone(),
            generation: it.generation as u64,
            outcome,
            reported_by: Reporter::Person { evidence: evidence.to_owned() },
            at: world.app.now(),
            note: String::new(),
            package: None,
        };
        match world.app.deployment_report(call, report).await {
            Ok(_) => Ok(1),
            Err(error) => {
                self.refused.push(format!("{}: report: {error}", view.release.number));
                Ok(0)
            }
        }
    }

    /// After a halt: the site that failed goes back, then the rollout goes on. Where its agent has
    /// taken it back already, one that has the version goes back with it until the cause is known.
    async fn help(
        &mut self,
        world: &World,
        view: &ReleaseView,
        to_lift: bool,
    ) -> Result<usize, Failure> {
        if self.idle.contains(&view.release.lead) {
            return Ok(0);
        }
        let call = world.call(&view.release.lead).await?;
        let id = &view.release.id;
        let result = if to_lift {
            world.app.rollout_lift(&call, id, "The cause is known and is mended").await
        } else {
            let by_agent = self.agents && !view.release.packages.is_empty();
            let key = if by_agent { data::GOES_BACK } else { trouble(view).0 };
            if by_agent {
                self.failed.insert(id.clone());
            }
            let reach = Reach::Site(world.site(key)?.clone());
            world.app.rollout_roll_back(&call, id, &reach, "It must work tonight").await
        };
        match result {
            Ok(_) => Ok(1),
            Err(error) => {
                self.refused.push(format!("{}: halted: {error}", view.release.number));
                Ok(0)
            }
        }
    }

    /// The site that failed says how totals are written there, and its agent gets its order again.
    async fn try_again(&mut self, world: &World, view: &ReleaseView) -> Result<usize, Failure> {
        let call = world.call(&view.release.lead).await?;
        let site = world.site(data::FAILS)?;
        let product = world.product("ledger")?;
        let admin = world.call(world.person(data::ADMIN.0)?).await?;
        world.app.site_parameter_set(&admin, site, product, "locale", Some("ko")).await?;
        let id = &view.release.id;
        self.again.insert(id.clone());
        match world.app.rollout_retry(&call, id, site, "Its locale is set right").await {
            Ok(_) => Ok(1),
            Err(error) => {
                self.refused.push(format!("{}: again: {error}", view.release.number));
                Ok(0)
            }
        }
    }

    /// What each site does on its own page: read, decide, say how it went.
    async fn sites(
        &mut self,
        world: &World,
        view: &ReleaseView,
        step: &Step,
        most: usize,
    ) -> Result<usize, Failure> {
        let mut done = 0;
        let id = &view.release.id;
        let scope = roadbook_store::Scope::all();
        let store = world.app.store();
        let read = roadbook_store::deployments::receipts(store, &scope, id).await?;
        let rows = roadbook_store::deployments::all_of(store, id).await?;
        for (key, site) in &world.sites {
            if done >= most
                || self.quiet.contains(site)
                || !rows.iter().any(|it| it.site_id == *site)
            {
                continue;
            }
            let call = Call::of(roadbook_core::access::Actor {
                who: roadbook_core::access::Who::Contact(world.contacts[key].clone(), site.clone()),
                ..roadbook_core::access::Actor::anonymous()
            });
            let result = match &step.kind {
                StepKind::Receipt { .. } if !read.iter().any(|it| it.site_id == *site) => {
                    world.app.site_receipt(&call, site, id).await
                }
                StepKind::Decision(_) => {
                    let known = roadbook_store::deployments::decision(store, id, site).await?;
                    if known.is_some() {
                        continue;
                    }
                    let asked = world.app.site_asked(&call, site, id).await?;
                    let answer = SiteAnswer {
                        decision: SiteDecision::Accept { wished: None },
                        digest: asked.map(|it| it.digest),
                    };
                    world.app.site_decide(&call, site, id, answer).await
                }
                StepKind::Feedback => {
                    let said = FeedbackInput {
                        success: Success::Yes,
                        problems: String::new(),
                        ideas: "A shorter guide would help".to_owned(),
                        rating: Some(4),
                    };
                    world.app.feedback_give(&call, site, id, said).await
                }
                _ => continue,
            };
            match result {
                Ok(_) => done += 1,
                Err(error) => {
                    self.refused.push(format!("{}: {key}: {error}", view.release.number));
                }
            }
            if matches!(step.kind, StepKind::Feedback) && done > 0 {
                break;
            }
        }
        Ok(done)
    }

    async fn close(&mut self, world: &World, view: &ReleaseView) -> Result<usize, Failure> {
        if matches!(view.release.run.state, RunState::Draft) {
            return Ok(0);
        }
        // What begins by an event holds nothing up until it has.
        let open = |it: &(String, Vec<WaitingOn>)| {
            let begun =
                |step: &Step| step.on.is_none() || view.release.run.step_state(&step.id).is_open();
            view.template.step(&it.0).is_some_and(|step| step.blocking && begun(step))
        };
        if view.waiting.iter().any(open) {
            return Ok(0);
        }
        let mut done = 0;
        // Where a site went back, the release is no full success.
        for code in [CloseCode::Success, CloseCode::Partial] {
            if done == 0 {
                let command = Command::Close { code, remark: "as planned".to_owned() };
                done = self.try_as(world, view, &view.release.lead, command).await?;
            }
        }
        Ok(done)
    }
}

/// The site where the check of a release fails, and what people see there.
fn trouble(view: &ReleaseView) -> (&'static str, &'static str) {
    if view.release.packages.is_empty() {
        (data::GATE_FAILS, data::GATE_FAULT)
    } else {
        (data::FAILS, data::FAULT)
    }
}

fn answer_to(item: &Check, now: jiff::Timestamp) -> Answer {
    match &item.kind {
        CheckKind::Value { required, .. } => Answer::Found(required.clone()),
        CheckKind::Meeting => Answer::Meeting {
            date: (now - SignedDuration::from_hours(24)).strftime("%Y-%m-%d").to_string(),
            minutes: "Agreed by everybody.".to_owned(),
        },
        CheckKind::Count { at_least } => Answer::Count(*at_least),
        // A matter that only informs is answered "no": nothing more follows from it.
        _ => Answer::YesNo(item.pass.unwrap_or(false)),
    }
}

/// Who may answer an item: its role, the approver who carries it, or the performers.
fn answerers(view: &ReleaseView, step: &Step, item: &Check) -> Vec<PersonId> {
    let mut people = Vec::new();
    if let Some(role) = &item.role {
        people.extend(view.context.holders.get(role).cloned().unwrap_or_default());
    }
    if let StepKind::Approval(spec) = &step.kind {
        for approver in spec.approvers.iter().filter(|it| it.checks.contains(&item.id)) {
            people.extend(view.context.holders_of(&approver.role));
        }
        for approver in &spec.approvers {
            people.extend(view.context.holders_of(&approver.role));
        }
    }
    people.extend(step.roles.iter().flat_map(|it| view.context.holders_of(it)));
    people
}
