//! Pages of lists: keyset paging with opaque cursors.

use crate::error::StoreError;
use crate::scope::Sql;
use crate::table::{Table, columns};
use crate::value::{Row, Value};
use crate::{Store, canonical};
use roadbook_core::limits::PAGE_ROWS_MAX;

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// What a page is asked for with.
#[derive(Clone, Debug, Default)]
pub struct PageAsk {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// Rows, at most [`PAGE_ROWS_MAX`]; 0 means the usual number.
    pub limit: usize,
}

impl PageAsk {
    /// The first page.
    pub fn first(limit: usize) -> PageAsk {
        PageAsk { cursor: None, limit }
    }

    fn rows(&self) -> usize {
        match self.limit {
            0 => roadbook_core::limits::PAGE_ROWS_DEFAULT,
            limit => limit.min(PAGE_ROWS_MAX),
        }
    }
}

/// How a list is ordered: columns that together are unique, all in one direction.
pub(crate) struct Order {
    pub(crate) columns: &'static [&'static str],
    pub(crate) descending: bool,
}

/// Reads one page. `sql` ends in a complete WHERE; `alias` names the table in it.
pub(crate) async fn read<T: Table>(
    store: &Store,
    alias: &str,
    mut sql: Sql,
    order: &Order,
    ask: &PageAsk,
) -> Result<Page<T>, StoreError> {
    let names: Vec<String> = order.columns.iter().map(|name| format!("{alias}.{name}")).collect();
    if let Some(cursor) = &ask.cursor {
        let values = decode(cursor, order.columns.len())?;
        let sign = if order.descending { "<" } else { ">" };
        sql.push(&format!(" AND ({}) {sign} (", names.join(", ")));
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                sql.push(", ");
            }
            sql.bind_value(value);
        }
        sql.push(")");
    }
    let direction = if order.descending { " DESC" } else { "" };
    let by: Vec<String> = names.iter().map(|name| format!("{name}{direction}")).collect();
    let limit = ask.rows();
    // One row more than asked tells whether there is a next page.
    sql.push(&format!(" ORDER BY {} LIMIT ", by.join(", ")))
        .bind_value(Value::Int(limit as i64 + 1));
    let text = format!(
        "SELECT {}, {} FROM {} {alias} {}",
        columns::<T>(alias),
        names.join(", "),
        T::NAME,
        sql.text
    );
    let mut found = store.query(text, sql.params).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = match found.last() {
        Some(last) if more => Some(encode(last, T::COLUMNS.len())),
        _ => None,
    };
    let rows = found.iter().map(|row| T::read_at(row, 0)).collect::<Result<_, _>>()?;
    Ok(Page { rows, next })
}

fn encode(row: &Row, from: usize) -> String {
    let keys: Vec<serde_json::Value> = row.0[from..]
        .iter()
        .map(|value| match value {
            Value::Int(number) => serde_json::Value::from(*number),
            Value::Text(text) => serde_json::Value::from(text.as_str()),
            Value::Null | Value::Bytes(_) => serde_json::Value::Null,
        })
        .collect();
    let text = serde_json::Value::from(keys).to_string();
    let check = &canonical::digest(text.as_bytes())[..8];
    hex::encode(format!("{check}{text}"))
}

fn decode(cursor: &str, wanted: usize) -> Result<Vec<Value>, StoreError> {
    let invalid = || StoreError::Invalid("the cursor is not one of this list; leave it out".into());
    let bytes = hex::decode(cursor).map_err(|_| invalid())?;
    let text = String::from_utf8(bytes).map_err(|_| invalid())?;
    let (check, text) = text.split_at_checked(8).ok_or_else(invalid)?;
    if canonical::digest(text.as_bytes())[..8] != *check {
        return Err(invalid());
    }
    let keys: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| invalid())?;
    if keys.len() != wanted {
        return Err(invalid());
    }
    keys.iter()
        .map(|key| match key {
            serde_json::Value::Number(number) => {
                number.as_i64().map(Value::Int).ok_or_else(invalid)
            }
            serde_json::Value::String(text) => Ok(Value::Text(text.clone())),
            _ => Err(invalid()),
        })
        .collect()
}

/// A pattern for `LIKE … ESCAPE '!'` that finds the text anywhere.
pub(crate) fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
