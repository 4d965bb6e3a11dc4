//! Publishing processes.

use crate::world::World;
use jiff::SignedDuration;
use roadbook_app::Error;
use roadbook_app::installation::InstallationInput;
use roadbook_app::people::PersonInput;
use roadbook_app::roles::RoleInput;
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::PersonId;

/// A title in the languages of the file.
const TITLE: &str = r#"{ en = "Other", ko = "다른 절차", vi = "Khác", zh = "其他" }"#;

fn starter() -> String {
    let (_, text) =
        roadbook_wire::process::builtin().iter().find(|(id, _)| *id == "starter/release").unwrap();
    (*text).to_owned()
}

async fn four_eyes(world: &World, process_four_eyes: bool) {
    let input =
        InstallationInput { zone: "Asia/Seoul".into(), lang: "en".into(), process_four_eyes };
    world.app.installation_edit(&world.admin().await, input).await.unwrap();
}

/// A process owner who reads this language.
async fn reader(world: &World, lang: &str) -> PersonId {
    let input = PersonInput {
        name: format!("reader {lang}"),
        login: Some(lang.to_owned()),
        email: Some(format!("{lang}@hanbit.example")),
        lang: lang.to_owned(),
        zone: "Asia/Seoul".to_owned(),
        unit: Some(world.root.clone()),
        weekly_hours: Some(40),
    };
    let admin = world.admin().await;
    let made = world.app.person_create(&admin, input).await.unwrap();
    let person = PersonId::parse(&made.id).unwrap();
    let role = RoleInput {
        person: person.clone(),
        role: "process_owner".to_owned(),
        scope: Where::All,
        from: None,
        until: None,
    };
    world.app.role_grant(&admin, role).await.unwrap();
    person
}

/// Mails that left since the last look: to whom, and what they say, by address.
async fn mails(world: &World) -> Vec<(String, String)> {
    world.app.tick().await.unwrap();
    world.advance(SignedDuration::from_mins(1));
    let sent = std::mem::take(&mut *world.mailbox.sent.lock().unwrap());
    let mut list: Vec<_> =
        sent.into_iter().map(|it| (it.to, format!("{}\n{}", it.subject, it.text))).collect();
    list.sort();
    list
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
    assert_eq!(states().await, ["scheduled", "effective"], "its day has not come");
    world.advance(jiff::SignedDuration::from_hours(24 * 8));
    world.app.tick().await.unwrap();
    world.app.tick().await.unwrap();
    assert_eq!(states().await, ["effective", "superseded"]);
    world.app.process_publish(&call, &from("2026-02-01", "february"), "later").await.unwrap();
    world.app.process_publish(&call, &from("2026-01-13", "now"), "at once").await.unwrap();
    world.advance(jiff::SignedDuration::from_hours(24 * 30));
    world.app.tick().await.unwrap();
    assert_eq!(states().await, ["effective", "scheduled", "superseded", "superseded"]);
}

#[tokio::test]
async fn files_that_name_each_other_are_published_together_or_not_at_all() {
    let world = World::new().await;
    world.app.process_seed().await.unwrap();
    let call = world.admin().await;
    let named = |id: &str, other: &str| {
        starter().replace("id = \"starter/release\"", &format!("id = \"{id}\""))
            + &format!("\n[[related]]\ntitle = {TITLE}\nprocess = \"{other}\"\n")
    };
    let (a, b) = (named("own/a", "own/b"), named("own/b", "own/a"));
    let alone = world.app.process_apply(&call, std::slice::from_ref(&a), "first").await;
    assert!(matches!(alone, Err(Error::Invalid(_))), "{alone:?}");
    let wrong = named("own/b", "own/c");
    let refused = world.app.process_apply(&call, &[a.clone(), wrong], "first").await.unwrap_err();
    let Error::Invalid(fields) = refused else { panic!("{refused:?}") };
    assert_eq!(fields[0].field, "texts.1");
    assert!(world.app.process_view(&call, "own/a", None).await.is_err(), "nothing was published");
    let both = [a.clone(), starter(), b];
    let made = world.app.process_apply(&call, &both, "first").await.unwrap();
    assert_eq!(made.notes, ["own/a@1", "own/b@1"], "what is there already stays as it is");
    let again = world.app.process_apply(&call, &both, "again").await.unwrap();
    assert!(again.notes.is_empty() && !again.created);
    let twice = world.app.process_apply(&call, &[a.clone(), a.clone()], "x").await.unwrap_err();
    let Error::Invalid(fields) = twice else { panic!("{twice:?}") };
    assert_eq!((fields[0].field.as_str(), fields[0].code), ("texts.1", "twice"));
    // What waits for its day is there as well.
    let later = a.replace("effective = \"2026-01-01\"", "effective = \"2026-02-01\"");
    let made = world.app.process_apply(&call, std::slice::from_ref(&later), "x").await.unwrap();
    assert_eq!(made.notes, ["own/a@2"]);
    assert!(world.app.process_apply(&call, &[later], "x").await.unwrap().notes.is_empty());
}

