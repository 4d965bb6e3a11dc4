//! The page of requirements: which row of the catalogue is proved by which test.
//!
//! `docs/requirements.toml` lists the rows with the kinds of proof they ask for (U unit or property, A REST, E end to
//! end, C controllable clock). Tests carry marks: `// proves: S2-21/U S3-47/U` on the line before the function, or
//! `# proves: …` in scripts and scenarios. The page is written from both and never by hand. A mark can claim only what
//! its place can show: nothing in `core` goes over HTTP or lives through time. A row that does not work yet says what it
//! waits for, and one that works says nothing of the kind.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::files::{self, File};

const CATALOGUE: &str = "docs/requirements.toml";
const PAGE: &str = "docs/requirements.md";
const KINDS: &str = "UAEC";
/// Where a kind of proof can be: A and E go through the server, C moves the clock under running reconcilers.
const PLACES: [(&str, &[&str]); 3] = [
    ("A", &["crates/web/", "crates/cli/", "tests/"]),
    ("E", &["crates/web/", "crates/cli/", "crates/agent/tests/site/", "tests/"]),
    ("C", &["crates/app/", "crates/web/", "crates/cli/", "tests/"]),
];

/// The catalogue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    section: Vec<Section>,
    #[serde(default)]
    wait: Vec<Wait>,
}

/// Rows that wait for the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    /// What is missing, as the page says it.
    needs: String,
    rows: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    key: String,
    title: String,
    /// Row, kinds of proof, title.
    rows: Vec<(String, String, String)>,
}

/// One mark in a test.
#[derive(Debug, PartialEq, Eq)]
struct Mark {
    row: String,
    kind: String,
    test: String,
    path: String,
    line: usize,
}

fn catalogue(root: &Path) -> Result<Catalogue> {
    let text = fs::read_to_string(root.join(CATALOGUE))
        .with_context(|| format!("cannot read `{CATALOGUE}`"))?;
    toml::from_str(&text).with_context(|| format!("`{CATALOGUE}` is wrong"))
}

fn marks(files: &[File]) -> Vec<Mark> {
    let mut found = Vec::new();
    for file in files {
        let sign = match file.kind() {
            "rs" => "// proves: ",
            "py" | "sh" | "txt" | "toml" => "# proves: ",
            "js" | "mjs" => "// proves: ",
            _ => continue,
        };
        let lines: Vec<&str> = file.text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let Some(rest) = line.trim_start().strip_prefix(sign) else { continue };
            let test = test_name(&lines[index + 1..], file);
            for word in rest.split_whitespace() {
                let (row, kind) = word.split_once('/').unwrap_or((word, ""));
                let (row, kind) = (row.to_owned(), kind.to_owned());
                found.push(Mark {
                    row,
                    kind,
                    test: test.clone(),
                    path: file.path.clone(),
                    line: index + 1,
                });
            }
        }
    }
    found
}

