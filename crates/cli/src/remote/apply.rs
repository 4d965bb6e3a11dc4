//! `apply`: processes kept as files; what differs from the server is told, or published.

use crate::args::{ApplyArgs, Format};
use crate::client::Client;
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::offline::{difference_rows, read};
use crate::output::{Output, cell, print};
use roadbook_app::processes::STANDS;
use roadbook_core::limits::PROCESS_FILE_BYTES_MAX;
use roadbook_core::process::diff::diff;
use roadbook_core::process::template::Template;
use roadbook_wire::api::processes::Checked;
use roadbook_wire::process::parse;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Files of one run.
const FILES_MAX: usize = 500;
/// Folders inside each other.
const DEPTH_MAX: usize = 16;

/// A file with what the server says about it.
struct Look {
    file: String,
    text: String,
    process: String,
    /// `new`, `unchanged`, `changed` or `wrong`.
    state: &'static str,
    /// The revision that is compared, if there is one.
    revision: Option<u64>,
    differences: Vec<Value>,
    checked: Checked,
}

/// Runs it.
pub(super) async fn run(client: &Client, args: &ApplyArgs, output: &Output) -> Outcome {
    let texts = texts(&args.file)?;
    let names: Vec<String> = texts.iter().filter_map(|it| id_of(&it.0, &it.1)).collect();
    let mut looks = Vec::new();
    for (file, text) in texts {
        looks.push(look(client, file, text, &names).await?);
    }
    let wrong = looks.iter().filter(|it| it.state == "wrong").count();
    let differ = looks.iter().filter(|it| matches!(it.state, "new" | "changed")).count();
    if args.diff || wrong > 0 {
        tell(&looks, output)?;
    }
    if wrong > 0 {
        let what = format!("{wrong} of {} files do not pass the check", looks.len());
        return Err(Failure::new(Code::Findings, what).hint("nothing was published"));
    }
    if args.diff {
        return match differ {
            0 => Ok(()),
            n => Err(Failure::new(Code::Differs, format!("{n} of {} files differ", looks.len()))
                .hint("`roadbook apply` without `--diff` publishes them")),
        };
    }
    publish(client, args, &mut looks, output).await
}

/// One change for all, so that none holds without the others.
async fn publish(
    client: &Client,
    args: &ApplyArgs,
    looks: &mut [Look],
    output: &Output,
) -> Outcome {
    let send = |it: &&mut Look| matches!(it.state, "new" | "changed");
    let texts: Vec<String> = looks.iter_mut().filter(send).map(|it| it.text.clone()).collect();
    if !texts.is_empty() {
        let body = json!({ "texts": texts, "note": args.note });
        let answer = client.post("/processes/apply", &body).await?.json;
        let made: Vec<&str> =
            answer["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for it in looks.iter_mut().filter(send) {
            let revision = made.iter().find_map(|name| {
                let (process, revision) = name.rsplit_once('@')?;
                (process == it.process).then(|| revision.parse().ok())?
            });
            // Somebody else may have published the same text between the look and the change.
            it.state = if revision.is_some() { "published" } else { "unchanged" };
            it.revision = revision.or(it.revision);
        }
    }
    let columns =
        [("", "state"), ("process", "process"), ("revision", "revision"), ("file", "file")];
    let rows: Vec<Value> = looks.iter().map(row).collect();
    output.rows(&columns, &rows)
}

/// The text files below a folder, in the order of their names; links are not followed.
fn texts(place: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    match std::fs::metadata(place) {
        Ok(it) if it.is_dir() => collect(place, 0, &mut files)?,
        // A file, or what `read` says about it.
        _ => files.push(place.to_path_buf()),
    }
    if files.is_empty() {
        let what = format!("`{}` has no process files (*.toml)", place.display());
        return Err(Failure::new(Code::NotFound, what).hint("name the folder that holds them"));
    }
    let mut list = Vec::new();
    for path in files {
        let large =
            std::fs::metadata(&path).is_ok_and(|it| it.len() > PROCESS_FILE_BYTES_MAX as u64);
        if large {
            let what = format!("`{}` is larger than a process file may be", path.display());
            return Err(Failure::new(Code::Findings, what)
                .hint(format!("at most {PROCESS_FILE_BYTES_MAX} bytes; nothing was published")));
        }
        let name = path.strip_prefix(place).ok().filter(|it| !it.as_os_str().is_empty());
        list.push((name.unwrap_or(&path).display().to_string(), read(&path)?));
    }
    Ok(list)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Outcome {
    let refuse = |what: String| Failure::new(Code::Usage, what).hint("name a smaller folder");
    if depth > DEPTH_MAX {
        return Err(refuse(format!("more than {DEPTH_MAX} folders inside each other")));
    }
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            collect(&path, depth + 1, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|it| it == "toml") {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(refuse(format!("more than {FILES_MAX} files below the folder")));
        }
    }
    Ok(())
}

