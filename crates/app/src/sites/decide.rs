//! What sites answer: whether they take a release, that they read its notes, how it went.

use super::asked::Asked;
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use crate::releases::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::access::Who as Actor;
use roadbook_core::ids::{ReleaseId, SiteId};
use roadbook_core::process::template::{Each, RoleRef, Step, StepKind};
use roadbook_core::run::{RunState, answers_what_stands};
use roadbook_store::deployments::{self, Deployment, Feedback, SiteDecision as Row, SiteReceipt};
use roadbook_store::{Commit, sites};
use serde_json::json;

/// A site's decision about a release (S0-22).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteDecision {
    /// Takes it.
    Accept {
        /// The time it wishes, if any.
        wished: Option<Timestamp>,
    },
    /// Puts it off; it is asked again then.
    Postpone {
        /// Until when.
        until: Timestamp,
        /// Why; may be empty.
        reason: String,
    },
    /// Does not take it.
    Decline {
        /// Why.
        reason: String,
    },
}

/// What a site answers, and what it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteAnswer {
    /// Its decision.
    pub decision: SiteDecision,
    /// SHA-256 (hex) of the documents that it was shown, where the question is about some.
    pub digest: Option<String>,
}

impl From<SiteDecision> for SiteAnswer {
    fn from(decision: SiteDecision) -> SiteAnswer {
        SiteAnswer { decision, digest: None }
    }
}

/// Whether the upgrade succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Success {
    /// No.
    No,
    /// Partly.
    Partly,
    /// Yes.
    Yes,
}

impl Success {
    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Success::No => "no",
            Success::Partly => "partly",
            Success::Yes => "yes",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<Success> {
        [Success::No, Success::Partly, Success::Yes].into_iter().find(|it| it.name() == text)
    }

    /// As it is stored.
    pub const fn number(self) -> i64 {
        match self {
            Success::No => 0,
            Success::Partly => 1,
            Success::Yes => 2,
        }
    }

    /// Reads what is stored.
    pub const fn from_number(number: i64) -> Success {
        match number {
            0 => Success::No,
            1 => Success::Partly,
            _ => Success::Yes,
        }
    }
}

/// What a site says afterwards (S0-28).
#[derive(Clone, Debug)]
pub struct FeedbackInput {
    /// Whether the upgrade succeeded.
    pub success: Success,
    /// Problems.
    pub problems: String,
    /// Ideas.
    pub ideas: String,
    /// From 1 to 5.
    pub rating: Option<i64>,
}

/// Who may read documents of a type, as the process says.
pub(super) fn open_to<'a>(kind: &str, loaded: &'a LoadedRelease) -> &'a str {
    let declared = loaded.template.document(kind).and_then(|it| it.confidentiality.as_deref());
    declared.unwrap_or("internal")
}

/// A decision as the record has it.
fn told(row: &Row, before: Option<String>) -> serde_json::Value {
    let mut said = json!({
        "site": row.site_id.as_str(),
        "decision": row.decision,
        "wished_at": row.wished_at.map(|it| it.to_string()),
        "reason": row.reason,
        "before": before,
    });
    if let (Some(digest), Some(paper)) = (&row.digest, &row.paper) {
        said["digest"] = json!(digest);
        said["paper"] = json!(paper);
    }
    said
}

fn runs(row: &Deployment) -> bool {
    row.outcome.as_deref() == Some("installed")
}

impl App {
    /// A site decides, or somebody who may does so on its behalf.
    pub async fn site_decide(
        &self,
        call: &Call,
        site: &SiteId,
        release: &ReleaseId,
        answer: impl Into<SiteAnswer>,
    ) -> Result<Receipt> {
        self.site_answers(call, site, release, answer.into()).await
    }

