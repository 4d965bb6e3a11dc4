//! Exit codes and the error that carries one: see docs/exit-codes.md.

use std::process::ExitCode;

/// Why the program ends with another code than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A reason that the error names.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A rule says no.
    Refused = 3,
    /// Not found, or not visible.
    NotFound = 4,
    /// Not signed in, or not allowed.
    NotAllowed = 5,
    /// Somebody changed it meanwhile.
    Stale = 6,
    /// No answer, or an unknown result.
    Unreachable = 7,
    /// A check found something.
    Findings = 8,
    /// A comparison found a difference.
    Differs = 9,
    /// The disk refused a write; start again.
    Stopped = 70,
}

/// An error as people read it: what, why, what now.
#[derive(Debug)]
pub struct Failure {
    /// Exit code.
    pub code: Code,
    /// What happened and why; lowercase, no full stop.
    pub what: String,
    /// The single faults or reasons, one a line.
    pub details: Vec<String>,
    /// What to do now.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(code: Code, what: impl Into<String>) -> Failure {
        Failure { code, what: what.into(), details: Vec::new(), hints: Vec::new() }
    }

    /// Adds a single fault or reason.
    pub fn detail(mut self, detail: impl Into<String>) -> Failure {
        self.details.push(detail.into());
        self
    }

    /// Adds what to do now.
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hints.push(hint.into());
        self
    }

    /// Writes it to standard error and gives the code to the shell.
    pub fn end(&self) -> ExitCode {
        eprintln!("error: {}", self.what);
        for detail in &self.details {
            eprintln!("  {detail}");
        }
        for hint in &self.hints {
            eprintln!("hint: {hint}");
        }
        ExitCode::from(self.code as u8)
    }
}

impl From<roadbook_store::StoreError> for Failure {
    fn from(error: roadbook_store::StoreError) -> Failure {
        Failure::new(Code::Failed, error.to_string())
    }
}

impl From<roadbook_app::Error> for Failure {
    fn from(error: roadbook_app::Error) -> Failure {
        use roadbook_app::Error as E;
        let code = match &error {
            E::NotFound { .. } => Code::NotFound,
            E::Unauthenticated | E::Denied { .. } => Code::NotAllowed,
            E::Refused(_)
            | E::NotAdmitted(_)
            | E::NotMigrated(_)
            | E::Rule { .. }
            | E::Exists { .. } => Code::Refused,
            E::Stale { .. } => Code::Stale,
            E::Unknown | E::TooMany { .. } => Code::Unreachable,
            _ => Code::Failed,
        };
        let mut failure = Failure::new(code, error.to_string());
        match error {
            E::Invalid(fields) => {
                failure.details =
                    fields.into_iter().map(|it| format!("{}: {}", it.field, it.message)).collect();
            }
            E::Internal(text) => failure.what = text,
            _ => {}
        }
        failure
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::new(Code::Failed, error.to_string())
    }
}

/// What sub-commands answer with.
pub type Outcome = Result<(), Failure>;

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_stands_on_its_page() {
        let page = include_str!("../../../docs/exit-codes.md");
        let told: Vec<u8> = page
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
            .collect();
        let mut known = vec![0];
        known.extend(
            [
                Code::Failed,
                Code::Usage,
                Code::Refused,
                Code::NotFound,
                Code::NotAllowed,
                Code::Stale,
                Code::Unreachable,
                Code::Findings,
                Code::Differs,
                Code::Stopped,
            ]
            .map(|it| it as u8),
        );
        assert_eq!(told, known);
    }
}
