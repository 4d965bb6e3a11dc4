//! What a use case answers when it does not do what was asked: few kinds, each with a public text.

use roadbook_core::release::ReleaseRefusal;
use roadbook_core::run::{MigrationRefusal, Refusal};
use roadbook_store::{CommitError, StoreError, StoredResponse};

/// A wrong field of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Field, e.g. `email` or `rows[3].zone`.
    pub field: String,
    /// Stable code, e.g. `required`.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldError {
    /// Makes one.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        FieldError { field: field.into(), code, message: message.into() }
    }
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or not for you.
    #[error("{what} was not found")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
    },
    /// Sign in first.
    #[error("sign in first")]
    Unauthenticated,
    /// You may see it, but not do this.
    #[error("you may not {action} here")]
    Denied {
        /// What was tried.
        action: &'static str,
    },
    /// The input is wrong; all of it is named.
    #[error("{} field(s) are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The process says no; the value says what would lift it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The release cannot be opened like this.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NotAdmitted(Vec<ReleaseRefusal>),
    /// The release cannot go over to that revision of its process.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NotMigrated(Vec<MigrationRefusal>),
    /// A rule outside of runs says no.
    #[error("{message}")]
    Rule {
        /// Stable code.
        code: &'static str,
        /// What, why, what now.
        message: String,
    },
    /// Somebody changed it in the meantime.
    #[error("{what} was changed in the meantime; look at it again and repeat")]
    Stale {
        /// Kind of thing.
        what: String,
    },
    /// Such a thing exists already.
    #[error("{what} exists already")]
    Exists {
        /// Kind of thing.
        what: String,
    },
    /// Too many attempts.
    #[error("too many attempts; try again in {seconds} s")]
    TooMany {
        /// When.
        seconds: u64,
    },
    /// The same call was answered before.
    #[error("the call was answered before")]
    Replay(StoredResponse),
    /// The same key came with another body.
    #[error("this Idempotency-Key came before with another body; use a new key")]
    KeyReused,
    /// It is not known whether the change was kept.
    #[error("it is not known whether the change was kept; repeat with the same Idempotency-Key")]
    Unknown,
    /// The database cannot be reached, or writes no more; the text goes to the log.
    #[error("the database does not answer; nothing was changed, try again in a moment")]
    Unavailable(String),
    /// The disk is full.
    #[error("the disk is full; nothing was changed, reading goes on")]
    Full,
    /// A fault of ours; the text goes to the log, never to the caller.
    #[error("an internal fault; nothing was changed")]
    Internal(String),
}

impl Error {
    /// Stable code, as in the API.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound { .. } => "not_found",
            Error::Unauthenticated => "unauthenticated",
            Error::Denied { .. } => "denied",
            Error::Invalid(_) => "invalid",
            Error::Refused(refusal) => refusal.code(),
            Error::NotAdmitted(list) => list.first().map_or("not_admitted", ReleaseRefusal::code),
            Error::NotMigrated(list) => list.first().map_or("not_migrated", MigrationRefusal::code),
            Error::Rule { code, .. } => code,
            Error::Stale { .. } => "stale",
            Error::Exists { .. } => "exists",
            Error::TooMany { .. } => "too_many",
            Error::Replay(_) => "replay",
            Error::KeyReused => "key_reused",
            Error::Unknown => "unknown_outcome",
            Error::Unavailable(_) => "unavailable",
            Error::Full => "disk_full",
            Error::Internal(_) => "internal",
        }
    }

    /// One wrong field.
    pub fn field(field: &str, code: &'static str, message: impl Into<String>) -> Error {
        Error::Invalid(vec![FieldError::new(field, code, message)])
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        match error {
            StoreError::Full => Error::Full,
            error @ (StoreError::Unavailable(_) | StoreError::Stopped(_)) => {
                Error::Unavailable(error.to_string())
            }
            other => Error::Internal(other.to_string()),
        }
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Error {
        match error {
            CommitError::Stale { what, .. } => Error::Stale { what },
            CommitError::Exists { what, .. } => Error::Exists { what },
            CommitError::IdempotencyReplay(response) => Error::Replay(response),
            CommitError::IdempotencyMismatch => Error::KeyReused,
            CommitError::Unknown(_) => Error::Unknown,
            CommitError::Full => Error::Full,
            CommitError::Store(error) => error.into(),
        }
    }
}

/// What use cases answer with.
pub type Result<T> = std::result::Result<T, Error>;
