//! What has no sub-command is asked over HTTP, one request per connection.

use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static KEYS: AtomicU64 = AtomicU64::new(0);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends one request and reads the whole answer; header names come back in lower case.
pub fn send(url: &str, method: &str, path: &str, head: &[(&str, &str)], body: &[u8]) -> Answer {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_mins(2))).expect("a timeout");
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in head {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(text.as_bytes()).expect("sent");
    // A server that refuses a body early closes before it has read all of it.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let at = bytes.windows(4).position(|it| it == b"\r\n\r\n").expect("an answer");
    let whole = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let status = whole.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
    let head: String = whole
        .lines()
        .map(|line| match line.split_once(':') {
            Some((name, value)) => format!("{}:{value}\n", name.to_lowercase()),
            None => format!("{line}\n"),
        })
        .collect();
    let mut body = bytes[at + 4..].to_vec();
    if head.contains("transfer-encoding: chunked") {
        body = unchunk(&body);
    }
    Answer { status, body }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(at) = bytes.windows(2).position(|it| it == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..at]).expect("a size").trim();
        let size = usize::from_str_radix(size, 16).expect("a size");
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&bytes[at + 2..at + 2 + size]);
        bytes = &bytes[at + 4 + size..];
    }
    whole
}

/// A call of the API with a new key.
pub fn api(url: &str, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let key = format!("it-{}", KEYS.fetch_add(1, Ordering::Relaxed));
    let bearer = format!("Bearer {token}");
    let mut head = vec![("idempotency-key", key.as_str()), ("content-type", "application/json")];
    if !token.is_empty() {
        head.push(("authorization", bearer.as_str()));
    }
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    send(url, method, &format!("/api/v1{path}"), &head, &body)
}

/// A call that must go well.
pub fn must(url: &str, token: &str, method: &str, path: &str, body: &Value) -> Value {
    let answer = api(url, token, method, path, body);
    assert!(answer.status < 300, "{method} {path} {body}: {} {}", answer.status, answer.text());
    answer.json()
}
