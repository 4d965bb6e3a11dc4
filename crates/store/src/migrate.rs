//! Migrations: one folder per change, in both dialects, each in a transaction of its own.

use crate::canonical::digest;
use crate::engine::Exec;
use crate::engine::postgres::PgConn;
use crate::engine::sqlite::SqliteConn;
use crate::error::StoreError;
use crate::fail;
use crate::open::OpenOptions;
use crate::value::{Cell, Rows, Value};
use jiff::Timestamp;

struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A folder of `migrations`, with its text in both dialects.
macro_rules! migration {
    ($number:literal, $name:literal, $folder:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/", $folder, "/sqlite.sql")),
            postgres: include_str!(concat!("../migrations/", $folder, "/postgres.sql")),
        }
    };
}

const ALL: &[Migration] = &[
    migration!(1, "init", "0001_init"),
    migration!(2, "signed_bytes", "0002_signed_bytes"),
    migration!(3, "release_state", "0003_release_state"),
    migration!(4, "no_freeze_rows", "0004_no_freeze_rows"),
    migration!(5, "fleet", "0005_fleet"),
    migration!(6, "runs", "0006_runs"),
    migration!(7, "reports", "0007_reports"),
    migration!(8, "site_parts", "0008_site_parts"),
    migration!(9, "site_answer", "0009_site_answer"),
];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (\
     number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, \
     at BIGINT NOT NULL)";
const DONE: &str = "SELECT number, digest FROM schema_migration ORDER BY number";
const ADD: &str = "INSERT INTO schema_migration (number, name, digest, at) VALUES ($1, $2, $3, $4)";
/// Any fixed number: two nodes that start together migrate one after the other.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7203941)";

/// The newest schema this program knows.
pub(crate) fn newest() -> i64 {
    ALL.last().map_or(0, |migration| migration.number)
}

/// All changes of the schema, in order.
#[cfg(test)]
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|it| it.postgres)
}

/// Compares what was done with what we know; gives what is left to do.
fn pending(
    done: &Rows,
    text: impl Fn(&Migration) -> &'static str,
) -> Result<Vec<&'static Migration>, StoreError> {
    for row in &done.rows {
        let (number, found): (i64, String) = (row.get(0)?, row.get(1)?);
        let Some(known) = ALL.iter().find(|migration| migration.number == number) else {
            return Err(StoreError::Migration(format!(
                "the data were written by a newer roadbook (schema {number}, this program knows {}); start the newer program",
                newest()
            )));
        };
        if digest(text(known).as_bytes()) != found {
            return Err(StoreError::Migration(format!(
                "migration {number} on disk is not the one of this program"
            )));
        }
    }
    Ok(ALL.iter().skip(done.rows.len()).collect())
}

fn row(migration: &Migration, text: &str, now: Timestamp) -> [Value; 4] {
    [
        Value::Int(migration.number),
        Value::Text(migration.name.to_owned()),
        Value::Text(digest(text.as_bytes())),
        now.put(),
    ]
}

/// Brings a SQLite file up to date.
pub(crate) fn sqlite(conn: &mut SqliteConn, now: Timestamp) -> Result<(), StoreError> {
    use futures_util::FutureExt;
    conn.batch(TABLE)?;
    let done = conn.read(DONE, &[])?;
    for migration in pending(&done, |migration| migration.sqlite)? {
        fail::point("migrate.between");
        conn.batch("BEGIN IMMEDIATE")?;
        let result = conn.batch(migration.sqlite).and_then(|()| {
            let params = row(migration, migration.sqlite, now);
            conn.exec(ADD, &params).now_or_never().expect("SQLite answers at once")
        });
        if let Err(error) = result {
            conn.batch("ROLLBACK")?;
            return Err(error);
        }
        conn.batch("COMMIT")?;
    }
    Ok(())
}

/// Brings a PostgreSQL database up to date, and checks that it is durable.
pub(crate) async fn postgres(conn: &mut PgConn, options: &OpenOptions) -> Result<(), StoreError> {
    if !options.unsafe_durability {
        for name in ["fsync", "full_page_writes", "synchronous_commit"] {
            let answer = conn.rows("SELECT current_setting($1)", &[name.to_owned().put()]).await?;
            let value: String = answer.rows.first().map_or(Ok(String::new()), |row| row.get(0))?;
            if value == "off" {
                return Err(StoreError::Unsafe { setting: format!("{name} = {value}") });
            }
        }
    }
    conn.batch("BEGIN").await?;
    conn.batch(LOCK).await?;
    conn.batch(TABLE).await?;
    let done = conn.rows(DONE, &[]).await?;
    for migration in pending(&done, |migration| migration.postgres)? {
        fail::point("migrate.between");
        conn.batch(migration.postgres).await?;
        conn.exec(ADD, &row(migration, migration.postgres, options.now)).await?;
    }
    conn.batch("COMMIT").await
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn both_dialects_make_the_same_tables() {
        for (index, migration) in ALL.iter().enumerate() {
            assert_eq!(migration.number, index as i64 + 1);
            assert_eq!(
                migration.postgres.replace("BYTEA", "BLOB"),
                // Under this name only a key is SQLite's own row number, without an index beside the table.
                migration
                    .sqlite
                    .replace("id INTEGER NOT NULL", "id BIGINT NOT NULL")
                    // A table that is kept in the order of its key is a matter of SQLite's own.
                    .replace(") WITHOUT ROWID", ")"),
                "{}: only the names of these types may differ",
                migration.name
            );
        }
    }
}
