//! Process files (`format = 1`): read with places, so that every finding names its line.

mod condition;
mod letters;
mod reader;
mod schema;
mod shape;
mod steps;
mod words;

pub use condition::{Problem, parse as parse_condition};
use reader::{Notes, Table};
use roadbook_core::limits::PROCESS_FILE_BYTES_MAX;
use roadbook_core::process::check::references;
use roadbook_core::process::finding::{Finding, Position, Positions};
use roadbook_core::process::template::Template;
pub use schema::schema;
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
const BUILTIN: &[(&str, &str)] = &[
    ("starter/release", include_str!("../../../../processes/starter/release.toml")),
    ("vendor/release", include_str!("../../../../processes/vendor/release.toml")),
    ("vendor/issue", include_str!("../../../../processes/vendor/issue.toml")),
    ("vendor/hotfix", include_str!("../../../../processes/vendor/hotfix.toml")),
    ("enterprise/new-system", include_str!("../../../../processes/enterprise/new-system.toml")),
    ("enterprise/upgrade", include_str!("../../../../processes/enterprise/upgrade.toml")),
    ("enterprise/window-plan", include_str!("../../../../processes/enterprise/window-plan.toml")),
    ("saas/update", include_str!("../../../../processes/saas/update.toml")),
    ("saas/month-plan", include_str!("../../../../processes/saas/month-plan.toml")),
    ("saas/leftover", include_str!("../../../../processes/saas/leftover.toml")),
    ("service/release", include_str!("../../../../processes/service/release.toml")),
    ("service/monthly-report", include_str!("../../../../processes/service/monthly-report.toml")),
    ("service/failed-review", include_str!("../../../../processes/service/failed-review.toml")),
    ("service/yearly-review", include_str!("../../../../processes/service/yearly-review.toml")),
    ("service/system-plan", include_str!("../../../../processes/service/system-plan.toml")),
    ("service/improvement", include_str!("../../../../processes/service/improvement.toml")),
    ("product/main", include_str!("../../../../processes/product/main.toml")),
    ("product/patch", include_str!("../../../../processes/product/patch.toml")),
    ("product/site", include_str!("../../../../processes/product/site.toml")),
    ("readiness/production", include_str!("../../../../processes/readiness/production.toml")),
    ("readiness/deployment", include_str!("../../../../processes/readiness/deployment.toml")),
    ("development/release", include_str!("../../../../processes/development/release.toml")),
    ("development/project", include_str!("../../../../processes/development/project.toml")),
    ("configuration/change", include_str!("../../../../processes/configuration/change.toml")),
    ("configuration/audit", include_str!("../../../../processes/configuration/audit.toml")),
];

/// The built-in processes: id and text of the file, as a user would export them.
pub fn builtin() -> &'static [(&'static str, &'static str)] {
    BUILTIN
}

/// Reads a process file. On failure every finding comes at once, in the order of the file.
pub fn parse(file: &str, text: &str) -> Result<Parsed, Vec<Finding>> {
    let first = Position { line: 1, column: 1 };
    if text.len() > PROCESS_FILE_BYTES_MAX {
        let message =
            format!("the file has {} bytes; at most {PROCESS_FILE_BYTES_MAX} are read", text.len());
        return Err(vec![
            Finding::error("file_too_large", "", message, "split it into several processes")
                .at(file, first),
        ]);
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let at = error.span().map_or(first, |span| Notes::new(text).position(span.start));
            let message: String = error.message().trim().chars().take(300).collect();
            let fix = "correct the TOML; the rest of the file is read after that";
            return Err(vec![
                Finding::error("toml_syntax", "", message.replace('\n', "; "), fix).at(file, at),
            ]);
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

/// A file with everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The file, when it could be read.
    pub parsed: Option<Parsed>,
    /// Findings with places, in the order of the file.
    pub findings: Vec<Finding>,
    /// Combinations of outcomes and guards that the checker visited.
    pub states: usize,
    /// Questions that are open beside each other were answered in the order of the file only.
    pub file_order: bool,
}

impl Checked {
    /// True when nothing blocks publishing.
    pub fn passes(&self) -> bool {
        self.parsed.is_some() && !self.findings.iter().any(Finding::blocks)
    }

    /// The template, if nothing blocks publishing it; else all findings.
    pub fn publishable(self) -> Result<Template, Vec<Finding>> {
        let passes = self.passes();
        match self.parsed {
            Some(parsed) if passes => Ok(parsed.template),
            _ => Err(self.findings),
        }
    }
}

/// Reads a process file and runs the checker over it. Whether the processes it calls are there is
/// not asked; see [`check_among`].
pub fn check(file: &str, text: &str) -> Checked {
    look(file, text, None)
}

/// As [`check`], among the processes of these ids: what it calls has to be one of them.
pub fn check_among(file: &str, text: &str, known: &[String]) -> Checked {
    look(file, text, Some(known))
}

fn look(file: &str, text: &str, known: Option<&[String]>) -> Checked {
    match parse(file, text) {
        Err(findings) => Checked { parsed: None, findings, states: 0, file_order: false },
        Ok(parsed) => {
            let report = roadbook_core::process::check::check(&parsed.template);
            let place = |it: Finding| {
                let at = parsed.positions.find(&it.path);
                it.at(file, at)
            };
            let missing = known.map(|it| references(&parsed.template, it)).unwrap_or_default();
            let mut findings: Vec<Finding> =
                report.findings.into_iter().chain(missing).map(place).collect();
            findings.extend(letters::check(&parsed.template, file, text, &parsed.positions));
            findings.sort_by(|a, b| (a.line, a.column, &a.code).cmp(&(b.line, b.column, &b.code)));
            let (states, file_order) = (report.states, report.proof.file_order);
            Checked { parsed: Some(parsed), findings, states, file_order }
        }
    }
}

/// As [`parse`], for bytes that may not be text.
pub fn parse_bytes(file: &str, bytes: &[u8]) -> Result<Parsed, Vec<Finding>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(file, text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].split(|it| *it == b'\n').count();
            let at = Position { line: line as u32, column: 1 };
            Err(vec![
                Finding::error("not_utf8", "", "the file is not UTF-8 text", "save it as UTF-8")
                    .at(file, at),
            ])
        }
    }
}

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
