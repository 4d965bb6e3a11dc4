//! A window policy: rule, hours, zone, owner, room, and the plan of the year.

use super::Slot;
use super::freeze::{Scope, Target};
use super::recurrence::{Day, Recurrence};
use crate::calendar::{CalendarRefusal, DAY_MINUTES};
use crate::text::Text;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far ahead the next window is looked for, in days.
pub(super) const AHEAD_DAYS: i64 = 800;

/// When releases may go live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowPolicy {
    /// Short name; processes refer to it.
    pub key: String,
    /// Shown name.
    pub title: Text,
    /// IANA name of the zone in which hours are meant.
    pub zone: String,
    /// On which dates.
    pub rule: Recurrence,
    /// Opens at this time.
    pub start: Time,
    /// Stays open for so many minutes of the wall clock.
    pub minutes: u32,
    /// What it is for.
    #[serde(default)]
    pub scope: Scope,
    /// Role that edits it and approves the year (S2-20).
    pub owner_role: String,
    /// Role that may allow a slot outside, with a reason (S1-28); `None`: nobody.
    #[serde(default)]
    pub override_by: Option<String>,
    /// Releases per window; `None` is without limit.
    #[serde(default)]
    pub capacity: Option<u32>,
    /// First year in which it holds.
    #[serde(default)]
    pub from_year: Option<i16>,
    /// Last year in which it holds.
    #[serde(default)]
    pub to_year: Option<i16>,
    /// Windows that the owner added to the rule, with the reason (D-31).
    #[serde(default)]
    pub added: BTreeMap<Date, String>,
    /// Dates of the rule that the owner took out, with the reason.
    #[serde(default)]
    pub dropped: BTreeMap<Date, String>,
    /// Only windows of approved years may be used.
    #[serde(default)]
    pub by_year: bool,
    /// Years whose windows the owner approved (S2-13).
    #[serde(default)]
    pub approved: BTreeSet<i16>,
}

/// Why a policy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowRefusal {
    /// The rule is wrong.
    #[error("the rule of the window cannot be used: {reason}")]
    Rule {
        /// What is wrong.
        reason: String,
    },
    /// The zone is not known.
    #[error(transparent)]
    Zone(CalendarRefusal),
    /// The window has no length, or is longer than a week.
    #[error("a window is open for 1 minute to 7 days")]
    Length,
    /// The years end before they begin.
    #[error("the window ends before the year in which it begins")]
    Years,
    /// A capacity of nothing.
    #[error("a window without room is no window; leave the capacity empty, or use a freeze")]
    Capacity,
}

impl WindowRefusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            WindowRefusal::Rule { .. } => "window_rule",
            WindowRefusal::Zone(_) => "window_zone",
            WindowRefusal::Length => "window_length",
            WindowRefusal::Years => "window_years",
            WindowRefusal::Capacity => "window_capacity",
        }
    }
}

/// A checked policy with its zone.
#[derive(Clone, Debug)]
pub struct OpenPolicy {
    policy: WindowPolicy,
    zone: TimeZone,
}

impl WindowPolicy {
    /// Checks the policy and finds its zone.
    pub fn open(&self) -> Result<OpenPolicy, WindowRefusal> {
        self.rule.check()?;
        if self.minutes == 0 || self.minutes > 7 * u32::from(DAY_MINUTES) {
            return Err(WindowRefusal::Length);
        }
        if let (Some(from), Some(to)) = (self.from_year, self.to_year)
            && from > to
        {
            return Err(WindowRefusal::Years);
        }
        if self.capacity == Some(0) {
            return Err(WindowRefusal::Capacity);
        }
        let zone = crate::calendar::zone(&self.zone).map_err(WindowRefusal::Zone)?;
        Ok(OpenPolicy { policy: self.clone(), zone })
    }

    /// True when it speaks about the target.
    pub fn covers(&self, target: &Target<'_>) -> bool {
        self.scope.covers(target)
    }

    fn holds_in(&self, year: i16) -> bool {
        self.from_year.is_none_or(|from| from <= year) && self.to_year.is_none_or(|to| year <= to)
    }
}

impl OpenPolicy {
    /// The policy.
    pub fn policy(&self) -> &WindowPolicy {
        &self.policy
    }

    /// The zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The window that opens on a date: wall-clock times on both ends, so that "18:00 to midnight"
    /// stays that on the day of a clock change.
    fn window(&self, day: Date) -> Option<Slot> {
        let opens = day.to_datetime(self.policy.start);
        let closes = opens.checked_add(i64::from(self.policy.minutes).minutes()).ok()?;
        let instant = |wall| self.zone.to_ambiguous_timestamp(wall).compatible().ok();
        let slot = Slot { start: instant(opens)?, end: instant(closes)? };
        (slot.start < slot.end).then_some(slot)
    }

