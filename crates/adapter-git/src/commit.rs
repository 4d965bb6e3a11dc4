//! Messages in the form of Conventional Commits: `kind(scope)!: title`.

use crate::Change;
use serde::Serialize;

/// What a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something new.
    Feature,
    /// A fault is repaired.
    Fix,
    /// A hole is closed.
    Security,
    /// The same, faster.
    Performance,
    /// The same, otherwise.
    Refactor,
    /// Data or their form.
    Data,
    /// Configuration.
    Config,
    /// Building, delivering, running.
    Build,
    /// Documents.
    Docs,
    /// Tests.
    Test,
    /// Something is taken back.
    Revert,
    /// A message in another form.
    Other,
}

impl Kind {
    fn from_word(word: &str) -> Option<Kind> {
        Some(match word.to_ascii_lowercase().as_str() {
            "feat" | "feature" => Kind::Feature,
            "fix" | "bugfix" | "hotfix" => Kind::Fix,
            "security" | "sec" => Kind::Security,
            "perf" => Kind::Performance,
            "refactor" | "style" | "chore" => Kind::Refactor,
            "data" | "migration" => Kind::Data,
            "config" => Kind::Config,
            "build" | "ci" | "deps" => Kind::Build,
            "docs" | "doc" => Kind::Docs,
            "test" | "tests" => Kind::Test,
            "revert" => Kind::Revert,
            _ => return None,
        })
    }

    /// Whether people at a site can notice it.
    pub fn is_noticeable(self) -> bool {
        !matches!(self, Kind::Docs | Kind::Test | Kind::Refactor)
    }
}

/// Reads a message; commit and time are left empty.
pub fn read_message(message: &str) -> Change {
    let message = message.trim();
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let breaking_note = footer(rest);
    let (kind, scope, mark, title) = header(first).unwrap_or_else(|| {
        let kind = if first.starts_with("Revert \"") { Kind::Revert } else { Kind::Other };
        (kind, None, false, first)
    });
    let secure = scope.is_some_and(|it| it.eq_ignore_ascii_case("security"));
    Change {
        commit: String::new(),
        at: String::new(),
        kind: if secure && kind == Kind::Fix { Kind::Security } else { kind },
        scope: scope.map(str::to_owned),
        breaking: mark || breaking_note.is_some(),
        title: title.trim().chars().take(200).collect(),
        notes: breaking_note.unwrap_or_else(|| body(rest)).chars().take(4_000).collect(),
    }
}

fn header(line: &str) -> Option<(Kind, Option<&str>, bool, &str)> {
    let (head, title) = line.split_once(": ")?;
    let (head, mark) = head.strip_suffix('!').map_or((head, false), |head| (head, true));
    let (word, scope) = match head.split_once('(') {
        Some((word, scope)) => (word, Some(scope.strip_suffix(')')?)),
        None => (head, None),
    };
    let kind = Kind::from_word(word)?;
    (!title.trim().is_empty()).then_some((kind, scope, mark, title))
}

/// What follows `BREAKING CHANGE:`, to the next empty line.
fn footer(rest: &str) -> Option<String> {
    let mut lines = rest.lines().skip_while(|line| {
        !line.starts_with("BREAKING CHANGE:") && !line.starts_with("BREAKING-CHANGE:")
    });
    let first = lines.next()?.split_once(':')?.1.trim().to_owned();
    let more = lines.take_while(|line| !line.trim().is_empty() && !is_trailer(line));
    Some(more.fold(first, |text, line| text + " " + line.trim()))
}

/// The text without trailers such as `Signed-off-by:`, which name people.
fn body(rest: &str) -> String {
    let lines: Vec<&str> = rest.lines().filter(|line| !is_trailer(line)).collect();
    lines.join("\n").trim().to_owned()
}

fn is_trailer(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(word, _)| {
        word.contains('-')
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_in_their_form_or_taken_as_they_are() {
        let long = "fix: a\n\nbecause\nof b\n\nSigned-off-by: A <a@x.example>";
        let table: [(&str, Kind, Option<&str>, bool, &str, &str); 12] = [
            ("feat: waves", Kind::Feature, None, false, "waves", ""),
            ("feat(ui)!: waves", Kind::Feature, Some("ui"), true, "waves", ""),
            ("FIX(api): x: y", Kind::Fix, Some("api"), false, "x: y", ""),
            ("fix(security): hole", Kind::Security, Some("security"), false, "hole", ""),
            (long, Kind::Fix, None, false, "a", "because\nof b"),
            (
                "perf: a\n\nBREAKING CHANGE: set `x`\nbefore\n\nmore",
                Kind::Performance,
                None,
                true,
                "a",
                "set `x` before",
            ),
            ("Revert \"feat: waves\"", Kind::Revert, None, false, "Revert \"feat: waves\"", ""),
            ("Add a thing", Kind::Other, None, false, "Add a thing", ""),
            ("note: this", Kind::Other, None, false, "note: this", ""),
            ("feat(ui: x", Kind::Other, None, false, "feat(ui: x", ""),
            ("feat:", Kind::Other, None, false, "feat:", ""),
            ("", Kind::Other, None, false, "", ""),
        ];
        for (message, kind, scope, breaking, title, notes) in table {
            let read = read_message(message);
            let got = (read.kind, read.scope.as_deref(), read.breaking, read.title.as_str());
            assert_eq!(got, (kind, scope, breaking, title), "{message}");
            assert_eq!(read.notes, notes, "{message}");
        }
    }
}
