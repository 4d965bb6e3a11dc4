//! Opening a store, and the two things one does with it: commit and read.

use crate::commit::{Commit, CommitError, Committed};
use crate::director::DirectorKey;
use crate::engine::link::Link;
use crate::engine::postgres::Postgres;
use crate::engine::sqlite::{self, Sqlite};
use crate::error::StoreError;
use crate::migrate;
use crate::record::SigningKey;
use crate::value::{Row, Rows, Value};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use std::borrow::Cow;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// Where the data lie.
#[derive(Clone, Debug)]
pub enum Location {
    /// SQLite, files and keys in a data directory.
    Sqlite(PathBuf),
    /// PostgreSQL behind a URL; files and keys in a data directory.
    Postgres(String, PathBuf),
    /// A copy in memory of the database in a data directory, for simulations: files and keys are
    /// those of the directory, and nothing of the database is written back.
    Memory(PathBuf),
}

impl Location {
    /// The data directory.
    pub fn dir(&self) -> &Path {
        match self {
            Location::Sqlite(dir) | Location::Postgres(_, dir) | Location::Memory(dir) => dir,
        }
    }
}

/// A source of random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Asked after each commit of a store in memory; true, and the caller never hears of it, as if the
/// process had died there.
pub type Cut = Arc<dyn Fn() -> bool + Send + Sync>;

/// What opening needs from outside.
#[derive(Clone)]
pub struct OpenOptions {
    /// The time now, for the row of a migration.
    pub now: Timestamp,
    /// Randomness for the key that signs the record, made at the first start.
    pub random: Random,
    /// Accept a database that acknowledges before the disk has the change.
    pub unsafe_durability: bool,
    /// The SQLite file may not grow beyond this; more is answered like a full disk.
    pub max_bytes: Option<u64>,
    /// See [`Cut`]; for a store in memory alone.
    pub cut: Option<Cut>,
}

impl OpenOptions {
    /// The usual options.
    pub fn new(now: Timestamp, random: Random) -> OpenOptions {
        OpenOptions { now, random, unsafe_durability: false, max_bytes: None, cut: None }
    }
}

#[expect(clippy::large_enum_variant, reason = "there is one of it per store")]
pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

struct Inner {
    engine: Engine,
    dir: PathBuf,
    key: SigningKey,
    director: DirectorKey,
    bell: watch::Receiver<u64>,
    // Held as long as the store lives: a second process must not open the same directory.
    _lock: Option<File>,
}

/// An open store. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dir", &self.inner.dir).finish_non_exhaustive()
    }
}

/// The database file inside a data directory.
pub(crate) const DATABASE_FILE: &str = "roadbook.db";

// Reads and commits are boxed: what is under them, down to the protocol of the database, is compiled
// here, and not once more wherever somebody asks the store.
impl Store {
    /// Opens the store, brings its schema up to date and checks that it is durable.
    pub async fn open(loc: &Location, options: &OpenOptions) -> Result<Store, StoreError> {
        let dir = loc.dir().to_owned();
        std::fs::create_dir_all(&dir)
            .map_err(|error| StoreError::io(format!("creating {}", dir.display()), &error))?;
        let (bell, listener) = watch::channel(0);
        let (engine, lock) = match loc {
            Location::Sqlite(_) => {
                let lock = lock_dir(&dir)?;
                let path = dir.join(DATABASE_FILE);
                let mut writer = sqlite::connect(&path, false)?;
                if !options.unsafe_durability && !crate::fail::broken("no_sync") {
                    sqlite_is_durable(&mut writer)?;
                }
                migrate::sqlite(&mut writer, options.now)?;
                if let Some(bytes) = options.max_bytes {
                    let pages = (bytes / 4096).max(1);
                    writer.read(&format!("PRAGMA max_page_count = {pages}"), &[])?;
                }
                forget_half_uploads(&dir);
                (Engine::Sqlite(Sqlite::start(&path, writer, bell)?), Some(lock))
            }
            Location::Memory(_) => {
                let path = dir.join(DATABASE_FILE);
                (Engine::Sqlite(Sqlite::in_memory(&path, bell, options.cut.clone())?), None)
            }
            Location::Postgres(url, _) => {
                let postgres = Postgres::new(Link::parse(url)?, bell);
                let mut pooled = postgres.take().await?;
                migrate::postgres(pooled.conn(), options).await?;
                pooled.give_back();
                (Engine::Postgres(postgres), None)
            }
        };
        let key = SigningKey::load_or_make(&dir, &options.random)?;
        let director = DirectorKey::load_or_make(&dir, &options.random)?;
        let inner = Inner { engine, dir, key, director, bell: listener, _lock: lock };
        let store = Store { inner: Arc::new(inner) };
        store.refuse_half_restored().await?;
        Ok(store)
    }

