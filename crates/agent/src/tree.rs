//! The directories of an agent: versions side by side, and one link that says which one runs.
//!
//! ```text
//! journal.json                          what the agent remembers
//! parts/ACTION                          a package that is being fetched
//! apps/PRODUCT/versions/VERSION/        a version, complete or not there at all
//! apps/PRODUCT/current                  the version that runs; a link, replaced in one step
//! apps/PRODUCT/data/                    the program's own data: ROADBOOK_DATA
//! apps/PRODUCT/backups/ACTION/          what the backup hook kept: ROADBOOK_BACKUP
//! ```

use crate::fail;
use crate::ports::{Disk, Unpack};
use roadbook_core::package::{FileEntry, Manifest};
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Name of a directory for any text: other letters than the plain ones become `%XX`.
pub fn folder(name: &str) -> String {
    let mut out = String::new();
    for (at, byte) in name.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-' | b'.');
        if plain && !(at == 0 && byte == b'.') {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Directory of a product.
pub fn app(product: &str) -> String {
    format!("apps/{}", folder(product))
}

/// Directory of a version.
pub fn version(product: &str, version: &str) -> String {
    format!("{}/versions/{}", app(product), folder(version))
}

/// Directory of the data of a product.
pub fn data(product: &str) -> String {
    format!("{}/data", app(product))
}

/// Directory of the backup of an action.
pub fn backup(product: &str, action: u32) -> String {
    format!("{}/backups/{action}", app(product))
}

/// Link to the version that runs.
pub fn current(product: &str) -> String {
    format!("{}/current", app(product))
}

/// File that is being fetched.
pub fn part(action: u32) -> String {
    format!("parts/{action}")
}

/// The version that the link points to.
pub fn points_to(disk: &dyn Disk, product: &str) -> io::Result<Option<String>> {
    Ok(disk
        .read_link(&current(product))?
        .and_then(|target| target.strip_prefix("versions/").map(str::to_owned)))
}

/// Points to a version, or to none: the one step in which the version of a site changes.
pub fn switch(disk: &mut dyn Disk, product: &str, to: Option<&str>) -> io::Result<()> {
    let (app, link) = (app(product), current(product));
    let Some(to) = to else {
        disk.remove(&link)?;
        return disk.sync_dir(&app);
    };
    let target = format!("versions/{}", folder(to));
    let next = format!("{app}/.current.next");
    disk.remove(&next)?;
    disk.link(&next, &target)?;
    fail::point("switch.link");
    disk.rename(&next, &link)?;
    fail::point("switch.after_rename");
    if !fail::broken("no_sync") {
        disk.sync_dir(&app)?;
    }
    fail::point("switch.after_dir");
    Ok(())
}

/// Lays the files of a package into a folder beside its place, and puts it there in one step.
pub struct Laying<'a> {
    disk: &'a mut dyn Disk,
    root: String,
    file: Option<String>,
    dirs: Vec<String>,
}

impl<'a> Laying<'a> {
    /// Begins with an empty folder.
    pub fn begin(disk: &'a mut dyn Disk, product: &str, action: u32) -> io::Result<Self> {
        let root = format!("{}/versions/.{action}.part", app(product));
        disk.remove(&root)?;
        disk.make_dir(&root)?;
        Ok(Self { disk, dirs: vec![root.clone()], root, file: None })
    }

    /// Puts the folder in its place. A folder that lies there already is older work of the same
    /// version that nothing points to, and makes room.
    pub fn finish(self, product: &str, name: &str) -> io::Result<()> {
        if !fail::broken("no_sync") {
            for dir in self.dirs.iter().rev() {
                self.disk.sync_dir(dir)?;
            }
        }
        let place = version(product, name);
        self.disk.remove(&place)?;
        fail::point("unpack.before_rename");
        self.disk.rename(&self.root, &place)?;
        fail::point("unpack.after_rename");
        if !fail::broken("no_sync") {
            let app = app(product);
            for dir in [&format!("{app}/versions"), &app, "apps", ""] {
                self.disk.sync_dir(dir)?;
            }
        }
        Ok(())
    }
}

impl Unpack for Laying<'_> {
    fn begin(&mut self, path: &str, executable: bool) -> io::Result<()> {
        if !safe(path) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the path `{path}` leads out of the version's folder"),
            ));
        }
        let full = format!("{}/{path}", self.root);
        let mut dir = self.root.clone();
        for step in path.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev() {
            dir = format!("{dir}/{step}");
            if !self.dirs.contains(&dir) {
                self.disk.make_dir(&dir)?;
                self.dirs.push(dir.clone());
            }
        }
        self.disk.append(&full, b"")?;
        if executable {
            self.disk.mark_executable(&full)?;
        }
        self.file = Some(full);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.file.as_ref().ok_or_else(|| io::Error::other("no file was begun"))?;
        self.disk.append(file, bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(file) = self.file.take()
            && !fail::broken("no_sync")
        {
            self.disk.sync(&file)?;
        }
        fail::point("unpack.file");
        Ok(())
    }
}

