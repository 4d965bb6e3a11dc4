//! Hand lists, clock changes and every block of a slot.

use super::*;
use crate::ids::{FreezeId, IdSeed, ProductId, ReleaseId};
use jiff::civil::{Date, DateTime, Time, date};
use proptest::prelude::*;

/// A date on which intervals of a rule may count from: a Monday.
const RULE_EPOCH: Date = date(2024, 1, 1);
const SEOUL: &str = "Asia/Seoul";
const THURSDAYS: &str = "second-and-fourth-thursday-evening";

fn at(zone: &str, wall: &str) -> Timestamp {
    let wall: DateTime = wall.parse().expect("a wall-clock time");
    wall.in_tz(zone).expect("a zone").timestamp()
}

fn slot(zone: &str, from: &str, to: &str) -> Slot {
    Slot { start: at(zone, from), end: at(zone, to) }
}

fn preset(key: &str, zone: &str) -> WindowPolicy {
    presets(zone).into_iter().find(|it| it.key == key).expect("a preset")
}

fn release(n: u64) -> ReleaseId {
    ReleaseId::new(IdSeed { millis: n, random: 0 })
}

fn product(n: u64) -> ProductId {
    ProductId::new(IdSeed { millis: n, random: 0 })
}

/// Second and fourth Thursday of the 24 months of 2026 and 2027, from a printed calendar.
const BY_DAY: [(i8, i8); 24] = [
    (8, 22),
    (12, 26),
    (12, 26),
    (9, 23),
    (14, 28),
    (11, 25),
    (9, 23),
    (13, 27),
    (10, 24),
    (8, 22),
    (12, 26),
    (10, 24),
    (14, 28),
    (11, 25),
    (11, 25),
    (8, 22),
    (13, 27),
    (10, 24),
    (8, 22),
    (12, 26),
    (9, 23),
    (14, 28),
    (11, 25),
    (9, 23),
];

/// Thursday of the second and fourth calendar week of the same months.
const BY_WEEK: [(i8, i8); 24] = [
    (8, 22),
    (5, 19),
    (5, 19),
    (9, 23),
    (7, 21),
    (11, 25),
    (9, 23),
    (6, 20),
    (10, 24),
    (8, 22),
    (5, 19),
    (10, 24),
    (7, 21),
    (11, 25),
    (11, 25),
    (8, 22),
    (6, 20),
    (10, 24),
    (8, 22),
    (5, 19),
    (9, 23),
    (7, 21),
    (11, 25),
    (9, 23),
];

fn hand_list(days: &[(i8, i8); 24]) -> Vec<Date> {
    (0i16..)
        .zip(days)
        .flat_map(|(month, (second, fourth))| {
            let (year, month) = (2026 + month / 12, (month % 12 + 1) as i8);
            [date(year, month, *second), date(year, month, *fourth)]
        })
        .collect()
}

// proves: S2-13/U S2-21/U
#[test]
fn the_plan_of_two_years_is_the_hand_list_in_both_readings() {
    let by_week = Recurrence::WeekOfMonth { weeks: vec![2, 4], days: vec![Day::Thu] };
    for (rule, days) in [(preset(THURSDAYS, SEOUL).rule, &BY_DAY), (by_week, &BY_WEEK)] {
        let policy = WindowPolicy { rule, ..preset(THURSDAYS, SEOUL) };
        let open = policy.open().expect("a policy");
        let expected: Vec<Slot> = hand_list(days)
            .into_iter()
            .map(|day| {
                slot(SEOUL, &format!("{day}T18:00"), &format!("{}T00:00", day.tomorrow().unwrap()))
            })
            .collect();
        let mut plan = open.year(2026);
        plan.extend(open.year(2027));
        assert_eq!(plan, expected);
        let whole = Slot { start: expected[0].start, end: expected[47].end };
        assert_eq!(open.occurrences(whole.start, whole.end), expected);
        assert_eq!(open.preview(whole.start, 48), expected);
    }
}

