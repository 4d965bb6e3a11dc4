//! Backup and restore in one portable form: a line of JSON per row, files by their digest, and a
//! manifest that is written last. A backup of SQLite can be restored into PostgreSQL and back.

use crate::blobs;
use crate::canonical::digest;
use crate::classes::TableInfo;
use crate::commit::{Commit, CommitError, Expect, Write};
use crate::error::StoreError;
use crate::migrate;
use crate::open::{Location, OpenOptions, Store};
use crate::snapshot::Sink;
use crate::value::{Cell, Row, Value};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest.json";
const ROWS_PER_COMMIT: usize = 1_000;

/// What a backup holds. A folder without it is no backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Shape of the backup.
    pub format: u32,
    /// Schema of the tables.
    pub schema: i64,
    /// When it was made, microseconds.
    pub made_at: i64,
    /// Tables with their rows and digests.
    pub tables: BTreeMap<String, TableFile>,
    /// Files by digest, with their sizes.
    pub blobs: BTreeMap<String, i64>,
}

/// One table in a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    /// Rows.
    pub rows: u64,
    /// SHA-256 of the file, hex.
    pub sha256: String,
}

struct Output {
    dir: PathBuf,
    open: Option<(String, BufWriter<File>, Sha256, u64)>,
    tables: BTreeMap<String, TableFile>,
    blobs: BTreeMap<String, i64>,
}

impl Output {
    fn close(&mut self) -> Result<(), StoreError> {
        let Some((name, writer, sha, rows)) = self.open.take() else { return Ok(()) };
        let io = |error: std::io::Error| StoreError::io(format!("writing {name}"), &error);
        let file = writer.into_inner().map_err(|error| io(error.into_error()))?;
        file.sync_all().map_err(io)?;
        self.tables.insert(name, TableFile { rows, sha256: hex::encode(sha.finalize()) });
        Ok(())
    }

    fn line(&mut self, json: &serde_json::Value) -> Result<(), StoreError> {
        let Some((name, writer, sha, _)) = &mut self.open else { return Ok(()) };
        let line = format!("{json}\n");
        sha.update(line.as_bytes());
        let result = writer.write_all(line.as_bytes());
        result.map_err(|error| StoreError::io(format!("writing {name}"), &error))
    }
}

impl Sink for Output {
    fn take(
        &mut self,
        table: &TableInfo,
        columns: &[String],
        rows: &[Row],
    ) -> Result<(), StoreError> {
        if self.open.as_ref().is_none_or(|open| open.0 != table.name) {
            self.close()?;
            let path = self.dir.join("tables").join(format!("{}.jsonl", table.name));
            let file = File::create(&path)
                .map_err(|error| StoreError::io(path.display().to_string(), &error))?;
            self.open = Some((table.name.to_owned(), BufWriter::new(file), Sha256::new(), 0));
            self.line(&serde_json::json!(columns))?;
        }
        for row in rows {
            let cells: Vec<serde_json::Value> = row.0.iter().map(to_json).collect();
            self.line(&serde_json::Value::from(cells))?;
            if table.name == "blob" {
                self.blobs.insert(row.get(0)?, row.get(1)?);
            }
        }
        if let Some(open) = &mut self.open {
            open.3 += rows.len() as u64;
        }
        Ok(())
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Int(number) => serde_json::Value::from(*number),
        Value::Text(text) => serde_json::Value::from(text.as_str()),
        Value::Bytes(bytes) => serde_json::json!({ "hex": hex::encode(bytes) }),
    }
}

fn from_json(json: &serde_json::Value) -> Option<Value> {
    Some(match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Number(number) => Value::Int(number.as_i64()?),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Object(map) => {
            Value::Bytes(hex::decode(map.get("hex")?.as_str()?).ok()?)
        }
        _ => return None,
    })
}

