//! From what changed to the part of the number that rises.

use serde::{Deserialize, Serialize};

/// How far a change reaches; also the part of the number that it raises.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Code was compiled again: `d`.
    #[default]
    Build,
    /// The requirement specification of a package changed: `c`.
    Revision,
    /// Features were added, removed or exchanged: `b`.
    Minor,
    /// The architecture or the technology platform changed: `a`.
    Major,
}

impl Level {
    /// All levels, the smallest first.
    pub const ALL: [Level; 4] = [Level::Build, Level::Revision, Level::Minor, Level::Major];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Level::Build => "build",
            Level::Revision => "revision",
            Level::Minor => "minor",
            Level::Major => "major",
        }
    }
}

/// What kind of change an item of a release is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The whole architecture changed, for example from centralized to distributed.
    Architecture,
    /// The technology platform changed, for example the language or the runtime.
    Platform,
    /// What worked with the former version no longer does.
    Incompatible,
    /// A module or component was added, removed or exchanged.
    Feature,
    /// An existing feature can do more, or its requirement was changed.
    Specification,
    /// A limit of an existing feature was moved, for example the number of channels.
    Capacity,
    /// A fault was repaired.
    BugFix,
    /// Internal design changed without a visible effect.
    InternalDesign,
    /// A library was exchanged.
    Library,
    /// A database script changed.
    DatabaseScript,
    /// A configuration file changed.
    ConfigurationFile,
}

impl ChangeKind {
    /// All kinds, in the order in which a form lists them.
    pub const ALL: [ChangeKind; 11] = [
        ChangeKind::Architecture,
        ChangeKind::Platform,
        ChangeKind::Incompatible,
        ChangeKind::Feature,
        ChangeKind::Specification,
        ChangeKind::Capacity,
        ChangeKind::BugFix,
        ChangeKind::InternalDesign,
        ChangeKind::Library,
        ChangeKind::DatabaseScript,
        ChangeKind::ConfigurationFile,
    ];

    /// The level it asks for (S3-50…54).
    pub const fn level(self) -> Level {
        match self {
            ChangeKind::Architecture | ChangeKind::Platform | ChangeKind::Incompatible => {
                Level::Major
            }
            ChangeKind::Feature => Level::Minor,
            ChangeKind::Specification | ChangeKind::Capacity => Level::Revision,
            ChangeKind::BugFix
            | ChangeKind::InternalDesign
            | ChangeKind::Library
            | ChangeKind::DatabaseScript
            | ChangeKind::ConfigurationFile => Level::Build,
        }
    }
}

/// A change with the name under which the explanation mentions it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Number or title of the change item.
    pub name: String,
    /// Its kind.
    pub kind: ChangeKind,
}

/// The change that decides: the first of the highest level.
pub(super) fn deciding(changes: &[Change]) -> Option<&Change> {
    changes.iter().rev().max_by_key(|change| change.kind.level())
}