#[test]
fn a_rule_text_opens_the_same_windows_as_the_form() {
    for (rule, zone) in [
        (preset(THURSDAYS, SEOUL).rule, SEOUL),
        (preset("weekend-evenings", SEOUL).rule, "America/New_York"),
        (Recurrence::NthWeekday { nth: vec![-1], days: vec![Day::Fri, Day::Mon] }, "Europe/Berlin"),
    ] {
        let text = rule.to_rrule().expect("a rule text");
        let written = Recurrence::Rrule { rule: text.clone(), since: RULE_EPOCH };
        let plan = |rule| {
            WindowPolicy { rule, ..preset(THURSDAYS, zone) }.open().expect("a policy").year(2027)
        };
        assert!(!plan(rule.clone()).is_empty());
        assert_eq!(plan(rule), plan(written), "{text}");
    }
}

#[test]
fn a_window_keeps_its_hours_when_the_clock_changes() {
    for (zone, start, minutes, day, expected) in [
        // The clock goes forward at two and back at two or three o'clock on these Sundays.
        ("America/New_York", (22, 0), 360, "2027-03-13", ("2027-03-13T22:00", "2027-03-14T04:00")),
        ("America/New_York", (22, 0), 360, "2027-11-06", ("2027-11-06T22:00", "2027-11-07T04:00")),
        ("Europe/Berlin", (18, 0), 360, "2027-03-28", ("2027-03-28T18:00", "2027-03-29T00:00")),
        ("Europe/Berlin", (2, 30), 60, "2027-03-28", ("2027-03-28T03:30", "2027-03-28T03:30")),
        ("Asia/Seoul", (22, 0), 360, "2027-03-13", ("2027-03-13T22:00", "2027-03-14T04:00")),
    ] {
        let policy = WindowPolicy {
            start: Time::constant(start.0, start.1, 0, 0),
            minutes,
            ..preset("weekend-evenings", zone)
        };
        let open = policy.open().expect("a policy");
        let day: Date = day.parse().expect("a date");
        let year = open.year(day.year());
        let found = year.iter().find(|it| {
            it.start >= at(zone, &format!("{day}T00:00"))
                && it.start < at(zone, &format!("{day}T23:59"))
        });
        let expected = slot(zone, expected.0, expected.1);
        // A window that the clock skips wholly does not open.
        let expected = (expected.start < expected.end).then_some(expected);
        assert_eq!(found.copied(), expected, "{zone} {day}");
    }
}

fn codes(verdict: &SlotVerdict) -> Vec<&'static str> {
    verdict.blocks.iter().map(Block::code).collect()
}

// proves: S1-28/U S2-19/U
#[test]
fn a_slot_outside_is_refused_with_the_next_window_and_who_may_allow_it() {
    let policies = [preset("weekend-evenings", SEOUL).open().expect("a policy")];
    let question = Question {
        target: Target::default(),
        release: None,
        policies: &policies,
        freezes: &[],
        bookings: &[],
        now: at(SEOUL, "2027-03-01T09:00"),
    };
    // Tuesday, 16 March 2027.
    let tuesday = explain(&slot(SEOUL, "2027-03-16T20:00", "2027-03-16T21:00"), &question);
    let saturday = slot(SEOUL, "2027-03-20T18:00", "2027-03-21T00:00");
    assert_eq!(
        tuesday.blocks,
        [Block::OutsideWindow {
            policies: vec!["weekend-evenings".into()],
            next_opens: Some(saturday),
            override_by: vec!["release_manager".into()],
        }]
    );
    assert_eq!(
        tuesday.blocks[0].lifts(),
        [Lift::MoveTo(saturday), Lift::Override("release_manager".into())]
    );
    let free = next_slots(at(SEOUL, "2027-03-16T20:00"), 60, 3, &question);
    assert_eq!(
        free,
        [
            slot(SEOUL, "2027-03-20T18:00", "2027-03-20T19:00"),
            slot(SEOUL, "2027-03-21T18:00", "2027-03-21T19:00"),
            slot(SEOUL, "2027-03-27T18:00", "2027-03-27T19:00"),
        ]
    );
    assert!(free.iter().all(|it| explain(it, &question).ok));

    let long = explain(&slot(SEOUL, "2027-03-20T20:00", "2027-03-21T00:30"), &question);
    assert_eq!(codes(&long), ["slot_too_long"]);
    assert_eq!(long.blocks[0].lifts()[0], Lift::Shorten(30));
    let past = explain(&slot(SEOUL, "2027-02-27T20:00", "2027-02-27T21:00"), &question);
    assert_eq!(codes(&past), ["slot_in_the_past"]);
    let empty = explain(&slot(SEOUL, "2027-03-20T20:00", "2027-03-20T20:00"), &question);
    assert_eq!(codes(&empty), ["slot_empty"]);
    // A new system chooses freely: no policy, any time.
    let free = Question { policies: &[], ..question };
    assert!(explain(&slot(SEOUL, "2027-03-16T20:00", "2027-03-16T21:00"), &free).ok);
}

