//! The server over HTTP.

use crate::ports::{NetError, Server};
use roadbook_wire::ddi::{ConfigData, Confirmation, DeploymentBase, Feedback, Poll};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read};
use std::time::Duration;
use ureq::http::{Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// An answer larger than this is none.
const ANSWER: u64 = 1 << 20;

/// The server behind a poll URL.
pub struct HttpServer {
    agent: Agent,
    base: String,
    token: String,
    insecure: bool,
}

/// May this address be spoken with? Without TLS only on this very machine, unless told.
pub fn allowed(url: &str, insecure: bool) -> Result<(), String> {
    let rest = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(_), _) => return Ok(()),
        (None, Some(rest)) => rest,
        _ => return Err(format!("`{url}` is no http or https address")),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let own = name == "localhost"
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if own || insecure {
        Ok(())
    } else {
        Err(format!(
            "`{url}` is not encrypted; use https, or --insecure-http in a network of your own"
        ))
    }
}

/// A client; `ca` are authorities in PEM instead of the public ones.
pub fn client(ca: Option<&[u8]>) -> Result<Agent, String> {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(Duration::from_secs(15)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_recv_body(Some(Duration::from_mins(2)))
        .user_agent(concat!("roadbook-agent/", env!("CARGO_PKG_VERSION")));
    if let Some(pem) = ca {
        let certs: Vec<Certificate<'static>> = ureq::tls::parse_pem(pem)
            .filter_map(Result::ok)
            .filter_map(|item| match item {
                ureq::tls::PemItem::Certificate(cert) => Some(cert),
                _ => None,
            })
            .collect();
        if certs.is_empty() {
            return Err("the file of authorities holds no certificate".to_owned());
        }
        let roots = RootCerts::new_with_certs(&certs);
        config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
    }
    Ok(config.build().into())
}

impl HttpServer {
    /// The server behind a poll URL, with the token of this site.
    pub fn new(agent: Agent, poll: &str, token: &str, insecure: bool) -> Self {
        let base = poll.trim_end_matches('/').to_owned();
        Self { agent, base, token: format!("TargetToken {token}"), insecure }
    }

    /// Only this server is spoken with: the token goes nowhere else.
    fn checked(&self, href: &str) -> Result<(), NetError> {
        allowed(href, self.insecure).map_err(NetError::Strange)?;
        if origin(href) == origin(&self.base) {
            Ok(())
        } else {
            Err(NetError::Strange(format!("a link to another server: {href}")))
        }
    }

    fn get<T: DeserializeOwned>(&self, href: &str) -> Result<T, NetError> {
        self.checked(href)?;
        let answer = self
            .agent
            .get(href)
            .header("Authorization", &self.token)
            .header("Accept", "application/json")
            .call()
            .map_err(unreachable)?;
        read(good(answer)?)
    }

    fn send<T: Serialize>(&self, put: bool, path: &str, body: &T) -> Result<(), NetError> {
        let href = format!("{}/{path}", self.base);
        let body = serde_json::to_vec(body).map_err(|e| NetError::Strange(e.to_string()))?;
        let request = if put { self.agent.put(&href) } else { self.agent.post(&href) };
        let answer = request
            .header("Authorization", &self.token)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .send(&body[..])
            .map_err(unreachable)?;
        good(answer).map(|_| ())
    }
}

fn origin(url: &str) -> &str {
    let from = url.find("://").map_or(0, |at| at + 3);
    let end = url[from..].find(['/', '?', '#']).map_or(url.len(), |at| from + at);
    &url[..end]
}

fn unreachable(error: ureq::Error) -> NetError {
    NetError::Unreachable(error.to_string())
}

fn good(answer: Response<Body>) -> Result<Response<Body>, NetError> {
    match answer.status() {
        StatusCode::OK
        | StatusCode::CREATED
        | StatusCode::NO_CONTENT
        | StatusCode::PARTIAL_CONTENT => Ok(answer),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(NetError::Denied),
        StatusCode::NOT_FOUND => Err(NetError::Missing),
        StatusCode::GONE => Err(NetError::Gone),
        status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
            Err(NetError::Unreachable(format!("it answers {status}")))
        }
        status => Err(NetError::Strange(status.to_string())),
    }
}

