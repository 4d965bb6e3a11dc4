//! One declaration per table gives its struct, its columns, and how it is read and written.

use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::open::Store;
use crate::scope::Sql;
use crate::value::{Cell, Row, Value};
use std::collections::{HashMap, HashSet};

/// A struct that is one row of a table.
pub trait Table: Sized {
    /// The table.
    const NAME: &'static str;
    /// Columns in the order of the fields.
    const COLUMNS: &'static [&'static str];
    /// The columns of the primary key.
    const KEY: &'static [&'static str];

    /// The fields as values, in the order of [`Table::COLUMNS`].
    fn values(&self) -> Vec<Value>;
    /// Reads a row that holds [`Table::COLUMNS`] from column `from` on.
    fn read_at(row: &Row, from: usize) -> Result<Self, StoreError>;
    /// The key as text, for messages.
    fn id(&self) -> String;
}

/// Declares a row struct.
macro_rules! row {
    ($(#[$doc:meta])* pub struct $name:ident in $table:literal key ($($key:ident),+) {
        $($(#[$fdoc:meta])* $field:ident: $ty:ty,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)+ }

        impl $crate::table::Table for $name {
            const NAME: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];

            fn values(&self) -> Vec<$crate::value::Value> {
                vec![$($crate::value::Cell::put(&self.$field)),+]
            }

            fn read_at(
                row: &$crate::value::Row,
                from: usize,
            ) -> Result<Self, $crate::error::StoreError> {
                let mut index = from;
                Ok(Self { $($field: { index += 1; row.get(index - 1)? }),+ })
            }

            fn id(&self) -> String {
                let parts: Vec<String> = vec![$($crate::table::shown(&self.$key)),+];
                parts.join("/")
            }
        }
    };
}
pub(crate) use row;

/// A cell as text, for messages.
pub(crate) fn shown<T: Cell>(cell: &T) -> String {
    match cell.put() {
        Value::Null => "-".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Bytes(bytes) => hex::encode(bytes),
    }
}

/// `a, b, c`, or `r.a, r.b, r.c` with an alias.
pub(crate) fn columns<T: Table>(alias: &str) -> String {
    if alias.is_empty() {
        return T::COLUMNS.join(", ");
    }
    let named: Vec<String> = T::COLUMNS.iter().map(|name| format!("{alias}.{name}")).collect();
    named.join(", ")
}

fn insert_sql<T: Table>() -> String {
    let marks: Vec<String> = (1..=T::COLUMNS.len()).map(|n| format!("${n}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", T::NAME, columns::<T>(""), marks.join(", "))
}

/// Makes a row. Misses when its key, or a name that must be unique, is taken.
pub(crate) fn insert<T: Table>(row: &T) -> Write {
    let miss = Miss::Exists { what: T::NAME.to_owned(), id: row.id() };
    let sql = format!("{} ON CONFLICT DO NOTHING", insert_sql::<T>());
    Write::new(sql, row.values(), Expect::One(miss))
}

/// Makes a row or replaces it.
pub(crate) fn put<T: Table>(row: &T) -> Write {
    let set: Vec<String> = T::COLUMNS
        .iter()
        .filter(|name| !T::KEY.contains(name))
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let action = if set.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!("UPDATE SET {}", set.join(", "))
    };
    let sql = format!("{} ON CONFLICT ({}) DO {action}", insert_sql::<T>(), T::KEY.join(", "));
    Write::new(sql, row.values(), Expect::Any)
}

/// Makes what is stored of a set what it should be: most rows of a set stay as they are.
pub(crate) fn replace<T: Table + PartialEq>(stored: &[T], wanted: &[T]) -> Vec<Write> {
    let wanted_ids: HashSet<String> = wanted.iter().map(Table::id).collect();
    let known: HashMap<String, &T> = stored.iter().map(|it| (it.id(), it)).collect();
    let gone = stored.iter().filter(|it| !wanted_ids.contains(&it.id())).map(delete);
    let other =
        wanted.iter().filter(|it| known.get(&it.id()).is_none_or(|old| *old != *it)).map(put);
    gone.chain(other).collect()
}

/// Takes a row away, if it is there.
fn delete<T: Table>(row: &T) -> Write {
    let key = |(name, value)| T::KEY.contains(&name).then_some((name, value));
    let named: Vec<(&str, Value)> =
        T::COLUMNS.iter().copied().zip(row.values()).filter_map(key).collect();
    let guard: Vec<String> =
        named.iter().enumerate().map(|(n, (name, _))| format!("{name} = ${}", n + 1)).collect();
    let sql = format!("DELETE FROM {} WHERE {}", T::NAME, guard.join(" AND "));
    Write::new(sql, named.into_iter().map(|(_, value)| value).collect(), Expect::Any)
}

/// Replaces a row that still has the revision in `row.revision`; the stored one goes up by one.
pub(crate) fn update<T: Table>(row: &T) -> Write {
    let mut params = Vec::new();
    let mut set = Vec::new();
    let mut guard = Vec::new();
    for (name, value) in T::COLUMNS.iter().zip(row.values()) {
        params.push(value);
        let n = params.len();
        if T::KEY.contains(name) {
            guard.push(format!("{name} = ${n}"));
        } else if *name == "revision" {
            guard.push(format!("revision = ${n}"));
            set.push("revision = revision + 1".to_owned());
        } else {
            set.push(format!("{name} = ${n}"));
        }
    }
    let miss = Miss::Stale { what: T::NAME.to_owned(), id: row.id() };
    let sql = format!("UPDATE {} SET {} WHERE {}", T::NAME, set.join(", "), guard.join(" AND "));
    Write::new(sql, params, Expect::One(miss))
}

/// Reads the rows that a condition selects; `rest` is what follows `FROM table`.
pub(crate) async fn select<T: Table>(
    store: &Store,
    rest: &str,
    params: Vec<Value>,
) -> Result<Vec<T>, StoreError> {
    let sql = format!("SELECT {} FROM {} {rest}", columns::<T>(""), T::NAME);
    store.query(sql, params).await?.iter().map(|row| T::read_at(row, 0)).collect()
}

/// Reads at most one row.
pub(crate) async fn select_one<T: Table>(
    store: &Store,
    rest: &str,
    params: Vec<Value>,
) -> Result<Option<T>, StoreError> {
    Ok(select(store, rest, params).await?.into_iter().next())
}

/// Counts the rows that a condition selects; `from` is the table with its alias.
pub(crate) async fn count(store: &Store, from: &str, sql: Sql) -> Result<i64, StoreError> {
    let text = format!("SELECT count(*) FROM {from} {}", sql.text);
    store.first(text, sql.params).await?.map_or(Ok(0), |row| row.get(0))
}
