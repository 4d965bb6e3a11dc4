//! A process before its first run: dates, lanes, load per role, waiting and the critical path.
//!
//! The dates come from the planner that also plans real runs. With a team, people do one thing
//! after the other, and work waits for them.

use super::expr::{Names, Value, eval};
use super::team::{Crew, Team, second};
use super::template::{Each, Step, StepKind, Template};
use crate::calendar::{DayMath as _, WorkTable};
use crate::plan::{Graph, Input, Plan, PlanProblem, Progress, Turn, plan, play, spread};
use crate::run::{StepState, WaitKind, kind_of, role_name};
use crate::window::Slot;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// What to assume.
#[derive(Clone, Copy)]
pub struct Assumed<'a> {
    /// Working days and hours.
    pub table: &'a WorkTable,
    /// The go-live.
    pub slot: Option<Slot>,
    /// When the run would start.
    pub start: Timestamp,
    /// Facts such as `release.mode`; a `when` that reads only these is decided.
    pub facts: &'a dyn Names,
    /// Who is there; without it everybody has time at once.
    pub team: Option<&'a Team>,
    /// Lets steps take less or more than is written; the same number gives the same dates.
    pub seed: Option<u64>,
    /// What really happened in a run that is replayed.
    pub past: Option<&'a Past>,
}

impl<'a> Assumed<'a> {
    /// As the process is written: nobody is short of time, and nothing takes longer.
    pub fn plain(
        table: &'a WorkTable,
        slot: Option<Slot>,
        start: Timestamp,
        facts: &'a dyn Names,
    ) -> Assumed<'a> {
        Assumed { table, slot, start, facts, team: None, seed: None, past: None }
    }
}

/// What really happened, by step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Past {
    /// Seconds that a step really took: of work, and by the clock.
    pub took: BTreeMap<String, (i64, i64)>,
    /// Steps that were not done, and why.
    pub skipped: BTreeMap<String, String>,
}

/// Where the time of a step goes, in working minutes; outside of working hours by the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// Worked on.
    pub work: i64,
    /// Waits until somebody has time or answers.
    pub person: i64,
    /// Waits for its date or the window.
    pub window: i64,
    /// Waits for sites.
    pub site: i64,
}

impl Waits {
    /// All of it.
    pub const fn total(&self) -> i64 {
        self.work + self.person + self.window + self.site
    }

    /// A part of it in percent.
    pub const fn percent(&self, part: i64) -> i64 {
        let total = self.total();
        if total == 0 { 0 } else { (part * 100 + total / 2) / total }
    }

    const fn add(&mut self, it: Waits) {
        self.work += it.work;
        self.person += it.person;
        self.window += it.window;
        self.site += it.site;
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Step.
    pub step: String,
    /// Who acts in it; empty when the product does it by itself.
    pub roles: Vec<String>,
    /// Begin.
    pub start: Timestamp,
    /// Finish.
    pub finish: Timestamp,
    /// Minutes of work of each role.
    pub minutes: i64,
    /// Minutes by which it may slip; negative: so much too late.
    pub slack: i64,
    /// Any delay moves the end.
    pub critical: bool,
    /// Where its time goes.
    pub waits: Waits,
}

/// What one role does, in order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// Role as written in the file.
    pub role: String,
    /// People who hold it in the team; 0 without a team.
    pub people: usize,
    /// Its steps.
    pub bars: Vec<Bar>,
    /// All its minutes.
    pub minutes: i64,
    /// Its weeks with work: the Monday, minutes of work, and minutes that the team has.
    pub weeks: Vec<(Date, i64, Option<i64>)>,
    /// Where the time of its steps goes.
    pub waits: Waits,
}

/// The simulated process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Simulation {
    /// Lanes in the order of the first step of each role.
    pub lanes: Vec<Lane>,
    /// All steps in order of time.
    pub steps: Vec<Bar>,
    /// Steps that the assumed facts leave out, with the condition.
    pub skipped: Vec<(String, String)>,
    /// Steps of which any delay moves the end.
    pub critical_path: Vec<String>,
    /// When it begins.
    pub start: Timestamp,
    /// When the go-live would really be.
    pub go_live: Option<Slot>,
    /// Minutes by which the go-live comes later than asked.
    pub go_live_late: i64,
    /// Steps that end after their date, with the minutes.
    pub late: Vec<(String, i64)>,
    /// When everything is over.
    pub finish: Timestamp,
    /// Roles of the organization that have work and nobody in the team holds.
    pub unheld: Vec<String>,
    /// Where the time of all steps goes.
    pub waits: Waits,
    /// What cannot be kept even if everybody has time.
    pub problems: Vec<PlanProblem>,
}

