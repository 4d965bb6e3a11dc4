//! Agents, the files that they install, and the keys that sign those.

use super::receipt;
use crate::args::{AgentCommand, ArtifactCommand};
use crate::client::Client;
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::output::{Output, cell};
use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use std::path::Path;

pub(super) async fn agents(client: &Client, command: AgentCommand, output: &Output) -> Outcome {
    match command {
        AgentCommand::List => {
            let columns = [
                ("site", "site_key"),
                ("program", "program"),
                ("seen", "seen_at"),
                ("since", "enrolled_at"),
                ("revoked", "revoked_at"),
            ];
            output.rows(&columns, &client.all("/agents").await?)
        }
        AgentCommand::Show { site } => {
            let mut it = client.get(&format!("/sites/{}/agent", encode(&site))).await?.json;
            let text = |list: &Value, line: fn(&Value) -> String| {
                let list = list.as_array().cloned().unwrap_or_default();
                list.iter().map(line).collect::<Vec<_>>().join("\n")
            };
            it["facts"] =
                text(&it["facts"], |it| format!("{} = {}", cell(it, "name"), cell(it, "value")))
                    .into();
            it["orders"] = text(&it["orders"], |it| {
                let words = ["id", "kind", "state", "outcome", "stage", "note"];
                words.map(|word| cell(it, word)).join(" ")
            })
            .into();
            let columns = [
                ("site", "site_key"),
                ("program", "program"),
                ("seen", "seen_at"),
                ("since", "enrolled_at"),
                ("revoked", "revoked_at"),
                ("facts", "facts"),
                ("orders", "orders"),
            ];
            output.object(&columns, &it)
        }
        AgentCommand::Token { site } => {
            let path = format!("/sites/{}/agent-token", encode(&site));
            let answer = client.post(&path, &json!({})).await?.json;
            let key = client.get("/director-key").await?.json;
            let mut told = answer.clone();
            told["director_key"] = key["public_key"].clone();
            output.say("give it to the agent within a day; it works once");
            output.object(&[("token", "secret"), ("director key", "director_key")], &told)
        }
        AgentCommand::Revoke { site, reason } => {
            let path = format!("/sites/{}/agent/revoke", encode(&site));
            receipt(output, &client.post(&path, &json!({ "reason": reason })).await?.json)
        }
        AgentCommand::Cancel { order, reason } => {
            let path = format!("/actions/{order}/cancel");
            receipt(output, &client.post(&path, &json!({ "reason": reason })).await?.json)
        }
    }
}

/// Name and bytes of a file.
fn taken(file: &Path) -> Result<(String, Bytes), Failure> {
    let fail = |error: std::io::Error| {
        Failure::new(Code::Usage, format!("`{}` cannot be read: {error}", file.display()))
    };
    let bytes = std::fs::read(file).map_err(fail)?;
    let name = file.file_name().and_then(|it| it.to_str()).unwrap_or("file").to_owned();
    Ok((name, Bytes::from(bytes)))
}

pub(super) async fn artifacts(
    client: &Client,
    command: ArtifactCommand,
    output: &Output,
) -> Outcome {
    let octets = "application/octet-stream";
    match command {
        ArtifactCommand::Upload { product, file, version } => {
            let (name, bytes) = taken(&file)?;
            let version =
                version.map_or_else(String::new, |it| format!("&version={}", encode(&it)));
            let path =
                format!("/products/{}/artifacts?name={}{version}", encode(&product), encode(&name));
            let answer = client.change(Method::POST, &path, bytes, octets).await?;
            receipt(output, &answer.json)
        }
        ArtifactCommand::List { product } => {
            let path = format!("/products/{}/artifacts", encode(&product));
            let answer = client.get(&path).await?.json;
            let rows = answer["rows"].as_array().cloned().unwrap_or_default();
            let columns = [
                ("sha256", "sha256"),
                ("name", "name"),
                ("version", "version"),
                ("kind", "kind"),
                ("size", "size"),
                ("at", "at"),
            ];
            output.rows(&columns, &rows)
        }
        ArtifactCommand::Show { artifact } => {
            let it = client.get(&format!("/artifacts/{}", encode(&artifact))).await?.json;
            let columns = [
                ("sha256", "sha256"),
                ("name", "name"),
                ("version", "version"),
                ("kind", "kind"),
                ("size", "size"),
                ("keys", "keys"),
                ("manifest", "manifest_digest"),
                ("expires", "expires_at"),
                ("papers", "papers"),
            ];
            output.object(&columns, &it)
        }
        ArtifactCommand::Attach { artifact, kind, file } => {
            let (name, bytes) = taken(&file)?;
            let path = format!(
                "/artifacts/{}/papers?kind={}&name={}",
                encode(&artifact),
                encode(&kind),
                encode(&name)
            );
            let answer = client.change(Method::POST, &path, bytes, octets).await?;
            receipt(output, &answer.json)
        }
        other => keys(client, other, output).await,
    }
}

/// The keys with which packages are signed.
async fn keys(client: &Client, command: ArtifactCommand, output: &Output) -> Outcome {
    match command {
        ArtifactCommand::Keys { product } => {
            let path = format!("/products/{}/keys", encode(&product));
            let answer = client.get(&path).await?.json;
            let rows = answer["rows"].as_array().cloned().unwrap_or_default();
            let columns = [
                ("id", "id"),
                ("key", "public_key"),
                ("comment", "comment"),
                ("retired", "retired_at"),
            ];
            output.rows(&columns, &rows)
        }
        ArtifactCommand::AddKey { product, key, comment } => {
            let key = if Path::new(&key).is_file() {
                crate::offline::read(Path::new(&key))?
            } else {
                key
            };
            let path = format!("/products/{}/keys", encode(&product));
            let body = json!({ "public_key": key, "comment": comment });
            receipt(output, &client.post(&path, &body).await?.json)
        }
        ArtifactCommand::KeySets { product } => {
            let path = format!("/products/{}/key-sets", encode(&product));
            let answer = client.get(&path).await?.json;
            let rows = answer["rows"].as_array().cloned().unwrap_or_default();
            let columns = [
                ("version", "version"),
                ("published by", "published_by"),
                ("at", "at"),
                ("set", "body"),
            ];
            output.rows(&columns, &rows)
        }
        ArtifactCommand::PublishKeys { product, file } => {
            let (body, signatures) = crate::keys::signed_set(&file)?;
            let path = format!("/products/{}/key-sets", encode(&product));
            let body = json!({ "body": body, "signatures": signatures });
            receipt(output, &client.post(&path, &body).await?.json)
        }
        ArtifactCommand::RetireKey { product, key, reason } => {
            let path = format!("/products/{}/keys/{}/retire", encode(&product), encode(&key));
            receipt(output, &client.post(&path, &json!({ "reason": reason })).await?.json)
        }
        _ => Err(Failure::new(Code::Usage, "this is no command about keys")),
    }
}
