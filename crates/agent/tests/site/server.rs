//! A small server that speaks the protocol, honestly or not.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use roadbook_wire::ddi::{DeploymentBase, Feedback};

/// What the server shows and has heard.
#[derive(Default)]
pub struct State {
    /// The order that a poll shows.
    pub shown: Option<u32>,
    /// Orders.
    pub orders: BTreeMap<u32, DeploymentBase>,
    /// Files by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Messages.
    pub heard: Vec<(u32, Feedback)>,
    /// Attributes.
    pub facts: Option<serde_json::Value>,
    /// Requests.
    pub requests: Vec<String>,
    /// Director's key, as told at enrollment.
    pub director: String,
    /// A download ends after so many bytes.
    pub cut_after: Option<usize>,
    /// Downloads never end.
    pub endless: bool,
    /// Ranges are not understood.
    pub no_ranges: bool,
    /// Answers with this body to every poll.
    pub poll_body: Option<Vec<u8>>,
}

/// A server on loopback.
pub struct Ddi {
    /// Its address.
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Ddi {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("has one"));
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, base) = (Arc::clone(&state), url.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, base) = (Arc::clone(&shared), base.clone());
                thread::spawn(move || {
                    let _ = answer(&stream, &state, &base);
                });
            }
        });
        Self { url, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the last action ended, if it did.
    pub fn closed(&self) -> Option<Feedback> {
        let state = self.state();
        let found = state.heard.iter().rev().find(|(_, body)| body.status.execution == "closed");
        found.map(|(_, body)| body.clone())
    }
}

fn answer(stream: &TcpStream, state: &Mutex<State>, base: &str) -> std::io::Result<()> {
    let mut read = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    read.read_line(&mut first)?;
    let (mut length, mut range) = (0, None);
    loop {
        let mut line = String::new();
        read.read_line(&mut line)?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or(0);
        }
        if let Some(text) = line.strip_prefix("range: bytes=") {
            let (from, to) = text.split_once('-').unwrap_or((text, ""));
            range = from.parse::<usize>().ok().zip(to.parse::<usize>().ok());
        }
    }
    let mut body = vec![0; length];
    read.read_exact(&mut body)?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or("").to_owned());
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.requests.push(format!("{method} {path}"));
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let root = format!("{base}/DEFAULT/controller/v1/site-1");
    let json = |status: u16, value: &serde_json::Value| (status, value.to_string().into_bytes());
    let none = (200, Vec::new());
    let (status, bytes) = match (method, steps.as_slice()) {
        ("POST", ["api", "v1", "agents", "enroll"]) => json(
            200,
            &serde_json::json!({
                "site": "site-1", "token": "rba_x", "poll_url": root,
                "director_key": state.director,
            }),
        ),
        ("GET", [_, _, _, _]) => match &state.poll_body {
            Some(body) => (200, body.clone()),
            None => {
                let link = state.shown.map(|id| {
                    serde_json::json!({ "deploymentBase": {
                        "href": format!("{root}/deploymentBase/{id}?c=1") } })
                });
                let polling = serde_json::json!({ "polling": { "sleep": "00:00:01" } });
                json(
                    200,
                    &serde_json::json!({ "config": polling, "_links": link.unwrap_or(serde_json::json!({})) }),
                )
            }
        },
        ("GET", [_, _, _, _, "deploymentBase", id]) => {
            let id: Option<u32> = id.split('?').next().and_then(|id| id.parse().ok());
            match id.and_then(|id| state.orders.get(&id)) {
                Some(base) => (200, serde_json::to_vec(base).expect("writes")),
                None => (404, Vec::new()),
            }
        }
        ("POST", [_, _, _, _, "deploymentBase", id, "feedback"]) => {
            let id: u32 = id.parse().unwrap_or(0);
            let told: Feedback = serde_json::from_slice(&body).expect("reads");
            let over = state
                .heard
                .iter()
                .any(|(other, body)| *other == id && body.status.execution == "closed");
            if over {
                (410, Vec::new())
            } else {
                if told.status.execution == "closed" {
                    state.shown.take_if(|shown| *shown == id);
                }
                state.heard.push((id, told));
                none
            }
        }
        ("PUT", [.., "configData"]) => {
            state.facts = serde_json::from_slice(&body).ok();
            none
        }
        ("GET", ["files", name]) => {
            let file = state.files.get(*name).cloned();
            let (cut, endless, no_ranges) = (state.cut_after, state.endless, state.no_ranges);
            drop(state);
            return match file {
                Some(file) => send_file(stream, &file, range.filter(|_| !no_ranges), cut, endless),
                None => send(stream, 404, "", b""),
            };
        }
        _ => (404, Vec::new()),
    };
    drop(state);
    send(stream, status, "", &bytes)
}

fn send(mut stream: &TcpStream, status: u16, more: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n"
    )?;
    stream.write_all(body)
}

fn send_file(
    mut stream: &TcpStream,
    file: &[u8],
    range: Option<(usize, usize)>,
    cut: Option<usize>,
    endless: bool,
) -> std::io::Result<()> {
    let (from, to) = range.unwrap_or((0, file.len().saturating_sub(1)));
    let part = file.get(from..(to + 1).min(file.len())).unwrap_or(&[]);
    let status = if range.is_some() { 206 } else { 200 };
    let length = if endless { u64::MAX >> 1 } else { part.len() as u64 };
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\nContent-Range: \
         bytes {from}-{to}/{}\r\n\r\n",
        file.len()
    )?;
    stream.write_all(&part[..cut.unwrap_or(part.len()).min(part.len())])?;
    if !endless {
        return Ok(());
    }
    // Until the other side has had enough.
    loop {
        stream.write_all(&[0; 4096])?;
    }
}
