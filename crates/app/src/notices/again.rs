//! A site that put a release off until a date is asked again when that date has come (S0-22).

use super::{Facts, again_id, letter};
use crate::App;
use crate::error::Result;
use crate::releases::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::notice::NoticeKind;
use roadbook_core::run::RunState;
use roadbook_store::deployments::{self, SiteDecision};
use roadbook_store::notices as rows;
use roadbook_store::{Scope, people, products, sites};

impl App {
    /// Asks the sites whose date has come; says when the next one comes.
    pub(super) async fn again_due(&self, loaded: &LoadedRelease) -> Result<Option<Timestamp>> {
        let run = &loaded.release.run;
        if run.hold.is_some() || !matches!(run.state, RunState::Running) {
            return Ok(None);
        }
        let now = self.now();
        let decided =
            deployments::decisions(self.store(), &Scope::all(), &loaded.release.id).await?;
        let mut next: Option<Timestamp> = None;
        for it in decided.iter().filter(|it| it.decision == "postponed") {
            match it.wished_at {
                Some(at) if now < at => next = next.into_iter().chain([at]).min(),
                Some(at) => self.ask_again(loaded, it, at).await?,
                None => {}
            }
        }
        Ok(next)
    }

    async fn ask_again(
        &self,
        loaded: &LoadedRelease,
        decision: &SiteDecision,
        wished: Timestamp,
    ) -> Result<()> {
        let release = &loaded.release;
        let id = again_id(&release.id, &decision.site_id, wished);
        if rows::get(self.store(), &id).await?.is_some() {
            return Ok(());
        }
        let everything = Scope::all();
        let Some(site) = sites::get(self.store(), &everything, &decision.site_id).await? else {
            return Ok(());
        };
        let contacts = sites::contacts(self.store(), std::slice::from_ref(&site.id)).await?;
        let mut recipients: Vec<_> = contacts
            .into_iter()
            .filter(|it| it.active)
            .map(|it| App::contact_recipient(it, &site))
            .filter(|it| it.address.is_some())
            .collect();
        if recipients.is_empty() {
            // Somebody must call the site: the lead hears of it instead.
            let lead = std::slice::from_ref(&release.lead);
            for person in people::by_ids(self.store(), lead).await? {
                recipients.push(self.person_recipient(person).await?);
            }
        }
        let product = products::get(self.store(), &everything, &release.product).await?;
        let what = (NoticeKind::Again, format!("again/{}", site.id));
        let row = letter(release, id, what, 1, self.now());
        let facts = Facts {
            number: release.number.clone(),
            product: product.map(|it| it.name).unwrap_or_default(),
            version: release.version.clone(),
            title: release.title.clone(),
            go_live: row.slot_at,
            old_go_live: Some(wished),
            asked_site: site.name.clone(),
            notes: self.url(&format!("/releases/{}/sites", release.id)),
            ..Facts::default()
        };
        let deliveries = recipients.iter().map(|it| self.mail_delivery(&row, it)).collect();
        self.start(row, false, &facts, deliveries, Vec::new()).await
    }
}
