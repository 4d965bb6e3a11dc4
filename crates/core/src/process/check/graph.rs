//! The order of the steps: what stands before what, cycles, return targets, dates against order.

use crate::process::due::{Anchor, Moment, Offset};
use crate::process::finding::Finding;
use crate::process::template::{Action, Each, Step, StepKind, Template};
use std::collections::{BTreeMap, BTreeSet};

/// The steps and what each waits for.
pub(super) struct Graph {
    /// Ids, in the order of the file.
    pub(super) ids: Vec<String>,
    /// Phase of each step.
    pub(super) phase: Vec<usize>,
    /// The first phase that may be under way when each step begins; all before it are over.
    pub(super) first_open: Vec<usize>,
    /// Each entry must be satisfied; inside an entry any one is enough.
    pub(super) waits: Vec<Vec<Vec<usize>>>,
    /// Steps in an order that respects `waits`; shorter than `ids` when there is a cycle.
    pub(super) order: Vec<usize>,
    /// Steps that certainly stand before each step.
    pub(super) before: Vec<BTreeSet<usize>>,
}

impl Graph {
    /// Builds the graph and says which of its edges can never hold.
    pub(super) fn of(template: &Template) -> (Graph, Vec<Finding>) {
        let steps: Vec<&Step> = template.steps().map(|(_, step)| step).collect();
        let ids: Vec<String> = steps.iter().map(|it| it.id.clone()).collect();
        let index: BTreeMap<&str, usize> =
            ids.iter().enumerate().map(|(n, id)| (id.as_str(), n)).collect();
        let phase: Vec<usize> = template
            .phases
            .iter()
            .enumerate()
            .flat_map(|(n, it)| std::iter::repeat_n(n, it.steps.len()))
            .collect();
        let first_open =
            steps.iter().zip(&phase).map(|(it, own)| it.first_open_phase(*own)).collect();
        let mut graph = Graph {
            waits: vec![Vec::new(); ids.len()],
            before: vec![BTreeSet::new(); ids.len()],
            order: Vec::new(),
            ids: ids.clone(),
            phase,
            first_open,
        };
        let mut findings = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            graph.phases(n, &steps);
            graph.after(n, step, &steps, &index, &mut findings);
            graph.needs(n, step, &steps, &mut findings);
        }
        graph.outcomes(&steps, &index);
        graph.sort(&mut findings);
        (graph, findings)
    }

    /// True when the order has no cycle.
    pub(super) fn sound(&self) -> bool {
        self.order.len() == self.ids.len()
    }

    /// True when a step may still be open as the other one begins, unless that waits for it by name:
    /// it stands in the same phase, or in the one that the other overlaps with.
    pub(super) fn beside(&self, n: usize, other: usize) -> bool {
        (self.first_open[n]..=self.phase[n]).contains(&self.phase[other])
    }

    fn phases(&mut self, n: usize, steps: &[&Step]) {
        for (m, other) in steps.iter().enumerate() {
            if self.phase[m] < self.first_open[n] && (other.on.is_none() || other.blocking) {
                self.waits[n].push(vec![m]);
            }
        }
    }

    fn after(
        &mut self,
        n: usize,
        step: &Step,
        steps: &[&Step],
        index: &BTreeMap<&str, usize>,
        findings: &mut Vec<Finding>,
    ) {
        let path = format!("step.{}.after", step.id);
        for group in &step.after {
            let known: Vec<usize> =
                group.iter().filter_map(|it| index.get(it.as_str()).copied()).collect();
            let possible: Vec<usize> = known
                .iter()
                .copied()
                .filter(|m| *m != n && self.phase[*m] <= self.phase[n] && steps[*m].on.is_none())
                .collect();
            if !known.is_empty() && possible.is_empty() {
                let other = &self.ids[known[0]];
                let why = if known[0] == n {
                    "a step cannot wait for itself"
                } else if steps[known[0]].on.is_some() {
                    "it is started by an event that may never happen"
                } else {
                    "it stands in a later phase"
                };
                let message = format!("step `{}` waits for `{other}`, but {why}", step.id);
                let fix = "move one of the steps, or take it out of `after`";
                findings.push(Finding::error("dependency_never", path.clone(), message, fix));
            } else if !possible.is_empty() {
                self.waits[n].push(possible);
            }
        }
    }

    fn needs(&mut self, n: usize, step: &Step, steps: &[&Step], findings: &mut Vec<Finding>) {
        let path = format!("step.{}.needs", step.id);
        for document in &step.needs {
            let makers: Vec<usize> =
                (0..steps.len()).filter(|m| steps[*m].hands_in(document)).collect();
            let possible = self.makers(n, document, steps);
            if makers.is_empty() {
                let message =
                    format!("step `{}` needs `{document}`, and no step produces it", step.id);
                let fix = format!("add `produces = [\"{document}\"]` to an earlier step");
                findings.push(Finding::error("never_produced", path.clone(), message, fix));
            } else if possible.is_empty() {
                let message = format!(
                    "step `{}` needs `{document}`, which only `{}` produces, later",
                    step.id, self.ids[makers[0]]
                );
                let fix = "let an earlier step produce it, or take it out of `needs`";
                findings.push(Finding::error("produced_later", path.clone(), message, fix));
            } else {
                self.waits[n].push(possible);
            }
        }
    }

    /// Steps that hand the document in, and not later than the step.
    fn makers(&self, n: usize, document: &str, steps: &[&Step]) -> Vec<usize> {
        let early = |m: &usize| *m != n && self.phase[*m] <= self.phase[n];
        (0..steps.len()).filter(early).filter(|m| steps[*m].hands_in(document)).collect()
    }

    /// True when some step hands the document in before the step, on whatever way.
    pub(super) fn may_be_made(&self, n: usize, document: &str, steps: &[&Step]) -> bool {
        !self.makers(n, document, steps).is_empty()
    }

    /// A step that an outcome names waits for the decision.
    fn outcomes(&mut self, steps: &[&Step], index: &BTreeMap<&str, usize>) {
        for (m, step) in steps.iter().enumerate() {
            let StepKind::Decision(spec) = &step.kind else { continue };
            if step.each == Some(Each::Site) {
                continue;
            }
            for outcome in &spec.outcomes {
                let Action::Go(named) = &outcome.action else { continue };
                for n in named.iter().filter_map(|it| index.get(it.as_str()).copied()) {
                    if n != m {
                        self.waits[n].push(vec![m]);
                    }
                }
            }
        }
    }

    fn sort(&mut self, findings: &mut Vec<Finding>) {
        let mut placed = BTreeSet::new();
        loop {
            let next = (0..self.ids.len()).find(|n| {
                !placed.contains(n) && self.waits[*n].iter().flatten().all(|m| placed.contains(m))
            });
            let Some(n) = next else { break };
            placed.insert(n);
            self.order.push(n);
            self.before[n] = self.certain(n);
        }
        if self.sound() {
            return;
        }
        let cycle = self.cycle(&placed);
        let names: Vec<&str> = cycle.iter().map(|n| self.ids[*n].as_str()).collect();
        let first = names.first().copied().unwrap_or_default();
        let message = format!("these steps wait for each other: {} → {first}", names.join(" → "));
        let fix = "take one of them out of `after`, `needs` or the outcome that names it";
        findings.push(Finding::error(
            "cycle_without_exit",
            format!("step.{first}.after"),
            message,
            fix,
        ));
    }

    fn certain(&self, n: usize) -> BTreeSet<usize> {
        let mut set = BTreeSet::new();
        for group in &self.waits[n] {
            let with = |m: &usize| {
                let mut one = self.before[*m].clone();
                one.insert(*m);
                one
            };
            let mut all = group.iter().map(with);
            if let Some(first) = all.next() {
                set.extend(all.fold(first, |a, b| a.intersection(&b).copied().collect()));
            }
        }
        set
    }

    /// Walks back along open waits until a step comes again.
    fn cycle(&self, placed: &BTreeSet<usize>) -> Vec<usize> {
        let Some(mut at) = (0..self.ids.len()).find(|n| !placed.contains(n)) else {
            return Vec::new();
        };
        let mut walked = Vec::new();
        while !walked.contains(&at) {
            walked.push(at);
            let Some(next) = self.waits[at].iter().flatten().find(|m| !placed.contains(m)) else {
                break;
            };
            at = *next;
        }
        let start = walked.iter().position(|it| *it == at).unwrap_or(0);
        let mut cycle = walked.split_off(start);
        cycle.reverse();
        cycle
    }

    /// Findings that need the order: return targets and dates.
    pub(super) fn order_findings(&self, template: &Template) -> Vec<Finding> {
        let steps: Vec<&Step> = template.steps().map(|(_, step)| step).collect();
        let mut list = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            let mut targets: Vec<&str> = step.rejected.as_deref().into_iter().collect();
            if let StepKind::Decision(spec) = &step.kind {
                targets.extend(spec.outcomes.iter().filter_map(|it| match &it.action {
                    Action::Return(target) => Some(target.as_str()),
                    _ => None,
                }));
            }
            for target in targets {
                let upstream = self.before[n].iter().any(|m| self.ids[*m] == target);
                if !upstream && self.ids.iter().any(|id| id == target) {
                    let message = format!(
                        "`{}` returns to `{target}`, which does not stand before it",
                        step.id
                    );
                    let near = self.before[n].iter().next_back().map(|m| self.ids[*m].clone());
                    let nowhere = || "let the step wait for the one that corrects it".to_owned();
                    let fix = near.map_or_else(nowhere, |it| {
                        format!("return to a step before it, for example `{it}`")
                    });
                    list.push(Finding::error(
                        "return_not_upstream",
                        format!("step.{}.rejected", step.id),
                        message,
                        fix,
                    ));
                }
            }
            list.extend(self.dates(n, step, &steps));
        }
        list
    }

    /// A step that must be done before another one is due after it.
    fn dates(&self, n: usize, step: &Step, steps: &[&Step]) -> Option<Finding> {
        let due = step.due.as_ref()?;
        let worst = self.before[n]
            .iter()
            .filter_map(|m| Some((*m, steps[*m].due.as_ref()?)))
            .filter(|(_, earlier)| later(&earlier.latest, &due.latest))
            .max_by_key(|(m, _)| *m)?;
        let (m, earlier) = worst;
        let notice = matches!(step.kind, StepKind::Notice(_));
        let (code, message) = if notice {
            let text =
                "notice `{}` must go out by {}, but `{}`, which comes before it, is only due {}";
            ("lead_time", text)
        } else {
            (
                "due_contradicts",
                "step `{}` is due {}, but `{}`, which comes before it, is only due {}",
            )
        };
        let mut message = message.to_owned();
        for part in [&step.id, &due.latest.to_string(), &self.ids[m], &earlier.latest.to_string()] {
            message = message.replacen("{}", part, 1);
        }
        let fix = format!("let `{}` be due earlier, or `{}` later", self.ids[m], step.id);
        Some(Finding::error(code, format!("step.{}.due", step.id), message, fix))
    }
}

/// True when the first moment is certainly after the second.
fn later(a: &Moment, b: &Moment) -> bool {
    let key = |it: &Moment| match it {
        Moment::At(anchor @ (Anchor::GoLive | Anchor::GoLiveEnd | Anchor::Start), offset) => {
            let minutes = match offset {
                None => 0,
                Some(Offset { before: true, span }) => -span.nominal_minutes(),
                Some(Offset { before: false, span }) => span.nominal_minutes(),
            };
            Some((anchor.clone(), minutes))
        }
        _ => None,
    };
    match (key(a), key(b)) {
        (Some((x, one)), Some((y, two))) if x == y => one > two,
        // `T` is never after `Tend`.
        (Some((Anchor::GoLiveEnd, one)), Some((Anchor::GoLive, two))) => one >= 0 && two < 0,
        _ => false,
    }
}
