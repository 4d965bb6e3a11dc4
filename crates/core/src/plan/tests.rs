//! Tables and properties of plans.

use super::*;
use crate::calendar::Calendar;
use crate::ids::IdSeed;
use crate::process::template::{
    Control, Joins, OperateSpec, Override, Phase, Produces, Step, StepKind, Subject, Template,
};
use crate::text::Text;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;

const SEOUL: &str = "Asia/Seoul";

fn at(zone: &str, wall: &str) -> Timestamp {
    let wall: DateTime = wall.parse().expect("a wall-clock time");
    wall.in_tz(zone).expect("a zone").timestamp()
}

fn seoul(wall: &str) -> Timestamp {
    at(SEOUL, wall)
}

fn slot(zone: &str, from: &str, to: &str) -> Slot {
    Slot { start: at(zone, from), end: at(zone, to) }
}

fn table(zone: &str) -> WorkTable {
    let open = Calendar::ordinary("x", zone).open().expect("a calendar");
    WorkTable::new(&open, date(2026, 6, 1), date(2029, 1, 1))
}

fn step(id: &str) -> Step {
    Step {
        id: id.to_owned(),
        number: None,
        title: Text::default(),
        description: Text::default(),
        kind: StepKind::Task,
        roles: Vec::new(),
        joint: false,
        effort: None,
        takes: None,
        due: None,
        opens: None,
        after: Vec::new(),
        needs: Vec::new(),
        produces: Vec::new(),
        checks: Vec::new(),
        asks: Vec::new(),
        when: None,
        gate: None,
        each: None,
        joins: Joins::default(),
        not_by: Vec::new(),
        rejected: None,
        failed: None,
        stands_in_for: Vec::new(),
        override_by: None,
        expires: None,
        on: None,
        blocking: false,
        always: false,
        extensible: false,
        key_node: false,
        overlap: false,
        follows: None,
        repeat: None,
        tools: Text::default(),
    }
}

/// `id effort=8h takes=3d due=… opens=… after=a|b,c needs=d makes=e on=f by=role operate`
fn written(line: &str) -> Step {
    let mut words = line.split_whitespace();
    let mut made = step(words.next().expect("an id"));
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        let list = || value.split(',').map(str::to_owned).collect::<Vec<_>>();
        match key {
            "effort" => made.effort = Some(value.parse().expect("a length")),
            "takes" => made.takes = Some(value.parse().expect("a length")),
            "due" => made.due = Some(value.parse().expect("a form")),
            "opens" => made.opens = Some(value.parse().expect("a form")),
            "after" => {
                let any_of = |it: String| it.split('|').map(str::to_owned).collect();
                made.after = list().into_iter().map(any_of).collect();
            }
            "needs" => made.needs = list(),
            "makes" => {
                let produces = |document| Produces { document, optional: false, when: None };
                made.produces = list().into_iter().map(produces).collect();
            }
            "on" => made.on = Some(value.to_owned()),
            "by" => made.override_by = Some(Override { by: value.to_owned(), reason: true }),
            "overlap" => made.overlap = true,
            "operate" => made.kind = StepKind::Operate(OperateSpec::default()),
            other => panic!("unknown word {other}"),
        }
    }
    made
}

/// Phases as blocks of lines; the step `go` goes live.
fn template(phases: &[&[&str]]) -> Template {
    let phase = |(i, lines): (usize, &&[&str])| Phase {
        id: format!("phase{i}"),
        title: Text::default(),
        group: None,
        steps: lines.iter().map(|line| written(line)).collect(),
    };
    Template {
        languages: Vec::new(),
        id: "test/plan".to_owned(),
        subject: Subject::Release,
        title: Text::default(),
        description: Text::default(),
        control: Control::default(),
        accepts: None,
        windows: Vec::new(),
        go_live: Some("go".to_owned()),
        responsible: None,
        slot_by: Vec::new(),
        roles: Vec::new(),
        fields: Vec::new(),
        settings: Vec::new(),
        item_fields: Vec::new(),
        classify: Vec::new(),
        documents: Vec::new(),
        audiences: Vec::new(),
        starts: Vec::new(),
        frequencies: Vec::new(),
        related: Vec::new(),
        phases: phases.iter().enumerate().map(phase).collect(),
    }
}

