//! Rollouts over the API.

use super::receipt;
use crate::args::RolloutCommand;
use crate::client::Client;
use crate::exit::Outcome;
use crate::local::encode;
use crate::output::{Output, cell};
use serde_json::{Value, json};

pub(super) async fn run(client: &Client, command: RolloutCommand, output: &Output) -> Outcome {
    match command {
        RolloutCommand::List => {
            let rows = client.all("/rollouts").await?;
            let columns = [
                ("release", "number"),
                ("version", "version"),
                ("kind", "kind"),
                ("state", "state"),
                ("wave", "wave"),
                ("since", "started_at"),
            ];
            output.rows(&columns, &rows)
        }
        RolloutCommand::Show { release, sites } => {
            show(client, &release, sites.as_deref(), output).await
        }
        RolloutCommand::Preview { release } => preview(client, &release, output).await,
        RolloutCommand::Hold(it) => order(client, &it.release, "hold", &it.reason, output).await,
        RolloutCommand::Resume(it) => {
            order(client, &it.release, "resume", &it.reason, output).await
        }
        RolloutCommand::Lift(it) => order(client, &it.release, "lift", &it.reason, output).await,
        RolloutCommand::Skip(it) => {
            let body = json!({ "site": it.site, "reason": it.reason });
            send(client, &it.release, "skip", &body, output).await
        }
        RolloutCommand::Retry(it) => {
            let body = json!({ "site": it.site, "reason": it.reason });
            send(client, &it.release, "retry", &body, output).await
        }
        RolloutCommand::Rollback { release, site, wave, reason: Some(reason) } => {
            let body = json!({ "site": site, "wave": wave, "reason": reason });
            send(client, &release, "rollback", &body, output).await
        }
        RolloutCommand::Rollback { release, site, wave, reason: None } => {
            let mut path = path(&release, "/rollback");
            if let Some(site) = site {
                path = format!("{path}?site={}", encode(&site));
            } else if let Some(wave) = wave {
                path = format!("{path}?wave={wave}");
            }
            would_lose(&client.get(&path).await?.json, output)
        }
    }
}

fn path(release: &str, rest: &str) -> String {
    format!("/releases/{}/rollout{rest}", encode(release))
}

async fn order(
    client: &Client,
    release: &str,
    what: &str,
    reason: &str,
    output: &Output,
) -> Outcome {
    send(client, release, what, &json!({ "reason": reason }), output).await
}

async fn send(
    client: &Client,
    release: &str,
    what: &str,
    body: &Value,
    output: &Output,
) -> Outcome {
    let answer = client.post(&path(release, &format!("/{what}")), body).await?;
    receipt(output, &answer.json)
}

async fn show(client: &Client, release: &str, sites: Option<&str>, output: &Output) -> Outcome {
    let it = client.get(&path(release, "")).await?.json;
    output.say(&format!(
        "{} {} {}{}",
        cell(&it, "number"),
        cell(&it, "version"),
        cell(&it, "state"),
        it["reason"].as_str().map(|it| format!(": {it}")).unwrap_or_default()
    ));
    if let Some(halt) = it["halt"].as_object() {
        output.say(&format!(
            "it stopped itself: {} of {} sites of wave {} {} (limit {} %)",
            halt["sites"],
            halt["total"],
            halt["wave"],
            if halt["code"] == "silent" { "are silent" } else { "failed" },
            halt["limit"]
        ));
    }
    let next = &it["if_nobody_acts"];
    let words = match next["what"].as_str().unwrap_or_default() {
        "stays" => format!("{} sites keep the version they have", next["sites"]),
        "next_wave" => format!("wave {} begins at {}", next["wave"], cell(next, "at")),
        "waits" => format!("{} sites of wave {} are waited for", next["sites"], next["wave"]),
        "left" => format!("{} sites need somebody", next["sites"]),
        _ => "nothing".to_owned(),
    };
    output.say(&format!("if nobody acts: {words}"));
    if let Some(at) = sites {
        let rest = if at.is_empty() { String::new() } else { format!("?at={}", encode(at)) };
        let found = client.get(&path(release, &format!("/sites{rest}"))).await?.json;
        let rows = found["rows"].as_array().cloned().unwrap_or_default();
        let columns = [
            ("site", "key"),
            ("wave", "wave"),
            ("stands", "at"),
            ("runs", "runs"),
            ("stage", "stage"),
            ("note", "note"),
        ];
        return output.rows(&columns, &rows);
    }
    let mut rows = it["waves"].as_array().cloned().unwrap_or_default();
    for row in &mut rows {
        let list = row["sites"].as_array().cloned().unwrap_or_default();
        let words: Vec<String> =
            list.iter().map(|it| format!("{} {}", it["sites"], cell(it, "at"))).collect();
        row["stand"] = json!(words.join(", "));
    }
    let columns = [
        ("wave", "wave"),
        ("name", "name"),
        ("state", "state"),
        ("sites", "total"),
        ("stand", "stand"),
    ];
    output.rows(&columns, &rows)
}

async fn preview(client: &Client, release: &str, output: &Output) -> Outcome {
    let it = client.get(&path(release, "/preview")).await?.json;
    let mut rows = Vec::new();
    for (number, wave) in (1..).zip(it["waves"].as_array().into_iter().flatten()) {
        for site in wave["sites"].as_array().into_iter().flatten() {
            let mut row = site.clone();
            row["wave"] = json!(number);
            row["wave_name"] = wave["name"].clone();
            rows.push(row);
        }
    }
    let columns = [
        ("wave", "wave"),
        ("name", "wave_name"),
        ("site", "key"),
        ("zone", "zone"),
        ("decision", "decision"),
    ];
    output.rows(&columns, &rows)
}

fn would_lose(it: &Value, output: &Output) -> Outcome {
    output.say(&format!("{} sites would go back", it["total"]));
    if let Some(since) = it["since"].as_str() {
        output.say(&format!("everything since {since} is lost as the package says"));
    }
    if let Some(loses) = it["loses"].as_object() {
        let words = loses.get("en").or_else(|| loses.values().next());
        output.say(words.and_then(Value::as_str).unwrap_or_default());
    }
    output.say("say --reason to do it");
    let rows = it["sites"].as_array().cloned().unwrap_or_default();
    let columns = [("site", "key"), ("to", "to"), ("since", "since"), ("agent", "agent")];
    output.rows(&columns, &rows)
}
