//! Runs every rule over the tree, subtracts the exceptions of `xtask/tidy.toml`, and refuses exceptions that are no
//! longer needed: the list can only shrink.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::files::{self, File};
use crate::scan::scan;
use crate::{arrows, doc_paths, requirements, rules};

/// The exceptions.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// Files above the limit.
    #[serde(default)]
    pub file: Vec<LongFile>,
    /// Functions above the limit.
    #[serde(default)]
    pub function: Vec<LongFunction>,
    /// Files outside the store that hold SQL.
    #[serde(default)]
    pub sql: Vec<Allowed>,
}

/// A file that may be longer for now.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongFile {
    path: String,
    lines: usize,
    reason: String,
}

/// A function that may be longer for now.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongFunction {
    path: String,
    name: String,
    lines: usize,
    reason: String,
}

/// A file that may do what the rule forbids.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    path: String,
    reason: String,
}

/// What one run saw.
pub struct Report {
    /// Files read.
    pub files: usize,
    /// Lines read.
    pub lines: usize,
    /// Breaches, each one line of text.
    pub findings: Vec<String>,
}

impl Report {
    /// The input and its size.
    pub fn summary(&self) -> String {
        format!(
            "tidy: {} files, {} lines, {} findings",
            self.files,
            self.lines,
            self.findings.len()
        )
    }

    /// All findings as one error.
    pub fn into_result(self) -> Result<()> {
        if !self.findings.is_empty() {
            bail!("the house rules are broken\n{}", self.findings.join("\n"));
        }
        Ok(())
    }
}

/// Checks the tree at `root`.
pub fn run(root: &Path) -> Result<Report> {
    let files = files::all(root)?;
    let list = fs::read_to_string(root.join("xtask/tidy.toml"))
        .context("cannot read `xtask/tidy.toml`")?;
    let exceptions: Exceptions = toml::from_str(&list).context("`xtask/tidy.toml` is wrong")?;
    let mut findings: Vec<String> = arrows::check(root)?;
    let mut used = Used::default();
    for file in &files {
        one_file(root, file, &exceptions, &mut used, &mut findings);
    }
    findings.extend(stale(&exceptions, &used));
    findings.extend(requirements::unknown_marks(root, &files)?);
    let lines = files.iter().map(|file| file.text.lines().count()).sum();
    Ok(Report { files: files.len(), lines, findings })
}

/// Which exceptions were needed.
#[derive(Default)]
struct Used {
    files: Vec<(String, usize)>,
    functions: Vec<(String, String, usize)>,
    sql: Vec<String>,
}

fn one_file(
    root: &Path,
    file: &File,
    exceptions: &Exceptions,
    used: &mut Used,
    findings: &mut Vec<String>,
) {
    let mut add = |found: Vec<rules::Finding>| {
        findings
            .extend(found.into_iter().map(|(line, text)| format!("{}:{line}: {text}", file.path)));
    };
    if !file.path.contains(".snap") && !file.path.contains("/golden/") {
        add(rules::white_space(file));
    }
    if file.kind() == "md" {
        let missing = doc_paths::missing(root, file);
        add(missing
            .into_iter()
            .map(|(line, path)| (line, format!("`{path}` does not exist")))
            .collect());
    }
    if file.kind() == "sql" && file.krate() == "store" {
        add(rules::json_in_query(file, &scan("")));
    }
    if file.kind() != "rs" {
        return;
    }
    let scan = scan(&file.text);
    add(rules::module_header(file));
    add(rules::needs_reason(file, &scan));
    if file.krate() == "store" {
        add(rules::json_in_query(file, &scan));
    } else if file.krate() != "xtask" && file.path != "crates/testkit/src/postgres.rs" {
        let found = rules::sql(&scan);
        if !found.is_empty() {
            used.sql.push(file.path.clone());
        }
        if !exceptions.sql.iter().any(|allowed| allowed.path == file.path) {
            add(found);
        }
    }
    let lines = file.text.lines().count();
    if lines > rules::FILE_LINES {
        used.files.push((file.path.clone(), lines));
        if !exceptions.file.iter().any(|long| long.path == file.path && long.lines >= lines) {
            add(vec![(
                0,
                format!("{lines} lines: split the file, the limit is {}", rules::FILE_LINES),
            )]);
        }
    }
    for (name, line, lines) in rules::long_functions(file, &scan) {
        used.functions.push((file.path.clone(), name.clone(), lines));
        let known = |f: &LongFunction| f.path == file.path && f.name == name && f.lines >= lines;
        if !exceptions.function.iter().any(known) {
            let text = format!(
                "`{name}` has {lines} lines: split it, the limit is {}",
                rules::FUNCTION_LINES
            );
            add(vec![(line, text)]);
        }
    }
}

/// Exceptions that nobody needs, or that give far more than is needed.
fn stale(exceptions: &Exceptions, used: &Used) -> Vec<String> {
    const SLACK: usize = 20;
    let mut found = Vec::new();
    let mut refuse = |what: String, reason: &str| {
        if reason.is_empty() {
            found.push(format!("xtask/tidy.toml: {what} has no reason"));
        } else {
            found.push(format!(
                "xtask/tidy.toml: {what} is no longer needed as written: lower or remove it"
            ));
        }
    };
    for long in &exceptions.file {
        let now = used.files.iter().find(|(path, _)| *path == long.path).map(|(_, lines)| *lines);
        if now.is_none_or(|lines| lines + SLACK < long.lines) || long.reason.is_empty() {
            refuse(format!("the file `{}`", long.path), &long.reason);
        }
    }
    for long in &exceptions.function {
        let same =
            |(path, name, _): &&(String, String, usize)| *path == long.path && *name == long.name;
        let now = used.functions.iter().filter(same).map(|(.., lines)| *lines).max();
        if now.is_none_or(|lines| lines + SLACK < long.lines) || long.reason.is_empty() {
            refuse(format!("the function `{}` of `{}`", long.name, long.path), &long.reason);
        }
    }
    for allowed in &exceptions.sql {
        if !used.sql.contains(&allowed.path) || allowed.reason.is_empty() {
            refuse(format!("SQL in `{}`", allowed.path), &allowed.reason);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_exceptions_can_only_shrink() {
        let exceptions: Exceptions = toml::from_str(
            "[[file]]\npath = 'a.rs'\nlines = 900\nreason = 'x'\n[[function]]\npath = 'a.rs'\nname = 'f'\nlines = 90\nreason = 'x'\n",
        )
        .expect("the list parses");
        let used = |file, function| Used {
            files: vec![("a.rs".to_owned(), file)],
            functions: vec![("a.rs".to_owned(), "f".to_owned(), function)],
            sql: Vec::new(),
        };
        for (file, function, findings) in [(900, 90, 0), (890, 90, 0), (860, 90, 1), (860, 60, 2)] {
            assert_eq!(
                stale(&exceptions, &used(file, function)).len(),
                findings,
                "{file} {function}"
            );
        }
        assert_eq!(stale(&exceptions, &Used::default()).len(), 2);
    }
}
