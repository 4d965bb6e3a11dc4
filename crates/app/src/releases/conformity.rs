//! How far running releases keep to their process: what is late, what was passed over, what is
//! owed, what was done again (S3-21).

use super::{ReleaseView, UNDER_WAY};
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use roadbook_core::ids::ReleaseId;
use roadbook_core::text::Text;
use roadbook_store::releases::{self as rows, ReleaseFilter};
use roadbook_store::{Page, PageAsk, Scope};

/// Releases of one page: each is read whole.
const PAGE: usize = 20;

/// A way in which a release does not keep to its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// A step is open after it was due.
    Late,
    /// Somebody passed a step although something was missing, with a reason.
    Passed,
    /// An emergency left something owing.
    Owed,
    /// A step is done again.
    Again,
    /// Somebody holds the release.
    Held,
}

impl Deviation {
    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Deviation::Late => "late",
            Deviation::Passed => "passed",
            Deviation::Owed => "owed",
            Deviation::Again => "again",
            Deviation::Held => "held",
        }
    }
}

/// A running release, and where it leaves its process.
#[derive(Clone, Debug)]
pub struct Conformity {
    /// Id.
    pub id: ReleaseId,
    /// Number.
    pub number: String,
    /// Name of the product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Process and revision.
    pub process: String,
    /// Name of the lead.
    pub lead: String,
    /// Deviations with the step they are about, in the order of the process; none: it conforms.
    pub deviations: Vec<(Deviation, String, Text)>,
}

impl App {
    /// Running releases of a scope, last changed first, each held against its process.
    #[boxed]
    pub async fn conformity(
        &self,
        call: &Call,
        scope: &Scope,
        cursor: Option<String>,
    ) -> Result<Page<Conformity>> {
        let states = UNDER_WAY.map(str::to_owned).to_vec();
        let filter = ReleaseFilter { states, ..ReleaseFilter::default() };
        let page =
            rows::list(self.store(), scope, &filter, &PageAsk { cursor, limit: PAGE }).await?;
        let mut list = Vec::new();
        for row in page.rows {
            match self.release(&call.actor, &row.id).await {
                Ok(view) => list.push(judged(&view)),
                Err(Error::Denied { .. } | Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Page { rows: list, next: page.next })
    }
}

fn judged(view: &ReleaseView) -> Conformity {
    let (release, run) = (&view.release, &view.release.run);
    let mut deviations = Vec::new();
    if run.hold.is_some() {
        deviations.push((Deviation::Held, String::new(), Text::default()));
    }
    for (_, step) in view.template.steps() {
        let Some(state) = run.steps.get(&step.id) else { continue };
        let mut say = |what| deviations.push((what, step.id.clone(), step.title.clone()));
        let due = view.context.due_at.get(&step.id);
        if state.state.is_open() && due.is_some_and(|due| *due < view.context.now) {
            say(Deviation::Late);
        }
        if state.overridden.is_some() {
            say(Deviation::Passed);
        }
        // What begins by an event has a round for each time it happens.
        if state.round > 1 && step.on.is_none() && step.repeat.is_none() {
            say(Deviation::Again);
        }
    }
    for debt in run.open_debts() {
        let step = debt.what.split('.').next().unwrap_or_default().to_owned();
        let title = view.template.step(&step).map(|it| it.title.clone()).unwrap_or_default();
        deviations.push((Deviation::Owed, step, title));
    }
    Conformity {
        id: release.id.clone(),
        number: release.number.clone(),
        product: view.product.1.clone(),
        version: release.version.clone(),
        process: format!("{}@{}", run.process, run.revision),
        lead: view.names.get(&release.lead).cloned().unwrap_or_default(),
        deviations,
    }
}
