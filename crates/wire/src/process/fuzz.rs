//! Any input to the reader and the checker: no panic, no run-away, bounded memory. What was once
//! found, or made up to do harm, stays in `tests/past/` and is played again first in every run. Each
//! input has bounds of its own.

use super::bounds::{FILE, WORD, bounded, past};
use super::{check, parse_bytes, parse_condition};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use roadbook_core::limits::{CHECK_STATES_MAX, EXPR_DEPTH_MAX, EXPR_NODES_MAX};
use roadbook_core::process::due::{Due, Span};
use roadbook_core::process::expr::{Names, Value, eval};
use roadbook_core::process::template::Template;
use roadbook_core::process::types::{Declared, Scope, check as type_check};
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const SOUND: &str = include_str!("../../tests/sound.toml");
const EVERY_FORM: &str = include_str!("../../tests/every-form.toml");

static TEMPLATE: LazyLock<Template> =
    LazyLock::new(|| super::parse("sound.toml", SOUND).expect("sound").template);

/// The whole way of a file that may not be text; what comes out is bounded by what goes in.
fn through(bytes: &[u8]) {
    bounded(bytes, FILE, || {
        let Ok(text) = std::str::from_utf8(bytes) else {
            drop(parse_bytes("x.toml", bytes));
            return;
        };
        let checked = check("x.toml", text);
        assert!(checked.states <= CHECK_STATES_MAX * 4 + CHECK_STATES_MAX, "{}", checked.states);
        let told: usize = checked.findings.iter().map(|it| it.message.len() + it.fix.len()).sum();
        assert!(told <= 400_000 + text.len() * 400, "{told} letters about {} bytes", text.len());
        let lines = text.lines().count();
        for it in &checked.findings {
            assert!(it.line > 0 && it.line as usize <= lines + 1, "{it}");
            assert!(!it.fix.is_empty(), "{it}");
        }
    });
}

/// A form of time, that is written again as it was read.
fn time(text: &str) {
    bounded(text.as_bytes(), WORD, || {
        if let Ok(due) = text.parse::<Due>() {
            let again: Result<Due, _> = due.to_string().parse();
            assert_eq!(again, Ok(due), "{text}");
        }
        if let Ok(span) = text.parse::<Span>() {
            assert!(span.nominal_minutes() >= 0, "{text}");
        }
    });
}

/// A condition: its types and its value.
fn judged(text: &str) {
    bounded(text.as_bytes(), WORD, || {
        let Ok(expr) = parse_condition(text) else { return };
        assert!(expr.node.size() <= EXPR_NODES_MAX && expr.node.depth() <= EXPR_DEPTH_MAX);
        for scope in [Scope::Run, Scope::Site, Scope::Item, Scope::Event] {
            drop(type_check(&expr, &Declared::of(&TEMPLATE, scope)));
        }
        drop(eval(&expr, &Nothing));
    });
}

/// A file with these selectors.
fn selected(role: &str, each: &str, joins: &str, sites: &str, part: &str) {
    let quoted = |text: &str| toml_edit::Value::from(text).to_string();
    let text = SOUND
        .replacen(
            "role = \"boss\"",
            &format!("role = [\"boss\", {}]\n  stands_in_for = [{}]", quoted(role), quoted(part)),
            1,
        )
        .replacen(
            "kind = \"document\"",
            &format!("kind = \"document\"\n  each = {}\n  joins = {}", quoted(each), quoted(joins)),
            1,
        )
        .replacen("sites = 'has_tag(site, \"pilot\")'", &format!("sites = {}", quoted(sites)), 1);
    through(text.as_bytes());
}

/// Plays what was once found, and names what it is when it is found again.
fn replay(kind: &str, test: impl Fn(&[u8])) {
    for (name, input) in past(kind) {
        println!("past: {name}");
        test(&input);
    }
}

/// As [`replay`], where inputs are words.
fn replay_words(kind: &str, test: impl Fn(&str)) {
    replay(kind, |bytes| test(std::str::from_utf8(bytes).expect("words")));
}

