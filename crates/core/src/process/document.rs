//! Types of documents that a process demands, and the tables that the record itself gives.

use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A type of document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentType {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Sections that must stand in it: id and title.
    pub sections: Vec<Section>,
    /// Role that writes it.
    pub role: Option<String>,
    /// Roles that sign it.
    pub signed_by: Vec<String>,
    /// `public`, `internal`, `confidential`.
    pub confidentiality: Option<String>,
    /// True when it may only be uploaded, not written in the browser.
    pub upload: bool,
    /// Only who holds its role writes it; everybody else only reads (S3-79).
    #[serde(default)]
    pub reserved: bool,
    /// Duty and description: what it is for (S4f-15).
    #[serde(default)]
    pub about: Text,
    /// The form it is handed in, e.g. `Word`.
    #[serde(default)]
    pub format: Option<String>,
    /// What its reader uses it for.
    #[serde(default)]
    pub report: Option<ReportClass>,
    /// Volume it is filed in (S4f-01).
    #[serde(default)]
    pub volume: Option<String>,
    /// Its number in the volume.
    #[serde(default)]
    pub number: Option<String>,
    /// The signatures of its parties have to come from different people (S4f-16).
    #[serde(default)]
    pub two_parties: bool,
    /// The extract of the record that it is made from.
    #[serde(default)]
    pub extract: Option<Extract>,
}

/// What a deliverable is for: the project's acceptance, its progress or its lessons (S4f-15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportClass {
    /// Belongs to the acceptance.
    Acceptance,
    /// Tells the progress.
    Process,
    /// Sums up.
    Summary,
}

impl ReportClass {
    /// All classes.
    pub const ALL: [ReportClass; 3] =
        [ReportClass::Acceptance, ReportClass::Process, ReportClass::Summary];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            ReportClass::Acceptance => "acceptance",
            ReportClass::Process => "process",
            ReportClass::Summary => "summary",
        }
    }
}

/// A table that is made from what the record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extract {
    /// Tasks and duties of each person (S4f-21).
    Tasks,
    /// Problems met (S4f-22).
    Problems,
    /// Changes: what changes and why (S4f-23).
    Changes,
    /// What was done at the go-live (S4f-26).
    SwitchOver,
    /// Trainings held (S4f-27).
    Training,
    /// Which site received which version when.
    Upgrades,
    /// Who is responsible, and how to reach them (S4a-36).
    AddressBook,
    /// The deliverables of each stage (S4f-15).
    Deliverables,
    /// Who was told or spoken with, when and how (S3-27).
    Communication,
    /// Incidents and problems that the release caused, counted apart (S3-74).
    Troubles,
    /// Releases that ended in the period a report looks back on (S3-39).
    Releases,
    /// Key measures of that period against their goals (S3-41).
    Measures,
}

impl Extract {
    /// All extracts.
    pub const ALL: [Extract; 12] = [
        Extract::Tasks,
        Extract::Problems,
        Extract::Changes,
        Extract::SwitchOver,
        Extract::Training,
        Extract::Upgrades,
        Extract::AddressBook,
        Extract::Deliverables,
        Extract::Communication,
        Extract::Troubles,
        Extract::Releases,
        Extract::Measures,
    ];

    /// Short name: the same in files, addresses and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Extract::Tasks => "tasks",
            Extract::Problems => "problems",
            Extract::Changes => "changes",
            Extract::SwitchOver => "switch_over",
            Extract::Training => "training",
            Extract::Upgrades => "upgrades",
            Extract::AddressBook => "address_book",
            Extract::Deliverables => "deliverables",
            Extract::Communication => "communication",
            Extract::Troubles => "troubles",
            Extract::Releases => "releases",
            Extract::Measures => "measures",
        }
    }

    /// Reads a short name.
    pub fn parse(name: &str) -> Option<Extract> {
        Extract::ALL.into_iter().find(|it| it.name() == name)
    }
}

impl DocumentType {
    /// Title of a required part: of a section, or of a column of its table (`section.column`).
    pub fn part_title(&self, part: &str) -> Option<&Text> {
        let (section, column) = part.split_once('.').map_or((part, None), |it| (it.0, Some(it.1)));
        let section = self.sections.iter().find(|it| it.id == section)?;
        match column {
            None => Some(&section.title),
            Some(id) => section.columns.iter().find(|it| it.id == id).map(|it| &it.title),
        }
    }
}

/// A required section of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Short name; the anchor of the heading.
    pub id: String,
    /// Heading.
    pub title: Text,
    /// Columns of a table that must stand in it, every cell of every row filled (S2-32, S2-44).
    #[serde(default)]
    pub columns: Vec<Column>,
}

/// A column of a required table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Short name.
    pub id: String,
    /// Heading.
    pub title: Text,
}
