//! Tables drawn from the record, over the API and as CSV.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtractColumn {
    /// Short name; the same in every language.
    pub id: String,
    /// Heading in the language that was asked for.
    pub title: String,
}

/// A table drawn from the record of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtractTable {
    /// Which one, e.g. `tasks`.
    pub extract: String,
    /// Title in the language that was asked for.
    pub title: String,
    /// Number of the release.
    pub release: String,
    /// Product and version.
    pub version: String,
    /// When it was drawn (UTC).
    pub at: String,
    /// Columns.
    pub columns: Vec<ExtractColumn>,
    /// Rows with a cell for every column; several lines in a cell stand under another.
    pub rows: Vec<Vec<String>>,
}

impl ExtractTable {
    /// As CSV that spreadsheets open: headings first, UTF-8 with its mark. A cell that a
    /// spreadsheet would take for a formula is marked as text.
    pub fn csv(&self) -> String {
        let titles: Vec<String> = self.columns.iter().map(|it| it.title.clone()).collect();
        let mut text = String::from("\u{feff}");
        for row in std::iter::once(&titles).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|it| quoted(it)).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text
    }
}

fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let marked = if formula { format!("'{cell}") } else { cell.to_owned() };
    if marked.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", marked.replace('"', "\"\""))
    } else {
        marked
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_keeps_its_text_and_never_becomes_a_formula() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"yes\"", "\"say \"\"yes\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("@sum", "'@sum"),
            ("-5", "'-5"),
            ("", ""),
        ] {
            assert_eq!(quoted(cell), expected, "{cell}");
        }
    }
}