/// Pieces of files, so that damage often still reads.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_.=\"'{}\\[\\]# 0-9\n-]{0,12}",
        Just("[[phase.step]]\n  id = \"extra\"\n  kind = \"task\"\n".to_owned()),
        Just("after = [\"write\", [\"approve\", \"tell\"]]\n".to_owned()),
        Just("when = 'release.mode == \"emergency\"'\n".to_owned()),
        Just("each = \"site\"\n".to_owned()),
        Just("rejected = \"verify\"\n".to_owned()),
        Just("on = \"issue.raised\"\n".to_owned()),
        Just("[[[[[[[[".to_owned()),
        Just("\u{0}\u{feff}\u{202e}".to_owned()),
    ]
}

/// One form of time out of its parts, sound or not.
fn time_form() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("T"),
        Just("Tend"),
        Just("start"),
        Just("after:"),
        Just("on:"),
        Just("M-1:"),
        Just("year:"),
        Just("-"),
        Just("+"),
        Just(".."),
        Just("d"),
        Just("wd"),
        Just("min"),
        Just("h"),
        Just("w"),
        Just("3"),
        Just("31"),
        Just("12-01"),
        Just("02-30"),
        Just("99999999999999999999"),
        Just("0"),
        Just(" "),
        Just("x"),
        Just("é"),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

/// One condition out of its parts, sound or not.
fn condition() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("release.kind"),
        Just("release.mode"),
        Just("field.relogin"),
        Just("site.version"),
        Just("step.decide.outcome"),
        Just("check.a.b"),
        Just("=="),
        Just("!="),
        Just("<"),
        Just(">="),
        Just("&&"),
        Just("||"),
        Just("!"),
        Just("-"),
        Just("("),
        Just(")"),
        Just("["),
        Just("]"),
        Just(","),
        Just("in"),
        Just("\"upgrade\""),
        Just("'x'"),
        Just("9223372036854775807"),
        Just("9223372036854775808"),
        Just("1.5"),
        Just("null"),
        Just("true"),
        Just("older("),
        Just("has_tag(site, \"p\")"),
        Just("?"),
        Just(":"),
        Just("{"),
        Just("}"),
        Just("é"),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.join(" "))
}

struct Nothing;

impl Names for Nothing {
    fn get(&self, name: &str) -> Option<Value> {
        name.len().is_multiple_of(2).then_some(Value::Null)
    }

    fn call(&self, _: &str, _: &[Value]) -> Option<Value> {
        Some(Value::Bool(true))
    }
}

/// A process of random order, outcomes and returns.
fn process() -> impl Strategy<Value = String> {
    let step = (0..6_usize, 0..8_usize, 0..8_usize, 0..6_usize, any::<bool>());
    prop::collection::vec(step, 1..9).prop_map(|steps| {
        let mut text = SOUND.split("[[phase]]").next().unwrap_or_default().to_owned();
        text.push_str("[[phase]]\nid = \"p\"\ntitle = \"P\"\n");
        for (n, (kind, a, b, when, always)) in steps.iter().enumerate() {
            if n % 4 == 3 {
                let _ = write!(text, "[[phase]]\nid = \"p{n}\"\ntitle = \"P\"\n");
            }
            let _ = write!(text, "[[phase.step]]\nid = \"s{n}\"\ntitle = \"S\"\nrole = \"lead\"\n");
            let _ = match kind {
                0 => writeln!(text, "kind = \"approval\"\nrejected = \"s{a}\""),
                1 => writeln!(
                    text,
                    "kind = \"decision\"\noutcome.a = {{ go = [\"s{a}\"] }}\noutcome.b = {{ return = \"s{b}\" }}\noutcome.c = {{ end = \"x\" }}"
                ),
                2 => writeln!(
                    text,
                    "kind = \"decision\"\noutcome.a = {{ skip = [\"s{a}\", \"s{b}\"] }}\noutcome.b = {{ ask_again = \"answer.date\" }}"
                ),
                3 => writeln!(text, "kind = \"rollout\"\nneeds = [\"plan\"]"),
                4 => writeln!(text, "kind = \"task\"\nproduces = [\"plan\", \"rollback_plan?\"]"),
                _ => writeln!(text, "kind = \"verify\"\nalways = {always}"),
            };
            if a != b {
                let _ = writeln!(text, "after = [\"s{b}\"]");
            }
            let _ = match when {
                0 => writeln!(text, "when = \"field.relogin\""),
                1 => writeln!(text, "when = 'release.mode == \"emergency\"'"),
                2 => writeln!(text, "gate = 'step.s{a}.state == \"done\"'"),
                3 => writeln!(text, "when = 'step.s{b}.outcome == \"a\"'"),
                _ => Ok(()),
            };
        }
        text
    })
}

