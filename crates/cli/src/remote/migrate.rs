//! `release migrate`: what moving a release onto the revision in force changes, then the move.

use super::receipt;
use crate::client::Client;
use crate::exit::Outcome;
use crate::local::encode;
use crate::output::{Output, cell};
use serde_json::{Value, json};

/// Shows what would change; with a reason, carries it out.
pub(super) async fn run(
    client: &Client,
    release: &str,
    to: Option<u32>,
    reason: Option<String>,
    output: &Output,
) -> Outcome {
    let path = format!("/releases/{}/migration", encode(release));
    let asked = to.map(|it| format!("?revision={it}")).unwrap_or_default();
    let found = client.get(&format!("{path}{asked}")).await?.json;
    if let Some(reason) = reason {
        let body = json!({
            "revision": found["to"],
            "reason": reason,
            "preview": found["preview"],
        });
        return receipt(output, &client.post(&path, &body).await?.json);
    }
    let mut rows = people(&found);
    rows.extend(steps(&found));
    rows.extend(parts(&found));
    rows.extend(dates(&found));
    output.rows(&[("about", "about"), ("what", "what"), ("then", "then")], &rows)?;
    output.say(&format!(
        "{} runs on {}@{}; revision {} is in force: {}",
        cell(&found, "release"),
        cell(&found, "process"),
        cell(&found, "from"),
        cell(&found, "to"),
        cell(&found, "note"),
    ));
    output.say(&format!(
        "next: roadbook release migrate {} --to {} --reason TEXT",
        cell(&found, "release"),
        cell(&found, "to")
    ));
    Ok(())
}

fn row(about: &str, what: &str, then: &str) -> Value {
    json!({ "about": about, "what": what, "then": then })
}

fn each<'a>(found: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    found[list].as_array().into_iter().flatten()
}

fn joined(it: &Value) -> String {
    let words = it.as_array().into_iter().flatten().filter_map(Value::as_str);
    words.collect::<Vec<_>>().join(", ")
}

fn people(found: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for person in each(found, "people") {
        let name = cell(person, "name");
        for (list, then) in
            [("comes", "new to do"), ("again", "signs again"), ("goes", "falls away")]
        {
            let steps = joined(&person[list]);
            if !steps.is_empty() {
                rows.push(row(&name, &steps, then));
            }
        }
    }
    for it in each(found, "unheld") {
        rows.push(row(&cell(it, "role"), &cell(it, "step"), "nobody holds the role"));
    }
    rows
}

fn steps(found: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for step in each(found, "steps") {
        let others = joined(&step["others"]);
        let then = match step["fate"].as_str().unwrap_or_default() {
            "added" => "comes new".to_owned(),
            "added_behind" => format!("comes new before what is done: {others}"),
            "removed" => "falls away".to_owned(),
            "ended" => "done; falls away, stays in the record".to_owned(),
            "dropped" => "falls away with its work".to_owned(),
            "changed" => format!("other: {}", joined(&step["changed"])),
            "voided" => "approval void, asked for again".to_owned(),
            "anew" => "begins anew".to_owned(),
            "waits" => format!("now waits for {others}"),
            other => other.to_owned(),
        };
        rows.push(row("step", &cell(step, "step"), &then));
    }
    for step in each(found, "content").filter_map(Value::as_str) {
        rows.push(row("step", step, "approved content reads otherwise, asked for again"));
    }
    for rule in each(found, "against_slot").filter_map(Value::as_str) {
        rows.push(row("go-live", rule, "stands against the planned go-live"));
    }
    rows
}

fn parts(found: &Value) -> Vec<Value> {
    let told = |it: &Value| {
        let then = match it["asked_in"].as_str() {
            Some(step) => format!("asked in {step}"),
            None => cell(it, "fate"),
        };
        row(&cell(it, "part"), &cell(it, "id"), &then)
    };
    each(found, "parts").map(told).collect()
}

fn dates(found: &Value) -> Vec<Value> {
    let told = |it: &Value| {
        let moment = |name: &str| it[name].as_str().unwrap_or("no date").to_owned();
        row("date", &cell(it, "step"), &format!("{} -> {}", moment("before"), moment("after")))
    };
    each(found, "dates").map(told).collect()
}
