//! A commit is data: guards, rows, record entries, outbox, step facts, the stored answer.

use crate::error::StoreError;
use crate::value::Value;
use jiff::Timestamp;
use std::borrow::Cow;

/// Everything one command changes, all or nothing.
#[derive(Clone, Debug)]
pub struct Commit {
    /// When the command was decided.
    pub at: Timestamp,
    /// Who gave it: an id, or `system`.
    pub actor: String,
    /// Guarded rows, in order.
    pub writes: Vec<Write>,
    /// What the record says about it.
    pub entries: Vec<Entry>,
    /// Effects to do afterwards.
    pub outbox: Vec<OutboxItem>,
    /// Transitions for figures.
    pub facts: Vec<StepFact>,
    /// The answer to give again when the same key comes again.
    pub idempotency: Option<IdempotencyRow>,
}

impl Commit {
    /// An empty commit.
    pub fn new(at: Timestamp, actor: impl Into<String>) -> Commit {
        Commit {
            at,
            actor: actor.into(),
            writes: Vec::new(),
            entries: Vec::new(),
            outbox: Vec::new(),
            facts: Vec::new(),
            idempotency: None,
        }
    }

    /// Adds a write.
    pub fn write(mut self, write: Write) -> Commit {
        self.writes.push(write);
        self
    }

    /// Adds a record entry.
    pub fn entry(
        mut self,
        stream: impl Into<String>,
        kind: impl Into<String>,
        body: serde_json::Value,
    ) -> Commit {
        self.entries.push(Entry { stream: stream.into(), kind: kind.into(), body });
        self
    }

    /// A few rows and nothing else, guarded by the first statement alone: what agents say.
    pub(crate) fn is_plain(&self) -> bool {
        let bare = self.entries.is_empty()
            && self.outbox.is_empty()
            && self.facts.is_empty()
            && self.idempotency.is_none();
        bare && self.writes.iter().all(|it| it.refused.is_none())
            && self.writes.iter().skip(1).all(|it| it.expect == Expect::Any)
            && matches!(self.writes.first(), Some(Write { expect: Expect::One(_), .. }))
    }

    /// About how many bytes the commit takes: bounds a batch.
    pub(crate) fn weight(&self) -> usize {
        let writes: usize =
            self.writes.iter().flat_map(|write| &write.params).map(Value::weight).sum();
        writes + 512 * (self.entries.len() + self.outbox.len() + 1)
    }
}

/// One guarded statement. Only the typed functions of this crate make one.
#[derive(Clone, Debug)]
pub struct Write {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) params: Vec<Value>,
    pub(crate) expect: Expect,
    /// Why the write cannot be done at all; found when it was built, told when it is committed.
    pub(crate) refused: Option<StoreError>,
}

impl Write {
    pub(crate) fn new(
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
        expect: Expect,
    ) -> Write {
        Write { sql: sql.into(), params, expect, refused: None }
    }

    pub(crate) fn refused(error: StoreError) -> Write {
        Write { refused: Some(error), ..Write::new("", Vec::new(), Expect::Any) }
    }
}

/// How many rows a write must touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Any number.
    Any,
    /// Exactly one; otherwise the command fails with this.
    One(Miss),
}

/// What it means that a guard did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// Somebody changed the thing in the meantime, or it is gone.
    Stale {
        /// Kind of thing.
        what: String,
        /// Its id.
        id: String,
    },
    /// Such a thing exists already.
    Exists {
        /// Kind of thing.
        what: String,
        /// Its id.
        id: String,
    },
}

/// One entry of the record, chained to its stream in the same transaction.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The aggregate: `release/rel_…`.
    pub stream: String,
    /// What happened, as a stable word.
    pub kind: String,
    /// The facts; kept as canonical JSON (RFC 8785).
    pub body: serde_json::Value,
}

/// An effect to do after the commit.
#[derive(Clone, Debug)]
pub struct OutboxItem {
    /// Deterministic: the same effect has the same id, and a second insert is no second effect.
    pub id: String,
    /// Which worker takes it.
    pub kind: String,
    /// What it needs, JSON.
    pub body: String,
    /// Not before.
    pub due_at: Timestamp,
}

/// One transition of a step. Figures and forecasts read nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFact {
    /// The run, which is the release.
    pub run: String,
    /// The step.
    pub step: String,
    /// The role that held it.
    pub role: String,
    /// The round, from 1.
    pub round: u32,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// `work`, `person`, `window` or `site`.
    pub kind: String,
    /// How long the state before lasted.
    pub seconds: i64,
}

/// The answer of a command, kept with the key it came with.
#[derive(Clone, Debug)]
pub struct IdempotencyRow {
    /// Actor and route.
    pub scope: String,
    /// The key of the caller.
    pub key: String,
    /// SHA-256 of the request body.
    pub body_hash: Vec<u8>,
    /// What was answered.
    pub response: StoredResponse,
}

/// An answer as it was given the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers worth repeating.
    pub headers: Vec<(String, String)>,
    /// The exact body.
    pub body: Vec<u8>,
}

/// A commit that is on disk.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// Where its record entries stand, in the order of [`Commit::entries`].
    pub entries: Vec<EntryRef>,
}

/// The place of a record entry in its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRef {
    /// The stream.
    pub stream: String,
    /// From 1.
    pub seq: i64,
    /// SHA-256 of its bytes, hex.
    pub hash: String,
}

/// Why a commit did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// Load and decide again.
    #[error("{what} {id} was changed in the meantime; look at it again and repeat")]
    Stale {
        /// Kind of thing.
        what: String,
        /// Its id.
        id: String,
    },
    /// The id or name is taken.
    #[error("{what} {id} exists already; choose another name or change the existing one")]
    Exists {
        /// Kind of thing.
        what: String,
        /// Its id.
        id: String,
    },
    /// The same call was done before: this was its answer.
    #[error("the call was answered before")]
    IdempotencyReplay(StoredResponse),
    /// The key was used for something else.
    #[error("this Idempotency-Key came before with another body; use a new key for a new request")]
    IdempotencyMismatch,
    /// It may or may not be on disk.
    #[error(
        "it is not known whether the change was kept ({0}); repeat with the same Idempotency-Key"
    )]
    Unknown(String),
    /// No space left; nothing was changed.
    #[error("the disk is full; nothing was changed, reading goes on; free space and repeat")]
    Full,
    /// Everything else.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => CommitError::Full,
            other => CommitError::Store(other),
        }
    }
}

impl From<Miss> for CommitError {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Stale { what, id } => CommitError::Stale { what, id },
            Miss::Exists { what, id } => CommitError::Exists { what, id },
        }
    }
}
