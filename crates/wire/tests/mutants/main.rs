//! The checker against mutants: each built-in process with one thing dropped, flipped, renamed or
//! rewired. Every mutant is found, says the same as before, or stands on the list of harmless
//! ones in `harmless.txt`, by a pattern with its reason.
//!
//! `cargo test -p roadbook-wire --test mutants -- --nocapture` prints how they split.

mod make;

use roadbook_core::process::template::Template;
use roadbook_wire::process::{builtin, check_among, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use toml::Value;

/// So many mutants of each process are tried, unless `MUTANTS=all` is set.
const EACH: usize = 300;
/// Of processes whose mutants others resemble, so many.
const FEW: usize = 36;
/// The processes by which the checker is proved.
const PROVED: [&str; 4] =
    ["starter/release", "vendor/release", "enterprise/new-system", "enterprise/upgrade"];

/// What became of a mutant.
enum Fate {
    Found(String),
    Same,
    Survived,
}

fn fate(id: &str, value: &Value, original: &Template, known: &[String]) -> Fate {
    let text = toml::to_string(value).expect("a mutant is a file");
    let checked = check_among(id, &text, known);
    if let Some(finding) = checked.findings.first() {
        return Fate::Found(finding.code.clone());
    }
    match checked.parsed {
        Some(parsed) if parsed.template == *original => Fate::Same,
        _ => Fate::Survived,
    }
}

/// `*` stands for any letters.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Patterns with their reasons.
fn harmless() -> Vec<(&'static str, &'static str)> {
    include_str!("harmless.txt")
        .lines()
        .filter(|it| !it.trim().is_empty() && !it.starts_with('#'))
        .map(|line| {
            let (pattern, reason) = line.split_once(" | ").expect("pattern | reason");
            (pattern.trim(), reason.trim())
        })
        .collect()
}

struct Result {
    id: &'static str,
    name: String,
    fate: Fate,
}

/// True when every mutant is tried, which takes some minutes.
fn everything() -> bool {
    std::env::var_os("MUTANTS").is_some_and(|it| it == "all")
}

/// Names of all mutants, tried or not.
fn names() -> Vec<(&'static str, String)> {
    let mut list = Vec::new();
    for (id, text) in builtin() {
        let value: Value = toml::from_str(text).expect("TOML");
        list.extend(make::all(&value).into_iter().map(|it| (*id, it.name)));
    }
    list
}

/// A number that is the same for the same name, and far from that of its neighbor.
fn spread(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn results() -> Vec<Result> {
    let known: Vec<String> = builtin().iter().map(|(id, _)| (*id).to_owned()).collect();
    let mut work = Vec::new();
    for (id, text) in builtin() {
        let value: Value = toml::from_str(text).expect("TOML");
        // Written anew, so that only the mutation makes a difference.
        let plain = toml::to_string(&value).expect("TOML");
        let original = parse(id, &plain).expect("reads").template;
        let checked = check_among(id, &plain, &known);
        assert!(
            checked.findings.is_empty(),
            "{id} has findings of its own: {:?}",
            checked.findings
        );
        let mut mutants = make::all(&value);
        let all = mutants.len();
        if !everything() {
            // The same ones every time, spread over the whole file.
            mutants.sort_by_cached_key(|it| spread(&it.name));
            mutants.truncate(if PROVED.contains(id) { EACH } else { FEW });
        }
        println!("{id}: {} of {all} mutants", mutants.len());
        work.extend(mutants.into_iter().map(|it| (*id, it, original.clone())));
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some((id, mutant, original)) = work.get(n) else { break };
                    let fate = fate(id, &mutant.value, original, &known);
                    let result = Result { id, name: mutant.name.clone(), fate };
                    done.lock().expect("no panic").push((n, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no panic");
    done.sort_by_key(|it| it.0);
    done.into_iter().map(|it| it.1).collect()
}

#[test]
fn every_mutant_of_a_built_in_process_is_found_or_known_to_be_harmless() {
    let harmless = harmless();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let (mut found, mut same, mut allowed) = (0, 0, 0);
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut open = Vec::new();
    for it in results() {
        match it.fate {
            Fate::Found(code) => {
                found += 1;
                *codes.entry(code).or_default() += 1;
            }
            Fate::Same => same += 1,
            Fate::Survived => {
                let whole = format!("{} {}", it.id, it.name);
                let known = harmless.iter().find(|(p, _)| fits(p, &it.name) || fits(p, &whole));
                match known {
                    Some((pattern, _)) => {
                        used.insert(pattern);
                        allowed += 1;
                    }
                    None => open.push(whole),
                }
            }
        }
    }
    println!("{found} found, {same} the same process, {allowed} harmless, {} open", open.len());
    for (code, count) in codes {
        println!("    {code}: {count}");
    }
    // A line is stale when nothing it names is left; `MUTANTS=all` asks for more: that it is needed.
    let all = names();
    let named =
        |it: &str| all.iter().any(|(id, name)| fits(it, name) || fits(it, &format!("{id} {name}")));
    let needed = |it: &str| used.contains(it) || (!everything() && named(it));
    let stale: Vec<&str> = harmless.iter().map(|it| it.0).filter(|it| !needed(it)).collect();
    assert!(
        open.is_empty(),
        "not found; teach the checker, or add a line `pattern | reason` to tests/mutants/harmless.txt:\n{}",
        open.join("\n")
    );
    assert!(stale.is_empty(), "harmless.txt has lines that nothing needs: {}", stale.join("; "));
    assert!(found + allowed >= 1_000, "{found} + {allowed}");
}

#[test]
fn the_stars_of_the_list_stand_for_any_letters() {
    for (pattern, text, expected) in [
        ("drop step.*.effort", "drop step.a.b.effort", true),
        ("drop step.*.effort", "drop step.a.effort.x", false),
        ("drop *", "drop x", true),
        ("flip a", "flip a", true),
        ("flip a", "flip ab", false),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
}

/// A key of a step that names a role, a document, an audience or a field is rewired like all of
/// them. Blocks of a notice and kinds are words of the language, whatever a file declares.
#[test]
fn every_key_of_a_step_that_names_something_is_known() {
    const WORDS: [&str; 4] = ["id", "kind", "content", "name"];
    fn walk(value: &Value, key: &str, ids: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
        match value {
            Value::Table(table) => {
                table.iter().for_each(|(key, inner)| walk(inner, key, ids, found));
            }
            Value::Array(list) => list.iter().for_each(|inner| walk(inner, key, ids, found)),
            Value::String(text) if ids.contains(text.as_str()) => {
                found.insert(key.to_owned());
            }
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    let every_form = include_str!("../every-form.toml");
    for text in builtin().iter().map(|it| it.1).chain([every_form]) {
        let file: Value = toml::from_str(text).expect("TOML");
        let declared = make::declared(&file);
        let ids: BTreeSet<&str> = declared
            .iter()
            .filter(|(what, _)| **what != "step")
            .flat_map(|(_, ids)| ids.iter().map(String::as_str))
            .collect();
        let phases = file["phase"].as_array().expect("phases").iter();
        let steps = phases.filter_map(|it| it.get("step")?.as_array()).flatten();
        steps.for_each(|step| walk(step, "", &ids, &mut found));
    }
    let named = |it: &&String| WORDS.contains(&it.as_str()) || make::names(it).is_some();
    let unknown: Vec<&String> = found.iter().filter(|it| !named(it)).collect();
    assert!(unknown.is_empty(), "`names` in tests/mutants/make.rs lacks {unknown:?}");
}
