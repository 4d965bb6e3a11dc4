//! Processes before their first run, and two revisions over a release that is closed: nothing is
//! written here.

use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use crate::input::Check;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::calendar::{DayMath as _, WorkTable};
use roadbook_core::ids::{PersonId, ReleaseId, UnitId};
use roadbook_core::plan::{Progress, progress};
use roadbook_core::process::compare::{Compared, compare};
use roadbook_core::process::expr::Value;
use roadbook_core::process::settings;
use roadbook_core::process::simulate::{Assumed, Past, Simulation, last_begin, simulate};
use roadbook_core::process::team::{Seat, Team};
use roadbook_core::process::template::Template;
use roadbook_core::run::{Run, RunNames, StepState};
use roadbook_core::window::Slot;
use roadbook_store::{PageAsk, people, process_settings, units};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Hours of a full week.
const WEEK_HOURS: i64 = 40;
/// People of a role that are counted at most.
pub const PEOPLE_MAX: u32 = 999;
/// Longest go-live that is simulated.
const SLOT_HOURS_MAX: i64 = 24 * 14;
/// Days of absence that are looked at.
const ABSENCE_DAYS: i64 = 400;

/// Who is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TeamInput {
    /// Everybody has time at once.
    #[default]
    Unlimited,
    /// The people of a unit and of all below it, with their roles, hours and absences.
    Unit(UnitId),
    /// So many people in each role, each with so many hours a week.
    Counted {
        /// People by role.
        roles: BTreeMap<String, u32>,
        /// Hours of each in a week.
        hours: i64,
    },
}

/// What to simulate.
#[derive(Clone, Debug, Default)]
pub struct SimulationInput {
    /// Revision; the one in force if not given.
    pub revision: Option<u32>,
    /// Go-live; without it dates that count from it stay open.
    pub go_live: Option<(Timestamp, Timestamp)>,
    /// When work begins; now if not given.
    pub start: Option<Timestamp>,
    /// Who is there.
    pub team: TeamInput,
    /// Lets steps take less or more than is written.
    pub seed: Option<u64>,
    /// Settings that differ from those of the organization.
    pub settings: BTreeMap<String, String>,
    /// Facts such as `release.mode` and `field.<id>`.
    pub facts: BTreeMap<String, String>,
}

/// A simulated process.
#[derive(Clone, Debug)]
pub struct SimulationView {
    /// The process.
    pub template: Arc<Template>,
    /// Its revision.
    pub revision: u32,
    /// What was found.
    pub made: Simulation,
    /// The last day on which work can begin so that every date is kept.
    pub last_begin: Option<Date>,
    /// Working days and hours are of this zone.
    pub zone: String,
    /// People in the team; `None` without a team.
    pub people: Option<usize>,
}

/// Two revisions over the same closed release.
#[derive(Clone, Debug)]
pub struct ComparisonView {
    /// The release.
    pub release: ReleaseId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The revision that it really ran on.
    pub ran_on: u32,
    /// When it was really over.
    pub closed: Timestamp,
    /// The first revision.
    pub from: (u32, Arc<Template>),
    /// The second.
    pub to: (u32, Arc<Template>),
    /// What would have been different.
    pub made: Compared,
    /// Working days and hours are of this zone.
    pub zone: String,
    /// Who really acted, by step.
    pub did: BTreeMap<String, Vec<PersonId>>,
    /// Their names.
    pub names: BTreeMap<PersonId, String>,
}

