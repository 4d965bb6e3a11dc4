//! What runs of processes are about.

use serde::{Deserialize, Serialize};

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A release.
    #[default]
    Release,
    /// A problem or question.
    Issue,
    /// A change request.
    Change,
    /// A site.
    Site,
    /// A development project.
    Project,
    /// A period of the calendar.
    Cycle,
}

impl Subject {
    /// All subjects.
    pub const ALL: [Subject; 6] = [
        Subject::Release,
        Subject::Issue,
        Subject::Change,
        Subject::Site,
        Subject::Project,
        Subject::Cycle,
    ];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Subject::Release => "release",
            Subject::Issue => "issue",
            Subject::Change => "change",
            Subject::Site => "site",
            Subject::Project => "project",
            Subject::Cycle => "cycle",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<Subject> {
        Subject::ALL.into_iter().find(|it| it.name() == text)
    }

    /// The letter that numbers of its runs begin with: `R-2027-0001`.
    pub const fn letter(self) -> char {
        match self {
            Subject::Release => 'R',
            Subject::Issue => 'I',
            Subject::Change => 'C',
            Subject::Site => 'S',
            Subject::Project => 'P',
            Subject::Cycle => 'M',
        }
    }

    /// True for releases; documents leave it out then.
    pub fn is_release(&self) -> bool {
        *self == Subject::Release
    }
}

/// How the units of the organization take a process of head office.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adoption {
    /// As it is: nobody opens what it takes under another process.
    Binding,
    /// A unit may have a process of its own instead.
    #[default]
    Reference,
}

impl Adoption {
    /// Names in files.
    pub const ALL: [(&str, Adoption); 2] =
        [("binding", Adoption::Binding), ("reference", Adoption::Reference)];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Adoption::Binding => "binding",
            Adoption::Reference => "reference",
        }
    }
}
