//! A site is asked again when the date has come to which it put a release off (S0-22), and when the
//! document changed that it said yes to (S3-69).

use super::{FactPaper, Facts, again_id, changed_id, letter};
use crate::App;
use crate::error::Result;
use crate::releases::LoadedRelease;
use crate::sites::AskedPaper;
use jiff::Timestamp;
use roadbook_core::notice::NoticeKind;
use roadbook_core::process::template::RoleRef;
use roadbook_core::run::{RunState, asked_now};
use roadbook_store::deployments::{self, SiteDecision};
use roadbook_store::notices as rows;
use roadbook_store::{Scope, people, products, sites};

/// Why a site is asked again.
enum Why<'a> {
    /// The date to which it put it off has come.
    Date(Timestamp),
    /// What it said yes to has changed; these kinds of contacts are asked, all where none is named.
    Changed { digest: &'a str, paper: &'a AskedPaper, kinds: Vec<&'a str> },
}

impl Why<'_> {
    fn asks(&self, kind: &str) -> bool {
        match self {
            Why::Date(_) => true,
            Why::Changed { kinds, .. } => kinds.is_empty() || kinds.contains(&kind),
        }
    }
}

fn contact_kind(role: &RoleRef) -> Option<&str> {
    match role {
        RoleRef::SiteContact(kind) => Some(kind),
        _ => None,
    }
}

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
                Some(at) => self.ask_again(loaded, it, Why::Date(at)).await?,
                None => {}
            }
        }
        self.changed_again(loaded, &decided).await?;
        Ok(next)
    }

    /// Asks the sites that said yes to a document that has changed since (S3-69).
    async fn changed_again(&self, loaded: &LoadedRelease, decided: &[SiteDecision]) -> Result<()> {
        let run = &loaded.release.run;
        let step = asked_now(&loaded.template, run);
        let Some(step) = step.filter(|it| run.step_state(&it.id).is_open()) else { return Ok(()) };
        let Some(asked) = self.asked_of(loaded).await? else { return Ok(()) };
        let Some(newest) = asked.papers.iter().max_by_key(|it| it.revision.at) else {
            return Ok(());
        };
        let stands = |it: &&SiteDecision| match &it.digest {
            Some(digest) => *digest == asked.digest,
            None => it.at >= newest.revision.at,
        };
        for it in decided.iter().filter(|it| it.decision == "accepted" && !stands(it)) {
            let kinds: Vec<&str> = step.roles.iter().filter_map(contact_kind).collect();
            let why = Why::Changed { digest: &asked.digest, paper: newest, kinds };
            self.ask_again(loaded, it, why).await?;
        }
        Ok(())
    }

    async fn ask_again(
        &self,
        loaded: &LoadedRelease,
        decision: &SiteDecision,
        why: Why<'_>,
    ) -> Result<()> {
        let release = &loaded.release;
        let id = match &why {
            Why::Date(at) => again_id(&release.id, &decision.site_id, *at),
            Why::Changed { digest, .. } => changed_id(&release.id, &decision.site_id, digest),
        };
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
            .filter(|it| it.active && why.asks(&it.kind))
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
            old_go_live: match &why {
                Why::Date(at) => Some(*at),
                Why::Changed { .. } => None,
            },
            asked_paper: match &why {
                Why::Date(_) => None,
                Why::Changed { paper, .. } => Some(FactPaper {
                    title: paper.title.clone(),
                    revision: paper.revision.label.clone(),
                }),
            },
            asked_site: site.name.clone(),
            notes: self.url(&format!("/releases/{}/sites", release.id)),
            ..Facts::default()
        };
        let deliveries = recipients.iter().map(|it| self.mail_delivery(&row, it)).collect();
        self.start(row, false, &facts, deliveries, Vec::new()).await
    }
}
