//! Whether an order may be begun now.

use jiff::Timestamp;
use roadbook_store::rollouts::Action;

/// `None` without a window, else whether it is open.
pub(super) fn open(action: &Action, now: Timestamp) -> Option<bool> {
    if action.not_before.is_none() && action.until.is_none() {
        return None;
    }
    let begun = action.not_before.is_none_or(|it| it <= now);
    Some(begun && action.until.is_none_or(|it| now < it))
}