impl Simulation {
    /// The go-live is when it was asked for, and nothing before it is late.
    pub fn kept(&self) -> bool {
        let broken = |it: &PlanProblem| !matches!(it, PlanProblem::NoSlot);
        self.go_live_late <= 0 && self.late.is_empty() && !self.problems.iter().any(broken)
    }

    /// Minutes from begin to end by the clock.
    pub fn lead_minutes(&self) -> i64 {
        self.finish.duration_since(self.start).as_mins()
    }

    /// The bar of a step.
    pub fn bar(&self, step: &str) -> Option<&Bar> {
        self.steps.iter().find(|it| it.step == step)
    }
}

impl Names for BTreeMap<String, Value> {
    fn get(&self, name: &str) -> Option<Value> {
        BTreeMap::get(self, name).cloned()
    }

    fn call(&self, _: &str, _: &[Value]) -> Option<Value> {
        None
    }
}

/// The given facts; what is not given is as the process itself says.
struct Facts<'a> {
    template: &'a Template,
    given: &'a dyn Names,
}

impl Names for Facts<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        self.given.get(name).or_else(|| {
            if let Some(id) = name.strip_prefix("setting.") {
                let declared = self.template.settings.iter().find(|it| it.id == id);
                return declared.map(|it| it.default.clone());
            }
            let id = name.strip_prefix("field.")?;
            self.template.fields.iter().find(|it| it.id == id)?.default.clone()
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Option<Value> {
        self.given.call(name, args)
    }
}

/// Simulates. A condition over facts that are not given counts as true: better foreseen than missed.
pub fn simulate(template: &Template, assumed: &Assumed<'_>) -> Simulation {
    let skipped = left_out(template, assumed);
    let progress: BTreeMap<String, Progress> =
        skipped.iter().map(|(id, _)| (id.clone(), Progress::Skipped)).collect();
    let graph = Graph::of(template);
    let (nothing, nobody) = (BTreeMap::new(), BTreeMap::new());
    let input = Input {
        graph: &graph,
        table: assumed.table,
        slot: assumed.slot,
        start: Some(assumed.start),
        now: assumed.start,
        period: None,
        progress: &progress,
        events: &nothing,
        who: &nobody,
        later_slots: &[],
    };
    let free = plan(&input);
    let nobody_counted = Team::default();
    let mut stage = Stage {
        template,
        assumed,
        free: &free,
        crew: Crew::new(assumed.team.unwrap_or(&nobody_counted), assumed.table),
        bars: Vec::new(),
        behind: BTreeMap::new(),
    };
    let played = play(&input, |turn| stage.serve(turn));
    let (bars, behind) = (stage.bars, stage.behind);
    told(template, assumed, free, &played, bars, &behind, skipped)
}

fn left_out(template: &Template, assumed: &Assumed<'_>) -> Vec<(String, String)> {
    let names = Facts { template, given: assumed.facts };
    let mut skipped = Vec::new();
    for (_, step) in template.steps() {
        if let Some(why) = assumed.past.and_then(|it| it.skipped.get(&step.id)) {
            skipped.push((step.id.clone(), why.clone()));
            continue;
        }
        let Some(when) = &step.when else { continue };
        if eval(when, &names).is_ok_and(|it| it != Value::Bool(true)) {
            skipped.push((step.id.clone(), when.source.clone()));
        }
    }
    skipped
}

struct Stage<'a> {
    template: &'a Template,
    assumed: &'a Assumed<'a>,
    free: &'a Plan,
    crew: Crew<'a>,
    bars: Vec<Bar>,
    /// What each step waited for last.
    behind: BTreeMap<String, String>,
}

