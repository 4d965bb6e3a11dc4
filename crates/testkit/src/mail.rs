//! A real SMTP server for tests (`tests/smtp/sink.py`): it receives over TCP, writes every message down before it answers,
//! and refuses or fails on command.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::process::{READY, Running};
use crate::temp::Scratch;
use crate::tools;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    None,
    /// Plain at first, then required to switch.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// A message as it arrived.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    /// 1 for the first.
    pub number: usize,
    /// Sender of the envelope.
    pub from: String,
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Who signed in to send it.
    pub user: Option<String>,
    /// Decoded subject.
    pub subject: Option<String>,
    /// The header `Message-ID`.
    pub message_id: Option<String>,
    /// All headers, decoded, in order.
    pub headers: Vec<(String, String)>,
    /// The leaves of the message.
    pub parts: Vec<Part>,
    /// The bytes as text.
    pub raw: String,
}

/// A leaf of a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Part {
    /// Its type, such as `text/plain`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The header `Content-Language`.
    pub language: Option<String>,
    /// Name of an attachment.
    pub name: Option<String>,
    /// Decoded text, if it is text.
    pub text: Option<String>,
    /// Decoded size in bytes.
    pub size: usize,
}

impl Mail {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The plain text, or what there is of text.
    pub fn text(&self) -> &str {
        let plain = self.parts.iter().find(|part| part.kind == "text/plain");
        plain.or(self.parts.first()).and_then(|part| part.text.as_deref()).unwrap_or_default()
    }
}

/// The server; it ends with the value.
pub struct MailSink {
    running: Running,
    dir: Scratch,
    port: u16,
    kept: usize,
}

impl MailSink {
    /// Starts it without TLS and without sign-in.
    pub fn start() -> Self {
        Self::start_with(Tls::None, None)
    }

    /// Starts it; with `login`, senders must sign in.
    pub fn start_with(tls: Tls, login: Option<(&str, &str)>) -> Self {
        Self::start_at(0, tls, login)
    }

