//! Tables and properties of calendars.

use super::*;
use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;

fn hanoi() -> Calendar {
    let mut calendar = Calendar::ordinary("hanoi", "Asia/Ho_Chi_Minh");
    calendar.holidays.insert(date(2027, 4, 30), "Reunification Day".into());
    calendar.holidays.insert(date(2027, 5, 3), "day in lieu".into());
    let made_up = MadeUp { name: "for 3 May".into(), hours: Vec::new() };
    calendar.made_up.insert(date(2027, 5, 8), made_up);
    calendar
}

#[test]
fn holidays_are_off_and_a_made_up_saturday_is_worked() {
    let calendar = hanoi();
    for (day, working, minutes) in [
        (date(2027, 4, 29), true, 480),
        (date(2027, 4, 30), false, 0),
        (date(2027, 5, 1), false, 0),
        (date(2027, 5, 3), false, 0),
        (date(2027, 5, 4), true, 480),
        (date(2027, 5, 8), true, 480),
        (date(2027, 5, 9), false, 0),
    ] {
        assert_eq!(
            (calendar.is_working(day), calendar.minutes_on(day)),
            (working, minutes),
            "{day}"
        );
    }
    assert_eq!(calendar.holiday(date(2027, 4, 30)), Some("Reunification Day"));
    for (from, days, expected) in [
        (date(2027, 4, 29), 1, date(2027, 5, 4)),
        (date(2027, 4, 29), 5, date(2027, 5, 8)),
        (date(2027, 4, 29), 6, date(2027, 5, 10)),
        (date(2027, 5, 10), -1, date(2027, 5, 8)),
        (date(2027, 5, 4), -1, date(2027, 4, 29)),
        (date(2027, 5, 1), 0, date(2027, 5, 1)),
    ] {
        assert_eq!(calendar.add_working_days(from, days), Ok(expected), "{from} {days}");
    }
    assert_eq!(calendar.capacity_minutes(date(2027, 4, 26), date(2027, 5, 10)), 9 * 480);
}

#[test]
fn a_day_that_a_month_lacks_is_its_last() {
    for (months, day, expected) in [
        (-1, 29, date(2027, 2, 28)),
        (-1, 28, date(2027, 2, 28)),
        (-37, 29, date(2024, 2, 29)),
        (0, 31, date(2027, 3, 31)),
        (1, 31, date(2027, 4, 30)),
        (10, 31, date(2028, 1, 31)),
        (-3, 31, date(2026, 12, 31)),
    ] {
        assert_eq!(month_day(2027, 3, months, day), Some(expected), "{months} {day}");
    }
}

#[test]
fn an_unusable_calendar_says_why() {
    let with = |change: fn(&mut Calendar)| {
        let mut calendar = hanoi();
        change(&mut calendar);
        calendar.open().map(|_| ()).map_err(|refusal| refusal.code())
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|it| it.zone = "Hanoi".into()), Err("calendar_zone"));
    assert_eq!(with(|it| it.week = Default::default()), Err("calendar_no_work"));
    assert_eq!(with(|it| it.week[0][0].to = 2_000), Err("calendar_hours"));
    assert_eq!(with(|it| it.week[0].swap(0, 1)), Err("calendar_hours"));
    let far = |it: &mut Calendar| {
        it.holidays.insert(date(9000, 1, 1), String::new());
    };
    assert_eq!(with(far), Err("calendar_date"));
}

fn at(zone: &str, wall: &str) -> Timestamp {
    let wall: DateTime = wall.parse().expect("a wall-clock time");
    wall.in_tz(zone).expect("a zone").timestamp()
}