impl Stage<'_> {
    fn serve(&mut self, turn: &Turn<'_>) -> (Timestamp, Timestamp) {
        let Some(step) = self.template.step(turn.step) else { return (turn.start, turn.finish) };
        let roles = performers(step);
        let percent = self.assumed.seed.map_or(100, |seed| percent(seed, step));
        let taken = self.crew.take(&roles, turn.start);
        let start = taken.start;
        let minutes = turn.minutes * i64::from(percent) / 100;
        let real = self.assumed.past.and_then(|it| it.took.get(&step.id)).filter(|_| !turn.go_live);
        let by_clock = turn.go_live || matches!(step.kind, StepKind::Operate(_));
        let (hands, finish) = match real {
            Some((work, clock)) => {
                let end = match work {
                    0 => start.as_second() + clock,
                    work => self.assumed.table.add_work(start.as_second(), *work),
                };
                (second(end), second(end))
            }
            None if by_clock => {
                let finish = turn.finish_from(start, 100);
                (finish, finish)
            }
            None => {
                let hands = match minutes {
                    0 => start,
                    minutes => self.crew.work(&taken.seats, start, minutes),
                };
                (hands, turn.finish_from(start, percent).max(hands))
            }
        };
        self.crew.occupy(&taken.seats, hands, &step.id);
        let at_once = match turn.go_live {
            true => start == turn.inputs,
            false => self.work(turn.inputs, start) == 0,
        };
        let before = taken.behind.or_else(|| turn.last.filter(|_| at_once).map(str::to_owned));
        if let Some(before) = before {
            self.behind.insert(step.id.clone(), before);
        }
        let latest = self.free.steps.get(&step.id).map_or(finish, |it| it.latest_finish);
        let waits = self.waits(step, turn, start, (hands, finish, minutes, by_clock));
        self.bars.push(Bar {
            step: step.id.clone(),
            roles,
            start,
            finish,
            minutes,
            slack: latest.duration_since(finish).as_mins(),
            critical: false,
            waits,
        });
        (start, finish)
    }

    fn work(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.assumed.table.work_between(from.as_second(), to.as_second()) / 60
    }

    fn waits(
        &self,
        step: &Step,
        turn: &Turn<'_>,
        start: Timestamp,
        (hands, finish, minutes, by_clock): (Timestamp, Timestamp, i64, bool),
    ) -> Waits {
        let between = |from: Timestamp, to: Timestamp| {
            let clock = (to.as_second() - from.as_second()).max(0);
            let work = self.work(from, to);
            if work > 0 && !by_clock { work } else { clock / 60 }
        };
        let mut waits = Waits {
            window: self.work(turn.inputs, turn.start),
            person: self.work(turn.start, start),
            ..Waits::default()
        };
        // Who has half of the day for it needs twice as long: the other half is waiting.
        let whole = between(start, hands);
        waits.work += if by_clock || minutes == 0 { whole } else { whole.min(minutes) };
        waits.person += if by_clock || minutes == 0 { 0 } else { (whole - minutes).max(0) };
        let rest = between(hands, finish);
        match waits_for(step) {
            WaitKind::Work => waits.work += rest,
            WaitKind::Person => waits.person += rest,
            WaitKind::Window => waits.window += rest,
            WaitKind::Site => waits.site += rest,
        }
        waits
    }
}

/// For whom a step waits once its own work is done.
fn waits_for(step: &Step) -> WaitKind {
    match (&step.kind, &step.each) {
        (StepKind::Watch { .. }, _) => WaitKind::Window,
        (StepKind::Contact { .. }, _) | (_, Some(Each::Site | Each::Customer)) => WaitKind::Site,
        _ => kind_of(step, &StepState::Active),
    }
}

/// How long a step takes this time: most take what is written, a few much longer.
fn percent(seed: u64, step: &Step) -> u32 {
    const USUAL: [u32; 12] = [75, 85, 90, 95, 100, 100, 100, 105, 110, 120, 140, 180];
    if step.kind.changes_production() || matches!(step.kind, StepKind::Watch { .. }) {
        return 100;
    }
    let mut mixed = step.id.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    USUAL[((mixed ^ (mixed >> 31)) % 12) as usize]
}

fn told(
    template: &Template,
    assumed: &Assumed<'_>,
    free: Plan,
    played: &Plan,
    mut bars: Vec<Bar>,
    behind: &BTreeMap<String, String>,
    skipped: Vec<(String, String)>,
) -> Simulation {
    let path = path(&bars, behind);
    for bar in &mut bars {
        let planned = free.steps.get(&bar.step).is_some_and(|it| it.critical);
        bar.critical = path.contains(&bar.step) || bar.slack <= 0 || planned;
    }
    bars.sort_by_key(|it| (it.start, it.finish));
    let late = played.problems.iter().filter_map(|it| match it {
        PlanProblem::DoneLate { step, by } => Some((step.clone(), *by)),
        _ => None,
    });
    let go_live = template
        .go_live
        .as_ref()
        .and_then(|id| bars.iter().find(|it| it.step == *id))
        .map(|it| Slot { start: it.start, end: it.finish });
    let behind_by = |it: Slot| {
        assumed.slot.map_or(0, |asked| it.start.duration_since(asked.start).as_mins().max(0))
    };
    let mut waits = Waits::default();
    for bar in &bars {
        waits.add(bar.waits);
    }
    let lanes = lanes(&bars, assumed);
    let unheld = lanes.iter().filter(|lane| {
        let own = template.role(&lane.role).is_none_or(|it| !it.external);
        let site = lane.role.starts_with("site.");
        assumed.team.is_some() && lane.people == 0 && own && !site
    });
    Simulation {
        unheld: unheld.map(|it| it.role.clone()).collect(),
        lanes,
        critical_path: path,
        start: assumed.start,
        go_live_late: go_live.map_or(0, behind_by),
        go_live,
        late: late.collect(),
        finish: bars.iter().map(|it| it.finish).max().unwrap_or(assumed.start),
        problems: free.problems,
        steps: bars,
        skipped,
        waits,
    }
}

