//! Sub-commands that work on files alone: processes, bundles, version numbers.

use crate::args::{ChangeKind, ProcessCommand, SchemeKind, VersionCommand};
use crate::exit::{Code, Failure, Outcome};
use crate::output::{Output, print};
use roadbook_core::process::diff::{Difference, diff};
use roadbook_core::process::template::Template;
use roadbook_core::version::{Part, Why};
use roadbook_wire::process;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The text of a process: a file, or a built-in one by its name.
pub fn process_text(name: &str) -> Result<String, Failure> {
    if let Some((_, text)) = process::builtin().iter().find(|it| it.0 == name) {
        return Ok((*text).to_owned());
    }
    read(Path::new(name)).map_err(|failure| {
        let names: Vec<&str> = process::builtin().iter().map(|it| it.0).collect();
        failure.hint(format!("built in are: {}", names.join(", ")))
    })
}

/// A text file; `-` is standard input.
pub fn read(path: &Path) -> Result<String, Failure> {
    let result = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    result.map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => Code::NotFound,
            _ => Code::Failed,
        };
        Failure::new(code, format!("cannot read `{}`: {error}", path.display()))
    })
}

/// What is said where all orders of answers would have been too many states.
const FILE_ORDER: &str = "not every order of answers was tried, there are too many: questions that are open beside each \
     other were answered in the order of the file only";

/// `process check`: all findings of all files at once; errors end with code 8.
pub fn check(files: &[PathBuf], output: &Output) -> Outcome {
    let mut rows = Vec::new();
    let mut errors = 0;
    // A file may call what stands beside it; what a server has besides, only the server knows.
    let mut known: Vec<String> =
        process::builtin().iter().map(|(id, _)| (*id).to_owned()).collect();
    let mut texts = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let text = process_text(&name)?;
        known.extend(process::parse(&name, &text).map(|it| it.template.id));
        texts.push((name, text));
    }
    for (name, text) in texts {
        let checked = process::check_among(&name, &text, &known);
        for finding in &checked.findings {
            errors += usize::from(finding.blocks());
            rows.push(serde_json::to_value(finding).unwrap_or(Value::Null));
            if output.format == crate::args::Format::Table {
                print(&format!("{finding}\n"))?;
            }
        }
        if checked.file_order {
            // Nothing is wrong with the file: a note, beside what stands against it.
            rows.push(json!({
                "file": name, "line": 1, "column": 1, "severity": "note", "code": "file_order",
                "path": "", "message": FILE_ORDER, "fix": "",
            }));
            output.say(&format!("{name}: note: {FILE_ORDER}"));
        }
        if checked.passes() {
            output.say(&format!("{name}: passes ({} states looked at)", checked.states));
        }
    }
    if output.format != crate::args::Format::Table {
        let columns = [
            ("file", "file"),
            ("line", "line"),
            ("column", "column"),
            ("severity", "severity"),
            ("code", "code"),
            ("message", "message"),
            ("fix", "fix"),
        ];
        output.rows(&columns, &rows)?;
    }
    if errors == 0 {
        return Ok(());
    }
    Err(Failure::new(Code::Findings, format!("{errors} finding(s) stand against publishing"))
        .hint("correct them and check again; each names its line and what would be right"))
}

/// A template that passes the check.
pub fn template(name: &str) -> Result<Template, Failure> {
    let checked = process::check(name, &process_text(name)?);
    let passes = checked.passes();
    match checked.parsed {
        Some(parsed) if passes => Ok(parsed.template),
        _ => Err(Failure::new(Code::Findings, format!("`{name}` does not pass the check"))
            .hint(format!("`roadbook process check {name}` lists why"))),
    }
}

/// `process diff`: part by part.
pub fn difference(old: &str, new: &str, output: &Output) -> Outcome {
    let list = diff(&template(old)?, &template(new)?);
    let rows: Vec<Value> = list.iter().flat_map(difference_rows).collect();
    output.rows(
        &[
            ("", "what"),
            ("part", "part"),
            ("id", "id"),
            ("field", "field"),
            ("before", "before"),
            ("after", "after"),
        ],
        &rows,
    )
}

/// What differs, a row for each part or field.
pub fn difference_rows(it: &Difference) -> Vec<Value> {
    match it {
        Difference::Added { part, id, .. } => vec![json!({"what": "+", "part": part, "id": id})],
        Difference::Removed { part, id, .. } => vec![json!({"what": "-", "part": part, "id": id})],
        Difference::Changed { part, id, fields, .. } => fields
            .iter()
            .map(|it| {
                json!({ "what": "~", "part": part, "id": id, "field": it.field,
                    "before": it.before, "after": it.after })
            })
            .collect(),
    }
}

