//! Approvals: quorum, order, four eyes, own checks and documents, voting over exact bytes.

use super::checks::missing_of;
use super::command::{Assurance, Verdict};
use super::context::{Context, role_name};
use super::names::applies;
use super::refusal::Refusal;
use super::state::{Run, Vote};
use super::waiting::WaitingOn;
use crate::ids::PersonId;
use crate::process::template::{ApprovalSpec, Quorum, RoleRef, Step, StepKind, Template};

/// How an approval stands, for pages and the API.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalView {
    /// Approvers in the order of the list.
    pub approvers: Vec<ApproverView>,
    /// How many approvals are needed.
    pub needed: usize,
    /// How many count now.
    pub have: usize,
}

/// How one approver stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ApproverView {
    /// Index in the list.
    pub index: usize,
    /// Role.
    pub role: String,
    /// Who may vote.
    pub people: Vec<PersonId>,
    /// Asked in this run; false when the approver's condition does not hold.
    pub asked: bool,
    /// The vote that counts.
    pub vote: Option<Vote>,
}

/// Who may vote as this approver, by index.
pub fn approver_holders(step: &Step, index: usize, ctx: &Context) -> Vec<PersonId> {
    match &step.kind {
        StepKind::Approval(spec) => {
            spec.approvers.get(index).map(|it| ctx.holders_of(&it.role)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// How an approval stands; `None` for other kinds of steps.
pub fn approval_view(
    template: &Template,
    run: &Run,
    step: &Step,
    ctx: &Context,
) -> Option<ApprovalView> {
    match &step.kind {
        StepKind::Approval(spec) => Some(view(template, run, step, spec, ctx)),
        _ => None,
    }
}

/// How the approval of a step stands.
pub(super) fn view(
    template: &Template,
    run: &Run,
    step: &Step,
    spec: &ApprovalSpec,
    ctx: &Context,
) -> ApprovalView {
    let approvers: Vec<ApproverView> = spec
        .approvers
        .iter()
        .enumerate()
        .map(|(index, approver)| ApproverView {
            index,
            role: role_name(&approver.role),
            people: ctx.holders_of(&approver.role),
            asked: applies(template, run, ctx, approver.when.as_ref()),
            vote: seat_vote(run, step, spec, index, ctx).cloned(),
        })
        .collect();
    let asked = approvers.iter().filter(|it| it.asked).count();
    let needed = match spec.quorum {
        Quorum::All => asked,
        Quorum::Any => asked.min(1),
        Quorum::Count(count) => asked.min(count as usize),
    };
    let have = approvers
        .iter()
        .filter(|it| it.asked)
        .filter(|it| it.vote.as_ref().is_some_and(|vote| vote.verdict == Verdict::Approve))
        .count();
    ApprovalView { approvers, needed, have }
}

/// The vote of an approver that counts: not voided, and a rejection only in its own round.
pub(super) fn counting_vote<'a>(run: &'a Run, step: &Step, index: usize) -> Option<&'a Vote> {
    let state = run.steps.get(&step.id)?;
    state.votes.iter().rev().find(|vote| {
        vote.approver == index
            && vote.voided_at.is_none()
            && (vote.verdict == Verdict::Approve || vote.round == state.round)
    })
}

/// Every vote of this approver that counts.
fn counting_votes<'a>(run: &'a Run, step: &Step, index: usize) -> Vec<&'a Vote> {
    let Some(state) = run.steps.get(&step.id) else { return Vec::new() };
    let counts = |vote: &&Vote| {
        vote.approver == index
            && vote.voided_at.is_none()
            && (vote.verdict == Verdict::Approve || vote.round == state.round)
    };
    state.votes.iter().filter(counts).collect()
}

/// Those of the heads of several units who have not voted; each of them has to.
fn heads_without_vote(
    run: &Run,
    step: &Step,
    spec: &ApprovalSpec,
    index: usize,
    ctx: &Context,
) -> Vec<PersonId> {
    let votes = counting_votes(run, step, index);
    let mut heads = ctx.holders_of(&spec.approvers[index].role);
    heads.sort();
    heads.dedup();
    heads.retain(|it| {
        !votes.iter().any(|vote| vote.person == *it || vote.on_behalf_of.as_ref() == Some(it))
    });
    heads
}