#[derive(Default)]
struct Known {
    progress: BTreeMap<String, Progress>,
    events: BTreeMap<String, Timestamp>,
    who: BTreeMap<String, Vec<PersonId>>,
    later: Vec<Slot>,
}

fn planned(template: &Template, zone: &str, slot: Option<Slot>, now: &str, known: &Known) -> Plan {
    plan(&Input {
        graph: &Graph::of(template),
        table: &table(zone),
        slot,
        start: None,
        now: at(zone, now),
        period: None,
        progress: &known.progress,
        events: &known.events,
        who: &known.who,
        later_slots: &known.later,
    })
}

fn wall(zone: &str, at: Timestamp) -> String {
    let zone = crate::calendar::zone(zone).expect("a zone");
    zone.to_datetime(at).strftime("%m-%d %H:%M").to_string()
}

fn release() -> Template {
    template(&[
        &[
            "scheme effort=8h makes=scheme",
            "notes effort=4h",
            "test effort=2d needs=scheme makes=report",
            "quick effort=1h after=scheme",
        ],
        &[
            "approve needs=report due=T-2d by=director",
            "notice after=approve due=T-20d..T-1d",
            "either effort=30min after=approve|notice",
        ],
        &["go takes=3h operate"],
        &["watch takes=2wd", "archive effort=1h after=watch due=Tend+10d"],
    ])
}

// proves: S3-58/U S4i-07/U S4i-08/U
#[test]
fn steps_are_dated_forwards_from_now_and_backwards_from_the_slot() {
    // Monday 1 March; the slot is Thursday 11 March in the evening.
    let go = slot(SEOUL, "2027-03-11T18:00", "2027-03-12T00:00");
    let plan = planned(&release(), SEOUL, Some(go), "2027-03-01T09:00", &Known::default());
    let rows: Vec<String> = plan
        .steps
        .iter()
        .map(|(id, it)| {
            let [a, b, c, d] =
                [it.planned_start, it.planned_finish, it.latest_start, it.latest_finish]
                    .map(|at| wall(SEOUL, at));
            format!("{id}: {a} – {b}, latest {c} – {d}{}", if it.late { " late" } else { "" })
        })
        .collect();
    assert_eq!(
        rows,
        [
            "approve: 03-03 18:00 – 03-03 18:00, latest 03-09 18:00 – 03-09 18:00",
            "archive: 03-16 09:00 – 03-16 10:00, latest 03-19 17:00 – 03-19 18:00",
            "either: 03-04 09:00 – 03-04 09:30, latest 03-11 17:30 – 03-11 18:00",
            "go: 03-11 18:00 – 03-11 21:00, latest 03-11 18:00 – 03-11 21:00",
            "notes: 03-01 09:00 – 03-01 14:00, latest 03-09 14:00 – 03-09 18:00",
            "notice: 03-03 18:00 – 03-03 18:00, latest 03-10 18:00 – 03-10 18:00",
            "quick: 03-02 09:00 – 03-02 10:00, latest 03-09 17:00 – 03-09 18:00",
            "scheme: 03-01 09:00 – 03-01 18:00, latest 03-05 09:00 – 03-05 18:00",
            "test: 03-02 09:00 – 03-03 18:00, latest 03-08 09:00 – 03-09 18:00",
            "watch: 03-11 21:00 – 03-15 21:00, latest 03-17 17:00 – 03-19 17:00",
        ]
    );
    assert_eq!(plan.critical_path, ["scheme", "test", "either", "go", "watch", "archive"]);
    assert_eq!(plan.problems, []);
    assert_eq!(plan.go_live, Some(slot(SEOUL, "2027-03-11T18:00", "2027-03-11T21:00")));
    assert_eq!(plan.steps["scheme"].work_minutes, 480);
}

