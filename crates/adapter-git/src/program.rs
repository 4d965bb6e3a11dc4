//! The program `git`, called with an argument list in one repository, for reading only.

use crate::{ANSWER_BYTES_MAX, Git, GitError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A repository on this machine.
#[derive(Clone, Debug)]
pub struct Program {
    folder: PathBuf,
}

impl Program {
    /// The repository that holds a folder.
    pub fn at(folder: &Path) -> Program {
        Program { folder: folder.to_owned() }
    }
}

impl Git for Program {
    fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut child = Command::new("git")
            // The configuration of a repository must not make git run other programs or ask.
            .args(["--no-pager", "--no-replace-objects"])
            .args(["-c", "log.showSignature=false", "-c", "core.fsmonitor=false"])
            .arg("-C")
            .arg(&self.folder)
            .args(arguments)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(GitError::NoGit)?;
        let errors = child.stderr.take();
        // Read beside the answer, so that neither side waits for the other.
        let words = std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(errors) = errors {
                let _ = errors.take(4_000).read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).trim().to_owned()
        });
        let mut answer = Vec::new();
        if let Some(out) = child.stdout.take() {
            out.take(ANSWER_BYTES_MAX + 1).read_to_end(&mut answer).map_err(GitError::NoGit)?;
        }
        let too_much = answer.len() as u64 > ANSWER_BYTES_MAX;
        if too_much {
            let _ = child.kill();
        }
        let ended = child.wait().map_err(GitError::NoGit)?;
        let said = words.join().unwrap_or_default();
        match (too_much, ended.success()) {
            (true, _) => Err(GitError::TooMuch),
            (_, true) => Ok(answer),
            (_, false) => Err(GitError::Refused { said }),
        }
    }
}
