//! Bounds of a single fuzzed input: how long it may take and how much memory it may need. What
//! never comes back is ended by a watch, with the input that it hangs on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

/// A whole file: read and checked, in a build without optimization, beside other tests.
pub(super) const FILE: Duration = Duration::from_secs(20);
/// A condition, a form of time.
pub(super) const WORD: Duration = Duration::from_secs(2);
/// One input raises the memory of the whole process by no more than this.
const MEMORY: u64 = 256 << 20;
/// What hangs is ended after so many times what it may take …
const HANGS: u32 = 4;
/// … or when the process needs more than this.
const MEMORY_OF_ALL: u64 = 2 << 30;
/// The watch looks so often.
const LOOK: Duration = Duration::from_millis(100);

/// What is under way, by thread: since when, how long it may take, and the input.
type UnderWay = BTreeMap<String, (Instant, Duration, String)>;

static UNDER_WAY: LazyLock<Mutex<UnderWay>> = LazyLock::new(|| {
    // The sender is kept for ever: the watch ends with the process.
    let (kept, ended) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        let _kept = kept;
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LOOK) {
            watch();
        }
    });
    Mutex::new(BTreeMap::new())
});

#[expect(clippy::disallowed_methods, reason = "it measures how long an input takes")]
fn now() -> Instant {
    Instant::now()
}

fn name(thread: ThreadId) -> String {
    format!("{thread:?}")
}

/// Ends the process when an input runs away: nothing else can end its thread.
fn watch() {
    let list = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let much = memory("VmRSS:").is_some_and(|it| it > MEMORY_OF_ALL);
    let long = list.values().any(|it| it.0.elapsed() > it.1 * HANGS);
    if much || long {
        for (since, _, input) in list.values() {
            eprintln!("an input runs away for {:?}: {input:?}", since.elapsed());
        }
        std::process::abort();
    }
}

/// A line of what the system says about the process, in bytes; `None` where it does not.
fn memory(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let found = status.lines().find_map(|it| it.strip_prefix(line))?;
    Some(found.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

/// Does something with an input that must not take longer than this, nor much memory.
pub(super) fn bounded<T>(input: &[u8], most: Duration, what: impl FnOnce() -> T) -> T {
    let told = String::from_utf8_lossy(input).into_owned();
    let me = name(std::thread::current().id());
    let before = memory("VmHWM:");
    let begun = now();
    let enter = (begun, most, told.clone());
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).insert(me.clone(), enter);
    let done = what();
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).remove(&me);
    let took = begun.elapsed();
    assert!(took <= most, "it took {took:?}, at most {most:?}: {told:?}");
    if let (Some(before), Some(after)) = (before, memory("VmHWM:")) {
        let more = after.saturating_sub(before);
        assert!(more <= MEMORY, "it needed {} MiB: {told:?}", more >> 20);
    }
    done
}

/// Text in which `⟦N TEXT⟧` stands for TEXT, N times: hostile inputs are long.
pub(super) fn spelled(text: &str) -> String {
    let mut long = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('⟦') {
        let (inside, after) = from.split_once('⟧').expect("⟦ is closed");
        let (times, what) = inside.split_once(' ').expect("⟦N TEXT⟧");
        long.push_str(before);
        long.push_str(&what.repeat(times.parse().expect("a number")));
        rest = after;
    }
    long.push_str(rest);
    long
}

/// Inputs of a kind that were once found or made up to do harm, by name: all files of a folder of
/// `tests/past`, or the lines of a file there.
pub(super) fn past(kind: &str) -> Vec<(String, Vec<u8>)> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/past").join(kind);
    let mut list = Vec::new();
    if place.is_dir() {
        for entry in std::fs::read_dir(&place).expect("past findings") {
            let path = entry.expect("entry").path();
            let bytes = std::fs::read(&path).expect("past finding");
            // What is no text stands as it is.
            let bytes = match std::str::from_utf8(&bytes) {
                Ok(text) => spelled(text).into_bytes(),
                Err(_) => bytes,
            };
            list.push((path.display().to_string(), bytes));
        }
    } else {
        let text = std::fs::read_to_string(&place).expect("past findings");
        for (n, line) in text.lines().enumerate().filter(|it| !it.1.starts_with("## ")) {
            list.push((format!("{kind}:{}", n + 1), spelled(line).into_bytes()));
        }
    }
    assert!(!list.is_empty(), "tests/past/{kind} holds nothing");
    list.sort();
    list
}

#[test]
fn memory_can_be_measured_where_the_tests_run() {
    assert_eq!(memory("VmHWM:").is_some(), cfg!(target_os = "linux"));
    assert_eq!(spelled("a⟦3 bc⟧d⟦2 é⟧"), "abcbcbcdéé");
}
