//! Every state that the people of a process can bring it to, and the shortest way to each.
//!
//! Only answers branch: outcomes of decisions and rejections of approvals. Work that is only done
//! cannot make other work impossible, so it is done as soon as its turn comes.

use super::explore::production;
use super::facts::{At, Facts};
use super::graph::Graph;
use crate::limits::CHECK_STATES_MAX;
use crate::process::template::{Action, Step, StepKind, Template};
use crate::run::reopened;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// What has become of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    /// Its turn has not come.
    Open,
    /// Somebody is asked: a decision or an approval.
    Asked,
    Taken,
    Skipped,
    NotTaken,
    Cancelled,
    /// Started by an event; nobody waits for it.
    Event,
}

/// Where a run can stand when everything but answers is done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    /// Combination of facts.
    pub(super) number: usize,
    pub(super) fates: Vec<Fate>,
    /// Outcomes of decisions that a condition reads.
    outcomes: Vec<Option<u16>>,
    ended: bool,
}

impl State {
    /// True when nothing is left to do.
    pub(super) fn closed(&self) -> bool {
        !self.fates.iter().any(|it| matches!(it, Fate::Open | Fate::Asked))
    }
}

/// What somebody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Outcome(usize),
    Given,
    Rejected,
}

struct Node {
    state: State,
    /// The state before, the step that was answered, and how.
    from: Option<(usize, usize, Answer)>,
    next: Vec<usize>,
}

/// A step of which something is asked, at the moment its turn comes.
pub(super) struct Turn<'a> {
    pub(super) n: usize,
    pub(super) at: At<'a>,
}

/// The search.
pub(super) struct Search<'t> {
    pub(super) steps: Vec<&'t Step>,
    pub(super) graph: &'t Graph,
    pub(super) facts: Facts,
    template: &'t Template,
    /// Decisions whose outcome a condition reads.
    read: Vec<bool>,
    /// What each step waits for that the end of whole phases does not say.
    waits: Vec<Vec<Vec<usize>>>,
    /// Steps of which something is asked when their turn comes.
    judged: Vec<bool>,
    reopened: BTreeMap<usize, Vec<usize>>,
    nodes: Vec<Node>,
    seen: HashMap<State, usize>,
    /// Only the first open question branches; set when all orders would be too many.
    pub(super) in_turn: bool,
}

/// Steps whose turn came, with the state in which it did, in the order of the search.
type Turns = Vec<(usize, State)>;

