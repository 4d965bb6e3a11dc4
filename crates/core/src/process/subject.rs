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