impl App {
    /// Simulates a revision of a process for a go-live and a team.
    #[boxed]
    pub async fn process_simulate(
        &self,
        call: &Call,
        id: &str,
        input: &SimulationInput,
    ) -> Result<SimulationView> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let shown = self.process_view(call, id, input.revision).await?.summary;
        let template = shown.template;
        let slot = slot(input)?;
        let facts = self.facts_of(id, &template, input).await?;
        let open = self.working_calendar().await?;
        let start = input.start.unwrap_or_else(|| self.now());
        near(start, self.now(), "start")?;
        if let Some(slot) = slot {
            near(slot.start, self.now(), "go_live")?;
        }
        let table = WorkTable::around(&open, slot.map_or(start, |it| it.start));
        let team = self.team_of(call, &template, &input.team, start).await?;
        let assumed = Assumed {
            team: team.as_ref(),
            seed: input.seed,
            ..Assumed::plain(&table, slot, start, &facts)
        };
        Ok(SimulationView {
            made: simulate(&template, &assumed),
            last_begin: last_begin(&template, &assumed),
            revision: shown.revision,
            zone: open.calendar().zone.clone(),
            people: team.map(|it| it.seats.len()),
            template,
        })
    }

    /// What the organization set, and over it what is asked for here.
    async fn facts_of(
        &self,
        id: &str,
        template: &Template,
        input: &SimulationInput,
    ) -> Result<BTreeMap<String, Value>> {
        let mut check = Check::new();
        let mut facts = BTreeMap::new();
        for row in process_settings::of_process(self.store(), id).await? {
            let declared = template.settings.iter().find(|it| it.id == row.name);
            let value = declared.and_then(|it| settings::read(&it.kind, &row.value));
            if let Some(value) = value.filter(|_| row.scope.is_empty()) {
                facts.insert(format!("setting.{}", row.name), value);
            }
        }
        for (name, text) in &input.settings {
            let declared = template.settings.iter().find(|it| it.id == *name);
            match declared.and_then(|it| settings::read(&it.kind, text)) {
                Some(value) => {
                    facts.insert(format!("setting.{name}"), value);
                }
                None => check.wrong(
                    &format!("settings.{name}"),
                    "wrong_value",
                    format!("`{text}` is no value of it"),
                ),
            }
        }
        for (name, text) in &input.facts {
            let field = name.strip_prefix("field.");
            let declared = field.and_then(|id| template.fields.iter().find(|it| it.id == id));
            let value = match (field, declared) {
                (Some(_), None) => None,
                (Some(_), Some(declared)) => settings::read(&declared.kind, text),
                _ => Some(plain(text)),
            };
            match value {
                Some(value) => {
                    facts.insert(name.clone(), value);
                }
                None => check.wrong(
                    &format!("facts.{name}"),
                    "wrong_value",
                    format!("`{text}` is no value of it"),
                ),
            }
        }
        check.done()?;
        Ok(facts)
    }

    async fn team_of(
        &self,
        call: &Call,
        template: &Template,
        input: &TeamInput,
        start: Timestamp,
    ) -> Result<Option<Team>> {
        match input {
            TeamInput::Unlimited => Ok(None),
            TeamInput::Counted { roles, hours } => {
                let mut check = Check::new();
                if !(1..=WEEK_HOURS * 2).contains(hours) {
                    check.wrong("hours", "range", format!("from 1 to {}", WEEK_HOURS * 2));
                }
                if roles.values().any(|it| *it > PEOPLE_MAX) {
                    check.wrong("team", "range", format!("at most {PEOPLE_MAX} people in a role"));
                }
                check.done()?;
                Ok(Some(Team::counted(roles, percent(*hours))))
            }
            TeamInput::Unit(unit) => {
                Ok(Some(self.team_of_unit(call, template, unit, start).await?))
            }
        }
    }

    /// The people of a unit that the reader may see, with the roles of the process that they hold.
    async fn team_of_unit(
        &self,
        call: &Call,
        template: &Template,
        unit: &UnitId,
        start: Timestamp,
    ) -> Result<Team> {
        let scope = self.scope_for(&call.actor).await?;
        self.unit_view(&scope, unit).await?;
        let below = units::with_descendants(self.store(), std::slice::from_ref(unit)).await?;
        let heads: BTreeSet<PersonId> = units::all(self.store())
            .await?
            .into_iter()
            .filter(|it| below.contains(&it.id))
            .filter_map(|it| it.head_person_id)
            .collect();
        let grants = people::grants_at(self.store(), self.now()).await?;
        let first = self.working_calendar().await?.date(start);
        let last = first.checked_add(Span::new().days(ABSENCE_DAYS)).unwrap_or(first);
        let away = people::absences(self.store(), None, first, last).await?;
        let mut team = Team::default();
        for unit in &below {
            let filter = people::PersonFilter {
                unit_id: Some(unit.clone()),
                active: Some(true),
                text: None,
            };
            let mut ask = PageAsk { cursor: None, limit: 200 };
            loop {
                let page = people::list(self.store(), &scope, &filter, &ask).await?;
                for person in page.rows {
                    let seat = team.seats.len();
                    let mut hold = |role: &str| {
                        let list: &mut Vec<usize> = team.roles.entry(role.to_owned()).or_default();
                        if list.last() != Some(&seat) {
                            list.push(seat);
                        }
                    };
                    let own = grants.iter().filter(|it| it.person_id == person.id);
                    own.filter(|it| template.role(&it.role).is_some())
                        .for_each(|it| hold(&it.role));
                    if heads.contains(&person.id) {
                        head_roles(template).iter().for_each(|it| hold(it));
                    }
                    let own = away.iter().filter(|it| it.person_id == person.id);
                    team.seats.push(Seat {
                        name: person.name,
                        percent: percent(person.weekly_hours),
                        absent: own.map(|it| (it.from_day, it.to_day)).collect(),
                    });
                }
                match page.next {
                    Some(next) => ask.cursor = Some(next),
                    None => break,
                }
            }
        }
        Ok(team)
    }

    /// What would have been different in a closed release, had it run on another revision.
    #[boxed]
    pub async fn process_compare(
        &self,
        call: &Call,
        id: &str,
        (from, to): (u32, u32),
        release: &ReleaseId,
    ) -> Result<ComparisonView> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let (loaded, around) = self.release_around(&call.actor, release).await?;
        let run = &loaded.release.run;
        let (closed, started, same) = match (&run.state, run.started) {
            (roadbook_core::run::RunState::Ended(ended), Some(started)) => {
                (ended.at, started, run.process == id)
            }
            _ => {
                let message = "only a closed release can be replayed; choose one";
                return Err(Error::field("release", "not_closed", message));
            }
        };
        if !same {
            let message = format!("that release ran on `{}`", run.process);
            return Err(Error::field("release", "other_process", message));
        }
        let context = around.context(&loaded, &call.actor, None);
        let table = WorkTable::around(&around.calendar, started);
        let past = past(run, &loaded.template, &table);
        // Only what was published is compared: a draft need not be readable.
        let old = self.process_view(call, id, Some(from)).await?.summary.template;
        let new = self.process_view(call, id, Some(to)).await?.summary.template;
        let (left, right) = (
            RunNames { template: &old, run, ctx: &context },
            RunNames { template: &new, run, ctx: &context },
        );
        let slot = run.slot.map(Slot::from);
        let assumed =
            |names| Assumed { past: Some(&past), ..Assumed::plain(&table, slot, started, names) };
        let made = compare((&old, &assumed(&left)), (&new, &assumed(&right)));
        let did = did(run);
        let names = self.names(did.values().flatten().cloned().collect()).await?;
        Ok(ComparisonView {
            release: release.clone(),
            number: loaded.release.number.clone(),
            title: loaded.release.title.clone(),
            ran_on: run.revision,
            closed,
            from: (from, old),
            to: (to, new),
            made,
            zone: around.calendar.calendar().zone.clone(),
            did,
            names,
        })
    }
}