    /// Starts it at a port that was chosen before; 0 takes a free one.
    pub fn start_at(port: u16, tls: Tls, login: Option<(&str, &str)>) -> Self {
        let dir = Scratch::new("mail");
        let mut command = Command::new(tools::python());
        command.arg(tools::root().join("tests/smtp/sink.py")).arg("--dir").arg(dir.path());
        command.args(["--port", &port.to_string()]).arg("--tls").arg(match tls {
            Tls::None => "none",
            Tls::StartTls => "starttls",
            Tls::Implicit => "tls",
        });
        if let Some((user, password)) = login {
            command.args(["--user", user, "--password", password]);
        }
        let mut running = Running::spawn(command);
        let port = running.wait_line("ready ", READY).parse().expect("the sink says its port");
        Self { running, dir, port, kept: 0 }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority to trust, when it speaks TLS. The server's name is `localhost`.
    pub fn ca_pem(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// Answers 550 to this recipient from now on; `*` to everyone.
    pub fn refuse(&mut self, address: &str) {
        self.order(&format!("refuse {address}"));
    }

    /// Answers 451 to the next recipients.
    pub fn fail_for_now(&mut self, recipients: usize) {
        self.order(&format!("tempfail {recipients}"));
    }

    /// Keeps the next messages but closes the connection instead of answering: the sender cannot know.
    pub fn drop_after_keeping(&mut self, messages: usize) {
        self.order(&format!("drop {messages}"));
    }

    /// Accepts everything again.
    pub fn accept(&mut self) {
        self.order("accept");
    }

    fn order(&mut self, line: &str) {
        self.running.say(line);
        loop {
            let answer = self.running.next_line(READY).expect("the sink answers");
            match answer.as_str() {
                "ok" => return,
                other => self.note(other),
            }
        }
    }

    fn note(&mut self, line: &str) {
        assert!(!line.starts_with("unknown"), "the sink does not understand: {line}");
        self.kept += usize::from(line.starts_with("mail "));
    }

    /// What has arrived so far.
    pub fn messages(&self) -> Vec<Mail> {
        let text = fs::read_to_string(self.dir.join("messages.jsonl")).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| serde_json::from_str(line).expect("the sink writes messages"))
            .collect()
    }

    /// Waits until `count` messages arrived in all, or `limit` passed without a new one; returns what is there.
    pub fn wait_for(&mut self, count: usize, limit: Duration) -> Vec<Mail> {
        while self.kept < count {
            match self.running.next_line(limit) {
                Some(line) => self.note(&line),
                None => break,
            }
        }
        self.messages()
    }

    /// Waits for the next refusal; returns `CODE ADDRESS`.
    pub fn wait_refusal(&mut self, limit: Duration) -> Option<String> {
        loop {
            let line = self.running.next_line(limit)?;
            if let Some(rest) = line.strip_prefix("refused ") {
                return Some(rest.to_owned());
            }
            self.note(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpStream;

    use super::*;

    /// Speaks SMTP by hand: the codes of the answers.
    fn send(port: u16, to: &str, body: &str) -> Vec<String> {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        let mut reader = BufReader::new(stream.try_clone().expect("a socket can be shared"));
        let mut writer = stream;
        let mut codes = Vec::new();
        let orders = [
            "",
            "HELO t",
            "MAIL FROM:<a@b.example>",
            &format!("RCPT TO:<{to}>"),
            "DATA",
            &format!("{body}\r\n."),
        ];
        for order in orders {
            if !order.is_empty() && write!(writer, "{order}\r\n").is_err() {
                break;
            }
            let mut answer = String::new();
            if reader.read_line(&mut answer).unwrap_or_default() == 0 {
                break;
            }
            let code: String = answer.chars().take(3).collect();
            let refused = code.starts_with(['4', '5']);
            codes.push(code);
            if refused {
                break;
            }
        }
        codes
    }

    const BODY: &str = "Subject: =?utf-8?b?67Cw7Y+sIOqzteyngA==?=\r\nMessage-ID: <1@b.example>\r\n\
                        Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n배포합니다";

    #[test]
    fn messages_arrive_and_refusals_are_answered() {
        let mut sink = MailSink::start();
        let limit = Duration::from_secs(20);
        assert_eq!(
            send(sink.port(), "kim@hanbit.example", BODY).last().map(String::as_str),
            Some("250")
        );
        let got = sink.wait_for(1, limit);
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].subject.as_deref(), Some("배포 공지"));
        assert_eq!(
            (got[0].to.as_slice(), got[0].text().trim()),
            (&["kim@hanbit.example".to_owned()][..], "배포합니다")
        );
        assert_eq!(got[0].header("message-id"), Some("<1@b.example>"));

        sink.fail_for_now(1);
        assert_eq!(
            send(sink.port(), "kim@hanbit.example", BODY).last().map(String::as_str),
            Some("451")
        );
        assert_eq!(sink.wait_refusal(limit).as_deref(), Some("451 kim@hanbit.example"));
        sink.refuse("gone@hanbit.example");
        assert_eq!(
            send(sink.port(), "gone@hanbit.example", BODY).last().map(String::as_str),
            Some("550")
        );
        sink.accept();
        sink.drop_after_keeping(1);
        assert_eq!(
            send(sink.port(), "gone@hanbit.example", BODY).last().map(String::as_str),
            Some("354")
        );
        assert_eq!(sink.wait_for(2, limit).len(), 2);
    }

    #[test]
    fn with_tls_there_is_an_authority_to_trust() {
        for tls in [Tls::StartTls, Tls::Implicit] {
            let sink = MailSink::start_with(tls, Some(("roadbook", "secret")));
            let pem = fs::read_to_string(sink.ca_pem()).expect("the certificate is written");
            assert!(pem.starts_with("-----BEGIN CERTIFICATE"), "{tls:?}");
        }
    }
}