/// The chain that fixes the end: back from the last step to what nothing before it holds up.
fn path(bars: &[Bar], behind: &BTreeMap<String, String>) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = bars.iter().max_by_key(|it| it.finish).map(|it| &it.step);
    while let Some(step) = at.filter(|it| !path.contains(*it)) {
        path.push(step.clone());
        at = behind.get(step);
    }
    path.reverse();
    path
}

fn lanes(bars: &[Bar], assumed: &Assumed<'_>) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for bar in bars {
        for role in &bar.roles {
            let at = lanes.iter().position(|it| it.role == *role).unwrap_or_else(|| {
                lanes.push(Lane {
                    role: role.clone(),
                    people: assumed.team.map_or(0, |it| it.holders(role).count()),
                    bars: Vec::new(),
                    minutes: 0,
                    weeks: Vec::new(),
                    waits: Waits::default(),
                });
                lanes.len() - 1
            });
            lanes[at].minutes += bar.minutes;
            lanes[at].waits.add(bar.waits);
            lanes[at].bars.push(bar.clone());
        }
    }
    for lane in &mut lanes {
        lane.weeks = weeks(lane, assumed);
    }
    lanes
}

fn monday(day: Date) -> Date {
    let since = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(Span::new().days(since)).unwrap_or(day)
}

/// The work of a lane by week, beside what the team has.
fn weeks(lane: &Lane, assumed: &Assumed<'_>) -> Vec<(Date, i64, Option<i64>)> {
    let mut weeks: BTreeMap<Date, i64> = BTreeMap::new();
    let mut days = Vec::new();
    for bar in lane.bars.iter().filter(|it| it.minutes > 0) {
        days.clear();
        let (from, to) = (bar.start.as_second(), bar.finish.as_second());
        assumed.table.work_by_day(from, to, |day, seconds| days.push((day, seconds)));
        if days.is_empty() {
            days.push((assumed.table.date(bar.start), 1));
        }
        spread(&days, bar.minutes, |day, minutes| {
            *weeks.entry(monday(day)).or_default() += minutes;
        });
    }
    let room = |week: Date| {
        let next = week.checked_add(Span::new().days(7)).ok()?;
        Some(assumed.team?.minutes(&lane.role, assumed.table, week, next))
    };
    weeks.into_iter().map(|(week, minutes)| (week, minutes, room(week))).collect()
}

/// Days that work is begun before the go-live at most, when the last begin is looked for.
const BEGIN_BEFORE_MAX: i64 = 400;

/// The last day on which work can begin so that the go-live and all dates are kept; `None` when
/// there is no go-live, or when no begin is early enough.
pub fn last_begin(template: &Template, assumed: &Assumed<'_>) -> Option<Date> {
    let slot = assumed.slot?;
    let go_live = assumed.table.date(slot.start);
    let day = |n: i64| go_live.checked_sub(Span::new().days(n)).ok();
    let kept = |n: i64| {
        let Some(day) = day(n) else { return false };
        let midnight = assumed.table.instant(day, jiff::civil::Time::midnight());
        let start = second(assumed.table.next_work(midnight.as_second()));
        start <= slot.start && simulate(template, &Assumed { start, ..*assumed }).kept()
    };
    let (mut late, mut early) = (-1, BEGIN_BEFORE_MAX);
    if !kept(early) {
        return None;
    }
    while early - late > 1 {
        let middle = late + (early - late) / 2;
        if kept(middle) { early = middle } else { late = middle }
    }
    day(early)
}

/// Everybody who has to act in a step, approvers included, each once.
pub fn performers(step: &Step) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in step.role_refs().map(role_name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
