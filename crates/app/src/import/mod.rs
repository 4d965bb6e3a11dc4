//! Lists from files and spreadsheets: every row is checked before the first is kept, and all are
//! kept in one commit. The same list again changes nothing.

mod organization;
mod places;
mod table;

pub use table::{cell, lines};

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::Result;
use roadbook_core::ids::UnitId;
use roadbook_store::{Commit, Write};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use table::Table;

/// What a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Units of the organization.
    Units,
    /// People with their roles.
    People,
    /// Sites with what they run.
    Sites,
    /// Contacts of sites.
    Contacts,
}

impl ListKind {
    /// All kinds, in the order in which an organization imports them.
    pub const ALL: [ListKind; 4] =
        [ListKind::Units, ListKind::People, ListKind::Sites, ListKind::Contacts];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            ListKind::Units => "units",
            ListKind::People => "people",
            ListKind::Sites => "sites",
            ListKind::Contacts => "contacts",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<ListKind> {
        ListKind::ALL.into_iter().find(|it| it.name() == text)
    }

    /// Its columns: name, and whether each row must fill it.
    pub const fn columns(self) -> &'static [(&'static str, bool)] {
        match self {
            ListKind::Units => &[
                ("key", true),
                ("parent", false),
                ("kind", false),
                ("name", true),
                ("head_login", false),
                ("zone", false),
            ],
            ListKind::People => &[
                ("login", true),
                ("name", true),
                ("email", false),
                ("lang", false),
                ("zone", false),
                ("unit", false),
                ("weekly_hours", false),
                ("roles", false),
            ],
            ListKind::Sites => &[
                ("key", true),
                ("name", true),
                ("customer", false),
                ("unit", false),
                ("zone", false),
                ("lang", false),
                ("address", false),
                ("class", false),
                ("update_authority", false),
                ("tags", false),
                ("version", false),
                ("product", false),
                ("part_of", false),
                ("part", false),
            ],
            ListKind::Contacts => &[
                ("site", true),
                ("name", true),
                ("email", false),
                ("lang", false),
                ("kind", false),
            ],
        }
    }
}

/// A list to be imported.
#[derive(Clone, Debug)]
pub struct ImportInput {
    /// What it holds.
    pub kind: ListKind,
    /// The file, or rows pasted from a spreadsheet; the first row names the columns.
    pub bytes: Vec<u8>,
    /// Unit of new sites and people whose row names none; the root when none.
    pub unit: Option<UnitId>,
    /// Check only.
    pub dry_run: bool,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows.
    pub rows: usize,
    /// New.
    pub created: usize,
    /// Changed.
    pub updated: usize,
    /// As before.
    pub unchanged: usize,
    /// Nothing was kept.
    pub dry_run: bool,
}

/// What rows become; gathered before anything is kept.
#[derive(Default)]
struct Gathered {
    writes: Vec<Write>,
    created: usize,
    updated: usize,
    unchanged: usize,
}

impl App {
    /// Checks all rows and keeps them, or none.
    #[boxed]
    pub async fn import(&self, call: &Call, input: ImportInput) -> Result<ImportReport> {
        let table = Table::read(input.kind, &input.bytes)?;
        let rows = table.rows.len();
        let gathered = match input.kind {
            ListKind::Units => self.gather_units(call, &table).await?,
            ListKind::People => self.gather_people(call, &table, input.unit.as_ref()).await?,
            ListKind::Sites => self.gather_sites(call, &table, input.unit.as_ref()).await?,
            ListKind::Contacts => self.gather_contacts(call, &table).await?,
        };
        let report = ImportReport {
            rows,
            created: gathered.created,
            updated: gathered.updated,
            unchanged: gathered.unchanged,
            dry_run: input.dry_run,
        };
        if input.dry_run || gathered.writes.is_empty() {
            return Ok(report);
        }
        let mut commit: Commit = self.begin(call);
        commit.writes = gathered.writes;
        let commit = commit.entry(
            format!("import/{}", input.kind.name()),
            "list.imported",
            json!({
                "sha256": hex::encode(Sha256::digest(&input.bytes)),
                "rows": rows,
                "created": report.created,
                "updated": report.updated,
            }),
        );
        let receipt = Receipt {
            id: input.kind.name().to_owned(),
            notes: vec![
                format!("created:{}", report.created),
                format!("updated:{}", report.updated),
                format!("unchanged:{}", report.unchanged),
            ],
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await?;
        Ok(report)
    }
}