    async fn refuse_half_restored(&self) -> Result<(), StoreError> {
        let sql = "SELECT value FROM meta WHERE name = 'restoring'";
        if self.first(sql, Vec::new()).await?.is_some() {
            return Err(StoreError::Migration(
                "a restore into this place did not finish; empty it and restore again".into(),
            ));
        }
        Ok(())
    }

    /// Applies a commit: all of it, on disk, or nothing.
    pub fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, CommitError>> {
        Box::pin(async move {
            match &self.inner.engine {
                Engine::Sqlite(sqlite) => sqlite.commit(commit).await,
                Engine::Postgres(postgres) => postgres.commit(commit).await,
            }
        })
    }

    /// Whether other nodes may share the database.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.engine, Engine::Postgres(_))
    }

    /// Tells the other nodes that something changed, if it did, and makes sure that their bells
    /// reach this one.
    pub async fn meet(&self) -> Result<(), StoreError> {
        match &self.inner.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(postgres) => postgres.meet().await,
        }
    }

    /// Rings after each commit of this process, and when another node rang.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.bell.clone()
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// True when a write to disk failed: the process should end (code 70) and start again.
    pub fn is_stopped(&self) -> bool {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => sqlite.is_stopped(),
            Engine::Postgres(_) => false,
        }
    }

    /// Name of the database behind it.
    pub fn database(&self) -> &'static str {
        match &self.inner.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.inner.key
    }

    pub(crate) fn director_key(&self) -> &DirectorKey {
        &self.inner.director
    }

    /// Runs one reading statement.
    pub(crate) fn query(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> BoxFuture<'_, Result<Vec<Row>, StoreError>> {
        self.rows(sql.into(), params)
    }

    fn rows(
        &self,
        sql: Cow<'static, str>,
        params: Vec<Value>,
    ) -> BoxFuture<'_, Result<Vec<Row>, StoreError>> {
        Box::pin(async move {
            let answer = match &self.inner.engine {
                Engine::Sqlite(sqlite) => sqlite.query(sql, params).await,
                Engine::Postgres(postgres) => postgres.query(&sql, &params).await,
            };
            Ok(answer?.rows)
        })
    }

    /// The first row, if any.
    pub(crate) async fn first(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }
}

fn lock_dir(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let file = File::create(&path)
        .map_err(|error| StoreError::io(format!("opening {}", path.display()), &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: dir.to_owned() }),
        Err(TryLockError::Error(error)) => {
            Err(StoreError::io(format!("locking {}", path.display()), &error))
        }
    }
}

/// Uploads that a crash cut off. Nobody else has the directory open, so nobody is uploading.
fn forget_half_uploads(dir: &Path) {
    let incoming = crate::blobs::folder(dir).join("incoming");
    for file in std::fs::read_dir(incoming).into_iter().flatten().flatten() {
        if let Err(error) = std::fs::remove_file(file.path()) {
            tracing::warn!(%error, path = %file.path().display(), "a cut-off upload stays");
        }
    }
}

fn sqlite_is_durable(conn: &mut sqlite::SqliteConn) -> Result<(), StoreError> {
    let level: i64 = first_int(&conn.read("PRAGMA synchronous", &[])?)?;
    if level < 2 {
        return Err(StoreError::Unsafe { setting: format!("synchronous = {level}") });
    }
    Ok(())
}

fn first_int(rows: &Rows) -> Result<i64, StoreError> {
    rows.rows.first().ok_or_else(|| StoreError::Corrupt("no answer".into()))?.get(0)
}