// proves: S4f-30/U
#[test]
fn a_step_that_overlaps_is_dated_from_what_it_names_and_ends_before_the_phase_after_its_own() {
    let lines: &[&[&str]] = &[
        &["wish takes=1d"],
        &["draw takes=2d", "review takes=6d after=draw"],
        &["parts takes=3d after=draw overlap", "rest takes=1d"],
        &["go takes=1h"],
    ];
    let go = slot(SEOUL, "2027-03-20T09:00", "2027-03-20T10:00");
    let dates = |lines: &[&[&str]]| -> Vec<String> {
        let known = Known::default();
        let plan = planned(&template(lines), SEOUL, Some(go), "2027-03-01T09:00", &known);
        let row = |it: &PlannedStep| {
            format!(
                "{} – {}, latest {}",
                wall(SEOUL, it.planned_start),
                wall(SEOUL, it.planned_finish),
                wall(SEOUL, it.latest_finish)
            )
        };
        ["wish", "draw", "review", "parts", "rest"].map(|it| row(&plan.steps[it])).to_vec()
    };
    let all = dates(lines);
    assert_eq!(
        all,
        [
            "03-01 09:00 – 03-02 09:00, latest 03-11 09:00",
            "03-02 09:00 – 03-04 09:00, latest 03-13 09:00",
            "03-04 09:00 – 03-10 09:00, latest 03-19 09:00",
            "03-04 09:00 – 03-07 09:00, latest 03-20 09:00",
            "03-10 09:00 – 03-11 09:00, latest 03-20 09:00",
        ]
    );
    // A phase without steps between them: what it overlaps with is empty.
    let apart: &[&[&str]] = &[lines[0], lines[1], &[], lines[2], lines[3]];
    let there = dates(apart);
    assert_eq!(there[3], "03-10 09:00 – 03-13 09:00, latest 03-20 09:00");
    assert_eq!(there[2], "03-04 09:00 – 03-10 09:00, latest 03-17 09:00");
}

#[test]
fn a_slot_on_a_day_of_a_clock_change_keeps_wall_times() {
    let zone = "America/New_York";
    // The clock goes forward on Sunday, 14 March.
    let lines: &[&[&str]] =
        &[&["a due=T-1d", "b due=T-24h", "c due=T-1wd", "n due=T-2d..T-1d"], &["go takes=1h"]];
    let go = slot(zone, "2027-03-14T18:00", "2027-03-14T20:00");
    let plan = planned(&template(lines), zone, Some(go), "2027-03-01T09:00", &Known::default());
    let latest = |id: &str| wall(zone, plan.steps[id].latest_finish);
    assert_eq!(latest("a"), "03-13 18:00");
    assert_eq!(latest("b"), "03-13 17:00");
    assert_eq!(latest("c"), "03-12 18:00");
    assert_eq!(wall(zone, plan.steps["n"].planned_start), "03-12 18:00");
}