/// Plays cases for `FUZZ_SECONDS`; without it, so many. A case that fails is made small and printed.
#[expect(clippy::disallowed_methods, reason = "it plays for a time")]
fn play<S: Strategy>(
    what: &str,
    cases: u32,
    strategy: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().map(|it| it.parse().expect("seconds"));
    let end = seconds.map(|it| Instant::now() + Duration::from_secs(it));
    // Small pieces while a time is given, so that it ends near it.
    let cases = if end.is_some() { cases / 20 } else { cases };
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut played = 0_u64;
    loop {
        // A runner of its own each time: each begins with another seed.
        let mut runner = TestRunner::new(config.clone());
        if let Err(error) = runner.run(&strategy, &test) {
            panic!("{what}: {error}");
        }
        played += u64::from(cases);
        if end.is_none_or(|end| Instant::now() >= end) {
            break;
        }
    }
    println!("inputs: {played} {what}");
}

/// Each case checks a whole file: fewer of them take as long as many of the small ones.
const FILES: u32 = 1_000;
const WORDS: u32 = 5_000;

#[test]
fn no_damage_to_a_file_makes_the_checker_panic() {
    replay("files", through);
    let place = any::<prop::sample::Index>;
    let piece =
        (any::<bool>(), place(), 0..60_usize, piece()).prop_map(|(every, at, cut, with)| {
            let text = if every { EVERY_FORM } else { SOUND };
            let start = at.index(text.len());
            let end = (start + cut).min(text.len());
            let mut bytes = text.as_bytes().to_vec();
            bytes.splice(start..end, with.into_bytes());
            bytes
        });
    let single = (any::<[prop::sample::Index; 3]>(), any::<[u8; 3]>()).prop_map(|(at, with)| {
        let mut bytes = SOUND.as_bytes().to_vec();
        for (at, with) in at.iter().zip(with) {
            let n = at.index(bytes.len());
            bytes[n] = with;
        }
        bytes
    });
    let order = process().prop_map(String::into_bytes);
    play(
        "files, damaged or put together by chance",
        FILES,
        prop_oneof![piece, single, order],
        |it| {
            through(&it);
            Ok(())
        },
    );
}

#[test]
fn no_selector_makes_the_checker_panic() {
    let words = (
        "(head_of|heads_of|site\\.contact|lead|field\\.|authorizer)?[a-z().é \"]{0,20}",
        "(field\\.)?[a-z_]{0,12}",
        "[a-z0-9%]{0,6}",
        condition(),
        "[a-z.]{0,20}",
    );
    replay_words("selectors.txt", |it| selected(it, it, it, it, it));
    play("selectors in a file", FILES, words, |(role, each, joins, sites, part)| {
        selected(&role, &each, &joins, &sites, &part);
        Ok(())
    });
}

#[test]
fn no_time_form_makes_its_reader_panic() {
    replay_words("times.txt", time);
    play("time forms", WORDS, prop_oneof![time_form(), "\\PC{0,24}"], |text| {
        time(&text);
        Ok(())
    });
}

#[test]
fn no_condition_makes_types_or_values_panic() {
    replay_words("conditions.txt", judged);
    play("conditions", WORDS, prop_oneof![condition(), "\\PC{0,80}"], |text| {
        judged(&text);
        Ok(())
    });
}

#[test]
fn an_input_that_takes_too_long_fails_and_does_not_panic_before() {
    let caught = |what: fn()| std::panic::catch_unwind(what).is_err();
    assert!(!caught(|| bounded(b"x", WORD, || ())));
    assert!(caught(|| bounded(b"x", Duration::ZERO, || ())), "it takes longer than no time");
}
