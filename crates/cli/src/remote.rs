//! Sub-commands that ask a server: each is one or two calls of the API and a table.

mod apply;
mod compare;
mod drafts;
mod fleet;
mod lists;
mod migrate;
mod people;
mod release;
mod rollout;

use crate::args::{
    ApproveArgs, Command, DelegateArgs, DoneArgs, Global, LoginArgs, RejectArgs, StepArgs,
};
use crate::client::{self, Client};
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::output::{Column, Output, cell};
use serde_json::{Value, json};
use std::path::Path;

/// Columns of a receipt.
const RECEIPT: [Column; 4] =
    [("done", "label"), ("id", "id"), ("revision", "revision"), ("notes", "notes")];

/// Runs a sub-command against the server.
pub async fn run(command: Command, global: &Global, output: &Output) -> Outcome {
    if let Command::Login(args) = command {
        return login(args, global, output).await;
    }
    let client = Client::new(global)?;
    match command {
        Command::Todo => todo(&client, output).await,
        Command::Approve(args) => approve(&client, args, output).await,
        Command::Reject(args) => reject(&client, args, output).await,
        Command::Done(DoneArgs { step, remark }) => {
            step_command(&client, &step, "done", &json!({ "remark": remark }), output).await
        }
        Command::Delegate(DelegateArgs { step, to }) => {
            step_command(&client, &step, "delegate", &json!({ "to": to }), output).await
        }
        Command::Rollout(command) => rollout::run(&client, command, output).await,
        Command::Release(command) => release::run(&client, command, output).await,
        Command::Apply(args) => apply::run(&client, &args, output).await,
        Command::Agent(command) => fleet::agents(&client, command, output).await,
        Command::Artifact(command) => fleet::artifacts(&client, command, output).await,
        other => lists::run(&client, other, output).await,
    }
}

/// What a change answered.
pub(crate) fn receipt(output: &Output, answer: &Value) -> Outcome {
    output.object(&RECEIPT, answer)
}

async fn login(args: LoginArgs, global: &Global, output: &Output) -> Outcome {
    let password = match &args.password_file {
        Some(path) => secret(path)?,
        None => {
            output.say("password:");
            let mut line = String::new();
            std::io::stdin().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    let client = Client::new(global)?;
    let body = json!({ "login": args.login, "password": password });
    let answer = client.post_bare("/session", &body).await?.json;
    let token = answer["token"].as_str().ok_or_else(|| {
        Failure::new(Code::Failed, "the server answered without a token")
            .hint("is it a roadbook of this version?")
    })?;
    let path = client::keep_token(client.base(), token)?;
    output.say(&format!("signed in as {}; token in {}", cell(&answer, "me.name"), path.display()));
    Ok(())
}

fn secret(path: &Path) -> Result<String, Failure> {
    Ok(crate::offline::read(path)?.trim_end_matches(['\r', '\n']).to_owned())
}

async fn todo(client: &Client, output: &Output) -> Outcome {
    let mut rows = client.all("/todo").await?;
    let reviews = client.all("/todo/reviews").await?;
    rows.extend(reviews.into_iter().map(|it| {
        json!({
            "id": it["process"],
            "number": it["process"],
            "version": it["revision"],
            "step": "review",
            "title": it["note"],
            "kind": "process_review",
            "ready": true,
        })
    }));
    let columns = [
        ("release", "number"),
        ("version", "version"),
        ("step", "step"),
        ("what", "title"),
        ("role", "role"),
        ("now", "ready"),
        ("due", "due"),
    ];
    if rows.is_empty() {
        output.say("nothing waits for you");
    }
    output.rows(&columns, &rows)
}

fn step_path(step: &StepArgs, what: &str) -> String {
    format!("/releases/{}/steps/{}/{what}", encode(&step.release), encode(&step.step))
}

async fn step_command(
    client: &Client,
    step: &StepArgs,
    what: &str,
    body: &Value,
    output: &Output,
) -> Outcome {
    let answer = match client.post(&step_path(step, what), body).await {
        Ok(answer) => answer,
        Err(failure) => return Err(with_nearest_step(client, step, failure).await),
    };
    receipt(output, &answer.json)
}

/// When there is no such step: the one that was probably meant.
async fn with_nearest_step(client: &Client, step: &StepArgs, failure: Failure) -> Failure {
    if !failure.what.contains("[unknown_step]") {
        return failure;
    }
    let path = format!("/releases/{}", encode(&step.release));
    let Ok(answer) = client.get(&path).await else { return failure };
    let list = answer.json["steps"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = list.iter().filter_map(|it| it["id"].as_str()).collect();
    match roadbook_core::process::finding::nearest(&step.step, names) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`roadbook release show` lists the steps"),
    }
}

/// A signature: the digest of what the server shows now, and the password once more.
async fn vote(
    client: &Client,
    step: &StepArgs,
    verdict: &str,
    comment: &str,
    password_file: Option<&Path>,
    output: &Output,
) -> Outcome {
    let release = client.get(&format!("/releases/{}", encode(&step.release))).await?.json;
    let list = release["steps"].as_array().cloned().unwrap_or_default();
    let Some(found) = list.iter().find(|it| it["id"] == step.step.as_str()) else {
        let what = format!("the process has no step `{}` [unknown_step]", step.step);
        return Err(with_nearest_step(client, step, Failure::new(Code::NotFound, what)).await);
    };
    if let Some(path) = password_file {
        let body = json!({ "password": secret(path)? });
        client.post_bare("/session/step-up", &body).await?;
    }
    output.say(&format!(
        "{} {} {}: {}",
        cell(&release, "number"),
        cell(&release, "product"),
        cell(&release, "version"),
        cell(found, "title")
    ));
    let body = json!({ "verdict": verdict, "comment": comment, "digest": found["digest"] });
    let answer = client.post(&step_path(step, "vote"), &body).await?;
    receipt(output, &answer.json)
}

async fn approve(client: &Client, args: ApproveArgs, output: &Output) -> Outcome {
    let file = args.password_file.as_deref();
    vote(client, &args.step, "approve", &args.comment, file, output).await
}

async fn reject(client: &Client, args: RejectArgs, output: &Output) -> Outcome {
    let file = args.password_file.as_deref();
    vote(client, &args.step, "reject", &args.reason, file, output).await
}
