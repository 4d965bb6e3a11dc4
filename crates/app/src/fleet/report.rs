//! What an agent says about an order. It is kept word for word, once, before it is thanked for.

use super::agent_call;
use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use crate::sites::{DeploymentReport, More, Outcome, Reporter};
use jiff::Timestamp;
use roadbook_core::ids::SiteId;
use roadbook_core::limits::{DETAIL_CHARS_MAX, DETAILS_MAX, REPORTS_PER_ACTION_MAX};
use roadbook_store::rollouts::{self, Action, ActionReport, FleetChange};
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// Where an agent can be with an order, in the order in which it gets there. A message names its
/// stage with a line `stage: WORD` among its details.
pub const STAGES: [&str; 16] = [
    "ordered",
    "downloading",
    "downloaded",
    "verified",
    "waiting",
    "readiness",
    "backup",
    "install",
    "configure",
    "migrate",
    "switch",
    "verify",
    "rolling_back",
    "rolled_back",
    "failed",
    "done",
];

/// The words of the protocol.
const EXECUTIONS: [&str; 8] = [
    "closed",
    "proceeding",
    "canceled",
    "scheduled",
    "rejected",
    "resumed",
    "download",
    "downloaded",
];

/// A message about an order.
#[derive(Clone, Debug, Default)]
pub struct AgentMessage {
    /// `closed`, `proceeding` and so on.
    pub execution: String,
    /// `success`, `failure` or `none`.
    pub finished: String,
    /// A number of the client.
    pub code: Option<i64>,
    /// What it says.
    pub details: Vec<String>,
    /// When, by the site's clock.
    pub client_at: Option<Timestamp>,
}

/// The order is over, so nothing can be said about it any more.
pub(super) fn over() -> Error {
    Error::Rule { code: "action_closed", message: "this order is over".to_owned() }
}

struct Heard {
    report: ActionReport,
    stage: String,
    rank: i64,
    note: Option<String>,
}

fn check(message: &AgentMessage) -> Result<()> {
    if !EXECUTIONS.contains(&message.execution.as_str()) {
        return Err(Error::field("status.execution", "unknown", "is no word of the protocol"));
    }
    if !["success", "failure", "none"].contains(&message.finished.as_str()) {
        return Err(Error::field(
            "status.result.finished",
            "unknown",
            "is no word of the protocol",
        ));
    }
    if message.details.len() > DETAILS_MAX {
        return Err(Error::TooMany { seconds: 60 });
    }
    Ok(())
}

/// Long texts are kept in pieces.
fn pieces(details: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for text in details {
        if text.len() <= DETAIL_CHARS_MAX && !text.contains('\0') {
            // An empty text has no piece.
            all.extend((!text.is_empty()).then(|| text.clone()));
            continue;
        }
        let chars: Vec<char> = text.chars().filter(|it| *it != '\0').collect();
        all.extend(chars.chunks(DETAIL_CHARS_MAX).map(|part| part.iter().collect::<String>()));
    }
    all
}

fn hear(action: i64, message: &AgentMessage, now: Timestamp) -> Heard {
    let details = pieces(&message.details);
    let named = details
        .iter()
        .rev()
        .find_map(|it| it.strip_prefix("stage: "))
        .and_then(|word| STAGES.iter().position(|it| *it == word.trim()));
    let rank = named.unwrap_or(match message.execution.as_str() {
        "download" => 1,
        "downloaded" => 2,
        _ => 0,
    });
    let note = details.iter().rev().find(|it| !it.starts_with("stage: ")).cloned();
    let details = json!(details).to_string();
    let mut hash = Sha256::new();
    for part in [&message.execution, &message.finished, &details] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(message.code.unwrap_or(i64::MIN).to_le_bytes());
    let told = message.client_at.map_or(i64::MIN, Timestamp::as_microsecond);
    hash.update(told.to_le_bytes());
    let report = ActionReport {
        action_id: action,
        digest: hash.finalize().to_vec(),
        execution: message.execution.clone(),
        finished: message.finished.clone(),
        code: message.code,
        details,
        client_at: message.client_at,
        at: now,
    };
    Heard { report, stage: STAGES[rank].to_owned(), rank: rank as i64, note }
}

/// The order as it is when this message ended it.
fn ended(
    action: &Action,
    message: &AgentMessage,
    heard: &Heard,
    outcome: Outcome,
    now: Timestamp,
) -> Action {
    let stage = match (heard.rank, message.finished == "failure") {
        (0, true) => "failed",
        (0, false) => "done",
        _ => &heard.stage,
    };
    Action {
        state: "closed".to_owned(),
        outcome: Some(outcome.name().to_owned()),
        stage: stage.to_owned(),
        rank: STAGES.len() as i64,
        note: heard.note.clone(),
        told_at: message.client_at,
        heard_at: Some(now),
        closed_at: Some(now),
        ..action.clone()
    }
}

impl App {
    /// Takes a message about an order. The same message twice is one row, and a late one takes
    /// nothing back.
    pub async fn agent_report(&self, site: &SiteId, id: i64, message: &AgentMessage) -> Result<()> {
        check(message)?;
        if message.execution != "closed" && self.agent_heard(site, id, message).await? {
            return Ok(());
        }
        self.agent_told(site, id, message).await
    }

