//! `process draft`: a process is written in turns, reviewed, and put into force by somebody else.

use super::receipt;
use crate::args::DraftCommand;
use crate::client::Client;
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::offline::read;
use crate::output::{Column, Output, print};
use roadbook_wire::process::parse;
use serde_json::{Value, json};
use std::path::Path;

const COLUMNS: [Column; 6] = [
    ("process", "id"),
    ("revision", "revision"),
    ("state", "state"),
    ("author", "author"),
    ("note", "note"),
    ("at", "at"),
];

/// Runs it.
pub(super) async fn run(client: &Client, command: DraftCommand, output: &Output) -> Outcome {
    let (process, act, body) = match command {
        DraftCommand::List => {
            let mut rows = client.all("/process-drafts").await?;
            for row in &mut rows {
                name(client, row).await;
            }
            return output.rows(&COLUMNS, &rows);
        }
        DraftCommand::Show { process, text } => {
            let mut it = client.get(&place(&process, "")).await?.json;
            if text {
                return print(it["text"].as_str().unwrap_or_default());
            }
            name(client, &mut it).await;
            return output.object(&COLUMNS, &it);
        }
        DraftCommand::Save { file, note, process } => {
            return save(client, &file, &note, process, output).await;
        }
        DraftCommand::Submit { process } => (process, "submit", json!({})),
        DraftCommand::Return { process, remark } => {
            (process, "return", json!({ "remark": remark }))
        }
        DraftCommand::Approve { process, remark } => {
            (process, "approve", json!({ "remark": remark }))
        }
        DraftCommand::Drop { process } => (process, "drop", json!({})),
    };
    receipt(output, &client.post(&place(&process, act), &body).await?.json)
}

fn place(process: &str, act: &str) -> String {
    let slash = if act.is_empty() { "" } else { "/" };
    format!("/processes/{}/draft{slash}{act}", encode(process))
}

/// An author reads as a name; one who may not be seen, as the id.
async fn name(client: &Client, row: &mut Value) {
    let path = format!("/people/{}", encode(row["author"].as_str().unwrap_or_default()));
    if let Ok(answer) = client.get(&path).await
        && let Some(name) = answer.json["name"].as_str()
    {
        row["author"] = json!(name);
    }
}

async fn save(
    client: &Client,
    file: &Path,
    note: &str,
    process: Option<String>,
    output: &Output,
) -> Outcome {
    let text = read(file)?;
    let own = parse(&file.display().to_string(), &text).ok().map(|it| it.template.id);
    let Some(process) = process.or(own) else {
        let what =
            format!("`{}` cannot be read, so it does not say whose draft it is", file.display());
        return Err(Failure::new(Code::Usage, what)
            .hint("name the process: --process NAME")
            .hint("`roadbook process check FILE` says what is wrong"));
    };
    let body = json!({ "text": text, "note": note });
    let answer = client.put(&place(&process, ""), &body).await?.json;
    receipt(output, &answer)?;
    output.say(&format!("next: roadbook process draft submit {process}"));
    Ok(())
}
