//! Outgoing mail: a real server over SMTP, or the outbox page of the demo.

use jiff::Timestamp;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use roadbook_app::ports::{BoxFuture, Clock, Mail, MailError, Mailer, SentMail};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// How long one mail may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How many mails the outbox page keeps.
const KEPT: usize = 2_000;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// `smtp://`: not at all.
    None,
    /// `starttls://`: plain at first, then required to switch.
    StartTls,
    /// `smtps://`: from the first byte.
    Implicit,
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `smtp://`, `starttls://` or `smtps://`, with `user:password@` if the server asks for it.
    pub url: String,
    /// Sender: `Roadbook <roadbook@example.org>`.
    pub from: String,
    /// Certificate (PEM) of an authority to trust besides the public ones.
    pub ca_pem: Option<Vec<u8>>,
}

/// Why the mail settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailConfigError {
    /// The URL.
    #[error(
        "`mail.url` is not understood ({0}); write for example \
         `starttls://user:password@mail.example.org:587`, `smtps://…` or `smtp://127.0.0.1:25`"
    )]
    Url(String),
    /// The sender.
    #[error(
        "`mail.from` is not an address ({0}); write for example `Roadbook <roadbook@example.org>`"
    )]
    From(String),
    /// The certificate.
    #[error("the certificate in `mail.ca` cannot be read: {0}")]
    Certificate(String),
}

#[derive(Debug, PartialEq)]
struct Server {
    security: Security,
    host: String,
    port: u16,
    login: Option<(String, String)>,
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let (code, tail) = tail.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn read_url(url: &str) -> Result<Server, MailConfigError> {
    let wrong = |why: &str| MailConfigError::Url(why.to_owned());
    let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("no scheme"))?;
    let (security, port) = match scheme {
        "smtp" => (Security::None, 25),
        "starttls" => (Security::StartTls, 587),
        "smtps" => (Security::Implicit, 465),
        _ => return Err(wrong("the scheme is none of smtp, starttls, smtps")),
    };
    let rest = rest.trim_end_matches('/');
    let (login, place) = match rest.rsplit_once('@') {
        None => (None, rest),
        Some((login, place)) => {
            let (user, password) = login.split_once(':').ok_or_else(|| wrong("no password"))?;
            let decoded = percent_decoded(user).zip(percent_decoded(password));
            (Some(decoded.ok_or_else(|| wrong("a `%` must be followed by two digits"))?), place)
        }
    };
    let bracket = place.rfind(']').unwrap_or(0);
    let (host, port) = match place[bracket..].rfind(':') {
        None => (place, port),
        Some(at) => {
            let (host, text) = place.split_at(bracket + at);
            (host, text[1..].parse().map_err(|_| wrong("the port is not a number"))?)
        }
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    if host.is_empty() {
        return Err(wrong("no host"));
    }
    Ok(Server { security, host, port, login })
}

/// Sends over SMTP.
pub struct SmtpMailer {
    server: Server,
    tls: Option<TlsParameters>,
    from: Mailbox,
    list_id: String,
    clock: Arc<dyn Clock>,
}

impl SmtpMailer {
    /// Checks the settings; nothing is connected yet.
    pub fn new(config: &MailConfig, clock: Arc<dyn Clock>) -> Result<SmtpMailer, MailConfigError> {
        let server = read_url(&config.url)?;
        let from: Mailbox =
            config.from.parse().map_err(|_| MailConfigError::From(config.from.clone()))?;
        let wrong =
            |error: lettre::transport::smtp::Error| MailConfigError::Certificate(error.to_string());
        let tls = if server.security == Security::None {
            None
        } else {
            let mut builder = TlsParameters::builder(server.host.clone());
            if let Some(pem) = &config.ca_pem {
                builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
            }
            Some(builder.build().map_err(wrong)?)
        };
        let list_id = format!("<notices.{}>", from.email.domain());
        Ok(SmtpMailer { server, tls, from, list_id, clock })
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let address = mail
            .to
            .parse()
            .map_err(|_| MailError::Permanent(format!("`{}` is not an e-mail address", mail.to)))?;
        let name = (!mail.to_name.is_empty()).then(|| mail.to_name.clone());
        let body = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .header(ContentTransferEncoding::Base64)
            .body(mail.text.clone());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{}>", mail.message_id.trim_matches(['<', '>']))))
            .date(system_time(self.clock.now()))
            .header(ListId(self.list_id.clone()))
            .header(ContentLanguage(mail.lang.clone()))
            .header(AutoSubmitted("auto-generated".to_owned()))
            .singlepart(body)
            .map_err(|error| MailError::Permanent(error.to_string()))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let server = &self.server;
        let hello = ClientId::default();
        let wrapped = (server.security == Security::Implicit).then(|| self.tls.clone()).flatten();
        let place = (server.host.as_str(), server.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, Some(TIMEOUT), &hello, wrapped, None)
                .await?;
        if server.security == Security::StartTls
            && let Some(tls) = self.tls.clone()
        {
            connection.starttls(tls, &hello).await?;
        }
        if let Some((user, password)) = &server.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }

    async fn deliver(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        // Wrong credentials or a broken certificate are ours to repair: the mail waits for that.
        let before = |error: lettre::transport::smtp::Error| MailError::Transient(reason(&error));
        let mut connection = self.connect().await.map_err(before)?;
        let sent = connection.send(message.envelope(), &message.formatted()).await;
        match sent {
            Ok(_) => {
                // The mail is out; how the server says good-bye changes nothing.
                let _ = connection.quit().await;
                Ok(())
            }
            Err(error) if error.is_permanent() => Err(MailError::Permanent(reason(&error))),
            Err(error) if error.is_transient() => Err(MailError::Transient(reason(&error))),
            // The line broke before the answer: the server may have taken it.
            Err(error) => Err(MailError::Unknown(reason(&error))),
        }
    }
}

fn reason(error: &lettre::transport::smtp::Error) -> String {
    use std::error::Error as _;
    let mut text = error.to_string();
    if let Some(source) = error.source() {
        let more = source.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
    }
    text.chars().take(500).collect()
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::from(at)
}

impl Mailer for SmtpMailer {
    fn server(&self) -> Option<String> {
        let scheme = match self.server.security {
            Security::None => "smtp",
            Security::StartTls => "starttls",
            Security::Implicit => "smtps",
        };
        Some(format!("{scheme}://{}:{}", self.server.host, self.server.port))
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            match tokio::time::timeout(TIMEOUT, self.deliver(mail)).await {
                Ok(answer) => answer,
                Err(_) => Err(MailError::Unknown("the mail server did not answer in time".into())),
            }
        })
    }
}

macro_rules! text_header {
    ($(#[$doc:meta])* $type:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        struct $type(String);

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }
            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}
text_header!(
    /// Lets mail programs sort notices.
    ListId, "List-Id"
);
text_header!(
    /// Language of the text.
    ContentLanguage, "Content-Language"
);
text_header!(
    /// Keeps absence notes from answering (RFC 3834).
    AutoSubmitted, "Auto-Submitted"
);

/// Keeps mails in memory for a page; nothing leaves the machine.
pub struct OutboxPage {
    clock: Arc<dyn Clock>,
    kept: Mutex<Vec<SentMail>>,
}

impl OutboxPage {
    /// An empty page.
    pub fn new(clock: Arc<dyn Clock>) -> OutboxPage {
        OutboxPage { clock, kept: Mutex::default() }
    }
}

impl Mailer for OutboxPage {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            // As a mailbox does: the same Message-ID is the same mail.
            if kept.iter().any(|it| it.mail.message_id == mail.message_id) {
                return Ok(());
            }
            if kept.len() == KEPT {
                kept.remove(0);
            }
            kept.push(SentMail { at: self.clock.now(), mail: mail.clone() });
            Ok(())
        })
    }

    fn kept(&self) -> Option<Vec<SentMail>> {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Some(kept.clone())
    }
}

/// Stands in where nobody configured a mail server: every mail waits, visibly.
pub struct NoMailer;