    /// Takes a message after a look at its order.
    #[boxed]
    async fn agent_told(&self, site: &SiteId, id: i64, message: &AgentMessage) -> Result<()> {
        let action = self.action_of(site, id).await?;
        match action.state.as_str() {
            "closed" => return Err(over()),
            "confirming" => return Err(Error::NotFound { what: "action" }),
            _ => {}
        }
        let heard = hear(id, message, self.now());
        if message.execution == "closed" {
            return self.agent_done(&action, message, heard).await;
        }
        // An honest agent sends some dozen; this bounds what a broken one can fill.
        if rollouts::report_count(self.store(), id).await? >= REPORTS_PER_ACTION_MAX {
            return Err(Error::TooMany { seconds: 3600 });
        }
        let mut commit = self.begin(&agent_call(site));
        commit.writes.push(rollouts::keep_report(&heard.report));
        let note = heard.note.as_ref();
        commit.writes.push(rollouts::heard(&heard.report, &heard.stage, heard.rank, note));
        match self.store().commit(commit).await {
            Err(roadbook_store::CommitError::Stale { .. }) => Err(over()),
            done => done.map(|_| ()).map_err(Error::from),
        }
    }

    /// Keeps a message about an order that is under way, which most are: one commit that guards
    /// itself and shares its transaction with those of other sites. False when it is not so simple.
    async fn agent_heard(&self, site: &SiteId, id: i64, message: &AgentMessage) -> Result<bool> {
        let it = hear(id, message, self.now());
        let note = it.note.as_ref();
        let most = REPORTS_PER_ACTION_MAX;
        let mut commit = self.begin(&agent_call(site));
        // The guard comes first: where it misses nothing else is done.
        commit
            .writes
            .push(rollouts::heard_under_way(site, &it.report, &it.stage, it.rank, note, most));
        commit.writes.push(rollouts::keep_report(&it.report));
        match self.store().commit(commit).await {
            Ok(_) => Ok(true),
            Err(roadbook_store::CommitError::Stale { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The order is over: message, order, deployment and version of the site in one commit.
    async fn agent_done(
        &self,
        action: &Action,
        message: &AgentMessage,
        heard: Heard,
    ) -> Result<()> {
        let back = action.kind == "rollback";
        let failed = message.finished == "failure";
        let outcome = match (failed, back) {
            (true, _) if heard.stage == "rolled_back" => Outcome::RolledBack,
            (true, _) => Outcome::Failed,
            (false, true) => Outcome::RolledBack,
            (false, false) => Outcome::Installed,
        };
        let now = self.now();
        let after = ended(action, message, &heard, outcome, now);
        // A clock that is wrong says nothing about when it happened.
        let told = message.client_at.filter(|it| *it >= action.ordered_at && *it <= now);
        let report = DeploymentReport {
            site: action.site_id.clone(),
            release: action.release_id.clone(),
            generation: action.generation as u64,
            outcome,
            reported_by: Reporter::Agent,
            at: told.unwrap_or(now),
            note: heard.note.unwrap_or_default(),
            package: None,
        };
        let closes = || {
            let mut writes =
                vec![rollouts::keep_report(&heard.report), rollouts::close_action(&after)];
            writes.extend(rollouts::changed(&FleetChange::Site(action.site_id.clone()), now));
            writes
        };
        let call = agent_call(&action.site_id);
        let more = More { writes: closes(), entries: Vec::new() };
        match self.deployment_report_with(&call, report, more).await {
            // Another message ended it a moment before.
            Err(Error::Stale { what }) if what == "action" => return Err(over()),
            Err(Error::Rule { code, message }) => {
                // The release is over, or the order was given anew: what was said is kept all the
                // same, and the order is over for the site.
                tracing::warn!(action = action.id, code, message, "a late report of an agent");
                let mut commit = self.begin(&call);
                commit.writes = closes();
                let facts = json!({
                    "action": action.id,
                    "site": action.site_id.as_str(),
                    "outcome": after.outcome,
                    "not_counted": code,
                });
                let stream = format!("release/{}", action.release_id);
                let commit = commit.entry(stream, "action.closed_late", facts);
                self.store().commit(commit).await?;
            }
            done => {
                done?;
            }
        }
        self.fleet_catch_up().await
    }

    /// The order to stop, if there is one for this site. Its number is all that it says.
    #[boxed]
    pub async fn agent_cancel(&self, site: &SiteId, id: i64) -> Result<Action> {
        let action = self.action_of(site, id).await?;
        if action.state == "canceling" {
            Ok(action)
        } else {
            Err(Error::NotFound { what: "action" })
        }
    }

    /// What a site says about the order to stop.
    #[boxed]
    pub async fn agent_cancel_report(
        &self,
        site: &SiteId,
        id: i64,
        message: &AgentMessage,
    ) -> Result<()> {
        check(message)?;
        let action = self.action_of(site, id).await?;
        match action.state.as_str() {
            "canceling" => {}
            "closed" => return Err(over()),
            _ => {
                let message = "nobody asked the site to stop this order".to_owned();
                return Err(Error::Rule { code: "not_canceling", message });
            }
        }
        let heard = hear(id, message, self.now());
        let now = self.now();
        let mut after = action.clone();
        after.heard_at = Some(now);
        after.note = heard.note.clone();
        let refused = message.execution == "rejected"
            || (message.execution == "closed" && message.finished == "failure");
        if refused {
            after.state = "running".to_owned();
        } else if message.execution == "closed" {
            after.state = "closed".to_owned();
            after.outcome = Some("canceled".to_owned());
            after.closed_at = Some(now);
        }
        let mut commit = self.begin(&agent_call(site));
        commit.writes.push(rollouts::keep_report(&heard.report));
        commit.writes.push(rollouts::update_action(&after));
        if after.state != action.state {
            self.fleet_touch(&mut commit, &FleetChange::Site(site.clone()));
            let kind = if refused { "action.cancel_refused" } else { "action.canceled" };
            let facts = json!({ "action": id, "site": site.as_str(), "note": after.note });
            commit = commit.entry(format!("release/{}", action.release_id), kind, facts);
        }
        self.store().commit(commit).await?;
        self.fleet_catch_up().await
    }
}