    #[boxed]
    async fn site_answers(
        &self,
        call: &Call,
        site: &SiteId,
        release: &ReleaseId,
        answer: SiteAnswer,
    ) -> Result<Receipt> {
        let SiteAnswer { decision, digest: shown } = answer;
        let (found, loaded, deployment) = self.deployment_for(call, site, release).await?;
        if matches!(loaded.release.run.state, RunState::Ended(_)) {
            let message = format!("{} is over; nothing changes any more", loaded.release.number);
            return Err(Error::Rule { code: "release_ended", message });
        }
        self.may_answer(call, &loaded).await?;
        self.whole(&found).await?;
        let parts = deployments::at_parts(self.store(), release, site).await?;
        if runs(&deployment) || (!parts.is_empty() && parts.iter().all(runs)) {
            return Err(Error::Rule {
                code: "already_installed",
                message: "the version runs at this site already; report a roll-back if it should \
                          not"
                .to_owned(),
            });
        }
        let (name, wished_at, reason) = self.checked(&decision)?;
        let asked = self.asked_of(&loaded).await?;
        let current = asked.as_ref().map(|it| it.digest.as_str());
        answers_what_stands(current, shown.as_deref())?;
        let before = deployments::decision(self.store(), release, site).await?;
        let row = Row {
            release_id: release.clone(),
            site_id: site.clone(),
            decision: name.to_owned(),
            wished_at,
            reason: reason.filter(|it| !it.is_empty()),
            digest: asked.as_ref().map(|it| it.digest.clone()),
            paper: asked.as_ref().map(Asked::label),
            decided_by: call.actor.name(),
            at: self.now(),
            revision: before.as_ref().map_or(1, |it| it.revision),
        };
        let mut commit = self.begin(call);
        let mut revision = 1;
        match &before {
            None => commit.writes.push(deployments::insert_decision(&row)),
            Some(it) => {
                call.check_revision(it.revision, "decision")?;
                revision = it.revision + 1;
                commit.writes.push(deployments::update_decision(&row));
            }
        }
        let was = before.as_ref().map(|it| it.decision.as_str());
        for place in std::iter::once(&deployment).chain(&parts) {
            self.decided_at(&mut commit, place, (was, name), wished_at).await?;
        }
        let said = told(&row, before.map(|it| it.decision));
        let commit = commit.entry(format!("release/{release}"), "site.decided", said);
        let receipt = Receipt {
            id: site.to_string(),
            label: format!("{} {}", loaded.release.number, found.key),
            revision,
            ..Receipt::default()
        };
        let receipt = self.finish(call, commit, receipt).await?;
        self.release_follow(release).await;
        Ok(receipt)
    }

    /// What a decision changes at a place that is updated, the site or a part of it: its turn, and
    /// when it may begin.
    async fn decided_at(
        &self,
        commit: &mut Commit,
        place: &Deployment,
        (was, now): (Option<&str>, &str),
        wished_at: Option<Timestamp>,
    ) -> Result<()> {
        self.rollout_decided(commit, &place.release_id, &place.site_id, (was, now)).await?;
        if let Some(at) = wished_at {
            let moved = Deployment { slot_at: Some(at), ..place.clone() };
            commit.writes.push(deployments::update(&moved));
        }
        Ok(())
    }

    /// A contact answers when the process asks, and a process may name the contact who decides,
    /// e.g. the customer's business supervisor: no other one answers in their place (S3-69).
    pub(super) async fn may_answer(&self, call: &Call, loaded: &LoadedRelease) -> Result<()> {
        let Actor::Contact(contact, _) = &call.actor.who else { return Ok(()) };
        let decides = |step: &&Step| {
            step.each == Some(Each::Site) && matches!(step.kind, StepKind::Decision(_))
        };
        let state = |step: &Step| loaded.release.run.step_state(&step.id);
        let steps = || loaded.template.steps().map(|it| it.1).filter(decides);
        let open = steps().any(|it| state(it).is_open());
        // What was decided may be changed as long as the version is not there; nothing is decided
        // before there is something to decide about.
        if !open && steps().any(|it| !state(it).is_terminal()) {
            let message = format!("{} does not ask for this yet", loaded.release.number);
            return Err(Error::Rule { code: "not_asked_yet", message });
        }
        let kinds: Vec<&str> = steps()
            .filter(|it| !open || state(it).is_open())
            .flat_map(|it| &it.roles)
            .filter_map(|it| match it {
                RoleRef::SiteContact(kind) => Some(kind.as_str()),
                _ => None,
            })
            .collect();
        let found = sites::contact(self.store(), contact).await?;
        if kinds.is_empty() || found.is_some_and(|it| kinds.contains(&it.kind.as_str())) {
            return Ok(());
        }
        let message = format!(
            "this is decided by the contact of the site for `{}`; ask them, or have somebody record what they said",
            kinds.join(", ")
        );
        Err(Error::Rule { code: "other_contact", message })
    }