/// A path that stays inside.
pub fn safe(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 512
        && path.split('/').all(|step| !step.is_empty() && step != "." && step != "..")
        && !path.bytes().any(|byte| byte < b' ' || byte == b'\\' || byte == 0x7f)
}

/// SHA-256 of a file; `None` when there is none.
pub fn digest(disk: &dyn Disk, path: &str) -> io::Result<Option<String>> {
    if disk.len(path)?.is_none() {
        return Ok(None);
    }
    let mut read = disk.open(path)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let count = read.read(&mut buffer)?;
        if count == 0 {
            return Ok(Some(hex::encode(sum.finalize())));
        }
        sum.update(&buffer[..count]);
    }
}

/// Files of a version that are not what its manifest says: changed, or gone.
pub fn drift(disk: &dyn Disk, manifest: &Manifest) -> io::Result<Vec<String>> {
    differing(disk, manifest, &manifest.files)
}

/// A version up to so many bytes is checked whole before every hook.
const SMALL: u64 = 64 << 20;

/// Files that are not what the manifest says, looked at just before a hook runs: what was verified
/// is what is run. Of a large version, what may be run and what the hook names.
pub fn swapped(disk: &dyn Disk, manifest: &Manifest, argv: &[String]) -> io::Result<Vec<String>> {
    if manifest.files.iter().map(|file| file.size).fold(0, u64::saturating_add) <= SMALL {
        return drift(disk, manifest);
    }
    let named: Vec<FileEntry> = manifest
        .files
        .iter()
        .filter(|file| file.executable || argv.iter().any(|arg| plain(arg) == file.path))
        .cloned()
        .collect();
    differing(disk, manifest, &named)
}

fn plain(arg: &str) -> &str {
    arg.strip_prefix("./").unwrap_or(arg)
}

fn differing(disk: &dyn Disk, manifest: &Manifest, files: &[FileEntry]) -> io::Result<Vec<String>> {
    let root = version(&manifest.product, &manifest.version);
    let mut out = Vec::new();
    for file in files {
        match digest(disk, &format!("{root}/{}", file.path))? {
            Some(sum) if sum == file.sha256 => {}
            Some(_) => out.push(format!("{} was changed", file.path)),
            None => out.push(format!("{} is gone", file.path)),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one_step_of_a_path() {
        for (name, want) in [
            ("1.2.3", "1.2.3"),
            ("V1.0 build/7", "V1.0%20build%2F7"),
            ("..", "%2E."),
            (".", "%2E"),
            ("版", "%E7%89%88"),
        ] {
            assert_eq!(folder(name), want);
        }
    }

    #[test]
    fn only_paths_that_stay_inside_are_taken() {
        for (path, want) in [
            ("bin/run", true),
            ("a", true),
            ("", false),
            ("/etc/passwd", false),
            ("a/../../b", false),
            ("..", false),
            ("a//b", false),
            ("./a", false),
            ("a\\..\\b", false),
            ("a\0b", false),
        ] {
            assert_eq!(safe(path), want, "{path:?}");
        }
    }
}