/// Writes a backup into a new or empty folder while the store is in use.
pub async fn backup(store: &Store, to: &Path, now: Timestamp) -> Result<Manifest, StoreError> {
    let io =
        |path: &Path, error: &std::io::Error| StoreError::io(path.display().to_string(), error);
    fs::create_dir_all(to).map_err(|error| io(to, &error))?;
    let mut existing = fs::read_dir(to).map_err(|error| io(to, &error))?;
    if existing.next().is_some() {
        return Err(StoreError::Invalid(format!(
            "{} is not empty; name a new folder for the backup",
            to.display()
        )));
    }
    fs::create_dir_all(to.join("tables")).map_err(|error| io(to, &error))?;
    let output =
        Output { dir: to.to_owned(), open: None, tables: BTreeMap::new(), blobs: BTreeMap::new() };
    let mut output = store.snapshot(|_| true, output).await?;
    output.close()?;
    for sha256 in output.blobs.keys() {
        copy_blob(store.dir(), to, sha256).await?;
    }
    let manifest = Manifest {
        format: 1,
        schema: migrate::newest(),
        made_at: now.as_microsecond(),
        tables: output.tables,
        blobs: output.blobs,
    };
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| StoreError::Invalid(error.to_string()))?;
    let path = to.join(MANIFEST);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        File::open(to.join("tables"))?.sync_all()?;
        File::open(to)?.sync_all()
    };
    write().map_err(|error| io(&path, &error))?;
    Ok(manifest)
}

/// Copies one file and checks that the copy is what its name says.
async fn copy_blob(from: &Path, to: &Path, sha256: &str) -> Result<(), StoreError> {
    let (source, target) = (blobs::path_of(from, sha256)?, blobs::path_of(to, sha256)?);
    let io = |error: std::io::Error| StoreError::io(format!("copying the file {sha256}"), &error);
    if let Some(parent) = target.parent() {
        tokio::fs::create_dir_all(parent).await.map_err(io)?;
    }
    tokio::fs::copy(&source, &target).await.map_err(io)?;
    tokio::fs::File::open(&target).await.map_err(io)?.sync_all().await.map_err(io)?;
    if blobs::digest_file(&target).await? != sha256 {
        return Err(StoreError::Corrupt(format!("the file {sha256} was changed on disk")));
    }
    Ok(())
}

/// Reads the manifest and checks every byte that it names.
pub async fn check(dir: &Path) -> Result<Manifest, StoreError> {
    let path = dir.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|error| {
        let what = format!("{} is no complete backup: reading {MANIFEST}", dir.display());
        StoreError::io(what, &error)
    })?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| StoreError::Corrupt(format!("{}: {error}", path.display())))?;
    if manifest.format != 1 || manifest.schema != migrate::newest() {
        return Err(StoreError::Migration(format!(
            "the backup has format {} and schema {}, this program reads format 1 and schema {}",
            manifest.format,
            manifest.schema,
            migrate::newest()
        )));
    }
    for (name, table) in &manifest.tables {
        if blobs::digest_file(&table_path(dir, name)?).await? != table.sha256 {
            return Err(StoreError::Corrupt(format!("the table {name} of the backup was changed")));
        }
    }
    for sha256 in manifest.blobs.keys() {
        if blobs::digest_file(&blobs::path_of(dir, sha256)?).await? != *sha256 {
            return Err(StoreError::Corrupt(format!(
                "the file {sha256} of the backup was changed"
            )));
        }
    }
    Ok(manifest)
}

fn table_path(dir: &Path, name: &str) -> Result<PathBuf, StoreError> {
    // The name becomes part of SQL and of a path: only our own names may.
    if !crate::classes::TABLES.iter().any(|table| table.name == name) {
        return Err(StoreError::Corrupt(format!("the backup names an unknown table `{name}`")));
    }
    Ok(dir.join("tables").join(format!("{name}.jsonl")))
}

