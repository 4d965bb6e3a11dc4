//! Answers kept with the key of the call.

use crate::commit::{Expect, StoredResponse, Write};
use crate::engine::{RECALL, read_answer};
use crate::error::StoreError;
use crate::open::Store;
use crate::value::Cell;
use jiff::Timestamp;

/// What was answered to this key before: the hash of that request's body, and the answer.
pub async fn get(
    store: &Store,
    scope: &str,
    key: &str,
) -> Result<Option<(Vec<u8>, StoredResponse)>, StoreError> {
    let params = vec![scope.to_owned().put(), key.to_owned().put()];
    store.first(RECALL, params).await?.as_ref().map(read_answer).transpose()
}

/// Forgets keys from before a time.
pub fn forget_before(at: Timestamp) -> Write {
    Write::new("DELETE FROM idempotency WHERE at < $1", vec![at.put()], Expect::Any)
}
