//! Tables and properties of rollouts.

use super::*;
use crate::ids::{IdSeed, SiteId};
use crate::process::due::Span;
use crate::process::template::Wave as Declared;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn site(number: u128) -> SiteId {
    SiteId::new(IdSeed { millis: 1_000, random: number })
}

fn at(seconds: i64) -> World {
    World { now: Timestamp::from_second(1_700_000_000 + seconds).unwrap(), open: true, held: false }
}

fn declared(name: &str, share: Option<u8>, failed: Option<u8>) -> Declared {
    Declared {
        name: name.to_owned(),
        of: "site".to_owned(),
        sites: None,
        share,
        soak: Some(Span::Hours(1)),
        halt_failed: failed,
        halt_silent: None,
    }
}

fn member(number: u128, part: Part, matches: Vec<bool>) -> Member {
    Member { site: site(number), part, matches }
}

fn wave(total: u32, soak: i64, failed: u8, silent: u8) -> Wave {
    Wave {
        state: WaveState::Waiting,
        total,
        installed: 0,
        failed: 0,
        rolled_back: 0,
        skipped: 0,
        silent: 0,
        passed_failed: 0,
        passed_silent: 0,
        soak_seconds: soak,
        halt_failed: failed,
        halt_silent: silent,
        started_at: None,
        through_at: None,
    }
}

fn rollout(waves: Vec<Wave>) -> Rollout {
    Rollout { kind: Kind::Install, state: State::Running, code: None, wave: 0, waves }
}

fn reported(wave: u32, to: Outcome) -> Event {
    Event::Reported { wave, from: None, to }
}

