//! Releases over the API.

use super::receipt;
use crate::args::extract::ExtractArgs;
use crate::args::{Format, NewReleaseArgs, ReleaseCommand};
use crate::client::{Client, waiting_text};
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::output::{Output, cell};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::path::Path;

pub(super) async fn run(client: &Client, command: ReleaseCommand, output: &Output) -> Outcome {
    let order = |release: &str, what: &str| format!("/releases/{}/{what}", encode(release));
    let (path, body) = match command {
        ReleaseCommand::New(args) => return new(client, args, output).await,
        ReleaseCommand::List { state, product, search } => {
            let asked = [("state", state), ("product", product), ("text", search)];
            return list(client, asked, output).await;
        }
        ReleaseCommand::Show { release } => return show(client, &release, output).await,
        ReleaseCommand::Plan { release } => return plan(client, &release, output).await,
        ReleaseCommand::CheckPackage { release, file } => {
            return check_package(client, &release, &file, output).await;
        }
        ReleaseCommand::Extract(asked) => {
            return extract(client, asked, output).await;
        }
        ReleaseCommand::Evidence { release, to } => {
            return evidence(client, &release, to, output).await;
        }
        ReleaseCommand::Migrate { release, to, reason } => {
            return super::migrate::run(client, &release, to, reason, output).await;
        }
        ReleaseCommand::Decide { step, outcome, reason } => {
            let body = json!({ "outcome": outcome, "reason": reason });
            return super::step_command(client, &step, "decide", &body, output).await;
        }
        ReleaseCommand::Start { release } => (order(&release, "start"), json!({})),
        ReleaseCommand::Hold { release, reason } => {
            (order(&release, "hold"), json!({ "reason": reason }))
        }
        ReleaseCommand::Resume { release, reason } => {
            (order(&release, "resume"), json!({ "reason": reason }))
        }
        ReleaseCommand::Close { release, code, remark } => {
            (order(&release, "close"), json!({ "code": code, "remark": remark }))
        }
    };
    receipt(output, &client.post(&path, &body).await?.json)
}

async fn new(client: &Client, args: NewReleaseArgs, output: &Output) -> Outcome {
    let mut body: Value = match &args.file {
        Some(path) => object_of(path, "write one JSON object as the API takes it")?,
        None => json!({
            "product": args.product,
            "version": args.version,
            "title": args.title,
            "process": args.process,
            "kind": args.kind.clone().unwrap_or_default(),
        }),
    };
    if let Some(path) = &args.changes {
        let changes = object_of(path, "`roadbook package changes --items` writes this file")?;
        body["items"] = changes["items"].clone();
    }
    let slot = match &args.go_live {
        Some(text) => Some(slot_of(text, args.hours)?),
        None => None,
    };
    let answer = client.post("/releases", &body).await?.json;
    if let (Some(slot), Some(id)) = (slot, answer["id"].as_str()) {
        let path = format!("/releases/{id}/slot");
        if let Err(failure) = client.put(&path, &slot).await {
            let label = cell(&answer, "label");
            output.say(&format!("{label} was made; only its go-live was not planned"));
            return Err(failure);
        }
    }
    receipt(output, &answer)?;
    output.say(&format!("next: roadbook release start {}", cell(&answer, "label")));
    Ok(())
}

/// A file with a JSON object.
fn object_of(path: &Path, hint: &str) -> Result<Value, Failure> {
    let wrong =
        |why: String| Failure::new(Code::Usage, format!("`{}`: {why}", path.display())).hint(hint);
    let value: Value =
        serde_json::from_str(&crate::offline::read(path)?).map_err(|it| wrong(it.to_string()))?;
    if value.is_object() { Ok(value) } else { Err(wrong("this is no JSON object".to_owned())) }
}

/// `2027-04-24T22:00+09:00[Asia/Seoul]` or RFC 3339.
pub(super) fn moment_of(text: &str) -> Result<jiff::Timestamp, Failure> {
    text.parse::<jiff::Zoned>()
        .map(|it| it.timestamp())
        .or_else(|_| text.parse::<jiff::Timestamp>())
        .map_err(|_| {
            Failure::new(Code::Usage, format!("`{text}` is no moment"))
                .hint("write it as in 2027-04-24T22:00+09:00 or with [Asia/Seoul] behind it")
        })
}

/// From a moment on, so many hours.
fn slot_of(text: &str, hours: u32) -> Result<Value, Failure> {
    let start = moment_of(text)?;
    let end = start + jiff::SignedDuration::from_hours(i64::from(hours));
    Ok(json!({ "start": start.to_string(), "end": end.to_string() }))
}