/// The vote of an approver that counts. `heads_of(list)` is one approver with several seats: it
/// has voted when every head has, or one of them rejected.
fn seat_vote<'a>(
    run: &'a Run,
    step: &Step,
    spec: &ApprovalSpec,
    index: usize,
    ctx: &Context,
) -> Option<&'a Vote> {
    if !matches!(spec.approvers[index].role, RoleRef::HeadsOf(_)) {
        return counting_vote(run, step, index);
    }
    let votes = counting_votes(run, step, index);
    let rejected = votes.iter().find(|it| it.verdict == Verdict::Reject).copied();
    let all = heads_without_vote(run, step, spec, index, ctx).is_empty();
    rejected.or_else(|| votes.last().copied().filter(|_| all))
}

/// Approvals that are missing.
pub(super) fn open_approvals(
    spec: &ApprovalSpec,
    run: &Run,
    step: &Step,
    ctx: &Context,
) -> Vec<WaitingOn> {
    let state = run.steps.get(&step.id);
    let since = state.map_or(ctx.now, |it| it.ready_at.unwrap_or(it.since));
    let due = ctx.due_at.get(&step.id).copied();
    let mut list = Vec::new();
    for (index, approver) in spec.approvers.iter().enumerate() {
        if seat_vote(run, step, spec, index, ctx).is_some() {
            continue;
        }
        let role = role_name(&approver.role);
        let people = match approver.role {
            RoleRef::HeadsOf(_) => heads_without_vote(run, step, spec, index, ctx),
            _ => ctx.holders_of(&approver.role),
        };
        list.push(if people.is_empty() {
            WaitingOn::Unassigned { role }
        } else {
            WaitingOn::Approval { role, people, since, due }
        });
        if spec.as_listed {
            break;
        }
    }
    list
}

/// Opinions that are missing.
pub(super) fn open_opinions(run: &Run, step: &Step, ctx: &Context) -> Vec<WaitingOn> {
    let state = run.steps.get(&step.id);
    step.roles
        .iter()
        .filter(|role| {
            let name = role_name(role);
            !state.is_some_and(|it| {
                it.opinions.iter().any(|given| given.role == name && given.round == it.round)
            })
        })
        .map(|role| {
            let people = ctx.holders_of(role);
            let role = role_name(role);
            if people.is_empty() {
                WaitingOn::Unassigned { role }
            } else {
                WaitingOn::Opinion { role, people }
            }
        })
        .collect()
}

/// What a vote says.
pub(super) struct Ballot<'a> {
    pub step: &'a Step,
    pub verdict: Verdict,
    pub comment: &'a str,
    pub digest: &'a str,
    pub assurance: Assurance,
}

/// Checks a ballot and makes the vote of it.
pub(super) fn cast(
    template: &Template,
    run: &Run,
    ctx: &Context,
    person: &PersonId,
    ballot: &Ballot<'_>,
) -> Result<Vote, Refusal> {
    let step = ballot.step;
    let StepKind::Approval(spec) = &step.kind else {
        return Err(Refusal::Unknown { what: step.id.clone() });
    };
    let state = &run.steps[&step.id];
    let view = view(template, run, step, spec, ctx);
    let (index, holder) = seat(run, step, spec, ctx, person, &view)?;
    if spec.as_listed {
        let first = view.approvers.iter().find(|it| it.asked && it.vote.is_none());
        if let Some(first) = first.filter(|it| it.index != index) {
            return Err(Refusal::NotYourTurn { role: first.role.clone() });
        }
    }
    if ballot.verdict == Verdict::Reject && ballot.comment.trim().is_empty() {
        return Err(Refusal::ReasonRequired);
    }
    if ballot.assurance == Assurance::Session {
        return Err(Refusal::StepUpRequired);
    }
    if let Some(current) = ctx.digests.get(&step.id).filter(|it| *it != ballot.digest) {
        return Err(Refusal::ContentChanged { current: current.clone() });
    }
    if ballot.verdict == Verdict::Approve {
        four_eyes(run, step, ctx, person)?;
        let missing = own_part_missing(template, run, step, spec, index, ctx);
        if !missing.is_empty() {
            return Err(Refusal::NotYet { step: step.id.clone(), waiting: missing });
        }
    }
    Ok(Vote {
        approver: index,
        person: person.clone(),
        on_behalf_of: (holder != *person).then_some(holder),
        verdict: ballot.verdict,
        comment: ballot.comment.to_owned(),
        at: ctx.now,
        round: state.round,
        digest: ballot.digest.to_owned(),
        assurance: ballot.assurance,
        voided_at: None,
    })
}

