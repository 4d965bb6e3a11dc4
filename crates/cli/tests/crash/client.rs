//! HTTP as small as it gets: one request per connection, and every doubt is an error.

use serde_json::Value;
use std::io::{Error, ErrorKind, Read as _, Result, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A server that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// The server says that this answer was given before.
    pub replayed: bool,
    /// Media type.
    pub media: String,
    pub body: Value,
}

impl Answer {
    pub fn good(&self) -> bool {
        self.status / 100 == 2
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    pub body: Value,
    pub key: String,
}

impl Ask {
    pub fn get(path: &str) -> Ask {
        Ask { method: "GET", path: path.into(), body: Value::Null, key: String::new() }
    }
}

/// Sends one request. An answer that is not whole is none: the process died while it wrote.
pub fn send(to: SocketAddr, token: &str, ask: &Ask) -> Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&to, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let body = if ask.body.is_null() { Vec::new() } else { serde_json::to_vec(&ask.body)? };
    let mut head =
        format!("{} {} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n", ask.method, ask.path);
    if !token.is_empty() {
        head.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    if !ask.key.is_empty() {
        head.push_str(&format!("idempotency-key: {}\r\n", ask.key));
    }
    if !body.is_empty() {
        head.push_str("content-type: application/json\r\n");
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    read(&bytes)
}

fn read(bytes: &[u8]) -> Result<Answer> {
    let cut = || Error::new(ErrorKind::UnexpectedEof, "the answer is not whole");
    let at = bytes.windows(4).position(|it| it == b"\r\n\r\n").ok_or_else(cut)?;
    let head = String::from_utf8_lossy(&bytes[..at]).to_lowercase();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default().to_owned()
    };
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or_else(cut)?;
    let body = &bytes[at + 4..];
    if header("content-length").parse() != Ok(body.len()) {
        return Err(cut());
    }
    Ok(Answer {
        status,
        replayed: header("idempotency-replayed") == "true",
        media: header("content-type"),
        body: serde_json::from_slice(body).unwrap_or(Value::Null),
    })
}