// proves: S2-13/U S2-19/U
#[test]
fn room_freezes_and_the_approved_year_are_all_named_at_once() {
    let policy = WindowPolicy {
        capacity: Some(1),
        by_year: true,
        approved: [2027].into(),
        ..preset(THURSDAYS, SEOUL)
    };
    let policies = [policy.open().expect("a policy")];
    let booked = slot(SEOUL, "2027-03-11T18:00", "2027-03-11T20:00");
    let bookings = [Booking { release: release(1), policy: THURSDAYS.into(), slot: booked }];
    let freezes = [Freeze {
        id: FreezeId::new(IdSeed { millis: 1, random: 0 }),
        range: slot(SEOUL, "2027-03-20T00:00", "2027-04-08T19:00"),
        scope: Scope::Products(vec![product(1)]),
        reason: "end of the quarter".into(),
        override_by: Some("director".into()),
    }];
    let (one, two) = (product(1), product(2));
    let asked = release(2);
    let question = Question {
        target: Target { product: Some(&one), ..Target::default() },
        release: Some(&asked),
        policies: &policies,
        freezes: &freezes,
        bookings: &bookings,
        now: at(SEOUL, "2027-03-01T09:00"),
    };
    let full = explain(&slot(SEOUL, "2027-03-11T21:00", "2027-03-11T22:00"), &question);
    // The 25th is frozen, so the next room is on 8 April, after the freeze ends at 19:00.
    let next = slot(SEOUL, "2027-04-08T19:00", "2027-04-08T20:00");
    assert_eq!(
        full.blocks,
        [Block::Full {
            policy: THURSDAYS.into(),
            window: slot(SEOUL, "2027-03-11T18:00", "2027-03-12T00:00"),
            capacity: 1,
            booked_by: vec![release(1)],
            next_opens: Some(next),
            override_by: Some("release_manager".into()),
        }]
    );
    assert_eq!(next_slots(question.now, 60, 1, &question), [next]);
    // Its own booking is in nobody's way.
    let own = Question { release: Some(&bookings[0].release), ..question };
    assert!(explain(&slot(SEOUL, "2027-03-11T21:00", "2027-03-11T22:00"), &own).ok);

    let frozen = explain(&slot(SEOUL, "2027-03-30T21:00", "2027-03-30T22:00"), &question);
    assert_eq!(codes(&frozen), ["slot_frozen", "slot_outside_window"]);
    assert_eq!(
        frozen.blocks[0].lifts(),
        [Lift::NotBefore(freezes[0].range.end), Lift::Override("director".into())]
    );
    let other =
        Question { target: Target { product: Some(&two), ..Target::default() }, ..question };
    assert!(explain(&slot(SEOUL, "2027-03-25T21:00", "2027-03-25T22:00"), &other).ok);

    let next_year = explain(&slot(SEOUL, "2028-01-13T21:00", "2028-01-13T22:00"), &question);
    assert_eq!(codes(&next_year), ["window_year_not_approved"]);
    assert_eq!(
        next_year.blocks[0].lifts(),
        [Lift::ApproveYear("application_development".into(), 2028)]
    );
}