/// Which approver of the list this person votes as.
fn seat(
    run: &Run,
    step: &Step,
    spec: &ApprovalSpec,
    ctx: &Context,
    person: &PersonId,
    view: &ApprovalView,
) -> Result<(usize, PersonId), Refusal> {
    let mut seats = Vec::new();
    for approver in view.approvers.iter().filter(|it| it.asked) {
        let holder = match &run.steps[&step.id].delegated {
            Some(to) if to == person => Some(person.clone()),
            _ => ctx.acting_as(person, &spec.approvers[approver.index].role),
        };
        if let Some(holder) = holder {
            seats.push((approver, holder));
        }
    }
    if seats.is_empty() {
        return Err(Refusal::NotYours {
            roles: view.approvers.iter().filter(|it| it.asked).map(|it| it.role.clone()).collect(),
            people: view.approvers.iter().flat_map(|it| it.people.clone()).collect(),
        });
    }
    let voted = (0..spec.approvers.len())
        .flat_map(|index| counting_votes(run, step, index))
        .any(|vote| vote.person == *person || vote.on_behalf_of.as_ref() == Some(person));
    if voted {
        return Err(Refusal::AlreadyVoted);
    }
    seats
        .into_iter()
        .find(|(approver, _)| approver.vote.is_none())
        .map(|(approver, holder)| (approver.index, holder))
        .ok_or(Refusal::AlreadyVoted)
}

/// Checks and documents that only this approver has.
fn own_part_missing(
    template: &Template,
    run: &Run,
    step: &Step,
    spec: &ApprovalSpec,
    index: usize,
    ctx: &Context,
) -> Vec<WaitingOn> {
    let approver = &spec.approvers[index];
    let claimed: Vec<&String> = spec.approvers.iter().flat_map(|it| it.checks.iter()).collect();
    let mut missing: Vec<WaitingOn> = super::checks::open_checks(template, run, step, ctx)
        .into_iter()
        .filter(|it| match it {
            WaitingOn::Check { check, .. } => {
                approver.checks.contains(check) || !claimed.contains(&check)
            }
            _ => true,
        })
        .collect();
    missing.extend(missing_of(template, run, &approver.documents, ctx));
    missing.extend(missing_of(template, run, &step.produces, ctx));
    missing
}

/// Authors, applicants and editors cannot approve; neither can somebody in their place, nor they
/// in the place of somebody else (S2, reliability F24).
fn four_eyes(run: &Run, step: &Step, ctx: &Context, person: &PersonId) -> Result<(), Refusal> {
    let mut people = vec![person.clone()];
    people.extend(ctx.acts_for(person));
    people.extend(ctx.deputies.iter().filter(|it| it.of == *person).map(|it| it.deputy.clone()));
    for barred in &step.not_by {
        let hit = match barred.as_str() {
            "author" => {
                people.iter().any(|it| {
                    ctx.editors.contains(it)
                        || run.documents.values().any(|doc| doc.editors.contains(it))
                }) || people.contains(&ctx.applicant)
            }
            "applicant" => people.contains(&ctx.applicant),
            role => people
                .iter()
                .any(|it| ctx.holders.get(role).is_some_and(|holders| holders.contains(it))),
        };
        if hit {
            return Err(Refusal::FourEyes { because: barred.clone() });
        }
    }
    Ok(())
}
