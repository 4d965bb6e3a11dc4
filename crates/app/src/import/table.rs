//! Rows of a list: comma, semicolon or tab between cells, quotes, line breaks in cells, a byte
//! order mark in front.

use super::ListKind;
use crate::error::{Error, FieldError, Result};
use crate::input::{Check, clean};
use roadbook_core::limits::IMPORT_ROWS_MAX;

/// Wrong fields that one answer names.
const ERRORS_MAX: usize = 200;

/// A list as it was read.
pub(super) struct Table {
    columns: Vec<&'static str>,
    /// Rows with at least one filled cell, and their numbers as a spreadsheet counts them.
    pub(super) rows: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// Reads a list. Which columns there are is checked here, what they hold is not.
    pub(super) fn read(kind: ListKind, bytes: &[u8]) -> Result<Table> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let Ok(text) = std::str::from_utf8(bytes) else {
            let message = "is not UTF-8; save it as “CSV UTF-8” in the spreadsheet";
            return Err(Error::field("file", "encoding", message));
        };
        let head = text.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
        let count = |c: char| head.matches(c).count();
        let between = match (count('\t'), count(';'), count(',')) {
            (tabs, _, _) if tabs > 0 => b'\t',
            (_, semicolons, commas) if semicolons > commas => b';',
            _ => b',',
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(between)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let wrong = |error: csv::Error| Error::field("file", "csv", error.to_string());
        let head = records.next().transpose().map_err(wrong)?.unwrap_or_default();
        let columns = columns(kind, &head)?;
        let mut rows = Vec::new();
        let mut check = Check::new();
        for (index, record) in records.enumerate() {
            let record = record.map_err(wrong)?;
            let number = index + 2;
            if record.iter().all(|it| it.trim().is_empty()) {
                continue;
            }
            if record.iter().skip(columns.len()).any(|it| !it.trim().is_empty()) {
                let message = format!("has more cells than the {} columns", columns.len());
                check.wrong(&format!("rows[{number}]"), "cells", message);
            }
            if rows.len() == IMPORT_ROWS_MAX {
                let message = format!("has more than {IMPORT_ROWS_MAX} rows; split it");
                return Err(Error::field("file", "too_many_rows", message));
            }
            rows.push((number, record.iter().map(unquoted).collect()));
        }
        check.done()?;
        if rows.is_empty() {
            return Err(Error::field("file", "empty", "has no rows below the names of columns"));
        }
        Ok(Table { columns, rows })
    }

    /// A cell; `None` when the list has no such column.
    pub(super) fn get<'a>(&self, row: &'a [String], column: &str) -> Option<&'a str> {
        let at = self.columns.iter().position(|it| *it == column)?;
        Some(row.get(at).map_or("", String::as_str))
    }

    /// A cell that is filled.
    pub(super) fn filled<'a>(&self, row: &'a [String], column: &str) -> Option<&'a str> {
        self.get(row, column).filter(|it| !it.is_empty())
    }
}

fn columns(kind: ListKind, head: &csv::StringRecord) -> Result<Vec<&'static str>> {
    let known = kind.columns();
    let mut check = Check::new();
    let mut columns: Vec<&'static str> = Vec::new();
    for name in head {
        let name = clean(name).to_lowercase().replace([' ', '-'], "_");
        match known.iter().find(|(it, _)| *it == name) {
            Some((it, _)) if columns.contains(it) => {
                check.wrong("columns", "twice", format!("`{name}` stands there twice"));
            }
            Some((it, _)) => columns.push(it),
            None => {
                let list: Vec<&str> = known.iter().map(|(it, _)| *it).collect();
                let message = format!("`{name}` is not one of {}", list.join(", "));
                check.wrong("columns", "unknown", message);
            }
        }
    }
    for (name, required) in known {
        if *required && !columns.contains(name) {
            check.wrong("columns", "missing", format!("`{name}` is missing in the first row"));
        }
    }
    check.done()?;
    Ok(columns)
}

/// A cell as it was meant: cleaned, without the mark that keeps a spreadsheet from calculating.
fn unquoted(text: &str) -> String {
    let text = clean(text);
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => text,
    }
}

/// A cell of a list that leaves the product: nothing in it is a formula to a spreadsheet.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A list as a file: the first row names the columns.
pub fn lines(columns: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrong = |error: csv::Error| Error::Internal(error.to_string());
    writer.write_record(columns).map_err(wrong)?;
    for row in rows {
        writer.write_record(row.iter().map(|it| cell(it))).map_err(wrong)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(error.to_string()))
}

/// Refuses with everything that is wrong, or with the first part of very much.
pub(super) fn refuse(mut errors: Vec<FieldError>) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    let more = errors.len().saturating_sub(ERRORS_MAX);
    errors.truncate(ERRORS_MAX);
    if more > 0 {
        let message = format!("{more} more fields are wrong; nothing was imported");
        errors.push(FieldError::new("rows", "more", message));
    }
    Err(Error::Invalid(errors))
}
