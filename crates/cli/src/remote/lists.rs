//! Products, sites, people, processes, notices and freezes over the API.

use super::receipt;
use crate::args::{
    Command, FreezeCommand, NoticeCommand, Outcome as SiteOutcome, ProcessCommand, ProductCommand,
    SiteCommand,
};
use crate::client::{Client, waiting_text};
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::offline::read;
use crate::output::{Output, cell, print};
use serde_json::{Value, json};

pub(super) async fn run(client: &Client, command: Command, output: &Output) -> Outcome {
    match command {
        Command::Product(command) => product(client, command, output).await,
        Command::Site(command) => site(client, command, output).await,
        Command::People(command) => super::people::people(client, command, output).await,
        Command::Unit(command) => super::people::units(client, command, output).await,
        Command::Contact(command) => super::people::contacts(client, command, output).await,
        Command::Process(command) => process(client, command, output).await,
        Command::Notice(command) => notice(client, command, output).await,
        Command::Freeze(command) => freeze(client, command, output).await,
        _ => Err(Failure::new(Code::Usage, "this sub-command needs no server")),
    }
}

async fn product(client: &Client, command: ProductCommand, output: &Output) -> Outcome {
    match command {
        ProductCommand::List => {
            let mut rows = client.all("/products").await?;
            let units = client.all("/units").await?;
            for row in &mut rows {
                let unit = units.iter().find(|it| it["id"] == row["unit"]);
                row["unit_name"] = unit.map_or(Value::Null, |it| it["name"].clone());
            }
            output.rows(&[("key", "key"), ("name", "name"), ("unit", "unit_name")], &rows)
        }
        ProductCommand::Show { product } => {
            let mut it = client.get(&format!("/products/{}", encode(&product))).await?.json;
            it["numbering"] = json!(scheme_words(&it["scheme"]));
            let columns = [
                ("key", "key"),
                ("name", "name"),
                ("unit", "unit_name"),
                ("numbers", "numbering"),
                ("newest", "newest"),
                ("versions", "versions"),
                ("for", "description"),
            ];
            output.object(&columns, &it)
        }
        ProductCommand::New { key, name, scheme, unit } => {
            let scheme = match scheme.as_str() {
                "four-part" => json!({ "vabcd": {} }),
                "semver" => json!("semver"),
                pattern => json!({ "calver": { "pattern": pattern } }),
            };
            let body = json!({ "key": key, "name": name, "scheme": scheme, "unit": unit });
            receipt(output, &client.post("/products", &body).await?.json)
        }
    }
}

/// How a product is numbered, as `product new --scheme` takes it.
fn scheme_words(scheme: &Value) -> String {
    match (scheme.as_str(), scheme.as_object().and_then(|it| it.iter().next())) {
        (Some(name), _) => name.to_owned(),
        (None, Some((name, inner))) if name == "vabcd" => match inner["prefix"].as_str() {
            Some(prefix) => format!("four-part, {prefix}a.b.c.d"),
            None => "four-part".to_owned(),
        },
        (None, Some((_, inner))) => cell(inner, "pattern"),
        (None, None) => String::new(),
    }
}

async fn site(client: &Client, command: SiteCommand, output: &Output) -> Outcome {
    match command {
        SiteCommand::Import(args) => {
            super::people::import(client, "/sites/import", &args, output).await
        }
        SiteCommand::List { older_than, product, search } => {
            let mut path = String::from("/sites?");
            for (name, value) in
                [("older_than", older_than), ("product", product), ("text", search)]
            {
                if let Some(value) = value {
                    path += &format!("{name}={}&", encode(&value));
                }
            }
            let rows = client.all(path.trim_end_matches(['?', '&'])).await?;
            let columns = [
                ("key", "key"),
                ("name", "name"),
                ("customer", "customer"),
                ("zone", "zone"),
                ("tags", "tags"),
                ("versions", "versions"),
            ];
            output.rows(&columns, &rows)
        }
        SiteCommand::Show { site } => {
            let it = client.get(&format!("/sites/{}", encode(&site))).await?.json;
            let columns = [
                ("key", "key"),
                ("name", "name"),
                ("customer", "customer"),
                ("address", "address"),
                ("zone", "zone"),
                ("language", "lang"),
                ("tags", "tags"),
                ("versions", "versions"),
                ("contacts", "contacts"),
            ];
            output.object(&columns, &it)
        }
        SiteCommand::Report { release, site, outcome, at, evidence, note } => {
            let outcome = match outcome {
                SiteOutcome::Succeeded => "installed",
                SiteOutcome::Failed => "failed",
                SiteOutcome::RolledBack => "rolled_back",
                SiteOutcome::Skipped => "skipped",
            };
            let mut body =
                json!({ "site": site, "outcome": outcome, "evidence": evidence, "note": note });
            if let Some(at) = at {
                body["at"] = json!(super::release::moment_of(&at)?.to_string());
            }
            let path = format!("/releases/{}/deployments", encode(&release));
            receipt(output, &client.post(&path, &body).await?.json)
        }
    }
}

async fn process(client: &Client, command: ProcessCommand, output: &Output) -> Outcome {
    match command {
        ProcessCommand::List => {
            let rows = client.all("/processes").await?;
            let columns = [
                ("process", "id"),
                ("revision", "revision"),
                ("title", "title"),
                ("note", "note"),
                ("at", "at"),
            ];
            output.rows(&columns, &rows)
        }
        ProcessCommand::Export { process, revision, builtin: _ } => {
            let query = revision.map(|it| format!("?revision={it}")).unwrap_or_default();
            let it = client.get(&format!("/processes/{}{query}", encode(&process))).await?.json;
            print(it["text"].as_str().unwrap_or_default())
        }
        ProcessCommand::Publish { file, note } => {
            crate::offline::check(std::slice::from_ref(&file), output)?;
            let body = json!({ "text": read(&file)?, "note": note });
            receipt(output, &client.post("/processes", &body).await?.json)
        }
        ProcessCommand::Compare { process, release, from, to } => {
            super::compare::run(client, (&process, &release), (from, to), output).await
        }
        ProcessCommand::Draft(command) => super::drafts::run(client, command, output).await,
        _ => Err(Failure::new(Code::Usage, "this sub-command needs no server")),
    }
}

