//! Documents: what is few and edited by people. Versioned JSON with a revision.

use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::open::Store;
use crate::value::{Cell, Value};
use roadbook_core::limits::DOCUMENT_BYTES_MAX;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A document as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// Its id.
    pub id: String,
    /// Goes up by one with each change.
    pub revision: i64,
    /// Version of the JSON's shape.
    pub v: u32,
    /// The JSON.
    pub body: String,
}

/// A type that is kept as a document. Derive `deny_unknown_fields` on it: a field that nobody
/// knows is an error, not something to drop silently.
pub trait Stored: Serialize + DeserializeOwned {
    /// The kind of document.
    const KIND: &'static str;
    /// The version that is written.
    const V: u32;

    /// Brings JSON of an older version to [`Stored::V`].
    fn upcast(v: u32, json: serde_json::Value) -> serde_json::Value {
        let _ = v;
        json
    }
}

impl Stored for roadbook_core::release::Release {
    const KIND: &'static str = "release";
    const V: u32 = 1;
}

/// A typed document with its revision.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// The value.
    pub value: T,
    /// The revision it was read at: the guard of the next change.
    pub revision: i64,
}

/// One document.
pub async fn get(store: &Store, kind: &str, id: &str) -> Result<Option<Doc>, StoreError> {
    const GET: &str = "SELECT id, revision, v, body FROM document WHERE kind = $1 AND id = $2";
    let row = store.first(GET, vec![kind.to_owned().put(), id.to_owned().put()]).await?;
    row.as_ref().map(doc).transpose()
}

/// Documents of a kind in the order of their ids, after `after`.
pub async fn list(
    store: &Store,
    kind: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<Doc>, StoreError> {
    const LIST: &str = "SELECT id, revision, v, body FROM document \
         WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3";
    let params = vec![kind.to_owned().put(), after.to_owned().put(), Value::Int(limit as i64)];
    store.query(LIST, params).await?.iter().map(doc).collect()
}

/// Documents of all kinds after a given one; `None` when there are no more.
pub(crate) async fn any_after(
    store: &Store,
    after: Option<&(String, Doc)>,
) -> Result<Option<Vec<(String, Doc)>>, StoreError> {
    const SQL: &str = "SELECT id, revision, v, body, kind FROM document \
         WHERE (kind, id) > ($1, $2) ORDER BY kind, id LIMIT 200";
    let (kind, id) =
        after.map_or((String::new(), String::new()), |(kind, doc)| (kind.clone(), doc.id.clone()));
    let rows = store.query(SQL, vec![kind.put(), id.put()]).await?;
    let found: Result<Vec<(String, Doc)>, StoreError> =
        rows.iter().map(|row| Ok((row.get(4)?, doc(row)?))).collect();
    Ok(Some(found?).filter(|page| !page.is_empty()))
}

fn doc(row: &crate::value::Row) -> Result<Doc, StoreError> {
    Ok(Doc { id: row.get(0)?, revision: row.get(1)?, v: row.get(2)?, body: row.get(3)? })
}

/// Makes a document at revision 1. Misses when it exists.
pub fn insert(kind: &str, id: &str, v: u32, body: String, at: jiff::Timestamp) -> Write {
    const INSERT: &str = "INSERT INTO document (kind, id, revision, v, body, updated_at) \
         VALUES ($1, $2, 1, $3, $4, $5) ON CONFLICT (kind, id) DO NOTHING";
    if let Some(error) = too_large(kind, id, &body) {
        return Write::refused(error);
    }
    let miss = Miss::Exists { what: kind.to_owned(), id: id.to_owned() };
    let params =
        vec![kind.to_owned().put(), id.to_owned().put(), v.put(), Value::Text(body), at.put()];
    Write::new(INSERT, params, Expect::One(miss))
}

/// Replaces a document that still has the expected revision.
pub fn update(
    kind: &str,
    id: &str,
    expected_revision: i64,
    v: u32,
    body: String,
    at: jiff::Timestamp,
) -> Write {
    const UPDATE: &str = "UPDATE document SET revision = revision + 1, v = $1, body = $2, \
         updated_at = $3 WHERE kind = $4 AND id = $5 AND revision = $6";
    if let Some(error) = too_large(kind, id, &body) {
        return Write::refused(error);
    }
    let miss = Miss::Stale { what: kind.to_owned(), id: id.to_owned() };
    let params = vec![
        v.put(),
        Value::Text(body),
        at.put(),
        kind.to_owned().put(),
        id.to_owned().put(),
        expected_revision.put(),
    ];
    Write::new(UPDATE, params, Expect::One(miss))
}

/// Deletes a document that still has the expected revision.
pub fn delete(kind: &str, id: &str, expected_revision: i64) -> Write {
    const DELETE: &str = "DELETE FROM document WHERE kind = $1 AND id = $2 AND revision = $3";
    let miss = Miss::Stale { what: kind.to_owned(), id: id.to_owned() };
    let params = vec![kind.to_owned().put(), id.to_owned().put(), expected_revision.put()];
    Write::new(DELETE, params, Expect::One(miss))
}

fn too_large(kind: &str, id: &str, body: &str) -> Option<StoreError> {
    (body.len() > DOCUMENT_BYTES_MAX).then(|| StoreError::TooLarge {
        kind: kind.to_owned(),
        id: id.to_owned(),
        bytes: body.len(),
    })
}

/// Reads a typed document.
pub async fn load<T: Stored>(store: &Store, id: &str) -> Result<Option<Loaded<T>>, StoreError> {
    get(store, T::KIND, id).await?.as_ref().map(read::<T>).transpose()
}

/// Reads all typed documents of a kind: for kinds that are few.
pub async fn load_all<T: Stored>(store: &Store) -> Result<Vec<(String, Loaded<T>)>, StoreError> {
    const PAGE: usize = 200;
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = list(store, T::KIND, &after, PAGE).await?;
        for found in &page {
            all.push((found.id.clone(), read::<T>(found)?));
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after.clone_from(&last.id),
            _ => return Ok(all),
        }
    }
}

/// Turns a stored document into its type; older versions are brought up first.
pub fn read<T: Stored>(doc: &Doc) -> Result<Loaded<T>, StoreError> {
    let wrong = |error: String| StoreError::Corrupt(format!("{}/{}: {error}", T::KIND, doc.id));
    if doc.v > T::V {
        return Err(wrong(format!("version {} is newer than this program", doc.v)));
    }
    let value = if doc.v == T::V {
        serde_json::from_str(&doc.body).map_err(|error| wrong(error.to_string()))?
    } else {
        let json = serde_json::from_str(&doc.body).map_err(|error| wrong(error.to_string()))?;
        serde_json::from_value(T::upcast(doc.v, json)).map_err(|error| wrong(error.to_string()))?
    };
    Ok(Loaded { value, revision: doc.revision })
}

/// Makes a typed document.
pub fn insert_typed<T: Stored>(id: &str, value: &T, at: jiff::Timestamp) -> Write {
    match serde_json::to_string(value) {
        Ok(body) => insert(T::KIND, id, T::V, body, at),
        Err(error) => Write::refused(StoreError::Invalid(format!("{}/{id}: {error}", T::KIND))),
    }
}

/// Replaces a typed document.
pub fn update_typed<T: Stored>(id: &str, value: &T, revision: i64, at: jiff::Timestamp) -> Write {
    match serde_json::to_string(value) {
        Ok(body) => update(T::KIND, id, revision, T::V, body, at),
        Err(error) => Write::refused(StoreError::Invalid(format!("{}/{id}: {error}", T::KIND))),
    }
}
