//! SQLite: one writer thread that shares a transaction among what is queued, four readers.

use super::{Exec, apply, outbox_params};
use crate::commit::{Commit, CommitError, Committed, Expect};
use crate::error::StoreError;
use crate::fail;
use crate::open::Cut;
use crate::value::{Row, Rows, Value};
use futures_util::FutureExt;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, StatementStatus};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::future::{Future, ready};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

/// Commands in one transaction at most.
const BATCH_COUNT: usize = 64;
/// Commands beside plain ones in one transaction: what waits for a plain one waits for few others.
const BATCH_BESIDE: usize = 16;
/// Plain commands in one transaction at most.
const BATCH_PLAIN: usize = 512;
/// Bytes in one transaction, about.
const BATCH_BYTES: usize = 2 << 20;
/// Commands that may wait.
const QUEUE: usize = 1024;
const READERS: usize = 4;
/// Pages that the writer keeps, in kB: what a large commit changes.
const WRITER_CACHE: usize = 16_000;
/// Pages that each reader keeps, in kB: the upper levels of the trees. What is below is in the
/// system's cache, and four copies of it would be most of what a server takes.
const READER_CACHE: usize = 4_000;
/// A statement that took more steps than these (some 0.2 ms) is run off the runtime's threads
/// from then on.
const STEPS_QUICK: i32 = 20_000;

/// A connection with the placeholders rewritten for it.
pub(crate) struct SqliteConn {
    pub(crate) conn: Connection,
    rewritten: HashMap<String, String>,
}

impl SqliteConn {
    pub(crate) fn new(conn: Connection) -> Result<SqliteConn, StoreError> {
        conn.set_prepared_statement_cache_capacity(256);
        // Else a kept statement is compiled anew each time its parameters are bound, in case their
        // values would make another plan better.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(|error| sqlite_error(&error))?;
        Ok(SqliteConn { conn, rewritten: HashMap::new() })
    }

    /// Runs statements without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.conn.execute_batch(sql).map_err(|error| sqlite_error(&error))
    }

    fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        let sql = placeholders(&mut self.rewritten, sql);
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| sqlite_error(&error))?;
        let touched = statement
            .execute(rusqlite::params_from_iter(params))
            .map_err(|error| sqlite_error(&error))?;
        Ok(touched as u64)
    }

    pub(crate) fn read(&mut self, sql: &str, params: &[Value]) -> Result<Rows, StoreError> {
        self.read_counted(sql, params).map(|(rows, _)| rows)
    }

    /// As [`SqliteConn::read`], with the steps that the database's machine took.
    fn read_counted(&mut self, sql: &str, params: &[Value]) -> Result<(Rows, i32), StoreError> {
        let sql = placeholders(&mut self.rewritten, sql);
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| sqlite_error(&error))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut answer = statement
            .query(rusqlite::params_from_iter(params))
            .map_err(|error| sqlite_error(&error))?;
        let mut rows = Vec::new();
        while let Some(row) = answer.next().map_err(|error| sqlite_error(&error))? {
            let values: Result<Vec<Value>, StoreError> = (0..columns.len())
                .map(|index| {
                    let cell = row.get_ref(index).map_err(|error| sqlite_error(&error))?;
                    from_sqlite(cell)
                })
                .collect();
            rows.push(Row(values?));
        }
        drop(answer);
        let steps = statement.reset_status(StatementStatus::VmStep);
        Ok((Rows { columns, rows }, steps))
    }
}

impl Exec for SqliteConn {
    fn exec(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        ready(self.run(sql, params))
    }

