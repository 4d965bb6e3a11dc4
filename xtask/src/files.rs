//! Lists and reads the text files of the tree. Build results, caches and hidden folders of tools are left out.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Extensions (or whole names) of files that the rules read.
const TEXT: [&str; 19] = [
    "rs", "md", "toml", "py", "sh", "sql", "ftl", "css", "js", "mjs", "json", "csv", "txt", "yaml",
    "ics", "Makefile", "run", "html", "svg",
];
const SKIP_DIRS: [&str; 5] = ["target", "node_modules", ".git", "__pycache__", ".venv"];

/// One file: its path from the root, with forward slashes, and its text.
pub struct File {
    /// Path from the root.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl File {
    /// The part after the last dot, or the whole name.
    pub fn kind(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit('.').next().unwrap_or_default()
    }

    /// The folder under `crates/`, or the first folder.
    pub fn krate(&self) -> &str {
        let rest = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        rest.split('/').next().unwrap_or_default()
    }

    /// Whether the file holds tests only.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "benches")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }
}

/// Every text file under `root`, in the order of their paths.
pub fn all(root: &Path) -> Result<Vec<File>> {
    let mut found = Vec::new();
    walk(root, root, &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(root: &Path, dir: &Path, found: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list `{}`", dir.display()))? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            if !SKIP_DIRS.contains(&name.as_str()) {
                walk(root, &path, found)?;
            }
            continue;
        }
        let kind = name.rsplit('.').next().unwrap_or_default();
        if TEXT.contains(&kind) {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("`{}` is not UTF-8 text", path.display()))?;
            let relative = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            found.push(File { path: relative, text });
        }
    }
    Ok(())
}
