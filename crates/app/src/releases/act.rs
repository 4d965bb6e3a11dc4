//! The single door for commands of a run: page, API, CLI and timers all come through here.

use super::{LoadedRelease, Surroundings, index, signing};
use crate::App;
use crate::boxed;
use crate::calendar::Judge;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use jiff::Timestamp;
use roadbook_core::access::{Action, Actor, Kind, allowed};
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::template::Subject;
use roadbook_core::run::{Command, Context, Decision, RunState, Slot, decide};
use roadbook_store::blobs;
use roadbook_store::calendar::{self as booking_rows, Booking};
use roadbook_store::{Commit, StepFact, Write, deployments, documents};
use serde_json::{Value, json};

/// How often a command that met a newer revision is decided again.
const TRIES: usize = 3;

impl App {
    /// Does a command in a release, as the caller.
    #[boxed]
    pub async fn release_do(
        &self,
        call: &Call,
        id: &ReleaseId,
        command: Command,
    ) -> Result<Receipt> {
        self.release_do_with(call, id, command, Vec::new()).await
    }

    /// As [`App::release_do`], with rows of other rooms that belong to the same change.
    pub(crate) async fn release_do_with(
        &self,
        call: &Call,
        id: &ReleaseId,
        command: Command,
        extra: Vec<Write>,
    ) -> Result<Receipt> {
        let mut last = Error::Stale { what: "release".to_owned() };
        for _ in 0..TRIES {
            match self.release_do_once(call, id, &command, &extra).await {
                Err(Error::Stale { what }) if call.if_match.is_none() => {
                    last = Error::Stale { what };
                }
                other => return other,
            }
        }
        Err(last)
    }