    fn rows(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> impl Future<Output = Result<Rows, StoreError>> + Send {
        ready(self.read(sql, params))
    }

    fn exec_all(
        &mut self,
        all: &[(&str, &[Value])],
    ) -> impl Future<Output = (Vec<u64>, Result<(), StoreError>)> + Send {
        let mut touched = Vec::with_capacity(all.len());
        for (sql, params) in all {
            match self.run(sql, params) {
                Ok(rows) => touched.push(rows),
                Err(error) => return ready((touched, Err(error))),
            }
        }
        ready((touched, Ok(())))
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn from_sqlite(cell: ValueRef<'_>) -> Result<Value, StoreError> {
    Ok(match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(
            String::from_utf8(text.to_vec())
                .map_err(|_| StoreError::Corrupt("a text is not UTF-8".into()))?,
        ),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(number) => {
            return Err(StoreError::Corrupt(format!("{number} where no fraction belongs")));
        }
    })
}

/// `$1` counts by first appearance in SQLite; `?1` means the first parameter.
fn placeholders<'a>(cache: &'a mut HashMap<String, String>, sql: &str) -> &'a str {
    if cache.len() > 1024 {
        cache.clear();
    }
    cache.entry(sql.to_owned()).or_insert_with(|| sql.replace('$', "?"))
}

/// The index of the log could not grow (`SQLITE_IOERR_SHMSIZE`): there is no room for it.
const SHM_FULL: i32 = 0x0a | (0x13 << 8);

pub(crate) fn sqlite_error(error: &rusqlite::Error) -> StoreError {
    let text = error.to_string();
    if let rusqlite::Error::SqliteFailure(failure, _) = error
        && failure.extended_code == SHM_FULL
    {
        return StoreError::Full;
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ConstraintViolation) => StoreError::Constraint(text),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Conflict(text),
        Some(ErrorCode::SystemIoFailure) => {
            StoreError::Io { what: "the database file".into(), error: text }
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(text),
        _ => StoreError::Sql(text),
    }
}

struct Job {
    commit: Commit,
    ack: Option<oneshot::Sender<Outcome>>,
}

/// The database in a data directory.
pub(crate) struct Sqlite {
    // Both are there until the drop, which closes the one and waits for the other.
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
    // Of a store in memory the one connection, used where one stands.
    here: Option<Mutex<Here>>,
    readers: Arc<Mutex<Vec<SqliteConn>>>,
    permits: Arc<Semaphore>,
    /// Statements that were slow.
    slow: RwLock<HashSet<Cow<'static, str>>>,
    stopped: Arc<AtomicBool>,
}

/// Opens a connection that is durable and refuses surprises.
pub(crate) fn connect(path: &Path, read_only: bool) -> Result<SqliteConn, StoreError> {
    let flags = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let conn = Connection::open_with_flags(path, flags).map_err(|error| sqlite_error(&error))?;
    conn.busy_timeout(std::time::Duration::from_secs(5)).map_err(|error| sqlite_error(&error))?;
    let mut conn = SqliteConn::new(conn)?;
    if !read_only {
        conn.read("PRAGMA journal_mode = WAL", &[])?;
        let level = if fail::broken("no_sync") { "OFF" } else { "FULL" };
        conn.batch(&format!("PRAGMA synchronous = {level}; PRAGMA wal_autocheckpoint = 4000;"))?;
    }
    let cache = if read_only { READER_CACHE } else { WRITER_CACHE };
    conn.batch(&format!(
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{cache}; \
         PRAGMA trusted_schema = OFF;"
    ))?;
    Ok(conn)
}

