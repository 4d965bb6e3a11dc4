//! A client that others wrote, doing what its users do with it: an update, a stop, a consent.

use anyhow::{Context as _, Result, bail, ensure};
use hawkbit::ddi::{Client, ClientAuthorization, Execution, Finished};
use std::time::Duration;

/// Facts as this client sends them: any map that can be written.
fn facts() -> std::collections::BTreeMap<&'static str, &'static str> {
    [("HwRevision", "1.0"), ("os", "linux")].into()
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().context("usage: SCENARIO URL SITE TOKEN SHA256");
    let (scenario, url, site, token, sha256) = (next()?, next()?, next()?, next()?, next()?);
    let auth = ClientAuthorization::TargetToken(token);
    let ddi = Client::new(&url, "DEFAULT", &site, auth, None, None, None)?;
    let mut done: Vec<String> = Vec::new();
    // Two minutes at most: what has not come by then does not come.
    for _ in 0..240 {
        let reply = ddi.poll().await?;
        ensure!(reply.polling_sleep()? > Duration::ZERO, "it is told when to come again");
        if let Some(request) = reply.config_data_request() {
            request.upload(Execution::Closed, Finished::Success, None, facts(), vec![]).await?;
            done.push("facts".into());
        }
        if let Some(request) = reply.confirmation_base() {
            let info = request.update_info().await?;
            done.push(format!("confirmed {}", info.action_id()));
            reply.confirmation_base().context("still waits")?.confirm().await?;
        }
        if let Some(update) = reply.update() {
            let update = update.fetch().await?;
            let id = update.action_id().to_owned();
            update.send_feedback(Execution::Proceeding, Finished::None, vec!["begun"]).await?;
            if scenario == "cancel" {
                if done.last().is_none_or(|it| !it.starts_with("running")) {
                    println!("running {id}");
                    done.push(format!("running {id}"));
                }
            } else {
                let dir = tempfile::tempdir()?;
                let files = update.download(dir.path()).await?;
                ensure!(files.len() == 1, "one file, not {}", files.len());
                use sha2::Digest as _;
                let bytes = std::fs::read(files[0].file())?;
                ensure!(hex::encode(sha2::Sha256::digest(&bytes)) == sha256, "other bytes");
                update.send_feedback(Execution::Closed, Finished::Success, vec!["done"]).await?;
                done.push(format!("installed {id}"));
                let again = update.send_feedback(Execution::Closed, Finished::Success, vec![]);
                ensure!(again.await.is_err(), "an order that is over takes nothing more");
                println!("{}", done.join(", "));
                return Ok(());
            }
        }
        if let Some(cancel) = reply.cancel_action() {
            let id = cancel.id().await?;
            cancel.send_feedback(Execution::Proceeding, Finished::None, vec!["stopping"]).await?;
            cancel.send_feedback(Execution::Closed, Finished::Success, vec![]).await?;
            let after = ddi.poll().await?;
            ensure!(after.cancel_action().is_none() && after.update().is_none(), "it is over");
            done.push(format!("canceled {id}"));
            println!("{}", done.join(", "));
            return Ok(());
        }
        // A client comes by itself, again and again; nothing tells it when.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bail!("nothing came of it; so far: {}", done.join(", "))
}
