//! Disks of the test's own: one whose power can be cut, one that is small.

use roadbook_testkit::temp::Scratch;
use roadbook_testkit::tools;
use std::path::{Path, PathBuf};
use std::process::Command;

/// ext4 in a file, mounted through a loop device.
pub struct Disk {
    image: PathBuf,
    mounted: PathBuf,
    // Goes last: the mount lies in it.
    _scratch: Scratch,
}

/// `FS_IOC_SHUTDOWN` without flushing the journal: what was not synced is gone, as when the power goes.
const CUT: &str = "import fcntl, os, struct, sys\n\
    at = os.open(sys.argv[1], os.O_RDONLY)\n\
    fcntl.ioctl(at, 0x8004587d, struct.pack('I', 2))";

impl Disk {
    /// Makes a disk, or says why this machine cannot.
    pub fn new(mebibytes: u64) -> Result<Disk, String> {
        let scratch = Scratch::new("disk");
        let (image, mounted) = (scratch.join("image"), scratch.join("mounted"));
        let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(mebibytes << 20).map_err(|error| error.to_string())?;
        std::fs::create_dir(&mounted).map_err(|error| error.to_string())?;
        // No lazy work afterwards, which would go on in the background.
        let lazy = "lazy_itable_init=0,lazy_journal_init=0,nodiscard";
        run(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0", "-E", lazy]).arg(&image))?;
        let disk = Disk { image, mounted, _scratch: scratch };
        disk.mount()?;
        Ok(disk)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.mounted
    }

    fn mount(&self) -> Result<(), String> {
        run(Command::new("mount")
            .args(["-t", "ext4", "-o", "loop"])
            .arg(&self.image)
            .arg(&self.mounted))
    }

    /// The power goes: nothing reaches the disk any more.
    pub fn cut(&self) -> Result<(), String> {
        run(Command::new(tools::python()).args(["-c", CUT]).arg(&self.mounted))
    }

    /// The power is back. Nobody may have a file open.
    pub fn back(&self) -> Result<(), String> {
        run(Command::new("umount").arg(&self.mounted))?;
        self.mount()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A server that has just been killed may hold it for a moment longer: then later.
        let _ = run(Command::new("umount").arg("--lazy").arg(&self.mounted));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let ended = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if ended.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&ended.stderr).trim()))
}

/// What cannot be tested on this machine is said where everybody reads it.
pub fn skipped(what: &str, why: &str) {
    println!("skipped: {what}: {why}");
}
