//! PostgreSQL: a small pool, a transaction per command, statements sent without waiting.

use super::link::Link;
use super::{Exec, OUTBOX, apply, outbox_params};
use crate::commit::{Commit, CommitError, Committed};
use crate::error::StoreError;
use crate::fail;
use crate::value::{Row, Rows, Value};
use bytes::BytesMut;
use futures_util::future::join_all;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};

const CONNECTIONS: usize = 12;
const ATTEMPTS: usize = 8;
const STATEMENTS: usize = 512;

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

/// The database behind a URL.
pub(crate) struct Postgres {
    link: Link,
    idle: Arc<Mutex<Vec<PgConn>>>,
    permits: Arc<Semaphore>,
    bell: watch::Sender<u64>,
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
        Postgres {
            link,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
            bell,
        }
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

    pub(crate) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let mut attempt = 1;
        loop {
            match self.once(&commit).await {
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
        self.bell.send_modify(|count| *count += 1);
        Ok(committed)
    }
}
