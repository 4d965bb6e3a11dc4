//! The only door by which a deployment changes: people, imports and agents come through it alike.

use super::sort_key;
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use crate::releases::LoadedRelease;
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::{Action, Kind, Resource, Who, allowed};
use roadbook_core::ids::{ReleaseId, SiteId};
use roadbook_core::process::template::StepKind;
use roadbook_core::run::{RunState, StepState};
use roadbook_store::deployments::{self, Deployment};
use roadbook_store::sites::{self, Site};
use roadbook_store::versions::{self, SiteVersion};
use roadbook_store::{Commit, Write};
use serde_json::json;

/// Clocks of reporters may be ahead by so much.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// The code of a report that came before its step is open.
const NOT_OPEN: &str = "rollout_not_open";

/// What came of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The version runs there, verified.
    Installed,
    /// It was tried and does not run.
    Failed,
    /// The former version runs again.
    RolledBack,
    /// Left out, with a reason.
    Skipped,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 4] =
        [Outcome::Installed, Outcome::Failed, Outcome::RolledBack, Outcome::Skipped];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Installed => "installed",
            Outcome::Failed => "failed",
            Outcome::RolledBack => "rolled_back",
            Outcome::Skipped => "skipped",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// How it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// A person says so, with evidence.
    Person {
        /// What shows it: a protocol, a picture's number, what was seen.
        evidence: String,
    },
    /// It stands in a list that was imported.
    Import,
    /// The agent at the site measured it.
    Agent,
}

impl Reporter {
    /// Short name: where the knowledge comes from.
    pub const fn name(&self) -> &'static str {
        match self {
            Reporter::Person { .. } => "person",
            Reporter::Import => "import",
            Reporter::Agent => "agent",
        }
    }
}

/// A report about one site.
#[derive(Clone, Debug)]
pub struct DeploymentReport {
    /// Where.
    pub site: SiteId,
    /// Which release.
    pub release: ReleaseId,
    /// Which order it answers: an old one is refused.
    pub generation: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// How it is known.
    pub reported_by: Reporter,
    /// When it happened.
    pub at: Timestamp,
    /// Remark; the reason of a site that was left out.
    pub note: String,
    /// SHA-256 of the file that was installed, when the reporter knows it.
    pub package: Option<String>,
}

/// What else belongs into the commit of a report.
#[derive(Clone, Debug, Default)]
pub(crate) struct More {
    /// Rows.
    pub(crate) writes: Vec<Write>,
    /// Entries of the record.
    pub(crate) entries: Vec<roadbook_store::Entry>,
}

impl More {
    fn begin(&self, mut commit: Commit) -> Commit {
        commit.writes.extend(self.writes.iter().cloned());
        commit.entries.extend(self.entries.iter().cloned());
        commit
    }
}

fn rule(code: &'static str, message: impl Into<String>) -> Error {
    Error::Rule { code, message: message.into() }
}

impl App {
    /// Takes a report. What it changes (deployment, version of the site, record) is one commit.
    #[boxed]
    pub async fn deployment_report(
        &self,
        call: &Call,
        report: DeploymentReport,
    ) -> Result<Receipt> {
        self.deployment_report_with(call, report, More::default()).await
    }

