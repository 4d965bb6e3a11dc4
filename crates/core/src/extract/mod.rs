//! Documents that nobody writes: tables drawn from what a run and its sites already say. Each is
//! assembled here without words of any language; who shows it turns cells into words.

mod course;
mod paper;
mod period;

pub use course::{TroubleKind, troubles_of};
pub use period::ClosedLine;

use crate::ids::PersonId;
use crate::plan::PlannedStep;
use crate::process::template::{Extract, Phase, Step, Template};
use crate::release::Release;
use crate::text::Text;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A cell before it is put into words.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// As somebody wrote it.
    Plain(String),
    /// A text of the process.
    Words(Text),
    /// A word of the product: family and short name, e.g. `step_state`, `done`.
    Word(&'static str, String),
    /// A person.
    Person(PersonId),
    /// A role of the process.
    Role(String),
    /// A moment.
    At(Timestamp),
    /// A length in minutes.
    Minutes(i64),
    /// A number.
    Number(i64),
    /// Several, one under another.
    Lines(Vec<Cell>),
}

impl Cell {
    fn plain(text: &str) -> Cell {
        if text.trim().is_empty() { Cell::Empty } else { Cell::Plain(text.to_owned()) }
    }

    fn at(moment: Option<Timestamp>) -> Cell {
        moment.map_or(Cell::Empty, Cell::At)
    }

    fn lines(mut list: Vec<Cell>) -> Cell {
        list.retain(|it| *it != Cell::Empty);
        match list.len() {
            0 => Cell::Empty,
            1 => list.remove(0),
            _ => Cell::Lines(list),
        }
    }
}

/// A table drawn from the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Which one.
    pub extract: Extract,
    /// Short names of its columns.
    pub columns: &'static [&'static str],
    /// Rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// What became of a release at a site.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteLine {
    /// Key and name.
    pub site: String,
    /// Version before, if it is known.
    pub from: Option<String>,
    /// Outcome by its short name; none while it is open.
    pub outcome: Option<String>,
    /// When that was reported.
    pub at: Option<Timestamp>,
    /// Who reported it, as a name.
    pub by: String,
    /// What shows it.
    pub evidence: String,
}

/// Somebody who can be reached.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactLine {
    /// Key and name of the site; empty for people of the organization.
    pub site: String,
    /// What the contact is for.
    pub kind: String,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// Something that was told to somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldLine {
    /// When; none while it is planned.
    pub at: Option<Timestamp>,
    /// The step it belongs to.
    pub step: String,
    /// How.
    pub channel: Cell,
    /// To whom.
    pub to: Cell,
    /// To how many.
    pub count: i64,
    /// By whom: a person who spoke with them, or nobody for a notice that goes out by itself.
    pub by: String,
    /// What was said, or what became of it.
    pub said: Cell,
}

/// Everything that an extract is drawn from.
pub struct Source<'a> {
    /// The release with its run.
    pub release: &'a Release,
    /// Its process.
    pub template: &'a Template,
    /// Dates of its steps.
    pub dates: &'a BTreeMap<String, PlannedStep>,
    /// Who holds which role.
    pub holders: &'a BTreeMap<String, Vec<PersonId>>,
    /// Addresses of people of the organization.
    pub addresses: &'a BTreeMap<PersonId, String>,
    /// Its sites.
    pub sites: &'a [SiteLine],
    /// Contacts of its sites.
    pub contacts: &'a [ContactLine],
    /// What was told.
    pub told: &'a [ToldLine],
    /// Releases that ended in the time that a report looks back on.
    pub closed: &'a [ClosedLine],
}

impl Source<'_> {
    /// Steps with their phase, in the order of the process.
    fn steps(&self) -> impl Iterator<Item = (&Phase, &Step)> {
        self.template.steps()
    }

    fn title(&self, step: &Step) -> Cell {
        Cell::Words(step.title.clone())
    }
}

/// Draws an extract.
pub fn draw(extract: Extract, source: &Source<'_>) -> Table {
    let (columns, rows): (&'static [&'static str], Vec<Vec<Cell>>) = match extract {
        Extract::Tasks => (course::TASKS, course::tasks(source)),
        Extract::Problems => (course::PROBLEMS, course::problems(source)),
        Extract::SwitchOver => (course::SWITCH_OVER, course::switch_over(source)),
        Extract::Training => (course::TRAINING, course::training(source)),
        Extract::Changes => (paper::CHANGES, paper::changes(source)),
        Extract::Upgrades => (paper::UPGRADES, paper::upgrades(source)),
        Extract::AddressBook => (paper::ADDRESS_BOOK, paper::address_book(source)),
        Extract::Deliverables => (paper::DELIVERABLES, paper::deliverables(source)),
        Extract::Communication => (course::COMMUNICATION, course::communication(source)),
        Extract::Troubles => (course::TROUBLES, course::troubles(source)),
        Extract::Releases => (period::RELEASES, period::releases(source)),
        Extract::Measures => (period::MEASURES, period::measures(source)),
    };
    Table { extract, columns, rows }
}

/// All columns that an extract may have: each has its word in every language.
pub fn columns() -> impl Iterator<Item = &'static str> {
    [
        course::TASKS,
        course::PROBLEMS,
        course::SWITCH_OVER,
        course::TRAINING,
        paper::CHANGES,
        paper::UPGRADES,
        paper::ADDRESS_BOOK,
        paper::DELIVERABLES,
        course::COMMUNICATION,
        course::TROUBLES,
        period::RELEASES,
        period::MEASURES,
    ]
    .into_iter()
    .flatten()
    .copied()
}