async fn notice(client: &Client, command: NoticeCommand, output: &Output) -> Outcome {
    match command {
        NoticeCommand::List { release } => {
            let rows = client.all(&format!("/releases/{}/notices", encode(&release))).await?;
            let columns = [
                ("id", "id"),
                ("step", "step"),
                ("kind", "kind"),
                ("state", "state"),
                ("earliest", "earliest"),
                ("latest", "latest"),
                ("recipients", "recipients"),
            ];
            output.rows(&columns, &rows)
        }
        NoticeCommand::Preview { of, step, language } => {
            preview(client, &of, step.as_deref(), language, output).await
        }
    }
}

/// What readers of a language get: of a notice that was made, or of a step as it stands now.
async fn preview(
    client: &Client,
    of: &str,
    step: Option<&str>,
    language: Option<String>,
    output: &Output,
) -> Outcome {
    let query = language.map(|it| format!("?lang={it}")).unwrap_or_default();
    let path = match step {
        Some(step) => {
            format!("/releases/{}/notices/{}/preview{query}", encode(of), encode(step))
        }
        None if of.starts_with("ntc_") => format!("/notices/{}/preview{query}", encode(of)),
        None => {
            return Err(Failure::new(Code::Usage, "which notice of the release?")
                .hint(format!("name its step: roadbook notice preview {of} STEP"))
                .hint(format!("roadbook notice list {of} shows the steps that tell somebody")));
        }
    };
    let it = client.get(&path).await?.json;
    output.object(&[("language", "lang"), ("subject", "subject"), ("text", "text")], &it)?;
    let gaps = it["gaps"].as_array().cloned().unwrap_or_default();
    if gaps.is_empty() {
        return Ok(());
    }
    let list: Vec<&str> = gaps.iter().filter_map(Value::as_str).collect();
    let what = format!("it cannot be sent yet: {}", list.join(", "));
    Err(Failure::new(Code::Findings, what)
        .hint("fill in what is missing in the process or the release, then look again"))
}

async fn freeze(client: &Client, command: FreezeCommand, output: &Output) -> Outcome {
    match command {
        FreezeCommand::Why { release, at } => why(client, &release, at, output).await,
        FreezeCommand::Add { name, from, until, reason } => {
            let reason = if name.is_empty() { reason } else { format!("{name}: {reason}") };
            let (from, until) =
                (super::release::moment_of(&from)?, super::release::moment_of(&until)?);
            let body = json!({
                "from": from.to_string(), "until": until.to_string(), "reason": reason,
            });
            receipt(output, &client.post("/freezes", &body).await?.json)
        }
        FreezeCommand::Lift { freeze } => {
            let path = format!("/freezes/{}/lift", encode(&freeze));
            let answer = client.post(&path, &json!({})).await?;
            receipt(output, &answer.json)
        }
    }
}

/// What stands against a go-live: of the release as planned, or at another time.
async fn why(client: &Client, release: &str, at: Option<String>, output: &Output) -> Outcome {
    let it = client.get(&format!("/releases/{}", encode(release))).await?.json;
    let (start, end) = match (&at, it["go_live"].as_str(), it["go_live_end"].as_str()) {
        (Some(at), _, _) => {
            let start = super::release::moment_of(at)?;
            let end = start + jiff::SignedDuration::from_hours(2);
            (start.to_string(), end.to_string())
        }
        (None, Some(start), Some(end)) => (start.to_owned(), end.to_owned()),
        _ => {
            return Err(Failure::new(Code::Refused, "no go-live is planned")
                .hint("name a time: `roadbook freeze why R-… --at 2027-04-24T22:00+09:00`"));
        }
    };
    let windows = windows_of(client, &cell(&it, "process")).await?;
    let path = format!(
        "/calendar/why?start={}&end={}&windows={}",
        encode(&start),
        encode(&end),
        encode(&windows.join(","))
    );
    let answer = client.get(&path).await?.json;
    let blocks = answer["blocks"].as_array().cloned().unwrap_or_default();
    for block in &blocks {
        output.say(&format!("stands against it: {}", waiting_text(block)));
    }
    let next = answer["next"].as_array().cloned().unwrap_or_default();
    output.rows(&[("free from", "start"), ("until", "end")], &next)?;
    if blocks.is_empty() {
        output.say("nothing stands against it");
        return Ok(());
    }
    let what = format!("{} rule(s) stand against {start}", blocks.len());
    Err(Failure::new(Code::Refused, what).hint("take one of the free times, or lift what stands"))
}

/// The windows that a process keeps to.
async fn windows_of(client: &Client, process: &str) -> Result<Vec<String>, Failure> {
    let (id, revision) = process.split_once('@').unwrap_or((process, ""));
    let path = format!("/processes/{}?revision={}", encode(id), encode(revision));
    let it = client.get(&path).await?.json;
    let text = it["text"].as_str().unwrap_or_default();
    let parsed = roadbook_wire::process::parse(id, text).map_err(|_| {
        Failure::new(Code::Failed, format!("the process `{process}` cannot be read"))
            .hint("the server is newer than this program; update it")
    })?;
    Ok(parsed.template.windows.iter().map(|it| it.policy.clone()).collect())
}
