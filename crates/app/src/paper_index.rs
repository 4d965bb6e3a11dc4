//! All documents over the releases that somebody may see: what is written, valid, signed.

use crate::App;
use crate::boxed;
use crate::error::Result;
use jiff::Timestamp;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::template::DocumentType;
use roadbook_core::run::{Control, DocumentRun};
use roadbook_core::text::{Lang, Text};
use roadbook_store::releases::{self as rows, ReleaseFilter};
use roadbook_store::{Page, PageAsk, Scope};

/// Releases that are looked through at once.
const RELEASES_READ: usize = 10;
/// A page ends with the first batch of releases that makes it so long.
const LINES_ENOUGH: usize = 40;
/// Batches of one page at most: a filter that finds nothing must not read everything.
const BATCHES_MAX: usize = 20;

/// How far a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperState {
    /// Not written yet.
    Missing,
    /// Written, not valid yet.
    Draft,
    /// Valid.
    Controlled,
    /// No longer valid.
    Obsolete,
}

impl PaperState {
    /// Name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            PaperState::Missing => "missing",
            PaperState::Draft => "draft",
            PaperState::Controlled => "controlled",
            PaperState::Obsolete => "obsolete",
        }
    }

    /// All states.
    pub const ALL: [PaperState; 4] =
        [PaperState::Missing, PaperState::Draft, PaperState::Controlled, PaperState::Obsolete];

    fn of(run: Option<&DocumentRun>) -> PaperState {
        match run.map(|it| it.control) {
            None => PaperState::Missing,
            Some(Control::Draft) => PaperState::Draft,
            Some(Control::Controlled) => PaperState::Controlled,
            Some(Control::Obsolete) => PaperState::Obsolete,
        }
    }
}

/// Which documents are asked for.
#[derive(Clone, Debug, Default)]
pub struct PaperFilter {
    /// Part of its title or type, or of number, title or version of its release.
    pub text: Option<String>,
    /// In this state.
    pub state: Option<PaperState>,
    /// So confidential.
    pub confidentiality: Option<String>,
    /// Only those that somebody still has to sign.
    pub unsigned: bool,
    /// Of releases in one of these states; empty means any.
    pub releases: Vec<String>,
}

/// A document in the index.
#[derive(Clone, Debug)]
pub struct PaperLine {
    /// Release.
    pub release: ReleaseId,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub release_title: String,
    /// Type, as the process names it.
    pub kind: String,
    /// Title of the type.
    pub title: Text,
    /// `public`, `internal`, `confidential`.
    pub confidentiality: String,
    /// How far it is.
    pub state: PaperState,
    /// Current revision, once there is one.
    pub revision: Option<String>,
    /// When that was written.
    pub at: Option<Timestamp>,
    /// Signatures that hold.
    pub signed: usize,
    /// Signatures that the process asks for.
    pub to_sign: usize,
}

impl App {
    /// Documents of the releases that somebody may see, newest change first.
    #[boxed]
    pub async fn papers(
        &self,
        scope: &Scope,
        filter: &PaperFilter,
        cursor: Option<String>,
    ) -> Result<Page<PaperLine>> {
        let releases =
            ReleaseFilter { states: filter.releases.clone(), ..ReleaseFilter::default() };
        let mut ask = PageAsk { cursor, limit: RELEASES_READ };
        let mut lines = Vec::new();
        for _ in 0..BATCHES_MAX {
            let page = rows::list(self.store(), scope, &releases, &ask).await?;
            for row in page.rows {
                let loaded = self.release_load(&row.id).await?;
                let all = loaded.template.documents.iter();
                let made = all.map(|it| line(&loaded.release, it));
                lines.extend(made.filter(|it| fits(filter, it)));
            }
            match page.next {
                None => return Ok(Page { rows: lines, next: None }),
                next => ask.cursor = next,
            }
            if lines.len() >= LINES_ENOUGH {
                break;
            }
        }
        Ok(Page { rows: lines, next: ask.cursor })
    }
}

fn line(release: &roadbook_core::release::Release, it: &DocumentType) -> PaperLine {
    let run = release.run.documents.get(&it.id);
    let signed = |run: &DocumentRun| it.signed_by.iter().filter(|role| run.signed_by(role)).count();
    PaperLine {
        release: release.id.clone(),
        number: release.number.clone(),
        version: release.version.clone(),
        release_title: release.title.clone(),
        kind: it.id.clone(),
        title: it.title.clone(),
        confidentiality: it.confidentiality.clone().unwrap_or_else(|| "internal".to_owned()),
        state: PaperState::of(run),
        revision: run.map(DocumentRun::label),
        at: run.map(|it| it.at),
        signed: run.map_or(0, signed),
        to_sign: it.signed_by.len(),
    }
}

fn fits(filter: &PaperFilter, it: &PaperLine) -> bool {
    let text = filter.text.as_deref().map(str::to_lowercase).unwrap_or_default();
    let titles = Lang::ALL.into_iter().filter_map(|lang| it.title.get(lang));
    let found = text.is_empty()
        || titles
            .chain([it.kind.as_str(), &it.number, &it.version, &it.release_title])
            .any(|one| one.to_lowercase().contains(&text));
    found
        && filter.state.is_none_or(|state| state == it.state)
        && filter.confidentiality.as_ref().is_none_or(|level| *level == it.confidentiality)
        && (!filter.unsigned || it.signed < it.to_sign)
}
