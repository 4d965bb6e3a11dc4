//! What can go wrong below the use cases.

use std::path::PathBuf;

/// The database, the disk or what lies on them is not as it must be.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the data directory.
    #[error(
        "the data directory {} is in use by another roadbook process; stop that process, or choose another directory with --data",
        path.display()
    )]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// The database does not force its writes to the disk.
    #[error(
        "the database would acknowledge writes before they are on disk ({setting}); set it to the safe value, or start with --unsafe-durability to accept lost changes after a power cut"
    )]
    Unsafe {
        /// The setting as found.
        setting: String,
    },
    /// The schema on disk does not match this program.
    #[error("migration: {0}")]
    Migration(String),
    /// The address of the database cannot be used as it is.
    #[error("the address of the database: {0}")]
    Address(String),
    /// The database cannot be reached now.
    #[error("the database cannot be reached: {0}; the call can be repeated")]
    Unavailable(String),
    /// No space left. Reads go on.
    #[error("the disk is full; free some space and repeat the call: nothing was changed")]
    Full,
    /// A failed write to disk: this process must not go on writing.
    #[error("writing stopped after a failed write to disk: {0}; restart roadbook")]
    Stopped(String),
    /// The transaction lost against another one and may be repeated.
    #[error("the transaction met another one: {0}")]
    Conflict(String),
    /// A rule of the schema was hurt.
    #[error("the database refused the value: {0}")]
    Constraint(String),
    /// Stored bytes are not what was written.
    #[error("stored data is damaged: {0}; run `roadbook doctor`")]
    Corrupt(String),
    /// A document is larger than the limit.
    #[error("the document {kind}/{id} has {bytes} bytes, the limit is {limit}; split it or shorten it", limit = roadbook_core::limits::DOCUMENT_BYTES_MAX)]
    TooLarge {
        /// Kind of the document.
        kind: String,
        /// Its id.
        id: String,
        /// Its size.
        bytes: usize,
    },
    /// A value that cannot be stored.
    #[error("{0}")]
    Invalid(String),
    /// A file could not be read or written.
    #[error("{what}: {error}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// What the system said.
        error: String,
    },
    /// Anything else the database said.
    #[error("database: {0}")]
    Sql(String),
}

impl StoreError {
    /// Wraps what the operating system said; a full disk keeps its own name.
    pub(crate) fn io(what: impl Into<String>, error: &std::io::Error) -> StoreError {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return StoreError::Full;
        }
        StoreError::Io { what: what.into(), error: error.to_string() }
    }

    /// A stable code for logs and problems.
    pub const fn code(&self) -> &'static str {
        match self {
            StoreError::Locked { .. } => "store.locked",
            StoreError::Unsafe { .. } => "store.unsafe-durability",
            StoreError::Migration(_) => "store.migration",
            StoreError::Unavailable(_) => "store.unavailable",
            StoreError::Full => "store.full",
            StoreError::Stopped(_) => "store.stopped",
            StoreError::Conflict(_) => "store.conflict",
            StoreError::Constraint(_) => "store.constraint",
            StoreError::Corrupt(_) => "store.corrupt",
            StoreError::TooLarge { .. } => "store.document-too-large",
            StoreError::Invalid(_) => "store.invalid",
            StoreError::Io { .. } => "store.io",
            StoreError::Address(_) => "store.address",
            StoreError::Sql(_) => "store.sql",
        }
    }
}
