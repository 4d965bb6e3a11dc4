//! Units, people, roles with scope and dates, deputies.

use crate::world::{PASSWORD, World};
use jiff::SignedDuration;
use roadbook_app::auth::SignInContext;
use roadbook_app::people::PersonInput;
use roadbook_app::roles::{AbsenceInput, DeputyInput, RoleInput};
use roadbook_app::units::UnitInput;
use roadbook_app::{Call, Error};
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::PersonId;
use roadbook_store::people::PersonFilter;
use roadbook_store::{PageAsk, Scope};

fn role(person: &PersonId, name: &str, scope: Where) -> RoleInput {
    RoleInput { person: person.clone(), role: name.to_owned(), scope, from: None, until: None }
}

// proves: S2-06/U
#[tokio::test]
async fn rights_follow_the_tree_and_end_at_the_next_subsidiary() {
    let world = World::new().await;
    let app = &world.app;
    let south = world.unit("South", "subsidiary", &world.root).await;
    let north = world.unit("North", "subsidiary", &world.root).await;
    let team = world.unit("South team", "team", &south).await;
    let manager =
        world.person("south.manager", &south, &[("manager", Where::Unit(south.clone()))]).await;
    let other = world.person("north.member", &north, &[]).await;
    let colleague = world.person("team.member", &team, &[]).await;
    let mine = world.product_of("south-1", &team).await;
    let foreign = world.product_of("north-1", &north).await;

    let (_, scope) = app.actor_of(&manager).await.unwrap();
    assert!(scope.units.contains(&team), "the units below are part of the scope");
    let keys: Vec<String> = app
        .product_list(&scope, &PageAsk::default())
        .await
        .unwrap()
        .rows
        .into_iter()
        .map(|it| it.key)
        .collect();
    assert_eq!(keys, ["south-1"]);
    app.product_view(&scope, &mine).await.unwrap();
    assert_eq!(app.product_view(&scope, &foreign).await.unwrap_err().code(), "not_found");
    let people =
        app.person_list(&scope, &PersonFilter::default(), &PageAsk::default()).await.unwrap();
    let logins: Vec<_> = people.rows.iter().filter_map(|it| it.login.as_deref()).collect();
    assert_eq!(logins, ["south.manager", "team.member"]);
    let call = world.call_of(&manager).await;
    app.person_get(&call, &colleague).await.unwrap();
    assert_eq!(app.person_get(&call, &other).await.unwrap_err().code(), "not_found");
    let tree = app.unit_list(&scope).await.unwrap();
    let names: Vec<(&str, usize)> = tree.iter().map(|it| (it.name.as_str(), it.depth)).collect();
    assert_eq!(names, [("Hanbit", 0), ("South", 1), ("South team", 2)]);
    assert!(app.unit_list(&Scope::none()).await.unwrap().is_empty());
}

#[tokio::test]
async fn roles_are_given_by_who_administrates_there_and_by_nobody_else() {
    let world = World::new().await;
    let app = &world.app;
    let south = world.unit("South", "subsidiary", &world.root).await;
    let local = world.person("south.admin", &south, &[("admin", Where::Unit(south.clone()))]).await;
    let manager = world.person("manager", &world.root, &[("manager", Where::All)]).await;
    let member = world.person("member", &south, &[]).await;
    let local_call = world.call_of(&local).await;

    app.role_grant(&local_call, role(&member, "manager", Where::Unit(south.clone())))
        .await
        .unwrap();
    let cases = [
        ("own scope widened", &local_call, role(&local, "admin", Where::All), "denied"),
        ("self as manager everywhere", &local_call, role(&local, "manager", Where::All), "denied"),
        (
            "no administrator",
            &world.call_of(&manager).await,
            role(&manager, "admin", Where::All),
            "denied",
        ),
        ("twice", &local_call, role(&member, "manager", Where::Unit(south.clone())), "exists"),
        (
            "contacts get links",
            &world.admin().await,
            role(&member, "site_contact", Where::All),
            "invalid",
        ),
        (
            "deputies get dates",
            &world.admin().await,
            role(&member, "deputy", Where::All),
            "invalid",
        ),
    ];
    for (what, call, input, code) in cases {
        let refused = app.role_grant(call, input).await.unwrap_err();
        // Who may not even see people of the whole house is told nothing of it.
        let code =
            if code == "denied" && refused.code() == "not_found" { "not_found" } else { code };
        assert_eq!(refused.code(), code, "{what}: {refused}");
    }
    let admin = world.admin().await;
    let last = app.role_revoke(&admin, &world.admin.person.id, "admin", &Where::All).await;
    assert_eq!(last.unwrap_err().code(), "last_admin");
    let last = app.person_set_active(&admin, &world.admin.person.id, false).await;
    assert_eq!(last.unwrap_err().code(), "last_admin");
}

#[tokio::test]
async fn what_was_taken_away_does_not_help_the_next_request() {
    let world = World::new().await;
    let app = &world.app;
    let person = world.person("manager", &world.root, &[]).await;
    let admin = world.admin().await;
    let dated = RoleInput {
        from: Some(app.now() + SignedDuration::from_hours(1)),
        until: Some(app.now() + SignedDuration::from_hours(3)),
        ..role(&person, "manager", Where::All)
    };
    app.role_grant(&admin, dated).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(app.actor_of(&person).await.unwrap().0.grants.len());
        world.advance(SignedDuration::from_hours(1));
    }
    assert_eq!(held, [0, 1, 1, 0], "from one to three o'clock");

    app.role_grant(&admin, role(&person, "manager", Where::All)).await.unwrap();
    assert!(app.actor_of(&person).await.unwrap().1.all);
    app.role_revoke(&admin, &person, "manager", &Where::All).await.unwrap();
    assert!(!app.actor_of(&person).await.unwrap().1.all);

    let session = world.sign_in(&person).await;
    let (token, _) = app.sign_in("manager", PASSWORD, SignInContext::default()).await.unwrap();
    app.person_set_active(&world.admin().await, &person, false).await.unwrap();
    assert!(app.authenticate(&token).await.unwrap().is_none());
    assert!(app.sign_in("manager", PASSWORD, SignInContext::default()).await.is_err());
    drop(session);
}

