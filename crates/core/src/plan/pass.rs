//! The two walks, and the dates they give.

use super::graph::{At, Form, Graph, Length, Node};
use super::{Input, Plan, PlannedStep, Progress};
use crate::calendar::DayMath;
use crate::process::due::{Offset, Span};
use crate::schedule::{Edge, Period, dated, shift};
use crate::window::Slot;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What fixes the earliest begin of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    Now,
    Start,
    Opens,
    NotBefore,
    Step(usize),
    /// It began: nothing can be changed any more.
    Actual,
}

/// What fixes the latest end of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Nothing but the end of the run.
    Open,
    Due,
    Slot,
    Step(usize),
}

/// Seconds of one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dates {
    pub earliest_start: i64,
    pub earliest_finish: i64,
    pub latest_start: i64,
    pub latest_finish: i64,
    /// Where its followers count from.
    pub finish: i64,
    pub start: i64,
    pub driver: Driver,
    /// When everything before it is over, its own dates left aside, and what came last.
    pub inputs: (i64, Driver),
    pub bound: Bound,
    /// Its own date, if it has one.
    pub own_due: Option<i64>,
    pub progress: Progress,
    /// False for steps that only an event would begin.
    pub planned: bool,
}

/// The walked graph.
pub(super) struct Walk {
    pub dates: Vec<Dates>,
    pub slot: Option<Slot>,
    /// End of the planned go-live by the length of its step.
    pub slot_end: Option<i64>,
    pub end: i64,
}

/// Walks forwards and backwards with a slot, which may be another than that of the input.
pub(super) fn walk(input: &Input<'_>, slot: Option<Slot>) -> Walk {
    let graph = input.graph;
    let slot_end = slot.map(|slot| {
        let start = slot.start.as_second();
        let end = graph.go_live.map_or(start, |i| add(input, graph.nodes[i].length, start));
        if end > start { end } else { slot.end.as_second() }
    });
    let mut walk = Walk { dates: Vec::with_capacity(graph.len()), slot, slot_end, end: i64::MIN };
    forwards(input, graph, &mut walk);
    backwards(input, graph, &mut walk);
    walk
}

/// The end of phases while the phases are walked one after another.
struct Gates {
    /// True when the first of two moments is the one that counts.
    counts: fn(i64, i64) -> bool,
    phase: Option<usize>,
    /// Of all phases walked but for the last one: where steps that overlap begin.
    far: Edged,
    /// Of all phases walked.
    near: Edged,
    /// Of the phase being walked.
    running: Edged,
}

/// A moment, and the step that it comes from.
type Edged = (i64, Option<usize>);

impl Gates {
    fn new(counts: fn(i64, i64) -> bool, none: i64) -> Gates {
        let none = (none, None);
        Gates { counts, phase: None, far: none, near: none, running: none }
    }

    fn more(&self, a: Edged, b: Edged) -> Edged {
        if (self.counts)(b.0, a.0) { b } else { a }
    }

    /// Comes to the phase of a step.
    fn enter(&mut self, phase: usize) {
        let Some(last) = self.phase.replace(phase).filter(|it| *it != phase) else { return };
        let near = self.more(self.near, self.running);
        // A phase without steps lies between: nothing of those walked is neighbouring.
        self.far = if phase.abs_diff(last) > 1 { near } else { self.near };
        self.near = near;
    }

    /// Notes a moment of the phase being walked.
    fn note(&mut self, at: Edged) {
        self.running = self.more(self.running, at);
    }
}

fn forwards(input: &Input<'_>, graph: &Graph, walk: &mut Walk) {
    let now = input.now.as_second();
    let begin = input.start.map(Timestamp::as_second);
    let mut gates = Gates::new(|a, b| a > b, i64::MIN);
    for (i, node) in graph.nodes.iter().enumerate() {
        gates.enter(node.phase);
        let gate = if node.first_open < node.phase { gates.far } else { gates.near };
        let progress = input.progress.get(&node.id).copied().unwrap_or(Progress::NotStarted);
        let planned = !node.by_event || progress != Progress::NotStarted;
        let dates = match progress {
            Progress::Done { start, end } => actual(start.as_second(), end.as_second(), progress),
            Progress::Active { since } => {
                let since = since.as_second();
                actual(since, add(input, node.length, since).max(now), progress)
            }
            Progress::NotStarted | Progress::Skipped => {
                let (inputs, ready) = ready(input, node, walk, gate, (now, begin));
                let dates = ahead(input, walk, node, ready, progress, graph.go_live == Some(i));
                Dates { inputs, ..dates }
            }
        };
        let own_due =
            node.due.as_ref().and_then(|due| resolve(input, walk, &due.latest, Edge::Latest));
        let skipped = progress == Progress::Skipped;
        walk.dates.push(Dates {
            planned,
            own_due: own_due.filter(|_| planned && !skipped),
            ..dates
        });
        if planned {
            gates.note((dates.finish, Some(i)));
            walk.end = walk.end.max(dates.finish);
        }
    }
    walk.end = walk.end.max(walk.slot_end.unwrap_or(i64::MIN)).max(now);
}

