//! A process is simulated for the people of a unit, and two revisions over a closed release.

use crate::begins::{Story, process};
use jiff::SignedDuration;
use roadbook_app::Error;
use roadbook_app::simulation::{SimulationInput, TeamInput};
use roadbook_core::access::Scope as Where;
use roadbook_core::run::CloseCode;
use std::collections::BTreeMap;

const ID: &str = "test/release";

fn revision(steps: &[(&str, &str, &str)]) -> String {
    process(ID, "release", "", steps)
}

#[tokio::test]
async fn a_unit_brings_its_people_with_their_roles_and_hours() {
    let steps =
        [("plan", "task", "effort = \"4h\""), ("look", "task", "effort = \"4h\"\n  after = []")];
    let story = Story::new(&[revision(&steps)]).await;
    let call = story.world.call_of(&story.lead).await;
    let unit = story.world.root.clone();
    let ask = |team: TeamInput| SimulationInput { team, ..SimulationInput::default() };
    let app = &story.world.app;
    let free = app.process_simulate(&call, ID, &ask(TeamInput::Unlimited)).await.unwrap();
    let nobody =
        app.process_simulate(&call, ID, &ask(TeamInput::Unit(unit.clone()))).await.unwrap();
    assert_eq!(nobody.made.unheld, ["release_lead"], "the unit has people, none holds the role");
    story.world.person("minh", &unit, &[("release_lead", Where::All)]).await;
    let one = app.process_simulate(&call, ID, &ask(TeamInput::Unit(unit.clone()))).await.unwrap();
    assert!(one.made.unheld.is_empty());
    assert!(one.made.finish > free.made.finish, "one after the other");
    assert_eq!((one.people, free.people), (nobody.people.map(|it| it + 1), None));
    let counted = |n: u32| TeamInput::Counted {
        roles: BTreeMap::from([("release_lead".to_owned(), n)]),
        hours: 40,
    };
    let two = app.process_simulate(&call, ID, &ask(counted(2))).await.unwrap();
    assert_eq!(two.made.finish, free.made.finish, "two people do both at once");

    let now = story.world.app.now();
    let hour = SignedDuration::from_hours(1);
    let wrong = [
        SimulationInput { go_live: Some((now, now - hour)), ..SimulationInput::default() },
        SimulationInput {
            go_live: Some((now, now + hour * 24 * 90)),
            ..SimulationInput::default()
        },
        SimulationInput { start: Some(now + hour * 24 * 365 * 40), ..SimulationInput::default() },
        SimulationInput {
            settings: BTreeMap::from([("nothing".to_owned(), "1".to_owned())]),
            ..SimulationInput::default()
        },
        SimulationInput {
            facts: BTreeMap::from([("field.nothing".to_owned(), "1".to_owned())]),
            ..SimulationInput::default()
        },
        ask(counted(100_000)),
        ask(TeamInput::Counted { roles: BTreeMap::new(), hours: 0 }),
    ];
    for input in wrong {
        let refused = app.process_simulate(&call, ID, &input).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{input:?}: {refused:?}");
    }
    let missing = SimulationInput { revision: Some(9), ..SimulationInput::default() };
    assert!(matches!(app.process_simulate(&call, ID, &missing).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_closed_release_is_replayed_on_another_revision() {
    let story = Story::new(&[revision(&[("plan", "task", "effort = \"1h\"")])]).await;
    let call = story.world.call_of(&story.lead).await;
    let app = &story.world.app;
    let release = story.open(ID, "V1.0.0.0000", None).await;
    let open = app.process_compare(&call, ID, (1, 1), &release).await;
    assert!(matches!(open, Err(Error::Invalid(_))), "only what is over can be replayed: {open:?}");
    story.done(&release, "plan").await;
    story.close(&release, CloseCode::Success).await;
    let after = revision(&[
        ("plan", "task", "effort = \"1h\""),
        ("agree", "approval", "effort = \"3h\"\n  after = [\"plan\"]"),
    ]);
    app.process_publish(&call, &after, "somebody agrees").await.unwrap();
    let found = app.process_compare(&call, ID, (1, 2), &release).await.unwrap();
    assert_eq!((found.ran_on, found.from.0, found.to.0), (1, 1, 2));
    assert_eq!(found.made.gates_more, ["agree"]);
    assert!(found.made.longer > 0 && found.made.changes.len() == 1, "{:?}", found.made.changes);
    assert_eq!(found.did["plan"], [story.lead.clone()]);
    assert!(found.names.contains_key(&story.lead));
    let same = app.process_compare(&call, ID, (1, 1), &release).await.unwrap();
    assert!(same.made.steps.is_empty() && same.made.longer == 0);
    let other = app.process_compare(&call, "starter/release", (1, 1), &release).await;
    assert!(matches!(other, Err(Error::Invalid(_))), "{other:?}");
}
