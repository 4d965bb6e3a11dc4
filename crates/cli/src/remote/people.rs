//! People, units and contacts over the API; lists that come from files.

use crate::args::{ContactCommand, ImportArgs, PeopleCommand, UnitCommand};
use crate::client::Client;
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::output::{Output, cell};
use serde_json::{Value, json};

pub(super) async fn people(client: &Client, command: PeopleCommand, output: &Output) -> Outcome {
    match command {
        PeopleCommand::Import(args) => import(client, "/people/import", &args, output).await,
        PeopleCommand::List => {
            let columns = [
                ("login", "login"),
                ("name", "name"),
                ("unit", "unit_name"),
                ("e-mail", "email"),
                ("language", "lang"),
                ("zone", "zone"),
                ("active", "active"),
            ];
            output.rows(&columns, &client.all("/people").await?)
        }
        PeopleCommand::Invite { person } => {
            let list = client.all("/people").await?;
            let fits = |it: &&Value| it["login"] == person.as_str() || it["id"] == person.as_str();
            let Some(found) = list.iter().find(fits) else {
                let names: Vec<&str> = list.iter().filter_map(|it| it["login"].as_str()).collect();
                return Err(unknown("nobody signs in as", &person, &names));
            };
            let path = format!("/people/{}/invite", cell(found, "id"));
            link(client, &path, "/l/", "name", found, output).await
        }
    }
}

pub(super) async fn units(client: &Client, command: UnitCommand, output: &Output) -> Outcome {
    match command {
        UnitCommand::Import(args) => import(client, "/units/import", &args, output).await,
        UnitCommand::List => {
            let columns = [("name", "name"), ("kind", "kind"), ("zone", "zone"), ("id", "id")];
            output.rows(&columns, &client.all("/units").await?)
        }
    }
}

pub(super) async fn contacts(client: &Client, command: ContactCommand, output: &Output) -> Outcome {
    match command {
        ContactCommand::Import(args) => import(client, "/contacts/import", &args, output).await,
        ContactCommand::Link { site, contact } => {
            let it = client.get(&format!("/sites/{}", encode(&site))).await?.json;
            let list = it["contacts"].as_array().cloned().unwrap_or_default();
            let named = |it: &&Value| {
                ["id", "name", "email"].iter().any(|key| it[*key] == contact.as_str())
            };
            let Some(found) = list.iter().find(named) else {
                let names: Vec<&str> = list.iter().filter_map(|it| it["name"].as_str()).collect();
                return Err(unknown(&format!("`{site}` has no contact"), &contact, &names));
            };
            let path = format!("/contacts/{}/link", cell(found, "id"));
            link(client, &path, "/p/", "name", found, output).await
        }
    }
}

fn unknown(what: &str, text: &str, known: &[&str]) -> Failure {
    let failure = Failure::new(Code::NotFound, format!("{what} `{text}`"));
    match roadbook_core::process::finding::nearest(text, known.iter().copied()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None if known.is_empty() => failure,
        None => failure.hint(format!("known: {}", known.join(", "))),
    }
}

/// Makes a link that is told once.
async fn link(
    client: &Client,
    path: &str,
    below: &str,
    name: &str,
    of: &Value,
    output: &Output,
) -> Outcome {
    let answer = client.post(path, &json!({})).await?.json;
    let secret = cell(&answer, "secret");
    let url =
        if secret.contains("://") { secret } else { format!("{}{below}{secret}", client.base()) };
    output.say("hand it over yourself: whoever has the link may use it; it is not shown again");
    output.object(
        &[("for", "name"), ("link", "link")],
        &json!({ "id": url, "name": cell(of, name), "link": url }),
    )
}

/// All rows or none; wrong rows are named with their lines.
pub(super) async fn import(
    client: &Client,
    path: &str,
    args: &ImportArgs,
    output: &Output,
) -> Outcome {
    let text = crate::offline::read(&args.file)?;
    let path = if args.dry_run { format!("{path}?dry_run=true") } else { path.to_owned() };
    let answer =
        client.change(hyper::Method::POST, &path, bytes::Bytes::from(text), "text/csv").await?;
    if args.dry_run {
        output.say("every row is right; nothing was kept, because --dry-run only checks");
    }
    let columns = [
        ("rows", "rows"),
        ("new", "made"),
        ("changed", "changed"),
        ("unchanged", "unchanged"),
        ("only checked", "dry_run"),
    ];
    output.object(&columns, &answer.json)
}