/// What really happened in a run.
fn past(run: &Run, template: &Template, table: &WorkTable) -> Past {
    let mut past = Past::default();
    for (step, progress) in progress(run) {
        if let Progress::Done { start, end } = progress {
            let (from, to) = (start.as_second(), end.as_second());
            past.took.insert(step, (table.work_between(from, to), (to - from).max(0)));
        }
    }
    for (step, it) in &run.steps {
        // What its own condition left out is decided anew: the other revision may ask otherwise.
        let asks = template.step(step).is_some_and(|it| it.when.is_some());
        let why = match &it.state {
            StepState::Skipped(_) if asks => continue,
            StepState::Skipped(why) | StepState::NotTaken(why) => why.clone(),
            StepState::Cancelled => "cancelled".to_owned(),
            _ => continue,
        };
        past.skipped.insert(step.clone(), why);
    }
    past
}

/// Who really acted in each step.
fn did(run: &Run) -> BTreeMap<String, Vec<PersonId>> {
    let mut did: BTreeMap<String, Vec<PersonId>> = BTreeMap::new();
    for (step, it) in &run.steps {
        let confirmed = it.confirmed.iter().map(|it| &it.person);
        let voted = it.votes.iter().map(|it| &it.person);
        for person in confirmed.chain(voted) {
            let list = did.entry(step.clone()).or_default();
            if !list.contains(person) {
                list.push(person.clone());
            }
        }
    }
    did
}

/// Roles of a process that the head of a unit has without a grant.
fn head_roles(template: &Template) -> Vec<String> {
    use roadbook_core::process::simulate::performers;
    let mut roles: Vec<String> = template.steps().flat_map(|(_, it)| performers(it)).collect();
    roles.retain(|it| it.starts_with("head_of(") || it.starts_with("heads_of("));
    roles.sort();
    roles.dedup();
    roles
}

fn percent(hours: i64) -> u8 {
    u8::try_from(hours.clamp(0, WEEK_HOURS) * 100 / WEEK_HOURS).unwrap_or(100)
}

fn plain(text: &str) -> Value {
    match (text, text.parse::<i64>()) {
        ("true", _) => Value::Bool(true),
        ("false", _) => Value::Bool(false),
        (_, Ok(number)) => Value::Int(number),
        _ => Value::Text(text.to_owned()),
    }
}

fn slot(input: &SimulationInput) -> Result<Option<Slot>> {
    let Some((start, end)) = input.go_live else { return Ok(None) };
    if end <= start {
        return Err(Error::field("go_live", "backwards", "the go-live ends after it begins"));
    }
    if end.duration_since(start) > SignedDuration::from_hours(SLOT_HOURS_MAX) {
        return Err(Error::field("go_live", "range", "a go-live lasts at most two weeks"));
    }
    Ok(Some(Slot { start, end }))
}

/// Calendars are known for some years around the present.
fn near(at: Timestamp, now: Timestamp, field: &'static str) -> Result<()> {
    let years = at.duration_since(now).abs().as_hours() / (24 * 365);
    if years >= 10 {
        return Err(Error::field(field, "range", "choose a time within ten years"));
    }
    Ok(())
}
