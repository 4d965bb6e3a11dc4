//! Reads all tables as they were at one instant, while writing goes on.

use crate::classes::{Class, TABLES, TableInfo};
use crate::engine::Exec;
use crate::error::StoreError;
use crate::open::{Engine, Store};
use crate::value::{Row, Rows, Value};
use futures_util::FutureExt;

/// Rows read at once.
const CHUNK: i64 = 2_000;

/// Takes a table in chunks: its name, its columns, rows.
pub(crate) trait Sink: Send {
    /// Takes one chunk; called at least once per table.
    fn take(
        &mut self,
        table: &TableInfo,
        columns: &[String],
        rows: &[Row],
    ) -> Result<(), StoreError>;
}

impl Store {
    /// Gives every table of the wanted classes to the sink, all from one instant.
    pub(crate) async fn snapshot<S: Sink + 'static>(
        &self,
        wanted: impl Fn(Class) -> bool + Send + Sync + 'static,
        mut sink: S,
    ) -> Result<S, StoreError> {
        match self.engine() {
            Engine::Sqlite(sqlite) => {
                sqlite
                    .read(move |conn| {
                        conn.batch("BEGIN")?;
                        let result = read_all(conn, &wanted, &mut sink)
                            .now_or_never()
                            .expect("SQLite answers at once");
                        conn.batch("ROLLBACK")?;
                        result.map(|()| sink)
                    })
                    .await
            }
            Engine::Postgres(postgres) => {
                let mut pooled = postgres.take().await?;
                pooled.conn().batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                read_all(pooled.conn(), &wanted, &mut sink).await?;
                pooled.conn().batch("ROLLBACK").await?;
                pooled.give_back();
                Ok(sink)
            }
        }
    }
}

async fn read_all<E: Exec>(
    exec: &mut E,
    wanted: &(impl Fn(Class) -> bool + Sync),
    sink: &mut impl Sink,
) -> Result<(), StoreError> {
    for table in TABLES.iter().filter(|table| wanted(table.class)) {
        let sql =
            format!("SELECT * FROM {} ORDER BY {} LIMIT $1 OFFSET $2", table.name, table.order);
        let mut offset = 0;
        loop {
            let Rows { columns, rows } =
                exec.rows(&sql, &[Value::Int(CHUNK), Value::Int(offset)]).await?;
            sink.take(table, &columns, &rows)?;
            if (rows.len() as i64) < CHUNK {
                break;
            }
            offset += CHUNK;
        }
    }
    Ok(())
}