#[test]
fn a_date_that_cannot_be_kept_names_its_smallest_set_and_three_ways_out() {
    let known = Known {
        later: vec![
            slot(SEOUL, "2027-03-11T18:00", "2027-03-12T00:00"),
            slot(SEOUL, "2027-03-25T18:00", "2027-03-26T00:00"),
        ],
        ..Known::default()
    };
    // Thursday 4 March: the approval would be due on Tuesday, but the report comes on Wednesday.
    let go = slot(SEOUL, "2027-03-04T18:00", "2027-03-05T00:00");
    let plan = planned(&release(), SEOUL, Some(go), "2027-03-01T09:00", &known);
    let [PlanProblem::Conflict(found)] = plan.problems.as_slice() else {
        panic!("one conflict is expected: {:?}", plan.problems)
    };
    assert_eq!((found.step.as_str(), found.by), ("approve", 24 * 60));
    assert_eq!(
        found.constraints,
        [
            Constraint::Now { at: seoul("2027-03-01T09:00") },
            Constraint::Takes { step: "scheme".into(), length: "8h".into() },
            Constraint::Takes { step: "test".into(), length: "2d".into() },
            Constraint::NotAfter {
                step: "approve".into(),
                form: "T-2d".into(),
                at: seoul("2027-03-02T18:00"),
            },
        ]
    );
    assert_eq!(
        found.ways_out,
        [
            WayOut::MoveGoLive { to: known.later[0], by: 7 * 24 * 60, free: true },
            WayOut::Shorten { steps: vec![Shorter { step: "test".into(), by: 480 }] },
            WayOut::DropLeadTime {
                step: "approve".into(),
                form: "T-2d".into(),
                by_role: Some("director".into()),
            },
        ]
    );
    assert!(plan.steps["approve"].late && plan.steps["scheme"].late);
    assert_eq!(plan.steps["approve"].slack, -24 * 60);
    // Each way out really is one.
    let moved = planned(&release(), SEOUL, Some(known.later[0]), "2027-03-01T09:00", &known);
    assert_eq!(moved.problems, []);
    let mut shorter = release();
    shorter.phases[0].steps[2].effort = Some("1d".parse().expect("a length"));
    assert_eq!(planned(&shorter, SEOUL, Some(go), "2027-03-01T09:00", &known).problems, []);
    let mut dropped = release();
    dropped.phases[1].steps[0].due = None;
    assert_eq!(planned(&dropped, SEOUL, Some(go), "2027-03-01T09:00", &known).problems, []);
    // Without free slots the exact instant is proposed.
    let plan = planned(&release(), SEOUL, Some(go), "2027-03-01T09:00", &Known::default());
    let [PlanProblem::Conflict(found)] = plan.problems.as_slice() else { panic!("a conflict") };
    let to = slot(SEOUL, "2027-03-05T18:00", "2027-03-06T00:00");
    assert_eq!(found.ways_out[0], WayOut::MoveGoLive { to, by: 24 * 60, free: false });
}

#[test]
fn an_appointed_go_live_that_comes_too_early_is_itself_the_end_of_the_set() {
    let lines: &[&[&str]] = &[&["build takes=5d"], &["go takes=3h"]];
    let go = slot(SEOUL, "2027-03-04T18:00", "2027-03-05T00:00");
    let plan = planned(&template(lines), SEOUL, Some(go), "2027-03-01T18:00", &Known::default());
    let [PlanProblem::Conflict(found)] = plan.problems.as_slice() else {
        panic!("one conflict is expected: {:?}", plan.problems)
    };
    assert_eq!(
        found.constraints,
        [
            Constraint::Now { at: seoul("2027-03-01T18:00") },
            Constraint::Takes { step: "build".into(), length: "5d".into() },
            Constraint::Appointed { step: "go".into(), slot: go },
        ]
    );
    assert_eq!(found.by, 2 * 24 * 60);
    // The forecast says when it will really be.
    assert_eq!(plan.go_live, Some(slot(SEOUL, "2027-03-06T18:00", "2027-03-06T21:00")));
    assert!(plan.steps["go"].late);
}

#[test]
fn what_is_done_active_skipped_or_by_event_is_taken_as_it_is() {
    let lines: &[&[&str]] = &[
        &[
            "a takes=1d",
            "b takes=2d after=a",
            "c takes=9d after=a",
            "d after=b,c",
            "x takes=90d on=issue",
        ],
        &["go takes=1h"],
        &["e takes=1d due=after:go+2d"],
    ];
    let known = Known {
        progress: [
            (
                "a",
                Progress::Done { start: seoul("2027-02-01T09:00"), end: seoul("2027-02-03T09:00") },
            ),
            ("b", Progress::Active { since: seoul("2027-02-28T12:00") }),
            ("c", Progress::Skipped),
        ]
        .map(|(id, progress)| (id.to_owned(), progress))
        .into(),
        ..Known::default()
    };
    let plan = planned(&template(lines), SEOUL, None, "2027-03-01T09:00", &known);
    assert!(!plan.steps.contains_key("c") && !plan.steps.contains_key("x"));
    assert_eq!(plan.steps["a"].planned_finish, seoul("2027-02-03T09:00"));
    assert_eq!(plan.steps["b"].planned_finish, seoul("2027-03-02T12:00"));
    assert_eq!(plan.steps["d"].planned_start, seoul("2027-03-02T12:00"));
    // Without a slot the go-live floats behind its inputs.
    assert_eq!(plan.go_live, Some(slot(SEOUL, "2027-03-02T12:00", "2027-03-02T13:00")));
    assert_eq!(plan.problems, [PlanProblem::NoSlot]);
    assert_eq!(plan.steps["e"].latest_finish, seoul("2027-03-04T13:00"));

    let late = Known {
        progress: [(
            "approve".to_owned(),
            Progress::Done { start: seoul("2027-03-09T19:00"), end: seoul("2027-03-09T19:00") },
        )]
        .into(),
        ..Known::default()
    };
    let go = slot(SEOUL, "2027-03-11T18:00", "2027-03-12T00:00");
    let plan = planned(&release(), SEOUL, Some(go), "2027-03-01T09:00", &late);
    assert_eq!(plan.problems, [PlanProblem::DoneLate { step: "approve".into(), by: 60 }]);
}

