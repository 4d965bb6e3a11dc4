//! Simulated processes over the API.

use roadbook_core::process::compare::{Compared, Pair, RolePair};
use roadbook_core::process::simulate as core;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What to simulate.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Simulate {
    /// Revision; left out, the one in force.
    #[serde(default)]
    pub revision: Option<u32>,
    /// Begin of the go-live; left out, dates that count from it stay open.
    #[serde(default)]
    pub go_live: Option<String>,
    /// End of the go-live; left out, two hours after its begin.
    #[serde(default)]
    pub go_live_end: Option<String>,
    /// When work begins; left out, now.
    #[serde(default)]
    pub start: Option<String>,
    /// Who is there; left out, everybody has time at once.
    #[serde(default)]
    pub team: Option<SimulateTeam>,
    /// Lets steps take less or more than is written; the same number gives the same dates.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Settings that differ from those of the organization.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Facts that conditions read, e.g. `release.mode` or `field.<id>`.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
}

/// A unit, or so many people in each role.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulateTeam {
    /// Id of a unit: its people and those of all units below it, with roles, hours and absences.
    #[serde(default)]
    pub unit: Option<String>,
    /// People by role.
    #[serde(default)]
    pub roles: BTreeMap<String, u32>,
    /// Hours of each in a week; left out, 40.
    #[serde(default)]
    pub hours: Option<i64>,
}

/// A simulated process.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Simulation {
    /// Revision.
    pub revision: u32,
    /// The go-live and all dates are kept.
    pub kept: bool,
    /// When work begins.
    pub start: String,
    /// When the go-live would begin.
    pub go_live: Option<String>,
    /// Minutes by which that is later than asked for.
    pub go_live_late: i64,
    /// The last day on which work can begin so that everything is kept.
    pub last_begin: Option<String>,
    /// When the last step is over.
    pub finish: String,
    /// Zone of working days and hours.
    pub zone: String,
    /// Steps in order of time.
    pub steps: Vec<SimulatedStep>,
    /// Work by role.
    pub roles: Vec<SimulatedRole>,
    /// Steps of which any delay moves the end, in order.
    pub critical_path: Vec<String>,
    /// Steps that end after their date.
    pub late: Vec<LateStep>,
    /// Steps that are left out, and the condition.
    pub skipped: Vec<LeftOut>,
    /// Roles with work that nobody in the team holds.
    pub unheld: Vec<String>,
    /// Codes of what cannot be kept even if everybody has time.
    pub problems: Vec<String>,
    /// Where the time of all steps goes.
    pub waits: WaitShares,
}

/// A step with its dates.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SimulatedStep {
    /// Step.
    pub step: String,
    /// Who acts in it; empty when Roadbook does it by itself.
    pub roles: Vec<String>,
    /// Begin.
    pub start: String,
    /// Finish.
    pub finish: String,
    /// Minutes of work of each role.
    pub minutes: i64,
    /// Minutes by which it may slip; negative: so much too late.
    pub slack: i64,
    /// Any delay moves the end.
    pub critical: bool,
    /// Where its time goes.
    pub waits: WaitShares,
}

/// What a role has to do.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SimulatedRole {
    /// Role.
    pub role: String,
    /// People in the team who hold it.
    pub people: usize,
    /// Steps.
    pub steps: usize,
    /// Minutes of work.
    pub minutes: i64,
    /// Weeks with work.
    pub weeks: Vec<SimulatedWeek>,
    /// Where the time of its steps goes.
    pub waits: WaitShares,
}

/// A week of a role.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct SimulatedWeek {
    /// Its Monday.
    pub monday: String,
    /// Minutes of work.
    pub minutes: i64,
    /// Minutes that the team has.
    pub capacity: Option<i64>,
}

/// Minutes: of work in working hours, and of waiting.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
pub struct WaitShares {
    /// Worked on.
    pub work: i64,
    /// Waits for people.
    pub person: i64,
    /// Waits for its date or the window.
    pub window: i64,
    /// Waits for sites.
    pub site: i64,
}

/// A step after its date.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct LateStep {
    /// Step.
    pub step: String,
    /// Minutes.
    pub by: i64,
}

/// A step that is not done.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct LeftOut {
    /// Step.
    pub step: String,
    /// Its condition.
    pub because: String,
}

/// Two revisions over the same closed release.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Comparison {
    /// Number of the release.
    pub release: String,
    /// Revision that it really ran on.
    pub ran_on: u32,
    /// When it was really over.
    pub closed: String,
    /// The first revision over it.
    pub before: Simulation,
    /// The second.
    pub after: Simulation,
    /// Minutes by which everything lasts longer in the second; negative is shorter.
    pub longer: i64,
    /// Steps that differ.
    pub steps: Vec<ComparedStep>,
    /// Roles whose work differs.
    pub roles: Vec<ComparedRole>,
    /// Approvals and decisions only in the second.
    pub gates_more: Vec<String>,
    /// Approvals and decisions only in the first.
    pub gates_less: Vec<String>,
}