#[test]
fn a_day_over_a_clock_change_keeps_the_wall_clock() {
    for (zone, from, days, expected) in [
        ("America/New_York", "2027-03-13T18:00", 1, "2027-03-14T18:00"),
        ("America/New_York", "2027-11-06T18:00", 1, "2027-11-07T18:00"),
        ("Europe/Berlin", "2027-03-29T18:00", -2, "2027-03-27T18:00"),
        ("Europe/Berlin", "2027-10-31T12:00", -1, "2027-10-30T12:00"),
        // 02:30 does not exist on that day: it comes as much later.
        ("Europe/Berlin", "2027-03-27T02:30", 1, "2027-03-28T03:30"),
        ("Asia/Seoul", "2027-03-13T18:00", 300, "2028-01-07T18:00"),
    ] {
        let open = Calendar::ordinary("x", zone).open().expect("a calendar");
        let table = WorkTable::new(&open, date(2027, 1, 1), date(2028, 12, 31));
        let (from, expected) = (at(zone, from), at(zone, expected));
        assert_eq!(open.add_days(from, days), expected, "{zone}");
        assert_eq!(table.add_days(from, days), expected, "{zone}");
    }
}

#[test]
fn work_runs_in_working_hours_only() {
    let open = hanoi().open().expect("a calendar");
    let table = WorkTable::new(&open, date(2027, 1, 1), date(2027, 12, 31));
    let second = |wall: &str| at("Asia/Ho_Chi_Minh", wall).as_second();
    for (from, minutes, to) in [
        ("2027-04-29T09:00", 60, "2027-04-29T10:00"),
        ("2027-04-29T11:30", 60, "2027-04-29T13:30"),
        ("2027-04-29T09:00", 480, "2027-04-29T18:00"),
        ("2027-04-29T17:00", 120, "2027-05-04T10:00"),
        ("2027-05-01T00:00", 30, "2027-05-04T09:30"),
        ("2027-05-07T13:00", 480, "2027-05-08T12:00"),
    ] {
        assert_eq!(table.add_work(second(from), minutes * 60), second(to), "{from} + {minutes}");
    }
    // Backwards from the first hour of a day: the latest begin, not the evening before.
    assert_eq!(table.sub_work(second("2027-05-04T10:00"), 3_600), second("2027-05-04T09:00"));
    assert_eq!(table.sub_work(second("2027-05-04T10:00"), 7_200), second("2027-04-29T17:00"));
    assert_eq!(table.next_work(second("2027-04-30T10:00")), second("2027-05-04T09:00"));
    let mut days = Vec::new();
    table.work_by_day(second("2027-04-29T17:00"), second("2027-05-04T10:00"), |day, seconds| {
        days.push((day, seconds / 60));
    });
    assert_eq!(days, [(date(2027, 4, 29), 60), (date(2027, 5, 4), 60)]);
}

proptest! {
    /// The unrolled table and the calendar never disagree, clock changes included.
    #[test]
    fn the_table_agrees_with_the_calendar(
        zone in proptest::sample::select(vec!["America/New_York", "Europe/Berlin", "Asia/Seoul"]),
        minute in 0i64..(2 * 366 * 1440), days in -400i64..400, working in -200i64..200,
    ) {
        let mut calendar = hanoi();
        calendar.zone = zone.into();
        let open = calendar.open().expect("a calendar");
        let table = WorkTable::new(&open, date(2027, 1, 1), date(2028, 12, 31));
        let from = at(zone, "2027-01-01T00:00");
        let from = Timestamp::from_second(from.as_second() + minute * 60).expect("in range");
        prop_assert_eq!(table.date(from), open.date(from));
        prop_assert_eq!(table.add_days(from, days), open.add_days(from, days));
        prop_assert_eq!(table.add_working_days(from, working), open.add_working_days(from, working));
    }

    #[test]
    fn work_forwards_and_backwards_is_the_same_work(
        minute in (30i64 * 1440)..(300 * 1440), work in 0i64..(20 * 480),
    ) {
        let open = hanoi().open().expect("a calendar");
        let table = WorkTable::new(&open, date(2027, 1, 1), date(2028, 12, 31));
        let from = at("Asia/Ho_Chi_Minh", "2027-01-01T00:00").as_second() + minute * 60;
        let done = table.add_work(from, work * 60);
        prop_assert!(done >= from);
        prop_assert_eq!(table.work_between(from, done), work * 60);
        let begin = table.sub_work(done, work * 60);
        prop_assert!(begin >= from && begin <= done);
        prop_assert_eq!(table.work_between(begin, done), work * 60);
    }
}
