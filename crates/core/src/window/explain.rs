//! What windows, freezes and bookings say about a slot, and which slots are free.

use super::Slot;
use super::freeze::{Booking, Freeze, Target};
use super::policy::{AHEAD_DAYS, OpenPolicy};
use crate::ids::{FreezeId, ReleaseId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Everything that a slot is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What the slot is for.
    pub target: Target<'a>,
    /// The release that asks; its own booking does not stand in its way.
    pub release: Option<&'a ReleaseId>,
    /// Policies that the process names; none means that any time is a window.
    pub policies: &'a [OpenPolicy],
    /// All freezes.
    pub freezes: &'a [Freeze],
    /// Slots of other releases.
    pub bookings: &'a [Booking],
    /// The present.
    pub now: Timestamp,
}

/// One reason against a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// The slot ends before it begins.
    Empty,
    /// The slot begins in the past.
    InThePast {
        /// The present.
        now: Timestamp,
    },
    /// No window is open at its begin.
    OutsideWindow {
        /// The policies that were asked.
        policies: Vec<String>,
        /// When the next one opens.
        next_opens: Option<Slot>,
        /// Roles that may allow it.
        override_by: Vec<String>,
    },
    /// It begins in a window and ends after it.
    TooLong {
        /// The policy.
        policy: String,
        /// The window.
        window: Slot,
        /// So many minutes too many.
        over: i64,
        /// Roles that may allow it.
        override_by: Vec<String>,
    },
    /// The windows of that year are not approved.
    YearNotApproved {
        /// The policy.
        policy: String,
        /// The year.
        year: i16,
        /// Role that approves the year.
        owner_role: String,
    },
    /// The window has no room left.
    Full {
        /// The policy.
        policy: String,
        /// The window.
        window: Slot,
        /// Releases that fit.
        capacity: u32,
        /// Releases that are booked.
        booked_by: Vec<ReleaseId>,
        /// The next window with room.
        next_opens: Option<Slot>,
        /// Role that may allow one more.
        override_by: Option<String>,
    },
    /// A freeze covers it.
    Frozen {
        /// The freeze.
        freeze: FreezeId,
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
        /// Role that may let it pass.
        override_by: Option<String>,
    },
}

/// What would lift a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lift {
    /// Another slot.
    MoveTo(Slot),
    /// A later begin.
    NotBefore(Timestamp),
    /// So many minutes less.
    Shorten(i64),
    /// This role, with a reason.
    Override(String),
    /// This role approves the windows of the year.
    ApproveYear(String, i16),
}

impl Block {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Block::Empty => "slot_empty",
            Block::InThePast { .. } => "slot_in_the_past",
            Block::OutsideWindow { .. } => "slot_outside_window",
            Block::TooLong { .. } => "slot_too_long",
            Block::YearNotApproved { .. } => "window_year_not_approved",
            Block::Full { .. } => "window_full",
            Block::Frozen { .. } => "slot_frozen",
        }
    }

    /// What would lift it, the mildest first.
    pub fn lifts(&self) -> Vec<Lift> {
        let roles =
            |roles: &[String]| roles.iter().cloned().map(Lift::Override).collect::<Vec<_>>();
        let mut lifts = Vec::new();
        match self {
            Block::Empty => {}
            Block::InThePast { now } => lifts.push(Lift::NotBefore(*now)),
            Block::OutsideWindow { next_opens, override_by, .. } => {
                lifts.extend(next_opens.map(Lift::MoveTo));
                lifts.extend(roles(override_by));
            }
            Block::TooLong { over, override_by, .. } => {
                lifts.push(Lift::Shorten(*over));
                lifts.extend(roles(override_by));
            }
            Block::YearNotApproved { owner_role, year, .. } => {
                lifts.push(Lift::ApproveYear(owner_role.clone(), *year));
            }
            Block::Full { next_opens, override_by, .. } => {
                lifts.extend(next_opens.map(Lift::MoveTo));
                lifts.extend(override_by.clone().map(Lift::Override));
            }
            Block::Frozen { until, override_by, .. } => {
                lifts.push(Lift::NotBefore(*until));
                lifts.extend(override_by.clone().map(Lift::Override));
            }
        }
        lifts
    }

    /// Roles that may let the slot pass in spite of it; empty: nobody.
    pub fn override_roles(&self) -> Vec<String> {
        let role = |lift| match lift {
            Lift::Override(role) => Some(role),
            _ => None,
        };
        self.lifts().into_iter().filter_map(role).collect()
    }
}

/// The answer about a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotVerdict {
    /// True when nothing stands against it.
    pub ok: bool,
    /// The policy and window it lies in.
    pub window: Option<(String, Slot)>,
    /// Everything that stands against it.
    pub blocks: Vec<Block>,
}

/// Judges a slot; all blocks at once.
pub fn explain(slot: &Slot, question: &Question<'_>) -> SlotVerdict {
    let mut blocks = Vec::new();
    if slot.end <= slot.start {
        return SlotVerdict { ok: false, window: None, blocks: vec![Block::Empty] };
    }
    if slot.start < question.now {
        blocks.push(Block::InThePast { now: question.now });
    }
    for freeze in frozen_by(slot, question) {
        blocks.push(Block::Frozen {
            freeze: freeze.id.clone(),
            reason: freeze.reason.clone(),
            until: freeze.range.end,
            override_by: freeze.override_by.clone(),
        });
    }
    let window = window_of(slot, question, &mut blocks);
    SlotVerdict { ok: blocks.is_empty(), window, blocks }
}