/// The function after the mark; a script or scenario stands for itself.
fn test_name(after: &[&str], file: &File) -> String {
    const AHEAD: usize = 12;
    for line in after.iter().take(AHEAD) {
        let line = line.trim_start();
        let rest = ["fn ", "async fn ", "pub fn ", "pub async fn ", "def ", "async def "]
            .iter()
            .find_map(|word| line.strip_prefix(word));
        if let Some(rest) = rest {
            return rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        }
    }
    let name = file.path.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// Marks whose row or kind the catalogue does not know.
pub fn unknown_marks(root: &Path, files: &[File]) -> Result<Vec<String>> {
    let catalogue = catalogue(root)?;
    Ok(unknown(&catalogue, &marks(files)))
}

fn unknown(catalogue: &Catalogue, marks: &[Mark]) -> Vec<String> {
    let known =
        |row: &str| catalogue.section.iter().any(|s| s.rows.iter().any(|(id, ..)| id == row));
    let mut found = Vec::new();
    for mark in marks {
        let place = format!("{}:{}", mark.path, mark.line);
        if !known(&mark.row) {
            found.push(format!("{place}: row `{}` is not in {CATALOGUE}", mark.row));
        }
        if mark.kind.len() != 1 || !KINDS.contains(&mark.kind) {
            found.push(format!(
                "{place}: write `{}/U`, `/A`, `/E` or `/C`, not `/{}`",
                mark.row, mark.kind
            ));
        }
        let places = PLACES.iter().find(|(kind, _)| *kind == mark.kind).map(|(_, places)| places);
        if places.is_some_and(|places| !places.iter().any(|start| mark.path.starts_with(start))) {
            let kind = &mark.kind;
            found.push(format!(
                "{place}: a test here cannot prove `/{kind}`; as far as it goes it proves `/U`"
            ));
        }
    }
    found
}

/// Writes the page; says what it counted.
pub fn write(root: &Path) -> Result<String> {
    let (page, line) = page(root)?;
    fs::write(root.join(PAGE), page)?;
    Ok(line)
}

/// Fails when the page differs from what the marks say.
pub fn check(root: &Path) -> Result<()> {
    let (page, line) = page(root)?;
    let now =
        fs::read_to_string(root.join(PAGE)).with_context(|| format!("cannot read `{PAGE}`"))?;
    println!("requirements: {line}");
    if now != page {
        bail!("`{PAGE}` is out of date: run `make docs` and commit the result");
    }
    Ok(())
}

fn page(root: &Path) -> Result<(String, String)> {
    let catalogue = catalogue(root)?;
    let marks = marks(&files::all(root)?);
    let unknown = unknown(&catalogue, &marks);
    ensure!(unknown.is_empty(), "the marks are wrong\n{}", unknown.join("\n"));
    let reasons = reasons(&catalogue, &marks);
    ensure!(reasons.is_empty(), "`[[wait]]` in {CATALOGUE} is wrong\n{}", reasons.join("\n"));
    Ok(render(&catalogue, &marks))
}

fn render(catalogue: &Catalogue, marks: &[Mark]) -> (String, String) {
    let mut body = String::new();
    let mut total = BTreeMap::<&str, usize>::new();
    for section in &catalogue.section {
        let _ = writeln!(body, "\n## {} {}\n", section.key, section.title);
        body.push_str("| Row | What | Proof | State | Tests |\n|---|---|---|---|---|\n");
        for (row, kinds, title) in &section.rows {
            let of_row: Vec<&Mark> = marks.iter().filter(|mark| mark.row == *row).collect();
            let state = state(kinds, &of_row);
            *total.entry(state).or_default() += 1;
            let shown = kinds.chars().map(String::from).collect::<Vec<_>>().join(" ");
            let mut cell = tests(&of_row);
            for wait in waits_for(catalogue, row) {
                let gap = if cell.is_empty() { "" } else { "<br>" };
                let _ = write!(cell, "{gap}*{}*", wait.needs);
            }
            let _ = writeln!(body, "| {row} | {title} | {shown} | {state} | {cell} |");
        }
    }
    let rows: usize = total.values().sum();
    let count = |state: &str| total.get(state).copied().unwrap_or_default();
    let line = format!(
        "{rows} rows: {} work, {} partly, {} wait; {} marks",
        count("works"),
        count("partly"),
        count("waits"),
        marks.len()
    );
    let head = "# Requirements\n\nWritten by `make docs` from the marks in the tests; do not edit. A row *works* when every \
                kind of proof it asks for\nhas a test: U unit or property, A REST, E end to end, C controllable clock. \
                *partly*: some kinds have one. *waits*: none. What is missing stands in italics.\nRows without a kind describe no behavior.\n";
    (format!("{head}\n{line}.\n{body}"), line)
}

fn waits_for<'a>(catalogue: &'a Catalogue, row: &str) -> impl Iterator<Item = &'a Wait> {
    let row = row.to_owned();
    catalogue.wait.iter().filter(move |wait| wait.rows.contains(&row))
}

/// Rows that do not work and do not say why, or work and still say so.
fn reasons(catalogue: &Catalogue, marks: &[Mark]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = Vec::new();
    for (row, kinds, _) in catalogue.section.iter().flat_map(|it| &it.rows) {
        let of_row: Vec<&Mark> = marks.iter().filter(|mark| mark.row == *row).collect();
        let state = state(kinds, &of_row);
        let reasons = waits_for(catalogue, row).count();
        if matches!(state, "waits" | "partly") {
            open.push(row);
            if reasons != 1 {
                found.push(format!("row `{row}` {state}: say once what it needs"));
            }
        }
    }
    for row in catalogue.wait.iter().flat_map(|it| &it.rows) {
        if !open.contains(&row) {
            found.push(format!("row `{row}` waits for nothing: take it out of the list"));
        }
    }
    found
}

fn state(kinds: &str, marks: &[&Mark]) -> &'static str {
    let proved = |kind: char| marks.iter().any(|mark| mark.kind.starts_with(kind));
    match (kinds.is_empty(), kinds.chars().all(proved), marks.is_empty()) {
        (true, ..) => "no behavior",
        (_, true, _) => "works",
        (_, _, true) => "waits",
        _ => "partly",
    }
}

