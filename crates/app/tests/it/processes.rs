//! Publishing processes.

use crate::world::World;
use roadbook_app::Error;

fn starter() -> String {
    let (_, text) =
        roadbook_wire::process::builtin().iter().find(|(id, _)| *id == "starter/release").unwrap();
    (*text).to_owned()
}

// proves: S2-01/U S2-02/U
#[tokio::test]
async fn the_checker_stands_before_every_revision() {
    let world = World::new().await;
    world.app.process_seed().await.unwrap();
    let call = world.admin().await;
    // It reads well, but rejecting would return to a step that comes later.
    let wrong = starter().replace("rejected = \"plan\"", "rejected = \"close\"");
    let refused = world.app.process_publish(&call, &wrong, "try").await.unwrap_err();
    let Error::Invalid(findings) = refused else { panic!("{refused:?}") };
    assert!(!findings.is_empty() && findings.iter().all(|it| it.code == "finding"));
    // Without a note there is no revision; with one there is a second, and the first stays.
    let better = starter().replace("effort = \"1h\"", "effort = \"2h\"");
    assert!(world.app.process_publish(&call, &better, " ").await.is_err());
    let made = world.app.process_publish(&call, &better, "planning takes longer").await.unwrap();
    assert_eq!(made.label, "starter/release@2");
    let again = world.app.process_publish(&call, &better, "the same").await;
    assert!(matches!(again, Err(Error::Exists { .. })));
    let view = world.app.process_view(&call, "starter/release", None).await.unwrap();
    let notes: Vec<&str> = view.history.iter().map(|it| it.note.as_str()).collect();
    assert_eq!(notes, ["planning takes longer", "built in"]);
    assert!(world.app.template("starter/release", 1).await.is_ok());
}

#[tokio::test]
async fn a_revision_that_holds_later_comes_into_force_on_its_day_and_never_over_a_newer_one() {
    let world = World::new().await;
    world.app.process_seed().await.unwrap();
    let call = world.admin().await;
    let from = |day: &str, note: &str| {
        starter()
            .replace("effective = \"2026-01-01\"", &format!("effective = \"{day}\""))
            .replace("First edition", note)
    };
    let states = async || {
        let view = world.app.process_view(&call, "starter/release", None).await.unwrap();
        view.history.iter().map(|it| it.state.clone()).collect::<Vec<_>>()
    };
    world.app.process_publish(&call, &from("2026-01-12", "next week"), "later").await.unwrap();
    world.app.tick().await.unwrap();
    assert_eq!(states().await, ["draft", "effective"], "its day has not come");
    world.advance(jiff::SignedDuration::from_hours(24 * 8));
    world.app.tick().await.unwrap();
    world.app.tick().await.unwrap();
    assert_eq!(states().await, ["effective", "superseded"]);
    world.app.process_publish(&call, &from("2026-02-01", "february"), "later").await.unwrap();
    world.app.process_publish(&call, &from("2026-01-13", "now"), "at once").await.unwrap();
    world.advance(jiff::SignedDuration::from_hours(24 * 30));
    world.app.tick().await.unwrap();
    assert_eq!(states().await, ["effective", "draft", "superseded", "superseded"]);
}
