//! People's orders: at random while faults strike, with care afterwards.

use crate::dice::Dice;
use crate::history::Counts;
use crate::server::Server;
use roadbook_app::Error;
use roadbook_app::rollouts::Reach;
use roadbook_core::ids::SiteId;
use roadbook_store::rollouts::{self, Rollout};
use roadbook_store::waves;

/// The person who leads the release.
pub struct Person {
    dice: Dice,
    /// Ways back that were ordered.
    backs: u32,
    /// At most so many ways back.
    backs_max: u32,
}

type Told<T> = Option<Result<T, Error>>;

impl Person {
    /// With these dice.
    pub fn new(mut dice: Dice) -> Person {
        let backs_max = [0, 0, 1, 1, 2][dice.below(5) as usize];
        Person { dice, backs: 0, backs_max }
    }

    /// The rollout that brings the version, as it stands.
    fn rollout(server: &Server<'_>) -> Option<Rollout> {
        let all = server.look(rollouts::of_release(server.store(), &server.release)).ok()?;
        all.into_iter().rev().find(|it| it.kind == "install")
    }

    /// Sites with one of these outcomes, or without one.
    fn sites(server: &Server<'_>, rollout: &Rollout, outcomes: &[Option<&str>]) -> Vec<SiteId> {
        let places = server.look(async {
            let mut all = Vec::new();
            for place in &server.ground().sites {
                let found = waves::place(server.store(), &rollout.id, &place.id).await;
                all.extend(found.ok().flatten());
            }
            all
        });
        let fits = |it: &&rollouts::RolloutSite| {
            it.wave <= rollout.wave && outcomes.contains(&it.outcome.as_deref())
        };
        places.iter().filter(fits).map(|it| it.site_id.clone()).collect()
    }

    fn note<T>(counts: &mut Counts, what: &'static str, told: &Told<T>) {
        match told {
            Some(Ok(_)) => counts.add(what),
            Some(Err(_)) => counts.add("orders refused"),
            None => {}
        }
    }

    /// While faults strike: whatever comes to mind.
    pub fn acts(&mut self, server: &mut Server<'_>, counts: &mut Counts) {
        let Some(rollout) = Person::rollout(server) else { return };
        let stands = rollout.stands();
        match self.dice.below(if stands { 7 } else { 12 }) {
            0..=2 if stands => self.goes_on(server, &rollout, counts),
            3 => {
                let told = server.order(|app, call, release| async move {
                    app.rollout_hold(&call, &release, "to look").await
                });
                Person::note(counts, "holds", &told);
            }
            4 => {
                let open =
                    Person::sites(server, &rollout, &[None, Some("failed"), Some("rolled_back")]);
                if let Some(site) = self.dice.one(&open).cloned() {
                    let told = server.order(|app, call, release| async move {
                        app.rollout_skip(&call, &release, &site, "by hand").await
                    });
                    Person::note(counts, "skips", &told);
                }
            }
            5 => {
                let again = [Some("failed"), Some("rolled_back"), Some("skipped"), None];
                let list = Person::sites(server, &rollout, &again);
                if let Some(site) = self.dice.one(&list).cloned() {
                    Person::again(server, site, counts);
                }
            }
            6 if self.backs < self.backs_max => self.back(server, &rollout, counts),
            _ => {}
        }
    }

    fn back(&mut self, server: &mut Server<'_>, rollout: &Rollout, counts: &mut Counts) {
        let reach = match self.dice.below(20) {
            0 => Reach::All,
            1..=6 => Reach::Wave(1),
            7 => Reach::Wave(2),
            _ => {
                let there = Person::sites(server, rollout, &[Some("installed"), None]);
                let Some(site) = self.dice.one(&there) else { return };
                Reach::Site(site.clone())
            }
        };
        let told = server.order(|app, call, release| async move {
            app.rollout_roll_back(&call, &release, &reach, "it is slow").await
        });
        self.backs += u32::from(matches!(told, Some(Ok(_))));
        Person::note(counts, "ways back", &told);
    }

    fn goes_on(&mut self, server: &mut Server<'_>, rollout: &Rollout, counts: &mut Counts) {
        let lifts = rollout.reason_code.as_deref() == Some("rolled_back");
        let told = server.order(|app, call, release| async move {
            if lifts {
                app.rollout_lift(&call, &release, "seen").await
            } else {
                app.rollout_resume(&call, &release, "seen").await
            }
        });
        Person::note(counts, if lifts { "lifts" } else { "resumes" }, &told);
    }

    fn again(server: &mut Server<'_>, site: SiteId, counts: &mut Counts) {
        let told = server.order(|app, call, release| async move {
            app.rollout_retry(&call, &release, &site, "once more").await
        });
        Person::note(counts, "retries", &told);
    }

    /// When the faults have ended: what stands is let go on, and what went wrong is tried again.
    pub fn cares(&mut self, server: &mut Server<'_>, counts: &mut Counts) {
        let Some(rollout) = Person::rollout(server) else { return };
        if rollout.is_over() {
            return;
        }
        for site in Person::sites(server, &rollout, &[Some("failed"), Some("rolled_back")]) {
            Person::again(server, site, counts);
        }
        if rollout.stands() {
            self.goes_on(server, &rollout, counts);
        }
    }
}