/// When the inputs of a step are there and which of them comes last; then the same with its own
/// dates.
fn ready(
    input: &Input<'_>,
    node: &Node,
    walk: &Walk,
    gate: (i64, Option<usize>),
    (now, begin): (i64, Option<i64>),
) -> ((i64, Driver), (i64, Driver)) {
    let later = |at: &mut (i64, Driver), second: i64, driver: Driver| {
        if second > at.0 {
            *at = (second, driver);
        }
    };
    let mut at = (now, Driver::Now);
    if let Some(begin) = begin {
        later(&mut at, begin, Driver::Start);
    }
    if let (second, Some(step)) = gate {
        later(&mut at, second, Driver::Step(step));
    }
    for group in &node.groups {
        if let Some(step) = first_of(walk, group) {
            later(&mut at, walk.dates[step].finish, Driver::Step(step));
        }
    }
    let inputs = at;
    // What is skipped is judged when its turn comes, and no date holds it up.
    if !matches!(input.progress.get(&node.id), Some(Progress::Skipped)) {
        if let Some(opens) = &node.opens {
            let from = opens.earliest.as_ref().unwrap_or(&opens.latest);
            if let Some(second) = resolve(input, walk, from, Edge::Earliest) {
                later(&mut at, second, Driver::Opens);
            }
        }
        if let Some(Form { earliest: Some(earliest), .. }) = &node.due
            && let Some(second) = resolve(input, walk, earliest, Edge::Earliest)
        {
            later(&mut at, second, Driver::NotBefore);
        }
    }
    (inputs, at)
}

/// The member of a group that is over first.
fn first_of(walk: &Walk, group: &[usize]) -> Option<usize> {
    group.iter().copied().filter(|i| walk.dates[*i].planned).min_by_key(|i| walk.dates[*i].finish)
}

fn actual(start: i64, finish: i64, progress: Progress) -> Dates {
    Dates {
        earliest_start: start,
        earliest_finish: finish,
        latest_start: i64::MAX,
        latest_finish: i64::MAX,
        start,
        finish,
        driver: Driver::Actual,
        inputs: (start, Driver::Actual),
        bound: Bound::Open,
        own_due: None,
        progress,
        planned: true,
    }
}

fn ahead(
    input: &Input<'_>,
    walk: &Walk,
    node: &Node,
    (ready, driver): (i64, Driver),
    progress: Progress,
    go_live: bool,
) -> Dates {
    let length = if progress == Progress::Skipped { Length::None } else { node.length };
    let start = match length {
        Length::Work(_) => input.table.next_work(ready),
        Length::Elapsed(Span::WorkingDays(_)) => input.table.next_working_day(ready),
        _ => ready,
    };
    let finish = add(input, length, start);
    let mut dates = Dates { driver, ..actual(start, finish, progress) };
    // The go-live waits for its slot; when its inputs come later, it is honest about it.
    if go_live
        && progress == Progress::NotStarted
        && let (Some(slot), Some(end)) = (walk.slot, walk.slot_end)
    {
        let appointed = slot.start.as_second();
        if appointed >= ready {
            (dates.start, dates.finish) = (appointed, end);
        } else if finish == start {
            dates.finish = start + (end - appointed);
        }
    }
    dates
}

