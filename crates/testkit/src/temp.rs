//! Directories of tests. One that belongs to a failing test is kept and named, so that it can be looked at.

use std::path::{Path, PathBuf};
use std::thread;

use tempfile::TempDir;

/// A directory that goes away with the value, unless the test panics.
pub struct Scratch {
    dir: Option<TempDir>,
    path: PathBuf,
}

impl Scratch {
    /// A new directory; `name` is part of its name.
    pub fn new(name: &str) -> Self {
        let prefix = format!("roadbook-{name}-");
        let dir = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir()
            .expect("the temporary directory is writable");
        Self { path: dir.path().to_owned(), dir: Some(dir) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(dir) = self.dir.take()
        {
            eprintln!("kept for you to look at: {}", dir.keep().display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_kept_only_when_its_test_fails() {
        let fine = Scratch::new("fine");
        let gone = fine.path().to_owned();
        drop(fine);
        assert!(!gone.exists());
        let kept = thread::spawn(|| {
            let scratch = Scratch::new("failing");
            std::panic::panic_any(scratch.path().to_owned());
        });
        let path = *kept
            .join()
            .expect_err("it panics")
            .downcast::<PathBuf>()
            .expect("it carries the path");
        assert!(path.exists());
        std::fs::remove_dir_all(path).expect("it can be removed");
    }
}
