//! Files by their SHA-256, beside the database: a file that is listed is whole.

use crate::Store;
use crate::commit::Write;
use crate::error::StoreError;
use crate::fail;
use crate::table::{self, row, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::fs::{self, File};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

row! {
    /// A file that is kept.
    pub struct Blob in "blob" key (sha256) {
        /// SHA-256, hex: its name on disk.
        sha256: String,
        /// Bytes.
        size: i64,
        /// Name as uploaded.
        name: String,
        /// Media type as checked.
        media_type: String,
        /// When it came.
        at: Timestamp,
    }
}

/// Where the files lie.
pub(crate) fn folder(dir: &Path) -> PathBuf {
    dir.join("blobs")
}

/// The path of a file: two characters make a folder.
pub(crate) fn path_of(dir: &Path, sha256: &str) -> Result<PathBuf, StoreError> {
    let good = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !good {
        return Err(StoreError::Invalid(format!("`{sha256}` is no SHA-256")));
    }
    Ok(folder(dir).join(&sha256[..2]).join(sha256))
}

/// What [`receive`] gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// SHA-256, hex.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
}

/// Streams a file to disk: temporary file, sync, rename, sync of the folder. It is on disk for good
/// afterwards; the row that lists it is written with the commit that needs it.
pub async fn receive(
    store: &Store,
    mut source: impl AsyncRead + Unpin,
    limit: u64,
    temporary_name: &str,
) -> Result<Received, StoreError> {
    let incoming = folder(store.dir()).join("incoming");
    let io =
        |what: &Path, error: &std::io::Error| StoreError::io(what.display().to_string(), error);
    fs::create_dir_all(&incoming).await.map_err(|error| io(&incoming, &error))?;
    let temporary = incoming.join(temporary_name);
    let result = async {
        let (sha256, size) = copy(&mut source, &temporary, limit).await?;
        fail::point("blob.after_write");
        let path = path_of(store.dir(), &sha256)?;
        let parent = path.parent().unwrap_or(&incoming).to_owned();
        fs::create_dir_all(&parent).await.map_err(|error| io(&parent, &error))?;
        fs::rename(&temporary, &path).await.map_err(|error| io(&path, &error))?;
        fail::point("blob.after_rename");
        for dir in [parent.as_path(), &folder(store.dir())] {
            let opened = File::open(dir).await.map_err(|error| io(dir, &error))?;
            opened.sync_all().await.map_err(|error| io(dir, &error))?;
        }
        Ok(Received { sha256, size })
    }
    .await;
    if result.is_err() {
        let _ = fs::remove_file(&temporary).await;
    }
    result
}

async fn copy(
    source: &mut (impl AsyncRead + Unpin),
    to: &Path,
    limit: u64,
) -> Result<(String, i64), StoreError> {
    let io = |error: std::io::Error| StoreError::io(to.display().to_string(), &error);
    let mut file = File::create(to).await.map_err(io)?;
    let mut sha = Sha256::new();
    let mut size = 0_u64;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = source.read(&mut buffer).await.map_err(io)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if size > limit {
            return Err(StoreError::Invalid(format!(
                "the file is larger than {limit} bytes; upload a smaller one"
            )));
        }
        sha.update(&buffer[..read]);
        file.write_all(&buffer[..read]).await.map_err(io)?;
    }
    file.flush().await.map_err(io)?;
    file.sync_all().await.map_err(io)?;
    Ok((hex::encode(sha.finalize()), size as i64))
}

/// Lists a received file. The same bytes twice are one file; the first name stays.
pub fn insert(blob: &Blob) -> Write {
    let mut write = table::insert(blob);
    write.expect = crate::commit::Expect::Any;
    write
}

/// The row of a file.
pub async fn get(store: &Store, sha256: &str) -> Result<Option<Blob>, StoreError> {
    select_one(store, "WHERE sha256 = $1", vec![sha256.to_owned().put()]).await
}

row! {
    /// Bytes that somebody signed.
    pub struct SignedBytes in "signed_bytes" key (sha256) {
        /// SHA-256, hex.
        sha256: String,
        /// What was hashed.
        bytes: Vec<u8>,
        /// When it was first signed.
        at: Timestamp,
    }
}

/// Keeps signed bytes with the commit of the signature. The same bytes twice are one row.
pub fn keep_signed(bytes: Vec<u8>, at: Timestamp) -> Write {
    let sha256 = crate::canonical::digest(&bytes);
    let mut write = table::insert(&SignedBytes { sha256, bytes, at });
    write.expect = crate::commit::Expect::Any;
    write
}

/// Reads signed bytes, and checks them.
pub async fn signed(store: &Store, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Option<SignedBytes> =
        select_one(store, "WHERE sha256 = $1", vec![sha256.to_owned().put()]).await?;
    let Some(found) = found else { return Ok(None) };
    if crate::canonical::digest(&found.bytes) != sha256 {
        return Err(StoreError::Corrupt(format!("the signed bytes {sha256} were changed")));
    }
    Ok(Some(found.bytes))
}

/// Opens a listed file for reading.
pub async fn open(store: &Store, sha256: &str) -> Result<Option<(Blob, File)>, StoreError> {
    let Some(blob) = get(store, sha256).await? else { return Ok(None) };
    let path = path_of(store.dir(), sha256)?;
    match File::open(&path).await {
        Ok(file) => Ok(Some((blob, file))),
        Err(error) => Err(StoreError::Corrupt(format!("the file {sha256} is missing ({error})"))),
    }
}

/// Opens a file that came in and is not listed yet.
pub async fn open_unlisted(store: &Store, sha256: &str) -> Result<File, StoreError> {
    let path = path_of(store.dir(), sha256)?;
    File::open(&path).await.map_err(|it| StoreError::io(path.display().to_string(), &it))
}

/// Reads a whole listed file, and checks it. For small files.
pub async fn read(store: &Store, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((_, mut file)) = open(store, sha256).await? else { return Ok(None) };
    let mut bytes = Vec::new();
    let result = file.read_to_end(&mut bytes).await;
    result.map_err(|error| StoreError::io(format!("reading {sha256}"), &error))?;
    if crate::canonical::digest(&bytes) != sha256 {
        return Err(StoreError::Corrupt(format!("the file {sha256} was changed on disk")));
    }
    Ok(Some(bytes))
}

/// Reads a listed file once and says whether it is still what was kept.
pub async fn check(store: &Store, sha256: &str) -> Result<(), StoreError> {
    let found = digest_file(&path_of(store.dir(), sha256)?).await?;
    if found != sha256 {
        return Err(StoreError::Corrupt(format!(
            "the file {sha256} was changed on disk; restore it from a backup"
        )));
    }
    Ok(())
}

/// SHA-256 of a file on disk.
pub(crate) async fn digest_file(path: &Path) -> Result<String, StoreError> {
    let io = |error: std::io::Error| StoreError::io(path.display().to_string(), &error);
    let mut file = File::open(path).await.map_err(io)?;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut buffer).await.map_err(io)?;
        if read == 0 {
            return Ok(hex::encode(sha.finalize()));
        }
        sha.update(&buffer[..read]);
    }
}
