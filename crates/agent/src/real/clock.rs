//! Time at a real site: the machine's clock, or the one of a rehearsal on this very machine.

use super::{http, ticks};
use crate::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Names the file that a rehearsal's clock is read from.
pub const REHEARSAL: &str = "ROADBOOK_AGENT_CLOCK";

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    fn ticks(&self) -> Duration {
        ticks()
    }
}

/// A clock that a rehearsal moves: its file says `REAL SHOWN FACTOR`, which is "when the machine
/// showed REAL, this one showed SHOWN, and it runs FACTOR times as fast". It is read at each look,
/// so that whoever rehearses can stop it or move it.
#[derive(Clone, Debug)]
pub struct RehearsalClock {
    path: PathBuf,
}

impl RehearsalClock {
    /// The moment that the file shows at a moment of the machine.
    pub fn shown(text: &str, real: Timestamp) -> Option<Timestamp> {
        let mut words = text.split_whitespace();
        let since: Timestamp = words.next()?.parse().ok()?;
        let shown: Timestamp = words.next()?.parse().ok()?;
        let factor: i64 = words.next()?.parse().ok()?;
        let passed = real.as_microsecond().saturating_sub(since.as_microsecond());
        let micros = passed.max(0).saturating_mul(factor.max(0));
        shown.checked_add(SignedDuration::from_micros(micros)).ok()
    }

    fn look(&self) -> Option<Timestamp> {
        Self::shown(&std::fs::read_to_string(&self.path).ok()?, RealClock.now())
    }
}

impl Clock for RehearsalClock {
    /// Without its file there is no time at which an order would be good.
    fn now(&self) -> Timestamp {
        self.look().unwrap_or(Timestamp::MAX)
    }
    fn ticks(&self) -> Duration {
        ticks()
    }
}

/// The clock of this run, and whether it is a rehearsal. Another clock than the machine's decides
/// whether an order is still good, so it is taken only beside a server on this very machine.
pub fn clock(server: &str) -> Result<(Box<dyn Clock>, bool), String> {
    match std::env::var_os(REHEARSAL) {
        None => Ok((Box::new(RealClock), false)),
        Some(path) => rehearsal(Path::new(&path), server).map(|it| (Box::new(it) as _, true)),
    }
}

fn rehearsal(path: &Path, server: &str) -> Result<RehearsalClock, String> {
    // Encrypted or not: a server elsewhere is no rehearsal.
    let here = server.replacen("https://", "http://", 1);
    http::allowed(&here, false).map_err(|_| {
        format!(
            "{REHEARSAL} is for rehearsals on this machine, and `{server}` is not on it; unset it"
        )
    })?;
    let clock = RehearsalClock { path: path.to_owned() };
    match clock.look() {
        Some(_) => Ok(clock),
        None => Err(format!(
            "{REHEARSAL}: `{}` is no clock; it holds one line `REAL SHOWN FACTOR`",
            path.display()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_rehearsal_shows_what_its_file_says() {
        let real = at("2026-11-21T18:00:10Z");
        for (text, wanted) in [
            ("2026-11-21T18:00:00Z 2027-04-01T08:00:00Z 300", Some("2027-04-01T08:50:00Z")),
            ("2026-11-21T18:00:00Z 2027-04-01T08:00:00Z 0", Some("2027-04-01T08:00:00Z")),
            ("2026-11-21T19:00:00Z 2027-04-01T08:00:00Z 300", Some("2027-04-01T08:00:00Z")),
            ("2026-11-21T18:00:00Z 2027-04-01T08:00:00Z", None),
            ("now 2027-04-01T08:00:00Z 1", None),
            ("", None),
        ] {
            assert_eq!(RehearsalClock::shown(text, real), wanted.map(at), "{text}");
        }
    }

    #[test]
    fn it_is_taken_only_beside_a_server_on_this_machine() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("clock");
        std::fs::write(&file, "2026-11-21T18:00:00Z 2027-04-01T08:00:00Z 1\n").unwrap();
        for (server, taken) in [
            ("http://127.0.0.1:8400/DEFAULT/controller/v1/a", true),
            ("http://[::1]:8400/DEFAULT/controller/v1/a", true),
            ("http://10.0.0.7/DEFAULT/controller/v1/a", false),
            ("https://releases.example/DEFAULT/controller/v1/a", false),
            ("https://127.0.0.1.example/DEFAULT/controller/v1/a", false),
        ] {
            assert_eq!(rehearsal(&file, server).is_ok(), taken, "{server}");
        }
        assert!(rehearsal(&dir.path().join("none"), "http://127.0.0.1:1/").is_err());
        let clock = RehearsalClock { path: dir.path().join("none") };
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
