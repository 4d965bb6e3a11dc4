//! Live updates: after each commit, the topics of this reader, without what they may not see.

use crate::http::problem::{Answer, Problem};
use crate::http::session::{Caller, caller};
use crate::routes::{Endpoint, get};
use crate::server::Web;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// Topics of one reader.
const TOPICS_MAX: usize = 8;
/// Commits within this time make one event.
const TOGETHER: Duration = Duration::from_millis(250);
/// A word on the line, so that nobody in between closes it.
const ALIVE: Duration = Duration::from_secs(20);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/events", "list_events", events)
            .says("Server-sent events `change`: what you look at has changed. Topics: `home`, `release/ID`, …")
            .asks(&["topic"])
            .streams("text/event-stream"),
    ]
}

struct Reader {
    web: Web,
    headers: HeaderMap,
    topics: Vec<String>,
    bell: watch::Receiver<u64>,
}

async fn events(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let topics: Vec<String> = query
        .unwrap_or_default()
        .split('&')
        .filter_map(|it| it.strip_prefix("topic="))
        .map(|it| it.replace("%2F", "/").replace("%2f", "/"))
        .collect();
    if topics.is_empty() || topics.len() > TOPICS_MAX {
        let message = format!("name one to {TOPICS_MAX} topics, like `home` or `release/ID`");
        return Err(Problem::field("topic", "topic", message));
    }
    for topic in &topics {
        if !visible(&web, &caller, topic).await {
            return Err(roadbook_app::Error::NotFound { what: "topic" }.into());
        }
    }
    let bell = web.app.store().subscribe();
    Ok(stream_of(Reader { web, headers, topics, bell }))
}

async fn visible(web: &Web, caller: &Caller, topic: &str) -> bool {
    match topic.split_once('/') {
        Some(("release", id)) => web.app.release_find(&caller.session.actor, id).await.is_ok(),
        Some(_) => false,
        None => {
            matches!(topic, "home" | "releases" | "sites" | "notices" | "calendar" | "processes")
        }
    }
}

fn stream_of(reader: Reader) -> Response {
    let events = stream::unfold(reader, |mut reader| async move {
        reader.bell.changed().await.ok()?;
        reader.web.app.ports().clock.wait(TOGETHER).await;
        let count = *reader.bell.borrow_and_update();
        // A role that was taken away, or a session that ended, closes the stream.
        let caller = caller(&reader.web, &reader.headers).await.ok()??;
        let mut seen = Vec::new();
        for topic in &reader.topics {
            if visible(&reader.web, &caller, topic).await {
                seen.push(topic.as_str());
            }
        }
        if seen.is_empty() {
            return None;
        }
        let event = Event::default().event("change").id(count.to_string()).data(seen.join(" "));
        Some((Ok::<_, Infallible>(event), reader))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
}
