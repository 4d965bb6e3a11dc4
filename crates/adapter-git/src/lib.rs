//! What changed between two versions, from a git repository: commits in the form of Conventional
//! Commits, and the sections of a changelog in the form of Keep a Changelog.

mod changelog;
mod commit;
mod program;

pub use changelog::{Group, Section, sections};
pub use commit::{Kind, read_message};
pub use program::Program;

use serde::Serialize;
use std::collections::BTreeSet;

/// Commits of one list.
pub const COMMITS_MAX: usize = 20_000;
/// What one call of git may say, in bytes.
pub const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program is not there or cannot be run.
    #[error("the program `git` cannot be run: {0}; install git")]
    NoGit(std::io::Error),
    /// It said no.
    #[error("git refused: {said}")]
    Refused {
        /// Its last words.
        said: String,
    },
    /// Not a name that git could have for a tag or a commit.
    #[error("`{0}` is no name of a tag or commit")]
    Name(String),
    /// No such tag or commit.
    #[error("there is no tag or commit `{0}` in this repository; `git tag` lists the tags")]
    NoSuch(String),
    /// More than is read.
    #[error(
        "there are more than {COMMITS_MAX} commits or too much text between the two; name a later tag as the beginning"
    )]
    TooMuch,
    /// Not understood.
    #[error("git answered something unknown; this program reads the answers of git 2.30 or newer")]
    Answer,
}

/// The questions to a repository; tests may give other answers.
pub trait Git {
    /// What git writes to standard output for these arguments.
    fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError>;
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The commit, whole.
    pub commit: String,
    /// When it was made, RFC 3339.
    pub at: String,
    /// What it is.
    pub kind: Kind,
    /// The part it is about, if it says.
    pub scope: Option<String>,
    /// Other programs or people must change something.
    pub breaking: bool,
    /// First line, without kind and scope.
    pub title: String,
    /// What must be changed, or the rest of the message.
    pub notes: String,
}

/// The changes of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Tag of the version before; none at the first one.
    pub from: Option<String>,
    /// Tag of the version, or `HEAD`.
    pub to: String,
    /// The commit of it.
    pub commit: String,
    /// Oldest first. Merges, and what was taken back within the same version, are left out.
    pub changes: Vec<Change>,
    /// Sections of the changelog, newest first.
    pub notes: Vec<Section>,
}

/// Lists the changes from one tag to another; without a first one, from the tag before.
pub fn changes(git: &impl Git, from: Option<&str>, to: &str) -> Result<Changes, GitError> {
    let commit = resolve(git, to)?;
    let from = match from {
        Some(from) => Some(from.to_owned()),
        None => before(git, &commit)?,
    };
    let range = match &from {
        Some(from) => format!("{}..{commit}", resolve(git, from)?),
        None => commit.clone(),
    };
    let most = format!("--max-count={}", COMMITS_MAX + 1);
    let format = "--format=%H%n%cI%n%P%n%B";
    let answer =
        git.ask(&["log", "-z", "--topo-order", "--reverse", &most, format, &range, "--"])?;
    let changes = read_log(&answer)?;
    let notes = notes(git, &commit, from.as_deref(), to);
    Ok(Changes { from, to: to.to_owned(), commit, changes, notes })
}

/// Names come from people and scripts; nothing of them may be read as an option or a range.
fn checked(name: &str) -> Result<&str, GitError> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\".contains(c);
    let bad = name.is_empty()
        || name.len() > 250
        || name.starts_with('-')
        || name.contains("..")
        || name.contains("@{")
        || name.contains(odd);
    if bad { Err(GitError::Name(name.to_owned())) } else { Ok(name) }
}

/// The commit behind a tag, or behind any other name.
fn resolve(git: &impl Git, name: &str) -> Result<String, GitError> {
    let name = checked(name)?;
    for full in [format!("refs/tags/{name}^{{commit}}"), format!("{name}^{{commit}}")] {
        match git.ask(&["rev-parse", "--verify", "--quiet", &full]) {
            Ok(answer) => {
                let text = String::from_utf8(answer).map_err(|_| GitError::Answer)?;
                let hash = text.trim();
                let good = hash.len() >= 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
                return if good { Ok(hash.to_owned()) } else { Err(GitError::Answer) };
            }
            Err(GitError::Refused { said }) if said.is_empty() => {}
            Err(error) => return Err(error),
        }
    }
    Err(GitError::NoSuch(name.to_owned()))
}

/// The nearest tag before a commit.
fn before(git: &impl Git, commit: &str) -> Result<Option<String>, GitError> {
    match git.ask(&["describe", "--tags", "--abbrev=0", &format!("{commit}^")]) {
        Ok(answer) => {
            let text = String::from_utf8(answer).map_err(|_| GitError::Answer)?;
            checked(text.trim()).map(|tag| Some(tag.to_owned()))
        }
        // No tag, or no commit before.
        Err(GitError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_log(answer: &[u8]) -> Result<Vec<Change>, GitError> {
    let mut changes: Vec<Change> = Vec::new();
    let mut taken_back = BTreeSet::new();
    let text = String::from_utf8_lossy(answer);
    let entries: Vec<&str> = text.split('\0').filter(|it| !it.trim().is_empty()).collect();
    if entries.len() > COMMITS_MAX {
        return Err(GitError::TooMuch);
    }
    for entry in entries {
        let mut parts = entry.splitn(4, '\n');
        let mut next = || parts.next().ok_or(GitError::Answer);
        let (commit, at, parents, message) = (next()?, next()?, next()?, next()?);
        if parents.split_whitespace().count() > 1 {
            continue;
        }
        let read = read_message(message);
        if let Some(other) = reverted(message) {
            let known = changes.iter().position(|it| it.commit.starts_with(&other));
            if let Some(known) = known {
                taken_back.insert(changes[known].commit.clone());
                taken_back.insert(commit.to_owned());
            }
        }
        changes.push(Change { commit: commit.to_owned(), at: at.to_owned(), ..read });
    }
    changes.retain(|it| !taken_back.contains(&it.commit));
    Ok(changes)
}

/// The commit that a message takes back, as `git revert` writes it.
fn reverted(message: &str) -> Option<String> {
    let rest = message.split("This reverts commit ").nth(1)?;
    let hash: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    (hash.len() >= 7).then_some(hash)
}

/// A repository without a changelog, or with one in another form, has no notes; that is no fault.
fn notes(git: &impl Git, commit: &str, from: Option<&str>, to: &str) -> Vec<Section> {
    let path = format!("{commit}:CHANGELOG.md");
    let Ok(text) = git.ask(&["cat-file", "blob", &path]) else { return Vec::new() };
    changelog::between(&sections(&String::from_utf8_lossy(&text)), from, to)
}
