//! Documents that nobody writes: what the record of a release and of its sites holds, drawn into
//! a table when somebody asks for it.

use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::Result;
use crate::releases::ReleaseView;
use crate::sites::{ReleaseSite, ReleaseSiteFilter};
use roadbook_core::extract::{self, ContactLine, SiteLine, Source, Table};
use roadbook_core::ids::{PersonId, ReleaseId, SiteId};
use roadbook_core::limits::PAGE_ROWS_MAX;
use roadbook_core::process::template::Extract;
use roadbook_store::versions::SiteVersion;
use roadbook_store::{PageAsk, people, sites, versions};
use std::collections::BTreeMap;

/// A table with the release that it was drawn from.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The release.
    pub view: ReleaseView,
    /// The table.
    pub table: Table,
    /// Names of everybody who stands in it.
    pub names: BTreeMap<PersonId, String>,
}

impl App {
    /// Draws a table from the record of a release, for who may see the release.
    #[boxed]
    pub async fn release_extract(
        &self,
        call: &Call,
        id: &ReleaseId,
        extract: Extract,
    ) -> Result<Drawn> {
        let view = self.release(&call.actor, id).await?;
        let plan = self.release_plan(&call.actor, id).await?;
        let mut names = view.names.clone();
        let everybody: Vec<PersonId> = view.context.holders.values().flatten().cloned().collect();
        names.extend(self.names(everybody.clone()).await?);
        let wants = |list: &[Extract]| list.contains(&extract);
        let (lines, contacts) = if wants(&[Extract::Upgrades, Extract::AddressBook]) {
            self.places(call, &view, extract, &names).await?
        } else {
            (Vec::new(), Vec::new())
        };
        let addresses = if wants(&[Extract::AddressBook]) {
            let found = people::by_ids(self.store(), &everybody).await?;
            found.into_iter().filter_map(|it| Some((it.id, it.email?))).collect()
        } else {
            BTreeMap::new()
        };
        let told = match extract {
            Extract::Communication => self.told(call, &view).await?,
            _ => Vec::new(),
        };
        let closed = match extract {
            Extract::Releases | Extract::Measures => self.closed_in_period(call, &view).await?,
            _ => Vec::new(),
        };
        let source = Source {
            release: &view.release,
            template: &view.template,
            dates: &plan.plan.steps,
            holders: &view.context.holders,
            addresses: &addresses,
            sites: &lines,
            contacts: &contacts,
            told: &told,
            closed: &closed,
        };
        let table = extract::draw(extract, &source);
        Ok(Drawn { view, table, names })
    }

    /// What ran at the sites of a release, oldest first.
    async fn past_by_site(&self, view: &ReleaseView) -> Result<BTreeMap<SiteId, Vec<SiteVersion>>> {
        let release = &view.release;
        let mut past: BTreeMap<SiteId, Vec<SiteVersion>> = BTreeMap::new();
        for row in versions::past_of_release(self.store(), &release.id, &release.product).await? {
            past.entry(row.site_id.clone()).or_default().push(row);
        }
        Ok(past)
    }

    /// The sites of a release that this reader may see, or who is to be reached there.
    async fn places(
        &self,
        call: &Call,
        view: &ReleaseView,
        extract: Extract,
        names: &BTreeMap<PersonId, String>,
    ) -> Result<(Vec<SiteLine>, Vec<ContactLine>)> {
        let release = &view.release;
        let past = match extract {
            Extract::AddressBook => BTreeMap::new(),
            _ => self.past_by_site(view).await?,
        };
        let former = |site: &SiteId| {
            let former = versions::former(past.get(site)?, &release.version)?;
            Some(former.version.clone())
        };
        let (mut lines, mut contacts) = (Vec::new(), Vec::new());
        let mut ask = PageAsk::first(PAGE_ROWS_MAX);
        loop {
            let filter = ReleaseSiteFilter::default();
            let (page, _) = self.release_sites(call, &release.id, &filter, &ask).await?;
            if extract == Extract::AddressBook {
                let ids: Vec<SiteId> = page.rows.iter().map(|it| it.site.id.clone()).collect();
                let found = sites::contacts(self.store(), &ids).await?;
                for it in found.into_iter().filter(|it| it.active) {
                    let site = page.rows.iter().find(|row| row.site.id == it.site_id);
                    contacts.push(ContactLine {
                        site: site.map(label).unwrap_or_default(),
                        kind: it.kind,
                        name: it.name,
                        email: it.email.unwrap_or_default(),
                    });
                }
            }
            // What is updated part by part has its lines by its parts.
            for row in page.rows.into_iter().filter(|it| !it.has_parts) {
                let place = label(&row);
                let done = row.deployment.filter(|it| it.outcome.is_some());
                let by = done.as_ref().and_then(|it| it.reported_by.clone()).unwrap_or_default();
                let name = PersonId::parse(&by).ok().and_then(|it| names.get(&it).cloned());
                lines.push(SiteLine {
                    site: place,
                    from: former(&row.site.id),
                    outcome: done.as_ref().and_then(|it| it.outcome.clone()),
                    at: done.as_ref().map(|it| it.at),
                    by: name.unwrap_or_else(|| {
                        done.as_ref().and_then(|it| it.source.clone()).unwrap_or_default()
                    }),
                    evidence: done.and_then(|it| it.evidence).unwrap_or_default(),
                });
            }
            match page.next {
                Some(next) => ask.cursor = Some(next),
                None => return Ok((lines, contacts)),
            }
        }
    }
}

fn label(row: &ReleaseSite) -> String {
    format!("{} {}", row.site.key, row.name)
}