/// What of `process` needs no server; gives the rest back.
pub fn process(
    command: ProcessCommand,
    output: &Output,
) -> Result<Option<ProcessCommand>, Failure> {
    match command {
        ProcessCommand::Check { files } => check(&files, output)?,
        ProcessCommand::Simulate(args) => crate::simulate::run(&args, output)?,
        ProcessCommand::Diff { old, new } => difference(&old, &new, output)?,
        ProcessCommand::Schema => {
            print(&format!("{:#}\n", roadbook_wire::process::schema()))?;
        }
        ProcessCommand::Export { process: name, builtin: true, .. } => {
            print(&process_text(&name)?)?;
        }
        other => return Ok(Some(other)),
    }
    Ok(None)
}

/// `record verify`: an archive bundle on any machine.
pub fn verify(bundle: &Path, key: Option<&str>, output: &Output) -> Outcome {
    let bytes = std::fs::read(bundle).map_err(|error| {
        Failure::new(Code::NotFound, format!("cannot read `{}`: {error}", bundle.display()))
    })?;
    let check = roadbook_app::bundle::verify(&bytes, key);
    let value = serde_json::to_value(&check)
        .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
    output.object(
        &[
            ("release", "number"),
            ("version", "version"),
            ("files", "files"),
            ("entries", "entries"),
            ("signed by", "key"),
        ],
        &value,
    )?;
    for fault in &check.faults {
        eprintln!("{fault}");
    }
    if check.faults.is_empty() {
        output.say("everything is as it was signed");
        if key.is_none() {
            output.say("compare the key with the one that the installation shows on its page");
        }
        return Ok(());
    }
    let what = format!("{} fault(s): this bundle is not what was signed", check.faults.len());
    Err(Failure::new(Code::Findings, what)
        .hint("fetch the bundle again: `roadbook release evidence`"))
}

/// `version next`: the next number and why.
pub fn version(command: VersionCommand, output: &Output) -> Outcome {
    use roadbook_core::version::{CalVerRules, Level, Raise, Request, Scheme};
    let VersionCommand::Next { version, change, scheme, pattern, explain } = command;
    let scheme = match scheme {
        SchemeKind::FourPart => Scheme::default(),
        SchemeKind::Semver => Scheme::SemVer,
        SchemeKind::Calver => Scheme::CalVer(CalVerRules { pattern }),
    };
    let refused = |error: roadbook_core::version::VersionRefusal| {
        Failure::new(Code::Refused, error.to_string())
            .hint(format!("a number of this scheme looks like {}", scheme.example()))
    };
    let current = scheme.parse(&version).map_err(refused)?;
    let level = match change {
        ChangeKind::Build => Level::Build,
        ChangeKind::Revision => Level::Revision,
        ChangeKind::Minor => Level::Minor,
        ChangeKind::Major => Level::Major,
    };
    let request = Request {
        current: Some(&current),
        raise: Raise::Level(level),
        tag: None,
        today: roadbook_app::ports::Clock::now(&crate::ports::SystemClock)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date(),
        taken: &[],
    };
    let next = scheme.next(&request).map_err(refused)?;
    let value = json!({ "id": next.text, "needs_roadmap": next.needs_roadmap, "why": next.why });
    if output.format != crate::args::Format::Table || output.quiet {
        return output.object(&[("version", "id"), ("why", "why")], &value);
    }
    print(&format!("{}\n", next.text))?;
    if explain {
        for why in &next.why {
            print(&format!("  {}\n", why_text(why)))?;
        }
        if next.needs_roadmap {
            print("  this number needs an entry in the roadmap, or its owner's approval\n")?;
        }
    }
    Ok(())
}

fn why_text(why: &Why) -> String {
    let part = |part: &Part| match part {
        Part::A => "the first part",
        Part::B => "the second part",
        Part::C => "the third part",
        Part::D => "the fourth part",
        Part::Micro => "the last part",
    };
    match why {
        Why::First => "the product has no version yet".to_owned(),
        Why::Chosen { level } => format!("the change is of level {}", level.code()),
        Why::Decided { change, level, of, .. } => {
            format!("`{change}` asks for the highest level, {}, of {of} change(s)", level.code())
        }
        Why::Planned => "this number was planned".to_owned(),
        Why::Raised { part: it, from, to } => format!("{} rises from {from} to {to}", part(it)),
        Why::Carried { part: it, max, into } => {
            format!("{} is full at {max}, so that {} rises instead", part(it), part(into))
        }
        Why::Reset { part: it, from } => format!("{} goes back from {from} to 0", part(it)),
        Why::Kept { part: it, value } => format!("{} stays {value}", part(it)),
        Why::FromTag { tag } => format!("the build is the order number {tag} of the tag"),
        Why::Dated { date } => format!("the date is {date}"),
        Why::Unstable => "before 1.0.0 the second part rises instead of the first".to_owned(),
        Why::Finished => "the pre-release becomes the version that it announced".to_owned(),
    }
}
