//! PostgreSQL: a small pool, a transaction per command, statements sent without waiting.

use super::link::Link;
use super::{Exec, OUTBOX, apply, outbox_params};
use crate::commit::{Commit, CommitError, Committed, Expect, Write};
use crate::error::StoreError;
use crate::fail;
use crate::value::{Row, Rows, Value};
use bytes::BytesMut;
use futures_util::future::join_all;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};

const LISTEN: &str = "LISTEN roadbook";
const RING: &str = "NOTIFY roadbook";
const ALIVE: &str = "SELECT 1";
const CONNECTIONS: usize = 12;
const ATTEMPTS: usize = 8;
const STATEMENTS: usize = 512;
/// Plain commands in one transaction at most.
const TOGETHER: usize = 256;

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Value::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Value::Text(text) if *ty == Type::TEXT || *ty == Type::VARCHAR => text.to_sql(ty, out),
            Value::Bytes(bytes) if *ty == Type::BYTEA => bytes.as_slice().to_sql(ty, out),
            other => Err(format!("{other:?} does not fit a parameter of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn from_pg(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let value = |index: usize, ty: &Type| -> Result<Value, tokio_postgres::Error> {
        Ok(match *ty {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Int),
            Type::INT4 => row
                .try_get::<_, Option<i32>>(index)?
                .map_or(Value::Null, |number| Value::Int(i64::from(number))),
            Type::BOOL => row
                .try_get::<_, Option<bool>>(index)?
                .map_or(Value::Null, |flag| Value::Int(i64::from(flag))),
            Type::BYTEA => {
                row.try_get::<_, Option<Vec<u8>>>(index)?.map_or(Value::Null, Value::Bytes)
            }
            _ => row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text),
        })
    };
    let values: Result<Vec<Value>, tokio_postgres::Error> = row
        .columns()
        .iter()
        .enumerate()
        .map(|(index, column)| value(index, column.type_()))
        .collect();
    Ok(Row(values.map_err(|error| pg_error(&error))?))
}

pub(crate) fn pg_error(error: &tokio_postgres::Error) -> StoreError {
    let text = error
        .as_db_error()
        .map_or_else(|| error.to_string(), |db| format!("{} ({})", db.message(), db.code().code()));
    match error.code() {
        None => StoreError::Unavailable(text),
        Some(code) => match *code {
            SqlState::DISK_FULL | SqlState::OUT_OF_MEMORY => StoreError::Full,
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
                StoreError::Conflict(text)
            }
            _ if code.code().starts_with("23") => StoreError::Constraint(text),
            _ if code.code().starts_with("08") || code.code().starts_with("57P") => {
                StoreError::Unavailable(text)
            }
            _ if code.code().starts_with("53") => StoreError::Unavailable(text),
            _ => StoreError::Sql(text),
        },
    }
}

/// One connection with its prepared statements.
pub(crate) struct PgConn {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl PgConn {
    async fn open(link: &Link) -> Result<PgConn, StoreError> {
        let client = link.connect().await.map_err(|error| pg_error(&error))?;
        Ok(PgConn { client, statements: HashMap::new() })
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).await.map_err(|error| pg_error(&error))
    }

