//! The ports of the server: time that is set, randomness of a seed, no mail.

use crate::dice::Dice;
use jiff::Timestamp;
use roadbook_app::Settings;
use roadbook_app::ports::{
    BoxFuture, Clock, Mail, MailError, Mailer, Ports, ProcessFiles, ProcessFindings, Random,
};
use roadbook_core::process::template::Template;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// When every simulation begins, in milliseconds: Monday, 5 January 2026, 09:00 in Seoul.
pub const START: i64 = 1_767_571_200_000;

/// A clock that stands until it is set, in milliseconds.
#[derive(Debug)]
pub struct SetClock(AtomicI64);

impl SetClock {
    /// A clock that shows the start.
    pub fn new() -> Arc<SetClock> {
        Arc::new(SetClock(AtomicI64::new(START)))
    }

    /// Sets it to so long after the start.
    pub fn set(&self, millis: i64) {
        self.0.store(START + millis, Ordering::Relaxed);
    }
}

/// So long after the start.
pub fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(START + millis).unwrap_or_default()
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }

    fn wait(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// Randomness of a seed.
pub struct Seeded(Mutex<Dice>);

impl Seeded {
    /// Begins with these dice.
    pub fn new(dice: Dice) -> Arc<Seeded> {
        Arc::new(Seeded(Mutex::new(dice)))
    }
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&dice.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Takes every mail and forgets it.
struct Nobody;

impl Mailer for Nobody {
    fn send<'a>(&'a self, _: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Process files as they are read; whether one should be published is not asked here.
struct Files;

impl ProcessFiles for Files {
    fn read(&self, text: &str) -> Result<Template, ProcessFindings> {
        roadbook_wire::process::parse("process.toml", text).map(|it| it.template).map_err(|list| {
            ProcessFindings {
                lines: list.iter().map(|it| format!("{} {}", it.line, it.message)).collect(),
            }
        })
    }

    fn check(&self, text: &str, _: &[String]) -> Result<Template, ProcessFindings> {
        self.read(text)
    }

    fn builtin(&self) -> Vec<(String, String)> {
        let all = roadbook_wire::process::builtin();
        all.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
    }
}

/// All ports over a clock and dice.
pub fn ports(clock: &Arc<SetClock>, dice: Dice) -> Ports {
    Ports {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Seeded::new(dice),
        processes: Arc::new(Files),
        mailer: Arc::new(Nobody),
    }
}

/// Where the server is reached, and whose it is.
pub fn settings() -> Settings {
    Settings {
        base_url: "http://127.0.0.1:8080".to_owned(),
        mail_from: "releases@hanbit.example".to_owned(),
        organization: "Hanbit".to_owned(),
        demo: false,
    }
}
