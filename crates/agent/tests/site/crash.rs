//! SIGKILL at every named point and at random: a site runs the old or the new version, whole, and
//! is there after at most two restarts. And the twin: with signatures unchecked, the attempts of a
//! hostile server get through, which shows that their test looks.

use crate::hostile;
use crate::world::{Offer, Place};
use roadbook_agent::fail::POINTS;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// One site whose directory is put back to version 1.0 before every death.
struct Stage {
    place: Place,
    fresh: tempfile::TempDir,
    next: u32,
    deaths: u32,
    restarts: u32,
}

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(done.is_ok_and(|status| status.success()), "cp -a works");
}

impl Stage {
    fn new() -> Self {
        let place = Place::with_old();
        let fresh = tempfile::tempdir().expect("a directory");
        copy(place.dir.path(), &fresh.path().join("site"));
        Self { place, fresh, next: 20, deaths: 0, restarts: 0 }
    }

    /// The site as it was, and an order for version 2.0, which is good or fails its check.
    fn set(&mut self, bad: bool) -> Offer {
        copy(&self.fresh.path().join("site"), self.place.dir.path());
        self.next += 1;
        self.place.ddi.state().heard.clear();
        let offer = self.place.offer(self.next, "2.0");
        self.place.give(&offer);
        if bad {
            std::fs::write(self.place.data("bad"), "").expect("writes");
        }
        offer
    }

    /// Starts again until the order is closed: at most twice.
    fn converge(&mut self, what: &str, bad: bool) {
        let mut starts = 0;
        while self.place.ddi.closed().is_none() {
            starts += 1;
            assert!(starts <= 2, "{what}: not there after two restarts");
            let out = self.place.once();
            assert!(out.status.success() || starts == 1, "{what}: {out:?}");
        }
        self.restarts += starts;
        let runs = self.place.check(what);
        assert_eq!(runs, if bad { "1.0" } else { "2.0" }, "{what}");
        let closed = self.place.ddi.closed().expect("closed");
        assert_eq!(closed.status.result.finished == "failure", bad, "{what}");
        let journal = std::fs::read_to_string(self.place.path("journal.json")).expect("reads");
        let journal: serde_json::Value = serde_json::from_str(&journal).expect("is whole");
        assert_eq!(journal["installed"]["ledger"]["version"], *runs, "{what}");
    }
}

#[test]
fn killed_at_any_instant_a_site_runs_the_old_or_the_new_version() {
    let mut stage = Stage::new();
    for point in POINTS {
        for bad in [false, true] {
            for hit in [1, 2, 3, 5, 8, 13, 18, 24] {
                stage.set(bad);
                let out = stage
                    .place
                    .command()
                    .args(["run", "--once"])
                    .env("ROADBOOK_FAIL", format!("{point}:{hit}"))
                    .output()
                    .expect("starts");
                if out.status.code().is_some() {
                    // It was passed fewer times: nobody died.
                    break;
                }
                stage.deaths += 1;
                stage.converge(&format!("{point}:{hit}, bad {bad}"), bad);
            }
        }
    }
    let named = stage.deaths;
    // At random: a sequence that is always the same, over the time that an installation takes.
    let mut seed = 20_261_121_u64;
    let mut random = 0;
    while random < 40 || stage.deaths < 220 {
        random += 1;
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bad = seed & (1 << 40) != 0;
        let after = Duration::from_millis((seed >> 33) % 300);
        stage.set(bad);
        let mut child = stage
            .place
            .command()
            .args(["run", "--once"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let (_keep, never) = channel::<()>();
        let _ = never.recv_timeout(after);
        child.kill().expect("can be killed");
        child.wait().expect("ends");
        stage.deaths += 1;
        stage.converge(&format!("killed after {after:?}, bad {bad}"), bad);
    }
    let (deaths, restarts) = (stage.deaths, stage.restarts);
    println!("inputs: {deaths} deaths of an agent ({named} at named points), {restarts} restarts");
    assert!(deaths >= 200, "{deaths}");
}

#[test]
fn with_signatures_unchecked_a_hostile_server_gets_through() {
    for attempt in hostile::UNSIGNED {
        let place = Place::with_old();
        let through = hostile::attempt(&place, &[attempt], Some("no_signatures"));
        assert!(!through.is_empty(), "the test of hostile servers must see: {}", attempt.0);
        assert!(through[0].contains("versions"), "{through:?}");
    }
}