fn tests(marks: &[&Mark]) -> String {
    let mut shown: Vec<String> = marks
        .iter()
        .map(|mark| format!("{}: `{}` in {}", mark.kind, mark.test, mark.path))
        .collect();
    shown.sort();
    shown.dedup();
    shown.join("<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "[[section]]\nkey = 'S9'\ntitle = 'Sample'\nrows = [['S9-01', 'AC', 'One'], ['S9-02', 'U', 'Two'], ['S9-03', '', 'Three']]\n";

    fn small() -> Catalogue {
        toml::from_str(SMALL).expect("the sample parses")
    }

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_row_works_when_every_kind_has_a_test() {
        let cases: [(&str, &str, &str); 5] = [
            ("", "waits", "waits"),
            ("S9-01/A", "partly", "waits"),
            ("S9-01/A S9-01/C", "works", "waits"),
            ("S9-01/C S9-02/U", "partly", "works"),
            ("S9-01/U", "partly", "waits"),
        ];
        for (marked, first, second) in cases {
            let text = format!("// proves: {marked}\n#[test]\nfn name() {{}}\n");
            let (page, _) = render(&small(), &marks(&[file("crates/web/tests/a.rs", &text)]));
            assert!(page.contains(&format!("| One | A C | {first} |")), "{marked}: {page}");
            assert!(page.contains(&format!("| Two | U | {second} |")), "{marked}: {page}");
            assert!(page.contains("| Three |  | no behavior |"), "{page}");
        }
    }

    #[test]
    fn a_row_that_does_not_work_says_once_what_it_needs() {
        for (waits, marked, findings) in [
            ("", "", 2),
            ("[[wait]]\nneeds = 'x'\nrows = ['S9-01', 'S9-02']", "", 0),
            ("[[wait]]\nneeds = 'x'\nrows = ['S9-01', 'S9-01', 'S9-02']", "", 0),
            (
                "[[wait]]\nneeds = 'x'\nrows = ['S9-01']\n[[wait]]\nneeds = 'y'\nrows = ['S9-01', 'S9-02']",
                "",
                1,
            ),
            ("[[wait]]\nneeds = 'x'\nrows = ['S9-01', 'S9-02']", "S9-02/U", 1),
            ("[[wait]]\nneeds = 'x'\nrows = ['S9-01']", "S9-02/U S9-01/A", 0),
            ("[[wait]]\nneeds = 'x'\nrows = ['S9-01', 'S9-03', 'S9-04']", "S9-02/U", 2),
        ] {
            let catalogue: Catalogue =
                toml::from_str(&format!("{SMALL}{waits}")).expect("the sample parses");
            let text = format!("// proves: {marked}\nfn a() {{}}\n");
            let found = reasons(&catalogue, &marks(&[file("crates/web/tests/a.rs", &text)]));
            assert_eq!(found.len(), findings, "{waits} {marked}: {found:?}");
        }
    }

    #[test]
    fn marks_name_the_test_after_them() {
        let rust = file(
            "crates/a/tests/a.rs",
            "    // proves: S9-02/U\n    #[tokio::test]\n    async fn it_is() {}\n",
        );
        let script = file("tests/smoke.sh", "#!/bin/sh\n# proves: S9-01/A\necho\n");
        let names: Vec<String> = marks(&[rust, script]).into_iter().map(|mark| mark.test).collect();
        assert_eq!(names, ["it_is", "smoke"]);
    }

    #[test]
    fn a_mark_claims_only_what_its_place_can_show() {
        for (path, mark, findings) in [
            ("crates/core/src/a.rs", "S9-02/U", 0),
            ("crates/core/src/a.rs", "S9-01/A", 1),
            ("crates/core/src/a.rs", "S9-01/C", 1),
            ("crates/app/tests/a.rs", "S9-01/C", 0),
            ("crates/app/tests/a.rs", "S9-01/A", 1),
            ("crates/cli/tests/a.rs", "S9-01/A", 0),
            ("crates/store/tests/a.rs", "S9-01/E", 1),
        ] {
            let text = format!("// proves: {mark}\nfn a() {{}}\n");
            assert_eq!(
                unknown(&small(), &marks(&[file(path, &text)])).len(),
                findings,
                "{path} {mark}"
            );
        }
    }

    #[test]
    fn unknown_rows_and_kinds_are_refused() {
        for (mark, findings) in
            [("S9-01/A", 0), ("S9-04/A", 1), ("S9-01/X", 1), ("S9-01", 1), ("S9-77/AC", 2)]
        {
            let text = format!("# proves: {mark}\n");
            assert_eq!(
                unknown(&small(), &marks(&[file("tests/a.sh", &text)])).len(),
                findings,
                "{mark}"
            );
        }
    }
}
