//! When a site may begin: its own windows and freezes, by its own clocks.

use crate::App;
use crate::error::Result;
use crate::releases::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::ids::SiteId;
use roadbook_core::window::{Freeze, OpenPolicy, Scope as Reach, Slot, Target};
use roadbook_store::{Scope, deployments, sites};
use std::collections::{BTreeMap, HashMap};

/// Turns of looking for a moment that no freeze covers.
const TURNS: usize = 64;

/// Not before, and until; none is "any time".
pub(super) type Times = (Option<Timestamp>, Option<Timestamp>);

/// When work may begin, from `earliest` on: inside one of the windows, outside of the freezes. It
/// ends where the window ends or the next freeze begins.
pub(super) fn next(
    earliest: Timestamp,
    now: Timestamp,
    windows: &[OpenPolicy],
    freezes: &[&Freeze],
) -> Times {
    let mut start = earliest.max(now);
    let mut until = None;
    for _ in 0..TURNS {
        until = None;
        if !windows.is_empty() {
            let moment = Slot { start, end: start + jiff::SignedDuration::from_secs(1) };
            let open = |it: &OpenPolicy| it.containing(&moment).or_else(|| it.next(start));
            // A site whose windows never open again is not begun by itself.
            let Some(window) = windows.iter().filter_map(open).min_by_key(|it| it.start.max(start))
            else {
                return (Some(Timestamp::MAX), None);
            };
            start = start.max(window.start);
            until = Some(window.end);
        }
        match freezes.iter().find(|it| it.range.start <= start && start < it.range.end) {
            Some(freeze) => start = freeze.range.end,
            None => break,
        }
    }
    let frozen = freezes.iter().map(|it| it.range.start).filter(|it| *it > start).min();
    let until = match (until, frozen) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    ((start > now).then_some(start), until)
}

/// Meant for sites one by one, and not for a product.
fn own(scope: &Reach) -> bool {
    matches!(scope, Reach::Sites(_) | Reach::Tag(_))
}

impl App {
    /// Whether any site of a release may have to wait: by a window or freeze, or by its own wish.
    /// Most releases know none of these, and then nobody has to be looked at.
    pub(super) async fn sites_wait(&self, loaded: &LoadedRelease) -> Result<bool> {
        let book = self.calendar_book().await?.value;
        let now = self.now();
        Ok(book.freezes.iter().any(|it| it.range.end > now)
            || book.policies.iter().any(|it| own(&it.scope))
            || deployments::any_wished_after(self.store(), &loaded.release.id, now).await?)
    }

    /// The times of these sites, those that share one together; sites that may begin at any time
    /// are left out. Each may wish for a moment before which it does not begin.
    pub(super) async fn site_times(
        &self,
        loaded: &LoadedRelease,
        wishes: &BTreeMap<SiteId, Option<Timestamp>>,
    ) -> Result<Vec<(Times, Vec<SiteId>)>> {
        let book = self.calendar_book().await?.value;
        let release = &loaded.release;
        let passed = |it: &Freeze| release.run.passed.contains(&format!("freeze:{}", it.id));
        let now = self.now();
        let freezes: Vec<&Freeze> =
            book.freezes.iter().filter(|it| it.range.end > now && !passed(it)).collect();
        let policies: Vec<_> = book.policies.iter().filter(|it| own(&it.scope)).collect();
        let wished = wishes.values().flatten().any(|it| *it > now);
        if freezes.is_empty() && policies.is_empty() && !wished {
            return Ok(Vec::new());
        }
        let mut tags: HashMap<SiteId, Vec<String>> = HashMap::new();
        for tag in sites::tags_of_release(self.store(), &release.id).await? {
            tags.entry(tag.site_id).or_default().push(tag.tag);
        }
        let mut groups: BTreeMap<Times, Vec<SiteId>> = BTreeMap::new();
        // Most sites share zone and rules: each combination is worked out once.
        let mut known: HashMap<(String, Vec<usize>, Vec<usize>, Option<Timestamp>), Times> =
            HashMap::new();
        for site in sites::of_release(self.store(), &Scope::all(), &release.id).await? {
            let Some(wish) = wishes.get(&site.id) else { continue };
            let target = |id| Target {
                product: Some(&release.product),
                class: None,
                site: Some(id),
                tags: tags.get(id).map_or(&[][..], Vec::as_slice),
            };
            // What goes for a site goes for its parts.
            let own = [Some(&site.id), site.part_of.as_ref()].map(|it| it.map(target));
            let covers = |reach: &Reach| own.iter().flatten().any(|it| reach.covers(it));
            let reach = |list: Vec<&Reach>| -> Vec<usize> {
                list.iter().enumerate().filter(|it| covers(it.1)).map(|it| it.0).collect()
            };
            let mine = reach(policies.iter().map(|it| &it.scope).collect());
            let cold = reach(freezes.iter().map(|it| &it.scope).collect());
            let key = (site.zone.clone(), mine.clone(), cold.clone(), *wish);
            let times = *known.entry(key).or_insert_with(|| {
                let open = |index: &usize| {
                    // A window of a site is meant by the clock of the site.
                    let mut policy = policies[*index].clone();
                    policy.zone.clone_from(&site.zone);
                    policy.open().ok()
                };
                let windows: Vec<OpenPolicy> = mine.iter().filter_map(open).collect();
                let cold: Vec<&Freeze> = cold.iter().map(|it| freezes[*it]).collect();
                next(wish.unwrap_or(now), now, &windows, &cold)
            });
            if times != (None, None) {
                groups.entry(times).or_default().push(site.id);
            }
        }
        Ok(groups.into_iter().collect())
    }
}
