//! Named instants at which a crash test may end the process.
//!
//! Without the feature `failpoints` every function here is empty and vanishes. With it,
//! `ROADBOOK_FAIL=commit.before_commit:3` aborts at the third passing of that point, and
//! `ROADBOOK_UNSAFE=ack_before_commit,…` switches on deliberately broken variants, which a crash
//! test must catch: a detector that never fired proves nothing.

/// Every point, so that a crash test can enumerate them.
pub const POINTS: &[&str] = &[
    "commit.before",
    "commit.after_writes",
    "commit.before_commit",
    "commit.after_commit",
    "commit.before_ack",
    // Behind a commit that carries effects.
    "outbox.after_commit",
    "notice.before_send",
    "notice.after_send",
    "blob.after_write",
    "blob.after_rename",
    "record.before_sequence",
    "migrate.between",
    "key.after_write",
];

/// The deliberately broken variants.
pub const UNSAFE: &[&str] =
    &["ack_before_commit", "outbox_outside_tx", "no_idempotency_row", "no_sync"];

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
        // The broken variant acknowledges a moment before it dies. The harness must have noted
        // that acknowledgement, or there is nothing to miss afterwards.
        if broken("ack_before_commit") {
            wait_for_the_harness();
        }
        std::process::abort();
    }
}

#[cfg(feature = "failpoints")]
#[expect(clippy::disallowed_methods, reason = "only in a process that is about to be aborted")]
fn wait_for_the_harness() {
    // A sleep, because nothing is left to be told: the process ends right after it.
    std::thread::sleep(std::time::Duration::from_millis(200));
}

/// Passes a point: nothing without the feature.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn point(_name: &str) {}

/// Whether a broken variant is switched on.
#[cfg(feature = "failpoints")]
pub fn broken(variant: &str) -> bool {
    std::env::var("ROADBOOK_UNSAFE").is_ok_and(|list| list.split(',').any(|name| name == variant))
}

/// Whether a broken variant is switched on: never without the feature.
#[cfg(not(feature = "failpoints"))]
pub const fn broken(_variant: &str) -> bool {
    false
}