fn backwards(input: &Input<'_>, graph: &Graph, walk: &mut Walk) {
    // The earliest latest begin of all later phases; what overlaps counts from the phase before on.
    let mut gates = Gates::new(|a, b| a < b, i64::MAX);
    let mut early = Gates::new(|a, b| a < b, i64::MAX);
    for i in (0..graph.len()).rev() {
        let node = &graph.nodes[i];
        gates.enter(node.phase);
        early.enter(node.phase);
        let gate = gates.more(gates.near, early.far);
        let mut dates = walk.dates[i];
        if !dates.planned {
            continue;
        }
        let mut tighten = |second: i64, bound: Bound| {
            if second < dates.latest_finish {
                (dates.latest_finish, dates.bound) = (second, bound);
            }
        };
        if let (second, Some(step)) = gate
            && !node.by_event
        {
            tighten(second, Bound::Step(step));
        }
        if let Some(due) = dates.own_due {
            tighten(due, Bound::Due);
        }
        let open_go_live = graph.go_live == Some(i) && dates.progress == Progress::NotStarted;
        if open_go_live && let Some(slot_end) = walk.slot_end {
            tighten(slot_end, Bound::Slot);
        }
        if dates.latest_finish == i64::MAX {
            dates.latest_finish = walk.end;
        }
        let skipped = dates.progress == Progress::Skipped;
        let length = if skipped { Length::None } else { node.length };
        // Nobody ends work at night: the latest end is the end of the working day before.
        if matches!(length, Length::Work(_)) {
            dates.latest_finish = input.table.last_work(dates.latest_finish);
        }
        dates.latest_start = sub(input, length, dates.latest_finish);
        if open_go_live && let Some(slot) = walk.slot {
            dates.latest_start = dates.latest_start.min(slot.start.as_second());
        }
        walk.dates[i] = dates;
        if matches!(dates.progress, Progress::Done { .. } | Progress::Active { .. }) {
            continue;
        }
        let own = if node.first_open < node.phase { &mut early } else { &mut gates };
        own.note((dates.latest_start, Some(i)));
        for group in &node.groups {
            if let Some(input_step) = first_of(walk, group) {
                let input_dates = &mut walk.dates[input_step];
                if dates.latest_start < input_dates.latest_finish {
                    input_dates.latest_finish = dates.latest_start;
                    input_dates.bound = Bound::Step(i);
                }
            }
        }
    }
}

fn resolve(input: &Input<'_>, walk: &Walk, at: &At, edge: Edge) -> Option<i64> {
    let table = input.table;
    let moved = |second: i64, offset: &Option<Offset>| match offset {
        None => second,
        Some(offset) => match (offset.span, offset.before) {
            (Span::Minutes(n), before) => second + sign(before) * i64::from(n) * 60,
            (Span::Hours(n), before) => second + sign(before) * i64::from(n) * 3_600,
            _ => shift(table, stamp(second), *offset).as_second(),
        },
    };
    let period = || {
        input.period.or_else(|| {
            let day = table.date(walk.slot?.start);
            Some(Period { year: day.year(), month: day.month() })
        })
    };
    match at {
        At::GoLive(offset) => Some(moved(walk.slot?.start.as_second(), offset)),
        At::GoLiveEnd(offset) => Some(moved(walk.slot_end?, offset)),
        At::Start(offset) => Some(moved(input.start?.as_second(), offset)),
        At::After(step, offset) => {
            let dates = &walk.dates[*step];
            dates.planned.then(|| moved(dates.finish, offset))
        }
        At::MonthDay { month, day } => {
            dated(period()?, i32::from(*month), *day, edge, table).ok().map(Timestamp::as_second)
        }
        At::YearDay { month, day } => {
            let january = Period { month: 1, ..period()? };
            dated(january, i32::from(*month) - 1, *day, edge, table).ok().map(Timestamp::as_second)
        }
        At::On(event, offset) => input.events.get(event).map(|at| moved(at.as_second(), offset)),
        At::Never => None,
    }
}

const fn sign(before: bool) -> i64 {
    if before { -1 } else { 1 }
}