impl Sqlite {
    /// Takes a migrated connection as the only writer and opens the readers.
    pub(crate) fn start(
        path: &Path,
        writer: SqliteConn,
        bell: watch::Sender<u64>,
    ) -> Result<Sqlite, StoreError> {
        let readers: Result<Vec<SqliteConn>, StoreError> =
            (0..READERS).map(|_| connect(path, true)).collect();
        let (queue, jobs) = mpsc::channel(QUEUE);
        let stopped = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stopped);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || Writer { conn: writer, bell, stopped: flag }.run(jobs))
            .map_err(|error| StoreError::io("starting the writer thread", &error))?;
        Ok(Sqlite {
            queue: Some(queue),
            thread: Some(thread),
            here: None,
            readers: Arc::new(Mutex::new(readers?)),
            permits: Arc::new(Semaphore::new(READERS)),
            slow: RwLock::default(),
            stopped,
        })
    }

    /// A copy in memory of a file, with one connection and no thread: the same calls in the same
    /// order give the same answers.
    pub(crate) fn in_memory(
        path: &Path,
        bell: watch::Sender<u64>,
        cut: Option<Cut>,
    ) -> Result<Sqlite, StoreError> {
        let from = connect(path, true)?;
        let mut to = Connection::open_in_memory().map_err(|error| sqlite_error(&error))?;
        rusqlite::backup::Backup::new(&from.conn, &mut to)
            .and_then(|copy| copy.step(-1))
            .map_err(|error| sqlite_error(&error))?;
        let mut conn = SqliteConn::new(to)?;
        conn.batch(
            "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;",
        )?;
        let stopped = Arc::new(AtomicBool::new(false));
        let writer = Writer { conn, bell, stopped: Arc::clone(&stopped) };
        Ok(Sqlite {
            queue: None,
            thread: None,
            here: Some(Mutex::new(Here { writer, cut })),
            readers: Arc::default(),
            permits: Arc::new(Semaphore::new(1)),
            slow: RwLock::default(),
            stopped,
        })
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    pub(crate) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        if let Some(here) = &self.here {
            let (outcome, cut) = lock(here).commit(commit);
            if cut {
                // Whoever waits for the answer dies with this commit done.
                std::future::pending::<()>().await;
            }
            return outcome;
        }
        let (ack, answer) = oneshot::channel();
        let gone = || StoreError::Stopped("the writer has ended".into());
        let queue = self.queue.as_ref().ok_or_else(|| CommitError::Store(gone()))?;
        queue.send(Job { commit, ack: Some(ack) }).await.map_err(|_| CommitError::Store(gone()))?;
        answer.await.unwrap_or_else(|_| Err(CommitError::Unknown("the writer has ended".into())))
    }

    /// Runs one reading statement. A read by key is done sooner than another thread wakes up, so it
    /// stays where it is; what proved to be slow goes aside.
    pub(crate) async fn query(
        &self,
        sql: Cow<'static, str>,
        params: Vec<Value>,
    ) -> Result<Rows, StoreError> {
        if let Some(here) = &self.here {
            return lock(here).writer.conn.read(&sql, &params);
        }
        let slow = self.slow.read().is_ok_and(|it| it.contains(&sql));
        if let (false, Ok(_permit)) = (slow, self.permits.try_acquire())
            && let Some(mut conn) = { lock(&self.readers).pop() }
        {
            let result = conn.read_counted(&sql, &params);
            lock(&self.readers).push(conn);
            let (rows, steps) = result?;
            if steps > STEPS_QUICK
                && let Ok(mut slow) = self.slow.write()
            {
                slow.insert(sql);
            }
            return Ok(rows);
        }
        self.read(move |conn| conn.read(&sql, &params)).await
    }

    /// Runs a read on one of the readers, off the runtime's own threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if let Some(here) = &self.here {
            return work(&mut lock(here).writer.conn);
        }
        let gone = |_| StoreError::Unavailable("the store is closing".into());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(gone)?;
        let readers = Arc::clone(&self.readers);
        let done = tokio::task::spawn_blocking(move || {
            let conn = lock(&readers).pop();
            let mut conn =
                conn.ok_or_else(|| StoreError::Unavailable("no reader is left".into()))?;
            let result = work(&mut conn);
            lock(&readers).push(conn);
            drop(permit);
            result
        });
        done.await.map_err(|error| StoreError::Unavailable(error.to_string()))?
    }
}

