//! Tables of what is due, and when.

use super::*;
use crate::calendar::Calendar;
use crate::ids::{IdSeed, PersonId};
use crate::process::due::Span;
use crate::process::template::Joins;
use crate::run::{Ended, Slot, StepRun};
use crate::schedule::Anchors;
use crate::text::Text;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn step(acknowledge: bool) -> Step {
    Step {
        id: "tell".into(),
        number: None,
        title: Text::default(),
        description: Text::default(),
        kind: StepKind::Notice(NoticeSpec {
            audience: "sites".into(),
            channels: Vec::new(),
            content: Vec::new(),
            subject: Text::default(),
            body: Text::default(),
            acknowledge,
            remind: Some(Span::Hours(24)),
            at_most_once: false,
        }),
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
        joins: Joins::AllOrReason,
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

const SLOT: &str = "2027-04-20T09:00:00Z";

fn run(state: StepState) -> Run {
    let start = at(SLOT);
    let mut run = Run::draft("starter/release", 1);
    run.state = RunState::Running;
    run.slot = Some(Slot { start, end: start });
    let mut tell = StepRun::foreseen(at("2027-03-01T09:00:00Z"));
    tell.state = state;
    run.steps.insert("tell".into(), tell);
    run
}

fn case(step: &Step, told: Told, gaps: &[&str]) -> Case<'static> {
    Case {
        step: Box::leak(Box::new(step.clone())),
        window: Ok(NoticeWindow {
            earliest: Some(at("2027-03-31T09:00:00Z")),
            latest: at("2027-04-10T09:00:00Z"),
        }),
        gaps: gaps.iter().map(|gap| (*gap).to_owned()).collect(),
        told,
    }
}

fn short(acts: &[Act]) -> String {
    let name = |act: &Act| match act {
        Act::Plan(_) => "plan".to_owned(),
        Act::Send { late } => if *late { "send late" } else { "send" }.to_owned(),
        Act::Block(gaps) => format!("block {}", gaps.join(",")),
        Act::Alarm { .. } => "alarm".to_owned(),
        Act::Missed { .. } => "missed".to_owned(),
        Act::Correct { .. } => "correct".to_owned(),
        Act::Retract => "retract".to_owned(),
        Act::Remind { number } => format!("remind {number}"),
        Act::Skip(reason) => format!("skip {reason}"),
    };
    acts.iter().map(name).collect::<Vec<_>>().join("; ")
}

// proves: S0-03/U S1-06/U
#[test]
fn a_notice_goes_out_at_the_earliest_moment_inside_its_range_at_which_it_is_complete() {
    let tell = step(false);
    for (now, state, gaps, expected) in [
        ("2027-03-20T09:00:00Z", StepState::Active, &[][..], "plan"),
        ("2027-03-31T08:59:59Z", StepState::Active, &[], "plan"),
        ("2027-03-31T09:00:00Z", StepState::Active, &[], "plan; send"),
        // Its step has not come yet: it waits, and warns before it is too late.
        ("2027-04-02T09:00:00Z", StepState::Foreseen, &[], "plan"),
        ("2027-04-08T08:00:00Z", StepState::Foreseen, &[], "plan"),
        ("2027-04-08T09:00:00Z", StepState::Foreseen, &[], "plan; alarm"),
        // Its content is not complete: refused, visible, warned about, never dropped.
        ("2027-03-20T09:00:00Z", StepState::Active, &["vi"], "plan"),
        ("2027-04-02T09:00:00Z", StepState::Active, &["vi"], "plan; block vi"),
        ("2027-04-09T09:00:00Z", StepState::Active, &["vi"], "plan; block vi; alarm"),
        ("2027-04-11T09:00:00Z", StepState::Active, &["vi"], "plan; missed; block vi"),
        ("2027-04-11T09:00:00Z", StepState::Active, &[], "plan; missed; send late"),
        ("2027-04-11T09:00:00Z", StepState::Foreseen, &[], "plan; missed"),
        ("2027-04-02T09:00:00Z", StepState::Skipped("small".into()), &[], "skip small"),
        ("2027-04-02T09:00:00Z", StepState::NotTaken("no_go".into()), &[], "skip no_go"),
        ("2027-04-02T09:00:00Z", StepState::Done, &[], "skip passed over"),
    ] {
        let acts = due(&run(state), &case(&tell, Told::default(), gaps), at(now));
        assert_eq!(short(&acts), expected, "{now} {gaps:?}");
    }
    let mut held = run(StepState::Active);
    let by = PersonId::new(IdSeed { millis: 1, random: 1 });
    held.hold = Some(crate::run::Hold { since: at(SLOT), by, reason: "x".into() });
    let acts = due(&held, &case(&tell, Told::default(), &[]), at("2027-04-02T09:00:00Z"));
    assert_eq!(short(&acts), "plan", "a held release tells nobody anything new");
}

// proves: S0-03/U
#[test]
fn who_was_told_a_date_is_told_when_it_is_no_longer_true() {
    let tell = step(false);
    let told = |slot: Option<&str>, retracted| Told {
        begun: true,
        sent_at: Some(at("2027-04-01T09:00:00Z")),
        slot: slot.map(at),
        retracted,
        ..Told::default()
    };
    let ended = |code| {
        let mut run = run(StepState::Done);
        let by = PersonId::new(IdSeed { millis: 1, random: 1 });
        run.state = RunState::Ended(Ended { code, at: at(SLOT), by, remark: String::new() });
        run
    };
    let now = at("2027-04-05T09:00:00Z");
    for (name, run, told, now, expected) in [
        ("same date", run(StepState::Done), told(Some(SLOT), false), now, ""),
        ("moved", run(StepState::Done), told(Some("2027-04-18T09:00:00Z"), false), now, "correct"),
        ("named no date", run(StepState::Done), told(None, false), now, ""),
        (
            "both dates are over",
            run(StepState::Done),
            told(Some("2027-04-18T09:00:00Z"), false),
            at("2027-05-01T09:00:00Z"),
            "",
        ),
        ("cancelled", ended(CloseCode::Cancelled), told(Some(SLOT), false), now, "retract"),
        ("retracted once", ended(CloseCode::Cancelled), told(Some(SLOT), true), now, ""),
        ("never told", ended(CloseCode::Cancelled), Told::default(), now, "skip cancelled"),
        ("closed well", ended(CloseCode::Success), told(Some(SLOT), false), now, ""),
    ] {
        assert_eq!(short(&due(&run, &case(&tell, told, &[]), now)), expected, "{name}");
    }
}

// proves: S0-15/U
#[test]
fn who_has_not_acknowledged_is_reminded_and_not_for_ever() {
    let (first, second) = ("2027-04-02T09:00:00Z", "2027-04-03T09:00:00Z");
    for (acknowledge, open, reminded, now, expected) in [
        (true, 2, &[][..], "2027-04-02T08:59:00Z", ""),
        (true, 2, &[], first, "remind 1"),
        (true, 0, &[], first, ""),
        (false, 2, &[], first, ""),
        (true, 2, &[first], first, ""),
        (true, 2, &[first], second, "remind 2"),
        // The server was down for a week: the next one waits all the same.
        (true, 2, &[], "2027-04-09T09:00:00Z", "remind 1"),
        (true, 2, &["2027-04-09T09:00:00Z"], "2027-04-09T10:00:00Z", ""),
        (true, 2, &[first, second, "2027-04-04T09:00:00Z"], "2027-04-19T09:00:00Z", ""),
        // Nobody is reminded of what is over.
        (true, 2, &[], SLOT, ""),
    ] {
        let told = Told {
            begun: true,
            sent_at: Some(at("2027-04-01T09:00:00Z")),
            slot: Some(at(SLOT)),
            reminders: reminded.len() as u32,
            reminded_at: reminded.last().map(|it| at(it)),
            unacknowledged: open,
            ..Told::default()
        };
        let tell = step(acknowledge);
        let acts = due(&run(StepState::Done), &case(&tell, told, &[]), at(now));
        assert_eq!(short(&acts), expected, "{acknowledge} {open} {reminded:?} {now}");
    }
}

// proves: S1-06/U S1-07/U S1-08/U S1-09/U S1-19/U S1-20/U
#[test]
fn one_moment_is_a_window_that_keeps_the_lead_time() {
    let open = Calendar::ordinary("x", "Etc/UTC").open().expect("a calendar");
    let anchors = Anchors {
        go_live: Some(at(SLOT)),
        go_live_end: Some(at("2027-04-20T11:00:00Z")),
        ..Anchors::default()
    };
    for (form, from, to) in [
        ("T-20d..T-10d", "2027-03-31T09:00:00Z", "2027-04-10T09:00:00Z"),
        ("T-3d", "2027-04-16T09:00:00Z", "2027-04-17T09:00:00Z"),
        ("T-24h", "2027-04-19T08:00:00Z", "2027-04-19T09:00:00Z"),
        ("T-30min", "2027-04-20T08:25:00Z", "2027-04-20T08:30:00Z"),
        ("Tend+1d", "2027-04-20T11:00:00Z", "2027-04-21T11:00:00Z"),
        ("T", "2027-04-20T09:00:00Z", "2027-04-20T10:00:00Z"),
    ] {
        let form = form.parse().expect("a form");
        let got = window(Some(&form), None, &anchors, &open).expect("a window");
        assert_eq!((got.earliest, got.latest), (Some(at(from)), at(to)), "{form}");
    }
    let form = "T-3d".parse().expect("a form");
    let none = window(Some(&form), None, &Anchors::default(), &open);
    assert_eq!(none, Err(Unresolved::Slot));
}

#[test]
fn mails_wait_for_the_morning_unless_that_would_be_too_late() {
    let quiet = QuietHours::default();
    for (zone, now, latest, expected) in [
        ("Asia/Seoul", "2027-04-01T03:00:00Z", None, "2027-04-01T03:00:00Z"),
        // 23:30 in Seoul, 22:30 in Shanghai, 16:30 in Berlin.
        ("Asia/Seoul", "2027-04-01T14:30:00Z", None, "2027-04-01T22:00:00Z"),
        ("Asia/Shanghai", "2027-04-01T14:30:00Z", None, "2027-04-01T23:00:00Z"),
        ("Europe/Berlin", "2027-04-01T14:30:00Z", None, "2027-04-01T14:30:00Z"),
        // 03:00 in Seoul.
        ("Asia/Seoul", "2027-04-01T18:00:00Z", None, "2027-04-01T22:00:00Z"),
        (
            "Asia/Seoul",
            "2027-04-01T18:00:00Z",
            Some("2027-04-01T21:00:00Z"),
            "2027-04-01T18:00:00Z",
        ),
        (
            "Asia/Seoul",
            "2027-04-01T18:00:00Z",
            Some("2027-04-01T23:00:00Z"),
            "2027-04-01T22:00:00Z",
        ),
        // The night in which the clock goes forward.
        ("Europe/Berlin", "2027-03-27T22:00:00Z", None, "2027-03-28T05:00:00Z"),
        ("No/Where", "2027-04-01T18:00:00Z", None, "2027-04-01T18:00:00Z"),
    ] {
        let got = mail_time(quiet, zone, at(now), latest.map(at));
        assert_eq!(got, at(expected), "{zone} {now}");
    }
}
