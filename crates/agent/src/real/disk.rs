//! The data directory, on a real disk.

use crate::ports::Disk;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// So long the lock of an agent that was killed may outlive it.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// A directory of the agent's own.
#[derive(Clone, Debug)]
pub struct RealDisk {
    root: PathBuf,
}

fn missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl RealDisk {
    /// Opens a data directory, which it makes when there is none; nobody else may read it.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(root)?;
        let root = fs::canonicalize(root)?;
        Ok(Self { root })
    }

    /// The whole path.
    pub fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }

    /// Nobody else may look into it, also when somebody else made it.
    pub fn make_private(&self) -> io::Result<()> {
        fs::set_permissions(&self.root, fs::Permissions::from_mode(0o700))
    }

    /// Holds the directory for this process: two agents in one directory would undo each other.
    /// An agent that was killed while it began a hook is outlived by its lock for a moment, until
    /// the hook runs: that moment is waited for.
    pub fn hold(&self) -> io::Result<File> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.root.join("lock"))?;
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        let (told, heard) = mpsc::channel();
        // Whoever waits in vain ends with the process.
        thread::spawn(move || told.send(file.lock().map(|()| file)));
        heard.recv_timeout(LOCK_WAIT).map_err(|_| {
            io::Error::new(
                ErrorKind::WouldBlock,
                format!("another agent works in {}; stop it first", self.root.display()),
            )
        })?
    }
}

impl Disk for RealDisk {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        missing(fs::read(self.path(path)))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(self.path(path))?))
    }

    fn len(&self, path: &str) -> io::Result<Option<u64>> {
        // A link in the place of a file is not that file.
        let meta = missing(fs::symlink_metadata(self.path(path)))?;
        Ok(meta.filter(fs::Metadata::is_file).map(|meta| meta.len()))
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file =
            OpenOptions::new().create(true).append(true).mode(0o600).open(self.path(path))?;
        file.write_all(bytes)
    }

    fn mark_executable(&mut self, path: &str) -> io::Result<()> {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o700))
    }

    fn sync(&mut self, path: &str) -> io::Result<()> {
        File::open(self.path(path))?.sync_all()
    }

    fn sync_dir(&mut self, path: &str) -> io::Result<()> {
        File::open(self.path(path))?.sync_all()
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn make_dir(&mut self, path: &str) -> io::Result<()> {
        let mut at = self.root.clone();
        for step in path.split('/') {
            let above = at.clone();
            at.push(step);
            match fs::DirBuilder::new().mode(0o700).create(&at) {
                Ok(()) => File::open(above)?.sync_all()?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn link(&mut self, path: &str, target: &str) -> io::Result<()> {
        symlink(target, self.path(path))
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        let target = match fs::read_link(self.path(path)) {
            Err(error) if error.kind() == ErrorKind::InvalidInput => return Ok(None),
            other => missing(other)?,
        };
        Ok(target.map(|target| target.to_string_lossy().into_owned()))
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        let Some(meta) = missing(fs::symlink_metadata(&path))? else { return Ok(()) };
        // Never through a link.
        let gone = if meta.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        missing(gone).map(|_| ())
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in missing(fs::read_dir(self.path(path)))?.into_iter().flatten() {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn free(&self) -> io::Result<u64> {
        let found = rustix::fs::statvfs(&self.root)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}