/// Applies events of a minute each; what was refused is in the answer.
fn play(start: Rollout, events: &[Event]) -> (Rollout, Vec<Effect>, Vec<Refusal>) {
    let (mut now, mut effects, mut refused) = (start, Vec::new(), Vec::new());
    for (minute, event) in events.iter().enumerate() {
        match step(&now, event, &at(60 * minute as i64)) {
            Ok(next) => {
                now = next.rollout;
                effects.extend(next.effects);
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    (now, effects, refused)
}

// proves: S4h-06/U
#[test]
fn too_many_failures_stop_before_the_second_wave() {
    use Outcome::{Failed, Installed, RolledBack};
    let cases: [(&str, u8, &[Outcome], State, u32); 6] = [
        ("all good", 0, &[Installed, Installed, Installed, Installed], State::Running, 2),
        ("any failure halts", 0, &[Installed, Failed], State::Halted, 1),
        ("a way back is a failure", 0, &[RolledBack], State::Halted, 1),
        ("below the limit", 25, &[Failed, Installed, Installed, Installed], State::Running, 2),
        ("above the limit", 25, &[Failed, Failed], State::Halted, 1),
        ("some still open", 25, &[Installed, Installed, Installed], State::Running, 1),
    ];
    for (name, limit, outcomes, state, started) in cases {
        let start = rollout(vec![wave(4, 0, limit, 20), wave(10, 0, 5, 20)]);
        let mut events = vec![Event::Tick];
        events.extend(outcomes.iter().map(|it| reported(1, *it)));
        let (end, effects, refused) = play(start, &events);
        assert_eq!((end.state, end.wave), (state, started), "{name}");
        assert!(refused.is_empty(), "{name}: {refused:?}");
        assert_eq!(effects.contains(&Effect::Withhold), state == State::Halted, "{name}");
        assert_eq!(may_order(&end, 1), state != State::Halted, "{name}");
    }
}

// proves: S4h-06/U
#[test]
fn silence_halts_but_is_no_failure() {
    let start = rollout(vec![wave(4, 0, 0, 25), wave(10, 0, 5, 20)]);
    let few = [Event::Tick, Event::Silence { wave: 1, silent: 1 }];
    let (mut end, _, _) = play(start.clone(), &few);
    assert_eq!((end.state, end.waves[0].failed), (State::Running, 0));
    // The three others are through, and the fourth is not waited for.
    for _ in 0..3 {
        end = step(&end, &reported(1, Outcome::Installed), &at(600)).unwrap().rollout;
    }
    assert_eq!(end.wave, 2);
    let (end, _, _) = play(start, &[Event::Tick, Event::Silence { wave: 1, silent: 2 }]);
    let halt = end.halted_by().unwrap();
    assert_eq!((halt.code, halt.sites, halt.total, halt.limit), (Code::Silent, 2, 4, 25));
    assert_eq!(consequence(&end), Consequence::Stays { keep: 14 });
}

#[test]
fn a_wave_must_stay_quiet_before_the_next() {
    let start = rollout(vec![wave(1, 3_600, 0, 20), wave(1, 0, 5, 20)]);
    let (end, _, _) = play(start, &[Event::Tick, reported(1, Outcome::Installed)]);
    assert_eq!((end.state, end.wave), (State::Soaking, 1));
    let next_at = at(60 + 3_600).now;
    assert_eq!(consequence(&end), Consequence::NextWave { wave: 2, at: next_at, sites: 1 });
    let early = step(&end, &Event::Tick, &at(3_600)).unwrap();
    assert_eq!((early.rollout.wave, early.effects.len()), (1, 0));
    let held = step(&end, &Event::Tick, &World { open: false, ..at(4_000) }).unwrap();
    assert_eq!(held.rollout.wave, 1, "a release that is held starts nothing");
    let stopped = step(&end, &Event::Tick, &World { held: true, ..at(3_700) }).unwrap().rollout;
    assert_eq!((stopped.state, stopped.code), (State::Held, Some(Code::Release)));
    assert_eq!(step(&stopped, &Event::Resume, &at(3_700)).unwrap_err(), Refusal::ReleaseHeld);
    let free = step(&stopped, &Event::Tick, &at(3_700)).unwrap();
    assert_eq!(free.effects, [Effect::Offer, Effect::StartWave(2)]);
    let failed = Event::Reported { wave: 1, from: Some(Outcome::Installed), to: Outcome::Failed };
    let halted = step(&end, &failed, &at(120)).unwrap();
    assert_eq!(halted.rollout.state, State::Halted, "what breaks while it is quiet halts");
    let due = step(&end, &Event::Tick, &at(3_660)).unwrap();
    assert_eq!(due.effects, [Effect::StartWave(2)]);
}

// proves: S4h-06/U S4h-12/U
#[test]
fn people_hold_resume_skip_retry_roll_back_and_lift() {
    use Refusal as R;
    let base = || rollout(vec![wave(2, 0, 0, 20), wave(2, 0, 5, 20)]);
    let failed = [Event::Tick, reported(1, Outcome::Failed)];
    let with = |more: &[Event]| [&failed[..], more].concat();
    let retry = Event::Retry { wave: 1, from: Some(Outcome::Failed), ordered: false };
    let skip = Event::Skip { wave: 1, from: Some(Outcome::Failed) };
    let cases: Vec<(&str, Vec<Event>, State, u32, Vec<Refusal>)> = vec![
        ("resume passes what was seen", with(&[Event::Resume]), State::Running, 1, vec![]),
        (
            "one more failure halts again",
            with(&[Event::Resume, reported(1, Outcome::Failed)]),
            State::Halted,
            1,
            vec![],
        ),
        (
            "hold, then resume",
            vec![Event::Tick, Event::Hold, Event::Resume],
            State::Running,
            1,
            vec![],
        ),
        ("resume nothing", vec![Event::Tick, Event::Resume], State::Running, 1, vec![R::Moves]),
        (
            "hold twice",
            vec![Event::Tick, Event::Hold, Event::Hold],
            State::Held,
            1,
            vec![R::Stands],
        ),
        (
            "skip what failed and go on",
            with(&[skip, Event::Resume, reported(1, Outcome::Installed)]),
            State::Running,
            2,
            vec![],
        ),
        (
            "retry stays halted until resumed",
            with(std::slice::from_ref(&retry)),
            State::Halted,
            1,
            vec![],
        ),
        (
            "retry, resume, good",
            with(&[
                retry,
                Event::Resume,
                reported(1, Outcome::Installed),
                reported(1, Outcome::Installed),
            ]),
            State::Running,
            2,
            vec![],
        ),
        (
            "after a way back only lift",
            with(&[Event::RollBack, Event::Resume]),
            State::Held,
            1,
            vec![R::MustLift],
        ),
        ("lift", with(&[Event::RollBack, Event::Lift]), State::Running, 1, vec![]),
        ("lift nothing", with(&[Event::Lift]), State::Halted, 1, vec![R::NothingToLift]),
        ("end", with(&[Event::End, Event::Resume]), State::Ended, 1, vec![R::Over]),
        (
            "retry before its wave",
            vec![Event::Tick, Event::Retry { wave: 2, from: None, ordered: true }],
            State::Running,
            1,
            vec![R::NotBegun],
        ),
        (
            "retry what is under way",
            vec![Event::Tick, Event::Retry { wave: 1, from: None, ordered: true }],
            State::Running,
            1,
            vec![R::NotFailed],
        ),
        (
            "retry what never got an order",
            vec![Event::Tick, Event::Retry { wave: 1, from: None, ordered: false }],
            State::Running,
            1,
            vec![],
        ),
        (
            "skip what runs",
            vec![Event::Tick, Event::Skip { wave: 1, from: Some(Outcome::Installed) }],
            State::Running,
            1,
            vec![R::Installed],
        ),
        (
            "no such wave",
            vec![Event::Tick, reported(9, Outcome::Failed)],
            State::Running,
            1,
            vec![R::UnknownWave],
        ),
    ];
    for (name, events, state, started, wanted) in cases {
        let (end, _, refused) = play(base(), &events);
        assert_eq!((end.state, end.wave, refused), (state, started, wanted), "{name}");
    }
}

#[test]
fn a_site_of_an_earlier_wave_that_is_tried_again_is_waited_for() {
    let start = rollout(vec![wave(2, 0, 50, 20), wave(1, 0, 5, 20), wave(1, 0, 5, 20)]);
    let events = [
        Event::Tick,
        reported(1, Outcome::Failed),
        reported(1, Outcome::Installed),
        Event::Retry { wave: 1, from: Some(Outcome::Failed), ordered: false },
        reported(2, Outcome::Installed),
    ];
    let (held_up, _, _) = play(start, &events);
    assert_eq!((held_up.state, held_up.wave), (State::Running, 2));
    let next = step(&held_up, &reported(1, Outcome::Installed), &at(900)).unwrap().rollout;
    assert_eq!((next.wave, next.waves[0].state), (3, WaveState::Done));
}

#[test]
fn a_rollout_ends_when_every_site_has_an_answer_even_while_it_stands() {
    let all = [
        Event::Tick,
        reported(1, Outcome::RolledBack),
        reported(2, Outcome::Installed),
        Event::Skip { wave: 2, from: None },
    ];
    let (end, effects, _) = play(rollout(vec![wave(1, 0, 0, 20), wave(2, 0, 5, 20)]), &all);
    assert_eq!(end.state, State::Finished);
    assert_eq!(effects.last(), Some(&Effect::Finish));
    assert_eq!(consequence(&end), Consequence::Nothing);
}

// proves: S4h-06/U
#[test]
fn what_goes_wrong_at_the_last_site_halts_and_a_person_ends_it() {
    use Outcome::{Installed, RolledBack};
    let last = [Event::Tick, reported(1, Installed), reported(1, RolledBack)];
    let base = || rollout(vec![wave(2, 0, 0, 20)]);
    let (halted, effects, _) = play(base(), &last);
    assert_eq!((halted.state, halted.code), (State::Halted, Some(Code::Failed)));
    assert_eq!(effects.last(), Some(&Effect::Withhold));
    let found = halted.halted_by().unwrap();
    assert_eq!((found.wave, found.sites, found.total, found.limit), (1, 1, 2, 0));
    assert_eq!(consequence(&halted), Consequence::Stays { keep: 0 });
    let from = Some(RolledBack);
    let again = Event::Reported { wave: 1, from: None, to: Installed };
    let cases: Vec<(&str, Vec<Event>, State)> = vec![
        ("time alone ends nothing", vec![Event::Tick, Event::Tick], State::Halted),
        ("seen, and let go on", vec![Event::Resume], State::Finished),
        ("left out", vec![Event::Skip { wave: 1, from }], State::Finished),
        ("tried again", vec![Event::Retry { wave: 1, from, ordered: false }], State::Halted),
        (
            "tried again, good",
            vec![Event::Retry { wave: 1, from, ordered: false }, again],
            State::Finished,
        ),
        ("the others go back too", vec![Event::RollBack], State::Finished),
        ("held and let go", vec![Event::Hold, Event::Tick, Event::Resume], State::Finished),
    ];
    for (name, events, wanted) in cases {
        let (end, _, refused) = play(halted.clone(), &events);
        assert_eq!((end.state, refused), (wanted, vec![]), "{name}");
    }
    // Below the limit it is one of those that are let pass, and nobody is asked.
    let (end, _, _) = play(rollout(vec![wave(2, 0, 50, 20)]), &last);
    assert_eq!(end.state, State::Finished);
    // Others that were still at it come to their end; the one that went wrong is not forgotten.
    let early = [Event::Tick, reported(1, RolledBack), reported(1, Installed)];
    assert_eq!(play(base(), &early).0.state, State::Halted);
}

#[test]
fn waves_take_shares_of_what_is_left_and_forget_nobody() {
    let list = [declared("pilot", Some(10), None), declared("half", Some(50), Some(7))];
    let found = rules(&list);
    assert_eq!((found[0].halt_failed, found[1].halt_failed), (0, 7), "any pilot halts");
    assert_eq!(found[0].soak_seconds, 3_600);
    let odd: Vec<Member> =
        (0..21).map(|it| member(it, Part::Site, vec![it % 2 == 1, true])).collect();
    let waves = divide("rel_1/update", &found, &odd);
    let sizes: Vec<usize> = waves.iter().map(|it| it.sites.len()).collect();
    assert_eq!(sizes, [1, 10, 10], "a tenth of ten, half of twenty, and the rest");
    assert_eq!(waves[2].rule.name, REST);
    let mut sorted = waves[1].sites.clone();
    sorted.sort();
    assert_ne!(sorted, waves[1].sites, "not by name");
    assert_ne!(digest(&waves), digest(&divide("rel_2/update", &found, &odd)));
    assert_eq!(rules(&[])[0].halt_failed, 0, "one wave is a first wave");
    assert!(divide("x", &found, &[]).iter().all(|it| it.sites.is_empty()));
}

// proves: S4h-06/U
#[test]
fn a_wave_takes_what_it_is_of_and_the_last_takes_what_is_left() {
    use Part::{Environment as E, Site as S, UserGroup as G};
    // What there is, what the waves are of with their shares, and who is in which wave.
    type Case = (&'static [Part], &'static [(&'static str, u8)], &'static [&'static [u128]]);
    let cases: &[Case] = &[
        (&[S, G, G, E], &[("user_group", 100), ("site", 100)], &[&[1, 2], &[0, 3]]),
        (&[S, G, G, E], &[("environment", 100), ("user_group", 100)], &[&[3], &[1, 2], &[0]]),
        (
            &[S, G, E],
            &[("environment", 100), ("user_group", 100), ("site", 100)],
            &[&[2], &[1], &[0]],
        ),
        // Nobody is of that kind: an empty wave, and nobody is forgotten.
        (&[S, S], &[("user_group", 100), ("site", 100)], &[&[], &[0, 1]]),
        (&[G, E], &[("site", 100)], &[&[0, 1]]),
        (&[G, E], &[("environment", 100)], &[&[1], &[0]]),
        // A share counts those of that kind only.
        (&[S, S, S, S, G], &[("user_group", 20), ("site", 100)], &[&[4], &[0, 1, 2, 3]]),
    ];
    for (index, (parts, waves, expected)) in cases.iter().enumerate() {
        let list: Vec<Declared> = waves
            .iter()
            .map(|(of, share)| Declared {
                of: (*of).to_owned(),
                ..declared("w", Some(*share), None)
            })
            .collect();
        let members: Vec<Member> =
            (0..).zip(*parts).map(|(it, part)| member(it, *part, Vec::new())).collect();
        let found = divide("seed", &rules(&list), &members);
        let found: Vec<BTreeSet<SiteId>> =
            found.into_iter().map(|it| it.sites.into_iter().collect()).collect();
        let expected: Vec<BTreeSet<SiteId>> =
            expected.iter().map(|it| it.iter().map(|it| site(*it)).collect()).collect();
        assert_eq!(found, expected, "case {index}");
    }
}

#[test]
fn a_rule_of_before_is_of_sites() {
    let old = r#"{"name":"pilot","share":10,"soak_seconds":0,"halt_failed":0,"halt_silent":20}"#;
    assert_eq!(serde_json::from_str::<Rule>(old).unwrap().of, Part::Site);
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        6 => Just(Outcome::Installed),
        1 => Just(Outcome::Failed),
        1 => Just(Outcome::RolledBack),
        1 => Just(Outcome::Skipped),
    ]
}

#[derive(Clone, Debug)]
enum Move {
    Report(usize, Outcome),
    Silence(u32, u32),
    Order(u8),
    Wait(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        8 => (0..30_usize, outcome()).prop_map(|(site, to)| Move::Report(site, to)),
        1 => (1..4_u32, 0..12_u32).prop_map(|(wave, silent)| Move::Silence(wave, silent)),
        2 => (0..7_u8).prop_map(Move::Order),
        2 => (0..5_000_i64).prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 0..120)
}

proptest! {
    // proves: S4h-06/U
    #[test]
    fn nothing_is_ordered_after_a_halt_and_sums_add_up(moves in moves(), failed in 0..40_u8) {
        let sizes = [3_u32, 9, 18];
        let waves = sizes.iter().map(|it| wave(*it, 1_000, failed, 20)).collect();
        let mut now = rollout(waves);
        let mut known: Vec<Option<Outcome>> = vec![None; 30];
        let place = |site: usize| if site < 3 { 1 } else if site < 12 { 2 } else { 3 };
        let mut clock = 0;
        for it in moves {
            let event = match it {
                Move::Wait(seconds) => { clock += seconds; Event::Tick }
                Move::Silence(wave, silent) => Event::Silence { wave, silent },
                Move::Report(site, to) => {
                    let from = known[site].replace(to);
                    Event::Reported { wave: place(site), from, to }
                }
                Move::Order(0) => Event::Hold,
                Move::Order(1 | 2) => Event::Resume,
                Move::Order(3) => Event::RollBack,
                Move::Order(4) => Event::Lift,
                Move::Order(_) => Event::Tick,
            };
            let before = now.clone();
            let Ok(next) = step(&now, &event, &at(clock)) else { continue };
            now = next.rollout;
            let starts: Vec<u32> = next.effects.iter().filter_map(|it| match it {
                Effect::StartWave(wave) => Some(*wave),
                _ => None,
            }).collect();
            if matches!(before.state, State::Halted | State::Held)
                && !matches!(event, Event::Resume | Event::Lift) {
                prop_assert!(starts.is_empty(), "{event:?} started {starts:?} after a halt");
                prop_assert!(!may_order(&now, 1));
            }
            // The waves start in order, each once.
            prop_assert_eq!(starts.clone(), (before.wave + 1..=now.wave).collect::<Vec<_>>());
            for wave in &starts {
                let former = (*wave as usize).checked_sub(2).map(|it| &now.waves[it]);
                prop_assert!(former.is_none_or(Wave::is_through), "harm reaches one wave only");
            }
            for (index, wave) in now.waves.iter().enumerate() {
                let mine = (0..30).filter(|it| place(*it) == index as u32 + 1);
                let count = |what| mine.clone().filter(|it| known[*it] == Some(what)).count() as u32;
                prop_assert_eq!(wave.total, sizes[index]);
                prop_assert_eq!(wave.installed, count(Outcome::Installed));
                prop_assert_eq!(wave.failed, count(Outcome::Failed));
                prop_assert_eq!(wave.rolled_back, count(Outcome::RolledBack));
                prop_assert_eq!(wave.skipped, count(Outcome::Skipped));
            }
        }
        // Whoever answers the rest well and lets go of every halt brings it to its end.
        for (site, known) in known.iter_mut().enumerate() {
            let from = known.replace(Outcome::Installed);
            let event = Event::Reported { wave: place(site), from, to: Outcome::Installed };
            now = step(&now, &event, &at(clock)).unwrap().rollout;
        }
        prop_assert_eq!(now.state, State::Finished);
        prop_assert!(now.waves.iter().all(|it| it.state == WaveState::Done));
    }

    #[test]
    fn every_member_is_in_one_wave_whatever_the_order(
        count in 0..200_u128,
        shares in prop::collection::vec((0..=100_u8, 0..3_usize), 0..5),
        turn in 0..50_usize
    ) {
        let of = |it: usize| Part::ALL[it].name().to_owned();
        let list: Vec<Declared> = shares
            .iter()
            .map(|it| Declared { of: of(it.1), ..declared("w", Some(it.0), None) })
            .collect();
        let rules = rules(&list);
        let mut members: Vec<Member> = (0..count)
            .map(|it| {
                let part = Part::ALL[(it % 5 % 3) as usize];
                member(it, part, vec![it % 3 == 0, true, it % 2 == 0])
            })
            .collect();
        let waves = divide("seed", &rules, &members);
        let all: Vec<&SiteId> = waves.iter().flat_map(|it| &it.sites).collect();
        prop_assert_eq!(all.len(), members.len());
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), members.len());
        let middle = turn % members.len().max(1);
        members.rotate_left(middle);
        prop_assert_eq!(divide("seed", &rules, &members), waves);
    }
}