#[test]
fn a_rollout_lasts_as_long_as_its_waves_must_be_quiet() {
    use crate::process::template::Wave;
    let wave = |soak: Option<&str>| Wave {
        name: "wave".into(),
        of: "site".into(),
        sites: None,
        share: None,
        soak: soak.map(|it| it.parse().expect("a length")),
        halt_failed: None,
        halt_silent: None,
    };
    let mut made = template(&[&["go"]]);
    made.phases[0].steps[0].kind =
        StepKind::Rollout(vec![wave(Some("24h")), wave(Some("2d")), wave(None)]);
    let plan = planned(&made, SEOUL, None, "2027-03-01T09:00", &Known::default());
    assert_eq!(plan.go_live, Some(slot(SEOUL, "2027-03-01T09:00", "2027-03-04T09:00")));
}

#[test]
fn steps_that_wait_for_each_other_are_named_and_still_dated() {
    let lines: &[&[&str]] = &[&["a after=b", "b after=a", "c"], &["go"]];
    let plan = planned(&template(lines), SEOUL, None, "2027-03-01T09:00", &Known::default());
    let steps = vec!["a".to_owned(), "b".to_owned()];
    assert!(plan.problems.contains(&PlanProblem::Cycle { steps }));
    assert_eq!(plan.steps.len(), 4);
}

// proves: S3-35/U
#[test]
fn another_slot_and_the_approved_dates_are_compared_step_by_step() {
    let now = "2027-03-01T09:00";
    let go = slot(SEOUL, "2027-03-11T18:00", "2027-03-12T00:00");
    let later = slot(SEOUL, "2027-03-25T18:00", "2027-03-26T00:00");
    let known = Known::default();
    let before = planned(&release(), SEOUL, Some(go), now, &known);
    let after = planned(&release(), SEOUL, Some(later), now, &known);
    let changes = diff(&before, &after);
    let days = 14 * 24 * 60;
    let moved = |start, finish, slack| Difference::Moved { start, finish, slack, late: None };
    // The go-live waits for the notice, which in turn waits for T-20d.
    assert_eq!(changes["go"], moved(days, days, days - 1_950));
    assert_eq!(changes["scheme"], moved(0, 0, days));
    assert_eq!(changes["notice"], moved(2 * 24 * 60, 2 * 24 * 60, 12 * 24 * 60));
    assert!(diff(&before, &before).is_empty());

    let baseline = before.baseline(seoul(now));
    let deviation = deviation(&baseline, &after);
    assert_eq!(deviation["go"], Deviation { start: days, finish: days });
    assert_eq!(deviation["scheme"], Deviation { start: 0, finish: 0 });
}

fn person(n: u64) -> PersonId {
    PersonId::new(IdSeed { millis: n, random: 0 })
}