    /// Lets time and outside facts take effect. Without a change nothing is written.
    #[boxed]
    pub async fn release_tick(&self, id: &ReleaseId) -> Result<()> {
        match self.release_do(&Call::system(), id, Command::Tick).await {
            Ok(_) | Err(Error::Refused(roadbook_core::run::Refusal::Closed)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    #[boxed]
    async fn release_do_once(
        &self,
        call: &Call,
        id: &ReleaseId,
        command: &Command,
        extra: &[Write],
    ) -> Result<Receipt> {
        let (loaded, around) = self.release_around(&call.actor, id).await?;
        call.check_revision(loaded.revision, "release")?;
        authorize_command(call, &loaded, &around, command)?;
        let named = self.names_what_is_there(&call.actor, &loaded, command).await?;
        let command = named.as_ref().unwrap_or(command);
        let asked = match command {
            Command::SetSlot { slot, .. } => Some(*slot),
            Command::Decide { slot, .. } => *slot,
            _ => None,
        };
        let ctx = around.context(&loaded, &call.actor, asked);
        let first = decide(&loaded.template, &loaded.release.run, command, &ctx)?;
        let decision = Self::void_changed(&loaded, first, &ctx)?;
        if *command == Command::Tick && decision.run == loaded.release.run {
            return self.refresh_due(&loaded, &around, &ctx).await;
        }
        let mut next = loaded.clone();
        next.release.run = decision.run.clone();
        let receipt =
            self.commit_decision(call, loaded, command, (&around, &ctx), decision, extra).await?;
        // A rollout begins, waits or ends with its release.
        // On the heap: what follows acts on releases again, and stacks are small.
        Box::pin(self.rollouts_follow(&next)).await;
        Box::pin(self.calls_follow(&next)).await;
        Ok(receipt)
    }

    /// A new document changes what approvals have signed: they are held against the new bytes in
    /// the same change.
    fn void_changed(loaded: &LoadedRelease, first: Decision, ctx: &Context) -> Result<Decision> {
        let mut release = loaded.release.clone();
        release.run = first.run.clone();
        let digests = signing::digests(&loaded.template, &release);
        if digests == ctx.digests {
            return Ok(first);
        }
        if release.run.is_ended() {
            return Ok(first);
        }
        let ctx = Context { digests, ..ctx.clone() };
        let second = decide(&loaded.template, &release.run, &Command::ContentChanged, &ctx)?;
        let mut facts = first.facts;
        facts.extend(second.facts);
        let mut voided = first.voided;
        voided.extend(second.voided);
        Ok(Decision { run: second.run, facts, voided, ..first })
    }

    /// Only the row that says when to look again may have changed.
    async fn refresh_due(
        &self,
        loaded: &LoadedRelease,
        around: &Surroundings,
        ctx: &Context,
    ) -> Result<Receipt> {
        let row = index::release_row(loaded, ctx, &around.product.unit_id);
        let scope = roadbook_store::Scope::all();
        let old = roadbook_store::releases::get(self.store(), &scope, &loaded.release.id).await?;
        let same = old.is_some_and(|it| {
            it.next_due_at == row.next_due_at && it.waiting == row.waiting && it.state == row.state
        });
        if !same {
            let mut commit = Commit::new(self.now(), "system");
            let stored = self.index_stored(&loaded.release.id).await?;
            commit.writes = index::writes(loaded, ctx, &around.product.unit_id, Some(&stored));
            self.store().commit(commit).await?;
        }
        Ok(Receipt {
            id: loaded.release.id.to_string(),
            revision: loaded.revision,
            ..Receipt::default()
        })
    }

    async fn commit_decision(
        &self,
        call: &Call,
        mut loaded: LoadedRelease,
        command: &Command,
        (around, ctx): (&Surroundings, &Context),
        decision: Decision,
        extra: &[Write],
    ) -> Result<Receipt> {
        let before = loaded.release.run.clone();
        loaded.release.run = decision.run;
        if decision.slot_moved {
            loaded.release.generation += 1;
        }
        let started = matches!(before.state, RunState::Draft)
            && !matches!(loaded.release.run.state, RunState::Draft);
        // The rows are derived from the state after the command, so the moments are too.
        let after = around.context(&loaded, &call.actor, None);
        let stored = self.index_stored(&loaded.release.id).await?;
        let release = &loaded.release;
        let mut commit = self.begin(call);
        commit.writes.push(documents::update_typed(
            release.id.as_str(),
            release,
            loaded.revision,
            ctx.now,
        ));
        commit.writes.extend(index::writes(
            &loaded,
            &after,
            &around.product.unit_id,
            Some(&stored),
        ));
        commit.writes.extend(extra.iter().cloned());
        if started && release.subject != Subject::Site {
            let slot = release.run.slot.map(|it| it.start);
            commit.writes.push(deployments::lay(&release.id, release.generation, slot, ctx.now));
        }
        if before.slot != release.run.slot {
            commit.writes.extend(book(&loaded, &around.judge, release.run.slot));
        }
        if decision.ended.is_some() {
            commit.writes.push(booking_rows::unbook(&release.id));
        }
        commit.writes.extend(Self::keep_signed_bytes(&loaded, command, ctx.now));
        commit.facts = decision.facts.iter().map(|it| fact(release.id.as_str(), it)).collect();
        let mut facts = describe(command);
        facts["steps"] = decision
            .facts
            .iter()
            .map(|it| json!([it.step, it.from, it.to]))
            .collect::<Vec<Value>>()
            .into();
        if !decision.voided.is_empty() {
            facts["voided"] = json!(decision.voided);
        }
        if !decision.escalated.is_empty() {
            facts["escalated"] = json!(decision.escalated);
        }
        let kind = format!("release.{}", command_name(command));
        let commit = commit.entry(format!("release/{}", release.id), kind, facts);
        let receipt = Receipt {
            id: release.id.to_string(),
            label: release.number.clone(),
            revision: loaded.revision + 1,
            notes: decision.voided.iter().map(|it| format!("voided:{it}")).collect(),
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// The rows of a release as they stand.
    pub(super) async fn index_stored(&self, id: &ReleaseId) -> Result<index::Stored> {
        Ok(index::Stored {
            people: roadbook_store::releases::people_of(self.store(), id).await?,
            tasks: roadbook_store::releases::tasks_of(self.store(), id).await?,
        })
    }

    /// The exact bytes that were signed are kept, by their hash.
    fn keep_signed_bytes(
        loaded: &LoadedRelease,
        command: &Command,
        at: Timestamp,
    ) -> Option<Write> {
        let Command::Vote { step, .. } = command else { return None };
        let declared = loaded.template.step(step)?;
        let bytes = signing::bytes(&loaded.template, &loaded.release, declared);
        Some(blobs::keep_signed(bytes, at))
    }
}

fn authorize_command(
    call: &Call,
    loaded: &LoadedRelease,
    around: &Surroundings,
    command: &Command,
) -> Result<()> {
    let action = action_of(command);
    if action == Action::Lead && call.actor.person() == Some(&loaded.release.lead) {
        return Ok(());
    }
    let may = allowed(&call.actor, action, Kind::Release, &around.resource);
    if !may
        && matches!(command, Command::SetSlot { .. })
        && sets_the_time(&call.actor, loaded, around)
    {
        return Ok(());
    }
    call.authorize(action, Kind::Release, &around.resource, "release")
}

/// Whoever holds one of the roles to which the process gives the time of the go-live.
fn sets_the_time(actor: &Actor, loaded: &LoadedRelease, around: &Surroundings) -> bool {
    let Some(person) = actor.person() else { return false };
    let holders = around.holders(loaded);
    let mine = |role: &String| holders.get(role).is_some_and(|it| it.contains(person));
    loaded.template.slot_by.iter().any(mine)
}

/// Takes the place in the window; two releases cannot take the same one.
pub(super) fn book(loaded: &LoadedRelease, judge: &Judge, slot: Option<Slot>) -> Vec<Write> {
    let mut writes = vec![booking_rows::unbook(&loaded.release.id)];
    let Some(slot) = slot else { return writes };
    for rule in &loaded.template.windows {
        let Some(policy) = judge.book.policies.iter().find(|it| it.key == rule.policy) else {
            continue;
        };
        let Ok(open) = policy.open() else { continue };
        let asked = roadbook_core::window::Slot { start: slot.start, end: slot.end };
        let Some(window) = open.containing(&asked) else { continue };
        let taken = judge
            .bookings
            .iter()
            .filter(|it| it.policy == policy.key && it.slot.start == window.start)
            .filter(|it| it.release != loaded.release.id);
        writes.push(booking_rows::book(&Booking {
            window_id: policy.key.clone(),
            slot_at: window.start,
            place: taken.count() as i64 + 1,
            release_id: loaded.release.id.clone(),
        }));
        break;
    }
    writes
}

pub(super) fn fact(run: &str, it: &roadbook_core::run::StepFact) -> StepFact {
    StepFact {
        run: run.to_owned(),
        step: it.step.clone(),
        role: it.role.clone(),
        round: it.round,
        from: it.from.to_owned(),
        to: it.to.to_owned(),
        kind: it.kind.name().to_owned(),
        seconds: it.seconds,
    }
}

/// Orders need the right to lead; everything else is work, which the process gives to its roles.
fn action_of(command: &Command) -> Action {
    match command {
        Command::Start
        | Command::SetSlot { .. }
        | Command::Hold { .. }
        | Command::Resume { .. }
        | Command::Cancel { .. }
        | Command::Close { .. } => Action::Lead,
        _ => Action::Act,
    }
}

/// The stable name of a command in the record.
fn command_name(command: &Command) -> &'static str {
    match command {
        Command::Start => "started",
        Command::SetField { .. } => "field_set",
        Command::SetSlot { .. } => "slot_set",
        Command::Begin { .. } => "step_begun",
        Command::Answer { .. } => "check_answered",
        Command::Done { .. } => "step_done",
        Command::Vote { .. } => "voted",
        Command::Opine { .. } => "opinion_given",
        Command::Decide { .. } => "decided",
        Command::Delegate { .. } => "delegated",
        Command::Override { .. } => "overridden",
        Command::Sheet { .. } => "line_done",
        Command::Choose { .. } => "way_chosen",
        Command::DocumentWritten { .. } => "document_written",
        Command::DocumentControlled { .. } => "document_controlled",
        Command::Sign { .. } => "document_signed",
        Command::ContentChanged => "content_changed",
        Command::NoticeSent { .. } => "notice_sent",
        Command::Member { .. } => "member_acted",
        Command::Fail { .. } => "step_failed",
        Command::Extend { .. } => "list_extended",
        Command::Happened { .. } => "event_happened",
        Command::Hold { .. } => "held",
        Command::Resume { .. } => "resumed",
        Command::Cancel { .. } => "cancelled",
        Command::Close { .. } => "closed",
        Command::Tick => "moved_on",
    }
}

/// The facts of a command for the record.
fn describe(command: &Command) -> Value {
    match command {
        Command::Start | Command::ContentChanged | Command::Tick => json!({}),
        Command::SetField { field, value } => {
            json!({ "field": field, "value": serde_json::to_value(value).unwrap_or_default() })
        }
        Command::SetSlot { slot, reason, pass_blocks } => json!({
            "start": slot.start.to_string(),
            "end": slot.end.to_string(),
            "reason": reason,
            "passed_blocks": pass_blocks,
        }),
        Command::Begin { step } | Command::NoticeSent { step } => json!({ "step": step }),
        Command::Answer { step, check, answer, remark } => json!({
            "step": step,
            "check": check,
            "answer": serde_json::to_value(answer).unwrap_or_default(),
            "remark": remark,
        }),
        Command::Done { step, remark } => json!({ "step": step, "remark": remark }),
        Command::Vote { step, verdict, comment, digest, assurance } => json!({
            "step": step,
            "verdict": serde_json::to_value(verdict).unwrap_or_default(),
            "comment": comment,
            "digest": digest,
            "assurance": serde_json::to_value(assurance).unwrap_or_default(),
        }),
        Command::Opine { step, stance, text } => json!({
            "step": step,
            "stance": serde_json::to_value(stance).unwrap_or_default(),
            "text": text,
        }),
        Command::Decide { step, outcome, reason, slot } => json!({
            "step": step,
            "outcome": outcome,
            "reason": reason,
            "start": slot.map(|it| it.start.to_string()),
        }),
        Command::Delegate { step, to } => json!({ "step": step, "to": to.as_str() }),
        Command::Override { step, reason } => json!({ "step": step, "reason": reason }),
        Command::Sheet { step, line, act, found } => json!({
            "step": step,
            "line": line,
            "act": serde_json::to_value(act).unwrap_or_default(),
            "found": found,
        }),
        Command::Choose { step, choice, reason } => json!({
            "step": step,
            "choice": serde_json::to_value(choice).unwrap_or_default(),
            "reason": reason,
        }),
        Command::DocumentWritten { document, id, digest, missing_sections } => json!({
            "document": document,
            "id": id.as_str(),
            "digest": digest,
            "missing_sections": missing_sections,
        }),
        Command::DocumentControlled { document } => json!({ "document": document }),
        Command::Sign { document, role, meaning, digest, assurance } => json!({
            "document": document,
            "role": role,
            "meaning": meaning,
            "digest": digest,
            "assurance": serde_json::to_value(assurance).unwrap_or_default(),
        }),
        Command::Hold { reason } | Command::Resume { reason } | Command::Cancel { reason } => {
            json!({ "reason": reason })
        }
        other => describe_part(other),
    }
}

/// As [`describe`], for commands about parts of a step and about what happened outside.
fn describe_part(command: &Command) -> Value {
    match command {
        Command::Member { step, member, act } => json!({
            "step": step,
            "member": member,
            "act": serde_json::to_value(act).unwrap_or_default(),
        }),
        Command::Fail { step, reason } => json!({ "step": step, "reason": reason }),
        Command::Extend { step, check } => json!({ "step": step, "check": check.id }),
        Command::Happened { event, what } => json!({ "event": event, "what": what }),
        Command::Close { code, remark } => json!({ "code": code.name(), "remark": remark }),
        // Told by `describe`; a new command is told there or here.
        Command::Start
        | Command::SetField { .. }
        | Command::SetSlot { .. }
        | Command::Begin { .. }
        | Command::Answer { .. }
        | Command::Done { .. }
        | Command::Vote { .. }
        | Command::Opine { .. }
        | Command::Decide { .. }
        | Command::Delegate { .. }
        | Command::Override { .. }
        | Command::Sheet { .. }
        | Command::Choose { .. }
        | Command::DocumentWritten { .. }
        | Command::DocumentControlled { .. }
        | Command::Sign { .. }
        | Command::ContentChanged
        | Command::NoticeSent { .. }
        | Command::Hold { .. }
        | Command::Resume { .. }
        | Command::Cancel { .. }
        | Command::Tick => json!({}),
    }
}