/// Restores a backup into an empty place. Everything is checked before anything is written; the
/// outbox comes back quarantined, sessions do not come back.
pub async fn restore(
    dir: &Path,
    loc: &Location,
    options: &OpenOptions,
) -> Result<Store, StoreError> {
    let manifest = check(dir).await?;
    let store = Store::open(loc, options).await?;
    let used = store.first("SELECT count(*) FROM record", Vec::new()).await?;
    let documents = store.first("SELECT count(*) FROM document", Vec::new()).await?;
    let people = store.first("SELECT count(*) FROM person", Vec::new()).await?;
    for row in [used, documents, people].into_iter().flatten() {
        if row.get::<i64>(0)? > 0 {
            return Err(StoreError::Invalid(
                "the place to restore into holds data; name an empty one".into(),
            ));
        }
    }
    for sha256 in manifest.blobs.keys() {
        copy_blob(dir, store.dir(), sha256).await?;
    }
    let mark = "INSERT INTO meta (name, value) VALUES ('restoring', 'yes')";
    write(&store, options.now, vec![Write::new(mark, Vec::new(), Expect::Any)]).await?;
    for table in crate::classes::TABLES {
        if manifest.tables.contains_key(table.name) {
            restore_table(&store, dir, table.name, options.now).await?;
        }
    }
    let epoch = Value::Text(options.now.as_microsecond().to_string());
    let last = vec![
        crate::outbox::quarantine_all(),
        Write::new("DELETE FROM session", Vec::new(), Expect::Any),
        Write::new(
            "INSERT INTO meta (name, value) VALUES ('epoch', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            vec![epoch],
            Expect::Any,
        ),
        Write::new("DELETE FROM meta WHERE name = 'restoring'", Vec::new(), Expect::Any),
    ];
    write(&store, options.now, last).await?;
    Ok(store)
}

async fn restore_table(
    store: &Store,
    dir: &Path,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let path = table_path(dir, name)?;
    let io = |error: std::io::Error| StoreError::io(path.display().to_string(), &error);
    let damaged = || StoreError::Corrupt(format!("{} is damaged", path.display()));
    let mut lines = BufReader::new(File::open(&path).map_err(io)?).lines();
    let head = lines.next().ok_or_else(damaged)?.map_err(io)?;
    let columns: Vec<String> = serde_json::from_str(&head).map_err(|_| damaged())?;
    if columns.iter().any(|name| {
        !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
    }) {
        return Err(damaged());
    }
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    let sql = format!("INSERT INTO {name} ({}) VALUES ({})", columns.join(", "), marks.join(", "));
    // The schema begins with rows of its own (the empty tree), which the backup replaces; what the
    // restore itself notes in `meta` stays.
    let clear = format!("DELETE FROM {name} WHERE NOT ('{name}' = 'meta')");
    let mut writes = vec![Write::new(clear, Vec::new(), Expect::Any)];
    for line in lines {
        let line = line.map_err(io)?;
        let cells: Vec<serde_json::Value> = serde_json::from_str(&line).map_err(|_| damaged())?;
        let params: Option<Vec<Value>> = cells.iter().map(from_json).collect();
        let params = params.filter(|params| params.len() == columns.len()).ok_or_else(damaged)?;
        writes.push(Write::new(sql.clone(), params, Expect::Any));
        if writes.len() >= ROWS_PER_COMMIT {
            write(store, now, std::mem::take(&mut writes)).await?;
        }
    }
    write(store, now, writes).await
}

pub(crate) async fn write(
    store: &Store,
    now: Timestamp,
    writes: Vec<Write>,
) -> Result<(), StoreError> {
    let mut commit = Commit::new(now, "system");
    commit.writes = writes;
    match store.commit(commit).await {
        Ok(_) => Ok(()),
        Err(CommitError::Full) => Err(StoreError::Full),
        Err(CommitError::Store(error)) => Err(error),
        Err(other) => Err(StoreError::Sql(other.to_string())),
    }
}

/// When this store was restored the last time, if ever: its epoch.
pub async fn restored_at(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    let row = store.first("SELECT value FROM meta WHERE name = 'epoch'", Vec::new()).await?;
    let Some(row) = row else { return Ok(None) };
    let micros: Option<i64> = row.get::<String>(0)?.parse().ok();
    Ok(micros.and_then(|micros| Timestamp::take(&Value::Int(micros))))
}

/// The digest of a whole backup: two backups of the same data have the same one.
pub fn fingerprint(manifest: &Manifest) -> String {
    let mut text = String::new();
    for (name, table) in &manifest.tables {
        text.push_str(&format!("{name} {} {}\n", table.rows, table.sha256));
    }
    for (sha256, size) in &manifest.blobs {
        text.push_str(&format!("{sha256} {size}\n"));
    }
    digest(text.as_bytes())
}