/// A step in both revisions.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ComparedStep {
    /// Step.
    pub step: String,
    /// Finish in the first; left out when it is not done there.
    pub before: Option<String>,
    /// Finish in the second.
    pub after: Option<String>,
    /// Minutes by which it ends later in the second.
    pub by: Option<i64>,
}

/// The work of a role in both revisions.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ComparedRole {
    /// Role.
    pub role: String,
    /// Minutes in the first.
    pub before: i64,
    /// Minutes in the second.
    pub after: i64,
    /// Steps in the first.
    pub steps_before: usize,
    /// Steps in the second.
    pub steps_after: usize,
}

impl From<core::Waits> for WaitShares {
    fn from(it: core::Waits) -> WaitShares {
        WaitShares { work: it.work, person: it.person, window: it.window, site: it.site }
    }
}

impl From<&core::Bar> for SimulatedStep {
    fn from(it: &core::Bar) -> SimulatedStep {
        SimulatedStep {
            step: it.step.clone(),
            roles: it.roles.clone(),
            start: it.start.to_string(),
            finish: it.finish.to_string(),
            minutes: it.minutes,
            slack: it.slack,
            critical: it.critical,
            waits: it.waits.into(),
        }
    }
}

impl From<&core::Lane> for SimulatedRole {
    fn from(it: &core::Lane) -> SimulatedRole {
        let week = |(monday, minutes, capacity): &(jiff::civil::Date, i64, Option<i64>)| {
            SimulatedWeek { monday: monday.to_string(), minutes: *minutes, capacity: *capacity }
        };
        SimulatedRole {
            role: it.role.clone(),
            people: it.people,
            steps: it.bars.len(),
            minutes: it.minutes,
            weeks: it.weeks.iter().map(week).collect(),
            waits: it.waits.into(),
        }
    }
}

impl Simulation {
    /// What the simulator found.
    pub fn of(
        made: &core::Simulation,
        revision: u32,
        zone: &str,
        last_begin: Option<jiff::civil::Date>,
    ) -> Simulation {
        let late = |(step, by): &(String, i64)| LateStep { step: step.clone(), by: *by };
        let left =
            |(step, why): &(String, String)| LeftOut { step: step.clone(), because: why.clone() };
        Simulation {
            revision,
            kept: made.kept(),
            start: made.start.to_string(),
            go_live: made.go_live.map(|it| it.start.to_string()),
            go_live_late: made.go_live_late,
            last_begin: last_begin.map(|it| it.to_string()),
            finish: made.finish.to_string(),
            zone: zone.to_owned(),
            steps: made.steps.iter().map(Into::into).collect(),
            roles: made.lanes.iter().map(Into::into).collect(),
            critical_path: made.critical_path.clone(),
            late: made.late.iter().map(late).collect(),
            skipped: made.skipped.iter().map(left).collect(),
            unheld: made.unheld.clone(),
            problems: made.problems.iter().map(|it| it.code().to_owned()).collect(),
            waits: made.waits.into(),
        }
    }
}

impl From<&Pair> for ComparedStep {
    fn from(it: &Pair) -> ComparedStep {
        ComparedStep {
            step: it.step.clone(),
            before: it.before.map(|it| it.1.to_string()),
            after: it.after.map(|it| it.1.to_string()),
            by: it.by,
        }
    }
}

impl From<&RolePair> for ComparedRole {
    fn from(it: &RolePair) -> ComparedRole {
        ComparedRole {
            role: it.role.clone(),
            before: it.before,
            after: it.after,
            steps_before: it.steps_before,
            steps_after: it.steps_after,
        }
    }
}

impl Comparison {
    /// What would have been different.
    pub fn of(
        made: &Compared,
        (from, to): (u32, u32),
        zone: &str,
        (release, ran_on, closed): (&str, u32, jiff::Timestamp),
    ) -> Comparison {
        Comparison {
            release: release.to_owned(),
            ran_on,
            closed: closed.to_string(),
            before: Simulation::of(&made.before, from, zone, None),
            after: Simulation::of(&made.after, to, zone, None),
            longer: made.longer,
            steps: made.steps.iter().map(Into::into).collect(),
            roles: made.roles.iter().map(Into::into).collect(),
            gates_more: made.gates_more.clone(),
            gates_less: made.gates_less.clone(),
        }
    }
}
