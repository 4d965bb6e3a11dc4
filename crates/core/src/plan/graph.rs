//! A template compiled for planning: numbers instead of names, in an order fit for walking.

use crate::process::due::{Anchor, Due, Moment, Offset, Span};
use crate::process::template::{Action, Step, StepKind, Template};
use std::collections::BTreeMap;

/// How long a step takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// No time.
    None,
    /// Working time.
    Work(Span),
    /// Time of the clock or calendar.
    Elapsed(Span),
}

/// A moment whose step is a number.
#[derive(Clone, Debug)]
pub(super) enum At {
    GoLive(Option<Offset>),
    GoLiveEnd(Option<Offset>),
    Start(Option<Offset>),
    After(usize, Option<Offset>),
    MonthDay {
        month: i8,
        day: u8,
    },
    YearDay {
        month: u8,
        day: u8,
    },
    On(String, Option<Offset>),
    /// Counts from a step that comes later or does not exist.
    Never,
}

#[derive(Debug)]
pub(super) struct Form {
    pub earliest: Option<At>,
    pub latest: At,
    /// The form as written, for explanations.
    pub text: String,
    pub follows_slot: bool,
}

#[derive(Debug)]
pub(super) struct Node {
    pub id: String,
    pub phase: usize,
    /// The first phase that may be under way when it begins: its own, or the one before.
    pub first_open: usize,
    /// Each must be over; in one group any member is enough. Members come earlier in the order.
    pub groups: Vec<Vec<usize>>,
    pub length: Length,
    pub effort: Option<Span>,
    pub due: Option<Form>,
    pub opens: Option<Form>,
    /// Begins by an event; has no dates until then and holds up no phase.
    pub by_event: bool,
    /// Role that may pass its date.
    pub override_by: Option<String>,
}

/// A template compiled for planning.
#[derive(Debug)]
pub struct Graph {
    /// Nodes in an order in which every step follows its inputs.
    pub(super) nodes: Vec<Node>,
    /// The nodes in the order of their names.
    pub(super) by_name: Vec<usize>,
    pub(super) go_live: Option<usize>,
    pub(super) cyclic: Vec<String>,
}

impl Graph {
    /// Compiles a template. Steps that wait for each other keep the order of the file, and the
    /// plan names them.
    pub fn of(template: &Template) -> Graph {
        let steps: Vec<(usize, &Step)> = template
            .phases
            .iter()
            .enumerate()
            .flat_map(|(phase, it)| it.steps.iter().map(move |step| (phase, step)))
            .collect();
        let index: BTreeMap<&str, usize> =
            steps.iter().enumerate().map(|(i, (_, step))| (step.id.as_str(), i)).collect();
        let groups = groups(template, &steps, &index);
        let counts = |i: usize| -> Vec<usize> {
            let forms = steps[i].1.due.iter().chain(&steps[i].1.opens);
            forms.flat_map(Due::steps).filter_map(|id| index.get(id).copied()).collect()
        };
        let (order, cyclic) = order(&steps, &groups, counts);
        let mut place = vec![usize::MAX; steps.len()];
        for (position, old) in order.iter().enumerate() {
            place[*old] = position;
        }
        let owner = template.control.owner.as_deref();
        let nodes: Vec<Node> = order
            .iter()
            .enumerate()
            .map(|(position, old)| {
                let (phase, step) = steps[*old];
                let near = |id: &str| {
                    index.get(id).map(|i| place[*i]).filter(|earlier| *earlier < position)
                };
                let earlier = |group: &Vec<usize>| -> Option<Vec<usize>> {
                    let members: Vec<usize> =
                        group.iter().map(|i| place[*i]).filter(|it| *it < position).collect();
                    (!members.is_empty()).then_some(members)
                };
                Node {
                    id: step.id.clone(),
                    phase,
                    first_open: step.first_open_phase(phase),
                    groups: groups[*old].iter().filter_map(earlier).collect(),
                    length: length(step, template.go_live.as_deref()),
                    effort: effort(step),
                    due: step.due.as_ref().map(|due| form(due, &near)),
                    opens: step.opens.as_ref().map(|due| form(due, &near)),
                    by_event: step.on.is_some() || after_failure(&steps, step),
                    override_by: step
                        .override_by
                        .as_ref()
                        .map(|it| it.by.clone())
                        .or_else(|| owner.map(str::to_owned)),
                }
            })
            .collect();
        let go_live = template.go_live.as_deref().and_then(|id| index.get(id)).map(|i| place[*i]);
        let cyclic = cyclic.into_iter().map(|i| steps[i].1.id.clone()).collect();
        let mut by_name: Vec<usize> = (0..steps.len()).collect();
        by_name.sort_by(|a, b| nodes[*a].id.cmp(&nodes[*b].id));
        Graph { nodes, by_name, go_live, cyclic }
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True without steps.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// The way after a failure has no dates until something failed.
fn after_failure(steps: &[(usize, &Step)], step: &Step) -> bool {
    let place = |id: &str| steps.iter().position(|(_, it)| it.id == id);
    steps.iter().any(|(_, it)| {
        it.failed.as_deref() == Some(&step.id)
            && place(&it.id).zip(place(&step.id)).is_some_and(|(from, to)| from < to)
    })
}

fn groups(
    template: &Template,
    steps: &[(usize, &Step)],
    index: &BTreeMap<&str, usize>,
) -> Vec<Vec<Vec<usize>>> {
    let mut producers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, (_, step)) in steps.iter().enumerate() {
        for document in step.handed_in() {
            producers.entry(&document.document).or_default().push(i);
        }
    }
    let mut groups: Vec<Vec<Vec<usize>>> = steps
        .iter()
        .enumerate()
        .map(|(i, (_, step))| {
            let after = step.after.iter().map(|any_of| {
                any_of.iter().filter_map(|id| index.get(id.as_str()).copied()).collect()
            });
            let needs = step.needs.iter().filter_map(|id| producers.get(id.as_str()).cloned());
            let all: Vec<Vec<usize>> = after.chain(needs).collect();
            // A step that needs and produces the same document continues it.
            all.into_iter().filter(|group| !group.is_empty() && !group.contains(&i)).collect()
        })
        .collect();
    for (_, decision) in template.steps() {
        let StepKind::Decision(spec) = &decision.kind else { continue };
        for outcome in &spec.outcomes {
            let Action::Go(taken) = &outcome.action else { continue };
            for id in taken {
                if let (Some(i), Some(by)) =
                    (index.get(id.as_str()), index.get(decision.id.as_str()))
                    && !groups[*i].contains(&vec![*by])
                {
                    groups[*i].push(vec![*by]);
                }
            }
        }
    }
    groups
}

/// Phase after phase; inside a phase every step after its inputs, else as in the file.
fn order(
    steps: &[(usize, &Step)],
    groups: &[Vec<Vec<usize>>],
    counts_from: impl Fn(usize) -> Vec<usize>,
) -> (Vec<usize>, Vec<usize>) {
    let mut order = Vec::with_capacity(steps.len());
    let mut cyclic = Vec::new();
    let mut first = 0;
    while first < steps.len() {
        let phase = steps[first].0;
        let end = (first..steps.len()).find(|i| steps[*i].0 != phase).unwrap_or(steps.len());
        let inside = first..end;
        let mut missing = vec![0usize; end - first];
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); end - first];
        for i in inside.clone() {
            let mut inputs: Vec<usize> = groups[i].iter().flatten().copied().collect();
            inputs.extend(counts_from(i));
            inputs.sort_unstable();
            inputs.dedup();
            for input in inputs.into_iter().filter(|it| inside.contains(it) && *it != i) {
                missing[i - first] += 1;
                followers[input - first].push(i);
            }
        }
        let mut ready: std::collections::VecDeque<usize> =
            inside.clone().filter(|i| missing[*i - first] == 0).collect();
        let before = order.len();
        while let Some(i) = ready.pop_front() {
            order.push(i);
            for follower in &followers[i - first] {
                missing[*follower - first] -= 1;
                if missing[*follower - first] == 0 {
                    ready.push_back(*follower);
                }
            }
        }
        if order.len() - before < end - first {
            let left: Vec<usize> = inside.filter(|i| missing[*i - first] > 0).collect();
            order.extend(&left);
            cyclic.extend(left);
        }
        first = end;
    }
    (order, cyclic)
}