pub(super) fn stamp(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn add(input: &Input<'_>, length: Length, start: i64) -> i64 {
    move_by(input, length, start, false)
}

/// The latest begin from which it ends by `finish`: whoever begins later ends later, so a step that
/// keeps its own latest end never leaves its inputs too little time.
fn sub(input: &Input<'_>, length: Length, finish: i64) -> i64 {
    let Length::Elapsed(span @ (Span::Days(_) | Span::Weeks(_) | Span::WorkingDays(_))) = length
    else {
        return move_by(input, length, finish, true);
    };
    let finish = match span {
        Span::WorkingDays(_) => input.table.last_working_day(finish),
        _ => finish,
    };
    let mut begin = move_by(input, length, finish, true);
    let in_time = |begin: i64| add(input, length, begin) <= finish;
    if !in_time(begin) {
        // The clock skips that hour on the day of the begin: the last second before it.
        let mut early = begin - CLOCK_CHANGE_MAX;
        while early + 1 < begin {
            let middle = early + (begin - early) / 2;
            if in_time(middle) { early = middle } else { begin = middle }
        }
        return early;
    }
    // The clock shows that hour twice: the second of both ends at the same time.
    for later in [CLOCK_CHANGE_MAX, 3_600, 1_800] {
        if in_time(begin + later) {
            begin += later;
        }
    }
    begin
}

/// No zone moves its clock by more than that, in seconds.
const CLOCK_CHANGE_MAX: i64 = 7_200;

pub(super) fn move_by(input: &Input<'_>, length: Length, at: i64, before: bool) -> i64 {
    match length {
        Length::None => at,
        Length::Work(span) => {
            let work = work_minutes(input, span) * 60;
            if before { input.table.sub_work(at, work) } else { input.table.add_work(at, work) }
        }
        Length::Elapsed(Span::Minutes(n)) => at + sign(before) * i64::from(n) * 60,
        Length::Elapsed(Span::Hours(n)) => at + sign(before) * i64::from(n) * 3_600,
        Length::Elapsed(span) => {
            // Working days that begin on a day off are counted from the next day of work: else whoever
            // begins on Saturday morning would end before whoever began on Friday evening.
            let at = match span {
                Span::WorkingDays(_) if !before => input.table.next_working_day(at),
                _ => at,
            };
            shift(input.table, stamp(at), Offset { before, span }).as_second()
        }
    }
}

pub(super) fn work_minutes(input: &Input<'_>, span: Span) -> i64 {
    span.work_minutes(input.table.open().calendar().day_minutes())
}

/// Turns a walk into dates for people.
pub(super) fn dates(input: &Input<'_>, walk: &Walk) -> Plan {
    let graph = input.graph;
    let path = critical_path(graph, walk);
    let mut on_path = vec![false; graph.len()];
    for i in &path {
        on_path[*i] = true;
    }
    // In the order of names the map is built in one go.
    let steps: BTreeMap<String, PlannedStep> = graph
        .by_name
        .iter()
        .map(|i| (&graph.nodes[*i], &walk.dates[*i], on_path[*i]))
        .filter(|(_, it, _)| it.planned && it.progress != Progress::Skipped)
        .map(|(node, it, on_path)| (node.id.clone(), planned_step(input, node, it, on_path)))
        .collect();
    let go_live = graph.go_live.map(|i| &walk.dates[i]).filter(|it| {
        it.planned
            && it.progress != Progress::Skipped
            && (walk.slot.is_some() || it.finish > it.start)
    });
    Plan {
        go_live: go_live.map(|it| Slot { start: stamp(it.start), end: stamp(it.finish) }),
        go_live_step: graph.go_live.map(|i| graph.nodes[i].id.clone()),
        finish: stamp(walk.end),
        steps,
        critical_path: path.into_iter().map(|i| graph.nodes[i].id.clone()).collect(),
        problems: Vec::new(),
    }
}

fn planned_step(input: &Input<'_>, node: &Node, it: &Dates, on_path: bool) -> PlannedStep {
    let done = matches!(it.progress, Progress::Done { .. });
    let late = match it.own_due {
        _ if !done => it.earliest_finish > it.latest_finish,
        Some(due) => it.finish > due,
        None => false,
    };
    let slack = (it.latest_finish - it.earliest_finish).div_euclid(60);
    PlannedStep {
        earliest_start: stamp(it.earliest_start),
        earliest_finish: stamp(it.earliest_finish),
        latest_start: stamp(it.latest_start),
        latest_finish: stamp(it.latest_finish),
        planned_start: stamp(it.start),
        planned_finish: stamp(it.finish),
        slack,
        critical: !done && (on_path || slack <= 0),
        late,
        done,
        work_minutes: node.effort.map_or(0, |span| work_minutes(input, span)),
        who: input.who.get(&node.id).cloned().unwrap_or_default(),
    }
}

/// Follows what fixed each begin, from the last end back to what is already fixed.
fn critical_path(graph: &Graph, walk: &Walk) -> Vec<usize> {
    let open = |i: &usize| {
        let it = &walk.dates[*i];
        it.planned && matches!(it.progress, Progress::NotStarted | Progress::Active { .. })
    };
    let last = (0..graph.len()).filter(open).max_by_key(|i| (walk.dates[*i].finish, *i));
    let Some(last) = last else { return Vec::new() };
    let mut path = chain(walk, last);
    path.retain(open);
    path
}

/// The steps that drive this one, in order, itself last.
pub(super) fn chain(walk: &Walk, step: usize) -> Vec<usize> {
    let mut chain = vec![step];
    let mut at = step;
    // A driver always comes earlier in the order, so this ends.
    while let Driver::Step(before) = walk.dates[at].driver {
        chain.push(before);
        at = before;
    }
    chain.reverse();
    chain
}