#[test]
fn the_owner_adds_and_drops_dates_of_the_year() {
    let mut policy = preset(THURSDAYS, SEOUL);
    policy.dropped.insert(date(2027, 3, 11), "audit".into());
    policy.added.insert(date(2027, 3, 13), "instead".into());
    policy.to_year = Some(2027);
    let open = policy.open().expect("a policy");
    assert!(!open.contains(&slot(SEOUL, "2027-03-11T19:00", "2027-03-11T20:00")));
    assert!(open.contains(&slot(SEOUL, "2027-03-13T19:00", "2027-03-13T20:00")));
    assert_eq!(open.year(2028), []);
    assert_eq!(open.next(at(SEOUL, "2027-12-24T00:00")), None);
}

#[test]
fn an_unusable_policy_says_why() {
    let rrule = |rule: &str| Recurrence::Rrule { rule: rule.into(), since: RULE_EPOCH };
    let with = |change: &dyn Fn(&mut WindowPolicy)| {
        let mut policy = preset(THURSDAYS, SEOUL);
        change(&mut policy);
        policy.open().map(|_| ()).map_err(|refusal| refusal.code())
    };
    assert_eq!(with(&|_| ()), Ok(()));
    assert_eq!(with(&|it| it.rule = rrule("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA")), Ok(()));
    for rule in ["", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2", "FREQ=WEEKLY\nRRULE:FREQ=DAILY", "x"]
    {
        assert_eq!(with(&|it| it.rule = rrule(rule)), Err("window_rule"), "{rule}");
    }
    assert_eq!(with(&|it| it.rule = Recurrence::Weekly { days: vec![] }), Err("window_rule"));
    let nth = |nth| Recurrence::NthWeekday { nth, days: vec![Day::Thu] };
    assert_eq!(with(&|it| it.rule = nth(vec![0])), Err("window_rule"));
    assert_eq!(with(&|it| it.rule = nth(vec![6])), Err("window_rule"));
    assert_eq!(with(&|it| it.zone = "KST+9".into()), Err("window_zone"));
    assert_eq!(with(&|it| it.minutes = 0), Err("window_length"));
    assert_eq!(with(&|it| it.capacity = Some(0)), Err("window_capacity"));
    assert_eq!(
        with(&|it| (it.from_year, it.to_year) = (Some(2028), Some(2027))),
        Err("window_years")
    );
}

proptest! {
    /// Whatever is proposed is free, and nothing earlier at a window's begin was passed over.
    #[test]
    fn proposed_slots_are_free_and_rising(
        hours in 0i64..10_000, minutes in 1i64..360, from in 0i64..9_000, length in 1i64..2_000,
    ) {
        let policies = [preset(THURSDAYS, "Europe/Berlin").open().expect("a policy")];
        let begin = at("Europe/Berlin", "2027-01-01T00:00");
        let hour = |n: i64| begin + jiff::SignedDuration::from_hours(n);
        let freezes = [Freeze {
            id: FreezeId::new(IdSeed { millis: 1, random: 0 }),
            range: Slot { start: hour(from), end: hour(from + length) },
            scope: Scope::All,
            reason: "closing".into(),
            override_by: None,
        }];
        let question = Question {
            target: Target::default(), release: None, policies: &policies,
            freezes: &freezes, bookings: &[], now: hour(hours),
        };
        let slots = next_slots(hour(hours), minutes, 3, &question);
        prop_assert_eq!(slots.len(), 3);
        prop_assert!(slots.windows(2).all(|pair| pair[0].end <= pair[1].start));
        for slot in &slots {
            prop_assert!(explain(slot, &question).ok);
            prop_assert_eq!(slot.minutes(), minutes);
        }
        for window in policies[0].occurrences(hour(hours), slots[2].start) {
            let slot = Slot { start: window.start, end: window.start + jiff::SignedDuration::from_mins(minutes) };
            prop_assert!(slots.iter().any(|it| window.holds(it)) || !explain(&slot, &question).ok);
        }
    }
}
