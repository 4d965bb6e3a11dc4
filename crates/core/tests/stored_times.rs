//! What is stored of times reads back as the same value, and unknown fields are errors.

use jiff::civil::date;
use roadbook_core::calendar::{Calendar, MadeUp};
use roadbook_core::ids::{FreezeId, IdSeed};
use roadbook_core::plan::{
    Baseline, Conflict, Constraint, Plan, PlanProblem, PlannedStep, Shorter, WayOut,
};
use roadbook_core::schedule::{Anchors, Period};
use roadbook_core::version::{CalVerRules, Level, Raise, Request, Scheme, Version};
use roadbook_core::window::{
    Day, Freeze, Question, Recurrence, Scope, Slot, Target, explain, presets,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt::Debug;

fn back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> serde_json::Value {
    let json = serde_json::to_value(value).expect("a value that can be stored");
    let text = json.to_string();
    let read: T = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(&read, value, "{text}");
    json
}

/// Structs refuse a field that they do not know.
fn strict<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let mut json = back(value);
    json.as_object_mut().expect("an object").insert("surprise".into(), true.into());
    assert!(serde_json::from_value::<T>(json).is_err(), "{value:?} takes an unknown field");
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("an instant")
}

fn slot() -> Slot {
    Slot { start: at("2027-03-11T09:00:00Z"), end: at("2027-03-11T15:00:00Z") }
}

#[test]
fn calendars_windows_and_freezes() {
    let mut calendar = Calendar::ordinary("seoul", "Asia/Seoul");
    calendar.holidays.insert(date(2027, 3, 1), "삼일절".into());
    calendar.made_up.insert(date(2027, 3, 6), MadeUp { name: "x".into(), hours: Vec::new() });
    strict(&calendar);
    for rule in [
        Recurrence::Weekly { days: Day::ALL.into() },
        Recurrence::NthWeekday { nth: vec![2, -1], days: vec![Day::Thu] },
        Recurrence::WeekOfMonth { weeks: vec![2], days: vec![Day::Thu] },
        Recurrence::Rrule { rule: "FREQ=DAILY".into(), since: date(2024, 1, 1) },
    ] {
        let mut policy = presets("Asia/Seoul").remove(0);
        policy.rule = rule;
        policy.added.insert(date(2027, 3, 6), "x".into());
        policy.approved.insert(2027);
        strict(&policy);
    }
    let freezes = [Freeze {
        id: FreezeId::new(IdSeed { millis: 1, random: 0 }),
        range: slot(),
        scope: Scope::Tag("pilot".into()),
        reason: "closing".into(),
        override_by: None,
    }];
    strict(&freezes[0]);
    let open = presets("Asia/Seoul").remove(1).open().expect("a policy");
    let tags = ["pilot".to_owned()];
    let verdict = explain(
        &slot(),
        &Question {
            target: Target { tags: &tags, ..Target::default() },
            release: None,
            policies: std::slice::from_ref(&open),
            freezes: &freezes,
            bookings: &[],
            now: at("2028-01-01T00:00:00Z"),
        },
    );
    assert_eq!(verdict.blocks.len(), 3);
    strict(&verdict);
    strict(&Anchors {
        period: Some(Period { year: 2027, month: 3 }),
        done: [("a".to_owned(), at("2027-03-11T09:00:00Z"))].into(),
        ..Anchors::default()
    });
}

#[test]
fn versions_and_schemes() {
    let dated = Scheme::CalVer(CalVerRules { pattern: "YYYY.0M.MICRO".into() });
    for (scheme, text) in
        [(Scheme::default(), "V1.2.3.0004"), (Scheme::SemVer, "1.2.3-rc.1"), (dated, "2027.03.1")]
    {
        back(&scheme);
        let current = scheme.parse(text).expect("a number");
        back(&current);
        let next = scheme.next(&Request {
            current: Some(&current),
            raise: Raise::Level(Level::Minor),
            tag: None,
            today: date(2027, 4, 1),
            taken: &[],
        });
        strict(&next.expect("a next number"));
    }
    let refusal = Scheme::default().parse("x").expect_err("no number");
    back(&refusal);
    assert_eq!(back(&Version::Vabcd([1, 0, 0, 0])), serde_json::json!({"vabcd": [1, 0, 0, 0]}));
    // A scheme that was stored with fewer rules takes the defaults for the others.
    let short: Scheme = serde_json::from_str(r#"{"vabcd": {"label": "R"}}"#).expect("a scheme");
    assert_eq!(short.example(), "R1.0.0.0001");
}

#[test]
fn plans_and_baselines() {
    let now = at("2027-03-11T09:00:00Z");
    let step = PlannedStep {
        earliest_start: now,
        earliest_finish: now,
        latest_start: now,
        latest_finish: now,
        planned_start: now,
        planned_finish: now,
        slack: -5,
        critical: true,
        late: true,
        done: false,
        work_minutes: 60,
        who: Vec::new(),
    };
    let conflict = Conflict {
        step: "a".into(),
        by: 5,
        constraints: vec![
            Constraint::Now { at: now },
            Constraint::Takes { step: "a".into(), length: "3d".into() },
            Constraint::Appointed { step: "a".into(), slot: slot() },
        ],
        ways_out: vec![
            WayOut::MoveGoLive { to: slot(), by: 5, free: true },
            WayOut::Shorten { steps: vec![Shorter { step: "a".into(), by: 5 }] },
        ],
    };
    let plan = Plan {
        go_live: Some(slot()),
        go_live_step: Some("a".into()),
        finish: now,
        steps: BTreeMap::from([("a".to_owned(), step)]),
        critical_path: vec!["a".into()],
        problems: vec![PlanProblem::NoSlot, PlanProblem::Conflict(conflict)],
    };
    strict(&plan);
    let baseline: Baseline = plan.baseline(now);
    strict(&baseline);
}
