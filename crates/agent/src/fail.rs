//! Named instants at which a crash test ends the process, and variants that are broken on purpose.
//!
//! Without the feature `failpoints` every function here is empty and vanishes. With it,
//! `ROADBOOK_FAIL=journal.after_write:3` ends the process at the third passing of that point.

/// Every point, so that a crash test can enumerate them.
pub const POINTS: &[&str] = &[
    "journal.before",
    "journal.after_write",
    "journal.after_sync",
    "journal.after_rename",
    "journal.after_dir",
    "order.accepted",
    "download.piece",
    "download.whole",
    "unpack.file",
    "unpack.before_rename",
    "unpack.after_rename",
    "hook.before",
    "hook.after",
    "switch.before",
    "switch.link",
    "switch.after_rename",
    "switch.after_dir",
    "rollback.before_switch",
    "rollback.after_switch",
    "close.before",
    "close.after",
    "report.before",
    "report.after",
    "clean.before",
];

/// The deliberately broken variants.
pub const UNSAFE: &[&str] = &["no_sync", "no_signatures", "switch_in_place"];

/// Passes a point: ends the process here when the environment says so.
#[cfg(feature = "failpoints")]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static ARMED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static HITS: AtomicU64 = AtomicU64::new(0);
    let armed = ARMED.get_or_init(|| {
        let text = std::env::var("ROADBOOK_FAIL").ok()?;
        let (name, hit) = text.rsplit_once(':')?;
        Some((name.to_owned(), hit.parse().ok()?))
    });
    if let Some((wanted, hit)) = armed
        && wanted == name
        && HITS.fetch_add(1, Ordering::SeqCst) + 1 == *hit
    {
        std::process::abort();
    }
}

/// Passes a point: nothing without the feature.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub fn point(_name: &str) {}

/// Whether a broken variant is switched on.
#[cfg(feature = "failpoints")]
pub fn broken(variant: &str) -> bool {
    std::env::var("ROADBOOK_UNSAFE").is_ok_and(|list| list.split(',').any(|name| name == variant))
}

/// Whether a broken variant is switched on: never without the feature.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub const fn broken(_variant: &str) -> bool {
    false
}
