//! Against a real repository, made here.

use roadbook_adapter_git::{GitError, Kind, Program, changes};
use std::path::Path;
use std::process::Command;

fn git(at: &Path, arguments: &[&str]) -> String {
    let out = Command::new("git")
        .arg("-C")
        .arg(at)
        .args(["-c", "user.name=Somebody", "-c", "user.email=s@x.example"])
        .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(out.status.success(), "{arguments:?}: {out:?}");
    String::from_utf8(out.stdout).expect("text").trim().to_owned()
}

fn commit(at: &Path, message: &str) -> String {
    git(at, &["commit", "-q", "--allow-empty", "-m", message]);
    git(at, &["rev-parse", "HEAD"])
}

fn repository() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let at = dir.path();
    git(at, &["init", "-q", "-b", "main"]);
    commit(at, "Begin");
    git(at, &["tag", "v1.0.0"]);
    commit(at, "feat(wave): halt at once");
    std::fs::write(at.join("mistake"), "x").expect("written");
    git(at, &["add", "mistake"]);
    let bad = commit(at, "feat: a mistake");
    git(at, &["revert", "--no-edit", &bad]);
    git(at, &["checkout", "-q", "-b", "side"]);
    commit(at, "fix: 한국어 제목\n\nBREAKING CHANGE: set the port");
    git(at, &["checkout", "-q", "main"]);
    commit(at, "docs: a page");
    git(at, &["merge", "-q", "--no-ff", "-m", "Merge side", "side"]);
    let log = "## [1.1.0] - 2026-01-01\n### Added\n- Halts\n## [1.0.0]\n- All\n";
    std::fs::write(at.join("CHANGELOG.md"), log).expect("written");
    git(at, &["add", "CHANGELOG.md"]);
    commit(at, "Prepare 1.1.0");
    git(at, &["tag", "-a", "-m", "1.1.0", "v1.1.0"]);
    dir
}

#[test]
fn the_changes_between_two_tags_are_listed_with_their_notes() {
    let dir = repository();
    let program = Program::at(dir.path());
    for from in [Some("v1.0.0"), None] {
        let list = changes(&program, from, "v1.1.0").expect("a list");
        assert_eq!((list.from.as_deref(), list.to.as_str()), (Some("v1.0.0"), "v1.1.0"));
        let mut got: Vec<(Kind, &str, bool)> =
            list.changes.iter().map(|it| (it.kind, it.title.as_str(), it.breaking)).collect();
        got.sort_unstable();
        let want = [
            (Kind::Feature, "halt at once", false),
            (Kind::Fix, "한국어 제목", true),
            (Kind::Docs, "a page", false),
            (Kind::Other, "Prepare 1.1.0", false),
        ];
        assert_eq!(got, want, "no merge, and nothing that was taken back");
        assert_eq!(list.changes[0].scope.as_deref(), Some("wave"));
        assert!(list.changes.iter().any(|it| it.notes == "set the port"));
        assert_eq!(list.notes.len(), 1);
        assert_eq!(list.notes[0].groups[0].points, ["Halts"]);
    }
    let all = changes(&program, None, "v1.0.0").expect("a list");
    assert_eq!((all.from, all.changes.len()), (None, 1));
    let none = changes(&program, Some("v1.1.0"), "HEAD").expect("a list");
    assert!(none.changes.is_empty() && none.notes.is_empty());
}

#[test]
fn names_are_never_options_and_faults_are_told() {
    let dir = repository();
    let program = Program::at(dir.path());
    for name in ["--output=/tmp/x", "-n1", "a..b", "HEAD~1", "v1.0.0^", "a b", "", "HEAD@{0}", ":x"]
    {
        let got = changes(&program, Some(name), "v1.1.0");
        assert!(matches!(got, Err(GitError::Name(_))), "{name}: {got:?}");
    }
    let got = changes(&program, Some("v0.9.0"), "v1.1.0");
    assert!(matches!(got, Err(GitError::NoSuch(_))), "{got:?}");
    let empty = tempfile::tempdir().expect("a folder");
    let got = changes(&Program::at(empty.path()), None, "HEAD");
    assert!(matches!(got, Err(GitError::Refused { .. })), "{got:?}");
    // A repository that wants a program of its own to be run is only read.
    let marker = dir.path().join("ran");
    let program_of_theirs = format!("touch {}", marker.display());
    for key in ["core.pager", "core.fsmonitor", "gpg.program", "diff.external", "core.editor"] {
        git(dir.path(), &["config", key, &program_of_theirs]);
    }
    git(dir.path(), &["config", "log.showSignature", "true"]);
    changes(&program, None, "HEAD").expect("a list");
    assert!(!marker.exists());
}