async fn list(client: &Client, asked: [(&str, Option<String>); 3], output: &Output) -> Outcome {
    let mut path = String::from("/releases?");
    for (name, value) in asked {
        if let Some(value) = value {
            path += &format!("{name}={}&", encode(&value));
        }
    }
    let rows = client.all(path.trim_end_matches(['?', '&'])).await?;
    let columns = [
        ("number", "number"),
        ("product", "product"),
        ("version", "version"),
        ("title", "title"),
        ("state", "state"),
        ("go-live", "go_live"),
        ("lead", "lead"),
        ("waits at", "waiting"),
    ];
    output.rows(&columns, &rows)
}

/// The server knows the file by its digest; the file itself stays where it is.
async fn check_package(client: &Client, release: &str, file: &Path, output: &Output) -> Outcome {
    let failed = |error: std::io::Error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => Code::NotFound,
            _ => Code::Failed,
        };
        Failure::new(code, format!("cannot read `{}`: {error}", file.display()))
    };
    let mut hash = Sha256::new();
    let mut open = std::fs::File::open(file).map_err(failed)?;
    let mut part = vec![0; 1 << 16];
    loop {
        match open.read(&mut part).map_err(failed)? {
            0 => break,
            size => hash.update(&part[..size]),
        }
    }
    let path = format!("/releases/{}/packages/{}", encode(release), hex::encode(hash.finalize()));
    let it = client.get(&path).await?.json;
    let columns =
        [("release", "release"), ("version", "version"), ("file", "name"), ("sha256", "sha256")];
    output.object(&columns, &it)?;
    output.say(&format!("`{}` may be installed", file.display()));
    Ok(())
}

async fn show(client: &Client, release: &str, output: &Output) -> Outcome {
    let it = client.get(&format!("/releases/{}", encode(release))).await?.json;
    let columns = [
        ("number", "number"),
        ("product", "product"),
        ("version", "version"),
        ("title", "title"),
        ("process", "process"),
        ("mode", "mode"),
        ("state", "state"),
        ("go-live", "go_live"),
        ("until", "go_live_end"),
        ("lead", "lead"),
        ("debts", "debts"),
        ("waits for you", "mine"),
    ];
    output.object(&columns, &it)?;
    if output.format == crate::args::Format::Table && !output.quiet {
        crate::output::print("\n")?;
        output.rows(
            &[
                ("step", "id"),
                ("kind", "kind"),
                ("state", "state"),
                ("due", "due"),
                ("waits for", "waits"),
            ],
            &steps(&it),
        )?;
    }
    Ok(())
}

fn steps(release: &Value) -> Vec<Value> {
    let list = release["steps"].as_array().cloned().unwrap_or_default();
    list.into_iter()
        .map(|mut step| {
            let waits: Vec<String> =
                step["waiting"].as_array().into_iter().flatten().map(waiting_text).collect();
            step["waits"] = json!(waits);
            step
        })
        .collect()
}

async fn plan(client: &Client, release: &str, output: &Output) -> Outcome {
    let it = client.get(&format!("/releases/{}", encode(release))).await?.json;
    let mut rows = steps(&it);
    rows.retain(|it| !matches!(it["state"].as_str(), Some("done" | "skipped" | "not_taken")));
    rows.sort_by_key(|it| (it["due"].is_null(), it["due"].as_str().unwrap_or("").to_owned()));
    output.rows(
        &[
            ("due", "due"),
            ("step", "id"),
            ("what", "title"),
            ("state", "state"),
            ("waits for", "waits"),
        ],
        &rows,
    )?;
    if let Some(line) = held(&it["holders"]) {
        output.say(&line);
    }
    let now = client.get(&format!("/releases/{}/plan", encode(release))).await?.json;
    let problems = now["plan"]["problems"].as_array().into_iter().flatten();
    let mut said = std::collections::BTreeSet::new();
    // One later go-live is the way out of many dates: it is told once.
    for line in problems.flat_map(trouble).filter(|it| said.insert(it.clone())) {
        output.say(&line);
    }
    Ok(())
}

/// What is wrong with the dates, and the ways out.
fn trouble(problem: &Value) -> Vec<String> {
    if *problem == "no_slot" {
        return vec!["no go-live is planned, so dates that count from it are open".to_owned()];
    }
    let Some(conflict) = problem.get("conflict") else {
        let step = problem.pointer("/done_late/step").and_then(Value::as_str);
        return step.map(|it| vec![format!("{it} was done after its date")]).unwrap_or_default();
    };
    let mut lines = vec![format!(
        "cannot be kept: {} by {}",
        cell(conflict, "step"),
        minutes(conflict["by"].as_i64().unwrap_or_default())
    )];
    for way in conflict["ways_out"].as_array().into_iter().flatten() {
        lines.extend(way_out(way).map(|it| format!("  way out: {it}")));
    }
    lines
}