// proves: S4i-09/U
#[test]
fn load_is_spread_over_working_days_and_clashes_are_found() {
    let lines: &[&[&str]] =
        &[&["work effort=12h", "long takes=4d effort=8h"], &["go takes=3h effort=3h"]];
    let who = |ids: &[(&str, u64)]| {
        ids.iter().map(|(id, n)| ((*id).to_owned(), vec![person(*n)])).collect::<BTreeMap<_, _>>()
    };
    let one = Known { who: who(&[("work", 1), ("long", 2), ("go", 3)]), ..Known::default() };
    let two = Known { who: who(&[("work", 1), ("go", 3)]), ..Known::default() };
    // Friday 5 March at nine.
    let go = slot(SEOUL, "2027-03-11T18:00", "2027-03-12T00:00");
    let late = slot(SEOUL, "2027-03-11T20:00", "2027-03-12T00:00");
    let a = planned(&template(lines), SEOUL, Some(go), "2027-03-05T09:00", &one);
    let b = planned(&template(lines), SEOUL, Some(late), "2027-03-05T09:00", &two);
    let plans = [("a", &a), ("b", &b)];
    let table = table(SEOUL);
    let load = load(plans, &table);
    let minutes = |n, day: &str| {
        let day = load[&person(n)].get(&day.parse().expect("a date"));
        day.map_or((0, 0), |it| (it.minutes, it.outside))
    };
    assert_eq!(minutes(1, "2027-03-05"), (960, 0));
    assert_eq!(minutes(1, "2027-03-06"), (0, 0));
    assert_eq!(minutes(1, "2027-03-08"), (480, 0));
    // Eight hours between Friday nine o'clock and Tuesday nine o'clock: two working days.
    assert_eq!(minutes(2, "2027-03-05"), (240, 0));
    assert_eq!(minutes(2, "2027-03-08"), (240, 0));
    assert_eq!(minutes(3, "2027-03-11"), (0, 360));

    let people = BTreeMap::from([(
        person(2),
        Person { percent: 50, absent: vec![(date(2027, 3, 8), date(2027, 3, 12))] },
    )]);
    let found = clashes(plans, &people, &table);
    let codes: Vec<_> = found.iter().map(Clash::code).collect();
    assert_eq!(codes, ["clash_too_much", "clash_absent", "clash_two_go_lives"]);
    let Clash::TooMuch { day, minutes: 960, capacity: 480, parts, .. } = &found[0] else {
        panic!("{:?}", found[0])
    };
    assert_eq!((*day, parts.len()), (date(2027, 3, 5), 2));
    let Clash::TwoGoLives { at, plans, .. } = &found[2] else { panic!("{:?}", found[2]) };
    assert_eq!(*at, slot(SEOUL, "2027-03-11T20:00", "2027-03-11T21:00"));
    assert_eq!(plans, &("a".to_owned(), "b".to_owned()));
}

// proves: S4i-08/U
#[test]
fn a_run_is_planned_from_where_it_stands() {
    use crate::run::{Run, StepRun, StepState};
    let mut run = Run::draft("test/plan", 1);
    run.started = Some(seoul("2027-03-01T09:00"));
    let mut put = |id: &str, state: StepState, ready: &str, since: &str| {
        let done = state == StepState::Done;
        let step = StepRun {
            state,
            ready_at: Some(seoul(ready)),
            done_at: done.then(|| seoul(since)),
            ..StepRun::foreseen(seoul(since))
        };
        run.steps.insert(id.to_owned(), step);
    };
    put("scheme", StepState::Done, "2027-03-01T09:00", "2027-03-02T18:00");
    put("test", StepState::Active, "2027-03-02T18:00", "2027-03-03T09:00");
    put("notes", StepState::Skipped("no change".into()), "2027-03-01T09:00", "2027-03-01T09:00");
    put("quick", StepState::Returned, "2027-03-02T18:00", "2027-03-04T09:00");
    let steps = progress(&run);
    assert_eq!(
        steps["scheme"],
        Progress::Done { start: seoul("2027-03-01T09:00"), end: seoul("2027-03-02T18:00") }
    );
    assert_eq!(steps["quick"], Progress::NotStarted);

    let template = release();
    let (graph, table) = (Graph::of(&template), table(SEOUL));
    let input = RunInput {
        graph: &graph,
        table: &table,
        now: seoul("2027-03-04T09:00"),
        period: None,
        who: &BTreeMap::new(),
        later_slots: &[],
    };
    let go = slot(SEOUL, "2027-03-11T18:00", "2027-03-12T00:00");
    let plan = plan_run(&run, Some(go), &input);
    assert!(!plan.steps.contains_key("notes"));
    assert!(plan.steps["scheme"].done);
    // Begun on the 3rd, two days of work end on the 4th.
    assert_eq!(plan.steps["test"].planned_finish, seoul("2027-03-04T18:00"));
    assert_eq!(plan.steps["quick"].planned_start, seoul("2027-03-04T09:00"));
    assert_eq!(plan.problems, []);
    let soon = slot(SEOUL, "2027-03-05T18:00", "2027-03-06T00:00");
    assert_eq!(plan_run(&run, Some(soon), &input).problems[0].code(), "plan_conflict");
}