// proves: S2-01/U S3-02/U
#[tokio::test]
async fn a_draft_may_be_wrong_until_it_is_reviewed_and_its_author_does_not_put_it_into_force() {
    let world = World::new().await;
    world.app.process_seed().await.unwrap();
    let id = "starter/release";
    let (app, admin) = (&world.app, world.admin().await);
    let owner = world.person("owner", &world.root, &[("process_owner", Where::All)]).await;
    let owner = world.call_of(&owner).await;
    let code = |error: Error| error.code().to_owned();
    // What cannot even be read is kept; it goes nowhere.
    app.process_draft_save(&owner, id, "format = 1\n[[", "second").await.unwrap();
    let draft = app.process_draft(&admin, id).await.unwrap().unwrap();
    assert_eq!((draft.state.as_str(), draft.revision), ("draft", 2));
    assert!(matches!(app.process_draft_submit(&owner, id).await, Err(Error::Invalid(_))));
    let refused = app.process_draft_approve(&admin, id, "").await.unwrap_err();
    assert_eq!(code(refused), "not_in_review");
    let view = app.process_view(&admin, id, None).await.unwrap();
    assert_eq!(view.history.len(), 1, "a draft is no revision that anybody may follow");
    let foreign = starter().replace("\"starter/release\"", "\"starter/other\"");
    assert!(matches!(
        app.process_draft_save(&owner, id, &foreign, "x").await,
        Err(Error::Invalid(_))
    ));
    // Written right, it is reviewed, returned with a remark, and reviewed again.
    let better = starter().replace("effort = \"1h\"", "effort = \"2h\"");
    app.process_draft_save(&owner, id, &better, "planning takes longer").await.unwrap();
    app.process_draft_submit(&owner, id).await.unwrap();
    let refused = app.process_draft_save(&owner, id, &starter(), "x").await.unwrap_err();
    assert_eq!(code(refused), "in_review");
    assert!(app.process_draft_return(&admin, id, " ").await.is_err(), "it says what is missing");
    app.process_draft_return(&admin, id, "say why").await.unwrap();
    app.process_draft_submit(&owner, id).await.unwrap();
    // Four eyes, where the installation asks for them.
    four_eyes(&world, true).await;
    let refused = app.process_draft_approve(&owner, id, "").await.unwrap_err();
    assert_eq!(code(refused), "four_eyes");
    app.process_draft_approve(&admin, id, "as agreed").await.unwrap();
    let view = app.process_view(&admin, id, None).await.unwrap();
    let states: Vec<_> = view.history.iter().map(|it| (it.revision, it.state.as_str())).collect();
    assert_eq!(states, [(2, "effective"), (1, "superseded")]);
    assert!(app.process_draft(&admin, id).await.unwrap().is_none());
    // One that was overtaken is not put over a newer one; saved again, it follows it.
    let note = |text: &str| starter().replace("First edition", text);
    app.process_draft_save(&owner, id, &note("third"), "third").await.unwrap();
    app.process_draft_submit(&owner, id).await.unwrap();
    four_eyes(&world, false).await;
    app.process_publish(&admin, &note("at once"), "at once").await.unwrap();
    let refused = app.process_draft_approve(&admin, id, "").await.unwrap_err();
    assert_eq!(code(refused), "draft_behind");
    app.process_draft_return(&admin, id, "overtaken").await.unwrap();
    let saved = app.process_draft_save(&owner, id, &note("third"), "third").await.unwrap();
    assert_eq!(saved.revision, 5);
    app.process_draft_drop(&owner, id).await.unwrap();
    assert!(app.process_drafts(&admin).await.unwrap().is_empty());
    assert!(matches!(app.process_draft_drop(&owner, id).await, Err(Error::NotFound { .. })));
    let stream = format!("process/{id}");
    let page = roadbook_store::record::stream_page(app.store(), &stream, 0, 100).await.unwrap();
    for kind in ["draft_saved", "review_asked", "returned", "published", "draft_dropped"] {
        let kind = format!("process.{kind}");
        assert!(page.iter().any(|it| String::from_utf8_lossy(&it.bytes).contains(&kind)), "{kind}");
    }
}

