//! The simulator: with and without a team, with and without chance, and two revisions compared.

use jiff::Timestamp;
use roadbook_core::calendar::{Calendar, WorkTable};
use roadbook_core::process::compare::compare;
use roadbook_core::process::expr::Value;
use roadbook_core::process::simulate::{Assumed, Past, Simulation, last_begin, simulate};
use roadbook_core::process::team::Team;
use roadbook_core::process::template::Template;
use roadbook_core::window::Slot;
use roadbook_wire::process::{builtin, parse};
use std::collections::BTreeMap;

fn text(id: &str) -> &'static str {
    builtin().iter().find(|(name, _)| *name == id).expect("built in").1
}

fn read(text: &str) -> Template {
    parse("x", text).expect("reads").template
}

/// The starter process with some of its text changed.
fn starter(changes: &[(&str, &str)]) -> Template {
    let mut all = text("starter/release").to_owned();
    for (from, to) in changes {
        assert!(all.contains(from), "{from}");
        all = all.replacen(from, to, 1);
    }
    read(&all)
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn table() -> WorkTable {
    let open = Calendar::ordinary("x", "UTC").open().expect("a calendar");
    let day = |it: &str| it.parse().expect("a day");
    WorkTable::new(&open, day("2026-01-01"), day("2028-01-01"))
}

/// A Thursday evening; work begins on Monday morning.
fn slot() -> Slot {
    Slot { start: at("2026-10-08T20:00:00Z"), end: at("2026-10-08T22:00:00Z") }
}

fn begin() -> Timestamp {
    at("2026-10-05T09:00:00Z")
}

fn team(list: &[(&str, u32)], percent: u8) -> Team {
    let counts = list.iter().map(|(role, n)| ((*role).to_owned(), *n)).collect();
    Team::counted(&counts, percent)
}

type Facts = BTreeMap<String, Value>;

fn times(made: &Simulation, step: &str) -> (String, String) {
    let bar = made.bar(step).unwrap_or_else(|| panic!("no {step}"));
    (bar.start.to_string(), bar.finish.to_string())
}

/// Two steps for one person, which the process allows side by side.
const SIDE_BY_SIDE: [(&str, &str); 2] = [
    ("  role = \"tester\"\n  after = [\"plan\"]\n", "  role = \"release_lead\"\n"),
    ("effort = \"1h\"", "effort = \"4h\""),
];

#[test]
fn whoever_is_alone_does_one_thing_after_the_other() {
    let (table, none) = (table(), Facts::new());
    let template = starter(&SIDE_BY_SIDE);
    let plain = Assumed::plain(&table, Some(slot()), begin(), &none);
    // People, share of the day, end of the test, minutes that it waits for somebody.
    for (people, percent, end, waits) in [
        (None, 100, "2026-10-05T11:00:00Z", 0),
        (Some(2), 100, "2026-10-05T11:00:00Z", 0),
        // Which of both is first does not matter: together they are six hours.
        (Some(1), 100, "2026-10-05T16:00:00Z", 240),
        (Some(2), 50, "2026-10-05T14:00:00Z", 120),
    ] {
        let team = people.map(|n| team(&[("release_lead", n), ("approver", 1)], percent));
        let made = simulate(&template, &Assumed { team: team.as_ref(), ..plain });
        let last = [times(&made, "plan").1, times(&made, "test").1].into_iter().max();
        let of = |step: &str| made.bar(step).expect("planned").waits.person;
        if people == Some(1) {
            assert_eq!(last.as_deref(), Some(end), "{people:?}");
            assert_eq!(of("plan").max(of("test")), if of("plan") > 0 { 120 } else { waits });
        } else {
            assert_eq!(times(&made, "test").1, end, "{people:?} {percent}");
            assert_eq!(of("test"), waits, "{people:?} {percent}");
        }
        assert!(made.kept(), "{people:?} {:?} {:?}", made.late, made.problems);
    }
}

#[test]
fn absences_push_work_behind_them() {
    let (table, none) = (table(), Facts::new());
    let template = starter(&[]);
    let plain = Assumed::plain(&table, Some(slot()), begin(), &none);
    let day = |it: &str| it.parse().expect("a day");
    for (away, end) in [
        (vec![], "2026-10-05T10:00:00Z"),
        (vec![("2026-10-05", "2026-10-05")], "2026-10-06T10:00:00Z"),
        (vec![("2026-10-05", "2026-10-06"), ("2026-10-07", "2026-10-07")], "2026-10-08T10:00:00Z"),
        (vec![("2026-10-12", "2026-10-30")], "2026-10-05T10:00:00Z"),
    ] {
        let mut team = team(&[("release_lead", 1), ("tester", 1), ("approver", 1)], 100);
        team.seats[team.roles["release_lead"][0]].absent =
            away.iter().map(|(from, to)| (day(from), day(to))).collect();
        let made = simulate(&template, &Assumed { team: Some(&team), ..plain });
        assert_eq!(times(&made, "plan").1, end, "{away:?}");
    }
}

#[test]
fn a_go_live_that_nobody_reaches_is_late_and_a_begin_is_proposed() {
    let (table, none) = (table(), Facts::new());
    let template = starter(&[("effort = \"2h\"", "effort = \"5d\"")]);
    let plain = Assumed::plain(&table, Some(slot()), begin(), &none);
    let made = simulate(&template, &plain);
    assert!(!made.kept() && made.go_live_late > 0, "{}", made.go_live_late);
    assert_eq!(made.critical_path.first().map(String::as_str), Some("plan"));
    assert!(made.critical_path.contains(&"go_live".to_owned()), "{:?}", made.critical_path);
    let last = last_begin(&template, &plain).expect("early enough");
    assert_eq!(last.to_string(), "2026-10-01", "a plan, five days of tests, an approval");
    let half = team(&[("release_lead", 1), ("tester", 1), ("approver", 1)], 50);
    let slow = Assumed { team: Some(&half), ..plain };
    let earlier = last_begin(&template, &slow).expect("early enough");
    assert!(earlier < last, "half of the day needs twice the days: {earlier}");
    let open = Assumed { slot: None, ..plain };
    assert_eq!(last_begin(&template, &open), None);
}

#[test]
fn chance_is_the_same_for_the_same_number() {
    let (table, none) = (table(), Facts::new());
    let template = read(text("enterprise/upgrade"));
    let plain = Assumed::plain(&table, None, begin(), &none);
    let with = |seed| simulate(&template, &Assumed { seed, ..plain });
    assert_eq!(with(Some(7)), with(Some(7)));
    let ends: std::collections::BTreeSet<Timestamp> =
        (0..20).map(|seed| with(Some(seed)).finish).collect();
    assert!(ends.len() > 10, "{ends:?}");
    let written = with(None).finish;
    assert!(ends.iter().any(|it| *it > written), "some take longer than written");
}

#[test]
fn load_and_waiting_add_up_for_every_built_in_process() {
    let (table, none) = (table(), Facts::new());
    for (id, text) in builtin() {
        let template = read(text);
        let mut list: Vec<(&str, u32)> =
            template.roles.iter().map(|it| (it.id.as_str(), 1)).collect();
        list.sort_unstable();
        let people = team(&list, 50);
        for (team, seed) in [(None, None), (Some(&people), None), (Some(&people), Some(3))] {
            let plain = Assumed::plain(&table, Some(slot()), at("2026-07-01T09:00:00Z"), &none);
            let made = simulate(&template, &Assumed { team, seed, ..plain });
            assert!(!made.steps.is_empty() && !made.critical_path.is_empty(), "{id}");
            for lane in &made.lanes {
                let weeks: i64 = lane.weeks.iter().map(|it| it.1).sum();
                assert_eq!(weeks, lane.minutes, "{id} {}", lane.role);
                assert!(lane.bars.windows(2).all(|it| it[0].start <= it[1].start), "{id}");
                let whole: i64 = lane.bars.iter().map(|it| it.waits.total()).sum();
                assert_eq!(lane.waits.total(), whole, "{id} {}", lane.role);
            }
            // Nobody does two things at once.
            if team.is_some() {
                for role in template.roles.iter().filter(|it| !it.external) {
                    assert!(!made.unheld.contains(&role.id), "{id} {}", role.id);
                }
            }
            assert_eq!(made.finish, made.steps.iter().map(|it| it.finish).max().expect("steps"));
        }
    }
}

#[test]
fn nobody_for_a_role_is_told() {
    let (table, none) = (table(), Facts::new());
    let template = starter(&[]);
    let few = team(&[("release_lead", 1), ("tester", 0)], 100);
    let plain = Assumed::plain(&table, Some(slot()), begin(), &none);
    let made = simulate(&template, &Assumed { team: Some(&few), ..plain });
    assert_eq!(made.unheld, ["tester", "approver"]);
}

#[test]
fn two_revisions_over_one_release_differ_in_dates_work_and_gates() {
    let (table, none) = (table(), Facts::new());
    let old = starter(&[]);
    let again = "  [[phase.step]]\n  id = \"again\"\n  kind = \"approval\"\n  title = { en = \"Once more\", ko = \"다시\", vi = \"Lần nữa\", zh = \"再次\" }\n  description = { en = \"A second look.\", ko = \"한 번 더 봅니다.\", vi = \"Xem lại.\", zh = \"再看一次。\" }\n  role = \"tester\"\n  after = [\"approve\"]\n  effort = \"3h\"\n\n[[phase]]\nid = \"release\"";
    let new = starter(&[("[[phase]]\nid = \"release\"", again)]);
    // The test really took a day of work instead of two hours.
    let took = BTreeMap::from([("test".to_owned(), (8 * 3_600, 90_000))]);
    let past = Past { took, skipped: BTreeMap::new() };
    let assumed =
        Assumed { past: Some(&past), ..Assumed::plain(&table, Some(slot()), begin(), &none) };
    let same = compare((&old, &assumed), (&old, &assumed));
    assert!(same.steps.is_empty() && same.roles.is_empty() && same.changes.is_empty());
    assert_eq!((same.longer, same.gates_more.len()), (0, 0));
    assert_eq!(times(&same.before, "test").1, "2026-10-06T10:00:00Z", "as long as it really took");
    let found = compare((&old, &assumed), (&new, &assumed));
    assert_eq!((found.gates_more, found.gates_less.len()), (vec!["again".to_owned()], 0));
    let tester = found.roles.iter().find(|it| it.role == "tester").expect("has more to do");
    assert_eq!((tester.after - tester.before, tester.steps_after), (180, 2));
    let step = |id: &str| found.steps.iter().find(|it| it.step == id);
    assert!(step("again").is_some_and(|it| it.before.is_none() && it.after.is_some()));
    assert!(step("tell").is_some_and(|it| it.by > Some(0)), "{:?}", step("tell"));
    assert!(step("plan").is_none(), "its dates are the same");
    assert_eq!(found.longer, 0, "the go-live stays where it was");
    let back = compare((&new, &assumed), (&old, &assumed));
    assert_eq!(back.gates_less, ["again"]);
}