/// Random templates: phases of steps whose inputs are earlier steps.
fn lines() -> impl Strategy<Value = Vec<Vec<String>>> {
    let length = prop_oneof![
        Just(String::new()),
        (1u32..20).prop_map(|n| format!(" effort={n}h")),
        (1u32..5).prop_map(|n| format!(" takes={n}d")),
        (1u32..5).prop_map(|n| format!(" takes={n}wd")),
    ];
    let due = prop_oneof![
        4 => Just(String::new()),
        1 => (1u32..20).prop_map(|n| format!(" due=T-{n}d")),
        1 => (1u32..10).prop_map(|n| format!(" due=T-{}d..T-{n}wd", n * 2 + 10)),
        1 => (1u32..200).prop_map(|n| format!(" due=T-{n}h")),
    ];
    let one = (length, due, proptest::collection::vec(any::<u8>(), 0..3));
    let phase = proptest::collection::vec(one, 1..7);
    proptest::collection::vec(phase, 1..4).prop_map(|phases| {
        let mut ids: Vec<String> = Vec::new();
        let mut made = Vec::new();
        for (p, phase) in phases.into_iter().enumerate() {
            let mut steps = Vec::new();
            for (s, (length, due, inputs)) in phase.into_iter().enumerate() {
                let id = format!("s{p}_{s}");
                let mut line = format!("{id}{length}{due}");
                if !ids.is_empty() && !inputs.is_empty() {
                    let after: Vec<_> =
                        inputs.iter().map(|n| ids[usize::from(*n) % ids.len()].clone()).collect();
                    line.push_str(&format!(" after={}", after.join(",")));
                }
                ids.push(id);
                steps.push(line);
            }
            made.push(steps);
        }
        made.push(vec!["go takes=3h".to_owned()]);
        made
    })
}

/// Found by the property below: the chain met a day off, and nobody said why it was late.
#[test]
fn working_days_that_begin_on_a_day_off_count_from_the_next_day_of_work() {
    let template = template(&[
        &["s0_0 takes=3d"],
        &["s1_0 takes=2d", "s1_1 takes=4wd after=s1_0"],
        &["s2_0 takes=4d due=T-24d..T-7wd"],
        &["go takes=3h"],
    ]);
    let zone = "America/New_York";
    let go = slot(zone, "2027-03-10T18:00", "2027-03-11T00:00");
    let plan = planned(&template, zone, Some(go), "2027-02-15T09:00", &Known::default());
    let dates = |it: &PlannedStep| (wall(zone, it.planned_start), wall(zone, it.planned_finish));
    // Ends on a Saturday; the four days are Monday to Thursday.
    assert_eq!(plan.steps["s1_0"].planned_finish, at(zone, "2027-02-20T09:00"));
    assert_eq!(dates(&plan.steps["s1_1"]), ("02-22 00:00".into(), "02-26 00:00".into()));
    let late: Vec<_> = plan.steps.values().filter(|it| it.late).collect();
    assert_eq!(late.len(), 4, "the whole chain is late");
    assert_eq!(plan.problems.len(), 1, "and one conflict says why");
}