impl Mailer for NoMailer {
    fn send<'a>(&'a self, _mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async { Err(MailError::NotConfigured) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadbook_testkit::mail::{MailSink, Tls};

    struct Fixed;

    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            "2027-04-01T09:30:00Z".parse().expect("an instant")
        }
        fn wait(&self, _span: Duration) -> BoxFuture<'_, ()> {
            Box::pin(async {})
        }
    }

    fn mail(to: &str) -> Mail {
        Mail {
            message_id: "0123abcd.r1@roadbook.example".into(),
            to: to.into(),
            to_name: "김민서".into(),
            subject: "원장 4.2 배포 안내: 2027년 4월 20일 (화) 18:00".into(),
            text: "안녕하세요.\n\n원장 4.2를 배포합니다.\n".into(),
            lang: "ko".into(),
        }
    }

    fn mailer(url: String, ca: Option<Vec<u8>>) -> SmtpMailer {
        let config =
            MailConfig { url, from: "Roadbook <roadbook@roadbook.example>".into(), ca_pem: ca };
        SmtpMailer::new(&config, Arc::new(Fixed)).expect("good settings")
    }

    #[test]
    fn a_url_is_read_or_refused_with_what_would_be_right() {
        let login = Some(("app@x.example".to_owned(), "p:a/ß".to_owned()));
        for (url, expected) in [
            ("smtp://127.0.0.1:2525", (Security::None, "127.0.0.1", 2525, None)),
            ("smtp://mail.example.org/", (Security::None, "mail.example.org", 25, None)),
            ("smtps://mail.example.org", (Security::Implicit, "mail.example.org", 465, None)),
            ("smtp://[::1]:26", (Security::None, "::1", 26, None)),
            (
                "starttls://app%40x.example:p:a/%C3%9F@mail.example.org",
                (Security::StartTls, "mail.example.org", 587, login),
            ),
        ] {
            let server = read_url(url).expect(url);
            let got = (server.security, server.host.as_str(), server.port, server.login);
            assert_eq!(got, expected, "{url}");
        }
        for url in [
            "mail.example.org",
            "http://x",
            "smtp://",
            "smtp://x:port",
            "smtp://u@x",
            "smtp://a:%zz@x",
        ] {
            assert!(read_url(url).is_err(), "{url}");
        }
    }

    // proves: S0-16/U
    #[tokio::test]
    async fn a_mail_arrives_as_it_was_written() {
        for tls in [Tls::None, Tls::StartTls, Tls::Implicit] {
            let login = (tls != Tls::None).then_some(("roadbook", "secret word"));
            let mut sink = MailSink::start_with(tls, login);
            let (url, ca) = match tls {
                Tls::None => (format!("smtp://127.0.0.1:{}", sink.port()), None),
                other => {
                    let scheme = if other == Tls::StartTls { "starttls" } else { "smtps" };
                    let url =
                        format!("{scheme}://roadbook:secret%20word@localhost:{}", sink.port());
                    (url, Some(std::fs::read(sink.ca_pem()).expect("the certificate")))
                }
            };
            mailer(url, ca).send(&mail("minseo@hanbit.example")).await.expect("it is taken");
            let got = sink.wait_for(1, Duration::from_secs(20));
            assert_eq!(got.len(), 1, "{tls:?}");
            assert_eq!(got[0].subject.as_deref(), Some(mail("x").subject.as_str()));
            assert_eq!(got[0].text().replace("\r\n", "\n"), mail("x").text);
            assert_eq!(got[0].message_id.as_deref(), Some("<0123abcd.r1@roadbook.example>"));
            assert_eq!(got[0].header("Content-Language"), Some("ko"));
            assert_eq!(got[0].header("List-Id"), Some("<notices.roadbook.example>"));
            assert_eq!(got[0].header("Date"), Some("Thu, 01 Apr 2027 09:30:00 +0000"));
            // From the first byte there is nothing but TLS, which the server does not remark on.
            assert_eq!(got[0].tls || tls == Tls::Implicit, tls != Tls::None);
        }
    }

    #[tokio::test]
    async fn what_goes_wrong_says_whether_another_try_helps() {
        let mut sink = MailSink::start();
        let port = sink.port();
        let mailer = mailer(format!("smtp://127.0.0.1:{port}"), None);
        sink.refuse("gone@hanbit.example");
        let answer = mailer.send(&mail("gone@hanbit.example")).await;
        assert!(matches!(answer, Err(MailError::Permanent(_))), "{answer:?}");
        sink.fail_for_now(1);
        let answer = mailer.send(&mail("minseo@hanbit.example")).await;
        assert!(matches!(answer, Err(MailError::Transient(_))), "{answer:?}");
        sink.drop_after_keeping(1);
        let answer = mailer.send(&mail("minseo@hanbit.example")).await;
        assert!(matches!(answer, Err(MailError::Unknown(_))), "{answer:?}");
        let answer = mailer.send(&mail("no address")).await;
        assert!(matches!(answer, Err(MailError::Permanent(_))), "{answer:?}");
        drop(sink);
        let answer = mailer.send(&mail("minseo@hanbit.example")).await;
        assert!(matches!(answer, Err(MailError::Transient(_))), "{answer:?}");
    }

    /// A clock that the test moves.
    struct Moved(Mutex<Timestamp>);

    impl Clock for Moved {
        fn now(&self) -> Timestamp {
            *self.0.lock().expect("nobody panicked")
        }
        fn wait(&self, _span: Duration) -> BoxFuture<'_, ()> {
            Box::pin(std::future::pending())
        }
    }

    /// An app over an empty store whose mail goes to this port.
    async fn app(port: u16, clock: &Arc<Moved>) -> (roadbook_app::App, tempfile::TempDir) {
        use roadbook_app::ports::{Ports, Random};
        use roadbook_store::{Location, OpenOptions, Store};
        let dir = tempfile::TempDir::new().expect("a directory");
        let random: Arc<dyn Random> = Arc::new(crate::ports::SeededRandom::new(7));
        let drawn = Arc::clone(&random);
        let options =
            OpenOptions::new(clock.now(), Arc::new(move |bytes: &mut [u8]| drawn.fill(bytes)));
        let place = Location::Sqlite(dir.path().join("data"));
        let store = Store::open(&place, &options).await.expect("a store");
        let config = MailConfig {
            url: format!("smtp://127.0.0.1:{port}"),
            from: "roadbook@roadbook.example".into(),
            ca_pem: None,
        };
        let mailer = SmtpMailer::new(&config, clock.clone()).expect("good settings");
        let ports = Ports {
            clock: clock.clone(),
            random,
            processes: Arc::new(crate::ports::Files),
            mailer: Arc::new(mailer),
        };
        let settings = roadbook_app::Settings {
            base_url: "http://127.0.0.1:8080".into(),
            mail_from: config.from,
            organization: "Hanbit".into(),
            demo: false,
        };
        (roadbook_app::App::new(store, ports, settings), dir)
    }

    /// The server keeps the mail and the line breaks before its answer: it is sent again under the
    /// same id, and a mailbox that knows the id keeps one.
    #[tokio::test]
    async fn over_a_real_server_nothing_is_lost_and_what_comes_twice_has_one_id() {
        let mut sink = MailSink::start();
        let start: Timestamp = "2027-04-01T09:30:00Z".parse().expect("an instant");
        let clock = Arc::new(Moved(Mutex::new(start)));
        let (app, _dir) = app(sink.port(), &clock).await;
        let lang = roadbook_core::text::Lang::Vi;
        app.subscribe("reader@press.example", None, lang).await.expect("an address");
        sink.fail_for_now(1);
        app.tick().await.expect("an activation");
        assert!(sink.wait_refusal(Duration::from_secs(20)).is_some(), "greylisted at first");
        let minutes = |n: i64| {
            let mut now = clock.0.lock().expect("nobody panicked");
            *now += jiff::SignedDuration::from_mins(n);
        };
        minutes(5);
        sink.drop_after_keeping(1);
        app.tick().await.expect("an activation");
        minutes(30);
        app.tick().await.expect("an activation");
        minutes(60);
        app.tick().await.expect("an activation");
        let got = sink.wait_for(2, Duration::from_secs(20));
        assert_eq!(got.len(), 2, "one that was kept without an answer, and its repetition");
        assert_eq!(got[0].message_id, got[1].message_id);
        assert_eq!(got[0].header("Content-Language"), Some("vi"));
        assert!(got[1].text().contains("http://127.0.0.1:8080/public/confirm/"));
    }
}
