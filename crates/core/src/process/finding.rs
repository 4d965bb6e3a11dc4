//! What is wrong with a process file, as data: where, why, and what would be right.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Blocks publishing.
    Error,
    /// Does not block.
    Warning,
}

/// A place in a file; both count from 1, zero is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column in characters.
    pub column: u32,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// File as the caller named it; empty until known.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Error or warning.
    pub severity: Severity,
    /// Stable code, e.g. `unknown_role`.
    pub code: String,
    /// Which part: `step.countersign.due`.
    pub path: String,
    /// What is wrong and why.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Finding {
    /// An error at a part of the template.
    pub fn error(
        code: &str,
        path: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        debug_assert!(
            super::codes::CODES.contains(&code),
            "`{code}` is no kind of finding yet: add it to process/codes.rs, and two faulty files"
        );
        Finding {
            file: String::new(),
            line: 0,
            column: 0,
            severity: Severity::Error,
            code: code.to_owned(),
            path: path.into(),
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// A warning at a part of the template.
    pub fn warning(
        code: &str,
        path: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(code, path, message, fix) }
    }

    /// The finding at a place.
    #[must_use]
    pub fn at(mut self, file: &str, position: Position) -> Finding {
        file.clone_into(&mut self.file);
        self.line = position.line;
        self.column = position.column;
        self
    }

    /// True when it blocks publishing.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = if self.blocks() { "error" } else { "warning" };
        write!(f, "{}:{}:{}: {severity}", self.file, self.line, self.column)?;
        write!(f, "[{}]: {}", self.code, self.message)?;
        if self.fix.is_empty() { Ok(()) } else { write!(f, "\n    fix: {}", self.fix) }
    }
}

/// Where the parts of a template stand in its file. Paths are `step.<id>`, `step.<id>.due`,
/// `step.<id>.check.<id>`, `phase.<id>`, `role.<id>`, `document.<id>`, …
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions {
    places: HashMap<String, Position>,
}

impl Positions {
    /// Notes a place; the first one of a path stays.
    pub fn note(&mut self, path: &str, position: Position) {
        self.places.entry(path.to_owned()).or_insert(position);
    }

    /// The place of a part, or of the nearest part around it.
    pub fn find(&self, path: &str) -> Position {
        let mut path = path;
        loop {
            if let Some(position) = self.places.get(path) {
                return *position;
            }
            match path.rfind('.') {
                Some(dot) => path = &path[..dot],
                None => return Position { line: 1, column: 1 },
            }
        }
    }
}

/// The candidate that the writer most likely meant; `None` when nothing is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let short: String = word.chars().take(64).collect();
    candidates
        .into_iter()
        .map(|candidate| (distance(&short, candidate), candidate))
        .filter(|(far, candidate)| {
            *far <= 1 + candidate.chars().count().min(short.chars().count()) / 3
        })
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Edits between two words: insert, delete, replace.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let above = row[j + 1];
            let replaced = diagonal + usize::from(left != *right);
            row[j + 1] = replaced.min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        let words = ["release_manager", "project_manager", "pmo"];
        for (word, expected) in [
            ("relase_manager", Some("release_manager")),
            ("projectmanager", Some("project_manager")),
            ("pm", Some("pmo")),
            ("marketing", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }

    #[test]
    fn a_part_without_a_place_has_the_place_of_what_is_around_it() {
        let mut positions = Positions::default();
        positions.note("step.a", Position { line: 7, column: 1 });
        assert_eq!(positions.find("step.a.due").line, 7);
        assert_eq!(positions.find("role.b").line, 1);
    }
}
