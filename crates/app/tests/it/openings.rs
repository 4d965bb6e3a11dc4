//! Each example organization opens with work under way: its people have begun a release, and
//! something waits for whoever looks at it first.

use crate::example;
use crate::world::{PASSWORD, bare};
use roadbook_app::releases::OPEN;
use roadbook_app::{PageAsk, ReleaseFilter, Scope};

#[tokio::test]
async fn every_organization_opens_with_a_release_and_work_for_whoever_looks() {
    for files in &example::ALL {
        let name = files.name;
        let organization = files.read().unwrap();
        let (app, _clock, _mailbox, _dir) = bare().await;
        files.import(&app, PASSWORD.to_owned()).await.unwrap();
        let opened = files.open_releases(&app, &organization).await;
        let opened = opened.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(opened.len(), organization.release.len(), "{name}");

        let states = OPEN.iter().map(|it| (*it).to_owned()).collect();
        let filter = ReleaseFilter { states, ..ReleaseFilter::default() };
        let ask = PageAsk { cursor: None, limit: 50 };
        let list = app.release_list(&Scope::all(), &filter, &ask).await.unwrap();
        assert_eq!(list.rows.len(), opened.len(), "{name}: all of them are open");

        // The first steps are over, the release is not.
        let person = app.person_find(&organization.demo.person).await.unwrap();
        let (actor, _) = app.actor_of(&person).await.unwrap();
        let mut answers = 0;
        for id in &opened {
            let view = app.release(&actor, id).await.unwrap();
            let run = &view.release.run;
            let over = view.template.steps().filter(|it| run.step_state(&it.1.id).is_terminal());
            assert!(over.count() >= 1, "{name}: {}", view.release.title);
            let open = view.template.steps().filter(|it| run.step_state(&it.1.id).is_open());
            answers += open
                .filter(|it| matches!(it.1.kind.name(), "approval" | "decision" | "notice"))
                .count();
        }
        assert!(answers > 0, "{name}: an approval, a decision or a notice is pending");
        let todo = app.todo(&actor).await.unwrap();
        let ready: Vec<&str> =
            todo.iter().filter(|it| it.ready).map(|it| it.step.as_str()).collect();
        assert!(!ready.is_empty(), "{name}: nothing waits for {}", organization.demo.person);
    }
}