/// Clock changes in the night of a begin: the plan never takes more than it has, nor less.
#[test]
fn the_latest_begin_keeps_the_latest_end_when_the_clock_changes() {
    // (go-live, latest begin of three days before it)
    let cases = [
        // New York skips 02:00-03:00 on March 14 and shows 01:00-02:00 twice on November 7.
        ("2027-03-17T02:30", "2027-03-14T01:59:59"),
        ("2027-03-17T03:30", "2027-03-14T03:30"),
        ("2027-03-14T03:30", "2027-03-11T03:30"),
        ("2027-11-10T02:30", "2027-11-07T02:30"),
    ];
    let zone = "America/New_York";
    for (finish, begin) in cases {
        let template = template(&[&["a takes=3d"], &["go"]]);
        let go = Slot { start: at(zone, finish), end: at(zone, finish) };
        let plan = planned(&template, zone, Some(go), "2027-02-15T09:00", &Known::default());
        assert_eq!(plan.steps["a"].latest_start, at(zone, begin), "{finish}");
    }
    // 01:30 comes twice: the second one is still in time.
    let template = template(&[&["a takes=3d"], &["go"]]);
    let finish = at(zone, "2027-11-10T01:30");
    let go = Slot { start: finish, end: finish };
    let plan = planned(&template, zone, Some(go), "2027-02-15T09:00", &Known::default());
    let second = at(zone, "2027-11-07T01:30") + jiff::SignedDuration::from_hours(1);
    assert_eq!(plan.steps["a"].latest_start, second);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    // proves: S4i-08/U
    #[test]
    fn no_step_begins_before_its_inputs_and_slack_tells_the_truth(
        lines in lines(), days in 0i64..60, hour in 0i64..24,
        now in 0u8..24,
        zone in proptest::sample::select(vec!["America/New_York", "Europe/Berlin", SEOUL]),
    ) {
        let lines: Vec<Vec<&str>> =
            lines.iter().map(|it| it.iter().map(String::as_str).collect()).collect();
        let phases: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
        let template = template(&phases);
        let start = at(zone, "2027-02-22T18:00") + jiff::SignedDuration::from_hours(24 * days + hour);
        let go = Slot { start, end: start + jiff::SignedDuration::from_hours(6) };
        let now = format!("2027-02-15T{now:02}:30");
        let plan = planned(&template, zone, Some(go), &now, &Known::default());
        let mut before_phase = Timestamp::MIN;
        for phase in &template.phases {
            let mut end = before_phase;
            for step in &phase.steps {
                let it = &plan.steps[&step.id];
                prop_assert!(it.planned_start >= before_phase, "{} waits for its phase", step.id);
                prop_assert!(it.planned_start <= it.planned_finish);
                prop_assert!(it.latest_start <= it.latest_finish);
                for input in step.after.iter().flatten() {
                    prop_assert!(it.planned_start >= plan.steps[input].planned_finish);
                    // A latest end leaves the follower its latest begin.
                    prop_assert!(plan.steps[input].latest_finish <= it.latest_start);
                }
                prop_assert_eq!(it.late, it.earliest_finish > it.latest_finish);
                prop_assert!(!it.late || it.slack < 0);
                end = end.max(it.planned_finish);
            }
            before_phase = end;
        }
        // Late steps exist exactly when a conflict says why, and its first way out is one.
        let late = plan.steps.values().any(|it| it.late);
        let conflicts: Vec<_> = plan.problems.iter().filter_map(|it| match it {
            PlanProblem::Conflict(conflict) => Some(conflict),
            _ => None,
        }).collect();
        prop_assert_eq!(late, !conflicts.is_empty());
        if let Some(WayOut::MoveGoLive { to, .. }) = conflicts.first().and_then(|it| it.ways_out.first()) {
            let moved = planned(&template, zone, Some(*to), &now, &Known::default());
            prop_assert_eq!(moved.problems, Vec::new());
        }
    }

    #[test]
    fn the_sum_of_the_load_is_the_sum_of_the_efforts(lines in lines()) {
        let lines: Vec<Vec<&str>> =
            lines.iter().map(|it| it.iter().map(String::as_str).collect()).collect();
        let phases: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
        let template = template(&phases);
        let who = template.steps().map(|(_, step)| (step.id.clone(), vec![person(1)])).collect();
        let known = Known { who, ..Known::default() };
        let plan = planned(&template, SEOUL, None, "2027-02-15T09:00", &known);
        let table = table(SEOUL);
        let load = load([("p", &plan)], &table);
        let sum: i64 = load.values().flat_map(BTreeMap::values).map(|it| it.minutes + it.outside).sum();
        prop_assert_eq!(sum, plan.steps.values().map(|it| it.work_minutes).sum::<i64>());
    }
}