/// Reads an answer, bounded.
pub fn read<T: DeserializeOwned>(answer: Response<Body>) -> Result<T, NetError> {
    let mut text = Vec::new();
    answer
        .into_body()
        .into_reader()
        .take(ANSWER + 1)
        .read_to_end(&mut text)
        .map_err(|error| NetError::Unreachable(error.to_string()))?;
    if text.len() as u64 > ANSWER {
        return Err(NetError::Strange(format!("an answer of more than {ANSWER} bytes")));
    }
    serde_json::from_slice(&text)
        .map_err(|error| NetError::Strange(format!("an answer that cannot be read: {error}")))
}

impl Server for HttpServer {
    fn poll(&mut self) -> Result<Poll, NetError> {
        self.get(&self.base)
    }

    fn order(&mut self, href: &str) -> Result<DeploymentBase, NetError> {
        self.get(href)
    }

    fn feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError> {
        self.send(false, &format!("deploymentBase/{action}/feedback"), body)
    }

    fn cancel_feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError> {
        self.send(false, &format!("cancelAction/{action}/feedback"), body)
    }

    fn confirm(&mut self, action: u32, body: &Confirmation) -> Result<(), NetError> {
        self.send(false, &format!("confirmationBase/{action}/feedback"), body)
    }

    fn config_data(&mut self, body: &ConfigData) -> Result<(), NetError> {
        self.send(true, "configData", body)
    }

    fn download(
        &mut self,
        href: &str,
        from: u64,
        most: u64,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), NetError> {
        self.checked(href)?;
        let answer = self
            .agent
            .get(href)
            .header("Authorization", &self.token)
            .header("Range", format!("bytes={from}-{}", from + most - 1))
            .call()
            .map_err(unreachable)?;
        let answer = good(answer)?;
        let whole = answer.status() == StatusCode::OK;
        if whole && from > 0 {
            return Err(NetError::Strange("it cannot go on where it was cut off".to_owned()));
        }
        if !whole {
            let range = answer.headers().get("Content-Range").and_then(|it| it.to_str().ok());
            if !range.is_some_and(|range| range.starts_with(&format!("bytes {from}-"))) {
                return Err(NetError::Strange("it sent another range than asked".to_owned()));
            }
        }
        // One byte more than asked shows that more comes; of a whole file only the first piece is
        // taken, so that a server without ranges works for small files.
        let mut body = answer.into_body().into_reader().take(most + 1);
        let mut buffer = vec![0_u8; 64 * 1024];
        let mut got = 0_u64;
        loop {
            let count = body.read(&mut buffer).map_err(|e| NetError::Unreachable(e.to_string()))?;
            if count == 0 {
                return Ok(());
            }
            got += count as u64;
            if got > most {
                return Err(NetError::TooMuch(format!("more than {most} bytes were sent")));
            }
            take(&buffer[..count]).map_err(|error| NetError::Disk(error.to_string()))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_encryption_only_this_machine_is_spoken_with() {
        for (url, want) in [
            ("https://releases.example", true),
            ("http://127.0.0.1:8080/x", true),
            ("http://localhost/x", true),
            ("http://[::1]:80/", true),
            ("http://releases.example/", false),
            ("http://127.0.0.1.evil.example/", false),
            ("http://localhost@evil.example/", false),
            ("ftp://127.0.0.1/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(allowed(url, false).is_ok(), want, "{url}");
        }
        assert_eq!(origin("https://a:1/b?c"), "https://a:1");
        assert_ne!(origin("https://a:1@evil/b"), origin("https://a:1/b"));
    }
}