fn frozen_by<'a>(slot: &Slot, question: &Question<'a>) -> impl Iterator<Item = &'a Freeze> {
    let (slot, target) = (*slot, question.target);
    question
        .freezes
        .iter()
        .filter(move |freeze| freeze.range.overlaps(&slot) && freeze.scope.covers(&target))
}

/// One open window of any policy is enough; only when none is, its reasons count.
fn window_of(
    slot: &Slot,
    question: &Question<'_>,
    blocks: &mut Vec<Block>,
) -> Option<(String, Slot)> {
    let policies = covering(question);
    let mut against = Vec::new();
    for open in &policies {
        let policy = open.policy();
        let Some(window) = open.containing(slot) else { continue };
        if let Some(year) = open.unapproved(&window) {
            against.push(Block::YearNotApproved {
                policy: policy.key.clone(),
                year,
                owner_role: policy.owner_role.clone(),
            });
            continue;
        }
        let booked_by = booked(open, &window, question);
        match policy.capacity {
            Some(capacity) if booked_by.len() >= capacity as usize => against.push(Block::Full {
                policy: policy.key.clone(),
                window,
                capacity,
                booked_by,
                next_opens: next_free(open, slot, question),
                override_by: policy.override_by.clone(),
            }),
            _ => return Some((policy.key.clone(), window)),
        }
    }
    if against.is_empty() && !policies.is_empty() {
        against.push(outside(slot, &policies));
    }
    blocks.append(&mut against);
    None
}

fn covering<'a>(question: &Question<'a>) -> Vec<&'a OpenPolicy> {
    question.policies.iter().filter(|open| open.policy().covers(&question.target)).collect()
}

fn outside(slot: &Slot, policies: &[&OpenPolicy]) -> Block {
    let override_by = |roles: &mut dyn Iterator<Item = &OpenPolicy>| {
        let mut list: Vec<String> =
            roles.filter_map(|it| it.policy().override_by.clone()).collect();
        list.sort();
        list.dedup();
        list
    };
    let begun = policies.iter().find_map(|open| {
        let windows = open.occurrences(slot.start, slot.end);
        windows.into_iter().find(|it| it.start <= slot.start).map(|window| (open, window))
    });
    match begun {
        Some((open, window)) => Block::TooLong {
            policy: open.policy().key.clone(),
            window,
            over: (slot.end.as_second() - window.end.as_second() + 59) / 60,
            override_by: override_by(&mut std::iter::once(*open)),
        },
        None => Block::OutsideWindow {
            policies: policies.iter().map(|it| it.policy().key.clone()).collect(),
            next_opens: policies.iter().filter_map(|it| it.next(slot.start)).min(),
            override_by: override_by(&mut policies.iter().copied()),
        },
    }
}

fn booked(open: &OpenPolicy, window: &Slot, question: &Question<'_>) -> Vec<ReleaseId> {
    question
        .bookings
        .iter()
        .filter(|it| it.policy == open.policy().key && it.slot.overlaps(window))
        .filter(|it| question.release != Some(&it.release))
        .map(|it| it.release.clone())
        .collect()
}

/// The next window of the same policy with room for a slot of the same length.
fn next_free(open: &OpenPolicy, slot: &Slot, question: &Question<'_>) -> Option<Slot> {
    let only = Question { policies: std::slice::from_ref(open), ..*question };
    let minutes = slot.minutes();
    candidates(slot.end, minutes, &only).into_iter().find(|it| has_room(open, it, question))
}

fn has_room(open: &OpenPolicy, slot: &Slot, question: &Question<'_>) -> bool {
    let Some(window) = open.containing(slot) else { return false };
    let room = open
        .policy()
        .capacity
        .is_none_or(|capacity| booked(open, &window, question).len() < capacity as usize);
    room && open.unapproved(&window).is_none() && frozen_by(slot, question).next().is_none()
}

/// Free slots of so many minutes, the earliest first: at most one per window, at its begin or as
/// soon as a freeze inside it ends.
pub fn next_slots(
    after: Timestamp,
    minutes: i64,
    count: usize,
    question: &Question<'_>,
) -> Vec<Slot> {
    let mut list: Vec<Slot> = candidates(after.max(question.now), minutes, question)
        .into_iter()
        .filter(|slot| explain(slot, question).ok)
        .take(count)
        .collect();
    list.dedup();
    list
}

fn candidates(after: Timestamp, minutes: i64, question: &Question<'_>) -> Vec<Slot> {
    let length = SignedDuration::from_mins(minutes.max(1));
    let far = after.checked_add(SignedDuration::from_hours(AHEAD_DAYS * 24));
    let horizon = far.unwrap_or(Timestamp::MAX);
    let policies = covering(question);
    let mut windows: Vec<Slot> = if policies.is_empty() {
        vec![Slot { start: after, end: horizon }]
    } else {
        policies.iter().flat_map(|it| it.occurrences(after, horizon)).collect()
    };
    windows.sort_unstable();
    windows
        .into_iter()
        .filter_map(|window| {
            let mut start = window.start.max(after);
            // Every freeze can move the begin once; more rounds would change nothing.
            for _ in 0..=question.freezes.len() {
                let slot = Slot { start, end: start.checked_add(length).ok()? };
                let Some(freeze) = frozen_by(&slot, question).max_by_key(|it| it.range.end) else {
                    return window.holds(&slot).then_some(slot);
                };
                start = freeze.range.end;
            }
            None
        })
        .collect()
}