#[tokio::test]
async fn the_head_is_found_up_the_tree_and_a_tree_has_no_loops() {
    let world = World::new().await;
    let app = &world.app;
    let division = world.unit("Division", "division", &world.root).await;
    let team = world.unit("Team", "team", &division).await;
    assert_eq!(app.head_of(&team).await.unwrap(), Some(world.admin.person.id.clone()));
    let head = world.person("head", &division, &[]).await;
    let admin = world.admin().await;
    let input = |parent, head| UnitInput {
        name: "Division".to_owned(),
        kind: "division".to_owned(),
        parent: Some(parent),
        zone: "Asia/Seoul".to_owned(),
        head,
    };
    let named = input(world.root.clone(), Some(head.clone()));
    app.unit_edit(&admin, &division, named).await.unwrap();
    assert_eq!(app.head_of(&team).await.unwrap(), Some(head.clone()));
    let looped = app.unit_edit(&admin, &division, input(team.clone(), None)).await.unwrap_err();
    assert!(matches!(&looped, Error::Invalid(list) if list[0].code == "loop"), "{looped}");
    app.person_set_active(&admin, &head, false).await.unwrap();
    assert_eq!(app.head_of(&team).await.unwrap(), Some(world.admin.person.id.clone()));
}

#[tokio::test]
async fn a_deputy_is_named_between_two_dates_and_brings_no_rights_to_administrate() {
    let world = World::new().await;
    let app = &world.app;
    let of = world
        .person("owner", &world.root, &[("admin", Where::All), ("system_owner", Where::All)])
        .await;
    let deputy = world.person("deputy", &world.root, &[]).await;
    let now = app.now();
    let input = |hours| DeputyInput {
        of: of.clone(),
        deputy: deputy.clone(),
        from: now,
        until: now + SignedDuration::from_hours(hours),
    };
    let own = world.call_of(&of).await;
    let foreign = world.call_of(&deputy).await;
    assert!(app.deputy_set(&foreign, input(8)).await.is_err(), "nobody names themselves");
    assert!(app.deputy_set(&own, input(0)).await.is_err());
    app.deputy_set(&own, input(8)).await.unwrap();
    let (actor, scope) = app.actor_of(&deputy).await.unwrap();
    let roles: Vec<&str> = actor.grants.iter().map(|it| it.role.as_str()).collect();
    assert_eq!(roles, ["member"]);
    assert!(scope.all);
    assert_eq!(app.person_get(&own, &of).await.unwrap().deputies[0].deputy, deputy);
    app.deputy_end(&own, &of, &deputy).await.unwrap();
    assert!(app.actor_of(&deputy).await.unwrap().0.grants.is_empty());

    let away = AbsenceInput {
        person: of.clone(),
        from: "2026-02-02".parse().unwrap(),
        to: "2026-02-06".parse().unwrap(),
        reason: String::new(),
    };
    app.absence_add(&own, away.clone()).await.unwrap();
    assert!(app.absence_add(&foreign, away).await.is_err());
    assert_eq!(app.person_get(&own, &of).await.unwrap().absences.len(), 1);
}

#[tokio::test]
async fn every_wrong_field_of_a_person_is_named_and_people_change_only_what_is_theirs() {
    let world = World::new().await;
    let app = &world.app;
    let wrong = PersonInput {
        name: "\u{7}".to_owned(),
        login: Some("ADMIN".to_owned()),
        email: Some("nobody".to_owned()),
        lang: "fr".to_owned(),
        zone: "Mars".to_owned(),
        unit: Some(world.root.clone()),
        weekly_hours: Some(200),
    };
    let Error::Invalid(list) = app.person_create(&world.admin().await, wrong).await.unwrap_err()
    else {
        panic!("fields are named")
    };
    let named: Vec<(&str, &str)> = list.iter().map(|it| (it.field.as_str(), it.code)).collect();
    let expected = [
        ("name", "control_characters"),
        ("email", "email"),
        ("lang", "lang"),
        ("zone", "zone"),
        ("weekly_hours", "range"),
        ("login", "taken"),
    ];
    assert_eq!(named, expected);

    let person = world.person("lan", &world.root, &[("member", Where::All)]).await;
    let own = |login: &str| PersonInput {
        name: "Ngô Thị Lan".to_owned(),
        login: Some(login.to_owned()),
        email: None,
        lang: "vi".to_owned(),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        unit: None,
        weekly_hours: None,
    };
    let call = world.call_of(&person).await;
    app.person_edit(&call, &person, own("lan")).await.unwrap();
    assert_eq!(app.person_edit(&call, &person, own("boss")).await.unwrap_err().code(), "denied");
    let stale = Call { if_match: Some(1), ..world.call_of(&person).await };
    assert_eq!(app.person_edit(&stale, &person, own("lan")).await.unwrap_err().code(), "stale");
}
