//! The rules over single files. Each returns findings as `line, text`.

use crate::files::File;
use crate::scan::{Scan, functions};

/// The longest file.
pub const FILE_LINES: usize = 800;
/// The longest function outside tests.
pub const FUNCTION_LINES: usize = 70;

/// One breach: line (0 for the whole file) and what to do.
pub type Finding = (usize, String);

/// A module says first what it is for.
pub fn module_header(file: &File) -> Vec<Finding> {
    let first = file.text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!"));
    let good = first.is_some_and(|line| line.starts_with("//! "));
    if good {
        Vec::new()
    } else {
        vec![(1, "start the module with a `//!` line that says its purpose".to_owned())]
    }
}

/// Lines end without blanks, files end with one line break.
pub fn white_space(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        if line.ends_with([' ', '\t', '\r']) {
            found.push((index + 1, "trailing white space".to_owned()));
        }
    }
    if !file.text.is_empty() && (!file.text.ends_with('\n') || file.text.ends_with("\n\n")) {
        found.push((0, "end the file with one line break".to_owned()));
    }
    found
}

/// The longest functions: (name, line, lines) above the limit; tests are tables and may be long.
pub fn long_functions(file: &File, scan: &Scan) -> Vec<(String, usize, usize)> {
    let tests_from = test_module_line(file);
    let long = functions(&scan.code)
        .into_iter()
        .filter(|f| f.lines > FUNCTION_LINES && f.line < tests_from);
    long.map(|f| (f.name, f.line, f.lines)).collect()
}

fn test_module_line(file: &File) -> usize {
    if file.is_test() {
        return 0;
    }
    let at = file.text.lines().position(|line| line.trim_start().starts_with("#[cfg(test)]"));
    at.map_or(usize::MAX, |index| index + 1)
}

/// Statements of SQL in literals.
pub fn sql(scan: &Scan) -> Vec<Finding> {
    let is_sql = |text: &str| {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
        let starts = [
            "SELECT ",
            "INSERT INTO ",
            "DELETE FROM ",
            "CREATE TABLE ",
            "CREATE INDEX ",
            "ALTER TABLE ",
            "WITH RECURSIVE ",
        ];
        starts.iter().any(|word| text.starts_with(word))
            || (text.starts_with("UPDATE ") && text.contains(" SET "))
    };
    let found = scan.strings.iter().filter(|(_, text)| is_sql(text));
    found.map(|(line, _)| (*line, "SQL belongs in crates/store alone".to_owned())).collect()
}

/// Reading inside JSON from SQL.
pub fn json_in_query(file: &File, scan: &Scan) -> Vec<Finding> {
    const WORDS: [&str; 8] = [
        "->>",
        "json_extract",
        "::json",
        "jsonb",
        "json_each",
        "json_tree",
        "json_array_elements",
        "json_set",
    ];
    let hit = |text: &str| WORDS.iter().find(|word| text.contains(*word));
    let literals: Vec<(usize, &str)> = match file.kind() {
        "sql" => file.text.lines().enumerate().map(|(index, line)| (index + 1, line)).collect(),
        _ => scan.strings.iter().map(|(line, text)| (*line, text.as_str())).collect(),
    };
    let found = literals.into_iter().filter_map(|(line, text)| hit(text).map(|word| (line, word)));
    found
        .map(|(line, word)| {
            (line, format!("`{word}`: no query reads inside JSON; add an index row"))
        })
        .collect()
}

/// Sleeping and ignored tests need a reason in a comment or an `expect` beside them.
pub fn needs_reason(file: &File, scan: &Scan) -> Vec<Finding> {
    const WORDS: [&str; 4] = ["#[ignore", "thread::sleep(", "time::sleep(", "time::sleep_until("];
    let lines: Vec<&str> = file.text.lines().collect();
    let mut found = Vec::new();
    for (index, code) in scan.code.lines().enumerate() {
        let Some(word) = WORDS.iter().find(|word| code.contains(*word)) else { continue };
        let beside = &lines[index.saturating_sub(3)..=index];
        let reasoned = beside.iter().any(|line| {
            (line.contains("//") && !line.contains("// proves:")) || line.contains("reason =")
        });
        if !reasoned || *word == "#[ignore" {
            found.push((
                index + 1,
                format!("`{word}`: wait for a condition; if it must be, say why beside it"),
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::scan;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn each_rule_finds_its_breach_and_nothing_else() {
        let long = format!("//! m\nfn long() {{\n{}}}\n", "    let _ = 1;\n".repeat(70));
        let fine = format!("//! m\nfn fine() {{\n{}}}\n", "    let _ = 1;\n".repeat(68));
        let tested =
            format!("//! m\n#[cfg(test)]\nmod tests {{\n{}}}\n", long.replace("//! m\n", ""));
        for (text, count) in [(long.as_str(), 1), (&fine, 0), (&tested, 0)] {
            assert_eq!(
                long_functions(&file("crates/a/src/a.rs", text), &scan(text)).len(),
                count,
                "{text}"
            );
        }
        let table: [(&str, usize); 8] = [
            ("let a = \"SELECT 1 FROM t\";", 1),
            ("let a = \"UPDATE t SET a = $1\";", 1),
            ("let a = \"Select a site\"; // SELECT 1", 0),
            ("let a = \"SELECT doc->>'a' FROM t\";", 2),
            ("let a = \"a -> b\"; let b = x->>y;", 0),
            ("tokio::time::sleep(d).await;", 1),
            ("// the port itself\ntokio::time::sleep(d).await;", 0),
            ("// a reason\n#[ignore]", 1),
        ];
        for (text, count) in table {
            let (file, scan) = (file("crates/a/src/a.rs", text), scan(text));
            let all = sql(&scan).len()
                + json_in_query(&file, &scan).len()
                + needs_reason(&file, &scan).len();
            assert_eq!(all, count, "{text}");
        }
    }

    #[test]
    fn headers_and_white_space_are_checked() {
        for (text, header, white) in [
            ("//! m\n", 0, 0),
            ("use a;\n", 1, 0),
            ("//! m \n", 0, 1),
            ("//! m", 0, 1),
            ("//! m\n\n", 0, 1),
        ] {
            let file = file("crates/a/src/a.rs", text);
            assert_eq!(
                (module_header(&file).len(), white_space(&file).len()),
                (header, white),
                "{text:?}"
            );
        }
    }
}