fn form(due: &Due, near: &impl Fn(&str) -> Option<usize>) -> Form {
    let at = |moment: &Moment| match moment {
        Moment::At(Anchor::GoLive, offset) => At::GoLive(*offset),
        Moment::At(Anchor::GoLiveEnd, offset) => At::GoLiveEnd(*offset),
        Moment::At(Anchor::Start, offset) => At::Start(*offset),
        Moment::At(Anchor::After(step), offset) => {
            near(step).map_or(At::Never, |step| At::After(step, *offset))
        }
        Moment::MonthDay { month, day } => At::MonthDay { month: *month, day: *day },
        Moment::YearDay { month, day } => At::YearDay { month: *month, day: *day },
        Moment::At(Anchor::On(event), offset) => At::On(event.clone(), *offset),
        Moment::On(event) => At::On(event.clone(), None),
    };
    Form {
        earliest: due.earliest.as_ref().map(at),
        latest: at(&due.latest),
        text: due.to_string(),
        follows_slot: due.follows_slot(),
    }
}

fn sheet(step: &Step) -> Option<Span> {
    let StepKind::Operate(spec) = &step.kind else { return None };
    let minutes: u32 = spec.sheet.iter().map(|line| line.minutes).sum();
    (minutes > 0).then_some(Span::Minutes(minutes))
}

/// A rollout lasts at least as long as its waves must be quiet.
fn soak(step: &Step) -> Option<Span> {
    let StepKind::Rollout(waves) = &step.kind else { return None };
    let quiet: i64 = waves.iter().filter_map(|wave| wave.soak).map(Span::nominal_minutes).sum();
    let whole = quiet.max(effort(step).map_or(0, Span::nominal_minutes));
    (quiet > 0).then(|| Span::Minutes(u32::try_from(whole).unwrap_or(u32::MAX)))
}

fn effort(step: &Step) -> Option<Span> {
    step.effort.or_else(|| sheet(step))
}

/// A go-live runs by the clock, at night too; other effort is spent in working hours.
fn length(step: &Step, go_live: Option<&str>) -> Length {
    if let Some(takes) = step.takes {
        return Length::Elapsed(takes);
    }
    if let StepKind::Watch { lasts: Some(lasts) } = &step.kind {
        return Length::Elapsed(*lasts);
    }
    if let Some(quiet) = soak(step) {
        return Length::Elapsed(quiet);
    }
    let by_clock = go_live == Some(step.id.as_str()) || step.kind.changes_production();
    match effort(step) {
        Some(effort) if by_clock => Length::Elapsed(effort),
        Some(effort) => Length::Work(effort),
        None => Length::None,
    }
}
