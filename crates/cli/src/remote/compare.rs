//! `process compare`: two revisions of a process over the same closed release.

use crate::args::Format;
use crate::client::Client;
use crate::exit::{Code, Failure, Outcome};
use crate::local::encode;
use crate::output::{Output, print};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use roadbook_wire::api::simulations::{ComparedRole, Comparison};
use serde_json::{Value, json};

/// Asks and prints.
pub(super) async fn run(
    client: &Client,
    (process, release): (&str, &str),
    (from, to): (u32, u32),
    output: &Output,
) -> Outcome {
    let process = encode(process);
    let release = encode(release);
    let path = format!("/processes/{process}/comparison?from={from}&to={to}&release={release}");
    let answer = client.get(&path).await?;
    if output.format == Format::Json {
        return print(&format!("{:#}\n", answer.json));
    }
    let found: Comparison = serde_json::from_value(answer.json).map_err(|error| {
        Failure::new(Code::Failed, format!("the server answered in another way: {error}"))
            .hint("is it a roadbook of this version?")
    })?;
    let zone = TimeZone::get(&found.before.zone).unwrap_or(TimeZone::UTC);
    let shown = |text: &str| match text.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string(),
        Err(_) => text.to_owned(),
    };
    let end = |it: &Option<String>| it.as_deref().map_or_else(|| "–".to_owned(), &shown);
    let rows: Vec<Value> = found
        .steps
        .iter()
        .map(|it| {
            let by = it.by.map_or_else(String::new, |it| format!("{it:+} min"));
            json!({ "id": it.step, "before": end(&it.before), "after": end(&it.after), "by": by })
        })
        .collect();
    output.say(&format!("before is revision {from}, after is revision {to}"));
    let columns = [("step", "id"), ("before", "before"), ("after", "after"), ("by", "by")];
    output.rows(&columns, &rows)?;
    told(&found, (from, to), output, &shown);
    Ok(())
}

fn told(
    found: &Comparison,
    (from, to): (u32, u32),
    output: &Output,
    shown: &dyn Fn(&str) -> String,
) {
    let closed = shown(&found.closed);
    let (release, ran_on) = (&found.release, found.ran_on);
    output.say(&format!("release  {release} ran on revision {ran_on}, over at {closed}"));
    for (revision, it) in [(from, &found.before), (to, &found.after)] {
        let path = it.critical_path.join(" → ");
        output.say(&format!("revision {revision}  over at {}", shown(&it.finish)));
        output.say(&format!("revision {revision}  critical path  {path}"));
        for left in &it.skipped {
            output.say(&format!("revision {revision}  skipped  {}: {}", left.step, left.because));
        }
    }
    for it in &found.roles {
        output.say(&role(it));
    }
    for (sign, list) in [("+", &found.gates_more), ("-", &found.gates_less)] {
        for step in list {
            output.say(&format!("gate  {sign} {step}"));
        }
    }
    output.say(&format!("lasts  {:+} min", found.longer));
}

fn role(it: &ComparedRole) -> String {
    let more = it.after - it.before;
    format!("role  {}: {more:+} min, {} → {} steps", it.role, it.steps_before, it.steps_after)
}