impl Drop for Sqlite {
    /// The last commits are on disk, and the file closed, before the directory is unlocked.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A store in memory.
struct Here {
    writer: Writer,
    cut: Option<Cut>,
}

impl Here {
    /// One command, at once; true when its caller shall never hear of it.
    fn commit(&mut self, commit: Commit) -> (Outcome, bool) {
        let mut alone = [Job { commit, ack: None }];
        let outcome = self.writer.transaction(&mut alone).and_then(|mut it| it.pop());
        let undone = || Err(StoreError::Conflict("rolled back".into()).into());
        let outcome = outcome.unwrap_or_else(undone);
        if outcome.is_ok() {
            self.writer.bell.send_modify(|count| *count += 1);
        }
        (outcome, self.cut.as_ref().is_some_and(|it| it()))
    }
}

/// Two lanes: what agents say is small and comes in crowds, and does not queue behind the rest.
#[derive(Default)]
struct Waiting {
    plain: VecDeque<Job>,
    other: VecDeque<Job>,
}

impl Waiting {
    fn len(&self) -> usize {
        self.plain.len() + self.other.len()
    }

    fn push(&mut self, job: Job) {
        let lane = if job.commit.is_plain() { &mut self.plain } else { &mut self.other };
        lane.push_back(job);
    }

    /// The next transaction: some of each lane, bounded by count and bytes.
    fn batch(&mut self) -> Vec<Job> {
        let beside = if self.plain.is_empty() { BATCH_COUNT } else { BATCH_BESIDE };
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for (lane, most) in [(&mut self.plain, BATCH_PLAIN), (&mut self.other, beside)] {
            let mut taken = 0;
            while taken < most
                && (batch.is_empty() || bytes < BATCH_BYTES)
                && let Some(job) = lane.pop_front()
            {
                bytes += job.commit.weight();
                batch.push(job);
                taken += 1;
            }
        }
        batch
    }
}

struct Writer {
    conn: SqliteConn,
    bell: watch::Sender<u64>,
    stopped: Arc<AtomicBool>,
}

type Outcome = Result<Committed, CommitError>;

impl Writer {
    fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut waiting = Waiting::default();
        loop {
            if waiting.len() == 0 {
                let Some(job) = jobs.blocking_recv() else { return };
                waiting.push(job);
            }
            while waiting.len() < QUEUE
                && let Ok(job) = jobs.try_recv()
            {
                waiting.push(job);
            }
            self.work(waiting.batch());
        }
    }

    fn work(&mut self, mut batch: Vec<Job>) {
        if self.stopped.load(Ordering::SeqCst) {
            let error = StoreError::Stopped("an earlier write failed".into());
            let outcomes = self.all_failed(&batch, error);
            self.acknowledge(batch, outcomes);
            return;
        }
        match self.transaction(&mut batch) {
            Some(outcomes) => self.acknowledge(batch, outcomes),
            // The batch as a whole did not happen; alone, each command gets its own answer.
            None => {
                for job in batch {
                    let mut alone = [job];
                    let outcomes = self.transaction(&mut alone).unwrap_or_else(|| {
                        vec![Err(CommitError::Store(StoreError::Conflict("rolled back".into())))]
                    });
                    self.acknowledge(Vec::from(alone), outcomes);
                }
            }
        }
    }