// proves: S2-01/U
#[tokio::test]
async fn reviewers_hear_of_a_draft_and_its_author_of_what_came_of_it() {
    let world = World::new().await;
    world.app.process_seed().await.unwrap();
    let (app, id) = (&world.app, "starter/release");
    for lang in ["en", "ko", "vi", "zh"] {
        reader(&world, lang).await;
    }
    let of = [("process_owner", Where::All)];
    let owner = world.person("owner", &world.root, &of).await;
    let owner = world.call_of(&owner).await;
    // Neither a narrow role nor another one reviews what holds everywhere.
    let narrow = [("process_owner", Where::Unit(world.root.clone())), ("manager", Where::All)];
    let narrow = world.person("narrow", &world.root, &narrow).await;
    let narrow = world.call_of(&narrow).await;
    four_eyes(&world, true).await;
    mails(&world).await;
    let better = starter().replace("effort = \"1h\"", "effort = \"2h\"");
    app.process_draft_save(&owner, id, &better, "planning takes longer").await.unwrap();
    assert!(mails(&world).await.is_empty(), "whoever still writes asks nobody");
    app.process_draft_submit(&owner, id).await.unwrap();
    let told = mails(&world).await;
    let to: Vec<&str> = told.iter().map(|it| it.0.split('@').next().unwrap()).collect();
    assert_eq!(to, ["admin", "en", "ko", "vi", "zh"]);
    for ((_, text), word) in told.iter().skip(1).zip(["review", "검토", "xem xét", "评审"]) {
        for word in [word, "starter/release", "planning takes longer", "owner", "/edit"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
    let admin = world.admin().await;
    let waits = app.process_reviews(&admin).await.unwrap();
    assert_eq!((waits.len(), waits[0].revision, waits[0].id.as_str()), (1, 2, id));
    for other in [&owner, &narrow] {
        assert!(app.process_reviews(other).await.unwrap().is_empty(), "not for them to decide");
    }

    app.process_draft_return(&admin, id, "say why").await.unwrap();
    let told = mails(&world).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "owner@hanbit.example");
    assert!(told[0].1.contains("say why") && told[0].1.contains("반려"), "{told:?}");
    assert!(app.process_reviews(&admin).await.unwrap().is_empty());

    // Sent again they are asked again; who takes it back tells nobody, and needs no reason.
    app.process_draft_submit(&owner, id).await.unwrap();
    assert_eq!(mails(&world).await.len(), 5);
    app.process_draft_return(&owner, id, "").await.unwrap();
    app.process_draft_submit(&owner, id).await.unwrap();
    assert_eq!(mails(&world).await.len(), 5);
    app.process_draft_approve(&admin, id, "as agreed").await.unwrap();
    let told = mails(&world).await;
    assert_eq!((told.len(), told[0].0.as_str()), (1, "owner@hanbit.example"), "{told:?}");
    for word in ["[시행]", "as agreed", "revision=2"] {
        assert!(told[0].1.contains(word), "{word}: {told:?}");
    }
    // What holds later names its day. Without four eyes its author may review it as well.
    four_eyes(&world, false).await;
    let later = better.replace("effective = \"2026-01-01\"", "effective = \"2026-02-01\"");
    app.process_draft_save(&owner, id, &later, "from february").await.unwrap();
    app.process_draft_submit(&owner, id).await.unwrap();
    assert_eq!(app.process_reviews(&owner).await.unwrap().len(), 1);
    assert_eq!(mails(&world).await.len(), 5, "who sends it knows of it");
    app.process_draft_approve(&admin, id, "").await.unwrap();
    let told = mails(&world).await;
    assert!(told[0].1.contains("[승인]") && told[0].1.contains("2026-02-01"), "{told:?}");
}

// proves: S2-01/U S3-02/U
#[tokio::test]
async fn nobody_publishes_alone_where_four_eyes_are_asked_for() {
    let world = World::new().await;
    four_eyes(&world, true).await;
    let app = &world.app;
    assert!(app.process_seed().await.unwrap() > 0, "what is built in nobody here wrote");
    let call = world.admin().await;
    let code = |error: Error| error.code().to_owned();
    let better = starter().replace("effort = \"1h\"", "effort = \"2h\"");
    let refused = app.process_publish(&call, &better, "longer").await.unwrap_err();
    assert!(refused.to_string().contains("send it to review"), "{refused}");
    assert_eq!(code(refused), "review_required");
    let both = [starter(), better.clone()];
    let refused = app.process_apply(&call, &both[1..], "longer").await.unwrap_err();
    assert_eq!(code(refused), "review_required");
    // A folder that says what is in force changes nothing, so nobody need agree to it.
    assert!(app.process_apply(&call, &both[..1], "x").await.unwrap().notes.is_empty());
    let wrong = app.process_publish(&call, "format = 1", "x").await.unwrap_err();
    assert_eq!(code(wrong), "invalid", "what is wrong is told first");
    assert_eq!(app.process_view(&call, "starter/release", None).await.unwrap().history.len(), 1);
    four_eyes(&world, false).await;
    app.process_publish(&call, &better, "longer").await.unwrap();
}