fn id_of(file: &str, text: &str) -> Option<String> {
    parse(file, text).ok().map(|it| it.template.id)
}

async fn look(
    client: &Client,
    file: String,
    text: String,
    beside: &[String],
) -> Result<Look, Failure> {
    let body = json!({ "text": text, "beside": beside });
    let answer = client.post("/processes/check", &body).await?;
    let checked: Checked = serde_json::from_slice(&answer.bytes).map_err(|error| {
        Failure::new(Code::Failed, format!("the server answered in another way: {error}"))
            .hint("is it a roadbook of this version?")
    })?;
    let parsed = parse(&file, &text).ok().map(|it| it.template);
    let process = parsed.as_ref().map(|it| it.id.clone()).unwrap_or_default();
    let mut look = Look {
        file,
        text,
        process,
        state: "wrong",
        revision: None,
        differences: Vec::new(),
        checked,
    };
    if let Some(template) = parsed.filter(|it| beside.iter().any(|id| *id == it.id)) {
        compare(client, &mut look, &template).await?;
        if beside.iter().filter(|it| **it == look.process).count() > 1 {
            look.state = "wrong";
            look.differences = vec![json!({ "what": "!", "part": "process", "id": look.process,
                "field": "id", "before": "", "after": "comes twice" })];
        }
    }
    if !look.checked.ok {
        look.state = "wrong";
    }
    Ok(look)
}

/// Against what is in force, or what waits for its day.
async fn compare(client: &Client, look: &mut Look, template: &Template) -> Outcome {
    let path = format!("/processes/{}", encode(&look.process));
    let there = match client.get(&path).await {
        Ok(answer) => answer.json,
        Err(failure) if failure.code == Code::NotFound => {
            look.state = "new";
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    look.revision = there["shown"]["revision"].as_u64();
    look.state = if there["text"] == look.text { "unchanged" } else { "changed" };
    let history = there["history"].as_array().cloned().unwrap_or_default();
    for it in history.iter().filter(|it| STANDS.contains(&it["state"].as_str().unwrap_or(""))) {
        if look.state == "unchanged" || it["revision"] == there["shown"]["revision"] {
            continue;
        }
        let waits = client.get(&format!("{path}?revision={}", it["revision"])).await?.json;
        if waits["text"] == look.text {
            look.state = "unchanged";
            look.revision = it["revision"].as_u64();
        }
    }
    if look.state == "changed" {
        let old = parse(&look.process, there["text"].as_str().unwrap_or_default());
        let list = old.map(|it| diff(&it.template, template)).unwrap_or_default();
        look.differences = list.iter().flat_map(difference_rows).collect();
    }
    Ok(())
}

fn row(look: &Look) -> Value {
    json!({
        "id": look.process, "state": look.state, "process": look.process,
        "revision": look.revision, "file": look.file, "differences": look.differences,
        "findings": look.checked.findings,
    })
}

/// Every file with its differences in words, and all findings.
fn tell(looks: &[Look], output: &Output) -> Outcome {
    if output.quiet || output.format != Format::Table {
        let columns = [
            ("", "state"),
            ("process", "process"),
            ("revision", "revision"),
            ("file", "file"),
            ("differences", "differences"),
            ("findings", "findings"),
        ];
        return output.rows(&columns, &looks.iter().map(row).collect::<Vec<_>>());
    }
    let mut text = String::new();
    for look in looks {
        let against = look.revision.map(|it| format!("@{it}")).unwrap_or_default();
        let _ = writeln!(text, "{:<9}  {}{against}  {}", look.state, look.process, look.file);
        if look.state == "changed" && look.differences.is_empty() {
            let _ = writeln!(text, "  ~ only the text of the file, nothing that it says");
        }
        for it in &look.differences {
            let _ = writeln!(text, "  {}", in_words(it));
        }
        for it in &look.checked.findings {
            let place = format!("{}:{}:{}", look.file, it.line, it.column);
            let _ = writeln!(text, "  {place}: {}[{}]: {}", it.severity, it.code, it.message);
            if !it.fix.is_empty() {
                let _ = writeln!(text, "      fix: {}", it.fix);
            }
        }
    }
    print(&text)
}

fn in_words(it: &Value) -> String {
    let name = format!("{} {} {}", cell(it, "what"), cell(it, "part"), cell(it, "id"));
    let or_nothing = |path: &str| match it[path].as_str() {
        None | Some("") => "nothing".to_owned(),
        Some(text) => format!("`{text}`"),
    };
    match (it["field"].as_str(), it["after"].as_str()) {
        (None, _) => name,
        // Content that is too long to print: only that it changed.
        (Some(field), Some("…")) => format!("{name}: {field} changed"),
        (Some(field), _) => {
            format!("{name}: {field} {} → {}", or_nothing("before"), or_nothing("after"))
        }
    }
}