impl<'t> Search<'t> {
    pub(super) fn new(
        template: &'t Template,
        steps: Vec<&'t Step>,
        graph: &'t Graph,
        facts: Facts,
    ) -> Search<'t> {
        let conditions: Vec<String> = steps
            .iter()
            .flat_map(|it| it.when.iter().chain(&it.gate))
            .chain(steps.iter().flat_map(|it| it.produces.iter().filter_map(|p| p.when.as_ref())))
            .flat_map(|it| it.node.names())
            .map(str::to_owned)
            .collect();
        let read = steps
            .iter()
            .map(|it| conditions.contains(&format!("step.{}.outcome", it.id)))
            .collect();
        let judged = steps.iter().map(|it| !it.needs.is_empty() || production(it)).collect();
        let inside = |n: usize, group: &&Vec<usize>| {
            group.iter().all(|m| graph.phase[*m] >= graph.first_open[n])
        };
        let waits = graph.waits.iter().enumerate();
        let waits = waits.map(|(n, it)| it.iter().filter(|g| inside(n, g)).cloned().collect());
        Search {
            waits: waits.collect(),
            steps,
            graph,
            facts,
            template,
            read,
            judged,
            reopened: BTreeMap::new(),
            nodes: Vec::new(),
            seen: HashMap::new(),
            in_turn: false,
        }
    }

    /// Number of states visited.
    pub(super) fn visited(&self) -> usize {
        self.nodes.len()
    }

    /// Number of answers that lead from one state to another.
    pub(super) fn answers(&self) -> usize {
        self.nodes.iter().map(|it| it.next.len()).sum()
    }

    /// The states, in the order of their distance.
    pub(super) fn states(&self) -> impl Iterator<Item = (usize, &State)> {
        self.nodes.iter().enumerate().map(|(n, it)| (n, &it.state))
    }

    /// Searches breadth first and tells of every turn. False when there are too many states.
    pub(super) fn run(&mut self, tell: &mut dyn FnMut(&Search<'_>, usize, &Turn<'_>)) -> bool {
        self.nodes.clear();
        self.seen.clear();
        let mut queue = VecDeque::new();
        for number in self.facts.classes.clone() {
            let fates = vec![Fate::Open; self.steps.len()];
            let outcomes = vec![None; self.steps.len()];
            let mut state = State { number, fates, outcomes, ended: false };
            let before = state.clone();
            self.settle(&mut state, None);
            self.add(state, None, before, &mut queue, tell);
        }
        while let Some(here) = queue.pop_front() {
            if self.nodes.len() > CHECK_STATES_MAX * 4 {
                return false;
            }
            for (n, answer) in self.open_answers(here) {
                let mut state = self.nodes[here].state.clone();
                self.follow(&mut state, n, answer);
                let before = state.clone();
                self.settle(&mut state, None);
                let to = self.add(state, Some((here, n, answer)), before, &mut queue, tell);
                if !self.nodes[here].next.contains(&to) {
                    self.nodes[here].next.push(to);
                }
            }
        }
        true
    }

    fn add(
        &mut self,
        state: State,
        from: Option<(usize, usize, Answer)>,
        mut before: State,
        queue: &mut VecDeque<usize>,
        tell: &mut dyn FnMut(&Search<'_>, usize, &Turn<'_>),
    ) -> usize {
        if let Some(known) = self.seen.get(&state) {
            return *known;
        }
        let node = self.nodes.len();
        self.seen.insert(state.clone(), node);
        self.nodes.push(Node { state, from, next: Vec::new() });
        queue.push_back(node);
        let mut turns = Turns::new();
        self.settle(&mut before, Some(&mut turns));
        for (n, at) in turns {
            let outcomes = self.given(&at);
            let turn = Turn { n, at: self.at(&at, &outcomes) };
            tell(self, node, &turn);
        }
        node
    }

    fn given(&self, state: &State) -> Vec<Option<&'t str>> {
        let name = |n: usize, k: u16| match &self.steps[n].kind {
            StepKind::Decision(spec) => spec.outcomes.get(usize::from(k)).map(|it| it.id.as_str()),
            _ => None,
        };
        state.outcomes.iter().enumerate().map(|(n, it)| it.and_then(|k| name(n, k))).collect()
    }

    fn at<'a>(&'a self, state: &'a State, outcomes: &'a [Option<&'a str>]) -> At<'a> {
        At {
            facts: &self.facts,
            number: state.number,
            fates: &state.fates,
            ids: &self.graph.ids,
            outcomes,
        }
    }

    /// Does everything that needs no answer.
    fn settle(&self, state: &mut State, mut turns: Option<&mut Turns>) {
        let outcomes = self.given(state);
        // Steps of each phase that are not over; the first phase that has one is where it stands.
        let mut open = vec![0_usize; self.template.phases.len()];
        for (n, fate) in state.fates.iter().enumerate() {
            open[self.graph.phase[n]] += usize::from(!over(*fate) && self.steps[n].on.is_none());
        }
        for &n in &self.graph.order {
            if state.fates[n] != Fate::Open && !(state.ended && state.fates[n] == Fate::Asked) {
                continue;
            }
            let step = self.steps[n];
            let fate = if step.on.is_some() {
                Fate::Event
            } else if state.ended && !step.always {
                Fate::Cancelled
            } else if !state.ended
                && (open[..self.graph.first_open[n]].iter().any(|it| *it > 0)
                    || !self.turn_came(state, n))
            {
                continue;
            } else {
                let at = self.at(state, &outcomes);
                if !state.ended && !at.applies(step.when.as_ref()) {
                    Fate::Skipped
                } else if !self.gate_opens(step, &at) {
                    continue;
                } else if asks(step) && !state.ended {
                    Fate::Asked
                } else {
                    Fate::Taken
                }
            };
            state.fates[n] = fate;
            if over(fate) && step.on.is_none() {
                open[self.graph.phase[n]] -= 1;
            }
            if let (Fate::Taken | Fate::Asked, true, Some(turns)) =
                (fate, self.judged[n], turns.as_deref_mut())
            {
                turns.push((n, state.clone()));
            }
        }
    }

    fn turn_came(&self, state: &State, n: usize) -> bool {
        self.waits[n].iter().all(|group| group.iter().any(|m| over(state.fates[*m])))
    }

    /// A gate over facts that people can still change opens one day; one over the course of the
    /// run and the kind of the release stays as it is.
    fn gate_opens(&self, step: &Step, at: &At<'_>) -> bool {
        let Some(gate) = &step.gate else { return true };
        let fixed = |name: &&str| {
            name.starts_with("step.") || ["release.kind", "release.mode"].contains(name)
        };
        !gate.node.names().iter().all(fixed) || at.holds(gate)
    }

    fn open_answers(&self, here: usize) -> Vec<(usize, Answer)> {
        let state = &self.nodes[here].state;
        let asked: Vec<usize> =
            self.graph.order.iter().copied().filter(|n| state.fates[*n] == Fate::Asked).collect();
        let branching = if self.in_turn { &asked[..asked.len().min(1)] } else { &asked[..] };
        let mut list = Vec::new();
        for n in branching {
            match &self.steps[*n].kind {
                StepKind::Decision(spec) => {
                    let moves = |it: &Action| !matches!(it, Action::Move | Action::AskAgain);
                    let outcomes = spec.outcomes.iter().enumerate();
                    list.extend(
                        outcomes
                            .filter(|(_, it)| moves(&it.action))
                            .map(|(k, _)| (*n, Answer::Outcome(k))),
                    );
                }
                _ => {
                    list.push((*n, Answer::Given));
                    let to = self.steps[*n].rejected.as_ref();
                    if to.is_some_and(|it| *it != self.steps[*n].id) {
                        list.push((*n, Answer::Rejected));
                    }
                }
            }
        }
        list
    }

    fn follow(&mut self, state: &mut State, n: usize, answer: Answer) {
        let steps = self.steps.clone();
        match (answer, &steps[n].kind) {
            (Answer::Outcome(k), StepKind::Decision(spec)) => {
                state.fates[n] = Fate::Taken;
                if self.read[n] {
                    state.outcomes[n] = u16::try_from(k).ok();
                }
                let Some(outcome) = spec.outcomes.get(k) else { return };
                match &outcome.action {
                    Action::Go(_) | Action::Skip(_) => self.drop_others(state, n, k),
                    Action::End(_) => state.ended = true,
                    Action::Return(to) => self.send_back(state, to),
                    Action::Move | Action::AskAgain => {}
                }
            }
            (Answer::Rejected, _) => {
                if let Some(to) = &steps[n].rejected {
                    self.send_back(state, to);
                }
            }
            _ => state.fates[n] = Fate::Taken,
        }
    }

    fn drop_others(&self, state: &mut State, n: usize, k: usize) {
        let StepKind::Decision(spec) = &self.steps[n].kind else { return };
        let named = |action: &'t Action| match action {
            Action::Go(steps) => steps.as_slice(),
            _ => &[],
        };
        let go = named(&spec.outcomes[k].action);
        let others = spec.outcomes.iter().flat_map(|it| named(&it.action));
        let mut dropped: Vec<&String> = others.filter(|it| !go.contains(it)).collect();
        if let Action::Skip(steps) = &spec.outcomes[k].action {
            dropped.extend(steps);
        }
        for id in dropped {
            if let Some(m) = self.graph.ids.iter().position(|it| it == id)
                && matches!(state.fates[m], Fate::Open | Fate::Asked)
            {
                state.fates[m] = Fate::NotTaken;
            }
        }
    }

    /// The same steps open again as in a run.
    fn send_back(&mut self, state: &mut State, to: &str) {
        let Some(target) = self.graph.ids.iter().position(|it| it == to) else { return };
        let (template, ids) = (self.template, &self.graph.ids);
        let again = self.reopened.entry(target).or_insert_with(|| {
            let open = reopened(template, to);
            (0..ids.len()).filter(|m| open.contains(ids[*m].as_str())).collect()
        });
        for &m in again.iter() {
            let told = matches!(self.steps[m].kind, StepKind::Notice(_)) && m != target;
            let decided = |it: &&usize| {
                matches!(&self.steps[**it].kind, StepKind::Decision(spec)
                    if spec.outcomes.iter().any(|it| names(&it.action, &self.steps[m].id)))
            };
            match state.fates[m] {
                Fate::Taken if told => continue,
                // Whoever decided against it is not asked again.
                Fate::NotTaken if m != target && !again.iter().any(|it| decided(&it)) => continue,
                Fate::Open | Fate::Cancelled | Fate::Event => continue,
                _ => {}
            }
            state.fates[m] = Fate::Open;
            state.outcomes[m] = None;
        }
    }

    /// States from which no answer ever leads to the end.
    pub(super) fn endless(&self) -> Vec<usize> {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (n, node) in self.nodes.iter().enumerate() {
            for to in &node.next {
                before[*to].push(n);
            }
        }
        let mut good = vec![false; self.nodes.len()];
        let mut open: Vec<usize> =
            (0..self.nodes.len()).filter(|n| self.nodes[*n].state.closed()).collect();
        while let Some(n) = open.pop() {
            if !std::mem::replace(&mut good[n], true) {
                open.extend(&before[n]);
            }
        }
        (0..self.nodes.len()).filter(|n| !good[*n]).collect()
    }

    /// Steps whose turn comes on some way.
    pub(super) fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.steps.len()];
        for node in &self.nodes {
            for (n, fate) in node.state.fates.iter().enumerate() {
                reached[n] |= matches!(fate, Fate::Taken | Fate::Asked);
            }
        }
        reached
    }

    /// True when no answer leads on from a state.
    pub(super) fn stuck(&self, node: usize) -> bool {
        self.nodes[node].next.is_empty()
    }

    /// The mode of the release in a state.
    pub(super) fn mode(&self, state: &State) -> Option<&str> {
        self.facts.text(state.number, "release.mode")
    }

    /// How many answers the farthest state is away.
    pub(super) fn depth(&self) -> usize {
        let mut depth = vec![0_usize; self.nodes.len()];
        for n in 0..self.nodes.len() {
            if let Some((from, _, _)) = self.nodes[n].from {
                depth[n] = depth[from] + 1;
            }
        }
        depth.into_iter().max().unwrap_or(0)
    }

    /// The shortest way to a state, in words: `when release.mode = planned: decide → go`.
    pub(super) fn way(&self, node: usize) -> String {
        let mut answers = Vec::new();
        let mut at = node;
        while let Some((from, n, answer)) = self.nodes[at].from {
            let step = self.steps[n];
            let what = match (answer, &step.kind) {
                (Answer::Outcome(k), StepKind::Decision(spec)) => {
                    spec.outcomes.get(k).map_or("decided", |it| it.id.as_str())
                }
                (Answer::Rejected, _) => "rejected",
                _ => "approved",
            };
            answers.push(format!("{} → {what}", step.id));
            at = from;
        }
        answers.reverse();
        let facts = self.facts.words(self.nodes[at].state.number);
        let mut parts = Vec::new();
        if !facts.is_empty() {
            parts.push(format!("when {}", facts.join(", ")));
        }
        if !answers.is_empty() {
            parts.push(format!("after {}", answers.join(", ")));
        }
        parts.join(" ")
    }
}

/// True when nobody waits for a step any more.
fn over(fate: Fate) -> bool {
    matches!(fate, Fate::Taken | Fate::Skipped | Fate::NotTaken | Fate::Event)
}

fn names(action: &Action, id: &str) -> bool {
    matches!(action, Action::Go(steps) | Action::Skip(steps) if steps.iter().any(|it| it == id))
}

/// True for steps where somebody says yes or no to the run as a whole.
pub(super) fn asks(step: &Step) -> bool {
    step.each.is_none() && matches!(step.kind, StepKind::Decision(_) | StepKind::Approval(_))
}
