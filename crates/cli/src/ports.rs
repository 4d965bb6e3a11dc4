//! The ports of the real world: clocks, randomness, process files.

use jiff::Timestamp;
use roadbook_app::ports::{BoxFuture, Clock, ProcessFiles, ProcessFindings, Random};
use roadbook_core::process::template::Template;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

#[expect(clippy::disallowed_methods, reason = "this is the clock port")]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "this is the clock port")]
async fn machine_sleep(span: Duration) {
    tokio::time::sleep(span).await;
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        machine_now()
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        Box::pin(machine_sleep(span))
    }
}

/// A clock that runs faster than the machine's, and can be paused or moved by hand.
#[derive(Debug)]
pub struct FastClock {
    factor: AtomicI64,
    paused: AtomicBool,
    anchor: Mutex<(Timestamp, Timestamp)>,
    file: OnceLock<PathBuf>,
}

impl FastClock {
    /// A clock that shows `start` and stands; later it runs `factor` times as fast.
    pub fn new(start: Timestamp, factor: i64) -> FastClock {
        FastClock {
            factor: AtomicI64::new(factor.max(1)),
            paused: AtomicBool::new(true),
            anchor: Mutex::new((machine_now(), start)),
            file: OnceLock::new(),
        }
    }

    /// Tells programs beside this one what it shows, from now on: a file with one line
    /// `REAL SHOWN FACTOR`.
    pub fn tell(&self, file: PathBuf) -> std::io::Result<()> {
        let file = self.file.get_or_init(|| file);
        let Ok(anchor) = self.anchor.lock() else { return Ok(()) };
        let (real, shown) = *anchor;
        let paused = self.paused.load(Ordering::SeqCst);
        let factor = if paused { 0 } else { self.factor.load(Ordering::SeqCst) };
        let next = file.with_extension("next");
        std::fs::write(&next, format!("{real} {shown} {factor}\n"))?;
        std::fs::rename(&next, file)
    }

    /// The file follows; a demo whose disk is full has other worries.
    fn told(&self) {
        if let Some(file) = self.file.get()
            && let Err(error) = self.tell(file.clone())
        {
            tracing::warn!(%error, "the clock's file could not be written");
        }
    }

    /// Stops the clock, or lets it go on from where it stopped.
    pub fn pause(&self, paused: bool) {
        let now = self.now();
        if let Ok(mut anchor) = self.anchor.lock() {
            *anchor = (machine_now(), now);
        }
        self.paused.store(paused, Ordering::SeqCst);
        self.told();
    }

    /// Moves the clock forward at once.
    pub fn advance(&self, span: jiff::SignedDuration) {
        let to = self.now() + span;
        if let Ok(mut anchor) = self.anchor.lock() {
            *anchor = (machine_now(), to);
        }
        self.told();
    }
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        let Ok(anchor) = self.anchor.lock() else { return machine_now() };
        let (real, shown) = *anchor;
        if self.paused.load(Ordering::SeqCst) {
            return shown;
        }
        let passed = machine_now().as_microsecond() - real.as_microsecond();
        let micros = passed.saturating_mul(self.factor.load(Ordering::SeqCst));
        shown + jiff::SignedDuration::from_micros(micros)
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        let factor = u32::try_from(self.factor.load(Ordering::SeqCst)).unwrap_or(1).max(1);
        // Never busier than twenty looks a second, however fast the clock runs.
        Box::pin(machine_sleep((span / factor).max(Duration::from_millis(50))))
    }
}

/// A clock for rehearsals: it shows the moment that a file holds, and goes on from there at the
/// usual speed. A later moment in the file moves it forward; it never goes back.
#[derive(Debug)]
pub struct FileClock {
    path: std::path::PathBuf,
    /// The text that was read last, and how far this clock is from the machine's.
    state: Mutex<(String, jiff::SignedDuration)>,
}

/// How often somebody who waits looks at the file.
const LOOK: Duration = Duration::from_millis(20);

impl FileClock {
    /// A clock that reads this file; it must hold a moment (RFC 3339).
    pub fn open(path: &std::path::Path) -> Result<FileClock, String> {
        let clock = FileClock { path: path.to_owned(), state: Mutex::default() };
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        text.trim().parse::<Timestamp>().map_err(|error| error.to_string())?;
        Ok(clock)
    }
}

impl Clock for FileClock {
    fn now(&self) -> Timestamp {
        let real = machine_now();
        let Ok(mut state) = self.state.lock() else { return real };
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        if text != state.0
            && let Ok(moment) = text.trim().parse::<Timestamp>()
        {
            let ahead = moment.duration_since(real);
            let first = state.0.is_empty();
            *state = (text, if first { ahead } else { ahead.max(state.1) });
        }
        real + state.1
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let until = self.now() + jiff::SignedDuration::try_from(span).unwrap_or_default();
            while self.now() < until {
                machine_sleep(LOOK).await;
            }
        })
    }
}

/// Randomness of the operating system.
#[derive(Clone, Copy, Debug)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the randomness port")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system has randomness");
    }
}

/// Randomness from a seed: the same run every time. For the demo and tests only.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededRandom {
    /// A source that always gives the same bytes for the same seed.
    pub fn new(seed: u64) -> SeededRandom {
        SeededRandom { seed, drawn: AtomicU64::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let count = self.drawn.fetch_add(1, Ordering::SeqCst);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(count.to_le_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

/// Reads process files through the promised format.
#[derive(Clone, Copy, Debug)]
pub struct Files;

impl ProcessFiles for Files {
    fn read(&self, text: &str) -> Result<Template, ProcessFindings> {
        match roadbook_wire::process::parse("process.toml", text) {
            Ok(parsed) => Ok(parsed.template),
            Err(findings) => {
                Err(ProcessFindings { lines: findings.iter().map(ToString::to_string).collect() })
            }
        }
    }

    fn check(&self, text: &str, known: &[String]) -> Result<Template, ProcessFindings> {
        roadbook_wire::process::check_among("process.toml", text, known).publishable().map_err(
            |findings| ProcessFindings {
                lines: findings.iter().map(ToString::to_string).collect(),
            },
        )
    }

    fn builtin(&self) -> Vec<(String, String)> {
        roadbook_wire::process::builtin()
            .iter()
            .map(|(id, text)| ((*id).to_owned(), (*text).to_owned()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock as _, FileClock};

    #[test]
    fn a_rehearsal_clock_follows_its_file_forward_only() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("clock");
        assert!(FileClock::open(&path).is_err(), "no file");
        let set = |text: &str| std::fs::write(&path, text).expect("written");
        set("soon");
        assert!(FileClock::open(&path).is_err(), "no moment");
        set("2031-01-05T00:00:00Z\n");
        let clock = FileClock::open(&path).expect("a clock");
        for (text, day) in [
            ("2031-01-05T00:00:00Z", "2031-01-05"),
            ("2031-02-01T00:00:00Z", "2031-02-01"),
            ("2031-01-20T00:00:00Z", "2031-02-01"),
            ("half", "2031-02-01"),
        ] {
            set(text);
            assert!(clock.now().to_string().starts_with(day), "{text}: {}", clock.now());
        }
    }
}
