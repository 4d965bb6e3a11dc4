//! The poll, and the facts that an agent tells.

use super::answer::{self, Agent, Answer, Body1, Refusal, tagged};
use crate::server::Web;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use roadbook_app::fleet::{Asks, Attributes, Told};
use roadbook_wire::ddi::ConfigData;
use std::fmt::Write as _;

/// What there is to do. Answered from memory.
pub async fn poll(State(web): State<Web>, Path(key): Path<String>, headers: HeaderMap) -> Answer {
    let token = answer::token(&headers);
    let token = token.ok_or_else(|| Refusal::bare(StatusCode::UNAUTHORIZED))?;
    let told = web.app.agent_poll(&key, token).await?;
    let again = web.app.fleet_poll_again(&told);
    Ok(tagged(&headers, body(&told, again, || answer::base(&web, &headers, &key))))
}

/// The answer as text: written by hand, because it is the one that everybody fetches all the time.
/// A test reads it back as [`roadbook_wire::ddi::Poll`].
fn body(told: &Told, again: u32, base: impl FnOnce() -> String) -> String {
    let (hours, minutes, seconds) = (again / 3600, again / 60 % 60, again % 60);
    let mut text = String::with_capacity(320);
    let _ = write!(
        text,
        r#"{{"config":{{"polling":{{"sleep":"{hours:02}:{minutes:02}:{seconds:02}"}}}}"#
    );
    if told.asks != Asks::Nothing || told.done != 0 || told.wants_facts {
        let base = base();
        let change = told.change;
        let mut link = |name: &str, rest: std::fmt::Arguments<'_>| {
            let comma = if text.ends_with('}') && text.contains("_links") { "," } else { "" };
            let open = if comma.is_empty() { r#","_links":{"# } else { comma };
            let _ = write!(text, r#"{open}"{name}":{{"href":"{base}{rest}"}}"#);
        };
        let order = told.order;
        match told.asks {
            Asks::Nothing => {}
            Asks::Deploy => {
                link("deploymentBase", format_args!("/deploymentBase/{order}?c={change}"));
            }
            Asks::Cancel => link("cancelAction", format_args!("/cancelAction/{order}")),
            Asks::Confirm => {
                link("confirmationBase", format_args!("/confirmationBase/{order}?c={change}"));
            }
        }
        if told.done != 0 {
            link("installedBase", format_args!("/installedBase/{}", told.done));
        }
        if told.wants_facts {
            link("configData", format_args!("/configData"));
        }
        text.push('}');
    }
    text.push('}');
    text
}

/// Facts about the machine.
pub async fn facts(
    State(web): State<Web>,
    agent: Agent,
    Body1(input): Body1<ConfigData>,
) -> Answer {
    let mode = input.mode.unwrap_or_else(|| "merge".to_owned());
    web.app.agent_facts(&agent.site, Attributes { mode, data: input.data }).await?;
    Ok(StatusCode::OK.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadbook_wire::ddi::Poll;

    #[test]
    fn the_answer_reads_as_what_is_promised() {
        let all = [Asks::Nothing, Asks::Deploy, Asks::Cancel, Asks::Confirm];
        for (asks, done, wants_facts) in all
            .into_iter()
            .flat_map(|it| [(it, 0, false), (it, 7, false), (it, 0, true), (it, 7, true)])
        {
            let told = Told { asks, order: 11, done, change: 5, wants_facts };
            let text = body(&told, 300, || "http://h/DEFAULT/controller/v1/s".to_owned());
            let poll: Poll = serde_json::from_str(&text).expect(&text);
            assert_eq!(serde_json::to_string(&poll).expect("writes"), text);
            assert_eq!(poll.config.polling.sleep, "00:05:00");
            assert_eq!(poll.links.deployment_base.is_some(), asks == Asks::Deploy, "{text}");
            assert_eq!(poll.links.cancel_action.is_some(), asks == Asks::Cancel, "{text}");
            assert_eq!(poll.links.confirmation_base.is_some(), asks == Asks::Confirm, "{text}");
            assert_eq!(poll.links.installed_base.is_some(), done == 7, "{text}");
            assert_eq!(poll.links.config_data.is_some(), wants_facts, "{text}");
        }
    }
}
