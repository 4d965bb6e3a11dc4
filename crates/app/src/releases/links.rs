//! What ties runs together beyond calls: fields that name another run, and how often releases of
//! a category follow each other.

use super::LoadedRelease;
use super::extract_lines::category;
use crate::App;
use crate::error::{Error, Result};
use jiff::SignedDuration;
use roadbook_core::access::Actor;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::FieldType;
use roadbook_core::run::Command;
use roadbook_store::releases::{self as rows, ReleaseFilter};
use roadbook_store::{PageAsk, Scope};

/// Happens by itself when releases of a category follow each other faster than expected.
pub(super) const TOO_OFTEN: &str = "category.too_often";
/// Happens by itself when somebody changes what a running release carries.
pub(super) const ITEMS_CHANGED: &str = "items.changed";
/// Releases that are looked through when a category is counted.
const COUNTED_MAX: usize = 200;

impl App {
    /// A field that names a run takes the number of one that is there and that the caller sees.
    pub(super) async fn names_a_run(
        &self,
        actor: &Actor,
        loaded: &LoadedRelease,
        command: &Command,
    ) -> Result<()> {
        let Command::SetField { field, value: Value::Text(number) } = command else {
            return Ok(());
        };
        let declared = loaded.template.fields.iter().find(|it| it.id == *field);
        let Some(FieldType::Run(process)) = declared.map(|it| &it.kind) else { return Ok(()) };
        if number.is_empty() {
            return Ok(());
        }
        let unknown = || {
            let message = format!("no run of `{process}` has the number `{number}`");
            Error::field("value", "unknown_run", message)
        };
        let id = self.release_id(number).await.map_err(|_| unknown())?;
        let named = self.release_for(actor, &id).await.map_err(|_| unknown())?;
        if named.release.run.process == *process { Ok(()) } else { Err(unknown()) }
    }

    /// Counts the releases of the same category that started lately, this one among them. One too
    /// many is told to the run, if its process does something about it.
    pub(super) async fn comes_often(&self, loaded: &LoadedRelease) -> Result<bool> {
        let (release, template) = (&loaded.release, &loaded.template);
        let waits = template.steps().any(|(_, it)| it.on.as_deref() == Some(TOO_OFTEN));
        if !waits || release.run.events.contains_key(TOO_OFTEN) || release.run.is_ended() {
            return Ok(false);
        }
        let own = category(template, release);
        let Some(usual) = template.frequencies.iter().find(|it| it.category == own) else {
            return Ok(false);
        };
        let since = self.now() - SignedDuration::from_hours(24 * usual.per.days());
        let filter =
            ReleaseFilter { product_id: Some(release.product.clone()), ..ReleaseFilter::default() };
        let page =
            rows::list(self.store(), &Scope::all(), &filter, &PageAsk::first(COUNTED_MAX)).await?;
        let mut count = 0;
        for row in page.rows.iter().filter(|it| it.process_id == release.run.process) {
            let other = self.release_load(&row.id).await?;
            let lately = other.release.run.started.is_some_and(|at| at > since);
            if lately && category(&other.template, &other.release) == own {
                count += 1;
            }
        }
        Ok(count > usual.at_most)
    }
}