    /// As [`App::deployment_report`], with more in the same commit.
    pub(crate) async fn deployment_report_with(
        &self,
        call: &Call,
        report: DeploymentReport,
        more: More,
    ) -> Result<Receipt> {
        let mut last = Error::Stale { what: "deployment".to_owned() };
        let mut followed = false;
        for turn in 0..3 {
            // A halt is decided in the commit of its report. When others keep moving the same sums
            // the report is counted first, and the halt follows it at once.
            let halts = turn < 2;
            match self.deployment_report_once(call, &report, &more, halts).await {
                // The step may be due to open at this very moment.
                Err(Error::Rule { code: NOT_OPEN, .. }) if !followed => {
                    followed = true;
                    self.release_follow(&report.release).await;
                    last = Error::Stale { what: "deployment".to_owned() };
                }
                // What else the caller changes is not ours to decide again.
                Err(Error::Stale { what }) if what == "action" => {
                    return Err(Error::Stale { what });
                }
                Err(Error::Stale { what }) => last = Error::Stale { what },
                Ok((receipt, loaded, halted)) => {
                    self.report_follow(&report, &loaded, halted).await;
                    return Ok(receipt);
                }
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// What a report sets off. Its rollout moves on at once, which reads a few rows; the release as
    /// a whole is looked at when the rollout did move, and else once for all reports of a while.
    async fn report_follow(&self, report: &DeploymentReport, loaded: &LoadedRelease, halted: bool) {
        if report.reported_by != Reporter::Agent {
            return self.release_follow(&report.release).await;
        }
        self.follow_soon(&report.release);
        // The caller lets this node read what changed for the fleet.
        let moved = self.rollouts_follow_once(loaded).await.unwrap_or_else(|error| {
            tracing::warn!(release = %report.release, %error, "its rollouts follow later");
            false
        });
        if (moved || halted)
            && let Err(error) = self.release_tick(&report.release).await
        {
            tracing::warn!(release = %report.release, %error, "the release follows later");
        }
    }

    /// Lets a release take notice. The report stands, whatever comes of it: the reconciler asks
    /// again.
    pub(crate) async fn release_follow(&self, release: &ReleaseId) {
        if let Ok(loaded) = self.release_load(release).await {
            self.rollouts_follow(&loaded).await;
        }
        if let Err(error) = self.release_tick(release).await {
            tracing::warn!(%release, %error, "a report was kept; its release follows later");
        }
    }

    #[boxed]
    async fn deployment_report_once(
        &self,
        call: &Call,
        report: &DeploymentReport,
        more: &More,
        halts: bool,
    ) -> Result<(Receipt, LoadedRelease, bool)> {
        let (site, loaded, row) = self.deployment_for(call, &report.site, &report.release).await?;
        self.check_report(report, &loaded, &row)?;
        if report.reported_by != Reporter::Agent {
            // An agent has orders of its own place only.
            self.no_roof(&site, &report.release).await?;
        }
        let package = self.package_reported(report, &loaded).await?;
        self.check_open(report, &loaded).await?;
        let mut after = row.clone();
        after.state = report.outcome.name().to_owned();
        after.outcome = Some(report.outcome.name().to_owned());
        after.source = Some(report.reported_by.name().to_owned());
        after.reported_by = Some(call.actor.name());
        after.evidence = Some(evidence(report)).filter(|it| !it.is_empty());
        after.at = report.at;
        let receipt = Receipt {
            id: report.site.to_string(),
            label: format!("{} {}", loaded.release.number, site.key),
            revision: row.revision + 1,
            ..Receipt::default()
        };
        let same = Deployment { revision: row.revision, ..after.clone() };
        if same == row {
            // Told twice: nothing to write down again.
            let notes = vec!["unchanged".to_owned()];
            if !more.writes.is_empty() {
                self.store().commit(more.begin(self.begin(call))).await?;
            }
            return Ok((Receipt { revision: row.revision, notes, ..receipt }, loaded, false));
        }
        let mut commit = more.begin(self.begin(call));
        commit.writes.push(deployments::update(&after));
        commit.writes.extend(self.version_writes(report, &loaded, &after).await?);
        let mut commit = commit.entry(
            format!("release/{}", loaded.release.id),
            "deployment.reported",
            json!({
                "site": report.site.as_str(),
                "generation": report.generation,
                "outcome": report.outcome.name(),
                "version": loaded.release.version,
                "source": report.reported_by.name(),
                "at": report.at.to_string(),
                "evidence": after.evidence,
                "package": package,
            }),
        );
        let halted = self.rollout_report(&mut commit, &loaded, report, halts).await?;
        let receipt = self.finish(call, commit, receipt).await?;
        Ok((receipt, loaded, halted))
    }

    /// The file that was installed: what the reporter says, which must be of this release; an agent
    /// installs nothing but the release's own package.
    async fn package_reported(
        &self,
        report: &DeploymentReport,
        loaded: &LoadedRelease,
    ) -> Result<Option<String>> {
        if report.outcome != Outcome::Installed {
            return Ok(report.package.clone());
        }
        if let Some(digest) = &report.package {
            super::packages::of_release(&loaded.release, digest)?;
            return Ok(report.package.clone());
        }
        if report.reported_by == Reporter::Agent {
            let offer = self.offer(&loaded.release).await?;
            let files = offer.files_for(&self.taker(&report.site).await?);
            return Ok(files.ok().and_then(|it| it.into_iter().next()).map(|it| it.sha256));
        }
        Ok(None)
    }

    /// The site, the release and the deployment that ties them; for everybody who may not see both
    /// they do not exist.
    pub(super) async fn deployment_for(
        &self,
        call: &Call,
        site: &SiteId,
        release: &ReleaseId,
    ) -> Result<(Site, LoadedRelease, Deployment)> {
        let scope = self.scope_for(&call.actor).await?;
        let found = sites::get(self.store(), &scope, site).await?;
        let found = found.ok_or(Error::NotFound { what: "site" })?;
        let loaded = self.release_load(release).await?;
        if matches!(&call.actor.who, Who::Agent(own) if own == site) {
            // The rights of an agent end at its own site: no unit and no release adds to them.
            let place = Resource { site: Some(site.clone()), ..Resource::default() };
            call.authorize(Action::Answer, Kind::Site, &place, "site")?;
            let row = deployments::get(self.store(), release, site).await?;
            return Ok((found, loaded, row.ok_or(Error::NotFound { what: "release" })?));
        }
        let place = self.site_resource(site).await?;
        let whole = self.release_resource(&loaded.release).await?;
        let acts = allowed(&call.actor, Action::Answer, Kind::Site, &place)
            || allowed(&call.actor, Action::Act, Kind::Release, &whole);
        if !acts {
            let sees = allowed(&call.actor, Action::View, Kind::Site, &place);
            return Err(if sees {
                Error::Denied { action: "answer" }
            } else {
                Error::NotFound { what: "site" }
            });
        }
        let Some(row) = deployments::get(self.store(), release, site).await? else {
            let sees = allowed(&call.actor, Action::View, Kind::Release, &whole);
            if sees && sites::is_of_release(self.store(), release, site).await? {
                return Err(rule(
                    "not_started",
                    format!("{} has not started yet; start it first", loaded.release.number),
                ));
            }
            return Err(Error::NotFound { what: "release" });
        };
        Ok((found, loaded, row))
    }

    fn check_report(
        &self,
        report: &DeploymentReport,
        loaded: &LoadedRelease,
        row: &Deployment,
    ) -> Result<()> {
        if report.generation != row.generation as u64 {
            let message = format!(
                "this answers order {} of {}, and order {} stands now; look at the release again",
                report.generation, loaded.release.number, row.generation
            );
            return Err(rule("stale_generation", message));
        }
        let mut check = Check::new();
        check.remark("note", &report.note, report.outcome == Outcome::Skipped);
        if let Reporter::Person { evidence } = &report.reported_by {
            let needed = matches!(report.outcome, Outcome::Installed | Outcome::RolledBack);
            check.remark("evidence", evidence, needed);
        }
        if report.at > self.now() + CLOCK_AHEAD {
            check.wrong("at", "future", "has not come yet; say when it happened");
        }
        check.done()
    }

    /// Whether the release lets sites be changed now.
    async fn check_open(&self, report: &DeploymentReport, loaded: &LoadedRelease) -> Result<()> {
        // What went wrong or was undone is always taken: it is a fact about the site. So is what
        // an agent measured; whether it might begin was asked when it fetched its order.
        let measured = report.reported_by == Reporter::Agent;
        let installed = report.outcome == Outcome::Installed && !measured;
        is_open(loaded, installed.then_some(report.at))?;
        if !installed {
            return Ok(());
        }
        let decision = deployments::decision(self.store(), &report.release, &report.site).await?;
        if decision.is_some_and(|it| it.decision == "declined") {
            let message = "the site has declined this release; ask it for another decision first";
            return Err(rule("site_declined", message));
        }
        Ok(())
    }

    async fn version_writes(
        &self,
        report: &DeploymentReport,
        loaded: &LoadedRelease,
        after: &Deployment,
    ) -> Result<Vec<Write>> {
        let release = &loaded.release;
        if matches!(report.outcome, Outcome::Failed | Outcome::Skipped) {
            return Ok(Vec::new());
        }
        let past = versions::history(self.store(), &report.site, &release.product).await?;
        let version = match report.outcome {
            Outcome::Installed => release.version.clone(),
            _ => {
                let runs = past.last().filter(|it| it.version == release.version);
                // Only when the new version stood there does going back change what runs.
                let former = versions::former(&past, &release.version);
                match (runs, former) {
                    (Some(_), Some(former)) => former.version.clone(),
                    _ => return Ok(Vec::new()),
                }
            }
        };
        let since = match report.reported_by {
            // What a person tells may have been so for long; what an agent tells is news.
            Reporter::Agent => versions::news_at(&past, report.at),
            _ => report.at,
        };
        let scheme = self.scheme_of(&release.product).await?;
        let row = SiteVersion {
            site_id: report.site.clone(),
            product_id: release.product.clone(),
            since,
            until: None,
            sort_key: sort_key(&scheme, &version),
            version,
            source: report.reported_by.name().to_owned(),
            reported_by: after.reported_by.clone().unwrap_or_default(),
            evidence: after.evidence.clone(),
            at: self.now(),
        };
        Ok(versions::enter(&row).into())
    }
}

fn evidence(report: &DeploymentReport) -> String {
    let note = report.note.trim();
    match &report.reported_by {
        Reporter::Person { evidence } if note.is_empty() => evidence.trim().to_owned(),
        Reporter::Person { evidence } if evidence.trim().is_empty() => note.to_owned(),
        Reporter::Person { evidence } => format!("{} — {note}", evidence.trim()),
        Reporter::Import | Reporter::Agent => note.to_owned(),
    }
}

/// Whether the release lets sites be changed: it runs, and for an installation at that moment it
/// is not held and its gates were passed.
pub(crate) fn is_open(loaded: &LoadedRelease, installed: Option<Timestamp>) -> Result<()> {
    let run = &loaded.release.run;
    let number = &loaded.release.number;
    match &run.state {
        RunState::Draft => {
            return Err(rule("not_started", format!("{number} has not started yet")));
        }
        RunState::Ended(_) => {
            return Err(rule("release_ended", format!("{number} is over; nothing changes")));
        }
        RunState::Running | RunState::Ending(_) => {}
    }
    let Some(at) = installed else { return Ok(()) };
    if let Some(hold) = run.hold.as_ref().filter(|it| it.since <= at) {
        let message =
            format!("{number} is held: {}; nothing is deployed until it goes on", hold.reason);
        return Err(rule("on_hold", message));
    }
    let gates: Vec<_> = loaded
        .template
        .steps()
        .map(|(_, step)| step)
        .filter(|it| matches!(it.kind, StepKind::Rollout(_)))
        .collect();
    let passed = |id: &str| {
        let state = run.step_state(id);
        state.is_open() || *state == StepState::Done
    };
    let open = match gates.as_slice() {
        // A process without a rollout deploys in its go-live.
        [] => loaded.template.go_live.as_deref().is_none_or(passed),
        steps => steps.iter().any(|it| passed(&it.id)),
    };
    if !open {
        let step = gates.first().map(|it| it.id.as_str());
        let step = step.or(loaded.template.go_live.as_deref()).unwrap_or_default();
        let message = format!(
            "the step `{step}` of {number} is not open yet; nothing is deployed before it is"
        );
        return Err(rule(NOT_OPEN, message));
    }
    Ok(())
}