    /// One transaction for a batch. `None` when it was undone as a whole and nothing is known
    /// about the single commands.
    fn transaction(&mut self, batch: &mut [Job]) -> Option<Vec<Outcome>> {
        if let Err(error) = self.conn.run("BEGIN IMMEDIATE", &[]) {
            return Some(self.all_failed(batch, error));
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        let many = batch.len() > 1;
        for job in &*batch {
            let plain = many && job.commit.is_plain();
            let outcome = match if plain { self.plain(&job.commit) } else { self.one(&job.commit) }
            {
                Ok(outcome) => outcome,
                Err(error) => {
                    let _ = self.conn.batch("ROLLBACK");
                    return if batch.len() > 1 {
                        None
                    } else {
                        Some(self.all_failed(batch, error))
                    };
                }
            };
            outcomes.push(outcome);
        }
        if fail::broken("ack_before_commit") {
            for (job, outcome) in batch.iter_mut().zip(&outcomes) {
                if let Some(ack) = job.ack.take() {
                    let _ = ack.send(outcome.clone());
                }
            }
        }
        fail::point("commit.before_commit");
        if let Err(error) = self.conn.run("COMMIT", &[]) {
            // SQLite may have undone it already; then there is nothing left to roll back.
            let undone = self.conn.batch("ROLLBACK").is_ok() || self.conn.conn.is_autocommit();
            if matches!(error, StoreError::Full) && undone {
                return if batch.len() > 1 { None } else { Some(self.all_failed(batch, error)) };
            }
            // After a failed sync nobody knows what is on disk: this process must not go on.
            self.stop(&error);
            let text = error.to_string();
            return Some(batch.iter().map(|_| Err(CommitError::Unknown(text.clone()))).collect());
        }
        fail::point("commit.after_commit");
        if batch.iter().any(|job| !job.commit.outbox.is_empty()) {
            fail::point("outbox.after_commit");
        }
        Some(outcomes)
    }

    /// One command in its savepoint. The outer error means that the transaction is gone.
    fn one(&mut self, commit: &Commit) -> Result<Outcome, StoreError> {
        self.conn.run("SAVEPOINT command", &[])?;
        let outcome = apply(&mut self.conn, commit).now_or_never().expect("SQLite answers at once");
        match &outcome {
            Ok(_) => {
                self.conn.run("RELEASE command", &[])?;
            }
            Err(CommitError::Full) => return Err(StoreError::Full),
            Err(CommitError::Store(error @ StoreError::Io { .. })) => return Err(error.clone()),
            Err(_) => self.conn.batch("ROLLBACK TO command; RELEASE command")?,
        }
        Ok(outcome)
    }

    /// A plain command needs no savepoint: its first statement guards it, and when that one misses
    /// nothing was changed. An error undoes the batch, and then each command stands alone.
    fn plain(&mut self, commit: &Commit) -> Result<Outcome, StoreError> {
        fail::point("commit.before");
        for write in &commit.writes {
            let touched = self.conn.run(&write.sql, &write.params)?;
            if let Expect::One(miss) = &write.expect
                && touched != 1
            {
                return Ok(Err(miss.clone().into()));
            }
        }
        fail::point("commit.after_writes");
        Ok(Ok(Committed::default()))
    }

    fn all_failed(&self, batch: &[Job], error: StoreError) -> Vec<Outcome> {
        if matches!(error, StoreError::Io { .. }) {
            self.stop(&error);
        }
        batch.iter().map(|_| Err(error.clone().into())).collect()
    }

    fn stop(&self, error: &StoreError) {
        tracing::error!(%error, "a write to disk failed: nothing more is written until a restart");
        self.stopped.store(true, Ordering::SeqCst);
    }

    fn acknowledge(&mut self, batch: Vec<Job>, outcomes: Vec<Outcome>) {
        if fail::broken("outbox_outside_tx") {
            self.outbox_afterwards(&batch);
        }
        fail::point("commit.before_ack");
        if outcomes.iter().any(Result::is_ok) {
            self.bell.send_modify(|count| *count += 1);
        }
        for (job, outcome) in batch.into_iter().zip(outcomes) {
            if let Some(ack) = job.ack {
                let _ = ack.send(outcome);
            }
        }
    }

    fn outbox_afterwards(&mut self, batch: &[Job]) {
        for params in batch.iter().flat_map(|job| outbox_params(&job.commit)) {
            let _ = self.conn.run(super::OUTBOX, &params);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_statement_is_not_compiled_again_for_other_values() {
        let conn = Connection::open_in_memory().expect("a database");
        let mut conn = SqliteConn::new(conn).expect("a connection");
        conn.batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX t_b ON t (b);")
            .expect("a table");
        let sql = "SELECT a FROM t WHERE b = $1 AND a > $2 ORDER BY a LIMIT $3";
        for n in 0..5 {
            let params = [Value::Text(format!("b{n}")), Value::Int(n), Value::Int(n + 1)];
            conn.read(sql, &params).expect("an answer");
        }
        let kept = conn.conn.prepare_cached(&sql.replace('$', "?")).expect("the statement");
        assert_eq!(kept.get_status(StatementStatus::RePrepare), 0);
        assert_eq!(kept.get_status(StatementStatus::Run), 5, "it is the one that ran");
    }
}