    fn dates(&self, from: Date, to: Date) -> Vec<Date> {
        let mut dates = self.policy.rule.dates(from, to);
        dates.retain(|day| {
            self.policy.holds_in(day.year()) && !self.policy.dropped.contains_key(day)
        });
        if from <= to {
            dates.extend(self.policy.added.range(from..=to).map(|(day, _)| *day));
        }
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// The windows that share an instant with the range, rising.
    pub fn occurrences(&self, from: Timestamp, to: Timestamp) -> Vec<Slot> {
        let reach = i64::from(self.policy.minutes / u32::from(DAY_MINUTES)) + 2;
        let date = |at: Timestamp| self.zone.to_datetime(at).date();
        let first = date(from).checked_sub(reach.days()).unwrap_or(Date::MIN);
        let range = Slot { start: from, end: to };
        self.dates(first, date(to))
            .into_iter()
            .filter_map(|day| self.window(day))
            .filter(|window| window.overlaps(&range))
            .collect()
    }

    /// The window that holds the whole slot.
    pub fn containing(&self, slot: &Slot) -> Option<Slot> {
        self.occurrences(slot.start, slot.end).into_iter().find(|window| window.holds(slot))
    }

    /// True when the slot lies wholly in one window.
    pub fn contains(&self, slot: &Slot) -> bool {
        self.containing(slot).is_some()
    }

    /// The next window that opens at or after an instant.
    pub fn next(&self, after: Timestamp) -> Option<Slot> {
        // Usually the next one is near; the long search is for rules of a few days a year.
        [40, AHEAD_DAYS].into_iter().find_map(|days| {
            let to = after.checked_add((days * 24).hours()).ok()?;
            self.occurrences(after, to).into_iter().find(|window| window.start >= after)
        })
    }

    /// The plan of a year: every window that opens in it (S2-13, D-31).
    pub fn year(&self, year: i16) -> Vec<Slot> {
        let (Ok(first), Ok(last)) = (Date::new(year, 1, 1), Date::new(year, 12, 31)) else {
            return Vec::new();
        };
        self.dates(first, last).into_iter().filter_map(|day| self.window(day)).collect()
    }

    /// The next opening dates, for the preview beside the form.
    pub fn preview(&self, after: Timestamp, count: usize) -> Vec<Slot> {
        let mut list = Vec::new();
        let mut from = after;
        while list.len() < count {
            let Some(window) = self.next(from) else { break };
            from = window.end;
            list.push(window);
        }
        list
    }

    /// The year whose plan a window belongs to, when it is not approved yet.
    pub(super) fn unapproved(&self, window: &Slot) -> Option<i16> {
        let year = self.zone.to_datetime(window.start).year();
        (self.policy.by_year && !self.policy.approved.contains(&year)).then_some(year)
    }
}

/// The policies that every installation begins with.
pub fn presets(zone: &str) -> Vec<WindowPolicy> {
    let policy = |key: &str, title: Text, rule: Recurrence| WindowPolicy {
        key: key.to_owned(),
        title,
        zone: zone.to_owned(),
        rule,
        start: Time::constant(18, 0, 0, 0),
        minutes: 360,
        scope: Scope::All,
        owner_role: "release_manager".to_owned(),
        override_by: Some("release_manager".to_owned()),
        capacity: None,
        from_year: None,
        to_year: None,
        added: BTreeMap::new(),
        dropped: BTreeMap::new(),
        by_year: false,
        approved: BTreeSet::new(),
    };
    let text = |en: &str, ko: &str, vi: &str, zh: &str| Text {
        en: Some(en.to_owned()),
        ko: Some(ko.to_owned()),
        vi: Some(vi.to_owned()),
        zh: Some(zh.to_owned()),
    };
    let upgrades = WindowPolicy {
        // The release cycle of systems is kept by those who develop them (S2-20).
        owner_role: "application_development".to_owned(),
        ..policy(
            "second-and-fourth-thursday-evening",
            text(
                "Second and fourth Thursday evening of the month",
                "매월 둘째·넷째 주 목요일 저녁",
                "Tối thứ Năm tuần thứ hai và thứ tư hằng tháng",
                "每月第二、第四个周四晚间",
            ),
            Recurrence::NthWeekday { nth: vec![2, 4], days: vec![Day::Thu] },
        )
    };
    vec![
        upgrades,
        policy(
            "weekend-evenings",
            text(
                "Saturday and Sunday evenings",
                "토요일·일요일 저녁",
                "Tối thứ Bảy và Chủ nhật",
                "周六、周日晚间",
            ),
            Recurrence::Weekly { days: vec![Day::Sat, Day::Sun] },
        ),
    ]
}
