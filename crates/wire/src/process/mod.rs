//! Process files (`format = 1`): read with places, so that every finding names its line.

mod condition;
mod reader;
mod shape;
mod steps;
mod words;

pub use condition::{parse as parse_condition, Problem};
use reader::{Notes, Table};
use roadbook_core::limits::PROCESS_FILE_BYTES_MAX;
use roadbook_core::process::finding::{Finding, Position, Positions};
use roadbook_core::process::template::Template;
use toml_edit::Document;

/// A file that could be read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The template.
    pub template: Template,
    /// Where its parts stand.
    pub positions: Positions,
}

/// The built-in processes: id and text of the file.
const BUILTIN: [(&str, &str); 4] = [
    ("starter/release", include_str!("../../../../processes/starter/release.toml")),
    ("vendor/release", include_str!("../../../../processes/vendor/release.toml")),
    ("enterprise/new-system", include_str!("../../../../processes/enterprise/new-system.toml")),
    ("enterprise/upgrade", include_str!("../../../../processes/enterprise/upgrade.toml")),
];

/// The built-in processes: id and text of the file, as a user would export them.
pub fn builtin() -> &'static [(&'static str, &'static str)] {
    &BUILTIN
}

/// Reads a process file. On failure every finding comes at once, in the order of the file.
pub fn parse(file: &str, text: &str) -> Result<Parsed, Vec<Finding>> {
    let first = Position { line: 1, column: 1 };
    if text.len() > PROCESS_FILE_BYTES_MAX {
        let message = format!("the file has {} bytes; at most {PROCESS_FILE_BYTES_MAX} are read", text.len());
        return Err(vec![Finding::error("file_too_large", "", message, "split it into several processes").at(file, first)]);
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let at = error.span().map_or(first, |span| Notes::new(text).position(span.start));
            let message: String = error.message().trim().chars().take(300).collect();
            let fix = "correct the TOML; the rest of the file is read after that";
            return Err(vec![Finding::error("toml_syntax", "", message.replace('\n', "; "), fix).at(file, at)]);
        }
    };
    let notes = Notes::new(text);
    let template = shape::template(&Table::new(&notes, "", document.as_table(), 0..0));
    let (mut findings, positions) = notes.into_parts();
    for finding in &mut findings {
        file.clone_into(&mut finding.file);
    }
    findings.sort_by_key(|it| (it.line, it.column));
    findings.dedup();
    if findings.is_empty() { Ok(Parsed { template, positions }) } else { Err(findings) }
}

/// As [`parse`], for bytes that may not be text.
pub fn parse_bytes(file: &str, bytes: &[u8]) -> Result<Parsed, Vec<Finding>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(file, text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|it| **it == b'\n').count() + 1;
            let at = Position { line: line as u32, column: 1 };
            Err(vec![Finding::error("not_utf8", "", "the file is not UTF-8 text", "save it as UTF-8").at(file, at)])
        }
    }
}

#[cfg(test)]
mod tests;