    async fn statement(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        let statement = self.client.prepare(sql).await.map_err(|error| pg_error(&error))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn refs(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl Exec for PgConn {
    async fn exec(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        let statement = self.statement(sql).await?;
        self.client.execute(&statement, &refs(params)).await.map_err(|error| pg_error(&error))
    }

    async fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Rows, StoreError> {
        let statement = self.statement(sql).await?;
        let columns = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let answer = self.client.query(&statement, &refs(params)).await;
        let answer = answer.map_err(|error| pg_error(&error))?;
        Ok(Rows { columns, rows: answer.iter().map(from_pg).collect::<Result<_, _>>()? })
    }

    async fn exec_all(&mut self, all: &[(&str, &[Value])]) -> (Vec<u64>, Result<(), StoreError>) {
        let mut statements = Vec::with_capacity(all.len());
        for (sql, _) in all {
            match self.statement(sql).await {
                Ok(statement) => statements.push(statement),
                Err(error) => return (Vec::new(), Err(error)),
            }
        }
        let client = &self.client;
        let sent = statements.iter().zip(all).map(|(statement, (_, params))| async move {
            client.execute(statement, &refs(params)).await
        });
        let mut touched = Vec::with_capacity(all.len());
        for answer in join_all(sent).await {
            match answer {
                Ok(rows) => touched.push(rows),
                // Those after the first error only say that the transaction is aborted.
                Err(error) => return (touched, Err(pg_error(&error))),
            }
        }
        (touched, Ok(()))
    }
}

/// The database behind a URL. Clones share it.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Inner>);

impl Deref for Postgres {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

pub(crate) struct Inner {
    link: Link,
    idle: Arc<Mutex<Vec<PgConn>>>,
    permits: Arc<Semaphore>,
    bell: watch::Sender<u64>,
    /// Where other nodes ring, once it is open.
    line: tokio::sync::Mutex<Option<Client>>,
    /// Something was committed that the other nodes were not told of.
    rung: AtomicBool,
    lane: Mutex<Lane>,
}

type Outcome = Result<Committed, CommitError>;

/// Plain commands that wait for a transaction they share: what agents say.
#[derive(Default)]
struct Lane {
    waiting: Vec<(Commit, oneshot::Sender<Outcome>)>,
    /// Somebody is at work on it.
    busy: bool,
}

/// A connection out of the pool. It goes back only when its work ended in order.
pub(crate) struct Pooled {
    conn: Option<PgConn>,
    idle: Arc<Mutex<Vec<PgConn>>>,
    _permit: OwnedSemaphorePermit,
}

impl Pooled {
    pub(crate) fn conn(&mut self) -> &mut PgConn {
        self.conn.as_mut().expect("a pooled connection is there until it is given back")
    }

    pub(crate) fn give_back(mut self) {
        if let Some(conn) = self.conn.take()
            && !conn.client.is_closed()
        {
            self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(conn);
        }
    }
}

impl Postgres {
    pub(crate) fn new(link: Link, bell: watch::Sender<u64>) -> Postgres {
        Postgres(Arc::new(Inner {
            link,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
            bell,
            line: tokio::sync::Mutex::new(None),
            rung: AtomicBool::new(false),
            lane: Mutex::default(),
        }))
    }

    /// Rings for the other nodes when there is a reason, and makes sure that this one hears them:
    /// without an error every change of before is in reach of a read. The bell has no message; it
    /// rings once for many commits, outside of their transactions, which it must not hold up.
    pub(crate) async fn meet(&self) -> Result<(), StoreError> {
        let mut line = self.line.lock().await;
        let client = match line.take().filter(|it| !it.is_closed()) {
            Some(client) => client,
            None => self.listen().await?,
        };
        let ring = self.rung.swap(false, Ordering::AcqRel);
        let said = client.batch_execute(if ring { RING } else { ALIVE }).await;
        if let Err(error) = said {
            self.rung.fetch_or(ring, Ordering::AcqRel);
            return Err(pg_error(&error));
        }
        *line = Some(client);
        Ok(())
    }

    async fn listen(&self) -> Result<Client, StoreError> {
        let own = Arc::new(AtomicI32::new(0));
        let (bell, this) = (self.bell.clone(), Arc::clone(&own));
        let heard = move |process| {
            if process != this.load(Ordering::Acquire) {
                bell.send_modify(|count| *count += 1);
            }
        };
        let client = self.link.listen(heard).await.map_err(|error| pg_error(&error))?;
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await;
        own.store(row.map_err(|error| pg_error(&error))?.get(0), Ordering::Release);
        client.batch_execute(LISTEN).await.map_err(|error| pg_error(&error))?;
        // Nobody listened until now.
        self.bell.send_modify(|count| *count += 1);
        Ok(client)
    }

    pub(crate) async fn take(&self) -> Result<Pooled, StoreError> {
        let gone = |_| StoreError::Unavailable("the store is closing".into());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(gone)?;
        let found = loop {
            let conn = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
            match conn {
                Some(conn) if conn.client.is_closed() => {}
                other => break other,
            }
        };
        let conn = match found {
            Some(conn) => conn,
            None => PgConn::open(&self.link).await?,
        };
        Ok(Pooled { conn: Some(conn), idle: Arc::clone(&self.idle), _permit: permit })
    }

    pub(crate) async fn query(&self, sql: &str, params: &[Value]) -> Result<Rows, StoreError> {
        let mut attempt = 1;
        loop {
            let mut pooled = self.take().await?;
            match pooled.conn().rows(sql, params).await {
                // A line that broke while it lay idle says nothing about the next one.
                Err(StoreError::Unavailable(_)) if attempt < ATTEMPTS => attempt += 1,
                rows => {
                    pooled.give_back();
                    return rows;
                }
            }
        }
    }

    pub(crate) async fn commit(&self, commit: Commit) -> Outcome {
        if !commit.is_plain() {
            return self.alone(&commit).await;
        }
        let (ack, answer) = oneshot::channel();
        let first = {
            let mut lane = self.lane.lock().unwrap_or_else(PoisonError::into_inner);
            lane.waiting.push((commit, ack));
            !std::mem::replace(&mut lane.busy, true)
        };
        if first {
            // Whoever asked may go away; the others still wait.
            let this = self.clone();
            tokio::spawn(async move { this.work_lane().await });
        }
        answer.await.unwrap_or_else(|_| Err(CommitError::Unknown("the store has closed".into())))
    }

    /// Commits what waits, as much at once as came in the meantime, until nothing does.
    async fn work_lane(&self) {
        loop {
            let batch: Vec<_> = {
                let mut lane = self.lane.lock().unwrap_or_else(PoisonError::into_inner);
                if lane.waiting.is_empty() {
                    lane.busy = false;
                    return;
                }
                let count = lane.waiting.len().min(TOGETHER);
                lane.waiting.drain(..count).collect()
            };
            let (commits, acks): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let outcomes = match self.together(&commits).await {
                Some(outcomes) => outcomes,
                // The batch as a whole did not happen; alone, each gets its own answer.
                None => join_all(commits.iter().map(|it| self.alone(it))).await,
            };
            for (ack, outcome) in acks.into_iter().zip(outcomes) {
                let _ = ack.send(outcome);
            }
        }
    }

    /// One transaction for plain commands: their guards, then the rest of those whose guard met.
    /// `None` when nothing was changed and nothing is known about the single ones.
    async fn together(&self, commits: &[Commit]) -> Option<Vec<Outcome>> {
        if commits.len() < 2 {
            return None;
        }
        let mut pooled = self.take().await.ok()?;
        let Ok(touched) = Self::guarded(pooled.conn(), commits).await else {
            if pooled.conn().batch("ROLLBACK").await.is_ok() {
                pooled.give_back();
            }
            return None;
        };
        fail::point("commit.before_commit");
        match pooled.conn().batch("COMMIT").await {
            Ok(()) => {}
            Err(StoreError::Conflict(_)) => return None,
            Err(error) => {
                let unknown = CommitError::Unknown(error.to_string());
                return Some(commits.iter().map(|_| Err(unknown.clone())).collect());
            }
        }
        fail::point("commit.after_commit");
        pooled.give_back();
        fail::point("commit.before_ack");
        self.rung.store(true, Ordering::Release);
        self.bell.send_modify(|count| *count += 1);
        let outcome = |(commit, rows): (&Commit, &u64)| match &commit.writes[0].expect {
            Expect::One(miss) if *rows != 1 => Err(miss.clone().into()),
            _ => Ok(Committed::default()),
        };
        Some(commits.iter().zip(&touched).map(outcome).collect())
    }

    async fn guarded(conn: &mut PgConn, commits: &[Commit]) -> Result<Vec<u64>, StoreError> {
        fn part(write: &Write) -> (&str, &[Value]) {
            (write.sql.as_ref(), write.params.as_slice())
        }
        conn.batch("BEGIN").await?;
        fail::point("commit.before");
        let guards: Vec<_> = commits.iter().map(|it| part(&it.writes[0])).collect();
        let (touched, ended) = conn.exec_all(&guards).await;
        ended?;
        let met = commits.iter().zip(&touched).filter(|it| *it.1 == 1);
        let rest: Vec<_> = met.flat_map(|(it, _)| it.writes[1..].iter().map(part)).collect();
        conn.exec_all(&rest).await.1?;
        fail::point("commit.after_writes");
        Ok(touched)
    }

    async fn alone(&self, commit: &Commit) -> Outcome {
        let mut attempt = 1;
        loop {
            match self.once(commit).await {
                // Both come before COMMIT: nothing was changed.
                Err(CommitError::Store(StoreError::Conflict(_) | StoreError::Unavailable(_)))
                    if attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    async fn once(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let mut pooled = self.take().await?;
        pooled.conn().batch("BEGIN").await?;
        let committed = match apply(pooled.conn(), commit).await {
            Ok(committed) => committed,
            Err(error) => {
                // A connection that cannot even undo is not given back, which undoes as well.
                if pooled.conn().batch("ROLLBACK").await.is_ok() {
                    pooled.give_back();
                }
                return Err(error);
            }
        };
        if fail::broken("ack_before_commit") {
            tokio::spawn(async move {
                fail::point("commit.before_commit");
                let _ = pooled.conn().batch("COMMIT").await;
                pooled.give_back();
            });
            return Ok(committed);
        }
        fail::point("commit.before_commit");
        if let Err(error) = pooled.conn().batch("COMMIT").await {
            return Err(match error {
                StoreError::Conflict(text) => CommitError::Store(StoreError::Conflict(text)),
                other => CommitError::Unknown(other.to_string()),
            });
        }
        fail::point("commit.after_commit");
        if !commit.outbox.is_empty() {
            fail::point("outbox.after_commit");
        }
        if fail::broken("outbox_outside_tx") {
            for params in outbox_params(commit) {
                pooled.conn().exec(OUTBOX, &params).await?;
            }
        }
        pooled.give_back();
        fail::point("commit.before_ack");
        self.rung.store(true, Ordering::Release);
        self.bell.send_modify(|count| *count += 1);
        Ok(committed)
    }
}