    fn checked(
        &self,
        decision: &SiteDecision,
    ) -> Result<(&'static str, Option<Timestamp>, Option<String>)> {
        let mut check = Check::new();
        let now = self.now();
        let result = match decision {
            SiteDecision::Accept { wished } => {
                if wished.is_some_and(|at| at <= now) {
                    check.wrong("wished", "past", "is over; wish for a time to come");
                }
                ("accepted", *wished, None)
            }
            SiteDecision::Postpone { until, reason } => {
                if *until <= now {
                    check.wrong("until", "past", "is over; name a date to come");
                }
                ("postponed", Some(*until), Some(check.remark("reason", reason, false)))
            }
            SiteDecision::Decline { reason } => {
                ("declined", None, Some(check.remark("reason", reason, true)))
            }
        };
        check.done()?;
        Ok(result)
    }

    /// Somebody at a site has read the release notes (S0-20). The first time counts.
    #[boxed]
    pub async fn site_receipt(
        &self,
        call: &Call,
        site: &SiteId,
        release: &ReleaseId,
    ) -> Result<Receipt> {
        let (found, _, _) = self.deployment_for(call, site, release).await?;
        self.whole(&found).await?;
        let given_by = call.actor.name();
        let scope = roadbook_store::Scope::all();
        let known = deployments::receipts(self.store(), &scope, release).await?;
        let receipt = Receipt { id: site.to_string(), label: found.key, ..Receipt::default() };
        if known.iter().any(|it| it.site_id == *site && it.given_by == given_by) {
            return Ok(receipt);
        }
        let row = SiteReceipt {
            release_id: release.clone(),
            site_id: site.clone(),
            given_by,
            at: self.now(),
        };
        let commit = self.begin(call).write(deployments::receive(&row)).entry(
            format!("release/{release}"),
            "site.read_notes",
            json!({ "site": site.as_str() }),
        );
        let receipt = Receipt { created: true, ..receipt };
        let receipt = self.finish(call, commit, receipt).await?;
        self.release_follow(release).await;
        Ok(receipt)
    }

    /// A site says how it went.
    #[boxed]
    pub async fn feedback_give(
        &self,
        call: &Call,
        site: &SiteId,
        release: &ReleaseId,
        input: FeedbackInput,
    ) -> Result<Receipt> {
        let (found, _, deployment) = self.deployment_for(call, site, release).await?;
        self.whole(&found).await?;
        let mut check = Check::new();
        let problems = check.remark("problems", &input.problems, input.success == Success::No);
        let ideas = check.remark("ideas", &input.ideas, false);
        if input.rating.is_some_and(|it| !(1..=5).contains(&it)) {
            check.wrong("rating", "range", "is a number from 1 to 5");
        }
        check.done()?;
        let parts = deployments::at_parts(self.store(), release, site).await?;
        if std::iter::once(&deployment).chain(&parts).all(|it| it.outcome.is_none()) {
            return Err(Error::Rule {
                code: "nothing_deployed",
                message: "nothing was deployed at this site yet; say how it went afterwards"
                    .to_owned(),
            });
        }
        let row = Feedback {
            id: format!("fb_{}", roadbook_core::ids::encode(self.seed())),
            release_id: release.clone(),
            site_id: site.clone(),
            success: input.success.number(),
            problems,
            ideas,
            rating: input.rating,
            given_by: call.actor.name(),
            at: self.now(),
        };
        let commit = self.begin(call).write(deployments::insert_feedback(&row)).entry(
            format!("release/{release}"),
            "site.feedback",
            json!({
                "feedback": row.id,
                "site": site.as_str(),
                "success": input.success.name(),
                "rating": row.rating,
            }),
        );
        let receipt = Receipt { id: row.id, label: found.key, created: true, ..Receipt::default() };
        let receipt = self.finish(call, commit, receipt).await?;
        self.release_follow(release).await;
        Ok(receipt)
    }
}
