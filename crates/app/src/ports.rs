//! The doors to the world: time, randomness, mail, process files. Nothing else in the server
//! reads a clock or draws a random number.

use jiff::Timestamp;
use roadbook_core::ids::IdSeed;
use roadbook_core::process::template::Template;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A boxed future: of ports, so that they can be objects, and of use cases that many others call, so
/// that they are compiled once and not again in each caller.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Waits until this clock has moved on by `span`; a fast clock waits less.
    fn wait(&self, span: Duration) -> BoxFuture<'_, ()>;
}

/// Randomness from the operating system, or seeded in tests and the demo.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// What is wrong with a process file, as text lines for people; the typed findings stay with the
/// reader of the files.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessFindings {
    /// `line:column code message`, errors first.
    pub lines: Vec<String>,
}

/// The reader of process files. The format is promised by another crate; use cases only need the
/// template.
pub trait ProcessFiles: Send + Sync {
    /// Reads a file; what cannot be read is named with its lines.
    fn read(&self, text: &str) -> Result<Template, ProcessFindings>;

    /// As [`ProcessFiles::read`], and runs the checker: what it finds wrong blocks publishing. A
    /// revision that was published before a rule existed stays readable all the same. Processes that
    /// it calls have to be among the `known` ones.
    fn check(&self, text: &str, known: &[String]) -> Result<Template, ProcessFindings>;

    /// The built-in files: id and text.
    fn builtin(&self) -> Vec<(String, String)>;
}

/// One mail to one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// Deterministic: the same notice to the same recipient has the same id.
    pub message_id: String,
    /// Recipient's address.
    pub to: String,
    /// Recipient's name.
    pub to_name: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Language tag of the text.
    pub lang: String,
}

/// Why a mail did not go out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MailError {
    /// Worth another try: no connection, greylisting, a full mailbox.
    #[error("the mail server did not take it yet: {0}")]
    Transient(String),
    /// Another try would end the same: no such mailbox.
    #[error("the mail server refused it: {0}")]
    Permanent(String),
    /// The line broke before the answer: the server may have taken it.
    #[error("it is not known whether the mail server took it: {0}")]
    Unknown(String),
    /// Nobody configured a mail server.
    #[error("no mail server is configured; set `mail.url` in the configuration")]
    NotConfigured,
}

/// A mail as it went out.
#[derive(Clone, Debug, PartialEq)]
pub struct SentMail {
    /// When.
    pub at: Timestamp,
    /// What.
    pub mail: Mail,
}

/// Outgoing mail.
pub trait Mailer: Send + Sync {
    /// Hands one mail to the server.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>>;

    /// Where mails go, without secrets; `None` where none leaves.
    fn server(&self) -> Option<String> {
        None
    }

    /// Mails that this mailer keeps instead of sending them, oldest first; `None` for a real one.
    fn kept(&self) -> Option<Vec<SentMail>> {
        None
    }
}

/// All ports of a server.
#[derive(Clone)]
pub struct Ports {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Process files.
    pub processes: Arc<dyn ProcessFiles>,
    /// Mail.
    pub mailer: Arc<dyn Mailer>,
}

impl Ports {
    /// Time and randomness for a new id.
    pub fn id_seed(&self) -> IdSeed {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        IdSeed {
            millis: u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0),
            random: u128::from_le_bytes(bytes),
        }
    }

    /// A secret of 256 bits for a session or a link, as URL-safe text.
    pub fn secret(&self) -> String {
        use base64::Engine as _;
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    }
}