fn way_out(way: &Value) -> Option<String> {
    if let Some(it) = way.get("move_go_live") {
        let taken = if it["free"] == true { "" } else { ", if that is free" };
        return Some(format!("move the go-live to {}{taken}", cell(it, "to.start")));
    }
    if let Some(it) = way.get("shorten") {
        let steps = it["steps"].as_array()?.iter();
        let steps: Vec<String> = steps
            .map(|it| {
                format!(
                    "{} by {}",
                    cell(it, "step"),
                    minutes(it["by"].as_i64().unwrap_or_default())
                )
            })
            .collect();
        return Some(format!("make shorter: {}", steps.join(", ")));
    }
    let it = way.get("drop_lead_time")?;
    let by = it["by_role"].as_str().map(|it| format!(" ({it} may)")).unwrap_or_default();
    Some(format!("drop {} of {} with a reason{by}", cell(it, "form"), cell(it, "step")))
}

/// A length as people say it.
fn minutes(count: i64) -> String {
    match count.abs() {
        it if it >= 2 * 24 * 60 => format!("{} days", it / (24 * 60)),
        it if it >= 2 * 60 => format!("{} hours", it / 60),
        it => format!("{it} minutes"),
    }
}

/// From the go-live down to who holds it, in a line.
fn held(holders: &Value) -> Option<String> {
    let list = holders.as_array().filter(|it| !it.is_empty())?;
    let chain: Vec<String> = list.iter().map(|it| cell(it, "step")).collect();
    let people = list.iter().rev().map(|it| cell(it, "people")).find(|it| !it.is_empty());
    let by = people.unwrap_or_else(|| "nobody: no one has the role".to_owned());
    Some(format!("held at {} by {by}", chain.join(" ← ")))
}

/// A table drawn from the record: CSV for people and spreadsheets, JSON for programs.
async fn extract(client: &Client, it: ExtractArgs, output: &Output) -> Outcome {
    let asked = it.lang.map(|it| format!("?lang={}", encode(&it))).unwrap_or_default();
    let path = format!("/releases/{}/extracts/{}", encode(&it.release), encode(&it.table));
    if matches!(output.format, Format::Json | Format::Jsonl) {
        return output.object(&[], &client.get(&format!("{path}{asked}")).await?.json);
    }
    let answer = client.get(&format!("{path}/csv{asked}")).await?;
    crate::output::print(&String::from_utf8_lossy(&answer.bytes))
}

async fn evidence(
    client: &Client,
    release: &str,
    to: Option<std::path::PathBuf>,
    output: &Output,
) -> Outcome {
    let answer = client.get(&format!("/releases/{}/evidence", encode(release))).await?;
    let name = answer.name.as_deref().and_then(|it| std::path::Path::new(it).file_name());
    let path = to.or_else(|| name.map(Into::into)).unwrap_or_else(|| "evidence.zip".into());
    std::fs::write(&path, &answer.bytes).map_err(|error| {
        Failure::new(Code::Failed, format!("cannot write `{}`: {error}", path.display()))
    })?;
    output.say(&format!("check it anywhere: roadbook record verify {}", path.display()));
    crate::output::print(&format!("{}\n", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{held, json, trouble};

    #[test]
    fn a_plan_says_who_holds_it_and_what_cannot_be_kept() {
        let chain = json!([
            { "step": "update", "people": [] }, { "step": "tests", "people": ["황보태양", "Lan"] },
        ]);
        for (problem, lines) in [
            (json!("no_slot"), vec!["no go-live is planned, so dates that count from it are open"]),
            (
                json!({ "done_late": { "step": "tests", "by": 9 } }),
                vec!["tests was done after its date"],
            ),
            (
                json!({ "conflict": { "step": "tests", "by": 18_720, "constraints": [], "ways_out": [
                    { "shorten": { "steps": [{ "step": "tests", "by": 180 }] } },
                    { "drop_lead_time": { "step": "tests", "form": "T-12d", "by_role": "lead" } },
                ] } }),
                vec![
                    "cannot be kept: tests by 13 days",
                    "  way out: make shorter: tests by 3 hours",
                    "  way out: drop T-12d of tests with a reason (lead may)",
                ],
            ),
        ] {
            assert_eq!(trouble(&problem), lines);
        }
        for (holders, line) in [
            (chain, Some("held at update ← tests by 황보태양, Lan")),
            (
                json!([{ "step": "tests", "people": [] }]),
                Some("held at tests by nobody: no one has the role"),
            ),
            (json!([]), None),
        ] {
            assert_eq!(held(&holders).as_deref(), line);
        }
    }
}
