//! The small value layer between our SQL and the two drivers.

use crate::error::StoreError;
use jiff::Timestamp;
use jiff::civil::Date;
use roadbook_core::ids::{
    ContactId, DocumentId, FreezeId, LinkId, NoticeId, PersonId, ProductId, ReleaseId, RolloutId,
    SessionId, SiteId, UnitId,
};
use roadbook_core::text::Lang;

/// One bound parameter or one column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number, a flag (0 or 1) or a time in microseconds.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// About how many bytes the value takes: bounds a batch.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Value::Null | Value::Int(_) => 8,
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
        }
    }
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// Reads one column as a Rust value.
    pub(crate) fn get<T: Cell>(&self, index: usize) -> Result<T, StoreError> {
        let value = self.0.get(index).ok_or_else(|| {
            StoreError::Corrupt(format!("a row has {} columns, wanted {}", self.0.len(), index + 1))
        })?;
        T::take(value).ok_or_else(|| {
            StoreError::Corrupt(format!("column {index} holds {value:?}, which is no valid value"))
        })
    }
}

/// An answer with the names of its columns.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// A Rust type that fits into one column.
pub trait Cell: Sized {
    /// The value to bind.
    fn put(&self) -> Value;
    /// Reads it back; `None` when the column holds something else.
    fn take(value: &Value) -> Option<Self>;
}

impl Cell for i64 {
    fn put(&self) -> Value {
        Value::Int(*self)
    }
    fn take(value: &Value) -> Option<Self> {
        if let Value::Int(number) = value { Some(*number) } else { None }
    }
}

impl Cell for u32 {
    fn put(&self) -> Value {
        Value::Int(i64::from(*self))
    }
    fn take(value: &Value) -> Option<Self> {
        i64::take(value)?.try_into().ok()
    }
}

impl Cell for bool {
    fn put(&self) -> Value {
        Value::Int(i64::from(*self))
    }
    fn take(value: &Value) -> Option<Self> {
        match i64::take(value)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Cell for String {
    fn put(&self) -> Value {
        Value::Text(self.clone())
    }
    fn take(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl Cell for Vec<u8> {
    fn put(&self) -> Value {
        Value::Bytes(self.clone())
    }
    fn take(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

impl Cell for Timestamp {
    fn put(&self) -> Value {
        Value::Int(self.as_microsecond())
    }
    fn take(value: &Value) -> Option<Self> {
        Timestamp::from_microsecond(i64::take(value)?).ok()
    }
}

impl Cell for Date {
    fn put(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn take(value: &Value) -> Option<Self> {
        String::take(value)?.parse().ok()
    }
}

impl Cell for Lang {
    fn put(&self) -> Value {
        Value::Text(self.code().to_owned())
    }
    fn take(value: &Value) -> Option<Self> {
        Lang::from_tag(&String::take(value)?)
    }
}

impl<T: Cell> Cell for Option<T> {
    fn put(&self) -> Value {
        self.as_ref().map_or(Value::Null, Cell::put)
    }
    fn take(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::take(value).map(Some) }
    }
}

macro_rules! id_cells {
    ($($id:ty),* $(,)?) => {$(
        impl Cell for $id {
            fn put(&self) -> Value {
                Value::Text(self.as_str().to_owned())
            }
            fn take(value: &Value) -> Option<Self> {
                if let Value::Text(text) = value { <$id>::parse(text).ok() } else { None }
            }
        }
    )*};
}

id_cells!(
    PersonId, UnitId, ProductId, ReleaseId, SiteId, ContactId, DocumentId, NoticeId, FreezeId,
    SessionId, LinkId, RolloutId
);
