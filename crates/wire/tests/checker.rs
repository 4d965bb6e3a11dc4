//! Every kind of finding, twice: a small file that has it, and the exact words it gets.
//!
//! `GOLDEN=write cargo test -p roadbook-wire --test checker` writes the words anew.

use roadbook_core::process::codes::CODES;
use roadbook_core::process::finding::Finding;
use roadbook_wire::process::{builtin, check, check_among, parse_bytes};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A line `#repeat N TEXT` stands for TEXT, N times; `\\n` in it for an end of line.
/// A replacement character stands for the byte FF, which no text holds.
fn unfolded(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = String::from_utf8(bytes.clone()) else { return bytes };
    let mut long = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("#repeat ").and_then(|it| it.split_once(' ')) {
            Some((times, what)) => {
                let what = what.replace("\\n", "\n");
                long.push_str(&what.repeat(times.parse().expect("a number")));
            }
            None => long.push_str(line),
        }
    }
    let mut bytes = Vec::with_capacity(long.len());
    for part in long.split_inclusive('\u{fffd}') {
        match part.strip_suffix('\u{fffd}') {
            Some(before) => {
                bytes.extend_from_slice(before.as_bytes());
                bytes.push(0xff);
            }
            None => bytes.extend_from_slice(part.as_bytes()),
        }
    }
    bytes
}

fn found_in(file: &str, bytes: &[u8], known: &[String]) -> (Vec<Finding>, usize) {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let checked = check_among(file, text, known);
            (checked.findings, checked.states)
        }
        Err(_) => (parse_bytes(file, bytes).expect_err("no text"), 0),
    }
}

fn faulty() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faulty");
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("folder of faulty files")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "toml"))
        .map(|path| {
            let name = path.file_stem().expect("name").to_string_lossy().into_owned();
            (name, unfolded(fs::read(path).expect("faulty file")))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_file_that_the_faulty_ones_are_made_from_is_sound() {
    let checked = check("sound.toml", include_str!("sound.toml"));
    let list: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{}", list.join("\n"));
    assert_eq!(checked.states, 8, "before and after approval, two outcomes, two modes");
}

#[test]
fn every_kind_of_finding_is_found_twice_and_says_what_to_do() {
    let known: Vec<String> = builtin().iter().map(|(id, _)| (*id).to_owned()).collect();
    let mut golden = String::new();
    let mut missed = Vec::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for (name, text) in faulty() {
        let (code, _) = name.rsplit_once('-').expect("names end in a number");
        let (findings, states) = found_in(&format!("{name}.toml"), &text, &known);
        let found = findings.iter().find(|it| it.code == code);
        let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let Some(found) = found else {
            missed.push(format!("{name}: {code} is not among\n{}", all.join("\n")));
            continue;
        };
        assert!(found.line > 0 && !found.fix.is_empty(), "{found}");
        *kinds.entry(code.to_owned()).or_default() += 1;
        golden.push_str(&format!("{}\n", all.join("\n")));
        golden.push_str(&format!("    {states} states\n\n"));
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
    let few: Vec<&str> =
        CODES.into_iter().filter(|it| kinds.get(*it).is_none_or(|n| *n < 2)).collect();
    assert!(few.is_empty(), "two faulty files in tests/faulty are missing for {few:?}");
    let golden = format!("{}\n", golden.trim_end());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faulty.txt");
    if std::env::var_os("GOLDEN").is_some() {
        fs::write(&path, &golden).expect("golden file");
    }
    let expected = fs::read_to_string(&path).expect("golden file");
    for (line, (got, wanted)) in golden.lines().zip(expected.lines()).enumerate() {
        assert_eq!(got, wanted, "tests/faulty.txt:{}", line + 1);
    }
    assert_eq!(golden.len(), expected.len(), "tests/faulty.txt has another length");
}

#[test]
fn a_file_with_every_form_of_the_language_has_no_finding() {
    let checked = check("every-form.toml", include_str!("every-form.toml"));
    let list: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{}", list.join("\n"));
    assert_eq!(checked.states, 24, "every order of its answers, in two modes");
}

#[test]
fn too_many_orders_are_followed_in_the_order_of_the_file_and_it_says_so() {
    let sound = include_str!("sound.toml");
    let all = check("sound.toml", sound);
    assert!(!all.file_order, "every order was followed");
    // So many decisions beside each other: twice as many states for each, if all orders count.
    let mut text = sound.replacen("after = [\"write\"]", "after = [\"write\", GATES]", 1);
    let decision = |n: usize| {
        let four = |it: &str| {
            format!(
                "{{ en = \"{it}\", ko = \"{it} (ko)\", vi = \"{it} (vi)\", zh = \"{it} (zh)\" }}"
            )
        };
        let (title, ask) = (four(&format!("Question {n}")), four(&format!("Is {n} right?")));
        format!(
            "  [[phase.step]]\n  id = \"ask_{n}\"\n  kind = \"decision\"\n  title = {title}\n  \
             ask = {ask}\n  role = \"boss\"\n  after = [\"write\"]\n  due = \"T-6d\"\n  \
             outcome.go = {{ go = [\"approve\"] }}\n  outcome.no_go = {{ end = \"cancelled\" }}\n\n"
        )
    };
    let many = 15;
    let names: Vec<String> = (0..many).map(|n| format!("\"ask_{n}\"")).collect();
    text = text.replacen("GATES", &names.join(", "), 1);
    let asked: String = (0..many).map(decision).collect();
    let at = text.find("  [[phase.step]]\n  id = \"approve\"").expect("approve");
    text.insert_str(at, &asked);
    let found = check("many.toml", &text);
    let list: Vec<String> = found.findings.iter().map(ToString::to_string).collect();
    assert!(found.passes(), "{}", list.join("\n"));
    assert!(found.file_order, "{} states", found.states);
    assert!(found.states < 200, "one order alone: {} states", found.states);
}

#[test]
fn the_line_of_a_fault_in_a_text_is_where_it_is_written() {
    for (name, line) in [
        ("unknown_variable-1", "{{ release.verson }}"),
        ("unknown_variable-2", "{{ customer }}"),
        ("text_template-1", "{{ release.version\""),
        ("text_template-2", "{{ changes | shout }}"),
    ] {
        let (_, text) = faulty().into_iter().find(|it| it.0 == name).expect(name);
        let text = String::from_utf8(text).expect("text");
        let findings = check(name, &text).findings;
        let found = findings.iter().find(|it| name.starts_with(&it.code)).expect(name);
        let there = text.lines().nth(found.line as usize - 1).expect("line");
        assert!(there.contains(line), "{found}");
        assert!(found.blocks(), "{found}");
    }
}
